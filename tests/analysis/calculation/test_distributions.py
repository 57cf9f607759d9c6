"""What numbers are drawn from: limits and median as they were given, exactly and within the error
of drawing.

A split normal is worked by hand: its 2.5th percentile is the low value, its median the central and
its 97.5th percentile the high, whatever the shape on either side. The seeds are kept, so nothing
here passes or fails by chance.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from planner.analysis.calculation.distributions import LIMIT, Distribution, Scale, Stream, by_range
from planner.model.base import Range

SIZE = 200_000
ERRORS = 4.5


def of(low: float, central: float, high: float, scale: Scale) -> Distribution:
    return by_range(Range(low=low, central=central, high=high), scale)


@pytest.mark.parametrize(
    ("distribution", "z", "values"),
    [
        # Referrals: 520, 1,050, 2,100; half way up on the log is the geometric mean of 1,050 and
        # 2,100, and twice as far up doubles once more.
        (of(520, 1_050, 2_100, "log"), (-LIMIT, 0, LIMIT), (520, 1_050, 2_100)),
        (of(520, 1_050, 2_100, "log"), (LIMIT / 2, 2 * LIMIT), (1_050 * math.sqrt(2), 4_200)),
        # A share 0.49, 0.7, 0.8: up by a tenth a limit, down by 0.21 a limit, cut at 0 and 1.
        (of(0.49, 0.7, 0.8, "share"), (-LIMIT, 0, LIMIT, LIMIT / 2), (0.49, 0.7, 0.8, 0.75)),
        (of(0.49, 0.7, 0.8, "share"), (-4 * LIMIT, 4 * LIMIT), (0, 1)),
        # What may have either sign is not cut.
        (of(-2, 1, 3, "plain"), (-2 * LIMIT, LIMIT / 2, 2 * LIMIT), (-5, 2, 5)),
        # Nought has no log: plain, and cut at 0 but not at 1.
        (of(0, 3, 5, "log"), (-2 * LIMIT, -LIMIT, 0, 2 * LIMIT), (0, 0, 3, 7)),
        (of(0, 0, 5, "log"), (-LIMIT, 0, LIMIT), (0, 0, 5)),
        # One side of no width stays at the central value.
        (of(10, 10, 20, "log"), (-3, -LIMIT, 0, LIMIT), (10, 10, 10, 20)),
        (of(5, 10, 10, "log"), (-LIMIT, 0, 3), (5, 10, 10)),
        (of(0, 0.2, 0.2, "share"), (-LIMIT, 3), (0, 0.2)),
        (Distribution("lognormal", 2, 1, 9), (-LIMIT, 0, LIMIT), (2 / 3, 2, 6)),
    ],
)
def test_low_central_and_high_are_the_limits_and_the_median_exactly(
    distribution: Distribution, z: tuple[float, ...], values: tuple[float, ...]
) -> None:
    result = distribution.from_normal(np.array(z, dtype=np.float64))
    assert result == pytest.approx(values, rel=1e-14, abs=1e-14)


@pytest.mark.parametrize("scale", ["log", "share", "plain"])
def test_a_range_of_no_width_is_one_number(scale: Scale) -> None:
    fixed = of(0.3, 0.3, 0.3, scale)
    assert fixed == Distribution("fixed", 0.3)
    assert Stream(1, 0, 9).of("any", fixed) == 0.3


QUANTILES = [
    (Distribution("beta", 65.5, 160.5), stats.beta(65.5, 160.5).ppf),
    (Distribution("beta", 0.5, 20.5), stats.beta(0.5, 20.5).ppf),
    (
        Distribution("lognormal", 2.4, 1.3, 4.3),
        stats.lognorm(math.log(4.3 / 1.3) / (2 * LIMIT), scale=2.4).ppf,
    ),
    # By hand on either side of the median: 16 x (16 / 10) or (24 / 16) to the power z / 1.96.
    (
        of(10, 16, 24, "log"),
        lambda q: 16 * (1.6 if q < 0.5 else 1.5) ** (stats.norm.ppf(q) / LIMIT),
    ),
    (
        of(0.05, 0.1, 0.2, "share"),
        lambda q: max(0, 0.1 + (0.05 if q < 0.5 else 0.1) * stats.norm.ppf(q) / LIMIT),
    ),
]


@pytest.mark.parametrize(("ours", "quantile"), QUANTILES, ids=lambda one: getattr(one, "words", ""))
def test_draws_have_the_quantiles_of_their_formula(ours: Distribution, quantile: Any) -> None:
    draws = Stream(2026, 0, SIZE).of("anything", ours)
    for q in (0.01, 0.025, 0.25, 0.5, 0.75, 0.975, 0.99):
        below = np.mean(draws <= quantile(q))
        assert below == pytest.approx(q, abs=ERRORS * math.sqrt(q * (1 - q) / SIZE))


def test_a_range_is_said_in_words_with_where_it_is_cut() -> None:
    assert of(520, 1_050, 2_100, "log").words == (
        "split log-normal, median 1050, 95% from 520 to 2100"
    )
    assert of(0.5, 0.7, 0.8, "share").words == (
        "split normal, median 0.7, 95% from 0.5 to 0.8, cut at 0 and 1"
    )
    assert of(0, 3, 5, "log").words == "split normal, median 3, 95% from 0 to 5, cut at 0"
    assert of(-2, 1, 3, "plain").words == "split normal, median 1, 95% from -2 to 3"
    assert Distribution("lognormal", 2.4, 1.3, 4.3).words == (
        "log-normal, median 2.4, 95% from 1.3 to 4.3"
    )
