"""Step 5: cost ways of providing the service, see whom each can support, and choose one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from planner.analysis.example import starter_plan
from planner.analysis.need import default_uptake, plan_organisation
from planner.analysis.options import OptionResult
from planner.analysis.results import Results
from planner.analysis.wording import percent, pounds, rounded, span
from planner.model.base import ShareRange
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import BANDS, PERSPECTIVES, POINTS, ZONES, CostHeading, Feature
from planner.screens.fields import Form
from planner.screens.frame import chart, plain, table
from planner.screens.state import FIELD, keep, replace, worked_out

NEW_POST = {"title": "New post", "band": "6", "wte": 1.0}
NEW_COST = {"label": "New cost", "heading": "non-pay", "amount": 0.0}
ZONE_WORDS = {"none": "none", "fringe": "fringe of London", "outer": "outer London", "inner": "inner London"}
PERSPECTIVE_WORDS = {
    "provider": "What the provider pays (for a contract price)",
    "public": "Full public cost (for an economic comparison)",
}


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    finding = st.container()
    form = Form(plan)
    _demand(form, plan, reference)
    _prices(form, reference)
    st.subheader("Build an option", anchor=False)
    change: dict[str, Any] | None = None
    if plan.options:
        if FIELD + "editing" not in st.session_state:
            st.session_state[FIELD + "editing"] = _first_to_change(plan)
        at = st.selectbox(
            "Option to change",
            range(len(plan.options)),
            format_func=lambda place: plan.options[place].name,
            key=FIELD + "editing",
        )
        change = _option(form, plan, at)
    change = _add(plan, reference) or change
    st.subheader("Preferred option", anchor=False)
    names = {option.id: option.name for option in plan.options}
    form.choice(
        "preferred_option",
        "Which option do you recommend?",
        [None, *names],
        lambda chosen: names.get(chosen, "Not yet chosen"),
    )
    form.text("preferred_because", "Why", tall=True, max_chars=10_000)
    plan = form.revised()
    if change is not None:
        values = plan.model_dump()
        values["options"] = change["then"](list(values["options"]))
        if values["preferred_option"] not in [option["id"] for option in values["options"]]:
            values["preferred_option"] = None
        replace(Plan.model_validate(values))
        st.rerun()
    keep(plan)
    found = worked_out(plan)
    with finding:
        _finding(found)
        _comparison(found)
    chart("options", plan)
    _posts(found)
    return plan


def _first_to_change(plan: Plan) -> int:
    """The preferred option's place, else the first that does something."""
    ids = [option.id for option in plan.options]
    if plan.preferred_option in ids:
        return ids.index(plan.preferred_option)
    return next((at for at, option in enumerate(plan.options) if not option.is_do_nothing), 0)


def _demand(form: Form, plan: Plan, reference: ReferenceData) -> None:
    st.subheader("How many people will take up an offer?", anchor=False)
    st.write(
        "Published uptake runs from about 1 in 20 people written to, to more than half of people asked in "
        "person. This matters more than anything else you enter here."
    )
    held = plan.demand.uptake or default_uptake(reference)
    typed = []
    for name, column in zip(("low", "central", "high"), st.columns(3), strict=True):
        key = f"{FIELD}uptake.{name}"
        if key not in st.session_state:
            st.session_state[key] = round(getattr(held, name) * 100, 4)
        with column:
            typed.append(
                st.number_input(
                    f"Uptake, {name}, %",
                    min_value=0.0,
                    max_value=100.0,
                    step=1.0,
                    format="%.1f",
                    value=None,
                    key=key,
                    help="Share of people offered support who take it up in a year.",
                )
            )
    values = [round(value / 100, 8) for value in typed if value is not None]
    if len(values) == 3:
        shipped = default_uptake(reference)
        if plan.demand.uptake is not None or values != [
            round(v, 8) for v in (shipped.low, shipped.central, shipped.high)
        ]:
            form.set(
                "demand.uptake",
                {"low": values[0], "central": values[1], "high": values[2]},
                "Uptake",
                unchanged=lambda now: (
                    isinstance(now, ShareRange) and [now.low, now.central, now.high] == values
                ),
            )
    with st.expander("Other assumptions about demand"):
        one, two, three = st.columns(3)
        with one:
            form.percent(
                "demand.appropriate_share",
                "Share for whom an offer is appropriate, %",
                help="Empty: everyone. No published figure was found.",
            )
        with two:
            form.percent(
                "demand.coverage",
                "Share of the place covered in a year, %",
                help="Empty: all of it. A first year reaches less.",
            )
        with three:
            form.number(
                "demand.classes_per_person",
                "Classes of medicine for each person",
                whole=False,
                min_value=1.0,
                max_value=5.0,
                step=0.05,
                format="%.2f",
                help="Empty: 1.30, from NHSBSA co-prescribing in March 2024.",
            )
        form.text("demand.evidence", "Where your assumptions come from", max_chars=300)


