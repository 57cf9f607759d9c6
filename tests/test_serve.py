"""The hosted wizard as a real server: what every answer carries, who is turned away, and what its
logs may never hold."""

from __future__ import annotations

import gc
import gzip
import http.client
import json
import logging
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest
import streamlit
from streamlit import config
from streamlit.testing.v1 import AppTest

from planner.hosting.server import (
    Hosting,
    RedactedLogRecord,
    inline_scripts,
    policy,
    warm_up,
    where_it_arose,
)
from planner.screens.ui import session as state
from tests.browser.conftest import ROOT, serving

# Processes of their own, servers or large files: left out of the quick loop.
pytestmark = pytest.mark.slow

STATIC = Path(streamlit.__file__).parent / "static"
SCRIPT = next((STATIC / "static" / "js").glob("ArrowVegaLiteChart*.js"))
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
SECRET = "K3ptToOurselves"


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("hosted") / "server.log"


@pytest.fixture(scope="module")
def hosted(log: Path) -> Iterator[str]:
    """As someone would start it by hand, with the access log on."""
    with serving("uvicorn", "planner.hosting.server:app", log=log) as here:
        yield here


@pytest.fixture(scope="module")
def proxied() -> Iterator[str]:
    settings = {
        "PLANNER_BEHIND_HTTPS": "1",
        "PLANNER_HOST_NAMES": "planner.example.org",
        "PLANNER_NO_SIGN_IN_BECAUSE": "the proxy checks who people are",
    }
    with serving("streamlit", "run", "planner/hosting/server.py", settings=settings) as here:
        yield here


def ask(
    here: str, path: str, method: str = "GET", **message: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(urlparse(here).netloc, timeout=30)
    connection.request(
        method, path, headers={name.replace("_", "-"): value for name, value in message.items()}
    )
    answer = connection.getresponse()
    return answer, answer.read()


SOCKET = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


def knock(here: str, path: str = "/_stcore/stream", **message: str) -> int:
    """The status that a websocket is met with; 101 lets it in."""
    connection = http.client.HTTPConnection(urlparse(here).netloc, timeout=30)
    headers = {name.replace("_", "-"): value for name, value in {**SOCKET, **message}.items()}
    connection.request("GET", path, headers=headers)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/options?plan=x",
        f"/static/js/{SCRIPT.name}",
        "/favicon.png",
        "/_stcore/health",
        "/_stcore/host-config",
        "/_stcore/metrics",
        "/media/nothing.docx",
        "/options/",
    ],
)
def test_every_answer_carries_every_header(hosted: str, path: str) -> None:
    answer, _ = ask(hosted, path)
    for name, value in EVERYWHERE.items():
        assert answer.getheader(name) == value, name
    assert answer.getheader("content-security-policy") == policy()
    assert "geolocation=()" in str(answer.getheader("permissions-policy"))
    # Not over plain http.
    assert answer.getheader("strict-transport-security") is None


def test_nothing_is_kept_by_a_browser_but_streamlits_own_files(hosted: str) -> None:
    for path in ("/", "/options", "/_stcore/health", "/media/nothing.docx", "/static/js/none.js"):
        assert ask(hosted, path)[0].getheader("cache-control") == "no-store", path
    saved = ask(hosted, f"/static/js/{SCRIPT.name}")[0].getheader("cache-control")
    assert saved is not None and "immutable" in saved


def test_the_policy_lets_in_streamlits_inline_script_by_its_hash_and_no_other() -> None:
    assert inline_scripts("<script src='a.js'></script><script>\nx\n</script>") == (
        "'sha256-0j+bQHb1Xx5lDFk/gPRR8glNxZzORwwGPrIq6mPkyzk='",
    )
    scripts = next(part for part in policy().split("; ") if part.startswith("script-src"))
    assert re.fullmatch(r"script-src 'self' blob: 'sha256-[\w+/]{43}='", scripts)
    assert "unsafe-eval" not in policy() and policy().count("unsafe-inline") == 1
    assert "http" not in policy() and "*" not in policy()


def test_scripts_and_the_page_come_compressed(hosted: str) -> None:
    for path, whole in (("/", STATIC / "index.html"), (f"/static/js/{SCRIPT.name}", SCRIPT)):
        answer, body = ask(hosted, path, Accept_Encoding="gzip")
        assert answer.getheader("content-encoding") == "gzip"
        assert gzip.decompress(body) == whole.read_bytes()
        assert len(body) < whole.stat().st_size / 2
        plain, body = ask(hosted, path, Accept_Encoding="identity")
        assert plain.getheader("content-encoding") is None and body == whole.read_bytes()
    answer, body = ask(
        hosted, f"/static/js/{SCRIPT.name}", Accept_Encoding="gzip", Range="bytes=0-9"
    )
    assert answer.status == 206 and len(body) == 10


