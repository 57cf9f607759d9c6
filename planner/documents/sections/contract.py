"""The parts of a document that go into a contract: team, activity, price, indicators, actions."""

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.formatting import (
    Unit,
    day,
    format_range,
    listed,
    people,
    percent,
    pounds,
    rounded,
    staff,
)
from planner.documents import tables
from planner.documents.context import Context, counted_from, first_year, to_be_supplied
from planner.documents.indicators import chosen_indicators
from planner.documents.tables import class_name
from planner.model.document import Block, Paragraph
from planner.model.service import AGENDA_FOR_CHANGE


def directory_table(context: Context) -> list[Block]:
    entries = [entry for entry in context.plan.specification.directory if entry.offer]
    if not entries:
        return [
            to_be_supplied(
                context.text("contract.directory.missing"), context.text("contract.directory.who")
            )
        ]
    return [
        context.table(
            "contract.directory.table",
            (
                tuple(
                    cell or "not known"
                    for cell in (e.need, e.offer, e.provider, e.access, e.capacity, e.wait)
                )
                for e in entries
            ),
        )
    ]


def indicators_table(context: Context) -> list[Block]:
    """Every indicator with its numerator, denominator, source, frequency, baseline, threshold and
    its basis."""
    chosen = chosen_indicators(context.plan, context.library)
    for one in chosen:
        context.credit(one.meets, context.outline.title)
    left_out = [
        f"{choice.indicator} ({choice.reason or 'no reason given'})"
        for choice in context.plan.specification.wording.indicators
        if choice.left_out and choice.indicator not in {one.id for one in chosen}
    ]
    return [
        context.table(
            "contract.indicators.table",
            (
                (
                    one.mark,
                    one.title,
                    one.counted,
                    f"{one.source}. {one.frequency}",
                    one.baseline[0].upper() + one.baseline[1:],
                    f"{one.threshold}. {one.basis}.".replace("..", "."),
                )
                for one in chosen
            ),
        ),
        Paragraph(
            text=context.text(
                "contract.indicators.note",
                known=str(sum(one.has_baseline for one in chosen)),
                all=str(len(chosen)),
                left_out=f" Left out: {listed(left_out)}." if left_out else "",
            ),
            tone="note",
        ),
    ]


