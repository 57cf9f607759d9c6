"""How many stop with support beside usual care: the evidence, its limits, and what is said
where it is silent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from planner.analysis.calculation.distributions import Distribution, by_range
from planner.analysis.calculation.draws import every_draw
from planner.analysis.economics.option_costs import OptionResult, cost_option
from planner.analysis.economics.option_model import Case
from planner.analysis.economics.outcomes import (
    ClassOutcomes,
    difference,
    hours_unlike,
    outcomes,
    reported_reductions,
    result_in_words,
)
from planner.analysis.economics.probabilistic import draws_of
from planner.model.base import Range, ShareRange
from planner.model.figures import FigureKind
from planner.model.outcomes import Design, Offer, OutcomeEvidence
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceMissing
from planner.reference import load_reference
from tests.present import present

REFERENCE = load_reference()
CHOICES = [
    (row, medicine_class) for row in REFERENCE.outcomes for medicine_class in row.medicine_classes
]
TWO_ARMS = [choice for choice in CHOICES if choice[0].supported and choice[0].usual]
RATIOS = [choice for choice in CHOICES if choice[0].ratio]
ALONE = [choice for choice in CHOICES if not choice[0].usual]
CASE_STUDIES = [row for row in REFERENCE.outcomes if row.design is Design.CASE_STUDY]
TEAM = {
    "id": "team",
    "name": "Team",
    "posts": [{"title": "Nurse", "band": "7", "wte": 3}],
    "other_costs": [{"label": "Rooms", "heading": "premises", "amount": 20_000}],
    "effect": {"low": 1, "central": 1, "high": 1},
}


def plan_with(taken: dict[MedicineClass, dict[str, Any]], **more: Any) -> Plan:
    """A plan of those classes, each with the evidence or shares given for it."""
    return Plan.model_validate(
        {
            "place": {"icb_code": "QF7"},
            "prescribing": {
                "classes": [{"medicine_class": c, "included": c in taken} for c in MedicineClass]
            },
            "outcomes": {
                "classes": [{"medicine_class": c} | taken.get(c, {}) for c in MedicineClass]
            },
            "options": [TEAM],
        }
        | more
    )


def range_of(low: float, central: float, high: float) -> dict[str, float]:
    return {"low": low, "central": central, "high": high}


def chosen(evidence: OutcomeEvidence, medicine_class: MedicineClass) -> ClassOutcomes:
    """What a plan takes for a class and the evidence's kind of offer when it names that
    evidence."""
    plan = plan_with({medicine_class: {"evidence": evidence.id}})
    (row,) = outcomes(plan, REFERENCE).for_offer(evidence.offer)
    return row


def by_id(evidence_id: str) -> OutcomeEvidence:
    return next(row for row in REFERENCE.outcomes if row.id == evidence_id)


def name_of(value: object) -> str:
    return value.id if isinstance(value, OutcomeEvidence) else str(value)


# --- the evidence we ship -------------------------------------------------------------------------


@pytest.mark.parametrize("evidence", REFERENCE.outcomes, ids=name_of)
def test_every_result_has_its_source_quality_harms_and_transferability(
    evidence: OutcomeEvidence,
) -> None:
    for words in (
        evidence.title,
        evidence.source,
        evidence.quality,
        evidence.harm,
        evidence.follow_up,
    ):
        assert len(words.strip()) >= 6
    assert evidence.quality.split()[0].rstrip(";,") in ("high", "moderate", "low", "very")
    assert len(evidence.because.split()) >= 10 and evidence.because.strip().endswith(".")
    if not evidence.verified:
        assert evidence.cautions, "what nobody has checked says so"


def test_a_default_is_a_trial_with_a_comparison_and_is_never_a_recalled_number() -> None:
    assert len({row.id for row in REFERENCE.outcomes}) == len(REFERENCE.outcomes)
    for medicine_class in MedicineClass:
        for offer in Offer:
            default = REFERENCE.default_outcome(medicine_class, offer)
            if default is not None:
                assert default.usual and default.design in (Design.TRIAL, Design.REVIEW)
                assert default.hours and default.hours_kind is FigureKind.ASSUMED
    secondary = [row for row in REFERENCE.outcomes if row.reading == "as reported by"]
    assert secondary
    for row in secondary:
        assert row.citation.endswith(
            f", as reported by {row.reported_by}, not read at the publisher"
        )
        assert not row.verified


NOBODY = (0, 0, 0)


@pytest.mark.parametrize(
    ("medicine_class", "offer", "evidence_id", "net"),
    [
        # 4/70 - 6/76; 62.8/138 - 57.8/138; 65/304 - 15/304, each with Newcombe's limits.
        ("antidepressants", Offer.EVERYONE, "panda", (-0.112, -0.022, 0.069)),
        ("antidepressants", Offer.PROGRAMME, "reduce", (-0.080, 0.036, 0.151)),
        ("opioids", Offer.PROGRAMME, "iwotch", (0.112, 0.164, 0.218)),
        # As the review pooled them.
        ("benzodiazepines", Offer.EVERYONE, "zeraatkar-education", (0.061, 0.144, 0.246)),
        ("benzodiazepines", Offer.PROGRAMME, "zeraatkar-review", (0.034, 0.104, 0.191)),
        ("z_drugs", Offer.EVERYONE, "zeraatkar-education", (0.061, 0.144, 0.246)),
        ("z_drugs", Offer.PROGRAMME, "zeraatkar-review", (0.034, 0.104, 0.191)),
        ("opioids", Offer.EVERYONE, None, NOBODY),
        ("gabapentinoids", Offer.EVERYONE, None, NOBODY),
        ("gabapentinoids", Offer.PROGRAMME, None, NOBODY),
    ],
)
def test_what_is_taken_for_each_class_and_offer_beyond_usual_care(
    medicine_class: str, offer: Offer, evidence_id: str | None, net: tuple[float, float, float]
) -> None:
    default = REFERENCE.default_outcome(MedicineClass(medicine_class), offer)
    assert (default and default.id) == evidence_id
    result = outcomes(plan_with({MedicineClass(medicine_class): {}}), REFERENCE)
    (row,) = result.for_offer(offer)
    assert row.net and (row.net.low, row.net.central, row.net.high) == pytest.approx(net, abs=6e-4)
    assert row.no_evidence is (evidence_id is None)
    assert result.without_evidence(offer) == ((row.medicine_class,) if row.no_evidence else ())
    assert row.denominator == (default.denominator if default else offer.denominator)


def test_a_result_replaces_the_default_of_its_own_offer_and_of_no_other() -> None:
    plan = plan_with({MedicineClass.BENZODIAZEPINES: {"evidence": "empower"}})
    result = outcomes(plan, REFERENCE)
    (programme,), (everyone,) = result.classes, result.everyone
    assert everyone.title == by_id("empower").title
    assert programme.title == by_id("zeraatkar-review").title
    # 40/148 - 7/155 = 0.2703 - 0.0452.
    assert everyone.net and everyone.net.central == pytest.approx(0.2251, abs=1e-4)
    # A result of three years is not brought down again by those who go back.
    later = chosen(by_id("vicens-36"), MedicineClass.BENZODIAZEPINES)
    assert later.stay_off and later.stay_off.values.central == 1
    # Entered shares are of a review and support; letters keep their own evidence.
    entered = {"stopped": range_of(0.2, 0.3, 0.5), "usual": range_of(0.05, 0.1, 0.15)}
    own = outcomes(plan_with({MedicineClass.BENZODIAZEPINES: entered}), REFERENCE)
    assert own.classes[0].title == "Entered in this plan"
    assert own.everyone[0].title == by_id("zeraatkar-education").title


def test_a_difference_is_laid_on_the_usual_care_of_a_named_study() -> None:
    row = chosen(by_id("zeraatkar-review"), MedicineClass.BENZODIAZEPINES)
    # Vicens: 26 of 173 is 0.1503 with usual care; 0.104 more is 0.2543, 0.034 more 0.1843, 0.191
    # more 0.3413.
    assert row.usual and row.usual.drawn_from == Distribution("fixed", 26 / 173)
    assert (row.stop.values.low, row.stop.values.central, row.stop.values.high) == pytest.approx(
        (0.1843, 0.2543, 0.3413), abs=5e-5
    )
    assert row.net_method.endswith(
        "usual care is that of the Vicens trial (26 of 173 at 12 months)"
    )


def test_those_who_stopped_stay_off_and_relapse_as_published() -> None:
    def of(evidence_id: str, medicine_class: MedicineClass) -> ClassOutcomes:
        return chosen(by_id(evidence_id), medicine_class)

    sedatives = of("oude-voshaar", MedicineClass.BENZODIAZEPINES)
    assert sedatives.stay_off and sedatives.added_relapse is None
    off = sedatives.stay_off.values
    assert (off.low, off.central, off.high) == pytest.approx(
        (13 / 24, 131 / 188, 26 / 34), abs=5e-3
    )
    depression = of("reduce", MedicineClass.ANTIDEPRESSANTS)
    assert depression.stay_off and depression.back_on and depression.added_relapse
    # 39% of 240 went back: 61% did not, Wilson 54.7 to 67.0.
    off = depression.stay_off.values
    assert (off.low, off.central, off.high) == pytest.approx((0.547, 0.61, 0.670), abs=5e-4)
    assert depression.stay_off.drawn_from == Distribution("beta", 146.9, 94.1)
    # 135/240 - 92/238 = 0.5625 - 0.3866, as Newcombe has it.
    excess = confint_proportions_2indep(135, 240, 92, 238, compare="diff", method="newcomb")
    added = depression.added_relapse.values
    assert (added.low, added.high) == pytest.approx(excess, abs=1e-3)
    assert added.central == pytest.approx(135 / 240 - 92 / 238, abs=5e-4)
    for evidence_id, medicine_class in (
        ("iwotch", MedicineClass.OPIOIDS),
        ("medsafer", MedicineClass.GABAPENTINOIDS),
    ):
        assert of(evidence_id, medicine_class).stay_off is None, "not known"


@pytest.mark.parametrize("evidence", CASE_STUDIES, ids=name_of)
def test_a_case_study_is_never_our_default_and_always_says_that_it_does_not_carry_over(
    evidence: OutcomeEvidence,
) -> None:
    assert "does not carry over" in " ".join(evidence.because.split())
    assert any("does not transfer to another place" in caution for caution in evidence.cautions)
    assert "no comparison group" in evidence.quality and evidence.quality.startswith("very low")
    for medicine_class in evidence.medicine_classes:
        assert REFERENCE.default_outcome(medicine_class, evidence.offer) != evidence
        row = chosen(evidence, medicine_class)
        assert (
            "does not carry over" in row.because
            and row.cautions[: len(evidence.cautions)] == evidence.cautions
        )
        assert "25% of the weight" in row.cautions[-1]
        assert row.usual is None and row.net is None, "nothing is known of what it added"


def test_two_case_studies_are_offered() -> None:
    assert {row.id for row in CASE_STUDIES} == {"rotherham", "bows"}


@pytest.mark.parametrize(
    ("evidence_id", "stopped", "usual"),
    [
        # 4 of 70, 6 of 76.
        ("panda", "6%", "8%"),
        # 65 of 225, 15 of 208.
        ("iwotch-followed-up", "29%", "7%"),
        # 162 of 359, 26 of 173; and 145 of 359, 45 of 173 at three years.
        ("vicens-12", "45%", "15%"),
        ("vicens-36", "40%", "26%"),
        # Printed 24% and 12%; 7.0%; 27% and 5%; 17%; 34 of 92.
        ("gorgels", "24%", "12%"),
        ("johnson", "7%", None),
        ("empower", "27%", "5%"),
        ("optimise", "17%", None),
        ("puustinen", "37%", None),
        # 25 of 69, 5 of 33.
        ("oude-voshaar", "36%", "15%"),
        # Printed 45.5% and 41.9%.
        ("reduce", "46%", "42%"),
        # Printed 35.3% and 21.2%.
        ("medsafer", "35%", "21%"),
        # 3 of 34.
        ("south-gloucestershire", "9%", None),
        # 405 of 692.
        ("rotherham", "59%", None),
        # 53 of 205.
        ("bows", "26%", None),
    ],
)
def test_the_shares_are_those_the_sources_print(
    evidence_id: str, stopped: str, usual: str | None
) -> None:
    evidence = by_id(evidence_id)
    row = chosen(evidence, evidence.medicine_classes[0])
    assert f"{row.stop.values.central:.0%}" == stopped
    assert (f"{row.usual.values.central:.0%}" if row.usual else None) == usual


def test_a_result_is_told_with_what_became_of_those_who_stopped() -> None:
    assert result_in_words(by_id("panda")) == (
        "Tailored letter advising to stop, 12 months (PANDA): 6% (4 of 70) stopped, against 8% "
        "(6 of 76) with usual care. Of people who stopped, 39% were back on it and 18% (9% to 26%) "
        "relapsed beyond those who do while they carry on, a year after stopping (ANTLER trial, as "
        "reported by the University of Southampton's record of the paper, not read at the "
        "publisher)."
    )
    review = result_in_words(by_id("zeraatkar-review"))
    assert "10.4 more of each 100 stopped than with usual care (3.4 to 19.1). Of people" in review
    assert "70% (54% to 76%) were still off it, 2 to 3 years after stopping" in review
    assert "Of people who stopped" not in result_in_words(by_id("vicens-36"))


def test_services_report_from_13_to_69_per_cent_who_reduced() -> None:
    rows = reported_reductions(REFERENCE)
    # Johnson 365/2,849, BOWS 53/205, South Gloucestershire 12/34, Rotherham 252/692, REST, PMSS and
    # Optimise 100/145.
    assert [row.share for row in rows] == pytest.approx(
        [0.128, 0.26, 0.353, 0.364, 0.5, 0.62, 0.690], abs=5e-4
    )
    assert all(row.base for row in rows)


def test_an_option_of_other_hours_than_its_evidence_says_so() -> None:
    row = chosen(by_id("iwotch"), MedicineClass.OPIOIDS)
    # Three times 6.5 is 19.5, and a third of it 2.17.
    assert hours_unlike(row, 19) is None and hours_unlike(row, 2.2) is None
    assert hours_unlike(row, 20) == (
        "opioids: the evidence is of about 6.5 hours of staff for each person (an estimate), and "
        "this option gives 20"
    )
    assert hours_unlike(row, 2) is not None


# --- what support adds to usual care --------------------------------------------------------------


@pytest.mark.parametrize(("evidence", "medicine_class"), TWO_ARMS, ids=name_of)
def test_what_support_adds_has_newcombe_s_limits(
    evidence: OutcomeEvidence, medicine_class: Any
) -> None:
    row = chosen(evidence, medicine_class)
    supported, usual = evidence.supported, evidence.usual
    assert supported and usual and row.net
    low, high = confint_proportions_2indep(
        supported.events,
        supported.people,
        usual.events,
        usual.people,
        compare="diff",
        method="newcomb",
    )
    assert row.net.central == pytest.approx(
        supported.events / supported.people - usual.events / usual.people
    )
    assert (row.net.low, row.net.high) == pytest.approx((low, high), abs=1e-9)
    assert "Newcombe" in row.net_method


@pytest.mark.parametrize(("evidence", "medicine_class"), CHOICES, ids=name_of)
def test_a_share_that_was_counted_has_wilson_s_limits(
    evidence: OutcomeEvidence, medicine_class: Any
) -> None:
    row = chosen(evidence, medicine_class)
    for arm, chance in (
        (evidence.supported, row.stop),
        (evidence.usual, row.usual),
    ):
        if arm is None:
            continue
        assert chance is not None
        if arm is evidence.usual and evidence.difference:
            # Held where a difference is laid on it.
            continue
        # Picked for success: a quarter.
        events, people = (
            arm.events * evidence.weight,
            arm.people * evidence.weight,
        )
        limits = proportion_confint(events, people, method="wilson")
        assert (chance.values.low, chance.values.high) == pytest.approx(limits, abs=1e-9)
        assert chance.drawn_from == Distribution("beta", events + 0.5, people - events + 0.5)


@pytest.mark.parametrize(("evidence", "medicine_class"), RATIOS, ids=name_of)
def test_a_ratio_is_laid_on_usual_care(evidence: OutcomeEvidence, medicine_class: Any) -> None:
    row = chosen(evidence, medicine_class)
    assert evidence.id == "minimal-intervention" and row.net
    # 5 of 33 is 0.15152 with usual care; 2.4 times that is 0.36364, 1.3 times 0.19697, 4.3 times
    # 0.65152
    stop = row.stop.values
    assert (stop.low, stop.central, stop.high) == pytest.approx(
        (0.19697, 0.36364, 0.65152), abs=5e-6
    )
    # less 0.15152: 0.3, 1.4 and 3.3 times usual care
    assert (row.net.low, row.net.central, row.net.high) == pytest.approx(
        (0.04545, 0.21212, 0.5), abs=6e-6
    )
    assert row.stop.drawn_from == Distribution("lognormal", 2.4, 1.3, 4.3)


def test_a_ratio_never_makes_more_than_everyone_stop() -> None:
    often = by_id("minimal-intervention")
    # 20 of 33, 0.606; 2.4 times that is 1.45.
    usual = present(often.usual).model_copy(update={"events": 20.0})
    current = REFERENCE.model_copy(
        update={"outcomes": (often.model_copy(update={"usual": usual}),)}
    )
    (row,) = outcomes(plan_with({MedicineClass.Z_DRUGS: {}}), current).everyone
    assert (row.stop.values.low, row.stop.values.central) == pytest.approx((20 / 33 * 1.3, 1))
    assert row.stop.values.high == 1 and row.net
    assert row.net.high == pytest.approx(13 / 33)


def test_newcombe_s_limits_are_those_of_his_paper() -> None:
    # Newcombe 1998, Table II, method 10: 56 of 70 less 48 of 80 is 0.2, from 0.0524 to 0.3339
    first, second = (
        Range(low=low, central=central, high=high)
        for (low, high), central in (
            (proportion_confint(56, 70, method="wilson"), 56 / 70),
            (proportion_confint(48, 80, method="wilson"), 48 / 80),
        )
    )
    result = difference(first, second)
    assert (result.low, result.central, result.high) == pytest.approx(
        (0.0524, 0.2, 0.3339), abs=5e-5
    )


def test_entered_shares_stand_as_entered_and_replace_the_evidence_whole() -> None:
    entered = {
        "stopped": range_of(0.2, 0.3, 0.5),
        "usual": range_of(0.05, 0.1, 0.15),
        "source": "Local audit",
    }
    (row,) = outcomes(plan_with({MedicineClass.OPIOIDS: entered}), REFERENCE).classes
    assert row.net and row.usual
    assert (row.stop.values.low, row.usual.values.high) == (0.2, 0.15)
    # the widest apart they can be: 0.2 - 0.15, 0.3 - 0.1, 0.5 - 0.05
    assert (row.net.low, row.net.central, row.net.high) == pytest.approx((0.05, 0.2, 0.45))
    assert row.source == "Local audit"
    assert row.stop.drawn_from == by_range(row.stop.values, "share")


@pytest.mark.parametrize(
    ("entered", "why"),
    [
        ({"stopped": range_of(0.1, 0.2, 0.3)}, "with support and with usual care, or neither"),
        ({"usual": range_of(0.1, 0.2, 0.3)}, "with support and with usual care, or neither"),
        (
            {"stopped": range_of(0.1, 0.2, 1.3), "usual": range_of(0, 0, 0)},
            "less than or equal to 1",
        ),
        ({"stopped": range_of(0.3, 0.2, 0.3), "usual": range_of(0, 0, 0)}, "smallest to largest"),
    ],
)
def test_shares_that_cannot_be_are_refused_in_words(entered: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        plan_with({MedicineClass.OPIOIDS: entered})


# --- where the evidence is silent -----------------------------------------------------------------


def costed(plan: Plan) -> OptionResult:
    """The only option of a plan, with what may come of it."""
    return cost_option(plan.options[0], Case.of(plan, REFERENCE))


@pytest.mark.parametrize(("evidence", "medicine_class"), ALONE, ids=name_of)
def test_without_a_comparison_nothing_is_said_of_what_support_adds_and_the_class_is_named(
    evidence: OutcomeEvidence, medicine_class: MedicineClass
) -> None:
    taken: dict[MedicineClass, dict[str, Any]] = {c: {} for c in MedicineClass}
    taken[medicine_class] = {"evidence": evidence.id}
    plan = plan_with(taken)
    (row,) = (
        row for row in outcomes(plan, REFERENCE).classes if row.medicine_class is medicine_class
    )
    assert row.net is None and row.net_missing_because == "it has no comparison with usual care"
    option = costed(plan)
    for name in ("net_stopped", "cost_per_net_stopped"):
        assert name not in option.measures
        assert (
            f"the evidence for {medicine_class.label} has no comparison with usual care"
            in option.withheld[name]
        )
    assert option.measures["stopped"].central > 0, "the gross number is given"


def test_a_class_without_a_trial_adds_nobody_and_withholds_nothing() -> None:
    option = costed(plan_with({MedicineClass.GABAPENTINOIDS: {}}))
    assert option.measures["net_stopped"].central == option.measures["stopped"].central == 0
    both = costed(plan_with({MedicineClass.GABAPENTINOIDS: {}, MedicineClass.OPIOIDS: {}}))
    assert both.measures["net_stopped"].central > 0


@pytest.mark.parametrize("unknown", ["no-such-trial", "iwotch"])
def test_evidence_that_we_do_not_hold_or_that_is_of_another_class_is_refused(unknown: str) -> None:
    plan = plan_with({MedicineClass.ANTIDEPRESSANTS: {"evidence": unknown}})
    with pytest.raises(
        ReferenceMissing, match=f"'{unknown}'; there is panda, reduce, johnson, rotherham"
    ):
        outcomes(plan, REFERENCE)


@pytest.mark.parametrize(
    ("stopped", "usual", "carry_over", "effect", "gross", "net"),
    [
        # 0.5 and 0.5 more of 100: all who would not have stopped anyway.
        (0.9, 0.5, 1.0, 2.0, 100, 50),
        # 0.1 less 0.1, and a further 0.1: none stop, and 10 would have.
        (0.0, 0.1, 1.0, 2.0, 0, -10),
        # 0.1 and 0.2 x 0.7 more.
        (0.3, 0.1, 0.7, 1.0, 24, 14),
        # 0.1 less 0.05 x 0.7: a loss is shown as one.
        (0.05, 0.1, 0.7, 1.0, 6.5, -3.5),
        (0.05, 0.35, 0.7, 0.0, 35, 0),
    ],
)
def test_those_who_stop_are_those_who_would_anyway_and_those_whom_support_adds(
    stopped: float, usual: float, carry_over: float, effect: float, gross: float, net: float
) -> None:
    """For each 100 people who start."""
    entered = {
        "stopped": range_of(stopped, stopped, stopped),
        "usual": range_of(usual, usual, usual),
    }
    plan = plan_with(
        {MedicineClass.OPIOIDS: entered},
        options=[TEAM | {"effect": range_of(effect, effect, effect)}],
    )
    plan = plan.model_copy(
        update={
            "outcomes": plan.outcomes.model_copy(
                update={
                    "carry_over": ShareRange(low=carry_over, central=carry_over, high=carry_over)
                }
            )
        }
    )
    values = Case.of(plan, REFERENCE).sums_of(plan.options[0]).values
    starting = values["people_starting"]
    assert starting
    assert values["stopped"] == pytest.approx(starting * gross / 100)
    assert values["net_stopped"] == pytest.approx(starting * net / 100, abs=1e-12)


# --- whatever evidence is chosen ------------------------------------------------------------------


@st.composite
def choices(draw: st.DrawFn) -> Plan:
    """Some classes, each with evidence chosen, our default, or shares entered."""
    taken: dict[MedicineClass, dict[str, Any]] = {}
    for medicine_class in draw(st.sets(st.sampled_from(list(MedicineClass)), min_size=1)):
        ids = [row.id for row in REFERENCE.outcomes_for(medicine_class)]
        shares = st.lists(st.integers(0, 100), min_size=3, max_size=3).map(
            lambda result: range_of(*(value / 100 for value in sorted(result)))
        )
        entered = st.fixed_dictionaries({"stopped": shares, "usual": shares})
        picked = st.sampled_from([{}, *({"evidence": name} for name in ids)])
        taken[medicine_class] = draw(st.one_of(picked, entered))
    effect = sorted(draw(st.lists(st.integers(0, 20), min_size=3, max_size=3)))
    team = TEAM | {"effect": range_of(*(value / 10 for value in effect))}
    return plan_with(taken, options=[team], simulation={"simulations": 500})


@settings(max_examples=25, deadline=None)
@given(choices())
def test_no_more_stop_than_start_nor_more_beyond_usual_care_than_stop(plan: Plan) -> None:
    case = Case.of(plan, REFERENCE)
    one = case.sums_of(plan.options[0])
    names = ["counted", "stopped"] + ["net_stopped"] * ("net" in one.known.has)
    saved = every_draw(names, plan.simulation, lambda stream: draws_of(one, stream, case))
    assert np.all(saved["stopped"] <= saved["counted"] + 1e-3) and np.all(saved["stopped"] >= 0)
    if "net_stopped" in saved:
        assert np.all(saved["net_stopped"] <= saved["stopped"] + 1e-3)
