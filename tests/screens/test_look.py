"""The style is drawn in every run that ends, and first in a session and after a stop."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

PAGE = """
import streamlit as st
from planner.screens.ui.style import page_style
with page_style():
    st.title("Page")
    typed = st.number_input("Number", value=0)
    if typed == 1:
        st.stop()
    if typed == 2:
        raise ValueError
    if typed == 3 and not st.session_state.get("again"):
        st.session_state["again"] = True
        st.rerun()
"""


def styles(app: AppTest) -> int:
    return len(app.get("html"))


def test_style_is_drawn_unless_a_run_is_stopped_and_returns_on_the_next() -> None:
    app = AppTest.from_string(PAGE).run()
    assert styles(app) == 1
    for typed, there in ((5, 1), (2, 1), (3, 1), (1, 0), (4, 1), (6, 1)):
        assert styles(app.number_input[0].set_value(typed).run()) == there, typed


def test_a_session_that_stops_at_once_is_styled() -> None:
    app = AppTest.from_string(PAGE.replace("value=0", "value=1"))
    assert styles(app.run()) == 1
    assert styles(app.run()) == 1
