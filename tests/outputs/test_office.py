"""Every document of the set opens in LibreOffice, reads as it should and keeps to its pages."""

from __future__ import annotations

import re
import subprocess
import zipfile
from pathlib import Path

import pytest

from planner.analysis.economics.example import example_plan
from planner.analysis.results.results import results
from planner.cli.main import main
from planner.documents.set_of_documents import COVERAGE, names
from planner.model.library import MAIN, SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.documents import document_set
from planner.outputs.word.office import tagged_pdfs, with_page_numbers
from planner.store.plan_file import plan_to_json

PLANS = ("minimal", "five_fields", "example", "maximal")
BOARDS = ("Z9B2Z", "QT1", "QR1", "QWO", "QOX")
"""Boards whose example is printed too, three of them with a case study of their own."""
OF_BOARDS = (*MAIN.values(), "evidence-pack", "public-summary")
SCHEDULES_IN_ALL = 14
"""Pages of all schedules together, for the one kind of agreement that a plan has."""


@pytest.fixture(scope="module")
def pages(
    request: pytest.FixtureRequest,
    reference: ReferenceData,
    library: SpecLibrary,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[tuple[str, str], list[str]]:
    """The text of each page of each document of four plans, and of the longest of five boards, all
    made into pages at once."""
    folder = tmp_path_factory.mktemp("office")
    documents = [name for name in names(library) if name != COVERAGE]
    word_files = {
        (name, Path(file).stem): data
        for name in (*PLANS, *BOARDS)
        for file, data in document_set(
            results(
                example_plan(reference.find_organisation(name), reference)
                if name in BOARDS
                else request.getfixturevalue(name),
                reference,
            ),
            reference,
            library,
            only=OF_BOARDS if name in BOARDS else documents,
        )
    }
    pages: dict[tuple[str, str], list[str]] = {}
    for key, pdf in tagged_pdfs({"~".join(key): data for key, data in word_files.items()}).items():
        path = folder / f"{key}.pdf"
        path.write_bytes(pdf)
        plan, _, name = key.partition("~")
        pages[plan, name] = poppler("pdftotext", "-layout", path, "-").split("\f")[:-1]
        if key.startswith("example"):
            check_tags(path, key.partition("~")[2] in MAIN.values())
    return pages


def poppler(*command: str | Path) -> str:
    """What a tool that reads PDFs says of one."""
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def check_tags(path: Path, is_main: bool) -> None:
    """A PDF keeps what a screen reader goes by: headings, tables with their heads, lists."""
    assert re.search(r"Tagged: +yes", poppler("pdfinfo", path)), path
    tags = set(re.findall(r"^ *(\w+)", poppler("pdfinfo", "-struct", path), re.MULTILINE))
    assert not is_main or {"H1", "H2", "Table", "TR", "TH", "TD", "L", "LI"} <= tags, (path, tags)


def test_each_document_keeps_to_its_pages(
    pages: dict[tuple[str, str], list[str]], library: SpecLibrary
) -> None:
    over = {
        (plan, name): f"{len(text)} of {library.outline(name).pages}"
        for (plan, name), text in pages.items()
        if len(text) > library.outline(name).pages
    }
    assert not over


@pytest.mark.parametrize("plan", PLANS)
def test_all_schedules_keep_to_their_pages(
    pages: dict[tuple[str, str], list[str]], library: SpecLibrary, plan: str
) -> None:
    schedules = {
        name: len(text)
        for (of, name), text in pages.items()
        if of == plan and library.outline(name).folder
    }
    assert sum(schedules.values()) <= SCHEDULES_IN_ALL, schedules


def test_every_page_reads_as_it_should(pages: dict[tuple[str, str], list[str]]) -> None:
    for (plan, name), text in pages.items():
        whole = "\n".join(text)
        # In a sentence of ours a word follows.
        matches = re.findall(r"\bNone\b(?! [a-z])|\bnan\b|\{\{|Error|#REF", whole)
        assert not matches, f"{plan}, {name}: {matches}"
        empty = [n for n, page in enumerate(text, 1) if len(page.split()) < 12]
        assert not empty, f"{plan}, {name}: an empty page, {empty}"


def test_contents_have_the_numbers_of_their_pages(
    example: Plan, reference: ReferenceData, library: SpecLibrary, tmp_path: Path
) -> None:
    """As LibreOffice lays them out, which the PDF shows; a paper without contents stays as it
    was."""
    names_of = ("group-pack", MAIN[3])
    files = dict(document_set(results(example, reference), reference, library, only=names_of))
    numbered = with_page_numbers(files)
    paper = next(file for file in files if MAIN[3] in file)
    assert numbered[paper] == files[paper]
    path = tmp_path / "pack.pdf"
    path.write_bytes(tagged_pdfs(numbered)["group-pack.docx"])
    pages = poppler("pdftotext", "-layout", path, "-").split("\f")[:-1]
    entries = re.findall(r"^ *([\d.]+ [^.\n]+?)\.{3,}(\d+)$", pages[0], re.MULTILINE)
    assert len(entries) > 12
    for heading, number in entries:
        others = [line.strip() for line in pages[int(number) - 1].split("\n") if ".." not in line]
        assert heading.strip() in others, (heading, number)


def test_without_libreoffice_no_page_has_a_number_and_that_is_said(
    example: Plan,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    plan = tmp_path / "plan.json"
    plan.write_text(plan_to_json(example), encoding="utf-8")
    out = tmp_path / "set"
    command = ["documents", str(plan), "--out", str(out), "--only", "group-pack"]
    main([*command, "--page-numbers", "--pdf"])
    assert "LibreOffice is not installed here, so contents" in capsys.readouterr().err
    assert [path.name for path in out.iterdir()] == ["group-pack.docx"]
    assert b"PAGEREF" not in zipfile.ZipFile(out / "group-pack.docx").read("word/document.xml")
