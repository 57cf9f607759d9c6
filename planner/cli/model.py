"""Commands about money and what comes of it: benchmark, options, sensitivity, mix, workbook, staff cost. No sums."""

import argparse
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from planner.analysis.economics.benchmark import Benchmark
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.probabilistic import OptionDraws
from planner.analysis.economics.staff_costs import staff_cost
from planner.analysis.formatting import Unit, format_range, pounds
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.cli.printing import Mistake, as_json, print_json, print_table, results_of
from planner.cli.progress import write_whole
from planner.cli.registration import Commands, prints_json, reads_plan, writes
from planner.documents import tables
from planner.model.edit import with_value
from planner.model.service import AGENDA_FOR_CHANGE, PERSPECTIVES, POINTS, ZONES, Post
from planner.reference import load_reference
from planner.reference.library import load_library
from planner.store.plan_file import read_plan


def register(commands: Commands) -> None:
    """Register the commands."""
    for name, does, run in (
        (
            "benchmark",
            "The case studies in four columns, beside the plan's options",
            show_benchmark,
        ),
        (
            "options",
            "What each option costs, whom it can support and what may come of it",
            show_options,
        ),
        (
            "sensitivity",
            "What moves an option's result most, and where options overtake",
            show_sensitivity,
        ),
    ):
        reads_plan(commands.add(name, does, run))
    mix = commands.add("mix", "The best mix of the plan's options within a budget", show_mix)
    reads_plan(mix)
    mix.add_argument(
        "--budget", type=float, help="pounds a year; the plan's own where it is left out"
    )
    mix.add_argument("--objective", choices=("supported", "additional_stopped"))
    mix.add_argument("--most-deprived-at-least", type=float, metavar="SHARE",
                     help="least share of people supported from the most deprived fifth, such as 0.25")  # fmt: skip
    mix.add_argument("--staff", action="append", default=[], metavar="BAND=WTE",
                     help="most whole-time equivalents of a band, such as 8a=4; may be given again")  # fmt: skip
    book = commands.add(
        "workbook", "Write the model as an Excel workbook with live formulas", write_workbook
    )
    reads_plan(book, json=False)
    writes(book, "--out", "an Excel workbook", required=True)
    cost = commands.add("staff-cost", "What one kind of post costs in a year", show_staff_cost)
    cost.add_argument("--band", choices=AGENDA_FOR_CHANGE, required=True)
    cost.add_argument("--point", choices=POINTS, default="mid")
    cost.add_argument("--zone", choices=ZONES, default="none")
    cost.add_argument("--year", default="2026/27")
    cost.add_argument("--wte", type=float, default=1.0)
    cost.add_argument("--perspective", choices=PERSPECTIVES, default="provider")
    prints_json(cost)


def show_benchmark(options: argparse.Namespace) -> None:
    """The case studies in four columns, beside the plan's options."""
    result = results_of(options.plan).benchmark
    if options.json:
        print_json(_benchmark_json(result))
        return
    print_table(
        tables.benchmark(result.rows, "The case studies, measure by measure", load_library())
    )
    for row in result.rows:
        if row.missing_because:
            print(
                f"  Case study {row.case_study.removeprefix('cs')}, {row.measure}: {row.missing_because}"
            )
    for option in result.options:
        values = (
            format_range(option.modelled, Unit.PENCE)
            if option.unit.startswith("GBP")
            else format_range(option.modelled)
        )
        print(f"{option.option} {option.measure} [{option.unit}]: {values}")


def _benchmark_json(result: Benchmark) -> dict[str, Any]:
    def value(cell: Any) -> float | None:
        return None if cell is None else cell.value

    columns = ("published", "recomputed", "uprated", "modelled")
    return {
        "rows": [
            {
                "case_study": row.case_study,
                "name": row.name,
                "measure": row.measure.value,
                "reading": row.reading or None,
                "unit": row.unit,
                "counted": row.counted,
                "denominator": row.denominator,
                **{column: value(getattr(row, column)) for column in columns},
                "price_years": {
                    column: cell.price_year
                    for column in columns
                    if (cell := getattr(row, column)) is not None and cell.price_year
                },
                "missing_because": row.missing_because,
                "cautions": list(row.cautions),
            }
            for row in result.rows
        ],
        "options": as_json(result.options),
        "price_year": result.price_year,
        "method": result.method,
    }


