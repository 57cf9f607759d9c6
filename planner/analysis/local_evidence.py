"""What a file read would change in a plan, and the plan as changed. People are never added; items are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from planner.analysis.local_areas import take_areas, take_trend
from planner.analysis.local_rows import (
    CLASSES,
    Change,
    Chosen,
    Ledger,
    Row,
    finest,
    has_items,
    items_of_a_year,
    newest,
    of_board,
    placed,
)
from planner.analysis.wording import listed, local_count, part_of
from planner.model.intake import Level, Reading, Record
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData

MOST_STRATA = 60


class CannotAdopt(ValueError):
    """The plan's own rules refuse what the files say. The message says which."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """The plan as it would be, what would change, and what of the files cannot be used and why."""

    plan: Plan
    changes: tuple[Change, ...]
    not_used: tuple[str, ...]


def adopt(
    plan: Plan, readings: Sequence[Reading], reference: ReferenceData, follow_basis: bool = True
) -> Adoption:
    """The plan with the files' figures of its own board, each with the file as its source.

    The newest period is taken for people; items of the newest twelve months are added where they come by
    month. Figures of a board that was split in April 2026 are not carried over. `follow_basis` lets the plan
    count the people that the files count, where all of them count the same. Raises CannotAdopt.
    """
    ledger = Ledger(plan, reference, plan.model_dump())
    rows = placed(readings)
    chosen = of_board(rows, plan.place, reference)
    ledger.not_used += chosen.not_used
    new_counts = _take_classes(ledger, chosen)
    _take_population(ledger, chosen.whole)
    _take_inequality(ledger, chosen.whole)
    _take_england(ledger, [row for row in rows if row.record.level is Level.ENGLAND])
    take_areas(ledger, chosen.smaller)
    take_trend(ledger, chosen.whole, chosen.smaller)
    values = ledger.values
    bases = {row["counted"] for row in values["prescribing"]["classes"] if row["patients"] is not None}
    if follow_basis and len(bases) == 1 and new_counts:
        basis = bases.pop()
        if basis is not None and basis != values["population"]["basis"]:
            values["population"] = {"basis": basis}
            ledger.changed(
                "Whom rates and costs per head count", plan.population.basis.words, Basis(basis).words
            )
    kept = [r for r in plan.imports if r.sha256 not in {reading.report.sha256 for reading in readings}]
    values["imports"] = (*kept, *(reading.report for reading in readings))[-60:]
    try:
        return Adoption(
            Plan.model_validate(values), tuple(ledger.changes), tuple(dict.fromkeys(ledger.not_used))
        )
    except ValidationError as error:
        said = "; ".join(str(fault["msg"]).removeprefix("Value error, ") for fault in error.errors())
        raise CannotAdopt(f"The figures cannot be used together with the plan's own: {said}.") from error


def _take_classes(ledger: Ledger, chosen: Chosen) -> bool:
    """Put people and items of each class into the plan; whether any count of people was among them."""
    whole, smaller, counted = chosen.whole, chosen.smaller, False
    for place, medicine_class in enumerate(CLASSES):
        held = ledger.values["prescribing"]["classes"][place]
        name = medicine_class.words
        totals = [r for r in whole if r.record.medicine_class is medicine_class and r.record.is_total]
        people = newest([r for r in totals if r.record.patients is not None])
        if people is not None:
            record = people.record
            assert record.patients is not None
            held_before = held["patients"]
            ledger.changed(f"People prescribed {name}", _count(held["patients"]), _count(record.patients))
            held.update(
                patients=record.patients,
                period=record.period,
                source=people.receipt,
                counted=record.basis,
            )
            counted = True
            if record.long_term is not None and 0 < record.patients >= record.long_term:
                share = record.long_term / record.patients
                before = held["long_term_share"]
                ledger.changed(
                    f"Share on {name} for a year or more",
                    "not known"
                    if before is None
                    else part_of(round(before * (held_before or 0)), held_before or 0, 1),
                    part_of(record.long_term, record.patients, 1),
                )
                held["long_term_share"] = round(share, 6)
        items = items_of_a_year([r for r in totals if r.record.items is not None]) or items_of_a_year(
            finest([r for r in smaller if has_items(r, medicine_class)])
        )
        if items is not None:
            count, period, receipt = items
            ledger.changed(f"Items of {name}", _number(held["items"]), f"{count:,}")
            held.update(items=count, items_period=period, items_source=receipt)
        if medicine_class is MedicineClass.OPIOIDS:
            dose = newest([r for r in totals if r.record.high_dose is not None])
            if dose is not None:
                before = ledger.values["prescribing"]["high_dose_opioid_patients"]
                ledger.changed("People on high-dose opioids", _count(before), _count(dose.record.high_dose))
                ledger.values["prescribing"].update(
                    high_dose_opioid_patients=dose.record.high_dose,
                    high_dose_period=dose.record.period,
                )
    return counted


