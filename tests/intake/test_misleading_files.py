"""Kinds of real file that used to put a wrong number into the plan without a word: each is read
right, or left out and named, beside a control that is read as ever.
"""

from __future__ import annotations

import ast
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

import planner
from planner.analysis.local_data.adopt import Adoption, adopt
from planner.analysis.local_data.report import facts, summary
from planner.analysis.periods import UNDATED, ends
from planner.intake import cells
from planner.intake.epd import cut_of
from planner.intake.errors import IntakeError, PatientLevelError
from planner.intake.files import HiddenPlaces
from planner.intake.registry import NotRecognised, ReadingOptions, read_upload
from planner.intake.spreadsheets import marks_of
from planner.model.intake import Level, Reading
from planner.model.place import OrganisationList, Place
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.reference import load_reference
from tests.intake import samples

OPIOIDS, Z_DRUGS = MedicineClass.OPIOIDS, MedicineClass.Z_DRUGS
GABAPENTINOIDS = MedicineClass.GABAPENTINOIDS
HEADINGS = ("class", "period", "items")
Rows = Sequence[Sequence[Any]]


def read(reference: ReferenceData, rows: Rows, name: str = "own.csv") -> Reading:
    return read_upload(name, samples.as_csv(rows), reference)


def taken(reference: ReferenceData, *readings: Reading) -> Adoption:
    place = Place(icb_code="QF7", organisation_list=OrganisationList.FROM_APRIL_2026)
    return adopt(Plan(place=place), readings, reference)


def figures(reference: ReferenceData, reading: Reading) -> tuple[int | None, int | None]:
    """People prescribed opioids, and items of them, once the reading is in a plan."""
    row = taken(reference, reading).plan.prescribing.of(OPIOIDS)
    return row.patients, row.items


def warnings_of(reading: Reading) -> str:
    return " ".join(reading.report.warnings)


# --- what is hidden in Excel (faults.md 2)


def workbook(change: Callable[[Workbook], None] = lambda _: None) -> bytes:
    """1,000 items on the first sheet, in rows 2 and 3; 990 on the second."""
    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet("Numbers")
    for row in (
        (*HEADINGS, "patients"),
        ("opioids", "2024/25", 1000, 300),
        ("z_drugs", "2024/25", 50, 20),
    ):
        sheet.append(row)
    second = book.create_sheet("old")
    old: Rows = (HEADINGS, ("opioids", "2023/24", 900), ("z_drugs", "2023/24", 90))
    for line in old:
        second.append(line)
    change(book)
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_left_out_and_named(
    reference: ReferenceData, state: Literal["hidden", "veryHidden"]
) -> None:
    def hide(book: Workbook) -> None:
        book["old"].sheet_state = state

    everything = read_upload("a.xlsx", workbook(), reference)
    assert {r.items for r in everything.records} == {1000, 50, 900, 90}, "the control"
    assert "idden" not in warnings_of(everything)
    result = read_upload("a.xlsx", workbook(hide), reference)
    assert {r.items for r in result.records} == {1000, 50}
    assert "Hidden sheets were not read: 'old'." in warnings_of(result)


def hidden_row(book: Workbook) -> None:
    book["Numbers"].row_dimensions[3].hidden = True


def folded_row(book: Workbook) -> None:
    book["Numbers"].row_dimensions.group(3, 3, hidden=True)


def hidden_column(book: Workbook) -> None:
    book["Numbers"].column_dimensions["D"].hidden = True


def hidden_run_of_columns(book: Workbook) -> None:
    book["Numbers"].column_dimensions.group("D", "H", hidden=True)


@pytest.mark.parametrize("change", [hidden_row, folded_row])
def test_a_hidden_row_is_left_out_and_named(
    reference: ReferenceData, change: Callable[[Workbook], None]
) -> None:
    result = read_upload("a.xlsx", workbook(change), reference)
    assert {(r.medicine_class, r.items) for r in result.records if r.period == "2024/25"} == {
        (OPIOIDS, 1000)
    }
    assert "Hidden rows of sheet 'Numbers' were not read: 3." in warnings_of(result)


@pytest.mark.parametrize("change", [hidden_column, hidden_run_of_columns])
def test_a_hidden_column_is_left_out_and_named(
    reference: ReferenceData, change: Callable[[Workbook], None]
) -> None:
    result = read_upload("a.xlsx", workbook(change), reference)
    assert {r.patients for r in result.records} == {None}
    assert 1000 in {r.items for r in result.records}
    assert "Hidden columns of sheet 'Numbers' were not read: D." in warnings_of(result)


