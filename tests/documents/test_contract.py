"""The specification and its schedules as a contract: who must do what, by when and how it is shown,
no money but in the prices, and waits that match the room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise

import pytest

from planner.analysis.completeness.readiness import is_working_day, months_after
from planner.analysis.economics.example import option_from_quote, options_from_case_studies
from planner.analysis.economics.financial_years import smaller_service
from planner.analysis.formatting import day, people
from planner.analysis.passages import plain
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.documents.clauses_in_force import clauses_in_force
from planner.documents.context import Citations, Context, section_numbers
from planner.documents.contract_dates import contract_dates, quarters_of_year_one
from planner.documents.coverage import coverage
from planner.documents.sections.clauses import clause_blocks
from planner.model.base import Range
from planner.model.clause_choices import OwnClause
from planner.model.document import DASH, Block, Bullets, Paragraph, SpecContent, Table
from planner.model.library import MAIN, SpecLibrary
from planner.model.plan import AtCeiling, ContractType, IfNotFound, Plan
from planner.model.reference import ReferenceData
from planner.model.review import State
from planner.model.service import Feature, Post
from planner.outputs.word.render import render
from planner.outputs.word.template import ORDINARY
from planner.reference import content_folder
from planner.review.requirements import requirements
from planner.review.terms import load_review_terms
from planner.review.word_reader import read_word_document

PLANS = ("minimal", "example", "maximal", "short of room", "quote", "whole system", "letters")
UNANSWERED = {"A0.8", "A0.12"}
"""What nothing in the set answers: every contact made to count, and these medicines put first in
the system's own plans."""

Contract = dict[str, SpecContent]


def contract(plan: Plan, reference: ReferenceData, library: SpecLibrary) -> Contract:
    """The specification and its schedules for one plan, by name."""
    worked = results(plan, reference)
    projections = Projections(worked, reference)
    return {
        outline.name: specification(worked, outline.name, reference, library, projections)
        for outline in library.outlines
        if outline.numbered
    }


@pytest.fixture(scope="module")
def plans(minimal: Plan, example: Plan, maximal: Plan) -> dict[str, Plan]:
    many = Range(low=2.0, central=3.0, high=4.0)
    demand = example.demand.model_copy(update={"referral_rate": many})
    short = example.model_copy(update={"demand": demand})
    quote = option_from_quote("quote", "A quote", 600_000, Range(low=300, central=400, high=500))
    quoted = example.model_copy(
        update={"options": (*example.options, quote), "preferred_option": quote.id}
    )
    others = [
        example.model_copy(update={"preferred_option": name})
        for name in ("whole-system", "letters-education")
    ]
    return dict(zip(PLANS, (minimal, example, maximal, short, quoted, *others), strict=True))


@pytest.fixture(scope="module")
def contracts(
    plans: dict[str, Plan], reference: ReferenceData, library: SpecLibrary
) -> dict[str, Contract]:
    return {name: contract(plan, reference, library) for name, plan in plans.items()}


def texts(blocks: tuple[Block, ...] | list[Block]) -> Iterator[str]:
    """Everything that blocks say: a paragraph, a point or a cell each."""
    for block in blocks:
        if isinstance(block, Paragraph):
            yield block.text
        elif isinstance(block, Bullets):
            yield from block.points
        elif isinstance(block, Table):
            yield from (block.caption, block.description, *block.columns)
            yield from (cell for row in block.rows for cell in row)


def section_lines(content: SpecContent, section: str = "") -> list[str]:
    return [
        text for s in content.sections if s.id == section or not section for text in texts(s.blocks)
    ]


def tables(content: SpecContent) -> list[Table]:
    return [b for s in content.sections for b in s.blocks if isinstance(b, Table)]


FORBIDDEN = (
    r"\bwe\b", r"\bours?\b", r"\bus\b", "preferred option", "chosen option", "to be supplied",
    "seed", "our assumption", "clause c4", "where the price holds", "named here", "unconfirmed",
    "to be agreed", "to be confirmed", r"\btbc\b", "if agreed", "where both parties agree",
)  # fmt: skip
"""What no contract says: reasons, the planner's own voice, and notes of whoever drafted it."""


