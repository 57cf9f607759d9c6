"""One option as inputs and steps: what screens, draws and the workbook all work from. No words."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from planner.analysis.calculation.formulas import SCENARIOS, Scenario, work_out
from planner.analysis.calculation.inputs import INPUTS
from planner.analysis.calculation.measures import Calculation, Known, measures_of
from planner.analysis.economics.outcomes import PARTS_OF_EVIDENCE, OutcomeResult, outcomes
from planner.analysis.economics.price_index import Uprated, price_index, uprate
from planner.analysis.economics.staff_costs import PostCost, staff_cost
from planner.analysis.population.need import (
    Need,
    known_of,
    need,
    need_inputs,
    plan_organisation,
)
from planner.model.base import Range
from planner.model.plan import Plan
from planner.model.prescribing import Basis
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE, OtherCost, Point, Post, ServiceOption


@dataclass(frozen=True)
class OptionSums:
    """One option as inputs and steps, in each case: what the screen, the draws and the workbook all
    work from.

    `posts` has the cost of each line of posts by case.
    """

    option: ServiceOption
    posts: tuple[dict[Scenario, PostCost], ...]
    inputs: dict[Scenario, dict[str, float]]
    known: Known
    need: tuple[Calculation, ...]
    outcomes: tuple[Calculation, ...]
    steps: tuple[Calculation, ...]
    years: tuple[Calculation, ...]

    @cached_property
    def values(self) -> dict[Scenario, dict[str, float | None]]:
        """Every input and every step, low, central and high; worked out when first asked for."""
        return work_out((*self.need, *self.outcomes, *self.steps, *self.years), self.inputs)

    def given(self, name: str) -> Range:
        """The low, central and high of an input, as the sums have them."""
        return Range(**{scenario: self.inputs[scenario][name] for scenario in SCENARIOS})

    def range(self, name: str) -> Range | None:
        """A step's low, central and high, or None where it is not there or withheld."""
        low, central, high = (self.values[scenario].get(name) for scenario in SCENARIOS)
        if low is None or central is None or high is None:
            return None
        # The last digits of equal values may differ.
        slack = 1e-9 * max(abs(low), abs(central), abs(high))
        return Range(
            low=min(low, central) if low <= central + slack else low,
            central=central,
            high=max(central, high) if high >= central - slack else high,
        )


