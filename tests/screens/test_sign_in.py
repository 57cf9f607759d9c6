"""Nothing is drawn before signing in; a server whose settings are damaged stays shut."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit import config
from streamlit.runtime.secrets import Secrets
from streamlit.testing.v1 import AppTest

from planner.screens.ui import sign_in
from planner.screens.ui.plan_state import PLAN
from planner.screens.ui.streamlit_compat import SECRETS_HOLD_FOR
from tests.screens.test_wizard import APP, healthy, press

FRONT = "Prescribed medicines planner"
AUTH = {
    "redirect_uri": "https://planner.example.org/oauth2callback",
    "cookie_secret": "x" * 40,
    "client_id": "planner",
}


def app(auth: dict[str, Any] | None) -> AppTest:
    output = AppTest.from_file(str(APP), default_timeout=60)
    if auth is not None:
        output.secrets["auth"] = auth
    return output


def buttons(display: AppTest) -> list[str]:
    return [button.label for button in display.button]


def test_without_sign_in_the_wizard_opens_and_says_nothing_of_it() -> None:
    display = healthy(app(None).run())
    assert display.title[0].value == FRONT
    assert not [label for label in buttons(display) if label.startswith("Sign")]


def test_whoever_has_not_signed_in_sees_one_page_and_starts_no_plan() -> None:
    display = healthy(app(AUTH).run())
    assert [title.value for title in display.title] == ["Sign in"]
    assert buttons(display) == ["Sign in"]
    assert PLAN not in display.session_state


def test_each_directory_that_is_set_up_has_a_button_which_leads_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    questions: list[str | None] = []
    monkeypatch.setattr(st, "login", questions.append)
    display = healthy(app(AUTH).run())
    press(display, "Sign in")
    several = {"redirect_uri": "x", "trust": {"client_id": "a"}, "board": {"client_id": "b"}}
    display = healthy(app(several).run())
    assert buttons(display) == ["Sign in with trust", "Sign in with board"]
    press(display, "Sign in with board")
    assert questions == [None, "board"]


def test_settings_that_do_not_work_are_said_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str | None) -> None:
        raise RuntimeError("client_secret is abc")

    monkeypatch.setattr(st, "login", broken)
    display = press(healthy(app(AUTH).run()), "Sign in")
    assert (
        "not working on this server" in display.error[0].value
        and "abc" not in display.error[0].value
    )


def test_once_signed_in_the_wizard_opens_and_can_be_left(monkeypatch: pytest.MonkeyPatch) -> None:
    left: list[bool] = []
    monkeypatch.setattr(st, "user", {"is_logged_in": True, "name": "Ana <b>Silva</b>"})
    monkeypatch.setattr(st, "logout", lambda: left.append(True))
    display = healthy(app(AUTH).run())
    assert display.title[0].value == FRONT
    # As text, not as markup.
    assert "Signed in as Ana <b>Silva</b>" in [text.value for text in display.text]
    press(display, "Sign out")
    assert left == [True]


@pytest.mark.parametrize(
    ("written", "required"),
    [(None, False), ("[other]\na = 1", False), ("[auth]\na = 1", True), ("[auth\n", True)],
)
def test_unreadable_settings_refuse_everyone(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, written: str | None, required: bool
) -> None:
    file = tmp_path / "secrets.toml"
    if written is not None:
        file.write_text(written)
    ordinary = config.get_option
    monkeypatch.setattr(
        config, "get_option", lambda key: [str(file)] if key == "secrets.files" else ordinary(key)
    )
    monkeypatch.setattr(st, "secrets", Secrets())
    assert sign_in.required() is required


def test_a_session_is_asked_again_within_a_minute_of_sign_in_being_set_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = [1000.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    display = healthy(app(None).run())
    assert display.title[0].value == FRONT
    monkeypatch.setattr(sign_in, "required", lambda: True)
    now[0] += SECRETS_HOLD_FOR
    assert [title.value for title in healthy(display.run()).title] == ["Sign in"]
