"""A count far from what the ladder of need gives without it is asked about, and once."""

from __future__ import annotations

import pytest

from planner.analysis.formatting import local_count
from planner.analysis.population.need import need
from planner.analysis.population.plausibility import count_questions
from planner.model.edit import with_values
from planner.model.place import Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis, CountedOver, MedicineClass
from planner.model.reference import ReferenceData

OPIOIDS_PATH = "prescribing.classes.3"


def counting(count: int, **named: object) -> Plan:
    plan = Plan(place=Place(icb_code="QF7"))
    fields = {f"{OPIOIDS_PATH}.{name}": value for name, value in named.items()}
    return with_values(plan, {f"{OPIOIDS_PATH}.patients": count} | fields)


def expected(reference: ReferenceData) -> float:
    row = need(Plan(place=Place(icb_code="QF7")), reference).of(MedicineClass.OPIOIDS)
    assert row is not None and row.patients is not None
    return row.patients.central


@pytest.mark.parametrize(
    ("times", "asks"), [(0.45, True), (0.55, False), (1.0, False), (1.95, False), (2.05, True)]
)
def test_a_count_below_half_or_above_double_is_asked_about(
    reference: ReferenceData, times: float, asks: bool
) -> None:
    count = round(times * expected(reference))
    questions = count_questions(counting(count), reference)
    assert bool(questions) == asks
    if asks:
        (question,) = questions
        assert question.count == count and not question.is_answered
        assert question.expected == pytest.approx(expected(reference))
        how = "less than half of the" if times < 1 else "more than double the"
        assert question.words.startswith(f"Opioids: {local_count(count)} is {how} ")


def test_a_count_of_a_month_is_told_by_what_it_comes_to_in_a_year(reference: ReferenceData) -> None:
    """Fewer than are expected in a year, and yet too many for a month."""
    count = round(0.9 * expected(reference))
    of_a_month = counting(count, counted_over=CountedOver.MONTH)
    (question,) = count_questions(of_a_month, reference)
    assert question.count < question.expected < question.people / 2
    assert question.words.startswith(f"Opioids: {local_count(count)} in a month comes to ")
    assert " in a year, more than double the " in question.words
    assert "Is it a year's?" in question.words and "a month's" not in question.words


def test_an_answer_holds_for_its_count_and_no_other(reference: ReferenceData) -> None:
    answered = counting(12_000, confirmed=12_000)
    assert [one.is_answered for one in count_questions(answered, reference)] == [True]
    other = with_values(answered, {f"{OPIOIDS_PATH}.patients": 11_000})
    assert [one.is_answered for one in count_questions(other, reference)] == [False]


def test_a_count_is_judged_over_the_people_it_is_of(reference: ReferenceData) -> None:
    """As many as England's rate gives over all ages, in a plan of adults: nothing to ask."""
    plan = Plan(place=Place(icb_code="QF7"))
    of_all_ages = with_values(plan, {"population.basis": Basis.RESIDENT_ALL_AGES})
    row = need(of_all_ages, reference).of(MedicineClass.GABAPENTINOIDS)
    assert row is not None and row.patients is not None
    count = round(row.patients.central)
    at = "prescribing.classes.2"
    judged = {f"{at}.patients": count, f"{at}.counted": Basis.RESIDENT_ALL_AGES}
    assert count_questions(with_values(plan, judged), reference) == ()
    less = judged | {f"{at}.patients": round(count * 0.4)}
    (question,) = count_questions(with_values(plan, less), reference)
    assert question.expected == pytest.approx(row.patients.central)


def test_a_class_left_out_of_the_plan_is_not_asked_about(reference: ReferenceData) -> None:
    assert count_questions(counting(12, included=False), reference) == ()
