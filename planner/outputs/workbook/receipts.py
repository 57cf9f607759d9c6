"""Every input of the workbook in words, with its kind and its source. Nothing is written here."""

from collections.abc import Iterator
from dataclasses import dataclass

from planner.analysis.calculation.formulas import SCENARIOS
from planner.analysis.calculation.inputs import BY_KEY, Input, label_named, named_inputs
from planner.analysis.population.need import LOCAL_COUNTS
from planner.model.figures import Kind
from planner.model.outcomes import Horizon
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import OncostItem
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
    return (
        ("assumed", "our starting value, kept") if is_ours else ("entered", "entered in this plan")
    )


ON_A_RUNG = (*LOCAL_COUNTS, "england_rate")
"""The inputs beside which a class's own cautions stand: what its people are worked out from."""
HEADINGS = {
    "need": "People and demand",
    "outcomes": "People who start",
    "plan": "Population, money and years",
}
"""What each section of the register of inputs is called on the sheet Inputs."""


def cell_provenance(content: Content) -> dict[str, dict[str, CellProvenance]]:
    """Every input of the whole plan under three headings, each with its receipt, by its name in
    formulas."""
    classes = [row.medicine_class for row in content.needed.classes]
    years = content.results.plan.horizon.years
    return {
        heading: {
            name: _receipt(name, item, of, content)
            for name, item, of in named_inputs(section, classes, years)
        }
        for section, heading in HEADINGS.items()
    }


def _receipt(name: str, item: Input, of: str, content: Content) -> CellProvenance:
    """The receipt of one input: of a class, of what the whole plan rests on, or ours until a plan
    holds another."""
    if item.scope == "class" and item.key != "medicine_cost":
        return _of_class(item, MedicineClass(of), content)
    plan, reference, needed = content.results.plan, content.reference, content.needed
    label = label_named(name)
    assumed = {row.key: row for row in needed.inputs}.get(item.key)
    if item.key.startswith("classes_per_person") and len(needed.classes) < 2:
        return CellProvenance(label, item.unit, "derived", "1, because the plan covers one class")
    if assumed is not None:
        kind = kind_in_words(assumed.kind, assumed.verified)
        return CellProvenance(label, item.unit, kind, assumed.source, assumed.cautions)
    if name in ("population", "residents"):
        counted = needed.population
        if name == "population":
            label = f"{label}: {counted.basis.label}"
        elif counted.kind is not Kind.ENTERED:
            counted = content.results.organisation.population(Basis.RESIDENT_ALL_AGES)
        kind, source = (
            kind_in_words(counted.kind, counted.verified),
            f"{counted.source}, {counted.period}",
        )
        return CellProvenance(
            label, item.unit, kind, source, (counted.caution,) if counted.caution else ()
        )
    if item.scope == "year" or name == "years":
        ours, horizon = Horizon(), plan.horizon
        fields = ("years",) if name == "years" else ("ramp", "recruitment_months")
        kind, source = kept_or_entered(
            all(getattr(horizon, field) == getattr(ours, field) for field in fields)
        )
        if name == "years":
            source = (
                f"{source}; set-up is spread over them, and the sheet Years keeps its own number"
            )
        return CellProvenance(label, item.unit, kind, source)
    if not item.default or item.value(plan) is not None:
        return CellProvenance(label, item.unit, *kept_or_entered(False))
    figure = reference.assumption(item.default[len(item.default) // 2].format(of=of))
    source = f"{reference.source_title(figure.source)}, {figure.section}"
    return CellProvenance(label, item.unit, figure.kind_in_words, source, figure.cautions)


def _of_class(item: Input, medicine_class: MedicineClass, content: Content) -> CellProvenance:
    """The receipt of what is counted, or expected, of one class."""
    needed = content.needed.of(medicine_class)
    assert needed is not None
    label = item.label_of(medicine_class.label)
    if item.section == "need":
        row = needed.given.get(item.key, needed.long_term_share)
        rounded = "; rounded to 5" if item.key in LOCAL_COUNTS else ""
        return CellProvenance(
            label,
            item.unit,
            kind_in_words(row.kind, row.verified),
            f"{row.source}{rounded}",
            (*row.cautions, *(needed.cautions if item.key in ON_A_RUNG else ())),
        )
    result = next(
        row for row in content.results.outcomes.classes if row.medicine_class is medicine_class
    )
    kind, source = result.kind, f"{result.title}; {result.source}"
    if item.key == "net":
        kind, source = Kind.DERIVED, f"{source}; {result.net_method}"
    return CellProvenance(
        label, item.unit, kind_in_words(kind, result.verified), source, result.cautions
    )


def pay_sources(content: Content) -> Iterator[tuple[str, str, str, str]]:
    """What a post costs an employer, and each salary in use: what it is, its kind, its source and
    any caution."""
    reference, pricing = content.reference, content.results.plan.pricing
    year = pricing.price_year
    items: dict[OncostItem, str] = {
        "ni_rate": BY_KEY["ni_rate"].label,
        "ni_threshold": "National Insurance threshold",
        "pension_provider" if pricing.perspective == "provider" else "pension_public": BY_KEY[
            "pension_rate"
        ].label,
        "levy": "Apprenticeship levy",
    }
    if any(option.sums.posts for option in content.options):
        for item, words in items.items():
            rate = reference.oncost(year, item)
            yield (
                words,
                kind_in_words(rate.kind, rate.verified),
                f"{rate.source}, {year}",
                rate.note,
            )
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
