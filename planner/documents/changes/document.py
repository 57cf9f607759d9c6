"""What changed between two plans as the content of a document, block by block. Nothing is compared here, and no Word."""

from __future__ import annotations

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


def counts(result: Changes) -> tuple[tuple[str, str], ...]:
    """How many things changed, by step, in results, and in each document."""
    steps = [
        (f"Inputs and decisions: {title}", str(len(list(group))))
        for title, group in groupby(result.inputs, lambda change: change.step_title)
    ]
    return (
        *(steps or [("Inputs and decisions", "0")]),
        ("Results", str(len(result.results))),
        ("Sections of the Action 3 paper", str(len(result.of_document(3)))),
        ("Sections of the Action 4 specification", str(len(result.of_document(4)))),
    )


def _summary(result: Changes) -> tuple[Block, ...]:
    return (
        Paragraph(text=result.finding),
        *(Paragraph(text=caution, tone="note") for caution in result.cautions),
        Table(
            caption="How many things changed",
            description="The number of inputs and decisions that changed on each step, of results, and of sections.",
            columns=("Where", "Changed"),
            rows=counts(result),
        ),
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
    sections = [
        _section("inputs", "Inputs and decisions", 1, "1", () if result.inputs else (_unchanged("No input or decision changed."),))
    ]  # fmt: skip
    for place, (step, group) in enumerate(groupby(result.inputs, lambda change: change.step_title), start=1):
        rows = tuple((c.what, c.before or EMPTY, c.after or EMPTY) for c in group)
        sections.append(
            _section(
                f"inputs-{place}",
                step,
                2,
                f"1.{place}",
                (
                    _table(
                        f"What changed on the step {step}",
                        "Each input or decision, before and after.",
                        ("What", "Before", "After"),
                        rows,
                    ),
                ),
            )
        )
    sections.append(
        _section("results", "Results", 1, "2", () if result.results else (_unchanged("No result changed."),))
    )
    for place, (about, group_of) in enumerate(groupby(result.results, lambda change: change.about), start=1):
        cells = tuple((c.what, c.before, c.after, c.difference or "not given") for c in group_of)
        sections.append(
            _section(
                f"results-{place}",
                about,
                2,
                f"2.{place}",
                (
                    _table(
                        f"{about}: what changed",
                        "Each result before and after, and the difference at the central value.",
                        ("Result", "Before", "After", "Difference"),
                        cells,
                    ),
                ),
            )
        )
    for number, (action, name) in enumerate(DOCUMENTS, start=3):
        texts = result.of_document(action)
        sections.append(
            _section(
                f"action-{action}",
                name,
                1,
                str(number),
                () if texts else (_unchanged("This document reads as it did."),),
            )
        )
        sections += [
            _section(f"action-{action}-{place}", text.heading, 2, f"{number}.{place}", _passages(text))
            for place, text in enumerate(texts, start=1)
        ]
    return tuple(sections)


DOCUMENTS = ((3, "Text of the Action 3 paper"), (4, "Text of the Action 4 specification"))
KINDS = {
    "added": "This section is new.",
    "removed": "This section is no longer there.",
    "moved": "The same passages stand in another order.",
}


def _section(id: str, heading: str, level: int, number: str, blocks: tuple[Block, ...]) -> Section:
    lead = (Paragraph(text=LEADS[id]),) if id in LEADS and not blocks else ()
    return Section(
        id=id, heading=heading, level=1 if level == 1 else 2, number=number, blocks=(*lead, *blocks)
    )


LEADS = {
    "inputs": "What was entered, chosen or read from a file, by the step of the wizard it belongs to.",
    "results": "What follows from the inputs. All of it is worked out afresh for each version.",
    "action-3": "Sections that read differently, with their numbers in the later version. Beside each other stand the passages "
    "that were taken out, put in or reworded; parts that read the same are left out.",
    "action-4": "Sections that read differently, with their numbers in the later version. Beside each other stand the passages "
    "that were taken out, put in or reworded; parts that read the same are left out.",
}


def _unchanged(words: str) -> Paragraph:
    return Paragraph(text=words)


def _table(caption: str, description: str, columns: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> Table:  # fmt: skip
    return Table(caption=caption, description=description, columns=columns, rows=rows)


def _passages(text: TextChange) -> tuple[Block, ...]:
    display = text.passages[:MOST_PASSAGES]
    kind = text.kind if text.kind != "changed" else "" if display else "moved"
    blocks: list[Block] = [Paragraph(text=KINDS[kind])] if kind else []
    if display:
        blocks.append(
            _table(
                f"{text.heading}, before and after",
                "Each passage that differs, as it was and as it is.",
                ("Before", "After"),
                tuple((was or EMPTY, now or EMPTY) for was, now in display),
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
