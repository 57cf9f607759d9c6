"""The decision record: the route, what weightings and a screening come to, what numbers say."""

from __future__ import annotations

from collections import Counter
from itertools import permutations, product

import pytest
from pydantic import ValidationError

from planner.analysis.completeness.missing_inputs import missing_inputs
from planner.analysis.completeness.provider_selection import (
    CONTRADICTIONS,
    RouteStatus,
    not_involved,
    screen,
    select,
    weigh,
)
from planner.analysis.population.equality import prompted
from planner.analysis.results.results import results
from planner.documents.sections.decision_record import indication, step_words
from planner.model.decision import (
    Criterion,
    DecisionContent,
    DecisionRecord,
    EqualityGroup,
    FactStatus,
    ProviderSelection,
    Route,
    ScreeningQuestion,
    SelectionQuestion,
)
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import Feature

ABOUT = ("selection", "equality", "screening", "involvement", "agreement", "policy")
Q, S = SelectionQuestion, ScreeningQuestion
A, B, C, MOST, COMPETITIVE = Route


@pytest.fixture(scope="session")
def content(library: SpecLibrary) -> DecisionContent:
    return library.decision


def given(words: str) -> dict[SelectionQuestion, bool]:
    """Six marks in the order of the questions: y, n, or ? for not yet known."""
    return {
        question: mark == "y"
        for question, mark in zip(Q, words.replace(" ", ""), strict=True)
        if mark != "?"
    }


# existing provider, only one capable, unrestricted choice, satisfying, considerable change,
# wish to compare
EXAMPLES = [
    ("y y n y n n", "The answers indicate direct award process A,", "must be followed"),
    ("y n y y n n", "The answers indicate direct award process B,", "must be followed"),
    ("y n y n y y", "The answers indicate direct award process B,", "choose freely"),
    (
        "y n n y n n",
        "The answers indicate direct award process C,",
        "the board decides whether to follow it",
    ),
    ("y n n y n y", "The answers indicate the competitive process,", "comparing"),
    ("y n n y y n", "The answers indicate the most suitable provider process,", "best placed"),
    ("y n n n n n", "The answers indicate the most suitable provider process,", "best placed"),
    ("n n n n n y", "The answers indicate the competitive process,", "published criteria"),
    (
        "n n n n n n",
        "The answers indicate the most suitable provider process,",
        "without a competition",
    ),
    ("n y n n n n", "The answers indicate the most suitable provider process,", "new or changed"),
    ("n n y n n n", "The answers indicate direct award process B,", "all providers that qualify"),
    (
        "n n n y n n",
        "No route is indicated, because answers contradict",
        "no existing provider, and also an",
    ),
    ("y y y y n n", "No route is indicated, because answers contradict", "free choice among all"),
    (
        "y y n y n y",
        "No route is indicated, because answers contradict",
        "a wish to compare several",
    ),
    (
        "n n n ? ? ?",
        "No single route is indicated yet.",
        "the most suitable provider process or the competitive",
    ),
    (
        "y n n y ? n",
        "No single route is indicated yet.",
        "direct award process C or the most suitable",
    ),
    ("? n y ? ? ?", "The answers indicate direct award process B,", "choose freely"),
    ("? ? ? ? ? ?", "No route is indicated yet", "all five open"),
]


@pytest.mark.parametrize(("answers", "begins", "says"), EXAMPLES, ids=[row[0] for row in EXAMPLES])
def test_answers_indicate_a_route_in_words(
    answers: str, begins: str, says: str, library: SpecLibrary
) -> None:
    text = indication(select(given(answers)), library)
    assert text.startswith(begins) and says in text
    assert "you may" not in text.lower() and "can award" not in text.lower()


ALL = [
    {question: answer for question, answer in zip(Q, answers, strict=True) if answer is not None}
    for answers in product((True, False, None), repeat=len(Q))
]


