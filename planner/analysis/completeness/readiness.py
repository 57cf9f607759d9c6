"""Whether a paper may ask a committee for anything, and the dates from decision to patients."""

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from math import ceil

from planner.analysis.completeness.provider_selection import STANDSTILL, select
from planner.model.plan import Attachment, Plan, Stage

STANDSTILL_DAYS = 8
"""Working days of a standstill, from the day after the intention to award is published."""
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
    return tuple(_milestones(plan))


def _milestones(plan: Plan) -> Iterator[Milestone]:
    spec = plan.specification
    if spec.stage is Stage.MANDATE:
        yield Milestone(name="decision", on=spec.decision_date)
        yield Milestone(name="group", on=spec.group_start)
        yield Milestone(name="returns", on=group_returns(plan))
        return
    if spec.involvement_due:
        yield Milestone(name="involvement", on=spec.involvement_due)
    equality = spec.assurance_due.get(Attachment.EQUALITY)
    if equality and spec.attachments.get(Attachment.EQUALITY) != "attached":
        yield Milestone(name="equality", on=equality)
    yield Milestone(name="decision", on=spec.decision_date)
    yield Milestone(name="award", on=spec.award_date)
    if has_standstill(plan):
        ends = spec.award_date and working_days_after(spec.award_date, STANDSTILL_DAYS)
        yield Milestone(name="standstill", on=ends)
    yield Milestone(name="contract", on=spec.service_start)
    in_post = spec.service_start and months_after(
        spec.service_start, plan.horizon.recruitment_months
    )
    if plan.preferred and plan.preferred.posts:
        yield Milestone(name="in_post", on=in_post)
    yield Milestone(name="first_patient", on=first_patient(plan))
    if spec.review_date:
        yield Milestone(name="review", on=spec.review_date)
    yield Milestone(name="ends", on=spec.service_end)


def group_returns(plan: Plan) -> date | None:
    """The day by which a group comes back to its committee."""
    start = plan.specification.group_start
    return start and start + timedelta(weeks=RETURNS_AFTER)


def first_patient(plan: Plan) -> date | None:
    """The day from which people can be seen: once staff are in post, where the option has any."""
    start = plan.specification.service_start
    if start is None or plan.preferred is None or not plan.preferred.posts:
        return start
    return months_after(start, plan.horizon.recruitment_months)


def has_standstill(plan: Plan) -> bool:
    """Whether a standstill is to be kept, as far as the record says; yes where it does not."""
    record = plan.specification.decision.selection
    if record.route is not None:
        return record.route in STANDSTILL
    routes = select(record.answers).routes
    return not routes or bool(set(routes) & set(STANDSTILL))


def disordered(plan: Plan) -> tuple[tuple[Milestone, Milestone], ...]:
    """Each milestone that is dated before one that must come first, with that one."""
    dated = [one for one in milestones(plan) if one.on]
    return tuple(
        (before, after)
        for before, after in pairwise(dated)
        if before.on and after.on and after.on < before.on
    )


def working_days_after(start: date, days: int) -> date:
    """The day that many weekdays after another. Bank holidays, which would put it off, are not
    known here."""
    on = start
    while days:
        on += timedelta(days=1)
        days -= on.weekday() < SATURDAY
    return on


def months_after(start: date, months: float) -> date:
    """The same day that many months later, or the last of a shorter month; part of a month counts
    as a whole one."""
    number = start.month - 1 + ceil(months)
    year, month = start.year + number // 12, number % 12 + 1
    return date(year, month, min(start.day, monthrange(year, month)[1]))
