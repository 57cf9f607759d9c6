"""The parts that go into a contract: waits, team, activity, price, requirements, data, actions."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from planner.analysis.calculation.inputs import input_named
from planner.analysis.completeness.missing_inputs import has_dose_author
from planner.analysis.completeness.opening_hours import typed_hours_a_week
from planner.analysis.completeness.readiness import (
    first_patient,
    months_after,
    months_to_first_patient,
    recruits,
)
from planner.analysis.economics.financial_years import (
    APRIL,
    FinancialYearCost,
    ServiceCost,
)
from planner.analysis.economics.option_model import moved_cost
from planner.analysis.economics.staff_costs import hours_a_year
from planner.analysis.formatting import (
    Unit,
    day,
    lower_first,
    people,
    percent,
    pounds,
    rounded,
    staff,
)
from planner.documents.context import (
    WEEKS,
    Context,
    build_up,
    exactly,
    first_year,
    hours_with_people,
)
from planner.documents.contract_dates import quarters_of_year_one
from planner.documents.indicators import ChosenIndicator, chosen_indicators
from planner.documents.tables import class_name
from planner.model.document import Block, Bullets, Table
from planner.model.plan import AtCeiling
from planner.model.service import (
    AGENDA_FOR_CHANGE,
    Band,
    CostHeading,
    Feature,
    Post,
    ServiceOption,
)

BACKLOG = 6 / 52
"""The part of a year's room that may wait before people are taken in order of risk only."""


def acceptance(context: Context) -> list[Block]:
    """The groups in which people are accepted, each with its wait; the room there is, what happens
    when it is not enough, and what is offered to people who cannot be accepted yet."""
    # Of the hours a week with people, those of posts that nobody is employed in.
    volunteers = sum(
        hours_a_year(post, context.reference) * post.wte * post.patient_facing / WEEKS
        for post in (context.option.posts if context.option else ())
        if post.band == VOLUNTEER
    )
    capacity, demand = (
        (context.costed.capacity, context.costed.demand) if context.costed else (None, None)
    )
    expected = demand.central * context.option.takes if demand and context.option else None
    short = capacity is not None and expected is not None and expected > capacity.central
    # The last group waits for whatever room there is.
    within = {LAST: "4_short" if short else "4_room"}
    blocks: list[Block] = [
        context.table(
            "contract.acceptance.table",
            (
                (
                    str(tier.number),
                    f"{tier.name}: {_who(tier.number, context)}",
                    context.text(
                        f"contract.acceptance.within_{within.get(tier.number, tier.number)}"
                    ),
                )
                for tier in context.library.case_finding.tiers
            ),
        ),
        *context.say("contract.acceptance.within_group"),
    ]
    if capacity is not None and context.years is not None:
        blocks += context.say(
            "contract.acceptance.short" if short else "contract.acceptance.room",
            capacity=people(capacity.central),
            first=people(capacity.central * context.years.rows[0].staffed),
            expected=people(expected) if expected is not None else "",
        )
    groups = context.option is not None and context.option.feature(Feature.GROUPS)
    return [
        *blocks,
        *context.say(
            "contract.acceptance.full",
            backlog=context.text("contract.acceptance.backlog_unknown")
            if capacity is None
            else _backlog(capacity.central * BACKLOG, context),
            rule=rule_at_ceiling(context.spec.at_ceiling, context),
        ),
        *context.say(
            "contract.acceptance.volunteers",
            when=volunteers,
            hours=people(volunteers),
        ),
        *context.say(
            "contract.acceptance.reduced",
            when=context.reduced and capacity,
            size=percent(context.reduced.size if context.reduced else 1),
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


def _backlog(room: float, context: Context) -> str:
    """How many may wait: some weeks' room, of the team of year 1 and of the whole one after it."""
    first = room * context.plan.horizon.staffing_profile[0] if recruits(context.plan) else room
    if people(first) == people(room):
        return context.text("contract.acceptance.backlog", people=people(room))
    return context.text(
        "contract.acceptance.backlog_grows", first=people(first), people=people(room)
    )


LAST = 4
SOON = 3
"""The group whom searches alone find; in the others people are placed by what they tell as well."""


def _who(group: int, context: Context) -> str:
    """What places a person in a group: what the clinical pack's searches look for, and what a
    person tells."""
    searches = [
        lower_first(risk.name)
        for risk in context.library.case_finding.risks
        if risk.tier == group and risk.about(context.included)
    ]
    if group == SOON:
        return "; ".join(searches)
    return "; ".join([*searches, context.text(f"contract.acceptance.also_{group}")])


def rule_at_ceiling(rule: AtCeiling | None, context: Context) -> str:
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
    entries = [entry for entry in context.spec.directory if entry.offer]
    if not entries:
        return context.say("contract.directory.none")
    table = context.table(
        "contract.directory.table",
        (tuple(getattr(e, column) or "not stated" for column in columns) for e in entries),
    )
    heads = zip(table.columns, columns, strict=True)
    return [table.only(*(head for head, c in heads if any(getattr(e, c) for e in entries)))]


def quality_requirements(context: Context) -> list[Block]:
    """What the provider controls and is held to: how each requirement is counted and with what, and
    its threshold; then the baselines of these and of all other measures."""
    chosen = [one for one in chosen_indicators(context.plan, context.library) if one.enforceable]
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
            )
            for one in chosen
        ),
    )
    return [table, *_baselines(chosen_indicators(context.plan, context.library), context)]


