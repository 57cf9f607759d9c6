"""Whether a host is ready for people: what is set and what is not, in words.

Nothing is changed, but that a database without tables is made ready, as at the first visit.
"""

import contextlib
import http.client
import importlib.util
import json
import os
import secrets
import shutil
import socket
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import streamlit as st
import uvicorn
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from planner.hosting.front_guard import SOCKETS, local
from planner.hosting.header_limits import LONGEST_LINE
from planner.hosting.protocols import DESCRIPTORS_WANTED, descriptors, most_pages
from planner.hosting.server import Hosting, host_names, signs_in
from planner.screens.ui import sign_in
from planner.screens.ui.streamlit_compat import HEALTH, SECRET_FILES, STREAM, config
from planner.store.database import SavedPlanError, sqlite_file
from planner.store.drafts import DraftNotFound, open_store
from planner.store.links import new_link

# --- what passes between a browser and the planner ------------------------------------------------

# Measured at the address that people use. Before the planner starts, a stand-in answers on its port
# for a few seconds, with the same server and the same limits, and says what reached it. While the
# planner runs only the way in can be measured.

# Characters of headers that are tried, up to what the published proxy passes.
LENGTHS = (1_000, 2_000, 4_000, 6_000, 8_000, 12_000, 16_000, 24_000, 32_000)

# Characters that a sign-in takes of the headers, with room for what else stands there.
LEAST_CHARACTERS = 8_000

# Browsers keep cookies of no more than this.
COOKIE = 4_000

SECONDS_FOR_AN_ANSWER = 10
TROUBLE = (OSError, http.client.HTTPException)
"""What asking raises: nothing is there, or what is there does not speak HTTP."""
MARK = "x-planner-check"


@dataclass(frozen=True)
class Finding:
    """One thing looked at: whether it is as it should be, and in words what was seen."""

    subject: str
    good: bool
    words: str


def measure(address: str, host: str, port: int) -> list[Finding]:
    """What passes at an address that leads to the planner on a host and port, header by header and
    length by length; or that the address is none, does not answer, or is answered by another
    server."""
    try:
        at = urlsplit(address)
        is_address = at.scheme in {"http", "https"} and bool(at.hostname) and at.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        words = f"{address} is not an address such as https://planner.example.org"
        return [Finding("proxy", False, words)]
    mark = secrets.token_hex(8)
    with _stand_in(host, port, mark) as stood_in:
        path = "/" if stood_in else HEALTH
        try:
            first = _ask(address, path)
        except TROUBLE as error:
            return [Finding("proxy", False, f"{address} does not answer ({error})")]
        if first.status != 200 or (stood_in and first.headers.get(MARK) != mark):
            words = (
                f"{address} is answered by something else than the planner on port {port} (status "
                f"{first.status}): look at the proxy's own settings and at the name it passes on"
            )
            return [Finding("proxy", False, words)]
        # With no proxy between, the address is the planner's own.
        direct = at.hostname in {host, "localhost"} and at.port == port
        return [
            *(_arrived(address, first, direct) if stood_in else _answered(address, first)),
            _length(
                "a page",
                lambda length: _ask(address, path, length).status == 200,
                "large_client_header_buffers 4 32k;",
            ),
            _length(
                "the page's websocket",
                lambda length: _ask(address, STREAM, length).status == 101,
                "large_client_header_buffers 4 32k; and the two headers for Upgrade and Connection",
            ),
            _length(
                "the way back from signing in",
                (lambda length: _ask(address, f"/?answer={length}").status == 200)
                if stood_in
                else None,
                "proxy_buffer_size 32k; proxy_buffers 8 32k; proxy_busy_buffers_size 64k;",
            ),
        ]


def _arrived(address: str, first: "_Answer", direct: bool) -> Iterator[Finding]:
    """Which headers of a request reached the stand-in."""
    if direct:
        yield Finding("proxy", True, f"{address} is the planner's own, without a proxy")
        return
    at, arrived = urlsplit(address), json.loads(first.body)
    settings = {
        "proxy_set_header Host $http_host": arrived.get("host") == at.netloc,
        "proxy_set_header X-Forwarded-For $remote_addr": "x-forwarded-for" in arrived,
        "proxy_set_header X-Forwarded-Proto https": arrived.get("x-forwarded-proto") == at.scheme,
    }
    for setting, is_set in settings.items():
        if not is_set:
            words = f"a header does not come through; nginx: {setting};"
            yield Finding("proxy", False, words)
    if all(settings.values()):
        yield Finding("proxy", True, f"{address} leads to the planner, with every header")


def _answered(address: str, first: "_Answer") -> Iterator[Finding]:
    """Which headers a running planner answered with."""
    wanted = {"content-security-policy", "strict-transport-security"}
    if urlsplit(address).scheme == "http":
        wanted.remove("strict-transport-security")
    missing = sorted(name for name in wanted if name not in first.headers)
    words = f"{address} leads to the planner, which is running, with its headers"
    if missing:
        words = f"{address} answers without {' and '.join(missing)}"
    yield Finding("proxy", not missing, words)


