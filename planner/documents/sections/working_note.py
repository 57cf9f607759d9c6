"""What the author is told: what is missing, who would know, in order of what it would change."""

from collections.abc import Iterator, Sequence
from datetime import date
from os.path import commonprefix
from typing import get_args

from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import (
    about_pounds,
    capital,
    day,
    listed_in_part,
    people,
    percent,
    pounds,
)
from planner.documents.context import Context, points
from planner.documents.sections.comparison import FEWEST_DIVIDED, each_as_printed
from planner.documents.sections.paper import (
    against_cheaper,
    central_case,
    of_smaller,
    on_several,
    paper_measure,
)
from planner.documents.tables import measure_text
from planner.model.base import grouped
from planner.model.document import Block, Bullets, Paragraph
from planner.model.library import Annex
from planner.model.missing_input import Consequence, MissingInput
from planner.model.plan import Stage

LEAST_SHARED = 2


def before_publishing(context: Context) -> list[Block]:
    """What whoever publishes the set still has to see to."""
    return context.say("working_note.publishing.note")


def where_schedules_go(context: Context) -> list[Block]:
    """Where each schedule stands in the kind of agreement chosen: for the author alone, since the
    letters change from year to year. Of a plan without a preferred option there is no agreement
    yet."""
    if context.option is None:
        return []
    places = [
        context.library.contract_types.goes(context.spec.contract_type, annex)
        for annex in get_args(Annex)
    ]
    # A place that several of them share does not tell which goes there.
    shared = {place for place in places if places.count(place) > 1}
    each = [
        f"{place} ({annex.replace('_', ' ')})" if place in shared else place
        for annex, place in zip(get_args(Annex), places, strict=True)
    ]
    lead = context.text("working_note.schedules.lead", kind=context.spec.contract_type.value)
    return [Paragraph(text=f"{lead} {'; '.join(each)}.")]


def what_is_missing(context: Context) -> list[Block]:
    """What is missing, by what it would change; of what no board turns on, by who would know.

    First stands a preferred option that another beats, where no reason is given for it.
    """
    missing = (
        *_questions_for_boards(context),
        *_misnamed(context),
        *context.missing,
    )
    by_change = grouped(missing, lambda item: item.changes)
    beaten = not context.plan.preferred_because and context.projections.where_it_loses
    return [
        *context.say("working_note.missing.beaten", "missing", when=beaten),
        *context.say("working_note.missing.none", when=not missing),
        *(
            [
                context.table(
                    "working_note.missing.table",
                    (
                        (capital(together(alike)), who, why)
                        for (who, why), alike in grouped(
                            by_change[Consequence.DECISION], lambda item: (item.who, item.why)
                        ).items()
                    ),
                    changes=Consequence.DECISION.value,
                )
            ]
            if Consequence.DECISION in by_change
            else []
        ),
        *(
            block
            for changes in (Consequence.NUMBERS, Consequence.AWARD, Consequence.TEXT)
            for block in points(
                context.text("working_note.missing.by_whom", changes=changes.value),
                (
                    f"{capital(who)}: {together(alike)}."
                    for who, alike in grouped(
                        by_change.get(changes, []), lambda item: item.who
                    ).items()
                ),
            )
        ),
        *context.say(
            "working_note.missing.carried_over",
            "note",
            when=context.plan.carried_over,
            kept=context.plan.carried_over,
        ),
    ]


def _questions_for_boards(context: Context) -> Iterator[MissingInput]:
    """What a committee will ask that no empty field shows: money that is not found and what happens
    then, a service of the board's own, and what people say of the draft."""
    if context.costed is None or context.cost is None or context.spec.stage is Stage.MANDATE:
        return

    def question(name: str, by: date | None = None, **values: str) -> MissingInput:
        until = context.text("paper.ask.by", date=day(by)) if by else ""
        words = {
            part: context.text(f"working_note.missing.{name}{of}", by=until, **values)
            for part, of in (("what", ""), ("who", "_who"), ("why", "_why"))
        }
        return MissingInput(id=f"board.{name}", changes=Consequence.DECISION, **words)

    if context.cost.gap:
        due = context.spec.funding_due or context.spec.award_date
        yield question("source", due, gap=pounds(context.cost.gap))
        if context.smaller is not None and context.spec.if_not_found is None:
            yield question("choice")
    for study in context.case_studies.own:
        yield question("own", context.spec.own_service_due, study=study.short_name)
    silent = [one.who for one in context.spec.engagement if one.who and not one.view_of_draft]
    if silent:
        yield question("view", who=listed_in_part(silent, 2, 1))


