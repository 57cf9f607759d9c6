"""Funnel limits and dispersion against scipy's, and what must hold whatever the counts."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import special, stats
from scipy.stats.mstats import winsorize

from planner.analysis.statistics.control_limits import Measure as Kind
from planner.analysis.statistics.control_limits import dispersion, funnel_limits
from planner.analysis.statistics.intervals import Interval

LEVELS = (0.5, 0.8, 0.95, 0.998, 0.9999)
Counts = NDArray[np.int64]
KINDS: tuple[Kind, ...] = ("proportion", "rate")
EXPECTED = (
    0.01,
    0.5,
    0.7,
    1,
    2.5,
    3.6889,
    5,
    9.99,
    33,
    100,
    640.5,
    2500,
    9999,
    10_001,
    60_000,
    300_000,
)
SHARES = (1e-6, 0.0004, 0.02, 0.1, 0.37, 0.5, 0.83, 0.99, 0.99999)
PEOPLE = (1, 2, 5, 17, 60, 333, 2000, 45_000, 2_000_000)


def limits(result: Interval) -> tuple[float, float]:
    return result.low, result.high


def law(centre: float, people: float, kind: str) -> Any:
    return stats.binom(people, centre) if kind == "proportion" else stats.poisson(centre * people)


def flagged(
    result: Interval, counts: Counts | list[int], people: float
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    shares = np.asarray(counts) / people
    return shares < result.low, shares > result.high


# Worked example, to be followed with a calculator.
# A practice of 100 people, where 1 in 20 is expected: 5 people, by Poisson's law.


def test_worked_example() -> None:
    # None has a chance of e^-5 = 0.0067; one 5 times that, 0.0337; so 1 or fewer 0.0404. At 95%
    # each side may hold 0.025: none is below the limit and one is not.
    result = funnel_limits(0.05, 100, 0.95, "rate")
    assert 0 < result.low < 0.01
    # 10 or more have 0.0318, and 11 or more 0.0137: 10 is within and 11 above.
    assert 0.10 < result.high < 0.11
    assert result.value == 0.05 and result.confidence == 0.95 and "Poisson" in result.method
    # With 3 expected, none has 0.0498: not so unlikely, so nothing is below the limit.
    assert funnel_limits(0.03, 100, 0.95, "rate").low == 0
    # A spread of 0.03 between units adds 1.96 * 0.03 as in Pythagoras, and no further down than
    # nought.
    wide = funnel_limits(0.05, 100, 0.95, "rate", 0.03)
    assert (
        wide.high - 0.05 == pytest.approx(math.hypot(result.high - 0.05, 0.0587989))
        and wide.low == 0
    )
    # Of 3 people with a share of 1 in 2, all three have 1 in 8: likelier than 0.025, so no limit is
    # left.
    assert limits(funnel_limits(0.5, 3, 0.95, "proportion")) == (0, 1)


# Exactness


@pytest.mark.parametrize("confidence", LEVELS)
@pytest.mark.parametrize("expected", EXPECTED)
def test_poisson_limits_hold_half_the_doubt_on_each_side(
    expected: float, confidence: float
) -> None:
    result, half = funnel_limits(expected / 500, 500, confidence, "rate"), (1 - confidence) / 2
    assert special.gammainc(result.high * 500, expected) == pytest.approx(half, rel=1e-8)
    if math.exp(-expected) >= half:
        assert result.low == 0
    else:
        assert special.gammaincc(result.low * 500 + 1, expected) == pytest.approx(half, rel=1e-8)


@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("share", SHARES)
def test_binomial_limits_hold_half_the_doubt_on_each_side(share: float, people: int) -> None:
    for confidence in LEVELS:
        result, half = funnel_limits(share, people, confidence, "proportion"), (1 - confidence) / 2
        low, high = result.low * people, result.high * people
        if (1 - share) ** people >= half:
            assert low == 0
        else:
            assert special.betainc(people - low, low + 1, 1 - share) == pytest.approx(
                half, rel=1e-7
            )
        if share**people >= half:
            assert result.high == 1
        else:
            assert special.betainc(high, people - high + 1, share) == pytest.approx(half, rel=1e-7)


def check_flags(centre: float, people: float, confidence: float, kind: Kind) -> None:
    """Just those whole counts are outside whose own tail is below half of the doubt, and not too
    many."""
    result, half = funnel_limits(centre, people, confidence, kind), (1 - confidence) / 2
    chance = law(centre, people, kind)
    near = {round(limit * people) + step for limit in limits(result) for step in range(-3, 4)}
    most = people if kind == "proportion" else math.inf
    counts = np.array(sorted(c for c in near | {0, round(centre * people)} if 0 <= c <= most))
    below, above = flagged(result, counts, people)
    assert (below == (chance.cdf(counts) < half)).all()
    assert (above == (chance.sf(counts - 1) < half)).all()
    # false alarms at the true centre are no more than promised
    assert chance.cdf(max(counts[below], default=-1)) < half
    first = min(counts[above], default=None)
    assert first is None or chance.sf(first - 1) < half


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
@given(
    st.floats(1e-7, 0.9999),
    st.integers(1, 2_000_000),
    st.floats(0.1, 0.9999),
    st.sampled_from(KINDS),
)
def test_flags_are_exact_anywhere(
    centre: float, people: int, confidence: float, kind: Kind
) -> None:
    check_flags(centre, people, confidence, kind)


@pytest.mark.parametrize("kind", KINDS)
def test_every_count_of_a_small_unit(kind: Kind) -> None:
    for people in (1, 4, 9, 30, 120):
        for centre in (0.01, 0.2, 0.5, 0.9):
            chance, counts = law(centre, people, kind), np.arange(people + 1)
            below, above = flagged(funnel_limits(centre, people, 0.95, kind), counts, people)
            assert chance.pmf(counts[below]).sum() < 0.025
            assert (1 - chance.pmf(counts[~above]).sum() if kind == "proportion" else 0) < 0.025
            assert (below == (chance.cdf(counts) < 0.025)).all()
            assert (above == (chance.sf(counts - 1) < 0.025)).all()


def test_a_large_unit_has_nearly_the_normal_limits() -> None:
    z = stats.norm.ppf(0.975)
    result = funnel_limits(0.15, 2_000_000, 0.95, "proportion")
    error = math.sqrt(0.15 * 0.85 / 2_000_000)
    assert limits(result) == pytest.approx((0.15 - z * error, 0.15 + z * error), abs=0.003 * error)


def test_a_centre_at_the_end_of_the_scale() -> None:
    for kind in KINDS:
        assert limits(funnel_limits(0, 50, 0.95, kind)) == (0, 0)
    assert limits(funnel_limits(1, 50, 0.95, "proportion")) == (1, 1)
    assert funnel_limits(1, 50, 0.95, "rate").low < 1 < funnel_limits(1, 50, 0.95, "rate").high


@pytest.mark.parametrize("kind", KINDS)
def test_many_units_take_no_time(kind: Kind) -> None:
    rng = np.random.default_rng(5)
    sizes = [
        *rng.integers(300, 30_000, size=250).tolist(),
        *rng.integers(30_000, 2_000_000, 250).tolist(),
    ]
    start = time.process_time()
    for people in sizes:
        funnel_limits(0.08, people, 0.95, kind)
        funnel_limits(0.08, people, 0.998, kind)
    # About 0.05 seconds here, for one class of medicine.
    assert time.process_time() - start < 0.5


# Shape


@settings(deadline=None)
@given(
    st.floats(0, 1),
    st.integers(1, 5_000_000),
    st.floats(0.5, 0.9999),
    st.floats(0, 2),
    st.sampled_from(KINDS),
)
@example(5e-324, 1, 0.95, 0, "rate")
@example(5e-324, 7, 0.95, 5e-324, "proportion")
@example(math.nextafter(1, 0), 3, 0.95, 0.01, "proportion")
def test_a_funnel_narrows_with_people_and_widens_with_spread(
    centre: float, population: int, confidence: float, between: float, kind: Kind
) -> None:
    result = funnel_limits(centre, population, confidence, kind)
    assert 0 <= result.low <= result.value == centre <= result.high
    wide = funnel_limits(centre, population, confidence, kind, between)
    assert 0 <= wide.low <= result.low + 1e-12 and result.high <= wide.high + 1e-12
    bigger = funnel_limits(centre, 2 * population, confidence, kind)
    assert result.low <= bigger.low + 1e-9 and bigger.high <= result.high + 1e-9
    surer = funnel_limits(centre, population, min(confidence + 0.01, 0.9999), kind)
    assert surer.low <= result.low + 1e-9 and result.high <= surer.high + 1e-9
    if kind == "proportion":
        assert wide.high <= 1
        others = funnel_limits(1 - centre, population, confidence, kind)
        if 1e-6 < centre < 1 - 1e-6:
            assert limits(others) == pytest.approx((1 - result.high, 1 - result.low), abs=1e-8)
    more = between * stats.norm.ppf(0.5 + confidence / 2)
    if wide.high < 1 or kind == "rate":
        assert wide.high - centre == pytest.approx(
            math.hypot(result.high - centre, more), abs=1e-12
        )
    if wide.low > 0:
        assert centre - wide.low == pytest.approx(math.hypot(centre - result.low, more), abs=1e-12)


def test_spread_widens_to_the_ends_only() -> None:
    assert limits(funnel_limits(0.5, 40, 0.95, "proportion", 3)) == (0, 1)
    rate = funnel_limits(0.5, 40, 0.95, "rate", 3)
    assert rate.low == 0 and rate.high > 1


# Dispersion


def correction(share: float) -> float:
    """The mean square of a normal curve drawn in at both ends, by adding it up."""
    if share == 0:
        return 1
    z = stats.norm.ppf(1 - share)
    return float(stats.norm.expect(lambda x: np.clip(x, -z, z) ** 2))


def recomputed(
    counts: Counts, people: Counts, centre: float, kind: Kind, share: float = 0.1
) -> tuple[float, float]:
    """Phi and the spread between units, by numpy and scipy."""
    variance = (centre * (1 - centre) if kind == "proportion" else centre) / people
    z = (counts / people - centre) / np.sqrt(variance)
    drawn_in = np.asarray(winsorize(z, limits=(share, share)))
    phi = np.mean(drawn_in**2) / correction(int(share * len(z) + 1e-9) / len(z))
    w = 1 / variance
    tau2 = (len(z) * phi - (len(z) - 1)) / (w.sum() - (w**2).sum() / w.sum())
    return float(phi), math.sqrt(max(0, tau2)) if phi > 1 + 2 * math.sqrt(2 / len(z)) else 0.0


def paired(counts: Counts | list[int], people: Counts | list[int]) -> list[tuple[int, float]]:
    return list(zip(np.asarray(counts).tolist(), np.asarray(people).tolist(), strict=True))


def populations(rng: np.random.Generator, units: int) -> Counts:
    """Practices, from 1,500 people to 30,000."""
    rendering = rng.lognormal(math.log(8000), 0.65, size=3 * units).round().astype(int)
    return rendering[(rendering >= 1500) & (rendering <= 30_000)][:units]


def differing(
    rng: np.random.Generator, people: Counts, centre: float, cv: float, kind: Kind
) -> Counts:
    """Counts of units whose own true values differ with that coefficient of variation."""
    if kind == "rate":
        return rng.poisson(
            people * np.maximum(0, rng.normal(centre, cv * centre, size=len(people)))
        )
    both = (1 - centre) / (centre * cv**2) - 1
    return rng.binomial(people, rng.beta(centre * both, (1 - centre) * both, size=len(people)))


def outside(
    counts: Counts, people: Counts, confidence: float, kind: Kind, between: float
) -> NDArray[np.bool_]:
    centre = counts.sum() / people.sum()
    rows = [funnel_limits(centre, int(n), confidence, kind, between) for n in people]
    shares = counts / people
    return (shares < [f.low for f in rows]) | (shares > [f.high for f in rows])


def test_worked_example_of_the_spread_between_units() -> None:
    # Five practices of 1,000 with 100 expected, so s = 10 / 1,000: z-scores -4, -2, 0, 2, 4.
    # Phi = 40 / 5 = 8. With w = 10,000 each: tau^2 = (5 * 8 - 4) / (50,000 - 10,000) = 0.0009, and
    # tau = 0.03.
    result = dispersion([(count, 1000) for count in (60, 80, 100, 120, 140)], 0.1, "rate")
    assert result.phi == pytest.approx(8) and result.over_dispersed
    assert result.between == pytest.approx(0.03)
    # The limits at 95% are then 1.96 * 0.03 = 0.0588 and the exact half, together as in Pythagoras.
    exact, wide = (
        funnel_limits(0.1, 1000, 0.95, "rate", between) for between in (0, result.between)
    )
    assert wide.high == pytest.approx(0.1 + math.sqrt((exact.high - 0.1) ** 2 + 0.0587989**2))
    assert wide.low == pytest.approx(0.1 - math.sqrt((0.1 - exact.low) ** 2 + 0.0587989**2))
    assert "widened" in wide.method and "widened" not in exact.method


def test_correction_for_drawing_in() -> None:
    assert correction(0.1) == pytest.approx(0.6787, abs=1e-4)
    # ten z-scores, of which one at each end is drawn in: the mean square of 2, 2 and eight others
    scores = np.array([-9, -2, -1, -1, 0, 0, 1, 1, 2, 5])
    result = dispersion([(100 + 10 * int(z), 1000) for z in scores], 0.1, "rate")
    assert result.phi == pytest.approx((4 * 4 + 4 * 1) / 10 / 0.678655, rel=1e-5)


@pytest.mark.parametrize("units", (5, 9, 10, 42, 137))
@pytest.mark.parametrize("cv", (0, 0.1, 0.4))
@pytest.mark.parametrize("kind", KINDS)
def test_dispersion_by_numpy(kind: Kind, cv: float, units: int) -> None:
    rng = np.random.default_rng(3)
    people = populations(rng, units)
    counts = differing(rng, people, 0.1, cv, kind) if cv else rng.binomial(people, 0.1)
    for share in (0.1, 0, 0.25):
        result = dispersion(paired(counts, people), 0.1, kind, winsorise=share)
        phi, between = recomputed(counts, people, 0.1, kind, share)
        assert result.phi == pytest.approx(phi) and result.between == pytest.approx(between)
        assert result.over_dispersed == (phi > 1 + 2 * math.sqrt(2 / units))
        assert (result.between > 0) == result.over_dispersed


def test_dispersion_tells_chance_from_more() -> None:
    rng = np.random.default_rng(11)
    people = [4000] * 200
    chance = [(int(c), 4000) for c in rng.binomial(people, 0.08)]
    varied = [
        (int(c), 4000) for c in rng.binomial(people, rng.beta(0.08 * 150, 0.92 * 150, size=200))
    ]
    even, uneven = dispersion(chance, 0.08, "proportion"), dispersion(varied, 0.08, "proportion")
    assert even.phi < 1.2 and not even.over_dispersed and even.between == 0
    assert uneven.phi > 5 and uneven.over_dispersed
    # The beta's own.
    assert uneven.between == pytest.approx(math.sqrt(0.08 * 0.92 / 151), rel=0.15)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("units", (12, 42, 200))
def test_phi_is_about_one_by_chance_alone(units: int, kind: Kind) -> None:
    rng = np.random.default_rng(17)
    rows = []
    for _ in range(400):
        people = populations(rng, units)
        counts = rng.poisson(0.1 * people) if kind == "rate" else rng.binomial(people, 0.1)
        rows.append(dispersion(paired(counts, people), 0.1, kind))
    assert np.mean([one.phi for one in rows]) == pytest.approx(1, abs=0.1 if units == 12 else 0.05)
    assert np.mean([one.over_dispersed for one in rows]) < 0.1


@pytest.mark.parametrize("kind", KINDS)
def test_without_over_dispersion_limits_are_the_exact_ones(kind: Kind) -> None:
    rng = np.random.default_rng(19)
    people = populations(rng, 200)
    result = dispersion(paired(rng.binomial(people, 0.1), people), 0.1, kind)
    assert not result.over_dispersed and result.between == 0
    for size in (*people.tolist(), 1, 7):
        for confidence in LEVELS:
            plain = funnel_limits(0.1, size, confidence, kind)
            assert funnel_limits(0.1, size, confidence, kind, result.between) == plain
            # and a spread next to nothing changes next to nothing
            assert limits(funnel_limits(0.1, size, confidence, kind, 1e-9)) == pytest.approx(
                limits(plain)
            )


SPREADS = [
    ("rate", 0.7, 0.05), ("rate", 0.7, 0.1), ("rate", 0.7, 0.15), ("rate", 0.03, 0.15),
    ("proportion", 0.08, 0.05), ("proportion", 0.08, 0.1), ("proportion", 0.08, 0.15),
    ("proportion", 0.4, 0.1),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "centre", "cv"), SPREADS)
def test_as_many_large_units_as_small_are_outside(kind: Kind, centre: float, cv: float) -> None:
    rng = np.random.default_rng(23)
    ratios, sizes = [], []
    flags: dict[float, list[NDArray[np.bool_]]] = {0.95: [], 0.998: []}
    for _ in range(20):
        people = populations(rng, 200)
        counts = differing(rng, people, centre, cv, kind)
        result = dispersion(paired(counts, people), counts.sum() / people.sum(), kind)
        assert result.over_dispersed
        ratios.append(result.between / (cv * centre))
        # The quarter by size.
        sizes.append(people.argsort().argsort() * 4 // 200)
        for confidence, seen in flags.items():
            seen.append(outside(counts, people, confidence, kind, result.between))
    # the true spread is found, a few per cent low on average
    assert np.mean(ratios) == pytest.approx(0.95, abs=0.05) and np.std(ratios) < 0.15
    quarter = np.concatenate(sizes)
    for confidence, seen in flags.items():
        flagged_here, promised = np.concatenate(seen), 1 - confidence
        smallest, largest = flagged_here[quarter == 0].mean(), flagged_here[quarter == 3].mean()
        # Of the share of a quarter, 1,000 units.
        error = math.sqrt(promised / 1000)
        # with a spread up to a tenth low, a few more than promised are outside: up to 8% and 0.5%
        most = 2 * stats.norm.sf(0.9 * stats.norm.ppf(1 - promised / 2))
        assert promised - 1.5 * error <= flagged_here.mean() <= most + 1.5 * error
        for share in (smallest, largest):
            assert promised - 3 * error <= share <= most + 3 * error
        assert abs(largest - smallest) < 3 * math.sqrt(2) * error


def test_widening_by_phi_alone_would_flag_large_units() -> None:
    """Why the spread is added: sqrt(phi) times the limits flags a sixth of the largest quarter at
    95%."""
    rng = np.random.default_rng(29)
    large, small, added = [], [], []
    for _ in range(10):
        people = np.sort(populations(rng, 200))
        counts = differing(rng, people, 0.7, 0.1, "rate")
        centre = counts.sum() / people.sum()
        result = dispersion(paired(counts, people), centre, "rate")
        far = abs(counts / people - centre) > 1.96 * np.sqrt(result.phi * centre / people)
        small.append(far[:50].mean())
        large.append(far[150:].mean())
        added.append(outside(counts, people, 0.95, "rate", result.between)[150:].mean())
    assert np.mean(large) > 0.12 and np.mean(small) < 0.02 and np.mean(added) < 0.09


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("times", (0.3, 2))
def test_a_wild_unit_among_ordinary_ones_is_flagged(times: float, kind: Kind) -> None:
    rng = np.random.default_rng(31)
    people = populations(rng, 200)
    counts = differing(rng, people, 0.3, 0.1, kind)
    wild = counts.copy()
    # Of middling size.
    at = int(np.argsort(people)[100])
    wild[at] = round(times * 0.3 * people[at])
    calm, upset = (
        dispersion(paired(c, people), c.sum() / people.sum(), kind) for c in (counts, wild)
    )
    assert upset.between == pytest.approx(calm.between, rel=0.06)
    assert outside(wild, people, 0.998, kind, upset.between)[at]
    others = np.arange(200) != at
    assert (outside(wild, people, 0.998, kind, upset.between)[others]).mean() < 0.02
    plain = dispersion(paired(wild, people), wild.sum() / people.sum(), kind, winsorise=0)
    # But for drawing in, it would have.
    assert plain.between > upset.between * 1.05


def test_one_wild_unit_does_not_make_the_rest_over_dispersed() -> None:
    units = [(100, 1000)] * 19 + [(900, 1000)]
    assert not dispersion(units, 0.1, "proportion").over_dispersed
    assert dispersion(units, 0.1, "proportion", winsorise=0).over_dispersed


def test_where_nobody_is_counted_there_is_no_dispersion() -> None:
    assert dispersion([(0, 10)] * 5, 0.1, "rate").phi == pytest.approx(1)
