"""Charts of cost: our options beside each other and beside the case studies. No sums here."""

from typing import Any

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.formatting import Unit, format_range
from planner.analysis.results.results import Results
from planner.model.base import Range
from planner.model.case_study import Measure
from planner.outputs.charts.drawing import LOW_TO_HIGH, PENCE, POUNDS, Chart, columns, point, ranged


def _cost_rows(results: Results, measure: Measure, unit: Unit) -> list[dict[str, Any]]:
    rows = []
    for option in results.benchmark.options:
        if option.measure is measure and option.modelled is not None and option.modelled.high > 0:
            rows.append(
                point(
                    option.name,
                    "our option, modelled",
                    option.modelled,
                    format_range(option.modelled, unit),
                )
            )
    for row in results.benchmark.of(measure):
        for shown_as, cell in (
            ("case study, published", row.published),
            ("case study, recomputed", row.recomputed if row.published is None else None),
            ("case study, uprated", row.uprated),
            ("case study, modelled by us", row.modelled),
        ):
            if cell is not None and cell.price_year == results.benchmark.price_year:
                name = f"Case study {row.number}, {shown_as.removeprefix('case study, ')} {cell.price_year or ''}"
                value = Range(low=cell.value, central=cell.value, high=cell.value)
                rows.append(point(name.strip(), shown_as, value, format_range(value, unit)))
    return rows


def _cost_chart(
    results: Results, measure: Measure, unit: Unit, title: str, axis: str, label: str
) -> Chart | None:
    rows = _cost_rows(results, measure, unit)
    if not any(row["Shown as"] == "our option, modelled" for row in rows):
        return None
    return Chart(
        name=measure.value,
        title=title,
        spec=ranged(rows, axis, label, legend=True),
        alternative=f"{title}. "
        + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows)
        + ".",
        rows=columns(rows, {"Name": "Name", "Central (low to high)": "Words", "Kind": "Shown as"}),
        reading=f"{LOW_TO_HIGH} A case study has one figure, so no line.",
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
    """Our options' cost per person supported beside the case studies that have one."""
    return _cost_chart(
        results,
        Measure.COST_PER_PERSON,
        Unit.POUNDS,
        MEASURES["cost_per_person"].label,
        "£ per person supported",
        POUNDS,
    )


def options_chart(results: Results) -> Chart | None:
    """Cost a year of each option, with its low and high."""
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
        spec=ranged(rows, "£ a year", POUNDS, legend=False),
        alternative=f"Cost a year at {year} prices, modelled. "
        + "; ".join(f"{row['Name']}: {row['Words']}" for row in rows)
        + ".",
        rows=columns(rows, {"Option": "Name", "Cost a year, central (low to high)": "Words"}),
        reading=LOW_TO_HIGH,
    )
