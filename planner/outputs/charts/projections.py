"""Charts of what lies ahead: draws, what matters most, years of cash, and what a budget can do.

No sums here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.cash_flow import budget_named
from planner.analysis.economics.one_way_sensitivity import HOW_IT_IS_MADE, format_value
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    capital,
    format_range,
    people,
    percent,
    pounds,
)
from planner.documents.tables import ends_of, measure_shown
from planner.outputs.charts.drawing import (
    BLUE,
    DARK,
    GREY,
    INK,
    LIGHT_BLUE,
    NO_TITLE,
    PALE,
    PLAIN,
    POUNDS,
    SHAPES,
    WINE,
    Chart,
    amount,
    columns,
    drawing,
    in_words,
    kinds_of,
    layer,
    name,
    point,
    range_chart,
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
        point(option.name, "modelled", values, measure_shown(option, measure.name))
        for option in projections.results.options
        if (values := option.measures.get(measure.name)) is not None and values.high > 0
    ]
    title, words = f"{measure.label}, with likely ranges", measure.in_a_sentence
    return range_chart(
        title,
        rows,
        f"£ ({words})" if measure.is_money else words,
        f"{title}, modelled.",
        {"Option": "Name", f"{measure.heading} (likely range)": "Words"},
        form=POUNDS if measure.is_money else PLAIN,
    )


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
        point(MEASURES[name].label, "modelled", values, measure_shown(option, name))
        for name in PATHWAY
        if (values := option.measures.get(name)) is not None
    ]
    return range_chart(
        f"What becomes of people with {option.name}, in a full year",
        rows,
        "People a year",
        f"What becomes of people with {option.name}, modelled.",
        {"Step": "Name", "People a year (likely range)": "Words"},
    )


def tornado_chart(projections: Projections) -> Chart | None:
    """What each assumption alone does to the measure, the widest at the top."""
    result = projections.sensitivity
    if result is None or result.middle is None:
        return None
    money = MEASURES[result.measure].is_money
    middle = about_pounds(result.middle) if money else people(result.middle)
    rows: list[dict[str, Any]] = []
    for swing in [s for s in result.swings if s.width > 1e-9 * abs(result.middle)][:10]:
        low, high = ends_of(swing, result.measure)
        ends = [value for value in (swing.at_low, swing.at_high) if value is not None]
        if ends:
            rows.append(
                {
                    "Name": swing.label,
                    "Words": f"{format_value(swing.name, swing.low_input)} to "
                    f"{format_value(swing.name, swing.high_input)}",
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
        reading=f"{HOW_IT_IS_MADE} The short upright mark is the median with none held.",
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
        title="What is worth finding out first",
        spec=spans(rows, "£ a year that knowing it is worth", POUNDS, {"modelled": BLUE}),
        alternative=in_words(result.words, rows),
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
    study, start, end = lead.study.name, lead.steps[0].before, lead.steps[-1].after
    rows: list[dict[str, Any]] = [
        {"Name": study, "Shown as": STUDY, "From": 0, "To": start, "Words": about_pounds(start)}
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
        title=f"From {study}'s cost per person to ours",
        spec=spans(
            rows,
            "£ for each person",
            POUNDS,
            {STUDY: GREY, MORE: BLUE, LESS: WINE, OPTION: DARK},
        ),
        alternative=in_words(comparison.gap_in_words, rows),
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
        rows.append({"Budget": budget, "Words": f"{capital(named)} {pounds(budget)}"})
    return Chart(
        title="Cash in each planning year"
        + (f", beside a {named} of {pounds(budget)}" if budget is not None else ""),
        spec=_years(rows, budget is not None),
        alternative=f"{result.finding} "
        + "; ".join(f"{row.in_words}: {format_range(row.cash, Unit.POUNDS)}" for row in result.rows)
        + ".",
        rows=[
            {
                "Year": row.in_words,
                "Cash (likely range)": format_range(row.cash, Unit.POUNDS),
                "Present value": about_pounds(row.present),
                "Budget less cash": row.balance_in_words,
            }
            for row in result.rows
        ],
        reading="The top of each bar is the figure to plan with; 95% of the simulations lie along "
        "its thin line." + (f" The dashed line is the {named}." if budget is not None else ""),
    )


def _years(rows: list[dict[str, Any]], with_budget: bool) -> dict[str, Any]:
    """A bar and the line of its range for each year, with a line across them for a budget."""
    axis = {"title": "£ cash", "axis": {"labelExpr": POUNDS, "tickCount": 5}}
    cash = amount("Central", scale={"zero": True}, **axis)
    ends = {"y": amount("Low", **axis), "y2": {"field": "High"}}
    budget = {"y": amount("Budget", **axis)}
    words = budget | {"x": {"value": 0}, "text": name("Words")}
    of_budget = (
        layer("rule", budget, "Budget", color=WINE, strokeWidth=2, strokeDash=[6, 4]),
        layer(
            "text",
            words,
            "Budget",
            align="left",
            baseline="bottom",
            dx=4,
            dy=-3,
            fontSize=13,
            color=WINE,
        ),
    )
    return drawing(
        (
            layer(
                "bar",
                {"x": YEAR, "y": cash},
                "Year",
                fill=LIGHT_BLUE,
                stroke=BLUE,
                strokeWidth=1.5,
            ),
            layer("rule", {"x": YEAR} | ends, "Year", color=INK, strokeWidth=2),
            layer("point", {"x": YEAR, "y": amount("Top", **axis)}, "Year", opacity=0),
            *(of_budget if with_budget else ()),
        ),
        280,
        rows,
    )


YEAR = name("Year", sort=None, title="Planning year", axis={"labelAngle": 0, "labelOverlap": False})
PEOPLE_OF_A_YEAR = ("referred", "assessed", "starting", "waiting")


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
    return Chart(
        title="People in each planning year",
        spec=_people(rows),
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


def _people(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Points and the lines of their ranges beside one another in each year."""
    kinds = list(dict.fromkeys(row["Who"] for row in rows))
    place = {"x": YEAR, "xOffset": name("Who", sort=kinds)}
    ends = amount("Low", title="People", axis={"format": ",.0f", "tickCount": 5})
    told_apart = {
        "color": kinds_of("Who", kinds, (BLUE, DARK, GREY, WINE), NO_TITLE),
        "shape": kinds_of("Who", kinds, SHAPES, NO_TITLE),
        "tooltip": [name("In words"), name("Who"), name("Words")],
    }
    return drawing(
        (
            layer("rule", place | {"y": ends, "y2": {"field": "High"}}, color=PALE, strokeWidth=3),
            layer(
                "point",
                place | {"y": amount("People")} | told_apart,
                filled=True,
                size=120,
                opacity=1,
            ),
        ),
        300,
        rows,
    )


