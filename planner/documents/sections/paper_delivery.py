"""What the paper for the board says of money, delivery and its dates, risks and assurance."""

from collections.abc import Iterator
from datetime import date

from planner.analysis.calculation.measures import MEASURES, Calculation, cost_lines
from planner.analysis.completeness.provider_selection import (
    not_involved,
    select,
    unanswered_prompts,
)
from planner.analysis.completeness.readiness import (
    first_patient,
    milestones,
    months_after,
    provider_steps_dated,
)
from planner.analysis.economics.compare import at_equal_reach
from planner.analysis.economics.financial_years import (
    ServiceCost,
    SmallerService,
)
from planner.analysis.economics.option_costs import THIN_WTE, OptionResult
from planner.analysis.economics.option_model import moved_cost, unpaid_hours
from planner.analysis.formatting import (
    about_pounds,
    capital,
    day,
    likely_ends,
    listed,
    listed_in_part,
    lower_first,
    people,
    percent,
    pounds,
    staff,
    two_figures,
)
from planner.documents.context import Context, build_up, notes, to_be_supplied
from planner.documents.sections.decision_record import indication, the_route
from planner.documents.sections.governance import (
    MOST_RISKS,
    ranked_risks,
    risk_row,
)
from planner.documents.sections.paper import (
    LEAST_FREE,
    central_case,
    free_at_first,
    if_they_were_paid,
    of_smaller,
    paper_measure,
)
from planner.model.base import Range, as_range
from planner.model.decision import EqualityGroup, Involved, ScreeningQuestion, SelectionQuestion
from planner.model.document import Block, Paragraph
from planner.model.plan import Attachment, Specification, Stage
from planner.model.service import ServiceOption

MOST_RISKS_OF_A_MANDATE = 5


def finance_by_year(context: Context) -> list[Block]:
    """The cost in each financial year, what is found and what is not, and how a full year's cost
    is made up."""
    costed, plan = context.costed, context.plan
    if costed is None:
        return [
            to_be_supplied(
                context.text("paper.finance.no_option"),
                context.text("paper.finance.no_option_who"),
            )
        ]
    budget, counted = plan.pricing.budget, plan.demand.search_hours is not None
    over = costed.annual_cost.central - (budget or 0.0)
    return [
        *(
            _by_year(costed, context.cost, context)
            if context.cost
            else [
                to_be_supplied(
                    context.text("paper.finance.no_dates"),
                    context.text("paper.finance.no_dates_who"),
                )
            ]
        ),
        *_cost_parts(costed, context),
        *context.say(
            "paper.finance.practices",
            when="practice_cost" in costed.measures,
            hours=paper_measure(costed, "practice_hours"),
            cost=paper_measure(costed, "practice_cost"),
            whole=paper_measure(costed, "cost_with_practices"),
            full_year=costed.full_year,
            searches=" " + context.text("paper.finance.searches") if counted else "",
            left_out=context.text(
                "paper.finance.left_out" if counted else "paper.finance.left_out_all"
            ),
        ),
        *context.say(
            "paper.finance.budget",
            when=budget is not None,
            budget=pounds(budget or 0.0),
            full_year=costed.full_year,
            over=f"{pounds(abs(over))} {'above' if over > 0 else 'below'}",
        ),
        *context.say("paper.finance.not_cash"),
    ]


