"""The rows of files that are about one board, and how to choose among them. Nothing of a plan is changed here."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from planner.analysis.formatting import listed
from planner.analysis.organisations import bridge, icb_of_sub_icb
from planner.analysis.periods import UNDATED, ends, is_month, last_run, newest_period, run_in_words
from planner.model.intake import MEASURES, Level, Reading, Record
from planner.model.place import Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData

SMALLER = (Level.SUB_ICB, Level.AREA, Level.PCN, Level.PRACTICE)
CLASSES = list(MedicineClass)
WHERE = ("name", "pcn", "sub_icb", "icb")
"""What another row of the same practice may say of it."""
WHOLE = 0.95
"""The part of the places that must stand in a month for it to count as whole."""
THE_USERS_OWN = ("template", "mapped_table")
"""Formats whose rows are about the plan's board even where they do not say so."""


@dataclass(frozen=True, kw_only=True)
class AdoptedFigure:
    """One thing a file would change in the plan, in words a reader may see."""

    what: str
    now: str
    then: str
    source: str = ""


@dataclass
class Ledger:
    """A plan's values as files change them, with a note of each change and of what could not be
    used."""

    plan: Plan
    reference: ReferenceData
    values: dict[str, Any]
    changes: list[AdoptedFigure] = field(default_factory=list)
    not_used: list[str] = field(default_factory=list)

    @property
    def basis(self) -> Basis:
        """Whom the plan counts, as it now stands."""
        return Basis(self.values["population"]["basis"])

    def changed(self, what: str, now: str, then: str, source: str = "") -> None:
        """Note a change, unless there is none."""
        if now != then:
            self.changes.append(AdoptedFigure(what=what, now=now, then=then, source=source))

    def older(self, what: str, now: str, then: str) -> None:
        """Say where a period about to be taken is older than the one the plan holds."""
        if UNDATED != ends(then) < ends(now):
            self.not_used.append(f"Take care: {what} would go back from {now} to {then}.")


@dataclass(frozen=True, slots=True)
class Row:
    """A record and the file it came from."""

    record: Record
    receipt: str
    own: bool


def placed(readings: Sequence[Reading], icb: str) -> tuple[list[Row], list[str]]:
    """Every record with where its practice belongs, and what was found twice.

    A row of a whole board that does not say which is about the plan's own.

    Where two files say the same thing of the same place and period, the later file's number is
    used, never both added.
    """
    homes = _homes(readings)
    files: list[list[Row]] = []
    texts: dict[tuple[object, ...], str] = {}
    twice: dict[tuple[str, str], int] = defaultdict(int)
    names = {reading.report.digest: reading.report.file for reading in readings}
    for reading in reversed(readings):
        rows: list[Row] = []
        inside: set[tuple[object, ...]] = set()
        own, digest = reading.report.format in THE_USERS_OWN, reading.report.digest
        for record in reading.records:
            if record.level is Level.ICB and not record.code:
                record = replace(record, code=icb)
            home = homes.get(record.code) if record.level is Level.PRACTICE else None
            if home is not None and home is not record:
                lacks = {
                    n: there
                    for n in WHERE
                    if not getattr(record, n) and (there := getattr(home, n))
                }
                record = replace(record, **lacks) if lacks else record
            repeated: dict[str, str] = {}
            for measure in MEASURES:
                if getattr(record, measure) is not None or measure in record.suppressed:
                    about = (measure, *record.about)
                    first = texts.setdefault(about, digest)
                    if first != digest or (about in inside):
                        repeated[measure] = first
                    inside.add(about)
            if repeated:
                for first in sorted(set(repeated.values())):
                    twice[(names[first], reading.report.file)] += 1
                nothing: dict[str, Any] = dict.fromkeys(repeated)
                left = tuple(measure for measure in record.suppressed if measure not in repeated)
                record = replace(record, suppressed=left, **nothing)
            rows.append(Row(record, reading.report.receipt, own))
        files.append(rows)
    notes = [
        f"{later} and {earlier} say the same thing of {number:,} places and periods; {later} was used there."
        if later != earlier
        else f"{later} says the same thing twice of {number:,} places and periods; the first was used."
        for (later, earlier), number in twice.items()
    ]
    return [row for rows in reversed(files) for row in rows], notes


