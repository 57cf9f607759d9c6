"""Charts of what lies ahead: draws, what matters most, years of cash, and what a budget can do.

No sums here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.cash_flow import budget_named
from planner.analysis.economics.one_way_sensitivity import METHOD, format_value
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    capital,
    format_range,
    people,
    percent,
    pounds,
)
from planner.documents.tables import ends_of, measure_text
from planner.outputs.charts.colours import BLUE, DARK, GREY, INK, LIGHT_BLUE, PALE, WINE
from planner.outputs.charts.drawing import (
    LIKELY,
    PLAIN,
    POUNDS,
    Chart,
    columns,
    fill_layout,
    finish,
    point,
    range_layout,
    spans,
)

# Simulation and optimisation are imported when there is something of theirs to draw, and not with
# the first page.
if TYPE_CHECKING:
    from planner.analysis.results.projections import Projections


def draws_chart(projections: Projections) -> Chart | None:
    """Each option on the plan's measure, with its likely range."""
    measure = MEASURES[projections.results.plan.simulation.measure]
    rows = [
        point(option.name, "modelled", values, measure_text(option, measure.name))
        for option in projections.results.options
        if (values := option.measures.get(measure.name)) is not None and values.high > 0
    ]
    if not rows:
        return None
    title = f"{measure.label}, with likely ranges"
    return Chart(
        name="draws",
        title=title,
        spec=_ranged_measure(rows, measure.in_a_sentence, measure.is_money),
        alternative=_in_words(f"{title}, modelled.", rows),
        rows=columns(rows, {"Option": "Name", f"{measure.heading} (likely range)": "Words"}),
        reading=LIKELY,
    )


def _ranged_measure(rows: list[dict[str, Any]], words: str, is_money: bool) -> dict[str, Any]:
    return range_layout(
        rows, f"£ ({words})" if is_money else words, POUNDS if is_money else PLAIN, legend=False
    )


def _in_words(finding: str, rows: list[dict[str, Any]]) -> str:
    """A chart in words: what it shows, and each row of it."""
    return f"{finding} " + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows) + "."


PATHWAY = (
    "referred", "referrals_taken", "register", "written", "people_assessed", "people_starting",
    "stopped", "net_stopped", "still_off",
)  # fmt: skip
"""The steps of care from those who are referred, or written to, to those still off a medicine."""


def pathway_chart(projections: Projections) -> Chart | None:
    """From people referred to people still off a medicine, with the option looked at most
    closely."""
    option = next((o for o in projections.results.options if o.id == projections.focus), None)
    if option is None:
        return None
    rows = [
        point(MEASURES[name].label, "modelled", values, measure_text(option, name))
        for name in PATHWAY
        if (values := option.measures.get(name)) is not None
    ]
    if not rows:
        return None
    return Chart(
        name="pathway",
        title=f"What becomes of people with {option.name}, in {option.full_year}",
        spec=range_layout(rows, "People a year", PLAIN, legend=False),
        alternative=_in_words(f"What becomes of people with {option.name}, modelled.", rows),
        rows=columns(rows, {"Step": "Name", "People a year (likely range)": "Words"}),
        reading=LIKELY,
    )


def tornado_chart(projections: Projections) -> Chart | None:
    """What each assumption alone does to the measure, the widest at the top."""
    result = projections.sensitivity
    if result is None or result.middle is None:
        return None
    money = MEASURES[result.measure].is_money
    middle = about_pounds(result.middle) if money else people(result.middle)
    rows: list[dict[str, Any]] = []
    for one_way in [s for s in result.swings if s.width > 1e-9 * abs(result.middle)][:10]:
        low, high = ends_of(one_way, result.measure)
        ends = [value for value in (one_way.at_low, one_way.at_high) if value is not None]
        if ends:
            rows.append(
                {
                    "Name": one_way.label,
                    "Words": f"{format_value(one_way.name, one_way.low_input)} to "
                    f"{format_value(one_way.name, one_way.high_input)}",
                    "Shown as": "modelled",
                    "From": min([*ends, result.middle]),
                    "To": max([*ends, result.middle]),
                    "At low": low,
                    "At high": high,
                    "Central": result.middle,
                }
            )
    if not rows:
        return None
    words = result.measure_in_words
    return Chart(
        name="tornado",
        title=f"What moves the {words} most",
        spec=spans(
            rows,
            f"£ ({words})" if money else words,
            POUNDS if money else PLAIN,
            {"modelled": BLUE},
            from_nought=False,
        ),
        alternative=f"{result.finding} With none held it is {middle}. "
        + "; ".join(f"{r['Name']} ({r['Words']}): {r['At low']} to {r['At high']}" for r in rows)
        + ".",
        rows=columns(
            rows,
            {
                "Assumption": "Name",
                "From its low to its high": "Words",
                f"{words} at its low": "At low",
                "at its high": "At high",
            },
        ),
        reading=f"{METHOD} The short upright mark is the median with none held.",
    )