def _length(way: str, passes: Callable[[int], bool] | None, setting: str) -> Finding:
    """How many characters pass one way, and what lets more through; not measured without a way to
    ask whether so many pass."""
    if passes is None:
        words = f"{way}: not measured, since the planner is running; stop it and run this again"
        return Finding("length of a sign-in", True, words)
    most = _longest(passes)
    words = f"{way}: up to {most:,} characters pass, {LEAST_CHARACTERS:,} are needed"
    if most < LEAST_CHARACTERS:
        words += f"; nginx: {setting}"
    return Finding("length of a sign-in", most >= LEAST_CHARACTERS, words)


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def _ask(address: str, path: str, cookie: int = 0) -> _Answer:
    at = urlsplit(address)
    kind = http.client.HTTPSConnection if at.scheme == "https" else http.client.HTTPConnection
    connection = kind(at.netloc, timeout=SECONDS_FOR_AN_ANSWER)
    headers = {"Cookie": "planner_check=" + "x" * cookie} if cookie else {}
    if path == STREAM:
        headers |= {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
            "Origin": f"{at.scheme}://{at.netloc}",
        }
    with contextlib.closing(connection):
        connection.request("GET", path, headers=headers)
        response = connection.getresponse()
        body = b"" if response.status == 101 else response.read()
        return _Answer(response.status, response.headers, body)


def _longest(passes: Callable[[int], bool]) -> int:
    """The longest of the lengths up to which all pass; 0 where none does."""
    longest = 0
    with contextlib.suppress(*TROUBLE):
        for length in LENGTHS:
            if not passes(length):
                break
            longest = length
    return longest


@contextlib.contextmanager
def _stand_in(host: str, port: int, mark: str) -> Iterator[bool]:
    """Answer on a port for a while; gives whether it could, since nothing else answers there."""
    address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        listening = socket.create_server((host, port), family=address_family)
    except OSError:
        yield False
        return

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":
            await receive()
            await send({"type": "websocket.accept"})
            await send({"type": "websocket.close", "code": 1000})
            return
        request = HTTPConnection(scope)
        arrived = {name: text for name, text in request.headers.items() if name != "cookie"}
        response = JSONResponse(arrived, headers={MARK: mark})
        given = request.query_params.get("answer", "")
        # Anyone may ask while this stands in, so no more than is tried.
        wanted = min(int(given), LENGTHS[-1]) if given.isdecimal() else 0
        for number in range(0, wanted, COOKIE):
            size = min(COOKIE, wanted - number) - len("set-cookie: ")
            name = f"planner_check_{number}="
            lapse = "; Max-Age=0"
            response.headers.append("set-cookie", name + "x" * (size - len(name + lapse)) + lapse)
        await response(scope, receive, send)

    server = uvicorn.Server(
        uvicorn.Config(
            answer,
            lifespan="off",
            ws="websockets-sansio",
            log_level="critical",
            h11_max_incomplete_event_size=LONGEST_LINE,
        )
    )
    # Whoever asks before it has started waits on the socket, which is there already.
    thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
    thread.start()
    try:
        yield True
    finally:
        server.should_exit = True
        thread.join(SECONDS_FOR_AN_ANSWER)


# --- what is set and what is not ------------------------------------------------------------------

LEAST_SPACE = 10**9
LEAST_SECRET = 32
SECONDS = 5

OF_ALL = ("redirect_uri", "cookie_secret")
OF_EACH = ("client_id", "client_secret", "server_metadata_url")


def check(host: str, port: int) -> list[Finding]:
    """Look at everything that a host for others needs, for a planner that will listen on this host
    and port."""
    return [
        *_sign_in(),
        _reach(host),
        *check_sign_in("", host, port),
        _descriptors(),
        *_disk(),
        _database(),
    ]


def check_sign_in(address: str, host: str, port: int) -> list[Finding]:
    """Measure how long a sign-in may be at an address, or at the one people use where that is
    empty."""
    address = address or public_address()
    if not address:
        words = (
            "people come to this machine's own address only, so no proxy was looked at; with "
            "--name, or once sign-in is set up, one is"
        )
        return [Finding("proxy", local(host), words)]
    return measure(address, host, port)


def public_address() -> str:
    """The address people use: the one that sign-in returns to, else the first name it was given."""
    returns_to = urlsplit(sign_in.returns_to())
    if returns_to.netloc:
        return f"{returns_to.scheme}://{returns_to.netloc}"
    return "".join(f"https://{name}" for name in Hosting.of_environment().names[:1])


