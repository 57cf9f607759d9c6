"""Everything worked out from one plan, together, so that a screen and a document never disagree."""

from __future__ import annotations

from planner.analysis.benchmark import Benchmark, benchmark
from planner.analysis.gaps import Gap, gaps
from planner.analysis.inequality import InequalityResult, inequality
from planner.analysis.local.organisations import board_of_sub_icb
from planner.analysis.need import Need, need, plan_organisation
from planner.analysis.options import OptionResult, cost_option
from planner.analysis.outcomes import OutcomeResult, outcomes
from planner.analysis.places import Places, places
from planner.analysis.prices import price_index
from planner.analysis.standardised import ClassStandardised, standardised
from planner.analysis.trend import ClassTrend, trend
from planner.analysis.wording import listed, local_count, pounds
from planner.model.base import Frozen
from planner.model.place import Organisation
from planner.model.plan import Plan
from planner.model.reference import ReferenceData


class Alert(Frozen):
    """Something that is not missing but must be read with care, and the step it belongs to."""

    where: str
    text: str


class Results(Frozen):
    """What one plan comes to."""

    plan: Plan
    organisation: Organisation
    england: Organisation
    need: Need
    inequality: InequalityResult
    standardised: tuple[ClassStandardised, ...]
    places: Places
    trends: tuple[ClassTrend, ...]
    outcomes: OutcomeResult
    options: tuple[OptionResult, ...]
    benchmark: Benchmark
    gaps: tuple[Gap, ...]
    alerts: tuple[Alert, ...]

    @property
    def preferred(self) -> OptionResult | None:
        """The preferred option's cost and reach, if one is chosen."""
        return next((o for o in self.options if o.id == self.plan.preferred_option), None)

    @property
    def place_name(self) -> str:
        """What the place is called in a sentence."""
        return self.plan.place.area or self.organisation.short_name

    @property
    def figures_of(self) -> str:
        """Whose figures these are: the area's only where its own population has been entered."""
        entered = self.plan.population.entered is not None
        return self.place_name if entered else self.organisation.short_name


def results(plan: Plan, reference: ReferenceData) -> Results:
    """Everything that follows from a plan. Raises ReferenceMissing for a place or year we do not hold."""
    needed = need(plan, reference)
    outcome, unequal = outcomes(plan, reference), inequality(plan, reference)
    by_fifth = _by_fifth(needed, unequal)
    options = tuple(
        cost_option(option, plan, needed, outcome, reference, by_fifth) for option in plan.options
    )
    return Results(
        plan=plan,
        organisation=plan_organisation(plan, reference),
        england=reference.england,
        need=needed,
        inequality=unequal,
        standardised=standardised(plan, needed, reference),
        places=places(plan, needed),
        trends=trend(plan),
        outcomes=outcome,
        options=options,
        benchmark=benchmark(reference, plan.pricing.price_year, options, price_index(plan, reference)),
        gaps=gaps(plan, needed),
        alerts=_alerts(plan, needed, options, reference),
    )


def _by_fifth(needed: Need, unequal: InequalityResult) -> tuple[float, ...] | None:
    """The parts of people prescribed who live in each deprivation fifth, where each class has local counts."""
    shares = {row.medicine_class: row.fifth_shares for row in unequal.classes}
    weighted, people = [0.0] * 5, 0.0
    for row in needed.classes:
        share = shares.get(row.medicine_class)
        if share is None or row.patients is None:
            return None
        weighted = [
            so_far + part * row.patients.central for so_far, part in zip(weighted, share, strict=True)
        ]
        people += row.patients.central
    return tuple(part / people for part in weighted) if people else None


def _alerts(
    plan: Plan, needed: Need, options: tuple[OptionResult, ...], reference: ReferenceData
) -> tuple[Alert, ...]:
    """What does not fit together, and what rests on numbers that nobody has checked."""
    found: list[Alert] = []

    def say(where: str, text: str) -> None:
        alert = Alert(where=where, text=text)
        if alert not in found:
            found.append(alert)

    organisation, population = plan_organisation(plan, reference), needed.population
    if organisation.successors:
        names = [reference.find_organisation(code).name for code in organisation.successors]
        say(
            "place",
            f"{organisation.name} is from the list to March 2026. Since April 2026 its area belongs to "
            f"{listed(names)}.",
        )
    if plan.place.area and plan.population.entered is None:
        say(
            "place",
            f"The figures are for the whole of {organisation.name}, not for {plan.place.area} alone. Enter "
            "the area's own population on the next step if the plan is for the area.",
        )
    if population.caution:
        say("place", f"Population: {population.caution}")
    for row, counts in zip(plan.prescribing.classes, plan.inequality.classes, strict=True):
        name, people = row.medicine_class.words, row.patients
        if not row.included or people is None:
            continue
        if people > population.value:
            say(
                "prescribing",
                f"More people are entered for {name} ({local_count(people)}) than there are {population.basis.words} "
                f"({population.value:,}).",
            )
        for what, values in (("deprivation fifth", counts.by_quintile), ("sex", (counts.women, counts.men))):
            total = sum(value for value in values if value is not None)
            if total > people:
                say(
                    "inequality",
                    f"The counts of {name} by {what} add up to {local_count(total)}, more than the {local_count(people)} people "
                    "entered for the class.",
                )
    elsewhere = {
        area.sub_icb
        for area in plan.areas.areas
        if area.sub_icb
        and board_of_sub_icb(area.sub_icb, plan.place.organisation_list, reference)
        not in (None, plan.place.icb_code)
    }
    if elsewhere:
        say(
            "places",
            f"The places in this plan belong to another board (sub-ICB locations {listed(sorted(elsewhere)[:5])}). "
            "Bring this board's own files, or clear them on the first step.",
        )
    if needed.people is not None and needed.people.central > population.value:
        say(
            "prescribing",
            f"More people would be prescribed these classes than there are {population.basis.words}. Check "
            "the population and the counts.",
        )
    for option in options:
        for caution in option.cautions:
            say("options", caution)
    preferred = next((o for o in options if o.id == plan.preferred_option), None)
    if preferred and plan.pricing.budget is not None and preferred.annual_cost.central > plan.pricing.budget:
        say(
            "options",
            f"The preferred option's central cost, {pounds(preferred.annual_cost.central)}, is above the budget "
            f"of {pounds(plan.pricing.budget)}.",
        )
    spec = plan.specification
    for first, then, words in (
        (spec.group_start, spec.decision_date, "The decision is dated before the group starts."),
        (spec.decision_date, spec.service_start, "The service starts before the decision."),
        (spec.review_date, spec.service_end, "The review is dated after the service ends."),
    ):
        if first and then and then < first:
            say("specification", words)
    return tuple(found)
