"""Step 3: what each option costs and whom it sees, in one table; and which is preferred."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial

import streamlit as st

from planner.analysis.calculation.inputs import INPUTS
from planner.analysis.completeness.wizard_steps import at_step
from planner.analysis.economics.compare import where_it_loses
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.price_index import index_years
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    capital,
    format_range,
    listed,
    people,
    pounds,
    rounded,
)
from planner.analysis.results.provenance import option_provenance
from planner.analysis.results.results import Results
from planner.documents import tables
from planner.model.base import LONGEST_LINE
from planner.model.document import DASH
from planner.model.plan import Plan
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.model.service import PERSPECTIVES
from planner.reference.library import load_library
from planner.screens.pages.case_studies import compare_with_option
from planner.screens.steps import option_table
from planner.screens.steps.option_editor import edit_option
from planner.screens.ui.accessibility import HEADING_FIRST
from planner.screens.ui.display import bullets, chart, lazy_panel, provenance_panel, table, tabs
from planner.screens.ui.form import Form, draw, helped, hold_incomplete, label_of, typed_now
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import may_only_read
from planner.screens.ui.session import (
    COMES_FIRST,
    VISIT,
    field_key,
    nothing_is_lost,
    projections_for,
    results_for,
    visit,
)
from planner.screens.ui.sought import sought
from planner.screens.ui.typed import without_a_patient

MANY_WEEKS = 104
ADDING = "adding"
"""What a visit remembers besides: what is being added."""
LETTERS = "demand.letters_a_year"
DOORS = {
    True: "Yes, beside referral (case finding)",
    False: "No, referral only",
}
PERSPECTIVE_WORDS = {
    "provider": "What the provider pays (for a contract price)",
    "public": "Full public cost (for an economic comparison)",
}
ADDED = {
    "Add a quote": lambda form, reference: option_table.quote(form),
    "Add posts": lambda form, reference: option_table.posts(form),
    "Add a starter": option_table.starter,
    "Add a case study": option_table.case_study,
}
"""What can be added, by the button that opens it."""
STUDIES = "Beside the case studies"


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the step and return the plan as changed."""
    opened, adding = visit().get(option_table.EDITING), visit().get(ADDING)
    places = {option.id: place for place, option in enumerate(plan.options)}
    if opened in places:
        return _one_option(plan, places[opened], reference)
    form = Form(plan, _finding)
    if adding:
        return _added(form, adding, reference)
    pressed: list[str] = []
    form.columns(
        [partial(option_table.budget, form)],
        [partial(_ways_to_add, pressed)],
        spec=[2, 5],
        vertical_alignment="bottom",
    )
    compared = st.container()
    if plan.preferred_option:
        form.field("preferred_because")
    lazy_panel("How people come, letters and steps of care", "demand", partial(_demand, form))
    lazy_panel("Prices and pension", "prices", partial(_prices, form, reference))
    plan = form.done()
    if pressed and nothing_is_lost():
        st.session_state[VISIT] = {ADDING: pressed[0]}
        st.rerun()
    with compared:
        option_table.option_table(plan, reference)
    draws: dict[str, Callable[[], object]] = {
        "Cost and reach in full": partial(_in_full, plan, reference),
        STUDIES: partial(compare_with_option, plan),
        "At equal budget and reach": partial(_at_equal_size, plan),
    }
    if all(option.is_do_nothing for option in plan.options):
        draws = {STUDIES: draws[STUDIES]}
    tabs("options", draws)
    return plan


def _ways_to_add(pressed: list[str]) -> None:
    """A button for each kind of option that can be added; the words of one that is pressed are put
    into the list."""
    with st.container(horizontal=True):
        for words in ADDED:
            if st.button(words, key=f"open:{words}", disabled=may_only_read()):
                pressed.append(words)


def _heading(words: str) -> None:
    """The heading of what stands in place of the table, at which the focus begins."""
    with st.container(key="editor"):
        st.header(words, anchor=False)


def _one_option(plan: Plan, at: int, reference: ReferenceData) -> Plan:
    """The fields of one option in place of the table, with what it comes to above them."""
    option = plan.options[at]
    st.session_state[COMES_FIRST] = True
    form = Form(plan, partial(_finding, of=option.id))
    _heading(f"Change {plain(option.name)}")
    with st.container(horizontal=True):
        closed = st.button("Back to all options", key="close-option", type="primary")
        copied = st.button("Copy this option", key="copy-option", disabled=may_only_read())
    edit_option(form, plan, at, reference)
    if copied:
        option_table.copy_option(form, option)
    if sought() is None:
        HEADING_FIRST(key=f"open-{option.id}", data=".st-key-editor h2")
    plan = form.done()
    if closed and nothing_is_lost():
        st.session_state[VISIT] = {option_table.BEFORE: option.id}
        st.rerun()
    return plan


