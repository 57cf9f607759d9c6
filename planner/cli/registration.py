"""How a command is registered: its name, what it does, what it reads and what it may write.

No command lives here.
"""

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from planner.cli.printing import Mistake
from planner.reference import load_reference

USER_MISTAKE = 2
Run = Callable[[argparse.Namespace], None]

# What a file that a command writes may end with, by the option that names the file.
KINDS = {
    "a plan file": (".json",),
    "a Word document": (".docx",),
    "an Excel workbook": (".xlsx",),
    "a table": (".csv",),
    "a backup of plans": (".sqlite", ".sqlite3", ".db"),
    "a folder": (),
}


# What stands near the beginning of a file of each kind that is not plain text.
MARKS = {
    "a plan file": b'"schema_version"',
    "a Word document": b"[Content_Types].xml",
    "an Excel workbook": b"[Content_Types].xml",
    "a backup of plans": b"SQLite format 3\x00",
}


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


def refuse_unsafe_outputs(options: argparse.Namespace) -> None:
    """Raise Mistake where what would be written is what is read, or is not a file of its kind;
    before any work."""
    outputs = [(dest, getattr(options, dest), *what) for dest, what in options.writes.items()]
    outputs = [output for output in outputs if output[1] is not None]
    inputs = list(_paths(options))
    for dest, path, name, kind in outputs:
        for read in (*inputs, *(other for at, other, _, _ in outputs if at != dest)):
            if _same(path, read):
                raise Mistake(
                    f"{name} {path}: that file is {_role(read, inputs)}; give another name for {kind}"
                )
        endings = KINDS[kind]
        if path.exists() and not (path.is_file() or path.is_dir()):
            # A pipe or a device has no ending, and nothing in it to lose.
            continue
        if endings and path.is_dir():
            raise Mistake(f"{name} {path}: that is a folder; give the name of {kind} in it")
        if endings and path.suffix.lower() not in endings:
            raise Mistake(
                f"{name} {path}: {kind} is written there, so its name must end with "
                f"{' or '.join(endings)}"
            )
        if not endings and path.exists() and not path.is_dir():
            raise Mistake(f"{name} {path}: {kind} is filled there, and that is a file")
        if endings and path.is_file() and not _may_be_replaced(path, kind):
            raise Mistake(
                f"{name} {path}: what stands there is not {kind}, whatever its name; move it away or "
                "give another name"
            )


def _may_be_replaced(path: Path, kind: str) -> bool:
    """Whether a file is empty, or begins as a file of its kind does. A table may begin with anything."""
    mark = MARKS.get(kind, b"")
    with path.open("rb") as file:
        beginning = file.read(4_096)
    return not beginning or mark in beginning


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
