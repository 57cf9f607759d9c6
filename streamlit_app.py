"""The wizard's front door: page set-up and navigation. It hands the open plan to a screen, and holds no sums."""

from __future__ import annotations

from functools import partial

import streamlit as st

from planner.screens import ASIDES, STEPS
from planner.screens.frame import look, run, run_aside
from planner.screens.state import reference_data

reference = reference_data()
pages: dict[str, st.Page] = {}
asides: dict[str, st.Page] = {}
for place, step in enumerate(STEPS):
    show = partial(run, step, reference, pages, asides)
    show.__name__ = step.id  # type: ignore[attr-defined]
    pages[step.id] = st.Page(show, title=step.title, url_path=step.id, default=place == 0)
for aside in ASIDES:
    show = partial(run_aside, aside, reference, pages)
    show.__name__ = aside.id  # type: ignore[attr-defined]
    asides[aside.id] = st.Page(show, title=aside.title, url_path=aside.id)

page = st.navigation([*pages.values(), *asides.values()], position="hidden")
st.set_page_config(page_title=f"{page.title} – Prescribed medicines planner", layout="wide")
look()
page.run()
