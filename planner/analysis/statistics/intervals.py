"""Shares, rates and gaps with their intervals, from counts; no wording, plan or rounding."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal, Self

from pydantic import Field, model_validator

from planner.model.base import Frozen, Name, without_fault

# Poisson limits are exact below this count, and Byar's from it on.
EXACT_BELOW = 10
# Fewer give no directly standardised rate.
FEWEST_EVENTS = 10


class TooFew(ValueError):
    """There are too few events for the method asked for; the message says how many it needs."""


class Interval(Frozen):
    """A value between its two limits, with how sure the limits are and how they were made."""

    value: float
    low: float
    high: float
    confidence: float = 0.95
    method: str

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        return without_fault(
            self, (not self.low <= self.value <= self.high, "an interval must hold its value")
        )


class Stratum(Frozen):
    """Events and people of one part of a population, such as an age band. Events may outnumber
    people."""

    name: Name
    count: int = Field(ge=0)
    population: int = Field(gt=0)


class Group(Stratum):
    """People counted out of one group's people, such as a fifth by deprivation."""

    @model_validator(mode="after")
    def _within(self) -> Self:
        check_counts(self.count, self.population)
        return self


@dataclass(frozen=True, kw_only=True)
class SlopeIndices:
    """The line through the groups: its fall or rise as a share, and its ends as a ratio; no ratio
    where an end of it is not clearly above 0."""

    slope: Interval
    relative: Interval | None


@dataclass(frozen=True, kw_only=True)
class Differences:
    """The last group's share less the first's, and over the first's; no ratio where nobody was
    counted in one of the groups, or everybody in both."""

    gap: Interval
    ratio: Interval | None


def normal_quantile(confidence: float) -> float:
    """Standard errors each side that hold that share of a normal curve: 1.96 for 0.95."""
    return NormalDist().inv_cdf(0.5 + confidence / 2)


def proportion(count: int, population: int, confidence: float = 0.95) -> Interval:
    """The share of people counted, between Wilson's score limits (Wilson 1927).

    With z standard errors and n people: (2 count + z^2, plus or minus z sqrt(z^2 + 4 count (1 -
    share))) over 2 (n + z^2). Raises ValueError for a negative count, no population, or more
    counted than people.
    """
    check_counts(count, population)
    share = count / population
    return _interval(
        share, *wilson_limits(share, population, confidence), confidence, "Wilson score"
    )


def directly_standardised(
    strata: Sequence[Stratum],
    standard: Mapping[str, int],
    per: float = 1.0,
    confidence: float = 0.95,
) -> Interval:
    """The rate per `per` that a standard population would have at this place's rates, stratum by
    stratum.

    The mean of the strata's rates weighted by the standard population. Limits are Dobson's (Dobson
    and others 1991): Byar's for all events together, less those events, times sqrt(variance of the
    standardised rate / events), and never below 0. The standard names the same parts as the strata.
    Raises TooFew below 10 events, where OHID advises against such a rate (with none it has no
    limits).
    """
    whole, events = sum(standard.values()), sum(stratum.count for stratum in strata)
    if events < FEWEST_EVENTS:
        raise TooFew(
            f"a directly standardised rate needs {FEWEST_EVENTS} events or more; there are {events}"
        )
    weights = [per * standard[stratum.name] / whole / stratum.population for stratum in strata]
    counts = [stratum.count for stratum in strata]
    value, variance = _dot(weights, counts), _dot([weight**2 for weight in weights], counts)
    scale, limits = math.sqrt(variance / events), _poisson_limits(events, confidence)[:2]
    low, high = (max(0.0, value + scale * (limit - events)) for limit in limits)
    return _interval(value, low, high, confidence, "Dobson, from Byar's approximation")


def indirectly_standardised(
    strata_population: Mapping[str, int],
    standard_rates: Mapping[str, float],
    observed: int,
    confidence: float = 0.95,
) -> Interval:
    """Observed events over those expected here at the standard's rates; 1.0 is as expected.

    Expected is the sum of each stratum's people times the standard's rate per person, is above 0
    and is taken as known. The standard names the same strata. From 10 observed up the limits are
    Byar's approximation (Breslow and Day 1987); below that the exact Poisson limits (Garwood 1936),
    the means that leave half the doubt to so many events or more, or to so few or fewer.
    """
    expected = _dot(
        strata_population.values(), (standard_rates[name] for name in strata_population)
    )
    low, high, method = _poisson_limits(observed, confidence)
    return _interval(observed / expected, low / expected, high / expected, confidence, method)


