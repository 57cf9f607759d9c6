"""What files may do to a plan: nothing it held goes unless the user chose it, and all is said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.analysis.local_data.adopt import Adoption, CannotAdopt, adopt
from planner.analysis.local_data.report import choice_lines
from planner.analysis.population.need import need
from planner.model.edit import with_values
from planner.model.figures import FigureKind
from planner.model.inequality import AgeSexCounts, GroupCounts
from planner.model.intake import ImportReport, Level, Reading, Record
from planner.model.place import Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis, CountedOver, MedicineClass
from planner.model.reference import ReferenceData
from planner.reference import load_reference

ADULTS, ALL_AGES = Basis.RESIDENT_ADULTS, Basis.RESIDENT_ALL_AGES
OPIOIDS, Z_DRUGS = MedicineClass.OPIOIDS, MedicineClass.Z_DRUGS
GABAPENTINOIDS = MedicineClass.GABAPENTINOIDS
GABAPENTIN, PREGABALIN = ("0408010G0",), ("0408010AE",)


def empty_plan() -> Plan:
    return Plan(place=Place(icb_code="QF7"))


def reading(records: Iterable[Record], name: str = "a.csv") -> Reading:
    """A file of the user's own table that holds these rows, none about the same thing twice."""
    rows = tuple({record.about: record for record in records}.values())
    return Reading(
        report=ImportReport(
            file=name,
            digest="blake3:" + sha256(repr((name, rows)).encode()).hexdigest(),
            format="template",
            format_name="Planner's own table",
            why="its headings",
            rows_read=len(rows),
            rows_used=len(rows),
        ),
        records=rows,
    )


def brought(plan: Plan, *records: Record, chosen: Iterable[str] = ()) -> Adoption:
    return adopt(plan, [reading(records)], load_reference(), chosen)


def of_icb(medicine_class: MedicineClass | None = OPIOIDS, **named: Any) -> Record:
    about: dict[str, Any] = {"period": "2024/25", "level": Level.ICB} | named
    return Record(medicine_class=medicine_class, **about)


def practice(code: str, **named: Any) -> Record:
    about: dict[str, Any] = {"period": "2024/25", "medicine_class": OPIOIDS, "icb": "QF7"} | named
    return Record(level=Level.PRACTICE, code=code, **about)


# ------------------------------------------------------ what is taken is counted, and from where


def every_kind() -> list[Record]:
    """Figures of each kind: of a board, its groups and places, of months and of every board."""
    boards = load_reference().icbs(empty_plan().place.organisation_list)
    return [
        of_icb(patients=5_000, items=70_000, long_term=1_000, high_dose=60, basis=ADULTS),
        of_icb(None, population=1_000_000, basis=ADULTS),
        *(of_icb(quintile=n, patients=900 * n, basis=ADULTS) for n in range(1, 6)),
        *(of_icb(None, quintile=n, population=9_000 * n, basis=ADULTS) for n in range(1, 6)),
        of_icb(sex="Female", age="18-24", patients=90, basis=ADULTS),
        of_icb(group_type="Ethnicity", group="White", patients=900, basis=ADULTS),
        practice("C88001", items=40, patients=30, area="North"),
        practice("C88001", medicine_class=None, population=4_000),
        practice("C88001", medicine_class=None, quintile=1, population=400),
        *(of_icb(items=100 + n, period=f"2024-1{n}") for n in range(3)),
        *(of_icb(Z_DRUGS, code=one.code, items=70) for one in boards),
    ]


def test_the_same_figures_again_are_no_change_and_the_same_file_twice_is_counted_once() -> None:
    file = reading(every_kind())
    taken = adopt(empty_plan(), [file], load_reference())
    assert {one.what.split()[0] for one in taken.changes} >= {"Places:", "Every", "Months"}
    again = adopt(taken.plan, [file], load_reference())
    assert (again.changes, again.figures, again.plan) == ((), 0, taken.plan)
    copy = replace(file, report=file.report.model_copy(update={"file": "b.csv"}))
    twice = adopt(empty_plan(), [file, copy], load_reference())
    assert (twice.plan, twice.figures) == (taken.plan, taken.figures)
    assert "b.csv is the same file as a.csv; it was counted once." in twice.not_used