@pytest.mark.parametrize("name", PLANS)
def test_a_contract_has_no_money_no_we_no_placeholder_and_no_reason_for_choosing(
    contracts: dict[str, Contract], name: str
) -> None:
    for document, content in contracts[name].items():
        assert content.sections, document
        for text in section_lines(content):
            assert "£" not in text or document == "local-prices", (document, text)
            assert text != DASH, (document, "a dash in a contract")
            for word in FORBIDDEN:
                assert not re.search(word, text, re.IGNORECASE), (document, word, text)
            assert not re.search(r"\$[a-z]", text), (document, text)


PARTY = re.compile(r"(?:Provider|Commissioner)$")
GOES_ON = re.compile(r"(?:,|;|\b(?:and|or))$")
BINDS_OTHERWISE = re.compile(
    r"\bshall\b|\bought\b|\b(?:has|have) to be\b|\b(?:is|are) (?:required|obliged) to\b"
)
DONE = re.compile(
    r"\bworked with\b|\bwere involved\b|\b(?:has|have) been (?:agreed|trained|involved|found)\b"
)


@pytest.mark.parametrize("name", PLANS)
def test_only_the_provider_or_the_commissioner_must_and_nothing_is_said_to_be_done(
    contracts: dict[str, Contract], name: str
) -> None:
    musts = 0
    for document, content in contracts[name].items():
        for text in section_lines(content):
            assert not BINDS_OTHERWISE.search(text) and not DONE.search(text), (document, text)
            for sentence in re.split(r"(?<=[.:])\s", text):
                for place, must in enumerate(re.finditer(r"\bmust\b", sentence)):
                    musts += 1
                    before = sentence[: must.start()].rstrip()
                    assert PARTY.search(before) or (place and GOES_ON.search(before)), (
                        document,
                        sentence,
                    )
    assert musts > 100


@pytest.mark.parametrize("name", PLANS)
def test_each_schedule_and_each_measure_that_is_named_is_there(
    contracts: dict[str, Contract], library: SpecLibrary, name: str
) -> None:
    whole = contracts[name]
    schedules = {o.label.lower() for o in library.outlines if o.folder == "schedules"}
    printed = {
        row[0].split()[0] for table in tables(whole["quality-requirements"]) for row in table.rows
    }
    sections = {section.number for section in whole[MAIN[4]].sections}
    listed = next(
        text for text in section_lines(whole[MAIN[4]], "a4-schedules") if "form part" in text
    )
    assert all(schedule in listed for schedule in schedules)
    named: set[str] = set()
    for document, content in whole.items():
        for text in section_lines(content):
            if document != "quality-requirements":
                assert set(re.findall(r"\bK\d+\b", text)) <= printed, (document, text)
            named |= set(re.findall(r"\bthe ((?:[a-z]+ ){1,3})schedule\b", text))
            if document != MAIN[4]:
                assert set(re.findall(r"sections? (\d+\.\d+)", text)) <= sections, text
    assert {one.strip() for one in named} <= schedules and len(named) >= 5


WHEN = re.compile(
    r"\b(days?|weeks?|months?|quarter\w*|year\w*|before|throughout|within|until|at (any|each|every|"
    r"the) |first|monthly|when|by the)\b",
    re.IGNORECASE,
)


def test_each_obligation_says_by_when_and_how_it_is_shown(library: SpecLibrary) -> None:
    owed = [
        clause
        for clause in library.clauses
        if clause.section.startswith("a4-") and " must " in clause.text
    ]
    assert len(owed) > 60
    for clause in owed:
        assert re.search(r"\b[Ss]hown by\b", clause.text), clause.id
        assert WHEN.search(clause.text), clause.id


@pytest.mark.parametrize("name", PLANS)
def test_a_cross_reference_gives_the_number_its_section_has(
    contracts: dict[str, Contract],
    plans: dict[str, Plan],
    reference: ReferenceData,
    library: SpecLibrary,
    name: str,
) -> None:
    content = contracts[name][MAIN[4]]
    own = OwnClause(id="own-9", section="a4-description", text="First.\n\nSecond.")
    wording = plans[name].specification.wording.model_copy(update={"own_clauses": (own,)})
    spec = plans[name].specification.model_copy(update={"wording": wording})
    other = plans[name].model_copy(update={"specification": spec})
    for plan, expected in (
        (plans[name], content),
        (other, specification(results(other, reference), 4, reference, library)),
    ):
        worked = results(plan, reference)
        context = Context(
            of=4,
            results=worked,
            reference=reference,
            library=library,
            citations=Citations(),
            projections=Projections(worked, reference),
        )
        numbers = {
            section.id.replace("a4-", "no_").replace("-", "_"): section.number
            for section in expected.sections
        }
        every = section_numbers(context)
        assert {key: value for key, value in every.items() if value != "left out"} == numbers
    there = {section.number for section in content.sections}
    named = set(re.findall(r"sections? (\d+(?:\.\d+)?)", " ".join(section_lines(content))))
    assert named <= there and len(named) > 5


