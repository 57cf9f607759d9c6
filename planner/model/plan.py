"""The plan: every decision and input of a user, and nothing that can be worked out from them."""

from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, field_validator, model_validator

from planner.model.areas import Areas, BoardMeasure, BoardTotals, Trend
from planner.model.base import (
    ClassesOrRange,
    Day,
    FinancialYear,
    Frozen,
    Line,
    Name,
    Passage,
    Pounds,
    Range,
    Share,
    ShareRange,
    Text,
    beyond,
    repeated,
    without_fault,
)
from planner.model.clause_choices import Wording
from planner.model.decision import DecisionRecord, Involved
from planner.model.figures import Identifier
from planner.model.inequality import Inequality
from planner.model.intake import ColumnMapping, ImportReport
from planner.model.outcomes import Horizon, MixChoice, Outcomes, Simulation
from planner.model.place import Place, PopulationChoice
from planner.model.prescribing import MedicineClass, Prescribing
from planner.model.service import Perspective, ServiceOption

MOST_TOTALS = len(BoardMeasure) * len(MedicineClass)
"""Every board's totals are held once of each class and measure."""
SCHEMA_VERSION: Literal[6] = 6


def _a_rate(values: Range | None) -> Range | None:
    """A rate of referrals that can be. Raises ValueError where it is below nought or beyond
    everyone."""
    words = "referrals must be between 0 and 1,000 per 1,000 people"
    return without_fault(values, (beyond(values, 0, 1000), words))


def _some_hours(values: Range | None) -> Range | None:
    """Hours that can be. Raises ValueError where they are below nought or beyond a hundred."""
    return without_fault(values, (beyond(values, 0, 100), "hours must be between 0 and 100"))


class LetterTier(StrEnum):
    """Who may be written to, in the order in which they are."""

    SLEEP_AND_ANXIETY = "on a benzodiazepine or Z-drug for the long term"
    SEVERAL = "on two or more classes for the long term"
    HIGH_DOSE = "on high-dose opioids"
    ANTIDEPRESSANTS = "on an antidepressant for two years or more"


class Demand(Frozen):
    """How people come to a service, and what becomes of a referral. Empty means our default.

    `case_finding` says whether practices look for people and ask them, which decides our default
    rate of referral; where letters invite people too, our rate with case finding holds only if
    `letters_beside_case_finding` says that both are meant. `referral_profile` is the part of a full
    year's referrals that each year brings; years past its end have its last. `letters_a_year` are
    letters that invite people to the service, each person once, in the order of the tiers chosen.
    `leave_list` is the part of those waiting who leave within a year. `search_hours` are those that
    all practices spend in a year on searches and lists; empty means not known, and none are
    counted. Shares are of people referred (assessed) and of people assessed (start).
    """

    case_finding: bool = True
    referral_rate: Annotated[Range | None, AfterValidator(_a_rate)] = None
    referral_profile: Annotated[tuple[Share, ...], Field(min_length=1, max_length=10)] = (
        0.4, 0.8, 1.0,
    )  # fmt: skip
    letters_a_year: Annotated[float, Field(ge=0, le=1e7)] = 0.0
    letter_tiers: Annotated[tuple[LetterTier, ...], Field(max_length=len(LetterTier))] = tuple(
        LetterTier
    )
    letters_beside_case_finding: bool = False
    response: ShareRange | None = None
    leave_list: ShareRange | None = None
    assessed_share: ShareRange | None = None
    start_share: ShareRange | None = None
    hours_referral: Annotated[Range | None, AfterValidator(_some_hours)] = None
    hours_assessment: Annotated[Range | None, AfterValidator(_some_hours)] = None
    search_hours: Annotated[float | None, Field(ge=0, le=1e6)] = None
    classes_per_person: ClassesOrRange = None
    classes_per_person_month: ClassesOrRange = None
    evidence: Line = ""

    @property
    def invites(self) -> bool:
        """Whether letters invite people to the service."""
        return self.letters_a_year > 0 and bool(self.letter_tiers)

    @property
    def has_rate_of_case_finding(self) -> bool:
        """Whether our default rate of referral is the one with case finding. Services from which
        that is had already searched for the people to whom letters would go."""
        return self.case_finding and (not self.invites or self.letters_beside_case_finding)


