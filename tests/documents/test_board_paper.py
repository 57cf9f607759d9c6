"""The paper for the board follows the plan's record: each rule over every clause and every plan."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from string import Template
from typing import Any

import pytest
from pydantic import ValidationError

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.completeness.missing_inputs import has_dose_author
from planner.analysis.completeness.provider_selection import not_involved
from planner.analysis.completeness.readiness import (
    GATE,
    bank_holidays,
    disordered,
    first_patient,
    milestones,
    months_after,
    not_ready,
    working_day_before,
    working_days_after,
)
from planner.analysis.economics.compare import pair
from planner.analysis.economics.example import example_plan
from planner.analysis.economics.financial_years import (
    ServiceCost,
    SmallerService,
    service_cost,
    smaller_service,
    waiting,
)
from planner.analysis.formatting import about_pounds, day, format_number, format_range, staff
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results, results
from planner.documents.assemble import specification
from planner.documents.context import Citations, Context
from planner.documents.sections.governance import SCORES
from planner.documents.sections.paper import cheaper_rival
from planner.documents.sections.paper_options import FOR_A_BOARD, IN_TABLE
from planner.model.base import MOST_WORDS as ROOM
from planner.model.base import Range
from planner.model.decision import Route
from planner.model.document import Bullets, Paragraph, SpecContent, Table
from planner.model.library import SpecLibrary
from planner.model.place import OrganisationList, Place
from planner.model.plan import Attachment, IfNotFound, Level, Plan, Risk, Stage
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from tests.present import present

PAPER = "action-3-paper"
MOST_WORDS = 60


@dataclass(frozen=True)
class PrintedSet:
    """One plan's results and every document of its set."""

    results: Results
    projections: Projections
    documents: dict[str, SpecContent]

    @property
    def plan(self) -> Plan:
        return self.results.plan

    @property
    def paper(self) -> SpecContent:
        return self.documents[PAPER]

    def tables(self, section: str) -> list[Table]:
        return [b for b in self.blocks(section) if isinstance(b, Table)]

    def blocks(self, section: str) -> list[object]:
        return [b for s in self.paper.sections if s.id == section for b in s.blocks]

    def section_text(self, section: str) -> str:
        return "\n".join(lines(self.blocks(section)))


