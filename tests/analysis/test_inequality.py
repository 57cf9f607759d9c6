"""The words about inequality follow the local numbers, in both directions."""

from __future__ import annotations

import pytest

from planner.analysis.inequality import inequality
from planner.model.place import OrganisationList
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

# South Yorkshire's adults by fifth: 395,103 (most deprived) and 123,839 (least)


def with_counts(plan: Plan, medicine_class: MedicineClass, most: int, least: int) -> Plan:
    values = plan.model_dump()
    row = values["inequality"]["classes"][list(MedicineClass).index(medicine_class)]
    row["by_quintile"] = (most, 100, 100, 100, least)
    return Plan.model_validate(values)


@pytest.mark.parametrize(
    ("most", "least", "ratio", "words"),
    [
        (79_021, 12_384, 2.0, "2.00 times the rate in the most deprived fifth"),
        (39_510, 24_768, 0.5, "prescribed less in the most deprived fifth, at 0.50 times"),
        (39_510, 12_384, 1.0, "about the same rate across deprivation"),
    ],
)
def test_direction_follows_the_numbers(reference, minimal, most, least, ratio, words) -> None:
    for medicine_class in (MedicineClass.BENZODIAZEPINES, MedicineClass.OPIOIDS):
        found = inequality(with_counts(minimal, medicine_class, most, least), reference)
        gap = next(g for g in found.classes if g.medicine_class is medicine_class)
        assert gap.is_local and gap.ratio == pytest.approx(ratio, abs=0.001)
        assert words in gap.finding


def test_without_local_counts_the_national_pattern_is_told_class_by_class(reference, minimal) -> None:
    found = {g.medicine_class: g for g in inequality(minimal, reference).classes}
    assert not any(gap.is_local for gap in found.values())
    assert "slightly lower in more deprived areas" in found[MedicineClass.BENZODIAZEPINES].finding
    assert "lower in more deprived areas" in found[MedicineClass.Z_DRUGS].finding
    assert "more prescribing in more deprived areas" in found[MedicineClass.GABAPENTINOIDS].finding
    assert "9.8%" in found[MedicineClass.ANTIDEPRESSANTS].finding
    assert "not used here as a number" in found[MedicineClass.ANTIDEPRESSANTS].finding


def test_a_small_count_gives_no_rate(reference: ReferenceData, minimal: Plan) -> None:
    found = inequality(with_counts(minimal, MedicineClass.OPIOIDS, 3, 100), reference)
    gap = next(g for g in found.classes if g.medicine_class is MedicineClass.OPIOIDS)
    assert gap.ratio is None and gap.counts_shown[0] == "fewer than 5"


def test_a_board_changed_in_2026_says_why_its_fifths_are_missing(
    reference: ReferenceData, minimal: Plan
) -> None:
    values = minimal.model_dump()
    values["place"] = {"icb_code": "S0E4D", "organisation_list": OrganisationList.FROM_APRIL_2026}
    profile = inequality(Plan.model_validate(values), reference).profile
    assert profile.local is None and "April 2026" in (profile.withheld or "")