def test_hidden_rows_are_named_by_their_place_in_excel_and_messages_keep_it(
    reference: ReferenceData,
) -> None:
    def change(book: Workbook) -> None:
        sheet = book["Numbers"]
        for number in (2, 4, 5, 6):
            sheet.row_dimensions[number].hidden = True
        for row in (
            ("opioids", "2022/23", 7),
            ("opioids", "2021/22", 8),
            ("opioids", "2020/21", 9),
            ("opioids", "2019/20", "many"),
        ):
            sheet.append(row)

    result = read_upload("a.xlsx", workbook(change), reference)
    assert "were not read: 2 and 4 to 6." in warnings_of(result)
    assert any("row 7 of sheet 'Numbers'" in skip.first for skip in result.report.skipped)


@pytest.mark.parametrize(
    ("xml", "rows", "columns"),
    [
        (b'<sheetData><row r="1"/><row r="7" hidden="1" ht="15"><c r="A7"/></row>', {7}, ()),
        (b"<x:row spans='1:3' ht='0' r='2'>", {2}, ()),
        (b'<row><c/></row><row hidden="true"><c/></row><row ht="10.5"/>', {2}, ()),
        (
            b'<cols><col min="2" max="3" hidden="1"/><col min="4" max="4" width="0"/>',
            set(),
            ((2, 3), (4, 4)),
        ),
        (
            b'<row r="1" hidden="0" ht="0.75"><c r="A1"/></row><col min="1" max="1" width="9"/>',
            set(),
            (),
        ),
    ],
)
def test_every_way_of_hiding_is_told_from_the_xml(
    xml: bytes, rows: set[int], columns: tuple[tuple[int, int], ...]
) -> None:
    assert marks_of(xml).hidden == HiddenPlaces(frozenset(rows), columns)


def test_a_workbook_that_hides_everything_says_so(reference: ReferenceData) -> None:
    def change(book: Workbook) -> None:
        book["old"].sheet_state = "hidden"
        for number in (1, 2, 3):
            book["Numbers"].row_dimensions[number].hidden = True

    with pytest.raises(IntakeError, match="'old'.*Unhide"):
        read_upload("a.xlsx", workbook(change), reference)


@pytest.mark.parametrize("where", ["sheet", "column"])
def test_people_on_a_hidden_sheet_or_in_a_hidden_column_turn_the_file_away(
    reference: ReferenceData, where: str
) -> None:
    def change(book: Workbook) -> None:
        if where == "sheet":
            book["old"].sheet_state = "hidden"
            book["old"]["D1"] = "NHS number"
        else:
            book["Numbers"].column_dimensions["E"].hidden = True
            book["Numbers"]["E1"] = "NHS number"

    with pytest.raises(PatientLevelError):
        read_upload("a.xlsx", workbook(change), reference)


# --- rows that say the same thing twice (faults.md 2)


def test_two_rows_of_one_key_are_named_and_neither_is_taken(reference: ReferenceData) -> None:
    rows = [HEADINGS, ("opioids", "2024/25", 1000), ("z_drugs", "2024/25", 50)]
    control = read(reference, rows)
    assert figures(reference, control) == (None, 1000)
    result = read(reference, [*rows, ("Opioids", "24/25", 1000)])
    opioids, z_drugs = result.records
    assert (opioids.items, opioids.suppressed) == (None, ("items",)), "not known, and never none"
    assert z_drugs.items == 50
    assert re.search(r"row 2 .*and row 4 .*\(opioids, 2024/25\)", warnings_of(result))
    assert result.report.rows_used == 1
    assert figures(reference, result) == (None, None)


def test_the_same_key_on_two_sheets_is_named_and_neither_is_taken(
    reference: ReferenceData,
) -> None:
    def change(book: Workbook) -> None:
        book["old"]["B2"] = "2024/25"

    result = read_upload("a.xlsx", workbook(change), reference)
    assert figures(reference, result) == (None, None)
    assert "row 2 of sheet 'Numbers' and row 2 of sheet 'old'" in warnings_of(result)


def test_a_file_of_nothing_but_repeated_rows_is_refused_and_names_them(
    reference: ReferenceData,
) -> None:
    with pytest.raises(IntakeError, match="row 2 .* row 3 .*opioids, 2024/25"):
        read(reference, [HEADINGS, *[("opioids", "2024/25", 1000)] * 2])


def test_rows_of_several_medicines_of_a_class_are_kept_but_of_one_twice_are_not(
    reference: ReferenceData,
) -> None:
    codeine, morphine = "Codeine phosphate", "Morphine sulfate"
    rows = [HEADINGS, (codeine, "2024/25", 100), (morphine, "2024/25", 11)]
    assert {r.items for r in read(reference, rows).records} == {100, 11}
    again = read(reference, [*rows, (codeine, "2024/25", 100)])
    assert {r.items for r in again.records} == {None, 11}
    assert "row 2 and row 4 (opioids, 2024/25)" in warnings_of(again)


