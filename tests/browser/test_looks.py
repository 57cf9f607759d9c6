"""What is drawn can be seen: in the dark, with colours forced, with more contrast, and on paper."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import BrowserContext, Page

from planner.model.edit import with_value
from planner.model.plan import Plan
from planner.outputs.charts.colours import BLUE, INK, ON_DARK
from planner.store.drafts import open_store
from tests.browser.conftest import blank_page, choose_icb, finished, settled

CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}}
BAR, LETTERS = f"svg [fill='{BLUE}']", f"svg text[fill='{INK}']"


def rgb(colour: str) -> str:
    return f"rgb({', '.join(str(int(colour[i : i + 2], 16)) for i in (1, 3, 5))})"


@contextmanager
def reader(profile: BrowserContext, address: str, **preferences: Any) -> Iterator[Page]:
    """The first step, as someone with these preferences sees it."""
    with blank_page(profile, address) as page:
        page.emulate_media(**preferences)
        page.goto(f"{address}/need")
        settled(page)
        choose_icb(page, "South Yorkshire")
        page.locator(BAR).first.wait_for()
        yield page


def drawn_in(page: Page, what: str, style: str = "fill") -> str:
    text: str = page.locator(what).first.evaluate(f"one => getComputedStyle(one)['{style}']")
    return text


def no_faint_text(page: Page) -> None:
    result = Axe().run(page, options=CONTRAST).response["violations"]
    assert not result, [node["html"][:200] for node in result[0]["nodes"]]


def focus_ring(page: Page) -> str:
    page.get_by_role("button", name="Bring a file or fetch").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert drawn_in(page, ":focus-visible", "outlineWidth") == "3px"
    return drawn_in(page, ":focus-visible", "outlineColor")


def test_text_stands_out_in_the_dark(profile: BrowserContext, address: str) -> None:
    with reader(profile, address, color_scheme="dark") as page:
        no_faint_text(page)
        for step in ("Options and cost", "Group and specification"):
            page.get_by_role("button", name=step).first.click()
            page.get_by_role("heading", name=step, level=1, exact=True).wait_for()
            settled(page)
            # Wherever the pointer was left: on a step at the side, or on a button of the page.
            for pointed in (
                page.get_by_role("button", name="Glossary"),
                page.get_by_test_id("stMain").get_by_role("button").last,
            ):
                pointed.hover()
                finished(page)
                no_faint_text(page)


def test_more_contrast_and_forced_colours(profile: BrowserContext, address: str) -> None:
    with reader(profile, address, contrast="more") as page:
        no_faint_text(page)
        assert drawn_in(page, "[data-testid=stTextInputRootElement]", "borderTopWidth") == "2px"
        page.emulate_media(contrast="no-preference", forced_colors="active")
        no_faint_text(page)
        page.get_by_text("Older list of boards").click()
        dot = "[data-testid=stRadioOption][data-selected] > div > div:first-child > div"
        assert drawn_in(page, dot, "backgroundColor") == rgb("#000000"), "what is chosen shows"
        assert drawn_in(page, BAR) == rgb(BLUE), "a chart keeps its colours, on a ground of its own"
        page.get_by_role("button", name="5. Group and specification").click()
        page.get_by_label("Decision is made").fill("soon")
        page.get_by_label("Decision is made").press("Enter")
        page.get_by_text("'soon' is not a date").first.wait_for()
        kind = (
            "getComputedStyle(document.querySelector('[data-testid=stAlertContentError]'), "
            "'::before').content"
        )
        assert page.evaluate(kind) == '"Error"', (
            "what is refused says so where its ground is taken away"
        )


def test_a_chart_and_the_focus_follow_the_reader_and_their_choice(
    profile: BrowserContext, address: str
) -> None:
    with reader(profile, address, color_scheme="dark") as page:
        assert drawn_in(page, BAR) == rgb(ON_DARK[BLUE]) and drawn_in(page, LETTERS) == rgb(
            ON_DARK[INK]
        )
        assert focus_ring(page) == rgb("#FFEB3B")
        page.emulate_media(media="print")
        assert drawn_in(page, BAR) == rgb(BLUE) and drawn_in(page, LETTERS) == rgb(INK)
        assert drawn_in(page, "h1", "color") == rgb("#000000")
        page.emulate_media(media="screen")
        page.get_by_test_id("stMainMenu").click()
        page.get_by_role("menuitemradio", name="Light").click()
        page.wait_for_function(
            "getComputedStyle(document.querySelector('[data-testid=stApp]')).colorScheme === "
            "'light'"
        )
        assert drawn_in(page, BAR) == rgb(BLUE) and drawn_in(page, LETTERS) == rgb(INK)
        page.keyboard.press("Escape")
        assert focus_ring(page) == rgb("#212B32")


WATCH = """() => {
  window.unstyled = 0;
  const look = () => {
    const container = document.querySelector('.block-container');
    if (getComputedStyle(container).maxWidth !== '1152px') window.unstyled++;
    requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
}"""


def test_no_moment_is_without_our_style(profile: BrowserContext, address: str) -> None:
    """The style is sent after the page; what is refused, moved to or come back to never shows
    without it."""
    with reader(profile, address) as page:
        page.evaluate(WATCH)
        count = page.get_by_role("textbox", name="People prescribed opioids in a year")
        for typed in ("99999999", "123456"):
            count.fill(typed)
            count.press("Enter")
            settled(page)
        page.get_by_role("button", name="Continue to Who and where").click()
        page.get_by_role("heading", name="Who and where", level=1, exact=True).wait_for()
        page.go_back()
        page.get_by_role("heading", name="Place and need", level=1, exact=True).wait_for()
        settled(page)
        assert page.evaluate("window.unstyled") == 0
        assert page.locator("[data-testid=stMain] style").count() == 1


SHUT: dict[Literal["light", "dark"], tuple[str, str]] = {
    "light": ("#212B32", "#425563"),
    "dark": ("#EDF1F4", "#B4C0C9"),
}
"""The colours of a shut field's name and of what it holds, 7 to 1 on its ground."""


def test_what_is_shut_can_be_read(profile: BrowserContext, address: str, example: Plan) -> None:
    """A plan that may only be read is read: its fields' names and what they hold."""
    link = open_store().create(with_value(example, "author", "A name"), "begun", "").read_link
    with blank_page(profile, address) as page:
        for scheme, (name, value_colour) in SHUT.items():
            page.emulate_media(color_scheme=scheme)
            page.goto(f"{address}/need?plan={link}")
            settled(page)
            box = page.get_by_label("Your name, for the documents")
            assert box.is_disabled()
            style = "one => getComputedStyle(one)"
            assert box.evaluate(f"{style}.webkitTextFillColor") == rgb(value_colour)
            assert drawn_in(page, "[data-testid=stWidgetLabel] p", "color") == rgb(name)


def test_nothing_moves_as_a_tab_is_chosen_or_a_value_refused(
    profile: BrowserContext, address: str
) -> None:
    top = "one => Math.round(one.getBoundingClientRect().top)"
    with reader(profile, address) as page:
        purpose = page.get_by_text("Choose the board, and say how many people")
        with_plan = purpose.evaluate(top)
        page.set_viewport_size({"width": 390, "height": 900})
        page.locator("[data-testid=stSidebar][data-collapsed=true]").wait_for(state="attached")
        tabs = page.get_by_role("tab")
        widths = [one.evaluate("one => one.offsetWidth") for one in tabs.all()]
        tabs.last.click()
        settled(page)
        assert [one.evaluate("one => one.offsetWidth") for one in tabs.all()] == widths
        page.set_viewport_size({"width": 1280, "height": 900})
        settled(page)
        count = page.get_by_role("textbox", name="People prescribed Z-drugs in a year")
        share = page.get_by_role("textbox", name="On Z-drugs a year or more, %")
        count.fill("99999999")
        count.press("Enter")
        page.get_by_text("99,999,999 is more than").first.wait_for()
        settled(page)
        assert abs(count.evaluate(top) - share.evaluate(top)) <= 30, "a line of a label at most"
        page.goto(f"{address}/need")
        settled(page)
        assert purpose.evaluate(top) == with_plan, "what is empty at the head takes no room"


def test_the_mark_of_the_focus_goes_round_the_whole_of_a_box(
    profile: BrowserContext, address: str
) -> None:
    """What is drawn around the input alone is clipped by its box."""
    boxes = {
        "Integrated care board": ".react-aria-ComboBox > [role=group]",
        "People prescribed opioids in a year": "[data-testid=stTextInputRootElement]",
    }
    with reader(profile, address) as page:
        for name, selector in boxes.items():
            page.get_by_label(name, exact=True).last.focus()
            page.keyboard.press("Shift+Tab")
            page.keyboard.press("Tab")
            focused = f"{selector}:has(:focus)"
            assert drawn_in(page, focused, "outlineWidth") == "3px", name
            assert drawn_in(page, focused, "outlineColor") == rgb("#212B32"), name
            around = f"{focused} :focus"
            assert drawn_in(page, around, "outlineStyle") == "none", name
