"""The parts of the summary for the public that say why, and what is planned, in easy words."""

from planner.analysis.formatting import day, listed, people
from planner.documents.context import Context
from planner.model.document import Block
from planner.model.prescribing import MedicineClass


def public_why(context: Context) -> list[Block]:
    """Which medicines can be hard to stop, and how many adults take one of them here."""
    need = context.results.need
    medicines = {
        MedicineClass.ANTIDEPRESSANTS: context.text("public.medicine.antidepressants"),
        MedicineClass.BENZODIAZEPINES: context.text("public.medicine.benzodiazepines"),
        MedicineClass.GABAPENTINOIDS: context.text("public.medicine.gabapentinoids"),
        MedicineClass.OPIOIDS: context.text("public.medicine.opioids"),
        MedicineClass.Z_DRUGS: context.text("public.medicine.z_drugs"),
    }
    included = [medicines[one] for one in context.plan.prescribing.included]
    return [
        *context.say("public.why.medicines", medicines=listed(included)),
        *context.say(
            "public.why.people",
            when=need.people,
            people=people(need.people.central) if need.people else "",
        ),
    ]


def public_plan(context: Context) -> list[Block]:
    """What is planned and how many people it could see, or that nothing has been chosen."""
    plan, costed = context.plan, context.results.preferred
    spec = plan.specification
    if costed is None or plan.preferred is None or plan.preferred.is_do_nothing:
        return context.say("public.plan.nothing")
    seen, written = (costed.measures.get(name) for name in ("people_assessed", "written"))
    return [
        *context.say(
            "public.plan.service",
            named=f", called {spec.service_name}" if spec.service_name else "",
            on=f" on {day(spec.decision_date)}" if spec.decision_date else "",
        ),
        *context.say("public.plan.see", when=seen, people=people(seen.central) if seen else ""),
        *context.say(
            "public.plan.letters", when=written, people=people(written.central) if written else ""
        ),
    ]
