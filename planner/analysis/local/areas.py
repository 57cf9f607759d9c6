"""What files say of a board's smaller places, and month by month, put into a plan's values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from planner.analysis.local.periods import is_month, last_run, run_in_words
from planner.analysis.local.rows import (
    CLASSES,
    SMALLER,
    Ledger,
    Row,
    finest,
    items_of_a_year,
    newest,
)
from planner.analysis.wording import listed
from planner.model.areas import MOST_AREAS
from planner.model.intake import Level
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass

MONTHS_KEPT = 120


def take_areas(ledger: Ledger, smaller: Sequence[Row]) -> None:
    """Put what is said of practices, PCNs, sub-ICB locations and local areas into the plan's values."""
    totals = [r for r in smaller if r.record.is_total]
    if not totals:
        return
    held = {(a["level"], a["code"]): dict(a) for a in ledger.values["areas"]["areas"]}
    parts: dict[tuple[Level, str], list[Row]] = defaultdict(list)
    for row in smaller:
        if row.record.code:
            parts[(row.record.level, row.record.code)].append(row)
    if len(set(held) | set(parts)) > MOST_AREAS:
        ledger.not_used.append(f"More than {MOST_AREAS:,} places in the files; keep your own board's rows.")
        return
    people_bases = {
        r.record.basis for r in totals if r.record.population is not None and r.record.basis is not None
    }
    basis = _area_basis(ledger.plan, people_bases)
    about: dict[str, str] = {}
    months = last_run({r.record.period for r in totals if r.record.items is not None})
    partial = 0
    for (level, code), rows in parts.items():
        area = held.get((level, code)) or {"code": code, "level": level, "name": code}
        partial += _take_area(area, rows, basis, months, about)
        held[(level, code)] = area
    if partial:
        ledger.not_used.append(
            f"{partial:,} places have months that are hidden or missing, so no items of a year are given for them."
        )
    ledger.values["areas"].update(about, population_basis=basis, areas=list(held.values()))
    for level in SMALLER:
        number = sum(key[0] is level for key in parts)
        if number:
            ledger.changed(f"Places: {level.several}", "", f"{number:,}")


def _take_area(
    area: dict[str, Any], rows: Sequence[Row], basis: Basis, months: list[str], about: dict[str, str]
) -> bool:
    """Put one place's numbers into its area; whether items were left out for want of whole months."""
    partial = False
    everything = [r for r in rows if r.record.is_total]
    first = next((r.record for r in rows if r.record.name), rows[0].record)
    area["name"] = first.name or area["name"]
    area["pcn"] = next((r.record.pcn for r in rows if r.record.pcn), area.get("pcn", ""))
    area["sub_icb"] = next((r.record.sub_icb for r in rows if r.record.sub_icb), area.get("sub_icb", ""))
    people = newest(
        [r for r in everything if r.record.population is not None and r.record.basis in (None, basis)]
    )
    if people is not None:
        area["population"] = people.record.population
        about["population_source"] = f"{people.receipt}, {people.record.period}"
    patients = list(area.get("patients") or (None,) * 5)
    items = list(area.get("items") or (None,) * 5)
    for place, medicine_class in enumerate(CLASSES):
        ours = [r for r in everything if r.record.medicine_class is medicine_class]
        counted = newest([r for r in ours if r.record.patients is not None])
        if counted is not None:
            patients[place] = counted.record.patients
            about.update(patients_period=counted.record.period, patients_source=counted.receipt)
        added = _items_of_place(ours, everything, months)
        if added is not None:
            items[place], period, receipt = added
            about.update(items_period=period, items_source=receipt)
        elif any(r.record.items is not None or "items" in r.record.suppressed for r in ours):
            items[place], partial = None, True
    area.update(patients=patients, items=items)
    fifths = {
        r.record.quintile: r.record.population
        for r in rows
        if r.record.quintile and r.record.population is not None and not r.record.medicine_class
    }
    if fifths:
        people_by_fifth = list(area.get("people_by_fifth") or (None,) * 5)
        for fifth, count in fifths.items():
            people_by_fifth[(fifth or 1) - 1] = count
        area["people_by_fifth"] = people_by_fifth
    return partial


