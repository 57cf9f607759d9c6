"""NHSBSA's English Prescribing Dataset: a file read once into a slim cut, and what a cut says.

A month of it has many gigabytes, so it is read on a streaming engine, and the cut is kept.
"""

import csv
import gzip
import hashlib
import json
import lzma
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sized
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import IO

import polars as pl
from blake3 import blake3

from planner.analysis.formatting import listed_in_part, several
from planner.analysis.organisations import icb_of_sub_icb
from planner.analysis.periods import is_month
from planner.intake.errors import IntakeError, damaged, refuse, refused_as
from planner.intake.files import OpenedFile, SheetRows, display_name, parts_of, write_whole
from planner.intake.gp_registrations import extract_month
from planner.intake.layouts import CUT_COLUMNS, Layout, layout_of, layout_wanted
from planner.intake.reading import (
    NEAR_PARAGRAPHS,
    NEAR_SECTIONS,
    UNLISTED,
    ReadingBuilder,
    absent,
    class_of_codes,
    code_of_number,
    repaired_words,
)
from planner.model.intake import Level, Reading, Record
from planner.model.place import OrganisationList
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

# --- a file of the dataset on disk: unpacked, checked to be whole, and hashed --------------------

LARGEST_OPENED = 40_000_000_000

Say = Callable[[str], None]


