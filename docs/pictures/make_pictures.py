"""Makes the pictures of the wizard and the documents as they are now.

Run: python docs/pictures/make_pictures.py.
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
from pathlib import Path
from string import Template

from playwright.sync_api import sync_playwright

from planner.model.case_study_names import case_study_names
from planner.reference import load_case_studies
from planner.screens.navigation import DRAFT, OFF_THE_SIDE, PAGES, STEPS, TOOLS

ROOT = Path(__file__).resolve().parents[2]
PICTURES = ROOT / "docs" / "pictures"
SCREENS = PICTURES / "screens"
PAPER_PAGES = {3: ("action-3-page.png", 2), 4: ("action-4-page.png", 2)}


def pictures_of_the_wizard() -> None:
    """Every step of the worked example and every page beside them; one stands in README too."""
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
            page = browser.new_page(viewport={"width": 1280, "height": 860})
            page.goto(f"http://127.0.0.1:{port}")
            page.get_by_role("button", name="Load the South Yorkshire example").click()
            page.get_by_role("heading", name=STEPS[-1].title, level=1, exact=True).wait_for()
            numbers = {step.id: f"{number}. " for number, step in enumerate(STEPS, 1)}
            for step in (*STEPS, *TOOLS, *DRAFT, *OFF_THE_SIDE):
                side = page.get_by_test_id("stSidebar")
                if step in OFF_THE_SIDE:
                    side.get_by_role("button", name=f"1. {STEPS[0].title}").click()
                    page.get_by_role("button", name="Bring a file or fetch").click()
                else:
                    name = numbers.get(step.id, "") + step.title
                    side.get_by_role("button", name=name).first.click()
                page.get_by_role("heading", name=step.title, level=1, exact=True).wait_for()
                page.wait_for_timeout(2500)
                page.screenshot(path=SCREENS / f"{step.id}.png")
            browser.close()
    finally:
        server.terminate()
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
    SCREENS.mkdir(exist_ok=True)
    pictures_of_the_wizard()
    pictures_of_the_documents()
