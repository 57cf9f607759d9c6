"""The hosted wizard in a browser: charts draw under its strict policy, and the pages beside the
steps are accessible."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from tests.browser.conftest import ROOT, go_on, serving, settled
from tests.browser.test_journeys import STEPS, STREAMLITS_OWN

PAGES = ("Clauses and indicators", "What changed", "Check an existing specification")
SECRETS = """
[auth]
redirect_uri = "http://127.0.0.1/oauth2callback"
cookie_secret = "a long and random secret for a test and for nothing else"
client_id = "planner"
client_secret = "not a secret"
server_metadata_url = "http://127.0.0.1:9/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def hosted() -> Iterator[str]:
    with serving("uvicorn", "planner.hosting.server:app") as here:
        yield here


@pytest.fixture
def said() -> list[str]:
    """What the browser complained of."""
    return []


@pytest.fixture
def page(browser: Browser, hosted: str, said: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    opened.on("console", lambda line: said.append(line.text))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("requestfailed", lambda question: said.append(f"failed: {question.url}"))
    opened.goto(hosted)
    settled(opened)
    yield opened
    context.close()


def refused(said: list[str]) -> list[str]:
    return [
        line
        for line in said
        if "Content Security Policy" in line or "Refused to" in line or "blocked" in line
    ]


def test_every_step_works_under_the_policy_and_charts_draw(page: Page, said: list[str]) -> None:
    page.get_by_role("button", name="Load the South Yorkshire example").click()
    settled(page)
    rendering = 0
    for step in STEPS:
        rendering += page.locator('[role="graphics-document"]').count()
        go_on(page, step)
        assert page.evaluate("document.activeElement.tagName") == "H1", (
            f"{step}: our component did not run"
        )
    assert rendering >= 5
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the Action 3 paper").click()
    assert Path(started.value.path()).read_bytes().startswith(b"PK")
    assert not refused(said), refused(said)


def test_a_script_from_elsewhere_or_written_into_the_page_does_not_run(
    page: Page, said: list[str]
) -> None:
    page.evaluate(
        """() => {
            const one = document.createElement('script');
            one.textContent = 'window.ran = 1';
            document.body.append(one);
            const two = new Image(); two.src = 'https://elsewhere.example/x.png';
        }"""
    )
    page.wait_for_timeout(500)
    assert page.evaluate("window.ran") is None
    # And so the test above would have seen them.
    assert len(refused(said)) >= 2


@pytest.mark.parametrize("title", PAGES)
def test_pages_beside_the_steps_have_no_fault_of_ours(
    page: Page, title: str, said: list[str]
) -> None:
    page.get_by_role("button", name=title, exact=True).click()
    page.get_by_role("heading", name=title, level=1, exact=True).wait_for()
    settled(page)
    faults = [
        fault
        for fault in Axe().run(page).response["violations"]
        if fault["id"] not in STREAMLITS_OWN
    ]
    assert not faults, [
        (fault["id"], [node["html"][:200] for node in fault["nodes"]]) for fault in faults
    ]
    assert not refused(said)


def test_nothing_opens_before_signing_in_where_that_is_set_up(
    browser: Browser, tmp_path: Path
) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(SECRETS)
    assert not (ROOT / ".streamlit" / "secrets.toml").exists(), "this test brings its own"
    with serving(
        "uvicorn", "planner.hosting.server:app", at=tmp_path, log=tmp_path / "log"
    ) as here:
        for path in ("/", "/options", "/wording", "/?plan=x"):
            page = browser.new_page()
            page.goto(here + path)
            settled(page)
            assert page.locator("h1").all_inner_texts() == ["Sign in"]
            assert page.get_by_role("button", name="Sign in").count() == 1
            assert "South Yorkshire" not in page.inner_text("body")
            faults = [
                f["id"]
                for f in Axe().run(page).response["violations"]
                if f["id"] not in STREAMLITS_OWN
            ]
            assert not faults
            page.close()
    assert "everyone signs in first" in (tmp_path / "log").read_text()