def test_a_figure_is_a_number_that_is_another_or_of_another_period() -> None:
    quintiles = [of_icb(quintile=n, patients=900 * n) for n in range(1, 6)]
    plan = brought(empty_plan(), *quintiles, of_icb(patients=5_000)).plan
    one_more = [replace(quintiles[0], patients=901), *quintiles[1:], of_icb(patients=5_000)]
    result = brought(plan, *one_more)
    assert [(one.what, one.then, one.figures) for one in result.changes] == [
        ("Counts by deprivation fifth", "1 figure", 1)
    ]
    newer = brought(plan, *(replace(row, period="2025/26") for row in quintiles))
    assert newer.figures == 5
    two = [practice(code, items=9) for code in ("C88001", "C88002")]
    places = brought(brought(plan, *two).plan, *(replace(row, period="2025/26") for row in two))
    assert [one.then for one in places.changes if "Places" in one.what] == [
        "2 practices, 2 figures"
    ]
    dated = brought(plan, of_icb(patients=5_000, period="2025/26"))
    assert [(one.now, one.then) for one in dated.changes] == [
        ("5,000 (2024/25)", "5,000 (2025/26)")
    ]


def test_only_a_file_that_gives_something_is_kept_as_a_source() -> None:
    part = reading([of_icb(GABAPENTINOIDS, items=7, part=GABAPENTIN)], "part.csv")
    other = reading([of_icb(code="QWO", items=9)], "other.csv")
    own = reading([of_icb(items=9)], "own.csv")
    nothing = adopt(empty_plan(), [part, other], load_reference())
    assert nothing.plan == empty_plan() and (nothing.changes, nothing.gave) == ((), ())
    result = adopt(empty_plan(), [part, own, other], load_reference())
    assert result.gave == ("own.csv",)
    assert [one.file for one in result.plan.imports] == ["own.csv"]


def test_each_file_of_a_sum_and_one_that_says_where_practices_belong_gave_something() -> None:
    months = [
        reading([practice("C88001", items=9, period=f"2025-0{n}", icb="")], f"{n}.csv")
        for n in (1, 2)
    ]
    homes = reading([practice("C88001", medicine_class=None, period="2025")], "homes.csv")
    parts = [
        reading([of_icb(GABAPENTINOIDS, items=7, part=part)], f"{part[0]}.csv")
        for part in (GABAPENTIN, PREGABALIN)
    ]
    result = adopt(empty_plan(), [*months, homes, *parts], load_reference())
    assert len(result.gave) == 5


# --------------------------------------------------------------------- what would go is said first


def test_a_workbook_of_all_ages_leaves_the_fifths_of_adults_and_the_plans_population() -> None:
    quintiles = [of_icb(quintile=n, patients=900 * n, basis=ADULTS) for n in range(1, 6)]
    women = [of_icb(sex="Female", patients=9_000, basis=ADULTS)]
    people = of_icb(None, population=1_000_000, basis=ADULTS)
    plan = brought(empty_plan(), *quintiles, *women, people).plan
    workbook = [
        of_icb(c, patients=20_000, items=90_000, basis=ALL_AGES) for c in (OPIOIDS, Z_DRUGS)
    ]
    result = brought(plan, *workbook)
    assert result.plan.inequality == plan.inequality
    assert result.plan.population == plan.population
    assert result.removed == ()
    (choice,) = result.choices
    assert choice.id == "other-basis"
    assert choice.label == "Count residents of all ages from now on, as these files do"
    assert choice.removed == (
        "counts and people by fifth, sex, age and group, of resident adults (18 and over)",
        "your population of 1,000,000 resident adults (18 and over)",
    )
    assert result.plan.prescribing.of(OPIOIDS).counted is ALL_AGES
    row = need(result.plan, load_reference()).of(OPIOIDS)
    assert row is not None and row.kind is FigureKind.MODELLED, "never added to classes of adults"
    assert any("it is of residents of all ages" in caution for caution in row.cautions)
    chosen = brought(plan, *workbook, chosen=["other-basis"])
    assert chosen.removed == choice.removed
    assert chosen.plan.population.basis is ALL_AGES and chosen.plan.population.entered is None
    assert chosen.plan.inequality.of(OPIOIDS).by_quintile == (None,) * 5


