"""What the papers say of the model: every measure under its own name, what is not known asked for,
and no recommendation without what speaks against it."""

from __future__ import annotations

import pytest

from planner.analysis.economics.example import options_from_case_studies
from planner.analysis.economics.probabilistic import draw_years
from planner.analysis.formatting import percent
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results, results
from planner.documents.assemble import specification
from planner.documents.clauses_in_force import clauses_in_force
from planner.documents.tables import NOT_FORECAST, acting, measure_text
from planner.model.document import Bullets, Paragraph, SpecContent, Table
from planner.model.library import SpecLibrary
from planner.model.outcomes import Horizon, MixChoice
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import Feature


def preferring(plan: Plan, option_id: str) -> Plan:
    return plan.model_copy(update={"preferred_option": option_id})


def lines(content: SpecContent, *ids: str) -> list[str]:
    """Every line of some sections, or of all and the summary: a row of a table is a line."""
    blocks = [
        *(() if ids else content.summary),
        *(block for s in content.sections if not ids or s.id in ids for block in s.blocks),
    ]
    matches = []
    for block in blocks:
        if isinstance(block, Paragraph):
            matches.append(block.text)
        elif isinstance(block, Bullets):
            matches += block.points
        elif isinstance(block, Table):
            matches += [block.caption, *(" | ".join(row) for row in (block.columns, *block.rows))]
    return matches


def tables(content: SpecContent, section: str) -> dict[str, Table]:
    blocks = next(s for s in content.sections if s.id == section).blocks
    return {block.caption: block for block in blocks if isinstance(block, Table)}


@pytest.fixture(scope="module")
def of_example(example: Plan, reference: ReferenceData) -> Results:
    return results(example, reference)


@pytest.fixture(scope="module")
def papers(
    of_example: Results, reference: ReferenceData, library: SpecLibrary
) -> dict[str, SpecContent]:
    projections = Projections(of_example, reference)
    return {
        outline.name: specification(of_example, outline.name, reference, library, projections)
        for outline in library.outlines
    }


@pytest.fixture(scope="module")
def with_studies(example: Plan, reference: ReferenceData) -> Plan:
    studies = options_from_case_studies(example, reference)
    return example.model_copy(update={"options": (*example.options, *studies)})


