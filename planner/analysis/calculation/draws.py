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
"""Every draw of a measure: in 64 bits where one chunk holds them all, else in 32. Of a measure that
is not drawn there is one."""
CHUNK = 50_000
"""Draws made at once, so that a million fit in little memory. The numbers depend on it: never
change it lightly."""
LARGEST_BLOCK = 8 * 2**20
"""Bytes of memory that may be kept from one step of the draws for the next, and then twice that."""
MIDDLE = 0.35
"""The central case is printed where at least this share of the draws lies on either side of it,
that is from their 35th to their 65th percentile."""
SOME, TAIL = 256, 1 / 16
"""Of how many draws, and beyond what share of them, it is told where the ends begin."""
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
    # The allocator of Linux gives memory back to the system, to fetch it afresh at the next step,
    # until it has seen a block of that size come and go. Nothing is written in this one.
    np.empty(LARGEST_BLOCK, dtype=np.uint8)
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


def draw_inputs(
    stream: Stream,
    given: Mapping[str, Range],
    owner: str = "",
    draw: Callable[[Stream, str, Distribution], Value] = Stream.of,
) -> dict[str, Value]:
    """The draws of inputs by their names, each under the stream of the register.

    `owner` is the option they belong to, if they are one's own.
    """
    draws: dict[str, Value] = {}
    for name, values in given.items():
        item, of = input_named(name)
        under = item.stream_of(f"{of} {owner}".strip())
        draws[name] = draw(stream, under, distribution_of(name, values))
    return draws


def ranges_of(
    steps: Sequence[Calculation],
    given: Mapping[str, Range],
    names: Sequence[str],
    simulation: Simulation,
) -> tuple[dict[str, Range], frozenset[str]]:
    """The steps of those names, each the central case with the 95% of its draws, and which have
    their median in its place. A name that is no step, or is withheld, is absent.

    Of one change to the next most inputs stand as they did, so their draws are kept.
    """
    central = work_out(steps, {name: values.central for name, values in given.items()})
    wanted = [name for name in names if central.get(name) is not None]
    saved = every_draw(
        wanted,
        simulation,
        lambda stream: draw_out(steps, draw_inputs(stream, given, draw=Stream.reuse)),
    )
    estimates = {
        name: one for name in wanted if (one := estimate(central[name] or 0.0, saved[name]))
    }
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
            value = np.atleast_1d(output[name])
            # A single chunk has room for every digit, and nothing to put together.
            if draws <= CHUNK or len(value) == 1:
                saved[name] = value
            else:
                whole = saved.setdefault(name, np.empty(draws, dtype=np.float32))
                whole[start : start + stream.size] = value
    return saved


def estimate(central: float, draws: EveryDraw) -> Estimate | None:
    """What is printed of a measure, from its central case and every draw of it; None where one of
    the draws is no number."""
    ends = _ends(draws)
    if not (math.isfinite(ends[0]) and math.isfinite(ends[-1])):
        return None
    value, is_median = centre(central, draws)
    low, high = _limits(ends, len(draws))
    return Estimate(value=value, low=low, high=high, is_median=is_median)


def limits(draws: EveryDraw) -> tuple[float, float]:
    """The values that 2.5% and 97.5% of the draws lie below, between neighbours in proportion."""
    return _limits(_ends(draws), len(draws))


def _ends(draws: EveryDraw) -> EveryDraw:
    """The draws in order, but for those of the middle: at least 2.5% of them are left at either
    end. What is no number stands last."""
    # Where the middle lies is told from some of the draws.
    some = np.sort(draws[:SOME])
    beyond = int(TAIL * len(some))
    low, high = some[beyond], some[-1 - beyond]
    ends: EveryDraw = draws.compress(~((low < draws) & (draws < high)))
    ends.sort()
    # In the rare case that an end was left with too few, all are put in order.
    least = math.ceil(0.025 * (len(draws) - 1))
    if ends[least] > low or ends[-1 - least] < high:
        ends = draws.copy()
        ends.sort()
    return ends


def _limits(ends: EveryDraw, draws: int) -> tuple[float, float]:
    """The two limits, from the ends of so many draws."""
    low, high = 0.025 * (draws - 1), 0.975 * (draws - 1)
    # The upper one is counted from the last draw back, since the middle is not there.
    return _value_at(ends, low), _value_at(ends, high - draws)


def _value_at(ordered: EveryDraw, place: float) -> float:
    """The value at a place among draws in order, in 64 bits, which numpy's own quantile would not
    keep."""
    below, above = float(ordered[math.floor(place)]), float(ordered[math.ceil(place)])
    # Beside a draw that leaves nobody to divide by there is no in between.
    return below + (above - below) * (place % 1) if math.isfinite(above) else below


def centre(central: float, draws: EveryDraw) -> tuple[float, bool]:
    """The value to print of a measure, and whether that is the median of its draws.

    It is the central case, unless that lies outside the 35th to the 65th percentile of the draws.
    """
    slack, most = ROUNDING * abs(central), (1 - MIDDLE) * len(draws)
    below = np.count_nonzero(draws < central - slack)
    # Where enough lie below, too few are left to be above.
    if below <= most and (
        len(draws) - below <= most or np.count_nonzero(draws > central + slack) <= most
    ):
        return central, False
    return float(np.median(draws)), True
