"""Words about inequality follow the local numbers, in both directions, with intervals that hold."""

from __future__ import annotations

import math

import pytest

from planner.analysis.population.inequality import ClassGap, inequality
from planner.analysis.results.results import results
from planner.model.edit import with_values
from planner.model.library import SpecLibrary
from planner.model.place import OrganisationList
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from tests.present import present

# South Yorkshire's adults by fifth: 395,103 (most deprived) and 123,839 (least)


def with_counts(plan: Plan, medicine_class: MedicineClass, most: int, least: int) -> Plan:
    return with_fifths(plan, medicine_class, (most, 100, 100, 100, least))


def with_fifths(
    plan: Plan, medicine_class: MedicineClass, quintiles: tuple[int | None, ...]
) -> Plan:
    values = plan.model_dump()
    row = values["inequality"]["classes"][list(MedicineClass).index(medicine_class)]
    row["by_quintile"] = quintiles
    return Plan.model_validate(values)


def gap_of(plan: Plan, medicine_class: MedicineClass, reference: ReferenceData) -> ClassGap:
    return next(
        g for g in inequality(plan, reference).classes if g.medicine_class is medicine_class
    )


@pytest.mark.parametrize(
    ("most", "least", "ratio", "words"),
    [
        (
            79_021,
            12_384,
            2.0,
            "2.00 times the rate in the most deprived fifth (95% interval 1.96 to 2.04",
        ),
        (39_510, 24_768, 0.5, "prescribed less in the most deprived fifth, at 0.50 times"),
        (39_510, 12_384, 1.0, "no clear difference between the most and the least deprived fifth"),
    ],
)
def test_direction_follows_the_numbers(
    reference: ReferenceData, minimal: Plan, most: int, least: int, ratio: float, words: str
) -> None:
    for medicine_class in (MedicineClass.BENZODIAZEPINES, MedicineClass.OPIOIDS):
        gap = gap_of(with_counts(minimal, medicine_class, most, least), medicine_class, reference)
        assert gap.is_local and gap.ratio == pytest.approx(ratio, abs=0.001)
        assert words in gap.finding


def test_a_difference_that_chance_could_make_is_not_called_one(
    reference: ReferenceData, minimal: Plan
) -> None:
    """20 of 395,103 against 5 of 123,839: a ratio of 1.25, which chance gives easily."""
    gap = gap_of(
        with_counts(minimal, MedicineClass.OPIOIDS, 20, 5), MedicineClass.OPIOIDS, reference
    )
    assert gap.ratio == pytest.approx(1.2537, abs=0.0001)
    assert (
        "no clear difference between the most and the least deprived fifth, a ratio of 1.25"
        in gap.finding
    )


def test_a_ratio_by_hand(reference: ReferenceData, minimal: Plan) -> None:
    """Katz: ln(RR) plus or minus 1.96 times the root of 1/a - 1/n1 + 1/b - 1/n2."""
    gap = gap_of(
        with_counts(minimal, MedicineClass.OPIOIDS, 4_000, 1_000), MedicineClass.OPIOIDS, reference
    )
    assert gap.differences is not None and gap.differences.ratio is not None
    ratio = (4_000 / 395_103) / (1_000 / 123_839)
    half = 1.959964 * math.sqrt(1 / 4_000 - 1 / 395_103 + 1 / 1_000 - 1 / 123_839)
    assert gap.differences.ratio.low == pytest.approx(ratio * math.exp(-half), rel=1e-5)
    assert gap.differences.ratio.high == pytest.approx(ratio * math.exp(half), rel=1e-5)


def test_one_class_rises_and_another_falls_in_one_plan_and_in_its_evidence(
    reference: ReferenceData, maximal: Plan, library: SpecLibrary
) -> None:
    from planner.documents.assemble import specification

    plan_results = results(maximal, reference)
    missing_inputs = {gap.medicine_class: gap for gap in plan_results.inequality.classes}
    assert present(missing_inputs[MedicineClass.OPIOIDS].slope).slope.low > 0
    assert present(missing_inputs[MedicineClass.Z_DRUGS].slope).slope.high < 0
    text = specification(plan_results, "evidence-pack", reference, library).model_dump_json()
    assert "Opioids: prescribed at 1.99 times the rate in the most deprived fifth" in text
    assert "Z-drugs: prescribed less in the most deprived fifth, at 0.65 times" in text
    # The widest of each direction.
    assert "gap:gabapentinoids" in text and "gap:benzodiazepines" in text


def test_slope_needs_every_fifth(reference: ReferenceData, minimal: Plan) -> None:
    plan = with_fifths(minimal, MedicineClass.OPIOIDS, (4_000, None, 2_000, 1_500, 1_000))
    gap = gap_of(plan, MedicineClass.OPIOIDS, reference)
    assert gap.ratio is not None and gap.slope is None and gap.core20_share is None


