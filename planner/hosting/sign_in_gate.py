"""Signing in, the server's part: how long it lasts, its cookies, and the way back to a plan.

The page to sign in on is planner/screens/ui/sign_in.py; signing in itself is Streamlit's. What
stays shut before is decided in planner/hosting/front_guard.py.
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlencode

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from planner.hosting.streamlit_server import (
    TOKENS_COOKIE_NAME,
    create_signed_value,
    signed_in_as,
    signed_values,
)
from planner.screens.ui.streamlit_compat import (
    CALLBACK,
    NOT_PAGES,
    USER_COOKIE_NAME,
    get_cookie_secret,
)
from planner.store.links import LINK, link_in

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
        if scope["type"] != "http" or not self.signs_in():
            await self.app(scope, receive, send)
            return
        question, path = HTTPConnection(scope), scope["path"]
        is_back = path.endswith(CALLBACK)
        opens_page = scope["method"] == "GET" and is_page(path)
        wanted = way_back(question) if is_back else None
        cookies = _remembering(question) if opens_page else []

        async def answered(message: Message) -> None:
            if message["type"] == "http.response.start":
                if is_back:
                    message["headers"] = small_cookies(message["headers"])
                given = MutableHeaders(scope=message)
                if wanted is not None:
                    _lead_back(given, wanted)
                for cookie in cookies:
                    given.append("set-cookie", cookie)
            await send(message)

        await self.app(_without_words(question) if is_back else scope, receive, answered)


def is_page(path: str) -> bool:
    """Whether an address is that of a page of the wizard, and so one that people may be led back
    to."""
    return bool(PAGE.fullmatch(path)) and not any(other in f"{path}/" for other in NOT_PAGES)


def way_back(question: HTTPConnection) -> str | None:
    """The page and plan that a browser asked for before signing in: always an address of this
    server, never another's."""
    result = WAY_BACK.fullmatch(question.cookies.get(QUESTION, ""))
    return result[0] if result and is_page(result[1]) else None


def _remembering(question: HTTPConnection) -> list[str]:
    """As a page is loaded: drop a signing-in that is too old, and hold the plan's link of one who
    must yet sign in."""
    came: Mapping[str, str] = question.scope[COOKIES]
    if signed_in_as(came, DAYS_FOR_A_NEW_PAGE) is not None:
        return []
    cookies = [_cookie(name) for name in came if SIGN_IN_COOKIE.fullmatch(name)]
    link = link_in(question.query_params.get("plan", ""))
    if LINK.fullmatch(link):
        wanted = f"{question.url.path}?plan={link}"
        cookies.append(_cookie(QUESTION, wanted, MINUTES_TO_SIGN_IN * 60))
    return cookies


def _cookie(name: str, value: str = "", seconds: int = 0) -> str:
    """A cookie that no script can read; with no seconds, the browser drops what it has."""
    return f"{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=lax"


def _lead_back(notice: MutableHeaders, wanted: str) -> None:
    given = (one for one in notice.getlist("set-cookie") if one.startswith(f"{USER_COOKIE_NAME}="))
    # Signed in, and not turned away.
    if any("max-age=0" not in one.lower() for one in given):
        notice["location"] = wanted
        notice.append("set-cookie", _cookie(QUESTION))


def _without_words(question: HTTPConnection) -> Scope:
    """What the directory sent people back with, less the words of an error: anyone may write those,
    and they are logged."""
    came = question.query_params
    wanted = {name: text for name, text in came.items() if not name.startswith("error")}
    if error := came.get("error"):
        wanted["error"] = error if re.fullmatch(r"[a-z_]{1,40}", error) else "error"
    return {**question.scope, "query_string": urlencode(wanted).encode()}


# --------------------------------------------------------------------------------------------------
# What a browser keeps of a sign-in
# --------------------------------------------------------------------------------------------------

# A directory such as Microsoft Entra sends an access token of 2,500 characters and an identity
# token that names up to 200 groups. Streamlit puts both, and every claim, into cookies that come
# back with every request: some 30,000 characters, where proxies and servers take 8,000 in a header
# unless told otherwise. So they are cut down to what is used.

# What Streamlit looks at, then what the planner shows of a person or tells people apart by.
CLAIMS = ("origin", "is_logged_in", "provider", "iss", "sub", "oid", "name", "email")

# Characters of an identity token that is kept, to name the person to the directory on signing out.
# A longer one is let go: the directory is then told which application it is, and asks the person
# which account to sign out.
LONGEST_HINT = 2_000

HeaderList = list[tuple[bytes, bytes]]


def small_cookies(headers: Iterable[tuple[bytes, bytes]]) -> HeaderList:
    """The headers with what they set of a sign-in replaced by one short cookie for each kind.

    Cookies that are deleted, and other people's, stay as they are.
    """
    rest: HeaderList = []
    cookies: dict[str, str] = {}
    attributes = ""
    for name, value in headers:
        cookie, _, more = value.decode("latin-1").partition(";")
        key, _, content = cookie.strip().partition("=")
        is_set = SIGN_IN_COOKIE.fullmatch(key) and "max-age=0" not in more.lower()
        if name.lower() == b"set-cookie" and is_set:
            cookies[key], attributes = content, more
        else:
            rest.append((name, value))
    for key, choose in ((USER_COOKIE_NAME, _claims), (TOKENS_COOKIE_NAME, _hint)):
        if small := choose(signed_values(cookies, key) or {}):
            signed = create_signed_value(get_cookie_secret(), key, json.dumps(small))
            rest.append((b"set-cookie", f"{key}={signed.decode()};{attributes}".encode("latin-1")))
    return rest


def _claims(values: dict[str, object]) -> dict[str, object]:
    return {name: values[name] for name in CLAIMS if name in values}


def _hint(values: dict[str, object]) -> dict[str, object]:
    hint = str(values.get("id_token", ""))
    return {"id_token": hint} if 0 < len(hint) <= LONGEST_HINT else {}
