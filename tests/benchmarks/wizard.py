"""How long the wizard takes beside an empty Streamlit page: to its first screen, and from a change
to new text.

Run: python -m tests.benchmarks.wizard
"""

from __future__ import annotations

import json
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from planner.analysis.economics.example import starter_plan
from planner.analysis.formatting import format_range
from planner.analysis.population.need import need
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.reference import load_reference
from tests.browser.conftest import choose_icb

ROOT = Path(__file__).resolve().parents[2]
EMPTY = """
import streamlit as st
st.title("Empty")
number = st.number_input("People", min_value=0, value=None)
st.write(f"There are {number} people.")
"""
STARTS, CHANGES = 9, 40


@contextmanager
def serving(script: Path) -> Iterator[tuple[str, float]]:
    """A server of one script, and the moment at which it was asked to start."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.time()
    server = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "streamlit",
            "run",
            str(script),
            "--server.port",
            str(port),
            "--server.headless",
            "true",
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    here = f"http://127.0.0.1:{port}"
    try:
        while True:
            try:
                urllib.request.urlopen(f"{here}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.02)
        yield here, began
    finally:
        server.terminate()
        try:
            server.wait(10)
        except subprocess.TimeoutExpired:
            # A browser that has not let go.
            server.kill()
            server.wait(10)


WAIT_FOR_TEXT = """
words => {
  window.shown = new Promise(done => {
    const look = () => {
      if (!document.body?.textContent.includes(words)) return;
      watching.disconnect();
      done((performance.timeOrigin + performance.now()) / 1000);
    };
    const watching = new MutationObserver(look);
    watching.observe(document, {subtree: true, childList: true, characterData: true});
  });
}
"""
"""Told by the page itself: what asks from outside whether words are there asks every half second
once it has waited for a while."""


def watching(browser: Browser, display: str) -> Page:
    """A page that tells when those words were first on it."""
    page = browser.new_page()
    page.add_init_script(f"({WAIT_FOR_TEXT})({json.dumps(display)})")
    return page


def first_screen(page: Page, script: Path) -> float:
    """Seconds from starting the server to the words that the page watches for."""
    with serving(script) as (here, began):
        page.goto(here)
        seconds: float = page.evaluate("() => window.shown")
        page.goto("about:blank")
    return seconds - began


WATCH = """
words => {
  window.shown = new Promise(done => {
    let began = 0;
    addEventListener('keydown', event => {
      if (event.key === 'Enter') began = began || performance.now();
    }, true);
    const watching = new MutationObserver(changes => {
      const told = ({target}) => (target.parentElement ?? target).textContent.includes(words);
      if (!changes.some(told)) return;
      watching.disconnect();
      done((performance.now() - began) / 1000);
    });
    watching.observe(document.querySelector('[data-testid="stMain"]'),
                     {subtree: true, childList: true, characterData: true});
  });
}
"""
"""Told by the page itself: searching a large page for words again and again would slow down what is
measured."""


def change(page: Page, label: str, number: int, display: str) -> float:
    """Seconds from pressing Enter on a new number to the new text on the page."""
    box = page.locator(f'input[aria-label="{label}"]').last
    box.fill(str(number))
    page.evaluate(WATCH, display)
    box.press("Enter")
    taken: float = page.evaluate("() => window.shown")
    return taken


def finding(opioids: int) -> str:
    """The number in the wizard's finding when that many people are prescribed opioids."""
    reference = load_reference()
    values = starter_plan(reference.find_organisation("QF7"), reference).model_dump()
    values["prescribing"]["classes"][list(MedicineClass).index(MedicineClass.OPIOIDS)][
        "patients"
    ] = opioids
    return format_range(need(Plan.model_validate(values), reference).people)


def report(what: str, ours: list[float], floor: list[float]) -> None:
    """Print the ratio of each interleaved pair: least, middle and most."""
    ratios = sorted(a / b for a, b in zip(ours, floor, strict=True))
    print(
        f"{what}: {statistics.median(ours):.2f} s beside {statistics.median(floor):.2f} s for an "
        f"empty page; ratio {ratios[0]:.2f} / {statistics.median(ratios):.2f} / {ratios[-1]:.2f} "
        "(least, middle, most)"
    )


def main() -> None:
    """Measure both, in pairs."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        empty, wizard = Path(folder) / "empty.py", ROOT / "streamlit_app.py"
        empty.write_text(EMPTY)
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        ours_first = watching(browser, "A first draft in three questions")
        floor_first = watching(browser, "There are None people.")
        # Not counted: the browser's own first time, and the start that fills the cache of reference
        # data.
        first_screen(floor_first, empty), first_screen(ours_first, wizard)
        pairs = [
            (first_screen(ours_first, wizard), first_screen(floor_first, empty))
            for _ in range(STARTS)
        ]
        report("from start to a usable first screen", [p[0] for p in pairs], [p[1] for p in pairs])
        with serving(wizard) as (ours, _), serving(empty) as (floor, _):
            page, other = browser.new_page(), browser.new_page()
            page.set_default_timeout(60_000)
            other.goto(floor)
            other.get_by_text("There are None").wait_for()
            page.goto(f"{ours}/need")
            choose_icb(page, "South Yorkshire")
            page.wait_for_timeout(2000)
            pairs = []
            for turn in range(CHANGES):
                count = 100_000 + 10_000 * turn
                pairs.append(
                    (
                        change(page, "People prescribed opioids in a year", count, finding(count)),
                        change(other, "People", count, f"There are {count} people."),
                    )
                )
        report("from a change to new text", [p[0] for p in pairs[3:]], [p[1] for p in pairs[3:]])
        browser.close()


if __name__ == "__main__":
    main()
