"""The parts of a document that keep the decision record.

They are of selecting a provider, equality, data protection and involvement.
"""

from planner.analysis.completeness.provider_selection import (
    STANDSTILL,
    RouteStatus,
    Screened,
    Selection,
    not_involved,
    screen,
    select,
    weigh,
)
from planner.analysis.formatting import capital, day, listed, rounded
from planner.analysis.population.equality import Prompted, prompted
from planner.documents.context import Context, notes, points, to_be_supplied
from planner.model.decision import (
    Criterion,
    DecisionContent,
    Involved,
    Route,
    SelectionQuestion,
    SourcedFact,
)
from planner.model.document import Block, Bullets, Paragraph
from planner.model.library import SpecLibrary
from planner.model.plan import Plan

YES_NO = {True: "Yes", False: "No", None: "Not yet known"}
FACTS_FOR_A_TABLE = 4


def indication(result: Selection, library: SpecLibrary) -> str:
    """What the answers on provider selection indicate, in a sentence that never says more than
    that."""
    content = library.decision
    if result.contradictions:
        return library.text(
            "provider_selection.indication.contradictory",
            why=" ".join(content.contradictions[name] for name in result.contradictions),
        )
    route = result.indicated
    if route:
        return library.text(
            "provider_selection.indication.one",
            route=the_route(route),
            meaning=content.routes[route],
        )
    if len(result.routes) == len(Route):
        return library.text("provider_selection.indication.all_open")
    return library.text(
        "provider_selection.indication.some_open", routes=listed(_names(result.routes), "or")
    )


def the_route(route: Route) -> str:
    """A route as a sentence names it."""
    return route.value if route.value.startswith("direct") else f"the {route.value}"


def _names(routes: tuple[Route, ...]) -> list[str]:
    return [the_route(route) for route in routes]


def _led_to(routes: tuple[Route, ...], before: tuple[Route, ...]) -> str:
    """Where an answer would lead, in a cell."""
    return "The same" if routes == before else capital(listed(_names(routes), "or"))


def _answer(answer: bool | None, question: SelectionQuestion, result: Selection) -> str:
    """An answer in a cell; a question that can no longer change anything does not arise."""
    if answer is None and not result.contradictions and question not in result.open_questions:
        return "Does not arise"
    return YES_NO[answer]


def open_questions(result: Selection, content: DecisionContent) -> list[tuple[str, str, str, str]]:
    """Each question still to be answered, where a yes and a no would lead, and who would know."""
    question = {entry.id: entry for entry in content.questions}
    return [
        (
            question[open.question].asks,
            _led_to(open.if_yes, result.routes),
            _led_to(open.if_no, result.routes),
            question[open.question].who,
        )
        for open in result.unanswered
        if open.matters
    ]


def step_words(result: Selection, content: DecisionContent) -> list[tuple[str, str, str]]:
    """Each step of the sequence with how it stands and what follows from that."""
    rows = []
    for step in content.steps:
        answer, follows = {
            RouteStatus.HOLDS: ("Yes", step.holds),
            RouteStatus.FAILS: ("No", step.fails),
            RouteStatus.OPEN: ("Not yet known", step.open),
            RouteStatus.NOT_REACHED: ("Not reached", "An earlier step decides."),
        }[result.steps[step.id]]
        rows.append((step.asks, answer, follows))
    return rows


def _fact_in_words(fact: SourcedFact) -> str:
    """How a fact is known, and from whom."""
    return f"{capital(fact.status())}: {fact.source}"


def facts(context: Context, about: str) -> list[Block]:
    """What a part of the record rests on: each fact with its status and source, in a table if there
    are many."""
    result = context.library.decision.about(about)
    if len(result) < FACTS_FOR_A_TABLE:
        return [
            Paragraph(text=f"{fact.says} ({_fact_in_words(fact)}.)", tone="note") for fact in result
        ]
    return [
        context.table(
            "provider_selection.facts.table",
            ((fact.name, fact.says, _fact_in_words(fact)) for fact in result),
            about=about,
        )
    ]


