"""Rows below a header becoming records, by what each column holds.

No one format's layout is known here.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TypeVar

from planner.analysis.organisations import ods_code
from planner.intake import cells
from planner.intake.cells import SUPPRESSED, CellError
from planner.intake.errors import IntakeError
from planner.intake.files import FORMULA, SheetRows
from planner.intake.patient_level import heading_words
from planner.intake.reading import ReadingBuilder
from planner.model.intake import MEASURES, TENTHS, Level, Record
from planner.model.prescribing import Basis
from planner.model.reference import ReferenceData

T = TypeVar("T")
LEVELS = {level.value: level for level in Level} | {
    "sub_icb_location": Level.SUB_ICB,
    "sicbl": Level.SUB_ICB,
    "ccg": Level.SUB_ICB,
    "gp": Level.PRACTICE,
    "gp_practice": Level.PRACTICE,
    "integrated_care_board": Level.ICB,
    "stp": Level.ICB,
    "primary_care_network": Level.PCN,
    "place": Level.AREA,
    "comm_region": Level.REGION,
    "nhser": Level.REGION,
    "national": Level.ENGLAND,
}
"""What a column of kinds of organisation says of each."""
CODES = (
    (r"U\d{5}", Level.PCN),
    (r"[A-Z]\d{5}", Level.PRACTICE),
    (r"Q[A-Z0-9]{2}|[A-Z]\d[A-Z]\d[A-Z]", Level.ICB),
    (r"E54\d{6}", Level.ICB),
    (r"E38\d{6}", Level.SUB_ICB),
    (r"ENG|E92000001", Level.ENGLAND),
    (r"Y\d\d|E(?:12|40)\d{6}", Level.REGION),
    (r"[0-9A-Z]{3}|[A-Z]\d[A-Z]\d[A-Z]\d?", Level.SUB_ICB),
)
"""The shape of the codes of each kind of organisation, the first that fits deciding."""
BASES = {heading_words(words): basis for basis in Basis for words in (basis.value, basis.label)}
"""What a column of whom the numbers count says of each."""
TENTHS_WARNING = (
    "The column of deprivation fifths holds tenths (1 to 10), so none of it was taken as a fifth. "
    "These are tenths: add them two by two."
)


def header_of(
    sheet: SheetRows, wanted: Callable[[Mapping[str, int]], T | None], look_at: int = 40
) -> tuple[int, T] | None:
    """The first row near the top whose headings are what `wanted` looks for, and what it made of
    them."""
    for place, row in enumerate(sheet.rows[:look_at]):
        # The first of several columns that are headed alike.
        headings = {heading_words(cell): at for at, cell in reversed([*enumerate(row)])}
        # A raised figure loses its shape on the way to CSV: "Items2" is headed Items, unless
        # another column is.
        plain = {re.sub(r"(?<=[a-z])\d$", "", words): at for words, at in headings.items()}
        headings = plain | headings
        result = wanted({words: column for words, column in headings.items() if words})
        if result is not None:
            _each_heading_once(sheet, row, wanted, result)
            return place, result
    return None


def headed_sheets(
    sheets: Iterable[SheetRows],
    wanted: Callable[[Mapping[str, int]], T | None],
    look_at: int = 40,
) -> Iterator[tuple[SheetRows, int, T]]:
    """Each sheet that has such a header, with the header's row and what `wanted` made of it."""
    return ((sheet, *head) for sheet in sheets if (head := header_of(sheet, wanted, look_at)))


def _each_heading_once(
    sheet: SheetRows,
    row: Sequence[str],
    wanted: Callable[[Mapping[str, int]], object],
    result: object,
) -> None:
    """Raises IntakeError where a heading that matters stands twice, for either column might be
    meant."""
    words = [heading_words(cell) for cell in row]
    for twice in sorted({heading for heading in words if heading and words.count(heading) > 1}):
        last = {heading: column for column, heading in enumerate(words) if heading}
        first = {heading: words.index(heading) for heading in last}
        if wanted(first | {twice: last[twice]}) != result:
            raise IntakeError(
                f"'{sheet.name}' has two columns headed '{twice[:60]}', and either might be meant. "
                "Rename or delete one"
            )