def _items_of_place(
    ours: Sequence[Row], everything: Sequence[Row], months: list[str]
) -> tuple[int, str, str] | None:
    """A place's items of one class over the run of months, or as given for a year; None where any is missing.

    A month in which the place has rows of other classes but none of this one counts as none prescribed. A
    hidden month, or one without any row, leaves the whole year unknown.
    """
    by_month = [r for r in ours if is_month(r.record.period)]
    if not by_month:
        return items_of_a_year(ours)
    inside = [r for r in by_month if r.record.period in months]
    open_in = {r.record.period for r in everything if r.record.medicine_class and r.record.period in months}
    if not inside or open_in != set(months) or any("items" in r.record.suppressed for r in inside):
        return None
    return sum(r.record.items or 0 for r in inside), run_in_words(months), inside[0].receipt


def _area_basis(plan: Plan, found: set[Basis]) -> Basis:
    held: Basis = plan.areas.population_basis
    if not found or held in found and plan.areas.areas:
        return held
    return Basis.REGISTERED_ALL_AGES if Basis.REGISTERED_ALL_AGES in found else sorted(found)[0]


def take_trend(ledger: Ledger, whole: Sequence[Row], smaller: Sequence[Row]) -> None:
    """Put items by month into the plan's values, with the people registered then where known.

    A month in which any place's items are hidden has no total. Where the number of places changes over the
    months, that is said, for it moves items by itself.
    """
    months: dict[str, dict[str, Any]] = {m["month"]: dict(m) for m in ledger.values["trend"]["months"]}
    before, source = len(months), ""
    places: dict[str, set[str]] = defaultdict(set)
    unsaid: list[str] = []
    for place, medicine_class in enumerate(CLASSES):
        rows = [r for r in whole if _of_month(r, medicine_class)]
        if not rows:
            rows = finest([r for r in smaller if _of_month(r, medicine_class)])
            for row in rows:
                places[row.record.period].add(row.record.code)
        hidden = {r.record.period for r in rows if r.record.items is None}
        sums: dict[str, int] = defaultdict(int)
        for row in rows:
            sums[row.record.period] += row.record.items or 0
            source = row.receipt
        for month, count in sums.items():
            held = months.setdefault(month, {"month": month, "items": (None,) * 5})
            counts = list(held["items"])
            counts[place] = None if month in hidden else count
            held["items"] = counts
        if hidden:
            unsaid.append(f"{medicine_class.words} in {len(hidden)}")
    if unsaid:
        ledger.not_used.append(f"Months without a total, since items are hidden somewhere: {listed(unsaid)}.")
    numbers = [len(codes) for codes in places.values()]
    if numbers and min(numbers) < 0.95 * max(numbers):
        ledger.not_used.append(
            f"The files have {min(numbers):,} to {max(numbers):,} places a month. Read the trend with care: it moves "
            "with them."
        )
    lists: dict[str, int] = {}
    for row in whole:
        record = row.record
        if record.population is not None and record.is_total and record.basis is Basis.REGISTERED_ALL_AGES:
            lists[record.period] = record.population
    for month, held in months.items():
        held["registered"] = lists.get(month, held.get("registered"))
    if source:
        kept = sorted(months)[-MONTHS_KEPT:]
        ledger.values["trend"] = {"months": [months[m] for m in kept], "source": source}
        ledger.changed("Months of items", str(before), str(len(kept)))


def _of_month(row: Row, medicine_class: MedicineClass) -> bool:
    """Whether a row is about all items of the class in one month, given or hidden."""
    record = row.record
    known = record.items is not None or "items" in record.suppressed
    return record.medicine_class is medicine_class and record.is_total and known and is_month(record.period)