def slope_index(groups: Sequence[Group], confidence: float = 0.95) -> SlopeIndices:
    """The slope and relative indices of inequality over groups ordered from least to most deprived.

    A straight line is fitted to the groups' shares by least squares weighted by their people,
    against the rank of each group's middle person from 0 to 1 (Mackenbach and Kunst 1997). The
    slope is the line at the most deprived end less the least, as a share: above 0 is more in
    deprived groups. Both ends are sums of the shares with known factors, so the limits follow from
    each group's binomial variance, share (1 - share) / people; the relative index's by the delta
    method on the log scale. A group with none or all counted has the variance of half a person,
    lest it seem known exactly. The limits hold chance alone, not how far the groups are from a
    line. `relative` is None where either end of the line, or its own lower limit, is at or below 0.
    A slope needs two groups or more.
    """
    z = normal_quantile(confidence)
    whole = sum(group.population for group in groups)
    shares = [group.count / group.population for group in groups]
    weights = [group.population / whole for group in groups]
    ranks = [sum(weights[:i]) + weight / 2 for i, weight in enumerate(weights)]
    spread = _dot(weights, [(rank - 0.5) ** 2 for rank in ranks])
    tilts = [weight * (rank - 0.5) / spread for weight, rank in zip(weights, ranks, strict=True)]
    to_least, to_most = (
        [w + end * t for w, t in zip(weights, tilts, strict=True)] for end in (-0.5, 0.5)
    )
    assumed = [min(max(g.count, 0.5), g.population - 0.5) / g.population for g in groups]
    variances = [p * (1 - p) / group.population for p, group in zip(assumed, groups, strict=True)]

    def half(factors: Iterable[float]) -> float:
        return z * math.sqrt(_dot([factor**2 for factor in factors], variances))

    slope, least, most = (_dot(factors, shares) for factors in (tilts, to_least, to_most))
    relative = None
    if least > half(to_least) and most > half(to_most):
        on_log = half(m / most - n / least for m, n in zip(to_most, to_least, strict=True))
        relative = _ratio(most / least, on_log, confidence, "delta method on logs")
    around = half(tilts)
    return SlopeIndices(
        slope=_interval(
            slope, slope - around, slope + around, confidence, "normal, from binomial variances"
        ),
        relative=relative,
    )


def gap_and_ratio(first: Group, last: Group, confidence: float = 0.95) -> Differences:
    """How far the last group's share is above the first's, as a difference of shares and as a
    ratio.

    The gap's limits are Newcombe's hybrid score ones (Newcombe 1998, method 10), which combine both
    groups' Wilson limits. The ratio's are Katz's (Katz and others 1978): normal on the log scale,
    with variance 1/count - 1/people of both groups. A count of 0, or everybody counted in both
    groups, leaves no ratio.
    """
    one, two = (proportion(g.count, g.population, confidence) for g in (first, last))
    gap = two.value - one.value
    below = math.hypot(two.value - two.low, one.high - one.value)
    above = math.hypot(two.high - two.value, one.value - one.low)
    between = _interval(gap, gap - below, gap + above, confidence, "Newcombe hybrid score")
    if 0 in (one.value, two.value) or one.value == two.value == 1:
        return Differences(gap=between, ratio=None)
    half = normal_quantile(confidence) * math.sqrt(
        sum(1 / group.count - 1 / group.population for group in (first, last))
    )
    return Differences(
        gap=between, ratio=_ratio(two.value / one.value, half, confidence, "Katz log")
    )


def differs(
    interval: Interval, reference_low: float, reference_high: float
) -> Literal["higher", "lower", "no clear difference"]:
    """Whether the whole interval is above or below the range that the rounding of a known value
    hides.

    Overlap of two intervals is no such test: use `gap_and_ratio`.
    """
    if interval.low > reference_high:
        return "higher"
    return "lower" if interval.high < reference_low else "no clear difference"


def check_counts(count: int, population: float) -> None:
    """Raise ValueError for counts out of people that cannot be."""
    without_fault(
        None,
        (count < 0, "a count must not be negative"),
        (not 0 < population < math.inf, "a population must be above 0"),
        (count > population, "more were counted than there are in the population"),
    )


def _interval(value: float, low: float, high: float, confidence: float, method: str) -> Interval:
    # The sums can pass the value by the last digit.
    return Interval(
        value=value,
        low=min(low, value),
        high=max(high, value),
        confidence=confidence,
        method=method,
    )


def _ratio(value: float, half: float, confidence: float, method: str) -> Interval:
    return _interval(value, value * math.exp(-half), value * math.exp(half), confidence, method)


def _dot(left: Iterable[float], right: Iterable[float]) -> float:
    return math.fsum(a * b for a, b in zip(left, right, strict=True))


def wilson_limits(share: float, population: float, confidence: float = 0.95) -> tuple[float, float]:
    """Wilson's score limits of a share of a number of people, which may be an effective number."""
    square = normal_quantile(confidence) ** 2
    middle, whole = share * population + square / 2, population + square
    half = math.sqrt(square * (square / 4 + share * (1 - share) * population))
    low = max(0.0, (middle - half) / whole) if share > 0 else 0.0
    return low, min(1.0, (middle + half) / whole) if share < 1 else 1.0


def _poisson_limits(events: int, confidence: float) -> tuple[float, float, str]:
    """Limits of the mean of a Poisson count, and the method that made them."""
    z, more = normal_quantile(confidence), events + 1
    if events >= EXACT_BELOW:
        low = events * (1 - 1 / (9 * events) - z / (3 * math.sqrt(events))) ** 3
        high = more * (1 - 1 / (9 * more) + z / (3 * math.sqrt(more))) ** 3
        return low, high, "Byar's approximation"
    # Imported here because it adds more than 100 milliseconds to the start, and few rates need it.
    from scipy.special import gammaincinv

    tail = (1 - confidence) / 2
    low = float(gammaincinv(events, tail)) if events else 0.0
    return low, float(gammaincinv(more, 1 - tail)), "exact Poisson"
