"""A plan's local numbers as rows, the other way round from reading them. Nothing is worked out here."""

from collections.abc import Iterator
from typing import Any

from planner.analysis.population.need import plan_population
from planner.model.inequality import AgeSexCounts, GroupCounts
from planner.model.intake import Level, Record
from planner.model.plan import Plan
from planner.model.prescribing import Basis, ClassCounts, MedicineClass
from planner.model.reference import ReferenceData


def records_of(plan: Plan, reference: ReferenceData) -> tuple[Record, ...]:
    """Every local number the plan holds, one row for each class, place and group, ready to be
    filled further."""
    return tuple(_rows(plan, reference))


def _rows(plan: Plan, reference: ReferenceData) -> Iterator[Record]:
    basis = plan.population.basis
    population = plan_population(plan, reference)
    yield Record(
        period=population.period, level=Level.ICB, basis=basis, population=population.value
    )
    yield from _classes(plan)
    yield from _quintiles_and_sexes(plan, basis)
    current = plan.inequality
    for row in current.age_sex:
        yield from _counts(row, current.period, basis, current.counted, sex=row.sex, age=row.age)
    for breakdown in current.breakdowns:
        for group in breakdown.groups:
            yield from _counts(
                group,
                current.period,
                basis,
                current.counted,
                group_type=breakdown.kind,
                group=group.group,
            )
    yield from _areas(plan)


def _areas(plan: Plan) -> Iterator[Record]:
    """Every smaller place. Items that a place lacks while others have them are written as hidden,
    not left out."""
    current = plan.areas
    with_items = {
        medicine_class: {
            area.level for area in current.areas if area.items.of(medicine_class) is not None
        }
        for medicine_class in MedicineClass
    }
    for area in current.areas:
        about: dict[str, Any] = {
            "level": area.level, "code": area.code, "name": area.name, "pcn": area.pcn, "sub_icb": area.sub_icb,
            "icb": plan.place.icb_code,
        }  # fmt: skip
        people: dict[str, Any] = {
            "period": current.population_period,
            "basis": current.population_basis,
        } | about
        if area.population is not None:
            yield Record(population=area.population, **people)
        for quintile, count in enumerate(area.people_by_fifth, start=1):
            if count is not None:
                yield Record(population=count, quintile=quintile, **people)
        for medicine_class in MedicineClass:
            of_class: dict[str, Any] = about | {
                "medicine_class": medicine_class,
                "basis": current.population_basis,
            }
            # People and items of one period stand in one row.
            counts: dict[str, dict[str, Any]] = {}
            if area.patients.of(medicine_class) is not None:
                counts[current.patients_period] = {"patients": area.patients.of(medicine_class)}
            if area.items.of(medicine_class) is not None:
                counts.setdefault(current.items_period, {})["items"] = area.items.of(medicine_class)
            elif area.level in with_items[medicine_class]:
                counts.setdefault(current.items_period, {})["suppressed"] = ("items",)
            for period, measured in counts.items():
                yield Record(period=period, **of_class, **measured)


def _classes(plan: Plan) -> Iterator[Record]:
    for row in plan.prescribing.classes:
        long_term = None
        if row.patients is not None and row.long_term_share is not None:
            long_term = round(row.patients * row.long_term_share.central)
        opioids = row.medicine_class is MedicineClass.OPIOIDS
        same = not row.items_period or row.items_period == row.period
        high_dose = plan.prescribing.high_dose_opioid_patients if opioids else None
        when = plan.prescribing.high_dose_period or row.period
        yield Record(
            period=row.period,
            level=Level.ICB,
            medicine_class=row.medicine_class,
            basis=row.counted,
            patients=row.patients,
            items=row.items if same else None,
            long_term=long_term,
            high_dose=high_dose if when == row.period else None,
        )
        if high_dose is not None and when != row.period:
            yield Record(
                period=when, level=Level.ICB, medicine_class=row.medicine_class, high_dose=high_dose
            )
        if not same:
            yield Record(
                period=row.items_period,
                level=Level.ICB,
                medicine_class=row.medicine_class,
                items=row.items,
            )


def _quintiles_and_sexes(plan: Plan, basis: Basis) -> Iterator[Record]:
    current, period = plan.inequality, plan.inequality.period
    for quintile, population in enumerate(current.population_by_quintile, start=1):
        if population is not None:
            yield Record(
                period=period,
                level=Level.ICB,
                basis=basis,
                quintile=quintile,
                population=population,
            )
    for sex, population in (("Female", current.population_women), ("Male", current.population_men)):
        if population is not None:
            yield Record(
                period=period, level=Level.ICB, basis=basis, sex=sex, population=population
            )
    for row in current.classes:
        for quintile, count in enumerate(row.by_quintile, start=1):
            if count is not None:
                yield Record(
                    period=period,
                    level=Level.ICB,
                    medicine_class=row.medicine_class,
                    basis=current.counted,
                    quintile=quintile,
                    patients=count,
                )
        for sex, count in (("Female", row.women), ("Male", row.men)):
            if count is not None:
                yield Record(
                    period=period,
                    level=Level.ICB,
                    medicine_class=row.medicine_class,
                    basis=current.counted,
                    sex=sex,
                    patients=count,
                )


def _counts(
    row: AgeSexCounts | GroupCounts, period: str, basis: Basis, counted: Basis | None, **about: Any
) -> Iterator[Record]:
    counts: ClassCounts = row.patients
    if row.population is not None:
        yield Record(
            period=period, level=Level.ICB, basis=basis, population=row.population, **about
        )
    for medicine_class, count in zip(MedicineClass, counts, strict=True):
        if count is not None:
            yield Record(
                period=period,
                level=Level.ICB,
                medicine_class=medicine_class,
                basis=counted,
                patients=count,
                **about,
            )
