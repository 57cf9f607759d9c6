"""A whole document from a plan's results: content, charts and Word put together.

No layout of its own.
"""

from collections.abc import Collection, Iterator

from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.assemble import specification
from planner.documents.changes.compare import Changes
from planner.documents.changes.document import changes_content
from planner.model.document import Picture, SpecContent
from planner.model.library import MAIN, SpecLibrary
from planner.model.reference import ReferenceData
from planner.outputs.charts import catalogue as charts
from planner.outputs.word.render import Drawing, render
from planner.outputs.word.template import LARGE, LARGE_PRINT, ORDINARY, ORDINARY_PRINT, TEMPLATES
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
    images = drawings(content, results, projections)
    large = results.plan.specification.large_print
    return render(
        _without_empty_charts(content, images),
        (content_folder("spec_templates") / TEMPLATES[LARGE if large else ORDINARY_PRINT]),
        images,
        LARGE_PRINT if large else ORDINARY,
        reference.versions.label,
    )


def names(library: SpecLibrary) -> tuple[str, ...]:
    """The documents of the set by name: the two main ones, then the others by folder and name."""
    return tuple(
        outline.name
        for outline in sorted(
            library.outlines,
            key=lambda one: (one.name not in MAIN.values(), one.folder, one.name),
        )
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
                f"{library.outline(name).path}.docx",
                specification_docx(results, name, reference, library, projections),
            )


def changes_docx(result: Changes, library: SpecLibrary) -> bytes:
    """What changed between two plans as the bytes of a .docx file, always the same ones. It holds
    no picture."""
    return render(
        changes_content(result, library),
        (content_folder("spec_templates") / TEMPLATES[ORDINARY_PRINT]),
        {},
        made_with=load_reference().versions.label,
    )


def drawings(
    content: SpecContent, results: Results, projections: Projections
) -> dict[str, Drawing]:
    """Every chart that the content names and the plan has something to draw for."""
    names = dict.fromkeys(
        block.chart
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Picture)
    )
    images = {name: charts.chart(name, results, projections) for name in names}
    return {
        name: Drawing(charts.png(image), image.alternative)
        for name, image in images.items()
        if image is not None
    }


def _without_empty_charts(content: SpecContent, images: dict[str, Drawing]) -> SpecContent:
    return content.model_copy(
        update={
            "sections": tuple(
                section.model_copy(
                    update={
                        "blocks": tuple(
                            b
                            for b in section.blocks
                            if not isinstance(b, Picture) or b.chart in images
                        )
                    }
                )
                for section in content.sections
            )
        }
    )
