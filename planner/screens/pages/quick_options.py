"""A first draft, question 2: what might be bought, what it costs, and whom it would see."""

from typing import Any

import streamlit as st

from planner.analysis.completeness.wizard_steps import at_step
from planner.analysis.economics.example import starter_plan
from planner.analysis.population.need import plan_organisation
from planner.model.edit import with_values
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.screens.steps import option_table
from planner.screens.ui.findings import to_say
from planner.screens.ui.form import Form, draw
from planner.screens.ui.session import field_key, projections_for, results_for


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page and return the plan as changed."""
    finding = st.container()
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header("Services to start from, sized to this place", anchor=False)
        plan = _starters(plan, reference)
    form = Form(plan)
    with right:
        st.header("Budget, and what you have", anchor=False)
        option_table.budget(form)
        with st.expander("I have a quote"):
            option_table.quote(form)
        with st.expander("I have posts"):
            option_table.posts(form)
    if form.rows is not None:
        added = form.rows
        form.rows = lambda plan: _put_forward(with_values(plan, added(plan)))
    plan = form.done()
    option = projections_for(plan).case_studies.option
    finding.info(
        to_say(results_for(plan), option)
        if option
        else "Tick a service below, or add a quote or posts, to see what it would cost and "
        "whom it would see."
    )
    st.header("Side by side", anchor=False)
    option_table.option_table(plan, reference, can_open=False)
    return plan


def _starters(plan: Plan, reference: ReferenceData) -> Plan:
    """A tick for each service we offer, with its cost and people. Gives the plan with what is
    ticked beside what was added."""
    offered = [
        option
        for option in starter_plan(plan_organisation(plan, reference), reference).options
        if not option.is_do_nothing
    ]
    mine = {option.id: option for option in plan.options}
    costed = option_table.costed_here(plan, offered)
    options = [one for one in plan.options if one.is_do_nothing]
    for option in offered:
        there = mine.pop(option.id, None)
        changed = there not in (None, option)
        words = f"{option.name}: {option_table.in_short(costed[option.id])}"
        if changed:
            words += f" (changed by you; take it out below or on {at_step('options')})"
        key = field_key(f"quick.has.{option.id}", of="options")
        # Our own words, with no mark-up: screen readers would speak marks that escape it.
        if draw(st.checkbox, words, key, there is not None, disabled=changed):
            options.append(there or option)
    options += [one for one in mine.values() if not one.is_do_nothing]
    stays = plan.preferred_option in {option.id for option in options}
    chosen = plan.preferred_option if stays else None
    now = with_values(plan, {"options": tuple(options), "preferred_option": chosen})
    return with_values(now, _put_forward(now)) if now.options != plan.options else now


def _put_forward(plan: Plan) -> dict[str, Any]:
    """The options as they have just become, and which is preferred: the only one that does
    anything, where none was chosen, since a first draft of one service is about that one."""
    acting = [one.id for one in plan.options if not one.is_do_nothing]
    only = acting[0] if len(acting) == 1 else None
    return {"options": plan.options, "preferred_option": plan.preferred_option or only}
