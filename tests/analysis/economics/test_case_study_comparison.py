"""An option beside every case study: what is told of a place, and what is never claimed."""

from __future__ import annotations

import re

import pytest

from planner.analysis.economics.case_study_comparison import (
    CaseStudyComparison,
    MeasureGap,
)
from planner.analysis.economics.case_study_models import parts_of_option
from planner.analysis.economics.example import example_plan
from planner.analysis.results.results import Results, results
from planner.model.case_study import Base, FeatureStatus
from planner.model.reference import ReferenceData
from planner.model.service import Feature


def comparison_of(worked: Results, option_id: str) -> CaseStudyComparison:
    option = next(one for one in worked.options if one.id == option_id)
    return CaseStudyComparison(worked.case, option)


@pytest.fixture(scope="module")
def therapists(worked: Results) -> CaseStudyComparison:
    return comparison_of(worked, "therapist-peer")


def test_the_finding_is_of_this_place(therapists: CaseStudyComparison) -> None:
    """North Wales prints its cost and its population, so the finding is on its model."""
    assert therapists.lead is not None and therapists.lead.study.case_study == "cs1"
    finding = therapists.finding
    assert finding.startswith(
        "PMSS, North Wales at this place's size would cost £483,000 a year and see 1,190 people, "
        "£406 each. Therapists with peer support would cost £"
    )
    # Every part has the pounds of its bar in the chart, the largest first, and they add up.
    gap = finding.partition("The difference of ")[2]
    whole, here, there, *parts = [
        int(amount.replace(",", "")) for amount in re.findall(r"£([\d,]+)", gap)
    ]
    steps = therapists.lead.steps
    assert whole == here - there == round(steps[-1].after) - round(steps[0].before)
    largest = max(steps, key=lambda step: step.pounds)
    assert f"is £{largest.pounds:.0f} {largest.part}" in gap
    against = [int(one) for one in re.findall(r"£(\d+)", gap.partition(", less ")[2])]
    assert sum(parts) - 2 * sum(against) == whole
    assert gap == therapists.gap_in_words.partition("The difference of ")[2]


def test_each_gap_is_its_two_numbers_their_ratio_and_a_reason(
    therapists: CaseStudyComparison,
) -> None:
    lead, option = therapists.lead, therapists.option
    assert lead is not None and option is not None
    each, head, reach, load = lead.gaps
    parts = parts_of_option(option)
    assert each.ratio == pytest.approx((parts.per_person or 0) / 406.17, rel=1e-4)
    # A head costs as many times more as a person does, times how many more are reached.
    assert head.ratio == pytest.approx(each.ratio * reach.ratio)
    assert reach.study == pytest.approx(0.8402, abs=1e-4) and load.study == pytest.approx(
        133, abs=1
    )
    assert all(gap.reason and gap.words.endswith(".") for gap in lead.gaps)
    near = MeasureGap(
        measure="Cost", option=98, study=100, option_shown="£98", study_shown="£100", reason="why"
    )
    assert near.words == "Cost: £98 against £100, about the same. Why."


def test_the_boards_own_services_are_recognised_by_its_code(
    worked: Results, reference: ReferenceData
) -> None:
    south_yorkshire = comparison_of(worked, "therapist-peer")
    assert [study.id for study in south_yorkshire.own] == ["cs5"]
    assert "is a service of this board" in south_yorkshire.own_in_words
    london = results(example_plan(reference.find_organisation("Z9B2Z"), reference), reference)
    two = CaseStudyComparison(london.case, None)
    assert [study.id for study in two.own] == ["cs2", "cs4"]
    # There posts keep their pay for working in London, and without an option no gap is told.
    posts = next(model for model in two.models if model.case_study == "cs4")
    assert posts.parts.total == pytest.approx(1.2 * 465_411.63, abs=1)
    assert two.readings == () and two.gap_in_words == "" and "£406 each." in two.finding


def test_features_are_had_lacked_or_not_stated(therapists: CaseStudyComparison) -> None:
    rows = {row.feature: row for row in therapists.features}
    peers = rows[Feature.PEER_SUPPORT]
    assert peers.option is FeatureStatus.HAS and peers.having == ("2", "6")
    assert peers.success_of == ("2", "6")
    support = rows[Feature.FAMILY_SUPPORT]
    assert (support.having, support.lacking) == (("2",), ("3", "7"))
    assert set(support.silent) == {"1", "4", "5", "6"}
    for row in rows.values():
        assert len(row.having) + len(row.lacking) + len(row.silent) == 7


def test_reported_outcomes_stand_beside_like_bases_and_are_never_carried_over(
    therapists: CaseStudyComparison,
) -> None:
    """Every outcome is there; the option has a number only over people of the same kind."""
    rows = therapists.outcomes
    reported = {(row.number, row.outcome, row.base): row.reported for row in rows}
    assert reported["2", "stabilised", Base.USERS] == 3
    assert reported["4", "completed", Base.NOT_STATED] == 50
    assert reported["5", "adverse effects", Base.REVIEWED] == pytest.approx(100 * 8 / 657)
    assert reported["6", "wellbeing", Base.NOT_STATED] == 83
    unlike = {Base.NOT_STATED, Base.REVIEWED, Base.COMPLETERS, Base.MEDICINES, Base.TWO_COHORTS}
    assert not [row for row in rows if row.base in unlike and row.assumed is not None]
    started = next(row for row in rows if row.outcome == "started")
    option = therapists.option
    assert option is not None and option.people_starting and option.people_assessed
    assert started.assumed == pytest.approx(
        option.people_starting.central / option.people_assessed.central
    )
    assert not any(row.assumed == (row.reported or -1) / 100 for row in rows)


def test_prescribing_and_case_mix_here_and_there(therapists: CaseStudyComparison) -> None:
    rate = therapists.prescribing[0]
    assert rate.there == pytest.approx(1000 * 8_446 / 207_531)
    need, population = therapists.case.need, therapists.case.need.population.value
    long_term = need.classes[0].long_term
    assert long_term and rate.here == pytest.approx(1000 * long_term.central / population)
    mix = {row.medicine: row for row in therapists.case_mix}
    assert [round(100 * row.there) for row in mix.values()] == [58, 31, 11]
    assert sum(row.here or 0 for row in mix.values()) == pytest.approx(1)


def test_nobody_says_whom_it_reached_so_the_place_must_measure_it(
    therapists: CaseStudyComparison,
) -> None:
    sentence, *how = therapists.inequality
    assert sentence.startswith("No case study says whom it reached by deprivation")
    assert tuple(how) == therapists.reference.notes.reach_measures and "deprivation fifth" in how[0]
