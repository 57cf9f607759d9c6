"""The planner without a screen, for someone who does this for every place each quarter. No sums here."""

from __future__ import annotations

import argparse
import io
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from platformdirs import user_cache_dir
from pydantic import ValidationError

from planner.analysis.economics.example import EXAMPLE_CODE, example_plan
from planner.analysis.formatting import SUPPRESSED, format_range, things_are
from planner.analysis.local_data.adopt import CannotAdopt, adopt
from planner.analysis.local_data.report import report_lines
from planner.analysis.population.need import Need
from planner.cli import batch, compare, drafts, model
from planner.cli.case_finding import write_criteria
from planner.cli.printing import LISTS, Mistake, print_json, results_of
from planner.cli.progress import STOPPED_BY_USER, Progress, StoppedByUser, write_whole
from planner.cli.review import ACTIONS, show_review
from planner.cli.serve import add_options, serve_wizard
from planner.documents.language_check import flag_language
from planner.model.intake import Level
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceMissing
from planner.model.service import AGENDA_FOR_CHANGE, PERSPECTIVES, POINTS, ZONES
from planner.reference import ContentError, load_case_studies, load_reference
from planner.store.plan_file import PlanFileError, in_words, plan_to_json, read_plan

USER_MISTAKE = 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        self.exit(USER_MISTAKE, f"planner: {message}. See 'planner --help'\n")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. A user's mistake is one line on standard error, and 2 is returned; after Ctrl+C, 130."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(
            stream, io.TextIOWrapper
        ):  # names may hold any letter, whatever the machine's own encoding
            stream.reconfigure(encoding="utf-8")
    options = _parser().parse_args(arguments)
    command: Callable[[argparse.Namespace], None] = options.command
    try:
        command(options)
    except ValidationError as error:
        if error.title in ("Plan", "Post"):
            return _mistake(in_words(error))
        return _mistake(
            f"a number in this plan is beyond what can be worked out ({in_words(error)}). Please report it"
        )
    except (Mistake, PlanFileError, ReferenceMissing, ContentError) as error:
        return _mistake(str(error))
    except StoppedByUser as error:
        return _mistake(str(error), STOPPED_BY_USER)
    except KeyboardInterrupt:
        return _mistake("stopped. Nothing more was written", STOPPED_BY_USER)
    except BrokenPipeError:  # the reader of a pipe has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        return _mistake(f"{error.filename or 'file'}: {error.strerror}")
    return 0


