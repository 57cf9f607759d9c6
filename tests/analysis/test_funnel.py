"""Funnel limits, tails and dispersion against scipy's, and what must hold whatever the counts."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy import special, stats
from scipy.stats.mstats import winsorize

from planner.analysis.funnel import dispersion, funnel_limits, tail
from planner.analysis.rates import Interval, TooFew

LEVELS = (0.5, 0.8, 0.95, 0.998, 0.9999)
KINDS = ("proportion", "rate")
EXPECTED = (0.01, 0.5, 0.7, 1, 2.5, 3.6889, 5, 9.99, 33, 100, 640.5, 2500, 9999, 10_001, 60_000, 300_000)
SHARES = (1e-6, 0.0004, 0.02, 0.1, 0.37, 0.5, 0.83, 0.99, 0.99999)
PEOPLE = (1, 2, 5, 17, 60, 333, 2000, 45_000, 2_000_000)


def limits(found: Interval) -> tuple[float, float]:
    return found.low, found.high


def law(centre: float, people: float, kind: str):
    return stats.binom(people, centre) if kind == "proportion" else stats.poisson(centre * people)


def flagged(found: Interval, counts, people: float):
    shares = np.asarray(counts) / people
    return shares < found.low, shares > found.high


# Worked example, to be followed with a calculator.
# A practice of 100 people, where 1 in 20 is expected: 5 people, by Poisson's law.


def test_worked_example() -> None:
    # None has a chance of e^-5 = 0.0067; one 5 times that, 0.0337; so 1 or fewer 0.0404. At 95% each side
    # may hold 0.025: none is below the limit and one is not.
    found = funnel_limits(0.05, 100, 0.95, "rate")
    assert 0 < found.low < 0.01
    # 10 or more have 0.0318, and 11 or more 0.0137: 10 is within and 11 above.
    assert 0.10 < found.high < 0.11
    assert found.value == 0.05 and found.confidence == 0.95 and "Poisson" in found.method
    assert tail(0, 100, 0.05, "rate") == pytest.approx(2 * 0.0067379, rel=1e-4)
    assert tail(11, 100, 0.05, "rate") == pytest.approx(2 * 0.013695, rel=1e-4)
    assert tail(5, 100, 0.05, "rate") == 1
    # With 3 expected, none has 0.0498: not so unlikely, so nothing is below the limit.
    assert funnel_limits(0.03, 100, 0.95, "rate").low == 0
    # Phi of 4 widens each half twofold, and no further down than nought.
    wide = funnel_limits(0.05, 100, 0.95, "rate", 4)
    assert wide.high - 0.05 == pytest.approx(2 * (found.high - 0.05)) and wide.low == 0
    # Of 3 people with a share of 1 in 2, all three have 1 in 8: likelier than 0.025, so no limit is left.
    assert limits(funnel_limits(0.5, 3, 0.95, "proportion")) == (0, 1)


# Exactness


@pytest.mark.parametrize("confidence", LEVELS)
@pytest.mark.parametrize("expected", EXPECTED)
def test_poisson_limits_hold_half_the_doubt_on_each_side(expected: float, confidence: float) -> None:
    found, half = funnel_limits(expected / 500, 500, confidence, "rate"), (1 - confidence) / 2
    assert special.gammainc(found.high * 500, expected) == pytest.approx(half, rel=1e-8)
    if math.exp(-expected) >= half:
        assert found.low == 0
    else:
        assert special.gammaincc(found.low * 500 + 1, expected) == pytest.approx(half, rel=1e-8)


@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("share", SHARES)
def test_binomial_limits_hold_half_the_doubt_on_each_side(share: float, people: int) -> None:
    for confidence in LEVELS:
        found, half = funnel_limits(share, people, confidence, "proportion"), (1 - confidence) / 2
        low, high = found.low * people, found.high * people
        if (1 - share) ** people >= half:
            assert low == 0
        else:
            assert special.betainc(people - low, low + 1, 1 - share) == pytest.approx(half, rel=1e-7)
        if share**people >= half:
            assert found.high == 1
        else:
            assert special.betainc(high, people - high + 1, share) == pytest.approx(half, rel=1e-7)


def check_flags(centre: float, people: float, confidence: float, kind) -> None:
    """Just those whole counts are outside whose own tail is below half of the doubt, and not too many."""
    found, half = funnel_limits(centre, people, confidence, kind), (1 - confidence) / 2
    chance = law(centre, people, kind)
    near = {round(limit * people) + step for limit in limits(found) for step in range(-3, 4)}
    most = people if kind == "proportion" else math.inf
    counts = np.array(sorted(c for c in near | {0, round(centre * people)} if 0 <= c <= most))
    below, above = flagged(found, counts, people)
    assert (below == (chance.cdf(counts) < half)).all()
    assert (above == (chance.sf(counts - 1) < half)).all()
    # false alarms at the true centre are no more than promised
    assert chance.cdf(max(counts[below], default=-1)) < half
    first = min(counts[above], default=None)
    assert first is None or chance.sf(first - 1) < half
    # and the tail says the same as the limits
    tails = np.array([tail(int(c), people, centre, kind) for c in counts])
    assert ((tails < 1 - confidence) == (below | above)).all()
    assert tails == pytest.approx(np.minimum(1, 2 * np.minimum(chance.cdf(counts), chance.sf(counts - 1))))


@pytest.mark.parametrize("confidence", (0.8, 0.95, 0.998))
@pytest.mark.parametrize("expected", EXPECTED)
def test_flags_of_rates_are_exact(expected: float, confidence: float) -> None:
    for times in (1, 1.013, 1.21, 1.77):
        check_flags(expected * times / 1000, 1000, confidence, "rate")


@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("share", SHARES)
def test_flags_of_proportions_are_exact(share: float, people: int) -> None:
    for confidence in (0.8, 0.95, 0.998):
        check_flags(share, people, confidence, "proportion")


@settings(deadline=None, max_examples=150)
@given(st.floats(1e-7, 0.9999), st.integers(1, 2_000_000), st.floats(0.1, 0.9999), st.sampled_from(KINDS))
def test_flags_are_exact_anywhere(centre: float, people: int, confidence: float, kind) -> None:
    check_flags(centre, people, confidence, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_count_of_a_small_unit(kind) -> None:
    for people in (1, 4, 9, 30, 120):
        for centre in (0.01, 0.2, 0.5, 0.9):
            chance, counts = law(centre, people, kind), np.arange(people + 1)
            exact = np.minimum(1, 2 * np.minimum(chance.cdf(counts), chance.sf(counts - 1)))
            found = [tail(int(c), people, centre, kind) for c in counts]
            assert found == pytest.approx(exact, rel=1e-8, abs=1e-300)
            below, above = flagged(funnel_limits(centre, people, 0.95, kind), counts, people)
            assert chance.pmf(counts[below]).sum() < 0.025
            assert (1 - chance.pmf(counts[~above]).sum() if kind == "proportion" else 0) < 0.025
            assert (below == (chance.cdf(counts) < 0.025)).all()
            assert (above == (chance.sf(counts - 1) < 0.025)).all()


def test_a_large_unit_has_nearly_the_normal_limits() -> None:
    z = stats.norm.ppf(0.975)
    found = funnel_limits(0.15, 2_000_000, 0.95, "proportion")
    error = math.sqrt(0.15 * 0.85 / 2_000_000)
    assert limits(found) == pytest.approx((0.15 - z * error, 0.15 + z * error), abs=0.003 * error)


def test_a_far_tail() -> None:
    assert tail(300_000, 2_000_000, 0.16, "proportion") == pytest.approx(
        2 * stats.binom.cdf(300_000, 2_000_000, 0.16), rel=1e-6
    )
    assert tail(40, 100, 0.05, "rate") == pytest.approx(2 * stats.poisson.sf(39, 5), rel=1e-9)
    assert tail(0, 2_000_000, 0.2, "proportion") == tail(10**7, 100, 0.01, "rate") == 0


def test_a_centre_at_the_end_of_the_scale() -> None:
    for kind in KINDS:
        assert limits(funnel_limits(0, 50, 0.95, kind, 3)) == (0, 0)
        assert tail(0, 50, 0, kind) == 1 and tail(1, 50, 0, kind) == 0
    assert limits(funnel_limits(1, 50, 0.95, "proportion", 3)) == (1, 1)
    assert tail(50, 50, 1, "proportion") == 1 and tail(49, 50, 1, "proportion") == 0
    assert funnel_limits(1, 50, 0.95, "rate").low < 1 < funnel_limits(1, 50, 0.95, "rate").high


@pytest.mark.parametrize("kind", KINDS)
def test_many_units_take_no_time(kind) -> None:
    rng = np.random.default_rng(5)
    sizes = [*rng.integers(300, 30_000, size=250).tolist(), *rng.integers(30_000, 2_000_000, 250).tolist()]
    start = time.process_time()
    for people in sizes:
        funnel_limits(0.08, people, 0.95, kind)
        funnel_limits(0.08, people, 0.998, kind)
    assert time.process_time() - start < 0.5  # about 0.05 seconds here, for one class of medicine


# Shape


@settings(deadline=None)
@given(
    st.floats(0, 1),
    st.integers(1, 5_000_000),
    st.floats(0.5, 0.9999),
    st.floats(1, 50),
    st.sampled_from(KINDS),
)
@example(5e-324, 1, 0.95, 1, "rate")
@example(5e-324, 7, 0.95, 1, "proportion")
@example(math.nextafter(1, 0), 3, 0.95, 1, "proportion")
def test_a_funnel_narrows_with_people_and_widens_with_dispersion(
    centre, population, confidence, phi, kind
) -> None:
    found = funnel_limits(centre, population, confidence, kind)
    assert 0 <= found.low <= found.value == centre <= found.high
    wide = funnel_limits(centre, population, confidence, kind, phi)
    assert 0 <= wide.low <= found.low + 1e-12 and found.high <= wide.high + 1e-12
    bigger = funnel_limits(centre, 2 * population, confidence, kind)
    assert found.low <= bigger.low + 1e-9 and bigger.high <= found.high + 1e-9
    surer = funnel_limits(centre, population, min(confidence + 0.01, 0.9999), kind)
    assert surer.low <= found.low + 1e-9 and found.high <= surer.high + 1e-9
    if kind == "proportion":
        assert wide.high <= 1
        others = funnel_limits(1 - centre, population, confidence, kind)
        if 1e-6 < centre < 1 - 1e-6:
            assert limits(others) == pytest.approx((1 - found.high, 1 - found.low), abs=1e-8)
    elif wide.low > 0:
        assert wide.high - centre == pytest.approx(math.sqrt(phi) * (found.high - centre))
        assert centre - wide.low == pytest.approx(math.sqrt(phi) * (centre - found.low), abs=1e-12)


def test_dispersion_widens_to_the_ends_only() -> None:
    assert limits(funnel_limits(0.5, 40, 0.95, "proportion", 100)) == (0, 1)
    rate = funnel_limits(0.5, 40, 0.95, "rate", 100)
    assert rate.low == 0 and rate.high > 1


def test_a_funnel_that_cannot_be() -> None:
    wrong = [
        (1.1, 10, 0.95, "proportion", 1), (-0.1, 10, 0.95, "rate", 1), (0.1, 0, 0.95, "rate", 1),
        (0.1, 10, 0.95, "rate", 0.9), (0.1, 10, 1.0, "rate", 1), (math.inf, 10, 0.95, "rate", 1),
        (math.nan, 10, 0.95, "proportion", 1), (0.1, math.inf, 0.95, "rate", 1),
    ]  # fmt: skip
    for arguments in wrong:
        with pytest.raises(ValueError):
            funnel_limits(*arguments)
    for arguments in ((-1, 5, 0.5, "rate"), (6, 5, 0.5, "proportion"), (1, 0, 0.5, "rate"), (1, 5, 2, "proportion")):  # fmt: skip
        with pytest.raises(ValueError):
            tail(*arguments)


# Dispersion


@pytest.mark.parametrize("kind", KINDS)
def test_dispersion_by_numpy(kind) -> None:
    rng = np.random.default_rng(3)
    people = rng.integers(200, 5000, size=42)
    counts = rng.binomial(people, 0.1)
    spread = 0.1 * 0.9 if kind == "proportion" else 0.1
    z = (counts / people - 0.1) / np.sqrt(spread / people)
    expected = np.mean(np.asarray(winsorize(z, limits=(0.1, 0.1))) ** 2)
    found = dispersion(list(zip(counts.tolist(), people.tolist(), strict=True)), 0.1, kind)
    assert found.phi == pytest.approx(expected)
    assert found.units == 42 and found.threshold == pytest.approx(1 + 2 * math.sqrt(2 / 42))
    plain = dispersion(list(zip(counts.tolist(), people.tolist(), strict=True)), 0.1, kind, winsorise=0)
    assert plain.phi == pytest.approx(np.mean(z**2)) and plain.phi >= found.phi


def test_dispersion_tells_chance_from_more() -> None:
    rng = np.random.default_rng(11)
    people = [4000] * 200
    chance = [(int(c), 4000) for c in rng.binomial(people, 0.08)]
    varied = [(int(c), 4000) for c in rng.binomial(people, rng.beta(0.08 * 150, 0.92 * 150, size=200))]
    even, uneven = dispersion(chance, 0.08, "proportion"), dispersion(varied, 0.08, "proportion")
    assert even.phi < 1.1 and not even.over_dispersed and even.inflation == 1
    assert uneven.phi > 5 and uneven.over_dispersed and uneven.inflation == uneven.phi


def test_dispersion_of_poisson_units_is_near_one() -> None:
    rng = np.random.default_rng(17)
    people = rng.integers(500, 20_000, size=400)
    chance = list(zip(rng.poisson(0.03 * people).tolist(), people.tolist(), strict=True))
    whole = dispersion(chance, 0.03, "rate", winsorise=0)
    assert whole.phi == pytest.approx(1, abs=0.2) and not whole.over_dispersed
    # with a tenth at each end drawn in, a normal curve has 0.8 - 2 z f(z) + 0.2 z^2 = 0.68, where z is 1.2816
    assert dispersion(chance, 0.03, "rate").phi == pytest.approx(0.68, abs=0.12)
    rates = 0.03 * rng.gamma(20, 1 / 20, size=400)
    varied = list(zip(rng.poisson(rates * people).tolist(), people.tolist(), strict=True))
    found = dispersion(varied, 0.03, "rate")
    assert found.phi > 5 and found.over_dispersed
    # most of the over-dispersed units are outside the plain limits, and few outside the widened ones

    def outside(phi: float) -> int:
        seen = 0
        for count, population in varied:
            one = funnel_limits(0.03, population, 0.95, "rate", phi)
            seen += not one.low <= count / population <= one.high
        return seen

    assert outside(1) > 160 and outside(found.inflation) < 60


def test_one_wild_unit_does_not_make_the_rest_over_dispersed() -> None:
    units = [(100, 1000)] * 19 + [(900, 1000)]
    assert not dispersion(units, 0.1, "proportion").over_dispersed
    assert dispersion(units, 0.1, "proportion", winsorise=0).over_dispersed


def test_dispersion_refuses() -> None:
    with pytest.raises(TooFew, match="needs 5 units or more; there are 4"):
        dispersion([(1, 10)] * 4, 0.1, "rate")
    assert dispersion([(0, 10)] * 5, 0.1, "rate").phi == pytest.approx(1)
    for centre, kind, count, share in (
        (0, "rate", 1, 0.1), (1, "proportion", 1, 0.1), (0.1, "proportion", 11, 0.1), (0.1, "rate", -1, 0.1),
        (0.1, "rate", 1, 0.5), (math.inf, "rate", 1, 0.1),
    ):  # fmt: skip
        with pytest.raises(ValueError):
            dispersion([(count, 10)] * 5, centre, kind, share)
