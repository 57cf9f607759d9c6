"""The summary and the papers: what to say, six figures, what is missing, and what to take away."""

import re
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

import streamlit as st

from planner.analysis.completeness.missing_inputs import in_order_of_change
from planner.analysis.completeness.readiness import not_ready
from planner.analysis.completeness.sign_off import SignOffStatus, agreements
from planner.analysis.completeness.wizard_steps import STEPS, at_step
from planner.analysis.formatting import capital
from planner.analysis.results.results import Results
from planner.documents.language_check import flag_language
from planner.documents.sections.case_finding import criteria
from planner.documents.sections.working_note import together
from planner.documents.set_of_documents import NOTE, label_of, names, path_in_set
from planner.model.base import grouped
from planner.model.library import MAIN
from planner.model.missing_input import Consequence, MissingInput
from planner.model.plan import Plan
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.outputs.criteria import criteria_csv
from planner.outputs.documents import document_file, set_zip, specification_docx
from planner.outputs.workbook.build import workbook
from planner.reference.library import load_library
from planner.review.terms import load_review_terms
from planner.screens.ui.display import bullets, lazy_panel, table
from planner.screens.ui.findings import draw_headlines, headlines, rests_on, to_say
from planner.screens.ui.markup import plain
from planner.screens.ui.page_book import DRAFTING, link_to
from planner.screens.ui.plan_state import open_draft
from planner.screens.ui.saved_plan import copy_links
from planner.screens.ui.session import projections_for, results_for
from planner.store.plan_file import plan_to_json

MOST_GAPS = 5
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page and return the plan unchanged."""
    try:
        results = results_for(plan).complete()
    except ReferenceMissing:
        # The documents cannot be made, and yet nothing typed may be lost.
        _save_file(plan, "plan")
        raise
    option = projections_for(plan).in_focus
    st.info(to_say(results, option))
    st.markdown(f":small[{rests_on(results.need)}]")
    if option is not None and plan.preferred_option is None:
        st.markdown(
            ":small[No option is put forward yet, so the cost is of the first that sees people.]"
        )
    draw_headlines(headlines(results, option))
    st.header("Take it away", anchor=False)
    _documents(plan, results, reference)
    left, right = st.columns(2, gap="large")
    with left:
        st.header("What matters most to find out", anchor=False)
        count = _gaps(plan, results)
    with right:
        st.header("Ready, and shared", anchor=False)
        _ready(plan)
        _share()
    if len(results.missing_inputs) > count:
        lazy_panel(
            f"Everything still missing: {len(results.missing_inputs)}",
            "missing",
            partial(_missing, results),
        )
    reconsider = flag_language(plan, load_review_terms().language)
    for words, name, lines in (
        ("Words to reconsider", "reconsider", [one.warning for one in reconsider]),
        ("Take care", "take-care", [capital(alert.in_words) for alert in results.alerts]),
    ):
        if lines:
            lazy_panel(f"{words}: {len(lines)}", name, partial(bullets, lines))
    if st.session_state.get(DRAFTING):
        link_to("need", "Go on in full: work through every step")
    return plan


def _documents(plan: Plan, results: Results, reference: ReferenceData) -> None:
    """Buttons for the two papers, the plan file, every other document, the searches and the
    workbook; `results` must be complete."""
    st.write(
        "A document is made when its button is pressed; the download starts by itself a few "
        "seconds later."
    )
    name = _place(results)
    papers = (
        (3, "The paper for the board, with what it is asked.", "paper"),
        (4, "What the provider must do, as a contract.", "specification"),
    )
    library = load_library()
    # The longest button of the three stands in one line.
    *columns, third = st.columns([5, 6, 4], vertical_alignment="bottom")
    for column, (action, words, kind) in zip(columns, papers, strict=True):
        column.markdown(f"**Action {action}.** {words}")
        column.download_button(
            f"Download the Action {action} {kind} (Word)",
            partial(specification_docx, results, action, reference, library),
            file_name=f"{MAIN[action]}-{name}.docx",
            mime=WORD,
            key=f"download-{action}",
            on_click="ignore",
            type="primary",
        )
    with third:
        st.markdown("**Plan file.** All you entered, to open here again or to share.")
        _save_file(plan, f"plan-{name}")
    st.markdown(
        "**The two-page note** is for you: what is missing, who would know, and what you will be "
        "asked. **The whole set** has it, both papers, the schedules to paste, the packs for the "
        "group, clinicians and analysts, the decision record and a summary for the public. **The "
        "workbook** has the sums as formulas."
    )
    with st.container(horizontal=True):
        st.download_button(
            "Download the two-page note (Word)",
            partial(document_file, results, NOTE, reference, library),
            file_name=f"{NOTE}-{name}.docx",
            mime=WORD,
            key=f"download-{NOTE}",
            on_click="ignore",
        )
        st.download_button(
            "Download the set (.zip)",
            partial(set_zip, results, reference, library),
            file_name=f"documents-{name}.zip",
            mime="application/zip",
            key="download-set",
            on_click="ignore",
        )
        st.download_button(
            "Download the workbook",
            data=lambda: workbook(results, reference),
            file_name=f"workbook-{name}.xlsx",
            mime=EXCEL,
            on_click="ignore",
            key="workbook",
        )
    with st.expander("Each document by itself, and the searches"):
        with st.container(horizontal=True):
            for document in names(library):
                if document not in (*MAIN.values(), NOTE):
                    file = Path(path_in_set(document, library))
                    st.download_button(
                        label_of(document, library),
                        partial(document_file, results, document, reference, library),
                        file_name=f"{file.stem}-{name}{file.suffix}",
                        mime=WORD if file.suffix == ".docx" else EXCEL,
                        key=f"download-{document}",
                        on_click="ignore",
                    )
        st.markdown(
            "**For the analyst.** The medicines with their codes, and the rules of each search, as "
            "in the clinical pack."
        )
        st.download_button(
            "Download the searches (CSV)",
            lambda: criteria_csv(criteria(plan, reference, library.case_finding)),
            file_name=f"case-finding-{name}.csv",
            mime="text/csv",
            key="download-searches",
            on_click="ignore",
        )


def _place(results: Results) -> str:
    """The place as a part of a file's name."""
    return (
        re.sub(r"[^A-Za-z0-9]+", "-", results.place_name).strip("-").lower()
        or results.organisation.code.lower()
    )


