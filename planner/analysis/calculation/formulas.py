"""The language of the sums: plain arithmetic over names.

It is worked out for one number or for many at once, or written out. Python and Excel read a formula
alike. No measure, file, plan or wording is known here.
"""

import ast
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache, partial, reduce
from operator import add, ge, gt, iadd, imul, isub, itemgetter, mul, sub
from typing import Any, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

WITHHELD = "withheld"

Draws = NDArray[np.float64]
Value = float | Draws
"""One number, or as many of it as there are draws."""
Run = Callable[[Mapping[str, Any]], Any]
"""Works a formula, or a part of it, out from every value by name."""


class NamedFormula(Protocol):
    """One step of the sums: what it is called in other formulas, and how it is made."""

    @property
    def name(self) -> str:
        """What other formulas call it."""

    @property
    def formula(self) -> str:
        """How it is made."""


Step = TypeVar("Step", bound=NamedFormula)


class FormulaError(ValueError):
    """A formula holds something other than arithmetic over known names."""


def work_out(steps: Sequence[NamedFormula], inputs: Mapping[str, float]) -> dict[str, float | None]:
    """Every step, beside the inputs it was given.

    A step that is withheld, or rests on one that is, is None. Raises FormulaError naming a step
    that uses a name not yet known.
    """
    values: dict[str, float | None] = dict(inputs)
    for step in steps:
        compiled = _compiled(step.formula)
        try:
            values[step.name] = (
                None
                if any(values[name] is None for name in compiled.reads)
                else _finite(compiled.run(values))
            )
        except KeyError as error:
            raise FormulaError(f"step '{step.name}' uses {error}, which is not known") from error
    return values


def _finite(number: Value) -> float | None:
    # adding nought leaves no negative nought
    return float(number) + 0.0 if math.isfinite(number) else None


def draw_out(steps: Sequence[NamedFormula], inputs: Mapping[str, Value]) -> dict[str, Value]:
    """Every step for many draws at once; a withheld value is not a number."""
    values = dict(inputs)
    with np.errstate(divide="ignore", invalid="ignore"):
        for step in steps:
            values[step.name] = _compiled(step.formula).run(values)
    return values


def steps_for(steps: Sequence[Step], names: Iterable[str]) -> list[Step]:
    """The steps that those names rest on, in their order, and no others."""
    wanted, used = set(names), list[Step]()
    for step in reversed(steps):
        if step.name in wanted:
            used.append(step)
            wanted.update(_compiled(step.formula).reads)
    return used[::-1]


def names_in(formula: str) -> tuple[str, ...]:
    """The names in a formula, each once."""
    return tuple(dict.fromkeys(_compiled(formula).reads))


def write_formula(formula: str, reference: Callable[[str], str]) -> str:
    """The formula as a spreadsheet reads it, each name in place of what `reference` gives for
    it."""

    class Names(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            return ast.Call(node.func, [self.visit(argument) for argument in node.args], [])

        def visit_Name(self, node: ast.Name) -> ast.AST:
            return ast.Name(f'"{WITHHELD}"' if node.id == "WITHHELD" else reference(node.id))

    return f"={ast.unparse(Names().visit(_parsed(formula)))}"


def _parsed(formula: str) -> ast.expr:
    """The formula as a tree. Raises FormulaError where it is not an expression."""
    try:
        return ast.parse(formula, mode="eval").body
    except (SyntaxError, ValueError) as error:
        raise FormulaError(f"formula '{formula}' cannot be read") from error


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


def _choose(test: bool | NDArray[np.bool_], yes: Value, no: Value) -> Value:
    if isinstance(test, bool | np.bool_):
        return yes if test else no
    # To choose draw by draw takes far longer than to see that there is nothing to choose.
    return yes if test.all() else np.where(test, yes, no)


_OPERATIONS: dict[type[ast.AST], Callable[[Any, Any], Any]] = {
    ast.Add: add,
    ast.Sub: sub,
    ast.Mult: mul,
    ast.Div: _divided,
    ast.Gt: gt,
    ast.GtE: ge,
}
_IN_PLACE = {add: iadd, sub: isub, mul: imul}
"""The same in the room of what stands first, where that was worked out for this alone."""
_FUNCTIONS: dict[str, tuple[Callable[..., Any], range]] = {
    "MIN": (_least, range(2, 100)),
    "MAX": (_most, range(2, 100)),
    "IF": (_choose, range(3, 4)),
    "POWER": (pow, range(2, 3)),
}
"""Each function of the language, and how many arguments it takes."""


class _Compiled(NamedTuple):
    """A formula: what it reads, and the function that works it out from every value."""

    reads: tuple[str, ...]
    run: Run


@lru_cache(maxsize=8192)
def _compiled(formula: str) -> _Compiled:
    """The formula ready to be worked out. Raises FormulaError for anything that is not
    arithmetic."""
    reads: list[str] = []

    def function(node: ast.expr) -> Run:
        match node:
            case ast.Constant(int() | float() as value) if not isinstance(value, bool):
                number = float(str(value))
                return lambda values: number
            case ast.BinOp(first, operation, second) | ast.Compare(
                first, [operation], [second]
            ) if type(operation) in _OPERATIONS:
                work, left, right = _OPERATIONS[type(operation)], function(first), function(second)
                if isinstance(first, ast.BinOp):
                    work = _IN_PLACE.get(work, work)
                return lambda values: work(left(values), right(values))
            case ast.Name("WITHHELD"):
                return lambda values: math.nan
            case ast.Name(name):
                reads.append(name)
                return itemgetter(name)
            case ast.Call(ast.Name(name), arguments, []) if name in _FUNCTIONS:
                apply, takes = _FUNCTIONS[name]
                if len(arguments) in takes:
                    parts = [function(argument) for argument in arguments]
                    return lambda values: apply(*(part(values) for part in parts))
        raise FormulaError(
            f"formula '{formula}' may hold only names, numbers, + - * /, >, >=, MIN, MAX, IF "
            "and POWER"
        )

    run = function(_parsed(formula))
    return _Compiled(tuple(reads), run)