def test_a_month_of_openprescribing_given_twice_is_not_added(reference: ReferenceData) -> None:
    heading = ("date", "id", "name", "y_items", "y_actual_cost", "total_list_size")
    rows = [(f"2025-0{m}-01", "QF7", "SY", 1000 + m, 1, 9) for m in (4, 5)]
    control = read(reference, [heading, *rows], "opioids.csv")
    assert sum(r.items or 0 for r in control.records) == 2009
    result = read(reference, [heading, *rows, rows[0]], "opioids.csv")
    assert {r.period: r.items for r in result.records} == {"2025-04": None, "2025-05": 1005}


def test_registered_people_given_twice_are_left_out_both_times(reference: ReferenceData) -> None:
    heading = ("EXTRACT_DATE", "ORG_TYPE", "ORG_CODE", "SEX", "AGE", "NUMBER_OF_PATIENTS")
    rows = [
        ("01APR2026", "ICB", "QF7", "ALL", "ALL", 900),
        ("01APR2026", "ICB", "QMJ", "ALL", "ALL", 800),
    ]
    result = read(reference, [heading, *rows, ("01APR2026", "ICB", "QF7", "ALL", "ALL", 700)])
    assert {r.code: r.population for r in result.records} == {"QMJ": 800}
    assert [(s.rows, s.first) for s in result.report.skipped] == [(2, "row 2 and row 4")]


# --- periods (faults.md 4)

YEARS = (
    "2024/25", "24/25", "FY24/25", "FY 24-25", "2024_25", "2024-25", "2024–25", "2024/2025",
    "2024 to 2025", "202425", "Financial year 2024/25", "April 2024 to March 2025",
    "Apr-24 to Mar-25", "01/04/2024 to 31/03/2025", "1st April 2024 – 31st March 2025",
    "2024-04 to 2025-03", "year ending March 2025", "Year ended 31 March 2025",
    "12 months to March 2025", "FYE March 2025", "2024/25 [p]", "2024/25 [r][p]", "2024/25p",
    "2024/25 (provisional)", "2024/25 provisional", "2024/25²", "2024/25 [note 3]", "2024/25*",
    "2024/25 (April 2024 to March 2025)",
)  # fmt: skip


@pytest.mark.parametrize("written", YEARS)
def test_the_newest_year_is_taken_however_it_is_written(
    reference: ReferenceData, written: str
) -> None:
    rows = [
        ("class", "period", "patients", "items"),
        ("opioids", "2019/20", 900, 4500),
        ("opioids", written, 1000, 5000),
    ]
    result = read(reference, rows)
    assert result.report.periods == ("2019/20", "2024/25")
    assert figures(reference, result) == (1000, 5000)


@pytest.mark.parametrize(
    ("written", "right"),
    [
        ("Q1 2024/25", "2024/25 Q1"), ("2024-25 quarter 4 [p]", "2024/25 Q4"),
        ("April to June 2024", "2024/25 Q1"), ("Jan-Mar 2025", "2024/25 Q4"),
        ("January 2024 to December 2024", "2024"), ("calendar year 2024", "2024"),
        ("July 2024 to June 2025", "2024-07 to 2025-06, 12 months"),
        ("April to December 2024", "2024-04 to 2024-12, 9 months"),
        ("Mar-25", "2025-03"), ("March 2025 [r]", "2025-03"), ("202503", "2025-03"),
        ("03/2025", "2025-03"), ("2011-12", "2011-12"), ("2011/12", "2011/12"),
        ("2016_01", "2016-01"),
    ],
)  # fmt: skip
def test_other_periods_are_told_from_a_year(written: str, right: str) -> None:
    assert cells.period(written) == right
    assert cells.period(right) == right
    assert ends(right) != UNDATED


@pytest.mark.parametrize(
    "written",
    [
        "FY25",
        "FY2025",
        "financial year 2025",
        "11/12",
        "2024/25 YTD",
        "25-Mar",
        "2024/25 (April to June)",
        "latest",
    ],
)
def test_what_cannot_be_dated_is_said_and_never_the_newest(
    reference: ReferenceData, written: str
) -> None:
    rows = [HEADINGS, ("opioids", "2019/20", 4500), ("opioids", written, 5000)]
    result = read(reference, rows)
    assert f"periods end: {written}" in warnings_of(result)
    assert figures(reference, result) == (None, 4500)
    assert "periods end" not in warnings_of(read(reference, rows[:2])), "the control"


# --- notes and marks (faults.md 9)

NOTES = (
    " [note 2]", " (note 2)", " [notes 1 and 2]", " [r]", " [p]", " [r] [p]", " [low]", " [x]",
    "²", "*", " †", " (see note 3)", " [1]", " (provisional)",
)  # fmt: skip


