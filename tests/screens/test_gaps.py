"""Each link to something missing leads to where it is given: page, tab and fold open, and the field
drawn in them."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from planner.analysis.completeness.wizard_steps import TITLES
from planner.analysis.economics.example import option_from_quote, starter_plan
from planner.analysis.results.results import results
from planner.model.decision import SelectionQuestion
from planner.model.edit import with_value, with_values
from planner.model.missing_input import MissingInput
from planner.model.plan import Attachment, Engagement, Plan, Risk
from planner.model.reference import ReferenceData
from planner.screens.steps import specification
from planner.screens.steps.given_at import given_at
from planner.screens.ui.plan_state import GAP, PLAN
from planner.screens.ui.session import FIELD
from planner.screens.ui.sought import FieldPlace
from tests.screens.test_wizard import APP, field, go, healthy, open_tab, press
from tests.screens.test_wizard import plan as plan_of

BY_COMPONENT = {"option-table"}
"""What is given in a table of the page's own."""


def reached(gap: MissingInput, plan: Plan) -> AppTest:
    """The page of a gap, as its link opens it."""
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state[PLAN] = plan
    return follow(go(healthy(app.run()), TITLES[gap.where]), gap)


def follow(app: AppTest, gap: MissingInput) -> AppTest:
    """Reach the page that is open anew, by the link to a gap."""
    app.query_params[GAP] = gap.id
    app.session_state["step"] = ""
    return healthy(app.run())


def element_at(app: AppTest, place: FieldPlace) -> Any:
    """What gets the focus there."""
    fields = rf"{FIELD}(\d+:)?{re.escape(place.at)}(~\d+)?"
    for kind in ("text_input", "text_area", "selectbox", "multiselect", "button"):
        for one in app.main.get(kind):
            if one.key == place.at or re.fullmatch(fields, one.key or ""):
                return one
    raise AssertionError(f"{place} is not drawn")


def is_seen(app: AppTest, element: Any) -> bool:
    """Whether every fold and tab that an element stands in is open."""
    tabs = {value for key, value in app.session_state.items() if str(key).startswith("tabs-")}
    while element is not None:
        if element.type == "expander" and not element.proto.expanded:
            return False
        if element.type == "tab" and element.label not in tabs:
            return False
        element = getattr(element, "parent", None)
    return True


def bare(reference: ReferenceData) -> Plan:
    """A plan of which all that can be is missing, as one by hand may be."""
    plan = starter_plan(reference.find_organisation("QF7"), reference)
    quote = option_from_quote("quote", "A charity", 400_000, None)
    first = plan.options[1].model_copy(update={"effect": None, "features": ()})
    return with_values(
        plan,
        {
            "options": (first, quote),
            "preferred_option": first.id,
            "specification.decision_date": date(2027, 3, 1),
            "specification.assurance_due": {Attachment.QUALITY: date(2027, 2, 1)},
        },
    )


def every_plan(reference: ReferenceData) -> list[Plan]:
    plan = bare(reference)
    rows = (Engagement(who="A first group"), Engagement(who="A second group"))
    named = with_value(plan, "specification.engagement", rows)
    contradicting = {
        "options": (),
        "preferred_option": None,
        "specification.decision_date": None,
        "specification.decision.selection.answers": dict.fromkeys(SelectionQuestion, True),
    }
    return [plan, named, with_values(plan, contradicting)]


@pytest.mark.slow
def test_each_gap_that_there_can_be_has_a_place_where_it_is_given(
    reference: ReferenceData,
) -> None:
    known: set[str] = set()
    for plan in every_plan(reference):
        at: AppTest | None = None
        for gap in sorted(results(plan, reference).missing_inputs, key=lambda one: one.where):
            at = reached(gap, plan) if at is None or at.title[0].value != TITLES[gap.where] \
                else follow(at, gap)  # fmt: skip
            place = given_at(gap.id, plan)
            assert place is not None, gap.id
            if place.at not in BY_COMPONENT:
                assert is_seen(at, element_at(at, place)), (gap.id, place)
            known.add(gap.id)
    left = {
        entry.id
        for entry in reference.missing_inputs
        if not any(re.fullmatch(re.sub(r"\$\w+", r"\\w+", entry.id), one) for one in known)
    }
    assert left <= {"patients"}, left


def test_a_row_that_comes_while_the_step_is_open_is_shown_open(reference: ReferenceData) -> None:
    """One added here stays open as it is filled in, and one of somebody else's comes open; those
    that were there are shut."""
    there = with_value(bare(reference), "specification.risks", (Risk(risk="Nobody comes"),))
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state[PLAN] = there
    open_tab(go(healthy(app.run()), "Group and specification"), specification.RISKS)

    def are_open() -> dict[str, bool]:
        return {one.label: one.proto.expanded for one in app.main.expander if "come" in one.label}

    assert are_open() == {"Nobody comes": False}
    press(app, "Add a risk")
    field(app, "text_input", "specification.risks.1.risk").set_value("Too many come").run()
    assert are_open() == {"Nobody comes": False, "Too many come": True}
    theirs = (*plan_of(app).specification.risks, Risk(risk="No money comes"))
    app.session_state[PLAN] = with_value(plan_of(app), "specification.risks", theirs)
    healthy(app.run())
    assert are_open() == {"Nobody comes": False, "Too many come": True, "No money comes": True}
