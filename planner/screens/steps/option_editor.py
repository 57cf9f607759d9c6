"""Of step 3: the fields of one option, those that people fill first before the rest."""

from collections.abc import Sequence
from contextlib import suppress
from functools import partial

import streamlit as st

from planner.analysis.calculation.inputs import BY_KEY, INPUTS, label_at
from planner.analysis.economics.case_study_models import studies_here
from planner.analysis.economics.option_model import default_hours
from planner.analysis.economics.price_index import price_index
from planner.analysis.economics.staff_costs import PostCost
from planner.analysis.formatting import capital, listed, pounds, rounded
from planner.analysis.population.inequality import QUINTILES
from planner.model.base import Range
from planner.model.labels.plan import DEFAULT
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
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
    ServiceOption,
)
from planner.screens.steps.option_table import EDITING, MOST_PAID, MOST_PEOPLE, PEOPLE_NOT_STATED
from planner.screens.ui.display import lazy_panel
from planner.screens.ui.form import Form, help_words, typed_now
from planner.screens.ui.markup import plain
from planner.screens.ui.session import VISIT, panel, results_for

NEW_POST = {"title": "New post", "band": "6", "wte": 1.0}
NEW_COST = {"label": "New cost", "heading": "non-pay", "amount": 0.0}
OVERHEAD_LABELS = {
    "marginal": "the extra cost to an organisation that is already there (marginal)",
    "full absorption": "a full share of all the organisation's costs (full absorption)",
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
OWN_PRICES = "the plan's year"
FIRST = ("effect", "stated_capacity", "hours_programme", "letters_own")
"""Inputs of an option that stand before its folds, or with who comes to it."""
HAS = ("features", "features_absent")


def edit_option(form: Form, plan: Plan, at: int, reference: ReferenceData) -> None:
    """The fields of one option."""
    option, path = plan.options[at], f"options.{at}"
    # It stays open when a row of it is added or removed.
    form.remembered = {VISIT: {EDITING: option.id}}
    form.columns([f"{path}.name"], [f"{path}.kind"], spec=[3, 2])
    if _is_priced(option):
        price, people = f"{path}.other_costs.0", f"{path}.stated_capacity"
        year = option.other_costs[0].price_year
        form.columns(
            [partial(_amount, form, price, label="Price quoted, a year")],
            [partial(_price_year, form, price, year, reference, label="In prices of")],
            [partial(form.one_figure, people, most=MOST_PEOPLE, empty=_people_unstated(option))],
            vertical_alignment="bottom",
        )
    else:
        costs: tuple[PostCost, ...] = ()
        with suppress(ReferenceMissing):
            costs = results_for(plan).options[at].posts
        _posts(form, option, f"{path}.posts", costs)
    if option.is_letters:
        form.field(f"{path}.letters_a_year")
    if not option.is_do_nothing:
        form.field(f"{path}.effect")
    form.field(f"{path}.description")
    if option.drawn_from:
        st.markdown(f"Drawn from: {plain(option.drawn_from)}")
    for title, name, draw in (
        (BY_KEY["other_costs"].label, "costs", partial(_costs, form, option, path, reference)),
        (
            "Hours for each person, who comes, overheads and more",
            "more",
            partial(_more, form, plan, at, reference),
        ),
        ("What it offers, and whom it reaches", "offers", partial(_offers, form, option, path)),
    ):
        lazy_panel(title, f"{path}.{name}", draw)


def _is_priced(option: ServiceOption) -> bool:
    """Whether its price, and not its posts, is asked."""
    return option.is_quote and bool(option.other_costs)


def _people_unstated(option: ServiceOption) -> str:
    """What it means that a quote's people are left empty; nothing where they are needed, since it
    would be no quote without them."""
    without = option.model_copy(update={"stated_capacity": None})
    return PEOPLE_NOT_STATED if without.is_quote else ""


def _amount(form: Form, cost: str, label: str = "") -> None:
    """The amount of one cost, as people have it."""
    path = f"{cost}.amount"
    form.number(path, f"{label or label_at(path)}, £", most=MOST_PAID, whole=False)


def _price_year(
    form: Form, path: str, current: str | None, reference: ReferenceData, label: str = ""
) -> None:
    own = form.plan.pricing.own_index
    years = sorted(own.values if own else reference.deflator.values, reverse=True)
    # A year that we hold no index for is offered where the plan has it.
    offered = [None, *({current} - {None, *years}), *years]
    form.choice(f"{path}.price_year", offered, lambda year: year or OWN_PRICES, label=label)


def _posts(form: Form, option: ServiceOption, path: str, costs: Sequence[PostCost]) -> None:
    """A row for each post, with what it comes to where that is known."""
    st.subheader("Posts", anchor=False)
    for at, post in enumerate(option.posts):
        with st.container(border=True):
            _post(form, f"{path}.{at}", at + 1, post)
            for cost in costs[at : at + 1]:
                words = f"a year; {rounded(cost.hours)} hours with people"
                st.markdown(f"**{plain(pounds(cost.total))}** {words}")
    form.add_row(path, "Add a post", f"add-post-{path}", NEW_POST)
    for what, name in (("Posts", "wte"), ("Time with people", "patient_facing")):
        words = help_words(f"{path}.0.{name}", above=True)
        st.markdown(f":small[**{what}.** {words}]")


def _post(form: Form, path: str, number: int, post: Post) -> None:
    """The fields of one post."""
    band = typed_now(f"{path}.band", post.band)
    # Side by side where there is room, and two to a line on a phone.
    with st.container(horizontal=True, vertical_alignment="bottom"):
        form.field(f"{path}.title", width=280)
        form.choice(f"{path}.band", list(BANDS), lambda band: BAND_WORDS.get(band, band), width=140)
        form.field(f"{path}.wte", width=110)
        form.field(f"{path}.patient_facing", width=110)
        _more_of_post(form, path, number, post.title)
    if band not in WITH_SALARY:
        form.set(f"{path}.salary", None, label_at(f"{path}.salary"))
    elif not form.field(f"{path}.salary"):
        st.warning("Enter the salary; until then the band stays as it was.")


def _more_of_post(form: Form, path: str, number: int, title: str) -> None:
    with st.popover("More", key=panel(f"{path}.more"), width="content"):
        st.markdown(f"**Post {number}: {plain(title)}**")
        form.choice(f"{path}.point", list(POINTS))
        form.choice(f"{path}.zone", list(ZONES), ZONE_WORDS.__getitem__)
        form.field(f"{path}.headcount")
        form.field(f"{path}.hours_each")
        form.remove_row(path, f"Remove post {number}", f"remove-{path}")


def _costs(form: Form, option: ServiceOption, path: str, reference: ReferenceData) -> None:
    """A row for each cost other than pay; a quote's price stands above."""
    path += ".other_costs"
    st.markdown(help_words(f"{path}.0.amount", above=True))
    for at, cost in enumerate(option.other_costs):
        here = f"{path}.{at}"
        if _is_priced(option) and not at:
            continue
        with st.container(border=True):
            form.columns(
                [f"{here}.label"],
                [partial(form.choice, f"{here}.heading", list(CostHeading), lambda h: h.value)],
                spec=[4, 3],
            )
            form.columns(
                [partial(_amount, form, here)],
                [partial(_price_year, form, here, cost.price_year, reference)],
                [
                    partial(
                        form.remove_row,
                        here,
                        f"Remove cost {at + 1}",
                        f"remove-cost-{here}",
                        width="stretch",
                    )
                ],
                spec=[2, 3, 2],
                vertical_alignment="bottom",
            )
    form.add_row(path, "Add a cost", f"add-cost-{path}", NEW_COST)


def _more(form: Form, plan: Plan, at: int, reference: ReferenceData) -> None:
    option, path = plan.options[at], f"options.{at}"
    if not option.is_letters and not option.is_do_nothing:
        form.field(f"{path}.hours_programme")
        ours = _hours(default_hours(option.kind, reference))
        st.markdown(
            f":small[Empty: {DEFAULT} for {option.kind.value}, {plain(ours)} hours. "
            f"{_hours_of_case_studies(plan, reference)}]"
        )
        form.field(f"{path}.who_comes")
    form.choice(
        f"{path}.overhead_mode",
        list(OVERHEAD_MODES),
        OVERHEAD_LABELS.__getitem__,
        help="It decides what the cost can fairly be compared with: a case study that names no "
        "overheads is not like an option with a full share of them.",
    )
    for item in INPUTS:
        if item.scope == "option" and item.path and item.key not in FIRST:
            form.field(item.path.replace("*", str(at)))
    if not _is_priced(option):
        form.field(f"{path}.stated_capacity")


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
        "Hours that case studies' posts come to for each person they count, who may not have "
        f"started: {'; '.join(hours)}."
    )


def _offers(form: Form, option: ServiceOption, path: str) -> None:
    """The classes it covers, the fifths it reaches, and what it has, has not, or does not state."""
    # The plan's classes, and those it covers already.
    included = (*form.plan.prescribing.included, *option.classes)
    may_cover = [one for one in MedicineClass if one in included]
    form.several(f"{path}.classes", may_cover, lambda one: capital(one.label))
    shares = f"{path}.shares_by_quintile"
    st.markdown(help_words(f"{shares}.0", above=True))
    form.columns(
        *(
            [partial(form.percent, f"{shares}.{place}", f"Fifth {quintile}, %")]
            for place, quintile in enumerate(QUINTILES)
        ),
        vertical_alignment="bottom",
    )
    both = {name: typed_now(f"{path}.{name}", getattr(option, name)) for name in HAS}
    for name, other in (HAS, HAS[::-1]):
        free = [feature for feature in Feature if feature not in both[other]]
        form.several(f"{path}.{name}", free, lambda feature: feature.value)
    unsaid = [one.value for one in Feature if not any(one in stated for stated in both.values())]
    st.markdown(f"Not stated: {listed(unsaid) if unsaid else 'nothing'}.")
