"""What an unsure number is drawn from, and draws by name with a kept seed.

No step or option is known here.
"""

import math
import zlib
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

from planner.analysis.calculation.formulas import Draws, Value
from planner.model.base import Range, T

LIMIT = 1.959963984540054
"""How many standard deviations from its middle a normal has its 95% limits."""

Scale = Literal["log", "share", "plain"]
"""Where low, central and high are drawn: on the log, between 0 and 1, or as they stand."""


@dataclass(frozen=True)
class Distribution:
    """What a number is drawn from.

    "fixed" (a); "beta" (a, b); "lognormal" (median a, and its 95% limits b and c, of which only
    the ratio counts). "split" and "log split" have their 2.5th percentile at a, their median at b
    and their 97.5th percentile at c: half of a normal on either side of the median, each with a
    width of its own, on the number or on its log. A split is cut at `lowest` and `highest`, which
    moves none of the three.
    """

    shape: Literal["fixed", "beta", "lognormal", "split", "log split"]
    a: float
    b: float = 0.0
    c: float = 0.0
    lowest: float = -math.inf
    highest: float = math.inf

    def draw(self, generator: np.random.Generator, size: int) -> Value:
        """That many draws; one number where it is fixed."""
        match self.shape:
            case "beta":
                return generator.beta(self.a, self.b, size)
            case "fixed":
                return self.a
            case _:
                return self.from_normal(generator.standard_normal(size))

    def from_normal(self, normal: Draws) -> Draws:
        """Standard normal draws made into this one's, in the array they came in.

        Only for the shapes that are made from a normal: lognormal, split and log split.
        """
        middle = self.b
        match self.shape:
            case "lognormal":
                middle = self.a
                below = above = math.log(self.c / self.b) / 2
            case "log split":
                below, above = math.log(self.b / self.a), math.log(self.c / self.b)
            case _:
                below, above = self.b - self.a, self.c - self.b
        # Two lines through the middle: the steeper is the higher one above it and the lower one
        # below it, so that the larger (or the smaller) of both is the right one on either side.
        choose = np.maximum if above > below else np.minimum
        left = normal * (below / LIMIT)
        normal *= above / LIMIT
        choose(left, normal, out=normal)
        if self.shape == "split":
            normal += middle
            return np.clip(normal, self.lowest, self.highest, out=normal)
        np.exp(normal, out=normal)
        normal *= middle
        return normal

    @property
    def words(self) -> str:
        """What it is, in words."""
        match self.shape:
            case "fixed":
                return f"fixed at {self.a:g}"
            case "beta":
                return f"beta ({self.a:g}, {self.b:g})"
            case "lognormal":
                return f"log-normal, median {self.a:g}, 95% from {self.b:g} to {self.c:g}"
            case "log split":
                return f"split log-normal, {self._in_words}"
            case "split":
                cut = [f"{end:g}" for end in (self.lowest, self.highest) if math.isfinite(end)]
                return f"split normal, {self._in_words}" + (
                    f", cut at {' and '.join(cut)}" if cut else ""
                )

    @property
    def _in_words(self) -> str:
        return f"median {self.b:.4g}, 95% from {self.a:.4g} to {self.c:.4g}"


def by_range(values: Range, scale: Scale) -> Distribution:
    """A split normal over low, central and high; a fixed number where they are one.

    On the log for rates, hours, money and ratios, or cut at 0 where low is 0, which has no log; cut
    at 0 and 1 for shares; plain for what may have either sign.
    """
    ends = values.low, values.central, values.high
    if values.low == values.high:
        return Distribution("fixed", values.central)
    if scale == "log" and values.low > 0:
        return Distribution("log split", *ends)
    return Distribution(
        "split",
        *ends,
        lowest=-math.inf if scale == "plain" else 0.0,
        highest=1.0 if scale == "share" else math.inf,
    )


class Stream:
    """Draws by name: the same name, seed and chunk give the same draws whatever else is drawn.

    So the order of options changes nothing, and two options that share an assumption share its
    draws.
    """

    def __init__(self, seed: int, chunk: int, size: int) -> None:
        self.seed, self.chunk, self.size = seed, chunk, size
        self._cache: dict[Hashable, Any] = {}
        self._bits = np.random.PCG64(0)
        self._numbers = np.random.Generator(self._bits)

    def once(self, of: Hashable, make: Callable[[], T]) -> T:
        """What is made once of one thing with these draws, and then kept under it, since several
        have need of it."""
        if of not in self._cache:
            self._cache[of] = make()
        value: T = self._cache[of]
        return value

    def of(self, name: str, distribution: Distribution) -> Value:
        """The draws of that name; one number where it is fixed."""
        if distribution.shape == "fixed":
            return distribution.a
        return distribution.draw(self._generator(name), self.size)

    def shared(self, name: str, distribution: Distribution) -> Value:
        """The draws of that name, kept since others have need of the same."""
        return self.once((name, distribution), lambda: self.of(name, distribution))

    def reuse(self, name: str, distribution: Distribution) -> Value:
        """The draws of that name, kept in the process for the last few; not to be written in."""
        if distribution.shape == "fixed":
            return distribution.a
        return _last_draws(self.seed, self.chunk, self.size, name, distribution)

    def normal(self, name: str) -> Draws:
        """Standard normal draws of that name."""
        return self._generator(name).standard_normal(self.size)

    def _generator(self, name: str) -> np.random.Generator:
        """Numpy's generator, put to where the draws of that name start."""
        self._bits.state = _start(self.seed, name, self.chunk)
        return self._numbers


@lru_cache(maxsize=64)
def _last_draws(seed: int, chunk: int, size: int, name: str, distribution: Distribution) -> Value:
    draws = Stream(seed, chunk, size).of(name, distribution)
    np.asarray(draws).setflags(write=False)
    return draws


@lru_cache(maxsize=4096)
def _start(seed: int, name: str, chunk: int) -> Any:
    """Where the draws of that name start, as numpy's generator has it; kept, since every run of a
    plan starts there again."""
    words = np.random.SeedSequence([seed, zlib.crc32(name.encode()), chunk])
    return np.random.PCG64(words).state
