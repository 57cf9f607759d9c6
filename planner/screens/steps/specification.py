"""Step 10: the names, dates and local arrangements that only the user knows."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from planner.analysis.formatting import things_are
from planner.analysis.results.results import Results
from planner.model.decision import Involved
from planner.model.plan import AtCeiling, Attachment, ContractType, Plan, Seat
from planner.model.reference import ReferenceData
from planner.screens.steps import decision
from planner.screens.ui.form import Form, help_above, plain_text, typed_now
from planner.screens.ui.page import draw_finding_first
from planner.screens.ui.session import may_change_rows, panel, replace_rows

PREFIX = "specification."
LEVELS = ("low", "medium", "high")


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    found_first = draw_finding_first(_finding, plan)
    form = Form(plan)
    _service(form)
    _dates(form)
    _group(form)
    _service_text(form)
    _attachments(form)
    uninvolved = decision.show(form, plan, reference)
    changes = [
        _rows(
            form,
            plan,
            "directory",
            "Directory of alternatives",
            "service",
            (
                ("offer", "What is offered"),
                ("need", "For which need"),
                ("provider", "Provider"),
                ("access", "How to reach it"),
                ("capacity", "Capacity"),
                ("wait", "Wait"),
            ),
            {},
        ),
        _rows(
            form,
            plan,
            "engagement",
            "Who has been involved",
            "entry",
            (("who", "Who"), ("when", "When"), ("what_changed", "What changed because of it")),
            {},
        ),
        _rows(
            form,
            plan,
            "risks",
            "Risks of your own",
            "risk",
            (("risk", "Risk"), ("mitigation", "What is done about it"), ("owner", "Owner")),
            {},
        ),
    ]
    plan = form.revised()
    decision.say_who_is_missing(plan, uninvolved)
    change = next((change for change in changes if change is not None), None)
    if change is not None and may_change_rows():
        values = plan.model_dump()
        change(values["specification"])
        replace_rows(plan, lambda: Plan.model_validate(values))
        st.rerun()
    found_first(plan)
    return plan


def _finding(results: Results) -> None:
    missing = [gap for gap in results.missing_inputs if gap.where == "specification"]
    if missing:
        st.info(
            f"{things_are(len(missing))} still missing here. None stops you: the Download step lists them, and the "
            "documents say what is missing and who would know."
        )
    else:
        st.success("Nothing is missing on this step.")


def _service(form: Form) -> None:
    st.header("The service", anchor=False)
    one, two = st.columns(2)
    with one:
        form.text(PREFIX + "service_name", max_chars=300)
        form.text(PREFIX + "commissioner_lead", max_chars=300)
        form.text(PREFIX + "clinical_lead", max_chars=300)
        form.choice(
            PREFIX + "contract_family", "Kind of agreement", list(ContractType), lambda f: f.value
        )
    with two:
        form.text(PREFIX + "specification_number", max_chars=300)
        form.text(PREFIX + "provider", "Provider, if known", max_chars=300)
        form.text(PREFIX + "provider_lead", max_chars=300)
        form.text(PREFIX + "funding_source", max_chars=300)
    one, two = st.columns(2)
    with one:
        form.choice(
            PREFIX + "at_ceiling",
            "When demand is above capacity",
            [None, *AtCeiling],
            lambda rule: (
                "Not yet decided" if rule is None else rule.value[0].upper() + rule.value[1:]
            ),
        )
        form.tick(PREFIX + "large_print", "Make the documents in large print")
    with two:
        form.choice(
            PREFIX + "existing_service_ends",
            "Does an existing service end?",
            [None, True, False],
            lambda answer: {None: "Not yet known", True: "Yes", False: "No"}[answer],
        )


def _dates(form: Form) -> None:
    st.header("Dates", anchor=False)
    one, two, three = st.columns(3)
    with one:
        form.day(PREFIX + "group_start")
        form.day(PREFIX + "decision_date", "Decision is made")
    with two:
        form.day(PREFIX + "service_start")
        form.day(PREFIX + "service_end")
    with three:
        form.day(PREFIX + "review_date", "Service is reviewed")
        form.text(PREFIX + "version", max_chars=300)


def _group(form: Form) -> None:
    st.header("Task and finish group", anchor=False)
    one, two = st.columns(2)
    with one:
        form.text(PREFIX + "chair", "Chair", max_chars=300)
        form.text(PREFIX + "sponsor", max_chars=300)
    with two:
        form.text(PREFIX + "committee", max_chars=300)
        form.text(
            PREFIX + "meeting_frequency",
            "How often it meets",
            max_chars=300,
            placeholder="every two weeks",
        )
    form.several(
        PREFIX + "clinical_champions",
        "Clinical champions",
        [],
        accept_new_options=True,
        help="Type a name and press Enter.",
    )
    with st.expander(
        "Seats of the group (the first four are asked for by Action 3)", key=panel("seats")
    ):
        for place, seat in enumerate(Seat):
            one, two = st.columns(2)
            with one:
                form.text(
                    f"{PREFIX}members.{place}.name",
                    f"{seat.value}: name",
                    max_chars=300,
                    placeholder="vacant",
                )
            with two:
                form.text(
                    f"{PREFIX}members.{place}.organisation",
                    f"{seat.value}: organisation",
                    max_chars=300,
                )


def _service_text(form: Form) -> None:
    st.header("How it will work", anchor=False)
    form.text(PREFIX + "hours_and_venues", tall=True, max_chars=10_000)
    form.text(PREFIX + "data_sources", tall=True, max_chars=10_000)
    form.text(PREFIX + "evaluation", tall=True, max_chars=10_000)


def _attachments(form: Form) -> None:
    with st.expander("Attachments", key=panel("attachments")):
        for attachment in Attachment:
            form.choice(
                f"{PREFIX}attachments.{attachment.value}",
                attachment.value,
                ["missing", "draft", "attached"],
                default="missing",
            )


def _rows(
    form: Form,
    plan: Plan,
    part: str,
    heading: str,
    one_is: str,
    fields: tuple[tuple[str, str], ...],
    new: dict[str, str],
) -> Callable[[dict[str, Any]], None] | None:
    """A list the user can add to. Returns what to do to the list if a button was pressed, or None."""
    st.header(heading, anchor=False)
    change: Callable[[dict[str, Any]], None] | None = None
    rows = getattr(plan.specification, part)
    if part == "directory" and rows:
        st.markdown(f"Capacity and wait: {help_above(f'{PREFIX}directory.0.wait')}")
    for place, row in enumerate(rows):
        first = fields[0][0]
        current = typed_now(f"{PREFIX}{part}.{place}.{first}", getattr(row, first))
        name = (
            plain_text(current) or f"'{fields[0][1]}' is still empty, so this {one_is} is left out"
        )
        with st.expander(name, key=panel(f"{part}-{place}"), expanded=not getattr(row, first)):
            for name, label in fields:
                form.text(
                    f"{PREFIX}{part}.{place}.{name}",
                    f"{label} ({one_is} {place + 1})",
                    max_chars=300,
                )
            if part == "engagement":
                form.several(
                    f"{PREFIX}{part}.{place}.groups",
                    f"Of those the framework asks for ({one_is} {place + 1})",
                    list(Involved),
                    lambda group: group.value,
                )
            if part == "risks":
                for name in ("likelihood", "impact"):
                    form.choice(
                        f"{PREFIX}{part}.{place}.{name}",
                        f"{name.capitalize()} ({one_is} {place + 1})",
                        LEVELS,
                    )
            if st.button(f"Remove {one_is} {place + 1}", key=f"remove-{part}-{place}"):

                def change(values: dict[str, Any], place: int = place) -> None:
                    values[part] = [row for at, row in enumerate(values[part]) if at != place]

    if st.button(f"Add {'an' if one_is[0] in 'aeiou' else 'a'} {one_is}", key=f"add-{part}"):

        def change(values: dict[str, Any]) -> None:
            values[part] = [*values[part], new]

    return change
