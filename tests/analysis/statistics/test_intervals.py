"""Every statistic against a second way of working it out, and what must hold whatever the
counts."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pytest
import statsmodels.api as sm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from planner.analysis.statistics.intervals import (
    Group,
    Interval,
    Stratum,
    TooFew,
    differs,
    directly_standardised,
    gap_and_ratio,
    indirectly_standardised,
    normal_quantile,
    proportion,
    slope_index,
)

LEVELS = (0.8, 0.95, 0.998)


def byar(count: float, confidence: float = 0.95) -> tuple[float, float]:
    """Byar's limits, written from the formula of Breslow and Day with scipy's normal quantile."""
    z = stats.norm.ppf((1 + confidence) / 2)
    low = count * np.power(1 - 1 / (9 * count) - z / (3 * np.sqrt(count)), 3)
    up = count + 1
    return low, up * np.power(1 - 1 / (9 * up) + z / (3 * np.sqrt(up)), 3)


def garwood(count: float, confidence: float = 0.95) -> tuple[float, float]:
    """Exact Poisson limits by chi-square quantiles, which also serve counts that are not whole."""
    tail = (1 - confidence) / 2
    low = stats.chi2.ppf(tail, 2 * count) / 2 if count else 0.0
    return low, stats.chi2.isf(tail, 2 * count + 2) / 2


def limits(result: Interval | None) -> tuple[float, float]:
    assert result is not None
    return result.low, result.high


def rate(count: int, population: float = 1.0, confidence: float = 0.95) -> Interval:
    """Events over those expected at one for each of a population."""
    return indirectly_standardised({"all": 1}, {"all": population}, count, confidence)


def groups(*rows: tuple[int, int]) -> list[Group]:
    return [Group(name=f"group {i + 1}", count=c, population=n) for i, (c, n) in enumerate(rows)]


pairs = st.integers(1, 2_000_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
several = st.lists(pairs, min_size=2, max_size=10)
confidences = st.floats(0.5, 0.9999)


# Worked example, to be followed with a calculator. A board has five deprivation fifths of 10,000
# adults each. From least to most deprived, 400, 500, 600, 700 and 800 adults are prescribed the
# medicine: shares of 4%, 5%, 6%, 7% and 8%.
QUINTILE_GROUPS = groups((400, 10_000), (500, 10_000), (600, 10_000), (700, 10_000), (800, 10_000))


def test_worked_example() -> None:
    # Each fifth's middle person stands at 10%, 30%, 50%, 70% and 90% of the way along the ranking.
    # The shares rise by 1 point for each 20% of the way, so by 5 points over the whole way: a slope
    # of 0.05. The line starts half a fifth before the first middle, at 4% - 0.5% = 3.5%, and ends
    # at 8.5%.
    result = slope_index(QUINTILE_GROUPS)
    assert result.slope.value == pytest.approx(0.05)
    # The relative index is 8.5 / 3.5 = 2.43: the most deprived end has about 2.4 times the least's
    # share.
    assert result.relative and result.relative.value == pytest.approx(8.5 / 3.5)
    # The slope is -1, -0.5, 0, 0.5 and 1 times the five shares. Its variance is the sum of the
    # squares of those times share (1 - share) / 10,000: (0.0384 + 0.0475 / 4 + 0.0651 / 4 + 0.0736)
    # / 10,000 = 0.00001402, with root 0.003743; and 1.96 of those is 0.0073. So 5 points, from 4.3
    # to 5.7.
    assert limits(result.slope) == pytest.approx((0.0427, 0.0573), abs=5e-5)

    # The most deprived fifth less the least: 8% - 4% = 4 points; over it: twice.
    ends = gap_and_ratio(QUINTILE_GROUPS[0], QUINTILE_GROUPS[-1])
    assert ends.gap.value == pytest.approx(0.04)
    assert ends.ratio and ends.ratio.value == pytest.approx(2.0)
    # 1/400 + 1/800 - 2/10,000 = 0.00355, with root 0.0596; 1.96 of those is 0.1168; and e to that
    # is 1.124. So 2 / 1.124 = 1.78 to 2 x 1.124 = 2.25.
    assert limits(ends.ratio) == pytest.approx((1.78, 2.25), abs=0.005)

    # The board's 3,000 in 50,000 are 6%. Of 50,000 people that is known to about a fifth of a point
    # either way, so a published 7% (which may be 6.5% to 7.5%) is higher, and 6% is not told apart.
    icb = proportion(3000, 50_000)
    assert limits(icb) == pytest.approx((0.0580, 0.0621), abs=5e-5)
    assert differs(icb, 0.065, 0.075) == "lower"
    assert differs(icb, 0.055, 0.065) == "no clear difference"


def test_worked_standardisation() -> None:
    # Younger: 20 events in 1,000 people, 2%. Older: 80 in 2,000, 4%. The standard is 3 younger to 1
    # older. (3 x 2% + 1 x 4%) / 4 = 2.5%, or 25 per 1,000.
    strata = [
        Stratum(name="younger", count=20, population=1000),
        Stratum(name="older", count=80, population=2000),
    ]
    standard = {"younger": 3, "older": 1}
    result = directly_standardised(strata, standard, per=1000)
    assert result.value == pytest.approx(25)
    # Each younger event weighs 3/4 x 1000/1000 = 0.75 and each older one 1/4 x 1000/2000 = 0.125.
    # The variance is 20 x 0.75^2 + 80 x 0.125^2 = 12.5; over 100 events, 0.125, with root 0.35355.
    # Byar's limits of 100 are 81.36 and 121.63, so 25 - 0.35355 x 18.64 and 25 + 0.35355 x 21.63.
    assert limits(result) == pytest.approx((25 - 0.35355 * 18.64, 25 + 0.35355 * 21.63), abs=0.01)
    # At standard rates of 1% and 5%, 10 + 100 = 110 would be expected; 100 were seen: 0.91 of that.
    ratio = indirectly_standardised(
        {"younger": 1000, "older": 2000}, {"younger": 0.01, "older": 0.05}, 100
    )
    assert ratio.value == pytest.approx(100 / 110)
    assert limits(ratio) == pytest.approx((81.36 / 110, 121.63 / 110), abs=1e-4)


# What PHEindicatormethods publishes, the R package in which the Department of Health and Social
# Care keeps these methods, and its twin in Python. What it expects of Byar's limits, of ratios from
# 10 events up and of slopes stands in spreadsheets that could not be read, so those have no test
# here beside the standardised rate, which rests on Byar's.


def test_a_standardised_rate_is_what_pheindicatormethods_prints() -> None:
    # ukhsa-collaboration/PHEindicatormethods, vignettes/DSR-vignette.html, its last example ("Zero
    # deaths for a specific age band within a small geography"): phe_dsr prints 8283.016, 6570.819
    # and 10289.65 for 100,000 people of the European Standard Population of 2013.
    ages = range(0, 95, 5)
    people = (30, 35, 35, 35, 40, 40, 45, 50, 50, 50, 60, 60, 70, 75, 70, 60, 20, 20, 15)
    deaths = (1, 1, 0, 0, 0, 1, 1, 3, 3, 3, 3, 10, 10, 10, 10, 8, 8, 8, 8)
    standard = (
        5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000, 7000, 6500, 6000, 5500, 5000,
        4000, 2500, 1500, 1000,
    )  # fmt: skip
    strata = [
        Stratum(name=str(age), count=died, population=lived)
        for age, died, lived in zip(ages, deaths, people, strict=True)
    ]
    weights = dict(zip(map(str, ages), standard, strict=True))
    result = directly_standardised(strata, weights, per=100_000)
    assert result.value == pytest.approx(8283.016, abs=5e-4)
    assert limits(result) == pytest.approx((6570.819, 10289.65), rel=1e-6)


@pytest.mark.parametrize(
    ("count", "confidence", "low", "high"),
    [
        (1, 0.95, 0.025317898, 5.571644585),
        (5, 0.95, 1.623486324, 11.6683331),
        (9, 0.95, 4.11537405, 17.08479966),
        (1, 0.998, 0.001000547, 9.233410143),
        (5, 0.998, 0.739371928, 16.45474478),
        (9, 0.998, 2.452425215, 22.65737951),
    ],
)
def test_few_events_have_the_limits_that_pheindicatormethods_expects(
    count: int, confidence: float, low: float, high: float
) -> None:
    # The same, tests/testthat/testdata_funnel_ratio_outputs.csv: the events expected below and
    # above which so many would be out of the ordinary, which were solved for to four figures.
    assert limits(rate(count, 1.0, confidence)) == pytest.approx((low, high), rel=5e-5)


@pytest.mark.parametrize(
    ("count", "people", "confidence", "end", "expected"),
    [
        (20, 360, 0.95, "low", 0.036248204600072345),
        (550, 2400, 0.998, "low", 0.20375892211705743),
        (30, 400, 0.95, "high", 0.10504770626130437),
        (76, 238, 0.998, "high", 0.418131030603369),
    ],
)
def test_a_share_has_the_limits_that_the_department_expects(
    count: int, people: int, confidence: float, end: str, expected: float
) -> None:
    # DataS-DHSC/PHStatsMethods, ph_statistical_methods/tests/test_confidence_intervals.py.
    result = proportion(count, people, confidence)
    assert getattr(result, end) == pytest.approx(expected, rel=1e-12)


# Proportions and rates


@pytest.mark.parametrize("confidence", LEVELS)
@pytest.mark.parametrize(
    ("count", "population"), [(0, 1), (1, 1), (0, 50), (50, 50), (7, 23), (81_234, 900_001)]
)
def test_proportion_is_wilsons(count: int, population: int, confidence: float) -> None:
    result = proportion(count, population, confidence)
    expected = proportion_confint(count, population, alpha=1 - confidence, method="wilson")
    assert limits(result) == pytest.approx(expected, abs=1e-12)
    assert result.value == count / population and result.confidence == confidence


@pytest.mark.parametrize("confidence", LEVELS)
@pytest.mark.parametrize("count", range(10))
def test_a_small_rate_is_exact(count: int, confidence: float) -> None:
    result = rate(count, 0.2, confidence)
    low, high = garwood(count, confidence)
    assert limits(result) == pytest.approx((low * 5, high * 5), rel=1e-10, abs=1e-12)
    assert result.value == pytest.approx(count * 5) and result.method == "exact Poisson"
    # and the limits are what they are said to be, on Poisson's own sums
    tail = (1 - confidence) / 2
    assert stats.poisson.cdf(count, result.high / 5) == pytest.approx(tail)
    if count:
        assert stats.poisson.sf(count - 1, result.low / 5) == pytest.approx(tail)


@pytest.mark.parametrize("confidence", LEVELS)
@pytest.mark.parametrize("count", [10, 11, 99, 100, 12_345])
def test_a_larger_rate_is_byars(count: int, confidence: float) -> None:
    result = rate(count, 1.0, confidence=confidence)
    assert limits(result) == pytest.approx(byar(count, confidence), rel=1e-12)
    # the approximation itself is within 1.5% of the exact limits even at 10 events and 99.8%
    assert limits(result) == pytest.approx(garwood(count, confidence), rel=0.015)
    assert result.method == "Byar's approximation"


def test_byar_at_a_hundred() -> None:
    # the exact limits of 100 are 81.36 and 121.63; Byar's agree to two decimals
    assert limits(rate(100, 1.0)) == pytest.approx((81.36, 121.63), abs=0.01)
    assert garwood(100) == pytest.approx((81.36, 121.63), abs=0.01)


def test_there_is_no_jump_where_byar_takes_over() -> None:
    nine, ten = rate(9, 1.0), rate(10, 1.0)
    assert nine.low < ten.low and nine.high < ten.high
    assert limits(ten) == pytest.approx(garwood(10), rel=0.002)


@given(pairs, confidences)
def test_a_proportion_lies_within_its_limits(pair: tuple[int, int], confidence: float) -> None:
    result = proportion(*pair, confidence)
    assert 0 <= result.low <= result.value <= result.high <= 1
    assert result.low < result.high


@given(pairs, confidences)
def test_everybody_else_has_the_mirrored_limits(pair: tuple[int, int], confidence: float) -> None:
    count, population = pair
    result, others = (
        proportion(count, population, confidence),
        proportion(population - count, population, confidence),
    )
    assert limits(others) == pytest.approx((1 - result.high, 1 - result.low), abs=1e-12)


@settings(deadline=None)
@given(st.integers(0, 10_000_000), st.floats(0.01, 1e9), confidences)
def test_a_rate_lies_within_its_limits(count: int, population: float, confidence: float) -> None:
    result = rate(count, population, confidence)
    assert 0 <= result.low <= result.value <= result.high
    assert result.low < result.high


@settings(deadline=None)
@given(pairs)
def test_doubling_the_people_and_the_count_narrows(pair: tuple[int, int]) -> None:
    count, n = pair
    for of in (proportion, rate):
        once, twice = of(count, n), of(2 * count, 2 * n)
        assert twice.value == pytest.approx(once.value)
        assert twice.high - twice.low < once.high - once.low


@settings(deadline=None)
@given(pairs)
def test_more_confidence_is_wider(pair: tuple[int, int]) -> None:
    for of in (proportion, rate):
        some, more = of(*pair, confidence=0.95), of(*pair, confidence=0.998)
        assert more.low <= some.low and some.high <= more.high


@pytest.mark.parametrize(
    ("count", "population", "message"),
    [
        (5, 4, "more were counted"),
        (-1, 4, "not be negative"),
        (0, 0, "above 0"),
        (0, -3, "above 0"),
    ],
)
def test_a_share_that_cannot_be(count: int, population: int, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        proportion(count, population)
    with pytest.raises(ValidationError):
        Group(name="group", count=count, population=population)


def test_events_may_outnumber_people() -> None:
    assert rate(5, 4).value == 1.25


def test_confidence() -> None:
    assert normal_quantile(0.95) == pytest.approx(1.959964, abs=1e-6)
    assert normal_quantile(0.998) == pytest.approx(stats.norm.ppf(0.999))


def test_an_interval_holds_its_value() -> None:
    with pytest.raises(ValidationError, match="must hold its value"):
        Interval(value=1, low=2, high=3, method="wrong")


# Standardisation

AGES = ("18 to 34", "35 to 49", "50 to 64", "65 to 79", "80 and over")


def strata(counts: Sequence[int], populations: Sequence[int]) -> list[Stratum]:
    rows = zip(AGES, counts, populations, strict=False)
    return [Stratum(name=name, count=c, population=n) for name, c, n in rows]


age_counts = st.lists(st.integers(0, 5000), min_size=5, max_size=5)
age_people = st.lists(st.integers(1, 500_000), min_size=5, max_size=5)
age_standard = st.lists(st.integers(0, 100_000), min_size=5, max_size=5)


@pytest.mark.parametrize("confidence", LEVELS)
def test_direct_standardisation_by_numpy(confidence: float) -> None:
    counts, people = np.array([12, 3, 40, 0, 77]), np.array([9000, 8000, 7500, 5000, 2000])
    weights = np.array([200, 210, 190, 120, 50])
    share = weights / weights.sum()
    value = np.average(counts / people, weights=weights)
    variance = (share**2 * counts / people**2).sum()
    events = counts.sum()
    low, high = byar(events, confidence)
    scale = np.sqrt(variance / events)
    result = directly_standardised(
        strata(counts.tolist(), people.tolist()),
        dict(zip(AGES, weights.tolist(), strict=True)),
        per=100_000,
        confidence=confidence,
    )
    assert result.value == pytest.approx(value * 100_000)
    expected = (value + scale * (low - events), value + scale * (high - events))
    assert limits(result) == pytest.approx(tuple(1e5 * x for x in expected))


def test_direct_limits_hold_the_truth_as_often_as_they_say() -> None:
    rng = np.random.default_rng(20260301)
    true, people = np.array([0.001, 0.002, 0.004]), np.array([8000, 6000, 3000])
    standard = {"18 to 34": 5, "35 to 49": 3, "50 to 64": 2}
    truth = float(true @ np.array([0.5, 0.3, 0.2]))
    current = 0
    for counts in rng.poisson(true * people, size=(2000, 3)):
        result = directly_standardised(strata(counts.tolist(), people.tolist()), standard)
        current += result.low <= truth <= result.high
    # 95% promised; the simulation's own error is half a point.
    assert 0.94 <= current / 2000 <= 0.97


@settings(deadline=None)
@given(age_counts, age_people, age_standard, st.integers(2, 1000))
def test_scaling_the_standard_changes_nothing(
    counts: list[int], people: list[int], standard: list[int], times: int
) -> None:
    assume(sum(counts) >= 10 and sum(standard) > 0)
    rows = strata(counts, people)
    once = directly_standardised(rows, dict(zip(AGES, standard, strict=True)), per=1000)
    again = directly_standardised(
        rows, {a: w * times for a, w in zip(AGES, standard, strict=True)}, per=1000
    )
    assert once.low <= once.value <= once.high and once.low >= 0
    assert (once.value, *limits(once)) == pytest.approx((again.value, *limits(again)), abs=1e-12)
    assert min(r.count / r.population for r in rows) * 1000 <= once.value * (1 + 1e-12)


@given(age_counts, age_people)
def test_a_place_that_is_its_own_standard_keeps_its_crude_rate(
    counts: list[int], people: list[int]
) -> None:
    assume(sum(counts) >= 10)
    own = directly_standardised(strata(counts, people), dict(zip(AGES, people, strict=True)))
    crude = rate(sum(counts), sum(people))
    assert (own.value, *limits(own)) == pytest.approx((crude.value, *limits(crude)))


def test_direct_limits_never_fall_below_nought() -> None:
    # two of ten events carry all the weight: 2 - sqrt(2 / 10) x (10 - 4.79) would be -0.33
    result = directly_standardised(strata([8, 2], [1, 1]), {"18 to 34": 0, "35 to 49": 1})
    assert result.value == 2 and result.low == 0


def test_direct_standardisation_refuses() -> None:
    for counts in ([0, 0], [0, 9]):
        with pytest.raises(TooFew, match=f"needs 10 events or more; there are {sum(counts)}"):
            directly_standardised(strata(counts, [100, 100]), {"18 to 34": 1, "35 to 49": 1})
    assert (
        directly_standardised(strata([0, 10], [100, 100]), {"18 to 34": 1, "35 to 49": 1}).value
        == 0.05
    )


@pytest.mark.parametrize("observed", [0, 1, 9, 10, 250])
def test_indirect_standardisation(observed: int) -> None:
    people, rates = np.array([1000, 3000, 500]), np.array([0.01, 0.02, 0.1])
    result = indirectly_standardised(
        dict(zip(AGES, people.tolist(), strict=False)),
        dict(zip(AGES, rates.tolist(), strict=False)),
        observed,
    )
    expected = float(people @ rates)
    low, high = byar(observed) if observed >= 10 else garwood(observed)
    assert result.value == pytest.approx(observed / expected)
    assert limits(result) == pytest.approx((low / expected, high / expected), abs=1e-12)


# The slope over groups

UNEVEN = groups((310, 9000), (520, 12_500), (610, 11_000), (505, 7000), (990, 15_200))


def by_statsmodels(rows: Sequence[Group]) -> tuple[float, float]:
    """Intercept and slope of the weighted regression on mid-ranks."""
    people = np.array([g.population for g in rows])
    ranks = (np.cumsum(people) - people / 2) / people.sum()
    shares = np.array([g.count for g in rows]) / people
    fit = sm.WLS(shares, sm.add_constant(ranks), weights=people / people.sum()).fit()
    return tuple(fit.params)


@pytest.mark.parametrize(
    "rows", [QUINTILE_GROUPS, UNEVEN, groups((0, 10), (5, 90)), groups((9, 10), (0, 5), (3, 1000))]
)
def test_the_slope_is_the_weighted_regression(rows: list[Group]) -> None:
    start, slope = by_statsmodels(rows)
    result = slope_index(rows)
    assert result.slope.value == pytest.approx(slope, abs=1e-12)
    if result.relative:
        assert result.relative.value == pytest.approx((start + slope) / start)


@pytest.mark.parametrize("rows", [QUINTILE_GROUPS, UNEVEN])
def test_slope_limits_by_simulation(rows: list[Group]) -> None:
    """Draw each group's count anew 200,000 times; the middle 95% of slopes and ratios are the
    limits.

    The simulation's own error is about 0.5% of a half-width, so 2% of it is allowed for the slope
    and for the width of the relative index on logs. There the ratio is a little skewed, which the
    delta method does not know, so each of its limits may be off by 5% of the half-width.
    """
    rng = np.random.default_rng(7)
    people = np.array([g.population for g in rows])
    ranks = (np.cumsum(people) - people / 2) / people.sum()
    rendering = (
        rng.binomial(people, [g.count / g.population for g in rows], size=(200_000, len(rows)))
        / people
    )
    weights = np.sqrt(people / people.sum())
    design = np.column_stack([np.ones_like(ranks), ranks]) * weights[:, None]
    start, slope = np.linalg.lstsq(design, (rendering * weights).T, rcond=None)[0]
    result = slope_index(rows)
    half = result.slope.high - result.slope.value
    assert limits(result.slope) == pytest.approx(
        np.quantile(slope, [0.025, 0.975]), abs=0.02 * half
    )
    assert result.relative
    on_log = math.log(result.relative.high / result.relative.value)
    simulated = np.quantile(np.log((start + slope) / start), [0.025, 0.975])
    assert np.log(limits(result.relative)) == pytest.approx(simulated, abs=0.05 * on_log)
    assert (simulated[1] - simulated[0]) / 2 == pytest.approx(on_log, rel=0.02)


def test_the_indices_hold_the_truth_as_often_as_they_say() -> None:
    """Of 2,000 boards drawn from a known line, 95% of the intervals hold its slope, and its
    ratio."""
    rng = np.random.default_rng(5)
    people = (2000, 3000, 2500, 2000, 2500)
    ranks = (np.cumsum(people) - np.array(people) / 2) / sum(people)
    slopes = ratios = 0
    for counts in rng.binomial(people, 0.05 + 0.06 * ranks, size=(2000, 5)):
        result = slope_index(groups(*zip(counts.tolist(), people, strict=True)))
        assert result.relative
        slopes += result.slope.low <= 0.06 <= result.slope.high
        ratios += result.relative.low <= 0.11 / 0.05 <= result.relative.high
    # The simulation's own error is half a point.
    assert 0.94 <= slopes / 2000 <= 0.96
    assert 0.94 <= ratios / 2000 <= 0.96


@settings(deadline=None)
@given(several)
def test_reversing_the_groups_turns_the_slope_over(rows: list[tuple[int, int]]) -> None:
    there, back = slope_index(groups(*rows)), slope_index(groups(*reversed(rows)))
    assert there.slope.low < there.slope.value < there.slope.high
    assert (back.slope.value, *limits(back.slope)) == pytest.approx(
        (-there.slope.value, -there.slope.high, -there.slope.low), rel=1e-6, abs=1e-9
    )
    if there.relative and back.relative:
        assert there.relative.low <= there.relative.value <= there.relative.high
        assert (back.relative.value, *limits(back.relative)) == pytest.approx(
            (1 / there.relative.value, 1 / there.relative.high, 1 / there.relative.low), rel=1e-6
        )


@settings(deadline=None)
@given(several)
def test_more_people_narrow_the_slope(rows: list[tuple[int, int]]) -> None:
    once, more = slope_index(groups(*rows)), slope_index(groups(*((4 * c, 4 * n) for c, n in rows)))
    assert more.slope.value == pytest.approx(once.slope.value, abs=1e-9)
    # four times the people halve the width; a group with none or all counted narrows faster
    assert more.slope.high - more.slope.low <= (once.slope.high - once.slope.low) * 0.5000001


@given(st.integers(1, 500), st.integers(500, 5000), st.integers(2, 10))
def test_equal_shares_have_no_slope(count: int, people: int, how_many: int) -> None:
    result = slope_index(groups(*[(count, people)] * how_many))
    assert result.slope.value == pytest.approx(0, abs=1e-12)
    if result.relative:
        assert result.relative.value == pytest.approx(1)


def test_cutting_a_group_in_two_alike_halves_leaves_two_points_on_the_line() -> None:
    # with two groups the line goes through both shares, whatever their sizes
    result = slope_index(groups((10, 100), (90, 300)))
    # 0.2 over half of the ranking.
    assert result.slope.value == pytest.approx(0.4)


def test_slope_with_nobody_counted_is_not_certain() -> None:
    nobody = slope_index(groups((0, 1000), (0, 1000), (0, 1000)))
    assert nobody.slope.value == 0 and nobody.slope.low < 0 < nobody.slope.high
    assert nobody.relative is None
    everybody = slope_index(groups((10, 10), (10, 10)))
    assert everybody.slope.low < 0 < everybody.slope.high


def test_no_relative_index_where_an_end_is_not_above_nought() -> None:
    below = slope_index(groups((0, 1000), (1, 1000), (500, 1000)))
    assert below.relative is None
    unsure = slope_index(groups((3, 1000), (5, 1000), (9, 1000)))
    assert unsure.relative is None
    sure = slope_index(groups((300, 1000), (400, 1000), (500, 1000)))
    assert sure.relative


# The gap and ratio of two groups


@pytest.mark.parametrize("confidence", LEVELS)
@pytest.mark.parametrize(
    ("first", "last"),
    [((400, 10_000), (800, 10_000)), ((56, 70), (48, 80)), ((0, 20), (3, 40)), ((5, 9), (0, 7)),
     ((0, 8), (0, 9)), ((9, 10), (3, 10)), ((6, 6), (7, 7))],
)  # fmt: skip
def test_gap_is_newcombes(first: tuple[int, int], last: tuple[int, int], confidence: float) -> None:
    one, two = groups(first, last)
    result = gap_and_ratio(one, two, confidence)
    expected = confint_proportions_2indep(
        *last, *first, method="newcomb", compare="diff", alpha=1 - confidence, correction=False
    )
    assert result.gap.value == pytest.approx(last[0] / last[1] - first[0] / first[1])
    assert limits(result.gap) == pytest.approx(expected, abs=1e-9)


def test_gap_of_newcombes_own_first_example() -> None:
    # 56 of 70 less 48 of 80: the textbook case, 0.2 from 0.0524 to 0.3339
    one, two = groups((48, 80), (56, 70))
    result = gap_and_ratio(one, two)
    assert result.gap.value == pytest.approx(0.2)
    assert limits(result.gap) == pytest.approx((0.0524, 0.3339), abs=5e-5)


@pytest.mark.parametrize("confidence", LEVELS)
def test_ratio_is_katzs(confidence: float) -> None:
    one, two = groups((38, 900), (71, 700))
    result = gap_and_ratio(one, two, confidence)
    expected = confint_proportions_2indep(
        71, 700, 38, 900, method="log", compare="ratio", alpha=1 - confidence, correction=False
    )
    assert limits(result.ratio) == pytest.approx(expected, rel=1e-9)


def test_no_ratio_of_nobody() -> None:
    for rows in (((0, 5), (3, 5)), ((3, 5), (0, 5)), ((0, 5), (0, 5)), ((5, 5), (7, 7))):
        one, two = groups(*rows)
        result = gap_and_ratio(one, two)
        assert result.ratio is None
        assert result.gap.low < result.gap.value < result.gap.high or rows == ((5, 5), (7, 7))


@given(pairs, pairs, confidences)
def test_exchanging_the_groups_turns_the_gap_over(
    first: tuple[int, int], last: tuple[int, int], confidence: float
) -> None:
    one, two = groups(first, last)
    there, back = gap_and_ratio(one, two, confidence), gap_and_ratio(two, one, confidence)
    assert (
        there.gap.low >= -1 - 1e-12
        and there.gap.low <= there.gap.value <= there.gap.high <= 1 + 1e-12
    )
    assert limits(back.gap) == pytest.approx((-there.gap.high, -there.gap.low), abs=1e-12)
    assert (there.ratio is None) == (back.ratio is None)
    if there.ratio:
        assert limits(back.ratio) == pytest.approx((1 / there.ratio.high, 1 / there.ratio.low))


# Against a reference


def test_differs() -> None:
    result = Interval(value=5, low=4, high=6, method="by hand")
    assert differs(result, 3.9, 3.9) == "higher" and differs(result, 6.1, 6.1) == "lower"
    assert differs(result, 4, 4) == differs(result, 6, 6) == "no clear difference"
    assert (
        differs(result, 3.5, 4.5)
        == differs(result, 5.5, 6.5)
        == differs(result, 1, 9)
        == "no clear difference"
    )
    assert differs(result, 3, 3.5) == "higher" and differs(result, 6.5, 7) == "lower"
