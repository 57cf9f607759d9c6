"""Whether a paper may ask a committee for anything, and the dates from decision to patients."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from math import ceil

from dateutil.easter import easter
from dateutil.relativedelta import relativedelta

from planner.analysis.completeness.provider_selection import STANDSTILL, select
from planner.model.decision import Route
from planner.model.plan import Attachment, Plan, Stage

STANDSTILL_DAYS = 8
"""Working days of a standstill, from the day after the intention to award is published."""
INDUCTION_DAYS = 10
"""Working days from the day on which staff come into post, and are paid, to the first patient: they
are trained before they see anyone."""
INDUCTION_MONTHS = 0.5
"""The same in months, for what is worked out by months."""
DIRECT = (Route.DIRECT_A, Route.DIRECT_B, Route.DIRECT_C)
"""Routes by which nobody is asked for an offer."""
SATURDAY = 5
RETURNS_AFTER = 22
"""Weeks after which a group comes back, as its standing workplan has it."""
GATE = {
    Stage.MANDATE: ("owner", "committee", "decision_date", "group_start", "in_order"),
    Stage.DECISION: (
        "option", "reason", "owner", "committee", "decision_date", "dates", "in_order", "funding",
        "involvement",
    ),
}  # fmt: skip
"""What must be there before a paper of each stage asks for anything, in the order of what it would
change."""


@dataclass(frozen=True, kw_only=True)
class Milestone:
    """A step from the decision to the first patient and on: its name in our words, and its day;
    None where the plan does not give one."""

    name: str
    on: date | None


def not_ready(plan: Plan) -> tuple[str, ...]:
    """What the paper's gate lacks, by name, in order; nothing where the paper may ask."""
    spec = plan.specification
    involved = any(one.who and one.when for one in spec.engagement)
    passed = {
        "option": plan.preferred is not None,
        "reason": plan.preferred is None or bool(plan.preferred_because.strip()),
        "owner": bool(spec.sponsor),
        "committee": bool(spec.committee),
        "decision_date": spec.decision_date is not None,
        "group_start": spec.group_start is not None,
        "dates": spec.service_start is not None and spec.service_end is not None,
        "in_order": not disordered(plan),
        "funding": spec.funding_found is not None,
        "involvement": involved or spec.involvement_due is not None,
    }
    return tuple(name for name in GATE[spec.stage] if not passed[name])


def milestones(plan: Plan) -> tuple[Milestone, ...]:
    """Every step from involving people to the end of the service, in the order in which they come;
    of a mandate, the steps to the group's return.

    A standstill is among them unless the route that was decided on, or is indicated, has none.
    """
    spec = plan.specification
    if spec.stage is Stage.MANDATE:
        steps = [
            ("decision", spec.decision_date, True),
            ("group", spec.group_start, True),
            ("returns", group_returns(plan), True),
        ]
        return tuple(Milestone(name=name, on=on) for name, on, _ in steps)
    equality = spec.assurance_due.get(Attachment.EQUALITY)
    attached = spec.attachments.get(Attachment.EQUALITY) == "attached"
    ends = spec.award_date and working_days_after(spec.award_date, STANDSTILL_DAYS)
    money_ends = spec.funding_ends is not None and not spec.funding_recurrent
    steps = [
        *_in_order(involvement=spec.involvement_due, own=spec.own_service_due),
        ("equality", equality, equality is not None and not attached),
        ("decision", spec.decision_date, True),
        *_in_order(
            confirmed=spec.funding_due,
            route=spec.route_due,
            invited=spec.offers_invited,
            offers=spec.offers_close,
            scored=spec.scored_due,
        ),
        ("award", spec.award_date, True),
        ("standstill", ends, has_standstill(plan)),
        ("contract", spec.service_start, True),
        ("in_post", staff_in_post(plan), recruits(plan)),
        ("first_patient", first_patient(plan), True),
        *_in_order(
            **{"funding_review" if money_ends else "review": spec.review_date},
            outcome_review=spec.outcome_review,
        ),
        ("ends", spec.service_end, True),
    ]
    return tuple(Milestone(name=name, on=on) for name, on, is_a_step in steps if is_a_step)


def _in_order(**days: date | None) -> list[tuple[str, date | None, bool]]:
    """Steps that do not wait for one another, those that are dated, in the order of their days."""
    dated = sorted((on, name) for name, on in days.items() if on is not None)
    return [(name, on, True) for on, name in dated]


def group_returns(plan: Plan) -> date | None:
    """The day by which a group comes back to its committee."""
    start = plan.specification.group_start
    return start and start + timedelta(weeks=RETURNS_AFTER)


