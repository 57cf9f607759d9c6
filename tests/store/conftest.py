"""Both databases that plans are kept in: a file, and a real PostgreSQL server started for the
tests."""

from __future__ import annotations

import itertools
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pg8000.dbapi
import pytest

from planner.store.drafts import SavedPlans

NUMBERS = itertools.count()


class Postgres:
    """A PostgreSQL server of our own in a temporary folder, on a free port."""

    def __init__(self) -> None:
        folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
        result = shutil.which("initdb") or next(
            (str(f / "initdb") for f in reversed(folders)), None
        )
        if result is None:
            pytest.fail("these tests need PostgreSQL: apt-get install postgresql")
        self.programs = Path(result).resolve().parent
        self.folder = Path(tempfile.mkdtemp(prefix="planner-postgres-"))
        self.password = secrets.token_hex(12)
        self.owner: dict[str, Any] = {}
        # PostgreSQL refuses to run as root.
        if os.geteuid() == 0:
            account = next(a for a in pwd.getpwall() if a.pw_name in ("postgres", "nobody"))
            os.chown(self.folder, account.pw_uid, account.pw_gid)
            self.owner = {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        secret = self.folder / "password"
        secret.write_text(self.password)
        secret.chmod(0o644)
        self._run("initdb", "--username=planner", "--auth=scram-sha-256", f"--pwfile={secret}",
                  "--encoding=UTF8", "--locale=C", "--no-sync")  # fmt: skip
        secret.unlink()
        self.certificate = self.folder / "certificate.pem"
        subprocess.run(
            [
                "openssl",
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=test",
                "-addext",
                "subjectAltName=IP:127.0.0.1",
                "-keyout",
                "key.pem",
                "-out",
                "certificate.pem",
            ],
            cwd=self.folder,
            check=True,
            capture_output=True,
            **self.owner,
        )
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        done = subprocess.run(
            [str(self.programs / program), "-D", str(self.folder / "data"), *arguments],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE if program == "initdb" else subprocess.DEVNULL,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            **self.owner,
        )
        log = self.folder / "log"
        assert done.returncode == 0, done.stdout or (log.read_text() if log.exists() else program)

    def start(self) -> None:
        # Nothing here outlives the machine: without fsync a restart does not write out the files of
        # every test before.
        settings = (
            f"-c fsync=off -p {self.port} -c listen_addresses=127.0.0.1 -c "
            f"unix_socket_directories={self.folder} -c ssl=on -c ssl_cert_file={self.certificate} "
            f"-c ssl_key_file={self.folder / 'key.pem'}"
        )
        self._run("pg_ctl", "-w", "-l", str(self.folder / "log"), "-o", settings, "start")

    def stop(self) -> None:
        self._run("pg_ctl", "-w", "-m", "immediate", "stop")

    def remove(self) -> None:
        """Stop it and leave nothing behind."""
        self.stop()
        # The last of its processes may still be writing.
        for _ in range(50):
            shutil.rmtree(self.folder, ignore_errors=True)
            if not self.folder.exists():
                break
            time.sleep(0.1)

    def admin(self, database: str = "postgres") -> Any:
        connection = pg8000.dbapi.connect(
            user="planner",
            password=self.password,
            host="127.0.0.1",
            port=self.port,
            database=database,
        )
        connection.autocommit = True
        return connection

    def new(self) -> str:
        """The address of an empty database."""
        name = f"plans_{next(NUMBERS)}"
        connection = self.admin()
        connection.cursor().execute(f"CREATE DATABASE {name}")
        connection.close()
        return f"postgresql://planner:{self.password}@127.0.0.1:{self.port}/{name}"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    server = Postgres()
    yield server
    server.remove()


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.slow)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database of each kind in turn."""
    if request.param == "postgresql":
        server: Postgres = request.getfixturevalue("postgres")
        return server.new()
    return f"sqlite:///{tmp_path / 'plans.sqlite'}"


@pytest.fixture
def store(url: str) -> Iterator[SavedPlans]:
    drafts = SavedPlans(url)
    yield drafts
    drafts.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "plans.sqlite"


@pytest.fixture
def file_store(file: Path) -> Iterator[SavedPlans]:
    """Plans kept in a file."""
    drafts = SavedPlans(f"sqlite:///{file}")
    yield drafts
    drafts.close()
