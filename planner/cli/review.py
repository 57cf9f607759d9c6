"""The command that checks an existing specification. No sums and no judging here."""

import argparse

from planner.cli.commands import JSON, Command, print_json, reads, takes
from planner.intake.errors import IntakeError
from planner.reference import load_reference
from planner.reference.library import load_library
from planner.review.report import text_lines

ACTIONS: dict[str, tuple[int, ...]] = {"3": (3,), "4": (4,), "all": (0, 1, 2, 3, 4, 5)}


def show_review(options: argparse.Namespace) -> None:
    """What a Word specification says and lacks, held against the framework and the contract
    template."""
    from planner.intake.files import LARGEST_FILE
    from planner.review.requirements import read_and_review
    from planner.review.terms import load_review_terms

    try:
        with options.file.open("rb") as file:
            result = read_and_review(
                options.file.name,
                file.read(LARGEST_FILE + 1),
                load_reference().framework,
                load_review_terms(),
                load_library().outlines,
                ACTIONS.get(options.action, (3, 4)),
            )
    except IntakeError as error:
        # A reader of JSON learns why as well.
        if options.json:
            print_json({"file": options.file.name, "error": str(error)})
        raise
    if options.json:
        print_json(result)
        return
    print("\n".join(text_lines(result)))


COMMANDS = (
    Command(
        "review",
        "Hold an existing Word specification against the framework",
        show_review,
        (
            reads("file", metavar="FILE.docx", help="a specification as a Word document"),
            takes(
                "--action",
                choices=ACTIONS,
                help="one action's requirements, or the whole framework; 3 and 4 where left out",
            ),
            JSON,
        ),
    ),
)
