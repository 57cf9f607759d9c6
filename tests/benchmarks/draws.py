"""How long the draws take beside drawing alone and beside plain Python, and how much memory a
million need.

Run: python -m tests.benchmarks.draws

Three comparisons, each in interleaved rounds of which the least, middle and most are printed:
10,000 draws of 8 options, whose central case is there already as every page has it, beside numpy
drawing the very same variates and doing nothing with them (at most 3 times); one option, beside a
loop over draws in plain Python that does the same sums (at least 10 times faster); a million draws
of 8 options, in a process of their own: the most memory above what it held before (under 250 MiB).
"""

from __future__ import annotations

import ast
import gc
import math
import random
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np

from planner.analysis.calculation.distributions import LIMIT, Distribution, Stream, by_range
from planner.analysis.calculation.draws import distribution_of
from planner.analysis.calculation.inputs import BY_KEY
from planner.analysis.calculation.measures import IN_DRAWS, POST_STEPS, Calculation
from planner.analysis.economics.example import starter_plan
from planner.analysis.economics.option_model import (
    POINTS_OF_BAND,
    Case,
    OptionSums,
    default_range,
)
from planner.analysis.economics.probabilistic import simulate
from planner.model.base import Range
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference import load_reference

ROOT = Path(__file__).resolve().parents[2]
ROUNDS, DRAWS, FEWER, MILLION = 15, 10_000, 2_000, 1_000_000
# What /proc takes to forget the most memory held so far.
RESET = "5"


def plan_of_eight(reference: ReferenceData, draws: int) -> Plan:
    """The options we offer, the first ones again with other hours, and a contract: eight in all."""
    plan = starter_plan(reference.find_organisation("QF7"), reference)
    offered = [option for option in plan.options if not option.is_do_nothing]
    values = [option.model_dump() for option in offered]
    again = [
        row | {"id": f"{row['id']}-b", "name": f"{row['name']} (brief)",
               "hours_programme": {"low": 8, "central": 12, "high": 18}}
        for row in values
    ]  # fmt: skip
    contract = {
        "id": "contract",
        "name": "Contract",
        "stated_capacity": {"low": 200, "central": 300, "high": 350},
        "other_costs": [{"label": "Contract", "heading": "non-pay", "amount": 250_000}],
    }
    eight = [*values, *again][:7] + [contract]
    assert len(eight) == 8
    return Plan.model_validate(
        plan.model_dump() | {"options": eight, "simulation": {"simulations": draws}}
    )


def parts(plan: Plan, reference: ReferenceData) -> Case:
    """What the draws are made from."""
    return Case.of(plan, reference)


def timed(work: Callable[[], Any]) -> float:
    gc.collect()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


# --- the very same variates, and nothing else -----------------------------------------------------


def variates_of(work: Callable[[], Any]) -> list[Callable[[np.random.Generator], Any]]:
    """Every array of variates that the work draws, as a bare call of numpy for as many of the same
    kind."""
    rows: list[Callable[[np.random.Generator], Any]] = []
    draw, normal = Distribution.draw, Stream.normal

    def noted(self: Distribution, generator: np.random.Generator, size: int) -> Any:
        rows.append(bare(self, size))
        return draw(self, generator, size)

    def noted_normal(self: Stream, name: str) -> Any:
        rows.append(partial(np.random.Generator.standard_normal, size=self.size))
        return normal(self, name)

    with (
        mock.patch.object(Distribution, "draw", noted),
        mock.patch.object(Stream, "normal", noted_normal),
    ):
        work()
    return rows


def bare(one: Distribution, size: int) -> Callable[[np.random.Generator], Any]:
    """A call of numpy for that many variates of that kind."""
    if one.shape == "beta":
        return lambda generator: generator.beta(one.a, one.b, size)
    assert one.shape in ("lognormal", "split", "log split")
    return lambda generator: generator.standard_normal(size)


