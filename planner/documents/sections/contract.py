"""The parts that go into a contract: waits, team, activity, price, requirements, data, actions."""

from datetime import timedelta

from planner.analysis.calculation.inputs import input_named
from planner.analysis.completeness.readiness import first_patient, months_after, working_day
from planner.analysis.economics.financial_years import service_cost
from planner.analysis.formatting import (
    Unit,
    day,
    format_number,
    lower_first,
    people,
    percent,
    pounds,
    rounded,
    staff,
)
from planner.documents.context import Context, first_year
from planner.documents.indicators import ChosenIndicator, chosen_indicators
from planner.documents.tables import class_name
from planner.model.document import Block, Bullets
from planner.model.plan import AtCeiling
from planner.model.service import AGENDA_FOR_CHANGE, Feature

BACKLOG = 6 / 52
"""The part of a year's room that may wait before people are taken in order of risk only."""


def acceptance(context: Context) -> list[Block]:
    """The groups in which people are accepted, each with its wait; the room there is, what happens
    when it is not enough, and what is offered to people who cannot be accepted yet."""
    option, costed = context.plan.preferred, context.results.preferred
    years = context.projections.years_of(context.plan.preferred_option)
    capacity, demand = (costed.capacity, costed.demand) if costed else (None, None)
    expected = demand.central * option.takes if demand and option else None
    short = capacity is not None and expected is not None and expected > capacity.central
    blocks: list[Block] = [
        context.table(
            "contract.acceptance.table",
            (
                (
                    str(tier.number),
                    f"{tier.name}: {_who(tier.number, context)}",
                    _within(tier.number, short, context),
                )
                for tier in context.library.case_finding.tiers
            ),
        )
    ]
    if capacity is not None and years is not None:
        blocks += context.say(
            "contract.acceptance.short" if short else "contract.acceptance.room",
            capacity=people(capacity.central),
            first=people(capacity.central * years.rows[0].staffed),
            expected=people(expected) if expected is not None else "",
        )
    groups = option is not None and option.feature(Feature.GROUPS)
    return [
        *blocks,
        *context.say(
            "contract.acceptance.full",
            backlog=context.text(
                "contract.acceptance.backlog", people=people(capacity.central * BACKLOG)
            )
            if capacity is not None
            else context.text("contract.acceptance.backlog_unknown"),
            rule=_rule(context.plan.specification.at_ceiling, context),
        ),
        *context.say("contract.acceptance.kept"),
        *context.say("contract.acceptance.offer"),
        Bullets(
            points=(
                context.text("contract.acceptance.offer_call"),
                context.text("contract.acceptance.offer_advice"),
                context.text("contract.acceptance.offer_line"),
                *((context.text("contract.acceptance.offer_groups"),) if groups else ()),
                context.text("contract.acceptance.offer_again"),
                context.text("contract.acceptance.offer_place"),
            )
        ),
        *context.say("contract.acceptance.counted"),
    ]


SOON = 3
"""The group whom searches alone find; in the others people are placed by what they tell as well."""


def _who(group: int, context: Context) -> str:
    """What places a person in a group: what the clinical pack's searches look for, and what a
    person tells."""
    searches = [
        lower_first(risk.name)
        for risk in context.library.case_finding.risks
        if risk.tier == group and risk.about(context.plan.prescribing.included)
    ]
    if group == SOON:
        return "; ".join(searches)
    own_words = context.text(
        "contract.acceptance.also_1"
        if group == 1
        else "contract.acceptance.also_2"
        if group == 2
        else "contract.acceptance.also_4"
    )
    return "; ".join([*searches, own_words])


def _within(group: int, short: bool, context: Context) -> str:
    """The time within which people of a group have their first assessment."""
    return context.text(
        "contract.acceptance.within_1"
        if group == 1
        else "contract.acceptance.within_2"
        if group == 2
        else "contract.acceptance.within_3"
        if group == 3
        else "contract.acceptance.within_4_short"
        if short
        else "contract.acceptance.within_4_room"
    )


def _rule(rule: AtCeiling | None, context: Context) -> str:
    """What is done when more people come than can be seen; in the order of the groups, where the
    plan does not say."""
    return context.text(
        "contract.acceptance.list"
        if rule is AtCeiling.WAITING_LIST
        else "contract.acceptance.review"
        if rule is AtCeiling.ACTIVITY_REVIEW
        else "contract.acceptance.priority"
        if rule is AtCeiling.PRIORITY
        else "contract.acceptance.order"
    )


def directory_table(context: Context) -> list[Block]:
    """Each entry of the directory, without the columns that nobody has filled."""
    columns = ("need", "offer", "provider", "access", "capacity", "wait")
    entries = [entry for entry in context.plan.specification.directory if entry.offer]
    if not entries:
        return context.say("contract.directory.none")
    table = context.table(
        "contract.directory.table",
        (tuple(getattr(e, column) or "not stated" for column in columns) for e in entries),
    )
    heads = zip(table.columns, columns, strict=True)
    return [table.only(*(head for head, c in heads if any(getattr(e, c) for e in entries)))]


