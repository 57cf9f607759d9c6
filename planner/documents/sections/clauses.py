"""The clauses of a document, and the section on local wording."""

import re
from collections.abc import Iterator, Set
from itertools import takewhile
from string import Template

from planner.analysis.results.results import Results
from planner.documents.clauses_in_force import NAME, ClauseInForce, clauses_in_force
from planner.documents.context import (
    Context,
    context_for,
    numbers_in,
    paragraphs,
    points,
    to_be_supplied,
)
from planner.documents.indicators import chosen_indicators
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.library import OutlineSection, SpecLibrary
from planner.model.reference import ReferenceData

SENTENCE = re.compile(r"(?<=[.?!]) ")
ELSEWHERE = "[not in this specification]"
"""What stands for the number of a section that is not there."""


def clauses_of(outline: OutlineSection, context: Context) -> list[Block]:
    """The clauses that stand under one heading.

    A contract, whose paragraphs are numbered, carries no mark of whose words they are: the list of
    local wording tells. A clause on a feature that the preferred option does not state does not
    stand: see `features_to_ask`. Where one of the plan's own uses a name that nothing fills in,
    that is said in its place.
    """
    blocks: list[Block] = []
    for one in context.clauses.get(outline.id, ()):
        blocks += _print_clause(one, context)
        if one.stands and one.state != "ours" and not context.outline.numbered:
            blocks.append(Paragraph(text=_mark(one, context), tone="note"))
    return blocks


def _print_clause(one: ClauseInForce, context: Context) -> list[Block]:
    """What is printed of a clause, or in its place."""
    if one.stands:
        return clause_blocks(one.text, one.clause.table, context.words, ours=one.state == "ours")
    return (
        [
            to_be_supplied(
                context.text("clauses.misnamed.what"), context.text("clauses.misnamed.who")
            )
        ]
        if one.unknown and one.choice is None
        else []
    )


def as_printed(
    clause: str, results: Results, reference: ReferenceData, library: SpecLibrary
) -> list[Block]:
    """A clause as its document prints it, each paragraph with its number where those of the
    document are numbered; nothing where it is not printed. Raises StopIteration for a clause that
    neither the planner nor the plan has."""
    one = next(one for one in clauses_in_force(results.plan, library) if one.clause.id == clause)
    section = one.clause.section
    holds = [
        outline.name
        for outline in library.outlines
        if section in {under.id for under in outline.all_sections()}
    ]
    if not holds:
        return []
    context = context_for(holds[0], results, reference, library)
    blocks = _print_clause(one, context)
    if not context.outline.numbered or not one.stands:
        return blocks
    before = takewhile(lambda other: other.clause.id != clause, context.clauses[section])
    number = sum(paragraphs(other.text) for other in before if other.stands)
    heading = numbers_in(context.outline, context)[section]
    numbered: list[Block] = []
    for block in blocks:
        if isinstance(block, Paragraph):
            number += 1
            block = block.model_copy(update={"text": f"{heading}.{number} {block.text}"})
        numbered.append(block)
    return numbered


def sentences_with(names: Set[str], context: Context) -> Iterator[str]:
    """Each sentence that is printed of a clause that uses one of these names, all names in it
    filled in."""
    return (
        fill_in(sentence, context.words)
        for under in context.clauses.values()
        for one in under
        if one.stands and names & one.clause.names
        for line in one.text.splitlines()
        for sentence in SENTENCE.split(line.removeprefix("- ").strip())
        if names & set(NAME.findall(sentence))
    )


def fill_in(passage: str, values: dict[str, str]) -> str:
    """Somebody's own words with each $name filled in, and all else as typed."""
    return NAME.sub(lambda name: values.get(name[1], ELSEWHERE), passage)


def features_to_ask(context: Context) -> list[Block]:
    """Each feature that the preferred option does not state and on which a clause turns, with who
    would know; no document says anything of it until then. And that the specification is drafted
    for a service that sees people, where the preferred option writes letters."""
    features = dict.fromkeys(
        feature for under in context.clauses.values() for one in under for feature in one.unstated
    )
    return [
        *context.say(
            "clauses.not_stated.letters",
            "missing",
            when=context.option and context.option.is_letters,
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

    A name that is not known is a fault in a clause of ours (KeyError). In anyone else's none is
    printed (see `ClauseInForce.unknown`), and a section that does not stand is said not to.
    """

    def printed(passage: str) -> str:
        return Template(passage).substitute(values) if ours else fill_in(passage, values)

    blocks: list[Block] = []
    for passage in re.split(r"\n\s*\n", text.strip()) if text.strip() else ():
        lines = passage.strip().split("\n")
        plain = [line for line in lines if not line.startswith("- ")]
        points = [
            line.removeprefix("- ") for line in lines if line.startswith("- ") and line[2:].strip()
        ]
        if plain and "\n".join(plain).strip():
            blocks.append(Paragraph(text=printed("\n".join(plain))))
        if points:
            blocks.append(Bullets(points=tuple(printed(point) for point in points)))
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
        if one.state in ("reworded", "added", "left out")
        and one.clause.section in headings
        and not one.unknown
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
            for choice in context.spec.wording.indicators
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
