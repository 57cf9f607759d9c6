"""The page of clauses and indicators, as someone uses it who reads every clause."""

from __future__ import annotations

import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.model.edit import with_value
from planner.model.plan import Plan
from planner.screens.ui.display import PROGRESS
from planner.store.plan_file import plan_to_json
from tests.screens.test_wizard import (
    APP,
    field,
    go,
    healthy,
    is_fold,
    open_tab,
    plan,
    press,
    started,
    unfold,
)


def named(app: AppTest, kind: str, label: str) -> Any:
    return next(widget for widget in getattr(app, kind) if widget.label == label)


@pytest.fixture
def app() -> AppTest:
    opened = started()
    return open_tab(go(opened, "Group and specification"), "Wording")


def test_a_clause_is_reworded_marked_and_put_back(app: AppTest) -> None:
    named(app, "selectbox", "Clause").select("c4-withdrawal").run()
    named(app, "radio", "In this plan").set_value("In your own words").run()
    named(app, "text_area", "Your wording").set_value(
        "Support in $place, day and night: {{ 7*7 }} & <b>."
    ).run()
    choice = plan(healthy(app)).specification.wording.of_clause("c4-withdrawal")
    assert choice is not None and choice.text.startswith("Support in $place")
    assert "advice line" in choice.ours, "our wording is kept beside it"
    (match,) = [info.value for info in app.info if "musts and shoulds" in info.value]
    assert "1 in your words" in match and "92 of 92 musts and shoulds" in match
    named(app, "radio", "In this plan").set_value("As the planner has it").run()
    assert plan(app).specification.wording.clauses == ()


def test_what_is_left_out_says_which_requirements_are_then_not_met(app: AppTest) -> None:
    named(app, "selectbox", "Clause").select("c4-tiers").run()
    named(app, "radio", "In this plan").set_value("Leave it out").run()
    assert any("Give the reason" in warning.value for warning in app.warning)
    reason = named(app, "text_input", "Why it is left out")
    reason.set_value("Patient: John Atkinson has it").run()
    assert any("Why it is left out: this looks like" in error.value for error in app.error)
    assert "Atkinson" not in repr(plan(app))
    named(app, "text_input", "Why it is left out").set_value("Another contract covers it").run()
    assert any("Not met:" in warning.value and "A4.8" in warning.value for warning in app.warning)
    for key in [key for key, _ in app.session_state.items() if is_fold(key)]:
        app.session_state[key] = True
    healthy(app.run())
    assert "Another contract covers it" in "".join(table.value.to_csv() for table in app.table)


def test_an_empty_wording_is_not_kept_and_nothing_is_lost(app: AppTest) -> None:
    named(app, "selectbox", "Clause").select("c4-aim").run()
    named(app, "radio", "In this plan").set_value("In your own words").run()
    named(app, "text_area", "Your wording").set_value("  ").run()
    assert plan(app).specification.wording.clauses == ()
    press(app, "Back to")
    assert app.title[0].value == "Group and specification", "half a wording holds the page"


def test_an_empty_wording_or_a_day_that_is_none_holds_what_is_chosen(app: AppTest) -> None:
    named(app, "selectbox", "Clause").select("c4-aim").run()
    named(app, "radio", "In this plan").set_value("In your own words").run()
    named(app, "text_area", "Your wording").set_value(" ").run()
    for chooser, other in (("Clause", "c4-tiers"), ("Indicator", "K3")):
        before = named(app, "selectbox", chooser).value
        named(app, "selectbox", chooser).select(other).run()
        assert named(healthy(app), "selectbox", chooser).value == before
    assert named(app, "text_area", "Your wording").value == " "
    named(app, "radio", "In this plan").set_value("As the planner has it").run()
    named(app, "text_input", "Else, the day by which it is set").set_value("soon").run()
    named(app, "selectbox", "Indicator").select("K3").run()
    assert named(healthy(app), "text_input", "Else, the day by which it is set").value == "soon"
    named(app, "text_input", "Else, the day by which it is set").set_value("01/04/2027").run()
    named(app, "selectbox", "Indicator").select("K3").run()
    assert named(healthy(app), "text_input", "Else, the day by which it is set").value == ""
    assert len(plan(app).specification.wording.indicators) == 1


