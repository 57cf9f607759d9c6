"""What a plan does with our clauses and indicators: leave out, word anew, add. No wording here."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from planner.model.base import Day, Frozen, Line, Name, Text, repeated, without_fault
from planner.model.figures import Identifier
from planner.model.framework import RequirementId


class ClauseChoice(Frozen):
    """One of our clauses left out, for a reason, or worded anew.

    `text` replaces ours. `ours` is our text as it stood when the plan's own was written, so that a
    newer one of ours can be set beside it.
    """

    clause: Identifier
    left_out: bool = False
    reason: Line = ""
    text: Text = ""
    ours: Text = ""

    @model_validator(mode="after")
    def _does_something(self) -> Self:
        return without_fault(
            self,
            (
                self.left_out and self.text,
                f"clause '{self.clause}' is both left out and worded anew: choose one",
            ),
            (
                not self.left_out and not self.text.strip(),
                f"clause '{self.clause}': give its new wording, or leave it out",
            ),
        )


class OwnClause(Frozen):
    """A clause of the plan's own, the section it stands in, and the requirements its author says it
    meets."""

    id: Identifier
    section: Identifier
    text: Text
    meets: Annotated[tuple[RequirementId, ...], Field(max_length=100)] = ()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        return without_fault(
            self, (not self.text.strip(), "a clause of your own must say something")
        )


IndicatorId = Annotated[str, Field(pattern=r"^[KL][1-9][0-9]?$")]
"""Ours are K1, K2 and so on; a plan's own are L1, L2."""


class IndicatorChoice(Frozen):
    """One of our indicators left out, for a reason, or changed. What is empty stays as ours.

    `baseline` is the value that later reports are held against, of the period `baseline_of`.
    Without one, `baseline_by` is the day by which it is set; empty, eight months after the service
    starts.
    """

    indicator: IndicatorId
    left_out: bool = False
    reason: Line = ""
    source: Line = ""
    frequency: Line = ""
    threshold: Line = ""
    basis: Line = ""
    baseline: Line = ""
    baseline_of: Line = ""
    baseline_by: Day | None = None


class OwnIndicator(Frozen):
    """An indicator of the plan's own, with everything that ours have."""

    id: IndicatorId
    name: Name
    numerator: Name
    denominator: Name
    source: Line = ""
    frequency: Line = "Quarterly"
    threshold: Line = "Baseline first"
    basis: Line = ""
    equity: bool = False
    baseline: Line = ""
    baseline_of: Line = ""
    baseline_by: Day | None = None
    meets: Annotated[tuple[RequirementId, ...], Field(max_length=100)] = ()


class Wording(Frozen):
    """Everything the plan's specification says otherwise than we would, or beyond it."""

    clauses: Annotated[tuple[ClauseChoice, ...], Field(max_length=400)] = ()
    own_clauses: Annotated[tuple[OwnClause, ...], Field(max_length=200)] = ()
    indicators: Annotated[tuple[IndicatorChoice, ...], Field(max_length=100)] = ()
    own_indicators: Annotated[tuple[OwnIndicator, ...], Field(max_length=60)] = ()

    @model_validator(mode="after")
    def _once_each(self) -> Self:
        chosen = {
            "clause": [choice.clause for choice in self.clauses],
            "clause of your own": [clause.id for clause in self.own_clauses],
            "indicator": [choice.indicator for choice in self.indicators],
            "indicator of your own": [indicator.id for indicator in self.own_indicators],
        }
        return without_fault(
            self,
            *(
                (True, f"{what} '{twice}' is chosen twice")
                for what, ids in chosen.items()
                for twice in repeated(ids)
            ),
            *(
                (
                    not own.id.startswith("L"),
                    f"indicator '{own.id}': one of your own is numbered L1, L2 and so on",
                )
                for own in self.own_indicators
            ),
        )

    def of_clause(self, clause: str) -> ClauseChoice | None:
        """What the plan does with one of our clauses, or None where it stands as ours."""
        return next((choice for choice in self.clauses if choice.clause == clause), None)

    def of_indicator(self, indicator: str) -> IndicatorChoice | None:
        """What the plan does with one of our indicators, or None where it stands as ours."""
        return next((choice for choice in self.indicators if choice.indicator == indicator), None)
