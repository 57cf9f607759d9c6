"""Charts: from results to a drawing, its words and its table. The only module that knows Altair."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import altair as alt
import pandas as pd

from planner.analysis.inequality import FIFTHS
from planner.analysis.results import Results
from planner.analysis.wording import SUPPRESSED, percent, rounded, span
from planner.model.base import Range
from planner.model.case_study import Measure
from planner.model.figures import Kind

BLUE, DARK, GREY, PALE, INK = "#005EB8", "#003087", "#425563", "#768692", "#231F20"
WIDTH = 640
LINE = 16
ROWS = "rows"
PLAIN = "format(datum.value, ',.0f')"
POUNDS = "'£' + format(datum.value, ',.0f')"
PENCE = "'£' + format(datum.value, '.2f')"


@dataclass(frozen=True)
class Chart:
    """One chart with three faces: the drawing (Vega-Lite), the words that stand for it, and its table."""

    name: str
    title: str
    spec: dict[str, Any]
    alternative: str
    table: pd.DataFrame


def chart(name: str, results: Results) -> Chart | None:
    """The chart of that name, or None where the plan has nothing to draw. Raises KeyError for no such name."""
    return CHARTS[name](results)


def png(drawn: Chart, scale: float = 2.0) -> bytes:
    """The chart as a PNG picture; the same chart always gives the same bytes."""
    return _png(json.dumps(drawn.spec, sort_keys=True), scale)


@lru_cache(maxsize=256)
def _png(spec: str, scale: float) -> bytes:
    import vl_convert  # starts an engine of its own, so only when a picture is wanted

    drawn: bytes = vl_convert.vegalite_to_png(spec, scale=scale)
    return drawn


def _finish(layers: alt.LayerChart | alt.Chart, height: float) -> dict[str, Any]:
    """The specification at one width, whatever its labels, so that type is the same size in every chart."""
    spec: dict[str, Any] = (
        layers.properties(
            width=WIDTH,
            height=height,
            data=alt.NamedData(name=ROWS),
            autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
        )
        .configure(font="Arial, Liberation Sans, sans-serif", background="white", padding=6)
        .configure_axis(
            labelFontSize=13,
            titleFontSize=13,
            labelColor=INK,
            titleColor=INK,
            gridColor="#E8EDEE",
            labelLimit=300,
            titleFontWeight="normal",
        )
        .configure_legend(
            labelFontSize=13,
            orient="top",
            labelColor=INK,
            symbolSize=140,
            labelLimit=260,
            direction="vertical",
        )
        .configure_view(stroke=None)
        .to_dict()
    )
    return spec


def _filled(layout: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A layout with its rows. A layout is drawn up once for its shape; only the rows change as one types."""
    return layout | {"datasets": {ROWS: rows}}


def _label(name: str, words: str) -> str:
    """A name with its number, broken over lines that fit a narrow screen; the number is never broken."""
    whole = f"{name}: {words}"
    return whole if len(whole) <= 44 else "|".join([*textwrap.wrap(f"{name}:", 44), words])


def _ranged(rows: list[dict[str, Any]], x_title: str, label: str, legend: bool) -> dict[str, Any]:
    """Points with their low and high, one row for each name, kinds told apart by shape as well as colour."""
    rows = [row | {"Label": _label(row["Name"], row["Words"])} for row in rows]
    most_lines = max(row["Label"].count("|") + 1 for row in rows)
    for row in rows:  # blank lines above, so that each label sits on its mark
        row["Label"] = "\u00a0|" * (most_lines - 1 - row["Label"].count("|")) + row["Label"]
    kinds = tuple(dict.fromkeys(row["Shown as"] for row in rows))
    return _filled(_ranged_layout(len(rows), most_lines, kinds, x_title, label, legend), rows)


@lru_cache(maxsize=64)
def _ranged_layout(
    count: int, most_lines: int, kinds: tuple[str, ...], x_title: str, label: str, legend: bool
) -> dict[str, Any]:
    """Names stand above their marks inside the drawing, so that it reads at any width."""
    height = most_lines * LINE + 34
    shapes = ["circle", "diamond", "square", "triangle-up", "cross"][: len(kinds)]
    colours = [BLUE, DARK, GREY, "#8A1538", "#006747"][: len(kinds)]
    base = alt.Chart().encode(y=alt.Y("Label:N", sort=None, title=None, axis=None))
    shape_legend = alt.Legend(title=None) if legend else None
    x_axis = alt.Axis(labelExpr=label, tickCount=4)
    below = height / 2 - 14
    lines = base.mark_rule(strokeWidth=4, color=PALE, yOffset=below).encode(
        x=alt.X("Low:Q", title=x_title, axis=x_axis, scale=alt.Scale(zero=True, nice=True)), x2="High:Q"
    )
    points = base.mark_point(filled=True, size=170, opacity=1, yOffset=below).encode(
        x=alt.X("Central:Q", title=x_title, axis=x_axis),
        shape=alt.Shape("Shown as:N", scale=alt.Scale(domain=list(kinds), range=shapes), legend=shape_legend),
        color=alt.Color(
            "Shown as:N", scale=alt.Scale(domain=list(kinds), range=colours), legend=shape_legend
        ),
        tooltip=["Name:N", "Shown as:N", "Words:N"],
    )
    text = base.mark_text(
        align="left", baseline="top", dx=4, yOffset=4 - height / 2, fontSize=13, color=INK, lineBreak="|",
        lineHeight=16,
    ).encode(x=alt.value(0), text="Label:N")  # fmt: skip
    return _finish(alt.layer(lines, points, text), count * height)