def test_a_count_whose_people_were_not_said_is_not_taken_for_one_of_the_new_basis() -> None:
    plan = with_values(empty_plan(), {"prescribing.classes.3.patients": 50_000})
    row = of_icb(Z_DRUGS, patients=20_000, basis=ALL_AGES)
    result = brought(plan, row, chosen=["other-basis"])
    assert result.plan.prescribing.of(OPIOIDS).counted is ADULTS
    counts_moved = [
        (change.now, change.then) for change in result.changes if "opioids" in change.what
    ]
    assert counts_moved == [("not said", "resident adults (18 and over)")]


@pytest.mark.parametrize(
    ("in_plan", "brought_in", "why"),
    [
        (
            {"basis": ADULTS},
            {"basis": ALL_AGES},
            "of residents of all ages",
        ),
        ({"period": "2024/25"}, {"period": "2024/25 Q4"}, "of a quarter only"),
        ({"period": "2024/25"}, {"period": "2025-06"}, "of a month only"),
        ({"period": "2024/25 Q1"}, {"period": "2025-06"}, "of a month only"),
        ({"period": "2024/25"}, {"period": "2023/24"}, "of 2023/24, which is older"),
    ],
)
def test_a_worse_count_stands_in_the_place_of_a_better_one_only_when_chosen(
    in_plan: dict[str, Any], brought_in: dict[str, Any], why: str
) -> None:
    plan = brought(empty_plan(), of_icb(patients=5_000, **in_plan)).plan
    result = brought(plan, of_icb(patients=4_000, **brought_in))
    assert result.plan.prescribing.of(OPIOIDS) == plan.prescribing.of(OPIOIDS)
    choice = next(one for one in result.choices if one.id == "count-opioids")
    assert choice.label == f"Use 4,000 people prescribed opioids, {why}"
    assert "5,000" in choice.removed[0] and not choice.is_chosen
    chosen = brought(plan, of_icb(patients=4_000, **brought_in), chosen=["count-opioids"])
    assert chosen.plan.prescribing.of(OPIOIDS).patients == 4_000


def test_more_on_a_class_for_the_long_term_than_on_it_at_all_is_said_and_not_used() -> None:
    result = brought(empty_plan(), of_icb(patients=51_000, long_term=60_000, basis=ADULTS))
    opioids = result.plan.prescribing.classes[3]
    assert (opioids.patients, opioids.long_term_share) == (51_000, None)
    assert any("60,000" in line and "51,000" in line for line in result.not_used)


def test_a_newer_count_takes_the_place_of_an_older_one_and_both_periods_are_said() -> None:
    older = of_icb(patients=5_000, items=70_000, period="2023/24")
    plan = brought(empty_plan(), older).plan
    result = brought(plan, of_icb(patients=6_000, items=80_000))
    assert result.choices == ()
    assert [(one.what, one.now, one.then) for one in result.changes] == [
        ("People prescribed opioids", "5,000 (2023/24)", "6,000 (2024/25)"),
        ("Items of opioids", "70,000 (2023/24)", "80,000 (2024/25)"),
    ]


def test_older_items_and_an_older_population_are_left_unless_chosen() -> None:
    rows = [of_icb(items=70_000), of_icb(None, population=1_000_000)]
    plan = brought(empty_plan(), *rows).plan
    older = [replace(row, period="2022/23") for row in rows]
    older = [replace(older[0], items=60_000), replace(older[1], population=900_000)]
    adopted = brought(plan, *older)
    assert (
        adopted.plan.prescribing == plan.prescribing and adopted.plan.population == plan.population
    )
    assert {one.id for one in adopted.choices} == {"items-opioids", "population"}
    chosen = brought(plan, *older, chosen=["items-opioids", "population"])
    assert chosen.plan.prescribing.of(OPIOIDS).items == 60_000
    assert chosen.plan.population.entered == 900_000


def test_fifths_that_a_newer_file_lacks_stay_until_they_are_let_go() -> None:
    all_five = [of_icb(quintile=n, patients=900 * n, period="2023/24") for n in range(1, 6)]
    plan = brought(empty_plan(), *all_five).plan
    ends = [of_icb(quintile=n, patients=1_000 * n) for n in (1, 5)]
    adopted = brought(plan, *ends)
    assert adopted.plan.inequality.of(OPIOIDS) == plan.inequality.of(OPIOIDS)
    assert adopted.choices[0].removed == ("opioids by fifth: 2, 3 and 4 (2023/24)",)
    chosen = brought(plan, *ends, chosen=["fifths-opioids"])
    assert chosen.plan.inequality.of(OPIOIDS).by_quintile == (1_000, None, None, None, 5_000)


