"""What files say of fifths, sexes, ages and groups, put into a plan. Only one basis at a time."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from planner.analysis.formatting import listed
from planner.analysis.local_data.rows import Ledger, Row
from planner.analysis.periods import newest_period
from planner.model.base import ByQuintile
from planner.model.inequality import Inequality
from planner.model.intake import Record
from planner.model.place import DeprivationIndex
from planner.model.prescribing import UNKNOWN, Basis, ByClass, MedicineClass

MOST_STRATA = 60
COUNTS = (
    "classes",
    "period",
    "source",
    "counted",
    "counts_index",
    "population_by_quintile",
    "population_women",
    "population_men",
    "population_source",
    "reached_by_quintile",
    "reached_source",
    "age_sex",
    "breakdowns",
)
"""What an inequality holds that is counted over people of one basis."""
SEXES = {"Female": "women", "Male": "men"}
Wanted = Callable[[Record], bool]


def only(*names: str) -> Wanted:
    """A test of whether a row is about just these of fifth, sex, age and group, in that order."""
    splits = ("quintile", "sex", "age", "group")
    return lambda record: names == tuple(name for name in splits if getattr(record, name))


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
    ledger.say(
        f"Groups are counted for {listed(sorted(basis.label for basis in outside if basis))}; the "
        f"plan counts {ledger.basis.label}, so they were left.",
        outside,
    )
    if current["counted"] not in (None, ledger.basis) and inside:
        clear_groups(ledger, f"of {Basis(current['counted']).label}")
        current = ledger.values["inequality"]
    classed = [r for r in inside if r.record.medicine_class and r.record.patients is not None]
    peopled = [r for r in inside if r.record.population is not None]
    quintiles, sexes = _newest_of(classed, only("quintile")), _newest_of(classed, only("sex"))
    for row in current["classes"]:
        by_fifth, by_sex = (
            [r.record for r in rows if r.record.medicine_class is row["medicine_class"]]
            for rows in (quintiles, sexes)
        )
        if by_fifth:
            row["by_quintile"] = ByQuintile.known({r.quintile: r.patients for r in by_fifth})
        if by_sex:
            row.update({"women": None, "men": None} | {SEXES[r.sex]: r.patients for r in by_sex})
    people_by_quintile, people_sexes = (
        _newest_of(peopled, only("quintile")),
        _newest_of(peopled, only("sex")),
    )
    if people_by_quintile:
        current["population_by_quintile"] = ByQuintile.known(
            {item.record.quintile: item.record.population for item in people_by_quintile}
        )
    for item in people_sexes:
        current[f"population_{SEXES[item.record.sex]}"] = item.record.population
    strata, strata_rows = _strata(ledger, classed, peopled)
    kinds, kind_rows = _kinds(ledger, classed, peopled)
    if quintiles:
        # NHSBSA's workbooks are by IMD 2019; a table of the user's own does not say.
        asked = any(row.own for row in quintiles)
        current["counts_index"] = None if asked else DeprivationIndex.IMD_2019
        ledger.say(
            "Which Index of Multiple Deprivation the fifths are by is not said in the file: say it "
            "on the Inequality step.",
            asked,
        )
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
        ledger.say(
            f"Take care: some groups are counted in {listed(others)}, the rest in {period}.", others
        )
    if people_by_quintile or people_sexes or (strata or kinds) and peopled:
        current["population_source"] = peopled[0].receipt
    for what, number in (
        ("Counts by deprivation fifth", len(quintiles)),
        ("Counts by sex", len(sexes)),
        ("Sexes and age bands", strata),
        ("Populations by fifth or sex", len(people_by_quintile) + len(people_sexes)),
    ):
        ledger.changed(what, "", f"{number} taken" if number else "")


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


def _strata(
    ledger: Ledger, classed: Sequence[Row], peopled: Sequence[Row]
) -> tuple[int, list[Row]]:
    """Put sexes and ages into the plan; how many there now are, and the rows whose counts were
    taken."""
    current = {(row["sex"], row["age"]): row for row in ledger.values["inequality"]["age_sex"]}
    sex_and_age = only("sex", "age")
    classes, people = _newest_of(classed, sex_and_age), _newest_of(peopled, sex_and_age)
    if not classes and not people:
        return 0, []
    strata = _by_group(classes, people, lambda r: (r.sex, r.age), current)
    if len(strata) > MOST_STRATA:
        ledger.say(
            f"{len(strata)} sexes and age bands are more than the {MOST_STRATA} a plan holds. "
            "Bring five-year bands."
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
        current["breakdowns"] = [
            *(b for b in current["breakdowns"] if b["kind"] != kind),
            {
                "kind": kind,
                "ordered": order is not None,
                "groups": [{"group": group, **groups[group]} for group in order or groups],
            },
        ]
        ledger.changed(f"Groups: {kind}", "", f"{len(groups)} groups")
    return len(kinds), taken


def _deprivation_order(kind: str, groups: Sequence[str]) -> list[str] | None:
    """Groups of deprivation from the most to the least deprived, where 1 to 5 or 1 to 10 all stand;
    else None."""
    if not re.search(r"depriv|\bimd\b", kind.lower()):
        return None
    form = re.compile(r"\s*(?:[dq]|decile|quintile|tenth|fifth)?\s*(\d{1,2})\b(.*)")
    matches = {group: form.fullmatch(group.lower()) for group in groups}
    # With the least deprived as 1 they are numbered the other way round.
    numbers = {
        group: int(match[1])
        for group, match in matches.items()
        if match and not (int(match[1]) == 1 and "least" in match[2])
    }
    if len(numbers) < len(groups) or sorted(numbers.values()) not in (
        [*range(1, 6)],
        [*range(1, 11)],
    ):
        return None
    return sorted(groups, key=lambda group: numbers[group])


def take_england(ledger: Ledger, rows: Sequence[Row]) -> None:
    """Put England's counts by sex and age into the plan, over its adults of mid-2020, in bands that
    match."""
    strata = [r for r in rows if r.record.medicine_class and r.record.patients is not None]
    newest = _newest_of(strata, only("sex", "age"))
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
        what, period = "England's counts by age and sex", newest[0].record.period
        ledger.older(what, current["england_period"], period)
        current.update(england_source=newest[0].receipt, england_period=period)
        ledger.changed(what, "", f"{len(groups)}, {period}")


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
            group["patients"] = group["patients"].updated(
                {row.record.medicine_class: row.record.patients}
            )
    return groups
