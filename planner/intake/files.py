"""A file's bytes opened safely and laid out as plain tables of text.

Nothing here knows what a table means.
"""

import codecs
import csv
import gzip
import hashlib
import io
import re
import unicodedata
import warnings
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby, islice, repeat
from pathlib import PurePath
from posixpath import join, normpath
from typing import IO, Any
from xml.etree import ElementTree

from blake3 import blake3

from planner.analysis.formatting import listed_in_part, several
from planner.intake.errors import IntakeError, damaged, refuse, refused_as
from planner.model.intake import MOST_COLUMNS

LARGEST_FILE = 50_000_000
LARGEST_INSIDE = 400_000_000
"""The most that a compressed file may hold once opened: a workbook or an archive."""
STEEPEST = 200
MOST_ROWS = 1_500_000
MOST_CELLS = 20_000_000
MOST_SHEETS = 80
LONGEST_CELL = 2_000
FORMULA = "\ue000formula"
"""Stands in for a formula whose result was never saved; no number can be read from it."""
RAISED_NOTE = re.compile(
    r"[\s(\[]*(\d{1,2}|[a-z]|[*\u2020\u2021\u00a7]+)([\s,]+(\d{1,2}|[a-z]))*[\s)\]]*"
)
"""What a raised run of text is where it points to notes: figures, letters or signs."""
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff"
    + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF))
    + "]+"
)
"""What a plan and a Word document cannot hold; a space stands in its place."""

MARKS = (
    (b"%PDF", "is a PDF. Download the data as .csv or .xlsx instead"),
    (
        b"\xd0\xcf\x11\xe0",
        "is an old Excel workbook (.xls) or has a password. Save it as .xlsx or .csv without one",
    ),
    (b"\x89PNG", "is a picture. Choose the data file itself"),
    (b"\xff\xd8\xff", "is a picture. Choose the data file itself"),
    (b"7z\xbc\xaf", "is a 7-Zip archive. Unpack it and choose the file inside"),
    (b"Rar!", "is a RAR archive. Unpack it and choose the file inside"),
)
OTHER_DOCUMENTS = {
    "word/document.xml": "is a Word document, and holds no table of data to bring in. To look at a "
    "specification, use 'planner review'",
    "xl/workbook.bin": "is a binary Excel workbook (.xlsb). Save as .xlsx",
}
"""What is said of a document that is no table, by a part that only it has."""
OPEN_DOCUMENT = "content.xml"
LARGEST_DOCUMENT = 100_000_000
"""The most of an OpenDocument spreadsheet, which is parsed a sheet at a time."""
STRICT = {
    b"http://purl.oclc.org/ooxml/spreadsheetml/main": (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    ),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    ),
}
"""The names by which a workbook saved as Strict Open XML calls the same things."""


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One table of a file: rows of text as they stand, the first not always the header."""

    name: str
    rows: list[list[str]]


@dataclass(frozen=True, slots=True)
class OpenedFile:
    """A file's tables, with its name, its digest, and what was noticed on opening it.

    `hidden` are the sheets of a workbook, whole, of which something is hidden in Excel: nothing is
    read from them, but they are searched for people as the others are.
    """

    name: str
    digest: str
    sheets: list[SheetRows]
    is_workbook: bool
    notes: list[str] = field(default_factory=list)
    hidden: list[SheetRows] = field(default_factory=list)


ReadSpreadsheet = Callable[
    [str, bytes, zipfile.ZipFile, list[str]], tuple[list[SheetRows], list[SheetRows]]
]


def open_file(name: str, data: bytes) -> OpenedFile:
    """The tables in a CSV, tab-separated, XLSX, zipped or gzipped file, every cell as text.

    Raises IntakeError, naming the file and what to do, for a file that is empty, too large,
    damaged, cut short, a macro workbook, packed to swell, or not a table at all.
    """
    name = shown_name(name)
    refuse(
        name,
        (
            len(data) > LARGEST_FILE,
            f"is {len(data) / 1e6:,.0f} MB; the most that can be read here is "
            f"{LARGEST_FILE / 1e6:,.0f} MB. Keep only your own board's rows, or use "
            "'planner ingest' for a whole month of the national dataset",
        ),
        (not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"), "is empty"),
        *((data.startswith(mark), words) for mark, words in MARKS),
    )
    digest = digest_of(data)
    notes: list[str] = []
    if data.startswith(b"PK"):
        archive = opened_archive(name, data)
        read = _spreadsheet_reader(name, archive.namelist())
        if read is not None:
            sheets, hidden = read(name, data, archive, notes)
            return OpenedFile(name, digest, sheets, True, notes, hidden)
        try:
            sheets = [
                _text_table(inner, content, notes) for inner, content in _members(name, archive)
            ]
        except IntakeError as error:
            raise error if name in str(error) else IntakeError(f"{name}: {error}") from error
        return OpenedFile(name, digest, sheets, False, notes)
    if data.startswith(b"PAR1"):
        # Brings the query engine, so only for such a file.
        from planner.intake.parquet import rows_of

        rows = ([_clean(cell) for cell in row] for row in rows_of(name, data))
        return OpenedFile(name, digest, [SheetRows(name, limited(name, rows))], False, notes)
    if data.startswith(b"\x1f\x8b"):
        data = _unzipped(name, gzip.GzipFile(fileobj=io.BytesIO(data)), len(data))
    return OpenedFile(name, digest, [_text_table(name, data, notes)], False, notes)


def digest_of(data: bytes) -> str:
    """The BLAKE3 of a file's bytes, which says so."""
    return f"blake3:{blake3(data).hexdigest()}"