def _mistake(message: str, code: int = USER_MISTAKE) -> int:
    print("planner: " + " ".join(message.split()), file=sys.stderr)
    return code


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="planner", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)

    def add(
        name: str, does: str, run: Callable[[argparse.Namespace], None], among: Any = commands
    ) -> argparse.ArgumentParser:
        command: argparse.ArgumentParser = among.add_parser(name, help=does, description=does)
        command.set_defaults(command=run)
        return command

    def add_plan(command: argparse.ArgumentParser) -> None:
        command.add_argument("plan", type=Path, help="a plan file")
        command.add_argument("--json", action="store_true", help="print JSON")

    def add_progress(command: argparse.ArgumentParser) -> None:
        command.add_argument(
            "--progress",
            action="store_true",
            help="say how far it is, a line each; a terminal shows it anyway",
        )

    wizard = add("wizard", "Open the wizard in a browser", _wizard)
    wizard.add_argument("--port", type=int, default=8501)
    add_options(add("serve", "Host the wizard for a team", serve_wizard))
    example = add("example", "Write an example plan for an ICB", _example)
    example.add_argument("--icb", default=EXAMPLE_CODE, help="the ICB's ODS code, such as QF7")
    example.add_argument("--list", choices=LISTS, help="which list of ICBs the code is from")
    example.add_argument("--out", type=Path, required=True)
    add_plan(add("check", "Say what a plan still lacks", _check))
    studies = add("case-studies", "List the case studies and their figures", _case_studies)
    studies.add_argument("--json", action="store_true", help="print JSON")
    add_plan(add("need", "How many people are prescribed these medicines", _need))
    add_plan(
        add("benchmark", "The case studies in four columns, beside the plan's options", model.show_benchmark)
    )
    add_plan(
        add(
            "options",
            "What each option costs, whom it can support and what may come of it",
            model.show_options,
        )
    )
    add_plan(
        add(
            "sensitivity",
            "What moves an option's result most, and where options overtake",
            model.show_sensitivity,
        )
    )
    mix = add("mix", "The best mix of the plan's options within a budget", model.show_mix)
    add_plan(mix)
    mix.add_argument("--budget", type=float, help="pounds a year; the plan's own where it is left out")
    mix.add_argument("--objective", choices=("supported", "additional_stopped"))
    mix.add_argument("--most-deprived-at-least", type=float, metavar="SHARE",
                     help="least share of people supported from the most deprived fifth, such as 0.25")  # fmt: skip
    mix.add_argument("--staff", action="append", default=[], metavar="BAND=WTE",
                     help="most whole-time equivalents of a band, such as 8a=4; may be given again")  # fmt: skip
    book = add("workbook", "Write the model as an Excel workbook with live formulas", model.write_workbook)
    book.add_argument("plan", type=Path, help="a plan file")
    book.add_argument("--out", type=Path, required=True)
    find = add(
        "case-finding", "Write the medicines, codes and rules that searches are built from", write_criteria
    )
    add_plan(find)
    find.add_argument("--out", type=Path, help="where to write them as CSV")
    cost = add("staff-cost", "What one kind of post costs in a year", model.show_staff_cost)
    cost.add_argument("--band", choices=AGENDA_FOR_CHANGE, required=True)
    cost.add_argument("--point", choices=POINTS, default="mid")
    cost.add_argument("--zone", choices=ZONES, default="none")
    cost.add_argument("--year", default="2026/27")
    cost.add_argument("--wte", type=float, default=1.0)
    cost.add_argument("--perspective", choices=PERSPECTIVES, default="provider")
    cost.add_argument("--json", action="store_true", help="print JSON")
    ingest = add("ingest", "Read local data files and say what was read and what was not", _ingest)
    ingest.add_argument("files", nargs="+", metavar="FILE", help="a file, or a table's name with --table")
    ingest.add_argument("--json", action="store_true", help="print JSON")
    ingest.add_argument("--icb", help="keep one board's rows, by its ODS code such as QF7")
    ingest.add_argument("--level", choices=("icb", "sub_icb", "pcn", "practice"), help="add up to these")
    ingest.add_argument("--class", dest="medicine_class", choices=[c.value for c in MedicineClass],
                        help="the class that an OpenPrescribing file is about")  # fmt: skip
    ingest.add_argument("--out", type=Path, help="write the rows in the planner's own table, for the wizard")
    ingest.add_argument("--plan", type=Path, help="a plan file to take the figures into")
    ingest.add_argument("--save", type=Path, help="where to write that plan with the figures in it")
    ingest.add_argument("--cuts", type=Path, help="where cuts of the national dataset are kept")
    ingest.add_argument("--engine", choices=("polars", "duckdb", "spark"), default="polars",
                        help="what reads the national dataset; duckdb and spark need the 'engines' extra")  # fmt: skip
    ingest.add_argument(
        "--table", action="store_true", help="FILE is a table's name in the engine's platform"
    )
    add_progress(ingest)
    spec = add("spec", "Write the Word document for Action 3 or 4", _spec)
    spec.add_argument("plan", type=Path, help="a plan file")
    spec.add_argument("--action", type=int, choices=(3, 4), required=True)
    spec.add_argument("--out", type=Path, required=True)
    two = add("compare", "Say what changed between two plan files", compare.show_changes)
    two.add_argument("before", type=Path, metavar="BEFORE.json", help="the earlier plan file")
    two.add_argument("after", type=Path, metavar="AFTER.json", help="the later plan file")
    two.add_argument("--json", action="store_true", help="print JSON")
    two.add_argument("--out", type=Path, help="write the changes as a Word document as well")
    many = add(
        "batch", "Write both Word documents for every ICB, to be gone on with if stopped", batch.make_all
    )
    many.add_argument("--out", type=Path, required=True, metavar="DIR", help="the folder to fill")
    many.add_argument("--icb", action="append", default=[], metavar="CODE",
                      help="one ICB by its ODS code, such as QF7; may be given again")  # fmt: skip
    many.add_argument("--list", choices=LISTS, help="which list of ICBs; the newer where left out")
    many.add_argument("--plan", type=Path, help="a plan whose assumptions and words every board is given")
    many.add_argument("--again", action="store_true", help="make every document afresh")
    many.add_argument("--jobs", type=int, default=batch.JOBS, help="boards made at once")
    add_progress(many)
    saved = commands.add_parser("drafts", help="The plans kept on this machine: list, back up, restore")
    of_kept = saved.add_subparsers(required=True, metavar="COMMAND", parser_class=_Parser)
    drafts.add_commands(lambda name, does, run: add(name, does, run, of_kept))
    check = add("review", "Hold an existing Word specification against the framework", show_review)
    check.add_argument("file", type=Path, metavar="FILE.docx", help="a specification as a Word document")
    check.add_argument(
        "--action", choices=ACTIONS, help="one action's requirements, or all five; 3 and 4 where left out"
    )
    check.add_argument("--json", action="store_true", help="print JSON")
    return parser


def _wizard(options: argparse.Namespace) -> None:
    package = Path(__file__).parents[1]
    inside = package / "streamlit_app.py"
    app = inside if inside.exists() else package.parent / "streamlit_app.py"
    subprocess.run(  # from the app's own folder, where its settings lie
        [sys.executable, "-m", "streamlit", "run", str(app), "--server.port", str(options.port)],
        cwd=app.parent,
        check=False,
    )


def _example(options: argparse.Namespace) -> None:
    reference = load_reference()
    code = options.icb.strip().upper()
    organisation = (
        reference.organisation(code, LISTS[options.list])
        if options.list
        else reference.find_organisation(code)
    )
    if organisation.code == "ENG":
        raise Mistake("a plan is for an ICB, not for England; give a code such as QF7")
    options.out.write_text(plan_to_json(example_plan(organisation, reference)), encoding="utf-8")
    print(
        f"Wrote {options.out}: {organisation.name}, from the list of {organisation.organisation_list.value}"
    )


