"""The documented way to host on two processes: one is killed in the middle, and its people go on at
the other."""

from __future__ import annotations

import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from planner.store.drafts import SavedPlans
from tests.browser.conftest import choose_icb, saved, settled
from tests.browser.team import Team, planner, signed, team_server

NAME_FIELD = "Your name, for the documents"


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    with team_server(tmp_path_factory.mktemp("two"), processes=2) as running:
        yield running


def person(team: Team, browser: Browser, port: str = "") -> tuple[BrowserContext, Page]:
    """Someone who has signed in, on the first page; one who was here before stays at a process."""
    context = browser.new_context(ignore_https_errors=True, viewport={"width": 1280, "height": 900})
    cookies = {"_streamlit_user": signed(team)} | ({"planner_process": port} if port else {})
    for name, value in cookies.items():
        context.add_cookies([{"name": name, "value": value, "url": team.address}])
    page = context.new_page()
    page.set_default_timeout(30_000)
    page.goto(f"{team.address}/need")
    choose_icb(page, "South Yorkshire")
    return context, page


def port_of(context: BrowserContext) -> str:
    """The process that a browser is kept at."""
    return next(c["value"] for c in context.cookies() if c["name"] == "planner_process")


def write_name(page: Page, name: str) -> None:
    box = page.get_by_role("textbox", name=NAME_FIELD)
    box.fill(name)
    box.press("Tab")


def test_one_of_two_processes_is_killed_and_nothing_is_lost(team: Team, named: Browser) -> None:
    ports = [address.rpartition(":")[2] for address in team.behind]
    context, page = person(team, named)
    first = port_of(context)
    second = next(port for port in ports if port != first)
    other_context, other = person(team, named, second)
    assert port_of(other_context) == second
    write_name(page, "Quill")
    expect(saved(page, 2)).to_be_visible()
    write_name(other, "Rowan")
    expect(saved(other, 2)).to_be_visible()

    victim = team.running[ports.index(first)]
    # What is typed as it dies was sent, and never answered.
    os.kill(victim.pid, signal.SIGSTOP)
    write_name(page, "Never answered")
    page.wait_for_timeout(300)
    os.kill(victim.pid, signal.SIGKILL)
    victim.wait(10)

    # The page shows what was kept, and no more than that, and is worked on at the other process.
    expect(page.get_by_text("Connected again.")).to_be_attached()
    expect(page.get_by_role("textbox", name=NAME_FIELD)).to_have_value("Quill")
    expect(saved(page, 2)).to_be_visible()
    assert port_of(context) == port_of(other_context) == second
    write_name(page, "Quill Ravenscroft")
    expect(saved(page, 3)).to_be_visible()
    write_name(other, "Rowan Ash")
    expect(saved(other, 3)).to_be_visible()

    # The first is back, as systemd would start it again; the person's files still go to the other.
    log = team.folder / "planner-again.log"
    with planner(team.folder, team.database, log, port=int(first)):
        page.get_by_role("button", name="6. Summary and papers").click()
        page.get_by_role("heading", name="Summary and papers", level=1, exact=True).wait_for()
        settled(page)
        with page.expect_download() as started:
            page.get_by_role("button", name="Download the Action 3 paper").click()
        assert Path(started.value.path()).read_bytes().startswith(b"PK")
        assert port_of(context) == second

    store = SavedPlans(team.database)
    link = re.search(r"plan=([\w-]+)", page.url)
    assert link is not None
    assert [version.number for version in store.versions(link[1])] == [3, 2, 1]
    assert store.open(link[1]).plan.author == "Quill Ravenscroft"
    store.close()
