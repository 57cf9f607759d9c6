"""The parts of the summary for the public that say why, and what is planned, in easy words."""

from planner.analysis.formatting import day, listed, people
from planner.documents.context import Context
from planner.model.document import Block


def public_why(context: Context) -> list[Block]:
    """Which medicines can be hard to stop, and how many adults take one of them here."""
    included, need = context.plan.prescribing.included, context.results.need
    return [
        *context.say(
            "public.why.medicines",
            medicines=listed([context.text(f"public.medicine.{one}") for one in included]),
        ),
        *(
            context.say("public.why.people", people=people(need.people.central))
            if need.people
            else []
        ),
    ]


def public_plan(context: Context) -> list[Block]:
    """What is planned and how many people it could see, or that nothing has been chosen."""
    plan, costed = context.plan, context.results.preferred
    spec = plan.specification
    if costed is None or plan.preferred is None or plan.preferred.is_do_nothing:
        return context.say("public.plan.nothing")
    seen = {
        key: costed.measures[name]
        for key, name in (("see", "people_assessed"), ("letters", "written"))
        if name in costed.measures
    }
    return [
        *context.say(
            "public.plan.service",
            named=f", called {spec.service_name}" if spec.service_name else "",
            on=f" on {day(spec.decision_date)}" if spec.decision_date else "",
        ),
        *(
            block
            for key, one in seen.items()
            for block in context.say(f"public.plan.{key}", people=people(one.central))
        ),
    ]
