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
ROUNDING = 1e-6
"""How far, in proportion, draws kept in 32 bits may lie from the number that they are of."""


def limits(draws: EveryDraw) -> tuple[float, float]:
    """The values that 2.5% and 97.5% of the draws lie below, between neighbours in proportion."""
    last = len(draws) - 1
    places = 0.025 * last, 0.975 * last
    # Only these places and their neighbours need the draws in order.
    around = [whole(place) for place in places for whole in (math.floor, math.ceil)]
    ordered = np.partition(draws, around)
    low, high = (_between(ordered, place) for place in places)
    return low, high


def _between(ordered: NDArray[Any], place: float) -> float:
    """The value at a place between two neighbours, in 64 bits, which numpy's own quantile would not
    keep."""
    below, above = float(ordered[math.floor(place)]), float(ordered[math.ceil(place)])
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
