"""Clauses and indicators a plan leaves out, rewords or adds: what is printed and not met."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.documents.clauses_in_force import clauses_in_force
from planner.documents.context import context_for
from planner.documents.coverage import coverage
from planner.documents.indicators import chosen_indicators
from planner.model.clause_choices import Wording
from planner.model.document import Paragraph, SpecContent
from planner.model.library import SpecLibrary
from planner.model.plan import ContractType, Plan
from planner.model.reference import ReferenceData


def worded(plan: Plan, **wording: Any) -> Plan:
    values = plan.model_dump()
    values["specification"]["wording"] = Wording.model_validate(wording).model_dump()
    return Plan.model_validate(values)


def content(
    plan: Plan, of: int | str, reference: ReferenceData, library: SpecLibrary
) -> SpecContent:
    return specification(results(plan, reference), of, reference, library)


def section(document: SpecContent, section_id: str) -> str:
    return str(next(s for s in document.sections if s.id == section_id).blocks)


def test_a_reworded_clause_prints_the_plans_words_with_names_filled_and_is_marked(
    reference: ReferenceData, library: SpecLibrary, starter: Plan
) -> None:
    text = "In $place only. £5,000 costs $5,000 or ${this}, {{ 7*7 }} & <b>.\n\n- one\n- two"
    plan = worded(starter, clauses=[{"clause": "c4-aim", "text": text, "ours": "What ours was."}])
    phrase = section(content(plan, 4, reference, library), "a4-objectives")
    assert "In South Yorkshire only. £5,000 costs $5,000 or ${this}, {{ 7*7 }} & <b>." in phrase
    assert "points=('one', 'two')" in phrase
    assert "for the reviewer" not in phrase, "a contract says nothing of whose words it holds"
    both = section(content(plan, "evidence-pack", reference, library), "a3-annex-wording")
    assert "For the reviewer" in both and "wording has changed since" in both
    assert "What ours was." in both and "informed, unhurried and skilled" in both, (
        "ours then and ours now"
    )


def test_a_wording_beside_ours_as_it_is_now_is_not_said_to_be_old(
    reference: ReferenceData, library: SpecLibrary, starter: Plan
) -> None:
    ours = next(clause for clause in library.clauses if clause.id == "c4-aim").text
    plan = worded(starter, clauses=[{"clause": "c4-aim", "text": "Ours no more.", "ours": ours}])
    assert not any(one.ours_moved for one in clauses_in_force(plan, library))
    both = content(plan, "evidence-pack", reference, library)
    assert "changed since" not in section(both, "a3-annex-wording")


def test_what_is_left_out_is_not_printed_and_its_reason_is(
    reference: ReferenceData, library: SpecLibrary, starter: Plan
) -> None:
    plan = worded(
        starter,
        clauses=[{"clause": "c4-tiers", "left_out": True, "reason": "Set by the place plan"}],
    )
    document = content(plan, 4, reference, library)
    assert "a4-tiers" not in {s.id for s in document.sections}, "nothing is left of its section"
    both = content(plan, "evidence-pack", reference, library)
    assert "Left out. Set by the place plan." in section(both, "a3-annex-wording")
    unmet = {
        row.requirement.id: row.reason
        for row in coverage(plan, library, reference.framework)
        if not row.is_met
    }
    assert set(unmet) >= {"A4.8", "A4.9"} and "Set by the place plan" in unmet["A4.8"]


def test_an_added_clause_stands_in_its_section_and_counts_for_what_its_author_says(
    reference: ReferenceData, library: SpecLibrary, starter: Plan
) -> None:
    plan = worded(
        starter,
        clauses=[{"clause": "c4-tiers", "left_out": True}],
        own_clauses=[
            {"id": "own-1", "section": "a4-tiers", "text": "Brief advice first.", "meets": ["A4.8"]}
        ],
    )
    document = content(plan, 4, reference, library)
    assert "Brief advice first." in section(document, "a4-tiers")
    row = next(
        r for r in coverage(plan, library, reference.framework) if r.requirement.id == "A4.8"
    )
    assert [met.local for met in row.met_by] == [True] and "local wording" in row.words


@pytest.mark.parametrize("name", ["minimal", "example", "maximal"])
def test_coverage_names_no_place_that_its_document_does_not_print(
    request: pytest.FixtureRequest, reference: ReferenceData, library: SpecLibrary, name: str
) -> None:
    plan = request.getfixturevalue(name)
    worked = results(plan, reference)
    projections = Projections(worked, reference)
    printed = {
        (outline.label, section.heading)
        for outline in library.outlines
        for section in specification(worked, outline.name, reference, library, projections).sections
    }
    named = {
        (met.document, met.heading)
        for row in coverage(plan, library, reference.framework)
        for met in row.met_by
    }
    assert named and named <= printed


@pytest.mark.parametrize("contract_type", list(ContractType))
def test_every_requirement_of_actions_3_and_4_is_met_in_a_full_plan_of_any_agreement(
    reference: ReferenceData, library: SpecLibrary, maximal: Plan, contract_type: ContractType
) -> None:
    spec = maximal.specification.model_copy(
        update={"contract_type": contract_type, "wording": Wording()}
    )
    plan = maximal.model_copy(update={"specification": spec})
    unmet = [
        row.requirement.id
        for row in coverage(plan, library, reference.framework)
        if row.action in (3, 4) and not any(met.what.startswith("clause") for met in row.met_by)
    ]
    assert not unmet


def test_no_indicator_is_printed_without_a_baseline_or_a_day_for_one(
    reference: ReferenceData, library: SpecLibrary, starter: Plan
) -> None:
    assert all("to be set" in one.baseline for one in chosen_indicators(starter, library))
    spec = starter.specification.model_copy(update={"service_start": date(2027, 4, 1)})
    plan = starter.model_copy(update={"specification": spec})
    # Two months after the end of the second quarter, 30 September 2027, a working day.
    assert {one.baseline for one in chosen_indicators(plan, library)} == {
        "to be set by 30 November 2027"
    }
    plan = worded(
        plan,
        indicators=[
            {"indicator": "K6", "baseline": "41%", "baseline_of": "2025/26", "threshold": "70%"},
            {"indicator": "K9", "baseline_by": "2027-06-30"},
        ],
    )
    message = {one.id: one for one in chosen_indicators(plan, library)}
    assert (
        message["K6"].baseline == "41% (2025/26)"
        and message["K6"].threshold == "70%"
        and message["K6"].is_local
    )
    assert message["K9"].baseline == "to be set by 30 June 2027"


def test_a_balancing_measure_cannot_be_left_out_and_another_says_why_it_is(
    reference: ReferenceData, library: SpecLibrary, starter: Plan
) -> None:
    plan = worded(
        starter,
        indicators=[
            {"indicator": "K19", "left_out": True},
            {"indicator": "K11", "left_out": True, "reason": "No partner reports it"},
        ],
    )
    ids = {one.id for one in chosen_indicators(plan, library)}
    assert "K19" in ids and "K11" not in ids
    assert "K11 (No partner reports it)" in section(
        content(plan, "evidence-pack", reference, library), "a3-annex-wording"
    )


@given(st.text(max_size=60))
def test_any_text_of_a_users_own_is_printed_as_typed(library: SpecLibrary, text: str) -> None:
    from planner.documents.sections.clauses import clause_blocks
    from planner.model.base import printable

    try:
        printable(text)
    except ValueError:
        return
    words = "\n".join(
        line for line in text.splitlines() if line.strip() and not line.startswith("- ")
    )
    if not words.strip() or "$" in words:
        return
    blocks = clause_blocks(words, None, {}, ours=False)
    assert "".join(block.text for block in blocks if isinstance(block, Paragraph)) == words.strip()


def test_a_name_that_nothing_fills_in_is_never_printed(
    reference: ReferenceData, library: SpecLibrary, starter: Plan
) -> None:
    plan = worded(
        starter,
        clauses=[{"clause": "c4-aim", "text": "As the $commitee says.", "ours": "x"}],
        own_clauses=[
            {
                "id": "own-1",
                "section": "a4-description",
                "text": "$Place and $month_6.",
            },
            {"id": "own-2", "section": "a4-description", "text": "By $month_6, $5 or $place."},
        ],
    )
    contract = content(plan, 4, reference, library)
    aim = section(contract, "a4-objectives")
    assert aim == section(content(starter, 4, reference, library), "a4-objectives")
    own = section(contract, "a4-description")
    assert "the wording of a clause of the plan's own" in own and "Still to be supplied" in own
    assert "$5 or South Yorkshire" in own and "month_6" not in own
    for name in ("evidence-pack", "working-note"):
        printed = str(content(plan, name, reference, library).sections)
        assert "$commitee" not in printed and "$Place" not in printed
    note = str(content(plan, "working-note", reference, library).sections)
    for fragment in ("clause c4-aim", 'perhaps for "committee"', 'perhaps for "place"'):
        assert fragment in note


def test_the_names_that_may_be_used_are_those_that_are_filled_in(
    reference: ReferenceData, library: SpecLibrary, starter: Plan
) -> None:
    context = context_for(4, results(starter, reference), reference, library)
    assert set(context.words) <= library.names
    assert {name for name in library.names if not name.startswith("no_")} <= set(context.words)
