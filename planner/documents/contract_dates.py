"""The days of a contract, all worked out from its start, its end and its first patient.

A quarter is one of the calendar's, a year is twelve months of the agreement, and nothing falls on a
weekend or a bank holiday but the ends of periods.
"""

from datetime import date, timedelta

from planner.analysis.completeness.readiness import (
    first_patient,
    months_after,
    recruits,
    staff_in_post,
    working_day,
    working_day_before,
    working_days_after,
)
from planner.analysis.formatting import day
from planner.model.library import SpecLibrary
from planner.model.plan import Plan

MONTHS_IN_QUARTER = 3
LEAST_OF_FIRST_QUARTER = 2
"""Months that the first quarter has at least: a shorter piece of one is counted with the next."""
BASELINES_AFTER = 2
"""Months from the end of the second quarter, whose report is there by then, to the baselines."""
A_YEAR, TWO_YEARS = 12, 24
LAST_MONTHS = 6
"""The last months of an agreement, in which people are handed over."""
NOTICE_WORKING_DAYS = 10
"""Working days from the start of the agreement until practices are told what is paid for."""
FOUR_WEEKS = timedelta(weeks=4)
MILESTONES = (1, 3, 6, 9, A_YEAR)
"""Months after the first patient on which something of a schedule falls due."""
NAMES = (
    "first_seen", "in_post", "ready_by", "trained_by", "year_one_ends", "year_two",
    "first_quarter_ends", "equity_review", "baselines_by", "enforced_from", "equal_by",
    "scheme_by", "last_months_from", *(f"month_{number}" for number in MILESTONES),
)  # fmt: skip
"""The $names of days, each of which our words tell where the plan does not date it."""


def quarter_end(on: date) -> date:
    """The last day of the calendar quarter in which a day falls."""
    last_month = -(-on.month // MONTHS_IN_QUARTER) * MONTHS_IN_QUARTER
    return months_after(date(on.year, last_month, 1), 1) - timedelta(days=1)


def first_quarter_end(first: date) -> date:
    """The end of the first quarter of a service that opens on a day."""
    return quarter_end(months_after(first, LEAST_OF_FIRST_QUARTER))


def quarters_of_year_one(plan: Plan) -> tuple[date, ...]:
    """The last day of each quarter from the first patient to the end of year 1 of the agreement;
    none without the day of its start, or where nobody is seen in that year."""
    start, opens = plan.specification.service_start, first_patient(plan)
    if start is None or opens is None:
        return ()
    year_ends = months_after(start, A_YEAR) - timedelta(days=1)
    quarters, closes = [], first_quarter_end(opens)
    while opens <= year_ends:
        quarters.append(min(closes, year_ends))
        opens = closes + timedelta(days=1)
        closes = quarter_end(opens)
    return tuple(quarters)


def baselines_known(first: date) -> date:
    """The day by which a baseline is set: once the second quarter has been reported."""
    second = quarter_end(first_quarter_end(first) + timedelta(days=1))
    return working_day(months_after(second, BASELINES_AFTER))


def contract_dates(plan: Plan, library: SpecLibrary) -> dict[str, str]:
    """Each $name of a day that a clause uses, as a day where the plan's dates give it, and told
    from the first day of the service or the end of the agreement where they do not."""
    spec, first, in_post = plan.specification, first_patient(plan), staff_in_post(plan)
    days: dict[str, date | None] = {"first_seen": first, "in_post": in_post}
    if spec.service_start and first:
        second_year = months_after(spec.service_start, A_YEAR)
        days |= {
            "scheme_by": working_days_after(spec.service_start, NOTICE_WORKING_DAYS),
            "ready_by": max(
                working_day(spec.service_start), working_day_before(first - FOUR_WEEKS)
            ),
            "trained_by": working_day_before(first) if recruits(plan) else first,
            "year_one_ends": second_year - timedelta(days=1),
            "year_two": second_year,
            "first_quarter_ends": first_quarter_end(first),
            "equity_review": working_day(months_after(first_quarter_end(first), BASELINES_AFTER)),
            "baselines_by": baselines_known(first),
            "enforced_from": working_day(months_after(first, A_YEAR)),
            "equal_by": _within(working_day(months_after(first, TWO_YEARS)), spec.service_end),
            **{
                f"month_{number}": working_day(months_after(first, number)) for number in MILESTONES
            },
        }
    if spec.service_end:
        days["last_months_from"] = months_after(spec.service_end + timedelta(days=1), -LAST_MONTHS)
    undated = {name: library.text(f"contract.undated.{name}") for name in NAMES}
    return undated | {name: day(on) for name, on in days.items() if on}


def _within(on: date, end: date | None) -> date:
    """A day, or the last working day of the agreement where it ends sooner."""
    return on if end is None or on <= end else working_day_before(end + timedelta(days=1))
