"""An input added as docs/contributing.md says is in every place that shows inputs, for six files at
most."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes.recipe import changed, followed, run

TESTS = (
    "tests/analysis/test_inputs.py",
    "tests/analysis/test_measures.py",
    "tests/test_generated_docs.py::test_a_generated_page_is_fresh",
)


# The workbook of the copy is recalculated by LibreOffice.
@pytest.mark.office
def test_an_input_added_by_the_recipe_is_everywhere(tmp_path: Path) -> None:
    edited = followed("How to add an input", tmp_path)
    run(tmp_path, "-m", "tests.generated_docs")
    assert len(edited) <= 6
    # One command writes the pages that are made of the registers and of the plan.
    made = {"reference/inputs.md", "reference/plan-schema.md", "explanation/methods.md"}
    assert changed(tmp_path) == edited | {f"docs/{page}" for page in made}
    assert "the input is everywhere" in run(tmp_path, "-m", "tests.recipes.check_input")
    run(tmp_path, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "0", *TESTS)
