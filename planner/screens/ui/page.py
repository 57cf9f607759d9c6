"""What every page shares: the heading, the summary at the side, Back and Continue, agreement."""

from collections.abc import Mapping
from datetime import date
from functools import partial
from string import Template
from typing import Any

import streamlit as st
from pydantic import ValidationError

from planner.analysis.completeness.sign_off import (
    NEEDS_ATTENTION,
    SignOffStatus,
    agreements,
    step_mark,
    step_states,
)
from planner.analysis.completeness.wizard_steps import STEPS, at_step
from planner.analysis.formatting import Unit, format_range, several
from planner.analysis.results.results import Results
from planner.model.base import LONGEST_LINE
from planner.model.case_study_names import case_study_names
from planner.model.edit import with_value
from planner.model.plan import Agreement, Plan
from planner.model.reference import ReferenceMissing
from planner.reference import load_reference
from planner.screens.ui.accessibility import HEADING_FIRST, announce
from planner.screens.ui.conflicts import BOXES, show_conflicts
from planner.screens.ui.display import OPENED, lazy_panel
from planner.screens.ui.form import focus_on_sought, hold_incomplete, keep_half_typed
from planner.screens.ui.markup import plain
from planner.screens.ui.page_book import (
    BOOK,
    CAME_FROM,
    LEAVE_FOR,
    PageBook,
    WizardStep,
    go_to,
    link_to,
    list_at_the_side,
)
from planner.screens.ui.plan_state import (
    GAP,
    PLAN,
    address,
    icb_is_open,
    may_only_read,
    open_draft,
)
from planner.screens.ui.recent import remember_plan
from planner.screens.ui.saved_plan import draw_save_state, open_plan, save_plan, when
from planner.screens.ui.session import (
    COMES_FIRST,
    ICB_MOVED,
    LEFT_OUT,
    NOTICE,
    PAUSED_STEP,
    REFUSED,
    TOASTED,
    VISIT,
    WAITING,
    IcbMoved,
    give_notice,
    nothing_is_lost,
    results_for,
    start_run,
    store_plan,
)
from planner.screens.ui.sought import seek
from planner.screens.ui.streamlit_compat import DeltaGenerator
from planner.screens.ui.typed import without_a_patient
from planner.store.plan_file import in_words


def run(step: WizardStep, book: PageBook) -> None:
    """Draw one step: heading, the step itself, the side, and the way on. The plan is kept before
    any move."""
    start_run()
    reference = load_reference()
    st.session_state[BOOK] = book
    pages = book.way(step.id)
    ids = list(pages)
    with st.container(horizontal=True, vertical_alignment="bottom", key="heading"):
        st.title(step.title, anchor=False, width="content")
        if step.id in pages:
            place = ids.index(step.id)
            what = "Step" if pages is book.steps else "First draft: page"
            st.markdown(f":small[{what} {place + 1} of {len(ids)}]", width="content")
            st.session_state[CAME_FROM] = step.id
        else:
            # As if between the step it was reached from and nothing, so that Back leads there.
            place = ids.index(st.session_state.get(CAME_FROM, ids[0])) + 1
            ids = [*ids[:place], step.id]
    # Always there, so that what comes and goes in it moves nothing below.
    top = st.container(key="top")
    st.markdown(Template(step.purpose).substitute(case_study_names(reference.case_studies)))
    plan = open_plan()
    with top:
        _arrive(step, book, plan)
    _say_read_only(step)
    alerts = st.container()
    st.session_state[BOXES] = []
    moved: IcbMoved | None = st.session_state.get(ICB_MOVED)
    if moved and step.id != "need":
        st.warning(
            plain(
                f"The board has been changed. Still as typed for {moved.words}. Clear or keep "
                f"them on {at_step('need')}; until then the documents would mix two boards."
            )
        )
    st.session_state[REFUSED], st.session_state[WAITING] = [], []
    st.session_state[COMES_FIRST] = False
    results, summary = None, ["**Place:** not yet chosen"]
    try:
        if icb_is_open() and step.needs_icb:
            st.info("Choose the board first. Everything here is worked out for it.")
            if st.button("Choose the board", key="choose-board", type="primary"):
                go_to(next(iter(pages)))
        else:
            plan = step.show()(plan, reference)
        store_plan(plan)
        save_plan(plan)
        with alerts:
            show_conflicts(plan)
        if not icb_is_open():
            results, summary = _work_out(plan, step, alerts)
    except ReferenceMissing as error:
        st.error(f"This cannot be worked out: {error}. Change it here or on an earlier step.")
        summary = []
        # What was typed is kept all the same.
        save_plan(st.session_state[PLAN])
    refused = st.session_state[REFUSED]
    for message in refused:
        st.error(message)
        if message not in st.session_state.get(TOASTED, []):
            st.toast(message)
    st.session_state[TOASTED] = refused
    _ways_on(step, book, ids, place, refused)
    focus_on_sought()
    keep_half_typed()
    if results is not None:
        announce(results)
        with top:
            _remember_here(plan.title or results.place_name)
    with st.sidebar:
        list_at_the_side(step.id, partial(_move, step=step), book, _states(step, results))
        st.divider()
        # Before what the plan comes to, so that Undo is in sight on a low screen.
        draw_save_state()
        if summary:
            lines = "\n\n".join(["**The plan so far**", *summary])
            st.container(key="list-of-figures").markdown(lines)


