"""Charts of results: need, cost, and local evidence by group, place and month. No sums here."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby
from statistics import fmean
from typing import Any

from planner.analysis.economics.benchmark import BENCHMARK_MEASURES
from planner.analysis.formatting import (
    SUPPRESSED,
    Unit,
    capital,
    format_range,
    listed,
    month,
    percent,
    rounded,
)
from planner.analysis.population.funnel_plots import in_order
from planner.analysis.population.inequality import QUINTILES
from planner.analysis.results.results import Results
from planner.analysis.statistics.group_rates import GroupRate
from planner.documents.tables import measure_text
from planner.model.base import Range, as_range
from planner.model.case_study import Measure
from planner.model.figures import FigureKind
from planner.model.intake import Level
from planner.model.prescribing import MedicineClass
from planner.outputs.charts.colours import BLUE, DARK, ENGLAND, GREY, INK, OURS, PALE
from planner.outputs.charts.drawing import (
    LIKELY,
    PENCE,
    PLAIN,
    POUNDS,
    Chart,
    bars_layout,
    columns,
    fill_layout,
    finish,
    longest,
    point,
    range_layout,
)


def need_chart(results: Results) -> Chart | None:
    """People prescribed each class in a year, each with its likely range where it is modelled."""
    rows = [
        {
            "Name": row.medicine_class.label[0].upper() + row.medicine_class.label[1:],
            "Shown as": row.rung_label,
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
        spec=range_layout(rows, "People in a year", PLAIN, legend=True),
        alternative=f"People prescribed each class in a year in {results.figures_of}. {listed}.",
        rows=columns(rows, {"Class": "Name", "People (likely range)": "Words", "Kind": "Shown as"}),
        reading=LIKELY
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
        if (
            row.rate is not None
            and row.kind is FigureKind.ENTERED
            and row.rate_in_words != "not shown"
        ):
            words = f"{row.rate_in_words} ({row.period})"
            rows.append(point(name, f"{results.figures_of}, local count", row.rate, words))
    if not rows:
        return None
    kinds = tuple(dict.fromkeys(row["Shown as"] for row in rows))
    listed = "; ".join(f"{row['Name']}, {row['Shown as']}: {row['Words']}" for row in rows)
    return Chart(
        name="rates",
        title="This place beside England"
        if [row for row in rows if row["Shown as"] != "England"]
        else "England's rates; no local counts yet"
        if all(row.patients is None for row in results.plan.prescribing.classes)
        else "England's rates; the local counts are not of this plan's population",
        spec=fill_layout(
            bars_layout(
                len(rows),
                kinds,
                (ENGLAND, OURS)[: len(kinds)],
                f"People per 1,000 {basis}",
                "d",
                longest(rows),
            ),
            rows,
        ),
        alternative=f"People prescribed each class per 1,000 {basis}. {listed}.",
        rows=columns(rows, {"Class": "Name", "Where": "Shown as", "Per 1,000 (period)": "Words"}),
    )


def deprivation_chart(results: Results) -> Chart:
    """The share of adults in each deprivation fifth, here beside England."""
    profile = results.inequality.profile
    place = results.figures_of
    shares = list(zip(QUINTILES, profile.local, profile.england, strict=True))
    rows = [
        point(quintile, where, Range(low=share, central=share, high=share), percent(share))
        for quintile, here, england in shares
        for where, share in ((place, here), ("England", england))
    ]
    pairs = "; ".join(
        f"fifth {quintile}: {percent(here)} here, {percent(england)} in England"
        for quintile, here, england in shares
    )
    return Chart(
        name="deprivation",
        title=f"Adults by deprivation fifth of England ({profile.index})",
        spec=fill_layout(
            bars_layout(
                len(rows),
                (place, "England"),
                (OURS, ENGLAND),
                "Share of adults",
                ".0%",
                longest(rows),
            ),
            rows,
        ),
        alternative=f"Share of adults by deprivation ({profile.index}): {pairs}.",
        rows=[
            {"Fifth": quintile, place: percent(here), "England": percent(england)}
            for quintile, here, england in shares
        ],
    )


def _cost_rows(results: Results, measure: Measure, unit: Unit) -> list[dict[str, Any]]:
    benchmark = results.benchmark
    ours = [
        (option.name, "our option, modelled", option.modelled)
        for option in benchmark.options
        if option.measure is measure and option.modelled is not None and option.modelled.high > 0
    ]
    studies = [
        (
            f"Case study {row.number}{f' ({row.reading})' if row.reading else ''}, {kind} "
            f"{cell.price_year or ''}".strip(),
            kind,
            cell,
        )
        for row in benchmark.of(measure)
        for kind, cell in (
            ("published", row.published),
            ("recomputed", row.recomputed if row.published is None else None),
            ("uprated", row.uprated),
            ("modelled here", row.modelled),
        )
        if cell is not None and cell.price_year == benchmark.price_year
    ]
    theirs = [(name, f"case study, {kind}", as_range(cell.value)) for name, kind, cell in studies]
    return [
        point(name, source, values, format_range(values, unit))
        for name, source, values in (*ours, *theirs)
    ]


def _cost_chart(
    results: Results, measure: Measure, unit: Unit, title: str, axis: str, label: str
) -> Chart | None:
    rows = _cost_rows(results, measure, unit)
    if not any(row["Shown as"] == "our option, modelled" for row in rows):
        return None
    return Chart(
        name=measure.value,
        title=title,
        spec=range_layout(rows, axis, label, legend=True),
        alternative=f"{title}. "
        + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows)
        + ".",
        rows=columns(rows, {"Name": "Name", "Figure (likely range)": "Words", "Kind": "Shown as"}),
        reading=f"{LIKELY} A case study has one figure, so no line.",
    )


def cost_per_head_chart(results: Results) -> Chart | None:
    """Our options' cost per head beside the case studies that have one."""
    return _cost_chart(
        results,
        Measure.COST_PER_HEAD,
        Unit.PENCE,
        "Cost per head of all ages a year",
        "£ a year per head of population, all ages",
        PENCE,
    )


