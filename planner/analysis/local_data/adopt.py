"""What a file would change in a plan, and the changed plan. People are never added; items are."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from planner.analysis.calculation.inputs import BY_KEY
from planner.analysis.formatting import listed, local_count, lower_first, part_of
from planner.analysis.local_data.areas import take_areas, take_trend
from planner.analysis.local_data.groups import clear_groups, take_england, take_groups
from planner.analysis.local_data.rows import (
    AdoptedFigure,
    Chosen,
    Ledger,
    Row,
    fullest,
    items_of_a_year,
    newest,
    of_icb,
    placed,
)
from planner.analysis.periods import counted_over, ends, is_year
from planner.model.intake import Level, Reading
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData


class CannotAdopt(ValueError):
    """The plan's own rules refuse what the files say. The message says which."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """The plan as it would be, what would change, and what of the files cannot be used and why."""

    plan: Plan
    changes: tuple[AdoptedFigure, ...]
    not_used: tuple[str, ...]


def adopt(
    plan: Plan, readings: Sequence[Reading], reference: ReferenceData, follow_basis: bool = True
) -> Adoption:
    """The plan with the files' figures of its own board, each with the file as its source.

    The newest period is taken for people; items of the newest twelve months are added where they
    come by month. Figures of a board that was split in April 2026 are not carried over.
    `follow_basis` lets the plan count the people that the files count, where all of them count the
    same. Raises CannotAdopt.
    """
    ledger = Ledger(plan, reference, plan.model_dump())
    rows, repeated = placed(readings, plan.place.icb_code)
    chosen = of_icb(rows, plan.place, reference)
    ledger.not_used += repeated + chosen.not_used
    if follow_basis:
        _follow(ledger, chosen.whole)
    _take_classes(ledger, chosen)
    _take_population(ledger, chosen.whole)
    take_groups(ledger, chosen.whole)
    take_england(ledger, [row for row in rows if row.record.level is Level.ENGLAND])
    take_areas(ledger, chosen.smaller)
    take_trend(ledger, chosen.whole, chosen.smaller)
    again = {digest for one in readings for digest in (one.report.digest, one.earlier_digest)}
    others = [report for report in plan.imports if report.digest not in again]
    ledger.values["imports"] = (*others, *(reading.report for reading in readings))[-60:]
    try:
        return Adoption(
            Plan.model_validate(ledger.values),
            tuple(ledger.changes),
            tuple(dict.fromkeys(ledger.not_used)),
        )
    except ValidationError as error:
        text = "; ".join(
            str(fault["msg"]).removeprefix("Value error, ") for fault in error.errors()
        )
        raise CannotAdopt(
            f"The figures cannot be used together with the plan's own: {text}."
        ) from error


def _follow(ledger: Ledger, whole: list[Row]) -> None:
    """Let the plan count the people that every count in the files is of, where they agree on
    that."""
    counted = {
        r.record.basis
        for r in whole
        if r.record.medicine_class is not None and r.record.patients is not None
    }
    basis = counted.pop() if len(counted) == 1 else None
    if basis is not None and basis is not ledger.basis:
        ledger.changed("Whom rates and costs per head count", ledger.basis.label, basis.label)
        entered = ledger.values["population"]["entered"]
        if entered is not None:
            ledger.changed("Population, of the people counted before", f"{entered:,}", "taken out")
        ledger.values["population"] = {"basis": basis, "entered": None}
        clear_groups(ledger, "of the people counted before")


def _take_people(ledger: Ledger, current: dict[str, Any], people: Row, name: str) -> None:
    """Put the people of one class, and the share on it for the long term, into the plan."""
    record, before = people.record, dict(current)
    assert record.patients is not None
    ledger.older(f"people prescribed {name}", current["period"], record.period)
    ledger.changed(
        f"People prescribed {name}",
        _count(before["patients"]),
        _count(record.patients),
        f"{record.period or 'no period'}; {people.receipt}",
    )
    current.update(
        patients=record.patients,
        period=record.period,
        source=people.receipt,
        counted=record.basis,
        counted_over=counted_over(record.period),
    )
    if record.long_term is not None and 0 < record.patients >= record.long_term:
        share, count = before["long_term_share"], before["patients"] or 0
        ledger.changed(
            f"Share on {name} for a year or more",
            "not known" if share is None else part_of(round(share["central"] * count), count, 1),
            part_of(record.long_term, record.patients, 1),
        )
        known = round(record.long_term / record.patients, 6)
        current["long_term_share"] = dict.fromkeys(("low", "central", "high"), known)


