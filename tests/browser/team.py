"""A team's server as docs/how-to/hosting.md has it, all on this machine: a directory to sign in
with, PostgreSQL, nginx with TLS."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import resource
import shlex
import shutil
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from secrets import token_urlsafe
from typing import NamedTuple

import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer

from tests.browser.conftest import free_port, process, serving
from tests.documented import NAME, changed, code_block, unit_setting
from tests.store.conftest import Postgres


class Answer(NamedTuple):
    """What a server answered."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass(frozen=True)
class Team:
    """Where everything is."""

    folder: Path
    port: int
    plain_port: int
    directory: str
    behind: tuple[str, ...]
    """The processes of the planner, as nginx reaches them."""
    running: tuple[subprocess.Popen[bytes], ...]
    database: str
    cookie_secret: str

    @property
    def address(self) -> str:
        """What people type."""
        return f"https://{NAME}:{self.port}"

    def trusting(self) -> ssl.SSLContext:
        """TLS that trusts the test's own certificate and no other."""
        return ssl.create_default_context(cafile=self.folder / "planner.pem")

    def ask(
        self, path: str, method: str = "GET", body: bytes | None = None, **message: str
    ) -> Answer:
        """One request over https, and all of what comes back."""
        connection = http.client.HTTPSConnection(NAME, self.port, timeout=30)
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        connection.sock = self.trusting().wrap_socket(raw, server_hostname=NAME)
        headers = {name.replace("_", "-"): value for name, value in message.items()}
        connection.request(method, path, body, headers={"Host": NAME, **headers})
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
        connection.close()
        return answer

    def written(self) -> str:
        """Every log: of nginx, and of the planner."""
        files = (
            self.folder / name
            for name in ("access.log", "error.log", "main.log", "planner.log", "planner-2.log")
        )
        return "\n".join(file.read_text() for file in files if file.exists())


def nginx() -> str:
    """Where nginx is; without one these tests fail, since they would prove nothing."""
    result = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if result is None:
        pytest.fail("these tests need nginx: apt-get install nginx-light")
    return result


def certificate(folder: Path) -> None:
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
            f"/CN={NAME}",
            "-addext",
            f"subjectAltName=DNS:{NAME},IP:127.0.0.1",
            "-keyout",
            "planner.key",
            "-out",
            "planner.pem",
        ],
        cwd=folder,
        check=True,
        capture_output=True,
    )


def configuration(folder: Path, port: int, plain_port: int, behind: tuple[str, ...]) -> Path:
    """The documented configuration with this test's ports and files, inside what Debian has around
    it."""
    ports = [address.rpartition(":")[2] for address in behind]
    upstream = code_block("nginx", "default planner_8501" if len(ports) == 1 else "planner_any")
    processes = changed(upstream, dict(zip(("8501", "8502"), ports, strict=False)))
    site = changed(
        code_block("nginx", "proxy_pass"),
        {
            "listen 443": f"listen 127.0.0.1:{port}",
            "listen 80": f"listen 127.0.0.1:{plain_port}",
            "/etc/ssl/planner.pem": str(folder / "planner.pem"),
            "/etc/ssl/planner.key": str(folder / "planner.key"),
            "/var/log/nginx/planner.log": str(folder / "access.log"),
            "/var/log/nginx/planner-error.log": str(folder / "error.log"),
        },
    )
    saved = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;" if os.geteuid() == 0 else ""
    # A machine of tests may allow fewer descriptors than a host does.
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    top = changed(code_block("nginx", "worker_rlimit_nofile"), {"65536": str(min(65536, most))})
    around = folder / "nginx.conf"
    around.write_text(
        f"{user}\n{top}\ndaemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/main.log;\n"
        f"http {{\naccess_log {folder}/main.log;\n{saved}{processes}{site}}}\n"
    )
    return around


@contextlib.contextmanager
def proxied(around: Path, port: int) -> Iterator[None]:
    """nginx for as long as it is needed."""
    running = subprocess.Popen([nginx(), "-c", str(around), "-e", str(around.parent / "main.log")])
    try:
        for _ in range(100):
            with (
                contextlib.suppress(OSError),
                socket.create_connection(("127.0.0.1", port), timeout=1),
            ):
                break
            assert running.poll() is None, "nginx did not start"
            time.sleep(0.05)
        yield
    finally:
        running.terminate()
        running.wait(10)


