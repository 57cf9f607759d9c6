"""Charts of need: people prescribed, rates beside England, adults by deprivation. No sums here."""

from planner.analysis.formatting import SUPPRESSED, percent, rounded
from planner.analysis.population.inequality import FIFTHS
from planner.analysis.results.results import Results
from planner.model.base import Range
from planner.model.figures import Kind
from planner.outputs.charts.drawing import (
    ENGLAND,
    LOW_TO_HIGH,
    OURS,
    PLAIN,
    Chart,
    bars_layout,
    columns,
    filled,
    longest,
    point,
    ranged,
)


def need_chart(results: Results) -> Chart | None:
    """People prescribed each class in a year, with low and high where the number is modelled."""
    rows = [
        {
            "Name": row.medicine_class.label[0].upper() + row.medicine_class.label[1:],
            "Shown as": "local count"
            if row.kind is Kind.ENTERED
            else "modelled from England's rate",
            "Low": row.patients.low,
            "Central": row.patients.central,
            "High": row.patients.high,
            "Words": row.display(row.patients),
        }
        for row in results.need.classes
        if row.patients is not None and row.display(row.patients) != SUPPRESSED
    ]
    if not rows:
        return None
    listed = "; ".join(f"{row['Name']} {row['Words']}, {row['Shown as']}" for row in rows)
    return Chart(
        name="need",
        title="People prescribed each class in a year",
        spec=ranged(rows, "People in a year", PLAIN, legend=True),
        alternative=f"People prescribed each class in a year in {results.figures_of}. {listed}.",
        rows=columns(
            rows, {"Class": "Name", "People, central (low to high)": "Words", "Kind": "Shown as"}
        ),
        reading=LOW_TO_HIGH
        if any(
            row.patients and row.patients.low < row.patients.high for row in results.need.classes
        )
        else "",
    )


def rates_chart(results: Results) -> Chart | None:
    """The place beside England, class by class, on one basis; modelled places show only their
    range."""
    basis = results.need.population.basis.label
    rows = []
    for row in results.need.classes:
        name = row.medicine_class.label[0].upper() + row.medicine_class.label[1:]
        if row.england_rate is not None:
            value = row.england_rate.value
            words = f"{rounded(value, 1)} ({row.england_rate.period})"
            rows.append(point(name, "England", Range(low=value, central=value, high=value), words))
        if row.rate is not None and row.kind is Kind.ENTERED and row.rate_shown != "not shown":
            words = f"{row.rate_shown} ({row.period})"
            rows.append(point(name, f"{results.figures_of}, local count", row.rate, words))
    if not rows:
        return None
    local = [row for row in rows if row["Shown as"] != "England"]
    kinds = tuple(dict.fromkeys(row["Shown as"] for row in rows))
    layout = bars_layout(
        len(rows),
        kinds,
        (ENGLAND, OURS)[: len(kinds)],
        f"People per 1,000 {basis}",
        "d",
        longest(rows),
    )
    spec = filled(layout, rows)
    listed = "; ".join(f"{row['Name']}, {row['Shown as']}: {row['Words']}" for row in rows)
    return Chart(
        name="rates",
        title="This place beside England" if local else "England's rates; no local counts yet",
        spec=spec,
        alternative=f"People prescribed each class per 1,000 {basis}. {listed}.",
        rows=columns(rows, {"Class": "Name", "Where": "Shown as", "Per 1,000 (period)": "Words"}),
    )


def deprivation_chart(results: Results) -> Chart:
    """The share of adults in each deprivation fifth, here beside England."""
    profile = results.inequality.profile
    place = results.figures_of
    shares = list(zip(FIFTHS, profile.local, profile.england, strict=True))
    rows = [
        point(quintile, where, Range(low=share, central=share, high=share), percent(share))
        for quintile, here, england in shares
        for where, share in ((place, here), ("England", england))
    ]
    table = [
        {"Fifth": quintile, place: percent(here), "England": percent(england)}
        for quintile, here, england in shares
    ]
    pairs = "; ".join(
        f"fifth {quintile}: {percent(here)} here, {percent(england)} in England"
        for quintile, here, england in shares
    )
    layout = bars_layout(
        len(rows), (place, "England"), (OURS, ENGLAND), "Share of adults", ".0%", longest(rows)
    )
    return Chart(
        name="deprivation",
        title=f"Adults by deprivation fifth of England ({profile.index})",
        spec=filled(layout, rows),
        alternative=f"Share of adults by deprivation ({profile.index}): {pairs}.",
        rows=table,
    )
