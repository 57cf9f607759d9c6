"""The commands that bring local figures, from files or from NHSBSA's open data portal, to a plan.

No file's layout is known here.
"""

import argparse
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict
from glob import glob
from pathlib import Path
from typing import Any

from platformdirs import user_cache_dir

from planner.analysis.formatting import listed
from planner.analysis.local_data.adopt import Adoption, CannotAdopt, adopt
from planner.analysis.local_data.report import choice_lines, report_lines, taken
from planner.cli.commands import (
    JSON,
    PROGRESS,
    Command,
    Mistake,
    Progress,
    StoppedByUser,
    icb_of,
    print_json,
    print_lines,
    reads,
    takes,
    write_plan,
    write_whole,
    writes,
)
from planner.intake.mapping import NamedColumns
from planner.model.intake import COLUMN_MEANINGS, MONTHS_FETCHED, Level, Reading
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.reference import load_reference
from planner.reference.cache import cache_folder
from planner.reference.load import read_yaml
from planner.store.plan_file import plan_to_json, read_plan

SAY_COLUMNS = (
    'Here, --column says what a column holds, such as --column "items=Total Items", and --columns '
    "FILE.yaml says it of all"
)


def plan_given(options: argparse.Namespace) -> Plan | None:
    """The plan that figures are to be taken into, if any. Raises Mistake where one is to be written
    and none was given."""
    if options.save and options.plan is None:
        raise Mistake("--save writes a plan with the figures in it, so it needs --plan as well")
    return read_plan(options.plan) if options.plan else None


def _expanded(names: Sequence[str]) -> list[str]:
    """The files that are named, a pattern such as *.csv standing for all that it fits: the command
    line of Windows leaves that to the program. Raises Mistake where it fits none."""
    files: list[str] = []
    for name in names:
        is_pattern = any(sign in name for sign in "*?[")
        matches = sorted(glob(name)) if is_pattern and not Path(name).exists() else [name]
        if not matches:
            raise Mistake(f"{name}: no file has a name like that")
        files += matches
    return files


def _columns(options: argparse.Namespace) -> NamedColumns | None:
    """What the user says of the columns; None for nothing. Raises Mistake for what cannot be
    meant."""
    headings, fixed, counted = (
        _pairs("--column", options.column),
        _pairs("--fixed", options.fixed),
        "",
    )
    if options.columns:
        values = read_yaml(options.columns)
        if not isinstance(values, dict) or not isinstance(values.get("fixed", {}), dict):
            raise Mistake(
                f"{options.columns}: write a line for each column, such as 'items: Total Items'"
            )
        texts = {str(key): str(value) for key, value in values.items() if key != "fixed"}
        counted = texts.pop("counted", "")
        headings = texts | headings
        fixed = {str(key): str(value) for key, value in values.get("fixed", {}).items()} | fixed
    if not headings and not fixed:
        return None
    unknown = sorted({*headings, *fixed} - {*COLUMN_MEANINGS})
    if unknown:
        raise Mistake(
            f"not a meaning of a column: {listed(unknown)}. The meanings are "
            + listed([*COLUMN_MEANINGS])
        )
    if not headings:
        raise Mistake("--fixed says what no column does, so it needs --column as well")
    if counted and counted not in list(Basis):
        raise Mistake(f"counted: {counted} is none of {listed([basis.value for basis in Basis])}")
    return NamedColumns(headings, fixed, Basis(counted) if counted else None)


def _pairs(option: str, texts: Sequence[str]) -> dict[str, str]:
    pairs = {}
    for text in texts:
        meaning, equals, value = text.partition("=")
        if not equals or not value.strip():
            raise Mistake(
                f'{option} "{text}": write it as MEANING=NAME, such as "items=Total Items"'
            )
        pairs[meaning.strip().lower()] = value.strip()
    return pairs


def ingest_files(options: argparse.Namespace) -> None:
    """Read each file, say what was read, and write what was asked for."""
    from planner.intake import registry

    reference, plan = load_reference(), plan_given(options)
    question = registry.ReadingOptions(
        icb=icb_of(options.icb, None).code if options.icb else None,
        level=Level(options.level) if options.level else None,
        medicine_class=MedicineClass(options.medicine_class) if options.medicine_class else None,
        only_icb=bool(options.icb),
        told_for=plan.place.icb_code if plan else None,
        columns=_columns(options),
        mappings=plan.column_mappings if plan else (),
        known_by_sha256=frozenset(
            one.file for one in plan.imports if one.digest.startswith("sha256:")
        )
        if plan
        else frozenset(),
    )
    cuts = options.cuts or Path(user_cache_dir("prescribed-medicines-planner"))
    take(
        options,
        plan,
        lambda say: registry.read_paths(_expanded(options.files), question, reference, cuts, say),
    )


