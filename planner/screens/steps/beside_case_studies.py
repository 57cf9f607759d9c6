"""Of step 3: an option beside each case study's model at this place's size. Nothing is entered."""

from functools import partial

import streamlit as st

from planner.analysis.economics.benchmark import BENCHMARK_MEASURES
from planner.documents import tables
from planner.documents.sections.projections import comparability_lines
from planner.model.case_study import Measure
from planner.model.case_study_names import case_study_names, numbered
from planner.model.plan import Plan
from planner.reference.library import load_library
from planner.screens.ui.display import bullets, chart, lazy_panel, plain, table
from planner.screens.ui.session import projections_for


def show(plan: Plan) -> None:
    """Draw the section."""
    comparison = projections_for(plan).case_studies
    st.info(plain(comparison.finding))
    if comparison.own_in_words:
        st.write(plain(comparison.own_in_words))
    for title, name, draw in (
        ("Feature by feature", "features", _features),
        ("The gap in cost taken apart, and why each measure differs", "gap", _gap),
        ("Each case study's model at this place's size", "models", _models),
        ("What they report, beside what the option assumes", "reported", _reported),
        ("Whom they saw and reached, and what is prescribed there and here", "people", _people),
    ):
        lazy_panel(title, name, partial(draw, plan))


def _features(plan: Plan) -> None:
    comparison = projections_for(plan).case_studies
    if comparison.features_in_words:
        st.write(plain(comparison.features_in_words))
    table(tables.study_features(comparison, load_library()), in_panel=False)


def _gap(plan: Plan) -> None:
    """The chart of the gap in cost per person, what it says, and why each measure differs."""
    projections = projections_for(plan)
    comparison = projections.case_studies
    chart("cost_gap", plan)
    st.write(plain(comparison.gap_in_words or "The two costs cannot be taken apart."))
    for one in comparison.readings:
        study = one.study
        st.markdown(f"**{plain(f'{study.number}. {study.name}')}** {plain(study.reading)}")
        bullets(gap.words for gap in one.gaps)
    if projections.comparability:
        st.markdown("**How far the option can be set beside each case study**")
        bullets(comparability_lines(projections.comparability))


def _models(plan: Plan) -> None:
    comparison, library = projections_for(plan).case_studies, load_library()
    table(tables.study_models(comparison, library), in_panel=False)
    if comparison.without_model:
        named = numbered(comparison.without_model)
        st.write(library.text("tables.study_models.rest", studies=named))
    names = case_study_names(comparison.reference.case_studies)
    label = BENCHMARK_MEASURES[Measure.COST_PER_PERSON].label
    heads, each = names["priced_per_head"], names["priced_per_person"]
    chart("cost_per_head", plan, f"Cost per head of all ages: our options beside {heads}")
    chart("cost_per_person", plan, f"{label}: our options beside {each}")


def _reported(plan: Plan) -> None:
    comparison = projections_for(plan).case_studies
    if comparison.assumed_in_words:
        st.write(plain(comparison.assumed_in_words))
    table(tables.study_outcomes(comparison, load_library()), in_panel=False)


def _people(plan: Plan) -> None:
    comparison = projections_for(plan).case_studies
    bullets(comparison.prescribing_in_words)
    table(tables.study_people(comparison, load_library()), in_panel=False)
    bullets(comparison.inequality)
