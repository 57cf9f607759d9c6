"""The published services: one at a time and measure by measure, as a tool, and beside an option."""

import re
from collections.abc import Sequence
from functools import partial
from typing import get_args

import streamlit as st

from planner.analysis.economics.benchmark import (
    BENCHMARK_MEASURES,
    Benchmark,
    BenchmarkRow,
    Cell,
    benchmark,
    check_headlines,
)
from planner.analysis.economics.case_study_comparison import CaseStudyComparison
from planner.analysis.economics.price_index import price_index
from planner.analysis.formatting import about_pounds, capital, lower_first, pounds, rounded
from planner.documents import tables
from planner.documents.sections.projections import comparability_lines
from planner.model.case_study import Aspect, CaseStudy, Measure
from planner.model.case_study_names import case_study_names, numbered
from planner.model.document import DASH
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import Feature
from planner.reference.library import load_library
from planner.screens.ui.display import bullets, chart, lazy_panel, small, table, tabs
from planner.screens.ui.markup import plain
from planner.screens.ui.session import projections_for
from planner.screens.ui.streamlit_compat import DeltaGenerator

LETTERS_OF_A_LINE = 45
"""About how many stand on a line of one of two columns."""
KEY_MEASURES = {
    Measure.ANNUAL_COST: BENCHMARK_MEASURES[Measure.ANNUAL_COST].label,
    Measure.PEOPLE_SUPPORTED: "",
    Measure.COST_PER_PERSON: "Cost per person",
    Measure.COST_PER_HEAD: BENCHMARK_MEASURES[Measure.COST_PER_HEAD].label,
}
"""The figures that a case study is told by, with what each is called where no other stands beside
it; what has no name is called by its unit, since not each counts the same people."""


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page and return the plan unchanged."""
    tabs(
        "case-studies",
        {
            "One case study": partial(_one_study, plan, reference),
            "Measure by measure": partial(_measures, plan, reference),
        },
    )
    return plan


def _one_study(plan: Plan, reference: ReferenceData) -> None:
    studies = {study.id: study for study in reference.case_studies}
    # By its short name, which a phone shows whole.
    chosen = st.selectbox(
        "Case study",
        list(studies),
        format_func=lambda i: f"{studies[i].number}. {studies[i].short_name}",
    )
    study = studies[chosen]
    st.header(plain(f"{study.name}, {study.place}"), anchor=False)
    st.write(plain(study.shows))
    _key_figures(study, _compared(plan, reference))
    _study(study)


def _compared(plan: Plan, reference: ReferenceData) -> Benchmark:
    """The case studies alone on each measure, so that no board need be chosen."""
    index = price_index(plan, reference)
    return benchmark(reference, plan.pricing.price_year, index=index)


def _key_figures(study: CaseStudy, compared: Benchmark) -> None:
    """What a year of it costs, for how many people, as near to print as there is a number; why not
    where it prints none of them."""
    rows = {
        measure: next(row for row in compared.of(measure) if row.case_study == study.id)
        for measure in KEY_MEASURES
    }
    if not any(map(_nearest_to_print, rows.values())):
        # Without a cost and people there is none for each person or head, for the same reasons.
        reasons = dict.fromkeys(
            rows[measure].missing_because or "It can only be modelled: see Measure by measure."
            for measure in (Measure.ANNUAL_COST, Measure.PEOPLE_SUPPORTED)
        )
        st.info(plain(" ".join(reasons)))
        return
    for column, (measure, row) in zip(st.columns(len(rows)), rows.items(), strict=True):
        with column.container(gap="xsmall"):
            st.metric(KEY_MEASURES[measure] or capital(row.unit), _in_short(row))
            small(_of_what_kind(row))


def _nearest_to_print(row: BenchmarkRow) -> Cell | None:
    """A number at the plan's prices where there is one, else as recomputed, else as printed."""
    return row.uprated or row.recomputed or row.published


def _in_short(row: BenchmarkRow) -> str:
    """The number nearest to print, as the table of options has it."""
    cell = _nearest_to_print(row)
    if cell is None:
        return "Not printed"
    if not row.unit.startswith("GBP"):
        return rounded(cell.value)
    return pounds(cell.value, 2) if cell.value < 10 else about_pounds(cell.value)


