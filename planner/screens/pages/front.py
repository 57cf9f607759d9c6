"""The front page: two ways to begin, and the plans that are there already. It opens none itself."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.analysis.completeness.wizard_steps import SUMMARY, at_step
from planner.screens.ui.markup import plain
from planner.screens.ui.page_book import BOOK, PageBook, go_to, link_to, list_at_the_side
from planner.screens.ui.plan_box import brought_plan
from planner.screens.ui.plan_state import (
    LINK,
    PLAN,
    RESCUED,
    SAVE_TROUBLE,
    address,
    icb_is_open,
    may_only_read,
)
from planner.screens.ui.recent import recent_plans

if TYPE_CHECKING:
    from planner.model.plan import Plan

BOX = "plan"
"""The name of the box for a plan file."""


def draw(book: PageBook) -> None:
    """Draw the page, and leave it for what is pressed. Where the address names a plan, open that
    instead: at the first step, or at the summary for whoever may only read it."""
    st.session_state[BOOK] = book
    if st.query_params.get(LINK):
        from planner.screens.ui.saved_plan import open_plan

        open_plan()
        begin_at = SUMMARY if may_only_read() else "need"
        st.switch_page(book.steps[begin_at], query_params=address())
    st.title("Prescribed medicines planner", anchor=False)
    st.markdown(
        "Helps an integrated care board in England plan, cost and specify support for adults "
        "prescribed antidepressants, benzodiazepines, gabapentinoids, opioids or Z-drugs. It "
        "writes the papers that NHS England's framework PR1103 asks for, holds no information "
        "about any person, and gives no advice on anyone's medicines."
    )
    current: Plan | None = st.session_state.get(PLAN)
    trouble = st.session_state.get(SAVE_TROUBLE)
    if trouble:
        st.warning(
            "The open plan could not be kept. Save its file before another is begun: see "
            f"{at_step(SUMMARY)}."
        )
    one, two = st.columns(2, gap="medium")
    quick = _door(
        one,
        "A first draft",
        "Three short pages: where and what you know, what you might buy, and both papers to take "
        "away. All else stands at the planner's defaults, and is marked so.",
        "A first draft in three questions (10 minutes)",
        key="begin-draft",
        type="primary",
        disabled=bool(trouble),
    )
    full = _door(
        two,
        "The whole plan",
        "Six steps, with local files, inequality, options, outcomes and the group. A first draft "
        "can be gone on with here at any time.",
        "Work through it (six steps)",
        key="begin-full",
        disabled=bool(trouble),
    )
    st.header("Open a plan", anchor=False)
    # Of a plan whose board is still to be chosen there is nothing to go on with.
    if current is not None and not icb_is_open():
        link_to(SUMMARY, f"Go on with the open plan: {current.title}")
    one, two = st.columns(2, gap="medium")
    with one:
        st.subheader("Recent plans in this browser", anchor=False)
        recent_plans()
    with two:
        st.subheader("A file, or the worked example", anchor=False)
        example = st.button(
            "Load the South Yorkshire example", key="example", disabled=bool(trouble)
        )
        with st.expander("Open a saved plan"):
            _open_file()
    if quick or full:
        from planner.screens.ui.saved_plan import begin

        begin()
        go_to("quick_need" if quick else "need")
    if example:
        from planner.screens.ui.saved_plan import begin_with_example

        begin_with_example()
        go_to(SUMMARY)
    with st.sidebar:
        list_at_the_side("", partial(st.switch_page, query_params=address()), book, {})


def _door(place: Any, heading: str, about: str, words: str, **button: Any) -> bool:
    """A box with one way to begin and its button, which stands at the foot of the box, level with
    its neighbour's. Returns whether it was pressed."""
    with place.container(border=True, height="stretch", vertical_alignment="distribute"):
        with st.container():
            st.header(heading, anchor=False)
            st.write(about)
        pressed: bool = st.button(words, **button)
        return pressed


def _open_file() -> None:
    """Open a plan file; where one is damaged in parts, offer the rest of it."""
    brought = brought_plan("Plan file", BOX)
    if brought is not None:
        _open(brought[0])
    rescued: tuple[Plan, tuple[str, ...]] | None = st.session_state.get(RESCUED + BOX)
    if rescued is None:
        return
    plan, left_out = rescued
    st.warning(
        f"The rest of that file can be read. Left out would be: {plain('; '.join(left_out))}."
    )
    if st.button("Open what can be read", key="open-rescued"):
        st.session_state.pop(RESCUED + BOX)
        _open(plan)


def _open(plan: Plan) -> None:
    from planner.screens.ui.saved_plan import begin_with

    begin_with(plan)
    go_to(SUMMARY)