def test_what_a_case_study_does_not_state_is_asked_and_never_stated(
    with_studies: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    for option in with_studies.options[-len(options_from_case_studies(with_studies, reference)) :]:
        plan = preferring(with_studies, option.id)
        unknown = {one for one in Feature if option.feature(one) is None}
        for one in clauses_in_force(plan, library):
            when = one.clause.when
            about = {*when.features, *when.without_features}
            if one.stands and about:
                assert any(option.feature(f) for f in when.features) or not when.features
                assert all(option.feature(f) is False for f in when.without_features)
            assert set(one.unstated) <= about & unknown
            assert (
                one.stands
                or not (about & unknown)
                or one.state == "not stated"
                or any(option.feature(f) for f in when.without_features)
            )
    bows = next(one for one in with_studies.options if "BOWS" in one.name)
    of_plan = results(preferring(with_studies, bows.id), reference)
    content = specification(of_plan, 4, reference, library)
    # Nothing says whether the support group was led by peers.
    assert bows.feature(Feature.PEER_SUPPORT) is None and bows.feature(Feature.SELF_REFERRAL)
    whole_text = "\n".join(lines(content))
    assert (
        "has no peer support" not in whole_text
        and "offers peer groups, one-to-one" not in whole_text
    )
    assert (
        "let people refer themselves by telephone" in whole_text
        and "has no self-referral" not in whole_text
    )
    note = specification(of_plan, "working-note", reference, library)
    requests = [
        line for line in lines(note) if "whether the preferred option has peer support" in line
    ]
    assert len(requests) == 1 and "its provider" in requests[0]
    # As many options stand beside each other as a page has room for, and none is left out.
    pack = specification(of_plan, "evidence-pack", reference, library)
    (section,) = (s for s in pack.sections if s.id == "a3-outcomes")
    heads = [
        head
        for block in section.blocks
        if isinstance(block, Table) and block.caption.startswith("What each option costs")
        for head in block.columns[1:]
    ]
    assert heads == [one.name for one in acting(of_plan)] and len(heads) > 6


def test_a_clause_on_a_feature_that_is_absent_stands_only_where_the_option_says_so(
    example: Plan, library: SpecLibrary
) -> None:
    def state(**features: tuple[Feature, ...]) -> str:
        option = example.options[3].model_copy(
            update={"features": (), "features_absent": ()} | features
        )
        plan = example.model_copy(update={"options": (option,), "preferred_option": option.id})
        return {one.clause.id: one.state for one in clauses_in_force(plan, library)}["c4-no-peer"]

    assert state(features_absent=(Feature.PEER_SUPPORT,)) == "ours"
    assert state(features=(Feature.PEER_SUPPORT,)) == "not called for"
    assert state() == "not stated"


def test_the_cost_consequence_table_has_a_row_for_each_consequence(
    of_example: Results, papers: dict[str, SpecContent]
) -> None:
    table = tables(papers["evidence-pack"], "a3-outcomes")[
        "What each option costs and what may come of it in one fully staffed year"
    ]
    rows = {row[0]: row[1:] for row in table.rows}
    options = acting(of_example)
    assert table.columns[1:] == tuple(option.name for option in options)
    for label, measure in (
        ("Assessed, with a shared decision", "people_assessed"),
        ("People who start to reduce", "people_starting"),
        ("People who stop (gross)", "stopped"),
        ("People who would stop with usual care", "usual_stopped"),
        ("Additional people who stop (net of usual care)", "net_stopped"),
        ("Of these, still off after 2 to 3 years, where that is known", "still_off"),
        ("Relapses of depression beyond those of carrying on", "added_relapses"),
        ("Prescribers' hours in practices", "practice_hours"),
        ("Medicines no longer prescribed (not cash)", "medicines"),
    ):
        for option, cell in zip(options, rows[label], strict=True):
            if measure in option.measures:
                assert cell == measure_text(option, measure), (label, option.name)
            else:
                assert cell == "does not apply", (label, option.name)
    # Nothing lets these be forecast, so no number stands in them.
    for label in ("Reduced (gross)", "Wellbeing and pain"):
        assert set(rows[label]) == {"measured, not forecast"}
    assert len(NOT_FORECAST) == 2
    pack_text = "\n".join(lines(papers["evidence-pack"], "a3-outcomes"))
    assert "services report 13 to 69% of the people they counted" in pack_text
    for row in of_example.outcomes.classes:
        assert not row.no_evidence or f"for {row.medicine_class.label}" in pack_text


def test_a_median_and_what_is_often_nought_are_marked_wherever_they_stand(
    of_example: Results, papers: dict[str, SpecContent]
) -> None:
    rows = {
        row[0].removesuffix(" (preferred)"): " | ".join(row)
        for table in tables(papers["evidence-pack"], "a3-options-detail").values()
        for row in table.rows
        if table.caption.startswith("Options: people referred")
    }
    paper_columns = ("capacity", "referrals_taken", "people_assessed", "people_starting", "waiting")
    marked = 0
    for option in of_example.options:
        for name in paper_columns:
            if name in option.medians or name in option.often_none:
                marked += 1
                words = measure_text(option, name)
                assert ", median" in words or "none in" in words
                assert words in rows[option.name]
    assert marked, "the example has a median or a measure that is often nought"
    # Of the years too: in most simulations nobody waits at the end of the first.
    assert of_example.preferred is not None
    often = draw_years(of_example.preferred.id, of_example.case).often_none
    (years,) = (
        table
        for caption, table in tables(papers["evidence-pack"], "a3-options-detail").items()
        if "cash in each planning year" in caption
    )
    for number, record in enumerate(years.records, 1):
        words = f"none in {percent(often[f'waiting_{number}'])} of simulations"
        assert words in record["Waiting at its end"]


def test_the_mix_is_printed_only_where_the_plan_asks_for_it(
    example: Plan, papers: dict[str, SpecContent], reference: ReferenceData, library: SpecLibrary
) -> None:
    mix = "The mix of options that does most within the budget"
    assert all(mix not in lines(paper) for paper in papers.values())
    requests = example.model_copy(update={"mix": MixChoice(in_documents=True)})
    content = specification(results(requests, reference), "evidence-pack", reference, library)
    assert mix in lines(content, "a3-sure")


GONE = ("QALY", "uptake of an offer", "low to high", "eople supported", "low scenario")


def test_a_paper_says_nothing_of_what_the_model_no_longer_has(
    papers: dict[str, SpecContent],
) -> None:
    for action, paper in papers.items():
        for line in lines(paper):
            for word in (
                "QALY",
                "uptake of an offer",
                "low to high",
                "people supported",
                "scenario,",
            ):
                assert word not in line, (action, line)


def test_years_are_planning_years_and_the_paper_alone_has_financial_ones(
    example: Plan, papers: dict[str, SpecContent]
) -> None:
    price_year = example.pricing.price_year
    start = example.specification.service_start
    assert start is not None and not price_year.startswith(str(start.year))
    whole_text = lines(papers["evidence-pack"], "a3-options-detail")
    assert any(line.startswith("year 1") for line in whole_text)
    assert any(
        f"not financial years. Year 1 is at {price_year} prices" in line for line in whole_text
    )


def test_what_an_older_version_held_is_shown_to_the_authors_alone(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    carried = "Entered in an older version: uptake of an offer 4%."
    older = results(example.model_copy(update={"carried_over": carried}), reference)
    pack_text = {
        outline.name
        for outline in library.outlines
        if any(carried in x for x in lines(specification(older, outline.name, reference, library)))
    }
    assert pack_text == {"working-note"}


def test_a_letters_offer_is_told_over_the_people_written_to(
    example: Plan, reference: ReferenceData, library: SpecLibrary
) -> None:
    letters = next(option for option in example.options if option.is_letters)
    plan = preferring(example, letters.id).model_copy(update={"horizon": Horizon(years=2)})
    whole_text = "\n".join(lines(specification(results(plan, reference), 3, reference, library)))
    assert "are written to, each once and all within a year" in whole_text
    assert "In one fully staffed year it would cost" in whole_text
    assert "In a full year it" not in whole_text
    assert "would cost" in whole_text and "and assess" not in whole_text
