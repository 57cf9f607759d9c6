"""A page beside the steps: what changed between an earlier plan file and the open plan. It changes nothing."""

from __future__ import annotations

import re
from itertools import groupby

import streamlit as st

from planner.analysis.results.results import Results
from planner.documents.changes.compare import Changes, TextChange
from planner.documents.changes.document import EMPTY, MOST_PASSAGES, counts
from planner.intake.errors import IntakeError
from planner.model.plan import Plan
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.outputs.documents import changes_docx
from planner.screens.steps.download import WORD
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.progress import plan_of
from planner.screens.ui.saved_plan import NOT_HELD
from planner.screens.ui.session import EARLIER, changes_between, results_for
from planner.screens.ui.tables import table
from planner.store.plan_file import PlanFileError

NAME = f"{EARLIER}-name"
UNREAD = f"{EARLIER}-unread"


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page and return the plan unchanged."""
    _choose()
    earlier: Plan | None = st.session_state.get(EARLIER)
    if earlier is None:
        st.info(
            "Choose a plan file that you saved earlier (Download step). It is set beside the plan you have open, which "
            "stays as it is."
        )
        return plan
    st.markdown(f"**Before:** {plain(st.session_state[NAME])}, {plain(earlier.title or 'without a title')}")
    st.markdown(f"**After:** the open plan, {plain(plan.title or 'without a title')}")
    results_for(plan).complete()  # what the open plan lacks is said by the frame, and not here
    try:
        with st.spinner("Comparing the two plans and the text of their documents"):
            result = changes_between(earlier, plan)
    except ReferenceMissing as error:
        st.error(f"The earlier plan cannot be worked out: {plain(str(error))}.")
        return plan
    _finding(result)
    if result.nothing:
        return plan
    _download(result, plan)
    _tables(result, (results_for(earlier), results_for(plan)))
    return plan


def _choose() -> None:
    upload = st.file_uploader(
        "Earlier plan file (.json, up to 10 MB)", type=["json"], key="upload-earlier", max_upload_size=10
    )
    if upload is None or st.session_state.get("opened-earlier") == upload.file_id:
        return
    unread, text = st.session_state.get(UNREAD, ("", ""))
    if unread == upload.file_id:
        st.error(text)
        return
    try:
        earlier = plan_of("earlier", upload)
    except (PlanFileError, IntakeError) as error:
        text = f"{plain(str(error)).rstrip(chr(46))}. Your open plan is unchanged."
        st.session_state[UNREAD] = (upload.file_id, text)  # so that nothing pressed here reads it again
        st.error(text)
        return
    st.session_state["opened-earlier"] = upload.file_id
    st.session_state[EARLIER], st.session_state[NAME] = earlier, upload.name


def _finding(result: Changes) -> None:
    (st.success if result.nothing else st.info)(plain(result.finding))
    for caution in result.cautions:
        st.warning(plain(caution))


def _download(result: Changes, plan: Plan) -> None:
    code = re.sub(r"[^A-Za-z0-9]+", "-", plan.place.icb_code).lower()
    st.download_button(
        "Download the changes (Word)",
        lambda: changes_docx(result),
        file_name=f"changes-{code}.docx",
        mime=WORD,
        key="download-changes",
        on_click="ignore",
        type="primary",
    )
    with st.expander("How many things changed"):
        table(
            [{"Where": where, "Changed": number} for where, number in counts(result)],
            "The number of inputs and decisions that changed on each step, of results, and of sections",
        )


def _why_withheld(side: Results, about: str) -> list[str]:
    """The reasons for what is withheld of the option named, or of the need."""
    named = [reason for o in side.options if o.name in about for reason in o.withheld.values()]
    return [f"{reason}." for reason in named or [side.need.missing_because or "it is not in that plan"]]


def _tables(outcome: Changes, sides: tuple[Results, Results]) -> None:
    st.header("Inputs and decisions", anchor=False)
    if not outcome.inputs:
        st.write("No input or decision changed.")
    for step, group in groupby(outcome.inputs, lambda change: change.step_title):
        st.subheader(step, anchor=False)
        table(
            [
                {"What": change.what, "Before": change.before or EMPTY, "After": change.after or EMPTY}
                for change in group
            ],
            f"What changed on the step {step}, before and after",
            dict.fromkeys(("Before", "After"), NOT_HELD),
        )
    st.header("Results", anchor=False)
    if not outcome.results:
        st.write("No result changed.")
    for about, of_one in groupby(outcome.results, lambda change: change.about):
        why = [_why_withheld(side, about) for side in sides]
        st.subheader(plain(about), anchor=False)
        table(
            [
                {
                    "Result": result.what,
                    "Before": result.before,
                    "After": result.after,
                    "Difference": result.difference,
                }
                for result in of_one
            ],
            f"What changed in the results, {about}: before, after and the difference",
            {
                "Before": why[0],
                "After": why[1],
                "Difference": "there is no number on one side, so there is none between them.",
            },
        )
    st.header("Text of the documents", anchor=False)
    for action, name in ((3, "Action 3 paper"), (4, "Action 4 specification")):
        texts = outcome.of_document(action)
        if not texts:
            st.write(f"The {name} reads as it did.")
        for place, text in enumerate(texts):
            if place == 0:
                several = "1 section reads" if len(texts) == 1 else f"{len(texts)} sections read"
                st.subheader(f"{name}: {several} differently", anchor=False)
            with st.expander(plain(text.heading)):
                _passages(text)


def _passages(text: TextChange) -> None:
    if text.kind != "changed":
        st.write("This section is new." if text.kind == "added" else "This section is no longer there.")
    elif not text.passages:
        st.write("The same passages stand in another order.")
    display = text.passages[:MOST_PASSAGES]
    if display:
        table(
            [{"Before": was or EMPTY, "After": now or EMPTY} for was, now in display],
            f"Passages of {text.heading}, as they were and as they are",
        )
    if len(text.passages) > len(display):
        st.write(f"{len(text.passages) - len(display):,} more passages of this section differ.")
