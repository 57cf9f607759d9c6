"""What every part of a document is given: the plan, its results, our words, and numbered sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from planner.analysis.outlook import Outlook
from planner.analysis.results import Results
from planner.analysis.wording import day, listed, percent, pounds
from planner.model.document import Block, Paragraph
from planner.model.figures import Kind
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData

NONE_HELD = "—"
FIRST_YEAR_QUARTERS = (0.05, 0.15, 0.20, 0.25)
PERSPECTIVES = {
    "provider": "the pension contribution that employers pay themselves (provider cash)",
    "public": "the full pension contribution, including the part paid centrally (full public cost)",
}


@dataclass
class Citations:
    """Sources in the order in which the document first uses them."""

    titles: list[str] = field(default_factory=list)

    def number(self, title: str) -> str:
        """The source's number in square brackets, given out on first use."""
        if title not in self.titles:
            self.titles.append(title)
        return f"[{self.titles.index(title) + 1}]"

    def kind(self, kind: Kind, title: str, verified: bool = True) -> str:
        """How a number came to be and where from, such as "modelled [3]"."""
        words = kind.value if verified else f"{kind.value}, unverified"
        return f"{words} {self.number(title)}" if title else words


@dataclass
class Context:
    """One document being put together."""

    action: int
    results: Results
    reference: ReferenceData
    library: SpecLibrary
    citations: Citations
    ahead: Outlook
    where_met: dict[str, list[str]] = field(default_factory=dict)

    @property
    def plan(self) -> Plan:
        """The plan the document is for."""
        return self.results.plan


BlockMaker = Callable[[Context], list[Block]]
PARTS: dict[str, BlockMaker] = {}
"""Every worked-out part an outline may name, by its function's name."""


def part(maker: BlockMaker) -> BlockMaker:
    """Make a function available to outlines under its own name."""
    PARTS[maker.__name__] = maker
    return maker


def _medicine_cost(reference: ReferenceData) -> str:
    """Net ingredient cost of the four classes in 2024/25 over the people prescribed them."""
    found = {
        row.measure: row.value
        for row in reference.national
        if row.class_in_words.startswith("Four classes")
        and (row.period, row.stratum_type) == ("2024/25", "total")
    }
    return pounds(found["net ingredient cost"] / found["identified patients"])


def needed(what: str, who: str) -> Paragraph:
    """A visible statement that something is still to be supplied, and who would know."""
    return Paragraph(text=f"Still to be supplied: {what}. Who would know: {who}.", tone="missing")


def words(context: Context) -> dict[str, str]:
    """What each $name in a clause stands for. A name without a value says what must be supplied."""
    plan, results = context.plan, context.results
    spec = plan.specification
    places = context.library.contract_families.families[spec.contract_family]

    def or_needed(value: str, what: str) -> str:
        return value or f"[to be supplied: {what}]"

    def dated(value: date | None, what: str) -> str:
        return day(value) if value else f"[to be supplied: {what}]"

    return {
        "icb": results.organisation.name,
        "place": results.place_name,
        "classes": listed([c.words for c in plan.prescribing.included]),
        "service_name": or_needed(spec.service_name, "the name of the service"),
        "clinical_lead": or_needed(spec.clinical_lead, "the clinical lead"),
        "sponsor": or_needed(spec.sponsor, "the executive sponsor"),
        "committee": or_needed(spec.committee, "the committee that decides"),
        "chair": or_needed(spec.chair, "the chair"),
        "champions": or_needed(listed(list(spec.clinical_champions)), "the clinical champions"),
        "meeting_frequency": or_needed(spec.meeting_frequency, "how often the group meets"),
        "funding_source": or_needed(spec.funding_source, "the source of funding"),
        "hours_and_venues": or_needed(spec.hours_and_venues, "hours and venues"),
        "data_sources": or_needed(spec.data_sources, "the local data sources"),
        "evaluation": or_needed(spec.evaluation, "how the service will be evaluated"),
        "at_ceiling": or_needed(
            spec.at_ceiling.value if spec.at_ceiling else "", "what happens when demand is above capacity"
        ),
        "group_start": dated(spec.group_start, "the group's start date"),
        "service_start": dated(spec.service_start, "the service's start date"),
        "service_end": dated(spec.service_end, "the service's end date"),
        "goes_activity": places.activity,
        "goes_price": places.price,
        "goes_quality": places.quality,
        "goes_inequalities": places.inequalities,
        "goes_development": places.development,
        "build_up": listed([percent(quarter) for quarter in FIRST_YEAR_QUARTERS]),
        "enforceable": listed(
            [
                f"{i.id} {i.name[0].lower()}{i.name[1:]}"
                for i in context.library.indicators
                if i.enforceable
                and i.applies(plan)
                and not ((choice := spec.wording.of_indicator(i.id)) and choice.left_out and not i.balancing)
            ]
        ),
        "basis_words": results.need.population.basis.words,
        "price_year": plan.pricing.price_year,
        "perspective_words": PERSPECTIVES[plan.pricing.perspective],
        "high_dose_threshold": str(plan.prescribing.high_dose_threshold_mg),
        "medicine_cost": _medicine_cost(context.reference),
    }
