"""The command that reads local data files, and takes their figures into a plan.

No file's layout is known here.
"""

import argparse
from collections.abc import Callable
from pathlib import Path

from platformdirs import user_cache_dir

from planner.analysis.local_data.adopt import CannotAdopt, adopt
from planner.analysis.local_data.report import report_lines
from planner.cli.printing import (
    Mistake,
    Progress,
    StoppedByUser,
    print_json,
    print_lines,
    write_whole,
)
from planner.cli.registration import Commands, prints_json, reads, shows_progress, writes
from planner.model.intake import Level, Reading
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.reference import load_reference
from planner.store.plan_file import plan_to_json, read_plan


def register(commands: Commands) -> None:
    """Register the command."""
    ingest = commands.add(
        "ingest", "Read local data files and say what was read and what was not", ingest_files
    )
    reads(
        ingest,
        "files",
        nargs="+",
        type=str,
        metavar="FILE",
        help="a file, or a table's name with --table",
    )
    ingest.add_argument("--icb", help="keep one board's rows, by its ODS code such as QF7")
    ingest.add_argument(
        "--level", choices=("icb", "sub_icb", "pcn", "practice"), help="add up to these"
    )
    ingest.add_argument(
        "--class",
        dest="medicine_class",
        choices=[c.value for c in MedicineClass],
        help="the class that an OpenPrescribing file is about",
    )
    takes_figures(ingest)
    ingest.add_argument("--cuts", type=Path, help="where cuts of the national dataset are kept")
    ingest.add_argument(
        "--engine",
        choices=("polars", "duckdb", "spark"),
        default="polars",
        help="what reads the national dataset; duckdb and spark need the 'engines' extra",
    )
    ingest.add_argument(
        "--table", action="store_true", help="FILE is a table's name in the engine's platform"
    )


def takes_figures(command: argparse.ArgumentParser) -> None:
    """Add what may be done with figures that were read: a table, a plan with them in it, JSON."""
    writes(
        command,
        "--out",
        "a table of rows",
        help="write the rows in the planner's own table, for the wizard",
    )
    reads(command, "--plan", help="a plan file to take the figures into")
    writes(command, "--save", "a plan file", help="where to write that plan with the figures in it")
    prints_json(command)
    shows_progress(command)


def plan_given(options: argparse.Namespace) -> Plan | None:
    """The plan that figures are to be taken into, if any. Raises Mistake where one is to be written
    and none was given."""
    if options.save and options.plan is None:
        raise Mistake("--save writes a plan with the figures in it, so it needs --plan as well")
    return read_plan(options.plan) if options.plan else None


def ingest_files(options: argparse.Namespace) -> None:
    """Read each file, say what was read, and write what was asked for."""
    from planner.intake import registry

    reference, plan = load_reference(), plan_given(options)
    question = registry.ReadingOptions(
        icb=options.icb.strip().upper() if options.icb else None,
        level=Level(options.level) if options.level else None,
        engine=options.engine,
        table=options.table,
        medicine_class=MedicineClass(options.medicine_class) if options.medicine_class else None,
        mappings=plan.column_mappings if plan else (),
        known_by_sha256=frozenset(
            one.file for one in plan.imports if one.digest.startswith("sha256:")
        )
        if plan
        else frozenset(),
    )
    if question.icb:
        reference.find_organisation(question.icb)
    cuts = options.cuts or Path(user_cache_dir("prescribed-medicines-planner"))
    take(
        options,
        plan,
        lambda say: registry.read_paths(options.files, question, reference, cuts, say),
    )


def take(
    options: argparse.Namespace,
    plan: Plan | None,
    read: Callable[[Callable[[str], None]], list[Reading]],
) -> None:
    """Say what was read, and write what was asked for. `read` is given what tells how far it is.

    Raises Mistake where what was read cannot be used, and StoppedByUser.
    """
    from planner.intake import registry

    progress = Progress(options.progress)
    try:
        try:
            readings = read(progress.say)
        finally:
            progress.close()
        adoption = adopt(plan, readings, load_reference()) if plan else None
    except registry.Stopped as error:
        raise StoppedByUser(str(error)) from error
    except (registry.IntakeError, CannotAdopt) as error:
        # A reader of JSON learns why as well.
        if options.json:
            print_json(registry.refused_json(str(error)))
        raise Mistake(str(error)) from error
    if options.out:
        write_whole(options.out, registry.summary_csv(readings))
    if options.save and adoption:
        write_whole(options.save, plan_to_json(adoption.plan).encode())
    if options.json:
        print_json(registry.as_json(readings))
        return
    for reading in readings:
        print_lines(report_lines(reading.report))
    if adoption:
        print_lines(
            f"  Plan: {change.what}: {change.now or 'nothing'} becomes {change.then}"
            for change in adoption.changes
        )
        print_lines(f"  Not used: {line}" for line in adoption.not_used)