def test_share_of_people_prescribed_who_live_in_the_most_deprived_fifth(
    reference: ReferenceData, minimal: Plan
) -> None:
    plan = with_fifths(minimal, MedicineClass.OPIOIDS, (5_000, 2_000, 1_500, 1_000, 500))
    assert gap_of(plan, MedicineClass.OPIOIDS, reference).core20_share == 0.5


def test_national_pattern_is_named_by_class_without_local_counts(
    reference: ReferenceData, minimal: Plan
) -> None:
    lookup = {g.medicine_class: g for g in inequality(minimal, reference).classes}
    assert not any(gap.is_local for gap in lookup.values())
    assert "slightly lower in more deprived areas" in lookup[MedicineClass.BENZODIAZEPINES].finding
    assert "lower in more deprived areas" in lookup[MedicineClass.Z_DRUGS].finding
    assert "more prescribing in more deprived areas" in lookup[MedicineClass.GABAPENTINOIDS].finding
    assert "9.8%" in lookup[MedicineClass.ANTIDEPRESSANTS].finding
    assert "not used here as a number" in lookup[MedicineClass.ANTIDEPRESSANTS].finding


def test_a_small_count_gives_no_rate(reference: ReferenceData, minimal: Plan) -> None:
    gap = gap_of(
        with_counts(minimal, MedicineClass.OPIOIDS, 3, 100), MedicineClass.OPIOIDS, reference
    )
    assert (
        gap.ratio is None
        and gap.counts_in_words[0] == "fewer than 5"
        and gap.groups[0].rate is None
    )


def test_a_board_changed_in_2026_has_fifths_and_takes_entered_ones(
    reference: ReferenceData, minimal: Plan
) -> None:
    values = minimal.model_dump()
    values["place"] = {"icb_code": "S0E4D", "organisation_list": OrganisationList.FROM_APRIL_2026}
    plan = Plan.model_validate(values)
    profile = inequality(plan, reference).profile
    assert profile.local[0] == pytest.approx(40_447 / 1_655_377) and "Slough" in profile.caution
    counted = with_fifths(plan, MedicineClass.OPIOIDS, (900, 800, 700, 600, 500))
    ratio = gap_of(counted, MedicineClass.OPIOIDS, reference).ratio
    assert ratio == pytest.approx((900 / 40_447) / (500 / 757_002))
    values = counted.model_dump()
    values["inequality"]["population_by_quintile"] = (10_000, 10_000, 10_000, 10_000, 10_000)
    gap = gap_of(Plan.model_validate(values), MedicineClass.OPIOIDS, reference)
    assert gap.ratio == pytest.approx(1.8) and present(gap.groups[0].rate).value == pytest.approx(
        90
    )


def by_index(plan: Plan, index: str, counts_index: str | None = None) -> Plan:
    return with_values(
        plan,
        {"inequality.deprivation_index": index, "inequality.counts_index": counts_index},
    )


def test_the_two_editions_of_the_index_stand_beside_each_other(
    reference: ReferenceData, minimal: Plan
) -> None:
    """South East London: 226,225 of 1,420,024 adults by IMD 2019, 146,269 of 1,397,528 by IMD
    2025."""
    values = minimal.model_dump()
    values["place"] = {"icb_code": "QKK", "organisation_list": OrganisationList.FROM_APRIL_2026}
    plan = Plan.model_validate(values)
    older, newer = (
        inequality(by_index(plan, index), reference).profile for index in ("IMD 2019", "IMD 2025")
    )
    assert older.local[0] == pytest.approx(226_225 / 1_420_024)
    assert newer.local[0] == pytest.approx(146_269 / 1_397_528)
    assert "This is by IMD 2019; by IMD 2025 it is 10%" in older.finding
    assert "This is by IMD 2025; by IMD 2019 it is 16%" in newer.finding


@pytest.mark.parametrize(
    ("index", "counts_index", "why"),
    [
        ("IMD 2019", None, None),
        ("IMD 2019", "IMD 2019", None),
        ("IMD 2025", "IMD 2025", None),
        ("IMD 2019", "IMD 2025", "the counts are by IMD 2025, and this plan uses IMD 2019"),
        ("IMD 2025", "IMD 2019", "the counts are by IMD 2019, and this plan uses IMD 2025"),
        ("IMD 2025", None, "it is not said which index the counts are by"),
    ],
)
def test_counts_by_one_index_are_never_set_against_people_by_another(
    reference: ReferenceData, minimal: Plan, index: str, counts_index: str | None, why: str | None
) -> None:
    counted = with_counts(minimal, MedicineClass.OPIOIDS, 4_000, 1_000)
    plan = by_index(counted, index, counts_index)
    gap = gap_of(plan, MedicineClass.OPIOIDS, reference)
    if why is None:
        assert gap.is_local and gap.withheld is None
    else:
        assert gap.ratio is None and why in (gap.withheld or "")
    # The counts themselves remain, and the people of the most deprived fifth.
    assert gap.counts_in_words[0] == "4,000"
    note = inequality(plan, reference).index_note
    assert bool(note) == (counts_index is None and index == "IMD 2019")


