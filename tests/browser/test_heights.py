"""How high each of the six steps is with its folds shut, and how soon its first input comes."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from planner.analysis.completeness.wizard_steps import TITLES
from planner.analysis.economics.example import option_from_quote
from planner.model.base import as_range
from planner.model.edit import with_value
from planner.model.plan import Plan
from planner.screens.pages.glossary import ALL
from planner.store.drafts import open_store
from tests.browser.conftest import arrived, blank_page, each_tab, go_to, settled
from tests.browser.test_first_draft import FIRST_WITHIN, NARROW, WIDE

MEASURED = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    const kinds = 'input:not([type=file]), textarea, [data-testid=stMetric]';
    const first = [...main.querySelectorAll(kinds)].find((one) => one.getClientRects().length
        && one.closest('[data-testid=stElementContainer]').getClientRects().length);
    const folds = [...main.querySelectorAll('details[open]')].filter((one) => one.offsetHeight);
    return {height: main.scrollHeight, open: folds.length,
        first: first ? first.getBoundingClientRect().top + main.scrollTop : 1e9,
        sideways: Math.max(0, ...[main, ...main.querySelectorAll('.choices > div')]
            .map((one) => one.scrollWidth - one.clientWidth)),
        cut: [...main.querySelectorAll('[role=tab]')].filter((tab) => tab.getClientRects().length
            && tab.getBoundingClientRect().right > main.getBoundingClientRect().right)
            .map((tab) => tab.innerText)};
}"""


@pytest.fixture(scope="module")
def six_options(example: Plan) -> Plan:
    """The worked example with six options: a quote, and a second of one that it has."""
    (copied,) = (one for one in example.options if one.id == example.preferred_option)
    again = copied.model_copy(update={"id": "again", "name": f"{copied.name}, in the north alone"})
    quote = option_from_quote(
        "quote", "A charity with a long name for its service", 420_000, as_range(600.0)
    )
    acting = [one for one in (*example.options, again, quote) if not one.is_do_nothing]
    nothing = [one for one in example.options if one.is_do_nothing]
    return with_value(example, "options", (*nothing, *acting[-6:]))


def at_width(page: Page, width: int) -> None:
    if page.viewport_size == {"width": width, "height": 900}:
        return
    page.set_viewport_size({"width": width, "height": 900})
    side = "true" if width == 390 else "false"
    page.locator(f"[data-testid=stSidebar][data-collapsed={side}]").wait_for(state="attached")
    settled(page)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("page_id", "title"),
    [("case_studies", "Case studies"), ("glossary", "Glossary"), ("local_files", "Local files")],
)
def test_each_page_beside_the_steps_is_as_low(
    profile: BrowserContext, address: str, example: Plan, page_id: str, title: str
) -> None:
    """But for the whole glossary on one page, which is there to be printed."""
    with blank_page(profile, address) as page:
        link = open_store().create(example, "begun", "").link
        page.goto(f"{address}/{page_id}?plan={link}")
        arrived(page, title)
        for tab in each_tab(page):
            for width, most in ((390, NARROW), (1280, WIDE)):
                at_width(page, width)
                is_so = page.evaluate(MEASURED)
                assert not (is_so["open"] or is_so["sideways"] or is_so["cut"]), (tab, is_so)
                assert is_so["height"] <= most or tab == ALL, (tab, width, is_so)


@pytest.mark.slow
def test_each_step_is_at_most_as_high_as_agreed_and_its_first_input_comes_soon(
    profile: BrowserContext, address: str, six_options: Plan
) -> None:
    """Whatever tab is open and with six options, at both widths, and no option's figures are off
    the edge; all that fails is named at once."""
    with blank_page(profile, address) as page:
        link = open_store().create(six_options, "begun", "").link
        page.goto(f"{address}/need?plan={link}")
        arrived(page, "Place and need")
        jumps: list[tuple[str, str, str, Any]] = []
        for number, title in enumerate(TITLES.values(), start=1):
            if number > 1:
                at_width(page, 1280)
                go_to(page, number, title)
            widths = [(1280, WIDE), (390, NARROW)]
            for at, tab in enumerate(each_tab(page)):
                for width, most in widths:
                    at_width(page, width)
                    is_so = page.evaluate(MEASURED)
                    assert not is_so["open"], f"{title}, {tab}: a fold is open at first"
                    if is_so["height"] > most or is_so["sideways"] > 0:
                        jumps.append((title, tab, f"height at {width}", is_so))
                    if is_so["cut"]:
                        jumps.append((title, tab, f"titles of tabs cut off at {width}", is_so))
                    if width == 1280 and at == 0 and is_so["first"] > FIRST_WITHIN:
                        jumps.append((title, tab, "first input", is_so))
                # The next tab is opened at the width that this one was seen at last.
                widths.reverse()
    assert not jumps
