"""How long a document takes beside a bare docxtpl render of the same template with the same content.

Run: python -m tests.benchmarks.documents
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Environment

from planner.analysis.example import example_plan
from planner.analysis.results import results
from planner.analysis.specification import specification
from planner.outputs import charts
from planner.outputs.documents import drawings, specification_docx
from planner.outputs.word import _context, render
from planner.outputs.word.template import TEMPLATES
from planner.reference import content_folder, load_reference
from planner.reference.library import load_library

TURNS = 15


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measure in interleaved pairs: our document, and docxtpl alone."""
    reference, library = load_reference(), load_library()
    plan = example_plan(reference.find_organisation("QF7"), reference)
    for action in (3, 4):
        found = results(plan, reference)
        content = specification(found, action, reference, library)
        charts._png.cache_clear()
        cold = timed(lambda found=found, content=content: drawings(content, found))
        charts._png.cache_clear()
        drawing = timed(lambda found=found, content=content: drawings(content, found))
        drawn = drawings(content, found)
        template = content_folder("spec_templates") / TEMPLATES[action]

        def bare(template=template, content=content, drawn=drawn) -> None:
            document = DocxTemplate(str(template))
            document.init_docx()
            document.render({"content": _context(content, document, drawn)}, Environment(autoescape=True))
            document.save(io.BytesIO())

        render(content, template, drawn)
        pairs = [
            (
                timed(lambda: render(content, template, drawn)),  # noqa: B023
                timed(bare),
                timed(lambda: specification_docx(results(plan, reference), action, reference, library)),  # noqa: B023
            )
            for _ in range(TURNS)
        ]
        ratios = sorted(ours / floor for ours, floor, _ in pairs)
        whole = statistics.median(p[2] for p in pairs)
        floor = statistics.median(p[1] for p in pairs)
        print(
            f"action {action}: render {statistics.median(p[0] for p in pairs) * 1000:.0f} ms beside "
            f"{floor * 1000:.0f} ms for bare docxtpl, ratio {ratios[0]:.2f} / "
            f"{statistics.median(ratios):.2f} / {ratios[-1]:.2f}; from plan to bytes with charts kept "
            f"{whole * 1000:.0f} ms ({whole / floor:.2f} times bare); drawing the charts {drawing * 1000:.0f} ms "
            f"({cold * 1000:.0f} ms the first time)"
        )


if __name__ == "__main__":
    main()