def _by_year(costed: OptionResult, cost: ServiceCost, context: Context) -> list[Block]:
    central = context.case.sums_of(context.case.option(costed.id)).central
    unsaid = context.text("paper.finance.not_stated")

    def money(value: float | None) -> str:
        return unsaid if value is None else pounds(value)

    def count(value: int | None) -> str:
        return unsaid if value is None else f"{value:,}"

    horizon, demand = context.plan.horizon, context.plan.demand
    profile = build_up(horizon.staffing_profile)
    posts = bool(context.option and context.option.posts)
    letters = "written" in costed.measures

    return [
        context.table(
            "paper.finance.table",
            (
                *(
                    (
                        context.text(
                            "paper.finance.year_of",
                            year=year.financial_year,
                            months=str(year.months),
                        ),
                        count(year.people),
                        pounds(year.cost),
                        money(year.funded),
                        money(year.gap),
                    )
                    for year in cost.years
                ),
                (
                    context.text(
                        "paper.finance.total", months=str(sum(year.months for year in cost.years))
                    ),
                    count(cost.people),
                    pounds(cost.total.central),
                    money(cost.funded),
                    money(cost.gap),
                ),
            ),
            option=costed.name,
            people=context.text("paper.finance.written" if letters else "paper.finance.assessed"),
        ),
        *context.say(
            "paper.finance.full_year",
            full_year=capital(costed.full_year),
            cost=paper_measure(costed, "annual_cost"),
            price_year=costed.price_year,
            pay=percent(central["pay_growth"], 1),
            prices=percent(central["price_growth"], 1),
            staffed=""
            if not posts
            else context.text(
                "paper.finance.recruiting",
                months=f"{horizon.recruitment_months:g}",
                profile=profile,
            )
            if horizon.recruitment_months
            else context.text("paper.finance.all_in_post", profile=profile),
            set_up=context.text("paper.finance.set_up", cost=pounds(costed.set_up))
            if costed.set_up
            else "",
        ),
        *context.say(
            "paper.finance.term_ended" if cost.ended else "paper.finance.term",
            ended=day(cost.ended or date.max),
            low=about_pounds(two_figures(cost.total.low)),
            high=about_pounds(two_figures(cost.total.high)),
        ),
        *context.say(
            "paper.finance.letters", when="letters_cost" in costed.measures and not letters
        ),
        *context.say(
            "paper.finance.people",
            when=cost.people is not None and not letters,
            referrals=build_up(demand.referral_profile),
        ),
        *([] if letters else _free_at_first(costed, context)),
        *(
            block
            for year in cost.years
            if year.left and cost.gap
            for block in context.say(
                "paper.finance.left_over",
                found=pounds((year.funded or 0) + year.left),
                year=year.financial_year,
                left=pounds(year.left),
            )
        ),
        *_smaller(costed, context),
    ]


def _free_at_first(costed: OptionResult, context: Context) -> list[Block]:
    """How much of the team's room is free in each contract year in which referrals build up, unless
    the summary says it beside the smaller team."""
    years = free_at_first(costed, context)
    in_summary = context.smaller is not None and context.smaller.size < 1
    return context.say("paper.finance.free", when=years and not in_summary, years=listed(years))


def _smaller(costed: OptionResult, context: Context) -> list[Block]:
    """What less money would buy: no more than is found, year by year; and the same people without
    room kept free, with why it is kept."""
    room, seen = costed.capacity, costed.people_assessed
    if context.referred is None or room is None or seen is None or "written" in costed.measures:
        return []
    free = 1 - context.referred.central / room.central if room.central else 0.0
    rows = at_equal_reach(context.case, central_case(costed, "people_assessed"))
    full = next((one for one in rows if one.id == costed.id and one.size and one.cost), None)
    return [
        *(_within_funding(costed, context.smaller, context) if context.smaller else []),
        *(
            context.say(
                "paper.finance.kept_free",
                size=percent(full.size or 0),
                cost=about_pounds(full.cost or 0),
                low=people(two_figures(context.referred.low)),
                high=people(two_figures(context.referred.high)),
                room=people(room.central),
            )
            if full and free >= LEAST_FREE
            else []
        ),
    ]


