"""The clauses of a document as blocks, marked where they are not ours, and the annex on local wording. Words only."""

from __future__ import annotations

import re
from string import Template

from planner.documents.clauses_in_force import ClauseInForce
from planner.documents.context import Context, part
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.library import OutlineSection

NAME = re.compile(r"\$([a-z_]+)")


def clauses_of(outline: OutlineSection, context: Context) -> list[Block]:
    """The clauses that stand under one heading, the requirements they meet noted as met there."""
    blocks: list[Block] = []
    for one in context.clauses.get(outline.id, ()):
        if not one.stands:
            continue
        for requirement in one.clause.meets:
            context.where_met.setdefault(requirement, []).append(outline.heading)
        blocks += clause_blocks(one.text, one.clause.table, context.words, ours=one.state == "ours")
        if one.state != "ours":
            blocks.append(Paragraph(text=_mark(one), tone="note"))
    return blocks


def _mark(one: ClauseInForce) -> str:
    if one.state == "added":
        return "Added locally, for the reviewer: not a clause of the planner."
    newer = " The planner's wording has changed since." if one.ours_moved else ""
    return f"Local wording, for the reviewer: the planner's own stands in the annex on local wording.{newer}"


def clause_blocks(
    text: str, table: Table | None, values: dict[str, str], *, ours: bool = True
) -> list[Block]:
    """A clause as paragraphs, points and table, each $name filled in. A value is never read as markup.

    A name that is not known is a fault in a clause of ours (KeyError), and stays as typed in anyone else's.
    """

    def filled(passage: str) -> str:
        if ours:
            return Template(passage).substitute(values)
        return NAME.sub(lambda name: values.get(name[1], name[0]), passage)

    blocks: list[Block] = []
    for passage in re.split(r"\n\s*\n", text.strip()) if text.strip() else ():
        lines = passage.strip().split("\n")
        plain = [line for line in lines if not line.startswith("- ")]
        points = [line.removeprefix("- ") for line in lines if line.startswith("- ") and line[2:].strip()]
        if plain and "\n".join(plain).strip():
            blocks.append(Paragraph(text=filled("\n".join(plain))))
        if points:
            blocks.append(Bullets(points=tuple(filled(point) for point in points)))
    if table is not None:
        rows = tuple(tuple(Template(cell).substitute(values) for cell in row) for row in table.rows)
        blocks.append(table.model_copy(update={"rows": rows}))
    return blocks


@part
def local_wording(context: Context) -> list[Block]:
    """Every clause of this document that is left out, reworded or added, with our wording beside the plan's."""
    headings = {s.id: s.heading for s in context.outline.all_sections()}
    changed = [
        one
        for under in context.clauses.values()
        for one in under
        if one.state in ("reworded", "added", "left out") and one.clause.section in headings
    ]
    if not changed:
        return [Paragraph(text="No clause has been left out, reworded or added.")]
    rows = []
    for one in changed:
        choice = one.choice
        message = {
            "added": "Added. For the reviewer: does it meet what it is said to meet?",
            "left out": f"Left out. {(choice.reason if choice else '') or 'No reason has been given'}.".replace(
                "..", "."
            ),
        }.get(one.state, "Reworded. For the reviewer: does it still meet what ours met?")
        if one.ours_moved and choice is not None:
            message += f" The planner's wording has changed since. It was then: {_plain(choice.ours)}"
        ours = "none; it is the plan's own" if one.state == "added" else _plain(one.clause.text)
        meets = ", ".join(one.clause.meets) or "none named"
        rows.append((f"{headings[one.clause.section]} ({one.clause.id})", message, ours, meets))
    return [
        Table(
            caption=f"Clauses left out, reworded or added here: {len(rows)}",
            description="Each clause with its section, what the plan does with it, the planner's wording now and requirements.",
            columns=("Section and clause", "What the plan does", "The planner's wording now", "Requirements"),
            rows=tuple(rows),
        )
    ]


def _plain(text: str) -> str:
    return " ".join(text.split()) or "a table"
