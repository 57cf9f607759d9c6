"""What the paper for the board is made from: its gate, its milestones and the case for change."""

from string import Template

from pydantic import Field

from planner.model.base import Frozen
from planner.model.figures import Identifier
from planner.model.plan import Stage
from planner.model.prescribing import MedicineClass


class GateItem(Frozen):
    """Something a paper cannot ask without, and who would know it."""

    what: str
    who: str


class Reason(Frozen):
    """A line of the case for change with its source.

    It stands where the plan covers any of its classes, all where none is named, and where each
    $name in it has a value.
    """

    id: Identifier
    says: str
    source: str
    verified: bool = True
    classes: tuple[MedicineClass, ...] = ()

    @property
    def names(self) -> set[str]:
        """The $names that it needs a value for."""
        return set(Template(self.says).get_identifiers())


class PaperContent(Frozen):
    """The words of the paper that are chosen by the plan's record, by name."""

    purpose: dict[Stage, str]
    gate: dict[Identifier, GateItem]
    milestones: dict[Identifier, str]
    case_for_change: tuple[Reason, ...] = Field(max_length=10)
