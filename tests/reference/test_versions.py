"""What a number was made with is said wherever it goes, and each shipped file has somebody who
looks at it again.
"""

from __future__ import annotations

import csv
import json
import shutil
from datetime import date
from importlib import metadata
from pathlib import Path

import pytest

from planner.cli.main import main
from planner.model.reference import ReferenceData
from planner.reference import cache, read_yaml
from planner.reference.cache import content_digest, software_version
from planner.reference.load import review_dates, shipped_files

ROOT = Path(__file__).parents[2]


@pytest.fixture
def plan_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "plan.json"
    assert main(["example", "--out", str(path)]) == 0
    capsys.readouterr()
    return path


def test_the_versions_are_those_of_the_project_and_of_the_files(reference: ReferenceData) -> None:
    assert f'\nversion = "{reference.versions.software}"\n' in (ROOT / "pyproject.toml").read_text()
    named = read_yaml(ROOT / "planner/reference/version.yaml")["version"]
    assert reference.versions.reference_data == f"{named} ({content_digest()[:8]})"


def test_an_installed_package_gives_the_version_it_was_installed_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cache, "PACKAGE", tmp_path / "planner")
    monkeypatch.setattr(metadata, "version", {"prescribed-medicines-planner": "9.8.7"}.__getitem__)
    assert software_version() == "9.8.7"


@pytest.mark.parametrize(
    ("file", "differs"),
    [
        ("planner/reference/pay.csv", True),
        ("case_studies/cs1-prescribed-medication-support.yaml", True),
        ("spec_templates/clauses/action4.yaml", True),
        ("planner/reference/load.py", False),
        ("spec_templates/README.md", False),
    ],
)
def test_the_digest_is_of_figures_and_words_and_of_nothing_else(
    file: str, differs: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for part in ("planner/reference", "case_studies", "spec_templates"):
        shutil.copytree(ROOT / part, tmp_path / part)
    monkeypatch.setattr(cache, "PACKAGE", tmp_path / "planner")
    before = content_digest()
    with (tmp_path / file).open("a") as changed:
        changed.write("\n")
    assert (content_digest() != before) is differs


@pytest.mark.parametrize("command", ["check", "need", "benchmark", "options", "sensitivity", "mix"])
def test_json_of_a_plan_gives_the_versions(
    command: str, plan_file: Path, reference: ReferenceData, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        main(
            [
                command,
                str(plan_file),
                "--json",
                *(["--budget", "900000"] if command == "mix" else []),
            ]
        )
        == 0
    )
    assert json.loads(capsys.readouterr().out)["versions"] == reference.versions.model_dump()


def test_the_command_prints_the_versions(
    reference: ReferenceData, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"{reference.versions.label}\n"


# When what we ship is looked at again.


def ids_of(file: str) -> set[str]:
    """The ids of a file's rows; of assumptions.yaml, those of its figures."""
    path = ROOT / file
    if path.suffix == ".csv":
        return {row["id"] for row in csv.DictReader(path.open(encoding="utf-8", newline=""))}
    content = read_yaml(path)
    return {row["id"] for row in (content["figures"] if isinstance(content, dict) else content)}


def test_every_shipped_file_has_one_owner_and_date() -> None:
    whole = [entry for entry in review_dates() if not entry.rows]
    assert sorted(entry.of for entry in whole) == sorted(shipped_files())
    assert {"planner/reference/evidence.csv", "spec_templates/clauses/action3.yaml"} <= set(
        shipped_files()
    )
    assert all(len(entry.owner.split()) >= 2 for entry in whole)


def test_an_entry_is_of_something_that_is_there() -> None:
    for entry in read_yaml(ROOT / "planner/reference/version.yaml")["review"]:
        assert (ROOT / entry["of"]).exists(), entry
        if "rows" in entry:
            assert set(entry["rows"]) <= ids_of(entry["of"]), entry


def test_what_was_not_checked_against_its_source_is_looked_at_within_a_year(
    reference: ReferenceData,
) -> None:
    rows = {row: entry.review for entry in review_dates() for row in entry.rows}
    unchecked = [row.id for row in reference.evidence if not row.verified]
    unchecked += [row.id for row in reference.assumptions if not row.verified]
    assert unchecked
    for row in unchecked:
        assert rows[row] < date(2027, 11, 30), row


def test_the_command_lists_what_is_due_and_what_comes_next(
    capsys: pytest.CaptureFixture[str],
) -> None:
    def due(on: str) -> tuple[list[str], list[str]]:
        assert main(["check", "--reference", "--on", on, "--json"]) == 0
        answer = json.loads(capsys.readouterr().out)
        return [row["of"] for row in answer["due"]], [row["of"] for row in answer["next"]]

    none, all_of_it = due("2026-11-29")
    assert not none and len(all_of_it) == len(review_dates())
    april, later = due("2027-04-01")
    assert "planner/reference/pay.csv" in april and "planner/reference/evidence.csv" in later
    assert "planner/reference/pay.csv" in due("2027-03-31")[1]
    assert main(["check", "--reference", "--on", "2027-04-01"]) == 0
    words = capsys.readouterr().out
    assert "  2027-04-01  finance business partner: planner/reference/pay.csv\n" in words
    assert "hours_a_year" in words and "Next, on 30 April 2027:" in words


@pytest.mark.parametrize(
    "arguments", [[], ["plan.json", "--reference"], ["plan.json", "--on", "2027-04-01"]]
)
def test_a_plan_or_the_reference_is_asked_about_and_not_both(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 1
