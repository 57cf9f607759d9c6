"""The language of the table of steps: plain arithmetic over names, worked out for a number or for many, or written out.

Python and Excel read a formula alike. No step of the sums, file, plan or wording is known here.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

Scenario = Literal["low", "central", "high"]
SCENARIOS: tuple[Scenario, ...] = ("low", "central", "high")
OPPOSITE: dict[Scenario, Scenario] = {"low": "high", "central": "central", "high": "low"}
WITHHELD = "withheld"
TURN = "__opposite"
"""After a name: its value in the opposite case. A cost for each person is low where most people are supported."""
FLOOR = "__low"
"""After a name: its value in the low case. A ratio is withheld where what it divides by may be nothing."""

MIDDLE = "__central"
"""After a name: its value in the central case. Reach and the weight of each class are over central counts."""

ORDERED = "__ordered"
"""After a name: its value, or the central one where that lies further out, so that low, central and high stay in order."""

Value = Any
"""A number, an array of draws, or None where a step is withheld."""


@dataclass(frozen=True)
class Calculation:
    """One line of the sums: what it is called in a formula, what it is in words, its unit, and how it is made."""

    name: str
    label: str
    unit: str
    formula: str

    @property
    def uses(self) -> tuple[str, ...]:
        """The names in the formula, in order, as written there."""
        return _names(self.formula)


class FormulaError(ValueError):
    """A formula holds something other than arithmetic over known names."""


def work_out(
    steps: Sequence[Calculation], inputs: Mapping[Scenario, Mapping[str, float]]
) -> dict[Scenario, dict[str, float | None]]:
    """Every step in the low, central and high case, beside the inputs it was given.

    A step that is withheld, or rests on one that is, is None. Raises FormulaError naming a step that uses a name not yet
    known.
    """
    values: dict[Scenario, dict[str, Value]] = {scenario: dict(inputs[scenario]) for scenario in SCENARIOS}
    for step in steps:
        cache = {}
        for scenario in SCENARIOS:
            seen = {}
            for name, plain, of, further in _sources(step.formula, scenario):
                if plain not in values[of]:
                    raise FormulaError(f"step '{step.name}' uses '{plain}', which is not known")
                value = values[of][plain]
                seen[name] = (
                    value if further is None or value is None else further(value, values["central"][plain])
                )
            cache[scenario] = _number(_result(step.formula, seen))
        for scenario in SCENARIOS:
            values[scenario][step.name] = cache[scenario]
    return values


def draw_out(steps: Sequence[Calculation], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Every step for many draws at once. There are no cases among draws; a withheld value is not a number."""
    values: dict[str, Any] = dict(inputs)
    with np.errstate(divide="ignore", invalid="ignore"):
        for step in steps:
            seen = {name: values[_where(name, "central")[0]] for name in step.uses}
            values[step.name] = _compiled(step.formula)(seen)
    return values


