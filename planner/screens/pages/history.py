"""Of a tool: the plan's links, every version kept, and going back to one of them."""

import streamlit as st

from planner.documents.changes.inputs import input_changes
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.screens.ui.display import plain, table
from planner.screens.ui.saved_plan import LINK, changes_table, held_draft, open_as_new, when
from planner.screens.ui.session import ICB_MOVED, give_notice, replace
from planner.store.drafts import PlanVersion, SavedPlan, SavedPlanError, kept_drafts

MOST_SHOWN = 200


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page; the plan changes only where a version is restored."""
    draft = held_draft()
    if draft is None:
        st.info(
            "Nothing has been changed yet, so there is no version and no link. Both come with "
            "the first change."
        )
        return plan
    if draft.read_only:
        st.info(
            "This plan was opened by a link that may only read. A copy of your own can be changed."
        )
        _copy(plan, "Make a copy of my own", "Copied from a plan opened to read")
        return plan
    st.header("Links", anchor=False)
    here = (st.context.url or "").split("?")[0].rstrip("/").removesuffix("/versions") + "/"
    for words, link in (
        (
            "Whoever has this link can read the plan and make a copy, and cannot change it.",
            draft.read_link,
        ),
        (
            "Whoever has this one can read and change the plan. "
            "Give it only to those who work on it.",
            draft.link,
        ),
    ):
        st.write(words)
        st.code(f"{here}?{LINK}={link}", language=None, wrap_lines=True)
    try:
        versions = kept_drafts().versions(draft.link)
    except SavedPlanError as error:
        st.error(
            f"The versions cannot be listed: {plain(str(error))}. Your open plan is unchanged."
        )
        return plan
    _versions(versions)
    _one_of(draft, versions, plan)
    return plan


def _versions(versions: tuple[PlanVersion, ...]) -> None:
    st.header("Versions", anchor=False)
    table(
        [
            {
                "Version": str(version.number),
                "Saved": when(version.saved),
                "By": version.by or "not said",
                "What changed": version.note,
            }
            for version in versions[:MOST_SHOWN]
        ],
        "Every version of the plan with when it was saved, by whom and what changed",
        {"By": "no name stood on the first step when it was saved."},
    )
    if len(versions) > MOST_SHOWN:
        st.write(f"The newest {MOST_SHOWN} of {len(versions)}; the others may be chosen below.")


def _one_of(draft: SavedPlan, versions: tuple[PlanVersion, ...], plan: Plan) -> None:
    st.header("Look at a version, or go back to it", anchor=False)
    texts = {version.number: f"{version.number}, {when(version.saved)}" for version in versions}
    number = st.selectbox(
        "Version", list(texts), format_func=lambda n: texts[n], key="history-version"
    )
    try:
        then = kept_drafts().version(draft.link, number)
    except SavedPlanError as error:
        st.error(f"That version cannot be opened: {plain(str(error))}.")
        return
    with st.expander("What differs between that version and the plan now", expanded=True):
        changes_table(input_changes(then, plan), f"Version {number}", "Now")
    with st.container(horizontal=True):
        if then != plan and st.button(f"Restore version {number}", key="history-restore"):
            # The version may be of another board.
            st.session_state.pop(ICB_MOVED, None)
            # Kept as a further version at the end of this run's successor; none is taken away.
            replace(then)
            give_notice(
                f"Version {number} is open again, as a further version. Every other one is still "
                "kept."
            )
            st.rerun()
        _copy(
            then,
            f"Open version {number} as a plan of its own",
            f"Copied from version {number} of another plan",
        )


def _copy(plan: Plan, words: str, note: str) -> None:
    if not st.button(words, key="history-copy"):
        return
    try:
        open_as_new(plan, note)
    except SavedPlanError as error:
        st.error(f"No copy was made: {plain(str(error))}.")
        return
    give_notice("This is a plan of its own now, with links of its own.")
    st.rerun()
