"""The parts of a document that a committee and its task and finish group need: people, dates, risks."""

from __future__ import annotations

from datetime import timedelta

from planner.analysis.calculation.measures import MEASURES, Calculation, cost_lines
from planner.analysis.completeness.sign_off import agreements
from planner.analysis.economics.option_model import moved_cost
from planner.analysis.formatting import Unit, day, format_range, listed, percent, pounds
from planner.documents.context import NONE_HELD, Context, part, to_be_supplied
from planner.model.base import Range
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.plan import Attachment
from planner.model.service import ServiceOption


@part
def decision(context: Context) -> list[Block]:
    spec, costed = context.plan.specification, context.results.preferred
    committee = spec.committee or "[to be supplied: the committee that decides]"
    when = day(spec.decision_date) if spec.decision_date else "[to be supplied: the date]"
    if costed is None:
        return [
            Paragraph(text=f"{committee} is asked on {when} to note the need and the options."),
            to_be_supplied(
                "the preferred option, without which no decision to commission can be asked for", "group"
            ),
        ]
    if costed.annual_cost.high == 0:
        return [
            Paragraph(
                text=(
                    f"{committee} is asked on {when} to note the need and the options, and that the plan as it "
                    "stands prefers usual care, with no new service."
                )
            )
        ]
    blocks: list[Block] = [
        Paragraph(
            text=(
                f"{committee} is asked on {when} to approve the preferred option, {costed.name}, at a yearly "
                f"cost of {format_range(costed.annual_cost, Unit.POUNDS)} at {costed.price_year} prices (modelled), with "
                f"{pounds(costed.set_up)} to set it up; and to note the group's progress against its workplan."
            )
        )
    ]
    if costed.people_supported and costed.cost_per_person and costed.demand and costed.demand.central:
        share = costed.people_supported.central / costed.demand.central
        blocks.append(
            Paragraph(
                text=(
                    f"It would support {format_range(costed.people_supported)} people a year at "
                    f"{format_range(costed.cost_per_person, Unit.POUNDS)} each, {percent(share)} of the central expected "
                    f"demand of {format_range(costed.demand)} (modelled). The rest is set out under Options considered."
                )
            )
        )
    risks = [risk for risk in context.library.workplan.risks if risk.impact == "high"][:3]
    blocks.append(Paragraph(text="The three risks to weigh first:"))
    blocks.append(Bullets(points=tuple(f"{risk.risk}. {risk.mitigation}." for risk in risks)))
    return blocks


@part
def engagement_table(context: Context) -> list[Block]:
    entries = [entry for entry in context.plan.specification.engagement if entry.who]
    if not entries:
        return [
            to_be_supplied("who has been involved, when, and what changed. Not yet done", "engagement team")
        ]
    return [
        Table(
            caption="Who was involved and what changed",
            description="Each group involved, when, and what changed because of it.",
            columns=("Who", "When", "What changed"),
            rows=tuple((e.who, e.when or "not dated", e.what_changed or "not recorded") for e in entries),
        )
    ]


@part
def members_table(context: Context) -> list[Block]:
    return [
        Table(
            caption="Seats of the group",
            description="Each seat, whether the framework asks for it, who fills it, or that it is vacant.",
            columns=("Seat", "Asked for by Action 3", "Member", "Organisation"),
            rows=tuple(
                (
                    member.seat.value,
                    "yes" if member.seat.asked_for else "good practice",
                    member.name or "VACANT",
                    member.organisation or NONE_HELD,
                )
                for member in context.plan.specification.members
            ),
        )
    ]


@part
def workplan_table(context: Context) -> list[Block]:
    start = context.plan.specification.group_start
    workplan = context.library.workplan

    def when(week: int) -> str:
        return day(start + timedelta(weeks=week)) if start else f"week {week}"

    rows = []
    for line in workplan.deliverables:
        for requirement in line.meets:
            context.where_met.setdefault(requirement, []).append("Workplan")
        rows.append(
            (
                line.ref,
                line.task,
                listed(list(line.meets)),
                when(line.start),
                when(line.end),
                line.deliverable,
                workplan.roles[line.accountable],
            )
        )
    return [
        Table(
            caption="Workplan",
            description="Each task with the requirement it answers, start, end, deliverable and accountable role.",
            columns=("No.", "Task", "Framework", "Start", "End", "Deliverable", "Accountable"),
            rows=tuple(rows),
        )
    ]


