"""What every step shares: the stepper, the summary at the side, Back and Continue, charts with tables."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from string import Template
from typing import Any

import streamlit as st

from planner.analysis.completeness.sign_off import NEEDS_ATTENTION, TO_READ, step_states
from planner.analysis.formatting import Unit, format_range
from planner.analysis.results.results import Results
from planner.model.case_study_names import case_study_names
from planner.model.plan import Plan
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.screens.ui.accessibility import announce, begin_at_heading
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.panels import close_all, lazy_panel
from planner.screens.ui.saved_plan import (
    address,
    begin,
    plan_by_link,
    save_plan,
    say_how_kept,
    settle,
)
from planner.screens.ui.session import (
    CAME_FROM,
    HELD_BACK,
    LEFT_OUT,
    MOVED,
    PLAN,
    REFUSED,
    TOASTED,
    WAITING,
    IcbMoved,
    bare_plan,
    chart_for,
    end_run,
    give_notice,
    open_plan,
    results_for,
    start_run,
    store_plan,
    take_notice,
)
from planner.screens.ui.sign_off import agree
from planner.screens.ui.streamlit_compat import TO_SHOW
from planner.screens.ui.tables import arrow, table

FINDING_OF = "found-for"
"""The plan that a finding was last drawn for."""

Show = Callable[[Plan, ReferenceData], Plan]


@dataclass(frozen=True)
class WizardStep:
    """One step of the wizard: what it is for, what it changes, and how to fetch the function that
    draws it."""

    id: str
    title: str
    purpose: str
    changes: str
    show: Callable[[], Show]


def run(
    step: WizardStep, reference: ReferenceData, pages: dict[str, Any], comparison: dict[str, Any]
) -> None:
    """Draw one step: heading, the step itself, the side, and the way on. The plan is kept before
    any move.

    `pages` are the steps in order. `beside` are pages outside that order, which lead back to the
    step they were reached from.
    """
    start_run()
    ids = list(pages)
    if step.id in pages:
        place = ids.index(step.id)
        st.progress((place + 1) / len(ids), text=f"Step {place + 1} of {len(ids)}")
        st.session_state[CAME_FROM] = step.id
    else:
        # As if between the step it was reached from and nothing, so that Back leads there.
        place = ids.index(st.session_state.get(CAME_FROM, ids[0])) + 1
        ids = [*ids[:place], step.id]
    st.title(step.title, anchor=False)
    # Always there, so that what comes and goes in it moves nothing below.
    top = st.container(key="top")
    purpose = Template(step.purpose).substitute(case_study_names(reference.case_studies))
    st.markdown(f"{purpose}\n\n**What it changes:** {step.changes}")
    with top:
        _arrive(step)
    plan = open_plan(reference, plan_by_link, begin)
    settle(plan)
    alerts = st.container()
    moved: IcbMoved | None = st.session_state.get(MOVED)
    if moved and step.id != "place":
        st.warning(
            plain(
                f"The board has been changed. Still as typed for {moved.words}. Clear or keep them on the "
                "Place step; until then the documents would mix two boards."
            )
        )
    st.session_state[REFUSED], st.session_state[WAITING] = [], []
    try:
        plan = step.show()(plan, reference)
        store_plan(plan)
        save_plan(plan)
        st.divider()
        agree(plan, step.id)
        results = results_for(plan)
        with alerts:
            for alert in results.input_alerts:
                if alert.where == step.id:
                    st.warning(plain(alert.text))
        summary = _summary(results)
    except ReferenceMissing as error:
        st.error(f"This cannot be worked out: {error}. Change it here or on an earlier step.")
        results, summary = None, []
        # What was typed is kept all the same.
        save_plan(st.session_state[PLAN])
    refused = st.session_state[REFUSED]
    for message in refused:
        st.error(message)
        if message not in st.session_state.get(TOASTED, []):
            st.toast(message)
    st.session_state[TOASTED] = refused
    _ways_on(step, pages, ids, place, refused)
    if results is not None:
        announce(results)
    with st.sidebar:
        _side(step, pages, comparison, results, summary)
    end_run()


def _arrive(step: WizardStep) -> None:
    """Begin at the heading of a step just reached, and say what the last one left to be said."""
    if st.session_state.get("step") != step.id:
        first = "step" not in st.session_state
        st.session_state["step"] = step.id
        close_all()
        if not first:
            begin_at_heading(step.id)
    notice = take_notice()
    if notice:
        st.warning(notice)
        # A toast is seen wherever the page is scrolled to.
        st.toast(notice)


def _ways_on(
    step: WizardStep, pages: dict[str, Any], ids: list[str], place: int, refused: list[str]
) -> None:
    """Draw the buttons back and on, and the one that leaves out what holds the step."""
    with st.container(horizontal=True):
        if place > 0 and st.button(f"Back to {pages[ids[place - 1]].title}", key="back"):
            _move(pages[ids[place - 1]], step)
        if place < len(ids) - 1 and st.button(
            f"Continue to {pages[ids[place + 1]].title}", key="continue", type="primary"
        ):
            _move(pages[ids[place + 1]], step)
        waiting = st.session_state[WAITING] if st.session_state.get(HELD_BACK) == step.id else []
        left_out = [*refused, *waiting]
        if (
            left_out
            and place < len(ids) - 1
            and st.button("Leave these out and continue", key="leave-out")
        ):
            st.session_state.pop(HELD_BACK, None)
            st.session_state[LEFT_OUT] = step.id
            give_notice(
                "Left out on the last step; the plan keeps what it held before. "
                + " ".join(left_out)
            )
            st.switch_page(pages[ids[place + 1]], query_params=address())


def _move(page: Any, step: WizardStep) -> None:
    """Go to another step, unless something here was refused, or waits for a yes, and would be lost
    by leaving."""
    current = [*st.session_state[REFUSED], *st.session_state[WAITING]]
    if not current:
        st.switch_page(page, query_params=address())
    st.session_state[HELD_BACK] = step.id
    for message in current:
        st.error(f"Not moved, so that nothing is lost. {message}")


def _summary(results: Results) -> list[str]:
    """What the plan comes to, in the few lines at the side."""
    lines = [
        f"**Place:** {plain(results.place_name)}",
        f"**People prescribed:** {format_range(results.need.people)}"
        + (
            f", because {plain(results.need.missing_because)}"
            if results.need.missing_because
            else ""
        ),
        f"**May take up support:** {format_range(results.need.demand)}"
        + (" a year" if results.need.demand else ", for the same reason"),
    ]
    preferred = results.preferred
    if preferred:
        lines.append(f"**Preferred:** {plain(preferred.name)}")
        lines.append(f"**Cost a year:** {format_range(preferred.annual_cost, Unit.POUNDS)}")
        lines.append(f"**Cost per head:** {format_range(preferred.cost_per_head, Unit.PENCE)}")
    else:
        lines.append("**Preferred:** not yet chosen (step 7, Options)")
    lines.append(
        f"**Still missing:** {len(results.missing_inputs)}, each with its reason on the Download step"
    )
    return lines


def _side(
    step: WizardStep,
    pages: dict[str, Any],
    comparison: dict[str, Any],
    result: Results | None,
    summary: list[str],
) -> None:
    st.markdown("**Steps**")
    states = (
        step_states(result.plan, bare_plan(result.plan), result.missing_inputs) if result else {}
    )
    if st.session_state[REFUSED] or st.session_state[WAITING]:
        states[step.id] = NEEDS_ATTENTION
    for number, (page_id, page) in enumerate(pages.items(), start=1):
        state = states.get(page_id, TO_READ) if result else ""
        if page_id == step.id:
            with st.container(key="here"):
                here = f"you are here · {state}" if state else "you are here"
                st.markdown(f"**{number}. {page.title}** :small[{here}]")
        elif st.button(
            f"{number}. {page.title}" + (f" :small[{state}]" if state else ""),
            key=f"go:{page_id}",
            type="tertiary",
        ):
            _move(page, step)
    if result is not None:
        st.divider()
        st.markdown("\n\n".join(["**The plan so far**", *summary]))
    say_how_kept()
    st.divider()
    st.markdown("**Beside the steps**")
    for page_id, page in comparison.items():
        if page_id == step.id:
            with st.container(key="here"):
                st.markdown(f"**{page.title}** :small[you are here]")
        elif st.button(page.title, key=f"go:{page_id}", type="tertiary"):
            _move(page, step)


def draw_finding_first(draw: Callable[[Results], None], plan: Plan) -> Callable[[Plan], None]:
    """Draw what a step has found before its fields are, so that after a change it is the first
    thing sent.

    Gives a function to call with the plan once the fields are drawn: it keeps that plan in the
    session, and draws again only if the fields made another one of it. After a change the rest of
    the page waits a moment, in which the browser shows the finding: a browser that has the whole
    page to take in shows nothing until it has.
    """
    place, chart_for = st.empty(), []
    changed = st.session_state.get(FINDING_OF) != plan

    def redraw(now: Plan) -> None:
        # Even where nothing can be worked out from it.
        store_plan(now)
        if now not in chart_for:
            with place.container():
                draw(results_for(now))
            chart_for.append(now)

    # Said once the fields are there that can mend it.
    with suppress(ReferenceMissing):
        redraw(plan)
        if changed:
            time.sleep(TO_SHOW)
    st.session_state[FINDING_OF] = plan
    return redraw


def chart(name: str, plan: Plan, heading: str | None = None) -> None:
    """A chart with its words and a table of its numbers, or nothing where there is nothing to draw."""
    picture = chart_for(name, plan)
    if picture is None:
        return
    st.header(heading or picture.title, anchor=False)
    datasets = {name: arrow(rows) for name, rows in picture.spec["datasets"].items()}
    st.vega_lite_chart(
        spec=picture.spec | {"datasets": datasets},
        theme=None,
        width="stretch",
        alt=picture.alternative,
    )
    if picture.reading:
        st.markdown(f":small[{picture.reading}]")
    with lazy_panel("The numbers in this chart", f"numbers-{name}") as is_open:
        if is_open:
            table(
                [{str(k): v for k, v in row.items()} for row in picture.table.to_dict("records")],
                picture.alternative,
                in_panel=False,
            )
