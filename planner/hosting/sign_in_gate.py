"""Signing in, the server's part: what stays shut before, how long it lasts, and the way back to a plan. No page is drawn here.

The page to sign in on is planner/screens/ui/sign_in.py; signing in itself is Streamlit's.
"""

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from planner.hosting.sign_in_cookies import with_small_cookies
from planner.screens.ui.streamlit_compat import (
    CALLBACK,
    FILES,
    NOT_PAGES,
    USER_COOKIE_NAME,
    decode_signed_value,
    get_cookie_secret,
)
from planner.store.links import LINK

QUESTION = "planner_asked_for"
"""The cookie that holds the plan's link somebody followed, until they have signed in."""
MINUTES_TO_SIGN_IN = 15
DAYS_FOR_A_NEW_PAGE, DAYS_AT_MOST = 0.5, 1.0
"""How long one signing-in lasts: for loading a page, and for a page that is open and reconnects."""

PAGE = re.compile(r"(?:/[A-Za-z0-9_-]+)*?/[A-Za-z0-9_-]*/?")
WAY_BACK = re.compile(rf"({PAGE.pattern})\?plan=({LINK.pattern})")


class SignInGate:
    """Where people sign in: lets no file in or out before, and leads back to the plan whose link
    was followed."""

    def __init__(self, app: ASGIApp, signs_in: Callable[[], bool]) -> None:
        self.app = app
        self.signs_in = signs_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        if scope["type"] not in {"http", "websocket"} or not self.signs_in():
            await self.app(scope, receive, send)
            return
        question, path = HTTPConnection(scope), scope["path"]
        if not signed_in(question, DAYS_AT_MOST):
            if any(kind in path for kind in FILES):
                await PlainTextResponse("Sign in first.", 403)(scope, receive, send)
                return
            scope = _without_sign_in(scope)
        if scope["type"] == "http" and path.endswith(CALLBACK):
            scope, send = _without_words(scope), with_small_cookies(_led_back(question, send))
        elif scope.get("method") == "GET" and is_page(path):
            send = _remembering(question, send)
        await self.app(scope, receive, send)


def signed_in(question: HTTPConnection, days: float) -> bool:
    """Whether a request carries a signing-in of ours that is no older than so many days."""
    value, secret = question.cookies.get(USER_COOKIE_NAME), get_cookie_secret()
    return bool(
        value and secret and decode_signed_value(secret, USER_COOKIE_NAME, value, days) is not None
    )


def is_page(path: str) -> bool:
    """Whether an address is that of a page of the wizard, and so one that people may be led back
    to."""
    return bool(PAGE.fullmatch(path)) and not any(other in f"{path}/" for other in NOT_PAGES)


def way_back(question: HTTPConnection) -> str | None:
    """The page and plan that a browser asked for before signing in: always an address of this
    server, never another's."""
    result = WAY_BACK.fullmatch(question.cookies.get(QUESTION, ""))
    return result[0] if result and is_page(result[1]) else None


def _remembering(question: HTTPConnection, send: Send) -> Send:
    """As a page is loaded: drop a signing-in that is too old, and hold the plan's link of one who
    must yet sign in."""
    if signed_in(question, DAYS_FOR_A_NEW_PAGE):
        return send
    cookies = [f"{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=lax" for name in _ours(question)]
    link = question.query_params.get("plan", "")
    if LINK.fullmatch(link):
        wanted = f"{question.url.path}?plan={link}"
        cookies.append(
            f"{QUESTION}={wanted}; Path=/; Max-Age={MINUTES_TO_SIGN_IN * 60}; HttpOnly; SameSite=lax"
        )
    return _with_cookies(send, cookies)


def _led_back(question: HTTPConnection, send: Send) -> Send:
    wanted = way_back(question)
    if wanted is None:
        return send

    async def led(message: Message) -> None:
        if message["type"] == "http.response.start":
            notice = MutableHeaders(scope=message)
            given = [
                one
                for one in notice.getlist("set-cookie")
                if one.startswith(f"{USER_COOKIE_NAME}=")
            ]
            # Signed in, and not turned away.
            if any("max-age=0" not in one.lower() for one in given):
                notice["location"] = wanted
                notice.append(
                    "set-cookie", f"{QUESTION}=; Path=/; Max-Age=0; HttpOnly; SameSite=lax"
                )
        await send(message)

    return led


def _with_cookies(send: Send, cookies: list[str]) -> Send:
    async def notice(message: Message) -> None:
        if message["type"] == "http.response.start":
            for cookie in cookies:
                MutableHeaders(scope=message).append("set-cookie", cookie)
        await send(message)

    return notice if cookies else send


def _ours(question: HTTPConnection) -> list[str]:
    """The names of the cookies that hold a signing-in, whole or in parts."""
    return [name for name in question.cookies if name.startswith(USER_COOKIE_NAME)]


def _without_sign_in(scope: Scope) -> Scope:
    """The request as one who has not signed in would make it."""
    selection = []
    for name, value in scope["headers"]:
        if name == b"cookie":
            parts = (part.strip() for part in value.split(b";"))
            value = b"; ".join(
                part for part in parts if not part.startswith(USER_COOKIE_NAME.encode())
            )
        selection.append((name, value))
    return {**scope, "headers": selection}


def _without_words(scope: Scope) -> Scope:
    """What the directory sent people back with, less the words of an error: anyone may write those,
    and they are logged."""
    text = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    wanted = {name: values[0] for name, values in text.items() if not name.startswith("error")}
    error = text.get("error", [""])[0]
    if error:
        wanted["error"] = error if re.fullmatch(r"[a-z_]{1,40}", error) else "error"
    return {**scope, "query_string": urlencode(wanted).encode()}