@contextmanager
def _unpacked(path: Path, folder: Path, say: Say) -> Iterator[Path]:
    """The file itself, or, where it is packed, its content in a passing file of its own."""
    if not _starts_with(path, b"\x1f\x8b", b"PK\x03\x04"):
        yield path
        return
    folder.mkdir(parents=True, exist_ok=True)
    name = display_name(path.name)
    say(f"Unpacking {name}")
    swollen = f"{name} swells beyond any real month of prescribing. It was not read further"
    with tempfile.TemporaryDirectory(dir=folder) as passing:
        plain = Path(passing) / "unpacked.csv"
        try:
            with (
                refused_as(
                    f"{name} is packed in a way that cannot be read here. Unpack it yourself and "
                    "give the file inside",
                    NotImplementedError,
                ),
                refused_as(
                    damaged(name), (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
                ),
                _open_packed(name, path) as packed,
                plain.open("wb") as opened,
            ):
                opened.writelines(parts_of(packed, path.stat().st_size, LARGEST_OPENED, swollen))
        except OSError as error:
            # Without a number it is not the disk but the packing.
            raise IntakeError(
                damaged(name)
                if error.errno is None
                else f"{name} cannot be unpacked in {folder}: {error.strerror}. Free some room "
                "there, or unpack it yourself and give the file inside"
            ) from error
        yield plain


def _open_packed(name: str, path: Path) -> IO[bytes] | gzip.GzipFile:
    """The only table in a packed file."""
    if _starts_with(path, b"\x1f\x8b"):
        return gzip.open(path)
    archive = zipfile.ZipFile(path)
    tables = [
        info for info in archive.infolist() if info.filename.lower().endswith((".csv", ".txt"))
    ]
    _refuse_several(name, tables)
    refuse(name, (tables[0].flag_bits & 1, "has a password. Save it without one"))
    return archive.open(tables[0])


def _refuse_several(name: str, tables: Sized) -> None:
    words = f"holds {several(len(tables), 'table')}. Unpack it and give each file by its name"
    refuse(name, (len(tables) != 1, words))


def _starts_with(path: Path, *marks: bytes) -> bool:
    """Whether a file begins with any of these marks."""
    with path.open("rb") as file:
        return file.read(max(map(len, marks))).startswith(marks)


def _csv_header(name: str, path: Path) -> list[str]:
    """The headings of a CSV file. Raises IntakeError where its first line is no header."""
    with path.open("rb") as file:
        first = file.readline(100_000).decode("utf-8-sig", errors="replace")
    if not first.strip():
        raise IntakeError(f"{name} is empty")
    with refused_as(
        f"{name} has a first line that cannot be read as headings. Download it again", csv.Error
    ):
        return [heading.strip() for heading in next(csv.reader([first.strip("\r\n")]))]


def _is_whole(name: str, path: Path, columns: int) -> None:
    """Nothing where the last line of a file is whole. Raises IntakeError where it breaks off."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 20_000))
        tail = file.read()
    if tail.endswith((b"\n", b"\r")):
        return
    last = tail.decode("latin-1").splitlines()[-1]
    if len(next(csv.reader([last.replace("\r", " ")]))) != columns:
        raise IntakeError(
            f"{name} ends in the middle of a row, so part of it is missing. Download it again"
        )


class Digest(threading.Thread):
    """The digest and the number of lines of a file, worked out beside the query rather than before
    it."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.path, self.value, self.lines = path, "", 0
        self.error: OSError | None = None

    def run(self) -> None:
        """Hash the file; a fault is kept for whoever waits."""
        try:
            self.value, self.lines = hashed(self.path)
        except OSError as error:
            # Told by whoever waits for this thread.
            self.error = error


def hashed(path: Path, step: int = 1 << 20) -> tuple[str, int]:
    """A file's BLAKE3, which says so, and the number of its lines, of which only a little is in
    memory at a time."""
    import numpy as np

    digest = blake3()
    buffer = bytearray(step)
    view, lines, last = np.frombuffer(buffer, dtype=np.uint8), 0, 10
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(buffer):
            part = view[:size]
            digest.update(part.data)
            lines += int(np.count_nonzero(part == 10))
            last = int(part[-1])
    return f"blake3:{digest.hexdigest()}", lines + (last != 10)


# --- the slim cut of a file ---------------------------------------------------------------------

ID = "epd"
NAME = "NHSBSA English Prescribing Dataset"
CUT_VERSION = 5
SCALE = 100_000
"""Quantities and costs are added as whole hundred-thousandths, so that any order gives the same
sum."""

TURNED = "4"
"""What a code of BNF 4 begins with once a spreadsheet has taken it for a number; none begins so."""
KEYS = ("month", "icb", "pco", "practice", "code")
MEASURED = ("quantity", "nic", "cost")
WHOLE_COUNTRY = 2_000_000
BY_HAND = 300_000_000
"""More bytes than the rows of one spreadsheet take; a larger file comes straight from NHSBSA."""
ROW_NUMBER = "row number"
USED_WITHOUT = "used without"
"""How a fault begins that leaves a row in use."""
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class CutProvenance:
    """How a cut was made: kept inside the cut, and checked before it is answered from."""

    file: str
    path: str
    size: int
    changed: int
    digest: str
    layout: str
    codes: str
    version: int
    rows_read: int
    rows_used: int
    faults: dict[str, int]
    near: dict[str, int]
    repaired: dict[str, str] = field(default_factory=dict)
    twice: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """A slim table of one file: our classes only, added up to month, practice and chemical."""

    table: pl.LazyFrame
    provenance: CutProvenance
    reused: bool = False


def _codes_wanted(reference: ReferenceData) -> tuple[list[str], list[str]]:
    """The nine-character codes of our classes, and the whole codes of medicines that stand near
    them."""
    near = [miss.bnf_code for miss in reference.near_misses if not miss.bnf_code.endswith("*")]
    return list(class_of_codes(reference)), near


def _fingerprint(reference: ReferenceData) -> str:
    ours, near = _codes_wanted(reference)
    return hashlib.sha256(" ".join([*ours, "|", *near]).encode()).hexdigest()[:16]


def cut_of(path: Path, reference: ReferenceData, folder: Path, say: Say = lambda _: None) -> Cut:
    """The slim cut of a file, made once and kept as Parquet in `folder`; answered from while the
    file is the same.

    A file is the same while its place, size and time of change are, and our codes and the cut's
    layout are. Raises IntakeError naming the file and what to do.
    """
    name = display_name(path.name)
    try:
        stat = path.stat()
    except OSError as error:
        raise IntakeError(f"{name} cannot be opened: {error.strerror}") from error
    codes = _fingerprint(reference)
    itself = _provenance_of(path) if _starts_with(path, b"PAR1") else None
    # A cut was given for a file.
    if itself is not None and itself.codes == codes:
        return Cut(pl.scan_parquet(path), itself, reused=True)
    key = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:16]
    saved = folder / f"{path.stem[:40]}-{key}.cut.parquet"
    earlier = _provenance_of(saved)
    same = {
        "size": stat.st_size,
        "changed": stat.st_mtime_ns,
        "codes": codes,
        "version": CUT_VERSION,
    }
    if earlier is not None and same.items() <= asdict(earlier).items():
        return Cut(pl.scan_parquet(saved), earlier, reused=True)
    say(
        f"Reading {name}, {stat.st_size / 1e6:,.0f} MB. It is read once; later questions use the "
        "cut."
    )
    with _unpacked(path, folder, say) as plain:
        frame, output = _read(name, plain, path, reference)
    with write_whole(saved) as part:
        # In one piece, however many threads worked on it, so that the bytes are the same.
        frame.rechunk().write_parquet(part, metadata={"planner": json.dumps(asdict(output))})
    return Cut(frame.lazy(), output)


