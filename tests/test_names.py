"""Names that someone of the trade would look up: nouns and verbs, no past participles, no
prepositions as modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PLANNER = Path(__file__).parents[1] / "planner"
MODULES = sorted(PLANNER.rglob("*.py"))
# A closed list, of names that stand alone whatever their capitals; a measure may be
# `people_assessed`.
PARTICIPLES = frozenset(
    "found held said told made asked kept drawn shown apart ahead beside".split()  # noqa: SIM905
)
# Names that the first edition gave to a thing the trade has a word for.
FORMER = frozenset(
    """
    Said Standing Gap Swing Outlook Door Guard Packed Job DiscreetRecord OwnWords AT_HAND FILLED
    ahead_of receipts_of words_to_reconsider begin_run in_turn shown_now said_above not_yet
    worked_out keep_safe BOARD_MOVED AT At
    """.split()  # noqa: SIM905
)
PREPOSITIONS = frozenset(
    "about above at before behind between by for from in of on over under with".split()  # noqa: SIM905
)


def defined(path: Path) -> Iterator[tuple[int, str]]:
    """Every name that a module gives to something: functions, classes, parameters, variables and
    fields."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.lineno, node.name
        elif isinstance(node, ast.arg):
            yield node.lineno, node.arg
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.lineno, node.attr
        elif isinstance(node, ast.alias) and node.asname:
            yield node.lineno, node.asname


def is_banned(name: str) -> bool:
    """Whether a name is on the list, with or without underscores around it."""
    bare = name.strip("_")
    # What a review says of a requirement, as its readers see it.
    return name != "FOUND" and (bare.casefold() in PARTICIPLES or bare in FORMER)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PLANNER)))
def test_names_are_those_of_the_trade(path: Path) -> None:
    used = [f"line {line}: {name}" for line, name in defined(path) if is_banned(name)]
    assert not used, f"{path}: {used}"
    assert path.stem not in PREPOSITIONS | PARTICIPLES, (
        f"{path} is named after neither a thing nor a deed"
    )


def test_a_banned_name_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def f(held):\n    found: int = 1\n    return [said for said in held]\n")
    assert {name for _, name in defined(module) if is_banned(name)} == {"held", "found", "said"}
