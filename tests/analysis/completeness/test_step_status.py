"""Each step says its state in words: not started, so many missing, done, agreed, changed since."""

from __future__ import annotations

from datetime import date

from planner.analysis.completeness.sign_off import step_mark, step_states
from planner.analysis.completeness.wizard_steps import STEPS
from planner.analysis.economics.example import EXAMPLE_CODE, starter_plan
from planner.analysis.results.results import results
from planner.model.plan import Agreement, Plan
from planner.model.reference import ReferenceData


def states(plan: Plan, bare: Plan, reference: ReferenceData) -> dict[str, str]:
    return step_states(plan, bare, results(plan, reference).missing_inputs)


def test_a_plan_as_begun_is_done_where_nothing_is_asked(reference: ReferenceData) -> None:
    bare = starter_plan(reference.find_organisation(EXAMPLE_CODE), reference)
    result = states(bare, bare, reference)
    assert list(result) == list(STEPS), "a state always, for every step"
    assert result.pop("place") == "done", "the board is chosen from the start"
    assert set(result.values()) == {"not started"}


def test_what_is_begun_says_how_much_is_missing_then_done(reference: ReferenceData) -> None:
    bare = starter_plan(reference.find_organisation(EXAMPLE_CODE), reference)
    named = bare.model_copy(
        update={
            "specification": bare.specification.model_copy(update={"service_name": "A service"})
        }
    )
    missing = sum(gap.where == "specification" for gap in results(named, reference).missing_inputs)
    assert missing and states(named, bare, reference)["specification"] == f"{missing} missing"
    budgeted = bare.model_copy(
        update={"pricing": bare.pricing.model_copy(update={"budget": 900_000})}
    )
    assert states(budgeted, bare, reference)["years"] == "done"


def test_an_agreement_is_said_and_so_is_a_change_after_it(reference: ReferenceData) -> None:
    bare = starter_plan(reference.find_organisation(EXAMPLE_CODE), reference)
    agreed = Agreement(
        step="place", by="Chair", note="", on=date(2026, 11, 2), mark=step_mark(bare, "place")
    )
    current = bare.model_copy(
        update={"specification": bare.specification.model_copy(update={"agreed": (agreed,)})}
    )
    assert states(current, bare, reference)["place"] == "agreed"
    changed = current.model_copy(update={"author": "Someone else"})
    assert states(changed, bare, reference)["place"] == "changed since agreed"
