"""Files people give us, uploaded, pasted or on disk: recognised, read and reported on.

The registry of formats; no layout is known here.
"""

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from planner.analysis.formatting import several
from planner.analysis.local_data.report import people_counted
from planner.analysis.local_data.rows import LISTINGS
from planner.intake import (
    gp_registrations,
    layouts,
    mapping,
    nhsbsa,
    openprescribing,
    region_table,
    template,
)
from planner.intake.errors import ClassNeeded, IntakeError, LimitReached, PatientLevelError, Stopped
from planner.intake.files import (
    LARGEST_FILE,
    OpenedFile,
    SheetRows,
    digest_of,
    display_name,
    open_file,
    pasted,
    sha256_digest,
)
from planner.intake.isolated_child import MOST_RECORDS, report_progress
from planner.intake.layouts import CUT_COLUMNS, layout_of
from planner.intake.patient_level import refuse_people
from planner.intake.reading import OwnBoard, ReadingBuilder, class_totals
from planner.model.base import repeated
from planner.model.intake import MOST_REMARKS, ClassSeen, ColumnMapping, Level, Reading, Record
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

FORMATS: tuple[ModuleType, ...] = (
    nhsbsa,
    openprescribing,
    gp_registrations,
    region_table,
    template,
)
"""Each has ID, NAME, recognise(opened) -> why or None, and read(opened, draft). The first that
recognises reads."""
TABLES = (".csv", ".txt")
"""How the name of a table in an archive ends."""
NAMED = "its columns are those you named"
PASTED_NAME = "pasted table"
"""What a table that was pasted is called."""
BEGINNING = 40
LOOKED_AT = 500

__all__ = [
    "ClassNeeded",
    "FORMATS",
    "IntakeError",
    "LimitReached",
    "NotRecognised",
    "PASTED_NAME",
    "PatientLevelError",
    "ReadingOptions",
    "Stopped",
    "as_json",
    "read_for_a_session",
    "read_pasted",
    "read_paths",
    "read_upload",
    "refuse_pasted_people",
    "refused_json",
]


