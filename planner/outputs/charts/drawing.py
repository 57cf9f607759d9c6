"""What every chart shares: its three faces, its colours and type, and its layouts."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from planner.analysis.formatting import listed
from planner.model.base import Range
from planner.outputs.charts.colours import BLUE, DARK, GREEN, GREY, GRID, INK, PALE, PAPER, WINE

if TYPE_CHECKING:
    import altair as alt
    import pandas as pd

WIDTH = 640
LINE = 16
ROWS = "rows"
DATA = {"name": ROWS}
LIKELY = "Each dot is the figure to plan with; 95% of the simulations lie along its line."
PLAIN = "format(datum.value, ',.0f')"
POUNDS = "'£' + format(datum.value, ',.0f')"
PENCE = "'£' + format(datum.value, '.2f')"


IN_A_TABLE = "Its numbers stand in"


@dataclass(frozen=True)
class Chart:
    """One chart with three faces: the drawing (Vega-Lite), the words that stand for it, and its
    table.

    `reading` says what its marks are, for whoever sees it, where no legend does.
    """

    name: str
    title: str
    spec: dict[str, Any]
    alternative: str
    rows: list[dict[str, str]]
    reading: str = ""

    def in_short(self, captions: Sequence[str]) -> str:
        """Two sentences that stand for the chart on paper, where its numbers are in tables of these
        captions."""
        return f"{self.title.rstrip('.')}. {IN_A_TABLE} {listed([f'“{one}”' for one in captions])}."

    @property
    def table(self) -> pd.DataFrame:
        """The numbers in the chart as a data frame."""
        from planner.outputs.charts.libraries import pd

        return pd.DataFrame(self.rows)


SCHEMA = "https://vega.github.io/schema/vega-lite/v6.4.1.json"
CONFIG = {
    "font": "Arial, Liberation Sans, sans-serif",
    "background": PAPER,
    "padding": 6,
    "axis": {
        "labelFontSize": 13,
        "titleFontSize": 13,
        "labelColor": INK,
        "titleColor": INK,
        "gridColor": GRID,
        "labelOverlap": True,
        "labelSeparation": 10,
        "domainColor": GREY,
        "tickColor": GREY,
        "labelLimit": 300,
        "titleFontWeight": "normal",
    },
    "legend": {
        "labelFontSize": 13,
        "orient": "top",
        "labelColor": INK,
        "symbolSize": 140,
        "labelLimit": 260,
        "direction": "vertical",
    },
    "view": {"continuousWidth": 300, "continuousHeight": 300, "stroke": None},
}
"""How every chart looks, in the words of Vega-Lite."""


def finish(
    layers: alt.LayerChart | alt.FacetChart | dict[str, Any], height: float
) -> dict[str, Any]:
    """The specification at one width, whatever its labels, so that type is the same size in every
    chart."""
    spec = layers if isinstance(layers, dict) else layers.properties(data=DATA).to_dict()
    return spec | {
        "$schema": SCHEMA,
        "config": CONFIG,
        "width": WIDTH,
        "height": height,
        "data": DATA,
        "autosize": {"type": "fit-x", "contains": "padding"},
    }


def fill_layout(layout: dict[str, Any], rows: list[dict[str, Any]]) -> dict[str, Any]:
    """A layout with its rows. A layout is drawn up once for its shape; only the rows change as one
    types."""
    return layout | {"datasets": {ROWS: rows}}


def columns(rows: list[dict[str, Any]], headings: dict[str, str]) -> list[dict[str, str]]:
    """A chart's table: some of its rows' fields under headings of their own."""
    return [{heading: row[field] for heading, field in headings.items()} for row in rows]


def label_of(name: str, words: str) -> str:
    """A name with its number, broken over lines that fit a narrow screen; the number is never
    broken."""
    whole = f"{name}: {words}"
    return whole if len(whole) <= 44 else "|".join([*textwrap.wrap(f"{name}:", 44), words])


def label(rows: list[dict[str, Any]]) -> int:
    """Give each row its label, of as many lines as the longest has. Gives how many those are."""
    for row in rows:
        row["Label"] = label_of(row["Name"], row["Words"])
    most = max(str(row["Label"]).count("|") + 1 for row in rows)
    # Blank lines above, so that each label sits on its mark.
    for row in rows:
        row["Label"] = "\u00a0|" * (most - 1 - row["Label"].count("|")) + row["Label"]
    return most


def range_layout(
    rows: list[dict[str, Any]], x_title: str, form: str, legend: bool
) -> dict[str, Any]:
    """Points with their low and high, one row for each name, kinds told apart by shape as well as
    colour."""
    rows = [dict(row) for row in rows]
    kinds = tuple(dict.fromkeys(row["Shown as"] for row in rows))
    return fill_layout(_ranged_layout(len(rows), label(rows), kinds, x_title, form, legend), rows)


def spans(
    rows: list[dict[str, Any]],
    x_title: str,
    form: str,
    colours: dict[str, str],
    from_nought: bool = True,
) -> dict[str, Any]:
    """Bars from one value to another, each kind in its colour, with a short upright mark where a
    row has a central value."""
    rows = [dict(row) for row in rows]
    kinds = tuple((k, c) for k, c in colours.items() if k in [row["Shown as"] for row in rows])
    marked = any("Central" in row for row in rows)
    layout = _spans_layout(len(rows), label(rows), kinds, x_title, form, from_nought, marked)
    return fill_layout(layout, rows)


def _names(base: alt.Chart, height: int) -> alt.Chart:
    """Names above their marks inside the drawing, so that it reads at any width."""
    from planner.outputs.charts.libraries import alt

    names: alt.Chart = base.mark_text(
        align="left",
        baseline="top",
        dx=4,
        yOffset=4 - height / 2,
        fontSize=13,
        color=INK,
        lineBreak="|",
        lineHeight=LINE,
    ).encode(x=alt.value(0), text="Label:N")
    return names


@lru_cache(maxsize=64)
def _spans_layout(
    count: int,
    lines: int,
    kinds: tuple[tuple[str, str], ...],
    x_title: str,
    form: str,
    from_nought: bool,
    marked: bool,
) -> dict[str, Any]:
    from planner.outputs.charts.libraries import alt

    height = lines * LINE + 30
    below = lines * LINE + 14 - height / 2
    base = alt.Chart().encode(y=alt.Y("Label:N", sort=None, title=None, axis=None))
    axis = alt.Axis(labelExpr=form, tickCount=4)
    domain, colours = ([kind[at] for kind in kinds] for at in (0, 1))
    layers = [
        base.mark_bar(size=14, yOffset=below).encode(
            x=alt.X(
                "From:Q", title=x_title, axis=axis, scale=alt.Scale(zero=from_nought, nice=True)
            ),
            x2="To:Q",
            color=alt.Color(
                "Shown as:N",
                scale=alt.Scale(domain=domain, range=colours),
                legend=alt.Legend(title=None) if len(kinds) > 1 else None,
            ),
            tooltip=["Name:N", "Words:N"],
        )
    ]
    if marked:
        layers.append(
            base.mark_tick(color=INK, thickness=2, size=22, yOffset=below).encode(
                x=alt.X("Central:Q", title=x_title, axis=axis)
            )
        )
    return finish(alt.layer(*layers, _names(base, height)), count * height)


@lru_cache(maxsize=64)
def _ranged_layout(
    count: int, most_lines: int, kinds: tuple[str, ...], x_title: str, form: str, legend: bool
) -> dict[str, Any]:
    from planner.outputs.charts.libraries import alt

    height = most_lines * LINE + 34
    base = alt.Chart().encode(y=alt.Y("Label:N", sort=None, title=None, axis=None))
    shape_legend = alt.Legend(title=None) if legend else None
    x_axis = alt.Axis(labelExpr=form, tickCount=4)
    # Nearer to its own words than to the next ones.
    below = most_lines * LINE + 15 - height / 2
    return finish(
        alt.layer(
            base.mark_rule(strokeWidth=4, color=PALE, yOffset=below).encode(
                x=alt.X("Low:Q", title=x_title, axis=x_axis, scale=alt.Scale(zero=True, nice=True)),
                x2="High:Q",
            ),
            base.mark_point(filled=True, size=170, opacity=1, yOffset=below).encode(
                x=alt.X("Central:Q", title=x_title, axis=x_axis),
                shape=alt.Shape(
                    "Shown as:N",
                    scale=alt.Scale(
                        domain=list(kinds),
                        range=["circle", "diamond", "square", "triangle-up", "cross"][: len(kinds)],
                    ),
                    legend=shape_legend,
                ),
                color=alt.Color(
                    "Shown as:N",
                    scale=alt.Scale(
                        domain=list(kinds), range=[BLUE, DARK, GREY, WINE, GREEN][: len(kinds)]
                    ),
                    legend=shape_legend,
                ),
                tooltip=["Name:N", "Shown as:N", "Words:N"],
            ),
            _names(base, height),
        ),
        count * height,
    )


@lru_cache(maxsize=64)
def bars_layout(
    count: int,
    kinds: tuple[str, ...],
    colours: tuple[tuple[str, str], ...],
    x_title: str,
    form: str,
    longest: int,
) -> dict[str, Any]:
    """Bars in pairs with their numbers at the end, for which room is kept. Each kind has a fill and
    an outline.

    `longest` is how many letters the longest number has.
    """
    # Written out, since the first page shows such a chart and Altair takes as long to import as
    # all else on the page.
    source = {"field": "Shown as", "type": "nominal"}
    place = {
        "y": {"field": "Name", "type": "nominal", "sort": None, "title": None},
        "yOffset": source | {"sort": list(kinds)},
        "x": {
            "field": "Central",
            "type": "quantitative",
            "title": x_title,
            "axis": {"format": form, "tickCount": 4},
            "scale": {"rangeMax": {"expr": f"width - {10 + 7 * longest}"}, "nice": False},
        },
    }
    fill, stroke = (
        source
        | {"scale": {"domain": list(kinds), "range": list(range_)}, "legend": {"title": None}}
        for range_ in zip(*colours, strict=True)
    )
    bars = {
        "mark": {"type": "bar", "strokeWidth": 1.5},
        "encoding": place
        | {
            "fill": fill,
            "stroke": stroke,
            "tooltip": [
                {"field": field, "type": "nominal"} for field in ("Name", "Shown as", "Words")
            ],
        },
    }
    text = {
        "mark": {"type": "text", "align": "left", "dx": 5, "fontSize": 13, "color": INK},
        "encoding": place | {"text": {"field": "Words", "type": "nominal"}},
    }
    return finish({"layer": [bars, text]}, count * 28)


def point(name: str, source: str, values: Range, words: str) -> dict[str, Any]:
    """One row of a chart: a name, what kind of number it is, its low, central and high, and its
    words."""
    return {
        "Name": name,
        "Shown as": source,
        "Low": values.low,
        "Central": values.central,
        "High": values.high,
        "Words": words,
    }


def longest(rows: list[dict[str, Any]]) -> int:
    """How many letters the longest words beside a bar have."""
    return max(len(row["Words"]) for row in rows)
