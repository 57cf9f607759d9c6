"""Funnels, which show units of all sizes that chance alone may explain; no wording, plan or rounding."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from statistics import NormalDist
from typing import Literal

from planner.analysis.statistics.intervals import Interval, TooFew, normal_quantile
from planner.model.base import Frozen

Measure = Literal["proportion", "rate"]  # people out of people, or events over people or time
Tail = Callable[[float], float]  # the chance of a count as far out as this, which need not be whole
FEWEST_UNITS = 5  # fewer give no measure of dispersion


class Dispersion(Frozen):
    """How far units stand from the centre: `phi` is about 1 where chance alone is at work.

    `between` is the standard deviation of units' own true values, in the units of the centre: 0 where units
    are not over-dispersed.
    """

    phi: float
    threshold: float
    units: int
    over_dispersed: bool
    between: float


def funnel_limits(
    centre: float, population: float, confidence: float, kind: Measure, between: float = 0.0
) -> Interval:
    """Control limits around the centre for a unit with that many people, in the units of the centre.

    They are exact: where the centre is true, a count is below the low limit when so few or fewer have a
    chance under half of 1 - confidence, and above the high one when so many or more have. Counts are
    binomial for a proportion and Poisson for a rate (Spiegelhalter 2005), carried on between whole counts
    by the incomplete beta and gamma functions, so that limits run smoothly with size. Where even a count
    of 0 is likelier than that the low limit is 0, with nothing below it; a proportion's high limit is 1
    likewise. So chance alone raises no more false alarms than said, and in small units far fewer.

    Where units' own true values differ with a standard deviation of `between`, each half of the exact limits
    and z times `between` are combined as the root of the sum of their squares, to 0 and a proportion's 1 at
    most: Spiegelhalter's additive random effects, under which a unit is as likely to be outside whatever its
    size. Raises ValueError for numbers that cannot be.
    """
    _check(centre, population, kind)
    if not 0 <= between < math.inf:
        raise ValueError("the spread between units must be 0 or more; 0 widens nothing")
    low, high = _limits(centre, population, confidence, kind)
    low, high = min(low, centre), max(high, centre)  # they can pass it by the last digit
    method = f"exact {'binomial' if kind == 'proportion' else 'Poisson'} limits around the centre"
    if between:
        more, top = normal_quantile(confidence) * between, 1.0 if kind == "proportion" else math.inf
        low = max(0.0, centre - math.hypot(centre - low, more))
        high = min(top, centre + math.hypot(high - centre, more))
        method += ", widened by the spread between units"
    return Interval(value=centre, low=low, high=high, confidence=confidence, method=method)


def dispersion(
    units: Sequence[tuple[int, float]], centre: float, kind: Measure, winsorise: float = 0.1
) -> Dispersion:
    """How much further units spread around the centre than chance would make them (Spiegelhalter 2005).

    Each unit is a count and a population; its z-score is its distance from the centre over the standard
    error s there. The lowest and highest tenth of units (`winsorise`, rounded down) are drawn in to the next
    score, so that a wild unit counts for little. Phi is the mean square, over what it would be for a normal
    curve drawn in alike, 0.6787 for a tenth at each end: so it is about 1 by chance alone, where without that
    correction it would be about 0.7. Units are over-dispersed where phi is above 1 + 2 sqrt(2 / units), which
    chance alone brings about 5 to 7 times in a hundred.

    The variance between units is then (units phi - (units - 1)) / (sum w - sum w^2 / sum w), or 0 if that is
    below 0, with w = 1 / s^2: the additive random-effects model, by DerSimonian and Laird's moments (1986).
    Where units differ much in size, drawing in reaches large units most, and the standard deviation found is
    some 6% low. Raises TooFew below five units, and ValueError for numbers that cannot be.
    """
    if not 0 < centre < (1 if kind == "proportion" else math.inf):
        raise ValueError("the centre must be above 0, and below 1 for a proportion")
    if not 0 <= winsorise < 0.5:
        raise ValueError("the share drawn in at each end must be from 0 to below a half")
    if len(units) < FEWEST_UNITS:
        raise TooFew(f"dispersion needs {FEWEST_UNITS} units or more; there are {len(units)}")
    scores, weights = [], []
    for count, population in units:
        _check(centre, population, kind, count)
        expected = centre * population
        variance = expected * (1 - centre) if kind == "proportion" else expected
        scores.append((count - expected) / math.sqrt(variance))
        weights.append(population * population / variance)
    scores.sort()
    rendering = int(winsorise * len(scores) + 1e-9)
    lowest, highest = scores[rendering], scores[-1 - rendering]
    square = sum(min(max(score, lowest), highest) ** 2 for score in scores) / len(scores)
    phi = square / _drawn_in_square(rendering / len(scores))
    threshold = 1 + 2 * math.sqrt(2 / len(scores))
    between = 0.0
    if phi > threshold:
        whole = sum(weights)
        excess = len(scores) * phi - (len(scores) - 1)
        between = math.sqrt(max(0.0, excess / sum(w * (1 - w / whole) for w in weights)))
    return Dispersion(
        phi=phi, threshold=threshold, units=len(scores), over_dispersed=phi > threshold, between=between
    )


def _drawn_in_square(share: float) -> float:
    """The mean square of a normal curve when that share at each end is drawn in to where it begins."""
    if share == 0:
        return 1.0
    z = NormalDist().inv_cdf(1 - share)
    return 1 - 2 * share - 2 * z * NormalDist().pdf(z) + 2 * share * z * z


def _check(centre: float, population: float, kind: Measure, count: int = 0) -> None:
    if not 0 <= centre <= (1.0 if kind == "proportion" else math.inf) or centre == math.inf:
        raise ValueError("the centre must not be below 0, nor above 1 for a proportion")
    if not 0 < population < math.inf:
        raise ValueError("a population must be above 0")
    if count < 0:
        raise ValueError("a count must not be negative")
    if kind == "proportion" and count > population:
        raise ValueError("more were counted than there are in the population")


def _limits(centre: float, population: float, confidence: float, kind: Measure) -> tuple[float, float]:
    """The limits before any widening: the counts, not always whole, whose tails hold the chance promised."""
    z, promised = normal_quantile(confidence), (1 - confidence) / 2
    expected = centre * population
    if expected == 0 or (kind == "proportion" and centre == 1):
        return centre, centre
    share, most = centre, population
    if kind == "rate":  # so many have no chance to speak of
        share, most = 0.0, expected + 10 * math.sqrt(expected) + 50
    at_most, at_least = _tails(centre, population, kind)
    low, high = 0.0, most
    if at_most(0) < promised:
        low = _count_at(at_most, promised, -z, expected, share, (0, expected))
    if at_least(most) < promised:
        high = _count_at(at_least, promised, z, expected, share, (expected, most))
    return low / population, high / population


def _tails(centre: float, population: float, kind: Measure) -> tuple[Tail, Tail]:
    """The chance of so few or fewer, up to the expected count, and of so many or more, from it on."""
    expected, other = centre * population, 1 - centre
    if kind == "rate":
        return lambda x: _poisson_at_most(x, expected), lambda x: _poisson_at_least(x, expected)
    return (
        lambda x: _binomial_at_most(x, population - x, centre, other),
        lambda x: _binomial_at_most(population - x, x, other, centre),
    )


def _count_at(
    tail_of: Tail,
    promised: float,
    z: float,
    expected: float,
    share: float,
    within: tuple[float, float],
) -> float:
    """The count whose tail has the chance promised: below the expected count for z below 0, else above.

    It starts at the Cornish-Fisher approximation with a half for continuity, and takes secant steps on the
    normal scale, where the tails are nearly straight lines; a step that leaves the bracket halves it.
    """
    low, high = within
    side, spread = math.copysign(1, z), math.sqrt(expected * (1 - share))
    skew, wanted = 1 - 2 * share, side * -_z_of(promised)
    slope = spread + skew * z / 3
    count = expected + spread * z + skew * (z * z - 1) / 6 + side / 2
    count = count if low < count < high else (low + high) / 2
    before: tuple[float, float] | None = None
    for _ in range(200):
        over = -side * _z_of(tail_of(count)) - wanted
        low, high = (low, count) if over > 0 else (count, high)
        if before and over != before[1]:
            slope = (count - before[0]) / (over - before[1])
        step = count - over * slope
        step = step if low < step < high else (low + high) / 2
        if abs(step - count) <= 1e-9 + 1e-6 * spread:  # the next step would be far smaller still
            return step
        before, count = (count, over), step
    return count


def _z_of(chance: float) -> float:
    return NormalDist().inv_cdf(min(max(chance, 1e-300), 1 - 1e-16))


# Exact tails. With counts carried on between whole ones, each is the tail of a gamma or beta distribution: an
# integral outwards from the centre. Written over the log of the rate, or of the odds, it is smooth, falls
# without a second rise and has no poles near, so that a few fixed points give it to 9 digits at any size.


def _poisson_at_most(count: float, expected: float) -> float:
    """The chance of so few or fewer, for counts up to what is expected: the upper incomplete gamma's."""
    if count == 0:
        return math.exp(-expected)
    more = count + 1
    falling = _outwards(lambda v: more * v - expected * math.expm1(v), expected - more, expected)
    return expected * _poisson(count, expected) * falling


