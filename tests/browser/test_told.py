"""What a screen reader is told: a result that a change has altered, once, in a region that was
there before."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import saved, settled

# Keeps every change of words in the region, so that what is told twice, or told at the wrong time,
# is seen.
LISTEN = """() => {
    window.told = [];
    window.region = document.querySelector('#told');
    new MutationObserver(() => window.told.push(window.region.textContent))
        .observe(window.region, {childList: true, characterData: true, subtree: true});
}"""


def messages(page: Page) -> list[str]:
    """What has been told since it was last asked, in the region that was there from the start."""
    settled(page)
    assert page.evaluate(
        "window.region.isConnected && document.querySelectorAll('#told').length === 1"
    )
    words: list[str] = page.evaluate("window.told.splice(0)")
    return words


def test_only_a_changed_finding_is_announced(page: Page) -> None:
    region = page.locator("#told")
    expect(region).to_have_attribute("role", "status")
    expect(region).to_have_text("")
    page.evaluate(LISTEN)
    assert messages(page) == [], "moving alters nothing"
    box = page.get_by_role("textbox", name="People prescribed opioids in a year")
    box.fill("141250")
    box.press("Tab")
    expect(region).to_have_text(
        re.compile(r"^People prescribed: [\d,]+ \([\d,]+ to [\d,]+\)\. Still missing: \d+\.$")
    )
    (words,) = messages(page)
    # The side is drawn after it is told.
    side = page.locator("[data-testid=stSidebar] p", has_text="People prescribed:")
    expect(side).to_have_text(words.partition(". Still missing")[0])
    name = page.get_by_role("textbox", name="Your name, for the documents")
    name.fill("A name")
    name.press("Tab")
    expect(saved(page, 3)).to_be_visible()
    assert messages(page) == [], "a name alters no figure"


def test_the_finding_of_a_step_is_a_status_that_changes_in_place(page: Page) -> None:
    """Streamlit sees to this one; if it stops doing so, the finding must be told as the figures
    are."""
    finding = page.get_by_role("status").filter(has_text="people are prescribed at least one")
    before = finding.inner_text()
    finding.evaluate("node => { window.finding = node; }")
    box = page.get_by_role("textbox", name="People prescribed opioids in a year")
    box.fill("141250")
    box.press("Tab")
    expect(finding).not_to_have_text(before)
    assert page.evaluate("window.finding.isConnected")
