"""What each service option costs, whom it can support and what may come of it."""

from dataclasses import dataclass

from planner.analysis.calculation.measures import MEASURES, resting_on
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.staff_costs import PostCost
from planner.model.base import ByQuintile, Range
from planner.model.case_study_names import case_study_names
from planner.model.service import OverheadMode, Perspective, ServiceOption

NOTHING = Range(low=0, central=0, high=0)
"""What a cost comes to that is not among the steps."""


@dataclass(frozen=True, kw_only=True)
class OptionResult:
    """One option's cost, reach and outcomes in a year, at the plan's price year and pension
    perspective.

    `cost_per_head` is over the plan's own population. `cost_per_head_all_ages` is over residents of
    all ages, the basis of the only published cost per head, so that the two may be set side by
    side. Cost is low with every post at the bottom of its band and the least overhead, and high the
    other way; it holds set-up spread over the plan's years. `cost_per_person` sets the lowest cost
    over the most people and the highest over the fewest. `measures` holds every other step by its
    name, such as `stopped` (gross), `additional` (net of usual care) and `cost_per_additional`. A
    measure that cannot be given is absent and its reason stands in `withheld`, by the measure's
    name. `stated` says that the capacity is the provider's word and not worked out from hours.
    `bottleneck` is the post whose time runs out before the whole team's, if one does. Reach is
    people supported per 1,000 people prescribed; by deprivation fifth, the most deprived first, it
    is there as far as the option says whom it would reach, and elsewhere is outside the most
    deprived fifth.
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
    stated: bool
    demand: Range | None
    people_supported: Range | None
    unmet: Range | None
    cost_per_person: Range | None
    reach_per_1000: Range | None
    bottleneck: str | None
    reach_by_fifth: tuple[Range | None, ...]
    reach_elsewhere: Range | None
    measures: dict[str, Range]
    price_year: str
    perspective: Perspective
    population_basis: str
    method: str
    cautions: tuple[str, ...]
    withheld: dict[str, str]

    @property
    def running_cost(self) -> Range:
        """The cost of a year without set-up, which is what a contract pays once set-up has been
        paid for."""
        spread, annual = self.set_up_spread, self.annual_cost
        return Range(
            low=annual.low - spread, central=annual.central - spread, high=annual.high - spread
        )


def cost_option(
    option: ServiceOption,
    case: Case,
    by_quintile: tuple[float, ...] | None = None,
) -> OptionResult:
    """One option, costed. `by_fifth` are the parts of people prescribed who live in each
    deprivation fifth.

    Yearly cost is pay with on-costs, times one plus overheads, plus other yearly costs and set-up
    spread over the plan's years. Capacity is whole-time equivalents times hours a year times the
    share spent with people, divided by the hours each person needs. People supported are the lesser
    of demand and capacity. Outcomes are of everyone who starts. The method is that of the planner's
    register of measures.
    """
    sums = case.sums_of(option)
    central = [post["central"] for post in sums.posts]
    withheld = _withheld(option, sums, case)
    saved = {
        step.name: values
        for step in (*sums.outcomes, *sums.steps)
        if step.name not in withheld
        and step.name != "stop_own"
        and (values := sums.range(step.name)) is not None
    }
    hours = case.reference.assumption("hours_a_year")
    cautions = [caution for cost in central for caution in cost.cautions]
    if option.posts:
        cautions.append(
            f"{hours.value:,.0f} working hours a year for each WTE: {hours.kind_in_words}"
        )
    if option.overhead_mode == "full absorption":
        cautions.append(
            "Overheads are a full share of everything the organisation has. "
            f"{case_study_names(case.reference.case_studies)['Stating_overheads']} overheads, "
            "so its cost is not like for like"
        )
    reach_by_fifth, reach_elsewhere = _reach_by_quintile(
        option, saved.get("reach"), by_quintile, withheld
    )
    return OptionResult(
        id=option.id,
        name=option.name,
        posts=tuple(central),
        wte=sum(post.wte for post in option.posts),
        pay=sums.given("pay"),
        overhead=saved.get("overhead", NOTHING),
        overhead_mode=option.overhead_mode,
        other_costs=sums.inputs["central"]["other_costs"],
        set_up=sums.inputs["central"]["set_up"],
        set_up_spread=saved.get("set_up_spread", NOTHING).central,
        annual_cost=saved.get("annual_cost", NOTHING),
        cost_per_head=saved.get("cost_per_head", NOTHING),
        cost_per_head_all_ages=saved.get("cost_per_head_all_ages"),
        capacity=saved.get("capacity", NOTHING),
        stated=option.stated_capacity is not None,
        demand=case.need.demand,
        people_supported=saved.get("supported"),
        unmet=saved.get("unmet"),
        cost_per_person=saved.get("cost_per_person"),
        reach_per_1000=saved.get("reach"),
        bottleneck=_bottleneck(option, saved),
        reach_by_fifth=reach_by_fifth,
        reach_elsewhere=reach_elsewhere,
        measures=saved,
        price_year=case.plan.pricing.price_year,
        perspective=case.plan.pricing.perspective,
        population_basis=case.need.population.basis.label,
        method=(
            "pay with on-costs times (1 + overheads) plus other yearly costs and set-up spread "
            "over "
            f"{case.plan.horizon.years} years; capacity is WTE times hours a year times share with "
            "people, over hours for each person"
        ),
        cautions=tuple(dict.fromkeys(cautions)),
        withheld=withheld,
    )


def _bottleneck(option: ServiceOption, saved: dict[str, Range]) -> str | None:
    """The post whose hours allow the fewest people, where they are fewer than the whole team's
    hours allow."""
    least = saved["capacity"].central if "capacity" in saved else 0.0
    if "team_capacity" not in saved or least >= saved["team_capacity"].central:
        return None
    return next(
        post.title
        for number, post in enumerate(option.posts, 1)
        if post.hours_each is not None and saved[f"role_capacity_{number}"].central == least
    )


def _reach_by_quintile(
    option: ServiceOption,
    reach: Range | None,
    by_quintile: tuple[float, ...] | None,
    withheld: dict[str, str],
) -> tuple[tuple[Range | None, ...], Range | None]:
    """People supported per 1,000 prescribed in each fifth, and outside the most deprived; a reason
    where not known."""
    shares = option.shares_by_fifth
    if option.is_do_nothing or reach is None:
        return ByQuintile.unknown(), None
    entered = [share for share in shares if share is not None]
    if by_quintile is None or not entered:
        withheld["reach_by_fifth"] = (
            "people prescribed by deprivation fifth are not known for every class; enter them on "
            "the Inequality step"
            if entered
            else "the shares of its people who would live in each deprivation fifth have not been "
            "entered"
        )
        return ByQuintile.unknown(), None
    reached = tuple(
        reach.scaled(share / part) if share is not None and part > 0 else None
        for share, part in zip(shares, by_quintile, strict=True)
    )
    first, most_deprived = shares[0], by_quintile[0]
    if first is None or not 0 < most_deprived < 1:
        return reached, None
    return reached, reach.scaled((1 - first) / (1 - most_deprived))


def not_known(sums: OptionSums, case: Case) -> dict[str, str]:
    """What cannot be known of an option, whatever is drawn, by measure, with the reason."""
    lookup: dict[str, str] = {}
    of_people = (MEASURES["supported"].alias, *resting_on("need"))
    if "residents" not in sums.inputs["central"]:
        lookup["cost_per_head_all_ages"] = (
            "residents of all ages are not known for the area whose population was entered"
        )
    if case.need.demand is None:
        return lookup | dict.fromkeys(of_people, case.need.missing_because or "need is not known")
    works_from_hours = not sums.option.is_do_nothing and sums.option.stated_capacity is None
    if works_from_hours and sums.inputs["high"]["hours"] <= 0:
        return lookup | dict.fromkeys(
            of_people,
            "no post spends time with people, so capacity cannot be worked out from staff; "
            "give at least one post a share of its time with people",
        )
    for part, why in case.outcomes.withheld.items():
        lookup |= dict.fromkeys(resting_on(part), why)
    return lookup


def _withheld(option: ServiceOption, sums: OptionSums, case: Case) -> dict[str, str]:
    """Why a measure cannot be given, by its name. What is not named here is given."""
    withheld = not_known(sums, case)
    if case.need.demand is None:
        return withheld
    if option.is_do_nothing:
        nobody = "nobody is supported beyond usual care, so there is no one to divide by"
        own = {step.name for step in sums.steps}
        withheld = {step.name: nobody for step in sums.steps if step.over in own} | withheld
    return withheld | {
        step.name: step.undefined
        for step in sums.steps
        if step.undefined and step.name not in withheld and sums.range(step.name) is None
    }
