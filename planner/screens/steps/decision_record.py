"""Of step 5: the decision record, each part with what its answers come to above its questions."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.completeness.provider_selection import screen, select, weigh
from planner.analysis.formatting import capital
from planner.analysis.population.equality import prompted
from planner.documents.sections.decision_record import indication, open_questions, step_words
from planner.model.decision import (
    Criterion,
    DecisionContent,
    Route,
    ScreeningAsked,
    SelectionAsked,
)
from planner.model.plan import Attachment
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.ui.display import fold, table
from planner.screens.ui.form import Form, help_words, typed_now
from planner.screens.ui.markup import plain
from planner.screens.ui.session import results_for

DECISION = "specification.decision."
SELECTION, EQUALITY = "Provider selection", "Equality and health inequalities"
SCREENING, INVOLVEMENT = "Data protection screening", "Duty to involve people"
ATTACHMENTS = "Attachments, and the days by which they are complete"
YES_NO = {None: "Not yet known", True: "Yes", False: "No"}


def show(form: Form, reference: ReferenceData) -> None:
    """Draw the five parts of the record, each in a panel of its own.

    What stands above the questions follows what is in the fields at this moment, not what the plan
    held before.
    """
    content = load_library().decision
    parts: Mapping[str, Callable[[], None]] = {
        SELECTION: partial(_selection, form, content),
        EQUALITY: partial(_equality, form, content, reference),
        SCREENING: partial(_screening, form, content),
        INVOLVEMENT: partial(_involvement, form, content),
        ATTACHMENTS: partial(_attachments, form),
    }
    for title, draw in parts.items():
        with fold(title, f"record-{title}"):
            draw()


def _involvement(form: Form, content: DecisionContent) -> None:
    yes_or_no(form, DECISION + "involvement_assessed", content.duty)
    form.field(DECISION + "involvement_reasons")


def _attachments(form: Form) -> None:
    for attachment in Attachment:
        state = partial(
            form.choice,
            f"specification.attachments.{attachment.value}",
            ["missing", "draft", "attached"],
            label=attachment.value,
            default="missing",
        )
        path = f"specification.assurance_due.{attachment.value}"
        due = partial(form.day, path, f"{attachment.value}: complete by")
        form.columns([state], [due], vertical_alignment="bottom")


def yes_or_no(form: Form, path: str, label: str = "") -> bool | None:
    """A question answered with yes or no, or not yet."""
    answer: bool | None = form.choice(path, list(YES_NO), YES_NO.__getitem__, label=label)
    return answer


def _answers(
    form: Form, part: str, questions: Sequence[SelectionAsked | ScreeningAsked], columns: int
) -> dict[Any, bool]:
    """Draw questions of one part of the record in columns, with what a yes calls for; the answers
    given, yes or no."""
    places, given = st.columns(columns), {}
    for place, question in enumerate(questions):
        with places[place % columns]:
            answer = yes_or_no(form, f"{DECISION}{part}.answers.{question.id.value}", question.asks)
            if answer and isinstance(question, ScreeningAsked):
                st.markdown(question.calls_for)
        if answer is not None:
            given[question.id] = answer
    return given


def _selection(form: Form, content: DecisionContent) -> None:
    at = DECISION + "selection."
    above, library = st.container(), load_library()
    result = select(_answers(form, "selection", content.questions, 2))
    with above:
        text = indication(result, library)
        (st.error if result.contradictions else st.info)(f"{text} {content.confirm}")
        table(library.table("provider_selection.record.steps", step_words(result, content)))
        left = open_questions(result, content)
        if left:
            st.markdown("What is still open, and where each answer would lead:")
            table(library.table("provider_selection.record.open", (row[:3] for row in left)))
    st.markdown(
        "**Weightings of the key criteria, in per cent**\n\n"
        + help_words(f"{at}weightings.value", above=True)
    )
    columns = st.columns(2)
    weightings = {}
    for place, criterion in enumerate(Criterion):
        with columns[place % 2]:
            weight = form.number(
                f"{at}weightings.{criterion.value}",
                capital(criterion.value),
                whole=False,
                most=100,
            )
        if weight is not None:
            weightings[criterion] = weight
    for fault in weigh(weightings, content.social_value_usual).faults:
        st.warning(fault)
    form.choice(
        at + "route",
        [None, *Route],
        lambda route: "Not yet decided" if route is None else capital(route.value),
    )
    form.field(at + "reasons")
    form.field(at + "advice")


def _equality(form: Form, content: DecisionContent, reference: ReferenceData) -> None:
    at, plan = DECISION + "equality.", form.plan
    st.markdown(content.core20plus5)
    form.field(at + "assessed_by")
    result = {
        entry.prompt.id: entry
        for entry in prompted(
            plan, results_for(plan).inequality, content.prompts, reference.patterns
        )
    }
    left = [
        group.value
        for group, entry in result.items()
        if not typed_now(f"{at}answers.{group.value}", entry.answer)
    ]
    st.markdown(
        f"{len(result) - len(left)} of {len(result)} groups assessed."
        + (f" Left: {'; '.join(left)}." if left else "")
    )
    chosen = st.selectbox(
        "Group", list(result), key="equality-group", format_func=lambda group: group.value
    )
    # What was typed of another group in the moment before this one was picked.
    for group in result:
        for part in ("answers", "mitigations") if group is not chosen else ():
            path = f"{at}{part}.{group.value}"
            typed = typed_now(path, None)
            if typed is not None:
                form.set(path, typed, group.value)
    entry = result[chosen]
    known = " ".join(entry.numbers) or "This plan holds no numbers on them."
    st.markdown(f"**What is known here.** {plain(known)}")
    st.markdown(f"**What is not.** {entry.prompt.not_known}")
    st.markdown(f"**Who would know.** {capital(entry.prompt.who)}.")
    form.text(f"{at}answers.{chosen.value}", entry.prompt.asks, tall=True)
    form.text(f"{at}mitigations.{chosen.value}", "What will be done", tall=True)


def _screening(form: Form, content: DecisionContent) -> None:
    above = st.container()
    given = _answers(form, "screening", content.screening, 1)
    form.field(DECISION + "screening.agreed_with")
    result = screen(given, content.screening, form.plan.preferred)
    (above.warning if result.before else above.info)(result.conclusion)
    for doubt in result.doubts:
        above.warning(doubt)
