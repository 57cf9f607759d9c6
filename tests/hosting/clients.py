"""Programs that reach a hosted planner as a browser or an attacker would, also through nginx."""

from __future__ import annotations

import asyncio
import http.client
import os
import re
import socket
import ssl
from collections.abc import Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

STREAM = "/_stcore/stream"
USER, XSRF = "_streamlit_user", "_streamlit_xsrf"
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
COOKIE_SECRET = "a long and random secret for a test and for nothing else"
SECRETS = f"""
[auth]
redirect_uri = "http://127.0.0.1/oauth2callback"
cookie_secret = "{COOKIE_SECRET}"
client_id = "planner"
client_secret = "not a secret"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
"""


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: http.client.HTTPMessage
    words: str


@dataclass(frozen=True)
class Client:
    """Whoever asks a planner for something, at the address that people type.

    `tls` is what is trusted there: nginx's certificate, or none where the planner itself is asked.
    """

    address: str
    tls: ssl.SSLContext | None = None

    @property
    def host(self) -> str:
        """The name and port, as a browser sends them."""
        return urlsplit(self.address).netloc

    @property
    def port(self) -> int:
        """The port that is reached on this machine."""
        given = urlsplit(self.address).port
        assert given is not None
        return given

    def raw(self) -> socket.socket:
        """A connection over which nothing has been said."""
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        name = urlsplit(self.address).hostname
        return self.tls.wrap_socket(plain, server_hostname=name) if self.tls else plain

    def ask(
        self,
        path: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: list[tuple[str, str]] | None = None,
    ) -> Answer:
        """One request, and all of what comes back. A header may be named twice."""
        connection = http.client.HTTPConnection(self.host, timeout=30)
        connection.sock = self.raw()
        given = headers or []
        named = {name.lower() for name, _ in given}
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        standing = [("Host", self.host)]
        if body is not None:
            standing.append(("Content-Length", str(len(body))))
        for name, value in (*standing, *given):
            if (name, value) in given or name.lower() not in named:
                connection.putheader(name, value.encode("latin-1"))
        connection.endheaders(body)
        response = connection.getresponse()
        # An open websocket has no end to read to.
        words = "" if response.status == 101 else response.read().decode("utf-8", "replace")
        connection.close()
        return Answer(response.status, response.headers, words)

    def knock(self, *headers: tuple[str, str]) -> Answer:
        """What a websocket is met with: 101 lets it in. From our own page where no `Origin` is
        given."""
        given = [*HANDSHAKE.items(), *headers]
        if "origin" not in {name.lower() for name, _ in headers}:
            given.append(("Origin", self.address))
        return self.ask(STREAM, headers=given)

    def xsrf(self) -> str:
        """A token against forged requests, as the page is given one."""
        given = str(self.ask("/_stcore/health").headers.get_all("set-cookie"))
        token = re.search(rf"{XSRF}=([^;]+)", given)
        assert token is not None
        return token[1]

    @contextmanager
    def stream(
        self, cookie: str = "", headers: dict[str, str] | None = None, origin: str | None = None
    ) -> Iterator[ClientConnection]:
        """An open websocket of our own page, signed in where `cookie` says so."""
        token = self.xsrf()
        cookies = f"{XSRF}={token}" + (f"; {cookie}" if cookie else "")
        with connect(
            f"{self.address.replace('http', 'ws', 1)}{STREAM}",
            sock=self.raw(),
            server_hostname=urlsplit(self.address).hostname if self.tls else None,
            max_size=None,
            # Or what nobody reads would keep it from hearing that the other side closes.
            max_queue=None,
            # Sent as it is: a compressed message is another than the one that a test measures.
            compression=None,
            additional_headers={"Cookie": cookies, **(headers or {})},
            subprotocols=[Subprotocol("streamlit"), Subprotocol(token)],
            origin=Origin(origin or self.address),
            open_timeout=30,
            close_timeout=5,
        ) as stream:
            yield stream


