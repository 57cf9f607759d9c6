"""The open plan kept as it changes, under its link, and what happens where it cannot be."""

from __future__ import annotations

from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING

import streamlit as st

from planner.analysis.completeness.wizard_steps import SUMMARY, at_step
from planner.analysis.economics.example import EXAMPLE_CODE, example_plan, starter_plan
from planner.analysis.formatting import day
from planner.model.edit import value_at, with_value
from planner.model.merge import Conflict, merge, with_mine
from planner.model.plan import Plan
from planner.reference import load_reference
from planner.screens.ui.accessibility import COPY_LINK
from planner.screens.ui.conflicts import CONFLICTS, remember
from planner.screens.ui.markup import plain
from planner.screens.ui.page_book import DRAFTING
from planner.screens.ui.plan_state import (
    CHOSEN,
    DRAFT,
    LINK,
    PLAN,
    SAVE_TROUBLE,
    address,
    icb_is_open,
    open_draft,
)
from planner.screens.ui.session import (
    BEFORE,
    FORMER_ICBS,
    ICB_MOVED,
    differing,
    give_notice,
    replace,
    start_run,
    store_plan,
    take_over,
)
from planner.screens.ui.streamlit_compat import is_there, session_id
from planner.store.errors import DraftNotFound, SavedPlanError
from planner.store.links import link_in
from planner.store.presence import Presence

if TYPE_CHECKING:
    from planner.store.drafts import SavedPlan, SavedPlans

Conflicts = tuple[Conflict, ...]
PRESENCE = Presence(is_there)
ELSEWHERE = "changed-elsewhere"
"""When someone else last saved the open plan."""
UNDONE = "undone"
"""The plan as it stands after changes were taken back, and the number of the version that it is."""
LAST_SAVE = "last-save"
"""A list of what was last saved, and as which plan of the session, until the session has taken it
in. A click cuts a run short wherever it reaches into the session, which may be just after a save:
what came of it is noted in the same breath and taken in by the next run, so that it is never taken
for someone else's."""
SAVING = "saving"
"""Held while a run of the session saves."""
LOOKED_AT_EVERY = 5
"""Seconds between two looks at whether someone else has saved the open plan."""
WITH_PLAN = (
    DRAFT,
    SAVE_TROUBLE,
    ICB_MOVED,
    FORMER_ICBS,
    CHOSEN,
    CONFLICTS,
    ELSEWHERE,
    UNDONE,
    LAST_SAVE,
    DRAFTING,
)
"""What a session remembers of its open plan."""
MOST_NAMED = 3


def _database() -> SavedPlans:
    """The plans kept on this machine. A new plan is drawn before any of them is asked for: what
    reaches a database is imported when it is."""
    from planner.store.drafts import open_store

    return open_store()


def plan_by_link() -> Plan | None:
    """The plan that the page's address names, or None where it names none; that it
    could not be opened is said at the top of the next page."""
    given = st.query_params.get(LINK)
    if not given:
        return None
    try:
        draft = _database().open(link_in(given))
    except DraftNotFound as error:
        st.query_params.pop(LINK, None)
        give_notice(f"The plan could not be opened: {error}. A new plan is open instead.")
        return None
    except SavedPlanError as error:
        st.error(
            f"The plan of this link cannot be opened just now: {error}. Load the page again in a "
            "moment."
        )
        st.stop()
    st.session_state[DRAFT] = draft
    return draft.plan


def open_plan() -> Plan:
    """The plan of this session. A new session opens the one its address names, else begins one."""
    if PLAN not in st.session_state:
        plan = plan_by_link()
        if plan is None:
            begin()
        else:
            store_plan(plan)
    _take_in()
    current: Plan = st.session_state[PLAN]
    return current


def begin() -> None:
    """Begin a plan whose board is still to be chosen, with doing nothing as its one option. It is
    kept once a board is; the one open until now stays kept under its link."""
    # A plan is always for a board: until one is chosen this one's is shown nowhere.
    reference = load_reference()
    plan = starter_plan(reference.find_organisation(EXAMPLE_CODE), reference)
    plan = with_value(plan, "options", (reference.example.do_nothing,))
    begin_with(plan)
    st.session_state[CHOSEN] = False


