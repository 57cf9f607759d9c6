"""Copies of the database of plans, taken and put back while it is in use.

SQLite only: PostgreSQL brings its own.
"""

import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Column, DateTime, LargeBinary, String, Table

from planner.store.database import (
    TABLES,
    WAIT_SECONDS,
    SavedPlanError,
    make_ready,
    sqlite_file,
    why,
)
from planner.store.links import STORED_LINK
from planner.store.plan_file import LARGEST_FILE, not_a_file

_BROKEN = ("SQLITE_NOTADB", "SQLITE_CORRUPT")
_NO_BACKUP = "is not a backup of plans, or was made by another release of the planner"
RESTORE_SECONDS = 600.0
"""How long a backup may take to be checked and copied; 1 GB takes some ten seconds."""
_LARGEST_VALUE = LARGEST_FILE + 1_000_000
"""No value of ours has more bytes: a plan file's, packed."""
_STEPS_BETWEEN_LOOKS = 10_000


def back_up(url: str, out: Path) -> int:
    """Write every plan kept at `url` to a file, while others go on saving, and say how many plans
    it holds.

    The file is whole or not there, it was checked, and only its owner may read it, since it holds
    every plan. Raises SavedPlanError.
    """
    store = _file(url, "pg_dump")
    if not store.exists():
        raise SavedPlanError(f"no plans are kept yet: {store} is not there")
    if out.exists() and out.samefile(store):
        raise SavedPlanError(f"{out} is where the plans are kept; write the backup to another file")
    # Nobody's file has that name, so nobody's is lost.
    part = out.with_name(f".{out.name}.{secrets.token_hex(4)}.part")
    try:
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        with _in_words(), _open_database(store) as source, _open_database(part) as target:
            source.backup(target)
            # One file, with nothing beside it.
            target.execute("PRAGMA journal_mode=DELETE")
            plans = _checked(target, "the database of plans")
        os.replace(part, out)
    finally:
        part.unlink(missing_ok=True)
    return plans


def restore(url: str, file: Path, replace: bool = False) -> tuple[int, Path | None]:
    """Put a backup's plans where plans are kept, all or none, and say how many, and where the
    earlier ones went if any.

    Raises SavedPlanError where the backup is damaged or is not one, takes longer than
    RESTORE_SECONDS, and, unless `replace` is set, where there are plans already. What is
    replaced is first copied beside, so nothing is lost. Nothing that stands in the backup is
    run, and every value is checked before any is written.
    """
    until = time.monotonic() + RESTORE_SECONDS
    store = _file(url, "pg_restore")
    if not file.is_file():
        other = not_a_file(file)
        why_not = f"it is {other}, not a file" if other else "there is no such file"
        raise SavedPlanError(f"{file} cannot be read: {why_not}")
    if store.exists() and file.samefile(store):
        raise SavedPlanError(f"{file} is where the plans are kept; name a backup of it")
    with _strangers(file.name), _open_database(file, "ro") as backup:
        _distrust(backup, until)
        _refuse_what_is_not_ours(backup, file.name)
        plans = _checked(backup, file.name)
    aside = store.with_name(f"{store.name}.before-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}")
    broken = store.exists() and _is_broken(store)
    if broken:
        if not replace:
            raise SavedPlanError(
                "the database of plans is damaged; --replace sets it aside and restores the backup"
            )
        for end in ("", "-wal", "-shm"):
            with suppress(FileNotFoundError):
                os.replace(f"{store}{end}", f"{aside}{end}")
    store.parent.mkdir(parents=True, exist_ok=True)
    if not store.exists():
        os.close(os.open(store, os.O_CREAT | os.O_WRONLY, 0o600))
    with _in_words(), _open_database(store) as saved:
        make_ready(saved)
        _distrust(saved, until)
        saved.execute("ATTACH ? AS backup", (f"{file.absolute().as_uri()}?mode=ro",))
        # From here nobody else saves.
        saved.execute("BEGIN IMMEDIATE")
        full = _count(saved, "main")
        if full and not replace:
            raise SavedPlanError(
                f"{full} plan(s) are kept already; --replace puts the backup in their place"
            )
        if full:
            back_up(url, aside)
        for table in reversed(TABLES.sorted_tables):
            saved.execute(f"DELETE FROM main.{table.name}")
        for table in TABLES.sorted_tables:
            columns = ", ".join(column.name for column in table.columns)
            with _strangers(file.name):
                saved.execute(
                    f"INSERT INTO main.{table.name} ({columns}) "
                    f"SELECT {columns} FROM backup.{table.name}"
                )
        saved.execute("COMMIT")
    return plans, aside if broken or full else None


def _file(url: str, instead: str) -> Path:
    path = sqlite_file(url)
    if path is None:
        raise SavedPlanError(
            f"these plans are kept in PostgreSQL, which has its own way: use {instead}"
        )
    other = not_a_file(path)
    if other:
        raise SavedPlanError(f"plans are kept in a file, and {path} is {other}")
    return path


