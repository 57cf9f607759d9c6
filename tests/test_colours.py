"""Every colour can be told from its ground, by the formula of WCAG 2.2: text 4.5 to 1, borders and
graphics 3 to 1."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.outputs.charts.catalogue import CHARTS, PROJECTION_CHARTS, chart
from planner.outputs.charts.colours import (
    BLUE,
    DARK,
    ENGLAND,
    GREEN,
    GREY,
    GRID,
    INK,
    LIGHT_BLUE,
    ON_DARK,
    OURS,
    PALE,
    PAPER,
    WINE,
)
from planner.screens.ui.style import STYLE

THEMES = tomllib.loads((Path(__file__).parents[1] / ".streamlit/config.toml").read_text())["theme"]
MARKS = (BLUE, DARK, GREY, PALE, WINE, GREEN)
# What Streamlit writes on a primary button and draws a tick with.
WHITE = "#FFFFFF"


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_the_formula_is_the_published_one() -> None:
    assert contrast("#000000", "#FFFFFF") == 21 and contrast("#FFFFFF", "#FFFFFF") == 1
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("name", ["light", "dark"])
def test_what_is_written_can_be_read(name: str) -> None:
    theme = THEMES[name]
    grounds = theme["backgroundColor"], theme["secondaryBackgroundColor"]
    for ground in grounds:
        for role in ("textColor", "linkColor", "grayTextColor"):
            assert contrast(theme[role], ground) >= 4.5, (name, role, ground)
        for role in ("borderColor", "primaryColor"):
            assert contrast(theme[role], ground) >= 3, (name, role, ground)
    assert contrast(WHITE, theme["primaryColor"]) >= 4.5
    lines = [
        role.removesuffix("BackgroundColor")
        for role in theme
        if re.match(r"[a-z]+BackgroundColor", role)
    ]
    lines.remove("secondary")
    # Each kind of message.
    assert set(lines) == {"blue", "green", "yellow", "orange", "red"}
    for kind in lines:
        assert contrast(theme[f"{kind}TextColor"], theme[f"{kind}BackgroundColor"]) >= 7, (
            name,
            kind,
        )


def test_neither_theme_is_forced_on_the_reader() -> None:
    assert "base" not in THEMES and set(THEMES["light"]) == set(THEMES["dark"])


@pytest.mark.parametrize("dark", [False, True])
def test_charts_stand_out_from_their_ground(dark: bool) -> None:
    display = {light: ON_DARK[light] if dark else light for light in ON_DARK}
    assert display[PAPER] == THEMES["dark" if dark else "light"]["backgroundColor"]
    assert contrast(display[INK], display[PAPER]) >= 4.5
    for mark in MARKS:
        assert contrast(display[mark], display[PAPER]) >= 3, mark
    for fill, outline in ((ENGLAND[0], ENGLAND[1]), (LIGHT_BLUE, BLUE)):
        assert contrast(display[fill], display[outline]) >= 3
        assert contrast(display[INK], display[fill]) >= 4.5
    assert contrast(display[OURS[0]], display[ENGLAND[0]]) >= 3, (
        "told apart without their hue, as on a grey printer"
    )


def colours_of(part: Any) -> set[str]:
    if isinstance(part, dict):
        return set().union(*(colours_of(item) for item in part.values()))
    if isinstance(part, list):
        return set().union(*(colours_of(item) for item in part))
    return {part} if isinstance(part, str) and re.fullmatch(r"#[0-9A-Fa-f]{6}", part) else set()


def test_no_chart_has_a_colour_that_the_dark_screen_does_not_know(
    maximal: Plan, reference: ReferenceData
) -> None:
    plan_results = results(maximal, reference)
    projections = Projections(plan_results, reference)
    names = [*CHARTS, *PROJECTION_CHARTS, "gap:opioids", "trend:opioids", "funnel:practice:opioids"]
    renderings = [
        picture for name in names if (picture := chart(name, plan_results, projections)) is not None
    ]
    assert len(renderings) > 10
    for picture in renderings:
        layout = {name: part for name, part in picture.spec.items() if name != "datasets"}
        used = colours_of(layout)
        assert {INK, GRID, PAPER} <= used <= set(ON_DARK), picture.title
    for light, dark in ON_DARK.items():
        for what in ("fill", "stroke"):
            assert f"[{what}='{light}'] {{{what}: light-dark({light}, {dark});}}" in STYLE