def _take_classes(ledger: Ledger, chosen: Chosen) -> None:
    """Put people and items of each class into the plan."""
    whole, smaller = chosen.whole, chosen.smaller
    summed: dict[str, list[str]] = defaultdict(list)
    older: list[str] = []
    short: list[str] = []
    for current in ledger.values["prescribing"]["classes"]:
        medicine_class: MedicineClass = current["medicine_class"]
        name = medicine_class.label
        totals = _totals(whole, medicine_class)
        people = newest([r for r in totals if r.record.patients is not None])
        if people is not None:
            _take_people(ledger, current, people, name)
        items, parts = items_of_a_year(totals), fullest(_totals(smaller, medicine_class))
        added = items_of_a_year(parts)
        if added is not None and (
            items is None or is_year(added[1]) and ends(added[1]) > ends(items[1])
        ):
            number = len({r.record.code for r in parts})
            summed[f"{number:,} {parts[0].record.level.several}"].append(name)
            if items is not None:
                older.append(f"{items[0]:,} of {name} for {items[1]}")
            items = added
        if items is not None and is_year(current["items_period"]) and not is_year(items[1]):
            short.append(f"{items[0]:,} of {name} for {items[1]}")
        elif items is not None:
            count, period, receipt = items
            ledger.older(f"items of {name}", current["items_period"], period)
            ledger.changed(
                f"Items of {name}", _number(current["items"]), f"{count:,}", f"{period}; {receipt}"
            )
            current.update(items=count, items_period=period, items_source=receipt)
        if medicine_class is MedicineClass.OPIOIDS:
            _take_high_dose(ledger, totals)
    for places, names in summed.items():
        ledger.say(
            f"The board's items of {listed(names)} are those of the {places} in the files, added "
            "up. If the files lack some, so does the sum."
        )
    ledger.say(f"The plan keeps its items of a whole year; not used: {listed(short)}.", short)
    ledger.say(
        f"The files also give older items for the whole board, not used: {listed(older)}.", older
    )


def _take_high_dose(ledger: Ledger, opioids: list[Row]) -> None:
    """Put the people on a high dose of opioids into the plan."""
    dose = newest([r for r in opioids if r.record.high_dose is not None])
    if dose is not None:
        current, label = ledger.values["prescribing"], BY_KEY["high_dose_opioids"].label
        before, count = current["high_dose_opioid_patients"], dose.record.high_dose
        ledger.older(lower_first(label), current["high_dose_period"], dose.record.period)
        ledger.changed(label, _count(before), _count(count))
        current.update(high_dose_opioid_patients=count, high_dose_period=dose.record.period)


def _take_population(ledger: Ledger, whole: list[Row]) -> None:
    basis = ledger.basis
    rows = [r for r in _totals(whole, None) if r.record.population is not None]
    result = newest([r for r in rows if r.record.basis in (None, basis)])
    if result is not None:
        current, count, period = (
            ledger.values["population"],
            result.record.population,
            result.record.period,
        )
        place = ledger.plan.place
        board = ledger.reference.organisation(place.icb_code, place.organisation_list)
        if current["entered"] is None and count == board.population(basis).value:
            return
        ledger.older("the population", current.get("period", ""), period)
        entered = _number(current["entered"]) if current["entered"] else "our figure"
        ledger.changed("Population", entered, f"{count:,}")
        ledger.values["population"] = {
            "basis": basis,
            "entered": count,
            "period": period,
            "source": result.receipt,
        }
    elif rows:
        others = listed(sorted({r.record.basis.label for r in rows if r.record.basis}))
        ledger.say(
            f"The whole board's population is given for {others}; the plan counts {basis.label}. "
            "It is kept for the smaller places only."
        )


def _totals(rows: Sequence[Row], medicine_class: MedicineClass | None) -> list[Row]:
    """The rows about everybody on one class, or about everybody where no class is named."""
    return [r for r in rows if r.record.medicine_class is medicine_class and r.record.is_total]


def _count(value: int | None) -> str:
    return "not known" if value is None else local_count(value)


def _number(value: int | None) -> str:
    return "not known" if value is None else f"{value:,}"
