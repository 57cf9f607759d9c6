"""How sure each option's numbers are: draws with a kept seed, what matters most, and where one overtakes another.

Only the table of steps is worked out here; nothing is read, rounded or worded for a document but findings.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from planner.analysis.need import Need
from planner.analysis.options import NO_DENOMINATOR, OptionSums, option_sums
from planner.analysis.outcomes import Chance, OutcomeResult
from planner.analysis.steps import POST_STEPS, draw_out
from planner.model.base import Frozen, Range
from planner.model.figures import Kind
from planner.model.plan import Plan
from planner.model.reference import ReferenceData

CHUNK = 50_000
"""Draws made at once, so that a million fit in little memory. The numbers depend on it: never change it lightly."""
SURE = 0.025
"""A ratio is withheld where more of the draws than this leave no one to divide by: its upper limit would be endless."""
ENOUGH = 0.5
DRAWN = ("annual_cost", "cost_per_head", "capacity", "supported", "unmet", "cost_per_person", "starting", "cost_per_start",
         "stopped", "cost_per_stopped", "additional", "cost_per_additional", "stopped_or_reduced",
         "cost_per_stopped_or_reduced")  # fmt: skip
LOWER_IS_BETTER = {"annual_cost", "cost_per_person", "cost_per_stopped", "cost_per_additional"}
WORDS = {
    "annual_cost": "cost a year",
    "cost_per_person": "cost per person supported",
    "cost_per_stopped": "cost per person who stops (gross)",
    "cost_per_additional": "cost per additional person who stops",
    "supported": "people supported",
    "additional": "additional people who stop",
}


# --- distributions ---------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Distribution:
    """What a number is drawn from.

    "fixed" (a); "beta" (a, b); "pert" and "triangular" (low a, mode b, high c); "gamma" (mean a, standard
    deviation b); "lognormal" (median a, and its 95% limits b and c). PERT is the beta that has its mean at (low + 4 mode +
    high) / 6 (Malcolm and others 1959; Vose).
    """

    shape: Literal["fixed", "beta", "pert", "triangular", "gamma", "lognormal"]
    a: float
    b: float = 0.0
    c: float = 0.0

    def draw(self, generator: np.random.Generator, size: int) -> Any:
        """That many draws; one number where it is fixed."""
        if self.shape == "beta":
            return generator.beta(self.a, self.b, size)
        if self.shape == "pert":
            wide = self.c - self.a
            return self.a + wide * generator.beta(
                1 + 4 * (self.b - self.a) / wide, 1 + 4 * (self.c - self.b) / wide, size
            )
        if self.shape == "triangular":
            return generator.triangular(self.a, self.b, self.c, size)
        if self.shape == "gamma":
            return generator.gamma((self.a / self.b) ** 2, self.b**2 / self.a, size)
        if self.shape == "lognormal":
            sigma = (np.log(self.c) - np.log(self.b)) / (2 * 1.959963984540054)
            return np.exp(np.log(self.a) + sigma * generator.standard_normal(size))
        return self.a

    @property
    def words(self) -> str:
        """What it is, in words."""
        if self.shape == "fixed":
            return f"fixed at {self.a:g}"
        if self.shape == "beta":
            return f"beta ({self.a:g}, {self.b:g})"
        if self.shape == "gamma":
            return f"gamma, mean {self.a:g}, standard deviation {self.b:.3g}"
        if self.shape == "lognormal":
            return f"log-normal, median {self.a:g}, 95% from {self.b:g} to {self.c:g}"
        name = "PERT" if self.shape == "pert" else "triangular"
        return f"{name}, {self.a:.4g}, {self.b:.4g}, {self.c:.4g}"


def pert(values: Range) -> Distribution:
    """PERT over low, central and high, or a fixed number where they are one."""
    if values.low == values.high:
        return Distribution("fixed", values.central)
    return Distribution("pert", values.low, values.central, values.high)


def of_chance(chance: Chance) -> Distribution:
    """What a share of people is drawn from: Jeffreys' beta where it was counted, the ratio where there is one."""
    if chance.shape == "beta" and chance.arm is not None:
        return Distribution("beta", chance.arm.events + 0.5, chance.arm.people - chance.arm.events + 0.5)
    if chance.shape == "ratio" and chance.ratio is not None:
        return Distribution("lognormal", chance.ratio.value, chance.ratio.low, chance.ratio.high)
    return pert(chance.values)


