"""Good files that were once refused or misread: parts of a class, other spreadsheets, totals of
lists, periods side by side, one board among many; and what is said of a file that cannot be used.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from planner.analysis.local_data.adopt import adopt
from planner.cli.main import main
from planner.intake.errors import ClassNeeded, IntakeError, PatientLevelError
from planner.intake.openprescribing import class_in_name
from planner.intake.reading import is_near
from planner.intake.registry import NotRecognised, ReadingOptions, read_upload
from planner.model.intake import Level, Reading
from planner.model.place import Place
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.reference import load_reference
from tests.intake import samples

REFERENCE = load_reference()
HEAD = ("class", "period", "patients", "items")
ANALYSIS = ("date", "id", "name", "y_items", "y_actual_cost", "total_list_size")
PREGABALIN, GABAPENTIN = "0408010AE", "0408010G0"


def table(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> bytes:
    return samples.as_csv([head, *rows])


def read(name: str, data: bytes, **options: Any) -> Reading:
    return read_upload(name, data, REFERENCE, ReadingOptions(**options))


def items_of(reading: Reading) -> dict[str, int | None]:
    return {seen.medicine_class.value: seen.items for seen in reading.report.classes}


def analysis(items: int, code: str = "QF7", month: str = "2025-04-01") -> bytes:
    return table((month, code, "NHS SOUTH YORKSHIRE ICB", items, 10, 1_500_000), head=ANALYSIS)


def ingest(capsys: pytest.CaptureFixture[str], *arguments: Any) -> dict[str, Any]:
    assert main(["ingest", *map(str, arguments), "--json"]) == 0
    result: dict[str, Any] = json.loads(capsys.readouterr().out)
    return result


def refusal(capsys: pytest.CaptureFixture[str], *arguments: Any) -> str:
    assert main(["ingest", *map(str, arguments)]) == 2
    return capsys.readouterr().err


# --- parts of a class -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "medicine_class", "part"),
    [
        ("pregabalin.csv", "gabapentinoids", (PREGABALIN,)),
        ("Items_0408010G0_2025.csv", "gabapentinoids", (GABAPENTIN,)),
        ("gabapentin and pregabalin.csv", "gabapentinoids", ()),
        ("zopiclone-qf7.csv", "z_drugs", ("0401010Z0",)),
        ("opioids_2024.csv", "opioids", ()),
        ("bnf 0403.csv", "antidepressants", ()),
        ("z-drugs.csv", "z_drugs", ()),
    ],
)
def test_a_files_name_says_which_part_of_a_class_it_is(
    name: str, medicine_class: str, part: tuple[str, ...]
) -> None:
    chosen = class_in_name(name, REFERENCE)
    assert chosen is not None and (chosen.medicine_class, chosen.part) == (medicine_class, part)


def test_a_paragraph_is_a_part_of_its_class() -> None:
    chosen = class_in_name("SSRIs.csv", REFERENCE)
    assert chosen is not None and chosen.medicine_class is MedicineClass.ANTIDEPRESSANTS
    assert chosen.part and all(code.startswith("040303") for code in chosen.part)


@pytest.mark.parametrize(
    "name",
    ["non-opioid.csv", "NonOpioids.csv", "strong_opioids.csv", "opioids excluding patches.csv"],
)
def test_a_name_of_other_medicines_is_not_the_class_in_it(name: str) -> None:
    with pytest.raises(ClassNeeded, match="speaks of a part of one that cannot be told"):
        read(name, analysis(40_000))


def test_two_parts_add_up_to_their_class_and_one_never_passes_as_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "pregabalin.csv").write_bytes(analysis(100_000))
    (tmp_path / "gabapentin.csv").write_bytes(analysis(40_000))
    alone = ingest(capsys, tmp_path / "pregabalin.csv")
    assert alone["classes"]["gabapentinoids"]["items"] is None
    assert any("counts as the class only together with Gabapentin" in w for w in alone["warnings"])
    both = ingest(capsys, tmp_path / "pregabalin.csv", tmp_path / "gabapentin.csv")
    assert both["classes"]["gabapentinoids"]["items"] == 140_000
    readings = [
        read(f"{name}.csv", analysis(n))
        for name, n in (("pregabalin", 100_000), ("gabapentin", 40_000))
    ]
    plan = Plan(place=Place(icb_code="QF7"))
    adopted = adopt(plan, readings, REFERENCE).plan.trend.months
    assert [month.items[2] for month in adopted] == [140_000]
    assert adopt(plan, readings[:1], REFERENCE).plan.trend.months == ()


def test_parts_stay_parts_in_the_table_that_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "ssris.csv").write_bytes(analysis(900))
    out = tmp_path / "rows.csv"
    ingest(capsys, tmp_path / "ssris.csv", "--out", out)
    again = read("rows.csv", out.read_bytes())
    assert items_of(again) == {"antidepressants": None}
    assert len(again.records[0].part) == 7 and again.records[0].items == 900


def test_rows_by_medicine_are_the_class_where_none_that_is_common_is_lacking() -> None:
    whole = table(("Pregabalin", "2024/25", "", 100), ("0408010G0", "2024/25", "", 40))
    assert items_of(read("t.csv", whole)) == {"gabapentinoids": 140}
    assert items_of(read("t.csv", table(("Pregabalin", "2024/25", "", 100)))) == {
        "gabapentinoids": None
    }


def test_the_users_choice_does_not_make_a_part_the_class() -> None:
    result = read("pregabalin.csv", analysis(9), medicine_class=MedicineClass.GABAPENTINOIDS)
    assert result.records[0].part == (PREGABALIN,)
    other = read("pregabalin.csv", analysis(9), medicine_class=MedicineClass.OPIOIDS)
    assert items_of(other) == {"opioids": 9}


# --- one board among others, and headlines --------------------------------------------------------


def test_a_quarters_people_are_said_to_be_a_quarters(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "q.csv"
    path.write_bytes(table(("opioids", "2024/25 Q1", 500, 900)))
    assert ingest(capsys, path)["counted"]["opioids"]["patients"] == "2024/25 Q1, over a quarter"
    assert main(["ingest", str(path)]) == 0
    assert "people 500 (2024/25 Q1, over a quarter)" in capsys.readouterr().out


def test_boards_are_never_added_in_a_headline() -> None:
    rows = [("opioids", "2024/25", code, n) for code, n in (("QF7", 100), ("QWO", 200))]
    result = read("t.csv", table(*rows, head=("class", "period", "code", "items")))
    assert items_of(result) == {"opioids": None}
    assert result.report.classes[0].items_of == "2 boards, which are not added up"


@pytest.mark.parametrize(
    ("name", "data", "items"),
    [
        ("dfm.xlsx", samples.dfm(icbs=[samples.SOUTH_YORKSHIRE, samples.NORTH_WEST]), 401_000),
        ("t.csv", table(("opioids", "2024/25", "QF7", 100), ("opioids", "2024/25", "QWO", 200),
                        head=("class", "period", "code", "items")), 100),
        ("opioids.csv", samples.analyse([("2025-01-01", "QF7", 7), ("2025-01-01", "QWO", 9)]), 7),
    ],
    ids=["DFM", "own table", "OpenPrescribing"],
)  # fmt: skip
def test_one_boards_rows_are_kept_whatever_the_format(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, name: str, data: bytes, items: int
) -> None:
    (tmp_path / name).write_bytes(data)
    result = ingest(capsys, tmp_path / name, "--icb", "QF7")
    assert result["classes"]["opioids"]["items"] == items
    skips = {skip["reason"]: skip["rows"] for skip in result["files"][0]["skipped"]}
    assert skips["rows of other places"] >= 1
    words = refusal(capsys, tmp_path / name, "--icb", "QHM")
    assert "there is no row for NHS North East and North Cumbria" in words and "QF7" in words


def test_practices_are_placed_by_the_mapping_file_wherever_it_stands(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "gabapentinoids.csv").write_bytes(samples.spending_api())
    (tmp_path / "map.csv").write_bytes(samples.practice_map())
    words = refusal(capsys, tmp_path / "gabapentinoids.csv", "--icb", "QF7")
    assert "give the practice mapping file" in words
    result = ingest(capsys, tmp_path / "gabapentinoids.csv", tmp_path / "map.csv", "--icb", "QF7")
    assert result["classes"]["gabapentinoids"]["items"] == 70


def epd_row(icb: str, code: str, items: int = 5, pco: str = "02P00") -> list[Any]:
    return ["202605", icb, pco, "C99998", code, items, items * 28, 1, 1]


EPD = ["YEAR_MONTH", "ICB_CODE", "PCO_CODE", "PRACTICE_CODE", "BNF_PRESENTATION_CODE", "ITEMS",
       "TOTAL_QUANTITY", "NIC", "ACTUAL_COST"]  # fmt: skip


def test_why_there_is_no_row_for_the_board_is_told_apart(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, cuts = tmp_path / "epd.csv", tmp_path / "cuts"
    rows = [
        epd_row("QMJ", samples.SERTRALINE, pco="99X00"),
        epd_row("QGH", samples.BENDROFLUMETHIAZIDE, pco="18C00"),
    ]
    path.write_bytes(samples.as_csv([EPD, *rows]))

    def why(code: str) -> str:
        return refusal(capsys, path, "--icb", code, "--cuts", cuts)

    assert "has rows of NHS Herefordshire" in why("QGH")
    assert "none of the medicines of the five classes" in why("QGH")
    # All of North Central London is in it since April 2026.
    assert "QMJ" in why("Z9B2Z") and "On 1 April 2026" in why("Z9B2Z")
    assert "It has rows of QMJ" in why("QF7")
    assert "no ICB has the code 'QZZ'" in why("QZZ")
    area_team = [[cell for at, cell in enumerate(row) if at != 1] for row in [EPD, rows[0]]]
    area_team[1][1] = "99X00"
    path.write_bytes(samples.as_csv(area_team))
    assert "area teams of its time" in why("QF7")


def test_practices_of_2017_are_not_said_to_be_missing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "epd.csv"
    rows = [[cell for at, cell in enumerate(row) if at != 1]
            for row in [EPD, epd_row("", samples.SERTRALINE)]]  # fmt: skip
    path.write_bytes(samples.as_csv(rows))
    result = ingest(capsys, path, "--cuts", tmp_path / "cuts")
    assert not any("no practice" in warning for warning in result["warnings"])
    assert [one["code"] for one in result["files"][0]["organisations"]] == ["02P"]


# --- tables in other layouts ----------------------------------------------------------------------

TOTALS = ("PUBLICATION", "EXTRACT_DATE", "TYPE", "SUB_ICB_LOCATION_CODE",
          "ONS_SUB_ICB_LOCATION_CODE", "CODE", "POSTCODE", "SEX", "AGE",
          "NUMBER_OF_PATIENTS")  # fmt: skip


def test_totals_of_lists_are_read_and_said_to_have_no_ages(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    rows = [("GP", "2026-07-01", "GP", "02P", "E38000006", code, "ZZ1", "ALL", "ALL", n)
            for code, n in (("C99999", 5_000), ("C99998", 3_000))]  # fmt: skip
    path = tmp_path / "totals.csv"
    path.write_bytes(table(*rows, head=TOTALS))
    result = ingest(capsys, path, "--icb", "QF7")
    assert result["population"] == [
        {"period": "2026-07", "basis": "registered_all_ages", "level": "practice", "places": 2,
         "people": 8_000}
    ]  # fmt: skip
    assert any("The file has no ages" in warning for warning in result["warnings"])


def test_more_adults_than_people_of_all_ages_are_warned_of() -> None:
    rows = [
        ("population", "2026-07", "practice", "C99999", n, who)
        for n, who in ((5_000, "registered_all_ages"), (6_000, "registered_adults"))
    ]
    result = read("t.csv", table(*rows, head=("class", "period", "level", "code", "population",
                                              "counted")))  # fmt: skip
    assert any("more adults than people of all ages in C99999" in w for w in result.report.warnings)


def test_prescription_cost_analysis_is_refused_with_its_reason() -> None:
    head = ("YEAR_DESC", "GEOGRAPHY_NAME", "GEOGRAPHY_CODE", "BNF_PRESENTATION_CODE", "ITEMS")
    with pytest.raises(IntakeError, match="pharmacies that dispensed") as caught:
        read("pca.csv", table(("2024", "WEST YORKSHIRE", "QWO", samples.SERTRALINE, 7), head=head))
    assert not isinstance(caught.value, NotRecognised)


def test_items_by_region_are_read_by_the_names_of_medicines() -> None:
    head = ("YM", "REGION", "BNF_SECTION", "DRUG", "ITEMS", "COST")
    rows = [
        ("202404", "LONDON", "Antidepressant drugs", "Sertraline hydrochloride", 400, 1.5),
        ("202404", "LONDON", "Antidepressant drugs", "Amitriptyline hydrochloride", 300, 2),
        ("202404", "NORTH EAST & YORKSHIRE", "Antidepressant drugs", "Mirtazapine", 50, 2),
        ("202404", "LONDON", "Analgesics", "Paracetamol", 999, 2),
    ]
    result = read("region.csv", table(*rows, head=head))
    assert {(r.level, r.code, r.items, r.part) for r in result.records} == {
        (Level.REGION, "Y56", 700, ("0403010B0", "0403030Q0", "0403040X0")),
        (Level.REGION, "Y63", 50, ("0403010B0", "0403030Q0", "0403040X0")),
    }
    assert any("together with Clomipramine" in warning for warning in result.report.warnings)
    cut = [[row[i] for i in (0, 1, 3, 4)] for row in rows]
    parts = read("region.csv", table(*cut, head=("YM", "REGION", "DRUG", "ITEMS")))
    assert items_of(parts) == {"antidepressants": None}, "a table of no section may be of any part"


def test_an_unknown_table_is_answered_with_its_columns_and_the_nearest_layout(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(table(("x", 1, 2), head=("Date", "Id", "y_items")))
    words = refusal(capsys, path)
    assert "Its columns are Date, Id and y_items. The nearest layout is that of an" in words
    assert "OpenPrescribing analysis, for which it lacks name" in words and "--column" in words
    wide = table(range(11), head=[f"Heading {n}" for n in range(11)])
    with pytest.raises(NotRecognised, match="Heading 4 and 6 more, none of them a column"):
        read("t.csv", wide)


def test_columns_are_named_at_the_command_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, columns = tmp_path / "epact.csv", tmp_path / "columns.yaml"
    path.write_bytes(table(("QF7", "1,200"), head=("Commissioner", "Total Items")))
    column_options = ["--column", "items=Total Items", "--column", "code=commissioner"]
    fixed = ["--fixed", "class=opioids", "--fixed", "period=2024/25"]
    result = ingest(capsys, path, *column_options, *fixed)
    assert result["classes"]["opioids"]["items"] == 1_200
    columns.write_text(
        "items: Total Items\ncode: Commissioner\nfixed: {class: opioids, period: 2024/25}\n"
        "counted: registered_all_ages\n"
    )
    assert ingest(capsys, path, "--columns", columns)["classes"] == result["classes"]
    assert "no column headed 'Items'. Its columns are Commissioner" in refusal(
        capsys, path, "--column", "items=Items"
    )
    assert "not a meaning of a column: itms" in refusal(
        capsys, path, "--column", "itms=Total Items"
    )
    assert "no column gives the period" in refusal(capsys, path, *column_options, *fixed[:2])
    assert "MEANING=NAME" in refusal(capsys, path, "--column", "Total Items")


def test_an_unknown_column_of_our_own_table_is_told() -> None:
    result = read("t.csv", table(("opioids", "2024/25", 5, 9, "x"), head=(*HEAD, "Remarks")))
    assert any("not read: 'Remarks'" in warning for warning in result.report.warnings)
    control = read("t.csv", table(("opioids", "2024/25", 5, 9)))
    assert not any("not read" in warning for warning in control.report.warnings)


def test_a_pattern_of_names_is_expanded(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name, year in (("a.csv", "2023/24"), ("b.csv", "2024/25")):
        (tmp_path / name).write_bytes(table(("opioids", year, 5, 9)))
    files = ingest(capsys, tmp_path / "*.csv")["files"]
    assert [file["file"] for file in files] == ["a.csv", "b.csv"]
    assert "no file has a name like that" in refusal(capsys, tmp_path / "*.txt")


# --- periods side by side -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rows",
    [
        [["", "Patients", "Patients", "Items", "Items"],
         ["class", "2023/24", "2024/25", "2023/24", "2024/25"]],
        [["", "Patients", "", "Items", ""], ["class", "2023/24", "2024/25", "2023/24", "2024/25"]],
        [["class", "Patients 2023/24", "Patients 2024/25", "2023/24 items", "Items (2024/25)"]],
    ],
    ids=["above", "merged above", "in one"],
)  # fmt: skip
@pytest.mark.parametrize("workbook", [False, True], ids=["CSV", "Excel"])
def test_years_across_are_read_each_as_its_own(rows: list[list[str]], workbook: bool) -> None:
    body: list[list[Any]] = [*rows, ["opioids", 480, 500, 900, 1_000]]
    data = samples.as_xlsx({"Numbers": body}) if workbook else samples.as_csv(body)
    result = read("t.xlsx" if workbook else "t.csv", data)
    assert {(r.period, r.patients, r.items) for r in result.records} == {
        ("2023/24", 480, 900),
        ("2024/25", 500, 1_000),
    }
    assert items_of(result) == {"opioids": 1_000}


def test_years_above_what_is_counted_are_read_too() -> None:
    rows = [["", "2023/24", "", "2024/25", ""], ["class", "Patients", "Items", "Patients", "Items"]]
    result = read("t.csv", samples.as_csv([*rows, ["opioids", 480, 900, 500, 1_000]]))
    assert {(r.period, r.patients, r.items) for r in result.records} == {
        ("2023/24", 480, 900),
        ("2024/25", 500, 1_000),
    }


def test_years_across_of_something_unsaid_are_asked_about() -> None:
    with pytest.raises(NotRecognised, match="Periods stand side by side"):
        read("t.csv", table(("opioids", 480, 500), head=("class", "2023/24", "2024/25")))


# --- other spreadsheets ---------------------------------------------------------------------------


def strict(data: bytes) -> bytes:
    output = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as usual, zipfile.ZipFile(output, "w") as written:
        for name in usual.namelist():
            part = usual.read(name)
            for before, after in (
                (b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
                 b"http://purl.oclc.org/ooxml/spreadsheetml/main"),
                (b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
                 b"http://purl.oclc.org/ooxml/officeDocument/relationships"),
            ):  # fmt: skip
                part = part.replace(before, after)
            written.writestr(name, part)
    return output.getvalue()


def open_document(rows: str, styles: str = "", columns: str = "") -> bytes:
    names = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
        for prefix in ("office", "table", "text", "style")
    )
    content = (
        f"<office:document-content {names}><office:automatic-styles>{styles}"
        "</office:automatic-styles><office:body><office:spreadsheet>"
        f'<table:table table:name="Numbers" table:style-name="ta1">{columns}{rows}'
        '<table:table-row table:number-rows-repeated="1048573"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table>'
        "</office:spreadsheet></office:body></office:document-content>"
    )
    return samples.as_zip(
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "content.xml": content.encode(),
        }
    )


def ods_row(*cells: Any, more: str = "") -> str:
    written = "".join(
        f'<table:table-cell office:value-type="float" office:value="{cell}"><text:p>{cell:,}'
        "</text:p></table:table-cell>"
        if isinstance(cell, int)
        else cell
        if cell.startswith("<")
        else f"<table:table-cell><text:p>{cell}</text:p></table:table-cell>"
        for cell in cells
    )
    return f"<table:table-row {more}>{written}</table:table-row>"


def test_a_strict_workbook_is_read() -> None:
    data = strict(samples.as_xlsx({"Numbers": [HEAD, ("opioids", "2024/25", 500, 1_000)]}))
    assert b"purl.oclc.org" in zipfile.ZipFile(io.BytesIO(data)).read("xl/workbook.xml")
    assert [(r.patients, r.items) for r in read("t.xlsx", data).records] == [(500, 1_000)]


def test_an_open_document_spreadsheet_is_read_without_what_is_hidden() -> None:
    rows = ods_row(*HEAD) + ods_row("opioids", "2024/25", 500, 1_000)
    result = read("t.ods", open_document(rows))
    assert [(r.patients, r.items) for r in result.records] == [(500, 1_000)]
    assert result.report.format == "template"
    hidden = ods_row("z_drugs", "2024/25", 5, 9, more='table:visibility="collapse"')
    result = read("t.ods", open_document(rows + hidden))
    assert items_of(result) == {"opioids": 1_000}
    assert "Hidden rows of sheet 'Numbers' were not read: 3." in " ".join(result.report.warnings)
    with pytest.raises(IntakeError, match="anything in it: Hidden sheets were not read: 'Numbers'"):
        read("t.ods", open_document(
            rows, '<style:style style:name="ta1"><style:table-properties table:display="false"/>'
            "</style:style>"))  # fmt: skip


@pytest.mark.parametrize(
    "bomb",
    [
        ods_row("x", more='table:number-rows-repeated="1500000000"'),
        ods_row(
            '<table:table-cell table:number-columns-repeated="16000"><text:p>x</text:p>'
            "</table:table-cell>",
            more='table:number-rows-repeated="1000000"',
        ),
    ],
    ids=["rows", "cells"],
)
def test_an_open_document_that_repeats_beyond_measure_is_refused(bomb: str) -> None:
    with pytest.raises(IntakeError, match=r"t\.ods has more than 1,500,000 rows or"):
        read("t.ods", open_document(ods_row(*HEAD) + bomb))


def test_an_open_document_of_people_is_refused() -> None:
    rows = ods_row("NHS number", "items") + ods_row("9434765919", 5)
    with pytest.raises(PatientLevelError):
        read("t.ods", open_document(rows))


def test_a_class_merged_down_the_side_is_said_of_each_row() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (HEAD, ("opioids", "2023/24", 480, 900), (None, "2024/25", 500, 1_000)):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    output = io.BytesIO()
    book.save(output)
    merged = (
        '<table:table-cell table:number-rows-spanned="2"><text:p>opioids</text:p>'
        "</table:table-cell>"
    )
    rows = ods_row(*HEAD) + ods_row(merged, "2023/24", 480, 900)
    covered = ods_row("<table:covered-table-cell/>", "2024/25", 500, 1_000)
    for name, data in (("t.xlsx", output.getvalue()), ("t.ods", open_document(rows + covered))):
        assert {(r.medicine_class, r.period, r.items) for r in read(name, data).records} == {
            (MedicineClass.OPIOIDS, "2023/24", 900),
            (MedicineClass.OPIOIDS, "2024/25", 1_000),
        }


def test_a_number_merged_down_is_not_counted_in_each_row() -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    for row in (HEAD, ("opioids", "2023/24", 480, 900), ("opioids", "2024/25", 500, None)):
        sheet.append(row)
    sheet.merge_cells("D2:D3")
    output = io.BytesIO()
    book.save(output)
    items = {r.period: r.items for r in read("t.xlsx", output.getvalue()).records}
    assert items == {"2023/24": 900, "2024/25": None}


@pytest.mark.parametrize(
    ("name", "member", "words"),
    [
        ("t.xlsb", "xl/workbook.bin", "Save as .xlsx"),
        ("spec.docx", "word/document.xml", "use 'planner review'"),
    ],
)
def test_another_document_is_told_what_to_do(name: str, member: str, words: str) -> None:
    with pytest.raises(IntakeError, match=words):
        read(name, samples.as_zip({member: b"<a/>", "xl/styles.xml": b"<a/>"}))


# --- counts that only look like people, and hidden numbers ----------------------------------------


def test_a_quantity_of_ten_digits_is_a_quantity() -> None:
    head = ("class", "period", "items", "quantity")
    result = read("t.csv", table(("opioids", "2024/25", 40_000_000, 1_234_567_881), head=head))
    assert result.records[0].quantity == 1_234_567_881
    people = [("opioids", "2024/25", 1, n) for n in (9434765919, 9434765870, 9434765838)]
    with pytest.raises(PatientLevelError):
        read("t.csv", table(*people, head=head))


@pytest.mark.parametrize("heading", ["Telephone", "Email", "PCN full name", "Practice phone"])
def test_contacts_of_practices_are_not_people(heading: str) -> None:
    head = ("class", "period", "level", "code", heading, "items")
    rows = [("opioids", "2024/25", "practice", f"A1000{n}", f"0114000000{n}", 9) for n in (1, 2)]
    assert len(read("t.csv", table(*rows, head=head)).records) == 2


def test_two_telephones_of_one_practice_are_of_people() -> None:
    head = ("class", "period", "level", "code", "Telephone", "items")
    rows = [("opioids", "2024/25", "practice", "A10001", f"0114000000{n}", 9) for n in (1, 2)]
    with pytest.raises(PatientLevelError, match="delete that column and bring the rest"):
        read("t.csv", table(*rows, head=head))


@pytest.mark.parametrize(
    "mark", ["[low]", "[u]", "[w]", "[z]", "[k]", "[c]", "~", "1-4", "1 to 7", "0–4", "<10"]
)
def test_a_mark_hides_people_and_keeps_the_items(mark: str) -> None:
    record = read("t.csv", table(("opioids", "2024/25", mark, 5_000))).records[0]
    assert (record.patients, record.items, record.suppressed) == (None, 5_000, ("patients",))


@pytest.mark.parametrize("number", ["1,234 [r]", "1234[p]", "1,234 [R]"])
def test_a_mark_behind_a_number_leaves_the_number(number: str) -> None:
    assert read("t.csv", table(("opioids", "2024/25", number, 9))).records[0].patients == 1_234


# --- near misses and sentences --------------------------------------------------------------------


def test_near_misses_are_called_by_name_and_new_medicines_are_watched(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "epd.csv"
    codes = (samples.SERTRALINE, "0401040A0AAABAB", "0410030C0AAABAB", "0408010ZZAAAAAA",
             "0408010AXAAAAAA", "0408010A0AAAAAA", "0408030A0AAAAAA")  # fmt: skip
    path.write_bytes(samples.as_csv([EPD, *(epd_row("QF7", code) for code in codes)]))
    near = {
        miss["code"]: miss["name"]
        for miss in ingest(capsys, path, "--cuts", tmp_path / "cuts")["files"][0]["near_misses"]
    }
    assert near == {
        "0401040A0": "Other hypnotics and anxiolytics",
        "0410030C0": "Methadone (BNF 4.10 substance dependence)",
        "0408010ZZ": "not in our lists",
        "0408010AX": "not in our lists",
        "0408030A0": "not in our lists",
    }
    known = {medicine.bnf_code for medicine in REFERENCE.known_others}
    assert "0408010A0" in known, "levetiracetam"
    assert not any(is_near(code, REFERENCE) for code in known)


def test_a_warning_is_a_whole_sentence_however_much_it_names() -> None:
    rows = [(f"04010{n:02}A0", "2024/25", "", 5) for n in range(40, 70)]
    result = read("t.csv", table(("opioids", "2024/25", 1, 5), *rows))
    warning = next(w for w in result.report.warnings if "near our classes" in w)
    assert warning.endswith(" more.")
    sheets = {f"Sheet with a name {n:02}": [["a note"]] for n in range(14)}
    data = samples.as_xlsx({**sheets, "ICB_Category": samples.dfm_rows()})
    warning = next(w for w in read("dfm.xlsx", data).report.warnings if "Sheets not used" in w)
    assert warning.endswith("Sheet with a name 09 and 4 more.")
