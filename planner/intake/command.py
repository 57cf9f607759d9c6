"""Files on disk for the command line: one of them read, or many months of the national dataset. No printing."""

import csv
import gzip
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any, Literal

from planner.intake import gp_registrations, template
from planner.intake.epd_layout import CUT_COLUMNS, layout_of
from planner.intake.errors import Stopped
from planner.intake.files import LARGEST_FILE, SheetRows, sha256_digest, shown_name
from planner.intake.gp_registrations import Mapped
from planner.intake.patient_level import refuse_people
from planner.intake.reading import class_totals
from planner.intake.registry import IntakeError, open_table, read_opened
from planner.model.base import repeated
from planner.model.intake import ClassSeen, ColumnMapping, Level, Reading, Record
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

LOOKED_AT = 500
Engine = Literal["polars", "duckdb", "spark"]


@dataclass(frozen=True, slots=True)
class ReadingOptions:
    """What is asked of the files: the board, the level to add up to, the engine, and where cuts are
    kept."""

    icb: str | None = None
    level: Level | None = None
    engine: Engine = "polars"
    table: bool = False
    medicine_class: MedicineClass | None = None
    mappings: tuple[ColumnMapping, ...] = ()
    known_by_sha256: frozenset[str] = frozenset()
    """Names of the files that the plan knows by their SHA-256; of no other large file is one worked
    out."""


