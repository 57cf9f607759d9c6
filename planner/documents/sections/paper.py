"""Page one of the paper for the board, the case for change, people, and what exists already.

"We" is the board. Nothing is asked below the paper's gate, and nothing is said to be done that the
plan does not record.
"""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from string import Template

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.completeness.missing_inputs import has_dose_author
from planner.analysis.completeness.provider_selection import not_involved, select
from planner.analysis.completeness.readiness import (
    Milestone,
    disordered,
    first_patient,
    group_returns,
    not_ready,
)
from planner.analysis.economics.financial_years import (
    ServiceCost,
    SmallerService,
    service_cost,
    waiting,
)
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import PAID_AT, if_all_were_paid
from planner.analysis.formatting import (
    MONTHS,
    about_pounds,
    capital,
    day,
    format_number,
    format_range,
    listed,
    listed_in_part,
    lower_first,
    people,
    percent,
    pounds,
    staff,
)
from planner.documents.context import Context, notes
from planner.documents.sections.decision_record import the_route
from planner.documents.sections.governance import (
    asks_for_specialist,
    buys_in_clinicians,
    ranked_risks,
)
from planner.documents.tables import marked
from planner.model.base import Range
from planner.model.document import DASH, Block, Bullets, HeaderLine, Paragraph
from planner.model.library import SpecLibrary
from planner.model.missing_input import Consequence, MissingInput
from planner.model.plan import Attachment, IfNotFound, Plan, Stage
from planner.model.prescribing import MedicineClass
from planner.model.service import Feature, ServiceOption

MOST_OPEN = 5
"""How many things a working draft names on its first page."""
MOST_PARTNERS = 5
MOST_INVOLVED = 6
WIDE = 5.0
"""A range wider than this many to one stays in the evidence pack."""
WORKING_DRAFT = "Working draft"
TO_COME = "to go to"
LEAST_FREE = 0.05
"""A smaller part of the room kept free than this is not told."""


def is_draft(context: Context) -> bool:
    """Whether the plan is below the paper's gate, so that its paper asks for nothing."""
    return bool(not_ready(context.plan))


# --------------------------------------------------------------------------------------------------
# Page one: the cover sheet, and what is asked.


def cover(context: Context) -> tuple[HeaderLine, ...]:
    """The lines of the cover sheet."""
    spec = context.spec
    lines = {
        "Purpose": context.text("paper.cover.draft")
        if is_draft(context)
        else context.library.paper.purpose[spec.stage],
        "The board": _icb_end(context),
        "What is asked": _request(context),
        "Service": spec.service_name,
        "Executive owner": context.text(
            "paper.cover.owner",
            sponsor=spec.sponsor,
            lead=context.text("paper.cover.lead", lead=spec.commissioner_lead)
            if spec.commissioner_lead
            else "",
        )
        if spec.sponsor
        else "",
        "Committee": context.text(
            "paper.cover.committee", committee=spec.committee, date=day(spec.decision_date)
        )
        if spec.committee and spec.decision_date
        else spec.committee,
        "Funding": _funding(context),
        "Main risks": "; ".join(risk.risk for risk in ranked_risks(context)[:3]),
        "Impact on": _touches(context),
        "Earlier committees": _earlier(context),
    }
    return tuple(
        HeaderLine(label=label, value=value or "to be supplied")
        for label, value in lines.items()
        if value or label != "The board"
    )


def _request(context: Context) -> str:
    if is_draft(context):
        return context.text("paper.cover.nothing")
    if context.spec.stage is Stage.MANDATE:
        return context.text("paper.cover.ask_mandate")
    if context.costed is None or context.costed.annual_cost.high == 0:
        return context.text("paper.cover.ask_usual")
    return context.text(
        "paper.cover.ask_in_principle"
        if context.cost and context.cost.gap
        else "paper.cover.ask_decision",
        option=context.costed.name,
        **_until(context),
    )


def _until(context: Context) -> dict[str, str]:
    """The last day of what is asked for, where letters are all written before the service's dates
    end."""
    ended = context.cost.ended if context.cost else None
    return {"service_end": day(ended)} if ended else {}


