"""Periods as files write them, in order. One that cannot be dated is never taken for the newest."""

import re
from functools import lru_cache

from planner.model.prescribing import CountedOver

Ends = tuple[int, int]
"""The year and month in which a period ends."""
UNDATED: Ends = (0, 0)
MOST_MONTHS = 12


@lru_cache(maxsize=4096)
def is_month(period: str) -> bool:
    """Whether a period is one month, written 2025-03."""
    return re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", period) is not None


def ends(period: str) -> Ends:
    """When a month, a financial year, one of its quarters or a calendar year ends, and in which
    month a mid-year estimate is; UNDATED for other words."""
    run = re.fullmatch(r"20\d\d-\d\d to (20\d\d-\d\d), \d+ months", period)
    last = run[1] if run else period
    if is_month(last):
        return int(last[:4]), int(last[5:])
    mid_year = re.fullmatch(r"[Mm]id-(20\d\d)", period)
    if mid_year:
        return int(mid_year[1]), 6
    match = re.fullmatch(r"(20\d\d)/\d\d(?: Q([1-4]))?", period)
    if match:
        year, quarter = int(match[1]), int(match[2] or 4)
        return (year, 3 + 3 * quarter) if quarter < 4 else (year + 1, 3)
    return (int(period), 12) if re.fullmatch(r"20\d\d", period) else UNDATED


def is_year(period: str) -> bool:
    """Whether a period is twelve months: a financial or calendar year, or a run of that many
    months."""
    return re.fullmatch(r"20\d\d(/\d\d)?|.*, 12 months", period) is not None


def counted_over(period: str) -> CountedOver:
    """Over how long the people of a period were counted, as far as the period says it; a year where
    it does not."""
    if is_month(period):
        return CountedOver.MONTH
    # "Q1 2025" is of no year that can be told, and of a quarter all the same.
    quarters = re.findall(r"\bq(?:(?:uarte)?r)?\s?[1-4]\b", period, re.IGNORECASE)
    is_quarter = len(quarters) == 1 or re.fullmatch(r".*, 3 months", period)
    return CountedOver.QUARTER if is_quarter else CountedOver.YEAR


def near(one: str, other: str) -> bool:
    """Whether two periods are of the same or the next year, as far as both can be dated."""
    first, last = ends(one), ends(other)
    return UNDATED not in (first, last) and abs(_months(first) - _months(last)) < 18


def _months(end: Ends) -> int:
    """The months up to the end of a period, of which only differences mean anything."""
    return end[0] * 12 + end[1]


def is_whole(period: str) -> bool:
    """Whether a period is neither one month nor one quarter."""
    return counted_over(period) is CountedOver.YEAR


def newest_period(periods: set[str]) -> str:
    """The newest of several periods of people: a year rather than a month or a quarter, unless 18
    months older.

    People are counted over a year; a month's or a quarter's count is of fewer. Undated words are
    taken only where nothing else is there.
    """
    best = max(periods, key=lambda period: (ends(period), is_whole(period), period), default="")
    years = [period for period in periods if is_whole(period) and ends(period) != UNDATED]
    if not is_whole(best) and years:
        year = max(years, key=ends)
        if _months(ends(best)) - _months(ends(year)) <= 18:
            return year
    return best


def twelve_months(period: str) -> list[str]:
    """The months of a period that is a year, oldest first; empty for any other."""
    if not is_year(period) or ends(period) == UNDATED:
        return []
    year, month = ends(period)
    last = year * 12 + month - 1
    return [f"{at // 12}-{at % 12 + 1:02d}" for at in range(last - 11, last + 1)]


def last_run(months: set[str]) -> list[str]:
    """The newest months without a gap between them, twelve at most, oldest first."""
    newest_first = sorted((m for m in months if is_month(m)), reverse=True)[:MOST_MONTHS]
    # Once a month is missing, every earlier one lies further back than its place in the list.
    return [
        month
        for back, month in enumerate(newest_first)
        if months_between(month, newest_first[0]) == back
    ][::-1]


def months_between(first: str, last: str) -> int:
    """How many months after the first month the last one is."""
    return (int(last[:4]) - int(first[:4])) * 12 + int(last[5:]) - int(first[5:])


def run_in_words(months: list[str]) -> str:
    """A run of months as a period: one by its name, several by their ends and number; none is
    empty."""
    if len(months) < 2:
        return "".join(months)
    return f"{months[0]} to {months[-1]}, {len(months)} months"