def test_going_from_one_clause_to_another_mixes_nothing(app: AppTest) -> None:
    for clause, words in (("c4-aim", "One aim."), ("c4-tiers", "Two tiers.")):
        named(app, "selectbox", "Clause").select(clause).run()
        named(app, "radio", "In this plan").set_value("In your own words").run()
        named(app, "text_area", "Your wording").set_value(words).run()
    current = {
        choice.clause: choice.text for choice in plan(healthy(app)).specification.wording.clauses
    }
    assert current == {"c4-aim": "One aim.", "c4-tiers": "Two tiers."}
    named(app, "selectbox", "Clause").select("c4-aim").run()
    assert named(app, "text_area", "Your wording").value == "One aim."


def test_a_clause_of_our_own_is_added_and_removed(app: AppTest) -> None:
    press(app, "Add a clause")
    named(app, "text_area", "Wording (1)").set_value(
        "Home visits for people who cannot travel."
    ).run()
    own = plan(healthy(app)).specification.wording.own_clauses
    assert [(clause.id, clause.text) for clause in own] == [
        ("own-1", "Home visits for people who cannot travel.")
    ]
    press(app, "Remove clause 1")
    assert plan(app).specification.wording.own_clauses == ()


def test_indicators_are_changed_left_out_and_added(app: AppTest) -> None:
    named(app, "selectbox", "Indicator").select("K6").run()
    named(app, "text_input", "Threshold").set_value("75% within 4 weeks").run()
    named(app, "text_input", "Baseline, if known").set_value("52%").run()
    choice = plan(healthy(app)).specification.wording.of_indicator("K6")
    assert choice is not None and (choice.threshold, choice.baseline) == (
        "75% within 4 weeks",
        "52%",
    )
    named(app, "selectbox", "Indicator").select("K8").run()
    assert named(app, "text_input", "Threshold").value == ""
    named(app, "checkbox", "Leave this indicator out").check().run()
    assert [c.indicator for c in plan(healthy(app)).specification.wording.indicators] == [
        "K6",
        "K8",
    ]
    named(app, "selectbox", "Indicator").select("K19").run()
    assert not [box for box in app.checkbox if box.label == "Leave this indicator out"], (
        "balancing stays"
    )
    press(app, "Add an indicator")
    assert [one.id for one in plan(app).specification.wording.own_indicators] == ["L1"]
    named(app, "text_input", "L1, name").set_value("").run()
    assert any("must" in error.value for error in app.error), (
        "a name that is empty is refused in words"
    )
    assert plan(app).specification.wording.own_indicators[0].name == "New indicator"


def test_a_choice_taken_back_and_made_again_is_of_the_same_indicator(app: AppTest) -> None:
    def leave_out(indicator: str, wanted: bool) -> None:
        named(app, "selectbox", "Indicator").select(indicator).run()
        box = named(app, "checkbox", "Leave this indicator out")
        healthy((box.check() if wanted else box.uncheck()).run())

    for indicator, wanted in (("K2", True), ("K3", True), ("K2", False)):
        leave_out(indicator, wanted)
    named(app, "checkbox", "Leave this indicator out").check().run()
    current = plan(healthy(app)).specification.wording.indicators
    assert {choice.indicator for choice in current if choice.left_out} == {"K2", "K3"}


def page_text(app: AppTest) -> str:
    """Everything the page says outside boxes to type in."""
    parts = (*app.markdown, *app.info, *app.warning, *app.error, *app.caption)
    return "\n".join(part.value for part in parts).replace("\\", "")


def opened_with(plan: Plan) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60).run()
    app.file_uploader[0].upload("plan.json", plan_to_json(plan).encode(), "application/json").run()
    return go(app, "Group and specification")


