"""A long reading in a real browser: told of, stopped, and everything else as it was."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import bring_a_file, settled
from tests.intake import hostile_samples as hostile

NUMBERS = "class,period,patients\nopioids,2024/25,160500\n"


def test_a_long_import_is_told_of_and_stopped_and_nothing_is_lost(
    page: Page, tmp_path: Path
) -> None:
    numbers, endless = tmp_path / "numbers.csv", tmp_path / "endless.xlsx"
    numbers.write_text(NUMBERS)
    # Minutes of reading.
    endless.write_bytes(hostile.dense_workbook())
    page.get_by_label("Your name, for the documents").fill("An analyst")
    page.keyboard.press("Tab")
    settled(page)
    bring_a_file(page)
    page.locator("input[type=file]").set_input_files(numbers)
    page.get_by_text("numbers.csv: Planner's own table. 1 row read").wait_for()
    page.locator("input[type=file]").set_input_files(endless)
    message = page.get_by_text("Reading file 2 of 2: endless.xlsx, opening it")
    message.wait_for()
    # The rest of the step answers meanwhile.
    page.get_by_text("Paste from a spreadsheet").click()
    typed = page.get_by_role("textbox", name="Cells with their headings")
    typed.fill("half a table")
    page.keyboard.press("Control+Enter")
    # The script begins again; the reading does not.
    page.wait_for_timeout(1500)
    message.wait_for()
    page.get_by_role("button", name="Stop reading").click()
    page.get_by_text("Stopped. endless.xlsx was not read, because it was stopped").wait_for()
    settled(page)
    expect(message).to_have_count(0)
    expect(page.get_by_role("button", name="Stop reading")).to_have_count(0)
    expect(typed).to_have_value("half a table")
    expect(page.get_by_role("button", name="Read what was not read")).to_be_visible()
    # What was read before the stop.
    page.get_by_role("button", name="Use these figures").click()
    page.get_by_text("Figures were taken from 1 file").wait_for()
    settled(page)
    page.get_by_role("button", name="Back to Place and need").click()
    expect(page.get_by_label("Your name, for the documents")).to_have_value("An analyst")
