"""A Word file read and held against the framework in one go, for a process of its own."""

from collections.abc import Sequence

from planner.intake.isolated_child import report_progress
from planner.model.framework import Framework
from planner.model.library import Outline
from planner.model.review import Review, ReviewTerms
from planner.review.requirements import review
from planner.review.word_reader import read_word_document


def read_and_review(
    name: str,
    data: bytes,
    framework: Framework,
    terms: ReviewTerms,
    outlines: Sequence[Outline],
    actions: Sequence[int],
) -> Review:
    """What a specification says and lacks, as `review` finds it. Raises IntakeError for the
    file."""
    report_progress("reading its text", 0.1)
    document = read_word_document(name, data)
    report_progress(f"judging {len(document.passages):,} passages", 0.4)
    return review(document, framework, terms, outlines, actions)
