"""The page of versions: any two, or a plan file, side by side; the open plan stays as it is."""

from __future__ import annotations

import json
import re

import pytest
from streamlit.testing.v1 import AppTest

from planner.model.clause_choices import ClauseChoice
from planner.model.edit import with_value
from planner.model.plan import Plan
from planner.store.plan_file import plan_to_json
from tests.screens.test_local_files import text_of
from tests.screens.test_wizard import field, go, healthy, open_tab, plan, press, started, widgets


@pytest.fixture
def app() -> AppTest:
    return go(started(), "Options and cost")


def bring(app: AppTest, name: str, data: bytes) -> AppTest:
    return healthy(app.file_uploader[0].set_value([(name, data, "application/json")]).run())


def compare(app: AppTest) -> AppTest:
    return choose(press(app, "Versions and compare"), "Before", "A plan file")


def choose(app: AppTest, side: str, title: str) -> AppTest:
    """Choose one of the two to compare, by the beginning of what it is called."""
    box = next(box for box in app.selectbox if box.label == side)
    (match,) = [option for option in box.options if option.startswith(title)]
    return healthy(box.select(match).run())


def warned(app: AppTest) -> str:
    return " ".join(warning.value for warning in app.warning)


def tables(app: AppTest) -> str:
    return "\n".join(table.value.to_csv() for table in app.table).replace("\\", "")


@pytest.mark.slow
def test_it_is_reached_from_any_step_and_leads_back_to_it(app: AppTest) -> None:
    compare(app)
    assert app.title[0].value == "Versions and compare"
    assert "The plan was begun" in tables(app)
    assert not [b for b in app.button if b.label.startswith("Continue")]
    press(app, "Back to Options and cost")
    assert app.title[0].value == "Options and cost"


@pytest.mark.slow
def test_what_changed_is_said_and_nothing_typed_is_lost(app: AppTest) -> None:
    earlier = plan(app)
    field(app, "text_input", "pricing.budget").set_value("640000").run()
    compare(app)
    bring(app, "march.json", plan_to_json(earlier).encode())
    assert "march.json" in text_of(app)
    assert "1 input or decision changed." in text_of(app)
    assert "Budget a year,none,£640,000" in tables(app).replace('"', "")
    assert [b.label for b in widgets(app, "download_button")] == ["Download the changes (Word)"]
    press(app, "Back to Options and cost")
    assert plan(app).pricing.budget == 640_000
    assert field(app, "text_input", "pricing.budget").value == "640,000"
    field(app, "text_input", "pricing.budget").set_value("").run()
    compare(app)
    bring(app, "march.json", plan_to_json(earlier).encode())
    assert "Nothing changed: the two plans are the same." in text_of(app)
    assert not app.get("download_button")


def test_a_plan_that_cannot_be_opened_or_worked_out_is_said_and_the_open_one_stays(
    app: AppTest,
) -> None:
    before = plan(app)
    compare(app)
    bring(app, "bad.json", b'{"schema_version": 99}')
    assert "newer planner" in text_of(app) and "Your open plan is unchanged" in text_of(app)
    unknown = json.loads(plan_to_json(before))
    unknown["place"]["icb_code"] = "ZZZ"
    bring(app, "unknown.json", plan_to_json(Plan.model_validate_json(json.dumps(unknown))).encode())
    assert "One of the two plans cannot be worked out: no ICB has the code 'ZZZ'" in text_of(app)
    assert plan(app) == before


@pytest.mark.slow
def test_what_is_typed_is_never_markup(app: AppTest) -> None:
    values = json.loads(plan_to_json(plan(app)))
    values["title"] = "**bold** [link](http://example.org) $x$"
    compare(app)
    bring(app, "typed.json", json.dumps(values).encode())
    assert any(
        "\\*\\*bold\\*\\*" in str(cell) for t in app.table for cell in t.value.to_numpy().ravel()
    )


@pytest.mark.slow
def test_a_version_with_a_name_stands_first_and_a_reworded_clause_is_told_without_ids(
    app: AppTest,
) -> None:
    field(app, "text_input", "pricing.budget").set_value("640000").run()
    press(app, "Versions and compare")
    next(box for box in app.text_input if box.key == "version-name-typed").set_value(
        "To the committee"
    )
    press(app, "Keep under this name")
    assert "Kept as To the committee" in warned(app)
    own = ClauseChoice(clause="c3-six-measures", text="It will be judged by one measure.")
    worded = with_value(plan(app), "specification.wording.clauses", [own])
    app.session_state["plan"] = worded
    healthy(app.run())
    box = next(box for box in app.selectbox if box.label == "Before")
    assert box.options[0].startswith("To the committee")
    choose(app, "Before", "To the committee")
    open_tab(app, "Text of the documents")
    cells = tables(app)
    assert "It will be judged by one measure." in cells
    assert "What it will do: It will be judged by six measures" in cells
    assert not re.search(r"[0-9a-f]{12}", cells + text_of(app)), "the mark of a plan says nothing"
    (inputs,) = [one for one in cells.split("\n") if "planner's wording stands" in one]
    assert "c3-six" not in inputs
    press(app, "Undo")
    assert plan(app).specification.wording.clauses == ()
    press(app, "Undo")
    assert plan(app).pricing.budget is None, "a name is no change to take back"
