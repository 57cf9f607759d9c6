"""The English Prescribing Dataset added up where it lies, on DuckDB or Spark.

It is for data that may not be moved.
The sums are written once, in Ibis, with operations that both engines share; tests hold them to the
sums of the embedded engine to the last unit. Only the small result is brought back.
"""

from __future__ import annotations

import io
import logging
import os
import re
import shutil
import threading
import warnings
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from planner.intake.epd import (
    KEYS,
    MEASURED,
    SCALE,
    TURNED,
    Cut,
    checked,
    codes_wanted,
    counted,
    csv_header,
    hashed,
    is_whole,
    starts_with,
)
from planner.intake.errors import IntakeError, refused_as
from planner.intake.files import digest_of, sha256_digest, shown_name
from planner.intake.layouts import Layout, layout_wanted
from planner.intake.reading import NEAR_PARAGRAPHS, NEAR_SECTIONS
from planner.model.reference import ReferenceData

# Ibis takes a second to import, so only when it is asked for.
if TYPE_CHECKING:
    import ibis.expr.types as ir  # type: ignore[import-untyped]
    from ibis.backends import BaseBackend  # type: ignore[import-untyped]

EXTRA = 'pip install "prescribed-medicines-planner[engines]"'
WORDS = {"duckdb": "DuckDB", "pyspark": "Spark"}
WHOLE_NUMBER = r"^[+-]?[0-9]+$"
NUMBER = r"^[+-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+-]?[0-9]+)?$"
"""Engines differ in what they take for a number: one rounds 12.5 items to 13, another reads none.
"""


def engine(name: Literal["duckdb", "spark"]) -> BaseBackend:
    """An engine ready to be asked: DuckDB in this process, or the Spark that its own settings point
    to.

    Spark takes its settings from spark-submit, or from SPARK_REMOTE for a cluster elsewhere;
    without either it runs on this machine. Raises IntakeError, saying what to install, where
    something is missing.
    """
    if name == "duckdb":
        return _duckdb()
    if name == "spark":
        return _spark()
    raise IntakeError(f"there is no engine called {name!r}; choose duckdb or spark")


def _duckdb() -> BaseBackend:
    with refused_as(f"DuckDB through Ibis is not installed. Run: {EXTRA}", ImportError):
        import duckdb  # noqa: F401
        import ibis
    return ibis.duckdb.connect()


def _spark() -> BaseBackend:
    with refused_as(f"Spark through Ibis is not installed. Run: {EXTRA}", ImportError):
        import ibis
        from pyspark.sql import SparkSession
    # Said at every query; only text and whole numbers pass through pandas here.
    warnings.filterwarnings("ignore", "toPandas attempted Arrow optimization")
    warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
    # Told as an IntakeError instead.
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)
    elsewhere = "SPARK_REMOTE" in os.environ
    if not elsewhere and not os.environ.get("JAVA_HOME") and shutil.which("java") is None:
        raise IntakeError(
            "Spark needs Java 17 or later, and none was found. Install it, or set JAVA_HOME to "
            f"where it is, or SPARK_REMOTE to a cluster. The rest comes with: {EXTRA}"
        )
    try:
        builder = SparkSession.builder
        if not elsewhere and SparkSession.getActiveSession() is None:
            builder = builder.config("spark.log.level", "FATAL").config(
                "spark.ui.showConsoleProgress", "false"
            )
        session = builder.getOrCreate()
    except Exception as error:
        # Whatever the way to Java or to the cluster met.
        raise IntakeError(
            f"Spark could not be started: {_first_line(error)}. It needs Java 17 or later, or "
            f"SPARK_REMOTE naming a cluster that answers; for that, and for Ibis: {EXTRA}"
        ) from error
    return ibis.pyspark.connect(session)


def cut_on(
    backend: BaseBackend, source: Path | str, reference: ReferenceData, table: bool = False
) -> Cut:
    """The same cut as `epd.cut_of` makes, worked out by the engine and kept nowhere.

    `source` is a CSV or Parquet file, for Spark also a folder or pattern of them, or with `table`
    the name of a table of the platform, such as catalog.schema.table. A single file's digest is its
    own; for anything else it is that of the rows added up, in their order, for there is no one file
    to take it of. Raises IntakeError.
    """
    given = str(source)
    file = None if table or not Path(source).is_file() else Path(source)
    name = f"table {given}" if table else shown_name(given) if file else f"files {given}"
    words = WORDS.get(backend.name, backend.name)
    headings = _headings(name, file) if file else None
    if not table and file is None and backend.name == "duckdb":
        raise IntakeError(
            f"{name}: DuckDB reads one file at a time, and there is none of that name"
        )
    digest, lines = hashed(file) if file else ("", 0)
    try:
        try:
            frame, layout, read = _query(name, backend, given, table, headings, "utf-8", reference)
        except Exception as error:
            if (
                isinstance(error, IntakeError)
                or headings is None
                or "unicode" not in str(error).lower()
            ):
                raise
            frame, layout, read = _query(
                name, backend, given, table, headings, "latin-1", reference
            )
    except IntakeError:
        raise
    except Exception as error:
        # Each engine has its own kinds.
        raise IntakeError(
            f"{name} cannot be read to its end by {words}: it is not there, a row has more or "
            "fewer cells than the header, or it is damaged. "
            f"{words} says: {_first_line(error)}"
        ) from error
    earlier_digest = ""
    if file is None:
        added_up = frame.write_csv().encode()
        digest, earlier_digest = digest_of(added_up), sha256_digest(io.BytesIO(added_up))
    frame, output = checked(
        name, frame, layout, file, digest, lines - 1 if headings else read, reference
    )
    how = f"{output.layout}, added up in place by {words}"
    if file is None:
        how += " (the digest is of the rows added up)"
    return Cut(
        frame.lazy(),
        replace(output, path=output.path or given, layout=how),
        earlier_digest=earlier_digest,
    )