@contextmanager
def _open_database(path: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """A connection that begins and ends nothing by itself, and makes no file."""
    name = f"{path.absolute().as_uri()}?mode={mode}"
    with closing(
        sqlite3.connect(name, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
    ) as connection:
        yield connection


@contextmanager
def _in_words() -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise SavedPlanError(why(error)) from error


@contextmanager
def _strangers(name: str) -> Iterator[None]:
    """What goes wrong while a file that someone brought is read, in words that name it."""
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorname", "")
        if code == "SQLITE_INTERRUPT":
            raise SavedPlanError(
                f"{name} could not be checked and copied within {RESTORE_SECONDS / 60:.0f} "
                "minutes; use another backup"
            ) from error
        # Text that is no text comes without a code, and what does not fit together as a constraint.
        its_fault = "decode to UTF-8" in str(error) or code.startswith(
            (*_BROKEN, "SQLITE_CONSTRAINT", "SQLITE_TOOBIG")
        )
        raise SavedPlanError(
            f"{name} is damaged or is not a backup of plans" if its_fault else why(error)
        ) from error


def _distrust(connection: sqlite3.Connection, until: float) -> None:
    """Let nothing that a database itself holds be run, no value be larger than ours, and end what
    takes too long."""
    connection.execute("PRAGMA trusted_schema=OFF")
    connection.execute("PRAGMA cell_size_check=ON")
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LARGEST_VALUE)
    connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS_BETWEEN_LOOKS)


def _refuse_what_is_not_ours(connection: sqlite3.Connection, name: str) -> None:
    """Raise SavedPlanError unless our tables are tables, with nothing in the file that is worked
    out when it is read, and every value in them is of its column's kind and length."""
    for kind, sql in connection.execute("SELECT type, sql FROM sqlite_master").fetchall():
        is_virtual = (sql or "").upper().startswith("CREATE VIRTUAL")
        if is_virtual or kind not in ("table", "index"):
            raise SavedPlanError(f"{name} {_NO_BACKUP}: it holds more than tables")
    for table in TABLES.sorted_tables:
        _refuse_other_columns(connection, table, name)
        # A plan's bytes are looked at when it is opened; here they need not be read.
        columns = ", ".join(
            f"CASE typeof({column.name}) WHEN 'blob' THEN length({column.name}) END"
            if isinstance(column.type, LargeBinary)
            else column.name
            for column in table.columns
        )
        for row in connection.execute(f"SELECT {columns} FROM {table.name}"):
            for column, value in zip(table.columns, row, strict=True):
                if not _fits(column, value):
                    raise SavedPlanError(
                        f"{name} is damaged: a value of {table.name}.{column.name} is not of its "
                        "kind or length; use another backup"
                    )


def _refuse_other_columns(connection: sqlite3.Connection, table: Table, name: str) -> None:
    """Raise SavedPlanError unless a table has every column of ours, none of them worked out."""
    described = connection.execute(f"PRAGMA table_xinfo({table.name})").fetchall()
    stored = {row[1] for row in described if row[-1] == 0}
    if not {column.name for column in table.columns} <= stored:
        raise SavedPlanError(f"{name} {_NO_BACKUP}")


def _fits(column: Column[Any], value: Any) -> bool:
    """Whether a value is one that we would have written to a column; of a plan, its length."""
    if column.name in ("link", "read_link"):
        return isinstance(value, str) and STORED_LINK.fullmatch(value) is not None
    if isinstance(column.type, String):
        return isinstance(value, str) and len(value) <= (column.type.length or 0)
    if isinstance(column.type, DateTime):
        return isinstance(value, str) and _is_moment(value)
    return isinstance(value, int) and 0 < value <= (
        _LARGEST_VALUE if isinstance(column.type, LargeBinary) else 2**31 - 1
    )


def _is_moment(value: str) -> bool:
    """Whether this is a moment as it is written here."""
    try:
        return datetime.strptime(value, "%Y-%m-%d %H:%M:%S.%f").year > 1
    except ValueError:
        return False


def _checked(connection: sqlite3.Connection, name: str) -> int:
    """How many plans a database holds, once it is known to be whole and ours. Raises
    SavedPlanError."""
    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        raise SavedPlanError(f"{name} is damaged; use another backup")
    for table in TABLES.sorted_tables:
        _refuse_other_columns(connection, table, name)
    lost = "SELECT count(*) FROM drafts WHERE id NOT IN (SELECT draft FROM versions)"
    if (
        connection.execute("PRAGMA foreign_key_check").fetchone()
        or connection.execute(lost).fetchone()[0]
    ):
        raise SavedPlanError(
            f"{name} is damaged: some plans and their versions do not belong together; use "
            "another backup"
        )
    return _count(connection, "main")


def _count(connection: sqlite3.Connection, database: str) -> int:
    count: int = connection.execute(f"SELECT count(*) FROM {database}.drafts").fetchone()[0]
    return count


def _is_broken(store: Path) -> bool:
    try:
        with _open_database(store) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorname", "").startswith(_BROKEN)