def test_england_keeps_the_classes_that_another_workbook_lacks() -> None:
    def england(medicine_class: MedicineClass, count: int, **named: Any) -> Record:
        about = {"period": "2023/24", "level": Level.ENGLAND, "code": "ENG"} | named
        return Record(
            sex="Female", age="25-29", medicine_class=medicine_class, patients=count, **about
        )

    plan = brought(empty_plan(), england(OPIOIDS, 9_000)).plan
    result = brought(plan, england(Z_DRUGS, 700))
    assert result.choices == ()
    (stratum,) = result.plan.inequality.england_age_sex
    assert (stratum.patients.of(OPIOIDS), stratum.patients.of(Z_DRUGS)) == (9_000, 700)
    older = brought(plan, england(OPIOIDS, 8_000, period="2021/22"))
    assert older.plan.inequality == plan.inequality
    assert older.choices[0].removed == (
        "counts of opioids by age and sex in England, 1 group (2023/24)",
    )


def test_fifths_of_the_same_period_are_brought_together() -> None:
    plan = brought(empty_plan(), *(of_icb(quintile=n, patients=900) for n in (1, 2, 3))).plan
    result = brought(plan, *(of_icb(quintile=n, patients=800) for n in (3, 4, 5)))
    assert result.choices == ()
    assert result.plan.inequality.of(OPIOIDS).by_quintile == (900, 900, 800, 800, 800)


def test_a_row_of_people_prescribed_and_of_all_people_gives_both() -> None:
    rows = [of_icb(quintile=n, patients=100 * n, population=3_000 * n) for n in range(1, 6)]
    inequality = brought(empty_plan(), *rows).plan.inequality
    assert inequality.of(OPIOIDS).by_quintile == (100, 200, 300, 400, 500)
    assert inequality.population_by_quintile == (3_000, 6_000, 9_000, 12_000, 15_000)


def test_groups_and_ages_that_a_file_lacks_stay_until_they_are_let_go() -> None:
    def groups(*names: str) -> list[Record]:
        return [of_icb(group_type="Ethnicity", group=name, patients=600) for name in names]

    def ages(*bands: str) -> list[Record]:
        return [of_icb(sex="Female", age=band, patients=700) for band in bands]

    rows = [*groups("White", "Asian"), *ages("18-24", "25-29")]
    plan = brought(empty_plan(), *rows).plan
    fewer = [*groups("White"), *ages("18-24")]
    adopted = brought(plan, *fewer)
    assert adopted.plan.inequality.breakdowns == plan.inequality.breakdowns
    assert adopted.plan.inequality.age_sex == plan.inequality.age_sex
    assert {one.id for one in adopted.choices} == {"age-and-sex-opioids", "ethnicity-opioids"}
    chosen = brought(plan, *fewer, chosen=["ethnicity-opioids"])
    (breakdown,) = chosen.plan.inequality.breakdowns
    place = list(MedicineClass).index(OPIOIDS)
    assert {g.group: g.patients[place] for g in breakdown.groups} == {"White": 600, "Asian": None}
    assert chosen.plan.inequality.age_sex == plan.inequality.age_sex


def test_items_of_a_practice_that_a_newer_file_lacks_stay_until_they_are_let_go() -> None:
    old = [practice(f"C8800{n}", items=100 * n, period="2023/24") for n in (1, 2, 3)]
    plan = brought(empty_plan(), *old).plan
    new = [practice(f"C8800{n}", items=110 * n) for n in (1, 2)]
    adopted = brought(plan, *new)
    assert adopted.plan.areas.areas == plan.areas.areas
    assert adopted.plan.areas.items_period == "2023/24"
    choice = next(one for one in adopted.choices if one.id == "places-items")
    assert choice.removed == ("items of 1 place (2023/24)",)
    chosen = brought(plan, *new, chosen=["places-items"])
    place = list(MedicineClass).index(OPIOIDS)
    items = {area.code: area.items[place] for area in chosen.plan.areas.areas}
    assert items == {"C88001": 110, "C88002": 220, "C88003": None}
    assert chosen.plan.areas.items_period == "2024/25"


