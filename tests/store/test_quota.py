"""What plans may take is bounded: beyond it saving is refused in words, no version goes, and the
log said so before."""

from __future__ import annotations

import logging
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select

from planner.model.plan import Plan
from planner.store import quota
from planner.store.backup import back_up, restore
from planner.store.database import DRAFTS, VERSIONS
from planner.store.drafts import DraftMoved, SavedPlan, SavedPlanError, SavedPlans
from planner.store.links import stored_form

FULL = "there is no room left for plans on this server"


def saying(plan: Plan, words: str) -> Plan:
    return plan.model_copy(update={"preferred_because": words})


def pad(store: SavedPlans, draft: SavedPlan, size: int) -> None:
    """Give a plan a further version of so many bytes, as a long time of saving would, and then its
    own newest again."""
    with store._connected(writing=True) as connection:
        row = select(DRAFTS.c.id).where(DRAFTS.c.link == stored_form(draft.link))
        ours = VERSIONS.c.draft == row.scalar_subquery()
        newest = connection.execute(
            select(VERSIONS).where(ours, VERSIONS.c.number == draft.version.number)
        ).one()
        number = draft.version.number
        for plan in (os.urandom(size), newest.plan):
            number += 1
            values = newest._asdict() | {"number": number, "plan": plan}
            connection.execute(insert(VERSIONS).values(**values))


def test_a_version_is_kept_packed(store: SavedPlans, maximal: Plan) -> None:
    store.create(maximal)
    with store._connected() as connection:
        size = connection.execute(select(func.length(VERSIONS.c.plan))).scalar_one()
    assert size < len(maximal.model_dump_json()) / 4


def test_beyond_its_quota_a_plan_takes_no_version_and_loses_none(
    store: SavedPlans, minimal: Plan, example: Plan, caplog: pytest.LogCaptureFixture
) -> None:
    draft, other = store.create(minimal), store.create(example)
    pad(store, draft, 79_000_000)
    saved = store.save(draft.link, saying(minimal, "below the alarm"), 3)
    assert not caplog.records
    pad(store, saved, 20_999_000)
    with pytest.raises(
        SavedPlanError, match="fill the 100 MB that one plan may take; save the"
    ) as no:
        store.save(draft.link, saying(minimal, "one more"), 6)
    assert "to a file on step 6, Summary and papers" in str(no.value) and not isinstance(
        no.value, DraftMoved
    )
    # Nothing went, what is kept still opens, and the same again is no new version.
    assert [version.number for version in store.versions(draft.link)] == [6, 5, 4, 3, 2, 1]
    assert store.open(draft.link).plan == saying(minimal, "below the alarm")
    assert store.save(draft.link, saying(minimal, "below the alarm"), 6).version.number == 6
    # Who saved on what is not the newest learns of that first.
    with pytest.raises(DraftMoved):
        store.save(draft.link, saying(minimal, "one more"), 5)
    # Other plans, and a copy of this one, go on.
    assert store.save(other.link, minimal, 1).version.number == 2
    assert store.create(saying(minimal, "one more")).version.number == 1


def test_the_log_says_once_when_a_plan_passes_four_fifths_of_its_quota(
    file_store: SavedPlans,
    minimal: Plan,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("PLANNER_PLAN_QUOTA_MB", "1")
    draft = file_store.create(minimal)
    (row,) = file_store.listed()
    # With four of the six saves to come.
    pad(file_store, draft, 800_000 - 6 * row.size)
    draft = file_store.open(draft.link)
    for turn in range(6):
        draft = file_store.save(draft.link, saying(minimal, f"{turn}"), draft.version.number)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING and "takes 80% of the room" in record.getMessage()
    # As `planner drafts list` shows it, and no more of it.
    assert draft.link[:6] in record.getMessage() and draft.link[:7] not in record.getMessage()


def fill_to(store: SavedPlans, monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    """Let the plans kept now be such a share of the room that all may take."""
    with store._connected() as connection:
        used, _ = store._quota.room(connection)
    if store.url.startswith("sqlite"):
        # Half the disk is for plans.
        disk = shutil._ntuple_diskusage(0, 0, int(2 * used / share) - used)
        monkeypatch.setattr(shutil, "disk_usage", lambda _: disk)
    else:
        monkeypatch.setenv("PLANNER_DATABASE_QUOTA_MB", f"{used / share / 1e6}")


def test_beyond_the_share_of_the_disk_nothing_is_kept_and_the_log_said_so_before(
    store: SavedPlans,
    minimal: Plan,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    draft = store.create(minimal)
    pad(store, draft, 3_000_000)
    fill_to(store, monkeypatch, 0.7)
    store.create(minimal)
    assert not caplog.records
    fill_to(store, monkeypatch, 0.85)
    for turn in range(3):
        store.create(saying(minimal, f"{turn}"))
    (record,) = caplog.records
    assert record.levelno == logging.ERROR and "of the room they have" in record.getMessage()
    fill_to(store, monkeypatch, 1.01)
    for _ in range(2):
        with pytest.raises(SavedPlanError, match=FULL):
            store.create(minimal)
        with pytest.raises(SavedPlanError, match=f"{FULL}.*save the plan to a file"):
            store.save(draft.link, saying(minimal, "more"), 3)
    assert len(caplog.records) == 2 and len(store.listed()) == 5
    assert store.open(draft.link).version.number == 3
    # Room again: no restart, and the next time it is told again.
    fill_to(store, monkeypatch, 0.5)
    assert store.save(draft.link, saying(minimal, "more"), 3).version.number == 4
    fill_to(store, monkeypatch, 0.85)
    store.create(minimal)
    assert len(caplog.records) == 3


@pytest.mark.parametrize("setting", quota.DEFAULTS)
@pytest.mark.parametrize("value", ["much", "0", "-1", "nan", "1e99"])
def test_a_setting_that_is_no_number_is_said_and_nothing_is_kept_by_chance(
    monkeypatch: pytest.MonkeyPatch, setting: str, value: str
) -> None:
    monkeypatch.setenv(setting, value)
    with pytest.raises(SavedPlanError, match=f"{setting} is not a number above 0"):
        quota.setting(setting)


def test_plans_that_fill_their_quota_are_backed_up_and_put_back(
    file_store: SavedPlans, minimal: Plan, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    draft = file_store.create(minimal)
    pad(file_store, draft, 2_000_000)
    monkeypatch.setenv("PLANNER_PLAN_QUOTA_MB", "1")
    out, elsewhere = tmp_path / "backup.sqlite", tmp_path / "other" / "plans.sqlite"
    assert back_up(file_store.url, out) == 1
    assert restore(f"sqlite:///{elsewhere}", out) == (1, None)
    with closing(sqlite3.connect(elsewhere)) as bare:
        assert bare.execute("SELECT count(*) FROM versions").fetchone() == (3,)
