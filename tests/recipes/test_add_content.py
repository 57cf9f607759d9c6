"""A case study, a section, a file format and a class of medicine, each added as
docs/contributing.md says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.recipes.recipe import changed, followed, run

pytestmark = pytest.mark.slow

CASE_STUDY = """
from planner.analysis.economics.example import example_plan
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.reference import load_reference
from planner.reference.library import load_library
reference = load_reference()
assert [study.id for study in reference.case_studies][-2:] == ["cs7", "cs8"]
worked = results(example_plan(reference.find_organisation("QF7"), reference), reference)
(cost,) = (
    row
    for row in worked.benchmark.rows
    if (row.case_study, row.measure.value) == ("cs8", "annual_cost")
)
assert cost.published.value == 123456 and cost.uprated.value > 123456
text = specification(worked, "evidence-pack", reference, load_library()).model_dump_json()
assert "Invented review clinic" in text or "Review clinic, Anytown" in text
print("it stands beside the others")
"""
SECTION = """
from planner.analysis.economics.example import example_plan
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.documents.coverage import coverage
from planner.outputs.documents import specification_docx
from planner.reference import load_reference
from planner.reference.library import load_library
reference, library = load_reference(), load_library()
worked = results(example_plan(reference.find_organisation("QF7"), reference), reference)
document = specification(worked, 4, reference, library)
at = [section.heading for section in document.sections].index("Getting there")
assert document.sections[at + 1].heading == "Evaluation"
(words,) = document.sections[at].blocks
assert "reach the service in" in words.text and "$" not in words.text
met = {
    place.heading: row.requirement.id
    for row in coverage(worked.plan, library, reference.framework)
    for place in row.met_by
}
assert met["Getting there"] == "A4.6"
assert specification_docx(worked, 4, reference, library).startswith(b"PK")
print("it is in the document")
"""
FORMAT = """
from planner.intake.registry import read_upload
from planner.reference import load_reference
from tests.generated_docs import PAGES
audit = (
    "Audit year,Practice,Medicines,People found\\n"
    "2025/26,A81001,Opioids,120\\n2025/26,A81002,Opioids,<5\\n"
)
reading = read_upload("anything.csv", audit.encode(), load_reference())
assert reading.report.format == "practice_audit"
assert [(r.code, r.patients, r.suppressed) for r in reading.records] == [
    ("A81001", 120, ()), ("A81002", None, ("patients",))]
assert "practice_audit" in PAGES["reference/formats.md"]()
print("it is read")
"""
CLASS = """
from planner.analysis.economics.example import example_plan
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.intake.registry import read_upload
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.outputs.documents import specification_docx
from planner.outputs.workbook.build import workbook
from planner.reference import load_reference
from planner.reference.library import load_library
from planner.store.plan_file import plan_from_json, plan_to_json
reference, library = load_reference(), load_library()
plan = example_plan(reference.find_organisation("QF7"), reference)
assert plan_from_json(plan_to_json(plan).encode()) == plan
worked = results(plan, reference)
row = worked.need.of(MedicineClass.STIMULANTS)
assert row.patients.central > 1000 and row.long_term.central > 0 and not row.missing_because
assert "stop_stimulants" in dict(Projections(worked, reference).simulated.distributions)
for action in (3, 4):
    text = specification(worked, action, reference, library).model_dump_json()
    assert "stimulants" in text
assert "Stimulants. The reason for prescribing" in text
assert specification_docx(worked, 4, reference, library).startswith(b"PK")
assert workbook(worked, reference).startswith(b"PK")
table = "class,period,level,code,patients\\nstimulants,2025/26,ICB,QF7,4200\\n"
assert read_upload("t.csv", table.encode(), reference).records[0].patients == 4200
print("the class is everywhere")
"""


@pytest.mark.parametrize(
    ("title", "files", "check", "ends"),
    [
        ("How to add a case study", 1, CASE_STUDY, "it stands beside the others"),
        ("How to add a section of a document", 2, SECTION, "it is in the document"),
        ("How to add a file format", 2, FORMAT, "it is read"),
        ("How to add a class of medicine", 9, CLASS, "the class is everywhere"),
    ],
    ids=["case study", "section", "file format", "class"],
)
def test_the_recipe_is_enough(
    title: str, files: int, check: str, ends: str, tmp_path: Path
) -> None:
    edited = followed(title, tmp_path)
    assert changed(tmp_path) == edited and len(edited) == files
    assert ends in run(tmp_path, "-c", check)