def test_every_combination_gives_a_route_or_says_why_not(library: SpecLibrary) -> None:
    assert len(ALL) == 3**6
    ends: Counter[str] = Counter()
    for answers in ALL:
        result = select(answers)
        assert indication(result, library) and all(
            all(row) for row in step_words(result, library.decision)
        )
        if result.contradictions:
            ends["contradicted"] += 1
            assert result.routes == () and result.open_questions == ()
        elif result.indicated:
            ends["indicated"] += 1
            assert not result.open_questions, "one route is left, so no answer would change it"
        else:
            ends["open"] += 1
            assert len(result.routes) > 1 and result.open_questions, (
                "what would narrow the route is named"
            )
    assert ends == {"indicated": 288, "open": 240, "contradicted": 201}


def test_a_whole_set_of_answers_leaves_nothing_open() -> None:
    whole = [answers for answers in ALL if len(answers) == len(Q)]
    assert len(whole) == 2**6
    for answers in whole:
        result = select(answers)
        assert bool(result.indicated) != bool(result.contradictions) and not result.unanswered


def test_a_new_service_never_indicates_a_or_c() -> None:
    of_new = [answers for answers in ALL if answers.get(Q.EXISTING_PROVIDER) is False]
    assert len(of_new) == 3**5
    for answers in of_new:
        assert not {A, C} & set(select(answers).routes), answers


def test_what_must_be_used_is_used() -> None:
    sound = [(answers, select(answers)) for answers in ALL]
    sound = [(answers, result) for answers, result in sound if not result.contradictions]
    of_b = [result for answers, result in sound if answers.get(Q.UNRESTRICTED_CHOICE)]
    of_a = [
        result
        for answers, result in sound
        if answers.get(Q.EXISTING_PROVIDER) and answers.get(Q.ONLY_CAPABLE)
    ]
    with_c = [answers for answers, result in sound if C in result.routes]
    assert (len(of_b), len(of_a), len(with_c)) == (144, 36, 64)
    assert {result.indicated for result in of_b} == {B}
    assert {result.indicated for result in of_a} == {A}
    for answers in with_c:
        assert answers.get(Q.CONSIDERABLE_CHANGE) is not True, answers
        assert answers.get(Q.SATISFYING) is not False, answers


def test_another_answer_only_narrows_what_is_open() -> None:
    for answers in ALL:
        for left in select(answers).unanswered:
            assert set(left.if_yes) | set(left.if_no) == set(select(answers).routes)


def test_the_order_of_answering_does_not_matter() -> None:
    answers = given("y n n y n n")
    saved = {
        ProviderSelection.model_validate({"answers": dict(order)}).model_dump_json()
        for order in permutations(answers.items())
    }
    assert len(saved) == 1
    assert all(select(dict(order)) == select(answers) for order in permutations(answers.items()))


def test_an_open_question_says_where_each_answer_leads() -> None:
    result = select(given("y n n y ? ?"))
    by_question = {left.question: left for left in result.unanswered}
    change, compare = by_question[Q.CONSIDERABLE_CHANGE], by_question[Q.COMPARE]
    assert (change.if_yes, change.if_no) == ((MOST, COMPETITIVE), (C, COMPETITIVE))
    assert (compare.if_yes, compare.if_no) == ((COMPETITIVE,), (C, MOST))
    new = {left.question: left for left in select(given("n n n ? ? ?")).unanswered}
    assert new[Q.SATISFYING].if_yes == () and not new[Q.SATISFYING].matters


def test_steps_after_one_that_requires_a_process_are_not_reached() -> None:
    steps = select(given("y y n y n n")).steps
    assert list(steps.values()) == [
        RouteStatus.HOLDS,
        RouteStatus.HOLDS,
        *[RouteStatus.NOT_REACHED] * 3,
    ]
    assert select(given("n ? n ? ? y")).steps["process_a"] is RouteStatus.FAILS


def test_each_contradiction_and_step_has_its_words(content: DecisionContent) -> None:
    assert set(content.contradictions) == set(CONTRADICTIONS)
    assert [step.id for step in content.steps] == list(select({}).steps)


@pytest.mark.parametrize(
    ("weights", "fault"),
    [
        ((), None),
        ((30, 20, 20, 20, 10), None),
        ((32.5, 20, 20, 17.5, 10), None),
        ((30, 20, 20, 20, 5), "add to 95, and must add to 100"),
        ((35, 20, 20, 20, 5), "Social value is given 5. Central government gives it 10 or more"),
        ((50, 50), "no weighting yet for integration, collaboration"),
        ((80, 50), "add to 130"),
    ],
)
def test_weightings_add_to_a_hundred(
    weights: tuple[float, ...], fault: str | None, content: DecisionContent
) -> None:
    result = weigh(dict(zip(Criterion, weights, strict=False)), content.social_value_usual)
    assert (not result.faults) if fault is None else any(fault in item for item in result.faults)


