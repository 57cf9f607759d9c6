"""How sure each option's numbers are: draws of every option with a kept seed, and how often each is best.

Only the register of measures is worked out here; nothing is read, and nothing worded for a
document.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.analysis.calculation.formulas import SCENARIOS, draw_out
from planner.analysis.calculation.inputs import BY_KEY, input_named
from planner.analysis.calculation.measures import IN_DRAWS, MEASURES, POST_STEPS
from planner.analysis.economics.distributions import (
    Distribution,
    Stream,
    by_range,
    in_order_of,
    of_chance,
)
from planner.analysis.economics.option_costs import not_known
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.outcomes import OutcomeResult
from planner.model.base import Range
from planner.model.outcomes import MEASURE_LABELS, Simulation

CHUNK = 50_000
"""Draws made at once, so that a million fit in little memory. The numbers depend on it: never
change it lightly."""
SURE = 0.025
"""A ratio is withheld where more of the draws than this leave no one to divide by: its upper limit
would be endless."""
ENOUGH = 0.5


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """The mean of the draws with the interval that holds 95% of them. A ratio's mean is that of its
    parts."""

    mean: float
    low: float
    high: float

    def range(self) -> Range:
        """As low, central and high, the mean in the middle, for a chart."""
        return Range(
            low=min(self.low, self.mean), central=self.mean, high=max(self.high, self.mean)
        )


@dataclass(frozen=True, kw_only=True)
class OptionDraws:
    """What the draws say of one option. A measure that cannot be given is absent, with its reason
    in `withheld`.

    `chance_of_no_gain` is the share of draws in which nobody more stops than with usual care.
    """

    id: str
    name: str
    estimates: dict[str, Estimate]
    chance_of_no_gain: float | None
    chance_best: float | None
    withheld: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """Every option drawn together, and how often each is best on the measure the plan names."""

    options: tuple[OptionDraws, ...]
    measure: str
    measure_in_words: str
    seed: int
    draws: int
    correlation: float
    distributions: tuple[tuple[str, str], ...]
    method: str

    def of(self, option_id: str) -> OptionDraws | None:
        """The draws of one option."""
        return next((option for option in self.options if option.id == option_id), None)


def simulate(
    case: Case,
) -> Simulated:
    """Draws of every option at once, with the plan's seed.

    Shares that were counted are drawn from Jeffreys' beta, ratios from a log-normal, entered ranges
    and hours from PERT, other costs from a gamma, overheads from a triangle, pay between the ends
    of its band by PERT. Uptake and the share who stop are drawn with the plan's rank correlation.
    Numbers are the same on every machine with the same release of numpy.
    """
    sums = case.sums
    chosen = case.plan.simulation
    rho = chosen.correlation
    rho = case.reference.default("uptake_success_correlation") if rho is None else rho
    shared = shared_distributions(sums[0], case.outcomes) if sums else {}
    spread = case.reference.default("other_cost_spread")
    best = measure_for(chosen.measure, sums)
    draws = _Draws(shared, case.outcomes, rho, spread, chosen)
    scores: dict[str, Any] = {}
    results = []
    for one in sums:
        saved = draws.of(one)
        estimates, no_gain, withheld = _summary(one, saved, not_known(one, case))
        results.append((one, estimates, no_gain, withheld))
        # What is withheld is not compared either.
        if best in estimates and not one.option.is_do_nothing:
            scores[one.option.id] = _score(saved, best)
    chance = _share_best(scores)
    return Simulated(
        options=tuple(
            OptionDraws(
                id=one.option.id,
                name=one.option.name,
                estimates=estimates,
                chance_of_no_gain=no_gain,
                chance_best=chance.get(one.option.id),
                withheld=withheld,
            )
            for one, estimates, no_gain, withheld in results
        ),
        measure=best,
        measure_in_words=MEASURE_LABELS[best],
        seed=chosen.seed,
        draws=chosen.draws,
        correlation=rho,
        distributions=tuple(
            (name, distribution.words)
            for name, distribution in shared.items()
            if distribution.shape != "fixed"
        ),
        method=(
            f"{chosen.draws:,} draws, seed {chosen.seed}; uptake and the share who stop drawn with a rank correlation of {rho:g}"
        ),
    )


class _Draws:
    """Draws of one plan, chunk by chunk. What all options share is worked out once for each chunk."""

    def __init__(
        self,
        shared: Mapping[str, Distribution],
        outcome: OutcomeResult,
        rho: float,
        spread: float,
        chosen: Simulation,
    ) -> None:
        self.shared, self.outcome, self.rho, self.spread, self.chosen = (
            shared,
            outcome,
            rho,
            spread,
            chosen,
        )
        self._chunk_state: tuple[int, Stream, dict[str, Any]] | None = None

    def of(self, one: OptionSums) -> dict[str, Any]:
        """Every draw of every measure of one option."""
        draws, saved = self.chosen.draws, dict[str, Any]()
        for chunk, start in enumerate(range(0, draws, CHUNK)):
            stream, values = self._chunk(chunk, min(CHUNK, draws - start), one)
            # ratios are made from their parts at the end, where it is known whether there is anyone to divide by
            output = draw_out(
                [step for step in one.steps if not step.is_cost_ratio],
                values | _own_draws(one, stream, self.spread),
            )
            for name in IN_DRAWS:
                if name not in output:
                    continue
                # A single chunk has room for every digit, and nothing to put together.
                if draws <= CHUNK:
                    saved[name] = np.broadcast_to(output[name], draws)
                    continue
                whole = saved.setdefault(name, np.empty(draws, dtype=np.float32))
                whole[start : start + stream.size] = output[name]
        return saved

    def _chunk(self, chunk: int, size: int, one: OptionSums) -> tuple[Stream, dict[str, Any]]:
        if self._chunk_state is None or self._chunk_state[0] != chunk:
            stream = Stream(self.chosen.seed, chunk, size)
            output = _shared_draws(one, stream, self.shared, self.outcome, self.rho)
            self._chunk_state = chunk, stream, output
        return self._chunk_state[1], self._chunk_state[2]


def shared_distributions(one: OptionSums, outcome: OutcomeResult) -> dict[str, Distribution]:
    """What everything that all options share is drawn from, by the name of the input; any option
    will do.

    Ranges are those the sums have, so that a local count is to the nearest 5 here too.
    """
    lookup = {
        name: by_range(one.given(name), item.shape)
        for name in one.inputs["central"]
        if (item := input_named(name)[0]).scope in ("plan", "class")
        and (item.shape == "pert" or item.shape == "triangular")
    }
    for row in outcome.classes:
        for what, chance in row.chances().items():
            lookup[f"{what}_{row.medicine_class.value}"] = of_chance(chance)
    return lookup


def _shared_draws(
    one: OptionSums,
    stream: Stream,
    shared: Mapping[str, Distribution],
    outcome: OutcomeResult,
    rho: float,
) -> dict[str, Any]:
    """Need and outcomes for the draws of one stream, the same for every option of the plan."""
    values: dict[str, Any] = dict(one.inputs["central"])
    if not one.need:
        return values | {name: stream.of(name, shared[name]) for name in shared if name in values}
    lead = stream.normal("uptake and the share who stop")
    # Normal draws so correlated have the rank correlation rho.
    together = 2 * math.sin(math.pi * rho / 6)
    for name, distribution in shared.items():
        if name.startswith("relapse_") and distribution.shape == "pert":
            # Entered once, for every class.
            values[name] = stream.of("relapse", distribution)
        else:
            values[name] = stream.of(name, distribution)
    values["uptake"] = in_order_of(values["uptake"], lead)
    for row in outcome.classes:
        name = row.medicine_class.value
        follow = together * lead + np.sqrt(1 - together**2) * stream.normal(
            f"share who stop {name}"
        )
        values[f"stop_{name}"] = in_order_of(values[f"stop_{name}"], follow)
        # Drawn and put in order as a ratio; made a share here.
        if row.stop.ratio is not None:
            values[f"stop_{name}"] = np.minimum(
                1.0, values[f"usual_{name}"] * values[f"stop_{name}"]
            )
        if row.net is not None:
            values[f"net_{name}"] = values[f"stop_{name}"] - values[f"usual_{name}"]
    return draw_out((*one.need, *one.outcomes), values)


def _own_draws(one: OptionSums, stream: Stream, spread: float) -> dict[str, Any]:
    """What is the option's own: hours, overheads, effect and other costs by its id, and pay, which
    all share."""
    central, own = one.inputs["central"], one.option.id
    values: dict[str, Any] = {}
    for name in central:
        item, of = input_named(name)
        if item.scope not in ("option", "role"):
            continue
        values[name] = central[name]
        stream_name = item.stream_of(f"{of} {own}".strip())
        if item.shape == "gamma":
            values[name] = stream.of(stream_name, _gamma(1.0, spread)) * central[name]
        elif item.shape == "pert" or item.shape == "triangular":
            values[name] = stream.of(stream_name, by_range(one.given(name), item.shape))
    pay: Any = 0.0
    for post in one.posts:
        inputs = post["central"].inputs
        ends = [post[scenario].inputs["salary"] for scenario in SCENARIOS]
        middle = min(max(ends[1], ends[0]), ends[2])
        spread_of_pay = by_range(Range(low=ends[0], central=middle, high=ends[2]))
        salary = stream.of(BY_KEY["salary"].stream_of(str(ends)), spread_of_pay)
        pay = pay + draw_out(POST_STEPS, inputs | {"salary": salary})["total"]
    values["pay"] = pay
    return values


def _gamma(mean: float, deviation: float) -> Distribution:
    return (
        Distribution("gamma", mean, deviation)
        if deviation > 0 and mean > 0
        else Distribution("fixed", mean)
    )


def _summary(
    one: OptionSums, saved: Mapping[str, Any], absent: Mapping[str, str]
) -> tuple[dict[str, Estimate], float | None, dict[str, str]]:
    estimates: dict[str, Estimate] = {}
    withheld: dict[str, str] = {}
    no_gain = None
    for name in IN_DRAWS:
        if name in absent:
            withheld[name] = absent[name]
            continue
        over = MEASURES[name].over if MEASURES[name].is_cost_ratio else ""
        # the cost a year over a number that is not drawn is not drawn again
        if over in one.inputs["central"]:
            cost, heads = estimates["annual_cost"], one.inputs["central"][over]
            estimates[name] = Estimate(
                mean=cost.mean / heads, low=cost.low / heads, high=cost.high / heads
            )
            continue
        draws: Any = saved.get(name)
        if over:
            below = saved[over]
            nobody = float(np.mean(~(below >= ENOUGH)))
            if nobody > SURE:
                withheld[name] = (
                    f"in {nobody:.0%} of the draws there is no one to divide by"
                    if not one.option.is_do_nothing
                    else "nobody is supported beyond usual care, so there is no one to divide by"
                )
                continue
            draws = _ratio(saved["annual_cost"], below)
            mean = float(
                np.mean(saved["annual_cost"], dtype=np.float64) / np.mean(below, dtype=np.float64)
            )
        elif not np.all(np.isfinite(draws)):
            withheld[name] = "in some of the draws there is nothing to divide by"
            continue
        else:
            mean = float(np.mean(draws, dtype=np.float64))
        low, high = _limits(draws)
        if not (math.isfinite(mean) and math.isfinite(low) and math.isfinite(high)):
            withheld[name] = "in some of the draws it is beyond what can be worked out"
            continue
        estimates[name] = Estimate(mean=mean, low=low, high=high)
        if name == "additional" and not one.option.is_do_nothing:
            no_gain = float(np.mean(draws <= 0))
    return estimates, no_gain, withheld


def _limits(draws: Any) -> tuple[float, float]:
    """The values that 2.5% and 97.5% of the draws lie below, between neighbours in proportion."""
    at = np.array((0.025, 0.975)) * (len(draws) - 1)
    below, above = np.floor(at).astype(int), np.ceil(at).astype(int)
    # Only these four places need the draws in order, and in 64 bits, which numpy's own quantile would not keep.
    ordered = np.partition(draws, (*below, *above))
    low, high = ordered[below].astype(np.float64), ordered[above].astype(np.float64)
    # Beside a draw that leaves nobody to divide by there is no in between.
    limits = low + (np.where(np.isfinite(high), high, low) - low) * (at - below)
    return float(limits[0]), float(limits[1])


def _ratio(cost: Any, people: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(people >= ENOUGH, cost / people, np.inf)


def _score(saved: Mapping[str, Any], measure: str) -> Any:
    """Each draw on the measure, the lower the better."""
    one = MEASURES[measure]
    if one.is_cost_ratio:
        return _ratio(saved["annual_cost"], saved[one.over])
    return saved[measure] if one.better == "lower" else -saved[measure]


def _share_best(scores: Mapping[str, Any]) -> dict[str, float]:
    """The share of draws in which each option is best; a tie is shared, and a draw in which none
    can be is no one's."""
    if not scores:
        return {}
    least = np.minimum.reduce(list(scores.values()))
    best = {name: (score == least) & np.isfinite(least) for name, score in scores.items()}
    many = np.maximum(np.sum(list(best.values()), axis=0, dtype=np.int16), 1)
    return {name: float(np.mean(is_best / many)) for name, is_best in best.items()}


def measure_for(wanted: str, sums: tuple[OptionSums, ...]) -> str:
    """The measure asked for, or the nearest that the plan knows enough to give for every option."""
    for measure in (wanted, "cost_per_person"):
        if all(measure in {step.name for step in one.steps} for one in sums):
            return measure
    return "annual_cost"
