"""No barrier of ours on any page, wide or narrow, its panels open; nothing makes a narrow page
scroll sideways."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from planner.model.plan import Plan
from planner.screens.navigation import DRAFT, OFF_THE_SIDE, TOOLS
from planner.store.plan_file import plan_to_json
from tests.browser.conftest import arrived, each_tab, go_on, go_to, load_example, saved, settled
from tests.browser.test_journeys import STEPS, STREAMLITS_OWN

RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
AXE = Axe()
OPEN_PANELS = """() => {
    const closed = document.querySelectorAll('[data-testid=stMain] details:not([open]) > summary');
    closed.forEach((summary) => summary.click());
    return closed.length;
}"""


@pytest.fixture
def filled(page: Page) -> Page:
    load_example(page)
    saved(page, 1).wait_for()
    go_to(page, 1, "Place and need")
    return page


def test_no_barrier_of_ours_on_any_step_and_none_scrolls_sideways(filled: Page) -> None:
    for title in ("Place and need", *STEPS):
        if title != "Place and need":
            go_on(filled, title)
        wide_and_narrow(filled, title)


def test_no_barrier_of_ours_beside_the_steps_and_no_page_scrolls_sideways(filled: Page) -> None:
    for step in (*TOOLS, *DRAFT, *OFF_THE_SIDE):
        filled.goto(re.sub(r"/\w*\?", f"/{step.id}?", filled.url))
        arrived(filled, step.title)
        saved(filled, 1).wait_for(state="attached")
        wide_and_narrow(filled, step.title)


def test_no_barrier_and_no_overflow_where_there_is_local_evidence(
    page: Page, tmp_path: Path, maximal: Plan
) -> None:
    plan = tmp_path / "plan.json"
    plan.write_text(plan_to_json(maximal), encoding="utf-8")
    page.goto("/".join(page.url.split("/")[:3]))
    settled(page)
    page.get_by_text("Open a saved plan").click()
    page.locator("input[type=file]").set_input_files(plan)
    arrived(page, "Summary and papers")
    go_to(page, 1, "Place and need")
    for step in STEPS[:1]:
        go_on(page, step)
        wide_and_narrow(page, step)


def wide_and_narrow(page: Page, title: str) -> None:
    """One page that has settled, each of its tabs and their panels opened, at both widths."""
    assert page.title().startswith(title)
    for number, tab in enumerate(each_tab(page)):
        while page.evaluate(OPEN_PANELS):
            settled(page)
        at_both_widths(page, f"{title}, {tab}", first=number == 0)


def at_both_widths(page: Page, title: str, *, first: bool) -> None:
    """Barriers when wide, and when narrow of what the first tab stands in; room at both."""
    barriers(page, title)
    page.set_viewport_size({"width": 320, "height": 800})
    page.locator("[data-testid=stSidebar][data-collapsed=true]").wait_for(state="attached")
    page.evaluate(
        "() => new Promise(drawn => requestAnimationFrame(() => requestAnimationFrame(drawn)))"
    )
    # As one would to come to a table that is wider than the screen.
    page.keyboard.press("Tab")
    settled(page)
    if first:
        barriers(page, f"{title}, narrow")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320, title
    assert page.evaluate("document.querySelector('[data-testid=stMain]').scrollWidth") <= 320, title
    page.set_viewport_size({"width": 1280, "height": 900})


def barriers(page: Page, where: str) -> None:
    # A third of the time of listing all that passed.
    options = {"runOnly": RULES, "resultTypes": ["violations"]}
    if page.evaluate("() => window.axe === undefined"):
        page.evaluate(AXE.axe_script)
    result = page.evaluate("options => axe.run(options)", options)["violations"]
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
