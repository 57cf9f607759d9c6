"""The command that reads local data files, and takes their figures into a plan. No file's layout is known here."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from platformdirs import user_cache_dir

from planner.analysis.local_data.adopt import Adoption, CannotAdopt, adopt
from planner.analysis.local_data.report import report_lines
from planner.cli.printing import Mistake, print_json
from planner.cli.progress import Progress, StoppedByUser, write_whole
from planner.cli.registration import Commands, prints_json, reads, shows_progress, writes
from planner.model.intake import Level, Reading
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
    prints_json(ingest)
    ingest.add_argument("--icb", help="keep one board's rows, by its ODS code such as QF7")
    ingest.add_argument(
        "--level", choices=("icb", "sub_icb", "pcn", "practice"), help="add up to these"
    )
    ingest.add_argument("--class", dest="medicine_class", choices=[c.value for c in MedicineClass],
                        help="the class that an OpenPrescribing file is about")  # fmt: skip
    writes(
        ingest,
        "--out",
        "a table of rows",
        help="write the rows in the planner's own table, for the wizard",
    )
    reads(ingest, "--plan", help="a plan file to take the figures into")
    writes(ingest, "--save", "a plan file", help="where to write that plan with the figures in it")
    ingest.add_argument("--cuts", type=Path, help="where cuts of the national dataset are kept")
    ingest.add_argument("--engine", choices=("polars", "duckdb", "spark"), default="polars",
                        help="what reads the national dataset; duckdb and spark need the 'engines' extra")  # fmt: skip
    ingest.add_argument(
        "--table", action="store_true", help="FILE is a table's name in the engine's platform"
    )
    shows_progress(ingest)


def ingest_files(options: argparse.Namespace) -> None:
    """Read each file, say what was read, and write what was asked for."""
    from planner.intake import command
    from planner.intake.registry import IntakeError, Stopped

    reference = load_reference()
    plan = read_plan(options.plan) if options.plan else None
    if options.save and plan is None:
        raise Mistake("--save writes a plan with the figures in it, so it needs --plan as well")
    question = command.ReadingOptions(
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
    progress = Progress(options.progress)
    try:
        readings = command.read_paths(options.files, question, reference, cuts, progress.say)
        progress.close()
        adoption = adopt(plan, readings, reference) if plan else None
    except Stopped as error:
        progress.close()
        raise StoppedByUser(str(error)) from error
    except (IntakeError, CannotAdopt) as error:
        progress.close()
        # A reader of JSON learns why as well.
        if options.json:
            print_json(command.refused_json(str(error)))
        raise Mistake(str(error)) from error
    if options.out:
        write_whole(options.out, command.summary_csv(readings))
    if options.save and adoption:
        write_whole(options.save, plan_to_json(adoption.plan).encode())
    _show(options.json, readings, adoption)


def _show(as_json: bool, readings: Sequence[Reading], adoption: Adoption | None) -> None:
    """What was read of each file, and what it changed in the plan."""
    from planner.intake import command

    if as_json:
        print_json(command.as_json(readings))
        return
    for reading in readings:
        for line in report_lines(reading.report):
            print(line)
    for change in adoption.changes if adoption else ():
        print(f"  Plan: {change.what}: {change.now or 'nothing'} becomes {change.then}")
    for line in adoption.not_used if adoption else ():
        print(f"  Not used: {line}")
