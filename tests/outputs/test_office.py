"""Every document of the set opens in LibreOffice, reads as it should and keeps to its pages."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.documents.set_of_documents import COVERAGE, names
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.documents import document_set

PLANS = ("minimal", "five_fields", "example", "maximal")
SCHEDULES_IN_ALL = 14
"""Pages of all schedules together, for the one kind of agreement that a plan has."""


@pytest.fixture(scope="module")
def pages(
    request: pytest.FixtureRequest,
    reference: ReferenceData,
    library: SpecLibrary,
    tmp_path_factory: pytest.TempPathFactory,
) -> dict[tuple[str, str], list[str]]:
    """The text of each page of each document of four plans, all made into pages at once."""
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "install LibreOffice Writer"
    folder = tmp_path_factory.mktemp("office")
    documents = [name for name in names(library) if name != COVERAGE]
    for name in PLANS:
        plan: Plan = request.getfixturevalue(name)
        ahead = Projections(results(plan, reference), reference)
        for file, data in document_set(ahead.results, reference, library, ahead, documents):
            (folder / f"{name}~{Path(file).name}").write_bytes(data)
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{folder}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(folder),
            *map(str, sorted(folder.glob("*.docx"))),
        ],
        check=True,
        capture_output=True,
        timeout=600,
    )
    return {
        (name, document): subprocess.run(
            ["pdftotext", "-layout", str(folder / f"{name}~{document}.pdf"), "-"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split("\f")[:-1]
        for name in PLANS
        for document in documents
    }


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
        found = re.findall(r"\bNone\b(?! [a-z])|\bnan\b|\{\{|Error|#REF", whole)
        assert not found, f"{plan}, {name}: {found}"
        empty = [n for n, page in enumerate(text, 1) if len(page.split()) < 12]
        assert not empty, f"{plan}, {name}: an empty page, {empty}"
