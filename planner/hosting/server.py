"""The hosted form of the wizard: headers, compression, warm-up, quiet logs, who may reach it.

Run `planner serve`, `uvicorn planner.hosting.server:app`, or `streamlit run
planner/hosting/server.py` from the folder of streamlit_app.py.
"""

import asyncio
import base64
import gc
import hashlib
import logging
import os
import re
import sys
import traceback
from collections.abc import AsyncIterator, MutableMapping
from contextlib import asynccontextmanager, suppress
from copy import deepcopy
from dataclasses import dataclass
from functools import _lru_cache_wrapper, cache
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlparse

import streamlit as st
from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from planner.hosting.front_guard import (
    LARGEST_MESSAGE,
    MEGABYTES_A_MESSAGE,
    FrontGuard,
    Rules,
    local,
)
from planner.hosting.header_limits import LONGEST_LINE, HeaderLimit
from planner.hosting.protocols import BoundedHttp, BoundedWebSocket, most_pages
from planner.hosting.sign_in_gate import SignInGate
from planner.hosting.streamlit_server import (
    LARGEST_STATE,
    BoundedRuntime,
    BoundedUploads,
    ask_no_one_for_our_address,
)
from planner.intake.portal import OFF_SETTING, turned_off
from planner.reference import content_folder
from planner.screens.ui import sign_in
from planner.screens.ui.streamlit_compat import ALLOWED_HOSTS, FILES, STATIC_FILES, config

HTTPS_SETTING = "PLANNER_BEHIND_HTTPS"
NAMES_SETTING = "PLANNER_HOST_NAMES"
OPEN_SETTING = "PLANNER_NO_SIGN_IN_BECAUSE"

SCRIPT = content_folder("streamlit_app.py")

THIS_MACHINE = ("127.0.0.1", "localhost")
SECONDS_BETWEEN_ROUNDS = 10
"""How often sessions are ended whose page has not come back."""


class CannotServe(RuntimeError):
    """The wizard will not be opened in this way. The message says why and what to do."""


@dataclass(frozen=True)
class Hosting:
    """How this server is reached, as the settings in the environment say."""

    behind_https: bool = False
    names: tuple[str, ...] = ()
    no_sign_in_because: str = ""

    @classmethod
    def of_environment(cls) -> Self:
        """The settings as they stand."""
        names = os.environ.get(NAMES_SETTING, "").split(",")
        return cls(
            behind_https=os.environ.get(HTTPS_SETTING, "").lower() in {"1", "true", "yes"},
            names=tuple(name.strip().lower() for name in names if name.strip()),
            no_sign_in_because=os.environ.get(OPEN_SETTING, "").strip(),
        )

    def refusal(self, host: str, signed_in: bool) -> str | None:
        """Why the wizard will not be served at this address, or None where it may be."""
        if (
            signed_in
            or self.no_sign_in_because
            or not (self.behind_https or self.names or not local(host))
        ):
            return None
        return (
            "nobody would have to sign in, so the wizard opens on this machine only (127.0.0.1). "
            "Set up sign-in in .streamlit/secrets.toml (docs/how-to/hosting.md), or say "
            "who else checks people with --no-sign-in-because 'REASON'"
        )


@cache
def signs_in() -> bool:
    """Whether people must sign in. Read once: a change of secrets needs a restart."""
    return sign_in.required()


def host_names(hosting: Hosting) -> tuple[str, ...]:
    """Every name this server answers to: its own machine's, those it was given, and the one sign-in
    returns to."""
    returns_to = urlparse(sign_in.returns_to()).hostname
    named = (*THIS_MACHINE, *(config.get_option(ALLOWED_HOSTS) or ()), *hosting.names, returns_to)
    return tuple(dict.fromkeys(name for name in named if name))


def inline_scripts(page: str) -> tuple[str, ...]:
    """What a Content-Security-Policy calls each script written into a page."""
    match = re.findall(r"<script(?![^>]*\bsrc=)[^>]*>(.*?)</script>", page, re.S)
    return tuple(
        f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"
        for script in match
    )


