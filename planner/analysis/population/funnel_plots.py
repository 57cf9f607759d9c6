"""Places set side by side in funnels, one for each class and level. No words but the finding."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from planner.analysis.formatting import capital, is_shown, local_counts, rounded, to_five
from planner.analysis.statistics.control_limits import Measure, dispersion, funnel_limits
from planner.analysis.statistics.group_rates import per_thousand_of
from planner.analysis.statistics.intervals import Interval, proportion
from planner.model.areas import Area, Areas
from planner.model.base import ByQuintile, grouped
from planner.model.intake import Level
from planner.model.prescribing import UNKNOWN, ByClass, MedicineClass

SMALLER = (Level.AREA, Level.SUB_ICB, Level.PCN, Level.PRACTICE)
CURVE_POINTS = 30
FEWEST_PLACES = 5
"""Fewer give no measure of how far places differ."""
NO_LOCALITY = "No locality given"


@dataclass(frozen=True, kw_only=True)
class FunnelPoint:
    """One place in a funnel: its people, its number per 1,000, and where it stands.

    `low` and `high` are the 99.8% limits per 1,000 for a place of its size. People have a 95%
    Wilson interval; items have none, for items of one person are not apart from each other.
    """

    code: str
    name: str
    population: int
    value: float
    interval: Interval | None
    low: float
    high: float
    outside: str

    @property
    def display(self) -> str:
        """The number per 1,000, with its interval if it has one."""
        if self.interval is None:
            return rounded(self.value, 1)
        low, high = rounded(self.interval.low, 1), rounded(self.interval.high, 1)
        return f"{rounded(self.value, 1)} ({low} to {high})"


@dataclass(frozen=True, kw_only=True)
class FunnelCurve:
    """The control limits per 1,000 for a place of that many people."""

    population: int
    low_95: float
    high_95: float
    low_998: float
    high_998: float


@dataclass(frozen=True, kw_only=True)
class ClassFunnel:
    """One class over the places of one level, beside what chance would give around their own
    overall rate.

    `counts` says whether people or items are counted. Where places differ among themselves by more
    than chance, as they mostly do, `over_dispersed` is true and limits also allow for the spread
    between places: `between`, a standard deviation per 1,000, by additive random effects
    (Spiegelhalter 2005).
    """

    medicine_class: MedicineClass
    level: Level
    counts: str
    centre: float
    points: tuple[FunnelPoint, ...]
    curve: tuple[FunnelCurve, ...]
    phi: float
    over_dispersed: bool
    finding: str

    @property
    def spread(self) -> str:
        """In words, whether places differ by more than chance alone; empty where they do not."""
        if not self.over_dispersed:
            return ""
        return (
            f"{capital(self.level.several)} differ by more than chance alone (over-dispersion, "
            f"{rounded(self.phi, 1)} times the variance of chance), and the limits allow for that."
        )

    @property
    def standing_out(self) -> tuple[FunnelPoint, ...]:
        """Places outside the 99.8% limits, by name."""
        return tuple(sorted((p for p in self.points if p.outside), key=lambda p: in_order(p.name)))


def areas_at(current: Areas, level: Level) -> tuple[Area, ...]:
    """The places of one level, as given; what they lack is added up from practices that say where
    they belong."""
    field = {Level.PCN: "pcn", Level.SUB_ICB: "sub_icb", Level.AREA: "area"}.get(level)
    given = {area.code: area for area in current.of(level)}
    if field is None:
        return tuple(given.values())
    practices = [one for one in current.of(Level.PRACTICE) if getattr(one, field)]
    codes: dict[str, str] = {}
    if level is Level.AREA and practices:
        # A locality of the user's own is known by its name where it has no code, and practices that
        # are in none stand together, lest the others pass as the whole board.
        codes = {area.name: area.code for area in given.values()} | {"": NO_LOCALITY}
        practices = list(current.of(Level.PRACTICE))
    groups = grouped(
        practices,
        key=lambda practice: codes.get(getattr(practice, field), getattr(practice, field)),
    )
    return tuple(
        _fill(given.get(code), _added(code, level, groups[code], number))
        if code in groups
        else given[code]
        for number, code in enumerate(sorted(set(given) | set(groups)), start=1)
    )


def _fill(given: Area | None, added: Area) -> Area:
    if given is None:
        return added
    return given.model_copy(
        update={
            "population": added.population if given.population is None else given.population,
            "items": added.items if given.items == UNKNOWN else given.items,
            "people_by_fifth": given.people_by_fifth
            if any(count is not None for count in given.people_by_fifth)
            else added.people_by_fifth,
        }
    )


def _added(name: str, level: Level, group: Sequence[Area], number: int) -> Area:
    """Practices of one place added up: people registered and items, never people prescribed.

    A locality has a name and no code, so it is given one by its number.
    """

    def total(values: Sequence[int | None]) -> int | None:
        return None if None in values else sum(value or 0 for value in values)

    return Area(
        code=f"locality-{number}" if level is Level.AREA else name,
        name=name,
        level=level,
        population=total([area.population for area in group]),
        items=ByClass(
            total(counts) for counts in zip(*(area.items for area in group), strict=True)
        ),
        people_by_fifth=ByQuintile(
            total(counts) for counts in zip(*(area.people_by_fifth for area in group), strict=True)
        ),
    )


def in_order(name: str) -> list[tuple[int, str]]:
    """A key that puts Network 9 before Network 10."""
    return [
        (int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)
    ]


def funnels(current: Areas, included: tuple[MedicineClass, ...]) -> tuple[ClassFunnel, ...]:
    """Every funnel there can be."""
    areas = {
        level: tuple(area for area in areas_at(current, level) if area.population)
        for level in SMALLER
    }
    every = (_funnel(level, c, there) for level, there in areas.items() for c in included)
    return tuple(funnel for funnel in every if funnel is not None)


@lru_cache(maxsize=64)
def _funnel(
    level: Level, medicine_class: MedicineClass, areas: tuple[Area, ...]
) -> ClassFunnel | None:
    """One funnel, kept while its places are the same, since hundreds of limits are worked out for
    it."""
    people = [area.patients.of(medicine_class) for area in areas]
    by_people = sum(is_shown(words) for words in local_counts(people)) >= 5
    values = people if by_people else [area.items.of(medicine_class) for area in areas]
    hidden = local_counts(people) if by_people else [""] * len(areas)
    units = [
        (area, count)
        for area, count, words in zip(areas, values, hidden, strict=True)
        if count is not None
        and (not by_people or is_shown(words) and count <= (area.population or 0))
    ]
    total = sum(area.population or 0 for area, _ in units)
    counted = sum(count for _, count in units)
    if len(units) < FEWEST_PLACES or not counted or by_people and counted >= total:
        return None
    kind: Measure = "proportion" if by_people else "rate"
    centre = counted / total
    spread = dispersion(
        [(count, float(area.population or 0)) for area, count in units], centre, kind
    )
    points = tuple(_point(area, count, centre, kind, spread.between) for area, count in units)
    return ClassFunnel(
        medicine_class=medicine_class,
        level=level,
        counts="people" if by_people else "items",
        centre=centre * 1000,
        points=points,
        curve=_curve([area.population or 0 for area, _ in units], centre, kind, spread.between),
        phi=spread.phi,
        over_dispersed=spread.over_dispersed,
        finding=_finding(medicine_class, level, points, by_people),
    )


def _point(area: Area, count: int, centre: float, kind: Measure, between: float) -> FunnelPoint:
    people, by_people = area.population or 0, kind == "proportion"
    # A rate of people must not tell their exact number.
    display = to_five(count) if by_people else count
    result = proportion(min(display, people), people) if by_people else None
    limits = funnel_limits(centre, people, 0.998, kind, between)
    here = count / people
    return FunnelPoint(
        code=area.code,
        name=area.name,
        population=people,
        value=display * 1000 / people,
        interval=result and per_thousand_of(result),
        low=limits.low * 1000,
        high=limits.high * 1000,
        outside="above" if here > limits.high else "below" if here < limits.low else "",
    )


def _curve(
    populations: Sequence[int], centre: float, kind: Measure, between: float
) -> tuple[FunnelCurve, ...]:
    least, most = max(1, min(populations)), max(populations)
    sizes = sorted(
        {round(least * (most / least) ** (step / CURVE_POINTS)) for step in range(CURVE_POINTS + 1)}
    )
    limits = (
        [funnel_limits(centre, size, level, kind, between) for level in (0.95, 0.998)]
        for size in sizes
    )
    return tuple(
        FunnelCurve(
            population=size,
            low_95=near.low * 1000,
            high_95=near.high * 1000,
            low_998=far.low * 1000,
            high_998=far.high * 1000,
        )
        for size, (near, far) in zip(sizes, limits, strict=True)
    )


def _finding(
    medicine_class: MedicineClass,
    level: Level,
    points: Sequence[FunnelPoint],
    by_people: bool,
) -> str:
    name = capital(medicine_class.label)
    above, below = (sum(p.outside == side for p in points) for side in ("above", "below"))
    what = "people" if by_people else "items"
    if not above and not below:
        return f"{name}: no {level.label} stands out; {what} per 1,000 are within the 99.8% limits."
    return (
        f"{name}: {above} of {len(points)} {level.several} above the 99.8% limits for {what} per "
        f"1,000, and {below} below them."
    )
