"""The parts of the summary for the public that say why, and what is planned, in easy words."""

from planner.analysis.completeness.readiness import first_patient
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.formatting import SMALL, day, listed, people, pounds, two_figures
from planner.documents.context import Context
from planner.documents.sections.paper import (
    central_case,
)
from planner.model.document import Block, Paragraph
from planner.model.plan import Attachment, IfNotFound
from planner.model.prescribing import MedicineClass


def public_why(context: Context) -> list[Block]:
    """Which medicines can be hard to stop."""
    # The words for opioids end with an example, after which no other class may stand.
    medicines = {
        MedicineClass.ANTIDEPRESSANTS: context.text("public.medicine.antidepressants"),
        MedicineClass.BENZODIAZEPINES: context.text("public.medicine.benzodiazepines"),
        MedicineClass.GABAPENTINOIDS: context.text("public.medicine.gabapentinoids"),
        MedicineClass.Z_DRUGS: context.text("public.medicine.z_drugs"),
        MedicineClass.OPIOIDS: context.text("public.medicine.opioids"),
    }
    included = [words for one, words in medicines.items() if one in context.included]
    return context.say("public.why.medicines", medicines=listed(included))


def public_plan(context: Context) -> list[Block]:
    """What is planned, from when, how many people it could see and how much of its money is found;
    or that nothing has been chosen."""
    if context.costed is None or context.option is None or context.option.is_do_nothing:
        return context.say("public.plan.nothing")
    first = first_patient(context.plan)
    opens = context.text("public.plan.opens", first=day(first)) if first else ""
    named = f", called {context.spec.service_name}" if context.spec.service_name else ""
    service = context.text(
        "public.plan.service",
        named=named,
        on=f" on {day(context.spec.decision_date)}" if context.spec.decision_date else "",
        opens=opens,
    )
    return [
        Paragraph(text=f"{service} {_whom_it_sees(context.costed, context)}".strip()),
        *_money(context),
    ]


def _whom_it_sees(costed: OptionResult, context: Context) -> str:
    """How many people a full service could see, whether all who come find room, and what is done
    for those who wait; or how many it would write to."""
    if "written" in costed.measures:
        written = central_case(costed, "written")
        return context.text("public.plan.letters", people=_about(written))
    if "people_assessed" not in costed.measures:
        return ""
    room, cost = costed.capacity, context.cost
    enough = context.referred is None or room is None or room.central >= context.referred.central
    in_part = cost is not None and cost.funded and cost.gap
    return context.text(
        "public.plan.no_room"
        if not enough
        else "public.plan.all_money"
        if in_part
        else "public.plan.room",
        people=_about(central_case(costed, "people_assessed")),
    ) + context.text("public.plan.meanwhile")


def _money(context: Context) -> list[Block]:
    """How much of the money is found, until when, and what happens where no more is; nothing where
    the plan does not say."""
    spec = context.spec
    if spec.funding_found is None or context.cost is None or context.cost.gap is None:
        return []
    if not spec.funding_found:
        return context.say("public.plan.not_found")
    if context.cost.gap <= 0:
        return context.say("public.plan.found")
    ends = None if spec.funding_recurrent else spec.funding_ends
    signed = spec.attachments.get(Attachment.FINANCE) == "attached"
    due = spec.assurance_due.get(Attachment.FINANCE)
    then = IfNotFound.NOTHING if context.smaller is None else spec.if_not_found
    words = [
        context.text(
            "public.plan.part_found" if signed else "public.plan.part_expected",
            found=pounds(spec.funding_found),
            until=context.text("public.plan.until", ends=day(ends)) if ends else "",
            by=context.text("public.plan.agrees_by", date=day(due)) if due else "",
        ),
        context.text(
            {
                IfNotFound.SMALLER: "public.plan.if_smaller",
                IfNotFound.NOTHING: "public.plan.if_nothing",
                None: "public.plan.if_open",
            }[then],
            people=_about(context.smaller.cost.people or 0) if context.smaller else "",
        ),
        context.text("public.plan.if_it_ends"),
    ]
    return [Paragraph(text="".join(words))]


def _about(value: float) -> str:
    """A number of people to two figures; a few are told as `people` tells them."""
    return people(value) if value < 2 * SMALL else people(two_figures(value))
