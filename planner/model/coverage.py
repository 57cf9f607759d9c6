"""What in a plan shows that something the framework asks for has been done. No judging here."""

from enum import StrEnum
from typing import Literal

from pydantic import Field

from planner.model.base import Frozen
from planner.model.decision import Involved
from planner.model.figures import Identifier
from planner.model.framework import RequirementId
from planner.model.plan import Attachment, Seat


class CoverageState(StrEnum):
    """How far a requirement of the framework has come."""

    DONE = "done"
    IN_TEXT = "in the text only"
    NOT_YET = "not yet"


Check = Literal[
    "filled", "local_counts", "long_term_counts", "high_dose_count", "counts_by_fifth", "reach",
    "trend", "places", "groups_with_actions", "directory", "ways_compared", "equality_answered",
]  # fmt: skip
"""What a plan can be asked beside its seats, groups, attachments and agreements; "filled" asks that
every one of `fields` is."""


class CoverageRecord(Frozen):
    """What shows that requirements are done, where in the set it stands, and what is missing where
    the plan does not hold it.

    Everything named must be there. `agreed` are steps of the plan that somebody agreed on a day,
    nothing on them having changed since.
    """

    shows: tuple[RequirementId, ...] = Field(min_length=1)
    section: Identifier
    missing: str = ""
    check: Check | None = None
    fields: tuple[str, ...] = ()
    seats: tuple[Seat, ...] = ()
    involved: tuple[Involved, ...] = ()
    attached: tuple[Attachment, ...] = ()
    agreed: tuple[Identifier, ...] = ()
