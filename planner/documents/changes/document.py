"""What changed between two plans as the content of a document, block by block. Nothing is compared here, and no Word."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from planner.documents.changes.compare import Changes, TextChange
from planner.model.document import Block, DocumentContent, HeaderLine, Paragraph, Section, Table

MOST_PASSAGES = 40
EMPTY = "(nothing here)"


def changes_content(result: Changes) -> DocumentContent:
    """Everything the document of changes says: the finding, inputs by step, results, and both documents' text."""
    return DocumentContent(
        title="What changed between two versions of a plan",
        subtitle="Inputs and decisions, results, and the text of both documents",
        organisation=result.after.organisation,
        status="Working paper: it belongs to no contract and replaces neither document",
        header=(
            HeaderLine(label="Before", value=result.before.words),
            HeaderLine(label="After", value=result.after.words),
            HeaderLine(label="Author", value=result.after.author),
        ),
        summary=_summary(result),
        sections=_sections(result),
        footer=f"Changes · plan {result.before.hash} to plan {result.after.hash}",
        author=result.after.author,
        keywords="prescribed medicines; dependence; withdrawal; changes between versions",
    )


def counts(result: Changes) -> Table:
    """How many things changed, by step, in results, and in each document."""
    steps = [
        (f"Inputs and decisions: {title}", str(len(list(group))))
        for title, group in groupby(result.inputs, lambda change: change.step_title)
    ]
    return Table(
        caption="How many things changed",
        description="The number of inputs and decisions that changed on each step, of results, and of sections.",
        columns=("Where", "Changed"),
        rows=(
            *(steps or [("Inputs and decisions", "0")]),
            ("Results", str(len(result.results))),
            ("Sections of the Action 3 paper", str(len(result.of_document(3)))),
            ("Sections of the Action 4 specification", str(len(result.of_document(4)))),
        ),
    )


def input_tables(result: Changes) -> list[tuple[str, Table]]:
    """Each step with the inputs and decisions of it that changed, before and after."""
    return [
        (
            step,
            Table(
                caption=f"What changed on the step {step}",
                description="Each input or decision, before and after.",
                columns=("What", "Before", "After"),
                rows=tuple((c.what, c.before or EMPTY, c.after or EMPTY) for c in group),
            ),
        )
        for step, group in groupby(result.inputs, lambda change: change.step_title)
    ]


def result_tables(result: Changes) -> list[tuple[str, Table]]:
    """What each group of results is about, with those that changed: before, after and the difference."""
    return [
        (
            about,
            Table(
                caption=f"{about}: what changed",
                description="Each result before and after, and the difference at the central value.",
                columns=("Result", "Before", "After", "Difference"),
                rows=tuple((c.what, c.before, c.after, c.difference or "not given") for c in group),
            ),
        )
        for about, group in groupby(result.results, lambda change: change.about)
    ]


def _summary(result: Changes) -> tuple[Block, ...]:
    return (
        Paragraph(text=result.finding),
        *(Paragraph(text=caution, tone="note") for caution in result.cautions),
        counts(result),
        Paragraph(
            text=(
                "Rows are matched by what names them, not by their order. Numbers are given as central (low to high). A "
                "difference is of the central numbers as shown, and is given only between numbers of the same people at "
                "the prices of one year. Local counts are rounded to 5, and small ones are hidden."
            ),
            tone="note",
        ),
    )


def _sections(result: Changes) -> tuple[Section, ...]:
    inputs = [(step, (table,)) for step, table in input_tables(result)]
    results = [(about, (table,)) for about, table in result_tables(result)]
    texts = {
        action: [(text.heading, passages(text)) for text in result.of_document(action)]
        for action, _ in DOCUMENTS
    }
    return (
        *_part("inputs", "Inputs and decisions", 1, "No input or decision changed.", inputs),
        *_part("results", "Results", 2, "No result changed.", results),
        *(
            section
            for action, name in DOCUMENTS
            for section in _part(
                f"action-{action}", name, action, "This document reads as it did.", texts[action]
            )
        ),
    )


DOCUMENTS = ((3, "Text of the Action 3 paper"), (4, "Text of the Action 4 specification"))
KINDS = {
    "added": "This section is new.",
    "removed": "This section is no longer there.",
    "moved": "The same passages stand in another order.",
}


def _part(
    id: str, heading: str, number: int, unchanged: str, parts: Sequence[tuple[str, tuple[Block, ...]]]
) -> tuple[Section, ...]:
    """A heading with what leads in, and below it each thing that changed; or the heading and that nothing did."""
    lead = Paragraph(text=LEADS[id] if parts else unchanged)
    return (
        Section(id=id, heading=heading, level=1, number=str(number), blocks=(lead,)),
        *(
            Section(id=f"{id}-{place}", heading=name, level=2, number=f"{number}.{place}", blocks=blocks)
            for place, (name, blocks) in enumerate(parts, start=1)
        ),
    )


LEADS = {
    "inputs": "What was entered, chosen or read from a file, by the step of the wizard it belongs to.",
    "results": "What follows from the inputs. All of it is worked out afresh for each version.",
    "action-3": "Sections that read differently, with their numbers in the later version. Beside each other stand the passages "
    "that were taken out, put in or reworded; parts that read the same are left out.",
    "action-4": "Sections that read differently, with their numbers in the later version. Beside each other stand the passages "
    "that were taken out, put in or reworded; parts that read the same are left out.",
}


def passages(text: TextChange) -> tuple[Block, ...]:
    """The passages of one section that differ, beside each other."""
    display = text.passages[:MOST_PASSAGES]
    kind = text.kind if text.kind != "changed" else "" if display else "moved"
    blocks: list[Block] = [Paragraph(text=KINDS[kind])] if kind else []
    if display:
        blocks.append(
            Table(
                caption=f"{text.heading}, before and after",
                description="Each passage that differs, as it was and as it is.",
                columns=("Before", "After"),
                rows=tuple((was or EMPTY, now or EMPTY) for was, now in display),
            )
        )
    if len(text.passages) > len(display):
        more = len(text.passages) - len(display)
        blocks.append(
            Paragraph(
                text=f"{more:,} more passages of this section differ and are not shown here; read the section itself.",
                tone="note",
            )
        )
    return tuple(blocks)
