"""Files read in a process of their own: bounded, stopped, and never felt by whoever asked."""

from __future__ import annotations

import os
import pickle
import platform
import re
import tempfile
import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from planner.intake import isolated_process
from planner.intake.isolated_process import Bounds, IsolatedJob
from planner.intake.registry import (
    IntakeError,
    LimitReached,
    NotRecognised,
    ReadingOptions,
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
from planner.review.requirements import read_and_review
from planner.review.terms import load_review_terms
from planner.store.plan_file import PlanFileError, plan_from_json, plan_to_json
from tests.intake import hostile_samples as hostile
from tests.intake import isolated_samples as samples
from tests.intake.word_samples import old_specification

# Processes of their own, servers or large files: left out of the quick loop.
pytestmark = pytest.mark.slow

SMALL = b"class,period,patients\nopioids,2024/25,100\n"
linux = pytest.mark.skipif(
    platform.system() != "Linux", reason="memory is bounded by the system on Linux"
)


def gone(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return True
    return False


def processes_of(job: IsolatedJob) -> int:
    """The process of a job, once it has one."""
    while job._child is None:
        assert not job.wait(0.01)
    return job._child.process.pid


def test_what_comes_back_is_what_reading_here_would_give(reference: ReferenceData) -> None:
    assert IsolatedJob(
        "small.csv", read_for_a_session, "small.csv", SMALL, reference, "QF7", (), None
    ).outcome() == (read_upload("small.csv", SMALL, reference, ReadingOptions("QF7")))
    pasted = SMALL.decode().replace(",", "\t")
    assert IsolatedJob("pasted", read_pasted, pasted, reference, ()).outcome() == read_pasted(
        pasted, reference
    )


def test_a_plan_and_what_can_be_read_of_a_damaged_one_come_back_whole(maximal: Plan) -> None:
    text = plan_to_json(maximal)
    assert IsolatedJob("plan.json", plan_from_json, text.encode(), "plan.json").outcome() == maximal
    damaged = re.sub(r'"low": [0-9.]+', '"low": "much"', text, count=1).encode()
    with pytest.raises(PlanFileError) as here:
        plan_from_json(damaged, "plan.json")
    with pytest.raises(PlanFileError) as there:
        IsolatedJob(
            "plan.json", plan_from_json, damaged, "plan.json", errors=(PlanFileError,)
        ).outcome()
    assert str(there.value) == str(here.value)
    assert (there.value.readable, there.value.left_out) == (
        here.value.readable,
        here.value.left_out,
    )
    assert there.value.left_out


def test_each_file_has_a_process_that_has_read_nothing_else() -> None:
    seen = {IsolatedJob("a", samples.own_process).outcome() for _ in range(2)}
    assert len(seen) == 2 and os.getpid() not in seen
    isolated_process.prewarm(samples.own_process)
    (waiting,) = isolated_process._spare
    assert IsolatedJob("a", samples.own_process).outcome() == waiting.process.pid
    assert not isolated_process._spare and gone(waiting.process.pid)


def test_a_process_found_dead_is_replaced() -> None:
    isolated_process.prewarm()
    (waiting,) = isolated_process._spare
    waiting.process.kill()
    waiting.process.wait()
    assert IsolatedJob("a", samples.absolute, -1).outcome() == 1


def test_passwords_in_the_environment_are_not_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLANNER_DATABASE_URL", "postgresql://user:password@host/plans")
    assert IsolatedJob("a", samples.environment, "PLANNER_DATABASE_URL").outcome() is None


def test_what_takes_too_long_is_let_go_and_named() -> None:
    job = IsolatedJob("long.csv", samples.endless, bounds=Bounds(seconds=1.5))
    process = processes_of(job)
    with pytest.raises(
        LimitReached,
        match=r"^long\.csv took longer to read than the 1\.5 seconds that one file may take",
    ):
        job.outcome()
    assert gone(process)


@linux
@pytest.mark.parametrize(
    "take",
    [(samples.memory_at_once, 400_000_000), (samples.memory_bit_by_bit, 50_000_000)],
    ids=["at once", "bit by bit"],
)
def test_what_needs_too_much_memory_is_let_go_and_named(
    take: tuple[Callable[..., Any], Any],
) -> None:
    with pytest.raises(LimitReached, match=r"^large\.csv needs more memory than the 300 MB"):
        IsolatedJob("large.csv", *take, bounds=Bounds(memory=300_000_000)).outcome()


def test_what_breaks_the_reader_down_breaks_nothing_else() -> None:
    with pytest.raises(
        LimitReached, match=r"^odd\.csv could not be read: what opened it broke down over it"
    ):
        IsolatedJob("odd.csv", samples.end_with, 3).outcome()
    # Its words are not told.
    with pytest.raises(LimitReached, match=r"^odd\.csv could not be read \(TypeError\)"):
        IsolatedJob("odd.csv", samples.raise_of_a_library, "a patient's name").outcome()


def test_stopping_ends_the_process_and_leaves_nothing_behind() -> None:
    before = set(Path(tempfile.gettempdir()).glob("planner-reading-*"))
    job = IsolatedJob("long.csv", samples.endless)
    process = processes_of(job)
    job.stop()
    with pytest.raises(Stopped, match=r"long\.csv was not read, because it was stopped"):
        job.outcome()
    assert gone(process)
    assert set(Path(tempfile.gettempdir()).glob("planner-reading-*")) <= before


def test_stopping_what_has_ended_changes_nothing() -> None:
    job = IsolatedJob("a", samples.absolute, -1)
    job.wait()
    job.stop()
    assert job.outcome() == 1


def test_no_more_than_so_many_are_read_at_once_and_one_that_waits_can_be_stopped() -> None:
    running = [IsolatedJob("long.csv", samples.endless) for _ in range(isolated_process.AT_ONCE)]
    for each in running:
        processes_of(each)
    waits = IsolatedJob("next.csv", samples.absolute, -1)
    while waits.progress == "opening it":
        assert not waits.wait(0.01)
    assert waits.progress == "waiting until other files have been read" and waits._child is None
    stopped = IsolatedJob("other.csv", samples.absolute, -1)
    stopped.stop()
    with pytest.raises(Stopped):
        stopped.outcome()
    for each in running:
        each.stop()
    assert waits.outcome() == 1


def test_the_asker_can_do_other_things_meanwhile() -> None:
    """A search holds its own process fast; a thread here goes on counting."""
    job = IsolatedJob("long.csv", samples.endless)
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
    child = isolated_process._Child()
    child.ask(Bounds(), samples.sleeping, (600,), [])
    # As when the server is ended.
    child.requests.close()
    assert child.process.wait(30) == 0 and not Path(child.folder).exists()
    child.end()


def test_of_an_unknown_table_only_the_beginning_comes_back(reference: ReferenceData) -> None:
    rows = "".join(f"Opioids,2025-03,A{number:05d},120\n" for number in range(5_000))
    table = f"Drug,Month,Surgery,Unique patients\n{rows}".encode()
    with pytest.raises(NotRecognised) as raised:
        IsolatedJob(
            "t.csv",
            read_for_a_session,
            "t.csv",
            table,
            reference,
            "QF7",
            (),
            None,
            errors=(NotRecognised,),
        ).outcome()
    (sheet,) = raised.value.opened.sheets
    assert len(sheet.rows) == 40 and raised.value.opened.digest == open_table("t.csv", table).digest
    named = ColumnMapping(
        columns=("Drug", "Month", "Surgery", "Unique patients"),
        meaning={
            "Drug": "class",
            "Month": "period",
            "Surgery": "code",
            "Unique patients": "patients",
        },
        fixed={"level": "practice"},
    )
    read = IsolatedJob(
        "t.csv", read_for_a_session, "t.csv", table, reference, "QF7", (named,), None
    ).outcome()
    assert read.report.rows_used == 5_000


def test_many_rows_come_back_in_their_order(reference: ReferenceData) -> None:
    rows = [f"opioids,2024-{1 + n % 12:02d},practice,A{n:05d},{n}" for n in range(5_000)]
    table = "\n".join(["class,period,level,code,items", *rows]).encode()
    arguments = ("t.csv", table, reference, "QF7", (), None)
    assert IsolatedJob("t.csv", read_for_a_session, *arguments).outcome() == read_for_a_session(
        *arguments
    )


def test_a_review_comes_back_as_made_here(reference: ReferenceData, library: SpecLibrary) -> None:
    arguments = (
        "old.docx",
        docx(),
        reference.framework,
        load_review_terms(),
        library.outlines,
        (3, 4),
    )
    assert IsolatedJob("old.docx", read_and_review, *arguments).outcome() == read_and_review(
        *arguments
    )


class Bomb:
    """What would run where it is unpickled: it writes a file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[str, str]]:
        return open, (str(self.path), "w")


def frame(kind: str, body: bytes) -> bytes:
    return f"{kind} {len(body)}\n".encode() + body


REPORT = (
    b'{"file":"a.csv","digest":"blake3:'
    + b"0" * 64
    + b'","format":"own","format_name":"own","why":"","rows_read":1,"rows_used":1}'
)
ROW = b'{"period":"2024/25","level":"icb","patients":1}'
KIND, SHAPE, LONG, PRINTED = (
    f"its reader gave an answer {fault}"
    for fault in (
        "of an unknown kind",
        "of the wrong shape",
        "that is too long",
        "with characters that cannot be printed",
    )
)


STRANGER = """
import os, time
answer = open({0!r}, "rb").read()
try:
    for _ in range({1}):
        os.write(1, answer)
finally:
    time.sleep(60)
"""
"""A process that answers whatever it is asked with what stands in a file, so many times."""


@linux
@pytest.mark.parametrize(
    ("answer", "times", "words"),
    [
        pytest.param(
            frame("answer", b'{"report":%b,"records":[],"more":1}' % REPORT),
            1,
            SHAPE,
            id="another field",
        ),
        pytest.param(frame("answer", b'{"report":{},"records":[]}'), 1, SHAPE, id="nothing in it"),
        pytest.param(
            frame("rows", b"[%b]" % ROW.replace(b"1}", b'"1"}')),
            1,
            SHAPE,
            id="text for a number",
        ),
        pytest.param(
            frame("rows", b"[%b]" % ROW.replace(b"1}", b'1,"cost":NaN}')),
            1,
            SHAPE,
            id="not a number",
        ),
        pytest.param(
            frame("rows", b"[%b]" % ROW.replace(b"1}", b"9" * 1_000_000 + b"}")),
            1,
            SHAPE,
            id="digits",
        ),
        pytest.param(
            frame("rows", b"[%b]" % b",".join([ROW] * 2_001)),
            1,
            SHAPE,
            id="more rows than a frame has",
        ),
        pytest.param(frame("answer", b"[" * 1_000_000), 1, SHAPE, id="deep"),
        pytest.param(frame("answer", b"\xff\xfe"), 1, SHAPE, id="not text"),
        pytest.param(frame("memory", b"1"), 1, KIND, id="a kind that is on no list"),
        pytest.param(frame("broken", b'"a file\'s words"'), 1, SHAPE, id="words for a class"),
        pytest.param(frame("SystemExit", b"[1]"), 1, KIND, id="an error of the language"),
        pytest.param(
            frame("Stopped", b'["a"]'), 1, KIND, id="an error of ours that it may not raise"
        ),
        pytest.param(
            frame("PlanFileError", b'["a",null,[]]'), 1, KIND, id="an error of another job"
        ),
        pytest.param(b"os.system 2\n[]", 1, KIND, id="a function"),
        pytest.param(b"a" * 1_000, 1, KIND, id="a head without an end"),
        pytest.param(b"answer 999999999999\n", 1, LONG, id="a long frame"),
        pytest.param(frame("rows", b" " * 3_000_000), 1, LONG, id="a long frame of rows"),
        pytest.param(frame("answer", b"[" + b"{}," * 400_000 + b"0]"), 1, LONG, id="many values"),
        pytest.param(frame("rows", b"[%b]" % ROW), 1_000, LONG, id="rows without end"),
        pytest.param(frame("progress", b'["reading",0.5]'), 1_000, LONG, id="progress without end"),
        pytest.param(
            frame("progress", b'["\\u001b[31m",0.5]'), 1, PRINTED, id="a control character"
        ),
        pytest.param(
            frame("IntakeError", b'["a\xc2\x9b31m"]'), 1, PRINTED, id="another control character"
        ),
        pytest.param(frame("IntakeError", b'["\\\\\\u0000"]'), 1, PRINTED, id="behind a backslash"),
        pytest.param(
            b"answer 1000\n[",
            1,
            "took longer to read than the 5 seconds",
            id="a frame without an end",
        ),
    ],
)
def test_a_hostile_answer_is_refused_in_words(
    answer: bytes, times: int, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "answer").write_bytes(answer)
    monkeypatch.setattr(isolated_process, "START", STRANGER.format(str(tmp_path / "answer"), times))
    monkeypatch.setattr(isolated_process, "_spare", deque())
    before = resident()
    with pytest.raises(LimitReached, match=rf"^odd\.csv .*{words}"):
        IsolatedJob("odd.csv", samples.promised, 1, bounds=Bounds(seconds=5)).outcome()
    assert resident() - before < 100_000_000


@linux
@pytest.mark.parametrize("kind", ["", "answer", "progress", "IntakeError"])
def test_nothing_of_an_answer_runs_here(kind: str, tmp_path: Path) -> None:
    written = tmp_path / "written"
    answer = pickle.dumps(Bomb(written))
    pickle.loads(answer).close()
    # It does what it should where it is let.
    assert written.exists()
    written.unlink()
    with pytest.raises(
        LimitReached, match=r"^odd\.csv could not be read \(its reader gave an answer"
    ):
        IsolatedJob(
            "odd.csv", samples.answer_with, frame(kind, answer) if kind else answer, 1
        ).outcome()
    assert not written.exists()


@linux
def test_a_sound_answer_is_taken_whoever_wrote_it() -> None:
    """The frames above are refused for what is wrong with them, and for nothing else."""
    answer = frame("rows", b"[%b]" % ROW) + frame("answer", b'{"report":%b,"records":[]}' % REPORT)
    (row,) = IsolatedJob("odd.csv", samples.answer_with, answer, 1).outcome().records
    assert row.patients == 1


def test_an_error_that_is_not_on_the_list_is_not_raised_here() -> None:
    with pytest.raises(LimitReached, match=r"^odd\.csv could not be read \(ReferenceMissing\)"):
        IsolatedJob(
            "odd.csv", samples.raise_of_ours_that_is_not_listed, "a patient's name"
        ).outcome()


def test_nothing_of_ours_unpickles() -> None:
    for path in Path(isolated_process.__file__).parents[1].rglob("*.py"):
        assert not re.search(
            r"\b(pickle|marshal|shelve|dill)\b", path.read_text(encoding="utf-8")
        ), path


def test_more_rows_than_a_session_holds_are_refused(
    reference: ReferenceData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planner.intake.registry.MOST_RECORDS", 1)
    two = SMALL + b"z_drugs,2024/25,200\n"
    with pytest.raises(
        LimitReached, match=r"^two\.csv holds 2 rows of figures; the wizard takes 1"
    ):
        read_for_a_session("two.csv", two, reference, "QF7", (), None)


def docx() -> bytes:
    return old_specification()


@pytest.mark.slow
@linux
@pytest.mark.parametrize(
    ("name", "make", "error", "words"),
    [
        (
            "bomb.xlsx",
            lambda: hostile.bomb(hostile.workbook(), "xl/a.xml", 60),
            IntakeError,
            "would swell to 60 MB",
        ),
        ("dense.xlsx", hostile.dense_workbook, LimitReached, "took longer to read"),
        (
            "e.xlsx",
            lambda: hostile.entities(hostile.workbook(), "xl/workbook.xml"),
            IntakeError,
            "no spreadsheet writes",
        ),
        ("rows.csv", lambda: hostile.rows(10), LimitReached, "needs more memory"),
        ("wide.csv", lambda: hostile.wide(45), LimitReached, "needs more memory"),
        ("cell.csv", hostile.enormous_cell, IntakeError, "cannot be read|needs more memory"),
        ("digits.csv", hostile.digits, IntakeError, "nothing in it could be used"),
        (
            "bomb.docx",
            lambda: hostile.bomb(docx(), "word/document.xml", 60),
            IntakeError,
            "holds more text than any specification",
        ),
        ("nodes.docx", hostile.many_nodes, LimitReached, "needs more memory"),
        (
            "e.docx",
            lambda: hostile.entities(docx(), "word/document.xml"),
            IntakeError,
            "Word never writes",
        ),
        ("deep.json", hostile.deep_plan, PlanFileError, "is damaged or is not a plan"),
        ("faulty.json", hostile.faulty_plan, LimitReached, "needs more memory"),
        ("crowded.json", hostile.crowded_plan, LimitReached, "needs more memory"),
    ],
)
def test_a_hostile_file_meets_its_bounds_and_is_told_of_in_plain_words(
    name: str,
    make: Callable[[], bytes],
    error: type[Exception],
    words: str,
    reference: ReferenceData,
    library: SpecLibrary,
) -> None:
    arguments: tuple[Any, ...]
    if name.endswith("docx"):
        arguments = (
            read_and_review,
            name,
            make(),
            reference.framework,
            load_review_terms(),
            library.outlines,
            (3,),
        )
    elif name.endswith("json"):
        arguments = (plan_from_json, make(), name)
    else:
        arguments = (read_for_a_session, name, make(), reference, "QF7", (), None)
    before = resident()
    short = Bounds(seconds=3) if name == "dense.xlsx" else Bounds(memory=150_000_000)
    job = IsolatedJob(name, *arguments, errors=(PlanFileError,), bounds=short)
    with pytest.raises(error, match=words) as raised_error:
        job.outcome()
    assert str(raised_error.value).startswith(name)
    grown = resident() - before
    print(f"{name}: {job.seconds:.1f} s, asker grew by {grown / 1e6:.0f} MB")
    # Whatever the reader took, none of it is here.
    assert grown < 100_000_000


def resident() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
