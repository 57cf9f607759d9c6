"""What files say of fifths, sexes, ages and other groups, put into a plan's values. Only one basis at a time."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from planner.analysis.formatting import listed
from planner.analysis.local_data.rows import CLASSES, AdoptedFigure, Ledger, Row
from planner.analysis.periods import newest_period
from planner.model.base import ByQuintile
from planner.model.inequality import Inequality
from planner.model.intake import Record
from planner.model.prescribing import UNKNOWN, Basis, ByClass, MedicineClass

MOST_STRATA = 60
COUNTS = (
    "classes", "period", "source", "counted", "population_by_quintile", "population_women", "population_men",
    "population_source", "reached_by_quintile", "reached_source", "age_sex", "breakdowns",
)  # fmt: skip
"""What an inequality holds that is counted over people of one basis."""
Wanted = Callable[[Record], bool]


def only_quintile(r: Record) -> bool:
    """Whether a row is about one deprivation fifth and nothing else."""
    return bool(r.quintile) and not (r.sex or r.age or r.group)


def only_sex(r: Record) -> bool:
    """Whether a row is about one sex and nothing else."""
    return bool(r.sex) and not (r.quintile or r.age or r.group)


def sex_and_age(r: Record) -> bool:
    """Whether a row is about one sex and age band and nothing else."""
    return bool(r.sex and r.age) and not (r.quintile or r.group)


def take_groups(ledger: Ledger, whole: Sequence[Row]) -> None:
    """Put counts and populations of groups into the plan: those on the plan's own basis, of the
    newest period.

    Counts of other people than the plan counts are left, and that is said: a rate over the wrong
    people is no rate. A class whose fifths or sexes the files give loses what it held of them
    before.
    """
    current = ledger.values["inequality"]
    inside = [r for r in whole if not r.record.is_total and r.record.basis in (None, ledger.basis)]
    outside = {r.record.basis for r in whole if not r.record.is_total} - {None, ledger.basis}
    if outside:
        ledger.not_used.append(
            f"Groups are counted for {listed(sorted(basis.label for basis in outside if basis))}; the plan counts "
            f"{ledger.basis.label}, so they were left."
        )
    if current["counted"] not in (None, ledger.basis) and inside:
        clear_groups(ledger, f"of {Basis(current['counted']).label}")
        current = ledger.values["inequality"]
    classed = [r for r in inside if r.record.medicine_class and r.record.patients is not None]
    peopled = [r for r in inside if r.record.population is not None]
    quintiles, sexes = _newest_of(classed, only_quintile), _newest_of(classed, only_sex)
    for medicine_class in dict.fromkeys(r.record.medicine_class for r in (*quintiles, *sexes)):
        row = current["classes"][CLASSES.index(medicine_class)]  # type: ignore[arg-type]
        _take_class(row, medicine_class, quintiles, sexes)
    people_by_quintile, people_sexes = (
        _newest_of(peopled, only_quintile),
        _newest_of(peopled, only_sex),
    )
    if people_by_quintile:
        current["population_by_quintile"] = ByQuintile.known(
            {item.record.quintile: item.record.population for item in people_by_quintile}
        )
    for item in people_sexes:
        name = "population_women" if item.record.sex == "Female" else "population_men"
        current[name] = item.record.population
    strata, strata_rows = _strata(ledger, classed, peopled)
    kinds, kind_rows = _kinds(ledger, classed, peopled)
    taken = [*quintiles, *sexes, *strata_rows, *kind_rows]
    if taken:
        period = newest_period({r.record.period for r in taken})
        ledger.older("counts by fifth, sex, age or group", current["period"], period)
        stated = any(r.record.basis is not None for r in taken)
        current.update(
            period=period,
            source=taken[0].receipt,
            counted=ledger.basis if stated else current["counted"],
        )
        others = sorted({r.record.period for r in taken} - {period})
        if others:
            ledger.not_used.append(
                f"Take care: some groups are counted in {listed(others)}, the rest in {period}."
            )
    if people_by_quintile or people_sexes or (strata or kinds) and peopled:
        current["population_source"] = peopled[0].receipt
    for what, number in (
        ("Counts by deprivation fifth", len(quintiles)),
        ("Counts by sex", len(sexes)),
        ("Sexes and age bands", strata),
        ("Populations by fifth or sex", len(people_by_quintile) + len(people_sexes)),
    ):
        if number:
            ledger.changes.append(AdoptedFigure(what=what, now="", then=f"{number} taken"))


def clear_groups(ledger: Ledger, whose: str) -> None:
    """Take out counts and people of groups, for what they were counted over is not what the plan
    counts now."""
    current = ledger.values["inequality"]
    empty = Inequality().model_dump()
    counts = {name: empty[name] for name in COUNTS}
    if any(current[name] != empty[name] for name in COUNTS):
        ledger.changed(f"Counts by fifth, sex, age and group, {whose}", "held", "taken out")
        ledger.values["inequality"] = current | counts


def _newest_of(rows: Sequence[Row], wanted: Wanted) -> list[Row]:
    """The rows wanted, of each class those of its newest period."""
    chosen: list[Row] = []
    # In the file's order, always.
    for medicine_class in dict.fromkeys(r.record.medicine_class for r in rows):
        ours = [r for r in rows if r.record.medicine_class is medicine_class and wanted(r.record)]
        period = newest_period({r.record.period for r in ours})
        chosen += [r for r in ours if r.record.period == period]
    return chosen


def _take_class(
    row: dict[str, Any],
    medicine_class: MedicineClass | None,
    quintiles: Sequence[Row],
    sexes: Sequence[Row],
) -> None:
    ours = [r for r in quintiles if r.record.medicine_class is medicine_class]
    if ours:
        row["by_quintile"] = ByQuintile.known(
            {item.record.quintile: item.record.patients for item in ours}
        )
    ours = [r for r in sexes if r.record.medicine_class is medicine_class]
    if ours:
        row.update(women=None, men=None)
        for item in ours:
            row["women" if item.record.sex == "Female" else "men"] = item.record.patients


def _strata(
    ledger: Ledger, classed: Sequence[Row], peopled: Sequence[Row]
) -> tuple[int, list[Row]]:
    """Put sexes and ages into the plan; how many there now are, and the rows whose counts were
    taken."""
    current = {(row["sex"], row["age"]): row for row in ledger.values["inequality"]["age_sex"]}
    classes, people = _newest_of(classed, sex_and_age), _newest_of(peopled, sex_and_age)
    if not classes and not people:
        return 0, []
    strata = _by_group(classes, people, lambda r: (r.sex, r.age), current)
    if len(strata) > MOST_STRATA:
        ledger.not_used.append(
            f"{len(strata)} sexes and age bands are more than the {MOST_STRATA} a plan holds. Bring five-year bands."
        )
        return 0, []
    if strata:
        ledger.values["inequality"]["age_sex"] = [
            {"sex": sex, "age": age, **counts} for (sex, age), counts in strata.items()
        ]
    return len(strata), classes


def _kinds(ledger: Ledger, classed: Sequence[Row], peopled: Sequence[Row]) -> tuple[int, list[Row]]:
    """Put each kind of group into the plan; how many kinds there were, and the rows whose counts
    were taken."""
    taken: list[Row] = []
    current = ledger.values["inequality"]
    kinds = sorted({r.record.group_type or "Group" for r in (*classed, *peopled) if r.record.group})
    for kind in kinds:

        def of_kind(r: Record, kind: str = kind) -> bool:
            return bool(r.group) and (r.group_type or "Group") == kind

        counts = _newest_of(classed, of_kind)
        taken += counts
        before = next((b["groups"] for b in current["breakdowns"] if b["kind"] == kind), ())
        groups = dict(
            _by_group(
                counts,
                _newest_of(peopled, of_kind),
                lambda r: r.group,
                {row["group"]: row for row in before},
            )
        )
        order = _deprivation_order(kind, list(groups))
        cache = {
            "kind": kind,
            "ordered": order is not None,
            "groups": [{"group": group, **groups[group]} for group in order or groups],
        }
        current["breakdowns"] = [*(b for b in current["breakdowns"] if b["kind"] != kind), cache]
        ledger.changed(f"Groups: {kind}", "", f"{len(groups)} groups")
    return len(kinds), taken


def _deprivation_order(kind: str, groups: Sequence[str]) -> list[str] | None:
    """Groups of deprivation from the most to the least deprived, where 1 to 5 or 1 to 10 all stand;
    else None."""
    if not re.search(r"depriv|\bimd\b", kind.lower()):
        return None
    numbers = {}
    for group in groups:
        match = re.fullmatch(
            r"\s*(?:[dq]|decile|quintile|tenth|fifth)?\s*(\d{1,2})\b(.*)", group.lower()
        )
        if not match:
            return None
        number = int(match[1])
        # Numbered the other way round.
        if number == 1 and "least" in match[2]:
            return None
        numbers[group] = number
    whole = sorted(numbers.values())
    return (
        sorted(groups, key=lambda g: numbers[g])
        if whole in (list(range(1, 6)), list(range(1, 11)))
        else None
    )


def take_england(ledger: Ledger, rows: Sequence[Row]) -> None:
    """Put England's counts by sex and age into the plan, over its adults of mid-2020, in bands that
    match."""
    strata = [r for r in rows if r.record.medicine_class and r.record.patients is not None]
    newest = _newest_of(strata, sex_and_age)
    standard = {
        (s.sex, s.age_band): s.population
        for s in ledger.reference.standard_population
        if s.sex in ("Female", "Male") and s.age_band != "Total"
    }
    groups = _by_group(
        [r for r in newest if (r.record.sex, r.record.age) in standard],
        [],
        lambda r: (r.sex, r.age),
    )
    if groups:
        current = ledger.values["inequality"]
        current["england_age_sex"] = [
            {"sex": sex, "age": age, **counts, "population": standard[(sex, age)]}
            for (sex, age), counts in groups.items()
        ]
        ledger.older(
            "England's counts by age and sex", current["england_period"], newest[0].record.period
        )
        current.update(england_source=newest[0].receipt, england_period=newest[0].record.period)
        ledger.changed(
            "England's counts by age and sex", "", f"{len(groups)}, {newest[0].record.period}"
        )


def _by_group(
    classed: Sequence[Row],
    peopled: Sequence[Row],
    key: Callable[[Record], Any],
    current: Mapping[Any, Mapping[str, Any]] | None = None,
) -> Mapping[Any, dict[str, Any]]:
    """Counts and people of each group. What was held stays, but for classes that are given anew."""
    given = {r.record.medicine_class for r in classed}
    groups: dict[Any, dict[str, Any]] = {
        name: {
            "population": row["population"],
            "patients": ByClass(
                None if key in given else count
                for key, count in zip(MedicineClass, row["patients"], strict=True)
            ),
        }
        for name, row in (current or {}).items()
    }
    for row in (*peopled, *classed):
        group = groups.setdefault(key(row.record), {"population": None, "patients": UNKNOWN})
        if row.record.population is not None:
            group["population"] = row.record.population
        if row.record.medicine_class is not None and row.record.patients is not None:
            group["patients"] = group["patients"].replaced(
                row.record.medicine_class, row.record.patients
            )
    return groups
