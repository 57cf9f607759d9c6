"""The parts of a document that go into a contract: team, activity, price, indicators, actions."""

from __future__ import annotations

from planner.analysis.specification.context import FIRST_YEAR_QUARTERS, Context, needed, part
from planner.analysis.specification.need import class_name
from planner.analysis.wording import day, people, percent, pounds, rounded, span, staff
from planner.model.document import Block, Paragraph, Table
from planner.model.service import AGENDA_FOR_CHANGE


@part
def directory_table(context: Context) -> list[Block]:
    entries = [entry for entry in context.plan.specification.directory if entry.offer]
    if not entries:
        return [
            needed("the directory of local alternatives", "social prescribing, pain and mental health leads")
        ]
    return [
        Table(
            caption="Directory of alternatives and services to work with",
            description="For each need, what is offered, by whom, how to reach it, its capacity and wait.",
            columns=("Need", "Offer", "Provider", "How to reach it", "Capacity", "Wait"),
            rows=tuple(
                tuple(
                    cell or "not known"
                    for cell in (e.need, e.offer, e.provider, e.access, e.capacity, e.wait)
                )
                for e in entries
            ),
        )
    ]


@part
def staffing_table(context: Context) -> list[Block]:
    option, costed = context.plan.preferred, context.results.preferred
    if option is None or costed is None or not option.posts:
        return [needed("the posts of the preferred option", "commissioner and provider")]
    return [
        Table(
            caption=f"Indicative team, {costed.price_year} pay",
            description="Each post with its band, pay point, area, WTE, share of time with people and cost.",
            columns=("Post", "Band and point", "High-cost area", "WTE", "Time with people", "Cost a year"),
            rows=tuple(
                (
                    post.title,
                    f"{post.band}, {post.point}"
                    if post.band in AGENDA_FOR_CHANGE
                    else "outside Agenda for Change",
                    post.zone,
                    staff(post.wte),
                    percent(post.patient_facing),
                    pounds(cost.total),
                )
                for post, cost in zip(option.posts, costed.posts, strict=True)
            ),
        ),
        Paragraph(
            text=(
                "The team is indicative: the contract asks for outcomes and roles, and the provider may "
                "propose another mix. Costs include National Insurance, pension and levy, and no overheads "
                "(modelled)."
            ),
            tone="note",
        ),
    ]


@part
def activity_table(context: Context) -> list[Block]:
    costed = context.results.preferred
    if costed is None or costed.people_supported is None:
        return [needed("the preferred option and the need, from which activity follows", "commissioner")]
    rows = [
        (
            f"People supported, {name}",
            *(people(value * quarter) for quarter in FIRST_YEAR_QUARTERS),
            people(value * sum(FIRST_YEAR_QUARTERS)),
            people(value),
        )
        for name, value in (
            ("low", costed.people_supported.low),
            ("central", costed.people_supported.central),
            ("high", costed.people_supported.high),
        )
    ]
    return [
        Table(
            caption="Indicative activity: people supported",
            description="People supported in each quarter of year 1, in year 1 and in each later year.",
            columns=("Line", "Y1 Q1", "Y1 Q2", "Y1 Q3", "Y1 Q4", "Year 1", "Later years"),
            rows=tuple(rows),
        ),
        Paragraph(
            text=(
                f"Expected demand is {span(costed.demand)} people a year and capacity {span(costed.capacity)}. "
                f"Unmet demand may be {span(costed.unmet)} people a year. All modelled."
            ),
            tone="note",
        ),
    ]


@part
def price_table(context: Context) -> list[Block]:
    costed = context.results.preferred
    if costed is None:
        return [needed("the preferred option, from which the price follows", "commissioner and finance")]
    return [
        Table(
            caption=f"Indicative price, {costed.price_year} prices",
            description="The service, its currency, indicative price, basis for payment and review point.",
            columns=("Service", "Currency", "Indicative price", "Basis for payment", "Review"),
            rows=(
                (
                    costed.name,
                    "year of service",
                    span(costed.running_cost, "pounds"),
                    "block, with a corridor on people starting if agreed",
                    "yearly, and when activity passes the ceiling",
                ),
                (
                    "Set-up",
                    "once",
                    pounds(costed.set_up),
                    "on agreed milestones before the start",
                    "at the start of service",
                ),
            ),
        ),
        Paragraph(
            text="Modelled from posts and other costs. It is not an offer and not a tariff.", tone="note"
        ),
    ]


@part
def inequality_plan(context: Context) -> list[Block]:
    review = context.plan.specification.review_date
    by = day(review) if review else "[to be supplied: the review date]"
    groups = context.plan.inequality.groups or ("People in the most deprived fifth of areas",)
    rows = []
    for group in groups:
        rows.append(
            (
                f"Offer and promote the service with: {group}",
                "referrals and starts for each 1,000 eligible people",
                "set from the first quarter",
                "at least the rate of everyone else",
                by,
            )
        )
    for gap in context.results.inequality.classes:
        if gap.ratio is not None:
            rows.append(
                (
                    f"{class_name(gap.medicine_class)}: ask why rates differ with deprivation",
                    "rate in the most over the least deprived fifth",
                    rounded(gap.ratio, 2),
                    "understood, with a plan if not explained",
                    by,
                )
            )
    return [
        Table(
            caption="Health inequalities action plan",
            description="Each action with its measure, baseline, aim and date.",
            columns=("Action", "Measure", "Baseline", "Aim", "By"),
            rows=tuple(rows),
        )
    ]
