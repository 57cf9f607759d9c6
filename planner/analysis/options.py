"""What each service option costs, whom it can support and what may come of it, from one table of steps."""

from __future__ import annotations

from dataclasses import dataclass

from planner.analysis.need import Need, need_inputs, plan_organisation
from planner.analysis.outcomes import OutcomeResult
from planner.analysis.prices import price_index, uprate
from planner.analysis.staffing import PostCost, staff_cost
from planner.analysis.steps import (
    CASES,
    Case,
    Step,
    need_steps,
    option_steps,
    outcome_steps,
    work_out,
    year_steps,
)
from planner.model.base import Frozen, Range
from planner.model.case_study import CaseStudy
from planner.model.plan import Plan
from planner.model.prescribing import Basis
from planner.model.reference import OptionTemplate, ReferenceData
from planner.model.service import (
    AGENDA_FOR_CHANGE,
    CostHeading,
    OtherCost,
    OverheadMode,
    Perspective,
    Point,
    Post,
    ServiceOption,
)

NO_DENOMINATOR = {
    "cost_per_person": (
        "supported",
        "in the low case nobody is supported, so there may be no one to divide by",
    ),
    "cost_per_start": ("starting", "in the low case nobody starts, so there may be no one to divide by"),
    "cost_per_stopped": ("stopped", "in the low case nobody stops, so there may be no one to divide by"),
    "cost_per_additional": (
        "additional",
        "with everything at its low, nobody more would stop than with usual care, so there may be no one to "
        "divide by",
    ),
    "cost_per_stopped_or_reduced": (
        "stopped_or_reduced",
        "in the low case nobody stops or reduces, so there may be no one to divide by",
    ),
}


class OptionResult(Frozen):
    """One option's cost, reach and outcomes in a year, at the plan's price year and pension perspective.

    `cost_per_head` is over the plan's own population. `cost_per_head_all_ages` is over residents of all
    ages, the basis of the only published cost per head, so that the two may be set side by side.
    Cost is low with every post at the bottom of its band and the least overhead, and high the other way; it
    holds set-up spread over the plan's years. `cost_per_person` sets the lowest cost over the most people and
    the highest over the fewest. `measures` holds every other step by its name, such as `stopped` (gross),
    `additional` (net of usual care) and `cost_per_additional`. A measure that cannot be given is absent and
    its reason stands in `withheld`, by the measure's name.
    """

    id: str
    name: str
    posts: tuple[PostCost, ...]
    wte: float
    pay: Range
    overhead: Range
    overhead_mode: OverheadMode
    other_costs: float
    set_up: float
    set_up_spread: float
    annual_cost: Range
    cost_per_head: Range
    cost_per_head_all_ages: Range | None
    capacity: Range
    demand: Range | None
    people_supported: Range | None
    unmet: Range | None
    cost_per_person: Range | None
    reach_per_1000: Range | None
    measures: dict[str, Range]
    price_year: str
    perspective: Perspective
    population_basis: str
    method: str
    cautions: tuple[str, ...]
    withheld: dict[str, str]


@dataclass(frozen=True)
class OptionSums:
    """One option as inputs and steps, in each case: what the screen, the draws and the workbook all work from.

    `posts` has the steps' inputs of each line of posts by case. `values` holds every input and every step.
    """

    option: ServiceOption
    posts: tuple[dict[Case, PostCost], ...]
    inputs: dict[Case, dict[str, float]]
    need: tuple[Step, ...]
    outcomes: tuple[Step, ...]
    steps: tuple[Step, ...]
    years: tuple[Step, ...]
    values: dict[Case, dict[str, float | None]]

    def range(self, name: str) -> Range | None:
        """A step's low, central and high, or None where it is not there or withheld."""
        low, central, high = (self.values[case].get(name) for case in CASES)
        if low is None or central is None or high is None:
            return None
        return Range(low=low, central=central, high=high)


