"""How items of each class have moved over the months. Items are no people; nothing is forecast."""

from dataclasses import dataclass, replace

from planner.analysis.formatting import capital, first_reason, month, percent, rounded
from planner.analysis.periods import months_between
from planner.analysis.population.need import plan_organisation
from planner.model.base import grouped
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

YEAR = 12


@dataclass(frozen=True, kw_only=True)
class ClassTrend:
    """One class by month: items, and items per 1,000 registered people where all months have them.

    `region` names the NHS region whose items they are, and is empty where they are the place's own.
    `change` is the newest twelve months over the twelve before, less one; it is empty with fewer
    than 24 months in a row, and `withheld` then says why.
    """

    medicine_class: MedicineClass
    region: str
    months: tuple[str, ...]
    items: tuple[int, ...]
    per_thousand: tuple[float, ...] | None
    change: float | None
    finding: str
    withheld: str | None


def trend(plan: Plan) -> tuple[ClassTrend, ...]:
    """Each class that has items for three months or more: whole years are compared, so that seasons
    cancel."""
    given = {
        c: [row for row in plan.trend.months if row.items.of(c) is not None]
        for c in plan.prescribing.included
    }
    return tuple(
        _one(
            c,
            [row.month for row in rows],
            [row.items.of(c) or 0 for row in rows],
            [row.registered for row in rows],
        )
        for c, rows in given.items()
        if len(rows) >= 3
    )


def region_trend(plan: Plan, reference: ReferenceData) -> tuple[ClassTrend, ...]:
    """Each class in the board's NHS region beside England, by the months that we ship."""
    region = plan_organisation(plan, reference).region
    of_month = grouped(reference.region_items, key=lambda row: row.month)
    months = sorted(of_month)
    here = {row.month: row for row in reference.region_items if row.region == region}
    trends = []
    for medicine_class in plan.prescribing.included:
        england = [sum(row.items.of(medicine_class) or 0 for row in of_month[m]) for m in months]
        own, all_regions = (
            _one(medicine_class, months, items, [None] * len(months), region)
            for items in (
                [here[m].items.of(medicine_class) or 0 for m in months],
                england,
            )
        )
        moved = f" (England {_change_in_words(all_regions.change)})" if all_regions.change else ""
        trends.append(replace(own, finding=f"{own.finding.removesuffix('.')}{moved}."))
    return tuple(trends)


def _one(
    medicine_class: MedicineClass,
    months: list[str],
    items: list[int],
    registered: list[int | None],
    region: str = "",
) -> ClassTrend:
    rates = tuple(count * 1000 / (of or 1) for count, of in zip(items, registered, strict=True))
    has_rates = all(registered)
    series = rates if has_rates else items
    name = capital(medicine_class.label)
    newest = months[-2 * YEAR :]
    before, after = sum(series[-2 * YEAR : -YEAR]), sum(series[-YEAR:])
    withheld = first_reason(
        (
            len(newest) < 2 * YEAR or months_between(newest[0], newest[-1]) != 2 * YEAR - 1,
            "two whole years of months, without a gap, are needed to compare like with like",
        ),
        (not before, "there were no items in the first year"),
    )
    change = None if withheld else after / before - 1
    unit = "items per 1,000 registered people" if has_rates else "items"
    where = f" in {region}" if region else ""
    if change is None:
        finding = f"{name}{where}: {len(months)} months of {unit}; {withheld}."
    else:
        finding = (
            f"{name}{where}: {unit} {_change_in_words(change)} in the year to {month(months[-1])} "
            f"on the year before. {rounded(sum(items[-YEAR:]))} items in the year."
        )
    return ClassTrend(
        medicine_class=medicine_class,
        region=region,
        months=tuple(months),
        items=tuple(items),
        per_thousand=rates if has_rates else None,
        change=change,
        finding=finding,
        withheld=withheld,
    )


def _change_in_words(change: float) -> str:
    way = "up" if change > 0.0005 else "down" if change < -0.0005 else "unchanged, at"
    return f"{way} {percent(abs(change), 1)}"
