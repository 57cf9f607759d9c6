"""Local counts that are far from what the ladder of need gives without them, put as a question."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.analysis.formatting import capital, format_range, local_count
from planner.analysis.population.need import need
from planner.model.base import as_range
from planner.model.place import PopulationChoice
from planner.model.plan import Plan
from planner.model.prescribing import Basis, CountedOver, CountOf, MedicineClass, Prescribing
from planner.model.reference import ReferenceData

LOWEST, HIGHEST = 0.5, 2.0
"""A count below the one or above the other times what is expected is asked about."""


@dataclass(frozen=True, kw_only=True)
class CountQuestion:
    """A count below half or above double of what is expected without it.

    `count` is the local count as it stands in the plan, taken over the time `counted_over`, and
    `people` what it comes to in a year; `expected` is the people a year that the ladder gives where
    the count is left out. `is_answered` once the user has said that this count is right.
    """

    medicine_class: MedicineClass
    count: int
    counted_over: CountedOver
    people: float
    expected: float
    is_answered: bool

    @property
    def words(self) -> str:
        """The question with its numbers; of less than a year's count, with what it comes to in a
        year too."""
        of_a_year = self.counted_over is CountedOver.YEAR
        how = "more than double the" if self.people > self.expected else "less than half of the"
        comes_to = (
            "is"
            if of_a_year
            else f"in {self.counted_over.label} comes to "
            f"{format_range(as_range(self.people))} in a year,"
        )
        time = "a month's" if of_a_year else "a year's"
        return (
            f"{capital(self.medicine_class.label)}: {local_count(self.count)} {comes_to} {how} "
            f"{format_range(as_range(self.expected))} expected here without a local count. Is it "
            f"{time}? Of one medicine? Of people on it for the long term only?"
        )


def count_questions(plan: Plan, reference: ReferenceData) -> tuple[CountQuestion, ...]:
    """The questions about a plan's counts, answered or not, in the order of the classes.

    Each count is judged over the people whom it is of. One of a quarter or a month is judged as the
    people of a year that it comes to.
    """
    rows = [
        row
        for row in plan.prescribing.classes
        if row.included and row.patients is not None and row.count_of is CountOf.CLASS
    ]
    questions: list[CountQuestion] = []
    for basis in dict.fromkeys(row.counted or plan.population.basis for row in rows):
        there = [row for row in rows if (row.counted or plan.population.basis) is basis]
        classes = [row.medicine_class for row in there]
        counted = _people(_counting(plan, basis, classes, with_counts=True), reference)
        expected = _people(_counting(plan, basis, classes, with_counts=False), reference)
        for row in there:
            people, without = counted.get(row.medicine_class), expected.get(row.medicine_class)
            if not people or not without or LOWEST <= people / without <= HIGHEST:
                continue
            questions.append(
                CountQuestion(
                    medicine_class=row.medicine_class,
                    count=row.patients or 0,
                    counted_over=row.counted_over,
                    people=people,
                    expected=without,
                    is_answered=row.confirmed == row.patients,
                )
            )
    order = list(MedicineClass)
    return tuple(sorted(questions, key=lambda question: order.index(question.medicine_class)))


def without_counts(plan: Plan) -> Plan:
    """The plan as it would be without its local counts of people."""
    return _counting(plan, plan.population.basis, plan.prescribing.included, with_counts=False)


def _counting(
    plan: Plan, basis: Basis, classes: Sequence[MedicineClass], with_counts: bool
) -> Plan:
    """The plan as it would be over these people, for these classes only, with or without their
    counts."""
    same = basis is plan.population.basis
    rows = tuple(
        row.model_copy(
            update={"included": row.medicine_class in classes}
            | ({"step_down_to": None} if with_counts else {"patients": None})
        )
        for row in plan.prescribing.classes
    )
    return plan.model_copy(
        update={
            "population": plan.population if same else PopulationChoice(basis=basis),
            "prescribing": Prescribing(classes=rows),
        }
    )


def _people(plan: Plan, reference: ReferenceData) -> dict[MedicineClass, float]:
    """People of each class in a year, where they can be given."""
    return {
        row.medicine_class: row.patients.central
        for row in need(plan, reference).classes
        if row.patients is not None
    }
