"""The parts of the paper for the board: what is asked, why, and what it costs, risks and needs.

"We" is the board. Nothing is asked below the paper's gate, and nothing is said to be done that the
plan does not record.
"""

from collections.abc import Iterator
from string import Template

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.completeness.provider_selection import not_involved, select
from planner.analysis.completeness.readiness import disordered, milestones, not_ready
from planner.analysis.economics.case_study_comparison import OutcomeBeside
from planner.analysis.economics.compare import pair
from planner.analysis.economics.financial_years import ServiceCost, service_cost
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    capital,
    day,
    format_range,
    listed,
    lower_first,
    people,
    percent,
    pounds,
    rounded,
    staff,
)
from planner.documents.context import Context, notes, to_be_supplied
from planner.documents.sections.governance import finance_lines
from planner.documents.tables import measure_shown
from planner.model.base import Range
from planner.model.case_study import Measure
from planner.model.document import DASH, Block, Bullets, HeaderLine
from planner.model.plan import Attachment, Level, Risk, Stage
from planner.model.prescribing import MedicineClass

MOST_OPEN = 5
"""How many things a working draft names on its first page."""
MOST_PARTNERS = 5
MOST_RISKS = 12
WIDE = 5.0
"""A range wider than this many to one stays in the evidence pack."""
SCORES: dict[Level, int] = {"low": 1, "medium": 2, "high": 3}
RETURNS_AFTER = 22
"""Weeks after which a group comes back, as its standing workplan has it."""


def is_draft(context: Context) -> bool:
    """Whether the plan is below the paper's gate, so that its paper asks for nothing."""
    return bool(not_ready(context.plan))


def status(context: Context) -> str:
    """What the paper's head says of how far it has come."""
    version = f"version {context.plan.specification.version or 'not numbered'}"
    return f"WORKING DRAFT, {version}" if is_draft(context) else f"DRAFT, {version}"


# --------------------------------------------------------------------------------------------------
# Page one: the cover sheet, and what is asked.


def cover(context: Context) -> tuple[HeaderLine, ...]:
    """The lines of the cover sheet."""
    spec = context.plan.specification
    lines = {
        "Purpose": context.text("paper.cover.draft")
        if is_draft(context)
        else context.library.paper.purpose[spec.stage],
        "What is asked": _asked(context),
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
        "Main risks": "; ".join(risk.risk for risk in _risks(context)[:3]),
        "Touches": _touches(context),
        "Earlier committees": spec.earlier_committees or context.text("paper.cover.earlier"),
        "The board": _board(context),
    }
    return tuple(
        HeaderLine(label=label, value=value or "to be supplied")
        for label, value in lines.items()
        if value or label != "The board"
    )


def _asked(context: Context) -> str:
    spec, costed = context.plan.specification, context.results.preferred
    if is_draft(context):
        return context.text("paper.cover.nothing")
    if spec.stage is Stage.MANDATE:
        return context.text("paper.cover.ask_mandate", start=context.words["group_start"])
    if costed is None or costed.annual_cost.high == 0:
        return context.text("paper.cover.ask_usual")
    return context.text("paper.cover.ask_decision", option=costed.name, **_term(context))


def _term(context: Context) -> dict[str, str]:
    return {"start": context.words["service_start"], "end": context.words["service_end"]}


def _funding(context: Context) -> str:
    if context.plan.specification.stage is Stage.MANDATE:
        return context.text("paper.cover.funding_none")
    cost = _service_cost(context)
    if cost is None or cost.found is None or cost.gap is None:
        return context.text("paper.cover.funding_open")
    return context.text(
        "paper.cover.funding" if cost.gap else "paper.cover.funded",
        found=pounds(context.plan.specification.funding_found or 0),
        total=pounds(cost.total.central),
        recurs=_recurs(context),
        **({"gap": pounds(cost.gap)} if cost.gap else {}),
    )


def _recurs(context: Context) -> str:
    """Whether the funding found recurs, as an end of a sentence."""
    spec = context.plan.specification
    if not spec.funding_found or spec.funding_recurrent is None:
        return ""
    if spec.funding_recurrent:
        return context.text("paper.cover.recurs")
    until = spec.funding_ends
    return context.text("paper.cover.not_recurrent") + (
        context.text("paper.cover.until", date=day(until)) if until else ""
    )