def _funding(context: Context) -> str:
    idle = context.costed is not None and context.costed.annual_cost.high == 0
    if idle or context.spec.stage is Stage.MANDATE:
        return context.text("paper.cover.funding_none")
    cost = context.cost
    if cost is None or cost.funded is None or cost.gap is None:
        return context.text("paper.cover.funding_open")
    if not cost.funded:
        return context.text("paper.cover.funding_nothing", total=pounds(cost.total.central))
    return context.text(
        "paper.cover.funding" if cost.gap else "paper.cover.funded",
        found=pounds(context.spec.funding_found or 0),
        total=pounds(cost.total.central),
        recurs=recurs(context) + signed_off(context),
        gap=pounds(cost.gap),
    )


def signed_off(context: Context) -> str:
    """That finance has not signed off what is found, and by when it will, as an end of a sentence;
    nothing where it has."""
    if (
        not context.spec.funding_found
        or context.spec.attachments.get(Attachment.FINANCE) == "attached"
    ):
        return ""
    due = context.spec.assurance_due.get(Attachment.FINANCE)
    if due is None:
        return context.text("paper.cover.unsigned")
    return context.text("paper.cover.unsigned_until", date=day(due))


def recurs(context: Context) -> str:
    """Whether the funding found recurs, as an end of a sentence."""
    if not context.spec.funding_found or context.spec.funding_recurrent is None:
        return ""
    if context.spec.funding_recurrent:
        return context.text("paper.cover.recurs")
    return context.text("paper.cover.not_recurrent") + (
        context.text("paper.cover.until", date=day(context.spec.funding_ends))
        if context.spec.funding_ends
        else ""
    )


def _earlier(context: Context) -> str:
    """Earlier committees, and that one whose month comes after the paper's own day is to come."""
    entered, written = context.spec.earlier_committees, context.plan.plan_date
    named = [
        date(int(year), MONTHS.index(month) + 1, 1)
        for month, year in re.findall(rf"\b({'|'.join(MONTHS)}) (\d{{4}})\b", entered)
    ]
    if written and named and max(named) > written and TO_COME not in entered:
        return context.text("paper.cover.earlier_to_come", said=entered, to_come=TO_COME)
    return entered or context.text("paper.cover.earlier")


def _touches(context: Context) -> str:
    wte = context.costed.wte if context.costed and context.spec.stage is Stage.DECISION else 0
    return context.text(
        "paper.cover.touches",
        staff=context.text("paper.cover.staff", wte=staff(wte)) if wte else "",
    )


def _icb_end(context: Context) -> str:
    """That the board has ended, or may be part of another by the end of what is decided."""
    icb, ends = (
        context.results.organisation,
        context.spec.service_end or context.spec.decision_date,
    )
    if icb.successors:
        names = [context.reference.find_organisation(code).name for code in icb.successors]
        return context.text("paper.cover.ended", board=icb.name, successors=listed(names))
    announced = next((row for row in context.reference.announced if row.code == icb.code), None)
    if announced is None or ends is None or ends < announced.effective:
        return ""
    partners = [context.reference.find_organisation(code).name for code in announced.partners]
    return context.text(
        "paper.cover.merging",
        board=icb.name,
        partners=listed(partners),
        date=day(announced.effective),
        moment=context.text(
            "paper.cover.before"
            if context.spec.decision_date and announced.effective <= context.spec.decision_date
            else "paper.cover.during"
        ),
        state=announced.state,
        source=announced.source,
    )


def recommendation(context: Context) -> list[Block]:
    """What the committee is asked, by letter; nothing below the paper's gate."""
    if is_draft(context):
        return []
    mandate = context.spec.stage is Stage.MANDATE
    *requests, last = _mandate(context) if mandate else _decision(context).values()
    points = (*(f"{words};" for words in requests), f"{last}.")
    return [*context.say("paper.ask.lead"), Bullets(points=points, of="requests")]


