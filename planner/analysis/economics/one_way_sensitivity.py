"""What moves an option's result most, one assumption at a time, and where options overtake."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from planner.analysis.calculation.distributions import Stream
from planner.analysis.calculation.draws import CHUNK, Estimate
from planner.analysis.calculation.formulas import Value, draw_out, names_in, steps_for
from planner.analysis.calculation.inputs import INPUTS, Input, input_named, label_named
from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.probabilistic import draw_option, draws_of
from planner.analysis.formatting import lower_first, percent, pounds, rounded

METHOD = (
    "Each end is the median of the plan's simulations with that one assumption held at its low or "
    "at its high, and all others drawn as before."
)
"""How a swing is made, in one sentence, said wherever it is shown."""


@dataclass(frozen=True, kw_only=True)
class OneWayResult:
    """What one assumption alone does to a measure: the median of the draws with it held at its low
    and at its high, all else drawn as before.

    With all else at its central value, a team with room to spare would hide whatever fills it. A
    value is absent where in most draws nobody would be left to divide by.
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


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """What moves a measure of one option most, the widest first; `middle` is the median of its
    draws with nothing held."""

    option: str
    name: str
    measure: str
    measure_in_words: str
    middle: float | None
    swings: tuple[OneWayResult, ...]
    finding: str


Ends = tuple[dict[str, float], dict[str, float]]
"""Inputs that move together, each at its low and at its high."""


def rows_of(one: OptionSums) -> dict[str, Ends]:
    """Everything about an option that is not sure, by the row of the tornado that it moves in."""
    rows: dict[str, Ends] = {}
    for name, values in one.given.items():
        item, of = input_named(name)
        if item.row_of(of) and (one.need or item.section in ("", "plan")):
            at_low, at_high = rows.setdefault(item.row_of(of), ({}, {}))
            at_low[name], at_high[name] = values.low, values.high
    return {row: (at_low, at_high) for row, (at_low, at_high) in rows.items() if at_low != at_high}


def _one_way_result(
    row: str, ends: Ends, one: OptionSums, middle: Callable[[Mapping[str, float]], float | None]
) -> OneWayResult:
    """What a row of the tornado does, shown by the inputs that it is named after; `middle` works
    out the measure with some inputs held."""
    item, of = input_named(row)
    of_item = [name for name in ends[0] if input_named(name)[0] is item] or list(ends[0])
    low_input, high_input = (sum(values[name] for name in of_item) for values in ends)
    at_low, at_high = map(middle, ends)
    return OneWayResult(
        name=row,
        label=f"{one.option.posts[int(of) - 1].title}, {lower_first(item.label)}"
        if item.scope == "role"
        else item.row_label or label_named(row),
        low_input=low_input,
        high_input=high_input,
        unit=item.measure.replace("GBP", "pounds"),
        at_low=at_low,
        at_high=at_high,
    )


def measure_at(one: OptionSums, changes: Mapping[str, Value], measure: str) -> Value:
    """A measure of one option with some central inputs changed, each to one value or to many at
    once; not a number where no one is left to divide by."""
    return draw_out((*one.need, *one.steps), {**one.central, **changes})[measure]


def _middles(
    one: OptionSums, case: Case, measure: str
) -> Callable[[Mapping[str, float]], float | None]:
    """Works out the median of a measure over the plan's draws with some inputs held: the draws of
    one chunk, which are enough to rank inputs by."""
    chosen = case.plan.simulation
    stream = Stream(chosen.seed, 0, min(chosen.simulations, CHUNK))
    values = draws_of(one, stream, case, [measure])
    steps = steps_for((*one.need, *one.steps), [measure])
    read = {name for step in steps for name in names_in(step.formula)}

    def of(fixed: Mapping[str, float]) -> float | None:
        draws = draw_out(steps, {**values, **fixed})[measure]
        # Where nobody is left to divide by, a cost for each person has no end.
        median = float(np.median(np.where(np.isnan(draws), np.inf, draws)))
        return median if np.isfinite(median) else None

    middle = of({})
    return lambda fixed: of(fixed) if read.intersection(fixed) else middle


def sensitivity(option_id: str, case: Case) -> Sensitivity | None:
    """What moves the plan's measure most for one option, one assumption at a time. None for doing
    nothing."""
    option = case.option(option_id)
    if option.is_do_nothing:
        return None
    one = case.sums_of(option)
    measure = _measure(one, case, case.plan.simulation.measure)
    called = MEASURES[measure].in_a_sentence
    middle = _middles(one, case, measure)
    swings = sorted(
        (_one_way_result(row, ends, one, middle) for row, ends in rows_of(one).items()),
        key=lambda one_way: (-one_way.width, one_way.name),
    )
    moving = [one_way.label.lower() for one_way in swings if one_way.width > 0]
    return Sensitivity(
        option=option.id,
        name=option.name,
        measure=measure,
        measure_in_words=called,
        middle=middle({}),
        swings=tuple(swings),
        finding=f"What moves the {called} of {option.name} most is: {', then '.join(moving[:2])}. "
        f"{METHOD}"
        if moving
        else f"Nothing that is unsure moves the {called} of {option.name}.",
    )


def _printed_estimates(one: OptionSums, case: Case) -> Mapping[str, Estimate]:
    """The measures of an option that are printed, since what is withheld is so everywhere."""
    return draw_option(one.option.id, case).estimates


def _measure(one: OptionSums, case: Case, wanted: str) -> str:
    """The measure asked for, or the nearest that is printed of the option."""
    nearest = (wanted, "cost_per_assessed", "annual_cost")
    return next(measure for measure in nearest if measure in _printed_estimates(one, case))


