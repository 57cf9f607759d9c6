"""The same, headless: what each command prints, and one clear line for each mistake."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from planner.cli.main import main, parser
from planner.intake.portal import OFF_SETTING
from planner.intake.portal_client import STAND_IN_SETTING
from planner.model.case_study import Base, FeatureStatus, Measure
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.store.drafts import open_store
from planner.store.plan_file import plan_to_json
from tests.intake.portal_stand_in import StandIn, serving


@pytest.fixture
def plan_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "plan.json"
    assert main(["example", "--icb", "QF7", "--out", str(path)]) == 0
    capsys.readouterr()
    return path


def json_of(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(list(arguments)) == 0
    return json.loads(capsys.readouterr().out)


def test_check_says_what_is_missing(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = json_of(capsys, "check", str(plan_file), "--json")
    assert result["valid"] is True
    assert {"id", "where", "why"} <= set(result["missing"][0])
    assert "patients.opioids" in {gap["id"] for gap in result["missing"]}
    assert any("unverified" in warning for warning in result["warnings"])


def test_check_of_a_damaged_plan_says_so_in_json_too(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan_file.write_text(plan_file.read_text()[:200])
    assert main(["check", str(plan_file), "--json"]) == 2
    printed = capsys.readouterr()
    result = json.loads(printed.out)
    assert (
        result["valid"] is False and "damaged" in result["error"] and printed.err.count("\n") == 1
    )


def test_case_studies(capsys: pytest.CaptureFixture[str]) -> None:
    result = json_of(capsys, "case-studies", "--json")
    assert [study["id"] for study in result] == [f"cs{n}" for n in range(1, 8)]
    figures = {figure["id"]: figure for figure in result[0]["figures"]}
    assert {"id", "value", "unit", "kind", "section"} <= set(figures["cost_per_head"])
    assert (
        figures["cost_per_head"]["value"] == 0.26
        and figures["cost_per_head"]["kind"] == "published"
    )
    assert all(study["cautions"] for study in result)


def test_need(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = json_of(capsys, "need", str(plan_file), "--json")
    opioids = next(row for row in result["classes"] if row["medicine_class"] == "opioids")
    assert opioids["kind"] == "modelled" and opioids["period"] == "2023/24"
    assert (opioids["rung"], opioids["rung_above"]) == (4, 3)
    assert set(result["demand"]) == {"low", "central", "high"}
    place = result["place"]
    assert place["profile"]["index"] == "IMD 2019" and len(place["neighbours"]) == 5
    assert place["boundary_change"]["is_named"] is False and place["standings"] == []
    assert {row["region"] for row in place["region_trends"]} == {"North East and Yorkshire"}


def test_the_page_on_json_names_every_key_that_is_printed(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = (Path(__file__).parents[1] / "docs" / "reference" / "plan-json.md").read_text()
    inside = {"options": "options", "years": "years", "mix": "mix"}
    for command in ("need", "options", "sensitivity", "years", "mix"):
        part = page.partition(f"## planner {command}\n")[2].partition("\n## ")[0]
        printed = json_of(capsys, command, str(plan_file), "--json")
        within = printed.get(inside.get(command, ""), {})
        first = within[0] if isinstance(within, list) else within
        named = set(re.findall(r"`(\w+)`", part))
        known = {"versions", "id", "name", "words", *UNEXPLAINED}
        assert set(printed) | set(first) <= named | known, command


FIRST_EDITION = Path(__file__).with_name("first_edition_keys.yaml")


@pytest.mark.parametrize("command", ["need", "benchmark", "options", "sensitivity", "mix"])
def test_a_key_of_the_first_edition_is_still_printed_or_the_page_says_that_it_is_gone(
    command: str, plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    docs = Path(__file__).parents[1] / "docs" / "reference"
    page = docs / ("benchmark-json.md" if command == "benchmark" else "plan-json.md")
    part = page.read_text().partition(f"## planner {command}\n")[2].partition("\n## ")[0]
    # Nothing is gone from the benchmark.
    without_new_names = re.sub(r"\([^)]*\)", "", part.partition("Gone:")[2])
    gone = {*re.findall(r"`(\w+)`", without_new_names)}
    printed = json_of(capsys, command, str(plan_file), "--json")
    first_keys = YAML(typ="safe").load(FIRST_EDITION)[command]
    for place, keys in first_keys.items():
        here = keys_at(printed, [] if place == "top" else place.split("."))
        assert {*keys} - here <= gone, place
        assert not {*keys} & here & gone, place


def keys_at(value: Any, places: list[str]) -> set[str]:
    """Every key at a place, in whichever of a list's rows."""
    if isinstance(value, list):
        return {key for row in value for key in keys_at(row, places)}
    if not isinstance(value, dict):
        return set()
    return keys_at(value.get(places[0]), places[1:]) if places else set(value)


