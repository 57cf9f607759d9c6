"""The five classes of medicine and what a place knows of their prescribing. No rates here."""

from enum import IntEnum, StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from planner.model.base import ByKey, Count, Frozen, Line, ShareOrRange, T, without_fault
from planner.model.figures import Verifiable


class MedicineClass(StrEnum):
    """The five classes of the framework PR1103, in its order."""

    ANTIDEPRESSANTS = "antidepressants"
    BENZODIAZEPINES = "benzodiazepines"
    GABAPENTINOIDS = "gabapentinoids"
    OPIOIDS = "opioids"
    Z_DRUGS = "z_drugs"

    @property
    def label(self) -> str:
        """The name as printed: lower case except Z-drugs."""
        return "Z-drugs" if self is MedicineClass.Z_DRUGS else self.value


class ByClass(ByKey[T]):
    """One value for each class of medicine, in the framework's order."""

    KEYS = tuple(MedicineClass)


# One count for each class; None where it is not known.
ClassCounts = ByClass[Count | None]
UNKNOWN: ClassCounts = ByClass.unknown()


class Basis(StrEnum):
    """Whom a population or a rate counts. Two bases never share an axis or a difference."""

    RESIDENT_ADULTS = "resident_adults"
    RESIDENT_ALL_AGES = "resident_all_ages"
    REGISTERED_ALL_AGES = "registered_all_ages"
    REGISTERED_ADULTS = "registered_adults"

    @property
    def label(self) -> str:
        """The basis as a reader says it."""
        return {
            Basis.RESIDENT_ADULTS: "resident adults (18 and over)",
            Basis.RESIDENT_ALL_AGES: "residents of all ages",
            Basis.REGISTERED_ALL_AGES: "people of all ages registered with a GP practice",
            Basis.REGISTERED_ADULTS: "adults (18 and over) registered with a GP practice",
        }[self]


class CountedOver(StrEnum):
    """Over how long a count of people was taken. More people are prescribed a class over a year
    than in one of its quarters or months, so the three never stand for one another."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"

    @property
    def label(self) -> str:
        """The time as a reader says it."""
        return {"year": "a year", "quarter": "a quarter", "month": "a month"}[self.value]


class CountOf(StrEnum):
    """Which of the people on a class a count is of."""

    CLASS = "class"
    ONE_MEDICINE = "one_medicine"
    LONG_TERM = "long_term"

    @property
    def label(self) -> str:
        """Whom it is of, as a reader says it."""
        return {
            "class": "everyone on the class",
            "one_medicine": "people on one medicine of the class",
            "long_term": "people on the class for a year or more",
        }[self.value]


class Rung(IntEnum):
    """What the number of people on a class rests on, from the best that may be known down to
    England's rate. Each is called by what stands in `label`."""

    COUNT = 1
    PART_OF_YEAR = 2
    ITEMS = 3
    REGION = 4
    ENGLAND = 5

    @property
    def label(self) -> str:
        """The rung as a reader says it."""
        return {
            Rung.COUNT: "local count",
            Rung.PART_OF_YEAR: "local count of part of a year",
            Rung.ITEMS: "from local items",
            Rung.REGION: "from the region's items",
            Rung.ENGLAND: "England's rate",
        }[self]


class NationalFigure(Verifiable):
    """One row of the national figures: a count, rate or share for England or a part of it."""

    id: str
    series: str
    medicine_class: MedicineClass | None
    class_in_words: str
    geography: str
    period: str
    stratum_type: str
    stratum: str
    measure: str
    value: float
    value_high: float | None = None
    unit: str
    basis: Basis | None
    basis_in_words: str
    precision: str
    caution: str | None = None

    @property
    def is_yearly_rate(self) -> bool:
        """Whether this is people of one class per 1,000 of a known population, over a financial
        year."""
        return self.measure == "people per 1,000" and self.stratum_type == "total"


class ClassPrescribing(Frozen):
    """What the place knows of one class. Anything left empty is modelled or said to be missing.

    `counted` is whom the count of people is of, where that is known; a rate is given only where it
    is the plan's own basis. `counted_over` is the time in which they were counted. `count_of` says
    which people of the class they are: a part of them never passes as the class. `confirmed`
    is the count that the user said is right although it is far from what the ladder of need gives;
    another count is asked about again. `step_down_to` is the highest rung of the ladder that the
    user lets the class stand on. `long_term_share` is the part of the people counted who are on it
    for a year or more. Items have a period and a source of their own, since they often come from
    another file; `quantity` is how many tablets, capsules and other units these items were of.
    """

    medicine_class: MedicineClass
    included: bool = True
    patients: Count | None = None
    counted: Basis | None = None
    counted_over: CountedOver = CountedOver.YEAR
    count_of: CountOf = CountOf.CLASS
    confirmed: Count | None = None
    step_down_to: Literal[3, 4, 5] | None = None
    items: Count | None = None
    quantity: Count | None = None
    period: Line = ""
    source: Line = ""
    items_period: Line = ""
    items_source: Line = ""
    long_term_share: ShareOrRange = None


class Prescribing(Frozen):
    """All five classes, once each, and the high-dose opioid count."""

    classes: tuple[ClassPrescribing, ...] = Field(
        default_factory=lambda: tuple(ClassPrescribing(medicine_class=c) for c in MedicineClass),
        max_length=len(MedicineClass),
    )
    high_dose_opioid_patients: Count | None = None
    high_dose_threshold_mg: Literal[90, 120] = 90
    high_dose_period: Line = ""

    @model_validator(mode="after")
    def _each_class_once(self) -> Self:
        on_opioids = (
            row.patients
            for row in self.classes
            if row.medicine_class is MedicineClass.OPIOIDS
            and row.patients is not None
            and row.count_of is CountOf.CLASS
        )
        return without_fault(
            self,
            (
                [row.medicine_class for row in self.classes] != list(MedicineClass),
                "the five classes must stand once each, in the framework's order",
            ),
            (
                not any(row.included for row in self.classes),
                "keep at least one class of medicine in the plan",
            ),
            (
                any((self.high_dose_opioid_patients or 0) > count for count in on_opioids),
                "people on high-dose opioids cannot be more than people on opioids",
            ),
        )

    def of(self, medicine_class: MedicineClass) -> ClassPrescribing:
        """What is known of one class."""
        return self.classes[list(MedicineClass).index(medicine_class)]

    @property
    def included(self) -> tuple[MedicineClass, ...]:
        """The classes the plan covers."""
        return tuple(row.medicine_class for row in self.classes if row.included)