def _prices(form: Form, reference: ReferenceData) -> None:
    with st.expander("Prices, pension and budget"):
        one, two, three = st.columns(3)
        with one:
            form.choice("pricing.price_year", "Prices and pay of", list(reference.pay_years()))
        with two:
            form.choice(
                "pricing.perspective",
                "Whose pension cost?",
                list(PERSPECTIVES),
                lambda which: PERSPECTIVE_WORDS[which],
            )
        with three:
            form.number(
                "pricing.budget", "Budget a year, £", whole=False, min_value=0.0, step=10_000.0, format="%.0f"
            )


def _option(form: Form, plan: Plan, at: int) -> dict[str, Any] | None:
    """The fields of one option; what to do to the list of options if a button was pressed, or None."""
    option = plan.options[at]
    path = f"options.{at}"
    form.text(f"{path}.name", "Name of the option", max_chars=300)
    form.text(f"{path}.description", "What it does", tall=True, max_chars=10_000)
    if option.drawn_from:
        st.markdown(f"Drawn from: {plain(option.drawn_from)}")
    change = None
    st.markdown("**Posts**")
    for place in range(len(option.posts)):
        with st.expander(_post_name(option.posts[place])):
            if _post(form, f"{path}.posts.{place}", option.posts[place].title):
                change = _edit(at, "posts", lambda rows, place=place: rows[:place] + rows[place + 1 :])
    if st.button("Add a post", key=f"add-post-{at}"):
        change = _edit(at, "posts", lambda rows: [*rows, NEW_POST])
    st.markdown("**Costs other than pay**")
    for place, cost in enumerate(option.other_costs):
        with st.expander(f"{cost.label}: {pounds(cost.amount)}"):
            one, two, three = st.columns(3)
            at_cost = f"{path}.other_costs.{place}"
            with one:
                form.text(f"{at_cost}.label", f"What for ({place + 1})", max_chars=300)
            with two:
                form.choice(
                    f"{at_cost}.heading",
                    f"Heading ({place + 1})",
                    list(CostHeading),
                    lambda h: h.value,
                    help="Set-up is paid once; all else every year.",
                )
            with three:
                form.number(
                    f"{at_cost}.amount",
                    f"Amount, £ ({place + 1})",
                    whole=False,
                    min_value=0.0,
                    max_value=1e9,
                    step=500.0,
                    format="%.0f",
                )
            if st.button(f"Remove {cost.label}", key=f"remove-cost-{at}-{place}"):
                change = _edit(at, "other_costs", lambda rows, place=place: rows[:place] + rows[place + 1 :])
    if st.button("Add a cost", key=f"add-cost-{at}"):
        change = _edit(at, "other_costs", lambda rows: [*rows, NEW_COST])
    with st.expander("Overheads, hours for each person, and what it offers"):
        for name, column in zip(("low", "central", "high"), st.columns(3), strict=True):
            with column:
                form.percent(
                    f"{path}.overhead.{name}",
                    f"Overheads, {name}, % of pay",
                    highest=200.0,
                    help="15% to 30% is the extra cost of a team in an existing organisation. Full absorption is nearer 70%.",
                )
                form.number(
                    f"{path}.hours_per_person.{name}",
                    f"Staff hours for each person, {name}",
                    whole=False,
                    min_value=0.1,
                    max_value=1000.0,
                    step=1.0,
                    format="%.1f",
                    help="Time with or for one person over a year.",
                )
        form.several(f"{path}.features", "What it offers", list(Feature), lambda feature: feature.value)
    one, two = st.columns(2)
    with one:
        if st.button("Copy this option", key=f"copy-{at}"):
            change = {"then": lambda rows: [*rows, _copy(rows, at)]}
    with two:
        if st.button("Remove this option", key=f"remove-{at}"):
            change = {"then": lambda rows: rows[:at] + rows[at + 1 :]}
    return change


