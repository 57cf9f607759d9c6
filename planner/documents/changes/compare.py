"""What changed between two versions of a plan: its inputs, what it comes to, and what its documents say. No Word here."""

from __future__ import annotations

from planner.analysis.formatting import Unit, format_range, listed
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.assemble import plan_hash, specification
from planner.documents.changes.inputs import InputChange, input_changes
from planner.documents.changes.results import ResultChange, cost_moved, result_changes, unlike
from planner.documents.changes.text import TextChange, text_changes
from planner.model.base import Frozen
from planner.model.figures import Kind
from planner.model.library import SpecLibrary
from planner.model.reference import ReferenceData

__all__ = ["Changes", "InputChange", "ResultChange", "TextChange", "ComparedPlan", "changes"]


class ComparedPlan(Frozen):
    """How a reader tells one version of a plan from the other."""

    title: str
    number: str
    hash: str
    organisation: str
    author: str

    @property
    def words(self) -> str:
        """The version in one line."""
        return (
            f"{self.title or 'without a title'}, version {self.number or 'not numbered'} (plan {self.hash})"
        )


class Changes(Frozen):
    """What changed between two plans. `cautions` say why the two cannot simply be set beside each other."""

    before: ComparedPlan
    after: ComparedPlan
    inputs: tuple[InputChange, ...]
    results: tuple[ResultChange, ...]
    texts: tuple[TextChange, ...]
    cost_moved: str
    cautions: tuple[str, ...]

    @property
    def nothing(self) -> bool:
        """Whether the two plans are the same, in what they hold and in what they come to."""
        return not (self.inputs or self.results or self.texts)

    def of_document(self, action: int) -> tuple[TextChange, ...]:
        """The sections of one document that read differently."""
        return tuple(text for text in self.texts if text.action == action)

    @property
    def finding(self) -> str:
        """What changed, in two or three sentences."""
        if self.nothing:
            return "Nothing changed: the two plans are the same."
        sections = [
            f"{number} {'section' if number == 1 else 'sections'} of Action {action}"
            for action in (3, 4)
            if (number := len(self.of_document(action)))
        ]
        lines = [
            f"{_things(len(self.inputs), 'input or decision', 'inputs and decisions')} changed. "
            f"{_things(len(self.results), 'result', 'results')} moved because of that.",
            self.cost_moved,
        ]
        several = len(self.texts) != 1
        lines.append(
            f"{listed(sections)} {'read' if several else 'reads'} differently."
            if sections
            else "Both documents read as they did."
        )
        return " ".join(lines)


def _things(number: int, one: str, several: str) -> str:
    return f"{number or 'No'} {one if number == 1 else several}"


def changes(before: Results, after: Results, reference: ReferenceData, library: SpecLibrary) -> Changes:
    """What changed from one plan to another: inputs and decisions, then results, then the text of both documents.

    Swapping the two swaps every before and after. Differences are of numbers as shown, and only between numbers on one
    basis and at the prices of one year.
    """
    names = {o.code: f"{o.name} ({o.code})" for o in reference.organisations}
    names |= {evidence.id: evidence.title for evidence in reference.outcomes}
    names |= {
        f"default {item.key}": format_range(item.values, Unit.PERCENT if item.unit == "share" else Unit.RATE)
        for results in (before, after)
        for item in results.need.inputs
        if item.kind is not Kind.ENTERED
    }
    projections = [Projections(results, reference) for results in (before, after)]
    texts = [
        text_changes(
            *(specification(one.results, action, reference, library, one) for one in projections)
        )  # one outlook serves both documents
        for action in (3, 4)
    ]
    return Changes(
        before=_version(before),
        after=_version(after),
        inputs=input_changes(before.plan, after.plan, names),
        results=result_changes(before, after),
        texts=tuple(text for entry in texts for text in entry),
        cost_moved=cost_moved(before, after),
        cautions=_cautions(before, after),
    )


def _version(results: Results) -> ComparedPlan:
    plan = results.plan
    return ComparedPlan(
        title=plan.title,
        number=plan.specification.version,
        hash=plan_hash(plan),
        organisation=results.organisation.name,
        author=plan.author or results.organisation.name,
    )


def _cautions(before: Results, after: Results) -> tuple[str, ...]:
    rows = []
    if before.organisation != after.organisation:
        rows.append(
            f"The two plans are for different boards: {before.organisation.name} before, "
            f"{after.organisation.name} after. A difference says how the boards differ, and not what changed here."
        )
    separate = unlike(before, after)
    if separate.people:
        rows.append(
            f"The two plans count different people, so differences in numbers of people are {separate.people}."
        )
    if separate.money:
        rows.append(f"Costs stand on different footings, so their differences are {separate.money}.")
    return tuple(rows)
