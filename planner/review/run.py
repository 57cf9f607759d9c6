"""A Word file read and held against the framework in one go, so that both can be done in a process of their own."""

from __future__ import annotations

from typing import Any

from planner.intake.apart import say
from planner.model.review import Review
from planner.review.requirements import review
from planner.review.word_reader import read_word_document


def read_and_review(name: str, data: bytes, *held_against: Any) -> Review:
    """What a specification says and lacks. `held_against` is as `review` takes it. Raises IntakeError for the file."""
    say("reading its text", 0.1)
    document = read_word_document(name, data)
    say(f"judging {len(document.passages):,} passages", 0.4)
    return review(document, *held_against)
