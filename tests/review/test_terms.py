"""What an existing specification is searched for: every requirement once, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from planner import reference
from planner.model.library import SpecLibrary
from planner.model.reference import ReferenceData
from planner.reference import ContentError
from planner.review import terms as review
from planner.review.terms import TERMS, load_review_terms


def test_every_requirement_has_one_entry(reference: ReferenceData) -> None:
    current = [entry.id for entry in load_review_terms().requirements]
    assert sorted(current) == sorted(r.id for r in reference.framework.requirements)


def test_other_names_are_for_headings_that_are_there(library: SpecLibrary) -> None:
    places = {section.id for outline in library.outlines for section in outline.all_sections()}
    assert set(load_review_terms().also_headed) <= places


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("  - id: A1.2\n", "  - id: A1.99\n", "no entry for A1.2"),
        ("  - id: A1.2\n", "  - id: A1.1\n", "no entry for A1.2"),
        ("  - id: A1.2\n", "  - id: B1\n", "review_terms.yaml: requirements.19.id"),
    ],
)
def test_a_wrong_file_is_named(
    old: str, new: str, words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (reference.HERE / TERMS).read_text(encoding="utf-8")
    (tmp_path / TERMS).write_text(text.replace(old, new, 1), encoding="utf-8")
    monkeypatch.setattr(review, "HERE", tmp_path)
    with pytest.raises(ContentError, match=words.replace(".", r"\.")):
        load_review_terms.__wrapped__()


def test_two_entries_for_one_requirement_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = (reference.HERE / TERMS).read_text(encoding="utf-8")
    again = "  - id: A1.1\n    ways:\n      - {again: [again]}\n"
    (tmp_path / TERMS).write_text(
        text.replace("  - id: A1.2\n", again + "  - id: A1.2\n", 1), encoding="utf-8"
    )
    monkeypatch.setattr(review, "HERE", tmp_path)
    with pytest.raises(ContentError, match=r"two entries for A1\.1"):
        load_review_terms.__wrapped__()
