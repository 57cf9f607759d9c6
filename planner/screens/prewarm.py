"""Does what the first screen went without, so that nobody waits for it later."""

from functools import cache
from threading import Timer

from planner.analysis.economics.example import EXAMPLE_CODE, starter_plan
from planner.outputs.charts.drawing import load_tables
from planner.reference import load_reference
from planner.screens.navigation import PAGES
from planner.screens.ui.session import chart_for, results_for

TO_SEND = 1.0
"""Seconds in which the first screen reaches the browser, before anything else asks for the
processor."""


def prewarm() -> None:
    """Import every page, read the library and draw the first charts."""
    from planner.reference.library import load_library

    reference = load_reference()
    load_library()
    for step in PAGES:
        step.show()
    plan = starter_plan(reference.find_organisation(EXAMPLE_CODE), reference)
    results_for(plan).complete()
    for name in ("deprivation", "rates", "need"):
        chart_for(name, plan)


@cache
def prewarm_meanwhile() -> None:
    """Prewarm once for the life of the process, while the first screen is read."""
    load_tables()
    # Not a daemon: a server that is stopped meanwhile waits for it, since an import cut off in a
    # library aborts.
    Timer(TO_SEND, prewarm).start()
