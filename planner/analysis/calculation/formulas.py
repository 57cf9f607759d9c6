"""The language of the sums: plain arithmetic over names, worked out for a number or for many, or written out.

Python and Excel read a formula alike. A call says which scenario a name is read in: `low(x)`,
`central(x)`, `high(x)`; `opposite(x)`, high in the low scenario and low in the high one; and
`ordered(x)`, its own value or the central one where that lies further out, so that low, central and
high stay in order. No measure, file, plan or wording is known here.
"""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np

Scenario = Literal["low", "central", "high"]
SCENARIOS: tuple[Scenario, ...] = ("low", "central", "high")
OPPOSITE: dict[Scenario, Scenario] = {"low": "high", "central": "central", "high": "low"}
WITHHELD = "withheld"

READINGS = {
    "low": "low case",
    "central": "central case",
    "high": "high case",
    "opposite": "opposite case",
    "ordered": "in order",
}
"""The calls that say which scenario a name is read in, and what is written after the name in words.
"""

Value = Any
"""A number, an array of draws, or None where a step is withheld."""


class NamedFormula(Protocol):
    """One step of the sums: what it is called in other formulas, and how it is made."""

    @property
    def name(self) -> str:
        """What other formulas call it."""

    @property
    def formula(self) -> str:
        """How it is made."""


class FormulaError(ValueError):
    """A formula holds something other than arithmetic over known names."""


def work_out(
    steps: Sequence[NamedFormula], inputs: Mapping[Scenario, Mapping[str, float]]
) -> dict[Scenario, dict[str, float | None]]:
    """Every step in the low, central and high case, beside the inputs it was given.

    A step that is withheld, or rests on one that is, is None. Raises FormulaError naming a step
    that uses a name not yet known.
    """
    values: dict[Scenario, dict[str, Value]] = {
        scenario: dict(inputs[scenario]) for scenario in SCENARIOS
    }
    for step in steps:
        try:
            cache = [_in_scenario(step.formula, scenario, values) for scenario in SCENARIOS]
        except KeyError as error:
            raise FormulaError(f"step '{step.name}' uses {error}, which is not known") from error
        for scenario, value in zip(SCENARIOS, cache, strict=True):
            values[scenario][step.name] = value
    return values


def _in_scenario(
    formula: str, scenario: Scenario, values: Mapping[Scenario, Mapping[str, Value]]
) -> float | None:
    compiled = _compiled(formula, scenario)
    if any(values[of][name] is None for name, of in compiled.reads if of is not None):
        return None
    number = float(compiled.run(values))
    # adding nought leaves no negative nought
    return number + 0.0 if math.isfinite(number) else None


