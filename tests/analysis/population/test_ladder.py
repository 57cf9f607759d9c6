"""The ladder of need: the rung each class stands on, what it comes to there, and why."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path
from typing import Any

import pytest

from planner.analysis.calculation.inputs import BY_KEY
from planner.analysis.economics.example import example_plan
from planner.analysis.formatting import SUPPRESSED
from planner.analysis.population.ladder import (
    REGION_MONTHS,
    england_rate,
    norm,
    region_items,
    region_people,
    region_ratios,
)
from planner.analysis.population.need import ClassNeed, Need, need
from planner.cli.main import main
from planner.model.figures import FigureKind
from planner.model.place import Organisation, OrganisationList
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass, Rung
from planner.model.reference import ReferenceData
from planner.reference import load_reference
from planner.store.plan_file import plan_to_json
from tests.present import present

REFERENCE = load_reference()
BOARDS = REFERENCE.icbs(OrganisationList.FROM_APRIL_2026)
ADULTS = Basis.RESIDENT_ADULTS
# NHSBSA 2022/23: North East London 108, North East and North Cumbria 240 per 1,000; England had
# 8,560,000 people over 56,550,138.
LOWEST, HIGHEST = (rate / (8_560_000 / 56_550_138 * 1000) for rate in (108, 240))


def plan_of(code: str = "QF7", basis: Basis = ADULTS, **of: dict[str, Any]) -> Plan:
    rows = [{"medicine_class": c} | of.get(c.value, {}) for c in MedicineClass]
    return Plan.model_validate(
        {
            "place": {"icb_code": code},
            "population": {"basis": basis},
            "prescribing": {"classes": rows},
        }
    )


def one(plan: Plan, medicine_class: MedicineClass = MedicineClass.OPIOIDS) -> ClassNeed:
    row = need(plan, REFERENCE).of(medicine_class)
    assert row is not None
    return row


def beside_england(row: ClassNeed, needs: Need) -> tuple[float, float, float]:
    """A class's people, low, central and high, over those expected at England's rate."""
    assert row.patients is not None
    each = row.given["england_rate"].values
    expected = [
        needs.population.value * rate / 1000 for rate in (each.low, each.central, each.high)
    ]
    people = (row.patients.low, row.patients.central, row.patients.high)
    low, central, high = (a / b for a, b in zip(people, expected, strict=True))
    return low, central, high


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.code)
def test_each_board_stands_on_its_regions_items_within_what_is_known_of_boards(
    board: Organisation,
) -> None:
    needs = need(plan_of(board.code), REFERENCE)
    for row in needs.classes:
        assert (row.rung, row.rung_above, row.rung_asks) == (Rung.REGION, Rung.ITEMS, "items")
        low, central, high = beside_england(row, needs)
        if row.medicine_class is MedicineClass.ANTIDEPRESSANTS:
            assert LOWEST - 1e-9 <= low < central < high <= HIGHEST + 1e-9
            continue
        ratio = region_ratios(row.medicine_class, ADULTS, REFERENCE)[board.region]
        ends = sorted((ratio**0.45, ratio))
        assert ends[0] / 1.2 - 1e-9 <= low < central < high <= ends[1] * 1.2 + 1e-9
        assert ends[0] / 1.01 <= central <= ends[1] * 1.01


@pytest.mark.parametrize("basis", [ADULTS, Basis.RESIDENT_ALL_AGES, Basis.REGISTERED_ALL_AGES])
def test_the_boards_add_up_to_england_to_the_unit(basis: Basis) -> None:
    every = [need(plan_of(board.code, basis), REFERENCE) for board in BOARDS]
    for medicine_class in MedicineClass:
        rate = england_rate(medicine_class, basis, REFERENCE)
        assert rate is not None
        england = sum(needs.population.value for needs in every) * rate.values.central / 1000
        rows = [needs.of(medicine_class) for needs in every]
        people = sum(row.patients.central for row in rows if row and row.patients)
        assert round(people) == round(england)
        assert 0.98 < norm(medicine_class, basis, 0.65, REFERENCE) <= 1


def test_londons_and_the_north_easts_antidepressants_come_near_their_lowest_and_highest_board() -> (
    None
):
    for code, published in (("QMF", LOWEST), ("QHM", HIGHEST)):
        needs = need(plan_of(code), REFERENCE)
        low, _, high = beside_england(needs.classes[0], needs)
        # What is likely leaves out the outermost of some forty boards.
        assert low * 0.94 <= published <= high * 1.06


def test_by_region_any_class_on_englands_rates_of_2020_21_is_as_worked_by_hand() -> None:
    by_hand = {
        "London": 18.4, "South East": 23.4, "East of England": 26.2, "South West": 26.2,
        "Midlands": 26.9, "North East and Yorkshire": 29.9, "North West": 30.6,
    }  # fmt: skip
    rates = dict(zip(MedicineClass, (177, 24, 33.7, 122, 20), strict=True))
    for board in BOARDS:
        needs = need(plan_of(board.code), REFERENCE)
        rows = [rates[row.medicine_class] * beside_england(row, needs)[1] for row in needs.classes]
        assert round(sum(rows) / 1.461 / 10, 1) == by_hand[board.region], board.name


def test_the_regions_ratios_are_those_worked_out_elsewhere_from_the_same_dataset() -> None:
    path = Path(__file__).parents[2] / "reference" / "region_ratios_2023_24.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 14
    for row in rows:
        basis = ADULTS if row["basis"].startswith("resident") else Basis.REGISTERED_ADULTS
        for medicine_class in MedicineClass:
            ours = region_ratios(medicine_class, basis, REFERENCE)[row["nhs_region"]]
            # Printed to four decimals; registered adults of two regions differ in the fifth.
            assert ours == pytest.approx(float(row[medicine_class.value]), abs=1e-4)


def test_the_months_shares_are_items_over_months_over_people_as_published(
    reference: ReferenceData,
) -> None:
    published = {
        (row.medicine_class, row.measure): row.value
        for row in reference.national
        if row.geography == "England" and row.period == "2023/24" and row.stratum_type == "total"
        and row.basis is Basis.RESIDENT_ALL_AGES and row.medicine_class
    }  # fmt: skip
    # ONS, ENPOP time series (rebased), mid-2023.
    residents = 57_990_800
    items = {c: published[c, "items"] for c in MedicineClass}
    each = sum(items.values()) / 12 / (6_500_000 * 1.30)
    assert round(each, 2) == 1.54
    for medicine_class in MedicineClass:
        people = published.get((medicine_class, "identified patients")) or (
            published[medicine_class, "people per 1,000"] * residents / 1000
        )
        share = reference.default(f"month_share_{medicine_class.value}")
        # Items and rates are rounded, to a twelfth of the least of them.
        assert share == pytest.approx(items[medicine_class] / 12 / each / people, abs=0.01)


def test_overlaps_are_what_is_published_divided_out(reference: ReferenceData) -> None:
    year = reference.default("classes_in_a_year") / reference.default("people_in_a_year")
    assert round(year, 3) == reference.default("classes_per_person")
    four = (96 + 27 + 17 + 13) * 57.99 / 1000 / 7.1
    assert round(four, 2) == reference.default("classes_of_four")
    assert reference.default("classes_per_person_month") == pytest.approx(
        0.76 + 2 * 0.18 + 3 * 0.06
    )


def test_a_year_and_a_month_each_have_their_own_overlap_and_four_classes_theirs() -> None:
    every, four = (
        need(plan_of(), REFERENCE),
        need(plan_of(antidepressants={"included": False}), REFERENCE),
    )
    for needs, year, month in ((every, 1.461, 1.30), (four, 1.25, 1 + 0.25 * 0.3 / 0.461)):
        people = sum(row.patients.central for row in needs.classes if row.patients)
        long_term = sum(row.long_term.central for row in needs.classes if row.long_term)
        assert needs.people and needs.people.central == pytest.approx(people / year)
        assert needs.long_term_people
        assert needs.long_term_people.central == pytest.approx(long_term / month)
    assert not any("under-counted" in caution for caution in four.cautions)


def test_a_months_overlap_is_never_more_than_the_years_that_was_entered() -> None:
    values = plan_of().model_dump(mode="json")
    for entered, month in ((1.2, 1.2), (1.4, 1.3)):
        values["demand"]["classes_per_person"] = entered
        inputs = {row.key: row for row in need(Plan.model_validate(values), REFERENCE).inputs}
        assert inputs["classes_per_person_month"].values.central == pytest.approx(month)


# --- England's rate in the newest year ---


@pytest.mark.parametrize(
    ("medicine_class", "period", "by_hand"),
    [
        (
            "antidepressants",
            "2024/25",
            151.7 * (1 - 71_300 / 8_560_000) / (44_456_850 / 56_550_138),
        ),
        ("benzodiazepines", "2023/24", 24 * 17 / 19),
        ("gabapentinoids", "2023/24", 33.7 * 27 / 27),
        ("opioids", "2023/24", 122 * 96 / 99),
        ("z_drugs", "2023/24", 20 * 13 / 15),
    ],
)
def test_adults_rates_are_carried_to_the_newest_year_and_say_so(
    medicine_class: str, period: str, by_hand: float
) -> None:
    rate = england_rate(MedicineClass(medicine_class), ADULTS, REFERENCE)
    assert rate and rate.period == period and rate.kind is FigureKind.MODELLED
    assert rate.values.central == pytest.approx(by_hand)
    assert rate.values.low < by_hand < rate.values.high
    row = one(plan_of(), MedicineClass(medicine_class))
    assert rate.how in row.cautions and f"carried to {period}" in rate.how
    assert f"(published: {rate.published.value:g} in 2020/21)" in row.method
    known = medicine_class == "antidepressants"
    assert (
        "adults has not been published" in " ".join(row.cautions).replace("who are ", "")
    ) != known


def test_the_other_way_to_adults_of_today_comes_within_a_hundredth() -> None:
    """Antidepressants: adults of 2020/21 moved as all ages did, which rests on no share."""
    rate = england_rate(MedicineClass.ANTIDEPRESSANTS, ADULTS, REFERENCE)
    moved = 177 * (8.89e6 / 58_607_200) / (7.87e6 / 56_550_138)
    assert rate and rate.values.central == pytest.approx(moved, rel=0.01)


def test_a_rate_of_all_ages_is_as_published_with_its_rounding() -> None:
    rate = england_rate(MedicineClass.OPIOIDS, Basis.RESIDENT_ALL_AGES, REFERENCE)
    assert rate and not rate.how and rate.kind is FigureKind.PUBLISHED
    assert (rate.values.low, rate.values.central, rate.values.high) == pytest.approx(
        (95.5, 96, 96.5)
    )
    assert england_rate(MedicineClass.OPIOIDS, Basis.REGISTERED_ADULTS, REFERENCE) is None


# --- which rung ---

ITEMS = {"items": 1_209_600, "items_period": "2023/24", "items_source": "EPD"}


def test_local_items_of_twelve_months_are_nearer_than_the_regions() -> None:
    region, local = one(plan_of()), one(plan_of(opioids=ITEMS))
    assert (local.rung, local.rung_above, local.rung_asks) == (3, 2, "counted")
    assert region.patients and local.patients
    spans = [row.high / row.low for row in (region.patients, local.patients)]
    assert spans[1] < spans[0]
    assert "1,000 resident adults" in local.method and "EPD" in local.source
    # The two rates are over the people of the ratio, so that they divide to it.
    ours, theirs, ratio = (
        float(present(re.search(pattern, local.method))[1])
        for pattern in (r"([\d.]+) items a month", r"([\d.]+) in England", r"are ([\d.]+) of Engl")
    )
    assert ours / theirs == pytest.approx(ratio, abs=0.01)


@pytest.mark.parametrize(
    "change",
    [
        {"items_period": "2023-10 to 2024-03, 6 months"},
        {"items_period": "March 2024"},
        {"items_period": ""},
        {"items_period": "2019/20"},
        {"items_period": "2027"},
        {"items": 0},
        {"items": None},
    ],
)
def test_items_that_are_not_of_twelve_months_beside_englands_give_no_people(
    change: dict[str, Any],
) -> None:
    assert one(plan_of(opioids=ITEMS | change)).rung is Rung.REGION


def test_items_later_than_englands_stand_beside_the_newest_and_say_so() -> None:
    row = one(plan_of(opioids=ITEMS | {"items_period": "2025/26"}))
    assert row.rung is Rung.ITEMS
    (caution_line,) = (caution for caution in row.cautions if "newest we hold" in caution)
    assert (
        "April 2025 to March 2026" in caution_line
        and "January 2024 to December 2024" in caution_line
    )
    england = sum(
        region_items(
            MedicineClass.OPIOIDS, tuple(f"2024-{m:02d}" for m in range(1, 13)), REFERENCE
        ).values()
    )
    people = sum(region_people(ADULTS, REFERENCE).values())
    by_hand = 1_209_600 / 1_120_220 / (england / people)
    assert row.given["item_ratio"].values.central == pytest.approx(by_hand)


COUNT = {"patients": 140_000, "counted": "resident_adults", "period": "2024/25"}


@pytest.mark.parametrize(
    ("row", "rung"),
    [
        (COUNT | ITEMS, 1),
        (COUNT | ITEMS | {"counted_over": "quarter"}, 2),
        (COUNT | ITEMS | {"counted_over": "month"}, 2),
        (ITEMS, 3),
        ({}, 4),
        (COUNT | ITEMS | {"step_down_to": 3}, 3),
        (COUNT | {"step_down_to": 3}, 4),
        (COUNT | ITEMS | {"step_down_to": 4}, 4),
        (COUNT | ITEMS | {"step_down_to": 5}, 5),
    ],
)
def test_a_class_stands_as_high_as_it_can_and_no_higher_than_it_may(
    row: dict[str, Any], rung: int
) -> None:
    current = one(plan_of(opioids=row))
    assert current.rung == rung
    assert current.rung_above == (rung - 1 or None)


def test_nobody_can_step_up() -> None:
    for rung in (1, 2):
        with pytest.raises(ValueError, match="step_down_to"):
            plan_of(opioids={"step_down_to": rung})


def test_a_month_or_a_quarter_never_stands_for_a_year() -> None:
    for over in ("month", "quarter"):
        row = one(plan_of(opioids=COUNT | {"counted_over": over}))
        assert row.patients and row.patients.central > 140_000 * 1.5
        assert (
            row.rate_in_words != "140" and row.kind is FigureKind.MODELLED and row.interval is None
        )


def test_a_count_of_other_people_is_brought_to_the_plans_or_not_used() -> None:
    all_ages = COUNT | {"counted": "resident_all_ages"}
    row = one(plan_of(antidepressants=all_ages), MedicineClass.ANTIDEPRESSANTS)
    assert row.rung is Rung.COUNT and row.patients
    assert row.patients.central == pytest.approx(140_000 * (1 - 71_300 / 8_560_000))
    other = one(plan_of(opioids=all_ages))
    assert other.rung is Rung.REGION
    assert any("local count is not used" in caution for caution in other.cautions)
    registered = COUNT | {"counted": "registered_all_ages"}
    assert (
        one(plan_of(antidepressants=registered), MedicineClass.ANTIDEPRESSANTS).rung is Rung.REGION
    )


def test_without_a_rate_there_is_no_rung_but_a_count() -> None:
    plan = plan_of(basis=Basis.REGISTERED_ADULTS, opioids={"patients": 140_000})
    assert one(plan).rung is Rung.COUNT
    row = one(plan, MedicineClass.Z_DRUGS)
    assert (row.rung, row.rung_above, row.rung_asks) == (None, Rung.ENGLAND, "counted")
    assert row.patients is None and "has not been published" in str(row.missing_because)


@pytest.mark.parametrize("over", ["month", "quarter", "year"])
def test_a_small_count_is_hidden_whatever_time_it_is_of(
    over: str, tmp_path: Path, capsys: Any
) -> None:
    plan = plan_of(opioids={"patients": 3, "counted_over": over})
    row = one(plan)
    assert row.display(row.patients) == SUPPRESSED
    path = tmp_path / "plan.json"
    path.write_text(plan_to_json(plan), encoding="utf-8")
    assert main(["need", str(path), "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)["classes"][3]
    assert printed["patients"] is None and printed["hidden"] and not printed["given"]


def test_json_names_each_rung_and_the_one_above(tmp_path: Path, capsys: Any) -> None:
    path = tmp_path / "plan.json"
    plan = example_plan(REFERENCE.find_organisation("QMF"), REFERENCE)
    path.write_text(plan_to_json(plan), encoding="utf-8")
    assert main(["need", str(path), "--json"]) == 0
    for row in json.loads(capsys.readouterr().out)["classes"]:
        assert (row["rung"], row["rung_above"]) == (4, 3)
        assert row["rung_name"] == "from the region's items"
        assert row["rung_above_needs"].startswith("twelve months of local items of")
    assert BY_KEY["beta"].shape and REGION_MONTHS[0] == "2023-04"
