"""The documented service, as the system that would start it reads it.

The documented proxy is tested in tests/browser/test_team.py.
"""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.hosting.header_limits import LONGEST_HEADER
from planner.hosting.protocols import DESCRIPTORS_WANTED
from tests.documented import HOSTING, ROOT, changed, code_block, unit_setting

ANALYSE = shutil.which("systemd-analyze")
# Of 10; the unit as it stands has 3.2, one without its limits 9.2.
MOST_EXPOSED = 4.0


@pytest.mark.skipif(
    ANALYSE is None, reason="systemd is not on this machine, so its unit was not verified"
)
def test_the_service_is_one_that_systemd_takes_and_is_well_confined(tmp_path: Path) -> None:
    assert ANALYSE
    unit = tmp_path / "planner@8501.service"
    # Systemd looks whether the program is there.
    unit.write_text(
        changed(code_block("ini", "[Service]"), {"/opt/planner/venv/bin/planner": sys.executable})
    )
    read = subprocess.run([ANALYSE, "verify", unit], capture_output=True, text=True, check=False)
    assert read.returncode == 0 and str(unit.name) not in read.stderr, read.stderr
    judged = subprocess.run(
        [ANALYSE, "security", "--offline=true", "--no-pager", unit],
        capture_output=True,
        text=True,
        check=False,
    )
    score = re.search(r"exposure level for planner@8501\.service: ([\d.]+)", judged.stdout)
    assert score and float(score[1]) <= MOST_EXPOSED, judged.stdout + judged.stderr


def test_the_services_command_is_one_that_the_planner_knows(
    capsys: pytest.CaptureFixture[str],
) -> None:
    program, *words = shlex.split(changed(unit_setting("ExecStart"), {"%i": "8501"}))
    assert program.endswith("/planner") and words[:3] == ["serve", "--port", "8501"]
    with pytest.raises(SystemExit) as ended:
        main([*words, "--help"])
    assert ended.value.code == 0 and "--behind-https" in capsys.readouterr().out


def test_the_service_has_bounds_on_what_it_takes() -> None:
    """The limits themselves are laid on the process that tests/browser/test_team.py drives, that on
    memory as far as a machine without systemd can."""
    assert int(unit_setting("LimitNOFILE")) == DESCRIPTORS_WANTED
    assert (unit_setting("MemoryMax"), unit_setting("LimitCORE")) == ("3G", "0")


def test_the_proxys_limits_on_headers_are_the_planners() -> None:
    site = code_block("nginx", "proxy_pass")
    assert f"large_client_header_buffers 4 {LONGEST_HEADER // 1024}k;" in site
    assert f"proxy_buffer_size {LONGEST_HEADER // 1024}k;" in site
    for setting in ("client_header_timeout 10s", "limit_conn planner_strangers 64"):
        assert f"{setting};" in site


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
