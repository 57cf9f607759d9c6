"""Of a tool: what changed between an earlier plan file and the open plan.

It changes nothing.
"""

import re

import streamlit as st

from planner.analysis.formatting import lower_first
from planner.analysis.results.results import Results
from planner.documents.changes.compare import Changes
from planner.documents.changes.document import counts, input_tables, passages, result_tables
from planner.model.document import Paragraph, Table
from planner.model.plan import Plan
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.outputs.documents import changes_docx
from planner.reference.library import load_library
from planner.screens.pages.papers import WORD
from planner.screens.ui.display import plain, table
from planner.screens.ui.saved_plan import NOT_HELD, brought_plan
from planner.screens.ui.session import EARLIER, changes_between, results_for

NAME = f"{EARLIER}-name"
NO_DIFFERENCE = "there is no number on one side, so there is none between them."


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page and return the plan unchanged."""
    brought = brought_plan("Earlier plan file", "earlier")
    if brought is not None:
        st.session_state[EARLIER], st.session_state[NAME] = brought
    earlier: Plan | None = st.session_state.get(EARLIER)
    if earlier is None:
        st.info(
            "Choose a plan file that you saved earlier. It is set beside the "
            "plan you have open, which "
            "stays as it is."
        )
        return plan
    st.markdown(
        f"**Before:** {plain(st.session_state[NAME])}, {plain(earlier.title or 'without a title')}"
    )
    st.markdown(f"**After:** the open plan, {plain(plan.title or 'without a title')}")
    # What the open plan lacks is said by the frame, and not here.
    results_for(plan).complete()
    try:
        with st.spinner("Comparing the two plans and the text of their documents"):
            result = changes_between(earlier, plan)
    except ReferenceMissing as error:
        st.error(f"The earlier plan cannot be worked out: {plain(str(error))}.")
        return plan
    (st.success if result.nothing else st.info)(plain(result.finding))
    for caution in result.cautions:
        st.warning(plain(caution))
    if not result.nothing:
        _download(result, plan)
        _tables(result, (results_for(earlier), results_for(plan)))
    return plan


def _download(result: Changes, plan: Plan) -> None:
    code = re.sub(r"[^A-Za-z0-9]+", "-", plan.place.icb_code).lower()
    st.download_button(
        "Download the changes (Word)",
        lambda: changes_docx(result, load_library()),
        file_name=f"changes-{code}.docx",
        mime=WORD,
        key="download-changes",
        on_click="ignore",
        type="primary",
    )
    with st.expander("How many things changed"):
        table(counts(result, load_library()))


def _why_withheld(side: Results, about: str) -> list[str]:
    """The reasons for what is withheld of the option named, or of the need."""
    named = [reason for o in side.options if o.name in about for reason in o.withheld.values()]
    return [
        f"{reason}." for reason in named or [side.need.missing_because or "it is not in that plan"]
    ]


def _tables(outcome: Changes, sides: tuple[Results, Results]) -> None:
    library = load_library()
    st.header("Inputs and decisions", anchor=False)
    if not outcome.inputs:
        st.write("No input or decision changed.")
    for step, content in input_tables(outcome, library):
        st.subheader(step, anchor=False)
        table(content, why=dict.fromkeys(("Before", "After"), NOT_HELD))
    st.header("Results", anchor=False)
    if not outcome.results:
        st.write("No result changed.")
    for about, content in result_tables(outcome, library):
        before, after = (_why_withheld(side, about) for side in sides)
        st.subheader(plain(about), anchor=False)
        table(content, why={"Before": before, "After": after, "Difference": NO_DIFFERENCE})
    st.header("Text of the documents", anchor=False)
    for outline in outcome.documents(library):
        name, texts = lower_first(outline.label), outcome.of_document(outline.name)
        if texts:
            read = "section reads" if len(texts) == 1 else "sections read"
            st.subheader(f"{name}: {len(texts)} {read} differently", anchor=False)
        else:
            st.write(f"The {name} reads as it did.")
        for text in texts:
            with st.expander(plain(text.heading)):
                for block in passages(text, library):
                    if isinstance(block, Table):
                        table(block)
                    elif isinstance(block, Paragraph):
                        st.write(block.text)
