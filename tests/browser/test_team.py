"""The documented way to host for a team, run for real: nothing opens before signing in with a
directory, all does after."""

from __future__ import annotations

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from planner.analysis.economics.example import starter_plan
from planner.hosting.front_guard import SOCKETS_AN_ADDRESS
from planner.hosting.server import policy
from planner.reference import load_reference
from planner.store.drafts import SavedPlan, SavedPlans
from tests.browser.conftest import ROOT, saved, settled
from tests.browser.team import (
    Team,
    configuration,
    descriptors,
    memory,
    nginx,
    planner_command,
    signed,
    team_server,
)
from tests.documented import NAME, code_block
from tests.hosting.clients import Client, half_sent, idle

AUTHOR = "Quill Ravenscroft"
MEGABYTES = 10


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with team_server(tmp_path_factory.mktemp("team")) as running:
        yield running


@pytest.fixture(scope="module")
def draft(team: Team) -> SavedPlan:
    """A plan that is kept in the team's database."""
    reference = load_reference()
    plan = starter_plan(reference.find_organisation("QF7"), reference)
    drafts = SavedPlans(team.database)
    output = drafts.create(plan.model_copy(update={"author": AUTHOR}))
    drafts.close()
    return output


@pytest.fixture
def context(named: Browser) -> Iterator[BrowserContext]:
    output = named.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 900})
    yield output
    output.close()


def watched(context: BrowserContext, lines: list[str]) -> Page:
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.on("console", lambda line: lines.append(line.text))
    page.on("pageerror", lambda error: lines.append(str(error)))
    return page


def sign_in(page: Page) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="ana").click()
    page.wait_for_url(f"https://{NAME}:*/*")
    settled(page)


def heard(team: Team, message: dict[str, str], query: str) -> str:
    """What a websocket tells a program that asks for a page, as far as the end of the run."""
    address = team.address.replace("https", "wss") + "/_stcore/stream"
    raw = socket.create_connection(("127.0.0.1", team.port))
    question = BackMsg()
    question.rerun_script.query_string = query
    with connect(
        address,
        sock=raw,
        ssl=team.trusting(),
        server_hostname=NAME,
        max_size=None,
        additional_headers=message,
        subprotocols=[Subprotocol("streamlit")],
        origin=Origin(team.address),
    ) as stream:
        stream.send(question.SerializeToString())
        frames: list[bytes] = []
        while True:
            frames.append(bytes(stream.recv(timeout=20, decode=False)))
            if b"Sign in" in b"".join(frames) or len(frames) > 200:
                break
        try:
            while True:
                frames.append(bytes(stream.recv(timeout=1, decode=False)))
        except TimeoutError:
            return b"".join(frames).decode("utf-8", "replace")


# ---------------------------------------------------------------------------------------- the proxy


def test_nginx_takes_the_documented_configuration_without_a_word(
    team: Team, tmp_path: Path
) -> None:
    for name in ("planner.pem", "planner.key"):
        (tmp_path / name).write_bytes((team.folder / name).read_bytes())
    around = configuration(tmp_path, team.port, team.plain_port, team.behind)
    done = subprocess.run(
        [nginx(), "-t", "-q", "-c", around, "-e", tmp_path / "said"], capture_output=True
    )
    assert done.returncode == 0 and not done.stderr and not (tmp_path / "said").read_text(), (
        done.stderr
    )


def test_what_serves_has_the_units_limits(team: Team) -> None:
    laid = Path(f"/proc/{team.running[0].pid}/limits").read_text()
    for name, most in (
        ("open files", descriptors()),
        ("data size", memory()),
        ("core file size", 0),
    ):
        assert re.search(rf"^Max {name} +{most} ", laid, re.M), laid


def test_headers_come_through_the_proxy_and_plain_http_leads_to_https(team: Team) -> None:
    answer = team.ask("/")
    assert answer.status == 200
    assert answer.headers.get("content-security-policy") == policy()
    assert str(answer.headers.get("strict-transport-security")).startswith("max-age=31536000")
    assert (
        answer.headers.get("cache-control") == "no-store"
        and answer.headers.get("server") == "nginx"
    )
    assert team.ask("/", Host="elsewhere.example").status == 400
    settings = json.loads(team.ask("/_stcore/host-config").body)
    # Our own settings, although it was started from another folder.
    assert settings["allowedOrigins"] == []
    plain = urllib.request.Request(
        f"http://127.0.0.1:{team.plain_port}/?plan=x", headers={"Host": NAME}, method="HEAD"
    )
    with pytest.raises(urllib.error.HTTPError) as led:
        urllib.request.build_opener(NoRedirect).open(plain, timeout=10)
    assert (led.value.code, led.value.headers["Location"]) == (301, f"https://{NAME}/?plan=x")