def _poisson_at_least(count: float, expected: float) -> float:
    """The chance of so many or more, for counts from what is expected: the lower incomplete gamma's."""
    chance = 0.0
    while count < 3:  # the integral would fall too slowly
        chance += _poisson(count, expected)
        count += 1
    falling = _outwards(lambda v: -count * v - expected * math.expm1(-v), count - expected, expected)
    return chance + count * _poisson(count, expected) * falling


def _binomial_at_most(count: float, rest: float, share: float, other: float) -> float:
    """The chance of so few or fewer, for counts up to what is expected: the incomplete beta's.

    `rest` is people less the count and `other` 1 - share. Exchange both pairs for so many or more.
    """
    if count == 0:
        return _binomial(0, rest, share, other)
    if rest <= 0:
        return 1.0
    chance = 0.0
    while rest < 3:  # the integral would fall too slowly; one person more has at most so many, or fewer
        chance += share * _binomial(count, rest, share, other)
        rest += 1
    more = count + rest + 1
    falling = _outwards(
        lambda v: -rest * v - more * math.log1p(other * math.expm1(-v)),
        rest - more * other,
        more * share * other,
    )
    return chance + rest * share * _binomial(count, rest, share, other) * falling


def _poisson(count: float, expected: float) -> float:
    """The chance of just that count, by Loader's saddle point (Loader 2000), which keeps its digits."""
    if count == 0:
        return math.exp(-expected)
    log = -_stirling(count) - _deviance(count, expected)
    return math.exp(log) / math.sqrt(2 * math.pi * count)


