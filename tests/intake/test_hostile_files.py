"""Damaged and hostile files: each is read right or refused in words that say what to do, and
never worse.
"""

from __future__ import annotations

import gzip
import io
import os
import re
import struct
import warnings
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from planner.cli.main import main
from planner.intake import files as opened_files
from planner.intake.files import FORMULA, display_name
from planner.intake.registry import (
    IntakeError,
    NotRecognised,
    PatientLevelError,
    read_pasted,
    read_upload,
)
from planner.intake.template import template_csv, template_xlsx
from planner.model.intake import Reading
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from tests.intake import samples
from tests.intake.samples import as_csv, as_gz, as_xlsx, as_zip
from tests.present import present

# Processes of their own, servers or large files: left out of the quick loop.
pytestmark = pytest.mark.slow

NHS_NUMBER = "9434765919"
"""Passes the check; it is the example number that is never given to anybody."""
PERSONAL = (
    NHS_NUMBER,
    "943 476 5919",
    "943-476-5919",
    "Zebedee",
    "Quillfeather",
    "1961",
    "ZZ99 9ZZ",
    "07:45",
)
LONGEST_MESSAGE = 400
HEAD = ["class", "period", "patients", "items"]


def totals(reading: Reading) -> dict[str, tuple[int | None, int | None]]:
    return {c.medicine_class.value: (c.items, c.patients) for c in reading.report.classes}


def table(*rows: Sequence[Any], head: Sequence[str] = HEAD) -> list[list[Any]]:
    return [list(head), *map(list, rows)]


def one(patients: Any = 1_234, items: Any = 5_678, period: Any = "2024/25") -> list[list[Any]]:
    """A table with one row, about opioids."""
    return table(["opioids", period, patients, items])


GOOD = as_csv(one())
RIGHT = {"opioids": (5_678, 1_234)}


def changed(
    data: bytes, change: Callable[[str, bytes], bytes | None], extra: dict[str, bytes] | None = None
) -> bytes:
    """A workbook with its members changed or left out, and others added."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        selection = {name: change(name, archive.read(name)) for name in archive.namelist()}
    return as_zip(
        {**{name: body for name, body in selection.items() if body is not None}, **(extra or {})}
    )


def sheet_with(cells: str, dimension: str = "A1:D2") -> bytes:
    """A workbook whose only sheet has these cells, as XML."""
    xml = (
        '<?xml version="1.0"?><worksheet '
        'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData>{cells}</sheetData></worksheet>'
    )
    return changed(
        as_xlsx({"Numbers": one()}), lambda n, b: xml.encode() if "sheet1.xml" in n else b
    )


def text_row(number: int, cells: Sequence[Any]) -> str:
    return (
        f'<row r="{number}">'
        + "".join(
            f'<c r="{"ABCDEFGH"[place]}{number}" t="inlineStr"><is><t>{cell}</t></is></c>'
            if isinstance(cell, str)
            else f'<c r="{"ABCDEFGH"[place]}{number}">{cell[0]}</c>'
            if isinstance(cell, tuple)
            else f'<c r="{"ABCDEFGH"[place]}{number}"><v>{cell}</v></c>'
            for place, cell in enumerate(cells)
        )
        + "</row>"
    )


def with_flag(data: bytes, flag: int) -> bytes:
    """An archive whose members all say that they need a password."""
    raw = bytearray(data)
    for mark, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = raw.find(mark)
        while start >= 0:
            current = struct.unpack_from("<H", raw, start + at)[0]
            struct.pack_into("<H", raw, start + at, current | flag)
            start = raw.find(mark, start + 4)
    return bytes(raw)


def merged_header() -> bytes:
    book = Workbook()
    sheet = present(book.active)
    sheet.append(["Our table", None, "Counts", None])
    sheet.append(HEAD)
    sheet.append(["opioids", "2024/25", 1_234, 5_678])
    sheet.merge_cells("A1:B1")
    sheet.merge_cells("C1:D1")
    return saved(book)


def saved(book: Workbook) -> bytes:
    output = io.BytesIO()
    book.save(output)
    return output.getvalue()


def dates(number_format: str | None = None) -> bytes:
    book = Workbook()
    sheet = present(book.active)
    sheet.append(HEAD)
    sheet.append(
        ["opioids", 45_717 if number_format is None else datetime(2025, 3, 1), 1_234, 5_678]
    )
    if number_format:
        sheet["B2"].number_format = number_format
    return saved(book)


def zip_bomb(name: str) -> bytes:
    output = io.BytesIO()
    with (
        zipfile.ZipFile(output, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open(name, "w", force_zip64=True) as member,
    ):
        for _ in range(60):
            member.write(bytes(1_000_000))
    return output.getvalue()


def lying_bomb() -> bytes:
    """A zip that says its member is small, and swells."""
    raw = bytearray(zip_bomb("a.csv"))
    struct.pack_into("<I", raw, raw.find(b"PK\x01\x02") + 24, 1_000)
    return bytes(raw)


def people_table(head: Sequence[str], row: Callable[[int], Sequence[Any]], rows: int = 6) -> bytes:
    return as_csv([list(head), *(list(row(number)) for number in range(rows))])


def valid_numbers(count: int = 8) -> list[str]:
    """Ten figures that pass the check, made by counting up; none is known to be anybody's."""
    rows: list[str] = []
    nine = 999_000_000
    while len(rows) < count:
        nine += 1
        check = (
            11 - sum(int(d) * w for d, w in zip(str(nine), range(10, 1, -1), strict=True)) % 11
        ) % 11
        if check < 10:
            rows.append(f"{nine}{check}")
    return rows