def _work_out(plan: Plan, step: WizardStep, alerts: DeltaGenerator) -> tuple[Results, list[str]]:
    """What the plan comes to, and that in a few lines, once what is to be taken care of on this
    step is said above it and the step can be agreed below it."""
    if step.id in STEPS and not may_only_read():
        st.divider()
        _agree(plan, step.id)
    results = results_for(plan)
    for alert in results.input_alerts:
        if alert.where == step.id:
            alerts.warning(plain(alert.text))
    return results, _summary(results)


def _say_read_only(step: WizardStep) -> None:
    """At the top of every page of a plan that may only be read: that it is so, and the way to a
    copy."""
    if not may_only_read():
        return
    st.info("**Read only.** The fields are shut. A copy of your own can be changed.")
    if step.id != "versions":
        link_to("versions", "Make a copy of my own")


def _arrive(step: WizardStep, book: PageBook, plan: Plan) -> None:
    """Begin at the heading of a step just reached, or at the field that it was reached for, and say
    what the last one left to be said."""
    if st.session_state.get("step") != step.id:
        st.session_state.pop(OPENED, None)
        st.session_state.pop(VISIT, None)
        gap = st.query_params.pop(GAP, "")
        place = book.place_of(gap, plan) if gap and not icb_is_open() else None
        if place is not None:
            seek(place)
        elif "step" in st.session_state:
            HEADING_FIRST(key=f"heading-first-{step.id}")
        st.session_state["step"] = step.id
    notice = st.session_state.pop(NOTICE, "")
    if notice:
        st.warning(notice)
        # A toast is seen wherever the page is scrolled to.
        st.toast(notice)


def _ways_on(
    step: WizardStep, book: PageBook, ids: list[str], place: int, refused: list[str]
) -> None:
    """Draw the buttons back and on, and the one that leaves out what holds the step; go where
    something on the step asked to go."""
    pages = book.pages
    if LEAVE_FOR in st.session_state:
        _move(pages[st.session_state.pop(LEAVE_FOR)], step)
    with st.container(horizontal=True):
        if place > 0 and st.button(f"Back to {pages[ids[place - 1]].title}", key="back"):
            _move(pages[ids[place - 1]], step)
        # Until the board is chosen there is nothing to go on to, and choosing it comes first.
        onward = place < len(ids) - 1 and not icb_is_open()
        if onward and st.button(
            f"Continue to {pages[ids[place + 1]].title}",
            key="continue",
            type="secondary" if st.session_state[COMES_FIRST] else "primary",
        ):
            _move(pages[ids[place + 1]], step)
        waiting = st.session_state[WAITING] if st.session_state.get(PAUSED_STEP) == step.id else []
        left_out = [*refused, *waiting]
        words = f"Leave these out and {'continue' if onward else 'go back'}"
        if left_out and st.button(words, key="leave-out"):
            st.session_state.pop(PAUSED_STEP, None)
            st.session_state[LEFT_OUT] = step.id
            give_notice(
                "Left out on the last step; the plan keeps what it held before. "
                + " ".join(left_out)
            )
            to = ids[place + 1 if onward else place - 1]
            st.switch_page(pages[to], query_params=address())