class Stream:
    """Draws by name: the same name, seed and chunk give the same draws whatever else is drawn.

    So the order of options changes nothing, and two options that share an assumption share its draws.
    """

    def __init__(self, seed: int, chunk: int, size: int) -> None:
        self.seed, self.chunk, self.size = seed, chunk, size
        self._held: dict[tuple[str, Distribution], Any] = {}

    def of(self, name: str, distribution: Distribution) -> Any:
        """The draws of that name."""
        if distribution.shape == "fixed":
            return distribution.a
        key = (name, distribution)
        if key not in self._held:
            self._held[key] = distribution.draw(self._generator(name), self.size)
        return self._held[key]

    def normal(self, name: str) -> Any:
        """Standard normal draws of that name."""
        return self._generator(name).standard_normal(self.size)

    def _generator(self, name: str) -> np.random.Generator:
        words = np.random.SeedSequence([self.seed, zlib.crc32(name.encode()), self.chunk])
        return np.random.Generator(np.random.PCG64(words))


def in_order_of(draws: Any, lead: Any) -> Any:
    """The draws put in the order of the leading ones, so that ranks move together and each spread stays as it is.

    Source: Iman and Conover, Communications in Statistics B 1982, 11, 311-334.
    """
    if not isinstance(draws, np.ndarray):
        return draws
    ordered = np.empty_like(draws)
    ordered[np.argsort(lead, kind="stable")] = np.sort(draws)
    return ordered


# --- draws -----------------------------------------------------------------------------------------------------


class Estimate(Frozen):
    """The mean of the draws with the interval that holds 95% of them. A ratio's mean is that of its parts."""

    mean: float
    low: float
    high: float

    def range(self) -> Range:
        """As low, central and high, the mean in the middle, for a chart."""
        return Range(low=min(self.low, self.mean), central=self.mean, high=max(self.high, self.mean))


class OptionDraws(Frozen):
    """What the draws say of one option. A measure that cannot be given is absent, with its reason in `withheld`.

    `chance_of_no_gain` is the share of draws in which nobody more stops than with usual care.
    """

    id: str
    name: str
    estimates: dict[str, Estimate]
    chance_of_no_gain: float | None
    chance_best: float | None
    withheld: dict[str, str]


class Simulated(Frozen):
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


def all_sums(
    plan: Plan, needed: Need, outcome: OutcomeResult, reference: ReferenceData
) -> tuple[OptionSums, ...]:
    """The inputs and steps of every option of the plan."""
    return tuple(option_sums(option, plan, needed, outcome, reference) for option in plan.options)


def simulate(plan: Plan, needed: Need, outcome: OutcomeResult, reference: ReferenceData) -> Simulated:
    """Draws of every option at once, with the plan's seed.

    Shares that were counted are drawn from Jeffreys' beta, ratios from a log-normal, entered ranges from PERT, hours
    and other costs from a gamma, overheads from a triangle, pay between the ends of its band by PERT. Uptake and success are
    drawn with the plan's rank correlation. Numbers are the same on every machine with the same release of numpy.
    """
    sums = all_sums(plan, needed, outcome, reference)
    chosen = plan.simulation
    rho = chosen.correlation
    rho = reference.default("uptake_success_correlation") if rho is None else rho
    shared = shared_distributions(needed, outcome, plan, reference)
    spread = reference.default("other_cost_spread")
    best = _measure(chosen.measure, sums, needed)
    active = [one for one in sums if not one.option.is_do_nothing and _has(one, best)]
    ranked = np.empty((len(active), chosen.draws), dtype=np.float32)
    results = []
    for one in sums:
        kept: dict[str, Any] = {}
        start = 0
        for chunk, size in _chunks(chosen.draws):
            stream = _stream(chosen.seed, chunk, size)
            made = _drawn(one, stream, shared, outcome, needed, spread, rho)
            for name in DRAWN:
                if name in made:
                    if name not in kept:
                        kept[name] = np.empty(
                            chosen.draws, dtype=np.float32 if chosen.draws > CHUNK else np.float64
                        )
                    kept[name][start : start + size] = made[name]
            start += size
        if one in active:
            ranked[active.index(one)] = _score(kept, best)
        results.append((one, *_summary(one, kept, outcome)))
    share = _share_best(ranked)
    chance = {one.option.id: float(share[at]) for at, one in enumerate(active)}
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
        measure_in_words=WORDS[best],
        seed=chosen.seed,
        draws=chosen.draws,
        correlation=rho,
        distributions=tuple(
            (name, distribution.words)
            for name, distribution in shared.items()
            if distribution.shape != "fixed"
        ),
        method=(
            f"{chosen.draws:,} draws, seed {chosen.seed}; uptake and success drawn with a rank correlation of {rho:g}"
        ),
    )