def find_out_chart(projections: Projections) -> Chart | None:
    """What it would be worth to know each unsure input before choosing, the most first."""
    result = projections.find_out_first
    rows: list[dict[str, Any]] = [
        {
            "Name": row.label,
            "Words": about_pounds(row.value),
            "Shown as": "modelled",
            "From": 0,
            "To": row.value,
        }
        for row in result.rows[:10]
    ]
    if not rows:
        return None
    return Chart(
        name="find_out",
        title="What is worth finding out first",
        spec=spans(rows, "£ a year that knowing it is worth", POUNDS, {"modelled": BLUE}),
        alternative=_in_words(result.words, rows),
        rows=columns(rows, {"Assumption": "Name", "Worth of knowing it, £ a year": "Words"}),
        reading="Each bar is what it would be worth, at the plan's value of one more person who "
        "stops, to know that assumption before choosing.",
    )


STUDY, MORE, LESS, OPTION = "case study", "adds", "takes away", "our option"


def cost_gap_chart(projections: Projections) -> Chart | None:
    """The cost per person of a case study taken step by step to that of the option in focus."""
    comparison = projections.case_studies
    lead, option = comparison.lead, comparison.option
    if lead is None or option is None or not lead.steps:
        return None
    name, start, end = lead.study.name, lead.steps[0].before, lead.steps[-1].after
    rows: list[dict[str, Any]] = [
        {"Name": name, "Shown as": STUDY, "From": 0, "To": start, "Words": about_pounds(start)}
    ]
    rows += [
        {
            "Name": f"{capital(step.part)}, times {step.factor:.2f}",
            "Shown as": MORE if step.factor >= 1 else LESS,
            "From": step.before,
            "To": step.after,
            "Words": f"to {about_pounds(step.after)}",
        }
        for step in lead.steps
    ]
    rows.append(
        {"Name": option.name, "Shown as": OPTION, "From": 0, "To": end, "Words": about_pounds(end)}
    )
    shares = {f"{capital(s.part)}, times {s.factor:.2f}": percent(s.share) for s in lead.steps}
    return Chart(
        name="cost_gap",
        title=f"From {name}'s cost per person to ours",
        spec=spans(
            rows,
            "£ for each person",
            POUNDS,
            {STUDY: GREY, MORE: BLUE, LESS: WINE, OPTION: DARK},
        ),
        alternative=f"{comparison.gap_in_words} "
        + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows)
        + ".",
        rows=[
            {
                "Step": row["Name"],
                "Cost per person": row["Words"],
                "Share of the difference": shares.get(row["Name"], ""),
            }
            for row in rows
        ],
        reading="Each bar begins where the one above it ends; the steps multiply. Shares are on "
        "the log scale.",
    )


