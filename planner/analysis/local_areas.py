"""What files say of a board's smaller places, and month by month, put into a plan's values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from planner.analysis.local_rows import (
    CLASSES,
    SMALLER,
    Ledger,
    Row,
    finest,
    has_items,
    is_month,
    items_of_a_year,
    last_months,
    newest,
)
from planner.model.areas import MOST_AREAS
from planner.model.intake import Level
from planner.model.plan import Plan
from planner.model.prescribing import Basis

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
    months = last_months(totals)
    for (level, code), rows in parts.items():
        area = held.get((level, code)) or {"code": code, "level": level, "name": code}
        _take_area(area, rows, basis, months, about)
        held[(level, code)] = area
    ledger.values["areas"].update(about, population_basis=basis, areas=list(held.values()))
    for level in SMALLER:
        number = sum(key[0] is level for key in parts)
        if number:
            ledger.changed(f"Places: {level.several}", "", f"{number:,}")


def _take_area(
    area: dict[str, Any], rows: Sequence[Row], basis: Basis, months: Sequence[str], about: dict[str, str]
) -> None:
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
        added = items_of_a_year([r for r in ours if r.record.items is not None], months)
        if added is not None:
            items[place] = added[0]
            about.update(items_period=added[1], items_source=added[2])
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


def _area_basis(plan: Plan, found: set[Basis]) -> Basis:
    held: Basis = plan.areas.population_basis
    if not found or held in found and plan.areas.areas:
        return held
    return Basis.REGISTERED_ALL_AGES if Basis.REGISTERED_ALL_AGES in found else sorted(found)[0]


def take_trend(ledger: Ledger, whole: Sequence[Row], smaller: Sequence[Row]) -> None:
    """Put items by month into the plan's values, with the people registered then where known."""
    months: dict[str, dict[str, Any]] = {m["month"]: dict(m) for m in ledger.values["trend"]["months"]}
    before, source = len(months), ""
    for place, medicine_class in enumerate(CLASSES):
        rows = [r for r in whole if has_items(r, medicine_class) and is_month(r.record.period)]
        rows = rows or finest(
            [r for r in smaller if has_items(r, medicine_class) and is_month(r.record.period)]
        )
        sums: dict[str, int] = defaultdict(int)
        for row in rows:
            sums[row.record.period] += row.record.items or 0
            source = row.receipt
        for month, count in sums.items():
            held = months.setdefault(month, {"month": month, "items": (None,) * 5})
            counts = list(held["items"])
            counts[place] = count
            held["items"] = counts
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
