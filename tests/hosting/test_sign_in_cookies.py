"""A browser keeps of a sign-in only what is used, however much the directory sends."""

from __future__ import annotations

import base64
import json
import random
import uuid
from typing import Any

import pytest
from streamlit.auth_util import get_cookie_with_chunks, set_cookie_with_chunks

from planner.hosting import sign_in_gate, streamlit_server
from planner.hosting.sign_in_gate import LONGEST_HINT, small_cookies
from planner.hosting.streamlit_server import create_signed_value
from planner.screens.ui.streamlit_compat import decode_signed_value

SECRET = "a secret for tests and for nothing else"
USER, TOKENS = "_streamlit_user", "_streamlit_user_tokens"
# What nginx takes of an answer's headers unless it is told otherwise, less those of every answer.
DEFAULT_BUFFER = 4_096 - 1_500


@pytest.fixture(autouse=True)
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    for reader in (sign_in_gate, streamlit_server):
        monkeypatch.setattr(reader, "get_cookie_secret", lambda: SECRET)


def streamlits(user: dict[str, Any], tokens: dict[str, str]) -> list[tuple[bytes, bytes]]:
    """The headers with which Streamlit itself keeps a sign-in, in as many cookies as it takes."""
    headers = [(b"location", b"/"), (b"set-cookie", b"_streamlit_session=null; path=/; Max-Age=0")]

    def sign(name: str, value: str) -> bytes:
        return create_signed_value(SECRET, name, value)

    def put(name: str, value: str) -> None:
        text = f"{name}={sign(name, value).decode()}; HttpOnly; Max-Age=2592000; Path=/"
        headers.append((b"set-cookie", text.encode()))

    set_cookie_with_chunks(put, sign, USER, user, cookie_attr_size=60)
    set_cookie_with_chunks(put, sign, TOKENS, tokens, cookie_attr_size=60)
    return headers


def read(headers: list[tuple[bytes, bytes]], key: str) -> dict[str, Any] | None:
    """What Streamlit reads of such headers."""
    cookies = dict(
        value.decode().partition(";")[0].partition("=")[::2]
        for name, value in headers
        if name == b"set-cookie"
    )
    whole = get_cookie_with_chunks(
        lambda name: decode_signed_value(SECRET, name, cookies.get(name, "")), key
    )
    return dict(json.loads(whole)) if whole else None


def token(length: int) -> str:
    """As a directory makes them: nothing in it repeats, so nothing of it can be packed."""
    return base64.b64encode(random.Random(length).randbytes(length)).decode()[:length]


def person() -> dict[str, Any]:
    draw = random.Random(200)
    return {
        "sub": "ana",
        "name": "Ána Silva",
        "email": "ana@example.org",
        "groups": [str(uuid.UUID(int=draw.getrandbits(128))) for _ in range(200)],
        "origin": "https://planner.example.org",
        "is_logged_in": True,
        "provider": "default",
    }


def test_what_is_kept_passes_a_proxy_that_nobody_has_told_anything() -> None:
    tokens = {"access_token": token(2_500), "id_token": token(11_000)}
    before = streamlits(person(), tokens)
    assert sum(len(value) for _, value in before) > 20_000
    after = small_cookies(before)
    assert sum(len(value) for _, value in after) < DEFAULT_BUFFER
    user_value = read(after, USER)
    assert user_value == {name: value for name, value in person().items() if name != "groups"}
    assert read(after, TOKENS) is None


def test_a_short_identity_token_is_kept_for_signing_out_and_no_access_token_is() -> None:
    hint = token(LONGEST_HINT)
    after = small_cookies(streamlits(person(), {"access_token": token(42), "id_token": hint}))
    assert read(after, TOKENS) == {"id_token": hint}
    longer = small_cookies(streamlits(person(), {"id_token": hint + "b"}))
    assert read(longer, TOKENS) is None


def test_other_headers_and_deleted_cookies_stay_as_they_are() -> None:
    others = [
        (b"location", b"/options?plan=x"),
        (b"set-cookie", b"_streamlit_user=; Path=/; Max-Age=0"),
        (b"set-cookie", b"_streamlit_user_tokens_1=; Path=/; Max-Age=0"),
        (b"set-cookie", b"_streamlit_user_theme=dark; Path=/"),
        (b"set-cookie", b"_streamlit_xsrf=1|2|3; Path=/"),
    ]
    assert small_cookies(others) == others


def test_the_attributes_of_a_cookie_stay() -> None:
    after = dict(small_cookies(streamlits(person(), {})))
    assert after[b"set-cookie"].endswith(b"; HttpOnly; Max-Age=2592000; Path=/")


def test_a_cookie_that_we_did_not_sign_is_not_made_ours() -> None:
    forged = [(b"set-cookie", b"_streamlit_user=forged; Path=/")]
    assert small_cookies(forged) == []
