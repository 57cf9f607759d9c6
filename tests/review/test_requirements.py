"""Existing specifications held against the framework: our own, old ones, and spoilt ones."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Sequence
from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.analysis.passages import Index, first_of, pattern, plain, side_by_side
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.documents.coverage import coverage
from planner.documents.language_check import warnings
from planner.model.document import Picture, SpecContent
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.review import (
    Facts,
    Heading,
    Passage,
    PassageKind,
    ReadDocument,
    ReadTable,
    RequirementFinding,
    RequirementTerms,
    Review,
    State,
)
from planner.outputs.word.render import render
from planner.outputs.word.template import PAPERS
from planner.reference import content_folder
from planner.review.form import alike, name_of, placeholders
from planner.review.report import finding_lines, rows, text_lines
from planner.review.requirements import METHOD, requirements, review
from planner.review.terms import load_review_terms
from planner.review.word_reader import read_word_document
from tests.intake import word_samples as samples

TERMS = load_review_terms()

TEN = (
    "c4-mdt", "c4-reviews", "c4-hospital", "c4-partners", "c4-tiers", "c4-workforce", "c4-referral",
    "c3-training", "c3-change", "c3-pathways",
)  # fmt: skip
"""Clauses among which are the only places where some requirements are met."""

SAID_ELSEWHERE = {"A4.4c", "A4.15b"}
"""What only these clauses claim, and the words of another passage say as well."""
LISTED_ELSEWHERE = {"A5.8"}
"""What another part claims too, whose list does not say it in words."""

Judged = tuple[set[str], dict[str, RequirementFinding], ReadDocument, Review]
Judge = Callable[..., Judged]
"""Called with a plan's name, the clauses left out, and whether the plan leaves them out itself."""


@pytest.fixture(scope="module")
def judge(reference: ReferenceData, library: SpecLibrary, example: Plan, maximal: Plan) -> Judge:
    """The set of documents, with clauses left out, written as Word, read back and judged as one.
    Charts are left out."""
    plans = {"example": example, "maximal": maximal}

    @cache
    def projections_of(name: str, left_out: tuple[str, ...]) -> Projections:
        return Projections(results(leaving_out(plans[name], left_out), reference), reference)

    def read(content: SpecContent) -> ReadDocument:
        sections = tuple(
            s.model_copy(
                update={"blocks": tuple(b for b in s.blocks if not isinstance(b, Picture))}
            )
            for s in content.sections
        )
        data = render(
            content.model_copy(update={"sections": sections}),
            content_folder("spec_templates") / PAPERS["ordinary"].template,
            {},
        )
        return read_word_document(f"{content.name}.docx", data)

    @cache
    def make(name: str, without: tuple[str, ...] = (), by_choice: bool = False) -> Judged:
        left = library if by_choice else library_without(library, without)
        projections = projections_of(name, without if by_choice else ())
        worked = projections.results
        document = joined(
            [read(specification(worked, of, reference, left, projections)) for of in SET]
        )
        result = review(document, reference.framework, TERMS, library.outlines, range(6))
        rows = coverage(worked.plan, left, reference.framework)
        claimed = {row.requirement.id for row in rows if row.is_met}
        return claimed, {f.id: f for f in result.requirements}, document, result

    return make


SET = (
    "action-3-paper", "action-4-specification", "quality-requirements", "reporting", "data-quality",
    "development-plan", "inequalities-plan", "personalised-care", "data-processing",
    "minimum-data-set", "team-and-directory", "activity-plan", "local-prices", "group-pack",
    "clinical-pack", "decision-record", "evidence-pack",
)  # fmt: skip
"""What leaves the building and is read beside the framework, each requirement in one of them."""


def joined(documents: Sequence[ReadDocument]) -> ReadDocument:
    """Several documents as one, one after another."""
    headings: list[Heading] = []
    passages: list[Passage] = []
    tables: list[ReadTable] = []
    for document in documents:
        at, block = len(headings), 1 + max((p.block for p in passages), default=0)
        headings += document.headings
        passages += (
            p.model_copy(
                update={
                    "section": p.section + at if p.section >= 0 else -1,
                    "block": p.block + block,
                }
            )
            for p in document.passages
        )
        tables += (t.model_copy(update={"section": t.section + at}) for t in document.tables)
    return documents[0].model_copy(
        update={"headings": tuple(headings), "passages": tuple(passages), "tables": tuple(tables)}
    )


