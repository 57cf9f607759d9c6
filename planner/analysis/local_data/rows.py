"""The rows of files that are about one board, and how to choose among them. No plan is changed."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from planner.analysis.formatting import listed, listed_in_part, lower_first, several
from planner.analysis.organisations import ONS_CODE, Bridge, bridge, icb_of_sub_icb
from planner.analysis.periods import (
    UNDATED,
    ends,
    is_month,
    last_run,
    newest_period,
    run_in_words,
)
from planner.model.base import grouped
from planner.model.intake import ADDED_UP, MEASURES, Level, Reading, Record
from planner.model.place import Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData

SMALLER = (Level.SUB_ICB, Level.AREA, Level.PCN, Level.PRACTICE)
WHERE = ("name", "pcn", "sub_icb", "icb")
"""What another row of the same practice may say of it."""
WHOLE = 0.95
"""The part of the places that must stand in a month for it to count as whole."""
THE_USERS_OWN = ("template", "mapped_table")
"""Formats whose rows are about the plan's board even where they do not say so."""
LISTINGS = ("epd", "region_table")
"""Formats that list the medicines of a class, so that one which is not there may have had no items.
"""


class Dated(NamedTuple):
    """A figure in words, and its period."""

    value: str
    period: str


@dataclass(frozen=True, kw_only=True)
class AdoptedFigure:
    """One thing a file would change in the plan, in words a reader may see.

    `figures` is how many numbers of the plan it stands for that are then other than they were, or
    of another period; none for what is no number, such as whom the plan counts.
    """

    what: str
    now: str
    then: str
    source: str = ""
    figures: int = 0


@dataclass(frozen=True, kw_only=True)
class Choice:
    """Something of the files that goes into the plan only where the user chooses it, by its name.

    `removed` says what of the plan would go for it; `is_chosen`, whether the user has chosen it.
    """

    id: str
    label: str
    removed: tuple[str, ...]
    is_chosen: bool


@dataclass
class Ledger:
    """A plan's values as files change them, with a note of each change and of what could not be
    used.

    `chosen` names the choices that the user has made; nothing the plan holds is taken out for any
    other. `gave` holds the digests of the files that what is put into the plan rests on.
    """

    plan: Plan
    reference: ReferenceData
    values: dict[str, Any]
    chosen: frozenset[str] = frozenset()
    choices: list[Choice] = field(default_factory=list)
    changes: list[AdoptedFigure] = field(default_factory=list)
    not_used: list[str] = field(default_factory=list)
    gave: set[str] = field(default_factory=set)

    @property
    def basis(self) -> Basis:
        """Whom the plan counts, as it now stands."""
        return Basis(self.values["population"]["basis"])

    def changed(self, what: str, now: str, then: str, source: str = "", figures: int = 0) -> None:
        """Note a change, and how many figures it is, unless there is none."""
        if now != then:
            self.changes.append(
                AdoptedFigure(what=what, now=now, then=then, source=source, figures=figures)
            )

    def used(self, rows: Iterable["SourcedRecord"]) -> None:
        """Note which files gave what is put into the plan."""
        self.gave.update(*(row.files for row in rows))

    def takes(
        self,
        choice: str,
        what: str,
        now: Dated,
        then: Dated,
        source: str,
        fuller: bool = False,
        gone: tuple[str, ...] = (),
        figures: int = 1,
    ) -> bool:
        """Whether a figure goes into the place of the plan's: a newer or a `fuller` one does, and
        is noted; an older one, or one with which something is `gone`, only where the user chose
        it."""
        older = not fuller and goes_back(now.period, then.period)
        label = f"Use {then.value}, {lower_first(what)}, of {then.period}"
        removed = [f"{lower_first(what)}, {now.value} ({now.period})"] if older else []
        taken = self.may_take(
            choice, label + (", which is older" if older else ""), [*removed, *gone]
        )
        if taken:
            self.replaced(what, now, then, source, figures)
        return taken

    def replaced(self, what: str, now: Dated, then: Dated, source: str, figures: int = 1) -> None:
        """Note a figure in the place of another, each with its period where the two differ."""
        # Of the same number a period that is new is all there is to see.
        both = now.period != then.period and (now.value == then.value or now.period and then.period)
        self.changed(
            what,
            f"{now.value} ({now.period or 'no period'})" if both else now.value,
            f"{then.value} ({then.period or 'no period'})" if both else then.value,
            f"{then.period or 'no period'}; {source}",
            figures,
        )

    def may_take(self, choice: str, label: str, removed: Iterable[str]) -> bool:
        """Whether figures may be taken for which others go: where none does, or the user chose so.

        What would go is kept for the report either way.
        """
        gone = tuple(removed)
        return not gone or self.offer(choice, label, gone)

    def offer(self, choice: str, label: str, removed: tuple[str, ...] = ()) -> bool:
        """Put a choice before the user, and say whether it has been made."""
        is_chosen = choice in self.chosen
        self.choices.append(Choice(id=choice, label=label, removed=removed, is_chosen=is_chosen))
        return is_chosen

    def say(self, words: str, cause: object = True) -> None:
        """Say what could not be used, or wants care, where there is cause."""
        if cause:
            self.not_used.append(words)


