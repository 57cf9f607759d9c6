"""What each service option costs, whom it can support and what may come of it."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from planner.analysis.completeness.wizard_steps import STEPS
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.outcomes import hours_unlike
from planner.analysis.economics.probabilistic import draw_option
from planner.analysis.economics.staff_costs import PostCost
from planner.analysis.formatting import listed
from planner.model.base import ByQuintile, Range
from planner.model.case_study_names import case_study_names
from planner.model.service import OverheadMode, Perspective, ServiceOption

FULL_YEAR, ONE_STAFFED_YEAR, ONE_YEAR = "a full year", "one fully staffed year", "one year"
"""What the year is called that an option's measures are of: one that comes again, else one alone,
in which all its posts are filled where it has any."""


@dataclass(frozen=True, kw_only=True)
class OptionResult:
    """One option's cost, reach and outcomes in a year, at the plan's price year and pension
    perspective.

    `cost_per_head` is over the plan's own population. `cost_per_head_all_ages` is over residents of
    all ages, the basis of the only published cost per head, so that the two may be set side by
    side. It holds set-up spread over the plan's years. `measures` holds every step that is given,
    by its name, such as `people_assessed` and `net_stopped`: one figure and the 95% of its draws.
    `central_case` is each of them in the central case. One in `medians` is the median of its draws
    in place of the central case, and one in `often_none` is nought in more than a tenth of them. A
    measure that cannot be given is absent and its reason stands in `withheld`, by its name.
    `stated` says that the people it can see are the provider's word and not worked out from hours.
    `bottleneck` is the post whose time runs out before the whole team's, if one does, and
    `too_thin` says why the team could not cover leave. Reach is people assessed per 1,000 people
    prescribed; by deprivation quintile, the most deprived first, it is there as far as the option
    says whom it would reach, and elsewhere is outside the most deprived quintile.
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
    cost_per_head_all_ages: Range
    capacity: Range | None
    stated: bool
    is_price_alone: bool
    demand: Range | None
    referrals_taken: Range | None
    people_assessed: Range | None
    people_starting: Range | None
    waiting_weeks: Range | None
    cost_per_assessed: Range | None
    cost_per_start: Range | None
    reach_per_1000: Range | None
    bottleneck: str | None
    too_thin: str
    reach_by_quintile: ByQuintile[Range | None]
    reach_elsewhere: Range | None
    measures: dict[str, Range]
    central_case: dict[str, float]
    medians: tuple[str, ...]
    often_none: dict[str, float]
    price_year: str
    perspective: Perspective
    population_basis: str
    method: str
    cautions: tuple[str, ...]
    withheld: dict[str, str]

    @property
    def full_year(self) -> str:
        """What to call the year that its measures are of: a full one where such a year comes again,
        which one of letters does not where fewer people are left to write to after it."""
        written, register = self.central_case.get("written"), self.central_case.get("register")
        if written is None or register is None or register >= 2 * written:
            return FULL_YEAR
        return ONE_STAFFED_YEAR if self.posts else ONE_YEAR

    @property
    def by_the_year(self) -> str:
        """What a cost of it is said to be for: so much a year where a full year comes again."""
        return "a year" if self.full_year == FULL_YEAR else f"in {self.full_year}"

    @property
    def writes_once(self) -> bool:
        """Whether everyone whom its letters are meant for is written to within one year."""
        written, register = self.central_case.get("written"), self.central_case.get("register")
        return written is not None and written == register

    @property
    def running_cost(self) -> Range:
        """The cost of a year without set-up, which is what a contract pays once set-up has been
        paid for."""
        spread, annual = self.set_up_spread, self.annual_cost
        return Range(
            low=annual.low - spread, central=annual.central - spread, high=annual.high - spread
        )


def full_year_of(options: Iterable[OptionResult]) -> str:
    """What to call the year of several options together: a full one where it comes again for every
    one of them."""
    called = {option.full_year for option in options}
    return next((one for one in (ONE_STAFFED_YEAR, ONE_YEAR) if one in called), FULL_YEAR)


