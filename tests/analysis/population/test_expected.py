"""What England's rates would give here by deprivation fifth and by age, worked by hand."""

from __future__ import annotations

import pytest

from planner.analysis.population.expected import (
    Expected,
    expected_by_age,
    expected_by_quintile,
    expected_findings,
)
from planner.model.edit import with_values
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData


def of(rows: tuple[Expected, ...], medicine_class: MedicineClass) -> Expected:
    return next(row for row in rows if row.medicine_class is medicine_class)


def test_antidepressants_by_fifth_by_hand(reference: ReferenceData, minimal: Plan) -> None:
    """177 per 1,000 adults, times 189.4 or 139.7 over the 8.56m of 56,550,138 people."""
    row = of(expected_by_quintile(minimal, reference), MedicineClass.ANTIDEPRESSANTS)
    england = 8_560_000 / 56_550_138 * 1000
    people = [group.people for group in row.groups]
    assert people[0] == pytest.approx(395_103 * 0.177 * 189.4 / england)
    assert people[4] == pytest.approx(123_839 * 0.177 * 139.7 / england)
    assert people[1:4] == [None, None, None] and row.total is None
    [first, *_] = expected_findings([row])
    assert "about 87,500 of the 395,103 adults in fifth 1" in first


def test_other_classes_have_no_published_rate_by_fifth(
    reference: ReferenceData, minimal: Plan
) -> None:
    rows = expected_by_quintile(minimal, reference)
    for medicine_class in set(MedicineClass) - {MedicineClass.ANTIDEPRESSANTS}:
        assert "together, and not for each" in (of(rows, medicine_class).withheld or "")


def test_rates_by_imd_2019_are_never_joined_to_fifths_of_imd_2025(
    reference: ReferenceData, minimal: Plan
) -> None:
    plan = with_values(minimal, {"inequality.deprivation_index": "IMD 2025"})
    rows = expected_by_quintile(plan, reference)
    assert all(not row.groups for row in rows)
    [finding] = expected_findings(rows)
    assert "rates by deprivation are by IMD 2019, and this plan uses IMD 2025" in finding


def test_by_age_needs_england_by_age(reference: ReferenceData, minimal: Plan) -> None:
    rows = expected_by_age(minimal, reference)
    assert all("bring NHSBSA's workbook" in (row.withheld or "") for row in rows)


def test_by_age_by_hand(reference: ReferenceData, minimal: Plan) -> None:
    """Where everyone in England aged 65 to 69 and nobody else is counted, all of them here are
    expected."""
    ages = [row for row in reference.standard_population if row.sex in ("Female", "Male")]
    counts = [
        {
            "sex": row.sex,
            "age": row.age_band,
            "population": row.population,
            "patients": [row.population if row.age_band == "65-69" else 0] * 5,
        }
        for row in ages
        if row.age_band != "Total"
    ]
    plan = with_values(minimal, {"inequality.england_age_sex": counts})
    row = of(expected_by_age(plan, reference), MedicineClass.OPIOIDS)
    assert row.total == pytest.approx(68_998)
    some = with_values(minimal, {"inequality.england_age_sex": counts[:-2]})
    row = of(expected_by_age(some, reference), MedicineClass.OPIOIDS)
    assert row.withheld == "England's counts are there for some ages only"


@pytest.mark.parametrize(
    "choice", [{"population.entered": 195_000}, {"population.basis": "registered_adults"}]
)
def test_a_plan_of_other_people_has_no_expected_counts(
    reference: ReferenceData, minimal: Plan, choice: dict[str, object]
) -> None:
    plan = with_values(minimal, choice)
    for rows in (expected_by_quintile(plan, reference), expected_by_age(plan, reference)):
        assert all("this plan counts others" in (row.withheld or "") for row in rows)
