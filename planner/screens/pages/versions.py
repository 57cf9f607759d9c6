"""A tool: every version of the plan and its links, and what changed since an earlier plan file."""

from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.screens.pages import compare, history
from planner.screens.ui.display import sections


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page; the plan changes only where a version is restored."""
    return sections(
        "versions",
        {"Versions and links": history.show, "Compare with a file": compare.show},
        plan,
        reference,
    )
