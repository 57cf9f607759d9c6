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
from planner.analysis.calculation.formulas import SCENARIOS, draw_out
from planner.analysis.economics import probabilistic as uncertainty
from planner.analysis.economics.option_costs import cost_option
from planner.analysis.economics.option_model import Case
from planner.analysis.economics.outcomes import ClassOutcomes, difference, outcomes
from planner.analysis.economics.probabilistic import simulate
from planner.analysis.population.need import need
from planner.model.base import Range
from planner.model.figures import Kind
from planner.model.outcomes import Design, Offer, OutcomeEvidence
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceMissing
from planner.reference import load_reference

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


def three(low: float, central: float, high: float) -> dict[str, float]:
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
                assert default.hours and default.hours_kind is Kind.ASSUMED
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
    assert row.no_evidence is (evidence_id is None) and "additional" not in result.withheld
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
    entered = {"stopped": three(0.2, 0.3, 0.5), "usual": three(0.05, 0.1, 0.15)}
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
        (evidence.reduced, row.reduce),
        (evidence.left, row.left),
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
    usual = often.usual.model_copy(update={"events": 20.0})
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
        "stopped": three(0.2, 0.3, 0.5),
        "usual": three(0.05, 0.1, 0.15),
        "source": "Local audit",
    }
    (row,) = outcomes(plan_with({MedicineClass.OPIOIDS: entered}), REFERENCE).classes
    assert row.net and row.usual
    assert (row.stop.values.low, row.usual.values.high) == (0.2, 0.15)
    # the widest apart they can be: 0.2 - 0.15, 0.3 - 0.1, 0.5 - 0.05
    assert (row.net.low, row.net.central, row.net.high) == pytest.approx((0.05, 0.2, 0.45))
    assert row.source == "Local audit" and row.reduce is None and row.left is None
    assert row.stop.drawn_from == by_range(row.stop.values, "share")


