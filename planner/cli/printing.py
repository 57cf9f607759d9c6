"""What every command shares: a user's mistake, results, printing, progress and files written whole.

No command lives here.
"""

import json
import os
import re
import secrets
import signal
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from pydantic_core import to_jsonable_python

from planner.analysis.organisations import ods_code
from planner.analysis.results.results import Results, results
from planner.model.document import Table
from planner.model.place import Organisation, OrganisationList
from planner.reference import load_reference
from planner.store.plan_file import read_plan

LISTS = {"36": OrganisationList.FROM_APRIL_2026, "42": OrganisationList.TO_MARCH_2026}
STOPPED_BY_USER = 130
"""The exit code of a command that was stopped with Ctrl+C, as shells count: 128 and the number of
the signal."""
PART = ".part"
WIDTH = 78


class Mistake(Exception):
    """Something the user can put right; printed as one line."""


class StoppedByUser(Exception):
    """Ctrl+C was pressed. The message says what was done by then and what was not; printed as one
    line."""


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


def board_of(code: str, which: str | None) -> Organisation:
    """The ICB of that ODS or ONS code, in whatever case, from one of LISTS or from the newest that
    has it.

    Raises Mistake for England and for a part of an ICB, and ReferenceMissing.
    """
    reference = load_reference()
    plain = ods_code(code.strip().upper(), "", reference)
    if plain == reference.england.code:
        raise Mistake("a plan is for an ICB, not for England; give a code such as QF7")
    icbs = {part.icb_after for part in reference.sub_icbs if part.code == plain}
    if icbs or plain.startswith("E38"):
        of = f"of {icbs.pop()}" if icbs else "of an ICB"
        raise Mistake(f"{plain} is a sub-ICB location {of}; give the ICB's own code, such as QF7")
    if which:
        return reference.organisation(plain, LISTS[which])
    return reference.find_organisation(plain)


def print_lines(lines: Iterable[str]) -> None:
    """Print each line."""
    for line in lines:
        print(line)


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
        print_lines(
            f"    {column}: {cell}" for column, cell in zip(table.columns[1:], cells, strict=True)
        )
    print_lines(f"  {reason}" for reason in table.reasons)


class Progress:
    """How far the work is, on standard error: one line rewritten in a terminal, lines with
    --progress, else nothing."""

    def __init__(self, wanted: bool = False) -> None:
        self._stream = sys.stderr.stream if isinstance(sys.stderr, TerminalText) else sys.stderr
        self.rewritten = self._stream.isatty() and not wanted
        self.is_visible = self.rewritten or wanted

    def say(self, words: str) -> None:
        """What is being done now."""
        if self.rewritten:
            words = visible(words)[:WIDTH]
            print(f"\r{words:<{WIDTH}}", end="", file=self._stream, flush=True)
        elif self.is_visible:
            print(words, file=sys.stderr, flush=True)

    def tell(self, words: str) -> None:
        """Something that stays, and is said wherever the command runs."""
        self.close()
        print(words, file=sys.stderr, flush=True)

    def close(self) -> None:
        """Leave the terminal at the beginning of a line."""
        if self.rewritten:
            print(f"\r{'':<{WIDTH}}\r", end="", file=self._stream, flush=True)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that it is there whole or as it was before. Raises OSError.

    No link is followed, neither at the file's own name nor at that of its part.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART}")
    try:
        with part.open("xb") as file:
            file.write(data)
        os.replace(part, path)
    except BaseException as error:
        part.unlink(missing_ok=True)
        if isinstance(error, OSError):
            # The user asked for this file and not for its part.
            error.filename, error.filename2 = str(path), None
        raise


@contextmanager
def deaf_to_ctrl_c() -> Iterator[None]:
    """What is started meanwhile never hears Ctrl+C; here it is heard at the end. On Windows nothing
    changes."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def ctrl_c_noted() -> Iterator[list[int]]:
    """Note Ctrl+C in the list given, once for each press, and raise nothing meanwhile.

    Raised at any moment, it can leave a lock of the standard library's process pool held, and the
    pool then never shuts down. Whoever asks looks at the list between two steps.
    """
    pressed: list[int] = []
    before = signal.signal(signal.SIGINT, lambda number, _: pressed.append(number))
    try:
        yield pressed
    finally:
        signal.signal(signal.SIGINT, before)