def _of_what_kind(row: BenchmarkRow) -> str:
    """What kind of number stands for a measure, and what is printed of it."""
    cell = _nearest_to_print(row)
    if cell is None:
        return row.missing_because or "Modelled only: see Measure by measure."
    printed = row.published
    kind = (
        f"In {cell.price_year} prices"
        if cell is row.uprated
        else "As printed"
        if cell is printed
        else "Recomputed"
    )
    if printed and cell is not printed:
        kind += f"; printed: {tables.cell_text(printed, row.unit)}"
    return f"{kind}. {row.cautions[0] if row.cautions else ''}".strip()


def _measures(plan: Plan, reference: ReferenceData) -> None:
    compared, index = _compared(plan, reference), price_index(plan, reference)
    measure = (
        st.selectbox("Measure", list(Measure), format_func=lambda m: BENCHMARK_MEASURES[m].label)
        or Measure.COST_PER_HEAD
    )
    st.write(
        "Published is as printed. Recomputed is arithmetic on printed numbers. Uprated is moved to "
        f"{compared.price_year} prices ({index.name}). Modelled needs a guess and was published by "
        "nobody. A dash means that there is no such number; it never means zero."
    )
    rows = compared.of(measure)
    units = {row.unit.replace("GBP", "£") for row in rows}
    # Said once, and not in a column that holds nothing else.
    if len(units) == 1:
        st.write(f"Every number is in {plain(*units)}.")
    content = tables.benchmark(rows, BENCHMARK_MEASURES[measure].label, load_library())
    # The measure is the one chosen: of two readings of its posts, which one stands with the name.
    named = (
        (f"{cells[0]} ({row.reading})" if row.reading else cells[0], *cells[1:])
        for row, cells in zip(rows, content.rows, strict=True)
    )
    content = content.model_copy(update={"rows": tuple(named)}).without("Measure")
    table(content if len(units) > 1 else content.without("Unit"), in_panel=False)
    st.markdown("**What to keep in mind**")
    bullets(dict.fromkeys(map(_to_keep_in_mind, rows)))


def _to_keep_in_mind(row: BenchmarkRow) -> str:
    """What one case study counts, over whom, and the first caution or why there is no number. The
    rest stands with each number, under one case study at a time."""
    base = f" Base: {row.denominator}." if row.denominator else ""
    why = row.missing_because or next(iter(row.cautions), "")
    return f"Case study {row.number} counts {row.counted}.{base} {why}".strip()