def test_a_foreign_name_is_turned_away_from_pages_and_from_the_socket(hosted: str) -> None:
    assert ask(hosted, "/")[0].status == 200
    assert ask(hosted, "/", Host="elsewhere.example")[0].status == 400
    assert knock(hosted) == 101
    assert knock(hosted, Host="elsewhere.example") in {400, 403}
    assert knock(hosted, Origin="https://elsewhere.example") == 403
    # Another page on the same machine.
    assert knock(hosted, Origin="http://localhost:1") == 403


def test_what_streamlit_would_tell_anyone_is_closed(hosted: str) -> None:
    for path in ("/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/script-health-check"):
        assert ask(hosted, path)[0].status == 404, path
    assert ask(hosted, "/_stcore/agent/interact", "POST")[0].status == 404
    message = json.loads(ask(hosted, "/_stcore/host-config")[1])
    assert message["allowedOrigins"] == [] and not message["metricsUrl"]


def test_no_folder_is_listed_and_no_file_of_the_server_is_read(hosted: str) -> None:
    secret = (ROOT / "pyproject.toml").read_bytes()[:40]
    for path in ("/static/", "/media/", "/component/", "/static/%2e%2e/%2e%2e/pyproject.toml",
                 "/media/..%2fplans.sqlite", "/app/static/x", "/.streamlit/secrets.toml",
                 "/%2e%2e/%2e%2e/etc/passwd"):  # fmt: skip
        answer, body = ask(hosted, path)
        shell = (STATIC / "index.html").read_bytes()
        assert answer.status in {301, 400, 403, 404} or body == shell, (path, answer.status)
        assert secret not in body and b"root:" not in body and b"Index of" not in body


@pytest.mark.parametrize(
    "path",
    [
        "//elsewhere.example/",
        "/\\elsewhere.example/",
        "/%2felsewhere.example/",
        "/%5celsewhere.example/",
    ],
)
def test_nobody_is_led_to_another_server(hosted: str, path: str) -> None:
    answer, _ = ask(hosted, path)
    led = answer.getheader("location") or "/"
    assert re.match(r"/(?![/\\])", led) or led == "/", (answer.status, led)


def test_uploads_need_a_session_and_keep_to_the_limit(hosted: str) -> None:
    path = "/_stcore/upload_file/session/file"
    # Nothing that another site could not send too.
    assert ask(hosted, path, "PUT")[0].status == 403
    given = [str(ask(hosted, "/_stcore/health")[0].getheader("set-cookie")).split(";")[0]]
    token = given[0].split("=", 1)[1]
    assert ask(hosted, path, "PUT", Cookie=given[0])[0].status == 403
    message = {"Cookie": given[0], "X_Xsrftoken": token}
    # The right page, but nobody's session: it was told of no place for a file.
    assert ask(hosted, path, "PUT", **message)[0].status == 403


def test_an_error_page_says_nothing_of_the_server(hosted: str) -> None:
    for path, method in (("/_stcore/health", "DELETE"), ("/media/none", "GET"),
                         ("/_stcore/upload_file/a/b", "PUT"),
                         ("/oauth2callback?state=x&code=y", "GET"),
                         ("/auth/login?provider=x", "GET")):  # fmt: skip
        _, body = ask(hosted, path, method)
        assert not re.search(rb"Traceback|site-packages|/planner/|\.py", body), path


def test_without_sign_in_nothing_that_came_from_another_machine_is_answered(hosted: str) -> None:
    for item in ({"X_Forwarded_For": "192.0.2.7"}, {"Forwarded": "for=192.0.2.7"}):
        assert ask(hosted, "/", **item)[0].status == 403
        assert knock(hosted, **item) == 403


def test_the_log_holds_paths_and_no_query(hosted: str, log: Path) -> None:
    for path in (f"/?plan={SECRET}", f"/options/?plan={SECRET}", f"/place?plan={SECRET}&x=1"):
        ask(hosted, path)
    ask(hosted, f"/?plan={SECRET}", Host="elsewhere.example")
    assert knock(hosted, f"/_stcore/stream?plan={SECRET}") == 101
    assert (
        knock(hosted, f"/_stcore/stream?plan={SECRET}", Origin="https://elsewhere.example") == 403
    )
    written = log.read_text()
    # No foreign page makes it ask a server elsewhere.
    assert "external IP" not in written
    assert '"GET /place HTTP/1.1" 200' in written and "/_stcore/stream" in written
    assert SECRET not in written


def test_the_log_says_who_may_reach_it(hosted: str, log: Path) -> None:
    assert "nobody signs in, so it answers on this machine only" in log.read_text()


