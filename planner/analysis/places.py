"""Need by smaller place, which places stand out from chance, and lines of enquiry. Never a ranking or a verdict."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache

from planner.analysis.funnel import dispersion, funnel_limits
from planner.analysis.groups import per_thousand
from planner.analysis.need import Need
from planner.analysis.rates import Interval, TooFew, proportion, rate
from planner.analysis.wording import is_shown, listed, local_counts, percent, rounded
from planner.model.areas import Area, Areas
from planner.model.base import Frozen, Range
from planner.model.intake import Level
from planner.model.plan import Plan
from planner.model.prescribing import UNKNOWN, MedicineClass

CLASSES = list(MedicineClass)
SMALLER = (Level.AREA, Level.SUB_ICB, Level.PCN, Level.PRACTICE)
CURVE_POINTS = 30
NAMED_AT_MOST = 6

MAY_MEAN = (
    "more people in need, such as older people, people in pain or with long-term conditions",
    "more or fewer people found, coded or referred on",
    "longer or shorter prescriptions, which move items without moving people",
    "a care home, a prison, a student or a branch practice on the list",
    "habits of prescribing, or alternatives that cannot be reached",
)
ASK_FIRST = (
    "Is the list right: its age, deprivation and care homes, and has the practice merged or moved?",
    "Is the period right, and are the codes counted the same everywhere?",
    "How many people are behind the items, and for how long have they been on them?",
    "What do the practice and its patients say is going on, and what would help?",
)


class PlaceRow(Frozen):
    """One smaller place: its people, its part of the board's need, and what that comes to (modelled).

    `share` is the mean over classes of its part of the people counted, where every place's count may be
    shown, else of its part of all items.
    """

    code: str
    name: str
    level: Level
    population: int | None
    share: float | None
    demand: Range | None
    most_deprived_share: float | None


class FunnelPoint(Frozen):
    """One place in a funnel: its people, its rate per 1,000 with an interval, and where it stands."""

    code: str
    name: str
    population: int
    rate: Interval
    outside: str


class FunnelCurve(Frozen):
    """The control limits per 1,000 for a place of that many people."""

    population: int
    low_95: float
    high_95: float
    low_998: float
    high_998: float


class ClassFunnel(Frozen):
    """One class over the places of one level, beside what chance would give around their own overall rate.

    `counts` says whether people or items are counted. Where places differ among themselves by more than
    chance, as they mostly do, limits are widened by the square root of `phi` (Spiegelhalter 2005), and
    `over_dispersed` is true.
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
    def standing_out(self) -> tuple[FunnelPoint, ...]:
        """Places outside the 99.8% limits, by name."""
        return tuple(sorted((p for p in self.points if p.outside), key=lambda p: in_order(p.name)))


class LineOfEnquiry(Frozen):
    """Something worth asking about, with what it may mean and what to ask before believing it."""

    about: str
    finding: str
    may_mean: tuple[str, ...]
    ask_first: tuple[str, ...]


class Places(Frozen):
    """What is known of a board's smaller places. Empty parts have a reason in `missing_because`."""

    levels: tuple[Level, ...]
    rows: tuple[PlaceRow, ...]
    funnels: tuple[ClassFunnel, ...]
    lines: tuple[LineOfEnquiry, ...]
    where_most: str
    where_gap: str
    missing_because: str | None = None

    def at(self, level: Level) -> tuple[PlaceRow, ...]:
        """The places of one level, by name."""
        return tuple(row for row in self.rows if row.level is level)

    def funnel(self, level: Level, medicine_class: MedicineClass) -> ClassFunnel | None:
        """The funnel of one class at one level, if there is one."""
        return next(
            (f for f in self.funnels if f.level is level and f.medicine_class is medicine_class), None
        )


def places(plan: Plan, needed: Need) -> Places:
    """Need by place, and which places stand further from the rest than chance and their usual spread allow.

    PCNs and sub-ICB locations are added up from practices where they are not given themselves: items and
    registered people can be added, people prescribed cannot. Need is apportioned by each place's part of
    what is counted.
    """
    held = plan.areas
    if not held.areas:
        return Places(
            levels=(),
            rows=(),
            funnels=(),
            lines=(),
            where_most="",
            where_gap="",
            missing_because="no practices, PCNs or other places have been brought in",
        )
    by_level = {level: areas_at(held, level) for level in SMALLER}
    levels = tuple(level for level, areas in by_level.items() if areas)
    rows = tuple(row for level in levels for row in _rows(by_level[level], plan.prescribing.included, needed))
    funnels = _funnels(held, plan.prescribing.included)
    broad = next((level for level in (Level.AREA, Level.PCN, Level.SUB_ICB) if level in levels), levels[-1])
    return Places(
        levels=levels,
        rows=rows,
        funnels=funnels,
        lines=tuple(_line(funnel) for funnel in funnels if funnel.standing_out),
        where_most=_where_most([row for row in rows if row.level is broad]),
        where_gap=_where_gap([row for row in rows if row.level is broad]),
    )


