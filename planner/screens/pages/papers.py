"""Of the summary: the documents, the searches and the plan file to take away."""

import re
from functools import partial
from pathlib import Path

import streamlit as st

from planner.analysis.results.results import Results
from planner.documents.sections.case_finding import criteria
from planner.documents.set_of_documents import label_of, names, path_in_set
from planner.model.library import MAIN
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.criteria import criteria_csv
from planner.outputs.documents import document_file, set_zip, specification_docx
from planner.outputs.workbook.build import workbook
from planner.reference.library import load_library
from planner.store.plan_file import plan_to_json

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def documents(plan: Plan, results: Results, reference: ReferenceData) -> None:
    """Buttons for the two papers, the plan file, every other document, the searches and the
    workbook; `results` must be complete."""
    st.write(
        "A document is made when its button is pressed; the download starts by itself a few "
        "seconds later."
    )
    name = _place(results)
    papers = (
        (3, "The paper for the board: one decision, or one mandate.", "paper"),
        (4, "What the provider must do, as a contract.", "specification"),
    )
    library = load_library()
    *columns, third = st.columns(3)
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
        save_file(plan, f"plan-{name}")
    st.markdown(
        "**The whole set.** Both, with the schedules to paste, the packs for the group, clinicians "
        "and analysts, the decision record, a summary for the public and your working note."
    )
    st.download_button(
        "Download the set (.zip)",
        partial(set_zip, results, reference, library),
        file_name=f"documents-{name}.zip",
        mime="application/zip",
        key="download-set",
        on_click="ignore",
    )
    with st.expander("Each document by itself, and the searches"):
        for document in names(library):
            if document not in MAIN.values():
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
    st.download_button(
        "Download the workbook",
        data=lambda: workbook(results, reference),
        file_name="support-model.xlsx",
        mime=EXCEL,
        on_click="ignore",
        key="workbook",
    )


def _place(results: Results) -> str:
    """The place as a part of a file's name."""
    return (
        re.sub(r"[^A-Za-z0-9]+", "-", results.place_name).strip("-").lower()
        or results.organisation.code.lower()
    )


def save_file(plan: Plan, name: str) -> None:
    """A button that saves the plan as a file."""
    st.download_button(
        "Save the plan file",
        plan_to_json(plan),
        file_name=f"{name}.json",
        mime="application/json",
        key="download-plan",
        on_click="ignore",
    )
