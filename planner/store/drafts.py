"""Plans kept in a database as they are worked on: every version, under links nobody can guess.

No screen is known here.
"""

import os
import threading
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from platformdirs import user_data_path
from pydantic import ValidationError
from sqlalchemy import Select, func, insert, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from planner.model.base import Frozen
from planner.model.merge import Conflict, merge
from planner.model.plan import Plan
from planner.store.database import (
    DRAFTS,
    LONGEST_NAME,
    LONGEST_NOTE,
    TROUBLE,
    URL_SETTING,
    VERSIONS,
    engine_of,
    why,
)
from planner.store.errors import DraftNotFound as DraftNotFound
from planner.store.errors import SavedPlanError as SavedPlanError
from planner.store.links import LETTERS, begins, new_link, read_link_of, stored_form
from planner.store.links import LINK as LINK
from planner.store.plan_file import LARGEST_FILE, PlanFileError, plan_from_json, plan_to_json
from planner.store.quota import Quota

FORM = "json+zlib"
"""How a plan is kept: its plan file's text, in UTF-8, as one zlib stream.

Nothing is ever deleted. A thousand versions of the fullest plan of the tests, 76 kB as text, take
10.3 MB in SQLite so packed (measured; 76 MB of text otherwise).
"""
ASIDE_FORM = f"aside {FORM}"
"""How what one of two people had typed is kept, where both had changed the same field: as a version
of its own, straight before the one in which the other's stands."""
ASIDE_NOTE = "Kept beside the plan: as it would be with what was typed at the same time"
NAMED_FORM = f"named {FORM}"
"""How a plan is kept under a name, as a further version with the name for its note."""


class _Taken(SavedPlanError):
    """Someone else wrote that row, a moment earlier or longer ago."""


class PlanVersion(Frozen):
    """When a version was saved, by whom if they said, and what changed in it. One kept `aside` was
    never the plan: it keeps what another person typed into the same field. One that is `named` is
    the same plan as the one before it, and its note is the name."""

    number: int
    saved: datetime
    note: str
    by: str
    aside: bool = False
    named: bool = False


class SavedPlan(Frozen):
    """A plan as kept: its newest version and its links. Opened by the read-only link, it has no
    other link."""

    link: str
    read_link: str
    version: PlanVersion
    plan: Plan

    @property
    def read_only(self) -> bool:
        """Whether it was opened by the link that may only read."""
        return not self.link


class DraftMoved(SavedPlanError):
    """Somebody else has saved since this plan was opened. `latest` is what they saved; nothing was
    overwritten."""

    def __init__(self, latest: SavedPlan) -> None:
        super().__init__(f"version {latest.version.number} has been saved by someone else since")
        self.latest = latest


class SavedTogether(NamedTuple):
    """A plan as kept, with what others had saved meanwhile, and what they and we left
    differently."""

    saved: SavedPlan
    conflicts: tuple[Conflict, ...]


class SavedVersion(Frozen):
    """One plan as a list shows it: the beginning of its link, its newest version, and its bytes
    over all versions."""

    link_begins: str
    version: int
    saved: datetime
    size: int


