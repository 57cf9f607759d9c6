"""How long both documents of every board take in one process and in several, beside bare docxtpl
renders of the same.

Run: python -m tests.benchmarks.batch
"""

from __future__ import annotations

import argparse
import contextlib
import io
import subprocess
import sys
import tempfile
import time

from docxtpl import DocxTemplate
from jinja2 import Environment

from planner.analysis.economics.example import starter_plan
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.cli.batch import JOBS
from planner.documents.assemble import specification
from planner.model.library import MAIN
from planner.model.place import OrganisationList
from planner.outputs.documents import drawings, pictures, with_charts
from planner.outputs.word.render import _Page, _sources
from planner.outputs.word.template import ORDINARY
from planner.reference import content_folder, load_reference
from planner.reference.library import load_library


def command(jobs: int) -> float:
    """Seconds for the whole command into an empty folder, start-up included."""
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "planner.cli", "batch", "--out", folder, "--jobs", str(jobs)],
            check=True,
            capture_output=True,
        )
        taken = time.perf_counter() - began
        began = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "planner.cli", "batch", "--out", folder],
            check=True,
            capture_output=True,
        )
        print(
            f"{jobs} at once: {taken:.1f} s; again, with nothing to do: "
            f"{time.perf_counter() - began:.1f} s"
        )
        return taken


def bare() -> tuple[float, int]:
    """Seconds that docxtpl alone takes to render the same contents with charts already drawn, and
    how many."""
    reference, library = load_reference(), load_library()
    taken, number = 0.0, 0
    for icb in reference.icbs(OrganisationList.FROM_APRIL_2026):
        plan_results = results(starter_plan(icb, reference), reference)
        projections = Projections(plan_results, reference)
        for action in MAIN:
            content = specification(plan_results, action, reference, library, projections)
            images = pictures(content, plan_results, projections)
            rendering, saved = drawings(images), with_charts(content, images)
            began = time.perf_counter()
            document = DocxTemplate(str(content_folder("spec_templates") / ORDINARY.template))
            document.init_docx()
            document.render(
                {"content": _Page(document, rendering, ORDINARY, _sources(saved)).content(saved)},
                Environment(autoescape=True),
            )
            document.save(io.BytesIO())
            taken, number = taken + time.perf_counter() - began, number + 1
    return taken, number


def main() -> None:
    """Print the times of the command, in one process and in several, and of the bare renders."""
    turns = argparse.ArgumentParser(description=__doc__)
    turns.add_argument("--turns", type=int, default=2)
    question = turns.parse_args().turns
    floor, number = bare()
    print(f"{number} bare docxtpl renders, charts not counted: {floor:.1f} s")
    for _ in range(question):
        one, several = command(1), command(JOBS)
        print(
            f"{JOBS} at once took {several / one:.2f} of the time of one; {several / floor:.2f} "
            "times bare"
        )


if __name__ == "__main__":
    with contextlib.suppress(KeyboardInterrupt):
        main()
