"""A Parquet file as rows of text, its headings first. Nothing here knows what a table means."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from planner.intake.errors import IntakeError

LONGEST_CELL = 2_000


def rows_of(name: str, data: bytes, most_rows: int, most_cells: int) -> Iterator[list[str]]:
    """Every row of a file. Raises IntakeError where it is damaged, holds other than plain values,
    or too much."""
    try:
        table = pl.scan_parquet(io.BytesIO(data))
        columns, rows = table.collect_schema().names(), table.select(pl.len()).collect().item()
        too_much = rows > most_rows or rows * len(columns) > most_cells
        texts = pl.DataFrame() if too_much else _texts(table)
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:
        raise IntakeError(
            f"{name} is a Parquet file that is damaged, or whose columns are not plain text and numbers"
        ) from error
    if too_much:
        raise IntakeError(
            f"{name} has {rows:,} rows, too many to read here. Keep only your own board's rows"
        )
    yield columns
    for row in texts.iter_rows():
        yield [cell or "" for cell in row]


def start_of(path: Path, rows: int) -> list[list[str]]:
    """The headings and the first rows of a file on disk. Raises what the engine raises."""
    table = pl.scan_parquet(path).head(rows)
    return [
        table.collect_schema().names(),
        *([cell or "" for cell in row] for row in _texts(table).iter_rows()),
    ]


def _texts(table: pl.LazyFrame) -> pl.DataFrame:
    return table.select(pl.all().cast(pl.String).str.slice(0, LONGEST_CELL)).collect()