def _chunks(draws: int) -> Iterator[tuple[int, int]]:
    for chunk, start in enumerate(range(0, draws, CHUNK)):
        yield chunk, min(CHUNK, draws - start)


@lru_cache(maxsize=1)
def _stream(seed: int, chunk: int, size: int) -> Stream:
    """The stream of a chunk, kept while the options that share it are worked out."""
    return Stream(seed, chunk, size)


def shared_distributions(
    needed: Need, outcome: OutcomeResult, plan: Plan, reference: ReferenceData
) -> dict[str, Distribution]:
    """What everything that all options share is drawn from, by the name of the input."""
    found: dict[str, Distribution] = {}
    for row in needed.inputs:
        if row.key in ("appropriate_share", "coverage", "uptake", "classes_per_person"):
            found[row.key] = pert(row.values)
    if len(needed.classes) < 2:
        found["classes_per_person"] = Distribution("fixed", 1.0)
    for need_row in needed.classes:
        name, share = need_row.medicine_class.value, need_row.long_term_share.values
        found[f"long_term_share_{name}"] = pert(share)
        if need_row.patients is not None:
            found[f"patients_{name}"] = pert(need_row.patients)
    for row_out in outcome.classes:
        name = row_out.medicine_class.value
        for what, chance in (
            ("stop", row_out.stop),
            ("usual", row_out.usual),
            ("reduce", row_out.reduce),
            ("left", row_out.left),
        ):
            if chance is not None:
                found[f"{what}_{name}"] = of_chance(chance)
    starting = plan.outcomes.starting_share
    found["starting_share"] = (
        pert(Range(**starting.model_dump()))
        if starting
        else Distribution("fixed", reference.default("starting_share"))
    )
    return found


def _drawn(
    one: OptionSums,
    stream: Stream,
    shared: Mapping[str, Distribution],
    outcome: OutcomeResult,
    needed: Need,
    spread: float,
    rho: float,
) -> dict[str, Any]:
    """Every step of one option for the draws of one stream."""
    central = one.inputs["central"]
    values: dict[str, Any] = dict(central)
    if one.need:
        lead = stream.normal("success and uptake")
        for name, distribution in shared.items():
            # a board that stands high on one class tends to on the others, so the classes share one draw
            key = "patients" if name.startswith("patients_") and _modelled(name, needed) else name
            if key == "patients":
                unit = Distribution(
                    "pert", distribution.a / distribution.b, 1.0, distribution.c / distribution.b
                )
                values[name] = stream.of("patients", unit) * distribution.b
            else:
                values[name] = stream.of(key, distribution)
        values["uptake"] = in_order_of(values["uptake"], lead)
        for row in outcome.classes:
            name = row.medicine_class.value
            if row.stop.ratio is not None:  # drawn as a ratio; made a share here
                values[f"stop_{name}"] = np.minimum(1.0, values[f"usual_{name}"] * values[f"stop_{name}"])
            follow = rho * lead + np.sqrt(1 - rho**2) * stream.normal(f"success {name}")
            values[f"stop_{name}"] = in_order_of(values[f"stop_{name}"], follow)
            if row.net is not None:
                values[f"net_{name}"] = values[f"stop_{name}"] - values[f"usual_{name}"]
    option = one.option
    values["overhead_share"] = stream.of("overhead", _triangle(option.overhead))
    values["effect"] = stream.of("effect", pert(option.effect))
    each = option.hours_per_person
    values["hours_per_person"] = stream.of("hours", _gamma(each.central, (each.high - each.low) / (2 * 1.96)))
    values["other_costs"] = stream.of("other costs", _gamma(1.0, spread)) * central["other_costs"]
    if option.stated_capacity is not None:
        values["stated_capacity"] = stream.of("stated capacity", pert(option.stated_capacity))
    pay: Any = 0.0
    for post in one.posts:
        inputs = post["central"].inputs
        ends = [post[case].inputs["salary"] for case in ("low", "central", "high")]
        middle = min(max(ends[1], ends[0]), ends[2])
        salary = stream.of(f"pay of {ends}", pert(Range(low=ends[0], central=middle, high=ends[2])))
        pay = pay + draw_out(POST_STEPS, inputs | {"salary": salary})["total"]
    values["pay"] = pay
    return draw_out((*one.need, *one.outcomes, *one.steps), values)