@dataclass(frozen=True, kw_only=True)
class Threshold:
    """Where one option overtakes another as one assumption moves: the values at which they cross,
    and in words.

    `label` is the assumption in words, and `lower_above` which of the two has the lower measure
    above the last crossing.
    """

    first: str
    second: str
    assumption: str
    label: str
    measure: str
    crossings: tuple[float, ...]
    lower_above: str
    words: str


def thresholds(option_id: str, case: Case) -> tuple[Threshold, ...]:
    """Where the option overtakes, or is overtaken by, every other of its kind of offer on the
    plan's measure, as assumptions move.

    Each assumption runs from its low to its high with all else at its central value; a crossing is
    found by halving. Empty for doing nothing and for a plan with one option.
    """
    sums = {one.option.id: one for one in case.sums}
    one = sums.pop(option_id)
    others = [
        other
        for other in sums.values()
        if not other.option.is_do_nothing and other.option.is_letters is one.option.is_letters
    ]
    if one.option.is_do_nothing or not others:
        return ()
    measure = _measure(one, case, case.plan.simulation.measure)
    if MEASURES[measure].better != "lower":
        measure = _measure(one, case, "cost_per_assessed")
    others = [other for other in others if measure in _printed_estimates(other, case)]
    # what all options share comes first, then each option's own by what it is counted in
    moves = sorted(
        (item for item in INPUTS if item.crossing),
        key=lambda item: (item.scope == "option", item.unit),
    )
    every = (_threshold(one, other, item, measure) for other in others for item in moves)
    return tuple(threshold for threshold in every if threshold is not None)


def _threshold(one: OptionSums, other: OptionSums, item: Input, measure: str) -> Threshold | None:
    name = item.key
    values = one.given.get(name)
    if values is None or (name == "effect" and "stopped" not in measure):
        return None
    low, high = item.plausible or (values.low, values.high)
    if low == high:
        return None

    def gap(values: Value) -> Value:
        others = {} if item.scope == "option" else {name: values}
        return measure_at(one, {name: values}, measure) - measure_at(other, others, measure)

    grid = np.linspace(low, high, 401)
    gaps = np.broadcast_to(gap(grid), grid.shape)
    known = np.flatnonzero(~np.isnan(gaps))
    if len(known) < 2:
        return None
    # A point where both are equal lies on the crossing itself.
    unequal = [at for at in known if abs(gaps[at]) > 1e-9]
    crossings = tuple(
        _bisect(gap, float(grid[here]), float(grid[there]))
        for here, there in zip(unequal, unequal[1:], strict=False)
        if gaps[here] * gaps[there] < 0
    )
    label = item.crossing.format(option=one.option.name)
    return Threshold(
        first=one.option.id,
        second=other.option.id,
        assumption=name,
        label=label,
        measure=measure,
        crossings=crossings,
        lower_above=one.option.id if unequal and gaps[unequal[-1]] < 0 else other.option.id,
        words=_in_words(
            (one.option.name, other.option.name),
            f"the {label}",
            MEASURES[measure].in_a_sentence,
            [format_value(name, value) for value in crossings],
            f"every {label} from {format_value(name, float(grid[known[0]]))} "
            f"to {format_value(name, float(grid[known[-1]]))}",
            bool((gaps[known[-1]] or gaps[known[0]]) < 0) if unequal else None,
        ),
    )


def _bisect(gap: Callable[[Value], Value], low: float, high: float) -> float:
    """Where the gap passes nought between two values on either side of it, by halving."""
    below = gap(low) < 0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if (gap(middle) < 0) == below else (low, middle)
    return (low + high) / 2


def _in_words(
    names: tuple[str, str],
    what: str,
    measure: str,
    places: list[str],
    every: str,
    first_leads: bool | None,
) -> str:
    """The finding; `first_leads` says which has the lower measure at the end, None for neither."""
    first, second = names
    if first_leads is None:
        return f"{first} and {second} have the same {measure} at {every}."
    if len(places) > 1:
        return (
            f"{first} and {second} change places on {measure} where {what} is "
            f"{' and '.join(places)}."
        )
    leader, trailer = names if first_leads else (second, first)
    if places:
        return (
            f"{leader} has a lower {measure} than {trailer} if {what} is above {places[0]}, "
            "and a higher one below."
        )
    return f"{leader} has a lower {measure} than {trailer} at {every}."


def _as_exact_as_meant(value: float) -> str:
    """One decimal, or two where the second is not nought: 1.0, 0.25."""
    return rounded(value, 2).removesuffix("0")


FORMS: dict[str, Callable[[float], str]] = {
    "share": lambda value: percent(value, 1),
    "hours": lambda value: f"{_as_exact_as_meant(value)} hours",
    "classes": lambda value: f"{rounded(value, 2)} classes",
    "effect": lambda value: f"{rounded(value, 2)} times the evidence",
    "times": lambda value: f"{rounded(value, 2)} times",
    "GBP": lambda value: pounds(value, 0 if value >= 100 or value == round(value) else 2),
    "people": rounded,
    "people per 1,000": _as_exact_as_meant,
    "people per 1,000 residents": lambda value: f"{rounded(value, 2)} per 1,000 residents",
    "people per 1,000 adults": _as_exact_as_meant,
}
"""How a value of an assumption is shown, by its key, its unit or what it counts."""


def format_value(name: str, value: float) -> str:
    """An assumption's value as a reader sees it, with as many digits as it is meant to."""
    item = input_named(name)[0]
    keys = (item.key, item.unit, item.measure)
    form = next((FORMS[key] for key in keys if key in FORMS), _as_exact_as_meant)
    return form(value)