class OwnIndex(Frozen):
    """A price index the user holds and we may not ship, such as NHSCII: its name, vintage and
    yearly values."""

    name: Name
    values: Annotated[
        dict[FinancialYear, Annotated[float, Field(ge=0.01, le=1e6)]],
        Field(min_length=2, max_length=100),
    ]

    @model_validator(mode="after")
    def _is_an_index(self) -> Self:
        return without_fault(
            self,
            (
                max(self.values.values()) > 20 * min(self.values.values()),
                "the index moves more than twentyfold between its years: check its values",
            ),
        )


class Pricing(Frozen):
    """The year whose prices are used, by which index, and whose pension cost is counted."""

    price_year: FinancialYear = "2026/27"
    perspective: Perspective = "provider"
    budget: Pounds | None = None
    own_index: OwnIndex | None = None


class AtCeiling(StrEnum):
    """What happens when more people come than the service can support."""

    WAITING_LIST = "waiting list with a published wait"
    ACTIVITY_REVIEW = "joint review at an agreed activity level"
    PRIORITY = "priority to the people at greatest risk"


class ContractType(StrEnum):
    """The kind of agreement the specification goes into."""

    NHS_SHORTER = "NHS Standard Contract, shorter form"
    NHS_FULL = "NHS Standard Contract, full length"
    COUNCIL_PUBLIC_HEALTH = "council public health contract"
    LOCAL_ENHANCED_SERVICE = "local enhanced service"
    GRANT = "grant agreement"


class Stage(StrEnum):
    """What a committee is asked for: to set up the group, or to approve a service."""

    MANDATE = "mandate: set up the group"
    DECISION = "decision: approve a service"


class IfNotFound(StrEnum):
    """What a committee agrees to where the rest of the money is never found."""

    SMALLER = "a smaller service, for what is found"
    NOTHING = "nothing begins"


class Seat(StrEnum):
    """The seats of the task and finish group. The first four are asked for by Action 3."""

    PAIN = "Pain specialist or team"
    MENTAL_HEALTH = "Mental health services"
    PERSONALISED_CARE = "Personalised care lead"
    HEALTH_INEQUALITIES = "Health inequalities lead"
    PCN = "Primary care network clinical lead or pharmacist"
    CHIEF_PHARMACIST = "ICB chief pharmacist"
    CONTROLLED_DRUGS = "Controlled drugs accountable officer"
    COMMUNITY_PHARMACY = "Community pharmacy"
    LOCAL_AUTHORITY = "Local authority"
    VOLUNTARY_SECTOR = "Voluntary and community sector"
    LIVED_EXPERIENCE = "People with lived experience"
    COMMISSIONING = "Commissioning and contracts"
    FINANCE = "Finance"
    PROCUREMENT = "Procurement"
    LOCAL_MEDICAL_COMMITTEE = "Local medical committee"
    PUBLIC_VOICE = "Healthwatch or its successor"
    DRUG_AND_ALCOHOL = "Drug and alcohol services"
    INFORMATION_GOVERNANCE = "Information governance"
    SECOND_LIVED_EXPERIENCE = "People with lived experience, second seat"

    @property
    def is_in_framework(self) -> bool:
        """Whether Action 3 of the framework names this seat."""
        return self in (
            Seat.PAIN,
            Seat.MENTAL_HEALTH,
            Seat.PERSONALISED_CARE,
            Seat.HEALTH_INEQUALITIES,
        )


class Member(Frozen):
    """Who fills a seat. A seat without a name is vacant."""

    seat: Seat
    name: Line = ""
    organisation: Line = ""


class DirectoryEntry(Frozen):
    """A local alternative to medicines, or a service to work with."""

    need: Line = ""
    offer: Line = ""
    provider: Line = ""
    access: Line = ""
    capacity: Line = ""
    wait: Line = ""


