"""The clauses of a document, and the section on local wording."""

import re
from string import Template

from planner.documents.clauses_in_force import ClauseInForce
from planner.documents.context import Context, points, to_be_supplied
from planner.documents.indicators import chosen_indicators
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.library import OutlineSection

NAME = re.compile(r"\$([a-z_]+)")


def clauses_of(outline: OutlineSection, context: Context) -> list[Block]:
    """The clauses that stand under one heading, the requirements they meet noted as met there.

    A contract, whose paragraphs are numbered, carries no mark of whose words they are: the list of
    local wording tells. A clause on a feature that the preferred option does not state does not
    stand: see `features_to_ask`.
    """
    blocks: list[Block] = []
    for one in context.clauses.get(outline.id, ()):
        if not one.stands:
            continue
        context.credit(one.clause.meets, outline.heading)
        blocks += clause_blocks(one.text, one.clause.table, context.words, ours=one.state == "ours")
        if one.state != "ours" and not context.outline.numbered:
            blocks.append(Paragraph(text=_mark(one, context), tone="note"))
    return blocks


def features_to_ask(context: Context) -> list[Block]:
    """Each feature that the preferred option does not state and on which a clause turns, with who
    would know; no document says anything of it until then. And that the specification is drafted
    for a service that sees people, where the preferred option writes letters."""
    preferred = context.plan.preferred
    features = dict.fromkeys(
        feature for under in context.clauses.values() for one in under for feature in one.unstated
    )
    return [
        *context.say(
            "clauses.not_stated.letters", "missing", when=preferred and preferred.is_letters
        ),
        *(
            to_be_supplied(
                context.text("clauses.not_stated.what", feature=feature.value),
                context.text("clauses.not_stated.who"),
            )
            for feature in features
        ),
    ]


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
    plan's; then each indicator of ours that is left out, with the reason."""
    dropped = _indicators_left_out(context)
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
        return [Paragraph(text=context.text("clauses.local.none")), *dropped]
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
        ),
        *dropped,
    ]


def _indicators_left_out(context: Context) -> list[Block]:
    """Which indicators of ours the plan leaves out and why; a balancing measure never is."""
    printed = {one.id for one in chosen_indicators(context.plan, context.library)}
    return points(
        context.text("clauses.local.indicators"),
        (
            context.text(
                "clauses.local.indicator",
                indicator=choice.indicator,
                reason=choice.reason or "no reason has been given",
            )
            for choice in context.plan.specification.wording.indicators
            if choice.left_out and choice.indicator not in printed
        ),
    )


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