def cost_per_person_chart(results: Results) -> Chart | None:
    """Our options' cost per person assessed beside the case studies that have one."""
    return _cost_chart(
        results,
        Measure.COST_PER_PERSON,
        Unit.POUNDS,
        BENCHMARK_MEASURES[Measure.COST_PER_PERSON].label,
        "£ per person",
        POUNDS,
    )


def options_chart(results: Results) -> Chart | None:
    """Cost a year of each option, with its likely range."""
    rows = [
        point(
            option.name,
            "modelled",
            option.annual_cost,
            format_range(option.annual_cost, Unit.POUNDS),
        )
        for option in results.options
        if option.annual_cost.high > 0
    ]
    if not rows:
        return None
    year = results.plan.pricing.price_year
    return Chart(
        name="options",
        title=f"Cost a year of each option, {year} prices",
        spec=range_layout(rows, "£ a year", POUNDS, legend=False),
        alternative=f"Cost a year at {year} prices, modelled. "
        + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows)
        + ".",
        rows=columns(rows, {"Option": "Name", "Cost a year (likely range)": "Words"}),
        reading=LIKELY,
    )


WITH, WITHOUT, MORE = "stop, with support", "would stop with usual care", "more who stop"
STOPPING = {"stopped": WITH, "usual_stopped": WITHOUT, "net_stopped": MORE}


def outcomes_chart(results: Results) -> Chart | None:
    """People who stop with each option, who would with usual care, and how many more that is."""
    rows = [
        point(
            f"{option.name}, {words}",
            words,
            values,
            measure_text(option, name),
        )
        for option in results.options
        if option.annual_cost.high > 0
        for name, words in STOPPING.items()
        if (values := option.measures.get(name)) is not None
    ]
    if not rows:
        return None
    return Chart(
        name="outcomes",
        title="People who stop in a year, with support and without",
        spec=range_layout(rows, "People a year", PLAIN, legend=True),
        alternative="People who stop in a year, with support and with usual care, modelled; no "
        "number is a target. " + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows) + ".",
        rows=columns(rows, {"Option": "Name", "People a year (likely range)": "Words"}),
        reading=LIKELY,
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
            "Words": group.rate_in_words,
        }
        for group in groups
        if group.rate is not None
    ]
    if len(rows) < 2:
        return None
    return Chart(
        name=name,
        title=title,
        spec=range_layout(rows, axis, PLAIN, legend=False),
        alternative=f"{finding} "
        + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows)
        + ".",
        rows=[
            {
                "Group": group.group,
                "People prescribed": group.display,
                "Per 1,000 (95% interval)": group.rate_in_words,
            }
            for group in groups
        ],
        reading="Each dot is a rate, and the line on either side of it is the 95% interval, where "
        "it is wider than the dot.",
    )


def gap_chart(results: Results, of: str) -> Chart | None:
    """One class by deprivation fifth, each rate with its interval."""
    medicine_class = MedicineClass(of)
    gap = next((g for g in results.inequality.classes if g.medicine_class is medicine_class), None)
    if gap is None or not gap.is_local:
        return None
    basis = results.need.population.basis.label
    return _rates(
        f"gap:{of}",
        f"{capital(medicine_class.label)} by deprivation fifth",
        f"People per 1,000 {basis}",
        gap.groups,
        gap.finding,
    )


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
    return _rates(
        f"groups:{of}",
        f"{capital(medicine_class.label)} by {kind.lower()}",
        "People per 1,000",
        match.groups,
        match.finding,
    )