def library_without(library: SpecLibrary, clauses: Sequence[str]) -> SpecLibrary:
    return library.model_copy(
        update={"clauses": tuple(c for c in library.clauses if c.id not in clauses)}
    )


def leaving_out(plan: Plan, clauses: Sequence[str]) -> Plan:
    """The plan as it would be if its authors chose to leave these clauses of ours out."""
    values = plan.model_dump()
    values["specification"]["wording"]["clauses"] = [
        {"clause": clause, "left_out": True, "reason": "Set by the place plan"}
        for clause in clauses
    ]
    return Plan.model_validate(values)


def found_in(findings: dict[str, RequirementFinding]) -> set[str]:
    return {key for key, finding in findings.items() if finding.state is State.FOUND}


@pytest.mark.slow
@pytest.mark.parametrize("name", ["example", "maximal"])
def test_every_requirement_that_the_set_claims_is_found(judge: Judge, name: str) -> None:
    claimed, findings, *_ = judge(name)
    assert claimed <= found_in(findings)


@pytest.mark.slow
def test_clauses_taken_out_take_exactly_what_only_they_met(
    judge: Judge, library: SpecLibrary, reference: ReferenceData, example: Plan
) -> None:
    """What should be gone is worked out from everything that still meets a requirement, not from
    the documents. A plan that leaves clauses out is judged like a library without them, though the
    section on local wording prints them."""
    before = found_in(judge("example")[1])
    rows = coverage(example, library, reference.framework)
    left = coverage(example, library_without(library, TEN), reference.framework)
    gone = {r.requirement.id for r in rows if r.is_met} - {
        r.requirement.id for r in left if r.is_met
    }
    assert len(gone) >= 10
    without, by_choice = judge("example", TEN), judge("example", TEN, True)
    assert before - found_in(without[1]) == (gone - SAID_ELSEWHERE) | LISTED_ELSEWHERE
    assert found_in(by_choice[1]) == found_in(without[1])
    assert by_choice[0] == without[0]
    wording = [
        plain(p.text)
        for p in by_choice[2].passages
        if p.section >= 0 and "Local wording" in by_choice[2].headings[p.section].text
    ]
    for clause in library.clauses:
        if clause.id in TEN:
            assert any(plain(clause.text) in text for text in wording), "it prints what is left out"


@pytest.mark.slow
def test_the_set_of_the_example_answers_the_framework(
    judge: Judge, reference: ReferenceData
) -> None:
    claimed, findings, *_ = judge("example")
    wanted = {r.id for r in reference.framework.requirements}
    assert claimed == wanted
    assert found_in(findings) == wanted


@pytest.mark.slow
def test_our_own_documents_have_no_fault(judge: Judge) -> None:
    """Nothing to mend, and nothing to fill in but the logo, which a plan has no box for."""
    *_, result = judge("maximal")
    assert result.language == () and result.accessibility == () and result.indicators == ()
    assert result.indicators_seen > 20


@pytest.mark.slow
def test_what_was_judged_can_be_read_in_the_document(judge: Judge) -> None:
    _, findings, *_ = judge("maximal")
    finding = findings["A1.22"]
    assert "Referral and response" in finding.under
    assert "discharge medicines service" in finding.quote
    for one in findings.values():
        assert bool(one.quote) is (one.state is not State.MISSING)
        assert one.lacking or one.state is not State.MISSING


@pytest.mark.parametrize("requirement", TERMS.requirements, ids=lambda r: r.id)
def test_the_words_of_what_is_asked_are_found(
    requirement: RequirementTerms, reference: ReferenceData
) -> None:
    """A document that promised in so many words what is asked would be found to."""
    match = next(r for r in reference.framework.requirements if r.id == requirement.id)
    (finding,) = requirements(document_of(match.asks), [match], TERMS)
    assert finding.state is State.FOUND


