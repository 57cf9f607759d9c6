"""What a workbook hides from whoever opens it in Excel: rows and columns of a sheet, by its XML."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from posixpath import join, normpath
from xml.etree import ElementTree

from planner.analysis.formatting import listed_in_part

BOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
ATTRIBUTE = re.compile(rb"""\b(\w+)\s*=\s*["']([^"']*)["']""")
ROW = re.compile(rb"<(?:\w+:)?row\b")
# Hidden by hand, by a filter or by a folded outline, or drawn without height or width.
HIDDEN = rb"""<(?:\w+:)?%s\b[^>]*?\b(?:hidden=["'](?:1|true)["']|%s=["']0(?:\.0*)?["'])[^>]*>"""
HIDDEN_ROW = re.compile(HIDDEN % (b"row", b"ht"))
HIDDEN_COLUMNS = re.compile(HIDDEN % (b"col", b"width"))
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class HiddenPlaces:
    """The rows and the runs of columns of one sheet that are hidden, numbered from 1."""

    rows: frozenset[int] = frozenset()
    columns: tuple[tuple[int, int], ...] = ()


def sheet_members(content: Callable[[str], bytes]) -> dict[str, str]:
    """The part of a workbook that holds each sheet, by the sheet's title. `content` gives a part's
    bytes."""
    targets = {
        link.get("Id"): normpath(join("xl", link.get("Target", ""))).lstrip("/")
        for link in ElementTree.fromstring(content(LINKS))
    }
    return {
        str(sheet.get("name")): targets[identity]
        for sheet in ElementTree.fromstring(content(BOOK)).iter()
        if sheet.tag.endswith("}sheet")
        for key, identity in sheet.items()
        if key.endswith("}id") and identity in targets
    }


def hidden_places(sheet: bytes) -> HiddenPlaces:
    """The hidden rows and columns of a sheet, from the XML it is kept as."""
    rows = set()
    for match in HIDDEN_ROW.finditer(sheet):
        number = dict(ATTRIBUTE.findall(match[0])).get(b"r")
        # A row without its number is the next one.
        rows.add(int(number) if number else len(ROW.findall(sheet, 0, match.end())))
    runs = (dict(ATTRIBUTE.findall(match[0])) for match in HIDDEN_COLUMNS.finditer(sheet))
    return HiddenPlaces(
        frozenset(rows),
        tuple((int(run[b"min"]), int(run[b"max"])) for run in runs if {b"min", b"max"} <= {*run}),
    )


def visible_rows(
    title: str, rows: Sequence[list[str]], hidden: HiddenPlaces
) -> tuple[list[list[str]], list[str]]:
    """The rows without what their hidden cells hold, each still in its place, and a sentence that
    names the rows, and one that names the columns, that had something in them."""
    lost_rows = [n for n, row in enumerate(rows, start=1) if n in hidden.rows and any(row)]
    visible = [[] if n in hidden.rows else row for n, row in enumerate(rows, start=1)]
    lost_columns: set[int] = set()
    for place, row in enumerate(visible if hidden.columns else ()):
        away = {
            column
            for low, high in hidden.columns
            for column in range(low, min(high, len(row)) + 1)
            if row[column - 1]
        }
        lost_columns |= away
        visible[place] = ["" if at in away else cell for at, cell in enumerate(row, start=1)]
    return visible, [
        f"Hidden {kind} of sheet '{title}' were not read: {_runs(sorted(lost), name)}. Unhide "
        "what should count and save again."
        for kind, lost, name in (("rows", lost_rows, str), ("columns", lost_columns, _letters))
        if lost
    ]


def _letters(column: int) -> str:
    # About a third of a second, which opening the workbook took already.
    from openpyxl.utils import get_column_letter

    return get_column_letter(column)


def _runs(numbers: Sequence[int], name: Callable[[int], str]) -> str:
    """Numbers in order as a reader lists them: "2, 5 to 7 and 9"."""
    runs = [
        [number for _, number in run]
        for _, run in groupby(enumerate(numbers), key=lambda item: item[1] - item[0])
    ]
    words = [name(r[0]) + (f" to {name(r[-1])}" if len(r) > 1 else "") for r in runs]
    return listed_in_part(words, MOST_NAMED, MOST_NAMED - 1)
