"""The packs and the decision record: what is done follows the record, and facts say how they
stand."""

import re
from datetime import date, timedelta
from functools import cache

import pytest

from planner.analysis.formatting import day
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.documents.sections.governance import when
from planner.model.decision import FactStatus
from planner.model.document import SpecContent, Table
from planner.model.library import SpecLibrary
from planner.model.outcomes import Outcomes
from planner.model.plan import Attachment, Plan, Seat, Stage
from planner.model.reference import ReferenceData
from tests.present import present

PACKS = ("group-pack", "clinical-pack", "decision-record", "evidence-pack")
GROUP = date(2027, 1, 11)
THRESHOLD = "No threshold is set for services of this kind"


def blocks(content: SpecContent, section: str = "") -> list[str]:
    """Each paragraph, point and row of a document, or of one section of it."""
    lines = []
    for one in content.sections:
        if section in ("", one.id):
            for block in one.blocks:
                if block.kind == "paragraph":
                    lines.append(block.text)
                elif block.kind == "bullets":
                    lines += block.points
                elif isinstance(block, Table):
                    lines += [block.caption, *(" | ".join(row) for row in block.rows)]
    return lines


class DocumentSets:
    """Each document of a plan, put together once."""

    def __init__(
        self, plans: dict[str, Plan], reference: ReferenceData, library: SpecLibrary
    ) -> None:
        self.worked = {name: results(plan, reference) for name, plan in plans.items()}
        self.make = cache(lambda name, of: specification(self.worked[name], of, reference, library))

    def __call__(self, name: str, of: str) -> SpecContent:
        return self.make(name, of)


@pytest.fixture(scope="module")
def sets(
    minimal: Plan, example: Plan, maximal: Plan, reference: ReferenceData, library: SpecLibrary
) -> DocumentSets:
    return DocumentSets(
        {"blank": minimal, "example": example, "maximal": maximal}, reference, library
    )


@pytest.mark.parametrize("of", PACKS)
def test_a_blank_plan_says_of_nothing_that_it_was_done(sets: DocumentSets, of: str) -> None:
    """No sentence in the perfect or the past about partners, people, training or change."""
    done = re.compile(
        r"\b(we (have )?(worked|involved|met)|(has|have) been (involved|trained|agreed|consulted)"
        r"|(was|were) (involved|consulted|trained) (on|in) )",
        re.I,
    )
    assert not [line for line in blocks(sets("blank", of)) if done.search(line)]


@pytest.mark.parametrize("name", ["blank", "example", "maximal"])
@pytest.mark.parametrize("of", PACKS)
def test_the_tool_is_named_once_in_the_method_note_and_we_is_the_board(
    sets: DocumentSets, name: str, of: str
) -> None:
    content = sets(name, of)
    naming = [line for line in blocks(content) if re.search(r"\bplanner \d|\bthe planner\b", line)]
    assert naming == (blocks(content, "a3-method") if of == "evidence-pack" else [])
    lines = "\n".join(blocks(content))
    for voice in ("our assumption", "our proposal", "our estimate", "after a change yours"):
        assert voice not in lines.lower(), voice
    assert not re.search(
        r"\b((on|see) (the|this) (screen|page)|(Inequality|Years|Options|Outcomes) step)\b", lines
    )


def test_no_vacant_seat_answers_for_a_task(sets: DocumentSets, library: SpecLibrary) -> None:
    roles = library.workplan.roles

    def accountable(name: str) -> dict[str, str]:
        content = sets(name, "group-pack")
        table = next(
            block
            for section in content.sections
            for block in section.blocks
            if isinstance(block, Table) and "Accountable" in block.columns
        )
        at = table.columns.index("Accountable")
        return {row[0].partition(".")[0]: row[at] for row in table.rows}

    # In the example the lead for health inequalities is vacant, and there is a chair.
    assert accountable("example")["12"].startswith(f"{roles['CH']}, while the seat is vacant")
    assert accountable("example")["2"] == roles["CP"]
    assert accountable("example")["15"] == roles["PR"]
    for line in library.workplan.deliverables:
        if line.accountable in library.workplan.seats:
            assert accountable("blank")[line.ref].startswith(roles["SP"])


def test_nothing_is_decided_before_the_group_begins(sets: DocumentSets, example: Plan) -> None:
    spec = example.specification
    assert spec.group_start is not None and example.plan_date is not None
    assert example.plan_date < spec.group_start
    log = blocks(sets("example", "group-pack"), "a3-log")
    assert "Proposals put to the group; none is decided" in log and "Decisions so far" not in log
    assert "Proposals put to the group; none is decided" in blocks(
        sets("blank", "group-pack"), "a3-log"
    )


def test_involvement_ends_before_the_decision_and_people_are_asked(library: SpecLibrary) -> None:
    tasks = {line.ref: line for line in library.workplan.deliverables}
    assert tasks["3"].end <= tasks["16"].start
    assert "LE" in tasks["16"].consulted
    assert all("LE" in (*line.responsible, *line.consulted) for line in tasks.values())
    # How a provider is found is settled after the committee has said how it is to be.
    assert tasks["15"].end >= tasks["16"].end


