"""The command that writes a plan's searches for the analyst who builds them. No rule is made here."""

import argparse

from planner.cli.printing import Mistake, print_json
from planner.cli.progress import write_whole
from planner.cli.registration import Commands, reads_plan, writes
from planner.documents.sections.case_finding import criteria
from planner.outputs.criteria import criteria_csv, criteria_rows
from planner.reference import load_reference
from planner.reference.library import load_library
from planner.store.plan_file import read_plan


def register(commands: Commands) -> None:
    """Register the command."""
    find = commands.add(
        "case-finding",
        "Write the medicines, codes and rules that searches are built from",
        write_criteria,
    )
    reads_plan(find)
    writes(find, "--out", "a table", help="where to write them as CSV")


def write_criteria(options: argparse.Namespace) -> None:
    """The medicines, codes and rules of the searches, as CSV, JSON or both."""
    if options.out is None and not options.json:
        raise Mistake(
            "say where to write the searches with --out codes.csv, or print them with --json"
        )
    plan = read_plan(options.plan)
    result = criteria(plan, load_reference(), load_library().case_finding)
    if options.out is not None:
        write_whole(options.out, criteria_csv(result))
    if options.json:
        print_json({"threshold_mg": result.threshold, "rows": criteria_rows(result)})
        return
    near = len(result.near_misses)
    print(
        f"Wrote {options.out}: {len(result.chemicals)} medicines in, {near} near and left out, "
        f"{len(result.risks)} searches for people at more risk. Read codes as text; begins_with is safe in a spreadsheet"
    )