def test_lists_of_other_people_take_the_places_people_prescribed_with_them_or_stay() -> None:
    places = ("C88001", "C88002")
    first = [
        practice(code, patients=300, population=9_000, basis=ADULTS, period="2024/25")
        for code in places
    ]
    lists = [replace(row, medicine_class=None, patients=None) for row in first]
    plan = brought(empty_plan(), *(replace(r, population=None) for r in first), *lists).plan
    others = [
        replace(row, population=9_500, basis=Basis.REGISTERED_ADULTS, period="2025-04")
        for row in lists
    ]
    adopted = brought(plan, *others)
    assert adopted.plan.areas.areas == plan.areas.areas
    assert adopted.plan.areas.population_basis is plan.areas.population_basis
    (choice,) = [one for one in adopted.choices if one.id == "places-population"]
    assert choice.removed == ("people prescribed of 2 places (2024/25)",)


def test_a_month_that_is_hidden_now_keeps_the_number_it_had() -> None:
    months = [of_icb(items=100, period=f"2025-0{n}") for n in (1, 2)]
    plan = brought(empty_plan(), *months).plan
    hidden = of_icb(items=None, suppressed=("items",), period="2025-01")
    result = brought(plan, hidden, of_icb(items=120, period="2025-02"))
    place = list(MedicineClass).index(OPIOIDS)
    assert [m.items[place] for m in result.plan.trend.months] == [100, 120]
    assert any(
        one.what == "Months of items whose numbers differ" and one.then == "1 month, 1 figure"
        for one in result.changes
    )


def test_reports_that_a_plan_has_no_room_for_are_named() -> None:
    plan = empty_plan()
    reports = tuple(reading([of_icb(items=n)], f"f{n}.csv").report for n in range(60))
    result = brought(plan.model_copy(update={"imports": reports}), of_icb(items=5))
    assert len(result.plan.imports) == 60
    assert any("no longer kept: f0.csv" in line for line in result.not_used)


def test_what_would_go_and_how_to_choose_it_are_said_for_a_terminal() -> None:
    plan = brought(empty_plan(), of_icb(patients=5_000)).plan
    older = of_icb(patients=4_000, period="2023/24")
    assert choice_lines(brought(plan, older).choices) == [
        "Not taken: Use 4,000 people prescribed opioids, of 2023/24, which is older. Will be "
        "removed for it: people prescribed opioids, 5,000 (2024/25). To choose it: --remove "
        "count-opioids"
    ]
    assert choice_lines(brought(plan, older, chosen=["count-opioids"]).choices) == [
        "Will be removed: people prescribed opioids, 5,000 (2024/25) (you chose count-opioids)"
    ]


# -------------------------------------------------------------- parts of a class, parts of a year


def part(code: tuple[str, ...], items: int | None, **named: Any) -> Record:
    return of_icb(GABAPENTINOIDS, part=code, items=items, **named)


def of_gabapentinoids(adoption: Adoption) -> int | None:
    return adoption.plan.prescribing.of(GABAPENTINOIDS).items


def test_parts_of_a_class_from_two_files_add_up(reference: ReferenceData) -> None:
    files = [
        reading([part(PREGABALIN, 100_000)], "pregabalin.csv"),
        reading([part(GABAPENTIN, 40_000)], "gabapentin.csv"),
    ]
    result = adopt(empty_plan(), files, reference)
    assert of_gabapentinoids(result) == 140_000
    row = result.plan.prescribing.of(GABAPENTINOIDS)
    assert "pregabalin.csv" in row.items_source and "1 more file" in row.items_source
    assert not any("same numbers" in line or "different" in line for line in result.not_used)


def test_a_part_alone_never_passes_as_the_class() -> None:
    result = brought(empty_plan(), part(PREGABALIN, 100_000))
    assert of_gabapentinoids(result) is None and result.plan.trend.months == ()
    assert result.not_used == (
        "The files hold a part of gabapentinoids and not the whole class, so nothing of it was "
        "used: Gabapentin would be needed as well.",
    )


