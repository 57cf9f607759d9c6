"""What the paper for the board says of options, of the case studies, and of what would be done."""

from collections.abc import Iterator

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.case_study_comparison import OutcomeBeside
from planner.analysis.economics.compare import pair
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    format_number,
    format_range,
    listed,
    lower_first,
    people,
    pounds,
    rounded,
)
from planner.documents.context import Context, to_be_supplied
from planner.documents.sections.paper import is_wide, paper_measure, referred_to_preferred
from planner.model.case_study import Base, FeatureStatus, Measure, Outcome
from planner.model.document import Block, Bullets
from planner.model.service import Feature

MOST_OUTCOMES = 2
MOST_OPTIONS = 8
MOST_WORDS = 150
"""A reason of more words than this stands in the evidence pack."""


def is_long(reason: str) -> bool:
    """Whether a reason has more words than the paper has room for."""
    return len(reason.split()) > MOST_WORDS


def options_considered(context: Context) -> list[Block]:
    """Every option in a full year, in one table."""
    results, chosen = context.results, context.plan.preferred_option
    more = len(results.options) - MOST_OPTIONS
    if not results.options:
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
                    if one.id == chosen
                    else one.name,
                    paper_measure(one, "annual_cost"),
                    context.text("paper.options.written", written=paper_measure(one, "written"))
                    if "written" in one.measures
                    else paper_measure(one, "people_assessed"),
                    *(
                        paper_measure(one, name)
                        for name in ("cost_per_assessed", "people_starting")
                    ),
                )
                for one in results.options[:MOST_OPTIONS]
            ),
            year=results.options[0].price_year,
        ),
        *context.say("paper.options.more", when=more > 0, count=str(more)),
    ]


def why_not_others(context: Context) -> list[Block]:
    """Each other option with what it is better on and what the preferred one is, and the reason
    for preferring it all the same; a missing reason is asked for."""
    plan, costed = context.plan, context.results.preferred
    if costed is None:
        return []
    lines = [
        " ".join(_comparison(costed, other, context))
        for other in context.results.options[:MOST_OPTIONS]
        if other.id != costed.id
    ]
    reason = plan.preferred_because.strip()
    return [
        *([*context.say("paper.why.lead"), Bullets(points=tuple(lines))] if lines else []),
        *_features(context),
        *(
            context.say("paper.why.reason_long", option=costed.name)
            if is_long(reason)
            else context.say("paper.why.reason", option=costed.name, reason=reason)
            if reason
            else [
                to_be_supplied(
                    context.text("paper.why.missing", option=costed.name),
                    context.text("paper.why.missing_who"),
                )
            ]
        ),
        *_at_equal_budget(context),
    ]


FOR_A_BOARD = (
    "annual_cost", "people_assessed", "people_starting", "cost_per_assessed", "cost_per_start",
    "waiting_weeks", "practice_hours",
)  # fmt: skip
"""The measures on which the paper sets options beside one another; no forecast of stopping is
among them."""
EFFECT = ("net_stopped", "still_off")


def _comparison(costed: OptionResult, other: OptionResult, context: Context) -> Iterator[str]:
    """On what another option is better than the preferred one, and the other way round."""
    if other.annual_cost.high == 0:
        yield context.text("paper.why.nothing", other=other.name)
        return
    result = pair(costed, other)
    loses = [
        f"{MEASURES[name].in_a_sentence} ({_central(other, name)} against {_central(costed, name)})"
        for name in result.second_better
        if name in FOR_A_BOARD
    ]
    gains = [
        f"{MEASURES[name].in_a_sentence} ({_central(costed, name)} against {_central(other, name)})"
        for name in result.first_better
        if name in FOR_A_BOARD
    ]
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
    rows = context.results.case.sums_of(context.results.case.option(other.id)).evidence
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
    case = context.results.case
    ours, theirs = case.option(costed.id), case.option(other.id)
    yield context.text("paper.why.no_gain", option=costed.name)
    alone = [one.value for one in Feature if ours.feature(one) and theirs.feature(one) is False]
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
    plan = context.plan
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
                for feature in TOLD_APART_BY
            ),
        )
        for one in plan.options[:MOST_OPTIONS]
        if not one.is_do_nothing
    ]
    return [context.table("paper.why.table", rows)] if len(rows) > 1 else []


TOLD_APART_BY = (
    Feature.PEER_SUPPORT, Feature.PSYCHOLOGICAL_SUPPORT, Feature.PRESCRIBER_IN_TEAM,
)  # fmt: skip
ASKED_OF_EVERY_PROVIDER = (Feature.TEACHING,)
"""What the contract asks of every provider, so that no option is without it."""


def _central(option: OptionResult, name: str) -> str:
    return format_number(option.measures[name].central, MEASURES[name].format_unit)


