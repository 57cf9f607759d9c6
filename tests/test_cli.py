"""The same, headless: what each command prints, and one clear line for each mistake."""

from __future__ import annotations

import argparse
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from planner.cli.main import main, parser
from planner.model.case_study import Measure
from planner.model.plan import Plan
from planner.store.plan_file import plan_to_json


@pytest.fixture
def plan_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    path = tmp_path / "plan.json"
    assert main(["example", "--icb", "QF7", "--out", str(path)]) == 0
    capsys.readouterr()
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    assert main(list(arguments)) == 0
    return json.loads(capsys.readouterr().out)


def test_check_says_what_is_missing(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = said(capsys, "check", str(plan_file), "--json")
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
    result = said(capsys, "case-studies", "--json")
    assert [study["id"] for study in result] == [f"cs{n}" for n in range(1, 8)]
    figures = {figure["id"]: figure for figure in result[0]["figures"]}
    assert {"id", "value", "unit", "kind", "section"} <= set(figures["cost_per_head"])
    assert (
        figures["cost_per_head"]["value"] == 0.26
        and figures["cost_per_head"]["kind"] == "published"
    )
    assert all(study["cautions"] for study in result)


def test_need(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = said(capsys, "need", str(plan_file), "--json")
    opioids = next(row for row in result["classes"] if row["medicine_class"] == "opioids")
    assert opioids["kind"] == "modelled" and opioids["period"] == "2020/21"
    assert set(result["demand"]) == {"low", "central", "high"}


def test_benchmark_has_four_columns_and_nulls(
    plan_file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = said(capsys, "benchmark", str(plan_file), "--json")["rows"]
    heads = {row["case_study"]: row for row in rows if row["measure"] == "cost_per_head"}
    assert heads["cs1"]["published"] == 0.26 and round(heads["cs1"]["recomputed"], 4) == 0.2553
    for study in ("cs2", "cs3", "cs4", "cs5", "cs6", "cs7"):
        assert [heads[study][c] for c in ("published", "recomputed", "uprated", "modelled")] == [
            None
        ] * 4
    assert {row["measure"] for row in rows} == {measure.value for measure in Measure}


def test_options(plan_file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = said(capsys, "options", str(plan_file), "--json")["options"]
    assert len(options) == 6
    for option in options:
        assert {
            "id",
            "name",
            "annual_cost",
            "cost_per_head",
            "people_supported",
            "cost_per_person",
        } <= set(option)
        assert set(option["annual_cost"]) == {"low", "central", "high"}
    assert options[0]["cost_per_person"] is None and options[0]["withheld"]["cost_per_person"]


def test_staff_cost(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = (
        "staff-cost --band 7 --point mid --zone inner --year 2026/27 --wte 1 --perspective "
        "provider --json"
    )
    result = said(capsys, *arguments.split())
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


def test_case_finding_writes_the_searches(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "codes.csv"
    result = said(capsys, "case-finding", str(plan_file), "--out", str(out), "--json")
    assert result["threshold_mg"] == 120
    lines = out.read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("row,class,bnf_code,begins_with,name,counted")
    assert len(lines) == len(result["rows"]) + 1
    assert sum(row["counted"] == "in" and row["row"] == "medicine" for row in result["rows"]) == 73
    assert main(["case-finding", str(plan_file), "--out", str(out)]) == 0
    assert "73 medicines in" in capsys.readouterr().out
    assert main(["case-finding", str(plan_file)]) == 2
    assert "--out codes.csv" in capsys.readouterr().err


def test_review_of_our_own_document(
    plan_file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "a4.docx"
    assert main(["spec", str(plan_file), "--action", "4", "--out", str(out)]) == 0
    capsys.readouterr()
    result = said(capsys, "review", str(out), "--json", "--action", "4")
    assert (
        result["file"] == "a4.docx" and result["language"] == [] and result["accessibility"] == []
    )
    assert {one["state"] for one in result["requirements"]} == {"found"} and len(
        result["requirements"]
    ) == 26
    assert {"id", "asks", "state", "quote", "under", "matched", "lacking"} <= set(
        result["requirements"][0]
    )
    assert main(["review", str(out)]) == 0
    printed = capsys.readouterr().out
    assert (
        "a4.docx\n  Of 47 requirements of Actions 3 and 4, " in printed
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
        arguments = ["example", "--icb", code, "--out", str(tmp_path / "p.json")]
        assert main(arguments + (["--list", which] if which else [])) == 0
        assert words in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["check", "absent.json"], "cannot be read"),
        (["check", "."], "cannot be read"),
        (["example", "--icb", "ZZZ", "--out", "p.json"], "no ICB has the code 'ZZZ'"),
        (["example", "--icb", "ENG", "--out", "p.json"], "not for England"),
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
def test_a_mistake_is_one_line_and_2(arguments: list[str], words: str, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-m", "planner.cli", *arguments],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2
    assert words in run.stderr and run.stderr.count("\n") == 1 and run.stdout == ""
    assert "Traceback" not in run.stderr


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
    after.write_text(plan_file.read_text().replace('"budget": 900000.0', '"budget": 800000.0'))
    result = said(capsys, "compare", str(plan_file), str(after), "--json", "--out", str(word))
    assert result["nothing_changed"] is False and word.read_bytes().startswith(b"PK")
    assert [(c["what"], c["before"], c["after"]) for c in result["inputs"]] == [
        ("Budget a year", "£900,000", "£800,000")
    ]
    assert main(["compare", str(after), str(plan_file)]) == 0
    printed = capsys.readouterr().out
    assert (
        "Budget a year: £800,000 -> £900,000" in printed
        and "1 input or decision changed." in printed
    )
    assert main(["compare", str(after), str(after)]) == 0
    assert capsys.readouterr().out == "Nothing changed: the two plans are the same.\n"
    assert said(capsys, "compare", str(after), str(after), "--json")["nothing_changed"] is True
    assert main(["compare", str(after), str(tmp_path / "absent.json")]) == 2
    assert "absent.json cannot be read" in capsys.readouterr().err


def test_reading_many_files_stops_with_ctrl_c_and_says_what_was_read(tmp_path: Path) -> None:
    (tmp_path / "numbers.csv").write_text("class,period,patients\nopioids,2024/25,100\n")
    # Nothing ever comes of it.
    os.mkfifo(tmp_path / "endless.csv")
    out = tmp_path / "all.csv"
    out.write_text("as it was")
    started = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "planner.cli",
            "ingest",
            "numbers.csv",
            "endless.csv",
            "third.csv",
            "--progress",
            "--out",
            out,
        ],
        cwd=tmp_path,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert started.stderr is not None
    assert started.stderr.readline() == "File 1 of 3: numbers.csv\n"
    assert started.stderr.readline() == "File 2 of 3: endless.csv\n"
    started.send_signal(signal.SIGINT)
    said = started.stderr.read()
    assert started.wait(60) == 130
    assert said == (
        "planner: stopped. 1 of 3 files had been read; not read: endless.csv, third.csv. Neither "
        "--out nor --save was "
        "written\n"
    )
    assert out.read_text() == "as it was"
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "all.csv",
        "endless.csv",
        "numbers.csv",
    ]


def test_a_file_is_written_whole_or_left_as_it_was(
    plan_file: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "out.csv"
    out.write_text("as it was")
    (tmp_path / "link.csv").symlink_to(out)

    def full(source: object, target: object) -> None:
        raise OSError(28, "No space left on device", str(source))

    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", full)
        assert main(["case-finding", str(plan_file), "--out", str(out)]) == 2
    assert capsys.readouterr().err == f"planner: {out}: No space left on device\n"
    assert out.read_text() == "as it was" and not list(tmp_path.glob(".*"))
    assert main(["case-finding", str(plan_file), "--out", str(tmp_path / "link.csv")]) == 0
    assert (tmp_path / "link.csv").is_symlink() and out.read_text() != "as it was"


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
    assert named == known and len(named) == 9


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
    for ending in ("json", "xlsx", "docx", "sqlite"):
        (tmp_path / f"notes.{ending}").write_text('{"notes": "of mine"}', encoding="utf-8")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    monkeypatch.chdir(tmp_path)
    assert main(command) == 2
    assert reason in capsys.readouterr().err
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()} == before


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
