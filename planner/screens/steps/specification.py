"""Step 5: names, dates and arrangements that only the user knows; the decision record."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.completeness.provider_selection import not_involved, screen, select, weigh
from planner.analysis.formatting import capital, things_are
from planner.analysis.population.equality import prompted
from planner.analysis.results.results import Results
from planner.documents.sections.decision_record import indication, open_questions, step_words
from planner.model.decision import (
    Criterion,
    DecisionContent,
    Involved,
    Route,
    ScreeningAsked,
    SelectionAsked,
)
from planner.model.plan import AtCeiling, Attachment, ContractType, IfNotFound, Plan, Seat
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.pages import clauses
from planner.screens.ui.display import plain, sections, table
from planner.screens.ui.form import Form, help_words, label_of, typed_now
from planner.screens.ui.session import panel, results_for
from planner.screens.ui.streamlit_compat import DeltaGenerator

PREFIX = "specification."
DECISION = "specification.decision."
LEVELS = ("low", "medium", "high")
YES_NO = {None: "Not yet known", True: "Yes", False: "No"}


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    return sections(
        "specification",
        {
            "Names, dates and decisions": _names_and_dates,
            "Wording": clauses.show,
        },
        plan,
        reference,
    )


def _names_and_dates(plan: Plan, reference: ReferenceData) -> Plan:
    form = Form(plan, _finding)
    _service(form)
    _paper(form)
    _group(form)
    st.header("How it will work", anchor=False)
    for name in ("hours_and_venues", "data_sources", "evaluation"):
        form.field(PREFIX + name)
    with st.expander("Attachments", key=panel("attachments")):
        for attachment in Attachment:
            form.choice(
                f"{PREFIX}attachments.{attachment.value}",
                ["missing", "draft", "attached"],
                label=attachment.value,
                default="missing",
            )
    uninvolved = _decision(form, plan, reference)
    _rows(
        form,
        "directory",
        "Directory of alternatives",
        "service",
        ("offer", "need", "provider", "access", "capacity", "wait"),
    )
    _rows(
        form,
        "engagement",
        "Who has been involved",
        "entry",
        ("who", "when", "what_changed", "view_of_draft"),
    )
    _rows(form, "risks", "Risks of your own", "risk", ("risk", "mitigation", "owner"))
    plan = form.done()
    missing = not_involved(plan)
    if missing:
        names = "; ".join(group.value for group in missing)
        uninvolved.info(f"Not yet among those who have been involved, below: {names}.")
    return plan


def _finding(results: Results) -> None:
    missing = [gap for gap in results.missing_inputs if gap.where == "specification"]
    if missing:
        st.info(
            f"{things_are(len(missing))} still missing here. None stops you: the summary "
            "lists them, and the documents say what is missing and who would know."
        )
    else:
        st.success("Nothing is missing on this step.")


def _service(form: Form) -> None:
    at = PREFIX
    st.header("The service", anchor=False)
    agreement = partial(form.choice, at + "contract_type", list(ContractType), lambda f: f.value)
    form.columns(
        [at + "service_name", at + "commissioner_lead", at + "clinical_lead", agreement],
        [
            at + "specification_number",
            at + "provider",
            at + "provider_lead",
            at + "funding_source",
        ],
    )
    at_ceiling = partial(
        form.choice,
        at + "at_ceiling",
        [None, *AtCeiling],
        lambda rule: "Not yet decided" if rule is None else capital(rule.value),
    )
    ends = partial(form.choice, at + "existing_service_ends", list(YES_NO), YES_NO.__getitem__)
    form.columns([at_ceiling, at + "large_print"], [ends])
    st.header("Dates", anchor=False)
    form.columns(
        [at + "group_start", at + "decision_date"],
        [at + "service_start", at + "service_end"],
        [at + "review_date", at + "version"],
    )


def _paper(form: Form) -> None:
    """What the paper for the board needs beside the service: its stage, funding and dates."""
    at = PREFIX
    st.header("The paper for the board", anchor=False)
    funding = partial(
        form.number, at + "funding_found", whole=False, min_value=0.0, step=10_000.0, format="%.0f"
    )
    recurs = partial(form.choice, at + "funding_recurrent", list(YES_NO), YES_NO.__getitem__)
    rest = partial(
        form.choice,
        at + "if_not_found",
        [None, *IfNotFound],
        lambda choice: "Still to be chosen" if choice is None else capital(choice.value),
    )
    form.columns(
        [at + "stage", funding, recurs, at + "funding_ends", at + "funding_due", rest],
        [
            at + "award_date",
            at + "involvement_due",
            at + "outcome_review",
            at + "own_service_due",
            at + "earlier_committees",
            at + "progress",
        ],
    )
    form.columns([at + "contact_telephone", at + "contact_email"], [at + "contact_address"])
    with st.expander("Days by which attachments are complete", key=panel("assurance")):
        for attachment in Attachment:
            form.day(f"{at}assurance_due.{attachment.value}", attachment.value)


def _group(form: Form) -> None:
    at = PREFIX
    st.header("Task and finish group", anchor=False)
    form.columns([at + "chair", at + "sponsor"], [at + "committee", at + "meeting_frequency"])
    form.several(
        at + "clinical_champions",
        [],
        accept_new_options=True,
        help="Type a name and press Enter.",
    )
    with st.expander(
        "Seats of the group (the first four are asked for by Action 3)", key=panel("seats")
    ):
        for place in range(len(Seat)):
            seat = f"{at}members.{place}"
            form.columns([f"{seat}.name"], [f"{seat}.organisation"])


def _rows(form: Form, part: str, heading: str, one_is: str, fields: tuple[str, ...]) -> None:
    """A list the user can add to."""
    st.header(heading, anchor=False)
    rows = getattr(form.plan.specification, part)
    if part == "directory" and rows:
        st.markdown(f"Capacity and wait: {help_words(f'{PREFIX}directory.0.wait', above=True)}")
    for place, row in enumerate(rows):
        path, first = f"{PREFIX}{part}.{place}", getattr(row, fields[0])
        asks = label_of(form.plan, f"{path}.{fields[0]}").partition(" (")[0]
        name = (
            plain(typed_now(f"{path}.{fields[0]}", first))
            or f"'{asks}' is still empty, so this {one_is} is left out"
        )
        with st.expander(name, key=panel(f"{part}-{place}"), expanded=not first):
            for field in fields:
                form.field(f"{path}.{field}")
            if part == "engagement":
                form.several(f"{path}.groups", list(Involved), lambda group: group.value)
            if part == "risks":
                form.choice(f"{path}.likelihood", LEVELS)
                form.choice(f"{path}.impact", LEVELS)
                for after in ("likelihood_after", "impact_after"):
                    form.choice(
                        f"{path}.{after}",
                        [None, *LEVELS],
                        lambda level: "Not judged" if level is None else level,
                    )
            form.remove_row(path, f"Remove {one_is} {place + 1}", f"remove-{part}-{place}")
    article = "an" if one_is[0] in "aeiou" else "a"
    form.add_row(PREFIX + part, f"Add {article} {one_is}", f"add-{part}", {})


def _decision(form: Form, plan: Plan, reference: ReferenceData) -> DeltaGenerator:
    """The four parts of the decision record, each in a panel of its own, with what it comes to
    above its questions.

    What stands above follows what is in the fields at this moment, not what the plan held before.
    Gives the place to name those not yet involved, whose fields are drawn further down.
    """
    content = load_library().decision
    st.header("Decision record", anchor=False)
    for title, name, draw in (
        ("Provider selection", "selection", partial(_selection, form, content)),
        (
            "Equality and health inequalities",
            "equality",
            partial(_equality, form, plan, content, reference),
        ),
        ("Data protection screening", "screening", partial(_screening, form, plan, content)),
    ):
        with st.expander(title, key=panel(name)):
            draw()
    with st.expander("Duty to involve people", key=panel("involvement")):
        place = st.container()
        form.choice(
            DECISION + "involvement_assessed",
            list(YES_NO),
            YES_NO.__getitem__,
            label=content.duty,
        )
        form.field(DECISION + "involvement_reasons")
    return place


def _answers(
    form: Form, part: str, questions: Sequence[SelectionAsked | ScreeningAsked], columns: int
) -> dict[Any, bool]:
    """Draw questions of one part of the record in columns, with what a yes calls for; the answers
    given, yes or no."""
    places, given = st.columns(columns), {}
    for place, question in enumerate(questions):
        with places[place % columns]:
            answer: bool | None = form.choice(
                f"{DECISION}{part}.answers.{question.id.value}",
                list(YES_NO),
                YES_NO.__getitem__,
                label=question.asks,
            )
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
                min_value=0.0,
                max_value=100.0,
                step=5.0,
                format="%g",
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


def _equality(form: Form, plan: Plan, content: DecisionContent, reference: ReferenceData) -> None:
    at = DECISION + "equality."
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


def _screening(form: Form, plan: Plan, content: DecisionContent) -> None:
    above = st.container()
    given = _answers(form, "screening", content.screening, 1)
    form.field(DECISION + "screening.agreed_with")
    result = screen(given, content.screening, plan.preferred)
    (above.warning if result.before else above.info)(result.conclusion)
    for doubt in result.doubts:
        above.warning(doubt)