def test_parts_that_overlap_are_never_added() -> None:
    both = (*PREGABALIN, *GABAPENTIN)
    result = brought(empty_plan(), part(both, 140_000), part(PREGABALIN, 100_000))
    assert of_gabapentinoids(result) is None
    assert any("the parts overlap" in line for line in result.not_used)


def test_a_whole_class_stands_before_its_parts() -> None:
    whole = of_icb(GABAPENTINOIDS, items=141_000)
    result = brought(empty_plan(), part(PREGABALIN, 100_000), part(GABAPENTIN, 40_000), whole)
    assert of_gabapentinoids(result) == 141_000


def test_a_hidden_part_leaves_the_class_unknown() -> None:
    hidden = part(GABAPENTIN, None, suppressed=("items",))
    assert of_gabapentinoids(brought(empty_plan(), part(PREGABALIN, 100_000), hidden)) is None


def test_the_other_part_of_another_board_completes_no_class() -> None:
    rows = [
        practice("C88001", medicine_class=GABAPENTINOIDS, part=PREGABALIN, items=70),
        practice("B81001", medicine_class=GABAPENTINOIDS, part=GABAPENTIN, items=30, icb="QHM"),
    ]
    assert of_gabapentinoids(brought(empty_plan(), *rows)) is None


def test_a_practice_without_one_part_has_none_of_it() -> None:
    rows = [
        practice(code, medicine_class=GABAPENTINOIDS, part=name, items=items)
        for code, name, items in (
            ("C88001", PREGABALIN, 70),
            ("C88001", GABAPENTIN, 30),
            ("C88002", PREGABALIN, 5),
        )
    ]
    plan = brought(empty_plan(), *rows).plan
    place = list(MedicineClass).index(GABAPENTINOIDS)
    assert {a.code: a.items[place] for a in plan.areas.areas} == {"C88001": 100, "C88002": 5}


def test_two_files_of_one_thing_agree_only_if_their_numbers_do(reference: ReferenceData) -> None:
    files = [
        reading([of_icb(items=500), of_icb(Z_DRUGS, items=70)], "a.csv"),
        reading([of_icb(items=500), of_icb(Z_DRUGS, items=80)], "b.csv"),
    ]
    result = adopt(empty_plan(), files, reference)
    assert set(result.not_used) == {
        "b.csv and a.csv give the same numbers for 1 of the same places and periods; they were "
        "counted once.",
        "b.csv and a.csv give different numbers for 1 of the same places and periods; those of "
        "b.csv were used.",
    }
    assert result.plan.prescribing.of(Z_DRUGS).items == 80


@pytest.mark.parametrize(
    ("period", "over"),
    [
        ("2024/25 Q2", CountedOver.QUARTER),
        ("2025-03", CountedOver.MONTH),
        ("2024/25", CountedOver.YEAR),
    ],
)
def test_people_of_a_quarter_or_a_month_are_kept_as_such(period: str, over: CountedOver) -> None:
    result = brought(empty_plan(), of_icb(patients=50_000, period=period, basis=ADULTS))
    row = result.plan.prescribing.of(OPIOIDS)
    assert (row.patients, row.period, row.counted_over) == (50_000, period, over)
    counts_moved = any("more are prescribed in a year" in line for line in result.not_used)
    assert counts_moved == (over is not CountedOver.YEAR)


def test_a_year_is_taken_before_a_newer_quarter() -> None:
    rows = [of_icb(patients=60_000), of_icb(patients=40_000, period="2025/26 Q1")]
    assert brought(empty_plan(), *rows).plan.prescribing.of(OPIOIDS).patients == 60_000


# ---------------------------------------------------------------------- localities of the user's


def test_practices_are_put_into_localities_by_a_list_of_the_users_own() -> None:
    items = [practice(f"C8800{n}", items=100) for n in (1, 2, 3)]
    plan = brought(empty_plan(), *items).plan
    names = {"C88001": "North & Dore", "C88002": "North & Dore", "C88003": "South"}
    rows = [
        Record(period="", level=Level.PRACTICE, code=code, area=name)
        for code, name in (names | {"C88009": "South"}).items()
    ]
    result = brought(plan, *rows)
    assert {area.code: area.area for area in result.plan.areas.areas} == names
    assert [area.items for area in result.plan.areas.areas] == [a.items for a in plan.areas.areas]
    assert any(
        "1 place left out that only a list of localities names" in s for s in result.not_used
    )
    together = adopt(
        empty_plan(), [reading(items), reading(rows, "places.csv")], load_reference()
    ).plan
    assert {area.code: area.area for area in together.areas.areas} == names


