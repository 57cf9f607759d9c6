"""Need by smaller place, places that stand out from chance, lines of enquiry. Never a ranking."""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate

from planner.analysis.formatting import (
    is_shown,
    listed,
    listed_in_part,
    local_counts,
    percent,
    rounded,
    to_five,
)
from planner.analysis.population.funnel_plots import (
    SMALLER,
    ClassFunnel,
    areas_at,
    funnels,
    in_order,
)
from planner.analysis.population.need import Need
from planner.model.areas import Area
from planner.model.base import Range
from planner.model.intake import Level
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData, ResultNotes

NAMED_AT_MOST = 6


@dataclass(frozen=True, kw_only=True)
class PlaceRow:
    """One smaller place: its people, its part of the board's need, and what that comes to
    (modelled).

    `share` is its part of the need: of the people counted where every place's count may be shown,
    else of items, each class weighted by its long-term people.
    """

    code: str
    name: str
    level: Level
    population: int | None
    share: float | None
    demand: Range | None
    most_deprived_share: float | None


@dataclass(frozen=True, kw_only=True)
class LineOfEnquiry:
    """Something worth asking about, with what it may mean and what to ask before believing it."""

    about: str
    finding: str
    may_mean: tuple[str, ...]
    ask_first: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Places:
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
            (f for f in self.funnels if f.level is level and f.medicine_class is medicine_class),
            None,
        )


def places(plan: Plan, need: Need, reference: ReferenceData) -> Places:
    """Need by place, and which places stand further from the rest than chance and their usual
    spread allow.

    PCNs and sub-ICB locations are added up from practices where they are not given themselves:
    items and registered people can be added, people prescribed cannot. Need is apportioned by each
    place's part of what is counted.
    """
    current = plan.areas
    if not current.areas:
        return Places(
            levels=(),
            rows=(),
            funnels=(),
            lines=(),
            where_most="",
            where_gap="",
            missing_because="no practices, PCNs or other places have been brought in",
        )
    by_level = {level: areas_at(current, level) for level in SMALLER}
    levels = tuple(level for level, areas in by_level.items() if areas)
    rows = tuple(
        row for level in levels for row in _rows(by_level[level], plan.prescribing.included, need)
    )
    result = funnels(current, plan.prescribing.included)
    broad = next(
        (level for level in (Level.AREA, Level.PCN, Level.SUB_ICB) if level in levels), levels[-1]
    )
    return Places(
        levels=levels,
        rows=rows,
        funnels=result,
        lines=tuple(_line(funnel, reference.notes) for funnel in result if funnel.standing_out),
        where_most=_where_most(
            [row for row in rows if row.level is broad],
            [c.label for c in plan.prescribing.included if _parts(by_level[broad], c) is None],
        ),
        where_gap=_where_gap([row for row in rows if row.level is broad]),
    )


def _rows(areas: Sequence[Area], included: Sequence[MedicineClass], need: Need) -> list[PlaceRow]:
    shares = _shares(areas, included, need)
    return [
        PlaceRow(
            code=area.code,
            name=area.name,
            level=area.level,
            population=area.population,
            share=shares.get(area.code),
            demand=need.demand.scaled(shares[area.code])
            if need.demand and area.code in shares
            else None,
            most_deprived_share=area.most_deprived_share,
        )
        for area in sorted(areas, key=lambda area: in_order(area.name))
    ]


def _shares(
    areas: Sequence[Area], included: Sequence[MedicineClass], need: Need
) -> dict[str, float]:
    """Each place's part of the need: its part of each class, weighted by the people the class is
    long-term for.

    A class counts where every place has a number for it: people, rounded as they are shown, where
    none has to be hidden, else items.
    """
    added: dict[str, float] = defaultdict(float)
    weight_of_all = 0.0
    for medicine_class in included:
        row, parts = need.of(medicine_class), _parts(areas, medicine_class)
        if row is None or row.long_term is None or parts is None:
            continue
        weight_of_all += row.long_term.central
        for area, part in zip(areas, parts, strict=True):
            added[area.code] += row.long_term.central * part
    return {code: value / weight_of_all for code, value in added.items()} if weight_of_all else {}


