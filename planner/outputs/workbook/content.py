"""A plan's sums as the workbook has them: names, formulas, values, and where inputs came from."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from planner.analysis.calculation.draws import Estimate, ranges_of
from planner.analysis.calculation.formulas import WITHHELD, work_out, write_formula
from planner.analysis.calculation.inputs import (
    BY_KEY,
    Input,
    input_named,
    label_named,
    named_inputs,
)
from planner.analysis.calculation.measures import Calculation
from planner.analysis.economics.compare import CAUTIOUS, OTHER_END
from planner.analysis.economics.option_model import POINTS_OF_BAND, OptionSums, option_sums
from planner.analysis.economics.outcomes import ClassOutcomes
from planner.analysis.economics.probabilistic import draw_option, draw_years
from planner.analysis.formatting import percent
from planner.analysis.population.need import LOCAL_COUNTS, Need
from planner.analysis.results.results import Results
from planner.model.figures import FigureKind
from planner.model.outcomes import Horizon, Offer
from planner.model.place import Population
from planner.model.plan import Demand
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import OncostItem, ReferenceData
from planner.model.service import ServiceKind, ServiceOption
from planner.outputs.workbook.page import NumberCell, within

Scenario = Literal["central", "cautious", "hopeful"]
SCENARIOS: tuple[Scenario, ...] = ("central", "cautious", "hopeful")
"""The central case and the two named ones beside it, as the names of cells begin."""
ENDS: dict[Scenario, Mapping[str, Literal["low", "high"]]] = {
    "central": {},
    "cautious": CAUTIOUS,
    "hopeful": {key: OTHER_END[end] for key, end in CAUTIOUS.items()},
}
"""Which end each scenario moves an input to, by its key; all else is central in it."""
EVIDENCE = ("stop", "usual", "net", "stay_off", "added_relapse")
"""The inputs of which an offer to everyone has values of its own."""
ON_POSTS = ("pay", "hours", "facing_wte", "role_hours")
"""What the sheet Posts works out, the same in every scenario."""


def guarded(formula: str, names: list[str]) -> str:
    """A formula that is withheld where a cell it uses is emptied, is words or leaves nothing to
    divide by.

    MIN, MAX and IF would pass over a cell that is not a number, so these are counted first.
    """
    body = formula[1:]
    if "(" in body:
        body = f'IF(COUNT({", ".join(names)})={len(names)}, {body}, "{WITHHELD}")'
    return f'=IFERROR({body}, "{WITHHELD}")' if names else formula


Placed = tuple[str, float | str | None]
"""A cell as formulas of any sheet call it, and its value."""


@dataclass(frozen=True)
class Sums:
    """The sums of the whole plan (no `key`) or of one option, as cells whose names begin with
    `key`.

    `estimates` are what the draws say of its steps, by name, `often_none` the share of draws in
    which one is nought, where that is worth telling, and `withheld` why one is not given. `places`
    are the cells of its steps, by name and column, with what is in them, as far as sheets have been
    written.
    """

    key: str
    sums: OptionSums
    estimates: Mapping[str, Estimate]
    often_none: Mapping[str, float]
    withheld: Mapping[str, str]
    places: dict[tuple[str, str], Placed] = field(default_factory=dict)

    @cached_property
    def steps(self) -> tuple[Calculation, ...]:
        """Every step that is its own."""
        return (*self.sums.steps, *self.sums.years) if self.key else self.sums.need

    @cached_property
    def own(self) -> frozenset[str]:
        """The names of which each option has its own value."""
        if not self.key:
            return frozenset()
        return frozenset(
            (
                *(
                    name
                    for name in self.sums.given
                    if input_named(name)[0].scope in ("option", "role")
                ),
                *(step.name for step in self.steps),
            )
        )

    @cached_property
    def not_given(self) -> frozenset[str]:
        """The steps that are withheld, and all that rest on them."""
        names = {step.name for step in self.steps if step.name in self.withheld}
        for step in self.steps:
            if names.intersection(step.uses):
                names.add(step.name)
        return frozenset(names)

    def given(self, name: str, scenario: Scenario) -> float:
        """What an input is in one scenario."""
        end = ENDS[scenario].get(input_named(name)[0].key, "central")
        return float(getattr(self.sums.given[name], end))

    @cached_property
    def values(self) -> dict[Scenario, dict[str, float | None]]:
        """Every input and step in each scenario."""
        every = (*self.sums.need, *self.sums.steps, *self.sums.years)
        return {
            scenario: work_out(
                every, {name: self.given(name, scenario) for name in self.sums.given}
            )
            for scenario in SCENARIOS
        }

    def refer(self, name: str, scenario: Scenario = "central") -> str:
        """What a value is called in the workbook: `central_response`, or `o1_central_pay` where it
        is an option's own."""
        item = input_named(name)[0].key if name in self.sums.given else ""
        if item in ON_POSTS:
            scenario = "central"
        if item in EVIDENCE and self.sums.option.is_letters:
            return f"{scenario}_letters_{name}"
        return f"{self.key}_{scenario}_{name}" if name in self.own else f"{scenario}_{name}"

    def cell(self, step: Calculation, scenario: Scenario) -> NumberCell:
        """A step as a formula, with what Python made of it; words where it is withheld."""
        # A link's cell, and so its name, is on another sheet.
        name = "" if step.is_link else self.refer(step.name, scenario)
        if step.name in self.withheld and not step.is_link:
            return NumberCell(None, step.unit, name=name)
        formula = write_formula(step.formula, lambda used: self.refer(used, scenario))
        if not step.is_link:
            formula = guarded(formula, [self.refer(used, scenario) for used in step.uses])
        value = None if step.name in self.not_given else self.values[scenario][step.name]
        return NumberCell(value, step.unit, formula, name)

    def likely(self, step: Calculation) -> list[NumberCell | str]:
        """The 95% of the draws of a step and its median where that is printed, as plain values."""
        estimate = self.estimates.get(step.name)
        if estimate is None or step.name in self.not_given:
            return ["", "", ""]
        values = estimate.range()
        ends: list[NumberCell | str] = ["", ""]
        if values.low < values.high:
            ends = [NumberCell(values.low, step.unit), NumberCell(values.high, step.unit)]
        return [*ends, NumberCell(estimate.value, step.unit) if estimate.is_median else ""]

    def note(self, step: Calculation) -> str:
        """What must be said of a step beside its numbers."""
        if step.is_link:
            return ""
        none = self.often_none.get(step.name)
        words = "" if none is None else f"none in {percent(none)} of simulations"
        return self.withheld.get(step.name, words)


