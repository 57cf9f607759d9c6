"""A Parquet file as rows of text, its headings first. Nothing here knows what a table means."""

import io
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from planner.analysis.formatting import several
from planner.intake.errors import IntakeError, refused_as
from planner.intake.files import LONGEST_CELL, MOST_CELLS, MOST_ROWS


def rows_of(name: str, data: bytes) -> Iterator[list[str]]:
    """Every row of a file. Raises IntakeError where it is damaged, holds other than plain values,
    or too much."""
    with refused_as(
        f"{name} is a Parquet file that is damaged, or whose columns are not plain text and "
        "numbers",
        (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError),
    ):
        table = pl.scan_parquet(io.BytesIO(data))
        columns, rows = table.collect_schema().names(), table.select(pl.len()).collect().item()
        if rows > MOST_ROWS or rows * len(columns) > MOST_CELLS:
            raise IntakeError(
                f"{name} has {several(rows, 'row')}, too many to read here. Keep only your own "
                "board's rows"
            )
        texts = _texts(table)
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
