"""The layouts we know: the nearest to a table, the national dataset's, and years side by side."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, zip_longest

from planner.analysis.formatting import listed, listed_in_part
from planner.analysis.periods import UNDATED, ends
from planner.intake import cells, mapping, template
from planner.intake.errors import IntakeError
from planner.intake.files import OpenedFile, SheetRows
from planner.intake.patient_level import heading_words
from planner.intake.table_rows import cell_at, columns_named, headed_sheets
from planner.model.intake import MEASURES

LAYOUTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "the planner's own table": (("class",), ("period",), ("patients", "items", "population")),
    "the English Prescribing Dataset": (
        ("YEAR_MONTH",),
        ("PRACTICE_CODE",),
        ("BNF_PRESENTATION_CODE", "BNF_CODE", "BNF_CHEMICAL_SUBSTANCE_CODE"),
        ("ITEMS",),
    ),
    "NHSBSA's Dependency Forming Medicines": (
        ("Financial Year", "Financial Quarter", "Year Month"),
        ("Drug Category",),
        ("Total Items",),
    ),
    "NHSBSA's Medicines Used in Mental Health": (
        ("Financial Year", "Financial Quarter", "Year Month"),
        ("BNF Section Code",),
        ("Total Items",),
    ),
    "an OpenPrescribing analysis": (("date",), ("id",), ("name",), ("y_items", "items")),
    "OpenPrescribing's spending by organisation": (
        ("date",),
        ("row_id",),
        ("row_name",),
        ("items",),
    ),
    "patients registered by age and sex": (
        ("ORG_CODE",),
        ("SEX",),
        ("AGE", "AGE_GROUP_5"),
        ("NUMBER_OF_PATIENTS",),
    ),
    "items by region and medicine": (
        ("YM", "YEAR_MONTH", "month"),
        ("REGION",),
        ("DRUG", "BNF_CHEMICAL_SUBSTANCE"),
        ("ITEMS",),
    ),
}
"""What each layout must have: for each need, the headings of which one is enough."""
LONGEST_COLUMN = 24
"""As much of a heading as is shown."""
DISPENSED = {"year desc", "geography name", "geography code", "bnf presentation code"}


def nearest(opened: OpenedFile) -> str:
    """The columns seen in the fullest table, the layout nearest to it, and what is missing for it,
    in sentences."""
    sheet = max(opened.sheets, key=lambda one: len(one.rows))
    try:
        columns = mapping.headings(sheet)
    except IntakeError as error:
        return f"In it, {error}"
    headings = [
        column if len(column) <= LONGEST_COLUMN else f"{column[:LONGEST_COLUMN]}…"
        for column in columns
    ]
    has = f"Its columns are {listed_in_part(headings, 6, 5)}"
    if side_by_side(sheet):
        return (
            f"{has}. Periods stand side by side: head each with what it counts, such as 'items "
            "2024/25', or write them below one another, with a column for the period"
        )
    seen = {heading_words(column) for column in columns}
    missing = {
        name: [
            essential[0]
            for essential in needs
            if seen.isdisjoint(heading_words(heading) for heading in essential)
        ]
        for name, needs in LAYOUTS.items()
    }
    name = min(LAYOUTS, key=lambda one: len(missing[one]) / len(LAYOUTS[one]))
    lacking = missing[name]
    if len(lacking) == len(LAYOUTS[name]):
        return f"{has}, none of them a column of any layout the planner knows"
    return f"{has}. The nearest layout is that of {name}, for which it lacks {listed(lacking)}"


def refuse_known(opened: OpenedFile) -> None:
    """Raise IntakeError for a table that is known and that no plan can use."""
    if any(headed_sheets(opened.sheets, lambda h: h.keys() >= DISPENSED or None, look_at=15)):
        raise IntakeError(
            f"{opened.name} is Prescription Cost Analysis. Its boards are those of the pharmacies "
            "that dispensed, online ones among them, and not of the practices that prescribed, so "
            "it says nothing of a board's own people. Use the English Prescribing Dataset instead"
        )


# --- the layouts of the English Prescribing Dataset, told by their headings ----------------------

EPD_COLUMNS: dict[str, tuple[str, ...]] = {
    "month": ("year month",),
    "icb": ("icb code", "stp code"),
    "pco": ("pco code",),
    "practice": ("practice code",),
    "presentation": ("bnf presentation code", "bnf code"),
    "chemical": ("bnf chemical substance code", "bnf chemical substance"),
    "items": ("items",),
    "quantity": ("total quantity",),
    "nic": ("nic",),
    "cost": ("actual cost",),
}
EPD_ESSENTIAL = {"month", "practice", "items"}
EPD_CODES = ("presentation", "chemical")
CUT_COLUMNS = (
    "month",
    "icb",
    "pco",
    "practice",
    "code",
    "items",
    "quantity",
    "nic",
    "cost",
    "rows",
)


@dataclass(frozen=True, slots=True)
class Layout:
    """What each column we use is called in one file, and which of the layouts it is, in words."""

    columns: Mapping[str, str]
    words: str


def layout_of(headings: Sequence[str]) -> Layout | None:
    """The layout these headings belong to, or None. Columns are found by name, wherever they
    stand."""
    # The first of several that are headed alike.
    by_words = {heading_words(heading): heading for heading in reversed(headings)}
    columns = columns_named(EPD_COLUMNS, by_words)
    is_ours = columns.keys() >= EPD_ESSENTIAL and not columns.keys().isdisjoint(EPD_CODES)
    is_newer = not by_words.keys().isdisjoint(("snomed code", "bnf presentation code"))
    words = "the layout with SNOMED codes" if is_newer else "the layout used to June 2025"
    return Layout(columns, words) if is_ours else None


def layout_wanted(name: str, headings: Sequence[str]) -> Layout:
    """The layout these headings belong to. Raises IntakeError where they are of another table."""
    layout = layout_of(headings)
    if layout is None:
        raise IntakeError(
            f"{name} is not laid out as the English Prescribing Dataset: it needs columns for the "
            "month, the practice, the BNF code and the items"
        )
    return layout


# --- tables whose periods stand side by side, written anew with each period in rows of its own ---

LOOK_AT = 15
MEASURE_OF = {
    name: measure
    for measure in MEASURES
    for name in (*template.NAMES[measure], *mapping.LIKELY.get(measure, ()))
}
"""What a column counts, by the words that head it."""
SIDE_BY_SIDE = (
    "Periods that stood side by side were read each in rows of its own; the rows named in this "
    "report are numbered after that."
)


def written_down(opened: OpenedFile) -> OpenedFile:
    """The file, each sheet whose periods stand side by side written as one row for each of them."""
    sheets = [_down(sheet) for sheet in opened.sheets]
    if all(sheet is None for sheet in sheets):
        return opened
    return replace(
        opened,
        sheets=[new or old for new, old in zip(sheets, opened.sheets, strict=True)],
        notes=[*opened.notes, SIDE_BY_SIDE],
    )


def side_by_side(sheet: SheetRows) -> bool:
    """Whether a row near the top names several periods."""
    return any(len({*map(_period, row)} - {""}) > 1 for row in sheet.rows[:LOOK_AT])


# What a column counts, and of which period.
Counted = tuple[str, str]


def _down(sheet: SheetRows) -> SheetRows | None:
    for place in range(min(LOOK_AT, len(sheet.rows))):
        heads = _at(sheet, place)
        if heads is not None:
            return replace(sheet, rows=list(_one_by_one(sheet.rows[place + 1 :], *heads)))
    return None


def _one_by_one(
    rows: Sequence[list[str]], others: Mapping[int, str], counts: Mapping[int, Counted]
) -> Iterator[list[str]]:
    """The table's headings, and each row written once for each period."""
    measures = list(dict.fromkeys(measure for measure, _ in counts.values()))
    periods = list(dict.fromkeys(period for _, period in counts.values()))
    column = {counted: place for place, counted in counts.items()}
    yield [*others.values(), "period", *(template.HEADINGS[m] for m in measures)]
    for row in filter(any, rows):
        for period in periods:
            yield [
                *(cell_at(row, place) for place in others),
                period,
                *(cell_at(row, column.get((measure, period))) for measure in measures),
            ]


