"""Rates that allow for age and sex, against arithmetic done apart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from planner.analysis.population.need import need
from planner.analysis.population.standardisation import ClassStandardised, standardised
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.reference import load_reference
from tests.present import present

STANDARD = {
    (row.sex, row.age_band): row.population
    for row in load_reference().standard_population
    if row.sex in ("Female", "Male") and row.age_band != "Total"
}


def with_strata(plan: Plan, strata: list[dict[str, Any]], **inequality: object) -> Plan:
    values = plan.model_dump()
    values["inequality"].update(age_sex=strata, **inequality)
    return Plan.model_validate(values)


def opioids(plan: Plan, reference: ReferenceData) -> ClassStandardised:
    result = standardised(plan, need(plan, reference), reference)
    return next(row for row in result if row.medicine_class is MedicineClass.OPIOIDS)


def strata_of(counts: Iterable[int], people: Iterable[int]) -> list[dict[str, Any]]:
    return [
        {"sex": sex, "age": age, "population": p, "patients": (None, None, None, c, None)}
        for (sex, age), c, p in zip(STANDARD, counts, people, strict=True)
    ]


def test_direct_rate_and_dobson_limits_by_numpy_and_scipy(
    reference: ReferenceData, minimal: Plan
) -> None:
    rng = np.random.default_rng(5)
    people = rng.integers(2_000, 20_000, len(STANDARD))
    counts = rng.binomial(people, np.linspace(0.02, 0.2, len(STANDARD)))
    row = opioids(with_strata(minimal, strata_of(counts.tolist(), people.tolist())), reference)
    weights = np.array(list(STANDARD.values()))
    rate = np.average(counts / people, weights=weights)
    variance = np.sum((weights / weights.sum()) ** 2 * counts / people**2)
    total = counts.sum()
    low, high = chi2.ppf(0.025, 2 * total) / 2, chi2.ppf(0.975, 2 * total + 2) / 2
    assert present(row.rate).value == pytest.approx(rate * 1000, rel=1e-9)
    # Byar's approximation stands for the exact limits above ten events: far within a thousandth
    # here
    assert present(row.rate).low == pytest.approx(
        1000 * (rate + np.sqrt(variance / total) * (low - total)), rel=1e-4
    )
    assert present(row.rate).high == pytest.approx(
        1000 * (rate + np.sqrt(variance / total) * (high - total)), rel=1e-4
    )
    assert "people aged 18 and over" in row.finding
    assert row.england is not None and "England's 122.0 (2020/21)" in row.finding


def test_a_place_like_england_has_englands_rate(reference: ReferenceData, minimal: Plan) -> None:
    people = list(STANDARD.values())
    counts = [round(p * 0.122) for p in people]
    row = opioids(with_strata(minimal, strata_of(counts, people), period="2020/21"), reference)
    assert present(row.rate).value == pytest.approx(122, abs=0.01)
    assert "not clearly different from England's 122.0" in row.finding
    later = opioids(with_strata(minimal, strata_of(counts, people), period="2024/25"), reference)
    assert "not judged against England's 122.0 (2020/21), which is of another year" in later.finding


def test_wider_bands_made_of_whole_ones_will_do_and_others_will_not(
    reference: ReferenceData, minimal: Plan
) -> None:
    def two(first: str) -> list[dict[str, Any]]:
        return [
            {
                "sex": sex,
                "age": age,
                "population": 10_000,
                "patients": (None, None, None, 1_000, None),
            }
            for sex in ("Female", "Male")
            for age in (first, "65+")
        ]

    assert present(
        opioids(with_strata(minimal, two("18-64")), reference).rate
    ).value == pytest.approx(100)
    row = opioids(with_strata(minimal, two("16-64")), reference)
    assert row.rate is None and "16-64 is not made of whole bands" in row.finding


def test_expected_at_englands_rates_by_hand(reference: ReferenceData, minimal: Plan) -> None:
    """10,000 women and 10,000 men aged 25 to 29; England has 10% and 5%: 1,500 expected, 1,800
    counted."""
    local = [
        {
            "sex": "Female",
            "age": "25-29",
            "population": 10_000,
            "patients": (None, None, None, 1_200, None),
        },
        {
            "sex": "Male",
            "age": "25-29",
            "population": 10_000,
            "patients": (None, None, None, 600, None),
        },
    ]
    england = [
        {
            "sex": "Female",
            "age": "25-29",
            "population": 1_000_000,
            "patients": (None, None, None, 100_000, None),
        },
        {
            "sex": "Male",
            "age": "25-29",
            "population": 1_000_000,
            "patients": (None, None, None, 50_000, None),
        },
    ]
    named = {"england_age_sex": england, "england_period": "2023/24", "period": "2024/25"}
    row = opioids(with_strata(minimal, local, **named), reference)
    assert present(row.ratio).value == pytest.approx(1.2)
    assert present(row.ratio).low == pytest.approx(chi2.ppf(0.025, 3_600) / 2 / 1_500, rel=1e-4)
    assert "at ages 25 to 29, more than expected at England's rates of 2023/24" in row.finding
    earlier = opioids(
        with_strata(minimal, local, **named | {"england_period": "2015/16"}), reference
    )
    assert "the years differ, so not judged" in earlier.finding


def test_too_few_events_give_no_rate_and_say_so(reference: ReferenceData, minimal: Plan) -> None:
    row = opioids(with_strata(minimal, strata_of([0] * 29 + [6], [1_000] * 30)), reference)
    assert row.rate is None and "cannot be allowed for" in row.finding


def test_without_strata_there_is_nothing_and_england_is_not_assumed(
    reference: ReferenceData, minimal: Plan
) -> None:
    assert standardised(minimal, need(minimal, reference), reference) == ()


def test_one_sex_or_a_gap_in_the_ages_gives_no_rate(
    reference: ReferenceData, minimal: Plan
) -> None:
    people = [10_000] * len(STANDARD)
    whole = strata_of([1_000] * len(STANDARD), people)
    women = [row for row in whole if row["sex"] == "Female"]
    ends = [row for row in whole if row["age"] in ("18-24", "90+")]
    for strata, why in ((women, "not there for both sexes"), (ends, "leave a gap")):
        row = opioids(with_strata(minimal, strata), reference)
        assert row.rate is None and why in row.finding and row.england is None


def test_nobody_counted_in_england_gives_no_ratio(reference: ReferenceData, minimal: Plan) -> None:
    """People expected at rates of nought are none, and nothing can be said over none."""
    local, england = (
        [
            {"sex": sex, "age": "25-29", "population": 9_000, "patients": [count] * 5}
            for sex in ("Female", "Male")
        ]
        for count in (500, 0)
    )
    named = {"england_age_sex": england, "england_period": "2023/24", "period": "2024/25"}
    row = opioids(with_strata(minimal, local, **named), reference)
    assert row.ratio is None and "expected at England's rates" not in row.finding
