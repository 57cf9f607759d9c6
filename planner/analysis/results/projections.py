"""What lies ahead of a plan, taken together: draws, what matters most, years and the best mix.

Parts of it take a fraction of a second, so each is worked out only where it is shown. No sums of
its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from planner.analysis.calculation.distributions import Stream
from planner.analysis.economics.benchmark import CaseStudyComparability, compare_with_case_study
from planner.analysis.economics.case_study_comparison import CaseStudyComparison
from planner.analysis.economics.cash_flow import OptionYears, option_years
from planner.analysis.economics.compare import (
    AtSize,
    FindOutFirst,
    Pair,
    Scenario,
    at_equal_budget,
    at_equal_reach,
    find_out_first,
    pairs,
    scenarios,
    where_it_loses,
)
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
    OftenBest,
    best_mix,
    frontier,
    how_often,
)
from planner.analysis.economics.option_model import OptionSums
from planner.analysis.economics.probabilistic import Simulated, draws_of, simulate
from planner.analysis.results.results import Results
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE

FRONTIER_STEPS = 8
MIXED = 20
"""How many simulations the best mix is worked out anew in: each takes the solver some time."""


@dataclass(frozen=True)
class Projections:
    """What lies ahead of one plan. Each part is worked out when it is first asked for, and then
    kept."""

    results: Results
    reference: ReferenceData

    @cached_property
    def focus(self) -> str | None:
        """The option looked at most closely: the preferred one, else the first that sees people,
        else the first that does something."""
        plan = self.results.plan
        acting = [option for option in plan.options if not option.is_do_nothing]
        if plan.preferred_option in [option.id for option in acting]:
            return plan.preferred_option
        seeing = [option for option in acting if not option.is_letters]
        return next((option.id for option in (*seeing, *acting)), None)

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
    def pairs(self) -> tuple[Pair, ...]:
        """Every two options that do something, measure by measure."""
        return pairs([option for option in self.results.options if option.annual_cost.high > 0])

    @cached_property
    def where_it_loses(self) -> tuple[str, ...]:
        """On which measures the preferred option is not the better one, in sentences."""
        results = self.results
        return where_it_loses(results.preferred, results.options) if results.preferred else ()

    @cached_property
    def scenarios(self) -> tuple[Scenario, ...]:
        """The central case and the named ones beside it."""
        return scenarios(self.results.case)

    @cached_property
    def find_out_first(self) -> FindOutFirst:
        """What is worth finding out before choosing."""
        return find_out_first(self.results.case)

    @cached_property
    def at_equal_budget(self) -> tuple[AtSize, ...]:
        """Every option that sees people, as large as the budget buys; none without a budget."""
        budget = self.results.plan.pricing.budget
        return () if budget is None else at_equal_budget(self.results.case, budget)

    @cached_property
    def equal_reach(self) -> float | None:
        """How many people assessed options are set beside one another at: as many as the preferred
        option."""
        preferred = self.results.preferred
        seen = preferred.people_assessed if preferred else None
        return seen.central if seen and seen.central >= 1 else None

    @cached_property
    def at_equal_reach(self) -> tuple[AtSize, ...]:
        """Every option that sees people, as large as it takes to assess as many as the preferred
        option."""
        return at_equal_reach(self.results.case, self.equal_reach) if self.equal_reach else ()

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

    @property
    def in_focus(self) -> OptionResult | None:
        """What the option in focus costs and does."""
        return next((one for one in self.results.options if one.id == self.focus), None)

    @cached_property
    def comparability(self) -> tuple[CaseStudyComparability, ...]:
        """How far the option in focus can be set beside each case study."""
        return tuple(
            compare_with_case_study(option, study, self.results.plan)
            for option in self.results.options
            if option.id == self.focus
            for study in self.reference.case_studies
        )

    @cached_property
    def case_studies(self) -> CaseStudyComparison:
        """The option in focus beside every case study's model at this place's size."""
        return CaseStudyComparison(self.results.case, self.in_focus)

    @cached_property
    def _mix_question(self) -> tuple[list[Candidate], MixQuestion, Mix] | str:
        """What is asked of the mix and what came of it, or why there is none."""
        question = _question(self.results)
        if isinstance(question, str):
            return question
        try:
            mix = best_mix(*question)
        except RuntimeError as error:
            return f"the solver did not settle it ({error})"
        assumes = (*self.reference.notes.mix_assumptions, *mix.assumes)
        return *question, replace(mix, assumes=assumes)

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
    def mixes_over_draws(self) -> tuple[OftenBest, ...]:
        """How often each set of options is the best mix, over a few of the plan's simulations."""
        if isinstance(self._mix_question, str):
            return ()
        case, question = self.results.case, self._mix_question[1]
        stream = Stream(case.plan.simulation.seed, 0, MIXED)
        acting = [one for one in case.sums if not one.option.is_do_nothing]
        every = [draws_of(one, stream, case) for one in acting]
        simulated = []
        for at in range(MIXED):
            values = [
                {name: float(np.broadcast_to(draws, MIXED)[at]) for name, draws in each.items()}
                for each in every
            ]
            candidates = [candidate(*pair) for pair in zip(acting, values, strict=True)]
            simulated.append((candidates, values[0]["demand"]))
        return how_often(simulated, question)

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
    candidates = [candidate(one) for one in results.case.sums if not one.option.is_do_nothing]
    if not candidates:
        return "the plan has no option that does anything"
    return candidates, MixQuestion(
        **plan.mix.model_dump(exclude={"budget"}),
        budget=budget,
        demand=results.need.demand.central,
    )


def candidate(one: OptionSums, values: Mapping[str, float | None] | None = None) -> Candidate:
    """An option as it may be part of a mix, in the central case or with the values of one
    simulation."""
    values, option = values or one.values, one.option

    def each(name: str) -> float | None:
        """What comes of each person referred or written to."""
        people = values.get("written" if option.is_letters else "referrals_taken")
        total = values.get(name)
        return None if total is None else total / people if people else 0.0

    is_whole = option.stated_capacity is not None or option.is_price_alone
    spread = values["set_up_spread"] or 0.0
    return Candidate(
        id=option.id,
        name=option.name,
        yearly_cost=(values["annual_cost"] or 0.0) - spread,
        set_up=spread,
        capacity=values.get("written" if option.is_letters else "capacity") or 0.0,
        most_people=values.get("written" if option.is_letters else "referred"),
        writes=option.is_letters,
        assessed=each("people_assessed") or 0.0,
        starting=each("people_starting") or 0.0,
        still_off=each("still_off"),
        wte={
            band: sum(post.wte for post in option.posts if post.band == band)
            for band in AGENDA_FOR_CHANGE
        },
        most_deprived_share=option.most_deprived_share,
        smallest=1.0 if is_whole else 0.1,
    )