def goes_back(now: str, then: str) -> bool:
    """Whether a period is older than the one the plan holds, as far as both can be dated."""
    return UNDATED != ends(then) < ends(now)


@dataclass(frozen=True, slots=True)
class SourcedRecord:
    """A record and the file it came from; `files` are the digests of that file and of those that
    say where its practice belongs."""

    record: Record
    receipt: str
    own: bool
    listing: bool
    files: frozenset[str]


def each_once(readings: Sequence[Reading]) -> tuple[list[Reading], list[str]]:
    """The files without those that are another of them over again, by their content, and what is
    said of these: the items of one file would be added to themselves."""
    once: list[Reading] = []
    again: list[str] = []
    for reading in readings:
        file, digest = reading.report.file, reading.report.digest
        first = next(
            (
                one.report.file
                for one in once
                if one.report.digest == digest and one.records == reading.records
            ),
            None,
        )
        if first is None:
            once.append(reading)
        elif first == file:
            again.append(f"{file} was brought twice; it was counted once.")
        else:
            again.append(f"{file} is the same file as {first}; it was counted once.")
    return once, again


def placed(readings: Sequence[Reading], icb: str) -> tuple[list[SourcedRecord], list[str]]:
    """Every record with where its practice belongs, and what was found twice.

    A row of a whole board that does not say which is about the plan's own.

    Where two files say the same thing of the same place and period, the later file's number is
    used, never both added; whether their numbers agree is said.
    """
    homes, localities = _homes(readings), _localities(readings)
    files: list[list[SourcedRecord]] = []
    # What is said, by the file and the row that say it first, and the number there.
    firsts: dict[tuple[object, ...], tuple[str, int, Any]] = {}
    twice: Counter[tuple[str, str, bool]] = Counter()
    names = {reading.report.digest: reading.report.file for reading in readings}
    for reading in reversed(readings):
        report = reading.report
        rows: list[SourcedRecord] = []
        for number, record_read in enumerate(reading.records):
            record, helpers = _at_home(record_read, icb, homes, localities)
            first = {
                measure: firsts.setdefault(
                    (measure, *record.about), (report.digest, number, getattr(record, measure))
                )
                for measure in MEASURES
                if getattr(record, measure) is not None or measure in record.suppressed
            }
            repeated = {
                measure: (digest, value == getattr(record, measure))
                for measure, (digest, place, value) in first.items()
                if (digest, place) != (report.digest, number)
            }
            if repeated:
                twice.update(
                    (names[digest], report.file, agree)
                    for digest, agree in sorted({*repeated.values()})
                )
                nothing: dict[str, Any] = dict.fromkeys(repeated)
                left = tuple(measure for measure in record.suppressed if measure not in repeated)
                record = replace(record, suppressed=left, **nothing)
            rows.append(
                SourcedRecord(
                    record,
                    report.receipt,
                    report.format in THE_USERS_OWN,
                    report.format in LISTINGS,
                    frozenset({report.digest, *helpers}),
                )
            )
        files.append(rows)
    return [row for rows in reversed(files) for row in rows], [
        _repeat_in_words(later, earlier, agree, number)
        for (later, earlier, agree), number in twice.items()
    ]