def test_behind_https_browsers_are_told_to_stay_there(proxied: str) -> None:
    answer, _ = ask(proxied, "/", Host="planner.example.org", X_Forwarded_For="192.0.2.7")
    assert answer.status == 200
    assert answer.getheader("content-security-policy") == policy()
    assert str(answer.getheader("strict-transport-security")).startswith("max-age=31536000")
    cookies = ask(proxied, "/_stcore/host-config")[0].headers.get_all("set-cookie") or []
    cookies += ask(proxied, "/_stcore/health")[0].headers.get_all("set-cookie") or []
    assert cookies and all("; secure" in cookie.lower() for cookie in cookies)
    assert knock(proxied, Host="planner.example.org", Origin="https://planner.example.org") == 101
    assert knock(proxied, Host="planner.example.org", Origin="http://planner.example.org") == 403


@pytest.mark.parametrize(
    ("hosting", "host", "signed_in", "served"),
    [
        (Hosting(), "127.0.0.1", False, True),
        (Hosting(), "localhost", False, True),
        (Hosting(), "::1", False, True),
        (Hosting(), "0.0.0.0", False, False),
        (Hosting(), "::", False, False),
        (Hosting(), "planner.example.org", False, False),
        (Hosting(), "0.0.0.0", True, True),
        (Hosting(behind_https=True), "127.0.0.1", False, False),
        (Hosting(names=("planner.example.org",)), "127.0.0.1", False, False),
        (Hosting(no_sign_in_because="the proxy checks"), "0.0.0.0", False, True),
    ],
)
def test_others_are_let_in_only_where_somebody_checks_them(
    hosting: Hosting, host: str, signed_in: bool, served: bool
) -> None:
    assert (hosting.refusal(host, signed_in) is None) is served


def test_the_command_refuses_a_public_address_in_one_line(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "planner.cli", "serve", "--host", "0.0.0.0", "--port", "1"],
        cwd=ROOT, capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert done.returncode == 2
    assert (
        done.stderr.startswith("planner: nobody would have to sign in")
        and done.stderr.count("\n") == 1
    )


@pytest.mark.slow
def test_the_command_serves_and_says_who_may_come(tmp_path: Path) -> None:
    with serving("planner.cli", "serve", log=tmp_path / "log") as here:
        answer, _ = ask(here, f"/?plan={SECRET}")
        assert answer.status == 200 and answer.getheader("server") is None
    written = (tmp_path / "log").read_text()
    assert written.count("nobody signs in, so it answers on this machine only") == 1
    assert SECRET not in written


def test_the_settings_that_keep_others_out_are_on() -> None:
    options = config.get_config_options(force_reparse=True)
    assert options["server.address"].value == "127.0.0.1"
    assert options["server.allowedHosts"].value == ["127.0.0.1", "localhost"]
    assert options["server.enableXsrfProtection"].value and options["server.enableCORS"].value
    assert options["server.maxUploadSize"].value == 50
    assert options["client.showErrorDetails"].value == "none"
    assert (
        not options["server.enableAgentApi"].value
        and not options["server.trustedUserHeaders"].value
    )
    # Printed past the log otherwise, words and all.
    assert not options["logger.enableRich"].value
    # No other site's page may steer ours.
    assert options["client.allowedOrigins"].value == []


def test_an_error_is_logged_by_where_it_arose_and_never_in_its_own_words() -> None:
    try:
        int(f"what a user typed {SECRET}")
    except ValueError as error:
        raised = error
    trace = (ValueError, raised, raised.__traceback__)
    lines = [
        RedactedLogRecord("x", logging.ERROR, __file__, 1, "Uncaught app execution", (), trace),
        RedactedLogRecord("x", logging.ERROR, __file__, 1, "Failed: %s", (raised,), None),
        RedactedLogRecord(
            "x", logging.ERROR, __file__, 1, "to %(path)s", ({"path": f"/a?plan={SECRET}"},), None
        ),
        RedactedLogRecord(
            "x", logging.ERROR, __file__, 1, f"https://here/?plan={SECRET} went", (), None
        ),
    ]
    written = [logging.Formatter("%(message)s").format(line) for line in lines]
    assert SECRET not in " ".join(written)
    assert written[0].startswith("Uncaught app execution [ValueError at test_serve.py:")
    assert written[1:] == ["Failed: ValueError", "to /a", "https://here/ went"]
    assert "test_an_error_is_logged" in where_it_arose(raised)


@pytest.mark.slow
def test_whoever_opens_the_example_first_finds_its_sums_and_charts_done() -> None:
    warm_up()
    assert gc.get_freeze_count() > 0
    gc.unfreeze()
    before = state._results_for.cache_info().misses, state._chart_for.cache_info().misses
    display = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    display.button(key="example").click().run()
    display.button(key="go:need").click().run()
    assert display.title[0].value == "Place and need" and display.get("vega_lite_chart")
    assert (state._results_for.cache_info().misses, state._chart_for.cache_info().misses) == before
