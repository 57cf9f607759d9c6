"""Opening hours as people type them, and how many hours a week they ask for."""

from __future__ import annotations

import pytest

from planner.analysis.completeness.opening_hours import typed_hours_a_week


@pytest.mark.parametrize(
    ("typed", "hours"),
    [
        ("Clinics on weekdays from 9am to 7pm in two practices in each place, and an advice line "
         "on weekdays from 10am to 4pm.", 4 * 2 * 50 + 30),
        ("Clinics at times between 9am and 7pm, and an advice line from 10am to 4pm.", 30),
        ("9 to 5 every day", 56),
        ("08:30-18:00 in 3 clinics", 142.5),
        ("Monday to Saturday, 9am to 1pm; daily 6pm to 8pm", 24 + 14),
        ("By appointment", 0),
        ("", 0),
    ],
)  # fmt: skip
def test_typed_hours_come_to_hours_a_week_with_one_clinician_in_each_venue(
    typed: str, hours: float
) -> None:
    assert typed_hours_a_week(typed, places=4) == hours