def _provenance_of(saved: Path) -> CutProvenance | None:
    try:
        values = json.loads(pl.read_parquet_metadata(saved)["planner"])
        if "sha256" in values:
            # A cut of version 2, which somebody may give in place of its file.
            values["digest"] = f"sha256:{values.pop('sha256')}"
        return CutProvenance(**values)
    except (KeyError, TypeError, ValueError, OSError, pl.exceptions.PolarsError):
        # Not a cut of ours, or of another version: it is made anew.
        return None


def _read(
    name: str, plain: Path, source: Path, reference: ReferenceData
) -> tuple[pl.DataFrame, CutProvenance]:
    """The cut of an unpacked file: every check, the hash and the sums in one pass over it."""
    parquet = _starts_with(plain, b"PAR1")
    with refused_as(damaged(name), pl.exceptions.PolarsError):
        rows, headings = _scanned(name, plain)
    layout = layout_wanted(name, headings)
    if not parquet:
        _is_whole(name, plain, len(headings))
    digest = Digest(source)
    digest.start()
    with refused_as(
        f"{name} cannot be read to its end: a row has more columns than the header, or the file is "
        "damaged. Download it again",
        (pl.exceptions.PolarsError, pl.exceptions.PanicException),
    ):
        numbered = rows if parquet else _numbered(plain, layout)
        frame = _aggregated(numbered, layout, reference)
        # Numbers with spaces or commas in them: slower, so only where plain ones did not do.
        if frame["bad_items"].sum() or any(
            frame[f"no_{c}"].sum() for c in MEASURED if c in layout.columns
        ):
            frame = _aggregated(rows, layout, reference, forgiving=True)
        twice = _rows_twice(rows, layout, plain.stat().st_size)
    # Not after a fault or Ctrl+C, which need not wait for the rest of the file.
    digest.join()
    if digest.error is not None:
        raise IntakeError(f"{name} could not be read to its end: {digest.error}")
    if parquet:
        read = int(rows.select(pl.len()).collect().item())
    else:
        read = (digest.lines if source == plain else hashed(plain)[1]) - 1
    frame, output = _checked(name, frame, layout, source, digest.value, read, reference)
    return frame, replace(output, twice=twice)


def _scanned(name: str, plain: Path) -> tuple[pl.LazyFrame, list[str]]:
    """An unpacked file's rows, every cell as text, and its headings."""
    if _starts_with(plain, b"PAR1"):
        rows = pl.scan_parquet(plain)
        return rows.with_columns(pl.all().cast(pl.String)), rows.collect_schema().names()
    headings = _csv_header(name, plain)
    return pl.scan_csv(plain, infer_schema=False, encoding="utf8-lossy"), headings


def _numbered(plain: Path, layout: Layout) -> pl.LazyFrame:
    """The rows of a CSV file with what is added up as numbers, empty where a cell is none.

    To read numbers at once is quicker than to keep the text of every row of the country.
    """
    kinds: dict[str, type[pl.DataType]] = {"items": pl.Int64} | dict.fromkeys(MEASURED, pl.Float64)
    numbers = {layout.columns[name]: kind for name, kind in kinds.items() if name in layout.columns}
    return pl.scan_csv(
        plain,
        infer_schema=False,
        schema_overrides=numbers,
        ignore_errors=True,
        encoding="utf8-lossy",
    )


