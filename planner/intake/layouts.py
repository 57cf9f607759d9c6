"""The layouts we know: the nearest to a table, the national dataset's, and years side by side."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.analysis.formatting import listed, listed_in_part
from planner.analysis.periods import UNDATED, ends
from planner.intake import cells, mapping, template
from planner.intake.errors import IntakeError
from planner.intake.files import OpenedFile, SheetRows
from planner.intake.patient_level import heading_words
from planner.intake.table_rows import columns_named, headed_sheets
from planner.model.intake import MEASURES

LAYOUTS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "our own table": (("class",), ("period",), ("patients", "items", "population")),
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
LONGEST_SHOWN = 24
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
        column if len(column) <= LONGEST_SHOWN else f"{column[:LONGEST_SHOWN]}…"
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
            needed[0]
            for needed in needs
            if seen.isdisjoint(heading_words(heading) for heading in needed)
        ]
        for name, needs in LAYOUTS.items()
    }
    name = min(LAYOUTS, key=lambda one: len(missing[one]) / len(LAYOUTS[one]))
    lacking = missing[name]
    if len(lacking) == len(LAYOUTS[name]):
        return f"{has}, none of them a column of any layout we know"
    return f"{has}. The nearest layout is that of {name}, for which it lacks {listed(lacking)}"


def refuse_known(opened: OpenedFile) -> None:
    """Raise IntakeError for a table that is known and that no plan can use."""

    def dispensed(headings: Mapping[str, int]) -> bool | None:
        return True if headings.keys() >= DISPENSED else None

    if any(headed_sheets(opened.sheets, dispensed, look_at=15)):
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
EPD_NEEDED = {"month", "practice", "items"}
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
    """What each column we use is called in one file, and the headings of all its columns."""

    columns: Mapping[str, str]
    all_columns: tuple[str, ...]

    @property
    def words(self) -> str:
        """Which of the layouts it is."""
        headings = {heading_words(column) for column in self.all_columns}
        if "snomed code" in headings or "bnf presentation code" in headings:
            return "the layout with SNOMED codes"
        return "the layout used to June 2025"


def layout_of(headings: Sequence[str]) -> Layout | None:
    """The layout these headings belong to, or None. Columns are found by name, wherever they
    stand."""
    by_words: dict[str, str] = {}
    for heading in headings:
        by_words.setdefault(heading_words(heading), heading)
    columns = columns_named(EPD_COLUMNS, by_words)
    is_ours = columns.keys() >= EPD_NEEDED and not columns.keys().isdisjoint(EPD_CODES)
    return Layout(columns, tuple(headings)) if is_ours else None


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


@dataclass(frozen=True, slots=True)
class Across:
    """Where the headings end, what each of the other columns is headed, and which column holds what
    measure of which period."""

    header: int
    others: Mapping[int, str]
    counts: Mapping[int, tuple[str, str]]


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
    return any(len(set(_periods(row).values())) > 1 for row in sheet.rows[:LOOK_AT])


def _down(sheet: SheetRows) -> SheetRows | None:
    across = next(
        (layout for place in range(min(LOOK_AT, len(sheet.rows))) if (layout := _at(sheet, place))),
        None,
    )
    if across is None:
        return None
    measures = list(dict.fromkeys(measure for measure, _ in across.counts.values()))
    column = {pair: place for place, pair in across.counts.items()}
    rows = [[*across.others.values(), "period", *(template.HEADINGS[m] for m in measures)]]
    for row in sheet.rows[across.header + 1 :]:
        if not any(row):
            continue
        cell = [*row, *[""] * (max((*across.others, *across.counts)) + 1 - len(row))]
        rows += (
            [
                *(cell[place] for place in across.others),
                period,
                *(cell[column[m, period]] if (m, period) in column else "" for m in measures),
            ]
            for period in dict.fromkeys(period for _, period in across.counts.values())
        )
    return SheetRows(sheet.name, rows)


def _at(sheet: SheetRows, place: int) -> Across | None:
    """What the headings say that end in this row, alone or with the row above it; None where they
    do not name measures of several periods."""
    row = sheet.rows[place]
    above = sheet.rows[place - 1] if place else []
    width = max(len(row), len(above))
    low = [*row, *[""] * (width - len(row))]
    top = [*above, *[""] * (width - len(above))]
    for counts in (_in_one(low), _in_two(top, low), _in_two(low, top, upper_last=True)):
        others = {
            column: low[column] or top[column]
            for column in range(width)
            if column not in counts and (low[column] or top[column])
        }
        if (
            len({period for _, period in counts.values()}) > 1
            and len(set(counts.values())) == len(counts)
            and "period" not in map(heading_words, others.values())
        ):
            return Across(place, others, counts)
    return None


def _periods(row: Sequence[str]) -> dict[int, str]:
    """The dated periods in a row, by column."""
    columns = {}
    for column, cell in enumerate(row):
        period = _period(cell)
        if period:
            columns[column] = period
    return columns


def _period(cell: str) -> str:
    """The period that a heading is, where it can be dated; else empty."""
    if not any(character.isdigit() for character in cell):
        return ""
    try:
        period = cells.period(cell)
    except cells.CellError:
        return ""
    return period if ends(period) != UNDATED else ""


def _in_one(row: Sequence[str]) -> dict[int, tuple[str, str]]:
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


def _in_two(
    top: Sequence[str], low: Sequence[str], upper_last: bool = False
) -> dict[int, tuple[str, str]]:
    """Measures of one row of headings and periods of the other, a heading above several columns
    holding for each of them. The measures are in `top`, with `upper_last` the lower row."""
    upper, columns = "", {}
    for column, (name, when) in enumerate(zip(top, low, strict=True)):
        if upper_last:
            upper = when or upper
            measure, period = MEASURE_OF.get(heading_words(name)), _period(upper)
        else:
            upper = name or upper
            measure, period = MEASURE_OF.get(heading_words(upper)), _period(when)
        if measure and period:
            columns[column] = measure, period
    return columns
