"""Step 5: the service and its dates, the group, the decision record, risks, and the wording."""

from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from functools import partial
from typing import get_args

import streamlit as st

from planner.analysis.formatting import capital
from planner.analysis.results.results import Results
from planner.documents.context import context_for
from planner.documents.sections.clauses import sentences_with
from planner.documents.sections.contract import rule_at_ceiling
from planner.documents.sections.governance import raci_table, workplan_table
from planner.documents.sections.paper import out_of_order
from planner.model.decision import Involved
from planner.model.document import Table
from planner.model.library import MAIN
from planner.model.plan import AtCeiling, ContractType, IfNotFound, Level, Plan, Seat
from planner.model.reference import ReferenceData
from planner.reference.library import load_library
from planner.screens.steps import decision_record, wording
from planner.screens.steps.decision_record import yes_or_no
from planner.screens.steps.option_table import MOST_PAID
from planner.screens.ui.display import (
    PROGRESS,
    bullets,
    draw_finding_first,
    fold,
    lazy_panel,
    table,
    tabs,
)
from planner.screens.ui.form import Form, help_words, label_of, typed_now
from planner.screens.ui.markup import plain
from planner.screens.ui.session import results_for, visit
from planner.screens.ui.streamlit_compat import DeltaGenerator

PREFIX = "specification."
FEW = 3
"""As many things to do as are told in a line; more are folded away."""
SERVICE, GROUP, RECORD = "Service and dates", "Group and dated workplan", "Decision record"
RISKS, WORDING = "Risks, involvement, directory", "Wording"
TABS: Mapping[str, tuple[str, ...]] = {
    SERVICE: (),
    GROUP: (
        "chair", "clinical_champions", "committee", "group_start", "meeting_frequency", "seat.",
        "sponsor",
    ),
    RECORD: (
        "attachments", "decision.equality", "decision.involvement", "decision.screening",
        "decision.selection", "decision.weightings",
    ),
    RISKS: ("decision.involved", "directory", "engagement"),
    WORDING: (),
}  # fmt: skip
"""With what the ids of the gaps begin that each tab asks for; the first asks for all else."""
FIELD_OF = {
    "award": "award_date",
    "confirmed": "funding_due",
    "contract": "service_start",
    "decision": "decision_date",
    "ends": "service_end",
    "equality": "decision_date",
    "first_patient": "service_start",
    "funding_review": "review_date",
    "group": "group_start",
    "in_post": "service_start",
    "invited": "offers_invited",
    "involvement": "involvement_due",
    "offers": "offers_close",
    "outcome_review": "outcome_review",
    "own": "own_service_due",
    "returns": "group_start",
    "review": "review_date",
    "route": "route_due",
    "scored": "scored_due",
    "standstill": "award_date",
}
"""The field beside which it is said that a milestone stands before one that must come first."""
READ_OF_SERVICE = {
    "at_ceiling", "clinical_lead", "data_sources", "evaluation", "hours_and_venues",
    "outcome_review", "review_date", "service_end", "service_name", "service_start",
}  # fmt: skip
READ_OF_GROUP = {
    "chair", "champions", "committee", "group_start", "meeting_frequency", "sponsor",
}  # fmt: skip
"""The names that clauses use of what is entered on a tab."""


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    redraw_finding = draw_finding_first(_finding, plan)
    form, results = Form(plan), results_for(plan)
    last: list[DeltaGenerator] = []
    draws: dict[str, Callable[[], object]] = {
        SERVICE: partial(_service, form, results, reference),
        GROUP: partial(_group, form, results, reference),
        RECORD: partial(decision_record.show, form, reference),
        RISKS: partial(_risks, form),
        # Its rows may not stand where the plan has them, so it is drawn once all else is read.
        WORDING: lambda: last.append(st.container()),
    }
    left = _left(results)
    tabs(
        "specification",
        {
            title + (f"{PROGRESS}{len(left[title])}" if left[title] else ""): partial(
                _tab, title, left[title], draw
            )
            for title, draw in draws.items()
        },
    )
    plan = form.done()
    for place in last:
        with place:
            plan = wording.show(plan, reference)
    redraw_finding(plan)
    return plan