class Engagement(Frozen):
    """Who was involved in shaping the plan, when, and what changed; what they say of the draft and
    of the preferred option; and which of those the framework asks for."""

    who: Line = ""
    when: Line = ""
    what_changed: Line = ""
    view_of_draft: Line = ""
    groups: Annotated[tuple[Involved, ...], Field(max_length=len(Involved))] = ()


Level = Literal["low", "medium", "high"]


class Risk(Frozen):
    """A risk of the plan's own, beside the standing ones: how likely and how bad before and after
    what is done about it, each empty where nobody has judged it."""

    risk: Line = ""
    likelihood: Level | None = None
    impact: Level | None = None
    mitigation: Line = ""
    owner: Line = ""
    likelihood_after: Level | None = None
    impact_after: Level | None = None


class Agreement(Frozen):
    """That a step of the plan was agreed: by whom, when, and a note.

    `mark` is of what stood on the step then, so that a later change can be told.
    """

    step: Identifier
    by: Name
    on: Day
    note: Line = ""
    mark: Line = ""


class Attachment(StrEnum):
    """What a board expects beside the papers."""

    EQUALITY = "Equality and health inequalities impact assessment"
    QUALITY = "Quality impact assessment"
    DATA_PROTECTION = "Data protection impact assessment"
    PROVIDER_SELECTION = "Provider selection record"
    SOCIAL_VALUE = "Social value commitments"
    INVOLVEMENT = "Involvement record"
    FINANCE = "Finance sign-off"


def _dated(days: dict[Attachment, Day | None]) -> dict[Attachment, Day | None]:
    """The days that are given, in the order of the attachments: a box left blank is no day."""
    return {one: days[one] for one in Attachment if days.get(one) is not None}


class Specification(Frozen):
    """What the documents need beyond the numbers. Empty means still to be supplied.

    `funding_found` is what has been found for each year, nought where nothing has; where it does
    not recur, `funding_ends` is the last day it is there for. `involvement_due` is when people are
    involved by, where that is still to come, and `assurance_due` when each attachment is done by.
    `funding_due` is when finance confirms the rest of the money or that there is none, and
    `if_not_found` what happens then. `outcome_review` is the review on what was measured, and
    `own_service_due` when a service of the board's own has told what it does. `route_due`,
    `offers_invited`, `offers_close` and `scored_due` are the steps of choosing a provider before
    `award_date`.
    """

    stage: Stage = Stage.DECISION
    service_name: Line = ""
    specification_number: Line = ""
    contract_type: ContractType = ContractType.NHS_SHORTER
    commissioner_lead: Line = ""
    provider: Line = ""
    provider_lead: Line = ""
    clinical_lead: Line = ""
    sponsor: Line = ""
    committee: Line = ""
    decision_date: Day | None = None
    group_start: Day | None = None
    service_start: Day | None = None
    service_end: Day | None = None
    review_date: Day | None = None
    version: Line = "0.1"
    members: Annotated[tuple[Member, ...], Field(max_length=len(Seat))] = tuple(
        Member(seat=seat) for seat in Seat
    )
    chair: Line = ""
    clinical_champions: Annotated[tuple[Name, ...], Field(max_length=60)] = ()
    meeting_frequency: Line = ""
    directory: Annotated[tuple[DirectoryEntry, ...], Field(max_length=200)] = ()
    engagement: Annotated[tuple[Engagement, ...], Field(max_length=100)] = ()
    risks: Annotated[tuple[Risk, ...], Field(max_length=100)] = ()
    attachments: Annotated[
        dict[Attachment, Literal["attached", "draft", "missing"]], Field(max_length=len(Attachment))
    ] = {}
    existing_service_ends: bool | None = None
    at_ceiling: AtCeiling | None = None
    hours_and_venues: Passage = ""
    data_sources: Passage = ""
    evaluation: Passage = ""
    funding_source: Line = ""
    funding_found: Pounds | None = None
    funding_recurrent: bool | None = None
    funding_ends: Day | None = None
    funding_due: Day | None = None
    if_not_found: IfNotFound | None = None
    outcome_review: Day | None = None
    own_service_due: Day | None = None
    contact_telephone: Line = ""
    contact_email: Line = ""
    contact_address: Line = ""
    route_due: Day | None = None
    offers_invited: Day | None = None
    offers_close: Day | None = None
    scored_due: Day | None = None
    award_date: Day | None = None
    earlier_committees: Line = ""
    progress: Line = ""
    involvement_due: Day | None = None
    assurance_due: Annotated[
        dict[Attachment, Day | None], Field(max_length=len(Attachment)), AfterValidator(_dated)
    ] = {}
    wording: Wording = Wording()
    large_print: bool = False
    agreed: Annotated[tuple[Agreement, ...], Field(max_length=30)] = ()
    decision: DecisionRecord = DecisionRecord()

    @field_validator("members", mode="before")
    @classmethod
    def _with_new_seats(cls, value: Any) -> Any:
        """The seats as given, and those that a plan saved before them does not know, vacant."""
        if not isinstance(value, list | tuple) or not all(
            isinstance(one, Member | dict) for one in value
        ):
            return value
        # In a damaged plan a seat may be anything, also what no set can hold.
        known = [one.seat if isinstance(one, Member) else one.get("seat") for one in value]
        new = list(Seat)[list(Seat).index(Seat.PROCUREMENT) :]
        return (*value, *(Member(seat=seat) for seat in new if seat not in known))

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        return without_fault(
            self,
            (
                [member.seat for member in self.members] != list(Seat),
                "each seat of the group must stand once, in order",
            ),
            (
                repeated(agreement.step for agreement in self.agreed),
                "a step is agreed twice: keep one agreement of each step",
            ),
            (
                self.service_start and self.service_end and self.service_end <= self.service_start,
                "the service must end after it starts",
            ),
        )


