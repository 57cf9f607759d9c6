"""What the paper for the board says of options, of the case studies, and of what would be done."""

from collections.abc import Iterator, Sequence

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.completeness.missing_inputs import has_dose_author
from planner.analysis.economics.case_study_comparison import BesideStudy, OutcomeBeside
from planner.analysis.economics.case_study_models import GapPart
from planner.analysis.economics.compare import pair
from planner.analysis.economics.option_costs import OptionResult, full_year_of
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    day,
    format_number,
    format_range,
    listed,
    lower_first,
    people,
    pounds,
    rounded,
    staff,
)
from planner.documents.context import Context, to_be_supplied
from planner.documents.sections.governance import buys_in_clinicians, group_has_begun
from planner.documents.sections.paper import (
    central_case,
    cheaper_rival,
    if_they_were_paid,
    is_wide,
    only_features,
    paper_measure,
)
from planner.model.case_study import Base, FeatureStatus, Measure
from planner.model.document import DASH, Block, Bullets
from planner.model.service import Feature, ServiceOption

MOST_OUTCOMES = 2
MOST_OPTIONS = 8


def options_considered(context: Context) -> list[Block]:
    """Every option in a full year, in one table, or in one year where letters are among them."""
    more = len(context.results.options) - MOST_OPTIONS
    if not context.results.options:
        return [
            to_be_supplied(
                context.text("paper.options.none"), context.text("paper.options.none_who")
            )
        ]
    return [
        context.table(
            "paper.options.table",
            (
                (
                    context.text("paper.options.preferred", option=one.name)
                    if one.id == context.plan.preferred_option
                    else one.name,
                    paper_measure(one, "annual_cost"),
                    context.text(
                        "paper.options.written_once"
                        if one.writes_once
                        else "paper.options.written",
                        written=paper_measure(one, "written"),
                    )
                    if "written" in one.measures
                    else _cell(one, "people_assessed", context),
                    *(_cell(one, name, context) for name in IN_TABLE[2:]),
                )
                for one in context.results.options[:MOST_OPTIONS]
            ),
            year=context.results.options[0].price_year,
            full_year=full_year_of(context.results.options[:MOST_OPTIONS]),
        ),
        *_medians(context.results.options[:MOST_OPTIONS], context),
        *(
            block
            for option in context.plan.options[:MOST_OPTIONS]
            if option.id != context.plan.preferred_option and _unpaid_wte(option)
            for block in context.say(
                "paper.options.unpaid",
                option=option.name,
                wte=staff(_unpaid_wte(option)),
                if_paid=if_they_were_paid(option, context),
            )
        ),
        *context.say("paper.options.not_success", "note"),
        *context.say("paper.options.more", when=more > 0, count=str(more)),
    ]


def _unpaid_wte(option: ServiceOption) -> float:
    return sum(post.wte for post in option.posts if post.band == "voluntary")


IN_TABLE = ("annual_cost", "people_assessed", "cost_per_assessed", "people_starting")
"""The measures of the table of options, in the order of its columns."""


def _cell(option: OptionResult, name: str, context: Context) -> str:
    """A measure, or in words why an option has none: a dash is passed over by many who listen."""
    words = paper_measure(option, name)
    if words != DASH:
        return words
    seen = option.measures.get("people_assessed")
    is_unknown = name in option.withheld and not (seen and seen.high == 0)
    return context.text(
        "paper.options.not_worked_out" if is_unknown else "paper.options.does_not_apply"
    )


def _medians(options: Sequence[OptionResult], context: Context) -> list[Block]:
    """Where the middle of the simulations lies away from the central case that the table prints."""
    those = [
        context.text(
            "paper.options.median",
            option=one.name,
            value=format_number(one.measures[name].central, MEASURES[name].format_unit),
            measure=MEASURES[name].in_a_sentence,
        )
        for one in options
        for name in IN_TABLE
        if name in one.medians
    ]
    return context.say("paper.options.medians", "note", when=those, those=listed(those))