def beside_bare(reference: ReferenceData) -> None:
    """Ten thousand draws of eight options, beside the same variates alone."""
    given = parts(plan_of_eight(reference, DRAWS), reference)
    calls = variates_of(lambda: simulate(replace(given)))
    generator = np.random.default_rng(2026)

    def floor() -> None:
        for call in calls:
            call(generator)

    sums = given.sums
    for one in sums:
        assert one.values

    def ours() -> None:
        # The central case of each option is there already; its draws are made anew.
        case = replace(given)
        case._cache.update({f"sums of {id(one.option)}": one for one in sums})
        simulate(case)

    ours()
    pairs = [(timed(ours), timed(floor)) for _ in range(ROUNDS)]
    report(
        f"{DRAWS:,} draws of 8 options",
        pairs,
        f"bare numpy, {len(calls)} arrays of variates",
        "target at most 3",
    )


# --- a loop in plain Python -----------------------------------------------------------------------


class Plain(ast.NodeTransformer):
    """A formula of the register of measures as plain Python."""

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id="nan" if node.id == "WITHHELD" else node.id)

    def visit_Call(self, node: ast.Call) -> ast.AST:
        given: list[ast.expr] = [self.visit(argument) for argument in node.args]
        assert isinstance(node.func, ast.Name)
        if node.func.id == "IF":
            return ast.IfExp(*given)
        return ast.Call(ast.Name(id=node.func.id.lower()), given, [])


def plain_function(
    steps: tuple[Calculation, ...], inputs: list[str], wanted: list[str]
) -> Callable[..., Any]:
    """The steps as one function of plain Python, each an assignment, as a person would write it."""
    lines = [f"def work({', '.join(inputs)}):"]
    lines += [
        f"    {step.name} = {ast.unparse(Plain().visit(ast.parse(step.formula, mode='eval')))}"
        for step in steps
    ]
    lines.append(f"    return {', '.join(wanted)}")
    names: dict[str, Any] = {"nan": math.nan, "power": pow}
    exec("\n".join(lines), names)
    work: Callable[..., Any] = names["work"]
    return work


def one_variate(one: Distribution) -> Callable[[], float]:
    """A call of Python's own random numbers for one variate."""
    if one.shape == "beta":
        return lambda: random.betavariate(one.a, one.b)
    if one.shape == "lognormal":
        sigma = math.log(one.c / one.b) / 3.919927969
        return lambda: random.lognormvariate(math.log(one.a), sigma)
    if one.shape == "log split":
        log = one_variate(Distribution("split", *(math.log(end) for end in (one.a, one.b, one.c))))
        return lambda: math.exp(log())
    if one.shape == "split":

        def split() -> float:
            z = random.gauss() / LIMIT
            value = one.b + z * (one.c - one.b if z > 0 else one.b - one.a)
            return min(max(value, one.lowest), one.highest)

        return split
    return lambda: one.a


def plain_draws(one: OptionSums, given: Case, draws: int) -> dict[str, tuple[float, float]]:
    """The 95% limits of every measure of one option, draw by draw in plain Python."""
    fixed = one.central
    rendering = {
        name: one_variate(distribution)
        for name, values in one.given.items()
        if (distribution := distribution_of(name, values)).shape != "fixed"
    }
    posts = []
    for post in one.posts:
        inputs = post["central"].inputs
        low, middle, high = (post[point].inputs["salary"] for point in POINTS_OF_BAND)
        salary = by_range(Range(low=low, central=middle, high=high), "log")
        rest = {name: value for name, value in inputs.items() if name != "salary"}
        posts.append(
            (plain_function(POST_STEPS, list(inputs), ["total"]), one_variate(salary), rest)
        )
    classes = [
        (
            row.medicine_class.value,
            {key: one_variate(share.drawn_from) for key, share in row.shares().items()},
            row.stop.drawn_from.shape == "lognormal",
            not row.no_evidence,
        )
        for row in one.evidence
    ]
    variance = one_variate(by_range(default_range(BY_KEY["between_studies"].default, given), "log"))
    steps = (*one.need, *one.steps)
    wanted = [name for name in IN_DRAWS if name in {step.name for step in steps}]
    work = plain_function(steps, list(fixed), wanted)

    outputs: list[list[float]] = [[] for _ in wanted]
    for _ in range(draws):
        values = dict(fixed)
        for name, variate in rendering.items():
            values[name] = variate()
        values["pay"] = sum(total(salary=salary(), **rest) for total, salary, rest in posts)
        distance = math.sqrt(variance())
        for name, shares, is_ratio, has_evidence in classes:
            for key, variate in shares.items():
                values[f"{key}_{name}"] = variate()
            stop = values[f"stop_{name}"]
            if is_ratio:
                stop = min(1.0, values[f"usual_{name}"] * stop)
            if has_evidence:
                stop = stop / (stop + (1 - stop) * math.exp(-distance * random.gauss()))
            values[f"stop_{name}"] = stop
            values[f"net_{name}"] = stop - values[f"usual_{name}"]
        for column, value in zip(outputs, work(**values), strict=True):
            column.append(value)
    lookup = {}
    for name, column in zip(wanted, outputs, strict=True):
        column.sort()
        lookup[name] = column[int(0.025 * draws)], column[int(0.975 * draws)]
    return lookup


