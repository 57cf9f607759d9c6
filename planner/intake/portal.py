"""A board's items straight from NHSBSA's open data portal, asked for month by month and kept.

The portal adds up on its side: one question a month, of our classes' chemicals and one board, by
practice and chemical. What comes is checked against the question before it is kept, and what is
kept is read as a file of the national dataset is.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import AliasPath, BaseModel, Field, ValidationError

from planner.analysis.formatting import several
from planner.analysis.organisations import icb_of_sub_icb
from planner.analysis.periods import months_between
from planner.intake.errors import IntakeError, Stopped, refuse, refused_as
from planner.intake.files import digest_of, open_file, write_whole
from planner.intake.gp_registrations import extract_month
from planner.intake.isolated_process import BackgroundJob, IsolatedJob
from planner.intake.layouts import layout_of
from planner.intake.reading import class_of_codes
from planner.intake.registry import read_for_a_session
from planner.intake.table_rows import cell_at
from planner.model.intake import MOST_MONTHS_FETCHED, Reading
from planner.model.place import OrganisationList
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

if TYPE_CHECKING:
    from planner.intake.portal_client import Portal

OFF_SETTING = "PLANNER_NO_FETCH"
FOLDER = "portal"
"""The folder of the months that have been fetched, among what is kept for this user."""
PACKAGES = ("english-prescribing-dataset-epd-with-snomed-code", "english-prescribing-data-epd")
"""The dataset with SNOMED codes, and the one before it, which ends with June 2025."""
FIRST_WITH_NEW_NAMES = "2025-07"
RESOURCE = re.compile(r"EPD_(?:SNOMED_)?(20\d\d)(0[1-9]|1[0-2])[A-Z]{0,10}")
MOST_ROWS = 100_000
"""The most rows of one month. Ten thousand are usual."""
MOST_FILES = 20
# What the columns of our own are called, in the order in which a kept month has them: the keys
# and the sums, by the names that a layout of the dataset knows them by.
KEYS = {
    "month": "YEAR_MONTH",
    "icb": "ICB_CODE",
    "pco": "PCO_CODE",
    "practice": "PRACTICE_CODE",
    "chemical": "BNF_CHEMICAL_SUBSTANCE_CODE",
}
SUMS = {
    "items": "ITEMS",
    "quantity": "TOTAL_QUANTITY",
    "nic": "NIC",
    "cost": "ACTUAL_COST",
}
HEADER = ",".join([*KEYS.values(), *SUMS.values()])
# No column of the older dataset names the board in every year, so it is asked by its parts alone.
OLD_NAMES = {"icb": "", "chemical": "BNF_CHEMICAL_SUBSTANCE"}
CODE = re.compile(r"[A-Z0-9]{2,8}|-")
WHOLE = re.compile(r"\d{1,9}(\.0*)?")
NUMBER = re.compile(r"(\d{1,15}(\.\d{0,20})?([eE][+-]?\d{1,2})?)?")

ProgressReport = Callable[[str, float], None]
Answer = TypeVar("Answer", bound=BaseModel)


def turned_off() -> bool:
    """Whether whoever hosts the planner has turned fetching off."""
    return os.environ.get(OFF_SETTING, "").strip().lower() not in {"", "0", "false", "no"}


class _File(BaseModel):
    url: str


class _Data(BaseModel):
    result: dict[str, Any]
    records: list[dict[str, str | int | float | None]] = Field(
        default=[], max_length=MOST_ROWS, validation_alias=AliasPath("result", "result", "records")
    )
    files: list[_File] = Field(
        default=[], max_length=MOST_FILES, validation_alias=AliasPath("result", "gc_urls")
    )
    is_part: bool | str = Field(
        default=False, validation_alias=AliasPath("result", "records_truncated")
    )


class _Listing(BaseModel):
    resources: list[dict[str, Any]] = Field(validation_alias=AliasPath("result", "resources"))


@dataclass(frozen=True)
class PortalQuery:
    """What is asked of one month: which resource, of which board and its sub-ICB locations, and
    which chemicals."""

    resource: str
    month: str
    icb: str
    pcos: tuple[str, ...]
    chemicals: tuple[str, ...]

    @cached_property
    def names(self) -> Mapping[str, str]:
        """What each key is called in the resource's layout, of those it has."""
        names = KEYS | (OLD_NAMES if not self.resource.startswith("EPD_SNOMED_") else {})
        return {key: name for key, name in names.items() if name}

    @property
    def sql(self) -> str:
        """The question as the portal takes it: sums over practices and chemicals."""
        place = f"{self.names['pco']} IN ({_quoted(self.pcos)})"
        if "icb" in self.names:
            place = f"({self.names['icb']} = '{self.icb}' OR {place})"
        keys = ", ".join(self.names.values())
        sums = ", ".join(f"SUM({name}) AS {name}" for name in SUMS.values())
        return (
            f"SELECT {keys}, {sums} FROM `{self.resource}` WHERE {place} "
            f"AND {self.names['chemical']} IN ({_quoted(self.chemicals)}) GROUP BY {keys}"
        )

    @property
    def file(self) -> str:
        """The name under which the answer is kept, which another question never has."""
        about = hashlib.sha256(f"{self.resource}\n{self.sql}\n{HEADER}".encode()).hexdigest()
        return f"{self.resource}-{about[:16]}.csv"

    def refuse(self, *faults: tuple[object, str]) -> None:
        """Raise IntakeError for the first fault that an answer has."""
        layout = "Its layout may have changed; nothing of it was taken"
        messages = ((is_so, f"{what}. {layout}") for is_so, what in faults)
        refuse(f"The portal's answer for {self.month}", *messages)