@dataclass(frozen=True)
class Case:
    """One plan with all that the sums of its options rest on; the sums of an option are worked out
    once and kept."""

    plan: Plan
    reference: ReferenceData
    need: Need
    outcomes: OutcomeResult
    _sums: dict[str, tuple[ServiceOption, OptionSums]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of(cls, plan: Plan, reference: ReferenceData) -> "Case":
        """Work out need and outcomes of a plan. Raises ReferenceMissing for a place we do not
        hold."""
        return cls(plan, reference, need(plan, reference), outcomes(plan, reference))

    def option(self, option_id: str) -> ServiceOption:
        """The option of that id. Raises KeyError where the plan has none."""
        return {option.id: option for option in self.plan.options}[option_id]

    def sums_of(self, option: ServiceOption) -> OptionSums:
        """Every step of one option. Raises ReferenceMissing for a price or pay year we do not
        hold."""
        known = self._sums.get(option.id)
        if known is None or known[0] is not option:
            known = self._sums[option.id] = option, option_sums(option, self)
        return known[1]

    @property
    def sums(self) -> tuple[OptionSums, ...]:
        """The steps of every option, in the plan's order."""
        return tuple(self.sums_of(option) for option in self.plan.options)


def option_sums(option: ServiceOption, case: Case) -> OptionSums:
    """Every step of one option in the low, central and high case. Raises ReferenceMissing for a
    year we do not hold."""
    plan, reference, classes = case.plan, case.reference, case.need.classes
    posts = tuple(post_scenarios(post, plan, reference) for post in option.posts)
    all_ages = residents_of_all_ages(plan, reference)
    has = {
        "need": case.need.demand is not None,
        "stated": option.stated_capacity is not None,
        "all_ages": all_ages is not None,
        "budget": plan.pricing.budget is not None,
        **{part: part not in case.outcomes.withheld for part in PARTS_OF_EVIDENCE},
    }
    known = Known(
        has=frozenset(name for name, there in has.items() if there)
        | (known_of(classes).has if has["need"] else frozenset()),
        classes=tuple(row.medicine_class.value for row in classes),
        roles=tuple(n for n, post in enumerate(option.posts, 1) if post.hours_each is not None),
        years=plan.horizon.years,
    )
    needed = (
        need_inputs(classes, {row.key: row for row in case.need.inputs}, case.need.population)
        if has["need"]
        else None
    )
    # The same in each case, at the plan's prices.
    medicines = {
        f"medicine_cost_{name}": default_in_prices(f"medicine_cost_{name}", plan, reference)
        for name in known.classes
    }
    costs = [(cost.once, moved_cost(cost, plan, reference).value) for cost in option.other_costs]
    inputs = {
        scenario: (needed[scenario] if needed else {})
        | _plan_inputs(case, scenario)
        | _option_inputs(option, posts, costs, scenario)
        | ({} if all_ages is None else {"residents": float(all_ages)})
        | (medicines | _outcome_inputs(case.outcomes, scenario) if needed else {})
        for scenario in SCENARIOS
    }
    return OptionSums(
        option=option,
        posts=posts,
        inputs=inputs,
        known=known,
        need=measures_of(known, "need"),
        outcomes=measures_of(known, "shares"),
        steps=tuple(one for one in measures_of(known, "cost", "outcomes") if not one.is_link),
        years=measures_of(known, "years"),
    )


def _plan_inputs(case: Case, scenario: Scenario) -> dict[str, float]:
    horizon, values = case.plan.horizon, {"population": float(case.need.population.value)}
    for item in INPUTS:
        if item.scope == "plan" and not item.feeds and item.section in ("outcomes", "plan"):
            entered = item.value(case.plan)
            if entered is not None:
                values[item.key] = float(getattr(entered, scenario, entered))
            elif item.default:
                figure = item.default[SCENARIOS.index(scenario) % len(item.default)]
                values[item.key] = default_in_prices(figure, case.plan, case.reference)
    for year in range(1, horizon.years + 1):
        lag = 1 - horizon.recruitment_months / 12 if year == 1 else 1.0
        values[f"staffed_{year}"] = horizon.ramp[min(year, len(horizon.ramp)) - 1] * lag
    return values


def default_in_prices(figure_id: str, plan: Plan, reference: ReferenceData) -> float:
    """A default we ship, at the plan's prices where it is money. Raises ReferenceMissing for a year
    the index does not hold."""
    value, year = reference.default(figure_id), reference.assumption(figure_id).price_year
    if year is None:
        return value
    return uprate(value, year, plan.pricing.price_year, price_index(plan, reference)).value


def moved_cost(cost: OtherCost, plan: Plan, reference: ReferenceData) -> Uprated:
    """A cost other than pay in the plan's prices. Raises ReferenceMissing for a year the plan's
    index does not hold."""
    year = plan.pricing.price_year
    return uprate(cost.amount, cost.price_year or year, year, price_index(plan, reference))


def _option_inputs(
    option: ServiceOption,
    posts: tuple[dict[Scenario, PostCost], ...],
    costs: Sequence[tuple[bool, float]],
    scenario: Scenario,
) -> dict[str, float]:
    """What is the option's own; of each of its costs, whether it is paid once and how much."""
    values = {
        "pay": sum(post[scenario].total for post in posts),
        "hours": sum(post[scenario].hours for post in posts),
        "other_costs": sum(amount for once, amount in costs if not once),
        "set_up": sum(amount for once, amount in costs if once),
        # Without posts, what is paid for is there from the start.
        "recruits": 1.0 if option.posts else 0.0,
    }
    for item in INPUTS:
        entered = getattr(option, item.field) if item.scope == "option" and item.path else None
        if entered is not None:
            values[item.key] = getattr(entered, scenario)
    for number, (post, cost) in enumerate(zip(option.posts, posts, strict=True), 1):
        if post.hours_each is not None:
            values[f"role_hours_{number}"] = cost[scenario].hours
            values[f"role_hours_each_{number}"] = getattr(post.hours_each, scenario)
    return values


def _outcome_inputs(outcome: OutcomeResult, scenario: Scenario) -> dict[str, float]:
    values = {}
    for row in outcome.classes:
        name = row.medicine_class.value
        for what, chance in row.chances().items():
            values[f"{what}_{name}"] = getattr(chance.values, scenario)
        if row.net is not None:
            values[f"net_{name}"] = getattr(row.net, scenario)
    return values


def post_scenarios(post: Post, plan: Plan, reference: ReferenceData) -> dict[Scenario, PostCost]:
    """A line of posts at the bottom of its band, at its own point and at the top."""
    year, perspective = plan.pricing.price_year, plan.pricing.perspective
    points: dict[Scenario, Point] = (
        {"low": "entry", "high": "top"} if post.band in AGENDA_FOR_CHANGE else {}
    )
    return {
        scenario: staff_cost(post, year, perspective, reference, points.get(scenario))
        for scenario in SCENARIOS
    }


def residents_of_all_ages(plan: Plan, reference: ReferenceData) -> int | None:
    """The plan's place counted as residents of all ages, or None where only the user could say."""
    if plan.population.entered is None:
        return plan_organisation(plan, reference).population(Basis.RESIDENT_ALL_AGES).value
    return plan.population.entered if plan.population.basis is Basis.RESIDENT_ALL_AGES else None
