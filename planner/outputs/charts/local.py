"""Charts of local evidence: rates by group, places in a funnel, items by month. No sums here."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from planner.analysis.formatting import capital, month, rounded
from planner.analysis.population.funnel_plots import in_order
from planner.analysis.results.results import Results
from planner.analysis.statistics.group_rates import GroupRate
from planner.model.intake import Level
from planner.model.prescribing import MedicineClass
from planner.outputs.charts.drawing import (
    BLUE,
    DARK,
    GREY,
    INK,
    PALE,
    PLAIN,
    Chart,
    filled,
    finish,
    ranged,
)

OUTSIDE, WITHIN = "outside 99.8%", "within"


def _rates(
    name: str, title: str, axis: str, groups: Sequence[GroupRate], finding: str
) -> Chart | None:
    rows = [
        {
            "Name": group.group,
            "Shown as": "rate with its 95% interval",
            "Low": group.rate.low,
            "Central": group.rate.value,
            "High": group.rate.high,
            "Words": group.rate_shown,
        }
        for group in groups
        if group.rate is not None
    ]
    if len(rows) < 2:
        return None
    return Chart(
        name=name,
        title=title,
        spec=ranged(rows, axis, PLAIN, legend=False),
        alternative=f"{finding} "
        + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows)
        + ".",
        rows=[
            {
                "Group": group.group,
                "People prescribed": group.display,
                "Per 1,000 (95% interval)": group.rate_shown,
            }
            for group in groups
        ],
        reading="Each dot is a rate, and the line on either side of it is the 95% interval, where it is wider than the dot.",
    )


def gap_chart(results: Results, of: str) -> Chart | None:
    """One class by deprivation fifth, each rate with its interval."""
    medicine_class = MedicineClass(of)
    gap = next((g for g in results.inequality.classes if g.medicine_class is medicine_class), None)
    if gap is None or not gap.is_local:
        return None
    basis = results.need.population.basis.label
    title = f"{capital(medicine_class.label)} by deprivation fifth"
    return _rates(f"gap:{of}", title, f"People per 1,000 {basis}", gap.groups, gap.finding)


def groups_chart(results: Results, of: str) -> Chart | None:
    """One class over the groups of one kind: "opioids:Sex"."""
    of_class, _, kind = of.partition(":")
    medicine_class = MedicineClass(of_class)
    match = next(
        (
            g
            for g in results.inequality.groups
            if g.medicine_class is medicine_class and g.kind == kind
        ),
        None,
    )
    if match is None:
        return None
    title = f"{capital(medicine_class.label)} by {kind.lower()}"
    return _rates(f"groups:{of}", title, "People per 1,000", match.groups, match.finding)


def funnel_chart(results: Results, of: str) -> Chart | None:
    """Places of one level around their overall rate, with 95% and 99.8% limits: "practice:opioids"."""
    level, _, of_class = of.partition(":")
    funnel = results.places.funnel(Level(level), MedicineClass(of_class))
    if funnel is None:
        return None
    rows: list[dict[str, Any]] = []
    for size in funnel.curve:
        for line, value in (
            ("95% limits", size.low_95),
            ("95% limits ", size.high_95),
            ("99.8% limits", size.low_998),
            ("99.8% limits ", size.high_998),
        ):
            rows.append(
                {"People": size.population, "Rate": value, "Line": line, "Of": line.strip()}
            )
    rows += [
        {
            "People": point.population,
            "Rate": point.value,
            "Place": point.name,
            "Stands": OUTSIDE if point.outside else WITHIN,
        }
        for point in funnel.points
    ]
    layout = _funnel_layout(
        f"{capital(funnel.counts)} per 1,000 people", f"People of the {funnel.level.label}"
    )
    standing = funnel.standing_out
    table = [
        {
            capital(funnel.level.label): point.name,
            "People": f"{point.population:,}",
            f"{capital(funnel.counts)} per 1,000": point.display,
            "99.8% limits": f"{rounded(point.low, 1)} to {rounded(point.high, 1)}",
            "Stands": f"{point.outside} the 99.8% limits" if point.outside else "within them",
        }
        for point in sorted(funnel.points, key=lambda point: in_order(point.name))
    ]
    return Chart(
        name=f"funnel:{of}",
        title=f"{capital(funnel.medicine_class.label)} by {funnel.level.label}",
        spec=filled(layout, rows + [{"Centre": funnel.centre}]),
        alternative=(
            f"{funnel.finding} {funnel.spread} {len(funnel.points)} {funnel.level.several} around {rounded(funnel.centre, 1)} per "
            f"1,000; {len(standing)} outside the 99.8% limits."
        ),
        rows=table,
    )


@lru_cache(maxsize=16)
def _funnel_layout(what: str, who: str) -> dict[str, Any]:
    import altair as alt

    base = alt.Chart()
    people = alt.X("People:Q", title=who, axis=alt.Axis(tickCount=5, format=",d"))
    rate = alt.Y("Rate:Q", title=what, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=6))
    limits = (
        base.transform_filter("isValid(datum.Line)")
        .mark_line(color=GREY, strokeWidth=1.5)
        .encode(
            x=people,
            y=rate,
            detail="Line:N",
            strokeDash=alt.StrokeDash(
                "Of:N",
                scale=alt.Scale(domain=["95% limits", "99.8% limits"], range=[[4, 3], [1, 0]]),
                legend=alt.Legend(title=None, symbolSize=400),
            ),
        )
    )
    centre = (
        base.transform_filter("isValid(datum.Centre)")
        .mark_rule(color=INK, strokeWidth=1)
        .encode(y="Centre:Q")
    )
    kinds = [WITHIN, OUTSIDE]
    points = (
        base.transform_filter("isValid(datum.Stands)")
        .mark_point(filled=True, opacity=1, size=55)
        .encode(
            x=people,
            y=rate,
            shape=alt.Shape(
                "Stands:N",
                scale=alt.Scale(domain=kinds, range=["circle", "diamond"]),
                legend=alt.Legend(title=None),
            ),
            color=alt.Color(
                "Stands:N",
                scale=alt.Scale(domain=kinds, range=[PALE, BLUE]),
                legend=alt.Legend(title=None),
            ),
            size=alt.Size("Stands:N", scale=alt.Scale(domain=kinds, range=[45, 130]), legend=None),
            tooltip=["Place:N", "People:Q", alt.Tooltip("Rate:Q", format=".1f")],
        )
    )
    return finish(alt.layer(limits, centre, points), 340)


def trend_chart(results: Results, of: str) -> Chart | None:
    """Items of one class month by month, per 1,000 registered people where they are known."""
    match = next((t for t in results.trends if t.medicine_class is MedicineClass(of)), None)
    if match is None:
        return None
    series: Sequence[float] = match.per_thousand if match.per_thousand is not None else match.items
    what = "Items per 1,000 registered people" if match.per_thousand is not None else "Items"
    places = 1 if match.per_thousand is not None else 0
    rows = [
        {"Month": f"{when}-15", "Items": value}
        for when, value in zip(match.months, series, strict=True)
    ]
    return Chart(
        name=f"trend:{of}",
        title=f"{capital(match.medicine_class.label)} by month",
        spec=filled(_trend_layout(what, max(1, round(len(rows) / 6))), rows),
        alternative=f"{match.finding} From {rounded(series[0], places)} in {month(match.months[0])} to "
        f"{rounded(series[-1], places)} in {month(match.months[-1])}.",
        rows=[
            {"Month": month(when), what: rounded(value, places)}
            for when, value in zip(match.months, series, strict=True)
        ],
    )


@lru_cache(maxsize=16)
def _trend_layout(what: str, step: int) -> dict[str, Any]:
    import altair as alt

    base = alt.Chart().encode(
        x=alt.X(
            "Month:T",
            title=None,
            axis=alt.Axis(format="%b %Y", tickCount={"interval": "month", "step": step}),
        ),
        y=alt.Y("Items:Q", title=what, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5)),
        tooltip=[alt.Tooltip("Month:T", format="%b %Y"), alt.Tooltip("Items:Q", format=",.1f")],
    )
    lines = base.mark_line(color=BLUE, strokeWidth=2)
    return finish(alt.layer(lines, base.mark_point(filled=True, color=DARK, size=30)), 260)
