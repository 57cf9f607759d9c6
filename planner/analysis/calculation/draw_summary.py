"""What is printed of many draws of one measure: its 95%, its middle, and how many are nought."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

EveryDraw = NDArray[np.float64] | NDArray[np.float32]
"""Every draw of a measure: in 64 bits where one chunk holds them all, else in 32."""
MIDDLE = 0.35
"""The central case is printed where at least this share of the draws lies on either side of it,
that is from their 35th to their 65th percentile."""
OFTEN = 0.1
"""A measure that is nought in more of its draws than this is told in words."""
SPACING, TAIL = 16, 0.05
"""Every how many draws, and beyond what share of them, the ends are looked for."""
ROUNDING = 1e-6
"""How far, in proportion, draws kept in 32 bits may lie from the number that they are of."""


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


def _value_at(draws: NDArray[Any], place: float) -> float:
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


def share_at_nought(draws: EveryDraw) -> float:
    """The share of the draws that are nought."""
    return float(np.count_nonzero(draws == 0) / len(draws))
