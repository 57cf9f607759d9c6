"""The smaller places of a board, what is known of each, and prescribing by month. No sums here."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from planner.model.base import Count, Frozen, Line, Name, repeated, without_fault
from planner.model.inequality import UNKNOWN_QUINTILES, QuintileCounts
from planner.model.intake import Level
from planner.model.prescribing import UNKNOWN, Basis, ClassCounts, MedicineClass

MOST_AREAS = 3_000
MOST_ICBS = 60
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{1,20}$")]
CodeOrNone = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.-]{0,20}$")]


class Area(Frozen):
    """A practice, PCN, sub-ICB location or local area. Empty means not known, never none.

    `area` names the locality of the user's own that a practice is in.
    """

    code: Code
    name: Name
    level: Level
    pcn: CodeOrNone = ""
    sub_icb: CodeOrNone = ""
    area: Line = ""
    population: Count | None = None
    patients: ClassCounts = UNKNOWN
    items: ClassCounts = UNKNOWN
    people_by_fifth: QuintileCounts = UNKNOWN_QUINTILES

    @property
    def most_deprived_share(self) -> float | None:
        """The part of its people who live in the most deprived fifth, where all five are known."""
        whole = sum(count or 0 for count in self.people_by_fifth)
        known = whole and None not in self.people_by_fifth
        return (self.people_by_fifth[0] or 0) / whole if known else None


class Areas(Frozen):
    """The smaller places of a board. People are over `population_basis`; items are over the same
    people."""

    areas: Annotated[tuple[Area, ...], Field(max_length=MOST_AREAS)] = ()
    population_basis: Basis = Basis.REGISTERED_ALL_AGES
    population_period: Line = ""
    population_source: Line = ""
    patients_period: Line = ""
    patients_source: Line = ""
    items_period: Line = ""
    items_source: Line = ""

    @model_validator(mode="after")
    def _each_area_once(self) -> Self:
        return without_fault(
            self, (repeated((area.level, area.code) for area in self.areas), "an area stands twice")
        )

    def of(self, level: Level) -> tuple[Area, ...]:
        """The areas of one level."""
        return tuple(area for area in self.areas if area.level is level)


class MonthlyItems(Frozen):
    """Items of each class in one month, and the people registered then where known."""

    month: Annotated[str, Field(pattern=r"^\d{4}-(0[1-9]|1[0-2])$")]
    items: ClassCounts = UNKNOWN
    registered: Count | None = None


class Trend(Frozen):
    """Items month by month, oldest first."""

    months: Annotated[tuple[MonthlyItems, ...], Field(max_length=240)] = ()
    source: Line = ""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        months = [month.month for month in self.months]
        return without_fault(
            self,
            (months != sorted(set(months)), "the months must stand once each, oldest first"),
        )


class BoardMeasure(StrEnum):
    """What is counted of every board."""

    PEOPLE = "people"
    ITEMS = "items"


class BoardTotals(Frozen):
    """People prescribed one class, or its items, of each board that a file of all boards has.

    `counted` is whom a count of people is of, where that is known.
    """

    medicine_class: MedicineClass
    measure: BoardMeasure
    counted: Basis | None = None
    period: Line = ""
    source: Line = ""
    counts: Annotated[dict[Code, Count], Field(min_length=1, max_length=MOST_ICBS)]
