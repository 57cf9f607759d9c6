"""Each kind of file as its publisher lays it out, as bytes, with invented rows whose totals are
plain to see.
"""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from openpyxl import Workbook

from tests.present import present

Rows = Sequence[Sequence[Any]]

SOUTH_YORKSHIRE = ("NHS South Yorkshire Integrated Care Board", "QF7")
NORTH_CENTRAL = ("NHS North Central London Integrated Care Board", "QMJ")
NORTH_WEST = ("NHS North West London Integrated Care Board", "QRV")
WEST_ESSEX = ("NHS Hertfordshire and West Essex Integrated Care Board", "QM7")

OPIOID, CODEINE, PREGABALIN, DIAZEPAM, ZOPICLONE, SERTRALINE = (
    "0407020Q0AAAAAA",
    "0407020C0AAAFAF",
    "0408010AEAAAAAA",
    "0401020K0AAAHAH",
    "0401010Z0AAAAAA",
    "0403030Q0AAAAAA",
)
CLONAZEPAM, METHADONE_LINCTUS, BENDROFLUMETHIAZIDE = (
    "0408010F0AAABAB",
    "0309010S0AAACAC",
    "0202010B0AAABAB",
)


# ------------------------------------------------------------------------------------------ ways of
# writing


def as_csv(rows: Rows, separator: str = ",", encoding: str = "utf-8", ends: str = "\r\n") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=separator, lineterminator=ends).writerows(rows)
    return text.getvalue().encode(encoding)


def as_xlsx(sheets: Mapping[str, Rows]) -> bytes:
    book = Workbook()
    book.remove(present(book.active))
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def as_zip(members: Mapping[str, bytes]) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return output.getvalue()


def as_gz(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)


def as_parquet(rows: Rows) -> bytes:
    heading, *body = rows
    columns = {name: [str(row[place]) for row in body] for place, name in enumerate(heading)}
    output = io.BytesIO()
    pl.DataFrame(columns).write_parquet(output)
    return output.getvalue()


# ------------------------------------------------------------------------- Dependency Forming
# Medicines, MUMH

NOTES = [
    ["Dependency Forming Medicines - England - invented figures"],
    ["The below table has been invented for tests."],
    ["1. Field definitions can be found on the 'Metadata' tab."],
    ["2. Questions: email statistics@example.org"],
    [],
]
DFM_COUNTS: Mapping[str, tuple[int | None, int | None, int]] = {
    "Opioids": (100_000, 400_000, 1_000),
    "Gabapentinoids": (30_000, 200_000, 500),
    "Benzodiazepines": (20_000, 90_000, 0),
    "Z-Drugs": (None, None, 40),
}
"""People and items of identified patients, then items without one. Z-drugs of identified patients
are hidden."""


def dfm_rows(
    year: str = "2023/2024",
    icbs: Sequence[tuple[str, str]] = (SOUTH_YORKSHIRE,),
    patients: bool = True,
    counts: Mapping[str, tuple[int | None, int | None, int]] = DFM_COUNTS,
) -> list[list[Any]]:
    """The sheet ICB_Category: notes, a header, then one row for each board, category and flag."""
    heading = [
        "Financial Year",
        "Integrated Care Board Name",
        "Integrated Care Board Code",
        "Drug Category",
        "Identified Patient Flag",
        "Total Identified Patients",
        "Total Items",
        "Total Net Ingredient Cost (GBP)",
    ]
    rows: list[list[Any]] = [*NOTES, heading]
    for name, code in icbs:
        for category, (people, items, unidentified) in counts.items():
            rows.append(
                [
                    year,
                    name,
                    code,
                    category,
                    "Y",
                    people,
                    items,
                    None if items is None else items * 2,
                ]
            )
            rows.append([year, name, code, category, "N", 0, unidentified, unidentified * 2])
    rows.append([year, "UNKNOWN ICB", "-", "Opioids", "Y", 7, 9, 18])
    if not patients:
        at = heading.index("Total Identified Patients")
        rows = [row if len(row) < 2 else [*row[:at], *row[at + 1 :]] for row in rows]
    return rows


