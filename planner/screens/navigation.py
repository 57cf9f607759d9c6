"""The wizard's pages: three of a first draft, the steps in order, and the tools beside them."""

from importlib import import_module

from planner.analysis.completeness.wizard_steps import STEPS as TITLES
from planner.screens.ui.page import WizardStep

# Each page is imported when it is first drawn: all of them at once would double the wait for the
# first.
DRAFT = (
    WizardStep(
        id="quick_need",
        title="Where, and what you know",
        purpose="Choose the board. Fill in the counts you have; the rest is worked out.",
        show=lambda: import_module("planner.screens.pages.quick_need").show,
    ),
    WizardStep(
        id="quick_options",
        title="What you might buy",
        purpose="Tick what might be bought, or add what you have been offered.",
        show=lambda: import_module("planner.screens.pages.quick_options").show,
    ),
    WizardStep(
        id="summary",
        title="Summary and papers",
        purpose="What the plan says so far, and the papers to take away.",
        show=lambda: import_module("planner.screens.pages.summary").show,
    ),
)
"""The pages of a first draft, in order."""

STEPS = (
    WizardStep(
        id="place",
        title=TITLES["place"],
        purpose="Choose the integrated care board. Everything after this is prefilled for it.",
        changes="Every document: whom it is for, and the evidence pack's population.",
        show=lambda: import_module("planner.screens.steps.place").show,
    ),
    WizardStep(
        id="local_files",
        title=TITLES["local_files"],
        purpose=(
            "Bring the workbooks and exports you hold. You see what was read before anything is "
            "used."
        ),
        changes=(
            "The need, inequalities and places sections of the evidence pack, and its list of "
            "files read."
        ),
        show=lambda: import_module("planner.screens.steps.local_files").show,
    ),
    WizardStep(
        id="prescribing",
        title=TITLES["prescribing"],
        purpose=(
            "Say how many people are prescribed each class of medicine. Leave a box empty, and "
            "items stand in for the count."
        ),
        changes="The need section of the evidence pack, and every cost per head.",
        show=lambda: import_module("planner.screens.steps.prescribing").show,
    ),
    WizardStep(
        id="inequality",
        title=TITLES["inequality"],
        purpose="Say who is prescribed more, and whom the service must reach.",
        changes="The evidence pack's inequalities, and the health inequalities action plan.",
        show=lambda: import_module("planner.screens.steps.inequality").show,
    ),
    WizardStep(
        id="places",
        title=TITLES["places"],
        purpose=(
            "See where need lies, which places stand out from chance, and what to ask about them."
        ),
        changes=(
            "The places and priorities section of the evidence pack, which shows what is here. "
            "Nothing is to be entered."
        ),
        show=lambda: import_module("planner.screens.steps.places").show,
    ),
    WizardStep(
        id="benchmark",
        title="Benchmark",
        purpose=(
            "See what the $case_study_count published services cost and report, and how far "
            "they can be compared."
        ),
        changes=(
            "The benchmark of the paper and the evidence pack, which show what is here. "
            "Nothing is to be entered."
        ),
        show=lambda: import_module("planner.screens.steps.benchmark").show,
    ),
    WizardStep(
        id="options",
        title=TITLES["options"],
        purpose="Cost two or three ways of providing the service, and choose one.",
        changes=(
            "The options and finance sections of Action 3; the team, activity and price of "
            "Action 4."
        ),
        show=lambda: import_module("planner.screens.steps.options").show,
    ),
    WizardStep(
        id="outcomes",
        title=TITLES["outcomes"],
        purpose=(
            "See what is honest to expect of each option, how sure it is, and what would change "
            "the answer."
        ),
        changes="The outcomes section of Action 3, and what Action 4 says may be expected.",
        show=lambda: import_module("planner.screens.steps.outcomes").show,
    ),
    WizardStep(
        id="years",
        title=TITLES["years"],
        purpose=(
            "See what an option costs year by year, and what mix of options does most for a budget."
        ),
        changes="The finance section of Action 3. The workbook holds every sum as a formula.",
        show=lambda: import_module("planner.screens.steps.years").show,
    ),
    WizardStep(
        id="specification",
        title=TITLES["specification"],
        purpose="Give the names, dates and local arrangements that only you know.",
        changes=(
            "The header, terms of reference, directory, risks, attachments and decision record."
        ),
        show=lambda: import_module("planner.screens.steps.specification").show,
    ),
    WizardStep(
        id="download",
        title="Download",
        purpose="See what is still missing, then take the two documents and the plan file.",
        changes="Nothing. What is missing is also listed in your working note.",
        show=lambda: import_module("planner.screens.steps.download").show,
    ),
)

PAGES = (
    WizardStep(
        id="wording",
        title="Clauses and indicators",
        purpose=(
            "Leave out, reword or add clauses and indicators, and see what the framework asks "
            "that they meet."
        ),
        changes=(
            "The clauses and indicators of every document, the list of local wording, and the "
            "coverage."
        ),
        show=lambda: import_module("planner.screens.pages.clauses").show,
    ),
    WizardStep(
        id="history",
        title="Versions and links",
        purpose="Find the plan's links and every version kept, and go back to one.",
        changes="Nothing, unless you go back to a version; the newer ones stay kept.",
        show=lambda: import_module("planner.screens.pages.history").show,
    ),
    WizardStep(
        id="compare",
        title="What changed",
        purpose=(
            "Set an earlier plan file beside the open plan, and see what changed and what came "
            "of it."
        ),
        changes="Nothing. The open plan stays as it is, and so do its documents.",
        show=lambda: import_module("planner.screens.pages.compare").show,
    ),
    WizardStep(
        id="review",
        title="Check an existing specification",
        purpose=(
            "Bring a service specification as a Word document, an old one or a draft. It is held "
            "against the "
            "framework and the contract template."
        ),
        changes="Nothing. Nothing of the file is kept, and the open plan stays as it is.",
        show=lambda: import_module("planner.screens.pages.review").show,
    ),
    WizardStep(
        id="glossary",
        title="Glossary",
        purpose="What the words of the wizard and of the documents mean.",
        changes="Nothing. The specification and the evidence pack print the terms they use.",
        show=lambda: import_module("planner.screens.pages.glossary").show,
    ),
)
"""Pages outside the steps, reached from the side of every one of them."""