def still_open(context: Context) -> list[Block]:
    """What would change a working draft most: first what its gate lacks, then what else is
    missing. Nothing where the paper may ask."""
    if not is_draft(context):
        return []
    lines = [
        (context.library.paper.gate[name].what, context.library.paper.gate[name].who)
        for name in not_ready(context.plan)
    ]
    # Of each step of the plan what would change most, so that no one of them fills the list. What a
    # board cannot be asked without is in the gate already.
    first_of_step: dict[str, MissingInput] = {}
    for gap in context.missing:
        if gap.changes is not Consequence.DECISION:
            first_of_step.setdefault(gap.where, gap)
    lines += [(gap.what, gap.who) for gap in first_of_step.values()]
    return [
        *context.say("paper.draft.lead"),
        Bullets(
            points=tuple(
                context.text("paper.draft.line", what=capital(what), who=who)
                for what, who in lines[:MOST_OPEN]
            )
        ),
        *(
            Paragraph(text=words, tone="missing")
            for _, _, words in out_of_order(context.plan, context.library)
        ),
    ]


def out_of_order(plan: Plan, library: SpecLibrary) -> Iterator[tuple[Milestone, Milestone, str]]:
    """Each milestone that must come first, the one that is dated before it, and that in words."""
    named = library.paper.milestones
    for before, after in disordered(plan):
        if before.on and after.on:
            words = library.text(
                "paper.draft.order",
                after=lower_first(named[after.name]),
                after_date=day(after.on),
                before=lower_first(named[before.name]),
                before_date=day(before.on),
            )
            yield before, after, words


def _mandate(context: Context) -> Iterator[str]:
    yield context.text("paper.ask.mandate_group")
    yield context.text("paper.ask.mandate_sponsor")
    returns = group_returns(context.plan)
    if returns:
        yield context.text("paper.ask.mandate_return", date=day(returns))


def number_of(request: str, context: Context) -> str:
    """The number of a request, as an end of a sentence that speaks of it; nothing where the paper
    does not make it."""
    names = [] if is_draft(context) else list(_decision(context))
    if request not in names:
        return ""
    return context.text("paper.ask.number", number=str(names.index(request) + 1))


def _decision(context: Context) -> dict[str, str]:
    """Each request of a paper for a decision, by its name, in order."""
    return dict(_requests(context))


def _requests(context: Context) -> Iterator[tuple[str, str]]:
    if context.costed is None or context.costed.annual_cost.high == 0:
        yield "usual", context.text("paper.ask.usual")
        return
    if context.cost is not None:
        sums = [
            f"{pounds(year.cost)} in {year.financial_year}"
            + (f" ({year.months} months)" if year.months < 12 else "")
            for year in context.cost.years
        ]
        yield (
            "approve",
            context.text(
                "paper.ask.in_principle" if context.cost.gap else "paper.ask.approve",
                option=context.costed.name,
                sums=listed(sums),
                total=pounds(context.cost.total.central),
                without=context.text("paper.ask.without_hours")
                if buys_in_clinicians(context)
                else "",
                recurring=context.text(
                    "paper.ask.ended" if context.cost.ended else "paper.ask.recurring"
                ),
                **_until(context),
            ),
        )
        yield from _funding_requests(context.cost, context)
    yield "route", _route(context)
    yield "who", _who_first(context.costed, context)
    yield from _in_its_place(context.costed, context)
    if context.spec.progress:
        yield (
            "progress",
            context.text("paper.ask.progress", progress=context.spec.progress.rstrip(".")),
        )


def _in_its_place(costed: OptionResult, context: Context) -> Iterator[tuple[str, str]]:
    """What a committee may choose that would not pay for more than the cheaper option, which would
    assess as many people."""
    rival = cheaper_rival(costed, context)
    cost = service_cost(rival, context.case) if rival else None
    if rival is None or cost is None or not cost.people or _fewer_by(costed, rival) > 0:
        return
    yield (
        "rival",
        context.text(
            "paper.ask.rival",
            rival=rival.name,
            cost=about_pounds(central_case(rival, "annual_cost")),
            total=pounds(cost.total.central),
            people=people(cost.people),
            # Where all of the preferred option is found, nothing has limited it.
            limit=context.text("paper.ask.same_limit") if context.cost and context.cost.gap else "",
        ),
    )


