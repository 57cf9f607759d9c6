"""Which period is the newest, and which months run on without a gap."""

from __future__ import annotations

import pytest

from planner.analysis.periods import (
    counted_over,
    ends,
    last_run,
    near,
    newest_period,
    run_in_words,
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
    periods = ("2024/25", "2024/25 Q2", "2025-03", "2024", "mid-2024", "spring")
    assert [ends(period) for period in periods] == [
        (2025, 3), (2024, 9), (2025, 3), (2024, 12), (2024, 6), (0, 0),
    ]  # fmt: skip


def test_periods_of_the_same_or_the_next_year_are_near() -> None:
    assert near("2024/25", "2025-03") and near("2024/25", "2023/24")
    assert near("2024/25", "2023-10") and not near("2024/25", "2023-09")
    assert not near("2024/25", "2020/21") and not near("spring", "2020/21")


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
