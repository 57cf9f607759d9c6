"""Every document and the workbook say which software and reference data made them."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest
from docx import Document

from planner.analysis.results.results import Results
from planner.documents.changes.compare import changes
from planner.model.library import SpecLibrary
from planner.model.reference import ReferenceData
from planner.outputs.documents import changes_docx, specification_docx
from planner.outputs.workbook.build import workbook


@pytest.mark.slow
@pytest.mark.usefixtures("one_picture")
def test_every_word_document_gives_the_versions(
    worked: Results, reference: ReferenceData, library: SpecLibrary
) -> None:
    label = reference.versions.label
    for outline in library.outlines:
        data = specification_docx(worked, outline.name, reference, library)
        document = Document(BytesIO(data))
        assert document.core_properties.comments == label
        # Where the numbers are told it is printed as well.
        printed = [p.text for p in document.paragraphs if label in p.text]
        assert len(printed) == (outline.name == "evidence-pack"), outline.name
    compared = Document(BytesIO(changes_docx(changes(worked, worked, reference, library), library)))
    assert compared.core_properties.comments == label


def test_the_workbook_gives_the_versions(worked: Results, reference: ReferenceData) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(worked, reference)), read_only=True)
    assert book.properties.description == reference.versions.label
    rows = {row[0]: row[1] for row in book["Read me"].iter_rows(values_only=True)}
    assert rows["Made with"] == reference.versions.label
