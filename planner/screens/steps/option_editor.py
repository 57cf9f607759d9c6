"""The fields of one service option: posts and other costs, a row each, and what it offers. Part of step 7; no sums."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.calculation.inputs import BY_KEY, INPUTS, label_at
from planner.analysis.economics.example import starter_plan
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_templates import options_from, options_from_case_studies
from planner.analysis.formatting import Unit, format_range, pounds, rounded
from planner.analysis.population.inequality import FIFTHS
from planner.analysis.population.need import plan_organisation
from planner.model.case_study_names import numbered
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import (
    BANDS,
    OVERHEAD_MODES,
    POINTS,
    WITH_SALARY,
    ZONES,
    CostHeading,
    Feature,
    Post,
    ServiceOption,
)
from planner.screens.ui.display import lazy_panel, plain
from planner.screens.ui.form import SHOWN_SUFFIX, Form, help_words, typed_now
from planner.screens.ui.session import FIELD, give_notice, panel
from planner.screens.ui.streamlit_compat import DeltaGenerator

EDITING = FIELD + "editing"
SHOWN = EDITING + SHOWN_SUFFIX
"""Where a session keeps which option has its fields on the page."""

NEW_POST = {"title": "New post", "band": "6", "wte": 1.0}
NEW_COST = {"label": "New cost", "heading": "non-pay", "amount": 0.0}
OVERHEAD_LABELS = {
    "marginal": "what the team adds to an organisation that is there (marginal)",
    "full absorption": "a full share of everything the organisation has (full absorption)",
}
BAND_WORDS = {
    "medical": "doctor (salary)",
    "gp": "GP (salary for a whole-time year)",
    "other": "outside Agenda for Change (salary)",
    "voluntary": "volunteer (unpaid)",
}
ZONE_WORDS = {
    "none": "none",
    "fringe": "fringe of London",
    "outer": "outer London",
    "inner": "inner London",
}
OWN_PRICES = "this plan"


def fill_totals(places: Sequence[DeltaGenerator], option: OptionResult) -> None:
    """Write what each post costs a year, and below what the option comes to."""
    *posts, foot = places
    for place, cost in zip(posts, option.posts, strict=True):
        place.markdown(
            f"**{plain(pounds(cost.total))}** a year; {rounded(cost.hours)} hours with people"
        )
    limit = (
        f" Its limit is the time of {plain(option.bottleneck)}: the whole team's hours would "
        f"allow {format_range(option.measures['team_capacity'])}."
        if option.bottleneck
        else ""
    )
    foot.info(
        f"{plain(option.name)} comes to {format_range(option.annual_cost, Unit.POUNDS)} a year "
        f"and could support {format_range(option.capacity)} people.{limit}"
    )


def edit_option(form: Form, plan: Plan, at: int, reference: ReferenceData) -> list[DeltaGenerator]:
    """The fields of one option. Gives a place for what each post comes to, and one for the whole,
    which `fill_totals` fills."""
    option = plan.options[at]
    path = f"options.{at}"
    # It stays open when a row of it is added or removed.
    form.remembered = {SHOWN: at}
    form.field(f"{path}.name")
    form.field(f"{path}.description")
    if option.drawn_from:
        st.markdown(f"Drawn from: {plain(option.drawn_from)}")
    places = _posts(form, option, f"{path}.posts")
    _costs(form, option, f"{path}.other_costs", reference)
    places.append(st.empty())
    lazy_panel(
        "Overheads, hours for each person, and what it offers",
        f"{path}.more",
        partial(_more, form, path, at),
    )
    if option.id != reference.example.do_nothing.id:
        buttons = st.container(horizontal=True)
        if buttons.button("Copy this option", key=f"copy-{at}"):
            copy = option.model_dump() | {"name": f"{option.name[:290]} (copy)"}
            _append(form, plan, copy, f"{option.id}-copy")
        if buttons.button("Remove this option", key=f"remove-{at}"):
            form.rows = partial(_without, at=at)
            form.remembered = {}
            if option.id == plan.preferred_option:
                give_notice("The option you removed was the preferred one. Choose another below.")
    return places


def _more(form: Form, path: str, at: int) -> None:
    form.choice(
        f"{path}.overhead_mode",
        list(OVERHEAD_MODES),
        OVERHEAD_LABELS.__getitem__,
        help="Say which, so that like is set beside like. "
        "A case study without overheads is not like full absorption.",
    )
    for item in INPUTS:
        if item.scope == "option" and item.path:
            form.field(item.path.replace("*", str(at)))
    shares = f"{path}.shares_by_fifth"
    st.markdown(help_words(f"{shares}.0", above=True))
    form.columns(
        *(
            [partial(form.percent, f"{shares}.{place}", f"Fifth {fifth}, %")]
            for place, fifth in enumerate(FIFTHS)
        )
    )
    form.several(f"{path}.features", list(Feature), lambda feature: feature.value)


def _without(plan: Plan, at: int) -> dict[str, Any]:
    gone = plan.options[at].id
    return {
        "options": [option for option in plan.options if option.id != gone],
        "preferred_option": None if plan.preferred_option == gone else plan.preferred_option,
    }


def _append(form: Form, plan: Plan, option: dict[str, Any], wanted: str) -> None:
    """Add an option under an id that is free, and open it."""
    taken, wanted = {option.id for option in plan.options}, wanted[:70]
    new = option | {
        "id": next(
            name
            for name in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000)))
            if name not in taken
        )
    }
    form.rows = lambda plan: {"options": (*plan.options, new)}
    form.remembered = {SHOWN: len(plan.options)}


def add_option(form: Form, plan: Plan, reference: ReferenceData) -> None:
    """Offer our options and a blank one."""
    with st.expander("Add an option", key=panel("add-option")):
        offered = starter_plan(plan_organisation(plan, reference), reference).options
        offered = (*offered, *options_from_case_studies(plan, reference))
        without = [
            study for study in reference.case_studies if not options_from(study, plan, reference)
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
        has = any(option.is_do_nothing for option in plan.options)
        starts = {
            option.id: option.model_dump()
            for option in offered
            if not (has and option.is_do_nothing)
        }
        starts["blank"] = {"id": "option", "name": "New option", "posts": [NEW_POST]}
        chosen = st.selectbox(
            "Start from",
            list(starts),
            format_func=lambda i: "A blank option" if i == "blank" else starts[i]["name"],
            key="add-from",
        )
        if st.button("Add this option", key="add-option"):
            _append(form, plan, starts[chosen], starts[chosen]["id"])


def _posts(form: Form, option: ServiceOption, path: str) -> list[DeltaGenerator]:
    """A row for each post. Gives a place in each for what it comes to."""
    places = []
    st.subheader("Posts", anchor=False)
    st.markdown(
        f"{help_words(f'{path}.0.wte', above=True)} Time with people: "
        f"{help_words(f'{path}.0.patient_facing', above=True)}"
    )
    for place, post in enumerate(option.posts):
        with st.container(border=True):
            _post(form, f"{path}.{place}", place + 1, post)
            places.append(st.empty())
    form.add_row(path, "Add a post", f"add-post-{path}", NEW_POST)
    return places


def _post(form: Form, path: str, number: int, post: Post) -> None:
    """The fields of one post."""
    band = partial(
        form.choice, f"{path}.band", list(BANDS), lambda band: BAND_WORDS.get(band, band)
    )
    form.columns(
        [f"{path}.title"],
        [band],
        [f"{path}.wte"],
        [f"{path}.patient_facing"],
        [partial(_more_of_post, form, path, number, post.title)],
        spec=[4, 3, 2, 2, 2],
        vertical_alignment="bottom",
    )
    if typed_now(f"{path}.band", post.band) not in WITH_SALARY:
        form.set(f"{path}.salary", None, label_at(f"{path}.salary"))
    elif not form.field(f"{path}.salary"):
        st.warning("Enter the salary; until then the band stays as it was.")


def _more_of_post(form: Form, path: str, number: int, title: str) -> None:
    with st.popover("More", key=panel(f"{path}.more"), width="stretch"):
        st.markdown(f"**Post {number}: {plain(title)}**")
        form.choice(f"{path}.point", list(POINTS))
        form.choice(f"{path}.zone", list(ZONES), ZONE_WORDS.__getitem__)
        form.field(f"{path}.headcount")
        form.field(f"{path}.hours_each")
        form.remove_row(path, f"Remove post {number}", f"remove-{path}")


def _costs(form: Form, option: ServiceOption, path: str, reference: ReferenceData) -> None:
    """A row for each cost other than pay."""
    own = form.plan.pricing.own_index
    years = sorted(own.values if own else reference.deflator.values, reverse=True)
    st.subheader(BY_KEY["other_costs"].label, anchor=False)
    st.markdown(help_words(f"{path}.0.amount", above=True))
    for place, cost in enumerate(option.other_costs):
        here = f"{path}.{place}"
        # A year that we hold no index for is offered where the plan has it.
        offered = [None, *({cost.price_year} - {None, *years}), *years]
        remove = partial(
            form.remove_row,
            here,
            f"Remove cost {place + 1}",
            f"remove-cost-{here}",
            width="stretch",
        )
        with st.container(border=True):
            form.columns(
                [f"{here}.label"],
                [partial(form.choice, f"{here}.heading", list(CostHeading), lambda h: h.value)],
                [f"{here}.amount"],
                [
                    partial(
                        form.choice,
                        f"{here}.price_year",
                        offered,
                        lambda year: year or OWN_PRICES,
                    )
                ],
                [remove],
                spec=[5, 5, 3, 4, 3],
                vertical_alignment="bottom",
            )
    form.add_row(path, "Add a cost", f"add-cost-{path}", NEW_COST)
