"""How a command is registered: its name, what it does, what it reads and what it may write.

No command lives here.
"""

import argparse
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from planner.cli.printing import Mistake
from planner.model.intake import COLUMN_MEANINGS
from planner.outputs.criteria import COLUMNS as SEARCH_COLUMNS
from planner.reference import load_reference
from planner.store.plan_file import not_a_file

USER_MISTAKE = 2
Run = Callable[[argparse.Namespace], None]


@dataclass(frozen=True)
class Kind:
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
    "a plan file": Kind((".json",), (b'"schema_version"',)),
    "a Word document": Kind((".docx",), part="word/document.xml"),
    "a PDF": Kind((".pdf",), (b"%PDF-",)),
    "an Excel workbook": Kind((".xlsx",), part="xl/workbook.xml"),
    "a table of searches": Kind((".csv",), (",".join(SEARCH_COLUMNS[:3]).encode(),)),
    "a table of rows": Kind((".csv",), (",".join(list(COLUMN_MEANINGS)[:3]).encode(),)),
    "a backup of plans": Kind(
        (".sqlite", ".sqlite3", ".db"), (b"SQLite format 3\x00", b"CREATE TABLE drafts")
    ),
    "a list of documents": Kind((".json",), (b'"documents"',)),
    "a folder": Kind(),
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


class Commands:
    """The commands of the program, or those of one command."""

    def __init__(self, among: Any) -> None:
        self._among = among

    def add(self, name: str, does: str, run: Run) -> argparse.ArgumentParser:
        """Register a command: its name, a sentence on what it does, and the function that runs
        it."""
        command: argparse.ArgumentParser = self._among.add_parser(name, help=does, description=does)
        command.set_defaults(command=run, reads=(), writes={})
        return command

    def group(self, name: str, does: str) -> "Commands":
        """Register a command that has commands of its own."""
        parser = self._among.add_parser(name, help=does, description=does)
        return Commands(
            parser.add_subparsers(required=True, metavar="COMMAND", parser_class=Parser)
        )


def reads(command: argparse.ArgumentParser, name: str, **named: Any) -> None:
    """Add an option or argument that names a file to read; no command writes over it."""
    action = command.add_argument(name, **({"type": Path} | named))
    command.set_defaults(reads=(*command.get_default("reads"), action.dest))


def writes(command: argparse.ArgumentParser, name: str, kind: str, **named: Any) -> None:
    """Add an option that names a file, or a folder, to write; `kind` says what is written there."""
    action = command.add_argument(name, **({"type": Path} | named))
    if not command.get_default("writes"):
        command.add_argument(
            "--force",
            action="store_true",
            help="also where a link or a file of another kind stands, which is replaced",
        )
    command.set_defaults(writes=command.get_default("writes") | {action.dest: (name, kind)})


def reads_plan(command: argparse.ArgumentParser, json: bool = True) -> None:
    """Add the plan file that a command is about, and where asked for the choice of JSON."""
    reads(command, "plan", help="a plan file")
    if json:
        prints_json(command)


def prints_json(command: argparse.ArgumentParser) -> None:
    """Add the choice of JSON in place of words."""
    command.add_argument("--json", action="store_true", help="print JSON")


def shows_progress(command: argparse.ArgumentParser) -> None:
    """Add the choice of progress line by line."""
    command.add_argument(
        "--progress",
        action="store_true",
        help="say how far it is, a line each; a terminal shows it anyway",
    )


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
    inputs = list(_paths(options))
    for dest, path, name, kind in outputs:
        for read in (*inputs, *(other for at, other, _, _ in outputs if at != dest)):
            if _same(path, read):
                raise Mistake(
                    f"{name} {path}: that file is {_role(read, inputs)}; give another name for "
                    f"{kind}"
                )
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


def _role(path: Path, inputs: list[Path]) -> str:
    return "one that this command reads" if path in inputs else "written by another option"
