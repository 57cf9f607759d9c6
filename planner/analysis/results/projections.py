"""What lies ahead of a plan, taken together: draws, what matters most, years and the best mix.

Parts of it take a fraction of a second, so each is worked out only where it is shown. No sums of
its own.
"""

from dataclasses import dataclass
from functools import cached_property

from planner.analysis.economics.benchmark import CaseStudyComparability, beside_case_study
from planner.analysis.economics.case_study_comparison import CaseStudyComparison
from planner.analysis.economics.cash_flow import OptionYears, option_years
from planner.analysis.economics.one_way_sensitivity import (
    Sensitivity,
    Threshold,
    sensitivity,
    thresholds,
)
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_mix import (
    Candidate,
    FrontierPoint,
    Mix,
    MixQuestion,
    best_mix,
    frontier,
)
from planner.analysis.economics.probabilistic import Simulated, simulate
from planner.analysis.results.results import Results
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE, ServiceOption

FRONTIER_STEPS = 8


@dataclass(frozen=True)
class Projections:
    """What lies ahead of one plan. Each part is worked out when it is first asked for, and then
    kept."""

    results: Results
    reference: ReferenceData

    @cached_property
    def focus(self) -> str | None:
        """The option looked at most closely: the preferred one, else the first that does
        something."""
        plan = self.results.plan
        acting = [option.id for option in plan.options if not option.is_do_nothing]
        return (
            plan.preferred_option if plan.preferred_option in acting else next(iter(acting), None)
        )

    @cached_property
    def simulated(self) -> Simulated:
        """Every option drawn together."""
        return simulate(self.results.case)

    @cached_property
    def sensitivity(self) -> Sensitivity | None:
        """What moves the result of the option in focus most."""
        return sensitivity(self.focus, self.results.case) if self.focus else None

    @cached_property
    def thresholds(self) -> tuple[Threshold, ...]:
        """Where the option in focus overtakes another, or is overtaken."""
        return thresholds(self.focus, self.results.case) if self.focus else ()

    @cached_property
    def years(self) -> tuple[OptionYears, ...]:
        """Every option that does something, year by year."""
        return tuple(
            option_years(option.id, self.results.case)
            for option in self.results.plan.options
            if not option.is_do_nothing
        )

    def years_of(self, option_id: str | None) -> OptionYears | None:
        """The years of one option."""
        return next((years for years in self.years if years.id == option_id), None)

    @cached_property
    def comparability(self) -> tuple[CaseStudyComparability, ...]:
        """How far the option in focus can be set beside each case study."""
        return tuple(
            beside_case_study(option, study, self.results.plan)
            for option in self.results.options
            if option.id == self.focus
            for study in self.reference.case_studies
        )

    @cached_property
    def case_studies(self) -> CaseStudyComparison:
        """The option in focus beside every case study's model at this place's size."""
        focus = next((o for o in self.results.options if o.id == self.focus), None)
        return CaseStudyComparison(self.results.case, focus)

    @cached_property
    def _mix_question(self) -> tuple[list[Candidate], MixQuestion, Mix] | str:
        """What is asked of the mix and what came of it, or why there is none."""
        question = _question(self.results)
        if isinstance(question, str):
            return question
        try:
            return *question, best_mix(*question)
        except RuntimeError as error:
            return f"the solver did not settle it ({error})"

    @cached_property
    def mix(self) -> Mix | None:
        """The best mix of options for the budget, or None where none can be asked for."""
        question = self._mix_question
        return None if isinstance(question, str) else question[2]

    @property
    def mix_missing_because(self) -> str | None:
        """Why no mix can be asked for."""
        return self._mix_question if isinstance(self._mix_question, str) else None

    @cached_property
    def frontier(self) -> tuple[FrontierPoint, ...]:
        """What budgets from a quarter of the plan's to twice it can do."""
        if isinstance(self._mix_question, str):
            return ()
        candidates, question, _ = self._mix_question
        shares = (2 * step / FRONTIER_STEPS for step in range(1, FRONTIER_STEPS + 1))
        return frontier(
            candidates, question, [min(1e9, question.budget * share) for share in shares]
        )


def _question(results: Results) -> tuple[list[Candidate], MixQuestion] | str:
    """The options and what is asked of their mix, or why nothing can be asked."""
    plan = results.plan
    budget = plan.mix.budget if plan.mix.budget is not None else plan.pricing.budget
    if budget is None:
        return "no budget has been entered"
    if results.need.demand is None:
        return results.need.missing_because or "need is not known"
    candidates = [
        candidate(option, costed)
        for option, costed in zip(plan.options, results.options, strict=True)
        if not option.is_do_nothing
    ]
    if not candidates:
        return "the plan has no option that does anything"
    return candidates, MixQuestion(
        **plan.mix.model_dump(exclude={"budget"}),
        budget=budget,
        demand=results.need.demand.central,
    )


def candidate(option: ServiceOption, costed: OptionResult) -> Candidate:
    """An option as it may be part of a mix, at its central values."""
    additional, supported = costed.measures.get("additional"), costed.people_supported
    net = None
    if additional is not None and supported is not None and supported.central > 0:
        net = max(-1.0, min(1.0, additional.central / supported.central))
    return Candidate(
        id=option.id,
        name=option.name,
        yearly_cost=costed.annual_cost.central - costed.set_up_spread,
        set_up=costed.set_up_spread,
        capacity=costed.capacity.central,
        net_share=net,
        wte={
            band: sum(post.wte for post in option.posts if post.band == band)
            for band in AGENDA_FOR_CHANGE
        },
        most_deprived_share=option.most_deprived_share,
    )
