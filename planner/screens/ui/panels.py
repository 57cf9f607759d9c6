"""Panels that stay closed until they are wanted. What is in them is drawn by whoever opens one, never here."""

from collections.abc import Iterator
from contextlib import contextmanager

import streamlit as st

from planner.screens.ui.session import panel

OPENED = "opened-panels"


@contextmanager
def lazy_panel(title: str, name: str) -> Iterator[bool]:
    """A panel, closed at first. Gives whether to draw what is in it: from when it is first opened
    until the step is left.

    A page whose panels are closed is soon drawn and soon sent. What was opened once goes on being
    drawn, so that closing a panel loses nothing half typed in it. Names are each used once on a
    page.
    """
    key = panel(name)
    place = st.expander(title, key=key, on_change="rerun")
    opened: set[str] = st.session_state.setdefault(OPENED, set())
    if place.open:
        opened.add(key)
    with place:
        yield key in opened


def close_all() -> None:
    """Begin a step with every panel closed."""
    st.session_state.pop(OPENED, None)
