"""The clauses of a document, the section on local wording, and what meets each requirement."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from string import Template

from planner.analysis.formatting import by_strength, listed
from planner.documents.clauses_in_force import ClauseInForce, clauses_in_force
from planner.documents.context import Context, to_be_supplied
from planner.documents.indicators import chosen_indicators
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.framework import Framework, Requirement, RequirementId
from planner.model.library import OutlineSection, SpecLibrary, When
from planner.model.plan import Plan
from planner.model.service import Feature

NAME = re.compile(r"\$([a-z_]+)")


def clauses_of(outline: OutlineSection, context: Context) -> list[Block]:
    """The clauses that stand under one heading, the requirements they meet noted as met there.

    Where a clause turns on a feature that the preferred option does not state, what is to be asked
    stands in its place, once.
    """
    blocks: list[Block] = []
    asked: set[Feature] = set()
    for one in context.clauses.get(outline.id, ()):
        for feature in one.unstated:
            if feature not in asked:
                asked.add(feature)
                blocks.append(
                    to_be_supplied(
                        context.text("clauses.not_stated.what", feature=feature.value),
                        context.text("clauses.not_stated.who"),
                    )
                )
        if not one.stands:
            continue
        context.credit(one.clause.meets, outline.heading)
        blocks += clause_blocks(one.text, one.clause.table, context.words, ours=one.state == "ours")
        if one.state != "ours":
            blocks.append(Paragraph(text=_mark(one, context), tone="note"))
    return blocks


def _mark(one: ClauseInForce, context: Context) -> str:
    if one.state == "added":
        return context.text("clauses.mark.added")
    return " ".join(
        (
            context.text("clauses.mark.reworded"),
            *((context.text("clauses.mark.moved"),) if one.ours_moved else ()),
        )
    )


def clause_blocks(
    text: str, table: Table | None, values: dict[str, str], *, ours: bool = True
) -> list[Block]:
    """A clause as paragraphs, points and table, each $name filled in. A value is never read as
    markup.

    A name that is not known is a fault in a clause of ours (KeyError), and stays as typed in anyone
    else's.
    """

    def filled(passage: str) -> str:
        if ours:
            return Template(passage).substitute(values)
        return NAME.sub(lambda name: values.get(name[1], name[0]), passage)

    blocks: list[Block] = []
    for passage in re.split(r"\n\s*\n", text.strip()) if text.strip() else ():
        lines = passage.strip().split("\n")
        plain = [line for line in lines if not line.startswith("- ")]
        points = [
            line.removeprefix("- ") for line in lines if line.startswith("- ") and line[2:].strip()
        ]
        if plain and "\n".join(plain).strip():
            blocks.append(Paragraph(text=filled("\n".join(plain))))
        if points:
            blocks.append(Bullets(points=tuple(filled(point) for point in points)))
    if table is not None:
        blocks.append(
            table.model_copy(
                update={
                    "rows": tuple(
                        tuple(Template(cell).substitute(values) for cell in row)
                        for row in table.rows
                    )
                }
            )
        )
    return blocks


def local_wording(context: Context) -> list[Block]:
    """Every clause of the set that is left out, reworded or added, with our wording beside the
    plan's."""
    headings = {
        s.id: f"{outline.label}, {s.heading}"
        for outline in context.library.outlines
        for s in outline.all_sections()
    }
    changed = [
        one
        for under in context.clauses.values()
        for one in under
        if one.state in ("reworded", "added", "left out") and one.clause.section in headings
    ]
    if not changed:
        return [Paragraph(text=context.text("clauses.local.none"))]
    return [
        context.table(
            "clauses.local.table",
            (
                (
                    f"{headings[one.clause.section]} ({one.clause.id})",
                    _what_is_done(one, context),
                    "none; it is the plan's own"
                    if one.state == "added"
                    else _plain(one.clause.text),
                    ", ".join(one.clause.meets) or "none named",
                )
                for one in changed
            ),
            count=str(len(changed)),
        )
    ]