def not_numbers(count: int = 8) -> list[str]:
    return [number[:-1] + str((int(number[-1]) + 1) % 10) for number in valid_numbers(count)]


BIRTHS = ["1961-04-17", "1934-11-29", "1988-07-05", "2001-02-23", "1975-09-14", "1950-12-31"]
NAMES = ["Zebedee", "Quillfeather"]


@dataclass(frozen=True)
class Scenario:
    """One file: its bytes, and either the words of the refusal or the totals of a correct read."""

    data: Callable[[], bytes]
    words: str = ""
    right: Mapping[str, tuple[int | None, int | None]] | None = None
    warns: str = ""
    skips: str = ""
    name: str = "opioids.csv"
    error: type[IntakeError] = IntakeError


def refused(data: Callable[[], bytes], words: str, name: str = "opioids.csv") -> Scenario:
    return Scenario(data, words=words, name=name)


def person(data: Callable[[], bytes], words: str, name: str = "opioids.csv") -> Scenario:
    return Scenario(data, words=words, error=PatientLevelError, name=name)


def reads(
    data: Callable[[], bytes],
    right: Mapping[str, tuple[int | None, int | None]] = RIGHT,
    **more: Any,
) -> Scenario:
    return Scenario(data, right=right, **more)


def cell(patients: Any) -> Callable[[], bytes]:
    return lambda: as_csv(one(patients=patients))


def hidden(mark: str) -> Scenario:
    return reads(cell(mark), {"opioids": (5_678, None)})


def unreadable(mark: str, words: str) -> Scenario:
    return refused(cell(mark), f"nothing in it could be used: patients: .*{words}")


