"""Copies of the database of plans, taken and put back while it is in use. SQLite only: PostgreSQL brings its own."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from planner.store.database import (
    TABLES,
    WAIT_SECONDS,
    SavedPlanError,
    make_ready,
    sqlite_file,
    why,
)

_BROKEN = ("SQLITE_NOTADB", "SQLITE_CORRUPT")


def back_up(url: str, out: Path) -> int:
    """Write every plan kept at `url` to a file, while others go on saving, and say how many plans
    it holds.

    The file is whole or not there, it was checked, and only its owner may read it, since it holds
    every plan. Raises DraftError.
    """
    store = _file(url, "pg_dump")
    if not store.exists():
        raise SavedPlanError(f"no plans are kept yet: {store} is not there")
    if out.exists() and out.samefile(store):
        raise SavedPlanError(f"{out} is where the plans are kept; write the backup to another file")
    part = out.with_name(out.name + ".part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
        with _in_words(), _opened(store) as source, _opened(part) as target:
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

    Raises DraftError where the backup is damaged or is not one, and, unless `replace` is set, where
    there are plans already. What is replaced is first copied beside, so nothing is lost.
    """
    store = _file(url, "pg_restore")
    if not file.is_file():
        raise SavedPlanError(f"{file} cannot be read: there is no such file")
    if store.exists() and file.samefile(store):
        raise SavedPlanError(f"{file} is where the plans are kept; name a backup of it")
    with (
        _in_words(f"{file.name} is damaged or is not a backup of plans"),
        _opened(file, "ro") as backup,
    ):
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
    with _in_words(), _opened(store) as saved:
        make_ready(saved)
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
            saved.execute(
                f"INSERT INTO main.{table.name} ({columns}) SELECT {columns} FROM backup.{table.name}"
            )
        saved.execute("COMMIT")
    return plans, aside if broken or full else None


def _file(url: str, instead: str) -> Path:
    path = sqlite_file(url)
    if path is None:
        raise SavedPlanError(
            f"these plans are kept in PostgreSQL, which has its own way: use {instead}"
        )
    return path


@contextmanager
def _opened(path: Path, mode: str = "rw") -> Iterator[sqlite3.Connection]:
    """A connection that begins and ends nothing by itself, and makes no file."""
    name = f"{path.absolute().as_uri()}?mode={mode}"
    with closing(
        sqlite3.connect(name, uri=True, timeout=WAIT_SECONDS, isolation_level=None)
    ) as connection:
        yield connection


@contextmanager
def _in_words(broken: str = "") -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        named = broken if getattr(error, "sqlite_errorname", "").startswith(_BROKEN) else ""
        raise SavedPlanError(named or why(error)) from error


def _checked(connection: sqlite3.Connection, name: str) -> int:
    """How many plans a database holds, once it is known to be whole and ours. Raises DraftError."""
    if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
        raise SavedPlanError(f"{name} is damaged; use another backup")
    for table in TABLES.sorted_tables:
        names = {row[1] for row in connection.execute(f"PRAGMA table_info({table.name})")}
        if not {column.name for column in table.columns} <= names:
            raise SavedPlanError(
                f"{name} is not a backup of plans, or was made by another release of the planner"
            )
    lost = "SELECT count(*) FROM drafts WHERE id NOT IN (SELECT draft FROM versions)"
    if (
        connection.execute("PRAGMA foreign_key_check").fetchone()
        or connection.execute(lost).fetchone()[0]
    ):
        raise SavedPlanError(
            f"{name} is damaged: some plans and their versions do not belong together; use another backup"
        )
    return _count(connection, "main")


def _count(connection: sqlite3.Connection, database: str) -> int:
    count: int = connection.execute(f"SELECT count(*) FROM {database}.drafts").fetchone()[0]
    return count


def _is_broken(store: Path) -> bool:
    try:
        with _opened(store) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() != ("ok",))
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorname", "").startswith(_BROKEN)