def option_sums(
    option: ServiceOption, plan: Plan, needed: Need, outcome: OutcomeResult, reference: ReferenceData
) -> OptionSums:
    """Every step of one option in the low, central and high case. Raises ReferenceMissing for a year we do not hold."""
    posts = tuple(post_cases(post, plan, reference) for post in option.posts)
    known = needed.demand is not None
    classes = [row.medicine_class.value for row in needed.classes]
    has = {name: name not in outcome.withheld for name in ("additional", "reduced", "left")}
    all_ages = residents_of_all_ages(plan, reference)
    from_need = need_steps(classes) if known else ()
    from_outcomes = outcome_steps(classes, has["additional"], has["reduced"], has["left"]) if known else ()
    steps = option_steps(
        stated=option.stated_capacity is not None,
        need=known,
        outcomes=known,
        net=has["additional"],
        reduced=has["reduced"],
        left=has["left"],
        all_ages=all_ages is not None,
    )
    years = year_steps(
        plan.horizon.years, known, known and has["additional"], plan.pricing.budget is not None
    )
    shared = need_inputs(needed.classes, {row.key: row for row in needed.inputs}) if known else None
    inputs: dict[Case, dict[str, float]] = {}
    for case in CASES:
        values = dict(shared[case]) if shared else {}
        values |= _plan_inputs(plan, needed, reference, case) | _option_inputs(option, posts, case)
        if all_ages is not None:
            values["residents"] = float(all_ages)
        if known:
            values |= _outcome_inputs(outcome, reference, case)
        inputs[case] = values
    return OptionSums(
        option=option,
        posts=posts,
        inputs=inputs,
        need=from_need,
        outcomes=from_outcomes,
        steps=steps,
        years=years,
        values=work_out((*from_need, *from_outcomes, *steps, *years), inputs),
    )


def _plan_inputs(plan: Plan, needed: Need, reference: ReferenceData, case: Case) -> dict[str, float]:
    horizon, starting = plan.horizon, plan.outcomes.starting_share
    values = {
        "population": float(needed.population.value),
        "years": float(horizon.years),
        "starting_share": getattr(starting, case) if starting else reference.default("starting_share"),
    }
    for name in ("pay_growth", "price_growth", "discount_rate"):
        entered = getattr(horizon, name)
        values[name] = reference.default(name) if entered is None else entered
    for year in range(1, horizon.years + 1):
        in_post = horizon.ramp[min(year, len(horizon.ramp)) - 1]
        lag = 1 - horizon.recruitment_months / 12 if year == 1 else 1.0
        values[f"staffed_{year}"] = in_post * lag
    if plan.pricing.budget is not None:
        values["budget"] = plan.pricing.budget
    return values


def _option_inputs(
    option: ServiceOption, posts: tuple[dict[Case, PostCost], ...], case: Case
) -> dict[str, float]:
    values = {
        "pay": sum(post[case].total for post in posts),
        "hours": sum(post[case].hours for post in posts),
        "overhead_share": getattr(option.overhead, case),
        "other_costs": sum(cost.amount for cost in option.other_costs if not cost.once),
        "set_up": sum(cost.amount for cost in option.other_costs if cost.once),
        "hours_per_person": getattr(option.hours_per_person, case),
        "effect": getattr(option.effect, case),
    }
    if option.stated_capacity is not None:
        values["stated_capacity"] = getattr(option.stated_capacity, case)
    return values


def _outcome_inputs(outcome: OutcomeResult, reference: ReferenceData, case: Case) -> dict[str, float]:
    values = {}
    for row in outcome.classes:
        name = row.medicine_class.value
        values[f"stop_{name}"] = getattr(row.stop.values, case)
        values[f"medicine_cost_{name}"] = reference.default(f"medicine_cost_{name}")
        for what, chance in (("usual", row.usual), ("reduce", row.reduce), ("left", row.left)):
            if chance is not None:
                values[f"{what}_{name}"] = getattr(chance.values, case)
        if row.net is not None:
            values[f"net_{name}"] = getattr(row.net, case)
    return values


def post_cases(post: Post, plan: Plan, reference: ReferenceData) -> dict[Case, PostCost]:
    """A line of posts at the bottom of its band, at its own point and at the top."""
    year, perspective = plan.pricing.price_year, plan.pricing.perspective
    on_a_band = post.band in AGENDA_FOR_CHANGE
    points: dict[Case, Point | None] = {
        "low": "entry" if on_a_band else None,
        "central": None,
        "high": "top" if on_a_band else None,
    }
    return {case: staff_cost(post, year, perspective, reference, points[case]) for case in CASES}


