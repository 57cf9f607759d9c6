"""A backup holds every plan and version, taken while others save; put back, everything opens by its
old link."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from planner.cli.main import main
from planner.model.plan import Plan
from planner.store import backup
from planner.store.backup import back_up, restore
from planner.store.drafts import DraftNotFound, SavedPlan, SavedPlanError, SavedPlans, open_store
from tests.documented import code_block
from tests.store.conftest import Postgres


def saying(plan: Plan, words: str) -> Plan:
    return plan.model_copy(update={"preferred_because": words})


def filled(store: SavedPlans, plan: Plan, versions: int = 3) -> SavedPlan:
    draft = store.create(plan, "begun", "Ada")
    for number in range(2, versions + 1):
        draft = store.save(
            draft.link, saying(plan, f"version {number}"), number - 1, f"note {number}", "Grace"
        )
    return draft


@pytest.fixture
def other(tmp_path: Path) -> Iterator[SavedPlans]:
    """Another machine's plans."""
    store = SavedPlans(f"sqlite:///{tmp_path / 'other' / 'plans.sqlite'}")
    yield store
    store.close()


@pytest.fixture
def saved(file_store: SavedPlans, tmp_path: Path, example: Plan) -> tuple[SavedPlan, Path]:
    """A plan of three versions, and a backup of it."""
    draft = filled(file_store, example)
    out = tmp_path / "backup.sqlite"
    assert back_up(file_store.url, out) == 1
    return draft, out


def test_a_backup_put_back_elsewhere_is_the_same(
    file_store: SavedPlans, other: SavedPlans, saved: tuple[SavedPlan, Path]
) -> None:
    draft, out = saved
    assert restore(other.url, out) == (1, None)
    assert other.open(draft.link) == file_store.open(draft.link) == draft
    assert other.open(draft.read_link) == file_store.open(draft.read_link)
    assert other.versions(draft.link) == file_store.versions(draft.link)
    assert [other.version(draft.link, n) for n in (1, 2, 3)] == [
        file_store.version(draft.link, n) for n in (1, 2, 3)
    ]
    assert other.save(draft.link, saying(draft.plan, "on"), 3).version.number == 4
    assert other.create(draft.plan).version.number == 1


def test_a_backup_is_one_file_for_its_owner_alone_and_may_be_made_again(
    file_store: SavedPlans, tmp_path: Path, saved: tuple[SavedPlan, Path]
) -> None:
    draft, out = saved
    assert out.stat().st_mode & 0o077 == 0
    file_store.save(draft.link, saying(draft.plan, "later"), 3)
    assert back_up(file_store.url, out) == 1
    assert sorted(path.name for path in tmp_path.glob("backup*")) == ["backup.sqlite"]
    with closing(sqlite3.connect(out)) as bare:
        assert bare.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert bare.execute("SELECT max(number) FROM versions").fetchone() == (4,)


def test_backups_taken_while_others_save_are_whole(
    file_store: SavedPlans, tmp_path: Path, minimal: Plan
) -> None:
    """Each holds every version acknowledged before it began, with no gap, and nobody's save is
    refused."""
    output = file_store.create(minimal)
    number, refused, done = [1], [], threading.Event()

    def saves() -> None:
        try:
            while not done.is_set():
                plan = saying(minimal, f"version {number[0] + 1}")
                number[0] = file_store.save(output.link, plan, number[0]).version.number
        except SavedPlanError as error:
            refused.append(error)

    saver = threading.Thread(target=saves)
    saver.start()
    try:
        for turn in range(8):
            before = number[0]
            back_up(file_store.url, tmp_path / f"{turn}.sqlite")
            copy = SavedPlans(f"sqlite:///{tmp_path / f'{turn}.sqlite'}")
            numbers = [version.number for version in copy.versions(output.link)]
            assert numbers == list(range(len(numbers), 0, -1)) and len(numbers) >= before
            assert copy.open(output.link).version.number == len(numbers)
            copy.close()
    finally:
        done.set()
        saver.join()
    assert not refused and len(file_store.versions(output.link)) == number[0] > 8