@part
def raci_table(context: Context) -> list[Block]:
    workplan = context.library.workplan

    def names(codes: tuple[str, ...]) -> str:
        return "; ".join(workplan.roles[code] for code in codes) or NONE_HELD

    return [
        Table(
            caption="Responsible, accountable, consulted and informed",
            description="For each deliverable, who does it, the one who answers for it, and others involved.",
            columns=("No.", "Deliverable", "Responsible", "Accountable", "Consulted", "Informed"),
            rows=tuple(
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


@part
def finance_table(context: Context) -> list[Block]:
    option, costed = context.plan.preferred, context.results.preferred
    if option is None or costed is None:
        return [
            to_be_supplied(
                "the preferred option, from which the finance table is made", "task and finish group"
            )
        ]
    known = context.results.case.sums_of(option).known
    lines = [line for one in cost_lines(known) for line in _lines(one, option, context)]
    lines.append((MEASURES["annual_cost"].label, costed.annual_cost))
    blocks: list[Block] = [
        Table(
            caption=f"Cost of the preferred option in a full year, {costed.price_year} prices",
            description="Pay, overheads, other costs and the total, low, central and high. All modelled.",
            columns=("Line", "Low", "Central", "High"),
            rows=(
                *((name, pounds(v.low), pounds(v.central), pounds(v.high)) for name, v in lines),
                ("Set-up in the first year, once", *(pounds(costed.set_up),) * 3),
            ),
        )
    ]
    budget = context.plan.pricing.budget
    if budget is not None:
        over = costed.annual_cost.central - budget
        blocks.append(
            Paragraph(
                text=(
                    f"Against a budget of {pounds(budget)} a year (entered), the central cost is "
                    f"{pounds(abs(over))} {'above' if over > 0 else 'below'} it."
                )
            )
        )
    return blocks


def _lines(one: Calculation, option: ServiceOption, context: Context) -> list[tuple[str, Range]]:
    """A cost line of the register; of other costs each by itself, at the plan's prices, so that they add up."""
    case = context.results.case
    if one.name == "other_costs":
        return [
            (cost.label, _flat(moved_cost(cost, case.plan, case.reference).value))
            for cost in option.other_costs
            if not cost.once
        ]
    values = case.sums_of(option).range(one.name)
    return [(one.label, values)] if values else []


def _flat(value: float) -> Range:
    return Range(low=value, central=value, high=value)


@part
def risks_table(context: Context) -> list[Block]:
    risks = (
        *context.library.workplan.risks,
        *(risk for risk in context.plan.specification.risks if risk.risk),
    )
    return [
        Table(
            caption="Risks",
            description="Each risk with its likelihood, impact, what is done about it, and its owner.",
            columns=("Risk", "Likelihood", "Impact", "What is done", "Owner"),
            rows=tuple(
                (r.risk, r.likelihood, r.impact, r.mitigation or "to be agreed", r.owner or "to be named")
                for r in risks
            ),
        )
    ]


@part
def attachments_table(context: Context) -> list[Block]:
    current = context.plan.specification.attachments
    return [
        Table(
            caption="Attachments",
            description="Each attachment a board expects, and whether it is attached, in draft or missing.",
            columns=("Attachment", "State"),
            rows=tuple((a.value, current.get(a, "missing").upper()) for a in Attachment),
        )
    ]


@part
def decision_log(context: Context) -> list[Block]:
    plan = context.plan
    rows = [("Classes of medicine covered", listed([c.label for c in plan.prescribing.included]))]
    rows.append(("Population counted", context.results.need.population.basis.label))
    rows.append(
        (
            "Preferred option",
            f"{plan.preferred.name}: {plan.preferred_because or 'reason still to be supplied'}"
            if plan.preferred
            else "not yet chosen",
        )
    )
    ceiling = plan.specification.at_ceiling
    rows.append(("When demand is above capacity", ceiling.value if ceiling else "not yet decided"))
    rows.append(("Kind of agreement", plan.specification.contract_family.value))
    rows += [(f"Step of the plan: {one.title}", one.words) for one in agreements(plan)]
    rows.append(("Sign-off", "name, role and date of each: sponsor, chair, clinical lead, finance lead"))
    return [
        Table(
            caption="Decisions so far",
            description="What this plan has decided and, where it has not, what is still open.",
            columns=("Decision", "Entry"),
            rows=tuple(rows),
        )
    ]
