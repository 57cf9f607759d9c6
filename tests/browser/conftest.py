"""A real server and a real browser: Debian's Chromium, driven by Playwright."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Error,
    Locator,
    Page,
    expect,
    sync_playwright,
)

from planner.screens.ui.saved_plan import LOOKED_AT_EVERY
from tests.documented import NAME

# As patient as a page is: what comes late on a busy machine has come.
expect.set_options(timeout=30_000)

ROOT = Path(__file__).parents[2]
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# What a page says, the state of its connection and script, and what its boxes hold.
SAYS = """() => [
    JSON.stringify(document.querySelector('[data-testid=stApp]')?.dataset),
    ...[...document.querySelectorAll('input, textarea')].map(
        (box) => `${box.ariaLabel}: '${box.value}'`),
    document.body.innerText,
].join('\\n')"""

FRAMES = """() => new Promise(
    (drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))"""

OFTEN = """(() => {
    const known = window.setInterval;
    window.setInterval = (work, every, ...more) =>
        known(work, every === EVERY ? 2000 : every, ...more);
})()"""

STILL = """() => !document.querySelector('[data-stale=true]') && document.getAnimations().every(
    (one) => one.playState !== 'running'
        || one.effect.getComputedTiming().endTime === Infinity)"""


def chromium() -> str:
    """Where Chromium is; without one these tests fail, since they would prove nothing."""
    result = (
        os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    )
    assert result, "install Debian's chromium, or set CHROMIUM to its path"
    return result


class Served(str):
    """The address of a server that a test started, and the number of its process."""

    process: int


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def process(
    *command: str,
    settings: dict[str, str] | None = None,
    log: Path | None = None,
    at: Path = ROOT,
    answers: str = "/_stcore/health",
    port: int | None = None,
    limits: Sequence[str] = (),
) -> Iterator[tuple[Served, subprocess.Popen[bytes]]]:
    """A server started with `python -m command --port`, once it answers; what it prints goes to
    `log`; `limits` are laid on it as prlimit takes them.

    Gives its address and its process, which may have ended by the time this does.
    """
    port = port or free_port()
    flag = "--server.port" if command[0] == "streamlit" else "--port"
    limited = ["prlimit", *limits, "--"] if limits else []
    with open(log or os.devnull, "ab") as printed:
        server = subprocess.Popen(
            [*limited, sys.executable, "-m", *command, flag, str(port)],
            cwd=at,
            stdout=printed,
            stderr=printed,
            env={**os.environ, "PYTHONPATH": str(ROOT), **(settings or {})},
        )
        here = Served(f"http://127.0.0.1:{port}")
        here.process = server.pid
        try:
            for _ in range(240):
                try:
                    urllib.request.urlopen(f"{here}{answers}", timeout=1)
                    break
                except OSError:
                    time.sleep(0.25)
            else:
                raise AssertionError("the wizard did not start")
            yield here, server
        finally:
            server.terminate()
            try:
                server.wait(10)
            except subprocess.TimeoutExpired:
                # A browser that has not let go.
                server.kill()
                server.wait(10)


@contextmanager
def serving(
    *command: str,
    settings: dict[str, str] | None = None,
    log: Path | None = None,
    at: Path = ROOT,
    answers: str = "/_stcore/health",
) -> Iterator[Served]:
    """As `process`, for whoever needs only the address."""
    with process(*command, settings=settings, log=log, at=at, answers=answers) as (here, _):
        yield here


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    with serving("streamlit", "run", "streamlit_app.py") as here:
        yield here


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def named(browser: Browser) -> Iterator[Browser]:
    """A browser for which the planner's name leads to this machine."""
    kind = browser.browser_type
    flags = [*FLAGS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    started = kind.launch(executable_path=chromium(), args=flags)
    yield started
    started.close()


@pytest.fixture(scope="session")
def profile(browser: Browser) -> Iterator[BrowserContext]:
    """One person's browser, in which each test has pages of its own: the wizard's scripts are
    fetched once, and not for every test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    # A page that stays open keeps their window open. With each window Chromium makes ready pages of
    # its own for the bar of addresses, which takes it longer than to load one of ours.
    context.new_page()
    yield context
    context.close()


@contextmanager
def blank_page(profile: BrowserContext, at: str) -> Iterator[Page]:
    """An empty page of a browser that has kept nothing of what was done at an address before, nor
    been allowed anything; it is closed with all others that were opened since."""
    stays = profile.pages
    opened = profile.new_page()
    opened.set_default_timeout(30_000)
    storage = {"origin": at, "storageTypes": "local_storage,indexeddb"}
    profile.new_cdp_session(opened).send("Storage.clearDataForOrigin", storage)
    profile.clear_cookies()
    profile.clear_permissions()
    profile.unroute_all()
    try:
        yield opened
    finally:
        for one in profile.pages:
            if one not in stays:
                one.close()


def looks_often(page: Page) -> Page:
    """A page not opened yet that asks every two seconds what others have saved, not every five: a
    test of two people waits for little else."""
    page.add_init_script(OFTEN.replace("EVERY", str(LOOKED_AT_EVERY * 1000)))
    return page


@pytest.fixture
def looking_often() -> None:
    """For a test of two people: its first page looks often too."""


@pytest.fixture
def page(request: pytest.FixtureRequest, profile: BrowserContext, address: str) -> Iterator[Page]:
    with blank_page(profile, address) as opened:
        if "looking_often" in request.fixturenames:
            looks_often(opened)
        opened.goto(f"{address}/need")
        settled(opened)
        choose_icb(opened, "South Yorkshire")
        yield opened


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    """A test that fails prints what its page said then: on another machine that is all there is to
    go by."""
    report = yield
    page = getattr(item, "funcargs", {}).get("page")
    if report.when == "call" and report.failed and page is not None:
        with suppress(Error):
            report.sections.append(("The page", f"{page.url}\n{page.evaluate(SAYS)}"))
    return report


def saved(page: Page, version: int | None = None) -> Locator:
    """The line at the side that says when the open plan was saved, once that version of it is, or
    any."""
    if version is None:
        return page.locator('[class*="st-key-saved-version-"]')
    return page.locator(f".st-key-saved-version-{version}")


def settled(page: Page) -> None:
    """Wait until the script has run and the page shows all that it drew.

    A kind of field new to the browser is a grey bar, which takes no focus, until the code that
    draws it has come; on a busy machine that may be after the script has ended.
    """
    page.wait_for_selector("h1")
    # What was done has been taken in by then, and the script asked for.
    page.evaluate(FRAMES)
    page.wait_for_timeout(100)
    finished(page)


def finished(page: Page) -> None:
    """As `settled`, where what is seen already shows that the script has begun."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_selector("[data-testid=stSkeleton]", state="detached")
    # What a run has left out stays for a moment, faint and beside its successor; so does a colour
    # on its way to another.
    page.wait_for_function(STILL)


def go_on(page: Page, to: str) -> None:
    """Press Continue and wait for the heading of the next step."""
    page.get_by_role("button", name=f"Continue to {to}", exact=True).click()
    arrived(page, to)


def go_to(page: Page, number: int, to: str) -> None:
    """Press a step in the side and wait for its heading."""
    page.get_by_role("button", name=f"{number}. {to}").click()
    arrived(page, to)


def choose_icb(page: Page, name: str) -> None:
    """Choose the board of a plan on its first step."""
    board = page.get_by_role("combobox", name="Integrated care board")
    board.click()
    board.press_sequentially(name[:5])
    # Once it is shown, however slow the machine.
    page.get_by_role("option", name=f"NHS {name}").click()
    page.get_by_text(f"In {name} about").wait_for()
    settled(page)


def load_example(page: Page) -> None:
    """Open the worked example on the front page and wait for its summary."""
    page.goto("/".join(page.url.split("/")[:3]))
    page.get_by_role("button", name="Load the South Yorkshire example").click()
    arrived(page, "Summary and papers")


def bring_a_file(page: Page) -> None:
    """Leave the first or second step for the page Local files."""
    page.get_by_role("button", name="Bring a file or fetch").click()
    arrived(page, "Local files")


def each_tab(page: Page) -> Iterator[str]:
    """Open every tab of the page in turn, those within tabs too; a page without any is one."""
    tabs, at = page.locator("[data-testid=stMain] [role=tab]:visible"), 0
    if not tabs.count():
        yield ""
    while at < tabs.count():
        tabs.nth(at).click()
        settled(page)
        yield tabs.nth(at).inner_text()
        at += 1


def arrived(page: Page, at: str) -> None:
    """Wait for the heading of a page that was asked for, and all that stands under it."""
    page.get_by_role("heading", name=at, level=1, exact=True).wait_for()
    finished(page)
