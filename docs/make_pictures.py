"""Makes the pictures in README from the wizard and the documents as they are now. Run: python docs/make_pictures.py."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
DOCS = ROOT / "docs"
PAGES = {3: ("action-3-page.png", 2), 4: ("action-4-page.png", 2)}


def picture_of_the_wizard() -> None:
    """The Options step of the worked example."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", "streamlit_app.py", "--server.port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
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
            page.wait_for_timeout(1500)
            page.get_by_role("button", name="7. Options").click()
            page.get_by_role("heading", name="Options", level=1, exact=True).wait_for()
            page.wait_for_timeout(2500)
            page.screenshot(path=DOCS / "wizard.png")
            browser.close()
    finally:
        server.terminate()


def pictures_of_the_documents() -> None:
    """The summary page of each document of the worked example."""
    with tempfile.TemporaryDirectory() as folder:
        run = [sys.executable, "-m", "planner.cli"]
        plan = f"{folder}/plan.json"
        subprocess.run([*run, "example", "--icb", "QF7", "--out", plan], check=True, cwd=ROOT)
        for action, (name, page) in PAGES.items():
            document = f"{folder}/a{action}.docx"
            subprocess.run(
                [*run, "spec", plan, "--action", str(action), "--out", document], check=True, cwd=ROOT
            )
            profile = f"-env:UserInstallation=file://{folder}/profile"
            subprocess.run(
                ["soffice", profile, "--headless", "--convert-to", "pdf", "--outdir", folder, document],
                check=True,
                capture_output=True,
            )
            subprocess.run(
                ["pdftoppm", "-r", "70", "-f", str(page), "-l", str(page), "-singlefile", "-png",
                 f"{folder}/a{action}.pdf", str(DOCS / name.removesuffix(".png"))],
                check=True,
            )  # fmt: skip


if __name__ == "__main__":
    picture_of_the_wizard()
    pictures_of_the_documents()