def areas_at(held: Areas, level: Level) -> tuple[Area, ...]:
    """The places of one level, as given; what they lack is added up from practices that say where they belong."""
    field = {Level.PCN: "pcn", Level.SUB_ICB: "sub_icb"}.get(level)
    given = {area.code: area for area in held.of(level)}
    if field is None:
        return tuple(given.values())
    groups: dict[str, list[Area]] = defaultdict(list)
    for practice in held.of(Level.PRACTICE):
        if getattr(practice, field):
            groups[getattr(practice, field)].append(practice)
    return tuple(
        _filled(given.get(code), _added(code, level, groups[code])) if code in groups else given[code]
        for code in sorted(set(given) | set(groups))
    )


def _filled(given: Area | None, added: Area) -> Area:
    if given is None:
        return added
    return given.model_copy(
        update={
            "population": added.population if given.population is None else given.population,
            "items": added.items if given.items == UNKNOWN else given.items,
        }
    )


def _added(code: str, level: Level, group: Sequence[Area]) -> Area:
    """Practices of one place added up: people registered and items, never people prescribed."""

    def total(values: Sequence[int | None]) -> int | None:
        return None if any(value is None for value in values) else sum(value or 0 for value in values)

    return Area(
        code=code,
        name=code,
        level=level,
        population=total([area.population for area in group]),
        items=tuple(total([area.items[i] for area in group]) for i in range(len(CLASSES))),
    )


def in_order(name: str) -> list[tuple[int, str]]:
    """A key that puts Network 9 before Network 10."""
    return [(int(part), "") if part.isdecimal() else (-1, part) for part in re.split(r"(\d+)", name)]


def _rows(areas: Sequence[Area], included: Sequence[MedicineClass], needed: Need) -> list[PlaceRow]:
    shares: dict[str, list[float]] = defaultdict(list)
    for medicine_class in included:
        place = CLASSES.index(medicine_class)
        people = [area.patients[place] for area in areas]
        open_to_all = all(is_shown(words) for words in local_counts(people))  # else a part would tell a count
        weights = people if open_to_all else [area.items[place] for area in areas]
        whole = sum(weight or 0 for weight in weights)
        if whole and all(weight is not None for weight in weights):
            for area, weight in zip(areas, weights, strict=True):
                shares[area.code].append((weight or 0) / whole)
    rows = []
    for area in sorted(areas, key=lambda area: in_order(area.name)):
        parts = shares[area.code]
        share = sum(parts) / len(parts) if parts else None
        rows.append(
            PlaceRow(
                code=area.code,
                name=area.name,
                level=area.level,
                population=area.population,
                share=share,
                demand=needed.demand.scaled(share) if needed.demand and share is not None else None,
                most_deprived_share=area.most_deprived_share,
            )
        )
    return rows


@lru_cache(maxsize=8)
def _funnels(held: Areas, included: tuple[MedicineClass, ...]) -> tuple[ClassFunnel, ...]:
    """Every funnel there can be; kept while the places are the same, since hundreds of limits are worked out."""
    found = []
    for level in SMALLER:
        areas = [area for area in areas_at(held, level) if area.population]
        for medicine_class in included:
            funnel = _funnel(level, medicine_class, areas)
            if funnel is not None:
                found.append(funnel)
    return tuple(found)


def _funnel(level: Level, medicine_class: MedicineClass, areas: Sequence[Area]) -> ClassFunnel | None:
    place = CLASSES.index(medicine_class)
    people = [area.patients[place] for area in areas]
    by_people = sum(is_shown(words) for words in local_counts(people)) >= 5
    values = people if by_people else [area.items[place] for area in areas]
    hidden = local_counts(people) if by_people else [""] * len(areas)
    units = [
        (area, count)
        for area, count, words in zip(areas, values, hidden, strict=True)
        if count is not None and (not by_people or is_shown(words) and count <= (area.population or 0))
    ]
    total = sum(area.population or 0 for area, _ in units)
    counted = sum(count for _, count in units)
    if len(units) < 5 or not counted or by_people and counted >= total:
        return None
    kind = "proportion" if by_people else "rate"
    centre = counted / total
    try:
        spread = dispersion([(count, float(area.population or 0)) for area, count in units], centre, kind)  # type: ignore[arg-type]
    except TooFew:
        return None
    points = tuple(_point(area, count, centre, by_people, spread.inflation) for area, count in units)
    return ClassFunnel(
        medicine_class=medicine_class,
        level=level,
        counts="people" if by_people else "items",
        centre=centre * 1000,
        points=points,
        curve=_curve([area.population or 0 for area, _ in units], centre, by_people, spread.inflation),
        phi=spread.phi,
        over_dispersed=spread.over_dispersed,
        finding=_finding(medicine_class, level, points, by_people, spread.over_dispersed),
    )


def _limits(centre: float, people: int, confidence: float, by_people: bool, inflation: float) -> Interval:
    return funnel_limits(centre, people, confidence, "proportion" if by_people else "rate", inflation)


