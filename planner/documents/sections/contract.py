"""The parts of a document that go into a contract: team, activity, price, indicators, actions."""

from __future__ import annotations

from planner.analysis.calculation.formulas import SCENARIOS
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    day,
    format_range,
    listed,
    people,
    percent,
    pounds,
    rounded,
    staff,
)
from planner.documents.context import NONE_HELD, Context, first_year, part, to_be_supplied
from planner.documents.indicators import chosen_indicators
from planner.documents.sections.need import class_name
from planner.model.document import Block, Paragraph, Table
from planner.model.service import AGENDA_FOR_CHANGE


@part
def directory_table(context: Context) -> list[Block]:
    entries = [entry for entry in context.plan.specification.directory if entry.offer]
    if not entries:
        return [
            to_be_supplied(
                "the directory of local alternatives", "social prescribing, pain and mental health leads"
            )
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
def indicators_table(context: Context) -> list[Block]:
    """Every indicator with its numerator, denominator, source, frequency, baseline, threshold and its basis."""
    chosen = chosen_indicators(context.plan, context.library)
    heading = next((s.heading for s in context.outline.all_sections() if s.id == "a4-annex-quality"), "")
    for one in chosen:
        for requirement in one.meets if heading else ():
            context.where_met.setdefault(requirement, []).append(heading)
    left_out = [
        f"{choice.indicator} ({choice.reason or 'no reason given'})"
        for choice in context.plan.specification.wording.indicators
        if choice.left_out and choice.indicator not in {one.id for one in chosen}
    ]
    known = sum(one.has_baseline for one in chosen)
    return [
        Table(
            caption="Local indicators",
            description=(
                "Each indicator with its numerator and denominator, source and frequency, baseline or the day for one, "
                "and starting threshold with its basis. E marks indicators reported for equity, B balancing measures."
            ),
            columns=(
                "Ref.",
                "Indicator",
                "Counted, over whom",
                "Source, how often",
                "Baseline",
                "Threshold and basis",
            ),
            rows=tuple(
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
            text=(
                f"{known} of {len(chosen)} have a baseline now; each of the others has a day by which it is set. Those marked E "
                "report access, experience and outcomes by deprivation, sex, age and ethnicity. No indicator rewards "
                "stopping a medicine or reducing a dose."
                + (f" Left out: {listed(left_out)}." if left_out else "")
            ),
            tone="note",
        ),
    ]


@part
def staffing_table(context: Context) -> list[Block]:
    option, costed = context.plan.preferred, context.results.preferred
    if option is None or costed is None or not option.posts:
        return [to_be_supplied("the posts of the preferred option", "commissioner and provider")]
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
    """People supported by quarter of year 1 and by year, low, central and high, and what happens at the ceiling."""
    costed, years = context.results.preferred, context.projections.years_of(context.plan.preferred_option)
    if costed is None or costed.people_supported is None or years is None:
        return [
            to_be_supplied("the preferred option and the need, from which activity follows", "commissioner")
        ]
    quarters = first_year(context.plan)
    share = sum(quarters) or 1.0
    rows = tuple(
        (
            f"People supported, {name}",
            *(people(number * quarter / share) for quarter in quarters),
            people(number),
        )
        for name, number in zip(SCENARIOS, years.rows[0].supported_in_each or (0.0, 0.0, 0.0), strict=True)
    )
    ceiling = context.plan.specification.at_ceiling
    by_year = tuple(
        (
            f"Year {row.year}",
            *(people(number) for number in row.supported_in_each),
            people(row.supported_in_each[1] / 4) if row.year > 1 else "as above",
            people(row.waiting) if row.waiting is not None else NONE_HELD,
        )
        for row in years.rows
        if row.supported_in_each is not None
    )
    return [
        Table(
            caption="Indicative activity: people supported in year 1, by quarter",
            description="People supported in each quarter of year 1 and in the year, low, central and high.",
            columns=("Line", "Quarter 1", "Quarter 2", "Quarter 3", "Quarter 4", "Year 1"),
            rows=rows,
        ),
        Table(
            caption="Indicative activity: people supported by year",
            description="People supported in each year in the low, central and high scenario, a quarter of it, and people waiting.",
            columns=("Year", "Low scenario", "Central", "High scenario", "Central, each quarter", "Waiting at its end, central"),
            rows=by_year,
        ),
        Table(
            caption="When more people come than can be supported",
            description="Expected demand, capacity, the number left waiting and the rule at the ceiling.",
            columns=("What", "Entry"),
            rows=(
                ("Expected demand a year", f"{format_range(costed.demand)} people (modelled)"),
                ("Capacity a full year", f"{format_range(costed.capacity)} people (modelled)"),
                ("Not supported in a full year", f"{format_range(costed.unmet)} people (modelled)"),
                ("Rule at the ceiling", ceiling.value if ceiling else "[to be supplied: what happens when demand is above capacity]"),
                ("When it is looked at", "each quarter, and whenever people supported pass a quarter's high by a tenth"),
                ("What it never means", "that a person in the middle of a reduction loses support"),
            ),
        ),
        Paragraph(text="All modelled. " + " ".join(years.assumes[1:2]), tone="note"),
    ]  # fmt: skip


@part
def price_table(context: Context) -> list[Block]:
    """The price of a full year and of setting up, then what is expected to be paid in each year."""
    costed, years = context.results.preferred, context.projections.years_of(context.plan.preferred_option)
    if costed is None or years is None:
        return [
            to_be_supplied("the preferred option, from which the price follows", "commissioner and finance")
        ]
    return [
        Table(
            caption=f"Indicative price, {costed.price_year} prices",
            description="The service, its currency, indicative price, basis for payment and review point.",
            columns=("Service", "Currency", "Indicative price", "Basis for payment", "Review"),
            rows=(
                (
                    costed.name,
                    "year of service",
                    format_range(costed.running_cost, Unit.POUNDS),
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
        Table(
            caption="Expected value in each year, at that year's prices",
            description="For each year staff in post and the expected payment, low, central and high.",
            columns=("Year", "Staff in post", "Low", "Central", "High"),
            rows=tuple(
                (
                    row.in_words,
                    percent(row.staffed),
                    *(about_pounds(getattr(row.cash, scenario)) for scenario in SCENARIOS),
                )
                for row in years.rows
            ),
        ),
        Paragraph(
            text=(
                "Modelled from posts and other costs; year 1 holds set-up, and staff arrive during it. "
                f"{years.assumes[0]} It is not an offer and not a tariff."
            ),
            tone="note",
        ),
    ]


@part
def quality_requirements(context: Context) -> list[Block]:
    """The indicators that may be enforced in the first year, in the columns of the contract's schedule."""
    service = context.plan.specification.service_name or "this specification"
    rows = tuple(
        (
            f"{one.id} {one.title}",
            one.threshold,
            f"{one.counted}. {one.source}",
            one.frequency,
            service,
        )
        for one in chosen_indicators(context.plan, context.library)
        if one.enforceable
    )
    if not rows:
        return [Paragraph(text="No indicator may be enforced in the first year: all are for development.")]
    return [
        Table(
            caption="Requirements that may be enforced in the first year",
            description="Each requirement with its threshold, method of measurement, period and the specification it is for.",
            columns=("Quality requirement", "Threshold", "Method of measurement", "Period", "Specification"),
            rows=rows,
        )
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
                "provider",
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
                    "commissioner, with practices",
                )
            )
    return [
        Table(
            caption="Health inequalities action plan",
            description="Each action with its measure, baseline, aim, date and owner.",
            columns=("Action", "Measure", "Baseline", "Aim", "By", "Owner"),
            rows=tuple(rows),
        )
    ]