def read_paths(
    paths: Sequence[str],
    question: ReadingOptions,
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
        return _read_paths(paths, question, reference, cuts, say, readings)
    except KeyboardInterrupt:
        done = {reading.report.file for reading in readings}
        left = [name for path in paths if (name := shown_name(Path(path).name)) not in done]
        raise Stopped(
            f"stopped. {len(readings)} of {len(paths)} files had been read; not read: {', '.join(left[:12])}"
            + (f" and {len(left) - 12} more" if len(left) > 12 else "")
            + ". Neither --out nor --save was written"
        ) from None


def _read_paths(
    paths: Sequence[str],
    question: ReadingOptions,
    reference: ReferenceData,
    cuts: Path,
    say: Callable[[str], None],
    readings: list[Reading],
) -> list[Reading]:
    homes: dict[str, Mapped] = {}
    national: list[str] = []
    for number, path in enumerate(paths, start=1):
        say(f"File {number} of {len(paths)}: {shown_name(Path(path).name)}")
        in_place = question.table or "://" in path and question.engine == "spark"
        if in_place or is_national(Path(path)):
            if not in_place:
                refuse_people(shown_name(Path(path).name), [SheetRows("", start_of(Path(path)))])
            national.append(path)
            continue
        data = _bytes(Path(path))
        opened = open_table(Path(path).name, data)
        if gp_registrations.is_mapping(opened):
            homes |= gp_registrations.mapping_of(opened.sheets)
        readings.append(
            read_opened(
                opened, data, reference, question.icb, question.mappings, question.medicine_class
            )
        )
    if national:
        from planner.intake import epd

        cut = _cutter(question, reference, cuts, say)
        for number, path in enumerate(national, start=1):
            if len(national) > 1:
                say(
                    f"National dataset, file {number} of {len(national)}: {shown_name(Path(path).name)}"
                )
            readings += epd.readings([cut(path)], reference, question.icb, question.level, homes)
            if readings[-1].report.file in question.known_by_sha256 and Path(path).is_file():
                with Path(path).open("rb") as file:
                    readings[-1] = replace(readings[-1], earlier_digest=sha256_digest(file))
    for digest in repeated(reading.report.digest for reading in readings):
        _, second, *_ = (
            reading.report.file for reading in readings if reading.report.digest == digest
        )
        raise IntakeError(f"{second} is the same as another of the files; give each file once")
    return readings


def _cutter(
    question: ReadingOptions, reference: ReferenceData, cuts: Path, say: Callable[[str], None]
) -> Callable[[str], Any]:
    from planner.intake.epd_cut import cut_of

    if question.engine == "polars":
        if question.table:
            raise IntakeError(
                "a table lies in a platform of its own: say which with --engine duckdb or spark"
            )
        return lambda path: cut_of(Path(path), reference, cuts, say)
    from planner.intake.epd_ibis import cut_on, engine

    backend = engine(question.engine)
    return lambda path: cut_on(backend, path, reference, table=question.table)


def is_national(path: Path) -> bool:
    """Whether a file is laid out as the English Prescribing Dataset, or is a cut of it, looking at
    its start."""
    rows = start_of(path)
    return bool(rows) and (layout_of(rows[0]) is not None or rows[0] == list(CUT_COLUMNS))


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
                with gzip.open(file) as packed:
                    return _first_rows(packed)
            if start == b"PK\x03\x04":
                with zipfile.ZipFile(file) as archive:
                    tables = [
                        i
                        for i in archive.infolist()
                        if i.filename.lower().endswith((".csv", ".txt"))
                    ]
                    with archive.open(tables[0]) as packed:
                        return _first_rows(packed)
            return _first_rows(file)
    except OSError as error:
        # Not the disk but the packing.
        if error.errno is None:
            return []
        raise IntakeError(
            f"{shown_name(path.name)} cannot be opened: {error.strerror or error}"
        ) from error
    except Exception:
        # Damaged, each in its own way: the reader of the file says how.
        return []


def _first_rows(file: IO[bytes] | gzip.GzipFile) -> list[list[str]]:
    lines = [line for _ in range(LOOKED_AT) if (line := file.readline(100_000))]
    texts = [line.decode("utf-8-sig", errors="replace").strip("\r\n") for line in lines]
    return [[cell.strip() for cell in row] for row in csv.reader(texts)]


def _bytes(path: Path) -> bytes:
    if path.stat().st_size > LARGEST_FILE:
        raise IntakeError(
            f"{shown_name(path.name)} is {path.stat().st_size / 1e6:,.0f} MB; the most that can be read of this kind of "
            f"file is {LARGEST_FILE / 1e6:,.0f} MB. Keep only your own board's rows"
        )
    return path.read_bytes()


def summary_csv(readings: Sequence[Reading]) -> bytes:
    """The rows of all readings in our own table, for the wizard."""
    return template.records_csv(record for reading in readings for record in reading.records)


def as_json(readings: Sequence[Reading]) -> Mapping[str, Any]:
    """All readings as one object: what was read, used, refused and warned of, and each class as a
    whole."""
    records: list[Record] = [record for reading in readings for record in reading.records]
    result, text = class_totals(records)
    by_class = {seen.medicine_class: seen for seen in result}
    formats = {reading.report.format for reading in readings}
    warnings = [w for reading in readings for w in reading.report.warnings] + text
    return {
        "format": formats.pop() if len(formats) == 1 else "several",
        "rows_read": sum(reading.report.rows_read for reading in readings),
        "rows_used": sum(reading.report.rows_used for reading in readings),
        "refused": [line for reading in readings for line in reading.report.refused],
        "warnings": list(dict.fromkeys(warnings)),
        "classes": {
            medicine_class.value: {
                "items": by_class[medicine_class].items if medicine_class in by_class else None,
                **_people(by_class.get(medicine_class)),
            }
            for medicine_class in MedicineClass
        },
        "files": [
            reading.report.model_dump(mode="json", exclude={"classes"}) for reading in readings
        ],
    }


def _people(seen: ClassSeen | None) -> dict[str, int | None]:
    """People of a class and how many of its numbers are hidden; one to four people are hidden here
    too."""
    if seen is None:
        return {"patients": None, "suppressed": None}
    if seen.patients is not None and 0 < seen.patients < 5:
        return {"patients": None, "suppressed": seen.suppressed + 1}
    return {"patients": seen.patients, "suppressed": seen.suppressed}


def refused_json(message: str) -> Mapping[str, Any]:
    """The same object for files that were refused: nothing read, nothing used, and why."""
    return {**as_json([]), "format": None, "refused": [message]}
