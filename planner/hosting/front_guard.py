"""The front guard: name, origin, proxy, cookie, number and size, before Streamlit sees a request.

It is the same with and without sign-in, and lets through only what it has found to be right.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from planner.hosting.sign_in_gate import COOKIES, DAYS_AT_MOST, QUESTION, SIGN_IN_COOKIE, is_page
from planner.hosting.streamlit_server import (
    MEGABYTE,
    REQUESTS,
    REQUESTS_BEFORE_SIGN_IN,
    SESSION_COOKIE_NAME,
    XSRF_COOKIE_NAME,
    BoundedUploads,
    read_question,
    signed_in_as,
)
from planner.screens.ui.streamlit_compat import CLOSED, FILES

MEGABYTES_A_MESSAGE = 2
LARGEST_MESSAGE, LARGEST_BEFORE_SIGN_IN = MEGABYTES_A_MESSAGE * MEGABYTE, 64 * 1024
"""Bytes of one message of a page. Files come another way."""
PARTS_A_MESSAGE, PARTS_BEFORE_SIGN_IN = 5_000, 100
"""How many states of fields and names one message may hold."""
SOCKETS, SOCKETS_A_PERSON, SOCKETS_AN_ADDRESS = 4096, 20, 64
"""Pages open at once: in all, of one person who has signed in, and from one address before that."""
LARGEST_KEY = "planner.largest_message"
"""The key under which the server's protocol is told how long a message of an open page may be."""

# What proxies add, by name or by how the name begins.
PROXY_HEADERS = {"via", "forwarded", "client-ip", "true-client-ip", "fastly-client-ip"}
PROXY_PREFIXES = ("x-forwarded", "x-real-", "x-client-", "x-cluster-", "x-original-", "x-envoy-",
                  "x-azure-", "x-arr-", "x-proxy", "cf-")  # fmt: skip

HOST = re.compile(r"([a-z0-9.-]+)(?::\d{1,5})?")
# What a cookie's value may hold (RFC 6265). Nothing that ends a cookie or begins another.
COOKIE_VALUE = re.compile(r"[!#-+\--:<-\[\]-~]*")
UPLOAD = re.compile(rf".*{FILES[0]}([^/]+)/([^/]+)")


@dataclass(frozen=True)
class Rules:
    """How this server is reached, and whether people must sign in."""

    names: tuple[str, ...]
    """The names it answers to."""
    behind_https: bool
    returns_to: str
    """The address that people come back to once signed in, or nothing."""
    signs_in: bool
    own_machine_only: bool

    def answers_to(self, hosts: list[str]) -> bool:
        """Whether the `Host` of a request is one name of ours."""
        named = HOST.fullmatch(hosts[0].lower()) if len(hosts) == 1 else None
        return named is not None and named[1] in self.names

    def origin(self, request: HTTPConnection) -> str:
        """The origin that our own page has, at the name that a request came to."""
        host = request.headers["host"].lower()
        secure = (
            self.behind_https
            or request.scope["scheme"] in {"https", "wss"}
            or self.returns_to.startswith(f"https://{host}/")
        )
        return f"http{'s' * secure}://{host}"


@dataclass(frozen=True)
class Visitor:
    """Who asks, as far as it decides what they may do."""

    may_work: bool
    """Has signed in, or need not."""
    key: tuple[str, str]
    """Whose sockets are counted together: a person's, an address's, or everyone's."""

    @classmethod
    def of(cls, request: HTTPConnection, signs_in: bool) -> "Visitor":
        """The visitor that a request shows to be."""
        if not signs_in:
            return cls(True, ("anyone", ""))
        person = signed_in_as(request.cookies, DAYS_AT_MOST)
        if person is not None:
            return cls(True, ("person", person))
        return cls(False, ("address", _address(request)))

    @property
    def largest_message(self) -> int:
        """Bytes of the longest message that is taken."""
        return LARGEST_MESSAGE if self.may_work else LARGEST_BEFORE_SIGN_IN

    def fault(self, data: bytes | None) -> int | None:
        """The code that ends a page's connection for a message, 0 where the message is passed over,
        or None where it is taken."""
        if data is None:
            return 1003
        if len(data) > self.largest_message:
            return 1009
        try:
            kind, parts = read_question(data)
        except ValueError:
            return 1002
        if parts > (PARTS_A_MESSAGE if self.may_work else PARTS_BEFORE_SIGN_IN):
            return 1009
        return None if kind in (REQUESTS if self.may_work else REQUESTS_BEFORE_SIGN_IN) else 0


def _address(request: HTTPConnection) -> str:
    """Where a request came from; a network of IPv6 is one address, since one person has it all."""
    try:
        address = ip_address(request.client.host if request.client else "")
    except ValueError:
        return ""
    if isinstance(address, IPv6Address) and address.ipv4_mapped is None:
        return str(ip_network((address, 64), strict=False))
    return str(address)


class Sockets:
    """The pages that are open, counted by whose they are."""

    def __init__(self, most: int) -> None:
        self.most = most
        self._open: Counter[tuple[str, str]] = Counter()

    def refusal(self, visitor: Visitor) -> str | None:
        """Why a visitor may not open another page, or None where they may."""
        kind, _ = visitor.key
        strangers = sum(count for (of, _), count in self._open.items() if of == "address")
        if kind == "person" and self._open[visitor.key] >= SOCKETS_A_PERSON:
            return (
                f"You have {SOCKETS_A_PERSON} pages open, which is as many as one person may. "
                "Close some, and try again."
            )
        if kind == "address" and (
            self._open[visitor.key] >= SOCKETS_AN_ADDRESS or strangers >= self.most // 2
        ):
            return (
                "Too many pages are open that nobody has signed in on: whoever has not signed in "
                "must wait. Close some, or try again in a minute."
            )
        if self._open.total() >= self.most:
            return "The planner has as many pages open as it can hold. Try again in a few minutes."
        return None

    @contextmanager
    def opened_by(self, visitor: Visitor) -> Iterator[None]:
        """Count a page for as long as it is open."""
        self._open[visitor.key] += 1
        try:
            yield
        finally:
            self._open[visitor.key] -= 1
            if not self._open[visitor.key]:
                del self._open[visitor.key]


