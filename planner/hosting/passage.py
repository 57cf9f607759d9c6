"""What passes between a browser and the planner, measured at the address that people use.

Before the planner starts, a stand-in answers on its port for a few seconds, with the same server
and the same limits, and says what reached it. While the planner runs only the way in can be
measured.
"""

import contextlib
import http.client
import json
import secrets
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import uvicorn
from starlette.requests import HTTPConnection
from starlette.responses import JSONResponse
from starlette.types import Receive, Scope, Send

from planner.hosting.header_limits import LONGEST_LINE
from planner.screens.ui.streamlit_compat import HEALTH, STREAM

# Characters of headers that are tried, up to what the published proxy passes.
LENGTHS = (1_000, 2_000, 4_000, 6_000, 8_000, 12_000, 16_000, 24_000, 32_000)

# Characters that a sign-in takes of the headers, with room for what else stands there.
NEEDED = 8_000

# Browsers keep cookies of no more than this.
COOKIE = 4_000

SECONDS = 10
TROUBLE = (OSError, http.client.HTTPException)
"""What asking raises: nothing is there, or what is there does not speak HTTP."""
MARK = "x-planner-check"


class NoPassage(RuntimeError):
    """Nothing can be measured at an address. The message says why."""


@dataclass(frozen=True)
class Passage:
    """What passes at one address. Lengths in characters; None where it could not be measured."""

    address: str
    page: int
    websocket: int
    way_back: int | None
    headers: dict[str, str]
    """What reached the stand-in of a request, or what a running planner answered with."""
    stood_in: bool
    direct: bool
    """Whether the address is the planner's own, with no proxy between."""


def measure(address: str, host: str, port: int) -> Passage:
    """Measure what passes at an address that leads to the planner on a host and port.

    Raises NoPassage where the address is none, does not answer, or is answered by another server.
    """
    try:
        at = urlsplit(address)
        is_address = at.scheme in {"http", "https"} and bool(at.hostname) and at.port != 0
    except ValueError:
        is_address = False
    if not is_address:
        raise NoPassage(f"{address} is not an address such as https://planner.example.org")
    mark = secrets.token_hex(8)
    with contextlib.ExitStack() as running:
        stood_in = _free(host, port)
        path = "/" if stood_in else HEALTH
        if stood_in:
            running.enter_context(_stand_in(host, port, mark))
        try:
            first = _ask(address, path)
        except TROUBLE as error:
            raise NoPassage(f"{address} does not answer ({error})") from error
        if first.status != 200 or (stood_in and first.headers.get(MARK) != mark):
            raise NoPassage(
                f"{address} is answered by something else than the planner on port {port} (status "
                f"{first.status}): look at the proxy's own settings and at the name it passes on"
            )
        answered = {name.lower(): value for name, value in first.headers.items()}
        return Passage(
            address=address,
            page=_longest(lambda length: _ask(address, path, length).status == 200),
            websocket=_longest(lambda length: _ask(address, STREAM, length).status == 101),
            way_back=_longest(lambda length: _ask(address, f"/?answer={length}").status == 200)
            if stood_in
            else None,
            headers=json.loads(first.body) if stood_in else answered,
            stood_in=stood_in,
            direct=at.hostname in {host, "localhost"} and at.port == port,
        )


@dataclass(frozen=True)
class _Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


def _ask(address: str, path: str, cookie: int = 0) -> _Answer:
    at = urlsplit(address)
    kind = http.client.HTTPSConnection if at.scheme == "https" else http.client.HTTPConnection
    connection = kind(at.netloc, timeout=SECONDS)
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


def _free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.create_server((host, port), family=family).close()
    except OSError:
        return False
    return True


@contextlib.contextmanager
def _stand_in(host: str, port: int, mark: str) -> Iterator[None]:
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
            host=host,
            port=port,
            lifespan="off",
            ws="websockets-sansio",
            log_level="critical",
            h11_max_incomplete_event_size=LONGEST_LINE,
        )
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    began = time.monotonic()
    try:
        while not server.started:
            if not thread.is_alive() or time.monotonic() - began > SECONDS:
                raise NoPassage(f"nothing can be started on port {port} of {host}")
            time.sleep(0.01)
        yield
    finally:
        server.should_exit = True
        thread.join(SECONDS)
