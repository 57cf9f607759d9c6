"""Makes the pictures of the wizard and the documents as they are now.

Run: python docs/pictures/make_pictures.py. With a FOLDER behind it, every page and tab is put there
instead as a telephone, a small and a large screen show it, light and dark, to be looked over.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from string import Template

from playwright.sync_api import Browser, Page, sync_playwright

from planner.model.case_study_names import case_study_names
from planner.reference import load_case_studies
from planner.screens.navigation import PAGES, STEPS

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
SCREENS = PICTURES / "screens"
PAPER_PAGES = {3: ("action-3-page.png", 2), 4: ("action-4-page.png", 2)}
WIDTHS = (390, 1280, 1440)
RUNNING = "[data-testid=stApp]:not([data-test-script-state=notRunning])"


@contextmanager
def wizard() -> Iterator[tuple[Browser, str]]:
    """A browser, and the address of a wizard of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # So that no plan of this machine's own is touched.
    plans = tempfile.mkdtemp()
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PLANNER_DATABASE_URL": f"sqlite:///{plans}/plans.sqlite"},
    )
    try:
        for _ in range(120):
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/_stcore/health", timeout=1)
                break
            except OSError:
                time.sleep(0.25)
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
            yield browser, f"http://127.0.0.1:{port}"
            browser.close()
    finally:
        server.terminate()


def example(browser: Browser, address: str) -> tuple[Page, str]:
    """A page with the worked example opened on it, and what follows a page's own address."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.goto(address)
    page.get_by_role("button", name="Load the South Yorkshire example").click()
    page.get_by_role("heading", name=STEPS[-1].title, level=1, exact=True).wait_for()
    still(page)
    return page, page.url.partition("?")[2]


def still(page: Page) -> None:
    """Wait until the page has been drawn."""
    page.locator("h1").first.wait_for()
    page.wait_for_timeout(300)
    page.locator(RUNNING).wait_for(state="detached")
    # What it has drawn comes and goes by degrees.
    page.wait_for_timeout(700)


def pictures_of_the_wizard() -> None:
    """Every step of the worked example and every page beside them; one stands in README too."""
    with wizard() as (browser, address):
        page, plan = example(browser, address)
        for step in PAGES:
            page.goto(f"{address}/{step.id}?{plan}")
            still(page)
            page.screenshot(path=SCREENS / f"{step.id}.png")
    names = case_study_names(load_case_studies())
    (ROOT / "docs" / "reference" / "screens.md").write_text(
        "# Every screen\n\nMade by `python docs/pictures/make_pictures.py` from the worked "
        "example for South Yorkshire.\n"
        + "".join(
            f"\n## {s.title}\n\n{Template(s.purpose).substitute(names)}\n\n"
            f"![{s.title}](../pictures/screens/{s.id}.png)\n"
            for s in PAGES
        ),
        encoding="utf-8",
    )


def every_look(folder: Path) -> None:
    """The front page, and every page and tab of the worked example whole, at three widths, light
    and dark."""
    folder.mkdir(parents=True, exist_ok=True)
    with wizard() as (browser, address):
        _, plan = example(browser, address)
        ways = {"front": address} | {s.id: f"{address}/{s.id}?{plan}" for s in PAGES}
        for width in WIDTHS:
            for look in ("light", "dark"):
                page = browser.new_page()
                page.emulate_media(color_scheme=look)
                for name, way in ways.items():
                    page.set_viewport_size({"width": width, "height": 860})
                    page.goto(way)
                    still(page)
                    tabs = page.locator("[data-testid=stMain] [role=tab]")
                    for number in range(max(1, tabs.count())):
                        if tabs.count():
                            tabs.nth(number).click()
                            still(page)
                        main = page.locator(".block-container").bounding_box()
                        assert main
                        height = round(main["height"])
                        page.set_viewport_size({"width": width, "height": height})
                        still(page)
                        page.screenshot(path=folder / f"{name}-{number}-{width}-{look}.png")
                        page.set_viewport_size({"width": width, "height": 860})
                page.close()


def pictures_of_the_documents() -> None:
    """The summary page of each document of the worked example."""
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, "-m", "planner.cli"]
        plan = f"{folder}/plan.json"
        subprocess.run([*run, "example", "--icb", "QF7", "--out", plan], check=True, cwd=ROOT)
        for action, (name, page) in PAPER_PAGES.items():
            document = f"{folder}/a{action}.docx"
            subprocess.run(
                [*run, "spec", plan, "--action", str(action), "--out", document],
                check=True,
                cwd=ROOT,
            )
            profile = f"-env:UserInstallation=file://{folder}/profile"
            subprocess.run(
                [
                    "soffice",
                    profile,
                    "--headless",
                    "--convert-to",
                    "pdf",
                    "--outdir",
                    folder,
                    document,
                ],
                check=True,
                capture_output=True,
            )
            subprocess.run(
                ["pdftoppm", "-r", "70", "-f", str(page), "-l", str(page), "-singlefile", "-png",
                 f"{folder}/a{action}.pdf", str(PICTURES / name.removesuffix(".png"))],
                check=True,
            )  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) > 1:
        every_look(Path(sys.argv[1]))
        sys.exit()
    SCREENS.mkdir(exist_ok=True)
    pictures_of_the_wizard()
    pictures_of_the_documents()
