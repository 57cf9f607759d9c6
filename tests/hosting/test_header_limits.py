"""How long headers may be."""

from __future__ import annotations

import subprocess
import sys

import pytest
from starlette.types import Message, Receive, Scope, Send

from planner.hosting.header_limits import (
    LONGEST_HEADER,
    LONGEST_LINE,
    HeaderLimit,
)
from tests.hosting.clients import run_in_a_thread


async def inside(scope: Scope, receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})


def answer(cookie: bytes) -> Message:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    async def receive() -> Message:
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": "/", "headers": [(b"cookie", cookie)]}
    run_in_a_thread(HeaderLimit(inside)(scope, receive, send))
    return {**sent[0], "body": b"".join(one.get("body", b"") for one in sent)}


@pytest.mark.parametrize(("length", "status"), [(LONGEST_HEADER, 200), (LONGEST_HEADER + 1, 431)])
def test_a_header_beyond_the_limit_is_answered_in_words(length: int, status: int) -> None:
    assert answer(b"a=" + b"x" * (length - 2))["status"] == status


def test_the_words_say_what_to_do_and_the_cookies_are_dropped() -> None:
    answer_text = answer(b"_streamlit_user=x; other=" + b"x" * LONGEST_HEADER)
    assert b"sign in" in answer_text["body"] and b"--check-sign-in" in answer_text["body"]
    dropped = [value for name, value in answer_text["headers"] if name == b"set-cookie"]
    assert [cookie.split(b"=")[0] for cookie in dropped] == [b"_streamlit_user", b"other"]
    assert all(b"Max-Age=0" in cookie for cookie in dropped)


def test_a_cookie_that_no_server_may_set_does_not_stand_in_the_way_of_the_words() -> None:
    answer_text = answer(b"elsewhere[1]=x; path=y; a=" + b"x" * LONGEST_HEADER)
    assert answer_text["status"] == 431
    dropped = [value for name, value in answer_text["headers"] if name == b"set-cookie"]
    assert [cookie.split(b"=")[0] for cookie in dropped] == [b"a"]


def test_the_hosted_form_tells_the_server_for_websockets_before_it_is_imported() -> None:
    seen = (
        "import uvicorn; uvicorn.run = lambda *given, **named: None; "
        "from planner.cli.main import main; main(['serve']); "
        "from websockets.http11 import MAX_LINE_LENGTH; print(MAX_LINE_LENGTH)"
    )
    done = subprocess.run(
        [sys.executable, "-c", seen], capture_output=True, text=True, timeout=120, check=True
    )
    assert int(done.stdout) == LONGEST_LINE > LONGEST_HEADER