def _touches(context: Context) -> str:
    costed = context.results.preferred
    wte = costed.wte if costed and context.plan.specification.stage is Stage.DECISION else 0
    return context.text(
        "paper.cover.touches",
        staff=context.text("paper.cover.staff", wte=staff(wte)) if wte else "",
    )


def _board(context: Context) -> str:
    """That the board has ended, or may be part of another by the end of what is decided."""
    results, spec = context.results, context.plan.specification
    board, ends = results.organisation, spec.service_end or spec.decision_date
    if board.successors:
        names = [context.reference.find_organisation(code).name for code in board.successors]
        return context.text("paper.cover.ended", board=board.name, successors=listed(names))
    announced = next((row for row in context.reference.announced if row.code == board.code), None)
    if announced is None or ends is None or ends < announced.effective:
        return ""
    partners = [context.reference.find_organisation(code).name for code in announced.partners]
    return context.text(
        "paper.cover.merging",
        board=board.name,
        partners=listed(partners),
        date=day(announced.effective),
        state=announced.state,
        source=announced.source,
    )


def recommendation(context: Context) -> list[Block]:
    """What the committee is asked, numbered; or, below the gate, what is open, and no request."""
    if is_draft(context):
        return _open(context)
    mandate = context.plan.specification.stage is Stage.MANDATE
    asked = _mandate(context) if mandate else _decision(context)
    return [*context.say("paper.ask.lead"), *notes(asked, "plain")]


def _open(context: Context) -> list[Block]:
    """What would change a working draft most: first what its gate lacks, then what else is
    missing."""
    paper = context.library.paper
    lines = [(paper.gate[name].what, paper.gate[name].who) for name in not_ready(context.plan)]
    lines += [(gap.what, gap.who) for gap in context.results.missing_inputs]
    told = {capital(what): who for what, who in reversed(lines)}
    first = list(reversed(told.items()))[:MOST_OPEN]
    return [
        *context.say("paper.draft.lead"),
        Bullets(
            points=tuple(
                context.text("paper.draft.line", what=what, who=who) for what, who in first
            )
        ),
        *(
            block
            for before, after in disordered(context.plan)
            if before.on and after.on
            for block in context.say(
                "paper.draft.order",
                "missing",
                after=lower_first(paper.milestones[after.name]),
                after_date=day(after.on),
                before=lower_first(paper.milestones[before.name]),
                before_date=day(before.on),
            )
        ),
    ]


def _mandate(context: Context) -> Iterator[str]:
    spec = context.plan.specification
    yield context.text("paper.ask.mandate_group")
    yield context.text("paper.ask.mandate_sponsor")
    if spec.group_start:
        yield context.text(
            "paper.ask.mandate_return", date=day(weeks_after(spec.group_start, RETURNS_AFTER))
        )


def _decision(context: Context) -> Iterator[str]:
    costed, spec = context.results.preferred, context.plan.specification
    if costed is None or costed.annual_cost.high == 0:
        yield context.text("paper.ask.usual")
        return
    cost = _service_cost(context)
    if cost is not None:
        sums = [
            f"{pounds(year.cost)} in {year.financial_year}"
            + (f" ({year.months} months)" if year.months < 12 else "")
            for year in cost.years
        ]
        yield context.text(
            "paper.ask.approve", option=costed.name, sums=listed(sums), **_term(context)
        )
        yield _found(cost, context)
    yield _route(context)
    yield _who_first(costed, context)
    if spec.progress:
        yield context.text("paper.ask.progress", progress=spec.progress)


def _found(cost: ServiceCost, context: Context) -> str:
    total = pounds(cost.total.central)
    if not cost.found:
        return context.text("paper.ask.unfunded", total=total)
    if not cost.gap:
        return context.text("paper.ask.funded", total=total, recurs=_recurs(context))
    return context.text(
        "paper.ask.part_funded",
        total=total,
        found=pounds(cost.found),
        gap=pounds(cost.gap),
        recurs=_recurs(context),
    )