def _at_equal_budget(context: Context) -> list[Block]:
    rows = [row for row in context.projections.at_equal_budget if row.assessed is not None]
    budget = context.plan.pricing.budget
    if not rows or budget is None:
        return []
    each = [
        context.text("paper.why.budget_one", name=row.name, people=people(row.assessed or 0))
        for row in rows
    ]
    return context.say("paper.why.budget", budget=pounds(budget), options="; ".join(each))


def benchmark_in_brief(context: Context) -> list[Block]:
    """The case studies as published beside the preferred option, in one table and five lines."""
    comparison, costed = context.projections.case_studies, context.results.preferred
    reported: dict[str, list[OutcomeBeside]] = {}
    for row in comparison.outcomes:
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
    if costed and costed.annual_cost.high > 0:
        each = "cost_per_written" if "written" in costed.measures else "cost_per_assessed"
        rows.append(
            (
                context.text("paper.benchmark.ours", option=costed.name),
                format_range(costed.cost_per_head_all_ages, Unit.PENCE),
                paper_measure(costed, each),
                context.text("paper.benchmark.ours_reports"),
            )
        )
    return [
        Bullets(points=tuple(_benchmark_lines(context))),
        context.table("paper.benchmark.table", rows),
    ]


def _published(context: Context, study: str, measure: Measure, places: int) -> str:
    cells = [
        (cell, cell is row.published)
        for row in context.results.benchmark.of(measure)
        if row.case_study == study
        for cell in (row.published, row.recomputed)
        if cell
    ]
    if not cells:
        return context.text("paper.benchmark.not_printed")
    cell, is_printed = cells[0]
    return context.text(
        "paper.benchmark.as_printed" if is_printed else "paper.benchmark.worked_out",
        value=pounds(cell.value, places),
        year=cell.price_year or context.text("paper.benchmark.year_supposed"),
    )


def _reported(context: Context, outcomes: list[OutcomeBeside]) -> str:
    """What a case study reported, as a share of whom: stopping and reducing, or else anything."""
    numbers = [row for row in outcomes if row.reported is not None]
    first = [row for row in numbers if row.outcome in (Outcome.STOPPED, Outcome.REDUCED)] or numbers
    return "; ".join(
        context.text(
            "paper.benchmark.as_told",
            share=f"{rounded(row.reported or 0)}%",
            words=row.words.rstrip("."),
        )
        if row.words and row.outcome not in (Outcome.STOPPED, Outcome.REDUCED)
        else context.text(
            "paper.benchmark.of_unstated",
            share=f"{rounded(row.reported or 0)}%",
            outcome=row.outcome.value,
        )
        if row.base is Base.NOT_STATED
        else context.text(
            "paper.benchmark.of",
            share=f"{rounded(row.reported or 0)}%",
            outcome=row.outcome.value,
            base=row.base.value,
        )
        for row in first[:MOST_OUTCOMES]
    ) or context.text("paper.benchmark.nothing")


def _benchmark_lines(context: Context) -> Iterator[str]:
    """What sets the preferred option apart from the case studies, and what they cannot tell."""
    comparison, costed = context.projections.case_studies, context.results.preferred
    if costed is None or costed.annual_cost.high == 0:
        yield context.text("paper.benchmark.no_comparison")
        return
    yield comparison.finding
    lead = comparison.lead
    same = lead.same_hours if lead else None
    if lead and "written" not in costed.measures and same and same.people:
        yield context.text(
            "paper.benchmark.same_hours",
            study=lead.study.name,
            option=costed.name,
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
                option=costed.name,
                own=pounds(costed.cost_per_head_all_ages.central, 2),
            )
    yield context.text("paper.benchmark.no_comparison")
    lacks = [
        row.feature.value
        for row in comparison.features
        if row.success_of
        and row.option is FeatureStatus.HAS_NOT
        and row.feature not in ASKED_OF_EVERY_PROVIDER
    ]
    if lacks:
        yield context.text("paper.benchmark.lacks", option=costed.name, features=listed(lacks))


def planning_figure(context: Context) -> list[Block]:
    """The one planning figure, in a sentence, and the rule for when more come than can be seen."""
    plan, costed = context.plan, context.results.preferred
    referred = referred_to_preferred(context)
    if plan.preferred is None or costed is None:
        return []
    room = costed.capacity
    rule = plan.specification.at_ceiling
    return [
        *context.say(
            "paper.intention.described",
            when=plan.preferred.description and not is_long(plan.preferred.description),
            option=costed.name,
            described=plan.preferred.description,
        ),
        *(
            []
            if referred is None or room is None or "written" in costed.measures
            else context.say(
                "paper.intention.planning",
                low=people(referred.low),
                high=people(referred.high),
                room=people(room.central),
            )
            if not is_wide(referred)
            else context.say(
                "paper.intention.planning_one",
                central=people(referred.central),
                room=people(room.central),
            )
        ),
        *(
            context.say("paper.intention.waiting", rule=rule.value)
            if rule
            else [
                to_be_supplied(
                    context.text("paper.intention.no_rule"),
                    context.text("paper.intention.no_rule_who"),
                )
            ]
        ),
    ]