def test_what_is_asked_for_on_each_route_has_a_time(contracts: dict[str, Contract]) -> None:
    routes = next(
        table
        for table in tables(contracts["example"][MAIN[4]])
        if table.caption == "Response times by route"
    )
    assert len(routes.rows) >= 6
    for row in routes.records:
        assert re.search(r"day", row["First reply"]), row


def acceptance(of: Contract) -> str:
    return "\n".join(section_lines(of[MAIN[4]], "a4-acceptance"))


def test_waits_match_the_room_there_is(
    contracts: dict[str, Contract], plans: dict[str, Plan], reference: ReferenceData
) -> None:
    unknown, room, short = (
        acceptance(contracts[name]) for name in ("minimal", "example", "short of room")
    )
    assert "has room for" not in unknown
    for name, text in (("example", room), ("short of room", short)):
        costed = results(plans[name], reference).preferred
        assert costed is not None and costed.capacity and costed.demand
        assert f"room for about {people(costed.capacity.central)} referrals" in text
        assert (costed.demand.central > costed.capacity.central) is (name == "short of room")
    assert "must accept every eligible person" in room and "published wait" not in room
    assert "order of the groups" in short and "published wait" in short
    for text in (unknown, room, short):
        # What is offered to those not accepted, and over whom waits are counted, always stand.
        assert "cannot be accepted yet" in text and "is safe" in text
        assert "everyone accepted, those still waiting" in text
        assert "in the middle of a reduction" in text
    whole = "\n".join(section_lines(contracts["example"][MAIN[4]]))
    assert "every week" not in whole


@pytest.mark.parametrize("rule", [None, *AtCeiling])
def test_the_rule_at_the_ceiling_is_the_plans(
    example: Plan, reference: ReferenceData, library: SpecLibrary, rule: AtCeiling | None
) -> None:
    spec = example.specification.model_copy(update={"at_ceiling": rule})
    plan = example.model_copy(update={"specification": spec})
    content = specification(results(plan, reference), 4, reference, library)
    text = "\n".join(section_lines(content, "a4-acceptance"))
    phrases = {
        None: "accept people in the order of the groups. The rule ends on the last day",
        AtCeiling.WAITING_LIST: "must keep one waiting list",
        AtCeiling.ACTIVITY_REVIEW: "must meet and agree in writing",
        AtCeiling.PRIORITY: "must accept people of groups 1 and 2 only",
    }
    assert [key for key, phrase in phrases.items() if phrase in text] == [rule]


def test_eligible_is_who_was_prescribed_within_the_year_or_has_symptoms_whenever_it_was(
    contracts: dict[str, Contract],
) -> None:
    for of in contracts.values():
        text = "\n".join(section_lines(of[MAIN[4]], "a4-served"))
        assert "is prescribed, or within the last twelve months was prescribed, one or more" in text
        assert "or the person has symptoms that they link to" in text
        assert "however long ago" in text
        # Everyone who is eligible fits a group that has a time, also after a stop or midway.
        groups = next(t for t in tables(of[MAIN[4]]) if t.caption.startswith("Groups in which"))
        who = {row[0]: row[1] for row in groups.rows}
        assert "stopped or cut without a plan" in who["1"]
        assert "in the middle of a reduction, or after one" in who["2"]
        assert who["4"].endswith("everyone else who is eligible")
        assert all(row[2] for row in groups.rows)


def test_a_start_is_the_first_day_of_any_plan_and_no_price_rests_on_it(
    contracts: dict[str, Contract],
) -> None:
    for of in contracts.values():
        assert any(
            "whether it is to carry on, reduce or stop" in t for t in section_lines(of[MAIN[4]])
        )
        assert not any("who start" in text for text in section_lines(of["local-prices"]))
        assert "People who start" not in section_lines(of["activity-plan"])


