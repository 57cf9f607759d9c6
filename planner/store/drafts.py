"""Plans kept in a database as they are worked on: every version, under links nobody can guess. No screen is known here."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from platformdirs import user_data_path
from sqlalchemy import (
    Column,
    DateTime,
    ForeignKey,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    event,
    insert,
    select,
)
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError, SQLAlchemyError

from planner.model.base import Frozen
from planner.model.plan import Plan
from planner.store.plan_file import PlanFileError, plan_from_json, plan_to_json

URL_SETTING = "PLANNER_DATABASE_URL"
LINK_BYTES = 24  # 192 bits: a link is a secret, and the only one
LONGEST_NOTE, LONGEST_NAME = 1000, 300

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
    Column("plan", Text, nullable=False),
)
"""One row for each version; two people cannot both write the same number, so nothing is overwritten."""


class DraftError(RuntimeError):
    """A plan could not be kept or opened. The message says what happened and what to do."""


class DraftNotFound(DraftError):
    """No plan has that link."""


class Version(Frozen):
    """When a version was saved, by whom if they said, and what changed in it."""

    number: int
    saved: datetime
    note: str
    by: str


class Draft(Frozen):
    """A plan as kept: its newest version and its links. Opened by the read-only link, it has no other link."""

    link: str
    read_link: str
    version: Version
    plan: Plan

    @property
    def read_only(self) -> bool:
        """Whether it was opened by the link that may only read."""
        return not self.link


class DraftMoved(DraftError):
    """Somebody else has saved since this plan was opened. `latest` is what they saved; nothing was overwritten."""

    def __init__(self, latest: Draft) -> None:
        super().__init__(f"version {latest.version.number} has been saved by someone else since")
        self.latest = latest


class Drafts:
    """The plans in one database, which is made ready when first used.

    Every method raises DraftError where the database cannot be reached or written; what the caller holds is then still
    the caller's, and may be saved again.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine: Engine | None = None

    def create(self, plan: Plan, note: str = "", by: str = "") -> Draft:
        """Keep a plan for the first time, under a new pair of links."""
        link, read_link = secrets.token_urlsafe(LINK_BYTES), secrets.token_urlsafe(LINK_BYTES)
        now = datetime.now(UTC)
        with self._writing() as connection:
            made = connection.execute(insert(DRAFTS).values(link=link, read_link=read_link, created=now))
            assert made.inserted_primary_key is not None
            version = _write(connection, made.inserted_primary_key[0], 1, now, plan, note, by)
        return Draft(link=link, read_link=read_link, version=version, plan=plan)

    def open(self, link: str) -> Draft:
        """The newest version of the plan with that link, of either kind. Raises DraftNotFound."""
        with self._reading() as connection:
            return _newest(connection, link)

    def save(self, link: str, plan: Plan, based_on: int, note: str = "", by: str = "") -> Draft:
        """Keep a further version, made from version `based_on`, and say what is now the newest.

        Once this returns the version is on disk. The same plan as the newest adds no version. Raises DraftMoved where
        someone has saved since, and DraftNotFound where the link is unknown or may only read.
        """
        try:
            with self._writing() as connection:
                latest = _newest(connection, link)
                if latest.read_only:
                    raise DraftNotFound("this link may only read; make a copy to change it")
                if latest.version.number != based_on:
                    raise DraftMoved(latest)
                if latest.plan == plan:
                    return latest
                draft = _found(connection, link).id
                version = _write(connection, draft, based_on + 1, datetime.now(UTC), plan, note, by)
                return latest.model_copy(update={"version": version, "plan": plan})
        except IntegrityError as error:  # the other one was a moment earlier
            raise DraftMoved(self.open(link)) from error

    def versions(self, link: str) -> tuple[Version, ...]:
        """Every version kept, the newest first."""
        columns = VERSIONS.c.number, VERSIONS.c.saved, VERSIONS.c.note, VERSIONS.c.saved_by
        with self._reading() as connection:
            draft = _found(connection, link).id
            wanted = select(*columns).where(VERSIONS.c.draft == draft).order_by(VERSIONS.c.number.desc())
            return tuple(_version(row) for row in connection.execute(wanted))

    def version(self, link: str, number: int) -> Plan:
        """The plan as it stood in one version. Raises DraftNotFound."""
        with self._reading() as connection:
            draft = _found(connection, link).id
            row = connection.execute(
                select(VERSIONS.c.plan).where(VERSIONS.c.draft == draft, VERSIONS.c.number == number)
            ).first()
        if row is None:
            raise DraftNotFound(f"there is no version {number} of this plan")
        return _read(row.plan, number)

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._ready().connect() as connection:
                yield connection
        except SQLAlchemyError as error:
            raise DraftError(_why(error)) from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._ready().execution_options(writing=True).begin() as connection:
                yield connection
        except IntegrityError:
            raise
        except SQLAlchemyError as error:
            raise DraftError(_why(error)) from error

    def _ready(self) -> Engine:
        if self._engine is None:
            engine = _engine(self.url)
            TABLES.create_all(engine)
            self._engine = engine
        return self._engine


