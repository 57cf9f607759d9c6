"""Streamlit's server, within bounds: what a page may ask, files brought, sessions that have ended.

Names that are private to Streamlit's server stand here and nowhere else; those of its pages are in
planner/screens/ui/streamlit_compat.py.
"""

import asyncio
import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import streamlit as st
from streamlit import net_util
from streamlit.auth_util import get_cookie_with_chunks
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime import Runtime, RuntimeConfig
from streamlit.runtime.memory_media_file_storage import MemoryMediaFileStorage
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.session_manager import SessionInfo, SessionStorage
from streamlit.runtime.uploaded_file_manager import UploadedFileRec, UploadFileUrlInfo
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from streamlit.web.server.starlette.starlette_server_config import (
    SESSION_COOKIE_NAME,
    TOKENS_COOKIE_NAME,
    XSRF_COOKIE_NAME,
)

from planner.screens.ui.streamlit_compat import (
    FILES,
    USER_COOKIE_NAME,
    config,
    decode_signed_value,
    get_cookie_secret,
)

__all__ = [
    "SESSION_COOKIE_NAME",
    "TOKENS_COOKIE_NAME",
    "XSRF_COOKIE_NAME",
    "create_signed_value",
    "get_cookie_with_chunks",
]

MEGABYTE = 1_000_000
UPLOADS_OF_A_PAGE, UPLOADS_OF_ALL = 200 * MEGABYTE, 500 * MEGABYTE
"""Bytes of files that one page holds at a time, and that all hold together."""
ADDRESSES_OF_A_PAGE = 500
"""How many places for a file a page may have been given and not yet used."""
CLOSED_SESSIONS = 128
"""How many sessions are kept for their page to come back."""
LARGEST_STATE = "server.maxWidgetStateSize"
SECONDS_TO_COME_BACK = "server.disconnectedSessionTTL"

# ----------------------------------------------------------------------------------------------
# What a page asks
# ----------------------------------------------------------------------------------------------

# What the wizard's own page sends. Not among them: emptying what all sessions share, settings of a
# developer's, and installing things on the server.
REQUESTS_BEFORE_SIGN_IN = {"rerun_script", "stop_script", "app_heartbeat"}
REQUESTS = REQUESTS_BEFORE_SIGN_IN | {
    "file_urls_request",
    "backend_operation_request.deferred_file",
    "backend_operation_request.dataframe_chunk",
}


def read_question(data: bytes) -> tuple[str, int]:
    """What kind of thing a page asks, and how many parts that takes memory for.

    A part is a field's state, a file's name or the name of a message; each takes far more memory
    than the few bytes it may come in. Raises ValueError for what no page would send.
    """
    question = BackMsg()
    try:
        question.ParseFromString(data)
    except Exception as error:
        # Whatever a damaged message raises, and the kind is private to its reader.
        raise ValueError("not a message of a page") from error
    kind: str = question.WhichOneof("type") or ""
    if kind == "backend_operation_request":
        kind = f"{kind}.{question.backend_operation_request.WhichOneof('payload')}"
    run = question.rerun_script
    parts = (run.widget_states.widgets, run.cached_message_hashes)
    return kind, sum(map(len, (*parts, question.file_urls_request.file_names)))


def signed_in_as(cookies: Mapping[str, str], days: float) -> str | None:
    """Who signed in no more than so many days ago, by the directory's name for them, or None."""
    secret = get_cookie_secret()

    def judged(name: str) -> bytes | None:
        value = cookies.get(name)
        return decode_signed_value(secret, name, value, days) if secret and value else None

    try:
        person = json.loads(get_cookie_with_chunks(judged, USER_COOKIE_NAME) or "null")
    except ValueError:
        return None
    if not isinstance(person, dict):
        return None
    return json.dumps([person.get("provider"), person.get("sub") or person])


def ask_no_one_for_our_address() -> None:
    """Keep Streamlit from asking a server on the internet for this machine's own address, which it
    does while everyone waits: it takes the address for known."""
    net_util._external_ip = net_util._internal_ip = "127.0.0.1"


# ----------------------------------------------------------------------------------------------
# Files that people bring
# ----------------------------------------------------------------------------------------------