def test_plans_already_there_are_not_replaced_unless_asked(
    file_store: SavedPlans, other: SavedPlans, saved: tuple[SavedPlan, Path], minimal: Plan
) -> None:
    draft, out = saved
    theirs = other.create(minimal)
    with pytest.raises(SavedPlanError, match=r"1 plan\(s\) are kept already; --replace"):
        restore(other.url, out)
    assert other.open(theirs.link).plan == minimal and len(other.listed()) == 1
    # While `other` is open.
    plans, aside = restore(other.url, out, replace=True)
    assert plans == 1 and other.open(draft.link) == draft
    with pytest.raises(DraftNotFound):
        other.open(theirs.link)
    assert aside is not None and aside.stat().st_mode & 0o077 == 0
    earlier = SavedPlans(f"sqlite:///{aside}")
    assert earlier.open(theirs.link).plan == minimal and len(earlier.listed()) == 1
    earlier.close()


def test_a_damaged_store_is_set_aside_and_restored_under_an_open_wizard(
    file_store: SavedPlans, file: Path, saved: tuple[SavedPlan, Path]
) -> None:
    draft, out = saved
    file_store.close()
    file.write_bytes(b"\0" * 5000)
    with pytest.raises(SavedPlanError, match="is damaged; restore it"):
        file_store.open(draft.link)
    with pytest.raises(SavedPlanError, match="is damaged; --replace sets it aside"):
        restore(file_store.url, out)
    _, aside = restore(file_store.url, out, replace=True)
    assert file_store.open(draft.link) == draft
    assert aside is not None and aside.read_bytes() == b"\0" * 5000


def replace_with_another_table(path: Path) -> None:
    path.unlink()
    sqlite3.connect(path).execute("CREATE TABLE drafts (id)")


BROKEN: dict[str, Callable[[Path], object]] = {
    "not a database": lambda path: path.write_bytes(b"minutes of a meeting\n" * 300),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "overwritten": lambda path: path.write_bytes(
        path.read_bytes()[:4096] + b"\xff" * (path.stat().st_size - 4096)
    ),
    "empty": lambda path: path.write_bytes(b""),
    "of something else": lambda path: replace_with_another_table(path),
    "a plan without versions": lambda path: run(path, "DELETE FROM versions"),
    "a version without a plan": lambda path: run(path, "DELETE FROM drafts"),
    "gone": lambda path: path.unlink(),
}


def run(path: Path, sql: str) -> None:
    with closing(sqlite3.connect(path)) as bare:
        bare.execute(sql)
        bare.commit()


@pytest.mark.parametrize("how", BROKEN)
@pytest.mark.parametrize("replace", [False, True])
def test_a_broken_backup_changes_nothing(
    other: SavedPlans, saved: tuple[SavedPlan, Path], minimal: Plan, how: str, replace: bool
) -> None:
    draft, out = saved
    theirs = other.create(minimal)
    BROKEN[how](out)
    with pytest.raises(SavedPlanError, match="backup.sqlite") as caught:
        restore(other.url, out, replace)
    assert draft.link not in str(caught.value) and "minutes" not in str(caught.value)
    assert other.open(theirs.link).plan == minimal and len(other.listed()) == 1
    assert not list(Path(other.url.removeprefix("sqlite:///")).parent.glob("*before*"))