def _modelled(name: str, needed: Need) -> bool:
    row = next(r for r in needed.classes if name == f"patients_{r.medicine_class.value}")
    return row.kind is not Kind.ENTERED and row.patients is not None and row.patients.low < row.patients.high


def _triangle(values: Range) -> Distribution:
    if values.low == values.high:
        return Distribution("fixed", values.central)
    return Distribution("triangular", values.low, values.central, values.high)


def _gamma(mean: float, deviation: float) -> Distribution:
    return (
        Distribution("gamma", mean, deviation) if deviation > 0 and mean > 0 else Distribution("fixed", mean)
    )


def _summary(
    one: OptionSums, kept: Mapping[str, Any], outcome: OutcomeResult
) -> tuple[dict[str, Estimate], float | None, dict[str, str]]:
    estimates: dict[str, Estimate] = {}
    withheld: dict[str, str] = {}
    no_gain = None
    for name in DRAWN:
        if name not in kept:
            why = outcome.withheld.get("additional" if name.endswith("additional") else "")
            if why:
                withheld[name] = why
            continue
        draws = kept[name]
        if name in NO_DENOMINATOR:
            below = kept[NO_DENOMINATOR[name][0]]
            nobody = float(np.mean(below < ENOUGH))
            if nobody > SURE:
                withheld[name] = (
                    f"in {nobody:.0%} of the draws there is no one to divide by"
                    if not one.option.is_do_nothing
                    else "nobody is supported beyond usual care, so there is no one to divide by"
                )
                continue
            draws = _ratio(kept["annual_cost"], below)
            mean = float(np.mean(kept["annual_cost"], dtype=np.float64) / np.mean(below, dtype=np.float64))
        else:
            mean = float(np.mean(draws, dtype=np.float64))
        low, high = (float(value) for value in np.quantile(draws, [0.025, 0.975]))
        estimates[name] = Estimate(mean=mean, low=low, high=high)
        if name == "additional" and not one.option.is_do_nothing:
            no_gain = float(np.mean(draws <= 0))
    return estimates, no_gain, withheld


def _ratio(cost: Any, people: Any) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(people >= ENOUGH, cost / people, np.inf)


def _score(kept: Mapping[str, Any], measure: str) -> Any:
    """Each draw on the measure, the lower the better."""
    if measure in NO_DENOMINATOR:
        return _ratio(kept["annual_cost"], kept[NO_DENOMINATOR[measure][0]])
    return kept[measure] if measure in LOWER_IS_BETTER else -kept[measure]


def _share_best(ranked: Any) -> Any:
    """The share of draws in which each option is best; a tie is shared, and a draw in which none can be is no one's."""
    if not len(ranked):
        return []
    least = ranked.min(axis=0)
    is_best = (ranked == least) & np.isfinite(least)
    many = np.maximum(is_best.sum(axis=0), 1)
    return (is_best / many).mean(axis=1)


def _has(one: OptionSums, measure: str) -> bool:
    return measure in {step.name for step in one.steps}


def _measure(wanted: str, sums: tuple[OptionSums, ...], needed: Need) -> str:
    """The measure asked for, or the nearest that this plan can give."""
    for measure in (wanted, "cost_per_person", "annual_cost"):
        if all(_has(one, measure) for one in sums):
            return measure
    return "annual_cost"


# --- one at a time ---------------------------------------------------------------------------------------------


class Swing(Frozen):
    """What one assumption alone does to a measure, from its low to its high, all else at its central value.

    A value is absent where nobody would be left to divide by.
    """

    name: str
    label: str
    low_input: float
    high_input: float
    unit: str
    at_low: float | None
    at_high: float | None

    @property
    def width(self) -> float:
        """How far it moves the measure; endless where one end cannot be given."""
        if self.at_low is None or self.at_high is None:
            return float("inf")
        return abs(self.at_high - self.at_low)


class Sensitivity(Frozen):
    """What moves a measure of one option most, the widest first."""

    option: str
    name: str
    measure: str
    measure_in_words: str
    central: float | None
    swings: tuple[Swing, ...]
    finding: str


@dataclass(frozen=True)
class Assumption:
    """Inputs that move together, from low to high."""

    name: str
    label: str
    unit: str
    low: float
    high: float
    at_low: dict[str, float]
    at_high: dict[str, float]