def _homes(readings: Sequence[Reading]) -> dict[str, Record]:
    """For each practice the record that says most of where it belongs."""
    homes: dict[str, Record] = {}
    for reading in readings:
        for record in reading.records:
            if record.level is Level.PRACTICE and (record.pcn or record.sub_icb or record.icb):
                current = homes.get(record.code)
                if current is None or (record.pcn and not current.pcn):
                    homes[record.code] = record
    return homes


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows about the whole board, rows about its smaller places, and what could not be used."""

    whole: list[Row]
    smaller: list[Row]
    not_used: list[str]


def of_icb(rows: Sequence[Row], place: Place, reference: ReferenceData) -> Chosen:
    """The rows about a plan's board, items of the boards it was made of carried over where that is
    exact."""
    return _Chooser(place, reference).choose(rows)


class _Chooser:
    def __init__(self, place: Place, reference: ReferenceData) -> None:
        self.icb, self.list, self.reference = place.icb_code, place.organisation_list, reference
        self.bridge = bridge(self.icb, self.list, reference)
        self.not_used: list[str] = []

    def choose(self, rows: Sequence[Row]) -> Chosen:
        whole: list[Row] = []
        smaller: list[Row] = []
        unplaced = 0
        elsewhere: Counter[str] = Counter()
        icbs = {
            row.record.code for row in rows if row.record.level is Level.ICB and row.record.code
        }
        for row in rows:
            record = row.record
            if record.group_type == "OpenPrescribing measure":
                continue
            if record.level is Level.ICB:
                if (
                    record.code == self.icb
                    or self.icb not in icbs
                    and record.code in self.bridge.whole
                ):
                    whole.append(row)
                else:
                    elsewhere[record.code] += 1
            elif record.level in SMALLER:
                icb = self._icb_of(record)
                if icb == self.icb or icb is None and row.own:
                    smaller.append(row)
                elif icb is None:
                    unplaced += 1
                else:
                    elsewhere[icb] += 1
        if self.icb not in icbs and icbs & {*self.bridge.whole, *self.bridge.split}:
            whole = self._carried_over(whole, icbs)
        if unplaced:
            self.not_used.append(
                f"{unplaced:,} rows of practices or PCNs do not say which board they belong to. Bring the practice "
                "mapping with them."
            )
        if elsewhere:
            others = sorted(elsewhere)
            named = (
                listed(others[:6])
                if len(others) <= 6
                else f"{', '.join(others[:5])} and {len(others) - 5} more"
            )
            self.not_used.append(
                f"The files hold no row for {self.icb}. They are about {named}."
                if not whole and not smaller
                else f"{elsewhere.total():,} rows are about other boards and were left: {named}."
            )
        return Chosen(whole, smaller, self.not_used)

    def _icb_of(self, record: Record) -> str | None:
        if record.sub_icb or record.level is Level.SUB_ICB:
            result = icb_of_sub_icb(record.sub_icb or record.code, self.list, self.reference)
            if result:
                return result
        return record.icb or None

    def _carried_over(self, whole: list[Row], icbs: set[str]) -> list[Row]:
        """Rows of the boards that this one was made of: items added where they make up the whole of
        it."""
        direct = [row for row in whole if row.record.code == self.icb]
        if self.bridge.split or not set(self.bridge.whole) <= icbs:
            missing = [*self.bridge.split, *(set(self.bridge.whole) - icbs)]
            self.not_used.append(
                f"{self.icb} cannot be made from the boards in the file: {listed(sorted(set(missing)))} "
                "would be needed, and a split board's figures cannot be carried over. Use files of practices or "
                "sub-ICB locations, or of April 2026 or later."
            )
            return direct
        groups: dict[tuple[object, ...], list[Row]] = defaultdict(list)
        for row in whole:
            if (
                row.record.code in self.bridge.whole
                and row.record.is_total
                and row.record.medicine_class
            ):
                groups[(row.record.period, row.record.medicine_class)].append(row)
        self.not_used.append(
            f"{listed(self.bridge.whole)} together are {self.icb}. Their items were added; numbers of people were "
            "not used, because a person may be counted in both."
        )
        for group in groups.values():
            if len(group) == len(self.bridge.whole) and all(
                row.record.items is not None for row in group
            ):
                items = sum(row.record.items or 0 for row in group)
                record = replace(
                    group[0].record, code=self.icb, patients=None, items=items, suppressed=()
                )
                direct.append(replace(group[0], record=record))
        return direct


def newest(rows: Sequence[Row]) -> Row | None:
    """The row of the newest period, as `newest_period` chooses it."""
    period = newest_period({r.record.period for r in rows})
    return next((r for r in rows if r.record.period == period), None)


def items_of_a_year(rows: Sequence[Row]) -> tuple[int, str, str] | None:
    """Items of one class over places, or over a board, in the newest year, with its period and
    source.

    A year in which anything is hidden is no year. Months count only in an unbroken run up to the
    newest: a hidden month breaks it, and so does one in which fewer than 95% of the places of the
    fullest month stand.
    """
    hidden = {r.record.period for r in rows if "items" in r.record.suppressed}
    given = [r for r in rows if r.record.items is not None and r.record.period not in hidden]
    years = [r for r in given if not is_month(r.record.period)]
    if years:
        period = newest_period({r.record.period for r in years})
        chosen = [r for r in years if r.record.period == period]
        return sum(r.record.items or 0 for r in chosen), period, chosen[0].receipt
    places: dict[str, set[str]] = defaultdict(set)
    for row in given:
        places[row.record.period].add(row.record.code)
    fullest = max(map(len, places.values()), default=0)
    run = last_run({month for month, codes in places.items() if len(codes) >= WHOLE * fullest})
    chosen = [r for r in given if r.record.period in run]
    if not chosen:
        return None
    return sum(r.record.items or 0 for r in chosen), run_in_words(run), chosen[0].receipt


def fullest(rows: Sequence[Row]) -> list[Row]:
    """The rows of the one level that holds the most items, so that nothing is added twice and least
    is missing."""
    levels = {r.record.level for r in rows}
    sums = {
        level: sum(r.record.items or 0 for r in rows if r.record.level is level) for level in levels
    }
    order = [Level.PRACTICE, Level.PCN, Level.SUB_ICB, Level.AREA]
    best = max(levels, key=lambda level: (sums[level], -order.index(level)), default=None)
    return [r for r in rows if r.record.level is best]
