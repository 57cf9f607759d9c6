"""Draws of the inputs and steps of the sums, by the plan's seed, and what is printed of them.

No class, option, price or plan is known here; the register of inputs says how each is drawn.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from planner.analysis.calculation.distributions import Distribution, Stream, by_range
from planner.analysis.calculation.draw_summary import EveryDraw, centre, limits
from planner.analysis.calculation.formulas import Value, draw_out, work_out
from planner.analysis.calculation.inputs import input_named
from planner.analysis.calculation.measures import Calculation
from planner.model.base import Range
from planner.model.outcomes import Simulation

CHUNK = 50_000
"""Draws made at once, so that a million fit in little memory. The numbers depend on it: never
change it lightly."""


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
        under = item.stream_of(f"{of} {owner}".strip()) if owner else item.stream_of(of)
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