def _take_population(ledger: Ledger, whole: list[Row]) -> None:
    basis = ledger.plan.population.basis
    rows = [
        r
        for r in whole
        if r.record.is_total and r.record.population is not None and r.record.medicine_class is None
    ]
    found = newest([r for r in rows if r.record.basis in (None, basis)])
    if found is not None:
        shipped = ledger.values["population"]["entered"]
        if found.record.population == _shipped_population(ledger, basis) and shipped is None:
            return
        ledger.changed(
            "Population", _number(shipped) if shipped else "our figure", f"{found.record.population:,}"
        )
        ledger.values["population"] = {
            "basis": basis,
            "entered": found.record.population,
            "period": found.record.period,
            "source": found.receipt,
        }
    elif rows:
        others = listed(sorted({r.record.basis.words for r in rows if r.record.basis}))
        ledger.not_used.append(
            f"The whole board's population is given for {others}; the plan counts {basis.words}. It is kept "
            "for the smaller places only."
        )


def _take_inequality(ledger: Ledger, whole: list[Row]) -> None:
    held = ledger.values["inequality"]
    classed = [r for r in whole if r.record.medicine_class and r.record.patients is not None]
    peopled = [
        r
        for r in whole
        if r.record.population is not None and r.record.basis in (None, ledger.plan.population.basis)
    ]
    taken: list[Row] = []

    def pick(rows: list[Row], wanted: Callable[[Record], bool]) -> list[Row]:
        chosen = [r for r in rows if wanted(r.record)]
        newest = max((r.record.period for r in chosen), default="")
        return [r for r in chosen if r.record.period == newest]

    def only_fifth(r: Record) -> bool:
        return bool(r.quintile) and not (r.sex or r.age or r.group)

    def only_sex(r: Record) -> bool:
        return bool(r.sex) and not (r.quintile or r.age or r.group)

    for row in pick(classed, only_fifth):
        place, fifth = CLASSES.index(row.record.medicine_class), (row.record.quintile or 1) - 1  # type: ignore[arg-type]
        counts = list(held["classes"][place]["by_quintile"])
        counts[fifth] = row.record.patients
        held["classes"][place]["by_quintile"] = counts
        taken.append(row)
    for row in pick(classed, only_sex):
        place = CLASSES.index(row.record.medicine_class)  # type: ignore[arg-type]
        held["classes"][place]["women" if row.record.sex == "Female" else "men"] = row.record.patients
        taken.append(row)
    peopled_fifths, peopled_sexes = pick(peopled, only_fifth), pick(peopled, only_sex)
    for row in peopled_fifths:
        populations = list(held["population_by_quintile"])
        populations[(row.record.quintile or 1) - 1] = row.record.population
        held["population_by_quintile"] = populations
    for row in peopled_sexes:
        held["population_women" if row.record.sex == "Female" else "population_men"] = row.record.population
    strata = _by_group(
        pick(classed, lambda r: bool(r.sex and r.age) and not (r.quintile or r.group)),
        pick(peopled, lambda r: bool(r.sex and r.age) and not (r.quintile or r.group)),
        lambda r: (r.sex, r.age),
    )
    if len(strata) > MOST_STRATA:
        ledger.not_used.append(
            f"{len(strata)} sexes and age bands are more than the {MOST_STRATA} a plan holds. Bring five-year bands."
        )
        strata = {}
    if strata:
        held["age_sex"] = [{"sex": sex, "age": age, **counts} for (sex, age), counts in strata.items()]
    kinds = {r.record.group_type or "Group" for r in whole if r.record.group}
    for kind in sorted(kinds):
        groups = _by_group(
            pick(classed, lambda r, k=kind: bool(r.group) and (r.group_type or "Group") == k),  # type: ignore[misc]
            pick(peopled, lambda r, k=kind: bool(r.group) and (r.group_type or "Group") == k),  # type: ignore[misc]
            lambda r: r.group,
        )
        ordered = "decile" in kind.lower() or "tenth" in kind.lower()
        if not groups:
            continue
        made = {
            "kind": kind,
            "ordered": ordered,
            "groups": [{"group": g, **c} for g, c in groups.items()],
        }
        held["breakdowns"] = [*(b for b in held["breakdowns"] if b["kind"] != kind), made]
        ledger.changed(f"Groups: {kind}", "", f"{len(groups)} groups")
    if taken or strata or kinds:
        sources = [r.receipt for r in (*taken, *(r for r in classed if not r.record.is_total))]
        periods = sorted({r.record.period for r in classed if not r.record.is_total})
        if sources:
            held.update(period=periods[-1] if periods else "", source=sources[0])
        if peopled_fifths or peopled_sexes or any(not r.record.is_total for r in peopled):
            held["population_source"] = next(r.receipt for r in peopled if not r.record.is_total)
    for what, number in (
        ("Counts by deprivation fifth", sum(only_fifth(r.record) for r in taken)),
        ("Counts by sex", sum(only_sex(r.record) for r in taken)),
        ("Sexes and age bands", len(strata)),
        ("Populations by fifth or sex", len(peopled_fifths) + len(peopled_sexes)),
    ):
        if number:
            ledger.changes.append(Change(what=what, now="", then=f"{number} taken"))


