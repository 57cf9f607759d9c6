"""The database that kept plans live in: its tables, how it is reached, what went wrong in words.

No plan is read here.
"""

import os
import sqlite3
import ssl
import stat
import struct
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    create_engine,
    event,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DisconnectionError, SQLAlchemyError
from sqlalchemy.schema import CreateTable

from planner.store.errors import SavedPlanError as SavedPlanError

URL_SETTING = "PLANNER_DATABASE_URL"
LONGEST_NOTE, LONGEST_NAME = 1000, 300
WAIT_SECONDS = 20.0
"""How long a busy or silent database is waited for."""

TABLES = MetaData()
DRAFTS = Table(
    "drafts",
    TABLES,
    Column("id", Integer, primary_key=True),
    Column("link", String(64), nullable=False, unique=True),
    Column("read_link", String(64), nullable=False, unique=True),
    Column("created", DateTime(timezone=True), nullable=False),
)
VERSIONS = Table(
    "versions",
    TABLES,
    Column("draft", Integer, ForeignKey("drafts.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("saved", DateTime(timezone=True), nullable=False),
    Column("note", String(LONGEST_NOTE), nullable=False),
    Column("saved_by", String(LONGEST_NAME), nullable=False),
    Column("form", String(20), nullable=False),
    Column("plan", LargeBinary, nullable=False),
)
"""One row for each version; two people cannot both write the same number, so nothing is
overwritten."""


TROUBLE = (SQLAlchemyError, OSError, struct.error, ValueError)
"""What a database raises; the PostgreSQL driver lets some of the network's own errors through."""


_POOL: dict[str, Any] = {
    "pool_size": 5,
    "max_overflow": 20,
    "pool_timeout": WAIT_SECONDS,
    # They hold links and plans.
    "hide_parameters": True,
}


def engine_of(url: str) -> Engine:
    """A way into the database at `url`, whose tables are there. Raises SavedPlanError."""
    path, at = sqlite_file(url), _address(url)
    if path is not None:
        return _sqlite(at, path)
    arguments: dict[str, Any] = {}
    # The driver we test with.
    if at.drivername in ("postgresql", "postgres", "postgresql+pg8000"):
        at, context = _encryption(at.set(drivername="postgresql+pg8000"))
        arguments = {"timeout": WAIT_SECONDS, "ssl_context": context}
    try:
        engine = create_engine(
            at,
            # A server that went and came back is found again.
            pool_pre_ping=True,
            connect_args=arguments,
            **_POOL,
        )
    except ImportError:
        raise SavedPlanError(
            f"the database in {URL_SETTING} needs a driver: pip install "
            '"prescribed-medicines-planner[postgresql]"'
        ) from None
    except (ArgumentError, ValueError, TypeError):
        raise SavedPlanError(_NO_ADDRESS) from None
    try:
        try:
            TABLES.create_all(engine)
        except DatabaseError:
            # Another process may be making the same tables.
            TABLES.create_all(engine)
    except TypeError:
        raise SavedPlanError(
            f"{URL_SETTING} has an option after its '?' that the driver does not know"
        ) from None
    except TROUBLE as error:
        raise SavedPlanError(why(error)) from error
    return engine


_NO_ADDRESS = (
    f"{URL_SETTING} is not the address of a database; write it as sqlite:////folder/plans.sqlite "
    "or postgresql://name:password@host/database"
)


def _address(url: str) -> URL:
    try:
        return make_url(url)
    except (ArgumentError, ValueError):
        # These may repeat the address, and so the password.
        raise SavedPlanError(_NO_ADDRESS) from None


def _encryption(at: URL) -> tuple[URL, ssl.SSLContext | bool | None]:
    """The address without `sslmode` and `sslrootcert`, and what they ask for, as PostgreSQL's own
    programs read them."""
    mode, root = at.query.get("sslmode", "prefer"), at.query.get("sslrootcert")
    at = at.difference_update_query(["sslmode", "sslrootcert"])
    if mode in ("disable", "prefer"):
        # As the driver has it.
        return at, None if mode == "prefer" else False
    if mode not in ("require", "verify-ca", "verify-full"):
        raise SavedPlanError(
            f"sslmode in {URL_SETTING} is disable, prefer, require, verify-ca or verify-full"
        )
    try:
        context = ssl.create_default_context(cafile=str(root) if root else None)
    except OSError as error:
        raise SavedPlanError(f"the file of certificates in {URL_SETTING} cannot be read") from error
    context.check_hostname = mode == "verify-full"
    if mode == "require" and not root:
        context.verify_mode = ssl.CERT_NONE
    return at, context


def sqlite_file(url: str) -> Path | None:
    """The file of a SQLite database, or none for another kind. Raises SavedPlanError where SQLite
    is given no file."""
    at = _address(url)
    if at.get_backend_name() != "sqlite":
        return None
    if not at.database or at.database == ":memory:" or at.query:
        raise SavedPlanError(
            f"plans are kept in a file: write {URL_SETTING} as sqlite:////folder/plans.sqlite"
        )
    return Path(at.database)


def _sqlite(at: URL, path: Path) -> Engine:
    engine = create_engine(at, connect_args={"timeout": WAIT_SECONDS}, **_POOL)

    @event.listens_for(engine, "do_connect")
    # Plans are nobody else's, so the file is its owner's alone.
    def _own(*_: Any) -> None:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and not path.is_file():
                raise SavedPlanError(f"plans are kept in a file, and {path} is not one")
            if not path.exists():
                os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
            # Made while the file could only be read, they would keep it so.
            for end in ("-wal", "-shm"):
                comparison = Path(f"{path}{end}")
                with suppress(FileNotFoundError, PermissionError):
                    if comparison.stat().st_mode != path.stat().st_mode:
                        comparison.chmod(stat.S_IMODE(path.stat().st_mode))
        except OSError as error:
            raise SavedPlanError(
                f"plans cannot be kept in {path.parent}: {error.strerror}"
            ) from error

    @event.listens_for(engine, "connect")
    def _safe(connection: Any, record: Any) -> None:
        # So that a write begins when we say so.
        connection.isolation_level = None
        try:
            make_ready(connection)
        except sqlite3.Error:
            connection.close()
            raise
        record.info["file"] = _identity(path)

    @event.listens_for(engine, "checkout")
    def _same_file(_: Any, record: Any, __: Any) -> None:
        # Else what is saved would go to a file that nobody can find.
        if record.info.get("file") != _identity(path):
            raise DisconnectionError("the file was replaced")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def make_ready(connection: sqlite3.Connection) -> None:
    """Set a new connection to SQLite as we need it, and make the tables where there are none."""
    until = time.monotonic() + WAIT_SECONDS
    # SQLite does not itself wait for its turn to change the journal.
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.02)
    # What was saved survives the machine going off.
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    # Nothing of a link that is replaced stays in the file.
    connection.execute("PRAGMA secure_delete=ON")
    names = {
        row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
    }
    if not set(TABLES.tables) <= names:
        connection.execute("BEGIN IMMEDIATE")
        for table in TABLES.sorted_tables:
            connection.execute(
                str(CreateTable(table, if_not_exists=True).compile(dialect=sqlite.dialect()))
            )
        connection.execute("COMMIT")


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        result = path.stat()
    except OSError:
        return None
    return result.st_dev, result.st_ino


_RESTORE = "the database of plans is damaged; restore it from its backup"
_REASONS = (
    (
        ("disk is full", "53100"),
        "the disk that plans are kept on is full; make room and save again",
    ),
    (
        ("readonly database", "read-only", "25006", "42501"),
        "the database of plans may not be written to; ask for leave to write there",
    ),
    (
        ("unable to open database",),
        "the file of plans cannot be opened; see that its folder may be written to",
    ),
    (
        ("locked", "queuepool", "53300", "57p03", "55p03"),
        "the database of plans is busy; try again in a minute",
    ),
    (("28p01", "28000"), f"the database of plans refuses the name or password in {URL_SETTING}"),
    (("3d000",), f"the server has no database of the name in {URL_SETTING}"),
    (
        ("server refuses ssl",),
        f"the server takes no encrypted connection, which {URL_SETTING} asks for",
    ),
    (("certificate",), f"the server's certificate is not one that {URL_SETTING} trusts"),
    (("malformed", "not a database"), _RESTORE),
    (
        ("no such table", "no such column", "42p01", "42703"),
        "the database of plans was made by another release of the planner",
    ),
    (("disk i/o error",), "the disk that plans are kept on cannot be read or written"),
)


def why(error: Exception) -> str:
    """What went wrong in words that hold no plan, link or password."""
    source = getattr(error, "orig", None) or error
    detail = source.args[0] if source.args else ""
    # PostgreSQL gives a code, the same in every language
    text = str(detail.get("C", "") if isinstance(detail, dict) else source)
    for words, reason in _REASONS:
        if any(word in text.lower() for word in words):
            return reason
    # A value that is not what its column holds.
    if isinstance(error, ValueError) and not isinstance(error, OSError):
        return _RESTORE
    return "the database of plans cannot be reached; try again in a minute"