def _within_funding(costed: OptionResult, smaller: SmallerService, context: Context) -> list[Block]:
    """The smaller service in a table like that of the full one, over the same months."""
    rule, given = context.spec.at_ceiling, of_smaller(smaller, context)
    facing = sum(post.inputs["wte"] for post in costed.posts if post.inputs["patient_facing"] > 0)
    part, fewer = smaller.cost, smaller.fewer
    funding = context.spec.funding_found or 0
    whole_year = central_case(costed, "annual_cost") * smaller.size
    return [
        *context.say(
            "paper.finance.smaller_lead",
            found=pounds(funding),
            size=given["size"],
            whole_year=context.text(
                f"paper.finance.smaller_{'more' if whole_year > funding else 'less'}",
                cost=about_pounds(whole_year),
                year=costed.price_year,
            ),
        ),
        context.table(
            "paper.finance.smaller",
            (
                *(
                    (
                        year.financial_year,
                        pounds(year.cost),
                        pounds(year.left),
                        f"{year.people or 0:,}",
                        f"{less:,}",
                    )
                    for year, less in zip(part.years, fewer, strict=True)
                ),
                (
                    context.text("paper.finance.smaller_total", **given),
                    pounds(part.total.central),
                    pounds(sum(year.left for year in part.years)),
                    f"{part.people or 0:,}",
                    f"{sum(fewer):,}",
                ),
            ),
            **given,
        ),
        *context.say(
            "paper.finance.smaller_thin",
            when=facing * smaller.size < THIN_WTE,
            wte=staff(facing * smaller.size),
        ),
        *context.say(
            "paper.finance.smaller_as_many",
            when=sum(fewer) <= 0 and smaller.size < 1,
            room=people(smaller.size * central_case(costed, "capacity")),
        ),
        *context.say(
            "paper.finance.smaller_waits",
            when=sum(fewer) > 0,
            rule=context.text("paper.finance.waits_rule", rule=rule.value)
            if rule
            else context.text("paper.finance.waits"),
        ),
    ]


def delivery(context: Context) -> list[Block]:
    """The team and the provider route, then every step from the decision to the first patient."""
    record = context.spec.decision.selection
    steps = milestones(context.plan)
    undated = context.text("paper.delivery.undated")
    return [
        *(
            [Paragraph(text=" ".join(_team(context.option, context.costed, context)))]
            if context.costed and context.option and context.option.posts
            else []
        ),
        *(
            context.say("paper.delivery.route", route=the_route(record.route))
            if record.route
            else notes([indication(select(record.answers), context.library)], "plain")
        ),
        *(
            context.say("paper.delivery.decided_because", reasons=record.reasons.rstrip("."))
            if record.route and record.reasons
            else []
        ),
        *(
            context.say(
                "paper.delivery.own",
                name=listed([study.short_name for study in context.case_studies.own]),
            )
            if context.case_studies.own
            else []
        ),
        *(
            [
                context.table(
                    "paper.delivery.table",
                    (
                        (
                            context.library.paper.milestones[one.name],
                            day(one.on) if one.on else undated,
                        )
                        for one in steps
                    ),
                )
            ]
            if any(one.on for one in steps)
            else [
                to_be_supplied(
                    context.text("paper.delivery.no_dates"),
                    context.text("paper.delivery.no_dates_who"),
                )
            ]
        ),
        *context.say(
            "paper.delivery.put_off",
            "note",
            when=any(one.name == "standstill" and one.on for one in steps),
        ),
        *_steps_to_a_provider(context),
        *_review_in_time(context),
    ]


def _team(option: ServiceOption, costed: OptionResult, context: Context) -> Iterator[str]:
    """The team post by post, employed and unpaid apart, with its hours with people; and where some
    are unpaid, what they give and what it would cost to pay them."""
    paid, unpaid = (
        [
            context.text(
                "paper.delivery.post_seeing" if cost.hours else "paper.delivery.post",
                title=lower_first(post.title),
                wte=staff(post.wte),
                hours=f"{two_figures(cost.hours):,.0f}",
            )
            for post, cost in zip(option.posts, costed.posts, strict=True)
            if (post.band == "voluntary") is without_pay
        ]
        for without_pay in (False, True)
    )
    yield context.text("paper.delivery.posts", wte=staff(costed.wte))
    if paid:
        yield context.text("paper.delivery.employed", posts="; ".join(paid))
    if not unpaid:
        yield context.text("paper.delivery.all_paid")
        return
    yield context.text(
        "paper.delivery.unpaid",
        posts="; ".join(unpaid),
        hours=f"{two_figures(unpaid_hours(option, context.case)):,.0f}",
    )
    yield if_they_were_paid(option, context)


