"""A review as a table for a spreadsheet."""

from __future__ import annotations

import csv
import io

from planner.model.library import SpecLibrary
from planner.model.reference import ReferenceData
from planner.review.report import review_csv
from planner.review.requirements import review
from planner.review.terms import load_review_terms
from planner.review.word_reader import read_word_document
from tests.intake.word_samples import in_text, old_specification


def test_every_finding_is_a_row_and_none_is_a_formula(
    reference: ReferenceData, library: SpecLibrary
) -> None:
    data = in_text(
        old_specification(), b"offer safe reduction", b"=HYPERLINK(1) offer safe reduction"
    )
    data = in_text(data, b"The provider shall:", b"-")
    result = review(
        read_word_document("a.docx", data),
        reference.framework,
        load_review_terms(),
        library.outlines,
    )
    lines = list(csv.reader(io.StringIO(review_csv(result).decode("utf-8-sig"))))
    assert lines[0][:3] == ["Part", "Finding", "About"]
    assert sum(line[0] == "Requirement" for line in lines) == len(result.requirements)
    assert any("=HYPERLINK(1)" in cell for line in lines for cell in line)
    assert not any(cell[:1] in ("=", "+", "-", "@") for line in lines for cell in line)
