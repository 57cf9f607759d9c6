"""Which clauses stand in a plan's specification and in whose words.

Each is ours, the plan's own, left out or not called for; or it is not stated whether it applies.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal

from planner.model.clause_choices import ClauseChoice
from planner.model.library import Clause, SpecLibrary
from planner.model.plan import Plan
from planner.model.service import Feature

State = Literal["ours", "reworded", "added", "left out", "not called for", "not stated"]
STANDS: tuple[State, ...] = ("ours", "reworded", "added")
NAME = re.compile(r"\$([a-z_][a-z0-9_]*)", re.IGNORECASE | re.ASCII)
"""A $name in somebody's own wording. What a $ stands before otherwise, such as $5, is as typed."""


@dataclass(frozen=True, kw_only=True)
class ClauseInForce:
    """One clause and what becomes of it in a plan.

    `text` is what is printed, before its names are filled in. `unstated` are the features that the
    preferred option must state before it is known whether the clause applies. `unknown` are names
    that the plan's own wording uses and nothing fills in, each with the nearest that is known: ours
    is then printed, and a clause of the plan's own is not.
    """

    clause: Clause
    state: State
    text: str
    choice: ClauseChoice | None = None
    unstated: tuple[Feature, ...] = ()
    unknown: Mapping[str, str] = field(default_factory=dict)

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
        own_words = choice.text if choice is not None else ""
        unknown = unknown_names(own_words, library)
        if state == "ours" and choice is not None and not unknown:
            state = "left out" if choice.left_out else "reworded"
        rows.append(
            ClauseInForce(
                clause=clause,
                state=state,
                text=own_words if own_words and not unknown else clause.text,
                choice=choice,
                unstated=unstated,
                unknown=unknown,
            )
        )
    for own in wording.own_clauses:
        unknown = unknown_names(own.text, library)
        rows.append(
            ClauseInForce(
                clause=Clause(
                    id=own.id,
                    section=library.section_now(own.section),
                    text=own.text,
                    meets=own.meets,
                ),
                state="left out" if unknown else "added",
                text=own.text,
                unknown=unknown,
            )
        )
    return tuple(rows)


def unknown_names(text: str, library: SpecLibrary) -> dict[str, str]:
    """Each $name in somebody's own wording that nothing fills in, with the nearest that something
    does; empty where none is near."""
    return {
        name: next(iter(get_close_matches(name.lower(), library.names, 1)), "")
        for name in NAME.findall(text)
        if name not in library.names
    }