def why_not_others(context: Context) -> list[Block]:
    """Each other option with what it is better on and what the preferred one is, and the reason
    for preferring it all the same; a missing reason is asked for."""
    if context.costed is None:
        return []
    lines = [
        " ".join(_comparison(context.costed, other, context))
        for other in context.results.options[:MOST_OPTIONS]
        if other.id != context.costed.id
    ]
    reason = context.plan.preferred_because.strip()
    return [
        *([*context.say("paper.why.lead"), Bullets(points=tuple(lines))] if lines else []),
        *_features(context),
        *(
            context.say("paper.why.reason", option=context.costed.name, reason=reason)
            if reason
            else [
                to_be_supplied(
                    context.text("paper.why.missing", option=context.costed.name),
                    context.text("paper.why.missing_who"),
                )
            ]
        ),
        *_at_equal_budget(context),
    ]


FOR_A_BOARD = (
    "annual_cost", "people_assessed", "cost_per_assessed", "waiting_weeks", "practice_hours",
    "cost_with_practices",
)  # fmt: skip
"""The measures on which the paper sets options beside one another. No forecast of stopping is among
them, nor who chooses to reduce: people who carry on are helped as much."""
EFFECT = ("net_stopped", "still_off")


def _comparison(costed: OptionResult, other: OptionResult, context: Context) -> Iterator[str]:
    """On what another option is better than the preferred one, and the other way round."""
    if other.annual_cost.high == 0:
        yield context.text("paper.why.nothing", other=other.name)
        return
    result = pair(costed, other)
    loses, gains = (
        [_figures(name, better, worse) for name in names if name in FOR_A_BOARD]
        for names, better, worse in (
            (result.second_better, other, costed),
            (result.first_better, costed, other),
        )
    )
    if loses:
        yield context.text("paper.why.loses", other=other.name, loses="; ".join(loses))
    else:
        yield context.text("paper.why.wins", other=other.name)
    writing = [one for one in (costed, other) if "written" in one.measures]
    if len(writing) == 1 and costed.annual_cost.high > 0:
        (seeing,) = (one for one in (costed, other) if one is not writing[0])
        yield context.text("paper.why.sees", seeing=seeing.name, writing=writing[0].name)
    if set(EFFECT) & set(result.second_better):
        yield _more_stop(costed, other, context)
    if gains:
        yield context.text("paper.why.gains", option=costed.name, better="; ".join(gains))
    elif len(writing) != 1:
        yield from _in_kind(costed, other, context)


def _more_stop(costed: OptionResult, other: OptionResult, context: Context) -> str:
    """That trials of another option's support found more people stopping, in words alone: of whom
    that is, and how sure."""
    rows = context.case.sums_of(context.case.option(other.id)).evidence
    trials = [row for row in rows if not row.no_evidence and row.net]
    return context.text(
        "paper.why.more_stop_letters" if "written" in other.measures else "paper.why.more_stop",
        option=costed.name,
        classes=listed([row.medicine_class.label for row in trials]),
        certainty=listed(
            sorted({lower_first(row.quality.split(";")[0].strip()) for row in trials}), "or"
        ),
    )


def _in_kind(costed: OptionResult, other: OptionResult, context: Context) -> Iterator[str]:
    """What sets the preferred option apart where no measure favours it: what it has and the other
    lacks, and how many kinds of post each needs."""
    ours, theirs = context.case.option(costed.id), context.case.option(other.id)
    alone, rival = only_features(ours, theirs), cheaper_rival(costed, context)
    if alone and rival and rival.id == other.id:
        yield context.text("paper.why.in_summary", option=costed.name)
        return
    yield context.text("paper.why.no_gain", option=costed.name)
    few, many = len(ours.posts), len(theirs.posts)
    if alone:
        yield context.text(
            "paper.why.has_alone", option=costed.name, other=other.name, features=listed(alone)
        )
    if 0 < few < many:
        yield context.text(
            "paper.why.posts", option=costed.name, other=other.name, few=str(few), many=str(many)
        )
    if not alone and not 0 < few < many:
        yield context.text("paper.why.only_reason")


