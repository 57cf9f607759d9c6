"""What a person does, in a browser: from the name of a board to two documents, and nothing lost on
the way."""

from __future__ import annotations

import io
from pathlib import Path

from docx import Document
from playwright.sync_api import Page, expect

from planner.analysis.completeness.wizard_steps import TITLES
from tests.browser.conftest import arrived, bring_a_file, go_on, go_to, settled

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


def test_a_commissioner_sets_a_quote_beside_a_clinic_and_a_budget_in_twenty_five_actions(
    page: Page, address: str, tmp_path: Path
) -> None:
    actions = 0

    def acted(step: str = "") -> None:
        nonlocal actions
        actions += 1
        if step:
            arrived(page, step)
        settled(page)

    def fill(label: str, value: str) -> None:
        box = page.get_by_role("textbox", name=label, exact=True)
        box.fill(value)
        box.press("Tab")
        acted()

    def press(words: str, step: str = "") -> None:
        page.get_by_role("button", name=words, exact=True).click()
        acted(step)

    page.goto(address)
    page.get_by_role("button", name="Work through it").click()
    acted("Place and need")
    icb = page.get_by_role("combobox", name="Integrated care board")
    icb.click()
    icb.press_sequentially("Kent")
    page.get_by_role("option", name="NHS Kent and Medway").click()
    page.get_by_role("heading", name="NHS Kent and Medway Integrated Care Board").wait_for()
    acted()
    press("Continue to Who and where", "Who and where")
    press("Continue to Options and cost", "Options and cost")
    fill("Budget a year, £", "£0.7m")
    press("Add a quote")
    fill("Who quoted", "A charity")
    fill("Price, £", "420 thousand")
    fill("Provider's stated capacity, people a year", "600")
    press("Add this quote")
    press("Add posts")
    fill("What to call it", "A small clinic")
    fill("Whole-time posts", "1.6")
    press("Add these posts")
    fill("Post 1, title", "Pharmacist")
    press("Add a post")
    fill("Post 2, title", "Administrator")
    press("Back to all options")
    table = page.get_by_role("table", name="Options side by side")
    quote, clinic, first, second = (
        table.get_by_role("row").filter(has_text=name)
        for name in ("A charity", "A small clinic", "Case study 1", "Case study 2")
    )
    expect(quote).to_contain_text("£420,000")
    for row in (quote, first, second):
        expect(row.get_by_role("cell").last).to_have_text("yes")
    expect(clinic.get_by_role("cell").first).to_contain_text("£")
    # By keyboard alone.
    clinic.get_by_role("button", name="Change A small clinic").focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Remove A small clinic")).to_be_focused()
    quote.get_by_role("radio", name="A charity").focus()
    page.keyboard.press("Space")
    page.get_by_text("A charity would cost £420,000 a year, within the budget").wait_for()
    acted()
    expect(quote.get_by_role("radio", name="A charity")).to_be_focused()
    with page.expect_download() as csv:
        page.get_by_role("button", name="Download this table (CSV)").click()
    lines = Path(csv.value.path()).read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith('"Option","Cost a year"')
    assert any(line.startswith('"A charity","£420,000') for line in lines)
    page.get_by_role("button", name="6. Summary and papers").click()
    acted("Summary and papers")
    # Who offers a service is no part of its specification.
    for action, holds in (("Action 3 paper", "A charity"), ("Action 4 specification", "Kent")):
        with page.expect_download() as started:
            page.get_by_role("button", name=f"Download the {action}").click()
        actions += 1
        path = tmp_path / started.value.suggested_filename
        started.value.save_as(path)
        document = Document(io.BytesIO(path.read_bytes()))
        cells = [c.text for t in document.tables for row in t.rows for c in row.cells]
        text = "\n".join([*(p.text for p in document.paragraphs), *cells])
        assert holds in text
    assert actions <= 25