@lru_cache(maxsize=64)
def _bars_layout(
    count: int, kinds: tuple[str, ...], colours: tuple[str, ...], x_title: str, form: str
) -> dict[str, Any]:
    """Bars in pairs with their numbers at the end, for which room is kept."""
    base = alt.Chart().encode(
        y=alt.Y("Name:N", sort=None, title=None),
        yOffset=alt.YOffset("Shown as:N", sort=list(kinds)),
        x=alt.X(
            "Central:Q",
            title=x_title,
            axis=alt.Axis(format=form, tickCount=4),
            scale=alt.Scale(rangeMax=alt.ExprRef("width - 110"), nice=False),
        ),
    )
    bars = base.mark_bar().encode(
        color=alt.Color(
            "Shown as:N",
            scale=alt.Scale(domain=list(kinds), range=list(colours)),
            legend=alt.Legend(title=None),
        ),
        tooltip=["Name:N", "Shown as:N", "Words:N"],
    )
    text = base.mark_text(align="left", dx=5, fontSize=13, color=INK).encode(text="Words:N")
    return _finish(bars + text, count * 28)


def need_chart(results: Results) -> Chart | None:
    """People prescribed each class in a year, with low and high where the number is modelled."""
    rows = [
        {
            "Name": row.medicine_class.words[0].upper() + row.medicine_class.words[1:],
            "Shown as": "local count" if row.kind is Kind.ENTERED else "modelled from England's rate",
            "Low": row.patients.low,
            "Central": row.patients.central,
            "High": row.patients.high,
            "Words": row.shown(row.patients),
        }
        for row in results.need.classes
        if row.patients is not None and row.shown(row.patients) != SUPPRESSED
    ]
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    listed = "; ".join(f"{row['Name']} {row['Words']}, {row['Shown as']}" for row in rows)
    return Chart(
        name="need",
        title="People prescribed each class in a year",
        spec=_ranged(rows, "People in a year", PLAIN, legend=True),
        alternative=f"People prescribed each class in a year in {results.figures_of}. {listed}.",
        table=frame[["Name", "Words", "Shown as"]].rename(
            columns={"Name": "Class", "Words": "People, central (low to high)", "Shown as": "Kind"}
        ),
    )


def rates_chart(results: Results) -> Chart | None:
    """The place beside England, class by class, on one basis; modelled places show only their range."""
    basis = results.need.population.basis.words
    rows = []
    for row in results.need.classes:
        name = row.medicine_class.words[0].upper() + row.medicine_class.words[1:]
        if row.england_rate is not None:
            value = row.england_rate.value
            words = f"{rounded(value, 1)} ({row.england_rate.period})"
            rows.append(_point(name, "England", Range(low=value, central=value, high=value), words))
        if row.rate is not None and row.kind is Kind.ENTERED and row.rate_shown != "not shown":
            words = f"{row.rate_shown} ({row.period})"
            rows.append(_point(name, f"{results.figures_of}, local count", row.rate, words))
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    local = [row for row in rows if row["Shown as"] != "England"]
    kinds = tuple(dict.fromkeys(row["Shown as"] for row in rows))
    layout = _bars_layout(len(rows), kinds, (PALE, BLUE)[: len(kinds)], f"People per 1,000 {basis}", "d")
    spec = _filled(layout, rows)
    listed = "; ".join(f"{row['Name']}, {row['Shown as']}: {row['Words']}" for row in rows)
    return Chart(
        name="rates",
        title="This place beside England" if local else "England's rates; no local counts yet",
        spec=spec,
        alternative=f"People prescribed each class per 1,000 {basis}. {listed}.",
        table=frame[["Name", "Shown as", "Words"]].rename(
            columns={"Name": "Class", "Shown as": "Where", "Words": "Per 1,000 (period)"}
        ),
    )