def _binomial(count: float, rest: float, share: float, other: float) -> float:
    """The chance of just that count with `rest` people not counted, by Loader's saddle point."""
    people = count + rest
    if count == 0:
        return math.exp(people * (math.log1p(-share) if share < 0.5 else math.log(other)))
    log = _stirling(people) - _stirling(count) - _stirling(rest)
    log -= _deviance(count, people * share) + _deviance(rest, people * other)
    return math.exp(log) * math.sqrt(people / (2 * math.pi * count * rest))


def _stirling(x: float) -> float:
    """How far the log of x factorial is above Stirling's formula."""
    if x < 16:
        return math.lgamma(x + 1) - (x + 0.5) * math.log(x) + x - math.log(2 * math.pi) / 2
    square = 1 / (x * x)
    return (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * (1 / 1680 - square / 1188)))) / x


def _deviance(x: float, expected: float) -> float:
    """The sum x log(x / expected) + expected - x, keeping its digits where the two are close."""
    if abs(x - expected) > expected / 2:
        return x * (math.log(x) - math.log(expected)) + expected - x
    separate = (x - expected) / expected
    return expected * ((1 + separate) * math.log1p(separate) - separate)


def _outwards(log: Callable[[float], float], fall: float, bend: float) -> float:
    """The integral from 0 on of e to a concave function that is 0 at 0, from its fall and bend there."""
    reach = 80 / (abs(fall) + math.sqrt(fall * fall + 80 * bend))
    while log(reach) < -60:
        reach /= 1.5
    while log(reach) > -36:  # beyond there is nothing to speak of
        reach *= 1.5
    return reach * sum([weight * math.exp(log(reach * point)) for point, weight in _POINTS])


def _gauss_legendre(points: int) -> list[tuple[float, float]]:
    """Points from 0 to 1 and weights that integrate polynomials exactly, by Newton's steps."""
    rows = []
    for i in range(points):
        x = math.cos(math.pi * (i + 0.75) / (points + 0.5))
        for _ in range(10):
            last, now = 1.0, x
            for n in range(2, points + 1):
                last, now = now, ((2 * n - 1) * x * now - (n - 1) * last) / n
            steep = points * (x * now - last) / (x * x - 1)
            x -= now / steep
        rows.append(((1 + x) / 2, 1 / ((1 - x * x) * steep**2)))
    return rows


_POINTS = _gauss_legendre(28)