SCENARIOS: dict[str, Scenario] = {
    # ------------------------------------------------------------------------------ nothing, or
    # half of it
    "empty": refused(lambda: b"", "is empty"),
    "spaces only": refused(lambda: b"   \r\n \t \n", "is empty"),
    "byte-order mark only": refused(lambda: b"\xef\xbb\xbf", "is empty"),
    "commas only": refused(lambda: b",,,\n,,,\n", "is empty"),
    "zeros only": refused(lambda: bytes(5_000), "is empty"),
    "header only": refused(
        lambda: as_csv([HEAD]), "nothing in it could be used: it has no rows of data"
    ),
    "half a row": refused(lambda: GOOD + b"z_drugs,2024", "ends in the middle of a row"),
    "a note at the end": reads(
        lambda: GOOD + b"Source: our own count", skips="not one of the five"
    ),
    "half an EPD row": refused(lambda: samples.epd()[:-60], "ends in the middle of a row"),
    "truncated gz": refused(lambda: as_gz(GOOD * 50)[:-20], "damaged or only half there"),
    "truncated zip": refused(lambda: as_zip({"a.csv": GOOD})[:-30], "damaged or only half there"),
    "truncated workbook": refused(lambda: samples.dfm()[:4_000], "damaged or only half there"),
    "zip with a broken member": refused(
        lambda: as_zip({"a.csv": GOOD * 40}).replace(b"\x00\x00a.csv", b"\x00\x00b.csv", 1),
        "damaged|half there",
    ),
    "workbook with a broken sheet": refused(
        lambda: changed(samples.dfm(), lambda n, b: b[: len(b) // 2] if "sheet" in n else b),
        "breaks off|damaged",
    ),
    "workbook without a book": refused(
        lambda: changed(samples.dfm(), lambda n, b: None if n == "xl/workbook.xml" else b),
        "damaged or only half there",
    ),
    "workbook without a sheet in it": refused(
        lambda: as_xlsx({"Blank": []}), "no sheet with anything in it"
    ),
    # ------------------------------------------------------------------------------- not a table,
    # or packed
    "zip bomb": refused(lambda: zip_bomb("a.csv"), "would swell to 60 MB"),
    "zip bomb that lies about its size": refused(
        lying_bomb, "damaged or only half there|swells beyond"
    ),
    "workbook bomb": refused(lambda: zip_bomb("xl/worksheets/sheet1.xml"), "would swell to 60 MB"),
    "gz bomb": refused(lambda: gzip.compress(bytes(60_000_000)), "swells beyond any real file"),
    "zip in a zip": refused(
        lambda: as_zip({"a.csv": as_zip({"b.csv": GOOD})}), "archive inside an archive"
    ),
    "zip of a zip": refused(
        lambda: as_zip({"a.zip": as_zip({"b.csv": GOOD})}), "holds no .csv file"
    ),
    "zip of nothing": refused(lambda: as_zip({}), "holds no .csv file"),
    "zip with a password": refused(lambda: with_flag(as_zip({"a.csv": GOOD}), 1), "has a password"),
    "workbook with a password": refused(lambda: with_flag(samples.dfm(), 1), "has a password"),
    "zip with a path that climbs out": reads(lambda: as_zip({"../../etc/opioids.csv": GOOD})),
    "zip with control characters in a name": reads(
        lambda: as_zip({"opi\x07oids\x1b[31m.csv": GOOD})
    ),
    "zip from a Mac": reads(
        lambda: as_zip({"__MACOSX/._a.csv": b"\x00\x05", ".hidden.csv": b"x", "a.csv": GOOD})
    ),
    "7z": refused(lambda: b"7z\xbc\xaf\x27\x1c" + bytes(90), "7-Zip archive. Unpack it"),
    "rar": refused(lambda: b"Rar!\x1a\x07\x01" + bytes(90), "RAR archive. Unpack it"),
    "pdf": refused(lambda: b"%PDF-1.7\n" + b"x" * 90, "is a PDF"),
    "png": refused(lambda: b"\x89PNG\r\n\x1a\n" + bytes(90), "is a picture"),
    "xls": refused(
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(900),
        r"old Excel workbook \(.xls\) or has a",
    ),
    "damaged Parquet": refused(
        lambda: b"PAR1" + b"\x01" * 200 + b"PAR1", "Parquet file that is damaged"
    ),
    "half a Parquet": refused(
        lambda: samples.as_parquet(samples.epd_rows())[:800], "Parquet file that is damaged"
    ),
    "HTML": refused(
        lambda: b"<!DOCTYPE html><html><body>503 Service Unavailable</body></html>", "is a web page"
    ),
    "HTML without its head": refused(
        lambda: b"\n <body><h1>Not found</h1></body>", "is a web page"
    ),
    "JSON": refused(lambda: b'{"success": true, "result": {"records": []}}', "is JSON"),
    "JSON list": refused(lambda: b'[\n  {"class": "opioids"}]', "is JSON"),
    "NUL bytes": refused(lambda: GOOD + b"z_drugs,2024/25,\x00\x01,5\n", "bytes that are not text"),
    "unclosed quotation mark": refused(
        lambda: (
            b'class,period,patients\nopioids,2024/25,5\n"z_drugs,2024/25,7\nopioids,2023/24,9\n'
        ),
        "near line 4: a quotation mark is opened and never closed",
    ),
    "a cell of two million signs": refused(lambda: GOOD + b"x" * 2_000_000, "near line 3"),
    "two million columns": refused(
        lambda: GOOD + b"," * 2_000_000 + b"1", "row 3, has 2,000,001 columns"
    ),
    # ------------------------------------------------------------------------------------------
    # workbooks
    "macros": refused(
        lambda: changed(samples.dfm(), lambda n, b: b, {"xl/vbaProject.bin": b"x"}),
        "workbook with macros",
        "a.xlsm",
    ),
    "entities": refused(
        lambda: changed(
            samples.dfm(),
            lambda n, b: b if "sheet1" not in n else b'<!DOCTYPE a [<!ENTITY b "c">]>' + b,
        ),
        "a construction no spreadsheet writes",
    ),
    "a cell in the last corner": reads(
        lambda: sheet_with(
            text_row(1, HEAD)
            + text_row(2, ["opioids", "2024/25", 1_234, 5_678])
            + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
        ),
        skips="no number in the row",
    ),
    "a dimension that lies": reads(
        lambda: sheet_with(
            text_row(1, HEAD) + text_row(2, ["opioids", "2024/25", 1_234, 5_678]), "A1:XFD1048576"
        )
    ),
    "a dimension that is too small": reads(
        lambda: sheet_with(
            text_row(1, HEAD) + text_row(2, ["opioids", "2024/25", 1_234, 5_678]), "A1"
        )
    ),
    "a row beyond the last": refused(
        lambda: sheet_with(
            text_row(1, HEAD) + '<row r="99999999"><c r="A99999999"><v>1</v></c></row>'
        ),
        "more than 1,500,000 rows",
    ),
    "a column beyond the last": refused(
        lambda: sheet_with(text_row(1, HEAD) + '<row r="2"><c r="ZZZZZZ2"><v>1</v></c></row>'),
        "breaks off",
    ),
    "formulas with their results": reads(
        lambda: sheet_with(
            text_row(1, HEAD)
            + text_row(2, ["opioids", "2024/25", ("<f>600+634</f><v>1234</v>",), 5_678])
        )
    ),
    "formulas without results": refused(
        lambda: as_xlsx({"Numbers": one(patients="=600+634")}),
        "patients holds a formula whose result was never saved",
    ),
    "a formula for a name": reads(
        lambda: as_xlsx(
            {"N": table(["opioids", "2024/25", 1_234, 5_678, "=A1"], head=[*HEAD, "name"])}
        )
    ),
    "an error for a number": refused(
        lambda: as_xlsx({"Numbers": one(patients="#REF!")}), "not a number"
    ),
    "a merged header of two rows": reads(merged_header),
    "dates in a workbook": reads(lambda: dates("mmm-yy")),
    "dates as Excel counts days": refused(
        dates, "a date as Excel counts days; format the column as a date"
    ),
    "a sheet's name that no report can hold": reads(
        lambda: changed(
            as_xlsx({"N": one()}),
            lambda n, b: b.replace(b'name="N"', b'name="' + b"N&#x85;" * 300 + b'"'),
        )
    ),
    # ------------------------------------------------------------------------------------------
    # ways of text
    "UTF-16": reads(lambda: as_csv(one(), encoding="utf-16")),
    "UTF-16 that breaks off": refused(
        lambda: as_csv(one(), encoding="utf-16")[:-1], "UTF-16 text breaks off"
    ),
    "UTF-16 without a mark": refused(
        lambda: as_csv(one(), encoding="utf-16-le"), "bytes that are not text"
    ),
    "byte-order mark": reads(lambda: as_csv(one(), encoding="utf-8-sig")),
    "latin-1": reads(
        lambda: as_csv(
            table(
                [
                    "opioids",
                    "2024/25",
                    1_234,
                    5_678,
                    "Ysgol Tŷ Gŵyr".replace("ŷ", "ÿ").replace("ŵ", "û"),
                ],
                head=[*HEAD, "name"],
            ),
            encoding="latin-1",
        ),
        warns="read as Windows-1252",
    ),
    "semicolons": reads(lambda: as_csv(one(), separator=";"), warns="semicolons"),
    "tabs": reads(lambda: as_csv(one(), separator="\t")),
    "ends of line of an old Mac": reads(lambda: as_csv(one(), ends="\r")),
    "control characters in a name": reads(
        lambda: as_csv(
            table(["opioids", "2024/25", 1_234, 5_678, "A\x01B\x85C\ufffe"], head=[*HEAD, "name"])
        )
    ),
    "a lone half of a character": reads(
        lambda: as_csv(
            table(["opioids", "2024/25", 1_234, 5_678, "x"], head=[*HEAD, "name"])
        ).replace(b",x", b",\xed\xa0\x80"),
        warns="Windows-1252",
    ),
    # ------------------------------------------------------------------------------------------
    # numbers
    "decimal commas": unreadable(
        "1234,5", "write decimals with a point and thousands with a comma"
    ),
    "decimals in a count": unreadable("1234.5", "a count must be a whole number"),
    "thousands with commas": reads(cell("1,234")),
    "thousands with spaces": reads(cell("1 234")),
    "thousands with hard spaces": reads(cell("1\u00a0234")),
    "thousands with narrow spaces": reads(cell("1\u202f234")),
    "thousands in the wrong place": unreadable("12,34", "write decimals with a point"),
    "figures of another width": reads(cell("１２３４")),
    "pounds where people should be": unreadable(
        "£1,234", "an amount of money where a count should be"
    ),
    "pounds in a cost": reads(
        lambda: as_csv(
            table(["opioids", "2024/25", 1_234, 5_678, "£1,234.50"], head=[*HEAD, "cost"])
        )
    ),
    "scientific numbers": unreadable("1.2E+03", "a number in scientific form; widen the column"),
    "negative numbers": unreadable("-7", "a count cannot be below zero"),
    "a real minus": unreadable("\u22127", "a count cannot be below zero"),
    "percent": unreadable("12%", "not a number"),
    "a raised note": unreadable("1234²", "raised or circled figure"),
    "too large for a number": unreadable("1e400", "scientific form"),
    "too long for a number": unreadable("9" * 400, "more than any real count"),
    "nan": unreadable("nan", "not a number"),
    "inf": unreadable("inf", "not a number"),
    "star": hidden("*"),
    "minus one": hidden("-1"),
    "under five": hidden("<5"),
    "c": hidden("c"),
    "dash": hidden("-"),
    "long dash": hidden("–"),
    "a true nought": reads(cell("0"), {"opioids": (5_678, 0)}),
    "blank beside a number": reads(
        lambda: as_csv(table(["opioids", "2024/25", 1_234, 5_678], ["z_drugs", "2024/25", "", 20])),
        {"opioids": (5_678, 1_234), "z_drugs": (20, None)},
    ),
    # ------------------------------------------------------------------------------------------
    # headings
    "a heading twice": refused(
        lambda: as_csv(table(["opioids", "2024/25", 1, 2, 3], head=[*HEAD, "Patients"])),
        "two columns headed 'patients'",
    ),
    "a heading twice that nobody needs": reads(
        lambda: as_csv(
            table(["opioids", "2024/25", 1_234, 5_678, "a", "b"], head=[*HEAD, "note", "note"])
        )
    ),
    "columns under each other's headings": refused(
        lambda: as_csv(table([1_234, 5_678, "opioids", "2024/25"])), "nothing in it could be used"
    ),
    "header in row 9": reads(
        lambda: as_csv([["A title"], *([f"A note {n}"] for n in range(7)), *one()])
    ),
    "no headings": refused(lambda: as_csv(one()[1:]), "in no layout the planner knows"),
    # ------------------------------------------------------------------------------------------
    # people
    "NHS numbers under their heading": person(
        lambda: people_table(["NHS Number", "class"], lambda n: [NHS_NUMBER, "opioids"]),
        "only a person has",
    ),
    "NHS numbers under another": person(
        lambda: people_table(["reference", "class"], lambda n: [valid_numbers()[n], "opioids"]),
        "column 1 holds numbers that pass the check of an NHS number",
    ),
    "NHS numbers without headings": person(
        lambda: as_csv([[number, "opioids", "1"] for number in valid_numbers()]),
        "column 1 holds numbers",
    ),
    "NHS numbers with spaces": person(
        lambda: people_table(["ref", "class"], lambda n: ["943 476 5919", "opioids"]),
        "column 1 holds numbers",
    ),
    "NHS numbers with hyphens": person(
        lambda: people_table(["ref", "class"], lambda n: ["943-476-5919", "opioids"]),
        "column 1 holds numbers",
    ),
    "NHS numbers with hard spaces": person(
        lambda: people_table(["ref", "class"], lambda n: ["943\u00a0476\u00a05919", "opioids"]),
        "column 1 holds numbers",
    ),
    "NHS numbers as a data frame writes them": person(
        lambda: people_table(["ref", "class"], lambda n: [f"{NHS_NUMBER}.0", "opioids"]),
        "column 1 holds numbers",
    ),
    "an NHS number inside free text": person(
        lambda: as_csv(
            table(
                ["opioids", "2024/25", 1, 2, f"see {NHS_NUMBER}, seen in May"], head=[*HEAD, "note"]
            )
        ),
        "column 5 holds numbers",
    ),
    "an NHS number far down": person(
        lambda: as_csv(
            [
                *table(*[["opioids", "2024/25", 1, 2, ""]] * 21_003, head=[*HEAD, "note"]),
                ["opioids", "2024/25", 1, 2, NHS_NUMBER],
            ]
        ),
        "column 5 holds numbers",
    ),
    "NHS numbers in a workbook": person(
        lambda: as_xlsx(
            {"A": one(), "B": [["ref", "n"], *([int(number), 1] for number in valid_numbers())]}
        ),
        "sheet 'B': column 1 holds numbers",
    ),
    "NHS numbers in a Parquet": person(
        lambda: samples.as_parquet([["ref", "n"], *([number, 1] for number in valid_numbers())]),
        "column 1 holds numbers",
    ),
    "NHS numbers in a zip": person(
        lambda: as_zip({"a.csv": as_csv([["ref"], *([number] for number in valid_numbers())])}),
        "column 1 holds numbers",
    ),
    "dates of birth under their heading": person(
        lambda: people_table(["D.O.B.", "class"], lambda n: [BIRTHS[n], "opioids"]),
        "only a person has",
    ),
    "dates of birth under another": person(
        lambda: people_table(["date", "class", "items"], lambda n: [BIRTHS[n], "opioids", n]),
        "spread like dates of birth",
    ),
    "dates of birth in a workbook": person(
        lambda: as_xlsx({"A": [["when", "n"], *([date.fromisoformat(day), 1] for day in BIRTHS)]}),
        "spread like dates of birth",
    ),
    "year of birth": person(
        lambda: people_table(["Year of birth", "class"], lambda n: [1961, "opioids"]),
        "only a person has",
    ),
    "forename and surname": person(
        lambda: people_table(["Forename", "Surname", "class"], lambda n: [*NAMES, "opioids"]),
        "only a person has",
    ),
    "patient's postcode": person(
        lambda: people_table(["Postcode of patient", "class"], lambda n: ["ZZ99 9ZZ", "opioids"]),
        "only a person has",
    ),
    "one row a person by age and sex": person(
        lambda: people_table(["Age", "Sex", "Drug"], lambda n: [40 + n, "F", "opioids"]),
        "each row seems to be one person",
    ),
    "one row a person with items": person(
        lambda: people_table(
            ["Age", "Sex", "Drug", "Items"], lambda n: [40 + n % 2, "F", "opioids", n]
        ),
        "each row seems to be one person",
    ),
    "a table by single age is no list of people": reads(
        lambda: people_table(
            ["class", "period", "age", "sex", "items"],
            lambda n: ["opioids", "2024/25", 40 + n, "F", 10],
        ),
        {"opioids": (None, None)},
    ),
    "ten figures that are no NHS numbers": reads(
        lambda: as_csv(
            [
                [*HEAD, "reference"],
                *(["opioids", "2024/25", 1_234, 5_678, n] for n in not_numbers(1)),
                *(["junk", "2024/25", 1, 2, n] for n in not_numbers()),
            ]
        ),
    ),
    "ten figures behind a point": reads(
        lambda: as_csv(
            table(["opioids", "2024/25", 1_234, 5_678, f"0.{NHS_NUMBER}"], head=[*HEAD, "rate"])
        )
    ),
    "a note that gives an address for questions": reads(
        lambda: as_csv([["Questions: email or phone us"], [], *one()])
    ),
    # ---------------------------------------------------------------------------- the national
    # dataset, damaged
    "SNOMED codes are no NHS numbers": reads(
        samples.epd,
        {"opioids": (160, None), "gabapentinoids": (30, None), "antidepressants": (200, None)},
    ),
    "EPD that is a web page": refused(
        lambda: as_csv([samples.SNOMED_EPD]) + b"<html><body>502 Bad Gateway</body></html>\n",
        "holds none of the 73",
    ),
    "EPD with headings over the wrong columns": refused(
        lambda: as_csv(
            [
                [
                    "ITEMS" if h == "PRACTICE_NAME" else "PRACTICE_NAME" if h == "ITEMS" else h
                    for h in samples.SNOMED_EPD
                ],
                *samples.epd_rows()[1:],
            ]
        ),
        "no row whose month and items can be read",
    ),
    "EPD with a column of NHS numbers": person(
        lambda: as_csv(
            [
                [*row, "nhs_number" if at == 0 else NHS_NUMBER]
                for at, row in enumerate(samples.epd_rows())
            ]
        ),
        "only a person has",
    ),
    "EPD with no medicine of ours": refused(
        lambda: samples.epd([(*samples.SHEFFIELD, samples.BENDROFLUMETHIAZIDE, 9)]),
        "holds none of the 73 medicines",
    ),
    "OpenPrescribing with no class in its name": refused(
        samples.analyse, "does not say which class", "export.csv"
    ),
}


def test_there_are_enough_of_them() -> None:
    assert len(SCENARIOS) >= 45


def in_good_words(error: IntakeError, name: str) -> None:
    """A message names the file, is short, is one line, and tells nothing of what stands in a
    person's row."""
    message = str(error)
    assert name in message
    assert len(message) <= LONGEST_MESSAGE
    assert message.isprintable() and "Traceback" not in message and FORMULA not in message
    assert not [value for value in PERSONAL if value in message]
    assert not re.search(r"[0-9]{8,}", message)
    assert not re.search(r"Error\b|exception|None|\bobject\b", message)


@pytest.mark.parametrize("scenario", SCENARIOS.values(), ids=SCENARIOS)
def test_each_is_read_right_or_refused_in_good_words(
    reference: ReferenceData, scenario: Scenario
) -> None:
    data = scenario.data()
    with warnings.catch_warnings():
        warnings.simplefilter("error", ResourceWarning)
        if scenario.right is None:
            with pytest.raises(scenario.error, match=scenario.words) as caught:
                read_upload(scenario.name, data, reference)
            in_good_words(caught.value, scenario.name)
            if scenario.error is PatientLevelError:
                assert "Nothing of this file has been kept" in str(caught.value)
            else:
                assert not isinstance(caught.value, PatientLevelError)
            return
        result = read_upload(scenario.name, data, reference)
    assert totals(result) == scenario.right
    assert (
        any(scenario.warns in warning for warning in result.report.warnings) or not scenario.warns
    )
    assert (
        any(scenario.skips in skip.reason for skip in result.report.skipped) or not scenario.skips
    )
    Plan.model_validate({"place": {"icb_code": "QF7"}, "imports": [result.report]})


@pytest.mark.parametrize(
    "scenario",
    [c for c in SCENARIOS.values() if c.error is PatientLevelError],
    ids=[n for n, c in SCENARIOS.items() if c.error is PatientLevelError],
)
def test_the_command_line_keeps_nothing_of_people(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], scenario: Scenario
) -> None:
    given, out, cuts = tmp_path / scenario.name, tmp_path / "rows.csv", tmp_path / "cuts"
    given.write_bytes(scenario.data())
    assert main(["ingest", str(given), "--json", "--out", str(out), "--cuts", str(cuts)]) == 2
    printed = capsys.readouterr()
    assert printed.err.count("\n") == 1
    assert not [
        value for value in PERSONAL if value in printed.out + printed.err.replace(str(tmp_path), "")
    ]
    assert not out.exists() and not cuts.exists()


OF_THE_DISK = [name for name in SCENARIOS if re.search(r"EPD|zip|gz|Parquet|half|empty|NUL", name)]
"""What is opened where it lies, packed or larger than memory; of any other file the command has its
bytes read as above."""


@pytest.mark.slow
@pytest.mark.parametrize("name", OF_THE_DISK)
def test_the_command_line_says_it_in_one_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    scenario = SCENARIOS[name]
    given = tmp_path / scenario.name
    given.write_bytes(scenario.data())
    code = main(["ingest", str(given), "--json", "--cuts", str(tmp_path / "cuts")])
    printed = capsys.readouterr()
    if scenario.right is None:
        assert code == 2 and printed.err.splitlines()[-1].startswith("planner: ")
    else:
        assert code == 0 and '"opioids": {' in printed.out


# ------------------------------------------------------------------------------------------
# names, sizes


@pytest.mark.parametrize(
    ("given", "display"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\a\\opioids.csv", "opioids.csv"),
        ("..", "the file"),
        (".", "the file"),
        ("", "the file"),
        ("\x1b[31mred\x07.csv", "[31mred.csv"),
        ("a\u202egpj.csv", "agpj.csv"),
        ("a\nb.csv", "ab.csv"),
        ("\udcff.csv", ".csv"),
    ],
)
def test_a_files_name_is_shown_safely(given: str, display: str) -> None:
    assert display_name(given) == display


@pytest.mark.parametrize("name", ["..", "x" * 900, "\U0001f600" * 90, "a/b\x00c.csv", "-"])
def test_an_upload_of_any_name_is_read(reference: ReferenceData, name: str) -> None:
    result = read_upload(name, samples.epd(), reference)
    assert result.report.rows_used == 5 and result.report.file == display_name(name)


def test_an_upload_beyond_the_limit_is_refused_by_its_size(
    reference: ReferenceData, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opened_files, "LARGEST_FILE", 2_000_000)
    with pytest.raises(
        IntakeError, match="big.csv is 3 MB; the most that can be read here is 2 MB. Keep only"
    ) as error:
        read_upload("big.csv", b"a,b\n" * 750_000, reference)
    in_good_words(error.value, "big.csv")


def test_two_gigabytes_on_the_command_line_are_refused_by_their_size(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    huge = tmp_path / "huge.csv"
    with huge.open("wb") as file:
        file.write(b"class,period,patients\n")
        os.truncate(file.fileno(), 2_000_000_000)
    assert main(["ingest", str(huge)]) == 2
    assert (
        "huge.csv is 2,000 MB; the most that can be read of this kind of file is 50 MB"
        in capsys.readouterr().err
    )


def test_a_folder_and_a_missing_file_are_said_to_be_so(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ingest", str(tmp_path)]) == 2
    assert "cannot be read: it is a folder, not a file" in capsys.readouterr().err
    assert main(["ingest", str(tmp_path / "not-there.csv")]) == 2
    assert "not-there.csv cannot be opened: No such file" in capsys.readouterr().err


@pytest.mark.parametrize("data", [GOOD, samples.epd()], ids=["our table", "EPD"])
def test_the_same_file_twice_is_not_counted_twice(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], data: bytes
) -> None:
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_bytes(data)
    second.write_bytes(data)
    cuts = str(tmp_path / "cuts")
    assert main(["ingest", str(first), str(second), "--json", "--cuts", cuts]) == 2
    assert (
        "b.csv is the same as another of the files; give each file once" in capsys.readouterr().err
    )
    assert main(["ingest", str(first), str(first), "--json", "--cuts", cuts]) == 2


def test_one_file_that_is_refused_refuses_the_lot(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "good.csv").write_bytes(GOOD)
    (tmp_path / "bad.csv").write_bytes(as_csv([["ref"], *([n] for n in valid_numbers())]))
    assert main(["ingest", str(tmp_path / "good.csv"), str(tmp_path / "bad.csv"), "--json"]) == 2
    printed = capsys.readouterr()
    assert '"rows_used": 0' in printed.out and "bad.csv: column 1 holds numbers" in printed.err


# --------------------------------------------------------------------------------- pasting, and the
# way out


@pytest.mark.parametrize("text", ["", "   ", "\n\n", "\t\t\n"])
def test_pasting_nothing_is_said_to_be_nothing(reference: ReferenceData, text: str) -> None:
    with pytest.raises(IntakeError, match="pasted table is empty"):
        read_pasted(text, reference)


def test_pasting_people_is_refused(reference: ReferenceData) -> None:
    with pytest.raises(PatientLevelError, match="pasted table: column 1 holds numbers"):
        read_pasted(
            "ref\tclass\n" + "".join(f"{number}\topioids\n" for number in valid_numbers()),
            reference,
        )


def test_pasting_another_table_asks_what_it_holds(reference: ReferenceData) -> None:
    with pytest.raises(NotRecognised, match="pasted table is a table in no layout the"):
        read_pasted("Drug\tNumber\nmorphine\t5\n", reference)


@pytest.mark.parametrize("start", ["=", "+", "-", "@"])
def test_no_cell_we_write_is_a_formula(reference: ReferenceData, minimal: Plan, start: str) -> None:
    name = f'{start}HYPERLINK("http://example.org","x")'
    values = minimal.model_dump()
    values["areas"]["areas"] = [
        {"code": "C88005", "name": name, "level": "practice", "population": 9_000}
    ]
    plan = Plan.model_validate(values)
    text = template_csv(plan, reference).decode("utf-8-sig")
    assert (
        f"'{start}HYPERLINK" in text
        and f",{start}HYPERLINK" not in text
        and f'"{start}HYPERLINK' not in text
    )
    for data in (template_csv(plan, reference), template_xlsx(plan, reference)):
        result = read_upload("ours", data, reference)
        assert name in {record.name for record in result.records}
    with zipfile.ZipFile(io.BytesIO(template_xlsx(plan, reference))) as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")
