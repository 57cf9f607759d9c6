"""The parts of a document that say which selection process answers indicate, step by step, and what to keep."""

from __future__ import annotations

from planner.analysis.completeness.provider_selection import STANDSTILL, Selection, Standing, select, weigh
from planner.analysis.formatting import listed, rounded
from planner.analysis.statistics.group_rates import capital
from planner.documents.context import NONE_HELD, Context, needed, part
from planner.model.decision import Criterion, DecisionContent, Route, SelectionQuestion
from planner.model.document import Block, Bullets, Paragraph, Table

YES_NO = {True: "Yes", False: "No", None: "Not yet known"}
FACTS_FOR_A_TABLE = 4


def indication(found: Selection, content: DecisionContent) -> str:
    """What the answers on provider selection indicate, in a sentence that never says more than that."""
    if found.contradictions:
        said = " ".join(content.contradictions[name] for name in found.contradictions)
        return f"No route is indicated, because answers contradict each other. {said}"
    if found.indicated:
        return f"The answers indicate {_the(found.indicated)}, which is {content.routes[found.indicated]}."
    if len(found.routes) == len(Route):
        return "No route is indicated yet: the answers leave all five open."
    return f"No single route is indicated yet. The answers leave open {listed(_names(found.routes), 'or')}."


def _the(route: Route) -> str:
    return route.value if route.value.startswith("direct") else f"the {route.value}"


def _names(routes: tuple[Route, ...]) -> list[str]:
    return [_the(route) for route in routes]


def _led_to(routes: tuple[Route, ...], before: tuple[Route, ...]) -> str:
    """Where an answer would lead, in a cell."""
    if routes == before:
        return "The same"
    return capital(listed(_names(routes), "or"))


def _answer(answer: bool | None, question: SelectionQuestion, found: Selection) -> str:
    """An answer in a cell; a question that can no longer change anything does not arise."""
    if answer is None and not found.contradictions and question not in found.open_questions:
        return "Does not arise"
    return YES_NO[answer]


def open_questions(found: Selection, content: DecisionContent) -> list[tuple[str, str, str, str]]:
    """Each question still to be answered, where a yes and a no would lead, and who would know."""
    asked = {entry.id: entry for entry in content.questions}
    return [
        (
            asked[open.question].asks,
            _led_to(open.if_yes, found.routes),
            _led_to(open.if_no, found.routes),
            asked[open.question].who,
        )
        for open in found.unanswered
        if open.matters
    ]


def step_words(found: Selection, content: DecisionContent) -> list[tuple[str, str, str]]:
    """Each step of the sequence with how it stands and what follows from that."""
    answer = {Standing.HOLDS: "Yes", Standing.FAILS: "No", Standing.OPEN: "Not yet known"}
    rows = []
    for step in content.steps:
        standing = found.steps[step.id]
        if standing is Standing.NOT_REACHED:
            rows.append((step.asks, "Not reached", "An earlier step decides."))
        else:
            says = {Standing.HOLDS: step.holds, Standing.FAILS: step.fails, Standing.OPEN: step.open}
            rows.append((step.asks, answer[standing], says[standing]))
    return rows


def facts(context: Context, about: str) -> list[Block]:
    """What a part of the record rests on: each fact with its status and source, in a table if there are many."""
    found = context.library.decision.about(about)
    if len(found) < FACTS_FOR_A_TABLE:
        return [
            Paragraph(text=f"{fact.says} ({capital(fact.status)}. Source: {fact.source}.)", tone="note")
            for fact in found
        ]
    return [
        Table(
            caption="What this rests on",
            description="Each fact, whether it has been checked against its publisher, and its source.",
            columns=("Fact", "Status", "Source"),
            rows=tuple((fact.says, capital(fact.status), fact.source) for fact in found),
        )
    ]


@part
def selection_record(context: Context) -> list[Block]:
    content, record = context.library.decision, context.plan.specification.decision.selection
    found = select(record.answers)
    blocks: list[Block] = [
        Paragraph(text=indication(found, content)),
        Paragraph(text=content.confirm, tone="missing"),
        Table(
            caption="Answers on provider selection",
            description="Each question with its answer and who would know.",
            columns=("Question", "Answer", "Who would know"),
            rows=tuple(
                (entry.asks, _answer(record.answers.get(entry.id), entry.id, found), capital(entry.who))
                for entry in content.questions
            ),
        ),
        Table(
            caption="Why, step by step",
            description="Each step of the sequence, how it stands on these answers, and what follows.",
            columns=("Step", "Stands", "What follows"),
            rows=tuple(step_words(found, content)),
        ),
    ]
    if found.open_questions:
        blocks.append(
            Table(
                caption="How each open question would change the route",
                description="Each question not yet answered, with the routes that a yes and a no would leave.",
                columns=("Question", "If yes", "If no"),
                rows=tuple(row[:3] for row in open_questions(found, content)),
            )
        )
    blocks += _decided(record.route, record.reasons, record.advice, found)
    return blocks


def _decided(route: Route | None, reasons: str, advice: str, found: Selection) -> list[Block]:
    """The board's own decision, apart from what the answers indicate."""
    if route is None:
        return [
            needed("the route that the board has decided on, and its reasons", "committee and procurement")
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
    if found.contradictions:
        blocks.append(
            Paragraph(
                text="Since answers above contradict each other, they do not support any route.",
                tone="missing",
            )
        )
    elif route not in found.routes:
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
        blocks.append(needed("the weightings, which must add to 100", "procurement, with the clinical lead"))
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
