"""A link to something missing ends in its box, in a browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import arrived, load_example, settled


def test_a_link_to_a_gap_opens_what_holds_its_field_and_gives_it_the_focus(page: Page) -> None:
    load_example(page)
    page.get_by_role("link", name="A local judgement of referrals").click()
    arrived(page, "Options and cost")
    rate = page.get_by_label(re.compile("Referrals for each 1,000 residents.*, central"))
    expect(rate).to_be_focused()
    expect(rate).to_be_in_viewport()
    assert "gap=" not in page.url, "what is loaded anew begins at its top"
    # What is typed goes into the plan, and the folds stay open meanwhile.
    page.keyboard.type("0.6")
    page.keyboard.press("Tab")
    settled(page)
    expect(rate).to_have_value("0.6")
    expect(rate).to_be_visible()
    page.get_by_role("button", name="6. Summary and papers").click()
    arrived(page, "Summary and papers")
    page.get_by_text("Everything still missing").click()
    settled(page)
    page.get_by_role("link", name="Local counts by sex").last.click()
    arrived(page, "Who and where")
    women = page.get_by_label(re.compile("women", re.IGNORECASE)).first
    expect(women).to_be_focused()
    expect(page.get_by_role("tab", name="Sex and age")).to_have_attribute("aria-selected", "true")
