"""What moves an option's result most, one assumption at a time, and where one option overtakes another."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.analysis.calculation.formulas import SCENARIOS, draw_out
from planner.analysis.calculation.inputs import INPUTS, Input, input_named, label_named
from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.probabilistic import measure_for
from planner.analysis.formatting import lower_first
from planner.model.outcomes import MEASURE_LABELS


@dataclass(frozen=True, kw_only=True)
class OneWayResult:
    """What one assumption alone does to a measure, from its low to its high, all else at its
    central value.

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


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """What moves a measure of one option most, the widest first."""

    option: str
    name: str
    measure: str
    measure_in_words: str
    central: float | None
    swings: tuple[OneWayResult, ...]
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


def assumptions_of(one: OptionSums, spread: float) -> list[Assumption]:
    """Everything about an option that is not sure, from its low to its high."""
    low, central, high = (dict(one.inputs[scenario]) for scenario in SCENARIOS)
    rows: dict[str, list[str]] = {}
    for name in central:
        item, of = input_named(name)
        if item.shape == "gamma":
            low[name], high[name] = (
                max(0.0, central[name] * (1 + z * spread)) for z in (-1.96, 1.96)
            )
        if item.row_of(of) and (one.need or item.section in ("", "plan")):
            rows.setdefault(item.row_of(of), []).append(name)
    return [
        _assumption(
            row,
            names,
            {name: low[name] for name in names},
            {name: high[name] for name in names},
            one,
        )
        for row, names in rows.items()
        if any(low[name] != high[name] for name in names)
    ]


def _assumption(
    row: str, names: list[str], at_low: dict[str, float], at_high: dict[str, float], one: OptionSums
) -> Assumption:
    """A row of the tornado, shown by the inputs that it is named after."""
    item, of = input_named(row)
    shown_by = [name for name in names if input_named(name)[0] is item] or names
    if item.scope == "role":
        label = f"{one.option.posts[int(of) - 1].title}, {lower_first(item.label)}"
    else:
        label = item.row_label or label_named(row)
    return Assumption(
        name=row,
        label=label,
        unit=item.measure.replace("GBP", "pounds"),
        low=sum(at_low[name] for name in shown_by),
        high=sum(at_high[name] for name in shown_by),
        at_low=at_low,
        at_high=at_high,
    )


def value_at(one: OptionSums, changes: Mapping[str, float], measure: str) -> float | None:
    """A measure of one option with some central inputs changed, or None where no one is left to
    divide by."""
    value = float(_at(one, changes, measure))
    return None if np.isnan(value) else value


def _at(one: OptionSums, changes: Mapping[str, Any], measure: str) -> Any:
    """The same for one value of an input or for many at once; not a number where it is withheld."""
    return draw_out((*one.need, *one.outcomes, *one.steps), one.inputs["central"] | dict(changes))[
        measure
    ]


def sensitivity(
    option_id: str,
    case: Case,
) -> Sensitivity | None:
    """What moves the plan's measure most for one option, one assumption at a time. None for doing
    nothing."""
    option = case.option(option_id)
    if option.is_do_nothing:
        return None
    one = case.sums_of(option)
    measure = measure_for(case.plan.simulation.measure, (one,))
    central = value_at(one, {}, measure)
    if central is None:
        measure = measure_for("cost_per_person", (one,))
        central = value_at(one, {}, measure)
    spread = case.reference.default("other_cost_spread")
    swings = sorted(
        (
            OneWayResult(
                name=row.name,
                label=row.label,
                low_input=row.low,
                high_input=row.high,
                unit=row.unit,
                at_low=value_at(one, row.at_low, measure),
                at_high=value_at(one, row.at_high, measure),
            )
            for row in assumptions_of(one, spread)
        ),
        key=lambda swing: (-swing.width, swing.name),
    )
    moving = [swing for swing in swings if swing.width > 0]
    if moving:
        finding = f"What moves the {MEASURE_LABELS[measure]} of {option.name} most is: {moving[0].label.lower()}"
        finding += f", then {moving[1].label.lower()}." if len(moving) > 1 else "."
    else:
        finding = f"Nothing that is unsure moves the {MEASURE_LABELS[measure]} of {option.name}."
    return Sensitivity(
        option=option.id,
        name=option.name,
        measure=measure,
        measure_in_words=MEASURE_LABELS[measure],
        central=central,
        swings=tuple(swings),
        finding=finding,
    )


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