def test_groups_of_any_kind_are_set_side_by_side(reference: ReferenceData, minimal: Plan) -> None:
    values = minimal.model_dump()
    values["inequality"]["breakdowns"] = [
        {
            "kind": "Housing",
            "groups": [
                {
                    "group": "Settled",
                    "population": 100_000,
                    "patients": (None, None, None, 5_000, None),
                },
                {
                    "group": "Temporary",
                    "population": 1_000,
                    "patients": (None, None, None, 150, None),
                },
            ],
        }
    ]
    (result,) = inequality(Plan.model_validate(values), reference).groups
    assert result.medicine_class is MedicineClass.OPIOIDS and present(
        present(result.differences).ratio
    ).value == pytest.approx(3)
    assert (
        "highest for Temporary (150.0 per 1,000), lowest for Settled (50.0): 3.00 times"
        in result.finding
    )


def test_ordered_groups_get_a_slope(reference: ReferenceData, minimal: Plan) -> None:
    values = minimal.model_dump()
    values["inequality"]["breakdowns"] = [
        {
            "kind": "Deprivation tenth",
            "ordered": True,
            "groups": [
                {
                    "group": str(n),
                    "population": 10_000,
                    "patients": (None,) * 3 + (1_100 - 50 * n, None),
                }
                for n in range(1, 11)
            ],
        }
    ]
    (result,) = inequality(Plan.model_validate(values), reference).groups
    # 0.005 a tenth, ten tenths.
    assert result.slope is not None and result.slope.slope.value == pytest.approx(0.05)


def test_reach_of_a_service_is_compared_with_need(reference: ReferenceData, minimal: Plan) -> None:
    values = minimal.model_dump()
    values["inequality"]["reached_by_quintile"] = (100, 100, 100, 100, 200)
    reach = inequality(Plan.model_validate(values), reference).reach
    assert reach is not None and "is lower in the most deprived fifth" in reach.finding


def test_reach_by_group_is_over_the_residents_of_the_census(
    reference: ReferenceData, minimal: Plan
) -> None:
    """South Yorkshire has 33,974 Black and 1,206,081 White residents: 0.5 and 1 per 1,000."""
    reached = {
        "Black, Black British, Black Welsh, Caribbean or African": 15,
        "White": 1_205,
        "Disabled under the Equality Act": 3,
        "Not disabled under the Equality Act": 900,
    }
    plan = with_values(minimal, {"inequality.reached_by_group": reached})
    ethnic, disabled = inequality(plan, reference).reach_by_group
    rates = {group.group: group for group in ethnic.groups}
    assert present(rates["White"].rate).value == pytest.approx(1_205_000 / 1_206_081)
    assert "highest for White (1.0 per 1,000), lowest for Black" in ethnic.finding
    assert "no rates, because too few groups can be shown" in disabled.finding
    assert {group.rate for group in disabled.groups} == {None}, "three people are never told"


def test_counts_of_other_people_than_the_plan_counts_give_no_rate(
    reference: ReferenceData, minimal: Plan
) -> None:
    plan = with_counts(minimal, MedicineClass.OPIOIDS, 4_000, 1_000)
    values = plan.model_dump()
    values["inequality"]["counted"] = "registered_all_ages"
    gap = gap_of(Plan.model_validate(values), MedicineClass.OPIOIDS, reference)
    assert gap.ratio is None and "the counts are of people of all ages registered" in present(
        gap.withheld
    )


def test_an_area_with_its_own_population_needs_its_own_fifths(
    reference: ReferenceData, minimal: Plan
) -> None:
    plan = with_counts(minimal, MedicineClass.OPIOIDS, 4_000, 1_000)
    values = plan.model_dump()
    values["population"]["entered"] = 195_000
    gap = gap_of(Plan.model_validate(values), MedicineClass.OPIOIDS, reference)
    assert gap.ratio is None and "enter the people of each fifth too" in present(gap.withheld)
    values["inequality"]["population_by_quintile"] = (40_000, 40_000, 40_000, 40_000, None)
    gap = gap_of(Plan.model_validate(values), MedicineClass.OPIOIDS, reference)
    assert gap.ratio is None and "some fifths only" in present(gap.withheld)


def test_the_widest_of_many_equal_groups_is_seldom_called_different(
    reference: ReferenceData, minimal: Plan
) -> None:
    """Eighteen groups with one true rate: picking the widest gap and testing it at 95% would call
    most different."""
    import numpy as np

    rng = np.random.default_rng(2)
    called = 0
    for _ in range(60):
        values = minimal.model_dump()
        counts = rng.binomial(5_000, 0.1, 18)
        values["inequality"]["breakdowns"] = [
            {
                "kind": "Group",
                "groups": [
                    {
                        "group": f"G{n}",
                        "population": 5_000,
                        "patients": (None,) * 3 + (int(c), None),
                    }
                    for n, c in enumerate(counts)
                ],
            }
        ]
        (result,) = inequality(Plan.model_validate(values), reference).groups
        called += "highest for" in result.finding
    assert called <= 6
