"""Step 7: cost ways of providing the service, see whom each can support, and choose one."""

from typing import Any

import streamlit as st

from planner.analysis.calculation.inputs import INPUTS
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.price_index import years_needed
from planner.analysis.formatting import Unit, format_range, listed, pounds, rounded
from planner.analysis.population.assumptions import default_uptake
from planner.analysis.results.provenance import option_receipts
from planner.analysis.results.results import Results
from planner.documents import tables
from planner.documents.context import published_uptake
from planner.model.edit import with_values
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import PERSPECTIVES
from planner.reference.library import load_library
from planner.screens.steps.option_editor import add_option, edit_option
from planner.screens.steps.option_posts import Totals
from planner.screens.ui.form import (
    SHOWN_SUFFIX,
    Form,
    displayed_entry,
    draw,
    help_above,
    helped,
    hold_incomplete,
    pick,
    typed_now,
)
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.page import chart, draw_finding_first
from planner.screens.ui.panels import lazy_panel
from planner.screens.ui.session import (
    FIELD,
    field_key,
    may_change_rows,
    replace,
    results_for,
    store_plan,
)
from planner.screens.ui.tables import bullets, receipts, table

EDITING = FIELD + "editing"
PERSPECTIVE_WORDS = {
    "provider": "What the provider pays (for a contract price)",
    "public": "Full public cost (for an economic comparison)",
}


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    found_first = draw_finding_first(_finding, plan)
    form = Form(plan)
    _demand(form, reference)
    compared = st.container()
    _prices(form, reference)
    st.header("Build an option", anchor=False)
    change: dict[str, Any] | None = None
    totals, at = Totals(), 0
    chooser = st.container()
    if plan.options:
        at = displayed_entry(EDITING, range(len(plan.options)), _first_to_change(plan))
        change = edit_option(form, plan, at, reference, totals)
    change = add_option(plan, reference) or change
    st.header("Preferred option", anchor=False)
    names = {option.id: option.name for option in plan.options}
    form.choice(
        "preferred_option",
        "Which option do you recommend?",
        [None, *names],
        lambda chosen: names.get(chosen, "Not yet chosen"),
    )
    form.text("preferred_because", "Why you recommend it", tall=True, max_chars=10_000)
    plan = form.revised()
    if change is not None and may_change_rows():
        rows = change["then"]([option.model_dump() for option in plan.options])
        chosen = (
            plan.preferred_option if plan.preferred_option in [row["id"] for row in rows] else None
        )
        replace(with_values(plan, {"options": rows, "preferred_option": chosen}))
        if "show" in change:
            st.session_state[EDITING + SHOWN_SUFFIX] = change["show"]
        st.rerun()
    store_plan(plan)
    if plan.options:
        with chooser:
            pick(
                "Option to change",
                range(len(plan.options)),
                lambda place: plan.options[place].name,
                EDITING,
            )
    results = results_for(plan)
    if plan.options:
        totals.fill(results.options[at])
    found_first(plan)
    with compared:
        _comparison(results)
    chart("options", plan)
    display = results.preferred or (results.options[at] if plan.options else None)
    if display is not None:
        words = f"Cost and reach of {display.name}, each with its receipt"
        receipts(lambda: option_receipts(results, display, reference), words)
    _posts(results)
    return plan


def _first_to_change(plan: Plan) -> int:
    """The preferred option's place, else the first that does something."""
    ids = [option.id for option in plan.options]
    if plan.preferred_option in ids:
        return ids.index(plan.preferred_option)
    return next((at for at, option in enumerate(plan.options) if not option.is_do_nothing), 0)


def _demand(form: Form, reference: ReferenceData) -> None:
    st.header("How many people will take up an offer?", anchor=False)
    published = published_uptake(reference)
    st.markdown(
        f"Published uptake runs from about {published['uptake_by_letter']} people written to, to "
        f"{published['uptake_in_person']} of people asked in person. It decides how far demand "
        f"runs ahead of what any team can support. {help_above('demand.uptake')}"
    )
    form.field("demand.uptake", ours=default_uptake(reference))
    with lazy_panel("Other assumptions about demand", "demand") as is_open:
        if is_open:
            st.write(
                "Empty: everyone, the whole place, and for each person "
                f"{reference.default('classes_per_person'):.2f} classes in a year (2017/18) and "
                f"{reference.default('classes_per_person_month'):.2f} in a month (NHSBSA "
                "co-prescribing, March 2024); fewer where antidepressants are left out."
            )
            for item in INPUTS:
                if item.path.startswith("demand.") and item.path != "demand.uptake":
                    form.field(item.path)
            form.text("demand.evidence", "Where your assumptions come from", max_chars=300)


def _prices(form: Form, reference: ReferenceData) -> None:
    with lazy_panel("Prices, pension and budget", "prices") as is_open:
        if is_open:
            one, two, three = st.columns([2, 4, 2])
            with one:
                form.choice("pricing.price_year", "Prices and pay of", list(reference.pay_years))
            with two:
                form.choice(
                    "pricing.perspective",
                    "Whose pension cost?",
                    list(PERSPECTIVES),
                    lambda which: PERSPECTIVE_WORDS[which],
                )
            with three:
                form.field("pricing.budget")
            _own_index(form, reference)