def _steps_to_a_provider(context: Context) -> list[Block]:
    """What the days from the decision to the award rest on while no route is decided, or that they
    are missing."""
    dated = provider_steps_dated(context.plan)
    if dated is None or context.spec.award_date is None:
        return []
    if not dated:
        return [
            to_be_supplied(
                context.text("paper.delivery.route_undated"),
                context.text("paper.delivery.route_undated_who"),
            )
        ]
    is_open = context.spec.decision.selection.route is None
    return context.say("paper.delivery.route_days", "note", when=is_open)


def _review_in_time(context: Context) -> list[Block]:
    """That a review comes too late for funding that ends, which it does not a year before; and one
    on what was measured before all of it is known, or is not dated at all."""
    spec, first = context.spec, first_patient(context.plan)
    ends, review, measured = spec.funding_ends, spec.review_date, spec.outcome_review
    known = months_after(first, 12) if first else None
    late = ends and review and not spec.funding_recurrent and months_after(review, 12) > ends
    return [
        *(
            context.say("paper.delivery.review_late", "missing", review=day(review), ends=day(ends))
            if late and review and ends
            else []
        ),
        *(
            []
            if known is None
            else [
                to_be_supplied(
                    context.text("paper.delivery.review_open", known=context.words["month_12"]),
                    context.text("paper.delivery.review_open_who"),
                )
            ]
            if measured is None
            else context.say(
                "paper.delivery.review_early",
                "missing",
                when=measured < known,
                review=day(measured),
                known=context.words["month_12"],
            )
        ),
    ]


def scored_risks(context: Context) -> list[Block]:
    """The main risks, each scored before and after what is done about it."""
    risks = ranked_risks(context)
    mandate = context.spec.stage is Stage.MANDATE
    room = MOST_RISKS_OF_A_MANDATE if mandate else MOST_RISKS
    more = len(risks) - MOST_RISKS
    return [
        context.table(
            "paper.risks.table",
            (risk_row(risk, context) for risk in risks[:room]),
        ),
        *context.say("paper.risks.scale", "note"),
        *context.say("paper.risks.others", when=more > 0, count=str(more)),
    ]


def assurance(context: Context) -> list[Block]:
    """Each assessment with its state and, where it is not done, the day by which it will be."""
    spec = context.spec

    def by(attachment: Attachment) -> str:
        due = spec.assurance_due.get(attachment)
        if spec.attachments.get(attachment) == "attached":
            return context.text("paper.assurance.not_needed")
        return day(due) if due else context.text("paper.assurance.undated")

    equality = spec.assurance_due.get(Attachment.EQUALITY)
    done = spec.attachments.get(Attachment.EQUALITY) == "attached"
    late = equality and spec.decision_date and equality > spec.decision_date and not done
    before = _before_it_goes(context)
    if not spec.assurance_due and not set(spec.attachments.values()) - {"missing"}:
        names = listed([lower_first(one.value) for one in Attachment])
        return context.say("paper.assurance.none", "missing", names=names)
    return [
        context.table(
            "paper.assurance.table",
            ((one.value, _state(one, context), by(one)) for one in Attachment),
        ),
        *(
            context.say(
                "paper.assurance.late",
                "missing",
                date=day(equality),
                decision=day(spec.decision_date),
            )
            if late and equality and spec.decision_date
            else context.say("paper.assurance.before", "note", when=before, needed=listed(before))
        ),
    ]