def lines(blocks: list[object]) -> Iterator[str]:
    """Every text of some blocks; a row of a table is a line."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Bullets):
            yield from block.points
        elif isinstance(block, Table):
            yield from (" | ".join(row) for row in (block.columns, *block.rows))


def every_line(content: SpecContent) -> list[str]:
    """Every text of a document, its head and its cover sheet among them."""
    return [
        content.title,
        content.status,
        *(f"{line.label}: {line.value}" for line in content.header),
        *(
            line
            for section in content.sections
            for line in (section.heading, *lines([*section.blocks]))
        ),
    ]


def changed(plan: Plan, **values: object) -> Plan:
    """The plan with other values of its specification."""
    spec = plan.specification.model_dump() | values
    return Plan.model_validate(plan.model_dump() | {"specification": spec})


def print_set(plan: Plan, reference: ReferenceData, library: SpecLibrary) -> PrintedSet:
    worked = results(plan, reference)
    projections = Projections(worked, reference)
    return PrintedSet(
        worked,
        projections,
        {
            outline.name: specification(worked, outline.name, reference, library, projections)
            for outline in library.outlines
        },
    )


def cost_of(worked: Results) -> ServiceCost:
    """What the preferred option costs over the contract."""
    return present(service_cost(present(worked.preferred), worked.case))


def smaller_of(worked: Results) -> SmallerService:
    """The service that the money found would buy."""
    return present(smaller_service(present(worked.preferred), worked.case))


def quick(plan: Plan) -> Plan:
    """The plan with few draws, where no number is looked at."""
    return plan.model_copy(
        update={"simulation": plan.simulation.model_copy(update={"simulations": 500})}
    )


@pytest.fixture(scope="module")
def plans(
    example: Plan, minimal: Plan, starter: Plan, maximal: Plan, reference: ReferenceData
) -> dict[str, Plan]:
    by_letter = next(option.id for option in example.options if option.is_letters)
    usual = next(option.id for option in example.options if option.is_do_nothing)
    few = quick(example)
    return {"example": example} | {
        name: quick(plan)
        for name, plan in {
            "blank": minimal,
            "starter": starter,
            "maximal": maximal,
            "mandate": changed(few, stage=Stage.MANDATE, decision_date=date(2026, 12, 10)),
            "letters": few.model_copy(update={"preferred_option": by_letter}),
            "usual care": few.model_copy(update={"preferred_option": usual}),
            "no reason": few.model_copy(update={"preferred_because": ""}),
            "merging": example_plan(reference.find_organisation("QT1"), reference),
        }.items()
    }


@pytest.fixture(scope="module")
def sets(
    plans: dict[str, Plan], reference: ReferenceData, library: SpecLibrary
) -> dict[str, PrintedSet]:
    return {name: print_set(plan, reference, library) for name, plan in plans.items()}


# ------------------------------------------------------------------------------ the two stages


def test_a_paper_below_its_gate_asks_for_nothing_and_says_so(sets: dict[str, PrintedSet]) -> None:
    asking = re.compile(r"\bcommittee is asked\b|\bto approve\b|^(agree|approve|note) ", re.M)
    for name, one in sets.items():
        words_printed = "\n".join(every_line(one.paper))
        open_now = not_ready(one.plan)
        assert bool(open_now) == one.paper.title.startswith("Working draft"), name
        assert bool(open_now) != bool(asking.search(words_printed)), name
        if open_now:
            (points,) = [b for b in one.blocks("a3-open") if isinstance(b, Bullets)]
            assert 1 <= len(points.points) <= 5, name
    assert {name for name, one in sets.items() if not_ready(one.plan)} == {
        "blank", "starter", "no reason",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("lacks", "values"),
    [
        ("owner", {"sponsor": ""}),
        ("committee", {"committee": ""}),
        ("decision_date", {"decision_date": None}),
        ("dates", {"service_end": None}),
        ("funding", {"funding_found": None}),
        ("involvement", {"engagement": (), "involvement_due": None}),
        ("in_order", {"award_date": date(2027, 1, 4)}),
    ],
)
def test_each_part_of_the_gate_is_asked_for(
    lacks: str, values: dict[str, object], example: Plan
) -> None:
    assert not_ready(example) == ()
    assert not_ready(changed(example, **values)) == (lacks,)


def test_every_part_of_the_gate_and_every_milestone_has_its_words(
    library: SpecLibrary, plans: dict[str, Plan]
) -> None:
    assert set(library.paper.gate) == {name for names in GATE.values() for name in names}
    recurrent = changed(plans["example"], funding_recurrent=True)
    assert {one.name for plan in (*plans.values(), recurrent) for one in milestones(plan)} == set(
        library.paper.milestones
    )
    assert set(library.paper.purpose) == set(Stage)


def test_a_mandate_asks_for_a_group_and_no_money(sets: dict[str, PrintedSet]) -> None:
    request_text = sets["mandate"].section_text("a3-decision")
    assert "task and finish group is set up from 11 January 2027" in request_text
    assert "£" not in "\n".join(every_line(sets["mandate"].paper))
    assert [
        s.id for s in sets["mandate"].paper.sections if s.id in ("a3-options", "a3-finance")
    ] == []


def test_the_recommendation_is_drafted_from_the_plan(sets: dict[str, PrintedSet]) -> None:
    one = sets["example"]
    (request_text,) = [block for block in one.blocks("a3-decision") if isinstance(block, Bullets)]
    assert request_text.of == "requests"
    numbered = request_text.points
    cost = cost_of(one.results)
    for year in cost.years:
        assert f"£{year.cost:,.0f} in {year.financial_year}" in numbered[0]
    assert numbered[0].startswith("approve in principle")
    assert f"no contract beyond the £{cost.funded:,.0f} that is found" in numbered[1]
    assert f"£{cost.gap:,.0f}" in numbered[1]
    until = day(present(one.plan.specification.funding_ends))
    assert f"to {until} with those hours in it, which would assess" in numbered[3]
    assert "progress" not in "\n".join(numbered), "the example records none"
    other_text = changed(one.plan, progress="Seats filled.")
    assert not_ready(other_text) == ()
    assert "approve" not in sets["usual care"].section_text("a3-decision")
    assert "written to" in sets["letters"].section_text("a3-decision")


def test_no_money_is_asked_for_a_year_in_which_nobody_is_written_to(
    sets: dict[str, PrintedSet],
) -> None:
    one = sets["letters"]
    cost = cost_of(one.results)
    ends = day(present(cost.ended))
    assert present(cost.ended) < present(one.plan.specification.service_end)
    assert all(year.people and year.cost for year in cost.years)
    (request_text,) = [
        line for line in one.section_text("a3-decision").splitlines() if line.startswith("approve")
    ]
    assert (
        f"to {ends}." in request_text
        and "nothing after it" in request_text
        and "recurs" not in request_text
    )
    assert f"£{cost.total.central:,.0f} in all" in request_text
    finance = one.section_text("a3-finance")
    assert finance.count(f"The offer ends on {ends}") == 1
    assert "recurs after it" not in finance and "full year" not in finance


def test_a_full_year_is_said_of_referrals_that_come_again_and_of_no_letters_that_end(
    sets: dict[str, PrintedSet],
) -> None:
    documents = {
        name: [
            *every_line(document),
            *(
                block.caption
                for section in document.sections
                for block in section.blocks
                if isinstance(block, Table)
            ),
        ]
        for name, document in sets["letters"].documents.items()
    }
    text = "\n".join(line for lines in documents.values() for line in lines)
    for words in (
        "The options in one fully staffed year, ",
        "Options: cost in one fully staffed year, ",
        "What each option costs and what may come of it in one fully staffed year",
        "In one fully staffed year the team has about ",
        "The price of one fully staffed year holds £5,500, ",
        "of one fully staffed year's by quarter",
    ):
        assert words in text, words
    of_those_who_come = re.compile("refer|waiting|work down the list", re.IGNORECASE)
    for name, lines in documents.items():
        for line in lines:
            if "full year" in line:
                assert of_those_who_come.search(line), f"{name}: {line}"


def test_letters_and_what_they_bring_are_told_beside_the_referrals(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    for both, others, twice in ((False, 566, False), (True, 1_050, True)):
        letters = {"letters_a_year": 20_000.0, "letters_beside_case_finding": both}
        demand = example.demand.model_copy(update=letters)
        one = print_set(quick(example).model_copy(update={"demand": demand}), reference, library)
        words_printed = one.section_text("a3-intention")
        # 20,000 x 0.082
        assert "Of them about 1,640 a year come after a letter" in words_printed
        assert f"and {others:,} otherwise" in words_printed
        assert ("some people are counted twice" in words_printed) is twice
        assert "paid for only in the years in which they are sent" in one.section_text("a3-finance")
        pack = "\n".join(every_line(one.documents["evidence-pack"]))
        assert ("some people are counted twice" in pack) is twice
        assert ("at the rate without case finding" in pack) is not twice


def test_each_state_of_the_funding_and_each_route_is_asked_in_its_own_words(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    decided = example.specification.decision.model_dump()
    decided["selection"] |= {"route": Route.COMPETITIVE, "reasons": "Several could."}
    for values, words in (
        ({"funding_found": 0.0}, "none of £"),
        ({"funding_found": 5e6, "funding_recurrent": True}, ", recurrent;"),
        ({"funding_found": 5e6, "funding_recurrent": True}, "the whole of £"),
        ({"decision": decided}, "a provider is chosen by the competitive process"),
        ({"progress": "Ten seats filled."}, "note the group's progress. Ten seats filled."),
    ):
        content = specification(
            results(changed(quick(example), **values), reference), PAPER, reference, library
        )
        assert words in "\n".join(every_line(content)), words


# ------------------------------------------------------------------------------ rule 1

DONE = re.compile(
    r"\b(has|have|had|was|were) (been )?(involved|consulted|trained|co-?produced|engaged|heard)\b"
    r"|\bwe (have )?(worked|involved|consulted|met|trained|heard|listened)\b"
    r"|\b(people|carers|communities|partners|members)\b[^.|]{0,40}"
    r"\b(shape|shaped|told us|took part)\b"
    r"|\bare partners in\b|\bchange (has|is) (begun|under way)\b",
    re.I,
)


def said_done(text: str) -> list[str]:
    """The sentences that say something is done; one on what happens where it is says nothing."""
    sentences = re.split(r"(?<=[.:;|])\s+", text)
    return [
        one for one in sentences if DONE.search(one) and not re.match("(Where|If|Whether)", one)
    ]


def test_nothing_is_said_to_be_done_that_no_plan_records(
    sets: dict[str, PrintedSet], library: SpecLibrary
) -> None:
    for clause in library.clauses:
        assert not said_done(clause.text), clause.id
    # The working note is its author's, of what is not there.
    for name, content in sets["blank"].documents.items():
        for line in every_line(content) if name != "working-note" else ():
            assert not said_done(line), (name, line)


def test_who_was_involved_is_told_from_the_record_and_who_was_not_is_still_to_be(
    sets: dict[str, PrintedSet],
) -> None:
    for name, one in sets.items():
        words_printed, spec = one.section_text("a3-people"), one.plan.specification
        for entry in spec.engagement[:6]:
            assert not entry.who or entry.who in words_printed, name
        assert ("We worked with" in words_printed) == any(
            e.who and e.when for e in spec.engagement
        ), name
        assert ("We will work with" in words_printed) == bool(not_involved(one.plan)), name
        if spec.involvement_due and not_involved(one.plan):
            assert day(spec.involvement_due) in words_printed, name


# ------------------------------------------------------------------------------ rules 3 and 4


def test_the_paper_says_wherever_another_option_is_better_and_why_it_is_not_preferred(
    sets: dict[str, PrintedSet],
) -> None:
    for name, one in sets.items():
        preferred, words_printed = one.results.preferred, one.section_text("a3-options")
        if preferred is None or one.plan.specification.stage is Stage.MANDATE:
            continue
        for other in one.results.options:
            if other.id == preferred.id or other.annual_cost.high == 0:
                continue
            for measure in pair(preferred, other).second_better:
                if measure in FOR_A_BOARD:
                    line = next(
                        x
                        for x in words_printed.split("\n")
                        if x.startswith(f"{other.name} is better")
                    )
                    assert MEASURES[measure].in_a_sentence in line, (name, other.name)
        reason = one.plan.preferred_because
        assert (
            (reason in words_printed) if reason else "Still to be supplied: why" in words_printed
        ), name


def test_the_gap_to_the_nearest_case_study_is_explained(sets: dict[str, PrintedSet]) -> None:
    one = sets["example"]
    words_printed, lead = one.section_text("a3-beside"), one.projections.case_studies.lead
    assert one.projections.case_studies.finding in words_printed
    assert lead is not None and lead.same_hours is not None
    assert f"At the hours that {lead.study.name} gives each person" in words_printed


# ------------------------------------------------------------------------------ rule 5


@pytest.mark.parametrize(
    ("code", "listed", "studies"),
    [
        ("QF7", OrganisationList.FROM_APRIL_2026, ("cs5",)),
        ("QMJ", OrganisationList.TO_MARCH_2026, ("cs2", "cs4")),
        ("Z9B2Z", OrganisationList.FROM_APRIL_2026, ("cs2", "cs4")),
        ("QT1", OrganisationList.FROM_APRIL_2026, ("cs3",)),
        ("QR1", OrganisationList.FROM_APRIL_2026, ("cs6",)),
        ("QOP", OrganisationList.FROM_APRIL_2026, ()),
    ],
)
def test_a_boards_own_case_study_is_its_own(
    code: str,
    listed: OrganisationList,
    studies: tuple[str, ...],
    reference: ReferenceData,
    library: SpecLibrary,
) -> None:
    plan = Plan(place=Place(icb_code=code, organisation_list=listed))
    content = specification(results(plan, reference), PAPER, reference, library)
    for section, words in (
        ("a3-provision", "is a service of our own. Our own team will tell us"),
        ("a3-delivery", "so the first question of the route"),
    ):
        words_printed = "\n".join(
            lines([b for s in content.sections if s.id == section for b in s.blocks])
        )
        assert (words in words_printed) == bool(studies)
        for study in reference.case_studies:
            assert (study.short_name in words_printed) == (study.id in studies)


# ------------------------------------------------------------------------------ rule 6

NOT_THE_BOARDS = re.compile(
    r"\b(our|ours) (assumption|default|wording|judgement)|\bseed\b|\bhash\b|not in our notes"
    r"|\bc[34]-[a-z]|\bplanner\b|\bwizard\b|\bscreen\b|\bclick|\b[0-9a-f]{12}\b",
    re.I,
)


def test_we_is_the_board_and_nothing_sends_a_reader_to_a_screen(
    sets: dict[str, PrintedSet], library: SpecLibrary
) -> None:
    for name, one in sets.items():
        for line in (*every_line(one.paper), one.paper.footer):
            assert not NOT_THE_BOARDS.search(line), (name, line)
    own = {s.id for s in library.outline(PAPER).all_sections()}
    for clause in library.clauses:
        if clause.section in own:
            assert not NOT_THE_BOARDS.search(clause.text), clause.id


# ------------------------------------------------------------------------------ rule 7

RANGE = re.compile(r"£?([\d,.]+) to £?([\d,.]+)(?=[),; ]|$)")


def numbers(text: str) -> Iterator[tuple[float, float]]:
    for low, high in RANGE.findall(text):
        with_numbers = [part.rstrip(".,").replace(",", "") for part in (low, high)]
        if all(re.fullmatch(r"\d+(\.\d+)?", part) for part in with_numbers):
            yield float(with_numbers[0]), float(with_numbers[1])


def test_one_planning_figure_stands_in_a_sentence_and_no_range_is_too_wide_to_plan_by(
    sets: dict[str, PrintedSet],
) -> None:
    for name, one in sets.items():
        for section in one.paper.sections:
            for line in lines([*section.blocks]):
                for low, high in numbers(line):
                    assert high <= 5 * low, (name, line)
    for name in ("example", "maximal", "merging"):
        words_printed = "\n".join(every_line(sets[name].paper))
        assert (
            len(re.findall(r"would be referred in a year; the service has room", words_printed))
            == 1
        )


# ------------------------------------------------------------------------------ rules 8 and 9


def test_a_legal_fact_is_confirmed_or_left_out_and_equality_comes_before_the_decision(
    sets: dict[str, PrintedSet], library: SpecLibrary
) -> None:
    standstill = next(fact for fact in library.decision.facts if fact.id == "standstill")
    assert "eight working days" in standstill.says
    for name, one in sets.items():
        words_printed = "\n".join(every_line(one.paper))
        for law in ("regulation", "section 14Z", "Procurement Act", "10%"):
            assert law not in words_printed, (name, law)
    late = changed(sets["example"].plan, assurance_due={Attachment.EQUALITY: date(2027, 7, 1)})
    assert not_ready(late) == ("in_order",)


def test_dates_follow_one_another_and_staff_are_there_before_the_first_person(
    sets: dict[str, PrintedSet],
) -> None:
    for name, one in sets.items():
        plan, dated = one.plan, [m for m in milestones(one.plan) if m.on]
        assert not disordered(plan), name
        by_name = {m.name: present(m.on) for m in dated}
        assert all(present(a.on) <= present(b.on) for a, b in pairwise(dated)), name
        if {"award", "standstill"} <= set(by_name):
            assert by_name["standstill"] == working_days_after(by_name["award"], 8)
            assert by_name["standstill"] < by_name["contract"]
        if "in_post" in by_name:
            assert by_name["in_post"] < by_name["first_patient"] == first_patient(plan)
        for table in one.tables("a3-delivery"):
            days = [row[1] for row in table.rows]
            assert [day(m.on) if m.on else "to be dated" for m in milestones(plan)] == days
        for table in one.tables("a3-intention"):
            assert first_patient(plan) is None or day(
                months_after(present(first_patient(plan)), 6)
            ) in str(table.rows)


def test_working_days_pass_over_weekends() -> None:
    assert working_days_after(date(2027, 8, 16), 8) == date(2027, 8, 26)
    # New Year falls on a Saturday, and is kept on the Monday.
    assert working_days_after(date(2027, 12, 31), 1) == date(2028, 1, 4)
    assert working_day_before(date(2027, 3, 30)) == date(2027, 3, 25), "over Easter"
    assert sorted(bank_holidays(2026)) == [
        date(2026, 1, 1), date(2026, 4, 3), date(2026, 4, 6), date(2026, 5, 4), date(2026, 5, 25),
        date(2026, 8, 31), date(2026, 12, 25), date(2026, 12, 28),
    ]  # fmt: skip
    assert months_after(date(2027, 10, 31), 4) == date(2028, 2, 29)
    assert months_after(date(2027, 10, 1), 2.5) == date(2028, 1, 1)


def money(cell: str) -> float:
    return float(cell.replace("£", "").replace(",", ""))


def test_every_table_with_a_total_adds_up(sets: dict[str, PrintedSet]) -> None:
    checked = 0
    for name, one in sets.items():
        for table in one.tables("a3-finance"):
            *rows, total = table.rows
            columns = [n for n, cell in enumerate(total) if n and re.fullmatch(r"£?[\d,]+", cell)]
            for column in columns:
                checked += 1
                summed = sum(money(row[column]) for row in rows)
                # Lines are printed to the pound, so each may be half a pound out.
                assert summed == pytest.approx(money(total[column]), abs=len(rows)), (
                    name,
                    table.caption,
                )
    assert checked > 10


def test_the_years_run_from_the_start_of_the_service_to_its_end_in_each_years_money(
    example: Plan, reference: ReferenceData
) -> None:
    def years_of(**values: object) -> tuple[list[str], list[int], list[float]]:
        worked = results(changed(example, **values), reference)
        cost = cost_of(worked)
        return (
            [y.financial_year for y in cost.years],
            [y.months for y in cost.years],
            [y.cost for y in cost.years],
        )

    years, months, sums = years_of()
    assert years == ["2027/28", "2028/29", "2029/30", "2030/31"] and months == [6, 12, 12, 6]
    # By hand, the last half year: all staff in post, pay grown four times and prices four times.
    worked = results(example, reference)
    central = worked.case.sums_of(worked.case.option(present(worked.preferred).id)).central
    staff = present(worked.preferred).pay.central + present(worked.preferred).overhead.central
    other = present(worked.preferred).running_cost.central - staff
    by_hand = (
        staff * (1 + central["pay_growth"]) ** 4 + other * (1 + central["price_growth"]) ** 4
    ) / 2
    assert sums[-1] == pytest.approx(by_hand, abs=500)
    # A whole year in the year of prices, everyone in post from the first day.
    plan = changed(example, service_start=date(2026, 4, 1), service_end=date(2027, 3, 31))
    plan = plan.model_copy(
        update={
            "horizon": plan.horizon.model_copy(
                update={"recruitment_months": 0, "staffing_profile": (1.0,)}
            )
        }
    )
    worked = results(plan, reference)
    (year,) = cost_of(worked).years
    assert year.cost == pytest.approx(
        present(worked.preferred).running_cost.central + present(worked.preferred).set_up, abs=500
    )


def test_funding_that_ends_leaves_a_gap_and_is_never_more_than_the_cost(
    example: Plan, reference: ReferenceData
) -> None:
    worked = results(example, reference)
    cost = cost_of(worked)
    ends = example.specification.funding_ends
    assert ends == date(2029, 3, 31)
    for year in cost.years:
        assert year.funded is not None and 0 <= year.funded <= year.cost
        assert (year.funded > 0) == (year.financial_year in ("2027/28", "2028/29"))
    assert present(cost.funded) + present(cost.gap) == pytest.approx(cost.total.central)
    undated = results(changed(example, service_end=None), reference)
    assert service_cost(present(undated.preferred), undated.case) is None


# ------------------------------------------------------------------------------ rule 12


def test_no_stopping_is_forecast_and_case_studies_stand_as_published(
    sets: dict[str, PrintedSet], reference: ReferenceData
) -> None:
    forecasts = [
        MEASURES[name].in_a_sentence
        for name in ("stopped", "usual_stopped", "net_stopped", "still_off", "added_relapses")
    ]
    for name, one in sets.items():
        for document in (PAPER, "action-4-specification"):
            words_printed = "\n".join(every_line(one.documents[document])).lower()
            assert not [words for words in forecasts if words.lower() in words_printed], (
                name,
                document,
            )
    (table,) = sets["example"].tables("a3-beside")
    rows = {row[0].split(".")[0]: row for row in table.rows}
    for study in reference.case_studies:
        other_text = rows[study.number][3]
        for row in study.reported:
            value = study.figure(row.figure).value if row.figure else None
            if row.outcome == "stopped" and value is not None:
                assert f"{value:.0f}% stopped" in other_text
                assert row.base.value in other_text or "not stated" in other_text
                break


# ------------------------------------------------------------------------------ rule 13


def test_the_case_for_change_is_ten_lines_each_with_a_source_and_none_without_its_number(
    sets: dict[str, PrintedSet], library: SpecLibrary, minimal: Plan, reference: ReferenceData
) -> None:
    reasons = library.paper.case_for_change
    assert len(reasons) <= 10
    for name, one in sets.items():
        points = [b for b in one.blocks("a3-case") if isinstance(b, Bullets)][0].points
        assert len(points) <= 10, name
        assert all(re.search(r" \([^()]{4,}\)$", line) and "$" not in line for line in points), name
    (alone,) = [
        row for row in minimal.prescribing.classes if row.medicine_class is MedicineClass.Z_DRUGS
    ]
    classes = [
        row.model_copy(update={"included": row is alone}) for row in minimal.prescribing.classes
    ]
    plan = minimal.model_copy(
        update={"prescribing": minimal.prescribing.model_copy(update={"classes": tuple(classes)})}
    )
    content = specification(results(plan, reference), PAPER, reference, library)
    words_printed = "\n".join(every_line(content))
    assert (
        "opioid safety programme" not in words_printed
        and "long-term opioid users" not in words_printed
    )
    assert all(Template(reason.says).is_valid() for reason in reasons)


# ------------------------------------------------------------------------------ rules 14 and 15

RISKS = (
    "pressed to stop", "relapse or suicide", "practices", "above capacity", "buy elsewhere",
    "does not recur", "No provider", "challenged", "Inequality", "no gain",
)  # fmt: skip


def test_risks_are_scored_before_and_after_and_each_has_an_owner(
    sets: dict[str, PrintedSet], library: SpecLibrary
) -> None:
    standing = library.workplan.risks
    assert all(any(words in risk.risk for risk in standing) for words in RISKS)

    def score(likelihood: Level | None, impact: Level | None) -> int:
        return SCORES[likelihood or "high"] * SCORES[impact or "high"]

    for risk in standing:
        assert risk.likelihood_after and risk.impact_after and risk.owner and risk.mitigation
        assert score(risk.likelihood_after, risk.impact_after) < score(risk.likelihood, risk.impact)
    for name, one in sets.items():
        (table,) = one.tables("a3-risks")
        before = [int(row[1].rsplit(" ", 1)[1]) for row in table.rows]
        assert before == sorted(before, reverse=True), name
        vacant = {member.seat.value for member in one.plan.specification.members if not member.name}
        assert all(row[4] and row[4] not in vacant for row in table.rows), name


def test_risks_that_the_paper_has_no_room_for_are_in_the_group_pack(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    own = tuple(Risk(risk=f"Own risk {n}", likelihood="high", impact="high") for n in range(5))
    worked = results(changed(example, risks=[risk.model_dump() for risk in own]), reference)
    paper = specification(worked, PAPER, reference, library)
    pack = specification(worked, "group-pack", reference, library)
    words_printed, other = "\n".join(every_line(paper)), "\n".join(every_line(pack))
    assert (
        "keeps those that score lower: 4." in words_printed
        and "Own risk 4 | 3 × 3 = 9" in words_printed
    )
    for risk in library.workplan.risks:
        if risk.only == "unpaid":
            assert risk.risk not in words_printed + other, "the example has no unpaid post"
            continue
        assert (risk.risk in words_printed) != (f"{risk.risk} | " in other)


def test_a_risk_that_nobody_has_judged_is_said_to_be_so_and_put_below_no_other(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    worked = results(changed(example, risks=[{"risk": "A new risk"}]), reference)
    paper = "\n".join(every_line(specification(worked, PAPER, reference, library)))
    assert "A new risk | not judged" in paper


def test_no_vacant_seat_and_no_analyst_answers_for_need_or_selection(
    library: SpecLibrary,
) -> None:
    workplan = library.workplan
    accountable = {line.ref: workplan.roles[line.accountable] for line in workplan.deliverables}
    assert accountable["2"] == "ICB chief pharmacist"
    assert accountable["15"] == "Procurement"


# ------------------------------------------------------------------------------ page one, length


def test_a_board_that_ends_or_may_merge_is_told_on_page_one(
    sets: dict[str, PrintedSet], reference: ReferenceData, library: SpecLibrary
) -> None:
    def other_text(one: SpecContent) -> str:
        return {line.label: line.value for line in one.header}.get("The board", "")

    assert "to be confirmed" in other_text(sets["merging"].paper)
    assert "Derby" in other_text(sets["merging"].paper)
    assert other_text(sets["example"].paper) == ""
    old = Plan(place=Place(icb_code="QMJ", organisation_list=OrganisationList.TO_MARCH_2026))
    content = specification(results(old, reference), PAPER, reference, library)
    assert "ended on 31 March 2026" in other_text(
        content
    ) and "West and North London" in other_text(content)


def test_no_long_paragraph_of_the_paper_is_without_something_of_the_plans(
    library: SpecLibrary,
) -> None:
    own = {s.id for s in library.outline(PAPER).all_sections()}
    texts = [clause.text for clause in library.clauses if clause.section in own]
    texts += [str(text) for key, text in library.texts.items() if key.startswith("paper.")]
    for text in texts:
        for paragraph in re.split(r"\n\s*\n|\n- ", text):
            assert len(paragraph.split()) <= MOST_WORDS or "$" in paragraph, paragraph


PREFERRED = 3
"""Where the preferred option of the example stands among its options."""
LIMITED = (
    ("preferred_because",),
    ("options", PREFERRED, "description"),
    ("specification", "hours_and_venues"),
    ("specification", "data_sources"),
    ("specification", "evaluation"),
    ("specification", "decision", "selection", "reasons"),
)
"""The long texts that stand in the paper or in the specification."""


@pytest.mark.parametrize("path", LIMITED, ids=lambda path: str(path[-1]))
def test_a_text_of_the_main_documents_has_a_limit_of_words_and_is_never_cut(
    example: Plan, reference: ReferenceData, library: SpecLibrary, path: tuple[str | int, ...]
) -> None:
    """At the limit it is printed whole; above it the plan refuses it and says both numbers."""

    def with_words(count: int) -> Plan:
        values = example.model_dump()
        values["specification"]["decision"]["selection"]["route"] = Route.COMPETITIVE
        place: Any = values
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = " ".join(["because"] * count)
        return Plan.model_validate(values)

    plan = with_words(ROOM)
    assert plan.preferred == plan.options[PREFERRED]
    words_printed = " ".join(
        line
        for of in (3, 4)
        for line in every_line(specification(results(plan, reference), of, reference, library))
    )
    assert re.search(rf"(because[ .]?){{{ROOM}}}", words_printed)
    with pytest.raises(ValidationError, match=f"has {ROOM + 1} words.*room for {ROOM}"):
        with_words(ROOM + 1)


RUN = 8


def runs_of(content: SpecContent) -> set[tuple[str, ...]]:
    """Every run of eight words of a document, within a line."""
    spoken = (re.findall(r"[a-z0-9£%']+", line.lower()) for line in every_line(content))
    return {tuple(words[at : at + RUN]) for words in spoken for at in range(len(words) - RUN + 1)}


def test_the_specification_hardly_repeats_the_paper(sets: dict[str, PrintedSet]) -> None:
    for name, one in sets.items():
        paper, spec = runs_of(one.paper), runs_of(one.documents["action-4-specification"])
        assert len(paper & spec) <= 0.02 * len(spec), name


# ------------------------------------------------------------------------ money that is not found


def test_people_stand_by_financial_year_and_over_the_term_with_what_each_costs(
    sets: dict[str, PrintedSet],
) -> None:
    one = sets["example"]
    cost = cost_of(one.results)
    years = one.tables("a3-finance")[0].rows
    assert [row[1] for row in years] == [f"{y.people:,}" for y in cost.years] + [f"{cost.people:,}"]
    assert [row[0] for row in years][0] == "2027/28 (6 months)"
    projections = present(one.projections.years_of(present(one.results.preferred).id)).rows
    # The first contract year has half of its months in each of two financial years. In the first
    # three nobody is in post, and in half of the fourth nobody is trained.
    assert cost.years[0].people == pytest.approx(
        present(projections[0].assessed).central * 2.5 / 8.5, abs=1
    )
    assert sum(present(y.people) for y in cost.years) == pytest.approx(
        sum(present(row.assessed).central for row in projections[:3]), abs=3
    )
    assert f"for £{cost.total.central:,.0f} in each year's money" in one.section_text("a3-summary")


def test_the_smaller_service_stands_year_by_year_beside_the_full_one_in_the_same_months(
    sets: dict[str, PrintedSet], example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    one = sets["example"]
    smaller = smaller_of(one.results)
    assert smaller is not None and smaller.until == example.specification.funding_ends
    full = cost_of(one.results)
    (table,) = [t for t in one.tables("a3-finance") if t.caption.startswith("The smaller service")]
    *rows, total = table.rows
    assert [row[0] for row in rows] == [y.financial_year for y in full.years if y.funded]
    for row, whole, part in zip(rows, full.years, smaller.cost.years, strict=False):
        cost, back, seen, fewer = (money(cell) for cell in row[1:])
        assert cost + back == example.specification.funding_found
        assert cost == pytest.approx(smaller.size * whole.cost, abs=500) and seen == part.people
        assert seen + fewer == whole.people
    assert money(total[1]) == smaller.cost.total.central <= present(full.funded)
    # One per cent more would cost more than is found for one of the years.
    most = max(year.cost for year in smaller.full.years)
    assert (smaller.size + 0.01) * most > present(example.specification.funding_found)
    request_text = one.section_text("a3-decision")
    assert f"worth no more than {total[1]} to 31 March 2029" in request_text
    assert f"about {money(total[3]):.0f} people by then" in request_text
    assert "Of the £350,000 found for 2027/28" in one.section_text("a3-finance")
    # With a fifth of the money fewer are seen than by the full team, and who waits is told.
    little = results(changed(example, funding_found=1e5), reference)
    words_printed = "\n".join(every_line(specification(little, PAPER, reference, library)))
    assert re.search(
        r"about [\d,]+ people by then, [1-9]\d* fewer than the full team", words_printed
    )
    assert (
        "those who wait" in words_printed
        and "is not money found: what is found stands" in words_printed
    )


@pytest.mark.parametrize(
    ("chosen", "words", "not_words"),
    [
        (IfNotFound.SMALLER, "agree that a contract is let for a smaller", "nothing begins"),
        (IfNotFound.NOTHING, "agree that nothing begins", "a smaller service"),
        (None, "STILL TO BE CHOSEN before this goes to the committee", "agree that nothing"),
    ],
)
def test_what_happens_where_no_more_is_found_is_one_resolution_or_still_to_be_chosen(
    chosen: IfNotFound | None,
    words: str,
    not_words: str,
    example: Plan,
    reference: ReferenceData,
    library: SpecLibrary,
) -> None:
    worked = results(changed(quick(example), if_not_found=chosen), reference)
    content = specification(worked, PAPER, reference, library)
    (request_text,) = [
        b
        for s in content.sections
        for b in s.blocks
        if isinstance(b, Bullets) and b.of == "requests"
    ]
    assert (
        request_text.points[3].startswith(words.split(" ")[0])
        or "by 9 July 2027" in request_text.points[3]
    )
    assert words in request_text.points[3] and not_words not in request_text.points[3]
    note = "\n".join(every_line(specification(worked, "working-note", reference, library)))
    assert ("What happens if the rest of the money is not found" in note) == (chosen is None)
    public = "\n".join(every_line(specification(worked, "public-summary", reference, library)))
    assert "until 31 March 2029" in public
    assert ("it will not open" in public) == (chosen is IfNotFound.NOTHING)


def test_where_nothing_is_found_or_the_money_recurs_the_words_fit(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    for matches, words in (
        ({"funding_found": 0.0}, "authorise no contract until finance confirms a recurrent source"),
        (
            {"funding_found": 2e5, "funding_recurrent": True},
            "to 30 September 2030 with those hours in it, which would",
        ),
    ):
        worked = results(changed(quick(example), **matches), reference)
        words_printed = "\n".join(every_line(specification(worked, PAPER, reference, library)))
        assert words in words_printed, matches


def test_a_column_of_the_options_holds_one_kind_of_figure(sets: dict[str, PrintedSet]) -> None:
    one = sets["example"]
    table = one.tables("a3-options")[0]
    assert "median" not in str(table.rows)
    medians = 0
    for row, option in zip(table.rows, one.results.options, strict=True):
        for cell, name in zip(row[1:], IN_TABLE, strict=True):
            if name in option.measures:
                central = option.central_case[name]
                assert cell.startswith(format_number(central, MEASURES[name].format_unit))
                medians += name in option.medians
    words_printed = one.section_text("a3-options")
    assert bool(medians) == ("The middle of the simulations lies away" in words_printed)
    assert (
        "is better on people who start" not in words_printed
        and "cost per person who starts" not in words_printed
    )
    assert "—" not in str(table.rows), "a dash is not read aloud"


def test_page_two_says_what_the_money_buys_and_why_not_the_cheaper_option(
    sets: dict[str, PrintedSet], example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    for name in ("example", "maximal", "merging"):
        words_printed = sets[name].section_text("a3-summary")
        assert "no gain over usual care is claimed; the modelled number" in words_printed, name
        assert (
            "Why not the cheaper one" in words_printed
            or "No other option that sees people" in words_printed
        )
    dearest = max(
        (one for one in sets["example"].results.options if one.people_assessed),
        key=lambda one: one.annual_cost.central,
    )
    dearer = example.model_copy(update={"preferred_option": dearest.id})
    worked = results(dearer, reference)
    content = specification(worked, PAPER, reference, library)
    words_printed = "\n".join(every_line(content))
    rival = cheaper_rival(
        present(worked.preferred),
        Context(PAPER, worked, reference, library, Citations(), Projections(worked, reference)),
    )
    assert rival is not None and rival.annual_cost.central < dearest.annual_cost.central
    less = about_pounds(dearest.annual_cost.central - rival.annual_cost.central)
    other_text = (
        rf"{rival.name} costs {less} a year less \(£[\d,]+ (less|more) with practices' time"
    )
    assert re.search(other_text, words_printed)
    assert f"would choose {rival.name}" in words_printed


def test_what_no_price_holds_is_told_limited_and_a_risk_whichever_option_is_preferred(
    sets: dict[str, PrintedSet], example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    """In the request, in the summary and as a risk; and of a cheaper option whether it has what the
    price of the preferred one has not."""
    for option in example.options:
        plan = quick(example).model_copy(update={"preferred_option": option.id})
        one = print_set(plan, reference, library)
        request_text, words_printed = (
            one.section_text("a3-decision"),
            one.section_text("a3-summary"),
        )
        seeing = bool(option.posts) and present(one.results.preferred).people_assessed is not None
        own = has_dose_author(option)
        hours = (
            "a clinical lead and a second prescriber"
            if own
            else "those who work out doses, a clinical lead, a second prescriber and a clinician "
            "on duty"
        )
        assert (f"within what is found, the hours of {hours}," in request_text) == seeing, (
            option.name
        )
        other_text = f"The price of {option.name} does not hold the hours of {hours}"
        assert (other_text in words_printed) == seeing, option.name
        assert ("Nobody is found to work out doses" in one.section_text("a3-risks")) == seeing
        assert ("people a year who would reduce can begin" in words_printed) == (seeing and not own)
    words_printed = sets["example"].section_text("a3-summary")
    less = about_pounds(
        present(sets["example"].results.preferred).central_case["annual_cost"]
        - next(
            one.central_case["annual_cost"]
            for one in sets["example"].results.options
            if one.name.startswith("Pharmacist review clinics")
        )
    )
    assert f"so the true difference is more than {less} a year" in words_printed


def test_more_for_the_full_team_is_divided_by_the_people_it_adds_and_the_other_way_is_numbered(
    sets: dict[str, PrintedSet],
) -> None:
    one = sets["example"]
    smaller = smaller_of(one.results)
    more, fewer = (
        smaller.full.total.central - smaller.cost.total.central, sum(smaller.fewer),
    )  # fmt: skip
    words_printed = one.section_text("a3-summary")
    assert (
        f"£{more:,.0f} for {fewer} more, about {about_pounds(more / fewer)} each" in words_printed
    )
    assert (
        "of the full team's room is free" in words_printed
        and "grow on 1 April 2029" in words_printed
    )
    (request_text,) = [b for b in one.blocks("a3-decision") if isinstance(b, Bullets)]
    for words, name in (
        ("would begin with the smaller one", "a smaller service"),
        ("would choose Pharmacist review clinics", "would not pay the difference"),
        ("who would reduce can begin", "authorise no contract that does not hold"),
    ):
        number = re.search(rf"{words}[^.]*?\(recommendation (\d)\)", words_printed)
        assert number and name in request_text.points[int(number[1]) - 1], words
    assert "(recommendation" not in sets["no reason"].section_text("a3-summary"), (
        "a draft asks nothing"
    )


def test_the_cheaper_option_stands_under_a_limit_only_where_there_is_one(
    example: Plan, sets: dict[str, PrintedSet], reference: ReferenceData, library: SpecLibrary
) -> None:
    funded = changed(example, funding_found=5e6, funding_recurrent=True, funding_ends=None)
    words_printed = print_set(quick(funded), reference, library).section_text("a3-decision")
    assert (
        "choose that in its place" in words_printed and "within the same limit" not in words_printed
    )
    assert "within the same limit" in sets["example"].section_text("a3-decision")


def test_unpaid_posts_are_counted_priced_and_a_risk(
    example: Plan, sets: dict[str, PrintedSet], reference: ReferenceData, library: SpecLibrary
) -> None:
    """For the preferred option and for another alike; of a team that is paid, that it is."""
    assert "Every post is paid" in sets["example"].section_text("a3-delivery")
    unpaid = [
        option.model_copy(
            update={
                "posts": tuple(
                    post.model_copy(update={"band": "voluntary"})
                    if post.title == "Peer support worker"
                    else post
                    for post in option.posts
                )
            }
        )
        for option in example.options
    ]
    plan = quick(example).model_copy(update={"options": tuple(unpaid)})
    one = print_set(plan, reference, library)
    paid = sets["example"].results.preferred
    cost, each = (
        about_pounds(present(paid).central_case[name])
        for name in ("annual_cost", "cost_per_assessed")
    )
    peers = next(post for post in unpaid[3].posts if post.band == "voluntary")
    # 4 x 1,575 hours
    assert peers.wte == 4
    delivery = one.section_text("a3-delivery")
    assert "Unpaid: peer support worker 4" in delivery and "6,300 hours a year in all" in delivery
    if_paid = f"Were they paid at band 3, a full year would cost {cost} and each person {each}."
    assert if_paid in delivery
    assert about_pounds(present(one.results.preferred).central_case["annual_cost"]) != cost
    mix = next(option for option in unpaid if option.id == "whole-system")
    (others,) = [post for post in mix.posts if post.band == "voluntary"]
    other_text = (
        f"{mix.name} counts on {staff(others.wte)} whole-time equivalents of unpaid posts. Were"
    )
    assert other_text in one.section_text("a3-options")
    assert "Volunteers are not found | 3 × 3 = 9" in one.section_text("a3-risks")


def test_what_is_not_there_yet_keeps_the_paper_from_its_committee(
    sets: dict[str, PrintedSet],
) -> None:
    one = sets["example"]
    gate = one.section_text("a3-attachments")
    for words in (
        "that assessment", "involvement record", "quality impact assessment", "finance's sign-off",
        "lived-experience panel", "Rotherham",
    ):  # fmt: skip
        assert words in gate.rsplit("does not go to the committee:", 1)[1], words
    assert "Without it this paper does not go to the committee" in one.section_text("a3-people")
    assert "By the rule proposed for when more come" in one.section_text("a3-intention")
    note = "\n".join(every_line(one.documents["working-note"]))
    assert "Who advises on the 132 or so who take several?" in note
    assert "No specialist is there for people on several" in one.section_text("a3-risks")


def test_the_days_of_choosing_a_provider_stand_before_the_award_or_are_asked_for(
    example: Plan, sets: dict[str, PrintedSet], reference: ReferenceData, library: SpecLibrary
) -> None:
    names = [one.name for one in milestones(example)]
    at = names.index("award")
    assert [one for one in names[:at] if one in ("route", "invited", "offers", "scored")] == [
        "route", "invited", "offers", "scored",
    ]  # fmt: skip
    assert "These days are meant to hold by any route" in sets["example"].section_text(
        "a3-delivery"
    )
    worked = results(changed(quick(example), offers_close=None), reference)
    request_text = "\n".join(every_line(specification(worked, PAPER, reference, library)))
    assert "Still to be supplied: the days on which the route is reported" in request_text
    late = changed(example, scored_due=date(2027, 9, 1))
    assert [(a.name, b.name) for a, b in disordered(late)] == [("scored", "award")]


def test_a_sum_for_each_is_what_a_calculator_gives_from_the_printed_figures(
    sets: dict[str, PrintedSet],
) -> None:
    other_text = re.compile(r"divide £([\d,]+) by ([\d,]+), which gives £([\d,]+)")
    matches = 0
    for one in sets.values():
        pack = "\n".join(every_line(one.documents["evidence-pack"]))
        for words in other_text.findall(pack):
            cost, count, each = (float(word.replace(",", "")) for word in words)
            assert about_pounds(cost / count) == about_pounds(each)
            matches += 1
    assert matches


def test_a_budget_that_has_not_been_found_is_called_a_ceiling(sets: dict[str, PrintedSet]) -> None:
    pack = "\n".join(every_line(sets["example"].documents["evidence-pack"]))
    assert "within the planning ceiling of £1,000,000 in every year" in pack
    assert "Less than the ceiling has been found so far." in pack
    assert "Planning ceiling less cash" in pack and "Budget less cash" not in pack


def test_what_a_wait_would_leave_undone_is_worked_out_from_the_same_years(
    sets: dict[str, PrintedSet],
) -> None:
    one = sets["example"]
    left = present(waiting(present(one.results.preferred), one.results.case))
    cost = cost_of(one.results)
    assert left.now == sum(present(year.people) for year in cost.years if year.funded)
    # A year later the first half year falls where the second year's first half was.
    assert left.later == cost.years[0].people and left.unused < present(cost.funded)
    assert f"{left.later} people would be assessed by 31 March 2029, and not {left.now}" in (
        one.section_text("a3-case")
    )
    assert "If we wait" not in "\n".join(every_line(sets["mandate"].paper))


def test_states_of_assurance_are_counted_from_the_record(sets: dict[str, PrintedSet]) -> None:
    rows = {row[0]: row[1] for row in sets["example"].tables("a3-attachments")[0].rows}
    record = sets["example"].plan.specification.decision
    assert rows[Attachment.EQUALITY] == "begun: 2 of 21 groups assessed"
    assert len(record.equality.answers) == 2
    assert rows[Attachment.DATA_PROTECTION] == "begun: 2 of 7 questions answered"
    assert rows[Attachment.INVOLVEMENT].startswith("begun: 1 of 3 groups involved")
    assert rows[Attachment.QUALITY] == "not begun"


def test_reviews_are_dated_and_one_on_the_measures_comes_after_they_are_known(
    sets: dict[str, PrintedSet], example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    steps = {m.name: m.on for m in milestones(example)}
    review = present(steps["outcome_review"])
    known = months_after(present(first_patient(example)), 12)
    assert known <= review <= date(2029, 3, 31)
    assert "One of the two has to move" not in sets["example"].section_text("a3-delivery")
    for values, words in (
        ({"outcome_review": date(2028, 6, 30)}, "comes before the last of the six measures"),
        ({"outcome_review": None}, "Still to be supplied: the day of a review on all six measures"),
    ):
        worked = results(changed(quick(example), **values), reference)
        assert words in "\n".join(every_line(specification(worked, PAPER, reference, library)))
    own = changed(example, own_service_due=date(2027, 7, 1))
    assert not_ready(own) == ("in_order",)


def test_the_public_is_told_what_is_an_emergency_who_waits_and_how_to_reach_a_person(
    example: Plan, minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    def words_printed(plan: Plan) -> str:
        content = specification(
            results(quick(plan), reference), "public-summary", reference, library
        )
        return "\n".join(every_line(content))

    other_text = words_printed(example)
    assert "pregabalin, sleeping tablets and strong painkillers such as codeine." in other_text
    assert "It can last months or years. You can come however long ago you stopped." in other_text
    assert "if you agree, we speak to the prescriber in one working day" in other_text
    assert "Call 999 for a fit" in other_text and "email involve@example.org" in other_text
    assert (
        "While you wait, a clinician calls" in other_text
        and "has room for all we expect" in other_text
    )
    assert "[to be supplied: a telephone number" in words_printed(minimal)
    missing = {gap.id for gap in results(minimal, reference).missing_inputs}
    assert "contact" in missing
    assert "contact" not in {gap.id for gap in results(example, reference).missing_inputs}
    crowded = example.model_copy(
        update={
            "demand": example.demand.model_copy(
                update={"referral_rate": Range(low=1.5, central=2.0, high=3.0)}
            )
        }
    )
    assert "More may come than there is room for" in words_printed(crowded)


def test_the_working_note_has_the_questions_of_a_committee_and_the_paper_no_forecast(
    sets: dict[str, PrintedSet],
) -> None:
    one = sets["example"]
    note = "\n".join(every_line(one.documents["working-note"]))
    net = format_range(present(one.results.preferred).measures["net_stopped"])
    assert f"Beyond usual care about {net} would stop" in note
    assert net not in "\n".join(every_line(one.paper))
    assert "Do not say that it pays for itself" in note
    for request_text in (
        "Why not the cheaper",
        "Why not letters?",
        "What if no more money",
        "What ends",
    ):
        assert request_text in note
    assert f"A recurrent source for £{cost_of(one.results).gap:,.0f}" in note
    assert (
        "Attachments due before the decision: Quality impact assessment; Finance sign-off" in note
    )


def test_an_option_that_nothing_favours_is_told_what_it_has_and_no_feature_it_lacks_is_promised(
    sets: dict[str, PrintedSet], example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    one = sets["example"]
    words_printed = one.section_text("a3-options")
    assert (
        "Whole-system mix (clinics, therapists and a specialist hub) | yes | yes | yes"
        in words_printed
    )
    assert (
        "sees nobody" in words_printed
        and "(low certainty)" in words_printed
        and "Both can be done;" in words_printed
    )
    everything = "\n".join(every_line(one.paper))
    for promise in ("record in their systems", "writes in the practice record", "same week"):
        assert promise not in everything, promise


def test_a_risk_falls_only_by_what_is_recorded_and_a_late_review_is_said(
    sets: dict[str, PrintedSet], example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    def score_of(plan: Plan, risk: str = "Funding does not recur") -> tuple[str, str]:
        content = specification(results(quick(plan), reference), PAPER, reference, library)
        rows = [line for line in every_line(content) if line.startswith(f"{risk} |")]
        _, before, _, after, _ = rows[0].split(" | ")
        return before, after

    assert score_of(example) == ("3 × 3 = 9", "3 × 3 = 9; not yet recorded")
    recurrent = changed(example, funding_found=5e6, funding_recurrent=True, funding_ends=None)
    assert score_of(recurrent) == ("3 × 3 = 9", "2 × 2 = 4")
    relapse = "Severe or lasting withdrawal, or withdrawal taken for relapse; relapse or suicide"
    assert score_of(example, relapse) == ("2 × 3 = 6", "2 × 3 = 6; not yet recorded")
    let = changed(example, provider="Example provider")
    assert score_of(let, relapse) == ("2 × 3 = 6", "1 × 3 = 3")
    assert score_of(example, "Work falls on practices")[1] == "3 × 2 = 6; not yet recorded"
    assert "less than a year before" not in sets["example"].section_text("a3-delivery")
    late = changed(
        example,
        review_date=date(2029, 3, 31),
        earlier_committees="Medicines group, March 2027, supported",
    )
    content = specification(results(late, reference), PAPER, reference, library)
    words_printed = "\n".join(every_line(content))
    assert "less than a year before the funding found ends" in words_printed
    assert "to go to (dated after this paper): Medicines group" in words_printed