def _repeat_in_words(later: str, earlier: str, agree: bool, number: int) -> str:
    """What is said where two files, or one file twice, give the same figures of the same places."""
    places = f"{number:,} of the same places and periods"
    if later == earlier:
        numbers = "the same numbers" if agree else "different numbers"
        return f"{later} gives {numbers} twice for {places}; the first were used."
    if agree:
        return f"{later} and {earlier} give the same numbers for {places}; they were counted once."
    return f"{later} and {earlier} give different numbers for {places}; those of {later} were used."


def add_up_classes(
    rows: Sequence[SourcedRecord], ledger: Ledger
) -> tuple[list[SourcedRecord], list[str]]:
    """The rows with parts of a class added up where they are the whole of it, and what is said.

    Each row that names the medicines it is of is a part. Parts of one board, or of the practices of
    one board, in one period are the class where they hold each of its common medicines, and none
    twice; then a practice without a row of one part has none of it. Any other part is left, for it
    would pass as the class; that of a file which lists medicines is offered as the class, since a
    medicine may have had no items. Where a file gives the whole class, it stands and its parts are
    left. People on parts are never added, for one person may be on several.
    """
    place, reference = ledger.plan.place, ledger.reference
    whole = [row for row in rows if not row.record.part]
    given = {row.record.about for row in whole if gives_items(row.record)}
    lacking: dict[MedicineClass, str] = {}
    offered: dict[MedicineClass, list[SourcedRecord]] = defaultdict(list)
    parts = grouped(
        (row for row in rows if row.record.part),
        key=lambda row: (
            row.record.medicine_class,
            row.record.period,
            row.record.level,
            _icb_of(row.record, place, reference)
            if row.record.level in SMALLER
            else row.record.code,
        ),
    )
    for (medicine_class, *_), there in parts.items():
        codes = [code for part in {row.record.part for row in there} for code in part]
        missing = reference.lacking(medicine_class, codes) if medicine_class else []
        overlap = len(set(codes)) < len(codes)
        if not missing and not overlap:
            by_place = grouped(there, key=lambda row: replace(row.record, part=()).about)
            whole += [_added(group) for about, group in by_place.items() if about not in given]
        elif medicine_class is not None:
            named = listed_in_part(missing, 4, 3)
            lacking[medicine_class] = (
                "the parts overlap" if overlap else f"{named} would be needed as well"
            )
            if not overlap and all(row.listing for row in there):
                offered[medicine_class] += there
    for medicine_class, there in offered.items():
        name = medicine_class.label
        if ledger.offer(f"part-{medicine_class.value}", _as_the_class(there, name, reference)):
            by_place = grouped(there, key=lambda row: replace(row.record, part=()).about)
            added = [_added(group) for about, group in by_place.items() if about not in given]
            whole += [replace(r, receipt=f"{r.receipt}, taken by you as all {name}") for r in added]
            del lacking[medicine_class]
    return whole, [
        f"The files hold a part of {medicine_class.label} and not the whole class, so nothing of "
        f"it was used: {why}."
        for medicine_class, why in lacking.items()
    ]


def _as_the_class(parts: Sequence[SourcedRecord], name: str, reference: ReferenceData) -> str:
    """What is offered of listed parts of a class: to count them as all of it."""
    codes = {code for row in parts for code in row.record.part}
    medicines = [c.name for c in reference.chemicals if c.bnf_code in codes]
    return (
        f"Count {listed_in_part(medicines, 4, 3)} as all {name}, since no medicine was left out of "
        "the file"
    )


def _added(parts: Sequence[SourcedRecord]) -> SourcedRecord:
    """Parts of a class in one place and period as one row: their items, quantity and cost added."""
    first, records = parts[0], [row.record for row in parts]
    nothing: dict[str, Any] = dict.fromkeys(MEASURES)
    hidden = {name for record in records for name in record.suppressed}
    sums = {
        measure: sum(getattr(record, measure) or 0 for record in records)
        for measure in ADDED_UP
        if measure not in hidden and any(getattr(r, measure) is not None for r in records)
    }
    people = max((r.population for r in records if r.population is not None), default=None)
    receipts = list(dict.fromkeys(row.receipt for row in parts))
    more = f" and {several(len(receipts) - 1, 'more file')}" if len(receipts) > 1 else ""
    return replace(
        first,
        receipt=receipts[0] + more,
        files=files_of(parts),
        record=replace(
            first.record,
            part=(),
            suppressed=tuple(sorted(hidden & set(ADDED_UP))),
            **(nothing | sums | {"population": people}),
        ),
    )


