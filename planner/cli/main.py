"""The planner without a screen, for someone who does this for every place each quarter.

No sums here.
"""

import argparse
import io
import os
import sys
from collections.abc import Sequence
from contextlib import redirect_stderr, redirect_stdout
from typing import TextIO, cast

from pydantic import ValidationError

from planner.cli import batch, drafts, ingest, plan, review, serve
from planner.cli.commands import (
    STOPPED_BY_USER,
    USER_MISTAKE,
    Mistake,
    Parser,
    ShowVersion,
    StoppedByUser,
    TerminalText,
    refuse_unsafe_inputs,
    refuse_unsafe_outputs,
    register,
)
from planner.intake.errors import IntakeError
from planner.model.reference import ReferenceMissing
from planner.reference import ContentError
from planner.store.errors import SavedPlanError
from planner.store.plan_file import PlanFileError, in_words

# Each module has its own commands; help lists them in this order.
MODULES = (serve, plan, ingest, batch, drafts, review)

MISTAKES = (Mistake, PlanFileError, SavedPlanError, ReferenceMissing, ContentError, IntakeError)
"""What a command raises for something that the user can put right, in words."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. A user's mistake is one line on standard error, and 2 is returned; after
    Ctrl+C, 130."""
    for stream in (sys.stdout, sys.stderr):
        # Names may hold any letter, whatever the machine's own encoding.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8")
    # Everything that is printed may hold names of files and what stands in them.
    with (
        redirect_stdout(cast(TextIO, TerminalText(sys.stdout))),
        redirect_stderr(cast(TextIO, TerminalText(sys.stderr))),
    ):
        return _run(parser().parse_args(arguments))


def _run(options: argparse.Namespace) -> int:
    try:
        refuse_unsafe_inputs(options)
        refuse_unsafe_outputs(options)
        options.command(options)
    except ValidationError as error:
        if error.title in ("Plan", "Post"):
            return _mistake(in_words(error))
        return _mistake(
            f"a number in this plan is beyond what can be worked out ({in_words(error)}). "
            "Please report it"
        )
    except MISTAKES as error:
        return _mistake(str(error))
    except StoppedByUser as error:
        return _mistake(str(error), STOPPED_BY_USER)
    except KeyboardInterrupt:
        return _mistake("stopped. Nothing more was written", STOPPED_BY_USER)
    except BrokenPipeError:
        # The reader of a pipe has had enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as error:
        return _mistake(f"{error.filename or 'file'}: {error.strerror}")
    return 0


def _mistake(message: str, code: int = USER_MISTAKE) -> int:
    print("planner: " + " ".join(message.split()), file=sys.stderr)
    return code


def parser() -> argparse.ArgumentParser:
    """Every command with its options."""
    program = Parser(prog="planner", description=__doc__)
    program.add_argument(
        "--version", action=ShowVersion, nargs=0, help="print the versions of software and figures"
    )
    register(program, [command for module in MODULES for command in module.COMMANDS])
    return program