def _own_index(form: Form, reference: ReferenceData) -> None:
    """An index the user holds, such as NHSCII, as lines of year and value."""
    current = form.plan.pricing.own_index
    name = draw(
        st.text_input,
        "Your own price index: name and vintage",
        field_key("pricing.own_index.name"),
        current.name if current else "",
        value=None,
        max_chars=300,
        **helped("pricing.own_index.name", {"help": f"**If empty:** {reference.deflator.name}."}),
    )
    lines = draw(
        st.text_area,
        "Its value in each financial year, a line each, such as 2018/19 78.79",
        field_key("pricing.own_index.values"),
        "\n".join(f"{y} {v!r}" for y, v in current.values.items()) if current else "",
        value=None,
    )
    if not (name or "").strip() and not (lines or "").strip():
        form.set("pricing.own_index", None, "Your own price index")
        return
    values: dict[str, float] = {}
    for line in filter(str.strip, (lines or "").splitlines()):
        year, *rest = line.split(None, 1)
        value = "".join(rest).replace(",", "")
        try:
            values[year] = float(value.strip())
        except ValueError:
            hold_incomplete(
                f"'{plain(line)}' is not a year and a value, such as 2018/19 78.79. Until then the last index is used."
            )
            return
    if not (name or "").strip() or len(values) < 2:
        hold_incomplete(
            "Name the index and give at least two years. Until then the last index is used."
        )
        return
    chosen = str(typed_now("pricing.price_year", form.plan.pricing.price_year))
    lacks = [year for year in years_needed(chosen, form.plan, reference) if year not in values]
    if lacks:
        hold_incomplete(
            f"The index needs {listed(lacks)} too, since prices of those years are moved. Until then the last index is used."
        )
        return
    form.set("pricing.own_index", {"name": name, "values": values}, "Your own price index")


def _finding(results: Results) -> None:
    preferred = results.preferred
    if preferred is None:
        st.info(
            "Choose a preferred option below to see what it would cost and whom it would support."
        )
        return
    if preferred.people_supported is None or preferred.cost_per_person is None:
        st.info(
            f"{plain(preferred.name)} would cost {format_range(preferred.annual_cost, Unit.POUNDS)} a year. Whom it would "
            f"support: not known, because {preferred.withheld.get('cost_per_person', 'need is not')}."
        )
        return
    st.info(
        f"{plain(preferred.name)} would cost {format_range(preferred.annual_cost, Unit.POUNDS)} a year, or "
        f"{format_range(preferred.cost_per_head, Unit.PENCE)} per head of {preferred.population_basis}, and support "
        f"{format_range(preferred.people_supported)} people at {format_range(preferred.cost_per_person, Unit.POUNDS)} each. "
        f"Expected demand is {format_range(preferred.demand)}, so {format_range(preferred.unmet)} could not be supported."
    )
    waiting = preferred.measures.get("waiting_weeks")
    if waiting is not None and preferred.unmet is not None and preferred.unmet.central >= 1:
        ceiling = results.plan.specification.at_ceiling
        st.warning(
            f"After a year the people left waiting would be {_long(waiting.central)} of work for this team. What happens "
            f"then: {ceiling.value if ceiling else 'not yet decided; choose it on the Specification step'}."
        )
    for alert in results.alerts:
        if alert.where == "options" and "budget" in alert.text:
            st.warning(plain(alert.text))


def _long(weeks: float) -> str:
    """A length of time in weeks, or in years where it is more than two."""
    return f"{weeks:,.0f} weeks" if weeks < 104 else f"about {weeks / 52:,.0f} years"


def _comparison(results: Results) -> None:
    if not results.options:
        return
    st.header("The options side by side", anchor=False)
    library = load_library()
    table(tables.options(results, library))
    table(tables.option_reach(results, library))
    st.write(
        f"Central (low to high), {results.plan.pricing.price_year} prices. All modelled. "
        f"Cost a year holds set-up spread over {results.plan.horizon.years} years. What may come of each option is on the next step."
    )
    _reach(results)
    cautions = dict.fromkeys(caution for option in results.options for caution in option.cautions)
    unverified = [caution for caution in cautions if "unverified" in caution]
    if unverified:
        st.markdown("**Not yet checked against the publisher:**")
        bullets(unverified)


def _reach(results: Results) -> None:
    """People supported per 1,000 prescribed, and by deprivation where that is known."""
    with lazy_panel("Reach per 1,000 people prescribed, and by deprivation", "reach") as is_open:
        active = [option for option in results.options if option.wte or option.other_costs]
        if is_open and active:
            table(tables.reach_by_quintile(active, load_library()), in_panel=False)
        elif is_open:
            st.write("No option does anything yet.")


def _alone(option: OptionResult, number: int) -> str:
    """How many people one line of posts has time for by its own hours, or its part of what the team
    makes together."""
    if option.stated:
        return "not worked out from hours"
    own = option.measures.get(f"role_capacity_{number}")
    if own is not None:
        return f"{format_range(own)}, by its own hours"
    hours, whole = option.posts[number - 1].hours, sum(cost.hours for cost in option.posts)
    if hours <= 0 or whole <= 0:
        return "none"
    team = option.measures.get("team_capacity", option.capacity)
    return f"{format_range(team.scaled(hours / whole))}, its part of the team"


def _posts(results: Results) -> None:
    with lazy_panel("What each post costs, part by part", "post-costs") as is_open:
        if is_open:
            for option in results.options:
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
                            "Hours with people": rounded(cost.hours),
                            "People it has time for": _alone(option, number),
                        }
                        for number, cost in enumerate(option.posts, 1)
                    ],
                    f"Cost of each post of {option.name}",
                )
            for option in results.options:
                for caution in option.cautions:
                    st.markdown(f"- {plain(option.name)}: {plain(caution)}")
            st.markdown("Overheads and other costs come on top.")
