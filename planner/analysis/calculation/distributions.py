"""What an unsure number is drawn from, and draws by name with a kept seed.

No step or option is known here.
"""

import zlib
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.analysis.calculation.formulas import Draws, Value
from planner.model.base import Range


@dataclass(frozen=True)
class Distribution:
    """What a number is drawn from.

    "fixed" (a); "beta" (a, b); "pert" and "triangular" (low a, mode b, high c); "gamma" (mean a,
    standard deviation b); "lognormal" (median a, and its 95% limits b and c). PERT is the beta that
    has its mean at (low + 4 mode + high) / 6 (Malcolm and others 1959; Vose).
    """

    shape: Literal["fixed", "beta", "pert", "triangular", "gamma", "lognormal"]
    a: float
    b: float = 0.0
    c: float = 0.0

    def draw(self, generator: np.random.Generator, size: int) -> Value:
        """That many draws; one number where it is fixed."""
        match self.shape:
            case "beta":
                return generator.beta(self.a, self.b, size)
            case "pert":
                wide = self.c - self.a
                return self.a + wide * generator.beta(
                    1 + 4 * (self.b - self.a) / wide, 1 + 4 * (self.c - self.b) / wide, size
                )
            case "triangular":
                return generator.triangular(self.a, self.b, self.c, size)
            case "gamma":
                return generator.gamma((self.a / self.b) ** 2, self.b**2 / self.a, size)
            case "lognormal":
                sigma = (np.log(self.c) - np.log(self.b)) / (2 * 1.959963984540054)
                draws: Draws = np.exp(np.log(self.a) + sigma * generator.standard_normal(size))
                return draws
            case "fixed":
                return self.a

    @property
    def words(self) -> str:
        """What it is, in words."""
        match self.shape:
            case "fixed":
                return f"fixed at {self.a:g}"
            case "beta":
                return f"beta ({self.a:g}, {self.b:g})"
            case "gamma":
                return f"gamma, mean {self.a:g}, standard deviation {self.b:.3g}"
            case "lognormal":
                return f"log-normal, median {self.a:g}, 95% from {self.b:g} to {self.c:g}"
            case "pert" | "triangular":
                name = "PERT" if self.shape == "pert" else "triangular"
                return f"{name}, {self.a:.4g}, {self.b:.4g}, {self.c:.4g}"


def by_range(values: Range, shape: Literal["pert", "triangular"] = "pert") -> Distribution:
    """PERT, or a triangle, over low, central and high; a fixed number where they are one."""
    if values.low == values.high:
        return Distribution("fixed", values.central)
    return Distribution(shape, values.low, values.central, values.high)


class Stream:
    """Draws by name: the same name, seed and chunk give the same draws whatever else is drawn.

    So the order of options changes nothing, and two options that share an assumption share its
    draws.
    """

    def __init__(self, seed: int, chunk: int, size: int) -> None:
        self.seed, self.chunk, self.size = seed, chunk, size
        self._draws: dict[tuple[str, Distribution], Value] = {}

    def of(self, name: str, distribution: Distribution) -> Value:
        """The draws of that name; one number where it is fixed."""
        if distribution.shape == "fixed":
            return distribution.a
        key = (name, distribution)
        if key not in self._draws:
            self._draws[key] = distribution.draw(self._generator(name), self.size)
        return self._draws[key]

    def normal(self, name: str) -> Draws:
        """Standard normal draws of that name."""
        return self._generator(name).standard_normal(self.size)

    def _generator(self, name: str) -> np.random.Generator:
        words = np.random.SeedSequence([self.seed, zlib.crc32(name.encode()), self.chunk])
        return np.random.Generator(np.random.PCG64(words))


def in_order_of(draws: Value, lead: Draws) -> Value:
    """The draws put in the order of the leading ones, so that ranks move together and each spread
    stays as it is.

    Source: Iman and Conover, Communications in Statistics B 1982, 11, 311-334.
    """
    if not isinstance(draws, np.ndarray):
        return draws
    ordered = np.empty_like(draws)
    ordered[np.argsort(lead)] = np.sort(draws)
    return ordered