def begin_with_example() -> None:
    """Begin with the worked example."""
    reference = load_reference()
    begin_with(example_plan(reference.find_organisation(EXAMPLE_CODE), reference))


def begin_with(plan: Plan) -> None:
    """Begin with a plan, which is one of its own; the one open until now stays kept under its
    link."""
    begin_another()
    replace(plan)


def choose_icb() -> None:
    """Remember that the board of the plan just begun is the user's choice."""
    st.session_state[CHOSEN] = True


def begin_another() -> None:
    """What is opened next is a plan of its own, with links of its own; the one open until now stays
    under its link."""
    for key in WITH_PLAN:
        st.session_state.pop(key, None)
    st.query_params.pop(LINK, None)


def save_plan(plan: Plan) -> None:
    """Keep the plan once its board is chosen and whenever it has changed, with what others have
    saved since, and show its link in the address. Trouble is remembered, not raised."""
    # A plan merely begun is not worth a place among the plans kept; a board makes it somebody's.
    if open_draft() is None and icb_is_open():
        return
    last: list[tuple[Plan, SavedPlan, Conflicts]] = st.session_state.setdefault(LAST_SAVE, [])
    # The next run begins while one that is told to end may still be saving: what that one saved is
    # taken in first, or it would be taken for someone else's.
    with st.session_state.setdefault(SAVING, Lock()):
        if _take_in():
            st.rerun()
        st.session_state[SAVE_TROUBLE] = _save(plan, open_draft(), last)
    if _take_in():
        # So that the page shows it at once.
        st.rerun()
    link = address().get(LINK)
    if link is not None and st.query_params.get(LINK) != link:
        st.query_params[LINK] = link


def _save(
    plan: Plan, current: SavedPlan | None, last: list[tuple[Plan, SavedPlan, Conflicts]]
) -> str:
    """Keep the plan where it differs from what is kept, and note in `last` what came of it. Returns
    the trouble there was, in words."""
    drafts = _database()
    try:
        if current is None:
            last[:] = [(plan, drafts.create(plan, "The plan was begun", plan.author), ())]
            return ""
        newest = drafts.newest(current.link or current.read_link).number
        elsewhere = newest != current.version.number
        if current.read_only and elsewhere:
            last[:] = [(plan, drafts.open(current.read_link), ())]
        elif not current.read_only and (elsewhere or plan != current.plan):
            last[:] = [(plan, *drafts.save_together(current, plan, note_of, plan.author))]
    except SavedPlanError as error:
        return str(error)
    return ""


def _take_in() -> bool:
    """Take in what came of the last save. Returns whether others had changed something, which the
    fields that it stands in then show, and the page says."""
    last: list[tuple[Plan, SavedPlan, Conflicts]] = st.session_state.get(LAST_SAVE, [])
    if not last:
        return False
    (plan, current, conflicts), now = last[0], st.session_state[PLAN]
    # What was typed since that save is on top of it.
    both, more = merge(plan, now, current.plan)
    conflicts = (*conflicts, *more)
    changed = both != now or bool(conflicts)
    if changed:
        before = open_draft()
        remember(both, conflicts)
        if both != now:
            give_notice(
                f"Someone else changed this, and it is shown here now: {plain(note_of(now, both))}."
            )
        st.session_state[ELSEWHERE] = current.version.saved
        take_over(both)
        st.session_state[BEFORE] = before
    st.session_state[DRAFT] = current
    last.clear()
    return changed


def take_late(path: str, value: object) -> None:
    """Take what was typed into a field before what another person had changed there was seen: it
    counts as typed at the same time, and is saved as made from the plan that the field showed."""
    before: SavedPlan | None = st.session_state.get(BEFORE)
    if before is None or value_at(before.plan, path) == value:
        return
    typed = with_value(before.plan, path, value)
    plan, conflicts = merge(before.plan, typed, st.session_state[PLAN])
    for conflict in conflicts:
        plan = with_mine(plan, conflict)
    take_over(plan)
    st.session_state[DRAFT] = st.session_state[BEFORE] = before