REFERRED, WRITTEN = "referred", "written to"


def mix_chart(projections: Projections) -> Chart | None:
    """What each option of the best mix costs, and the people referred to it or written to."""
    mix = projections.mix
    if mix is None or not mix.parts:
        return None
    rows: list[dict[str, Any]] = [
        {
            "Name": f"{part.name}, {part.size:.1f} of its size",
            "Shown as": WRITTEN if part.writes else REFERRED,
            "From": 0,
            "To": part.cost,
            "Words": f"{about_pounds(part.cost)}, {people(part.people)} people "
            f"{WRITTEN if part.writes else REFERRED}",
        }
        for part in mix.parts
    ]
    return Chart(
        title="The best mix for the budget",
        spec=spans(rows, "£ a year", POUNDS, {REFERRED: BLUE, WRITTEN: WINE}),
        alternative=in_words(mix.words, rows),
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
        title="What each budget can do at most",
        spec=_frontier(rows),
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


def _frontier(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Budgets as dots along a line."""
    place = {
        "x": amount("Budget", title="Budget, £ a year", axis={"labelExpr": POUNDS, "tickCount": 5}),
        "y": amount("Value", title="People a year", axis={"format": ",.0f", "tickCount": 5}),
        "tooltip": [name("Mix")],
    }
    return drawing(
        (
            layer("line", place, color=GREY, strokeWidth=2),
            layer("point", place, filled=True, color=DARK, size=80),
        ),
        280,
        rows,
    )
