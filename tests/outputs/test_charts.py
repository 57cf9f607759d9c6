"""Each chart has three faces that agree: the drawing, its words and its table."""

from __future__ import annotations

import pytest

from planner.analysis.results.results import results
from planner.outputs.charts.catalogue import CHARTS, chart, png


@pytest.mark.parametrize("name", CHARTS)
def test_three_faces_agree(name: str, maximal, reference) -> None:
    drawn = chart(name, results(maximal, reference))
    assert drawn is not None and drawn.name and drawn.spec["$schema"]
    for word in drawn.table.iloc[:, 0]:
        assert str(word) in drawn.alternative
    assert png(drawn).startswith(b"\x89PNG") and png(drawn) == png(drawn)


def test_the_words_come_from_the_results(worked) -> None:
    drawn = chart("deprivation", worked)
    assert drawn is not None
    assert "fifth 1, most deprived: 35% here, 19% in England" in drawn.alternative
    head = chart("cost_per_head", worked)
    assert (
        head is not None and "£0.34" in head.alternative and "£0.26" not in head.alternative
    )  # 2018/19 prices
    assert "Case study 2" not in head.alternative


def test_nothing_is_drawn_where_there_is_nothing(minimal, reference) -> None:
    found = results(minimal, reference)
    assert chart("options", found) is None and chart("cost_per_head", found) is None


def test_kinds_are_told_apart_by_shape_as_well_as_colour(worked) -> None:
    drawn = chart("cost_per_person", worked)
    assert drawn is not None
    point = drawn.spec["layer"][1]["encoding"]
    assert point["shape"]["field"] == point["color"]["field"] == "Shown as"
    assert len(set(point["shape"]["scale"]["range"])) == len(point["shape"]["scale"]["domain"])