def _quoted(codes: Sequence[str]) -> str:
    return ", ".join(f"'{code}'" for code in codes)


def fetch(
    icb: str,
    months: int,
    reference: ReferenceData,
    folder: Path,
    report_progress: ProgressReport = lambda words, share: None,
    stopped: Callable[[], bool] = lambda: False,
) -> list[Reading]:
    """A board's items by practice for the newest months the portal has, as a file a year would give
    them.

    Months are kept in `folder` as they come, so that the next call asks only for those it lacks;
    readings come only once all are there. `report_progress` hears what is being done and what share
    is done. Raises IntakeError in one line, and Stopped.
    """
    if turned_off():
        raise IntakeError(
            f"Fetching is turned off here ({OFF_SETTING}). Download the files and bring them in"
        )
    if not 1 <= months <= MOST_MONTHS_FETCHED:
        raise IntakeError(f"From 1 to {MOST_MONTHS_FETCHED} months can be fetched at a time")
    # Brings what speaks over the network, so only once somebody asks.
    from planner.intake.portal_client import Portal

    texts: dict[str, str] = {}
    with closing(Portal(stopped)) as portal:
        report_progress("asking which months there are", 0)
        questions = _questions(portal, icb, months, reference)
        for number, question in enumerate(questions, start=1):
            report_progress(
                f"{question.month}, month {number} of {months}", (number - 1) / (months + 1)
            )
            try:
                texts[question.month] = _month(portal, question, reference, folder, stopped)
            except (IntakeError, KeyboardInterrupt) as error:
                words = str(error) or "Fetching was stopped"
                stop = isinstance(error, Stopped | KeyboardInterrupt)
                raise (Stopped if stop else IntakeError)(
                    f"{words}. {len(texts)} of {several(months, 'month')} fetched, and kept for "
                    "the next time; nothing else was changed"
                ) from error
    report_progress("reading what came", months / (months + 1))
    return [
        _reading(dict(list(texts.items())[first : first + 12]), icb, reference, stopped)
        for first in range(0, months, 12)
    ]


