"""The parts of a document that keep the decision record: provider selection, equality, data, involvement."""

from __future__ import annotations

from planner.analysis.decision import (
    STANDSTILL,
    Screened,
    Selection,
    Standing,
    not_involved,
    screen,
    select,
    weigh,
)
from planner.analysis.equality import Prompted, prompted
from planner.analysis.groups import capital
from planner.analysis.specification.context import NONE_HELD, Context, needed, part
from planner.analysis.wording import listed, rounded
from planner.model.decision import Criterion, DecisionContent, Fact, Route
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.plan import Plan

YES_NO = {True: "Yes", False: "No", None: "Not yet known"}


def indication(found: Selection, content: DecisionContent) -> str:
    """What the answers on provider selection indicate, in a sentence that never says more than that."""
    if found.contradictions:
        said = " ".join(content.contradictions[name] for name in found.contradictions)
        return f"No route is indicated, because answers contradict each other. {said}"
    if found.indicated:
        return f"The answers indicate the {found.indicated.value}: {content.routes[found.indicated]}."
    if len(found.routes) == len(Route):
        return "No route is indicated yet: the answers leave all five open."
    return (
        f"No single route is indicated yet. The answers leave open the {listed(_names(found.routes), 'or')}."
    )


def _names(routes: tuple[Route, ...]) -> list[str]:
    return [route.value for route in routes]


def _led_to(routes: tuple[Route, ...], before: tuple[Route, ...]) -> str:
    """Where an answer would lead, in a cell."""
    if not routes:
        return "would contradict another answer"
    if routes == before:
        return "the same"
    return capital(listed(_names(routes), "or"))


