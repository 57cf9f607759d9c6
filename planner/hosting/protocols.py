"""The server's end of a connection before a request is whole: how long it may take, and how many.

Only `planner serve` has it; a server that is started in another way has its own.
"""

import asyncio
from functools import cache
from typing import Any

import h11
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from planner.hosting.front_guard import LARGEST_BEFORE_SIGN_IN, LARGEST_KEY, SOCKETS

SECONDS_FOR_HEADERS, SECONDS_FOR_A_BODY = 10, 600
"""How long a request may take to come, as far as the end of its headers, and then its body: 50 MB
over the slowest of lines."""
DESCRIPTORS_A_PAGE, OTHER_DESCRIPTORS, DESCRIPTORS_WANTED = 6, 640, 65_536
"""Files and sockets that the system lets a process have: a page takes four and a connection, and
what it shares with others; those kept for closed pages and all else are beside."""


def most_pages() -> int:
    """How many pages may be open with the descriptors that this process has."""
    return max(min(SOCKETS, (descriptors() - OTHER_DESCRIPTORS) // DESCRIPTORS_A_PAGE), 16)


def most_connections() -> int:
    """How many connections there may be at once: those of open pages, and as many again."""
    return 2 * most_pages() + 256


@cache
def descriptors() -> int:
    """How many descriptors this process may have, once it has asked for as many as it may get."""
    try:
        import resource
    except ImportError:
        # Windows has no such limit.
        return DESCRIPTORS_WANTED
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = DESCRIPTORS_WANTED if hard == resource.RLIM_INFINITY else min(hard, DESCRIPTORS_WANTED)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))
        return most
    return DESCRIPTORS_WANTED if soft == resource.RLIM_INFINITY else soft


def _answer(status: str, words: str) -> bytes:
    """All that is sent to a connection which no request came over."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\n"
    return f"{head}Content-Length: {len(words)}\r\nConnection: close\r\n\r\n{words}".encode("ascii")


class BoundedHttp(H11Protocol):
    """A connection that a request must come over in time."""

    _waiting: asyncio.TimerHandle | None = None
    _waiting_in: Any = None

    def connection_made(self, transport: Any) -> None:
        """Take a connection, or end it in words where there are very many."""
        super().connection_made(transport)
        if len(self.connections) > most_connections():
            self._end("503 Service Unavailable", "The planner has too many connections open.")
            return
        self._watch()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no longer."""
        self._stop_waiting()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came. It does not put off the end: a byte now and then is no request."""
        super().data_received(data)
        self._watch()

    def on_response_complete(self) -> None:
        """Wait for the next request, of which a part may have come."""
        super().on_response_complete()
        self._watch()

    def _watch(self) -> None:
        # A request that opened a websocket has come, and its connection is the websocket's now. It
        # would else be cut off ten minutes later, and be held until then once it had gone.
        is_ours = self.transport.get_protocol() is self
        state = self.conn.their_state if is_ours else None
        if state is self._waiting_in:
            return
        self._stop_waiting()
        limits = {h11.IDLE: SECONDS_FOR_HEADERS, h11.SEND_BODY: SECONDS_FOR_A_BODY}
        seconds = limits.get(state) if state else None
        if seconds is not None:
            words = "The request did not come in time, so the planner waits for it no longer."
            self._waiting_in = state
            self._waiting = self.loop.call_later(seconds, self._end, "408 Request Timeout", words)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
        self._waiting = self._waiting_in = None

    def _end(self, status: str, words: str) -> None:
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            self.transport.write(_answer(status, words))
        self.transport.close()


class BoundedWebSocket(WebSocketsSansIOProtocol):
    """A websocket that takes short messages, until the front guard has let a person in."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        self.conn.max_message_size = LARGEST_BEFORE_SIGN_IN

    def data_received(self, data: bytes) -> None:
        """Take what came, and end a handshake that cannot be read: it would stay open for ever."""
        super().data_received(data)
        if self.conn.handshake_exc is not None and not self.transport.is_closing():
            self.transport.write(
                _answer("400 Bad Request", "The planner cannot read this request.")
            )
            self.transport.close()

    async def send(self, message: Any) -> None:
        """Send what the app answers, and take messages as long as it says from then on."""
        self.conn.max_message_size = message.get(LARGEST_KEY, self.conn.max_message_size)
        await super().send(message)
        if message["type"] == "websocket.http.response.body":
            # A refusal is an answer too, and no fault of the app's to be logged.
            self.handshake_complete = True