def years_chart(projections: Projections) -> Chart | None:
    """Cash by planning year of the option looked at most closely, with its likely range, beside
    the budget."""
    result = projections.years_of(projections.focus)
    if result is None:
        return None
    budget = next(
        (row.balance + row.cash.central for row in result.rows if row.balance is not None), None
    )
    named = budget_named(projections.results.plan)
    # Above the highest mark there is room for its end, and for the words over the line of a budget.
    top = 1.1 * max(budget or 0, *(row.cash.high for row in result.rows))
    rows: list[dict[str, Any]] = [
        {
            "Year": row.in_words,
            "Top": top,
            "Low": row.cash.low,
            "Central": row.cash.central,
            "High": row.cash.high,
            "Words": about_pounds(row.cash.central),
        }
        for row in result.rows
    ]
    if budget is not None:
        # Its words stand on its line, or above all bars where the line runs through them.
        clear = budget > max(row.cash.high for row in result.rows)
        words = f"{capital(named)} {pounds(budget)}"
        rows.append({"Budget": budget, "At": budget if clear else 0.94 * top, "Words": words})
    return Chart(
        name="years",
        title="Cash in each planning year"
        + (f", beside a {named} of {pounds(budget)}" if budget is not None else ""),
        spec=fill_layout(_years_layout(budget is not None), rows),
        alternative=f"{result.finding} "
        + "; ".join(f"{row.in_words}: {format_range(row.cash, Unit.POUNDS)}" for row in result.rows)
        + ".",
        rows=[
            {
                "Year": row.in_words,
                "Cash (likely range)": format_range(row.cash, Unit.POUNDS),
                "Present value": about_pounds(row.present),
                f"{capital(named)} less cash": row.balance_in_words,
            }
            for row in result.rows
        ],
        reading="The top of each bar is the figure to plan with; 95% of the simulations lie along "
        "its thin line." + (f" The dashed line is the {named}." if budget is not None else ""),
    )


@lru_cache(maxsize=4)
def _years_layout(with_budget: bool) -> dict[str, Any]:
    from planner.outputs.charts.libraries import alt

    base = (
        alt.Chart()
        .transform_filter("isValid(datum.Year)")
        .encode(
            x=alt.X(
                "Year:N",
                sort=None,
                title="Planning year",
                axis=alt.Axis(labelAngle=0, labelOverlap=False),
            )
        )
    )
    axis = alt.Axis(labelExpr=POUNDS, tickCount=5)
    layers = [
        base.mark_bar(fill=LIGHT_BLUE, stroke=BLUE, strokeWidth=1.5).encode(
            y=alt.Y("Central:Q", title="£ cash", axis=axis, scale=alt.Scale(zero=True))
        ),
        base.mark_rule(color=INK, strokeWidth=2).encode(
            y=alt.Y("Low:Q", title="£ cash", axis=axis), y2="High:Q"
        ),
        base.mark_point(opacity=0).encode(y=alt.Y("Top:Q", title="£ cash", axis=axis)),
    ]
    if with_budget:
        of_budget = (
            alt.Chart()
            .transform_filter("isValid(datum.Budget)")
            .encode(y=alt.Y("Budget:Q", title="£ cash", axis=axis))
        )
        layers += [
            of_budget.mark_rule(color=WINE, strokeWidth=2, strokeDash=[6, 4]),
            of_budget.mark_text(
                align="left", baseline="bottom", dx=4, dy=-3, fontSize=13, color=WINE
            ).encode(x=alt.value(0), y=alt.Y("At:Q", title="£ cash", axis=axis), text="Words:N"),
        ]
    return finish(alt.layer(*layers), 280)


PEOPLE_OF_A_YEAR = ("referred", "assessed", "starting", "waiting")
SHAPES = ["circle", "diamond", "square", "triangle-up"]


def people_chart(projections: Projections) -> Chart | None:
    """People referred, assessed, starting and waiting, or written to, in each planning year with
    the option looked at most closely."""
    result = projections.years_of(projections.focus)
    if result is None:
        return None
    whom = {"waiting": "waiting at its end", "written": "written to", "starting": "who start"}
    # Letters that invite people to a service are of other people than those it sees.
    sees = any(row.referred is not None for row in result.rows)
    rows = [
        {
            "Year": row.in_words,
            "Who": whom.get(field, field),
            "People": values.central,
            "Low": values.low,
            "High": values.high,
            "Words": format_range(values),
            "In words": row.in_words,
        }
        for field in (PEOPLE_OF_A_YEAR if sees else ("written",))
        for row in result.rows
        if (values := getattr(row, field)) is not None
    ]
    if not rows:
        return None
    kinds = tuple(dict.fromkeys(row["Who"] for row in rows))
    return Chart(
        name="people",
        title="People in each planning year",
        spec=fill_layout(_people_layout(kinds), rows),
        alternative=f"People in each planning year with {result.name}, modelled. "
        + "; ".join(f"{row['In words']}, {row['Who']}: {row['Words']}" for row in rows)
        + ".",
        rows=[
            {"Year": year}
            | {
                f"People {row['Who']} (likely range)": row["Words"]
                for row in rows
                if row["In words"] == year
            }
            for year in dict.fromkeys(row["In words"] for row in rows)
        ],
        reading="Each mark is the figure to plan with; 95% of the simulations lie along its thin "
        "line.",
    )


