"""How long a document takes beside a bare docxtpl render of the same template with the same
content.

Run: python -m tests.benchmarks.documents
"""

from __future__ import annotations

import io
import statistics
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from docxtpl import DocxTemplate
from jinja2 import Environment

from planner.analysis.economics.example import example_plan
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.outputs.charts import catalogue as charts
from planner.outputs.documents import drawings, pictures, specification_docx, with_charts
from planner.outputs.word.render import _Page, render
from planner.outputs.word.template import ORDINARY
from planner.reference import content_folder, load_reference
from planner.reference.library import load_library

TURNS = 15


class Compiled(Environment):
    """Jinja that compiles each template once, as ours does."""

    def __init__(self, **named: Any) -> None:
        super().__init__(**named)
        self._templates: dict[str, Any] = {}

    def from_string(self, source: Any, globals: Any = None, template_class: Any = None) -> Any:
        if source not in self._templates:
            self._templates[source] = super().from_string(source, globals, template_class)
        return self._templates[source]


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def main() -> None:
    """Measure in interleaved pairs: our document, and docxtpl alone."""
    reference, library = load_reference(), load_library()
    plan = example_plan(reference.find_organisation("QF7"), reference)
    for action in (3, 4):
        plan_results = results(plan, reference)
        projections = Projections(plan_results, reference)
        written = specification(plan_results, action, reference, library, projections)
        images = pictures(written, plan_results, projections)
        content = with_charts(written, images)
        charts._png.cache_clear()
        cold = timed(partial(drawings, images))
        charts._png.cache_clear()
        drawing = timed(partial(drawings, images))
        rendering = drawings(images)
        template = content_folder("spec_templates") / ORDINARY.template

        compiled = Compiled(autoescape=True)

        def bare(environment: Environment) -> None:
            document = DocxTemplate(str(template))
            document.init_docx()
            document.render(
                {"content": _Page(document, rendering, ORDINARY, 0).content(content)},
                environment,
                autoescape=True,
            )
            document.save(io.BytesIO())

        def ours() -> None:
            again = specification(plan_results, action, reference, library, projections)
            render(with_charts(again, images), template, rendering)

        render(content, template, rendering)
        bare(compiled)
        rounds = [
            (
                timed(lambda: render(content, template, rendering)),
                timed(ours),
                timed(lambda: bare(compiled)),
                timed(lambda: bare(Environment(autoescape=True))),
                timed(
                    lambda: specification_docx(results(plan, reference), action, reference, library)
                ),
            )
            for _ in range(TURNS)
        ]

        def comparison(which: int, floor: int) -> str:
            ratios = sorted(one[which] / one[floor] for one in rounds)
            return f"{ratios[0]:.2f} / {statistics.median(ratios):.2f} / {ratios[-1]:.2f}"

        middle = [statistics.median(one[place] for one in rounds) * 1000 for place in range(5)]
        print(
            f"action {action}: bare docxtpl with its template compiled {middle[2]:.0f} ms "
            f"({middle[3]:.0f} ms compiling it each time). Ours, rendering {middle[0]:.0f} ms, "
            f"ratio {comparison(0, 2)}; words put together and rendered {middle[1]:.0f} ms, ratio "
            f"{comparison(1, 2)} (target at most 1.5, charts not counted). From plan to bytes "
            f"with charts kept {middle[4]:.0f} ms; drawing the charts {drawing * 1000:.0f} ms "
            f"({cold * 1000:.0f} ms the first time)"
        )


if __name__ == "__main__":
    main()
