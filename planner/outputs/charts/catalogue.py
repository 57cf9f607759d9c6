"""Charts by name: from results to a drawing, its words and its table."""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING

from planner.analysis.results.results import Results
from planner.outputs.charts.colours import ON_DARK
from planner.outputs.charts.drawing import WIDTH, Chart
from planner.outputs.charts.projections import (
    cost_gap_chart,
    draws_chart,
    find_out_chart,
    frontier_chart,
    mix_chart,
    pathway_chart,
    people_chart,
    tornado_chart,
    years_chart,
)
from planner.outputs.charts.results import (
    cost_per_head_chart,
    cost_per_person_chart,
    deprivation_chart,
    funnel_chart,
    gap_chart,
    groups_chart,
    need_chart,
    options_chart,
    outcomes_chart,
    rates_chart,
    trend_chart,
)

if TYPE_CHECKING:
    from planner.analysis.results.projections import Projections

__all__ = ["CHARTS", "ON_DARK", "PROJECTION_CHARTS", "WIDTH", "Chart", "chart", "png"]


def chart(name: str, results: Results, projections: Projections | None = None) -> Chart | None:
    """The chart of that name, or None where the plan has nothing to draw. Raises KeyError for no
    such name.

    A name may carry what the chart is of after a colon, such as "funnel:practice:opioids". Charts
    of what lies ahead need the outlook, and are None without it.
    """
    kind, _, of = name.partition(":")
    if kind in PROJECTION_CHARTS:
        return PROJECTION_CHARTS[kind](projections) if projections is not None else None
    return OF[kind](results, of) if kind in OF else CHARTS[kind](results)


def png(image: Chart) -> bytes:
    """The chart as a PNG picture; the same chart always gives the same bytes."""
    return _png(json.dumps(image.spec, sort_keys=True))


@lru_cache(maxsize=256)
def _png(spec: str) -> bytes:
    # Starts an engine of its own, so only when a picture is wanted.
    import vl_convert

    return vl_convert.vegalite_to_png(spec, scale=2.0)


CHARTS = {
    "need": need_chart,
    "rates": rates_chart,
    "deprivation": deprivation_chart,
    "cost_per_head": cost_per_head_chart,
    "cost_per_person": cost_per_person_chart,
    "options": options_chart,
    "outcomes": outcomes_chart,
}

OF = {"funnel": funnel_chart, "gap": gap_chart, "groups": groups_chart, "trend": trend_chart}
"""Charts of one class, or of one class at one level: what they are of follows the colon."""

PROJECTION_CHARTS = {
    "cost_gap": cost_gap_chart,
    "draws": draws_chart,
    "pathway": pathway_chart,
    "tornado": tornado_chart,
    "find_out": find_out_chart,
    "years": years_chart,
    "people": people_chart,
    "mix": mix_chart,
    "frontier": frontier_chart,
}
"""Charts of what lies ahead, of the option the outlook looks at most closely."""