def _features(context: Context) -> list[Block]:
    """Whether each option that acts has the support by which people tell options apart."""
    rows = [
        (
            one.name,
            *(
                context.text(
                    "paper.why.kind_has"
                    if one.feature(feature)
                    else "paper.why.kind_not_stated"
                    if one.feature(feature) is None
                    else "paper.why.kind_has_not"
                )
                for feature in DIFFERENCES
            ),
        )
        for one in context.plan.options[:MOST_OPTIONS]
        if not one.is_do_nothing
    ]
    return [
        *([context.table("paper.why.table", rows)] if len(rows) > 1 else []),
        *_holding_clinicians(context),
    ]


def _holding_clinicians(context: Context) -> list[Block]:
    """Which other options hold in their price what that of the preferred one leaves out."""
    if context.option is None or has_dose_author(context.option) or not buys_in_clinicians(context):
        return []
    seeing = {one.id for one in context.results.options if one.people_assessed}
    those = [
        one.name
        for one in context.plan.options[:MOST_OPTIONS]
        if one.id in seeing and one.posts and has_dose_author(one)
    ]
    return context.say(
        "paper.why.holds_clinicians",
        when=those,
        those=listed(those),
        option=context.option.name,
    )


DIFFERENCES = (
    Feature.PEER_SUPPORT, Feature.PSYCHOLOGICAL_SUPPORT, Feature.PRESCRIBER_IN_TEAM,
)  # fmt: skip
DUTY_OF_EVERY_PROVIDER = (Feature.TEACHING,)
"""What the contract asks of every provider, whatever the option says."""


def _figures(name: str, better: OptionResult, worse: OptionResult) -> str:
    """A measure with the figures of two options, the better first, each of the central case."""
    first, second = (
        format_number(central_case(one, name), MEASURES[name].format_unit)
        for one in (better, worse)
    )
    return f"{MEASURES[name].in_a_sentence} ({first} against {second})"


def _at_equal_budget(context: Context) -> list[Block]:
    """How many people each option could assess for the money at hand, where for any of them that
    differs from the table of options."""
    rows = [row for row in context.projections.at_equal_budget if row.assessed is not None]
    budget = context.plan.pricing.budget
    in_table = {
        one.id: people(central_case(one, "people_assessed"))
        for one in context.results.options
        if one.people_assessed
    }
    if budget is None or all(people(row.assessed or 0) == in_table.get(row.id) for row in rows):
        return []
    each = [
        context.text("paper.why.budget_one", name=row.name, people=people(row.assessed or 0))
        for row in rows
    ]
    return context.say("paper.why.budget", budget=pounds(budget), options="; ".join(each))


def benchmark_in_brief(context: Context) -> list[Block]:
    """The case studies as published beside the preferred option, in one table and five lines."""
    reported: dict[str, list[OutcomeBeside]] = {}
    for row in context.case_studies.outcomes:
        reported.setdefault(row.case_study, []).append(row)
    rows = [
        (
            f"{study.number}. {study.short_name}",
            _published(context, study.id, Measure.COST_PER_HEAD, 2),
            _published(context, study.id, Measure.COST_PER_PERSON, 0),
            _reported(context, reported.get(study.id, [])),
        )
        for study in context.reference.case_studies
    ]
    if context.costed and context.costed.annual_cost.high > 0:
        each = "cost_per_written" if "written" in context.costed.measures else "cost_per_assessed"
        rows.append(
            (
                context.text("paper.benchmark.ours", option=context.costed.name),
                format_range(context.costed.cost_per_head_all_ages, Unit.PENCE),
                paper_measure(context.costed, each),
                context.text("paper.benchmark.ours_reports"),
            )
        )
    return [
        Bullets(points=tuple(_benchmark_lines(context))),
        context.table("paper.benchmark.table", rows, year=context.results.benchmark.price_year),
    ]