def _sign_in() -> Iterator[Finding]:
    if not signs_in():
        reason = Hosting.of_environment().no_sign_in_because
        words = f"nobody signs in, because: {reason}" if reason else "nobody signs in"
        yield Finding("sign-in", bool(reason), words)
        return
    for path in map(Path, config.get_option(SECRET_FILES)):
        if os.name == "posix" and path.exists() and path.stat().st_mode & 0o077:
            words = f"others on this machine may read {path}: chmod 600 {path}"
            yield Finding("sign-in", False, words)
    section = st.secrets.get(sign_in.SECTION) if st.secrets.load_if_toml_exists() else None
    if not isinstance(section, Mapping):
        yield Finding(
            "sign-in", False, ".streamlit/secrets.toml cannot be read as TOML with [auth]"
        )
        return
    faults = [Finding("sign-in", False, words) for words in _faults(section)]
    yield from faults
    if not faults:
        yield Finding("sign-in", True, "everyone signs in; every setting is there")
    for directory in sign_in.directories(section).values():
        yield _directory(str(directory.get("server_metadata_url", "")))


def _faults(section: Mapping[str, Any]) -> list[str]:
    wanted = [(section, name) for name in OF_ALL]
    directories = sign_in.directories(section).values()
    wanted += [(one, name) for one in directories for name in OF_EACH]
    returns_to = urlsplit(str(section.get("redirect_uri", "")))
    faults = (
        *(
            (
                str(where.get(name, "")).strip(" .") == "",
                f"[auth] of .streamlit/secrets.toml gives no {name}",
            )
            for where, name in wanted
        ),
        (
            0 < len(str(section.get("cookie_secret", ""))) < LEAST_SECRET,
            f"cookie_secret is shorter than {LEAST_SECRET} characters, so it could be guessed",
        ),
        (
            returns_to.path and not returns_to.path.endswith("/oauth2callback"),
            "redirect_uri does not end with /oauth2callback, so nobody comes back from signing in",
        ),
        (
            returns_to.scheme == "http" and not local(returns_to.hostname),
            "redirect_uri begins with http: a sign-in would go over the network for all to read",
        ),
        (
            importlib.util.find_spec("authlib") is None,
            'Authlib is missing: pip install "prescribed-medicines-planner[sign-in]"',
        ),
    )
    return [words for is_so, words in faults if is_so]


def _directory(address: str) -> Finding:
    try:
        with urllib.request.urlopen(address, timeout=SECONDS) as answer:
            metadata = json.load(answer)
        missing = [n for n in ("authorization_endpoint", "token_endpoint") if n not in metadata]
    except (*TROUBLE, ValueError, TypeError) as error:
        return Finding("directory", False, f"{address or 'no address'} does not answer: {error}")
    if missing:
        return Finding("directory", False, f"{address} is not a directory's: no {missing[0]}")
    signs_out = (
        "" if "end_session_endpoint" in metadata else "; signing out leaves the directory's own"
    )
    return Finding("directory", True, f"{address} answers{signs_out}")


def _reach(host: str) -> Finding:
    hosting = Hosting.of_environment()
    refused = hosting.refusal(host, signs_in())
    if refused:
        return Finding("who may come", False, refused)
    names = ", ".join(host_names(hosting))
    https = urlsplit(public_address()).scheme == "https"
    if https and not hosting.behind_https:
        words = "people come over https, but --behind-https is missing, so cookies may go over http"
        return Finding("who may come", False, words)
    return Finding(
        "who may come", True, f"listens on {host}; answers to {names} and to no other name"
    )


def _descriptors() -> Finding:
    words = f"{descriptors():,} files and connections at once, so {most_pages():,} open pages"
    enough = most_pages() >= SOCKETS
    if not enough:
        words += f" of {SOCKETS:,}; in the service's unit: LimitNOFILE={DESCRIPTORS_WANTED}"
    return Finding("descriptors", enough, words)


def _disk() -> Iterator[Finding]:
    folders = {"files being read": Path(tempfile.gettempdir())}
    # An address that is none is told of with the database.
    with contextlib.suppress(SavedPlanError):
        file = sqlite_file(open_store().url)
        if file is not None:
            folders["plans"] = next(one for one in file.absolute().parents if one.exists())
    for what, folder in folders.items():
        free = shutil.disk_usage(folder).free
        words = f"{free / 10**9:,.1f} GB free in {folder} for {what}; at least 1 GB is needed"
        yield Finding("disk", free >= LEAST_SPACE, words)


def _database() -> Finding:
    store = open_store()
    try:
        # No plan has this link: what is looked at is whether the database answers.
        store.open(new_link())
    except DraftNotFound:
        kind = "a SQLite file" if sqlite_file(store.url) else "PostgreSQL"
        return Finding("database", True, f"plans are kept in {kind}, which answers")
    except SavedPlanError as error:
        return Finding("database", False, str(error))
    finally:
        store.close()
    raise AssertionError("a link just made by chance has led to a plan")