def assumptions_of(one: OptionSums, needed: Need, outcome: OutcomeResult, spread: float) -> list[Assumption]:
    """Everything about an option that is not sure, from its low to its high."""
    low, central, high = (one.inputs[case] for case in ("low", "central", "high"))
    found = []

    def add(name: str, label: str, unit: str, keys: list[str]) -> None:
        keys = [key for key in keys if key in central]
        if keys and any(low[key] != high[key] for key in keys):
            found.append(
                Assumption(name, label, unit, low[keys[0]], high[keys[0]],
                           {key: low[key] for key in keys}, {key: high[key] for key in keys})
            )  # fmt: skip

    if one.need:
        add("uptake", "Uptake of an offer", "share", ["uptake"])
        add(
            "patients",
            "People prescribed",
            "people",
            [f"patients_{r.medicine_class.value}" for r in needed.classes],
        )
        add("appropriate_share", "Share for whom an offer is appropriate", "share", ["appropriate_share"])
        add("coverage", "Share of the place covered", "share", ["coverage"])
        add("starting_share", "Share of people supported who start", "share", ["starting_share"])
        for row in outcome.classes:
            name, words = row.medicine_class.value, row.medicine_class.words
            add(f"stop_{name}", f"Share who stop, {words}", "share", [f"stop_{name}", f"net_{name}"])
    add("hours_per_person", "Staff hours for each person", "hours", ["hours_per_person"])
    add("overhead_share", "Overheads", "share", ["overhead_share"])
    add("pay", "Pay, from bottom to top of each band", "pounds", ["pay"])
    add("effect", "Effect beside the evidence", "times", ["effect"])
    add("stated_capacity", "People the provider says it can support", "people", ["stated_capacity"])
    costs = central["other_costs"]
    if costs > 0:
        least, most = max(0.0, costs * (1 - 1.96 * spread)), costs * (1 + 1.96 * spread)
        found.append(
            Assumption("other_costs", "Costs other than pay", "pounds", least, most,
                       {"other_costs": least}, {"other_costs": most})
        )  # fmt: skip
    return found


def value_at(one: OptionSums, changes: Mapping[str, float], measure: str) -> float | None:
    """A measure of one option with some central inputs changed, or None where no one is left to divide by."""
    value = float(_at(one, changes, measure))
    return None if np.isnan(value) else value


def _at(one: OptionSums, changes: Mapping[str, Any], measure: str) -> Any:
    """The same for one value of an input or for many at once; not a number where it is withheld."""
    return draw_out((*one.need, *one.outcomes, *one.steps), one.inputs["central"] | dict(changes))[measure]


def sensitivity(
    option_id: str, plan: Plan, needed: Need, outcome: OutcomeResult, reference: ReferenceData
) -> Sensitivity | None:
    """What moves the plan's measure most for one option, one assumption at a time. None for doing nothing."""
    option = next(option for option in plan.options if option.id == option_id)
    if option.is_do_nothing:
        return None
    one = option_sums(option, plan, needed, outcome, reference)
    measure = _measure(plan.simulation.measure, (one,), needed)
    central = value_at(one, {}, measure)
    if central is None and measure != "cost_per_person" and _has(one, "cost_per_person"):
        measure, central = "cost_per_person", value_at(one, {}, "cost_per_person")
    spread = reference.default("other_cost_spread")
    swings = sorted(
        (
            Swing(
                name=row.name,
                label=row.label,
                low_input=row.low,
                high_input=row.high,
                unit=row.unit,
                at_low=value_at(one, row.at_low, measure),
                at_high=value_at(one, row.at_high, measure),
            )
            for row in assumptions_of(one, needed, outcome, spread)
        ),
        key=lambda swing: (-swing.width, swing.name),
    )
    moving = [swing for swing in swings if swing.width > 0]
    if moving:
        finding = f"What moves the {WORDS[measure]} of {option.name} most is: {moving[0].label.lower()}"
        finding += f", then {moving[1].label.lower()}." if len(moving) > 1 else "."
    else:
        finding = f"Nothing that is unsure moves the {WORDS[measure]} of {option.name}."
    return Sensitivity(
        option=option.id,
        name=option.name,
        measure=measure,
        measure_in_words=WORDS[measure],
        central=central,
        swings=tuple(swings),
        finding=finding,
    )


# --- thresholds ------------------------------------------------------------------------------------------------

PLAUSIBLE = {"uptake": (0.001, 1.0), "effect": (0.5, 1.5)}
"""How far an assumption is moved in search of a crossing, where its own low and high are too near."""


class Threshold(Frozen):
    """Where one option overtakes another as one assumption moves: the values at which they cross, and in words."""

    first: str
    second: str
    assumption: str
    measure: str
    crossings: tuple[float, ...]
    words: str


