"""Spreadsheets (.xlsx and .ods) laid out as plain rows of text, and what they hide from readers."""

import io
import re
import warnings
import zipfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import islice, repeat
from posixpath import join, normpath
from typing import Any
from xml.etree import ElementTree

from lxml import etree
from openpyxl import load_workbook
from openpyxl.utils import column_index_from_string

from planner.intake.errors import IntakeError, damaged, refuse, refused_as
from planner.intake.files import (
    FORMULA,
    LARGEST_INSIDE,
    MOST_ROWS,
    OPEN_DOCUMENT,
    HiddenPlaces,
    WholeSheet,
    clean,
    content_of,
    opened_member,
    refuse_entities,
)
from planner.model.intake import MOST_COLUMNS

RAISED_NOTE = re.compile(
    r"[\s(\[]*(\d{1,2}|[a-z]|[*\u2020\u2021\u00a7]+)([\s,]+(\d{1,2}|[a-z]))*[\s)\]]*"
)
"""What a raised run of text is where it points to notes: figures, letters or signs."""
STRICT = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    ),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
}
"""The names by which a workbook saved as Strict Open XML calls the same things."""
BOOK, LINKS = "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
ATTRIBUTE = re.compile(rb"""\b(\w+)\s*=\s*["']([^"']*)["']""")
ROW = re.compile(rb"<(?:\w+:)?row\b")
# Hidden by hand, by a filter or by a folded outline, or drawn without height or width.
HIDDEN = rb"""<(?:\w+:)?%s\b[^>]*?\b(?:hidden=["'](?:1|true)["']|%s=["']0(?:\.0*)?["'])[^>]*>"""
HIDDEN_ROW = re.compile(HIDDEN % (b"row", b"ht"))
HIDDEN_COLUMNS = re.compile(HIDDEN % (b"col", b"width"))
MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\b[^>]*\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)
MOST_MERGED = 100_000
# A cell whose formula has no result beside it.
UNSAVED = re.compile(
    rb"""<(?:\w+:)?c\b[^>]*\br=["']([A-Z]{1,3})(\d{1,7})["'][^>]*>\s*"""
    rb"""<(?:\w+:)?f(?:\s[^>]*)?(?:/>|>[^<]*</(?:\w+:)?f>)\s*"""
    rb"""(?:<(?:\w+:)?v\s*/>\s*|<(?:\w+:)?v>\s*</(?:\w+:)?v>\s*)?</(?:\w+:)?c>"""
)


@dataclass(frozen=True, slots=True)
class SheetMarks:
    """What a sheet hides, and, by row and column counted from 0: each formula without a result, and
    each cell that is merged down, with the row in which it ends."""

    hidden: HiddenPlaces = HiddenPlaces()
    unsaved: frozenset[tuple[int, int]] = frozenset()
    merged: Mapping[tuple[int, int], int] = field(default_factory=dict)


def of_workbook(name: str, data: bytes, archive: zipfile.ZipFile) -> Iterator[WholeSheet]:
    """Each sheet of the workbook of that name. Raises IntakeError for macros, and for what no
    spreadsheet writes.

    A word in a cell that is merged down stands in each of its rows, and a formula counts by the
    result saved with it.
    """
    members = archive.namelist()
    refuse(
        name,
        (
            any(member.lower().endswith("vbaproject.bin") for member in members),
            "is a workbook with macros. Save it as .xlsx without macros",
        ),
    )
    for member in members:
        if member.endswith((".xml", ".rels")):
            refuse_entities(name, archive, member)

    def content(member: str) -> bytes:
        return content_of(name, archive, member, LARGEST_INSIDE)

    if BOOK in members and any(word in content(BOOK) for word in STRICT):
        data = _transitional(members, content)
        archive = zipfile.ZipFile(io.BytesIO(data))
    # Whatever a parser of XML meets in a damaged part.
    with refused_as(damaged(name)):
        parts = sheet_members(content) if {BOOK, LINKS} <= {*members} else {}
        marks = {title: marks_of(content(part)) for title, part in parts.items()}
    # openpyxl raises whatever its parser met.
    with refused_as(
        f"{name} cannot be opened as a workbook: it is damaged or only half there. Open it in "
        "Excel and save it again, or save the sheet as .csv"
    ):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = load_workbook(
                io.BytesIO(data), read_only=True, data_only=True, keep_links=False, rich_text=True
            )
        for sheet in book.worksheets:
            of_sheet = marks.get(sheet.title, SheetMarks())
            rows = filled_down(_sheet_rows(name, sheet, of_sheet.unsaved), of_sheet.merged)
            yield WholeSheet(sheet.title, sheet.sheet_state == "visible", rows, of_sheet.hidden)


