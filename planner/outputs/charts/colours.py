"""The colours of charts, on paper and on the dark ground of the screen."""

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