def staffing_table(context: Context) -> list[Block]:
    option, costed = context.plan.preferred, context.results.preferred
    if option is None or costed is None or not option.posts:
        return [to_be_supplied("the posts of the preferred option", "commissioner and provider")]
    return [
        context.table(
            "contract.staffing.table",
            (
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
            year=costed.price_year,
        ),
        *context.say("contract.staffing.note", "note"),
    ]


def activity_table(context: Context) -> list[Block]:
    """People assessed and people who start, or people written to, by quarter of year 1 and by
    financial year, and what happens at the ceiling."""
    costed, years = (
        context.results.preferred,
        context.projections.years_of(context.plan.preferred_option),
    )
    if costed is None or years is None:
        return [to_be_supplied(context.text("contract.activity.missing"), "commissioner")]
    names = [
        name
        for name in ("written", "assessed", "starting")
        if getattr(years.rows[0], name) is not None
    ]
    if not names:
        return [to_be_supplied(context.text("contract.activity.missing"), "commissioner")]
    quarters = first_year(context.plan)
    share = sum(quarters) or 1.0
    table = tables.years(years, context.results, context.library)
    heads = [head for head in table.columns if head in _heads(context)]
    option, rule = context.plan.preferred, context.plan.specification.at_ceiling
    return [
        context.table(
            "contract.activity.quarters",
            (
                (
                    context.text(f"contract.activity.{name}"),
                    *(people(first.central * quarter / share) for quarter in quarters),
                    format_range(first),
                )
                for name in names
                for first in [getattr(years.rows[0], name)]
            ),
            year=years.rows[0].financial_year,
        ),
        table.only("Year", *heads).model_copy(
            update={
                "caption": context.text("contract.activity.by_year"),
                "description": context.text("contract.activity.by_year_described"),
            }
        ),
        context.table(
            "contract.activity.ceiling",
            (
                *(
                    [
                        (
                            context.text("contract.activity.referred"),
                            f"{format_range(costed.demand.scaled(option.takes))} (modelled)",
                        )
                    ]
                    if costed.demand and option and not option.is_letters
                    else []
                ),
                *(
                    (MEASURES[name].label, f"{tables.measure_shown(costed, name)} (modelled)")
                    for name in AT_THE_CEILING
                    if name in costed.measures
                ),
                (
                    "Rule at the ceiling",
                    rule.value if rule else context.text("contract.activity.no_rule"),
                ),
                ("When it is looked at", context.text("contract.activity.looked_at")),
                ("What it never means", context.text("contract.activity.never")),
            ),
        ),
        Paragraph(
            text=" ".join(("All modelled.", years.assumes[1], years.assumes[-1])), tone="note"
        ),
        *counted_from(context),
    ]


AT_THE_CEILING = ("capacity", "referrals_taken", "not_taken", "waiting", "waiting_weeks")
"""What is told of referrals and room where more people come than can be seen."""


def _heads(context: Context) -> tuple[str, ...]:
    return tuple(
        context.text(f"tables.years.{name}")
        for name in ("referred", "assessed", "starting", "waiting", "written")
    )


def price_table(context: Context) -> list[Block]:
    """The price of a full year and of setting up, then what is expected to be paid in each
    financial year."""
    costed, years = (
        context.results.preferred,
        context.projections.years_of(context.plan.preferred_option),
    )
    if costed is None or years is None:
        return [to_be_supplied(context.text("contract.price.missing"), "commissioner and finance")]
    agreed = context.text("tables.years.price")
    table = tables.years(years, context.results, context.library)
    return [
        context.table(
            "contract.price.table",
            (
                (
                    costed.name,
                    "year of service",
                    format_range(costed.running_cost, Unit.POUNDS),
                    context.text("contract.price.basis"),
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
            year=costed.price_year,
        ),
        table.only(
            "Year", "Staff in post", "Cash", *([agreed] if agreed in table.columns else [])
        ).model_copy(
            update={
                "caption": context.text("contract.price.by_year"),
                "description": context.text("contract.price.by_year_described"),
            }
        ),
        *context.say("contract.price.agreed", "note", when=agreed in table.columns),
        *context.say("contract.price.note", "note", assumes=years.assumes[0]),
        *counted_from(context),
    ]


def quality_requirements(context: Context) -> list[Block]:
    """The indicators that may be enforced in the first year, in the columns of the contract's
    schedule."""
    rows = [
        (
            f"{one.id} {one.title}",
            one.threshold,
            f"{one.counted}. {one.source}",
            one.frequency,
            (context.plan.specification.service_name or "this specification"),
        )
        for one in chosen_indicators(context.plan, context.library)
        if one.enforceable
    ]
    if not rows:
        return context.say("contract.quality.none")
    return [context.table("contract.quality.table", rows)]


def inequality_plan(context: Context) -> list[Block]:
    review = context.plan.specification.review_date
    by = day(review) if review else "[to be supplied: the review date]"
    return [
        context.table(
            "contract.inequality.table",
            (
                *(
                    (
                        context.text("contract.inequality.promote", group=group),
                        context.text("contract.inequality.starts"),
                        "set from the first quarter",
                        "at least the rate of everyone else",
                        by,
                        "provider",
                    )
                    for group in (
                        context.plan.inequality.groups
                        or (context.text("contract.inequality.most_deprived"),)
                    )
                ),
                *(
                    (
                        context.text(
                            "contract.inequality.ask_why",
                            medicine_class=class_name(gap.medicine_class),
                        ),
                        context.text("contract.inequality.ratio"),
                        rounded(gap.ratio, 2),
                        "understood, with a plan if not explained",
                        by,
                        "commissioner, with practices",
                    )
                    for gap in context.results.inequality.classes
                    if gap.ratio is not None
                ),
            ),
        )
    ]