def _point(area: Area, count: int, centre: float, by_people: bool, inflation: float) -> FunnelPoint:
    people = area.population or 0
    found = proportion(count, people) if by_people else rate(count, people)
    limits = _limits(centre, people, 0.998, by_people, inflation)
    here = count / people
    return FunnelPoint(
        code=area.code,
        name=area.name,
        population=people,
        rate=Interval(
            value=found.value * 1000, low=found.low * 1000, high=found.high * 1000, method=found.method
        ),
        outside="above" if here > limits.high else "below" if here < limits.low else "",
    )


def _curve(
    populations: Sequence[int], centre: float, by_people: bool, inflation: float
) -> tuple[FunnelCurve, ...]:
    least, most = max(1, min(populations)), max(populations)
    sizes = sorted(
        {round(least * (most / least) ** (step / CURVE_POINTS)) for step in range(CURVE_POINTS + 1)}
    )
    curve = []
    for size in sizes:
        near, far = (_limits(centre, size, level, by_people, inflation) for level in (0.95, 0.998))
        curve.append(
            FunnelCurve(
                population=size,
                low_95=near.low * 1000,
                high_95=near.high * 1000,
                low_998=far.low * 1000,
                high_998=far.high * 1000,
            )
        )
    return tuple(curve)


def _finding(
    medicine_class: MedicineClass,
    level: Level,
    points: Sequence[FunnelPoint],
    by_people: bool,
    over_dispersed: bool,
) -> str:
    name = medicine_class.words[0].upper() + medicine_class.words[1:]
    above, below = (sum(p.outside == side for p in points) for side in ("above", "below"))
    what = "people" if by_people else "items"
    spread = (
        f" {level.several[0].upper() + level.several[1:]} differ among themselves by more than chance "
        "(over-dispersion), and the limits were widened for that."
        if over_dispersed
        else ""
    )
    if not above and not below:
        return f"{name}: no {level.words} stands out; {what} per 1,000 are within what chance gives.{spread}"
    return (
        f"{name}: of {len(points)} {level.several}, {above} stand above and {below} below the 99.8% limits for {what} "
        f"per 1,000.{spread}"
    )


def _line(funnel: ClassFunnel) -> LineOfEnquiry:
    parts = []
    for side in ("above", "below"):
        points = [point for point in funnel.standing_out if point.outside == side]
        if points:
            named = [f"{p.name} ({per_thousand(p.rate)} per 1,000)" for p in points[:NAMED_AT_MOST]]
            more = f" and {len(points) - NAMED_AT_MOST} more" if len(points) > NAMED_AT_MOST else ""
            parts.append(f"{side} the rest: {listed(named) if not more else ', '.join(named) + more}")
    return LineOfEnquiry(
        about=f"{funnel.medicine_class.words}, {funnel.level.several}",
        finding=(
            f"{funnel.counts.capitalize()} per 1,000 stand outside the 99.8% limits around "
            f"{rounded(funnel.centre, 1)}: {'; '.join(parts)}. In order of name; 95% intervals in brackets."
        ),
        may_mean=MAY_MEAN if funnel.counts == "items" else (*MAY_MEAN[:2], *MAY_MEAN[3:]),
        ask_first=ASK_FIRST,
    )


def _where_most(rows: Sequence[PlaceRow]) -> str:
    """Where a service in one place would be near most of the people it is for."""
    known = sorted((row for row in rows if row.share is not None), key=lambda row: -(row.share or 0))
    if len(known) < 2:
        return ""
    half, covered = 0, 0.0
    while half < len(known) and covered < 0.5:
        covered += known[half].share or 0
        half += 1
    several = rows[0].level.several
    if half > NAMED_AT_MOST:
        first = known[:NAMED_AT_MOST]
        part = percent(sum(row.share or 0 for row in first))
        return (
            f"Need is spread: it takes {half} of {len(known)} {several} to hold half of it (modelled). "
            f"{listed(sorted((row.name for row in first), key=in_order))} together hold {part}."
        )
    return (
        f"{listed(sorted((row.name for row in known[:half]), key=in_order))}, {half} of {len(known)} {several}, together hold "
        f"{percent(covered)} of the need (modelled). A localised service there would be near most people."
    )


def _where_gap(rows: Sequence[PlaceRow]) -> str:
    """Where a service would be near people in the most deprived fifth of areas."""
    known = [row for row in rows if row.most_deprived_share is not None and row.population]
    if len(known) < 2:
        return (
            "Where a service would narrow a gap cannot be said yet: bring the people of each place by deprivation "
            "fifth (our own table has a column for it)."
        )
    people = {row.code: (row.population or 0) * (row.most_deprived_share or 0) for row in known}
    whole = sum(people.values())
    overall = whole / sum(row.population or 0 for row in known)
    high = [row for row in known if (row.most_deprived_share or 0) > overall]
    if not whole or not high:
        return "No place here has people in the most deprived fifth of areas."
    share = sum(people[row.code] for row in high) / whole
    return (
        f"{listed(sorted((row.name for row in high), key=in_order))} hold {percent(share)} of the people here who live in the most "
        "deprived fifth of areas. A service there would be near them; whether it narrows a gap depends on who comes."
    )
