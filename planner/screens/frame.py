"""What every step shares: the stepper, the summary at the side, Back and Continue, charts with tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from planner.analysis.results import Results
from planner.analysis.wording import span
from planner.model.plan import Plan
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.screens.access import begin_at_heading, tell
from planner.screens.agree import agree, agreed_steps
from planner.screens.drafts import address, begin, keep_safe, plan_by_link, say_how_kept, settle
from planner.screens.fields import plain_text as plain
from planner.screens.state import (
    CAME_FROM,
    HELD_BACK,
    LEFT_OUT,
    MOVED,
    REFUSED,
    TOASTED,
    WAITING,
    drawn,
    give_notice,
    keep,
    open_plan,
    take_notice,
    worked_out,
)
from planner.screens.tables import table

Show = Callable[[Plan, ReferenceData], Plan]

STYLE = """
<style>
  .block-container {max-width: 72rem; padding-top: 2.5rem;}
  h1 {font-size: 2rem !important;} h2 {font-size: 1.45rem !important;} h3 {font-size: 1.15rem !important;}
  :focus-visible, label:has(input:focus-visible) {outline: 3px solid #212B32 !important; outline-offset: 2px;
                  box-shadow: 0 0 0 5px #FFEB3B !important;}
  [data-testid="stMetricValue"] {font-size: 1.6rem; white-space: normal;}
  [data-testid="stMetricLabel"] p {font-size: 0.95rem;}
  [data-testid="stSidebar"] button p {text-align: left;}
  [data-testid="stTable"] td, [data-testid="stTable"] th {font-size: 0.9rem;}
  [data-testid="stHeader"] {background: transparent;}
  [data-testid="stSidebar"][data-collapsed="true"] {visibility: hidden;}
  [data-testid="stElementToolbar"]:focus-within {opacity: 1 !important; z-index: 1;}
@media print {
  [data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stButton"], [data-testid="stDownloadButton"] { display: none; }
  [data-testid="stMain"], [data-testid="stAppViewContainer"] { overflow: visible; height: auto; position: static; }
}
</style>
"""


@dataclass(frozen=True)
class Step:
    """One step of the wizard: what it is for, what it changes, and the function that draws it."""

    id: str
    title: str
    purpose: str
    changes: str
    show: Show


def look() -> None:
    """The few rules of style that the theme cannot give."""
    st.html(STYLE)


def run(step: Step, reference: ReferenceData, pages: dict[str, Any], beside: dict[str, Any]) -> None:
    """Draw one step: heading, the step itself, the side, and the way on. The plan is kept before any move.

    `pages` are the steps in order. `beside` are pages outside that order, which lead back to the step they were
    reached from.
    """
    ids = list(pages)
    if step.id in pages:
        place = ids.index(step.id)
        st.progress((place + 1) / len(ids), text=f"Step {place + 1} of {len(ids)}")
        st.session_state[CAME_FROM] = step.id
    else:  # as if between the step it was reached from and nothing, so that Back leads there
        place = ids.index(st.session_state.get(CAME_FROM, ids[0])) + 1
        ids = [*ids[:place], step.id]
    st.title(step.title, anchor=False)
    top = st.container()  # always there, so that what comes and goes in it moves nothing below
    st.write(step.purpose)
    with top:
        if st.session_state.get("step") != step.id:  # a step just reached begins at its heading
            first = "step" not in st.session_state
            st.session_state["step"] = step.id
            if not first:
                begin_at_heading(step.id)
        notice = take_notice()
        if notice:
            st.warning(notice)
            st.toast(notice)  # seen wherever the page is scrolled to
    with st.expander(
        "What this step changes in the documents" if step.id in pages else "What this page changes"
    ):
        st.write(step.changes)
    plan = open_plan(reference, plan_by_link, begin)
    settle(plan)
    alerts = st.container()
    if st.session_state.get(MOVED) and step.id != "place":
        st.warning(
            plain(
                f"The board has been changed. Still as typed for {st.session_state[MOVED]}. Clear or keep them on the "
                "Place step; until then the documents would mix two boards."
            )
        )
    st.session_state[REFUSED], st.session_state[WAITING] = [], []
    try:
        plan = step.show(plan, reference)
        keep(plan)
        keep_safe(plan)
        agree(plan, step.id)
        found = worked_out(plan)
        with alerts:
            for alert in found.alerts:
                if alert.where == step.id and step.id != "options":
                    st.warning(plain(alert.text))
    except ReferenceMissing as error:
        st.error(f"This cannot be worked out: {error}. Change it here or on an earlier step.")
        found = None
    st.divider()
    refused = st.session_state[REFUSED]
    for message in refused:
        st.error(message)
        if message not in st.session_state.get(TOASTED, []):
            st.toast(message)
    st.session_state[TOASTED] = refused
    left, right = st.columns(2)
    with left:
        if place > 0 and st.button(f"Back to {pages[ids[place - 1]].title}", key="back"):
            _move(pages[ids[place - 1]], step)
    with right:
        if place < len(ids) - 1 and st.button(
            f"Continue to {pages[ids[place + 1]].title}", key="continue", type="primary"
        ):
            _move(pages[ids[place + 1]], step)
        waiting = st.session_state[WAITING] if st.session_state.get(HELD_BACK) == step.id else []
        left_out = [*refused, *waiting]
        if left_out and place < len(ids) - 1 and st.button("Leave these out and continue", key="leave-out"):
            st.session_state.pop(HELD_BACK, None)
            st.session_state[LEFT_OUT] = step.id
            give_notice(
                "Left out on the last step; the plan keeps what it held before. " + " ".join(left_out)
            )
            st.switch_page(pages[ids[place + 1]], query_params=address())
    if found is not None:
        tell(found)
    with st.sidebar:
        _side(step, pages, beside, found)


def _move(page: Any, step: Step) -> None:
    """Go to another step, unless something here was refused, or waits for a yes, and would be lost by leaving."""
    held = [*st.session_state[REFUSED], *st.session_state[WAITING]]
    if not held:
        st.switch_page(page, query_params=address())
    st.session_state[HELD_BACK] = step.id
    for message in held:
        st.error(f"Not moved, so that nothing is lost. {message}")


def _side(step: Step, pages: dict[str, Any], beside: dict[str, Any], found: Results | None) -> None:
    st.markdown("**Steps**")
    agreed = agreed_steps(found.plan) if found else {}
    for number, (page_id, page) in enumerate(pages.items(), start=1):
        missing = sum(gap.where == page_id for gap in found.gaps) if found else 0
        state = f" · {missing} missing" if missing else ""
        if page_id in agreed:
            state += " · agreed, changed since" if agreed[page_id] else " · agreed"
        if page_id == step.id:
            st.markdown(f"**{number}. {page.title}** (you are here)")
        elif st.button(f"{number}. {page.title}{state}", key=f"go:{page_id}", type="tertiary"):
            _move(page, step)
    st.divider()
    st.markdown("**Beside the steps**")
    for page_id, page in beside.items():
        if page_id == step.id:
            st.markdown(f"**{page.title}** (you are here)")
        elif st.button(page.title, key=f"go:{page_id}", type="tertiary"):
            _move(page, step)
    if found is None:
        return
    st.divider()
    lines = [
        f"**Place:** {plain(found.place_name)}",
        f"**People prescribed:** {span(found.need.people)}",
        f"**May take up support:** {span(found.need.demand)} a year",
    ]
    if found.preferred:
        lines.append(f"**Preferred:** {plain(found.preferred.name)}")
        lines.append(f"**Cost a year:** {span(found.preferred.annual_cost, 'pounds')}")
        lines.append(f"**Cost per head:** {span(found.preferred.cost_per_head, 'pence')}")
    else:
        lines.append("**Preferred:** not yet chosen")
    lines.append(f"**Still missing:** {len(found.gaps)}")
    for line in lines:
        st.markdown(line)
    say_how_kept(found.plan)


def chart(name: str, plan: Plan, heading: str | None = None) -> None:
    """A chart with its words and a table of its numbers, or nothing where there is nothing to draw."""
    picture = drawn(name, plan)
    if picture is None:
        return
    st.header(heading or picture.title, anchor=False)
    st.vega_lite_chart(spec=picture.spec, theme=None, width="stretch", alt=picture.alternative)
    with st.expander("The numbers in this chart"):
        table(picture.table.to_dict("records"), picture.alternative)
