"""The hosted wizard in a browser: every page works under its strict policy, which refuses the
rest, and no page has a barrier of ours."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from pydantic import AfterValidator, BaseModel

from planner.model.base import LONGEST_LINE, printable
from planner.model.plan import Plan
from planner.screens.navigation import PAGES
from planner.screens.ui.page_book import WizardStep
from planner.store.database import URL_SETTING
from planner.store.drafts import SavedPlans
from tests.browser.conftest import ROOT, arrived, blank_page, go_on, saved, serving, settled
from tests.browser.test_barriers import barriers, wide_and_narrow

# Streamlit's reader of messages tries whether it may use WebAssembly, and does without. Its page
# first asks for its server below the address that was opened; what is not there is named by its own
# address beside what the console says of it.
STREAMLITS_OWN_COMPLAINTS = re.compile(
    r"script-src wasm-eval|\S+/\w+/_stcore/(health|host-config)$|Failed to load resource: .* 404 "
)
# As an address begins that is led to from this page, and not, with "https:", as one that Streamlit
# makes a link of wherever it stands.
MARKUP = (
    '<img src="//elsewhere.example/a.png" onerror="window.ran=1">![x](//elsewhere.example/b.png)'
)
WITH_CHARTS = ("need", "reach", "options", "outcomes")
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
def announcements() -> list[str]:
    """What the browser complained of, and what it asked others for."""
    return []


@pytest.fixture
def page(profile: BrowserContext, hosted: str, announcements: list[str]) -> Iterator[Page]:
    """An empty page whose complaints are noted."""
    with blank_page(profile, hosted) as opened:
        opened.expose_function("tell", lambda words: announcements.append(words))
        opened.add_init_script(TELL)
        opened.on(
            "console",
            lambda line: announcements.extend([line.text] if line.type == "error" else []),
        )
        opened.on("pageerror", lambda error: announcements.append(str(error)))
        opened.on("requestfailed", lambda question: announcements.append(f"failed: {question.url}"))
        opened.on(
            "response", lambda got: announcements.extend([got.url] if got.status > 399 else [])
        )
        yield opened


def with_markup(value: Any) -> Any:
    """A plan, or a part of one, with markup before every text that a person typed."""
    if isinstance(value, BaseModel):
        changes = {}
        for name, field in type(value).model_fields.items():
            field_value = getattr(value, name)
            is_typed = isinstance(field_value, str) and AfterValidator(printable) in field.metadata
            changes[name] = (
                f"{MARKUP}{field_value}"[:LONGEST_LINE] if is_typed else with_markup(field_value)
            )
        return value.model_copy(update=changes)
    return tuple(map(with_markup, value)) if type(value) is tuple else value


@pytest.fixture(scope="module")
def link(maximal: Plan) -> str:
    """The link of a plan with everything filled in and markup in every text, kept where the server
    keeps plans."""
    store = SavedPlans(os.environ[URL_SETTING])
    draft = store.create(with_markup(maximal))
    store.close()
    return draft.link


def complaints(page: Page, announcements: list[str]) -> list[str]:
    """What was refused, failed or ran, but for what Streamlit tries on every page."""
    ran = [] if page.evaluate("window.ran") is None else ["what was typed has run"]
    return ran + [one for one in announcements if not STREAMLITS_OWN_COMPLAINTS.match(one)]


@pytest.mark.parametrize("step", PAGES, ids=lambda step: step.id)
def test_every_page_works_under_the_policy_without_a_barrier_whatever_people_typed(
    page: Page, announcements: list[str], hosted: str, link: str, step: WizardStep
) -> None:
    """Each of its tabs with its panels open, wide and narrow: nothing is run or asked for that is
    not ours."""
    page.goto(f"{hosted}/{step.id}?plan={link}")
    arrived(page, step.title)
    saved(page, 1).wait_for(state="attached")
    charts = wide_and_narrow(page, step.title)
    assert charts or step.id not in WITH_CHARTS, "no chart was drawn"
    assert complaints(page, announcements) == []


def test_steps_follow_one_another_and_a_paper_comes_under_the_policy(
    page: Page, announcements: list[str], hosted: str, link: str
) -> None:
    page.goto(f"{hosted}/specification?plan={link}")
    arrived(page, "Group and specification")
    go_on(page, "Summary and papers")
    tag = page.evaluate("document.activeElement.tagName")
    assert tag == "H1", "our component did not run"
    with page.expect_download() as started:
        page.get_by_role("button", name="Download the Action 3 paper").click()
    assert Path(started.value.path()).read_bytes().startswith(b"PK")
    page.get_by_role("button", name="Front page").click()
    # What the browser remembers of a plan is text there, whatever it holds.
    page.get_by_role("button", name="Forget these plans on this computer").wait_for()
    assert complaints(page, announcements) == []


def test_nothing_foreign_or_written_into_the_page_runs_or_is_asked_for(
    page: Page, announcements: list[str], hosted: str
) -> None:
    """And so the tests above would have seen it."""
    page.goto(hosted)
    settled(page)
    for directive, what in TRIES.items():
        page.evaluate(TRY.replace("WHAT", what))
        for _ in range(100):
            if directive in announcements:
                break
            page.wait_for_timeout(50)
        else:
            raise AssertionError(f"{what} was not refused: {announcements[-3:]}")
    assert page.evaluate("window.ran") is None
    foreign = f'<iframe src="{hosted}"></iframe>'
    page.context.route("http://foreign.example/", lambda route: route.fulfill(
        body=foreign, content_type="text/html"))  # fmt: skip
    other = page.context.new_page()
    other.goto("http://foreign.example/")
    assert [one.url for one in other.frames[1:]] == ["chrome-error://chromewebdata/"]


def test_nothing_opens_before_signing_in_where_that_is_set_up(
    profile: BrowserContext, tmp_path: Path
) -> None:
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(SECRETS)
    assert not (ROOT / ".streamlit" / "secrets.toml").exists(), "this test brings its own"
    server = serving("uvicorn", "planner.hosting.server:app", at=tmp_path, log=tmp_path / "log")
    with server as here, blank_page(profile, here) as page:
        for path in ("/", "/options", "/wording", "/?plan=x"):
            page.goto(here + path)
            settled(page)
            assert page.locator("h1").all_inner_texts() == ["Sign in"]
            assert page.get_by_role("button", name="Sign in").count() == 1
            assert "South Yorkshire" not in page.inner_text("body")
        # The same page each time.
        barriers(page, "Sign in")
    assert "everyone signs in first" in (tmp_path / "log").read_text()
