"""What every command shares: a user's mistake, a plan's results, and printing. No command lives here."""

import json
import re
from pathlib import Path
from typing import Any, TextIO

from pydantic_core import to_jsonable_python

from planner.analysis.results.results import Results, results
from planner.model.document import Table
from planner.model.place import OrganisationList
from planner.reference import load_reference
from planner.store.plan_file import read_plan

LISTS = {"36": OrganisationList.FROM_APRIL_2026, "42": OrganisationList.TO_MARCH_2026}


class Mistake(Exception):
    """Something the user can put right; printed as one line."""


_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
"""What speaks to a terminal and not to its reader, turns text around, or is half a character."""


def visible(text: str) -> str:
    """Text with each control character written out, as JSON writes it."""
    return _CONTROL.sub(lambda one: f"\\u{ord(one[0]):04x}", text)


class TerminalText:
    """A text stream on which everything is visible, so that no file's name, and nothing that a file
    holds, speaks to a terminal.

    It says that it is no terminal, for it takes no control characters: libraries then send none.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> int:
        """Write text, visibly."""
        return self.stream.write(visible(text))

    def isatty(self) -> bool:
        """Whether control characters may be sent."""
        return False

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def results_of(path: Path) -> Results:
    """What the plan in a file comes to."""
    return results(read_plan(path), load_reference())


def print_json(value: Any) -> None:
    """Print models, results and plain values as JSON; an object says what it was made with."""
    plain = as_json(value)
    if isinstance(plain, dict):
        plain |= as_json({"versions": load_reference().versions})
    print(json.dumps(plain, indent=2, ensure_ascii=False))


def as_json(value: Any, exclude: set[str] | None = None) -> Any:
    """A model, a result or a plain value as JSON has it, without the fields named."""
    return to_jsonable_python(value, exclude=exclude)


def print_table(table: Table) -> None:
    """Print a table down the page: its caption, then each row under its name, and why a cell has no
    number."""
    print(table.caption)
    for name, *cells in table.rows:
        print(f"  {name}")
        for column, cell in zip(table.columns[1:], cells, strict=True):
            print(f"    {column}: {cell}")
    for reason in table.reasons:
        print(f"  {reason}")
