"""A plan that runs past the mergers of April 2027 says so, and what is known of its own board."""

from __future__ import annotations

from datetime import date

import pytest

from planner.analysis.population.boundary_changes import boundary_change, plan_ends
from planner.analysis.results.results import results
from planner.model.edit import with_values
from planner.model.plan import Plan
from planner.model.reference import ReferenceData


def of(plan: Plan, code: str, **values: object) -> Plan:
    return with_values(plan, {"place.icb_code": code} | values)


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ({}, date(2031, 4, 1)),
        ({"horizon.years": 1}, date(2027, 4, 1)),
        ({"specification.service_start": date(2026, 9, 30)}, date(2031, 9, 1)),
        ({"specification.service_end": date(2027, 3, 31)}, date(2027, 3, 31)),
    ],
)
def test_where_a_plan_ends(minimal: Plan, values: dict[str, object], ends: date) -> None:
    assert plan_ends(with_values(minimal, values)) == ends


def test_a_plan_that_ends_before_the_mergers_says_nothing(
    reference: ReferenceData, minimal: Plan
) -> None:
    before = of(minimal, "QVV", **{"specification.service_end": date(2027, 3, 31)})
    assert boundary_change(before, reference) is None
    assert boundary_change(of(minimal, "QVV", **{"horizon.years": 1}), reference) is None


def test_a_board_of_a_cluster_is_warned_by_name(reference: ReferenceData, minimal: Plan) -> None:
    change = boundary_change(of(minimal, "QVV"), reference)
    assert change is not None and change.is_named
    assert "runs past 1 April 2027" in change.finding
    assert "Dorset stands with Bath and North East Somerset" in change.finding
    assert "Somerset" in change.finding and "not checked" in change.finding
    alerts = results(of(minimal, "QVV"), reference).alerts
    assert any(alert.text == change.finding for alert in alerts)


def test_a_board_without_an_announcement_is_told_to_ask(
    reference: ReferenceData, minimal: Plan
) -> None:
    change = boundary_change(minimal, reference)
    assert change is not None and not change.is_named
    assert "No announcement is known about South Yorkshire" in change.finding
    assert not any("further boards" in a.text for a in results(minimal, reference).alerts)


def test_clusters_are_told_from_both_ends(reference: ReferenceData) -> None:
    """Each board that another stands with is there itself, with the same boards; all are
    unverified."""
    partners = {row.code: {row.code, *row.partners} for row in reference.announced}
    for row in reference.announced:
        assert not row.verified
        for other in row.partners:
            assert partners[other] == partners[row.code]
            assert reference.find_organisation(other)
