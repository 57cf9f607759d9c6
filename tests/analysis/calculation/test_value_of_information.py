"""What knowing an input is worth, beside the closed form for two normal options and a table by
hand.

Doing nothing has no net benefit; the service has a mean m and a standard deviation s of what could
be known. Knowing it is worth the mean of what is above nought less the mean itself if that is above
nought: s x phi(m / s) + m x Phi(m / s) - max(0, m). The seed is kept, so nothing here passes or
fails by chance.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from planner.analysis.calculation.value_of_information import evpi, evppi

SIZE = 50_000
EFFECT, HOURS, PAY, OTHER = np.random.default_rng(2026).standard_normal((4, SIZE))
NOTHING = np.zeros(SIZE)


def worth(mean: float, deviation: float) -> float:
    at = mean / deviation
    return float(deviation * stats.norm.pdf(at) + mean * stats.norm.cdf(at) - max(0.0, mean))


@pytest.mark.parametrize("mean", [0.2, -0.4])
def test_it_is_that_of_the_closed_form_for_all_and_for_one(mean: float) -> None:
    service = mean + 1.0 * EFFECT + 0.7 * HOURS + 0.5 * PAY
    options = [NOTHING, service]
    # 1 + 0.49 + 0.25 = 1.74
    assert evpi(options) == pytest.approx(worth(mean, math.sqrt(1.74)), abs=0.012)
    for known, deviation in (
        (EFFECT, 1.0),
        (HOURS, 0.7),
        (PAY, 0.5),
    ):
        assert evppi(options, known) == pytest.approx(worth(mean, deviation), abs=0.012)
    assert evppi(options, OTHER) == 0.0


def test_a_scale_of_the_input_or_what_all_options_share_changes_nothing() -> None:
    options = [NOTHING, 0.2 + EFFECT + PAY]
    one = evppi(options, EFFECT)
    assert evppi(options, np.exp(EFFECT)) == one
    shared = 100 * OTHER
    assert evppi([row + shared for row in options], EFFECT) == pytest.approx(one)
    assert evppi([row.astype(np.float32) for row in options], EFFECT) == pytest.approx(one)


def test_where_one_option_is_always_best_there_is_nothing_to_find_out() -> None:
    options = [NOTHING, 1 + np.abs(EFFECT), np.abs(EFFECT)]
    assert evpi(options) == evppi(options, EFFECT) == evppi(options, PAY) == 0.0
    # Nor where there is one option alone.
    assert evpi([EFFECT]) == evppi([EFFECT], EFFECT) == 0.0


def test_a_table_by_hand() -> None:
    # In half of the draws a site is found. Then the clinic is worth 30 and else -10; the letters
    # are worth 8 in any case. Clinic on average: 10. Knowing: 30 / 2 + 8 / 2 = 19, so 9 more.
    site = np.tile([0.0, 1.0], 400)
    clinic, letters = 40 * site - 10, np.full(800, 8.0)
    assert evpi([letters, clinic]) == pytest.approx(9)
    # Four runs of 200 draws, each with a site throughout or none.
    assert evppi([letters, clinic], site) == pytest.approx(9)
    # Five runs of 200 of 1,000: in the middle one, half with a site, the clinic is chosen as
    # before, so four fifths of the gain are seen.
    site = np.tile([0.0, 1.0], 500)
    assert evppi([np.full(1_000, 8.0), 40 * site - 10], site) == pytest.approx(7.2)