def _point(name: str, shown_as: str, values: Range, words: str) -> dict[str, Any]:
    return {
        "Name": name,
        "Shown as": shown_as,
        "Low": values.low,
        "Central": values.central,
        "High": values.high,
        "Words": words,
    }


def deprivation_chart(results: Results) -> Chart | None:
    """The share of adults in each deprivation fifth, here beside England."""
    profile = results.inequality.profile
    if profile.local is None:
        return None
    place = results.figures_of
    shares = list(zip(FIFTHS, profile.local, profile.england, strict=True))
    rows = [
        _point(fifth, where, Range(low=share, central=share, high=share), percent(share))
        for fifth, here, england in shares
        for where, share in ((place, here), ("England", england))
    ]
    table = pd.DataFrame(
        {
            "Fifth": list(FIFTHS),
            place: [percent(here) for _, here, _ in shares],
            "England": [percent(england) for _, _, england in shares],
        }
    )
    pairs = "; ".join(
        f"fifth {fifth}: {percent(here)} here, {percent(england)} in England"
        for fifth, here, england in shares
    )
    layout = _bars_layout(len(rows), (place, "England"), (BLUE, PALE), "Share of adults", ".0%")
    return Chart(
        name="deprivation",
        title="Adults by deprivation fifth of England",
        spec=_filled(layout, rows),
        alternative=f"Share of adults by deprivation: {pairs}.",
        table=table,
    )


def _cost_rows(results: Results, measure: Measure, form: str) -> list[dict[str, Any]]:
    rows = []
    for option in results.benchmark.options:
        if option.measure is measure and option.modelled is not None and option.modelled.high > 0:
            rows.append(
                _point(option.name, "our option, modelled", option.modelled, span(option.modelled, form))
            )
    for row in results.benchmark.of(measure):
        number = row.case_study.removeprefix("cs")
        for shown_as, cell in (
            ("case study, published", row.published),
            ("case study, recomputed", row.recomputed if row.published is None else None),
            ("case study, uprated", row.uprated),
            ("case study, modelled by us", row.modelled),
        ):
            if cell is not None and cell.price_year == results.benchmark.price_year:
                name = f"Case study {number}, {shown_as.removeprefix('case study, ')} {cell.price_year or ''}"
                value = Range(low=cell.value, central=cell.value, high=cell.value)
                rows.append(_point(name.strip(), shown_as, value, span(value, form)))
    return rows


def _cost_chart(
    results: Results, measure: Measure, form: str, title: str, axis: str, label: str
) -> Chart | None:
    rows = _cost_rows(results, measure, form)
    if not any(row["Shown as"] == "our option, modelled" for row in rows):
        return None
    frame = pd.DataFrame(rows)
    return Chart(
        name=measure.value,
        title=title,
        spec=_ranged(rows, axis, label, legend=True),
        alternative=f"{title}. " + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows) + ".",
        table=frame[["Name", "Words", "Shown as"]].rename(
            columns={"Words": "Central (low to high)", "Shown as": "Kind"}
        ),
    )


def cost_per_head_chart(results: Results) -> Chart | None:
    """Our options' cost per head beside case study 1, the only one that has one."""
    return _cost_chart(
        results,
        Measure.COST_PER_HEAD,
        "pence",
        "Cost per head of all ages a year",
        "£ a year per head of population, all ages",
        PENCE,
    )


def cost_per_person_chart(results: Results) -> Chart | None:
    """Our options' cost per person supported beside case studies 1 and 2."""
    return _cost_chart(
        results,
        Measure.COST_PER_PERSON,
        "pounds",
        "Cost per person supported",
        "£ per person supported",
        POUNDS,
    )


def options_chart(results: Results) -> Chart | None:
    """Cost a year of each option, with its low and high."""
    rows = [
        _point(option.name, "modelled", option.annual_cost, span(option.annual_cost, "pounds"))
        for option in results.options
        if option.annual_cost.high > 0
    ]
    if not rows:
        return None
    frame = pd.DataFrame(rows)
    year = results.plan.pricing.price_year
    return Chart(
        name="options",
        title=f"Cost a year of each option, {year} prices",
        spec=_ranged(rows, "£ a year", POUNDS, legend=False),
        alternative=f"Cost a year at {year} prices, modelled. "
        + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows)
        + ".",
        table=frame[["Name", "Words"]].rename(
            columns={"Name": "Option", "Words": "Cost a year, central (low to high)"}
        ),
    )


CHARTS = {
    "need": need_chart,
    "rates": rates_chart,
    "deprivation": deprivation_chart,
    "cost_per_head": cost_per_head_chart,
    "cost_per_person": cost_per_person_chart,
    "options": options_chart,
}
