"""What files say of fifths, sexes, ages and groups, put into a plan. Only one basis at a time."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from planner.analysis.completeness.wizard_steps import STEPS
from planner.analysis.formatting import capital, listed, lower_first, several
from planner.analysis.local_data.rows import Ledger, SourcedRecord, goes_back
from planner.analysis.periods import newest_period
from planner.analysis.statistics.group_rates import is_compared
from planner.model.base import ByQuintile, grouped
from planner.model.inequality import Inequality
from planner.model.intake import MEASURES, TENTHS, Record
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
# What a count or a number of people is of: class, fifth, sex, age, kind of group and group.
Subject = tuple[object, ...]
# The rows of counts and those of people that were taken.
Groups = tuple[list[SourcedRecord], list[SourcedRecord]]


def only(*names: str) -> Wanted:
    """A test of whether a row is about just these of fifth, sex, age and group, in that order."""
    splits = ("quintile", "sex", "age", "group")
    return lambda record: names == tuple(name for name in splits if getattr(record, name))


def take_groups(ledger: Ledger, whole: Sequence[SourcedRecord]) -> None:
    """Put counts and populations of groups into the plan: those on the plan's own basis, of the
    newest period.

    Counts of other people than the plan counts are left, and that is said: a rate over the wrong
    people is no rate. What the plan holds of groups that the files lack stays, unless the user
    chose to let it go for them.
    """
    whole = _tenths_joined(ledger, whole)
    current = ledger.values["inequality"]
    inside = [r for r in whole if not r.record.is_total and r.record.basis in (None, ledger.basis)]
    outside = {r.record.basis for r in whole if not r.record.is_total} - {None, ledger.basis}
    ledger.say(
        f"Groups are counted for {listed(sorted(basis.label for basis in outside if basis))}; the "
        f"plan counts {ledger.basis.label}, so they were left.",
        outside,
    )
    if current["counted"] not in (None, ledger.basis) and inside:
        if not ledger.may_take(
            "groups",
            f"Use the files' counts of groups, of {ledger.basis.label}",
            groups_in_plan(ledger),
        ):
            return
        clear_groups(ledger)
        current = ledger.values["inequality"]
    before = current["period"]
    classed = [r for r in inside if r.record.medicine_class and r.record.patients is not None]
    peopled = [r for r in inside if r.record.population is not None]
    former = _figures_of(current)
    taken: list[SourcedRecord] = []
    for row in current["classes"]:
        name, label = row["medicine_class"].value, row["medicine_class"].label
        ours = [r for r in classed if r.record.medicine_class is row["medicine_class"]]
        quintiles, sexes = _newest_of(ours, only("quintile")), _newest_of(ours, only("sex"))
        of_index = dict(enumerate(row["by_quintile"], start=1))
        by_sex = {sex: row[sex] for sex in SEXES.values()}
        row["by_quintile"] = ByQuintile.known(
            _merge(ledger, f"fifths-{name}", f"{label} by fifth", of_index, quintiles, taken)
        )
        row |= _merge(ledger, f"sexes-{name}", f"{label} by sex", by_sex, sexes, taken)
    by_fifth_taken = [row for row in taken if row.record.quintile]
    by_sex_taken = [row for row in taken if not row.record.quintile]
    people_by_quintile: list[SourcedRecord] = []
    current["population_by_quintile"] = ByQuintile.known(
        _merge(
            ledger,
            "people-by-fifth",
            "people by fifth",
            dict(enumerate(current["population_by_quintile"], start=1)),
            _newest_of(peopled, only("quintile")),
            people_by_quintile,
            "population",
        )
    )
    people_sexes = _newest_of(peopled, only("sex"))
    for item in people_sexes:
        current[f"population_{SEXES[item.record.sex]}"] = item.record.population
    strata, strata_people = _strata(ledger, classed, peopled)
    kinds = _kinds(ledger, classed, peopled)
    _take_index(ledger, by_fifth_taken)
    taken += [*strata, *(row for counts, _ in kinds.values() for row in counts)]
    if taken:
        period = newest_period({r.record.period for r in taken})
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
        ledger.say(
            f"Take care: what the plan held of groups that the files lack is of {before}.",
            before and before != period,
        )
    people = [*people_by_quintile, *people_sexes]
    peopled_groups = [*strata_people, *(row for _, rows in kinds.values() for row in rows)]
    if people or peopled_groups:
        current["population_source"] = (people or peopled_groups)[0].receipt
    is_of_another_period = current["period"] != before
    for what, counts, of_people in (
        ("Counts by deprivation fifth", by_fifth_taken, []),
        ("Counts by sex", by_sex_taken, []),
        ("Sexes and age bands", strata, strata_people),
        ("Populations by fifth or sex", [], people),
        *((f"Groups: {kind}", *rows) for kind, rows in kinds.items()),
    ):
        _say_new(ledger, what, counts, of_people, former, is_of_another_period)


def _figures_of(inequality: Mapping[str, Any]) -> dict[Subject, int | None]:
    """Every count and population of groups that a plan holds, by what it is of."""
    people = inequality["population_by_quintile"]
    women_and_men = {field: inequality[f"population_{field}"] for field in SEXES.values()}
    figures: dict[Subject, int | None] = {}
    for medicine_class, by_quintile, by_sex in (
        (None, people, women_and_men),
        *((row["medicine_class"], row["by_quintile"], row) for row in inequality["classes"]),
    ):
        for quintile, count in enumerate(by_quintile, start=1):
            figures[medicine_class, quintile, "", "", "", ""] = count
        for sex, field in SEXES.items():
            figures[medicine_class, None, sex, "", "", ""] = by_sex[field]
    groups = [
        *((row, (None, row["sex"], row["age"], "", "")) for row in inequality["age_sex"]),
        *(
            (row, (None, "", "", breakdown["kind"], row["group"]))
            for breakdown in inequality["breakdowns"]
            for row in breakdown["groups"]
        ),
    ]
    for row, of in groups:
        counts = zip(MedicineClass, row["patients"], strict=True)
        figures |= {(medicine_class, *of): count for medicine_class, count in counts}
        figures[None, *of] = row["population"]
    return figures


def _say_new(
    ledger: Ledger,
    what: str,
    counts: Sequence[SourcedRecord],
    people: Sequence[SourcedRecord],
    former: Mapping[Subject, int | None],
    is_of_another_period: bool,
) -> None:
    """Note how many figures of groups are other than they were, or of another period: those of a
    kind stand in one line."""
    ledger.used([*counts, *people])
    given = {_subject(row.record, row.record.medicine_class): row.record.patients for row in counts}
    given |= {_subject(row.record, None): row.record.population for row in people}
    new = sum(
        former.get(of) != count or is_of_another_period and of[0] is not None
        for of, count in given.items()
    )
    sources = (f"{row.record.period or 'no period'}; {row.receipt}" for row in (*counts, *people))
    words = several(new, "figure") if new else ""
    ledger.changed(what, "", words, next(sources, ""), new)


def _subject(record: Record, medicine_class: MedicineClass | None) -> Subject:
    """What a count of a class, or a number of people, is of."""
    if record.group:
        return (medicine_class, None, "", "", _kind(record), record.group)
    return (medicine_class, record.quintile, record.sex, record.age, "", "")


def _kind(record: Record) -> str:
    return record.group_type or "Group"


def _merge(
    ledger: Ledger,
    choice: str,
    what: str,
    former: Mapping[Any, int | None],
    rows: Sequence[SourcedRecord],
    taken: list[SourcedRecord],
    measure: str = "patients",
) -> dict[Any, int | None]:
    """What the plan is to hold of fifths or sexes; rows that are used are added to those `taken`.

    Counts of the same period are brought together. Others stand in the place of those held only
    where they are no older and none is lacking, or where the user lets the lost ones go.
    """
    given = {SEXES.get(r.record.sex, r.record.quintile): getattr(r.record, measure) for r in rows}
    if not given:
        return dict(former)
    before, period = ledger.values["inequality"]["period"], rows[0].record.period
    is_same, back = before == period, goes_back(before, period)
    lost = [
        str(key)
        for key, count in former.items()
        if count is not None and not is_same and (back or given.get(key) is None)
    ]
    may_take = ledger.may_take(
        choice,
        f"Use the files' counts of {what}, of {period or 'no period'}",
        [f"{what}: {listed(lost)} ({before or 'no period'})"] if lost else [],
    )
    if not may_take:
        return dict(former)
    taken += rows
    return (dict(former) if is_same else dict.fromkeys(former)) | given


def groups_in_plan(ledger: Ledger) -> list[str]:
    """What the plan holds that is counted over people of one basis, in words; empty for nothing."""
    current, empty = ledger.values["inequality"], Inequality().model_dump()
    whose = Basis(current["counted"] or ledger.basis).label
    former = any(current[name] != empty[name] for name in COUNTS)
    return [f"counts and people by fifth, sex, age and group, of {whose}"] if former else []


def _take_index(ledger: Ledger, of_index: Sequence[SourcedRecord]) -> None:
    """Note which index the fifths of a file are by: NHSBSA's are by IMD 2019, a table of the user's
    own does not say."""
    current = ledger.values["inequality"]
    if any(row.own for row in of_index):
        index_in_plan = current["counts_index"]
        ledger.say(
            "Take care: the file does not say which Index of Multiple Deprivation its fifths are "
            f"by. The plan has {index_in_plan or 'not said either'}: see "
            f"{STEPS['reach']}."
        )
    elif of_index:
        ledger.changed(
            "Index of Multiple Deprivation of the counts by fifth",
            current["counts_index"] or "not said",
            DeprivationIndex.IMD_2019,
        )
        current["counts_index"] = DeprivationIndex.IMD_2019


def clear_groups(ledger: Ledger) -> None:
    """Take out counts and people of groups, for what they were counted over is not what the plan
    counts now."""
    for what in groups_in_plan(ledger):
        empty = Inequality().model_dump()
        ledger.values["inequality"] |= {name: empty[name] for name in COUNTS}
        ledger.changed(capital(what), "held", "taken out")


def _tenths_joined(ledger: Ledger, whole: Sequence[SourcedRecord]) -> list[SourcedRecord]:
    """The rows, with tenths that stand in a column of fifths added two by two where the user chose
    that, and else without them. A fifth of which a tenth is missing or hidden is not known."""
    rest = [row for row in whole if row.record.group_type != TENTHS]
    tenths = [row for row in whole if row.record.group_type == TENTHS]
    if not tenths or not ledger.offer(
        "tenths",
        "Deprivation by tenths: these stand in the column of fifths, where none was taken; add "
        "them two by two",
    ):
        return rest
    quintiles = grouped((_as_quintile(row) for row in tenths), key=lambda row: row.record.about)
    return [*rest, *(_both_tenths(*rows) for rows in quintiles.values() if len(rows) == 2)]


def _as_quintile(row: SourcedRecord) -> SourcedRecord:
    """A tenth's row as if it were of its whole fifth."""
    quintile = (int(row.record.group) + 1) // 2
    return replace(row, record=replace(row.record, quintile=quintile, group="", group_type=""))