def cost_option(
    option: ServiceOption, plan: Plan, needed: Need, outcome: OutcomeResult, reference: ReferenceData
) -> OptionResult:
    """One option, costed.

    Yearly cost is pay with on-costs, times one plus overheads, plus other yearly costs and set-up spread over
    the plan's years. Capacity is whole-time equivalents times hours a year times the share spent with people,
    divided by the hours each person needs. People supported are the lesser of demand and capacity. Outcomes
    are of everyone who starts. The method is that of the planner's table of steps.
    """
    sums = option_sums(option, plan, needed, outcome, reference)
    central = [post["central"] for post in sums.posts]
    withheld = _withheld(option, sums, needed, outcome)
    kept = {
        step.name: values
        for step in (*sums.outcomes, *sums.steps)
        if step.name not in withheld and (values := sums.range(step.name)) is not None
    }
    hours = reference.assumption("hours_a_year")
    cautions = [caution for cost in central for caution in cost.cautions]
    if option.posts:
        cautions.append(f"{hours.value:,.0f} working hours a year for each WTE: {hours.kind_in_words}")
    if option.overhead_mode == "full absorption":
        cautions.append(
            "Overheads are a full share of everything the organisation has. No case study states overheads, so its cost "
            "is not like for like"
        )

    def always(name: str) -> Range:
        return kept.get(name) or Range(low=0, central=0, high=0)

    pay = [sums.inputs[case]["pay"] for case in CASES]
    return OptionResult(
        id=option.id,
        name=option.name,
        posts=tuple(central),
        wte=sum(post.wte for post in option.posts),
        pay=Range(low=pay[0], central=pay[1], high=pay[2]),
        overhead=always("overhead"),
        overhead_mode=option.overhead_mode,
        other_costs=sums.inputs["central"]["other_costs"],
        set_up=sums.inputs["central"]["set_up"],
        set_up_spread=always("set_up_spread").central,
        annual_cost=always("annual_cost"),
        cost_per_head=always("cost_per_head"),
        cost_per_head_all_ages=kept.get("cost_per_head_all_ages"),
        capacity=always("capacity"),
        demand=needed.demand,
        people_supported=kept.get("supported"),
        unmet=kept.get("unmet"),
        cost_per_person=kept.get("cost_per_person"),
        reach_per_1000=kept.get("reach"),
        measures=kept,
        price_year=plan.pricing.price_year,
        perspective=plan.pricing.perspective,
        population_basis=needed.population.basis.words,
        method=(
            "pay with on-costs times (1 + overheads) plus other yearly costs and set-up spread over "
            f"{plan.horizon.years} years; capacity is WTE times hours a year times share with people, over hours for "
            "each person"
        ),
        cautions=tuple(dict.fromkeys(cautions)),
        withheld=withheld,
    )


def _withheld(
    option: ServiceOption, sums: OptionSums, needed: Need, outcome: OutcomeResult
) -> dict[str, str]:
    """Why a measure cannot be given, by its name. What is not named here is given."""
    withheld: dict[str, str] = {}
    if "residents" not in sums.inputs["central"]:
        withheld["cost_per_head_all_ages"] = (
            "residents of all ages are not known for the area whose population was entered"
        )
    of_people = ("people_supported", "cost_per_person", "cost_per_start", "stopped", "additional")
    if needed.demand is None:
        why = needed.missing_because or "need is not known"
        return withheld | dict.fromkeys((*of_people, "cost_per_stopped", "cost_per_additional"), why)
    capacity = sums.range("capacity")
    if option.is_do_nothing:
        nobody = "nobody is supported beyond usual care, so there is no one to divide by"
        withheld |= dict.fromkeys(("waiting_weeks", *NO_DENOMINATOR), nobody)
    elif capacity is not None and capacity.high <= 0:
        why = (
            "no post spends time with people, so capacity cannot be worked out from staff; "
            "give at least one post a share of its time with people"
        )
        names = ("supported", "unmet", "reach", "starting", "stopped", "reduced", "left", "stopped_or_reduced",
                 "additional", "medicines", "waiting_weeks", *NO_DENOMINATOR, *of_people)  # fmt: skip
        withheld |= dict.fromkeys(names, why)
    for name, (_, why) in NO_DENOMINATOR.items():
        if name not in withheld and name in {step.name for step in sums.steps} and sums.range(name) is None:
            withheld[name] = why
    for name, why in outcome.withheld.items():
        if name == "additional":
            withheld |= {"additional": why, "cost_per_additional": why}
        elif name == "reduced":
            withheld |= {"reduced": why, "cost_per_stopped_or_reduced": why}
        else:
            withheld["left"] = why
    return withheld