def thresholds(
    option_id: str,
    case: Case,
) -> tuple[Threshold, ...]:
    """Where the option overtakes, or is overtaken by, every other on the plan's measure, as
    assumptions move.

    Each assumption runs from its low to its high with all else at its central value; a crossing is
    found by halving. Empty for doing nothing and for a plan with one option.
    """
    sums = {one.option.id: one for one in case.sums}
    one = sums[option_id]
    others = [
        other for key, other in sums.items() if key != option_id and not other.option.is_do_nothing
    ]
    if one.option.is_do_nothing or not others:
        return ()
    measure = measure_for(case.plan.simulation.measure, (one, *others))
    if MEASURES[measure].better != "lower" or value_at(one, {}, measure) is None:
        measure = measure_for("cost_per_person", (one,))
    mine = one.option.name
    # what all options share comes first, then each option's own by what it is counted in
    moves = sorted(
        (item for item in INPUTS if item.crossing),
        key=lambda item: (item.scope == "option", item.unit),
    )
    every = (
        _threshold(one, other, item, item.crossing.format(option=mine), measure)
        for other in others
        for item in moves
    )
    return tuple(threshold for threshold in every if threshold is not None)


def _threshold(
    one: OptionSums, other: OptionSums, item: Input, label: str, measure: str
) -> Threshold | None:
    name, both = item.key, item.scope != "option"
    low, high = one.inputs["low"].get(name), one.inputs["high"].get(name)
    if low is None or high is None or (measure == "cost_per_person" and name == "effect"):
        return None
    low, high = item.plausible or (low, high)
    if low == high:
        return None

    def gap(values: Any) -> Any:
        return _at(one, {name: values}, measure) - _at(
            other, {name: values} if both else {}, measure
        )

    grid = np.linspace(low, high, 401)
    gaps = np.broadcast_to(gap(grid), grid.shape)
    known = np.flatnonzero(~np.isnan(gaps))
    if len(known) < 2:
        return None
    # A point where both are equal lies on the crossing itself.
    unequal = [at for at in known if abs(gaps[at]) > 1e-9]
    crossings = [
        _halved(gap, float(grid[here]), float(grid[there]))
        for here, there in zip(unequal, unequal[1:], strict=False)
        if gaps[here] * gaps[there] < 0
    ]
    ends = [(float(grid[at]), float(gaps[at])) for at in (known[0], known[-1])]
    same = not unequal
    return Threshold(
        first=one.option.id,
        second=other.option.id,
        assumption=name,
        label=label,
        measure=measure,
        crossings=tuple(crossings),
        lower_above=one.option.id if unequal and gaps[unequal[-1]] < 0 else other.option.id,
        words=_in_words(
            one.option.name, other.option.name, name, label, measure, crossings, ends, same
        ),
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
    over = f"from {format_value(name, low)} to {format_value(name, high)}"
    if same:
        return (
            f"{first} and {second} have the same {MEASURE_LABELS[measure]} at every {label} {over}."
        )
    leader, trailer = (first, second) if (end or start) < 0 else (second, first)
    if not crossings:
        return f"{leader} has a lower {MEASURE_LABELS[measure]} than {trailer} at every {label} {over}."
    if len(crossings) == 1:
        at = format_value(name, crossings[0])
        return f"{leader} has a lower {MEASURE_LABELS[measure]} than {trailer} if the {label} is above {at}, and a higher one below."
    places = " and ".join(format_value(name, value) for value in crossings)
    return f"{first} and {second} change places on {MEASURE_LABELS[measure]} where the {label} is {places}."


FORMS = {
    "share": "{:.1%}",
    "hours": "{:.1f} hours",
    "classes": "{:.2f} classes",
    "times": "{:.2f} times the evidence",
    "GBP": "£{:,.0f}",
}
"""How a value of an assumption is shown, by what it counts; others as whole numbers."""


def format_value(name: str, value: float) -> str:
    """An assumption's value as a reader sees it."""
    return FORMS.get(input_named(name)[0].measure, "{:,.0f}").format(value)
