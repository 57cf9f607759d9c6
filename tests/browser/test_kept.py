"""Nothing is lost in a real browser: refresh on every step, going back, two tabs on one plan."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from planner.screens import navigation as steps
from tests.browser.conftest import arrived, go_on, go_to, settled
from tests.browser.test_journeys import STEPS


def begin(page: Page, name: str) -> None:
    """Type a name, so that the plan is kept and its link stands in the address."""
    page.get_by_role("textbox", name="Your name, for the documents").fill(name)
    page.keyboard.press("Tab")
    expect(page.get_by_text("(version 1)")).to_be_visible()
    assert "plan=" in page.url


def test_a_refresh_on_any_step_brings_back_the_plan_and_the_step(page: Page) -> None:
    begin(page, "Refresh test")
    # Each step's own address is opened anew, which is what a refresh on it does.
    titles = {step.title: step.id for step in steps.STEPS}
    for step in STEPS:
        page.goto(re.sub(r"/\w*\?", f"/{titles[step]}?", page.url))
        arrived(page, step)
        expect(page.get_by_text("(version ")).to_be_visible()
    go_to(page, 1, "Place")
    expect(page.get_by_role("textbox", name="Your name, for the documents")).to_have_value(
        "Refresh test"
    )


def test_the_back_button_leads_to_the_step_before_with_the_plan_as_it_was(page: Page) -> None:
    begin(page, "Back test")
    go_on(page, "Local files")
    go_on(page, "Population and prescribing")
    page.go_back()
    arrived(page, "Local files")
    page.reload()
    settled(page)
    expect(page.get_by_text("(version ")).to_be_visible()


def test_second_of_two_tabs_on_one_plan_chooses_a_version(page: Page) -> None:
    begin(page, "First")
    other = page.context.new_page()
    other.goto(page.url)
    settled(other)
    expect(other.get_by_role("textbox", name="Your name, for the documents")).to_have_value("First")
    name = page.get_by_role("textbox", name="Your name, for the documents")
    name.fill("First again")
    page.keyboard.press("Tab")
    expect(page.get_by_text("(version 2)")).to_be_visible()
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
    go_to(other, 1, "Place")
    expect(other.get_by_role("textbox", name="Your name, for the documents")).to_have_value(
        "First again"
    )