def _transitional(members: Iterable[str], content: Callable[[str], bytes]) -> bytes:
    """A workbook saved as Strict Open XML, as the same workbook in the usual form."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as written:
        for member in members:
            part = content(member)
            if member.endswith((".xml", ".rels")):
                for strict, usual in STRICT.items():
                    part = part.replace(strict, usual)
            written.writestr(member, part)
    return output.getvalue()


def _sheet_rows(name: str, sheet: Any, unsaved: Container[tuple[int, int]]) -> Iterator[list[str]]:
    # The parser may fail in the middle of a sheet.
    with refused_as(f"{name} breaks off in the middle of a sheet. Download it again"):
        sheet.reset_dimensions()
        for number, row in enumerate(sheet.iter_rows(values_only=True)):
            yield [
                FORMULA if value is None and (number, column) in unsaved else _text(value)
                for column, value in enumerate(row)
            ]


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case datetime():
            return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
        case date():
            return value.isoformat()
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
        case list():
            # Text of several shapes: a raised figure in it is a note, and no part of the word.
            return clean("".join(str(run) for run in value if not _is_raised_note(run)))
        case _:
            return clean(str(value))


def _is_raised_note(run: Any) -> bool:
    """Whether a run of a cell's text is raised and so short that it points to a note."""
    font = getattr(run, "font", None)
    return getattr(font, "vertAlign", None) == "superscript" and bool(
        RAISED_NOTE.fullmatch(str(run))
    )


# --- what a sheet hides and merges, by the XML that it is kept as ---------------------------------


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


def marks_of(sheet: bytes) -> SheetMarks:
    """What a sheet hides and which cells it merges down, from the XML that it is kept as."""
    rows = {
        # A row without its number is the next one.
        int(_attributes(match).get(b"r") or len(ROW.findall(sheet, 0, match.end())))
        for match in HIDDEN_ROW.finditer(sheet)
    }
    runs = [_attributes(match) for match in HIDDEN_COLUMNS.finditer(sheet)]
    return SheetMarks(
        HiddenPlaces(
            frozenset(rows),
            tuple((int(r[b"min"]), int(r[b"max"])) for r in runs if {b"min", b"max"} <= {*r}),
        ),
        frozenset(
            (int(row) - 1, column_index_from_string(letters.decode()) - 1)
            for letters, row in UNSAVED.findall(sheet)
        ),
        {
            (int(first) - 1, column_index_from_string(left.decode()) - 1): int(last) - 1
            for left, first, _, last in (
                match.groups() for match in islice(MERGED.finditer(sheet), MOST_MERGED)
            )
            if int(last) > int(first)
        },
    )


def _attributes(match: re.Match[bytes]) -> dict[bytes, bytes]:
    return dict(ATTRIBUTE.findall(match[0]))


def filled_down(
    rows: Iterable[list[str]], merged: Mapping[tuple[int, int], int]
) -> Iterator[list[str]]:
    """The rows with each merged word in all of its rows. A merged number stays where it is, since
    it would be counted again in each row."""
    open_ranges: dict[int, tuple[int, str]] = {}
    columns = {column for _, column in merged}
    for number, row in enumerate(rows):
        for column in columns:
            end, word = open_ranges.get(column, (-1, ""))
            cell = row[column] if column < len(row) else ""
            if (number, column) in merged and cell and not cell.replace(".", "").isdecimal():
                open_ranges[column] = merged[(number, column)], cell
            elif number <= end and not cell:
                row += [""] * (column + 1 - len(row))
                row[column] = word
        yield row


