"""Step 4: who is prescribed what, by deprivation fifth and sex, and whom the service must reach."""

import streamlit as st

from planner.analysis.population.inequality import FIFTHS, InequalityResult
from planner.analysis.results.results import Results
from planner.documents import tables
from planner.documents.sections.need import share_of_women
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.ui.form import Form, help_above
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.page import chart, draw_finding_first
from planner.screens.ui.panels import lazy_panel
from planner.screens.ui.session import results_for
from planner.screens.ui.tables import bullets, table

GROUPS = (
    "People in the most deprived fifth of areas",
    "People from ethnic minority communities",
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


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    found_first, pictures = draw_finding_first(_finding, plan), st.container()
    form = Form(plan)
    st.header("Local counts by deprivation fifth and sex", anchor=False)
    st.markdown(
        f"{help_above('inequality.classes.0.women')} A count of one to four is never shown in a document."
    )
    for place, medicine_class in enumerate(MedicineClass):
        if medicine_class not in plan.prescribing.included:
            continue
        words = medicine_class.label
        with lazy_panel(words[0].upper() + words[1:], f"counts-{medicine_class.value}") as is_open:
            if is_open:
                for quintile, column in enumerate(st.columns(5)):
                    with column:
                        form.number(
                            f"inequality.classes.{place}.by_quintile.{quintile}",
                            f"Fifth {FIFTHS[quintile]}, {words}",
                            min_value=0,
                            max_value=100_000_000,
                        )
                for sex, column in zip(("women", "men"), st.columns(2), strict=True):
                    with column:
                        form.number(
                            f"inequality.classes.{place}.{sex}",
                            f"{sex.capitalize()}, {words}",
                            min_value=0,
                            max_value=100_000_000,
                        )
    one, two = st.columns(2)
    with one:
        form.text(
            "inequality.period", "Period of these counts", max_chars=300, placeholder="2024/25"
        )
    with two:
        form.text("inequality.source", "Source of these counts", max_chars=300)
    _populations(form)
    st.header("Whom the service must reach", anchor=False)
    form.several(
        "inequality.groups",
        "Groups",
        GROUPS,
        accept_new_options=True,
        help="Choose from the list, or type a group of your own and press Enter.",
    )
    form.text("inequality.actions", tall=True, max_chars=10_000)
    plan = form.revised()
    found_first(plan)
    results = results_for(plan)
    with pictures:
        _quintiles(plan, results)
        chart("deprivation", plan)
        _standardised(results)
        _groups(plan, results.inequality)
    return plan


def _finding(results: Results) -> None:
    result = results.inequality
    st.info(result.profile.finding)
    kinds = {True: "local count", False: "national pattern"}
    reach = [f"{result.reach.finding} (entered)"] if result.reach else []
    bullets([*(f"{gap.finding} ({kinds[gap.is_local]})" for gap in result.classes), *reach])


def _populations(form: Form) -> None:
    """Numbers of people that rates are over, where ours will not do; and whom a service has
    reached."""
    with lazy_panel(
        "People by deprivation fifth and sex, if not ours; and people a service has reached",
        "populations",
    ) as is_open:
        if is_open:
            for field, words in (
                ("population_by_quintile", "People living there"),
                ("reached_by_quintile", "People a service reached"),
            ):
                st.markdown(help_above(f"inequality.{field}.0"))
                for quintile, column in enumerate(st.columns(5)):
                    with column:
                        form.number(
                            f"inequality.{field}.{quintile}",
                            f"{words}, fifth {FIFTHS[quintile]}",
                            min_value=0,
                            max_value=100_000_000,
                        )
            one, two = st.columns(2)
            with one:
                form.number("inequality.population_women", min_value=0, max_value=100_000_000)
                form.text("inequality.population_source", max_chars=300)
            with two:
                form.number("inequality.population_men", min_value=0, max_value=100_000_000)
                form.text("inequality.reached_source", max_chars=300)


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
    women = share_of_women(result.classes)
    if women:
        st.write(plain(women))
    with lazy_panel("How far apart the fifths stand, and over all five", "slopes") as item:
        if item:
            table(tables.quintile_gaps(counted, load_library()), in_panel=False)


def _standardised(results: Results) -> None:
    if not results.standardised:
        return
    st.header("Age and sex allowed for", anchor=False)
    bullets(row.finding for row in results.standardised)


def _groups(plan: Plan, result: InequalityResult) -> None:
    if not result.groups:
        return
    st.header("By sex, age and other groups", anchor=False)
    st.write(
        "Crude rates: other differences between the groups are not allowed for. Adjusted intervals allow for having "
        "picked the widest of several gaps."
    )
    choices = {
        f"{g.medicine_class.label}, by {g.kind.lower()}": g for g in result.groups if g.differences
    }
    if choices:
        chosen = choices[st.selectbox("Groups to draw", list(choices), key="view:groups")]
        st.markdown(plain(chosen.finding))
        chart(f"groups:{chosen.medicine_class.value}:{chosen.kind}", plan)
    with lazy_panel("Every class and kind of group", "groups") as is_open:
        if is_open:
            bullets(group.finding for group in result.groups)