def test_a_weighting_is_a_part_of_a_hundred() -> None:
    with pytest.raises(ValidationError):
        ProviderSelection(weightings={Criterion.VALUE: 101})


NONE_OF_IT = dict.fromkeys(S, False)


@pytest.mark.parametrize(
    ("answers", "concludes"),
    [
        ({}, "cannot be said yet. 7 of 7 questions are still open"),
        (
            {S.CASE_FINDING: True},
            "needed before searching records for people to invite begins. 6 of 7",
        ),
        (
            NONE_OF_IT | {S.CASE_FINDING: True, S.WORKING_IN_RECORD: True},
            "needed before searching records for people to invite and working in the GP record "
            "begin.",
        ),
        (NONE_OF_IT | {S.MANY_PEOPLE: True}, "needed before taking referrals begins."),
        (NONE_OF_IT | {S.VULNERABLE: True}, "some weigh towards one"),
        (NONE_OF_IT, "No answer calls for a data protection impact assessment"),
        ({S.VULNERABLE: True, S.SHARING: False}, "cannot be said yet. 5 of 7"),
    ],
)
def test_a_screening_says_what_an_assessment_must_come_before(
    answers: dict[ScreeningQuestion, bool], concludes: str, content: DecisionContent
) -> None:
    assert concludes in screen(answers, content.screening, None).conclusion


def test_a_no_that_the_plan_speaks_against_is_doubted(
    example: Plan, content: DecisionContent
) -> None:
    preferred = example.preferred
    assert preferred is not None and Feature.PRACTICE_BASED in preferred.features
    assert len(screen(NONE_OF_IT, content.screening, preferred).doubts) == 2
    assert len(screen(NONE_OF_IT, content.screening, None).doubts) == 1
    assert not screen({S.CASE_FINDING: True}, content.screening, preferred).doubts


def _prompt(
    plan: Plan, reference: ReferenceData, content: DecisionContent, group: EqualityGroup
) -> str:
    result = prompted(
        plan, results(plan, reference).inequality, content.prompts, reference.patterns
    )
    return " ".join(next(entry for entry in result if entry.prompt.id is group).numbers)


def test_prompts_tell_deprivation_by_class_in_the_direction_of_the_numbers(
    maximal: Plan, minimal: Plan, reference: ReferenceData, content: DecisionContent
) -> None:
    local = _prompt(maximal, reference, content, EqualityGroup.DEPRIVATION)
    assert (
        "more in the most deprived fifth than in the least: antidepressants (1.98 times)" in local
    )
    assert "less there: benzodiazepines (0.57 times) and Z-drugs (0.65 times)" in local
    national = _prompt(minimal, reference, content, EqualityGroup.DEPRIVATION)
    assert national.startswith("No local rates; in England, higher") and "lower" in national


def test_prompts_take_the_numbers_of_their_own_group_only(
    maximal: Plan, reference: ReferenceData, content: DecisionContent
) -> None:
    assert "antidepressants highest for Women, lowest for Men" in _prompt(
        maximal, reference, content, EqualityGroup.SEX
    )
    assert _prompt(maximal, reference, content, EqualityGroup.ORIENTATION) == ""
    assert "by ethnicity" in _prompt(maximal, reference, content, EqualityGroup.RACE)
    assert "homeless" in _prompt(maximal, reference, content, EqualityGroup.HOMELESSNESS)


def test_prompts_start_from_who_lives_here(
    minimal: Plan, reference: ReferenceData, content: DecisionContent
) -> None:
    """South Yorkshire: 79,129 Asian of 1,375,024 residents; 282,408 disabled of 1,375,026."""
    assert _prompt(minimal, reference, content, EqualityGroup.RACE).startswith(
        "Residents of all ages here, and in England in brackets (Census 2021): "
        "Asian, Asian British or Asian Welsh 6% (10%)"
    )
    assert "21% of residents of all ages here are disabled" in _prompt(
        minimal, reference, content, EqualityGroup.DISABILITY
    )
    assert "of adults here are aged 65 and over" in _prompt(
        minimal, reference, content, EqualityGroup.AGE
    )


