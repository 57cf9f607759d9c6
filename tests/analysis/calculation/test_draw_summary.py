"""What is printed of draws: limits between neighbours, the central case or the median, noughts."""

from __future__ import annotations

import numpy as np
import pytest

from planner.analysis.calculation.draws import centre, limits
from planner.analysis.formatting import Unit, format_range, two_figures
from planner.model.base import Range


def test_limits_lie_between_neighbours_in_proportion_and_in_64_bits() -> None:
    # 101 draws, 0 to 100 in any order: the 2.5th percentile is half way from the third to the
    # fourth.
    draws = np.random.default_rng(1).permutation(101).astype(float)
    assert limits(draws) == (2.5, 97.5)
    # Neighbours in 32 bits, with nothing between them there.
    assert limits(np.array([2**24, 2**24 + 2], dtype=np.float32)) == pytest.approx(
        (2**24 + 0.05, 2**24 + 1.95), rel=1e-12
    )
    # Beside a draw with nobody to divide by there is no in between.
    assert limits(np.array([1.0, 2.0, 3.0, np.inf])) == pytest.approx((1.075, 3.0))


@pytest.mark.parametrize(
    ("central", "printed"),
    [
        (50.0, (50.0, False)),
        (35.0, (35.0, False)),
        (65.0, (65.0, False)),
        (34.0, (50.0, True)),
        (66.0, (50.0, True)),
        (-7.0, (50.0, True)),
        # The first model's referrals: 8,694 at the 18th percentile of draws of median 14,900.
        (18.0, (50.0, True)),
    ],
)
def test_the_central_case_is_printed_from_the_35th_to_the_65th_percentile_else_the_median(
    central: float, printed: tuple[float, bool]
) -> None:
    assert centre(central, np.arange(101.0)) == printed


def test_a_number_that_is_not_drawn_is_its_own_centre_though_kept_in_32_bits() -> None:
    assert centre(0.1, np.full(9, 0.1, dtype=np.float32)) == (0.1, False)
    assert centre(0.0, np.zeros(9)) == (0.0, False)


def test_with_most_draws_at_nought_nought_is_the_middle() -> None:
    # Four in ten are nought and the rest are 1 to 6: nought reaches up to the 40th percentile.
    draws = np.array([0.0, 0, 0, 0, 1, 2, 3, 4, 5, 6])
    assert centre(0.0, draws) == (0.0, False)
    # With three in ten it does not.
    assert centre(0.0, np.append(draws[1:], 7.0)) == (2.5, True)


@pytest.mark.parametrize(
    ("value", "rounded"),
    [(29_580, 30_000), (28.6, 29), (0.0825, 0.083), (99.6, 100), (-0.145, -0.15), (7, 7), (0, 0)],
)
def test_two_figures_round_halves_away_from_zero(value: float, rounded: float) -> None:
    assert two_figures(value) == rounded


@pytest.mark.parametrize(
    ("low", "central", "high", "printed"),
    [
        # To two figures the low end would be 740, above the 738 that it is the low end of.
        (738.1, 738.3, 828, "£738 (£738 to £830)"),
        (500, 754, 754.4, "£754 (£500 to £754)"),
        (640_100, 680_400, 749_000, "£680,000 (£640,000 to £750,000)"),
        (738.1, 738.1, 738.1, "£738"),
    ],
)
def test_no_end_of_a_likely_range_is_printed_past_its_figure(
    low: float, central: float, high: float, printed: str
) -> None:
    assert format_range(Range(low=low, central=central, high=high), Unit.POUNDS) == printed


@pytest.mark.parametrize(
    ("low", "central", "high", "printed"),
    [
        (-35, 24, 110, "24 (35 fewer to 110 more)"),
        (-9, 3, 14, "fewer than 5 (9 fewer to 14 more)"),
        (-1, 2, 13, "fewer than 5 (under 5 fewer to 13 more)"),
        (-1, 2, 3, "fewer than 5 (under 5 fewer or more)"),
        (-30, -12, 0, "12 fewer (30 fewer to none more)"),
        (-3, -2, -1, "under 5 fewer (under 5 fewer or more)"),
        (0, 2, 3, "fewer than 5"),
        (0, 2, 13, "fewer than 5 (up to 13)"),
        (2, 7, 40, "7 (fewer than 5 to 40)"),
        (0, 0, 3, "0 (0 to fewer than 5)"),
        (0, 24, 110, "24 (0 to 110)"),
    ],
)
def test_small_counts_and_differences_have_one_way_of_telling_their_range(
    low: float, central: float, high: float, printed: str
) -> None:
    values = Range(low=low, central=central, high=high)
    assert format_range(values) == printed
