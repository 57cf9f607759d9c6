"""What a person does, in a browser: from the name of a board to two documents, and nothing lost on the way."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document
from playwright.sync_api import Page

from tests.browser.conftest import go_on, settled

pytestmark = pytest.mark.browser
STEPS = [
    "Local files",
    "Population and prescribing",
    "Inequality",
    "Places and priorities",
    "Benchmark",
    "Options",
    "Specification",
    "Download",
]

# Faults that are Streamlit's own and cannot be mended from a script, each with its reason.
STREAMLITS_OWN = {
    "aria-allowed-role": "the file uploader's drop zone is a section with role presentation",
    "presentation-role-conflict": "the same drop zone can be reached by the keyboard",
    "empty-table-header": "tables without an index keep an empty corner cell",
}


def test_a_newcomer_gets_both_documents_in_fifteen_clicks(page: Page, tmp_path: Path) -> None:
    clicks = 1
    page.get_by_role("combobox", name="Integrated care board").click()
    page.keyboard.type("Kent")
    page.keyboard.press("Enter")
    page.get_by_text("Adults living here").wait_for()
    page.get_by_role("heading", name="NHS Kent and Medway Integrated Care Board").wait_for()
    settled(page)
    for step in STEPS:
        go_on(page, step)
        clicks += 1
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
    go_on(page, "Local files")
    go_on(page, "Population and prescribing")
    box = page.get_by_role("spinbutton", name="People prescribed opioids in a year")
    box.fill("141250")
    page.get_by_role("button", name="Continue to Inequality").click()
    page.get_by_role("heading", name="Inequality", level=1).wait_for()
    settled(page)
    page.get_by_role("button", name="Back to Population and prescribing").click()
    page.get_by_role("heading", name="Population and prescribing", level=1).wait_for()
    settled(page)
    assert (
        page.get_by_role("spinbutton", name="People prescribed opioids in a year").input_value() == "141250"
    )


def test_a_plan_file_brings_everything_back_after_a_reload(page: Page, tmp_path: Path) -> None:
    page.get_by_role("button", name="Load the South Yorkshire example").click()
    page.get_by_label("Your name, for the documents").wait_for()
    settled(page)
    for step in STEPS:
        go_on(page, step)
    with page.expect_download() as started:
        page.get_by_role("button", name="Save the plan file").click()
    path = tmp_path / "plan.json"
    started.value.save_as(path)
    page.goto(page.url.rsplit("/", 1)[0])
    settled(page)
    assert page.get_by_label("Your name, for the documents").input_value() == ""
    page.get_by_text("Open a saved plan").click()
    page.locator("input[type=file]").set_input_files(path)
    page.wait_for_function(
        "document.querySelector('[aria-label=\"Your name, for the documents\"]')?.value === 'Example author'"
    )


def test_no_barrier_of_ours_on_any_step(page: Page) -> None:
    page.get_by_role("button", name="Load the South Yorkshire example").click()
    settled(page)
    for step in ["Place", *STEPS]:
        if step != "Place":
            go_on(page, step)
        page.wait_for_timeout(800)
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]})
        ours = [v for v in found.response["violations"] if v["id"] not in STREAMLITS_OWN]
        assert not ours, [(step, v["id"], v["nodes"][0]["html"][:200]) for v in ours]
        assert page.title().startswith(step)


def test_every_step_fits_a_narrow_screen(page: Page) -> None:
    page.set_viewport_size({"width": 320, "height": 800})
    for step in ["Place", *STEPS]:
        if step != "Place":
            go_on(page, step)
        page.wait_for_timeout(400)
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, step


def test_each_step_opens_at_its_heading(page: Page) -> None:
    for step in STEPS[:5]:
        page.evaluate("document.querySelector('[data-testid=stMain]').scrollTo(0, 9999)")
        go_on(page, step)
        page.wait_for_function("document.querySelector('[data-testid=stMain]').scrollTop === 0")
        page.wait_for_function("document.activeElement && document.activeElement.tagName === 'H1'")
