"""The tables of one option's posts and of its costs other than pay, a row each. Part of step 7; no sums here."""

from collections.abc import Callable
from typing import Any

import streamlit as st

from planner.analysis.calculation.inputs import BY_KEY, label_at
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import Unit, format_range, pounds, rounded
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import BANDS, POINTS, WITH_SALARY, ZONES, CostHeading, ServiceOption
from planner.screens.ui.form import Form, help_above
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.session import panel

Change = dict[str, Any]
"""What to do to the list of options: `then`, from rows to rows; `show`, the option to open
afterwards."""

NEW_POST = {"title": "New post", "band": "6", "wte": 1.0}
NEW_COST = {"label": "New cost", "heading": "non-pay", "amount": 0.0}
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


class Totals:
    """Places in the tables for what each row comes to, filled once the step's fields have been
    read."""

    def __init__(self) -> None:
        self._posts: list[Any] = []
        self._foot: Any = None

    def post(self) -> None:
        """Keep a place beside a post."""
        self._posts.append(st.empty())

    def foot(self) -> None:
        """Keep a place for the whole option's cost, under both tables."""
        self._foot = st.empty()

    def fill(self, option: OptionResult) -> None:
        """Write what each post costs a year, and what the option comes to."""
        if len(self._posts) == len(option.posts):
            for place, cost in zip(self._posts, option.posts, strict=True):
                place.markdown(
                    f"**{plain(pounds(cost.total))}** a year; {rounded(cost.hours)} hours with people"
                )
        if self._foot is not None:
            limit = (
                f" Its limit is the time of {plain(option.bottleneck)}: the whole team's hours would allow "
                f"{format_range(option.measures['team_capacity'])}."
                if option.bottleneck
                else ""
            )
            self._foot.info(
                f"{plain(option.name)} comes to {format_range(option.annual_cost, Unit.POUNDS)} a year and could support "
                f"{format_range(option.capacity)} people.{limit}"
            )


def posts_table(form: Form, option: ServiceOption, at: int, totals: Totals) -> Change | None:
    """A row for each post; what to do to the options if one was added or removed, or None."""
    path, change = f"options.{at}.posts", None
    st.subheader("Posts", anchor=False)
    st.markdown(
        f"{help_above(f'{path}.0.wte')} Time with people: {help_above(f'{path}.0.patient_facing')}"
    )
    for place, current in enumerate(option.posts):
        with st.container(border=True):
            if _post(form, f"{path}.{place}", place + 1, current.title, totals):
                change = edited(
                    at, "posts", lambda rows, place=place: rows[:place] + rows[place + 1 :]
                )
    if st.button("Add a post", key=f"add-post-{at}"):
        change = edited(at, "posts", lambda rows: [*rows, NEW_POST])
    return change


def _post(form: Form, path: str, number: int, title: str, totals: Totals) -> bool:
    """The fields of one post. Returns whether it is to be removed."""
    what, band, wte, time, more = st.columns([4, 3, 2, 2, 2], vertical_alignment="bottom")
    with what:
        form.text(f"{path}.title", f"Post {number}, title", max_chars=300)
    with band:
        chosen = form.choice(
            f"{path}.band",
            f"Post {number}, band",
            list(BANDS),
            lambda band: BAND_WORDS.get(band, band),
        )
    with wte:
        form.field(f"{path}.wte")
    with time:
        form.field(f"{path}.patient_facing")
    if chosen in WITH_SALARY:
        if not form.field(f"{path}.salary"):
            st.warning("Enter the salary; until then the band stays as it was.")
    else:
        form.set(f"{path}.salary", None, label_at(f"{path}.salary"))
    with more, st.popover("More", key=panel(f"{path}.more"), width="stretch"):
        st.markdown(f"**Post {number}: {plain(title)}**")
        form.choice(f"{path}.point", f"Post {number}, pay point", list(POINTS))
        form.choice(
            f"{path}.zone",
            f"Post {number}, high-cost area",
            list(ZONES),
            lambda zone: ZONE_WORDS[zone],
        )
        form.field(f"{path}.headcount")
        form.field(f"{path}.hours_each")
        removed = bool(st.button(f"Remove post {number}", key=f"remove-{path}"))
    totals.post()
    return removed


def costs_table(
    form: Form, plan: Plan, option: ServiceOption, at: int, reference: ReferenceData
) -> Change | None:
    """A row for each cost other than pay; what to do to the options if one was added or removed, or
    None."""
    path, change = f"options.{at}.other_costs", None
    own = plan.pricing.own_index
    years = sorted(own.values if own else reference.deflator.values, reverse=True)
    st.subheader(BY_KEY["other_costs"].label, anchor=False)
    st.markdown(help_above(f"{path}.0.amount"))
    for place, cost in enumerate(option.other_costs):
        here, number = f"{path}.{place}", place + 1
        with st.container(border=True):
            what, heading, amount, prices, out = st.columns(
                [5, 5, 3, 4, 3], vertical_alignment="bottom"
            )
            with what:
                form.text(f"{here}.label", f"Cost {number}, what for", max_chars=300)
            with heading:
                form.choice(
                    f"{here}.heading",
                    f"Cost {number}, heading",
                    list(CostHeading),
                    lambda h: h.value,
                )
            with amount:
                form.field(f"{here}.amount")
            with prices:
                current = (
                    [cost.price_year] if cost.price_year and cost.price_year not in years else []
                )
                form.choice(
                    f"{here}.price_year",
                    f"Cost {number}, prices of",
                    [None, *current, *years],
                    lambda year: year or OWN_PRICES,
                )
            with out:
                if st.button(
                    f"Remove cost {number}", key=f"remove-cost-{at}-{place}", width="stretch"
                ):
                    change = edited(
                        at,
                        "other_costs",
                        lambda rows, place=place: rows[:place] + rows[place + 1 :],
                    )
    if st.button("Add a cost", key=f"add-cost-{at}"):
        change = edited(at, "other_costs", lambda rows: [*rows, NEW_COST])
    return change


def edited(at: int, part: str, change: Callable[..., list[Any]]) -> Change:
    """A change to one list of one option, which stays open."""

    def then(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        rows[at] = rows[at] | {part: change(list(rows[at][part]))}
        return rows

    return {"then": then, "show": at}