def columns_named(names: Mapping[str, Sequence[str]], headings: Mapping[str, T]) -> dict[str, T]:
    """What stands under the first of each meaning's names that is a heading; nothing for a meaning
    without one."""
    return {
        meaning: next(headings[words] for words in known if words in headings)
        for meaning, known in names.items()
        if any(words in headings for words in known)
    }


def cell_at(row: Sequence[str], column: int | None) -> str:
    """The cell of a row that may be short, or of a column that the table does not have."""
    return "" if column is None or column >= len(row) else row[column]


def used_rows(
    sheet: SheetRows,
    header: int,
    builder: ReadingBuilder,
    record_of: Callable[[Sequence[str]], T | str],
) -> Iterator[tuple[str, T]]:
    """Where each row below a header stands, in which sheet, and what `record_of` makes of it.

    Every row that is not blank is counted as read. One is skipped for the reason that `record_of`
    gives instead, or for its CellError; the report then has what the first such cell holds.
    """
    of_sheet = f" of {sheet.label}" if sheet.label else ""
    for number, row in enumerate(sheet.rows[header + 1 :], start=header + 2):
        if not any(row):
            continue
        builder.rows_read += 1
        where = f"row {number}{of_sheet}"
        try:
            record = record_of(row)
        except CellError as error:
            builder.skip(cells.reason(error), f"{where}: {error}"[:300])
            continue
        if isinstance(record, str):
            builder.skip(record, where)
        else:
            builder.rows_used += 1
            yield where, record


def read_table(
    sheet: SheetRows,
    header: int,
    columns: Mapping[str, int],
    builder: ReadingBuilder,
    fixed: Mapping[str, str] | None = None,
    basis: Basis | None = None,
) -> None:
    """Every row below the header as a record. `columns` says which column holds what
    (COLUMN_MEANINGS).

    `fixed` holds what no column says. A row that cannot be read is skipped with its reason and its
    place. A blank in a column that has numbers in other rows of its kind is read as hidden, never
    as none.
    """
    fixed = fixed or {}
    strata = [columns[m] for m in ("level", "sex", "age", "quintile", "group") if m in columns]

    def about(row: Sequence[str]) -> tuple[str, ...]:
        level, *others = (cell_at(row, column).strip() for column in strata) if strata else ("",)
        return (level.lower(), *("some" if other else "" for other in others))

    filled: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for row in sheet.rows[header + 1 :]:
        filled[about(row)] |= {m for m in MEASURES if m in columns and cell_at(row, columns[m])}
    tenths = holds_tenths(sheet, header, columns.get("quintile"), builder)

    def text(row: Sequence[str], meaning: str) -> str:
        current = cell_at(row, columns.get(meaning)).replace(FORMULA, "")
        # As `template.safe` writes it.
        plain = re.sub(r"^'(?=[=+@-])", "", current) or fixed.get(meaning, "")
        return cells.without_notes(plain)

    def record_of(row: Sequence[str]) -> tuple[str, Record] | str:
        named = text(row, "class")
        medicine_class = cells.medicine_class(named)
        part: tuple[str, ...] = ()
        if (
            medicine_class is None
            and named
            and heading_words(named) not in ("population", "all", "everyone")
        ):
            known = builder.part_named(named)
            if known is None:
                return "medicine or class is not one of the five"
            medicine_class, part = known
        level = level_named(text(row, "level"))
        values: dict[str, Any]
        values, hidden = _measures(row, columns, filled[about(row)])
        if part and any(values.get(m) is not None for m in ("patients", "long_term", "high_dose")):
            builder.say(
                "People are counted for single medicines, which cannot be added up to a class; "
                "they were left out."
            )
            values.update(patients=None, long_term=None, high_dose=None)
        if medicine_class is None:
            values = {"population": values.get("population")}
            hidden = tuple(name for name in hidden if name == "population")
        area, name = text(row, "area")[:60], text(row, "name")[:300]
        given = text(row, "code")
        given = builder.sub_icb(given) if level is Level.SUB_ICB else given
        code = organisation(given, builder.reference, name)
        says_where = bool(code and area)
        if not hidden and not says_where and all(value is None for value in values.values()):
            return "no number in the row"
        return named.lower() if part else "", Record(
            period=cells.period(text(row, "period")),
            level=level or level_of_code(code, builder.reference),
            code=code,
            name=name,
            medicine_class=medicine_class,
            part=part,
            pcn=cells.code(text(row, "pcn")),
            sub_icb=organisation(builder.sub_icb(text(row, "sub_icb")), builder.reference),
            icb=organisation(text(row, "icb"), builder.reference),
            area=area,
            sex=cells.sex(text(row, "sex")),
            age=cells.age_band(text(row, "age")),
            **_group(text(row, "quintile"), tenths, text(row, "group_type"), text(row, "group")),
            basis=basis_of(text(row, "basis")) or basis,
            suppressed=hidden,
            **values,
        )

    for where, (medicine, record) in used_rows(sheet, header, builder, record_of):
        builder.keep(record, where, medicine)


