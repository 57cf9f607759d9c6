"""One option as inputs and steps: what screens, draws and the workbook all work from. No words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from planner.analysis.calculation.formulas import steps_for, work_out
from planner.analysis.calculation.inputs import INPUTS, input_named
from planner.analysis.calculation.measures import Calculation, KnownInputs, measures_of
from planner.analysis.economics.outcomes import ClassOutcomes, OutcomeResult, outcomes
from planner.analysis.economics.price_index import Uprated, price_index, uprate
from planner.analysis.economics.staff_costs import PostCost, hours_a_year, staff_cost
from planner.analysis.population.assumptions import ENDS
from planner.analysis.population.need import (
    ALL_AGES,
    Need,
    known_of,
    need,
    plan_organisation,
    plan_population,
    residents,
)
from planner.model.base import Range, T, as_range
from planner.model.outcomes import Offer
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import (
    AGENDA_FOR_CHANGE,
    Band,
    Feature,
    OtherCost,
    Point,
    Post,
    ServiceKind,
    ServiceOption,
    WhoComes,
)

PointOfBand = Literal["low", "central", "high"]
POINTS_OF_BAND: tuple[PointOfBand, ...] = ("low", "central", "high")
"""A line of posts is costed at the bottom of its band, at its own point and at the top."""
HOURS_OF_KIND = {
    ServiceKind.CLINICS: "hours_clinics",
    ServiceKind.THERAPISTS: "hours_therapists",
    ServiceKind.SPECIALIST: "hours_specialist",
    ServiceKind.WHOLE_SYSTEM: "hours_whole_system",
    ServiceKind.OTHER: "hours_whole_system",
    ServiceKind.LETTERS: "hours_whole_system",
}
"""The default hours of a programme for each kind of service; a letters offer has none in its
sums."""
NOT_COUNTED = as_range(0.0)
"""What is not known of those who stopped is counted as nobody, and named."""
EVERYONE_WRITTEN_TO = 1e8
"""Letters a year of an offer that writes to everyone at once: more than there can be people."""


@dataclass(frozen=True, kw_only=True)
class LettersOfYear:
    """People written to in a year, as far as any are left, what the letters cost at the prices of
    year 1, and the part of the year that the option runs."""

    sent: float
    cost: float
    runs: float


@dataclass(frozen=True)
class OptionSums:
    """One option as inputs and steps: what the screen, the draws and the workbook all work from.

    `posts` has the cost of each line of posts at the bottom of its band, at its own point and at
    the top. `given` are the inputs by name, with the low and high between which they are drawn.
    `evidence` is what is taken for each class it covers, by its kind of offer.
    """

    option: ServiceOption
    posts: tuple[dict[PointOfBand, PostCost], ...]
    given: dict[str, Range]
    known: KnownInputs
    evidence: tuple[ClassOutcomes, ...]
    need: tuple[Calculation, ...]
    steps: tuple[Calculation, ...]
    years: tuple[Calculation, ...]

    @cached_property
    def central(self) -> dict[str, float]:
        """The inputs of the central case."""
        return {name: values.central for name, values in self.given.items()}

    @cached_property
    def own(self) -> frozenset[str]:
        """The names of the inputs that no other option shares."""
        return frozenset(
            name for name in self.given if input_named(name)[0].scope in ("option", "role")
        )

    @cached_property
    def values(self) -> dict[str, float | None]:
        """Every input and every step of the central case; worked out when first asked for."""
        return work_out((*self.need, *self.steps, *self.years), self.central)

    def letters_by_year(
        self, values: Mapping[str, float | None], years: int
    ) -> tuple[LettersOfYear, ...]:
        """Letters of each of so many years, which may be more than the plan's, from the inputs and
        steps in `values`; nothing of an option without letters, or where it is not known to
        whom."""
        numbers = range(1, years + 1)
        names = [f"{what}_{year}" for year in numbers for what in ("letters_cost", "runs")]
        steps = steps_for(measures_of(replace(self.known, years=years), "years"), names)
        known = {name: value for name, value in values.items() if value is not None}
        given = work_out(steps, known)
        return tuple(
            LettersOfYear(
                sent=given[f"letters_{year}"] or 0.0,
                cost=given[f"letters_cost_{year}"] or 0.0,
                runs=given.get(f"runs_{year}", 1.0) or 0.0,
            )
            for year in numbers
            if f"letters_cost_{year}" in given
        )


@dataclass(frozen=True)
class Case:
    """One plan with all that the sums of its options rest on; the sums of an option are worked out
    once and kept."""

    plan: Plan
    reference: ReferenceData
    need: Need
    outcomes: OutcomeResult
    _cache: dict[str, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

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
        # What is kept holds the option, so no other comes to have its identity.
        return self.once(f"sums of {id(option)}", lambda: option_sums(option, self))

    def once(self, name: str, make: Callable[[], T]) -> T:
        """What is worked out once of the case, under a name, and then kept."""
        if name not in self._cache:
            self._cache[name] = make()
        value: T = self._cache[name]
        return value

    @property
    def sums(self) -> tuple[OptionSums, ...]:
        """The steps of every option, in the plan's order."""
        return tuple(self.sums_of(option) for option in self.plan.options)


