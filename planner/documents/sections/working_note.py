"""What the author is told: what is missing, who would know, in order of what it would change."""

from collections.abc import Sequence
from typing import get_args

from planner.analysis.completeness.missing_inputs import in_order_of_change
from planner.analysis.formatting import capital
from planner.documents.context import Context, points
from planner.model.base import grouped
from planner.model.document import Block
from planner.model.library import Annex
from planner.model.missing_input import Changes, MissingInput

LEAST_SHARED = 2


def where_schedules_go(context: Context) -> list[Block]:
    """Where each schedule stands in the kind of agreement chosen: for the author alone, since the
    letters change from year to year. Of a plan without a preferred option there is no agreement
    yet."""
    if context.plan.preferred is None:
        return []
    kind, kinds = context.plan.specification.contract_type, context.library.contract_types
    return points(
        context.text("working_note.schedules.lead", kind=kind.value),
        (
            f"{capital(annex.replace('_', ' '))}: {kinds.goes(kind, annex)}."
            for annex in get_args(Annex)
        ),
    )


def what_is_missing(context: Context) -> list[Block]:
    """What is missing, by what it would change; of what no board and no sum turns on, by who would
    know.

    First stands a preferred option that another beats, where no reason is given for it.
    """
    plan, sensitivity = context.plan, context.projections.sensitivity
    moves = [swing.label for swing in sensitivity.swings] if sensitivity else []
    gaps = in_order_of_change(context.results.missing_inputs, moves)
    by_change = grouped(gaps, lambda gap: gap.changes)
    beaten = not plan.preferred_because and context.projections.where_it_loses
    return [
        *context.say("working_note.missing.beaten", "missing", when=beaten),
        *context.say("working_note.missing.none", when=not gaps),
        *(
            context.table(
                "working_note.missing.table",
                (
                    (capital(together(alike)), who, why)
                    for (who, why), alike in grouped(
                        by_change[changes], lambda gap: (gap.who, gap.why)
                    ).items()
                ),
                changes=changes.value,
            )
            for changes in (Changes.DECISION, Changes.NUMBERS)
            if changes in by_change
        ),
        *(
            block
            for changes in (Changes.AWARD, Changes.TEXT)
            for block in points(
                context.text("working_note.missing.by_whom", changes=changes.value),
                (
                    f"{capital(who)}: {together(alike)}."
                    for who, alike in grouped(by_change.get(changes, []), _who).items()
                ),
            )
        ),
        *context.say(
            "working_note.missing.carried_over",
            "note",
            when=plan.carried_over,
            kept=plan.carried_over,
        ),
    ]


def together(gaps: Sequence[MissingInput]) -> str:
    """What is missing, two words or more that all of them begin with said once."""
    first, *others = [gap.what.split(" ") for gap in gaps]
    shared = 0
    for words in zip(first, *others, strict=False):
        if not others or len(set(words)) > 1:
            break
        shared += 1
    if shared < LEAST_SHARED:
        return "; ".join(gap.what for gap in gaps)
    rest = [" ".join(words[shared:]) for words in (first, *others)]
    return " ".join((*first[:shared], "; ".join(rest)))


def _who(gap: MissingInput) -> str:
    return gap.who