def tab_of(gap_id: str) -> str:
    """The tab that asks for a gap of this step."""
    return next((tab for tab, ids in TABS.items() if gap_id.startswith(ids)), SERVICE)


def _left(results: Results) -> dict[str, list[str]]:
    """What is still to do on each tab, in words."""
    left: dict[str, list[str]] = {title: [] for title in TABS}
    for gap in results.missing_inputs:
        if gap.where == "specification":
            left[tab_of(gap.id)].append(gap.what)
    for field, words in _out_of_order(results.plan):
        left[GROUP if field == "group_start" else SERVICE].append(words)
    left[WORDING] += wording.faults(results.plan)
    return left


def _tab(title: str, left: Sequence[str], draw: Callable[[], object]) -> None:
    """What is to do on a tab, folded away where it is more than a line or two, and the tab."""
    if len(left) > FEW:
        words = f"To do here: {len(left)}"
        lazy_panel(words, f"to-do-{title}", partial(bullets, [capital(one) for one in left]))
    elif left:
        st.markdown(f":small[**To do here:** {plain('; '.join(left))}]")
    draw()


def _finding(results: Results) -> None:
    left = {title: todo for title, todo in _left(results).items() if todo}
    if left:
        st.info(
            f"Still to do: {sum(map(len, left.values()))}, on the tabs that have a number. None "
            "stops you: the documents say what is missing."
        )
    else:
        st.success("Nothing is missing on this step.")


def _out_of_order(plan: Plan) -> Iterator[tuple[str, str]]:
    """Each date that cannot be beside another, by its field, and that in words: the later of the
    two in order, or the group's."""
    for before, after, words in out_of_order(plan, load_library()):
        yield (
            FIELD_OF.get(before.name if before.name == "group" else after.name, "decision_date"),
            words,
        )


def _day(form: Form, name: str) -> None:
    form.day(PREFIX + name)
    for field, words in _out_of_order(form.plan):
        if field == name:
            st.warning(words)


def _days(form: Form, *names: str) -> list[Callable[[], None]]:
    return [partial(_day, form, name) for name in names]


def _service(form: Form, results: Results, reference: ReferenceData) -> None:
    agreement = partial(
        form.choice, PREFIX + "contract_type", list(ContractType), lambda f: f.value
    )
    # Two columns, in which a name and a role can be read whole, and short ones three to a line.
    form.columns(
        [PREFIX + "service_name", PREFIX + "commissioner_lead", PREFIX + "clinical_lead"],
        [PREFIX + "provider", PREFIX + "provider_lead", PREFIX + "funding_source"],
    )
    form.columns(
        [PREFIX + "specification_number"], [PREFIX + "version"], [agreement], spec=[1, 1, 2]
    )
    st.header("Dates", anchor=False)
    form.columns(
        _days(form, "decision_date", "award_date"),
        _days(form, "service_start", "service_end"),
        _days(form, "review_date", "outcome_review"),
        vertical_alignment="bottom",
    )
    st.header("How it will work", anchor=False)
    at_ceiling = partial(
        form.choice,
        PREFIX + "at_ceiling",
        [None, *AtCeiling],
        lambda rule: "Not yet decided" if rule is None else capital(rule.value),
    )
    form.columns([at_ceiling], [partial(yes_or_no, form, PREFIX + "existing_service_ends")])
    form.field(PREFIX + "hours_and_venues")
    form.columns(*([PREFIX + name] for name in ("data_sources", "evaluation")))
    with fold("The paper for the board: stage, funding, progress", "paper"):
        _paper(form)
    with fold("What the public is told, and large print", "public"):
        form.columns(
            [PREFIX + "contact_telephone", PREFIX + "contact_email"],
            [PREFIX + "contact_address", PREFIX + "large_print"],
        )
    _reads("service", READ_OF_SERVICE, results, reference)


def _paper(form: Form) -> None:
    """What the paper for the board needs beside the service: its stage, funding and progress."""
    funding = partial(form.number, PREFIX + "funding_found", most=MOST_PAID, whole=False)
    rest = partial(
        form.choice,
        PREFIX + "if_not_found",
        [None, *IfNotFound],
        lambda choice: "Still to be chosen" if choice is None else capital(choice.value),
    )
    recurs = partial(yes_or_no, form, PREFIX + "funding_recurrent")
    form.columns(
        [PREFIX + "stage", funding, recurs, *_days(form, "funding_ends", "funding_due"), rest],
        [
            *_days(form, "involvement_due", "own_service_due"),
            *_days(form, "route_due", "offers_invited", "offers_close", "scored_due"),
            PREFIX + "earlier_committees",
            PREFIX + "progress",
        ],
    )


