"""From the front page to both papers by the first draft, in a browser: how few actions it takes,
and how high its pages are."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from docx import Document
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import arrived, blank_page, settled
from tests.browser.test_barriers import barriers

FIRST = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    const kinds = 'input, textarea, button, [data-testid=stMetric]';
    const first = [...main.querySelectorAll(kinds)].find(
        (one) => one.getBoundingClientRect().height > 0);
    return [main.scrollHeight, first.getBoundingClientRect().top + main.scrollTop,
        main.scrollWidth - main.clientWidth];
}"""
WIDE, NARROW, FIRST_WITHIN = 2400, 4000, 600
MOST_ACTIONS = 8


def measured(page: Page, title: str) -> None:
    """A page that is as low as it is to be at both widths; the front page, which test_hosted.py
    does not look at with the others, has no barrier of ours."""
    is_front = title == "Front page"
    settled(page)
    height, first, _ = page.evaluate(FIRST)
    assert height <= WIDE and first <= FIRST_WITHIN, (title, height, first)
    if is_front:
        barriers(page, title)
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("[data-testid=stSidebar][data-collapsed=true]").wait_for(state="attached")
    page.keyboard.press("Tab")
    settled(page)
    height, _, beyond = page.evaluate(FIRST)
    assert height <= NARROW and beyond <= 0, (title, height, beyond)
    if is_front:
        barriers(page, f"{title}, narrow")
    page.set_viewport_size({"width": 1280, "height": 900})
    settled(page)


@pytest.fixture
def page(profile: BrowserContext, address: str) -> Iterator[Page]:
    """The page of someone who has no plan yet."""
    with blank_page(profile, address) as opened:
        yield opened


@pytest.mark.slow
def test_from_the_front_page_to_both_papers_in_eight_actions_and_back_by_the_recent_plans(
    page: Page, address: str, tmp_path: Path
) -> None:
    page.goto(address)
    page.get_by_text("None yet").wait_for()
    measured(page, "Front page")
    actions = 1
    page.get_by_role("button", name="A first draft in three questions").click()
    arrived(page, "Where, and what you know")
    actions += 1
    board = page.get_by_role("combobox", name="Integrated care board")
    board.click()
    board.press_sequentially("Kent")
    page.get_by_role("option", name="NHS Kent and Medway").click()
    page.get_by_text("In Kent and Medway about").wait_for()
    settled(page)
    actions += 1
    count = page.get_by_role("textbox", name="People prescribed opioids in a year")
    count.fill("141250")
    count.press("Tab")
    expect(count).to_have_value("141,250")
    measured(page, "Where, and what you know")
    actions += 1
    page.get_by_role("button", name="Continue to What you might buy").click()
    arrived(page, "What you might buy")
    actions += 1
    page.get_by_text("Pharmacist review clinics in primary care:").click()
    page.get_by_text("would cost about").wait_for()
    measured(page, "What you might buy")
    actions += 1
    page.get_by_role("button", name="Continue to Summary and papers").click()
    arrived(page, "Summary and papers")
    measured(page, "Summary and papers")
    for action in ("Action 3 paper", "Action 4 specification"):
        with page.expect_download() as started:
            page.get_by_role("button", name=f"Download the {action}").click()
        actions += 1
        path = tmp_path / started.value.suggested_filename
        started.value.save_as(path)
        text = "\n".join(p.text for p in Document(io.BytesIO(path.read_bytes())).paragraphs)
        assert "NHS Kent and Medway Integrated Care Board" in text
    assert actions <= MOST_ACTIONS
    # The plan is found again in this browser, and its address opens it at once.
    link = page.url.partition("?")[2]
    page.goto(address)
    page.get_by_role("link", name="Support for people prescribed medicines, Kent").click()
    arrived(page, "Place and need")
    assert page.url.endswith(link)
    page.get_by_text("In Kent and Medway about").wait_for()
    page.goto(address)
    settled(page)
    # One press does not lose the ways to one's plans.
    page.get_by_role("button", name="Forget these plans on this computer").click()
    again = page.get_by_role("button", name="Press again: a plan that is forgotten")
    expect(page.get_by_role("link", name="Support for people prescribed medicines")).to_be_visible()
    again.click()
    page.get_by_text("None yet").wait_for()
    page.get_by_role("button", name="Load the South Yorkshire example").click()
    arrived(page, "Summary and papers")
    measured(page, "Summary and papers of the example")
