"""The parts of a document that say which selection process answers indicate, step by step, and what to keep."""

from __future__ import annotations

from planner.analysis.completeness.provider_selection import STANDSTILL, RouteStatus, Selection, select, weigh
from planner.analysis.formatting import listed, rounded
from planner.analysis.statistics.group_rates import capital
from planner.documents.context import NONE_HELD, Context, part, to_be_supplied
from planner.model.decision import Criterion, DecisionContent, Route, SelectionQuestion
from planner.model.document import Block, Bullets, Paragraph, Table

YES_NO = {True: "Yes", False: "No", None: "Not yet known"}
FACTS_FOR_A_TABLE = 4


def indication(result: Selection, content: DecisionContent) -> str:
    """What the answers on provider selection indicate, in a sentence that never says more than that."""
    if result.contradictions:
        text = " ".join(content.contradictions[name] for name in result.contradictions)
        return f"No route is indicated, because answers contradict each other. {text}"
    if result.indicated:
        return f"The answers indicate {_the(result.indicated)}, which is {content.routes[result.indicated]}."
    if len(result.routes) == len(Route):
        return "No route is indicated yet: the answers leave all five open."
    return f"No single route is indicated yet. The answers leave open {listed(_names(result.routes), 'or')}."


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
            says = {RouteStatus.HOLDS: step.holds, RouteStatus.FAILS: step.fails, RouteStatus.OPEN: step.open}
            rows.append((step.asks, answer[standing], says[standing]))
    return rows


def facts(context: Context, about: str) -> list[Block]:
    """What a part of the record rests on: each fact with its status and source, in a table if there are many."""
    result = context.library.decision.about(about)
    if len(result) < FACTS_FOR_A_TABLE:
        return [
            Paragraph(text=f"{fact.says} ({capital(fact.status)}. Source: {fact.source}.)", tone="note")
            for fact in result
        ]
    return [
        Table(
            caption="What this rests on",
            description="Each fact, whether it has been checked against its publisher, and its source.",
            columns=("Fact", "Status", "Source"),
            rows=tuple((fact.says, capital(fact.status), fact.source) for fact in result),
        )
    ]


@part
def selection_record(context: Context) -> list[Block]:
    content, record = context.library.decision, context.plan.specification.decision.selection
    result = select(record.answers)
    blocks: list[Block] = [
        Paragraph(text=indication(result, content)),
        Paragraph(text=content.confirm, tone="missing"),
        Table(
            caption="Answers on provider selection",
            description="Each question with its answer and who would know.",
            columns=("Question", "Answer", "Who would know"),
            rows=tuple(
                (entry.asks, _answer(record.answers.get(entry.id), entry.id, result), capital(entry.who))
                for entry in content.questions
            ),
        ),
        Table(
            caption="Why, step by step",
            description="Each step of the sequence, how it stands on these answers, and what follows.",
            columns=("Step", "Stands", "What follows"),
            rows=tuple(step_words(result, content)),
        ),
    ]
    if result.open_questions:
        blocks.append(
            Table(
                caption="How each open question would change the route",
                description="Each question not yet answered, with the routes that a yes and a no would leave.",
                columns=("Question", "If yes", "If no"),
                rows=tuple(row[:3] for row in open_questions(result, content)),
            )
        )
    blocks += _decided(record.route, record.reasons, record.advice, result)
    return blocks


def _decided(route: Route | None, reasons: str, advice: str, result: Selection) -> list[Block]:
    """The board's own decision, apart from what the answers indicate."""
    if route is None:
        return [
            to_be_supplied(
                "the route that the board has decided on, and its reasons", "committee and procurement"
            )
        ]
    blocks: list[Block] = [
        Table(
            caption="What the board has decided",
            description="The route entered by the board, its reasons and whose advice was taken.",
            columns=("Entry", "In the board's words"),
            rows=(
                ("Route decided on", capital(route.value)),
                ("Reasons", reasons or "NOT YET RECORDED"),
                ("Advice taken from", advice or "NOT YET TAKEN"),
            ),
        )
    ]
    if result.contradictions:
        blocks.append(
            Paragraph(
                text="Since answers above contradict each other, they do not support any route.",
                tone="missing",
            )
        )
    elif route not in result.routes:
        blocks.append(
            Paragraph(
                text="The route decided on is not among those that the answers above leave open. Check both.",
                tone="missing",
            )
        )
    return blocks


@part
def key_criteria(context: Context) -> list[Block]:
    content, record = context.library.decision, context.plan.specification.decision.selection
    weighed = weigh(record.weightings, content.social_value_least)
    least = f"at least {rounded(content.social_value_least)} (unconfirmed)"
    blocks: list[Block] = [
        Table(
            caption="The five key criteria (unconfirmed wording) and their weightings",
            description="Each key criterion with the weighting entered, in percent, and any least weighting.",
            columns=("Criterion", "Weighting, %", "Least"),
            rows=tuple(
                (
                    capital(criterion.value),
                    f"{record.weightings[criterion]:g}" if criterion in record.weightings else "not entered",
                    least if criterion is Criterion.SOCIAL_VALUE else NONE_HELD,
                )
                for criterion in Criterion
            ),
        )
    ]
    if not weighed.given:
        blocks.append(
            to_be_supplied("the weightings, which must add to 100", "procurement, with the clinical lead")
        )
    blocks += [Paragraph(text=fault, tone="missing") for fault in weighed.faults]
    if not select(record.answers).weighs_criteria:
        blocks.append(
            Paragraph(
                text="The route indicated does not choose between providers, so weightings may not be called for.",
                tone="note",
            )
        )
    return blocks


@part
def selection_duties(context: Context) -> list[Block]:
    return [
        Paragraph(
            text=(
                f"Standstill: eight working days before a contract is entered into, under {listed(_names(STANDSTILL), 'or')}. "
                "To be kept on record:"
            )
        ),
        Bullets(points=tuple(capital(item) for item in context.library.decision.must_record)),
        *facts(context, "selection"),
    ]