def _group(deprivation: str, tenths: bool, kind: str, group: str) -> dict[str, Any]:
    """The fifth and the group of a row; a tenth in a column of fifths is a group, and no fifth."""
    number = cells.deprivation(deprivation, 10 if tenths else 5)
    if not tenths or not number:
        return {"quintile": number, "group_type": kind[:60], "group": group[:60]}
    if group:
        raise CellError("a deprivation tenth of a group, where fifths should be")
    return {"group_type": TENTHS, "group": str(number)}


def holds_tenths(
    sheet: SheetRows, header: int, column: int | None, builder: ReadingBuilder
) -> bool:
    """Whether a column of deprivation fifths is headed as one of tenths, or has more than five,
    which is then said."""
    tenths = column is not None and (
        re.search(r"decile|tenth", heading_words(cell_at(sheet.rows[header], column))) is not None
        or any(_is_tenth(cell_at(row, column)) for row in sheet.rows[header + 1 :])
    )
    builder.say(TENTHS_WARNING, tenths)
    return tenths


def _is_tenth(cell: str) -> bool:
    with suppress(CellError):
        return (cells.deprivation(cell, 10) or 0) > 5
    return False


def _measures(
    row: Sequence[str], columns: Mapping[str, int], filled: set[str]
) -> tuple[dict[str, int | float | None], tuple[str, ...]]:
    read = {
        measure: cells.measured(
            measure.replace("_", " "),
            cell_at(row, columns[measure]),
            whole=measure not in ("quantity", "cost"),
        )
        for measure in MEASURES
        if measure in columns
    }
    hidden = tuple(
        measure
        for measure, value in read.items()
        if value == SUPPRESSED or value is None and measure in filled and measure != "population"
    )
    return {m: None if isinstance(value, str) else value for m, value in read.items()}, hidden


def level_named(cell: str) -> Level | None:
    """The kind of organisation that a cell names; None for a blank one. Raises CellError for any
    other word."""
    words = heading_words(cell).replace(" ", "_").removesuffix("s")
    if words and words not in LEVELS:
        raise CellError(
            "kind of organisation is not known; write icb, sub_icb, pcn, practice or area"
        )
    return LEVELS.get(words)


def organisation(cell: str, reference: ReferenceData, name: str = "") -> str:
    """The code of an organisation, by which we know it where the cell has the ONS's. Raises
    CellError."""
    return ods_code(cells.code(cell), name, reference)


def level_of_code(code: str, reference: ReferenceData) -> Level:
    """What kind of organisation a code is of: one we know, else by its shape, as U and five figures
    a PCN."""
    if any(part.code == code for part in reference.sub_icbs):
        return Level.SUB_ICB
    shaped = (level for shape, level in CODES if re.fullmatch(shape, code))
    return next(shaped, Level.AREA if code else Level.ICB)


def basis_of(words: str) -> Basis | None:
    """The basis a cell names, by its words or its name in the plan. Raises CellError for anything
    else."""
    low = heading_words(words)
    if not low or low in BASES:
        return BASES.get(low)
    raise CellError(
        "basis is not known; write resident_adults, resident_all_ages or registered_all_ages"
    )