# --- an OpenDocument spreadsheet ------------------------------------------------------------------

LARGEST_DOCUMENT = 100_000_000
"""The most of a spreadsheet, which is parsed a sheet at a time."""
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
TEXT = "{urn:oasis:names:tc:opendocument:xmlns:text:1.0}"
STYLE = "{urn:oasis:names:tc:opendocument:xmlns:style:1.0}"
INVISIBLE = {"collapse", "filter"}


def of_open_document(name: str, archive: zipfile.ZipFile) -> Iterator[WholeSheet]:
    """Each sheet of the document of that name. Raises IntakeError for one that is too large, or
    holds what no spreadsheet writes.

    A word in a cell that is merged down stands in each of its rows. Blank rows and cells at the
    end, which the file repeats to the edge of the sheet, are left out.
    """
    if archive.getinfo(OPEN_DOCUMENT).file_size > LARGEST_DOCUMENT:
        raise IntakeError(
            f"{name} holds more than {LARGEST_DOCUMENT / 1e6:,.0f} MB once opened. Save the sheet "
            "as .csv"
        )
    refuse_entities(name, archive, OPEN_DOCUMENT)
    hidden_styles: set[str] = set()
    with opened_member(name, archive, OPEN_DOCUMENT) as content, refused_as(damaged(name)):
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
            rows = (n for low, high in _hidden(element, "row") for n in range(low, high + 1))
            yield WholeSheet(
                element.get(f"{TABLE}name", ""),
                element.get(f"{TABLE}style-name") not in hidden_styles,
                _rows(element),
                HiddenPlaces(frozenset(rows), tuple(_hidden(element, "column"))),
            )
            element.clear()


def _hidden(table: etree._Element, kind: str) -> Iterator[tuple[int, int]]:
    """The runs of hidden rows or columns of a sheet, numbered from 1."""
    place = 0
    for element in table.iter(f"{TABLE}table-{kind}"):
        first = place + 1
        place += _number(element, f"number-{kind}s-repeated")
        if element.get(f"{TABLE}visibility") in INVISIBLE:
            yield first, min(place, MOST_ROWS)


def _rows(table: etree._Element) -> Iterator[list[str]]:
    """The rows of a sheet down to the last that says something."""
    blank = 0
    # How many more rows each merged word stands in, and the word, by column.
    merged: dict[int, tuple[int, str]] = {}
    for row in table.iter(f"{TABLE}table-row"):
        times = _number(row, "number-rows-repeated")
        cells = _document_cells(row, merged)
        if not cells:
            blank += times
            continue
        yield from ([] for _ in range(blank))
        yield from (list(cells) for _ in range(times))
        blank = 0


def _document_cells(row: etree._Element, merged: dict[int, tuple[int, str]]) -> list[str]:
    """The cells of a row down to the last that says something."""
    cells: list[str] = []
    blank = 0
    for cell in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
        times = _number(cell, "number-columns-repeated")
        place = len(cells) + blank
        text = _document_text(cell)
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


def _document_text(cell: etree._Element) -> str:
    """What a cell says: a number or date as it is kept, and not as it is shown."""
    for kind in ("value", "date-value"):
        value = cell.get(f"{OFFICE}{kind}")
        if value is not None:
            return clean(value.removesuffix("T00:00:00").removesuffix(".0"))
    # Notes of a reader stand beside the text and are not of it.
    paragraphs = cell.iterchildren(f"{TEXT}p")
    return clean(" ".join("".join(map(str, part.itertext())) for part in paragraphs))


def _number(element: etree._Element, name: str) -> int:
    written = element.get(f"{TABLE}{name}", "1")
    return int(written) if written.isdecimal() else 1