def dfm(**how: Any) -> bytes:
    year = how.get("year", "2023/2024")
    by_sex = [
        *NOTES,
        ["Financial Year", "Drug Category", "Patient Gender", "Identified Patient Flag",
         "Total Identified Patients", "Total Items", "Total Net Ingredient Cost (GBP)"],
        [year, "Opioids", "Female", "Y", 3_000_000, 20_000_000, 1],
        [year, "Opioids", "Male", "Y", 2_000_000, 15_000_000, 1],
        [year, "Opioids", "Unknown", "N", 0, 10, 1],
    ]  # fmt: skip
    category = [
        *NOTES,
        [
            "Financial Year",
            "Drug Category",
            "Identified Patient Flag",
            "Total Identified Patients",
            "Total Items",
            "Total Net Ingredient Cost (GBP)",
        ],
        [year, "Opioids", "Y", 5_000_000, 35_000_000, 1],
        [year, "Opioids", "N", 0, 10, 1],
    ]
    return as_xlsx(
        {
            "Metadata": [["Field", "Description"], ["Total Items", "Number of items"]],
            "National": [
                ["Financial Year", "Identified Patient Flag", "Total Items"],
                [year, "Y", 67_000_000],
            ],
            "Category": category,
            "ICB_Category": dfm_rows(**how),
            "Gender_Category": by_sex,
        }
    )


def mumh(year: str = "2023/2024", section: str = "0403") -> bytes:
    """National_Total has people for the whole section; ICB has them for each chemical substance
    only."""
    national: list[list[object]] = [
        ["Medicines Used in Mental Health - invented"],
        [],
        ["Financial Year", "BNF Section Name", "BNF Section Code", "Identified Patient Flag",
         "Total Identified Patients", "Total Items", "Total Net Ingredient Cost (GBP)"],
        [year, "Antidepressant drugs", section, "Y", 8_000_000, 88_000_000, 1],
        [year, "Antidepressant drugs", section, "N", 0, 1_000_000, 1],
    ]  # fmt: skip
    start = [year, *SOUTH_YORKSHIRE, "Antidepressant drugs", section]
    ssri = ["Selective serotonin re-uptake inhibitors", "040303"]
    icb: list[list[object]] = [
        ["Medicines Used in Mental Health - invented"],
        [],
        [
            "Financial Year",
            "ICB Name",
            "ICB Code",
            "BNF Section Name",
            "BNF Section Code",
            "BNF Paragraph Name",
            "BNF Paragraph Code",
            "BNF Chemical Substance Name",
            "BNF Chemical Substance Code",
            "Identified Patient Flag",
            "Total Identified Patients",
            "Total Items",
            "Total Net Ingredient Cost (GBP)",
        ],
        [*start, *ssri, "Sertraline hydrochloride", "0403030Q0", "Y", 60_000, 600_000, 1],
        [*start, *ssri, "Citalopram hydrobromide", "0403030D0", "Y", 40_000, 300_000, 1],
        [*start, *ssri, "Citalopram hydrobromide", "0403030D0", "N", 0, 1_000, 1],
    ]
    return as_xlsx({"National_Total": national, "ICB": icb})


# --------------------------------------------------------------------------------------------
# OpenPrescribing


def analyse(rows: Rows = (("2025-01-01", "QF7", 1_000), ("2025-02-01", "QF7", 1_100))) -> bytes:
    heading = ["date", "id", "name", "y_items", "y_actual_cost", "total_list_size"]
    return as_csv(
        [
            heading,
            *([date, code, "A NAME", items, items * 1.5, 1_500_000] for date, code, items in rows),
        ]
    )


def spending_api() -> bytes:
    return as_csv(
        [
            ["items", "quantity", "actual_cost", "date", "row_id", "row_name"],
            [30, 840, 12.5, "2025-01-01", "C88005", "A PRACTICE"],
            [40, 1120, 17.5, "2025-02-01", "C88005", "A PRACTICE"],
        ]
    )


