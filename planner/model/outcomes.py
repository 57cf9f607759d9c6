"""What is known of how people fare with support and without, and what a plan takes from it."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.model.base import Frozen, Line, Share, ShareRange, repeated, without_fault
from planner.model.figures import Identifier, Verifiable
from planner.model.prescribing import MedicineClass


class Design(StrEnum):
    """How a result came about, from the surest way of telling what a service adds to the least
    sure."""

    TRIAL = "randomised trial"
    REVIEW = "review of trials"
    SERVICE = "service without a comparison group"
    CASE_STUDY = "case study of the framework"


class Arm(Frozen):
    """People counted in a study, and how many of them an outcome was seen in. Both may be effective
    numbers."""

    events: Annotated[float, Field(ge=0)]
    people: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _within(self) -> Self:
        return without_fault(
            self, (self.events > self.people, "more people had the outcome than were counted")
        )


class RiskRatio(Frozen):
    """How many times as often an outcome came with support as without: the value and its 95%
    interval."""

    value: Annotated[float, Field(gt=0)]
    low: Annotated[float, Field(gt=0)]
    high: Annotated[float, Field(gt=0)]


class Relapse(Arm):
    """People who had stopped and were then followed, and how many relapsed; `of` says what came
    back."""

    of: str
    follow_up: str
    source: str


class OutcomeEvidence(Verifiable):
    """One result on people who stopped, with support and with usual care, of the people its source
    counted.

    `supported` and `usual` are the two arms; `ratio` stands in place of `supported` where only a
    ratio was published. Without `usual` nothing can be said of what support adds. `reduced` and
    `left` are of the people of the supported arm. `relapse` is of people who had stopped, and may
    be another study's. `weight` is the part of its people that it is given: a result picked for its
    success counts for less. `because` says why it should or should not be carried to another place.
    """

    id: Identifier
    medicine_classes: tuple[MedicineClass, ...] = Field(min_length=1)
    title: str
    design: Design
    quality: str
    follow_up: str
    supported: Arm | None = None
    ratio: RiskRatio | None = None
    usual: Arm | None = None
    reduced: Arm | None = None
    left: Arm | None = None
    relapse: Relapse | None = None
    weight: Annotated[float, Field(gt=0, le=1)] = 1.0
    harm: str
    because: str
    cautions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        return without_fault(
            self,
            (
                (self.supported is None) == (self.ratio is None),
                f"evidence '{self.id}' needs either a supported arm or a ratio",
            ),
            (
                self.ratio is not None and self.usual is None,
                f"evidence '{self.id}' has a ratio to nothing: give the usual-care arm",
            ),
        )


class ClassOutcome(Frozen):
    """What the plan takes for one class: a result from the evidence table, or shares of its own.

    With `evidence` empty and no shares entered, our default for the class stands. Entered shares
    replace the evidence for a programme whole, so that two sources are never mixed in one row.
    """

    medicine_class: MedicineClass
    evidence: Identifier | None = None
    stopped: ShareRange | None = None
    usual: ShareRange | None = None
    source: Line = ""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        about = f"outcomes of {self.medicine_class.label}"
        return without_fault(
            self,
            (
                (self.stopped is None) != (self.usual is None),
                f"{about}: give both the share who stop with support and with usual care, or "
                "neither",
            ),
        )


class Outcomes(Frozen):
    """What the plan expects of the people it supports.

    `carry_over` is the part of what a trial adds to usual care that a service is taken to add;
    empty means our default.
    """

    classes: tuple[ClassOutcome, ...] = Field(
        default_factory=lambda: tuple(ClassOutcome(medicine_class=c) for c in MedicineClass),
        max_length=len(MedicineClass),
    )
    carry_over: ShareRange | None = None

    @model_validator(mode="after")
    def _each_class_once(self) -> Self:
        return without_fault(
            self,
            (
                [row.medicine_class for row in self.classes] != list(MedicineClass),
                "outcomes must stand once for each of the five classes, in the framework's order",
            ),
        )

    def of(self, medicine_class: MedicineClass) -> ClassOutcome:
        """What is taken for one class."""
        return self.classes[list(MedicineClass).index(medicine_class)]


YearlyGrowth = Annotated[float, Field(ge=-0.1, le=0.25)]
"""How much more a year costs than the one before, as a part of it."""


class Horizon(Frozen):
    """The years a plan looks over. Growth is a yearly share; `staffing_profile` is the staff in
    post, year by year.

    Years past the end of `staffing_profile` have its last share. `recruitment_months` is how much
    of the first year passes before anyone is in post. `discount_rate` is used for present values
    only. `price_uplift` and `efficiency` are what a contract's price goes up and down by each year,
    where they have been agreed.
    """

    years: Annotated[int, Field(ge=1, le=10)] = 5
    staffing_profile: Annotated[tuple[Share, ...], Field(min_length=1, max_length=10)] = (0.75, 1.0)
    recruitment_months: Annotated[float, Field(ge=0, le=12)] = 3
    pay_growth: YearlyGrowth | None = None
    price_growth: YearlyGrowth | None = None
    discount_rate: Annotated[float, Field(ge=0, le=0.2)] | None = None
    price_uplift: YearlyGrowth | None = None
    efficiency: Annotated[float, Field(ge=0, le=0.25)] | None = None


MeasureName = Literal[
    "people_assessed",
    "people_starting",
    "annual_cost",
    "cost_per_assessed",
    "cost_per_start",
    "net_stopped",
]


class Simulation(Frozen):
    """How uncertainty is drawn: the seed and how many simulations; and the measure by which what
    matters most is told.

    `value_of_a_stop` is what one more person who stops is taken to be worth, only to tell what is
    worth finding out first; empty means our default.
    """

    seed: Annotated[int, Field(ge=0, le=2**31)] = 2026
    simulations: Annotated[int, Field(ge=100, le=1_000_000)] = 10_000
    measure: MeasureName = "people_assessed"
    value_of_a_stop: Annotated[float, Field(ge=0, le=1e7)] | None = None


class StaffCap(Frozen):
    """The most whole-time equivalents of one Agenda for Change band that can be had here."""

    band: Literal["2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9"]
    wte: Annotated[float, Field(ge=0, le=1000)]


class MixChoice(Frozen):
    """What the best mix of options is asked to do, and within what. An empty budget means the
    plan's own.

    `largest` is how many times its full size an option may be run. `in_documents` says whether the
    papers print the mix.
    """

    objective: Literal["people_assessed", "people_starting", "still_off"] = "people_assessed"
    budget: Annotated[float, Field(ge=0, le=1e9)] | None = None
    largest: Annotated[float, Field(ge=0.1, le=10)] = 1.0
    staff: Annotated[tuple[StaffCap, ...], Field(max_length=12)] = ()
    most_deprived_at_least: Share | None = None
    in_documents: bool = False

    @model_validator(mode="after")
    def _each_band_once(self) -> Self:
        twice = repeated(cap.band for cap in self.staff)
        return without_fault(self, (twice, "a band has two staff limits: keep one"))