def document_of(
    *texts: str, kind: PassageKind = PassageKind.PARAGRAPH, heading: str = "Service"
) -> ReadDocument:
    """A document with one heading and these passages."""
    return ReadDocument(
        file="a.docx",
        headings=(Heading(text=heading, level=1, path=(heading,)),),
        passages=tuple(
            Passage(kind=kind, text=text, section=0, block=place)
            for place, text in enumerate(texts)
        ),
        tables=(),
        facts=Facts(title="A", language="en-GB"),
    )


def judged(document: ReadDocument, reference: ReferenceData, key: str) -> RequirementFinding:
    match = next(r for r in reference.framework.requirements if r.id == key)
    (finding,) = requirements(document, [match], TERMS)
    return finding


OTHER_WORDS = {
    "A4.3": "This document was co-designed by the ICB, Leeds City Council and two local charities.",
    "A4.4a": "Anyone experiencing withdrawal symptoms can call the nurse-led helpline and will be "
    "offered an appointment within five days.",
    "A4.4b": "GPs can offer patients CBT for insomnia, exercise on referral and other alternatives "
    "from the menu at Appendix 2.",
    "A4.4c": "Each locality has an MDT made up of a GP, pharmacist, psychologist and link worker "
    "which meets fortnightly.",
    "A4.4d": "The ICB will use ePACT2 data and the deprivation profile of each PCN to target the "
    "offer.",
    "A4.5": "Funding is weighted towards practices in the most deprived areas.",
    "A4.6": "The programme runs for five years so that improvements are sustained.",
    "A4.8": "Practice staff give brief advice during routine appointments in general practice.",
    "A4.9": "Patients on a low dose receive a letter with links to self-help materials.",
    "A4.11": "Patients taking more than one of these drugs have access to specialist advice from "
    "the hospital pain team.",
    "A4.12": "The provider will collaborate with VCSE partners.",
    "A4.14b": "Adults with a new diagnosis of depression are offered talking therapy first.",
    "A4.15a": "Clinics will be delivered at PCN level.",
    "A4.16": "Referrals are welcome from GP practices, hospital wards and outpatient clinics using "
    "a single form.",
    "A4.18": "The Controlled Drugs Accountable Officer and the ICB Chief Pharmacist sit on the "
    "steering group.",
    "A4.20b": "The clinic includes a consultant with expertise in addiction and persistent pain.",
    "A3.1": "A task and finish group reporting to the Medicines Board will oversee the "
    "commissioning of the service.",
    "A3.3": "All staff complete e-learning on opioids and deprescribing before seeing patients.",
    "A3.7": "Group members: chief pharmacist, personalised care lead, health inequalities lead, "
    "community mental health team, pain clinic consultant.",
    "A3.8a": "Each practice runs a search to identify all patients prescribed a dependence-forming "
    "medicine.",
    "A3.8b": "Patients are risk stratified so that those at highest risk are reviewed first.",
    "A3.8d": "PCN pharmacists will carry out an annual prescribing audit.",
    "A3.8e": "The tapering protocol at Annex B describes how to stop safely.",
    "A3.10": "Referral pathways to social prescribing and MSK services are in place.",
    "A3.10d": "The service will be promoted through mosques, libraries and social media.",
    "A3.12": "The JSNA and the PNA have been used to plan the service.",
    "A3.13": "Two GP clinical champions will drive the work forward.",
}
"""Promises as others might write them. Four of these were missed when they were first tried."""


@pytest.mark.parametrize("key", OTHER_WORDS)
def test_promises_in_other_words_are_found(key: str, reference: ReferenceData) -> None:
    assert judged(document_of(OTHER_WORDS[key]), reference, key).state is State.FOUND


def test_a_specification_of_something_else_meets_little(reference: ReferenceData) -> None:
    """Hearing tests: what is common to all services may be found, nothing about these medicines."""
    document = document_of(
        "The provider will deliver adult hearing assessment and hearing aid fitting in community "
        "clinics.",
        "Referrals are accepted from GPs for patients aged 55 and over with suspected hearing "
        "loss.",
        "Patients receive information leaflets about their hearing aid and how to care for it.",
        "Staff are registered with their professional body and receive annual training and "
        "supervision.",
        "Patients are followed up at ten weeks and may return without a new referral for three "
        "years.",
        "An annual audit of outcomes is shared with the commissioner.",
    )
    result = requirements(document, reference.framework.requirements, TERMS)
    assert {f.id for f in result if f.state is State.FOUND} <= {"A1.12", "A1.13c", "A1.17", "A4.12"}