def funnel_chart(results: Results, of: str) -> Chart | None:
    """Places of one level around their overall rate, with 95% and 99.8% limits:
    "practice:opioids"."""
    level, _, of_class = of.partition(":")
    funnel = results.places.funnel(Level(level), MedicineClass(of_class))
    if funnel is None:
        return None
    rows: list[dict[str, Any]] = [
        *(
            {"People": size.population, "Rate": value, "Line": line, "Of": line.strip()}
            for size in funnel.curve
            for line, value in (
                ("95% limits", size.low_95),
                ("95% limits ", size.high_95),
                ("99.8% limits", size.low_998),
                ("99.8% limits ", size.high_998),
            )
        ),
        *(
            {
                "People": point.population,
                "Rate": point.value,
                "Place": point.name,
                "Stands": OUTSIDE if point.outside else WITHIN,
            }
            for point in funnel.points
        ),
        {"Centre": funnel.centre},
    ]
    standing = funnel.standing_out
    return Chart(
        name=f"funnel:{of}",
        title=f"{capital(funnel.medicine_class.label)} by {funnel.level.label}",
        spec=fill_layout(
            _funnel_layout(
                f"{capital(funnel.counts)} per 1,000 people", f"People of the {funnel.level.label}"
            ),
            rows,
        ),
        alternative=(
            f"{funnel.finding} {funnel.spread} {len(funnel.points)} {funnel.level.several} around "
            f"{rounded(funnel.centre, 1)} per "
            f"1,000; {len(standing)} outside the 99.8% limits."
        ),
        rows=[
            {
                capital(funnel.level.label): point.name,
                "People": f"{point.population:,}",
                f"{capital(funnel.counts)} per 1,000": point.display,
                "99.8% limits": f"{rounded(point.low, 1)} to {rounded(point.high, 1)}",
                "Stands": f"{point.outside} the 99.8% limits" if point.outside else "within them",
            }
            for point in sorted(funnel.points, key=lambda point: in_order(point.name))
        ],
    )


@lru_cache(maxsize=16)
def _funnel_layout(what: str, who: str) -> dict[str, Any]:
    from planner.outputs.charts.libraries import alt

    base = alt.Chart()
    people = alt.X("People:Q", title=who, axis=alt.Axis(tickCount=5, format=",d"))
    rate = alt.Y("Rate:Q", title=what, scale=alt.Scale(zero=False), axis=alt.Axis(tickCount=6))
    kinds = [WITHIN, OUTSIDE]
    return finish(
        alt.layer(
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
            ),
            base.transform_filter("isValid(datum.Centre)")
            .mark_rule(color=INK, strokeWidth=1)
            .encode(y="Centre:Q"),
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
                size=alt.Size(
                    "Stands:N", scale=alt.Scale(domain=kinds, range=[45, 130]), legend=None
                ),
                tooltip=["Place:N", "People:Q", alt.Tooltip("Rate:Q", format=".1f")],
            ),
        ),
        340,
    )


def trend_chart(results: Results, of: str) -> Chart | None:
    """Items of one class month by month, per 1,000 registered people where they are known."""
    match = next((t for t in results.current_trends if t.medicine_class is MedicineClass(of)), None)
    if match is None:
        return None
    series: Sequence[float] = match.per_thousand if match.per_thousand is not None else match.items
    what = "Items per 1,000 registered people" if match.per_thousand is not None else "Items"
    places = 1 if match.per_thousand is not None else 0
    by_month = [
        f"{rounded(value, places)} in {month(when)}"
        for when, value in zip(match.months, series, strict=True)
    ]
    extremes = (
        f"Each dot is a month: the most {by_month[series.index(max(series))]}, the fewest "
        f"{by_month[series.index(min(series))]}."
    )
    by_year = [
        f"{rounded(fmean(value for _, value in months), places)} in {year}"
        for year, months in groupby(
            zip(match.months, series, strict=True), key=lambda one: one[0][:4]
        )
    ]
    rows = [
        {"Month": f"{when}-15", "Items": value}
        for when, value in zip(match.months, series, strict=True)
    ]
    return Chart(
        name=f"trend:{of}",
        title=f"{capital(match.medicine_class.label)} by month"
        + (f", {match.region}" if match.region else ""),
        spec=fill_layout(_trend_layout(what, _months_apart(len(rows))), rows),
        alternative=f"{match.finding} From {by_month[0]} to {by_month[-1]}. {extremes} "
        f"A month on average: {listed(by_year)}.",
        rows=[
            {"Month": month(when), what: rounded(value, places)}
            for when, value in zip(match.months, series, strict=True)
        ],
        reading=extremes,
    )


def _months_apart(months: int) -> int:
    """How far apart the labels of so many months stand: about six of them, at the same months of
    each year, and so at even distances."""
    return next((step for step in (1, 2, 3, 4, 6) if step * 6 >= months), 12)


@lru_cache(maxsize=16)
def _trend_layout(what: str, step: int) -> dict[str, Any]:
    from planner.outputs.charts.libraries import alt

    base = alt.Chart().encode(
        x=alt.X(
            "Month:T",
            title=None,
            axis=alt.Axis(format="%b %Y", tickCount={"interval": "month", "step": step}),
        ),
        y=alt.Y("Items:Q", title=what, scale=alt.Scale(zero=True), axis=alt.Axis(tickCount=5)),
        tooltip=[alt.Tooltip("Month:T", format="%b %Y"), alt.Tooltip("Items:Q", format=",.1f")],
    )
    return finish(
        alt.layer(
            base.mark_line(color=BLUE, strokeWidth=2),
            base.mark_point(filled=True, color=DARK, size=30),
        ),
        260,
    )