class SavedPlans:
    """The plans in one database, which is made ready when first used.

    Every method raises SavedPlanError where the database cannot be reached or written; what the
    caller holds is then still the caller's, and may be saved again.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self._engine: Engine | None = None
        self._quota = Quota(url)
        self._opening = threading.Lock()

    def create(self, plan: Plan, note: str = "", by: str = "") -> SavedPlan:
        """Keep a plan for the first time, under a new pair of links."""
        link = new_link()
        read_link = read_link_of(link)
        packed, now = _pack(plan), datetime.now(UTC)
        with self._connected(writing=True) as connection:
            self._quota.admit(connection, len(packed), None)
            output = connection.execute(
                insert(DRAFTS).values(
                    link=stored_form(link), read_link=stored_form(read_link), created=now
                )
            )
            assert output.inserted_primary_key is not None
            version = _write(connection, output.inserted_primary_key[0], 1, now, packed, note, by)
        return SavedPlan(link=link, read_link=read_link, version=version, plan=plan)

    def open(self, link: str) -> SavedPlan:
        """The newest version of the plan with that link, of either kind. Raises DraftNotFound."""
        with self._connected() as connection:
            result = _read_plan_row(connection, link)
            newest = _newest(connection, result.id)
        return SavedPlan(
            link=link if _may_write(result, link) else "",
            read_link=_read_link(result, link),
            version=_version(newest),
            plan=_read(newest),
        )

    def save(
        self,
        link: str,
        plan: Plan,
        based_on: int,
        note: str = "",
        by: str = "",
        aside: Plan | None = None,
        named: bool = False,
    ) -> SavedPlan:
        """Keep a further version, made from version `based_on`, and say what is now the newest.

        Once this returns the version is on disk. The same plan as the newest adds no version, so a
        save whose answer was lost may be made again; a plan that an older release had kept counts
        as new once it is in today's form, and so does one `named` by its note. A plan to be kept
        `aside` is a version of its own before it, kept with it or not at all. Raises DraftMoved
        where someone has saved something else since, and DraftNotFound where the link is unknown or
        may only read.
        """
        # Before the database is held.
        packed = _pack(plan)
        before = [] if aside is None else [(_pack(aside), ASIDE_FORM, ASIDE_NOTE)]
        try:
            with self._connected(writing=True) as connection:
                result = _read_plan_row(connection, link)
                if not _may_write(result, link):
                    raise DraftNotFound("this link may only read; make a copy to change it")
                newest = _newest(connection, result.id)
                if newest.number != based_on:
                    raise _Taken("someone else has saved since")
                version, now = _version(newest), datetime.now(UTC)
                same = newest.form in (FORM, NAMED_FORM) and newest.plan == packed
                if before or named or not same:
                    last = (packed, NAMED_FORM if named else FORM, note)
                    for data, form, words in [*before, last]:
                        self._quota.admit(connection, len(data), (result.id, result.link))
                        number = version.number + 1
                        version = _write(connection, result.id, number, now, data, words, by, form)
        except _Taken as error:
            latest = self.open(link)
            if latest.plan == plan and aside is None and not named:
                return latest
            raise DraftMoved(latest) from error
        return SavedPlan(link=link, read_link=_read_link(result, link), version=version, plan=plan)

    def save_together(
        self, base: SavedPlan, plan: Plan, note: Callable[[Plan, Plan], str], by: str = ""
    ) -> SavedTogether:
        """Keep a plan that was made from `base`, together with what others have saved since.

        What they and we left differently stays theirs and is handed back; our whole plan is then
        also kept aside as a version of its own. `note` says in a line what changed from one plan to
        another. Raises as `save` does, but not DraftMoved.
        """
        latest, both = base, plan
        conflicts: tuple[Conflict, ...] = ()
        while True:
            aside = plan if conflicts else None
            text = note(latest.plan, both)
            if aside is not None:
                changed = "" if both == latest.plan else f"{text}. "
                text = f"{changed}Both changed: {note(both, plan)}"
            try:
                saved = self.save(base.link, both, latest.version.number, text, by, aside)
                return SavedTogether(saved, conflicts)
            except DraftMoved as moved:
                latest = moved.latest
                both, conflicts = merge(base.plan, plan, latest.plan)

    def newest(self, link: str) -> PlanVersion:
        """The newest version of a plan without the plan: what was saved last, and when."""
        with self._connected() as connection:
            wanted = _newest_first(_read_plan_row(connection, link).id, *LISTED).limit(1)
            return _version(connection.execute(wanted).one())

    def versions(self, link: str) -> tuple[PlanVersion, ...]:
        """Every version kept, the newest first."""
        with self._connected() as connection:
            wanted = _newest_first(_read_plan_row(connection, link).id, *LISTED)
            return tuple(_version(row) for row in connection.execute(wanted))

    def version(self, link: str, number: int) -> Plan:
        """The plan as it stood in one version. Raises DraftNotFound."""
        with self._connected() as connection:
            wanted = _newest_first(_read_plan_row(connection, link).id, VERSIONS)
            row = connection.execute(wanted.where(VERSIONS.c.number == number)).first()
        if row is None:
            raise DraftNotFound(f"there is no version {number} of this plan")
        return _read(row)

    def listed(self) -> tuple[SavedVersion, ...]:
        """Every plan kept, the newest first, without its links."""
        each = (
            select(VERSIONS.c.draft, func.max(VERSIONS.c.number).label("number"),
                   func.sum(func.length(VERSIONS.c.plan)).label("size"))
            .group_by(VERSIONS.c.draft).subquery()
        )  # fmt: skip
        wanted = (
            select(DRAFTS.c.link, each.c.number, each.c.size, VERSIONS.c.saved)
            .join(each, each.c.draft == DRAFTS.c.id)
            .join(
                VERSIONS, (VERSIONS.c.draft == DRAFTS.c.id) & (VERSIONS.c.number == each.c.number)
            )
            .order_by(DRAFTS.c.id.desc())
        )
        with self._connected() as connection:
            return tuple(
                SavedVersion(
                    link_begins=begins(row.link),
                    version=row.number,
                    saved=_moment(row.saved),
                    size=row.size,
                )
                for row in connection.execute(wanted)
            )

    def close(self) -> None:
        """Let go of the database; it is opened again when next used."""
        with self._opening:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose()

    @contextmanager
    def _connected(self, writing: bool = False) -> Iterator[Connection]:
        try:
            engine = self._ready()
            with (
                engine.execution_options(writing=True).begin()
                if writing
                else engine.connect() as connection
            ):
                yield connection
        except IntegrityError as error:
            raise _Taken("someone else was saving at the same moment; try again") from error
        except TROUBLE as error:
            # A connection keeps what it found, such as a file that could not be written to.
            self.close()
            raise SavedPlanError(why(error)) from error

    def _ready(self) -> Engine:
        with self._opening:
            if self._engine is None:
                self._engine = engine_of(self.url)
                _hold_less(self._engine)
            return self._engine


@cache
def open_store(url: str | None = None) -> SavedPlans:
    """The drafts of this machine: those at `url`, else where the setting PLANNER_DATABASE_URL says,
    else the user's folder."""
    return SavedPlans(url or os.environ.get(URL_SETTING) or f"sqlite:///{own_file()}")


