"""A whole document from a plan's results: content, charts and Word put together.

No layout of its own.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from types import MappingProxyType

from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.assemble import specification
from planner.documents.changes.compare import PlanChanges
from planner.documents.changes.document import changes_content
from planner.documents.set_of_documents import COVERAGE, names, path_in_set
from planner.model.document import Block, Paragraph, Picture, Section, SpecContent, Table
from planner.model.library import SpecLibrary
from planner.model.reference import ReferenceData
from planner.outputs.charts import catalogue as charts
from planner.outputs.charts.drawing import Chart
from planner.outputs.word.render import Drawing, render
from planner.outputs.word.template import PAPERS, pack
from planner.outputs.workbook.coverage import coverage_workbook
from planner.reference import content_folder, load_reference


def specification_docx(
    results: Results,
    of: int | str,
    reference: ReferenceData,
    library: SpecLibrary,
    projections: Projections | None = None,
) -> bytes:
    """A document for a plan, by its name or as the main one of an action, as the bytes of a .docx
    file, always the same ones.

    `projections` are those of the same results, worked out here where they are not at hand. Raises
    KeyError for a document that is not known.
    """
    projections = projections or Projections(results, reference)
    content = specification(results, of, reference, library, projections)
    images = pictures(content, results, projections)
    content = with_charts(content, images)
    tabled = {
        block.chart: _tables_with(images[block.chart], section)
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Picture)
    }
    paper = PAPERS["large" if results.plan.specification.large_print else content.print]
    return render(
        content,
        content_folder("spec_templates") / paper.template,
        drawings(images, tabled),
        paper,
        reference.versions.label,
    )


def document_set(
    results: Results,
    reference: ReferenceData,
    library: SpecLibrary,
    projections: Projections | None = None,
    only: Collection[str] = (),
) -> Iterator[tuple[str, bytes]]:
    """Each document of the set, or those named in `only`, as the path of its file in the set and
    its bytes. What all of them rest on is worked out once."""
    projections = projections or Projections(results, reference)
    for name in names(library):
        if not only or name in only:
            yield (
                path_in_set(name, library),
                document_file(results, name, reference, library, projections),
            )


def document_file(
    results: Results,
    name: str,
    reference: ReferenceData,
    library: SpecLibrary,
    projections: Projections | None = None,
) -> bytes:
    """One document of the set as the bytes of its file."""
    if name == COVERAGE:
        return coverage_workbook(results, reference, library)
    return specification_docx(results, name, reference, library, projections)


def set_zip(
    results: Results,
    reference: ReferenceData,
    library: SpecLibrary,
    projections: Projections | None = None,
) -> bytes:
    """The whole set as the bytes of a .zip file, always the same ones."""
    return pack(document_set(results, reference, library, projections))


def changes_docx(result: PlanChanges, library: SpecLibrary) -> bytes:
    """What changed between two plans as the bytes of a .docx file, always the same ones. It holds
    no picture."""
    return render(
        changes_content(result, library),
        content_folder("spec_templates") / PAPERS["ordinary"].template,
        {},
        versions=load_reference().versions.label,
    )


def pictures(content: SpecContent, results: Results, projections: Projections) -> dict[str, Chart]:
    """Every chart that the content names and the plan has something to draw for."""
    named = dict.fromkeys(
        block.chart
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Picture)
    )
    images = {name: charts.chart(name, results, projections) for name in named}
    return {name: image for name, image in images.items() if image is not None}


def drawings(
    images: dict[str, Chart], tabled: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> dict[str, Drawing]:
    """Each chart as a picture, with two sentences that stand for it and name the tables that
    `tabled` gives; one whose numbers stand in none is told in full."""
    return {
        name: Drawing(
            charts.png(image),
            image.in_short(tabled[name]) if tabled.get(name) else image.alternative,
        )
        for name, image in images.items()
    }


def _tables_with(image: Chart, section: Section) -> tuple[str, ...]:
    """The captions of the tables of a section in which every number of a chart stands; none where
    some stand in no table."""
    left = {
        value
        for row in image.rows
        for value in map(str, row.values())
        if any(letter.isdigit() for letter in value)
    }
    captions = []
    for block in section.blocks if left else ():
        if isinstance(block, Table):
            words = " ".join(cell for row in block.rows for cell in row)
            here = {value for value in left if value in words}
            left -= here
            captions += [block.caption] if here else []
    return () if left else tuple(captions)


def with_charts(content: SpecContent, images: dict[str, Chart]) -> SpecContent:
    """The content without the charts that there is nothing to draw for, with what the marks of the
    others are, and with the tables of those whose numbers stand nowhere else."""
    return content.model_copy(
        update={
            "sections": tuple(
                section.model_copy(
                    update={
                        "blocks": tuple(
                            b for one in section.blocks for b in _with_rows(one, images)
                        )
                    }
                )
                for section in content.sections
            )
        }
    )


def _with_rows(block: Block, images: dict[str, Chart]) -> tuple[Block, ...]:
    if not isinstance(block, Picture):
        return (block,)
    image = images.get(block.chart)
    if image is None:
        return ()
    read = (Paragraph(text=image.reading, tone="note"),) if image.reading else ()
    if not block.with_table or not image.rows:
        return (block, *read)
    return (
        block,
        *read,
        Table(
            caption=f"{block.caption}: the numbers",
            description="The numbers of the chart above.",
            columns=tuple(image.rows[0]),
            rows=tuple(tuple(map(str, row.values())) for row in image.rows),
        ),
    )
