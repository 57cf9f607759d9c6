"""Step 10, the decision record: provider selection, equality, data protection and the duty to involve."""

import streamlit as st

from planner.analysis.completeness.provider_selection import not_involved, screen, select, weigh
from planner.analysis.population.equality import prompted
from planner.analysis.statistics.group_rates import capital
from planner.documents.sections.decision_record import indication, open_questions, step_words
from planner.model.decision import Criterion, DecisionContent, Route
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.ui.form import Form, help_above, plain_text, typed_now
from planner.screens.ui.session import panel, results_for
from planner.screens.ui.streamlit_compat import DeltaGenerator
from planner.screens.ui.tables import table

PREFIX = "specification.decision."
YES_NO = {None: "Not yet known", True: "Yes", False: "No"}


def show(form: Form, plan: Plan, reference: ReferenceData) -> DeltaGenerator:
    """Draw the four parts of the record, each in a panel of its own, with what it comes to above
    its questions.

    What stands above follows what is in the fields at this moment, not what the plan held before.
    Gives the place for `say_who_is_missing`, which needs the fields of those involved, drawn
    further down.
    """
    content = load_library().decision
    st.header("Decision record", anchor=False)
    with st.expander("Provider selection", key=panel("selection")):
        _selection(form, content)
    with st.expander("Equality and health inequalities", key=panel("equality")):
        _equality(form, plan, content, reference)
    with st.expander("Data protection screening", key=panel("screening")):
        _screening(form, plan, content)
    with st.expander("Duty to involve people", key=panel("involvement")):
        place = st.container()
        _answer(form, "involvement_assessed", content.duty)
        form.text(
            PREFIX + "involvement_reasons", "What was decided and why", tall=True, max_chars=10_000
        )
    return place


def say_who_is_missing(plan: Plan, place: DeltaGenerator) -> None:
    """Name those the framework asks to be worked with whom no entry of the plan names."""
    missing = not_involved(plan)
    if missing:
        names = "; ".join(group.value for group in missing)
        place.info(f"Not yet among those who have been involved, below: {names}.")


def _answer(form: Form, path: str, asks: str) -> bool | None:
    answer: bool | None = form.choice(PREFIX + path, asks, [None, True, False], YES_NO.__getitem__)
    return answer


def _selection(form: Form, content: DecisionContent) -> None:
    above = st.container()
    one, two = st.columns(2)
    answers = {}
    for place, question in enumerate(content.questions):
        with (one, two)[place % 2]:
            answers[question.id] = _answer(
                form, f"selection.answers.{question.id.value}", question.asks
            )
    result = select(
        {question: answer for question, answer in answers.items() if answer is not None}
    )
    with above:
        text = indication(result, load_library())
        (st.error if result.contradictions else st.info)(f"{text} {content.confirm}")
        library = load_library()
        table(library.table("provider_selection.record.steps", step_words(result, content)))
        left = open_questions(result, content)
        if left:
            st.markdown("What is still open, and where each answer would lead:")
            table(library.table("provider_selection.record.open", (row[:3] for row in left)))
    st.markdown(
        f"**Weightings of the key criteria, in per cent**\n\n{help_above(f'{PREFIX}selection.weightings.value')}"
    )
    one, two = st.columns(2)
    weightings = {}
    for place, criterion in enumerate(Criterion):
        with (one, two)[place % 2]:
            weightings[criterion] = form.number(
                f"{PREFIX}selection.weightings.{criterion.value}",
                capital(criterion.value),
                whole=False,
                min_value=0.0,
                max_value=100.0,
                step=5.0,
                format="%g",
            )
    entered = {criterion: weight for criterion, weight in weightings.items() if weight is not None}
    weighed = weigh(entered, content.social_value_least)
    for fault in weighed.faults:
        st.warning(fault)
    form.choice(
        PREFIX + "selection.route",
        "Route that the board has decided on",
        [None, *Route],
        lambda route: "Not yet decided" if route is None else capital(route.value),
    )
    form.text(PREFIX + "selection.reasons", "Reasons for it", tall=True, max_chars=10_000)
    form.text(PREFIX + "selection.advice", "Whose advice was taken, and when", max_chars=300)


def _equality(form: Form, plan: Plan, content: DecisionContent, reference: ReferenceData) -> None:
    st.markdown(content.core20plus5)
    form.text(PREFIX + "equality.assessed_by", "Who made the assessment", max_chars=300)
    result = prompted(plan, results_for(plan).inequality, content.prompts, reference.patterns)
    names = [entry.prompt.id for entry in result]
    done = {
        entry.prompt.id
        for entry in result
        if typed_now(f"{PREFIX}equality.answers.{entry.prompt.id.value}", entry.answer)
    }
    left = [group.value for group in names if group not in done]
    st.markdown(
        f"{len(done)} of {len(names)} groups assessed."
        + (f" Left: {'; '.join(left)}." if left else "")
    )
    chosen = st.selectbox(
        "Group", names, key="equality-group", format_func=lambda group: group.value
    )
    # What was typed of another group in the moment before this one was picked.
    for group in names:
        for part in ("answers", "mitigations") if group is not chosen else ():
            path = f"{PREFIX}equality.{part}.{group.value}"
            typed = typed_now(path, None)
            if typed is not None:
                form.set(path, typed, group.value)
    entry = next(entry for entry in result if entry.prompt.id is chosen)
    known = " ".join(entry.numbers) or "This plan holds no numbers on them."
    st.markdown(f"**What is known here.** {plain_text(known)}")
    st.markdown(f"**What is not.** {entry.prompt.not_known}")
    st.markdown(f"**Who would know.** {capital(entry.prompt.who)}.")
    form.text(
        f"{PREFIX}equality.answers.{chosen.value}", entry.prompt.asks, tall=True, max_chars=10_000
    )
    form.text(
        f"{PREFIX}equality.mitigations.{chosen.value}",
        "What will be done",
        tall=True,
        max_chars=10_000,
    )


def _screening(form: Form, plan: Plan, content: DecisionContent) -> None:
    above = st.container()
    answers = {}
    for entry in content.screening:
        answers[entry.id] = _answer(form, f"screening.answers.{entry.id.value}", entry.asks)
        if answers[entry.id]:
            st.markdown(entry.calls_for)
    form.text(PREFIX + "screening.agreed_with", "Agreed with, and when", max_chars=300)
    given = {question: answer for question, answer in answers.items() if answer is not None}
    result = screen(given, content.screening, plan.preferred)
    with above:
        (st.warning if result.before else st.info)(result.conclusion)
        for doubt in result.doubts:
            st.warning(doubt)