def test_a_task_that_the_paper_dates_ends_on_its_day(
    sets: DocumentSets, example: Plan, library: SpecLibrary
) -> None:
    """And whatever its day, no task ends before it starts."""
    spec = example.specification
    due = spec.assurance_due
    days = {
        "3": due[Attachment.INVOLVEMENT],
        "13": min(present(due[Attachment.EQUALITY]), present(due[Attachment.QUALITY])),
        "15": spec.route_due,
        "16": spec.decision_date,
    }
    (table,) = [
        block
        for section in sets("example", "group-pack").sections
        for block in section.blocks
        if isinstance(block, Table) and block.caption == "Workplan"
    ]
    ends = {row[0]: row[-1] for row in table.rows}
    assert {ref: ends[ref] for ref in days} == {ref: day(on) for ref, on in days.items() if on}
    assert {line.ref for line in library.workplan.deliverables if line.dated} == set(days)
    early = spec.model_copy(update={"decision_date": date(2027, 3, 1), "group_start": GROUP})
    line = next(one for one in library.workplan.deliverables if one.ref == "16")
    moved = example.model_copy(update={"specification": early})
    assert when(line, moved) == ("1 February 2027", "1 March 2027")
    undated = example.model_copy(
        update={"specification": spec.model_copy(update={"group_start": None, "route_due": None})}
    )
    route = next(one for one in library.workplan.deliverables if one.ref == "15")
    assert when(route, undated) == ("week 14", "week 24")
    mandate = spec.model_copy(update={"stage": Stage.MANDATE, "group_start": GROUP})
    set_up = example.model_copy(update={"specification": mandate})
    assert when(line, set_up)[1] == day(GROUP + timedelta(weeks=line.end))


def test_a_plan_of_before_the_new_seats_has_them_vacant(example: Plan) -> None:
    values = example.model_dump(mode="json")
    values["specification"]["members"] = values["specification"]["members"][:13]
    members = Plan.model_validate_json(Plan.model_validate(values, strict=False).model_dump_json())
    members_held = members.specification.members
    assert [member.seat for member in members_held] == list(Seat)
    assert not any(member.name for member in members_held[13:])


def test_bodies_are_named_from_data_with_their_day(
    sets: DocumentSets, library: SpecLibrary
) -> None:
    for clause in library.clauses:
        assert "Healthwatch" not in clause.text, clause.id
    setting = "\n".join(blocks(sets("blank", "group-pack"), "a3-setting"))
    for body in library.decision.bodies:
        assert f"{body.name}, at 30 November 2026" in setting and body.source in setting


def test_what_is_only_recalled_stands_in_the_working_note_alone(
    sets: DocumentSets, library: SpecLibrary
) -> None:
    note = "\n".join(blocks(sets("blank", "working-note")))
    packs = "\n".join(line for of in PACKS for line in blocks(sets("blank", of)))
    for fact in library.decision.facts:
        assert (fact.says in note) is (fact.standing is FactStatus.RECALLED), fact.id
        assert (fact.says in packs) is fact.printed, fact.id


def test_the_record_asks_for_evaluators_scores_and_the_sum_behind_the_threshold(
    sets: DocumentSets,
) -> None:
    text = "\n".join(blocks(sets("blank", "decision-record")))
    for wanted in ("each evaluator's own scores", "experience that fits them", "lifetime value"):
        assert wanted in text.lower(), wanted
    assert "£500,000 or more and by 25% or more" in text
    assert "42.25 and 42.38" in text


@pytest.mark.parametrize("of", [*PACKS, "action-3-paper", "action-4-specification"])
def test_a_price_ceiling_stands_in_the_evidence_pack_alone_and_only_where_chosen(
    example: Plan, reference: ReferenceData, library: SpecLibrary, sets: DocumentSets, of: str
) -> None:
    assert THRESHOLD not in "\n".join(blocks(sets("example", of)))
    chosen = example.model_copy(update={"outcomes": Outcomes(qaly_ceiling=True)})
    lines = blocks(specification(results(chosen, reference), of, reference, library))
    about = [line for line in lines if "QALY" in line]
    assert bool(about) is (of == "evidence-pack")
    if about:
        # What it is not comes before any number.
        assert about[0].startswith(THRESHOLD)


def test_case_studies_and_classes_that_share_a_result_are_told_once(sets: DocumentSets) -> None:
    content = sets("example", "evidence-pack")
    tables = {
        block.caption: block
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Table)
    }
    reported = next(t for caption, t in tables.items() if caption.startswith("What case studies"))
    assert len({row[0] for row in reported.rows}) == len(reported.rows)
    evidence = next(t for caption, t in tables.items() if caption.startswith("What the plan takes"))
    assert any(row[0].startswith("Benzodiazepines and Z-drugs, ") for row in evidence.rows)
    # No row of dashes: what has no trial is told below.
    assert not [row for row in evidence.rows if row[1] == "—"]
