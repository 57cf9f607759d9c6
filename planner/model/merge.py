"""Two people's changes of one plan put together by themselves; what both changed is a conflict.

A plan is taken apart by field, and its lists by row. What one of them changed is taken from that
one. Where both changed the same thing differently, what stands already stays, and the other value
is handed back beside it, so that neither is lost.
"""

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ValidationError

from planner.model.areas import Area, BoardTotals, MonthlyItems
from planner.model.base import ByKey, Frozen, Range
from planner.model.clause_choices import ClauseChoice, IndicatorChoice, OwnClause, OwnIndicator
from planner.model.edit import value_at, with_value, with_values
from planner.model.inequality import AgeSexCounts, Breakdown, ClassInequality, GroupCounts
from planner.model.intake import ColumnMapping, ImportReport
from planner.model.outcomes import ClassOutcome, StaffCap
from planner.model.plan import Agreement, DirectoryEntry, Engagement, Member, Plan, Risk
from planner.model.prescribing import ClassPrescribing
from planner.model.service import OtherCost, Post, ServiceOption

RowKey = Callable[[Any], Hashable]
IDS: dict[type[Frozen], RowKey] = {
    ClassPrescribing: lambda row: row.medicine_class,
    ClassInequality: lambda row: row.medicine_class,
    ClassOutcome: lambda row: row.medicine_class,
    Breakdown: lambda row: row.kind,
    ImportReport: lambda row: row.digest,
    StaffCap: lambda row: row.band,
    ServiceOption: lambda row: row.id,
    Member: lambda row: row.seat,
    Agreement: lambda row: row.step,
    ClauseChoice: lambda row: row.clause,
    OwnClause: lambda row: row.id,
    IndicatorChoice: lambda row: row.indicator,
    OwnIndicator: lambda row: row.id,
    Area: lambda row: (row.level, row.code),
    AgeSexCounts: lambda row: (row.sex, row.age),
    GroupCounts: lambda row: row.group,
    BoardTotals: lambda row: (row.medicine_class, row.measure),
    MonthlyItems: lambda row: row.month,
    ColumnMapping: lambda row: row.columns,
}
"""Rows that have an id: two with the same are the same row."""
NAMES: dict[type[Frozen], RowKey] = {
    Post: lambda row: row.title,
    OtherCost: lambda row: row.label,
    DirectoryEntry: lambda row: row.offer or row.need,
    Engagement: lambda row: row.who,
    Risk: lambda row: row.risk,
}
"""Rows that have only what someone typed: it may be typed anew, or stand twice."""
ROW_KEYS = IDS | NAMES
"""What tells the rows of a plan's lists apart, never their position: an id or a name of each."""
WHOLE = (
    Range,
    Agreement,
    Area,
    AgeSexCounts,
    GroupCounts,
    BoardTotals,
    MonthlyItems,
    ColumnMapping,
    ImportReport,
)
"""Parts that say one thing, or come from one file: half of one and half of another is neither."""


class Absent(Enum):
    """That a row is not in a list, or a key not in a table."""

    GONE = "not there"


GONE: Final = Absent.GONE


@dataclass(frozen=True)
class ListRow:
    """A row of a list: what tells it apart, and where it stood when the two were put together."""

    key: Hashable
    at: int = field(compare=False)


Place = tuple[str | int | ListRow, ...]
"""The way to a part of a plan. It leads to the same row when others have been added or removed."""


@dataclass(frozen=True)
class Conflict:
    """One thing that two people left differently. `theirs` is what the plan holds, `mine` what is
    handed back; either is GONE where that one removed the row."""

    place: Place
    mine: Any
    theirs: Any


class Merged(NamedTuple):
    """A plan that holds what both changed, and what they left differently."""

    plan: Plan
    conflicts: tuple[Conflict, ...]


def merge(base: Plan, mine: Plan, theirs: Plan) -> Merged:
    """Put together two plans that were both made from `base`.

    What was changed in one only is taken from it. Of what was changed in both, and of what the
    plan's own rules refuse beside the other's, theirs stays and a conflict tells mine.
    """
    mine = _with_own_ids(base, mine, theirs)
    attempt = _Attempt()
    while True:
        values = attempt.part((), base, mine, theirs)
        try:
            return Merged(Plan.model_validate(values), tuple(attempt.conflicts))
        except ValidationError as error:
            place = tuple(map(str, error.errors()[0]["loc"]))
            refused = attempt.refused | attempt.at_fault(place, (base, mine, theirs))
            attempt = _Attempt(refused, by_leaf=True)


