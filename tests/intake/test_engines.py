"""One sum, three engines: Polars, DuckDB and Spark tell the same of the same rows, and so does
plain Python.
"""

from __future__ import annotations

import builtins
import csv
import gzip
import os
import random
import shutil
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal, cast

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from planner.intake.epd import SCALE, cut_of
from planner.intake.epd_ibis import cut_on, engine
from planner.intake.errors import IntakeError
from planner.intake.reading import class_of_codes
from planner.model.reference import ReferenceData
from tests.benchmarks.epd import HEADER
from tests.intake.samples import as_zip
from tests.intake.test_hostile_files import with_flag

ROOT = Path(__file__).resolve().parents[2]
ENGINES: tuple[Literal["duckdb", "spark"], ...] = ("duckdb", "spark")
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


# Of the libraries' own, one with another.
pytestmark = pytest.mark.filterwarnings(
    "ignore:PySpark does not yet:FutureWarning",
    "ignore:toPandas attempted Arrow optimization",
    "ignore:.*(infer_string|copy keyword|fetch_arrow_table).*",
)


@pytest.fixture(scope="session")
def backends(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    from pyspark.sql import SparkSession

    session = (
        SparkSession.builder.master("local[2]")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.log.level", "FATAL")
        # What runs for a minute is compiled once, quickly, and not twice, for speed.
        .config("spark.driver.extraJavaOptions", "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC")
        .config("spark.sql.warehouse.dir", str(tmp_path_factory.mktemp("warehouse")))
        .getOrCreate()
    )
    yield {name: engine(name) for name in ENGINES}
    session.stop()


@pytest.fixture(scope="session", params=["SNOMED", "older"])
def month(
    request: pytest.FixtureRequest,
    reference: ReferenceData,
    tmp_path_factory: pytest.TempPathFactory,
) -> Path:
    headings, rows = rows_of(request.param, reference)
    spoil(headings, rows)
    return write(tmp_path_factory.mktemp("epd") / f"{request.param}.csv", headings, rows)


@pytest.mark.parametrize("name", ENGINES)
def test_each_engine_tells_the_same_to_the_last_unit(
    name: str, month: Path, backends: dict[str, Any], reference: ReferenceData, tmp_path: Path
) -> None:
    embedded = cut_of(month, reference, tmp_path)
    there = cut_on(backends[name], month, reference)
    assert_frame_equal(embedded.table.collect(), there.table.collect())
    assert embedded.provenance.faults and embedded.provenance.near
    for item in (
        "file",
        "path",
        "size",
        "digest",
        "codes",
        "rows_read",
        "rows_used",
        "faults",
        "near",
    ):
        assert getattr(there.provenance, item) == getattr(embedded.provenance, item), item
    words = "DuckDB" if name == "duckdb" else "Spark"
    assert there.provenance.layout == f"{embedded.provenance.layout}, added up in place by {words}"


@pytest.mark.parametrize("name", ENGINES)
def test_a_table_of_the_platform_tells_the_same(
    name: str, backends: dict[str, Any], reference: ReferenceData, tmp_path: Path
) -> None:
    headings, rows = rows_of("SNOMED", reference, 900)
    path = write(tmp_path / "month.csv", headings, rows)
    embedded = cut_of(path, reference, tmp_path)
    text = pl.DataFrame(rows, schema=dict.fromkeys(headings, pl.String), orient="row")
    typed = text.with_columns(pl.col("ITEMS").cast(pl.Int32), pl.col("NIC").cast(pl.Decimal(12, 2)))
    parquet = tmp_path / "month.parquet"
    typed.write_parquet(parquet)
    backend = backends[name]
    if name == "spark":
        backend.raw_sql(f"CREATE TABLE epd_month USING parquet LOCATION '{parquet}'")
        place = "spark_catalog.default.epd_month"
    else:
        backend.create_table("epd_month", backend.read_parquet(parquet))
        place = "memory.main.epd_month"
    try:
        for named in ("epd_month", place):
            there = cut_on(backend, named, reference, table=True)
            assert_frame_equal(embedded.table.collect(), there.table.collect())
        assert there.provenance.file == f"table {place}" and there.provenance.path == place
        assert there.provenance.rows_read == len(rows) == embedded.provenance.rows_read
        assert (
            there.provenance.digest.startswith("blake3:")
            and there.provenance.digest != embedded.provenance.digest
        )
        assert (
            there.provenance.digest
            == cut_on(backend, named, reference, table=True).provenance.digest
        )
        assert (
            "in place by" in there.provenance.layout and "rows added up" in there.provenance.layout
        )
    finally:
        backend.drop_table("epd_month", force=True)
    whole = cut_on(backend, parquet, reference)
    assert_frame_equal(embedded.table.collect(), whole.table.collect())
    assert whole.provenance.rows_read == len(rows)


def test_spark_reads_a_folder_whose_files_have_other_rows(
    backends: dict[str, Any], reference: ReferenceData, tmp_path: Path
) -> None:
    headings, rows = rows_of("SNOMED", reference, 900)
    whole = cut_of(write(tmp_path / "whole.csv", headings, rows), reference, tmp_path)
    folder = tmp_path / "months"
    folder.mkdir()
    write(folder / "a.csv", headings, rows[:500])
    write(folder / "b.csv", headings, rows[500:])
    there = cut_on(backends["spark"], folder, reference)
    assert_frame_equal(whole.table.collect(), there.table.collect())
    assert there.provenance.file.startswith("files ") and there.provenance.rows_read == 900
    swapped = [row[::-1] for row in rows[500:]]
    write(folder / "b.csv", headings[::-1], swapped)
    with pytest.raises(IntakeError, match="to its end by Spark.*Spark says: .[A-Z_.]+. "):
        cut_on(backends["spark"], folder, reference)


@pytest.mark.parametrize("name", ["polars", *ENGINES])
def test_columns_are_found_wherever_they_stand(
    name: str, backends: dict[str, Any], reference: ReferenceData, tmp_path: Path
) -> None:
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
    second = (
        cut_of(swapped, reference, tmp_path)
        if name == "polars"
        else cut_on(backends[name], swapped, reference)
    )
    assert_frame_equal(first.table.collect(), second.table.collect())


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("change", ["longer", "shorter", "html"])
def test_rows_of_another_length_are_refused_not_passed_over(
    name: str, change: str, backends: dict[str, Any], reference: ReferenceData, tmp_path: Path
) -> None:
    headings, rows = rows_of("SNOMED", reference, 300)
    path = write(tmp_path / "month.csv", headings, rows)
    message = "cannot be read to its end"
    if change == "html":
        path.write_text("<html><body>Service unavailable</body></html>\n")
        message = "not laid out as"
    else:
        rows[150] = [*rows[150], "more"] if change == "longer" else rows[150][:9]
        write(path, headings, rows)
    with pytest.raises(IntakeError, match=message):
        cut_on(backends[name], path, reference)


@pytest.mark.parametrize("name", ENGINES)
def test_quoted_nothing_and_a_byte_order_mark_change_nothing(
    name: str, backends: dict[str, Any], reference: ReferenceData, tmp_path: Path
) -> None:
    headings, rows = rows_of("SNOMED", reference, 300)
    path = write(tmp_path / "month.csv", headings, rows)
    plain = cut_of(path, reference, tmp_path).table.collect()
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b",,", b',"",', 40))
    assert_frame_equal(plain, cut_of(path, reference, tmp_path).table.collect())
    assert_frame_equal(plain, cut_on(backends[name], path, reference).table.collect())


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


