"""The wizard's front door: page set-up and navigation. It hands the open plan to a screen."""

from __future__ import annotations

from functools import partial

import streamlit as st

from planner.reference import load_reference
from planner.screens.navigation import PAGES, STEPS
from planner.screens.prewarm import prewarm_meanwhile
from planner.screens.ui import sign_in
from planner.screens.ui.page import run
from planner.screens.ui.style import ABOUT, page_style

if not sign_in.done():
    with page_style():
        sign_in.ask()
reference = load_reference()
pages: dict[str, st.Page] = {}
beside: dict[str, st.Page] = {}
for group, steps in ((pages, STEPS), (beside, PAGES)):
    for step in steps:
        show = partial(run, step, reference, pages, beside)
        group[step.id] = st.Page(show, title=step.title, url_path=step.id, default=step is STEPS[0])

page = st.navigation([*pages.values(), *beside.values()], position="hidden")
st.set_page_config(
    page_title=f"{page.title} – Prescribed medicines planner",
    layout="wide",
    menu_items={"About": ABOUT},
)
with page_style():
    page.run()
    sign_in.way_out()
prewarm_meanwhile()
