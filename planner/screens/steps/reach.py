"""Step 2: who is prescribed what, whom the service must reach, and where need lies."""

import streamlit as st

from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.screens.steps import inequality, places
from planner.screens.ui.display import sections
from planner.screens.ui.page import leave_for


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    if st.button("Bring a file or fetch", key="bring-a-file"):
        leave_for("local_files")
    return sections(
        "reach",
        {"Inequality": inequality.show, "Places": places.show},
        plan,
        reference,
    )
