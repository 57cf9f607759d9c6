"""Of step 1: which integrated care board the plan is for; also where a plan is opened."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import streamlit as st

from planner.analysis.economics.example import EXAMPLE_CODE, example_plan, starter_plan
from planner.analysis.formatting import listed, percent, pounds
from planner.analysis.population.need import plan_organisation
from planner.analysis.population.neighbours import METHOD as NEIGHBOUR_METHOD
from planner.analysis.population.neighbours import neighbour_words
from planner.analysis.results.provenance import place_receipts
from planner.analysis.results.results import Results
from planner.model.edit import value_at, with_values
from planner.model.place import Organisation, OrganisationList, SubIcb
from planner.model.plan import Plan
from planner.model.prescribing import Basis
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.screens.ui.display import bullets, chart, lazy_panel, plain, receipts, table
from planner.screens.ui.form import Form, draw
from planner.screens.ui.saved_plan import (
    LINK,
    RESCUED,
    begin_another,
    brought_plan,
    link_set_aside,
    save_plan,
    set_aside,
    take_up_again,
)
from planner.screens.ui.session import (
    ICB_MOVED,
    IcbMoved,
    field_key,
    fill_afresh,
    replace,
    results_for,
)

CONFIRM = "confirm-example"
BOX = "plan"
"""The name of the box for a plan file."""


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    st.write(
        "This planner helps an integrated care board plan support for adults prescribed "
        "antidepressants, "
        "benzodiazepines, gabapentinoids, opioids or Z-drugs. Six steps lead to two Word "
        "documents that NHS "
        "England's framework PR1103 asks for: a paper for the board (its Action 3) and a service "
        "specification for the "
        "contract (its Action 4). It holds no information about any person, and gives no advice "
        "on anyone's medicines. New here? The worked example "
        "below is a plan half filled in: look at any step of it, then come back to your own."
    )
    # Not known where a file comes from elsewhere, which can be mended here.
    current: Organisation | None = None
    with suppress(ReferenceMissing):
        current = plan_organisation(plan, reference)
    left, right = st.columns(2)
    with left:
        _example(plan, current, reference)
    with right, st.expander("Open a saved plan"):
        open_file()
    plan = _choose(plan, current, reference)
    _after_a_move(plan, reference)
    form = Form(plan)
    form.text(
        "place.area", help="For example a place within the board. Leave empty for the whole board."
    )
    form.field("author")
    plan = form.done()
    _findings(plan, reference)
    return plan


def open_file(opened: Callable[[], None] = st.rerun) -> None:
    """Open a plan file; where one is damaged in parts, offer the rest of it. Then `opened` is
    called."""
    brought = brought_plan("Plan file", BOX)
    if brought is not None:
        begin_another()
        replace(brought[0])
        opened()
    rescued: tuple[Plan, tuple[str, ...]] | None = st.session_state.get(RESCUED + BOX)
    if rescued is None:
        return
    plan, left_out = rescued
    st.warning(
        f"The rest of that file can be read. Left out would be: {plain('; '.join(left_out))}."
    )
    if st.button("Open what can be read", key="open-rescued"):
        st.session_state.pop(RESCUED + BOX)
        begin_another()
        replace(plan)
        opened()


def _choose(plan: Plan, current: Organisation | None, reference: ReferenceData) -> Plan:
    """The board, by list and name. The options follow to its size unless they have been changed."""
    list_key, icb_key = field_key("list", of="place"), field_key("board", of="place")
    chosen = draw(
        st.radio,
        "Which list of boards?",
        list_key,
        plan.place.organisation_list,
        options=list(OrganisationList),
        format_func=lambda which: which.value,
        horizontal=True,
        help="Boards merged on 1 April 2026. Older data may use the older list.",
    )
    organisation_list = chosen or plan.place.organisation_list
    icbs = {icb.code: icb for icb in reference.icbs(organisation_list)}
    if st.session_state.get(icb_key) not in icbs:
        st.session_state.pop(icb_key, None)
    start = None
    if current is not None:
        # The board of this list that holds the place: itself, or the first after or before it.
        related = (current.code, *current.successors, *current.predecessors, *icbs)
        start = next(code for code in related if code in icbs)
    else:
        st.warning(
            f"This plan is for a board with the code {plain(plan.place.icb_code)}, which is not "
            "in our list of "
            f"{plan.place.organisation_list.value}. Choose the board it is for; what was typed "
            "stays."
        )
    code = draw(
        st.selectbox,
        "Integrated care board",
        icb_key,
        start,
        options=list(icbs),
        format_func=lambda code: f"{icbs[code].name} ({code})",
        placeholder="Choose a board",
        help="Type part of the name or the ODS code.",
    )
    if code is None or (code, organisation_list) == (
        plan.place.icb_code,
        plan.place.organisation_list,
    ):
        return plan
    return move_to(icbs[code], plan, current, reference)


def move_to(
    icb: Organisation, plan: Plan, current: Organisation | None, reference: ReferenceData
) -> Plan:
    """The plan for another board. What is ours follows; what was typed stays, which is said."""
    after = starter_plan(icb, reference)
    before = starter_plan(current, reference) if current else after
    changes: dict[str, object] = {
        "place": {
            "icb_code": icb.code,
            "organisation_list": icb.organisation_list,
            "area": plan.place.area,
        }
    }
    # What stands as it was offered follows to the board's size.
    sizes = zip(before.options, after.options, strict=True)
    follows = {old.id: new for old, new in sizes if old in plan.options}
    changes["options"] = tuple(follows.get(option.id, option) for option in plan.options)
    if plan.title in (before.title, example_plan(current, reference).title if current else ""):
        changes["title"] = after.title
    moved: IcbMoved | None = st.session_state.get(ICB_MOVED)
    back = moved is not None and icb.code == moved.before.place.icb_code
    if moved is not None and back and _of_the_place(plan) == _of_the_place(moved.before):
        st.session_state[ICB_MOVED] = None
    elif (moved is None or back) and icb.code != plan.place.icb_code:
        # A further move still names the board they were typed for.
        saved = _typed_for_the_place(plan, before)
        was = current.name if current else plan.place.icb_code
        st.session_state[ICB_MOVED] = IcbMoved(plan, f"{was}: {listed(saved)}") if saved else None
    fill_afresh("options")
    return with_values(plan, changes)


def _typed_for_the_place(plan: Plan, before: Plan) -> list[str]:
    """What in the plan was typed for the board it was for, in words."""
    return [
        words
        for words, typed in (
            ("the name of the area", bool(plan.place.area)),
            ("the population", plan.population.entered is not None),
            ("the counts of people prescribed", plan.prescribing != before.prescribing),
            ("the counts by deprivation, sex and group", _counts(plan) != _counts(before)),
            ("the places and months from files", bool(plan.areas.areas or plan.trend.months)),
            ("the options", any(option not in before.options for option in plan.options)),
        )
        if typed
    ]


def _of_the_place(plan: Plan) -> tuple[object, ...]:
    """What is typed for a board and for no other; options are not, since they follow to the board's
    size."""
    return plan.place.area, plan.population, plan.prescribing, _counts(plan), plan.areas, plan.trend


def _counts(plan: Plan) -> dict[str, object]:
    return plan.inequality.model_dump(exclude={"groups", "actions"})


def _after_a_move(plan: Plan, reference: ReferenceData) -> None:
    """Offer to clear what was typed for the board before."""
    moved: IcbMoved | None = st.session_state.get(ICB_MOVED)
    if moved is None:
        return
    st.warning(plain(f"You have changed the board. Kept as typed for {moved.words}."))
    one, two = st.columns(2)
    if one.button("Clear these and size the options afresh", key="clear-moved"):
        fresh = starter_plan(plan_organisation(plan, reference), reference)
        parts = (
            "place",
            "population",
            "prescribing",
            "options",
            "areas",
            "trend",
            "imports",
            "inequality",
        )
        stays = ("inequality.groups", "inequality.actions")
        st.session_state[ICB_MOVED] = None
        replace(
            with_values(
                plan,
                {part: getattr(fresh, part) for part in parts}
                | {path: value_at(plan, path) for path in stays}
                | {"preferred_option": None},
            )
        )
        st.rerun()
    if two.button("Keep them", key="keep-moved"):
        st.session_state[ICB_MOVED] = None
        st.rerun()


def _example(plan: Plan, current: Organisation | None, reference: ReferenceData) -> None:
    """One click loads the example; where there is work to set aside, a second one confirms it, and
    one brings it back."""
    link = link_set_aside()
    if link is not None:
        _beside_the_example(plan, reference, link)
        return
    untouched = current is not None and plan == starter_plan(current, reference)
    if st.button("Load the South Yorkshire example", key="example"):
        if untouched:
            _load_example(plan, reference)
        st.session_state[CONFIRM] = True
    if st.session_state.get(CONFIRM) and not untouched:
        st.warning(
            "The example opens in place of your plan, which stays kept. One button here brings "
            "it back."
        )
        if st.button("Replace my plan with the example", key="example-yes"):
            _load_example(plan, reference)
        if st.button("Keep my plan", key="example-no"):
            st.session_state[CONFIRM] = False
            st.rerun()


def _beside_the_example(plan: Plan, reference: ReferenceData, link: str) -> None:
    """While the example is looked at, or built on: what it is, how to start from it, and the way
    back."""
    budget = pounds(reference.example.pricing.budget or 0)
    st.info(
        "You are looking at the worked example; your own plan waits. People and services in the "
        "example are invented and say "
        f"so; its budget of {budget} is invented too. To start from it, choose your board below: "
        "the numbers follow, and "
        "what is an example is yours to replace."
        + (
            f" Should this page be closed: the link of your own plan ends in ?{LINK}={plain(link)}"
            if link
            else ""
        )
    )
    if st.button("Back to my own plan", key="example-back"):
        save_plan(plan)
        take_up_again()
        st.rerun()


def _load_example(plan: Plan, reference: ReferenceData) -> None:
    st.session_state[CONFIRM] = False
    save_plan(plan)
    set_aside(plan)
    begin_another()
    replace(example_plan(reference.find_organisation(EXAMPLE_CODE), reference))
    st.rerun()


def _findings(plan: Plan, reference: ReferenceData) -> None:
    results = results_for(plan)
    organisation = results.organisation
    st.header(plain(organisation.name), anchor=False)
    one, two, three = st.columns(3)
    one.metric(
        "Adults living here",
        f"{organisation.population(Basis.RESIDENT_ADULTS).value:,}",
        help="ONS mid-2020",
    )
    two.metric("Aged 65 and over", f"{organisation.residents_65plus:,}", help="ONS mid-2020")
    three.metric(
        "Registered with a practice, all ages",
        f"{organisation.population(Basis.REGISTERED_ALL_AGES).value:,}",
        help="NHS England allocations 2025/26, average of November 2023 to October 2024",
    )
    profile = results.inequality.profile
    st.info(profile.finding)
    for words in (
        profile.caution,
        results.boundary_change.finding if results.boundary_change else "",
    ):
        if words:
            st.caption(plain(words))
    receipts(
        lambda: place_receipts(results),
        "Populations of the board, each with its receipt",
        "receipts-place",
    )
    chart("deprivation", plan)
    lazy_panel(
        "Boards like this one",
        "neighbours",
        lambda: _neighbours(results),
    )
    if results.standings:
        st.header("Where this board stands among all", anchor=False)
        st.write("Crude rates from the files you brought; a rank is no verdict on anyone.")
        bullets(row.finding for row in results.standings)
    lazy_panel(
        f"Items in {organisation.region} by month, 2021 to 2024",
        "region-items",
        lambda: bullets(trend.finding for trend in results.region_trends),
    )
    older = organisation.organisation_list is OrganisationList.TO_MARCH_2026
    parts = [
        part
        for part in reference.sub_icbs
        if organisation.code in (part.icb_before if older else part.icb_after).split()
    ]
    lazy_panel(
        f"Sub-ICB locations of this board: {len(parts)}",
        "sub-icbs",
        partial(_parts, organisation, parts, results),
    )


def _neighbours(results: Results) -> None:
    """The boards most like this one, and how they were found."""
    bullets(neighbour_words(results.neighbours))
    st.caption(NEIGHBOUR_METHOD)


def _parts(organisation: Organisation, parts: list[SubIcb], results: Results) -> None:
    index = results.plan.inequality.deprivation_index
    older = organisation.organisation_list is OrganisationList.TO_MARCH_2026
    st.write("Residents are ONS mid-2020; registered people are from the 2025/26 allocations.")
    table(
        [
            {
                "Sub-ICB location": part.name,
                "Resident adults": f"{part.resident_adults:,}",
                "Aged 65 and over": f"{part.residents_65plus:,}",
                f"In the most deprived fifth, {index}": percent(
                    results.reference.people_of(part, index).shares[0]
                ),
                "Registered, all ages": f"{part.registered_all_ages:,}",
                "Shared": "yes, with another board"
                if not older and " " in part.icb_after
                else "no",
            }
            for part in parts
        ],
        f"Sub-ICB locations of {organisation.name} with their populations",
    )
