"""The whole journey without a mouse: every stop is seen, has a name and comes in order; what has
the focus is not hidden."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import settled
from tests.browser.test_journeys import STEPS

# The stop that has the focus: whether a ring of 2 px or more is to be seen round it, or round the
# label that stands for it, and where it is on the whole page. A ring is not seen on what is
# see-through or lies under something else, nor round what is typed in, since its box clips it: that
# bears the ring itself.
STOP = """() => {
    const stop = document.activeElement;
    if (!stop || stop === document.body) return null;
    const main = document.querySelector('[data-testid=stMain]');
    const BOXES = '[data-testid=stTextInputRootElement], [data-testid=stTextAreaRootElement], '
        + '[data-testid=stNumberInputContainer], .react-aria-ComboBox > [role=group]';
    const seen = (node) => {
        for (let at = node; at; at = at.parentElement) {
            const style = getComputedStyle(at);
            if (style.visibility === 'hidden' || Number(style.opacity) < 0.5) return false;
        }
        const box = node.getBoundingClientRect();
        const within = (value, end) => Math.min(Math.max(value, 0), end - 1);
        return node.contains(document.elementFromPoint(
            within(box.left + box.width / 2, innerWidth),
            within(box.top + box.height / 2, innerHeight)));
    };
    const ringed = (node) => {
        const style = getComputedStyle(node);
        return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
    };
    const box = stop.getBoundingClientRect();
    const inMain = main.contains(stop) && stop !== main;
    return {
        words: stop.getAttribute('aria-label') || stop.labels?.[0]?.innerText || stop.innerText,
        seen: [stop.closest(BOXES) ?? stop, stop.closest('label')]
            .some((node) => node && ringed(node) && seen(node)),
        left: Math.round(box.left),
        top: Math.round(box.top + (inMain ? main.scrollTop : 0)),
        main: inMain,
    };
}"""


def stops(page: Page) -> Iterator[dict[str, Any]]:
    """Every stop from here to the end of the page, checked on the way."""
    before: dict[str, Any] | None = None
    for _ in range(400):
        page.keyboard.press("Tab")
        stop = page.evaluate(STOP)
        if stop is None:
            return
        assert stop["seen"], f"no ring is to be seen: {stop}"
        if before and before["main"] and stop["main"]:
            back = stop["top"] < before["top"] - 5 and stop["left"] <= before["left"]
            assert not back, f"out of order: {before} then {stop}"
        before = stop
        yield stop
    raise AssertionError("the focus does not come to the end of the page")


def tab_to(page: Page, words: str) -> None:
    """Go on with Tab to the stop that begins with those words."""
    passed = []
    for stop in stops(page):
        if stop["words"].startswith(words):
            return
        passed.append(stop["words"][:60])
    raise AssertionError(f"'{words}' is not reached by Tab, only {passed}")


def nameless(page: Page) -> list[str]:
    """What can take the focus and has no name; the page's main part, which Streamlit lets take it,
    needs none."""
    session = page.context.new_cdp_session(page)
    tree = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [
        node["role"]["value"]
        for node in tree
        if any(
            p["name"] == "focusable" and p["value"].get("value") for p in node.get("properties", [])
        )
        and not node.get("name", {}).get("value", "").strip()
        and node["role"]["value"] != "main"
    ]


def test_a_newcomer_gets_both_documents_without_a_mouse(page: Page) -> None:
    page.reload()
    settled(page)
    tab_to(page, "Integrated care board")
    page.keyboard.type("Kent")
    expect(page.get_by_role("option", name="NHS Kent and Medway")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("In Kent and Medway about")).to_be_visible()
    settled(page)
    assert not nameless(page)
    tab_to(page, "Continue to")
    for step in STEPS:
        page.keyboard.press("Enter")
        page.wait_for_function(
            "to => document.activeElement.matches('h1') && document.activeElement.innerText === to",
            arg=step,
        )
        settled(page)
        assert not nameless(page), step
        if step != STEPS[-1]:
            tab_to(page, "Continue to")
    for document in ("Download the Action 3 paper", "Download the Action 4 specification"):
        tab_to(page, document)
        with page.expect_download() as started:
            page.keyboard.press("Enter")
        assert started.value.suggested_filename.endswith(".docx")
    assert [stop["words"] for stop in stops(page)][-1] == "Back to Group and specification"


def test_the_side_is_walked_through_and_back(page: Page) -> None:
    page.get_by_role("button", name="Continue to Who and where").focus()
    assert not list(stops(page)), "nothing comes after Continue"
    tab_to(page, "Skip to main content")
    tab_to(page, "2. Who and where")
    tab_to(page, "Glossary")
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.innerText === 'Check a specification'")


def test_on_a_narrow_screen_the_side_neither_hides_the_focus_nor_takes_it_while_closed(
    page: Page,
) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    page.reload()
    settled(page)
    page.get_by_role("button", name="Continue to Who and where").focus()
    assert not list(stops(page))
    walked = [stop["words"] for stop in stops(page)]
    assert walked[:2] == ["Skip to main content", "Expand sidebar"], "what is closed takes no focus"
    assert walked[-1] == "Continue to Who and where"
    page.get_by_role("button", name="Expand sidebar").press("Enter")
    expect(page.get_by_role("button", name="Collapse sidebar")).to_be_focused()
    side = "document.querySelector('[data-testid=stSidebar]').getBoundingClientRect()"
    # It slides in and out.
    page.wait_for_function(f"{side}.left === 0")
    tab_to(page, "2. Who and where")
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.matches('h1')")
    page.wait_for_function(f"{side}.right <= 0")
    settled(page)
    assert page.evaluate(STOP)["seen"], "the heading is not hidden behind the side"