def test_the_printed_clause_stands_beside_its_answer_and_no_name_is_left_raw(app: AppTest) -> None:
    named(app, "selectbox", "Clause").select("c4-aim").run()
    number = re.search(r"^(\d+\.\d+\.\d+) ", page_text(app), re.M)
    assert number, "a paragraph of the specification has its number"
    named(app, "radio", "In this plan").set_value("In your own words").run()
    box = named(app, "text_area", "Your wording")
    box.set_value("Support in $place from $service_start, seen by $month_6.").run()
    assert f"{number[1]} Support in South Yorkshire from [to be supplied: the" in page_text(app)
    field(app, "text_input", "specification.service_start").set_value("01/04/2027").run()
    open_tab(app, "Wording")
    assert "Support in South Yorkshire from 1 April 2027, seen by " in page_text(app)
    press(app, "Add a clause")
    assert "A clause of your own, still to be written." in page_text(app)
    for clause in ("c4-outcome-review", "c4-start", "c3-membership"):
        named(app, "selectbox", "Clause").select(clause).run()
        assert not re.search(r"\$[a-z]", page_text(healthy(app)))
    assert not [one for one in named(app, "selectbox", "Clause").options if "$" in one]


def test_a_name_that_nothing_fills_in_is_refused_at_its_field_with_the_nearest(
    app: AppTest,
) -> None:
    named(app, "selectbox", "Clause").select("c4-aim").run()
    named(app, "radio", "In this plan").set_value("In your own words").run()
    named(app, "text_area", "Your wording").set_value("The $commitee decides. It costs $5.").run()
    assert "Your wording: $commitee is not a name" in page_text(app)
    assert "perhaps $committee is meant" in page_text(app)
    assert plan(app).specification.wording.clauses == ()
    press(app, "Back to")
    assert app.title[0].value == "Group and specification", "nothing typed is lost unsaid"
    named(app, "text_area", "Your wording").set_value("NHS number 943 476 5919.").run()
    assert "looks like an NHS number" in page_text(app)
    named(app, "text_area", "Your wording").set_value("The $committee decides.").run()
    assert plan(app).specification.wording.of_clause("c4-aim") is not None
    press(app, "Add a clause")
    named(app, "text_area", "Wording (1)").set_value("As $palce asks.").run()
    assert "perhaps $place is meant" in page_text(app)
    assert "palce" not in plan(app).specification.wording.own_clauses[0].text


def test_a_plan_that_holds_an_unknown_name_says_so_on_the_step(example: Plan) -> None:
    wrong = {"clause": "c4-aim", "text": "The $commitee decides.", "ours": "x"}
    app = opened_with(with_value(example, "specification.wording.clauses", [wrong]))
    assert any(tab.label == f"Wording{PROGRESS}1" for tab in app.tabs)
    assert "Still to do: 11, on the tabs that have a number." in page_text(app)
    open_tab(app, "Wording")
    named(app, "selectbox", "Clause").select("c4-aim").run()
    assert "clause c4-aim: $commitee is not a name that is filled in" in page_text(app)
    assert "The planner's wording is printed" in page_text(app)


def test_a_tab_stays_open_while_the_number_in_its_title_falls_and_dates_are_said_at_theirs() -> (
    None
):
    app = started()
    open_tab(go(app, "Group and specification"), "Group and dated workplan")

    def title() -> str:
        return str(app.session_state["tabs-specification"])

    before = int(title().split()[-1])
    field(app, "text_input", "specification.chair").set_value("A chair").run()
    assert title() == f"Group and dated workplan{PROGRESS}{before - 1}"
    field(app, "text_input", "specification.service_start").set_value("01/04/2027").run()
    open_tab(app, "Group and dated workplan")
    field(app, "text_input", "specification.group_start").set_value("01/05/2027").run()
    (page,) = [w.value for w in healthy(app).warning if "do not follow one another" in w.value]
    assert "1 April 2027" in page and "1 May 2027" in page
    assert title() == f"Group and dated workplan{PROGRESS}{before - 1}", (
        "the day is there, and is to be put right"
    )
    field(app, "text_input", "specification.group_start").set_value("04/01/2027").run()
    assert not [w.value for w in app.warning if "do not follow one another" in w.value]
    assert title() == f"Group and dated workplan{PROGRESS}{before - 2}"
    page = page_text(unfold(app))
    assert "A chair" in page, "how it will read"
    plan_tables = "".join(table.value.to_csv() for table in app.table)
    assert "4 January 2027" in plan_tables, "the workplan as it is printed"
