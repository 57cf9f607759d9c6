"""A file's bytes opened safely and laid out as plain tables of text.

Nothing here knows what a table means.
"""

import codecs
import csv
import gzip
import hashlib
import io
import re
import tempfile
import unicodedata
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import groupby, islice
from pathlib import Path, PurePath
from typing import IO

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
MOST_NAMED = 8
"""As many hidden rows or columns as are named."""
FORMULA = "\ue000formula"
"""Stands in for a formula whose result was never saved; no number can be read from it."""
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
"""The part that holds the sheets of an OpenDocument spreadsheet."""


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One table of a file: rows of text as they stand, the first not always the header.

    `label` is what a reader calls it, where the file may hold others beside it.
    """

    name: str
    rows: list[list[str]]
    label: str = ""


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


@dataclass(frozen=True, slots=True)
class HiddenPlaces:
    """The rows and the runs of columns of one sheet that are hidden, numbered from 1."""

    rows: frozenset[int] = frozenset()
    columns: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class WholeSheet:
    """A sheet of a spreadsheet as it is kept: its rows, and what of it is not shown."""

    name: str
    is_visible: bool
    rows: Iterable[list[str]]
    hidden: HiddenPlaces


def open_file(name: str, data: bytes) -> OpenedFile:
    """The tables in a CSV, tab-separated, XLSX, zipped or gzipped file, every cell as text.

    Raises IntakeError, naming the file and what to do, for a file that is empty, too large,
    damaged, cut short, a macro workbook, packed to swell, or not a table at all.
    """
    name = display_name(name)
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
        whole = _whole_sheets(name, data, archive)
        if whole is not None:
            sheets, hidden = _visible_sheets(name, whole, notes)
            return OpenedFile(name, digest, sheets, True, notes, hidden)
        try:
            sheets = [
                replace(_text_table(inner, content, notes), label=f"file '{inner}'")
                for inner, content in _members(name, archive)
            ]
        except IntakeError as error:
            raise error if name in str(error) else IntakeError(f"{name}: {error}") from error
        return OpenedFile(name, digest, sheets, False, notes)
    if data.startswith(b"PAR1"):
        # Brings the query engine, so only for such a file.
        from planner.intake.parquet import rows_of

        rows = ([clean(cell) for cell in row] for row in rows_of(name, data))
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


@contextmanager
def write_whole(path: Path) -> Iterator[Path]:
    """Where to write a file so that it is there whole or not at all, whoever else writes it
    meanwhile."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as passing:
        whole = Path(passing) / path.name
        yield whole
        whole.replace(path)


def display_name(name: str) -> str:
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
        yield display_name(info.filename), content_of(name, archive, info, info.compress_size)


def opened_member(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo | str) -> IO[bytes]:
    """A part of an archive, ready to be read. Raises IntakeError where it cannot be unpacked."""
    with refused_as(f"{name} is damaged or packed in a way we cannot open. Unpack it first"):
        return archive.open(member)


def content_of(
    name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo | str, packed: int
) -> bytes:
    """All of a part of an archive, as long as it does not swell beyond a real file."""
    with opened_member(name, archive, member) as stream:
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
            yield [clean(cell) for cell in row]
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


def clean(cell: str) -> str:
    """A cell without what cannot be printed or kept, and no longer than one may be."""
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
                f"{name} has more than {MOST_ROWS:,} rows or {MOST_CELLS:,} cells. Keep only your "
                "own board's rows"
            )
    while selection and not selection[-1]:
        selection.pop()
    return selection


def _whole_sheets(name: str, data: bytes, archive: zipfile.ZipFile) -> Iterator[WholeSheet] | None:
    """The sheets of an archive that is a spreadsheet; None where it is none. Raises IntakeError for
    another document."""
    members = archive.namelist()
    refuse(name, *((part in members, words) for part, words in OTHER_DOCUMENTS.items()))
    is_workbook = any(member.startswith("xl/") for member in members)
    if not is_workbook and OPEN_DOCUMENT not in members:
        return None
    # About a third of a second, so only for such a file.
    from planner.intake.spreadsheets import of_open_document, of_workbook

    return of_workbook(name, data, archive) if is_workbook else of_open_document(name, archive)


def refuse_entities(name: str, archive: zipfile.ZipFile, member: str) -> None:
    """Raise IntakeError where a part of a spreadsheet declares what its XML may stand for."""
    with opened_member(name, archive, member) as stream, refused_as(damaged(name)):
        start = stream.read(4_096)
    refuse(
        name,
        (
            b"<!DOCTYPE" in start or b"<!ENTITY" in start,
            "holds a construction no spreadsheet writes. It was not opened",
        ),
    )


def _visible_sheets(
    name: str, whole: Iterable[WholeSheet], notes: list[str]
) -> tuple[list[SheetRows], list[SheetRows]]:
    """The sheets without what is hidden in them, and, whole, those in which something is."""
    sheets: list[SheetRows] = []
    hidden: list[SheetRows] = []
    unseen: list[str] = []
    for sheet in whole:
        if len(sheets) + len(hidden) >= MOST_SHEETS:
            notes.append(f"Only the first {MOST_SHEETS} sheets were looked at.")
            break
        called = clean(sheet.name)[:60]
        current = SheetRows(called, _trimmed(name, sheet.rows), f"sheet '{called}'")
        if not current.rows:
            continue
        if not sheet.is_visible:
            unseen.append(f"'{called}'")
            hidden.append(current)
            continue
        seen, words = visible_rows(current, sheet.hidden)
        notes += words
        hidden += [current] if words else []
        sheets.append(replace(current, rows=_trimmed(name, seen)))
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


def visible_rows(sheet: SheetRows, hidden: HiddenPlaces) -> tuple[list[list[str]], list[str]]:
    """The rows without what their hidden cells hold, each still in its place, and a sentence that
    names the rows, and one that names the columns, that had something in them."""
    numbered = list(enumerate(sheet.rows, start=1))
    lost_rows = [n for n, row in numbered if n in hidden.rows and any(row)]
    visible = [[] if n in hidden.rows else row for n, row in numbered]
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
        f"Hidden {kind} of {sheet.label} were not read: {_runs(sorted(lost), name)}. Unhide "
        "what should count and save again."
        for kind, lost, name in (("rows", lost_rows, str), ("columns", lost_columns, _letters))
        if lost
    ]


def _letters(column: int) -> str:
    # Opening a workbook has brought it already.
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
