"""What a person does, in a browser: from the name of a board to two documents, and nothing lost on
the way."""

from __future__ import annotations

import io
from pathlib import Path

from docx import Document
from playwright.sync_api import Locator, Page, expect

from planner.analysis.completeness.wizard_steps import TITLES
from tests.browser.conftest import arrived, bring_a_file, drawn, go_on, go_to, saved, settled

STEPS = list(TITLES.values())[1:]
"""Every step after the first."""

# Faults that are Streamlit's own and cannot be mended from a script, each with its reason.
STREAMLITS_OWN = {
    "presentation-role-conflict": (
        "a file uploader's drop zone has the role presentation, a name and a tabindex of -1; its "
        "button beside it does the same by keyboard and is named"
    ),
}


def test_a_newcomer_gets_both_documents_in_fifteen_clicks_and_each_step_opens_at_its_heading(
    page: Page, tmp_path: Path
) -> None:
    clicks = 2
    icb = page.get_by_role("combobox", name="Integrated care board")
    icb.click()
    icb.press_sequentially("Kent")
    # Once it is shown, however slow the machine.
    page.get_by_role("option", name="NHS Kent and Medway").click()
    page.get_by_text("Adults living here").wait_for()
    page.get_by_role("heading", name="NHS Kent and Medway Integrated Care Board").wait_for()
    settled(page)
    for step in STEPS:
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 9999)")
        go_on(page, step)
        clicks += 1
        page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")
        page.wait_for_function("document.activeElement && document.activeElement.tagName === 'H1'")
    for action in ("Action 3 paper", "Action 4 specification"):
        with page.expect_download() as started:
            page.get_by_role("button", name=f"Download the {action}").click()
        clicks += 1
        path = tmp_path / started.value.suggested_filename
        started.value.save_as(path)
        text = "\n".join(p.text for p in Document(io.BytesIO(path.read_bytes())).paragraphs)
        assert "NHS Kent and Medway Integrated Care Board" in text
    assert clicks <= 15


def test_a_number_typed_and_continue_pressed_at_once_is_kept(page: Page) -> None:
    box = page.get_by_role("spinbutton", name="People prescribed opioids in a year")
    box.fill("141250")
    page.get_by_role("button", name="Continue to Who and where").click()
    arrived(page, "Who and where")
    page.get_by_role("button", name="Back to Place and need").click()
    arrived(page, "Place and need")
    assert (
        page.get_by_role("spinbutton", name="People prescribed opioids in a year").input_value()
        == "141250"
    )


def test_a_plan_file_brings_everything_back_after_a_reload(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="Load the South Yorkshire example").click()
    page.get_by_text("You are looking at the worked example").wait_for()
    settled(page)
    go_to(page, 6, "Summary and papers")
    with page.expect_download() as started:
        page.get_by_role("button", name="Save the plan file").click()
    path = tmp_path / "plan.json"
    started.value.save_as(path)
    page.goto(page.url.rsplit("/", 1)[0] + "/need")
    settled(page)
    assert page.get_by_label("Your name, for the documents").input_value() == ""
    page.get_by_text("Open a saved plan").click()
    # As whoever looks for the file in a window of the system's would find it.
    settled(page)
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_function(
        "document.querySelector('[aria-label=\"Your name, for the documents\"]')?.value === "
        "'Example author'"
    )


NUMBERS = """class,period,sex,deprivation_fifth,patients,items,counted
opioids,2024/25,,,160500,1284000,resident_adults
opioids,2024/25,,1,70300,,resident_adults
opioids,2024/25,,2,33000,,resident_adults
opioids,2024/25,,3,27200,,resident_adults
opioids,2024/25,,4,19000,,resident_adults
opioids,2024/25,,5,11000,,resident_adults
z_drugs,2024/25,,,16250,130000,resident_adults
z_drugs,2024/25,,1,4700,,resident_adults
z_drugs,2024/25,,2,3700,,resident_adults
z_drugs,2024/25,,3,3000,,resident_adults
z_drugs,2024/25,,4,2500,,resident_adults
z_drugs,2024/25,,5,2350,,resident_adults
"""


