"""Nothing is lost in a real browser: refresh on every step, going back, two tabs on one plan."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import go_on, settled
from tests.browser.test_journeys import STEPS


def begin(page: Page, name: str) -> None:
    """Type a name, so that the plan is kept and its link stands in the address."""
    page.get_by_role("textbox", name="Your name, for the documents").fill(name)
    page.keyboard.press("Tab")
    expect(page.get_by_text("Kept as version 1")).to_be_visible()
    assert "plan=" in page.url


def test_a_refresh_on_any_step_brings_back_the_plan_and_the_step(page: Page) -> None:
    begin(page, "Refresh test")
    for step in STEPS:
        go_on(page, step)
        page.reload()
        page.get_by_role("heading", name=step, level=1, exact=True).wait_for()
        settled(page)
        expect(page.get_by_text(re.compile("Kept as version"))).to_be_visible()
    page.get_by_role("button", name="1. Place").click()
    page.get_by_role("heading", name="Place", level=1, exact=True).wait_for()
    settled(page)
    expect(page.get_by_role("textbox", name="Your name, for the documents")).to_have_value(
        "Refresh test"
    )


def test_the_back_button_leads_to_the_step_before_with_the_plan_as_it_was(page: Page) -> None:
    begin(page, "Back test")
    go_on(page, "Local files")
    go_on(page, "Population and prescribing")
    page.go_back()
    page.get_by_role("heading", name="Local files", level=1, exact=True).wait_for()
    settled(page)
    page.reload()
    settled(page)
    expect(page.get_by_text(re.compile("Kept as version"))).to_be_visible()


def test_second_of_two_tabs_on_one_plan_chooses_a_version(page: Page) -> None:
    begin(page, "First")
    other = page.context.new_page()
    other.goto(page.url)
    settled(other)
    expect(other.get_by_role("textbox", name="Your name, for the documents")).to_have_value("First")
    name = page.get_by_role("textbox", name="Your name, for the documents")
    name.fill("First again")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Kept as version 2")).to_be_visible()
    other.get_by_role("textbox", name="Your name, for the documents").fill("Second")
    other.keyboard.press("Tab")
    settled(other)
    other.get_by_role("textbox", name="Name of the area in the documents").click()
    other.keyboard.press("Tab")
    settled(other)
    other.get_by_role("button", name="2. Local files").click()
    settled(other)
    expect(other.get_by_text("Someone else has saved this plan")).to_be_visible()
    other.get_by_role("button", name="Go on with theirs").click()
    settled(other)
    other.get_by_role("button", name="1. Place").click()
    other.get_by_role("heading", name="Place", level=1, exact=True).wait_for()
    settled(other)
    expect(other.get_by_role("textbox", name="Your name, for the documents")).to_have_value(
        "First again"
    )
