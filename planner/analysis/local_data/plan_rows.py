"""A plan's local numbers as rows, the other way round from reading them. Nothing is worked out."""

from collections.abc import Iterable, Iterator
from typing import Any

from planner.analysis.population.need import plan_population
from planner.model.inequality import AgeSexCounts, GroupCounts
from planner.model.intake import Level, Record
from planner.model.plan import Plan
from planner.model.prescribing import CountOf, MedicineClass
from planner.model.reference import ReferenceData


def records_of(plan: Plan, reference: ReferenceData) -> tuple[Record, ...]:
    """Every local number the plan holds, one row for each class, place and group, ready to be
    filled further."""
    current, basis = plan.inequality, plan.population.basis
    population = plan_population(plan, reference)
    people = {"period": current.period, "level": Level.ICB, "basis": basis}
    counts = people | {"basis": current.counted}
    groups: list[tuple[dict[str, Any], AgeSexCounts | GroupCounts]] = [
        *(({"sex": row.sex, "age": row.age}, row) for row in current.age_sex),
        *(
            ({"group_type": breakdown.kind, "group": group.group}, group)
            for breakdown in current.breakdowns
            for group in breakdown.groups
        ),
    ]
    return (
        Record(period=population.period, level=Level.ICB, basis=basis, population=population.value),
        *_classes(plan),
        *_known(people, "population", _by_quintile(current.population_by_quintile)),
        *_known(people, "population", _by_sex(current.population_women, current.population_men)),
        *(
            record
            for row in current.classes
            for record in _known(
                counts | {"medicine_class": row.medicine_class},
                "patients",
                [*_by_quintile(row.by_quintile), *_by_sex(row.women, row.men)],
            )
        ),
        *(record for of, group in groups for record in _of_group(people | of, counts | of, group)),
        *_areas(plan),
    )


def _of_group(
    people: dict[str, Any], counts: dict[str, Any], group: AgeSexCounts | GroupCounts
) -> Iterator[Record]:
    """The people of one group, and those of them who are prescribed each class."""
    yield from _known(people, "population", [({}, group.population)])
    by_class = zip(MedicineClass, group.patients, strict=True)
    of_classes = [({"medicine_class": c}, count) for c, count in by_class]
    yield from _known(counts, "patients", of_classes)


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
            "level": area.level,
            "code": area.code,
            "name": area.name,
            "pcn": area.pcn,
            "sub_icb": area.sub_icb,
            "area": area.area,
            "icb": plan.place.icb_code,
            "basis": current.population_basis,
        }
        people = about | {"period": current.population_period}
        quintiles = _by_quintile(area.people_by_fifth)
        yield from _known(people, "population", [({}, area.population), *quintiles])
        for medicine_class in MedicineClass:
            # People and items of one period stand in one row.
            counts: dict[str, dict[str, Any]] = {}
            if area.patients.of(medicine_class) is not None:
                counts[current.patients_period] = {"patients": area.patients.of(medicine_class)}
            if area.items.of(medicine_class) is not None:
                counts.setdefault(current.items_period, {})["items"] = area.items.of(medicine_class)
            elif area.level in with_items[medicine_class]:
                counts.setdefault(current.items_period, {})["suppressed"] = ("items",)
            for period, measured in counts.items():
                yield Record(period=period, medicine_class=medicine_class, **about, **measured)


def _classes(plan: Plan) -> Iterator[Record]:
    for row in plan.prescribing.classes:
        patients = row.patients if row.count_of is CountOf.CLASS else None
        long_term = row.patients if row.count_of is CountOf.LONG_TERM else None
        if patients is not None and row.long_term_share is not None:
            long_term = round(patients * row.long_term_share.central)
        opioids = row.medicine_class is MedicineClass.OPIOIDS
        same = not row.items_period or row.items_period == row.period
        high_dose = plan.prescribing.high_dose_opioid_patients if opioids else None
        when = plan.prescribing.high_dose_period or row.period
        yield Record(
            period=row.period,
            level=Level.ICB,
            medicine_class=row.medicine_class,
            basis=row.counted,
            patients=patients,
            items=row.items if same else None,
            quantity=row.quantity if same else None,
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
                quantity=row.quantity,
            )


def _known(
    about: dict[str, Any], measure: str, counts: Iterable[tuple[dict[str, Any], int | None]]
) -> Iterator[Record]:
    """A row for each count that is known, about these things and those that stand with it."""
    for of, count in counts:
        known: dict[str, Any] = about | of | {measure: count}
        if count is not None:
            yield Record(**known)


def _by_quintile(counts: Iterable[int | None]) -> list[tuple[dict[str, Any], int | None]]:
    return [({"quintile": quintile}, count) for quintile, count in enumerate(counts, start=1)]


def _by_sex(women: int | None, men: int | None) -> list[tuple[dict[str, Any], int | None]]:
    return [({"sex": "Female"}, women), ({"sex": "Male"}, men)]
