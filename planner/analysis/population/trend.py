"""How items of each class have moved over the months. Items are not people, and no one is forecast."""

from dataclasses import dataclass

from planner.analysis.formatting import month, percent, rounded
from planner.model.areas import MonthlyItems
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass

YEAR = 12


@dataclass(frozen=True, kw_only=True)
class ClassTrend:
    """One class by month: items, and items per 1,000 registered people where all months have them.

    `change` is the newest twelve months over the twelve before, less one; it is empty with fewer
    than 24 months in a row, and `withheld` then says why.
    """

    medicine_class: MedicineClass
    months: tuple[str, ...]
    items: tuple[int, ...]
    per_thousand: tuple[float, ...] | None
    change: float | None
    finding: str
    withheld: str | None


def trend(plan: Plan) -> tuple[ClassTrend, ...]:
    """Each class that has items for three months or more: whole years are compared, so that seasons
    cancel."""
    entries = []
    for medicine_class in plan.prescribing.included:
        rows = [row for row in plan.trend.months if row.items.of(medicine_class) is not None]
        if len(rows) >= 3:
            entries.append(_one(medicine_class, rows))
    return tuple(entries)


def _one(medicine_class: MedicineClass, rows: list[MonthlyItems]) -> ClassTrend:
    items = tuple(row.items.of(medicine_class) or 0 for row in rows)
    registered = [row.registered for row in rows]
    rates = None
    if all(registered):
        rates = tuple(
            count * 1000 / (people or 1) for count, people in zip(items, registered, strict=True)
        )
    series = rates if rates is not None else items
    name = medicine_class.label[0].upper() + medicine_class.label[1:]
    newest = rows[-2 * YEAR :]
    change, withheld = None, None
    if len(newest) < 2 * YEAR or not _in_a_row([row.month for row in newest]):
        withheld = "two whole years of months, without a gap, are needed to compare like with like"
    else:
        before, after = sum(series[-2 * YEAR : -YEAR]), sum(series[-YEAR:])
        if before:
            change = after / before - 1
        else:
            withheld = "there were no items in the first year"
    unit = "items per 1,000 registered people" if rates else "items"
    if change is None:
        finding = f"{name}: {len(rows)} months of {unit}; {withheld}."
    else:
        way = "up" if change > 0.0005 else "down" if change < -0.0005 else "unchanged, at"
        finding = (
            f"{name}: {unit} {way} {percent(abs(change), 1)} in the year to {month(rows[-1].month)} on the year before. "
            f"{rounded(sum(items[-YEAR:]))} items in the year."
        )
    return ClassTrend(
        medicine_class=medicine_class,
        months=tuple(row.month for row in rows),
        items=items,
        per_thousand=rates,
        change=change,
        finding=finding,
        withheld=withheld,
    )


def _in_a_row(months: list[str]) -> bool:
    numbers = [int(month[:4]) * 12 + int(month[5:]) for month in months]
    return all(later - earlier == 1 for earlier, later in zip(numbers, numbers[1:], strict=False))
