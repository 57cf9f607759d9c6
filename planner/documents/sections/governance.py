"""The parts of a document that a committee and its group need: people, dates, risks."""

from datetime import timedelta

from planner.analysis.calculation.measures import MEASURES, Calculation, cost_lines
from planner.analysis.completeness.sign_off import agreements
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import moved_cost
from planner.analysis.formatting import (
    about_pounds,
    day,
    format_range,
    listed,
    percent,
    pounds,
)
from planner.documents.context import Context, points, to_be_supplied
from planner.documents.tables import measure_shown
from planner.model.base import Range, as_range
from planner.model.document import DASH, Block, Paragraph
from planner.model.plan import Attachment
from planner.model.service import ServiceOption


def decision(context: Context) -> list[Block]:
    spec, costed = context.plan.specification, context.results.preferred
    who = spec.committee or "[to be supplied: the committee that decides]"
    when = day(spec.decision_date) if spec.decision_date else "[to be supplied: the date]"
    if costed is None:
        return [
            *context.say("governance.decision.note", who=who, date=when),
            to_be_supplied(context.text("governance.decision.no_option"), "group"),
        ]
    if costed.annual_cost.high == 0:
        return context.say("governance.decision.usual_care", who=who, date=when)

    def words(name: str) -> str:
        return measure_shown(costed, name)

    return [
        *context.say(
            "governance.decision.approve",
            who=who,
            date=when,
            option=costed.name,
            cost=words("annual_cost"),
            year=costed.price_year,
            set_up=pounds(costed.set_up),
        ),
        *context.say(
            "governance.decision.reach",
            when="cost_per_start" in costed.measures,
            people_assessed=words("people_assessed"),
            cost_per_assessed=words("cost_per_assessed"),
            people_starting=words("people_starting"),
            cost_per_start=words("cost_per_start"),
        ),
        *context.say(
            "governance.decision.written",
            when="cost_per_written" in costed.measures,
            written=words("written"),
            cost_per_written=words("cost_per_written"),
        ),
        *context.say(
            "governance.decision.taken",
            when=costed.referrals_taken and costed.demand and costed.demand.central,
            share=percent(costed.referrals_taken.central / costed.demand.central)
            if costed.referrals_taken and costed.demand and costed.demand.central
            else "",
            demand=format_range(costed.demand),
        ),
        *points(
            context.text("governance.decision.risks"),
            (
                f"{risk.risk}. {risk.mitigation}."
                for risk in [
                    risk for risk in context.library.workplan.risks if risk.impact == "high"
                ][:3]
            ),
        ),
    ]


def engagement_table(context: Context) -> list[Block]:
    entries = [entry for entry in context.plan.specification.engagement if entry.who]
    if not entries:
        return [to_be_supplied(context.text("governance.engagement.missing"), "engagement team")]
    return [
        context.table(
            "governance.engagement.table",
            ((e.who, e.when or "not dated", e.what_changed or "not recorded") for e in entries),
        )
    ]


def members_table(context: Context) -> list[Block]:
    return [
        context.table(
            "governance.members.table",
            (
                (
                    member.seat.value,
                    "yes" if member.seat.asked_for else "good practice",
                    member.name or "VACANT",
                    member.organisation or DASH,
                )
                for member in context.plan.specification.members
            ),
        )
    ]


def workplan_table(context: Context) -> list[Block]:
    start, workplan = context.plan.specification.group_start, context.library.workplan

    def when(week: int) -> str:
        return day(start + timedelta(weeks=week)) if start else f"week {week}"

    for line in workplan.deliverables:
        context.credit(line.meets, "Workplan")
    return [
        context.table(
            "governance.workplan.table",
            (
                (
                    line.ref,
                    line.task,
                    listed(list(line.meets)),
                    when(line.start),
                    when(line.end),
                    line.deliverable,
                    workplan.roles[line.accountable],
                )
                for line in workplan.deliverables
            ),
        )
    ]


def raci_table(context: Context) -> list[Block]:
    workplan = context.library.workplan

    def names(codes: tuple[str, ...]) -> str:
        return "; ".join(workplan.roles[code] for code in codes) or DASH

    return [
        context.table(
            "governance.raci.table",
            (
                (
                    line.ref,
                    line.deliverable,
                    names(line.responsible),
                    workplan.roles[line.accountable],
                    names(line.consulted),
                    names(line.informed),
                )
                for line in workplan.deliverables
            ),
        )
    ]