def _misnamed(context: Context) -> Iterator[MissingInput]:
    """Each clause whose wording uses a name that nothing fills in."""

    def phrase(part: str, **values: str) -> str:
        return context.text(f"working_note.missing.misnamed_{part}", **values)

    for one in (one for under in context.clauses.values() for one in under):
        for unknown, near in one.unknown.items():
            perhaps = phrase("near", name=near) if near else ""
            yield MissingInput(
                id=f"misnamed.{one.clause.id}",
                what=phrase("what", clause=one.clause.id, unknown=unknown, near=perhaps),
                who=phrase("who"),
                why=phrase("why"),
                changes=Consequence.AWARD,
            )


def committee_questions(context: Context) -> list[Block]:
    """The hard questions of a committee, each with what can be said and where it stands."""
    if (
        context.costed is None
        or not context.costed.people_assessed
        or context.costed.annual_cost.high == 0
    ):
        return []
    return [Bullets(points=tuple(_questions(context.costed, context)))]


def _questions(costed: OptionResult, context: Context) -> Iterator[str]:

    def answer(name: str, **values: str) -> str:
        return context.text(f"working_note.questions.{name}", **values)

    yield answer("cheaper", answer=next(against_cheaper(costed, context)))
    seen = {
        "people": people(central_case(costed, "people_assessed")),
        "each": paper_measure(costed, "cost_per_assessed"),
    }
    draws = context.projections.simulated.of(costed.id)
    if "net_stopped" in costed.measures and draws and draws.chance_of_no_gain is not None:
        net = central_case(costed, "net_stopped")
        yearly = central_case(costed, "annual_cost")
        per = each_as_printed(yearly, net) if net >= FEWEST_DIVIDED else None
        yield answer(
            "gain",
            net=measure_text(costed, "net_stopped"),
            nobody=answer("nobody_more", share=percent(draws.chance_of_no_gain)),
            per=answer("per_none") if per is None else answer("per_each", cost=per),
            **seen,
        )
    else:
        yield answer("gain_unknown", why=costed.withheld.get("net_stopped", ""), **seen)
    lead = context.case_studies.lead
    if lead and lead.steps:
        yield answer(
            "study",
            study=lead.study.name,
            ours=pounds(lead.steps[-1].after),
            theirs=pounds(lead.steps[0].before),
        )
    for one in context.results.options:
        if "written" in one.measures and "net_stopped" in one.measures:
            yield answer(
                "letters",
                full_year=one.full_year,
                cost=about_pounds(central_case(one, "annual_cost")),
                written=people(central_case(one, "written")),
                net=measure_text(one, "net_stopped"),
            )
    several = on_several(context)
    if several:
        yield answer("advice", people=people(several))
    if context.smaller is not None:
        given = of_smaller(context.smaller, context)
        left = pounds(sum(year.left for year in context.smaller.cost.years))
        yield answer("smaller", left=left, **given | {"size": capital(given["size"])})
    elif context.cost is not None and context.cost.gap:
        yield answer("smaller_none")
    if context.spec.funding_ends and not context.spec.funding_recurrent:
        review = context.spec.review_date
        yield answer(
            "ends",
            ends=day(context.spec.funding_ends),
            review=answer("ends_review", date=day(review)) if review else answer("ends_open"),
        )


def together(missing: Sequence[MissingInput]) -> str:
    """What is missing, two words or more that all of them begin with said once."""
    each = [item.what.split(" ") for item in missing]
    shared = len(commonprefix(each))
    if len(each) == 1 or shared < LEAST_SHARED:
        return "; ".join(item.what for item in missing)
    rest = [" ".join(words[shared:]) for words in each]
    return " ".join((*each[0][:shared], "; ".join(rest)))
