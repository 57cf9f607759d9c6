"""A document held against the technical guidance's seven items, its length and placeholders."""

import pytest

from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.model.document import Picture
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
    Review,
    State,
)
from planner.outputs.word.render import render
from planner.outputs.word.template import PAPERS
from planner.reference import content_folder
from planner.review.form import WORDS_A_PAGE, guidance, indicators, length, operational
from planner.review.report import finding_lines, rows, text_lines
from planner.review.requirements import review
from planner.review.terms import load_review_terms
from planner.review.word_reader import read_word_document

TERMS = load_review_terms()


def saying(*texts: str, tables: tuple[ReadTable, ...] = ()) -> ReadDocument:
    return ReadDocument(
        file="spec.docx",
        headings=(Heading(text="The service", level=1, path=("The service",)),),
        passages=tuple(
            Passage(kind=PassageKind.PARAGRAPH, text=text, section=0, block=place)
            for place, text in enumerate(texts)
        ),
        tables=tables,
        facts=Facts(),
    )


def reviewed(plan: Plan, of: str, reference: ReferenceData, library: SpecLibrary) -> Review:
    content = specification(results(plan, reference), of, reference, library)
    sections = tuple(
        s.model_copy(update={"blocks": tuple(b for b in s.blocks if not isinstance(b, Picture))})
        for s in content.sections
    )
    data = render(
        content.model_copy(update={"sections": sections}),
        content_folder("spec_templates") / PAPERS["ordinary"].template,
        {},
    )
    document = read_word_document(f"{of}.docx", data)
    return review(document, reference.framework, TERMS, library.outlines, (4,))


@pytest.mark.parametrize("name", ["example", "maximal"])
def test_our_own_specification_passes(
    request: pytest.FixtureRequest, reference: ReferenceData, library: SpecLibrary, name: str
) -> None:
    plan = request.getfixturevalue(name)
    own = reviewed(plan, "action-4-specification", reference, library)
    assert [item.holds for item in own.guidance if item.state is not State.FOUND] == []
    assert len(own.guidance) == 7 and not own.operational
    assert not own.length.is_too_long
    waiting = {"to be supplied"} if name == "example" else set()
    assert {p.words for p in own.placeholders} == waiting
    schedule = reviewed(plan, "quality-requirements", reference, library)
    assert schedule.indicators_seen >= 20 and schedule.indicators == ()


def test_a_blank_plans_specification_is_told_what_is_still_to_be_filled_in(
    minimal: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    own = reviewed(minimal, "action-4-specification", reference, library)
    assert {p.words for p in own.placeholders} == {"to be supplied"}


def test_each_item_needs_every_idea_of_it() -> None:
    matches = {
        item.holds: item for item in guidance(saying("Clinics are held at two venues."), TERMS)
    }
    assert matches["Location"].state is State.FOUND and matches["Location"].under == "The service"
    assert matches["Applicable standards"].state is State.MISSING
    weak = next(
        item
        for item in guidance(saying("People will have better outcomes."), TERMS)
        if item.holds.startswith("Broad quality outcomes")
    )
    assert weak.state is State.WEAK and weak.lacking == ("where they are measured",)


def test_an_operational_policy_is_pointed_out() -> None:
    matches = operational(
        saying("Staff log in to the booking system.", "Nobody is stopped."), TERMS
    )
    assert [one.words for one in matches] == ["log in to"]


def test_length_is_told_in_words_and_in_about_so_many_pages() -> None:
    document = saying("word " * (WORDS_A_PAGE * 21))
    long = length(document, 20)
    assert long.is_too_long and long.pages == 22 and long.words == WORDS_A_PAGE * 21 + 2
    assert not length(saying("word"), 20).is_too_long


@pytest.mark.parametrize(
    ("sentence", "lacks"),
    [
        ("Each baseline is to be set by 1 July 2028.", ()),
        ("Each baseline is to be set.", ("baseline",)),
        ("It opens on 1 July 2028.", ("baseline",)),
    ],
)
def test_a_sentence_beside_a_table_may_date_every_baseline(
    sentence: str, lacks: tuple[str, ...]
) -> None:
    table = ReadTable(
        section=0,
        columns=("Requirement", "Denominator", "Threshold"),
        rows=(("Seen in time", "Everyone referred", "80%"),),
        header_marked=True,
        merged=False,
        nested=False,
    )
    faulty, seen = indicators(saying(sentence, tables=(table,)), TERMS)
    assert seen == 1 and tuple(what for one in faulty for what in one.lacks) == lacks


def test_all_of_it_is_told_in_lines_and_rows(
    reference: ReferenceData, library: SpecLibrary
) -> None:
    document = saying("Complete the form.", "Clinics are held at two venues. " * 4_000)
    result = review(document, reference.framework, TERMS, library.outlines, (4,))
    lines = finding_lines(result)
    assert "Technical guidance: 1 of 7 things" in " ".join(lines)
    assert any("20 is the most that a contract manager reads" in line for line in lines)
    parts = {row[0] for row in rows(result)}
    assert {"Technical guidance", "Operational policy"} <= parts
    assert "  Location: found" in "\n".join(text_lines(result))


def test_a_passage_that_is_quoted_in_part_says_that_it_goes_on() -> None:
    words = TERMS.operational[0].rstrip("*")
    long, short = f"{words} {'for each person ' * 40}", f"{words} for each person"
    cut, whole = operational(saying(long, short), TERMS)
    begins, mark, rest = cut.quote.partition(" …")
    assert len(cut.quote) <= 300 and long.startswith(f"{begins} ") and (mark, rest) == (" …", "")
    assert whole.quote == short