def note_of(before: Plan, after: Plan) -> str:
    """What changed from one version to the next, in a line: the first few things, and how many
    more."""
    changes = differing(before, after)
    named = [change.what for change in changes[:MOST_NAMED]]
    more = len(changes) - len(named)
    return "; ".join(named) + (f"; and {more} more" if more else "") or "No input changed"


def at(moment: datetime) -> str:
    """The time of day of a moment, on this machine's clock."""
    return f"{moment.astimezone():%H:%M}"


def when(moment: datetime) -> str:
    """A moment as a reader says it, on this machine's clock."""
    local = moment.astimezone()
    return f"{day(local.date())}, {local:%H:%M}"


def draw_save_state() -> None:
    """At the side: whether the plan is kept, the last change taken back, and how it is shared."""
    current = open_draft()
    trouble = st.session_state.get(SAVE_TROUBLE)
    if trouble:
        st.error(
            f"Not kept: {plain(trouble)}. Your plan is still open here and is tried again at each "
            "change. Save the plan "
            f"file on {at_step(SUMMARY)}, to be sure."
        )
    elif current is None:
        st.markdown("Nothing is kept yet. The plan is kept once a board is chosen.")
    elif current.read_only:
        st.markdown(f"**Read only.** Last change {at(current.version.saved)}.")
        copy_links("side")
    else:
        number = current.version.number
        with st.container(horizontal=True, gap="xsmall", key=f"saved-version-{number}"):
            saved = f"Saved {at(current.version.saved)}"
            st.markdown(f"{saved} ·" if number > 1 else saved, width="content")
            if number > 1:
                st.button("Undo", key="undo-last", type="tertiary", on_click=_undo)
        st.markdown("This page's address is the key to the plan.")
        copy_links("side")
    if current is not None:
        _watch()


def copy_links(where: str) -> None:
    """Buttons that copy the links of the plan as kept: the one to read first, then the one to
    change it where this session has that."""
    current = open_draft()
    assert current is not None
    for words, link in (("read-only", current.read_link), ("editing", current.link)):
        if link:
            data = {"words": f"Copy the {words} link", "query": f"?{LINK}={link}"}
            COPY_LINK(data=data, key=f"copy-{words}-{where}")


@st.fragment(run_every=LOOKED_AT_EVERY)
def _watch() -> None:
    """Every few seconds: whether the plan is open elsewhere too, and what was saved there."""
    start_run(drawing=True)
    current = open_draft()
    if current is None:
        return
    others = PRESENCE.others(current.read_link, session_id())
    elsewhere = st.session_state.get(ELSEWHERE)
    if others or elsewhere:
        last = at(elsewhere or current.version.saved)
        st.markdown(f"Also open elsewhere, last change {last}.")
    try:
        newest = _database().newest(current.link or current.read_link)
    except SavedPlanError:
        # Said when something is to be kept.
        return
    if newest.number != current.version.number and not st.session_state.get(SAVE_TROUBLE):
        st.rerun()


def _undo() -> None:
    """Take back the last change, whoever made it: the version before becomes the newest one."""
    current = open_draft()
    assert current is not None
    undone, number = st.session_state.get(UNDONE, (None, 0))
    number = number if undone == current.plan else current.version.number
    try:
        versions = _database().versions(current.link)
        # The first of them is the plan as it stands, under a name or not.
        earlier = [one.number for one in versions if not (one.aside or one.named)]
        for before in [one for one in earlier if one <= number][1:]:
            plan = _database().version(current.link, before)
            # Where both changed one thing, the version that tells of it changes nothing.
            if plan != current.plan:
                break
        else:
            give_notice("There is no change before this one.")
            return
    except SavedPlanError as error:
        give_notice(f"Not undone: {plain(str(error))}.")
        return
    give_notice(f"Undone: {plain(note_of(plan, current.plan))}.")
    st.session_state.pop(ICB_MOVED, None)
    st.session_state[UNDONE] = (plan, before)
    replace(plan)


def open_as_new(plan: Plan, note: str) -> None:
    """Open a plan as one of its own, kept at once under links of its own. Raises SavedPlanError."""
    draft = _database().create(plan, note, plan.author)
    begin_another()
    st.session_state[DRAFT] = draft
    replace(plan)