def _headings(name: str, file: Path) -> list[str] | None:
    """The headings of a CSV file that is whole; None for Parquet, which knows its own."""
    if starts_with(file, b"PAR1"):
        return None
    if starts_with(file, b"\x1f\x8b", b"PK\x03\x04"):
        raise IntakeError(
            f"{name} is packed. Unpack it first, or leave out the engine to have it unpacked"
        )
    headings = csv_header(name, file)
    is_whole(name, file, len(headings))
    return headings


def _query(
    name: str,
    backend: BaseBackend,
    given: str,
    table: bool,
    headings: Sequence[str] | None,
    encoding: str,
    reference: ReferenceData,
) -> tuple[pl.DataFrame, Layout, int]:
    """The sums of what was given, its layout, and how many rows it has."""
    if table:
        *place, last = given.split(".")
        rows = backend.table(
            last, database=tuple(place) if len(place) > 1 else place[0] if place else None
        )
        return _summed(name, rows, reference)
    view = f"epd_{os.getpid()}_{threading.get_ident()}"
    if backend.name == "duckdb":
        rows = _in_duckdb(backend, given, view, headings, encoding)
    else:
        rows = _in_spark(backend, given, view, headings is not None)
    try:
        return _summed(name, rows, reference)
    finally:
        backend.drop_view(view, force=True)


def _in_duckdb(
    backend: Any, given: str, view: str, headings: Sequence[str] | None, encoding: str
) -> ir.Table:
    if headings is None:
        return backend.read_parquet(given, table_name=view)
    # Guessing the layout skips rows that do not fit it, so the columns are told, in the order of
    # this header.
    names = [
        f"{current} {at}" if current in headings[:at] else current
        for at, current in enumerate(headings)
    ]
    return backend.read_csv(
        given,
        table_name=view,
        columns=dict.fromkeys(names, "string"),
        delim=",",
        quote='"',
        escape='"',
        encoding=encoding,
    )


def _in_spark(backend: Any, given: str, view: str, text: bool) -> ir.Table:
    text = text or ".parquet" not in given and not next(iter(Path(given).glob("*.parquet")), None)
    options = {"path": given}
    # Left to itself Spark reads rows of any length, and other files' columns by place.
    if text:
        options |= {"header": "true", "inferSchema": "false", "escape": '"', "mode": "FAILFAST"}
        options |= {"columnPruning": "false", "enforceSchema": "false"}
    listed = ", ".join(f"{key} '{_quoted(value)}'" for key, value in options.items())
    kind = "csv" if text else "parquet"
    backend.raw_sql(f"CREATE OR REPLACE TEMPORARY VIEW {view} USING {kind} OPTIONS ({listed})")
    return backend.table(view)


def _quoted(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'")


def _summed(
    name: str, rows: ir.Table, reference: ReferenceData
) -> tuple[pl.DataFrame, Layout, int]:
    """What `epd` adds up, in Ibis: cast by name, only after the filter, and only where it is a
    number."""
    import ibis

    layout = layout_wanted(name, rows.columns)
    current = layout.columns
    ours, near = codes_wanted(reference)

    def text(meaning: str) -> ir.StringValue:
        return rows[current[meaning]].cast("string")

    def number(meaning: str, shape: str) -> ir.StringValue:
        plain = text(meaning).strip().replace(",", "").re_replace(r"[.]0*$", "")
        return plain.re_search(shape).ifelse(plain, ibis.null("string"))

    presentation = text("presentation" if "presentation" in current else "chemical")
    turned = presentation.startswith(TURNED)
    code = turned.ifelse(presentation, presentation.substr(0, 9))
    whole = number("items", WHOLE_NUMBER).try_cast("int64")
    measured = [meaning for meaning in MEASURED if meaning in current]
    columns = {key: text(key).nullif("") for key in KEYS[:-1] if key in current} | {"code": code}
    columns["items"] = (whole >= 0).ifelse(whole, ibis.null("int64"))
    for meaning in measured:
        amount = number(meaning, NUMBER).try_cast("decimal(18, 5)")
        sound = (whole >= 0) & (amount >= 0)
        columns[meaning] = sound.ifelse((amount * SCALE).cast("int64"), ibis.null("int64"))
    wanted = (
        code.isin(ours + near)
        | code.substr(0, 4).isin(NEAR_SECTIONS)
        | code.re_search(f"^({'|'.join(NEAR_PARAGRAPHS)})")
        | turned
    )
    saved = rows.filter(wanted).select(**columns)
    values = ["items", *measured]
    added = saved.group_by([key for key in KEYS if key in columns]).aggregate(
        **{value: saved[value].sum().fill_null(0).cast("int64") for value in values},
        **{f"read_{value}": saved[value].count() for value in values},
        rows=saved.count(),
    )
    result = pl.DataFrame(added.to_pyarrow())
    missing = [
        *(pl.lit(None, dtype=pl.String).alias(key) for key in KEYS if key not in columns),
        *(
            pl.lit(0).alias(f"{start}{c}")
            for c in MEASURED
            if c not in current
            for start in ("", "read_")
        ),
    ]
    return counted(result.with_columns(missing)), layout, int(rows.count().execute())


def _first_line(error: Exception) -> str:
    """The engine's own reason: Spark's stands at the end of a long tale, in capitals between
    brackets."""
    reasons = re.findall(r"\[[A-Z_.]{6,}\][^\n\[]*", str(error))
    lines = (
        reasons[-1:]
        or [line for line in str(error).splitlines() if line.strip()]
        or [type(error).__name__]
    )
    return str(lines[0]).strip()[:200]
