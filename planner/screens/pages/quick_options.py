"""A first draft, question 2: what might be bought, what it costs, and whom it would see."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.calculation.inputs import label_at
from planner.analysis.completeness.wizard_steps import at_step
from planner.analysis.economics.case_study_models import StudyHere
from planner.analysis.economics.example import option_from_quote, starter_plan
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import Unit, about_pounds, format_range, people, pounds
from planner.analysis.population.need import plan_organisation
from planner.model.base import LONGEST_LINE, as_range
from planner.model.document import DASH
from planner.model.edit import with_values
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE, Post, ServiceOption
from planner.screens.ui.display import bullets, plain, table
from planner.screens.ui.findings import to_say
from planner.screens.ui.form import Form, draw, hold_incomplete
from planner.screens.ui.page import link_to
from planner.screens.ui.saved_plan import board_is_open, may_only_read
from planner.screens.ui.session import field_key, projections_for, results_for
from planner.screens.ui.typed import amount, shown_number, whole_number, without_a_patient

STUDIES = ("1", "2")
"""The case studies whose models stand beside the options: those with a printed cost."""
MOST_PAID, MOST_PEOPLE, MOST_POSTS = 1e9, 1e7, 1000.0
BUDGET = "pricing.budget"
QUOTE, POSTS = "quote", "posts"


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the page and return the plan as changed."""
    if board_is_open():
        st.info("Choose a board first: every cost and number of people here is sized to it.")
        link_to("quick_need", "Choose the board")
        return plan
    finding = st.container()
    left, right = st.columns([3, 2], gap="large")
    with left:
        st.header("Services to start from, sized to this place", anchor=False)
        plan = _starters(plan, reference)
    form = Form(plan)
    with right:
        st.header("Budget, and what you have", anchor=False)
        form.figure(
            BUDGET,
            f"{label_at(BUDGET)}, £",
            most=MOST_PAID,
            whole=False,
            placeholder="Not given",
        )
        with st.expander("I have a quote"):
            _quote(form)
        with st.expander("I have posts"):
            _posts(form)
        names = {option.id: option.name for option in plan.options if not option.is_do_nothing}
        if names:
            form.choice(
                "preferred_option",
                [None, *names],
                lambda chosen: names.get(chosen, "Not yet chosen"),
                label="Option to put forward",
            )
    plan = form.done()
    with finding:
        option = _in_focus(plan)
        st.info(
            to_say(results_for(plan), option)
            if option
            else "Tick a service below, or add a quote or posts, to see what it would cost and "
            "whom it would see."
        )
    _side_by_side(plan)
    return plan


def _in_focus(plan: Plan) -> OptionResult | None:
    focus = projections_for(plan).focus
    return next((one for one in results_for(plan).options if one.id == focus), None)


def _starters(plan: Plan, reference: ReferenceData) -> Plan:
    """A tick for each service we offer, with its cost and people, and a button that takes out what
    was added beside them. Gives the plan with what is ticked."""
    offered = [
        option
        for option in starter_plan(plan_organisation(plan, reference), reference).options
        if not option.is_do_nothing
    ]
    mine = {option.id: option for option in plan.options}
    every = with_values(
        plan, {"options": (*plan.options, *(one for one in offered if one.id not in mine))}
    )
    costed = {one.id: one for one in results_for(every).options}
    ticked_options, there_at = [], at_step("options")
    for option in offered:
        there = mine.get(option.id)
        changed = there is not None and there != option
        words = f"{option.name}: {_in_short(costed[option.id])}"
        ticked = draw(
            st.checkbox,
            plain(words + (f" (changed by you; take it out on {there_at})" if changed else "")),
            field_key(f"quick.has.{option.id}"),
            there is not None,
            disabled=changed,
        )
        if ticked:
            ticked_options.append(there or option)
    others = [one for one in plan.options if one.id not in {option.id for option in offered}]
    nothing = [one for one in others if one.is_do_nothing]
    added = []
    for one in others:
        if one.is_do_nothing:
            continue
        st.markdown(f"**{plain(one.name)}:** {plain(_in_short(costed[one.id]))}")
        if not st.button(
            "Take it out",
            key=f"quick-remove-{one.id}",
            help=plain(one.name),
            disabled=may_only_read(),
        ):
            added.append(one)
    options = (*nothing, *ticked_options, *added)
    stays = plan.preferred_option in {option.id for option in options}
    if not stays:
        # Its list still holds what is gone.
        st.session_state.pop(field_key("preferred_option"), None)
    return with_values(
        plan,
        {"options": options, "preferred_option": plan.preferred_option if stays else None},
    )


def _in_short(option: OptionResult) -> str:
    """What an option costs and whom it sees, in a few words."""
    cost = about_pounds(option.annual_cost.central)
    if option.people_assessed is not None:
        return f"{cost} a year, {people(option.people_assessed.central)} people assessed"
    written = option.measures.get("written")
    return f"{cost} a year" + (f", {people(written.central)} people written to" if written else "")