@pytest.mark.parametrize("note", NOTES)
def test_notes_in_headings_of_the_national_workbook_are_read_past(
    reference: ReferenceData, note: str
) -> None:
    heading = [
        f"{words}{note}"
        for words in (
            "Financial Year",
            "Integrated Care Board Name",
            "Integrated Care Board Code",
            "Drug Category",
            "Identified Patient Flag",
            "Total Identified Patients",
            "Total Items",
        )
    ]
    row = (
        f"2024/2025{note}",
        f"NHS South Yorkshire{note}",
        "QF7",
        f"Opioids{note}",
        "Y",
        1000,
        5000,
    )
    result = read_upload("dfm.xlsx", samples.as_xlsx({"T": [heading, row]}), reference)
    (record,) = result.records
    assert (record.period, record.patients, record.items) == ("2024/25", 1000, 5000)


@pytest.mark.parametrize("note", NOTES)
def test_notes_in_names_of_groups_ages_and_sexes_are_read_past(
    reference: ReferenceData, note: str
) -> None:
    heading = (
        "class",
        "period",
        "sex",
        "age_band",
        "deprivation_fifth",
        "group_type",
        "group",
        "patients",
    )
    rows = [
        ("opioids", "2024/25", f"Female{note}", f"25-29{note}", "", "", "", 10),
        ("opioids", "2024/25", "", "", f"1 - most deprived{note}", "", "", 20),
        ("opioids", "2024/25", "", "", "", f"Ethnicity{note}", f"White{note}", 30),
    ]
    result = read(reference, [heading, *rows])
    assert [(r.sex, r.age, r.quintile, r.group_type, r.group) for r in result.records] == [
        ("Female", "25-29", None, "", ""),
        ("", "", 1, "", ""),
        ("", "", None, "Ethnicity", "White"),
    ]


@pytest.mark.parametrize(
    "words", ["IMD (1 is most deprived)", "Cost (GBP)", "Asian (other)", "*", "[c]", "Note 2"]
)
def test_words_in_brackets_that_are_no_note_stay(words: str) -> None:
    assert cells.without_notes(words) == words


