"""Pages of the documentation that are made from the product, so that they cannot fall behind it.

`python -m tests.generated_docs` writes them all; a test fails where one is not as it would be written. A new page is a
function that gives its text, and a line in PAGES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from planner.analysis.calculation.inputs import INPUTS, SHAPES_IN_WORDS, Input
from planner.analysis.completeness.wizard_steps import STEPS
from planner.model.prescribing import MedicineClass
from planner.reference import load_reference
from planner.reference.field_help import field_help

DOCS = Path(__file__).parents[1] / "docs"
HEAD = "<!-- Made by `python -m tests.generated_docs`; edit what it is made from. -->"


def table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table in Markdown."""
    lines = [columns, ["---"] * len(columns), *rows]
    return "\n".join(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in lines)


def inputs_page() -> str:
    """Every input of the sums: where a plan holds it, its bounds, what is used without it, and how sure it is."""
    parts = [
        HEAD,
        "# Inputs",
        "Every number that the sums start from, by the step of the wizard it is filled in on. The name is the one in "
        "formulas, in the workbook and in `--json`; one of each class, year or post has that after it. A number without "
        "a place in a plan is ours, or is worked out from the others.",
    ]
    for step, title in STEPS.items():
        rows = [_row(item) for item in INPUTS if item.step == step]
        if rows:
            columns = (
                "Input",
                "Name",
                "Place in a plan",
                "Unit",
                "From, to",
                "If empty",
                "How it is drawn",
                "Tornado",
            )
            parts += [f"## {title}", table(columns, rows)]
    parts += [
        "## Where the numbers are found",
        table(
            ("Input", "Where"),
            [
                (item.label_of(), help.where)
                for item in INPUTS
                if item.path and (help := field_help(item.path.replace("*", "0")))
            ],
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _row(item: Input) -> tuple[str, ...]:
    highest = "" if item.highest is None else f"{item.highest:,.10g}"
    drawn = SHAPES_IN_WORDS[item.shape] if item.shape else f"Not drawn: {item.not_drawn}"
    row = item.row_label or item.row_of("…" if item.scope in ("class", "role") else "")
    return (
        item.label_of(),
        f"`{item.key}`" if not item.feeds else f"goes into `{item.feeds}`",
        f"`{item.path}`" if item.path else "",
        item.unit.replace("GBP", "£"),
        f"{item.lowest:,.10g} to {highest}" if highest else f"{item.lowest:,.10g} or more",
        _ours(item),
        drawn,
        f"`{row}`" if row and " " not in row else row or item.not_moved,
    )


def _ours(item: Input) -> str:
    """Our figures for it, low to high where there are three; or what an empty one means."""
    if not item.default:
        return item.empty if item.path and item.empty != "not given" else ""
    reference, texts = load_reference(), []
    for of in [c.value for c in MedicineClass] if "{of}" in item.default[0] else [""]:
        figures = dict.fromkeys(figure.format(of=of) for figure in item.default)
        values = " to ".join(f"{reference.default(figure):.4g}" for figure in figures)
        texts.append(f"{of} {values}".replace("_", " ").strip())
    return "; ".join(texts)


PAGES: dict[str, Callable[[], str]] = {"reference/inputs.md": inputs_page}
"""Each page by its place under docs/, and the function that gives its text."""


def main() -> None:
    """Write every page."""
    for name, page in PAGES.items():
        path = DOCS / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(page(), encoding="utf-8")
        print(f"Wrote docs/{name}")


if __name__ == "__main__":
    main()