@cache
def policy() -> str:
    """The Content-Security-Policy: our own server and nobody else's, with Streamlit's own inline
    script by its hash."""
    page = (STATIC_FILES / "index.html").read_text(encoding="utf-8")
    return "; ".join(
        (
            "default-src 'self'",
            # blob: is where Streamlit loads the scripts of planner/screens/ui/accessibility.py from
            " ".join(("script-src 'self' blob:", *inline_scripts(page))),
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        )
    )


def headers(hosting: Hosting) -> dict[str, str]:
    """The headers of every response. A plan's link is in the address, and is a secret: no referrer,
    nothing stored."""
    always = {
        "Content-Security-Policy": policy(),
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": (
            "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), "
            "magnetometer=(), microphone=(), midi=(), payment=(), usb=()"
        ),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "X-Robots-Tag": "noindex, nofollow",
    }
    if hosting.behind_https:
        always["Strict-Transport-Security"] = "max-age=31536000; includeSubDomains"
    return always


@cache
def rules() -> Rules:
    """What the front guard goes by. Read at the first request: some names are Streamlit's to tell
    once it has started."""
    hosting = Hosting.of_environment()
    return Rules(
        names=host_names(hosting),
        behind_https=hosting.behind_https,
        returns_to=sign_in.returns_to(),
        signs_in=signs_in(),
        own_machine_only=not (signs_in() or hosting.no_sign_in_because),
    )


class HeadersMiddleware:
    """Puts the security headers on every answer, the front guard's refusals among them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.hosting = Hosting.of_environment()
        self.headers = headers(self.hosting)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass one request on, and see to the headers of its answer."""

        async def answered(message: Message) -> None:
            if message["type"] in {"http.response.start", "websocket.http.response.start"}:
                self.add_security_headers(message)
            await send(message)

        await self.app(scope, receive, answered)

    def add_security_headers(self, message: MutableMapping[str, Any]) -> None:
        """Put the security headers on an answer that is about to start."""
        given = MutableHeaders(scope=message)
        given.update(self.headers)
        # Streamlit's own files, named after what they hold.
        if "immutable" not in given.get("Cache-Control", ""):
            given["Cache-Control"] = "no-store"
        # Streamlit leaves this out, for the sake of plain http.
        if self.hosting.behind_https:
            message["headers"] = [
                (
                    name,
                    value
                    if name != b"set-cookie" or b"; secure" in value.lower()
                    else value + b"; Secure",
                )
                for name, value in message["headers"]
            ]


class RedactedLogRecord(logging.LogRecord):
    """A line of the log without what is secret in an address, and with where an error arose but not
    its words, which may quote a user."""

    def __init__(self, *arguments: Any, **more: Any) -> None:
        super().__init__(*arguments, **more)
        if isinstance(self.msg, str):
            self.msg = without_secrets(self.msg)
        if isinstance(self.args, tuple):
            self.args = tuple(_discreet(value) for value in self.args)
        elif self.args:
            self.args = {name: _discreet(value) for name, value in self.args.items()}
        if self.exc_info:
            error = self.exc_info[1]
            self.msg = (
                f"{self.getMessage().strip()} [{where_it_arose(error) if error else 'no error'}]"
            )
            self.args, self.exc_info = (), None


# A query, which may hold a plan's link; the names of a session and of a place for a file; and a
# document's, which is made from what it holds.
SECRET_PARTS = re.compile(
    r"\?[^\s\"']+"
    rf"|(?<={FILES[0]})[^\s\"']+|(?<={FILES[1]})[^\s\"']+"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
)


def without_secrets(text: str) -> str:
    """Text without those parts of an address that let in whoever knows them."""
    return SECRET_PARTS.sub("", text)


def _discreet(value: Any) -> Any:
    if isinstance(value, BaseException):
        return type(value).__name__
    return without_secrets(value) if isinstance(value, str) else value