def agreement_facts(context: Context) -> list[Block]:
    """What is known of this year's contract and payment rules, for whoever drafts the agreement."""
    return facts(context, "agreement")


def recalled_facts(context: Context) -> list[Block]:
    """Facts that nobody has confirmed: for the author alone, to be looked into or left out."""
    return points(
        context.text("provider_selection.recalled.lead"),
        (fact.says for fact in context.library.decision.recalled),
    )


def stages_table(context: Context) -> list[Block]:
    """Which document of the set serves each stage of strategic commissioning, and the policies this
    work stands under."""
    return [
        context.table(
            "decision_record.stages.table",
            (
                (f"{place}. {capital(stage)}", served)
                for place, (stage, served) in enumerate(
                    context.library.decision.stages.items(), start=1
                )
            ),
        ),
        *facts(context, "policy"),
    ]


def bodies_table(context: Context) -> list[Block]:
    """Bodies that the set names and that may change, each as it is called at a day."""
    return [
        context.table(
            "decision_record.bodies.table",
            (
                (
                    f"{body.name}, at {day(body.as_of)}",
                    body.may_change,
                    _fact_in_words(body),
                )
                for body in context.library.decision.bodies
            ),
        )
    ]


def selection_record(context: Context) -> list[Block]:
    content, record = context.library.decision, context.spec.decision.selection
    result = select(record.answers)
    left = [row[:3] for row in open_questions(result, content)] if result.open_questions else []
    return [
        Paragraph(text=indication(result, context.library)),
        Paragraph(text=content.confirm, tone="missing"),
        *_own_service(context),
        context.table(
            "provider_selection.record.answers",
            (
                (
                    entry.asks,
                    _answer(record.answers.get(entry.id), entry.id, result),
                    capital(entry.who),
                )
                for entry in content.questions
            ),
        ),
        context.table("provider_selection.record.steps", step_words(result, content)),
        *([context.table("provider_selection.record.open", left)] if left else []),
        *_decided(context, result),
    ]


def _own_service(context: Context) -> list[Block]:
    """That a service of the board's own may be an existing provider, where nobody has said."""
    return context.say(
        "provider_selection.own.service",
        "missing",
        context.case_studies.own
        and SelectionQuestion.EXISTING_PROVIDER not in context.spec.decision.selection.answers,
        names=listed([study.short_name for study in context.case_studies.own]),
        by=context.text("provider_selection.own.by", date=day(context.spec.own_service_due))
        if context.spec.own_service_due
        else "",
    )


def _decided(context: Context, result: Selection) -> list[Block]:
    """The board's own decision, apart from what the answers indicate."""
    record = context.spec.decision.selection
    if record.route is None:
        return [
            to_be_supplied(
                context.text("provider_selection.decided.missing"), "committee and procurement"
            )
        ]
    against, among = bool(result.contradictions), record.route in result.routes
    return [
        context.table(
            "provider_selection.decided.table",
            (
                ("Route decided on", capital(record.route.value)),
                ("Reasons", record.reasons or "NOT YET RECORDED"),
                ("Advice taken from", record.advice or "NOT YET TAKEN"),
            ),
        ),
        *context.say("provider_selection.decided.contradictory", "missing", against),
        *context.say("provider_selection.decided.not_among", "missing", not against and not among),
    ]


def key_criteria(context: Context) -> list[Block]:
    content, record = context.library.decision, context.spec.decision.selection
    weighed = weigh(record.weightings, content.social_value_usual)
    return [
        context.table(
            "provider_selection.criteria.table",
            (
                (
                    capital(criterion.value),
                    f"{record.weightings[criterion]:g}"
                    if criterion in record.weightings
                    else "not entered",
                    f"{rounded(content.social_value_usual)} or more in central government; the "
                    "board may choose"
                    if criterion is Criterion.SOCIAL_VALUE
                    else "the board weighs it",
                )
                for criterion in Criterion
            ),
        ),
        *(
            []
            if weighed.given
            else [
                to_be_supplied(
                    context.text("provider_selection.criteria.missing"),
                    "procurement, with the clinical lead",
                )
            ]
        ),
        *notes(weighed.faults, "missing"),
        *context.say(
            "provider_selection.criteria.not_weighed",
            "note",
            not select(record.answers).weighs_criteria,
        ),
    ]