@lru_cache(maxsize=8)
def _people_layout(kinds: tuple[str, ...]) -> dict[str, Any]:
    from planner.outputs.charts.libraries import alt

    across = alt.X(
        "Year:N",
        sort=None,
        title="Planning year",
        axis=alt.Axis(labelAngle=0, labelOverlap=False),
    )
    offset = alt.XOffset("Who:N", sort=list(kinds))
    legend = alt.Legend(title=None)
    scales = [
        alt.Scale(domain=list(kinds), range=values[: len(kinds)])
        for values in ([BLUE, DARK, GREY, WINE], SHAPES)
    ]
    base = alt.Chart().encode(x=across, xOffset=offset)
    return finish(
        alt.layer(
            base.mark_rule(color=PALE, strokeWidth=3).encode(
                y=alt.Y("Low:Q", title="People", axis=alt.Axis(format=",.0f", tickCount=5)),
                y2="High:Q",
            ),
            base.mark_point(filled=True, size=120, opacity=1).encode(
                y="People:Q",
                color=alt.Color("Who:N", scale=scales[0], legend=legend),
                shape=alt.Shape("Who:N", scale=scales[1], legend=legend),
                tooltip=["In words:N", "Who:N", "Words:N"],
            ),
        ),
        300,
    )


REFERRED, WRITTEN = "referred", "written to"


def mix_chart(projections: Projections) -> Chart | None:
    """What each option of the best mix costs, and what it does of what was asked for."""
    mix = projections.mix
    if mix is None or not mix.parts:
        return None
    does = MEASURES[mix.objective].in_a_sentence
    rows: list[dict[str, Any]] = [
        {
            "Name": f"{part.name}, {part.size:.1f} of full size",
            "Shown as": WRITTEN if part.writes else REFERRED,
            "From": 0,
            "To": part.cost,
            "Words": f"{about_pounds(part.cost)}, {people(part.value)} {does}",
        }
        for part in mix.parts
    ]
    return Chart(
        name="mix",
        title="The best mix for the budget",
        spec=spans(rows, "£ a year", POUNDS, {REFERRED: BLUE, WRITTEN: WINE}),
        alternative=_in_words(mix.words, rows),
        rows=columns(rows, {"Option": "Name", "Cost a year, and people": "Words"}),
        reading="People referred and people written to are never added.",
    )


def frontier_chart(projections: Projections) -> Chart | None:
    """The most that each budget can do."""
    if not projections.frontier or projections.mix is None:
        return None
    rows = [
        {"Budget": at.budget, "Value": at.value, "Words": at.words, "Mix": at.words}
        for at in projections.frontier
    ]
    return Chart(
        name="frontier",
        title="What each budget can do at most",
        spec=fill_layout(_frontier_layout(), rows),
        alternative="What each budget can do at most. "
        + "; ".join(
            f"{pounds(at.budget)}: {people(at.value)} ({at.words})" for at in projections.frontier
        )
        + ".",
        rows=[
            {
                "Budget": pounds(at.budget),
                "People": people(at.value),
                "Cost": about_pounds(at.cost),
                "Mix": at.words,
            }
            for at in projections.frontier
        ],
    )


@lru_cache(maxsize=2)
def _frontier_layout() -> dict[str, Any]:
    from planner.outputs.charts.libraries import alt

    base = alt.Chart().encode(
        x=alt.X("Budget:Q", title="Budget, £ a year", axis=alt.Axis(labelExpr=POUNDS, tickCount=5)),
        y=alt.Y("Value:Q", title="People a year", axis=alt.Axis(format=",.0f", tickCount=5)),
        tooltip=["Mix:N"],
    )
    return finish(
        alt.layer(
            base.mark_line(color=GREY, strokeWidth=2),
            base.mark_point(filled=True, color=DARK, size=80),
        ),
        280,
    )
