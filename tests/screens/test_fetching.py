"""One button fetches official figures, which are told of and asked about as a file's are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from planner.cli.main import main
from planner.hosting import server
from planner.intake.portal import OFF_SETTING, turned_off
from planner.intake.portal_client import STAND_IN_SETTING
from planner.model.reference import ReferenceData
from planner.reference.cache import FOLDER_SETTING
from tests.intake.portal_stand_in import StandIn, serving
from tests.screens.test_local_files import text_of
from tests.screens.test_wizard import go, plan, press, started

BUTTON = "Fetch official figures from NHSBSA"


@pytest.fixture
def portal(
    reference: ReferenceData, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[StandIn]:
    months = [f"2026-{month:02}" for month in range(1, 7)]
    with serving(StandIn(reference, months)) as portal:
        monkeypatch.setenv(STAND_IN_SETTING, portal.address)
        monkeypatch.setenv(FOLDER_SETTING, str(tmp_path))
        monkeypatch.delenv(OFF_SETTING, raising=False)
        yield portal


@pytest.fixture
def app(portal: StandIn) -> AppTest:
    return go(started(), "Local files")


def test_months_are_fetched_reported_and_taken_once_the_user_agrees(
    app: AppTest, portal: StandIn
) -> None:
    before = plan(app)
    months = app.number_input(key="fetch_months")
    assert months.value == 12
    months.set_value(3)
    press(app, BUTTON)
    assert "QF7, 2026-04 to 2026-06, from NHSBSA's open data portal" in text_of(app)
    assert plan(app) == before
    press(app, "Use these figures")
    assert plan(app).areas.items_period == "2026-04 to 2026-06, 3 months"
    assert len(plan(app).imports) == 1
    assert portal.times == {"list": 1, "2026-06": 1, "2026-05": 1, "2026-04": 1}
    assert "What would change in the plan" not in [one.value for one in app.header]


def test_what_goes_wrong_is_said_and_the_next_press_goes_on(app: AppTest, portal: StandIn) -> None:
    before = plan(app)
    app.number_input(key="fetch_months").set_value(2)
    portal.instead["2026-05"] = lambda _: (403, "text/html", b"<html>")
    press(app, BUTTON)
    assert "(status 403)" in text_of(app) and "1 of 2 months" in text_of(app)
    assert plan(app) == before
    portal.instead.clear()
    portal.requests.clear()
    press(app, BUTTON)
    assert portal.requests == ["list", "2026-05"] and not app.error
    assert "2026-05 to 2026-06" in text_of(app)


def test_there_is_no_button_where_fetching_is_turned_off(
    portal: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(OFF_SETTING, "1")
    app = go(started(), "Local files")
    assert BUTTON not in {button.label for button in app.button}


@pytest.mark.parametrize(("given", "off"), [(None, True), ("", True), ("1", True), ("0", False)])
def test_the_hosted_form_fetches_only_where_it_was_told_to(
    given: str | None, off: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Noted first, so that it is put back as it was.
    monkeypatch.setenv(OFF_SETTING, given or "")
    if given is None:
        monkeypatch.delenv(OFF_SETTING)
    server.forbid_other_fetches()
    assert turned_off() is off


def test_planner_serve_turns_it_on_when_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []

    def start(host: str, port: int) -> None:
        server.forbid_other_fetches()
        seen.append(turned_off())

    monkeypatch.setattr(server, "start", start)
    for options in (["--fetch"], []):
        monkeypatch.setenv(OFF_SETTING, "")
        assert main(["serve", *options]) == 0
    assert seen == [False, True]
