"""The rows of files that are about one board, and how to choose among them. No plan is changed."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from planner.analysis.formatting import listed, listed_in_part
from planner.analysis.organisations import Bridge, bridge, icb_of_sub_icb
from planner.analysis.periods import (
    UNDATED,
    ends,
    is_month,
    last_run,
    newest_period,
    run_in_words,
)
from planner.model.base import grouped
from planner.model.intake import MEASURES, Level, Reading, Record
from planner.model.place import Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis
from planner.model.reference import ReferenceData

SMALLER = (Level.SUB_ICB, Level.AREA, Level.PCN, Level.PRACTICE)
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
        self.say(
            f"Take care: {what} would go back from {now} to {then}.",
            UNDATED != ends(then) < ends(now),
        )

    def say(self, words: str, cause: object = True) -> None:
        """Say what could not be used, or wants care, where there is cause."""
        if cause:
            self.not_used.append(words)


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
    # What is said, by the file and the row that say it first.
    firsts: dict[tuple[object, ...], tuple[str, int]] = {}
    twice: Counter[tuple[str, str]] = Counter()
    names = {reading.report.digest: reading.report.file for reading in readings}
    for reading in reversed(readings):
        report = reading.report
        rows: list[Row] = []
        for number, read in enumerate(reading.records):
            record, here = _at_home(read, icb, homes), (report.digest, number)
            first = {
                measure: firsts.setdefault((measure, *record.about), here)
                for measure in MEASURES
                if getattr(record, measure) is not None or measure in record.suppressed
            }
            repeated = {
                measure: digest
                for measure, (digest, place) in first.items()
                if (digest, place) != here
            }
            if repeated:
                twice.update(
                    (names[digest], report.file) for digest in sorted({*repeated.values()})
                )
                nothing: dict[str, Any] = dict.fromkeys(repeated)
                left = tuple(measure for measure in record.suppressed if measure not in repeated)
                record = replace(record, suppressed=left, **nothing)
            rows.append(Row(record, report.receipt, report.format in THE_USERS_OWN))
        files.append(rows)
    notes = [
        f"{later} and {earlier} say the same thing of {number:,} places and periods; {later} was "
        "used there."
        if later != earlier
        else f"{later} says the same thing twice of {number:,} places and periods; the first was "
        "used."
        for (later, earlier), number in twice.items()
    ]
    return [row for rows in reversed(files) for row in rows], notes


def _homes(readings: Sequence[Reading]) -> dict[str, Record]:
    """For each practice the record that says most of where it belongs."""
    latest_first = (
        record
        for reading in reversed(readings)
        for record in reversed(reading.records)
        if record.level is Level.PRACTICE and (record.pcn or record.sub_icb or record.icb)
    )
    # Of one practice the last stays: the first row that names a PCN, or else the first of all.
    return {record.code: record for record in sorted(latest_first, key=lambda r: bool(r.pcn))}


def _at_home(record: Record, icb: str, homes: Mapping[str, Record]) -> Record:
    """The record with its board, or with what another row says of its practice."""
    lacks: dict[str, Any] = {}
    if record.level is Level.ICB and not record.code:
        lacks = {"code": icb}
    elif record.level is Level.PRACTICE:
        home = homes.get(record.code, record)
        lacks = {n: getattr(home, n) for n in WHERE if getattr(home, n) and not getattr(record, n)}
    return replace(record, **lacks) if lacks else record


@dataclass(frozen=True, slots=True)
class Chosen:
    """Rows about the whole board, rows about its smaller places, and what could not be used."""

    whole: list[Row]
    smaller: list[Row]
    not_used: list[str]


def of_icb(rows: Sequence[Row], place: Place, reference: ReferenceData) -> Chosen:
    """The rows about a plan's board, items of the boards it was made of carried over where that is
    exact."""
    own, made_of = place.icb_code, bridge(place.icb_code, place.organisation_list, reference)
    boards = {row.record.code for row in rows if row.record.level is Level.ICB and row.record.code}
    counted = [row for row in rows if row.record.group_type != "OpenPrescribing measure"]
    ours = {own} if own in boards else {own, *made_of.whole}
    of_boards = [row for row in counted if row.record.level is Level.ICB]
    whole = [row for row in of_boards if row.record.code in ours]
    located = [
        (row, _icb_of(row.record, place, reference))
        for row in counted
        if row.record.level in SMALLER
    ]
    smaller = [row for row, icb in located if icb == own or icb is None and row.own]
    unplaced = sum(icb is None and not row.own for row, icb in located)
    elsewhere = Counter(row.record.code for row in of_boards if row.record.code not in ours)
    elsewhere.update(icb for _, icb in located if icb not in (None, own))
    not_used: list[str] = []
    if own not in boards and boards & {*made_of.whole, *made_of.split}:
        whole, note = _carried_over(whole, boards, made_of)
        not_used.append(note)
    if unplaced:
        not_used.append(
            f"{unplaced:,} rows of practices or PCNs do not say which board they belong to. Bring "
            "the practice mapping with them."
        )
    if elsewhere:
        named = listed_in_part(sorted(elsewhere), 6, 5)
        not_used.append(
            f"The files hold no row for {own}. They are about {named}."
            if not whole and not smaller
            else f"{elsewhere.total():,} rows are about other boards and were left: {named}."
        )
    return Chosen(whole, smaller, not_used)


def _icb_of(record: Record, place: Place, reference: ReferenceData) -> str | None:
    """The board that a smaller place belongs to in the plan's list, or None where no row says."""
    by_part = None
    if record.sub_icb or record.level is Level.SUB_ICB:
        part = record.sub_icb or record.code
        by_part = icb_of_sub_icb(part, place.organisation_list, reference)
    return by_part or record.icb or None


