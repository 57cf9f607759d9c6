"""Step 6: the case studies in four columns, beside the plan's options. Nothing is entered here."""

from functools import partial

import streamlit as st

from planner.analysis.economics.benchmark import (
    BENCHMARK_MEASURES,
    BenchmarkRow,
    check_headlines,
)
from planner.analysis.economics.price_index import price_index
from planner.analysis.formatting import listed
from planner.documents.sections.projections import comparability_lines
from planner.documents.tables import benchmark, cell_shown
from planner.model.case_study import CaseStudy, Measure
from planner.model.case_study_names import case_study_names
from planner.model.document import DASH
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.ui.display import bullets, chart, lazy_panel, plain, table
from planner.screens.ui.session import projections_for, results_for


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan unchanged."""
    results = results_for(plan)
    heads = [row for row in results.benchmark.of(Measure.COST_PER_HEAD) if row.published]
    costs = [row for row in results.benchmark.of(Measure.ANNUAL_COST) if row.published]
    named = listed([f"{row.name}, {cell_shown(row.published, row.unit)}" for row in heads])
    st.info(
        f"Case studies that publish a cost per head: {len(heads)} of "
        f"{len(reference.case_studies)} ({named}). "
        f"Case studies that publish any cost: {len(costs)}. They are reference points, not "
        "targets, and are not ranked."
    )
    names = case_study_names(reference.case_studies)
    heads_beside, people_beside = names["priced_per_head"], names["priced_per_person"]
    chart("cost_per_head", plan, f"Cost per head of all ages: our options beside {heads_beside}")
    chart("cost_per_person", plan, f"Cost per person supported: our options beside {people_beside}")
    comparison = projections_for(plan).comparability
    if comparison:
        option = next(o for o in results.options if o.id == projections_for(plan).focus)
        lazy_panel(
            f"How far {plain(option.name)} can be set beside each case study",
            f"beside-{option.id}",
            lambda: bullets(comparability_lines(comparison)),
        )
    st.header("The case studies, measure by measure", anchor=False)
    measure = (
        st.selectbox("Measure", list(Measure), format_func=lambda m: BENCHMARK_MEASURES[m].label)
        or Measure.COST_PER_HEAD
    )
    st.write(
        "Published is as printed. Recomputed is arithmetic on printed numbers. Uprated is moved to "
        f"{results.benchmark.price_year} prices ({price_index(plan, reference).name}). Modelled "
        "needs a guess and was "
        "published by nobody. A dash means that there is no such number; it never means zero."
    )
    rows = results.benchmark.of(measure)
    units = {row.unit.replace("GBP", "£") for row in rows}
    # Said once, and not in a column that holds nothing else.
    if len(units) == 1:
        st.write(f"Every number is in {plain(*units)}.")
    content = benchmark(rows, BENCHMARK_MEASURES[measure].label, load_library())
    table(content if len(units) > 1 else content.without("Unit"))
    lazy_panel("Why is this missing? And what to keep in mind", "missing", partial(_reasons, rows))
    st.header("One case study at a time", anchor=False)
    studies = {study.id: study for study in reference.case_studies}
    chosen = st.selectbox(
        "Case study", list(studies), format_func=lambda i: f"{studies[i].number}. {studies[i].name}"
    )
    _study(studies[chosen])
    return plan


def _reasons(rows: tuple[BenchmarkRow, ...]) -> None:
    for row in rows:
        counts = f"counts {row.counted}; base: {row.denominator}"
        st.markdown(
            f"**Case study {row.number}** ({counts}). {row.missing_because or ''}".replace(
                "$", "\\$"
            )
        )
        bullets(row.cautions)


def _study(study: CaseStudy) -> None:
    st.write(study.summary)
    profile = study.profile
    table(
        [
            {"Question": question, "Answer": answer}
            for question, answer in (
                ("Where", f"{study.place}; {profile.jurisdiction}"),
                ("Medicines", profile.medicines_in_words),
                ("Setting", profile.setting),
                ("Population", profile.population_basis),
                ("What is counted", profile.counted.value),
                ("Outcomes are shares of", "; ".join(b.value for b in study.outcome_bases) or DASH),
                ("Period", profile.period),
                ("Follow-up", profile.follow_up),
                ("Compared with", profile.counterfactual),
                ("Cost includes", profile.cost_includes),
            )
        ],
        f"How far case study {study.number} can be compared",
    )
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
        (st.container(), "Take care", study.cautions),
    ):
        with column:
            st.markdown(f"**{heading}**")
            bullets(lines)
    if check_headlines(study):
        lazy_panel(
            "Its headlines, rebuilt from their own parts", "headlines", partial(_headlines, study)
        )
    lazy_panel(
        "Every number of this case study, with its receipt", "numbers", partial(_numbers, study)
    )


def _headlines(study: CaseStudy) -> None:
    table(
        [
            {
                "Headline": study.figure(result.check.printed).label,
                "Printed": f"{result.printed:,.6g}",
                "Rebuilt": f"{result.recomputed:,.4g}",
                "How": result.check.formula,
                "Comes out as printed": "yes" if result.rebuilds else "NO",
                "Finding": result.check.finding,
            }
            for result in check_headlines(study)
        ],
        f"Headlines of case study {study.number}, as printed and as rebuilt",
    )


def _numbers(study: CaseStudy) -> None:
    table(
        [
            {
                "What": figure.label,
                "Value": "withheld" if figure.value is None else f"{figure.value:,.6g}",
                "Unit": figure.unit.replace("GBP", "£"),
                "Kind": figure.kind_in_words,
                "Where": figure.section + (f" — {figure.formula}" if figure.formula else ""),
                "Cautions": " ".join((*figure.cautions, figure.missing_because or "")),
            }
            for figure in study.figures
        ],
        f"Every figure of case study {study.number} with its kind and place",
        {"Value": "the column Cautions says why."},
        in_panel=False,
    )
