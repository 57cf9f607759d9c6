"""What files say of a board's smaller places, and month by month, put into a plan's values."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from planner.analysis.formatting import listed
from planner.analysis.local_data.rows import (
    SMALLER,
    WHOLE,
    Ledger,
    Row,
    fullest,
)
from planner.analysis.periods import is_month, is_year, last_run, newest_period, run_in_words
from planner.model.areas import MOST_AREAS
from planner.model.base import ByQuintile, Quintile
from planner.model.inequality import UNKNOWN_QUINTILES
from planner.model.intake import Level
from planner.model.prescribing import UNKNOWN, Basis, ByClass, ClassCounts, MedicineClass

MONTHS_KEPT = 120


def take_areas(ledger: Ledger, smaller: Sequence[Row]) -> None:
    """Put what is said of practices, PCNs, sub-ICB locations and local areas into the plan's
    values.

    All places of a plan have one period for items, one for people prescribed and one for lists:
    where a file brings another, what was held for the period before is taken out. A year's items
    stay where a file brings less than a year, and lists of other people than the places' are left.
    """
    totals = [r for r in smaller if r.record.is_total]
    if not totals:
        return
    values = ledger.values["areas"]
    current = {(a["level"], a["code"]): dict(a) for a in values["areas"]}
    parts: dict[tuple[Level, str], list[Row]] = defaultdict(list)
    for row in smaller:
        if row.record.code:
            parts[(row.record.level, row.record.code)].append(row)
    if len(set(current) | set(parts)) > MOST_AREAS:
        ledger.not_used.append(
            f"More than {MOST_AREAS:,} places in the files; keep your own board's rows."
        )
        return
    when = _Periods(ledger, totals)
    for name, changed in (
        ("items", when.new_items),
        ("patients", when.new_patients),
        ("lists", when.new_lists),
    ):
        if changed:
            for area in current.values():
                area.update({"population": None} if name == "lists" else {name: UNKNOWN})
    partial = 0
    for (level, code), rows in parts.items():
        area = current.setdefault((level, code), {"code": code, "level": level, "name": code})
        _name(area, rows)
        partial += _take_area(area, rows, when)
    if partial:
        ledger.not_used.append(
            f"{partial:,} places have items that are hidden or missing in part, so no items of a year are given for "
            "them."
        )
    values.update(when.about, population_basis=when.basis, areas=list(current.values()))
    for level in SMALLER:
        number = sum(key[0] is level for key in parts)
        if number:
            ledger.changed(f"Places: {level.several}", "", f"{number:,}")


class _Periods:
    """Which period and basis the places' items, people and lists are taken for, and what that
    replaces."""

    def __init__(self, ledger: Ledger, totals: Sequence[Row]) -> None:
        current = ledger.values["areas"]
        self.about: dict[str, str] = {}
        items = [r for r in totals if r.record.items is not None or "items" in r.record.suppressed]
        years = {r.record.period for r in items if not is_month(r.record.period)}
        self.months = [] if years else last_run({r.record.period for r in items})
        self.items = (
            newest_period(years) if years else run_in_words(self.months) if self.months else ""
        )
        if is_year(current["items_period"]) and self.items and not is_year(self.items):
            ledger.not_used.append(
                f"The places keep their items of {current['items_period']}; {self.items} is left."
            )
            self.items, self.months = "", []
        self.basis = self._basis(ledger, totals)
        people = [
            r
            for r in totals
            if r.record.patients is not None and r.record.basis in (None, self.basis)
        ]
        lists = [
            r
            for r in totals
            if r.record.population is not None and r.record.basis in (None, self.basis)
        ]
        self.patients = newest_period({r.record.period for r in people})
        self.lists = newest_period({r.record.period for r in lists})
        other = {r.record.basis for r in totals if r.record.patients is not None} - {
            None,
            self.basis,
        }
        if other:
            ledger.not_used.append(
                f"People prescribed by place are counted for {listed(sorted(b.label for b in other if b))}, and the "
                f"places' lists are of {self.basis.label}, so they were left."
            )
        for name, period, rows in (
            ("items", self.items, items), ("patients", self.patients, people), ("population", self.lists, lists),
        ):  # fmt: skip
            there = [r for r in rows if r.record.period == period or r.record.period in self.months]
            if period and there:
                ledger.older(f"the places' {name}", current[f"{name}_period"], period)
                self.about |= {f"{name}_period": period, f"{name}_source": there[-1].receipt}
        self.new_items = bool(self.items) and self.items != current["items_period"]
        self.new_patients = bool(self.patients) and self.patients != current["patients_period"]
        changed = self.lists != current["population_period"] or self.basis is not Basis(
            current["population_basis"]
        )
        self.new_lists = bool(self.lists) and changed

    @staticmethod
    def _basis(ledger: Ledger, totals: Sequence[Row]) -> Basis:
        """Whom the places' lists count: as held, unless the files bring others for as many places."""
        current = Basis(ledger.values["areas"]["population_basis"])
        now = sum(area["population"] is not None for area in ledger.values["areas"]["areas"])
        lookup: dict[Basis, set[tuple[Level, str]]] = defaultdict(set)
        for row in totals:
            if row.record.population is not None and row.record.basis is not None:
                lookup[row.record.basis].add((row.record.level, row.record.code))
        if not lookup or current in lookup:
            return current
        best = max(
            lookup, key=lambda basis: (len(lookup[basis]), basis is Basis.REGISTERED_ALL_AGES)
        )
        if len(lookup[best]) < now:
            ledger.not_used.append(
                f"Lists of {best.label} for {len(lookup[best]):,} places were left: the others are of {current.label}."
            )
            return current
        return best


