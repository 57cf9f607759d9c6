"""OpenPrescribing's three CSV files: an analysis, a measure, and its spending by organisation."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from planner.analysis.periods import is_month
from planner.intake import cells
from planner.intake.errors import ClassNeeded
from planner.intake.files import OpenedFile, SheetRows
from planner.intake.patient_level import heading_words
from planner.intake.reading import ReadingBuilder, substance
from planner.intake.table_rows import (
    cell_at,
    columns_named,
    headed_sheets,
    level_of_code,
    organisation,
    used_rows,
)
from planner.model.intake import Level, Record
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData

ID = "openprescribing"
NAME = "OpenPrescribing export"

KINDS = {
    "analysis": {"date", "id", "name"},
    "spending by organisation": {"date", "row id", "row name", "items"},
    "measure": {"date", "org id", "numerator", "denominator"},
}
COLUMNS = {
    "date": ("date",),
    "code": ("id", "row id"),
    "name": ("name", "row name"),
    "items": ("y items", "x items", "items"),
    "cost": ("y actual cost", "x actual cost", "actual cost"),
    "quantity": ("quantity",),
    "population": ("total list size",),
}
"""The columns of items by organisation, by what they may be headed."""
CLASS_SIGNS = {
    "antidepress": MedicineClass.ANTIDEPRESSANTS,
    "benzo": MedicineClass.BENZODIAZEPINES,
    "gabapentinoid": MedicineClass.GABAPENTINOIDS,
    "opioid": MedicineClass.OPIOIDS,
    "zdrug": MedicineClass.Z_DRUGS,
}
"""What the letters of a file's name hold where it speaks of a whole class."""
PARAGRAPHS = {
    "ssri": "040303",
    "ssris": "040303",
    "tricyclic": "040301",
    "tricyclics": "040301",
    "tca": "040301",
    "tcas": "040301",
    "maoi": "040302",
    "maois": "040302",
}
NARROWER = re.compile(
    r"\b(non|not|without|except|excluding|excl|ex|other|others|high|strong|weak|long acting"
    r"|short acting|low|injectable|oral|patch|patches|snris?|paediatric|children)\b|\bnon"
)
"""Words that leave only a part of a class, without saying which medicines."""
CHOOSE = (
    "does not say which class it is about, or speaks of a part of one that cannot be told. Put the "
    "class in its name, such as opioids.csv, or choose the class beside the file (--class)"
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


@dataclass(frozen=True, slots=True)
class ItemsClass:
    """Which class a file's items are of, and by what that is known.

    `part` holds the nine-character codes of the medicines that they are of, where it is these
    alone; it is empty for the whole class.
    """

    medicine_class: MedicineClass
    how: str
    part: tuple[str, ...] = ()


def class_in_name(name: str, reference: ReferenceData) -> ItemsClass | None:
    """The one class, or the one part of a class, that a file's name speaks of.

    A part is a medicine, a BNF code or the beginning of one, or a group such as SSRIs. None where
    the name speaks of no class, of several, or of a part that cannot be told, as "non-opioid" or
    "strong opioids" does.
    """
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).lower()
    words = re.findall(r"[a-z]+|[0-9][0-9a-z]*", text)
    starts = [
        PARAGRAPHS.get(word, word).upper()
        for word in words
        if word in PARAGRAPHS or re.match(r"0[0-9]{3}", word)
    ]
    codes = {
        c.bnf_code: c.medicine_class
        for c in reference.chemicals
        if any(c.bnf_code.startswith(start) or start.startswith(c.bnf_code) for start in starts)
        or _speaks_of(c.name, words)
    }
    joined = "".join(re.findall(r"[a-z]", text))
    classes = {known for sign, known in CLASS_SIGNS.items() if sign in joined}
    classes |= set(codes.values())
    if len(classes) != 1:
        return None
    medicine_class = classes.pop()
    if not codes and NARROWER.search(" ".join(words)):
        return None
    is_part = codes and reference.lacking(medicine_class, codes)
    return ItemsClass(medicine_class, "by the file's name", tuple(sorted(codes)) if is_part else ())


def _speaks_of(medicine: str, words: Sequence[str]) -> bool:
    """Whether words name a medicine: its substance, without the salt or what stands in brackets."""
    wanted = re.findall(r"[a-z]+", substance(medicine))
    return any(list(words[i : i + len(wanted)]) == wanted for i in range(len(words)))


def read(opened: OpenedFile, builder: ReadingBuilder) -> None:
    """Items by organisation and month, with the registered list where the file has it.

    The files do not say which medicines were chosen: the user does, else the file's name.
    Where the name speaks of a part of that class, the items are of that part alone. Raises
    IntakeError where neither says, and for a measure, whose numerator is not the items of a class.
    """
    for sheet, header, (kind, at) in headed_sheets(opened.sheets, _kind, look_at=3):
        if kind == "measure":
            _read_measure(sheet, header, at, builder)
            continue
        named = class_in_name(sheet.name, builder.reference) or class_in_name(
            opened.name, builder.reference
        )
        if builder.medicine_class and (
            not named or named.medicine_class is not builder.medicine_class
        ):
            named = ItemsClass(builder.medicine_class, "as chosen")
        if named is None:
            raise ClassNeeded(f"{opened.name} {CHOOSE}")
        _read_items(sheet, header, at, builder, named)


def _read_items(
    sheet: SheetRows,
    header: int,
    at: Mapping[str, int],
    builder: ReadingBuilder,
    chosen: ItemsClass,
) -> None:
    at = columns_named(COLUMNS, at)

    def record_of(row: Sequence[str]) -> Record | str:
        month = cells.period(cell_at(row, at["date"]))
        if not is_month(month):
            return "date is not a month"
        name = cell_at(row, at["name"])[:300]
        place = organisation(cell_at(row, at["code"]), builder.reference, name)
        count = cells.count("items", cell_at(row, at["items"]))
        list_size = cells.count("total list size", cell_at(row, at.get("population")))
        spent = cells.visible("actual cost", cell_at(row, at.get("cost")), whole=False)
        quantity = cells.visible("quantity", cell_at(row, at.get("quantity")), whole=False)
        if not place:
            return "no organisation in the row"
        level = level_of_code(place, builder.reference)
        return Record(
            period=month,
            level=level,
            code=place,
            name=name,
            icb=place if level is Level.ICB else "",
            medicine_class=chosen.medicine_class,
            part=chosen.part,
            basis=Basis.REGISTERED_ALL_AGES,
            items=count,
            cost=spent,
            quantity=quantity,
            population=list_size or None,
            suppressed=("items",) if count is None else (),
        )

    for where, record in used_rows(sheet, header, builder, record_of):
        builder.keep(record, where, sheet.name)
    of = f"part of {chosen.medicine_class.label}" if chosen.part else chosen.medicine_class.label
    builder.say(
        f"All items were taken to be {of}, {chosen.how}: the file does not say which medicines it "
        "holds."
    )
    builder.say(
        "OpenPrescribing counts earlier months by today's organisations, and has items, not people."
    )


def _read_measure(
    sheet: SheetRows, header: int, at: Mapping[str, int], builder: ReadingBuilder
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
            level=level_of_code(code, builder.reference),
            code=code,
            name=cell_at(row, at.get("org name"))[:300],
            quantity=denominator,
            group_type="OpenPrescribing measure",
            group=heading_words(sheet.name)[:60],
        )

    builder.records += (record for _, record in used_rows(sheet, header, builder, record_of))
    builder.say(
        "An OpenPrescribing measure gives a dose or a part of a class over a denominator of its "
        "own. It is shown here and not used as a count of items or people of a class."
    )