def option_sums(option: ServiceOption, case: Case) -> OptionSums:
    """Every step of one option. Raises ReferenceMissing for a year we do not hold."""
    plan, reference, classes = case.plan, case.reference, case.need.classes
    posts = tuple(post_scenarios(post, plan, reference) for post in option.posts)
    evidence = evidence_of(option, case)
    has_need = case.need.demand is not None and bool(evidence)
    has = {
        "need": has_need,
        "stated": option.stated_capacity is not None,
        "budget": plan.pricing.budget is not None,
        "letters offer": option.is_letters,
        "invites": plan.demand.letters_a_year > 0
        and not option.is_letters
        and not option.is_do_nothing,
        "specialist": option.who_comes is WhoComes.AS_SPECIALIST,
        "effect": option.effect is not None or option.is_do_nothing,
        "net": all(row.net is not None for row in evidence),
        "searches": plan.demand.search_hours is not None,
        "contract price": plan.horizon.price_uplift is not None
        or plan.horizon.efficiency is not None,
    }
    names = tuple(row.medicine_class.value for row in classes)
    known = KnownInputs(
        has=frozenset(name for name, there in has.items() if there)
        | (known_of(classes).has if has_need else frozenset()),
        classes=names,
        covered=tuple(row.medicine_class.value for row in evidence),
        roles=tuple(n for n, post in enumerate(option.posts, 1) if post.hours_each is not None),
        years=plan.horizon.years,
    )
    given = (
        (dict(case.need.given) if has_need else {})
        | _plan_inputs(case)
        | _option_inputs(option, posts, case)
        | (_evidence_inputs(evidence, case) if has_need else {})
    )
    return OptionSums(
        option=option,
        posts=posts,
        given=given,
        known=known,
        evidence=evidence,
        need=measures_of(known, "need", "referrals"),
        steps=tuple(
            one for one in measures_of(known, "shares", "cost", "outcomes") if not one.is_link
        ),
        years=measures_of(known, "years"),
    )


def unpaid_hours(option: ServiceOption, case: Case) -> float:
    """Hours a year that an option's unpaid posts work, with people and without."""
    return sum(
        post.wte * hours_a_year(post, case.reference)
        for post in option.posts
        if post.band == "voluntary"
    )


PAID_AT: Band = "3"
"""The band at which unpaid posts are priced, to tell what they would cost."""


def if_all_were_paid(option: ServiceOption, case: Case) -> dict[str, float | None]:
    """Every step of the central case of an option whose unpaid posts are paid at band 3."""
    posts = tuple(
        post.model_copy(update={"band": PAID_AT}) if post.band == "voluntary" else post
        for post in option.posts
    )
    return option_sums(option.model_copy(update={"posts": posts}), case).values


def evidence_of(option: ServiceOption, case: Case) -> tuple[ClassOutcomes, ...]:
    """What is taken of each class of the plan that the option covers, by its kind of offer."""
    offer = Offer.EVERYONE if option.is_letters else Offer.PROGRAMME
    return tuple(
        row
        for row in case.outcomes.for_offer(offer)
        if not option.classes or row.medicine_class in option.classes
    )


def _plan_inputs(case: Case) -> dict[str, Range]:
    plan, horizon = case.plan, case.plan.horizon
    population = case.need.population
    values = {
        "population": as_range(float(population.value)),
        "residents": as_range(residents_of_all_ages(plan, case.reference)),
    }
    for item in INPUTS:
        if item.scope == "plan" and not item.feeds and item.section in ("outcomes", "plan"):
            entered = item.value(plan)
            if entered is not None:
                values[item.key] = as_range(entered)
            elif item.default:
                values[item.key] = default_range(item.default, case)
    values.setdefault("price_uplift", as_range(0.0))
    values.setdefault("efficiency", as_range(0.0))
    profile = plan.demand.referral_profile
    for year in range(1, horizon.years + 1):
        lag = 1 - horizon.recruitment_months / 12 if year == 1 else 1.0
        staffing = horizon.staffing_profile
        values[f"staffed_{year}"] = as_range(staffing[min(year, len(staffing)) - 1] * lag)
        values[f"referral_profile_{year}"] = as_range(profile[min(year, len(profile)) - 1])
    return values