def sha256_digest(file: io.BytesIO | io.BufferedReader) -> str:
    """The SHA-256 of an open file, by which plans of versions 1 to 3 know it."""
    return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def shown_name(name: str) -> str:
    """A file's own name without its folder, and without anything that cannot be printed."""
    last = PurePath(name.replace("\\", "/")).name
    clean = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    short = clean[:120].encode()[:200].decode(errors="ignore")
    return short if short.strip(".") else "the file"


def opened_archive(name: str, data: bytes) -> zipfile.ZipFile:
    """A zip archive, as long as it is whole, has no password, and does not swell. Raises
    IntakeError."""
    # A damaged archive fails in many ways, here and below: each way of packing has its own.
    with refused_as(damaged(name)):
        archive = zipfile.ZipFile(io.BytesIO(data))
    sizes = [(info.file_size, info.compress_size) for info in archive.infolist()]
    inside, packed = sum(size for size, _ in sizes), sum(size for _, size in sizes)
    refuse(
        name,
        (
            inside > LARGEST_INSIDE or inside > 10_000_000 and inside > STEEPEST * max(packed, 1),
            f"would swell to {inside / 1e6:,.0f} MB when opened, which no real file of this kind "
            "does. It was not opened",
        ),
        (
            len(sizes) > 2_000,
            f"holds {several(len(sizes), 'file')}. Choose the one that has the data",
        ),
        (
            any(info.flag_bits & 1 for info in archive.infolist()),
            "has a password. Save it without one",
        ),
    )
    return archive


