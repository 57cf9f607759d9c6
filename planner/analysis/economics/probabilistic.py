"""How sure each option's numbers are: draws of every option, and how often each is best.

The seed is kept. Only the register of measures is worked out here; nothing is read, and nothing
worded for a document.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from planner.analysis.calculation.distributions import (
    LIMIT,
    Distribution,
    Scale,
    Stream,
    by_range,
    in_order_of,
)
from planner.analysis.calculation.draw_summary import EveryDraw, limits
from planner.analysis.calculation.formulas import SCENARIOS, Value, draw_out
from planner.analysis.calculation.inputs import BY_KEY, Input, input_named
from planner.analysis.calculation.measures import IN_DRAWS, MEASURES, POST_STEPS
from planner.analysis.economics.option_costs import not_known
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.outcomes import OutcomeResult
from planner.model.base import Range

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


def simulate(case: Case) -> Simulated:
    """Draws of every option at once, with the plan's seed.

    Shares that were counted are drawn from Jeffreys' beta, published ratios from a log-normal, and
    every low, central and high from a split normal, pay between the ends of its band too. Uptake
    and the share who stop are drawn with the plan's rank correlation. Numbers are the same on every
    machine with the same release of numpy.
    """
    sums, chosen = case.sums, case.plan.simulation
    rho = chosen.correlation
    rho = case.reference.default("uptake_success_correlation") if rho is None else rho
    shared = shared_distributions(sums[0], case.outcomes) if sums else {}
    spread = case.reference.default("other_cost_spread")
    best = measure_for(chosen.measure, sums)

    # What all options share is worked out once for each chunk.
    @lru_cache(maxsize=1)
    def chunk(number: int, size: int) -> tuple[Stream, dict[str, Value]]:
        stream = Stream(chosen.seed, number, size)
        return stream, _shared_draws(sums[0], stream, shared, case.outcomes, rho)

    scores: dict[str, EveryDraw] = {}
    options = []
    for one in sums:
        saved = _every_draw(one, chosen.draws, spread, chunk)
        option = _summary(one, saved, not_known(one, case))
        options.append(option)
        # What is withheld is not compared either.
        if best in option.estimates and not one.option.is_do_nothing:
            scores[option.id] = _score(saved, best)
    chance = _share_best(scores)
    return Simulated(
        options=tuple(replace(option, chance_best=chance.get(option.id)) for option in options),
        measure=best,
        measure_in_words=MEASURES[best].in_a_sentence,
        seed=chosen.seed,
        draws=chosen.draws,
        correlation=rho,
        distributions=tuple(
            (name, distribution.words)
            for name, distribution in shared.items()
            if distribution.shape != "fixed"
        ),
        method=(
            f"{chosen.draws:,} draws, seed {chosen.seed}; uptake and the share who stop drawn with "
            f"a rank correlation of {rho:g}"
        ),
    )


def _every_draw(
    one: OptionSums,
    draws: int,
    spread: float,
    chunk: Callable[[int, int], tuple[Stream, dict[str, Value]]],
) -> dict[str, EveryDraw]:
    """Every draw of every measure of one option, chunk by chunk."""
    saved: dict[str, EveryDraw] = {}
    # Ratios are made from their parts at the end, where it is known whether there is anyone to
    # divide by.
    steps = [step for step in one.steps if not step.is_cost_ratio]
    for number, start in enumerate(range(0, draws, CHUNK)):
        stream, shared = chunk(number, min(CHUNK, draws - start))
        output = draw_out(steps, shared | _own_draws(one, stream, spread))
        for name in (name for name in IN_DRAWS if name in output):
            # A single chunk has room for every digit, and nothing to put together.
            if draws <= CHUNK:
                saved[name] = np.broadcast_to(output[name], draws)
            else:
                whole = saved.setdefault(name, np.empty(draws, dtype=np.float32))
                whole[start : start + stream.size] = output[name]
    return saved


def shared_distributions(one: OptionSums, outcome: OutcomeResult) -> dict[str, Distribution]:
    """What everything that all options share is drawn from, by the name of the input; any option
    will do.

    Ranges are those the sums have, so that a local count is to the nearest 5 here too.
    """
    lookup = {
        name: by_range(one.given(name), scale_of(item))
        for name in one.inputs["central"]
        if (item := input_named(name)[0]).scope in ("plan", "class")
        and item.shape in ("pert", "triangular")
    }
    for row in outcome.classes:
        for what, chance in row.chances().items():
            lookup[f"{what}_{row.medicine_class.value}"] = chance.drawn_from
    return lookup


def scale_of(item: Input) -> Scale:
    """Where a range of that input is drawn."""
    return "share" if item.measure == "share" else "log"


def _shared_draws(
    one: OptionSums,
    stream: Stream,
    shared: Mapping[str, Distribution],
    outcome: OutcomeResult,
    rho: float,
) -> dict[str, Value]:
    """Need and outcomes for the draws of one stream, the same for every option of the plan."""
    values: dict[str, Value] = {**one.inputs["central"]}
    if not one.need:
        return values | {name: stream.of(name, shared[name]) for name in shared if name in values}
    lead = stream.normal("uptake and the share who stop")
    # Normal draws so correlated have the rank correlation rho.
    together = 2 * math.sin(math.pi * rho / 6)
    for name, distribution in shared.items():
        if name.startswith("relapse_") and distribution.shape == "split":
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
        if row.stop.drawn_from.shape == "lognormal":
            values[f"stop_{name}"] = np.minimum(
                1.0, values[f"usual_{name}"] * values[f"stop_{name}"]
            )
        if row.net is not None:
            values[f"net_{name}"] = values[f"stop_{name}"] - values[f"usual_{name}"]
    return draw_out((*one.need, *one.outcomes), values)


def _own_draws(one: OptionSums, stream: Stream, spread: float) -> dict[str, Value]:
    """What is the option's own: hours, overheads, effect and other costs by its id, and pay, which
    all share."""
    about_one = Range(low=max(0.0, 1 - LIMIT * spread), central=1.0, high=1 + LIMIT * spread)
    other_costs = by_range(about_one, "log")
    values: dict[str, Value] = {}
    for name, central in one.inputs["central"].items():
        item, of = input_named(name)
        if item.scope not in ("option", "role"):
            continue
        values[name] = central
        stream_name = item.stream_of(f"{of} {one.option.id}".strip())
        if item.shape == "gamma":
            values[name] = stream.of(stream_name, other_costs) * central
        elif item.shape:
            values[name] = stream.of(stream_name, by_range(one.given(name), scale_of(item)))
    pay: Value = 0.0
    for post in one.posts:
        low, middle, high = ends = [post[scenario].inputs["salary"] for scenario in SCENARIOS]
        of_band = by_range(Range(low=low, central=min(max(middle, low), high), high=high), "log")
        salary = stream.of(BY_KEY["salary"].stream_of(str(ends)), of_band)
        pay = pay + draw_out(POST_STEPS, post["central"].inputs | {"salary": salary})["total"]
    return values | {"pay": pay}


def _summary(
    one: OptionSums, saved: Mapping[str, EveryDraw], absent: Mapping[str, str]
) -> OptionDraws:
    """Each measure of one option as it is given, or why it is not; how often it is best is not yet
    known."""
    estimates: dict[str, Estimate] = {}
    withheld: dict[str, str] = {}
    for name in IN_DRAWS:
        estimate = absent.get(name) or _estimate(name, one, saved, estimates)
        if isinstance(estimate, Estimate):
            estimates[name] = estimate
        else:
            withheld[name] = estimate
    is_judged = "additional" in estimates and not one.option.is_do_nothing
    return OptionDraws(
        id=one.option.id,
        name=one.option.name,
        estimates=estimates,
        chance_of_no_gain=float(np.mean(saved["additional"] <= 0)) if is_judged else None,
        chance_best=None,
        withheld=withheld,
    )


def _estimate(
    name: str, one: OptionSums, saved: Mapping[str, EveryDraw], estimates: Mapping[str, Estimate]
) -> Estimate | str:
    """The mean and limits of a measure, or why there are none. `estimates` has those of its
    parts."""
    over = MEASURES[name].over if MEASURES[name].is_cost_ratio else ""
    # The cost a year over a number that is not drawn is not drawn again.
    if over in one.inputs["central"]:
        cost, heads = estimates["annual_cost"], one.inputs["central"][over]
        return Estimate(mean=cost.mean / heads, low=cost.low / heads, high=cost.high / heads)
    if over:
        nobody = float(np.mean(~(saved[over] >= ENOUGH)))
        if nobody > SURE:
            return (
                "nobody is supported beyond usual care, so there is no one to divide by"
                if one.option.is_do_nothing
                else f"in {nobody:.0%} of the draws there is no one to divide by"
            )
        draws = _ratio(saved["annual_cost"], saved[over])
        mean = estimates["annual_cost"].mean / estimates[over].mean
    else:
        draws = saved[name]
        if not np.all(np.isfinite(draws)):
            return "in some of the draws there is nothing to divide by"
        mean = float(np.mean(draws, dtype=np.float64))
    low, high = limits(draws)
    if not all(math.isfinite(value) for value in (mean, low, high)):
        return "in some of the draws it is beyond what can be worked out"
    return Estimate(mean=mean, low=low, high=high)


def _ratio(cost: EveryDraw, people: EveryDraw) -> EveryDraw:
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio: EveryDraw = np.where(people >= ENOUGH, cost / people, np.inf)
    return ratio


def _score(saved: Mapping[str, EveryDraw], measure: str) -> EveryDraw:
    """Each draw on the measure, the lower the better."""
    one = MEASURES[measure]
    if one.is_cost_ratio:
        return _ratio(saved["annual_cost"], saved[one.over])
    return saved[measure] if one.better == "lower" else -saved[measure]


def _share_best(scores: Mapping[str, EveryDraw]) -> dict[str, float]:
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
