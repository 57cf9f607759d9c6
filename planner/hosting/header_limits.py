"""How long the headers of a request may be, said once, and what a person reads beyond that.

Three places cut headers off: the proxy, the server for pages (h11) and the server for websockets.
The last two are told here to take more than the published proxy lets through, so that whoever is
turned away is turned away in words.
"""

import os

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

# Characters of one header, as in the published nginx file: `large_client_header_buffers 4 32k`.
LONGEST_HEADER = 32 * 1024

# What the servers themselves take, in one line and in all.
LONGEST_LINE = 64 * 1024

LINE_SETTING = "WEBSOCKETS_MAX_LINE_LENGTH"


def allow_long_lines() -> None:
    """Tell the server for websockets how long a header may be; it reads that once, as it is
    imported."""
    os.environ.setdefault(LINE_SETTING, str(LONGEST_LINE))


class HeaderLimit:
    """Answers a request with a header beyond the limit in words, and drops the cookies that make it
    so. A websocket that was cut off would leave an empty page."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or pass it on."""
        longest = max((len(value) for _, value in scope.get("headers", ())), default=0)
        if longest <= LONGEST_HEADER:
            await self.app(scope, receive, send)
            return
        answer = PlainTextResponse(
            f"This browser sends {longest:,} characters of cookies or the like to the planner, "
            f"which takes {LONGEST_HEADER:,}. The planner's own have now been deleted. Load the "
            "page again and sign in. If this page comes again, delete this browser's cookies for "
            "this address, and tell whoever runs this server: 'planner serve --check-sign-in' "
            "measures what passes.",
            431,
        )
        for name in HTTPConnection(scope).cookies:
            answer.delete_cookie(name, httponly=True, samesite="lax")
        await answer(scope, receive, send)