def residents_of_all_ages(plan: Plan, reference: ReferenceData) -> int | None:
    """The plan's place counted as residents of all ages, or None where only the user could say."""
    if plan.population.entered is None:
        return plan_organisation(plan, reference).population(Basis.RESIDENT_ALL_AGES).value
    return plan.population.entered if plan.population.basis is Basis.RESIDENT_ALL_AGES else None


def option_from_template(template: OptionTemplate, adults: int) -> ServiceOption:
    """A template sized to a place by its number of resident adults, posts to the nearest tenth of a WTE."""
    millions = adults / 1_000_000
    return ServiceOption(
        id=template.id,
        name=template.name,
        description=template.description,
        drawn_from=template.drawn_from,
        posts=tuple(
            Post.model_validate(post.model_dump() | {"wte": max(0.1, round(post.wte * millions, 1))})
            for post in template.posts_per_million_adults
        ),
        other_costs=tuple(
            OtherCost.model_validate(
                cost.model_dump() | {"amount": max(500.0, float(round(cost.amount * millions / 500) * 500))}
            )
            for cost in template.other_costs_per_million_adults
        ),
        hours_per_person=template.hours_per_person,
        effect=template.effect,
        features=template.features,
    )


def options_from_case_studies(plan: Plan, reference: ReferenceData) -> tuple[ServiceOption, ...]:
    """An option from each case study that has a workforce or a cost, none corrected and none recommended.

    Posts stand as the study prints them, or as its text suggests, each reading an option of its own; they are
    not sized to the place, because no population is printed with them. A study that prints only a cost becomes
    one cost moved to the plan's prices, and the people it says it supported; where it prints its population
    too, both are sized to the plan's residents of all ages.
    """
    return tuple(
        option
        for study in reference.case_studies
        for option in (*_from_workforces(study), *_from_cost(study, plan, reference))
    )


def _from_workforces(study: CaseStudy) -> tuple[ServiceOption, ...]:
    number = study.id.removeprefix("cs")
    return tuple(
        ServiceOption(
            id=f"{study.id}-{reading.id.replace('_', '-')}",
            name=f"Case study {number} ({study.short_name}): {reading.label}",
            description=f"{study.summary} Not sized to this place.",
            drawn_from=f"Case study {number}. {' '.join(reading.assumes)}",
            posts=reading.posts,
            overhead=Range(low=0, central=0, high=0),
        )
        for reading in study.workforces
    )


def _from_cost(study: CaseStudy, plan: Plan, reference: ReferenceData) -> tuple[ServiceOption, ...]:
    values = {figure.id: figure for figure in study.figures}
    cost, people = values.get("annual_cost"), values.get("people_supported") or values.get("people_year")
    if study.workforces or cost is None or cost.value is None or cost.price_year is None:
        return ()
    number = study.id.removeprefix("cs")
    moved = uprate(cost.value, cost.price_year, plan.pricing.price_year, price_index(plan, reference))
    population, residents = values.get("population"), residents_of_all_ages(plan, reference)
    size, sized = 1.0, "Not sized to this place, because no population is printed."
    if population is not None and population.value and residents:
        size = residents / population.value
        sized = f"Sized from {population.value:,.0f} people to {residents:,} residents of all ages."
    capacity = None
    if people is not None and people.value:
        fewest = values.get("unique_people_year")
        least = fewest.value if fewest and fewest.value else people.value
        capacity = Range(low=least * size, central=people.value * size, high=people.value * size)
    return (
        ServiceOption(
            id=f"{study.id}-cost",
            name=f"Case study {number} ({study.short_name}): its printed cost",
            description=f"{study.summary} {sized}",
            drawn_from=(
                f"Case study {number}: £{cost.value:,.0f} a year, {moved.method}. What the cost covers is not stated; "
                "staff, overheads and hours are not known."
            ),
            other_costs=(
                OtherCost(
                    label=f"Whole service as in case study {number}, uprated",
                    heading=CostHeading.VOLUNTARY_SECTOR,
                    amount=moved.value * size,
                ),
            ),
            stated_capacity=capacity,
        ),
    )


DO_NOTHING = ServiceOption(
    id="do-nothing",
    name="Do nothing (usual care)",
    description=(
        "No new service. People go on being supported by their own practice and existing services as now."
    ),
    drawn_from="Kept in every comparison, so that the cost and reach of acting can be seen.",
)
