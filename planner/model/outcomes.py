"""What is known of how people fare with support and without, and what a plan takes from it."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.model.base import (
    Frozen,
    Line,
    Range,
    Share,
    ShareRange,
    repeated,
    without_fault,
)
from planner.model.figures import FigureKind, Identifier, Verifiable
from planner.model.prescribing import MedicineClass


class Design(StrEnum):
    """How a result came about, from the surest way of telling what a service adds to the least
    sure."""

    TRIAL = "randomised trial"
    REVIEW = "review of trials"
    CONTROLLED = "controlled study, not randomised"
    SERVICE = "service without a comparison group"
    CASE_STUDY = "case study of the framework"


class Offer(StrEnum):
    """The kind of offer a result is about. A result of one kind says nothing of the other."""

    EVERYONE = "an offer to everyone"
    PROGRAMME = "a review and support to reduce"

    @property
    def denominator(self) -> str:
        """Whom the shares of the offer are of, in words."""
        return "people written to" if self is Offer.EVERYONE else "people who start"


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


class RiskDifference(Frozen):
    """How many more stopped with support than without, as a share: the value and its 95%
    interval."""

    value: Annotated[float, Field(ge=-1, le=1)]
    low: Annotated[float, Field(ge=-1, le=1)]
    high: Annotated[float, Field(ge=-1, le=1)]


class AfterStopping(Frozen):
    """What becomes of people who stopped, as shares of them; what is not known is empty.

    `back_on` is who was back on the medicine when `follow_up` ended, `stay_off` who was still off
    it, and `added_relapse` who relapsed beyond those who relapse while they carry on with it.
    """

    back_on: Arm | None = None
    stay_off: ShareRange | None = None
    added_relapse: ShareRange | None = None
    follow_up: str
    source: str


class OutcomeEvidence(Verifiable):
    """One result on people who stopped, with support and with usual care, of the people its source
    counted.

    `offer` is the kind of offer it is about and `denominator` whom its shares are of. What support
    adds is told in one of three ways: by two arms, `supported` and `usual`; by a `ratio`; or by a
    `difference`. A ratio or a difference is laid on the usual-care arm of the same source, or of
    the study that `usual_of` names. Without `usual` nothing can be said of what support adds.
    `reduced` is of the people of the supported arm. `after_stopping` may be another study's.
    `hours` is the time of staff for each person, and `hours_kind` says whose figure it is. `weight`
    is the part of its people that it is given: a result picked for its success counts for less. One
    that is `only_if_chosen` is never our default. `because` says why it should or should not be
    carried to another place. `reported_by` names what was read where that was neither the paper nor
    its abstract.
    """

    id: Identifier
    medicine_classes: tuple[MedicineClass, ...] = Field(min_length=1)
    offer: Offer
    denominator: str
    title: str
    design: Design
    quality: str
    follow_up: str
    supported: Arm | None = None
    ratio: RiskRatio | None = None
    difference: RiskDifference | None = None
    usual: Arm | None = None
    usual_of: str = ""
    reduced: Arm | None = None
    after_stopping: AfterStopping | None = None
    hours: Range | None = None
    hours_kind: FigureKind = FigureKind.ASSUMED
    weight: Annotated[float, Field(gt=0, le=1)] = 1.0
    only_if_chosen: bool = False
    harm: str
    because: str
    reading: Literal["paper", "abstract", "as reported by"]
    reported_by: str = ""
    cautions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _can_be_used(self) -> Self:
        ways = [way for way in (self.supported, self.ratio, self.difference) if way is not None]
        return without_fault(
            self,
            (
                len(ways) != 1,
                f"evidence '{self.id}' needs one of a supported arm, a ratio or a difference",
            ),
            (
                self.supported is None and self.usual is None,
                f"evidence '{self.id}' has a ratio to nothing: give the usual-care arm",
            ),
            (
                (self.reading == "as reported by") != bool(self.reported_by),
                f"evidence '{self.id}' needs reported_by if it was read as reported by another, "
                "and only then",
            ),
        )

    @property
    def citation(self) -> str:
        """The source, and what was read of it in its place where it was not read itself."""
        if not self.reported_by:
            return self.source
        return f"{self.source}, as reported by {self.reported_by}, not read at the publisher"


class QalyThreshold(Verifiable):
    """What a quality-adjusted life year has been valued at, in pounds, and by whom."""

    value: Annotated[float, Field(gt=0)]
    about: str


class QalyGain(Verifiable):
    """The quality-adjusted life years that one study found for each person, with its 95% interval;
    `cost` is what the study says of money, in words."""

    id: Identifier
    medicine_classes: tuple[MedicineClass, ...] = Field(min_length=1)
    about: str
    gain: float
    low: float
    high: float
    cost: str


class QalyEvidence(Frozen):
    """Published gains in quality-adjusted life years, and what a year has been valued at."""

    thresholds: tuple[QalyThreshold, ...]
    gains: tuple[QalyGain, ...]


class ClassOutcome(Frozen):
    """What the plan takes for one class: a result from the evidence table, or shares of its own.

    With `evidence` empty and no shares entered, our defaults for the class stand. A result that is
    named replaces our default of the kind of offer that it is about. Entered shares replace the
    evidence on a review and support whole, so that two sources are never mixed in one row.
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
    empty means our default. `qaly_ceiling` says whether the evidence pack tells how much good the
    price would have to do.
    """

    classes: tuple[ClassOutcome, ...] = Field(
        default_factory=lambda: tuple(ClassOutcome(medicine_class=c) for c in MedicineClass),
        max_length=len(MedicineClass),
    )
    carry_over: ShareRange | None = None
    qaly_ceiling: bool = False

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
        return without_fault(
            self,
            (repeated(cap.band for cap in self.staff), "a band has two staff limits: keep one"),
        )