def default_range(figures: Sequence[str], case: Case) -> Range:
    """A default we ship, of one figure or of a low, a central and a high, at the plan's prices
    where it is money. Raises ReferenceMissing for a year the index does not hold."""
    values = [default_in_prices(figure, case.plan, case.reference) for figure in figures]
    return Range(low=values[0], central=values[len(values) // 2], high=values[-1])


def default_hours(kind: ServiceKind, reference: ReferenceData) -> Range:
    """Our default hours of a programme for each person who starts with that kind of service."""
    low, central, high = (reference.default(f"{HOURS_OF_KIND[kind]}{end}") for end in ENDS)
    return Range(low=low, central=central, high=high)


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
    option: ServiceOption, posts: tuple[dict[PointOfBand, PostCost], ...], case: Case
) -> dict[str, Range]:
    """What is the option's own. Each of its costs is moved to the plan's prices."""
    plan, reference = case.plan, case.reference
    costs = [(cost.once, moved_cost(cost, plan, reference).value) for cost in option.other_costs]
    yearly = sum(amount for once, amount in costs if not once)
    # A quote is one price, whole or not at all; in other prices than the plan's it has been moved.
    is_one_price = option.is_quote and all(
        cost.price_year in (None, plan.pricing.price_year) for cost in option.other_costs
    )
    within = 0.0 if is_one_price else 1.96 * reference.default("other_cost_spread")
    letters = option.letters_a_year
    prescribes = option.feature(Feature.PRESCRIBER_IN_TEAM)
    values = {
        "pay": Range(**{end: sum(post[end].total for post in posts) for end in POINTS_OF_BAND}),
        "hours": as_range(sum(post["central"].hours for post in posts)),
        "other_costs": Range(low=yearly * (1 - within), central=yearly, high=yearly * (1 + within)),
        "set_up": as_range(sum(amount for once, amount in costs if once)),
        # Without posts, what is paid for is there from the start.
        "recruits": as_range(1.0 if option.posts else 0.0),
        # Nobody is referred to nothing.
        "takes": as_range(0.0 if option.is_do_nothing else option.takes),
        "letters_own": as_range(EVERYONE_WRITTEN_TO if letters is None else letters),
        "facing_wte": as_range(sum(post.wte for post in option.posts if post.patient_facing > 0)),
        "hours_programme": option.hours_programme or default_hours(option.kind, reference),
        "overhead_share": option.overhead,
        "did_not_attend": option.did_not_attend,
        "practice_hours_each": default_range(
            [f"practice_hours_{'with' if prescribes else 'without'}{end}" for end in ENDS], case
        ),
        # Doing nothing adds nothing, whatever the evidence.
        "effect": option.effect or as_range(0.0),
    }
    if option.stated_capacity is not None:
        values["stated_capacity"] = option.stated_capacity
    for number, (post, cost) in enumerate(zip(option.posts, posts, strict=True), 1):
        if post.hours_each is not None:
            values[f"role_hours_{number}"] = as_range(cost["central"].hours)
            values[f"role_hours_each_{number}"] = post.hours_each
    return values


def _evidence_inputs(evidence: Sequence[ClassOutcomes], case: Case) -> dict[str, Range]:
    """What the evidence says of each class that an option covers, by the inputs' names."""
    values: dict[str, Range] = {}
    for row in evidence:
        name = row.medicine_class.value
        of_class: dict[str, Range | None] = {
            "stop": row.stop.values,
            "usual": row.usual.values if row.usual else None,
            "net": row.net,
            "stay_off": row.stay_off.values if row.stay_off else NOT_COUNTED,
            "added_relapse": row.added_relapse.values if row.added_relapse else NOT_COUNTED,
            "medicine_cost": default_range([f"medicine_cost_{name}"], case),
            "comes": default_range([f"who_comes_{name}"], case),
        }
        values |= {f"{key}_{name}": value for key, value in of_class.items() if value is not None}
    return values


def post_scenarios(post: Post, plan: Plan, reference: ReferenceData) -> dict[PointOfBand, PostCost]:
    """A line of posts at the bottom of its band, at its own point and at the top."""
    year, perspective = plan.pricing.price_year, plan.pricing.perspective
    points: dict[PointOfBand, Point] = (
        {"low": "entry", "high": "top"} if post.band in AGENDA_FOR_CHANGE else {}
    )
    return {
        point: staff_cost(post, year, perspective, reference, points.get(point))
        for point in POINTS_OF_BAND
    }


def residents_of_all_ages(plan: Plan, reference: ReferenceData) -> float:
    """The plan's place counted as residents of all ages; of an area whose population was entered
    on another basis, in the proportion that its board has."""
    organisation = plan_organisation(plan, reference)
    return residents(plan, plan_population(plan, reference), organisation, ALL_AGES)