def _route(context: Context) -> str:
    record = context.plan.specification.decision.selection
    result = select(record.answers)
    if record.route:
        return context.text("paper.ask.route", route=_the(record.route.value))
    if result.indicated:
        return context.text("paper.ask.route_indicated", route=_the(result.indicated.value))
    return context.text("paper.ask.route_open", count=str(len(result.routes) or 5))


def _the(route: str) -> str:
    return route if route.startswith("direct") else f"the {route}"


def _who_first(costed: OptionResult, context: Context) -> str:
    referred, room = _referred(context), costed.people_assessed
    if "written" in costed.measures:
        return context.text("paper.ask.letters", written=measure_shown(costed, "written"))
    if referred is None or room is None or costed.capacity is None:
        return context.text("paper.ask.room_open")
    if costed.capacity.central >= referred.central:
        return context.text(
            "paper.ask.has_room",
            room=people(costed.capacity.central),
            referred=people(referred.central),
        )
    return context.text(
        "paper.ask.greatest_risk", room=people(room.central), referred=people(referred.central)
    )


def _referred(context: Context) -> Range | None:
    """People referred to the preferred option in a full year."""
    need, option = context.results.need, context.plan.preferred
    return need.demand.scaled(option.takes) if need.demand and option else None


def _service_cost(context: Context) -> ServiceCost | None:
    costed = context.results.preferred
    return service_cost(costed, context.results.case) if costed else None


# --------------------------------------------------------------------------------------------------
# The summary, the case for change, people, and what exists.


def paper_summary(context: Context) -> list[Block]:
    """Need and the preferred option in a few sentences."""
    need, costed = context.results.need, context.results.preferred
    mandate = context.plan.specification.stage is Stage.MANDATE
    return [
        *(
            context.say(
                "paper.summary.need",
                people=people(need.people.central),
                long_term=people(need.long_term_people.central),
            )
            if need.people and need.long_term_people
            else [to_be_supplied(f"how many people are prescribed them: {why}", "analyst")]
            if (why := need.missing_because)
            else []
        ),
        *(context.say("paper.summary.mandate") if mandate else _of_option(costed, context)),
    ]


