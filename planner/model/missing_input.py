"""One thing that a plan lacks, as content words it and as results name it."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from string import Template

from planner.model.base import Frozen


class Consequence(StrEnum):
    """What would change once it is known, the most weighty first."""

    DECISION = "whether a board can be asked"
    NUMBERS = "the numbers"
    AWARD = "whether a contract can be let"
    TEXT = "what the documents say"


class MissingInput(Frozen):
    """One thing missing: where it is entered, why it matters, who is likely to know it, and what it
    would change."""

    id: str
    where: str = ""
    what: str = ""
    why: str = ""
    who: str = ""
    changes: Consequence = Consequence.TEXT

    def filled(self, names: Mapping[str, str]) -> MissingInput:
        """The entry with each $name filled in. Raises KeyError for a name that is not given."""
        return MissingInput(**{field: Template(text).substitute(names) for field, text in self})
