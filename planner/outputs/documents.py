"""A whole document from a plan's results: content, charts and Word put together.

No layout of its own.
"""

from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.assemble import specification
from planner.documents.changes.compare import Changes
from planner.documents.changes.document import changes_content
from planner.model.document import Picture, SpecContent
from planner.model.library import SpecLibrary
from planner.model.reference import ReferenceData
from planner.outputs.charts import catalogue as charts
from planner.outputs.word.render import Drawing, render
from planner.outputs.word.template import CHANGES, LARGE, LARGE_PRINT, ORDINARY, TEMPLATES
from planner.reference import content_folder, load_reference


def specification_docx(
    results: Results,
    action: int,
    reference: ReferenceData,
    library: SpecLibrary,
    projections: Projections | None = None,
) -> bytes:
    """The Action 3 or Action 4 document for a plan, as the bytes of a .docx file, always the same
    ones.

    `ahead` is the outlook of the same results, worked out here where it is not at hand.
    """
    projections = projections or Projections(results, reference)
    content = specification(results, action, reference, library, projections)
    images = drawings(content, results, projections)
    large = results.plan.specification.large_print
    return render(
        _without_empty_charts(content, images),
        (content_folder("spec_templates") / TEMPLATES[LARGE if large else action]),
        images,
        LARGE_PRINT if large else ORDINARY,
        reference.versions.label,
    )


def changes_docx(result: Changes, library: SpecLibrary) -> bytes:
    """What changed between two plans as the bytes of a .docx file, always the same ones. It holds
    no picture."""
    return render(
        changes_content(result, library),
        (content_folder("spec_templates") / TEMPLATES[CHANGES]),
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
