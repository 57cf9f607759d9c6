"""What changed between two versions of a plan: its inputs, what it comes to, and what its documents say. No Word here."""

from dataclasses import dataclass, replace

from planner.analysis.formatting import Unit, format_range, listed
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.assemble import plan_hash, specification
from planner.documents.changes.inputs import InputChange, input_changes
from planner.documents.changes.results import ResultChange, cost_moved, result_changes, unlike
from planner.documents.changes.text import TextChange, text_changes
from planner.model.figures import Kind
from planner.model.library import SpecLibrary
from planner.model.reference import ReferenceData

__all__ = ["Changes", "InputChange", "ResultChange", "TextChange", "ComparedPlan", "changes"]


@dataclass(frozen=True, kw_only=True)
class ComparedPlan:
    """How a reader tells one version of a plan from the other."""

    title: str
    number: str
    hash: str
    organisation: str
    author: str

    @property
    def words(self) -> str:
        """The version in one line."""
        return f"{self.title or 'without a title'}, version {self.number or 'not numbered'} (plan {self.hash})"


@dataclass(frozen=True, kw_only=True)
class Changes:
    """What changed between two plans. `cautions` say why the two cannot simply be set beside each
    other."""

    before: ComparedPlan
    after: ComparedPlan
    inputs: tuple[InputChange, ...]
    results: tuple[ResultChange, ...]
    texts: tuple[TextChange, ...]
    cost_moved: str
    cautions: tuple[str, ...]
    finding: str

    @property
    def nothing(self) -> bool:
        """Whether the two plans are the same, in what they hold and in what they come to."""
        return not (self.inputs or self.results or self.texts)

    def of_document(self, action: int) -> tuple[TextChange, ...]:
        """The sections of one document that read differently."""
        return tuple(text for text in self.texts if text.action == action)


def _things(number: int, one: str, several: str) -> str:
    return f"{number or 'No'} {one if number == 1 else several}"


def changes(
    before: Results, after: Results, reference: ReferenceData, library: SpecLibrary
) -> Changes:
    """What changed from one plan to another: inputs and decisions, then results, then the text of
    both documents.

    Swapping the two swaps every before and after. Differences are of numbers as shown, and only
    between numbers on one basis and at the prices of one year.
    """
    names = {o.code: f"{o.name} ({o.code})" for o in reference.organisations}
    names |= {evidence.id: evidence.title for evidence in reference.outcomes}
    names |= {
        f"default {item.key}": format_range(
            item.values, Unit.PERCENT if item.unit == "share" else Unit.RATE
        )
        for results in (before, after)
        for item in results.need.inputs
        if item.kind is not Kind.ENTERED
    }
    projections = [Projections(results, reference) for results in (before, after)]
    # One outlook serves both documents.
    texts = [
        text_changes(
            *(specification(one.results, action, reference, library, one) for one in projections)
        )
        for action in (3, 4)
    ]
    result = Changes(
        before=_version(before),
        after=_version(after),
        inputs=input_changes(before.plan, after.plan, names),
        results=result_changes(before, after),
        texts=tuple(text for entry in texts for text in entry),
        cost_moved=cost_moved(before, after, library),
        cautions=_cautions(before, after, library),
        finding="",
    )
    return replace(result, finding=_finding(result, library))


def _finding(result: Changes, library: SpecLibrary) -> str:
    """What changed, in two or three sentences."""
    if result.nothing:
        return library.text("changes.finding.nothing")
    sections = [
        f"{number} {'section' if number == 1 else 'sections'} of Action {action}"
        for action in (3, 4)
        if (number := len(result.of_document(action)))
    ]
    moved = library.text(
        "changes.finding.moved",
        inputs=_things(len(result.inputs), "input or decision", "inputs and decisions"),
        results=_things(len(result.results), "result", "results"),
    )
    read = "reads" if len(result.texts) == 1 else "read"
    texts = (
        library.text("changes.finding.sections", sections=listed(sections), read=read)
        if sections
        else library.text("changes.finding.same_text")
    )
    return " ".join((moved, result.cost_moved, texts))


def _version(results: Results) -> ComparedPlan:
    plan = results.plan
    return ComparedPlan(
        title=plan.title,
        number=plan.specification.version,
        hash=plan_hash(plan),
        organisation=results.organisation.name,
        author=plan.author or results.organisation.name,
    )


def _cautions(before: Results, after: Results, library: SpecLibrary) -> tuple[str, ...]:
    rows = []
    if before.organisation != after.organisation:
        names = (before.organisation.name, after.organisation.name)
        rows.append(library.text("changes.caution.icbs", before=names[0], after=names[1]))
    differing = unlike(before, after)
    if differing.people:
        rows.append(library.text("changes.caution.people", people=differing.people))
    if differing.money:
        rows.append(library.text("changes.caution.money", money=differing.money))
    return tuple(rows)
