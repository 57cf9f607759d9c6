"""The fields of one service option: its posts, other costs and what it offers. Part of step 7."""

from __future__ import annotations

from typing import Any

import streamlit as st

from planner.analysis.example import starter_plan
from planner.analysis.need import plan_organisation
from planner.analysis.option_templates import DO_NOTHING, options_from_case_studies
from planner.analysis.wording import pounds, staff
from planner.model.plan import Plan
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.model.service import (
    BANDS,
    OVERHEAD_MODES,
    POINTS,
    WITH_SALARY,
    ZONES,
    CostHeading,
    Feature,
    Post,
)
from planner.screens.fields import Form, typed_now
from planner.screens.fields import plain_text as plain
from planner.screens.state import give_notice, panel

Change = dict[str, Any]
"""What to do to the list of options: `then`, from rows to rows; `show`, the option to open afterwards."""

NEW_POST = {"title": "New post", "band": "6", "wte": 1.0}
NEW_COST = {"label": "New cost", "heading": "non-pay", "amount": 0.0}
OVERHEAD_WORDS = {
    "marginal": "what the team adds to an organisation that is there (marginal)",
    "full absorption": "a full share of everything the organisation has (full absorption)",
}
BAND_WORDS = {
    "medical": "doctor (salary)",
    "gp": "GP (salary for a whole-time year)",
    "other": "outside Agenda for Change (salary)",
    "voluntary": "volunteer (unpaid)",
}
ZONE_WORDS = {"none": "none", "fringe": "fringe of London", "outer": "outer London", "inner": "inner London"}


def edit_option(form: Form, plan: Plan, at: int) -> Change | None:
    """The fields of one option; what to do to the list of options if a button was pressed, or None."""
    option = plan.options[at]
    path = f"options.{at}"
    form.text(f"{path}.name", "Name of the option", max_chars=300)
    form.text(f"{path}.description", "What it does", tall=True, max_chars=10_000)
    if option.drawn_from:
        st.markdown(f"Drawn from: {plain(option.drawn_from)}")
    change = None
    st.markdown("**Posts**")
    for place, held in enumerate(option.posts):
        at_post = f"{path}.posts.{place}"
        name = _post_name(_as_typed(at_post, held))
        with st.expander(name, key=panel(at_post), expanded=held.title == NEW_POST["title"]):
            if _post(form, f"{path}.posts.{place}", option.posts[place].title):
                change = _edit(at, "posts", lambda rows, place=place: rows[:place] + rows[place + 1 :])
    if st.button("Add a post", key=f"add-post-{at}"):
        change = _edit(at, "posts", lambda rows: [*rows, NEW_POST])
    st.markdown("**Costs other than pay**")
    for place, cost in enumerate(option.other_costs):
        at_cost = f"{path}.other_costs.{place}"
        label = typed_now(f"{at_cost}.label", cost.label)
        amount = typed_now(f"{at_cost}.amount", cost.amount)
        with st.expander(
            f"{plain(label)}: {pounds(amount)}",
            key=panel(at_cost),
            expanded=cost.label == NEW_COST["label"],
        ):
            one, two, three = st.columns(3)
            with one:
                form.text(f"{at_cost}.label", f"What for ({place + 1})", max_chars=300)
            with two:
                form.choice(
                    f"{at_cost}.heading",
                    f"Heading ({place + 1})",
                    list(CostHeading),
                    lambda h: h.value,
                    help="Set-up is paid once, and spread over the plan's years; all else is paid every year.",
                )
            with three:
                form.number(
                    f"{at_cost}.amount",
                    f"Amount, £ ({place + 1})",
                    help=f"In the prices of the plan's year, {plan.pricing.price_year}. It is not moved when that year is.",
                    whole=False,
                    min_value=0.0,
                    max_value=1e9,
                    step=500.0,
                    format="%.0f",
                )
            if st.button(f"Remove {label}", key=f"remove-cost-{at}-{place}"):
                change = _edit(at, "other_costs", lambda rows, place=place: rows[:place] + rows[place + 1 :])
    if st.button("Add a cost", key=f"add-cost-{at}"):
        change = _edit(at, "other_costs", lambda rows: [*rows, NEW_COST])
    with st.expander("Overheads, hours for each person, and what it offers", key=panel(f"{path}.more")):
        form.choice(
            f"{path}.overhead_mode",
            "Overheads are",
            list(OVERHEAD_MODES),
            lambda mode: OVERHEAD_WORDS[mode],
            help="Say which, so that like is set beside like. A case study without overheads is not like full absorption.",
        )
        form.three(
            f"{path}.overhead",
            "Overheads as part of pay",
            needed=True,
            max_value=200.0,
            help="15% to 30% is the extra cost of a team in an existing organisation. Full absorption is nearer 70%.",
        )
        form.three(
            f"{path}.hours_per_person",
            "Staff hours for each person",
            needed=True,
            percent=False,
            min_value=0.1,
            max_value=10_000.0,
            help="Time with or for one person over a year.",
        )
        form.three(
            f"{path}.effect",
            "What it adds beside the evidence",
            needed=True,
            percent=False,
            max_value=2.0,
            step=0.1,
            format="%.2f",
            help="Times as much as the evidence chosen on the Outcomes step adds to usual care; 1 is the same. "
            "Nothing published compares these models.",
        )
        form.three(
            f"{path}.stated_capacity",
            "People it says it can support",
            percent=False,
            max_value=1e7,
            step=10.0,
            help="Empty: worked out from staff hours. For a provider whose posts are not known.",
        )
        form.percent(
            f"{path}.most_deprived_share",
            "Share of the people it would support who live in the most deprived fifth, %",
            help="Empty: not known. It is used only where the best mix must reach a share of them.",
        )
        form.several(f"{path}.features", "What it offers", list(Feature), lambda feature: feature.value)
    if option.id == DO_NOTHING.id:
        return change
    one, two = st.columns(2)
    with one:
        if st.button("Copy this option", key=f"copy-{at}"):
            change = {"then": lambda rows: [*rows, _copy(rows, at)], "show": len(plan.options)}
    with two:
        if st.button("Remove this option", key=f"remove-{at}"):
            change = {"then": lambda rows: rows[:at] + rows[at + 1 :]}
            if option.id == plan.preferred_option:
                give_notice("The option you removed was the preferred one. Choose another below.")
    return change


