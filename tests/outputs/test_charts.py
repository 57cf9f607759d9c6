"""Each chart has three faces that agree: the drawing, its words and its table."""

from __future__ import annotations

import pytest

from planner.analysis.results.results import Results, results
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.charts.catalogue import CHARTS, chart, png


@pytest.mark.parametrize("name", CHARTS)
def test_three_faces_agree(name: str, maximal: Plan, reference: ReferenceData) -> None:
    rendering = chart(name, results(maximal, reference))
    assert rendering is not None and rendering.name and rendering.spec["$schema"]
    for word in rendering.table.iloc[:, 0]:
        assert str(word) in rendering.alternative
    assert png(rendering).startswith(b"\x89PNG") and png(rendering) == png(rendering)


def test_the_words_come_from_the_results(worked: Results) -> None:
    rendering = chart("deprivation", worked)
    assert rendering is not None
    assert "fifth 1, most deprived: 35% here, 19% in England" in rendering.alternative
    head = chart("cost_per_head", worked)
    # 2018/19 prices.
    assert head is not None and "£0.34" in head.alternative and "£0.26" not in head.alternative
    assert "Case study 2" not in head.alternative


def test_nothing_is_drawn_where_there_is_nothing(minimal: Plan, reference: ReferenceData) -> None:
    plan_results = results(minimal, reference)
    assert chart("options", plan_results) is None and chart("cost_per_head", plan_results) is None


def test_kinds_are_told_apart_by_shape_as_well_as_colour(worked: Results) -> None:
    rendering = chart("cost_per_person", worked)
    assert rendering is not None
    point = rendering.spec["layer"][1]["encoding"]
    assert point["shape"]["field"] == point["color"]["field"] == "Shown as"
    assert len(set(point["shape"]["scale"]["range"])) == len(point["shape"]["scale"]["domain"])
