"""Both documents for many boards in one command: gone on with, whole or not there, and the rest
made if one fails.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import signal
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

from planner.analysis.economics.example import carried_to, starter_plan
from planner.analysis.results.results import Results, results
from planner.cli import batch
from planner.cli.main import main
from planner.documents.set_of_documents import names as set_names
from planner.documents.set_of_documents import path_in_set
from planner.model.library import MAIN, SpecLibrary
from planner.model.place import OrganisationList
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs import documents
from planner.reference import load_reference

# Whole sets of documents, of many boards.
pytestmark = pytest.mark.slow

TWO = ("--icb", "QF7", "--icb", "qt6")
FILES = [f"{code}-{name}.docx" for code in ("QF7", "QT6") for name in MAIN.values()]


def run(folder: Path, *arguments: str, jobs: str = "1") -> int:
    return main(["batch", "--out", str(folder), "--jobs", jobs, *arguments])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def word(text: str) -> bytes:
    """As much of a Word document as tells it from other files."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml"), text)
    return data.getvalue()


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Documents that cost nothing to make, and a note of each that was made."""
    outputs: list[tuple[str, str]] = []

    def write(
        result: Results,
        name: str,
        reference: ReferenceData,
        library: SpecLibrary,
        projections: object,
    ) -> bytes:
        outputs.append((result.organisation.code, name))
        return word(f"{result.plan.title} {name}")

    monkeypatch.setattr(documents, "specification_docx", write)
    return outputs


COMMAND = [sys.executable, "-m", "planner.cli", "batch"]


def test_two_boards_in_two_processes_are_what_one_would_write(
    tmp_path: Path, reference: ReferenceData, library: SpecLibrary
) -> None:
    folder = tmp_path / "new" / "papers"
    done = subprocess.run(
        [*COMMAND, "--out", folder, "--jobs", "2", "--progress", *TWO],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert names(folder) == [*FILES, "manifest.json"]
    assert "4 documents in" in done.stdout and "4 made, 0 there already" in done.stdout
    assert done.stderr.splitlines()[-1].startswith("4 of 4 documents after ")
    icb = reference.find_organisation("QF7")
    expected = documents.specification_docx(
        results(starter_plan(icb, reference), reference), 4, reference, library
    )
    assert (folder / "QF7-action-4-specification.docx").read_bytes() == expected
    entry = json.loads((folder / "manifest.json").read_text())["documents"][FILES[1]]
    assert entry["sha256"] == hashlib.sha256(expected).hexdigest() and entry["plan"]


def test_progress_is_printed_only_where_asked_for(
    tmp_path: Path, quick: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, *TWO) == 0
    assert capsys.readouterr().err == ""
    assert run(tmp_path, *TWO, "--again", "--progress") == 0
    text = capsys.readouterr().err.splitlines()
    assert [line.split(" after ")[0] for line in text] == ["2 of 4 documents", "4 of 4 documents"]
    assert [line[-3:] for line in text] == ["QF7", "QT6"]


def test_every_board_of_the_newer_list_is_made_where_none_is_named(
    tmp_path: Path, quick: list[tuple[str, str]]
) -> None:
    assert run(tmp_path) == 0
    icbs = [icb.code for icb in load_reference().icbs(OrganisationList.FROM_APRIL_2026)]
    assert len(icbs) == 36
    assert sorted(quick) == sorted((code, name) for code in icbs for name in MAIN.values())


def test_what_is_there_and_unchanged_is_left(
    tmp_path: Path, quick: list[tuple[str, str]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(tmp_path, *TWO) == 0
    quick.clear()
    assert run(tmp_path, *TWO) == 0
    assert quick == [] and "0 made, 4 there already and unchanged" in capsys.readouterr().out
    (tmp_path / "QF7-action-3-paper.docx").write_bytes(word("edited by hand"))
    (tmp_path / "QT6-action-4-specification.docx").unlink()
    assert run(tmp_path, *TWO) == 0
    assert quick == [("QF7", MAIN[3]), ("QT6", MAIN[4])]
    quick.clear()
    assert run(tmp_path, *TWO, "--again") == 0
    assert len(quick) == 4


def test_another_plan_or_another_planner_makes_them_afresh(
    tmp_path: Path, quick: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run(tmp_path, *TWO) == 0
    quick.clear()
    monkeypatch.setattr(batch, "own_hash", lambda: "another")
    assert run(tmp_path, *TWO) == 0 and len(quick) == 4
    plan = tmp_path / "plan.json"
    assert main(["example", "--icb", "QF7", "--out", str(plan)]) == 0
    quick.clear()
    assert run(tmp_path, *TWO, "--plan", str(plan)) == 0 and len(quick) == 4


@pytest.mark.parametrize(
    "damage",
    ["", '{"documents": {', '{"documents": 3}', '{"documents": {"QF7-action-3-paper.docx": 3}}'],
)
def test_a_damaged_list_means_that_all_is_made_afresh(
    tmp_path: Path, quick: list[tuple[str, str]], damage: str
) -> None:
    assert run(tmp_path, *TWO) == 0
    (tmp_path / "manifest.json").write_text(damage)
    quick.clear()
    assert run(tmp_path, *TWO) == 0 and len(quick) == 4


@pytest.mark.parametrize("name", ["manifest.json", "QT6-action-4-specification.docx"])
def test_what_is_not_ours_in_the_folder_stops_it_before_any_work(
    tmp_path: Path, quick: list[tuple[str, str]], capsys: pytest.CaptureFixture[str], name: str
) -> None:
    (tmp_path / name).write_text('["of another program"]')
    assert run(tmp_path, *TWO) == 2
    assert f"{name}: what stands there is not a" in capsys.readouterr().err
    assert names(tmp_path) == [name] and quick == []
    assert run(tmp_path, *TWO, "--force") == 0 and names(tmp_path) == [*FILES, "manifest.json"]


def test_the_whole_set_is_made_in_a_folder_of_each_board_and_gone_on_with(
    tmp_path: Path,
    quick: list[tuple[str, str]],
    library: SpecLibrary,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run(tmp_path, *TWO, "--set") == 0
    files = {
        f"{code}/{path_in_set(name, library)}"
        for code in ("QF7", "QT6")
        for name in set_names(library)
    }
    file_names = {p.relative_to(tmp_path).as_posix() for p in tmp_path.rglob("*.*")} - {
        "manifest.json"
    }
    assert file_names == files and "QF7/schedules/activity-plan.docx" in file_names
    (tmp_path / "QT6/coverage.xlsx").unlink()
    quick.clear()
    capsys.readouterr()
    assert run(tmp_path, *TWO, "--set") == 0 and quick == []
    assert f"{len(files)} documents in {tmp_path}: 1 made" in capsys.readouterr().out


def test_one_that_fails_is_named_and_the_rest_are_finished(
    tmp_path: Path,
    quick: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    write = documents.specification_docx

    def fails(result: Results, name: str, *rest: Any) -> bytes:
        if (result.organisation.code, name) == ("QF7", MAIN[3]):
            raise RuntimeError("the chart\ncould not be drawn")
        return write(result, name, *rest)

    monkeypatch.setattr(documents, "specification_docx", fails)
    assert run(tmp_path, *TWO) == 2
    text = capsys.readouterr().err
    assert "not made: QF7 action-3-paper: RuntimeError: the chart could not be drawn" in text
    assert "planner: 1 of 4 documents could not be made" in text and "Traceback" not in text
    assert names(tmp_path) == [*FILES[1:], "manifest.json"]
    monkeypatch.setattr(documents, "specification_docx", write)
    quick.clear()
    assert run(tmp_path, *TWO) == 0 and quick == [("QF7", MAIN[3])]


def test_an_interrupted_write_leaves_nothing_half_written(
    tmp_path: Path,
    quick: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    replace = os.replace

    def stopped(source: str, target: str) -> None:
        if Path(target).name == "QT6-action-3-paper.docx":
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", stopped)
    assert run(tmp_path, *TWO) == 130
    text = capsys.readouterr().err
    assert (
        "stopped. 2 of 4 documents" in text
        and "not finished: QT6." in text
        and "same command again" in text
    )
    assert names(tmp_path) == [*FILES[:2], "manifest.json"]
    monkeypatch.undo()


def test_ctrl_c_leaves_whole_documents_and_says_how_to_go_on(tmp_path: Path) -> None:
    started = subprocess.Popen(
        [*COMMAND, "--out", tmp_path, "--jobs", "2", "--progress"],
        stderr=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    assert started.stderr is not None
    assert "documents after" in started.stderr.readline()
    # As a terminal does: to the command and to all it started.
    os.killpg(started.pid, signal.SIGINT)
    text = started.stderr.read()
    assert started.wait(60) == 130
    assert "stopped. " in text and "same command again" in text and "Traceback" not in text
    assert text.splitlines()[-1].startswith("planner: stopped. ") and "not finished: " in text
    entries = json.loads((tmp_path / "manifest.json").read_text())["documents"]
    assert names(tmp_path) == sorted([*entries, "manifest.json"])
    for name, entry in entries.items():
        assert hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() == entry["sha256"]


def test_what_a_run_ended_without_warning_left_behind_is_cleared(
    tmp_path: Path, quick: list[tuple[str, str]]
) -> None:
    (tmp_path / ".QF7-action-3-paper.docx.0a1b2c3d.part").write_bytes(b"half")
    for name in ("mine.part", ".mine.part"):
        (tmp_path / name).write_bytes(b"not ours")
    assert run(tmp_path, *TWO) == 0
    assert names(tmp_path) == [".mine.part", *FILES, "manifest.json", "mine.part"]


def test_a_full_disk_is_one_line(
    tmp_path: Path,
    quick: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device", str(source))

    monkeypatch.setattr(os, "replace", full)
    assert run(tmp_path, *TWO) == 2
    text = capsys.readouterr().err
    assert "No space left on device" in text and "Traceback" not in text and names(tmp_path) == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--icb", "ZZZ"), "no ICB has the code 'ZZZ'"),
        (("--icb", "QNQ", "--list", "36"), "it is in the list of 42 ICBs"),
        (("--icb", "ENG"), "not for England"),
        (("--plan", "absent.json"), "absent.json cannot be read"),
        (("--jobs", "0"), "--jobs: give a whole number of 1 or more"),
    ],
)
def test_each_mistake_is_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], words: str
) -> None:
    assert run(tmp_path, *arguments) == 2
    text = capsys.readouterr().err
    assert words in text and text.count("\n") == 1


def test_a_plan_is_carried_to_another_board_without_what_belongs_to_its_own(
    maximal: Plan, reference: ReferenceData
) -> None:
    home, other = (reference.find_organisation(code) for code in ("QF7", "QT6"))
    assert carried_to(home, maximal, reference) == maximal
    plan = carried_to(other, maximal, reference)
    assert plan.place.icb_code == "QT6" and plan.title == starter_plan(other, reference).title
    assert plan.demand == maximal.demand and plan.outcomes == maximal.outcomes
    assert plan.preferred_option == maximal.preferred_option and plan.pricing.budget is None
    assert not any(row.patients or row.items for row in plan.prescribing.classes)
    assert not (plan.areas.areas or plan.trend.months or plan.imports or plan.inequality.age_sex)
    assert not (
        plan.specification.directory
        or plan.specification.committee
        or plan.specification.service_start
    )
    assert plan.specification.risks == maximal.specification.risks
    assert plan.inequality.groups == maximal.inequality.groups
    starters = {option.id: option for option in starter_plan(other, reference).options}
    unchanged = {
        option.id for option in starter_plan(home, reference).options if option in maximal.options
    }
    assert all(option == starters[option.id] for option in plan.options if option.id in unchanged)


def test_an_option_of_ones_own_is_sized_by_resident_adults(
    maximal: Plan, reference: ReferenceData
) -> None:
    home, other = (reference.find_organisation(code) for code in ("QF7", "QT6"))
    values = maximal.model_dump()
    values["options"][-1]["posts"][0]["wte"] = 10.0
    plan = carried_to(other, Plan.model_validate(values), reference)
    adults = [
        next(p.value for p in icb.populations if p.basis.value == "resident_adults")
        for icb in (home, other)
    ]
    assert plan.options[-1].posts[0].wte == round(10 * adults[1] / adults[0], 1)
    assert plan.place.organisation_list is OrganisationList.FROM_APRIL_2026