def open_questions(found: Selection, content: DecisionContent) -> list[tuple[str, str, str, str]]:
    """Each question not yet answered, where a yes and a no would lead, and who would know."""
    asked = {entry.id: entry for entry in content.questions}
    return [
        (
            asked[open.question].asks,
            _led_to(open.if_yes, found.routes),
            _led_to(open.if_no, found.routes),
            asked[open.question].who,
        )
        for open in found.unanswered
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


def _facts(context: Context, about: str) -> list[Block]:
    """What a record rests on, each with its status and source."""
    facts: tuple[Fact, ...] = context.library.decision.about(about)
    return [
        Table(
            caption="What this rests on",
            description="Each fact, whether it has been checked against its publisher, and its source.",
            columns=("Fact", "Status", "Source"),
            rows=tuple((fact.says, capital(fact.status), fact.source) for fact in facts),
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
                (entry.asks, YES_NO[record.answers.get(entry.id)], capital(entry.who))
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
    if found.unanswered and not found.contradictions:
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
    waits = [route.value for route in STANDSTILL]
    return [
        Paragraph(
            text=(
                f"Standstill: eight working days before a contract is entered into, under {listed(waits, 'or')}. "
                "To be kept on record:"
            )
        ),
        Bullets(points=tuple(capital(item) for item in context.library.decision.must_record)),
        *_facts(context, "selection"),
    ]


def _prompted(context: Context) -> tuple[Prompted, ...]:
    return prompted(
        context.plan,
        context.results.inequality,
        context.library.decision.prompts,
        context.reference.patterns,
    )


@part
def equality_numbers(context: Context) -> list[Block]:
    found = _prompted(context)
    silent = [entry.asked.id.value for entry in found if not entry.numbers]
    blocks: list[Block] = [
        Paragraph(text=context.library.decision.core20plus5),
        Table(
            caption="What this plan's numbers say of each group, and what they do not",
            description="For each group the plan has numbers or words on, what they say by class, and what is not known.",
            columns=("Group", "What is known here", "What is not known"),
            rows=tuple(
                (entry.asked.id.value, " ".join(entry.numbers), entry.asked.not_known)
                for entry in found
                if entry.numbers
            ),
        ),
    ]
    if silent:
        blocks.append(Paragraph(text=f"The plan holds no numbers on: {'; '.join(silent)}.", tone="note"))
    return blocks


@part
def equality_prompts(context: Context) -> list[Block]:
    found = _prompted(context)
    record = context.plan.specification.decision.equality
    done = [entry for entry in found if entry.answer]
    left = [entry for entry in found if not entry.answer]
    blocks: list[Block] = []
    if done:
        blocks.append(
            Table(
                caption=f"Assessed so far: {len(done)} of {len(found)} groups",
                description="Each group assessed, with the question, the answer, and what will be done.",
                columns=("Group", "Question", "Answer", "What will be done"),
                rows=tuple(
                    (e.asked.id.value, e.asked.asks, e.answer, e.mitigation or "NOT YET DECIDED")
                    for e in done
                ),
            )
        )
        blocks.append(
            Paragraph(text=f"Assessed by {record.assessed_by}.")
            if record.assessed_by
            else needed("who made the assessment", "equality lead")
        )
    if left:
        blocks += [
            Paragraph(text=f"NOT YET ASSESSED: {len(left)} of {len(found)} groups.", tone="missing"),
            Table(
                caption="Questions still to be answered",
                description="Each group not yet assessed, with what is not known, the question and who would know.",
                columns=("Group", "Not known", "Question to answer", "Who would know"),
                rows=tuple(
                    (e.asked.id.value, e.asked.not_known, e.asked.asks, capital(e.asked.who)) for e in left
                ),
            ),
        ]
    return [*blocks, *_facts(context, "equality")]


@part
def equality_actions(context: Context) -> list[Block]:
    """What the assessment asks of the provider, for the contract."""
    found = [entry for entry in _prompted(context) if entry.mitigation]
    if not found:
        return [
            needed("what the equality and health inequality assessment asks of the provider", "equality lead")
        ]
    return [
        Table(
            caption="What the equality and health inequality assessment asks for",
            description="Each group for whom the assessment asks something of the service, and what.",
            columns=("Group", "What will be done"),
            rows=tuple((entry.asked.id.value, entry.mitigation) for entry in found),
        )
    ]


def _controllers(context: Context) -> Table:
    spec = context.plan.specification
    named = {
        "The provider": spec.provider or "to be supplied",
        "The board": context.results.organisation.name,
    }
    return Table(
        caption="Controllers",
        description="Who decides over which personal data.",
        columns=("Controller", "Name", "Of what"),
        rows=tuple(
            (who, named.get(who, "each practice that takes part"), capital(what))
            for who, what in context.library.decision.controllers.items()
        ),
    )


def _screened(context: Context) -> Screened:
    record = context.plan.specification.decision.screening
    return screen(record.answers, context.library.decision.screening, context.plan.preferred)


def _screening_words(context: Context) -> list[Block]:
    found = _screened(context)
    return [
        Paragraph(text=found.conclusion, tone="missing" if found.before or found.unanswered else "plain"),
        *(Paragraph(text=doubt, tone="missing") for doubt in found.doubts),
    ]


@part
def screening_record(context: Context) -> list[Block]:
    content, record = context.library.decision, context.plan.specification.decision.screening
    return [
        *_screening_words(context),
        Table(
            caption="Data protection screening",
            description="Each question, its answer, what a yes calls for, and who would know.",
            columns=("Question", "Answer", "What a yes calls for", "Who would know"),
            rows=tuple(
                (
                    entry.asks,
                    YES_NO[record.answers.get(entry.id)],
                    entry.calls_for + (f" Before {entry.before}." if entry.before else ""),
                    capital(entry.who),
                )
                for entry in content.screening
            ),
        ),
        Paragraph(text=f"Agreed with {record.agreed_with}.")
        if record.agreed_with
        else needed("who agreed this screening", "data protection officer"),
        _controllers(context),
        *_facts(context, "screening"),
    ]


@part
def screening_outcome(context: Context) -> list[Block]:
    """What the contract needs of the screening: its conclusion, what each yes calls for, and controllers."""
    answers = context.plan.specification.decision.screening.answers
    called = [entry for entry in context.library.decision.screening if answers.get(entry.id)]
    blocks = _screening_words(context)
    if called:
        blocks.append(Bullets(points=tuple(f"{entry.asks} Yes. {entry.calls_for}" for entry in called)))
    return [*blocks, _controllers(context)]


def _told_of(plan: Plan) -> dict[str, str]:
    """When and with what change each group the framework names was involved."""
    return {
        group.value: "; ".join(
            f"{entry.who}, {entry.when or 'not dated'}: {entry.what_changed or 'what changed is not recorded'}"
            for entry in plan.specification.engagement
            if entry.who and group in entry.groups
        )
        for group in {group for entry in plan.specification.engagement for group in entry.groups}
    }


@part
def involvement_record(context: Context) -> list[Block]:
    content, record = context.library.decision, context.plan.specification.decision
    told = _told_of(context.plan)
    blocks: list[Block] = [
        Table(
            caption="Those the framework asks to be worked with",
            description="Each group, why, who was involved, when and what changed, or that it is not yet done.",
            columns=("Group", "Why", "Who, when and what changed"),
            rows=tuple(
                (entry.id.value, entry.why, told.get(entry.id.value) or "NOT YET DONE")
                for entry in content.involved
            ),
        )
    ]
    others = [entry for entry in context.plan.specification.engagement if entry.who and not entry.groups]
    if others:
        blocks.append(
            Paragraph(
                text=(
                    f"Also involved: {'; '.join(entry.who for entry in others)}. Which of the groups above they speak "
                    "for is not recorded."
                )
            )
        )
    who = {entry.id: entry.who for entry in content.involved}
    blocks += [
        needed(f"involvement of {group.value[0].lower()}{group.value[1:]}", who[group])
        for group in not_involved(context.plan)
    ]
    blocks.append(Paragraph(text=f"{content.duty} {YES_NO[record.involvement_assessed]}."))
    if record.involvement_reasons:
        blocks.append(Paragraph(text=f"In the board's words: {record.involvement_reasons}"))
    return [*blocks, *_facts(context, "involvement")]


@part
def decision_state(context: Context) -> list[Block]:
    """How far each part of the record has come, beside the attachments that it feeds."""
    content, record = context.library.decision, context.plan.specification.decision
    screened = _screened(context)
    prompts, missing = len(content.prompts), not_involved(context.plan)
    assessed = len(record.equality.answers)
    return [
        Table(
            caption="How far the decision record has come",
            description="Each part of the decision record annexed, and how far it has come.",
            columns=("Part of the record", "State"),
            rows=(
                (
                    "Provider selection",
                    f"{indication(select(record.selection.answers), content)} To be confirmed with procurement and "
                    "legal advice.",
                ),
                (
                    "Equality and health inequalities",
                    f"{assessed} of {prompts} groups assessed"
                    + ("" if assessed == prompts else ", so NOT YET COMPLETE")
                    + ".",
                ),
                ("Data protection screening", screened.conclusion),
                (
                    "Involvement",
                    f"NOT YET DONE with: {'; '.join(group.value for group in missing)}."
                    if missing
                    else "Each group that the framework names has been involved.",
                ),
            ),
        )
    ]