def entry(item: Input, value: float) -> NumberCell:
    """An input as a cell that anyone may change, within what a plan may hold."""
    rule = within(item.lowest, item.highest)
    return NumberCell(float(value), item.unit, entry=True, rule=rule)


@dataclass(frozen=True)
class Content:
    """Everything the sheets are written from. `letters` holds the evidence of an offer to everyone,
    where the plan has one."""

    results: Results
    reference: ReferenceData
    whole: Sums
    letters: Sums | None
    options: tuple[Sums, ...]

    @property
    def plan_need(self) -> Need:
        """The need of the plan."""
        return self.results.need


def content_of(results: Results, reference: ReferenceData) -> Content:
    """The plan's sums for the workbook, which all rest on local counts to the nearest 5."""
    plan, case = results.plan, results.case
    whole = option_sums(reference.example.do_nothing, case)
    names = [step.name for step in whole.need if step.in_draws]
    ranges, medians = ranges_of(whole.need, whole.given, names, plan.simulation)
    estimates = {
        name: Estimate(
            value=values.central, low=values.low, high=values.high, is_median=name in medians
        )
        for name, values in ranges.items()
    }
    everyone = ServiceOption(id="letters", name="letters", kind=ServiceKind.LETTERS)
    options = []
    for number, (option, result) in enumerate(zip(plan.options, results.options, strict=True), 1):
        year, years = draw_option(option.id, case), draw_years(option.id, case)
        options.append(
            Sums(
                f"o{number}",
                case.sums_of(option),
                year.estimates | years.estimates,
                year.often_none | years.often_none,
                years.withheld | result.withheld,
            )
        )
    return Content(
        results=results,
        reference=reference,
        whole=Sums("", whole, estimates, {}, {}),
        letters=(
            Sums("", option_sums(everyone, case), {}, {}, {})
            if whole.need and any(option.is_letters for option in plan.options)
            else None
        ),
        options=tuple(options),
    )


@dataclass(frozen=True)
class CellProvenance:
    """What an input is in words, and where it came from."""

    label: str
    unit: str
    kind: str
    source: str
    cautions: tuple[str, ...] = ()


def default_or_entered(is_ours: bool) -> tuple[str, str]:
    """The kind and the source of a value that the plan holds, ours until it is changed."""
    return (
        ("assumed", "our starting value, kept") if is_ours else ("entered", "entered in this plan")
    )


ON_A_RUNG = (*LOCAL_COUNTS, "england_rate")
"""The inputs beside which a class's own cautions stand: what its people are worked out from."""

HEADINGS = {
    "need": "People and referrals",
    "outcomes": "People who start",
    "plan": "Population, steps of care, money and years",
}
"""What each section of the register of inputs is called on the sheet Inputs."""
WRITTEN_TO = "People written to"


def cell_provenance(content: Content) -> dict[str, dict[str, CellProvenance]]:
    """Every input of the whole plan under its heading, each with its receipt, by its name in
    formulas; last, the evidence of an offer to everyone."""
    classes = [row.medicine_class for row in content.plan_need.classes]
    years = content.results.plan.horizon.years
    rows = {
        heading: {
            name: _provenance(name, item, of, content)
            for name, item, of in named_inputs(section, classes, years)
            if name in content.whole.sums.given
        }
        for section, heading in HEADINGS.items()
    }
    if content.letters:
        rows[WRITTEN_TO] = {
            name: _of_evidence(item, row)
            for row in content.letters.sums.evidence
            for key in EVIDENCE
            if (name := f"{key}_{row.medicine_class.value}") in content.letters.sums.given
            for item in [BY_KEY[key]]
        }
    return rows


