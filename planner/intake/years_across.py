"""Tables whose periods stand side by side, written anew with each period in rows of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from planner.analysis.periods import UNDATED, ends
from planner.intake import cells, mapping, template
from planner.intake.files import OpenedFile, SheetRows
from planner.intake.patient_level import heading_words
from planner.model.intake import MEASURES

LOOK_AT = 15
MEASURE_OF = {
    name: measure
    for measure in MEASURES
    for name in (*template.NAMES[measure], *mapping.LIKELY.get(measure, ()))
}
"""What a column counts, by the words that head it."""
WORDS = (
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
        notes=[*opened.notes, WORDS],
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
