"""What changed between two plans as the content of a document, block by block.

Nothing is compared here, and no Word.
"""

from itertools import groupby

from planner.analysis.formatting import lower_first
from planner.documents.changes.compare import PlanChanges, TextChange
from planner.model.document import Block, DocumentContent, HeaderLine, Paragraph, Section, Table
from planner.model.library import SpecLibrary

MOST_PASSAGES = 40
EMPTY = "(nothing here)"

Entry = tuple[str, tuple[Block, ...]]
"""A heading and what stands under it."""


def changes_content(result: PlanChanges, library: SpecLibrary) -> DocumentContent:
    """Everything the document of changes says: the finding, inputs by step, results, and the
    documents' text."""
    return DocumentContent(
        title=library.text("changes.document.title"),
        subtitle=library.text("changes.document.subtitle"),
        organisation=result.after.organisation,
        status=library.text("changes.document.status"),
        header=(
            HeaderLine(label="Before", value=result.before.words),
            HeaderLine(label="After", value=result.after.words),
            HeaderLine(label="Author", value=result.after.author),
        ),
        summary=(
            Paragraph(text=result.finding),
            *(Paragraph(text=caution, tone="note") for caution in result.cautions),
            counts(result, library),
            Paragraph(text=library.text("changes.document.note"), tone="note"),
        ),
        sections=_sections(result, library),
        footer=f"Changes · plan {result.before.hash} to plan {result.after.hash}",
        author=result.after.author,
        keywords="prescribed medicines; dependence; withdrawal; changes between versions",
    )


def counts(result: PlanChanges, library: SpecLibrary) -> Table:
    """How many things changed, by step, in results, and in each document."""
    return library.table(
        "changes.document.counts",
        (
            *(
                [
                    (f"Inputs and decisions: {title}", str(len(list(group))))
                    for title, group in groupby(result.inputs, lambda change: change.step_title)
                ]
                or [("Inputs and decisions", "0")]
            ),
            ("Results", str(len(result.results))),
            *(
                (
                    f"Sections of the {lower_first(outline.label)}",
                    str(len(result.of_document(outline.name))),
                )
                for outline in result.documents(library)
            ),
        ),
    )


def _sections(result: PlanChanges, library: SpecLibrary) -> tuple[Section, ...]:
    leads = library.text("changes.text.lead"), library.text("changes.text.none")
    parts: tuple[tuple[str, str, tuple[str, str], list[Entry]], ...] = (
        (
            "inputs",
            "Inputs and decisions",
            (library.text("changes.inputs.lead"), library.text("changes.inputs.none")),
            [(step, (table,)) for step, table in input_tables(result, library)],
        ),
        (
            "results",
            "Results",
            (library.text("changes.results.lead"), library.text("changes.results.none")),
            [(about, (table,)) for about, table in result_tables(result, library)],
        ),
        *(
            (
                outline.name,
                f"Text of the {lower_first(outline.label)}",
                leads,
                [(one.heading, passages(one, library)) for one in result.of_document(outline.name)],
            )
            for outline in result.documents(library)
        ),
    )
    sections: list[Section] = []
    for number, (key, heading, (lead, none), entries) in enumerate(parts, start=1):
        sections.append(
            Section(
                id=key,
                heading=heading,
                level=1,
                number=str(number),
                blocks=(Paragraph(text=lead if entries else none),),
            )
        )
        sections += [
            Section(
                id=f"{key}-{place}",
                heading=title,
                level=2,
                number=f"{number}.{place}",
                blocks=blocks,
            )
            for place, (title, blocks) in enumerate(entries, start=1)
        ]
    return tuple(sections)


def input_tables(result: PlanChanges, library: SpecLibrary) -> list[tuple[str, Table]]:
    """What changed on each step, before and after."""
    return [
        (
            step,
            library.table(
                "changes.inputs.table",
                [(c.what, c.before or EMPTY, c.after or EMPTY) for c in group],
                step=step,
            ),
        )
        for step, group in groupby(result.inputs, lambda change: change.step_title)
    ]


def result_tables(result: PlanChanges, library: SpecLibrary) -> list[tuple[str, Table]]:
    """What moved of need, of each option and of the plan as a whole."""
    return [
        (
            about,
            library.table(
                "changes.results.table",
                [(c.what, c.before, c.after, c.difference or "not given") for c in group],
                about=about,
            ),
        )
        for about, group in groupby(result.results, lambda change: change.about)
    ]


def passages(text: TextChange, library: SpecLibrary) -> tuple[Block, ...]:
    """The passages of one section that differ, beside each other."""
    display = text.passages[:MOST_PASSAGES]
    lead = {
        "added": library.text("changes.text.added"),
        "removed": library.text("changes.text.removed"),
        "changed": "" if display else library.text("changes.text.moved"),
    }[text.kind]
    blocks: list[Block] = [Paragraph(text=lead)] if lead else []
    if display:
        blocks.append(
            library.table(
                "changes.text.table",
                ((was or EMPTY, now or EMPTY) for was, now in display),
                heading=text.heading,
            )
        )
    more = len(text.passages) - len(display)
    if more:
        blocks.append(
            Paragraph(text=library.text("changes.text.more", count=f"{more:,}"), tone="note")
        )
    return tuple(blocks)