def _parts(areas: Sequence[Area], medicine_class: MedicineClass) -> list[float] | None:
    people = [area.patients.of(medicine_class) for area in areas]
    sound = all(
        is_shown(words) and (count or 0) <= (area.population or count or 0)
        for area, count, words in zip(areas, people, local_counts(people), strict=True)
    )
    weights = (
        [to_five(count or 0) for count in people]
        if sound
        else [area.items.of(medicine_class) for area in areas]
    )
    whole = sum(weight or 0 for weight in weights)
    if not whole or any(weight is None for weight in weights):
        return None
    return [(weight or 0) / whole for weight in weights]


def _line(funnel: ClassFunnel, notes: ResultNotes) -> LineOfEnquiry:
    sides = {
        side: [
            f"{p.name} ({p.display}, limits {rounded(p.low, 1)} to {rounded(p.high, 1)})"
            for p in funnel.standing_out
            if p.outside == side
        ]
        for side in ("above", "below")
    }
    parts = [
        f"{side} the rest: {listed_in_part(points, NAMED_AT_MOST, NAMED_AT_MOST)}"
        for side, points in sides.items()
        if points
    ]
    title = listed_in_part([point.name for point in funnel.standing_out], 3, 2)
    return LineOfEnquiry(
        about=f"{funnel.medicine_class.label}, {funnel.level.several}: {title}",
        finding=(
            f"{funnel.counts.capitalize()} per 1,000 stand outside the 99.8% limits around "
            f"{rounded(funnel.centre, 1)}: {'; '.join(parts)}. In order of name; limits are for a "
            "place of that size." + (f" {funnel.spread}" if funnel.spread else "")
        ),
        may_mean=tuple(
            reason.text
            for reason in notes.outlier_reasons
            if not reason.of_items or funnel.counts == "items"
        ),
        ask_first=notes.outlier_questions,
    )


def _where_most(rows: Sequence[PlaceRow], left_out: list[str]) -> str:
    """Where a service in one place would be near most of the people it is for.

    No part of the need rests on the classes `left_out`, because a place lacks a number for them.
    """
    known = sorted(
        (row for row in rows if row.share is not None), key=lambda row: -(row.share or 0)
    )
    if len(known) < 2:
        return (
            "Where most of the need lies cannot be said: not every place has a number for any "
            "class."
        )
    without = (
        f" Without {listed(left_out)}, for which not every place has a number." if left_out else ""
    )
    covered = [*accumulate(row.share or 0 for row in known)]
    half = min(bisect_left(covered, 0.5) + 1, len(known))
    first = min(half, NAMED_AT_MOST)
    names = listed(sorted((row.name for row in known[:first]), key=in_order))
    part = percent(covered[first - 1])
    several = rows[0].level.several
    if half > NAMED_AT_MOST:
        return (
            f"Need is spread: it takes {half} of {len(known)} {several} to hold half of it "
            f"(modelled). {names} together hold {part}.{without}"
        )
    return (
        f"{names}, {half} of {len(known)} {several}, together hold {part} of the need (modelled). "
        f"A localised service there would be near most people.{without}"
    )


def _where_gap(rows: Sequence[PlaceRow]) -> str:
    """Where a service would be near people in the most deprived fifth of areas."""
    known = [row for row in rows if row.most_deprived_share is not None and row.population]
    if len(known) < 2:
        return (
            "Where a service would narrow a gap cannot be said yet: bring the people of each place "
            "by deprivation fifth (the planner's own table has a column for it)."
        )
    people = {row.code: (row.population or 0) * (row.most_deprived_share or 0) for row in known}
    whole = sum(people.values())
    overall = whole / sum(row.population or 0 for row in known)
    high = [row for row in known if (row.most_deprived_share or 0) > overall]
    if not whole or not high:
        return "No place here has people in the most deprived fifth of areas."
    share = sum(people[row.code] for row in high) / whole
    names = listed(sorted((row.name for row in high), key=in_order))
    return (
        f"{names} hold {percent(share)} of the people here who live in the most deprived fifth of "
        "areas. A service there would be near them. That narrows a gap only for classes prescribed "
        "more there (see inequalities), and only if they come."
    )
