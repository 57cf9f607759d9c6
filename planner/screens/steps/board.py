"""Of step 1 and of a first draft: which board the plan is for, and what follows from another."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

import streamlit as st

from planner.analysis.economics.example import example_plan, starter_plan
from planner.analysis.formatting import listed
from planner.analysis.population.need import plan_organisation
from planner.model.edit import value_at, with_values
from planner.model.place import Organisation, OrganisationList
from planner.model.plan import Plan
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.screens.ui.form import draw
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import icb_is_open
from planner.screens.ui.saved_plan import choose_icb
from planner.screens.ui.session import (
    FORMER_ICBS,
    ICB_MOVED,
    IcbMoved,
    field_key,
    fill_afresh,
    replace,
)

LIST = "list"
"""The field for the list of boards, which stands in a fold."""


TYPED: Mapping[str, Callable[[Plan], object]] = {
    "the name of the area": lambda plan: plan.place.area,
    "the population": lambda plan: plan.population.entered,
    "the counts of people prescribed": lambda plan: plan.prescribing,
    "the counts by deprivation, sex and group": lambda plan: plan.inequality.model_dump(
        exclude={"groups", "actions"}
    ),
    "the places and months from files": lambda plan: (plan.areas, plan.trend),
}
"""What is typed for a board and for no other. Options are not, since they follow to its size."""


def choose_list(plan: Plan) -> None:
    """Which list of boards the board is chosen from."""
    draw(
        st.radio,
        "Which list of boards?",
        field_key(LIST, of="place"),
        plan.place.organisation_list,
        options=list(OrganisationList),
        format_func=lambda which: which.value,
        horizontal=True,
        help="Boards merged on 1 April 2026. Older data may use the older list.",
    )


def board_box(plan: Plan, reference: ReferenceData) -> Plan:
    """The plan for the board chosen by name; in a plan just begun none is chosen beforehand, which
    is said, and `icb_is_open` stays true until one is.

    On the other list of boards it is the same board, the one that the plan was for there before,
    or its one relation; where there are several, the user is asked and the plan stays as it is.
    """
    # Not known where a file comes from elsewhere, which can be mended here.
    current: Organisation | None = None
    with suppress(ReferenceMissing):
        current = plan_organisation(plan, reference)
    left: dict[OrganisationList, str] = st.session_state.setdefault(FORMER_ICBS, {})
    before = plan.place.organisation_list
    wanted: OrganisationList = st.session_state.get(field_key(LIST, of="place"), before)
    boards = {icb.code: icb for icb in reference.icbs(wanted)}
    key = field_key("board", of="place")
    if st.session_state.get(key) not in boards:
        st.session_state.pop(key, None)
    start = None
    if current is not None and not icb_is_open():
        start = one_relation(current, [*boards.values()], left.get(wanted))
    code: str | None = draw(
        st.selectbox,
        "Integrated care board",
        key,
        start and start.code,
        options=list(boards),
        format_func=lambda code: f"NHS {boards[code].short_name} ({code})",
        placeholder="Choose a board",
        help="Type part of the name or the ODS code.",
    )
    if current is None:
        st.warning(
            f"This plan is for a board with the code {plain(plan.place.icb_code)}, which is not "
            f"in the planner's list of {before.value}. Choose the board it is for; what was typed "
            "stays."
        )
    if code is None:
        if icb_is_open():
            st.info("Choose the board first. Everything else is worked out for it.")
        elif current is not None:
            names = listed([one.short_name for one in _related(current, [*boards.values()])])
            st.warning(
                plain(
                    f"{current.short_name} is more than one board on this list: {names}. Choose "
                    f"one; until then the plan stays for {current.short_name}."
                )
            )
        return plan
    choose_icb()
    if (code, wanted) == (plan.place.icb_code, before):
        return plan
    left[before] = plan.place.icb_code
    return move_to(boards[code], plan, current, reference)


def one_relation(
    board: Organisation, among: Sequence[Organisation], left: str | None
) -> Organisation | None:
    """The one board of a list that holds a place: the one left there, itself, or what became of it;
    None where that is several."""
    related = _related(board, among)
    same = [one for one in related if one.code == left] or [
        one for one in related if one.code == board.code
    ]
    return next(iter(same or (related if len(related) == 1 else [])), None)


def _related(board: Organisation, among: Sequence[Organisation]) -> list[Organisation]:
    codes = (board.code, *board.successors, *board.predecessors)
    return [one for one in among if one.code in codes]


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
    if moved is not None and back and not _typed(plan, moved.before):
        st.session_state[ICB_MOVED] = None
    elif (moved is None or back) and icb.code != plan.place.icb_code:
        # A further move still names the board they were typed for.
        saved = _typed(plan, before)
        if any(option not in before.options for option in plan.options):
            saved.append("the options")
        was = current.name if current else plan.place.icb_code
        st.session_state[ICB_MOVED] = IcbMoved(plan, f"{was}: {listed(saved)}") if saved else None
    fill_afresh("options")
    return with_values(plan, changes)


def _typed(plan: Plan, before: Plan) -> list[str]:
    """What of a board was typed since, in words."""
    return [words for words, of in TYPED.items() if of(plan) != of(before)]


def after_a_move(plan: Plan, reference: ReferenceData) -> None:
    """Offer to clear what was typed for the board before."""
    moved: IcbMoved | None = st.session_state.get(ICB_MOVED)
    if moved is None:
        return
    st.warning(plain(f"You have changed the board. Kept as typed for {moved.words}."))
    one, two = st.columns(2)
    if one.button("Clear these and size the options afresh", key="clear-moved"):
        fresh = starter_plan(plan_organisation(plan, reference), reference)
        mine = {option.id for option in plan.options}
        parts = ("place", "population", "prescribing", "areas", "trend", "imports", "inequality")
        stays = ("inequality.groups", "inequality.actions")
        st.session_state[ICB_MOVED] = None
        replace(
            with_values(
                plan,
                {part: getattr(fresh, part) for part in parts}
                | {path: value_at(plan, path) for path in stays}
                | {
                    "options": tuple(one for one in fresh.options if one.id in mine),
                    "preferred_option": None,
                },
            )
        )
        st.rerun()
    if two.button("Keep them", key="keep-moved"):
        st.session_state[ICB_MOVED] = None
        st.rerun()
