"""The parts of the summary for the public that say why, and what is planned, in easy words."""

from planner.analysis.completeness.readiness import first_patient
from planner.analysis.formatting import SMALL, day, listed, people, pounds, rounded
from planner.documents.context import Context
from planner.documents.sections.paper import cost_of_preferred
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
    """What is planned, from when, how many people it could see and how much of its money is found;
    or that nothing has been chosen."""
    plan, costed = context.plan, context.results.preferred
    spec = plan.specification
    if costed is None or plan.preferred is None or plan.preferred.is_do_nothing:
        return context.say("public.plan.nothing")
    first = first_patient(plan)
    seen, written = (costed.measures.get(name) for name in ("people_assessed", "written"))
    return [
        *context.say(
            "public.plan.service",
            named=f", called {spec.service_name}" if spec.service_name else "",
            on=f" on {day(spec.decision_date)}" if spec.decision_date else "",
            opens=context.text("public.plan.opens", first=day(first)) if first else "",
        ),
        *context.say("public.plan.see", when=seen, people=_about(seen.central) if seen else ""),
        *context.say(
            "public.plan.letters", when=written, people=_about(written.central) if written else ""
        ),
        *_money(context),
    ]


def _money(context: Context) -> list[Block]:
    """How much of the money is found; nothing where the plan does not say."""
    funding, cost = context.plan.specification.funding_found, cost_of_preferred(context)
    if funding is None or cost is None or cost.gap is None:
        return []
    if not funding:
        return context.say("public.plan.not_found")
    return context.say(
        "public.plan.part_found" if cost.gap > 0 else "public.plan.found", found=pounds(funding)
    )


def _about(value: float) -> str:
    """A number of people in round hundreds, or tens below a hundred; a few are told as `people`
    tells them."""
    return people(value) if value < 2 * SMALL else rounded(value, -2 if value >= 100 else -1)
