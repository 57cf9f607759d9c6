"""A plan's sums as the workbook has them: what each cell is called, its formula and the value Python gave it."""

from dataclasses import dataclass, replace
from functools import cached_property

from planner.analysis.calculation.formulas import SCENARIOS, WITHHELD, Scenario, written
from planner.analysis.calculation.inputs import Input, input_named
from planner.analysis.calculation.measures import Calculation
from planner.analysis.economics.option_costs import cost_option
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.formatting import to_five
from planner.analysis.population.need import Need
from planner.analysis.results.results import Results
from planner.model.base import Range
from planner.model.figures import Kind
from planner.model.reference import ReferenceData
from planner.model.service import ServiceOption
from planner.outputs.workbook.page import Number


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
        given = (
            name
            for name in self.sums.inputs["central"]
            if input_named(name)[0].scope in ("option", "role")
        )
        return frozenset((*given, *(step.name for step in (*self.sums.steps, *self.sums.years))))

    @cached_property
    def not_given(self) -> frozenset[str]:
        """Steps that come to a number and yet are withheld, for want of a cost or a capacity, and
        all that rest on them."""
        central = self.sums.values["central"]
        names = {name for name in self.withheld if central.get(name) is not None}
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
    rounded = (
        replace(row, patients=_to_five(row.patients))
        if row.kind is Kind.ENTERED and row.patients
        else row
        for row in results.need.classes
    )
    needed = replace(results.need, classes=tuple(rounded))

    case = Case(plan, reference, needed, outcome)

    def output(key: str, option: ServiceOption) -> Sums:
        withheld = cost_option(option, case).withheld
        return Sums(key, case.sums_of(option), withheld)

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
