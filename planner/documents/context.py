"""What every part of a document is given: plan, results, our words, and numbered sources."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from planner.analysis.completeness.missing_inputs import in_order_of_change
from planner.analysis.completeness.readiness import recruits
from planner.analysis.economics.case_study_comparison import CaseStudyComparison
from planner.analysis.economics.cash_flow import OptionYears
from planner.analysis.economics.financial_years import (
    ServiceCost,
    SmallerService,
    service_cost,
    smaller_service,
)
from planner.analysis.economics.option_costs import FULL_YEAR, OptionResult
from planner.analysis.economics.option_model import Case
from planner.analysis.formatting import (
    Unit,
    day,
    format_number,
    listed,
    lower_first,
    people,
    percent,
    pounds,
    rounded,
)
from planner.analysis.population.need import Need
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.clauses_in_force import ClauseInForce, clauses_in_force
from planner.documents.contract_dates import contract_dates
from planner.model.base import Range, grouped
from planner.model.document import Block, Bullets, Paragraph, Table, Tone
from planner.model.figures import FigureKind
from planner.model.library import MAIN, Outline, SpecLibrary, section_name
from planner.model.missing_input import MissingInput
from planner.model.plan import IfNotFound, Plan, Specification
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.model.service import ServiceOption

WEEKS = 52
"""Weeks in a year, over which hours are averaged."""


@dataclass
class Citations:
    """Sources in the order in which the document first uses them."""

    titles: list[str] = field(default_factory=list)

    def number(self, title: str) -> str:
        """The source's number in square brackets, given out on first use."""
        if title not in self.titles:
            self.titles.append(title)
        return f"[{self.titles.index(title) + 1}]"

    def kind(self, kind: FigureKind, title: str, verified: bool = True) -> str:
        """How a number came to be and where from, such as "modelled [3]"."""
        words = kind.in_words(verified)
        return f"{words} {self.number(title)}" if title else words


@dataclass
class Context:
    """One document being put together, by its name or as the main one of an action."""

    of: int | str
    results: Results
    reference: ReferenceData
    library: SpecLibrary
    citations: Citations
    projections: Projections

    @property
    def plan(self) -> Plan:
        """The plan the document is for."""
        return self.results.plan

    @property
    def spec(self) -> Specification:
        """What the plan holds for its documents alone."""
        return self.plan.specification

    @property
    def included(self) -> tuple[MedicineClass, ...]:
        """The classes of medicine that the plan covers."""
        return self.plan.prescribing.included

    @property
    def option(self) -> ServiceOption | None:
        """The option that the plan prefers."""
        return self.plan.preferred

    @property
    def costed(self) -> OptionResult | None:
        """What the preferred option comes to."""
        return self.results.preferred

    @property
    def full_year(self) -> str:
        """What to call the year of the preferred option's measures."""
        return self.costed.full_year if self.costed else FULL_YEAR

    @property
    def need(self) -> Need:
        """People prescribed, and those who would be referred."""
        return self.results.need

    @property
    def case(self) -> Case:
        """The plan with what the sums of its options rest on."""
        return self.results.case

    @cached_property
    def cost(self) -> ServiceCost | None:
        """What the preferred option costs and does in each financial year of its term."""
        return service_cost(self.costed, self.case) if self.costed else None

    @cached_property
    def smaller(self) -> SmallerService | None:
        """The preferred option made as small as what is found pays for."""
        return smaller_service(self.costed, self.case) if self.costed else None

    @property
    def reduced(self) -> SmallerService | None:
        """The smaller service that is provided while no more is confirmed than what is found; None
        where nothing begins then, the option cannot be had smaller, or the whole team is paid for
        as long as there is money."""
        begins = self.spec.if_not_found is not IfNotFound.NOTHING
        return self.smaller if begins and self.smaller and self.smaller.size < 1 else None

    @property
    def referred(self) -> Range | None:
        """People referred to the preferred option in a full year."""
        demand = self.need.demand
        return demand.scaled(self.option.takes) if demand and self.option else None

    @property
    def years(self) -> OptionYears | None:
        """The planning years of the preferred option."""
        return self.projections.years_of(self.plan.preferred_option)

    @property
    def missing(self) -> tuple[MissingInput, ...]:
        """What the plan lacks, what would change most first."""
        sensitivity = self.projections.sensitivity
        moves = [one_way.label for one_way in sensitivity.swings] if sensitivity else []
        return in_order_of_change(self.results.missing_inputs, moves)

    @property
    def case_studies(self) -> CaseStudyComparison:
        """The case studies beside the option in focus."""
        return self.projections.case_studies

    @cached_property
    def words(self) -> dict[str, str]:
        """What each $name in a clause stands for, worked out once."""
        return words(self)

    @cached_property
    def clauses(self) -> dict[str, list[ClauseInForce]]:
        """Every clause with what becomes of it, by the section it stands in."""
        return grouped(clauses_in_force(self.plan, self.library), lambda one: one.clause.section)

    @cached_property
    def outline(self) -> Outline:
        """The document's outline, its sections headed as the plan's kind of agreement heads
        them."""
        return self.library.outline(self.of, self.plan.specification.contract_type)

    def text(self, key: str, **values: str) -> str:
        """A sentence of ours, each $name filled from `values` or, as in a clause, from the plan."""
        return self.library.text(key, **self.words | values)

    def say(
        self, key: str, tone: Tone = "plain", when: object = True, **values: str
    ) -> list[Block]:
        """A paragraph of ours, or nothing where it is not called for."""
        return [Paragraph(text=self.text(key, **values), tone=tone)] if when else []

    def table(
        self, key: str, rows: Iterable[tuple[str, ...]], **values: str | tuple[str, ...]
    ) -> Table:
        """A table of these rows, its caption, description and heads filled as `text` fills a
        sentence."""
        return self.library.table(key, rows, None, **self.words | values)