def _provenance(name: str, item: Input, of: str, content: Content) -> CellProvenance:
    """The receipt of one input: of a class, of what the whole plan rests on, or ours until a plan
    holds another."""
    plan, reference, plan_need = content.results.plan, content.reference, content.plan_need
    label, organisation = label_named(name), content.results.organisation
    if item.scope == "class" and item.section == "need":
        return _of_class(item, MedicineClass(of), content)
    if item.key in EVIDENCE:
        evidence = content.whole.sums.evidence
        return _of_evidence(item, next(row for row in evidence if row.medicine_class == of))
    assumed = {row.key: row for row in plan_need.inputs}.get(item.key)
    if item.key.startswith("classes_per_person") and len(plan_need.classes) < 2:
        return CellProvenance(label, item.unit, "derived", "1, because the plan covers one class")
    if assumed is not None:
        return CellProvenance(
            label,
            item.unit,
            assumed.kind.in_words(assumed.verified),
            assumed.source,
            assumed.cautions,
        )
    counted: dict[str, tuple[str, Population]] = {
        "population": (f"{label}: {plan_need.population.basis.label}", plan_need.population),
        "residents": (label, organisation.population(Basis.RESIDENT_ALL_AGES)),
        "adults": (label, organisation.population(Basis.RESIDENT_ADULTS)),
    }
    if name in counted:
        label, people = counted[name]
        if plan_need.population.kind is FigureKind.ENTERED:
            people = plan_need.population
        return CellProvenance(
            label,
            item.unit,
            people.kind.in_words(people.verified),
            f"{people.source}, {people.period}",
            (people.caution,) if people.caution else (),
        )
    if name == "high_dose":
        how = plan_need.high_dose_method or "not known, and counted as nobody"
        return CellProvenance(label, item.unit, "derived", how)
    if item.scope == "year" or name == "years":
        kind, source = default_or_entered(_is_ours(item, plan.horizon, plan.demand))
        if name == "years":
            source += "; set-up is spread over them, and the sheet Years keeps its own number"
        return CellProvenance(label, item.unit, kind, source)
    if item.path and not item.default and item.value(plan) is None:
        return CellProvenance(
            label, item.unit, "assumed", f"{item.means_if_empty}, and counted as none"
        )
    if not item.default or item.value(plan) is not None:
        return CellProvenance(label, item.unit, *default_or_entered(False))
    figure = reference.assumption(item.default[len(item.default) // 2].format(of=of))
    source = f"{reference.source_title(figure.source)}, {figure.section}"
    return CellProvenance(label, item.unit, figure.kind_in_words, source, figure.cautions)


def _is_ours(item: Input, horizon: Horizon, demand: Demand) -> bool:
    """Whether what a plan says of its years is still what we started it with."""
    ours = Horizon()
    if item.key == "referral_profile":
        return demand.referral_profile == Demand().referral_profile
    if item.key == "years":
        return horizon.years == ours.years
    return (horizon.staffing_profile, horizon.recruitment_months) == (
        ours.staffing_profile,
        ours.recruitment_months,
    )


def _of_class(item: Input, medicine_class: MedicineClass, content: Content) -> CellProvenance:
    """The receipt of what is counted of one class."""
    plan_need = content.plan_need.of(medicine_class)
    assert plan_need is not None
    row = plan_need.given.get(item.key, plan_need.long_term_share)
    rounded = "; rounded to 5" if item.key in LOCAL_COUNTS else ""
    return CellProvenance(
        item.label_of(medicine_class.label),
        item.unit,
        row.kind.in_words(row.verified),
        f"{row.source}{rounded}",
        (*row.cautions, *(plan_need.cautions if item.key in ON_A_RUNG else ())),
    )


def _of_evidence(item: Input, row: ClassOutcomes) -> CellProvenance:
    """The receipt of what is expected of people on one class whom one kind of offer reaches."""
    kind, source = row.kind, f"{row.title}; {row.source}"
    if item.key == "net":
        kind, source = FigureKind.DERIVED, f"{source}; {row.net_method}"
    if item.key in ("stay_off", "added_relapse") and getattr(row, item.key) is None:
        kind, source = FigureKind.ASSUMED, "not known, and counted as nobody"
    label = item.label_of(row.medicine_class.label)
    return CellProvenance(
        f"{label}, {row.offer.value}" if row.offer is Offer.EVERYONE else label,
        item.unit.replace(Offer.PROGRAMME.denominator, row.offer.denominator),
        kind.in_words(row.verified),
        source,
        row.cautions,
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
                rate.kind.in_words(rate.verified),
                f"{rate.source}, {year}",
                rate.note,
            )
    for option in content.options:
        for post, costs in zip(option.sums.option.posts, option.sums.posts, strict=True):
            for point in POINTS_OF_BAND:
                pay = reference.pay_point(year, post.band, costs[point].point)
                if pay:
                    yield (
                        f"Pay of band {post.band}, {pay.point}",
                        pay.kind.in_words(pay.verified),
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
                    area.kind.in_words(area.verified),
                    f"{area.source}, {year}",
                    "",
                )
