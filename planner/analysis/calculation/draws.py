"""Draws of the inputs and steps of the sums, by the plan's seed, and what is printed of them.

No class, option, price or plan is known here; the register of inputs says how each is drawn.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from planner.analysis.calculation.distributions import Distribution, Stream, by_range
from planner.analysis.calculation.formulas import Value, draw_out, work_out
from planner.analysis.calculation.inputs import input_named
from planner.analysis.calculation.measures import Calculation
from planner.model.base import Range
from planner.model.outcomes import Simulation

EveryDraw = NDArray[np.float64] | NDArray[np.float32]
"""Every draw of a measure: in 64 bits where one chunk holds them all, else in 32."""
CHUNK = 50_000
"""Draws made at once, so that a million fit in little memory. The numbers depend on it: never
change it lightly."""
MIDDLE = 0.35
"""The central case is printed where at least this share of the draws lies on either side of it,
that is from their 35th to their 65th percentile."""
SPACING, TAIL = 16, 0.05
"""Every how many draws, and beyond what share of them, the ends are looked for."""
ROUNDING = 1e-6
"""How far, in proportion, draws kept in 32 bits may lie from the number that they are of."""


@dataclass(frozen=True, kw_only=True)
class Estimate:
    """What is printed of a measure: one figure and the 95% of its draws.

    `value` is the central case, or the median of the draws where `is_median` says so.
    """

    value: float
    low: float
    high: float
    is_median: bool = False

    def range(self) -> Range:
        """As low, central and high; a figure beyond its own 95% stands as the end of it."""
        return Range(
            low=min(self.low, self.value), central=self.value, high=max(self.high, self.value)
        )


def chunks(simulation: Simulation) -> Iterator[tuple[int, Stream]]:
    """Where each chunk of a plan's draws starts, and its draws by name."""
    for number, start in enumerate(range(0, simulation.simulations, CHUNK)):
        size = min(CHUNK, simulation.simulations - start)
        yield start, Stream(simulation.seed, number, size)


def distribution_of(name: str, values: Range) -> Distribution:
    """What the input of that name is drawn from, about its low, central and high; fixed where the
    register says that it is not drawn or that its evidence decides."""
    shape = input_named(name)[0].shape
    if shape is None or shape == "chance":
        return Distribution("fixed", values.central)
    return by_range(values, shape)


def drawn_inputs(stream: Stream, given: Mapping[str, Range], owner: str = "") -> dict[str, Value]:
    """The draws of inputs by their names, each under the stream of the register.

    `owner` is the option they belong to, if they are one's own.
    """
    draws: dict[str, Value] = {}
    for name, values in given.items():
        item, of = input_named(name)
        under = item.stream_of(f"{of} {owner}".strip())
        draws[name] = stream.of(under, distribution_of(name, values))
    return draws


def ranges_of(
    steps: Sequence[Calculation],
    given: Mapping[str, Range],
    names: Sequence[str],
    simulation: Simulation,
) -> tuple[dict[str, Range], frozenset[str]]:
    """The steps of those names, each the central case with the 95% of its draws, and which have
    their median in its place. A name that is no step, or is withheld, is absent."""
    central = work_out(steps, {name: values.central for name, values in given.items()})
    wanted = [name for name in names if central.get(name) is not None]
    saved = every_draw(
        wanted, simulation, lambda stream: draw_out(steps, drawn_inputs(stream, given))
    )
    estimates = {name: estimate(central[name] or 0.0, saved[name]) for name in wanted}
    return (
        {name: one.range() for name, one in estimates.items()},
        frozenset(name for name, one in estimates.items() if one.is_median),
    )


def every_draw(
    names: Sequence[str],
    simulation: Simulation,
    work: Callable[[Stream], Mapping[str, Value]],
    streams: Iterable[tuple[int, Stream]] | None = None,
) -> dict[str, EveryDraw]:
    """Every draw of the steps of those names, chunk by chunk; from streams that are there already,
    so that nothing is drawn twice, or from new ones."""
    draws, saved = simulation.simulations, dict[str, EveryDraw]()
    for start, stream in streams or chunks(simulation):
        output = work(stream)
        for name in names:
            # A single chunk has room for every digit, and nothing to put together.
            if draws <= CHUNK:
                saved[name] = np.broadcast_to(output[name], draws)
            else:
                whole = saved.setdefault(name, np.empty(draws, dtype=np.float32))
                whole[start : start + stream.size] = output[name]
    return saved


def estimate(central: float, draws: EveryDraw) -> Estimate:
    """What is printed of a measure, from its central case and every draw of it."""
    value, is_median = centre(central, draws)
    low, high = limits(draws)
    return Estimate(value=value, low=low, high=high, is_median=is_median)


def limits(draws: EveryDraw) -> tuple[float, float]:
    """The values that 2.5% and 97.5% of the draws lie below, between neighbours in proportion."""
    low, high = 0.025 * (len(draws) - 1), 0.975 * (len(draws) - 1)
    # Only the two ends need to be put in order. Where they begin is told from some of the draws; in
    # the rare case that they took in too few, all are.
    some = np.sort(draws[::SPACING])
    beyond = int(TAIL * len(some))
    lower = draws[draws <= some[beyond]]
    upper = draws[~(draws < some[-1 - beyond])]
    if min(len(lower), len(upper)) <= math.ceil(low):
        lower = upper = draws
    return _value_at(lower, low), _value_at(upper, high - (len(draws) - len(upper)))


def _value_at(draws: EveryDraw, place: float) -> float:
    """The value at a place among draws put in order, in 64 bits, which numpy's own quantile would
    not keep."""
    before, after = math.floor(place), math.ceil(place)
    ordered = np.partition(draws, (before, after))
    below, above = float(ordered[before]), float(ordered[after])
    # Beside a draw that leaves nobody to divide by there is no in between.
    return below + (above - below) * (place % 1) if math.isfinite(above) else below


def centre(central: float, draws: EveryDraw) -> tuple[float, bool]:
    """The value to print of a measure, and whether that is the median of its draws.

    It is the central case, unless that lies outside the 35th to the 65th percentile of the draws.
    """
    slack = ROUNDING * abs(central)
    further = np.count_nonzero(draws < central - slack), np.count_nonzero(draws > central + slack)
    if max(further) <= (1 - MIDDLE) * len(draws):
        return central, False
    return float(np.median(draws)), True
