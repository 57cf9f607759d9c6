"""A service option: its posts, other costs and what limits it. No cost is worked out here."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.model.base import (
    ByQuintile,
    FinancialYear,
    Frozen,
    Name,
    Passage,
    Pounds,
    Range,
    Share,
    ShareRange,
    Text,
    beyond,
    without_fault,
)
from planner.model.figures import Identifier
from planner.model.prescribing import MedicineClass

Band = Literal[
    "2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9", "medical", "gp", "other", "voluntary"
]  # fmt: skip
AGENDA_FOR_CHANGE: tuple[Band, ...] = ("2", "3", "4", "5", "6", "7", "8a", "8b", "8c", "8d", "9")
WITH_SALARY: tuple[Band, ...] = ("medical", "gp", "other")
BANDS: tuple[Band, ...] = (*AGENDA_FOR_CHANGE, *WITH_SALARY, "voluntary")
Point = Literal["entry", "mid", "top"]
POINTS: tuple[Point, ...] = ("entry", "mid", "top")
Zone = Literal["none", "fringe", "outer", "inner"]
ZONES: tuple[Zone, ...] = ("none", "fringe", "outer", "inner")
Perspective = Literal["provider", "public"]
PERSPECTIVES: tuple[Perspective, ...] = ("provider", "public")
OverheadMode = Literal["marginal", "full absorption"]
OVERHEAD_MODES: tuple[OverheadMode, ...] = ("marginal", "full absorption")


class Post(Frozen):
    """A kind of post: how much of it, on what pay, and how much of its time is with people.

    `wte` counts whole-time equivalents. `headcount` is the number of people who fill it, because
    National Insurance is charged person by person; left empty it is `wte` rounded up. `hours_each`
    is how many of its hours each person who starts needs, where that is known: its time may then
    run out before the whole team's does. Bands "medical", "gp" and "other" are for pay outside
    Agenda for Change: `salary` is then the whole-time salary. A volunteer ("voluntary") is paid
    nothing; expenses belong to the option's other costs.
    """

    title: Name
    band: Band
    point: Point = "mid"
    zone: Zone = "none"
    wte: Annotated[float, Field(ge=0.001, le=1000)]
    headcount: Annotated[int, Field(ge=1, le=2000)] | None = None
    salary: Pounds | None = None
    patient_facing: Share = 0.6
    hours_each: Range | None = None

    @model_validator(mode="after")
    def _pay_is_known(self) -> Self:
        post = f"post '{self.title}'"
        return without_fault(
            self,
            (
                self.band in WITH_SALARY and not self.salary,
                f"{post} is outside Agenda for Change: enter its yearly salary",
            ),
            (
                self.band == "voluntary" and self.salary,
                f"{post} is voluntary and has a salary: keep one of them",
            ),
            (
                self.band in AGENDA_FOR_CHANGE and self.salary is not None,
                f"{post} has a band and a salary: keep one of them",
            ),
            (
                beyond(self.hours_each, 0.01, 10_000),
                f"{post}: hours for each person must be between 0.01 and 10,000",
            ),
            (
                self.hours_each is not None and not self.patient_facing,
                f"{post} spends no time with people, so each person cannot need hours of it",
            ),
            (
                self.headcount is not None and self.headcount < self.wte,
                f"{post}: {self.wte:g} WTE needs at least as many people",
            ),
        )


class CostHeading(StrEnum):
    """What a cost other than pay is for."""

    NON_PAY = "non-pay"
    PREMISES = "premises"
    BACKFILL = "practice backfill"
    VOLUNTARY_SECTOR = "voluntary-sector contract"
    TRAINING = "training and supervision"
    EVALUATION = "evaluation"
    SET_UP = "set-up"


class OtherCost(Frozen):
    """A cost other than pay. Set-up is paid once; the yearly cost holds it spread over the plan's
    years.

    `amount` is in the prices of `price_year`, and is moved to the plan's; empty, it is in the
    plan's own.
    """

    label: Name
    heading: CostHeading
    amount: Pounds
    price_year: FinancialYear | None = None

    @property
    def once(self) -> bool:
        """Whether this is paid once rather than every year."""
        return self.heading is CostHeading.SET_UP


class ServiceKind(StrEnum):
    """What kind of service an option is: decides how long a programme takes, and what evidence is
    near it."""

    CLINICS = "pharmacist clinics"
    THERAPISTS = "therapists and peers"
    SPECIALIST = "specialist team"
    WHOLE_SYSTEM = "whole-system mix"
    LETTERS = "letters and education"
    OTHER = "another kind"


class WhoComes(StrEnum):
    """Whose medicines the people have who come to an option."""

    AS_HERE = "as prescribed here"
    AS_SPECIALIST = "as a specialist service sees"


class Feature(StrEnum):
    """What an option offers; decides which clauses of the specification apply."""

    SELF_REFERRAL = "self-referral"
    PRESCRIBER_IN_TEAM = "prescriber in the team"
    PEER_SUPPORT = "peer support"
    PSYCHOLOGICAL_SUPPORT = "psychological support"
    SPECIALIST_MDT = "specialist multidisciplinary team"
    PRACTICE_BASED = "clinics in GP practices"
    REMOTE = "telephone or video appointments"
    PROACTIVE_FINDING = "proactive case finding"
    PHARMACIST_IN_TEAM = "pharmacist in the team"
    TAPER_SUPPORT = "support with tapering"
    FOLLOW_UP = "planned follow-up"
    GROUPS = "group sessions"
    FAMILY_SUPPORT = "family support"
    PRESCRIBER_ADVICE = "advice to prescribers"
    GP_RECORD = "recording in the GP record"
    ALTERNATIVES = "alternatives and signposting"
    TEACHING = "teaching for local professionals"


MOST_LOST = 0.9
"""The largest part of contacts that may be lost: beyond it no team sees anyone."""
# A share for each deprivation quintile; None where it is not known.
QuintileShares = ByQuintile[Share | None]
UNKNOWN_SHARES: QuintileShares = ByQuintile.unknown()


class ServiceOption(Frozen):
    """One way of providing the service.

    `overhead` is a share of pay, low, central and high, in the mode that `overhead_mode` names:
    what a team adds to an organisation that is there already, or a full share of everything that
    organisation has. `hours_programme` is staff time with or for one person who starts to reduce,
    after the assessment; empty, it is our default for the option's kind. `did_not_attend` is the
    part of contacts lost, nought by default since our hours hold them already. `takes` is the part
    of all referrals that the option is meant for. `classes` are the medicines it covers, empty for
    every class of the plan. `stated_capacity` is people a year that a provider says it can see, for
    an option whose posts are not known. `letters_a_year` is for a letters offer; empty, everyone it
    is meant for is written to in the first year. `effect` is how many times as much the option adds
    to usual care as the evidence for its kind of offer adds: 1 is the same, and empty is not known.
    `shares_by_quintile` are the parts of the people seen who live in each deprivation quintile of
    areas, the most deprived first, as far as they are known. A feature that is neither in
    `features` nor in `features_absent` is not stated.
    """

    id: Identifier
    name: Name
    kind: ServiceKind = ServiceKind.OTHER
    description: Passage = ""
    drawn_from: Text = ""
    posts: Annotated[tuple[Post, ...], Field(max_length=60)] = ()
    other_costs: Annotated[tuple[OtherCost, ...], Field(max_length=60)] = ()
    overhead: Range = Range(low=0.15, central=0.20, high=0.30)
    overhead_mode: OverheadMode = "marginal"
    hours_programme: Range | None = None
    did_not_attend: ShareRange = ShareRange(low=0, central=0, high=0)
    takes: Share = 1.0
    classes: Annotated[tuple[MedicineClass, ...], Field(max_length=len(MedicineClass))] = ()
    who_comes: WhoComes = WhoComes.AS_HERE
    stated_capacity: Range | None = None
    letters_a_year: Annotated[float, Field(ge=0, le=1e8)] | None = None
    effect: Range | None = None
    shares_by_quintile: QuintileShares = UNKNOWN_SHARES
    features: Annotated[tuple[Feature, ...], Field(max_length=len(Feature))] = ()
    features_absent: Annotated[tuple[Feature, ...], Field(max_length=len(Feature))] = ()

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        option = f"option '{self.name}'"
        shares = [share for share in self.shares_by_quintile if share is not None]
        both = [one.value for one in self.features if one in self.features_absent]
        return without_fault(
            self,
            (
                beyond(self.hours_programme, 0.1, 10_000),
                f"{option}: hours for each person who starts must be between 0.1 and 10,000",
            ),
            (
                self.did_not_attend.high > MOST_LOST,
                f"{option}: contacts lost must be at most {MOST_LOST:.0%}",
            ),
            (
                beyond(self.overhead, 0, 2),
                f"{option}: overheads must be between 0% and 200% of pay",
            ),
            (
                beyond(self.effect, 0, 2),
                f"{option}: its effect must be between 0 and 2 times the evidence's",
            ),
            (
                sum(shares) > 1.01 or (len(shares) == len(ByQuintile.KEYS) and sum(shares) < 0.99),
                f"{option}: the shares of the five deprivation fifths must add up to 100%",
            ),
            (
                beyond(self.stated_capacity, 0, 10_000_000),
                f"{option}: the people it can see cannot be fewer than none",
            ),
            (both, f"{option} is said both to have and not to have {', '.join(both)}"),
        )

    @property
    def most_deprived_share(self) -> float | None:
        """The part of the people seen who live in the most deprived fifth, where that is known."""
        return self.shares_by_quintile.of(1)

    @property
    def is_do_nothing(self) -> bool:
        """Whether the option adds nothing to usual care."""
        return not self.posts and not self.other_costs and self.stated_capacity is None

    @property
    def is_quote(self) -> bool:
        """Whether it is offered whole: at a price alone, or for the people its provider says it
        can see."""
        if self.posts:
            return False
        return self.stated_capacity is not None or self.is_price_alone

    @property
    def is_price_alone(self) -> bool:
        """Whether all that is known of it, beside what it offers, is what its contract costs."""
        headings = {cost.heading for cost in self.other_costs}
        return (
            not self.posts
            and not self.is_letters
            and self.stated_capacity is None
            and headings == {CostHeading.VOLUNTARY_SECTOR}
        )

    @property
    def is_letters(self) -> bool:
        """Whether it writes to people and sees nobody over months."""
        return self.kind is ServiceKind.LETTERS

    def feature(self, feature: Feature) -> bool | None:
        """Whether it has a feature; None where that is not stated."""
        if feature in self.features:
            return True
        return False if feature in self.features_absent else None