def measure() -> bytes:
    heading = ["date", "org_id", "org_name", "numerator", "denominator", "ratio", "percentile"]
    heading += [f"{tenth}th percentile" for tenth in range(10, 100, 10)]
    return as_csv(
        [heading, ["2025-01-01", "QF7", "NHS SOUTH YORKSHIRE", 12, 345.5, 0.0347, 50, *range(9)]]
    )


# --------------------------------------------------------------------------------- English
# Prescribing Dataset

OLD_EPD = [
    "YEAR_MONTH",
    "REGIONAL_OFFICE_NAME",
    "REGIONAL_OFFICE_CODE",
    "AREA_TEAM_NAME",
    "AREA_TEAM_CODE",
    "PCO_NAME",
    "PCO_CODE",
    "PRACTICE_NAME",
    "PRACTICE_CODE",
    "ADDRESS_1",
    "ADDRESS_2",
    "ADDRESS_3",
    "ADDRESS_4",
    "POSTCODE",
    "BNF_CHEMICAL_SUBSTANCE",
    "CHEMICAL_SUBSTANCE_BNF_DESCR",
    "BNF_CODE",
    "BNF_DESCRIPTION",
    "BNF_CHAPTER_PLUS_CODE",
    "QUANTITY",
    "ITEMS",
    "TOTAL_QUANTITY",
    "ADQUSAGE",
    "NIC",
    "ACTUAL_COST",
    "UNIDENTIFIED",
]
SNOMED_EPD = [
    "YEAR_MONTH",
    "REGIONAL_OFFICE_NAME",
    "REGIONAL_OFFICE_CODE",
    "ICB_NAME",
    "ICB_CODE",
    "PCO_NAME",
    "PCO_CODE",
    "PRACTICE_NAME",
    "PRACTICE_CODE",
    "ADDRESS_1",
    "ADDRESS_2",
    "ADDRESS_3",
    "ADDRESS_4",
    "POSTCODE",
    "BNF_CHEMICAL_SUBSTANCE_CODE",
    "BNF_CHEMICAL_SUBSTANCE_NAME",
    "BNF_PRESENTATION_CODE",
    "BNF_PRESENTATION_NAME",
    "BNF_CHAPTER_PLUS_CODE",
    "QUANTITY",
    "ITEMS",
    "TOTAL_QUANTITY",
    "ADQ_USAGE",
    "NIC",
    "ACTUAL_COST",
    "UNIDENTIFIED",
    "SNOMED_CODE",
]
SHEFFIELD, DONCASTER = ("QF7", "03N00", "C88005"), ("QF7", "02X00", "C86001")
EPD_ROWS: Rows = (
    (*SHEFFIELD, OPIOID, 100),
    (*SHEFFIELD, CODEINE, 10),
    (*DONCASTER, OPIOID, 50),
    (*SHEFFIELD, PREGABALIN, 30),
    (*SHEFFIELD, SERTRALINE, 200),
    (*SHEFFIELD, CLONAZEPAM, 999),
    (*SHEFFIELD, BENDROFLUMETHIAZIDE, 5_000),
)
"""Board, sub-ICB location, practice, medicine, items: opioids 160, gabapentinoids 30,
antidepressants 200."""


def epd_rows(
    rows: Rows = EPD_ROWS, month: str = "202501", headings: Sequence[str] = SNOMED_EPD
) -> list[list[Any]]:
    """Rows under either header; a column the rows do not speak of holds what such a file would
    hold."""
    outputs: list[list[Any]] = [list(headings)]
    for icb, pco, practice, code, items in rows:
        current = {
            "YEAR_MONTH": month,
            "ICB_CODE": icb,
            "ICB_NAME": "A BOARD",
            "PCO_CODE": pco,
            "PRACTICE_CODE": practice,
            "PRACTICE_NAME": "A PRACTICE, THE",
            "BNF_CODE": code,
            "BNF_PRESENTATION_CODE": code,
            "BNF_CHEMICAL_SUBSTANCE": code[:9],
            "BNF_CHEMICAL_SUBSTANCE_CODE": code[:9],
            "QUANTITY": 28,
            "ITEMS": items,
            "TOTAL_QUANTITY": f"{items}.0" if isinstance(items, int) else "1",
            "NIC": "2.5",
            "ACTUAL_COST": "2.25",
            "UNIDENTIFIED": "N",
            "POSTCODE": "S1 1AA",
            "ADDRESS_1": "1 HIGH ST",
            "REGIONAL_OFFICE_CODE": "Y63",
            # Ten figures that pass the check of an NHS number.
            "SNOMED_CODE": "9434765919",
        }
        outputs.append([current.get(heading, "") for heading in headings])
    return outputs