def test_a_first_name_says_what_the_new_one_does(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for option in json_of(capsys, "options", str(plan_file), "--json")["options"]:
        assert option["reach_by_fifth"] == option["reach_by_quintile"]
        for where in (option["measures"], option["withheld"], option["draws"]["estimates"]):
            for now, first in (("net_stopped", "additional"), ("people_starting", "starting")):
                assert where.get(first) == where.get(now)


UNEXPLAINED = {
    "overhead_mode", "price_year", "perspective", "population_basis", "method", "cautions",
    "value", "most_deprived_share", "missing_because", "assumes",
}  # fmt: skip
"""Keys whose names say what they hold."""


def test_benchmark_has_four_columns_and_nulls(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    result = json_of(capsys, "benchmark", str(plan_file), "--json")
    rows = result["rows"]
    heads = {row["case_study"]: row for row in rows if row["measure"] == "cost_per_head"}
    assert heads["cs1"]["published"] == 0.26 and round(heads["cs1"]["recomputed"], 4) == 0.2553
    for study in ("cs2", "cs3", "cs4", "cs5", "cs6", "cs7"):
        assert [heads[study][c] for c in ("published", "recomputed", "uprated")] == [None] * 3
        # A population of another publisher is told as modelled; where there is none, nothing is.
        assert (heads[study]["modelled"] is not None) == (study in {"cs2", "cs5"})
    assert {row["measure"] for row in rows} == {measure.value for measure in Measure}
    assert {row["denominator"] for row in rows if not row["missing_because"]} <= set(Base)
    page = (Path(__file__).parents[1] / "docs" / "reference" / "benchmark-json.md").read_text()
    named = {*re.findall(r"`(\w+)`", page), "name", "cautions", "unit"}
    lists = (row for part in result.values() if isinstance(part, list) for row in part)
    assert {*result, *(key for row in lists if isinstance(row, dict) for key in row)} <= named
    # What sets the option apart, at this place's size.
    models = {(model["case_study"], model["reading"]): model for model in result["models"]}
    assert round(models["cs1", ""]["cost_here"]) == 482_923
    assert result["own_services"] == ["cs5"] and "£483,000" in result["finding"]
    steps = result["gaps"][0]["cost_per_person"]
    assert steps[0]["part"] == "hours" and abs(sum(step["share"] for step in steps) - 1) < 1e-9
    assert {row["option"] for row in result["features"]} <= set(FeatureStatus)


def test_options(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = json_of(capsys, "options", str(plan_file), "--json")["options"]
    assert len(options) == 6
    for option in options:
        assert {
            "id",
            "name",
            "annual_cost",
            "cost_per_head",
            "demand",
            "people_assessed",
            "people_starting",
            "cost_per_assessed",
            "waiting_weeks",
            "too_thin",
            "measures",
            "medians",
            "often_none",
        } <= set(option)
        assert set(option["annual_cost"]) == {"low", "central", "high"}
    assert options[0]["cost_per_assessed"] is None and options[0]["withheld"]["cost_per_assessed"]
    assert main(["options", str(plan_file)]) == 0
    printed = capsys.readouterr().out
    assert "  Therapists with peer support\n    Referrals there is room for: 1,310 (" in printed
    assert "    Waiting after a full year: 0 (0 to " in printed and "of simulations" in printed
    assert "Letters and education (benzodiazepines and Z-drugs) is better on cost a year" in printed


def test_staff_cost(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (
        "staff-cost --band 7 --point mid --zone inner --year 2026/27 --wte 1 --perspective "
        "provider --json"
    )
    result = json_of(capsys, *arguments.split())
    assert round(result["total"], 2) == 78058.59
    assert result["unit"] == "GBP a year" and any(
        "unverified" in caution for caution in result["cautions"]
    )


def test_spec_writes_the_document(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for action in ("3", "4"):
        out = tmp_path / f"a{action}.docx"
        assert main(["spec", str(plan_file), "--action", action, "--out", str(out)]) == 0
        assert out.read_bytes().startswith(b"PK")


def test_documents_writes_the_set_or_what_is_named_of_it(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "set"
    command = ["documents", str(plan_file), "--out", str(out)]
    assert main([*command, "--only", "data-quality", "--only", "coverage"]) == 0
    files = {path.relative_to(out).as_posix() for path in out.rglob("*.*")}
    assert files == {"schedules/data-quality.docx", "coverage.xlsx"}
    assert main([*command, "--only", "annex"]) == 2
    assert "the set has no such document; it has action-3-paper, " in capsys.readouterr().err
    (out / "schedules/reporting.docx").write_bytes(b"mine")
    assert main([*command, "--only", "reporting"]) == 2
    assert "is not a Word document" in capsys.readouterr().err


def test_case_finding_writes_the_searches(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "codes.csv"
    result = json_of(capsys, "case-finding", str(plan_file), "--out", str(out), "--json")
    assert result["threshold_mg"] == 90
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("row,class,bnf_code,begins_with,name,counted")
    assert len(lines) == len(result["rows"]) + 1
    assert sum(row["counted"] == "in" and row["row"] == "medicine" for row in result["rows"]) == 73
    assert main(["case-finding", str(plan_file), "--out", str(out)]) == 0
    assert "73 medicines in" in capsys.readouterr().out
    assert main(["case-finding", str(plan_file)]) == 2
    assert "--out codes.csv" in capsys.readouterr().err


@pytest.mark.slow
def test_review_of_our_own_document(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a4.docx"
    assert main(["spec", str(plan_file), "--action", "4", "--out", str(out)]) == 0
    capsys.readouterr()
    result = json_of(capsys, "review", str(out), "--json", "--action", "4")
    assert (
        result["file"] == "a4.docx" and result["language"] == [] and result["accessibility"] == []
    )
    assert {one["state"] for one in result["requirements"]} == {"found"} and len(
        result["requirements"]
    ) == 26
    wanted = {"id", "asks", "asked_of", "strength", "state", "quote", "under", "matched"}
    assert wanted | {"lacking"} <= set(result["requirements"][0])
    assert main(["review", str(out)]) == 0
    printed = capsys.readouterr().out
    assert (
        "a4.docx\n  Actions 3 and 4: 28 musts and shoulds, " in printed
        and "A person decides." in printed
    )


def test_review_of_what_is_no_specification(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "old.docx"
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\x00" * 600)
    assert main(["review", str(path), "--json"]) == 2
    printed = capsys.readouterr()
    assert json.loads(printed.out)["error"].startswith("old.docx is an old Word document (.doc)")
    assert printed.err.count("\n") == 1
    assert main(["review", str(tmp_path / "absent.docx")]) == 2
    assert "No such file" in capsys.readouterr().err


def test_both_lists_are_reached(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for code, which, words in (
        ("QNQ", None, "42 ICBs to March 2026"),
        ("S1Y5D", None, "36 ICBs from April 2026"),
        ("QRL", "42", "42 ICBs to March 2026"),
        ("qrl", "36", "36 ICBs from April 2026"),
    ):
        arguments = ["example", "--icb", code, "--out", str(tmp_path / f"{code}.json")]
        assert main(arguments + (["--list", which] if which else [])) == 0
        assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "absent.json"], "cannot be read"),
        (["check", "."], "cannot be read"),
        (["example", "--icb", "ZZZ", "--out", "p.json"], "no ICB has the code 'ZZZ'"),
        (["example", "--icb", "ENG", "--out", "p.json"], "not for England"),
        (["example", "--icb", "03N", "--out", "p.json"], "03N is a sub-ICB location of QF7"),
        (["example", "--icb", "E38000247", "--out", "p.json"], "is a sub-ICB location"),
        (["example", "--icb", "QF7", "--out", "no/such/folder/p.json"], "No such file"),
        (["staff-cost", "--band", "7", "--year", "1999/00"], "we hold"),
        (
            ["staff-cost", "--band", "7", "--wte", "0"],
            "wte: input should be greater than or equal to 0.001",
        ),
        (["staff-cost", "--band", "7", "--wte", "nan"], "wte: "),
        (["staff-cost", "--band", "12"], "invalid choice"),
        (["nonsense"], "invalid choice"),
        ([], "required"),
    ],
)
def test_a_mistake_is_one_line_and_2(
    arguments: list[str],
    words: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    try:
        code: object = main(arguments)
    except SystemExit as ended:
        # As argparse ends what it cannot read.
        code = ended.code
    printed = capsys.readouterr()
    assert code == 2
    assert words in printed.err and printed.err.count("\n") == 1 and printed.out == ""


@pytest.mark.parametrize("arguments", [["check", "absent.json"], ["nonsense"]])
def test_a_mistake_ends_the_process_with_2_and_no_traceback(
    arguments: list[str], tmp_path: Path
) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "planner.cli", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert run.stderr.count("\n") == 1 and "Traceback" not in run.stderr and run.stdout == ""


def test_a_plan_for_a_place_that_is_gone_says_so(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan_file.write_text(plan_file.read_text().replace('"QF7"', '"QNQ"'))
    assert main(["need", str(plan_file)]) == 2
    assert "it is in the list of 42 ICBs to March 2026" in capsys.readouterr().err


@pytest.mark.slow
def test_compare_says_what_changed_and_writes_it(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    after, word = tmp_path / "after.json", tmp_path / "changes.docx"
    after.write_text(plan_file.read_text().replace('"budget": 1000000.0', '"budget": 800000.0'))
    result = json_of(capsys, "compare", str(plan_file), str(after), "--json", "--out", str(word))
    assert result["nothing_changed"] is False and word.read_bytes().startswith(b"PK")
    assert [(c["what"], c["before"], c["after"]) for c in result["inputs"]] == [
        ("Budget a year", "£1,000,000", "£800,000")
    ]
    assert main(["compare", str(after), str(plan_file)]) == 0
    printed = capsys.readouterr().out
    assert (
        "Budget a year: £800,000 -> £1,000,000" in printed
        and "1 input or decision changed." in printed
    )
    assert main(["compare", str(after), str(after)]) == 0
    assert capsys.readouterr().out == "Nothing changed: the two plans are the same.\n"
    assert json_of(capsys, "compare", str(after), str(after), "--json")["nothing_changed"] is True
    assert main(["compare", str(after), str(tmp_path / "absent.json")]) == 2
    assert "absent.json cannot be read" in capsys.readouterr().err


@pytest.mark.slow
def test_reading_many_files_stops_with_ctrl_c_and_says_what_was_read(tmp_path: Path) -> None:
    for name in ("numbers.csv", "endless.csv"):
        (tmp_path / name).write_text("class,period,patients\nopioids,2024/25,100\n")
    out = tmp_path / "all.csv"
    # Nothing ever comes of the second.
    code = (
        "import sys, time; from planner.cli.main import main; from planner.intake import registry;"
        "read = registry._bytes; registry._bytes = lambda path:"
        " time.sleep(600) if path.name == 'endless.csv' else read(path);"
        "sys.exit(main(sys.argv[1:]))"
    )
    started = subprocess.Popen(
        [sys.executable, "-c", code, "ingest", "numbers.csv", "endless.csv", "third.csv",
         "--progress", "--out", out],
        cwd=tmp_path, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert started.stderr is not None
    assert started.stderr.readline() == "File 1 of 3: numbers.csv\n"
    assert started.stderr.readline() == "File 2 of 3: endless.csv\n"
    started.send_signal(signal.SIGINT)
    output = started.stderr.read()
    assert started.wait(60) == 130
    assert output == (
        "planner: stopped. 1 of 3 files had been read; not read: endless.csv, third.csv. Neither "
        "--out nor --save was "
        "written\n"
    )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["endless.csv", "numbers.csv"]


def test_a_file_is_written_whole_or_left_as_it_was(
    plan_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out.csv"
    command = ["case-finding", str(plan_file), "--out", str(out)]
    assert main(command) == 0
    out.write_bytes(out.read_bytes()[:200])
    before = out.read_bytes()
    capsys.readouterr()

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device", str(source))

    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", full)
        assert main(command) == 2
    assert capsys.readouterr().err == f"planner: {out}: No space left on device\n"
    assert out.read_bytes() == before and not list(tmp_path.glob(".*"))
    # A link that someone put where the part of a file used to be written leads nowhere.
    (tmp_path / ".out.csv.part").symlink_to(tmp_path / "elsewhere")
    assert main(command) == 0
    assert len(out.read_bytes()) > 200 and not (tmp_path / "elsewhere").exists()


def _commands(
    parser: argparse.ArgumentParser, name: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    below = [action for action in parser._actions if isinstance(action, argparse._SubParsersAction)]
    if not below:
        yield name, parser
    for action in below:
        for key, command in action.choices.items():
            yield from _commands(command, f"{name} {key}".strip())


def test_every_option_that_names_an_output_says_what_is_written_there() -> None:
    named = {
        (name, action.option_strings[0])
        for name, command in _commands(parser())
        for action in command._actions
        if {"--out", "--save"} & set(action.option_strings)
    }
    known = {
        (name, option)
        for name, command in _commands(parser())
        for option, _ in command.get_default("writes").values()
    }
    assert named == known and len(named) == 12


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (["workbook", "plan.json", "--out", "plan.json"], "one that this command reads"),
        (["workbook", "plan.json", "--out", "link.xlsx"], "one that this command reads"),
        (["spec", "plan.json", "--action", "3", "--out", "paper.pdf"], "must end with .docx"),
        (
            ["spec", "plan.json", "--action", "3", "--out", "./plan.json"],
            "one that this command reads",
        ),
        (["case-finding", "plan.json", "--out", "plan.json"], "one that this command reads"),
        (
            ["compare", "plan.json", "other.json", "--out", "other.json"],
            "one that this command reads",
        ),
        (["ingest", "rows.csv", "--out", "rows.csv"], "one that this command reads"),
        (
            ["ingest", "rows.csv", "--plan", "plan.json", "--save", "plan.json"],
            "one that this command reads",
        ),
        (
            ["ingest", "rows.csv", "--plan", "plan.json", "--save", "a.json", "--out", "a.json"],
            "by another option",
        ),
        (["example", "--out", "folder"], "that is a folder"),
        (["example", "--out", "rows.csv"], "must end with .json"),
        (["batch", "--out", "rows.csv"], "that is a file"),
        (["drafts", "backup", "--out", "plan.json"], "must end with .sqlite"),
        (["drafts", "backup", "--out", "notes.sqlite"], "is not a backup of plans"),
        (["example", "--out", "notes.json"], "is not a plan file"),
        (["workbook", "plan.json", "--out", "notes.xlsx"], "is not an Excel workbook"),
        (["spec", "plan.json", "--action", "4", "--out", "notes.docx"], "is not a Word document"),
        (["case-finding", "plan.json", "--out", "rows.csv"], "is not a table of searches"),
        (
            ["ingest", "rows.csv", "--out", "notes.csv"],
            "is not a table of rows, whatever its name; move it away, give another name, or insist",
        ),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_nothing_is_written_over_what_is_read_or_what_is_of_another_kind(
    command: list[str],
    reason: str,
    example: Plan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "plan.json").write_text(plan_to_json(example), encoding="utf-8")
    (tmp_path / "other.json").write_text(plan_to_json(example), encoding="utf-8")
    (tmp_path / "rows.csv").write_text("class,people\nopioids,5\n", encoding="utf-8")
    (tmp_path / "link.xlsx").symlink_to(tmp_path / "plan.json")
    (tmp_path / "folder").mkdir()
    for ending in ("json", "xlsx", "docx", "sqlite", "csv"):
        (tmp_path / f"notes.{ending}").write_text('{"notes": "of mine"}', encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    assert reason in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


READS_AND_WRITES = {
    ("example", "--out"): ["example", "--out", "out.json"],
    ("spec", "--out"): ["spec", "plan.json", "--action", "3", "--out", "out.docx"],
    ("documents", "--out"): ["documents", "plan.json", "--only", "reporting", "--out", "out"],
    ("workbook", "--out"): ["workbook", "plan.json", "--out", "out.xlsx"],
    ("case-finding", "--out"): ["case-finding", "plan.json", "--out", "out.csv"],
    ("ingest", "--out"): ["ingest", "rows.csv", "--out", "out.csv"],
    ("ingest", "--save"): ["ingest", "rows.csv", "--plan", "plan.json", "--save", "out.json"],
    ("fetch", "--out"): ["fetch", "--icb", "QF7", "--months", "1", "--out", "out.csv"],
    ("fetch", "--save"): ["fetch", "--months", "1", "--plan", "plan.json", "--save", "out.json"],
    ("compare", "--out"): ["compare", "plan.json", "other.json", "--out", "out.docx"],
    ("batch", "--out"): [
        "batch",
        "--plan",
        "plan.json",
        "--icb",
        "QF7",
        "--jobs",
        "1",
        "--out",
        "out",
    ],
    ("drafts backup", "--out"): ["drafts", "backup", "--out", "out.sqlite"],
}
"""Every option that names an output, by its command, with a command that writes there."""


@pytest.fixture
def folder(
    minimal: Plan, reference: ReferenceData, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A folder to work in, with what the commands read and whom they ask, and a plan kept
    elsewhere. The plan is the barest there can be, soonest printed."""
    work = tmp_path / "work"
    work.mkdir()
    for name in ("plan.json", "other.json"):
        (work / name).write_text(plan_to_json(minimal), encoding="utf-8")
    (work / "rows.csv").write_text("class,period,patients\nopioids,2024/25,100\n")
    monkeypatch.chdir(work)
    monkeypatch.setenv("PLANNER_DATABASE_URL", f"sqlite:///{tmp_path / 'plans.sqlite'}")
    open_store.cache_clear()
    open_store().create(minimal)
    monkeypatch.delenv(OFF_SETTING, raising=False)
    with serving(StandIn(reference, ["2026-06"])) as portal:
        monkeypatch.setenv(STAND_IN_SETTING, portal.address)
        yield work
    open_store().close()
    open_store.cache_clear()


def test_every_command_that_writes_is_among_those_tried() -> None:
    written = {
        (name, option)
        for name, command in _commands(parser())
        for option, _ in command.get_default("writes").values()
    }
    assert set(READS_AND_WRITES) == written


def files_at(path: Path) -> list[Path]:
    """The files that were written at a path, or in it."""
    return [path] if path.is_file() else sorted(path.rglob("*.docx"))


@pytest.mark.slow
@pytest.mark.parametrize("command", READS_AND_WRITES.values(), ids=" ".join)
def test_an_output_is_put_over_nothing_but_a_file_of_its_kind(
    command: list[str], folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = folder / command[-1]
    elsewhere = tmp_path / "elsewhere"
    is_folder = not out.suffix
    # A link, to nothing and to something: not followed.
    for target in ("", "of someone else"):
        out.symlink_to(elsewhere)
        if target:
            elsewhere.write_text(target)
        assert main(command) == 2
        assert "is a link, and links are not followed" in capsys.readouterr().err
        assert elsewhere.exists() is bool(target) and out.is_symlink()
        out.unlink()
    # A pipe, which would be waited for, and a socket.
    os.mkfifo(out)
    assert main(command) == 2
    assert "is a pipe" in capsys.readouterr().err
    out.unlink()
    make_socket(out)
    assert main(command) == 2
    assert "is a socket" in capsys.readouterr().err
    out.unlink()
    # A file of someone else's, of any name, until someone insists; of a folder, a file in it.
    in_folder = {"documents": "schedules/reporting.docx", "batch": "QF7-action-3-paper.docx"}
    mine = out / in_folder[command[0]] if is_folder else out
    mine.parent.mkdir(parents=True, exist_ok=True)
    for link in (False, True):
        if link:
            mine.symlink_to(elsewhere)
        else:
            mine.write_text("minutes of a meeting")
        assert main(command) == 2
        output = capsys.readouterr().err
        assert "insist with --force" in output and output.count("\n") == 1
        assert elsewhere.read_text() == "of someone else"
        assert link or mine.read_text() == "minutes of a meeting"
        assert main([*command, "--force"]) == 0
        assert elsewhere.read_text() == "of someone else" and not mine.is_symlink()
        assert files_at(out)
        # And ours again without a word.
        assert main(command) == 0
        capsys.readouterr()
        mine.unlink()
    # Nothing half made is left, and no file is run over that is read.
    assert not [path for path in folder.rglob(".*") if path.is_file()]
    assert (folder / "plan.json").read_bytes() == (folder / "other.json").read_bytes()


@pytest.mark.parametrize("command", [("example", "--out"), ("ingest", "--save")], ids=" ".join)
def test_no_other_plan_is_replaced_without_being_insisted_on(
    command: tuple[str, str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = READS_AND_WRITES[command]
    mine = folder / arguments[-1]
    before = (folder / "plan.json").read_text().replace("Example plan", "My own plan")
    mine.write_text(before)
    assert main(arguments) == 2
    output = capsys.readouterr().err
    assert "another plan stands there already" in output and output.count("\n") == 1
    assert "--force" in output and mine.read_text() == before
    assert main([*arguments, "--force"]) == 0
    assert mine.read_text() != before


NAME = "a\x1b[2J\x9b31m\rb\u202ec\udcff"
ESCAPED = "a\\u001b[2J\\u009b31m"


@pytest.mark.slow
@pytest.mark.parametrize("command", READS_AND_WRITES.values(), ids=" ".join)
def test_no_name_of_a_file_speaks_to_the_terminal(
    command: list[str], folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wherever a name is printed: what was written, what could not be, what was read or not."""
    out = f"{NAME}{Path(command[-1]).suffix}"
    for arguments, code in (
        ([*command[:-1], out], 0),
        ([*command[:-1], f"absent/{out}" if Path(out).suffix else f"rows.csv/{out}"], 2),
        ([*command[:-1], out, f"--{NAME}"], 2),
        ([*(f"{NAME}.json" if part == "plan.json" else part for part in command)], None),
        ([*(f"{NAME}.csv" if part == "rows.csv" else part for part in command)], None),
    ):
        try:
            ended = main(arguments)
        except SystemExit as end:
            ended = int(str(end.code))
        printed = "".join(capsys.readouterr())
        assert ended == code or code is None
        assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u202e\udcff]", printed)
        if code == 2:
            assert ESCAPED in printed


def test_a_name_in_json_is_still_json(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / f"{NAME}.csv").write_bytes((folder / "rows.csv").read_bytes())
    assert main(["ingest", f"{NAME}.csv", "--json"]) == 0
    printed = capsys.readouterr().out
    assert "\x1b" not in printed and "\x9b" not in printed and json.loads(printed)


def make_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))


OTHER_THINGS: dict[str, Callable[[Path], object]] = {
    "a folder": lambda path: path.mkdir(),
    "a pipe": os.mkfifo,
    "a device": lambda path: path.symlink_to("/dev/zero"),
    "a socket": make_socket,
}
"""What is no file, and how it is made; a device by a link, since reading follows links."""
READERS = [
    ["check", "odd"],
    ["check", "odd", "--json"],
    ["need", "odd"],
    ["benchmark", "odd"],
    ["options", "odd"],
    ["sensitivity", "odd"],
    ["years", "odd"],
    ["mix", "odd"],
    ["workbook", "odd", "--out", "out.xlsx"],
    ["spec", "odd", "--action", "3", "--out", "out.docx"],
    ["documents", "odd", "--out", "out"],
    ["case-finding", "odd", "--out", "out.csv"],
    ["compare", "plan.json", "odd"],
    ["compare", "odd", "plan.json"],
    ["ingest", "odd"],
    ["ingest", "rows.csv", "odd"],
    ["ingest", "rows.csv", "--plan", "odd", "--save", "out.json"],
    ["ingest", "rows.csv", "--columns", "odd"],
    ["fetch", "--months", "1", "--plan", "odd"],
    ["batch", "--plan", "odd", "--out", "out"],
    ["drafts", "restore", "odd"],
    ["review", "odd"],
]


@pytest.mark.parametrize("what", OTHER_THINGS)
@pytest.mark.parametrize("command", READERS, ids=" ".join)
def test_what_is_no_file_is_neither_waited_for_nor_read(
    command: list[str], what: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    OTHER_THINGS[what](folder / "odd")
    assert main(command) == 2
    printed = capsys.readouterr()
    assert printed.err == f"planner: odd cannot be read: it is {what}, not a file\n"
    assert not list(folder.glob("out*"))


def test_every_command_that_reads_a_file_is_among_those_tried() -> None:
    reading = {
        (name, dest)
        for name, command in _commands(parser())
        for dest in command.get_default("reads")
    }
    tried = set()
    for command in READERS:
        options = vars(parser().parse_args(command))
        words = " ".join(command)
        name = next(name for name, _ in _commands(parser()) if words.startswith(f"{name} "))
        tried |= {
            (name, dest)
            for dest in options["reads"]
            if "odd"
            in map(str, options[dest] if isinstance(options[dest], list) else [options[dest]])
        }
    assert tried == reading


def test_a_plan_is_read_no_further_than_a_plan_can_reach(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with (folder / "large.json").open("wb") as file:
        file.truncate(50_000_000_000)
    assert main(["check", "large.json"]) == 2
    assert "large.json is larger than 10 MB" in capsys.readouterr().err


def test_sensitivity_prints_pounds_as_pounds(
    example: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "plan.json").write_text(plan_to_json(example), encoding="utf-8")
    assert main(["sensitivity", str(tmp_path / "plan.json")]) == 0
    printed = capsys.readouterr().out
    assert re.search(
        r"Pay, from bottom to top of each band\n    From its low to its high: £[\d,]+ to £[\d,]+\n",
        printed,
    )
    assert not re.search(r"\de\+\d", printed)


def test_two_options_of_one_name_are_remarked_on(
    example: Plan, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second, *others = example.options
    plan = example.model_copy(
        update={"options": (first, second.model_copy(update={"name": first.name}), *others)}
    )
    (tmp_path / "plan.json").write_text(plan_to_json(plan), encoding="utf-8")
    assert main(["check", str(tmp_path / "plan.json")]) == 0
    assert f"More than one option is called '{first.name}'" in capsys.readouterr().out
