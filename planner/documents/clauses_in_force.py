"""Which clauses stand in a plan's specification and in whose words.

Each is ours, the plan's own, left out or not called for; or it is not stated whether it applies.
"""

from dataclasses import dataclass
from typing import Literal

from planner.model.clause_choices import ClauseChoice
from planner.model.library import Clause, SpecLibrary
from planner.model.plan import Plan
from planner.model.service import Feature

State = Literal["ours", "reworded", "added", "left out", "not called for", "not stated"]
STANDS: tuple[State, ...] = ("ours", "reworded", "added")


@dataclass(frozen=True, kw_only=True)
class ClauseInForce:
    """One clause and what becomes of it in a plan.

    `text` is what is printed, before its names are filled in. `unstated` are the features that the
    preferred option must state before it is known whether the clause applies.
    """

    clause: Clause
    state: State
    text: str
    choice: ClauseChoice | None = None
    unstated: tuple[Feature, ...] = ()

    @property
    def stands(self) -> bool:
        """Whether the clause is printed."""
        return self.state in STANDS

    @property
    def ours_moved(self) -> bool:
        """Whether our wording has changed since the plan's own was written beside it."""
        return bool(
            self.choice
            and self.choice.text
            and self.choice.ours.strip() != self.clause.text.strip()
        )


def clauses_in_force(plan: Plan, library: SpecLibrary) -> tuple[ClauseInForce, ...]:
    """Every clause of ours, then those the plan adds, each with what becomes of it here."""
    wording = plan.specification.wording
    rows = []
    for clause in library.clauses:
        choice = wording.of_clause(clause.id)
        state: State = "ours"
        unstated = clause.when.unstated(plan)
        if not clause.when.holds(plan):
            state = "not stated" if unstated else "not called for"
        elif choice is not None:
            state = "left out" if choice.left_out else "reworded"
        rows.append(
            ClauseInForce(
                clause=clause,
                state=state,
                text=choice.text if choice is not None and choice.text else clause.text,
                choice=choice,
                unstated=unstated,
            )
        )
    for own in wording.own_clauses:
        rows.append(
            ClauseInForce(
                clause=Clause(
                    id=own.id,
                    section=library.section_now(own.section),
                    text=own.text,
                    meets=own.meets,
                ),
                state="added",
                text=own.text,
            )
        )
    return tuple(rows)
