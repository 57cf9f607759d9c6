"""An OpenDocument spreadsheet (.ods) laid out as plain rows of text."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import repeat
from typing import IO

from lxml import etree

from planner.intake.errors import IntakeError
from planner.model.intake import MOST_COLUMNS

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
NOT_SHOWN = {"collapse", "filter"}


@dataclass(frozen=True, slots=True)
class DocumentSheet:
    """One sheet: its rows as they are seen, blank where hidden, and all of them; and what is hidden
    in it, in words, empty for nothing."""

    name: str
    visible: list[list[str]]
    whole: list[list[str]]
    hides: str


def sheets_of(
    name: str, content: IO[bytes], most_rows: int, most_cells: int
) -> Iterator[DocumentSheet]:
    """Each sheet of the document of that name. Raises IntakeError where one has more rows or cells
    than may be, which a few letters that repeat a row can ask for.

    A word in a cell that is merged down stands in each of its rows. Blank rows and cells at the
    end, which the file repeats to the edge of the sheet, are left out.
    """
    hidden_styles: set[str] = set()
    for _, element in etree.iterparse(
        content,
        tag=(f"{STYLE}style", f"{TABLE}table"),
        resolve_entities=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
    ):
        if element.tag == f"{STYLE}style":
            if any(part.get(f"{TABLE}display") == "false" for part in element):
                hidden_styles.add(element.get(f"{STYLE}name", ""))
            continue
        visible, whole = _rows(name, element, most_rows, most_cells)
        hides = "rows or columns of sheet" if visible != whole else ""
        if element.get(f"{TABLE}style-name") in hidden_styles:
            visible, hides = [], "sheet"
        yield DocumentSheet(element.get(f"{TABLE}name", ""), visible, whole, hides)
        element.clear()


def _rows(
    name: str, table: etree._Element, most_rows: int, most_cells: int
) -> tuple[list[list[str]], list[list[str]]]:
    """The rows of one sheet as they are seen, and all of them."""
    unseen = _hidden_columns(table)
    visible: list[list[str]] = []
    whole: list[list[str]] = []
    blank = cells_so_far = 0
    # How many more rows each merged word stands in, and the word, by column.
    merged: dict[int, tuple[int, str]] = {}
    for row in table.iter(f"{TABLE}table-row"):
        times = _number(row, "number-rows-repeated")
        cells = _cells(row, merged)
        if not cells:
            blank += times
            continue
        is_seen = row.get(f"{TABLE}visibility") not in NOT_SHOWN
        seen = [cell if is_seen and i not in unseen else "" for i, cell in enumerate(cells)]
        cells_so_far += times * len(cells)
        if len(whole) + blank + times > most_rows or cells_so_far > most_cells:
            raise IntakeError(
                f"{name} has more than {most_rows:,} rows or {most_cells:,} cells. Keep only your "
                "own board's rows"
            )
        for rows, current in ((visible, seen), (whole, cells)):
            rows += ([] for _ in range(blank))
            rows += (list(current) for _ in range(times))
        blank = 0
    return visible, whole


def _hidden_columns(table: etree._Element) -> set[int]:
    hidden: set[int] = set()
    place = 0
    for column in table.iter(f"{TABLE}table-column"):
        times = _number(column, "number-columns-repeated")
        if column.get(f"{TABLE}visibility") in NOT_SHOWN:
            hidden.update(range(place, min(place + times, MOST_COLUMNS)))
        place += times
    return hidden


def _cells(row: etree._Element, merged: dict[int, tuple[int, str]]) -> list[str]:
    """The cells of a row down to the last that says something."""
    cells: list[str] = []
    blank = 0
    for cell in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
        times = _number(cell, "number-columns-repeated")
        place = len(cells) + blank
        text = _text(cell)
        if place in merged and not text:
            left, text = merged.pop(place)
            if left > 1:
                merged[place] = left - 1, text
        down = _number(cell, "number-rows-spanned")
        if down > 1 and text and not cell.get(f"{OFFICE}value"):
            merged[place] = down - 1, text
        if not text:
            blank += times
            continue
        cells += repeat("", min(blank, MOST_COLUMNS))
        cells += repeat(text, min(times, MOST_COLUMNS))
        blank = 0
    return cells


def _text(cell: etree._Element) -> str:
    """What a cell says: a number or date as it is kept, and not as it is shown."""
    for kind in ("value", "date-value"):
        value = cell.get(f"{OFFICE}{kind}")
        if value is not None:
            return value.removesuffix("T00:00:00").removesuffix(".0")
    # Notes of a reader stand beside the text and are not of it.
    return " ".join("".join(map(str, part.itertext())) for part in cell.iterchildren(f"{TEXT}p"))


def _number(element: etree._Element, name: str) -> int:
    written = element.get(f"{TABLE}{name}", "1")
    return int(written) if written.isdecimal() else 1
