"""The wizard's front door: page set-up and navigation. It hands the open plan to a screen."""

from __future__ import annotations

from functools import partial

import streamlit as st

from planner.analysis.completeness.wizard_steps import LEADS_ON
from planner.screens.navigation import DRAFT, OFF_THE_SIDE, STEPS, TOOLS, place_of
from planner.screens.pages import front
from planner.screens.prewarm import prewarm_meanwhile
from planner.screens.ui import sign_in
from planner.screens.ui.page_book import PageBook, draw_step, lead_on
from planner.screens.ui.style import ABOUT, page_style

if not sign_in.done():
    with page_style():
        sign_in.ask()
book = PageBook(None, {}, {}, {}, {}, place_of)
for group, members in (
    (book.draft, DRAFT),
    (book.steps, STEPS),
    (book.tools, TOOLS),
    (book.off_the_side, OFF_THE_SIDE),
):
    for step in members:
        group[step.id] = st.Page(partial(draw_step, step, book), title=step.title, url_path=step.id)
book.front = st.Page(
    partial(front.draw, book),
    title="Prescribed medicines planner",
    default=True,
)

older = [
    st.Page(partial(lead_on, old, book), title=book.pages[new].title, url_path=old)
    for old, new in LEADS_ON.items()
    if old not in book.pages
]
page = st.navigation([book.front, *book.pages.values(), *older], position="hidden")
of = "" if page is book.front else f"{page.title} – "
st.set_page_config(
    page_title=f"{of}Prescribed medicines planner",
    layout="wide",
    menu_items={"About": ABOUT},
)
with page_style():
    page.run()
    sign_in.way_out()
prewarm_meanwhile()
