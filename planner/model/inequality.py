"""Who is prescribed what, by deprivation fifth and by sex, as counted locally. No gaps are worked out here."""

from __future__ import annotations

from typing import Self

from pydantic import model_validator

from planner.model.base import Count, Frozen, Line, Name, Text
from planner.model.prescribing import MedicineClass

FifthCounts = tuple[Count | None, Count | None, Count | None, Count | None, Count | None]


class ClassInequality(Frozen):
    """Local counts of people prescribed one class. Empty means not known, never none.

    `by_quintile` runs from the most deprived fifth to the least.
    """

    medicine_class: MedicineClass
    by_quintile: FifthCounts = (None, None, None, None, None)
    women: Count | None = None
    men: Count | None = None


class Inequality(Frozen):
    """Local counts for all five classes, and the groups the plan must reach."""

    classes: tuple[ClassInequality, ...] = tuple(
        ClassInequality(medicine_class=medicine_class) for medicine_class in MedicineClass
    )
    period: Line = ""
    source: Line = ""
    groups: tuple[Name, ...] = ()
    actions: Text = ""

    @model_validator(mode="after")
    def _each_class_once(self) -> Self:
        if [row.medicine_class for row in self.classes] != list(MedicineClass):
            raise ValueError("the five classes must stand once each, in the framework's order")
        return self

    def of(self, medicine_class: MedicineClass) -> ClassInequality:
        """The local counts of one class."""
        return self.classes[list(MedicineClass).index(medicine_class)]
