"""Plans to start from: a bare one for any board, and a worked example. Nothing here is read from a file."""

from planner.analysis.economics.option_templates import option_from_template, sized
from planner.model.place import Organisation, Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis, ClassPrescribing
from planner.model.reference import ReferenceData

EXAMPLE_CODE = "QF7"


def starter_plan(organisation: Organisation, reference: ReferenceData) -> Plan:
    """A plan that holds only a place, doing nothing, and the options we offer, sized to its adults."""
    adults = organisation.population(Basis.RESIDENT_ADULTS).value
    return Plan(
        title=f"Support for people prescribed medicines, {organisation.short_name}",
        place=Place(icb_code=organisation.code, organisation_list=organisation.organisation_list),
        options=(
            reference.example.do_nothing,
            *(option_from_template(template, adults) for template in reference.option_templates),
        ),
    )


def carried_to(organisation: Organisation, plan: Plan, reference: ReferenceData) -> Plan:
    """A plan's assumptions, options and common words for another board; for its own board the plan
    as it stands.

    What belongs to the first board alone is left out: its local counts, places and files, its
    budget, and the names, dates and services of its group. Options are sized to the other board's
    resident adults as a starting option is. Raises ReferenceMissing where the plan's own board is
    not known.
    """
    place = plan.place
    if (place.icb_code, place.organisation_list) == (
        organisation.code,
        organisation.organisation_list,
    ):
        return plan
    home = reference.organisation(place.icb_code, place.organisation_list)
    ratio = _adults(organisation) / _adults(home)
    fresh, own = starter_plan(organisation, reference), plan.specification
    ours = {
        option.id: anew
        for option, anew in zip(starter_plan(home, reference).options, fresh.options, strict=True)
        if option in plan.options
    }
    text = own.model_dump(include={"contract_family", "at_ceiling", "risks", "version"})
    groups = plan.inequality.model_dump(include={"groups", "actions"})
    saved = ("author", "plan_date", "demand", "pricing", "outcomes", "horizon", "simulation", "mix", "preferred_option",
            "preferred_because", "column_mappings")  # fmt: skip
    carried = fresh.model_copy(update={name: getattr(plan, name) for name in saved})
    return Plan.model_validate(
        carried.model_dump()
        | {
            "population": {"basis": plan.population.basis},
            "prescribing": {"classes": _classes_kept(plan)},
            "inequality": groups,
            "pricing": plan.pricing.model_dump() | {"budget": None},
            "mix": plan.mix.model_dump() | {"budget": None},
            "options": tuple(
                ours.get(option.id) or sized(option, ratio) for option in plan.options
            ),
            "specification": text,
        }
    )


def _adults(organisation: Organisation) -> int:
    return organisation.population(Basis.RESIDENT_ADULTS).value


def _classes_kept(plan: Plan) -> tuple[ClassPrescribing, ...]:
    """Which classes the plan covers, without the counts of its board."""
    return tuple(
        ClassPrescribing(medicine_class=row.medicine_class, included=row.included)
        for row in plan.prescribing.classes
    )


def example_plan(organisation: Organisation, reference: ReferenceData) -> Plan:
    """The worked example fitted to a board: its own place, title and options, and all else as we
    ship it."""
    start, example = starter_plan(organisation, reference), reference.example
    title = {"title": f"Example plan, {organisation.short_name}"}
    return Plan.model_validate(
        start.model_dump() | example.model_dump(exclude={"do_nothing"}) | title
    )
