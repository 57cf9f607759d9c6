"""The published services: one at a time and measure by measure, as a tool, and beside an option."""

import re
from functools import partial
from typing import get_args

import streamlit as st

from planner.analysis.economics.benchmark import (
    BENCHMARK_MEASURES,
    benchmark,
    check_headlines,
)
from planner.analysis.economics.case_study_comparison import CaseStudyComparison
from planner.analysis.economics.price_index import price_index
from planner.analysis.formatting import capital, lower_first
from planner.documents import tables
from planner.documents.sections.projections import comparability_lines
from planner.model.case_study import Aspect, CaseStudy, Measure
from planner.model.case_study_names import case_study_names, numbered
from planner.model.document import DASH
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import Feature
from planner.reference.library import load_library
from planner.screens.ui.display import bullets, chart, lazy_panel, table, tabs
from planner.screens.ui.markup import plain
from planner.screens.ui.session import projections_for


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page and return the plan unchanged."""
    tabs(
        "case-studies",
        {
            "One case study": partial(_one_study, reference),
            "Measure by measure": partial(_measures, plan, reference),
        },
    )
    return plan


def _one_study(reference: ReferenceData) -> None:
    studies = {study.id: study for study in reference.case_studies}
    chosen = st.selectbox(
        "Case study", list(studies), format_func=lambda i: f"{studies[i].number}. {studies[i].name}"
    )
    _study(studies[chosen])


def _measures(plan: Plan, reference: ReferenceData) -> None:
    index = price_index(plan, reference)
    # Of the case studies alone, so that no board need be chosen.
    compared = benchmark(reference, plan.pricing.price_year, index=index)
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
    table(content if len(units) > 1 else content.without("Unit"), in_panel=False)
    st.markdown("**What to keep in mind**")
    for row in rows:
        counts = f"counts {row.counted}" + (f"; base: {row.denominator}" if row.denominator else "")
        st.markdown(f"**Case study {row.number}** ({counts}). {plain(row.missing_because or '')}")
        # The rest stands with each number, under one case study at a time.
        bullets(row.cautions[:1])


def _study(study: CaseStudy) -> None:
    st.write(plain(study.shows))
    st.write(plain(study.summary))
    posts = (
        post.as_printed + (f" — {post.caution}" if post.caution else "") for post in study.posts
    )
    one, two = st.columns(2)
    for column, heading, lines in (
        (one, "What it does", study.what_it_does),
        (one, "Who can refer", study.referral_routes),
        (two, "Posts, as printed", posts),
        (two, "What it reports", study.outcomes),
        (two, "What helped it succeed", study.success_factors),
        (two, "Who sits on its group", study.who_meets),
        (st.container(), "Take care", study.cautions),
    ):
        listed_lines = list(lines)
        if listed_lines:
            with column:
                st.markdown(f"**{heading}**")
                bullets(listed_lines)
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
