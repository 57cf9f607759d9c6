"""Files people give us: recognised, read and reported on. The registry of formats; no layout is known here."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from types import ModuleType

from planner.intake import gp_registrations, mapping, nhsbsa, openprescribing, template
from planner.intake.epd_layout import layout_of
from planner.intake.errors import ClassNeeded, IntakeError, LimitReached, PatientLevelError, Stopped
from planner.intake.files import (
    OpenedFile,
    SheetRows,
    digest_of,
    open_file,
    pasted,
    sha256_digest,
    shown_name,
)
from planner.intake.frames import MOST_RECORDS
from planner.intake.isolated_child import report_progress
from planner.intake.patient_level import refuse_people
from planner.intake.reading import ReadingBuilder
from planner.model.intake import ColumnMapping, Reading
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

FORMATS: tuple[ModuleType, ...] = (nhsbsa, openprescribing, gp_registrations, template)
"""Each has ID, NAME, recognise(opened) -> why or None, and read(opened, draft). The first that
recognises reads."""

__all__ = [
    "ClassNeeded",
    "FORMATS",
    "IntakeError",
    "LimitReached",
    "NotRecognised",
    "PatientLevelError",
    "Stopped",
    "open_table",
    "read_for_a_session",
    "read_opened",
    "read_pasted",
    "read_upload",
]


@dataclass
class NotRecognised(IntakeError):
    """A sound table in no layout we know. It can be read once its columns are named."""

    opened: OpenedFile

    def __str__(self) -> str:
        return (
            f"{self.opened.name} is a table in no layout we know. Say what its columns hold, or bring it into our own "
            "table"
        )


def open_table(name: str, data: bytes) -> OpenedFile:
    """A file opened and searched for people. Raises IntakeError, or PatientLevelError before
    anything is kept."""
    opened = open_file(name, data)
    refuse_people(opened.name, opened.sheets)
    return opened


def read_upload(
    name: str,
    data: bytes,
    reference: ReferenceData,
    icb: str | None = None,
    mappings: Sequence[ColumnMapping] = (),
    medicine_class: MedicineClass | None = None,
) -> Reading:
    """What a file of modest size holds, with the report on it.

    Raises NotRecognised for a table in no layout we know and no mapping fits, PatientLevelError for
    rows about people, IntakeError for anything else that cannot be read; the message names the file
    and what to do.
    """
    return read_opened(open_table(name, data), data, reference, icb, mappings, medicine_class)


BEGINNING = 40


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
    display = shown_name(name)
    report_progress("opening it", 0.05)
    opened = open_file(name, data)
    report_progress("looking for rows about people", 0.5)
    refuse_people(opened.name, opened.sheets)
    report_progress(f"reading {sum(len(sheet.rows) for sheet in opened.sheets):,} rows", 0.6)
    try:
        reading = read_opened(opened, data, reference, icb, mappings, medicine_class)
    except NotRecognised as error:
        fullest = max(opened.sheets, key=lambda sheet: len(sheet.rows))
        few = SheetRows(fullest.name, fullest.rows[:BEGINNING])
        raise NotRecognised(replace(opened, sheets=[few])) from error
    if len(reading.records) > MOST_RECORDS:
        raise LimitReached(
            f"{display} holds {len(reading.records):,} rows of figures; the wizard takes {MOST_RECORDS:,}. Keep only your own "
            "board's rows, or use 'planner ingest'"
        )
    return reading


def read_opened(
    opened: OpenedFile,
    data: bytes,
    reference: ReferenceData,
    icb: str | None = None,
    mappings: Sequence[ColumnMapping] = (),
    medicine_class: MedicineClass | None = None,
) -> Reading:
    """As `read_upload`, for a file that was already opened and searched for people."""
    try:
        reading = _read(opened, data, reference, icb, mappings, medicine_class)
    except IntakeError as error:
        if opened.name in str(error) or isinstance(error, NotRecognised):
            raise
        raise type(error)(f"{opened.name}: {error}") from error
    return replace(reading, earlier_digest=sha256_digest(io.BytesIO(data)))


def _read(
    opened: OpenedFile,
    data: bytes,
    reference: ReferenceData,
    icb: str | None,
    mappings: Sequence[ColumnMapping],
    medicine_class: MedicineClass | None,
) -> Reading:
    national = next((sheet for sheet in opened.sheets if layout_of(sheet.rows[0])), None)
    if national is not None:
        from planner.intake import epd

        return epd.read_sheet(opened, national, data, reference, icb)
    draft = ReadingBuilder(reference, warnings=list(opened.notes))
    for form in FORMATS:
        why = form.recognise(opened)
        if why is None:
            continue
        if not opened.is_workbook and not all(
            form.recognise(replace(opened, sheets=[s])) for s in opened.sheets
        ):
            raise IntakeError(
                f"{opened.name} holds tables of several kinds. Unpack it and bring each by itself"
            )
        if form is openprescribing:
            openprescribing.read(opened, draft, medicine_class)
        else:
            form.read(opened, draft)
        return draft.finished(opened.name, opened.digest, form.ID, form.NAME, why)
    for item in mappings:
        if any(item.fits(_headings(sheet)) for sheet in opened.sheets):
            mapping.read(opened, draft, item)
            return draft.finished(
                opened.name,
                opened.digest,
                mapping.ID,
                mapping.NAME,
                "its columns are those you named",
            )
    raise NotRecognised(opened)


def read_pasted(
    text: str, reference: ReferenceData, mappings: Sequence[ColumnMapping] = ()
) -> Reading:
    """What a table pasted from a spreadsheet holds, by its headings. Raises as `read_upload` does."""
    data = text.encode(errors="replace")
    opened = OpenedFile("pasted table", digest_of(data), [SheetRows("", pasted(text))], False)
    refuse_people(opened.name, opened.sheets)
    return read_opened(opened, data, reference, None, mappings)


def _headings(sheet: SheetRows) -> list[str]:
    try:
        return mapping.headings(sheet)
    except IntakeError:
        return []