@cache
def kept_drafts(url: str | None = None) -> Drafts:
    """The drafts of this machine: those at `url`, else where the setting PLANNER_DATABASE_URL says, else the user's folder."""
    return Drafts(url or os.environ.get(URL_SETTING) or f"sqlite:///{_own_file()}")


def _own_file() -> Path:
    return user_data_path("prescribed-medicines-planner", appauthor=False) / "plans.sqlite"


def _engine(url: str) -> Engine:
    if url.startswith("postgresql://"):  # the driver we test with
        url = url.replace("postgresql://", "postgresql+pg8000://", 1)
    if not url.startswith("sqlite"):
        return create_engine(url, pool_pre_ping=True, pool_size=5, max_overflow=20)
    path = url.removeprefix("sqlite:///")
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DraftError(f"plans cannot be kept in {Path(path).parent}: {error.strerror}") from error
    engine = create_engine(url, connect_args={"timeout": 20})

    @event.listens_for(engine, "connect")
    def _safe(connection: Any, _: Any) -> None:
        connection.isolation_level = None  # so that a write begins when we say so
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")  # what was saved survives the machine going off
        connection.execute("PRAGMA foreign_keys=ON")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return engine


def _found(connection: Connection, link: str) -> Any:
    wanted = select(DRAFTS).where((DRAFTS.c.link == link) | (DRAFTS.c.read_link == link))
    row = connection.execute(wanted).first() if link else None
    if row is None:
        raise DraftNotFound("no plan has this link; check that the whole of it was copied")
    return row


def _newest(connection: Connection, link: str) -> Draft:
    draft = _found(connection, link)
    row = connection.execute(
        select(VERSIONS).where(VERSIONS.c.draft == draft.id).order_by(VERSIONS.c.number.desc()).limit(1)
    ).one()
    return Draft(
        link=draft.link if draft.link == link else "",
        read_link=draft.read_link,
        version=_version(row),
        plan=_read(row.plan, row.number),
    )


def _write(
    connection: Connection, draft: int, number: int, now: datetime, plan: Plan, note: str, by: str
) -> Version:
    values = {"saved": now, "note": note[:LONGEST_NOTE], "saved_by": by[:LONGEST_NAME]}
    connection.execute(insert(VERSIONS).values(draft=draft, number=number, plan=plan_to_json(plan), **values))
    return Version(number=number, saved=now, note=values["note"], by=values["saved_by"])


def _version(row: Any) -> Version:
    saved = row.saved if row.saved.tzinfo else row.saved.replace(tzinfo=UTC)  # SQLite keeps no zone
    return Version(number=row.number, saved=saved, note=row.note, by=row.saved_by)


def _read(text: str, number: int) -> Plan:
    try:
        return plan_from_json(text.encode(), f"version {number}")
    except PlanFileError as error:
        raise DraftError(f"{error}. Open an earlier version") from error


def _why(error: SQLAlchemyError) -> str:
    """What went wrong in words that hold no plan, link or password."""
    said = str(getattr(error, "orig", None) or type(error).__name__).lower()
    for words, why in (
        ("disk is full", "the disk is full"),
        ("database or disk is full", "the disk is full"),
        ("readonly database", "the folder of plans may not be written to"),
        ("unable to open database", "the folder of plans cannot be opened"),
        ("locked", "the database of plans is busy"),
        ("malformed", "the database of plans is damaged; restore it from its backup"),
        ("not a database", "the database of plans is damaged; restore it from its backup"),
    ):
        if words in said:
            return why
    return "the database of plans cannot be reached"
