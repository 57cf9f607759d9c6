"""What state each step of a plan is in, in words that need no colour, by what is missing alone."""

from collections.abc import Sequence

from planner.analysis.completeness.sign_off import agreements
from planner.analysis.completeness.wizard_steps import STEP_OF, STEPS
from planner.model.missing_input import MissingInput
from planner.model.plan import Plan

DONE, NOT_STARTED, TO_READ, NEEDS_ATTENTION = "done", "not started", "to read", "needs attention"


def step_states(plan: Plan, bare: Plan, missing: Sequence[MissingInput]) -> dict[str, str]:
    """The state of each step that something is filled in on: agreed, done, how much is missing, or
    not started.

    `bare` is the plan as it was begun for its board; a step is not started while nothing on it
    differs from that.
    """
    states = {
        step: _state(step, plan, bare, sum(gap.where == step for gap in missing)) for step in STEPS
    }
    for one in agreements(plan):
        states[one.agreement.step] = "changed since agreed" if one.changed else "agreed"
    return states


def _state(step: str, plan: Plan, bare: Plan, missing: int) -> str:
    parts = [part for part, of in STEP_OF.items() if of == step]
    begun = any(getattr(plan, part) != getattr(bare, part) for part in parts)
    # Files are never asked for.
    if begun or not (missing or step == "local_files"):
        return f"{missing} missing" if missing else DONE
    return NOT_STARTED
