"""A figure has a receipt, or it is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.model.figures import Figure, FigureKind, evaluate, work_out

RECEIPT = {
    "id": "cost",
    "label": "Cost",
    "unit": "GBP",
    "period": "2018",
    "price_year": "2018/19",
    "kind": "published",
    "source": "pr1103",
    "section": "Outcomes",
}


def test_a_published_figure_carries_its_receipt() -> None:
    figure = Figure(**RECEIPT, value=179_000)
    assert (figure.value, figure.kind, figure.section) == (
        179_000,
        FigureKind.PUBLISHED,
        "Outcomes",
    )


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"value": None}, "say why in missing_because"),
        ({"value": 1, "missing_because": "lost"}, "both a value and a reason"),
        ({"value": 1, "price_year": None}, "name its price year"),
        ({"formula": "a / b"}, "so it is not published"),
        ({"value": 1, "unknown": 2}, "Extra inputs"),
        ({"value": float("nan")}, "finite"),
    ],
)
def test_a_figure_without_a_proper_receipt_is_refused(
    change: dict[str, object], reason: str
) -> None:
    with pytest.raises(ValidationError, match=reason):
        Figure(**RECEIPT | change)


def test_a_formula_uses_figures_above_it() -> None:
    people = Figure(**RECEIPT | {"id": "people", "unit": "people", "price_year": None}, value=500)
    cost = Figure(**RECEIPT, value=179_000)
    each = Figure(**RECEIPT | {"id": "each", "kind": "derived"}, formula="cost / people")
    assert work_out((people, cost, each))[2].value == 358
    with pytest.raises(ValueError, match="uses 'cost', which has no value"):
        work_out((people, each, cost))


@pytest.mark.parametrize(
    "formula", ["__import__('os')", "a ** 9", "a if a else a", "[a]", "a.b", "a(", "'a'", "a / 0"]
)
def test_a_formula_is_arithmetic_and_nothing_else(formula: str) -> None:
    with pytest.raises(ValueError):
        evaluate(formula, {"a": 1.0})


@given(st.floats(-1e6, 1e6), st.floats(-1e6, 1e6), st.floats(1, 1e6))
def test_formulas_agree_with_python(a: float, b: float, c: float) -> None:
    assert evaluate("(a + b - 2) * a / c", {"a": a, "b": b, "c": c}) == (a + b - 2) * a / c
