"""Cells that a workbook merges down: what stands in the first of them is said of every row."""

import re
from collections.abc import Iterable, Iterator

MERGED = re.compile(
    rb"""<(?:\w+:)?mergeCell\b[^>]*\bref=["']([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})["']"""
)
MOST_MERGED = 100_000


def merged_down(sheet: bytes) -> dict[tuple[int, int], int]:
    """The first row and the column of each cell that is merged down, counted from 0, and the row in
    which it ends, from the XML that a sheet is kept as."""
    ranges = {}
    for match, _ in zip(MERGED.finditer(sheet), range(MOST_MERGED), strict=False):
        first, last = int(match[2]) - 1, int(match[4]) - 1
        if last > first:
            ranges[(first, _column(match[1]))] = last
    return ranges


def filled_down(
    rows: Iterable[list[str]], ranges: dict[tuple[int, int], int]
) -> Iterator[list[str]]:
    """The rows with each merged word in all of its rows. A merged number stays where it is, since
    it would be counted again in each row."""
    open_ranges: dict[int, tuple[int, str]] = {}
    columns = {column for _, column in ranges}
    for number, row in enumerate(rows):
        for column in columns:
            end, word = open_ranges.get(column, (-1, ""))
            cell = row[column] if column < len(row) else ""
            if (number, column) in ranges and cell and not cell.replace(".", "").isdecimal():
                open_ranges[column] = ranges[(number, column)], cell
            elif number <= end and not cell:
                row += [""] * (column + 1 - len(row))
                row[column] = word
        yield row


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number - 1
