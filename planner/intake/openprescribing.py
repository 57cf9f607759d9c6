"""OpenPrescribing's three CSV files: an analysis, a measure, and its spending by organisation."""

import re
from collections.abc import Mapping, Sequence

from planner.analysis.periods import is_month
from planner.intake import cells
from planner.intake.errors import ClassNeeded
from planner.intake.files import OpenedFile, SheetRows
from planner.intake.patient_level import heading_words
from planner.intake.reading import ReadingBuilder
from planner.intake.table_rows import (
    cell_at,
    headed_sheets,
    level_of_code,
    organisation,
    used_rows,
)
from planner.model.intake import Level, Record
from planner.model.prescribing import Basis, MedicineClass

ID = "openprescribing"
NAME = "OpenPrescribing export"

KINDS = {
    "analysis": {"date", "id", "name"},
    "spending by organisation": {"date", "row id", "row name", "items"},
    "measure": {"date", "org id", "numerator", "denominator"},
}
CHOOSE = (
    "does not say which class it is about. Put the class in its name, such as opioids.csv, or "
    "choose the class beside the file"
)


def _kind(headings: Mapping[str, int]) -> tuple[str, Mapping[str, int]] | None:
    for kind, wanted in KINDS.items():
        counts = kind != "analysis" or {"y items", "x items", "items"} & set(headings)
        if wanted <= set(headings) and counts:
            return kind, headings
    return None


def recognise(opened: OpenedFile) -> str | None:
    """Why this is an export of OpenPrescribing, or None."""
    for _, _, (kind, _) in headed_sheets(opened.sheets, _kind, look_at=3):
        return f"its headings are those of an OpenPrescribing {kind}"
    return None


def class_in_name(name: str) -> MedicineClass | None:
    """The one class that a file's name speaks of, if it speaks of just one."""
    words = re.sub(r"[^a-z]", "", name.lower())
    names = {
        medicine_class
        for sign, medicine_class in (
            ("antidepress", MedicineClass.ANTIDEPRESSANTS),
            ("benzo", MedicineClass.BENZODIAZEPINES),
            ("gabapentin", MedicineClass.GABAPENTINOIDS),
            ("pregabalin", MedicineClass.GABAPENTINOIDS),
            ("opioid", MedicineClass.OPIOIDS),
            ("zdrug", MedicineClass.Z_DRUGS),
        )
        if sign in words
    }
    return names.pop() if len(names) == 1 else None


def read(
    opened: OpenedFile, draft: ReadingBuilder, medicine_class: MedicineClass | None = None
) -> None:
    """Items by organisation and month, with the registered list where the file has it.

    The files do not say which medicines were chosen: `medicine_class` does, else the file's name.
    Raises IntakeError where neither does, and for a measure, whose numerator is not the items of a
    class.
    """
    for sheet, header, (kind, at) in headed_sheets(opened.sheets, _kind, look_at=3):
        if kind == "measure":
            _read_measure(sheet, header, at, draft)
            continue
        chosen = medicine_class or class_in_name(sheet.name) or class_in_name(opened.name)
        if chosen is None:
            raise ClassNeeded(f"{opened.name} {CHOOSE}")
        how = "as chosen" if medicine_class else "by the file's name"
        _read_items(sheet, header, at, draft, chosen, how)


def _read_items(
    sheet: SheetRows,
    header: int,
    at: Mapping[str, int],
    draft: ReadingBuilder,
    chosen: MedicineClass,
    how: str,
) -> None:
    items = next(at[name] for name in ("y items", "x items", "items") if name in at)
    cost = next(
        (at[name] for name in ("y actual cost", "x actual cost", "actual cost") if name in at), None
    )
    row_has = "" if "id" in at else "row "

    def record_of(row: Sequence[str]) -> Record | str:
        month = cells.period(cell_at(row, at["date"]))
        if not is_month(month):
            return "date is not a month"
        name = cell_at(row, at[f"{row_has}name"])[:300]
        place = organisation(cell_at(row, at[f"{row_has}id"]), draft.reference, name)
        count = _whole("items", cell_at(row, items))
        list_size = _whole("total list size", cell_at(row, at.get("total list size")))
        spent = cells.visible("actual cost", cell_at(row, cost), whole=False)
        quantity = cells.visible("quantity", cell_at(row, at.get("quantity")), whole=False)
        if not place:
            return "no organisation in the row"
        level = level_of_code(place, draft.reference)
        return Record(
            period=month,
            level=level,
            code=place,
            name=name,
            icb=place if level is Level.ICB else "",
            medicine_class=chosen,
            basis=Basis.REGISTERED_ALL_AGES,
            items=count,
            cost=spent,
            quantity=quantity,
            population=list_size or None,
            suppressed=("items",) if count is None else (),
        )

    for where, record in used_rows(sheet, header, draft, record_of):
        draft.keep(record, where, sheet.name)
    draft.say(
        f"All items were taken to be {chosen.label}, {how}: the file does not say which medicines "
        "it holds."
    )
    draft.say(
        "OpenPrescribing counts earlier months by today's organisations, and has items, not people."
    )


def _read_measure(
    sheet: SheetRows, header: int, at: Mapping[str, int], draft: ReadingBuilder
) -> None:
    """A measure is recognised and explained, but its numbers are of another thing than ours."""

    def record_of(row: Sequence[str]) -> Record | str:
        month = cells.period(cell_at(row, at["date"]))
        code = cells.code(cell_at(row, at["org id"]))
        denominator = cells.visible("denominator", cell_at(row, at["denominator"]), whole=False)
        cells.visible("numerator", cell_at(row, at["numerator"]), whole=False)
        if denominator is None or not code:
            return "no denominator or organisation in the row"
        return Record(
            period=month,
            level=level_of_code(code, draft.reference),
            code=code,
            name=cell_at(row, at.get("org name"))[:300],
            quantity=denominator,
            group_type="OpenPrescribing measure",
            group=heading_words(sheet.name)[:60],
        )

    draft.records += (record for _, record in used_rows(sheet, header, draft, record_of))
    draft.say(
        "An OpenPrescribing measure gives a dose or a part of a class over a denominator of its "
        "own. It is shown here and not used as a count of items or people of a class."
    )


def _whole(what: str, cell: str) -> int | None:
    value = cells.visible(what, cell, whole=False)
    if value is not None and not float(value).is_integer():
        raise cells.CellError(f"{what} is not a whole number")
    return None if value is None else int(value)
