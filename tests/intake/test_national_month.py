"""A month of the national dataset: its sums are those of plain Python to the last unit, whatever
the order of its columns, and the same bytes every time.
"""

from __future__ import annotations

import csv
import gzip
import os
import random
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from planner.intake.epd import SCALE, cut_of
from planner.intake.errors import IntakeError
from planner.intake.reading import class_of_codes
from planner.model.reference import ReferenceData
from tests.benchmarks.epd import HEADER
from tests.intake.samples import as_zip
from tests.intake.test_hostile_files import with_flag

ROOT = Path(__file__).resolve().parents[2]
OLDER = (
    "YEAR_MONTH,REGIONAL_OFFICE_NAME,REGIONAL_OFFICE_CODE,ICB_NAME,ICB_CODE,PCO_NAME,PCO_CODE,PRACTICE_NAME,"
    "PRACTICE_CODE,ADDRESS_1,ADDRESS_2,ADDRESS_3,ADDRESS_4,POSTCODE,BNF_CHEMICAL_SUBSTANCE,BNF_CODE,"
    "BNF_DESCRIPTION,BNF_CHAPTER_PLUS_CODE,QUANTITY,ITEMS,TOTAL_QUANTITY,ADQUSAGE,NIC,ACTUAL_COST,UNIDENTIFIED"
)
ROWS = 6_000


def rows_of(
    layout: str, reference: ReferenceData, rows: int = ROWS
) -> tuple[list[str], list[list[str]]]:
    """Rows with most of what can go wrong in a real month, the same every time."""
    chance = random.Random(7)
    ours = list(class_of_codes(reference))
    near = [miss.bnf_code for miss in reference.near_misses if len(miss.bnf_code) == 9]
    older = layout == "older"
    headings = (OLDER if older else HEADER).split(",")
    outputs = []
    for number in range(rows):
        code = chance.choice(ours if number % 3 else [*near, "0601022B0", "040301"])
        place = chance.choice(["02E00", "00L00", "A3A8R", "26A00"])
        items = chance.randint(1, 40)
        nic = Decimal(chance.randint(1, 10**7)).scaleb(-2)
        row = dict.fromkeys(headings, "X")
        row |= {
            "YEAR_MONTH": "202503" if older else "2026-03",
            "ICB_CODE": {"02E00": "QYG", "00L00": "QHM", "A3A8R": "QMF", "26A00": ""}[place],
            "PCO_CODE": place,
            "PRACTICE_CODE": "-" if number % 97 == 0 else f"C8{chance.randint(0, 60):04d}",
            "PRACTICE_NAME": chance.choice(
                ["CAFÉ STREET SURGERY", 'THE "OLD" MILL, ASHBY', "PLAIN PRACTICE"]
            ),
            "ADDRESS_1": "1 HIGH STREET, FLOOR 2",
            headings[headings.index("BNF_CHEMICAL_SUBSTANCE")]: code if older else "A name, 5ml",
            "BNF_CODE" if older else "BNF_PRESENTATION_CODE": code + "AAABAB",
            "ITEMS": str(items),
            "TOTAL_QUANTITY": str(
                Decimal(items * chance.randint(1, 99999)).scaleb(-chance.choice([0, 1, 5]))
            ),
            "NIC": str(nic),
            "ACTUAL_COST": str((nic * Decimal("0.93721")).quantize(Decimal("0.00001"))),
            "UNIDENTIFIED": "Y" if number % 97 == 0 else "N",
        }
        if not older:
            row["BNF_CHEMICAL_SUBSTANCE_CODE"] = code
        outputs.append([row[heading] for heading in headings])
    return headings, outputs


def spoil(headings: list[str], rows: list[list[str]]) -> None:
    """Cells that cannot be read, or only with some goodwill, in rows of our own medicines."""
    cells = {
        "ITEMS": ["seven", "-3", "12.5", "", "1e2", "12.0", "1,200", " 4 "],
        "NIC": ["n/a", "nan", "1,234.50", "1e3", "", "."],
        "TOTAL_QUANTITY": ["inf", "28.00000", "+7", "0x1F"],
        "ACTUAL_COST": ["-0.00001", ".5", "5.", "12 34"],
        "YEAR_MONTH": ["March"],
    }
    at = 1
    for heading, spoiled in cells.items():
        for cell in spoiled:
            rows[at][headings.index(heading)] = cell
            # Every third row is of no medicine of ours.
            at += 3