def files_of(rows: Iterable[SourcedRecord]) -> frozenset[str]:
    """The digests of the files that rows came from."""
    return frozenset[str]().union(*(row.files for row in rows))


def gives_items(record: Record) -> bool:
    """Whether a row is about items, given or hidden."""
    return record.items is not None or "items" in record.suppressed


def _homes(readings: Sequence[Reading]) -> dict[str, tuple[Record, str]]:
    """For each practice the record that says most of where it belongs, and its file's digest."""
    latest_first = (
        (record, reading.report.digest)
        for reading in reversed(readings)
        for record in reversed(reading.records)
        if record.level is Level.PRACTICE and (record.pcn or record.sub_icb or record.icb)
    )
    # Of one practice the last stays: the first row that names a PCN, or else the first of all.
    return {one[0].code: one for one in sorted(latest_first, key=lambda one: bool(one[0].pcn))}


def _localities(readings: Sequence[Reading]) -> dict[str, tuple[str, str]]:
    """The locality of each practice, as the last file that names one has it, and that file's
    digest."""
    return {
        record.code: (record.area, reading.report.digest)
        for reading in readings
        for record in reading.records
        if record.level is Level.PRACTICE and record.area
    }


def _at_home(
    record: Record,
    icb: str,
    homes: Mapping[str, tuple[Record, str]],
    localities: Mapping[str, tuple[str, str]],
) -> tuple[Record, set[str]]:
    """The record with its board, or with what another row says of its practice, and the digests of
    the files that say so."""
    lacks: dict[str, Any] = {}
    helpers: set[str] = set()
    if record.level is Level.ICB and not record.code:
        lacks = {"code": icb}
    elif record.level is Level.PRACTICE:
        home, digest = homes.get(record.code, (record, ""))
        lacks = {n: getattr(home, n) for n in WHERE if getattr(home, n) and not getattr(record, n)}
        if lacks:
            helpers.add(digest)
        if record.code in localities:
            lacks["area"], digest = localities[record.code]
            helpers.add(digest)
    return (replace(record, **lacks) if lacks else record), helpers


@dataclass(frozen=True, slots=True)
class ChosenRows:
    """Rows about the whole board, rows about its smaller places, and what could not be used."""

    whole: list[SourcedRecord]
    smaller: list[SourcedRecord]
    not_used: list[str]


def of_icb(rows: Sequence[SourcedRecord], place: Place, reference: ReferenceData) -> ChosenRows:
    """The rows about a plan's board, items of the boards it was made of carried over where that is
    exact."""
    own, union = place.icb_code, bridge(place.icb_code, place.organisation_list, reference)
    icbs = {row.record.code for row in rows if row.record.level is Level.ICB and row.record.code}
    counted = [row for row in rows if row.record.group_type != "OpenPrescribing measure"]
    ours = {own} if own in icbs else {own, *union.whole}
    of_icbs = [row for row in counted if row.record.level is Level.ICB]
    whole = [row for row in of_icbs if row.record.code in ours]
    located = [
        (row, _icb_of(row.record, place, reference))
        for row in counted
        if row.record.level in SMALLER
    ]
    # An ONS code may be of any board's place, and not of the user's own.
    strange = [row.record for row, icb in located if icb is None and _is_ons(row.record)]
    smaller = [
        row
        for row, icb in located
        if icb == own or icb is None and row.own and not _is_ons(row.record)
    ]
    # Places are told of and not rows, for a row of a file may be several here, or a part of one.
    unplaced = {
        (row.record.level, row.record.code)
        for row, icb in located
        if icb is None and not row.own and not _is_ons(row.record)
    }
    number_unplaced = Counter(level for level, _ in unplaced)
    elsewhere = {row.record.code for row in of_icbs if row.record.code not in ours}
    elsewhere |= {icb for _, icb in located if icb not in (None, own)}
    not_used: list[str] = []
    if own not in icbs and icbs & {*union.whole, *union.split}:
        whole, note = _carry_over(whole, icbs, union)
        not_used.append(note)
    places = sorted({f"{r.code} {r.name}".strip() for r in strange})
    named = listed_in_part(sorted(elsewhere), 6, 5)
    causes = (
        (
            unplaced,
            f"{listed([level.counted(number) for level, number in number_unplaced.items()])} left, "
            "since the files do not say the board: bring the practice mapping with them.",
        ),
        (
            strange,
            f"{several(len(places), 'place')} by ONS code left, since the board is not known: "
            f"{listed_in_part(places, 4, 3)}. Put the board's ODS code beside them, headed "
            "icb_code.",
        ),
        (
            elsewhere,
            f"What the files say of {several(len(elsewhere), 'other board')} was left out: {named}."
            if whole or smaller
            else f"The files hold no row for {own}. They are about {named}.",
        ),
    )
    not_used += [words for cause, words in causes if cause]
    return ChosenRows(whole, smaller, not_used)