def test_a_sign_in_that_is_too_long_is_answered_in_words(team: Team) -> None:
    for answer in (
        team.ask("/", Cookie="_streamlit_user_tokens=" + "x" * 33_000),
        team.ask("/?code=" + "x" * 33_000),
    ):
        assert answer.status == 431 and b"Load the page again and sign in" in answer.body
        dropped = str(answer.headers.get_all("set-cookie"))
        assert "_streamlit_user=; Path=/; Max-Age=0" in dropped
        assert "_streamlit_user_tokens=; Path=/; Max-Age=0" in dropped
    # Cookies of other applications under the same name, up to what is published.
    cookies = f"other={'x' * 30_000}; _streamlit_user={signed(team, 1)}"
    assert team.ask("/", Cookie=cookies).status == 200
    assert AUTHOR not in worked(team, cookies) and "Place and need" in worked(team, cookies)


def test_idle_sockets_and_half_sent_requests_keep_nobody_out(team: Team, draft: SavedPlan) -> None:
    client = Client(team.address, team.trusting())
    cookie = f"_streamlit_user={signed(team, 1)}"
    with half_sent(client, 900), idle(client, 300) as answers:
        statuses = [answer.status for answer in answers]
        assert set(statuses) == {101, 503} and 0 < statuses.count(101) <= SOCKETS_AN_ADDRESS
        assert all(
            "Too many connections come from this address" in answer.words
            for answer in answers
            if answer.status == 503
        )
        assert AUTHOR in worked(team, cookie, f"plan={draft.link}")
        assert team.ask("/media/0123.docx", Cookie=cookie).status == 404


def worked(team: Team, cookie: str, query: str = "") -> str:
    """All that a page draws for someone who has signed in, as far as the end of its run."""
    question = BackMsg()
    question.rerun_script.query_string = query
    frames: list[bytes] = []
    # Streamlit looks at who someone is only where the page sends this back, as its script does.
    token = str(team.ask("/_stcore/health").headers["set-cookie"]).split(";")[0]
    with connect(
        team.address.replace("https", "wss") + "/_stcore/stream",
        sock=socket.create_connection(("127.0.0.1", team.port)),
        ssl=team.trusting(),
        server_hostname=NAME,
        max_size=None,
        additional_headers={"Cookie": f"{cookie}; {token}"},
        subprotocols=[Subprotocol("streamlit"), Subprotocol(token.partition("=")[2])],
        origin=Origin(team.address),
    ) as stream:
        stream.send(question.SerializeToString())
        message = ForwardMsg()
        # The address of a plan is led on to its first step, in a run of its own.
        while (
            message.WhichOneof("type") != "script_finished"
            or message.script_finished == ForwardMsg.FINISHED_EARLY_FOR_RERUN
        ):
            try:
                frames.append(stream.recv(timeout=30, decode=False))
            except ConnectionClosed as ended:
                # What cut it off stands in a log, and nowhere else.
                pytest.fail(f"{ended}, after {len(frames)} frames:\n{team.written()[-6000:]}")
            message.ParseFromString(frames[-1])
    return b"".join(frames).decode("utf-8", "replace")


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: object) -> None:
        return None


def test_while_it_runs_a_host_is_checked_as_far_as_that_goes(team: Team) -> None:
    def planner(*words: str) -> subprocess.CompletedProcess[str]:
        port = team.behind[0].rpartition(":")[2]
        return subprocess.run(
            [sys.executable, "-m", "planner.cli", *planner_command(), "--port", port, *words],
            cwd=team.folder,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "PLANNER_DATABASE_URL": team.database,
                "SSL_CERT_FILE": str(team.folder / "planner.pem"),
            },
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    measured = planner("--check-sign-in", f"https://127.0.0.1:{team.port}")
    assert measured.returncode == 0, measured
    assert "leads to the planner, which is running, with its headers" in measured.stdout
    assert measured.stdout.count("up to 32,000 characters pass") == 2
    assert "not measured, since the planner is running" in measured.stdout
    # The name leads nowhere here, so what would go through the proxy cannot be looked at.
    looked_at = planner("--check")
    assert looked_at.returncode == 2
    for words in (
        "set: sign-in: everyone signs in; every setting is there",
        f"set: directory: {team.directory}/.well-known/openid-configuration answers",
        f"NOT SET: proxy: {team.address} does not answer",
        "set: database: plans are kept in PostgreSQL, which answers",
    ):
        assert words in looked_at.stdout, looked_at


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1")
def test_old_ways_of_encrypting_are_refused(team: Team) -> None:
    old = team.trusting()
    # So that it is nginx that refuses.
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with (
        pytest.raises((ssl.SSLError, OSError)),
        socket.create_connection(("127.0.0.1", team.port)) as raw,
    ):
        old.wrap_socket(raw, server_hostname=NAME)


