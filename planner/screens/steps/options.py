"""Step 7: cost ways of providing the service, see whom each can support, and choose one."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.calculation.inputs import BY_KEY, INPUTS, label_at
from planner.analysis.economics.example import (
    options_from,
    options_from_case_studies,
    starter_plan,
)
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.price_index import years_needed
from planner.analysis.formatting import Unit, format_range, listed, pounds, rounded
from planner.analysis.population.assumptions import default_uptake
from planner.analysis.population.inequality import FIFTHS
from planner.analysis.population.need import plan_organisation
from planner.analysis.results.provenance import option_receipts
from planner.analysis.results.results import Results
from planner.documents import tables
from planner.documents.context import published_uptake
from planner.model.base import LONGEST_LINE
from planner.model.case_study_names import numbered
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import (
    BANDS,
    OVERHEAD_MODES,
    PERSPECTIVES,
    POINTS,
    WITH_SALARY,
    ZONES,
    CostHeading,
    Feature,
    Post,
    ServiceOption,
)
from planner.reference.library import load_library
from planner.screens.ui.display import (
    bullets,
    chart,
    lazy_panel,
    plain,
    receipts,
    table,
)
from planner.screens.ui.form import (
    SHOWN_SUFFIX,
    Form,
    displayed_entry,
    draw,
    help_words,
    helped,
    hold_incomplete,
    label_of,
    pick,
    typed_now,
)
from planner.screens.ui.session import FIELD, field_key, give_notice, panel, results_for
from planner.screens.ui.streamlit_compat import DeltaGenerator

EDITING = FIELD + "editing"
EDITED_OPTION = EDITING + SHOWN_SUFFIX
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
PERSPECTIVE_WORDS = {
    "provider": "What the provider pays (for a contract price)",
    "public": "Full public cost (for an economic comparison)",
}


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    form = Form(plan, _finding)
    _demand(form, reference)
    compared = st.container()
    lazy_panel("Prices, pension and budget", "prices", partial(_prices, form, reference))
    st.header("Build an option", anchor=False)
    chooser = st.container()
    if plan.options:
        at = displayed_entry(EDITING, range(len(plan.options)), _first_to_change(plan))
        places = _edit_option(form, plan, at, reference)
    _add_option(form, plan, reference)
    st.header("Preferred option", anchor=False)
    names = {option.id: option.name for option in plan.options}
    form.choice(
        "preferred_option", [None, *names], lambda chosen: names.get(chosen, "Not yet chosen")
    )
    form.field("preferred_because")
    plan = form.done()
    if plan.options:
        pick(
            chooser,
            "Option to change",
            range(len(plan.options)),
            lambda place: plan.options[place].name,
            EDITING,
        )
        _fill_totals(places, results_for(plan).options[at])
    results = results_for(plan)
    with compared:
        _comparison(results)
    chart("options", plan)
    display = results.preferred or (results.options[at] if plan.options else None)
    if display is not None:
        words = f"Cost and reach of {display.name}, each with its receipt"
        receipts(lambda: option_receipts(results, display, reference), words)
    lazy_panel("What each post costs, part by part", "post-costs", partial(_posts, results))
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
        f"runs ahead of what any team can support. {help_words('demand.uptake', above=True)}"
    )
    form.field("demand.uptake", ours=default_uptake(reference))
    lazy_panel("Other assumptions about demand", "demand", partial(_assumptions, form, reference))


def _assumptions(form: Form, reference: ReferenceData) -> None:
    st.write(
        "Empty: everyone, the whole place, and for each person "
        f"{reference.default('classes_per_person'):.2f} classes in a year (2017/18) and "
        f"{reference.default('classes_per_person_month'):.2f} in a month (NHSBSA co-prescribing, "
        "March 2024); fewer where antidepressants are left out."
    )
    for item in INPUTS:
        if item.path.startswith("demand.") and item.path != "demand.uptake":
            form.field(item.path)
    form.field("demand.evidence")


def _prices(form: Form, reference: ReferenceData) -> None:
    year = partial(form.choice, "pricing.price_year", list(reference.pay_years))
    pension = partial(
        form.choice, "pricing.perspective", list(PERSPECTIVES), PERSPECTIVE_WORDS.__getitem__
    )
    form.columns([year], [pension], ["pricing.budget"], spec=[2, 4, 2])
    _own_index(form, reference)


def _own_index(form: Form, reference: ReferenceData) -> None:
    """An index the user holds, such as NHSCII, as lines of year and value."""
    path, current = "pricing.own_index", form.plan.pricing.own_index
    label = label_of(form.plan, path)
    name = draw(
        st.text_input,
        f"{label}: name and vintage",
        field_key(f"{path}.name"),
        current.name if current else "",
        max_chars=LONGEST_LINE,
        **helped(f"{path}.name", {"help": f"**If empty:** {reference.deflator.name}."}),
    ).strip()
    lines = draw(
        st.text_area,
        "Its value in each financial year, a line each, such as 2018/19 78.79",
        field_key(f"{path}.values"),
        "\n".join(f"{y} {v!r}" for y, v in current.values.items()) if current else "",
    )
    if not name and not lines.strip():
        form.set(path, None, label)
        return
    values: dict[str, float] = {}
    for line in filter(str.strip, lines.splitlines()):
        year, *rest = line.split(None, 1)
        try:
            values[year] = float("".join(rest).replace(",", ""))
        except ValueError:
            hold_incomplete(
                f"'{plain(line)}' is not a year and a value, such as 2018/19 78.79. "
                "Until then the last index is used."
            )
            return
    chosen = str(typed_now("pricing.price_year", form.plan.pricing.price_year))
    lacks = [year for year in years_needed(chosen, form.plan, reference) if year not in values]
    if not name or len(values) < 2:
        hold_incomplete(
            "Name the index and give at least two years. Until then the last index is used."
        )
    elif lacks:
        hold_incomplete(
            f"The index needs {listed(lacks)} too, since prices of those years are moved. "
            "Until then the last index is used."
        )
    else:
        form.set(path, {"name": name, "values": values}, label)


def _finding(results: Results) -> None:
    preferred = results.preferred
    if preferred is None:
        st.info(
            "Choose a preferred option below to see what it would cost and whom it would support."
        )
        return
    if preferred.people_supported is None or preferred.cost_per_person is None:
        st.info(
            f"{plain(preferred.name)} would cost "
            f"{format_range(preferred.annual_cost, Unit.POUNDS)} a year. Whom it would "
            "support: not known, because "
            f"{preferred.withheld.get('cost_per_person', 'need is not')}."
        )
        return
    st.info(
        f"{plain(preferred.name)} would cost {format_range(preferred.annual_cost, Unit.POUNDS)} a "
        "year, or "
        f"{format_range(preferred.cost_per_head, Unit.PENCE)} per head of "
        f"{preferred.population_basis}, and support "
        f"{format_range(preferred.people_supported)} people at "
        f"{format_range(preferred.cost_per_person, Unit.POUNDS)} each. "
        f"Expected demand is {format_range(preferred.demand)}, so {format_range(preferred.unmet)} "
        "could not be supported."
    )
    waiting = preferred.measures.get("waiting_weeks")
    if waiting is not None and preferred.unmet is not None and preferred.unmet.central >= 1:
        ceiling = results.plan.specification.at_ceiling
        st.warning(
            f"After a year the people left waiting would be {_long(waiting.central)} of work for "
            "this team. What happens "
            "then: "
            + (ceiling.value if ceiling else "not yet decided; choose it on the Specification step")
            + "."
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
        f"Cost a year holds set-up spread over {results.plan.horizon.years} years. What may come "
        "of each option is on the next step."
    )
    lazy_panel(
        "Reach per 1,000 people prescribed, and by deprivation", "reach", partial(_reach, results)
    )
    cautions = dict.fromkeys(caution for option in results.options for caution in option.cautions)
    unverified = [caution for caution in cautions if "unverified" in caution]
    if unverified:
        st.markdown("**Not yet checked against the publisher:**")
        bullets(unverified)


def _reach(results: Results) -> None:
    """People supported per 1,000 prescribed, and by deprivation where that is known."""
    active = [option for option in results.options if option.wte or option.other_costs]
    if active:
        table(tables.reach_by_quintile(active, load_library()), in_panel=False)
    else:
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


def _fill_totals(places: Sequence[DeltaGenerator], option: OptionResult) -> None:
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


def _edit_option(form: Form, plan: Plan, at: int, reference: ReferenceData) -> list[DeltaGenerator]:
    """The fields of one option. Gives a place for what each post comes to, and one for the whole,
    which `_fill_totals` fills."""
    option = plan.options[at]
    path = f"options.{at}"
    # It stays open when a row of it is added or removed.
    form.remembered = {EDITED_OPTION: at}
    form.field(f"{path}.name")
    form.field(f"{path}.description")
    if option.drawn_from:
        st.markdown(f"Drawn from: {plain(option.drawn_from)}")
    places = _edit_posts(form, option, f"{path}.posts")
    _edit_costs(form, option, f"{path}.other_costs", reference)
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
    shares = f"{path}.shares_by_quintile"
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
    form.remembered = {EDITED_OPTION: len(plan.options)}


def _add_option(form: Form, plan: Plan, reference: ReferenceData) -> None:
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


def _edit_posts(form: Form, option: ServiceOption, path: str) -> list[DeltaGenerator]:
    """A row for each post. Gives a place in each for what it comes to."""
    places = []
    st.subheader("Posts", anchor=False)
    st.markdown(
        f"{help_words(f'{path}.0.wte', above=True)} Time with people: "
        f"{help_words(f'{path}.0.patient_facing', above=True)}"
    )
    for place, post in enumerate(option.posts):
        with st.container(border=True):
            _edit_post(form, f"{path}.{place}", place + 1, post)
            places.append(st.empty())
    form.add_row(path, "Add a post", f"add-post-{path}", NEW_POST)
    return places


def _edit_post(form: Form, path: str, number: int, post: Post) -> None:
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


def _edit_costs(form: Form, option: ServiceOption, path: str, reference: ReferenceData) -> None:
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