def _with_own_ids(base: Plan, mine: Plan, theirs: Plan) -> Plan:
    """My plan, whose new options have other ids than their new ones: ids are made by counting, so
    two people who each add an option are given the same."""
    before = {option.id for option in base.options}
    new = {option.id: option for option in theirs.options if option.id not in before}
    taken = {option.id for plan in (base, mine, theirs) for option in plan.options}
    values: dict[str, Any] = {}
    for at, option in enumerate(mine.options):
        if new.get(option.id, option) != option:
            other = next(
                one for number in range(2, 100) if (one := f"{option.id}-{number}") not in taken
            )
            taken.add(other)
            values[f"options.{at}.id"] = other
            if mine.preferred_option == option.id:
                values["preferred_option"] = other
    return with_values(mine, values) if values else mine


@dataclass
class _Attempt:
    """One way through three plans. `refused` are my changes that the plan's rules do not take
    beside theirs; they are looked for `by_leaf`, as small as they can be."""

    refused: frozenset[Place] = frozenset()
    by_leaf: bool = False
    taken: list[Place] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)

    def part(self, place: Place, base: Any, mine: Any, theirs: Any) -> Any:
        """What a part comes to."""
        if mine == base:
            return theirs
        if theirs == base and not self.by_leaf:
            return mine
        three = (base, mine, theirs)
        one = next((row for rows in three if isinstance(rows, tuple) for row in rows), None)
        if len({type(value) for value in three}) > 1:
            return self.leaf(place, *three)
        if isinstance(base, BaseModel) and not isinstance(base, WHOLE):
            return {
                name: self.part((*place, name), *(getattr(value, name) for value in three))
                for name in type(base).model_fields
            }
        if isinstance(base, dict):
            return dict(self.rows(place, *three))
        if type(one) in NAMES:
            pairs = self.rows(place, dict(enumerate(base)), *_paired(base, mine, theirs))
        elif type(one) in IDS or isinstance(one, str):
            pairs = self.rows(place, *(dict(_by_id(rows)) for rows in three))
        elif isinstance(base, ByKey) or isinstance(base, tuple) and len({*map(len, three)}) == 1:
            return [
                self.part((*place, at), *values)
                for at, values in enumerate(zip(*three, strict=True))
            ]
        else:
            return self.leaf(place, *three)
        return [row for _, row in pairs]

    def rows(
        self, place: Place, base: dict[Any, Any], mine: dict[Any, Any], theirs: dict[Any, Any]
    ) -> Iterable[tuple[Any, Any]]:
        """What rows come to, each with what tells it apart, in an order that keeps both's."""
        result: list[tuple[Any, Any]] = []
        for token in _in_order(list(base), list(mine), list(theirs)):
            three = [rows.get(token, GONE) for rows in (base, mine, theirs)]
            here = next(row for row in reversed(three) if row is not GONE)
            here = ROW_KEYS[type(here)](here) if type(here) in ROW_KEYS else token
            way = (*place, ListRow(here, len(result)))
            row = self.leaf(way, *three) if GONE in three else self.part(way, *three)
            if row is not GONE:
                result.append((token, row))
        return result

    def leaf(self, place: Place, base: Any, mine: Any, theirs: Any) -> Any:
        """What something comes to that is taken from one or the other."""
        if mine in (base, theirs):
            return theirs
        if theirs == base and place not in self.refused:
            self.taken.append(place)
            return mine
        self.conflicts.append(Conflict(place, mine, theirs))
        return theirs

    def at_fault(self, at: tuple[str, ...], three: tuple[Plan, Plan, Plan]) -> frozenset[Place]:
        """Which of my changes to leave out for a fault that the plan's rules find at a place: the
        last one without which it is not found there, else all of them there."""
        if not self.by_leaf:
            # Looked through again by leaf before anything is left out.
            return frozenset()
        near = [one for one in self.taken if _steps(one)[: len(at)] == at]
        near = near or [one for one in self.taken if at[: len(_steps(one))] == _steps(one)]
        near = near or self.taken
        for one in reversed(near):
            try:
                Plan.model_validate(_Attempt(self.refused | {one}, True).part((), *three))
            except ValidationError as error:
                if tuple(map(str, error.errors()[0]["loc"])) == at:
                    continue
            return frozenset({one})
        return frozenset(near)


def _steps(place: Place) -> tuple[str, ...]:
    """A place as the plan's own check names it."""
    return tuple(str(part.at if isinstance(part, ListRow) else part) for part in place)


