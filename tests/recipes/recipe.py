"""Follows a recipe of docs/contributing.md on a copy of the project: the edits are read from the
page itself."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PARTS = (
    "planner",
    "case_studies",
    "spec_templates",
    "docs",
    "tests",
    "streamlit_app.py",
    "pyproject.toml",
    "README.md",
)
EDIT = re.compile(
    r"In\s+`(?P<file>[^`]+)`,\s+(?P<where>above|below|in place of)\s+`(?P<line>[^`]+)`:"
    r"\n+```\w+\n(?P<text>.*?)^```$",
    re.M | re.S,
)

NEW = re.compile(r"Write\s+`(?P<file>[^`]+)`:\n+```\w+\n(?P<text>.*?)^```$", re.M | re.S)


def followed(title: str, folder: Path) -> set[str]:
    """Do what the section of that title says to a copy of the project in a folder; the files that
    it edits."""
    leave = shutil.ignore_patterns(
        "__pycache__", "golden", "browser", "benchmarks", "*.png", "screens.md"
    )
    for part in PARTS:
        if (ROOT / part).is_dir():
            shutil.copytree(ROOT / part, folder / part, ignore=leave)
        else:
            shutil.copy(ROOT / part, folder / part)
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    section = re.split(r"^## ", page.split(f"\n## {title}\n", 1)[1], maxsplit=1, flags=re.M)[0]
    edits, new = list(EDIT.finditer(section)), list(NEW.finditer(section))
    assert edits or new, f"no edits under '{title}'"
    for file in new:
        assert not (folder / file["file"]).exists(), file["file"]
        (folder / file["file"]).write_text(file["text"], encoding="utf-8")
    for edit in edits:
        path = folder / edit["file"]
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (at,) = (place for place, line in enumerate(lines) if line.startswith(edit["line"]))
        if edit["where"] == "in place of":
            del lines[at]
        lines.insert(at + (edit["where"] == "below"), edit["text"])
        path.write_text("".join(lines), encoding="utf-8")
    return {edit["file"] for edit in (*edits, *new)}


def run(folder: Path, *command: str) -> str:
    """What Python prints, run in the copy with nothing of the project but the copy."""
    environment = os.environ | {
        "PYTHONPATH": str(folder),
        "PLANNER_CACHE_DIR": str(folder.with_name(f"{folder.name}-cache")),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, *command],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-3000:] + done.stdout[-1000:]
    return done.stdout


def changed(folder: Path) -> set[str]:
    """The files of the copy that are not as they are in the project."""
    return {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
        and "__pycache__" not in path.parts
        and (
            not (ROOT / path.relative_to(folder)).exists()
            or path.read_bytes() != (ROOT / path.relative_to(folder)).read_bytes()
        )
    }
