"""Every input of the workbook in words, with its kind and its source. Nothing is written here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from planner.analysis.calculation.formulas import SCENARIOS
from planner.analysis.economics.outcomes import SHARES
from planner.analysis.population.need import Need
from planner.model.figures import Kind
from planner.model.outcomes import Horizon
from planner.model.prescribing import Basis
from planner.model.reference import OncostItem, ReferenceData
from planner.outputs.workbook.content import Content


@dataclass(frozen=True)
class CellProvenance:
    """What an input is in words, and where it came from."""

    label: str
    unit: str
    kind: str
    source: str
    cautions: tuple[str, ...] = ()


def kind_in_words(kind: Kind, verified: bool = True) -> str:
    """How a number came to be, with a warning where nobody has checked it."""
    return kind.value if verified else f"{kind.value}, unverified"


def kept_or_entered(is_ours: bool) -> tuple[str, str]:
    """The kind and the source of a value that the plan holds, ours until it is changed."""
    return ("assumed", "our starting value, kept") if is_ours else ("entered", "entered in this plan")


def cell_provenance(content: Content) -> dict[str, dict[str, CellProvenance]]:
    """Every input of the whole plan under three headings, each with its receipt, by its name in formulas."""
    return {
        "People and demand": _need_receipts(content.needed),
        "People who start": _outcome_receipts(content),
        "Population, money and years": _plan_receipts(content),
    }


def _need_receipts(needed: Need) -> dict[str, CellProvenance]:
    inputs = {
        item.key: CellProvenance(
            f"{item.name[0].upper()}{item.name[1:]}", item.unit, kind_in_words(item.kind, item.verified), item.source, item.cautions
        )
        for item in needed.inputs
    }  # fmt: skip
    if len(needed.classes) < 2:
        one = "1, because the plan covers one class"
        inputs["classes_per_person"] = CellProvenance(
            "Classes of medicine for each person", "classes", "derived", one
        )
    lookup: dict[str, CellProvenance] = {}
    for row in needed.classes:
        name, words, share = row.medicine_class.value, row.medicine_class.label, row.long_term_share
        how = "local count, rounded to 5" if row.kind is Kind.ENTERED else row.method
        source = f"{row.source}, {row.period}; {how}"
        lookup[f"patients_{name}"] = CellProvenance(f"People prescribed {words} in a year", "people", row.kind.value, source, row.cautions)  # fmt: skip
        month = CellProvenance(
            "", "share", "entered", "1, because the long-term share entered is of the people counted"
        )
        if share.kind is not Kind.ENTERED:
            month = inputs["month_of_year"]
        lookup[f"month_share_{name}"] = replace(
            month, label=f"Share of them prescribed in any one month, {words}"
        )
        lookup[f"long_term_share_{name}"] = CellProvenance(f"Long-term share, {words}", share.unit, kind_in_words(share.kind, share.verified), share.source, share.cautions)  # fmt: skip
    return lookup | inputs


def _outcome_receipts(content: Content) -> dict[str, CellProvenance]:
    reference, chosen = content.reference, content.results.plan.outcomes
    texts = {
        "stop": "Stop, with support", "usual": "Stop, with usual care", "net": "Stop beyond usual care (limits of its own)",
        "reduce": "Reduce", "left": "Leave or not known",
        "relapse": "Relapse or start again later, of those who stop",
    }  # fmt: skip
    starting = "Share of people supported who start to reduce"
    lookup = {
        "starting_share": _ours_or_entered(
            reference, "starting_share", starting, "share", chosen.starting_share
        )
    }
    for row in content.results.outcomes.classes:
        name, words = row.medicine_class.value, row.medicine_class.label
        for what in (what for what in SHARES if getattr(row, what) is not None):
            kind, source = row.kind, f"{row.title}; {row.source}"
            if what == "net":
                kind, source = Kind.DERIVED, f"{source}; {row.net_method}"
            lookup[f"{what}_{name}"] = CellProvenance(
                f"{texts[what]}, {words}", "share of people who start", kind_in_words(kind, row.verified), source, row.cautions
            )  # fmt: skip
        cost = f"medicine_cost_{name}"
        lookup[cost] = _ours_or_entered(
            reference, cost, f"Medicines for one person for a year, {words}", "GBP per person"
        )
    return lookup


def _plan_receipts(content: Content) -> dict[str, CellProvenance]:
    horizon, ours, population = content.results.plan.horizon, Horizon(), content.needed.population
    everyone = population
    if population.kind is not Kind.ENTERED:
        everyone = content.results.organisation.population(Basis.RESIDENT_ALL_AGES)
    lookup = {
        name: CellProvenance(
            label, "people", kind_in_words(counted.kind, counted.verified), f"{counted.source}, {counted.period}",
            (counted.caution,) if counted.caution else (),
        )
        for name, label, counted in (
            ("population", f"The plan's population: {population.basis.label}", population),
            ("residents", "Residents of all ages", everyone),
        )
    }  # fmt: skip
    lookup["budget"] = CellProvenance("Budget for a year", "GBP", "entered", "entered in this plan")
    spread = "Years that set-up is spread over (the sheet Years keeps its own number)"
    lookup["years"] = CellProvenance(spread, "years", *kept_or_entered(horizon.years == ours.years))
    for name, label, entered in (
        ("pay_growth", "Growth of pay", horizon.pay_growth),
        ("price_growth", "Growth of other prices", horizon.price_growth),
        ("discount_rate", "Discount rate, for present values only", horizon.discount_rate),
    ):
        lookup[name] = _ours_or_entered(content.reference, name, label, "share a year", entered)
    in_post = (horizon.ramp, horizon.recruitment_months) == (ours.ramp, ours.recruitment_months)
    for year in range(1, horizon.years + 1):
        lookup[f"staffed_{year}"] = CellProvenance(
            f"Staff in post, year {year}", "share", *kept_or_entered(in_post)
        )
    return lookup


def _ours_or_entered(
    reference: ReferenceData, name: str, label: str, unit: str, entered: object = None
) -> CellProvenance:
    """The receipt of our default, or of the value that replaces it."""
    if entered is not None:
        return CellProvenance(label, unit, *kept_or_entered(False))
    figure = reference.assumption(name)
    title = reference.source_title(figure.source)
    return CellProvenance(label, unit, figure.kind_in_words, f"{title}, {figure.section}", figure.cautions)


def pay_sources(content: Content) -> Iterator[tuple[str, str, str, str]]:
    """What a post costs an employer, and each salary in use: what it is, its kind, its source and any caution."""
    reference, pricing = content.reference, content.results.plan.pricing
    year = pricing.price_year
    items: dict[OncostItem, str] = {
        "ni_rate": "National Insurance rate",
        "ni_threshold": "National Insurance threshold",
        "pension_provider" if pricing.perspective == "provider" else "pension_public": "Pension rate",
        "levy": "Apprenticeship levy",
    }
    if any(option.sums.posts for option in content.options):
        for item, words in items.items():
            rate = reference.oncost(year, item)
            yield words, kind_in_words(rate.kind, rate.verified), f"{rate.source}, {year}", rate.note
    for option in content.options:
        for post, costs in zip(option.sums.option.posts, option.sums.posts, strict=True):
            for scenario in SCENARIOS:
                pay = reference.pay_point(year, post.band, costs[scenario].point)
                if pay:
                    yield (
                        f"Pay of band {post.band}, {pay.point}",
                        kind_in_words(pay.kind, pay.verified),
                        f"{pay.source}, {year}",
                        "",
                    )
            if post.salary:
                yield (
                    f"Salary of {post.title}, {option.key}",
                    "assumed or entered",
                    "this plan; from no published table",
                    "",
                )
            if post.zone != "none" and post.band != "voluntary":
                area = reference.high_cost_area(year, post.zone)
                yield (
                    f"High-cost area, {post.zone}",
                    kind_in_words(area.kind, area.verified),
                    f"{area.source}, {year}",
                    "",
                )