@dataclass
class NotRecognised(IntakeError):
    """A sound table in no layout the planner knows. It can be read once its columns are named."""

    opened: OpenedFile

    def __str__(self) -> str:
        return (
            f"{self.opened.name} is a table in no layout the planner knows. Say what its columns "
            f"hold, or use the planner's own table. {layouts.nearest(self.opened)}"
            + "".join(f". {note.rstrip('.')}" for note in self.opened.notes)
        )


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What is asked of files: the board, the class and the columns where a file does not say them;
    and of the national dataset the level to add up to.

    `only_icb` leaves out the rows of other places than the board; `told_for` is the board that the
    report tells of where none is asked for. `known_by_sha256` are the names of the files that the
    plan knows by their SHA-256; of no other large file is one worked out.
    """

    icb: str | None = None
    mappings: Sequence[ColumnMapping] = ()
    medicine_class: MedicineClass | None = None
    level: Level | None = None
    known_by_sha256: frozenset[str] = frozenset()
    only_icb: bool = False
    told_for: str | None = None
    columns: mapping.NamedColumns | None = None


def open_table(name: str, data: bytes) -> OpenedFile:
    """A file opened and searched for people. Raises IntakeError, or PatientLevelError before
    anything is kept."""
    report_progress("opening it", 0.05)
    opened = open_file(name, data)
    report_progress("looking for rows about people", 0.5)
    refuse_people(opened.name, [*opened.sheets, *opened.hidden])
    return replace(opened, hidden=[])


def read_upload(
    name: str, data: bytes, reference: ReferenceData, options: ReadingOptions | None = None
) -> Reading:
    """What a file of modest size holds, with the report on it.

    Raises NotRecognised for a table in no layout we know and no mapping fits, PatientLevelError for
    rows about people, IntakeError for anything else that cannot be read; the message names the file
    and what to do.
    """
    return read_opened(open_table(name, data), data, reference, options or ReadingOptions())


def read_for_a_session(
    name: str,
    data: bytes,
    reference: ReferenceData,
    icb: str | None,
    mappings: Sequence[ColumnMapping],
    medicine_class: MedicineClass | None,
) -> Reading:
    """As `read_upload`, saying how far it is, for a process of its own
    (isolated_process.IsolatedJob); little enough for a session to hold.

    Of a table in no layout we know only the first rows come back. Raises LimitReached, too, where a
    file holds more than MOST_RECORDS rows of figures.
    """
    opened = open_table(name, data)
    report_progress(
        f"reading {several(sum(len(sheet.rows) for sheet in opened.sheets), 'row')}", 0.6
    )
    options = ReadingOptions(icb, mappings, medicine_class)
    try:
        reading = read_opened(opened, data, reference, options)
    except NotRecognised as error:
        fullest = max(opened.sheets, key=lambda sheet: len(sheet.rows))
        few = replace(fullest, rows=fullest.rows[:BEGINNING])
        raise NotRecognised(replace(opened, sheets=[few])) from error
    if len(reading.records) > MOST_RECORDS:
        raise LimitReached(
            f"{opened.name} holds {several(len(reading.records), 'row')} of figures; the wizard "
            f"takes {MOST_RECORDS:,}. Keep only your own board's rows, or use 'planner ingest'"
        )
    return reading


def read_opened(
    opened: OpenedFile,
    data: bytes,
    reference: ReferenceData,
    options: ReadingOptions,
    homes: Mapping[str, Record] | None = None,
) -> Reading:
    """As `read_upload`, for a file that was already opened and searched for people."""
    try:
        reading = _read(opened, reference, options, homes or {})
    except IntakeError as error:
        if opened.name in str(error) or isinstance(error, NotRecognised):
            raise
        raise type(error)(f"{opened.name}: {error}") from error
    return replace(reading, earlier_digest=sha256_digest(io.BytesIO(data)))


def _read(
    opened: OpenedFile,
    reference: ReferenceData,
    options: ReadingOptions,
    homes: Mapping[str, Record],
) -> Reading:
    national = next((sheet for sheet in opened.sheets if layout_of(sheet.rows[0])), None)
    if national is not None:
        from planner.intake import epd

        reading = epd.read_sheet(opened, national, reference, options.icb)
        warnings = (*opened.notes, *reading.report.warnings)[:MOST_REMARKS]
        return replace(reading, report=reading.report.model_copy(update={"warnings": warnings}))
    layouts.refuse_known(opened)
    opened = layouts.written_down(opened)
    builder = ReadingBuilder(
        reference, warnings=list(opened.notes), medicine_class=options.medicine_class
    )
    if told_for := options.icb or options.told_for:
        builder.told_for = OwnBoard(told_for, reference, homes)
    if options.icb and options.only_icb:
        builder.own_icb = builder.told_for
    item = options.columns and options.columns.mapping_for(opened)
    for form in FORMATS if item is None else ():
        why = form.recognise(opened)
        if why is None:
            continue
        if not opened.is_workbook and not all(
            form.recognise(replace(opened, sheets=[s])) for s in opened.sheets
        ):
            raise IntakeError(
                f"{opened.name} holds tables of several kinds. Unpack it and bring each by itself"
            )
        form.read(opened, builder)
        return builder.finished(opened.name, opened.digest, form.ID, form.NAME, why)
    fitting = (
        mapped
        for mapped in options.mappings
        if any(mapping.fits(sheet, mapped) for sheet in opened.sheets)
    )
    item = item or next(fitting, None)
    if item is not None:
        mapping.read(opened, builder, item)
        return builder.finished(opened.name, opened.digest, mapping.ID, mapping.NAME, NAMED)
    if options.columns is not None:
        raise IntakeError(options.columns.missing_from(opened))
    raise NotRecognised(opened)


def refuse_pasted_people(text: str) -> None:
    """Raises PatientLevelError where pasted text looks like a list of people, whether or not it can
    be read as a table."""
    try:
        rows = pasted(text)
    except IntakeError:
        rows = [[line.strip()] for line in text.splitlines()]
    if any(map(any, rows)):
        refuse_people(PASTED_NAME, [SheetRows("", rows)])


def read_pasted(
    text: str, reference: ReferenceData, mappings: Sequence[ColumnMapping] = ()
) -> Reading:
    """What a table pasted from a spreadsheet holds, by its headings. Raises as `read_upload`."""
    data = text.encode(errors="replace")
    opened = OpenedFile(PASTED_NAME, digest_of(data), [SheetRows("", pasted(text))], False)
    refuse_people(opened.name, opened.sheets)
    return read_opened(opened, data, reference, ReadingOptions(mappings=mappings))


# --- files on disk, for the command line: many months of the national dataset among them ---------


def read_paths(
    paths: Sequence[str],
    options: ReadingOptions,
    reference: ReferenceData,
    cuts: Path,
    say: Callable[[str], None],
) -> list[Reading]:
    """What each file holds, one after another, so that memory does not grow with their number.

    Practice mappings among them are read first and used to name practices and to add up to PCNs.
    `say` is told which file is begun. Raises IntakeError naming the file; Stopped, with what was
    read by then, on Ctrl+C.
    """
    readings: list[Reading] = []
    try:
        return _read_paths(paths, options, reference, cuts, say, readings)
    except KeyboardInterrupt:
        done = {reading.report.file for reading in readings}
        left = [name for path in paths if (name := display_name(Path(path).name)) not in done]
        raise Stopped(
            f"stopped. {len(readings)} of {several(len(paths), 'file')} had been read; not read: "
            + ", ".join(left[:12])
            + (f" and {len(left) - 12} more" if len(left) > 12 else "")
            + ". Neither --out nor --save was written"
        ) from None


def _read_paths(
    paths: Sequence[str],
    options: ReadingOptions,
    reference: ReferenceData,
    cuts: Path,
    say: Callable[[str], None],
    readings: list[Reading],
) -> list[Reading]:
    homes: dict[str, Record] = {}
    national: list[str] = []
    # What says where practices belong comes before what needs it.
    ordered = sorted(paths, key=lambda path: not _starts_as_mapping(Path(path)))
    for number, path in enumerate(ordered, start=1):
        name = display_name(Path(path).name)
        say(f"File {number} of {len(paths)}: {name}")
        if is_national(Path(path)):
            refuse_people(name, [SheetRows("", start_of(Path(path)))])
            national.append(path)
            continue
        data = _bytes(Path(path))
        opened = open_table(name, data)
        homes |= {place.code: place for place in gp_registrations.mapping_of(opened)}
        readings.append(read_opened(opened, data, reference, options, homes))
    if national:
        from planner.intake import epd

        for number, path in enumerate(national, start=1):
            if len(national) > 1:
                name = display_name(Path(path).name)
                say(f"National dataset, file {number} of {len(national)}: {name}")
            cut = epd.cut_of(Path(path), reference, cuts, say)
            reading = epd.reading_of(cut, reference, options.icb, options.level, homes)
            if reading.report.file in options.known_by_sha256:
                with Path(path).open("rb") as file:
                    reading = replace(reading, earlier_digest=sha256_digest(file))
            readings.append(reading)
    for digest in repeated(reading.report.digest for reading in readings):
        _, second, *_ = (
            reading.report.file for reading in readings if reading.report.digest == digest
        )
        raise IntakeError(f"{second} is the same as another of the files; give each file once")
    return readings


def _starts_as_mapping(path: Path) -> bool:
    """Whether a file that is there begins as a practice mapping does."""
    return path.is_file() and gp_registrations.is_mapping([SheetRows("", start_of(path))])


def is_national(path: Path) -> bool:
    """Whether a file is laid out as the English Prescribing Dataset, or is a cut of it, looking at
    its start."""
    rows = start_of(path)
    return bool(rows) and (layout_of(rows[0]) is not None or rows[0] == [*CUT_COLUMNS])


def start_of(path: Path) -> list[list[str]]:
    """The first rows of a table, unpacked where need be; none where it cannot be read."""
    try:
        with path.open("rb") as file:
            start = file.read(4)
            file.seek(0)
            if start == b"PAR1":
                from planner.intake import parquet

                return parquet.start_of(path, LOOKED_AT)
            if start[:2] == b"\x1f\x8b":
                return _first_rows(gzip.GzipFile(fileobj=file))
            if start == b"PK\x03\x04":
                archive = zipfile.ZipFile(file)
                names = (name for name in archive.namelist() if name.lower().endswith(TABLES))
                return _first_rows(archive.open(next(names)))
            return _first_rows(file)
    except OSError as error:
        # Not the disk but the packing.
        if error.errno is None:
            return []
        raise IntakeError(
            f"{display_name(path.name)} cannot be opened: {error.strerror or error}"
        ) from error
    except Exception:
        # Damaged, each in its own way: the reader of the file says how.
        return []


def _first_rows(file: IO[bytes] | gzip.GzipFile) -> list[list[str]]:
    lines = [line for _ in range(LOOKED_AT) if (line := file.readline(100_000))]
    texts = [line.decode("utf-8-sig", errors="replace").strip("\r\n") for line in lines]
    return [[cell.strip() for cell in row] for row in csv.reader(texts)]


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size > LARGEST_FILE:
        raise IntakeError(
            f"{display_name(path.name)} is {size / 1e6:,.0f} MB; the most that can be read of this "
            f"kind of file is {LARGEST_FILE / 1e6:,.0f} MB. Keep only your own board's rows"
        )
    return path.read_bytes()


def as_json(readings: Sequence[Reading], reference: ReferenceData) -> Mapping[str, Any]:
    """All readings as one object: what was read, used, refused and warned of, each class as a
    whole, and in `counted` the places and the time that its items and people are of."""
    reports = [reading.report for reading in readings]
    formats = {report.format for report in reports}
    result, text = class_totals(
        [record for reading in readings for record in reading.records],
        reference,
        {report.format for report in reports if report.classes} <= {*LISTINGS},
    )
    by_class = {seen.medicine_class: seen for seen in result}
    warnings = [warning for report in reports for warning in report.warnings] + text
    return {
        "format": formats.pop() if len(formats) == 1 else "several",
        "rows_read": sum(report.rows_read for report in reports),
        "rows_used": sum(report.rows_used for report in reports),
        "refused": [line for report in reports for line in report.refused],
        "warnings": list(dict.fromkeys(warnings)),
        "population": [
            asdict(count) for reading in readings for count in people_counted(reading.records)
        ],
        "classes": {
            medicine_class.value: _class_json(by_class.get(medicine_class))
            for medicine_class in MedicineClass
        },
        "counted": {
            seen.medicine_class.value: {"items": seen.items_of, "patients": seen.patients_of}
            for seen in result
        },
        "files": [report.model_dump(mode="json", exclude={"classes"}) for report in reports],
    }


def _class_json(seen: ClassSeen | None) -> dict[str, int | None]:
    """Items and people of a class, and how many of its numbers are hidden; one to four people are
    hidden here too."""
    if seen is None:
        return {"items": None, "patients": None, "suppressed": None}
    few = seen.patients is not None and 0 < seen.patients < 5
    return {
        "items": seen.items,
        "patients": None if few else seen.patients,
        "suppressed": seen.suppressed + few,
    }


def refused_json(message: str, reference: ReferenceData) -> Mapping[str, Any]:
    """The same object for files that were refused: nothing read, nothing used, and why."""
    return {**as_json([], reference), "format": None, "refused": [message]}
