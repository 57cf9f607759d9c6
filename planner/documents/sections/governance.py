"""The parts of a document that a committee and its group need: people, dates, risks."""

from datetime import timedelta

from planner.analysis.completeness.readiness import dated_tasks
from planner.analysis.completeness.sign_off import agreements
from planner.analysis.formatting import (
    day,
    listed,
)
from planner.documents.context import Context
from planner.model.document import Block
from planner.model.library import Deliverable, StandingRisk
from planner.model.plan import Attachment, Level, Plan, Risk, Seat
from planner.model.service import Feature

LIVED_EXPERIENCE = (Seat.LIVED_EXPERIENCE, Seat.SECOND_LIVED_EXPERIENCE)
LEAST_SEVERAL = 2


def members_table(context: Context) -> list[Block]:
    return [
        context.table(
            "governance.members.table",
            (
                (
                    member.seat.value,
                    context.text(
                        "governance.members.asked_for"
                        if member.seat.is_in_framework
                        else "governance.members.quorum"
                        if member.seat in LIVED_EXPERIENCE
                        else "governance.members.good_practice"
                    ),
                    member.name or "vacant",
                    member.organisation or ("not given" if member.name else "vacant"),
                )
                for member in context.spec.members
            ),
        )
    ]


def workplan_table(context: Context) -> list[Block]:
    return [
        context.table(
            "governance.workplan.table",
            (
                (
                    line.ref,
                    line.task,
                    listed(list(line.meets)),
                    *when(line, context.plan),
                )
                for line in context.library.workplan.deliverables
            ),
        )
    ]


def when(line: Deliverable, plan: Plan) -> tuple[str, str]:
    """When a task starts and ends: by the group's weeks, and what the paper dates on its day."""
    begins, ends = plan.specification.group_start, dated_tasks(plan).get(line.dated)
    weeks = f"week {line.start}", f"week {line.end}"
    if begins is None:
        return weeks if ends is None else (weeks[0], day(ends))
    start, end = (begins + timedelta(weeks=week) for week in (line.start, line.end))
    if ends is None:
        return day(start), day(end)
    # A day that comes before the standing start moves the start with it.
    return day(start if start < ends else ends - (end - start)), day(ends)


def _accountable(role: str, context: Context) -> str:
    """Who answers for a task: the role, or while its seat is vacant the chair, and while there is
    none the sponsor."""
    workplan, spec = context.library.workplan, context.spec
    vacant = {member.seat for member in spec.members if not member.name}
    if role not in workplan.seats or workplan.seats[role] not in vacant:
        return workplan.roles[role]
    return context.text(
        "governance.raci.while_vacant",
        stands_in=workplan.roles["CH" if spec.chair else "SP"],
        role=workplan.roles[role],
    )


def raci_table(context: Context) -> list[Block]:

    def names(codes: tuple[str, ...]) -> str:
        return "; ".join(context.library.workplan.roles[code] for code in codes) or "none"

    return [
        context.table(
            "governance.raci.table",
            (
                (
                    f"{line.ref}. {line.deliverable}",
                    names(line.responsible),
                    _accountable(line.accountable, context),
                    names(line.consulted),
                    names(line.informed),
                )
                for line in context.library.workplan.deliverables
            ),
        )
    ]


MOST_RISKS = 15
"""How many risks the paper has room for; the group pack keeps the others."""
SCORES: dict[Level, int] = {"low": 1, "medium": 2, "high": 3}


def ranked_risks(context: Context) -> list[Risk]:
    """The plan's own risks and the standing ones, the highest score before anything is done
    first."""
    own = [risk for risk in context.spec.risks if risk.risk]
    there = {
        "": True,
        "unpaid": context.option is not None
        and any(post.band == "voluntary" for post in context.option.posts),
        "several medicines": asks_for_specialist(context),
        "clinicians": buys_in_clinicians(context),
    }
    standing = [
        _as_recorded(risk, context) for risk in context.library.workplan.risks if there[risk.only]
    ]
    return sorted((*own, *standing), key=lambda one: -_score(one))


