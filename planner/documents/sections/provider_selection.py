"""The parts of a document that say which selection process answers indicate, step by step, and what to keep."""

from planner.analysis.completeness.provider_selection import (
    STANDSTILL,
    RouteStatus,
    Selection,
    select,
    weigh,
)
from planner.analysis.formatting import capital, listed, rounded
from planner.documents.context import Context, notes, to_be_supplied
from planner.model.decision import Criterion, DecisionContent, Route, SelectionQuestion
from planner.model.document import DASH, Block, Bullets, Paragraph
from planner.model.library import SpecLibrary

YES_NO = {True: "Yes", False: "No", None: "Not yet known"}
FACTS_FOR_A_TABLE = 4


def indication(result: Selection, library: SpecLibrary) -> str:
    """What the answers on provider selection indicate, in a sentence that never says more than
    that."""
    content = library.decision
    if result.contradictions:
        why = " ".join(content.contradictions[name] for name in result.contradictions)
        return library.text("provider_selection.indication.contradictory", why=why)
    route = result.indicated
    if route:
        return library.text(
            "provider_selection.indication.one", route=_the(route), meaning=content.routes[route]
        )
    if len(result.routes) == len(Route):
        return library.text("provider_selection.indication.all_open")
    return library.text(
        "provider_selection.indication.some_open", routes=listed(_names(result.routes), "or")
    )


def _the(route: Route) -> str:
    return route.value if route.value.startswith("direct") else f"the {route.value}"


def _names(routes: tuple[Route, ...]) -> list[str]:
    return [_the(route) for route in routes]


def _led_to(routes: tuple[Route, ...], before: tuple[Route, ...]) -> str:
    """Where an answer would lead, in a cell."""
    if routes == before:
        return "The same"
    return capital(listed(_names(routes), "or"))


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
    answer = {RouteStatus.HOLDS: "Yes", RouteStatus.FAILS: "No", RouteStatus.OPEN: "Not yet known"}
    rows = []
    for step in content.steps:
        standing = result.steps[step.id]
        if standing is RouteStatus.NOT_REACHED:
            rows.append((step.asks, "Not reached", "An earlier step decides."))
        else:
            says = {
                RouteStatus.HOLDS: step.holds,
                RouteStatus.FAILS: step.fails,
                RouteStatus.OPEN: step.open,
            }
            rows.append((step.asks, answer[standing], says[standing]))
    return rows


def facts(context: Context, about: str) -> list[Block]:
    """What a part of the record rests on: each fact with its status and source, in a table if there
    are many."""
    result = context.library.decision.about(about)
    if len(result) < FACTS_FOR_A_TABLE:
        return [
            Paragraph(
                text=f"{fact.says} ({capital(fact.status)}. Source: {fact.source}.)", tone="note"
            )
            for fact in result
        ]
    rows = ((fact.says, capital(fact.status), fact.source) for fact in result)
    return [context.table("provider_selection.facts.table", rows)]


def selection_record(context: Context) -> list[Block]:
    content, record = context.library.decision, context.plan.specification.decision.selection
    result = select(record.answers)
    answers = (
        (entry.asks, _answer(record.answers.get(entry.id), entry.id, result), capital(entry.who))
        for entry in content.questions
    )
    left = [row[:3] for row in open_questions(result, content)] if result.open_questions else []
    return [
        Paragraph(text=indication(result, context.library)),
        Paragraph(text=content.confirm, tone="missing"),
        context.table("provider_selection.record.answers", answers),
        context.table("provider_selection.record.steps", step_words(result, content)),
        *([context.table("provider_selection.record.open", left)] if left else []),
        *_decided(context, result),
    ]


def _decided(context: Context, result: Selection) -> list[Block]:
    """The board's own decision, apart from what the answers indicate."""
    record = context.plan.specification.decision.selection
    if record.route is None:
        return [
            to_be_supplied(
                context.text("provider_selection.decided.missing"), "committee and procurement"
            )
        ]
    rows = (
        ("Route decided on", capital(record.route.value)),
        ("Reasons", record.reasons or "NOT YET RECORDED"),
        ("Advice taken from", record.advice or "NOT YET TAKEN"),
    )
    against, among = bool(result.contradictions), record.route in result.routes
    return [
        context.table("provider_selection.decided.table", rows),
        *context.say("provider_selection.decided.contradictory", "missing", against),
        *context.say("provider_selection.decided.not_among", "missing", not against and not among),
    ]


def key_criteria(context: Context) -> list[Block]:
    content, record = context.library.decision, context.plan.specification.decision.selection
    weighed = weigh(record.weightings, content.social_value_least)
    least = f"at least {rounded(content.social_value_least)} (unconfirmed)"
    rows = (
        (
            capital(criterion.value),
            f"{record.weightings[criterion]:g}"
            if criterion in record.weightings
            else "not entered",
            least if criterion is Criterion.SOCIAL_VALUE else DASH,
        )
        for criterion in Criterion
    )
    missing = to_be_supplied(
        context.text("provider_selection.criteria.missing"), "procurement, with the clinical lead"
    )
    weighs = select(record.answers).weighs_criteria
    return [
        context.table("provider_selection.criteria.table", rows),
        *([] if weighed.given else [missing]),
        *notes(weighed.faults, "missing"),
        *context.say("provider_selection.criteria.not_weighed", "note", not weighs),
    ]


def selection_duties(context: Context) -> list[Block]:
    routes = listed(_names(STANDSTILL), "or")
    return [
        Paragraph(text=context.text("provider_selection.duties.standstill", routes=routes)),
        Bullets(points=tuple(capital(item) for item in context.library.decision.must_record)),
        *facts(context, "selection"),
    ]