def _members(name: str, archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    wanted = [
        info
        for info in archive.infolist()
        if not info.is_dir()
        and not PurePath(info.filename).name.startswith((".", "__MACOSX"))
        and not info.filename.startswith("__MACOSX")
    ]
    tables = [info for info in wanted if info.filename.lower().endswith((".csv", ".tsv", ".txt"))]
    others = (".xlsx", ".xlsm", ".xls", ".parquet")
    refuse(
        name,
        (not tables, "holds no .csv file. Unpack it and choose the file with the data"),
        (
            any(info.filename.lower().endswith(others) for info in wanted),
            "holds files of several kinds. Unpack it and bring each by itself",
        ),
    )
    for info in tables[:MOST_SHEETS]:
        yield shown_name(info.filename), _content(name, archive, info, info.compress_size)


def _opened(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo | str) -> IO[bytes]:
    with refused_as(f"{name} is damaged or packed in a way we cannot open. Unpack it first"):
        return archive.open(member)


def _content(
    name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo | str, packed: int
) -> bytes:
    with _opened(name, archive, member) as stream:
        return _unzipped(name, stream, packed)


def _unzipped(name: str, stream: IO[bytes] | gzip.GzipFile, packed: int) -> bytes:
    """Everything in a compressed stream, as long as it stays within what a real file would hold."""
    swollen = f"{name} swells beyond any real file of this kind. It was not opened further"
    with refused_as(damaged(name)):
        return b"".join(parts_of(stream, packed, LARGEST_INSIDE, swollen))


def parts_of(
    stream: IO[bytes] | gzip.GzipFile, packed: int, largest: int, swollen: str
) -> Iterator[bytes]:
    """What a compressed stream holds, a part at a time. Raises IntakeError, which says `swollen`,
    once there is more than `largest` bytes, or far more than the bytes that it was packed in."""
    size = 0
    while part := stream.read(1 << 20):
        size += len(part)
        if size > largest or size > 10_000_000 and size > STEEPEST * max(packed, 1):
            raise IntakeError(swollen)
        yield part


def decoded(name: str, data: bytes, notes: list[str]) -> str:
    """The bytes as text: UTF-8 or UTF-16 with a mark, else UTF-8, else Windows-1252 with a note.

    Raises IntakeError for a web page, for JSON, and for what is not text.
    """
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        with refused_as(f"{name} is damaged: its UTF-16 text breaks off", UnicodeDecodeError):
            text = data.decode("utf-16")
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = data.decode("cp1252", errors="replace")
            notes.append(
                "The text is not UTF-8; it was read as Windows-1252. Check names with accents."
            )
    start = text[:2_000].lstrip("\ufeff \t\r\n").lower()
    refuse(
        name,
        (
            "\x00" in text,
            "is not a table: it holds bytes that are not text. Save it as .csv or .xlsx",
        ),
        (
            re.match(r"<[a-z!?]", start),
            "is a web page, not the data. The download may have failed; try it again",
        ),
        (re.match(r"\{|\[\s*[\[{]", start), "is JSON. Ask for the same data as CSV"),
    )
    return text


def _text_table(name: str, data: bytes, notes: list[str]) -> SheetRows:
    if data.startswith((b"PK", b"\x1f\x8b")):
        raise IntakeError(
            f"{name} is an archive inside an archive. Unpack it and choose the file with the data"
        )
    return SheetRows(name, limited(name, _rows(name, decoded(name, data, notes), notes)))


def pasted(text: str) -> list[list[str]]:
    """The cells of a table pasted from a spreadsheet."""
    return limited("the pasted table", _rows("the pasted table", text, []))


def _rows(name: str, text: str, notes: list[str]) -> Iterator[list[str]]:
    separator = _separator(text)
    if separator == ";":
        notes.append("Columns are separated by semicolons.")
    lines = io.StringIO(text.replace("\r\n", "\n").replace("\r", "\n"))
    reader = csv.reader(lines, delimiter=separator, strict=True)
    csv.field_size_limit(1_000_000)
    last, before = 0, 0
    try:
        for row in reader:
            last, before = len(row), last or before
            yield [_clean(cell) for cell in row]
    except csv.Error as error:
        raise IntakeError(
            f"{name}, near line {reader.line_num}: a quotation mark is opened and never closed, or "
            "the row cannot be read. Save the file again as CSV"
        ) from error
    if 1 < last < before and not text.endswith(("\n", "\r")):
        raise IntakeError(
            f"{name} ends in the middle of a row, so part of it is missing. Download it again"
        )


def _separator(text: str) -> str:
    """The mark that splits the first lines into the most cells; a comma where nothing does."""
    marks = ",\t;|"
    lines = list(islice((line for line in io.StringIO(text) if line.strip()), 20))
    fullest = max(lines, key=lambda line: sum(map(line.count, marks)), default="")
    for mark in marks[1:]:
        if fullest.count(mark) >= max(2, fullest.count(",")):
            return mark
    return max(marks, key="".join(lines).count)


def _clean(cell: str) -> str:
    return UNPRINTABLE.sub(" ", cell[:LONGEST_CELL]).strip()


def limited(name: str, rows: Iterable[list[str]]) -> list[list[str]]:
    """The rows down to the last that is not blank. Raises IntakeError where there are none, or more
    than can be read here."""
    selection = _trimmed(name, rows)
    if not selection:
        raise IntakeError(f"{name} is empty")
    return selection


def _trimmed(name: str, rows: Iterable[list[str]]) -> list[list[str]]:
    selection: list[list[str]] = []
    cells = 0
    for row in rows:
        while row and not row[-1]:
            row.pop()
        if len(row) > MOST_COLUMNS:
            raise IntakeError(
                f"{name}, row {len(selection) + 1}, has {len(row):,} columns, which no real table "
                "has. Save it again as CSV"
            )
        cells += len(row)
        selection.append(row)
        if len(selection) > MOST_ROWS or cells > MOST_CELLS:
            raise IntakeError(
                f"{name} has more than {MOST_ROWS:,} rows. Keep only your own board's rows"
            )
    while selection and not selection[-1]:
        selection.pop()
    return selection


def _spreadsheet_reader(name: str, members: Sequence[str]) -> ReadSpreadsheet | None:
    """What reads the sheets of an archive with these parts; None where it is no spreadsheet. Raises
    IntakeError for another document."""
    for member, words in OTHER_DOCUMENTS.items():
        if member in members:
            raise IntakeError(f"{name} {words}")
    if any(member.startswith("xl/") for member in members):
        return _workbook
    return _open_document if OPEN_DOCUMENT in members else None


def _checked_workbook(
    name: str, data: bytes, archive: zipfile.ZipFile
) -> tuple[bytes, zipfile.ZipFile]:
    """A workbook in the usual form, whichever form it was saved in. Raises IntakeError for macros
    and for what no spreadsheet writes."""
    members = archive.namelist()
    if any(member.lower().endswith("vbaproject.bin") for member in members):
        raise IntakeError(f"{name} is a workbook with macros. Save it as .xlsx without macros")
    for member in members:
        if member.endswith((".xml", ".rels")):
            with _opened(name, archive, member) as stream, refused_as(damaged(name)):
                start = stream.read(4_096)
            if b"<!DOCTYPE" in start or b"<!ENTITY" in start:
                raise IntakeError(
                    f"{name} holds a construction no spreadsheet writes. It was not opened"
                )
    if BOOK not in members:
        return data, archive
    book = _content(name, archive, BOOK, LARGEST_INSIDE)
    if not any(word in book for word in STRICT):
        return data, archive
    usual = _as_transitional(name, archive)
    return usual, zipfile.ZipFile(io.BytesIO(usual))


def _workbook(
    name: str, data: bytes, archive: zipfile.ZipFile, notes: list[str]
) -> tuple[list[SheetRows], list[SheetRows]]:
    """The sheets without what is hidden in them, and, whole, those in which something is."""
    data, archive = _checked_workbook(name, data, archive)
    members = archive.namelist()
    sheets: list[SheetRows] = []
    hidden: list[SheetRows] = []
    unseen: list[str] = []

    def content(member: str) -> bytes:
        return _content(name, archive, member, LARGEST_INSIDE)

    # Whatever a parser of XML meets in a damaged part.
    with refused_as(damaged(name)):
        parts = sheet_members(content) if {BOOK, LINKS} <= {*members} else {}
        places = {title: hidden_places(content(part)) for title, part in parts.items()}
        merged = {title: merged_down(content(part)) for title, part in parts.items()}
    for title, is_visible, rows in _cells(name, data, _has_formulas(name, archive)):
        if len(sheets) + len(hidden) >= MOST_SHEETS:
            notes.append(f"Only the first {MOST_SHEETS} sheets were looked at.")
            break
        trimmed = _trimmed(name, filled_down(rows, merged.get(title, {})))
        called = _clean(title)[:60]
        if trimmed and not is_visible:
            unseen.append(f"'{called}'")
            hidden.append(SheetRows(called, trimmed))
        elif trimmed:
            seen, words = visible_rows(called, trimmed, places.get(title, HiddenPlaces()))
            notes += words
            hidden += [SheetRows(called, trimmed)] if words else []
            sheets.append(SheetRows(called, _trimmed(name, seen)))
    if unseen:
        notes.append(
            f"Hidden sheets were not read: {listed_in_part(unseen, 6, 5)}. Unhide what should "
            "count and save again."
        )
    sheets = [sheet for sheet in sheets if sheet.rows]
    if not sheets:
        why = " ".join(["", *notes]).rstrip(".") if hidden else ""
        raise IntakeError(f"{name} has no sheet with anything in it{why and ':'}{why}")
    return sheets, hidden


def _as_transitional(name: str, archive: zipfile.ZipFile) -> bytes:
    """A workbook saved as Strict Open XML, as the same workbook in the usual form."""
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as written:
        for info in archive.infolist():
            part = _content(name, archive, info, LARGEST_INSIDE)
            if info.filename.endswith((".xml", ".rels")):
                for strict, usual in STRICT.items():
                    part = part.replace(strict, usual)
            written.writestr(info.filename, part)
    return output.getvalue()


def _open_document(
    name: str, data: bytes, archive: zipfile.ZipFile, notes: list[str]
) -> tuple[list[SheetRows], list[SheetRows]]:
    """The sheets of an OpenDocument spreadsheet without what is hidden, and, whole, those in which
    something is."""
    # Only for such a file.
    from planner.intake.open_document import sheets_of

    if archive.getinfo(OPEN_DOCUMENT).file_size > LARGEST_DOCUMENT:
        raise IntakeError(
            f"{name} holds more than {LARGEST_DOCUMENT / 1e6:,.0f} MB once opened. Save the sheet "
            "as .csv"
        )
    with _opened(name, archive, OPEN_DOCUMENT) as stream, refused_as(damaged(name)):
        if b"<!DOCTYPE" in stream.read(4_096):
            raise IntakeError(
                f"{name} holds a construction no spreadsheet writes. It was not opened"
            )
    sheets: list[SheetRows] = []
    hidden: list[SheetRows] = []
    unseen: list[str] = []
    with _opened(name, archive, OPEN_DOCUMENT) as stream, refused_as(damaged(name)):
        for sheet in sheets_of(name, stream, MOST_ROWS, MOST_CELLS):
            called = _clean(sheet.name)[:60]
            visible, whole = (
                SheetRows(called, _trimmed(name, ([_clean(cell) for cell in row] for row in rows)))
                for rows in (sheet.visible, sheet.whole)
            )
            if sheet.hides:
                unseen.append(f"{sheet.hides} '{called}'")
                hidden.append(whole)
            if visible.rows:
                sheets.append(visible)
            if len(sheets) + len(hidden) >= MOST_SHEETS:
                notes.append(f"Only the first {MOST_SHEETS} sheets were looked at.")
                break
    if unseen:
        notes.append(
            f"What is hidden was not read: {listed_in_part(unseen, 6, 5)}. Unhide what should "
            "count and save again."
        )
    if not sheets:
        raise IntakeError(f"{name} has no sheet with anything in it")
    return sheets, hidden


def _has_formulas(name: str, archive: zipfile.ZipFile) -> bool:
    return any(
        re.search(rb"<f[ >/]", _content(name, archive, member, LARGEST_INSIDE))
        for member in archive.namelist()
        if member.startswith("xl/worksheets/") and member.endswith(".xml")
    )


def _cells(
    name: str, data: bytes, formulas: bool
) -> Iterator[tuple[str, bool, Iterator[list[str]]]]:
    """Each sheet's title, whether it is visible, and its rows as text. A formula counts by the
    result saved with it."""
    # About a third of a second, so only for a workbook.
    from openpyxl import load_workbook

    def opened(values: bool) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return load_workbook(
                io.BytesIO(data),
                read_only=True,
                data_only=values,
                keep_links=False,
                rich_text=values,
            )

    # openpyxl raises whatever its parser met.
    with refused_as(
        f"{name} cannot be opened as a workbook: it is damaged or only half there. Open it in "
        "Excel and save it again, or save the sheet as .csv"
    ):
        book = opened(True)
        formulas_book = opened(False) if formulas else None
        for sheet in book.worksheets:
            if not hasattr(sheet, "reset_dimensions"):
                continue
            sheet.reset_dimensions()
            written = formulas_book and formulas_book[sheet.title]
            if written:
                written.reset_dimensions()
            yield sheet.title, sheet.sheet_state == "visible", _sheet_rows(name, sheet, written)


def _sheet_rows(name: str, sheet: Any, written: Any) -> Iterator[list[str]]:
    # The parser may fail in the middle of a sheet.
    with refused_as(f"{name} breaks off in the middle of a sheet. Download it again"):
        formulas = repeat(repeat(None)) if written is None else written.iter_rows(values_only=True)
        for row, of_row in zip(sheet.iter_rows(values_only=True), formulas, strict=False):
            yield [
                FORMULA
                if value is None and isinstance(formula, str) and formula.startswith("=")
                else _text(value)
                for value, formula in zip(row, of_row, strict=False)
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
            return _clean("".join(str(run) for run in value if not _is_raised_note(run)))
        case _:
            return _clean(str(value))


def _is_raised_note(run: Any) -> bool:
    """Whether a run of a cell's text is raised and so short that it points to a note."""
    font = getattr(run, "font", None)
    return getattr(font, "vertAlign", None) == "superscript" and bool(
        RAISED_NOTE.fullmatch(str(run))
    )


# --- what a workbook hides from whoever opens it in Excel, by the XML of its sheets ---------------

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


# --- cells that a workbook merges down: what the first of them says is said of every row ----------

MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\b[^>]*\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)
MOST_MERGED = 100_000


def merged_down(sheet: bytes) -> dict[tuple[int, int], int]:
    """The first row and the column of each cell that is merged down, counted from 0, and the row in
    which it ends, from the XML that a sheet is kept as."""
    ranges = {}
    for match, _ in zip(MERGED.finditer(sheet), range(MOST_MERGED), strict=False):
        first, last = int(match[2]) - 1, int(match[4]) - 1
        if last > first:
            ranges[(first, _column(match[1]))] = last
    return ranges


def filled_down(
    rows: Iterable[list[str]], ranges: dict[tuple[int, int], int]
) -> Iterator[list[str]]:
    """The rows with each merged word in all of its rows. A merged number stays where it is, since
    it would be counted again in each row."""
    open_ranges: dict[int, tuple[int, str]] = {}
    columns = {column for _, column in ranges}
    for number, row in enumerate(rows):
        for column in columns:
            end, word = open_ranges.get(column, (-1, ""))
            cell = row[column] if column < len(row) else ""
            if (number, column) in ranges and cell and not cell.replace(".", "").isdecimal():
                open_ranges[column] = ranges[(number, column)], cell
            elif number <= end and not cell:
                row += [""] * (column + 1 - len(row))
                row[column] = word
        yield row


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