def _funding_requests(cost: ServiceCost, context: Context) -> Iterator[tuple[str, str]]:
    """What is said of money: that all is found; or the limit until the rest is, and what is left
    to do where it never is; and that a contract holds the hours that no sum of the paper does."""
    total, spec = pounds(cost.total.central), context.spec
    source = context.text("paper.ask.source_once" if cost.ended else "paper.ask.source")
    if not cost.gap:
        yield "funded", context.text("paper.ask.funded", total=total, recurs=recurs(context))
    elif not cost.funded:
        yield "limit", context.text("paper.ask.no_contract", total=total, source=source)
    else:
        yield (
            "limit",
            context.text(
                "paper.ask.limit",
                found=pounds(cost.funded),
                gap=pounds(cost.gap),
                recurs=recurs(context) + signed_off(context),
                source=source,
            ),
        )
    if buys_in_clinicians(context):
        yield (
            "clinicians",
            context.text(
                "paper.ask.clinicians",
                hours=hours_left_out(context),
                advice=context.text("paper.ask.advice") if asks_for_specialist(context) else "",
                on=context.text("paper.ask.on", date=day(spec.award_date))
                if spec.award_date
                else "",
            ),
        )
    if not cost.gap:
        return
    if context.smaller is None or spec.if_not_found is IfNotFound.NOTHING:
        yield "stops", context.text("paper.ask.if_none_stops", by=confirmed_by(context))
        return
    chosen = "smaller" if spec.if_not_found is IfNotFound.SMALLER else "open"
    yield (
        chosen,
        context.text(
            f"paper.ask.if_none_{chosen}",
            by=confirmed_by(context),
            **of_smaller(context.smaller, context),
        ),
    )


def hours_left_out(context: Context) -> str:
    """Whose hours the price of the preferred option does not hold, in words: fewer where its own
    staff may work out a dose."""
    has_own = context.option is not None and has_dose_author(context.option)
    return context.text("paper.clinicians.some" if has_own else "paper.clinicians.all")


def confirmed_by(context: Context) -> str:
    """By when the rest of the money is confirmed, as part of a sentence."""
    due = context.spec.funding_due or context.spec.award_date or context.spec.service_start
    if due is None:
        return context.text("paper.ask.before_contract")
    return context.text("paper.ask.by", date=day(due))


def of_smaller(smaller: SmallerService, context: Context) -> dict[str, str]:
    """What a sentence says of the smaller service."""
    fewer = sum(smaller.fewer)
    return {
        "size": context.text("paper.ask.whole_team")
        if smaller.size >= 1
        else context.text("paper.ask.part_of_team", size=percent(smaller.size)),
        "wte": staff(round(smaller.wte, 1)),
        "worth": pounds(smaller.cost.total.central),
        "until": day(smaller.until),
        "people": people(smaller.cost.people or 0),
        "beside": context.text("paper.ask.fewer", fewer=people(fewer))
        if fewer > 0
        else context.text("paper.ask.as_many"),
    }


def _route(context: Context) -> str:
    record = context.spec.decision.selection
    result = select(record.answers)
    if record.route:
        return context.text("paper.ask.route", route=the_route(record.route))
    if result.indicated:
        return context.text("paper.ask.route_indicated", route=the_route(result.indicated))
    return context.text("paper.ask.route_open", count=str(len(result.routes) or 5))


def _who_first(costed: OptionResult, context: Context) -> str:
    room = costed.capacity
    if "written" in costed.measures:
        return context.text(
            "paper.ask.letters_once" if costed.writes_once else "paper.ask.letters",
            written=paper_measure(costed, "written"),
            full_year=costed.full_year,
        )
    if context.referred is None or room is None:
        return context.text("paper.ask.room_open")
    if room.central >= context.referred.central:
        return context.text(
            "paper.ask.has_room",
            room=people(room.central),
            referred=people(context.referred.central),
        )
    return context.text(
        "paper.ask.greatest_risk",
        room=people(room.central),
        referred=people(context.referred.central),
    )


def if_they_were_paid(option: ServiceOption, context: Context) -> str:
    """What an option with unpaid posts would cost in a full year, and for each person, if they were
    paid."""
    values = if_all_were_paid(option, context.case)
    costed = next(one for one in context.results.options if one.id == option.id)
    each = values.get("cost_per_assessed")
    return context.text(
        "paper.options.if_paid" if each else "paper.options.if_paid_whole",
        band=PAID_AT,
        cost=about_pounds(values["annual_cost"] or 0.0),
        each=about_pounds(each or 0.0),
        full_year=costed.full_year,
    )


