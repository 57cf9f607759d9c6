"""A first draft, question 1: for which board, and what is known of how many people there are."""

from contextlib import suppress
from functools import partial

import streamlit as st

from planner.analysis.calculation.inputs import label_at
from planner.analysis.formatting import capital, people
from planner.analysis.population.need import Need, plan_organisation
from planner.analysis.population.plausibility import count_questions
from planner.analysis.results.results import Results
from planner.model.base import LARGEST_COUNT, LONGEST_LINE
from planner.model.place import Organisation
from planner.model.plan import Plan
from planner.model.prescribing import CountedOver, MedicineClass
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.screens.steps.place import move_to
from planner.screens.steps.prescribing import ask_about_count
from planner.screens.ui.findings import rests_on, to_say
from planner.screens.ui.form import Form, draw
from planner.screens.ui.saved_plan import board_is_open, choose_board
from planner.screens.ui.session import field_key, results_for
from planner.screens.ui.typed import share, shown_share

ALL_CLASSES = "quick.long_term_share"


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page and return the plan as changed."""
    left, right = st.columns([5, 4], gap="large")
    with left:
        plan = _board(plan, reference)
    if board_is_open():
        right.info("Choose the board on the left. Everything after it is filled in for it.")
        return plan
    with right:
        st.header("To say in a meeting", anchor=False)
        form = Form(plan, _finding)
    with left:
        st.markdown(
            "People prescribed in a year, where you have a count. An empty box stands at the "
            "number shown in grey."
        )
        places = range(len(MedicineClass))
        modelled = results_for(plan).need
        form.columns(
            *(
                [partial(_count, form, place, modelled) for place in places[side::2]]
                + ([partial(_long_term, form)] if side else [])
                for side in (0, 1)
            )
        )
        for question in count_questions(form.plan, reference):
            at = list(MedicineClass).index(question.medicine_class)
            ask_about_count(form, f"prescribing.classes.{at}", question)
    return form.done()


def _board(plan: Plan, reference: ReferenceData) -> Plan:
    """The board; none is chosen beforehand in a plan just begun."""
    icbs = {icb.code: icb for icb in reference.icbs(plan.place.organisation_list)}
    current: Organisation | None = None
    with suppress(ReferenceMissing):
        current = plan_organisation(plan, reference)
    code = draw(
        st.selectbox,
        "Integrated care board",
        field_key("quick.board", of="place"),
        None if board_is_open() or current is None else current.code,
        options=list(icbs),
        format_func=lambda code: f"{icbs[code].name} ({code})",
        placeholder="Choose a board",
        help="Type part of the name or the ODS code.",
    )
    if code is None:
        return plan
    choose_board()
    return plan if code == plan.place.icb_code else move_to(icbs[code], plan, current, reference)


def _count(form: Form, place: int, modelled: Need) -> None:
    """The count of one class, with what the ladder gives in its place in grey."""
    at = f"prescribing.classes.{place}"
    current, row = form.plan.prescribing.classes[place], modelled.of(tuple(MedicineClass)[place])
    if row is None:
        st.caption(f"{capital(current.medicine_class.label)} are not in this plan.")
        return
    label = label_at(f"{at}.patients").replace(CountedOver.YEAR.label, current.counted_over.label)
    instead = row.patients if row.patients and current.patients is None else None
    form.figure(
        f"{at}.patients",
        label,
        most=LARGEST_COUNT,
        placeholder=people(instead.central) if instead else "",
    )


def _long_term(form: Form) -> None:
    """One long-term share for every class of the plan; where classes differ, an empty box leaves
    them as they are."""
    rows = form.plan.prescribing.classes
    included = [place for place, row in enumerate(rows) if row.included]
    given = {rows[place].long_term_share for place in included}
    one = given.pop() if len(given) == 1 else None
    label = "On them for a year or more, % of people"
    typed = draw(
        st.text_input,
        label,
        field_key(ALL_CLASSES, of="prescribing.classes"),
        shown_share(one.central if one else None),
        max_chars=LONGEST_LINE,
        placeholder="Differs by class" if given else "The planner's, by class",
        help="One share for all classes. The full path takes one for each class, with a range.",
    )
    try:
        wanted = share(typed)
    except ValueError as error:
        form.refuse(label, str(error))
        return
    if wanted == (one.central if one else None):
        return
    for place in included:
        form.set(f"prescribing.classes.{place}.long_term_share", wanted, label)


def _finding(results: Results) -> None:
    st.info(to_say(results))
    st.markdown(f":small[{rests_on(results.need)}]")