def _baselines(chosen: Sequence[ChosenIndicator], context: Context) -> list[Block]:
    """The baseline that most of them have, or the day for it, and which have another."""
    (common, _), *others = Counter(one.baseline for one in chosen).most_common()
    different = [f"{one.id}, {one.baseline}" for one in chosen if one.baseline != common]
    return context.say(
        "contract.quality.each_baseline",
        "note",
        baseline=common,
        others=context.text("contract.quality.but_for", others="; ".join(different))
        if others
        else "",
    )


def indicators_table(context: Context) -> list[Block]:
    """What is watched for learning, or depends on practices, GP systems or others, and is not
    enforced on the provider."""
    return [
        context.table(
            "contract.indicators.table",
            (
                (
                    f"{one.mark} {one.name}",
                    one.counted,
                    f"{one.source}. {one.frequency}",
                    _threshold(one, context),
                )
                for one in chosen_indicators(context.plan, context.library)
                if not one.enforceable
            ),
        )
    ]


def _threshold(one: ChosenIndicator, context: Context) -> str:
    return context.text("contract.quality.later") if one.threshold == LATER else one.threshold


LATER = "Baseline first"
"""What the register of indicators says where a threshold waits for its baseline."""


def hours_that_do_not_fit(context: Context) -> list[Block]:
    """That the opening hours typed are more than the team has, for the author; nothing where they
    fit, or where either cannot be told."""
    plan, room = context.plan, hours_with_people(context)
    parts = [part for part in context.reference.sub_icbs if part.icb_after == plan.place.icb_code]
    hours = typed_hours_a_week(plan.specification.hours_and_venues, max(1, len(parts)))
    return context.say(
        "contract.hours.too_many",
        "missing",
        when=room is not None and hours > room,
        asked=people(hours),
        room=people(room or 0.0),
    )


def staffing_table(context: Context) -> list[Block]:
    """The posts of the preferred option, without their cost, which stands in the local prices."""
    if context.option is None or not context.option.posts:
        return context.say("contract.staffing.none")
    table = context.table(
        "contract.staffing.table",
        (
            (
                post.title,
                grade(post, context),
                post.zone,
                staff(post.wte),
                percent(post.patient_facing),
            )
            for post in context.option.posts
        ),
    )
    in_zones = any(post.zone != "none" for post in context.option.posts)
    employed = employed_wte(context.option)
    volunteers = sum(post.wte for post in context.option.posts) - employed
    return [
        table if in_zones else table.without(table.columns[2]),
        *context.say(
            "contract.staffing.volunteers",
            "note",
            when=volunteers,
            employed=staff(employed),
            volunteers=staff(volunteers),
        ),
        *context.say(
            "contract.staffing.held"
            if has_dose_author(context.option)
            else "contract.staffing.not_held",
            "note",
        ),
    ]


def grade(post: Post, context: Context) -> str:
    """The band and point of a post, or in words that it is voluntary or outside the bands."""
    if post.band in AGENDA_FOR_CHANGE:
        return f"{post.band}, {post.point}"
    return context.text(
        "contract.staffing.volunteer" if post.band == VOLUNTEER else "contract.staffing.outside"
    )


VOLUNTEER: Band = "voluntary"


def employed_wte(option: ServiceOption) -> float:
    """Whole-time equivalents of an option's posts that somebody is employed in."""
    return sum(post.wte for post in option.posts if post.band != VOLUNTEER)


