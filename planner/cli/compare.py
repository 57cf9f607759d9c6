"""The command that says what changed between two plan files, on screen or as a Word document."""

import argparse
from itertools import groupby

from planner.cli.printing import as_json, print_json, print_lines, results_of, write_whole
from planner.cli.registration import Commands, prints_json, reads, writes
from planner.documents.changes.compare import changes
from planner.reference import load_reference
from planner.reference.library import load_library


def register(commands: Commands) -> None:
    """Register the command."""
    two = commands.add("compare", "Say what changed between two plan files", show_changes)
    reads(two, "before", metavar="BEFORE.json", help="the earlier plan file")
    reads(two, "after", metavar="AFTER.json", help="the later plan file")
    prints_json(two)
    writes(two, "--out", "a Word document", help="write the changes as a Word document as well")


def show_changes(options: argparse.Namespace) -> None:
    """What changed from one plan to another: inputs by step, results, and the sections that read
    differently."""
    before, after = results_of(options.before), results_of(options.after)
    outcome = changes(before, after, load_reference(), load_library())
    if options.out:
        from planner.outputs.documents import changes_docx

        write_whole(options.out, changes_docx(outcome, load_library()))
    if options.json:
        print_json({"nothing_changed": outcome.nothing} | as_json(outcome))
        return
    print(outcome.finding)
    print_lines(f"Take care: {caution}" for caution in outcome.cautions)
    for step, group in groupby(outcome.inputs, lambda change: change.step_title):
        print(step)
        print_lines(f"    {change.what}: {change.before} -> {change.after}" for change in group)
    for about, of_one in groupby(outcome.results, lambda change: change.about):
        print(about)
        print_lines(
            f"    {result.what}: {result.before} -> {result.after}"
            + (f"; {result.difference}" if result.difference else "")
            for result in of_one
        )
    for action in (3, 4):
        names = [text.heading for text in outcome.of_document(action)]
        if names:
            print(f"Action {action} reads differently in: {'; '.join(names)}")
    if options.out:
        print(f"Wrote {options.out}")