def _save_file(plan: Plan, name: str) -> None:
    """A button that saves the plan as a file."""
    st.download_button(
        "Save the plan file",
        plan_to_json(plan),
        file_name=f"{name}.json",
        mime="application/json",
        key="download-plan",
        on_click="ignore",
    )


def _gaps(plan: Plan, results: Results) -> int:
    """What would change the plan most of what is missing, each a link to where it is given, and how
    many that is; what the paper's gate lacks is told beside it."""
    sensitivity = projections_for(plan).sensitivity
    moves = [one_way.label for one_way in sensitivity.swings] if sensitivity else []
    gaps = [
        gap
        for gap in in_order_of_change(results.missing_inputs, moves)
        if gap.changes is not Consequence.DECISION
    ]
    if not gaps:
        st.write("Nothing else that the planner asks for is missing.")
    return _links(gaps, MOST_GAPS)


def _links(gaps: Sequence[MissingInput], most: int | None = None) -> int:
    """What is missing, each a link to where it is given, with why it matters and who would know;
    the first `most` where that is given. Gives how many things it tells of."""
    alike = grouped(gaps, lambda gap: (gap.where, gap.why, gap.who))
    rows = list(alike.items())[:most]
    for (where, why, who), of in rows:
        with st.container(gap=None):
            link_to(where, capital(together(of)), of[0].id)
            st.markdown(f":small[{plain(capital(why))}. Who would know: {plain(who)}.]")
    return sum(len(of) for _, of in rows)


def _missing(results: Results) -> None:
    """Everything missing, step by step."""
    st.write("Every document can be made now; the working note says what is missing.")
    for step, gaps in grouped(results.missing_inputs, lambda gap: gap.where).items():
        st.markdown(f"**{capital(at_step(step))}**")
        _links(gaps)


def _ready(plan: Plan) -> None:
    """Whether the paper may ask for anything, what it lacks, and which steps are agreed."""
    gate = load_library().paper.gate
    lacks = not_ready(plan)
    if lacks:
        st.markdown(
            "**A working draft.** The paper asks a committee for nothing until these are there."
        )
        on_step = grouped(
            lacks, lambda name: "options" if name in ("option", "reason") else "specification"
        )
        for step, names_of in on_step.items():
            with st.container(gap=None):
                link_to(step, f"Give these on {at_step(step)}")
                what = "; ".join(gate[name].what for name in names_of)
                st.markdown(f":small[{plain(capital(what))}.]")
    else:
        st.markdown("**Ready to be put to the committee.** All that the paper must have is there.")
    agreed = {one.agreement.step: one for one in agreements(plan)}
    changed = sum(one.changed for one in agreed.values())
    lazy_panel(
        f"Steps agreed: {len(agreed) - changed} of {len(STEPS)}"
        + (f"; changed since: {changed}" if changed else ""),
        "agreed",
        partial(_agreed, agreed),
    )


def _agreed(agreed: Mapping[str, SignOffStatus]) -> None:
    table(
        [
            {
                "Step": title,
                "Agreed": capital(agreed[step].words) if step in agreed else "Not yet agreed",
            }
            for step, title in STEPS.items()
        ],
        f"Which of the {len(STEPS)} steps are agreed, by whom and when",
        in_panel=False,
    )


def _share() -> None:
    """The links by which others read the plan or change it."""
    if open_draft() is None:
        st.write("The links to share it stand at the side once the plan is kept.")
        return
    st.markdown("**Share it.** Whoever has the read-only link can read the plan, not change it.")
    copy_links("summary")
