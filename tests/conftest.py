"""Plans to test with: the shipped example, the barest plan there can be, and one with everything filled."""

from __future__ import annotations

from datetime import date

import pytest

from planner.analysis.example import example_plan, starter_plan
from planner.analysis.results import Results, results
from planner.model.library import SpecLibrary
from planner.model.place import Place
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference import load_reference
from planner.reference.library import load_library


@pytest.fixture(scope="session")
def reference() -> ReferenceData:
    return load_reference()


@pytest.fixture(scope="session")
def library() -> SpecLibrary:
    return load_library()


@pytest.fixture(scope="session")
def example(reference: ReferenceData) -> Plan:
    return example_plan(reference.find_organisation("QF7"), reference)


@pytest.fixture(scope="session")
def minimal() -> Plan:
    return Plan(place=Place(icb_code="QF7"))


@pytest.fixture(scope="session")
def starter(reference: ReferenceData) -> Plan:
    return starter_plan(reference.find_organisation("QF7"), reference)


@pytest.fixture(scope="session")
def maximal(example: Plan) -> Plan:
    """The example with local counts, full inequality data and every box filled."""
    values = example.model_dump()
    counts = {
        "antidepressants": 231_480,
        "benzodiazepines": 22_310,
        "gabapentinoids": 47_900,
        "opioids": 160_205,
        "z_drugs": 18_040,
    }
    for row in values["prescribing"]["classes"]:
        row.update(
            patients=counts[row["medicine_class"]],
            items=counts[row["medicine_class"]] * 8,
            period="2024/25",
            source="Test workbook",
            long_term_share=0.45,
        )
    values["prescribing"].update(high_dose_opioid_patients=1_910, high_dose_period="March 2026")
    fifths = {
        "antidepressants": (98_000, 50_000, 40_000, 28_000, 15_480),
        "benzodiazepines": (6_000, 4_500, 4_400, 4_110, 3_300),
        "gabapentinoids": (22_000, 10_000, 7_900, 5_000, 3_000),
        "opioids": (70_000, 33_000, 27_205, 19_000, 11_000),
        "z_drugs": (5_000, 3_800, 3_600, 3_240, 2_400),
    }
    for row in values["inequality"]["classes"]:
        total = counts[row["medicine_class"]]
        row.update(
            by_quintile=fifths[row["medicine_class"]], women=round(total * 0.63), men=round(total * 0.37)
        )
    values["inequality"].update(period="2024/25", source="Test equity tables")
    values["demand"].update(
        uptake={"low": 0.02, "central": 0.04, "high": 0.09},
        appropriate_share=0.7,
        coverage=0.5,
        classes_per_person=1.4,
        evidence="Test pilot",
    )
    values["pricing"]["budget"] = 800_000
    values["specification"].update(
        provider="Test provider",
        provider_lead="Test lead",
        existing_service_ends=True,
        members=[
            member | {"name": member["name"] or "Test member", "organisation": "Test organisation"}
            for member in values["specification"]["members"]
        ],
        attachments=dict.fromkeys(_attachments(), "attached"),
        risks=[{"risk": "A test risk", "mitigation": "A test reply", "owner": "Test owner"}],
        review_date=date(2028, 9, 30),
    )
    return Plan.model_validate(values)


def _attachments() -> list[str]:
    from planner.model.plan import Attachment

    return [attachment.value for attachment in Attachment]


@pytest.fixture(scope="session")
def worked(reference: ReferenceData, example: Plan) -> Results:
    return results(example, reference)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden texts anew")