def written(step: Calculation, reference: Callable[[str, Scenario], str], scenario: Scenario) -> str:
    """The formula as a spreadsheet reads it, each name in place of what `reference` gives for it and its case."""
    tree = _parsed(step.formula)

    class Names(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            node.args = [self.visit(argument) for argument in node.args]
            return node

        def visit_Name(self, node: ast.Name) -> ast.AST:
            if node.id == "WITHHELD":
                return ast.copy_location(ast.Name(id=f'"{WITHHELD}"'), node)
            plain, of = _where(node.id, scenario)
            text = reference(plain, of)
            if node.id.endswith(ORDERED) and scenario != "central":
                text = f"{'MIN' if scenario == 'low' else 'MAX'}({text}, {reference(plain, 'central')})"
            return ast.copy_location(ast.Name(id=text), node)

    return "=" + ast.unparse(Names().visit(tree)).replace(" == ", " = ")


@lru_cache(maxsize=4096)
def _sources(
    formula: str, scenario: Scenario
) -> tuple[tuple[str, str, Scenario, Callable[..., Any] | None], ...]:
    """Each name of a formula with where its value in a case is found: a plain name, its case, and what keeps it in order."""
    rows = []
    for name in _names(formula):
        plain, of = _where(name, scenario)
        ordered = name.endswith(ORDERED) and scenario != "central"
        rows.append((name, plain, of, (min if scenario == "low" else max) if ordered else None))
    return tuple(rows)


@lru_cache(maxsize=4096)
def _where(name: str, scenario: Scenario) -> tuple[str, Scenario]:
    if name.endswith(TURN):
        return name.removesuffix(TURN), OPPOSITE[scenario]
    if name.endswith(FLOOR):
        return name.removesuffix(FLOOR), "low"
    if name.endswith(ORDERED):
        return name.removesuffix(ORDERED), scenario
    if name.endswith(MIDDLE):
        return name.removesuffix(MIDDLE), "central"
    return name, scenario


def _parsed(formula: str) -> ast.expr:
    """The formula as a tree. Raises FormulaError where it is not an expression."""
    try:
        return ast.parse(formula, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise FormulaError(f"formula '{formula}' cannot be read") from error


@lru_cache(maxsize=1024)
def _names(formula: str) -> tuple[str, ...]:
    _compiled(formula)  # refuses anything that is not arithmetic
    nodes = list(ast.walk(_parsed(formula)))
    functions = {
        node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }
    rows = [node.id for node in nodes if isinstance(node, ast.Name)]
    return tuple(dict.fromkeys(n for n in rows if n not in functions and n != "WITHHELD"))


def _result(formula: str, seen: Mapping[str, Value]) -> Value:
    if any(value is None for value in seen.values()):
        return None
    return _compiled(formula)(seen)


def _number(value: Value) -> float | None:
    if value is None:
        return None
    number = float(value)
    return number + 0.0 if math.isfinite(number) else None  # no negative nought


def _divided(a: Any, b: Any) -> Any:
    """A quotient as numpy has it: endless or not a number where nothing is divided by."""
    if isinstance(a, float) and isinstance(b, float):  # one at a time, numpy would take ten times as long
        return a / b if b else math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)
    return np.divide(a, b)


def _least(a: Any, b: Any) -> Any:
    return min(a, b) if isinstance(a, float) and isinstance(b, float) else np.minimum(a, b)


def _most(a: Any, b: Any) -> Any:
    return max(a, b) if isinstance(a, float) and isinstance(b, float) else np.maximum(a, b)


def _chosen(test: Any, yes: Any, no: Any) -> Any:
    if isinstance(test, bool | np.bool_):
        return yes if test else no
    return np.where(test, yes, no)


_OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: lambda a, b: a + b,
    ast.Sub: lambda a, b: a - b,
    ast.Mult: lambda a, b: a * b,
    ast.Div: _divided,
    ast.Gt: lambda a, b: a > b,
    ast.GtE: lambda a, b: a >= b,
}
_FUNCTIONS: dict[str, Callable[..., Any]] = {"MIN": _least, "MAX": _most, "IF": _chosen}


@lru_cache(maxsize=1024)
def _compiled(formula: str) -> Callable[[Mapping[str, Any]], Any]:
    """The formula as a function of its names. Raises FormulaError for anything that is not arithmetic."""
    return _function(_parsed(formula), formula)


def _function(node: ast.expr, formula: str) -> Callable[[Mapping[str, Any]], Any]:
    if isinstance(node, ast.Constant) and type(node.value) in (int, float):
        value = float(str(node.value))
        return lambda seen: value
    if isinstance(node, ast.Name):
        name = node.id
        return (lambda seen: np.nan) if name == "WITHHELD" else (lambda seen: seen[name])
    if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
        work = _OPERATIONS[type(node.op)]
        left, right = _function(node.left, formula), _function(node.right, formula)
        return lambda seen: work(left(seen), right(seen))
    if isinstance(node, ast.Compare) and len(node.ops) == 1 and type(node.ops[0]) in _OPERATIONS:
        work = _OPERATIONS[type(node.ops[0])]
        left, right = _function(node.left, formula), _function(node.comparators[0], formula)
        return lambda seen: work(left(seen), right(seen))
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in _FUNCTIONS
        and len(node.args) == (3 if node.func.id == "IF" else 2)
        and not node.keywords
    ):
        apply = _FUNCTIONS[node.func.id]
        parts = [_function(argument, formula) for argument in node.args]
        return lambda seen: apply(*(part(seen) for part in parts))
    raise FormulaError(f"formula '{formula}' may hold only names, numbers, + - * /, >, >=, MIN, MAX and IF")
