"""The open plan kept as it changes, under its link, and what happens where it cannot be."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import streamlit as st

from planner.analysis.completeness.wizard_steps import SUMMARY, at_step
from planner.analysis.economics.example import EXAMPLE_CODE, starter_plan
from planner.analysis.formatting import day
from planner.model.edit import with_value
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.screens.ui.display import plain, table
from planner.screens.ui.session import BOARD_LEFT, ICB_MOVED, PLAN, replace, store_plan

# A new plan is drawn before any database is needed: what reaches one is imported when it is, and so
# is what tells
# two versions apart.
if TYPE_CHECKING:
    from planner.documents.changes.inputs import InputChange
    from planner.store.drafts import SavedPlan

LINK = "plan"
"""The name of a plan's link in the address of the page."""
DRAFT, START, MOVED, NOT_KEPT = "draft", "draft-start", "draft-moved", "draft-not-kept"
CHOSEN = "board-chosen"
"""That the user has chosen a board for the first draft just begun."""
BROUGHT = "brought:"
RESCUED = "rescued:"
"""With the name of a box for plan files, what could be read of the file in it and what not."""
WITH_PLAN = (DRAFT, START, MOVED, NOT_KEPT, ICB_MOVED, BOARD_LEFT, CHOSEN)
"""What a session remembers of its open plan."""
MOST_NAMED = 3
NOT_HELD = "that plan held nothing of its own for it."


def plan_by_link() -> Plan | None:
    """The plan that the page's address names, or None where it names none; a fault is said at the
    top of the page."""
    given = st.query_params.get(LINK)
    if not given:
        return None
    from planner.store.drafts import DraftNotFound, SavedPlanError, kept_drafts
    from planner.store.links import link_in

    link = link_in(given)

    try:
        draft = kept_drafts().open(link)
    except DraftNotFound as error:
        st.query_params.pop(LINK, None)
        st.warning(f"The plan could not be opened: {error}. A new plan is open instead.")
        return None
    except SavedPlanError as error:
        st.error(
            f"The plan of this link cannot be opened just now: {error}. Load the page again in a "
            "moment."
        )
        st.stop()
    st.session_state[DRAFT] = draft
    return draft.plan


def open_plan(reference: ReferenceData) -> Plan:
    """The plan of this session. A new session opens the one its address names, else a bare one for
    the example's board, which is kept as soon as it differs from that."""
    if PLAN not in st.session_state:
        plan = plan_by_link()
        if plan is None:
            plan = starter_plan(reference.find_organisation(EXAMPLE_CODE), reference)
            st.session_state[START] = plan
        store_plan(plan)
    current: Plan = st.session_state[PLAN]
    return current


def begin(reference: ReferenceData, *, empty: bool) -> None:
    """Begin a plan for no board in particular, with the options that we offer or, where it is
    `empty`, with doing nothing alone. The one open until now stays kept under its link."""
    plan = starter_plan(reference.find_organisation(EXAMPLE_CODE), reference)
    if empty:
        plan = with_value(plan, "options", (reference.example.do_nothing,))
    begin_another()
    st.session_state[START] = plan
    st.session_state[CHOSEN] = not empty
    replace(plan)


def choose_board() -> None:
    """Remember that the board of the first draft is the user's choice."""
    st.session_state[CHOSEN] = True


def board_is_open() -> bool:
    """Whether no board has been chosen yet in a plan just begun."""
    return st.session_state.get(CHOSEN) is False


def brought_plan(label: str, box: str) -> tuple[Plan, str] | None:
    """A box for a plan file. Gives the plan of a file that was just brought, and the file's name,
    once; a file that cannot be opened says why while it lies in the box."""
    upload = st.file_uploader(
        f"{label} (.json, up to 10 MB)", type=["json"], key=f"upload-{box}", max_upload_size=10
    )
    if upload is None:
        return None
    seen, fault = st.session_state.get(BROUGHT + box, ("", ""))
    if seen != upload.file_id:
        # What reads people's files is not waited for before there is one.
        from planner.intake.errors import IntakeError
        from planner.screens.ui.progress import read_alone
        from planner.store.plan_file import PlanFileError, plan_from_json

        st.session_state.pop(RESCUED + box, None)
        task = (box, upload.file_id, upload.name, plan_from_json, upload.getvalue(), upload.name)
        try:
            plan = read_alone(*task, errors=(PlanFileError,), what="Opening")
        except (PlanFileError, IntakeError) as error:
            fault = f"{plain(str(error)).rstrip(chr(46))}. Your open plan is unchanged."
            if isinstance(error, PlanFileError) and error.readable is not None:
                st.session_state[RESCUED + box] = (error.readable, error.left_out)
            # So that nothing pressed here reads it again.
            st.session_state[BROUGHT + box] = (upload.file_id, fault)
        else:
            st.session_state[BROUGHT + box] = (upload.file_id, "")
            return plan, upload.name
    if fault:
        st.error(fault)
    return None


def begin_another() -> None:
    """What is opened next is a plan of its own, with links of its own; the one open until now stays
    under its link."""
    for key in WITH_PLAN:
        st.session_state.pop(key, None)
    st.query_params.pop(LINK, None)


