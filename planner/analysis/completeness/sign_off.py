"""Which steps of a plan are agreed and still stand, and what state each of them is in."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from planner.analysis.completeness.wizard_steps import STEP_OF, STEPS
from planner.analysis.formatting import day
from planner.model.missing_input import MissingInput
from planner.model.plan import Agreement, Plan

DONE, NEEDS_ATTENTION = "done", "needs attention"


@dataclass(frozen=True, kw_only=True)
class SignOffStatus:
    """An agreement with the step's title, and whether anything on the step has changed since."""

    agreement: Agreement
    title: str
    changed: bool

    @property
    def words(self) -> str:
        """Who agreed it, when, what they noted, and whether it still stands."""
        agreed = self.agreement
        note = f": {agreed.note}" if agreed.note else ""
        since = ". Changed since; to be agreed again" if self.changed else ""
        return f"agreed by {agreed.by} on {day(agreed.on)}{note}{since}"


def step_mark(plan: Plan, step: str) -> str:
    """Twelve characters that change whenever anything filled in on a step does; agreements
    themselves do not count."""
    return mark_of(plan.model_dump(mode="json"), step)


def mark_of(values: Mapping[str, Any], step: str) -> str:
    """The same twelve characters, of a plan as a file of any version holds it."""
    parts = {part: values[part] for part, of in STEP_OF.items() if of == step and part in values}
    if "specification" in parts:
        parts["specification"] = {k: v for k, v in parts["specification"].items() if k != "agreed"}
    return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:12]


def agreements(plan: Plan) -> tuple[SignOffStatus, ...]:
    """Every agreement, in the order of the steps."""
    order = list(STEPS)
    current = sorted(
        plan.specification.agreed,
        key=lambda one: order.index(one.step) if one.step in order else len(order),
    )
    return tuple(
        SignOffStatus(
            agreement=one,
            title=STEPS.get(one.step, one.step.replace("_", " ").capitalize()),
            changed=bool(one.mark) and one.mark != step_mark(plan, one.step),
        )
        for one in current
    )


def step_states(plan: Plan, missing: Sequence[MissingInput]) -> dict[str, str]:
    """The state of each step that something is filled in on: how much is to do, or done; and
    whether it is agreed, which does not take away from what is to do."""
    to_do = Counter(item.where for item in missing)
    states = {step: f"{to_do[step]} to do" if to_do[step] else DONE for step in STEPS}
    for one in agreements(plan):
        step, words = one.agreement.step, "changed since agreed" if one.changed else "agreed"
        states[step] = f"{words}, {to_do[step]} to do" if to_do[step] else words
    return states
