"""The figures we ship, as one frozen value that the sums are handed. No file is read here."""

from collections.abc import Collection, Iterable
from datetime import date
from functools import cached_property
from typing import Literal, Self

from pydantic import model_validator

from planner.model.base import (
    Count,
    FinancialYear,
    Frozen,
    Pounds,
    Range,
    Share,
    T,
    without_fault,
)
from planner.model.case_study import Base, CaseStudy
from planner.model.figures import Figure, Source, Sourced, Verifiable
from planner.model.framework import Framework
from planner.model.missing_input import MissingInput
from planner.model.outcomes import Offer, OutcomeEvidence, QalyEvidence
from planner.model.place import (
    DeprivationIndex,
    Organisation,
    OrganisationList,
    PeopleByGroup,
    Split,
    SubIcb,
)
from planner.model.plan import ExamplePlan
from planner.model.prescribing import Basis, ClassCounts, MedicineClass, NationalFigure
from planner.model.service import (
    Band,
    Feature,
    OtherCost,
    Point,
    Post,
    ServiceKind,
    WhoComes,
    Zone,
)


class ReferenceMissing(LookupError):
    """A figure was asked for that we do not ship. The message says what there is instead."""


def _given(value: T | None, words: str) -> T:
    """The value. Raises ReferenceMissing with these words where there is none."""
    if value is None:
        raise ReferenceMissing(words)
    return value


class PayPoint(Verifiable):
    """The whole-time yearly salary at one point of one Agenda for Change band, in pounds."""

    year: FinancialYear
    band: Band
    point: Point
    salary: Pounds


class HighCostArea(Verifiable):
    """The high-cost-area supplement of one zone: a share of salary between a minimum and a
    maximum."""

    year: FinancialYear
    zone: Zone
    share: Share
    minimum: Pounds
    maximum: Pounds


OncostItem = Literal["ni_rate", "ni_threshold", "pension_provider", "pension_public", "levy"]


class Oncost(Verifiable):
    """One rate or threshold an employer pays on top of salary, for one year."""

    year: FinancialYear
    item: OncostItem
    value: float
    unit: str
    note: str = ""


class PriceIndex(Frozen):
    """A price index by financial year, with its name and vintage. Forecast years are listed."""

    name: str
    values: dict[str, float]
    forecast_years: tuple[str, ...]
    source: str


class Chemical(Sourced):
    """A chemical substance that belongs to one of the five classes, by its nine-character BNF
    code."""

    medicine_class: MedicineClass
    bnf_code: str
    name: str


class MedicineCode(Sourced):
    """A medicine of which something is known, by its nine-character BNF code."""

    bnf_code: str


class NearMiss(Sourced):
    """A medicine that looks as if it belonged to a class and does not, with the reason."""

    nearest_class: MedicineClass | None
    bnf_code: str
    name: str
    why_not: str


class Evidence(Verifiable):
    """One result from a trial, review or service, as its source gives it."""

    id: str
    medicine_classes: tuple[MedicineClass, ...]
    population: str
    parameter: str
    arms: str
    result: str
    detail: str
    in_words: str = ""


class Succession(Sourced):
    """What became of a board in April 2026."""

    predecessor: str
    successor: str
    change: str
    effective: str
    predecessor_weight: float | None
    how_split: str


class AnnouncedChange(Verifiable):
    """What has been announced of a board that may merge with others, and when that would be."""

    code: str
    partners: tuple[str, ...]
    effective: date
    state: str


class NationalPattern(Frozen):
    """How prescribing runs in England, in words, with its source: of one class with deprivation, or
    of all five where no class is named."""

    medicine_class: MedicineClass | None = None
    direction: str
    statement: str
    source: str
    section: str


class OptionTemplate(Frozen):
    """A starting point for a service option; posts and costs are a pattern, to be sized to the
    referrals it is meant for."""

    id: str
    name: str
    description: str
    drawn_from: str
    kind: ServiceKind
    posts: tuple[Post, ...]
    other_costs: tuple[OtherCost, ...]
    takes: Share = 1.0
    classes: tuple[MedicineClass, ...] = ()
    who_comes: WhoComes = WhoComes.AS_HERE
    effect: Range = Range(low=1, central=1, high=1)
    features: tuple[Feature, ...]


class StandardPopulation(Sourced):
    """The number of people in England of one age band and sex."""

    age_band: str
    sex: str
    population: Count


class RegionMonth(Sourced):
    """Items of each class dispensed for the practices of one NHS region in one month."""

    month: str
    region: str
    items: ClassCounts


class Versions(Frozen):
    """What a number or a document was made with: the software, and the figures and words that come
    with it."""

    software: str
    reference_data: str

    @property
    def label(self) -> str:
        """Both, as documents, the workbook and the command line give them."""
        return f"planner {self.software}, reference data {self.reference_data}"


