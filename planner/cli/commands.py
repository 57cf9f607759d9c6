"""What every command shares: its registration, files, board and results, printing and mistakes.

No command lives here.
"""

import argparse
import json
import os
import re
import secrets
import signal
import sys
import zipfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TextIO

from pydantic_core import to_jsonable_python as as_json

from planner.analysis.organisations import ods_code
from planner.analysis.results.results import Results, results
from planner.model.document import Table
from planner.model.intake import COLUMN_MEANINGS
from planner.model.place import Organisation, OrganisationList
from planner.outputs.criteria import COLUMNS as SEARCH_COLUMNS
from planner.reference import load_reference
from planner.store.plan_file import not_a_file, read_plan

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


def icb_of(code: str, which: str | None) -> Organisation:
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

    def announce(self, words: str) -> None:
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


def write_plan(path: Path, data: bytes, force: bool) -> None:
    """Write a plan file. Raises Mistake where another plan stands, which nothing could make again,
    unless someone insists; and OSError."""
    if not force and path.exists() and path.read_bytes() != data:
        raise Mistake(
            f"{path}: another plan stands there already; give another name, or insist with --force "
            "to lose it"
        )
    write_whole(path, data)


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


USER_MISTAKE = 2
Run = Callable[[argparse.Namespace], None]


