"""A Word file read and held against the framework in one go, so that both can be done in a process of their own."""

from __future__ import annotations

from typing import Any

from planner.analysis.review import review
from planner.intake.isolated_process import report_progress
from planner.intake.word_document import read_word_document
from planner.model.review import Review


def read_and_review(name: str, data: bytes, *held_against: Any) -> Review:
    """What a specification says and lacks. `held_against` is as `review` takes it. Raises IntakeError for the file."""
    report_progress("reading its text", 0.1)
    document = read_word_document(name, data)
    report_progress(f"judging {len(document.passages):,} passages", 0.4)
    return review(document, *held_against)
