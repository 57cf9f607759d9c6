"""A first draft's two questions: for which board and what is known, and what might be bought."""

from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.completeness.wizard_steps import at_step
from planner.analysis.economics.example import starter_plan
from planner.analysis.formatting import capital, listed
from planner.analysis.population.need import plan_organisation
from planner.analysis.population.plausibility import count_questions
from planner.analysis.results.results import Results
from planner.model.base import LONGEST_LINE
from planner.model.edit import with_values
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.screens.steps import option_table
from planner.screens.steps.board import after_a_move, board_box
from planner.screens.steps.need import CLASSES, ask_about_count, count_box, without
from planner.screens.ui.findings import rests_on, to_say
from planner.screens.ui.form import Form, draw
from planner.screens.ui.plan_state import icb_is_open
from planner.screens.ui.session import field_key, projections_for, results_for
from planner.screens.ui.typed import share, share_text

ALL_CLASSES = "quick.long_term_share"


def show_need(plan: Plan, reference: ReferenceData) -> Plan:
    """For which board, and what is known of how many people there are: draw the page and return the
    plan as changed."""
    left, right = st.columns([5, 4], gap="large")
    with left:
        plan = board_box(plan, reference)
        after_a_move(plan, reference)
    if icb_is_open():
        return plan
    with right:
        st.header("To say in a meeting", anchor=False)
        form = Form(plan, _finding)
    with left:
        st.markdown(
            "One count is enough, and none is needed: a box left empty counts as the number in "
            "grey."
        )
        expected = without(form.plan)
        counts = [partial(count_box, form, at, expected) for at in range(len(MedicineClass))]
        boxes = [*counts, partial(_long_term, form)]
        # Row by row, so that the keyboard goes as the eye does.
        for at in range(0, len(boxes), 2):
            form.columns(*([box] for box in boxes[at : at + 2]), vertical_alignment="bottom")
        questions = {one.medicine_class: one for one in count_questions(form.plan, reference)}
        for place, of in enumerate(MedicineClass):
            ask_about_count(form, place, questions.get(of))
    return form.done()


def _long_term(form: Form) -> None:
    """One long-term share, for the classes that have a count; for every class of the plan where
    none has. Where those differ, an empty box leaves them as they are."""
    rows = form.plan.prescribing.classes
    included = [place for place, row in enumerate(rows) if row.included]
    counted = [place for place in included if rows[place].patients is not None]
    in_question = counted or included
    given = {rows[place].long_term_share for place in in_question}
    one = given.pop() if len(given) == 1 else None
    named = listed([rows[place].medicine_class.label for place in counted])
    if counted in ([], [*range(len(rows))]):
        named = "any of the five"
    label = f"On {named} a year or more, %"
    # A share that was given to all before one was counted goes on being one share.
    alike = [place for place in included if one and rows[place].long_term_share == one]
    typed = draw(
        st.text_input,
        label,
        field_key(ALL_CLASSES),
        share_text(one.central if one else None),
        max_chars=LONGEST_LINE,
        placeholder=_shares_used(form.plan, in_question),
        help="One share, for the classes that have a count; for all where none has. "
        f"{capital(at_step('need'))} takes one for each class, with a range.",
    )
    try:
        wanted = share(typed)
    except ValueError as error:
        form.refuse(label, str(error))
        return
    if wanted == (one.central if one else None):
        return
    for place in {*in_question, *alike}:
        form.set(f"prescribing.classes.{place}.long_term_share", wanted, label)


def _shares_used(plan: Plan, places: list[int]) -> str:
    """The long-term shares that the sums use for some classes while the box is empty: one number,
    or the lowest and the highest."""
    used = [
        round(row.long_term_share.values.central, 2)
        for row in results_for(plan).need.classes
        if CLASSES.index(row.medicine_class) in places
    ]
    ends = [share_text(one) for one in (min(used), max(used))] if used else []
    return " to ".join(dict.fromkeys(ends)) + (", by class" if len(set(ends)) > 1 else "")


def _finding(results: Results) -> None:
    st.info(to_say(results))
    st.markdown(f":small[{rests_on(results.need)}]")


def show_options(plan: Plan, reference: ReferenceData) -> Plan:
    """What might be bought, what it costs and whom it would see: draw the page and return the plan
    as changed."""
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
            option_table.quote(form, leads=False)
        with st.expander("I have posts"):
            option_table.posts(form, leads=False)
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
