"""Whatever befalls the database, what was acknowledged is there, the trouble is said, and
afterwards all goes on."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.model.plan import Plan
from planner.store import database
from planner.store.backup import restore
from planner.store.database import make_ready
from planner.store.drafts import (
    DraftMoved,
    DraftNotFound,
    SavedPlanError,
    SavedPlans,
    open_store,
)
from tests.store.conftest import Postgres

ROOT = Path(__file__).parents[2]
SAVER = Path(__file__).parent / "saver.py"
SECRET = "a secret sentence of the plan"


def saying(plan: Plan, words: str) -> Plan:
    return plan.model_copy(update={"preferred_because": words})


def message_of(caught: pytest.ExceptionInfo[SavedPlanError], *secrets: str) -> str:
    """The message, once it is known to tell nothing, nor does what stands behind it."""
    message, error = str(caught.value), caught.value
    assert not isinstance(error, DraftNotFound) and "\n" not in message
    behind: BaseException | None = error
    while behind is not None:
        for secret in (SECRET, *secrets):
            assert secret not in str(behind) and secret not in repr(behind)
        behind = behind.__cause__
    return message


# Killed


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seen", "later"),
    [(1, 0.0), (20, 0.002), (60, 0.004)],
)
def test_a_process_killed_loses_no_version_it_acknowledged(
    url: str, minimal: Plan, seen: int, later: float
) -> None:
    """Killed a few thousandths of a second after one of its first 60 saves, so at another moment
    each time."""
    before = SavedPlans(url)
    output = before.create(minimal)
    before.close()
    process = subprocess.Popen(
        [sys.executable, str(SAVER), url, output.link, "Ada", "100000"],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdin and process.stdout and process.stdout.readline() == "ready\n"
    process.stdin.write("go\n")
    process.stdin.flush()
    lines = [process.stdout.readline() for _ in range(seen)]
    time.sleep(later)
    process.send_signal(signal.SIGKILL)
    # With what was read ahead above, which communicate() leaves out.
    rest = process.stdout.read()
    process.stdin.close()
    process.wait(60)
    assert process.returncode == -signal.SIGKILL
    whole = [
        line for line in ("".join(lines) + rest).splitlines(keepends=True) if line.endswith("\n")
    ]
    pairs = (line.split() for line in whole)
    acknowledged = {int(number): int(turn) for number, turn in pairs}
    assert len(acknowledged) >= seen
    if url.startswith("sqlite"):
        with closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as bare:
            assert bare.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    after = SavedPlans(url)
    numbers = [version.number for version in after.versions(output.link)]
    assert numbers == list(range(len(numbers), 0, -1))
    # One may have been kept and not yet acknowledged.
    assert 0 <= len(numbers) - 1 - len(acknowledged) <= 1
    for number, turn in acknowledged.items():
        assert after.version(output.link, number).preferred_because == f"Ada {turn}"
    newest = after.open(output.link)
    assert (
        after.save(output.link, saying(minimal, "after"), newest.version.number).version.number
        == numbers[0] + 1
    )
    after.close()


# A file in trouble


def test_a_full_disk_is_said_and_nothing_is_lost(
    file_store: SavedPlans, file: Path, maximal: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    output = file_store.create(maximal)
    file_store.close()
    with closing(sqlite3.connect(file)) as bare:
        used = bare.execute("PRAGMA page_count").fetchone()[0]

    def on_a_full_disk(connection: sqlite3.Connection) -> None:
        make_ready(connection)
        connection.execute(f"PRAGMA max_page_count={used}")

    with monkeypatch.context() as full:
        full.setattr(database, "make_ready", on_a_full_disk)
        calls: list[Callable[[], object]] = [
            lambda: file_store.create(maximal),
            lambda: file_store.save(output.link, saying(maximal, SECRET), 1),
        ]
        for call in calls:
            with pytest.raises(
                SavedPlanError, match="disk that plans are kept on is full; make room"
            ) as caught:
                call()
            message_of(caught, output.link, output.read_link)
        assert file_store.open(output.link).plan == maximal and len(file_store.listed()) == 1
    file_store.close()
    assert file_store.save(output.link, saying(maximal, SECRET), 1).version.number == 2
    with closing(sqlite3.connect(file)) as bare:
        assert bare.execute("PRAGMA integrity_check").fetchall() == [("ok",)]


def test_a_disk_that_has_room_again_needs_no_restart(file_store: SavedPlans, maximal: Plan) -> None:
    output = file_store.create(maximal)
    # The limit is this connection's own.
    with file_store._ready().connect() as connection:
        used = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={used}")
    with pytest.raises(SavedPlanError, match="is full"):
        file_store.save(output.link, saying(maximal, SECRET), 1)
    assert file_store.save(output.link, saying(maximal, SECRET), 1).version.number == 2


@contextmanager
def nobody() -> Iterator[None]:
    """As someone without rights of their own, where tests run as root, whom nothing is refused."""
    if os.geteuid() != 0:
        yield
        return
    # Read while that may be done: what cannot be found once is never looked for again.
    b"x".decode("utf-8-sig")
    os.seteuid(pwd.getpwnam("nobody").pw_uid)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder of nobody's, which nobody reaches."""
    folder = Path(tempfile.mkdtemp(prefix="planner-plans-"))
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("nobody").pw_uid, -1)
    yield folder
    folder.chmod(0o700)
    shutil.rmtree(folder)