def on_several(context: Context) -> float:
    """People on several medicines of those who would reduce with the preferred option, where advice
    for them has to be bought in; nought where it has not, or where nothing says how many reduce."""
    costed = context.costed
    if costed is None or not asks_for_specialist(context):
        return 0.0
    if "people_starting" not in costed.measures:
        return 0.0
    return share_on_several(costed, context) * central_case(costed, "people_starting")


def share_on_several(costed: OptionResult, context: Context) -> float:
    """The share of people that the sums of an option take to be on several medicines."""
    central = context.case.sums_of(context.case.option(costed.id)).central
    return central.get("share_on_several", 0.0)


def paper_measure(option: OptionResult, name: str) -> str:
    """One measure of an option as the paper prints it: its central case whatever other documents
    print, so that figures may be compared and divided; and without its range where that is wide,
    as the evidence pack has it then."""
    values = option.measures.get(name)
    if values is None:
        return DASH
    central, unit = central_case(option, name), MEASURES[name].format_unit
    values = Range(low=min(values.low, central), central=central, high=max(values.high, central))
    if is_wide(values):
        return f"about {format_number(central, unit)}"
    return marked(format_range(values, unit), False, option.often_none.get(name))


def central_case(option: OptionResult, name: str) -> float:
    """The central case of a measure that an option has, where its median is printed elsewhere
    too."""
    if name in option.medians:
        return option.central_case[name]
    return option.measures[name].central


def is_wide(values: Range) -> bool:
    """Whether a range is too wide to plan by."""
    return values.low < values.high and values.high > WIDE * values.low


# --------------------------------------------------------------------------------------------------
# The summary, the case for change, people, and what exists.


def paper_summary(context: Context) -> list[Block]:
    """Need and the preferred option in a few sentences."""
    mandate = context.spec.stage is Stage.MANDATE
    return [
        *(
            context.say(
                "paper.summary.need",
                people=people(context.need.people.central),
                long_term=people(context.need.long_term_people.central),
            )
            if context.need.people and context.need.long_term_people
            else []
        ),
        *(context.say("paper.summary.mandate") if mandate else _of_option(context.costed, context)),
    ]


def _of_option(costed: OptionResult | None, context: Context) -> list[Block]:
    if costed is None:
        return context.say("paper.summary.no_option")
    if costed.annual_cost.high == 0:
        return context.say("paper.summary.usual")

    def words(name: str) -> str:
        return paper_measure(costed, name)

    letters = "cost_per_written" in costed.measures
    decision, first = context.spec.decision_date, first_patient(context.plan)
    return [
        *(
            context.say(
                "paper.summary.letters",
                option=costed.name,
                cost=words("annual_cost"),
                year=costed.price_year,
                written=words("written"),
                each=words("cost_per_written"),
                full_year=costed.full_year,
            )
            if letters
            else context.say(
                "paper.summary.option",
                option=costed.name,
                cost=words("annual_cost"),
                year=costed.price_year,
                assessed=words("people_assessed"),
                each=words("cost_per_assessed"),
            )
        ),
        *_over_the_term(context),
        *([] if letters else _what_it_buys(costed, context)),
        *(
            context.say("paper.summary.dated", decision=day(decision), first=day(first))
            if decision and first and not letters
            else []
        ),
        *context.say("paper.summary.ranges", "note"),
    ]


def _what_it_buys(costed: OptionResult, context: Context) -> list[Block]:
    """What the money is expected to do and what is not known of that; and why it is asked for this
    option and not for a cheaper one."""
    if "people_assessed" not in costed.measures:
        return []
    return [
        *context.say(
            "paper.summary.buys",
            people=people(central_case(costed, "people_assessed")),
        ),
        *notes(against_cheaper(costed, context), "plain"),
        *notes(_not_in_the_price(costed, context), "plain"),
        *_why_not_smaller(costed, context),
    ]


