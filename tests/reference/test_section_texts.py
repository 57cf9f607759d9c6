"""The sentences of spec_templates/sections: every key is used, every key used is there, and so
is every $name.
"""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from string import Template

import pytest

from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.documents.context import Citations, Context, words
from planner.model.library import SpecLibrary, TableText
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference.library import load_library

PLANNER = Path(__file__).parents[2] / "planner"
KEY = re.compile(r"[a-z_]+\.[a-z_0-9]+\.[a-z_0-9]+")
KEY_BEGINS = re.compile(r"[a-z_]+\.[a-z_0-9]+\.")


def names_of(text: str | TableText) -> set[str]:
    parts = (
        (text,)
        if isinstance(text, str)
        else (text.caption, text.description, *text.columns, *text.missing, *text.missing.values())
    )
    return {name for part in parts for name in Template(part).get_identifiers()}


@cache
def calls() -> list[tuple[str, list[str], set[str], bool]]:
    """Each call of `text` or `table` with keys written out: where, its keys, the names it gives,
    and whether from a context."""
    matches = []
    for path in sorted(PLANNER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (
                isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.args
            ):
                continue
            # A key put together from parts is looked for when the text is made.
            if any(isinstance(one, ast.JoinedStr) for one in ast.walk(node.args[0])):
                continue
            constants = [
                one.value for one in ast.walk(node.args[0]) if isinstance(one, ast.Constant)
            ]
            keys = [one for one in constants if isinstance(one, str) and KEY.fullmatch(one)]
            if keys and node.func.attr in ("text", "table", "say"):
                own = {"table": {"missing"}, "say": {"tone", "when"}}.get(node.func.attr, set())
                given = {keyword.arg or "" for keyword in node.keywords} - own
                in_context = ast.unparse(node.func.value) == "context"
                matches.append((f"{path.name}:{node.lineno}", keys, given, in_context))
    return matches


def written_out() -> tuple[set[str], list[re.Pattern[str]]]:
    """Every string of the code that may be a key, and what a key put together from parts is like:
    its parts that are written out, with anything between them."""
    whole, parts = set(), []
    for path in PLANNER.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                whole.add(node.value)
            elif isinstance(node, ast.JoinedStr):
                pieces = [
                    re.escape(str(one.value)) if isinstance(one, ast.Constant) else "[a-z_0-9]*"
                    for one in node.values
                ]
                if KEY_BEGINS.match(str(getattr(node.values[0], "value", ""))):
                    parts.append(re.compile("".join(pieces)))
    return whole, parts


def test_every_text_is_used_and_every_text_used_is_there() -> None:
    texts, (whole, parts) = set(load_library().texts), written_out()
    unused = {key for key in texts - whole if not any(pattern.fullmatch(key) for pattern in parts)}
    assert not unused
    assert {key for _, keys, _, _ in calls() for key in keys} <= texts


def test_every_name_in_a_text_is_given_and_every_name_given_is_in_one(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    worked, texts = results(example, reference), library.texts
    context_words = set(
        words(Context(3, worked, reference, library, Citations(), Projections(worked, reference)))
    )
    for where, keys, given, in_context in calls():
        names = set().union(*(names_of(texts[key]) for key in keys))
        # Names that a call brings in a mapping are looked for when the text is made.
        spread = "" in given
        given = given - {""}
        assert given <= names, f"{where} gives {given - names}, which no text of {keys} asks for"
        lacking = set() if spread else names - given - (context_words if in_context else set())
        assert not lacking, f"{where}: {keys} asks for {lacking}"


def test_an_unknown_text_or_name_is_refused() -> None:
    library = load_library().model_copy(update={"texts": {"a.b.c": "So many: $people"}})
    assert library.text("a.b.c", people="5") == "So many: 5"
    for key in ("a.b.d", "a.b.c"):
        with pytest.raises(KeyError):
            library.text(key)
    with pytest.raises(KeyError, match="not a table"):
        library.table("a.b.c", [])