# -------------------------------------------------------------------------------- nothing is lost

FEW = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
PERIODS = st.sampled_from(
    ["2022/23", "2023/24", "2024/25", "2024/25 Q1", "2025-01", "2025-02", "2025-03", "2024", ""]
)
CLASSES = st.sampled_from([OPIOIDS, Z_DRUGS])
BASES = st.sampled_from([None, ADULTS, ALL_AGES, Basis.REGISTERED_ALL_AGES])
COUNTS = st.integers(0, 5_000)
MAYBE = st.none() | COUNTS
PLACES = st.sampled_from(["C88001", "C88002", "C88003"])


def rows_of(**fields: Any) -> st.SearchStrategy[Record]:
    """Rows with these fields, all of a period and a basis."""
    return st.builds(Record, **({"period": PERIODS, "basis": BASES} | fields))


AT_BOARD: dict[str, Any] = {"level": st.just(Level.ICB)}
STRATA: list[dict[str, Any]] = [
    {"quintile": st.integers(1, 5)},
    {"sex": st.sampled_from(["Female", "Male"])},
    {"sex": st.just("Female"), "age": st.sampled_from(["18-24", "25-29", "90+"])},
    {
        "group_type": st.sampled_from(["Ethnicity", "IMD tenth"]),
        "group": st.sampled_from(["1", "2", "White"]),
    },
]
ROWS = st.one_of(
    rows_of(
        **AT_BOARD,
        medicine_class=CLASSES,
        patients=MAYBE,
        items=MAYBE,
        long_term=MAYBE,
        high_dose=MAYBE,
    ),
    rows_of(**AT_BOARD, medicine_class=CLASSES, suppressed=st.just(("items", "patients"))),
    rows_of(**AT_BOARD, population=st.integers(1, 10**6)),
    *(rows_of(**AT_BOARD, **of, medicine_class=CLASSES, patients=COUNTS) for of in STRATA),
    *(rows_of(**AT_BOARD, **of, population=COUNTS) for of in STRATA),
    rows_of(
        level=st.just(Level.ENGLAND),
        code=st.just("ENG"),
        sex=st.just("Female"),
        age=st.sampled_from(["18-24", "25-29"]),
        medicine_class=CLASSES,
        patients=COUNTS,
    ),
    rows_of(
        level=st.sampled_from([Level.PRACTICE, Level.PCN]),
        code=PLACES,
        icb=st.just("QF7"),
        area=st.sampled_from(["", "North"]),
        medicine_class=CLASSES,
        items=MAYBE,
        patients=MAYBE,
        suppressed=st.sampled_from([(), ("cost",)]),
    ),
    rows_of(level=st.just(Level.PRACTICE), code=PLACES, icb=st.just("QF7"), population=COUNTS),
    rows_of(
        level=st.just(Level.PRACTICE),
        code=PLACES,
        icb=st.just("QF7"),
        quintile=st.integers(1, 5),
        population=COUNTS,
    ),
)
FILES = st.lists(st.lists(ROWS, min_size=1, max_size=8), min_size=1, max_size=2)

Key = tuple[object, ...]
ENGLAND = "age-and-sex-in-england"


