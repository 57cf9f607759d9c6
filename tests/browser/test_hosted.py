"""The hosted wizard in a browser: every page works under its strict policy, which refuses the
rest."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from pydantic import AfterValidator, BaseModel

from planner.model.base import LONGEST_LINE, printable
from planner.model.plan import Plan
from planner.screens.navigation import DRAFT, TOOLS
from planner.store.plan_file import plan_to_json
from tests.browser.conftest import (
    ROOT,
    arrived,
    choose_board,
    each_tab,
    go_on,
    go_to,
    saved,
    serving,
    settled,
)
from tests.browser.test_barriers import OPEN_PANELS
from tests.browser.test_journeys import STEPS, STREAMLITS_OWN

# Streamlit's reader of messages tries whether it may use WebAssembly, and does without.
STREAMLITS_OWN_VIOLATION = "script-src wasm-eval"
MARKUP = (
    '<img src="https://elsewhere.example/a.png" onerror="window.ran=1">'
    "![x](https://elsewhere.example/b.png)"
)
TELL = """document.addEventListener('securitypolicyviolation',
    (one) => window.tell(`${one.effectiveDirective} ${one.blockedURI}`))"""
# Each with the directive that refuses it. What is tried may run, since it is put into the page from
# outside its policy, and what comes of it may not.
TRIES = {
    "script-src-elem inline": "add('script', {textContent: 'window.ran = 1'})",
    "script-src-elem https://elsewhere.example/a.js": "add('script', {src: `${there}/a.js`})",
    "script-src-elem data": "add('script', {src: 'data:text/javascript,window.ran=1'})",
    "script-src-attr inline": "add('b', {}).setAttribute('onclick', 'window.ran = 1')",
    "script-src eval": "(0, eval)('window.ran = 1')",
    "frame-src https://elsewhere.example": "add('iframe', {src: `${there}/f`})",
    "connect-src https://elsewhere.example/x": "fetch(`${there}/x`).catch(() => 0)",
    "connect-src https://elsewhere.example/b": "navigator.sendBeacon(`${there}/b`, 'x')",
    "connect-src wss://elsewhere.example/": "new WebSocket('wss://elsewhere.example/')",
    "img-src https://elsewhere.example/i.png": "new Image().src = `${there}/i.png`",
    "style-src-elem https://elsewhere.example/s.css":
        "add('link', {rel: 'stylesheet', href: `${there}/s.css`})",
    "font-src https://elsewhere.example/f":
        "new FontFace('x', `url(${there}/f)`).load().catch(() => 0)",
    "media-src https://elsewhere.example/v": "add('video', {src: `${there}/v`})",
    "object-src https://elsewhere.example": "add('object', {data: `${there}/o`})",
    "default-src https://elsewhere.example/p": "add('link', {rel: 'prefetch', href: `${there}/p`})",
    "form-action https://elsewhere.example/":
        "add('form', {action: `${there}/`, method: 'post'}).submit()",
    "base-uri https://elsewhere.example/": "add('base', {href: `${there}/`})",
}  # fmt: skip
# Later, since what is evaluated for a test may use eval.
TRY = """() => setTimeout(() => {
    const there = 'https://elsewhere.example';
    const add = (kind, more) => {
        const one = Object.assign(document.createElement(kind), more);
        document.body.append(one);
        return one;
    };
    WHAT;
})"""
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
    with serving("planner.cli", "serve") as here:
        yield here


@pytest.fixture
def said() -> list[str]:
    """What the browser complained of, and what it asked others for."""
    return []


@pytest.fixture
def page(browser: Browser, hosted: str, said: list[str]) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    opened = context.new_page()
    opened.set_default_timeout(30_000)
    opened.expose_function("tell", lambda words: said.append(words))
    opened.add_init_script(TELL)
    opened.on("console", lambda line: said.extend([line.text] if line.type == "error" else []))
    opened.on("pageerror", lambda error: said.append(str(error)))
    opened.on("requestfailed", lambda question: said.append(f"failed: {question.url}"))
    opened.on("response", lambda got: said.extend([got.url] if got.status > 399 else []))
    opened.goto(hosted)
    settled(opened)
    opened.get_by_role("button", name="Work through it").click()
    arrived(opened, "Place and need")
    choose_board(opened, "South Yorkshire")
    yield opened
    context.close()


def with_markup(value: Any) -> Any:
    """A plan, or a part of one, with markup before every text that a person typed."""
    if isinstance(value, BaseModel):
        changes = {}
        for name, field in type(value).model_fields.items():
            held = getattr(value, name)
            is_typed = isinstance(held, str) and AfterValidator(printable) in field.metadata
            changes[name] = f"{MARKUP}{held}"[:LONGEST_LINE] if is_typed else with_markup(held)
        return value.model_copy(update=changes)
    return tuple(map(with_markup, value)) if type(value) is tuple else value


def test_every_page_works_under_the_policy_whatever_people_typed(
    page: Page, said: list[str], tmp_path: Path, maximal: Plan
) -> None:
    """Charts draw, panels open, documents come; nothing is run or asked for that is not ours."""
    plan = tmp_path / "plan.json"
    plan.write_text(plan_to_json(with_markup(maximal)), encoding="utf-8")
    page.get_by_role("button", name="Front page").click()
    page.get_by_text("Open a saved plan").click()
    settled(page)
    page.locator("input[type=file]").set_input_files(plan)
    arrived(page, "Summary and papers")
    saved(page, 1).wait_for()
    go_to(page, 1, "Place and need")
    charts = 0
    for step in STEPS:
        charts += page.locator('[role="graphics-document"]').count()
        go_on(page, step)
        assert page.evaluate("document.activeElement.tagName") == "H1", (
            f"{step}: our component did not run"
        )
        open_panels(page)
    assert charts >= 5
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the Action 3 paper").click()
    assert Path(started.value.path()).read_bytes().startswith(b"PK")
    for beside in (*TOOLS, *DRAFT):
        page.get_by_role("button", name=beside.title, exact=True).click()
        page.get_by_role("heading", name=beside.title, level=1, exact=True).wait_for()
        open_panels(page)
    page.get_by_role("button", name="Front page").click()
    # What the browser remembers of a plan is text there, whatever it holds.
    page.get_by_role("button", name="Forget these plans on this computer").wait_for()
    assert page.evaluate("window.ran") is None
    assert [one for one in said if not one.startswith(STREAMLITS_OWN_VIOLATION)] == []


def open_panels(page: Page) -> None:
    settled(page)
    for _ in each_tab(page):
        while page.evaluate(OPEN_PANELS):
            settled(page)


def test_nothing_foreign_or_written_into_the_page_runs_or_is_asked_for(
    page: Page, said: list[str], hosted: str
) -> None:
    """And so the test above would have seen it."""
    for directive, what in TRIES.items():
        page.evaluate(TRY.replace("WHAT", what))
        for _ in range(100):
            if directive in said:
                break
            page.wait_for_timeout(50)
        else:
            raise AssertionError(f"{what} was not refused: {said[-3:]}")
    assert page.evaluate("window.ran") is None
    foreign = f'<iframe src="{hosted}"></iframe>'
    page.context.route("http://foreign.example/", lambda asked: asked.fulfill(
        body=foreign, content_type="text/html"))  # fmt: skip
    other = page.context.new_page()
    other.goto("http://foreign.example/")
    assert [one.url for one in other.frames[1:]] == ["chrome-error://chromewebdata/"]


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
