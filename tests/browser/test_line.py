"""Nothing typed is lost on a slow line, nor on one that breaks while it is being sent."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, WebSocketRoute, expect

from tests.browser.conftest import blank_page, choose_icb, go_on, go_to, saved, settled
from tests.browser.line import Line

OPIOIDS = "People prescribed opioids in a year"
LOST, BACK, ENDED = "The connection is lost.", "Connected again.", "The connection has ended"


@pytest.fixture(scope="module")
def laid(address: str) -> Iterator[Line]:
    """One line for all, so that the browser knows what is fetched through it."""
    between = Line(int(address.rsplit(":", 1)[1]))
    yield between
    between.close()


@pytest.fixture
def line(laid: Line) -> Line:
    """The line as it is when nothing ails it."""
    laid.cut()
    laid.delay, laid.rate = 0.0, float("inf")
    laid.mend()
    return laid


@pytest.fixture
def page(profile: BrowserContext, line: Line) -> Iterator[Page]:
    with blank_page(profile, line.address) as opened:
        opened.goto(line.address)
        settled(opened)
        go_to(opened, 1, "Place and need")
        choose_icb(opened, "South Yorkshire")
        yield opened


def expect_in_plan(page: Page) -> None:
    """The number is in the plan, and not only in its box: it comes back when the plan is opened by
    its link."""
    expect(saved(page, 2)).to_be_visible()
    page.goto(page.url.replace("/reach?", "/need?"))
    expect(page.get_by_role("textbox", name=OPIOIDS)).to_have_value("141,250")


def test_on_a_slow_line_what_is_typed_just_before_continue_is_kept(page: Page, line: Line) -> None:
    # 400 ms there and back.
    line.delay, line.rate = 0.2, 50_000
    page.get_by_role("textbox", name=OPIOIDS).fill("141250")
    go_on(page, "Who and where")
    line.delay, line.rate = 0.0, float("inf")
    expect_in_plan(page)


def test_a_chart_seen_before_comes_back_while_a_change_is_still_on_its_way(
    page: Page, line: Line
) -> None:
    """The start's chart stands on the next step too. Named instead of sent, it would no longer be
    there to be named."""
    # The next page is asked for before the change's own page arrives.
    line.delay = 1.0
    box = page.get_by_role("textbox", name=OPIOIDS)
    box.fill("141250")
    box.press("Tab")
    page.wait_for_timeout(300)
    go_on(page, "Who and where")
    line.delay = 0.0
    expect(page.get_by_text(LOST)).to_be_hidden()
    expect_in_plan(page)


def test_what_was_on_its_way_while_another_plan_opened_is_not_written_over_it(
    page: Page, line: Line
) -> None:
    """The browser then still says what the boxes held of the plan before: the count, which the
    change of all that was typed for another board has taken out."""
    box = page.get_by_role("textbox", name=OPIOIDS)
    box.fill("141250")
    box.press("Tab")
    board = page.get_by_role("combobox", name="Integrated care board")
    board.click()
    board.press_sequentially("Kent")
    page.get_by_role("option", name="NHS Kent and Medway").click()
    clear = page.get_by_role("button", name="Clear these and size the options afresh")
    clear.wait_for()
    # The tab is opened before the cleared page arrives, and heard of after it was drawn.
    line.delay = 1.0
    clear.click()
    page.wait_for_timeout(1000)
    page.get_by_role("tab", name="Where each number comes from").click()
    page.wait_for_timeout(3000)
    line.delay = 0.0
    expect(clear).to_be_hidden()
    expect(box).to_have_value("")
    page.reload()
    expect(box).to_have_value("")


def test_what_was_being_sent_when_the_line_broke_is_sent_again(page: Page, line: Line) -> None:
    # So that it is still on its way.
    line.delay = 5.0
    box = page.get_by_role("textbox", name=OPIOIDS)
    box.fill("141250")
    box.press("Tab")
    page.wait_for_timeout(200)
    line.cut()
    expect(page.get_by_text(LOST)).to_be_visible()
    expect(box).to_be_disabled()
    line.delay = 0.0
    line.mend()
    expect_in_plan(page)


def test_what_was_half_typed_when_the_line_broke_stays_and_is_typed_on(
    page: Page, line: Line
) -> None:
    box = page.get_by_role("textbox", name=OPIOIDS)
    box.fill("1412")
    line.cut()
    expect(page.get_by_text(LOST)).to_be_visible()
    line.mend()
    expect(page.get_by_text(BACK)).to_be_attached()
    expect(box).to_be_focused()
    page.keyboard.press("End")
    page.keyboard.type("50")
    go_on(page, "Who and where")
    expect_in_plan(page)


def test_where_a_connection_is_over_the_page_says_to_reload_and_the_plan_is_there(
    page: Page,
) -> None:
    """Streamlit gives a connection up for good when it is sent what it cannot read."""
    sent: list[WebSocketRoute] = []

    def between(browser_side: WebSocketRoute) -> None:
        browser_side.connect_to_server()
        sent.append(browser_side)

    page.route_web_socket("**/_stcore/stream", between)
    page.reload()
    settled(page)
    box = page.get_by_role("textbox", name=OPIOIDS)
    box.fill("141250")
    box.press("Tab")
    expect(saved(page, 2)).to_be_visible()
    sent[-1].send("what it cannot read")
    expect(page.get_by_text(ENDED)).to_be_visible()
    expect(page.get_by_text(LOST)).to_be_hidden()
    page.reload()
    settled(page)
    expect(page.get_by_text(ENDED)).to_be_hidden()
    expect(page.get_by_role("textbox", name=OPIOIDS)).to_have_value("141,250")