class ReviewEntry(Frozen):
    """Who looks after a shipped file or folder, or some rows of it, and when they next look at
    it."""

    of: str
    rows: tuple[str, ...] = ()
    owner: str
    review: date


class ReferenceVersion(Frozen):
    """The dated name of what we ship, and the dates on which each part of it is next looked at."""

    version: str
    review: tuple[ReviewEntry, ...]


class OutlierReason(Frozen):
    """Why a place may lie outside the limits of a funnel plot; `of_items` where that moves items
    and not people."""

    text: str
    of_items: bool = False


class ResultNotes(Frozen):
    """How results are to be read: what may lie behind them, what to ask, and what they take for
    granted."""

    outlier_reasons: tuple[OutlierReason, ...]
    outlier_questions: tuple[str, ...]
    reach_measures: tuple[str, ...]
    outcome_bases: dict[Base, str]
    mix_assumptions: tuple[str, ...]

    @model_validator(mode="after")
    def _every_base_has_a_note(self) -> Self:
        missing = [base.value for base in Base if base not in self.outcome_bases]
        return without_fault(self, (missing, f"outcome_bases lacks {', '.join(missing)}"))


class ReferenceData(Frozen):
    """Everything we ship: places, national figures, prices, evidence, case studies and the
    framework."""

    versions: Versions
    organisations: tuple[Organisation, ...]
    people_by_group: tuple[PeopleByGroup, ...]
    sub_icbs: tuple[SubIcb, ...]
    succession: tuple[Succession, ...]
    announced: tuple[AnnouncedChange, ...]
    national: tuple[NationalFigure, ...]
    region_items: tuple[RegionMonth, ...]
    chemicals: tuple[Chemical, ...]
    common_medicines: tuple[MedicineCode, ...]
    near_misses: tuple[NearMiss, ...]
    known_others: tuple[MedicineCode, ...]
    pay_points: tuple[PayPoint, ...]
    high_cost_areas: tuple[HighCostArea, ...]
    oncosts: tuple[Oncost, ...]
    deflator: PriceIndex
    evidence: tuple[Evidence, ...]
    outcomes: tuple[OutcomeEvidence, ...]
    qaly: QalyEvidence
    standard_population: tuple[StandardPopulation, ...]
    patterns: tuple[NationalPattern, ...]
    option_templates: tuple[OptionTemplate, ...]
    assumptions: tuple[Figure, ...]
    assumption_sources: tuple[Source, ...]
    case_studies: tuple[CaseStudy, ...]
    framework: Framework
    missing_inputs: tuple[MissingInput, ...]
    notes: ResultNotes
    example: ExamplePlan

    def __eq__(self, other: object) -> bool:
        """Only with itself: it is read once, and what is worked out from it can be kept under
        it."""
        return self is other

    def __hash__(self) -> int:
        return id(self)

    def organisation(self, code: str, organisation_list: OrganisationList) -> Organisation:
        """The board of that code in that list. Raises ReferenceMissing, naming the other list if it
        is there."""
        of_code = {o.organisation_list: o for o in self.organisations if o.code == code}
        where = [f"it is in the list of {other.value}" for other in of_code]
        return _given(
            of_code.get(organisation_list),
            f"no ICB has the code '{code}' in the list of {organisation_list.value}; "
            + (where[0] if where else "codes look like QF7 or S1Y5D"),
        )

    def find_organisation(self, code: str) -> Organisation:
        """The board of that code, from the newer list where both have it. Raises
        ReferenceMissing."""
        newest = OrganisationList.FROM_APRIL_2026
        lists = (of for of in OrganisationList if any(o.code == code for o in self.icbs(of)))
        return self.organisation(code, next(lists, newest))

    def lacking(self, medicine_class: MedicineClass, codes: Collection[str]) -> list[str]:
        """The names of the common medicines of a class that are not among these codes; none where
        figures of these are figures of the class."""
        common = {medicine.bnf_code for medicine in self.common_medicines}
        return [
            chemical.name
            for chemical in self.chemicals
            if chemical.medicine_class is medicine_class
            and chemical.bnf_code in common.difference(codes)
        ]

    def near_miss(self, code: str) -> str:
        """The name of the medicine near our classes that a BNF code is of, by the code itself or by
        the longest beginning listed; empty where none is."""
        names = {miss.bnf_code.rstrip("*"): miss.name for miss in self.near_misses}
        starts = sorted((start for start in names if code.startswith(start)), key=len)
        return names[starts[-1]] if starts else ""

    def icbs(self, organisation_list: OrganisationList) -> tuple[Organisation, ...]:
        """The boards of one list, by name, without England."""
        return tuple(
            sorted(
                (
                    o
                    for o in self.organisations
                    if o.organisation_list is organisation_list and o.code != "ENG"
                ),
                key=lambda o: o.name,
            )
        )

    @property
    def england(self) -> Organisation:
        """England on the same bases as the boards."""
        return self.organisation("ENG", OrganisationList.FROM_APRIL_2026)

    def people_of(
        self, place: Organisation | SubIcb, split: Split | DeprivationIndex
    ) -> PeopleByGroup:
        """The people of a board, of England or of a sub-ICB location, told apart that way. Raises
        KeyError where they are not held."""
        area = place.organisation_list if isinstance(place, Organisation) else "sub-ICB location"
        return self._people_by_group[area, place.code, Split(split.value)]

    @cached_property
    def _people_by_group(self) -> dict[tuple[str, str, Split], PeopleByGroup]:
        return {(row.organisation_list, row.code, row.split): row for row in self.people_by_group}

    def newest_rate(self, medicine_class: MedicineClass, basis: Basis) -> NationalFigure | None:
        """England's newest yearly rate of people prescribed a class per 1,000 of that basis, or
        None."""
        rates = self.yearly_rates(medicine_class, basis)
        return rates[-1] if rates else None

    def yearly_rates(
        self, medicine_class: MedicineClass, basis: Basis
    ) -> tuple[NationalFigure, ...]:
        """England's yearly rates of people prescribed a class per 1,000 of that basis, the newest
        last."""
        return self._yearly_rates.get((medicine_class, basis), ())

    @cached_property
    def _yearly_rates(
        self,
    ) -> dict[tuple[MedicineClass | None, Basis | None], tuple[NationalFigure, ...]]:
        # Of several of one period the first stands.
        rates: dict[tuple[MedicineClass | None, Basis | None], dict[str, NationalFigure]] = {}
        for row in sorted(self.national, key=lambda row: row.period):
            if row.geography == "England" and row.is_yearly_rate and row.verified:
                of = rates.setdefault((row.medicine_class, row.basis), {})
                of.setdefault(row.period, row)
        return {key: tuple(of.values()) for key, of in rates.items()}

    def assumption(self, figure_id: str) -> Figure:
        """A default we ship, with its receipt. Raises ReferenceMissing."""
        return _given(
            self._assumption_by_id.get(figure_id), f"no assumption is called '{figure_id}'"
        )

    @cached_property
    def _assumption_by_id(self) -> dict[str, Figure]:
        return {figure.id: figure for figure in self.assumptions}

    def default(self, figure_id: str) -> float:
        """The value of a default we ship. Raises ReferenceMissing where it is not there or has no
        value."""
        return _given(
            self.assumption(figure_id).value, f"the assumption '{figure_id}' has no value"
        )

    def source_title(self, source_id: str) -> str:
        """What the source of an assumption is called."""
        return self._source_titles[source_id]

    @cached_property
    def _source_titles(self) -> dict[str, str]:
        return {source.id: source.title for source in self.assumption_sources}

    def outcomes_for(self, medicine_class: MedicineClass) -> tuple[OutcomeEvidence, ...]:
        """The results on people who stopped that are about a class, our default of each kind of
        offer before the others of that kind."""
        return tuple(row for row in self.outcomes if medicine_class in row.medicine_classes)

    def default_outcome(
        self, medicine_class: MedicineClass, offer: Offer
    ) -> OutcomeEvidence | None:
        """The result that we take for a class and a kind of offer, or None where there is no
        trial."""
        rows = (row for row in self.outcomes_for(medicine_class) if not row.only_if_chosen)
        return next((row for row in rows if row.offer is offer), None)

    @cached_property
    def pay_years(self) -> tuple[str, ...]:
        """The financial years in which every part of a post's cost is known, newest first."""
        with_oncosts = {row.year for row in self.oncosts}
        return tuple(
            sorted({p.year for p in self.pay_points if p.year in with_oncosts}, reverse=True)
        )

    def pay_point(self, year: str, band: str, point: str) -> PayPoint | None:
        """The salary at that point, or None where the band has none."""
        return self._pay_at.get((year, band, point))

    @cached_property
    def _pay_at(self) -> dict[tuple[str, str, str], PayPoint]:
        return {(row.year, row.band, row.point): row for row in reversed(self.pay_points)}

    def high_cost_area(self, year: str, zone: str) -> HighCostArea:
        """The supplement of that zone and year. Raises ReferenceMissing naming the years we
        hold."""
        return _given(
            next((r for r in self.high_cost_areas if (r.year, r.zone) == (year, zone)), None),
            f"no high-cost-area supplement for the '{zone}' zone in {year}; "
            f"we hold {_years(row.year for row in self.high_cost_areas)}",
        )

    def oncost(self, year: str, item: OncostItem) -> Oncost:
        """One employer's rate. Raises ReferenceMissing naming the years we hold."""
        return _given(
            next((r for r in self.oncosts if (r.year, r.item) == (year, item)), None),
            f"no employer's on-costs for {year}; "
            f"we hold {_years(row.year for row in self.oncosts)}",
        )


def _years(years: Iterable[str]) -> str:
    return ", ".join(sorted(set(years)))
