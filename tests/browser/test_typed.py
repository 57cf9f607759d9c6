"""What is typed or pasted into a box for a number is the number meant, or refused at the box."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import arrived, go_to, settled

POSTS, SHARE = "Post 1, whole-time equivalents", "Post 1, time with people, %"


def box(page: Page, label: str) -> Locator:
    return page.locator(f'input[aria-label="{label}"]').last


def typed(page: Page, label: str, text: str, paste: bool) -> None:
    """Put text in a box in place of what is there, and leave the box with the Tab key."""
    box(page, label).click()
    page.keyboard.press("ControlOrMeta+a")
    if paste:
        page.evaluate("text => navigator.clipboard.writeText(text)", text)
        page.keyboard.press("ControlOrMeta+v")
    else:
        page.keyboard.type(text)
    expect(box(page, label)).to_have_value(text)
    page.keyboard.press("Tab")
    settled(page)


@pytest.mark.parametrize("paste", [False, True], ids=["typed", "pasted"])
def test_a_box_for_a_number_takes_the_number_meant_or_refuses_it(page: Page, paste: bool) -> None:
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    go_to(page, 3, "Options and cost")
    page.get_by_role("button", name="Add posts").click()
    page.get_by_role("textbox", name="Whole-time posts").fill("2")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Add these posts").click()
    expect(box(page, POSTS)).to_be_visible()
    settled(page)

    for text, meant in (("1/2", "0.5"), ("0,4", "0.4"), ("0.06 thousand", "60"), ("2E+1", "20")):
        typed(page, POSTS, text, paste)
        expect(box(page, POSTS)).to_have_value(meant)
    typed(page, SHARE, "1/2", paste)
    expect(box(page, SHARE)).to_have_value("50")

    typed(page, POSTS, "12,34,567", paste)
    page.get_by_text(f"{POSTS}: '12,34,567' is not a number").first.wait_for()
    expect(box(page, POSTS)).to_have_value("12,34,567")
    page.get_by_role("button", name="Continue to").click()
    page.get_by_text("Not moved, so that nothing is lost.").first.wait_for()
    settled(page)
    # What is typed anew is taken, and nothing stands in the way.
    typed(page, POSTS, "20", paste)
    expect(page.get_by_text("is not a number")).to_have_count(0)
    page.get_by_role("button", name="Continue to").click()
    arrived(page, "What to expect")