def cost_option(
    option: ServiceOption,
    case: Case,
    by_quintile: ByQuintile[float] | None = None,
) -> OptionResult:
    """One option, costed. `by_quintile` are the parts of people prescribed who live in each
    deprivation quintile.

    Yearly cost is pay with on-costs, times one plus overheads, plus other yearly costs, letters and
    set-up spread over the plan's years. Referrals there is room for are whole-time equivalents
    times hours a year times the share spent with people, divided by the hours that a referral takes
    with what follows from it. Referrals taken are the lesser of that and those that come. Outcomes
    are of everyone who starts, or is written to. The method is that of the planner's register of
    measures.
    """
    sums, draws = case.sums_of(option), draw_option(option.id, case)
    central = [post["central"] for post in sums.posts]
    saved = {name: estimate.range() for name, estimate in draws.estimates.items()}
    withheld = dict(draws.withheld)
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
    cautions += _of_evidence(sums)
    reach_by_quintile, reach_elsewhere = _reach_by_quintile(
        option, saved.get("reach"), by_quintile, withheld
    )
    return OptionResult(
        id=option.id,
        name=option.name,
        posts=tuple(central),
        wte=sum(post.wte for post in option.posts),
        pay=saved["pay"],
        overhead=saved["overhead"],
        overhead_mode=option.overhead_mode,
        other_costs=sums.central["other_costs"],
        set_up=sums.central["set_up"],
        set_up_spread=sums.values["set_up_spread"] or 0.0,
        annual_cost=saved["annual_cost"],
        cost_per_head=saved["cost_per_head"],
        cost_per_head_all_ages=saved["cost_per_head_all_ages"],
        capacity=saved.get("capacity"),
        stated=option.stated_capacity is not None,
        is_price_alone=option.is_price_alone,
        demand=case.need.demand,
        referrals_taken=saved.get("referrals_taken"),
        people_assessed=saved.get("people_assessed"),
        people_starting=saved.get("people_starting"),
        waiting_weeks=saved.get("waiting_weeks"),
        cost_per_assessed=saved.get("cost_per_assessed"),
        cost_per_start=saved.get("cost_per_start"),
        reach_per_1000=saved.get("reach"),
        bottleneck=_bottleneck(sums),
        too_thin=too_thin(option),
        reach_by_quintile=reach_by_quintile,
        reach_elsewhere=reach_elsewhere,
        measures=saved,
        central_case={name: sums.values.get(name) or 0.0 for name in saved},
        medians=tuple(name for name, one in draws.estimates.items() if one.is_median),
        often_none=draws.often_none,
        price_year=case.plan.pricing.price_year,
        perspective=case.plan.pricing.perspective,
        population_basis=case.need.population.basis.label,
        method=(
            "pay with on-costs times (1 + overheads) plus other yearly costs and set-up spread "
            "over "
            f"{case.plan.horizon.years} years; room for referrals is WTE times hours a year times "
            "share with people, over hours for each referral and what follows from it"
        ),
        cautions=tuple(dict.fromkeys(cautions)),
        withheld=withheld,
    )


def _of_evidence(sums: OptionSums) -> Iterator[str]:
    """What to take care of in the outcomes of an option, where they are given: classes without a
    trial, and hours unlike those of the trials."""
    if "effect" not in sums.known.has or sums.option.is_do_nothing:
        return
    without = [row.medicine_class.label for row in sums.evidence if row.no_evidence]
    if without:
        offer = sums.evidence[0].offer.value
        yield (
            f"No trial of {offer} was found for {listed(without)}, so nobody on them is counted as "
            "stopping. It is not known that nobody would"
        )
    # A letter takes no programme, and a quote says nothing of its hours.
    if "hours_per_referral" in sums.values:
        programme = sums.central["hours_programme"]
        come = (
            row for row in sums.evidence if sums.values.get(f"weight_{row.medicine_class.value}")
        )
        yield from filter(None, (hours_unlike(row, programme) for row in come))


def _bottleneck(sums: OptionSums) -> str | None:
    """The post whose hours allow the fewest referrals, where they are fewer than the whole team's
    hours allow."""
    least, team = sums.values.get("capacity"), sums.values.get("team_capacity")
    if least is None or team is None or least >= team:
        return None
    return next(
        sums.option.posts[number - 1].title
        for number in sums.known.roles
        if sums.values[f"role_capacity_{number}"] == least
    )


THIN_WTE, THIN_PEOPLE = 2.0, 3
"""Fewer facing posts or people than these cannot cover leave."""


def too_thin(option: ServiceOption) -> str:
    """Why a team could not cover leave and sickness, or nothing where it could; a team that is not
    made of posts, or that sees nobody over months, is not judged."""
    facing = [post for post in option.posts if post.patient_facing > 0]
    if not option.posts or option.is_letters:
        return ""
    wte = sum(post.wte for post in facing)
    people = sum(post.headcount or math.ceil(post.wte) for post in facing)
    if wte >= THIN_WTE and people >= THIN_PEOPLE:
        return ""
    return (
        f"{wte:g} WTE and {people} {'person' if people == 1 else 'people'} who see people could "
        "not cover leave and sickness; a team shared with a neighbouring place could"
    )


def _reach_by_quintile(
    option: ServiceOption,
    reach: Range | None,
    by_quintile: ByQuintile[float] | None,
    withheld: dict[str, str],
) -> tuple[ByQuintile[Range | None], Range | None]:
    """People assessed per 1,000 prescribed in each fifth, and outside the most deprived; a reason
    where not known."""
    shares = option.shares_by_quintile
    if option.is_do_nothing or reach is None:
        return ByQuintile.unknown(), None
    entered = [share for share in shares if share is not None]
    if by_quintile is None or not entered:
        withheld["reach_by_quintile"] = (
            "people prescribed by deprivation fifth are not known for every class; enter them "
            f"under {STEPS['reach']}"
            if entered
            else "the shares of its people who would live in each deprivation fifth have not been "
            "entered"
        )
        return ByQuintile.unknown(), None
    reached = ByQuintile[Range | None](
        reach.scaled(share / part) if share is not None and part > 0 else None
        for share, part in zip(shares, by_quintile, strict=True)
    )
    first, most_deprived = shares.of(1), by_quintile.of(1)
    if first is None or not 0 < most_deprived < 1:
        return reached, None
    return reached, reach.scaled((1 - first) / (1 - most_deprived))
