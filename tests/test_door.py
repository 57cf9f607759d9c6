"""The way back to a plan after signing in leads to a page of this server and nowhere else.

The whole is in tests/browser/test_team.py.
"""

from __future__ import annotations

import pytest
from starlette.requests import HTTPConnection

from planner.hosting.sign_in_gate import QUESTION, is_page, way_back

LINK = "aB3_-xY9" * 4


def connection(cookie: str) -> HTTPConnection:
    return HTTPConnection(
        {"type": "http", "headers": [(b"cookie", f"{QUESTION}={cookie}".encode("latin-1"))]}
    )


@pytest.mark.parametrize(
    "page", ["/", "/options", "/options/", "/local_files", "/planner/", "/planner/options"]
)
def test_a_page_with_a_plan_is_led_back_to(page: str) -> None:
    assert is_page(page) and way_back(connection(f"{page}?plan={LINK}")) == f"{page}?plan={LINK}"


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "/",
        "/?plan=short",
        f"?plan={LINK}",
        f"//elsewhere.example/?plan={LINK}",
        f"//elsewhere/?plan={LINK}",
        f"/\\elsewhere/?plan={LINK}",
        f"https://elsewhere.example/?plan={LINK}",
        f"/%2f%2felsewhere?plan={LINK}",
        f"/?plan={LINK}&next=//elsewhere.example",
        f"/?plan={LINK}%0d%0aSet-Cookie:x",
        f"/auth/logout?plan={LINK}",
        f"/planner/auth/login?plan={LINK}",
        f"/oauth2callback?plan={LINK}",
        f"/planner/oauth2callback/?plan={LINK}",
        f"/media/x?plan={LINK}",
        f"/_stcore/health?plan={LINK}",
    ],
)
def test_nothing_else_is(cookie: str) -> None:
    assert way_back(connection(cookie)) is None