NOTHING_TO_DO = (
    "Before a file leaves the archive the librarian follows the review process and notes the date.",
    "The steering group meets monthly and reports to the highways committee.",
    "The workplan runs for twelve weeks, and its dates are agreed with the contractor.",
    "All staff complete e-learning on fire safety before they start.",
    "The audit of spending follows the standard procedure, as set out in the finance manual.",
    "Roles and responsibilities are defined for each team in the depot.",
    "Data on road works are reviewed quarterly, with priority for the roads at greatest risk.",
    "Key questions for the tender are set by the board; results are published to improve it.",
    "Posters and leaflets in several languages tell communities of the new bin collections.",
    "People who find that the heating no longer helps may ask to stop it at any time.",
    "The panel consults on the design of the playground and shares its directory of suppliers.",
    "Engineers reduce the pressure slowly, in steps, and pause when needed.",
    "Consent is sought before a tree is felled, and the reasons are explained.",
    "The letter points to self-help pages for those who have lost a password.",
    "Local champions lead the work on litter, with training that fits their part.",
)
"""Promises of a library, a depot and an office, each with words that some requirement looks for."""


def test_promises_about_other_things_meet_nothing(reference: ReferenceData) -> None:
    result = requirements(
        document_of(*NOTHING_TO_DO, heading="Works"), reference.framework.requirements, TERMS
    )
    assert [(f.id, f.quote) for f in result if f.state is not State.MISSING] == []


def test_one_phrase_does_not_meet_two_ideas(reference: ReferenceData) -> None:
    once, twice = (
        judged(document_of(text), reference, "A3.8c").state
        for text in (
            "The clinic follows the review process.",
            "The clinic follows the review process, and a protocol says who reviews.",
        )
    )
    assert (once, twice) == (State.MISSING, State.FOUND)


def test_a_heading_above_may_say_what_a_passage_is_about(reference: ReferenceData) -> None:
    text = "The review process follows the agreed standard."
    assert judged(document_of(text), reference, "A3.8c").state is State.MISSING
    about = document_of(text, heading="Prescribed medicines")
    assert judged(about, reference, "A3.8c").state is State.FOUND


@given(
    st.dictionaries(
        st.sampled_from("pqrs"),
        st.lists(st.sampled_from(["a", "a b", "b a", "b c", "c", "c*"]), min_size=1, max_size=3),
        min_size=1,
    ),
    st.lists(st.sampled_from(["a", "b", "c", "cd"]), max_size=7).map(" ".join),
)
def test_ideas_are_given_words_of_their_own_as_many_as_can_be(
    way: dict[str, list[str]], text: str
) -> None:
    """Held against every choice of places there is."""
    spans = [
        [None, *(m.span() for term in terms for m in pattern(term).finditer(text))]
        for terms in way.values()
    ]
    choices = ([s for s in choice if s is not None] for choice in itertools.product(*spans))
    most = max(
        len(choice)
        for choice in choices
        if all(a[1] <= b[0] for a, b in itertools.pairwise(sorted(choice)))
        and len(set(choice)) == len(choice)
    )
    chosen = side_by_side(way, text)
    assert len(chosen) == most
    assert all(first_of(way[idea], words) == words for idea, words in chosen.items())


