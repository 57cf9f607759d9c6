"""At the foot of a step: marking it as agreed, by whom and with what note. It reaches the decision log of Action 3."""

from datetime import date

import streamlit as st
from pydantic import ValidationError

from planner.analysis.completeness.sign_off import agreements, step_mark
from planner.analysis.completeness.wizard_steps import STEPS
from planner.model.edit import with_value
from planner.model.plan import Agreement, Plan
from planner.screens.ui.form import hold_incomplete
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.panels import lazy_panel
from planner.screens.ui.session import store_plan
from planner.store.plan_file import in_words


def agree(plan: Plan, step: str) -> None:
    """Show whether the step is agreed, and let it be agreed or taken back; only steps that
    something is filled in on."""
    if step not in STEPS:
        return
    match = next((one for one in agreements(plan) if one.agreement.step == step), None)
    words = "Mark this step as agreed" if match is None else f"This step is {match.words}"
    with lazy_panel(plain(words), f"agree-{step}") as is_open:
        if is_open:
            st.write("It is printed in the decision log of the Action 3 paper, with today's date.")
            one, two = st.columns(2)
            with one:
                by = st.text_input("Agreed by", key=f"agree-by-{step}", max_chars=300)
            with two:
                note = st.text_input(
                    "Note on what was agreed", key=f"agree-note-{step}", max_chars=300
                )
            if st.button("Mark as agreed", key=f"agree-do-{step}"):
                if not (by or "").strip():
                    st.error("Say who agreed it.")
                    return
                values = {
                    "step": step,
                    "by": by,
                    "note": note or "",
                    "on": date.today(),
                    "mark": step_mark(plan, step),
                }
                try:
                    agreement = Agreement.model_validate(values)
                except ValidationError as error:
                    st.error(plain(in_words(error)))
                    return
                _keep(plan, step, agreement)
            if match is not None and st.button(
                "Take the agreement back", key=f"agree-undo-{step}", on_click=_empty, args=(step,)
            ):
                _keep(plan, step, None)
            typed = (by or "").strip(), (note or "").strip()
            if any(typed) and (
                match is None or typed != (match.agreement.by, match.agreement.note)
            ):
                hold_incomplete("Not marked yet: press Mark as agreed, or empty both boxes.")


def _empty(step: str) -> None:
    for box in ("by", "note"):
        st.session_state[f"agree-{box}-{step}"] = ""


def _keep(plan: Plan, step: str, agreement: Agreement | None) -> None:
    others = [one for one in plan.specification.agreed if one.step != step]
    store_plan(
        with_value(plan, "specification.agreed", [*others, *([agreement] if agreement else [])])
    )
    st.rerun()