def test_a_file_brought_in_is_shown_then_taken_and_both_directions_are_told(
    page: Page, tmp_path: Path
) -> None:
    numbers = tmp_path / "local numbers.csv"
    numbers.write_text(NUMBERS, encoding="utf-8")
    bring_a_file(page)
    page.locator("input[type=file]").set_input_files(numbers)
    page.get_by_role("heading", name="What would change in the plan").wait_for()
    settled(page)
    page.get_by_role("button", name="Use these figures").click()
    page.get_by_text("figures taken into the plan").first.wait_for()
    settled(page)
    go_to(page, 2, "Who and where")
    page.get_by_text(
        "Opioids: prescribed at 2.00 times the rate in the most deprived fifth"
    ).wait_for()
    page.get_by_text(
        "Z-drugs: prescribed less in the most deprived fifth, at 0.63 times"
    ).wait_for()


def test_a_list_of_people_is_turned_away_in_words(page: Page, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("NHS Number,Drug,Items\n9434765919,Opioids,3\n", encoding="utf-8")
    bring_a_file(page)
    page.locator("input[type=file]").set_input_files(people)
    page.get_by_text("refused whole").first.wait_for()
    settled(page)
    assert "9434765919" not in page.content()
    assert page.get_by_role("button", name="Use these figures").count() == 0


def open_tab(page: Page, title: str) -> None:
    page.get_by_role("tab", name=title).click()
    drawn(page)


def box(page: Page, name: str) -> Locator:
    """The box of that name; while it is drawn anew the one before it may still stand there."""
    return page.get_by_role("textbox", name=name, exact=True).last


def leave(page: Page, name: str, words: str) -> None:
    box(page, name).fill(words)
    page.keyboard.press("Tab")


def test_a_secretary_fills_the_group_beside_a_colleague_and_says_what_changed(page: Page) -> None:
    leave(page, "Your name, for the documents", "The secretary")
    expect(saved(page, 1)).to_be_visible()
    page.get_by_role("button", name="Versions and compare").click()
    arrived(page, "Versions and compare")
    page.get_by_role("textbox", name="Name for the plan as it is now").fill("Last month")
    page.get_by_role("button", name="Keep under this name").click()
    page.get_by_text("Kept as Last month").first.wait_for()
    go_to(page, 5, "Group and specification")
    link, colleague = page.url, page.context.new_page()
    colleague.goto(link)
    arrived(colleague, "Group and specification")
    for person in (page, colleague):
        open_tab(person, "Group and dated workplan")
    title = page.get_by_role("tab", name="Group and dated workplan")
    before = int(title.inner_text().split()[-3])

    leave(page, "Chair", "A. Chair")
    # The title changes with each thing done, and whoever types stays where they are.
    expect(title).to_contain_text(f"{before - 1} to do")
    expect(title).to_have_attribute("aria-selected", "true")
    expect(box(page, "Executive sponsor")).to_be_focused()
    leave(colleague, "How often it meets", "monthly")
    for person in (page, colleague):
        expect(box(person, "Chair")).to_have_value("A. Chair")
        expect(box(person, "How often it meets")).to_have_value("monthly")
    leave(page, "Group starts", "4 January 2027")
    page.get_by_text("Seats of the group").click()
    leave(page, "Finance: name", "F. Member")
    page.get_by_text("The workplan, its dates and owners").click()
    page.get_by_text("4 January 2027").first.wait_for()

    open_tab(page, "Risks, involvement, directory")
    page.get_by_role("button", name="Add a risk").click()
    leave(colleague, "Committee that decides", "The committee")
    leave(page, "Risk (risk 1)", "Nobody can be found")
    open_tab(page, "Group and dated workplan")
    expect(box(page, "Committee that decides")).to_have_value("The committee")
    for person in (page, colleague):
        assert person.url == link, "nobody is moved to another address"

    page.get_by_text("Mark this step as agreed").click()
    page.get_by_role("textbox", name="Agreed by").fill("The group")
    page.get_by_role("button", name="Mark as agreed").click()
    page.get_by_text("This step is agreed by The group").first.wait_for()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy the read-only link").click()
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    colleague.goto(page.evaluate("navigator.clipboard.readText()"))
    expect(colleague.get_by_text("The fields are shut")).to_be_visible()

    page.get_by_role("button", name="Versions and compare").click()
    arrived(page, "Versions and compare")
    page.get_by_role("combobox", name="Before").click()
    page.get_by_role("option", name="Last month").click()
    for words in ("Chair of the group", "The committee", "Nobody can be found"):
        page.get_by_text(words).first.wait_for()
