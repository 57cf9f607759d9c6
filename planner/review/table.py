"""A review of a specification as a table for a spreadsheet. No judging and no layout."""

from planner.intake.template import safe_csv
from planner.model.review import Review
from planner.review.report import COLUMNS, rows


def review_csv(review: Review) -> bytes:
    """Everything a review found, a row each, as CSV that Excel opens; no cell is taken for a
    formula."""
    return safe_csv(COLUMNS, rows(review))
