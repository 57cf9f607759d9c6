"""What meets each requirement of the framework in a plan's two documents, and why nothing does where nothing does."""

from collections import defaultdict
from dataclasses import dataclass

from planner.analysis.formatting import listed
from planner.documents.clauses_in_force import ClauseInForce, clauses_in_force
from planner.documents.context import Context
from planner.documents.indicators import chosen_indicators
from planner.model.document import Block
from planner.model.framework import Framework, Requirement
from planner.model.library import SpecLibrary, When
from planner.model.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Met:
    """One thing that meets a requirement: a clause, an indicator or a line of the workplan, and
    where it stands."""

    what: str
    action: int
    heading: str
    local: bool = False

    @property
    def words(self) -> str:
        """Where to look, and whether a reviewer must judge it because it is worded locally."""
        return f"Action {self.action}, {self.heading} ({self.what})" + (
            ", local wording" if self.local else ""
        )


@dataclass(frozen=True, kw_only=True)
class Covered:
    """A requirement with all that meets it; where nothing does, `reason` says why."""

    requirement: Requirement
    action: int
    met_by: tuple[Met, ...]
    reason: str = ""

    @property
    def is_met(self) -> bool:
        """Whether anything in either document meets the requirement."""
        return bool(self.met_by)

    @property
    def words(self) -> str:
        """What meets it, or "not met" with the reason."""
        return "; ".join(met.words for met in self.met_by) or f"Not met: {self.reason}"


def coverage(plan: Plan, library: SpecLibrary, framework: Framework) -> tuple[Covered, ...]:
    """Every requirement of Actions 1 to 5, in order, with the clauses, indicators and workplan
    lines that meet it."""
    places = {
        section.id: (outline.action, section.heading)
        for action in (3, 4)
        for outline in [library.outline(action, plan.specification.contract_family)]
        for section in outline.all_sections()
    }
    clauses = clauses_in_force(plan, library)
    met: dict[str, list[Met]] = defaultdict(list)
    for one in clauses:
        if one.stands and one.clause.section in places:
            action, heading = places[one.clause.section]
            for requirement in one.clause.meets:
                met[requirement].append(
                    Met(
                        what=f"clause {one.clause.id}",
                        action=action,
                        heading=heading,
                        local=one.state != "ours",
                    )
                )
    question = library.case_finding.meets
    for section, requirements in (
        ("searches", question.searches),
        ("priority", (*question.priority, *question.review)),
        ("audit", question.audit),
    ):
        for number in (3, 4):
            action, heading = places[f"a{number}-annex-{section}"]
            for requirement in requirements:
                met[requirement].append(Met(what="annex", action=action, heading=heading))
    for line in library.workplan.deliverables:
        for requirement in line.meets:
            met[requirement].append(Met(what=f"task {line.ref}", action=3, heading="Workplan"))
    for indicator in chosen_indicators(plan, library):
        for requirement in indicator.meets:
            met[requirement].append(
                Met(
                    what=f"indicator {indicator.id}",
                    action=4,
                    heading=places["a4-annex-quality"][1],
                    local=indicator.is_local,
                )
            )
    return tuple(
        Covered(
            requirement=requirement,
            action=action.number,
            met_by=tuple(met[requirement.id]),
            reason="" if met[requirement.id] else _why_not(requirement, clauses, library),
        )
        for action in framework.actions
        for requirement in action.requirements
    )


def _why_not(
    requirement: Requirement, clauses: tuple[ClauseInForce, ...], library: SpecLibrary
) -> str:
    """Why no clause meets a requirement: left out, or not called for by this plan, or none of ours
    answers it."""
    ours = [one for one in clauses if requirement.id in one.clause.meets]
    out = [one for one in ours if one.state == "left out"]
    if out:
        reasons = [one.choice.reason for one in out if one.choice and one.choice.reason]
        ids = listed([one.clause.id for one in out])
        return f"clause {ids} is left out; {'; '.join(reasons) or 'no reason has been given'}"
    if ours:
        elsewhere = library.text("coverage.why_not.elsewhere")
        conditions = dict.fromkeys(_condition(one.clause.when) or elsewhere for one in ours)
        return f"it is met only {listed(list(conditions))}"
    return library.text("coverage.why_not.no_clause")


def _condition(when: When) -> str:
    """When a clause would stand, in words; nothing where it has no condition."""
    parts = []
    if when.classes:
        parts.append(f"where the plan covers {listed([c.label for c in when.classes])}")
    if when.features:
        parts.append(f"where the preferred option has {listed([f.value for f in when.features])}")
    if when.without_features:
        parts.append(
            f"where a preferred option has no {listed([f.value for f in when.without_features])}"
        )
    if when.contract_types:
        parts.append(f"in a {listed([f.value for f in when.contract_types])}")
    if when.existing_service_ends is not None:
        parts.append(
            f"where an existing service {'ends' if when.existing_service_ends else 'does not end'}"
        )
    return " and ".join(parts)


def coverage_matrix(context: Context) -> list[Block]:
    """Every requirement of the five actions with what meets it in either document, or why nothing
    does."""
    result = coverage(context.plan, context.library, context.reference.framework)
    met = sum(row.is_met for row in result)
    return [
        *context.say(
            "coverage.matrix.found",
            all=str(len(result)),
            met=str(met),
            unmet=str(len(result) - met),
        ),
        *(
            context.table(
                "coverage.matrix.table",
                ((row.requirement.id, row.requirement.asks, row.words) for row in rows),
                action=str(action.number),
                title=action.title,
                met=str(sum(row.is_met for row in rows)),
                all=str(len(rows)),
            )
            for action, rows in {
                action: [row for row in result if row.action == action.number]
                for action in context.reference.framework.actions
            }.items()
        ),
    ]