def _check(options: argparse.Namespace) -> None:
    try:
        result = results_of(options.plan)
    except (PlanFileError, ReferenceMissing) as error:
        if options.json:  # a reader of JSON learns why as well; the exit code and the line stay the same
            print_json({"valid": False, "missing": [], "warnings": [], "error": str(error)})
        raise
    missing = [
        {"id": g.id, "where": g.where, "what": g.what, "why": g.why, "who": g.who}
        for g in result.missing_inputs
    ]
    from planner.review.terms import load_review_terms

    reconsider = [one.warning for one in flag_language(result.plan, load_review_terms().language)]
    if options.json:
        alerts = [alert.text for alert in result.alerts]
        print_json({"valid": True, "missing": missing, "warnings": [*alerts, *reconsider]})
        return
    print(
        f"The plan is valid. {things_are(len(missing)) if missing else 'Nothing is'} missing or left at our default."
    )
    for gap in result.missing_inputs:
        print(f"  {gap.where}: {gap.what}. Why: {gap.why}. Who would know: {gap.who}.")
    for alert in result.alerts:
        print(f"  Take care: {alert.text}")
    for words in reconsider:
        print(f"  Words to reconsider: {words}")


def _case_studies(options: argparse.Namespace) -> None:
    studies = load_case_studies()
    if options.json:
        keep = ("id", "name", "place", "profile", "figures", "cautions")
        print_json([study.model_dump(mode="json", include=set(keep)) for study in studies])
        return
    for study in studies:
        print(f"{study.id}  {study.name}, {study.place}")
        for figure in study.figures:
            value = "withheld" if figure.value is None else f"{figure.value:,.10g}"
            print(f"    {figure.label}: {value} {figure.unit} ({figure.kind_in_words}; {figure.section})")
        for caution in study.cautions:
            print(f"    Caution: {caution}")


def _need(options: argparse.Namespace) -> None:
    need = results_of(options.plan).need
    if options.json:
        print_json(_need_json(need))
        return
    print(f"{need.population.value:,} {need.population.basis.label}, {need.population.period}")
    for row in need.classes:
        print(
            f"  {row.medicine_class.label}: {row.display(row.patients)} people a year ({row.kind.value}; {row.method})"
        )
        if row.missing_because:
            print(f"    Missing: {row.missing_because}")
    print(
        f"  any of them: {format_range(need.people)}; for the long term: {format_range(need.long_term_people)}"
    )
    print(f"  expected demand in a year: {format_range(need.demand)}")


def _need_json(need: Need) -> dict[str, Any]:
    """The need as it stands, but for local counts of one to four people, which are hidden here too."""
    display: dict[str, Any] = need.model_dump(mode="json")
    for row, values in zip(need.classes, display["classes"], strict=True):
        for name in ("patients", "long_term"):
            if getattr(row, name) is not None and row.display(getattr(row, name)) == SUPPRESSED:
                values |= {name: None, "rate": None, "interval": None, "hidden": True}
    return display


def _spec(options: argparse.Namespace) -> None:
    from planner.outputs.documents import specification_docx
    from planner.reference.library import load_library

    result = results_of(options.plan)
    document = specification_docx(result, options.action, load_reference(), load_library())
    write_whole(options.out, document)
    missing = len(result.missing_inputs)
    lacks = (
        f"{things_are(missing)} still missing, and named in it" if missing else "nothing asked for is missing"
    )
    print(f"Wrote {options.out}: Action {options.action}, {lacks}")


def _ingest(options: argparse.Namespace) -> None:
    from planner.intake import command
    from planner.intake.registry import IntakeError, Stopped

    reference = load_reference()
    plan = read_plan(options.plan) if options.plan else None
    if options.save and plan is None:
        raise Mistake("--save writes a plan with the figures in it, so it needs --plan as well")
    question = command.Asked(
        icb=options.icb.strip().upper() if options.icb else None,
        level=Level(options.level) if options.level else None,
        engine=options.engine,
        table=options.table,
        medicine_class=MedicineClass(options.medicine_class) if options.medicine_class else None,
        mappings=plan.column_mappings if plan else (),
        known_by_sha256=frozenset(one.file for one in plan.imports if one.digest.startswith("sha256:"))
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
        if options.json:  # a reader of JSON learns why as well
            print_json(command.refused_json(str(error)))
        raise Mistake(str(error)) from error
    if options.out:
        write_whole(options.out, command.summary_csv(readings))
    if options.save and adoption:
        write_whole(options.save, plan_to_json(adoption.plan).encode())
    if options.json:
        print_json(command.as_json(readings))
        return
    for reading in readings:
        for line in report_lines(reading.report):
            print(line)
    for change in adoption.changes if adoption else ():
        print(f"  Plan: {change.what}: {change.now or 'nothing'} becomes {change.then}")
    for line in adoption.not_used if adoption else ():
        print(f"  Not used: {line}")
