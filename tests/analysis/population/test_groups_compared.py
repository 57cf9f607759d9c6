"""Which groups are compared, and what is said of those that are not: totals, people whose group is
not known, and bands with more people prescribed than people.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from planner.analysis.population.inequality import InequalityResult, inequality
from planner.analysis.population.need import need
from planner.analysis.population.standardisation import ClassStandardised, standardised
from planner.analysis.statistics.group_rates import GroupFinding, is_compared
from planner.model.base import ByQuintile
from planner.model.inequality import (
    AgeSexCounts,
    Breakdown,
    ClassInequality,
    GroupCounts,
    Inequality,
)
from planner.model.place import OrganisationList, Place
from planner.model.plan import Plan
from planner.model.prescribing import UNKNOWN, MedicineClass
from planner.model.reference import ReferenceData

OPIOIDS = MedicineClass.OPIOIDS
Counts = tuple[str, int | None, int | None]
"""A group, its people prescribed opioids, and its people."""
WHITE, ASIAN = ("White", 400, 4000), ("Asian", 60, 1500)


def plan_with(current: Inequality) -> Plan:
    place = Place(icb_code="QF7", organisation_list=OrganisationList.FROM_APRIL_2026)
    return Plan(place=place, inequality=current)


def result_of(current: Inequality, reference: ReferenceData) -> InequalityResult:
    return inequality(plan_with(current), reference)


def by_group(reference: ReferenceData, *groups: Counts, ordered: bool = False) -> GroupFinding:
    rows = tuple(
        GroupCounts(group=name, population=people, patients=UNKNOWN.updated({OPIOIDS: count}))
        for name, count, people in groups
    )
    breakdown = Breakdown(kind="Ethnicity", groups=rows, ordered=ordered)
    (finding,) = result_of(Inequality(breakdowns=(breakdown,)), reference).groups
    return finding


NOT_KNOWN = (
    "Unknown", "Not stated", "Not known", "Missing", "Ethnicity unknown", "Unknown (no postcode)",
    "Z - Not stated", "99: Not known", "Not recorded", "Unspecified", "Prefer not to say", "N/A",
    "No information", "Not available", "Undisclosed", "NOT PROVIDED", "not-known", "Refused",
)  # fmt: skip
TOTALS = (
    "Total", "All", "Grand total", "All people", "All ethnic groups", "Overall", "Totals",
    "Everyone", "Asian total", "England total", "Sub-total",
)  # fmt: skip
GROUPS = (
    "White", "Any other ethnic group", "All other Asian", "Other", "Mixed or multiple groups",
    "Notting Hill", "A - British", "None of these religions", "Overallton", "1", "Not disabled",
    "10 - least deprived", "No religion", "Allerton",
)  # fmt: skip


@pytest.mark.parametrize("name", [*NOT_KNOWN, *TOTALS])
def test_totals_and_the_unknown_are_no_groups(name: str) -> None:
    assert not is_compared(name)


@pytest.mark.parametrize("name", GROUPS)
def test_a_group_of_people_is_one_however_near_its_name(name: str) -> None:
    assert is_compared(name)


@pytest.mark.parametrize(
    ("total", "unknown"),
    [
        *((TOTALS[0], unknown) for unknown in NOT_KNOWN),
        *((total, NOT_KNOWN[0]) for total in TOTALS),
    ],
)
def test_they_are_left_out_of_the_comparison_and_the_unknown_share_is_told(
    reference: ReferenceData, total: str, unknown: str
) -> None:
    control = by_group(reference, WHITE, ASIAN)
    result = by_group(reference, WHITE, ASIAN, (total, 460, 5500), (unknown, 900, 1000))
    assert [rate.group for rate in result.groups] == ["White", "Asian"]
    assert result.differences == control.differences
    assert "highest for White (100.0 per 1,000), lowest for Asian (40.0)" in control.finding
    # 900 of 400, 60 and 900.
    assert result.finding == control.finding + (
        " The ethnicity of 66% of the people counted is not known, and they are left out of the "
        "comparison."
    )


def test_a_small_unknown_count_is_not_given_away(reference: ReferenceData) -> None:
    result = by_group(reference, WHITE, ASIAN, ("Other", 90, 900), ("Unknown", 3, 1000))
    assert "The ethnicity of some people counted is not known." in result.finding
    assert "%" not in result.finding
    # The next smallest is hidden too, so that nobody works the three out from a total.
    assert {rate.group: rate.rate is None for rate in result.groups}["Asian"]


def test_one_group_beside_the_unknown_is_no_comparison(reference: ReferenceData) -> None:
    rows = [("White", 400, 4000), ("Unknown", 900, 1000)]
    breakdown = Breakdown(
        kind="Ethnicity",
        groups=tuple(
            GroupCounts(group=name, population=people, patients=UNKNOWN.updated({OPIOIDS: count}))
            for name, count, people in rows
        ),
    )
    assert not result_of(Inequality(breakdowns=(breakdown,)), reference).groups


def test_tenths_in_order_have_their_slope_in_spite_of_an_unknown(reference: ReferenceData) -> None:
    tenths: Sequence[Counts] = [(str(n), 200 - 10 * n, 1000) for n in range(1, 11)]
    control = by_group(reference, *tenths, ordered=True)
    result = by_group(reference, *tenths, ("Unknown", 50, None), ordered=True)
    assert control.slope is not None
    assert result.slope == control.slope


# --- more people prescribed than people


def test_a_group_with_more_prescribed_than_people_is_named(reference: ReferenceData) -> None:
    rest = (("Black", 100, 2000), ("Mixed", 20, 500))
    control = by_group(reference, *rest, WHITE)
    result = by_group(reference, *rest, ("White", 4100, 4000))
    assert "No rate for" not in control.finding
    assert "No rate for White: more people are counted there than there are." in result.finding
    assert "White" not in result.finding.split("No rate for")[0]


BANDS = ("18-24", *(f"{low}-{low + 4}" for low in range(25, 90, 5)), "90+")


def strata(wrong: int | None) -> tuple[AgeSexCounts, ...]:
    """200 of 4,000 in each sex and band; `wrong` stands for women aged 35 to 39."""
    return tuple(
        AgeSexCounts(
            sex=sex,
            age=age,
            population=4000,
            patients=UNKNOWN.updated(
                {OPIOIDS: wrong if wrong and (sex, age) == ("Female", "35-39") else 200}
            ),
        )
        for sex in ("Female", "Male")
        for age in BANDS
    )


def standardised_opioids(current: Inequality, reference: ReferenceData) -> ClassStandardised:
    plan = plan_with(current)
    rows = standardised(plan, need(plan, reference), reference)
    return next(row for row in rows if row.medicine_class is OPIOIDS)


def test_a_rate_allowing_for_age_is_withheld_and_the_band_named(reference: ReferenceData) -> None:
    control = standardised_opioids(Inequality(age_sex=strata(None)), reference)
    assert control.rate is not None and control.rate.value == pytest.approx(50)
    result = standardised_opioids(Inequality(age_sex=strata(4001)), reference)
    assert (result.rate, result.ratio) == (None, None)
    why = "more people are prescribed than there are among women aged 35-39"
    assert why in result.finding


@pytest.mark.parametrize("whose", ["here", "England"])
def test_a_ratio_to_england_is_withheld(reference: ReferenceData, whose: str) -> None:
    fine = standardised_opioids(
        Inequality(age_sex=strata(None), england_age_sex=strata(None)), reference
    )
    assert fine.ratio is not None and fine.ratio.value == pytest.approx(1)
    here, england = (
        strata(4100 if whose == "here" else None),
        strata(4100 if whose == "England" else None),
    )
    result = standardised_opioids(Inequality(age_sex=here, england_age_sex=england), reference)
    assert result.ratio is None and "at England's rates" not in result.finding


def test_an_age_band_of_which_one_sex_has_too_many_has_no_rate(reference: ReferenceData) -> None:
    """4,100 of 4,000 women and 200 of 4,000 men are fewer than the 8,000 of both."""
    (control,) = result_of(Inequality(age_sex=strata(None)), reference).groups
    (result,) = result_of(Inequality(age_sex=strata(4100)), reference).groups
    rates = {rate.group: rate.rate for rate in result.groups}
    assert rates["35-39"] is None and rates["30-34"] is not None
    assert "No rate for 35-39" in result.finding
    assert "No rate" not in control.finding


@pytest.mark.parametrize("place", [0, 2])
def test_a_fifth_with_more_prescribed_than_people_is_named(
    reference: ReferenceData, place: int
) -> None:
    people = ByQuintile((4000,) * 5)

    def finding_for(counts: Sequence[int]) -> str:
        classes = tuple(
            ClassInequality(
                medicine_class=c, by_quintile=ByQuintile(counts if c is OPIOIDS else (None,) * 5)
            )
            for c in MedicineClass
        )
        current = Inequality(classes=classes, population_by_quintile=people)
        gap = next(g for g in result_of(current, reference).classes if g.medicine_class is OPIOIDS)
        return f"{gap.withheld} {gap.finding}"

    counts = [500, 400, 300, 200, 100]
    assert "more people" not in finding_for(counts)
    counts[place] = 4100
    assert f"fifth {place + 1}" in finding_for(counts) and "more people are counted" in finding_for(
        counts
    )
