"""`planner serve --check` and `--check-sign-in`: what is set and what is not, in words, before
people come."""

from __future__ import annotations

import json
import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import websockets.http11

from planner.cli.main import main
from planner.hosting import checks
from planner.hosting.checks import LEAST_CHARACTERS, LENGTHS, Finding, check, measure
from planner.hosting.front_guard import SOCKETS
from planner.hosting.header_limits import LONGEST_HEADER, LONGEST_LINE
from planner.store.drafts import open_store
from tests.browser.conftest import free_port
from tests.browser.team import certificate, configuration, proxied
from tests.documented import changed

WHOLE = {
    "redirect_uri": "https://planner.example.org/oauth2callback",
    "cookie_secret": "x" * 40,
    "client_id": "planner",
    "client_secret": "secret",
    "server_metadata_url": "http://127.0.0.1:9/.well-known/openid-configuration",
}


@pytest.fixture(autouse=True)
def own_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    for name in ("PLANNER_BEHIND_HTTPS", "PLANNER_HOST_NAMES", "PLANNER_NO_SIGN_IN_BECAUSE"):
        monkeypatch.setenv(name, "")
    monkeypatch.setenv("PLANNER_DATABASE_URL", f"sqlite:///{tmp_path / 'plans.sqlite'}")
    open_store.cache_clear()
    yield
    open_store.cache_clear()


def words(findings: list[Finding], subject: str, good: bool) -> str:
    return " | ".join(one.words for one in findings if (one.subject, one.good) == (subject, good))


# ----------------------------------------------------------------------------------------- settings


def test_a_host_for_one_machine_is_told_that_nobody_signs_in(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "most_pages", lambda: SOCKETS)
    assert main(["serve", "--check", "--port", str(free_port())]) == 2
    printed = capsys.readouterr()
    assert "NOT SET: sign-in: nobody signs in" in printed.out
    assert "\nset: database: plans are kept in a SQLite file, which answers" in printed.out
    assert re.search(r"^planner: 1 of \d are not as they should be", printed.err)


def test_a_reason_for_no_sign_in_is_repeated(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checks, "most_pages", lambda: SOCKETS)
    reason = "only the planning team's network reaches it"
    assert main(["serve", "--check", "--port", "1", "--no-sign-in-because", reason]) == 0
    assert f"set: sign-in: nobody signs in, because: {reason}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"client_secret": "..."}, "gives no client_secret"),
        ({"cookie_secret": ""}, "gives no cookie_secret"),
        ({"cookie_secret": "short"}, "could be guessed"),
        ({"redirect_uri": "https://planner.example.org/"}, "nobody comes back"),
        ({"redirect_uri": "http://planner.example.org/oauth2callback"}, "for all to read"),
    ],
)
def test_each_setting_of_sign_in_that_is_missing_is_named(
    change: dict[str, str], says: str
) -> None:
    assert not list(checks._faults(WHOLE))
    assert says in " | ".join(checks._faults({**WHOLE, **change}))
    one = {name: value for name, value in {**WHOLE, **change}.items() if name in checks.OF_ALL}
    two = {name: value for name, value in {**WHOLE, **change}.items() if name not in checks.OF_ALL}
    assert says in " | ".join(checks._faults({**one, "entra": two}))


class Directory(BaseHTTPRequestHandler):
    """A directory that says of itself what its class is told to."""

    says: dict[str, Any] = {}

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(json.dumps(self.says).encode())

    def log_message(self, *_: Any) -> None:
        return


def test_a_directory_is_asked_what_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "does not answer" in checks._directory(WHOLE["server_metadata_url"]).words
    with ThreadingHTTPServer(("127.0.0.1", 0), Directory) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/"
        assert "no authorization_endpoint" in checks._directory(address).words
        whole = {"authorization_endpoint": "x", "token_endpoint": "x"}
        monkeypatch.setattr(Directory, "says", whole)
        assert checks._directory(address).good
        server.shutdown()


def test_what_a_host_lacks_is_said_with_what_to_set(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "plans.sqlite").write_bytes(b"no database at all" * 100)
    monkeypatch.setattr(checks, "most_pages", lambda: 64)
    monkeypatch.setattr(checks, "LEAST_SPACE", 10**18)
    monkeypatch.setenv("PLANNER_HOST_NAMES", "planner.example.invalid")
    result = check("127.0.0.1", free_port())
    assert "LimitNOFILE=65536" in words(result, "descriptors", False)
    assert "at least 1 GB" in words(result, "disk", False)
    assert "restore it from its backup" in words(result, "database", False)
    assert "nobody would have to sign in" in words(result, "who may come", False)
    assert "https://planner.example.invalid does not answer" in words(result, "proxy", False)