def _added(form: Form, adding: str, reference: ReferenceData) -> Plan:
    """The boxes of what is being added in place of the table."""
    _heading(adding)
    if st.button("Back without adding", key="close-option"):
        st.session_state.pop(VISIT)
        st.rerun()
    st.session_state[COMES_FIRST] = True
    ADDED[adding](form, reference)
    HEADING_FIRST(key=f"open-{adding}", data=".st-key-editor h2")
    return form.done()


def _demand(form: Form) -> None:
    """By which door people come, letters that invite them, and what follows from a referral."""
    with suppress(ReferenceMissing):
        _say_of_need(results_for(form.plan))
    form.columns(
        [partial(form.choice, "demand.case_finding", list(DOORS), DOORS.__getitem__)],
        [LETTERS],
        vertical_alignment="bottom",
    )
    if typed_now(LETTERS, form.plan.demand.letters_a_year):
        form.field("demand.letter_tiers")
        if form.plan.demand.case_finding:
            form.field("demand.letters_beside_case_finding")
    with suppress(ReferenceMissing):
        _say_of_options(results_for(form.plan))
    lazy_panel("The rest of it, at the planner's defaults", "demand-rest", partial(_rest, form))


def _rest(form: Form) -> None:
    """Rates, shares and times that few have figures of their own for."""
    st.write(
        "Empty boxes stand at the planner's defaults; the evidence pack lists them with sources."
    )
    for item in INPUTS:
        if item.step == "options" and item.path.startswith("demand.") and item.path != LETTERS:
            form.field(item.path)
    form.field("demand.evidence")


def _say_of_need(results: Results) -> None:
    """What the door and the letters bring."""
    need, profile = results.need, results.plan.demand.referral_profile
    if need.demand is None:
        st.info(f"Referrals are not known: {plain(need.missing_because or 'need is not')}.")
        return
    first = f"{format_range(need.demand.scaled(profile[0]))} in the first year and "
    letters = (
        f" Up to {format_range(need.in_tiers)} people may be written to, each once."
        if results.plan.demand.invites
        else ""
    )
    cautions = [
        plain(caution)
        for row in need.inputs
        if row.key == "referral_rate" and results.plan.demand.invites
        for caution in row.cautions[-1:]
    ]
    st.info(
        f"Referred: {first if profile[0] < 1 else ''}{format_range(need.demand)} in a full year, "
        f"of {format_range(need.long_term_people)} people who are on these medicines for a year or "
        f"{' '.join((f'more.{letters}', *cautions))}"
    )


def _say_of_options(results: Results) -> None:
    """Whom each option would see of those who come, and who would wait."""
    seeing = [one for one in tables.acting(results) if "people_assessed" in one.measures]
    cells = tables.measure_in_sentence
    bullets(
        f"{one.name}: {cells(one, 'people_assessed')} assessed in a full year; then waiting: "
        f"{cells(one, 'waiting')}"
        for one in seeing
    )


def _prices(form: Form, reference: ReferenceData) -> None:
    year = partial(form.choice, "pricing.price_year", list(reference.pay_years))
    pension = partial(
        form.choice, "pricing.perspective", list(PERSPECTIVES), PERSPECTIVE_WORDS.__getitem__
    )
    form.columns([year], [pension], spec=[2, 4])
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
    problem = "" if name else "Name the index."
    for line in filter(str.strip, lines.splitlines()):
        year, *rest = line.split(None, 1)
        try:
            values[year] = float("".join(rest).replace(",", ""))
        except ValueError:
            problem = f"'{plain(line)}' is not a year and a value, such as 2018/19 78.79."
    chosen = str(typed_now("pricing.price_year", form.plan.pricing.price_year))
    lacks = [year for year in index_years(chosen, form.plan, reference) if year not in values]
    if not problem and lacks:
        problem = f"The index needs {listed(lacks)} too, since prices of those years are moved."
    try:
        without_a_patient(name)
    except ValueError as error:
        form.refuse(f"{label}: name and vintage", str(error))
        return
    if problem:
        hold_incomplete(f"{problem} Until then the last index is used.")
    else:
        form.set(path, {"name": name, "values": values}, label)


def _finding(results: Results, of: str | None = None) -> None:
    """What one option, else the preferred one, costs and whom it sees, and what to take care of."""
    wanted = of or results.plan.preferred_option
    option = next((one for one in results.options if one.id == wanted), None)
    if option is None:
        chosen = "Choose the option you prefer in the table to see here what it would cost."
        added = "Add what might be bought: a quote, posts, a starter or a case study."
        acts = any(not one.is_do_nothing for one in results.plan.options)
        st.info(chosen if acts else added)
        return
    cell, budget = partial(tables.measure_in_sentence, option), results.plan.pricing.budget
    over = option.annual_cost.central - (budget or 0.0)
    whose = "your" if results.plan.demand.start_share else "the planner's"
    within = "within" if over <= 0 else f"{about_pounds(over)} over"
    st.info(
        f"{plain(option.name)} would cost {cell('annual_cost')} {option.by_the_year}"
        + (f", {within} the budget of {about_pounds(budget)}" if budget is not None else "")
        + f", or {cell('cost_per_head_all_ages')} per head of all ages. {_seen(option, whose)}"
    )
    if option.too_thin:
        st.warning(f"{plain(option.name)} is too thin: {plain(option.too_thin)}.")
    waiting = option.measures.get("waiting")
    if waiting is not None and waiting.central >= 1:
        ceiling = results.plan.specification.at_ceiling
        then = ceiling.value if ceiling else f"not yet decided; see {at_step('specification')}"
        st.warning(f"What happens to those who would be waiting: {then}.")


