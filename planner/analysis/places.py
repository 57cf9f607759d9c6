"""Need by smaller place, which places stand out from chance, and lines of enquiry. Never a ranking or a verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from planner.analysis.groups import per_thousand
from planner.analysis.need import Need
from planner.analysis.place_funnels import SMALLER, ClassFunnel, areas_at, funnels, in_order
from planner.analysis.wording import is_shown, listed, local_counts, percent, rounded
from planner.model.areas import Area
from planner.model.base import Frozen, Range
from planner.model.intake import Level
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass

CLASSES = list(MedicineClass)
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
    found = funnels(held, plan.prescribing.included)
    broad = next((level for level in (Level.AREA, Level.PCN, Level.SUB_ICB) if level in levels), levels[-1])
    return Places(
        levels=levels,
        rows=rows,
        funnels=found,
        lines=tuple(_line(funnel) for funnel in found if funnel.standing_out),
        where_most=_where_most([row for row in rows if row.level is broad]),
        where_gap=_where_gap([row for row in rows if row.level is broad]),
    )


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
