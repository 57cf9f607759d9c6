"""Step 1: which board the plan is for, and how many people are prescribed each class."""

import streamlit as st

from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.screens.steps import place, prescribing
from planner.screens.ui.page import leave_for


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    if st.button("Bring a file or fetch", key="bring-a-file"):
        leave_for("local_files")
    return prescribing.show(place.show(plan, reference), reference)
