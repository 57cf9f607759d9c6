"""An OpenDocument spreadsheet (.ods) laid out as plain rows of text."""

from collections.abc import Iterator
from itertools import repeat
from typing import IO

from lxml import etree

OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
MEDIA_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
MOST_COLUMNS = 16_384
NOT_SHOWN = {"collapse", "filter"}

Sheet = tuple[str, list[list[str]], str]


def sheets_of(content: IO[bytes], most_rows: int) -> Iterator[Sheet]:
    """Each sheet's name, its rows as text, and what of it is hidden, in words.

    Hidden sheets have no rows, hidden rows and columns are blank. A cell that is merged down stands
    in each of its rows. Blank rows and cells at the end, which the file repeats to the edge of the
    sheet, are left out.
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
        name = element.get(f"{TABLE}name", "")
        if element.get(f"{TABLE}style-name") in hidden_styles:
            yield name, [], f"sheet '{name}'"
        else:
            rows, hidden = _rows(element, most_rows)
            places = f"rows or columns of sheet '{name}'" if hidden else ""
            yield name, rows, places
        element.clear()


def _rows(table: etree._Element, most_rows: int) -> tuple[list[list[str]], bool]:
    """The rows of one sheet, and whether something in them is hidden."""
    unseen = _hidden_columns(table)
    rows: list[list[str]] = []
    blank, hidden = 0, False
    # How many more rows each merged cell stands in, and what it says, by column.
    merged: dict[int, tuple[int, str]] = {}
    for row in table.iter(f"{TABLE}table-row"):
        times = _number(row, "number-rows-repeated")
        cells = _cells(row, merged)
        if not any(cells):
            blank += times
            continue
        shown = row.get(f"{TABLE}visibility") not in NOT_SHOWN
        hidden = hidden or not shown or any(cells[i] for i in unseen if i < len(cells))
        visible = ["" if i in unseen or not shown else cell for i, cell in enumerate(cells)]
        # One row more than may be, so that whoever counts them says so.
        room = most_rows + 1 - len(rows)
        rows += repeat([], min(blank, room))
        rows += repeat(visible, max(0, min(times, room - blank)))
        blank = 0
    return [list(row) for row in rows], hidden


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
    return " ".join("".join(part.itertext()) for part in cell.iterchildren(f"{TEXT}p"))


def _number(element: etree._Element, name: str) -> int:
    written = element.get(f"{TABLE}{name}", "1")
    return int(written) if written.isdecimal() else 1