class FrontGuard:
    """Stands before all that answers: turns away whom and what it must, in words."""

    def __init__(
        self,
        app: ASGIApp,
        rules: Callable[[], Rules],
        uploads: BoundedUploads,
        most_sockets: Callable[[], int],
    ) -> None:
        self.app, self.rules, self.uploads = app, rules, uploads
        self.sockets = Sockets(most_sockets())

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] not in {"http", "websocket"}:
            await self.app(scope, receive, send)
            return
        request, rules = HTTPConnection(scope), self.rules()
        # The same parser as Streamlit's, so that what is judged here is what is used there.
        visitor = Visitor.of(request, rules.signs_in)
        refusal = self._refusal(request, rules, visitor)
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        passed = {
            **scope,
            "headers": _headers_with(scope, _cookies_for(request, rules, visitor)),
            COOKIES: request.cookies,
        }
        if scope["type"] == "websocket":
            with self.sockets.opened_by(visitor):
                await self.app(passed, *_bounded(visitor, receive, send))
        elif upload := _upload(request):
            with self.uploads.receiving(upload[0], int(request.headers.get("content-length", 0))):
                await self.app(passed, receive, send)
        else:
            await self.app(passed, receive, send)

    def _refusal(self, request: HTTPConnection, rules: Rules, visitor: Visitor) -> Response | None:
        """Why a request goes no further, as it is answered, or None where it does."""
        path, headers = request.scope["path"], request.headers
        if any(closed in path for closed in CLOSED):
            return PlainTextResponse("Not found", 404)
        if not rules.answers_to(headers.getlist("host")):
            return PlainTextResponse("This planner does not answer to that name.", 400)
        origins = headers.getlist("origin")
        # Streamlit takes in more, and asks a server on the internet about what it does not know.
        if origins and origins != [rules.origin(request)]:
            return PlainTextResponse("This page may not speak to the planner.", 403)
        if rules.own_machine_only and not _from_this_machine(request):
            return PlainTextResponse(
                "This planner has no sign-in, so it answers on its own machine only.", 403
            )
        if not visitor.may_work and any(kind in path for kind in FILES):
            return PlainTextResponse("Sign in first.", 403)
        if request.scope["type"] == "websocket" or is_page(path):
            full = self.sockets.refusal(visitor)
            return PlainTextResponse(full, 503, {"Retry-After": "30"}) if full else None
        return self._refusal_of_upload(request)

    def _refusal_of_upload(self, request: HTTPConnection) -> Response | None:
        upload = _upload(request)
        if upload is None:
            return None
        if not self.uploads.was_given(*upload):
            return PlainTextResponse("This page was not told to put a file here.", 403)
        length = request.headers.get("content-length", "")
        if request.scope["method"] == "PUT" and not length.isdecimal():
            return PlainTextResponse("Say how long the file is before sending it.", 411)
        full = self.uploads.refusal(upload[0], int(length or 0))
        return PlainTextResponse(full[1], full[0]) if full else None


def local(address: str | None) -> bool:
    """Whether an address can be reached from this machine only."""
    try:
        return address == "localhost" or ip_address(address or "").is_loopback
    except ValueError:
        return False


def _from_this_machine(request: HTTPConnection) -> bool:
    came_to = (request.scope.get("server") or (None,))[0]
    return local(came_to) and not any(
        name in PROXY_HEADERS or name.startswith(PROXY_PREFIXES) for name in request.headers
    )


def _upload(request: HTTPConnection) -> tuple[str, str] | None:
    """The session and the place that a request would put a file in, or take it from."""
    named = UPLOAD.fullmatch(request.scope["path"])
    if named is None or request.scope.get("method") not in {"PUT", "DELETE"}:
        return None
    return named[1], named[2]


def _cookies_for(request: HTTPConnection, rules: Rules, visitor: Visitor) -> str:
    """The cookies of ours that a visitor may use, written anew from what was read of them."""
    ours = {XSRF_COOKIE_NAME}
    if rules.signs_in:
        ours |= {SESSION_COOKIE_NAME, QUESTION}
    signed_in = rules.signs_in and visitor.may_work
    return "; ".join(
        f"{name}={value}"
        for name, value in request.cookies.items()
        if (name in ours or (signed_in and SIGN_IN_COOKIE.fullmatch(name)))
        and COOKIE_VALUE.fullmatch(value)
    )


def _headers_with(scope: Scope, cookies: str) -> list[tuple[bytes, bytes]]:
    others = [(name, value) for name, value in scope["headers"] if name != b"cookie"]
    return [*others, (b"cookie", cookies.encode("ascii"))] if cookies else others


def _bounded(visitor: Visitor, receive: Receive, send: Send) -> tuple[Receive, Send]:
    """An open page's connection, over which only what is within bounds comes in."""
    ended = False

    async def receive_bounded() -> Message:
        nonlocal ended
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            fault = visitor.fault(message.get("bytes"))
            if fault is None:
                return message
            if fault:
                ended = True
                await send({"type": "websocket.close", "code": fault})
                return {"type": "websocket.disconnect", "code": fault}

    async def send_bounded(message: Message) -> None:
        if message["type"] == "websocket.accept":
            message = {**message, LARGEST_KEY: visitor.largest_message}
        if not ended:
            await send(message)

    return receive_bounded, send_bounded
