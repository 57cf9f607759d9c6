"""Of step 3: an option beside each case study's model at this place's size. Nothing is entered."""

from functools import partial

import streamlit as st

from planner.analysis.economics.benchmark import BENCHMARK_MEASURES
from planner.documents import tables
from planner.documents.sections.projections import comparability_lines
from planner.model.case_study import Measure
from planner.model.case_study_names import case_study_names, numbered
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.ui.display import bullets, chart, lazy_panel, plain, table
from planner.screens.ui.session import projections_for


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the section and return the plan unchanged."""
    comparison, library = projections_for(plan).case_studies, load_library()
    st.info(plain(comparison.finding))
    if comparison.own_in_words:
        st.write(plain(comparison.own_in_words))
    chart("cost_gap", plan)
    if comparison.gap_in_words:
        st.write(plain(comparison.gap_in_words))
    st.header("Feature by feature", anchor=False)
    if comparison.features_in_words:
        st.write(plain(comparison.features_in_words))
    table(tables.study_features(comparison, library))
    for title, name, draw in (
        ("Each case study's model at this place's size", "models", _models),
        ("Why each measure differs, in words", "gaps", _gaps),
        ("What they report, beside what the option assumes", "reported", _reported),
        ("Whom they saw, and what is prescribed there and here", "people", _people),
        ("Inequality: whom they reached", "reached", _reached),
    ):
        lazy_panel(title, name, partial(draw, plan, reference))
    return plan


def _models(plan: Plan, reference: ReferenceData) -> None:
    comparison, library = projections_for(plan).case_studies, load_library()
    table(tables.study_models(comparison, library), in_panel=False)
    if comparison.without_model:
        named = numbered(comparison.without_model)
        st.write(library.text("tables.study_models.rest", studies=named))
    names = case_study_names(reference.case_studies)
    label = BENCHMARK_MEASURES[Measure.COST_PER_PERSON].label
    heads, each = names["priced_per_head"], names["priced_per_person"]
    chart("cost_per_head", plan, f"Cost per head of all ages: our options beside {heads}")
    chart("cost_per_person", plan, f"{label}: our options beside {each}")


def _gaps(plan: Plan, reference: ReferenceData) -> None:
    projections = projections_for(plan)
    for one in projections.case_studies.readings:
        study = one.study
        st.markdown(f"**{plain(f'{study.number}. {study.name}')}** {plain(study.reading)}")
        bullets(gap.words for gap in one.gaps)
    if projections.comparability:
        st.markdown("**How far the option can be set beside each case study**")
        bullets(comparability_lines(projections.comparability))


def _reported(plan: Plan, reference: ReferenceData) -> None:
    comparison = projections_for(plan).case_studies
    if comparison.assumed_in_words:
        st.write(plain(comparison.assumed_in_words))
    table(tables.study_outcomes(comparison, load_library()), in_panel=False)


def _people(plan: Plan, reference: ReferenceData) -> None:
    comparison = projections_for(plan).case_studies
    bullets(comparison.prescribing_in_words)
    table(tables.study_people(comparison, load_library()), in_panel=False)


def _reached(plan: Plan, reference: ReferenceData) -> None:
    bullets(projections_for(plan).case_studies.inequality)