def _published(context: Context, study: str, measure: Measure, places: int) -> str:
    rows = [row for row in context.results.benchmark.of(measure) if row.case_study == study]
    cells = [
        (cell, cell is row.published, row.uprated)
        for row in rows
        for cell in (row.published, row.recomputed)
        if cell
    ]
    if not cells:
        return context.text("paper.benchmark.not_printed")
    cell, is_printed, uprated = cells[0]
    words = context.text(
        "paper.benchmark.as_printed" if is_printed else "paper.benchmark.worked_out",
        value=pounds(cell.value, places),
        year=cell.price_year or context.text("paper.benchmark.year_supposed"),
    )
    if uprated is None:
        return words
    words += context.text(
        "paper.benchmark.uprated",
        value=pounds(uprated.value, places),
        year=context.results.benchmark.price_year,
    )
    return words + (
        _counted_otherwise(context, study, pounds(uprated.value, places))
        if measure is Measure.COST_PER_PERSON
        else ""
    )


def _counted_otherwise(context: Context, study: str, uprated: str) -> str:
    """The cost of each person of a case study where its model counts them otherwise than print."""
    costs = (
        (about_pounds(model.parts.per_person), model.counts)
        for model in context.case_studies.models
        if model.case_study == study and model.printed_cost and model.parts.per_person
    )
    each, counts = next(costs, (uprated, ""))
    if each == uprated:
        return ""
    return context.text("paper.benchmark.counted", value=each, counts=counts)


def _reported(context: Context, outcomes: list[OutcomeBeside]) -> str:
    """What a case study reported, as a share of whom: stopping and reducing, or else anything."""
    numbers = [row for row in outcomes if row.reported is not None]
    first = [row for row in numbers if row.outcome in ("stopped", "reduced")] or numbers
    return "; ".join(
        context.text(
            "paper.benchmark.as_told",
            share=f"{rounded(row.reported or 0)}%",
            words=row.words.rstrip("."),
        )
        if row.words and row.outcome not in ("stopped", "reduced")
        else context.text(
            "paper.benchmark.of_unstated",
            share=f"{rounded(row.reported or 0)}%",
            outcome=row.outcome,
        )
        if row.base is Base.NOT_STATED
        else context.text(
            "paper.benchmark.of",
            share=f"{rounded(row.reported or 0)}%",
            outcome=row.outcome,
            base=row.base.value,
        )
        for row in first[:MOST_OUTCOMES]
    ) or context.text("paper.benchmark.nothing")


def _benchmark_lines(context: Context) -> Iterator[str]:
    """What sets the preferred option apart from the case studies, and what they cannot tell."""
    if context.costed is None or context.costed.annual_cost.high == 0:
        yield context.text("paper.benchmark.no_comparison")
        return
    lead = context.case_studies.lead
    yield " ".join((context.case_studies.finding, *_not_planned_on(lead, context.costed, context)))
    same = lead.same_hours if lead else None
    if lead and "written" not in context.costed.measures and same and same.people:
        yield context.text(
            "paper.benchmark.same_hours",
            study=lead.study.name,
            option=context.costed.name,
            people=people(same.people),
            each=about_pounds(same.total / same.people),
        )
    for row in context.results.benchmark.of(Measure.COST_PER_HEAD):
        if row.published and row.uprated:
            yield context.text(
                "paper.benchmark.per_head",
                study=row.name,
                published=pounds(row.published.value, 2),
                uprated=pounds(row.uprated.value, 2),
                year=context.results.benchmark.price_year,
                option=context.costed.name,
                own=pounds(context.costed.cost_per_head_all_ages.central, 2),
            )
    yield context.text("paper.benchmark.no_comparison")
    if context.case_studies.features_in_words:
        lacking = {
            row.feature
            for row in context.case_studies.features
            if row.option is FeatureStatus.HAS_NOT
        }
        promised = [one.value for one in DUTY_OF_EVERY_PROVIDER if one in lacking]
        yield " ".join(
            (
                context.case_studies.features_in_words,
                *(
                    [context.text("paper.benchmark.asked_all_the_same", features=listed(promised))]
                    if promised
                    else []
                ),
            )
        )


