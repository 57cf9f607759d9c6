"""Names that someone of the trade would look up: nouns and verbs, no past participles, no
prepositions as modules."""

from __future__ import annotations

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLANNER = ROOT / "planner"
MODULES = sorted(PLANNER.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
# A closed list, of names that stand alone whatever their capitals; a measure may be
# `people_assessed`.
PARTICIPLES = frozenset(
    "found held said told made asked kept drawn shown needed apart ahead beside".split()  # noqa: SIM905
)
# Names that the first edition gave to a thing the trade has a word for.
FORMER = frozenset(
    """
    Said Standing Gap Swing Outlook Door Guard Packed Job DiscreetRecord OwnWords AT_HAND FILLED
    ahead_of receipts_of words_to_reconsider begin_run in_turn shown_now said_above not_yet
    worked_out keep_safe BOARD_MOVED AT At
    by_fifth fifth fifths family families swing outlook uncertainty Chance asked_for held_draft
    kept_drafts drawn_inputs drawn_option drawn_years groups_held budget_is_held places_held
    people_said questions_asked rate_shown items_shown counts_shown trends_shown cell_shown
    measure_shown needed_for years_needed made_up made_of made_now shown_as shown_by told_of
    by_board of_board of_boards board_of boards_in_source list_of_boards take_boards choose_board
    board_is_open need_receipts place_receipts option_receipts receipts_table
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


@pytest.mark.parametrize("path", [*MODULES, *TESTS], ids=lambda path: str(path.relative_to(ROOT)))
def test_names_are_those_of_the_trade(path: Path) -> None:
    used = [f"line {line}: {name}" for line, name in defined(path) if is_banned(name)]
    assert not used, f"{path}: {used}"
    assert path.stem not in PREPOSITIONS | PARTICIPLES, (
        f"{path} is named after neither a thing nor a deed"
    )


def test_a_class_has_a_name_of_its_own() -> None:
    places: defaultdict[str, list[str]] = defaultdict(list)
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                places[node.name.strip("_")].append(f"{path.relative_to(ROOT)}:{node.lineno}")
    assert not {name: where for name, where in places.items() if len(where) > 1}


def test_a_banned_name_is_seen(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text("def f(held):\n    found: int = 1\n    return [said for said in held]\n")
    assert {name for _, name in defined(module) if is_banned(name)} == {"held", "found", "said"}
