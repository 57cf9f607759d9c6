"""A review of a specification as a table for a spreadsheet. No judging and no layout."""

from __future__ import annotations

import csv
import io

from planner.model.review import Review
from planner.review.report import COLUMNS, rows


def review_csv(review: Review) -> bytes:
    """Everything a review found, a row each, as CSV that Excel opens; no cell is taken for a
    formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows(review):
        writer.writerow(["'" + cell if cell[:1] in ("=", "+", "-", "@") else cell for cell in row])
    return out.getvalue().encode("utf-8-sig")