# ---------------------------------------------------------------------------------------- the proxy


@pytest.fixture
def published(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str, int]:
    """The documented nginx file, not yet started, its address, and the port it expects the planner
    at."""
    port, plain, behind = free_port(), free_port(), free_port()
    # As in a process that starts with the planner, which is told before it imports this server.
    monkeypatch.setattr(websockets.http11, "MAX_LINE_LENGTH", LONGEST_LINE)
    certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "planner.pem"))
    around = configuration(tmp_path, port, plain, (f"http://127.0.0.1:{behind}",))
    return around, f"https://127.0.0.1:{port}", behind


@pytest.mark.slow
def test_the_published_proxy_passes_the_longest_sign_in(
    published: tuple[Path, str, int],
) -> None:
    around, address, behind = published
    # In a process of its own: the server for websockets reads its limit once, as it is imported.
    command = ["-m", "planner.cli", "serve", "--check-sign-in", address, "--port", str(behind)]
    with proxied(around, int(address.rpartition(":")[2])):
        done = subprocess.run(
            [sys.executable, *command], capture_output=True, text=True, timeout=120, check=False
        )
    assert done.returncode == 0, done
    assert f"{address} leads to the planner, with every header" in done.stdout
    assert (
        done.stdout.count(f"up to {LENGTHS[-1]:,} characters pass, {LEAST_CHARACTERS:,} are needed")
        == 3
    )
    assert LENGTHS[-1] < LONGEST_HEADER


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "way", "most"),
    [
        ("proxy_buffer_size 32k;", "the way back from signing in", 2_000),
        ("proxy_set_header Host $http_host;", "proxy_set_header Host", None),
        ("proxy_set_header X-Forwarded-For $remote_addr;", "X-Forwarded-For", None),
        ("proxy_set_header Upgrade $http_upgrade;", "the page's websocket", 0),
    ],
)
def test_a_proxy_without_one_of_the_lines_is_told_which(
    published: tuple[Path, str, int],
    capsys: pytest.CaptureFixture[str],
    line: str,
    way: str,
    most: int | None,
) -> None:
    around, address, behind = published
    without = {line: "", "proxy_busy_buffers_size 64k;": ""}
    if most == 2_000:
        without["proxy_buffers 8 32k;"] = ""
    around.write_text(changed(around.read_text(), without))
    with proxied(around, int(address.rpartition(":")[2])):
        assert main(["serve", "--check-sign-in", address, "--port", str(behind)]) == 2
    warning_lines = [
        one for one in capsys.readouterr().out.splitlines() if one.startswith("NOT SET")
    ]
    assert [one for one in warning_lines if way in one], warning_lines
    if most is not None:
        assert (
            f"up to {most:,} characters pass" in warning_lines[-1]
            and "; nginx: " in warning_lines[-1]
        )


@pytest.mark.slow
def test_a_planner_that_gives_no_answer_is_said_in_words(
    published: tuple[Path, str, int],
) -> None:
    around, address, _ = published
    with (
        proxied(around, int(address.rpartition(":")[2])),
        pytest.raises(urllib.error.HTTPError) as answer,
    ):
        urllib.request.urlopen(address, timeout=10)
    assert answer.value.code == 502
    assert b"Kept plans are safe" in answer.value.read()


def greet_and_close(server: socket.socket) -> None:
    """As a server that speaks something else than HTTP."""
    connection, _ = server.accept()
    with connection:
        connection.recv(4096)
        connection.sendall(b"220 mail.example.org ready\r\n")


def test_an_address_that_is_none_or_leads_elsewhere_is_said() -> None:
    for address in ("planner.example.org", "https://[planner", "https://planner.example.org:x"):
        assert "is not an address" in words(
            measure(address, "127.0.0.1", free_port()), "proxy", good=False
        )
    with socket.create_server(("127.0.0.1", 0)) as mail:
        thread = threading.Thread(target=greet_and_close, args=(mail,), daemon=True)
        thread.start()
        assert "does not answer" in words(
            measure(f"http://127.0.0.1:{mail.getsockname()[1]}", "127.0.0.1", free_port()),
            "proxy",
            good=False,
        )
        thread.join(20)
    with ThreadingHTTPServer(("127.0.0.1", 0), Directory) as other:
        threading.Thread(target=other.serve_forever, daemon=True).start()
        assert "something else than the planner" in words(
            measure(f"http://127.0.0.1:{other.server_port}", "127.0.0.1", free_port()),
            "proxy",
            good=False,
        )
        other.shutdown()
