"""Files read in a process of their own: bounded, stopped, and never felt by whoever asked."""

from __future__ import annotations

import os
import platform
import re
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.intake import apart
from planner.intake.apart import Bounds, Job
from planner.intake.registry import (
    IntakeError,
    LimitReached,
    NotRecognised,
    Stopped,
    open_table,
    read_for_a_session,
    read_pasted,
    read_upload,
)
from planner.model.intake import ColumnMapping
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.review.run import read_and_review
from planner.review.terms import load_review_terms
from planner.store.plan_file import PlanFileError, plan_from_json, plan_to_json
from tests.intake import hostile_samples as hostile
from tests.intake.word_samples import old_specification

SMALL = b"class,period,patients\nopioids,2024/25,100\n"
ENDLESS = (re.fullmatch, r"(a|aa)+b", "a" * 60)
"""A search that would outlast us all, and lets nothing else of its process run meanwhile."""
linux = pytest.mark.skipif(platform.system() != "Linux", reason="memory is bounded by the system on Linux")


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def processes_of(job: Job) -> int:
    """The process of a job, once it has one."""
    while job._child is None:
        assert not job.wait(0.01)
    return job._child.process.pid


def test_what_comes_back_is_what_reading_here_would_give(reference: ReferenceData) -> None:
    assert Job("small.csv", read_for_a_session, "small.csv", SMALL, reference, "QF7", (), None).outcome() == (
        read_upload("small.csv", SMALL, reference, "QF7")
    )
    pasted = SMALL.decode().replace(",", "\t")
    assert Job("pasted", read_pasted, pasted, reference, ()).outcome() == read_pasted(pasted, reference)


def test_a_plan_and_what_can_be_read_of_a_damaged_one_come_back_whole(maximal: Plan) -> None:
    text = plan_to_json(maximal)
    assert Job("plan.json", plan_from_json, text.encode(), "plan.json").outcome() == maximal
    damaged = text.replace('"low": 0.02', '"low": "much"', 1).encode()
    with pytest.raises(PlanFileError) as here:
        plan_from_json(damaged, "plan.json")
    with pytest.raises(PlanFileError) as there:
        Job("plan.json", plan_from_json, damaged, "plan.json").outcome()
    assert str(there.value) == str(here.value)
    assert (there.value.readable, there.value.left_out) == (here.value.readable, here.value.left_out)
    assert there.value.left_out


def test_each_file_has_a_process_that_has_read_nothing_else() -> None:
    seen = {Job("a", os.getpid).outcome() for _ in range(2)}
    assert len(seen) == 2 and os.getpid() not in seen
    apart.ready(os.getpid)
    waiting = apart._spare
    assert waiting is not None and Job("a", os.getpid).outcome() == waiting.process.pid
    assert apart._spare is None and gone(waiting.process.pid)


def test_a_process_found_dead_is_replaced() -> None:
    apart.ready()
    assert apart._spare is not None
    apart._spare.process.kill()
    apart._spare.process.wait()
    assert Job("a", abs, -1).outcome() == 1


def test_passwords_in_the_environment_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_DATABASE_URL", "postgresql://user:password@host/plans")
    assert Job("a", os.getenv, "PLANNER_DATABASE_URL").outcome() is None


def test_what_takes_too_long_is_let_go_and_named() -> None:
    job = Job("long.csv", *ENDLESS, bounds=Bounds(seconds=1.5))
    process = processes_of(job)
    with pytest.raises(
        LimitReached, match=r"^long\.csv took longer to read than the 1\.5 seconds that one file may take"
    ):
        job.outcome()
    assert gone(process)


@linux
@pytest.mark.parametrize(
    "take", [(bytearray, 400_000_000), (list, range(50_000_000))], ids=["at once", "bit by bit"]
)
def test_what_needs_too_much_memory_is_let_go_and_named(take: tuple[Callable[..., Any], Any]) -> None:
    with pytest.raises(LimitReached, match=r"^large\.csv needs more memory than the 300 MB"):
        Job("large.csv", *take, bounds=Bounds(memory=300_000_000)).outcome()


def test_what_breaks_the_reader_down_breaks_nothing_else() -> None:
    with pytest.raises(LimitReached, match=r"^odd\.csv could not be read: what opened it broke down over it"):
        Job("odd.csv", os._exit, 3).outcome()
    with pytest.raises(
        LimitReached, match=r"^odd\.csv could not be read \(TypeError\)"
    ):  # its words are not told
        Job("odd.csv", abs, "a patient's name").outcome()


def test_stopping_ends_the_process_and_leaves_nothing_behind() -> None:
    before = set(Path(tempfile.gettempdir()).glob("planner-reading-*"))
    job = Job("long.csv", *ENDLESS)
    process = processes_of(job)
    job.stop()
    with pytest.raises(Stopped, match=r"long\.csv was not read, because it was stopped"):
        job.outcome()
    assert gone(process)
    assert set(Path(tempfile.gettempdir()).glob("planner-reading-*")) <= before


def test_stopping_what_has_ended_changes_nothing() -> None:
    job = Job("a", abs, -1)
    job.wait()
    job.stop()
    assert job.outcome() == 1