def own_file() -> Path:
    """Where plans are kept unless the setting says otherwise."""
    return user_data_path("prescribed-medicines-planner", appauthor=False) / "plans.sqlite"


def _read_plan_row(connection: Connection, link: str) -> Any:
    row = None
    if LINK.fullmatch(link):
        # The second as earlier releases held it.
        known = (stored_form(link), link)
        wanted = select(DRAFTS).where(DRAFTS.c.link.in_(known) | DRAFTS.c.read_link.in_(known))
        row = connection.execute(wanted).first()
    if row is None:
        raise DraftNotFound("no plan has this link; check that the whole of it was copied")
    return row


def _may_write(result: Any, link: str) -> bool:
    return result.link in (stored_form(link), link)


def _read_link(result: Any, link: str) -> str:
    # Made by an earlier release, by chance, and so held as it is.
    if LINK.fullmatch(result.read_link):
        return str(result.read_link)
    return read_link_of(link) if _may_write(result, link) else link


def _hold_less(engine: Engine) -> None:
    """Where an earlier release held links as they are, hold what is needed to know them again.
    Their plans still open."""
    plain = func.length(DRAFTS.c.link) == LETTERS
    # Such as a database that may only be read: they are known as they are, too.
    with suppress(*TROUBLE):
        with engine.connect() as connection:
            result = connection.execute(select(DRAFTS.c.id, DRAFTS.c.link).where(plain)).all()
        if result:
            with engine.execution_options(writing=True).begin() as connection:
                for row in result:
                    same = (DRAFTS.c.id == row.id) & (DRAFTS.c.link == row.link)
                    connection.execute(
                        update(DRAFTS).where(same).values(link=stored_form(row.link))
                    )


LISTED = tuple(VERSIONS.c[name] for name in ("number", "saved", "note", "saved_by", "form"))
"""What is asked for to list a version."""


def _newest_first(draft: int, *wanted: Any) -> Select[Any]:
    """The versions of a plan, the newest first."""
    of_draft = select(*wanted).where(VERSIONS.c.draft == draft)
    return of_draft.order_by(VERSIONS.c.number.desc())


def _newest(connection: Connection, draft: int) -> Any:
    row = connection.execute(_newest_first(draft, VERSIONS).limit(1)).first()
    if row is None:
        raise SavedPlanError(
            "this plan has lost its versions; restore the database of plans from its backup"
        )
    return row


def _pack(plan: Plan) -> bytes:
    text = plan_to_json(plan).encode()
    # It could not be opened again.
    if len(text) > LARGEST_FILE:
        raise SavedPlanError(
            "this plan is larger than 10 MB and cannot be kept; take out some of its rows"
        )
    return zlib.compress(text)


def _write(
    connection: Connection,
    draft: int,
    number: int,
    now: datetime,
    packed: bytes,
    note: str,
    by: str,
    form: str = FORM,
) -> PlanVersion:
    values = {
        "saved": now,
        "note": _clean(note, LONGEST_NOTE),
        "saved_by": _clean(by, LONGEST_NAME),
    }
    connection.execute(
        insert(VERSIONS).values(draft=draft, number=number, form=form, plan=packed, **values)
    )
    return PlanVersion(
        number=number,
        saved=now,
        note=values["note"],
        by=values["saved_by"],
        aside=form == ASIDE_FORM,
        named=form == NAMED_FORM,
    )


def _clean(text: str, longest: int) -> str:
    """Text that every database takes: no NUL, and no half of a character."""
    return text.replace("\0", "").encode(errors="replace").decode()[:longest]


def _version(row: Any) -> PlanVersion:
    return PlanVersion(
        number=row.number,
        saved=_moment(row.saved),
        note=row.note,
        by=row.saved_by,
        aside=row.form == ASIDE_FORM,
        named=row.form == NAMED_FORM,
    )


def _moment(saved: datetime) -> datetime:
    # SQLite keeps no zone.
    return saved.astimezone(UTC) if saved.tzinfo else saved.replace(tzinfo=UTC)


def _read(row: Any) -> Plan:
    name = f"version {row.number}"
    if row.form not in (FORM, ASIDE_FORM, NAMED_FORM):
        raise SavedPlanError(
            f"{name} was kept by another release of the planner; update it, or open another version"
        )
    try:
        unpacking = zlib.decompressobj()
        text = unpacking.decompress(row.plan, LARGEST_FILE + 1)
        if not unpacking.eof and len(text) <= LARGEST_FILE:
            raise zlib.error("the stream has no end")
        return plan_from_json(text, name)
    except zlib.error as error:
        raise SavedPlanError(f"{name} is damaged; open another version") from error
    except PlanFileError as error:
        # Its words may repeat the plan's.
        if isinstance(error.__cause__, ValidationError):
            raise SavedPlanError(
                f"{name} is not a plan that this planner knows; open another version"
            ) from error
        raise SavedPlanError(f"{error}; open another version") from error
