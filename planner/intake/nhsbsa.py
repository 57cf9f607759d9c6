"""NHSBSA's two workbooks: Dependency Forming Medicines, and Medicines Used in Mental Health."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from planner.analysis.formatting import listed_in_part
from planner.intake import cells
from planner.intake.errors import IntakeError
from planner.intake.files import OpenedFile, SheetRows
from planner.intake.reading import ReadingBuilder, sum_of
from planner.intake.table_rows import (
    cell_at,
    columns_named,
    headed_sheets,
    holds_tenths,
    organisation,
    used_rows,
)
from planner.model.intake import Level, Record
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData

ID = "nhsbsa_workbook"
NAME = "NHSBSA prescribing workbook"
DFM = "NHSBSA Dependency Forming Medicines"
MUMH = "NHSBSA Medicines Used in Mental Health"

COLUMNS = {
    "period": ("year month", "calendar year", "financial quarter", "financial year"),
    "icb": ("icb code", "integrated care board code"),
    "icb_name": ("icb name", "integrated care board name"),
    "category": ("drug category",),
    "section": ("bnf section code",),
    "paragraph": ("bnf paragraph code",),
    "chemical": ("bnf chemical substance code",),
    "sex": ("gender", "patient gender"),
    "age": ("age band",),
    "quintile": ("imd quintile",),
    "flag": ("identified patient flag",),
    "patients": ("identified patients", "total identified patients"),
    "items": ("total items",),
    "cost": ("total net ingredient cost", "total net ingredient cost gbp"),
}
ANTIDEPRESSANTS = "0403"


# Which column of one sheet holds what.
Columns = Mapping[str, int]


def _by_medicine(columns: Columns) -> bool:
    """Whether each row is about one medicine or paragraph, not about a whole class."""
    return "chemical" in columns or "paragraph" in columns


def _columns(headings: Mapping[str, int]) -> Columns | None:
    lookup = columns_named(COLUMNS, headings)
    is_ours = (
        "period" in lookup and "items" in lookup and ("category" in lookup or "section" in lookup)
    )
    return lookup if is_ours else None


def recognise(opened: OpenedFile) -> str | None:
    """Why this is one of the two workbooks, or a sheet of one saved as CSV; None where it is
    neither."""
    for sheet, _, columns in headed_sheets(opened.sheets, _columns):
        heading, kind = (
            ("Drug Category", DFM) if "category" in columns else ("BNF Section Code", MUMH)
        )
        return (
            f"{sheet.label or 'it'} has a row headed with a period, {heading} and Total Items: "
            f"{kind}"
        )
    return None


def read(opened: OpenedFile, builder: ReadingBuilder) -> None:
    """Every sheet that counts classes by board, sex, age or deprivation; the others are named and
    left.

    Identified and unidentified rows are brought together: people from the identified, items from
    both. People are kept only where a row is about a whole class. Blank is hidden, never none. All
    ages are counted.
    """
    ours = [
        (sheet, header, columns)
        for sheet, header, columns in headed_sheets(opened.sheets, _columns)
        if not ("category" in columns and _by_medicine(columns))
    ]
    left = [sheet.name for sheet in opened.sheets if all(sheet is not one for one, *_ in ours)]
    saved: dict[tuple[object, ...], Record] = {}
    for sheet, header, columns in sorted(ours, key=lambda sheet: _by_medicine(sheet[2])):
        for record in _read_sheet(sheet, header, columns, builder):
            # The same numbers stand on several sheets.
            saved.setdefault(record.about, record)
    builder.records += saved.values()
    builder.say(
        f"Sheets not used: {listed_in_part(left, 12, 10)}.",
        left,
    )
    builder.say(
        "People of all ages are counted, children included, by the board of the prescribing "
        "practice."
    )
    builder.say(
        "Opioids for cancer pain and at the end of life are included: the data cannot leave "
        "them out.",
        any(r.medicine_class is MedicineClass.OPIOIDS for r in builder.records),
    )


def _read_sheet(
    sheet: SheetRows, header: int, at: Columns, builder: ReadingBuilder
) -> list[Record]:
    by_medicine = _by_medicine(at)
    grouped: defaultdict[tuple[object, ...], list[tuple[str, Record]]] = defaultdict(list)
    sections = set()
    tenths = holds_tenths(sheet, header, at.get("quintile"), builder)

    def record_of(row: Sequence[str]) -> tuple[Sequence[str], str, Record] | str:
        if (
            not cell_at(row, at["period"])
            or not cell_at(row, at["items"])
            and sum(map(bool, row)) < 3
        ):
            return "a note, not a row of data"
        section = cell_at(row, at.get("section"))
        if section and not section.zfill(4).startswith(ANTIDEPRESSANTS):
            sections.add(section)
            return "a BNF section that is not one of the five classes"
        if tenths and cell_at(row, at["quintile"]):
            return "a deprivation tenth, where fifths should be"
        result = _record(row, at, builder.reference)
        return result if isinstance(result, str) else (row, *result)

    first: dict[tuple[object, ...], str] = {}
    for where, (row, flag, record) in used_rows(sheet, header, builder, record_of):
        # Rows of single medicines are told apart by columns of which not all are known here.
        key = tuple(row) if by_medicine else (flag, *record.about)
        if first.setdefault(key, where) != where:
            raise IntakeError(
                f"{first[key]} and {where} say the same thing twice, and either may be right; the "
                "workbook has been changed. Delete the wrong one, or download it again"
            )
        grouped[record.about].append((flag, record))
    builder.say(
        f"BNF sections {listed_in_part(sorted(sections), 12, 10)} were left out: 4.1 is not "
        "benzodiazepines and Z-drugs alone.",
        sections,
    )
    builder.say(
        f"In {sheet.label or 'the file'} people are counted by single medicine. They cannot be "
        "added up to a class, so only its items were used.",
        by_medicine and "patients" in at,
    )
    return [_together(rows, by_medicine) for rows in grouped.values()]


def _record(
    row: Sequence[str], at: Mapping[str, int], reference: ReferenceData
) -> tuple[str, Record] | str:
    """The first letter of the flag of a row and what the row says; or why it is not used."""
    named = cell_at(row, at.get("category"))
    medicine_class = (
        cells.medicine_class(named) if "category" in at else MedicineClass.ANTIDEPRESSANTS
    )
    if medicine_class is None:
        return "drug category is not one of the five"
    # In these workbooks a blank means hidden, as a mark does.
    values: dict[str, Any] = {
        measure: cells.visible(measure, cell_at(row, at[measure]), whole=measure != "cost")
        for measure in ("patients", "items", "cost")
        if measure in at
    }
    code = organisation(cell_at(row, at.get("icb")), reference, cell_at(row, at.get("icb_name")))
    if "icb" in at and not code:
        return "no board is known for these rows (unknown ICB)"
    for meaning, name in (("sex", "sex"), ("age", "age"), ("quintile", "deprivation fifth")):
        words = cell_at(row, at.get(meaning)).strip().lower()
        if words.startswith(("unknown", "not ", "indeterminate", "unspec")):
            return f"{name} is not known"
    return (
        cell_at(row, at.get("flag")).strip().upper()[:1],
        Record(
            period=cells.period(cell_at(row, at["period"])),
            level=Level.ICB if code else Level.ENGLAND,
            code=code or "ENG",
            name=cell_at(row, at.get("icb_name")) or ("" if code else "England"),
            icb=code,
            medicine_class=medicine_class,
            sex=cells.sex(cell_at(row, at.get("sex"))),
            age=cells.age_band(cell_at(row, at.get("age"))),
            quintile=cells.deprivation(cell_at(row, at.get("quintile"))),
            basis=Basis.RESIDENT_ALL_AGES,
            suppressed=tuple(measure for measure, value in values.items() if value is None),
            **values,
        ),
    )


def _together(rows: Sequence[tuple[str, Record]], by_medicine: bool) -> Record:
    """Identified and unidentified rows as one: people of the identified, items and cost of both."""
    # A row of people not identified, or of a single medicine, counts no people of the class.
    records = [
        replace(
            record,
            patients=None,
            suppressed=tuple(name for name in record.suppressed if name != "patients"),
        )
        if flag == "N" or by_medicine
        else record
        for flag, record in rows
    ]
    whole = sum_of(records)
    people = [r.patients for r in records if r.patients is not None]
    if len(people) > 1:
        raise IntakeError(
            f"two rows count people for the same {whole.medicine_class or 'class'}, place and "
            "period; the workbook has been changed. Download it again"
        )
    is_part = "items" in whole.suppressed and not by_medicine
    return replace(
        whole,
        patients=people[0] if people else None,
        items=None if is_part else whole.items,
    )