def _box(label: str, name: str, read: Callable[[str], Any], **named: Any) -> Any:
    """A box that is no field of the plan; what it holds, or None where it is empty or refused at
    the field."""
    typed = draw(st.text_input, label, field_key(name), "", max_chars=LONGEST_LINE, **named)
    try:
        return read(typed.strip()) or None
    except ValueError as error:
        hold_incomplete(plain(f"{label}: {error}."))
        return None


def _quote(form: Form) -> None:
    st.write("A quote is taken whole or not at all. What it adds to usual care is not stated.")
    name = _box("Who quoted", "quote.name", without_a_patient)
    one, two = st.columns(2)
    with one:
        price = _box("Price a year, £", "quote.price", partial(amount, most=MOST_PAID))
    with two:
        label = "People assessed a year"
        seen = _box(label, "quote.people", partial(whole_number, most=MOST_PEOPLE))
    covers = _box("What it covers", "quote.covers", without_a_patient)
    whole = name and price and seen
    shut = not whole or may_only_read()
    if st.button("Add this quote", key="quick-add-quote", disabled=shut) and whole:
        option = option_from_quote(_free(form.plan, QUOTE), name, price, as_range(float(seen)))
        words = f"{option.description} It covers: {covers}." if covers else option.description
        _add(form, option.model_copy(update={"description": words}))
    elif name or price or seen or covers:
        hold_incomplete("The quote is not added yet: press Add this quote, or empty its boxes.")


def _posts(form: Form) -> None:
    st.write(
        f"What the posts add to usual care is not stated until you say so on {at_step('options')}."
    )
    one, two = st.columns(2)
    with one:
        wte = _box(
            "Whole-time posts",
            "posts.wte",
            partial(amount, most=MOST_POSTS),
            placeholder="such as 2.4",
        )
    with two:
        band = draw(
            st.selectbox, "Band", field_key("posts.band"), "7", options=list(AGENDA_FOR_CHANGE)
        )
    shut = not wte or may_only_read()
    if st.button("Add these posts", key="quick-add-posts", disabled=shut) and wte:
        post = Post(title=f"Band {band} post", band=band, wte=wte)
        name = f"Our posts: {shown_number(wte)} WTE of band {band}"
        _add(form, ServiceOption(id=_free(form.plan, POSTS), name=name, posts=(post,)))
    elif wte:
        hold_incomplete("The posts are not added yet: press Add these posts, or empty the box.")


def _free(plan: Plan, wanted: str) -> str:
    """An id that no option has."""
    taken = {option.id for option in plan.options}
    names = (wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _add(form: Form, option: ServiceOption) -> None:
    form.rows = lambda plan: {"options": (*plan.options, option)}


def _side_by_side(plan: Plan) -> None:
    """The options with the case studies' models at this place's size, on one population."""
    results, budget = results_for(plan), plan.pricing.budget
    options = [one for one in results.options if one.annual_cost.high > 0]
    studies = [one for one in projections_for(plan).case_studies.models if one.number in STUDIES]
    st.header("Side by side", anchor=False)
    table(
        [
            *(_row_of_option(option, budget) for option in options),
            *(_row_of_study(study, budget) for study in studies),
        ],
        "Each option, and the models of two published services at this place's size",
        {"People a year": [option.withheld.get("people_assessed", "") for option in options]},
    )
    st.markdown(
        f":small[{plan.pricing.price_year} prices. Per head is over residents of all ages "
        "everywhere in this table. Options are modelled, with their likely range; case studies "
        "are their printed costs and people, moved to this place's residents.]"
    )
    bullets(_too_thin(options))


def _too_thin(options: list[OptionResult]) -> Iterator[str]:
    return (f"{one.name} is too thin: {one.too_thin}." for one in options if one.too_thin)


def _within(cost: float, budget: float | None) -> str:
    if budget is None:
        return "no budget given"
    return "yes" if cost <= budget else f"no, {about_pounds(cost - budget)} over"


def _row_of_option(option: OptionResult, budget: float | None) -> dict[str, str]:
    seen, each, whom = option.people_assessed, option.cost_per_assessed, "assessed"
    if "written" in option.measures:
        seen, each = option.measures["written"], option.measures.get("cost_per_written")
        whom = "written to"
    return {
        "Service": option.name,
        "Cost a year": format_range(option.annual_cost, Unit.POUNDS),
        "Per head": format_range(option.cost_per_head_all_ages, Unit.PENCE),
        "Per person": format_range(each, Unit.POUNDS) if each else "withheld",
        "People a year": f"{format_range(seen)} {whom}" if seen else "not known",
        "Within budget": _within(option.annual_cost.central, budget),
    }


def _row_of_study(study: StudyHere, budget: float | None) -> dict[str, str]:
    cost, seen, each = study.cost_here, study.people_here, study.parts.per_person
    return {
        "Service": f"Case study {study.number}, {study.name}, at this place's size",
        "Cost a year": DASH if cost is None else about_pounds(cost),
        "Per head": DASH if study.cost_per_head is None else pounds(study.cost_per_head, 2),
        "Per person": DASH if each is None else about_pounds(each),
        "People a year": DASH if seen is None else f"{people(seen)}: {study.counts}",
        "Within budget": DASH if cost is None else _within(cost, budget),
    }
