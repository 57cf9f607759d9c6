"""Each chart has three faces that agree: the drawing, its words and its table."""

from __future__ import annotations

from statistics import fmean

import pytest

from planner.analysis.formatting import rounded
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results, results
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.charts.catalogue import CHARTS, PROJECTION_CHARTS, chart, png
from planner.outputs.charts.results import trend_chart


@pytest.fixture(scope="module")
def without_letters(maximal: Plan) -> Plan:
    """The fullest plan without its offer of letters, which costs so little that nothing unsure
    would change the choice."""
    options = [option.model_dump() for option in maximal.options if not option.is_letters]
    return Plan.model_validate(
        maximal.model_dump()
        | {"options": options, "simulation": {"value_of_a_stop": 40_000, "simulations": 2000}}
    )


@pytest.fixture(scope="module")
def projections(without_letters: Plan, reference: ReferenceData) -> Projections:
    return Projections(results(without_letters, reference), reference)


@pytest.mark.parametrize("name", [*CHARTS, *PROJECTION_CHARTS])
def test_three_faces_agree(name: str, projections: Projections) -> None:
    rendering = chart(name, projections.results, projections)
    assert rendering is not None and rendering.name and rendering.spec["$schema"]
    assert len(rendering.rows) == len(rendering.table)
    for words in rendering.table.iloc[:, 0]:
        assert str(words) in rendering.alternative
    assert png(rendering).startswith(b"\x89PNG") and png(rendering) == png(rendering)


def test_the_words_come_from_the_results(worked: Results) -> None:
    rendering = chart("deprivation", worked)
    assert rendering is not None
    assert "fifth 1, most deprived: 35% here, 19% in England" in rendering.alternative
    head = chart("cost_per_head", worked)
    # 2018/19 prices.
    assert head is not None and "£0.34" in head.alternative and "£0.26" not in head.alternative
    assert "Case study 2" not in head.alternative
    # No table of the papers has the months, so the words tell each year's.
    current_trend = worked.current_trends[0]
    trend = trend_chart(worked, current_trend.medicine_class)
    assert trend is not None and current_trend.per_thousand is None
    months = zip(current_trend.months, current_trend.items, strict=True)
    of_2023 = fmean(items for month, items in months if month.startswith("2023"))
    assert f", {rounded(of_2023)} in 2023" in trend.alternative
    # The same month of each year is labelled, so that the labels stand at even distances.
    assert len(current_trend.months) == 48 and trend.spec["layer"][0]["encoding"]["x"]["axis"][
        "tickCount"
    ] == {"interval": "month", "step": 12}


def test_ranges_are_likely_ranges(projections: Projections) -> None:
    """The line of a mark is the 95% of the draws, and a median is marked in words and table."""
    options = {option.name: option for option in projections.results.options}
    rendering = chart("draws", projections.results, projections)
    assert rendering is not None
    for row in rendering.spec["datasets"]["rows"]:
        assessed = options[row["Name"]].people_assessed
        assert assessed is not None
        assert (row["Low"], row["High"]) == (assessed.low, assessed.high)
    stopping = chart("outcomes", projections.results)
    assert stopping is not None
    medians = {
        name: "stopped" in option.medians
        for name, option in options.items()
        if option.annual_cost.high > 0
    }
    assert medians == {
        row["Option"].removesuffix(", stop, with support"): "median" in row[LIKELY_RANGE]
        for row in stopping.rows
        if row["Option"].endswith("stop, with support")
    }


LIKELY_RANGE = "People a year (likely range)"


def test_years_are_financial_and_beside_the_budget(projections: Projections) -> None:
    years = projections.years_of(projections.focus)
    cash, people = (chart(name, projections.results, projections) for name in ("years", "people"))
    assert years is not None and cash is not None and people is not None
    named = [row.in_words for row in years.rows]
    assert [row["Year"] for row in cash.rows] == [row["Year"] for row in people.rows] == named
    assert [row["Planning ceiling less cash"] for row in cash.rows] == [
        row.balance_in_words for row in years.rows
    ]
    assert {mark["Who"] for mark in people.spec["datasets"]["rows"]} == {
        "referred",
        "assessed",
        "who start",
        "waiting at its end",
    }


def test_nothing_is_drawn_where_there_is_nothing(minimal: Plan, reference: ReferenceData) -> None:
    plan_results = results(minimal, reference)
    projections = Projections(plan_results, reference)
    for name in ("options", "outcomes", "cost_per_head", *PROJECTION_CHARTS):
        assert chart(name, plan_results, projections) is None, name


def test_kinds_are_told_apart_by_shape_as_well_as_colour(worked: Results) -> None:
    rendering = chart("cost_per_person", worked)
    assert rendering is not None
    point = rendering.spec["layer"][1]["encoding"]
    assert point["shape"]["field"] == point["color"]["field"] == "Shown as"
    assert len(set(point["shape"]["scale"]["range"])) == len(point["shape"]["scale"]["domain"])
