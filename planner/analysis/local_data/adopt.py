"""What a file read would change in a plan, and the plan as changed. People are never added; items are."""

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
    CLASSES,
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
from planner.analysis.periods import ends, is_year
from planner.model.intake import Level, Reading
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
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
    values = ledger.values
    again = {digest for one in readings for digest in (one.report.digest, one.earlier_digest)}
    others = [report for report in plan.imports if report.digest not in again]
    values["imports"] = (*others, *(reading.report for reading in readings))[-60:]
    try:
        return Adoption(
            Plan.model_validate(values),
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
    """Let the plan count the people that every count in the files is of, where they agree on that."""
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
    record, count_before = people.record, current["patients"]
    assert record.patients is not None
    ledger.older(f"people prescribed {name}", current["period"], record.period)
    ledger.changed(
        f"People prescribed {name}",
        _count(current["patients"]),
        _count(record.patients),
        f"{record.period or 'no period'}; {people.receipt}",
    )
    current.update(
        patients=record.patients, period=record.period, source=people.receipt, counted=record.basis
    )
    if record.long_term is not None and 0 < record.patients >= record.long_term:
        share, before = record.long_term / record.patients, current["long_term_share"]
        ledger.changed(
            f"Share on {name} for a year or more",
            "not known"
            if before is None
            else part_of(round(before["central"] * (count_before or 0)), count_before or 0, 1),
            part_of(record.long_term, record.patients, 1),
        )
        current["long_term_share"] = dict.fromkeys(("low", "central", "high"), round(share, 6))


def _take_classes(ledger: Ledger, chosen: Chosen) -> None:
    """Put people and items of each class into the plan."""
    whole, smaller = chosen.whole, chosen.smaller
    summed: dict[str, list[str]] = defaultdict(list)
    older: list[str] = []
    short: list[str] = []
    for place, medicine_class in enumerate(CLASSES):
        current = ledger.values["prescribing"]["classes"][place]
        name = medicine_class.label
        totals = [
            r for r in whole if r.record.medicine_class is medicine_class and r.record.is_total
        ]
        people = newest([r for r in totals if r.record.patients is not None])
        if people is not None:
            _take_people(ledger, current, people, name)
        items, parts = (
            items_of_a_year(totals),
            fullest([r for r in smaller if _about(r, medicine_class)]),
        )
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
            dose = newest([r for r in totals if r.record.high_dose is not None])
            if dose is not None:
                before = ledger.values["prescribing"]["high_dose_opioid_patients"]
                when = ledger.values["prescribing"]["high_dose_period"]
                label = BY_KEY["high_dose_opioids"].label
                ledger.older(lower_first(label), when, dose.record.period)
                ledger.changed(label, _count(before), _count(dose.record.high_dose))
                ledger.values["prescribing"].update(
                    high_dose_opioid_patients=dose.record.high_dose,
                    high_dose_period=dose.record.period,
                )
    for places, names in summed.items():
        ledger.not_used.append(
            f"The board's items of {listed(names)} are those of the {places} in the files, added up. If the files lack "
            "some, so does the sum."
        )
    if short:
        ledger.not_used.append(
            f"The plan keeps its items of a whole year; not used: {listed(short)}."
        )
    if older:
        ledger.not_used.append(
            f"The files also give older items for the whole board, not used: {listed(older)}."
        )


def _take_population(ledger: Ledger, whole: list[Row]) -> None:
    basis = ledger.basis
    rows = [
        r
        for r in whole
        if r.record.is_total and r.record.population is not None and r.record.medicine_class is None
    ]
    result = newest([r for r in rows if r.record.basis in (None, basis)])
    if result is not None:
        shipped = ledger.values["population"]["entered"]
        if result.record.population == _shipped_population(ledger, basis) and shipped is None:
            return
        ledger.older(
            "the population", ledger.values["population"].get("period", ""), result.record.period
        )
        ledger.changed(
            "Population",
            _number(shipped) if shipped else "our figure",
            f"{result.record.population:,}",
        )
        ledger.values["population"] = {
            "basis": basis,
            "entered": result.record.population,
            "period": result.record.period,
            "source": result.receipt,
        }
    elif rows:
        others = listed(sorted({r.record.basis.label for r in rows if r.record.basis}))
        ledger.not_used.append(
            f"The whole board's population is given for {others}; the plan counts {basis.label}. It is kept "
            "for the smaller places only."
        )


def _about(row: Row, medicine_class: MedicineClass) -> bool:
    return row.record.medicine_class is medicine_class and row.record.is_total


def _shipped_population(ledger: Ledger, basis: Basis) -> int:
    place = ledger.plan.place
    return (
        ledger.reference.organisation(place.icb_code, place.organisation_list)
        .population(basis)
        .value
    )


def _count(value: int | None) -> str:
    return "not known" if value is None else local_count(value)


def _number(value: int | None) -> str:
    return "not known" if value is None else f"{value:,}"
