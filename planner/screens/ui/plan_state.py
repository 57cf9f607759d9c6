"""What a session holds of its open plan, by name, and what that alone tells.

Nothing that makes or reads a plan is imported, so that the front page, which opens none, waits for
none of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from planner.store.drafts import SavedPlan

PLAN = "plan"
DRAFT, SAVE_TROUBLE = "draft", "draft-not-kept"
CHOSEN = "board-chosen"
"""Whether the user has chosen the board of the plan just begun."""
BROUGHT = "brought:"
RESCUED = "rescued:"
"""With the name of a box for plan files, what could be read of the file in it and what not."""
LINK = "plan"
"""The name of a plan's link in the address of the page."""
GAP = "gap"
"""The name, in the address of a page, of what is missing that is to be given there."""


def open_draft() -> SavedPlan | None:
    """The open plan as it is kept, or None where it is not kept yet."""
    current: SavedPlan | None = st.session_state.get(DRAFT)
    return current


def may_only_read() -> bool:
    """Whether the open plan was opened by the link that may only read."""
    current = open_draft()
    return current is not None and current.read_only


def icb_is_open() -> bool:
    """Whether no board has been chosen yet in a plan just begun."""
    return st.session_state.get(CHOSEN) is False


def address() -> dict[str, str]:
    """What a page's address holds when it is gone to, so that it is one step for the browser's Back
    button."""
    current = open_draft()
    return {} if current is None else {LINK: current.link or current.read_link}