def context_for(
    of: int | str,
    results: Results,
    reference: ReferenceData,
    library: SpecLibrary,
    projections: Projections | None = None,
) -> Context:
    """What one document is put together with. `projections` are those of the same results, worked
    out here where they are not at hand."""
    return Context(
        of=of,
        results=results,
        reference=reference,
        library=library,
        citations=Citations(),
        projections=projections or Projections(results, reference),
    )


def _medicine_cost(reference: ReferenceData) -> str:
    """Net ingredient cost of the four classes in 2024/25 over the people prescribed them."""
    lookup = {
        row.measure: row.value
        for row in reference.national
        if row.class_in_words.startswith("Four classes")
        and (row.period, row.stratum_type) == ("2024/25", "total")
    }
    return pounds(lookup["net ingredient cost"] / lookup["identified patients"])


def to_be_supplied(what: str, who: str) -> Paragraph:
    """A visible statement that something is still to be supplied, and who would know."""
    return Paragraph(text=f"Still to be supplied: {what}. Who would know: {who}.", tone="missing")


def points(lead: str, lines: Iterable[str]) -> list[Block]:
    """What leads into a list, and the list; nothing where there are no lines."""
    items = tuple(lines)
    return [Paragraph(text=lead), Bullets(points=items)] if items else []


def headed(table: Table) -> Table:
    """The same table with its first two columns as one, where it takes both to tell a row from the
    others."""
    rows = tuple((f"{first}, {lower_first(second)}", *rest) for first, second, *rest in table.rows)
    columns = (table.columns[0], *table.columns[2:])
    return table.model_copy(update={"columns": columns, "rows": rows})


def notes(lines: Iterable[str], tone: Tone = "note") -> list[Block]:
    """Each line as a paragraph of its own."""
    return [Paragraph(text=line, tone=tone) for line in lines]


def first_year(plan: Plan) -> tuple[float, ...]:
    """The part of a full year's room that each quarter of year 1 has, from the plan's recruitment
    and build-up of staff.

    The four add up to the staff in post over year 1. An option without posts is there from the
    start.
    """
    horizon, option = plan.horizon, plan.preferred
    if option is not None and not option.posts:
        return (0.25,) * 4
    return tuple(
        horizon.staffing_profile[0] * min(3.0, max(0.0, end - horizon.recruitment_months)) / 12
        for end in (3, 6, 9, 12)
    )


def build_up(shares: Iterable[float]) -> str:
    """Parts of a full year, one after another, such as "40%, 80% and 100%"."""
    return listed([percent(share) for share in shares])


def exactly(values: Range, unit: Unit) -> str:
    """A value as it is used, its low and high as near as its unit is printed."""
    low, central, high = (
        format_number(one, unit) for one in (values.low, values.central, values.high)
    )
    return central if values.low == values.high else f"{central} ({low} to {high})"


def counted_from(context: Context) -> list[Block]:
    """That the years of the sums begin with the year of prices, where the service starts in
    another."""
    start, first = context.plan.specification.service_start, context.plan.pricing.price_year
    starts = financial_year(start) if start else first
    return context.say(
        "projections.years.counted_from", "note", when=starts != first, first=first, starts=starts
    )


def financial_year(on: date) -> str:
    """The financial year of a day, such as 2026/27."""
    first = on.year - (on.month < 4)
    return f"{first}/{(first + 1) % 100:02}"


def plan_hash(plan: Plan) -> str:
    """Twelve characters that change whenever anything in the plan does."""
    return hashlib.sha256(plan.model_dump_json().encode()).hexdigest()[:12]


def paragraphs(text: str) -> int:
    """How many paragraphs a clause has, apart from its points."""
    return sum(
        any(line.strip() and not line.startswith("- ") for line in passage.split("\n"))
        for passage in re.split(r"\n\s*\n", text.strip())
    )


def section_numbers(context: Context) -> dict[str, str]:
    """The number of each section of the specification, by a name such as `no_acceptance`; of one
    that does not stand in this plan's, that it is left out."""
    outline = context.library.outline(MAIN[4])
    numbers = numbers_in(outline, context)
    return {section_name(one.id): numbers.get(one.id, "left out") for one in outline.all_sections()}


