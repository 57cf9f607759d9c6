"""The language of the sums: plain arithmetic over names.

It is worked out for one number or for many at once, or written out. Python and Excel read a formula
alike. A call says which scenario a name is read in: `low(x)`, `central(x)`, `high(x)`;
`opposite(x)`, high in the low scenario and low in the high one; and `ordered(x)`, its own value or
the central one where that lies further out, so that low, central and high stay in order. No
measure, file, plan or wording is known here.
"""

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial, reduce
from operator import add, ge, gt, mul, sub
from typing import Any, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

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

Draws = NDArray[np.float64]
Value = float | Draws
"""One number, or as many of it as there are draws."""
Run = Callable[[Mapping[Any, Mapping[str, Any]]], Any]
"""Works a formula, or a part of it, out from every value by scenario and name."""


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
    values: dict[Scenario, dict[str, float | None]] = {
        scenario: dict(inputs[scenario]) for scenario in SCENARIOS
    }
    for step in steps:
        try:
            for scenario in SCENARIOS:
                values[scenario][step.name] = _in_scenario(step.formula, scenario, values)
        except KeyError as error:
            raise FormulaError(f"step '{step.name}' uses {error}, which is not known") from error
    return values


def _in_scenario(
    formula: str, scenario: Scenario, values: Mapping[Scenario, Mapping[str, float | None]]
) -> float | None:
    compiled = _compiled(formula, scenario)
    if any(values[of][name] is None for name, of in compiled.reads if of is not None):
        return None
    number = float(compiled.run(values))
    # adding nought leaves no negative nought
    return number + 0.0 if math.isfinite(number) else None


def draw_out(steps: Sequence[NamedFormula], inputs: Mapping[str, Value]) -> dict[str, Value]:
    """Every step for many draws at once. There are no cases among draws; a withheld value is not a
    number."""
    values = dict(inputs)
    with np.errstate(divide="ignore", invalid="ignore"):
        for step in steps:
            values[step.name] = _compiled(step.formula, None).run({None: values})
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
    match node:
        case ast.Name(name):
            return name, ""
        case ast.Call(ast.Name(call), [ast.Name(name)], []) if call in READINGS:
            return name, call
    return None


def _read_in(call: str, scenario: Scenario) -> Scenario:
    """The scenario that a call reads a name in."""
    turned: dict[str, Scenario] = {"opposite": OPPOSITE[scenario]} | {one: one for one in SCENARIOS}
    return turned.get(call, scenario)


def _divided(a: Value, b: Value) -> Value:
    """A quotient as numpy has it: endless or not a number where nothing is divided by."""
    # one at a time, numpy would take ten times as long
    if isinstance(a, float) and isinstance(b, float):
        return a / b if b else math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)
    quotient: Draws = np.divide(a, b)
    return quotient


def _furthest(
    of_numbers: Callable[[Sequence[Any]], float], of_draws: np.ufunc, *values: Value
) -> Value:
    """The least or the most of some values."""
    if all(isinstance(value, float) for value in values):
        return of_numbers(values)
    return reduce(of_draws, values)


_least, _most = partial(_furthest, min, np.minimum), partial(_furthest, max, np.maximum)


def _power(a: Value, b: Value) -> Value:
    return a**b if isinstance(a, float) and isinstance(b, float) else np.power(a, b)


def _chosen(test: bool | NDArray[np.bool_], yes: Value, no: Value) -> Value:
    if isinstance(test, bool | np.bool_):
        return yes if test else no
    return np.where(test, yes, no)


_OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: _divided,
    ast.Gt: gt,
    ast.GtE: ge,
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
    run: Run


@lru_cache(maxsize=8192)
def _compiled(formula: str, scenario: Scenario | None) -> _Compiled:
    """The formula ready to be worked out. Raises FormulaError for anything that is not
    arithmetic."""
    reads: list[tuple[str, Scenario | None]] = []

    def function(node: ast.expr) -> Run:
        read = _read(node)
        match node:
            case ast.Constant(int() | float() as value) if not isinstance(value, bool):
                number = float(str(value))
                return lambda values: number
            case ast.BinOp(first, operation, second) | ast.Compare(
                first, [operation], [second]
            ) if type(operation) in _OPERATIONS:
                work, left, right = _OPERATIONS[type(operation)], function(first), function(second)
                return lambda values: work(left(values), right(values))
            case ast.Name("WITHHELD"):
                return lambda values: math.nan
            case ast.Call(ast.Name(name), arguments, []) if name in _FUNCTIONS:
                apply, takes = _FUNCTIONS[name]
                if len(arguments) in takes:
                    parts = [function(argument) for argument in arguments]
                    return lambda values: apply(*(part(values) for part in parts))
            case _ if read:
                return leaf(*read)
        raise FormulaError(
            f"formula '{formula}' may hold only names, numbers, + - * /, >, >=, MIN, MAX, IF and POWER, "
            f"and a name in {', '.join(READINGS)}"
        )

    def leaf(name: str, call: str) -> Run:
        of = scenario and _read_in(call, scenario)
        reads.append((name, of))
        if call != "ordered" or scenario in (None, "central"):
            return lambda values: values[of][name]
        reads.append((name, "central"))
        further = _least if scenario == "low" else _most
        return lambda values: further(values[of][name], values["central"][name])

    run = function(_parsed(formula))
    return _Compiled(tuple(reads), run)
