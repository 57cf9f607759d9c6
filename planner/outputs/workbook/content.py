"""A plan's sums as the workbook has them: names, formulas, values, and where inputs came from."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from planner.analysis.calculation.formulas import WITHHELD, written
from planner.analysis.calculation.inputs import (
    BY_KEY,
    Input,
    input_named,
    label_named,
    named_inputs,
)
from planner.analysis.calculation.measures import Calculation
from planner.analysis.economics.option_costs import cost_option
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.formatting import to_five
from planner.analysis.population.need import LOCAL_COUNTS, Need
from planner.analysis.results.results import Results
from planner.model.base import Range
from planner.model.figures import Kind
from planner.model.outcomes import Horizon
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import OncostItem, ReferenceData
from planner.model.service import ServiceOption
from planner.outputs.workbook.page import Number


Scenario = Literal["central", "cautious", "hopeful"]
SCENARIOS: tuple[Scenario, ...] = ("central", "cautious", "hopeful")
"""The central case and the two named ones beside it, as the names of cells begin."""


@dataclass(frozen=True)
class Sums:
    """The sums of the whole plan (no `key`) or of one option, as cells whose names begin with
    `key`."""

    key: str
    sums: OptionSums
    withheld: dict[str, str]

    @cached_property
    def own(self) -> frozenset[str]:
        """The names of which each option has its own value."""
        if not self.key:
            return frozenset()
        return frozenset(
            (
                *(
                    name
                    for name in self.sums.inputs["central"]
                    if input_named(name)[0].scope in ("option", "role")
                ),
                *(step.name for step in (*self.sums.steps, *self.sums.years)),
            )
        )

    @cached_property
    def not_given(self) -> frozenset[str]:
        """Steps that come to a number and yet are withheld, for want of a cost or a capacity, and
        all that rest on them."""
        names = {
            name for name in self.withheld if self.sums.values["central"].get(name) is not None
        }
        for step in (*self.sums.steps, *self.sums.years):
            if any(name in names for name in step.uses):
                names.add(step.name)
        return frozenset(names)

    def refer(self, name: str, scenario: Scenario) -> str:
        """What a value is called in the workbook: `low_uptake`, or `o1_low_pay` where it is an
        option's own."""
        return f"{self.key}_{scenario}_{name}" if name in self.own else f"{scenario}_{name}"

    def cell(self, step: Calculation, scenario: Scenario) -> Number:
        """A step as a formula, with what Python made of it."""
        value, formula = (
            self.sums.values[scenario][step.name],
            written(step.formula, self.refer, scenario),
        )
        if step.name in self.not_given:
            rests_on = "annual_cost" if self.sums.option.is_do_nothing else "capacity"
            value, formula = (
                None,
                f'=IF({self.refer(rests_on, "high")} > 0, {formula[1:]}, "{WITHHELD}")',
            )
        # a link's cell, and so its name, is on another sheet
        return Number(
            value, step.unit, formula, "" if step.is_link else self.refer(step.name, scenario)
        )

    def entries(self, name: str) -> list[Number]:
        """An input in each case, for anyone to change within what a plan may hold."""
        item, _ = input_named(name)
        return [
            entry(item, self.sums.inputs[scenario][name], self.refer(name, scenario))
            for scenario in SCENARIOS
        ]


def entry(item: Input, value: float, name: str = "") -> Number:
    """An input as a cell that anyone may change, within what a plan may hold."""
    return Number(value, item.unit, name=name, entry=True, bounds=(item.lowest, item.highest))


@dataclass(frozen=True)
class Content:
    """Everything the sheets are written from. Local counts are rounded to 5, and all that rests on
    them is worked out again."""

    results: Results
    reference: ReferenceData
    needed: Need
    whole: Sums
    options: tuple[Sums, ...]


def content_of(results: Results, reference: ReferenceData) -> Content:
    """The plan's sums for the workbook, local counts rounded to 5 first."""
    plan, outcome = results.plan, results.outcomes
    needed = replace(
        results.need,
        classes=tuple(
            replace(row, patients=_to_five(row.patients))
            if row.kind is Kind.ENTERED and row.patients
            else row
            for row in results.need.classes
        ),
    )

    case = Case(plan, reference, needed, outcome)

    def output(key: str, option: ServiceOption) -> Sums:
        return Sums(key, case.sums_of(option), cost_option(option, case).withheld)

    # The sums of the whole plan are the same whatever the option.
    return Content(
        results=results,
        reference=reference,
        needed=needed,
        whole=output("", reference.example.do_nothing),
        options=tuple(
            output(f"o{number}", option) for number, option in enumerate(plan.options, 1)
        ),
    )


def _to_five(counts: Range) -> Range:
    return Range(
        **{scenario: float(to_five(round(getattr(counts, scenario)))) for scenario in SCENARIOS}
    )


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
    return {
        heading: {
            name: _receipt(name, item, of, content)
            for name, item, of in named_inputs(
                section,
                [row.medicine_class for row in content.needed.classes],
                content.results.plan.horizon.years,
            )
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
        return CellProvenance(
            label,
            item.unit,
            kind_in_words(assumed.kind, assumed.verified),
            assumed.source,
            assumed.cautions,
        )
    if name in ("population", "residents"):
        counted = needed.population
        if name == "population":
            label = f"{label}: {counted.basis.label}"
        elif counted.kind is not Kind.ENTERED:
            counted = content.results.organisation.population(Basis.RESIDENT_ALL_AGES)
        return CellProvenance(
            label,
            item.unit,
            kind_in_words(counted.kind, counted.verified),
            f"{counted.source}, {counted.period}",
            (counted.caution,) if counted.caution else (),
        )
    if item.scope == "year" or name == "years":
        ours, horizon = Horizon(), plan.horizon
        kind, source = kept_or_entered(
            all(
                getattr(horizon, field) == getattr(ours, field)
                for field in (("years",) if name == "years" else ("ramp", "recruitment_months"))
            )
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
