"""A tool: versions kept, some under a name; any two set side by side, and going back to one."""

import re
from functools import partial
from textwrap import shorten

import streamlit as st

from planner.analysis.formatting import lower_first, several
from planner.analysis.results.results import Results
from planner.documents.changes.compare import PlanChanges
from planner.documents.changes.document import counts, input_tables, passages, result_tables
from planner.model.base import LONGEST_LINE
from planner.model.document import Paragraph, Table
from planner.model.plan import Plan
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.outputs.documents import changes_docx
from planner.reference.library import load_library
from planner.screens.pages.summary import WORD
from planner.screens.ui.display import table, tabs
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_box import brought_plan
from planner.screens.ui.plan_state import DRAFT, open_draft
from planner.screens.ui.saved_plan import open_as_new, when
from planner.screens.ui.session import (
    EARLIER,
    ICB_MOVED,
    changes_between,
    give_notice,
    replace,
    results_for,
)
from planner.screens.ui.typed import without_a_patient
from planner.store.drafts import PlanVersion, SavedPlan, SavedPlanError, open_store

MOST_VERSIONS, LONGEST_TITLE = 200, 60
NOW, FILE = "The plan as it is now", "A plan file"
NOTHING_OF_ITS_OWN = "that plan held nothing of its own for it."
NO_DIFFERENCE = "there is no number on one side, so there is none between them."


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page; the plan changes only where a version is gone back to."""
    draft, versions = open_draft(), _versions()
    if draft is None:
        st.info("The plan could not be kept, so there is no version of it yet.")
    elif not draft.read_only:
        named = sum(version.named for version in versions)
        st.info(f"{several(len(versions), 'version')} kept, {named} under a name.")
        _keep_under_a_name(draft)
    else:
        _copy(plan, "Make a copy of my own", "Copied from a plan opened to read")
    can_go_back = draft is not None and not draft.read_only
    st.header("Compare, or go back" if can_go_back else "Compare", anchor=False)
    known = {_title(version): version for version in versions}
    before, after = st.columns(2)
    with before:
        old = _chosen("Before", [*known, FILE], known, plan)
    with after:
        new = _chosen("After", [NOW, *known, FILE], known, plan)
    if draft is not None and old is not None and old[0] in known:
        _go_back(old[1], plan)
    if old is not None and new is not None:
        _compare(old, new)
    if versions:
        _list(versions)
    return plan


def _versions() -> tuple[PlanVersion, ...]:
    """The versions of the open plan, those with a name first and then the newest; none of a plan
    that was opened to read."""
    draft = open_draft()
    if draft is None or draft.read_only:
        return ()
    try:
        versions = open_store().versions(draft.link)
    except SavedPlanError as error:
        st.error(
            f"The versions cannot be listed: {plain(str(error))}. Your open plan is unchanged."
        )
        return ()
    return tuple(sorted(versions, key=lambda version: not version.named))


def _title(version: PlanVersion) -> str:
    """What a version is called in a list."""
    if version.named:
        return f"{version.note}, {when(version.saved)}"
    changed = shorten(version.note, LONGEST_TITLE, placeholder=" …")
    return f"Version {version.number}, {when(version.saved)}: {changed}"


def _keep_under_a_name(draft: SavedPlan) -> None:
    """A box that keeps the plan as it is now under a name."""
    with st.form("version-name", clear_on_submit=True, border=False):
        name = st.text_input(
            "Name for the plan as it is now",
            key="version-name-typed",
            max_chars=LONGEST_LINE,
            placeholder="such as To the committee in March",
        ).strip()
        pressed = st.form_submit_button("Keep under this name")
    if not (pressed and name):
        return
    try:
        note, number = without_a_patient(name), draft.version.number
        st.session_state[DRAFT] = open_store().save(
            draft.link, draft.plan, number, note, draft.plan.author, named=True
        )
    except (ValueError, SavedPlanError) as error:
        st.error(f"Not kept under that name: {plain(str(error))}.")
        return
    give_notice(f"Kept as {plain(name)}.")
    st.rerun()


def _chosen(
    side: str, titles: list[str], known: dict[str, PlanVersion], plan: Plan
) -> tuple[str, Plan] | None:
    """One of the two to compare: its title and its plan, or None until there is one."""
    title = st.selectbox(
        side,
        titles,
        index=None if side == "Before" else 0,
        placeholder="Choose a version or a plan file" if known else "Choose a plan file",
        key=f"versions-{side}",
    )
    if title == NOW:
        return title, plan
    if title == FILE:
        brought = brought_plan(f"Plan file, {side.lower()}", side)
        if brought is not None:
            st.session_state[f"{EARLIER}-{side}"] = brought
        file: tuple[Plan, str] | None = st.session_state.get(f"{EARLIER}-{side}")
        return None if file is None else (file[1], file[0])
    draft = open_draft()
    if title is None or draft is None:
        return None
    try:
        return title, open_store().version(draft.link, known[title].number)
    except SavedPlanError as error:
        st.error(f"That version cannot be opened: {plain(str(error))}.")
        return None


def _go_back(then: Plan, plan: Plan) -> None:
    """Buttons that make the version before the plan again, or a plan of its own."""
    with st.container(horizontal=True):
        if then != plan and st.button("Go back to the version before", key="versions-restore"):
            # The version may be of another board.
            st.session_state.pop(ICB_MOVED, None)
            # Kept as a further version at the end of this run's successor; none is taken away.
            replace(then)
            give_notice("That version is open again, as a further one. Every other is still kept.")
            st.rerun()
        _copy(then, "Open the version before as a plan of its own", "Copied from another plan")


def _copy(plan: Plan, words: str, note: str) -> None:
    if not st.button(words, key="versions-copy"):
        return
    try:
        open_as_new(plan, note)
    except SavedPlanError as error:
        st.error(f"No copy was made: {plain(str(error))}.")
        return
    give_notice("This is a plan of its own now, with links of its own.")
    st.rerun()


def _list(versions: tuple[PlanVersion, ...]) -> None:
    """Every version kept, under a fold."""
    with st.expander("Every version"):
        table(
            [
                {
                    "Version": str(version.number),
                    "Saved": when(version.saved),
                    "By": version.by or "not said",
                    "What changed, or its name": version.note,
                }
                for version in versions[:MOST_VERSIONS]
            ],
            "Versions of the plan, those with a name first, with when each was saved, by whom and "
            "what changed",
            {"By": "no author was given on step 1 when it was saved."},
        )
        if len(versions) > MOST_VERSIONS:
            st.write(f"{MOST_VERSIONS} of {len(versions)}; the others may be chosen above.")


def _compare(old: tuple[str, Plan], new: tuple[str, Plan]) -> None:
    """What changed from one plan to another, in both plans' inputs, results and documents."""
    for words, (title, plan) in (("Before", old), ("After", new)):
        st.markdown(f"**{words}:** {plain(title)}, {plain(plan.title or 'without a title')}")
    try:
        # What the later plan lacks is said by the frame, and not here.
        results_for(new[1]).complete()
        with st.spinner("Comparing the two plans and the text of their documents"):
            result = changes_between(old[1], new[1])
    except ReferenceMissing as error:
        st.error(f"One of the two plans cannot be worked out: {plain(str(error))}.")
        return
    (st.success if result.nothing else st.info)(plain(result.finding))
    for caution in result.cautions:
        st.warning(plain(caution))
    if not result.nothing:
        _download(result, new[1])
        sides = (results_for(old[1]), results_for(new[1]))
        tabs(
            "compared",
            {
                "Inputs and decisions": partial(_inputs, result),
                "Results": partial(_results, result, sides),
                "Text of the documents": partial(_texts, result),
            },
        )


def _download(result: PlanChanges, plan: Plan) -> None:
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


def _inputs(outcome: PlanChanges) -> None:
    if not outcome.inputs:
        st.write("No input or decision changed.")
    for step, content in input_tables(outcome, load_library()):
        st.subheader(step, anchor=False)
        table(content, why=dict.fromkeys(("Before", "After"), NOTHING_OF_ITS_OWN))


def _results(outcome: PlanChanges, sides: tuple[Results, Results]) -> None:
    if not outcome.results:
        st.write("No result changed.")
    for about, content in result_tables(outcome, load_library()):
        before, after = (_why_withheld(side, about) for side in sides)
        st.subheader(plain(about), anchor=False)
        table(content, why={"Before": before, "After": after, "Difference": NO_DIFFERENCE})


def _texts(outcome: PlanChanges) -> None:
    library = load_library()
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
