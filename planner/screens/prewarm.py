"""Does what the first screen went without, so that nobody waits for it later."""

from functools import cache
from importlib import import_module
from threading import Timer

TO_SEND = 1.0
"""Seconds in which the first screen reaches the browser, before anything else asks for the
processor."""


def prewarm() -> None:
    """Import every page, read the library, and work out and draw the worked example."""
    from planner.analysis.economics.example import EXAMPLE_CODE, example_plan
    from planner.reference import load_reference
    from planner.reference.library import load_library
    from planner.screens.navigation import PAGES
    from planner.screens.ui.session import chart_for, results_for

    reference = load_reference()
    load_library()
    import_module("planner.outputs.charts.libraries")
    for step in PAGES:
        step.show()
    plan = example_plan(reference.find_organisation(EXAMPLE_CODE), reference)
    results_for(plan).complete()
    for name in ("deprivation", "rates", "need"):
        chart_for(name, plan)


@cache
def prewarm_meanwhile() -> None:
    """Prewarm once for the life of the process, while the first screen is read."""
    # Not a daemon: a server that is stopped meanwhile waits for it, since an import cut off in a
    # library aborts.
    Timer(TO_SEND, prewarm).start()
