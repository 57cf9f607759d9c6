"""The one table of named steps behind every cost: worked out here, and written as formulas into the workbook.

A formula is plain arithmetic over names, with MIN, MAX and IF, so that Python and Excel read it alike. No
file, plan or wording is known here.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

import numpy as np

Case = Literal["low", "central", "high"]
CASES: tuple[Case, ...] = ("low", "central", "high")
OPPOSITE: dict[Case, Case] = {"low": "high", "central": "central", "high": "low"}
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
class Step:
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
    steps: Sequence[Step], inputs: Mapping[Case, Mapping[str, float]]
) -> dict[Case, dict[str, float | None]]:
    """Every step in the low, central and high case, beside the inputs it was given.

    A step that is withheld, or rests on one that is, is None. Raises FormulaError naming a step that uses a name not yet
    known.
    """
    values: dict[Case, dict[str, Value]] = {case: dict(inputs[case]) for case in CASES}
    for step in steps:
        made = {}
        for case in CASES:
            seen = {}
            for name in step.uses:
                plain, of = _where(name, case)
                if plain not in values[of]:
                    raise FormulaError(f"step '{step.name}' uses '{plain}', which is not known")
                seen[name] = values[of][plain]
                if name.endswith(ORDERED) and case != "central" and seen[name] is not None:
                    further = min if case == "low" else max
                    seen[name] = further(seen[name], values["central"][plain])
            made[case] = _number(_result(step.formula, seen))
        for case in CASES:
            values[case][step.name] = made[case]
    return values


def draw_out(steps: Sequence[Step], inputs: Mapping[str, Any]) -> dict[str, Any]:
    """Every step for many draws at once. There are no cases among draws; a withheld value is not a number."""
    values: dict[str, Any] = dict(inputs)
    with np.errstate(divide="ignore", invalid="ignore"):
        for step in steps:
            seen = {name: values[_where(name, "central")[0]] for name in step.uses}
            values[step.name] = _compiled(step.formula)(seen)
    return values


def written(step: Step, reference: Callable[[str, Case], str], case: Case) -> str:
    """The formula as a spreadsheet reads it, each name in place of what `reference` gives for it and its case."""
    tree = _parsed(step.formula)

    class Names(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.AST:
            node.args = [self.visit(argument) for argument in node.args]
            return node

        def visit_Name(self, node: ast.Name) -> ast.AST:
            if node.id == "WITHHELD":
                return ast.copy_location(ast.Name(id=f'"{WITHHELD}"'), node)
            plain, of = _where(node.id, case)
            text = reference(plain, of)
            if node.id.endswith(ORDERED) and case != "central":
                text = f"{'MIN' if case == 'low' else 'MAX'}({text}, {reference(plain, 'central')})"
            return ast.copy_location(ast.Name(id=text), node)

    return "=" + ast.unparse(Names().visit(tree)).replace(" == ", " = ")


@lru_cache(maxsize=4096)
def _where(name: str, case: Case) -> tuple[str, Case]:
    if name.endswith(TURN):
        return name.removesuffix(TURN), OPPOSITE[case]
    if name.endswith(FLOOR):
        return name.removesuffix(FLOOR), "low"
    if name.endswith(ORDERED):
        return name.removesuffix(ORDERED), case
    if name.endswith(MIDDLE):
        return name.removesuffix(MIDDLE), "central"
    return name, case


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
    found = [node.id for node in nodes if isinstance(node, ast.Name)]
    return tuple(dict.fromkeys(n for n in found if n not in functions and n != "WITHHELD"))


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


# --- the table -------------------------------------------------------------------------------------------------

POST_STEPS = (
    Step("supplement", "High-cost-area supplement", "GBP a year for a whole-time post",
         "MIN(MAX(salary * zone_share, zone_minimum), zone_maximum)"),
    Step("basic_pay", "Salary", "GBP a year", "salary * wte"),
    Step("area_pay", "High-cost-area pay", "GBP a year", "supplement * wte"),
    Step("paid", "Pay", "GBP a year", "basic_pay + area_pay"),
    Step("national_insurance", "Employer's National Insurance", "GBP a year",
         "MAX(0, paid / people - ni_threshold) * people * ni_rate"),
    Step("pension", "Employer's pension", "GBP a year", "paid * pension_rate"),
    Step("levy", "Apprenticeship levy", "GBP a year", "paid * levy_rate"),
    Step("total", "Cost of the post", "GBP a year", "paid + national_insurance + pension + levy"),
    Step("hours", "Hours with or for people", "hours a year", "wte * hours_a_year * patient_facing"),
)  # fmt: skip
"""One line of posts, from its whole-time salary to what it costs an employer."""


def _named(medicine_class: str) -> str:
    return medicine_class.replace("z_drugs", "Z-drugs")


def need_steps(classes: Sequence[str]) -> tuple[Step, ...]:
    """From people prescribed each class to people who may take up support in a year."""
    long_term = [
        Step(f"long_term_{c}", f"Prescribed {_named(c)} for the long term", "people",
             f"patients_{c} * month_share_{c} * long_term_share_{c}")
        for c in classes
    ]  # fmt: skip
    return (
        *long_term,
        Step("patients_sum", "Sum over classes", "people, some counted more than once",
             " + ".join(f"patients_{c}" for c in classes)),
        Step("long_term_sum", "Sum over classes, long term", "people, some counted more than once",
             " + ".join(f"long_term_{c}" for c in classes)),
        Step("people", "People prescribed any class", "people", "patients_sum / classes_per_person"),
        Step("long_term_people", "People prescribed for the long term", "people", "long_term_sum / classes_per_person"),
        Step("eligible", "For whom an offer is appropriate", "people", "long_term_people * appropriate_share"),
        Step("offered", "Offered support in a year", "people", "eligible * coverage"),
        Step("demand", "Taking up an offer in a year", "people", "offered * uptake"),
    )  # fmt: skip


def outcome_steps(classes: Sequence[str], net: bool, reduced: bool, left: bool) -> tuple[Step, ...]:
    """What becomes of the people who start, over all classes, each class by its share of long-term need."""

    def blend(what: str) -> str:
        return " + ".join(f"weight_{c} * {what}_{c}" for c in classes)

    steps = [
        Step(f"weight_{c}", f"Part of long-term need that is {_named(c)}", "share",
             f"IF(long_term_sum__central > 0, long_term_{c}__central / long_term_sum__central, 0)")
        for c in classes
    ]  # fmt: skip
    steps += [Step("stop_share", "Share who stop, with support", "share of people who start", blend("stop"))]
    if net:
        steps += [
            Step("usual_share", "Share who would stop with usual care", "share of people who start", blend("usual")),
            Step("net_share", "Share who stop beyond usual care", "share of people who start", blend("net")),
            Step("net_medicine", "Medicines of those who stop beyond usual care, for each person who starts",
                 "GBP a year per person", " + ".join(f"weight_{c} * net_{c} * medicine_cost_{c}" for c in classes)),
        ]  # fmt: skip
    if reduced:
        steps.append(Step("reduce_share", "Share who reduce", "share of people who start", blend("reduce")))
    if left:
        steps.append(
            Step("left_share", "Share who leave or are not known", "share of people who start", blend("left"))
        )
    return tuple(steps)


def option_steps(
    *,
    stated: bool,
    need: bool,
    outcomes: bool,
    net: bool,
    reduced: bool,
    left: bool,
    relapse: bool,
    all_ages: bool,
) -> tuple[Step, ...]:
    """One option from its posts to every measure. What cannot be known for a plan has no step."""
    enough = "IF({0}__low >= 0.5, annual_cost / {0}__opposite, WITHHELD)"
    steps = [
        Step("overhead", "Overheads", "GBP a year", "pay * overhead_share"),
        Step("set_up_spread", "Set-up, spread over the years", "GBP a year", "set_up / years"),
        Step("annual_cost", "Cost a year", "GBP a year", "pay + overhead + other_costs + set_up_spread"),
        Step("cost_per_head", "Cost per head of the plan's population", "GBP a year per head", "annual_cost / population"),
    ]  # fmt: skip
    if all_ages:
        steps.append(Step("cost_per_head_all_ages", "Cost per head of residents of all ages", "GBP a year per head",
                          "annual_cost / residents"))  # fmt: skip
    steps.append(Step("capacity", "People the team can support", "people a year",
                      "stated_capacity" if stated else "hours / hours_per_person__opposite"))  # fmt: skip
    if not need:
        return tuple(steps)
    steps += [
        Step("supported", "People supported", "people a year", "MIN(demand, capacity)"),
        Step("unmet", "People who cannot be supported", "people a year", "MAX(0, demand - capacity__opposite)"),
        Step("waiting_weeks", "Weeks of work waiting after a year", "weeks",
             "IF(capacity__opposite > 0, unmet / capacity__opposite * 52, WITHHELD)"),
        Step("cost_per_person", "Cost per person supported", "GBP per person", enough.format("supported")),
        Step("reach", "Reach per 1,000 people prescribed", "people per 1,000", "IF(people__central > 0, supported * 1000 / people__central, WITHHELD)"),
        Step("starting", "People who start to reduce", "people a year", "supported * starting_share"),
        Step("cost_per_start", "Cost per person who starts", "GBP per person", enough.format("starting")),
    ]  # fmt: skip
    if outcomes:
        own = "stop_share + (effect - 1) * net_share" if net else "stop_share * effect"
        steps += [
            Step("stop_own", "Share who stop with this option, before limits", "share of people who start", own),
            Step("stop_rate", "Share who stop with this option", "share of people who start",
                 "MIN(1, MAX(0, stop_own__ordered))"),
            Step("stopped", "People who stop (gross)", "people a year", "starting * stop_rate"),
            Step("cost_per_stopped", "Cost per person who stops (gross)", "GBP per person", enough.format("stopped")),
        ]  # fmt: skip
    if outcomes and relapse:
        steps.append(Step("sustained", "People still off the medicine later", "people a year",
                          "stopped * (1 - relapse__opposite)"))  # fmt: skip
    if outcomes and net:
        steps += [
            Step("additional_rate", "Share who stop beyond usual care", "share of people who start",
                 "MAX(0 - usual_share__opposite, MIN(net_share * IF(net_share > 0, effect, effect__opposite), "
                 "MIN(stop_rate, 1 - usual_share__opposite)))"),
            Step("additional", "Additional people who stop (net of usual care)", "people a year",
                 "IF(additional_rate > 0, starting, starting__opposite) * additional_rate"),
            Step("cost_per_additional", "Cost per additional person who stops", "GBP per person",
                 enough.format("additional")),
            Step("medicines", "Medicines no longer prescribed (not cash)", "GBP a year",
                 "MAX(0, starting * net_medicine * IF(net_medicine > 0, effect, effect__opposite))"),
        ]  # fmt: skip
    if outcomes and reduced:
        steps += [
            Step("reduced", "People who reduce", "people a year", "starting * MIN(reduce_share, 1 - stop_rate__opposite)"),
            Step("stopped_or_reduced", "People who stop or reduce", "people a year", "MIN(starting, stopped + reduced)"),
            Step("cost_per_stopped_or_reduced", "Cost per person who stops or reduces", "GBP per person",
                 enough.format("stopped_or_reduced")),
        ]  # fmt: skip
    if outcomes and left:
        others = (
            "MAX(0, 1 - stop_rate__opposite - reduce_share__opposite)"
            if reduced
            else "1 - stop_rate__opposite"
        )
        steps.append(Step("left", "People who leave or whose outcome is unknown", "people a year",
                          f"starting * MIN(left_share, {others})"))  # fmt: skip
    if outcomes:
        known = ["stopped", *(["reduced"] if reduced else []), *(["left"] if left else [])]
        steps.append(Step("no_change", "People with no change, or not known", "people a year",
                          f"MAX(0, starting - {' - '.join(f'{name}__opposite' for name in known)})"))  # fmt: skip
    return tuple(steps)


def year_steps(years: int, need: bool, net: bool, budget: bool) -> tuple[Step, ...]:
    """Year by year: staff arriving, pay and prices growing, cash, present value, people and those left waiting.

    Cash is at each year's own prices. Present value is of cash at year 1's prices, since the Green Book's rate is a
    real one. Nobody comes forward twice: all who ever come are at most those for whom an offer is appropriate.
    """
    steps: list[Step] = []
    for year in range(1, years + 1):
        before = year - 1
        steps += [
            Step(f"pay_factor_{year}", f"Pay, year {year}, over year 1", "times",
                 "1" if year == 1 else f"pay_factor_{before} * (1 + pay_growth)"),
            Step(f"price_factor_{year}", f"Prices, year {year}, over year 1", "times",
                 "1" if year == 1 else f"price_factor_{before} * (1 + price_growth)"),
            Step(f"staff_cash_{year}", f"Pay and overheads, year {year}", "GBP",
                 f"(pay + overhead) * staffed_{year} * pay_factor_{year}"),
            Step(f"other_cash_{year}", f"Other costs, year {year}", "GBP", f"other_costs * price_factor_{year}"),
            Step(f"set_up_cash_{year}", f"Set-up, year {year}", "GBP", "set_up" if year == 1 else "0"),
            Step(f"cash_{year}", f"Cash, year {year}", "GBP",
                 f"staff_cash_{year} + other_cash_{year} + set_up_cash_{year}"),
            Step(f"discount_{year}", f"Discount factor, year {year}", "times",
                 "1" if year == 1 else f"discount_{before} / (1 + discount_rate)"),
            Step(f"present_{year}", f"Present value, year {year}, at year 1 prices", "GBP", f"cash_{year} / price_factor_{year} * discount_{year}"),
        ]  # fmt: skip
        if budget:
            steps.append(
                Step(f"balance_{year}", f"Budget less cash, year {year}", "GBP", f"budget - cash_{year}")
            )
        if need:
            come = "demand" if year == 1 else f"MIN(demand, MAX(0, eligible - come_{before}))"
            total = f"new_{year}" if year == 1 else f"come_{before} + new_{year}"
            here = f"new_{year}" if year == 1 else f"waiting_{before} + new_{year}"
            steps += [
                Step(f"capacity_{year}", f"Capacity, year {year}", "people", f"capacity * IF(recruits > 0, staffed_{year}, 1)"),
                Step(f"new_{year}", f"People who come forward, year {year}", "people", come),
                Step(f"come_{year}", f"People who have come forward by year {year}", "people", total),
                Step(f"supported_{year}", f"People supported, year {year}", "people",
                     f"MIN({here}, capacity_{year})"),
                Step(f"waiting_{year}", f"Waiting at the end of year {year}", "people",
                     f"{here} - supported_{year}"),
            ]  # fmt: skip
            if net:
                steps.append(Step(f"additional_{year}", f"Additional people who stop, year {year}", "people",
                                  f"supported_{year} * starting_share * additional_rate"))  # fmt: skip
    return (
        *steps,
        Step("cash_total", "Cash over all years", "GBP", " + ".join(f"cash_{y}" for y in range(1, years + 1))),
        Step("present_total", "Present value of all years", "GBP", " + ".join(f"present_{y}" for y in range(1, years + 1))),
    )  # fmt: skip
