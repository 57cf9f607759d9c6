"""An input added as docs/contributing.md says is in every place that shows inputs, for six files at
most."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes.recipe import changed, followed, run

TESTS = (
    "tests/analysis/test_inputs.py",
    *(
        f"tests/analysis/test_measures.py::test_{one}"
        for one in (
            "no_measure_uses_a_name_that_is_not_known_whatever_a_plan_knows",
            "every_measure_has_a_label_of_its_own_and_a_unit",
            "a_sum_in_words_names_what_its_formula_uses_and_nothing_else",
            "every_cost_line_grows_and_is_in_the_receipt_and_the_total",
        )
    ),
)


# The workbook of the copy is recalculated by LibreOffice.
@pytest.mark.office
def test_an_input_added_by_the_recipe_is_everywhere(tmp_path: Path) -> None:
    edited = followed("How to add an input", tmp_path)
    assert len(edited) <= 6
    assert "the input is everywhere" in run(tmp_path, "-m", "tests.recipes.check_input", *TESTS)
    # One command writes the pages that are made of the registers and of the plan.
    pages = {"reference/inputs.md", "reference/plan-schema.md", "explanation/methods.md"}
    assert changed(tmp_path) == edited | {f"docs/{page}" for page in pages}