def _questions(
    portal: Portal, icb: str, months: int, reference: ReferenceData
) -> list[PortalQuery]:
    """The questions of the newest months without a gap, newest first. Raises IntakeError where
    there are fewer."""
    resources = _resources(portal, PACKAGES[0])
    # The months before the change of names, for which the older dataset's are certain.
    wanted = sorted(resources, reverse=True)[:months]
    if len(wanted) < months or wanted[-1] < FIRST_WITH_NEW_NAMES:
        older = _resources(portal, PACKAGES[1])
        resources |= {m: name for m, name in older.items() if m < FIRST_WITH_NEW_NAMES}
    wanted = sorted(resources, reverse=True)[:months]
    run = [m for back, m in enumerate(wanted) if months_between(m, wanted[0]) == back]
    if len(run) < months:
        raise IntakeError(
            f"The portal does not list {several(months, 'month')} without a gap, but the newest "
            f"{len(run)}. "
            "Ask for so many"
        )
    pcos = {
        part.code if len(part.code) == 5 else f"{part.code}00"
        for part in reference.sub_icbs
        if icb in {icb_of_sub_icb(part.code, which, reference) for which in OrganisationList}
    }
    about = (icb, tuple(sorted(pcos)), tuple(sorted(class_of_codes(reference))))
    return [PortalQuery(resources[month], month, *about) for month in wanted]


def _resources(portal: Portal, package: str) -> dict[str, str]:
    """The name of each month's table in a dataset; of a month that was revised the revision's."""
    listing = _checked_json(_Listing, portal.ask("package_show", {"id": package}), "list of months")
    names = sorted(str(one.get("name")) for one in listing.resources)
    matches = [*filter(None, map(RESOURCE.fullmatch, names))]
    if not matches:
        raise IntakeError(
            f"The portal's list of months holds none that is known here ({package}). Its layout "
            "may have changed"
        )
    return {f"{match[1]}-{match[2]}": match[0] for match in matches}


def _checked_json(kind: type[Answer], data: bytes, what: str) -> Answer:
    with refused_as(
        f"The portal's {what} is not what was asked for: it refused, or its layout has changed",
        ValidationError,
    ):
        return kind.model_validate_json(data)


def _month(
    portal: Portal,
    question: PortalQuery,
    reference: ReferenceData,
    folder: Path,
    stopped: Callable[[], bool],
) -> str:
    """The rows of one month, kept ones where they are whole."""
    path = folder / question.file
    # Where it is not there yet, or damaged, it is asked for again.
    with suppress(OSError, UnicodeDecodeError):
        mark, _, text = path.read_text(encoding="utf-8").partition("\n")
        if mark == digest_of(text.encode()):
            return text
    parameters = {"resource_id": question.resource, "sql": question.sql}
    answer = portal.ask("datastore_search_sql", parameters)
    result = _checked_json(_Data, answer, f"answer for {question.month}")
    is_part = str(result.is_part).lower() == "true"
    question.refuse((is_part and not result.files, "is only a part of what was asked for"))
    # The records beside files, if any, are only the first of them.
    tables = [_table_of_file(portal.file(one.url), question, stopped) for one in result.files] or [
        _table_of_records(result.records)
    ]
    lines = sorted(line for table in tables for line in _lines(question, table))
    _refuse_unlikely(question, lines, reference)
    text = "".join(f"{line}\n" for line in lines)
    cannot = f"What was fetched cannot be kept in {folder}. Free some room there"
    with refused_as(cannot, OSError), write_whole(path) as part:
        part.write_text(f"{digest_of(text.encode())}\n{text}", encoding="utf-8", newline="\n")
    return text


def _table_of_records(records: Sequence[Mapping[str, object]]) -> list[list[str]]:
    headings = list(records[0]) if records else []
    cells = ([record.get(name) for name in headings] for record in records)
    return [
        headings,
        *(["" if cell is None else str(cell).strip() for cell in row] for row in cells),
    ]


def table_in_file(name: str, data: bytes) -> str:
    """The cells of a file that the portal made, packed or not: a row a line, with tabs between.
    Raises IntakeError."""
    opened = open_file(name, data)
    return "\n".join("\t".join(row) for sheet in opened.sheets[:1] for row in sheet.rows)


def _table_of_file(
    data: bytes, question: PortalQuery, stopped: Callable[[], bool]
) -> list[list[str]]:
    name = f"The portal's file for {question.month}"
    text: str = _waited_for(IsolatedJob(name, table_in_file, name, data), stopped)
    return [line.split("\t") for line in text.split("\n")]


def _waited_for(job: IsolatedJob, stopped: Callable[[], bool]) -> Any:
    while not job.wait(0.1):
        if stopped():
            job.stop()
    return job.outcome()


