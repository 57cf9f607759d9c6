"""Rows becoming records and a report: what every format shares. No one format's layout is known here."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from planner.analysis.organisations import reading_of
from planner.intake import cells
from planner.intake.cells import SUPPRESSED, CellError
from planner.intake.errors import IntakeError
from planner.intake.files import Sheet
from planner.intake.persons import heading_words
from planner.model.intake import (
    MEASURES,
    ClassSeen,
    ImportReport,
    Level,
    NearMissSeen,
    OrganisationSeen,
    Reading,
    Record,
    Skipped,
)
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData

MOST_LISTED = 60
ADDED_UP = ("items", "quantity", "cost")
T = TypeVar("T")


@dataclass
class Draft:
    """A report in the making, for one file."""

    reference: ReferenceData
    records: list[Record] = field(default_factory=list)
    rows_read: int = 0
    rows_used: int = 0
    warnings: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    near: Counter[tuple[str, str]] = field(default_factory=Counter)
    _skipped: dict[str, list[object]] = field(default_factory=dict)

    def skip(self, reason: str, where: str = "", rows: int = 1) -> None:
        """Count rows that are not used, with why."""
        held = self._skipped.setdefault(reason, [0, where])
        held[0] = int(str(held[0])) + rows

    def use(self, record: Record) -> None:
        """Keep what a row says."""
        self.records.append(record)
        self.rows_used += 1

    def say(self, warning: str) -> None:
        """Note something to be read with care, once."""
        if warning not in self.warnings:
            self.warnings.append(warning)

    def classify(self, code: str, name: str = "") -> MedicineClass | None:
        """The class of a BNF code by its first nine characters; a near miss is noted for the report."""
        classes = class_of_codes(self.reference)
        nine = code.strip().upper()[:9]
        if nine in classes:
            return classes[nine]
        for miss in self.reference.near_misses:
            if nine.startswith(miss.bnf_code.rstrip("*")):
                self.near[(nine, miss.name or name)] += 1
                break
        return None

    def finished(self, file: str, sha256: str, format_id: str, format_name: str, why: str) -> Reading:
        """The records, no key twice, and the report. Raises IntakeError where nothing at all could be used."""
        records = self._each_once()
        skipped = tuple(
            Skipped(reason=reason, rows=int(str(count)), first=str(where))
            for reason, (count, where) in sorted(
                self._skipped.items(), key=lambda item: (-int(str(item[1][0])), item[0])
            )
        )
        if not records:
            why_not = (
                "; ".join(f"{s.reason} ({s.rows:,} rows)" for s in skipped[:3]) or "it has no rows of data"
            )
            raise IntakeError(
                f"{file} was recognised as {format_name}, but nothing in it could be used: {why_not}"
            )
        seen = _organisations(records, self.reference)
        if any(miss for miss in self.near):
            self.say(
                "Medicines near our classes were left out: "
                + ", ".join(f"{name} ({code})" for code, name in sorted(self.near)[:8])
                + "."
            )
        classes, said = class_totals(records)
        for warning in said:
            self.say(warning)
        return Reading(
            report=ImportReport(
                file=file,
                sha256=sha256,
                format=format_id,
                format_name=format_name,
                why=why,
                rows_read=self.rows_read,
                rows_used=self.rows_used,
                skipped=skipped[:30],
                periods=tuple(sorted({r.period for r in records if r.period}))[:MOST_LISTED],
                organisations=tuple(seen[:MOST_LISTED]),
                organisations_in_all=len(seen),
                suppressed=sum(len(r.suppressed) for r in records),
                near_misses=tuple(
                    NearMissSeen(code=code, name=name, rows=rows)
                    for (code, name), rows in sorted(self.near.items())
                ),
                refused=tuple(line[:300] for line in self.refused),
                warnings=tuple(line[:300] for line in self.warnings),
                classes=classes,
            ),
            records=tuple(records),
        )

    def _each_once(self) -> list[Record]:
        """Records of one key made one: items are added, people are not."""
        groups: dict[tuple[object, ...], list[Record]] = defaultdict(list)
        for record in self.records:
            groups[key_of(record)].append(record)
        merged = []
        for group in groups.values():
            if len(group) == 1:
                merged.append(group[0])
                continue
            people = [
                m for m in MEASURES if m not in ADDED_UP and any(getattr(r, m) is not None for r in group)
            ]
            if people:
                self.say(
                    "Several rows are about the same people or medicines. Items were added up; numbers of people "
                    "cannot be, so they were left out there."
                )
            merged.append(_sum_of(group))
        return merged


def _sum_of(group: Sequence[Record]) -> Record:
    sums: dict[str, object] = {}
    for measure in MEASURES:
        values = [getattr(r, measure) for r in group if getattr(r, measure) is not None]
        sums[measure] = (sum(values) if values else None) if measure in ADDED_UP else None
    hidden = tuple(sorted({name for r in group for name in r.suppressed}))
    return replace(group[0], suppressed=hidden, **sums)  # type: ignore[arg-type]


def key_of(record: Record) -> tuple[object, ...]:
    """What a record is about, apart from its numbers."""
    return (
        record.period, record.level, record.code, record.medicine_class, record.sex, record.age,
        record.quintile, record.group_type, record.group, record.basis if record.medicine_class is None else None,
    )  # fmt: skip


def class_of_codes(reference: ReferenceData) -> dict[str, MedicineClass]:
    """The class of each nine-character BNF code that has one."""
    return {chemical.bnf_code: chemical.medicine_class for chemical in reference.chemicals}


def _organisations(records: Iterable[Record], reference: ReferenceData) -> list[OrganisationSeen]:
    names: dict[tuple[Level, str], str] = {}
    for record in records:
        if record.code:
            key = (record.level, record.code)
            names[key] = names.get(key) or record.name
    order = list(Level)
    return [
        OrganisationSeen(
            code=code, name=name[:300], level=level, reading=reading_of(level, code, reference)[:300]
        )
        for (level, code), name in sorted(
            names.items(), key=lambda item: (order.index(item[0][0]), item[0][1])
        )
    ]


def class_totals(records: Sequence[Record]) -> tuple[tuple[ClassSeen, ...], list[str]]:
    """What the file says of each class as a whole, and what had to be left unsaid.

    Items are added over months and over organisations of the widest level there is. People are given only
    where a single row counts them all, for they cannot be added.
    """
    found, said = [], []
    for medicine_class in MedicineClass:
        ours = [r for r in records if r.medicine_class is medicine_class]
        if not ours:
            continue
        totals = [r for r in ours if r.is_total]
        items = patients = None
        with_items = _widest_newest([r for r in totals if r.items is not None])
        if with_items:
            items = sum(r.items or 0 for r in with_items)
        with_people = _widest_newest(
            [r for r in totals if r.patients is not None or "patients" in r.suppressed]
        )
        if len(with_people) == 1:
            patients = with_people[0].patients
        elif with_people:
            said.append(
                "The file counts people in more than one organisation or month. Such counts cannot be added, so "
                "no total of people is given."
            )
        found.append(
            ClassSeen(
                medicine_class=medicine_class,
                items=items,
                patients=patients,
                suppressed=sum(len(r.suppressed) for r in ours),
            )
        )
    return tuple(found), said


def _widest_newest(records: Sequence[Record]) -> list[Record]:
    """Rows of the widest level, over all months, or of the newest period where periods are not months."""
    if not records:
        return []
    order = [level for level in Level if level is not Level.REGION] + [Level.REGION]
    widest = min((r.level for r in records), key=order.index)
    rows = [r for r in records if r.level is widest]
    years = [r for r in rows if not cells.is_month(r.period)]
    if not years:
        return rows
    newest = max(r.period for r in years)
    return [r for r in rows if r.period == newest]


def header_of(
    sheet: Sheet, wanted: Callable[[Mapping[str, int]], T | None], look_at: int = 40
) -> tuple[int, T] | None:
    """The first row near the top whose headings are what `wanted` looks for, and what it made of them."""
    for place, row in enumerate(sheet.rows[:look_at]):
        headings: dict[str, int] = {}
        for column, cell in enumerate(row):
            headings.setdefault(heading_words(cell), column)
        found = wanted({words: column for words, column in headings.items() if words})
        if found is not None:
            return place, found
    return None


def cell_at(row: Sequence[str], column: int | None) -> str:
    """The cell of a row that may be short, or of a column that the table does not have."""
    return "" if column is None or column >= len(row) else row[column]


def read_table(
    sheet: Sheet,
    header: int,
    columns: Mapping[str, int],
    draft: Draft,
    fixed: Mapping[str, str] | None = None,
    basis: Basis | None = None,
) -> None:
    """Every row below the header as a record. `columns` says which column holds what (COLUMN_MEANINGS).

    `fixed` holds what no column says. A row that cannot be read is skipped with its reason and its place. A
    blank in a column that has numbers in other rows of its kind is read as hidden, never as none.
    """
    fixed = fixed or {}
    below = sheet.rows[header + 1 :]
    strata = [columns[m] for m in ("level", "sex", "age", "quintile", "group") if m in columns]

    def about(row: Sequence[str]) -> tuple[str, ...]:
        level, *others = (cell_at(row, column).strip() for column in strata) if strata else ("",)
        return (level.lower(), *("some" if other else "" for other in others))

    filled: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in below:
        filled[about(row)] |= {m for m in MEASURES if m in columns and cell_at(row, columns[m])}
    by_name = {c.name.lower(): c.medicine_class for c in draft.reference.chemicals}

    def said(row: Sequence[str], meaning: str) -> str:
        return cell_at(row, columns.get(meaning)) or fixed.get(meaning, "")

    for number, row in enumerate(below, start=header + 2):
        if not any(row):
            continue
        draft.rows_read += 1
        where = f"row {number}" + (f" of sheet '{sheet.name}'" if sheet.name else "")
        try:
            record = _record(row, said, columns, filled[about(row)], draft, by_name, basis)
        except CellError as error:
            draft.skip(_plain_reason(str(error)), f"{where}: {error}"[:300])
            continue
        if isinstance(record, str):
            draft.skip(record, where)
        else:
            draft.use(record)


def _plain_reason(message: str) -> str:
    """The reason without what stood in the cell, so that like faults are counted together."""
    return re.sub(r"'[^']*'", "something", message)[:200]


def _record(
    row: Sequence[str],
    said: Callable[[Sequence[str], str], str],
    columns: Mapping[str, int],
    filled: set[str],
    draft: Draft,
    by_name: Mapping[str, MedicineClass],
    basis: Basis | None,
) -> Record | str:
    named = said(row, "class")
    medicine_class = cells.medicine_class(named)
    of_one_medicine = False
    if medicine_class is None and named and heading_words(named) not in ("population", "all", "everyone"):
        medicine_class = draft.classify(named) or by_name.get(named.lower())
        of_one_medicine = medicine_class is not None
        if medicine_class is None:
            return "medicine or class is not one of the five"
    level_words = heading_words(said(row, "level")).replace(" ", "_").removesuffix("s")
    values, hidden = _measures(row, columns, filled)
    if of_one_medicine and any(values.get(m) is not None for m in ("patients", "long_term", "high_dose")):
        draft.say(
            "People are counted for single medicines, which cannot be added up to a class; they were left out."
        )
        values.update(patients=None, long_term=None, high_dose=None)
    if medicine_class is None:
        values = {"population": values.get("population")}
        hidden = tuple(name for name in hidden if name == "population")
    if not hidden and all(value is None for value in values.values()):
        return "no number in the row"
    code = cells.code(said(row, "code"))
    level = _level(level_words, code)
    counted = basis_of(said(row, "basis")) or basis
    return Record(
        period=cells.period(said(row, "period")),
        level=level,
        code=code,
        name=said(row, "name")[:300],
        medicine_class=medicine_class,
        pcn=cells.code(said(row, "pcn")),
        sub_icb=cells.code(said(row, "sub_icb")),
        icb=cells.code(said(row, "icb")),
        sex=cells.sex(said(row, "sex")),
        age=cells.age_band(said(row, "age")),
        quintile=cells.quintile(said(row, "quintile")),
        group_type=said(row, "group_type")[:60],
        group=said(row, "group")[:60],
        basis=counted,
        suppressed=hidden,
        **values,  # type: ignore[arg-type]
    )


def _measures(
    row: Sequence[str], columns: Mapping[str, int], filled: set[str]
) -> tuple[dict[str, int | float | None], tuple[str, ...]]:
    values: dict[str, int | float | None] = {}
    hidden = []
    for measure in MEASURES:
        if measure not in columns:
            continue
        cell = cell_at(row, columns[measure])
        try:
            value = cells.number(cell, whole=measure not in ("quantity", "cost"))
        except CellError as error:
            raise CellError(f"{measure.replace('_', ' ')} {error}") from error
        if value == SUPPRESSED or (value is None and measure in filled and measure != "population"):
            hidden.append(measure)
            value = None
        values[measure] = None if value is None else value
    return values, tuple(hidden)


def _level(words: str, code: str) -> Level:
    known = {level.value: level for level in Level} | {
        "sub_icb_location": Level.SUB_ICB,
        "sicbl": Level.SUB_ICB,
        "gp": Level.PRACTICE,
        "gp_practice": Level.PRACTICE,
        "integrated_care_board": Level.ICB,
        "primary_care_network": Level.PCN,
        "place": Level.AREA,
        "national": Level.ENGLAND,
    }
    if words in known:
        return known[words]
    if words:
        raise CellError("kind of organisation is not known; write icb, sub_icb, pcn, practice or area")
    return level_of_code(code)


def level_of_code(code: str) -> Level:
    """What kind of organisation a code is of, by its shape: Q.. an ICB, U and five figures a PCN, and so on."""
    for shape, level in (
        (r"U\d{5}", Level.PCN),
        (r"[A-Z]\d{5}", Level.PRACTICE),
        (r"Q[A-Z0-9]{2}|[A-Z]\d[A-Z]\d[A-Z]", Level.ICB),
        (r"ENG|E92000001", Level.ENGLAND),
        (r"Y\d\d", Level.REGION),
        (r"[0-9A-Z]{3}|[A-Z]\d[A-Z]\d[A-Z]\d?", Level.SUB_ICB),
    ):
        if re.fullmatch(shape, code):
            return level
    return Level.AREA if code else Level.ICB


def basis_of(words: str) -> Basis | None:
    """The basis a cell names, by its words or its name in the plan. Raises CellError for anything else."""
    low = heading_words(words)
    if not low:
        return None
    for basis in Basis:
        if low in (heading_words(basis.value), heading_words(basis.words)):
            return basis
    raise CellError("basis is not known; write resident_adults, resident_all_ages or registered_all_ages")