def test_a_folder_that_may_not_be_written_to_is_said(open_folder: Path, minimal: Plan) -> None:
    store = SavedPlans(f"sqlite:///{open_folder / 'plans.sqlite'}")
    open_folder.chmod(0o500)
    with nobody():
        with pytest.raises(
            SavedPlanError, match="plans cannot be kept in .*: Permission denied"
        ) as caught:
            store.create(saying(minimal, SECRET))
        message_of(caught)
    open_folder.chmod(0o700)
    with nobody():
        output = store.create(minimal)
        store.close()
    open_folder.chmod(0o500)
    with nobody():
        with pytest.raises(
            SavedPlanError, match="may not be written to|cannot be opened"
        ) as caught:
            store.save(output.link, saying(minimal, SECRET), 1)
        message_of(caught, output.link, output.read_link)
    open_folder.chmod(0o700)
    with nobody():
        assert store.save(output.link, saying(minimal, SECRET), 1).version.number == 2
        store.close()


def test_a_folder_that_may_only_be_read_is_said_whatever_is_asked(
    open_folder: Path,
    minimal: Plan,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """SQLite must write beside its file even to read it; the next reader learns why, in words."""
    url = f"sqlite:///{open_folder / 'plans.sqlite'}"
    monkeypatch.setenv("PLANNER_DATABASE_URL", url)
    open_store.cache_clear()
    with nobody():
        before = SavedPlans(url)
        output = before.create(minimal)
        before.close()
        open_folder.chmod(0o500)
        after = SavedPlans(url)
        calls: list[Callable[[], object]] = [
            lambda: after.open(output.link),
            lambda: after.versions(output.link),
            lambda: after.version(output.link, 1),
            after.listed,
            lambda: after.create(saying(minimal, SECRET)),
            lambda: after.save(output.link, saying(minimal, SECRET), 1),
        ]
        for call in calls:
            with pytest.raises(SavedPlanError, match="may not be written to; ask for") as caught:
                call()
            message_of(caught, output.link, output.read_link)
        assert main(["drafts", "list"]) == 2
        captured = capsys.readouterr()
        assert captured.out == "" and captured.err.startswith(
            "planner: the database of plans may not be"
        )
        assert captured.err.count("\n") == 1
        open_folder.chmod(0o700)
        assert after.open(output.link).plan == minimal
        assert after.save(output.link, saying(minimal, SECRET), 1).version.number == 2
        after.close()
        open_store().close()
    open_store.cache_clear()


@pytest.mark.parametrize(
    "make",
    [Path.mkdir, os.mkfifo, lambda path: path.symlink_to("/dev/zero")],
    ids=["folder", "pipe", "link to a device"],
)
def test_what_is_no_file_is_not_taken_for_the_database(
    file: Path, minimal: Plan, tmp_path: Path, make: Callable[[Path], object]
) -> None:
    make(file)
    store = SavedPlans(f"sqlite:///{file}")
    for call in (lambda: store.create(minimal), store.listed):
        with pytest.raises(SavedPlanError, match="plans are kept in a file, and .* is not one"):
            call()
    (tmp_path / "backup.sqlite").write_bytes(b"")
    with pytest.raises(SavedPlanError, match="plans are kept in a file, and .* is a"):
        restore(store.url, tmp_path / "backup.sqlite", replace=True)


def test_a_file_that_may_not_be_written_to_is_said(open_folder: Path, minimal: Plan) -> None:
    file = open_folder / "plans.sqlite"
    store = SavedPlans(f"sqlite:///{file}")
    with nobody():
        output = store.create(minimal)
        store.close()
    file.chmod(0o400)
    with nobody():
        with pytest.raises(SavedPlanError, match="may not be written to") as caught:
            store.save(output.link, saying(minimal, SECRET), 1)
        message_of(caught, output.link, output.read_link)
    file.chmod(0o600)
    with nobody():
        assert store.save(output.link, saying(minimal, SECRET), 1).version.number == 2
        store.close()


def test_a_folder_that_is_a_file_is_said(tmp_path: Path, minimal: Plan) -> None:
    (tmp_path / "plans").write_text("a file")
    with pytest.raises(SavedPlanError, match="plans cannot be kept in .*plans: "):
        SavedPlans(f"sqlite:///{tmp_path / 'plans' / 'plans.sqlite'}").create(minimal)


def test_a_file_that_is_no_database_is_said_and_left_as_it_is(
    file_store: SavedPlans, file: Path, minimal: Plan
) -> None:
    file.write_bytes(b"these are the minutes of a meeting\n" * 100)
    for call in (
        lambda: file_store.create(saying(minimal, SECRET)),
        file_store.listed,
        lambda: file_store.open("a" * 32),
    ):
        with pytest.raises(
            SavedPlanError, match="is damaged; restore it from its backup"
        ) as caught:
            call()
        message_of(caught, "minutes")
    assert file.read_bytes().startswith(b"these are the minutes")
    file.unlink()
    assert file_store.create(minimal).version.number == 1


def test_a_page_overwritten_is_said(file_store: SavedPlans, file: Path, maximal: Plan) -> None:
    draft = file_store.create(maximal)
    for turn in range(20):
        draft = file_store.save(
            draft.link, saying(maximal, f"{SECRET} {turn}"), draft.version.number
        )
    file_store.close()
    bytes_now = bytearray(file.read_bytes())
    bytes_now[4096:] = b"\xff" * (len(bytes_now) - 4096)
    file.write_bytes(bytes_now)
    with pytest.raises(SavedPlanError, match="is damaged; restore it from its backup") as caught:
        file_store.open(draft.link)
    message_of(caught, draft.link)


def test_a_database_that_another_process_holds_is_busy(
    file: Path, minimal: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "WAIT_SECONDS", 0.2)
    store = SavedPlans(f"sqlite:///{file}")
    output = store.create(minimal)
    holder = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import sqlite3, sys; "
            "c = sqlite3.connect(sys.argv[1], isolation_level=None);"
            "c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); sys.stdin.readline()",
            str(file),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert holder.stdout and holder.stdout.readline() == "held\n"
    with pytest.raises(SavedPlanError, match="is busy; try again in a minute") as caught:
        store.save(output.link, saying(minimal, SECRET), 1)
    message_of(caught, output.link, output.read_link)
    # Who only reads need not wait.
    assert store.open(output.link).plan == minimal
    holder.communicate("enough\n", timeout=30)
    assert store.save(output.link, saying(minimal, SECRET), 1).version.number == 2
    store.close()


def test_a_file_taken_away_is_noticed_before_anything_is_saved_into_nowhere(
    file_store: SavedPlans, file: Path, minimal: Plan, tmp_path: Path
) -> None:
    output = file_store.create(minimal)
    file_store.close()
    assert file_store.open(output.link).plan == minimal
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    for path in file.parent.glob("plans.sqlite*"):
        path.rename(elsewhere / path.name)
    with pytest.raises(DraftNotFound):
        file_store.save(output.link, saying(minimal, "mine"), 1)
    file_store.close()
    for path in file.parent.glob("plans.sqlite*"):
        path.unlink()
    for path in elsewhere.iterdir():
        path.rename(file.parent / path.name)
    assert file_store.save(output.link, saying(minimal, "mine"), 1).version.number == 2


# A server in trouble


def test_a_server_that_went_and_came_back_is_found_again(postgres: Postgres, minimal: Plan) -> None:
    store = SavedPlans(postgres.new())
    output = store.create(minimal)
    calls = (
        lambda: store.open(output.link),
        lambda: store.versions(output.link),
        lambda: store.version(output.link, 1),
        lambda: store.listed(),
        lambda: store.create(saying(minimal, SECRET)),
        lambda: store.save(output.link, saying(minimal, SECRET), 1),
    )
    for _ in range(2):
        postgres.stop()
        try:
            for call in calls:
                with pytest.raises(
                    SavedPlanError, match="cannot be reached; try again|is busy"
                ) as caught:
                    call()
                message_of(caught, output.link, output.read_link, postgres.password)
        finally:
            postgres.start()
        assert store.open(output.link).plan == minimal
    postgres.stop()
    # Gone and back between two calls: nobody notices.
    postgres.start()
    assert store.save(output.link, saying(minimal, SECRET), 1).version.number == 2
    store.close()


def test_a_connection_cut_in_the_middle_of_a_save_loses_only_that_save(
    postgres: Postgres, minimal: Plan
) -> None:
    url = postgres.new()
    store = SavedPlans(url)
    output = store.create(minimal)
    with pytest.raises(SavedPlanError) as caught, store._connected(writing=True) as connection:
        number = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        admin = postgres.admin()
        admin.cursor().execute("SELECT pg_terminate_backend(%s, 5000)", (number,))
        admin.close()
        connection.exec_driver_sql("UPDATE versions SET note = 'never'")
    message_of(caught, output.link, postgres.password)
    assert store.open(output.link).version.note == ""
    assert store.save(output.link, saying(minimal, SECRET), 1).version.number == 2
    store.close()


@pytest.mark.slow
def test_a_storm_of_writers_loses_nothing_and_the_rest_are_told_it_is_busy(
    postgres: Postgres, minimal: Plan, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More connections at once than the server gives out, from five processes' worth of stores, on
    plans that several of them share."""
    monkeypatch.setattr(database, "WAIT_SECONDS", 5.0)
    stores = [SavedPlans(postgres.new())]
    stores += [SavedPlans(stores[0].url) for _ in range(4)]
    links = [stores[0].create(minimal).link for _ in range(8)]
    start = threading.Barrier(120)
    acknowledged: list[tuple[str, int, str]] = []
    errors: set[str] = set()

    def saves(number: int) -> None:
        store, link = stores[number % 5], links[number % 8]
        plan, based_on = saying(minimal, f"writer {number}"), 1
        start.wait()
        while True:
            try:
                saved_version = store.save(link, plan, based_on, f"writer {number}")
                acknowledged.append((link, saved_version.version.number, f"writer {number}"))
                return
            except DraftMoved as moved:
                based_on = moved.latest.version.number
            except SavedPlanError as error:
                errors.add(str(error))

    threads = [threading.Thread(target=saves, args=(number,)) for number in range(120)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(acknowledged) == 120
    assert all("is busy; try again" in error or "cannot be reached" in error for error in errors)
    for link in links:
        notes = {version.number: version.note for version in stores[0].versions(link)}
        assert sorted(notes) == list(range(1, 17))
        for saved, number, note in acknowledged:
            assert saved != link or notes[number] == note
    for store in stores:
        store.close()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda url, _: url.replace("planner:", "planner:wrong"), "refuses the name or password"),
        (lambda url, _: url + "_of_another_name", "has no database of the name"),
        (lambda url, _: url.rsplit(":", 1)[0] + ":1/plans", "cannot be reached"),
        (lambda url, _: url.rsplit(":", 1)[0] + ":port/plans", "is not the address of a database"),
        (
            lambda url, _: url.replace("postgresql://", "postgresql:/"),
            "is not the address of a database",
        ),
        (lambda url, _: url.replace("postgresql", "postgresq"), "is not the address of a database"),
        (lambda url, _: url.replace("postgresql", "mysql+pymysql"), "needs a driver"),
        (lambda url, _: url + "?colour=blue", "has an option after its"),
        (lambda url, _: "sqlite://", "plans are kept in a file"),
        (lambda url, _: "sqlite:///:memory:", "plans are kept in a file"),
        (lambda url, _: "nonsense", "is not the address of a database"),
    ],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_said_without_its_password(
    postgres: Postgres, minimal: Plan, change: Callable[[str, Path | None], str], words: str
) -> None:
    store = SavedPlans(change(postgres.new(), None))
    for _ in range(2):
        with pytest.raises(SavedPlanError, match=words) as caught:
            store.create(saying(minimal, SECRET))
        message_of(caught, postgres.password)


def test_the_short_name_of_the_server_is_understood(postgres: Postgres, minimal: Plan) -> None:
    store = SavedPlans(postgres.new().replace("postgresql://", "postgres://"))
    assert store.open(store.create(minimal).link).plan == minimal
    store.close()


def test_a_server_that_may_only_be_read_is_said(postgres: Postgres, minimal: Plan) -> None:
    url = postgres.new()
    store = SavedPlans(url)
    output = store.create(minimal)
    name = url.rsplit("/", 1)[1]
    for setting, works in (("on", False), ("off", True)):
        admin = postgres.admin()
        admin.cursor().execute(
            f"ALTER DATABASE {name} SET default_transaction_read_only = {setting}"
        )
        admin.close()
        store.close()
        if works:
            assert store.save(output.link, saying(minimal, SECRET), 1).version.number == 2
            continue
        with pytest.raises(SavedPlanError, match="may not be written to") as caught:
            store.save(output.link, saying(minimal, SECRET), 1)
        message_of(caught, output.link, postgres.password)
        assert store.open(output.link).plan == minimal
    store.close()


@pytest.mark.parametrize(
    ("host", "options", "encrypted"),
    [
        ("127.0.0.1", "", True),
        ("127.0.0.1", "?sslmode=prefer", True),
        ("127.0.0.1", "?sslmode=disable", False),
        ("127.0.0.1", "?sslmode=require", True),
        ("127.0.0.1", "?sslmode=verify-ca&sslrootcert={own}", True),
        ("127.0.0.1", "?sslmode=verify-full&sslrootcert={own}", True),
        ("localhost", "?sslmode=verify-ca&sslrootcert={own}", True),
    ],
)
def test_a_connection_is_encrypted_where_it_is_asked_for(
    postgres: Postgres, host: str, options: str, encrypted: bool
) -> None:
    url = postgres.new().replace("127.0.0.1", host) + options.format(own=postgres.certificate)
    store = SavedPlans(url)
    with store._connected() as connection:
        question = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert connection.exec_driver_sql(question).scalar_one() is encrypted
    store.close()


@pytest.mark.parametrize(
    ("host", "options", "words"),
    [
        ("127.0.0.1", "?sslmode=verify-full", "certificate is not one that"),
        ("127.0.0.1", "?sslmode=verify-ca", "certificate is not one that"),
        ("localhost", "?sslmode=verify-full&sslrootcert={own}", "certificate is not one that"),
        (
            "127.0.0.1",
            "?sslmode=verify-full&sslrootcert={own}.gone",
            "file of certificates in .* cannot be read",
        ),
        ("127.0.0.1", "?sslmode=perhaps", "sslmode in .* is disable, prefer, require"),
    ],
)
def test_a_server_that_cannot_prove_itself_is_given_nothing(
    postgres: Postgres, minimal: Plan, host: str, options: str, words: str
) -> None:
    url = postgres.new().replace("127.0.0.1", host) + options.format(own=postgres.certificate)
    with pytest.raises(SavedPlanError, match=words) as caught:
        SavedPlans(url).create(saying(minimal, SECRET))
    message_of(caught, postgres.password)


def test_a_server_without_encryption_is_given_nothing_where_it_is_asked_for(minimal: Plan) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def refuse() -> None:
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    heard.append(connection.recv(100))
                    connection.sendall(b"N")
                    heard.append(connection.recv(100))

        heard: list[bytes] = []
        thread = threading.Thread(target=refuse, daemon=True)
        thread.start()
        port = server.getsockname()[1]
        with pytest.raises(SavedPlanError, match="takes no encrypted connection") as caught:
            SavedPlans(f"postgresql://me:word@127.0.0.1:{port}/plans?sslmode=require").create(
                minimal
            )
        message_of(caught, "word")
    assert not any(b"me" in item for item in heard)