def _both_tenths(one: SourcedRecord, other: SourcedRecord) -> SourcedRecord:
    """Two tenths as the fifth that they make; nobody is in both."""
    sums: dict[str, Any] = {
        measure: None if None in values else sum(values)
        for measure in MEASURES
        for values in [(getattr(one.record, measure), getattr(other.record, measure))]
    }
    return replace(one, record=replace(one.record, **sums))


def _newest_of(rows: Sequence[SourcedRecord], wanted: Wanted) -> list[SourcedRecord]:
    """The rows wanted, of each class those of its newest period."""
    chosen: list[SourcedRecord] = []
    # In the file's order, always.
    for medicine_class in dict.fromkeys(r.record.medicine_class for r in rows):
        ours = [r for r in rows if r.record.medicine_class is medicine_class and wanted(r.record)]
        period = newest_period({r.record.period for r in ours})
        chosen += [r for r in ours if r.record.period == period]
    return chosen


def _strata(
    ledger: Ledger, classed: Sequence[SourcedRecord], peopled: Sequence[SourcedRecord]
) -> Groups:
    """Put sexes and ages into the plan; the rows that were taken."""
    current = {(row["sex"], row["age"]): row for row in ledger.values["inequality"]["age_sex"]}
    people = _newest_of(peopled, only("sex", "age"))
    classes = _without_loss(
        ledger,
        "age and sex",
        _newest_of(classed, only("sex", "age")),
        _sex_and_age,
        current,
        ledger.values["inequality"]["period"],
    )
    if not classes and not people:
        return [], []
    strata = _by_group(classes, people, _sex_and_age, current)
    if len(strata) > MOST_STRATA:
        ledger.say(
            f"A plan holds {MOST_STRATA} combinations of a sex and an age, and there are "
            f"{len(strata):,}. Bring five-year bands."
        )
        return [], []
    if strata:
        ledger.values["inequality"]["age_sex"] = [
            {"sex": sex, "age": age, **counts} for (sex, age), counts in strata.items()
        ]
    return classes, people


