"""Nothing is lost in a real browser: a refresh, going back, two tabs on one plan."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import arrived, go_on, go_to, looks_often, saved, settled


def begin(page: Page, name: str) -> None:
    """Type a name, which is the second change of the plan after its board."""
    page.get_by_role("textbox", name="Your name, for the documents").fill(name)
    page.keyboard.press("Tab")
    expect(saved(page, 2)).to_be_visible()
    assert "plan=" in page.url


def test_a_refresh_and_the_back_button_keep_the_plan_and_the_step(page: Page) -> None:
    """test_hosted.py opens every page by its own address, which is what a refresh on it does."""
    begin(page, "Refresh test")
    go_on(page, "Who and where")
    page.reload()
    arrived(page, "Who and where")
    expect(saved(page)).to_be_visible()
    page.go_back()
    arrived(page, "Place and need")
    page.reload()
    settled(page)
    expect(saved(page)).to_be_visible()
    expect(page.get_by_role("textbox", name="Your name, for the documents")).to_have_value(
        "Refresh test"
    )
    alone = page.get_by_text("Also open elsewhere")
    assert alone.count() == 0, "the page before it was loaded anew is not someone else's"


AUTHOR, AREA = "Your name, for the documents", "Name of the area in the documents"


def write(page: Page, box: str, words: str) -> None:
    page.get_by_role("textbox", name=box).last.fill(words)
    page.keyboard.press("Tab")


def holds(page: Page, box: str, words: str) -> None:
    """Wait until a box holds words; while it is drawn anew two of its name may stand there."""
    page.wait_for_function(
        """([box, words]) => {
            const boxes = [...document.querySelectorAll('input')]
                .filter((one) => (one.ariaLabel ?? '').startsWith(box));
            return boxes.length === 1 && boxes[0].value === words;
        }""",
        arg=[box, words],
    )


ORDERS = ("FfSs", "FSfs", "FSsf", "SFfs", "SFsf", "SsFf", "Ff=Ss", "Ss=Ff", "SFf=s", "FSs=f")
"""In what order the first and the second fill (F, S) and leave (f, s) their boxes: each that there
is, and those in which what one typed is shown to the other (=) before that one types or leaves."""


def saved_version(page: Page) -> int:
    line = saved(page).last.get_attribute("class") or ""
    return int(line.rpartition("st-key-saved-version-")[2].split()[0])


@pytest.mark.usefixtures("looking_often")
def test_two_people_on_one_plan_see_what_the_other_types_and_choose_where_both_did(
    page: Page,
) -> None:
    begin(page, "First")
    link = page.url
    other = looks_often(page.context.new_page())
    other.goto(link)
    settled(other)
    boxes = {page: AUTHOR, other: AREA}
    people = {"F": page, "S": other}
    for number, order in enumerate(ORDERS):
        left: dict[Page, int] = {}
        for step in order:
            one = people.get(step.upper())
            if one is None:
                # Both are shown what has been left until now.
                for person in left:
                    for reader in boxes:
                        holds(reader, boxes[person], f"{boxes[person]} {number}")
            elif step.isupper():
                mine = one.get_by_role("textbox", name=boxes[one]).last
                mine.fill(f"{boxes[one]} {number}")
            else:
                left[one] = saved_version(one)
                one.keyboard.press("Tab")
        # As fast as each is saved, and mostly before the other is seen.
        for one, before in left.items():
            expect(saved(one, before)).to_have_count(0)
            assert one.url == link, "nobody is moved to another address"
    for one in boxes:
        for box in boxes.values():
            holds(one, box, f"{box} {len(ORDERS) - 1}")
    for one in boxes:
        expect(one.get_by_text("Also open elsewhere, last change")).to_be_visible()
        expect(one.get_by_text("someone else changed this at the same time")).to_have_count(0)

    boxes_of = {one: one.get_by_text("someone else changed this at the same time") for one in boxes}
    # One is still typing when the other's words come in their place.
    other.get_by_role("textbox", name=AUTHOR).last.fill("Grace")
    write(page, AUTHOR, "Ada")
    target, warning = other, boxes_of[other]
    expect(warning).to_contain_text("“Ada”")
    expect(warning).to_contain_text("“Grace”")
    expect(warning).to_be_in_viewport()
    below = warning.bounding_box()
    field = target.get_by_role("textbox", name=AUTHOR).last.bounding_box()
    assert below and field and 0 < below["y"] - field["y"] < 300, "it stands at the field"
    target.get_by_role("button", name="Use mine: Author").click()
    for one in boxes:
        holds(one, AUTHOR, "Grace")
        assert one.url == link

    page.get_by_role("button", name="Undo").click()
    for one in boxes:
        holds(one, AUTHOR, "Ada")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the read-only link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.partition("?")[2] != link.partition("?")[2]
    other.goto(copied)
    arrived(other, "Summary and papers")
    expect(other.get_by_text("The fields are shut")).to_be_visible()
    go_to(other, 1, "Place and need")
    expect(other.get_by_role("textbox", name=AUTHOR)).to_be_disabled()


@pytest.mark.usefixtures("looking_often")
def test_one_figure_of_three_being_typed_stays_when_another_gives_all_three(page: Page) -> None:
    begin(page, "First")
    other = looks_often(page.context.new_page())
    other.goto(page.url.replace("/need?", "/options?"))
    arrived(other, "Options and cost")
    go_to(page, 3, "Options and cost")
    for one in (page, other):
        for panel in ("How people come, letters and steps of care", "The rest of it"):
            one.get_by_text(panel).click()
            settled(one)

    def box(one: Page, end: str) -> Locator:
        label = f"Referrals for each 1,000 residents in a full year, {end}"
        return one.locator(f'input[aria-label="{label}"]').last

    # Not left yet, so that no server knows of it.
    box(other, "low").fill("0.2")
    for end, value in (("low", "0.5"), ("central", "0.6"), ("high", "0.9")):
        box(page, end).fill(value)
        box(page, end).press("Tab")
        settled(page)
    expect(other.get_by_text("give the central figure")).to_be_visible()
    expect(box(other, "low")).to_have_value(re.compile(r"^0\.20?$"))
    for end in ("central", "high"):
        expect(box(other, end)).to_have_value("")