def save_plan(plan: Plan) -> None:
    """Keep the plan if it has changed, and show its link in the address. Trouble is remembered, not
    raised."""
    current: SavedPlan | None = st.session_state.get(DRAFT)
    if current is not None and current.read_only:
        _hold(current)
        return
    if current is None and plan == st.session_state.get(START):
        return
    from planner.store.drafts import DraftMoved, SavedPlanError, kept_drafts

    try:
        if current is None:
            current = kept_drafts().create(plan, "The plan was begun", plan.author)
        elif plan != current.plan:
            try:
                current = kept_drafts().save(
                    current.link,
                    plan,
                    current.version.number,
                    note_of(current.plan, plan),
                    plan.author,
                )
            except DraftMoved as moved:
                # Both are kept: theirs under the link, ours beside it.
                aside = kept_drafts().create(
                    plan, "Kept aside: someone else had saved first", plan.author
                )
                st.session_state[MOVED], current = (moved.latest, current.link), aside
                _hold(current)
                # So that it is said at once.
                st.rerun()
        st.session_state[NOT_KEPT] = ""
    except SavedPlanError as error:
        st.session_state[NOT_KEPT] = str(error)
    if current is not None:
        _hold(current)


def _hold(current: SavedPlan) -> None:
    st.session_state[DRAFT] = current
    link = current.link or current.read_link
    if st.query_params.get(LINK) != link:
        st.query_params[LINK] = link


def address() -> dict[str, str]:
    """What a page's address holds when it is gone to, so that it is one step for the browser's Back
    button."""
    current = held_draft()
    return {} if current is None else {LINK: current.link or current.read_link}


def note_of(before: Plan, after: Plan) -> str:
    """What changed from one version to the next, in a line: the first few things, and how many
    more."""
    from planner.documents.changes.inputs import input_changes

    changes = input_changes(before, after)
    named = [change.what for change in changes[:MOST_NAMED]]
    more = len(changes) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "") or "No input changed"


def when(moment: datetime) -> str:
    """A moment as a reader says it, on this machine's clock."""
    local = moment.astimezone()
    return f"{day(local.date())}, {local:%H:%M}"


def say_how_kept() -> None:
    """At the side: whether the plan is kept, and how it is found again."""
    current: SavedPlan | None = st.session_state.get(DRAFT)
    trouble = st.session_state.get(NOT_KEPT)
    if trouble:
        st.error(
            f"Not kept: {plain(trouble)}. Your plan is still open here and is tried again at each "
            "change. Save the plan "
            f"file on {at_step(SUMMARY)}, to be sure."
        )
    elif current is None:
        st.markdown("Nothing has been changed yet. The plan is kept from the first change on.")
    elif current.read_only:
        st.markdown(
            "**Read only.** Changes here are not kept. Make a copy under Versions and compare."
        )
    else:
        st.markdown(
            f"Kept as version {current.version.number}, {when(current.version.saved)}. The "
            "address of this page brings it back; "
            "keep it as you would a password."
        )


def changes_table(changes: tuple[InputChange, ...], before: str, after: str) -> None:
    """What differs between two plans, one row for each thing."""
    if not changes:
        st.write("No input or decision differs.")
        return
    table(
        [{"Step": c.step_title, "What": c.what, before: c.before, after: c.after} for c in changes],
        f"What differs: {before} and {after}",
        dict.fromkeys((before, after), NOT_HELD),
        in_panel=False,
    )


def settle(plan: Plan) -> None:
    """Where someone else saved first: what differs, and the choice. Nothing of either plan is lost
    whatever is chosen."""
    rows: tuple[SavedPlan, str] | None = st.session_state.get(MOVED)
    if rows is None:
        return
    from planner.documents.changes.inputs import input_changes

    theirs, link = rows
    by = f" by {plain(theirs.version.by)}" if theirs.version.by else ""
    st.error(
        "Someone else has saved this plan while you worked on it (version "
        f"{theirs.version.number}{by}, "
        f"{when(theirs.version.saved)}). Nothing is lost: theirs stands under the plan's link, "
        "and yours is kept under a "
        "link of its own, which the address now shows. See what differs, then choose."
    )
    with st.expander("What differs between theirs and yours", expanded=True):
        changes_table(input_changes(theirs.plan, plan), "Theirs", "Yours")
    one, two, three = st.columns(3)
    if one.button("Go on with theirs", key="moved-theirs"):
        _take(theirs)
    if two.button("Put mine on top of theirs", key="moved-mine"):
        _on_top(plan, theirs, link)
    if three.button("Keep mine as a plan of its own", key="moved-apart"):
        st.session_state.pop(MOVED)
        st.rerun()


def _take(draft: SavedPlan) -> None:
    st.session_state.pop(MOVED, None)
    st.session_state[DRAFT] = draft
    replace(draft.plan)
    st.rerun()


def _on_top(plan: Plan, theirs: SavedPlan, link: str) -> None:
    from planner.store.drafts import DraftMoved, SavedPlanError, kept_drafts

    note = f"Put on top of version {theirs.version.number}: {note_of(theirs.plan, plan)}"
    try:
        draft = kept_drafts().save(link, plan, theirs.version.number, note, plan.author)
    except DraftMoved as moved:
        st.session_state[MOVED] = (moved.latest, link)
        st.rerun()
    except SavedPlanError as error:
        st.error(f"Not done: {plain(str(error))}. Yours stays kept under its own link.")
        return
    st.session_state.pop(MOVED)
    st.session_state[DRAFT] = draft
    store_plan(plan)
    st.rerun()


def open_as_new(plan: Plan, note: str) -> None:
    """Open a plan as one of its own, kept at once under links of its own. Raises DraftError."""
    from planner.store.drafts import kept_drafts

    draft = kept_drafts().create(plan, note, plan.author)
    begin_another()
    st.session_state[DRAFT] = draft
    replace(plan)


def held_draft() -> SavedPlan | None:
    """The open plan as it is kept, or None where it is not kept yet."""
    current: SavedPlan | None = st.session_state.get(DRAFT)
    return current