# -------------------------------------------------------------------------------- before signing in


def test_before_signing_in_no_file_goes_in_or_out(team: Team, draft: SavedPlan) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        assert team.ask("/media/0123.docx", method).status == 403
    for method in ("PUT", "DELETE", "OPTIONS"):
        assert team.ask("/_stcore/upload_file/session/file", method, b"x").status == 403
    for cookie in ("_streamlit_user=x", '_streamlit_user=".eJ.x"', "_streamlit_user="):
        assert team.ask("/media/0123.docx", Cookie=cookie).status == 403
    for closed in ("/_stcore/metrics", "/_stcore/agent/openapi.json"):
        assert team.ask(closed).status == 404
    page = team.ask(f"/?plan={draft.link}").body
    # Streamlit's empty page, whoever asks.
    assert AUTHOR.encode() not in page


def test_before_signing_in_a_websocket_is_told_only_to_sign_in(
    team: Team, draft: SavedPlan
) -> None:
    for item in ({}, {"Cookie": "_streamlit_user=forged"}):
        words = heard(team, item, f"plan={draft.link}")
        assert "The planner is open to people of this organisation" in words
        assert AUTHOR not in words and "South Yorkshire" not in words


def test_a_sign_in_that_this_browser_did_not_begin_comes_to_nothing(team: Team) -> None:
    for query in (
        "code=stolen&state=made-up",
        "error=access_denied&error_description=Said+by+anyone",
        "",
    ):
        answer = team.ask(f"/oauth2callback?{query}", Cookie="_streamlit_session=chosen-by-another")
        assert answer.status == 302 and answer.headers.get("location") == "/"
        assert "_streamlit_user=" not in str(answer.headers.get_all("set-cookie"))
    assert "Said by anyone" not in team.written() and "access_denied" in team.written()


# --------------------------------------------------------------------------------------- signing in