def selection_duties(context: Context) -> list[Block]:
    return [
        Paragraph(
            text=context.text(
                "provider_selection.duties.standstill", routes=listed(_names(STANDSTILL), "or")
            )
        ),
        Bullets(points=tuple(capital(item) for item in context.library.decision.must_record)),
        *facts(context, "selection"),
    ]


def _prompted(context: Context) -> tuple[Prompted, ...]:
    return prompted(
        context.plan,
        context.results.inequality,
        context.library.decision.prompts,
        context.reference.patterns,
    )


KINDS = {
    "protected": "protected characteristics",
    "inclusion": "Core20, PLUS groups and severe mental illness",
}


def _by_kind(rows: list[Prompted]) -> list[tuple[str, list[Prompted]]]:
    """The prompts under what the law protects and whom Core20PLUS5 names, leaving out an empty
    one."""
    return [
        (name, entries)
        for name, entries in [
            (name, [e for e in rows if e.prompt.kind == kind]) for kind, name in KINDS.items()
        ]
        if entries
    ]


def equality_numbers(context: Context) -> list[Block]:
    result = _prompted(context)
    silent = [entry.prompt.id.value for entry in result if not entry.numbers]
    return [
        Paragraph(text=context.library.decision.core20plus5),
        context.table(
            "decision_record.equality.numbers",
            ((entry.prompt.id.value, " ".join(entry.numbers)) for entry in result if entry.numbers),
        ),
        *context.say("decision_record.equality.silent", "note", silent, groups="; ".join(silent)),
    ]


def equality_prompts(context: Context) -> list[Block]:
    result = _prompted(context)
    record = context.spec.decision.equality
    answered = [entry for entry in result if entry.answer]
    unanswered = [entry for entry in result if not entry.answer]
    return [
        *(
            context.table(
                "decision_record.equality.assessed",
                (
                    (e.prompt.id.value, e.prompt.asks, e.answer, e.mitigation or "NOT YET DECIDED")
                    for e in entries
                ),
                kind=kind,
            )
            for kind, entries in _by_kind(answered)
        ),
        *(
            [
                (
                    Paragraph(text=f"Assessed by {record.assessed_by}.")
                    if record.assessed_by
                    else to_be_supplied("who made the assessment", "equality lead")
                )
            ]
            if answered
            else []
        ),
        *context.say(
            "decision_record.equality.not_assessed",
            "missing",
            unanswered,
            open=str(len(unanswered)),
            all=str(len(result)),
        ),
        *(
            context.table(
                "decision_record.equality.open",
                (
                    (e.prompt.id.value, e.prompt.not_known, e.prompt.asks, capital(e.prompt.who))
                    for e in entries
                ),
                kind=kind,
            )
            for kind, entries in _by_kind(unanswered)
        ),
        *facts(context, "equality"),
    ]


def _screened(context: Context) -> Screened:
    return screen(
        context.spec.decision.screening.answers,
        context.library.decision.screening,
        context.option,
    )


def screening_record(context: Context) -> list[Block]:
    content, record = context.library.decision, context.spec.decision.screening
    result = _screened(context)
    parties = {
        "The provider": context.spec.provider or "to be supplied",
        "The board": context.results.organisation.name,
    }
    return [
        Paragraph(
            text=result.conclusion,
            tone="missing" if result.before or result.unanswered else "plain",
        ),
        *notes(result.doubts, "missing"),
        context.table(
            "decision_record.screening.table",
            (
                (
                    entry.asks,
                    YES_NO[record.answers.get(entry.id)],
                    entry.calls_for
                    + (f" Needed before {entry.before} begins." if entry.before else ""),
                    capital(entry.who),
                )
                for entry in content.screening
            ),
        ),
        Paragraph(text=f"Agreed with {record.agreed_with}.")
        if record.agreed_with
        else to_be_supplied("who agreed this screening", "data protection officer"),
        context.table(
            "decision_record.screening.controllers",
            (
                (who, parties.get(who, "each practice that takes part"), capital(what))
                for who, what in content.controllers.items()
            ),
        ),
        *facts(context, "screening"),
    ]


