"""How a page is looked at for barriers of ours, wide and narrow, and for what makes a narrow one
scroll sideways; test_hosted.py looks at every page so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.conftest import FRAMES, each_tab, settled
from tests.browser.test_journeys import STREAMLITS_OWN

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe()
# What is looked at: all there is, or no more than the middle for a tab opened after the first, when
# the side has been looked at.
WHOLE = {"include": ["html"]}
OPEN_TAB = {"include": ["[data-testid=stMain]"]}
OPEN_PANELS = """() => {
    const closed = document.querySelectorAll('[data-testid=stMain] details:not([open]) > summary');
    closed.forEach((summary) => summary.click());
    return closed.length;
}"""


def wide_and_narrow(page: Page, title: str) -> int:
    """One page that has settled, each of its tabs and their panels opened, at both widths. Gives
    how many charts were to be seen."""
    assert page.title().startswith(title)
    charts = 0
    for number, tab in enumerate(each_tab(page)):
        while page.evaluate(OPEN_PANELS):
            settled(page)
        charts += page.locator('[role="graphics-document"]:visible').count()
        at_both_widths(page, f"{title}, {tab}", first=number == 0)
    return charts


def at_both_widths(page: Page, title: str, *, first: bool) -> None:
    """Barriers when wide, and when narrow of what the first tab stands in; room at both."""
    # As one would to come to a table that is wider than the screen.
    page.keyboard.press("Tab")
    barriers(page, title, of=WHOLE if first else OPEN_TAB)
    page.set_viewport_size({"width": 320, "height": 800})
    page.locator("[data-testid=stSidebar][data-collapsed=true]").wait_for(state="attached")
    page.evaluate(FRAMES)
    page.keyboard.press("Tab")
    settled(page)
    if first:
        # In the same colours.
        barriers(page, f"{title}, narrow", without=["color-contrast"])
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, title
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 320, title
    page.set_viewport_size({"width": 1280, "height": 900})


def barriers(
    page: Page, where: str, of: dict[str, list[str]] = WHOLE, without: Sequence[str] = ()
) -> None:
    # What the pointer happens to lie on after a press shows its help, which fades in.
    page.mouse.move(0, 0)
    settled(page)
    # A third of the time of listing all that passed.
    options = {
        "runOnly": RULES,
        "resultTypes": ["violations"],
        "rules": {rule: {"enabled": False} for rule in without},
    }
    if page.evaluate("() => window.axe === undefined"):
        page.evaluate(AXE.axe_script)
    result = page.evaluate("([of, options]) => axe.run(of, options)", [of, options])["violations"]
    ours = [
        fault
        for fault in result
        if fault["id"] not in STREAMLITS_OWN and not only_help_shown(fault)
    ]
    assert not ours, [(where, f["id"], [node["html"][:200] for node in f["nodes"]]) for f in ours]


def only_help_shown(fault: dict[str, Any]) -> bool:
    """Streamlit puts the help of a mark that has the focus at the end of the page, outside its
    landmarks."""
    return fault["id"] == "region" and all(
        "stFloatingOverlayPortal" in node["html"] for node in fault["nodes"]
    )


def test_a_table_wider_than_the_screen_is_scrolled_with_the_arrow_keys(page: Page) -> None:
    page.get_by_role("tab", name="The board").click()
    settled(page)
    page.set_viewport_size({"width": 320, "height": 800})
    page.get_by_role("table", name="Populations of the board").wait_for()
    page.keyboard.press("Tab")
    tables = page.get_by_role("group", name="Wide table: the arrow keys scroll it")
    table = tables.first
    assert table.evaluate("box => box === document.activeElement"), "it comes right after the tabs"
    page.keyboard.press("ArrowRight")
    page.wait_for_function("document.activeElement.scrollLeft > 0")
    page.set_viewport_size({"width": 1280, "height": 900})
    page.keyboard.press("Tab")
    assert tables.count() == 0, "what does not scroll is no stop"
