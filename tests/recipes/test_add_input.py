"""An input added as docs/contributing.md says is in every place that shows inputs, for six files at most."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes.recipe import changed, followed, run

TESTS = (
    "tests/analysis/test_inputs.py",
    "tests/analysis/test_measures.py",
    "tests/test_generated_docs.py",
)


# The workbook of the copy is recalculated by LibreOffice.
@pytest.mark.office
def test_an_input_added_by_the_recipe_is_everywhere(tmp_path: Path) -> None:
    edited = followed("How to add an input", tmp_path)
    run(tmp_path, "-m", "tests.generated_docs")
    assert changed(tmp_path) == edited | {"docs/reference/inputs.md"}
    assert len(changed(tmp_path)) <= 6
    assert "the input is everywhere" in run(tmp_path, "-m", "tests.recipes.check_input")
    run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *TESTS)