def _contract_years(context: Context) -> list[str]:
    """Each year of the agreement with its last day, as many as the plan looks ahead and the term
    has."""
    spec, labels = context.spec, []
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
    is_letters = context.option is not None and context.option.is_letters
    names = [
        name
        for name in (("written",) if is_letters else ("referred", "assessed"))
        if context.years is not None and getattr(context.years.rows[0], name) is not None
    ]
    if context.years is None or not names:
        return context.say("contract.activity.none")
    labels = _contract_years(context)
    lines = {
        "written": context.text("contract.activity.written"),
        "referred": context.text("contract.activity.referred"),
        "assessed": context.text("contract.activity.assessed"),
    }
    quarters = tuple(_quarters(context))
    return [
        context.table(
            "contract.activity.quarters",
            (
                (lines[name], *(people(whole * share) for _, share in quarters), people(whole))
                for name in names
                if name != "referred"
                for whole in [getattr(context.years.rows[0], name).central]
            ),
            year=labels[0],
            quarters=tuple(label for label, _ in quarters),
        ),
        context.table(
            "contract.activity.by_year",
            (
                (
                    label,
                    percent(row.staffed),
                    *(people(getattr(row, name).central) for name in names),
                )
                for label, row in zip(labels, context.years.rows, strict=False)
            ),
            lines=tuple(lines[name] for name in names),
        ),
    ]


def _quarters(context: Context) -> Iterator[tuple[str, float]]:
    """Each quarter of year 1, and the part of that year's people who are seen in it; those of the
    agreement, counted, where it is not dated."""
    plan, quarters = context.plan, quarters_of_year_one(context.plan)
    start, mark = plan.specification.service_start, months_to_first_patient(plan)
    if start is None or not quarters:
        parts = first_year(plan)
        for number, part in enumerate(parts, start=1):
            yield f"Quarter {number}", part / (sum(parts) or 1.0)
        return
    whole = MONTHS_IN_YEAR - mark
    for closes in quarters:
        after = closes + timedelta(days=1)
        months = (
            MONTHS_IN_YEAR * (after.year - start.year)
            + after.month
            - start.month
            + (after.day - start.day) / DAYS_IN_MONTH
        )
        yield f"To {day(closes)}", (months - mark) / whole
        mark = months


MONTHS_IN_YEAR, DAYS_IN_MONTH = 12, 30


ACTIVITY_RESTS_ON = (
    "referral_rate", "takes", "letters_planned", "response", "assessed_share", "start_share",
    "hours_referral", "hours_assessment", "hours_programme", "did_not_attend",
)  # fmt: skip
"""What the activity plan is worked out from, beside what changes from year to year; no costs."""


def activity_assumptions(context: Context) -> list[Block]:
    """Each figure from which the activity was worked out, with its central value and its range."""
    if context.option is None:
        return []
    sums = context.case.sums_of(context.option)
    need = () if context.option.is_letters else sums.need
    used = {name for step in (*need, *sums.steps) for name in step.uses}
    rows: list[tuple[str, str]] = []
    for name, values in sums.given.items():
        item, _ = input_named(name)
        if (
            item.key not in ACTIVITY_RESTS_ON
            or name not in used
            or (item.key == "takes" and values.low == 1)
            or (item.key == "response" and not context.plan.demand.letters_a_year)
            or not values.high
        ):
            continue
        unit = Unit.RATE if item.key.startswith(("referral_rate", "hours")) else item.format
        rows.append((item.label, exactly(values, unit)))
    return [context.table("contract.activity.assumptions", rows)] if rows else []


def reduced_service(context: Context) -> list[Block]:
    """The part of the team, its employed posts and the people in each financial year, where no more
    is confirmed than what is found; nothing where that is never provided."""
    option = context.option
    if option is None or context.reduced is None:
        return []
    employed = employed_wte(option) * context.reduced.size
    return [
        context.table(
            "contract.staffing.reduced",
            (
                (
                    year.financial_year,
                    percent(context.reduced.size),
                    staff(employed),
                    f"{year.people:,}",
                )
                for year in context.reduced.cost.years
            ),
            expected=context.text(
                "contract.staffing.expected"
                if any(context.reduced.fewer)
                else "contract.staffing.as_in_full"
            ),
        ),
        *context.say("contract.staffing.reduced_holds", "note"),
    ]


