"""Everything worked out from one plan, together, so that a screen and a document never disagree."""

from __future__ import annotations

from planner.analysis.benchmark import Benchmark, benchmark
from planner.analysis.gaps import Gap, gaps
from planner.analysis.inequality import InequalityResult, inequality
from planner.analysis.need import Need, need, plan_organisation
from planner.analysis.options import OptionResult, cost_option
from planner.model.base import Frozen
from planner.model.place import Organisation
from planner.model.plan import Plan
from planner.model.reference import ReferenceData


class Results(Frozen):
    """What one plan comes to."""

    plan: Plan
    organisation: Organisation
    england: Organisation
    need: Need
    inequality: InequalityResult
    options: tuple[OptionResult, ...]
    benchmark: Benchmark
    gaps: tuple[Gap, ...]
    warnings: tuple[str, ...]

    @property
    def preferred(self) -> OptionResult | None:
        """The preferred option's cost and reach, if one is chosen."""
        return next((o for o in self.options if o.id == self.plan.preferred_option), None)

    @property
    def place_name(self) -> str:
        """What the place is called in a sentence."""
        return self.plan.place.area or self.organisation.short_name


def results(plan: Plan, reference: ReferenceData) -> Results:
    """Everything that follows from a plan. Raises ReferenceMissing for a place or year we do not hold."""
    needed = need(plan, reference)
    options = tuple(cost_option(option, plan, needed, reference) for option in plan.options)
    return Results(
        plan=plan,
        organisation=plan_organisation(plan, reference),
        england=reference.england,
        need=needed,
        inequality=inequality(plan, reference),
        options=options,
        benchmark=benchmark(reference, plan.pricing.price_year, options),
        gaps=gaps(plan, needed),
        warnings=_warnings(plan, needed, options, reference),
    )


def _warnings(
    plan: Plan, needed: Need, options: tuple[OptionResult, ...], reference: ReferenceData
) -> tuple[str, ...]:
    """What is not missing but must be read with care."""
    found = []
    organisation = plan_organisation(plan, reference)
    if organisation.successors:
        names = [reference.find_organisation(code).name for code in organisation.successors]
        found.append(
            f"{organisation.name} is from the list to March 2026. Since April 2026 its area belongs to "
            f"{' and '.join(names)}."
        )
    if needed.population.caution:
        found.append(f"Population: {needed.population.caution}")
    found += [caution for option in options for caution in option.cautions]
    preferred = next((o for o in options if o.id == plan.preferred_option), None)
    if preferred and plan.pricing.budget is not None and preferred.annual_cost.central > plan.pricing.budget:
        found.append(
            f"The preferred option's central cost is above the budget of £{plan.pricing.budget:,.0f}."
        )
    return tuple(dict.fromkeys(found))
