"""The bounds of the hosted planner, each by itself: sockets, messages, files, sessions, logs."""

from __future__ import annotations

import asyncio
import logging
import re
import socket
from contextlib import ExitStack
from types import SimpleNamespace
from typing import Any, cast

import pytest
import uvicorn
from starlette.requests import HTTPConnection
from starlette.types import Receive, Scope, Send
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.runtime.session_manager import SessionInfo
from streamlit.runtime.uploaded_file_manager import UploadedFileRec
from websockets.asyncio.client import connect

from planner.hosting import front_guard, protocols, streamlit_server
from planner.hosting.front_guard import Rules, Sockets, Visitor
from planner.hosting.server import RedactedLogRecord, forget_plans
from planner.hosting.streamlit_server import BoundedUploads, ClosedSessions
from planner.reference.load import load_reference
from planner.screens.ui import session
from tests.documented import ROOT
from tests.hosting.clients import flood_message, rerun, run_in_a_thread
from tests.present import present

STRANGER = Visitor(False, ("address", "192.0.2.1"))
ANYONE = Visitor(True, ("anyone", ""))


def connection(host: str, scheme: str = "http", client: str = "192.0.2.1") -> HTTPConnection:
    return HTTPConnection(
        {
            "type": "http",
            "scheme": scheme,
            "client": (client, 1),
            "headers": [(b"host", host.encode())],
        }
    )


# ---------------------------------------------------------------------- sockets


def test_whoever_has_not_signed_in_has_half_of_all_pages_at_most() -> None:
    sockets = Sockets(most=8)
    with ExitStack() as pages:
        for number in range(4):
            stranger = Visitor(False, ("address", f"192.0.2.{number}"))
            assert sockets.refusal(stranger) is None
            pages.enter_context(sockets.opened_by(stranger))
        assert "has not signed in" in present(sockets.refusal(STRANGER))
        for number in range(4):
            person = Visitor(True, ("person", str(number)))
            assert sockets.refusal(person) is None
            pages.enter_context(sockets.opened_by(person))
        assert "as it can hold" in present(sockets.refusal(Visitor(True, ("person", "last"))))
    assert sockets.refusal(STRANGER) is None


def test_where_nobody_signs_in_a_whole_board_may_come_from_one_address() -> None:
    sockets = Sockets(most=300)
    with ExitStack() as pages:
        for _ in range(300):
            assert sockets.refusal(ANYONE) is None
            pages.enter_context(sockets.opened_by(ANYONE))
        assert sockets.refusal(ANYONE)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("192.0.2.1", "192.0.2.2", False),
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.1", "::ffff:192.0.2.2", False),
        ("", "unknown", True),
    ],
)
def test_one_network_of_a_person_is_one_address(one: str, other: str, same: bool) -> None:
    first, second = (
        Visitor.of(connection("planner.example.org", client=address), signs_in=True).key
        for address in (one, other)
    )
    assert (first == second) is same and first[0] == "address"


# ---------------------------------------------------------------------- origin and name


@pytest.mark.parametrize(
    ("https", "returns_to", "scheme", "origin"),
    [
        (False, "", "http", "http://planner.example.org:81"),
        (False, "", "wss", "https://planner.example.org:81"),
        (True, "", "ws", "https://planner.example.org:81"),
        (False, "https://planner.example.org:81/oauth2callback", "ws", "https://planner.example.org:81"),
        (False, "https://planner.example.org/oauth2callback", "ws", "http://planner.example.org:81"),
    ],
)  # fmt: skip
def test_our_origin_is_one_scheme_and_one_host(
    https: bool, returns_to: str, scheme: str, origin: str
) -> None:
    rules = Rules(("planner.example.org",), https, returns_to, True, False)
    assert rules.origin(connection("Planner.example.org:81", scheme)) == origin