def _name(area: dict[str, Any], rows: Sequence[Row]) -> None:
    """Take over the place's name and where it belongs, as far as any row says."""
    first = next((r.record for r in rows if r.record.name), rows[0].record)
    area["name"] = first.name or area["name"]
    area["pcn"] = next((r.record.pcn for r in rows if r.record.pcn), area.get("pcn", ""))
    area["sub_icb"] = next(
        (r.record.sub_icb for r in rows if r.record.sub_icb), area.get("sub_icb", "")
    )


def _take_area(area: dict[str, Any], rows: Sequence[Row], when: _Periods) -> bool:
    """Put one place's numbers into its area; whether items were left out for want of whole months."""
    partial = False
    everything = [r for r in rows if r.record.is_total]
    ours = [r.record for r in everything if r.record.basis in (None, when.basis)]
    for record in ours:
        if record.population is not None and record.period == when.lists:
            area["population"] = record.population
    patients: ClassCounts = ByClass(area.get("patients") or UNKNOWN)
    items: ClassCounts = ByClass(area.get("items") or UNKNOWN)
    for medicine_class in MedicineClass:
        for record in ours:
            counted = record.medicine_class is medicine_class and record.period == when.patients
            if counted and record.patients is not None:
                patients = patients.replaced(medicine_class, record.patients)
        of_class = [r for r in everything if r.record.medicine_class is medicine_class]
        if when.items and any(
            r.record.items is not None or "items" in r.record.suppressed for r in of_class
        ):
            count = _items_of_place(of_class, everything, when)
            items, partial = items.replaced(medicine_class, count), partial or count is None
    area.update(patients=patients, items=items)
    quintiles = {
        r.record.quintile: r.record.population
        for r in rows
        if r.record.quintile and r.record.population is not None and not r.record.medicine_class
    }
    if quintiles:
        known = dict(zip(Quintile, area.get("people_by_fifth") or UNKNOWN_QUINTILES, strict=True))
        area["people_by_fifth"] = ByQuintile.known(known | quintiles)
    return partial


def _items_of_place(ours: Sequence[Row], everything: Sequence[Row], when: _Periods) -> int | None:
    """A place's items of one class over the run of months, or as given for the year; None where any
    is missing.

    A month in which the place has rows of other classes but none of this one counts as none
    prescribed. A hidden month, or one without any row, leaves the whole year unknown.
    """
    if not when.months:
        return next((r.record.items for r in ours if r.record.period == when.items), None)
    inside = [r for r in ours if r.record.period in when.months]
    open_in = {r.record.period for r in everything if r.record.medicine_class} & set(when.months)
    if (
        not inside
        or open_in != set(when.months)
        or any("items" in r.record.suppressed for r in inside)
    ):
        return None
    return sum(r.record.items or 0 for r in inside)


def take_trend(ledger: Ledger, whole: Sequence[Row], smaller: Sequence[Row]) -> None:
    """Put items by month into the plan's values, with the people registered then where known.

    A month in which any place's items are hidden, or more than 5% of the places are missing, has no
    total.
    """
    months: dict[str, dict[str, Any]] = {
        m["month"]: dict(m) for m in ledger.values["trend"]["months"]
    }
    before, source = len(months), ""
    unsaid: list[str] = []
    for medicine_class in MedicineClass:
        rows = [r for r in whole if _of_month(r, medicine_class)]
        if not rows:
            rows = fullest([r for r in smaller if _of_month(r, medicine_class)])
        codes: dict[str, set[str]] = defaultdict(set)
        for row in rows:
            codes[row.record.period].add(row.record.code)
        most = max(map(len, codes.values()), default=0)
        hidden = {month for month, there in codes.items() if len(there) < WHOLE * most}
        hidden |= {r.record.period for r in rows if r.record.items is None}
        sums: dict[str, int] = defaultdict(int)
        for row in rows:
            sums[row.record.period] += row.record.items or 0
            source = row.receipt
        for month, count in sums.items():
            current = months.setdefault(month, {"month": month, "items": UNKNOWN})
            known = None if month in hidden else count
            current["items"] = ByClass(current["items"]).replaced(medicine_class, known)
        if hidden:
            unsaid.append(f"{medicine_class.label} in {len(hidden)}")
    if unsaid:
        ledger.not_used.append(
            f"Months without a total, since items are hidden or places are missing: {listed(unsaid)}."
        )
    lists: dict[str, int] = {}
    for row in whole:
        record = row.record
        if (
            record.population is not None
            and record.is_total
            and record.basis is Basis.REGISTERED_ALL_AGES
        ):
            lists[record.period] = record.population
    for month, current in months.items():
        current["registered"] = lists.get(month, current.get("registered"))
    if source:
        selection = sorted(months)[-MONTHS_KEPT:]
        ledger.values["trend"] = {"months": [months[m] for m in selection], "source": source}
        ledger.changed("Months of items", str(before), str(len(selection)))


def _of_month(row: Row, medicine_class: MedicineClass) -> bool:
    """Whether a row is about all items of the class in one month, given or hidden."""
    record = row.record
    return (
        record.medicine_class is medicine_class
        and record.is_total
        and (record.items is not None or "items" in record.suppressed)
        and is_month(record.period)
    )
