"""Our own table: the layout any file may be brought into, read and filled with a plan's numbers."""

import csv
import io
from collections.abc import Iterable, Mapping

from planner.analysis.formatting import listed_in_part
from planner.analysis.local_data.plan_rows import records_of
from planner.intake.files import OpenedFile
from planner.intake.reading import ReadingBuilder
from planner.intake.table_rows import columns_named, headed_sheets, read_table
from planner.model.intake import Record
from planner.model.plan import Plan
from planner.model.reference import ReferenceData

ID = "template"
NAME = "Planner's own table"

HEADINGS = {
    "class": "class",
    "period": "period",
    "level": "level",
    "code": "code",
    "name": "name",
    "pcn": "pcn_code",
    "sub_icb": "sub_icb_code",
    "icb": "icb_code",
    "area": "locality",
    "sex": "sex",
    "age": "age_band",
    "quintile": "deprivation_fifth",
    "group_type": "group_type",
    "group": "group",
    "patients": "patients",
    "items": "items",
    "quantity": "quantity",
    "cost": "cost",
    "long_term": "long_term_patients",
    "high_dose": "high_dose_patients",
    "population": "population",
    "basis": "counted",
}
"""The heading of each column of the table, by what it holds."""

ALSO = {
    "class": ("medicine class", "class of medicine", "drug category"),
    "sex": ("gender",),
    "age": ("age", "age group"),
    # A column of tenths is told from one of fifths by its heading or by what it holds.
    "quintile": (
        "deprivation quintile", "imd quintile", "quintile", "deprivation decile", "imd decile",
        "decile", "deprivation tenth",
    ),
    "patients": ("people", "people prescribed"),
    "long_term": ("long term", "people on it for a year or more"),
    "high_dose": ("high dose",),
    "basis": ("basis",),
    "code": ("organisation code",),
    "name": ("organisation name",),
}  # fmt: skip
NAMES = {
    meaning: (heading.replace("_", " "), *ALSO.get(meaning, ()))
    for meaning, heading in HEADINGS.items()
}
"""What the heading of each column may be."""


def columns_in(headings: Mapping[str, int]) -> dict[str, int] | None:
    """Which column holds what, where the headings are those of our table; None where not."""
    lookup = columns_named(NAMES, headings)
    counts = {"patients", "items", "population"} & set(lookup)
    return lookup if {"class", "period"} <= set(lookup) and counts else None


def recognise(opened: OpenedFile) -> str | None:
    """Why this is our table, or None."""
    is_ours = any(headed_sheets(opened.sheets, columns_in, look_at=15))
    words = "it has columns headed class and period, with patients, items or population"
    return words if is_ours else None


def read(opened: OpenedFile, builder: ReadingBuilder) -> None:
    """Every row of each sheet laid out as our table."""
    for sheet, header, columns in headed_sheets(opened.sheets, columns_in, look_at=15):
        read_table(sheet, header, columns, builder)
        unknown = [
            f"'{cell[:60]}'"
            for place, cell in enumerate(sheet.rows[header])
            if cell and place not in columns.values()
        ]
        builder.say(
            f"Columns not known, and not read: {listed_in_part(unknown, 12, 10)}. Columns of "
            f"our table are headed {', '.join(HEADINGS.values())}.",
            unknown,
        )


def template_csv(plan: Plan, reference: ReferenceData) -> bytes:
    """Our table as CSV, filled with the plan's numbers."""
    return records_csv(records_of(plan, reference))


def records_csv(records: Iterable[Record]) -> bytes:
    """Records as our table, a row each."""
    return safe_csv(HEADINGS.values(), rows_of(records))


def safe_csv(headings: Iterable[str], rows: Iterable[Iterable[object]]) -> bytes:
    """A table as CSV with a byte-order mark, so that Excel opens it right and takes no cell for a
    formula."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(headings)
    writer.writerows([safe(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def template_xlsx(plan: Plan, reference: ReferenceData) -> bytes:
    """Our table as a workbook, filled with the plan's numbers, with a sheet that says how to fill
    it."""
    from openpyxl import Workbook
    from openpyxl.styles import Alignment, Font
    from openpyxl.utils import get_column_letter

    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Numbers"
    guide = book.create_sheet("How to fill")
    sheet.append(list(HEADINGS.values()))
    for row in rows_of(records_of(plan, reference)):
        sheet.append(row)
    for line in sheet.iter_rows():
        for cell in line:
            if isinstance(cell.value, str):
                # A name that begins with = is a name, not a formula.
                cell.data_type = "s"
    for number, heading in enumerate(HEADINGS.values(), start=1):
        sheet.cell(1, number).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(number)].width = max(12, len(heading) + 2)
    sheet.freeze_panes = "A2"
    for words in GUIDE:
        guide.append([words])
    guide.column_dimensions["A"].width = 110
    for cell in guide["A"]:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


GUIDE = (
    "One row for each class and period; leave a cell empty where a number is not known. Empty is "
    "never read as none.",
    "class: antidepressants, benzodiazepines, gabapentinoids, opioids, z_drugs, or population for "
    "a row of people only.",
    "period: a financial year (2024/25) or a month (2025-03).",
    "level, code, name: leave empty for the whole board; else icb, sub_icb, pcn, practice or area, "
    "with its code. locality: the place of your own that a practice is in.",
    "sex, age_band, deprivation_fifth (1 is the most deprived), group_type and group: leave empty "
    "for everybody.",
    "patients: people prescribed the class at least once in the period. Never add people over "
    "classes or months.",
    "long_term_patients: of them, on it for a year or more. high_dose_patients: on high-dose "
    "opioids.",
    "population: people of that row's place, sex, age, fifth or group, whether prescribed anything "
    "or not.",
    "counted: resident_adults, resident_all_ages, registered_all_ages or registered_adults.",
    "Write a hidden small number as * or <5. Bring counts only: never a row for a person.",
)


def rows_of(records: Iterable[Record]) -> Iterable[list[object]]:
    """Each record as a row under HEADINGS."""
    return ([_cell(record, meaning) for meaning in HEADINGS] for record in records)


def _cell(record: Record, meaning: str) -> object:
    if meaning in record.suppressed:
        return "*"
    if meaning == "class" and record.part:
        return "+".join(record.part)
    if meaning == "class":
        return record.medicine_class or "population"
    value = getattr(record, meaning)
    return "" if value is None else value


def safe(cell: object) -> object:
    """A cell that a spreadsheet will not take for a formula."""
    return (
        f"'{cell}"
        if isinstance(cell, str) and cell[:1] in ("=", "+", "-", "@", "\t", "\r")
        else cell
    )
