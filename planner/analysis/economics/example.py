"""Plans and options to start from: bare, an example, and what the case studies print.

A template is sized to a place. None is a recommendation, and nothing here is read from a file.
"""

from planner.analysis.economics.option_model import residents_of_all_ages
from planner.model.base import Range
from planner.model.case_study import CaseStudy
from planner.model.place import Organisation, Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis, ClassPrescribing
from planner.model.reference import OptionTemplate, ReferenceData
from planner.model.service import CostHeading, OtherCost, ServiceOption

EXAMPLE_CODE = "QF7"
CARRIED = (
    "author", "plan_date", "demand", "pricing", "outcomes", "horizon", "simulation", "mix",
    "preferred_option", "preferred_because", "column_mappings",
)  # fmt: skip
"""What a plan of one board has that another board's may begin with as it stands."""


def starter_plan(organisation: Organisation, reference: ReferenceData) -> Plan:
    """A plan that holds only a place, doing nothing, and the options we offer, sized to its
    adults."""
    return Plan(
        title=f"Support for people prescribed medicines, {organisation.short_name}",
        place=Place(icb_code=organisation.code, organisation_list=organisation.organisation_list),
        options=(
            reference.example.do_nothing,
            *(
                option_from_template(template, _adults(organisation))
                for template in reference.option_templates
            ),
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
    code, list_of_codes = plan.place.icb_code, plan.place.organisation_list
    if (code, list_of_codes) == (organisation.code, organisation.organisation_list):
        return plan
    home = reference.organisation(code, list_of_codes)
    ratio = _adults(organisation) / _adults(home)
    fresh = starter_plan(organisation, reference)
    ours = {
        option.id: anew
        for option, anew in zip(starter_plan(home, reference).options, fresh.options, strict=True)
        if option in plan.options
    }
    carried = fresh.model_copy(update={name: getattr(plan, name) for name in CARRIED})
    return Plan.model_validate(
        carried.model_dump()
        | {
            "population": {"basis": plan.population.basis},
            # Which classes the plan covers, without the counts of its board.
            "prescribing": {
                "classes": tuple(
                    ClassPrescribing(medicine_class=row.medicine_class, included=row.included)
                    for row in plan.prescribing.classes
                )
            },
            "inequality": plan.inequality.model_dump(include={"groups", "actions"}),
            "pricing": plan.pricing.model_dump() | {"budget": None},
            "mix": plan.mix.model_dump() | {"budget": None},
            "options": tuple(
                ours.get(option.id) or sized(option, ratio) for option in plan.options
            ),
            "specification": plan.specification.model_dump(
                include={"contract_family", "at_ceiling", "risks", "version"}
            ),
        }
    )


def _adults(organisation: Organisation) -> int:
    return organisation.population(Basis.RESIDENT_ADULTS).value


def example_plan(organisation: Organisation, reference: ReferenceData) -> Plan:
    """The worked example fitted to a board: its own place, title and options, and all else as we
    ship it."""
    return Plan.model_validate(
        starter_plan(organisation, reference).model_dump()
        | reference.example.model_dump(exclude={"do_nothing"})
        | {"title": f"Example plan, {organisation.short_name}"}
    )


def option_from_template(template: OptionTemplate, adults: int) -> ServiceOption:
    """A template sized to a place by its number of resident adults."""
    for_a_million = ServiceOption(
        id=template.id,
        name=template.name,
        description=template.description,
        drawn_from=template.drawn_from,
        posts=template.posts_per_million_adults,
        other_costs=template.other_costs_per_million_adults,
        hours_per_person=template.hours_per_person,
        effect=template.effect,
        features=template.features,
    )
    return sized(for_a_million, adults / 1_000_000)


def sized(option: ServiceOption, ratio: float) -> ServiceOption:
    """An option for a place that many times as large: posts to the nearest tenth of a WTE, costs to
    the nearest £500."""
    changed = {
        "posts": [
            post.model_dump() | {"wte": max(0.1, round(post.wte * ratio, 1)), "headcount": None}
            for post in option.posts
        ],
        "other_costs": [
            cost.model_dump() | {"amount": max(500.0, round(cost.amount * ratio / 500) * 500)}
            for cost in option.other_costs
        ],
        "stated_capacity": option.stated_capacity and option.stated_capacity.scaled(ratio),
    }
    return ServiceOption.model_validate(option.model_dump() | changed)


def options_from_case_studies(plan: Plan, reference: ReferenceData) -> tuple[ServiceOption, ...]:
    """An option from each case study that has a workforce or a cost, none corrected and none
    recommended.

    Posts stand as the study prints them, or as its text suggests, each reading an option of its
    own; they are not sized to the place, because no population is printed with them. A study that
    prints only a cost becomes one cost in the prices it was printed in, which the sums move to the
    plan's, and the people it says it supported; where it prints its population too, both are sized
    to the plan's residents of all ages.
    """
    return tuple(
        option
        for study in reference.case_studies
        for option in options_from(study, plan, reference)
    )


def options_from(
    study: CaseStudy, plan: Plan, reference: ReferenceData
) -> tuple[ServiceOption, ...]:
    """The options that one case study gives; none where it prints neither a workforce nor a
    cost."""
    if not study.workforces:
        return _from_cost(study, plan, reference)
    return tuple(
        ServiceOption(
            id=f"{study.id}-{reading.id.replace('_', '-')}",
            name=f"Case study {study.number} ({study.short_name}): {reading.label}",
            description=f"{study.summary} Not sized to this place.",
            drawn_from=f"Case study {study.number}. {' '.join(reading.assumes)}",
            posts=reading.posts,
            overhead=Range(low=0, central=0, high=0),
        )
        for reading in study.workforces
    )


def _from_cost(study: CaseStudy, plan: Plan, reference: ReferenceData) -> tuple[ServiceOption, ...]:
    values = {figure.id: figure.value for figure in study.figures}
    cost = next((figure for figure in study.figures if figure.id == "annual_cost"), None)
    if cost is None or cost.value is None or cost.price_year is None:
        return ()
    population, residents = values.get("population"), residents_of_all_ages(plan, reference)
    size, how = 1.0, "Not sized to this place, because no population is printed."
    if population and residents:
        size = residents / population
        how = f"Sized from {population:,.0f} people to {residents:,} residents of all ages."
    people = values.get("people_supported") or values.get("people_year")
    least = values.get("unique_people_year") or people
    return (
        ServiceOption(
            id=f"{study.id}-cost",
            name=f"Case study {study.number} ({study.short_name}): its printed cost",
            description=f"{study.summary} {how}",
            drawn_from=(
                f"Case study {study.number}: £{cost.value:,.0f} a year in {cost.price_year} "
                "prices. "
                "What the cost covers is not stated; staff, overheads and hours are not known."
            ),
            other_costs=(
                OtherCost(
                    label=f"Whole service as in case study {study.number}",
                    heading=CostHeading.VOLUNTARY_SECTOR,
                    amount=cost.value * size,
                    price_year=cost.price_year,
                ),
            ),
            stated_capacity=Range(low=least * size, central=people * size, high=people * size)
            if people and least
            else None,
        ),
    )
