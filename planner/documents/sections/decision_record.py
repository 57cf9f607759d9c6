"""The parts of a document that keep the rest of the decision record: equality, data protection, involvement."""

from planner.analysis.completeness.provider_selection import Screened, not_involved, screen, select
from planner.analysis.formatting import capital
from planner.analysis.population.equality import Prompted, prompted
from planner.documents.context import Context, notes, to_be_supplied
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


def equality_numbers(context: Context) -> list[Block]:
    result = _prompted(context)
    silent = [entry.prompt.id.value for entry in result if not entry.numbers]
    rows = (
        (entry.prompt.id.value, " ".join(entry.numbers), entry.prompt.not_known)
        for entry in result
        if entry.numbers
    )
    return [
        Paragraph(text=context.library.decision.core20plus5),
        context.table("decision_record.equality.numbers", rows),
        *context.say("decision_record.equality.silent", "note", silent, groups="; ".join(silent)),
    ]


def equality_prompts(context: Context) -> list[Block]:
    result = _prompted(context)
    record = context.plan.specification.decision.equality
    answered = [entry for entry in result if entry.answer]
    unanswered = [entry for entry in result if not entry.answer]
    assessed = (
        Paragraph(text=f"Assessed by {record.assessed_by}.")
        if record.assessed_by
        else to_be_supplied("who made the assessment", "equality lead")
    )
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
        *([assessed] if answered else []),
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


def equality_actions(context: Context) -> list[Block]:
    """What the assessment asks of the provider, for the contract."""
    rows = [(e.prompt.id.value, e.mitigation) for e in _prompted(context) if e.mitigation]
    if not rows:
        return [to_be_supplied(context.text("decision_record.equality.missing"), "equality lead")]
    return [context.table("decision_record.equality.actions", rows)]


def _controllers(context: Context) -> Table:
    named = {
        "The provider": context.plan.specification.provider or "to be supplied",
        "The board": context.results.organisation.name,
    }
    rows = (
        (who, named.get(who, "each practice that takes part"), capital(what))
        for who, what in context.library.decision.controllers.items()
    )
    return context.table("decision_record.screening.controllers", rows)


def _screened(context: Context) -> Screened:
    record = context.plan.specification.decision.screening
    return screen(record.answers, context.library.decision.screening, context.plan.preferred)


def _screening_words(context: Context) -> list[Block]:
    result = _screened(context)
    return [
        Paragraph(
            text=result.conclusion,
            tone="missing" if result.before or result.unanswered else "plain",
        ),
        *(Paragraph(text=doubt, tone="missing") for doubt in result.doubts),
    ]


def screening_record(context: Context) -> list[Block]:
    content, record = context.library.decision, context.plan.specification.decision.screening
    rows = (
        (
            entry.asks,
            YES_NO[record.answers.get(entry.id)],
            entry.calls_for + (f" Needed before {entry.before} begins." if entry.before else ""),
            capital(entry.who),
        )
        for entry in content.screening
    )
    return [
        *_screening_words(context),
        context.table("decision_record.screening.table", rows),
        Paragraph(text=f"Agreed with {record.agreed_with}.")
        if record.agreed_with
        else to_be_supplied("who agreed this screening", "data protection officer"),
        _controllers(context),
        *facts(context, "screening"),
    ]


def screening_outcome(context: Context) -> list[Block]:
    """What the contract needs of the screening: its conclusion, what each yes calls for, and
    controllers."""
    answers = context.plan.specification.decision.screening.answers
    called = [entry for entry in context.library.decision.screening if answers.get(entry.id)]
    lines = tuple(f"{entry.asks} Yes. {entry.calls_for}" for entry in called)
    return [
        *_screening_words(context),
        *([Bullets(points=lines)] if lines else []),
        _controllers(context),
    ]


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


def involvement_record(context: Context) -> list[Block]:
    content, record = context.library.decision, context.plan.specification.decision
    message = _told_of(context.plan)
    rows = (
        (entry.id.value, entry.why, message.get(entry.id.value) or "NOT YET DONE")
        for entry in content.involved
    )
    others = [
        entry.who
        for entry in context.plan.specification.engagement
        if entry.who and not entry.groups
    ]
    who = {entry.id: entry.who for entry in content.involved}
    reasons = record.involvement_reasons
    return [
        context.table("decision_record.involvement.table", rows),
        *context.say("decision_record.involvement.others", when=others, who="; ".join(others)),
        *(
            to_be_supplied(f"involvement of {group.value[0].lower()}{group.value[1:]}", who[group])
            for group in not_involved(context.plan)
        ),
        Paragraph(text=f"{content.duty} {YES_NO[record.involvement_assessed]}."),
        *notes([f"In the board's words: {reasons}"] if reasons else [], "plain"),
        *facts(context, "involvement"),
    ]


def decision_state(context: Context) -> list[Block]:
    """How far each part of the record has come, beside the attachments that it feeds."""
    record, library = context.plan.specification.decision, context.library
    missing = "; ".join(group.value for group in not_involved(context.plan))
    prompts, assessed = len(library.decision.prompts), len(record.equality.answers)
    incomplete = "" if assessed == prompts else ", so NOT YET COMPLETE"
    selection = indication(select(record.selection.answers), library)
    rows = (
        (
            "Provider selection",
            context.text("decision_record.state.selection", indication=selection),
        ),
        (
            "Equality and health inequalities",
            f"{assessed} of {prompts} groups assessed{incomplete}.",
        ),
        ("Data protection screening", _screened(context).conclusion),
        (
            "Involvement",
            context.text("decision_record.involvement.not_yet", groups=missing)
            if missing
            else context.text("decision_record.involvement.all"),
        ),
    )
    return [context.table("decision_record.state.table", rows)]
