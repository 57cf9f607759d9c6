"""How far each requirement has come: a plan's record shows it done, words alone never do."""

from datetime import date

import pytest

from planner.documents.coverage import CHECKS, coverage, strengths_in_words
from planner.model.library import CoverageState, SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData

DONE, IN_TEXT, NOT_YET = CoverageState


def states(plan: Plan, library: SpecLibrary, reference: ReferenceData) -> dict[str, CoverageState]:
    return {row.requirement.id: row.state for row in coverage(plan, library, reference.framework)}


@pytest.mark.parametrize("name", ["minimal", "starter"])
def test_a_plan_that_records_nothing_has_nothing_done(
    request: pytest.FixtureRequest, reference: ReferenceData, library: SpecLibrary, name: str
) -> None:
    rows = coverage(request.getfixturevalue(name), library, reference.framework)
    assert not [row.requirement.id for row in rows if row.state is DONE]
    assert strengths_in_words(rows)[DONE].startswith("0 of ")
    assert all(row.why for row in rows if row.state is NOT_YET)


def test_a_vacant_seat_and_an_uninvolved_partner_are_not_yet_and_named(
    reference: ReferenceData, library: SpecLibrary, example: Plan
) -> None:
    rows = {row.requirement.id: row for row in coverage(example, library, reference.framework)}
    leads = rows["A3.7"]
    assert leads.is_met and leads.state is NOT_YET
    assert leads.why == "the seat Health inequalities lead is vacant"
    assert rows["A4.3"].state is NOT_YET and "local authorities" in rows["A4.3"].why
    assert rows["A3.13"].state is DONE and rows["A3.13"].why.startswith("Group pack, Membership:")
    assert rows["A1.7"].state is IN_TEXT and not rows["A1.7"].why


def test_what_is_done_says_where_and_when(
    reference: ReferenceData, library: SpecLibrary, example: Plan
) -> None:
    values = example.model_dump()
    spec = values["specification"]
    spec["members"] = [
        member | {"name": member["name"] or "Example member"} for member in spec["members"]
    ]
    partner = {
        "who": "Example council",
        "when": "March 2027",
        "groups": ["Local authorities", "Voluntary and community sector"],
    }
    spec["engagement"] = [*spec["engagement"], partner]
    spec["agreed"] = [{"step": "specification", "by": "Example chair", "on": date(2027, 5, 4)}]
    plan = Plan.model_validate(values)
    rows = {row.requirement.id: row for row in coverage(plan, library, reference.framework)}
    assert "Health inequalities lead, Example member" in rows["A3.7"].why
    assert "Example council, March 2027" in rows["A4.3"].why
    assert "agreed by Example chair on 4 May 2027" in rows["A4.2"].why
    assert all(rows[key].state is DONE for key in ("A3.7", "A4.3", "A4.2"))
    spec["engagement"] = [*spec["engagement"][:-1], partner | {"when": ""}]
    again = states(Plan.model_validate(values), library, reference)
    assert again["A4.3"] is NOT_YET


def test_an_agreement_that_the_plan_has_left_behind_shows_nothing(
    reference: ReferenceData, library: SpecLibrary, example: Plan
) -> None:
    agreed = {"step": "specification", "by": "Example chair", "on": date(2027, 5, 4), "mark": "old"}
    values = example.model_dump()
    values["specification"]["agreed"] = [agreed]
    plan = Plan.model_validate(values)
    assert states(plan, library, reference)["A4.2"] is NOT_YET


def test_what_shows_a_requirement_is_asked_of_the_plan_alone(
    reference: ReferenceData, library: SpecLibrary
) -> None:
    known = {requirement.id for requirement in reference.framework.requirements}
    display_keys = {key for record in library.coverage for key in record.shows}
    assert display_keys <= known
    assert {record.check for record in library.coverage} - {None} == set(CHECKS) | {"filled"}
    for record in library.coverage:
        conditions = (record.check, record.seats, record.involved, record.attached, record.agreed)
        assert any(conditions) and bool(record.missing) == (record.check is not None)
        assert bool(record.fields) == (record.check == "filled")
