"""A quote, posts or an option that is offered, added to the plan: of step 3 and the first draft."""

from collections.abc import Callable, Iterable
from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.completeness.wizard_steps import at_step
from planner.analysis.economics.example import (
    option_from_quote,
    options_from,
    options_from_case_studies,
    starter_plan,
)
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import about_pounds, people, pounds
from planner.analysis.population.need import plan_organisation
from planner.model.base import LONGEST_LINE, as_range
from planner.model.case_study_names import numbered
from planner.model.edit import with_values
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE, Post, ServiceOption
from planner.screens.ui.display import plain
from planner.screens.ui.form import Form, draw, helped, hold_incomplete
from planner.screens.ui.option_table import EDITING
from planner.screens.ui.session import VISIT, field_key, results_for
from planner.screens.ui.typed import amount, shown_number, whole_number, without_a_patient

MOST_PAID, MOST_PEOPLE, MOST_POSTS = 1e9, 1e7, 1000.0
QUOTE, POSTS = "quote", "posts"
PERIODS = {"a year": 1.0, "six months": 0.5, "two years": 2.0, "three years": 3.0}
"""What a price may be for, with how many years that is."""


def quote(form: Form) -> None:
    """Boxes for a quote, which is taken whole or not at all."""
    st.write(
        "A quote is one price, taken whole or not at all. Its effect beside usual care is not "
        "known until its provider says."
    )
    name = _box("Who quoted", "quote.name", without_a_patient)
    columns = st.columns(3, vertical_alignment="bottom")
    with columns[0]:
        price = _box("Price, £", "quote.price", partial(amount, most=MOST_PAID))
    with columns[1]:
        key = field_key("quote.period")
        period = draw(st.selectbox, "The price is for", key, "a year", options=list(PERIODS))
    with columns[2]:
        label = "Provider's stated capacity, people a year"
        seen = _box(label, "quote.people", partial(whole_number, most=MOST_PEOPLE))
    covers = _box("What it includes", "quote.covers", without_a_patient)
    whole = name and price and seen
    if st.button("Add this quote", key="add-quote", disabled=not whole) and whole:
        a_year = price / PERIODS[period]
        option = option_from_quote(_free(form.plan, QUOTE), name, a_year, as_range(float(seen)))
        words = [
            option.description
            if period == "a year"
            else f"Quoted whole at {pounds(price)} for {period}, {pounds(a_year)} a year.",
            *([f"It includes: {covers}."] if covers else []),
        ]
        _add(form, option.model_copy(update={"description": " ".join(words)}))
    elif name or price or seen or covers:
        hold_incomplete("The quote is not added yet: press Add this quote, or empty its boxes.")


def posts(form: Form) -> None:
    """Boxes for a team of posts, of which the first is asked; step 3 then opens it for more."""
    st.write(
        "What the posts add to usual care is not known until you give it at "
        f"'Effect compared with the trials', on {at_step('options')}."
    )
    name = _box("What to call it", "posts.name", without_a_patient, placeholder="Our posts")
    columns = st.columns([3, 2, 2], vertical_alignment="bottom")
    with columns[0]:
        title = _box("First post", "posts.title", without_a_patient, placeholder="By its band")
    with columns[1]:
        wte = _box(
            "Number (whole-time)",
            "posts.wte",
            partial(amount, most=MOST_POSTS),
            placeholder="such as 2.4",
        )
    with columns[2]:
        bands = list(AGENDA_FOR_CHANGE)
        band = draw(st.selectbox, "Band", field_key("posts.band"), "7", options=bands)
    if st.button("Add these posts", key="add-posts", disabled=not wte) and wte:
        option = ServiceOption(
            id=_free(form.plan, POSTS),
            name=name or f"Our posts: {shown_number(wte)} WTE of band {band}",
            posts=(Post(title=title or f"Band {band} post", band=band, wte=wte),),
        )
        _add(form, option)
        form.remembered = {VISIT: {EDITING: option.id}}
    elif wte or name or title:
        hold_incomplete("The posts are not added yet: press Add these posts, or empty the boxes.")


def starter(form: Form, reference: ReferenceData) -> None:
    """A list of the services we offer, sized to the place."""
    offered = starter_plan(plan_organisation(form.plan, reference), reference).options
    _from_list(form, [option for option in offered if not option.is_do_nothing])


def case_study(form: Form, reference: ReferenceData) -> None:
    """A list of what the case studies print, as options."""
    without = [
        study for study in reference.case_studies if not options_from(study, form.plan, reference)
    ]
    verb, them = ("prints", "it") if len(without) == 1 else ("print", "them")
    nothing = (
        f"{numbered(without).capitalize()} {verb} neither a workforce nor a cost, "
        f"so nothing can be started from {them}. "
    )
    st.write(
        f"{nothing if without else ''}What is printed is never corrected: where a workforce "
        "can be read in two ways, both are here."
    )
    _from_list(form, options_from_case_studies(form.plan, reference))


def _from_list(form: Form, offered: Iterable[ServiceOption]) -> None:
    """One of several options, each with what it costs and whom it sees here."""
    starts = {option.id: option for option in offered}
    costed = costed_here(form.plan, starts.values())
    chosen = st.selectbox(
        "Start from",
        list(starts),
        format_func=lambda one: f"{starts[one].name}: {in_short(costed[one])}",
        key="add-from",
    )
    if st.button("Add this option", key="add-option"):
        _add(form, starts[chosen].model_copy(update={"id": _free(form.plan, chosen)}))


def costed_here(plan: Plan, options: Iterable[ServiceOption]) -> dict[str, OptionResult]:
    """Options that the plan may not hold, costed as if it held them, by id."""
    mine = {option.id for option in plan.options}
    every = (*plan.options, *(option for option in options if option.id not in mine))
    return {one.id: one for one in results_for(with_values(plan, {"options": every})).options}


def in_short(option: OptionResult) -> str:
    """What an option costs and whom it sees, in a few words."""
    cost = about_pounds(option.annual_cost.central)
    if option.people_assessed is not None:
        return f"{cost} a year, {people(option.people_assessed.central)} people assessed"
    written = option.measures.get("written")
    return f"{cost} a year" + (f", {people(written.central)} people written to" if written else "")


def _box(label: str, name: str, read: Callable[[str], Any], **named: Any) -> Any:
    """A box that is no field of the plan; what it holds, or None where it is empty or refused at
    the field."""
    named = helped(name, {"max_chars": LONGEST_LINE} | named)
    typed = draw(st.text_input, label, field_key(name), "", **named)
    try:
        return read(typed.strip()) or None
    except ValueError as error:
        hold_incomplete(plain(f"{label}: {error}."))
        return None


def copy_option(form: Form, option: ServiceOption) -> None:
    """Add a copy of an option and open it."""
    again = {
        "id": _free(form.plan, f"{option.id[:70]}-copy"),
        "name": f"{option.name[:290]} (copy)",
    }
    _add(form, option.model_copy(update=again))
    form.remembered = {VISIT: {EDITING: again["id"]}}


def _free(plan: Plan, wanted: str) -> str:
    """An id that no option has."""
    taken = {option.id for option in plan.options}
    names = (wanted, *(f"{wanted}-{number}" for number in range(2, len(taken) + 3)))
    return next(name for name in names if name not in taken)


def _add(form: Form, option: ServiceOption) -> None:
    form.rows = lambda plan: {"options": (*plan.options, option)}
    form.remembered = {VISIT: {}}