def test_prompts_tell_no_small_count(
    minimal: Plan, reference: ReferenceData, content: DecisionContent
) -> None:
    values = minimal.model_dump()
    values["inequality"]["classes"][3].update(women=3, men=400)
    values["inequality"]["breakdowns"] = [
        {
            "kind": "Ethnicity",
            "groups": [
                {"group": "One", "population": 5_000, "patients": [None, None, None, 2, None]},
                {"group": "Two", "population": 5_000, "patients": [None, None, None, 300, None]},
            ],
        }
    ]
    plan = Plan.model_validate(values)
    assert _prompt(plan, reference, content, EqualityGroup.SEX) == ""
    race = _prompt(plan, reference, content, EqualityGroup.RACE)
    assert race.endswith("Counts by ethnicity but no rates: opioids.")


def test_the_record_claims_no_clinical_area(content: DecisionContent) -> None:
    assert "not one of the five clinical areas" in content.core20plus5


def test_a_fact_is_printed_as_confirmed_or_with_its_secondary_source_or_not_at_all(
    content: DecisionContent,
) -> None:
    standing = {fact.id: fact.standing for fact in content.facts}
    assert all(fact.source for fact in content.facts)
    assert standing["considerable-change"] is standing["criteria"] is FactStatus.SECONDARY
    secondary = [fact.status() for fact in content.facts if fact.standing is FactStatus.SECONDARY]
    assert set(secondary) == {"secondary source, to be confirmed by procurement"}
    assert {f.id for f in content.recalled} >= {"schedule-letters", "involvement-section"}
    printed = [fact for about in ABOUT for fact in content.about(about)]
    assert {f.id for f in printed} | {f.id for f in content.recalled} == set(standing)
    # A section of an Act that was only recalled never leaves the building.
    assert not [fact.says for fact in printed if "14Z" in fact.says]


def _gaps(plan: Plan, reference: ReferenceData) -> dict[str, str]:
    result = missing_inputs(plan, results(plan, reference).need, reference.missing_inputs)
    return {
        gap.id.removeprefix("decision."): gap.what
        for gap in result
        if gap.id.startswith("decision.")
    }


def test_gaps_are_grouped_and_go_as_the_record_fills(
    minimal: Plan, example: Plan, maximal: Plan, reference: ReferenceData
) -> None:
    assert list(_gaps(minimal, reference)) == [
        "selection", "weightings", "equality", "screening", "involved", "involvement",
    ]  # fmt: skip
    assert _gaps(maximal, reference) == {}
    half = _gaps(example, reference)
    assert half["selection"] == "answers to 4 of 6 questions on provider selection"
    assert half["equality"].startswith("answers to 19 of 21") and half["screening"].startswith(
        "answers to 5"
    )
    assert "People with lived experience" not in half["involved"]


def test_answers_that_contradict_are_a_gap(minimal: Plan, reference: ReferenceData) -> None:
    record = DecisionRecord(selection=ProviderSelection(answers=given("n ? ? y ? ?")))
    spec = minimal.specification.model_copy(update={"decision": record})
    result = _gaps(minimal.model_copy(update={"specification": spec}), reference)
    assert "selection.contradicted" in result and "selection" not in result


def test_weightings_are_not_missed_where_no_choice_is_made(
    minimal: Plan, reference: ReferenceData
) -> None:
    record = DecisionRecord(selection=ProviderSelection(answers=given("y y n y n n")))
    spec = minimal.specification.model_copy(update={"decision": record})
    assert "weightings" not in _gaps(minimal.model_copy(update={"specification": spec}), reference)


def test_who_was_involved_is_what_the_entries_say(
    minimal: Plan, example: Plan, maximal: Plan
) -> None:
    assert (
        len(not_involved(minimal)) == 3
        and len(not_involved(example)) == 2
        and not not_involved(maximal)
    )


def test_a_blank_is_not_an_answer() -> None:
    record = DecisionRecord.model_validate(
        {"selection": {"answers": {"compare": None}}, "equality": {"answers": {"Age": " "}}}
    )
    assert record == DecisionRecord()
