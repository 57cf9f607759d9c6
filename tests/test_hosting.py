"""The documented service, as the system that would start it reads it. The documented proxy is tested in tests/browser/test_team.py."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planner.cli.main import main
from tests.documented import HOSTING, ROOT, changed, shown

ANALYSE = shutil.which("systemd-analyze")
# Of 10; the unit as it stands has 3.2, one without its limits 9.2.
MOST_EXPOSED = 4.0


@pytest.mark.skipif(
    ANALYSE is None, reason="systemd is not on this machine, so its unit was not verified"
)
def test_the_service_is_one_that_systemd_takes_and_is_well_confined(tmp_path: Path) -> None:
    assert ANALYSE
    unit = tmp_path / "planner.service"
    # Systemd looks whether the program is there.
    unit.write_text(
        changed(shown("ini", "[Service]"), {"/opt/planner/venv/bin/planner": sys.executable})
    )
    read = subprocess.run([ANALYSE, "verify", unit], capture_output=True, text=True, check=False)
    assert read.returncode == 0 and str(unit.name) not in read.stderr, read.stderr
    judged = subprocess.run(
        [ANALYSE, "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    score = re.search(r"exposure level for planner\.service: ([\d.]+)", judged.stdout)
    assert score and float(score[1]) <= MOST_EXPOSED, judged.stdout + judged.stderr


def test_the_services_command_is_one_that_the_planner_knows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    started = re.search(r"^ExecStart=(.*)$", shown("ini", "[Service]"), re.M)
    assert started
    program, *words = shlex.split(started[1])
    assert program.endswith("/planner")
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0 and "--behind-https" in capsys.readouterr().out


def test_every_setting_that_the_page_names_is_one_of_ours() -> None:
    written = "\n".join(path.read_text() for path in (ROOT / "planner").rglob("*.py"))
    named = set(re.findall(r"PLANNER_[A-Z_]+", HOSTING.read_text()))
    assert named >= {"PLANNER_DATABASE_URL", "PLANNER_HOST_NAMES", "PLANNER_BEHIND_HTTPS"}
    assert not [name for name in named if name not in written]


def test_what_the_list_says_is_tested_is_there() -> None:
    words = (ROOT / "docs/explanation/security.md").read_text()
    named = re.findall(r"`(tests/[\w/]+\.py)`", words)
    assert len(set(named)) >= 8
    assert not [path for path in named if not (ROOT / path).is_file()]
    rows = [line for line in words.splitlines() if re.match(r"\| \d+ ", line)]
    assert [int(row.split()[1]) for row in rows] == list(range(1, 15))
    assert all(row.count("|") == 6 for row in rows)