def quality_requirements(context: Context) -> list[Block]:
    """What the provider controls and is held to: how each requirement is counted and with what, its
    threshold, its baseline or the day for one, and the day from which it may be enforced."""
    chosen = [one for one in _credited(context) if one.enforceable]
    if not chosen:
        return context.say("contract.quality.none")
    table = context.table(
        "contract.quality.table",
        (
            (
                f"{one.mark} {one.name}",
                one.numerator,
                one.denominator,
                f"{one.instrument or one.source}. {one.frequency}",
                _threshold(one, context),
                one.baseline,
            )
            for one in chosen
        ),
    )
    baselines, first = {one.baseline for one in chosen}, first_patient(context.plan)
    return [
        table.without(table.columns[-1]) if len(baselines) == 1 else table,
        *context.say(
            "contract.quality.dates",
            "note",
            baselines=context.text("contract.quality.each_baseline", when=min(baselines))
            if len(baselines) == 1
            else "",
            enforced=day(working_day(months_after(first, A_YEAR)))
            if first
            else context.text("contract.quality.from_month"),
        ),
    ]


def indicators_table(context: Context) -> list[Block]:
    """What is watched for learning, or depends on practices, GP systems or others, and is not
    enforced on the provider; each with its baseline, or the day for it where the requirements have
    not said it already."""
    chosen = _credited(context)
    watched = [one for one in chosen if not one.enforceable]
    table = context.table(
        "contract.indicators.table",
        (
            (
                one.mark,
                one.name,
                one.counted,
                f"{one.source}. {one.frequency}",
                _threshold(one, context),
                one.baseline,
            )
            for one in watched
        ),
    )
    baselines = {one.baseline for one in watched}
    if len(baselines) > 1:
        return [table]
    return [
        table.without(table.columns[-1]),
        *context.say(
            "contract.indicators.each_baseline",
            "note",
            when=watched and {one.baseline for one in chosen} != baselines,
            day=min(baselines, default=""),
        ),
    ]


def _credited(context: Context) -> tuple[ChosenIndicator, ...]:
    chosen = chosen_indicators(context.plan, context.library)
    for one in chosen:
        context.credit(one.meets, context.outline.title)
    return chosen


def _threshold(one: ChosenIndicator, context: Context) -> str:
    return context.text("contract.quality.later") if one.threshold == LATER else one.threshold


LATER = "Baseline first"
"""What the register of indicators says where a threshold waits for its baseline."""
A_YEAR = 12
"""Months after the first person is seen from which a threshold may be enforced."""


def staffing_table(context: Context) -> list[Block]:
    """The posts of the preferred option, without their cost, which stands in the local prices."""
    option = context.plan.preferred
    if option is None or not option.posts:
        return context.say("contract.staffing.none")
    table = context.table(
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
            )
            for post in option.posts
        ),
    )
    in_zones = any(post.zone != "none" for post in option.posts)
    return [table if in_zones else table.without(table.columns[2])]


def _contract_years(context: Context) -> list[str]:
    """Each year of the agreement with its last day, as many as the plan looks ahead and the term
    has."""
    spec, labels = context.plan.specification, []
    for number in range(1, context.plan.horizon.years + 1):
        if spec.service_start is None:
            labels.append(str(number))
            continue
        opens = months_after(spec.service_start, 12 * (number - 1))
        closes = months_after(spec.service_start, 12 * number) - timedelta(days=1)
        if spec.service_end is not None:
            if opens > spec.service_end:
                break
            closes = min(closes, spec.service_end)
        labels.append(f"{number}, to {day(closes)}")
    return labels


def activity_table(context: Context) -> list[Block]:
    """People referred and assessed, or people written to, by quarter of year 1 and by year of the
    agreement."""
    years = context.projections.years_of(context.plan.preferred_option)
    is_letters = context.plan.preferred is not None and context.plan.preferred.is_letters
    names = [
        name
        for name in (("written",) if is_letters else ("referred", "assessed"))
        if years is not None and getattr(years.rows[0], name) is not None
    ]
    if years is None or not names:
        return context.say("contract.activity.none")
    labels = _contract_years(context)
    lines = {
        "written": context.text("contract.activity.written"),
        "referred": context.text("contract.activity.referred"),
        "assessed": context.text("contract.activity.assessed"),
    }
    quarters = first_year(context.plan)
    share = sum(quarters) or 1.0
    by_quarter = [name for name in names if name != "referred"]
    return [
        context.table(
            "contract.activity.quarters",
            (
                (
                    lines[name],
                    *(people(first * quarter / share) for quarter in quarters),
                    people(first),
                )
                for name in by_quarter
                for first in [getattr(years.rows[0], name).central]
            ),
            year=labels[0],
        ),
        context.table(
            "contract.activity.by_year",
            (
                (
                    label,
                    percent(row.staffed),
                    *(people(getattr(row, name).central) for name in names),
                )
                for label, row in zip(labels, years.rows, strict=False)
            ),
            lines=tuple(lines[name] for name in names),
        ),
    ]