def _of_option(costed: OptionResult | None, context: Context) -> list[Block]:
    if costed is None:
        return context.say("paper.summary.no_option")
    if costed.annual_cost.high == 0:
        return context.say("paper.summary.usual")

    def words(name: str) -> str:
        return measure_shown(costed, name)

    letters = "cost_per_written" in costed.measures
    return [
        *(
            context.say(
                "paper.summary.letters",
                option=costed.name,
                cost=words("annual_cost"),
                year=costed.price_year,
                written=words("written"),
                each=words("cost_per_written"),
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
        *context.say("paper.summary.loses", when=context.projections.where_it_loses),
        *context.say("paper.summary.ranges", "note"),
    ]


def case_for_change(context: Context) -> list[Block]:
    """At most ten lines, each with its source; one whose number is not held is left out."""
    values, included = _case_values(context), set(context.plan.prescribing.included)
    lines = [
        context.text(
            "paper.case.line",
            says=Template(reason.says).substitute(values),
            source=Template(reason.source).substitute(values),
        )
        for reason in context.library.paper.case_for_change
        if (not reason.classes or included & set(reason.classes)) and reason.names <= set(values)
    ]
    return [Bullets(points=tuple(lines))] if lines else []


HIGHER_WITH_DEPRIVATION = (
    MedicineClass.ANTIDEPRESSANTS,
    MedicineClass.GABAPENTINOIDS,
    MedicineClass.OPIOIDS,
)


def _case_values(context: Context) -> dict[str, str]:
    """What the case for change may say in numbers, as far as it is known."""
    need, profile = context.results.need, context.results.inequality.profile
    counts = {
        "people": need.people,
        "long_term": need.long_term_people,
        "new_opioids": need.new_long_term_opioids,
    }
    higher = [
        one.label for one in context.plan.prescribing.included if one in HIGHER_WITH_DEPRIVATION
    ]
    return (
        {"place": context.words["place"], "deprivation_index": profile.index.value}
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


def people_said(context: Context) -> list[Block]:
    """Whom the record holds as involved, and whom we will still work with."""
    spec = context.plan.specification
    missing = [lower_first(group.value) for group in not_involved(context.plan)]
    lines = [
        context.text(
            "paper.said.worked" if one.what_changed else "paper.said.worked_unsaid",
            who=one.who,
            when=one.when,
            **({"changed": one.what_changed.rstrip(".")} if one.what_changed else {}),
        )
        if one.when
        else context.text("paper.said.undated", who=one.who)
        for one in spec.engagement
        if one.who
    ]
    if missing and spec.involvement_due:
        lines.append(
            context.text("paper.said.will", groups=listed(missing), date=day(spec.involvement_due))
        )
    elif missing:
        lines.append(context.text("paper.said.will_undated", groups=listed(missing)))
    return notes(lines, "plain")


def what_exists(context: Context) -> list[Block]:
    """The board's own case study, if it has one, and the services to work with."""
    spec, own = context.plan.specification, context.projections.case_studies.own
    offers = [one for one in spec.directory if one.offer]
    told = [
        context.text(
            "paper.exists.wait" if one.wait else "paper.exists.no_wait",
            offer=one.offer,
            provider=one.provider or "provider not given",
            **({"wait": one.wait} if one.wait else {}),
        )
        for one in offers[:MOST_PARTNERS]
    ]
    more = len(offers) - len(told)
    return [
        *(
            block
            for study in own
            for block in context.say("paper.exists.own", name=study.short_name)
        ),
        *context.say("paper.exists.own_here", when=own),
        *(
            context.say(
                "paper.exists.partners",
                offers="; ".join(told)
                + (context.text("paper.exists.more", count=str(more)) if more else ""),
            )
            if told
            else context.say("paper.exists.none")
        ),
        *context.say("paper.exists.ends", when=spec.existing_service_ends),
    ]


# --------------------------------------------------------------------------------------------------
# Options, why not the others, and the case studies.


def options_considered(context: Context) -> list[Block]:
    """Every option in a full year, in one table."""
    results, chosen = context.results, context.plan.preferred_option
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
                    measure_shown(one, "annual_cost"),
                    context.text("paper.options.written", written=measure_shown(one, "written"))
                    if "written" in one.measures
                    else measure_shown(one, "people_assessed"),
                    *(
                        measure_shown(one, name)
                        for name in ("cost_per_assessed", "people_starting")
                    ),
                )
                for one in results.options
            ),
            year=results.options[0].price_year,
        )
    ]


def why_not_others(context: Context) -> list[Block]:
    """Each other option with what it is better on and what the preferred one is, and the reason
    for preferring it all the same; a missing reason is asked for."""
    plan, costed = context.plan, context.results.preferred
    if costed is None:
        return []
    loses = {
        words.partition(" is better on ")[0]: words for words in context.projections.where_it_loses
    }
    lines = []
    for other in context.results.options:
        if other.id == costed.id:
            continue
        better = listed([MEASURES[name].in_a_sentence for name in pair(costed, other).first_better])
        if other.annual_cost.high == 0:
            lines.append(context.text("paper.why.nothing", other=other.name))
        elif other.name not in loses:
            lines.append(context.text("paper.why.wins", other=other.name, option=costed.name))
        elif better:
            lines.append(
                context.text(
                    "paper.why.loses",
                    loses=loses[other.name],
                    option=costed.name,
                    better=better,
                )
            )
        else:
            lines.append(context.text("paper.why.loses_only", loses=loses[other.name]))
    reason = plan.preferred_because.strip()
    return [
        *([*context.say("paper.why.lead"), Bullets(points=tuple(lines))] if lines else []),
        *(
            context.say("paper.why.reason", option=costed.name, reason=reason)
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
                measure_shown(costed, each),
                context.text("paper.benchmark.ours_reports"),
            )
        )
    return [
        Bullets(points=tuple(_benchmark_lines(context))),
        context.table("paper.benchmark.table", rows),
    ]


def _published(context: Context, study: str, measure: Measure, places: int) -> str:
    found = [
        row
        for row in context.results.benchmark.of(measure)
        if row.case_study == study and (row.published or row.recomputed)
    ]
    return (
        pounds((found[0].published or found[0].recomputed).value, places)  # type: ignore[union-attr]
        if found
        else context.text("paper.benchmark.not_printed")
    )