def test_no_more_than_so_many_are_read_at_once_and_one_that_waits_can_be_stopped() -> None:
    running = [Job("long.csv", *ENDLESS) for _ in range(apart.AT_ONCE)]
    for each in running:
        processes_of(each)
    waits = Job("next.csv", abs, -1)
    while waits.says == "opening it":
        assert not waits.wait(0.01)
    assert waits.says == "waiting until other files have been read" and waits._child is None
    stopped = Job("other.csv", abs, -1)
    stopped.stop()
    with pytest.raises(Stopped):
        stopped.outcome()
    for each in running:
        each.stop()
    assert waits.outcome() == 1


def test_the_asker_can_do_other_things_meanwhile() -> None:
    """A search holds its own process fast; a thread here goes on counting."""
    job = Job("long.csv", *ENDLESS)
    process = processes_of(job)
    counted, enough = [0], threading.Event()

    def count() -> None:
        while counted[0] < 200_000:
            counted[0] += 1
        enough.set()

    threading.Thread(target=count, daemon=True).start()
    assert enough.wait(30) and not job.wait(0) and not gone(process)
    job.stop()


def test_nothing_goes_on_once_the_asker_has_gone() -> None:
    child = apart._Child()
    child.ask(Bounds(), time.sleep, (600,))
    child.hears.close()  # as when the server is ended
    assert child.process.wait(30) == 0 and not Path(child.folder).exists()
    child.end()


def test_of_an_unknown_table_only_the_beginning_comes_back(reference: ReferenceData) -> None:
    table = b"Drug,Month,Unique patients\n" + b"Opioids,2025-03,120000\n" * 5_000
    with pytest.raises(NotRecognised) as result:
        Job("t.csv", read_for_a_session, "t.csv", table, reference, "QF7", (), None).outcome()
    (sheet,) = result.value.opened.sheets
    assert len(sheet.rows) == 40 and result.value.opened.sha256 == open_table("t.csv", table).sha256
    named = ColumnMapping(
        columns=("Drug", "Month", "Unique patients"),
        meaning={"Drug": "class", "Month": "period", "Unique patients": "patients"},
    )
    read = Job("t.csv", read_for_a_session, "t.csv", table, reference, "QF7", (named,), None).outcome()
    assert read.report.rows_used == 5_000


def test_more_rows_than_a_session_holds_are_refused(
    reference: ReferenceData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.intake.registry.MOST_RECORDS", 1)
    two = SMALL + b"z_drugs,2024/25,200\n"
    with pytest.raises(LimitReached, match=r"^two\.csv holds 2 rows of figures; the wizard takes 1"):
        read_for_a_session("two.csv", two, reference, "QF7", (), None)


def docx() -> bytes:
    return old_specification()


@linux
@pytest.mark.parametrize(
    ("name", "make", "error", "words"),
    [
        ("bomb.xlsx", lambda: hostile.bomb(hostile.workbook(), "xl/a.xml", 60), IntakeError, "would swell to 60 MB"),
        ("dense.xlsx", hostile.dense_workbook, LimitReached, "took longer to read"),
        ("e.xlsx", lambda: hostile.entities(hostile.workbook(), "xl/workbook.xml"), IntakeError, "no spreadsheet writes"),
        ("rows.csv", lambda: hostile.rows(10), LimitReached, "needs more memory"),
        ("wide.csv", lambda: hostile.wide(45), LimitReached, "needs more memory"),
        ("cell.csv", hostile.enormous_cell, IntakeError, "cannot be read|needs more memory"),
        ("digits.csv", hostile.digits, IntakeError, "nothing in it could be used"),
        ("bomb.docx", lambda: hostile.bomb(docx(), "word/document.xml", 60), IntakeError, "holds more text than any specification"),
        ("nodes.docx", hostile.many_nodes, LimitReached, "needs more memory"),
        ("e.docx", lambda: hostile.entities(docx(), "word/document.xml"), IntakeError, "Word never writes"),
        ("deep.json", hostile.deep_plan, PlanFileError, "is damaged or is not a plan"),
        ("faulty.json", hostile.faulty_plan, LimitReached, "needs more memory"),
        ("crowded.json", hostile.crowded_plan, LimitReached, "needs more memory"),
    ],
)  # fmt: skip
def test_a_hostile_file_meets_its_bounds_and_is_told_of_in_plain_words(
    name: str,
    make: Callable[[], bytes],
    error: type[Exception],
    words: str,
    reference: ReferenceData,
    library: SpecLibrary,
) -> None:
    question: tuple[Any, ...]
    if name.endswith("docx"):
        question = (
            read_and_review,
            name,
            make(),
            reference.framework,
            load_review_terms(),
            library.outlines,
            (3,),
        )
    elif name.endswith("json"):
        question = (plan_from_json, make(), name)
    else:
        question = (read_for_a_session, name, make(), reference, "QF7", (), None)
    before = resident()
    short = Bounds(seconds=3) if name == "dense.xlsx" else Bounds(memory=150_000_000)
    job = Job(name, *question, bounds=short)
    with pytest.raises(error, match=words) as message:
        job.outcome()
    assert str(message.value).startswith(name)
    grown = resident() - before
    print(f"{name}: {job.seconds:.1f} s, asker grew by {grown / 1e6:.0f} MB")
    assert grown < 100_000_000  # whatever the reader took, none of it is here


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