def epd(
    rows: Rows = EPD_ROWS, month: str = "202501", headings: Sequence[str] = SNOMED_EPD
) -> bytes:
    return as_csv(epd_rows(rows, month, headings))


# ------------------------------------------------------------------------- Patients Registered at a
# GP Practice

FIVE_YEARS = [*(f"{age}_{age + 4}" for age in range(0, 95, 5)), "95+"]


def five_year(
    people: int = 10, date: str = "01-Apr-26", kind: str = "GP", code: str = "C88005"
) -> bytes:
    """`people` of each sex in each of the twenty bands, and everybody."""
    heading = (
        "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,POSTCODE,SEX,AGE_GROUP_5,"
        "NUMBER_OF_PATIENTS"
    )
    start = ["GP_PRAC_PAT_LIST", date, kind, code, "", "S1 1AA"]
    rows = [[*start, "ALL", "ALL", people * 40]]
    rows += [[*start, sex, band, people] for sex in ("FEMALE", "MALE") for band in FIVE_YEARS]
    return as_csv([heading.split(","), *rows])


def single_year(
    people: int = 1, kind: str = "ICB", code: str = "QF7", ages: Iterable[int] = range(95)
) -> bytes:
    """`people` of each sex at each age to 94 and at 95 and over."""
    heading = "PUBLICATION,EXTRACT_DATE,ORG_TYPE,ORG_CODE,ONS_CODE,SEX,AGE,NUMBER_OF_PATIENTS"
    start = ["GP_PRAC_PAT_LIST", "01-Apr-26", kind, code, "E54000061"]
    rows = [[*start, sex, age, people] for sex in ("FEMALE", "MALE") for age in [*ages, "95+"]]
    return as_csv([heading.split(","), *rows])


def practice_map(
    rows: Rows = (("C88005", "U11111", "03N", "QF7"), ("C86001", "U", "02X", "QF7")),
) -> bytes:
    heading = [
        "PUBLICATION",
        "EXTRACT_DATE",
        "PRACTICE_CODE",
        "PRACTICE_NAME",
        "PRACTICE_POSTCODE",
        "PCN_CODE",
        "PCN_NAME",
        "ONS_SUB_ICB_LOCATION_CODE",
        "SUB_ICB_LOCATION_CODE",
        "SUB_ICB_LOCATION_NAME",
        "ONS_ICB_CODE",
        "ICB_CODE",
        "ICB_NAME",
        "ONS_COMM_REGION_CODE",
        "COMM_REGION_CODE",
        "COMM_REGION_NAME",
        "SUPPLIER_NAME",
    ]
    outputs = []
    for practice, pcn, sub_icb, icb in rows:
        current = {
            "PUBLICATION": "GP_PRAC_PAT_LIST",
            "EXTRACT_DATE": "01-Apr-26",
            "PRACTICE_CODE": practice,
            "PRACTICE_NAME": f"PRACTICE {practice}",
            "PCN_CODE": pcn,
            "PCN_NAME": f"PCN {pcn}",
            "SUB_ICB_LOCATION_CODE": sub_icb,
            "ICB_CODE": icb,
            "SUPPLIER_NAME": "ANY",
        }
        outputs.append([current.get(name, "") for name in heading])
    return as_csv([heading, *outputs])


# ------------------------------------------------------------------------------------------------
# our own table

TEMPLATE: Rows = [
    ["class", "period", "code", "patients", "items"],
    ["antidepressants", "2024/25", "QF7", 1_000, 8_000],
    ["opioids", "2024/25", "QF7", 500, 3_000],
    ["z_drugs", "2024/25", "QF7", "*", 20],
]
