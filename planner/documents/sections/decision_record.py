"""The parts of a document that keep the rest of the decision record: equality, data protection, involvement."""

from __future__ import annotations

from planner.analysis.completeness.provider_selection import Screened, not_involved, screen, select
from planner.analysis.population.equality import Prompted, prompted
from planner.analysis.statistics.group_rates import capital
from planner.documents.context import Context, part, to_be_supplied
from planner.documents.sections.provider_selection import YES_NO, facts, indication
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.plan import Plan


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
    """The prompts under what the law protects and whom Core20PLUS5 names, leaving out an empty one."""
    grouped = [(name, [e for e in rows if e.prompt.kind == kind]) for kind, name in KINDS.items()]
    return [(name, entries) for name, entries in grouped if entries]


@part
def equality_numbers(context: Context) -> list[Block]:
    result = _prompted(context)
    silent = [entry.prompt.id.value for entry in result if not entry.numbers]
    blocks: list[Block] = [
        Paragraph(text=context.library.decision.core20plus5),
        Table(
            caption="What this plan's numbers say of each group, and what they do not",
            description="For each group the plan has numbers or words on, what they say by class, and what is not known.",
            columns=("Group", "What is known here", "What is not known"),
            rows=tuple(
                (entry.prompt.id.value, " ".join(entry.numbers), entry.prompt.not_known)
                for entry in result
                if entry.numbers
            ),
        ),
    ]
    if silent:
        blocks.append(Paragraph(text=f"The plan holds no numbers on: {'; '.join(silent)}.", tone="note"))
    return blocks


@part
def equality_prompts(context: Context) -> list[Block]:
    result = _prompted(context)
    record = context.plan.specification.decision.equality
    done = sum(bool(entry.answer) for entry in result)
    blocks: list[Block] = []
    if done:
        blocks += [
            Table(
                caption=f"Assessed so far: {name}",
                description="Each group assessed, with the question, the answer, and what will be done.",
                columns=("Group", "Question", "Answer", "What will be done"),
                rows=tuple(
                    (e.prompt.id.value, e.prompt.asks, e.answer, e.mitigation or "NOT YET DECIDED")
                    for e in entries
                ),
            )
            for name, entries in _by_kind([entry for entry in result if entry.answer])
        ]
        blocks.append(
            Paragraph(text=f"Assessed by {record.assessed_by}.")
            if record.assessed_by
            else to_be_supplied("who made the assessment", "equality lead")
        )
    if done < len(result):
        blocks.append(
            Paragraph(text=f"NOT YET ASSESSED: {len(result) - done} of {len(result)} groups.", tone="missing")
        )
        blocks += [
            Table(
                caption=f"Questions still to be answered: {name}",
                description="Each group not yet assessed, with what is not known, the question and who would know.",
                columns=("Group", "Not known", "Question to answer", "Who would know"),
                rows=tuple(
                    (e.prompt.id.value, e.prompt.not_known, e.prompt.asks, capital(e.prompt.who))
                    for e in entries
                ),
            )
            for name, entries in _by_kind([entry for entry in result if not entry.answer])
        ]
    return [*blocks, *facts(context, "equality")]


@part
def equality_actions(context: Context) -> list[Block]:
    """What the assessment asks of the provider, for the contract."""
    rows = [entry for entry in _prompted(context) if entry.mitigation]
    if not rows:
        return [
            to_be_supplied(
                "what the equality and health inequality assessment asks of the provider", "equality lead"
            )
        ]
    return [
        Table(
            caption="What the equality and health inequality assessment asks for",
            description="Each group for whom the assessment asks something of the service, and what.",
            columns=("Group", "What will be done"),
            rows=tuple((entry.prompt.id.value, entry.mitigation) for entry in rows),
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
    result = _screened(context)
    return [
        Paragraph(text=result.conclusion, tone="missing" if result.before or result.unanswered else "plain"),
        *(Paragraph(text=doubt, tone="missing") for doubt in result.doubts),
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
                    entry.calls_for + (f" Needed before {entry.before} begins." if entry.before else ""),
                    capital(entry.who),
                )
                for entry in content.screening
            ),
        ),
        Paragraph(text=f"Agreed with {record.agreed_with}.")
        if record.agreed_with
        else to_be_supplied("who agreed this screening", "data protection officer"),
        _controllers(context),
        *facts(context, "screening"),
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
    message = _told_of(context.plan)
    blocks: list[Block] = [
        Table(
            caption="Those the framework asks to be worked with",
            description="Each group, why, who was involved, when and what changed, or that it is not yet done.",
            columns=("Group", "Why", "Who, when and what changed"),
            rows=tuple(
                (entry.id.value, entry.why, message.get(entry.id.value) or "NOT YET DONE")
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
        to_be_supplied(f"involvement of {group.value[0].lower()}{group.value[1:]}", who[group])
        for group in not_involved(context.plan)
    ]
    blocks.append(Paragraph(text=f"{content.duty} {YES_NO[record.involvement_assessed]}."))
    if record.involvement_reasons:
        blocks.append(Paragraph(text=f"In the board's words: {record.involvement_reasons}"))
    return [*blocks, *facts(context, "involvement")]


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
