"""One thing that a plan lacks, as content words it and as results name it."""

from __future__ import annotations

from collections.abc import Mapping
from string import Template

from planner.model.base import Frozen


class MissingInput(Frozen):
    """One thing missing: where it is entered, why it matters, and who is likely to know it."""

    id: str
    where: str = ""
    what: str = ""
    why: str = ""
    who: str = ""

    def filled(self, names: Mapping[str, str]) -> MissingInput:
        """The entry with each $name filled in. Raises KeyError for a name that is not given."""
        return MissingInput(**{field: Template(text).substitute(names) for field, text in self})