def write(path: Path, headings: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="latin-1", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
    return path


@pytest.fixture(scope="session", params=["SNOMED", "older"])
def month(
    request: pytest.FixtureRequest,
    reference: ReferenceData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    headings, rows = rows_of(request.param, reference)
    spoil(headings, rows)
    return write(tmp_path_factory.mktemp("epd") / f"{request.param}.csv", headings, rows)


def test_columns_are_found_wherever_they_stand(reference: ReferenceData, tmp_path: Path) -> None:
    headings, rows = rows_of("SNOMED", reference, 900)
    order = list(range(len(headings)))
    random.Random(3).shuffle(order)
    straight = write(tmp_path / "straight.csv", headings, rows)
    swapped = write(
        tmp_path / "swapped.csv",
        [headings[i] for i in order],
        [[row[i] for i in order] for row in rows],
    )
    first = cut_of(straight, reference, tmp_path)
    second = cut_of(swapped, reference, tmp_path)
    assert_frame_equal(first.table.collect(), second.table.collect())


def test_quoted_nothing_and_a_byte_order_mark_change_nothing(
    reference: ReferenceData, tmp_path: Path
) -> None:
    headings, rows = rows_of("SNOMED", reference, 300)
    path = write(tmp_path / "month.csv", headings, rows)
    plain = cut_of(path, reference, tmp_path).table.collect()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b",,", b',"",', 40))
    assert_frame_equal(plain, cut_of(path, reference, tmp_path).table.collect())


def test_a_row_of_more_cells_than_the_header_is_refused(
    reference: ReferenceData, tmp_path: Path
) -> None:
    headings, rows = rows_of("SNOMED", reference, 300)
    rows[150] = [*rows[150], "more"]
    path = write(tmp_path / "month.csv", headings, rows)
    with pytest.raises(IntakeError, match=r"month\.csv cannot be read to its end: a row has more"):
        cut_of(path, reference, tmp_path / "cuts")


@pytest.mark.parametrize(
    ("pack", "words"),
    [
        (lambda data: with_flag(as_zip({"month.csv": data}), 1), "has a password"),
        (lambda data: as_zip({"a.csv": data, "b.csv": data}), "holds 2 tables"),
        (lambda data: as_zip({"month.csv": data})[:-30], "damaged or only half there"),
        (lambda data: gzip.compress(data)[:-20], "damaged or only half there"),
    ],
    ids=["password", "two tables", "half a zip", "half a gzip"],
)
def test_a_packed_month_that_cannot_be_opened_is_refused(
    month: Path,
    reference: ReferenceData,
    tmp_path: Path,
    pack: Callable[[bytes], bytes],
    words: str,
) -> None:
    packed = tmp_path / "month.packed"
    packed.write_bytes(pack(month.read_bytes()))
    with pytest.raises(IntakeError, match=words) as message:
        cut_of(packed, reference, tmp_path / "cuts")
    assert "month.packed" in str(message.value)


def test_six_runs_give_the_same_sums_and_the_same_bytes(
    month: Path, reference: ReferenceData, tmp_path: Path
) -> None:
    rows = [cut_of(month, reference, tmp_path / str(run)) for run in range(6)]
    for other in rows[1:]:
        assert_frame_equal(rows[0].table.collect(), other.table.collect())
    selection = [next((tmp_path / str(run)).glob("*.parquet")).read_bytes() for run in range(6)]
    assert len(set(selection)) == 1


def test_the_sums_are_those_of_plain_python(
    month: Path, reference: ReferenceData, tmp_path: Path
) -> None:
    ours = class_of_codes(reference)
    sums: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
    with month.open(encoding="latin-1", newline="") as file:
        for row in csv.DictReader(file):
            code = (row.get("BNF_PRESENTATION_CODE") or row["BNF_CODE"])[:9]
            items = row["ITEMS"].strip().replace(",", "").removesuffix(".0")
            if code not in ours or not items.isdigit() or row["YEAR_MONTH"] == "March":
                continue
            current = sums[row["PCO_CODE"], row["PRACTICE_CODE"], code]
            current["items"] += int(items)
            current["rows"] += 1
            for column, heading in (
                ("quantity", "TOTAL_QUANTITY"),
                ("nic", "NIC"),
                ("cost", "ACTUAL_COST"),
            ):
                cell = row[heading].strip().replace(",", "")
                if cell not in (
                    "n/a",
                    "nan",
                    "inf",
                    "",
                    ".",
                    "0x1F",
                    "12 34",
                ) and not cell.startswith("-"):
                    current[column] += int(Decimal(cell) * SCALE)
    columns = ("items", "quantity", "nic", "cost")
    table = cut_of(month, reference, tmp_path).table.collect()
    result = table.group_by("pco", "practice", "code").agg(pl.col(columns).sum())
    assert {row[:3]: row[3:] for row in result.rows() if any(row[3:])} == {
        key: tuple(current[c] for c in columns) for key, current in sums.items()
    }


# A process of its own.
@pytest.mark.slow
def test_the_benchmark_runs_at_a_small_size(tmp_path: Path) -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "tests.benchmarks.epd",
            "--rows",
            "20000",
            "--months",
            "2",
            "--rounds",
            "1",
        ],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    for line in (
        "a month of 20,000 rows",
        "ours / bare",
        "pandas / ours",
        "second question",
        "2 months file by",
    ):
        assert line in done.stdout
    assert done.stdout.count("target") >= 5
