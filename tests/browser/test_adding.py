"""What is typed of a quote or of posts, and its button pressed straight from the last box, in a
browser."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.conftest import arrived, blank_page, choose_icb, go_to, settled


def typed(page: Page, label: str, text: str) -> None:
    """Fill a box and stay in it."""
    page.get_by_role("textbox", name=label, exact=True).click()
    page.keyboard.type(text)


def pressed(page: Page, words: str) -> None:
    """Press a button as a hand does, which takes longer over it than a script is drawn in."""
    page.get_by_role("button", name=words, exact=True).click(delay=1_000)


def test_one_press_from_the_last_box_adds_a_quote_and_posts(page: Page) -> None:
    go_to(page, 3, "Options and cost")
    page.get_by_role("button", name="Add a quote", exact=True).click()
    page.get_by_role("heading", name="Add a quote").wait_for()
    settled(page)
    typed(page, "Who quoted", "A charity")
    pressed(page, "Add this quote")
    expect(page.get_by_text("Price, £: give the price")).to_be_visible()
    typed(page, "Price, £", "420 thousand")
    pressed(page, "Add this quote")
    table = page.get_by_role("table", name="Options side by side")
    expect(table.get_by_role("row").filter(has_text="A charity")).to_contain_text("£420,000")
    settled(page)
    page.get_by_role("button", name="Add posts", exact=True).click()
    page.get_by_role("heading", name="Add posts").wait_for()
    settled(page)
    typed(page, "Whole-time posts", "2.4")
    pressed(page, "Add these posts")
    expect(page.get_by_role("heading", name="Change Our posts: 2.4 WTE of band 7")).to_be_visible()


@pytest.fixture
def blank(profile: BrowserContext, address: str) -> Iterator[Page]:
    """The page of someone who has no plan yet."""
    with blank_page(profile, address) as opened:
        yield opened


def test_one_press_from_the_last_box_of_a_first_draft_is_enough(blank: Page, address: str) -> None:
    blank.goto(address)
    blank.get_by_role("button", name="A first draft in three questions").click()
    arrived(blank, "Where, and what you know")
    choose_icb(blank, "Kent and Medway")
    blank.get_by_role("button", name="Continue to What you might buy").click()
    arrived(blank, "What you might buy")
    table = blank.get_by_role("table", name="Options side by side")
    blank.get_by_text("I have a quote").click()
    settled(blank)
    typed(blank, "Who quoted", "A charity")
    typed(blank, "Price, £", "420 thousand")
    pressed(blank, "Add this quote")
    expect(table.get_by_role("row").filter(has_text="A charity")).to_contain_text("£420,000")
    settled(blank)
    blank.get_by_text("I have posts").click()
    settled(blank)
    typed(blank, "Whole-time posts", "2.4")
    pressed(blank, "Add these posts")
    expect(table.get_by_role("row").filter(has_text="2.4 WTE of band 7")).to_be_visible()