def numbers_in(outline: Outline, context: Context) -> dict[str, str]:
    """The number of each section of a numbered document that stands in this plan's, by its id.

    A heading counts on from the paragraphs that stand before it, as when the document is made.
    """
    numbers: dict[str, str] = {}
    number = 1
    for upper in outline.sections:
        standing = [one for one in context.clauses.get(upper.id, ()) if one.stands]
        place = sum(paragraphs(one.text) for one in standing)
        below = []
        for lower in upper.sections:
            clauses = context.clauses.get(lower.id, ())
            if any(one.stands for one in clauses) or lower.blocks != ("clauses",):
                place += 1
                below.append((lower.id, f"{number}.{place}"))
        if standing or below or upper.blocks != ("clauses",):
            numbers |= {upper.id: str(number), **dict(below)}
            number += 1
    return numbers


def hours_with_people(context: Context) -> float | None:
    """Hours a week with or for people of the preferred option's posts, averaged over a year."""
    option = context.plan.preferred
    if option is None or not option.posts:
        return None
    return context.results.case.sums_of(option).central["hours"] / WEEKS


def contact(context: Context) -> str:
    """How the public reaches a person, such as "ring 0300 123 4567 or email us@example.org"; empty
    where the plan names no way."""
    spec, text = context.plan.specification, context.library.text
    ways = {
        "public.contact.ring": spec.contact_telephone,
        "public.contact.email": spec.contact_email,
        "public.contact.write": spec.contact_address,
    }
    return listed([text(key, way=way) for key, way in ways.items() if way], "or")


def words(context: Context) -> dict[str, str]:
    """What each $name in a clause stands for. A name without a value says what must be supplied."""
    plan, results = context.plan, context.results
    spec = plan.specification
    staffed = plan.horizon.staffing_profile[0] if recruits(plan) else 1.0
    hours = hours_with_people(context)

    def given(value: str | date | None, what: str) -> str:
        words = day(value) if isinstance(value, date) else value
        return words or f"[to be supplied: {what}]"

    return {
        **section_numbers(context),
        "icb": results.organisation.name,
        "rate_searched": rounded(context.reference.default("referral_rate"), 2),
        "rate_reactive": rounded(context.reference.default("referral_rate_reactive"), 2),
        "referral_door": context.library.text(
            "need.demand.searched"
            if plan.demand.has_rate_of_case_finding
            else "need.demand.by_letter"
            if plan.demand.invites
            else "need.demand.reactive"
        ),
        "referral_build_up": build_up(plan.demand.referral_profile),
        "place": results.place_name,
        "classes": listed([c.label for c in plan.prescribing.included]),
        "service_name": given(spec.service_name, "the name of the service"),
        "clinical_lead": given(spec.clinical_lead, "the clinical lead"),
        "sponsor": given(spec.sponsor, "the executive sponsor"),
        "committee": given(spec.committee, "the committee that decides"),
        "chair": given(spec.chair, "the chair"),
        "champions": given(listed(list(spec.clinical_champions)), "the clinical champions"),
        "meeting_frequency": given(spec.meeting_frequency, "how often the group meets"),
        "funding_source": given(spec.funding_source, "the source of funding"),
        "hours_and_venues": given(spec.hours_and_venues, "hours and venues"),
        "data_sources": given(spec.data_sources, "the local data sources"),
        "evaluation": given(spec.evaluation, "how the service will be evaluated"),
        "outcome_review": given(spec.outcome_review, "the date of the review of outcomes"),
        "review_date": given(spec.review_date, "the date of review"),
        "staff_first": percent(staffed),
        "remedy": context.library.contract_types.contract_types[spec.contract_type].remedy,
        "version": spec.version or "not numbered",
        "involvement_by": f" by {day(spec.involvement_due)}" if spec.involvement_due else "",
        "contact": given(contact(context), "a telephone number, an email or a postal address"),
        "group_start": given(spec.group_start, "the group's start date"),
        "service_start": given(spec.service_start, "the service's start date"),
        "service_end": given(spec.service_end, "the service's end date"),
        **contract_dates(plan, context.library),
        "hours_of_room": ""
        if hours is None
        else context.library.text(
            "contract.hours.room",
            hours=people(hours),
            full_year=context.full_year,
        ),
        "confirmed_in_part": context.library.text("contract.funding.reduced")
        if context.reduced
        else context.library.text("contract.funding.ends"),
        "deprivation_year": plan.inequality.deprivation_index.removeprefix("IMD "),
        "basis_words": results.need.population.basis.label,
        "price_year": plan.pricing.price_year,
        "perspective_words": context.library.text(
            "clauses.perspective.provider"
            if plan.pricing.perspective == "provider"
            else "clauses.perspective.public"
        ),
        "healthwatch": context.library.decision.body("healthwatch").name,
        "high_dose_threshold": str(plan.prescribing.high_dose_threshold_mg),
        "medicine_cost": _medicine_cost(context.reference),
    }
