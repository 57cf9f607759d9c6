"""Both documents open in LibreOffice and become pages that read as they should."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from planner.analysis.economics.example import example_plan
from planner.analysis.results.results import results
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.documents import specification_docx


def test_documents_convert_to_pdf(
    reference: ReferenceData, library: SpecLibrary, maximal: Plan, minimal: Plan, tmp_path: Path
) -> None:
    office = shutil.which("soffice") or shutil.which("libreoffice")
    assert office, "install LibreOffice Writer"
    icb = reference.find_organisation("Z9B2Z")
    plans = {"maximal": maximal, "minimal": minimal, icb.code: example_plan(icb, reference)}
    paths = []
    for name, plan in plans.items():
        for action in (3, 4):
            path = tmp_path / f"{name}-{action}.docx"
            path.write_bytes(
                specification_docx(results(plan, reference), action, reference, library)
            )
            paths.append(path)
    subprocess.run(
        [
            office,
            f"-env:UserInstallation=file://{tmp_path}/profile",
            "--headless",
            "--convert-to",
            "pdf",
            "--outdir",
            str(tmp_path),
            *map(str, paths),
        ],
        check=True,
        capture_output=True,
        timeout=300,
    )
    for path in paths:
        pdf = path.with_suffix(".pdf")
        text = subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True
        ).stdout
        pages = text.split("\f")
        assert len(pages) > 20
        assert "Summary" in text and "Contents" in text and "Annex A. " in text
        for unwanted in ("None", "nan ", "{{", "Error", "#REF"):
            assert unwanted not in text, f"{path.name}: {unwanted}"
        assert not [n for n, page in enumerate(pages[:-1], 1) if len(page.split()) < 12], (
            f"{path.name}: an empty page"
        )