def _why_not_smaller(costed: OptionResult, context: Context) -> list[Block]:
    """Why the service does not begin as small as what is found pays for."""
    smaller = context.smaller
    if smaller is None or context.referred is None or smaller.size >= 1 or costed.capacity is None:
        return []
    room, fewer = smaller.size * central_case(costed, "capacity"), sum(smaller.fewer)
    more = smaller.full.total.central - smaller.cost.total.central
    free, ends = free_at_first(costed, context), context.spec.service_end
    return context.say(
        "paper.summary.not_smaller",
        until=day(smaller.until),
        people=people(smaller.cost.people or 0),
        worth=pounds(smaller.cost.total.central),
        now=people(smaller.full.people or 0),
        full=pounds(smaller.full.total.central),
        beside=context.text(
            "paper.summary.beside_each",
            more=pounds(more),
            fewer=people(fewer),
            each=about_pounds(more / fewer),
        )
        if fewer > 0
        else context.text("paper.summary.beside_nobody", more=pounds(more)),
        free=context.text("paper.summary.free", years=listed(free)) if free else "",
        room=people(room),
        referred=people(context.referred.central),
        range=f"{people(context.referred.low)} to {people(context.referred.high)}",
        number=number_of("smaller", context),
        grow=context.text("paper.summary.grow", date=day(smaller.until + timedelta(days=1)))
        if ends and smaller.until < ends
        else context.text("paper.summary.grow_later"),
    )


def free_at_first(costed: OptionResult, context: Context) -> list[str]:
    """How much of the team's room is free in each contract year in which referrals build up, as
    parts of a sentence."""
    values = context.case.sums_of(context.case.option(costed.id)).values
    years = []
    for year, share in enumerate(
        context.plan.demand.referral_profile[: context.plan.horizon.years], start=1
    ):
        room, taken = values.get(f"capacity_{year}"), values.get(f"taken_{year}")
        if share < 1 and room and taken is not None and 1 - taken / room >= LEAST_FREE:
            years.append(
                context.text(
                    "paper.finance.free_one", share=percent(1 - taken / room), year=str(year)
                )
            )
    return years


def cheaper_rival(costed: OptionResult, context: Context) -> OptionResult | None:
    """Of the options that see people and cost less a year, the one that would assess most, and of
    several the cheapest."""
    if "people_assessed" not in costed.measures:
        return None
    rivals = [
        one
        for one in context.results.options
        if one.annual_cost.high > 0
        and "people_assessed" in one.measures
        and about_pounds(central_case(one, "annual_cost"))
        != about_pounds(central_case(costed, "annual_cost"))
        and central_case(one, "annual_cost") < central_case(costed, "annual_cost")
    ]
    return max(
        rivals,
        key=lambda one: (
            round(central_case(one, "people_assessed")),
            -central_case(one, "annual_cost"),
        ),
        default=None,
    )


def against_cheaper(costed: OptionResult, context: Context) -> Iterator[str]:
    """What the difference to the next cheaper option pays for, in its own people and features."""
    rival = cheaper_rival(costed, context)
    if rival is None:
        yield context.text("paper.summary.cheapest")
        return
    less, fewer = _dearer_by(costed, rival, "annual_cost"), _fewer_by(costed, rival)
    given = {
        "rival": rival.name,
        "option": costed.name,
        "less": about_pounds(less),
        "cost": about_pounds(central_case(rival, "annual_cost")),
        "whole": _with_practices(costed, rival, context),
        "number": number_of("rival", context),
    }
    if fewer > 0:
        yield context.text(
            "paper.summary.rival_fewer",
            fewer=people(fewer),
            each=about_pounds(less / _dearer_by(costed, rival, "people_assessed")),
            **given,
        )
        return
    alone = only_features(context.case.option(costed.id), context.case.option(rival.id))
    yield context.text(
        "paper.summary.rival_same" if fewer == 0 else "paper.summary.rival_more", **given
    )
    yield (
        context.text("paper.summary.pays_for", features=listed(alone), **given)
        if alone
        else context.text("paper.summary.pays_for_nothing", **given)
    )


def _dearer_by(costed: OptionResult, rival: OptionResult, name: str) -> float:
    """By how much a measure of one option is more than that of another, on the central case."""
    return central_case(costed, name) - central_case(rival, name)


def _fewer_by(costed: OptionResult, rival: OptionResult) -> int:
    """How many fewer people another option would assess."""
    return round(_dearer_by(costed, rival, "people_assessed"))


