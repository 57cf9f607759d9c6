"""What lies ahead of a plan, taken together: draws, what matters most, thresholds, years and the best mix.

It takes a fraction of a second, so it is worked out only where it is shown. No sums of its own.
"""

from __future__ import annotations

from planner.analysis.comparability import Beside, beside_case_studies
from planner.analysis.mix import Candidate, FrontierPoint, Mix, MixQuestion, StaffLimit, best_mix, frontier
from planner.analysis.options import OptionResult
from planner.analysis.results import Results
from planner.analysis.sensitivity import Sensitivity, Threshold, sensitivity, thresholds
from planner.analysis.uncertainty import Simulated, simulate
from planner.analysis.years import OptionYears, option_years
from planner.model.base import Frozen
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE, ServiceOption

FRONTIER_STEPS = 8


class Outlook(Frozen):
    """What lies ahead of one plan. `focus` is the option that is looked at most closely: the preferred one, or the
    first that does something; what is about it alone is empty where there is none.
    """

    focus: str | None
    simulated: Simulated
    sensitivity: Sensitivity | None
    thresholds: tuple[Threshold, ...]
    years: tuple[OptionYears, ...]
    beside: tuple[Beside, ...]
    mix: Mix | None
    frontier: tuple[FrontierPoint, ...]
    mix_missing_because: str | None

    def years_of(self, option_id: str | None) -> OptionYears | None:
        """The years of one option."""
        return next((years for years in self.years if years.id == option_id), None)


def outlook(results: Results, reference: ReferenceData) -> Outlook:
    """Everything ahead of the plan that these results are of. Raises ReferenceMissing as the results do."""
    plan, needed, outcome = results.plan, results.need, results.outcomes
    focus = focus_of(plan)
    mix, points, missing = _mix(results)
    return Outlook(
        focus=focus,
        simulated=simulate(plan, needed, outcome, reference),
        sensitivity=sensitivity(focus, plan, needed, outcome, reference) if focus else None,
        thresholds=thresholds(focus, plan, needed, outcome, reference) if focus else (),
        years=tuple(
            option_years(option.id, plan, needed, outcome, reference)
            for option in plan.options
            if not option.is_do_nothing
        ),
        beside=tuple(
            row
            for option in results.options
            if option.id == focus
            for row in beside_case_studies(option, plan, reference)
        ),
        mix=mix,
        frontier=points,
        mix_missing_because=missing,
    )


def focus_of(plan: Plan) -> str | None:
    """The preferred option where one is chosen that does something, else the first that does."""
    acting = [option.id for option in plan.options if not option.is_do_nothing]
    return plan.preferred_option if plan.preferred_option in acting else next(iter(acting), None)


def _mix(results: Results) -> tuple[Mix | None, tuple[FrontierPoint, ...], str | None]:
    plan = results.plan
    budget = plan.mix.budget if plan.mix.budget is not None else plan.pricing.budget
    if budget is None:
        return None, (), "no budget has been entered"
    if results.need.demand is None:
        return None, (), results.need.missing_because or "need is not known"
    candidates = [
        candidate(option, costed)
        for option, costed in zip(plan.options, results.options, strict=True)
        if not option.is_do_nothing
    ]
    if not candidates:
        return None, (), "the plan has no option that does anything"
    question = MixQuestion(
        budget=budget,
        demand=results.need.demand.central,
        objective=plan.mix.objective,
        staff_limits=tuple(StaffLimit(band=cap.band, wte=cap.wte) for cap in plan.mix.staff),
        most_deprived_at_least=plan.mix.most_deprived_at_least,
    )
    budgets = [budget * 2 * step / FRONTIER_STEPS for step in range(1, FRONTIER_STEPS + 1)]
    return best_mix(candidates, question), frontier(candidates, question, budgets), None


def candidate(option: ServiceOption, costed: OptionResult) -> Candidate:
    """An option as it may be part of a mix, at its central values."""
    bands: dict[str, float] = {}
    for post in option.posts:
        if post.band in AGENDA_FOR_CHANGE:
            bands[post.band] = bands.get(post.band, 0.0) + post.wte
    additional, starting, supported = (
        costed.measures.get(n) for n in ("additional", "starting", "supported")
    )
    net = None
    if additional is not None and starting is not None and supported is not None and supported.central > 0:
        net = max(-1.0, min(1.0, additional.central / supported.central))
    return Candidate(
        id=option.id,
        name=option.name,
        yearly_cost=costed.annual_cost.central - costed.set_up_spread,
        set_up=costed.set_up_spread,
        capacity=costed.capacity.central,
        net_share=net,
        wte=bands,
        most_deprived_share=option.most_deprived_share,
    )