def fetch_months(options: argparse.Namespace) -> None:
    """Fetch the newest months, say what came, and write what was asked for."""
    from planner.intake import portal

    reference, plan = load_reference(), plan_given(options)
    given = options.icb or (plan.place.icb_code if plan else None)
    if given is None:
        raise Mistake("fetch needs the board: give --icb with a code such as QF7, or --plan")
    icb = icb_of(given, None).code
    if plan and plan.place.icb_code != icb:
        raise Mistake(f"--plan {options.plan}: that plan is for {plan.place.icb_code}, not {icb}")
    folder = cache_folder(portal.FOLDER)
    take(
        options,
        plan,
        lambda say: portal.fetch(
            icb, options.months, reference, folder, lambda words, _: say(f"Fetching: {words}")
        ),
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
    from planner.intake.template import records_csv

    reference = load_reference()
    try:
        with closing(Progress(options.progress)) as progress:
            readings = read(progress.say)
        adoption = adopt(plan, readings, reference, options.remove) if plan else None
    except registry.Stopped as error:
        raise StoppedByUser(str(error)) from error
    except (registry.IntakeError, CannotAdopt) as error:
        # A reader of JSON learns why as well.
        if options.json:
            print_json(registry.refused_json(str(error), reference))
        hint = isinstance(error, registry.NotRecognised)
        raise Mistake(f"{error}{'. ' + SAY_COLUMNS if hint else ''}") from error
    choices = adoption.choices if adoption else ()
    unknown = sorted(set(options.remove) - {choice.id for choice in choices})
    if unknown:
        offered = listed([choice.id for choice in choices]) or "nothing"
        raise Mistake(
            f"--remove {unknown[0]}: these files offer to remove {offered}. Nothing was written"
        )
    if options.save and adoption:
        write_plan(options.save, plan_to_json(adoption.plan).encode(), options.force)
    if options.out:
        records = (record for reading in readings for record in reading.records)
        write_whole(options.out, records_csv(records))
    if options.json:
        lookup = dict(registry.as_json(readings, reference))
        print_json(lookup | ({"plan": _as_json(adoption)} if adoption else {}))
        return
    for reading in readings:
        print_lines(report_lines(reading.report))
    if adoption:
        print_lines(f"  {line}" for line in choice_lines(choices))
        print_lines(
            f"  Plan: {change.what}: {change.now or 'nothing'} becomes {change.then}"
            for change in adoption.changes
        )
        when = "Taken into the plan" if options.save else "Taken into the plan with --save"
        print_lines([f"  {when}: {taken(adoption)}"])
        print_lines(f"  Not used: {line}" for line in adoption.not_used)


def _as_json(adoption: Adoption) -> dict[str, Any]:
    """What the files change in the plan, what they take out, and what is left to choose."""
    return {
        "figures": adoption.figures,
        "from": list(adoption.gave),
        "changes": [asdict(change) for change in adoption.changes],
        "removed": list(adoption.removed),
        "not_used": list(adoption.not_used),
        "choices": [asdict(choice) for choice in adoption.choices],
    }


FIGURES = (
    writes(
        "--out",
        "a table of rows",
        help="write the rows in the planner's own table, for the wizard",
    ),
    reads("--plan", help="a plan file to take the figures into"),
    writes("--save", "a plan file", help="where to write that plan with the figures in it"),
    takes(
        "--remove",
        action="append",
        default=[],
        metavar="NAME",
        help="let the files take the place of something that the plan holds, by the name that the "
        "report gives it; again for more. Nothing is taken out of a plan otherwise",
    ),
    JSON,
    PROGRESS,
)
"""What may be done with figures that were read: a table, a plan with them in it, JSON."""
COMMANDS = (
    Command(
        "ingest",
        "Read local data files and say what was read and what was not",
        ingest_files,
        (
            reads("files", nargs="+", type=str, metavar="FILE", help="a file"),
            takes("--icb", help="keep one board's rows, by its ODS or ONS code such as QF7"),
            takes("--level", choices=("icb", "sub_icb", "pcn", "practice"), help="add up to these"),
            takes(
                "--class",
                dest="medicine_class",
                choices=[c.value for c in MedicineClass],
                help="the class that an OpenPrescribing file is about",
            ),
            takes(
                "--column",
                action="append",
                default=[],
                metavar="MEANING=HEADING",
                help='what a column of an unknown table holds, such as "items=Total Items"; again '
                f"for more. Meanings: {', '.join(COLUMN_MEANINGS)}",
            ),
            takes(
                "--fixed",
                action="append",
                default=[],
                metavar="MEANING=VALUE",
                help='what no column says, such as "period=2024/25"; again for more',
            ),
            reads(
                "--columns",
                metavar="FILE.yaml",
                help="the same in a file: a line 'items: Total Items' for each column; what no "
                "column says stands under 'fixed:', and whom the numbers count under 'counted:'",
            ),
            *FIGURES,
            takes("--cuts", type=Path, help="where cuts of the national dataset are kept"),
        ),
    ),
    Command(
        "fetch",
        "Fetch a board's items by month from NHSBSA's open data portal",
        fetch_months,
        (
            takes(
                "--icb",
                help="the board, by its ODS or ONS code such as QF7; that of the plan where left "
                "out",
            ),
            takes(
                "--months",
                type=int,
                default=MONTHS_FETCHED,
                help=f"how many of the newest months; {MONTHS_FETCHED} where left out",
            ),
            *FIGURES,
        ),
    ),
)
