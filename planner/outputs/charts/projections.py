"""Charts of what lies ahead: draws, what matters most, years of cash, and what a budget can do.

No sums here.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.one_way_sensitivity import format_value
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    capital,
    format_range,
    people,
    percent,
    pounds,
)
from planner.documents.tables import ends_of, marked
from planner.outputs.charts.drawing import (
    BLUE,
    DARK,
    GREY,
    INK,
    LIGHT_BLUE,
    LINE,
    PLAIN,
    POUNDS,
    WINE,
    Chart,
    columns,
    filled,
    finish,
    label_of,
    point,
    ranged,
)

# Simulation and optimisation are imported when there is something of theirs to draw, and not with
# the first page.
if TYPE_CHECKING:
    from planner.analysis.results.projections import Projections


def draws_chart(projections: Projections) -> Chart | None:
    """Each option on the plan's measure: one figure and the likely range that holds 95% of its
    draws."""
    measure = MEASURES[projections.results.plan.simulation.measure]
    rows = [
        point(
            option.name,
            "modelled",
            estimate.range(),
            marked(format_range(estimate.range(), measure.format_unit), estimate.is_median),
        )
        for option in projections.simulated.options
        if (estimate := option.estimates.get(measure.name)) is not None and estimate.high > 0
    ]
    if not rows:
        return None
    title = f"{measure.label}, with likely ranges"
    return Chart(
        name="draws",
        title=title,
        spec=ranged(
            rows,
            f"£ ({measure.in_a_sentence})" if measure.is_money else measure.in_a_sentence,
            POUNDS if measure.is_money else PLAIN,
            legend=False,
        ),
        alternative=f"{title}, modelled. "
        + "; ".join(f"{r['Name']}: {r['Words']}" for r in rows)
        + ".",
        rows=columns(rows, {"Option": "Name", "Figure and likely range": "Words"}),
        reading="Each dot is the figure, and its line holds 95% of the draws.",
    )


def tornado_chart(projections: Projections) -> Chart | None:
    """What each assumption alone does to the measure, the widest at the top."""
    result = projections.sensitivity
    if result is None or result.central is None:
        return None
    money = MEASURES[result.measure].is_money
    central = about_pounds(result.central) if money else people(result.central)
    rows: list[dict[str, Any]] = []
    for swing in [s for s in result.swings if s.width > 1e-9 * abs(result.central)][:10]:
        low, high = ends_of(swing, result.measure)
        ends = [value for value in (swing.at_low, swing.at_high) if value is not None]
        if not ends:
            continue
        rows.append(
            {
                "Assumption": swing.label,
                "From": f"{format_value(swing.name, swing.low_input)} to "
                f"{format_value(swing.name, swing.high_input)}",
                "Label": label_of(
                    swing.label,
                    f"{format_value(swing.name, swing.low_input)} to "
                    f"{format_value(swing.name, swing.high_input)}",
                ),
                "Least": min([*ends, result.central]),
                "Most": max([*ends, result.central]),
                "At low": low,
                "At high": high,
                "Central": result.central,
            }
        )
    if not rows:
        return None
    lines = max(row["Label"].count("|") + 1 for row in rows)
    # Blank lines above, so that each label sits on its bar.
    for row in rows:
        row["Label"] = "\u00a0|" * (lines - 1 - row["Label"].count("|")) + row["Label"]
    return Chart(
        name="tornado",
        title=f"What moves the {result.measure_in_words} most",
        spec=filled(
            _tornado_layout(
                len(rows),
                lines,
                f"£ ({result.measure_in_words})" if money else result.measure_in_words,
                POUNDS if money else PLAIN,
            ),
            rows,
        ),
        alternative=f"{result.finding} Central value {central}. "
        + "; ".join(
            f"{r['Assumption']} ({r['From']}): {r['At low']} to {r['At high']}" for r in rows
        )
        + ".",
        rows=columns(
            rows,
            {
                "Assumption": "Assumption",
                "From its low to its high": "From",
                f"{result.measure_in_words} at its low": "At low",
                "at its high": "At high",
            },
        ),
        reading="Each bar is what moving one assumption between its two values does; the short "
        "upright mark is the central value.",
    )


@lru_cache(maxsize=32)
def _tornado_layout(count: int, lines: int, x_title: str, label: str) -> dict[str, Any]:
    """Names stand above their bars inside the drawing, so that it reads at any width."""
    import altair as alt

    height = lines * LINE + 30
    below = lines * LINE + 14 - height / 2
    base = alt.Chart().encode(y=alt.Y("Label:N", sort=None, title=None, axis=None))
    axis = alt.Axis(labelExpr=label, tickCount=4)
    return finish(
        alt.layer(
            base.mark_bar(size=14, color=BLUE, yOffset=below).encode(
                x=alt.X(
                    "Least:Q", title=x_title, axis=axis, scale=alt.Scale(zero=False, nice=True)
                ),
                x2="Most:Q",
            ),
            base.mark_tick(color=INK, thickness=2, size=22, yOffset=below).encode(
                x=alt.X("Central:Q", title=x_title, axis=axis)
            ),
            base.mark_text(
                align="left",
                baseline="top",
                dx=4,
                yOffset=4 - height / 2,
                fontSize=13,
                color=INK,
                lineBreak="|",
                lineHeight=LINE,
            ).encode(x=alt.value(0), text="Label:N"),
        ),
        count * height,
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
    for row in rows:
        row["Label"] = label_of(row["Name"], row["Words"])
    lines = max(row["Label"].count("|") + 1 for row in rows)
    # Blank lines above, so that each label sits on its bar.
    for row in rows:
        row["Label"] = "\u00a0|" * (lines - 1 - row["Label"].count("|")) + row["Label"]
    shares = {f"{capital(s.part)}, times {s.factor:.2f}": percent(s.share) for s in lead.steps}
    return Chart(
        name="cost_gap",
        title=f"From {name}'s cost per person to ours",
        spec=filled(
            _cost_gap_layout(len(rows), lines, tuple(dict.fromkeys(r["Shown as"] for r in rows))),
            rows,
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


@lru_cache(maxsize=32)
def _cost_gap_layout(count: int, lines: int, kinds: tuple[str, ...]) -> dict[str, Any]:
    """Names stand above their bars inside the drawing, so that it reads at any width."""
    import altair as alt

    height = lines * LINE + 30
    below = lines * LINE + 14 - height / 2
    base = alt.Chart().encode(y=alt.Y("Label:N", sort=None, title=None, axis=None))
    colours = {STUDY: GREY, MORE: BLUE, LESS: WINE, OPTION: DARK}
    axis = alt.Axis(labelExpr=POUNDS, tickCount=4)
    return finish(
        alt.layer(
            base.mark_bar(size=14, yOffset=below).encode(
                x=alt.X("From:Q", title="£ for each person", axis=axis, scale=alt.Scale(zero=True)),
                x2="To:Q",
                color=alt.Color(
                    "Shown as:N",
                    scale=alt.Scale(domain=list(kinds), range=[colours[kind] for kind in kinds]),
                    legend=alt.Legend(title=None),
                ),
                tooltip=["Name:N", "Words:N"],
            ),
            base.mark_text(
                align="left",
                baseline="top",
                dx=4,
                yOffset=4 - height / 2,
                fontSize=13,
                color=INK,
                lineBreak="|",
                lineHeight=LINE,
            ).encode(x=alt.value(0), text="Label:N"),
        ),
        count * height,
    )


def years_chart(projections: Projections) -> Chart | None:
    """Cash year by year of the option looked at most closely, low to high, beside the budget."""
    result = projections.years_of(projections.focus)
    if result is None:
        return None
    budget = next(
        (row.balance + row.cash.central for row in result.rows if row.balance is not None), None
    )
    rows = [
        {
            "Year": f"Year {row.year}",
            "Low": row.cash.low,
            "Central": row.cash.central,
            "High": row.cash.high,
            "Words": about_pounds(row.cash.central),
            "Budget": budget,
        }
        for row in result.rows
    ]
    return Chart(
        name="years",
        title="Cash in each year"
        + (f", beside a budget of {pounds(budget)}" if budget is not None else ""),
        spec=filled(_years_layout(budget is not None), rows),
        alternative=f"{result.finding} "
        + "; ".join(
            f"{r['Year']}: {format_range(row.cash, Unit.POUNDS)}"
            for r, row in zip(rows, result.rows, strict=True)
        )
        + ".",
        rows=[
            {
                "Year": f"Year {row.year}",
                "Cash, central (low to high)": format_range(row.cash, Unit.POUNDS),
                "Present value": about_pounds(row.present),
            }
            for row in result.rows
        ],
        reading="The top of each bar is the central value, and its thin line runs from low to high."
        + (" The dashed line is the budget." if budget is not None else ""),
    )


@lru_cache(maxsize=4)
def _years_layout(with_budget: bool) -> dict[str, Any]:
    import altair as alt

    base = alt.Chart().encode(
        x=alt.X(
            "Year:N",
            sort=None,
            title="Year",
            axis=alt.Axis(
                labelAngle=0, labelOverlap=False, labelExpr="replace(datum.value, 'Year ', '')"
            ),
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
    ]
    if with_budget:
        layers.append(
            alt.Chart().mark_rule(color=WINE, strokeWidth=2, strokeDash=[6, 4]).encode(
                y=alt.Y("mean(Budget):Q", title="£ cash", axis=axis)
            )
        )  # fmt: skip
    return finish(alt.layer(*layers), 280)


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
        spec=filled(_frontier_layout(), rows),
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
    import altair as alt

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