def _what_is_done(one: ClauseInForce, context: Context) -> str:
    """What the plan does with a clause of ours, or that the clause is its own, and what a reviewer
    must judge."""
    if one.state == "left out":
        given = one.choice.reason if one.choice else ""
        note = context.text(
            "clauses.local.left_out",
            reason=f"{given or 'No reason has been given'}.".replace("..", "."),
        )
    else:
        note = context.text(
            "clauses.local.added" if one.state == "added" else "clauses.local.reworded"
        )
    if one.ours_moved and one.choice is not None:
        note += " " + context.text("clauses.local.was", ours=_plain(one.choice.ours))
    return note


def _plain(text: str) -> str:
    return " ".join(text.split()) or "a table"


@dataclass(frozen=True)
class Met:
    """One thing that meets a requirement: a clause, an indicator or a line of the workplan, and
    where it stands."""

    what: str
    document: str
    heading: str
    local: bool = False

    @property
    def words(self) -> str:
        """Where to look, and whether a reviewer must judge it because it is worded locally."""
        return f"{self.document}, {self.heading} ({self.what})" + (
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


def met_by_strength(rows: Iterable[Covered]) -> str:
    """How many of these requirements are met, by how strongly the framework asks for them."""
    wanted = tuple(rows)
    return by_strength(
        (row.requirement.strength for row in wanted),
        (row.requirement.strength for row in wanted if row.is_met),
    )


def coverage(plan: Plan, library: SpecLibrary, framework: Framework) -> tuple[Covered, ...]:
    """Every requirement of the framework, in order, with the clauses, indicators and workplan
    lines that meet it."""
    places = {
        section.id: (outline.label, section.heading)
        for one in library.outlines
        for outline in [library.outline(one.name, plan.specification.contract_type)]
        for section in outline.all_sections()
    }
    clauses = clauses_in_force(plan, library)
    of_annex = library.case_finding.meets
    meeting: list[tuple[tuple[RequirementId, ...], Met]] = [
        *(
            (
                one.clause.meets,
                Met(f"clause {one.clause.id}", *places[one.clause.section], one.state != "ours"),
            )
            for one in clauses
            if one.stands and one.clause.section in places
        ),
        *(
            (requirements, Met("table", *places[f"a3-annex-{section}"]))
            for section, requirements in (
                ("searches", of_annex.searches),
                ("priority", (*of_annex.priority, *of_annex.review)),
                ("audit", of_annex.audit),
            )
        ),
        *(
            (line.meets, Met(f"task {line.ref}", *places["a3-workplan"]))
            for line in library.workplan.deliverables
        ),
        *(
            (one.meets, Met(f"indicator {one.id}", *places["a4-annex-quality"], one.is_local))
            for one in chosen_indicators(plan, library)
        ),
    ]
    rows = []
    for action in framework.parts:
        for requirement in action.requirements:
            met_by = tuple(met for requirements, met in meeting if requirement.id in requirements)
            rows.append(
                Covered(
                    requirement=requirement,
                    action=action.number,
                    met_by=met_by,
                    reason="" if met_by else _why_not(requirement, clauses, library),
                )
            )
    return tuple(rows)


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
    unstated = dict.fromkeys(feature.value for one in ours for feature in one.unstated)
    if unstated:
        return library.text("coverage.why_not.not_stated", features=listed(list(unstated)))
    if ours:
        conditions = dict.fromkeys(
            _condition(one.clause.when) or library.text("coverage.why_not.elsewhere")
            for one in ours
        )
        return f"it is met only {listed(list(conditions))}"
    return library.text("coverage.why_not.no_clause")


def _condition(when: When) -> str:
    """When a clause would stand, in words; nothing where it has no condition."""
    ends = "ends" if when.existing_service_ends else "does not end"
    conditions = (
        ("where the plan covers {}", [c.label for c in when.classes]),
        ("where the preferred option has {}", [f.value for f in when.features]),
        ("where the preferred option has no {}", [f.value for f in when.without_features]),
        ("in a {}", [f.value for f in when.contract_types]),
        ("where an existing service {}", [ends] if when.existing_service_ends is not None else []),
    )
    return " and ".join(words.format(listed(names)) for words, names in conditions if names)