def beside_plain(reference: ReferenceData) -> None:
    """One option, draw for draw, beside the same sums in plain Python over fewer draws."""
    eight = plan_of_eight(reference, DRAWS)
    option = next(option for option in eight.options if option.id == "specialist-mdt")
    plan = eight.model_copy(update={"options": (option,)})
    given = parts(plan, reference)
    one = given.sums_of(option)
    ours, theirs = simulate(replace(given)).options[0].estimates, plain_draws(one, given, FEWER)
    # The sums are the same, so the limits are near.
    for name in ("annual_cost", "people_assessed", "stopped"):
        assert math.isclose(ours[name].low, theirs[name][0], rel_tol=0.1), (name, theirs[name])
        assert math.isclose(ours[name].high, theirs[name][1], rel_tol=0.1), (name, theirs[name])
    pairs = [
        (
            timed(lambda: plain_draws(one, given, FEWER)) / FEWER,
            timed(lambda: simulate(replace(given))) / DRAWS,
        )
        for _ in range(ROUNDS)
    ]
    report(
        f"plain Python, draw for draw over {FEWER:,}",
        pairs,
        "ours, one option",
        "target at least 10",
        1e6,
        "µs",
    )


# --- a million ------------------------------------------------------------------------------------


def a_million() -> None:
    """Print the seconds of a million draws, and the most memory in MiB beyond what was held."""
    reference = load_reference()
    given = parts(plan_of_eight(reference, MILLION), reference)
    # What is loaded once is not counted.
    simulate(parts(plan_of_eight(reference, 100), reference))
    gc.collect()
    Path("/proc/self/clear_refs").write_text(RESET)
    before = memory_in_mib("VmRSS")
    taken = timed(lambda: simulate(replace(given)))
    print(
        taken,
        memory_in_mib("VmHWM") - before,
        resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    )


def memory_in_mib(name: str) -> float:
    """A line of this process's memory, in MiB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return float(next(line for line in lines if line.startswith(name)).split()[1]) / 1024


def in_a_process_of_its_own() -> None:
    """The million, three times over."""
    rows = []
    for _ in range(3):
        output = subprocess.run(
            [sys.executable, "-m", "tests.benchmarks.draws", "million"],
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        rows.append([float(value) for value in output.split()])
    more = sorted(memory for _, memory, _ in rows)
    print(
        f"{MILLION:,} draws of 8 options: {statistics.median(row[0] for row in rows):.1f} s; at "
        f"most {more[0]:.0f} / {more[1]:.0f} / {more[2]:.0f} MiB above what the process held "
        f"before (target under 250), {max(row[2] for row in rows):.0f} MiB in all"
    )


def report(
    what: str,
    pairs: list[tuple[float, float]],
    floor: str,
    target: str,
    scale: float = 1e3,
    unit: str = "ms",
) -> None:
    """Print the ratio of each interleaved pair: least, middle and most."""
    ratios = sorted(first / second for first, second in pairs)
    ours, theirs = (statistics.median(pair[at] for pair in pairs) * scale for at in (0, 1))
    print(
        f"{what}: {ours:.1f} {unit} beside {theirs:.2f} {unit} for {floor}; ratio {ratios[0]:.2f} "
        f"/ {statistics.median(ratios):.2f} / {ratios[-1]:.2f} (least, middle, most; {target})"
    )


def main() -> None:
    """Measure all three."""
    reference = load_reference()
    beside_bare(reference)
    beside_plain(reference)
    in_a_process_of_its_own()


if __name__ == "__main__":
    a_million() if sys.argv[1:] == ["million"] else main()
