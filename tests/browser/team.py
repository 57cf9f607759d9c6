"""A team's server as docs/how-to/hosting.md has it, all on this machine: a directory to sign in with, PostgreSQL, nginx with TLS."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import shlex
import shutil
import socket
import ssl
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.browser.conftest import serving
from tests.documented import NAME, changed, shown
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
    behind: str
    """The planner itself, as nginx reaches it."""
    database: str

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
            self.folder / name for name in ("access.log", "error.log", "main.log", "planner.log")
        )
        return "\n".join(file.read_text() for file in files if file.exists())


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def nginx() -> str:
    """Where nginx is; without one these tests fail, since they would prove nothing."""
    result = shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    if result is None:
        pytest.fail("these tests need nginx: apt-get install nginx-light")
    return result


def certificate(folder: Path) -> None:
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={NAME}",
         "-addext", f"subjectAltName=DNS:{NAME}", "-keyout", "planner.key", "-out", "planner.pem"],
        cwd=folder, check=True, capture_output=True,
    )  # fmt: skip


def configuration(folder: Path, port: int, plain_port: int, behind: str) -> Path:
    """The documented configuration with this test's ports and files, inside what Debian has around it."""
    block = changed(
        shown("nginx", "proxy_pass"),
        {
            "listen 443": f"listen 127.0.0.1:{port}",
            "listen 80": f"listen 127.0.0.1:{plain_port}",
            "127.0.0.1:8501": behind.removeprefix("http://"),
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
    around = folder / "nginx.conf"
    around.write_text(
        f"{user}\nworker_processes 1;\ndaemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/main.log;\nevents {{}}\n"
        f"http {{\naccess_log {folder}/main.log;\n{saved}{block}}}\n"
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


@contextlib.contextmanager
def team_server(folder: Path) -> Iterator[Team]:
    """All of it, from the page's own blocks: the secrets, the service's command, the proxy."""
    port, plain_port = free_port(), free_port()
    address = f"https://{NAME}:{port}"
    certificate(folder)
    ana = json.dumps({"sub": "ana", "name": "Ana Silva", "email": "ana@example.org"})
    knows = ("--require-registration", "--require-nonce", "--user-claims", ana)
    postgres = Postgres()
    try:
        with serving("oidc_provider_mock", *knows, answers="/jwks") as directory:
            client = registered(directory, address)
            secrets = changed(
                shown("toml", "[auth]"),
                {
                    f"https://{NAME}/": f"{address}/",
                    'client_id = "..."': f'client_id = "{client["client_id"]}"',
                    'client_secret = "..."': f'client_secret = "{client["client_secret"]}"',
                    "https://login.example.org": directory,
                },
            )
            (folder / ".streamlit").mkdir()
            (folder / ".streamlit" / "secrets.toml").write_text(secrets)
            unit = shown("ini", "[Service]")
            started = next(line for line in unit.splitlines() if line.startswith("ExecStart="))
            command = shlex.split(started)[1:]
            database = postgres.new()
            # As ProtectHome leaves it.
            settings = {"PLANNER_DATABASE_URL": database, "HOME": "/nonexistent"}
            with serving(
                "planner.cli", *command, settings=settings, at=folder, log=folder / "planner.log"
            ) as behind:
                around = configuration(folder, port, plain_port, behind)
                with proxied(around, port):
                    yield Team(folder, port, plain_port, directory, behind, database)
    finally:
        postgres.remove()