def _before_it_goes(context: Context) -> list[str]:
    """What has to be there before the paper goes to its committee, and is not yet."""
    open_now = [
        context.text(f"paper.assurance.needed_{name}")
        for name, attachment in (
            ("equality", Attachment.EQUALITY), ("involvement", Attachment.INVOLVEMENT),
        )
        if context.spec.attachments.get(attachment) != "attached"
    ]  # fmt: skip
    if context.spec.stage is Stage.MANDATE:
        return open_now
    open_now += [
        context.text(f"paper.assurance.needed_{name}")
        for name, attachment in (
            ("quality", Attachment.QUALITY), ("finance", Attachment.FINANCE),
        )
        if context.spec.attachments.get(attachment) != "attached"
        and _due_before_decision(attachment, context.spec)
    ]  # fmt: skip
    silent = [one.who for one in context.spec.engagement if one.who and not one.view_of_draft]
    if silent:
        open_now.append(
            context.text("paper.assurance.needed_view", who=listed_in_part(silent, 2, 1))
        )
    return [
        *open_now,
        *(
            context.text("paper.assurance.needed_own", name=study.short_name)
            for study in context.case_studies.own
        ),
    ]


def _due_before_decision(attachment: Attachment, spec: Specification) -> bool:
    """Whether the record has an assessment due by the day of the decision."""
    due, decision = spec.assurance_due.get(attachment), spec.decision_date
    return due is not None and decision is not None and due <= decision


def _state(attachment: Attachment, context: Context) -> str:
    """How far an assessment is, with what the record itself holds of it, counted."""
    state, record = context.spec.attachments.get(attachment, "missing"), context.spec.decision
    if state == "attached":
        return context.text("paper.assurance.done")
    counts = {
        Attachment.EQUALITY: (EqualityGroup, len(unanswered_prompts(context.plan)), "groups"),
        Attachment.DATA_PROTECTION: (
            ScreeningQuestion, len(ScreeningQuestion) - len(record.screening.answers), "questions",
        ),
        Attachment.PROVIDER_SELECTION: (
            SelectionQuestion, len(SelectionQuestion) - len(record.selection.answers), "questions",
        ),
        Attachment.INVOLVEMENT: (Involved, len(not_involved(context.plan)), "involved"),
    }  # fmt: skip
    counted, begun = "", state == "draft"
    if attachment in counts:
        every, left, what = counts[attachment]
        begun = begun or left < len(every)
        counted = context.text(
            "paper.assurance.counted",
            count=str(len(every) - left),
            all=str(len(every)),
            what=context.text(f"paper.assurance.{what}"),
        )
        if attachment is Attachment.INVOLVEMENT and record.involvement_assessed is not True:
            counted += context.text("paper.assurance.duty")
    return context.text(
        "paper.assurance.begun" if begun else "paper.assurance.not_started",
        counted=counted if begun else "",
    )


def _cost_parts(costed: OptionResult, context: Context) -> list[Block]:
    """The lines of a full year's cost and their total, each with its likely range."""
    option = context.case.option(costed.id)
    lines = [
        line
        for one in cost_lines(context.case.sums_of(option).known)
        for line in _lines(one, option, costed, context)
    ]
    lines.append((MEASURES["annual_cost"].label, costed.annual_cost))
    return [
        context.table(
            "paper.finance.lines",
            (
                (
                    name,
                    pounds(values.central),
                    " to ".join(about_pounds(end) for end in likely_ends(values))
                    if values.low < values.high
                    else context.text("paper.finance.as_it_stands"),
                )
                for name, values in lines
            ),
            year=costed.price_year,
            full_year=costed.full_year,
        )
    ]


def _lines(
    one: Calculation, option: ServiceOption, costed: OptionResult, context: Context
) -> list[tuple[str, Range]]:
    """A cost line of the register; of other costs each by itself, at the plan's prices, so that
    they add up, with its part of the range that all have together."""
    case, values = context.case, costed.measures.get(one.name)
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