def _move(page: Any, step: WizardStep) -> None:
    """Go to another step, unless something here was refused, or waits for a yes, and would be lost
    by leaving."""
    if nothing_is_lost("Not moved, so that nothing is lost."):
        st.switch_page(page, query_params=address())
    st.session_state[PAUSED_STEP] = step.id


def _summary(results: Results) -> list[str]:
    """What the plan comes to, in the few lines at the side."""
    need, preferred = results.need, results.preferred
    because = f", because {plain(need.missing_because)}" if need.missing_because else ""
    chosen = [f"**Preferred:** not yet chosen ({at_step('options')})"]
    if preferred:
        chosen = [
            f"**Preferred:** {plain(preferred.name)}",
            f"**Cost a year:** {format_range(preferred.annual_cost, Unit.POUNDS)}, or "
            f"{format_range(preferred.cost_per_head_all_ages, Unit.PENCE)} per head of all ages",
        ]
    return [
        f"**Place:** {plain(results.place_name)}",
        f"**People prescribed:** {format_range(need.people)}{because}",
        *chosen,
        f"**Still missing:** {several(len(results.missing_inputs), 'answer')}",
    ]


def _states(step: WizardStep, results: Results | None) -> Mapping[str, str]:
    """How far each step is, in words; the one shown needs attention while something typed on it is
    refused or waits."""
    if results is None:
        return {}
    states = step_states(results.plan, results.missing_inputs)
    if st.session_state[REFUSED] or st.session_state[WAITING]:
        states[step.id] = NEEDS_ATTENTION
    return states


def _remember_here(name: str) -> None:
    """Have the browser remember the plan under a name, once it is kept."""
    current = open_draft()
    if current is not None:
        link = current.link or current.read_link
        remember_plan(link, name, when(current.version.saved))


def _agree(plan: Plan, step: str) -> None:
    """At the foot of a step that something is filled in on: whether it is agreed, and a panel to
    agree it or take that back. It reaches the decision log of Action 3."""
    match = next((one for one in agreements(plan) if one.agreement.step == step), None)
    words = "Mark this step as agreed" if match is None else f"This step is {match.words}"
    lazy_panel(plain(words), f"agree-{step}", partial(_agree_or_take_back, plan, step, match))


def _agree_or_take_back(plan: Plan, step: str, match: SignOffStatus | None) -> None:
    st.write("It is printed in the decision log of the Action 3 paper, with today's date.")
    typed: list[str] = []
    is_refused = False
    boxes = (("Agreed by", "by"), ("Note on what was agreed", "note"))
    for column, (label, box) in zip(st.columns(2), boxes, strict=True):
        key = f"agree-{box}-{step}"
        typed.append(column.text_input(label, key=key, max_chars=LONGEST_LINE).strip())
        try:
            without_a_patient(typed[-1])
        except ValueError as error:
            column.error(plain(f"{label}: {error}."))
            is_refused = True
    by, note = typed
    if st.button("Mark as agreed", key=f"agree-do-{step}", disabled=is_refused):
        if not by:
            st.error("Say who agreed it.")
            return
        try:
            agreement = Agreement(
                step=step, by=by, note=note, on=date.today(), mark=step_mark(plan, step)
            )
        except ValidationError as error:
            st.error(plain(in_words(error)))
            return
        _keep_agreed(plan, step, agreement)
    if match is not None and st.button(
        "Take the agreement back", key=f"agree-undo-{step}", on_click=_empty_agreed, args=(step,)
    ):
        _keep_agreed(plan, step)
    if any(typed) and (match is None or (by, note) != (match.agreement.by, match.agreement.note)):
        hold_incomplete("Not marked yet: press Mark as agreed, or empty both boxes.")


def _empty_agreed(step: str) -> None:
    st.session_state.update({f"agree-{box}-{step}": "" for box in ("by", "note")})


def _keep_agreed(plan: Plan, step: str, *agreement: Agreement) -> None:
    others = (one for one in plan.specification.agreed if one.step != step)
    store_plan(with_value(plan, "specification.agreed", (*others, *agreement)))
    st.rerun()
