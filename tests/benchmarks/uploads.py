"""What hostile uploads cost: how each ends, in how long, and the memory of the process that reads
and the one that asks.

Run: python -m tests.benchmarks.uploads
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from planner.intake import isolated_process
from planner.intake.registry import NotRecognised, read_for_a_session
from planner.reference import load_reference
from planner.reference.library import load_library
from planner.review.requirements import read_and_review
from planner.review.terms import load_review_terms
from planner.store.plan_file import PlanFileError, plan_from_json
from tests.intake import hostile_samples as hostile
from tests.intake.word_samples import old_specification

SMALL = b"class,period,patients\nopioids,2024/25,100\n"
MakeFile = Callable[[], bytes]


def resident() -> float:
    """The memory of this process, in MiB."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def main() -> None:
    """Print one line for each upload."""
    reference = load_reference()
    tables = (reference, "QF7", (), None)
    spec = (reference.framework, load_review_terms(), load_library().outlines, (3, 4))
    spare, docx = hostile.workbook(), old_specification()
    uploads: list[tuple[str, Callable[..., Any], tuple[Any, ...], MakeFile]] = [
        ("small.csv", read_for_a_session, tables, lambda: SMALL),
        ("small.docx", read_and_review, spec, lambda: docx),
        ("bomb.xlsx", read_for_a_session, tables,
         lambda: hostile.bomb(spare, "xl/worksheets/sheet1.xml", 900)),
        ("dense.xlsx", read_for_a_session, tables, hostile.dense_workbook),
        ("entities.xlsx", read_for_a_session, tables,
         lambda: hostile.entities(spare, "xl/workbook.xml")),
        ("rows.csv", read_for_a_session, tables, lambda: hostile.rows(10)),
        ("wide.csv", read_for_a_session, tables, lambda: hostile.wide(49)),
        ("cell.csv", read_for_a_session, tables, hostile.enormous_cell),
        ("digits.csv", read_for_a_session, tables, hostile.digits),
        ("bomb.docx", read_and_review, spec, lambda: hostile.bomb(docx, "word/document.xml", 900)),
        ("nodes.docx", read_and_review, spec, hostile.many_nodes),
        ("entities.docx", read_and_review, spec,
         lambda: hostile.entities(docx, "word/document.xml")),
        ("deep.json", plan_from_json, ("deep.json",), hostile.deep_plan),
        ("faulty.json", plan_from_json, ("faulty.json",), hostile.faulty_plan),
        ("crowded.json", plan_from_json, ("crowded.json",), hostile.crowded_plan),
    ]  # fmt: skip
    print(
        f"bounds: {isolated_process.BOUNDS.seconds:g} s, "
        f"{isolated_process.BOUNDS.memory / 1e6:,.0f} MB; memory in MiB"
    )
    for name, function, about, make in uploads:
        data = make()
        isolated_process.prewarm(function)
        time.sleep(2)
        before = most = resident()
        named = () if function is plan_from_json else (name,)
        job = isolated_process.IsolatedJob(
            name, function, *named, data, *about, errors=(NotRecognised, PlanFileError)
        )
        child = 0.0
        while not job.wait(0.05):
            most = max(most, resident())
            child = max(child, reader(job))
        try:
            job.outcome()
            ended = "read"
        except Exception as error:
            ended = f"{type(error).__name__}: {error}"
        print(
            f"{name:14} {len(data) / 1e6:5.1f} MB  {job.seconds:6.2f} s  reader "
            f"{child:6.0f}  asker +{max(0, most - before):4.0f} at most, "
            f"+{max(0, resident() - before):3.0f} after  {ended[:130]}"
        )


def reader(job: isolated_process.IsolatedJob) -> float:
    """The memory of the process that reads, in MiB."""
    child = job._child
    try:
        status = (
            Path(f"/proc/{child.process.pid}/status").read_text(encoding="utf-8") if child else ""
        )
        return int(status.split("VmHWM:")[1].split()[0]) / 1024
    except (OSError, IndexError):
        return 0.0


if __name__ == "__main__":
    main()