def test_someone_signs_in_works_and_signs_out(
    team: Team, draft: SavedPlan, context: BrowserContext, tmp_path: Path
) -> None:
    lines: list[str] = []
    page = watched(context, lines)
    page.goto(f"{team.address}/options?plan={draft.link}")
    settled(page)
    assert page.locator("h1").all_inner_texts() == ["Sign in"]
    assert AUTHOR not in page.content()
    sign_in(page)

    # the plan whose link was followed, on the page it was followed to
    assert page.url == f"{team.address}/options?plan={draft.link}"
    page.get_by_role("heading", name="Options and cost", level=1, exact=True).wait_for()
    expect(saved(page, 1)).to_be_visible()
    expect(page.get_by_text("Signed in as Ana Silva")).to_be_visible()

    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    # The directory's own tokens, which are longer than proxies pass, are not among them.
    assert set(cookies) == {"_streamlit_user", "_streamlit_xsrf"}
    assert sum(len(cookie["value"]) for cookie in cookies.values()) < 2_000
    for name, cookie in cookies.items():
        assert cookie["secure"] and cookie["sameSite"] == "Lax", name
        # That one the page's own script sends back.
        assert cookie["httpOnly"] is (name != "_streamlit_xsrf")

    # a file of ten megabytes in, through the proxy, and a document out
    page.get_by_role("button", name="2. Who and where").click()
    page.get_by_role("heading", name="Who and where", level=1, exact=True).wait_for()
    page.get_by_role("button", name="Bring a file or fetch").click()
    page.get_by_role("heading", name="Local files", level=1, exact=True).wait_for()
    settled(page)
    row = b"North,Codeine,12," + b"x" * 4000 + b"\n"
    table = tmp_path / "counts.csv"
    table.write_bytes(
        b"Town,Medicine,How many,Note\n" + row * (MEGABYTES * 1024 * 1024 // len(row))
    )
    with page.expect_response(re.compile("/_stcore/upload_file/")) as sent:
        page.locator("input[type=file]").first.set_input_files(table)
    assert sent.value.status == 204
    expect(page.get_by_text("counts.csv").first).to_be_visible()
    settled(page)
    page.get_by_role("button", name="Back to Who and where").click()
    # Held, so that it is not lost.
    page.get_by_text("counts.csv has not been read").first.wait_for()
    page.get_by_role("button", name="Leave these out and go back").click()
    page.get_by_role("heading", name="Who and where", level=1, exact=True).wait_for()
    page.get_by_role("button", name="6. Summary and papers").click()
    page.get_by_role("heading", name="Summary and papers", level=1, exact=True).wait_for()
    settled(page)
    with page.expect_response(re.compile("/media/")) as fetched, page.expect_download() as started:
        page.get_by_role("button", name="Download the Action 3 paper").click()
    assert Path(started.value.path()).read_bytes().startswith(b"PK")
    document = fetched.value.url.removeprefix(team.address)
    assert fetched.value.headers["cache-control"] == "no-store"
    user = "; ".join(f"{name}={cookie['value']}" for name, cookie in cookies.items())
    assert team.ask(document, Cookie=user).status == 200
    # Nobody else fetches it, even by its address.
    assert team.ask(document).status == 403
    assert not [
        line for line in lines if "Content Security Policy" in line or "Refused to" in line
    ], lines

    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()
    page.wait_for_url(f"{team.address}/")
    settled(page)
    assert page.locator("h1").all_inner_texts() == ["Sign in"]
    assert not {cookie["name"] for cookie in context.cookies()} & {
        "_streamlit_user",
        "_streamlit_user_tokens",
    }
    page.goto(f"{team.address}/?plan={draft.link}")
    settled(page)
    assert page.locator("h1").all_inner_texts() == ["Sign in"] and AUTHOR not in page.content()


def test_declining_at_the_directory_returns_to_sign_in(team: Team, context: BrowserContext) -> None:
    page = watched(context, [])
    page.goto(team.address)
    settled(page)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Deny").click()
    page.wait_for_url(f"{team.address}/")
    settled(page)
    assert page.locator("h1").all_inner_texts() == ["Sign in"]


@pytest.mark.parametrize(("hours", "inside"), [(1, True), (13, False)])
def test_signing_in_lasts_half_a_day(
    team: Team, context: BrowserContext, hours: int, inside: bool
) -> None:
    """A cookie as the server itself would have signed it so many hours ago, by the documented
    secret."""
    context.add_cookies(
        [{"name": "_streamlit_user", "value": signed(team, hours), "url": team.address}]
    )
    page = watched(context, [])
    page.goto(team.address)
    settled(page)
    assert (page.locator("h1").all_inner_texts() == ["Sign in"]) is not inside
    assert ("_streamlit_user" in {cookie["name"] for cookie in context.cookies()}) is inside


def test_a_copied_sign_in_is_worth_nothing_after_a_day(team: Team) -> None:
    # Where it is let in, there is no such file.
    for hours, status in ((23, 404), (25, 403)):
        assert (
            team.ask("/media/0123.docx", Cookie=f"_streamlit_user={signed(team, hours)}").status
            == status
        )
    words = heard(team, {"Cookie": f"_streamlit_user={signed(team, 25)}"}, "")
    assert "The planner is open to people of this organisation" in words


# ------------------------------------------------------------------------------ what is left behind


def test_no_log_holds_a_plans_link_or_what_anyone_typed(team: Team, draft: SavedPlan) -> None:
    team.ask(f"/?plan={draft.link}", Referer=f"{team.address}/?plan={draft.link}")
    plain = urllib.request.Request(
        f"http://127.0.0.1:{team.plain_port}/?plan={draft.link}", method="HEAD"
    )
    with pytest.raises(urllib.error.HTTPError):
        urllib.request.build_opener(NoRedirect).open(plain, timeout=10)
    written = team.written()
    assert '"GET /" 200' in written and "everyone signs in first" in written
    for secret in (draft.link, draft.read_link, AUTHOR, "ana@example.org"):
        assert secret not in written


def test_nothing_that_people_send_is_put_on_the_proxys_disk(team: Team) -> None:
    block = code_block("nginx", "proxy_pass")
    assert "proxy_request_buffering off;" in block and "proxy_max_temp_file_size 0;" in block
    left = [
        path
        for kind in ("client_body", "proxy")
        for path in (team.folder / kind).rglob("*")
        if path.is_file()
    ]
    assert not left
