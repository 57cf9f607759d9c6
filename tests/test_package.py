"""The wheel holds all that the planner needs, and works away from the checkout."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_wheel_works_outside_the_checkout(tmp_path: Path) -> None:
    subprocess.run(
        [
            sys.executable,
            "-m",
            "pip",
            "wheel",
            "--quiet",
            "--no-deps",
            "--wheel-dir",
            str(tmp_path),
            str(ROOT),
        ],
        check=True,
        capture_output=True,
    )
    wheel = next(tmp_path.glob("*.whl"))
    with zipfile.ZipFile(wheel) as package:
        names = set(package.namelist())
        package.extractall(tmp_path / "installed")
    for requirement in (
        "planner/case_studies/cs1-prescribed-medication-support.yaml",
        "planner/spec_templates/ordinary.docx",
        "planner/spec_templates/clauses/action3.yaml",
        "planner/reference/national_prescribing.csv",
        "planner/streamlit_app.py",
        "planner/.streamlit/config.toml",
    ):
        assert requirement in names
    away = tmp_path / "away"
    away.mkdir()
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import planner; from planner.cli.main "
        "import main; assert planner.__file__.startswith(sys.argv[1]), planner.__file__; assert "
        "main(['example', '--icb', 'QWO', '--out', 'p.json']) == 0; assert main(['spec', "
        "'p.json', '--action', '4', '--out', 'a4.docx']) == 0"
    )
    subprocess.run(
        [sys.executable, "-I", "-c", code, str(tmp_path / "installed")], cwd=away, check=True
    )
    assert (away / "a4.docx").read_bytes().startswith(b"PK")