def _with_practices(costed: OptionResult, rival: OptionResult, context: Context) -> str:
    """How much less, or more, another option costs with practices' time, in brackets."""
    if not all("cost_with_practices" in one.measures for one in (costed, rival)):
        return ""
    less = _dearer_by(costed, rival, "cost_with_practices")
    return context.text(
        "paper.summary.whole_less" if less >= 0 else "paper.summary.whole_more",
        by=about_pounds(abs(less)),
    )


def _not_in_the_price(costed: OptionResult, context: Context) -> Iterator[str]:
    """What the specification asks for and the price of the preferred option does not hold: hours of
    clinicians, and what that makes of the difference to a cheaper option; and advice."""
    case, rival = context.case, cheaper_rival(costed, context)
    ours, theirs = case.option(costed.id), case.option(rival.id) if rival else None
    if buys_in_clinicians(context):
        own, difference = has_dose_author(ours), ""
        if rival and theirs and theirs.posts and has_dose_author(theirs) is not own:
            difference = context.text(
                "paper.summary.left_out_less" if own else "paper.summary.left_out_more",
                rival=rival.name,
                less=about_pounds(_dearer_by(costed, rival, "annual_cost")),
            )
        reducing = "people_starting" in costed.measures and not own
        yield context.text(
            "paper.summary.left_out",
            option=costed.name,
            hours=hours_left_out(context),
            number=number_of("clinicians", context),
            difference=difference,
            without=context.text(
                "paper.summary.left_out_without",
                people=people(central_case(costed, "people_starting")),
            )
            if reducing
            else "",
        )
    several = on_several(context)
    if several:
        lacks_it = theirs is not None and theirs.feature(Feature.SPECIALIST_MDT) is False
        yield context.text(
            "paper.summary.advice",
            people=people(several),
            share=percent(share_on_several(costed, context)),
            of_which=context.text("paper.summary.of_both")
            if lacks_it
            else context.text("paper.summary.of_one", option=costed.name),
        )


def only_features(ours: ServiceOption, theirs: ServiceOption) -> list[str]:
    """What one option says that it has and another that it has not."""
    return [one.value for one in Feature if ours.feature(one) and theirs.feature(one) is False]


def _over_the_term(context: Context) -> list[Block]:
    """People assessed over the term and what each costs, which a full year does not show; or those
    written to and the cost."""
    costed = context.costed
    if context.cost is None or costed is None or not context.cost.people:
        return []
    if "written" in costed.measures:
        return context.say(
            "paper.summary.letters_term",
            people=people(context.cost.people),
            total=pounds(context.cost.total.central),
        )
    return context.say(
        "paper.summary.over_term",
        people=people(context.cost.people),
        total=pounds(context.cost.total.central),
        each=about_pounds(context.cost.total.central / context.cost.people),
    )


def case_for_change(context: Context) -> list[Block]:
    """At most ten lines, each with its source; one whose number is not held is left out."""
    values, included = _case_values(context), set(context.included)
    lines = [
        context.text(
            "paper.case.line",
            says=Template(reason.says).substitute(values),
            source=Template(reason.source).substitute(values),
        )
        for reason in context.library.paper.case_for_change
        if (not reason.classes or included & set(reason.classes)) and reason.names <= set(values)
    ]
    return [*([Bullets(points=tuple(lines))] if lines else []), *_if_we_wait(context)]


def _if_we_wait(context: Context) -> list[Block]:
    """What a start a year later would leave undone, and what waiting would give."""
    if (
        context.costed is None
        or context.spec.stage is Stage.MANDATE
        or "written" in context.costed.measures
    ):
        return []
    left = waiting(context.costed, context.case)
    if left is None or context.cost is None:
        return []
    gives = [
        *(
            [context.text("paper.case.gives_source", gap=pounds(context.cost.gap))]
            if context.cost.gap
            else []
        ),
        *(
            context.text("paper.case.gives_own", name=study.short_name)
            for study in context.case_studies.own
        ),
    ]
    return context.say(
        "paper.case.wait",
        later=people(left.later) if left.later else context.text("paper.case.nobody"),
        now=people(left.now),
        until=day(left.until),
        unused=context.text(
            "paper.case.unused",
            unused=pounds(left.unused),
            found=pounds(context.cost.funded or 0.0),
        )
        if left.unused
        else "",
        gives=listed(gives) or context.text("paper.case.gives_nothing"),
    )


