"""Of step 2: who is prescribed what, by deprivation fifth and sex, and whom to reach."""

from functools import partial

import streamlit as st

from planner.analysis.formatting import capital
from planner.analysis.population.expected import expected_findings
from planner.analysis.population.inequality import InequalityResult
from planner.analysis.results.results import Results
from planner.documents import tables
from planner.documents.sections.need import share_of_women
from planner.model.place import ResidentGroup, Split
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.ui.display import (
    bullets,
    chart,
    lazy_panel,
    plain,
    table,
)
from planner.screens.ui.form import Form, help_words
from planner.screens.ui.session import results_for

GROUPS = (
    "People in the most deprived fifth of areas",
    "People from ethnic minority communities",
    "Disabled people",
    "People whose first language is not English",
    "People with a learning disability and autistic people",
    "People with several long-term conditions",
    "People with severe mental illness",
    "People who are homeless or in temporary housing",
    "People in contact with the justice system",
    "Gypsy, Roma and Traveller communities",
    "Vulnerable migrants",
    "People with drug or alcohol dependence",
    "People in rural or coastal communities",
    "Pregnant women",
    "Older people who have had a fall",
)

REACHED = (
    (ResidentGroup.ASIAN, ResidentGroup.BLACK),
    (ResidentGroup.MIXED, ResidentGroup.OTHER),
    (ResidentGroup.WHITE,),
    (ResidentGroup.DISABLED, ResidentGroup.NOT_DISABLED),
)
"""The rows of boxes for people a service has reached."""


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    form = Form(plan, _finding)
    form.field("inequality.deprivation_index")
    st.caption(
        "The two editions rank areas differently and are never mixed. England's rates by "
        "deprivation are by IMD 2019, so with IMD 2025 nothing is expected by fifth; your own "
        "counts by IMD 2025 and the share of adults in the most deprived fifth remain."
    )
    pictures = st.container()
    st.header("Local counts by deprivation fifth and sex", anchor=False)
    above = help_words("inequality.classes.0.women", above=True)
    st.markdown(f"{above} A count of one to four is never shown in a document.")
    for medicine_class in plan.prescribing.included:
        lazy_panel(
            capital(medicine_class.label),
            f"counts-{medicine_class.value}",
            partial(_counts, form, medicine_class),
        )
    form.columns(["inequality.period"], ["inequality.source"])
    form.field("inequality.counts_index")
    lazy_panel(
        "People by deprivation fifth and sex, if not ours; and people a service has reached",
        "populations",
        partial(_populations, form),
    )
    st.header("Whom the service must reach", anchor=False)
    residents = results_for(plan).inequality.residents
    bullets(residents[split] for split in (Split.ETHNIC_GROUP, Split.DISABILITY, Split.AGE))
    form.several(
        "inequality.groups",
        GROUPS,
        accept_new_options=True,
        help="Choose from the list, or type a group of your own and press Enter.",
    )
    form.field("inequality.actions")
    plan = form.done()
    results = results_for(plan)
    with pictures:
        _quintiles(plan, results)
        chart("deprivation", plan)
        if results.standardised:
            st.header("Age and sex allowed for", anchor=False)
            bullets(row.finding for row in results.standardised)
        if results.inequality.groups:
            _groups(plan, results.inequality)
    return plan


def _finding(results: Results) -> None:
    result = results.inequality
    st.info(result.profile.finding)
    if result.profile.caution:
        st.caption(result.profile.caution)
    kinds = {True: "local count", False: "national pattern"}
    reached = filter(None, (result.reach, *result.reach_by_group))
    reach = [f"{one.finding} (entered)" for one in reached]
    bullets([*(f"{gap.finding} ({kinds[gap.is_local]})" for gap in result.classes), *reach])
    lazy_panel(
        "Expected by deprivation fifth and age, at England's rates",
        "expected",
        partial(_expected, results),
    )


def _expected(results: Results) -> None:
    bullets(expected_findings(results.expected_by_fifth))
    table(tables.expected_by_age(results, load_library()), in_panel=False)


def _counts(form: Form, medicine_class: MedicineClass) -> None:
    path = f"inequality.classes.{list(MedicineClass).index(medicine_class)}"
    form.fifths(f"{path}.by_quintile", f"Fifth {{}}, {medicine_class.label}")
    form.columns([f"{path}.women"], [f"{path}.men"])


def _populations(form: Form) -> None:
    """Numbers of people that rates are over, where ours will not do; and whom a service has
    reached."""
    at = "inequality."
    for field, words in (
        ("population_by_quintile", "People living there"),
        ("reached_by_quintile", "People a service reached"),
    ):
        st.markdown(help_words(f"{at}{field}.0", above=True))
        form.fifths(at + field, f"{words}, fifth {{}}")
    st.markdown(help_words(f"{at}reached_by_group.{ResidentGroup.WHITE}", above=True))
    for row in REACHED:
        form.columns(
            *(
                [partial(form.count, f"{at}reached_by_group.{group}", f"Reached: {group}")]
                for group in row
            )
        )
    form.columns(
        [at + "population_women", at + "population_source"],
        [at + "population_men", at + "reached_source"],
    )


def _quintiles(plan: Plan, results: Results) -> None:
    """Rates by fifth of one class at a time, then every class in a table."""
    result = results.inequality
    local = [gap for gap in result.classes if gap.is_local]
    if local:
        chosen = st.selectbox(
            "Class to draw",
            [gap.medicine_class for gap in local],
            format_func=lambda c: c.label,
            key="view:gap",
        )
        chart(f"gap:{chosen.value}", plan)
    counted = [gap for gap in result.classes if gap.is_counted]
    counts = tables.quintile_counts(results, load_library())
    if counts is None:
        return
    st.header("Your counts, as the documents show them", anchor=False)
    table(counts)
    if result.index_note:
        st.caption(result.index_note)
    women = share_of_women(result.classes)
    if women:
        st.write(plain(women))
    lazy_panel(
        "How far apart the fifths stand, and over all five",
        "slopes",
        lambda: table(tables.quintile_gaps(counted, load_library()), in_panel=False),
    )


def _groups(plan: Plan, result: InequalityResult) -> None:
    st.header("By sex, age and other groups", anchor=False)
    st.write(
        "Crude rates: other differences between the groups are not allowed for. Adjusted "
        "intervals allow for having "
        "picked the widest of several gaps."
    )
    choices = {
        f"{g.medicine_class.label}, by {g.kind.lower()}": g for g in result.groups if g.differences
    }
    if choices:
        chosen = choices[st.selectbox("Groups to draw", list(choices), key="view:groups")]
        st.markdown(plain(chosen.finding))
        chart(f"groups:{chosen.medicine_class.value}:{chosen.kind}", plan)
    lazy_panel(
        "Every class and kind of group",
        "groups",
        lambda: bullets(group.finding for group in result.groups),
    )