def _at(sheet: SheetRows, place: int) -> tuple[dict[int, str], dict[int, Counted]] | None:
    """How the other columns are headed, and which column counts what, by the headings that end in
    this row, alone or with the row above it; None where they do not name measures of several
    periods."""
    above = sheet.rows[place - 1] if place else []
    pairs = list(zip_longest(above, sheet.rows[place], fillvalue=""))
    top = [upper for upper, _ in pairs]
    low = [lower for _, lower in pairs]
    for counts in (_in_one(low), _in_two(_carried(top), low), _in_two(low, _carried(top))):
        others = {
            column: lower or upper
            for column, (upper, lower) in enumerate(pairs)
            if column not in counts and (lower or upper)
        }
        if (
            len({period for _, period in counts.values()}) > 1
            and len(set(counts.values())) == len(counts)
            and "period" not in map(heading_words, others.values())
        ):
            return others, counts
    return None


def _carried(row: Sequence[str]) -> list[str]:
    """Headings above several columns each, written over each of them."""
    return list(accumulate(row, lambda before, cell: cell or before, initial=""))[1:]


def _period(cell: str) -> str:
    """The period that a heading is, where it can be dated; else empty."""
    if not any(character.isdigit() for character in cell):
        return ""
    try:
        period = cells.period(cell)
    except cells.CellError:
        return ""
    return period if ends(period) != UNDATED else ""


def _in_one(row: Sequence[str]) -> dict[int, Counted]:
    """Measures and periods of headings such as "Items 2024/25" or "2024/25 items"."""
    columns = {}
    for column, cell in enumerate(row):
        words = cell.replace("(", " ").replace(")", " ").replace(":", " ").split()
        for cut in range(1, len(words)):
            start, end = " ".join(words[:cut]), " ".join(words[cut:])
            for name, when in ((start, end), (end, start)):
                measure, period = MEASURE_OF.get(heading_words(name)), _period(when)
                if measure and period:
                    columns[column] = measure, period
    return columns


def _in_two(names: Sequence[str], periods: Sequence[str]) -> dict[int, Counted]:
    """Measures of one row of headings and periods of another."""
    columns = {}
    for column, (name, when) in enumerate(zip(names, periods, strict=True)):
        measure, period = MEASURE_OF.get(heading_words(name)), _period(when)
        if measure and period:
            columns[column] = measure, period
    return columns