def _as_typed(path: str, post: Post) -> tuple[str, float, str]:
    """The title, WTE and band of a post as they stand in its fields."""
    return (
        str(typed_now(f"{path}.title", post.title)),
        float(typed_now(f"{path}.wte", post.wte)),
        str(typed_now(f"{path}.band", post.band)),
    )


def _post_name(values: tuple[str, float, str]) -> str:
    title, wte, band = values
    pay = BAND_WORDS.get(band, f"band {band}")
    return f"{plain(title) or 'Post without a title'}: {staff(wte)} WTE, {pay}"


def _post(form: Form, path: str, title: str) -> bool:
    """The fields of one post. Returns whether it is to be removed."""
    number = int(path.rsplit(".", 1)[1]) + 1
    one, two, three = st.columns(3)
    with one:
        form.text(f"{path}.title", f"Post {number}, title", max_chars=300)
        form.number(
            f"{path}.wte",
            f"Post {number}, WTE",
            whole=False,
            min_value=0.001,
            max_value=1000.0,
            step=0.1,
            format="%.3g",
            help="Whole-time equivalents, 37.5 hours a week.",
        )
    with two:
        form.choice(
            f"{path}.band",
            f"Post {number}, band",
            list(BANDS),
            lambda band: BAND_WORDS.get(band, band),
        )
        form.choice(f"{path}.point", f"Post {number}, pay point", list(POINTS))
        if typed_now(f"{path}.band", "") in WITH_SALARY:
            salary = form.number(
                f"{path}.salary",
                f"Post {number}, whole-time salary, £",
                whole=False,
                min_value=0.0,
                step=1000.0,
                format="%.0f",
            )
            if not salary:
                st.warning("Enter the salary; until then the band stays as it was.")
        else:
            form.set(f"{path}.salary", None, f"Post {number}, salary")
    with three:
        form.choice(
            f"{path}.zone", f"Post {number}, high-cost area", list(ZONES), lambda zone: ZONE_WORDS[zone]
        )
        form.percent(
            f"{path}.patient_facing",
            f"Post {number}, time with or for people, %",
            help="0 for a manager or administrator; about 60 for a clinician.",
        )
        form.number(
            f"{path}.headcount",
            f"Post {number}, number of people",
            min_value=1,
            max_value=2000,
            help="Empty: WTE rounded up. National Insurance is charged person by person.",
        )
    return st.button(f"Remove {title}", key=f"remove-{path}")


def _edit(at: int, part: str, change: Any) -> Change:
    def then(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows[at] = rows[at] | {part: change(list(rows[at][part]))}
        return rows

    return {"then": then, "show": at}


def _copy(rows: list[dict[str, Any]], at: int) -> dict[str, Any]:
    return rows[at] | {
        "id": _free_id(rows, f"{rows[at]['id']}-copy"),
        "name": f"{rows[at]['name'][:290]} (copy)",
    }


def _free_id(rows: list[dict[str, Any]], wanted: str) -> str:
    taken = {row["id"] for row in rows}
    wanted = wanted[:70]
    return next(name for name in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if name not in taken)


def add_option(plan: Plan, reference: ReferenceData) -> Change | None:
    """Offer our options and a blank one. Returns what to do if the button was pressed, or None."""
    with st.expander("Add an option", key=panel("add-option")):
        offered = starter_plan(plan_organisation(plan, reference), reference).options
        try:
            offered = (*offered, *options_from_case_studies(plan, reference))
        except ReferenceMissing as error:
            st.warning(f"No option can start from a case study's cost: {plain(str(error))}.")
        st.write(
            "Case studies 3, 6 and 7 print neither a workforce nor a cost, so nothing can be started from them. What "
            "is printed is never corrected: where a workforce can be read in two ways, both are here."
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
