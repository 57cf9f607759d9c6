"""Of step 4: cash and people year by year beside a budget, and the best mix within it."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from planner.analysis.calculation.inputs import label_at
from planner.analysis.formatting import Unit, about_pounds, format_range, listed, percent
from planner.analysis.results.projections import Projections
from planner.documents import tables
from planner.model.outcomes import StaffCap
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.model.service import AGENDA_FOR_CHANGE
from planner.reference.library import load_library
from planner.screens.steps.option_table import MOST_PAID
from planner.screens.ui.display import bullets, chart, lazy_panel, table
from planner.screens.ui.form import Form, draw, help_words, helped, hold_incomplete
from planner.screens.ui.markup import plain
from planner.screens.ui.session import field_key, panel, projections_for, results_for

OBJECTIVES = {
    "people_assessed": "Most people assessed",
    "people_starting": "Most people who start to reduce",
    "still_off": "Most people still off after 2 to 3 years, beyond usual care",
}
FIRST = "No option is preferred yet, so this is of the first that sees people."


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw the money and the people year by year, and return the plan as changed."""
    form = Form(plan)
    lazy_panel("Years, growth and recruitment", "horizon", partial(_horizon, form, plan, reference))
    plan = form.done()
    result, projections = results_for(plan), projections_for(plan)
    years = projections.years_of(projections.focus)
    # The tabs are drawn of an option that does something.
    assert years is not None
    st.write(plain(years.finding if result.preferred else f"{years.finding} {FIRST}"))
    chart("years", plan)
    table(tables.years(years, result, load_library()))
    st.write(
        f"{plain(years.name)} over {len(years.rows)} years: "
        f"{format_range(years.cash_total, Unit.POUNDS)} in cash, "
        f"{about_pounds(years.present_total)} as a present value. In brackets, the likely "
        "range of each figure."
    )
    lazy_panel("Chart: people, year by year", "people-by-year", partial(chart, "people", plan))
    lazy_panel("What this assumes", "assumes", partial(bullets, years.assumes))
    if len(projections.years) > 1:
        lazy_panel("Every option over the same years", "all-years", partial(_totals, projections))
    return plan


def best_mix(plan: Plan, _: ReferenceData) -> Plan:
    """Draw the best mix, worked out once somebody asks for it, and return the plan as changed."""
    plan = _mix(plan)
    with st.spinner(
        "Working out the best mix of options within the budget, and what each limit costs"
    ):
        projections = projections_for(plan)
        projections.mix, projections.frontier
    _best(projections, plan)
    return plan


def _horizon(form: Form, plan: Plan, reference: ReferenceData) -> None:
    growth = []
    for name in ("pay_growth", "price_growth", "discount_rate"):
        ours = reference.assumption(name)
        empty = f"{reference.default(name):.2%} ({ours.kind_in_words}; {ours.section})"
        growth.append(partial(form.field, f"horizon.{name}", help=f"**If empty:** {empty}."))
    form.columns(
        ["horizon.years", "horizon.recruitment_months"],
        [
            partial(_profile, form, "horizon.staffing_profile", plan.horizon.staffing_profile),
            partial(_profile, form, "demand.referral_profile", plan.demand.referral_profile),
        ],
        growth,
        ["horizon.price_uplift", "horizon.efficiency"],
    )


def _profile(form: Form, path: str, current: Sequence[float]) -> None:
    """A share for the first and each later year."""
    start = ", ".join(f"{share * 100:g}" for share in current)
    label = f"{label_at(path)}, %"
    typed = draw(st.text_input, label, field_key(path), start, **helped(path, {}))
    try:
        shares = tuple(
            round(float(part.strip().rstrip("%")) / 100, 6)
            for part in typed.split(",")
            if part.strip()
        )
    except ValueError:
        hold_incomplete(
            "Write numbers separated by commas, such as 50, 75, 100. Until then the last ones "
            "are used."
        )
        return
    if not shares or any(not 0 <= share <= 1 for share in shares) or len(shares) > 10:
        hold_incomplete(
            "Give one to ten shares between 0 and 100. Until then the last ones are used."
        )
    else:
        form.set(path, shares, label)


def _totals(projections: Projections) -> None:
    table(
        [
            {
                "Option": years.name,
                "First year": format_range(years.rows[0].cash, Unit.POUNDS),
                "Last year": format_range(years.rows[-1].cash, Unit.POUNDS),
                "All years, cash": format_range(years.cash_total, Unit.POUNDS),
                "Present value": about_pounds(years.present_total),
            }
            for years in projections.years
        ],
        "Cash of every option in the first year, the last year and over all years",
    )


def _mix(plan: Plan) -> Plan:
    """What the best mix is asked to do, and within what."""
    st.write(
        "Which of your options, and how much of each, do most within the budget. People written to "
        "and people seen are never added. A quote is taken whole or not at all. No document prints "
        "the mix unless you choose so."
    )
    form = Form(plan)
    objective = partial(form.choice, "mix.objective", list(OBJECTIVES), OBJECTIVES.__getitem__)
    largest = partial(
        form.number,
        "mix.largest",
        whole=False,
        min_value=0.1,
        max_value=10.0,
        step=0.5,
        format="%.1f",
    )
    budget = partial(form.figure, "mix.budget", most=MOST_PAID, whole=False)
    least = partial(form.percent, "mix.most_deprived_at_least")
    form.columns([objective, largest], [budget, least])
    form.field("mix.in_documents")
    with st.expander("Staff that can be had", key=panel("staff-limits")):
        st.markdown(help_words("mix.staff.7", above=True))
        caps: dict[str, float] = {cap.band: cap.wte for cap in plan.mix.staff}
        used = sorted(
            {post.band for option in plan.options for post in option.posts} & set(AGENDA_FOR_CHANGE)
        )
        wanted: list[StaffCap] = []
        columns = st.columns(3)
        for place, band in enumerate(dict.fromkeys([*used, *caps])):
            typed = draw(
                columns[place % 3].number_input,
                f"Most WTE of band {band}",
                field_key(f"mix.staff.{band}", of="mix"),
                caps.get(band),
                value=None,
                min_value=0.0,
                max_value=1000.0,
                step=0.5,
            )
            if typed is not None:
                wanted.append(StaffCap(band=band, wte=typed))
        form.set("mix.staff", tuple(wanted), "Staff that can be had")
    return form.done()


def _best(projections: Projections, plan: Plan) -> None:
    mix = projections.mix
    if mix is None:
        st.info(f"No mix yet: {projections.mix_missing_because}.")
        return
    st.info(plain(mix.words))
    if mix.parts:
        table(tables.mix(mix, load_library()))
        chart("mix", plan)
    st.markdown("**What each limit costs**")
    bullets(cost.words for cost in mix.constraints)
    lazy_panel(
        "Chart: the most that each budget can do", "frontier", partial(chart, "frontier", plan)
    )
    lazy_panel("What this assumes, in plain words", "mix-assumes", partial(bullets, mix.assumes))
    # It works the mix out anew in each of some simulations, which takes seconds.
    if st.button("How often is each mix best over simulations?", key="mix-often"):
        with st.spinner("Working out the best mix anew in some of the simulations"):
            bullets(
                f"{listed(one.names) if one.names else 'Nothing'}: best in {percent(one.share)}"
                for one in projections.mixes_over_draws
            )