def test_nights_pauses_and_a_no_are_provided_for(contracts: dict[str, Contract]) -> None:
    for of in contracts.values():
        whole = "\n".join(section_lines(of[MAIN[4]]))
        for phrase in (
            "NHS 111, telling it which medicine was stopped or cut and when",
            "speaks with the person the same day",
            "because tolerance is lost",
            "so that two people never both prescribe",
            "worked out or approved by a dose author",
            "One page of it is to show or read out at night",
            "To be well on a medicine is not by itself a reason gone",
            "help with withdrawal symptoms, is cut short",
            "a recorded message",
            "crisis teams",
            "by telephone the same working day",
            "second prescriber",
            "After a no, the Provider must not raise it again",
            "while symptoms may be their cause",
            "within two working days, and every four weeks of the wait, a call from",
            "one first assessment in five for groups 3 and 4",
        ):
            assert phrase in whole, phrase


@pytest.mark.parametrize("name", PLANS)
def test_eight_to_ten_requirements_are_the_providers_each_with_all_that_measures_it(
    contracts: dict[str, Contract], name: str
) -> None:
    content = contracts[name]["quality-requirements"]
    kpi_table, watched = tables(content)
    assert 8 <= len(kpi_table.rows) <= 10
    for row in kpi_table.records:
        for column in ("Numerator", "Denominator", "Instrument, how often", "Threshold"):
            assert row[column].strip(), (row, column)
    dates = " ".join(section_lines(content))
    assert "Each baseline is to be set " in dates
    assert "may enforce a threshold from" in dates and "that value is the baseline" in dates
    names = {row[0].split()[0] for row in kpi_table.rows}
    assert names.isdisjoint(row[0].split()[0] for row in watched.rows)
    # What depends on GP systems or others, and what became of a dose, is never enforced.
    assert {"K1", "K2", "K3", "K4", "K15", "K24"}.isdisjoint(names)


def test_no_payment_and_no_target_rewards_stopping(contracts: dict[str, Contract]) -> None:
    for of in contracts.values():
        whole = "\n".join(section_lines(of[MAIN[4]]))
        assert "must not at any time set a target for it" in whole
        assert "nobody is pressed to reduce or to stop" in whole
        prices = "\n".join(section_lines(of["local-prices"]))
        assert "must not link a payment to stopping a medicine or to reducing a dose" in prices


@pytest.mark.parametrize("name", ["example", "maximal"])
def test_activity_ends_with_the_term_and_prices_are_those_of_the_paper(
    contracts: dict[str, Contract],
    plans: dict[str, Plan],
    reference: ReferenceData,
    library: SpecLibrary,
    name: str,
) -> None:
    spec = plans[name].specification
    assert spec.service_end is not None
    years = next(t for t in tables(contracts[name]["activity-plan"]) if "Year of" in t.columns[0])
    assert years.rows[-1][0].endswith(day(spec.service_end)) and len(years.rows) == 3
    prices = next(t for t in tables(contracts[name]["local-prices"]) if "Months" in t.columns)
    paper = specification(results(plans[name], reference), 3, reference, library)
    finance = next(t for t in tables(paper) if t.columns[:1] == prices.columns[:1])
    assert [(f"{row[0]} ({row[1]} months)", row[2]) for row in prices.rows] == [
        (row[0], row[2]) for row in finance.rows
    ]
    assert [row[3] for row in prices.rows] == [row[3] for row in finance.rows], "what is found"
    *parts, whole = (int(row[2].strip("£").replace(",", "")) for row in prices.rows)
    assert sum(parts) == whole
    assert [row[1] for row in prices.rows][-1] == "36"


def test_each_quarter_of_year_one_adds_up_to_the_year(contracts: dict[str, Contract]) -> None:
    quarters, years, *_ = tables(contracts["example"]["activity-plan"])
    assert quarters.columns[1:-1] == (
        "To 31 March 2028", "To 30 June 2028", "To 30 September 2028",
    )  # fmt: skip
    for row in quarters.rows:
        *parts, whole = (float(cell.replace(",", "")) for cell in row[1:])
        assert sum(parts) == pytest.approx(whole, abs=len(parts))
    first = dict(zip(years.columns, years.rows[0], strict=True))
    assert {row[0]: row[-1] for row in quarters.rows}.items() <= first.items()