def _group(form: Form, results: Results, reference: ReferenceData) -> None:
    form.columns(
        [PREFIX + "chair", PREFIX + "sponsor", *_days(form, "group_start")],
        [PREFIX + "committee", PREFIX + "meeting_frequency"],
    )
    form.several(
        PREFIX + "clinical_champions",
        [],
        accept_new_options=True,
        placeholder="Type a name and press Enter",
    )
    with fold("Seats of the group (the first four are asked for by Action 3)", "seats"):
        for place in range(len(Seat)):
            seat = f"{PREFIX}members.{place}"
            form.columns([f"{seat}.name"], [f"{seat}.organisation"])
    lazy_panel(
        "The workplan, its dates and owners, as the documents print them",
        "workplan",
        partial(_workplan, results, reference),
    )
    _reads("group", READ_OF_GROUP, results, reference)


def _workplan(results: Results, reference: ReferenceData) -> None:
    context = context_for(MAIN[3], results, reference, load_library())
    for block in (*workplan_table(context), *raci_table(context)):
        if isinstance(block, Table):
            st.markdown(f"**{plain(block.caption)}**")
            table(block, in_panel=False)


def _reads(tab: str, names: Set[str], results: Results, reference: ReferenceData) -> None:
    """A fold with each sentence of the documents that uses what is entered on a tab."""

    def draw() -> None:
        context = context_for(MAIN[4], results, reference, load_library())
        rule = [rule_at_ceiling(results.plan.specification.at_ceiling, context)]
        bullets([*sentences_with(names, context), *(rule if "at_ceiling" in names else [])])

    lazy_panel("How it will read", f"reads-{tab}", draw)


def _risks(form: Form) -> None:
    _rows(
        form,
        "engagement",
        "Who has been involved",
        "entry",
        ("who", "when", "what_changed", "view_of_draft"),
    )
    _rows(form, "risks", "Risks of your own", "risk", ("risk", "mitigation", "owner"))
    _rows(
        form,
        "directory",
        "Directory of alternatives",
        "service",
        ("offer", "need", "provider", "access", "capacity", "wait"),
    )


def _rows(form: Form, part: str, heading: str, one_is: str, fields: tuple[str, ...]) -> None:
    """A list the user can add to."""
    st.header(heading, anchor=False)
    rows = getattr(form.plan.specification, part)
    # What was added since the step was reached, here or by somebody else, is there to be seen.
    remembered = f"rows-of-{part}"
    known = visit()[remembered] = min(len(rows), visit().get(remembered, len(rows)))
    if part == "directory" and rows:
        st.markdown(f"Capacity and wait: {help_words(f'{PREFIX}directory.0.wait', above=True)}")
    for place, row in enumerate(rows):
        path, first = f"{PREFIX}{part}.{place}", getattr(row, fields[0])
        asks = label_of(form.plan, f"{path}.{fields[0]}").partition(" (")[0]
        name = (
            plain(typed_now(f"{path}.{fields[0]}", first))
            or f"'{asks}' is still empty, so this {one_is} is left out"
        )
        with fold(name, f"{part}-{place}", is_open=not first or place >= known):
            for field in fields:
                form.field(f"{path}.{field}")
            if part == "engagement":
                form.several(f"{path}.groups", list(Involved), lambda group: group.value)
            if part == "risks":
                for judged in ("likelihood", "impact", "likelihood_after", "impact_after"):
                    form.choice(
                        f"{path}.{judged}",
                        [None, *get_args(Level)],
                        lambda level: "Not judged" if level is None else level,
                    )
            form.remove_row(path, f"Remove {one_is} {place + 1}", f"remove-{part}-{place}")
    article = "an" if one_is[0] in "aeiou" else "a"
    form.add_row(PREFIX + part, f"Add {article} {one_is}", f"add-{part}", {})