AS_A_VIEW = """
    ALTER TABLE {table} RENAME TO other;
    CREATE VIEW {table} AS SELECT * FROM other;
"""
LIKE_VERSIONS = "draft, number, saved, note, saved_by, form, plan"
NOT_OURS = {
    "drafts is a view": AS_A_VIEW.format(table="drafts"),
    "versions is a view": AS_A_VIEW.format(table="versions"),
    "a view that never ends": """
        CREATE TABLE other AS SELECT * FROM versions;
        DROP TABLE versions;
        CREATE VIEW versions AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)
        SELECT draft, i AS number, saved, note, saved_by, form, plan FROM other, n;
    """,
    "a view beside": "CREATE VIEW more AS SELECT * FROM drafts;",
    "a trigger": """
        CREATE TRIGGER more AFTER DELETE ON drafts BEGIN DELETE FROM versions; END;
    """,
    "a table from elsewhere": """
        DROP TABLE versions;
        CREATE VIRTUAL TABLE versions USING fts5(draft, number, saved, note, saved_by, form, plan);
    """,
    "a column that is worked out": """
        ALTER TABLE versions DROP COLUMN note;
        ALTER TABLE versions ADD COLUMN note AS (hex(zeroblob(400)));
    """,
}
BAD_VALUES = {
    "number of text": "UPDATE versions SET number = 'first' WHERE number = 2",
    "number below one": "UPDATE versions SET number = 0 WHERE number = 2",
    "number beyond any": "UPDATE versions SET number = 9223372036854775807 WHERE number = 2",
    "no moment": "UPDATE versions SET saved = 'yesterday'",
    "a day there is not": "UPDATE versions SET saved = '2026-02-30 10:00:00.000000'",
    "a moment as a number": "UPDATE drafts SET created = 1",
    "a note of bytes": "UPDATE versions SET note = x'00ff' WHERE number = 3",
    "a note too long": "UPDATE versions SET note = printf('%.1001c', 'n') WHERE number = 3",
    "a note that is no text": "UPDATE versions SET note = CAST(x'ff41' AS TEXT) WHERE number = 3",
    "a name too long": "UPDATE versions SET saved_by = printf('%.301c', 'n') WHERE number = 3",
    "a plan of text": "UPDATE versions SET plan = 'a plan' WHERE number = 3",
    "a plan too large": "UPDATE versions SET plan = zeroblob(11000001) WHERE number = 3",
    "an empty plan": "UPDATE versions SET plan = x'' WHERE number = 3",
    "a note larger than any value": "UPDATE versions SET note = printf('%.15000000c', 'n')",
    "a link that moves a terminal": "UPDATE drafts SET link = char(27) || '[2J' || link",
    "a link too short": "UPDATE drafts SET read_link = 'abc'",
}


@pytest.mark.parametrize("how", [*NOT_OURS, *BAD_VALUES])
def test_a_backup_with_anything_but_our_rows_in_our_tables_changes_nothing(
    other: SavedPlans, saved: tuple[SavedPlan, Path], minimal: Plan, how: str
) -> None:
    _, out = saved
    theirs = other.create(minimal)
    with closing(sqlite3.connect(out)) as bare:
        # As someone would who makes a backup by hand.
        bare.executescript((NOT_OURS | BAD_VALUES)[how])
        bare.commit()
    words = "is not a backup of plans" if how in NOT_OURS else "is damaged"
    with pytest.raises(SavedPlanError, match=f"backup.sqlite {words}"):
        restore(other.url, out, replace=True)
    assert other.open(theirs.link).plan == minimal and len(other.listed()) == 1
    assert not list(Path(other.url.removeprefix("sqlite:///")).parent.glob("*before*"))


def test_a_value_of_a_backup_that_is_left_out_is_refused(
    other: SavedPlans, saved: tuple[SavedPlan, Path]
) -> None:
    _, out = saved
    with closing(sqlite3.connect(out)) as bare:
        bare.executescript(
            f"CREATE TABLE loose ({LIKE_VERSIONS}); INSERT INTO loose SELECT * FROM versions;"
            "DROP TABLE versions; ALTER TABLE loose RENAME TO versions;"
            "UPDATE versions SET form = NULL WHERE number = 2;"
        )
    with pytest.raises(SavedPlanError, match="a value of versions.form is not of its kind"):
        restore(other.url, out)


def test_one_number_twice_in_a_backup_changes_nothing(
    other: SavedPlans, saved: tuple[SavedPlan, Path], minimal: Plan
) -> None:
    _, out = saved
    theirs = other.create(minimal)
    with closing(sqlite3.connect(out)) as bare:
        bare.executescript(
            f"CREATE TABLE loose ({LIKE_VERSIONS}); INSERT INTO loose SELECT * FROM versions;"
            "DROP TABLE versions; ALTER TABLE loose RENAME TO versions;"
            "UPDATE versions SET number = 1;"
        )
    with pytest.raises(SavedPlanError, match="backup.sqlite is damaged or is not a backup"):
        restore(other.url, out, replace=True)
    assert other.open(theirs.link).plan == minimal and len(other.listed()) == 1


