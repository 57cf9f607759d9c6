"""Signing in, the server's part: how long it lasts, and the way back to a plan.

The page to sign in on is planner/screens/ui/sign_in.py; signing in itself is Streamlit's. What
stays shut before is decided in planner/hosting/front_guard.py.
"""

import re
from collections.abc import Callable, Mapping
from urllib.parse import parse_qs, urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from planner.hosting.sign_in_cookies import with_small_cookies
from planner.hosting.streamlit_server import signed_in_as
from planner.screens.ui.streamlit_compat import CALLBACK, NOT_PAGES, USER_COOKIE_NAME
from planner.store.links import LINK

QUESTION = "planner_asked_for"
"""The cookie that holds the plan's link somebody followed, until they have signed in."""
MINUTES_TO_SIGN_IN = 15
DAYS_FOR_A_NEW_PAGE, DAYS_AT_MOST = 0.5, 1.0
"""How long one signing-in lasts: for loading a page, and for a page that is open and reconnects."""

SIGN_IN_COOKIE = re.compile(rf"{USER_COOKIE_NAME}(?:_tokens)?(?:_\d+)?")
"""What the cookies are called that hold a signing-in, whole or in parts."""
COOKIES = "planner.cookies"
"""The key of a request's scope under which the front guard leaves every cookie that came."""

PAGE = re.compile(r"(?:/[A-Za-z0-9_-]+)*?/[A-Za-z0-9_-]*/?")
WAY_BACK = re.compile(rf"({PAGE.pattern})\?plan=({LINK.pattern})")


class SignInGate:
    """Where people sign in: ends a signing-in that is too old, and leads back to the plan whose
    link was followed."""

    def __init__(self, app: ASGIApp, signs_in: Callable[[], bool]) -> None:
        self.app = app
        self.signs_in = signs_in

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and see to the cookies of its answer."""
        if scope["type"] == "http" and self.signs_in():
            question, path = HTTPConnection(scope), scope["path"]
            if path.endswith(CALLBACK):
                scope, send = _without_words(scope), with_small_cookies(_led_back(question, send))
            elif scope["method"] == "GET" and is_page(path):
                send = _remembering(question, send)
        await self.app(scope, receive, send)


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
    came: Mapping[str, str] = question.scope[COOKIES]
    if signed_in_as(came, DAYS_FOR_A_NEW_PAGE) is not None:
        return send
    cookies = [
        f"{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=lax"
        for name in came
        if SIGN_IN_COOKIE.fullmatch(name)
    ]
    link = question.query_params.get("plan", "")
    if LINK.fullmatch(link):
        wanted = f"{question.url.path}?plan={link}"
        cookies.append(
            f"{QUESTION}={wanted}; Path=/; Max-Age={MINUTES_TO_SIGN_IN * 60}; "
            "HttpOnly; SameSite=lax"
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


def _without_words(scope: Scope) -> Scope:
    """What the directory sent people back with, less the words of an error: anyone may write those,
    and they are logged."""
    text = parse_qs(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    wanted = {name: values[0] for name, values in text.items() if not name.startswith("error")}
    error = text.get("error", [""])[0]
    if error:
        wanted["error"] = error if re.fullmatch(r"[a-z_]{1,40}", error) else "error"
    return {**scope, "query_string": urlencode(wanted).encode()}