def finance_table(context: Context) -> list[Block]:
    option, costed = context.plan.preferred, context.results.preferred
    if option is None or costed is None:
        return [
            to_be_supplied(
                "the preferred option, from which the finance table is made",
                "task and finish group",
            )
        ]
    lines = [
        line
        for one in cost_lines(context.results.case.sums_of(option).known)
        for line in _lines(one, option, costed, context)
    ]
    lines.append((MEASURES["annual_cost"].label, costed.annual_cost))
    blocks: list[Block] = [
        context.table(
            "governance.finance.table",
            (
                *(
                    (
                        name,
                        pounds(values.central),
                        f"{about_pounds(values.low)} to {about_pounds(values.high)}"
                        if values.low < values.high
                        else DASH,
                    )
                    for name, values in lines
                ),
                (context.text("governance.finance.set_up"), pounds(costed.set_up), DASH),
            ),
            year=costed.price_year,
        ),
        *context.say(
            "governance.finance.practices",
            when="practice_cost" in costed.measures,
            practice_hours=measure_shown(costed, "practice_hours"),
            practice_cost=measure_shown(costed, "practice_cost"),
            cost_with_practices=measure_shown(costed, "cost_with_practices"),
        ),
    ]
    budget = context.plan.pricing.budget
    if budget is not None:
        over = costed.annual_cost.central - budget
        blocks.append(
            Paragraph(
                text=(
                    f"Against a budget of {pounds(budget)} a year (entered), the cost of a full "
                    f"year is {pounds(abs(over))} {'above' if over > 0 else 'below'} it."
                )
            )
        )
    return blocks


def _lines(
    one: Calculation, option: ServiceOption, costed: OptionResult, context: Context
) -> list[tuple[str, Range]]:
    """A cost line of the register; of other costs each by itself, at the plan's prices, so that
    they add up, with its part of the range that all have together."""
    case, values = context.results.case, costed.measures.get(one.name)
    if one.name == "other_costs":
        whole = case.sums_of(option).given[one.name]
        return [
            (
                cost.label,
                Range(
                    low=amount * whole.low / whole.central,
                    central=amount,
                    high=amount * whole.high / whole.central,
                )
                if whole.central
                else as_range(amount),
            )
            for cost in option.other_costs
            if not cost.once
            for amount in [moved_cost(cost, case.plan, case.reference).value]
        ]
    return [(one.label, values)] if values else []


def risks_table(context: Context) -> list[Block]:
    return [
        context.table(
            "governance.risks.table",
            (
                (
                    r.risk,
                    r.likelihood,
                    r.impact,
                    r.mitigation or "to be agreed",
                    r.owner or "to be named",
                )
                for r in (
                    *context.library.workplan.risks,
                    *(risk for risk in context.plan.specification.risks if risk.risk),
                )
            ),
        )
    ]


def attachments_table(context: Context) -> list[Block]:
    return [
        context.table(
            "governance.attachments.table",
            (
                (a.value, context.plan.specification.attachments.get(a, "missing").upper())
                for a in Attachment
            ),
        )
    ]


def decision_log(context: Context) -> list[Block]:
    plan = context.plan
    preferred, ceiling = plan.preferred, plan.specification.at_ceiling
    because = plan.preferred_because or "reason still to be supplied"
    return [
        context.table(
            "governance.log.table",
            (
                (
                    "Classes of medicine covered",
                    listed([c.label for c in plan.prescribing.included]),
                ),
                ("Population counted", context.results.need.population.basis.label),
                (
                    "Preferred option",
                    f"{preferred.name}: {because}" if preferred else "not yet chosen",
                ),
                ("When demand is above capacity", ceiling.value if ceiling else "not yet decided"),
                ("Kind of agreement", plan.specification.contract_type.value),
                *((f"Step of the plan: {one.title}", one.words) for one in agreements(plan)),
                ("Sign-off", context.text("governance.log.sign_off")),
            ),
        )
    ]
