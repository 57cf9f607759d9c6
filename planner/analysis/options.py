"""What each service option costs, whom it can support, and the cost per head and per person."""

from __future__ import annotations

from planner.analysis.need import Need, plan_organisation
from planner.analysis.staffing import PostCost, staff_cost
from planner.model.base import Frozen, Range
from planner.model.plan import Plan
from planner.model.prescribing import Basis
from planner.model.reference import OptionTemplate, ReferenceData
from planner.model.service import OtherCost, Perspective, Point, Post, ServiceOption


class OptionResult(Frozen):
    """One option's cost and reach in a year, at the plan's price year and pension perspective.

    `cost_per_head` is over the plan's own population. `cost_per_head_all_ages` is over residents of all
    ages, the basis of the only published cost per head, so that the two may be set side by side.
    Cost is low with every post at the bottom of its band and the least overhead, and high the other way.
    `cost_per_person` sets the lowest cost over the most people and the highest over the fewest. A measure
    that cannot be given is empty and its reason stands in `withheld`, by the measure's name.
    """

    id: str
    name: str
    posts: tuple[PostCost, ...]
    wte: float
    pay: Range
    overhead: Range
    other_costs: float
    set_up: float
    annual_cost: Range
    cost_per_head: Range
    cost_per_head_all_ages: Range | None
    capacity: Range
    demand: Range | None
    people_supported: Range | None
    unmet: Range | None
    cost_per_person: Range | None
    reach_per_1000: Range | None
    price_year: str
    perspective: Perspective
    population_basis: str
    method: str
    cautions: tuple[str, ...]
    withheld: dict[str, str]


def cost_option(option: ServiceOption, plan: Plan, needed: Need, reference: ReferenceData) -> OptionResult:
    """One option, costed.

    Yearly cost is pay with on-costs, times one plus overheads, plus other yearly costs; set-up stands
    apart. Capacity is whole-time equivalents times hours a year times the share spent with people,
    divided by the hours each person needs. People supported are the lesser of demand and capacity.
    """
    year, perspective = plan.pricing.price_year, plan.pricing.perspective
    central = [staff_cost(post, year, perspective, reference) for post in option.posts]
    pay = Range(
        low=sum(staff_cost(p, year, perspective, reference, _lowest(p)).total for p in option.posts),
        central=sum(cost.total for cost in central),
        high=sum(staff_cost(p, year, perspective, reference, _highest(p)).total for p in option.posts),
    )
    overhead = Range(
        low=pay.low * option.overhead.low,
        central=pay.central * option.overhead.central,
        high=pay.high * option.overhead.high,
    )
    yearly = sum(cost.amount for cost in option.other_costs if not cost.once)
    annual = Range(
        low=pay.low + overhead.low + yearly,
        central=pay.central + overhead.central + yearly,
        high=pay.high + overhead.high + yearly,
    )
    capacity = _capacity(option, reference)
    withheld: dict[str, str] = {}
    supported = unmet = per_person = reach = None
    demand = needed.demand
    if demand is None:
        withheld["people_supported"] = needed.missing_because or "need is not known"
    elif capacity.high > 0:
        supported = Range(
            low=min(demand.low, capacity.low),
            central=min(demand.central, capacity.central),
            high=min(demand.high, capacity.high),
        )
        unmet = Range(
            low=max(0.0, demand.low - capacity.high),
            central=max(0.0, demand.central - capacity.central),
            high=max(0.0, demand.high - capacity.low),
        )
    elif option.is_do_nothing:
        supported, unmet = Range(low=0, central=0, high=0), demand
    else:
        withheld["people_supported"] = (
            "no post spends time with people, so capacity cannot be worked out from staff; "
            "give at least one post a share of its time with people"
        )
    if supported is not None and supported.low >= 0.5:
        per_person = Range(
            low=annual.low / supported.high,
            central=annual.central / supported.central,
            high=annual.high / supported.low,
        )
    elif option.is_do_nothing:
        withheld["cost_per_person"] = "nobody is supported beyond usual care, so there is no one to divide by"
    else:
        withheld["cost_per_person"] = withheld.get(
            "people_supported", "in the low case nobody is supported, so there may be no one to divide by"
        )
    if supported is not None and needed.people is not None and needed.people.central > 0:
        reach = supported.scaled(1000 / needed.people.central)
    all_ages = _residents_of_all_ages(plan, reference)
    if all_ages is None:
        withheld["cost_per_head_all_ages"] = (
            "residents of all ages are not known for the area whose population was entered"
        )
    hours = reference.assumption("hours_a_year")
    cautions = [caution for cost in central for caution in cost.cautions]
    if option.posts:
        cautions.append(f"{hours.value:,.0f} working hours a year for each WTE: {hours.kind_in_words}")
    return OptionResult(
        id=option.id,
        name=option.name,
        posts=tuple(central),
        wte=sum(post.wte for post in option.posts),
        pay=pay,
        overhead=overhead,
        other_costs=yearly,
        set_up=sum(cost.amount for cost in option.other_costs if cost.once),
        annual_cost=annual,
        cost_per_head=annual.scaled(1 / needed.population.value),
        cost_per_head_all_ages=annual.scaled(1 / all_ages) if all_ages else None,
        capacity=capacity,
        demand=demand,
        people_supported=supported,
        unmet=unmet,
        cost_per_person=per_person,
        reach_per_1000=reach,
        price_year=year,
        perspective=perspective,
        population_basis=needed.population.basis.words,
        method=(
            "pay with on-costs times (1 + overheads) plus other yearly costs; capacity is WTE times hours "
            "a year times share with people, over hours for each person"
        ),
        cautions=tuple(dict.fromkeys(cautions)),
        withheld=withheld,
    )


def _residents_of_all_ages(plan: Plan, reference: ReferenceData) -> int | None:
    """The plan's place counted as residents of all ages, or None where only the user could say."""
    if plan.population.entered is None:
        return plan_organisation(plan, reference).population(Basis.RESIDENT_ALL_AGES).value
    return plan.population.entered if plan.population.basis is Basis.RESIDENT_ALL_AGES else None


def _lowest(post: Post) -> Point | None:
    return None if post.band == "other" else "entry"


def _highest(post: Post) -> Point | None:
    return None if post.band == "other" else "top"


def _capacity(option: ServiceOption, reference: ReferenceData) -> Range:
    hours_a_year = reference.default("hours_a_year")
    hours = sum(post.wte * hours_a_year * post.patient_facing for post in option.posts)
    each = option.hours_per_person
    return Range(low=hours / each.high, central=hours / each.central, high=hours / each.low)


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
        features=template.features,
    )


DO_NOTHING = ServiceOption(
    id="do-nothing",
    name="Do nothing (usual care)",
    description=(
        "No new service. People go on being supported by their own practice and existing services as now."
    ),
    drawn_from="Kept in every comparison, so that the cost and reach of acting can be seen.",
)