def _rows_twice(rows: pl.LazyFrame, layout: Layout, size: int) -> str:
    """Which rows of our classes stand more than once, the same in every column, in a sentence;
    empty for none, and for a file too large to have been pasted together by hand."""
    if size > BY_HAND:
        return ""
    code = pl.col(layout.columns.get("presentation", layout.columns.get("chemical", "")))
    again = (
        rows.with_row_index(ROW_NUMBER, offset=2)
        .filter(code.str.starts_with("04") | code.str.starts_with(TURNED))
        .group_by(pl.exclude(ROW_NUMBER))
        .agg(pl.col(ROW_NUMBER).sort())
        .filter(pl.col(ROW_NUMBER).list.len() > 1)
        .sort(pl.col(ROW_NUMBER).list.first())
        .select(ROW_NUMBER)
        .collect()
    )
    named = [f"rows {listed_in_part(list(map(str, places)), 4, 3)}" for (places,) in again.rows()]
    more = f"; and {len(named) - MOST_NAMED} more" if len(named) > MOST_NAMED else ""
    return (
        "Rows that are the same in every column were added up: "
        f"{'; '.join(named[:MOST_NAMED])}{more}. If one was pasted twice, delete it and bring the "
        "file again."
        if named
        else ""
    )


def _aggregated(
    rows: pl.LazyFrame, layout: Layout, reference: ReferenceData, forgiving: bool = False
) -> pl.DataFrame:
    """Our medicines and those near them, added up to month, board, sub-ICB location, practice and
    chemical.

    Nothing is cast before it is kept. A row whose items cannot be read adds nothing and is counted.
    When `forgiving`, spaces around a number and commas between its thousands are read too.
    """
    current = layout.columns
    ours, near = _codes_wanted(reference)
    presentation = pl.col(current.get("presentation", current.get("chemical", "")))
    turned = presentation.str.starts_with(TURNED)
    code = pl.when(turned).then(presentation).otherwise(presentation.str.slice(0, 9))
    wanted = pl.col("code").is_in(ours + near) | pl.col("code").str.starts_with(TURNED)
    for start in (*NEAR_SECTIONS, *NEAR_PARAGRAPHS):
        wanted |= pl.col("code").str.starts_with(start)
    # Every row of the country is asked no more than its section of the BNF.
    sections = {start[:4] for start in (*ours, *near, *NEAR_SECTIONS, *NEAR_PARAGRAPHS)}
    may_be = presentation.str.slice(0, 4).is_in(sorted(sections)) | turned
    keys = [
        pl.col(current[key]).alias(key) if key in current else pl.lit("").alias(key)
        for key in KEYS[:-1]
    ]

    def text(column: str) -> pl.Expr:
        cell = pl.col(current[column])
        spaced = cell.str.strip_chars().str.replace_all(",", "", literal=True)
        return spaced.str.replace(r"\.0*$", "") if forgiving else cell

    number = text("items").cast(pl.Int64, strict=False)

    def whole(column: str) -> pl.Expr:
        if column not in current:
            return pl.lit(None, dtype=pl.Int64).alias(column)
        amount = text(column).cast(pl.Float64, strict=False)
        scaled = (amount * SCALE).round().cast(pl.Int64, strict=False)
        return pl.when((number >= 0) & (amount >= 0)).then(scaled).alias(column)

    items = pl.when(number >= 0).then(number).alias("items")
    values = ("items", *MEASURED)
    read = {column: pl.col(column).count() for column in values}
    # The streaming engine sorts on every core, and no two rows have the same keys.
    added = (
        rows.filter(may_be)
        .select(*keys, code.alias("code"), items, *(whole(column) for column in MEASURED))
        .filter(wanted)
        .group_by(KEYS)
        .agg(
            pl.col(values).sum(),
            *((read["items"] - read[column]).alias(f"no_{column}") for column in MEASURED),
            (pl.len() - read["items"]).alias("bad_items"),
            pl.len().alias("rows"),
        )
        .sort(KEYS)
        .collect(engine="streaming")
    )
    # A quoted cell with nothing in it is as good as none.
    if added.select(pl.any_horizontal(pl.col(KEYS).eq("").any())).item():
        added = (
            added.with_columns(pl.col(KEYS).replace("", None))
            .group_by(KEYS)
            .agg(pl.exclude(KEYS).sum())
            .sort(KEYS)
        )
    return added