def draw_out(steps: Sequence[NamedFormula], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Every step for many draws at once. There are no cases among draws; a withheld value is not a
    number."""
    values: dict[str, Any] = dict(inputs)
    among_draws = {None: values}
    with np.errstate(divide="ignore", invalid="ignore"):
        for step in steps:
            values[step.name] = _compiled(step.formula, None).run(among_draws)
    return values


def names_in(formula: str) -> tuple[str, ...]:
    """The names in a formula, each once, in whatever scenario they are read."""
    return tuple(dict.fromkeys(name for name, _ in _compiled(formula, None).reads))


def written(formula: str, reference: Callable[[str, Scenario], str], scenario: Scenario) -> str:
    """The formula as a spreadsheet reads it, each name in place of what `reference` gives for it
    and its case."""

    def spelled(name: str, call: str) -> str:
        text = reference(name, _read_in(call, scenario))
        if call == "ordered" and scenario != "central":
            return f"{'MIN' if scenario == 'low' else 'MAX'}({text}, {reference(name, 'central')})"
        return text

    return f"={_spelled(formula, spelled)}"


def in_words(formula: str) -> str:
    """The formula for a reader, with the case of a name in words."""
    return _spelled(formula, lambda name, call: f"{name} ({READINGS[call]})" if call else name)


def _spelled(formula: str, spell: Callable[[str, str], str]) -> str:
    """The formula with each name in place of what `spell` gives for it and the call around it."""

    class Names(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            read = _read(node)
            if read:
                return ast.Name(spell(*read))
            return ast.Call(node.func, [self.visit(argument) for argument in node.args], [])

        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.Name(f'"{WITHHELD}"' if node.id == "WITHHELD" else spell(node.id, ""))

    return ast.unparse(Names().visit(_parsed(formula)))


def _parsed(formula: str) -> ast.expr:
    """The formula as a tree. Raises FormulaError where it is not an expression."""
    try:
        return ast.parse(formula, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise FormulaError(f"formula '{formula}' cannot be read") from error


def _read(node: ast.expr) -> tuple[str, str] | None:
    """The name that is read and the call around it, or None for anything else."""
    if isinstance(node, ast.Name):
        return node.id, ""
    if (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in READINGS
        and len(node.args) == 1
        and isinstance(node.args[0], ast.Name)
        and not node.keywords
    ):
        return node.args[0].id, node.func.id
    return None


def _read_in(call: str, scenario: Scenario) -> Scenario:
    """The scenario that a call reads a name in."""
    turned: dict[str, Scenario] = {"opposite": OPPOSITE[scenario]} | {one: one for one in SCENARIOS}
    return turned.get(call, scenario)


def _divided(a: Any, b: Any) -> Any:
    """A quotient as numpy has it: endless or not a number where nothing is divided by."""
    # one at a time, numpy would take ten times as long
    if isinstance(a, float) and isinstance(b, float):
        return a / b if b else math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)
    return np.divide(a, b)


def _least(a: Any, b: Any, *more: Any) -> Any:
    least = min(a, b) if isinstance(a, float) and isinstance(b, float) else np.minimum(a, b)
    return _least(least, *more) if more else least


def _most(a: Any, b: Any, *more: Any) -> Any:
    most = max(a, b) if isinstance(a, float) and isinstance(b, float) else np.maximum(a, b)
    return _most(most, *more) if more else most


def _power(a: Any, b: Any) -> Any:
    return a**b if isinstance(a, float) and isinstance(b, float) else np.power(a, b)


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
_FUNCTIONS: dict[str, tuple[Callable[..., Any], range]] = {
    "MIN": (_least, range(2, 100)),
    "MAX": (_most, range(2, 100)),
    "IF": (_chosen, range(3, 4)),
    "POWER": (_power, range(2, 3)),
}
"""Each function of the language, and how many arguments it takes."""


class _Compiled(NamedTuple):
    """A formula in one scenario, or among draws: what it reads, and the function that works it out
    from every value."""

    reads: tuple[tuple[str, Scenario | None], ...]
    run: Callable[[Mapping[Any, Mapping[str, Any]]], Any]


@lru_cache(maxsize=8192)
def _compiled(formula: str, scenario: Scenario | None) -> _Compiled:
    """The formula ready to be worked out. Raises FormulaError for anything that is not arithmetic."""
    reads: list[tuple[str, Scenario | None]] = []

    def function(node: ast.expr) -> Callable[[Mapping[Any, Mapping[str, Any]]], Any]:
        if isinstance(node, ast.Constant) and type(node.value) in (int, float):
            value = float(str(node.value))
            return lambda values: value
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            return both(_OPERATIONS[type(node.op)], node.left, node.right)
        if (
            isinstance(node, ast.Compare)
            and len(node.ops) == 1
            and type(node.ops[0]) in _OPERATIONS
        ):
            return both(_OPERATIONS[type(node.ops[0])], node.left, node.comparators[0])
        read = _read(node)
        if read == ("WITHHELD", ""):
            return lambda values: np.nan
        if read:
            return leaf(*read)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and not node.keywords:
            apply, takes = _FUNCTIONS.get(node.func.id, (_chosen, range(0)))
            if len(node.args) in takes:
                parts = [function(argument) for argument in node.args]
                return lambda values: apply(*(part(values) for part in parts))
        raise FormulaError(
            f"formula '{formula}' may hold only names, numbers, + - * /, >, >=, MIN, MAX, IF and POWER, "
            f"and a name in {', '.join(READINGS)}"
        )

    def both(
        work: Callable[[Any, Any], Any], first: ast.expr, second: ast.expr
    ) -> Callable[[Mapping[Any, Mapping[str, Any]]], Any]:
        left, right = function(first), function(second)
        return lambda values: work(left(values), right(values))

    def leaf(name: str, call: str) -> Callable[[Mapping[Any, Mapping[str, Any]]], Any]:
        of = scenario and _read_in(call, scenario)
        reads.append((name, of))
        if call != "ordered" or scenario in (None, "central"):
            return lambda values: values[of][name]
        reads.append((name, "central"))
        further = _least if scenario == "low" else _most
        return lambda values: further(values[of][name], values["central"][name])

    run = function(_parsed(formula))
    return _Compiled(tuple(reads), run)