def _carried_over(whole: Sequence[Row], boards: set[str], made_of: Bridge) -> tuple[list[Row], str]:
    """Rows of the boards that this one was made of, their items added where they make up the whole
    of it; and what is said of that."""
    missing = {*made_of.split, *(set(made_of.whole) - boards)}
    if missing:
        return [], (
            f"{made_of.code} cannot be made from the boards in the file: {listed(sorted(missing))} "
            "would be needed, and a split board's figures cannot be carried over. Use files of "
            "practices or sub-ICB locations, or of April 2026 or later."
        )
    groups = grouped(
        (row for row in whole if row.record.is_total and row.record.medicine_class),
        key=lambda row: (row.record.period, row.record.medicine_class),
    )
    added = [
        replace(
            first,
            record=replace(
                first.record,
                code=made_of.code,
                patients=None,
                items=sum(row.record.items or 0 for row in (first, *others)),
                suppressed=(),
            ),
        )
        for first, *others in groups.values()
        if len(others) + 1 == len(made_of.whole)
        and all(row.record.items is not None for row in (first, *others))
    ]
    return added, (
        f"{listed(made_of.whole)} together are {made_of.code}. Their items were added; numbers of "
        "people were not used, because a person may be counted in both."
    )


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
    years = {r.record.period for r in given if not is_month(r.record.period)}
    run = [newest_period(years)] if years else last_run(whole_periods(given))
    chosen = [r for r in given if r.record.period in run]
    if not chosen:
        return None
    return sum(r.record.items or 0 for r in chosen), run_in_words(run), chosen[0].receipt


def whole_periods(rows: Sequence[Row]) -> set[str]:
    """The periods in which nearly as many places stand as in the fullest."""
    by_period = grouped(rows, key=lambda row: row.record.period)
    places = {period: len({r.record.code for r in there}) for period, there in by_period.items()}
    most = max(places.values(), default=0)
    return {period for period, number in places.items() if number >= WHOLE * most}


def fullest(rows: Sequence[Row]) -> list[Row]:
    """The rows of the one level that holds the most items, so that nothing is added twice and least
    is missing."""
    levels = [
        [row for row in rows if row.record.level is level]
        for level in (Level.PRACTICE, Level.PCN, Level.SUB_ICB, Level.AREA)
    ]
    return max(levels, key=lambda there: (bool(there), sum(r.record.items or 0 for r in there)))
