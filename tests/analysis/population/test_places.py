"""Places: need adds up, real outliers are found, chance is not, and nobody is ranked."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from planner.analysis.population.trend import region_trend, trend
from planner.analysis.results.results import results
from planner.model.intake import Level
from planner.model.library import SpecLibrary
from planner.model.place import OrganisationList, Place
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from tests.present import present

OPIOIDS = list(MedicineClass).index(MedicineClass.OPIOIDS)


def with_practices(
    plan: Plan, people: Iterable[float], items: Iterable[float], **fields: Any
) -> Plan:
    values = plan.model_dump()
    values["areas"] = {
        "areas": [
            {
                "code": f"C{n:05d}",
                "name": f"Practice {n}",
                "level": "practice",
                "pcn": f"U{n // 5:05d}",
                "population": int(p),
                "items": [None] * OPIOIDS + [int(i)] + [None] * (4 - OPIOIDS),
                **{name: value[n] for name, value in fields.items()},
            }
            for n, (p, i) in enumerate(zip(people, items, strict=True))
        ],
    }
    return Plan.model_validate(values)


def test_chance_alone_makes_no_line_of_enquiry(reference: ReferenceData, minimal: Plan) -> None:
    rng = np.random.default_rng(11)
    people = rng.integers(2_000, 20_000, 200)
    plan_results = results(
        with_practices(minimal, people, rng.poisson(people * 0.7)), reference
    ).places
    funnel = present(plan_results.funnel(Level.PRACTICE, MedicineClass.OPIOIDS))
    assert not funnel.over_dispersed and len(funnel.standing_out) <= 2


def test_practices_differ_by_more_than_chance_and_only_the_far_one_stands_out(
    reference: ReferenceData, minimal: Plan
) -> None:
    rng = np.random.default_rng(12)
    people = rng.integers(2_000, 20_000, 200)
    rates = rng.normal(0.7, 0.07, 200)
    rates[17] = 1.4
    plan_results = results(
        with_practices(minimal, people, rng.poisson(people * rates)), reference
    ).places
    funnel = present(plan_results.funnel(Level.PRACTICE, MedicineClass.OPIOIDS))
    assert funnel.over_dispersed and funnel.phi > 10
    assert "Practice 17" in [point.name for point in funnel.standing_out]
    assert len(funnel.standing_out) <= 4
    line = next(line for line in plan_results.lines if line.about.startswith("opioids, practices"))
    assert "Practice 17" in line.finding and line.ask_first and line.may_mean
    assert "the limits allow for that" in funnel.spread


def test_names_come_in_order_of_name_never_of_rate(reference: ReferenceData, maximal: Plan) -> None:
    plan_results = results(maximal, reference).places
    rows = [row.name for row in plan_results.at(Level.PCN)]
    assert rows == [f"Network {n}" for n in range(1, 9)]
    text = str(plan_results.lines) + plan_results.where_most + plan_results.where_gap
    for word in ("worst", "best", "rank ", "league", "poor", "fail"):
        assert word not in text.lower()


def test_networks_are_added_up_from_practices_but_people_prescribed_never(
    reference: ReferenceData, minimal: Plan
) -> None:
    plan = with_practices(
        minimal, [1_000] * 10, [700] * 10, patients=[(None,) * 3 + (90, None)] * 10
    )
    values = results(plan, reference).places.funnels
    # Two networks are too few to set side by side.
    assert {f.level for f in values} == {Level.PRACTICE}
    from planner.analysis.population.funnel_plots import areas_at

    first = areas_at(plan.areas, Level.PCN)[0]
    assert (first.population, first.items[OPIOIDS], first.patients[OPIOIDS]) == (5_000, 3_500, None)


def test_need_by_place_adds_up_to_the_boards(reference: ReferenceData, maximal: Plan) -> None:
    plan_results = results(maximal, reference)
    for level in (Level.PCN, Level.PRACTICE):
        total = sum(present(row.demand).central for row in plan_results.places.at(level))
        assert total == pytest.approx(present(plan_results.need.demand).central)


def test_a_small_count_of_people_moves_no_part_of_need(
    reference: ReferenceData, minimal: Plan
) -> None:
    """Were parts worked out from people, 3 of 1,003 could be read back from a part of 0.3%."""
    people = [(None,) * 3 + (count, None) for count in (3, 400, 300, 200, 100)]
    plan = with_practices(minimal, [5_000] * 5, [1_000] * 5, patients=people)
    rows = results(plan, reference).places.at(Level.PRACTICE)
    assert {row.share for row in rows} == {0.2}


def test_where_a_service_would_be_near_the_most_deprived(
    reference: ReferenceData, maximal: Plan, minimal: Plan
) -> None:
    assert "most deprived fifth" in results(maximal, reference).places.where_gap
    plan = with_practices(minimal, [5_000] * 6, [1_000] * 6)
    assert "cannot be said yet" in results(plan, reference).places.where_gap
    assert results(minimal, reference).places.missing_because


def test_documents_never_name_a_practice(
    reference: ReferenceData, maximal: Plan, library: SpecLibrary
) -> None:
    from planner.documents.assemble import specification

    plan_results = results(maximal, reference)
    assert any(f.standing_out for f in plan_results.places.funnels)
    texts = {
        of: specification(plan_results, of, reference, library).model_dump_json()
        for of in ("action-3-paper", "action-4-specification", "evidence-pack")
    }
    for of, text in texts.items():
        assert not re.search(r"\bPractice 7\b", text), of
    assert "1 of 40 practices above the 99.8% limits" in texts["evidence-pack"]


def test_a_year_is_compared_with_the_year_before(
    reference: ReferenceData, maximal: Plan, minimal: Plan
) -> None:
    """Opioids fall by 0.4 points of 60 a month: the second year is 1 - 12*0.4/(60-5.5*0.4) of the
    first."""
    match = next(t for t in trend(maximal) if t.medicine_class is MedicineClass.OPIOIDS)
    expected = (
        sum(0.6 - 0.004 * m for m in range(12, 24)) / sum(0.6 - 0.004 * m for m in range(12)) - 1
    )
    assert match.change == pytest.approx(expected, abs=1e-4)
    assert "items per 1,000 registered people down 8.3% in the year to March 2026" in match.finding
    values = maximal.model_dump()
    values["trend"]["months"] = [m for m in values["trend"]["months"] if m["month"] != "2025-04"]
    gap = next(
        t for t in trend(Plan.model_validate(values)) if t.medicine_class is MedicineClass.OPIOIDS
    )
    assert gap.change is None and "without a gap" in present(gap.withheld)
    assert trend(minimal) == ()


def test_every_board_has_its_regions_months_before_any_file(
    reference: ReferenceData, minimal: Plan, maximal: Plan
) -> None:
    """North East and Yorkshire, antidepressants: 2024 over 2023, from the shipped months."""
    months = [row for row in reference.region_items if row.region == "North East and Yorkshire"]
    by_year = {
        year: sum(
            row.items.of(MedicineClass.ANTIDEPRESSANTS) or 0
            for row in months
            if row.month.startswith(year)
        )
        for year in ("2023", "2024")
    }
    plan_results = results(minimal, reference)
    match = plan_results.current_trends[0]
    assert match.region == "North East and Yorkshire" and len(match.months) == 48
    assert match.change == pytest.approx(by_year["2024"] / by_year["2023"] - 1)
    assert "in the year to December 2024" in match.finding and "(England up" in match.finding
    assert {t.region for t in results(maximal, reference).current_trends} == {""}, "own months win"
    for board in reference.icbs(OrganisationList.FROM_APRIL_2026):
        plan = minimal.model_copy(update={"place": Place(icb_code=board.code)})
        assert len(region_trend(plan, reference)) == len(MedicineClass)
