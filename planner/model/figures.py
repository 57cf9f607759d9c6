"""A number and its receipt: what it is, where it comes from, how far to trust it. No sums."""

import ast
import operator
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from planner.model.base import Frozen, without_fault

Identifier = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_.-]*$", max_length=80)]


class FigureKind(StrEnum):
    """How a number came to be. Shown in words wherever the number is shown."""

    PUBLISHED = "published"
    DERIVED = "derived"
    MODELLED = "modelled"
    ASSUMED = "assumed"
    ENTERED = "entered"

    def in_words(self, verified: bool = True) -> str:
        """The kind, with a warning where nobody has checked the number."""
        return self.value if verified else f"{self.value}, unverified"


class Sourced(Frozen):
    """How a row of figures came to be, and the source it stands in."""

    kind: FigureKind
    source: str


class Verifiable(Sourced):
    """The same, and whether somebody has checked the row against its source."""

    verified: bool


class Source(Frozen):
    """A document that figures come from."""

    id: Identifier
    title: str
    publisher: str
    published: str
    url: str | None = None
    licence: str


class Figure(Frozen):
    """One number with its receipt.

    `value` is empty only where the number cannot honestly be given; `missing_because` then says
    why. `formula` names other figures of the same file and gives the arithmetic of a derived or
    modelled one. `verified` is false where nobody has yet checked the number against its publisher.
    """

    id: Identifier
    label: str
    value: float | None = None
    unit: str
    period: str
    price_year: str | None = None
    basis: str | None = None
    kind: FigureKind
    source: Identifier
    section: str
    quote: Annotated[str, Field(max_length=80)] | None = None
    formula: str | None = None
    missing_because: str | None = None
    verified: bool = True
    cautions: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _has_a_value_or_a_reason(self) -> Self:
        known = self.value is not None
        return without_fault(
            self,
            (
                not known and self.formula is None and not self.missing_because,
                f"figure '{self.id}' has no value: say why in missing_because",
            ),
            (
                known and self.missing_because,
                f"figure '{self.id}' has both a value and a reason for having none",
            ),
            (
                self.kind is FigureKind.PUBLISHED and self.formula,
                f"figure '{self.id}' is worked out by a formula, so it is not published",
            ),
            (
                self.unit.startswith("GBP") and known and self.price_year is None,
                f"figure '{self.id}' is money: name its price year",
            ),
        )

    @property
    def kind_in_words(self) -> str:
        """The kind, with a warning where the number is unverified."""
        return self.kind.in_words(self.verified)


_OPERATIONS: dict[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


def evaluate(formula: str, values: Mapping[str, float | None]) -> float:
    """The result of plain arithmetic over named figures, such as `annual_cost / population`.

    Only names, numbers, brackets and + - * / are allowed.
    Raises ValueError naming whatever else stands in the formula or has no value.
    """

    def work(node: ast.expr) -> float:
        match node:
            case ast.BinOp(left, sign, right) if type(sign) in _OPERATIONS:
                return _OPERATIONS[type(sign)](work(left), work(right))
            case ast.Constant(int() | float() as number):
                return float(number)
            case ast.Name(name) if name in known:
                return known[name]
            case ast.Name(name):
                raise ValueError(f"formula '{formula}' uses '{name}', which has no value")
        raise ValueError(f"formula '{formula}' may hold only figure names, numbers and + - * / ( )")

    known = {name: value for name, value in values.items() if value is not None}
    try:
        tree = ast.parse(formula, mode="eval")
    except SyntaxError as error:
        raise ValueError(f"formula '{formula}' cannot be read: {error.msg}") from error
    try:
        return work(tree.body)
    except ZeroDivisionError as error:
        raise ValueError(f"formula '{formula}' divides by zero") from error


def work_out(figures: tuple[Figure, ...]) -> tuple[Figure, ...]:
    """The same figures, in the same order, with the value of each formula filled in.

    A formula may use any figure that stands above it. Raises ValueError for a repeated id.
    """
    values: dict[str, float | None] = {}
    done = []
    for figure in figures:
        if figure.id in values:
            raise ValueError(f"figure '{figure.id}' appears twice")
        if figure.formula is not None:
            figure = Figure.model_validate(
                figure.model_dump() | {"value": evaluate(figure.formula, values)}
            )
        values[figure.id] = figure.value
        done.append(figure)
    return tuple(done)