def _kinds(
    ledger: Ledger, classed: Sequence[SourcedRecord], peopled: Sequence[SourcedRecord]
) -> dict[str, Groups]:
    """Put each kind of group into the plan; the rows of each that were taken."""
    taken: dict[str, Groups] = {}
    current = ledger.values["inequality"]
    kinds = sorted({_kind(r.record) for r in (*classed, *peopled) if r.record.group})
    for kind in kinds:

        def of_kind(r: Record, kind: str = kind) -> bool:
            return bool(r.group) and _kind(r) == kind

        before = {
            row["group"]: row
            for breakdown in current["breakdowns"]
            if breakdown["kind"] == kind
            for row in breakdown["groups"]
        }
        counts = _without_loss(
            ledger,
            lower_first(kind),
            _newest_of(classed, of_kind),
            lambda r: r.group,
            before,
            current["period"],
        )
        people = _newest_of(peopled, of_kind)
        taken[kind] = counts, people
        groups = dict(_by_group(counts, people, lambda r: r.group, before))
        if not groups:
            continue
        order = _deprivation_order(kind, list(groups))
        current["breakdowns"] = [
            *(b for b in current["breakdowns"] if b["kind"] != kind),
            {
                "kind": kind,
                "ordered": order is not None,
                "groups": [{"group": group, **groups[group]} for group in order or groups],
            },
        ]
    return taken