DOING_WITHOUT = {
    GapPart.HOURS: "hours", GapPart.ROOM: "room", GapPart.OVERHEADS: "overheads",
    GapPart.MANAGEMENT: "management", GapPart.NON_PAY: "non_pay",
}  # fmt: skip


def _not_planned_on(
    lead: BesideStudy | None, costed: OptionResult, context: Context
) -> Iterator[str]:
    """Why the lower cost for each person of a case study is not planned on: what of the service
    planned here it would mean doing without, the most first."""
    if lead is None or not lead.steps or "written" in costed.measures:
        return
    before, after = lead.steps[0].before, lead.steps[-1].after
    without = [
        context.text(f"paper.benchmark.without_{DOING_WITHOUT[step.part]}")
        for step in sorted(lead.steps, key=lambda step: -step.pounds)
        if step.part in DOING_WITHOUT and step.share > 0 and step.pounds >= SMALLEST_PART
    ]
    if round(after) <= round(before) or not without:
        return
    yield context.text(
        "paper.benchmark.not_planned",
        theirs=pounds(round(before)),
        without=listed(without),
        review=context.text("paper.benchmark.reviewed", date=day(context.spec.outcome_review))
        if context.spec.outcome_review
        else "",
    )


SMALLEST_PART = 10.0
"""Pounds for each person by which a part of a gap is told."""


def planning_figure(context: Context) -> list[Block]:
    """The one planning figure, in a sentence, and the rule for when more come than can be seen."""
    if context.option is None or context.costed is None:
        return []
    return [
        *context.say(
            "paper.intention.described",
            when=context.option.description,
            option=context.costed.name,
            described=context.option.description,
        ),
        *(
            []
            if context.referred is None
            or context.costed.capacity is None
            or "written" in context.costed.measures
            else context.say(
                "paper.intention.planning_one"
                if is_wide(context.referred)
                else "paper.intention.planning",
                low=people(context.referred.low),
                central=people(context.referred.central),
                high=people(context.referred.high),
                room=people(central_case(context.costed, "capacity")),
                rests_on=_rests_on(context),
            )
        ),
        *(
            context.say(
                "paper.intention.waiting",
                rule=context.spec.at_ceiling.value,
                standing=context.text(
                    "paper.intention.agreed"
                    if group_has_begun(context.plan)
                    else "paper.intention.proposed"
                ),
            )
            if context.spec.at_ceiling
            else [
                to_be_supplied(
                    context.text("paper.intention.no_rule"),
                    context.text("paper.intention.no_rule_who"),
                )
            ]
        ),
    ]


def _rests_on(context: Context) -> str:
    """What the rate of referral rests on, from which all else of a service's size follows; where
    letters invite people, first how many of those referred come after one."""
    need, demand = context.need, context.plan.demand
    searched = demand.has_rate_of_case_finding
    if demand.referral_rate is not None:
        rests_on = context.text("paper.intention.rests_on_own")
    elif searched:
        rests_on = context.text("paper.intention.rests_on_searched")
    else:
        rests_on = context.text("paper.intention.rests_on_reactive")
    if not demand.invites or need.demand is None or need.referrals is None:
        return rests_on
    takes = context.option.takes if context.option else 1.0
    letters = context.text(
        "paper.intention.after_a_letter",
        people=people(takes * (need.demand.central - need.referrals.central)),
        others=people(takes * need.referrals.central),
    )
    twice = searched and demand.referral_rate is None
    return " ".join(
        (letters, rests_on, *([context.text("paper.intention.counted_twice")] if twice else []))
    )
