"""Step 3: how people come, what each option costs and whom it sees; and which is preferred."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import streamlit as st

from planner.analysis.calculation.inputs import BY_KEY, INPUTS, label_at
from planner.analysis.calculation.measures import MEASURES
from planner.analysis.completeness.wizard_steps import at_step
from planner.analysis.economics.case_study_models import studies_here
from planner.analysis.economics.compare import where_it_loses
from planner.analysis.economics.example import (
    option_from_quote,
    options_from,
    options_from_case_studies,
    starter_plan,
)
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import default_hours
from planner.analysis.economics.price_index import price_index, years_needed
from planner.analysis.formatting import (
    Unit,
    capital,
    format_range,
    listed,
    people,
    percent,
    pounds,
    rounded,
    two_figures,
)
from planner.analysis.population.inequality import FIFTHS
from planner.analysis.population.need import plan_organisation
from planner.analysis.results.provenance import option_receipts
from planner.analysis.results.results import Results
from planner.documents import tables
from planner.model.base import LONGEST_LINE, Range, as_range
from planner.model.case_study_names import numbered
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData, ReferenceMissing
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
from planner.screens.steps import beside_case_studies
from planner.screens.ui.display import (
    bullets,
    chart,
    lazy_panel,
    plain,
    receipts,
    sections,
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
from planner.screens.ui.saved_plan import may_only_read
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
DOORS = {
    True: "Yes, beside referral (case finding)",
    False: "No, referral only",
}
FIRST = ("demand.letters_a_year",)
"""Inputs of demand that stand among the things to set first."""
OF_OPTION_FIRST = ("hours_programme", "letters_own")
"""Inputs of an option that stand among the things to set first."""
QUOTE = "quote"
HAS = ("features", "features_absent")
PERSPECTIVE_WORDS = {
    "provider": "What the provider pays (for a contract price)",
    "public": "Full public cost (for an economic comparison)",
}


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    return sections(
        "options",
        {
            "Options": _options,
            "Beside the case studies": beside_case_studies.show,
        },
        plan,
        reference,
    )


def _options(plan: Plan, reference: ReferenceData) -> Plan:
    form = Form(plan, _finding)
    st.header("Four things to set first", anchor=False)
    coming = _door(form)
    chooser = st.container()
    if plan.options:
        at = displayed_entry(EDITING, range(len(plan.options)), _first_to_change(plan))
        seen = _hours_and_who_comes(form, plan, at, reference)
    lazy_panel("All else about referrals and steps of care", "demand", partial(_assumptions, form))
    lazy_panel("Prices, pension and budget", "prices", partial(_prices, form, reference))
    compared = st.container()
    st.header("Build an option", anchor=False)
    if plan.options:
        places = _edit_option(form, plan, at, reference)
    _add_option(form, plan, reference)
    st.header("Preferred option", anchor=False)
    names = {option.id: option.name for option in plan.options}
    form.choice(
        "preferred_option", [None, *names], lambda chosen: names.get(chosen, "Not yet chosen")
    )
    form.field("preferred_because")
    losing = st.container()
    plan = form.done()
    if plan.options:
        pick(
            chooser,
            "Option to set and to change",
            range(len(plan.options)),
            lambda place: plan.options[place].name,
            EDITING,
        )
        option = results_for(plan).options[at]
        _say_of_option(seen, option)
        _fill_totals(places, option)
    results = results_for(plan)
    _say_of_need(coming, results)
    with losing:
        _where_it_loses(results)
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
    """The preferred option's place, else that of the first that sees people, else of the first that
    does something."""
    ids = [option.id for option in plan.options]
    if plan.preferred_option in ids:
        return ids.index(plan.preferred_option)
    acting = [at for at, option in enumerate(plan.options) if not option.is_do_nothing]
    seeing = [at for at in acting if not plan.options[at].is_letters]
    return next(iter([*seeing, *acting]), 0)


def _door(form: Form) -> DeltaGenerator:
    """How people come: by which door, and how many letters to whom. Gives the place for what that
    comes to."""
    st.write(
        "By which door people come, how many letters invite them, how long an option's programme "
        "is and who comes to it. All else stands at our defaults, in the lists below."
    )
    letters = "demand.letters_a_year"
    form.columns(
        [partial(form.choice, "demand.case_finding", list(DOORS), DOORS.__getitem__)],
        [letters],
        vertical_alignment="bottom",
    )
    if typed_now(letters, form.plan.demand.letters_a_year):
        form.field("demand.letter_tiers")
    return st.empty()


def _say_of_need(place: DeltaGenerator, results: Results) -> None:
    """What the door and the letters bring."""
    need, profile = results.need, results.plan.demand.referral_profile
    if need.demand is None:
        place.info(f"Referrals are not known: {plain(need.missing_because or 'need is not')}.")
        return
    first = f"{format_range(need.demand.scaled(profile[0]))} in the first year and "
    letters = (
        f" Up to {format_range(need.in_tiers)} people may be written to, each once."
        if results.plan.demand.letters_a_year
        else ""
    )
    place.info(
        f"Referred: {first if profile[0] < 1 else ''}{format_range(need.demand)} in a full year, "
        f"of {format_range(need.long_term_people)} people who are on these medicines for a year or "
        f"more.{letters}"
    )


def _hours_and_who_comes(
    form: Form, plan: Plan, at: int, reference: ReferenceData
) -> DeltaGenerator:
    """The length of a programme and who comes, of one option. Gives the place for its numbers."""
    option, path = plan.options[at], f"options.{at}"
    if option.is_letters:
        form.field(f"{path}.letters_a_year")
    elif not option.is_do_nothing:
        form.field(f"{path}.hours_programme")
        ours = _hours(default_hours(option.kind, reference))
        st.markdown(
            f":small[Empty: our default for {option.kind.value}, {plain(ours)} hours. "
            f"{_hours_of_case_studies(plan, reference)}]"
        )
        form.field(f"{path}.who_comes")
    return st.empty()


def _hours(values: Range) -> str:
    """Hours for one person, to the nearest tenth."""
    low, central, high = (f"{round(end, 1):g}" for end in (values.low, values.central, values.high))
    return central if low == high else f"{central} ({low} to {high})"


def _hours_of_case_studies(plan: Plan, reference: ReferenceData) -> str:
    """How many hours with or for each person the case studies imply."""
    try:
        index = price_index(plan, reference)
        studies = studies_here(reference, plan.pricing.price_year, index, None)
    except ReferenceMissing:
        return "What case studies imply cannot be worked out in prices of this year."
    implied: dict[str, list[str]] = {}
    for study in studies:
        if study.hours is not None:
            implied.setdefault(study.name, []).append(_hours(study.hours))
    hours = [f"{plain(name)} {listed(readings, 'or')}" for name, readings in implied.items()]
    return (
        "Hours that case studies imply for each person they count, who need not have started, by "
        f"each reading of their posts: {'; '.join(hours)}."
    )


def _say_of_option(place: DeltaGenerator, option: OptionResult) -> None:
    """Whom one option sees and who waits, under what decides it."""
    place.info(f"{plain(option.name)}: {plain(_seen(option))}")


def _seen(option: OptionResult) -> str:
    """People seen by an option in a year, and the wait after it."""
    if "written" in option.measures:
        return f"{_with_range(option, 'written', 'people')} written to in a year."
    if "people_assessed" not in option.measures:
        return f"whom it sees is not known, because {option.withheld['people_assessed']}."
    return (
        f"{_with_range(option, 'people_assessed', 'people')} assessed in a year, of whom "
        f"{_with_range(option, 'people_starting')} start to reduce. {_wait(option)}"
    )


def _wait(option: OptionResult) -> str:
    """Who waits after a full year, for how long, and how often nobody does."""
    waiting, weeks = option.measures["waiting"], option.measures.get("waiting_weeks")
    none = option.often_none.get("waiting")
    nobody = f", and nobody in {percent(none)} of simulations" if none is not None else ""
    long = f", {format_range(weeks, Unit.COUNT)} weeks of work" if weeks else ""
    if waiting.central >= 1:
        return f"Waiting after a full year: {_with_range(option, 'waiting')}{long}{nobody}."
    most, longest = people(two_figures(waiting.high)), two_figures(weeks.high) if weeks else 0
    return (
        f"After a full year nobody would be waiting{nobody.removeprefix(', and nobody')}; at the "
        f"upper end of what is likely {most} people, {longest:,.0f} weeks of work."
    )


def _with_range(option: OptionResult, name: str, noun: str = "") -> str:
    """One measure within a sentence: the figure with its likely range, what it counts, and a mark
    where it is a median."""
    words = format_range(option.measures[name], MEASURES[name].format_unit)
    mark = "(median)" if name in option.medians else ""
    return " ".join(filter(None, (words, noun, mark)))


def _assumptions(form: Form) -> None:
    st.write("Empty boxes stand for our defaults, which the Action papers list with their sources.")
    for item in INPUTS:
        if item.step == "options" and item.path.startswith("demand.") and item.path not in FIRST:
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
        st.info("Choose a preferred option below to see what it would cost and whom it would see.")
        return
    name, given = plain(preferred.name), preferred.measures
    cost = f"{name} would cost {_with_range(preferred, 'annual_cost')} a year"
    if "written" in given:
        each = f" at {_with_range(preferred, 'cost_per_written')} each"
        st.info(
            f"{cost}, and write to {_with_range(preferred, 'written', 'people')}"
            f"{each if 'cost_per_written' in given else ''}."
        )
    elif "people_assessed" not in given:
        st.info(
            f"{cost}. Whom it would see: not known, because "
            f"{plain(preferred.withheld['people_assessed'])}."
        )
    else:
        each = f" at {_with_range(preferred, 'cost_per_assessed')} each"
        st.info(
            f"{cost}, or {_with_range(preferred, 'cost_per_head')} per head of "
            f"{preferred.population_basis}. Of {format_range(preferred.demand)} people referred in "
            f"a full year it would assess {_with_range(preferred, 'people_assessed')}"
            f"{each if 'cost_per_assessed' in given else ''}, and "
            f"{_with_range(preferred, 'people_starting')} would start to reduce. {_wait(preferred)}"
        )
    if preferred.too_thin:
        st.warning(f"{name} is too thin: {plain(preferred.too_thin)}.")
    waiting, weeks = given.get("waiting"), given.get("waiting_weeks")
    if waiting is not None and weeks is not None and waiting.central >= 1:
        ceiling = results.plan.specification.at_ceiling
        st.warning(
            f"After a full year about {people(waiting.central)} people would be waiting, "
            f"{_long(weeks.central)} of work for this team. What happens then: "
            + (ceiling.value if ceiling else f"not yet decided; see {at_step('specification')}")
            + "."
        )
    for alert in results.alerts:
        if alert.where == "options" and "budget" in alert.text:
            st.warning(plain(alert.text))


def _long(weeks: float) -> str:
    """A length of time in weeks, or in years where it is more than two."""
    return f"about {weeks:,.0f} weeks" if weeks < 104 else f"about {weeks / 52:,.0f} years"


def _where_it_loses(results: Results) -> None:
    """On which measures another option is better than the preferred one."""
    if results.preferred is None:
        return
    losing = where_it_loses(results.preferred, tables.acting(results))
    if losing:
        st.markdown(f"**Where {plain(results.preferred.name)} is not the better one**")
        bullets(losing)


def _comparison(results: Results) -> None:
    if not results.options:
        return
    st.header("The options side by side", anchor=False)
    library = load_library()
    table(tables.option_reach(results, library))
    table(tables.options(results, library))
    letters = tables.letters(results, library)
    if letters is not None:
        table(letters)
    st.write(
        f"One figure and its likely range, which holds 95% of simulations; "
        f"{results.plan.pricing.price_year} prices. All modelled. "
        f"Cost a year holds set-up spread over {results.plan.horizon.years} years. What may come "
        "of each option is on the next step."
    )
    bullets(f"{one.name} is too thin: {one.too_thin}." for one in results.options if one.too_thin)
    lazy_panel(
        "Reach per 1,000 people prescribed, and by deprivation", "reach", partial(_reach, results)
    )
    cautions = dict.fromkeys(caution for option in results.options for caution in option.cautions)
    unverified = [caution for caution in cautions if "unverified" in caution]
    if unverified:
        st.markdown("**Not yet checked against the publisher:**")
        bullets(unverified)


def _reach(results: Results) -> None:
    """People assessed per 1,000 prescribed, and by deprivation where that is known."""
    active = [option for option in results.options if option.reach_per_1000 is not None]
    if active:
        table(tables.reach_by_quintile(active, load_library()), in_panel=False)
    else:
        st.write("No option sees anyone yet.")


def _alone(option: OptionResult, number: int) -> str:
    """How many referrals one line of posts has time for by its own hours, or its part of what the
    team makes together."""
    if option.stated or option.capacity is None:
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
                    "Referrals it has time for": _alone(option, number),
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
    room = (
        f", with room for {_with_range(option, 'capacity', 'referrals')}" if option.capacity else ""
    )
    foot.info(
        f"{plain(option.name)} comes to {_with_range(option, 'annual_cost')} a year{room}.{limit}"
    )


def _edit_option(form: Form, plan: Plan, at: int, reference: ReferenceData) -> list[DeltaGenerator]:
    """The fields of one option. Gives a place for what each post comes to, and one for the whole,
    which `_fill_totals` fills."""
    option = plan.options[at]
    path = f"options.{at}"
    # It stays open when a row of it is added or removed.
    form.remembered = {EDITED_OPTION: at}
    form.columns([f"{path}.name"], [f"{path}.kind"], spec=[3, 2])
    form.field(f"{path}.description")
    if option.drawn_from:
        st.markdown(f"Drawn from: {plain(option.drawn_from)}")
    places = _edit_posts(form, option, f"{path}.posts")
    _edit_costs(form, option, f"{path}.other_costs", reference)
    places.append(st.empty())
    lazy_panel(
        "All else about this option, at our defaults",
        f"{path}.more",
        partial(_more, form, option, path, at),
    )
    if option.id != reference.example.do_nothing.id:
        buttons = st.container(horizontal=True)
        if buttons.button("Copy this option", key=f"copy-{at}", disabled=may_only_read()):
            copy = option.model_dump() | {"name": f"{option.name[:290]} (copy)"}
            _append(form, plan, copy, f"{option.id}-copy")
        if buttons.button("Remove this option", key=f"remove-{at}", disabled=may_only_read()):
            form.rows = partial(_without, at=at)
            form.remembered = {}
            if option.id == plan.preferred_option:
                give_notice("The option you removed was the preferred one. Choose another below.")
    return places


def _more(form: Form, option: ServiceOption, path: str, at: int) -> None:
    form.choice(
        f"{path}.overhead_mode",
        list(OVERHEAD_MODES),
        OVERHEAD_LABELS.__getitem__,
        help="Say which, so that like is set beside like. "
        "A case study without overheads is not like full absorption.",
    )
    for item in INPUTS:
        if item.scope == "option" and item.path and item.key not in OF_OPTION_FIRST:
            form.field(item.path.replace("*", str(at)))
    form.several(f"{path}.classes", _may_cover(form.plan, option), lambda one: capital(one.label))
    shares = f"{path}.shares_by_quintile"
    st.markdown(help_words(f"{shares}.0", above=True))
    form.columns(
        *(
            [partial(form.percent, f"{shares}.{place}", f"Fifth {fifth}, %")]
            for place, fifth in enumerate(FIFTHS)
        )
    )
    _features(form, option, path)


def _may_cover(plan: Plan, option: ServiceOption) -> list[MedicineClass]:
    """The classes an option may be said to cover: the plan's, and those it covers already."""
    included = (*plan.prescribing.included, *option.classes)
    return [one for one in MedicineClass if one in included]