def _lines(question: PortalQuery, table: list[list[str]]) -> list[str]:
    """The rows of an answer in our own columns. Raises IntakeError where a row is not an answer to
    the question."""
    headings, *rows = table
    layout = layout_of(headings)
    columns = layout.columns if layout else {}
    lacks_some = not columns.keys() >= {*question.names, *SUMS}
    question.refuse((lacks_some, "does not have the columns that were asked for"))
    places = {key: headings.index(columns[key]) for key in (*question.names, *SUMS)}
    lines = []
    for row in rows:
        cells = {key: cell_at(row, place) for key, place in places.items()}
        cells["month"] = extract_month(cells["month"])
        _refuse_strange(question, cells)
        cells["items"] = cells["items"].partition(".")[0]
        lines.append(",".join(cells.get(key, "") for key in (*KEYS, *SUMS)))
    return lines


def _refuse_strange(question: PortalQuery, cells: Mapping[str, str]) -> None:
    """Raise IntakeError where a row is about something that was not asked for."""
    codes = (cells["pco"], cells["practice"], cells.get("icb", "-") or "-")
    is_of_icb = cells.get("icb") == question.icb or cells["pco"] in question.pcos
    question.refuse(
        (cells["month"] != question.month, "has rows of another month"),
        (not is_of_icb, "has rows of another board"),
        (cells["chemical"] not in question.chemicals, "has rows of other medicines"),
        (
            not all(map(CODE.fullmatch, codes))
            or not WHOLE.fullmatch(cells["items"])
            or not all(map(NUMBER.fullmatch, (cells[name] for name in SUMS))),
            "has rows without a practice's code or without numbers",
        ),
    )


def _refuse_unlikely(question: PortalQuery, lines: list[str], reference: ReferenceData) -> None:
    """Raise IntakeError where an answer as a whole cannot be all that was asked for, or more."""
    keys = [tuple(line.split(",")[: len(KEYS)]) for line in lines]
    classes = class_of_codes(reference)
    missing = set(MedicineClass) - {classes[key[-1]] for key in keys}
    question.refuse(
        (len(set(keys)) < len(keys), "gives the same practice and medicine twice"),
        (
            missing,
            f"holds no {', '.join(sorted(one.label for one in missing))}, which no board's month "
            "is without",
        ),
    )


def _reading(
    texts: Mapping[str, str], icb: str, reference: ReferenceData, stopped: Callable[[], bool]
) -> Reading:
    """What months say together, read as an uploaded file is: in a process of its own."""
    first, last = min(texts), max(texts)
    when = first if first == last else f"{first} to {last}"
    name = f"{icb}, {when}, from NHSBSA's open data portal"
    data = "\n".join([HEADER, *(texts[month].rstrip("\n") for month in sorted(texts)), ""]).encode()
    job = IsolatedJob(name, read_for_a_session, name, data, reference, icb, (), None)
    reading: Reading = _waited_for(job, stopped)
    why = "it was asked of NHSBSA's open data portal, by practice, chemical and month"
    return replace(reading, report=reading.report.model_copy(update={"why": why}))


# --- beside a session -------------------------------------------------------------------------


class FetchJob(BackgroundJob):
    """A fetch that goes on beside the session."""

    # One at a time in a process: two sessions of one board ask for each month once.
    turns = threading.BoundedSemaphore(1)

    def __init__(self, icb: str, months: int, reference: ReferenceData, folder: Path) -> None:
        self._arguments = (icb, months, reference, folder)
        self._stop = threading.Event()
        super().__init__("waiting until another fetch has ended")

    def stop(self) -> None:
        """Let it end at its next step; what it has fetched is kept for the next time."""
        self._stop.set()

    def _report(self, words: str, share: float) -> None:
        self.progress, self.share = words, share

    def _wait_on(self) -> None:
        if self._stop.is_set():
            raise Stopped("Fetching was stopped before it began")

    def _work(self) -> list[Reading]:
        return fetch(*self._arguments, self._report, self._stop.is_set)

    def _failure(self, error: Exception) -> IntakeError:
        kind = type(error).__name__
        logging.getLogger(__name__).warning("A fetch broke down: %s", kind)
        return IntakeError(f"What the portal sent could not be read ({kind})")