def _post_name(post: Any) -> str:
    band = "outside Agenda for Change" if post.band == "other" else f"band {post.band}"
    return f"{post.title}: {rounded(post.wte, 1)} WTE, {band}"


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
            min_value=0.01,
            max_value=1000.0,
            step=0.1,
            format="%.2f",
            help="Whole-time equivalents, 37.5 hours a week.",
        )
    with two:
        form.choice(
            f"{path}.band",
            f"Post {number}, band",
            list(BANDS),
            lambda band: "outside Agenda for Change" if band == "other" else band,
        )
        form.choice(f"{path}.point", f"Post {number}, pay point", list(POINTS))
        form.number(
            f"{path}.salary",
            f"Post {number}, salary if outside Agenda for Change, £",
            whole=False,
            min_value=0.0,
            step=1000.0,
            format="%.0f",
        )
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


def _edit(at: int, part: str, change: Any) -> dict[str, Any]:
    def then(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows[at] = rows[at] | {part: change(list(rows[at][part]))}
        return rows

    return {"then": then}


def _copy(rows: list[dict[str, Any]], at: int) -> dict[str, Any]:
    return rows[at] | {
        "id": _free_id(rows, f"{rows[at]['id']}-copy"),
        "name": f"{rows[at]['name'][:290]} (copy)",
    }


def _free_id(rows: list[dict[str, Any]], wanted: str) -> str:
    taken = {row["id"] for row in rows}
    wanted = wanted[:70]
    return next(name for name in (wanted, *(f"{wanted}-{n}" for n in range(2, 1000))) if name not in taken)


def _add(plan: Plan, reference: ReferenceData) -> dict[str, Any] | None:
    with st.expander("Add an option"):
        offered = starter_plan(plan_organisation(plan, reference), reference).options
        names = {option.id: option.name for option in offered}
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
        return {"then": lambda rows: [*rows, new | {"id": _free_id(rows, str(new["id"]))}]}


def _finding(found: Results) -> None:
    preferred = found.preferred
    if preferred is None or preferred.people_supported is None or preferred.cost_per_person is None:
        st.info("Choose a preferred option below to see what it would cost and whom it would support.")
        return
    st.info(
        f"{preferred.name} would cost {span(preferred.annual_cost, 'pounds')} a year, or "
        f"{span(preferred.cost_per_head, 'pence')} per head of {preferred.population_basis}, and support "
        f"{span(preferred.people_supported)} people at {span(preferred.cost_per_person, 'pounds')} each. "
        f"Expected demand is {span(preferred.demand)}."
    )


def _comparison(found: Results) -> None:
    if not found.options:
        return
    table(
        [
            {
                "Option": option.name + (" (preferred)" if option.id == found.plan.preferred_option else ""),
                "WTE": rounded(option.wte, 1),
                "Cost a year": span(option.annual_cost, "pounds"),
                "Cost per head": span(option.cost_per_head, "pence"),
                "People supported": _or_why(option, "people_supported"),
                "Cost per person": _or_why(option, "cost_per_person"),
            }
            for option in found.options
        ],
        "Each option with staff, cost a year, cost per head, people supported and cost per person",
    )
    st.write(f"Central (low to high), {found.plan.pricing.price_year} prices. All modelled.")


def _or_why(option: OptionResult, measure: str) -> str:
    values = getattr(option, measure)
    if values is None:
        return f"withheld: {option.withheld.get(measure, 'not known')}"
    return span(values, "pounds" if measure.startswith("cost") else "people")


def _posts(found: Results) -> None:
    with st.expander("What each post costs, part by part"):
        for option in found.options:
            if not option.posts:
                continue
            st.markdown(f"**{plain(option.name)}**")
            table(
                [
                    {
                        "Post": cost.title,
                        "Salary": pounds(cost.salary),
                        "High-cost area": pounds(cost.high_cost_area),
                        "National Insurance": pounds(cost.national_insurance),
                        "Pension": pounds(cost.pension),
                        "Levy": pounds(cost.levy),
                        "Total": pounds(cost.total),
                    }
                    for cost in option.posts
                ],
                f"Cost of each post of {option.name}",
            )
        for option in found.options:
            for caution in option.cautions:
                st.markdown(f"- {plain(option.name)}: {plain(caution)}")
        st.markdown(
            f"Overheads and other costs come on top. Preferred capacity uses {percent(0.6)} of clinical time by default."
        )