def _features(form: Form, option: ServiceOption, path: str) -> None:
    """What the option has, what it has not, and what is not stated."""
    both = {name: typed_now(f"{path}.{name}", getattr(option, name)) for name in HAS}
    for name, other in (HAS, HAS[::-1]):
        free = [feature for feature in Feature if feature not in both[other]]
        form.several(f"{path}.{name}", free, lambda feature: feature.value)
    unsaid = [one.value for one in Feature if not any(one in stated for stated in both.values())]
    st.markdown(f"Not stated: {listed(unsaid) if unsaid else 'nothing'}.")


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
        words = {"blank": "A blank option", QUOTE: "A quote: a price and people"}
        chosen = st.selectbox(
            "Start from",
            [*starts, QUOTE],
            format_func=lambda i: words.get(i) or starts[i]["name"],
            key="add-from",
        )
        new = _quote() if chosen == QUOTE else starts[chosen]
        shut = new is None or may_only_read()
        if st.button("Add this option", key="add-option", disabled=shut) and new:
            _append(form, plan, new, new["id"])


def _quote() -> dict[str, Any] | None:
    """A service as its provider offers it, whole; None until it has a name, a price and people."""
    st.write(
        "A quote is taken whole or not at all. What it adds to usual care, and what it offers, is "
        "not known until its provider says."
    )
    name, price, reach = st.columns([4, 2, 2])
    called = draw(
        name.text_input, "Who quoted", field_key("quote.name"), "", max_chars=LONGEST_LINE
    ).strip()
    a_year, seen = (
        draw(
            column.number_input,
            label,
            field_key(f"quote.{field}"),
            value=None,
            min_value=1.0,
            max_value=most,
            step=step,
            format="%.0f",
            **helped(f"quote.{field}", {}),
        )
        for column, label, field, most, step in (
            (price, "Price a year, £", "price", 1e9, 1000.0),
            (reach, "People assessed a year", "people", 1e7, 10.0),
        )
    )
    if not called or a_year is None or seen is None:
        return None
    return option_from_quote(QUOTE, called, a_year, as_range(seen)).model_dump()


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