@pytest.mark.parametrize(
    ("entered", "why"),
    [
        ({"stopped": three(0.1, 0.2, 0.3)}, "with support and with usual care, or neither"),
        ({"usual": three(0.1, 0.2, 0.3)}, "with support and with usual care, or neither"),
        ({"reduced": three(0.1, 0.2, 0.3)}, "need the share who stop"),
        ({"stopped": three(0.1, 0.2, 1.3), "usual": three(0, 0, 0)}, "less than or equal to 1"),
        ({"stopped": three(0.3, 0.2, 0.3), "usual": three(0, 0, 0)}, "smallest to largest"),
        (
            {
                "stopped": three(0.5, 0.6, 0.7),
                "usual": three(0, 0, 0),
                "left": three(0.4, 0.5, 0.6),
            },
            "add up to more than everyone",
        ),
    ],
)
def test_shares_that_cannot_be_are_refused_in_words(entered: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        plan_with({MedicineClass.OPIOIDS: entered})


# --- where the evidence is silent -----------------------------------------------------------------


@pytest.mark.parametrize(("evidence", "medicine_class"), ALONE, ids=name_of)
def test_without_a_comparison_nothing_is_said_of_what_support_adds_and_the_class_is_named(
    evidence: OutcomeEvidence, medicine_class: MedicineClass
) -> None:
    taken: dict[MedicineClass, dict[str, Any]] = {c: {} for c in MedicineClass}
    taken[medicine_class] = {"evidence": evidence.id}
    plan = plan_with(taken)
    result = outcomes(plan, REFERENCE)
    assert "additional" in result.withheld
    option = cost_option(plan.options[0], Case(plan, REFERENCE, need(plan, REFERENCE), result))
    simulations = simulate(Case(plan, REFERENCE, need(plan, REFERENCE), result)).options[0]
    for name in ("additional", "cost_per_additional"):
        assert name not in option.measures and name not in simulations.estimates
        for why in (option.withheld[name], simulations.withheld[name]):
            assert (
                f"the evidence for {medicine_class.label} has no comparison with usual care" in why
            )
    assert option.measures["stopped"].central > 0, "the gross number is given"
    row = next(row for row in result.classes if row.medicine_class is medicine_class)
    assert row.net_missing_because == "it has no comparison with usual care"


def test_each_class_that_is_silent_is_named() -> None:
    silent = {
        MedicineClass.OPIOIDS: {"evidence": "south-gloucestershire"},
        MedicineClass.Z_DRUGS: {"evidence": "bows"},
    }
    why = outcomes(plan_with(silent | {MedicineClass.GABAPENTINOIDS: {}}), REFERENCE).withheld
    assert "opioids" in why["additional"] and "Z-drugs" in why["additional"]
    assert "gabapentinoids" not in why["additional"], "no trial counts as nobody, and is named"
    assert "gabapentinoids" in why["reduced"] and "Z-drugs" in why["reduced"]
    assert "opioids" not in why["reduced"], "South Gloucestershire counted 12 of 34 who reduced"


@pytest.mark.parametrize("unknown", ["no-such-trial", "iwotch"])
def test_evidence_that_we_do_not_hold_or_that_is_of_another_class_is_refused(unknown: str) -> None:
    plan = plan_with({MedicineClass.ANTIDEPRESSANTS: {"evidence": unknown}})
    with pytest.raises(
        ReferenceMissing, match=f"'{unknown}'; there is panda, reduce, johnson, rotherham"
    ):
        outcomes(plan, REFERENCE)


def test_a_service_that_may_do_worse_than_usual_care_is_shown_as_a_loss() -> None:
    # 5% stop with support and 10% with usual care, whatever happens: of 100 to 300 people, 5 to 15
    # are lost
    entered = {"stopped": three(0.05, 0.05, 0.05), "usual": three(0.1, 0.1, 0.1)}
    team = {
        "id": "team",
        "name": "Team",
        "stated_capacity": three(100, 200, 300),
        "other_costs": TEAM["other_costs"],
    }
    plan = plan_with({MedicineClass.OPIOIDS: entered}, options=[team])
    result = cost_option(plan.options[0], Case.of(plan, REFERENCE))
    lost = result.measures["additional"]
    assert (lost.low, lost.central, lost.high) == pytest.approx((-15, -10, -5))
    assert "cost_per_additional" in result.withheld


# 0.5 + 2 x 0.4 is more than everyone: all 100 stop, 50 of whom would have anyway.
@pytest.mark.parametrize(
    ("stopped", "usual", "gross", "net"),
    [
        (
            0.9,
            0.5,
            100,
            50,
        ),
        # 0.1 - 2 x 0.1 is fewer than nobody: none stop, and 10 would have.
        (0.0, 0.1, 0, -10),
        (0.3, 0.1, 50, 40),
    ],
)
def test_those_who_stop_are_those_who_would_anyway_and_those_whom_support_adds(
    stopped: float, usual: float, gross: float, net: float
) -> None:
    """With twice the effect of the evidence, for 100 people."""
    entered = {"stopped": three(stopped, stopped, stopped), "usual": three(usual, usual, usual)}
    team = TEAM | {"stated_capacity": three(100, 100, 100), "effect": three(2, 2, 2)}
    plan = plan_with({MedicineClass.OPIOIDS: entered}, options=[team])
    result = cost_option(plan.options[0], Case.of(plan, REFERENCE))
    assert result.measures["stopped"].central == pytest.approx(gross)
    assert result.measures["additional"].central == pytest.approx(net)


def test_no_more_people_stop_or_reduce_than_start() -> None:
    # in Rotherham 405 of 692 stopped and 252 reduced; the upper limits of both come to more than
    # everyone
    team = TEAM | {"stated_capacity": three(100, 100, 100)}
    plan = plan_with({MedicineClass.ANTIDEPRESSANTS: {"evidence": "rotherham"}}, options=[team])
    result = cost_option(plan.options[0], Case.of(plan, REFERENCE))
    assert result.measures["stopped_or_reduced"].high == pytest.approx(100)
    assert result.measures["stopped_or_reduced"].central == pytest.approx(65_700 / 692)


@pytest.mark.parametrize("usual", [0.05, 0.15, 0.35])
def test_an_option_that_adds_nothing_adds_nothing_to_the_last_digit(usual: float) -> None:
    entered = {"stopped": three(0, 0.05, 0.6), "usual": three(usual, usual, usual)}
    team = TEAM | {"stated_capacity": three(10, 10, 10), "effect": three(0, 0, 0)}
    plan = plan_with({MedicineClass.OPIOIDS: entered}, options=[team])
    result = cost_option(plan.options[0], Case.of(plan, REFERENCE))
    assert result.measures["additional"].low == result.measures["additional"].high == 0
    assert result.measures["stopped"].central == pytest.approx(10 * usual)


# --- whatever evidence is chosen ------------------------------------------------------------------


@st.composite
def choices(draw: st.DrawFn) -> Plan:
    """Some classes, each with evidence chosen, our default, or shares entered."""
    taken: dict[MedicineClass, dict[str, Any]] = {}
    for medicine_class in draw(st.sets(st.sampled_from(list(MedicineClass)), min_size=1)):
        ids = [row.id for row in REFERENCE.outcomes_for(medicine_class)]
        shares = st.lists(st.integers(0, 100), min_size=3, max_size=3).map(
            lambda result: three(*(value / 100 for value in sorted(result)))
        )
        entered = st.fixed_dictionaries({"stopped": shares, "usual": shares})
        picked = st.sampled_from([{}, *({"evidence": name} for name in ids)])
        taken[medicine_class] = draw(st.one_of(picked, entered))
    effect = sorted(draw(st.lists(st.integers(0, 20), min_size=3, max_size=3)))
    team = TEAM | {"effect": three(*(value / 10 for value in effect))}
    return plan_with(taken, options=[team], simulation={"draws": 500})


@settings(max_examples=60, deadline=None)
@given(choices())
def test_low_is_never_above_central_nor_central_above_high_and_net_never_above_gross(
    plan: Plan,
) -> None:
    result = cost_option(plan.options[0], Case.of(plan, REFERENCE))
    for name, values in result.measures.items():
        assert values.low <= values.central <= values.high, name
    if "additional" in result.measures:
        for scenario in SCENARIOS:
            gross, net = (
                getattr(result.measures[name], scenario) for name in ("stopped", "additional")
            )
            assert net <= gross + 1e-9


@settings(max_examples=25, deadline=None)
@given(choices())
def test_in_no_draw_do_more_stop_beyond_usual_care_than_stop(plan: Plan) -> None:
    seen: list[dict[str, Any]] = []
    real = draw_out

    def watched(steps: Any, inputs: Any) -> dict[str, Any]:
        output = real(steps, inputs)
        seen.append(output)
        return output

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uncertainty, "draw_out", watched)
        simulate(Case.of(plan, REFERENCE))
    output = next(values for values in seen if "stopped" in values)
    assert np.all(output["stopped"] <= output["starting"] + 1e-9) and np.all(output["stopped"] >= 0)
    if "additional" in output:
        assert np.all(output["additional"] <= output["stopped"] + 1e-9)