def _is_ons(record: Record) -> bool:
    """Whether a place is known by a code of the Office for National Statistics alone."""
    return ONS_CODE.fullmatch(record.code) is not None


def _icb_of(record: Record, place: Place, reference: ReferenceData) -> str | None:
    """The board that a smaller place belongs to in the plan's list, or None where no row says."""
    by_part = None
    if record.sub_icb or record.level is Level.SUB_ICB:
        by_part = icb_of_sub_icb(record.sub_icb or record.code, place.organisation_list, reference)
    return by_part or record.icb or None


def _carry_over(
    whole: Sequence[SourcedRecord], icbs: set[str], union: Bridge
) -> tuple[list[SourcedRecord], str]:
    """Rows of the boards that this one was made of, their items added where they make up the whole
    of it; and what is said of that."""
    missing = {*union.split, *(set(union.whole) - icbs)}
    if missing:
        return [], (
            f"{union.code} cannot be made from the boards in the file: {listed(sorted(missing))} "
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
            files=files_of((first, *others)),
            record=replace(
                first.record,
                code=union.code,
                patients=None,
                items=sum(row.record.items or 0 for row in (first, *others)),
                suppressed=(),
            ),
        )
        for first, *others in groups.values()
        if len(others) + 1 == len(union.whole)
        and all(row.record.items is not None for row in (first, *others))
    ]
    return added, (
        f"{listed(union.whole)} together are {union.code}. Their items were added; numbers of "
        "people were not used, because a person may be counted in both."
    )


def newest(rows: Sequence[SourcedRecord]) -> SourcedRecord | None:
    """The row of the newest period, as `newest_period` chooses it."""
    period = newest_period({r.record.period for r in rows})
    return next((r for r in rows if r.record.period == period), None)


@dataclass(frozen=True, slots=True)
class YearOfItems:
    """Items of one class in a year, or in the part of one there is, what quantity they were of
    where every row says it, and the rows that were added."""

    items: int
    period: str
    receipt: str
    quantity: int | None
    rows: tuple[SourcedRecord, ...]


def items_of_a_year(rows: Sequence[SourcedRecord]) -> YearOfItems | None:
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
    quantities = [r.record.quantity for r in chosen if r.record.quantity is not None]
    return YearOfItems(
        sum(r.record.items or 0 for r in chosen),
        run_in_words(run),
        chosen[0].receipt,
        round(sum(quantities)) if len(quantities) == len(chosen) else None,
        tuple(chosen),
    )


def whole_periods(rows: Sequence[SourcedRecord]) -> set[str]:
    """The periods in which nearly as many places stand as in the fullest."""
    by_period = grouped(rows, key=lambda row: row.record.period)
    places = {period: len({r.record.code for r in there}) for period, there in by_period.items()}
    most = max(places.values(), default=0)
    return {period for period, number in places.items() if number >= WHOLE * most}


def fullest(rows: Sequence[SourcedRecord]) -> list[SourcedRecord]:
    """The rows of the one level that holds the most items, so that nothing is added twice and least
    is missing."""
    levels = [
        [row for row in rows if row.record.level is level]
        for level in (Level.PRACTICE, Level.PCN, Level.SUB_ICB, Level.AREA)
    ]
    return max(levels, key=lambda there: (bool(there), sum(r.record.items or 0 for r in there)))
