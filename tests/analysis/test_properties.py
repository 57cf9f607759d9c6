"""What is withheld with its reason, what staff cost, and how numbers are rounded and hidden."""

from __future__ import annotations

from itertools import product
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.price_index import uprate
from planner.analysis.economics.staff_costs import staff_cost
from planner.analysis.formatting import local_count, local_counts, people, rounded
from planner.analysis.population.need import need
from planner.analysis.results.results import results
from planner.model.base import Range
from planner.model.place import Place, PopulationChoice
from planner.model.plan import Plan
from planner.model.prescribing import Basis
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.model.service import (
    AGENDA_FOR_CHANGE,
    PERSPECTIVES,
    POINTS,
    ZONES,
    Perspective,
    Post,
    ServiceOption,
)
from planner.reference import load_reference

REFERENCE = load_reference()


def options_of(plan: Plan, reference: ReferenceData) -> tuple[OptionResult, ...]:
    return results(plan, reference).options


def plan(population: int, basis: Basis = Basis.RESIDENT_ADULTS) -> Plan:
    return Plan(
        place=Place(icb_code="QF7"),
        population=PopulationChoice(basis=basis, entered=population),
        options=(
            ServiceOption(id="team", name="Team", posts=(Post(title="Nurse", band="7", wte=3.0),)),
            ServiceOption(id="nothing", name="Nothing"),
        ),
    )


def test_doing_nothing_costs_nothing_and_withholds_its_ratio() -> None:
    nothing = options_of(plan(1_000_000), REFERENCE)[1]
    assert nothing.annual_cost.high == 0 and nothing.cost_per_assessed is None
    assert "so there is no cost for each" in nothing.withheld["cost_per_assessed"]
    assert nothing.people_assessed and nothing.people_assessed.high == 0


def test_need_without_a_rate_is_withheld_with_its_reason() -> None:
    without = need(plan(1_000_000, Basis.REGISTERED_ADULTS), REFERENCE)
    assert without.people is None and without.demand is None
    assert "antidepressants, benzodiazepines" in (without.missing_because or "")
    team = options_of(plan(1_000_000, Basis.REGISTERED_ADULTS), REFERENCE)[0]
    assert team.cost_per_assessed is None and team.cost_per_head.central > 0
    assert "people_assessed" in team.withheld


@pytest.mark.parametrize("perspective", PERSPECTIVES)
@pytest.mark.parametrize("zone", ZONES)
def test_every_band_and_point_agrees_with_an_independent_sum(
    zone: str, perspective: Perspective
) -> None:
    supplement: dict[str, tuple[float, float, float] | None] = {
        "none": None,
        "inner": (0.20, 5794, 8746),
        "outer": (0.15, 4870, 6137),
        "fringe": (0.05, 1346, 2270),
    }
    pension = {"provider": 0.1438, "public": 0.2378}[perspective]
    for band, point in product(AGENDA_FOR_CHANGE, POINTS):
        post = Post(title="Post", band=band, point=point, zone=zone, wte=1)
        current = {
            p.point: p.salary
            for p in REFERENCE.pay_points
            if p.band == band and p.year == "2026/27"
        }
        salary = current[point]
        pay = salary
        on_top = supplement[zone]
        if on_top is not None:
            share, least, most = on_top
            pay += sorted((least, salary * share, most))[1]
        by_hand = pay * (1 + 0.15 + pension + 0.005) - 0.15 * 5000
        assert staff_cost(post, "2026/27", perspective, REFERENCE).total == pytest.approx(
            by_hand, abs=0.01
        )


def test_a_year_we_do_not_hold_is_refused_by_name() -> None:
    with pytest.raises(ReferenceMissing, match="we hold pay and on-costs for 2023/24"):
        staff_cost(Post(title="P", band="7", wte=1), "2019/20", "provider", REFERENCE)
    with pytest.raises(ReferenceMissing, match="no 2050/51"):
        uprate(1, "2018/19", "2050/51", REFERENCE.deflator)


@given(
    st.floats(0.01, 1e9),
    st.sampled_from(sorted(REFERENCE.deflator.values)),
    st.sampled_from(sorted(REFERENCE.deflator.values)),
)
def test_uprating_there_and_back_is_nothing(amount: float, a: str, b: str) -> None:
    there = uprate(amount, a, b, REFERENCE.deflator)
    assert uprate(there.value, b, a, REFERENCE.deflator).value == pytest.approx(amount)


@pytest.mark.parametrize(
    ("value", "places", "display"),
    [
        (0.25534, 4, "0.2553"),
        (2.5, 0, "3"),
        (0.125, 2, "0.13"),
        (-2.5, 0, "-3"),
        (1234567.0, 0, "1,234,567"),
        (0, 0, "0"),
    ],
)
def test_there_is_one_way_to_round(value: float, places: int, display: str) -> None:
    assert rounded(value, places) == display


@pytest.mark.parametrize(
    ("value", "display"),
    [
        (198_279, "198,000"),
        (999.6, "1,000"),
        (99.5, "100"),
        (7.4, "7"),
        (0.2, "fewer than 5"),
        (0, "0"),
        (15_375, "15,400"),
    ],
)
def test_people_are_shown_to_about_three_figures(value: float, display: str) -> None:
    assert people(value) == display


@pytest.mark.parametrize("value", [1, 2, 3, 4])
def test_a_small_local_count_is_never_shown(value: int) -> None:
    assert local_count(value) == "fewer than 5"


@given(st.just(0) | st.integers(5, 10**8))
def test_any_other_local_count_is_shown_to_the_nearest_five(value: int) -> None:
    display_value = int(local_count(value).replace(",", ""))
    assert abs(display_value - value) <= 2 and display_value % 5 == 0


@given(
    st.integers(1, 4),
    st.integers(5, 60),
    st.lists(st.none() | st.integers(0, 60), max_size=4),
    st.randoms(use_true_random=False),
)
def test_a_hidden_count_cannot_be_worked_out_from_the_others(
    small: int, large: int, others: list[int | None], order: Random
) -> None:
    values = [small, large, *others]
    order.shuffle(values)
    display = local_counts(values)
    hidden = [
        v for v, s in zip(values, display, strict=True) if v and not s.replace(",", "").isdigit()
    ]
    assert {v for v in values if v is not None and 0 < v < 5} <= set(hidden)
    assert len(hidden) >= 2


def test_a_range_in_the_wrong_order_is_refused() -> None:
    with pytest.raises(ValueError, match="smallest to largest"):
        Range(low=2, central=1, high=3)