def test_what_is_missing_is_named_with_the_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name.split(".")[0] in ("ibis", "pyspark"):
            raise ImportError(name)
        return real(name, *rest)

    with monkeypatch.context() as patched:
        patched.setattr(builtins, "__import__", without)
        for name in ENGINES:
            with pytest.raises(
                IntakeError, match=r'pip install "prescribed-medicines-planner\[engines\]"'
            ):
                engine(name)
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.delenv("SPARK_REMOTE", raising=False)
    monkeypatch.setattr(shutil, "which", lambda _: None)
    with pytest.raises(IntakeError, match=r"Spark needs Java 17.*\[engines\]"):
        engine("spark")
    with pytest.raises(IntakeError, match="choose duckdb or spark"):
        engine(cast(Any, "other"))


def test_what_cannot_be_asked_is_refused(
    backends: dict[str, Any], reference: ReferenceData, tmp_path: Path
) -> None:
    headings, rows = rows_of("SNOMED", reference, 60)
    path = write(tmp_path / "month.csv", headings, rows)
    packed = tmp_path / "month.csv.gz"
    packed.write_bytes(b"\x1f\x8b" + path.read_bytes())
    with pytest.raises(IntakeError, match="packed"):
        cut_on(backends["duckdb"], packed, reference)
    with pytest.raises(IntakeError, match="one file at a time"):
        cut_on(backends["duckdb"], tmp_path, reference)
    for name in ENGINES:
        with pytest.raises(IntakeError, match="table nowhere cannot be read"):
            cut_on(backends[name], "nowhere", reference, table=True)
    with path.open("a", encoding="latin-1") as file:
        file.write("2026-03,cut off")
    with pytest.raises(IntakeError, match="in the middle of a row"):
        cut_on(backends["duckdb"], path, reference)


def test_neither_ibis_nor_spark_is_paid_for_before_it_is_asked_for() -> None:
    code = (
        "import sys, planner.intake.epd_ibis; sys.exit(any(m in sys.modules for m in ('ibis', "
        "'pyspark', 'duckdb')))"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_java_is_here() -> None:
    assert shutil.which("java") or os.environ.get("JAVA_HOME")


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