def show_options(options: argparse.Namespace) -> None:
    """What each option costs, whom it supports, and what may come of it, gross and net."""
    result = results_of(options.plan)
    simulated = Projections(result, load_reference()).simulated
    if options.json:
        print_json(
            {
                "options": [
                    _option_json(option, simulated.of(option.id)) for option in result.options
                ],
                "preferred": result.plan.preferred_option,
                "simulation": {
                    "seed": simulated.seed,
                    "draws": simulated.draws,
                    "correlation": simulated.correlation,
                    "measure": simulated.measure,
                    "method": simulated.method,
                    "distributions": dict(simulated.distributions),
                },
            }
        )
        return
    if not result.options:
        print("The plan has no option yet")
        return
    library = load_library()
    for table in (
        tables.options(result, library),
        tables.option_reach(result, library),
        tables.outcomes(result, library),
        tables.how_sure(simulated, library),
    ):
        print_table(table)


def _option_json(option: OptionResult, draws: OptionDraws | None) -> dict[str, Any]:
    """An option as it stands, with the mean and 95% interval of each measure, gross and net, beside
    it."""
    fields: dict[str, Any] = as_json(option)
    return fields | {"draws": None if draws is None else as_json(draws, exclude={"id", "name"})}


def show_sensitivity(options: argparse.Namespace) -> None:
    """What moves the preferred option most, and where options overtake."""
    result = Projections(results_of(options.plan), load_reference())
    if options.json:
        print_json({"sensitivity": result.sensitivity, "thresholds": list(result.thresholds)})
        return
    if result.sensitivity is None:
        raise Mistake("the plan has no option that does anything, so there is nothing to move")
    print(result.sensitivity.finding)
    print_table(tables.sensitivity(result.sensitivity, load_library()))
    for threshold in result.thresholds:
        print(threshold.words)


def show_mix(options: argparse.Namespace) -> None:
    """The best mix of the plan's options within a budget."""
    plan = read_plan(options.plan)
    caps = []
    for given in options.staff:
        band, equals, wte = given.partition("=")
        if not equals or band not in AGENDA_FOR_CHANGE:
            raise Mistake(f"--staff {given}: write a band and a number, such as 8a=4")
        caps.append({"band": band, "wte": wte})
    question = plan.mix.model_dump() | {
        name: value
        for name, value in (
            ("budget", options.budget),
            ("objective", options.objective),
            ("most_deprived_at_least", options.most_deprived_at_least),
            ("staff", caps or None),
        )
        if value is not None
    }
    plan = with_value(plan, "mix", question)
    result = Projections(results(plan, load_reference()), load_reference())
    with _solver_unheard():
        _ = result.mix, result.frontier
    if result.mix is None:
        raise Mistake(f"no mix can be worked out: {result.mix_missing_because}")
    if options.json:
        print_json({"mix": result.mix, "frontier": list(result.frontier)})
        return
    print(result.mix.words)
    if result.mix.parts:
        print_table(tables.mix(result.mix, load_library()))
    for cost in result.mix.constraints:
        print(f"    {cost.words}")
    print_table(tables.frontier(result.frontier, load_library()))
    for why in result.mix.assumes:
        print(f"    {why}")


@contextmanager
def _solver_unheard() -> Iterator[None]:
    """The solver may write a line of its own to standard output, which would spoil what is printed
    here."""
    sys.stdout.flush()
    current, nowhere = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, 1)
        yield
    finally:
        os.dup2(current, 1)
        os.close(current)
        os.close(nowhere)


def write_workbook(options: argparse.Namespace) -> None:
    """The model as an Excel workbook."""
    from planner.outputs.workbook.build import workbook

    result = results_of(options.plan)
    write_whole(options.out, workbook(result, load_reference()))
    print(f"Wrote {options.out}: {len(result.options)} options, every sum a formula")


def show_staff_cost(options: argparse.Namespace) -> None:
    """What one kind of post costs in a year, part by part."""
    post = Post(
        title=f"Band {options.band}",
        band=options.band,
        point=options.point,
        zone=options.zone,
        wte=options.wte,
    )
    cost = staff_cost(post, options.year, options.perspective, load_reference())
    parts = {
        "salary": cost.salary,
        "high_cost_area": cost.high_cost_area,
        "national_insurance": cost.national_insurance,
        "pension": cost.pension,
        "levy": cost.levy,
        "total": cost.total,
    }
    if options.json:
        question = {
            "band": options.band,
            "point": options.point,
            "zone": options.zone,
            "wte": options.wte,
        }
        given = {"year": cost.year, "perspective": cost.perspective, **question}
        print_json(
            {
                **given,
                **parts,
                "unit": "GBP a year",
                "cautions": cost.cautions,
                "sources": cost.sources,
            }
        )
        return
    for name, value in parts.items():
        print(f"{name.replace('_', ' '):20} {pounds(value, 2):>14}")
    for caution in cost.cautions:
        print(f"Take care: {caution}")