class BoundedUploads(MemoryUploadedFileManager):
    """Files in memory, each where its page was told to put it, and as many as there is room for."""

    def __init__(self) -> None:
        super().__init__(FILES[0].rstrip("/"))
        self._given: dict[str, dict[str, None]] = {}
        self._coming: Counter[str] = Counter()

    def get_upload_urls(
        self, session_id: str, file_names: Sequence[str]
    ) -> list[UploadFileUrlInfo]:
        """Give a page an address for each file; very many push out the earliest."""
        urls = super().get_upload_urls(session_id, file_names[-ADDRESSES_OF_A_PAGE:])
        given = self._given.setdefault(session_id, {})
        given.update(dict.fromkeys(url.file_id for url in urls))
        for earliest in list(given)[:-ADDRESSES_OF_A_PAGE]:
            del given[earliest]
        return urls

    def was_given(self, session_id: str, file_id: str) -> bool:
        """Whether that page was told to put a file there."""
        return file_id in self._given.get(session_id, {})

    def refusal(self, session_id: str, length: int) -> tuple[int, str] | None:
        """Why a page may not bring so many bytes more, or None where it may."""
        with self._lock:
            stored = self.file_storage.get(session_id, {})
            here = sum(len(file.data) for file in stored.values()) + self._coming[session_id]
            everywhere = self._total_bytes + self._coming.total()
        if here + length > UPLOADS_OF_A_PAGE:
            return 413, (
                f"This page holds as much as it may: {UPLOADS_OF_A_PAGE // MEGABYTE} MB of files. "
                "Remove some of them, or reload the page."
            )
        if everywhere + length > UPLOADS_OF_ALL:
            return 503, (
                "The planner holds as many files of others as it can. Try again in a few minutes."
            )
        return None

    @contextmanager
    def receiving(self, session_id: str, length: int) -> Iterator[None]:
        """Keep room for a file while it comes."""
        self._coming[session_id] += length
        try:
            yield
        finally:
            self._coming[session_id] -= length
            if not self._coming[session_id]:
                del self._coming[session_id]

    def add_file(self, session_id: str, file: UploadedFileRec) -> None:
        """Hold a file, unless its page has ended or taken its place back while it came."""
        if self.was_given(session_id, file.file_id):
            super().add_file(session_id, file)

    def remove_file(self, session_id: str, file_id: str) -> None:
        """Let a file go, and its place with it."""
        self._given.get(session_id, {}).pop(file_id, None)
        super().remove_file(session_id, file_id)

    def remove_session_files(self, session_id: str) -> None:
        """Let all files of a page go that has ended."""
        self._given.pop(session_id, None)
        super().remove_session_files(session_id)


# ----------------------------------------------------------------------------------------------
# Sessions that have ended
# ----------------------------------------------------------------------------------------------


@dataclass
class ClosedSessions(SessionStorage):
    """Sessions whose page has gone and may come back, each for a little while.

    `close` ends one. Streamlit's own storage forgets one only as another ends, so the last plans of
    a day stay until the next; and it keeps sessions of people who have not signed in, which hold
    nothing worth coming back to.
    """

    close: Callable[[str], None]
    signs_in: Callable[[], bool]
    clock: Callable[[], float] = time.monotonic
    _stored: dict[str, tuple[float, SessionInfo]] = field(default_factory=dict)

    def save(self, session_info: SessionInfo) -> None:
        """Keep a session, and end it at once where there is nothing to come back to."""
        session, until = (
            session_info.session,
            self.clock() + config.get_option(SECONDS_TO_COME_BACK),
        )
        self._stored[session.id] = (until, session_info)
        ended = [] if self._holds_work(session_info) else [session.id]
        ended += list(self._stored)[: max(len(self._stored) - CLOSED_SESSIONS, 0)]
        for one in ended:
            # Not yet: Streamlit is in the middle of putting this session aside.
            asyncio.get_running_loop().call_soon(self.close, one)

    def _holds_work(self, session_info: SessionInfo) -> bool:
        return not self.signs_in() or bool(session_info.session._user_info.get("is_logged_in"))

    def get(self, session_id: str) -> SessionInfo | None:
        """A session that is kept, or None."""
        stored = self._stored.get(session_id)
        return stored[1] if stored else None

    def delete(self, session_id: str) -> None:
        """Keep a session no longer: its page has come back, or it is being ended."""
        self._stored.pop(session_id, None)

    def list(self) -> list[SessionInfo]:
        """Every session that is kept."""
        return [one for _, one in self._stored.values()]

    def end_overdue(self) -> int:
        """End the sessions whose page has not come back in time. Returns how many."""
        now = self.clock()
        overdue = [one for one, (until, _) in self._stored.items() if until <= now]
        for one in overdue:
            self.close(one)
        return len(overdue)


class BoundedRuntime:
    """What runs the wizard's pages, with files and ended sessions within bounds."""

    def __init__(self, script: Path, uploads: BoundedUploads, signs_in: Callable[[], bool]) -> None:
        self.script, self.uploads = script, uploads
        self.closed = ClosedSessions(lambda one: self._runtime().close_session(one), signs_in)

    @staticmethod
    def _runtime() -> Runtime:
        return Runtime.instance()

    def serve_in(self, app: st.App) -> None:
        """Make this what an app runs its pages with.

        By a name of the instance's and not by a class of ours: `streamlit run` knows an app only by
        the words `st.App(` in its file.
        """
        vars(app)["_create_runtime"] = lambda: Runtime(
            RuntimeConfig(
                script_path=str(self.script),
                media_file_storage=MemoryMediaFileStorage(FILES[1].rstrip("/")),
                uploaded_file_manager=self.uploads,
                session_storage=self.closed,
            )
        )

    def empty(self) -> bool:
        """Whether there is no session, open or kept."""
        return not self.closed.list() and not self._runtime()._session_mgr.list_active_sessions()
