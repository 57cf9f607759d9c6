"""Every test is of one tier, and whatever drives another program is out of the quick loop."""

from __future__ import annotations

from pathlib import Path, PurePath

import pytest

from tests.tiers import ALWAYS_SLOW, PLACES, TIERS, tier_of

TESTS = Path(__file__).parent


def test_every_place_is_there_and_its_tier_is_declared(pytestconfig: pytest.Config) -> None:
    assert not [place for place in PLACES if not (TESTS / place).exists()]
    assert set(PLACES.values()) == set(TIERS)
    declared = {line.partition(":")[0] for line in pytestconfig.getini("markers")}
    assert declared >= {*TIERS, "slow"}


def test_the_nearest_place_decides_unless_a_test_says_otherwise() -> None:
    assert tier_of(PurePath("intake/test_formats.py"), set()) == "unit"
    assert tier_of(PurePath("outputs/test_office.py"), set()) == "office"
    assert tier_of(PurePath("outputs/test_workbook.py"), {"office", "parametrize"}) == "office"


@pytest.mark.parametrize(
    ("path", "marks", "fault"),
    [
        ("elsewhere/test_new.py", set(), "of no tier"),
        ("store/test_new.py", {"unit", "office"}, "more than one"),
    ],
)
def test_a_test_without_one_tier_stops_the_run(path: str, marks: set[str], fault: str) -> None:
    with pytest.raises(pytest.UsageError, match=fault):
        tier_of(PurePath(path), marks)


def test_this_run_gave_each_test_its_tier(request: pytest.FixtureRequest) -> None:
    for item in request.session.items:
        marks = {mark.name for mark in item.iter_markers()}
        assert len(marks & set(TIERS)) == 1, item.nodeid
        assert "slow" in marks or not marks & ALWAYS_SLOW, item.nodeid
