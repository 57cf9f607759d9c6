"""Of step 2: need by place, which places stand out, what to ask, and items month by month."""

from functools import partial

import streamlit as st

from planner.analysis.formatting import capital
from planner.analysis.population.places import Places
from planner.analysis.results.results import Results
from planner.documents.tables import need_by_place
from planner.model.intake import Level
from planner.model.plan import Plan
from planner.reference.library import load_library
from planner.screens.ui.display import bullets, chart, lazy_panel, table
from planner.screens.ui.markup import plain

MOST_LINES = 8


def where(results: Results) -> None:
    """Need by place and which places stand out."""
    places = results.places
    if places.missing_because:
        st.info(
            f"Need by place is not known yet, because {places.missing_because}. Bring the English "
            "Prescribing Dataset, filtered to the board, with the practice list and mapping."
        )
        return
    _findings(places)
    if places.funnels:
        _funnel(results.plan, places)
    _need_by_place(places, results.plan, results.need.missing_because)


def _findings(places: Places) -> None:
    for words in (places.where_most, places.where_gap):
        if words:
            st.info(plain(words))
    if not places.funnels:
        st.write(
            "Fewer than five places have both a count and its people, so they cannot be set side "
            "by side."
        )
        return
    st.header("Lines of enquiry", anchor=False)
    if not places.lines:
        st.write("No place stands out from the rest by more than chance and their usual spread.")
        return
    st.write(
        "Not a ranking and not a verdict on anyone: what to ask, and what to ask before "
        "believing it."
    )
    for line in places.lines[:MOST_LINES]:
        st.expander(plain(capital(line.about))).markdown(plain(line.finding))
    lazy_panel(
        "What a difference may mean, and what to ask first", "may-mean", partial(_may_mean, places)
    )


def _may_mean(places: Places) -> None:
    may_mean = dict.fromkeys(words for line in places.lines for words in line.may_mean)
    for heading, lines in (("It may mean", may_mean), ("Ask first", places.lines[0].ask_first)):
        st.markdown(f"**{heading}**\n" + "\n".join(f"- {plain(words)}" for words in lines))


def _funnel(plan: Plan, places: Places) -> None:
    funnels = places.funnels
    levels = list(dict.fromkeys(funnel.level for funnel in funnels))
    one, two = st.columns(2)
    level = one.selectbox(
        "Places",
        levels,
        index=len(levels) - 1,
        format_func=lambda at: capital(at.several),
        key="view:level",
    )
    classes = [funnel.medicine_class for funnel in funnels if funnel.level is level]
    telling = next(
        (f.medicine_class for f in funnels if f.level is level and f.standing_out), classes[0]
    )
    medicine_class = two.selectbox(
        "Class",
        classes,
        index=classes.index(telling),
        format_func=lambda c: capital(c.label),
        key=f"view:class:{level.value}",
    )
    funnel = places.funnel(level, medicine_class)
    if funnel is not None:
        st.markdown(plain(f"{funnel.finding} {funnel.spread}"))
        chart(f"funnel:{level.value}:{medicine_class.value}", plan)


def _need_by_place(places: Places, plan: Plan, need_missing: str | None) -> None:
    st.write(f"Lists are of {plan.areas.population_basis.label}. Need is modelled.")
    for level in places.levels:
        lazy_panel(
            f"Need by {level.label}: {len(places.at(level))}",
            f"need-{level.value}",
            partial(_at_level, places, level, plan, need_missing),
        )


def _at_level(places: Places, level: Level, plan: Plan, need_missing: str | None) -> None:
    basis = plan.areas.population_basis
    table(need_by_place(places, level, basis, load_library(), need_missing), in_panel=False)


def months(results: Results) -> None:
    """Items month by month, the place's own or its region's."""
    if not results.trends:
        st.write(
            "These are the items of the board's NHS region, which the planner holds. Bring a file "
            "for the board's own months."
        )
    st.write("Items move with the length of prescriptions as well as with people.")
    bullets(trend.finding for trend in results.current_trends)
    chosen = st.selectbox(
        "Class to draw",
        [trend.medicine_class for trend in results.current_trends],
        format_func=lambda c: capital(c.label),
        key="view:trend",
    )
    chart(f"trend:{chosen.value}", results.plan)