def registered(directory: str, address: str) -> dict[str, str]:
    """What the directory says of the planner once it is registered there."""
    message = {"redirect_uris": [f"{address}/oauth2callback"]}
    question = urllib.request.Request(
        f"{directory}/oauth2/clients",
        json.dumps(message).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(question, timeout=10) as answer:
        cache: dict[str, str] = json.load(answer)
    return cache


def planner_command() -> list[str]:
    """The service's command as the unit has it, less program and port, which tests choose."""
    return shlex.split(changed(unit_setting("ExecStart"), {"--port %i": ""}))[1:]


def descriptors() -> int:
    """As many as the unit allows, or as this machine lets a test have."""
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    return min(int(unit_setting("LimitNOFILE")), most)


def memory() -> int:
    """Bytes that the unit allows all of the service together."""
    size = re.fullmatch(r"(\d+)G", unit_setting("MemoryMax"))
    assert size
    return int(size[1]) * 1024**3


def planner(
    folder: Path, database: str, log: Path, port: int | None = None
) -> contextlib.AbstractContextManager[tuple[str, subprocess.Popen[bytes]]]:
    """One process of the planner, by the unit's own command and within its limits.

    What systemd counts is the memory in use of all processes together. What is laid here is
    stricter for the one that serves, since it counts memory that it asked for and has not used.
    """
    # As ProtectHome leaves it.
    settings = {"PLANNER_DATABASE_URL": database, "HOME": "/nonexistent"}
    return process(
        "planner.cli",
        *planner_command(),
        settings=settings,
        at=folder,
        log=log,
        port=port,
        limits=(f"--nofile={descriptors()}", f"--data={memory()}", "--core=0"),
    )


def signed(team: Team, hours: int = 0) -> str:
    """The cookie of a sign-in as the server itself would have signed it so many hours ago."""
    then = datetime.now(UTC) - timedelta(hours=hours)

    class Earlier(TimestampSigner):
        def get_timestamp(self) -> int:
            return int(then.timestamp())

    who = (
        f'{{"origin": "{team.address}", "is_logged_in": true, "provider": "default", "sub": "ana"}}'
    )
    signer = URLSafeTimedSerializer(team.cookie_secret, salt="_streamlit_user", signer=Earlier)
    return str(signer.dumps(who))


@contextlib.contextmanager
def team_server(folder: Path, processes: int = 1) -> Iterator[Team]:
    """All of it, from the page's own blocks: the secrets, the service's command, the proxy."""
    port, plain_port = free_port(), free_port()
    address = f"https://{NAME}:{port}"
    certificate(folder)
    with contextlib.ExitStack() as running:
        postgres = Postgres()
        running.callback(postgres.remove)
        directory = running.enter_context(serving("tests.browser.directory", answers="/jwks"))
        client = registered(directory, address)
        secret = token_urlsafe(48)
        secrets = changed(
            code_block("toml", "[auth]"),
            {
                f"https://{NAME}/": f"{address}/",
                "32 random bytes or more: "
                "python -c 'import secrets; print(secrets.token_urlsafe(48))'": secret,
                'client_id = "..."': f'client_id = "{client["client_id"]}"',
                'client_secret = "..."': f'client_secret = "{client["client_secret"]}"',
                "https://login.example.org": directory,
            },
        )
        (folder / ".streamlit").mkdir()
        file = folder / ".streamlit" / "secrets.toml"
        file.write_text(secrets)
        file.chmod(0o600)
        database = postgres.new()
        logs = [folder / name for name in ("planner.log", "planner-2.log")][:processes]
        started = [running.enter_context(planner(folder, database, log)) for log in logs]
        behind = tuple(here for here, _ in started)
        servers = tuple(server for _, server in started)
        running.enter_context(proxied(configuration(folder, port, plain_port, behind), port))
        yield Team(folder, port, plain_port, directory, behind, servers, database, secret)
