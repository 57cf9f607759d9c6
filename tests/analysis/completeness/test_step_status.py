"""Each step says its state in words: so many to do, done, agreed, changed since."""

from __future__ import annotations

from datetime import date

from planner.analysis.completeness.sign_off import step_mark, step_states
from planner.analysis.completeness.wizard_steps import STEPS
from planner.analysis.economics.example import EXAMPLE_CODE, starter_plan
from planner.analysis.results.results import results
from planner.model.edit import with_value
from planner.model.plan import Agreement, Plan
from planner.model.reference import ReferenceData


def states(plan: Plan, reference: ReferenceData) -> dict[str, str]:
    return step_states(plan, results(plan, reference).missing_inputs)


def test_every_step_says_how_much_is_to_do_or_that_it_is_done(reference: ReferenceData) -> None:
    bare = starter_plan(reference.find_organisation(EXAMPLE_CODE), reference)
    missing = results(bare, reference).missing_inputs
    result = states(bare, reference)
    assert list(result) == list(STEPS), "a state always, for every step"
    for step, state in result.items():
        to_do = sum(gap.where == step for gap in missing)
        assert state == (f"{to_do} to do" if to_do else "done")
    named = with_value(bare, "specification.service_name", "A service")
    before, after = (
        int(one["specification"].split()[0]) for one in (result, states(named, reference))
    )
    assert after == before - 1


def test_an_agreement_is_said_beside_what_is_to_do_and_so_is_a_change_after_it(
    reference: ReferenceData,
) -> None:
    bare = starter_plan(reference.find_organisation(EXAMPLE_CODE), reference)
    agreed = Agreement(
        step="need", by="Chair", note="", on=date(2026, 11, 2), mark=step_mark(bare, "need")
    )
    current = with_value(bare, "specification.agreed", (agreed,))
    to_do = states(bare, reference)["need"]
    assert to_do.endswith(" to do")
    assert states(current, reference)["need"] == f"agreed, {to_do}"
    changed = with_value(current, "author", "Someone else")
    assert states(changed, reference)["need"] == f"changed since agreed, {to_do}"