def _study(study: CaseStudy) -> None:
    st.write(plain(study.summary))
    posts = (
        post.as_printed + (f" — {post.caution}" if post.caution else "") for post in study.posts
    )
    columns = st.columns(2)
    heights = [0, 0]
    for side, heading, lines in (
        (0, "What it does", study.what_it_does),
        (0, "Who can refer", study.referral_routes),
        (1, "Posts, as printed", tuple(posts)),
        (1, "What it reports", study.outcomes),
        # Wherever there is more room, since some print long posts and some few.
        (None, "What helped it succeed", study.success_factors),
        (None, "Who sits on its group", study.who_meets),
    ):
        if side is None:
            side = heights.index(min(heights))
        heights[side] += sum(1 + len(line) // LETTERS_OF_A_LINE for line in lines)
        _points(columns[side], heading, lines)
    _points(st.container(), "Take care", study.cautions)
    lazy_panel(
        f"How far case study {study.number} can be compared", "comparable", partial(_profile, study)
    )
    if check_headlines(study):
        lazy_panel(
            "Its headlines, rebuilt from their own parts", "headlines", partial(_headlines, study)
        )
    lazy_panel(
        "Every number of this case study, with its receipt", "numbers", partial(_numbers, study)
    )


def _points(place: DeltaGenerator, heading: str, lines: Sequence[str]) -> None:
    """A heading with its points; nothing where there are none."""
    if lines:
        with place:
            st.markdown(f"**{heading}**")
            bullets(lines)


def _profile(study: CaseStudy) -> None:
    profile = study.profile
    table(
        [
            {"Question": question, "Answer": answer}
            for question, answer in (
                ("Where", f"{study.place}; {profile.jurisdiction}"),
                ("Medicines", profile.medicines_in_words),
                ("Setting", profile.setting),
                ("Population", profile.population_basis),
                ("What is counted", profile.counted),
                ("Outcomes are shares of", "; ".join(b.value for b in study.outcome_bases) or DASH),
                ("Period", profile.period),
                ("Follow-up", profile.follow_up),
                ("Compared with", profile.counterfactual),
                ("Cost includes", profile.cost_includes),
                *((capital(aspect), study.aspect(aspect)) for aspect in get_args(Aspect)),
                *(
                    (capital(row.feature), ": ".join(filter(None, (row.status, row.words))))
                    for row in map(study.feature, Feature)
                ),
            )
        ],
        f"How far case study {study.number} can be compared",
        in_panel=False,
    )


def _headlines(study: CaseStudy) -> None:
    table(
        [
            {
                "Headline": study.figure(result.check.printed).label,
                "Printed": f"{result.printed:,.6g}",
                "Rebuilt": f"{result.recomputed:,.4g}",
                "How": _in_words(study, result.check.formula),
                "Comes out as printed": "yes" if result.rebuilds else "NO",
                "Finding": result.check.finding,
            }
            for result in check_headlines(study)
        ],
        f"Headlines of case study {study.number}, as printed and as rebuilt",
        in_panel=False,
    )


def _in_words(study: CaseStudy, formula: str) -> str:
    """A formula with the label of each figure in place of its name."""
    words = re.sub(r"[a-z]\w*", lambda name: lower_first(study.figure(name[0]).label), formula)
    return words.replace("*", "×")


def _numbers(study: CaseStudy) -> None:
    table(
        [
            {
                "What": figure.label,
                "Value": "withheld" if figure.value is None else f"{figure.value:,.6g}",
                "Unit": figure.unit.replace("GBP", "£"),
                "Kind": figure.kind_in_words,
                "Where": figure.section
                + (f" — {_in_words(study, figure.formula)}" if figure.formula else ""),
                "Cautions": " ".join((*figure.cautions, figure.missing_because or "")),
            }
            for figure in study.figures
        ],
        f"Every figure of case study {study.number} with its kind and place",
        {"Value": "the column Cautions says why."},
        in_panel=False,
    )


def compare_with_option(plan: Plan) -> None:
    """Draw the option in focus beside each case study's model at this place's size."""
    comparison = projections_for(plan).case_studies
    st.info(plain(comparison.finding))
    if comparison.own_in_words:
        st.write(plain(comparison.own_in_words))
    for title, name, draw in (
        ("Feature by feature", "features", partial(_features, comparison)),
        (
            "The gap in cost taken apart, and why each measure differs",
            "gap",
            partial(_gap, comparison, plan),
        ),
        (
            "Each case study's model at this place's size",
            "models",
            partial(_models, comparison, plan),
        ),
        (
            "What they report, beside what the option assumes",
            "reported",
            partial(_reported, comparison),
        ),
        (
            "Whom they saw and reached, and what is prescribed there and here",
            "people",
            partial(_people, comparison),
        ),
    ):
        lazy_panel(title, name, draw)


def _features(comparison: CaseStudyComparison) -> None:
    if comparison.features_in_words:
        st.write(plain(comparison.features_in_words))
    table(tables.study_features(comparison, load_library()), in_panel=False)


def _gap(comparison: CaseStudyComparison, plan: Plan) -> None:
    """The chart of the gap in cost per person, what it says, and why each measure differs."""
    chart("cost_gap", plan)
    st.write(plain(comparison.gap_in_words or "The two costs cannot be taken apart."))
    for one in comparison.readings:
        study = one.study
        st.markdown(f"**{plain(f'{study.number}. {study.name}')}** {plain(study.reading)}")
        bullets(gap.words for gap in one.gaps)
    comparability = projections_for(plan).comparability
    if comparability:
        st.markdown("**How far the option can be set beside each case study**")
        bullets(comparability_lines(comparability))


def _models(comparison: CaseStudyComparison, plan: Plan) -> None:
    library = load_library()
    table(tables.study_models(comparison, library), in_panel=False)
    if comparison.without_model:
        named = numbered(comparison.without_model)
        st.write(library.text("tables.study_models.rest", studies=named))
    names = case_study_names(comparison.reference.case_studies)
    label = BENCHMARK_MEASURES[Measure.COST_PER_PERSON].label
    heads, each = names["priced_per_head"], names["priced_per_person"]
    chart("cost_per_head", plan, f"Cost per head of all ages: our options beside {heads}")
    chart("cost_per_person", plan, f"{label}: our options beside {each}")


def _reported(comparison: CaseStudyComparison) -> None:
    if comparison.assumed_in_words:
        st.write(plain(comparison.assumed_in_words))
    table(tables.study_outcomes(comparison, load_library()), in_panel=False)


def _people(comparison: CaseStudyComparison) -> None:
    bullets(comparison.prescribing_in_words)
    table(tables.study_people(comparison, load_library()), in_panel=False)
    bullets(comparison.inequality)