def price_table(context: Context) -> list[Block]:
    """The price of a full year, what in it is not the team's, and of setting up; then the value of
    each financial year, as the paper has it, with what of it is confirmed and how it is paid; and
    the price as its uplift is agreed."""
    costed, option = context.costed, context.option
    if costed is None or option is None or context.years is None:
        return context.say("contract.price.none")
    others = [
        (cost, moved_cost(cost, context.plan, context.reference).value)
        for cost in option.other_costs
        if option.posts and not cost.once
    ]
    evaluation = sum(amount for cost, amount in others if cost.heading is CostHeading.EVALUATION)
    blocks: list[Block] = [
        *context.say(
            "contract.price.evaluation",
            when=evaluation,
            amount=pounds(evaluation),
            year=costed.price_year,
            full_year=costed.full_year,
        ),
        *context.say("contract.price.no_evaluation", when=not evaluation),
        context.table(
            "contract.price.table",
            (
                (
                    context.text("contract.price.full_year", full_year=costed.full_year),
                    pounds(costed.running_cost.central),
                ),
                *(
                    (
                        context.text("contract.price.of_which", cost=lower_first(cost.label)),
                        pounds(amount),
                    )
                    for cost, amount in others
                ),
                (
                    context.text("contract.price.clinicians"),
                    context.text("contract.price.in_offer"),
                ),
                *(
                    [(context.text("contract.price.set_up"), pounds(costed.set_up))]
                    if costed.set_up
                    else []
                ),
            ),
            year=costed.price_year,
        ),
    ]
    if cost := context.cost:
        blocks += [
            _value_table(cost, costed.set_up, context),
            *context.say(
                "contract.price.follows",
                "note",
                when=recruits(context.plan),
                staffed=build_up(context.plan.horizon.staffing_profile),
            ),
            *context.say(
                "contract.price.reduced",
                "note",
                when=context.reduced,
                size=percent(context.reduced.size if context.reduced else 1),
            ),
        ]
    priced = [
        (row.in_words, pounds(row.price)) for row in context.years.rows if row.price is not None
    ]
    if priced:
        blocks.append(context.table("contract.price.agreed", priced))
    central = context.case.sums_of(option).central
    return [
        *blocks,
        *context.say(
            "contract.price.note",
            "note",
            pay=percent(central["pay_growth"], 1),
            prices=percent(central["price_growth"], 1),
            year=costed.price_year,
            uplift=context.text("contract.price.uplift_agreed")
            if priced
            else context.text("contract.price.no_uplift"),
        ),
    ]


def _value_table(cost: ServiceCost, set_up: float, context: Context) -> Table:
    """The value of each financial year and of the term, what of it is confirmed, and its monthly
    parts; nothing is said of what is confirmed where the plan does not say what is found."""
    paid = _monthly_parts(cost.years, set_up, context)
    smaller = (
        {year.financial_year: pounds(year.cost) for year in context.reduced.cost.years}
        if context.reduced
        else {}
    )
    ends = context.text("contract.price.ends")
    table = context.table(
        "contract.price.by_year",
        (
            *(
                (
                    year.financial_year,
                    str(year.months),
                    pounds(year.cost),
                    pounds(year.funded or 0.0),
                    smaller.get(year.financial_year, ends),
                    parts,
                )
                for year, parts in zip(cost.years, paid, strict=True)
            ),
            (
                context.text("contract.price.term"),
                str(sum(year.months for year in cost.years)),
                pounds(cost.total.central),
                pounds(cost.funded or 0.0),
                pounds(context.reduced.cost.total.central) if context.reduced else ends,
                context.text("contract.price.whole" if set_up else "contract.price.no_set_up"),
            ),
        ),
    )
    left_out = [
        column
        for column, given in (
            (table.columns[3], cost.funded is not None),
            (table.columns[4], context.reduced),
        )
        if not given
    ]
    return table.without(*left_out)


def _monthly_parts(
    years: Sequence[FinancialYearCost], set_up: float, context: Context
) -> Iterator[str]:
    """How each financial year's value is paid: in equal parts of the months from that of the first
    patient on, without what is paid for setting up; a year that is over before goes to the
    next."""
    first, carried = first_patient(context.plan), -set_up
    for year in years:
        opens = date(int(year.financial_year[:4]), APRIL, 1)
        ends = min(
            months_after(opens, MONTHS_IN_YEAR) - timedelta(days=1),
            context.spec.service_end or date.max,
        )
        # The months that a year of the service has before its first patient are not paid for.
        from_month = max(opens, first.replace(day=1)) if first else opens
        months = MONTHS_IN_YEAR * (ends.year - from_month.year) + ends.month - from_month.month + 1
        due = year.cost + carried
        if months <= 0:
            carried = due
            yield context.text("contract.price.with_the_next")
            continue
        months, carried = min(months, year.months), 0.0
        yield context.text(
            "contract.price.parts",
            count=str(months),
            each=pounds(due / months),
            month=f"{from_month:%B %Y}",
        )


def data_set(context: Context) -> list[Block]:
    """The minimum data set: each field with its definition, code set, when it is recorded and what
    for; fields of classes that the plan does not cover are left out."""
    covered = set(context.included)
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
    plan, actions = context.plan, context.plan.inequality.actions
    groups = plan.inequality.groups or (context.text("contract.inequality.most_deprived"),)
    gaps = [gap for gap in context.results.inequality.classes if gap.ratio is not None]
    return [
        *context.say("contract.inequality.promote"),
        Bullets(points=tuple(groups)),
        *context.say("contract.inequality.actions", when=actions, actions=actions),
        *context.say("contract.inequality.ask_why", when=gaps),
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
