"""How high each of the six steps is with its folds shut, and how soon its first input comes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from planner.analysis.completeness.wizard_steps import TITLES
from tests.browser.conftest import go_to, load_example, settled
from tests.browser.test_first_draft import FIRST_WITHIN, NARROW, WIDE

MEASURED = """() => {
    const main = document.querySelector('[data-testid=stMain]');
    const kinds = 'input:not([type=file]), textarea, [data-testid=stMetric]';
    const first = [...main.querySelectorAll(kinds)].find((one) => one.getClientRects().length
        && one.closest('[data-testid=stElementContainer]').getClientRects().length);
    return {height: main.scrollHeight, open: main.querySelectorAll('details[open]').length,
        first: first ? first.getBoundingClientRect().top + main.scrollTop : 1e9,
        sideways: main.scrollWidth - main.clientWidth};
}"""


@pytest.mark.slow
def test_each_step_is_at_most_as_high_as_agreed_and_its_first_input_comes_soon(page: Page) -> None:
    """Of the worked example, at both widths; every step that fails is named at once."""
    load_example(page)
    found = []
    for number, title in enumerate(TITLES.values(), start=1):
        go_to(page, number, title)
        for width, most in ((1280, WIDE), (390, NARROW)):
            page.set_viewport_size({"width": width, "height": 900})
            side = "true" if width == 390 else "false"
            page.locator(f"[data-testid=stSidebar][data-collapsed={side}]").wait_for(
                state="attached"
            )
            settled(page)
            is_so = page.evaluate(MEASURED)
            assert not is_so["open"], f"{title}: a fold is open at first"
            if is_so["height"] > most or is_so["sideways"] > 0:
                found.append((title, f"height at {width}", is_so))
            if width == 1280 and is_so["first"] > FIRST_WITHIN:
                found.append((title, "first input", is_so))
        page.set_viewport_size({"width": 1280, "height": 900})
        page.locator("[data-testid=stSidebar][data-collapsed=false]").wait_for(state="attached")
    assert not found