def _by_id(rows: Sequence[Any]) -> Iterable[tuple[Hashable, Any]]:
    """Each row under its id, and under its number among those of that id."""
    seen: Counter[Hashable] = Counter()
    for row in rows:
        key = IDS[type(row)](row) if type(row) in IDS else row
        yield (key, seen[key]), row
        seen[key] += 1


def _paired(base: Sequence[Any], *others: Sequence[Any]) -> list[dict[Any, Any]]:
    """The rows of each other list, under the number of the row of `base` that they were, or under a
    key of their own."""
    return [
        {was if was is not None else (who, at): row for at, (was, row) in enumerate(pairs)}
        for who, pairs in enumerate(_rows_as_they_were(base, rows) for rows in others)
    ]


def _rows_as_they_were(
    base: Sequence[Any], rows: Sequence[Any]
) -> Sequence[tuple[int | None, Any]]:
    """Each row with the number of the row of `base` that it was: the same one, else one of its
    name, else one in its place."""
    was: dict[int, int] = {}
    token_ways: tuple[Callable[[int, Any], Any], ...] = (
        lambda at, row: row,
        lambda at, row: NAMES[type(row)](row),
        lambda at, row: at,
    )
    for token_of in token_ways:
        for new in [new for new in range(len(rows)) if new not in was]:
            for old in range(len(base)):
                if old not in was.values() and token_of(old, base[old]) == token_of(new, rows[new]):
                    was[new] = old
                    break
    return [(was.get(at), row) for at, row in enumerate(rows)]


def _in_order(base: list[Any], mine: list[Any], theirs: list[Any]) -> list[Any]:
    """All rows of both, once: in the order of whoever moved some, and each added one behind the row
    that it was put behind."""
    was, stay = set(base), set(theirs)
    moved = [one for one in theirs if one in was] != [one for one in base if one in stay]
    lead, other = (theirs, mine) if moved else (mine, theirs)
    result, there = list(lead), set(lead)
    before: Any = GONE
    for one in other:
        if one not in there:
            result.insert(0 if before is GONE else result.index(before) + 1, one)
            there.add(one)
        before = one
    return result


def path_in(plan: Plan, place: Place) -> str | None:
    """The path at which a place stands in a plan, or None where a row on the way is gone."""
    path: list[str] = []
    for part in place:
        if not isinstance(part, ListRow):
            path.append(str(part))
            continue
        rows = value_at(plan, ".".join(path))
        if isinstance(rows, dict):
            path.append(str(part.key))
            continue
        keys = [ROW_KEYS[type(row)](row) if type(row) in ROW_KEYS else row for row in rows]
        in_its_place = keys[part.at : part.at + 1] == [part.key]
        if part.key not in keys:
            return None
        path.append(str(part.at if in_its_place else keys.index(part.key)))
    return ".".join(path)


def with_mine(plan: Plan, conflict: Conflict) -> Plan:
    """The plan with my value in place of theirs. Raises ValidationError where the plan's rules
    refuse it, and LookupError where the list that it stood in is gone."""
    *way, last = conflict.place
    path = path_in(plan, conflict.place)
    if not isinstance(last, ListRow):
        if path is None:
            raise LookupError("the row that it stood in has been removed")
        return with_value(plan, path, conflict.mine)
    above = path_in(plan, tuple(way))
    if above is None:
        raise LookupError("the list that it stood in has been removed")
    whole = value_at(plan, above)
    if isinstance(whole, dict):
        table = {key: value for key, value in whole.items() if key != last.key}
        added = {} if conflict.mine is GONE else {last.key: conflict.mine}
        return with_value(plan, above, table | added)
    rows = list(whole)
    at = last.at if path is None else int(path.rpartition(".")[2])
    rows[at : at + (path is not None)] = [] if conflict.mine is GONE else [conflict.mine]
    return with_value(plan, above, rows)


def changed_paths(before: Any, after: Any, path: str = "") -> list[str]:
    """The paths at which two plans differ, each as long as it can be: that of a list where it has
    more or fewer rows."""
    if before == after:
        return []
    pairs: Iterable[tuple[Any, Any, Any]] = ()
    if type(before) is type(after):
        if isinstance(before, BaseModel) and not isinstance(before, WHOLE):
            names = type(before).model_fields
            pairs = ((name, getattr(before, name), getattr(after, name)) for name in names)
        elif (
            isinstance(before, tuple)
            and len(before) == len(after)
            and (isinstance(before[0], BaseModel) or isinstance(before, ByKey))
        ):
            pairs = zip(range(len(before)), before, after, strict=True)
    paths = [
        deeper
        for name, old, new in pairs
        for deeper in changed_paths(old, new, f"{path}.{name}" if path else str(name))
    ]
    return paths or [path]