def plan_values(plan: Plan) -> dict[Key, object]:
    """Every local number of a plan by what it is of; the first part of a key says which kind."""
    prescribing, inequality, areas = plan.prescribing, plan.inequality, plan.areas
    values: dict[Key, object] = {
        ("population",): plan.population.entered,
        ("high-dose",): prescribing.high_dose_opioid_patients,
    }
    for row in prescribing.classes:
        values["count", row.medicine_class] = row.patients
        values["items", row.medicine_class] = row.items
        values["long-term", row.medicine_class] = row.long_term_share
    for one in inequality.classes:
        values |= {
            ("fifths", one.medicine_class, n): count for n, count in enumerate(one.by_quintile)
        }
        values["sexes", one.medicine_class, "women"] = one.women
        values["sexes", one.medicine_class, "men"] = one.men
    values |= {
        ("people-by-fifth", n): count for n, count in enumerate(inequality.population_by_quintile)
    }
    values["people", "women"] = inequality.population_women
    values["people", "men"] = inequality.population_men
    strata: list[tuple[str, object, AgeSexCounts | GroupCounts]] = [
        *(("age-and-sex", (s.sex, s.age), s) for s in inequality.age_sex),
        *((ENGLAND, (s.sex, s.age), s) for s in inequality.england_age_sex),
        *((b.kind.lower(), g.group, g) for b in inequality.breakdowns for g in b.groups),
    ]
    for kind, name, stratum in strata:
        if kind != ENGLAND:
            values["people", kind, name] = stratum.population
        for c, count in zip(MedicineClass, stratum.patients, strict=True):
            values[kind, c, name] = count
    for area in areas.areas:
        place = (area.level, area.code)
        values["places-population", *place] = area.population
        values |= {("people", *place, n): count for n, count in enumerate(area.people_by_fifth)}
        for c in MedicineClass:
            values["places-patients", *place, c] = area.patients.of(c)
            values["places-items", *place, c] = area.items.of(c)
        values["locality", *place] = area.area or None
    for month in plan.trend.months:
        values |= {("month", month.month, c): month.items.of(c) for c in MedicineClass}
        values["month", month.month, "registered"] = month.registered
    values |= {("file", report.digest): report for report in plan.imports}
    return {key: value for key, value in values.items() if value is not None}


def numbers(plan: Plan) -> dict[Key, object]:
    """What a plan holds that is a number."""
    return {
        key: value for key, value in plan_values(plan).items() if key[0] not in ("file", "locality")
    }


def choices_for(key: Key) -> set[str]:
    """The choices for which this number may go."""
    kind = str(key[0]).replace(" ", "-")
    by_class = {f"{kind}-{part.value}" for part in key if isinstance(part, MedicineClass)}
    whole = {"other-basis", "groups"} - ({"groups"} if kind == "population" else set())
    return {
        "count": by_class,
        "items": by_class,
        "places-population": {"places-population", "places-patients"},
        "places-patients": {"places-population", "places-patients"},
        "places-items": {"places-items"},
        ENGLAND: by_class,
        "month": set[str](),
        "file": set[str](),
        "locality": set[str](),
    }.get(kind, whole | by_class | {kind})


@pytest.mark.slow
@FEW
@given(steps=st.lists(FILES, min_size=2, max_size=4), data=st.data())
def test_nothing_a_plan_held_is_gone_unless_the_user_chose_it_and_the_report_said_so(
    steps: list[list[list[Record]]], data: st.DataObject
) -> None:
    reference, plan = load_reference(), empty_plan()
    for number, files in enumerate(steps):
        readings = [
            reading(rows, f"file{number}-{place}.csv") for place, rows in enumerate(files, start=1)
        ]
        before = plan_values(plan)
        try:
            unasked = adopt(plan, readings, reference)
        except CannotAdopt:
            continue
        assert before.keys() <= plan_values(unasked.plan).keys()
        assert unasked.plan.population.basis is plan.population.basis
        assert unasked.removed == ()
        ids = [one.id for one in unasked.choices]
        assert len(ids) == len(set(ids))
        chosen = data.draw(st.sets(st.sampled_from(ids)) if ids else st.just(set()))
        try:
            result = adopt(plan, readings, reference, chosen)
        except CannotAdopt:
            continue
        removing = {one.id for one in result.choices if one.is_chosen and one.removed}
        for key in before.keys() - plan_values(result.plan).keys():
            assert choices_for(key) & removing, f"{key} is gone and no choice said so"
        summary = " ".join(change.what for change in result.changes)
        for place, row in enumerate(plan.prescribing.classes):
            now = result.plan.prescribing.classes[place]
            name = row.medicine_class.label
            assert now.patients == row.patients or f"People prescribed {name}" in summary
            assert now.items == row.items or f"Items of {name}" in summary
        after = numbers(result.plan)
        others = [key for key, number in after.items() if numbers(plan).get(key) != number]
        assert result.figures >= len(others), "every number that is another is counted"
        gave = [one for one in readings if one.report.file in result.gave]
        if len(gave) < len(readings):
            assert numbers(adopt(plan, gave, reference, chosen).plan) == after
        plan = result.plan
