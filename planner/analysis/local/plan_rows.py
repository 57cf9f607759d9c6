"""A plan's local numbers as rows, the other way round from reading them. Nothing is worked out here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planner.analysis.need import plan_population
from planner.model.inequality import AgeSexCounts, GroupCounts
from planner.model.intake import Level, Record
from planner.model.plan import Plan
from planner.model.prescribing import Basis, ClassCounts, MedicineClass
from planner.model.reference import ReferenceData


def records_of(plan: Plan, reference: ReferenceData) -> tuple[Record, ...]:
    """Every local number the plan holds, one row for each class, place and group, ready to be filled further."""
    return tuple(_rows(plan, reference))


def _rows(plan: Plan, reference: ReferenceData) -> Iterator[Record]:
    basis = plan.population.basis
    population = plan_population(plan, reference)
    yield Record(period=population.period, level=Level.ICB, basis=basis, population=population.value)
    yield from _classes(plan, basis)
    yield from _fifths_and_sexes(plan, basis)
    period = plan.inequality.period
    for row in plan.inequality.age_sex:
        yield from _counts(row, period, basis, sex=row.sex, age=row.age)
    for breakdown in plan.inequality.breakdowns:
        for group in breakdown.groups:
            yield from _counts(group, period, basis, group_type=breakdown.kind, group=group.group)
    for area in plan.areas.areas:
        about: dict[str, Any] = {
            "level": area.level, "code": area.code, "name": area.name, "pcn": area.pcn, "sub_icb": area.sub_icb,
            "icb": plan.place.icb_code,
        }  # fmt: skip
        if area.population is not None:
            yield Record(
                period=plan.areas.items_period or plan.areas.patients_period,
                basis=plan.areas.population_basis,
                population=area.population,
                **about,
            )
        for fifth, count in enumerate(area.people_by_fifth, start=1):
            if count is not None:
                yield Record(
                    period=plan.areas.items_period or plan.areas.patients_period,
                    basis=plan.areas.population_basis,
                    population=count,
                    quintile=fifth,
                    **about,
                )
        for place, medicine_class in enumerate(MedicineClass):
            counts: dict[str, dict[str, Any]] = {
                plan.areas.patients_period: {"patients": area.patients[place]}
            }
            counts.setdefault(plan.areas.items_period, {}).update(items=area.items[place])
            for when, measured in counts.items():
                if any(value is not None for value in measured.values()):
                    yield Record(
                        period=when,
                        medicine_class=medicine_class,
                        basis=plan.areas.population_basis,
                        **about,
                        **measured,
                    )


def _classes(plan: Plan, basis: Basis) -> Iterator[Record]:
    for row in plan.prescribing.classes:
        long_term = None
        if row.patients is not None and row.long_term_share is not None:
            long_term = round(row.patients * row.long_term_share)
        opioids = row.medicine_class is MedicineClass.OPIOIDS
        same = not row.items_period or row.items_period == row.period
        high_dose = plan.prescribing.high_dose_opioid_patients if opioids else None
        when = plan.prescribing.high_dose_period or row.period
        yield Record(
            period=row.period,
            level=Level.ICB,
            medicine_class=row.medicine_class,
            basis=row.counted or basis,
            patients=row.patients,
            items=row.items if same else None,
            long_term=long_term,
            high_dose=high_dose if when == row.period else None,
        )
        if high_dose is not None and when != row.period:
            yield Record(period=when, level=Level.ICB, medicine_class=row.medicine_class, high_dose=high_dose)
        if not same:
            yield Record(
                period=row.items_period, level=Level.ICB, medicine_class=row.medicine_class, items=row.items
            )


def _fifths_and_sexes(plan: Plan, basis: Basis) -> Iterator[Record]:
    held, period = plan.inequality, plan.inequality.period
    for fifth, population in enumerate(held.population_by_quintile, start=1):
        if population is not None:
            yield Record(period=period, level=Level.ICB, basis=basis, quintile=fifth, population=population)
    for sex, population in (("Female", held.population_women), ("Male", held.population_men)):
        if population is not None:
            yield Record(period=period, level=Level.ICB, basis=basis, sex=sex, population=population)
    for row in held.classes:
        for fifth, count in enumerate(row.by_quintile, start=1):
            if count is not None:
                yield Record(
                    period=period,
                    level=Level.ICB,
                    medicine_class=row.medicine_class,
                    basis=basis,
                    quintile=fifth,
                    patients=count,
                )
        for sex, count in (("Female", row.women), ("Male", row.men)):
            if count is not None:
                yield Record(
                    period=period,
                    level=Level.ICB,
                    medicine_class=row.medicine_class,
                    basis=basis,
                    sex=sex,
                    patients=count,
                )


def _counts(row: AgeSexCounts | GroupCounts, period: str, basis: Basis, **about: Any) -> Iterator[Record]:
    counts: ClassCounts = row.patients
    if row.population is not None:
        yield Record(period=period, level=Level.ICB, basis=basis, population=row.population, **about)
    for medicine_class, count in zip(MedicineClass, counts, strict=True):
        if count is not None:
            yield Record(
                period=period,
                level=Level.ICB,
                medicine_class=medicine_class,
                basis=basis,
                patients=count,
                **about,
            )