def where_it_arose(error: BaseException) -> str:
    """The kind of an error and the lines of code that led to it, without a word of what it says."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    lines = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in reversed(frames)
    )
    return f"{type(error).__name__} at {lines}"


def warm_up() -> None:
    """Do before the first visitor what would else make them wait: imports, reference data, the
    library, first charts."""
    from planner.screens.prewarm import prewarm

    prewarm()
    gc.collect()
    # What is here now stays, and need not be looked through again.
    gc.freeze()


def forbid_other_fetches() -> None:
    """Turn fetching figures from elsewhere off, unless whoever hosts this said otherwise."""
    os.environ[OFF_SETTING] = os.environ.get(OFF_SETTING) or "1"


async def let_go() -> None:
    """Every few seconds, end the sessions whose page has not come back. Once nobody is left, forget
    what was worked out of their plans."""
    worked = False
    while True:
        await asyncio.sleep(SECONDS_BETWEEN_ROUNDS)
        try:
            worked = await one_round(worked)
        except Exception:
            # The next round may do better; without any, plans would stay.
            logging.getLogger("uvicorn.error").exception("Planner: closed pages were not let go.")


async def one_round(worked: bool) -> bool:
    """Let go once, and return whether anybody is left. `worked` says whether anybody was before."""
    from planner.screens.prewarm import prewarm

    ended, left = runtime.closed.end_overdue(), not runtime.empty()
    if worked and not left:
        forget_plans()
        await asyncio.to_thread(prewarm)
    if ended:
        gc.collect()
    return left


def forget_plans() -> None:
    """Empty every memory of ours that has a bound: those hold what was made of plans. The others
    hold what we ship."""
    for name, module in list(sys.modules.items()):
        if name.startswith("planner."):
            for value in list(vars(module).values()):
                if isinstance(value, _lru_cache_wrapper) and value.cache_info().maxsize:
                    value.cache_clear()


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """Before the first request: quiet logs, the names it answers to, and the warm-up."""
    logging.setLogRecordFactory(RedactedLogRecord)
    hosting = Hosting.of_environment()
    config.set_option(ALLOWED_HOSTS, list(host_names(hosting)))
    config.set_option(LARGEST_STATE, MEGABYTES_A_MESSAGE)
    ask_no_one_for_our_address()
    forbid_other_fetches()
    await asyncio.to_thread(warm_up)
    # The one that is set up however the server was started.
    teller = logging.getLogger("uvicorn.error")
    if signs_in():
        teller.info("Planner: everyone signs in first.")
    elif hosting.no_sign_in_because:
        teller.warning("Planner: nobody signs in, because: %s", hosting.no_sign_in_because)
    else:
        teller.info("Planner: nobody signs in, so it answers on this machine only.")
    teller.info("Planner: at most %d pages open at once.", most_pages())
    if not turned_off():
        teller.info("Planner: people may fetch figures from NHSBSA's open data portal.")
    rounds = asyncio.create_task(let_go())
    yield
    rounds.cancel()
    with suppress(asyncio.CancelledError):
        await rounds


async def failed(_: Request, __: Exception) -> Response:
    """What is said when the server itself has failed; whatever puts headers on answers stands
    inside this, so they are given here."""
    message = {**headers(Hosting.of_environment()), "Cache-Control": "no-store"}
    return PlainTextResponse("Something went wrong. Please try again.", 500, message)


runtime = BoundedRuntime(SCRIPT, BoundedUploads(), signs_in)
app = st.App(
    SCRIPT,
    lifespan=lifespan,
    middleware=[
        Middleware(HeadersMiddleware),
        Middleware(HeaderLimit),
        Middleware(FrontGuard, rules=rules, uploads=runtime.uploads, most_sockets=most_pages),
        Middleware(SignInGate, signs_in=signs_in),
        Middleware(GZipMiddleware, minimum_size=1000),
    ],
    exception_handlers={Exception: failed},
)
runtime.serve_in(app)


def start(host: str, port: int) -> None:
    """Serve until stopped. Raises CannotServe where people could reach it without anyone checking
    who they are."""
    import uvicorn
    from uvicorn.config import LOGGING_CONFIG

    why = Hosting.of_environment().refusal(host, signs_in())
    if why:
        raise CannotServe(why)
    message = deepcopy(LOGGING_CONFIG)
    # Streamlit has turned this off by now.
    message["loggers"]["uvicorn.error"]["propagate"] = True
    uvicorn.run(
        app,
        host=host,
        port=port,
        log_config=message,
        http=BoundedHttp,
        ws=BoundedWebSocket,
        ws_max_size=LARGEST_MESSAGE,
        access_log=False,
        server_header=False,
        h11_max_incomplete_event_size=LONGEST_LINE,
        timeout_graceful_shutdown=5,
    )
