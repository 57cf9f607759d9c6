"""Step 1: which integrated care board the plan is for; also where a plan is opened."""

from __future__ import annotations

import streamlit as st

from planner.analysis.example import EXAMPLE_CODE, example_plan, starter_plan
from planner.model.place import OrganisationList, Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis
from planner.model.reference import ReferenceData
from planner.screens.fields import Form
from planner.screens.frame import chart, plain
from planner.screens.state import FIELD, replace, worked_out
from planner.store.plan_file import LARGEST_FILE, PlanFileError, plan_from_json

LIST, BOARD = FIELD + "list", FIELD + "board"


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    st.write(
        "This planner helps an integrated care board plan support for adults prescribed antidepressants, "
        "benzodiazepines, gabapentinoids, opioids or Z-drugs. Seven steps lead to two Word documents: the "
        "Action 3 paper and the Action 4 service specification of the framework PR1103. It holds no "
        "information about any person, and gives no advice on anyone's medicines."
    )
    left, right = st.columns(2)
    with left:
        if st.button("Load the South Yorkshire example", key="example"):
            replace(example_plan(reference.find_organisation(EXAMPLE_CODE), reference))
            st.rerun()
    with right, st.expander("Open a saved plan"):
        _open_file()
    plan = _choose(plan, reference)
    form = Form(plan)
    form.text(
        "place.area",
        "Name of the area in the documents, if not the whole board",
        max_chars=300,
        help="For example a place within the board. Leave empty for the whole board.",
    )
    form.text("author", "Your name, for the documents", max_chars=300)
    plan = form.revised()
    _findings(plan)
    return plan


def _open_file() -> None:
    upload = st.file_uploader("Plan file (.json, up to 2 MB)", type=["json"], key="upload", max_upload_size=2)
    if upload is None or st.session_state.get("opened") == upload.file_id:
        return
    st.session_state["opened"] = upload.file_id
    try:
        if upload.size > LARGEST_FILE:
            raise PlanFileError(f"{upload.name} is larger than 2 MB, so it is not a plan")
        replace(plan_from_json(upload.getvalue(), upload.name))
    except PlanFileError as error:
        st.error(f"{plain(str(error))} Your open plan is unchanged.")
        return
    st.rerun()


def _choose(plan: Plan, reference: ReferenceData) -> Plan:
    """The board, by list and name. The options follow to its size unless they have been changed."""
    if LIST not in st.session_state:
        st.session_state[LIST] = plan.place.organisation_list
    chosen = st.radio(
        "Which list of boards?",
        list(OrganisationList),
        format_func=lambda which: which.value,
        key=LIST,
        horizontal=True,
        help="Boards merged on 1 April 2026. Older data may use the older list.",
    )
    organisation_list = chosen or plan.place.organisation_list
    boards = {board.code: board for board in reference.boards(organisation_list)}
    if st.session_state.get(BOARD) not in boards:
        at = plan.place.icb_code
        st.session_state[BOARD] = at if at in boards else next(iter(boards))
    code = st.selectbox(
        "Integrated care board",
        list(boards),
        format_func=lambda code: f"{boards[code].name} ({code})",
        key=BOARD,
        help="Type part of the name or the ODS code.",
    )
    if (code, organisation_list) == (plan.place.icb_code, plan.place.organisation_list):
        return plan
    before = starter_plan(
        reference.organisation(plan.place.icb_code, plan.place.organisation_list), reference
    )
    after = starter_plan(boards[code], reference)
    changes: dict[str, object] = {
        "place": Place(icb_code=code, organisation_list=organisation_list, area=plan.place.area).model_dump()
    }
    if plan.options == before.options:
        changes["options"] = [option.model_dump() for option in after.options]
    if plan.title == before.title:
        changes["title"] = after.title
    for key in [key for key in st.session_state if str(key).startswith(f"{FIELD}options")]:
        del st.session_state[key]
    return Plan.model_validate(plan.model_dump() | changes)


def _findings(plan: Plan) -> None:
    found = worked_out(plan)
    organisation = found.organisation
    st.subheader(plain(organisation.name), anchor=False)
    one, two, three = st.columns(3)
    one.metric(
        "Adults living here", f"{organisation.population(Basis.RESIDENT_ADULTS).value:,}", help="ONS mid-2020"
    )
    two.metric("Aged 65 and over", f"{organisation.residents_65plus:,}", help="ONS mid-2020")
    three.metric(
        "Registered with a practice, all ages",
        f"{organisation.population(Basis.REGISTERED_ALL_AGES).value:,}",
        help="NHS England allocations 2025/26, average of November 2023 to October 2024",
    )
    st.info(found.inequality.profile.finding)
    for warning in found.warnings:
        if "list to March 2026" in warning or warning.startswith("Population"):
            st.warning(warning)
    chart("deprivation", plan)
