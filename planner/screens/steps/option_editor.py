"""The fields of one service option: its posts, other costs and what it offers. Part of step 7."""

from typing import Any

import streamlit as st

from planner.analysis.calculation.inputs import INPUTS
from planner.analysis.economics.example import (
    options_from,
    options_from_case_studies,
    starter_plan,
)
from planner.analysis.population.inequality import FIFTHS
from planner.analysis.population.need import plan_organisation
from planner.model.case_study_names import numbered
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import OVERHEAD_MODES, Feature
from planner.screens.steps.option_posts import NEW_POST, Change, Totals, costs_table, posts_table
from planner.screens.ui.form import Form, help_above
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.panels import lazy_panel
from planner.screens.ui.session import give_notice, panel

OVERHEAD_LABELS = {
    "marginal": "what the team adds to an organisation that is there (marginal)",
    "full absorption": "a full share of everything the organisation has (full absorption)",
}


def edit_option(
    form: Form, plan: Plan, at: int, reference: ReferenceData, totals: Totals
) -> Change | None:
    """The fields of one option, with places for what it comes to; what to do to the list of options
    if a button was pressed, or None."""
    option = plan.options[at]
    path = f"options.{at}"
    form.text(f"{path}.name", "Name of the option", max_chars=300)
    form.text(f"{path}.description", tall=True, max_chars=10_000)
    if option.drawn_from:
        st.markdown(f"Drawn from: {plain(option.drawn_from)}")
    change = posts_table(form, option, at, totals)
    change = costs_table(form, plan, option, at, reference) or change
    totals.foot()
    with lazy_panel(
        "Overheads, hours for each person, and what it offers", f"{path}.more"
    ) as is_open:
        if is_open:
            form.choice(
                f"{path}.overhead_mode",
                "Overheads are",
                list(OVERHEAD_MODES),
                lambda mode: OVERHEAD_LABELS[mode],
                help="Say which, so that like is set beside like. A case study without overheads is not like full absorption.",
            )
            for item in INPUTS:
                if item.scope == "option" and item.path:
                    form.field(item.path.replace("*", str(at)))
            st.markdown(help_above(f"{path}.shares_by_fifth.0"))
            for place, (column, name) in enumerate(zip(st.columns(5), FIFTHS, strict=True)):
                with column:
                    form.percent(f"{path}.shares_by_fifth.{place}", f"Fifth {name}, %")
            form.several(
                f"{path}.features", "What it offers", list(Feature), lambda feature: feature.value
            )
    if option.id == reference.example.do_nothing.id:
        return change
    with st.container(horizontal=True):
        if st.button("Copy this option", key=f"copy-{at}"):
            change = {"then": lambda rows: [*rows, _copy(rows, at)], "show": len(plan.options)}
        if st.button("Remove this option", key=f"remove-{at}"):
            change = {"then": lambda rows: rows[:at] + rows[at + 1 :]}
            if option.id == plan.preferred_option:
                give_notice("The option you removed was the preferred one. Choose another below.")
    return change


def _copy(rows: list[dict[str, Any]], at: int) -> dict[str, Any]:
    return rows[at] | {
        "id": _free_id(rows, f"{rows[at]['id']}-copy"),
        "name": f"{rows[at]['name'][:290]} (copy)",
    }


def _free_id(rows: list[dict[str, Any]], wanted: str) -> str:
    taken = {row["id"] for row in rows}
    wanted = wanted[:70]
    return next(
        name for name in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if name not in taken
    )


def add_option(plan: Plan, reference: ReferenceData) -> Change | None:
    """Offer our options and a blank one. Returns what to do if the button was pressed, or None."""
    with st.expander("Add an option", key=panel("add-option")):
        offered = starter_plan(plan_organisation(plan, reference), reference).options
        offered = (*offered, *options_from_case_studies(plan, reference))
        without = [
            study for study in reference.case_studies if not options_from(study, plan, reference)
        ]
        verb, them = ("prints", "it") if len(without) == 1 else ("print", "them")
        nothing = f"{numbered(without).capitalize()} {verb} neither a workforce nor a cost, so nothing can be started from {them}. "
        st.write(
            f"{nothing if without else ''}What is printed is never corrected: where a workforce can be read in two ways, "
            "both are here."
        )
        has = any(option.is_do_nothing for option in plan.options)
        names = {option.id: option.name for option in offered if not (has and option.is_do_nothing)}
        chosen = st.selectbox(
            "Start from",
            [*names, "blank"],
            format_func=lambda i: names.get(i, "A blank option"),
            key="add-from",
        )
        if not st.button("Add this option", key="add-option"):
            return None
        new = next(
            (option.model_dump() for option in offered if option.id == chosen),
            {"id": "option", "name": "New option", "posts": [NEW_POST]},
        )
        return {
            "then": lambda rows: [*rows, new | {"id": _free_id(rows, str(new["id"]))}],
            "show": len(plan.options),
        }