def signed_in(address: str, hours: float = 0, secret: str = COOKIE_SECRET, who: str = "ana") -> str:
    """The cookie that the server itself would have signed so many hours ago for a person."""
    then = datetime.now(UTC) - timedelta(hours=hours)

    class Earlier(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(then.timestamp())

    person = (
        f'{{"origin": "{address}", "is_logged_in": true, "provider": "default", "sub": "{who}"}}'
    )
    value = URLSafeTimedSerializer(secret, salt=USER, signer=Earlier).dumps(person)
    return f"{USER}={value}"


def signed_in_place(folder: Path) -> Path:
    """A folder to start a server from in which people must sign in, with a directory that never
    answers."""
    (folder / ".streamlit").mkdir(parents=True, exist_ok=True)
    (folder / ".streamlit" / "secrets.toml").write_text(SECRETS)
    return folder


def rerun(query: str = "") -> bytes:
    """What a page asks first."""
    question = BackMsg()
    question.rerun_script.query_string = query
    return bytes(question.SerializeToString())


def flood_message(megabytes: float = 10, states: int = 400_000) -> bytes:
    """One message with very many widget states, made as large as said."""
    question = BackMsg()
    every = question.rerun_script.widget_states.widgets
    filling = "x" * max(int(megabytes * 1_000_000 / states) - 18, 0)
    for number in range(states):
        state = every.add()
        state.id, state.string_value = f"w{number:07}", filling
    return bytes(question.SerializeToString())


def heard(stream: ClientConnection, until: str, most: int = 300) -> str:
    """What a websocket tells until it says certain words, or nothing more for a while."""
    frames: list[bytes] = []
    try:
        while until.encode() not in b"".join(frames[-2:]) and len(frames) < most:
            frames.append(bytes(stream.recv(timeout=10, decode=False)))
    except (TimeoutError, ConnectionClosed):
        pass
    return b"".join(frames).decode("utf-8", "replace")


def closed_with(client: Client, message: bytes, cookie: str = "") -> int | None:
    """The code that a websocket is closed with for one message, or None where the message is
    answered and the page after it too."""
    with client.stream(cookie) as stream:
        try:
            stream.send(message)
            for question in (None, rerun()):
                if question:
                    stream.send(question)
                answer = ForwardMsg()
                while answer.WhichOneof("type") != "script_finished":
                    answer.ParseFromString(bytes(stream.recv(timeout=30, decode=False)))
        except ConnectionClosed as ended:
            return ended.rcvd.code if ended.rcvd else 1006
    return None


@contextmanager
def idle(client: Client, number: int, *headers: tuple[str, str]) -> Iterator[list[Answer]]:
    """So many websockets at once over which nothing is said, and how each was met."""
    with ExitStack() as open_until_then:
        answers = []
        for _ in range(number):
            connection = http.client.HTTPConnection(client.host, timeout=30)
            connection.sock = client.raw()
            open_until_then.callback(connection.sock.close)
            given = {**HANDSHAKE, "Origin": client.address, **dict(headers)}
            connection.request("GET", STREAM, headers=given)
            response = connection.getresponse()
            words = "" if response.status == 101 else response.read().decode()
            answers.append(Answer(response.status, response.headers, words))
        yield answers


@contextmanager
def half_sent(client: Client, number: int) -> Iterator[list[socket.socket]]:
    """So many requests of which only the beginning is sent."""
    begun: list[socket.socket] = []
    try:
        for _ in range(number):
            one = client.raw()
            begun.append(one)
            one.sendall(f"GET / HTTP/1.1\r\nHost: {client.host}\r\nX-Slow: ".encode())
        yield begun
    finally:
        for one in begun:
            one.close()


def resident(process: int) -> float:
    """MiB of memory held by a process."""
    return _status(process, "VmRSS")


def most_resident(process: int) -> float:
    """MiB of memory held by a process when it held most."""
    return _status(process, "VmHWM")


def _status(process: int, name: str) -> float:
    match = re.search(rf"{name}:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    assert match is not None
    return int(match[1]) / 1024


def descriptors(process: int) -> int:
    """How many files and sockets a process has open."""
    return len(os.listdir(f"/proc/{process}/fd"))


WATCH = """
import sys

def hook(event, given):
    if event not in {"socket.connect", "socket.getaddrinfo", "socket.sendto"}:
        return
    address = given[1] if event != "socket.getaddrinfo" else given[0]
    host = address[0] if isinstance(address, tuple) else address
    if isinstance(host, bytes):
        host = host.decode("latin-1")
    if event != "socket.getaddrinfo" and not isinstance(address, tuple):
        return
    if host is None or host.startswith("127.") or host in {"", "::1", "localhost", "0.0.0.0"}:
        return
    with open(%r, "a") as asked:
        asked.write(f"{event} {host}\\n")
    raise OSError("closed by the test")

sys.addaudithook(hook)
"""


def closed_outside(folder: Path) -> tuple[dict[str, str], Path]:
    """Settings that close every address outside this machine to a server and its children, and the
    file that then names each one that was asked for."""
    request_log = folder / "asked-outside.txt"
    request_log.touch()
    (folder / "sitecustomize.py").write_text(WATCH % str(request_log))
    root = Path(__file__).parents[2]
    return {"PYTHONPATH": os.pathsep.join((str(folder), str(root)))}, request_log


def run_in_a_thread(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end in a thread of its own: a browser that another test of the same
    worker holds open keeps a loop running in this one."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, coroutine).result()
