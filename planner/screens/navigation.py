"""The wizard's pages: two questions of a first draft, the six steps in order, and the tools."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from planner.analysis.completeness.wizard_steps import TITLES
from planner.screens.ui.page_book import WizardStep

if TYPE_CHECKING:
    from planner.model.plan import Plan
    from planner.screens.ui.sought import FieldPlace

# Each page is imported when it is first drawn: all of them at once would double the wait for the
# first.
DRAFT = (
    WizardStep(
        id="quick_need",
        title="Where, and what you know",
        purpose="Choose the board. Fill in the counts you have; the rest is worked out.",
        show=lambda: import_module("planner.screens.pages.first_draft").show_need,
        needs_icb=False,
    ),
    WizardStep(
        id="quick_options",
        title="What you might buy",
        purpose="Tick what might be bought, or add what you have been offered.",
        show=lambda: import_module("planner.screens.pages.first_draft").show_options,
    ),
)
"""The pages of a first draft, in order; the summary comes after them."""

STEPS = (
    WizardStep(
        id="need",
        title=TITLES["need"],
        purpose="Choose the board, and say how many people are prescribed each class of medicine.",
        show=lambda: import_module("planner.screens.steps.need").show,
        needs_icb=False,
    ),
    WizardStep(
        id="reach",
        title=TITLES["reach"],
        purpose="Say whom the service must reach, and see where need lies.",
        show=lambda: import_module("planner.screens.steps.reach").show,
    ),
    WizardStep(
        id="options",
        title=TITLES["options"],
        purpose="Cost two or three ways of providing the service, and choose one.",
        show=lambda: import_module("planner.screens.steps.options").show,
    ),
    WizardStep(
        id="outcomes",
        title=TITLES["outcomes"],
        purpose="See what is honest to expect of each option, year by year, and how sure it is.",
        show=lambda: import_module("planner.screens.steps.outcomes").show,
    ),
    WizardStep(
        id="specification",
        title=TITLES["specification"],
        purpose="Give the names, dates, arrangements and wording that only you know.",
        show=lambda: import_module("planner.screens.steps.specification").show,
    ),
    WizardStep(
        id="summary",
        title=TITLES["summary"],
        purpose="What the plan says so far, and the papers to take away.",
        show=lambda: import_module("planner.screens.pages.summary").show,
    ),
)

TOOLS = (
    WizardStep(
        id="case_studies",
        title="Case studies",
        purpose=(
            "See what the $case_study_count published services cost and report, and how far "
            "they can be compared."
        ),
        show=lambda: import_module("planner.screens.pages.case_studies").show,
        needs_icb=False,
    ),
    WizardStep(
        id="versions",
        title="Versions and compare",
        purpose="Keep a version under a name, compare any two, and go back to one.",
        show=lambda: import_module("planner.screens.pages.versions").show,
    ),
    WizardStep(
        id="review",
        title="Check a specification",
        purpose=(
            "Bring a service specification as a Word document, an old one or a draft. It is "
            "checked against the framework and the contract template."
        ),
        show=lambda: import_module("planner.screens.pages.review").show,
        needs_icb=False,
    ),
    WizardStep(
        id="glossary",
        title="Glossary",
        purpose="What the words of the wizard and of the documents mean.",
        show=lambda: import_module("planner.screens.pages.glossary").show,
        needs_icb=False,
    ),
)
"""Pages outside the steps, reached from the side of every one of them."""

OFF_THE_SIDE = (
    WizardStep(
        id="local_files",
        title="Local files",
        purpose=(
            "Bring the workbooks and exports you hold. You see what was read before anything is "
            "used."
        ),
        show=lambda: import_module("planner.screens.steps.local_files").show,
    ),
)
"""Pages outside the steps, reached from a button on one of them."""

PAGES = (*DRAFT, *STEPS, *TOOLS, *OFF_THE_SIDE)


def place_of(gap: str, plan: Plan) -> FieldPlace | None:
    """Where on its page something is given that a plan lacks, by the id of the gap; None where the
    plan has no such gap."""
    place: FieldPlace | None = import_module("planner.screens.steps.given_at").given_at(gap, plan)
    return place
