"""What it would be worth to know an unsure number before choosing, from draws already made."""

from collections.abc import Sequence

import numpy as np

from planner.analysis.calculation.draws import EveryDraw
from planner.analysis.calculation.formulas import Draws

RUNS = 200
"""Into how many runs of like draws an input is cut at the most."""
FEWEST = 200
"""How many draws a run has at the least, so that its best option is not chosen by chance."""
SURE = 2.0
"""A gain of fewer standard errors than this is what drawing alone may make, and is none."""


def evpi(benefits: Sequence[EveryDraw]) -> float:
    """The expected value of perfect information: how much more net benefit a choice made in each
    draw has, on average, than the option that is best on average.

    `benefits` are the draws of each option's net benefit, drawn together.
    """
    return float(_gains(benefits).max(axis=0).mean())


def evppi(benefits: Sequence[EveryDraw], known: EveryDraw) -> float:
    """The expected value of knowing one input and nothing else: 0 where the gain lies within the
    error of drawing.

    The draws are put in the order of the input and cut into runs of like ones. In each draw the
    option is chosen that does best in the rest of its run, and the gain is what that option has in
    the draw itself: a draw that took part in its own choice would make a gain out of nothing.

    It is the regression method of Strong, Oakley and Brennan (Medical Decision Making 2014), with
    runs in place of their smooth curve.
    """
    gains = _gains(benefits)[:, np.argsort(known, kind="stable")]
    size = gains.shape[1]
    runs = max(1, min(RUNS, size // FEWEST))
    starts = np.arange(runs) * size // runs
    lengths = np.diff(starts, append=size)
    sums = np.repeat(np.add.reduceat(gains, starts, axis=1), lengths, axis=1)
    rest = (sums - gains) / (np.repeat(lengths, lengths) - 1)
    chosen = gains[np.argmax(rest, axis=0), np.arange(size)]
    gain, error = float(chosen.mean()), float(chosen.std()) / size**0.5
    return gain if gain > SURE * error else 0.0


def _gains(benefits: Sequence[EveryDraw]) -> Draws:
    """What each option has in each draw beyond the one that is best on average."""
    every = np.asarray(benefits, dtype=np.float64)
    gains: Draws = every - every[np.argmax(every.mean(axis=1))]
    return gains