def with_shared_text(data: bytes) -> bytes:
    """The workbook with its texts kept as Excel keeps them, apart from the cells."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    texts: list[bytes] = []

    def move(match: re.Match[bytes]) -> bytes:
        texts.append(b"<si>" + match[1] + b"</si>")
        return b't="s"><v>%d</v>' % (len(texts) - 1)

    sheet, types = "xl/worksheets/sheet1.xml", "[Content_Types].xml"
    parts[sheet] = re.sub(rb't="inlineStr"><is>(.*?)</is>', move, parts[sheet])
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    parts["xl/sharedStrings.xml"] = b'<sst xmlns="%s">%s</sst>' % (main, b"".join(texts))
    override = (
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/'
        b'vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
    )
    parts[types] = parts[types].replace(b"</Types>", override)
    return samples.as_zip(parts)


def test_a_raised_figure_of_excel_is_no_part_of_a_heading_or_a_number(
    reference: ReferenceData,
) -> None:
    raised = InlineFont(vertAlign="superscript")

    def change(book: Workbook) -> None:
        book["Numbers"]["D1"] = CellRichText("patients", TextBlock(raised, "2"))
        book["Numbers"]["D2"] = CellRichText("300", TextBlock(raised, "1, 2"))
        book["Numbers"]["D3"] = CellRichText("2", TextBlock(InlineFont(b=True), "1"))

    result = read_upload("a.xlsx", with_shared_text(workbook(change)), reference)
    class_counts = {(r.medicine_class, r.patients) for r in result.records if r.period == "2024/25"}
    assert class_counts == {(OPIOIDS, 300), (Z_DRUGS, 21)}


def test_a_raised_figure_that_lost_its_shape_is_read_past_unless_another_column_is_meant(
    reference: ReferenceData,
) -> None:
    row = ("opioids", "2024/25", 1000)
    assert read(reference, [("class", "period", "items2"), row]).records[0].items == 1000
    both = read(reference, [("class", "period", "items", "items2"), (*row, 7)])
    assert both.records[0].items == 1000


# --- codes of the Office for National Statistics (faults.md 3)


def test_the_ons_codes_of_boards_are_read_as_the_boards(reference: ReferenceData) -> None:
    heading = ("class", "period", "code", "name", "patients", "items")
    places = (("QF7", "E54000061", 500, 1000), ("QHM", "E54000050", 700, 1500))
    results = [
        read(
            reference,
            [heading, *(("opioids", "2024/25", row[which], "", *row[2:]) for row in places)],
        )
        for which in (0, 1)
    ]
    for result in results:
        assert [(r.level, r.code) for r in result.records] == [
            (Level.ICB, "QF7"),
            (Level.ICB, "QHM"),
        ]
        assert figures(reference, result) == (500, 1000)
        assert any("QHM" in line for line in taken(reference, result).not_used)


@pytest.mark.parametrize(
    ("code", "name", "right"),
    [
        ("E54000009", "NHS South Yorkshire Integrated Care Board", (Level.ICB, "QF7")),
        ("E54000009", "NHS South Yorkshire ICB", (Level.ICB, "QF7")),
        ("E54000999", "Somewhere", (Level.ICB, "E54000999")),
        ("E38000006", "NHS South Yorkshire ICB - 02P", (Level.SUB_ICB, "02P")),
        ("E38000006", "", (Level.SUB_ICB, "02P")),
        # A code that the list of 2022 does not hold, beside a name and without one.
        ("E38000999", "NHS South Yorkshire ICB - 03N", (Level.SUB_ICB, "03N")),
        ("E38000999", "", (Level.SUB_ICB, "E38000999")),
        ("E40000012", "North East and Yorkshire", (Level.REGION, "E40000012")),
        ("E12000003", "Yorkshire and The Humber", (Level.REGION, "E12000003")),
        ("E92000001", "England", (Level.ENGLAND, "ENG")),
        ("E06000014", "York", (Level.AREA, "E06000014")),
        ("E07000163", "Craven", (Level.AREA, "E07000163")),
        ("E08000019", "Sheffield", (Level.AREA, "E08000019")),
        ("E09000001", "City of London", (Level.AREA, "E09000001")),
        ("E10000023", "North Yorkshire", (Level.AREA, "E10000023")),
        ("W06000015", "Cardiff", (Level.AREA, "W06000015")),
    ],
)
def test_an_ons_code_of_any_level_is_resolved_or_is_no_place_of_this_board(
    reference: ReferenceData, code: str, name: str, right: tuple[Level, str]
) -> None:
    heading = ("class", "period", "code", "name", "items")
    result = read(reference, [heading, ("opioids", "2024/25", code, name, 2500)])
    assert [(r.level, r.code) for r in result.records] == [right]
    adoption = taken(reference, result)
    ours = right[1] in ("QF7", "02P", "03N")
    row = adoption.plan.prescribing.of(OPIOIDS)
    assert row.items == (2500 if ours else None)
    assert bool(adoption.plan.areas.areas) == (right[1] in ("02P", "03N"))
    if not ours and right[0] in (Level.ICB, Level.SUB_ICB, Level.AREA):
        assert any(right[1] in line for line in adoption.not_used), "named"


def test_a_local_authority_is_this_boards_where_the_file_says_so(reference: ReferenceData) -> None:
    heading = ("class", "period", "code", "name", "icb_code", "items")
    rows = [
        ("opioids", "2024/25", "E08000019", "Sheffield", "E54000061", 100),
        ("opioids", "2024/25", "E08000003", "Manchester", "QOP", 900),
    ]
    adoption = taken(reference, read(reference, [heading, *rows]))
    assert [area.code for area in adoption.plan.areas.areas] == ["E08000019"]
    assert any("QOP" in line for line in adoption.not_used)


# --- BNF codes that a spreadsheet took for numbers (faults.md 8)

EPD = (
    "YEAR_MONTH",
    "ICB_CODE",
    "PCO_CODE",
    "PRACTICE_CODE",
    "BNF_CHEMICAL_SUBSTANCE_CODE",
    "ITEMS",
)
"""Headings of a month of the national dataset by chemical."""


def epd_by_code(*codes: tuple[str, int]) -> Rows:
    return [EPD, *(("202503", "QF7", "02P00", "C88001", code, items) for code, items in codes)]


@pytest.mark.parametrize("fluoxetine", ["4.03E+05", "403030", "4.0303E+05", "4.03e+5"])
@pytest.mark.parametrize("tramadol", ["40702040", "4.070204E+07"])
def test_codes_that_excel_turned_into_numbers_are_read_as_what_they_were(
    reference: ReferenceData, fluoxetine: str, tramadol: str
) -> None:
    rows = epd_by_code((tramadol, 400), ("0407020Q0", 100), (fluoxetine, 700), ("0403030Q0", 900))
    control = read(
        reference,
        epd_by_code(("040702040", 400), ("0407020Q0", 100), ("0403030E0", 700), ("0403030Q0", 900)),
    )
    result = read(reference, rows)
    for one in (control, result):
        assert {c.medicine_class.value: c.items for c in one.report.classes} == {
            "opioids": 500,
            "antidepressants": 1600,
        }
        assert one.report.rows_used == 4
    assert f"{tramadol} as 040702040 (Tramadol" in warnings_of(result)
    assert f"{fluoxetine} as 0403030E0 (Fluoxetine" in warnings_of(result)
    assert "spreadsheet" not in warnings_of(control)


@pytest.mark.parametrize("cell", ["4.01E+05", "4E+05", "4.1E+07", "4E+07"])
def test_a_number_that_may_be_several_codes_refuses_the_file(
    reference: ReferenceData, cell: str
) -> None:
    with pytest.raises(IntakeError, match=re.escape(cell) + ".*spreadsheet.*Download"):
        read(reference, epd_by_code((cell, 400), ("0407020Q0", 100)))


@pytest.mark.parametrize("cell", ["40801060", "4.05E+05", "40601000", "4.08E+05"])
def test_a_number_that_was_no_code_of_ours_is_left_out_as_ever(
    reference: ReferenceData, cell: str
) -> None:
    result = read(reference, epd_by_code((cell, 400), ("0407020Q0", 100)))
    assert [(c.medicine_class, c.items) for c in result.report.classes] == [(OPIOIDS, 100)]


def test_codes_turned_into_numbers_are_repaired_in_a_table_of_named_columns(
    reference: ReferenceData,
) -> None:
    rows = [HEADINGS, ("40702040", "2024/25", 400), ("0407020Q0", "2024/25", 100)]
    result = read(reference, rows)
    assert {r.medicine_class for r in result.records} == {OPIOIDS}
    assert sum(r.items or 0 for r in result.records) == 500
    with pytest.raises(IntakeError, match="spreadsheet"):
        read(reference, [*rows, ("4.01E+05", "2024/25", 1)])


def test_rows_whose_codes_were_repaired_are_added_up_by_code(
    reference: ReferenceData, tmp_path: Path
) -> None:
    path = tmp_path / "epd.csv"
    path.write_bytes(
        samples.as_csv(epd_by_code(("4.0303E+05", 7), ("40702040", 400), ("0407020Q0", 1)))
    )
    table = cut_of(path, reference, tmp_path).table.collect()
    assert table.select("month", "icb", "pco", "practice", "code", "items", "rows").rows() == [
        ("2025-03", "QF7", "02P00", "C88001", "0403030E0", 7, 1),
        ("2025-03", "QF7", "02P00", "C88001", "040702040", 400, 1),
        ("2025-03", "QF7", "02P00", "C88001", "0407020Q0", 1, 1),
    ]


# --- deprivation tenths in a column of fifths (faults.md 5)

BY_QUINTILE = ("class", "period", "deprivation_fifth", "patients", "population")


def by_deprivation(labels: Sequence[str], heading: str = "deprivation_fifth") -> Rows:
    """950 people of the first place, 50 fewer of each next one; ten times as many live there."""
    counts = [950 - 50 * place for place in range(len(labels))]
    headings = [words.replace("deprivation_fifth", heading) for words in BY_QUINTILE]
    return [
        headings,
        *(
            ("opioids", "2024/25", label, n, 10 * n)
            for label, n in zip(labels, counts, strict=True)
        ),
    ]


TENTHS_WRITTEN = (
    [str(n) for n in range(1, 11)],
    [f"D{n}" for n in range(1, 11)],
    [f"Decile {n}" for n in range(1, 11)],
    ["1 - most deprived", *map(str, range(2, 10)), "10 - least deprived"],
    ["1 (most deprived)", *(f"0{n}" for n in range(2, 10)), "10 least deprived [note 1]"],
)


@pytest.mark.parametrize("labels", TENTHS_WRITTEN)
def test_tenths_are_not_taken_as_fifths_but_added_two_by_two_where_that_is_chosen(
    reference: ReferenceData, labels: Sequence[str]
) -> None:
    result = read(reference, by_deprivation(labels))
    assert "These are tenths: add them two by two" in warnings_of(result)
    without = taken(reference, result)
    current = without.plan.inequality
    assert set(current.of(OPIOIDS).by_quintile) == {None}
    assert (set(current.population_by_quintile), current.breakdowns) == ({None}, ())
    assert [choice.id for choice in without.choices] == ["tenths"]
    joined = adopt(without.plan, [result], reference, {"tenths"}).plan.inequality
    assert list(joined.of(OPIOIDS).by_quintile) == [1850, 1650, 1450, 1250, 1050]
    assert list(joined.population_by_quintile) == [18500, 16500, 14500, 12500, 10500]


@pytest.mark.parametrize(
    "labels", [[str(n) for n in range(1, 6)], [f"Quintile {n}" for n in range(1, 6)]]
)
def test_fifths_are_taken_as_ever(reference: ReferenceData, labels: Sequence[str]) -> None:
    result = read(reference, by_deprivation(labels))
    adoption = taken(reference, result)
    assert adoption.choices == ()
    assert list(adoption.plan.inequality.of(OPIOIDS).by_quintile) == [950, 900, 850, 800, 750]


@pytest.mark.parametrize(
    "heading", ["IMD decile", "Deprivation decile [note 2]", "deprivation tenth"]
)
def test_a_column_headed_as_tenths_is_one_of_tenths_whatever_it_holds(
    reference: ReferenceData, heading: str
) -> None:
    result = read(reference, by_deprivation(["1", "2", "3", "4"], heading))
    assert set(taken(reference, result).plan.inequality.of(OPIOIDS).by_quintile) == {None}
    assert "These are tenths" in warnings_of(result)


def test_a_fifth_of_which_a_tenth_is_hidden_or_missing_is_not_known(
    reference: ReferenceData,
) -> None:
    rows = [list(row) for row in by_deprivation(TENTHS_WRITTEN[0])[:10]]
    rows[1][3] = "*"
    place = Place(icb_code="QF7", organisation_list=OrganisationList.FROM_APRIL_2026)
    plan = adopt(Plan(place=place), [read(reference, rows)], reference, {"tenths"}).plan
    assert list(plan.inequality.of(OPIOIDS).by_quintile) == [None, 1650, 1450, 1250, None]


def test_the_national_workbook_with_tenths_for_fifths_gives_none(reference: ReferenceData) -> None:
    heading = (
        "Financial Year",
        "Drug Category",
        "IMD Quintile",
        "Total Identified Patients",
        "Total Items",
    )
    rows = [("2024/2025", "Opioids", str(n), 100, 900) for n in range(1, 11)]
    everybody = ("2024/2025", "Opioids", "", 1000, 9000)
    control = read_upload(
        "dfm.xlsx", samples.as_xlsx({"T": [heading, *rows[:5], everybody]}), reference
    )
    assert [r.quintile for r in control.records] == [1, 2, 3, 4, 5, None]
    result = read_upload("dfm.xlsx", samples.as_xlsx({"T": [heading, *rows, everybody]}), reference)
    assert [r.quintile for r in result.records] == [None]
    assert "These are tenths" in warnings_of(result)


# --- repeated rows of the published files, and what is said of hidden columns that were needed


def test_a_row_of_the_national_workbook_given_twice_refuses_it_and_names_both(
    reference: ReferenceData,
) -> None:
    heading = (
        "Financial Year",
        "Drug Category",
        "Identified Patient Flag",
        "Total Identified Patients",
        "Total Items",
    )
    rows = [("2024/2025", "Opioids", flag, "", items) for flag, items in (("Y", 900), ("N", 5))]
    control = read_upload("dfm.xlsx", samples.as_xlsx({"T": [heading, *rows]}), reference)
    assert [r.items for r in control.records] == [905]
    with pytest.raises(IntakeError, match="row 3 of sheet 'T' and row 4 of sheet 'T' say the same"):
        read_upload("dfm.xlsx", samples.as_xlsx({"T": [heading, *rows, rows[1]]}), reference)


def test_rows_of_the_national_dataset_that_are_the_same_are_named(
    reference: ReferenceData,
) -> None:
    rows = list(epd_by_code(("0407020Q0", 100), ("0403030Q0", 900), ("0407020Q0", 101)))
    assert "same in every column" not in warnings_of(read(reference, rows)), "the control"
    result = read(reference, [*rows, rows[1], rows[2]])
    assert "the same in every column were added up: rows 2 and 5; rows 3 and 6." in warnings_of(
        result
    )


def test_a_table_whose_needed_column_is_hidden_says_so(reference: ReferenceData) -> None:
    def change(book: Workbook) -> None:
        del book["old"]
        book["Numbers"].column_dimensions["A"].hidden = True

    with pytest.raises(NotRecognised, match="Hidden columns of sheet 'Numbers' were not read: A"):
        read_upload("a.xlsx", workbook(change), reference)


# --- a listing that was cut down to some of the medicines of a class


def epd(codes: Sequence[str], name: str = "epd.csv", pco: str = "03N00") -> Reading:
    rows = [("QF7", pco, "C88005", code, 10) for code in codes]
    return read_upload(name, samples.epd(rows), load_reference(), ReadingOptions(icb="QF7"))


def test_a_dataset_cut_to_one_medicine_is_not_the_class_unless_the_user_says_so(
    reference: ReferenceData,
) -> None:
    gabapentin = "0408010G0AAAAAA"
    cut, rest = epd([samples.PREGABALIN]), epd([gabapentin], "rest.csv")
    seen = next(one for one in cut.report.classes if one.medicine_class is GABAPENTINOIDS)
    assert seen.items == 10 and seen.items_of.endswith("a part of the class")
    assert "holds Pregabalin, a part of gabapentinoids" in warnings_of(cut)
    assert "our judgement" in warnings_of(cut)
    left = taken(reference, cut)
    row = left.plan.prescribing.of(GABAPENTINOIDS)
    assert row.items is None and not left.plan.trend.months and not left.plan.areas.areas
    assert [(one.id, one.removed) for one in left.choices] == [("part-gabapentinoids", ())]
    assert any("Gabapentin would be needed as well" in line for line in left.not_used)
    chosen = adopt(left.plan, [cut], reference, ["part-gabapentinoids"])
    row = chosen.plan.prescribing.of(GABAPENTINOIDS)
    assert row.items == 10 and row.items_source.endswith("taken by you as all gabapentinoids")
    for whole in ([epd([samples.PREGABALIN, gabapentin])], [cut, rest]):
        both = taken(reference, *whole)
        assert both.plan.prescribing.of(GABAPENTINOIDS).items == 20 and not both.choices


def test_what_items_were_of_comes_with_them_and_does_not_go_unasked(
    reference: ReferenceData,
) -> None:
    def own(items: int, quantity: object) -> Reading:
        rows = [("class", "period", "items", "quantity"), ("opioids", "2024/25", items, quantity)]
        return read(reference, rows)

    plan = taken(reference, own(10, 560)).plan
    assert plan.prescribing.of(OPIOIDS).quantity == 560
    without = read(reference, [HEADINGS, ("opioids", "2024/25", 20)])
    left = adopt(plan, [without], reference)
    assert left.plan.prescribing.of(OPIOIDS).items == 10
    assert left.choices[0].removed == ("quantity of the items of opioids, 560",)
    row = adopt(plan, [without], reference, [left.choices[0].id]).plan.prescribing.of(OPIOIDS)
    assert (row.items, row.quantity) == (20, None)


# --- codes of places that a spreadsheet took for numbers


@pytest.mark.parametrize("number", ["15", "15.0", "1.50E+01"])
def test_a_sub_icb_location_that_became_a_number_is_known_again(
    reference: ReferenceData, number: str
) -> None:
    codes = [samples.PREGABALIN]
    turned, control = epd(codes, pco=number), epd(codes, pco="15E00")
    assert {r.sub_icb for r in turned.records} == {r.sub_icb for r in control.records} == {"15E"}
    assert f"{number} as 15E" in warnings_of(turned) and "as 15E" not in warnings_of(control)
    own = read(reference, [("class", "period", "level", "code", "items"),
                           ("opioids", "2024/25", "sub_icb", number, 7)])  # fmt: skip
    assert [r.code for r in own.records] == ["15E"]
    place = read(reference, [("class", "period", "level", "code", "items"),
                             ("opioids", "2024/25", "area", "15", 7)])  # fmt: skip
    assert [r.code for r in place.records] == ["15"], "a number of the user's own"


def test_a_sub_icb_location_that_no_number_tells_is_said() -> None:
    assert "Which sub-ICB location 44 is cannot be told" in warnings_of(
        epd([samples.PREGABALIN], pco="44")
    )


# --- one of a thing


PLURAL = re.compile(r" (?:rows|places|boards|groups|files|months|counts|periods|sexes|tables|"
                    r"sheets|practices|medicines)\b")  # fmt: skip


@pytest.mark.parametrize("folder", ["intake", "analysis/local_data"])
def test_no_message_puts_a_number_that_may_be_one_before_a_plural(folder: str) -> None:
    """A number is written by `several`, or is one of ours: a limit, or a length of our lists."""
    root = Path(planner.__file__).parent
    wrong = [
        f"{path.name}, line {text.lineno}: {ast.unparse(number.value)}{str(words.value)[:20]}"
        for path in sorted((root / folder).glob("*.py"))
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for number, words in pairwise(text.values)
        if isinstance(number, ast.FormattedValue)
        and isinstance(words, ast.Constant)
        and PLURAL.match(str(words.value))
        and not ast.unparse(number.value).isupper()
        and not ast.unparse(number.value).startswith(("most_", "len(reference."))
    ]
    assert not wrong


def test_messages_about_one_row_place_and_board_are_sentences(reference: ReferenceData) -> None:
    head = ("class", "period", "level", "code", "items")
    rows = [("opioids", "", "icb", "QF7", 10), ("opioids", "2024/25", "icb", "QWO", 20),
            ("opioids", "2024/25", "practice", "A1", 5)]  # fmt: skip
    one = read(reference, [head, *rows])
    adoption = taken(reference, one)
    lines = [*(words for _, words in facts(one.report)), summary(one.report), *adoption.not_used]
    assert any("of 1 other board was left out" in line for line in lines)
    assert any("1 row without a period" in line for line in lines)
    assert not [line for line in lines if re.search(r"\b1 (?!of)\w+s\b", line)]
    names = [name for name, _ in facts(one.report)]
    assert names.index("Rows understood") == names.index("Rows read") + 1