class Plan(Frozen):
    """One place's plan. It survives JSON unchanged; everything shown is worked out from it afresh.

    `carried_over` is what a plan of an older version held that the sums no longer ask for, in
    words.
    """

    schema_version: Literal[6] = SCHEMA_VERSION
    title: Line = ""
    author: Line = ""
    plan_date: Day | None = None
    place: Place
    population: PopulationChoice = PopulationChoice()
    prescribing: Prescribing = Prescribing()
    inequality: Inequality = Inequality()
    areas: Areas = Areas()
    trend: Trend = Trend()
    boards: Annotated[tuple[BoardTotals, ...], Field(max_length=MOST_TOTALS)] = ()
    imports: Annotated[tuple[ImportReport, ...], Field(max_length=60)] = ()
    column_mappings: Annotated[tuple[ColumnMapping, ...], Field(max_length=20)] = ()
    demand: Demand = Demand()
    pricing: Pricing = Pricing()
    outcomes: Outcomes = Outcomes()
    horizon: Horizon = Horizon()
    simulation: Simulation = Simulation()
    mix: MixChoice = MixChoice()
    options: Annotated[tuple[ServiceOption, ...], Field(max_length=24)] = ()
    preferred_option: Identifier | None = None
    preferred_because: Passage = ""
    carried_over: Text = ""
    specification: Specification = Specification()

    @model_validator(mode="after")
    def _options_are_named_once(self) -> Self:
        ids = [option.id for option in self.options]
        return without_fault(
            self,
            (repeated(ids), "two options have the same id"),
            (
                self.preferred_option not in (None, *ids),
                f"the preferred option '{self.preferred_option}' is not among the options",
            ),
        )

    @property
    def preferred(self) -> ServiceOption | None:
        """The option the plan recommends, if one is chosen."""
        return next((option for option in self.options if option.id == self.preferred_option), None)

    @property
    def has_budget(self) -> bool:
        """Whether as much as the budget has been found for each year, or nothing has been said of
        what is found; if not, the budget is a ceiling to plan by, and not money found."""
        funding, budget = self.specification.funding_found, self.pricing.budget
        return funding is None or budget is None or funding >= budget


class ExamplePlan(Frozen):
    """What the worked example holds beyond a starting plan, and the option that every plan starts
    with."""

    author: Line
    plan_date: Day
    demand: Demand
    pricing: Pricing
    inequality: Inequality
    preferred_option: Identifier
    preferred_because: Text
    specification: Specification
    do_nothing: ServiceOption