PROMISE = "Hospitals refer people newly started to the discharge medicines service."


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (document_of(f"A1.22 {PROMISE}"), "it restates a requirement by its number"),
        (
            document_of(f"A1.22 | {PROMISE} | Referral", kind=PassageKind.ROW),
            "a table of requirements",
        ),
        (document_of(PROMISE, heading="Annex Q. Local wording"), "it prints what does not stand"),
        (
            document_of(f"Action 1 asks this: {PROMISE[0].lower()}{PROMISE[1:]}"),
            "what somebody else asks",
        ),
        (document_of(PROMISE, kind=PassageKind.CONTENTS), "a contents list"),
        (document_of(PROMISE, kind=PassageKind.MARGIN), "a header or footer"),
        (document_of(PROMISE, kind=PassageKind.TITLE), "a title or caption"),
        (document_of(PROMISE, heading="Annex C. Glossary"), "a glossary"),
        (
            document_of(
                "To be supplied: how people are referred to the discharge medicines service."
            ),
            "still open",
        ),
        (document_of("Follow-up: [to be supplied: the discharge medicines service]"), "still open"),
        (
            document_of("Nothing.", heading="Discharge medicines service and follow-up"),
            "a heading by itself",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_only_repeats_the_words_meets_nothing(
    document: ReadDocument, why: str, reference: ReferenceData
) -> None:
    assert judged(document_of(PROMISE), reference, "A1.22").state is State.FOUND
    assert judged(document, reference, "A1.22").state is not State.FOUND, why


def test_a_long_row_of_a_table_of_requirements_restates_in_every_cell(
    reference: ReferenceData,
) -> None:
    """Read from Word, a long row is a passage for each cell, led by its first."""
    passage = Passage(kind=PassageKind.ROW, text=PROMISE, section=0, block=1, lead="A1.22")
    document = document_of("Nothing.").model_copy(update={"passages": (passage,)})
    assert judged(document, reference, "A1.22").state is State.MISSING
    led = passage.model_copy(update={"lead": "Referral"})
    assert (
        judged(document.model_copy(update={"passages": (led,)}), reference, "A1.22").state
        is State.FOUND
    )


def test_a_promise_that_names_what_is_asked_counts(reference: ReferenceData) -> None:
    saved = document_of(
        "The framework asks for follow-up: the provider will refer people to the discharge "
        "medicines service."
    )
    assert judged(saved, reference, "A1.22").state is State.FOUND


def test_scattered_words_under_one_heading_are_weak_and_elsewhere_missing(
    reference: ReferenceData,
) -> None:
    together = document_of("Prescribing to adults is audited each year.")
    separate = document_of("An audit is done each year.", "The team looks at prescribing.")
    assert judged(together, reference, "A3.8d").state is State.FOUND
    weak = judged(separate, reference, "A3.8d")
    assert weak.state is State.WEAK and weak.lacking == ("prescribing",)
    assert (
        judged(document_of("An audit is done each year."), reference, "A3.8d").state
        is State.MISSING
    )


def test_a_list_is_read_whole_where_a_set_is_asked_for(reference: ReferenceData) -> None:
    members = (
        "a personalised care lead",
        "a health inequalities lead",
        "mental health services",
        "a pain team",
    )
    document = ReadDocument(
        file="a.docx",
        headings=(),
        passages=tuple(
            Passage(
                kind=PassageKind.POINT,
                text=m,
                section=-1,
                block=1,
                lead="Members of the group are:",
            )
            for m in members
        ),
        tables=(),
        facts=Facts(),
    )
    assert judged(document, reference, "A3.7").state is State.FOUND
    without = document.model_copy(update={"passages": document.passages[1:]})
    assert judged(without, reference, "A3.7").state is not State.FOUND


def checked(
    data: bytes, reference: ReferenceData, library: SpecLibrary, actions: Sequence[int] = (3, 4)
) -> Review:
    return review(
        read_word_document("old.docx", data), reference.framework, TERMS, library.outlines, actions
    )


def test_an_old_specification_is_told_what_it_has_and_lacks(
    reference: ReferenceData, library: SpecLibrary
) -> None:
    result = checked(samples.old_specification(), reference, library)
    states = {f.id: f.state for f in result.requirements}
    assert len(states) == 47 and {f.id[:2] for f in result.requirements} == {"A3", "A4"}
    for key in ("A4.10", "A4.11", "A4.12", "A4.16"):
        assert states[key] is State.FOUND
    for key in ("A3.1", "A3.7", "A3.12", "A3.13", "A4.3", "A4.4d", "A4.9", "A4.18"):
        assert states[key] is State.MISSING
    headings = {m.heading: m for m in result.headings}
    assert headings["1. Population Needs"].older == "1 Population needs"
    assert headings["3.2 Service description/care pathway"].answers == (
        "Action 4: Service description and locations",
        "Action 4: From referral to transfer",
    )
    assert headings["7. Individual Service User Placement"].answers == ()
    local = next(t for t in result.template if t.heading == "This specification")
    assert not local.answered_by and local.perhaps_under.startswith("1.1 National")
    assert [(i.indicator, i.lacks) for i in result.indicators] == [
        ("First appointment within six weeks, out of all referrals", ("baseline",)),
        ("Patients who have stopped by discharge", ("denominator", "baseline")),
        ("Patient satisfaction", ("denominator", "baseline", "threshold")),
    ]
    assert [w.words for w in result.language] == [
        "addiction", "drug free", "non compliant", "drug seeking", "stopped", "stopped",
    ]  # fmt: skip
    faults = [f.fault for f in result.accessibility]
    assert faults[0].startswith("No headings") and "Empty paragraphs used as spacing" in faults


def test_a_council_s_specification(reference: ReferenceData, library: SpecLibrary) -> None:
    result = checked(samples.council_specification(), reference, library)
    states = {f.id: f.state for f in result.requirements}
    assert states["A4.3"] is State.FOUND and states["A4.16"] is State.MISSING
    faults = {f.fault: f for f in result.accessibility}
    assert faults["Heading levels that skip"].where == "Opening hours (level 3 after level 1)"
    assert faults["Pictures without alternative text"].count == 1
    assert any("en-US" in fault for fault in faults)


def test_other_actions_on_request(reference: ReferenceData, library: SpecLibrary) -> None:
    data = samples.boxed_specification()
    assert {f.id[:2] for f in checked(data, reference, library, (4,)).requirements} == {"A4"}
    assert len(checked(data, reference, library, range(6)).requirements) == len(
        reference.framework.requirements
    )


@pytest.mark.parametrize(
    ("sentence", "words"),
    [
        ("Patients addicted to painkillers.", "addicted"),
        ("People who abuse their tablets.", "abuse"),
        ("Patients should stay clean for six weeks.", None),
        ("Patients who stay clean are discharged.", "stay clean"),
        ("Needles are kept clean.", None),
        ("Non-compliant patients.", "non compliant"),
        ("Drug-seeking behaviour.", "drug seeking"),
        ("Dependence-forming antidepressants.", "dependence forming"),
        ("Dependence-forming medicines such as opioids.", None),
        ("Payment of £200 for each patient who stops.", "stops"),
        ("No payment is linked to stopping.", None),
        ("A target of 30% of patients stopped by month six.", "stopped"),
        ("It is not a target, and nobody must stop.", None),
        ("Report any abuse of adults to the safeguarding lead.", None),
        ("People with alcohol abuse are seen by the council's team.", None),
        ("Adults who take opioids and have a history of alcohol abuse.", None),
        ("Patients who abuse alcohol or their tablets.", "abuse"),
        ("Staff ask about domestic abuse and about medicines.", None),
        ("The service for substance abuse is next door.", None),
        ("Substance abusers are seen next door.", "substance abusers"),
        ("People addicted to gambling are told whom to call.", None),
        ("Addiction to opioids or alcohol.", "addiction"),
        ("An alcohol detox is offered by the council.", None),
        ("A detox is offered by the council.", "detox"),
        ("A payment is made for smoking cessation.", None),
    ],
)
def test_language(sentence: str, words: str | None) -> None:
    result = warnings(sentence, TERMS.language)
    if sentence.startswith("Patients should stay clean"):
        assert [w for _, w, _ in result] == ["stay clean"]
    else:
        assert [w for _, w, _ in result][:1] == ([] if words is None else [words])


UNFILLED = {
    "The provider is [insert name of provider].": ["[insert name of provider]"],
    "Lead: [Name], from [date]": ["[Name]", "[date]"],
    "[Provider to add its address]": ["[Provider to add its address]"],
    "[TBC]": ["[TBC]"],
    "Clinics: TBC": ["TBC"],
    "The start is tbc, the end TBA.": ["tbc", "TBA"],
    "Provider lead | To be confirmed": ["To be confirmed"],
    "At least XX% of people, or X % of them": ["XX%", "X %"],
    "The price is £XXX, or £X,XXX a year": ["£XXX", "£X,XXX"],
    "Telephone 0113 XXX XXXX": ["XXX", "XXXX"],
    "From 1 April 20XX to 31 March 202X": ["20XX", "202X"],
    "Agreed on XX/XX/XXXX": ["XX/XX/XXXX"],
    "Click or tap here to enter text.": ["Click or tap here to enter text"],
    "Starts: Click here to enter a date.": ["Click here to enter a date"],
    "Choose an item.": ["Choose an item"],
    "This is <name> of <insert place>": ["<name>", "<insert place>"],
    "Signed ______ for the provider": ["______"],
    "Name ............... Role …………": ["...............", "…………"],
    "Reviewed dd/mm/yyyy, DD/MM/YY or DD Month YYYY": ["dd/mm/yyyy", "DD/MM/YY", "DD Month YYYY"],
    "Lorem ipsum dolor sit amet": ["Lorem ipsum"],
    "[see section 4]": [],
    "As shown before [3] and [Smith, 2019], [sic]": [],
    "The MDT, the ICB and the DMS; TB clinics; Annex XX": [],
    "A plan is to be agreed with the person, the time to be confirmed by letter.": [],
    "Write to <team@example.nhs.uk> or see <https://example.nhs.uk>": [],
    "Rates < 5 and > 3; under <18 years; Xanax; X-ray": [],
    "Dates are in the format dd/mm/yyyy. [named below], [dated 2019], [year 1]": [],
    "Scope ........ 12": [],
    "And so on... or not.": [],
}


@pytest.mark.parametrize("text", UNFILLED)
def test_what_is_still_to_be_filled_in_is_listed_and_nothing_else(text: str) -> None:
    result = placeholders(document_of(text, heading="Scope"))
    assert [(p.words, p.quote, p.under) for p in result] == [
        (words, text, "Scope") for words in UNFILLED[text]
    ]


def test_placeholders_stand_in_headings_tables_and_margins_too(
    reference: ReferenceData, library: SpecLibrary
) -> None:
    result = checked(samples.with_placeholders(), reference, library)
    assert [(p.words, p.under) for p in result.placeholders] == [
        ("[insert reference]", "header or footer"),
        ("[Name of service]", "Scope of [Name of service]"),
        (samples.PROMPT, "Scope of [Name of service]"),
        ("Pick the lead", "Scope of [Name of service]"),
        (samples.PROMPT, "Scope of [Name of service]"),
        ("£XX", "Scope of [Name of service]"),
    ]
    assert finding_lines(result)[-2] == "Still to be filled in: 6 places."
    assert sum(row[0] == "Placeholder" for row in rows(result)) == 6
    assert f'  £XX: "Price | £XX" (under {result.placeholders[-1].under})' in text_lines(result)


def test_the_prompt_of_an_empty_box_meets_nothing(
    reference: ReferenceData, library: SpecLibrary
) -> None:
    """A template's prompt may say what is asked in so many words."""
    empty, filled = (
        checked(samples.with_placeholders(is_filled), reference, library)
        for is_filled in (False, True)
    )
    assert not empty.of(State.FOUND) and not empty.of(State.WEAK)
    assert "A4.4c" in {f.id for f in filled.of(State.FOUND)}
    assert samples.PROMPT not in {p.words for p in filled.placeholders}


def test_indicators_without_over_whom(reference: ReferenceData, library: SpecLibrary) -> None:
    def lacks(columns: tuple[str, ...], row: tuple[str, ...]) -> tuple[str, ...] | None:
        table = ReadTable(
            section=0,
            columns=columns,
            rows=(row,),
            header_marked=True,
            merged=False,
            nested=False,
        )
        document = document_of("x").model_copy(update={"tables": (table,)})
        result = review(document, reference.framework, TERMS, library.outlines)
        return (
            result.indicators[0].lacks
            if result.indicators
            else (() if result.indicators_seen else None)
        )

    full = ("Indicator", "Numerator", "Denominator", "Baseline", "Threshold")
    assert lacks(full, ("Wait", "Seen", "Referred", "60%", "90%")) == ()
    assert lacks(full, ("Wait", "Seen", "TBC", "", "to be agreed")) == (
        "denominator",
        "baseline",
        "threshold",
    )
    assert lacks(("KPI", "Target"), ("Share of people seen in time, of all referred", "90%")) == (
        "baseline",
    )
    assert lacks(("Stage", "What happens"), ("First", "A call")) is None
    dated = ("Wait", "Seen", "Referred", "To be set by 30 September 2027", "90%")
    assert lacks(full, dated) == ()
    undated = ("Wait", "Seen", "Referred", "To be set after two quarters", "90%")
    assert lacks(full, undated) == ("baseline",)
    schedule = ("Data quality indicator", "Threshold", "Method of measurement", "Milestone date")
    assert lacks(schedule, ("Ethnicity recorded", "90% of people", "Record", "1 June")) is None


def test_an_indicator_in_two_tables_is_one_and_lacks_what_neither_says(
    reference: ReferenceData, library: SpecLibrary
) -> None:
    first = ReadTable(
        section=0, columns=("Quality requirement", "Threshold", "Method of measurement"),
        rows=(("K6 Wait", "80%", "Seen, over people referred"), ("K9 Plan", "95%", "Plans, over "
                                                                                   "starts")),
        header_marked=True, merged=False, nested=False,
    )  # fmt: skip
    second = first.model_copy(
        update={
            "columns": ("Ref.", "Indicator", "Baseline"),
            "rows": (("K6", "Wait", "41%"), ("K9", "Plan", "TBC")),
        }
    )
    document = document_of("x").model_copy(update={"tables": (first, second)})
    result = review(document, reference.framework, TERMS, library.outlines)
    assert result.indicators_seen == 2
    assert [(i.indicator, i.lacks) for i in result.indicators] == [("K9 Plan", ("baseline",))]


def test_heading_names_are_compared_without_numbers_and_letters() -> None:
    assert name_of("3.1 Aims and objectives of service") == "aims and objectives of service"
    assert name_of("Annex C. Local prices") == "local prices"
    assert alike("outcomes sought", "outcome sought") == 1.0
    assert alike("glossary", "local prices") == 0.0


def test_the_review_in_words_and_as_rows(reference: ReferenceData, library: SpecLibrary) -> None:
    result = checked(samples.old_specification(), reference, library)
    assert result.summary == (
        "Actions 3 and 4: 28 musts and shoulds, 15 to consider or that may help and 4 examples. "
        "Found: 5 musts and shoulds. Weak: nothing. Missing: 23 musts and shoulds, 15 to consider "
        "or that may help and 4 examples."
    )
    assert finding_lines(result)[1] == (
        "Action 3, found: 1 of 18 musts and shoulds and 0 of 3 to consider or that may help."
    )
    lines = text_lines(result)
    assert lines[0] == "old.docx" and lines[1].strip() == finding_lines(result)[0]
    assert all(line in "\n".join(lines) for line in METHOD)
    assert {len(row) for row in rows(result)} == {6}
    assert sum(row[0] == "Requirement" for row in rows(result)) == 47
    assert checked(samples.old_specification(), reference, library) == result


@given(st.text(max_size=200))
def test_any_text_can_be_made_plain_and_looked_through(text: str) -> None:
    made_plain = plain(text)
    assert plain(made_plain) == made_plain or "[" in text or "<" in text
    assert "  " not in made_plain
    warnings(text, TERMS.language)


@given(
    st.lists(st.text("ab cd-", max_size=30), max_size=8),
    st.sampled_from(["a", "ab*", "a b", "c d*", "ab-cd"]),
)
def test_the_index_finds_what_a_plain_search_finds(texts: list[str], term: str) -> None:
    current = [plain(text) for text in texts]
    wanted = {place for place, text in enumerate(current) if pattern(term).search(text)}
    assert Index(current).holding(term) == wanted
    assert all(
        (first_of([term], text) is not None) == (place in wanted)
        for place, text in enumerate(current)
    )


def test_every_term_is_written_as_it_is_looked_for() -> None:
    """A term with a capital, a double space or a star in its middle would never be found."""
    for entry in TERMS.requirements:
        for way in entry.ways:
            for terms in way.values():
                for term in terms:
                    assert re.fullmatch(r"[a-z0-9']+\*?(?: [a-z0-9']+\*?)*", term), (entry.id, term)
