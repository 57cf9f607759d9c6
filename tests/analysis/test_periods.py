"""Which period is the newest, and which months run on without a gap."""

from __future__ import annotations

import pytest

from planner.analysis.periods import (
    counted_over,
    ends,
    last_run,
    newest_period,
    run_in_words,
    years_apart,
)
from planner.model.prescribing import CountedOver


@pytest.mark.parametrize(
    ("periods", "newest"),
    [
        ({"2023/24", "2024/25"}, "2024/25"),
        # Words that cannot be dated never win.
        ({"2024/25", "April 2019 to March 2020"}, "2024/25"),
        # A year's people, not a month's.
        ({"2024/25", "2025-03"}, "2024/25"),
        # Unless the year is long past.
        ({"2019/20", "2025-03"}, "2025-03"),
        ({"2023/24", "2024/25 Q1"}, "2023/24"),
        ({"2021/22", "2024/25 Q1"}, "2024/25 Q1"),
        ({"some time"}, "some time"),
        (set(), ""),
    ],
)
def test_the_newest_period(periods: set[str], newest: str) -> None:
    assert newest_period(periods) == newest


def test_when_periods_end() -> None:
    assert [ends(p) for p in ("2024/25", "2024/25 Q2", "2025-03", "2024", "spring")] == [
        (2025, 3), (2024, 9), (2025, 3), (2024, 12), (0, 0),
    ]  # fmt: skip
    assert years_apart("2024/25", "2020/21") == 4 and years_apart("2024/25", "2025-03") == 0
    assert years_apart("spring", "2020/21") is None


def test_a_run_of_months_stops_at_a_gap_and_at_twelve() -> None:
    assert last_run({"2024-11", "2025-01", "2025-02", "2025-03"}) == [
        "2025-01",
        "2025-02",
        "2025-03",
    ]
    two_years = {f"{year}-{month:02d}" for year in (2024, 2025) for month in range(1, 13)}
    assert run_in_words(last_run(two_years)) == "2025-01 to 2025-12, 12 months"


@pytest.mark.parametrize(
    ("period", "over"),
    [
        ("2024/25", CountedOver.YEAR),
        ("2024/25 Q1", CountedOver.QUARTER),
        # Of which year cannot be told, and yet never taken for a whole one.
        ("Q1 2025", CountedOver.QUARTER),
        ("Quarter 3", CountedOver.QUARTER),
        ("Q1 to Q4 2025", CountedOver.YEAR),
        ("2025-03", CountedOver.MONTH),
        ("2025-01 to 2025-03, 3 months", CountedOver.QUARTER),
    ],
)
def test_over_how_long_people_were_counted(period: str, over: CountedOver) -> None:
    assert counted_over(period) is over
