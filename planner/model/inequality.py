"""Who is prescribed what, by fifth and by sex, as counted locally. No gaps are worked out here."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.model.base import (
    ByQuintile,
    Count,
    Frozen,
    Line,
    Name,
    Text,
    repeated,
    without_fault,
)
from planner.model.place import DeprivationIndex, ResidentGroup
from planner.model.prescribing import UNKNOWN, Basis, ClassCounts, MedicineClass

# One count for each deprivation quintile; None where it is not known.
QuintileCounts = ByQuintile[Count | None]
UNKNOWN_QUINTILES: QuintileCounts = ByQuintile.unknown()


class ClassInequality(Frozen):
    """Local counts of people prescribed one class. Empty means not known, never none.

    `by_quintile` runs from the most deprived fifth to the least.
    """

    medicine_class: MedicineClass
    by_quintile: QuintileCounts = UNKNOWN_QUINTILES
    women: Count | None = None
    men: Count | None = None


class AgeSexCounts(Frozen):
    """People of one sex and age band: how many there are, and how many are prescribed each class.

    Bands are written 18-24, 25-29 and so on to 90+; wider ones that are made of whole bands will
    do.
    """

    sex: Literal["Female", "Male"]
    age: Annotated[str, Field(pattern=r"^\d{1,3}(-\d{1,3}|\+)$")]
    population: Count | None = None
    patients: ClassCounts = UNKNOWN


class GroupCounts(Frozen):
    """People of one group: how many there are, and how many are prescribed each class."""

    group: Name
    population: Count | None = None
    patients: ClassCounts = UNKNOWN


class Breakdown(Frozen):
    """Everyone of the place told apart one way, such as ethnicity or deprivation tenth.

    `ordered` is true where the groups run from the most to the least deprived.
    """

    kind: Name
    groups: Annotated[tuple[GroupCounts, ...], Field(min_length=1, max_length=60)]
    ordered: bool = False

    @model_validator(mode="after")
    def _each_group_once(self) -> Self:
        return without_fault(
            self,
            (repeated(row.group for row in self.groups), f"a group of '{self.kind}' stands twice"),
        )


class Inequality(Frozen):
    """Local counts for all five classes, and the groups the plan must reach.

    `deprivation_index` ranks the areas of the whole plan into fifths; `counts_index` is what the
    local counts by fifth are by, where that is known, and no count is set against the people of
    another index. `counted` is whom the counts are of, where that is known; rates are given only
    where the plan counts them. `population_by_quintile`, `population_women` and `population_men`
    replace the figures we ship; they are on the plan's own basis. `reached_by_quintile` and
    `reached_by_group` are of people whom a service has reached. `england_age_sex` holds England's
    counts from a workbook of the user's own.
    """

    deprivation_index: DeprivationIndex = DeprivationIndex.IMD_2019
    counts_index: DeprivationIndex | None = None
    classes: Annotated[tuple[ClassInequality, ...], Field(max_length=len(MedicineClass))] = tuple(
        ClassInequality(medicine_class=medicine_class) for medicine_class in MedicineClass
    )
    period: Line = ""
    source: Line = ""
    counted: Basis | None = None
    population_by_quintile: QuintileCounts = UNKNOWN_QUINTILES
    population_women: Count | None = None
    population_men: Count | None = None
    population_source: Line = ""
    reached_by_quintile: QuintileCounts = UNKNOWN_QUINTILES
    reached_by_group: Annotated[
        dict[ResidentGroup, Count | None], Field(max_length=len(ResidentGroup))
    ] = {}
    reached_source: Line = ""
    age_sex: Annotated[tuple[AgeSexCounts, ...], Field(max_length=60)] = ()
    england_age_sex: Annotated[tuple[AgeSexCounts, ...], Field(max_length=60)] = ()
    england_source: Line = ""
    england_period: Line = ""
    breakdowns: Annotated[tuple[Breakdown, ...], Field(max_length=12)] = ()
    groups: Annotated[tuple[Name, ...], Field(max_length=60)] = ()
    actions: Text = ""

    @model_validator(mode="after")
    def _each_class_once(self) -> Self:
        return without_fault(
            self,
            (
                [row.medicine_class for row in self.classes] != list(MedicineClass),
                "the five classes must stand once each, in the framework's order",
            ),
            *(
                (
                    repeated((row.sex, row.age) for row in rows),
                    "a sex and age band stands twice",
                )
                for rows in (self.age_sex, self.england_age_sex)
            ),
            (
                repeated(breakdown.kind for breakdown in self.breakdowns),
                "a kind of group stands twice",
            ),
        )

    def of(self, medicine_class: MedicineClass) -> ClassInequality:
        """The local counts of one class."""
        return self.classes[list(MedicineClass).index(medicine_class)]