def _seen(option: OptionResult, whose_share: str) -> str:
    """Whom an option writes to or sees, and who waits; `whose_share` of them start to reduce."""
    cell = partial(tables.measure_in_sentence, option)
    if "written" in option.measures:
        return f"It would write to {cell('written')} people, at {cell('cost_per_written')} each."
    if "people_assessed" not in option.measures:
        return f"Whom it would see is not known: {plain(option.withheld['people_assessed'])}."
    limit = f" Its limit is the time of {plain(option.bottleneck)}." if option.bottleneck else ""
    weeks, long = option.measures.get("waiting_weeks"), ""
    if weeks is not None and weeks.central > MANY_WEEKS:
        long = ", more than two years of work"
    elif weeks is not None and weeks.central >= 1:
        long = f", {format_range(weeks, Unit.COUNT)} weeks of work"
    each = cell("cost_per_assessed")
    at = "" if each == DASH else f", at {each} each"
    quoted = f" (by {whose_share} share; the quote does not say)" if option.stated else ""
    return (
        f"Of {format_range(option.demand)} people referred in a full year it would assess "
        f"{cell('people_assessed')}{at}, and {cell('people_starting')} would start to "
        f"reduce{quoted}. Waiting after a full year: "
        f"{cell('waiting')}{long}.{limit}"
    )


def _in_full(plan: Plan, reference: ReferenceData) -> None:
    """Every measure of cost and reach, each part in a fold, with receipts."""
    results, library = results_for(plan), load_library()
    st.write(
        "A likely range holds 95% of simulations. Cost a year holds set-up spread over "
        f"{plan.horizon.years} years. What may come of each option is on {at_step('outcomes')}."
    )
    reaching = [option for option in results.options if option.reach_per_1000 is not None]
    preferred = results.preferred
    parts = {
        "Referrals, people seen and who would wait": tables.option_reach(results, library),
        "Cost of each option, over whom it sees": tables.options(results, library),
        "Letters": tables.letters(results, library),
        "Reach per 1,000 people prescribed, and by deprivation": reaching
        and tables.reach_by_quintile(reaching, library),
    }
    for title, rows in parts.items():
        if rows:
            lazy_panel(title, title, partial(table, rows, in_panel=False))
    lazy_panel("Cost a year, in a chart", "chart", partial(chart, "options", plan))
    if any(option.posts or option.cautions for option in results.options):
        lazy_panel("What each post costs, part by part", "post-costs", partial(_posts, results))
    losing = where_it_loses(preferred, tables.acting(results)) if preferred else ()
    if losing:
        words = "Where the preferred option is not the better one"
        lazy_panel(words, "losing", partial(bullets, losing))
    option = projections_for(plan).case_studies.option
    if option is not None:
        words = f"Cost and reach of {option.name}, each with its receipt"
        provenance_panel(lambda: option_provenance(results, option, reference), words)


def _at_equal_size(plan: Plan) -> None:
    """Options as large as the budget buys, and as it takes to see as many as the preferred one."""
    projections, library = projections_for(plan), load_library()
    budget, reach = plan.pricing.budget, projections.equal_reach
    if budget is None:
        st.write("Enter the budget above to see what each option would be for the same money.")
    else:
        st.write(
            f"Each option that sees people, at the size that {pounds(budget)} a year pays for."
        )
        table(tables.at_size(projections.at_equal_budget, library, budget=pounds(budget)))
    if reach is None:
        st.write(
            "Choose the option you prefer, one that sees people, to see what each would cost for "
            "as many."
        )
    else:
        reached = people(reach)
        lazy_panel(
            f"For {reached} people assessed, as many as the preferred option sees",
            "equal-reach",
            lambda: table(
                tables.at_size(projections.at_equal_reach, library, people_assessed=reached),
                in_panel=False,
            ),
        )


def _alone(option: OptionResult, number: int) -> str:
    """How many referrals one line of posts has time for by its own hours, or its part of what the
    team makes together."""
    if option.stated or option.capacity is None:
        return "not worked out from hours"
    own = option.measures.get(f"role_capacity_{number}")
    if own is not None:
        return f"{format_range(own)}, by its own hours"
    hours, team = option.posts[number - 1].hours, option.measures.get("team_capacity")
    if hours <= 0:
        return "none"
    part = hours / sum(cost.hours for cost in option.posts)
    return f"{format_range((team or option.capacity).scaled(part))}, its part of the team"


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
    bullets(capital(alert.in_words) for alert in results.of_options())
    if any(option.posts for option in results.options):
        st.markdown("Overheads and other costs come on top.")
