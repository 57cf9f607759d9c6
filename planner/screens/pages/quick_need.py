"""A first draft, question 1: for which board, and what is known of how many people there are."""

from functools import partial

import streamlit as st

from planner.analysis.completeness.wizard_steps import at_step
from planner.analysis.formatting import capital, listed
from planner.analysis.population.plausibility import count_questions
from planner.analysis.results.results import Results
from planner.model.base import LONGEST_LINE
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.screens.steps.board import after_a_move, board_box
from planner.screens.steps.need import ask_about_count, count_box, without
from planner.screens.ui.findings import rests_on, to_say
from planner.screens.ui.form import Form, draw
from planner.screens.ui.saved_plan import board_is_open
from planner.screens.ui.session import field_key
from planner.screens.ui.typed import share, shown_share

ALL_CLASSES = "quick.long_term_share"


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page and return the plan as changed."""
    left, right = st.columns([5, 4], gap="large")
    with left:
        plan = board_box(plan, reference)
        after_a_move(plan, reference)
    if board_is_open():
        return plan
    with right:
        st.header("To say in a meeting", anchor=False)
        form = Form(plan, _finding)
    with left:
        st.markdown(
            "People prescribed in a year, where you have a count. An empty box stands at the "
            "number shown in grey."
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
    label = f"On {named or 'any of the five'} a year or more, %"
    # A share that was given to all before one was counted goes on being one share.
    alike = [place for place in included if one and rows[place].long_term_share == one]
    typed = draw(
        st.text_input,
        label,
        field_key(ALL_CLASSES),
        shown_share(one.central if one else None),
        max_chars=LONGEST_LINE,
        placeholder="Differs by class" if given else "The planner's, by class",
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


def _finding(results: Results) -> None:
    st.info(to_say(results))
    st.markdown(f":small[{rests_on(results.need)}]")
