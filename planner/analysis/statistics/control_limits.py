"""Funnels, which show units of all sizes that chance alone may explain; no wording or rounding."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

from planner.analysis.statistics.intervals import Interval, normal_quantile

# People out of people, or events over people or time.
Measure = Literal["proportion", "rate"]


@dataclass(frozen=True, kw_only=True)
class Dispersion:
    """How far units stand from the centre: `phi` is about 1 where chance alone is at work.

    `between` is the standard deviation of units' own true values, in the units of the centre: 0
    where units are not over-dispersed.
    """

    phi: float
    over_dispersed: bool
    between: float


def funnel_limits(
    centre: float, population: float, confidence: float, kind: Measure, between: float = 0.0
) -> Interval:
    """Control limits around the centre for a unit with that many people, in the units of the
    centre.

    They are exact: where the centre is true, a count is below the low limit when so few or fewer
    have a chance under half of 1 - confidence, and above the high one when so many or more have.
    Counts are binomial for a proportion and Poisson for a rate (Spiegelhalter 2005), carried on
    between whole counts by the incomplete beta and gamma functions, so that limits run smoothly
    with size. Where even a count of 0 is likelier than that the low limit is 0, with nothing below
    it; a proportion's high limit is 1 likewise. So chance alone raises no more false alarms than
    said, and in small units far fewer.

    Where units' own true values differ with a standard deviation of `between`, each half of the
    exact limits and z times `between` are combined as the root of the sum of their squares, to 0
    and a proportion's 1 at most: Spiegelhalter's additive random effects, under which a unit is as
    likely to be outside whatever its size.
    """
    low, high = _limits(centre, population, confidence, kind)
    # They can pass it by the last digit.
    low, high = min(low, centre), max(high, centre)
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
    """How much further units spread around the centre than chance would make them (Spiegelhalter
    2005).

    Each unit is a count and a population; its z-score is its distance from the centre over the
    standard error s there. The lowest and highest tenth of units (`winsorise`, rounded down) are
    drawn in to the next score, so that a wild unit counts for little. Phi is the mean square, over
    what it would be for a normal curve drawn in alike, 0.6787 for a tenth at each end: so it is
    about 1 by chance alone, where without that correction it would be about 0.7. Units are
    over-dispersed where phi is above 1 + 2 sqrt(2 / units), which chance alone brings about 5 to 7
    times in a hundred.

    The variance between units is then (units phi - (units - 1)) / (sum w - sum w^2 / sum w), or 0
    if that is below 0, with w = 1 / s^2: the additive random-effects model, by DerSimonian and
    Laird's moments (1986). Where units differ much in size, drawing in reaches large units most,
    and the standard deviation found is some 6% low. The centre is above 0, and below 1 for a
    proportion; below five units there is no measure of dispersion.
    """
    scores, weights = [], []
    for count, population in units:
        expected = centre * population
        variance = expected * (1 - centre) if kind == "proportion" else expected
        scores.append((count - expected) / math.sqrt(variance))
        weights.append(population * population / variance)
    scores.sort()
    winsorised = int(winsorise * len(scores) + 1e-9)
    lowest, highest = scores[winsorised], scores[-1 - winsorised]
    square = sum(min(max(score, lowest), highest) ** 2 for score in scores) / len(scores)
    phi = square / _square_root_scale(winsorised / len(scores))
    threshold = 1 + 2 * math.sqrt(2 / len(scores))
    whole = sum(weights)
    excess = max(0.0, len(scores) * phi - (len(scores) - 1)) if phi > threshold else 0.0
    return Dispersion(
        phi=phi,
        over_dispersed=phi > threshold,
        between=math.sqrt(excess / sum(w * (1 - w / whole) for w in weights)),
    )


def _square_root_scale(share: float) -> float:
    """The mean square of a normal curve when that share at each end is drawn in to where it
    begins."""
    if share == 0:
        return 1.0
    z = NormalDist().inv_cdf(1 - share)
    return 1 - 2 * share - 2 * z * NormalDist().pdf(z) + 2 * share * z * z


def _limits(
    centre: float, population: float, confidence: float, kind: Measure
) -> tuple[float, float]:
    """The limits before any widening: the counts, not always whole, whose tails hold the chance
    promised."""
    # Imported here because it adds more than 100 milliseconds to the start, and only a funnel needs
    # it.
    from scipy.special import bdtrik, btdtria, gdtrib

    if kind == "proportion" and centre > 0.5:
        # Taken from the other end, where `bdtrik` keeps more digits.
        others = _limits(1 - centre, population, confidence, kind)
        return 1 - others[1], 1 - others[0]
    promised, expected = (1 - confidence) / 2, centre * population
    if expected == 0:
        return centre, centre
    if kind == "rate":
        # Not `pdtrik`, whose answers are wrong from some ten thousand million events on.
        low = gdtrib(1, 1 - promised, expected) - 1 if math.exp(-expected) < promised else 0.0
        return float(low) / population, float(gdtrib(1, promised, expected)) / population
    low = bdtrik(promised, population, centre) if (1 - centre) ** population < promised else 0.0
    high: float = population
    if -math.expm1(population * math.log1p(-centre)) < promised:
        # Even one person is too many, and below a count of 1 `bdtrik` has no answer but from the
        # other end, to a ten-thousand-millionth of the population. Five rounds of the beta's own
        # inverse give the rest.
        high = population - float(bdtrik(promised, population, 1 - centre))
        for _ in range(5):
            high = float(btdtria(promised, population - high + 1, max(centre, 1e-300)))
    elif centre**population < promised:
        high = 1 + float(bdtrik(1 - promised, population, centre))
    return float(low) / population, high / population
