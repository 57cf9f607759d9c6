"""What every chart shares: its three faces, its colours and type, and its layouts."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from planner.analysis.formatting import listed
from planner.model.base import Range

if TYPE_CHECKING:
    import pandas as pd

BLUE, DARK, GREY, PALE, INK = "#005EB8", "#003087", "#425563", "#768692", "#231F20"
WINE, GREEN = "#8A1538", "#006747"
LIGHT_GREY, LIGHT_BLUE, GRID, PAPER = "#DDE3E7", "#BFD7ED", "#E8EDEE", "#FFFFFF"
"""Fills that a darker outline goes round, so that they tell apart in grey too; lines that carry
nothing; the ground."""

OURS, ENGLAND = (BLUE, BLUE), (LIGHT_GREY, GREY)
"""The fill and the outline of a place's bars, and of England's."""

ON_DARK = {
    BLUE: "#6DB3F2",
    DARK: "#B5D8FA",
    GREY: "#B4C0C9",
    PALE: "#8FA0AD",
    INK: "#EDF1F4",
    WINE: "#FF9BAA",
    GREEN: "#6FD3A3",
    LIGHT_GREY: "#2C3944",
    LIGHT_BLUE: "#1B4469",
    GRID: "#2C3944",
    PAPER: "#12191F",
}
"""What each colour of a chart becomes on the dark ground of the screen. Documents always show the
light ones."""
WIDTH = 640
LINE = 16
ROWS = "rows"
LIKELY = "Each dot is the figure to plan with; 95% of the simulations lie along its line."
PLAIN = "format(datum.value, ',.0f')"
POUNDS = "'£' + format(datum.value, ',.0f')"
PENCE = "'£' + format(datum.value, '.2f')"


IN_A_TABLE = "Its numbers stand in"


def load_tables() -> str:
    """Import what tables of numbers are made with, and give its version."""
    import pandas as pd

    return pd.__version__


@dataclass(frozen=True)
class Chart:
    """One chart with three faces: the drawing (Vega-Lite), the words that stand for it, and its
    table.

    `reading` says what its marks are, for whoever sees it, where no legend does.
    """

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
        # A page is drawn before anyone asks for its numbers, and pandas takes longer to import
        # than the page to draw.
        import pandas as pd

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


def drawing(
    layers: Sequence[dict[str, Any]], height: float, rows: list[dict[str, Any]]
) -> dict[str, Any]:
    """The specification of these layers and rows at one width, whatever its labels, so that type
    is the same size in every chart.

    It is written out in the words of Vega-Lite, since the library that writes them takes as long to
    import as all else on the first page.
    """
    return {
        "$schema": SCHEMA,
        "config": CONFIG,
        "width": WIDTH,
        "height": height,
        "data": {"name": ROWS},
        "datasets": {ROWS: rows},
        "autosize": {"type": "fit-x", "contains": "padding"},
        "layer": list(layers),
    }


def layer(mark: str, encoding: dict[str, Any], where: str = "", **look: Any) -> dict[str, Any]:
    """Marks of one kind with what they show and how they look; of the rows that have the field
    `where` alone, where one is named."""
    only = {"transform": [{"filter": f"isValid(datum.{where})"}]} if where else {}
    return {"mark": {"type": mark} | look, "encoding": encoding} | only


def amount(field: str, **more: Any) -> dict[str, Any]:
    """A field of numbers, as a channel of an encoding."""
    return {"field": field, "type": "quantitative"} | more


def name(field: str, **more: Any) -> dict[str, Any]:
    """A field of words, as a channel of an encoding."""
    return {"field": field, "type": "nominal"} | more


def kinds_of(
    field: str, kinds: Sequence[str], looks: Sequence[Any], legend: dict[str, Any] | None
) -> dict[str, Any]:
    """A field that tells kinds apart by colour, shape or line, each kind by one of `looks`."""
    scale = {"domain": list(kinds), "range": list(looks[: len(kinds)])}
    return name(field, scale=scale, legend=legend)


NO_TITLE = {"title": None}
SHAPES = ("circle", "diamond", "square", "triangle-up", "cross")


def columns(rows: list[dict[str, Any]], headings: dict[str, str]) -> list[dict[str, str]]:
    """A chart's table: some of its rows' fields under headings of their own."""
    return [{heading: row[field] for heading, field in headings.items()} for row in rows]


def label_of(of: str, words: str) -> str:
    """A name with its number, broken over lines that fit a narrow screen; the number is never
    broken."""
    whole = f"{of}: {words}"
    return whole if len(whole) <= 44 else "|".join([*textwrap.wrap(f"{of}:", 44), words])


def label(rows: list[dict[str, Any]]) -> int:
    """Give each row its label, of as many lines as the longest has. Gives how many those are."""
    for row in rows:
        row["Label"] = label_of(row["Name"], row["Words"])
    most = max(str(row["Label"]).count("|") + 1 for row in rows)
    # Blank lines above, so that each label sits on its mark.
    for row in rows:
        row["Label"] = "\u00a0|" * (most - 1 - row["Label"].count("|")) + row["Label"]
    return most


def _names(height: float) -> dict[str, Any]:
    """Names above their marks inside the drawing, so that it reads at any width."""
    return layer(
        "text",
        {"x": {"value": 0}, "y": LABELS, "text": name("Label")},
        align="left",
        baseline="top",
        dx=4,
        yOffset=4 - height / 2,
        fontSize=13,
        color=INK,
        lineBreak="|",
        lineHeight=LINE,
    )


LABELS = {"field": "Label", "type": "nominal", "sort": None, "title": None, "axis": None}


def ranged(rows: list[dict[str, Any]], x_title: str, form: str, legend: bool) -> dict[str, Any]:
    """Points with their low and high, one row for each name, kinds told apart by shape as well as
    colour."""
    rows = [dict(row) for row in rows]
    kinds = list(dict.fromkeys(row["Shown as"] for row in rows))
    lines = label(rows) * LINE
    height = lines + 34
    # Nearer to its own words than to the next ones.
    below = lines + 15 - height / 2
    axis = {"labelExpr": form, "tickCount": 4}
    legend_of_kinds = NO_TITLE if legend else None
    ends = amount("Low", title=x_title, axis=axis, scale={"zero": True, "nice": True})
    return drawing(
        (
            layer(
                "rule",
                {"x": ends, "x2": {"field": "High"}, "y": LABELS},
                strokeWidth=4,
                color=PALE,
                yOffset=below,
            ),
            layer(
                "point",
                {
                    "x": amount("Central", title=x_title, axis=axis),
                    "y": LABELS,
                    "shape": kinds_of("Shown as", kinds, SHAPES, legend_of_kinds),
                    "color": kinds_of(
                        "Shown as", kinds, (BLUE, DARK, GREY, WINE, GREEN), legend_of_kinds
                    ),
                    "tooltip": [name("Name"), name("Shown as"), name("Words")],
                },
                filled=True,
                size=170,
                opacity=1,
                yOffset=below,
            ),
            _names(height),
        ),
        len(rows) * height,
        rows,
    )


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
    kinds = [kind for kind in colours if kind in [row["Shown as"] for row in rows]]
    lines = label(rows) * LINE
    height = lines + 30
    below = lines + 14 - height / 2
    axis = {"labelExpr": form, "tickCount": 4}
    start = amount("From", title=x_title, axis=axis, scale={"zero": from_nought, "nice": True})
    looks, legend_of_kinds = [colours[kind] for kind in kinds], NO_TITLE if len(kinds) > 1 else None
    bars = layer(
        "bar",
        {
            "x": start,
            "x2": {"field": "To"},
            "y": LABELS,
            "color": kinds_of("Shown as", kinds, looks, legend_of_kinds),
            "tooltip": [name("Name"), name("Words")],
        },
        size=14,
        yOffset=below,
    )
    ticks = layer(
        "tick",
        {"x": amount("Central", title=x_title, axis=axis), "y": LABELS},
        color=INK,
        thickness=2,
        size=22,
        yOffset=below,
    )
    marked = any("Central" in row for row in rows)
    layers = (bars, *((ticks,) if marked else ()), _names(height))
    return drawing(layers, len(rows) * height, rows)


def bars(
    rows: list[dict[str, Any]], colours: Sequence[tuple[str, str]], x_title: str, form: str
) -> dict[str, Any]:
    """Bars in pairs with their numbers at the end, for which room is kept. Each kind has a fill and
    an outline."""
    kinds = list(dict.fromkeys(row["Shown as"] for row in rows))
    longest = max(len(row["Words"]) for row in rows)
    room = {"rangeMax": {"expr": f"width - {10 + 7 * longest}"}, "nice": False}
    place = {
        "y": name("Name", sort=None, title=None),
        "yOffset": name("Shown as", sort=kinds),
        "x": amount("Central", title=x_title, axis={"format": form, "tickCount": 4}, scale=room),
    }
    fill, stroke = (
        kinds_of("Shown as", kinds, looks, NO_TITLE) for looks in zip(*colours, strict=True)
    )
    tooltip = [name("Name"), name("Shown as"), name("Words")]
    return drawing(
        (
            layer(
                "bar", place | {"fill": fill, "stroke": stroke, "tooltip": tooltip}, strokeWidth=1.5
            ),
            layer(
                "text",
                place | {"text": name("Words")},
                align="left",
                dx=5,
                fontSize=13,
                color=INK,
            ),
        ),
        len(rows) * 28,
        rows,
    )


def in_words(finding: str, rows: list[dict[str, Any]]) -> str:
    """A chart in words: what it shows, and each row of it."""
    return f"{finding} " + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows) + "."


def range_chart(
    title: str,
    rows: list[dict[str, Any]],
    axis: str,
    finding: str,
    headings: dict[str, str],
    *,
    form: str = PLAIN,
    legend: bool = False,
    reading: str = LIKELY,
) -> Chart | None:
    """A chart of points with their ranges, told by its finding and its rows; None without a
    row."""
    if not rows:
        return None
    return Chart(
        title=title,
        spec=ranged(rows, axis, form, legend),
        alternative=in_words(finding, rows),
        rows=columns(rows, headings),
        reading=reading,
    )


def point(of: str, shown_as: str, values: Range, words: str) -> dict[str, Any]:
    """One row of a chart: a name, what kind of number it is, its low, central and high, and its
    words."""
    return {
        "Name": of,
        "Shown as": shown_as,
        "Low": values.low,
        "Central": values.central,
        "High": values.high,
        "Words": words,
    }