@pytest.mark.parametrize(
    ("hosts", "ours"),
    [
        (["planner.example.org"], True),
        (["PLANNER.example.org:8443"], True),
        ([], False),
        (["planner.example.org", "planner.example.org"], False),
        (["planner.example.org:"], False),
        (["planner.example.org.elsewhere.example"], False),
        (["user@planner.example.org"], False),
        (["planner.example.org:1@elsewhere.example"], False),
        (["[::1]"], False),
        ([""], False),
    ],
)
def test_a_host_is_one_name_of_ours(hosts: list[str], ours: bool) -> None:
    assert Rules(("planner.example.org",), True, "", True, False).answers_to(hosts) is ours


# ---------------------------------------------------------------------- messages


@pytest.mark.parametrize("later", [None, "ben"])
def test_a_page_ends_with_the_signing_in_that_opened_it(
    later: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its age is looked at with every message: a page may be open for days."""
    signed_in = iter(["ana", "ana", later])
    monkeypatch.setattr(front_guard, "signed_in_as", lambda cookies, days: next(signed_in))
    arrived: list[str] = []
    sent: list[Any] = []

    async def page(scope: Any, receive: Any, send: Any) -> None:
        while (message := await receive())["type"] != "websocket.disconnect":
            arrived.append(message["type"])

    coming = iter([{"type": "websocket.receive", "bytes": rerun()}] * 2)

    async def receive() -> dict[str, Any]:
        return next(coming, {"type": "websocket.disconnect"})

    async def send(message: Any) -> None:
        sent.append(message)

    rules = Rules(("planner.example.org",), False, "", True, False)
    guard = front_guard.FrontGuard(page, lambda: rules, BoundedUploads(), lambda: 8)
    scope = {
        **connection("planner.example.org", "ws").scope,
        "type": "websocket",
        "path": "/stream",
    }
    run_in_a_thread(guard(scope, receive, send))
    assert arrived == ["websocket.receive"]
    assert sent == [{"type": "websocket.close", "code": 1008}]


def test_each_fault_of_a_message_has_its_code() -> None:
    assert ANYONE.fault(rerun()) is None and STRANGER.fault(rerun()) is None
    assert ANYONE.fault(None) == 1003
    assert ANYONE.fault(b"\xff\xff\xff") == 1002
    assert ANYONE.fault(b"") == 0
    assert ANYONE.fault(b"\0" * (front_guard.LARGEST_MESSAGE + 1)) == 1009
    assert ANYONE.fault(flood_message(1.9, 5_000)) is None
    assert ANYONE.fault(flood_message(0.2, 5_001)) == 1009
    assert STRANGER.fault(flood_message(0.01, 100)) is None
    assert STRANGER.fault(flood_message(0.01, 101)) == 1009


def test_names_count_as_fields_do() -> None:
    files, hashes = BackMsg(), BackMsg()
    files.file_urls_request.file_names.extend([""] * 5_001)
    hashes.rerun_script.cached_message_hashes.extend([""] * 5_001)
    for question in (files, hashes):
        data = bytes(question.SerializeToString())
        assert len(data) < 20_000 and ANYONE.fault(data) == 1009


def test_a_page_is_asked_no_more_than_its_own_server_would_do_for_it() -> None:
    skills, files = BackMsg(), BackMsg()
    skills.backend_operation_request.install_skills.SetInParent()
    files.file_urls_request.file_names.append("a.csv")
    for question, stranger, person in ((skills, 0, 0), (files, 0, None)):
        data = bytes(question.SerializeToString())
        assert (STRANGER.fault(data), ANYONE.fault(data)) == (stranger, person)


# ---------------------------------------------------------------------- files


def file(name: str, size: int) -> UploadedFileRec:
    return UploadedFileRec(file_id=name, name="a.csv", type="text/csv", data=b"x" * size)


def test_files_on_their_way_count_as_files_that_are_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(streamlit_server, "UPLOADS_OF_A_PAGE", 100)
    monkeypatch.setattr(streamlit_server, "UPLOADS_OF_ALL", 150)
    uploads = BoundedUploads()
    first, second = (url.file_id for url in uploads.get_upload_urls("ana", ["a", "b"]))
    uploads.add_file("ana", file(first, 60))
    assert uploads.refusal("ana", 40) is None and present(uploads.refusal("ana", 41))[0] == 413
    with uploads.receiving("ana", 40):
        assert present(uploads.refusal("ana", 1))[0] == 413
        assert uploads.refusal("ben", 50) is None and present(uploads.refusal("ben", 51))[0] == 503
    assert uploads.refusal("ana", 40) is None
    uploads.remove_file("ana", first)
    assert not uploads.was_given("ana", first) and uploads.was_given("ana", second)
    assert uploads.refusal("ana", 100) is None


def test_a_file_that_comes_once_its_page_has_ended_is_not_held() -> None:
    uploads = BoundedUploads()
    (url,) = uploads.get_upload_urls("ana", ["a"])
    uploads.remove_session_files("ana")
    uploads.add_file("ana", file(url.file_id, 10))
    assert not uploads.get_files("ana", [url.file_id]) and not uploads.file_storage


def test_very_many_places_for_files_push_out_the_earliest() -> None:
    uploads = BoundedUploads()
    (first,) = uploads.get_upload_urls("ana", ["a"])
    urls = uploads.get_upload_urls("ana", ["b"] * 2_000)
    assert len(urls) == streamlit_server.ADDRESSES_OF_A_PAGE
    assert not uploads.was_given("ana", first.file_id)
    assert uploads.was_given("ana", urls[-1].file_id)


# ---------------------------------------------------------------------- what stays


def ended(name: str, logged_in: bool = True) -> SessionInfo:
    """A session of which the page has gone."""
    stand_in = SimpleNamespace(id=name, _user_info={"is_logged_in": logged_in})
    return SessionInfo(client=None, session=cast(Any, stand_in), script_run_count=0)


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def closing(signs_in: bool) -> tuple[ClosedSessions, list[str], Clock]:
    closed: list[str] = []
    clock = Clock()

    def close(name: str) -> None:
        closed.append(name)
        sessions.delete(name)

    sessions = ClosedSessions(close, lambda: signs_in, clock)
    return sessions, closed, clock


def test_a_session_is_ended_once_its_page_has_not_come_back_in_time() -> None:
    async def day() -> None:
        sessions, closed, clock = closing(signs_in=True)
        sessions.save(ended("ana"))
        clock.now = 60
        sessions.save(ended("ben"))
        clock.now = 119
        assert sessions.end_overdue() == 0 and sessions.get("ana") is not None
        clock.now = 120
        assert sessions.end_overdue() == 1 and closed == ["ana"] and sessions.get("ana") is None
        sessions.delete("ben")
        clock.now = 1_000
        assert sessions.end_overdue() == 0 and closed == ["ana"]

    run_in_a_thread(day())


@pytest.mark.parametrize(("signs_in", "at_once"), [(True, ["eve"]), (False, [])])
def test_whoever_has_not_signed_in_has_nothing_to_come_back_to(
    signs_in: bool, at_once: list[str]
) -> None:
    async def day() -> None:
        sessions, closed, _ = closing(signs_in)
        sessions.save(ended("eve", logged_in=False))
        sessions.save(ended("ana"))
        # Only once Streamlit has put it aside.
        assert closed == []
        await asyncio.sleep(0)
        assert closed == at_once and len(sessions.list()) == 2 - len(at_once)

    run_in_a_thread(day())


def test_the_earliest_of_very_many_sessions_is_ended() -> None:
    async def day() -> None:
        sessions, closed, _ = closing(signs_in=True)
        for number in range(streamlit_server.CLOSED_SESSIONS + 2):
            sessions.save(ended(str(number)))
            await asyncio.sleep(0)
        assert closed == ["0", "1"]

    run_in_a_thread(day())


def test_what_was_made_of_plans_is_forgotten_and_what_we_ship_is_not() -> None:
    shipped = load_reference()
    session.results_for(example())
    assert session._results_for.cache_info().currsize
    forget_plans()
    assert not session._results_for.cache_info().currsize
    assert load_reference() is shipped


def example() -> Any:
    from planner.analysis.economics.example import EXAMPLE_CODE, starter_plan

    reference = load_reference()
    return starter_plan(reference.find_organisation(EXAMPLE_CODE), reference)


SESSION = "0a1b2c3d-4e5f-6071-8293-a4b5c6d7e8f9"


@pytest.mark.parametrize(
    ("line", "left"),
    [
        (f"PUT /_stcore/upload_file/{SESSION}/{SESSION} HTTP", "PUT /_stcore/upload_file/ HTTP"),
        ("GET /media/0a1b2c.docx HTTP/1.1", "GET /media/ HTTP/1.1"),
        ("GET /media/0a1b2c.docx?title=x HTTP/1.1", "GET /media/ HTTP/1.1"),
        (f"Session with id {SESSION} is already here", "Session with id  is already here"),
        ("GET /options HTTP/1.1", "GET /options HTTP/1.1"),
    ],
)  # fmt: skip
def test_a_log_names_no_session_and_no_document(line: str, left: str) -> None:
    for message, given in ((line, ()), ("%s", (line,))):
        record = RedactedLogRecord("x", logging.INFO, __file__, 1, message, given, None)
        assert record.getMessage() == left


# ---------------------------------------------------------------------- connections


def test_a_page_that_stays_open_is_no_request_that_takes_too_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each was cut off after the ten minutes that a body may take, and held until then."""
    monkeypatch.setattr(protocols, "SECONDS_FOR_A_BODY", 0.05)

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        await asyncio.sleep(4 * protocols.SECONDS_FOR_A_BODY)
        await send({"type": "websocket.send", "bytes": b"still here"})
        await receive()

    async def open_a_page() -> None:
        config = uvicorn.Config(
            answer,
            lifespan="off",
            log_config=None,
            http=protocols.BoundedHttp,
            ws=protocols.BoundedWebSocket,
        )
        server = uvicorn.Server(config)
        with socket.create_server(("127.0.0.1", 0)) as here:
            serving = asyncio.create_task(server.serve([here]))
            async with connect(f"ws://127.0.0.1:{here.getsockname()[1]}") as page:
                assert await page.recv() == b"still here"
            server.should_exit = True
            await serving

    run_in_a_thread(open_a_page())


# ---------------------------------------------------------------------- what is promised


def test_the_page_on_security_gives_each_limit_as_it_is() -> None:
    words = re.sub(r"\s+", " ", (ROOT / "docs/explanation/security.md").read_text())
    megabyte = streamlit_server.MEGABYTE
    for limit in (
        f"{front_guard.LARGEST_BEFORE_SIGN_IN // 1024} kB before sign-in, "
        f"{front_guard.MEGABYTES_A_MESSAGE} MB after",
        f"{front_guard.PARTS_BEFORE_SIGN_IN} fields before sign-in, "
        f"{front_guard.PARTS_A_MESSAGE:,} after",
        f"{front_guard.SOCKETS_AN_ADDRESS} from one address before sign-in",
        f"{front_guard.SOCKETS_A_PERSON} of one person after",
        f"{front_guard.SOCKETS:,} in all",
        f"{protocols.SECONDS_FOR_HEADERS} seconds for its headers",
        f"{protocols.SECONDS_FOR_A_BODY // 60} minutes for its body",
        f"{streamlit_server.UPLOADS_OF_A_PAGE // megabyte} MB a page",
        f"{streamlit_server.UPLOADS_OF_ALL // megabyte} MB in all",
    ):
        assert limit in words, limit
