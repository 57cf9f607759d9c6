"""Where two people changed the same thing of a plan: both values at its field, and a choice."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import streamlit as st
from pydantic import ValidationError

from planner.analysis.formatting import capital, day
from planner.documents.changes.inputs import NOTHING_ELSE, labels_of
from planner.model.edit import value_at
from planner.model.merge import GONE, Conflict, ListRow, path_in, with_mine
from planner.model.plan import Plan
from planner.screens.ui.accessibility import IN_VIEW
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import PLAN
from planner.screens.ui.session import differing, give_notice, take_over
from planner.store.plan_file import in_words

CONFLICTS = "conflicts"
"""The OpenConflicts of the session's plan, until each is chosen or typed anew."""
BOXES = "conflicts-shown"
"""The numbers of those already shown on the page that is being drawn."""


class OpenConflict(NamedTuple):
    """A conflict in words: what it is of, and both values."""

    conflict: Conflict
    what: str
    theirs: str
    mine: str


def remember(plan: Plan, conflicts: tuple[Conflict, ...]) -> None:
    """Let the fields show what someone else changed at the same time."""
    known = [one for _, one in _open_conflicts(plan)]
    # A run that is cut short takes the same ones in again.
    new = [one for one in conflicts if one not in [old.conflict for old in known]]
    known += [OpenConflict(one, *conflict_in_words(plan, one)) for one in new]
    st.session_state[CONFLICTS] = known


def _open_conflicts(plan: Plan) -> list[tuple[int, OpenConflict]]:
    """Those not settled yet, numbered; what has been typed anew since is settled."""
    known: list[OpenConflict] = st.session_state.get(CONFLICTS, [])
    return [(at, one) for at, one in enumerate(known) if _is_open(plan, one.conflict)]


def _is_open(plan: Plan, conflict: Conflict) -> bool:
    path = path_in(plan, conflict.place)
    is_as_theirs = path is not None and value_at(plan, path) == conflict.theirs
    return is_as_theirs or isinstance(conflict.place[-1], ListRow)


def conflict_in_words(plan: Plan, conflict: Conflict) -> tuple[str, str, str]:
    """What the conflict is of, and what the plan holds and would hold, in words."""
    try:
        change = differing(plan, with_mine(plan, conflict))[0]
        # Of a row that has nothing but its name, that is what there is to tell.
        values = (change.before, change.after)
        theirs, mine = (change.what if one == NOTHING_ELSE else one for one in values)
        return change.what, theirs, mine
    except (ValidationError, LookupError):
        # The plan's rules refuse it beside what the other changed.
        parent, _, name = (path_in(plan, conflict.place) or "title").rpartition(".")
        label = labels_of(type(value_at(plan, parent) if parent else plan))[name].label
        values = (conflict.theirs, conflict.mine)
        theirs, mine = (day(one) if isinstance(one, date) else str(one) for one in values)
        return capital(label), theirs, mine


def show_conflicts(plan: Plan, path: str = "") -> None:
    """The conflict of a field that was just drawn, if there is one; without a path those left,
    whose field is not on this page or not open."""
    for number, one in _open_conflicts(plan):
        is_here = not path or path_in(plan, one.conflict.place) == path
        if is_here and number not in st.session_state[BOXES]:
            st.session_state[BOXES].append(number)
            _box(number, one)


def _box(number: int, one: OpenConflict) -> None:
    with st.container(border=True):
        left_out, taken_out = one.conflict.theirs is GONE, one.conflict.mine is GONE
        theirs = "no longer has it" if left_out else f"now says “{plain(one.theirs)}”"
        mine = "took it out" if taken_out else f"typed “{plain(one.mine)}”"
        st.warning(
            f"You and someone else changed this at the same time: **{plain(one.what)}**. The plan "
            f"{theirs}. You {mine}. Choose which to keep. Nothing is lost: the other is kept too, "
            "under Versions and compare."
        )
        with st.container(horizontal=True):
            for words, use_mine in (("Keep theirs", False), ("Use mine", True)):
                st.button(
                    f"{words}: {plain(one.what)}",
                    key=f"conflict-{number}-{use_mine}",
                    on_click=_choose,
                    args=(one, use_mine),
                )
        IN_VIEW(key=f"conflict-{number}-in-view")


def _choose(one: OpenConflict, mine: bool) -> None:
    plan: Plan = st.session_state[PLAN]
    try:
        after = with_mine(plan, one.conflict) if mine else plan
    except ValidationError as error:
        give_notice(f"Not done: {plain(in_words(error))}")
        return
    except LookupError as error:
        give_notice(f"Not done: {error}.")
        return
    st.session_state[CONFLICTS].remove(one)
    take_over(after)
