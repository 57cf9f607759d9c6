"""Step 3: who is prescribed what, by deprivation fifth and sex, and whom the service must reach."""

from __future__ import annotations

import streamlit as st

from planner.analysis.inequality import FIFTHS
from planner.analysis.wording import percent, rounded
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.screens.fields import Form
from planner.screens.fields import plain_text as plain
from planner.screens.frame import chart, table
from planner.screens.state import worked_out

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
    finding = st.container()
    form = Form(plan)
    st.header("Local counts by deprivation fifth and sex", anchor=False)
    st.write(
        "Enter people in a year. A count of one to four is never shown in a document, and an empty box "
        "means not known, not none."
    )
    for place, medicine_class in enumerate(MedicineClass):
        if medicine_class not in plan.prescribing.included:
            continue
        words = medicine_class.words
        with st.expander(words[0].upper() + words[1:]):
            for fifth, column in enumerate(st.columns(5)):
                with column:
                    form.number(
                        f"inequality.classes.{place}.by_quintile.{fifth}",
                        f"Fifth {FIFTHS[fifth]}, {words}",
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
        form.text("inequality.period", "Period of these counts", max_chars=300)
    with two:
        form.text("inequality.source", "Source of these counts", max_chars=300)
    st.header("Whom the service must reach", anchor=False)
    form.several(
        "inequality.groups",
        "Groups",
        GROUPS,
        accept_new_options=True,
        help="Choose from the list, or type a group of your own and press Enter.",
    )
    form.text("inequality.actions", "What will be done to reach them", tall=True, max_chars=10_000)
    plan = form.revised()
    found = worked_out(plan).inequality
    with finding:
        st.info(found.profile.finding)
        for gap in found.classes:
            kind = "local count" if gap.is_local else "national pattern"
            st.markdown(f"- {plain(gap.finding)} ({kind})")
    chart("deprivation", plan)
    local = [gap for gap in found.classes if any(shown != "not known" for shown in gap.counts_shown)]
    if local:
        st.header("Your counts, as the documents show them", anchor=False)
        table(
            [
                {
                    "Class": gap.medicine_class.words,
                    **dict(zip(FIFTHS, gap.counts_shown, strict=True)),
                    "Ratio, most to least": rounded(gap.ratio, 2) if gap.ratio else gap.withheld or "",
                    "Women": percent(gap.women_share) if gap.women_share is not None else "not known",
                }
                for gap in local
            ],
            "Local counts by deprivation fifth, rounded to 5, with the ratio of the most to the least deprived",
        )
    return plan