def asks_for_specialist(context: Context) -> bool:
    """Whether people on several medicines may come to a preferred option that says it has no
    specialist team, so that advice has to be bought in."""
    return (
        context.costed is not None
        and context.option is not None
        and "people_assessed" in context.costed.measures
        and context.option.feature(Feature.SPECIALIST_MDT) is False
        and len(context.included) >= LEAST_SEVERAL
    )


def buys_in_clinicians(context: Context) -> bool:
    """Whether the preferred option sees people with posts of its own, among which there is no
    clinical lead and no second prescriber, and mostly nobody who may work out a dose."""
    return (
        context.costed is not None
        and context.option is not None
        and "people_assessed" in context.costed.measures
        and bool(context.option.posts)
    )


def _as_recorded(risk: StandingRisk, context: Context) -> Risk:
    """A standing risk, with no lower score after than before until what it rests on is recorded."""
    recorded = {
        "": True,
        "funding": bool(context.cost and context.cost.gap == 0 and context.spec.funding_recurrent),
        "route": context.spec.decision.selection.route is not None,
        "equality": context.spec.attachments.get(Attachment.EQUALITY) == "attached",
        "provider": bool(context.spec.provider),
        "rule": context.spec.at_ceiling is not None,
        "evaluation": bool(context.spec.evaluation),
        # No field of a plan records these.
        "practices": False,
        "specialist": False,
    }
    if recorded[risk.rests_on]:
        return risk.model_copy(update={"rests_on": ""})
    return risk.model_copy(
        update={"likelihood_after": risk.likelihood, "impact_after": risk.impact}
    )


def _score(risk: Risk) -> int:
    # One that nobody has judged is not put below others.
    return SCORES[risk.likelihood or "high"] * SCORES[risk.impact or "high"]


def risk_row(risk: Risk, context: Context) -> tuple[str, ...]:
    """A risk with its score before and after what is done about it, and its owner, who sits in no
    vacant seat."""
    code = {name: code for code, name in context.library.workplan.roles.items()}.get(risk.owner)
    after = _scored(risk.likelihood_after, risk.impact_after, context)
    return (
        risk.risk,
        _scored(risk.likelihood, risk.impact, context),
        risk.mitigation or "to be agreed",
        context.text("paper.risks.rests", score=after)
        if isinstance(risk, StandingRisk) and risk.rests_on
        else after,
        _accountable(code, context) if code else risk.owner or "to be named",
    )


def _scored(likelihood: Level | None, impact: Level | None, context: Context) -> str:
    if likelihood is None or impact is None:
        return context.text("paper.risks.not_judged")
    return context.text(
        "paper.risks.score",
        likelihood=str(SCORES[likelihood]),
        impact=str(SCORES[impact]),
        score=str(SCORES[likelihood] * SCORES[impact]),
    )


def other_risks(context: Context) -> list[Block]:
    """The risks for which the paper has no room."""
    rows = tuple(risk_row(risk, context) for risk in ranked_risks(context)[MOST_RISKS:])
    return [context.table("paper.risks.table", rows)] if rows else []


def group_has_begun(plan: Plan) -> bool:
    """Whether the group had begun on the plan's day: before it, it has decided nothing."""
    begins, today = plan.specification.group_start, plan.plan_date
    return begins is not None and today is not None and begins <= today


def decision_log(context: Context) -> list[Block]:
    """What the plan holds on each matter; proposals where the group had not begun on the plan's
    day."""
    because = "the reason stands in the Action 3 paper"
    if not context.plan.preferred_because:
        because = "reason still to be supplied"
    return [
        context.table(
            "governance.log.table",
            (
                (
                    "Classes of medicine covered",
                    listed([c.label for c in context.included]),
                ),
                ("Population counted", context.need.population.basis.label),
                (
                    "Preferred option",
                    f"{context.option.name}: {because}" if context.option else "not yet chosen",
                ),
                (
                    "When demand is above capacity",
                    context.spec.at_ceiling.value if context.spec.at_ceiling else "not yet decided",
                ),
                ("Kind of agreement", context.spec.contract_type.value),
                *(
                    (f"Step of the plan: {one.title}", one.words)
                    for one in agreements(context.plan)
                ),
                ("Sign-off", context.text("governance.log.sign_off")),
            ),
            standing=context.text(
                "governance.log.begun"
                if group_has_begun(context.plan)
                else "governance.log.proposed"
            ),
        )
    ]