def _checked(
    name: str,
    frame: pl.DataFrame,
    layout: Layout,
    source: Path,
    digest: str,
    read: int,
    reference: ReferenceData,
) -> tuple[pl.DataFrame, CutProvenance]:
    """The frame without what cannot be used, and how it was made."""
    ours, _ = _codes_wanted(reference)
    frame, repaired = _repaired(name, frame, reference)
    known = [*ours, *(medicine.bnf_code for medicine in reference.known_others)]
    near = frame.filter(~pl.col("code").is_in(known))
    frame = frame.filter(pl.col("code").is_in(ours))
    classes = class_of_codes(reference)
    missing = set(MedicineClass) - {classes[code] for code in frame["code"].unique()}
    refuse(
        name,
        (
            frame.is_empty(),
            f"holds none of the {len(reference.chemicals)} medicines of the five classes. Keep the "
            "rows of BNF 4.1, 4.3, 4.7 and 4.8",
        ),
        (
            missing and read > WHOLE_COUNTRY,
            f"is as large as a whole country's month and yet holds no {', '.join(sorted(missing))}"
            ". Its codes are not what they should be; download it again",
        ),
    )
    months = {cell: extract_month(cell or "") for cell in frame["month"].unique()}
    strange = frame["month"].is_in([cell for cell in months if not is_month(months[cell])])
    undated, frame = frame.filter(strange), frame.filter(~strange)
    faults = {
        "the month is not a month": undated["rows"].sum(),
        "items is not a whole number": frame["bad_items"].sum(),
    } | {
        f"{USED_WITHOUT} its {column}, which is not a number": frame[f"no_{column}"].sum()
        for column in ("nic", "cost", "quantity")
        if column in layout.columns
    }
    frame = frame.with_columns(pl.col("rows") - pl.col("bad_items")).filter(pl.col("rows") > 0)
    used = int(frame["rows"].sum())
    if frame.is_empty():
        raise IntakeError(f"{name} has no row whose month and items can be read")
    frame = frame.with_columns(
        pl.col("month").replace_strict(months),
        *(
            (pl.col(c) if c in layout.columns else pl.lit(None, dtype=pl.Int64)).alias(c)
            for c in MEASURED
        ),
    ).select(CUT_COLUMNS)
    stat = source.stat()
    return frame, CutProvenance(
        file=name,
        path=str(source.resolve()),
        size=stat.st_size,
        changed=stat.st_mtime_ns,
        digest=digest,
        layout=layout.words,
        codes=_fingerprint(reference),
        version=CUT_VERSION,
        rows_read=read,
        rows_used=used,
        faults={fault: int(rows) for fault, rows in faults.items() if rows},
        near={
            code: int(rows)
            for code, rows in near.group_by("code").agg(pl.col("rows").sum()).sort("code").rows()
        },
        repaired=repaired,
    )


def _repaired(
    name: str, frame: pl.DataFrame, reference: ReferenceData
) -> tuple[pl.DataFrame, dict[str, str]]:
    """The sums by the codes that numbers were made of, and which was read as which. Raises
    IntakeError where that is not certain."""
    numbers = [code for code in frame["code"].unique() if code.startswith(TURNED)]
    if not numbers:
        return frame, {}
    try:
        codes = {number: code_of_number(number, reference) for number in numbers}
    except IntakeError as error:
        raise IntakeError(f"{name}: {error}") from error
    repaired = {number: code for number, code in codes.items() if code}
    whole = (
        frame.with_columns(pl.col("code").replace(repaired))
        .filter(~pl.col("code").str.starts_with(TURNED))
        .group_by(KEYS)
        .agg(pl.exclude(KEYS).sum())
        .sort(KEYS)
    )
    return whole, repaired


# --- what a cut says of a board -----------------------------------------------------------------

COLUMNS_OF = {
    Level.PRACTICE: ["practice", "pcn", "sub_icb", "icb"],
    Level.PCN: ["pcn", "icb"],
    Level.SUB_ICB: ["sub_icb", "icb"],
    Level.ICB: ["icb"],
}


PRACTICE = r"^[A-Z0-9]{6}$"
"""A practice's code; what is dispensed without one is unidentified."""


