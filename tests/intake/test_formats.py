"""Every kind of file the planner reads: what is taken from it, what is left out, and what a plan
then holds.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.analysis.local_data.adopt import adopt
from planner.analysis.population.funnel_plots import areas_at
from planner.cli.main import main
from planner.intake.cells import without_notes
from planner.intake.epd import cut_of, hashed
from planner.intake.files import digest_of
from planner.intake.registry import (
    NotRecognised,
    ReadingOptions,
    read_pasted,
    read_paths,
    read_upload,
)
from planner.intake.template import template_csv, template_xlsx
from planner.model.intake import ColumnMapping, Level, Reading
from planner.model.place import OrganisationList, Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData
from planner.reference import load_reference
from tests.intake import samples

CLASSES = list(MedicineClass)


def plan_for(
    code: str, organisation_list: OrganisationList = OrganisationList.FROM_APRIL_2026
) -> Plan:
    return Plan(place=Place(icb_code=code, organisation_list=organisation_list))


def totals(reading: Reading) -> dict[str, tuple[int | None, int | None, int]]:
    """Items, people and hidden numbers of each class in the report."""
    return {
        c.medicine_class.value: (c.items, c.patients, c.suppressed) for c in reading.report.classes
    }


def of_class(plan: Plan, medicine_class: str) -> tuple[int | None, int | None]:
    row = plan.prescribing.of(MedicineClass(medicine_class))
    return row.patients, row.items


def skipped(reading: Reading) -> dict[str, int]:
    return {skip.reason: skip.rows for skip in reading.report.skipped}


# --------------------------------------------------------------------------------- Dependency
# Forming Medicines


@pytest.mark.parametrize("year", ["2023/2024", "2023/24", "FY2023/24"])
def test_dfm_is_read_whole_whichever_way_it_writes_the_year(
    reference: ReferenceData, year: str
) -> None:
    result = read_upload("dfm.xlsx", samples.dfm(year=year), reference)
    assert result.report.format == "nhsbsa_workbook"
    assert result.report.periods == ("2023/24",)
    icb = {r.medicine_class: r for r in result.records if r.code == "QF7"}
    opioids = icb[MedicineClass.OPIOIDS]
    assert opioids.patients == 100_000, "people of identified rows only"
    assert opioids.items == 401_000, "items of identified and unidentified rows together"
    hidden = icb[MedicineClass.Z_DRUGS]
    assert hidden.patients is None and hidden.items is None, (
        "blank is hidden, and hidden plus 40 is not 40"
    )
    assert {"patients", "items"} <= set(hidden.suppressed)
    assert totals(result)["opioids"] == (35_000_010, 5_000_000, 0), "England's row is the widest"
    assert skipped(result)["no board is known for these rows (unknown ICB)"] == 1
    assert any(
        one.code == "QF7" and one.reading == "in both lists, unchanged"
        for one in result.report.organisations
    )
    assert any("Opioids for cancer pain" in warning for warning in result.report.warnings)
    assert any("Metadata and National" in warning for warning in result.report.warnings)


def test_dfm_without_the_patients_column_gives_items_only(reference: ReferenceData) -> None:
    data = samples.as_xlsx({"ICB_Category": samples.dfm_rows(patients=False)})
    result = read_upload("dfm.xlsx", data, reference)
    assert totals(result)["opioids"] == (401_000, None, 0)
    assert result.report.suppressed == 2, (
        "the hidden items and cost of Z-drugs; no column of people, none hidden"
    )


def test_a_csv_has_no_sheet_to_speak_of(reference: ReferenceData) -> None:
    data = samples.as_csv(samples.dfm_rows())
    report = read_upload("dfm.csv", data, reference).report
    assert report.why.startswith("it has a row headed with a period, Drug Category")
    assert "sheet" not in " ".join(skip.first for skip in report.skipped)


def test_items_are_hidden_only_where_they_are(reference: ReferenceData) -> None:
    def items(table: str) -> list[str]:
        report = read_upload("t.csv", table.encode(), reference).report
        return [seen.items_in_words for seen in report.classes]

    assert items("class,period,patients,long_term_patients\nopioids,2024/25,90,*\n") == [
        "not in the file"
    ]
    assert items("class,period,patients,items\nopioids,2024/25,90,*\n") == ["hidden"]


def test_dfm_goes_into_the_plan_of_its_board(reference: ReferenceData) -> None:
    result = read_upload("dfm.xlsx", samples.dfm(), reference)
    plan = adopt(plan_for("QF7"), [result], reference).plan
    assert of_class(plan, "opioids") == (100_000, 401_000)
    assert of_class(plan, "z_drugs") == (None, None)
    assert of_class(plan, "antidepressants") == (None, None)
    row = plan.prescribing.of(MedicineClass.OPIOIDS)
    assert row.period == "2023/24" and row.counted is Basis.RESIDENT_ALL_AGES
    assert row.source.startswith("NHSBSA prescribing workbook: dfm.xlsx, BLAKE3 ")
    assert plan.population.basis is Basis.RESIDENT_ADULTS, "the plan counts whom it counted"
    assert plan.imports == (result.report,)
    follows = adopt(plan_for("QF7"), [result], reference, ["other-basis"]).plan
    assert follows.population.basis is Basis.RESIDENT_ALL_AGES, "rates follow whom the file counts"


def test_two_boards_that_became_one_give_it_their_items_and_never_their_people(
    reference: ReferenceData,
) -> None:
    icbs = [samples.NORTH_CENTRAL, samples.NORTH_WEST]
    result = read_upload(
        "dfm.xlsx", samples.as_xlsx({"ICB_Category": samples.dfm_rows(icbs=icbs)}), reference
    )
    assert all("Items may be added" in one.reading for one in result.report.organisations)
    assert totals(result)["opioids"] == (None, None, 0), "two boards are not added in the report"
    adoption = adopt(plan_for("Z9B2Z"), [result], reference)
    assert of_class(adoption.plan, "opioids") == (None, 802_000)
    assert of_class(adoption.plan, "z_drugs") == (None, None)
    assert any("people were not used" in line or "people not" in line for line in adoption.not_used)


def test_one_of_two_boards_is_not_the_new_board(reference: ReferenceData) -> None:
    data = samples.as_xlsx({"ICB_Category": samples.dfm_rows(icbs=[samples.NORTH_CENTRAL])})
    adoption = adopt(plan_for("Z9B2Z"), [read_upload("dfm.xlsx", data, reference)], reference)
    assert of_class(adoption.plan, "opioids") == (None, None)
    assert any(
        "cannot be made from the boards in the file: QRV" in line for line in adoption.not_used
    )


@pytest.mark.parametrize("successor", ["S1Y5D", "D7T5G"])
def test_a_split_board_gives_nothing_to_its_successors(
    reference: ReferenceData, successor: str
) -> None:
    data = samples.as_xlsx({"ICB_Category": samples.dfm_rows(icbs=[samples.WEST_ESSEX])})
    result = read_upload("dfm.xlsx", data, reference)
    assert len(result.report.refused) == 1
    assert "QM7: to March 2026; split between S1Y5D and D7T5G" in result.report.refused[0]
    adoption = adopt(plan_for(successor), [result], reference)
    assert of_class(adoption.plan, "opioids") == (None, None)
    assert any(
        "a split board's figures cannot be carried over" in line for line in adoption.not_used
    )
    old = adopt(plan_for("QM7", OrganisationList.TO_MARCH_2026), [result], reference)
    assert of_class(old.plan, "opioids") == (100_000, 401_000), (
        "in a plan of the old list it is itself"
    )


# ------------------------------------------------------------------------------ Medicines Used in
# Mental Health


def test_mumh_people_by_medicine_are_never_added(reference: ReferenceData) -> None:
    result = read_upload("mumh_bnf0403.xlsx", samples.mumh(), reference)
    assert totals(result) == {"antidepressants": (89_000_000, 8_000_000, 0)}
    icb = next(r for r in result.records if r.code == "QF7")
    assert (icb.patients, icb.items) == (None, 901_000)
    assert any("are counted by single medicine" in warning for warning in result.report.warnings)
    assert of_class(adopt(plan_for("QF7"), [result], reference).plan, "antidepressants") == (
        None,
        901_000,
    )


def test_mumh_of_another_section_is_not_our_classes(reference: ReferenceData) -> None:
    with pytest.raises(
        ValueError, match="nothing in it could be used: a BNF section that is not one of the five"
    ):
        read_upload("mumh_bnf0401.xlsx", samples.mumh(section="0401"), reference)


# ---------------------------------------------------------------------------------------------
# OpenPrescribing


def test_openprescribing_analysis(reference: ReferenceData) -> None:
    result = read_upload("opioids.csv", samples.analyse(), reference)
    assert result.report.periods == ("2025-01", "2025-02")
    assert totals(result) == {"opioids": (2_100, None, 0)}
    assert {r.population for r in result.records} == {1_500_000}
    plan = adopt(plan_for("QF7"), [result], reference).plan
    assert of_class(plan, "opioids") == (None, 2_100)
    assert [(m.month, m.items[3]) for m in plan.trend.months] == [
        ("2025-01", 1_000),
        ("2025-02", 1_100),
    ]


def test_openprescribing_does_not_say_which_class_so_somebody_must(
    reference: ReferenceData,
) -> None:
    with pytest.raises(ValueError, match="does not say which class it is about"):
        read_upload("export.csv", samples.analyse(), reference)
    chosen = read_upload(
        "export.csv",
        samples.analyse(),
        reference,
        ReadingOptions(medicine_class=MedicineClass.Z_DRUGS),
    )
    assert totals(chosen) == {"z_drugs": (2_100, None, 0)}


def test_openprescribing_api_by_practice(reference: ReferenceData) -> None:
    result = read_upload("gabapentinoids.csv", samples.spending_api(), reference)
    assert [(r.level, r.code, r.items, r.quantity, r.cost) for r in result.records] == [
        (Level.PRACTICE, "C88005", 30, 840, 12.5),
        (Level.PRACTICE, "C88005", 40, 1120, 17.5),
    ]


def test_openprescribing_sub_icb_codes_of_five_signs_are_not_boards(
    reference: ReferenceData,
) -> None:
    result = read_upload("opioids.csv", samples.analyse([("2025-01-01", "W2U3Z", 7)]), reference)
    assert result.records[0].level is Level.SUB_ICB and not result.records[0].icb
    icb = read_upload("opioids.csv", samples.analyse([("2026-04-01", "Z9B2Z", 7)]), reference)
    assert icb.records[0].level is Level.ICB


def test_openprescribing_measure_is_shown_and_not_used_as_items(reference: ReferenceData) -> None:
    result = read_upload("opioids_measure.csv", samples.measure(), reference)
    assert result.report.rows_used == 1 and result.report.classes == ()
    adoption = adopt(plan_for("QF7"), [result], reference)
    assert adoption.changes == () and of_class(adoption.plan, "opioids") == (None, None)


def test_five_years_of_every_board_are_more_than_any_one_plan_holds(
    reference: ReferenceData,
) -> None:
    rows = [
        (f"{year}-{month:02d}-01", "QF7", 9_000_000)
        for year in range(2021, 2026)
        for month in range(1, 13)
    ]
    result = read_upload("antidepressants.csv", samples.analyse(rows), reference)
    assert totals(result)["antidepressants"] == (540_000_000, None, 0)


# -------------------------------------------------------------------------------- English
# Prescribing Dataset

WAYS: dict[str, Callable[[samples.Rows], bytes]] = {
    "csv": lambda rows: samples.as_csv(rows),
    "csv with a mark": lambda rows: samples.as_csv(rows, encoding="utf-8-sig"),
    "semicolons": lambda rows: samples.as_csv(rows, separator=";"),
    "tabs": lambda rows: samples.as_csv(rows, separator="\t"),
    "UTF-16": lambda rows: samples.as_csv(rows, encoding="utf-16"),
    "zip": lambda rows: samples.as_zip({"EPD_SNOMED_202501.CSV": samples.as_csv(rows)}),
    "gz": lambda rows: samples.as_gz(samples.as_csv(rows)),
    "parquet": samples.as_parquet,
    "workbook": lambda rows: samples.as_xlsx({"EPD": rows}),
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("headings", [samples.OLD_EPD, samples.SNOMED_EPD], ids=["old", "SNOMED"])
def test_epd_in_either_layout_however_packed(
    reference: ReferenceData, way: str, headings: list[str]
) -> None:
    data = WAYS[way](samples.epd_rows(headings=headings))
    result = read_upload("epd", data, reference, ReadingOptions(icb="QF7"))
    assert result.report.format == "epd" and result.report.periods == ("2025-01",)
    assert totals(result) == {
        "antidepressants": (200, None, 0),
        "gabapentinoids": (30, None, 0),
        "opioids": (160, None, 0),
    }
    assert (result.report.rows_read, result.report.rows_used) == (7, 5)
    assert {(r.code, r.sub_icb, r.icb) for r in result.records} == {
        ("C88005", "03N", "QF7"),
        ("C86001", "02X", "QF7"),
    }


def test_epd_names_the_medicines_that_stand_near_ours(reference: ReferenceData) -> None:
    result = read_upload("epd.csv", samples.epd(), reference)
    assert [(near.code, near.rows) for near in result.report.near_misses] == [("0408010F0", 1)]
    assert skipped(result) == {
        "medicines near our classes, which do not belong to them": 1, "other medicines": 1
    }  # fmt: skip
    assert any("Clonazepam" in warning for warning in result.report.warnings)
    assert "benzodiazepines" not in totals(result)


@pytest.mark.parametrize("month", ["202501", "2025-01", "2025_01"])
def test_epd_writes_its_month_three_ways(reference: ReferenceData, month: str) -> None:
    assert read_upload("epd.csv", samples.epd(month=month), reference).report.periods == (
        "2025-01",
    )


def test_epd_months_are_added_for_items(reference: ReferenceData) -> None:
    two = [*samples.epd_rows(month="202501"), *samples.epd_rows(month="202502")[1:]]
    result = read_upload("epd.csv", samples.as_csv(two), reference, ReadingOptions(icb="QF7"))
    assert result.report.periods == ("2025-01", "2025-02")
    assert totals(result)["opioids"] == (320, None, 0)
    plan = adopt(plan_for("QF7"), [result], reference, ["part-opioids"]).plan
    assert of_class(plan, "opioids") == (None, 320)
    assert plan.prescribing.of(MedicineClass.OPIOIDS).items_period == "2025-01 to 2025-02, 2 months"


def test_epd_of_several_months_in_one_archive_says_what_to_do(reference: ReferenceData) -> None:
    data = samples.as_zip(
        {"a.csv": samples.epd(month="202501"), "b.csv": samples.epd(month="202502")}
    )
    with pytest.raises(
        ValueError, match="holds 2 tables. Unpack it and give each file by its name"
    ):
        read_upload("months.zip", data, reference)


def test_epd_without_a_practice_counts_in_the_whole_only(reference: ReferenceData) -> None:
    rows = [*samples.EPD_ROWS, ("QF7", "03N00", "-", samples.OPIOID, 5)]
    result = read_upload("epd.csv", samples.epd(rows), reference, ReadingOptions(icb="QF7"))
    assert totals(result)["opioids"] == (165, None, 0)
    assert any("no practice" in warning for warning in result.report.warnings)
    plan = adopt(plan_for("QF7"), [result], reference, ["part-opioids"]).plan
    assert of_class(plan, "opioids") == (None, 165)
    assert {area.code: area.items[3] for area in plan.areas.areas} == {"C88005": 110, "C86001": 50}


HIDDEN_EPD = [
    (*samples.SHEFFIELD, samples.OPIOID, 100),
    (*samples.SHEFFIELD, samples.OPIOID, "*"),
    (*samples.DONCASTER, samples.ZOPICLONE, "*"),
]


def test_epd_rows_without_items_are_counted_as_not_used(reference: ReferenceData) -> None:
    result = read_upload("epd.csv", samples.epd(HIDDEN_EPD), reference)
    assert (result.report.rows_read, result.report.rows_used) == (3, 1)
    assert skipped(result) == {"items is not a whole number": 2}
    assert totals(result)["opioids"][0] == 100


def test_epd_items_that_are_all_hidden_are_not_nought(reference: ReferenceData) -> None:
    result = read_upload("epd.csv", samples.epd(HIDDEN_EPD), reference, ReadingOptions(icb="QF7"))
    assert not [record for record in result.records if record.code == "C86001"]
    assert "z_drugs" not in totals(result)


def test_the_mapping_file_says_where_practices_belong(reference: ReferenceData) -> None:
    items = read_upload("opioids.csv", samples.spending_api(), reference)
    alone = adopt(plan_for("QF7"), [items], reference)
    assert any("bring the practice mapping with them" in line for line in alone.not_used)
    assert of_class(alone.plan, "opioids") == (None, None)
    homes = read_upload("gp-reg-pat-prac-map.csv", samples.practice_map(), reference)
    assert homes.report.rows_used == 2
    plan = adopt(plan_for("QF7"), [items, homes], reference).plan
    assert of_class(plan, "opioids") == (None, 70)
    area = next(area for area in plan.areas.areas if area.code == "C88005")
    assert (area.name, area.pcn, area.sub_icb, area.items[3]) == ("A PRACTICE", "U11111", "03N", 70)
    elsewhere = adopt(plan_for("QM7", OrganisationList.TO_MARCH_2026), [items, homes], reference)
    assert of_class(elsewhere.plan, "opioids") == (None, None)


# ------------------------------------------------------------------------ Patients Registered at a
# GP Practice


def people(reading: Reading, basis: Basis) -> dict[tuple[str, str], int | None]:
    return {(r.sex, r.age): r.population for r in reading.records if r.basis is basis}


def test_five_year_bands_share_out_the_ages_15_to_19(reference: ReferenceData) -> None:
    result = read_upload("gp-reg-pat-prac-quin-age.csv", samples.five_year(10), reference)
    assert result.report.periods == ("2026-04",) and result.report.rows_used == 41
    everyone = people(result, Basis.REGISTERED_ALL_AGES)
    assert everyone == {("", ""): 400, ("Female", ""): 200, ("Male", ""): 200}
    adults = people(result, Basis.REGISTERED_ADULTS)
    assert adults[("Female", "18-24")] == 14, "two fifths of ten, and the ten aged 20 to 24"
    assert adults[("Female", "25-29")] == 10 and adults[("Female", "90+")] == 20
    assert adults[("Female", "")] == 164 and adults[("", "")] == 328
    assert any("two fifths" in warning for warning in result.report.warnings)


def test_single_years_give_adults_exactly(reference: ReferenceData) -> None:
    result = read_upload("gp-reg-pat-prac-sing-age-regions.csv", samples.single_year(1), reference)
    assert people(result, Basis.REGISTERED_ALL_AGES)[("", "")] == 192
    adults = people(result, Basis.REGISTERED_ADULTS)
    assert (
        adults[("", "")] == 156 and adults[("Male", "18-24")] == 7 and adults[("Male", "90+")] == 6
    )
    assert not any("two fifths" in warning for warning in result.report.warnings)
    plan = Plan(place=Place(icb_code="QF7"), population={"basis": Basis.REGISTERED_ADULTS})
    assert adopt(plan, [result], reference).plan.population.entered == 156


def test_a_missing_age_is_not_an_age_with_nobody(reference: ReferenceData) -> None:
    some = [age for age in range(95) if age not in (30, 70)]
    result = read_upload("sing-age.csv", samples.single_year(1, ages=some), reference)
    adults = people(result, Basis.REGISTERED_ADULTS)
    assert (
        ("Female", "30-34") not in adults and ("", "70-74") not in adults and ("", "") not in adults
    )
    assert adults[("Female", "35-39")] == 5
    assert ("", "") not in people(result, Basis.REGISTERED_ALL_AGES)


def test_one_sex_is_not_everybody(reference: ReferenceData) -> None:
    lines = samples.single_year().decode().splitlines()
    women = "\n".join(line for line in lines if ",MALE," not in line).encode()
    result = read_upload("sing-age-female.csv", women, reference)
    assert {sex for sex, _ in people(result, Basis.REGISTERED_ADULTS)} == {"Female"}


def test_a_band_of_85_and_over_is_not_counted_twice(reference: ReferenceData) -> None:
    lines = samples.five_year(10).decode().splitlines()
    old = [
        line for line in lines if not any(f",{band}," in line for band in ("85_89", "90_94", "95+"))
    ]
    old += [lines[2].replace("0_4,10", "85+,30"), lines[2].replace("FEMALE,0_4,10", "MALE,85+,30")]
    adults = people(
        read_upload("old.csv", "\n".join(old).encode(), reference), Basis.REGISTERED_ADULTS
    )
    assert adults[("", "")] == 328
    assert ("", "85-89") not in adults and ("", "90+") not in adults


@pytest.mark.parametrize("date", ["01SEP2026", "01-Sep-26", "2026-09-01", "01/09/2026"])
def test_extract_dates_are_written_many_ways(reference: ReferenceData, date: str) -> None:
    assert read_upload("quin.csv", samples.five_year(date=date), reference).report.periods == (
        "2026-09",
    )


# ------------------------------------------------------------------------------------- any table,
# and pasting

EPACT = [
    ["Year Month", "Commissioner Code", "BNF Chemical Substance", "Unique Patients", "Total Items"],
    ["Mar-25", "QF7", "0407020Q0", "12", "1,200"],
    ["Mar-25", "QF7", "0401020K0", "", "300"],
]
MAPPING = ColumnMapping(
    columns=tuple(EPACT[0]),
    meaning={
        "Year Month": "period",
        "Commissioner Code": "code",
        "BNF Chemical Substance": "class",
        "Total Items": "items",
    },
)


def test_any_other_table_is_read_as_its_columns_are_named(reference: ReferenceData) -> None:
    data = samples.as_csv(EPACT)
    with pytest.raises(NotRecognised, match="the planner knows. Say what its columns hold"):
        read_upload("epact.csv", data, reference)
    result = read_upload("epact.csv", data, reference, ReadingOptions(mappings=[MAPPING]))
    assert result.report.format == "mapped_table" and result.report.periods == ("2025-03",)
    assert [(r.medicine_class, r.part, r.items) for r in result.records] == [
        (MedicineClass.OPIOIDS, ("0407020Q0",), 1_200),
        (MedicineClass.BENZODIAZEPINES, ("0401020K0",), 300),
    ]
    assert totals(result) == {"benzodiazepines": (None, None, 0), "opioids": (None, None, 0)}, (
        "morphine alone is not opioids"
    )


def test_people_of_single_medicines_are_left_out(reference: ReferenceData) -> None:
    mapping = MAPPING.model_copy(
        update={"meaning": {**MAPPING.meaning, "Unique Patients": "patients"}}
    )
    result = read_upload(
        "epact.csv", samples.as_csv(EPACT), reference, ReadingOptions(mappings=[mapping])
    )
    assert [(r.items, r.patients) for r in result.records] == [(1_200, None), (300, None)]
    assert any("cannot be added up to a class" in warning for warning in result.report.warnings)


def test_a_table_pasted_from_a_spreadsheet(reference: ReferenceData) -> None:
    result = read_pasted("\n".join("\t".join(map(str, row)) for row in samples.TEMPLATE), reference)
    assert totals(result) == {
        "antidepressants": (8_000, 1_000, 0), "opioids": (3_000, 500, 0), "z_drugs": (20, None, 1)
    }  # fmt: skip


# ------------------------------------------------------------------------------------------------
# our own table


def local_numbers(plan: Plan) -> dict[str, Any]:
    """Every local number of a plan, without the words on where it came from."""
    inequality, areas = plan.inequality, plan.areas
    return {
        "classes": [(r.patients, r.items) for r in plan.prescribing.classes],
        "long term": [
            r.long_term_share and round(r.long_term_share.central, 3)
            for r in plan.prescribing.classes
        ],
        "high dose": plan.prescribing.high_dose_opioid_patients,
        "fifths": [(r.by_quintile, r.women, r.men) for r in inequality.classes],
        "populations": (
            inequality.population_by_quintile,
            inequality.population_women,
            inequality.population_men,
        ),
        "strata": {(r.sex, r.age): (r.population, r.patients) for r in inequality.age_sex},
        "groups": {
            (b.kind, g.group): (g.population, g.patients)
            for b in inequality.breakdowns
            for g in b.groups
        },
        "areas": {
            (a.level, a.code): (a.name, a.pcn, a.sub_icb, a.population, a.patients, a.items)
            for a in areas.areas
        },
    }


def filled(plan: Plan) -> Plan:
    """The plan with places, groups and ages as well."""
    values = plan.model_dump()
    values["inequality"].update(
        population_by_quintile=(200_000, 190_000, 180_000, 170_000, 160_000),
        population_women=480_000,
        population_men=460_000,
        age_sex=[
            {"sex": "Female", "age": "25-29", "population": 40_000, "patients": (1, 2, 3, 4, 5)},
            {"sex": "Male", "age": "90+", "population": None, "patients": (0, None, None, 9, None)},
        ],
        breakdowns=[
            {
                "kind": "ethnicity",
                "groups": [
                    {
                        "group": "=White",
                        "population": 800_000,
                        "patients": (1, None, 3, None, None),
                    },
                    {
                        "group": "Mixed, or several",
                        "population": None,
                        "patients": (None, 2, None, None, None),
                    },
                ],
            }
        ],
    )
    values["areas"] = {
        "areas": [
            {
                "code": "C88005",
                "name": '=HYPERLINK("x")',
                "level": "practice",
                "pcn": "U11111",
                "sub_icb": "03N",
                "population": 9_000,
                "patients": (10, None, None, 40, None),
                "items": (100, None, 0, 400, None),
            },
            {
                "code": "U11111",
                "name": "+A PCN; \"quoted\", and 'more'",
                "level": "pcn",
                "population": 30_000,
            },
            {
                "code": "-1-",
                "name": "@Barnsley",
                "level": "area",
                "items": (None, 7, None, None, None),
            },
        ],
        "patients_period": "2024/25",
        "patients_source": "a file",
        "items_period": "2024/25",
        "items_source": "a file",
    }
    return Plan.model_validate(values)


@pytest.mark.parametrize("write", [template_csv, template_xlsx])
def test_a_full_plan_goes_out_in_our_table_and_comes_back_the_same(
    reference: ReferenceData, maximal: Plan, write: Any
) -> None:
    plan = filled(maximal)
    result = read_upload("ours", write(plan, reference), reference)
    assert result.report.skipped == () and result.report.rows_read == result.report.rows_used
    onto_itself = adopt(plan, [result], reference).plan
    assert local_numbers(onto_itself) == local_numbers(plan)
    assert onto_itself.population.entered is None, (
        "our own figure does not come back as one that was entered"
    )
    afresh = adopt(plan_for("QF7"), [result], reference).plan
    assert local_numbers(afresh) == local_numbers(plan)


def test_the_order_of_columns_and_rows_does_not_matter(
    reference: ReferenceData, maximal: Plan
) -> None:
    data = template_csv(filled(maximal), reference)
    want = dict.fromkeys(read_upload("a.csv", data, reference).records)
    from planner.intake.files import open_file

    rows = open_file("a.csv", data).sheets[0].rows
    width = len(rows[0])
    for seed in range(5):
        chance = Random(seed)
        order = chance.sample(range(width), width)
        body = chance.sample(rows[1:], len(rows) - 1)
        mixed = [[(row + [""] * width)[place] for place in order] for row in [rows[0], *body]]
        result = read_upload("b.csv", samples.as_csv(mixed), reference)
        assert dict.fromkeys(result.records) == want


@pytest.mark.parametrize("heading_first", range(3))
def test_the_header_is_found_below_notes(reference: ReferenceData, heading_first: int) -> None:
    notes: samples.Rows = [["A title"], [], ["Counted by the medicines team, who may be asked"]][
        :heading_first
    ]
    result = read_upload("t.csv", samples.as_csv([*notes, *samples.TEMPLATE]), reference)
    assert totals(result)["opioids"] == (3_000, 500, 0)


COUNT = st.none() | st.integers(0, 5_000_000)
FIVE = st.tuples(*[COUNT] * 5)
# A note such as [1] is no part of a name.
NAMES = st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
    lambda name: without_notes(name) == name
)


@st.composite
def random_plans(draw: st.DrawFn) -> Plan:
    """A plan of South Yorkshire with any local numbers."""
    values = plan_for("QF7").model_dump()
    for row in values["prescribing"]["classes"]:
        row.update(patients=draw(COUNT), items=draw(st.integers(0, 9_000_000)), period="2024/25")
    for row in values["inequality"]["classes"]:
        row.update(by_quintile=draw(FIVE), women=draw(COUNT), men=draw(COUNT))
    bands = draw(st.lists(st.sampled_from(["18-24", "25-29", "30-34", "90+"]), unique=True))
    values["inequality"].update(
        period="2024/25",
        age_sex=[
            {
                "sex": "Male",
                "age": age,
                "population": draw(st.integers(0, 9)),
                "patients": draw(FIVE),
            }
            for age in bands
        ],
    )
    codes = draw(st.lists(st.from_regex(r"[A-Z][0-9]{5}", fullmatch=True), unique=True, max_size=4))
    values["areas"].update(
        patients_period="2024/25",
        items_period="2024/25",
        areas=[
            {
                "code": code,
                "name": draw(NAMES),
                "level": "practice",
                "population": draw(st.integers(0, 9)),
                "patients": draw(FIVE),
                "items": draw(FIVE),
            }
            for code in codes
        ],
    )
    return Plan.model_validate(values)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan=random_plans(), workbook=st.booleans())
def test_any_local_numbers_survive_our_table(plan: Plan, workbook: bool) -> None:
    reference = load_reference()
    data = (template_xlsx if workbook else template_csv)(plan, reference)
    result = read_upload("ours", data, reference)
    assert local_numbers(adopt(plan_for("QF7"), [result], reference).plan) == local_numbers(plan)


# -------------------------------------------------------------------------------------------- the
# command line


def ingest(capsys: pytest.CaptureFixture[str], *arguments: Any) -> dict[str, Any]:
    assert main(["ingest", *map(str, arguments), "--json"]) == 0
    lookup: dict[str, Any] = json.loads(capsys.readouterr().out)
    return lookup


def test_the_command_line_prints_what_was_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "dfm.xlsx").write_bytes(samples.dfm())
    result = ingest(capsys, tmp_path / "dfm.xlsx")
    assert result["format"] == "nhsbsa_workbook" and result["refused"] == []
    assert set(result["classes"]) == {c.value for c in MedicineClass}
    assert result["classes"]["opioids"] == {
        "items": 35_000_010,
        "patients": 5_000_000,
        "suppressed": 0,
    }
    assert result["classes"]["antidepressants"] == {
        "items": None,
        "patients": None,
        "suppressed": None,
    }
    assert result["classes"]["z_drugs"] == {"items": None, "patients": None, "suppressed": 3}
    assert result["rows_read"] == 14 and isinstance(result["warnings"], list)


def test_months_of_the_dataset_are_read_one_after_another_and_added_up(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "jan.csv").write_bytes(samples.epd(month="202501"))
    (tmp_path / "feb.csv.gz").write_bytes(samples.as_gz(samples.epd(month="202502")))
    (tmp_path / "mar.zip").write_bytes(samples.as_zip({"mar.csv": samples.epd(month="202503")}))
    (tmp_path / "apr.parquet").write_bytes(samples.as_parquet(samples.epd_rows(month="202504")))
    (tmp_path / "map.csv").write_bytes(samples.practice_map())
    files = [tmp_path / name for name in ("jan.csv", "feb.csv.gz", "mar.zip", "apr.parquet")]
    result = ingest(capsys, *files, "--cuts", tmp_path / "cuts", "--icb", "QF7")
    assert result["format"] == "epd" and result["rows_read"] == 28 and result["rows_used"] == 20
    assert result["classes"]["opioids"] == {"items": 640, "patients": None, "suppressed": 0}
    result = ingest(
        capsys,
        *files,
        tmp_path / "map.csv",
        "--cuts",
        tmp_path / "cuts",
        "--level",
        "pcn",
        "--icb",
        "QF7",
    )
    assert result["classes"]["opioids"]["items"] == 640
    seen = {
        one["code"]
        for file in result["files"]
        for one in file["organisations"]
        if one["level"] == "pcn"
    }
    assert seen == {"U11111"}


def test_a_plan_is_saved_with_the_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, saved = tmp_path / "plan.json", tmp_path / "saved.json"
    assert main(["example", "--icb", "QF7", "--out", str(plan)]) == 0
    (tmp_path / "t.csv").write_bytes(samples.as_csv(samples.TEMPLATE))
    out = tmp_path / "rows.csv"
    assert (
        main(
            [
                "ingest",
                str(tmp_path / "t.csv"),
                "--plan",
                str(plan),
                "--save",
                str(saved),
                "--out",
                str(out),
            ]
        )
        == 0
    )
    assert "Plan: People prescribed opioids: not known becomes 500" in capsys.readouterr().out
    assert of_class(Plan.model_validate_json(saved.read_text()), "opioids") == (500, 3_000)
    again = ingest(capsys, out)
    assert again["classes"]["opioids"] == {"items": 3_000, "patients": 500, "suppressed": 0}


def test_nothing_is_removed_at_the_command_line_without_an_option_that_names_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    plan, first, second = (tmp_path / f"{name}.json" for name in ("plan", "first", "second"))
    assert main(["example", "--icb", "QF7", "--out", str(plan)]) == 0
    for name, row in (("new", b"2024/25,150000"), ("old", b"2022/23,140000")):
        (tmp_path / f"{name}.csv").write_bytes(b"class,period,patients\nopioids," + row + b"\n")
    new, old = (str(tmp_path / f"{name}.csv") for name in ("new", "old"))
    assert main(["ingest", new, "--plan", str(plan), "--save", str(first)]) == 0
    assert "Taken into the plan: 1 figure from new.csv" in capsys.readouterr().out
    assert main(["ingest", new, "--plan", str(first), "--json"]) == 0
    report = json.loads(capsys.readouterr().out)["plan"]
    assert (report["figures"], report["changes"]) == (0, []), "the same file gives nothing new"
    again = ["ingest", old, "--plan", str(first), "--save", str(second)]
    assert main(again) == 0
    assert (
        "Not taken: Use 140,000 people prescribed opioids, of 2022/23, which is older. Will be "
        "removed for it: people prescribed opioids, 150,000 (2024/25). To choose it: --remove "
        "count-opioids"
    ) in capsys.readouterr().out
    assert of_class(Plan.model_validate_json(second.read_text()), "opioids")[0] == 150_000
    second.unlink()
    assert main([*again, "--remove", "places-items"]) == 2
    assert "these files offer to remove count-opioids" in capsys.readouterr().err
    assert not second.exists()
    assert main([*again, "--remove", "count-opioids"]) == 0
    assert "Will be removed: people prescribed opioids, 150,000" in capsys.readouterr().out
    assert of_class(Plan.model_validate_json(second.read_text()), "opioids")[0] == 140_000
    ingest_report = ingest(capsys, old, "--plan", str(first))["plan"]
    assert ingest_report["removed"] == [] and ingest_report["choices"][0]["id"] == "count-opioids"


def test_practices_are_put_into_localities_by_a_column_the_user_names(
    reference: ReferenceData,
) -> None:
    table = b"Practice,Neighbourhood\nC88001,North & Dore\nC88002,North & Dore\nC88003,South\n"
    mapping = ColumnMapping(
        columns=("Practice", "Neighbourhood"),
        meaning={"Practice": "code", "Neighbourhood": "area"},
    )
    options = ReadingOptions(mappings=[mapping])
    listed = read_upload("places.csv", table, reference, options)
    assert listed.report.rows_used == 3
    header = "class,period,level,code,icb_code,items,population"
    rows = [f"opioids,2024/25,practice,C8800{n},QF7,{100 * n}," for n in (1, 2, 3)]
    rows += [f"population,2024/25,practice,C8800{n},QF7,,{1000 * n}" for n in (1, 2, 3)]
    items = read_upload("items.csv", own("\n".join(rows), header=header), reference)
    plan = adopt(plan_for("QF7"), [items, listed], reference).plan
    places = {area.name: area for area in areas_at(plan.areas, Level.AREA)}
    assert {name: (a.population, a.items[3]) for name, a in places.items()} == {
        "North & Dore": (3_000, 300),
        "South": (3_000, 300),
    }
    assert len({area.code for area in places.values()}) == 2
    more = own("opioids,2024/25,practice,C88009,QF7,50,", header=header)
    other = adopt(plan, [read_upload("more.csv", more, reference)], reference).plan
    assert [(a.name, a.items[3]) for a in areas_at(other.areas, Level.AREA)] == [
        ("No locality given", 50),
        ("North & Dore", 300),
        ("South", 300),
    ]
    again = read_upload("ours.csv", template_csv(plan, reference), reference)
    assert adopt(plan_for("QF7"), [again], reference).plan.areas.areas == plan.areas.areas


@pytest.mark.parametrize(
    ("name", "data", "chosen"),
    [
        ("t.csv", samples.as_csv(samples.TEMPLATE), []),
        ("month.csv", samples.epd(), ["--remove", "part-opioids"]),
    ],
    ids=["our table", "EPD"],
)
def test_a_file_the_plan_knows_by_its_sha256_is_the_same_file_when_it_comes_again(
    tmp_path: Path, name: str, data: bytes, chosen: list[str]
) -> None:
    plan, first, second = (tmp_path / f"{number}.json" for number in range(3))
    (tmp_path / name).write_bytes(data)

    def imports_after(before: Path, after: Path) -> list[dict[str, Any]]:
        files = ["--plan", str(before), "--save", str(after), "--cuts", str(tmp_path / "cuts")]
        files += chosen
        # The second time over what the first one wrote.
        assert main(["ingest", str(tmp_path / name), *files, "--force"]) == 0
        return list(json.loads(after.read_text(encoding="utf-8"))["imports"])

    assert main(["example", "--icb", "QF7", "--out", str(plan)]) == 0
    (report,) = imports_after(plan, first)
    assert report.pop("digest") == digest_of(data)
    older = [report | {"sha256": hashlib.sha256(data).hexdigest()}, report | {"sha256": "0" * 64}]
    tree = json.loads(first.read_text(encoding="utf-8")) | {"schema_version": 3, "imports": older}
    plan.write_text(json.dumps(tree), encoding="utf-8")
    for before, after in ((plan, first), (first, second)):
        digests = [one["digest"] for one in imports_after(before, after)]
        assert digests == ["sha256:" + "0" * 64, digest_of(data)], (
            "the other file of that name stays"
        )


def test_of_a_large_file_a_sha256_is_worked_out_only_where_the_plan_knows_one(
    reference: ReferenceData, tmp_path: Path
) -> None:
    (tmp_path / "month.csv").write_bytes(samples.epd())

    def earlier_digest(*names: str) -> str:
        options = ReadingOptions(known_by_sha256=frozenset(names))
        paths = [str(tmp_path / "month.csv")]
        return read_paths(paths, options, reference, tmp_path / "cuts", print)[0].earlier_digest

    assert earlier_digest() == earlier_digest("other.csv") == ""
    assert earlier_digest("month.csv") == f"sha256:{hashlib.sha256(samples.epd()).hexdigest()}"


def test_a_digest_is_what_b3sum_prints_of_a_file_of_any_size(tmp_path: Path) -> None:
    assert (
        digest_of(b"") == "blake3:af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262"
    )
    path = tmp_path / "a.csv"
    for data, lines in (
        (b"", 0),
        (b"a", 1),
        (b"a\n", 1),
        (b"one\ntwo\n" * 400_000 + b"end", 800_001),
    ):
        path.write_bytes(data)
        assert hashed(path) == (digest_of(data), lines)


def test_a_cut_saved_by_an_earlier_planner_is_made_anew_and_can_still_be_given(
    reference: ReferenceData, tmp_path: Path
) -> None:
    (tmp_path / "month.csv").write_bytes(samples.epd())
    cut = cut_of(tmp_path / "month.csv", reference, tmp_path)
    cut_file = next(tmp_path.glob("*.cut.parquet"))
    values = asdict(cut.provenance) | {"version": 2, "sha256": "0" * 64}
    del values["digest"]
    cut.table.collect().write_parquet(cut_file, metadata={"planner": json.dumps(values)})
    assert cut_of(cut_file, reference, tmp_path).provenance.digest == "sha256:" + "0" * 64
    again = cut_of(tmp_path / "month.csv", reference, tmp_path)
    assert not again.reused and again.provenance == cut.provenance


def test_two_files_of_the_same_months_are_never_added(reference: ReferenceData) -> None:
    """An export of ten months and its newer edition of twelve: the months both have are counted
    once."""
    old = b"class,period,items\n" + b"".join(b"opioids,2025-%02d,100\n" % m for m in range(1, 11))
    new = b"class,period,items\n" + b"".join(b"opioids,2025-%02d,110\n" % m for m in range(1, 13))
    readings = [read_upload("old.csv", old, reference), read_upload("new.csv", new, reference)]
    result = adopt(plan_for("QF7"), readings, reference)
    assert of_class(result.plan, "opioids") == (None, 1_320)
    assert any(
        "new.csv and old.csv give different numbers for 10 of the same places and periods; those "
        "of new.csv were used." in line
        for line in result.not_used
    )


def test_an_older_file_is_said_to_be_older(reference: ReferenceData) -> None:
    def people(period: bytes, count: bytes) -> bytes:
        return b"class,period,patients\nopioids," + period + b"," + count + b"\n"

    now = adopt(
        plan_for("QF7"), [read_upload("a.csv", people(b"2025/26", b"5000"), reference)], reference
    ).plan
    older = [read_upload("b.csv", people(b"2023/24", b"4000"), reference)]
    back = adopt(now, older, reference)
    assert of_class(back.plan, "opioids") == (5_000, None)
    assert back.removed == ()
    (choice,) = back.choices
    assert choice.id == "count-opioids" and not choice.is_chosen
    assert choice.label == "Use 4,000 people prescribed opioids, of 2023/24, which is older"
    assert choice.removed == ("people prescribed opioids, 5,000 (2025/26)",)
    chosen = adopt(now, older, reference, [choice.id])
    assert of_class(chosen.plan, "opioids") == (4_000, None)
    assert chosen.removed == choice.removed
    change = chosen.changes[0]
    assert (change.now, change.then) == ("5,000 (2025/26)", "4,000 (2023/24)")


def test_hidden_and_missing_months_never_count_as_nought(reference: ReferenceData) -> None:
    """Of three practices one has a hidden month and one opened late: neither gets a year, nor the
    month a total."""
    rows = [b"class,period,level,code,icb_code,items"]
    for month in range(1, 13):
        for code in (b"C88001", b"C88002", b"C88003"):
            items = b"*" if (code, month) == (b"C88002", 12) else b"40"
            if code != b"C88003" or month > 9:
                rows.append(b"opioids,2025-%02d,practice,%b,QF7,%b" % (month, code, items))
    plan = adopt(
        plan_for("QF7"), [read_upload("p.csv", b"\n".join(rows), reference)], reference
    ).plan
    place = list(MedicineClass).index(MedicineClass.OPIOIDS)
    assert {a.code: a.items[place] for a in plan.areas.areas} == {
        "C88001": 480,
        "C88002": None,
        "C88003": None,
    }
    assert [m.items[place] for m in plan.trend.months][-2:] == [120, None]


# What one file must not do to what another brought


def own(rows: str, header: str = "class,period,items") -> bytes:
    return f"{header}\n{rows}\n".encode()


def brought(plan: Plan, reference: ReferenceData, *files: bytes) -> Any:
    readings = [
        read_upload(f"file{n}.csv", data, reference) for n, data in enumerate(files, start=1)
    ]
    return adopt(plan, readings, reference)


def test_a_board_named_and_not_named_is_one_board(reference: ReferenceData) -> None:
    """The plan's own board stands in one file by its code and in the other by nothing: 1,000 once,
    not twice."""
    named = own("opioids,2024/25,icb,QF7,1000", header="class,period,level,code,items")
    result = brought(plan_for("QF7"), reference, own("opioids,2024/25,1000"), named)
    assert of_class(result.plan, "opioids") == (None, 1_000)
    assert any(
        "give the same numbers for 1 of the same places and periods; they were counted once."
        in line
        for line in result.not_used
    )


def test_a_hidden_place_leaves_a_year_without_a_total(reference: ReferenceData) -> None:
    rows = "\n".join(
        f"opioids,2024/25,practice,C8800{n},QF7,{1000 if n < 4 else '*'}" for n in range(1, 7)
    )
    result = brought(
        plan_for("QF7"), reference, own(rows, header="class,period,level,code,icb_code,items")
    )
    assert of_class(result.plan, "opioids") == (None, None)


def test_one_month_never_replaces_a_year(reference: ReferenceData) -> None:
    plan = brought(plan_for("QF7"), reference, own("opioids,2024/25,1000000")).plan
    header = "class,period,level,code,icb_code,items"
    month = own(
        "\n".join(f"opioids,2025-04,practice,C8800{n},QF7,1000" for n in range(1, 7)), header=header
    )
    result = brought(plan, reference, month)
    assert of_class(result.plan, "opioids") == (None, 1_000_000)
    assert any("keeps its items of a whole year" in line for line in result.not_used)


def test_one_practice_is_not_taken_for_the_board(reference: ReferenceData) -> None:
    header = "class,period,level,code,icb_code,items"
    networks = "\n".join(f"opioids,2024/25,pcn,U1000{n},QF7,{1000 * n}" for n in range(1, 7))
    result = brought(
        plan_for("QF7"),
        reference,
        own(f"{networks}\nopioids,2024/25,practice,C88001,QF7,7", header=header),
    )
    assert of_class(result.plan, "opioids") == (None, 21_000)


def test_a_file_of_other_people_takes_out_nothing_unless_chosen(reference: ReferenceData) -> None:
    """Fifths of resident adults are neither taken out nor relabelled for those of registered people
    unless the user lets them go."""
    header = "class,period,deprivation_fifth,patients,counted"
    adults = "\n".join(f"opioids,2024/25,{n},{500 * n},resident_adults" for n in range(1, 6))
    plan = brought(plan_for("QF7"), reference, own(adults, header=header)).plan
    registered = "\n".join(
        f"z_drugs,2024/25,{n},{100 * n},registered_all_ages" for n in range(1, 6)
    )
    adopted = brought(plan, reference, own(registered, header=header))
    assert adopted.plan.inequality == plan.inequality and adopted.plan.population == plan.population
    assert adopted.removed == ()
    assert [(one.id, one.removed) for one in adopted.choices] == [
        (
            "other-basis",
            ("counts and people by fifth, sex, age and group, of resident adults (18 and over)",),
        )
    ]
    readings = [read_upload("file1.csv", own(registered, header=header), reference)]
    result = adopt(plan, readings, reference, ["other-basis"])
    assert result.plan.population.basis is Basis.REGISTERED_ALL_AGES
    assert result.removed == adopted.choices[0].removed
    assert result.plan.inequality.counted is Basis.REGISTERED_ALL_AGES
    assert result.plan.inequality.of(MedicineClass.OPIOIDS).by_quintile == (None,) * 5
    assert any("taken out" in change.then for change in result.changes)


def test_a_file_of_one_class_leaves_the_other_classes_groups(reference: ReferenceData) -> None:
    header = "class,period,group_type,group,patients,population"
    first = "opioids,2024/25,Ethnicity,White,500,\nopioids,2024/25,Ethnicity,Asian,40,\n"
    people = "population,2024/25,Ethnicity,White,,9000\npopulation,2024/25,Ethnicity,Asian,,1000"
    plan = brought(plan_for("QF7"), reference, own(first + people, header=header)).plan
    second = "z_drugs,2024/25,Ethnicity,White,60,\nz_drugs,2024/25,Ethnicity,Asian,7,"
    (saved,) = brought(plan, reference, own(second, header=header)).plan.inequality.breakdowns
    assert {g.group: (g.population, g.patients[3], g.patients[4]) for g in saved.groups} == {
        "White": (9_000, 500, 60), "Asian": (1_000, 40, 7),
    }  # fmt: skip


def test_lists_of_other_people_do_not_relabel_the_places(reference: ReferenceData) -> None:
    header = "class,period,level,code,icb_code,population,counted"
    lists = "\n".join(
        f"population,2026-04,practice,C8800{n},QF7,10000,registered_all_ages" for n in range(1, 7)
    )
    plan = brought(plan_for("QF7"), reference, own(lists, header=header)).plan
    result = brought(
        plan,
        reference,
        own("population,2026-04,practice,C88001,QF7,8000,registered_adults", header=header),
    )
    assert result.plan.areas.population_basis is Basis.REGISTERED_ALL_AGES
    assert {area.population for area in result.plan.areas.areas} == {10_000}
    assert any("were left: the others are of" in line for line in result.not_used)


def test_rows_of_other_boards_are_always_counted_aloud(reference: ReferenceData) -> None:
    header = "class,period,level,code,items"
    result = brought(
        plan_for("QF7"),
        reference,
        own("opioids,2024/25,icb,QF7,10\nopioids,2024/25,icb,QWO,20", header=header),
    )
    assert "What the files say of 1 other board was left out: QWO." in result.not_used
    lists = read_upload("five.csv", samples.five_year(), reference)
    assert adopt(plan_for("QF7"), [lists], reference).not_used == (
        "1 practice left, since the files do not say the board: bring the practice mapping with "
        "them.",
    )