def dated_tasks(plan: Plan) -> dict[str, date]:
    """The days that the paper prints for what the group's workplan has a task for, by the name that
    the task gives; of what is done, and of what has no day, none."""
    spec = plan.specification
    if spec.stage is Stage.MANDATE:
        return {}

    def due(*attachments: Attachment) -> list[date | None]:
        return [
            spec.assurance_due.get(one)
            for one in attachments
            if spec.attachments.get(one) != "attached"
        ]

    days = {
        "involvement": due(Attachment.INVOLVEMENT),
        "assessments": due(Attachment.EQUALITY, Attachment.QUALITY),
        "decision": [spec.decision_date],
        "route": [spec.route_due],
    }
    return {
        name: min(on for on in each if on) for name, each in days.items() if any(on for on in each)
    }


def recruits(plan: Plan) -> bool:
    """Whether staff are to be found for the preferred option: whether it has posts."""
    return plan.preferred is not None and bool(plan.preferred.posts)


def staff_in_post(plan: Plan) -> date | None:
    """The first working day on which staff are in post and paid; that of the start, where none are
    recruited."""
    start = plan.specification.service_start
    if start is None:
        return None
    months = plan.horizon.recruitment_months if recruits(plan) else 0
    return working_day(months_after(start, months))


def first_patient(plan: Plan) -> date | None:
    """The first working day on which people can be seen: once staff are in post and trained, where
    the option has any."""
    in_post = staff_in_post(plan)
    return working_days_after(in_post, INDUCTION_DAYS) if in_post and recruits(plan) else in_post


def months_to_first_patient(plan: Plan) -> float:
    """Months from the start in which nobody is seen yet, while staff are recruited and trained."""
    return plan.horizon.recruitment_months + INDUCTION_MONTHS if recruits(plan) else 0.0


def provider_steps_dated(plan: Plan) -> bool | None:
    """Whether the route and each step of choosing a provider has its day; None where the route that
    was decided on asks nobody for an offer."""
    spec = plan.specification
    if spec.decision.selection.route in DIRECT:
        return None
    return None not in (spec.route_due, spec.offers_invited, spec.offers_close, spec.scored_due)


def has_standstill(plan: Plan) -> bool:
    """Whether a standstill is to be kept, as far as the record says; yes where it does not."""
    record = plan.specification.decision.selection
    if record.route is not None:
        return record.route in STANDSTILL
    routes = select(record.answers).routes
    return not routes or bool(set(routes) & set(STANDSTILL))


def disordered(plan: Plan) -> tuple[tuple[Milestone, Milestone], ...]:
    """Each milestone that is dated before one that must come first, with that one; a group that
    starts after the service does, too."""
    spec = plan.specification
    dated = [one for one in milestones(plan) if one.on]
    group = Milestone(name="group", on=spec.group_start)
    return tuple(
        (before, after)
        for before, after in (
            *pairwise(dated),
            (group, Milestone(name="contract", on=spec.service_start)),
        )
        if before.on and after.on and after.on < before.on
    )


def working_days_after(start: date, days: int) -> date:
    """The day that many working days after another: neither weekends nor bank holidays count."""
    on = start
    while days:
        on += timedelta(days=1)
        days -= is_working_day(on)
    return on


def working_day(on: date) -> date:
    """That day, or the first working day after it."""
    return working_days_after(on - timedelta(days=1), 1)


def working_day_before(on: date) -> date:
    """The last working day before another day."""
    on -= timedelta(days=1)
    while not is_working_day(on):
        on -= timedelta(days=1)
    return on


def is_working_day(on: date) -> bool:
    """Whether a day is neither at a weekend nor a bank holiday."""
    return on.weekday() < SATURDAY and on not in bank_holidays(on.year)


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """England's standing bank holidays of a year; one proclaimed for that year alone is not known
    here. One that falls on a weekend is kept on the next weekday that is free."""
    sunday = easter(year)
    last_of_may, last_of_august = date(year, 5, 31), date(year, 8, 31)
    first_of_may = date(year, 5, 1)
    holidays = {
        sunday - timedelta(days=2),
        sunday + timedelta(days=1),
        first_of_may + timedelta(days=-first_of_may.weekday() % 7),
        last_of_may - timedelta(days=last_of_may.weekday()),
        last_of_august - timedelta(days=last_of_august.weekday()),
    }
    for on in (date(year, 1, 1), date(year, 12, 25), date(year, 12, 26)):
        while on.weekday() >= SATURDAY or on in holidays:
            on += timedelta(days=1)
        holidays.add(on)
    return frozenset(holidays)


def months_after(start: date, months: float) -> date:
    """The same day that many months later, or the last of a shorter month; part of a month counts
    as a whole one."""
    later: date = start + relativedelta(months=ceil(months))
    return later