def sub_icb_code(pco: str) -> str:
    """The sub-ICB location in a PCO code: its first three characters where it ends in 00, else the
    whole."""
    text = pco.strip().upper()
    return text[:3] if len(text) == 5 and text.endswith("00") else text


def reading_of(
    cut: Cut,
    reference: ReferenceData,
    icb: str | None,
    level: Level | None = None,
    homes: Mapping[str, Record] | None = None,
) -> Reading:
    """What a cut says, added up to `level` within the board, or to boards where none is named.

    `homes` says where practices belong, by code (gp_registrations.mapping_of); PCNs cannot be had
    without it.
    """
    table = cut.table
    provenance = cut.provenance
    if level is None and not icb:
        # Files of 2017 name area teams in place of boards.
        named = table.select((pl.col("icb").fill_null("") != "").any()).collect().item()
        level = Level.ICB if named else Level.SUB_ICB
    level = level or Level.PRACTICE
    builder = ReadingBuilder(reference)
    builder.rows_read = provenance.rows_read
    if icb:
        # Those whose sub-ICB location belongs wholly to the board, in whichever list knows it.
        pcos = [
            pco
            for pco in table.select(pl.col("pco").unique()).collect()["pco"]
            if icb
            in {
                icb_of_sub_icb(builder.sub_icb(sub_icb_code(pco)), which, reference)
                for which in OrganisationList
            }
        ]
        table = table.filter((pl.col("icb") == icb) | pl.col("pco").is_in(pcos))
    frame = table.collect()
    # Rows whose items cannot be read are not used.
    used = min(int(frame["rows"].sum()), provenance.rows_used)
    if icb and frame.is_empty():
        raise IntakeError(f"{provenance.file}: {_why_none(cut, icb, reference)}")
    for fault, rows in provenance.faults.items():
        builder.say(f"{several(rows, 'row')} {fault}.", fault.startswith(USED_WITHOUT))
    unread = {
        fault: n for fault, n in provenance.faults.items() if not fault.startswith(USED_WITHOUT)
    }
    near = sum(provenance.near.values())
    others = provenance.rows_read - provenance.rows_used - sum(unread.values()) - near
    for reason, rows in {
        **unread,
        "another board's rows": provenance.rows_used - used if icb else 0,
        "medicines near our classes, which do not belong to them": near,
        "other medicines": others,
    }.items():
        if rows > 0:
            builder.skip(reason, rows=rows)
    builder.near.update(
        {(c, reference.near_miss(c) or UNLISTED): n for c, n in provenance.near.items()}
    )
    # Of the whole file, not of the board's rows alone: the file may have been cut down.
    parts = builder.parts_listed(cut.table.select(pl.col("code").unique()).collect()["code"])
    places = {pco: builder.sub_icb(sub_icb_code(pco or "")) for pco in frame["pco"].unique()}
    builder.records = [
        replace(record, part=parts.get(record.medicine_class, ()))
        for record in _records(frame, reference, level, icb, homes or {}, places)
    ]
    builder.rows_used = used
    builder.say(provenance.twice, provenance.twice)
    builder.say(repaired_words(provenance.repaired, reference), provenance.repaired)
    builder.say("The dataset counts items, not people, and cannot leave out cancer.")
    builder.say(
        "Some prescribing has no practice (unidentified); it counts in the totals only.",
        not frame["practice"].str.contains(PRACTICE).fill_null(False).all(),
    )
    return builder.finished(
        provenance.file,
        provenance.digest,
        ID,
        NAME,
        f"its headings are those of {provenance.layout}"
        + ("; answered from the cut kept" if cut.reused else ""),
    )


def _why_none(cut: Cut, icb: str, reference: ReferenceData) -> str:
    """Why the cut of a file has nothing of a board: the file has the board and none of our classes,
    knows it by the other list's code, names area teams, or has other boards alone."""
    icbs = set(cut.table.select(pl.col("icb").unique()).collect()["icb"]) - {"", None}
    name = f"{reference.find_organisation(icb).name} ({icb})"
    if icb in _icbs_in_source(Path(cut.provenance.path)):
        return f"it has rows of {name}, but none of the medicines of the five classes"
    if icbs:
        return absent(icb, icbs, reference)
    pcos = {sub_icb_code(pco or "") for pco in cut.table.collect()["pco"].unique()} - {""}
    return (
        "it names no boards but the area teams of its time and, below them, "
        f"{listed_in_part(sorted(pcos), 6, 5)}, none of which is a sub-ICB location of {name}"
    )


