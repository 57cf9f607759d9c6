"""What moves an option's result most, one assumption at a time, and where one option overtakes another."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from planner.analysis.calculation.formulas import draw_out
from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.probabilistic import (
    has_measure,
    measure_for,
)
from planner.model.base import Frozen
from planner.model.outcomes import MEASURE_LABELS


class OneWayResult(Frozen):
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


def assumptions_of(one: OptionSums, case: Case, spread: float) -> list[Assumption]:
    """Everything about an option that is not sure, from its low to its high."""
    low, central, high = (one.inputs[scenario] for scenario in ("low", "central", "high"))
    rows = []

    def add(name: str, label: str, unit: str, keys: list[str], shown_by: list[str] | None = None) -> None:
        keys = [key for key in keys if key in central]
        if keys and any(low[key] != high[key] for key in keys):
            of = shown_by or keys[:1]
            rows.append(
                Assumption(name, label, unit, sum(low[key] for key in of), sum(high[key] for key in of),
                           {key: low[key] for key in keys}, {key: high[key] for key in keys})
            )  # fmt: skip

    if one.need:
        add("uptake", "Uptake of an offer", "share", ["uptake"])
        counts = [f"patients_{row.medicine_class.value}" for row in case.need.classes]
        add("patients", "People prescribed, some in several classes", "people", counts, counts)
        add("classes_per_person", "Classes of medicine for each person", "classes", ["classes_per_person"])
        for long_term in case.need.classes:
            key = f"long_term_share_{long_term.medicine_class.value}"
            add(key, f"Share on it for a year or more, {long_term.medicine_class.label}", "share", [key])
        add("appropriate_share", "Share for whom an offer is appropriate", "share", ["appropriate_share"])
        add("coverage", "Share of the place covered", "share", ["coverage"])
        add("starting_share", "Share of people supported who start", "share", ["starting_share"])
        for row in case.outcomes.classes:
            name, words = row.medicine_class.value, row.medicine_class.label
            add(f"stop_{name}", f"Share who stop, {words}", "share", [f"stop_{name}", f"net_{name}"])
    add("hours_per_person", "Staff hours for each person", "hours", ["hours_per_person"])
    for number, post in enumerate(one.option.posts, 1):
        key = f"role_hours_each_{number}"
        add(key, f"Hours of {post.title} for each person", "hours", [key])
    add("overhead_share", "Overheads", "share", ["overhead_share"])
    add("pay", "Pay, from bottom to top of each band", "pounds", ["pay"])
    add("effect", "Effect beside the evidence", "times", ["effect"])
    add("stated_capacity", "People the provider says it can support", "people", ["stated_capacity"])
    costs = central["other_costs"]
    if costs > 0:
        least, most = max(0.0, costs * (1 - 1.96 * spread)), costs * (1 + 1.96 * spread)
        rows.append(
            Assumption("other_costs", "Costs other than pay", "pounds", least, most,
                       {"other_costs": least}, {"other_costs": most})
        )  # fmt: skip
    return rows


def value_at(one: OptionSums, changes: Mapping[str, float], measure: str) -> float | None:
    """A measure of one option with some central inputs changed, or None where no one is left to divide by."""
    value = float(_at(one, changes, measure))
    return None if np.isnan(value) else value


def _at(one: OptionSums, changes: Mapping[str, Any], measure: str) -> Any:
    """The same for one value of an input or for many at once; not a number where it is withheld."""
    return draw_out((*one.need, *one.outcomes, *one.steps), one.inputs["central"] | dict(changes))[measure]


def sensitivity(
    option_id: str,
    case: Case,
) -> Sensitivity | None:
    """What moves the plan's measure most for one option, one assumption at a time. None for doing nothing."""
    option = case.option(option_id)
    if option.is_do_nothing:
        return None
    one = case.sums_of(option)
    measure = measure_for(case.plan.simulation.measure, (one,))
    central = value_at(one, {}, measure)
    if central is None and measure != "cost_per_person" and has_measure(one, "cost_per_person"):
        measure, central = "cost_per_person", value_at(one, {}, "cost_per_person")
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
            for row in assumptions_of(one, case, spread)
        ),
        key=lambda swing: (-swing.width, swing.name),
    )
    moving = [swing for swing in swings if swing.width > 0]
    if moving:
        finding = (
            f"What moves the {MEASURE_LABELS[measure]} of {option.name} most is: {moving[0].label.lower()}"
        )
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