def test_a_backup_that_takes_too_long_to_check_is_let_go(
    other: SavedPlans, saved: tuple[SavedPlan, Path], minimal: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, out = saved
    theirs = other.create(minimal)
    monkeypatch.setattr(backup, "RESTORE_SECONDS", 0.0)
    monkeypatch.setattr(backup, "_STEPS_BETWEEN_LOOKS", 10)
    with pytest.raises(
        SavedPlanError, match=r"backup.sqlite could not be checked and copied within"
    ):
        restore(other.url, out, replace=True)
    assert other.open(theirs.link).plan == minimal


def test_a_restore_that_fails_half_way_leaves_what_was_there(
    file_store: SavedPlans,
    other: SavedPlans,
    saved: tuple[SavedPlan, Path],
    minimal: Plan,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _, out = saved
    theirs = other.create(minimal)

    class HalfWay(sqlite3.Connection):
        def execute(self, sql: str, *values: Any) -> sqlite3.Cursor:
            if sql.startswith("INSERT INTO main.versions"):
                raise sqlite3.OperationalError("database or disk is full")
            return super().execute(sql, *values)

    plain = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda *a, **k: plain(*a, **({"factory": HalfWay} | k)))
    with pytest.raises(SavedPlanError, match="is full"):
        restore(other.url, out, replace=True)
    monkeypatch.undo()
    assert other.open(theirs.link).plan == minimal and len(other.listed()) == 1


def test_a_damaged_store_is_not_backed_up_over_a_good_backup(
    file_store: SavedPlans, file: Path, saved: tuple[SavedPlan, Path]
) -> None:
    draft, out = saved
    good = out.read_bytes()
    file_store.close()
    file.write_bytes(file.read_bytes()[:4096] + b"\xff" * (file.stat().st_size - 4096))
    with pytest.raises(SavedPlanError, match="damaged"):
        back_up(file_store.url, out)
    assert out.read_bytes() == good and not list(out.parent.glob("*.part"))


def test_a_backup_takes_away_no_file_of_a_like_name(
    file_store: SavedPlans, saved: tuple[SavedPlan, Path]
) -> None:
    _, out = saved
    theirs = out.with_name(f"{out.name}.part")
    theirs.write_text("mine")
    back_up(file_store.url, out)
    assert theirs.read_text() == "mine" and list(out.parent.glob("*.part")) == [theirs]


def test_the_store_itself_is_neither_target_nor_source(
    file_store: SavedPlans, file: Path, saved: tuple[SavedPlan, Path]
) -> None:
    with pytest.raises(SavedPlanError, match="where the plans are kept"):
        back_up(file_store.url, file)
    with pytest.raises(SavedPlanError, match="where the plans are kept"):
        restore(file_store.url, file, replace=True)
    assert len(file_store.listed()) == 1


def test_there_is_nothing_to_back_up_yet(tmp_path: Path) -> None:
    with pytest.raises(SavedPlanError, match="no plans are kept yet"):
        back_up(f"sqlite:///{tmp_path / 'none.sqlite'}", tmp_path / "out.sqlite")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("url", ["nonsense:secret", "postgresql://me:secret@host:port/plans"])
def test_an_address_that_is_none_is_said_without_its_password(url: str, tmp_path: Path) -> None:
    for call in (lambda: back_up(url, tmp_path / "out"), lambda: restore(url, tmp_path / "in")):
        with pytest.raises(SavedPlanError, match="is not the address of a database") as caught:
            call()
        assert "secret" not in str(caught.value) and caught.value.__cause__ is None


# From the command line


@pytest.fixture
def at_home(file_store: SavedPlans, monkeypatch: pytest.MonkeyPatch) -> Iterator[SavedPlans]:
    monkeypatch.setenv("PLANNER_DATABASE_URL", file_store.url)
    open_store.cache_clear()
    yield file_store
    open_store().close()
    open_store.cache_clear()


def test_list_backup_and_restore_by_command(
    at_home: SavedPlans, tmp_path: Path, example: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["drafts", "list"]) == 0
    assert capsys.readouterr().out == "No plans are kept\n"
    draft = filled(at_home, example)
    assert main(["drafts", "list"]) == 0
    output = capsys.readouterr().out
    assert output.startswith(f"{draft.link[:6]}…  version 3 ") and output.rstrip().endswith(" kB")
    assert draft.version.saved.strftime("%d %b %Y %H:%M") in output
    assert main(["drafts", "list", "--json"]) == 0
    as_json = capsys.readouterr().out
    (row,) = json.loads(as_json)
    assert row["link_begins"] == draft.link[:6] and row["version"] == 3 and row["size"] > 1000
    # Nothing beyond the six, of either link.
    for text in (output, as_json):
        assert draft.link[:7] not in text and draft.read_link[:6] not in text
    out = tmp_path / "b.sqlite"
    assert main(["drafts", "backup", "--out", str(out)]) == 0
    assert "1 plan(s) with every version" in capsys.readouterr().out
    assert (
        draft.link.encode() not in out.read_bytes()
        and draft.read_link.encode() not in out.read_bytes()
    )
    assert main(["drafts", "restore", str(out)]) == 2
    assert (
        capsys.readouterr().err
        == "planner: 1 plan(s) are kept already; --replace puts the backup in their place\n"
    )
    assert main(["drafts", "restore", str(out), "--replace"]) == 0
    assert "Restored 1 plan(s)" in capsys.readouterr().out
    assert at_home.open(draft.link) == draft


def test_mistakes_by_command_are_one_line(
    at_home: SavedPlans, tmp_path: Path, minimal: Plan, capsys: pytest.CaptureFixture[str]
) -> None:
    at_home.create(minimal)
    (tmp_path / "text.txt").write_text("minutes\n" * 100)
    for arguments, words in (
        (["restore", str(tmp_path / "absent")], "no such file"),
        (["restore", str(tmp_path / "text.txt")], "text.txt is damaged or is not a backup"),
        (["backup", "--out", str(tmp_path / "no" / "backup.sqlite")], "No such file"),
        (["backup", "--out", str(tmp_path / "backup.json")], "must end with .sqlite"),
        (["backup", "--out", str(tmp_path)], "that is a folder"),
    ):
        assert main(["drafts", *arguments]) == 2
        text = capsys.readouterr().err
        assert words in text and text.startswith("planner: ") and text.count("\n") == 1


def test_postgresql_has_its_own_way(
    postgres: Postgres,
    monkeypatch: pytest.MonkeyPatch,
    minimal: Plan,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PLANNER_DATABASE_URL", postgres.new())
    open_store.cache_clear()
    output = open_store().create(minimal)
    assert main(["drafts", "list"]) == 0
    assert capsys.readouterr().out.startswith(output.link[:6] + "…  version 1 ")
    assert main(["drafts", "backup", "--out", str(tmp_path / "b.sqlite")]) == 2
    assert "use pg_dump" in capsys.readouterr().err
    shutil.copy(__file__, tmp_path / "f")
    assert main(["drafts", "restore", str(tmp_path / "f")]) == 2
    assert "use pg_restore" in capsys.readouterr().err
    open_store().close()
    open_store.cache_clear()


def test_the_documented_backup_of_postgresql_is_whole_and_is_put_back(
    postgres: Postgres, tmp_path: Path, example: Plan, minimal: Plan
) -> None:
    was, now = SavedPlans(postgres.new()), SavedPlans(postgres.new())
    draft = filled(was, example)
    lost = now.create(minimal)
    for store, command in ((was, "pg_dump"), (now, "pg_restore")):
        done = subprocess.run(
            ["sh", "-ec", code_block("sh", f"{command} --")],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
            env={
                "PATH": f"{postgres.programs}:{os.environ['PATH']}",
                "PLANNER_DATABASE_URL": store.url,
            },
        )
        assert done.returncode == 0, done.stderr
    assert (tmp_path / "plans.dump").stat().st_mode & 0o077 == 0
    assert now.open(draft.link) == draft and len(now.versions(draft.read_link)) == 3
    with pytest.raises(DraftNotFound):
        now.open(lost.link)
    assert now.save(draft.link, saying(draft.plan, "on"), 3).version.number == 4
    was.close()
    now.close()


def test_the_documented_backup_of_a_file_is_put_back_by_the_documented_command(
    at_home: SavedPlans, tmp_path: Path, example: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = filled(at_home, example)
    monkeypatch.chdir(tmp_path)
    for words in ("drafts backup", "drafts restore"):
        program, *arguments = shlex.split(code_block("sh", words))
        assert program == "planner" and main(arguments) == 0
        # The machine is lost.
        if words == "drafts backup":
            at_home.close()
            open_store().close()
            for path in tmp_path.glob("plans.sqlite*"):
                path.unlink()
            with pytest.raises(DraftNotFound):
                open_store().open(draft.link)
            open_store().close()
    assert open_store().open(draft.link) == draft