NO_VIEW = "no view of this draft or of the preferred option is recorded"


def _involvement(plan: Plan) -> dict[str, str]:
    """When and with what change each group the framework names was involved."""
    return {
        group.value: "; ".join(
            f"{entry.who}, {entry.when or 'not dated'}: "
            f"{entry.what_changed or 'what changed is not recorded'}; "
            + (f"of this draft: {entry.view_of_draft}" if entry.view_of_draft else NO_VIEW)
            for entry in plan.specification.engagement
            if entry.who and group in entry.groups
        )
        for group in {group for entry in plan.specification.engagement for group in entry.groups}
    }


def involvement_record(context: Context) -> list[Block]:
    content, record = context.library.decision, context.spec.decision
    others = [entry.who for entry in context.spec.engagement if entry.who and not entry.groups]
    reasons = record.involvement_reasons
    return [
        context.table(
            "decision_record.involvement.table",
            (
                (
                    entry.id.value,
                    entry.why,
                    _involvement(context.plan).get(entry.id.value) or "NOT YET DONE",
                )
                for entry in content.involved
            ),
        ),
        *context.say("decision_record.involvement.others", when=others, who="; ".join(others)),
        *(
            to_be_supplied(context.text("decision_record.involvement.not_heard"), entry.who)
            for entry in content.involved
            if entry.id is Involved.LIVED_EXPERIENCE and entry.id in _without_view(context.plan)
        ),
        *(
            to_be_supplied(
                f"involvement of {group.value[0].lower()}{group.value[1:]}",
                {entry.id: entry.who for entry in content.involved}[group],
            )
            for group in not_involved(context.plan)
        ),
        Paragraph(text=f"{content.duty} {YES_NO[record.involvement_assessed]}."),
        *notes([f"In the board's words: {reasons}"] if reasons else [], "plain"),
        *facts(context, "involvement"),
    ]


def _without_view(plan: Plan) -> list[Involved]:
    """The groups that were involved and whose view of the draft is not recorded."""
    entries = [entry for entry in plan.specification.engagement if entry.who]
    return [
        group
        for group in Involved
        if any(group in entry.groups for entry in entries)
        and not any(group in entry.groups and entry.view_of_draft for entry in entries)
    ]


def _involvement_state(context: Context) -> str:
    """How far involvement has come: who is still to be met, whose view is not recorded, and whether
    anyone asked if the duty applies."""
    missing, silent = not_involved(context.plan), _without_view(context.plan)
    unassessed = context.spec.decision.involvement_assessed is None
    parts = (
        (silent, context.text("decision_record.involvement.begun", groups="; ".join(silent))),
        (missing, context.text("decision_record.involvement.not_yet", groups="; ".join(missing))),
        (not missing and not silent, context.text("decision_record.involvement.all")),
        (unassessed, context.text("decision_record.involvement.no_duty")),
    )
    return " ".join(words for holds, words in parts if holds)


def decision_state(context: Context) -> list[Block]:
    """How far each part of the record has come, beside the attachments that it feeds."""
    prompts, assessed = (
        len(context.library.decision.prompts),
        len(context.spec.decision.equality.answers),
    )
    incomplete = "" if assessed == prompts else ", so NOT YET COMPLETE"
    return [
        context.table(
            "decision_record.state.table",
            (
                (
                    "Provider selection",
                    context.text(
                        "decision_record.state.selection",
                        indication=indication(
                            select(context.spec.decision.selection.answers), context.library
                        ),
                    ),
                ),
                (
                    "Equality and health inequalities",
                    f"{assessed} of {prompts} groups assessed{incomplete}.",
                ),
                ("Data protection screening", _screened(context).conclusion),
                ("Involvement", _involvement_state(context)),
            ),
        )
    ]