def _reported(context: Context, outcomes: list[OutcomeBeside]) -> str:
    """What a case study reported of stopping and reducing first, or else of anything."""
    told = [row for row in outcomes if row.reported is not None]
    return "; ".join(
        context.text(
            "paper.benchmark.of",
            share=f"{rounded(row.reported or 0)}%",
            outcome=row.outcome.value,
            base=row.base.value,
        )
        for row in told[:3]
    ) or context.text("paper.benchmark.nothing")


def _benchmark_lines(context: Context) -> Iterator[str]:
    comparison, costed = context.projections.case_studies, context.results.preferred
    yield comparison.finding
    lead = comparison.lead
    same = lead.same_hours if lead else None
    if lead and costed and same and same.people and same.per_person:
        yield context.text(
            "paper.benchmark.same_hours",
            study=lead.study.name,
            option=costed.name,
            people=people(same.people),
            each=about_pounds(same.per_person),
        )
    for row in context.results.benchmark.of(Measure.COST_PER_HEAD):
        if row.published and row.uprated and costed and costed.annual_cost.high > 0:
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
    if comparison.features_in_words:
        yield comparison.features_in_words


# --------------------------------------------------------------------------------------------------
# What it will do, what it costs, and how it is delivered.


def planning_figure(context: Context) -> list[Block]:
    """The one planning figure, in a sentence, and the rule for when more come than can be seen."""
    plan, costed = context.plan, context.results.preferred
    referred = _referred(context)
    if plan.preferred is None or costed is None:
        return []
    room = costed.people_assessed
    rule = plan.specification.at_ceiling
    narrow = referred is not None and referred.low > 0 and referred.high <= WIDE * referred.low
    return [
        *context.say(
            "paper.intention.described",
            when=plan.preferred.description,
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
            if narrow
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


def finance_by_year(context: Context) -> list[Block]:
    """The cost in each financial year, what is found and what is not, and how a full year's cost
    is made up."""
    costed, plan = context.results.preferred, context.plan
    if costed is None:
        return [
            to_be_supplied(
                context.text("paper.finance.no_option"),
                context.text("paper.finance.no_option_who"),
            )
        ]
    cost = _service_cost(context)
    budget = plan.pricing.budget
    return [
        *(
            _by_year(costed, cost, context)
            if cost
            else [
                to_be_supplied(
                    context.text("paper.finance.no_dates"),
                    context.text("paper.finance.no_dates_who"),
                )
            ]
        ),
        *finance_lines(context),
        *context.say(
            "paper.finance.practices",
            when="practice_cost" in costed.measures,
            hours=measure_shown(costed, "practice_hours"),
            cost=measure_shown(costed, "practice_cost"),
            whole=measure_shown(costed, "cost_with_practices"),
        ),
        *(
            context.say(
                "paper.finance.budget",
                budget=pounds(budget),
                over=_over(costed.annual_cost.central - budget),
            )
            if budget is not None
            else []
        ),
    ]


def _over(by: float) -> str:
    return f"{pounds(abs(by))} {'above' if by > 0 else 'below'}"


def _by_year(costed: OptionResult, cost: ServiceCost, context: Context) -> list[Block]:
    central = context.results.case.sums_of(context.results.case.option(costed.id)).central
    unsaid = context.text("paper.finance.not_stated")

    def money(value: float | None) -> str:
        return unsaid if value is None else pounds(value)

    return [
        context.table(
            "paper.finance.table",
            (
                *(
                    (
                        year.financial_year,
                        str(year.months),
                        pounds(year.cost),
                        money(year.found),
                        money(year.gap),
                    )
                    for year in cost.years
                ),
                (
                    context.text("paper.finance.total"),
                    str(sum(year.months for year in cost.years)),
                    pounds(cost.total.central),
                    money(cost.found),
                    money(cost.gap),
                ),
            ),
            option=costed.name,
        ),
        *context.say(
            "paper.finance.full_year",
            cost=measure_shown(costed, "annual_cost"),
            price_year=costed.price_year,
            pay=percent(central["pay_growth"], 1),
            prices=percent(central["price_growth"], 1),
            set_up=pounds(costed.set_up),
        ),
        *context.say(
            "paper.finance.term",
            low=about_pounds(cost.total.low),
            high=about_pounds(cost.total.high),
        ),
        *context.say("paper.finance.recurrent"),
        *context.say(
            "paper.finance.funding",
            when=context.plan.specification.funding_source,
            source=context.plan.specification.funding_source,
            recurs=_recurs(context),
        ),
    ]


def delivery(context: Context) -> list[Block]:
    """The team and the provider route, then every step from the decision to the first patient."""
    plan, costed = context.plan, context.results.preferred
    record = plan.specification.decision.selection
    posts = [lower_first(post.title) for post in plan.preferred.posts] if plan.preferred else []
    words = context.library.paper.milestones
    steps = milestones(plan)
    undated = context.text("paper.delivery.undated")
    return [
        *(
            context.say("paper.delivery.posts", wte=staff(costed.wte), posts=listed(posts))
            if costed and posts
            else []
        ),
        *(
            context.say("paper.delivery.route", route=_the(record.route.value))
            if record.route
            else []
        ),
        *(
            context.say("paper.delivery.decided_because", reasons=record.reasons.rstrip("."))
            if record.route and record.reasons
            else []
        ),
        context.table(
            "paper.delivery.table",
            ((words[one.name], day(one.on) if one.on else undated) for one in steps),
        ),
        *context.say(
            "paper.delivery.bank_holidays", "note", when=any(s.name == "standstill" for s in steps)
        ),
    ]


# --------------------------------------------------------------------------------------------------
# Risks and assurance.


def _risks(context: Context) -> list[Risk]:
    """The plan's own risks and the standing ones, the highest score before anything is done
    first."""
    own = [risk for risk in context.plan.specification.risks if risk.risk]
    return sorted((*own, *context.library.workplan.risks), key=lambda one: -_score(one))


def _score(risk: Risk) -> int:
    return SCORES[risk.likelihood] * SCORES[risk.impact]


def scored_risks(context: Context) -> list[Block]:
    """The main risks, each scored before and after what is done about it."""
    risks = _risks(context)
    more = len(risks) - MOST_RISKS
    return [
        context.table(
            "paper.risks.table",
            (
                (
                    risk.risk,
                    _scored(risk.likelihood, risk.impact, context),
                    risk.mitigation or "to be agreed",
                    _scored(risk.likelihood_after, risk.impact_after, context),
                    risk.owner or "to be named",
                )
                for risk in risks[:MOST_RISKS]
            ),
        ),
        *context.say("paper.risks.scale", "note"),
        *context.say("paper.risks.others", when=more > 0, count=str(more)),
    ]


def _scored(likelihood: Level | None, impact: Level | None, context: Context) -> str:
    if likelihood is None or impact is None:
        return context.text("paper.risks.not_judged")
    return context.text(
        "paper.risks.score",
        likelihood=str(SCORES[likelihood]),
        impact=str(SCORES[impact]),
        score=str(SCORES[likelihood] * SCORES[impact]),
    )


def assurance(context: Context) -> list[Block]:
    """Each assessment with its state and, where it is not done, the day by which it will be."""
    spec = context.plan.specification
    states = {
        "attached": context.text("paper.assurance.done"),
        "draft": context.text("paper.assurance.draft"),
        "missing": context.text("paper.assurance.not_started"),
    }

    def by(attachment: Attachment) -> str:
        due = spec.assurance_due.get(attachment)
        if spec.attachments.get(attachment) == "attached":
            return DASH
        return day(due) if due else context.text("paper.assurance.undated")

    equality = spec.assurance_due.get(Attachment.EQUALITY)
    done = spec.attachments.get(Attachment.EQUALITY) == "attached"
    late = equality and spec.decision_date and equality > spec.decision_date and not done
    return [
        context.table(
            "paper.assurance.table",
            (
                (one.value, states[spec.attachments.get(one, "missing")], by(one))
                for one in Attachment
            ),
        ),
        *(
            context.say(
                "paper.assurance.late",
                "missing",
                date=day(equality),
                decision=day(spec.decision_date),
            )
            if late and equality and spec.decision_date
            else context.say("paper.assurance.before", "note", when=not done)
        ),
    ]