HIGHER_WITH_DEPRIVATION = (
    MedicineClass.ANTIDEPRESSANTS,
    MedicineClass.GABAPENTINOIDS,
    MedicineClass.OPIOIDS,
)


def _case_values(context: Context) -> dict[str, str]:
    """What the case for change may say in numbers, as far as it is known."""
    need, profile = context.need, context.results.inequality.profile
    counts = {"people": need.people, "long_term": need.long_term_people}
    assessed = (
        central_case(context.costed, "people_assessed")
        if context.costed and context.costed.annual_cost.high and context.costed.people_assessed
        else None
    )
    not_seen = context.text(
        "paper.case.not_seen" if assessed else "paper.case.nobody_seen",
        people=people(assessed or 0),
    )
    higher = [one.label for one in context.included if one in HIGHER_WITH_DEPRIVATION]
    return (
        {
            "place": context.words["place"],
            "not_seen": not_seen,
            "deprivation_index": profile.index.value,
        }
        | {name: people(value.central) for name, value in counts.items() if value}
        | ({"higher_with_deprivation": listed(higher)} if higher else {})
        | (
            {
                "most_deprived": percent(profile.local[0]),
                "england_most_deprived": percent(profile.england[0]),
            }
            if profile.local and profile.england
            else {}
        )
    )


def people_involved(context: Context) -> list[Block]:
    """Whom the record holds as involved, and whom we will still work with."""
    involved = [one for one in context.spec.engagement if one.who]
    missing = [lower_first(group.value) for group in not_involved(context.plan)]
    lines = [
        context.text(
            "paper.said.worked" if one.what_changed else "paper.said.worked_unsaid",
            who=one.who,
            when=one.when,
            changed=one.what_changed.rstrip("."),
        )
        if one.when
        else context.text("paper.said.undated", who=one.who)
        for one in involved[:MOST_INVOLVED]
    ]
    more = len(involved) - MOST_INVOLVED
    if more > 0:
        lines.append(context.text("paper.said.more", count=str(more)))
    lines += [
        context.text("paper.said.view", who=one.who, view=one.view_of_draft.rstrip("."))
        for one in involved[:MOST_INVOLVED]
        if one.view_of_draft
    ]
    silent = [one.who for one in involved if not one.view_of_draft]
    if silent and context.spec.stage is Stage.DECISION:
        lines.append(context.text("paper.said.no_view", who=listed_in_part(silent, 2, 1)))
    if missing and context.spec.involvement_due:
        lines.append(
            context.text(
                "paper.said.will", groups=listed(missing), date=day(context.spec.involvement_due)
            )
        )
    elif missing:
        lines.append(context.text("paper.said.will_undated", groups=listed(missing)))
    return notes(lines, "plain")


def what_exists(context: Context) -> list[Block]:
    """The board's own case study, if it has one, and the services to work with."""
    offers = [one for one in context.spec.directory if one.offer]
    partners = [
        context.text(
            "paper.exists.wait" if one.wait else "paper.exists.no_wait",
            offer=one.offer,
            provider=one.provider or "provider not given",
            wait=one.wait,
        )
        for one in offers[:MOST_PARTNERS]
    ]
    more = len(offers) - len(partners)
    return [
        *(
            block
            for study in context.case_studies.own
            for block in context.say(
                "paper.exists.own" if context.spec.own_service_due else "paper.exists.own_undated",
                name=study.short_name,
                date=day(context.spec.own_service_due) if context.spec.own_service_due else "",
                gate=context.text("paper.exists.own_gate")
                if context.spec.stage is Stage.DECISION
                else "",
            )
        ),
        *(
            context.say(
                "paper.exists.partners",
                offers="; ".join(partners)
                + (context.text("paper.exists.more", count=str(more)) if more else ""),
            )
            if partners
            else context.say("paper.exists.none")
        ),
        *context.say("paper.exists.ends", when=context.spec.existing_service_ends),
    ]
