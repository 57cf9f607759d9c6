"""How items of each class have moved over the months. Items are no people; nothing is forecast."""

from dataclasses import dataclass

from planner.analysis.formatting import capital, month, percent, rounded
from planner.analysis.periods import months_between
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
    given = {
        c: [row for row in plan.trend.months if row.items.of(c) is not None]
        for c in plan.prescribing.included
    }
    return tuple(_one(c, rows) for c, rows in given.items() if len(rows) >= 3)


def _one(medicine_class: MedicineClass, rows: list[MonthlyItems]) -> ClassTrend:
    items = tuple(row.items.of(medicine_class) or 0 for row in rows)
    rates = tuple(
        count * 1000 / (row.registered or 1) for count, row in zip(items, rows, strict=True)
    )
    has_rates = all(row.registered for row in rows)
    series = rates if has_rates else items
    name = capital(medicine_class.label)
    newest = rows[-2 * YEAR :]
    before, after = sum(series[-2 * YEAR : -YEAR]), sum(series[-YEAR:])
    change, withheld = None, None
    if len(newest) < 2 * YEAR or months_between(newest[0].month, newest[-1].month) != 2 * YEAR - 1:
        withheld = "two whole years of months, without a gap, are needed to compare like with like"
    elif before:
        change = after / before - 1
    else:
        withheld = "there were no items in the first year"
    unit = "items per 1,000 registered people" if has_rates else "items"
    if change is None:
        finding = f"{name}: {len(rows)} months of {unit}; {withheld}."
    else:
        way = "up" if change > 0.0005 else "down" if change < -0.0005 else "unchanged, at"
        finding = (
            f"{name}: {unit} {way} {percent(abs(change), 1)} in the year to "
            f"{month(rows[-1].month)} on the year before. {rounded(sum(items[-YEAR:]))} items in "
            "the year."
        )
    return ClassTrend(
        medicine_class=medicine_class,
        months=tuple(row.month for row in rows),
        items=items,
        per_thousand=rates if has_rates else None,
        change=change,
        finding=finding,
        withheld=withheld,
    )