def _icbs_in_source(source: Path) -> set[str]:
    """The codes of boards in every row of the file that a cut was made from, whatever its medicine;
    none where the file is there no longer, or names no boards."""
    if not source.is_file():
        return set()
    name = display_name(source.name)
    with (
        tempfile.TemporaryDirectory() as passing,
        _unpacked(source, Path(passing), lambda _: None) as plain,
    ):
        rows, headings = _scanned(name, plain)
        layout = layout_of(headings)
        if layout is None or "icb" not in layout.columns:
            return set()
        codes = rows.select(pl.col(layout.columns["icb"]).unique())
        return {code for code in codes.collect(engine="streaming").to_series() if code}


def _records(
    frame: pl.DataFrame,
    reference: ReferenceData,
    level: Level,
    icb: str | None,
    homes: Mapping[str, Record],
    pcos: Mapping[str | None, str],
) -> list[Record]:
    classes = class_of_codes(reference)
    is_practice = pl.col("practice").str.contains(PRACTICE)
    frame = frame.with_columns(
        pl.col("code").replace_strict(classes, return_dtype=pl.String).alias("class"),
        pl.col("pco").replace_strict(pcos, return_dtype=pl.String).alias("sub_icb"),
        pl.when(is_practice).then("practice").otherwise(pl.lit("")).alias("practice"),
        (pl.lit(icb) if icb else pl.col("icb")).alias("icb"),
    )
    if level is Level.PCN and not homes:
        raise IntakeError(
            "the dataset does not name PCNs: give the practice mapping file (gp-reg-pat-prac-map) "
            "too"
        )
    if level not in COLUMNS_OF:
        raise IntakeError("the dataset can be added up to icb, sub_icb, pcn or practice")
    pcn = {code: home.pcn for code, home in homes.items()}
    names = {code: home.name for code, home in homes.items() if home.level is level}
    columns = COLUMNS_OF[level]
    sums = (
        frame.with_columns(
            pl.col("practice").replace_strict(pcn, default="", return_dtype=pl.String).alias("pcn")
            if pcn
            else pl.lit("").alias("pcn")
        )
        .group_by("month", *columns, "class")
        .agg(
            pl.col("items").sum(),
            *(
                pl.when(pl.col(c).is_null().all()).then(None).otherwise(pl.col(c).sum()).alias(c)
                for c in MEASURED
            ),
        )
        .sort("month", *columns, "class")
        .with_columns(
            pl.col("quantity") / SCALE,
            cost=pl.coalesce("cost", "nic") / SCALE,
            own=pl.col(columns[0]).fill_null(""),
        )
    )
    return [
        Record(
            period=row["month"],
            level=level,
            code=row["own"],
            name=names.get(row["own"], ""),
            medicine_class=MedicineClass(row["class"]),
            pcn=(row.get("pcn") or "") if level is Level.PRACTICE else "",
            sub_icb=row.get("sub_icb") or "",
            icb=row["icb"] or "",
            items=row["items"],
            quantity=row["quantity"],
            cost=row["cost"],
        )
        for row in sums.iter_rows(named=True)
    ]


def read_sheet(
    opened: OpenedFile, sheet: SheetRows, reference: ReferenceData, icb: str | None
) -> Reading:
    """What a filtered file that was uploaded and opened says, by the same sums over its rows,
    written for the while as plain CSV; the digest stays that of the file."""
    _refuse_several(opened.name, [sheet] if opened.is_workbook else opened.sheets)
    with tempfile.TemporaryDirectory() as passing:
        path = Path(passing) / display_name(opened.name)
        with path.open("w", encoding="utf-8", newline="") as plain:
            csv.writer(plain).writerows(filter(any, sheet.rows))
        cut = cut_of(path, reference, Path(passing) / "cuts")
        output = replace(cut.provenance, digest=opened.digest)
        return reading_of(Cut(cut.table.collect().lazy(), output), reference, icb)