def _deprivation_order(kind: str, groups: Sequence[str]) -> list[str] | None:
    """Groups of deprivation from the most to the least deprived, where 1 to 5 or 1 to 10 all stand,
    with totals and what is not known behind them; else None."""
    if not re.search(r"depriv|\bimd\b", kind.lower()):
        return None
    others = [group for group in groups if not is_compared(group)]
    groups = [group for group in groups if is_compared(group)]
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
    return [*sorted(groups, key=lambda group: numbers[group]), *others]


def take_england(ledger: Ledger, rows: Sequence[SourcedRecord]) -> None:
    """Put England's counts by sex and age into the plan, over its adults of mid-2020, in bands that
    match."""
    strata = [r for r in rows if r.record.medicine_class and r.record.patients is not None]
    newest = _newest_of(strata, only("sex", "age"))
    standard = {
        (s.sex, s.age_band): s.population
        for s in ledger.reference.standard_population
        if s.sex in ("Female", "Male") and s.age_band != "Total"
    }
    current = ledger.values["inequality"]
    before = {(row["sex"], row["age"]): row for row in current["england_age_sex"]}
    usable = _without_loss(
        ledger,
        "age and sex in England",
        [r for r in newest if (r.record.sex, r.record.age) in standard],
        _sex_and_age,
        before,
        current["england_period"],
    )
    if usable:
        groups, period = _by_group(usable, [], _sex_and_age, before), usable[0].record.period
        is_of_another_period = period != current["england_period"]
        nothing = {"patients": UNKNOWN}
        new = 0
        for record in (row.record for row in usable):
            former = ByClass(before.get(_sex_and_age(record), nothing)["patients"])
            same = former.of(record.medicine_class) == record.patients
            new += is_of_another_period or not same
        current["england_age_sex"] = [
            {"sex": sex, "age": age, **counts, "population": standard[(sex, age)]}
            for (sex, age), counts in groups.items()
        ]
        current.update(england_source=usable[0].receipt, england_period=period)
        ledger.used(usable)
        words = f"{several(new, 'figure')}, {period}" if new else ""
        ledger.changed("England's counts by age and sex", "", words, figures=new)


def _sex_and_age(record: Record) -> tuple[str, str]:
    return record.sex, record.age


def _without_loss(
    ledger: Ledger,
    kind: str,
    classed: Sequence[SourcedRecord],
    key: Callable[[Record], Any],
    current: Mapping[Any, Mapping[str, Any]],
    before: str,
) -> list[SourcedRecord]:
    """The rows of classes of which the plan holds nothing newer and no group that the files lack,
    or which the user chose all the same."""
    usable: list[SourcedRecord] = []
    for medicine_class, rows in grouped(classed, lambda row: row.record.medicine_class).items():
        back = goes_back(before, rows[0].record.period)
        given = set() if back else {key(row.record) for row in rows}
        lost = [
            name
            for name, row in current.items()
            if name not in given and ByClass(row["patients"]).of(medicine_class) is not None
        ]
        assert medicine_class is not None
        label = f"counts of {medicine_class.label} by {kind}"
        if ledger.may_take(
            re.sub(r"[^a-z0-9_]+", "-", f"{kind.lower()}-{medicine_class.value}"),
            f"Use the files' {label}",
            [f"{label}, {several(len(lost), 'group')} ({before or 'no period'})"] if lost else [],
        ):
            usable += rows
    return usable


def _by_group(
    classed: Sequence[SourcedRecord],
    peopled: Sequence[SourcedRecord],
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