@dataclass(frozen=True)
class FileKind:
    """What a file that a command writes may end with, and what tells such a file from others: all
    of `marks` near its beginning, or a part of that name in it, where it is an archive."""

    endings: tuple[str, ...] = ()
    marks: tuple[bytes, ...] = ()
    part: str = ""

    def is_of(self, path: Path) -> bool:
        """Whether a file is empty or is of this kind."""
        with path.open("rb") as file:
            beginning = file.read(4_096)
        if not beginning:
            return True
        if self.part:
            with suppress(zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
                return self.part in archive.namelist()
            return False
        return all(mark in beginning for mark in self.marks)


KINDS = {
    "a plan file": FileKind((".json",), (b'"schema_version"',)),
    "a Word document": FileKind((".docx",), part="word/document.xml"),
    "a PDF": FileKind((".pdf",), (b"%PDF-",)),
    "an Excel workbook": FileKind((".xlsx",), part="xl/workbook.xml"),
    "a table of searches": FileKind((".csv",), (",".join(SEARCH_COLUMNS[:3]).encode(),)),
    "a table of rows": FileKind((".csv",), (",".join(list(COLUMN_MEANINGS)[:3]).encode(),)),
    "a backup of plans": FileKind(
        (".sqlite", ".sqlite3", ".db"), (b"SQLite format 3\x00", b"CREATE TABLE drafts")
    ),
    "a list of documents": FileKind((".json",), (b'"documents"',)),
    "a folder": FileKind(),
}
"""What commands write, by what it is called."""


def kind_of(path: str | Path) -> str:
    """What a document of the set is, by the ending of its name. Raises KeyError for another."""
    return {".docx": "a Word document", ".xlsx": "an Excel workbook"}[Path(path).suffix]


class Parser(argparse.ArgumentParser):
    """A parser whose mistakes are one line on standard error."""

    def error(self, message: str) -> NoReturn:
        """Say what is wrong, and end with the exit code of a user's mistake."""
        self.exit(USER_MISTAKE, f"planner: {message}. See 'planner --help'\n")


class ShowVersion(argparse.Action):
    """Print the versions and end; the figures are read only when this is asked for."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        """Print the version of the software and of the figures and words that come with it."""
        print(load_reference().versions.label)
        parser.exit()


@dataclass(frozen=True)
class Option:
    """An option or argument of a command, with what argparse is told of it.

    It may name a file to read, which no command writes over, or a file or folder to write, of one
    of KINDS.
    """

    name: str
    given: Mapping[str, Any]
    reads: bool = False
    writes: str = ""


def takes(name: str, **given: Any) -> Option:
    """An option or argument that names no file."""
    return Option(name, given)


def reads(name: str, **given: Any) -> Option:
    """An option or argument that names a file to read."""
    return Option(name, {"type": Path} | given, reads=True)


def writes(name: str, kind: str, **given: Any) -> Option:
    """An option that names a file, or a folder, to write; `kind` says what is written there."""
    return Option(name, {"type": Path} | given, writes=kind)


JSON = takes("--json", action="store_true", help="print JSON")
PLAN = reads("plan", help="a plan file")
PROGRESS = takes(
    "--progress",
    action="store_true",
    help="say how far it is, a line each; a terminal shows it anyway",
)
FORCE = takes(
    "--force",
    action="store_true",
    help="also where a link, a file of another kind or another plan stands, which is replaced",
)
"""What a command has that may write."""


@dataclass(frozen=True)
class Command:
    """A command: its name, a sentence on what it does, and the function that runs it with its
    options, or the commands that it has of its own."""

    name: str
    does: str
    run: Run | None = None
    options: tuple[Option, ...] = ()
    commands: tuple["Command", ...] = ()

    def register(self, among: Any) -> None:
        """Add this command to the commands of the program, or to those of another command."""
        parser: Parser = among.add_parser(self.name, help=self.does, description=self.does)
        register(parser, self.commands)
        by_dest: dict[str, Option] = {}
        for one in self.options:
            is_first = one.writes and not any(before.writes for before in by_dest.values())
            by_dest[parser.add_argument(one.name, **one.given).dest] = one
            if is_first:
                parser.add_argument(FORCE.name, **FORCE.given)
        parser.set_defaults(
            command=self.run,
            reads=tuple(dest for dest, one in by_dest.items() if one.reads),
            writes={dest: (one.name, one.writes) for dest, one in by_dest.items() if one.writes},
        )


def register(parser: argparse.ArgumentParser, commands: Sequence[Command]) -> None:
    """Give a parser its commands, of which one must be named."""
    if commands:
        among = parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
        for command in commands:
            command.register(among)


def refuse_unsafe_inputs(options: argparse.Namespace) -> None:
    """Raise Mistake where what would be read is no file, such as a device that never ends or a pipe
    that is waited for; before any work. What is not there is said by who reads it."""
    if getattr(options, "table", False):
        return
    for path in _paths(options):
        other = not_a_file(path)
        if other:
            raise Mistake(f"{path} cannot be read: it is {other}, not a file")


def refuse_unsafe_outputs(options: argparse.Namespace) -> None:
    """Raise Mistake where what would be written is what is read, or may not be put where it would
    be; before any work."""
    outputs = [(dest, getattr(options, dest), *what) for dest, what in options.writes.items()]
    outputs = [output for output in outputs if output[1] is not None]
    for dest, path, name, kind in outputs:
        others = (other for at, other, _, _ in outputs if at != dest)
        for role, files in (
            ("one that this command reads", _paths(options)),
            ("written by another option", others),
        ):
            if any(_same(path, file) for file in files):
                raise Mistake(f"{name} {path}: that file is {role}; give another name for {kind}")
        refuse_to_replace(path, kind, options.force, f"{name} ")


def refuse_to_replace(path: Path, kind: str, force: bool, name: str = "") -> None:
    """Raise Mistake where a file of a kind may not be written: its name has another ending, or what
    stands there is a folder, a link, a pipe or a device, or a file of another kind.

    `force` is for someone who insists: a link, or a file of another kind, is then replaced.
    """
    endings = KINDS[kind].endings
    other = not_a_file(path)
    if endings and path.suffix.lower() not in endings and other != "a folder":
        raise Mistake(
            f"{name}{path}: {kind} is written there, so its name must end with "
            f"{' or '.join(endings)}"
        )
    if path.is_symlink():
        if not force:
            raise Mistake(
                f"{name}{path}: that is a link, and links are not followed; give the name of what "
                "it leads to, or insist with --force"
            )
    elif not endings:
        if path.exists() and other != "a folder":
            raise Mistake(f"{name}{path}: {kind} is filled there, and that is {other or 'a file'}")
    elif other == "a folder":
        raise Mistake(f"{name}{path}: that is a folder; give the name of {kind} in it")
    elif other:
        raise Mistake(f"{name}{path}: that is {other}; {kind} is written to a file")
    elif not force and path.exists() and not KINDS[kind].is_of(path):
        raise Mistake(
            f"{name}{path}: what stands there is not {kind}, whatever its name; move it away, give "
            "another name, or insist with --force"
        )


def _paths(options: argparse.Namespace) -> Iterator[Path]:
    for dest in options.reads:
        value = getattr(options, dest)
        yield from map(
            Path, value if isinstance(value, list) else [value] if value is not None else []
        )


def _same(one: Path, other: Path) -> bool:
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()