ACTIVITY_RESTS_ON = (
    "referral_rate", "takes", "letters_planned", "response", "assessed_share", "start_share",
    "hours_referral", "hours_assessment", "hours_programme", "did_not_attend",
)  # fmt: skip
"""What the activity plan is worked out from, beside what changes from year to year; no costs."""


def activity_assumptions(context: Context) -> list[Block]:
    """Each figure from which the activity was worked out, with its central value and its range."""
    plan, option = context.plan, context.plan.preferred
    if option is None:
        return []
    sums = context.results.case.sums_of(option)
    need = () if option.is_letters else sums.need
    used = {name for step in (*need, *sums.steps) for name in step.uses}
    rows: list[tuple[str, str]] = []
    for name, values in sums.given.items():
        item, _ = input_named(name)
        if (
            item.key not in ACTIVITY_RESTS_ON
            or name not in used
            or (item.key == "takes" and values.low == 1)
            or (item.key == "response" and not plan.demand.letters_a_year)
            or not values.high
        ):
            continue
        unit = Unit.RATE if item.key.startswith(("referral_rate", "hours")) else item.format
        low, central, high = (
            format_number(one, unit) for one in (values.low, values.central, values.high)
        )
        rows.append((item.label, central if low == high else f"{central} ({low} to {high})"))
    return [context.table("contract.activity.assumptions", rows)] if rows else []


def price_table(context: Context) -> list[Block]:
    """The price of a full year and of setting up, then what is expected to be paid in each
    financial year, as the paper has it, and the contract's price where its uplift is agreed."""
    costed = context.results.preferred
    years = context.projections.years_of(context.plan.preferred_option)
    if costed is None or years is None:
        return context.say("contract.price.none")
    once = (
        context.text("contract.price.set_up"),
        "once",
        pounds(costed.set_up),
        "on agreed milestones before the first person is seen",
        "at the start of the Service",
    )
    blocks: list[Block] = [
        context.table(
            "contract.price.table",
            (
                (
                    context.text("contract.price.full_year"),
                    "year of service",
                    pounds(costed.running_cost.central),
                    context.text("contract.price.basis"),
                    "yearly, and when activity passes the plan by a tenth",
                ),
                *((once,) if costed.set_up else ()),
            ),
            year=costed.price_year,
        )
    ]
    if cost := service_cost(costed, context.results.case):
        whole = (
            context.text("contract.price.term"),
            str(sum(year.months for year in cost.years)),
            pounds(cost.total.central),
        )
        blocks.append(
            context.table(
                "contract.price.by_year",
                (
                    *((y.financial_year, str(y.months), pounds(y.cost)) for y in cost.years),
                    whole,
                ),
            )
        )
    priced = [(row.in_words, pounds(row.price)) for row in years.rows if row.price is not None]
    if priced:
        blocks.append(context.table("contract.price.agreed", priced))
    return [*blocks, *context.say("contract.price.note", "note", assumes=years.assumes[0])]


def data_set(context: Context) -> list[Block]:
    """The minimum data set: each field with its definition, code set, when it is recorded and what
    for; fields of classes that the plan does not cover are left out."""
    covered = set(context.plan.prescribing.included)
    return [
        context.table(
            "contract.data_set.table",
            (
                (
                    one.name,
                    f"{one.definition}. Code: {one.code}" if one.code else one.definition,
                    one.when,
                    one.use,
                )
                for one in context.library.data_set
                if not one.classes or covered.intersection(one.classes)
            ),
        )
    ]


def inequality_plan(context: Context) -> list[Block]:
    """The groups to be reached, the classes whose difference is to be understood, and the actions
    that the plan names."""
    plan = context.plan
    review, actions = plan.specification.review_date, plan.inequality.actions
    by = day(review) if review else context.words["month_12"]
    groups = plan.inequality.groups or (context.text("contract.inequality.most_deprived"),)
    gaps = [gap for gap in context.results.inequality.classes if gap.ratio is not None]
    return [
        *context.say("contract.inequality.promote", by=by),
        Bullets(points=tuple(groups)),
        *context.say("contract.inequality.actions", when=actions, actions=actions),
        *context.say("contract.inequality.ask_why", when=gaps, by=by),
        *(
            [
                context.table(
                    "contract.inequality.table",
                    ((class_name(gap.medicine_class), rounded(gap.ratio or 0, 2)) for gap in gaps),
                )
            ]
            if gaps
            else []
        ),
    ]