def amount(cell: str) -> float:
    return float(cell.removeprefix("£").replace(",", ""))


@pytest.mark.parametrize("name", ["example", "maximal"])
def test_payment_begins_with_the_service_and_comes_to_the_value(
    contracts: dict[str, Contract], name: str
) -> None:
    price, value = tables(contracts[name]["local-prices"])
    set_up = next(amount(row[1]) for row in price.rows if row[0].startswith("Setting up"))
    *years, _ = value.records
    for place, row in enumerate(years):
        parts = re.fullmatch(r"(\d+) of £([\d,]+), from (.+)", row[value.columns[-1]])
        assert parts is not None
        count, each, month = parts.groups()
        paid = int(count) * amount(each) + (0 if place else set_up)
        assert paid == pytest.approx(amount(row["Value"]), abs=int(count))
        assert place or (month == "January 2028" and count == "3"), "from the first patient's month"


def test_a_year_confirmed_in_part_has_a_reduced_service_and_bidders_are_told(
    contracts: dict[str, Contract], example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    of = contracts["example"]
    assert any(
        "not bound to pay, nor the Provider to provide" in t for t in section_lines(of[MAIN[4]])
    )
    value = tables(of["local-prices"])[1]
    reduced = next(t for t in tables(of["team-and-directory"]) if t.caption == "Reduced service")
    worked = results(example, reference)
    assert worked.preferred is not None
    smaller = smaller_service(worked.preferred, worked.case)
    assert smaller is not None
    costs = {year.financial_year: year.cost for year in smaller.cost.years}
    for row in value.records:
        cost = costs.get(row["Financial year"], smaller.cost.total.central)
        if row["Reduced service"] != "none":
            assert amount(row["Reduced service"]) == cost <= amount(row["Confirmed at signature"])
    assert [row[0] for row in reduced.rows] == list(costs)
    assert all(row[1] == f"{smaller.size:.0%}" for row in reduced.rows)
    # A smaller team with room for all who are expected is said to see as many.
    assert (reduced.columns[3] == "People assessed") == any(smaller.fewer)
    # Where nothing would begin without the rest, no reduced service is offered.
    nothing = example.specification.model_copy(update={"if_not_found": IfNotFound.NOTHING})
    none = contract(example.model_copy(update={"specification": nothing}), reference, library)
    assert any("when the confirmed sum is spent" in text for text in section_lines(none[MAIN[4]]))
    assert "Reduced service" not in {t.caption for t in tables(none["team-and-directory"])}
    assert "Reduced service" not in tables(none["local-prices"])[1].columns
    # Nothing is said to be confirmed where the plan does not say what is found.
    spec = example.specification.model_copy(update={"funding_found": None})
    silent = contract(example.model_copy(update={"specification": spec}), reference, library)
    assert not any("not bound to pay" in text for text in section_lines(silent[MAIN[4]]))
    assert "Confirmed at signature" not in tables(silent["local-prices"])[1].columns


def test_it_is_said_which_service_begins_and_that_a_notice_follows_its_review(
    contracts: dict[str, Contract], example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    term = "\n".join(section_lines(contracts["example"][MAIN[4]], "a4-mobilisation"))
    assert "the Service begins as the reduced service, in each financial year for which" in term
    assert "the full price apply, whatever is confirmed for the year after" in term
    assert "must not recruit" not in term
    assert term.index("working day of each August") < term.index("working day of September")
    room = acceptance(contracts["example"])
    assert "In the reduced service the room, and the numbers who may wait, are 54%" in room
    assert "which is 114 to 30 September 2028, with 75% of the team, and 152 after" in room
    # The whole team, for as long as there is money, is no reduced service.
    spec = example.specification.model_copy(update={"funding_found": 2_000_000.0})
    whole = contract(example.model_copy(update={"specification": spec}), reference, library)
    term = "\n".join(section_lines(whole[MAIN[4]], "a4-mobilisation"))
    assert "the Service, which begins in full, ends when the confirmed sum is spent" in term
    assert "Reduced service" not in {t.caption for t in tables(whole["team-and-directory"])}
    assert "Reduced service" not in tables(whole["local-prices"])[1].columns


def test_volunteers_are_counted_apart_and_the_offer_states_clinicians_hours(
    contracts: dict[str, Contract], example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    of = contracts["example"]
    team = " ".join(section_lines(of["team-and-directory"]))
    assert "counted apart" not in team and "does not hold the hours of dose authors" in team
    assert "In its offer the Provider must state, as a line of the price, the hours a week" in team
    assert any(text.startswith("Clinicians' hours") for text in section_lines(of["local-prices"]))
    whole = " ".join(section_lines(of[MAIN[4]]))
    assert whole.count("75% of the WTE of the employed posts") == 2
    chosen = example.preferred
    assert chosen is not None
    peers = chosen.posts[0].model_copy(update={"band": "voluntary", "wte": 4.0})
    with_volunteers = chosen.model_copy(
        update={
            "posts": (*chosen.posts, peers),
            "features": (*chosen.features, Feature.PHARMACIST_IN_TEAM),
            "features_absent": (),
        }
    )
    other = contract(example.model_copy(update={"options": (with_volunteers,)}), reference, library)
    team = " ".join(section_lines(other["team-and-directory"]))
    assert "Employed posts: 10.6 WTE. Volunteers, counted apart: 4 WTE." in team
    assert "volunteer, unpaid" in team and "holds the hours of a dose author" in team


def test_it_is_said_how_many_hours_are_volunteers_and_that_room_falls_with_them(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    chosen = example.preferred
    assert chosen is not None
    paid = max(chosen.posts, key=lambda post: post.patient_facing * (post.band != "voluntary"))
    unpaid = paid.model_copy(update={"band": "voluntary"})

    def whole(*posts: Post) -> str:
        plan = example.model_copy(update={"options": (chosen.model_copy(update={"posts": posts}),)})
        return " ".join(section_lines(contract(plan, reference, library)[MAIN[4]]))

    both = whole(paid, unpaid)
    theirs, everyone = (
        int(match[1])
        for pattern in (r"Volunteers give about (\d+)", r"team has about (\d+) hours a week")
        if (match := re.search(pattern, both))
    )
    assert abs(2 * theirs - everyone) <= 1 < theirs
    assert "the room, and the numbers who may wait, fall with those hours" in both
    assert "Volunteers give" not in whole(paid)


def test_nobody_is_left_without_an_answer_a_receiver_or_a_clinician(
    contracts: dict[str, Contract],
) -> None:
    for of in contracts.values():
        whole = " ".join(section_lines(of[MAIN[4]]))
        for phrase in (
            "with a nurse, pharmacist or doctor on duty in all of them",
            "the agreement or the Service ends sooner for any reason, the Commissioner must name",
            "until when the Service is confirmed and who would go on after it",
            "whether a local scheme pays practices",
            "the summary care record, and speaks with the practice or the dispensing pharmacy",
            "History of seizures with a benzodiazepine, Z-drug or gabapentinoid",
            "clinical lead confirm these times against the guideline",
        ):
            assert phrase in whole, phrase
        last = tables(of["reporting"])[0].rows[-1]
        assert last[1] == "Two months" and "last day of the Service" in last[2]
    whole = " ".join(section_lines(contracts["example"][MAIN[4]]))
    assert "By 15 October 2027 the Commissioner must tell practices" in whole
    assert "Where none comes within ten working days" in whole
    # A person for whom no prescriber is found is not left at a closed door.
    assert "by which date it is tried again" in whole and "None of this ends" in whole


PERIODS = {"year_one_ends", "year_two", "first_quarter_ends", "last_months_from"}
"""Days on which a period begins or ends, on whatever day of the week that is."""
IN_ORDER = (
    ("agreement", "in_post", "trained_by", "first_seen", "month_3", "month_6", "month_9",
     "month_12", "equal_by"),
    ("agreement", "ready_by", "trained_by"),
    ("first_seen", "first_quarter_ends", "equity_review", "baselines_by", "enforced_from"),
    ("first_seen", "last_months_from"),
    ("first_seen", "month_1", "month_3"),
    ("agreement", "scheme_by"),
)  # fmt: skip
STARTS = [date(2027, 1, 1) + timedelta(days=11 * step) for step in range(70)]


@pytest.mark.parametrize("months", [0, 2.5, 3, 9])
@pytest.mark.parametrize("posts", [True, False])
def test_every_day_of_a_contract_is_a_working_day_and_in_order(
    example: Plan, library: SpecLibrary, months: float, posts: bool
) -> None:
    """Nobody shows staff before staff are paid for, and no target falls due before its baseline."""
    horizon = example.horizon.model_copy(update={"recruitment_months": months})
    chosen = example.preferred
    assert chosen is not None
    option = chosen if posts else chosen.model_copy(update={"posts": ()})
    for start in STARTS:
        spec = example.specification.model_copy(
            update={"service_start": start, "service_end": months_after(start, 36)}
        )
        plan = example.model_copy(
            update={"specification": spec, "horizon": horizon, "options": (option,)}
        )
        days = {
            name: datetime.strptime(text, "%d %B %Y").date()
            for name, text in contract_dates(plan, library).items()
        } | {"agreement": start}
        for name, on in days.items():
            assert name in PERIODS or name == "agreement" or is_working_day(on), (start, name, on)
        for names in IN_ORDER:
            row = [days[name] for name in names]
            assert row == sorted(row), (start, dict(zip(names, row, strict=True)))
        quarters = quarters_of_year_one(plan)
        assert days["first_seen"] < quarters[0] and len(quarters) <= 5
        assert all(one < then for one, then in pairwise(quarters))
        assert quarters[-1] == days["year_one_ends"]


@pytest.mark.parametrize("name", ["example", "maximal"])
def test_every_day_that_is_printed_is_one_of_the_plans_or_worked_out_from_them(
    contracts: dict[str, Contract], plans: dict[str, Plan], library: SpecLibrary, name: str
) -> None:
    plan = plans[name]
    spec = plan.specification
    known = {
        *contract_dates(plan, library).values(),
        *map(day, quarters_of_year_one(plan)),
        *(
            day(on)
            for on in (spec.service_start, spec.service_end, spec.review_date, spec.outcome_review)
            if on
        ),
        *(day(months_after(date(2028, 9, 30), 12 * year)) for year in range(3)),
    }
    if plan.plan_date:
        known.add(day(plan.plan_date))
    for document, content in contracts[name].items():
        for text in [*section_lines(content), *(line.value for line in content.header)]:
            for on in re.findall(r"\d{1,2} [A-Z][a-z]+ \d{4}", text):
                assert on in known, (document, on, text)


@pytest.mark.parametrize("kind", ContractType)
def test_each_kind_of_agreement_names_what_follows_where_a_breach_is_not_put_right(
    example: Plan, reference: ReferenceData, library: SpecLibrary, kind: ContractType
) -> None:
    spec = example.specification.model_copy(update={"contract_type": kind})
    worked = results(example.model_copy(update={"specification": spec}), reference)
    text = " ".join(
        section_lines(specification(worked, "quality-requirements", reference, library))
    )
    assert f"may use {library.contract_types.contract_types[kind].remedy}." in text


def test_a_field_of_the_data_set_is_used_by_something(library: SpecLibrary) -> None:
    known = {indicator.id for indicator in library.indicators}
    names = [field.name for field in library.data_set]
    assert len(names) == len(set(names)) <= 35, "no more than needed"
    for field in library.data_set:
        assert set(re.findall(r"K\d+", field.use)) <= known
        assert field.use and field.when and field.definition
    used = {mark for field in library.data_set for mark in re.findall(r"K\d+", field.use)}
    enforced = {one.id for one in library.indicators if one.enforceable}
    assert enforced <= used, "each requirement can be worked out from what is recorded"


def test_a_feature_that_is_not_stated_is_asked_of_the_author_and_not_in_the_contract(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    studies = options_from_case_studies(example, reference)
    bows = next(one for one in studies if "BOWS" in one.name)
    assert bows.feature(Feature.PEER_SUPPORT) is None
    plan = example.model_copy(
        update={"options": (*example.options, bows), "preferred_option": bows.id}
    )
    worked = results(plan, reference)
    content = specification(worked, 4, reference, library)
    assert not any("peer support, in groups" in text for text in section_lines(content))
    assert not any("peer groups run by voluntary" in text for text in section_lines(content))
    note = section_lines(specification(worked, "working-note", reference, library))
    assert any("peer support" in text and "its provider" in text for text in note)


@pytest.mark.parametrize("name", ["minimal", "example", "maximal"])
def test_what_no_clause_answers_is_what_is_told(
    plans: dict[str, Plan], reference: ReferenceData, library: SpecLibrary, name: str
) -> None:
    rows = coverage(plans[name], library, reference.framework)
    assert {row.requirement.id for row in rows if not row.is_met} <= UNANSWERED


def runs_of_eight(content: SpecContent) -> list[str]:
    """Every run of eight words, passage by passage, lists of classes and the service's name
    included."""
    passages = [re.findall(r"[\w£%']+", text.lower()) for text in section_lines(content)]
    return [" ".join(words[at : at + 8]) for words in passages for at in range(len(words) - 7)]


@pytest.mark.parametrize("name", ["minimal", "example", "maximal"])
def test_the_specification_does_not_repeat_the_paper(
    contracts: dict[str, Contract],
    plans: dict[str, Plan],
    reference: ReferenceData,
    library: SpecLibrary,
    name: str,
) -> None:
    paper = specification(results(plans[name], reference), 3, reference, library)
    own, theirs = runs_of_eight(contracts[name][MAIN[4]]), set(runs_of_eight(paper))
    assert len(own) > 4_000
    assert sum(run in theirs for run in own) <= 0.08 * len(own)


def test_the_schedules_have_fourteen_pages_between_them(library: SpecLibrary) -> None:
    schedules = [outline for outline in library.outlines if outline.folder == "schedules"]
    assert len(schedules) == 11 and sum(outline.pages for outline in schedules) == 14


@pytest.mark.slow
@pytest.mark.parametrize("name", ["example", "maximal"])
def test_each_clause_bears_out_in_its_own_words_what_it_claims(
    contracts: dict[str, Contract],
    plans: dict[str, Plan],
    reference: ReferenceData,
    library: SpecLibrary,
    name: str,
) -> None:
    """Read alone, as a reviewer's tool reads them, the passages of a clause answer each requirement
    that the clause says it meets."""
    terms = load_review_terms()
    question = {r.id: r for r in reference.framework.requirements}
    worked = results(plans[name], reference)
    projections = Projections(worked, reference)
    unborne, judged = [], 0
    for document, content in contracts[name].items():
        data = render(content, content_folder("spec_templates") / ORDINARY.template, {})
        read = read_word_document(f"{document}.docx", data)
        context = Context(
            of=document,
            results=worked,
            reference=reference,
            library=library,
            citations=Citations(),
            projections=projections,
        )
        headings = {section.id: section.heading for section in content.sections}
        for one in clauses_in_force(plans[name], library):
            clause = one.clause
            if not one.stands or clause.section not in headings or not clause.meets:
                continue
            own = {
                plain(text)
                for block in clause_blocks(one.text, clause.table, context.words)
                for text in (
                    (" | ".join(row) for row in block.rows)
                    if isinstance(block, Table)
                    else texts([block])
                )
            }
            under = tuple(
                passage
                for passage in read.passages
                # A schedule's clause is read with the table or list that it heads.
                if (
                    "-annex-" in clause.section
                    and read.headings[passage.section].text.endswith(headings[clause.section])
                )
                or any(plain(passage.text).endswith(text) for text in own)
            )
            alone = read.model_copy(update={"passages": under})
            judged += len(clause.meets)
            unborne += [
                (clause.id, finding.id)
                for finding in requirements(alone, [question[key] for key in clause.meets], terms)
                if finding.state is not State.FOUND
            ]
    assert judged > 100 and not unborne


def test_the_author_is_asked_what_the_price_does_not_hold(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    """Hours that the team cannot keep, and doses that nobody in it may work out."""

    def note(plan: Plan) -> str:
        return " ".join(
            section_lines(
                specification(results(plan, reference), "working-note", reference, library)
            )
        )

    hours = "clinics on weekdays from 9am to 7pm in two practices in each place"
    spec = example.specification.model_copy(update={"hours_and_venues": hours})
    chosen = example.preferred
    assert chosen is not None
    team = chosen.model_copy(
        update={"features": (*chosen.features, Feature.PHARMACIST_IN_TEAM), "features_absent": ()}
    )
    plan = example.model_copy(update={"specification": spec, "options": (team,)})
    too_many, dose = "The opening hours come to about 400 hours a week", "who works out doses"
    assert too_many in note(plan) and dose not in note(plan)
    assert too_many not in note(example) and dose in note(example)