def thresholds(
    option_id: str, plan: Plan, needed: Need, outcome: OutcomeResult, reference: ReferenceData
) -> tuple[Threshold, ...]:
    """Where the option overtakes, or is overtaken by, every other on the plan's measure, as assumptions move.

    Each assumption runs from its low to its high with all else at its central value; a crossing is found by
    halving. Empty for doing nothing and for a plan with one option.
    """
    sums = {one.option.id: one for one in all_sums(plan, needed, outcome, reference)}
    one = sums[option_id]
    others = [other for key, other in sums.items() if key != option_id and not other.option.is_do_nothing]
    if one.option.is_do_nothing or not others:
        return ()
    measure = _measure(plan.simulation.measure, (one, *others), needed)
    if measure not in LOWER_IS_BETTER or value_at(one, {}, measure) is None:
        measure = "cost_per_person" if _has(one, "cost_per_person") else "annual_cost"
    mine = one.option.name
    moves = [
        ("uptake", "uptake", True),
        ("hours_per_person", f"number of hours for each person in {mine}", False),
        ("overhead_share", f"overhead of {mine}", False),
        ("effect", f"effect of {mine}", False),
    ]
    found = []
    for other in others:
        for name, label, both in moves:
            threshold = _threshold(one, other, name, label, both, measure)
            if threshold is not None:
                found.append(threshold)
    return tuple(found)


def _threshold(
    one: OptionSums, other: OptionSums, name: str, label: str, both: bool, measure: str
) -> Threshold | None:
    low, high = one.inputs["low"].get(name), one.inputs["high"].get(name)
    if low is None or high is None or (measure == "cost_per_person" and name == "effect"):
        return None
    low, high = PLAUSIBLE.get(name, (low, high))
    if low == high:
        return None

    def gap(values: Any) -> Any:
        return _at(one, {name: values}, measure) - _at(other, {name: values} if both else {}, measure)

    grid = np.linspace(low, high, 401)
    gaps = np.broadcast_to(gap(grid), grid.shape)
    known = np.flatnonzero(~np.isnan(gaps))
    if len(known) < 2:
        return None
    crossings = [
        _halved(gap, float(grid[here]), float(grid[there]))
        for here, there in zip(known, known[1:], strict=False)
        if gaps[here] * gaps[there] < 0
    ]
    ends = [(float(grid[at]), float(gaps[at])) for at in (known[0], known[-1])]
    same = bool(np.all(np.abs(gaps[known]) < 1e-9))
    return Threshold(
        first=one.option.id,
        second=other.option.id,
        assumption=name,
        measure=measure,
        crossings=tuple(crossings),
        words=_in_words(one.option.name, other.option.name, name, label, measure, crossings, ends, same),
    )


def _halved(gap: Callable[[float], Any], low: float, high: float) -> float:
    """Where the gap passes nought between two values on either side of it, by halving."""
    below = gap(low) < 0
    for _ in range(40):
        middle = (low + high) / 2
        if (gap(middle) < 0) == below:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _in_words(
    first: str,
    second: str,
    name: str,
    label: str,
    measure: str,
    crossings: list[float],
    ends: list[tuple[float, float]],
    same: bool,
) -> str:
    (low, start), (high, end) = ends
    over = f"from {shown(name, low)} to {shown(name, high)}"
    if same:
        return f"{first} and {second} have the same {WORDS[measure]} at every {label} {over}."
    ahead, behind = (first, second) if (end or start) < 0 else (second, first)
    if not crossings:
        return f"{ahead} has a lower {WORDS[measure]} than {behind} at every {label} {over}."
    if len(crossings) == 1:
        at = shown(name, crossings[0])
        return f"{ahead} has a lower {WORDS[measure]} than {behind} if the {label} is above {at}, and a higher one below."
    places = " and ".join(shown(name, value) for value in crossings)
    return f"{first} and {second} change places on {WORDS[measure]} where the {label} is {places}."


def shown(name: str, value: float) -> str:
    """An assumption's value as a reader sees it."""
    if name in (
        "uptake",
        "overhead_share",
        "appropriate_share",
        "coverage",
        "starting_share",
    ) or name.startswith("stop_"):
        return f"{value:.1%}"
    if name == "hours_per_person":
        return f"{value:.1f} hours"
    if name == "effect":
        return f"{value:.2f} times the evidence"
    if name in ("pay", "other_costs"):
        return f"£{value:,.0f}"
    return f"{value:,.0f}"