def _take_england(ledger: Ledger, rows: list[Row]) -> None:
    classed = [r for r in rows if r.record.medicine_class and r.record.patients is not None]
    strata = [r for r in classed if r.record.sex and r.record.age and not r.record.quintile]
    if not strata:
        return
    newest = max(r.record.period for r in strata)
    standard = {
        (s.sex, s.age_band): s.population
        for s in ledger.reference.standard_population
        if s.sex in ("Female", "Male") and s.age_band != "Total"
    }
    groups = _by_group(
        [r for r in strata if r.record.period == newest and (r.record.sex, r.record.age) in standard],
        [],
        lambda r: (r.sex, r.age),
    )
    if groups:
        ledger.values["inequality"]["england_age_sex"] = [
            {"sex": sex, "age": age, **counts, "population": standard[(sex, age)]}
            for (sex, age), counts in groups.items()
        ]
        ledger.values["inequality"]["england_source"] = f"{strata[0].receipt}, {newest}"
        ledger.changed("England's counts by age and sex", "", f"{len(groups)} strata, {newest}")


def _shipped_population(ledger: Ledger, basis: Basis) -> int:
    place = ledger.plan.place
    return ledger.reference.organisation(place.icb_code, place.organisation_list).population(basis).value


def _by_group(
    classed: Sequence[Row], peopled: Sequence[Row], key: Callable[[Record], Any]
) -> Mapping[Any, dict[str, Any]]:
    groups: dict[Any, dict[str, Any]] = {}
    for row in (*peopled, *classed):
        group = groups.setdefault(key(row.record), {"population": None, "patients": [None] * 5})
        if row.record.population is not None:
            group["population"] = row.record.population
        if row.record.medicine_class is not None and row.record.patients is not None:
            group["patients"][CLASSES.index(row.record.medicine_class)] = row.record.patients
    return groups


def _count(value: int | None) -> str:
    return "not known" if value is None else local_count(value)


def _number(value: int | None) -> str:
    return "not known" if value is None else f"{value:,}"