PLAUSIBLE = {"uptake": (0.01, 1.0), "effect": (0.5, 1.5)}
"""How far an assumption is moved in search of a crossing, where its own low and high are too near."""


class Threshold(Frozen):
    """Where one option overtakes another as one assumption moves: the values at which they cross, and in words.

    `label` is the assumption in words, and `lower_above` which of the two has the lower measure above the last crossing.
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
    """Where the option overtakes, or is overtaken by, every other on the plan's measure, as assumptions move.

    Each assumption runs from its low to its high with all else at its central value; a crossing is found by
    halving. Empty for doing nothing and for a plan with one option.
    """
    sums = {one.option.id: one for one in case.sums}
    one = sums[option_id]
    others = [other for key, other in sums.items() if key != option_id and not other.option.is_do_nothing]
    if one.option.is_do_nothing or not others:
        return ()
    measure = measure_for(case.plan.simulation.measure, (one, *others))
    if MEASURES[measure].better != "lower" or value_at(one, {}, measure) is None:
        measure = "cost_per_person" if has_measure(one, "cost_per_person") else "annual_cost"
    mine = one.option.name
    moves = [
        ("uptake", "uptake", True),
        ("hours_per_person", f"number of hours for each person in {mine}", False),
        ("overhead_share", f"overhead of {mine}", False),
        ("effect", f"effect of {mine}", False),
    ]
    rows = []
    for other in others:
        for name, label, both in moves:
            threshold = _threshold(one, other, name, label, both, measure)
            if threshold is not None:
                rows.append(threshold)
    return tuple(rows)


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
    separate = [
        at for at in known if abs(gaps[at]) > 1e-9
    ]  # a point where both are equal lies on the crossing itself
    crossings = [
        _halved(gap, float(grid[here]), float(grid[there]))
        for here, there in zip(separate, separate[1:], strict=False)
        if gaps[here] * gaps[there] < 0
    ]
    ends = [(float(grid[at]), float(gaps[at])) for at in (known[0], known[-1])]
    same = not separate
    return Threshold(
        first=one.option.id,
        second=other.option.id,
        assumption=name,
        label=label,
        measure=measure,
        crossings=tuple(crossings),
        lower_above=one.option.id if separate and gaps[separate[-1]] < 0 else other.option.id,
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
    over = f"from {format_value(name, low)} to {format_value(name, high)}"
    if same:
        return f"{first} and {second} have the same {MEASURE_LABELS[measure]} at every {label} {over}."
    leader, trailer = (first, second) if (end or start) < 0 else (second, first)
    if not crossings:
        return f"{leader} has a lower {MEASURE_LABELS[measure]} than {trailer} at every {label} {over}."
    if len(crossings) == 1:
        at = format_value(name, crossings[0])
        return f"{leader} has a lower {MEASURE_LABELS[measure]} than {trailer} if the {label} is above {at}, and a higher one below."
    places = " and ".join(format_value(name, value) for value in crossings)
    return f"{first} and {second} change places on {MEASURE_LABELS[measure]} where the {label} is {places}."


def format_value(name: str, value: float) -> str:
    """An assumption's value as a reader sees it."""
    if name in (
        "uptake",
        "overhead_share",
        "appropriate_share",
        "coverage",
        "starting_share",
    ) or name.startswith(("stop_", "long_term_share_")):
        return f"{value:.1%}"
    if name.startswith(("hours_per_person", "role_hours_each_")):
        return f"{value:.1f} hours"
    if name == "classes_per_person":
        return f"{value:.2f} classes"
    if name == "effect":
        return f"{value:.2f} times the evidence"
    if name in ("pay", "other_costs"):
        return f"£{value:,.0f}"
    return f"{value:,.0f}"
