"""Plans and options to start from: bare, an example, a quote, and what the case studies print.

A template is sized to the referrals of a place. None is a recommendation, and nothing here is read
from a file.
"""

from planner.analysis.economics.option_model import default_hours, residents_of_all_ages
from planner.analysis.economics.staff_costs import staff_cost
from planner.model.base import Range, as_range
from planner.model.case_study import CaseStudy, FeatureStatus, Measure
from planner.model.place import Organisation, Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis, ClassPrescribing
from planner.model.reference import OptionTemplate, ReferenceData
from planner.model.service import (
    CostHeading,
    Feature,
    OtherCost,
    Post,
    ServiceOption,
)

SPARE = 1.25
"""A team starts with a quarter more room than central referrals would fill."""
STEP, STEP_OF_DOCTORS = 0.2, 0.1
"""Posts come in steps of a day a week, and doctors' in half of that."""
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
                option_from_template(template, organisation, reference)
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
                ours.get(option.id) or size_to_place(option, ratio) for option in plan.options
            ),
            "specification": plan.specification.model_dump(
                include={"contract_type", "at_ceiling", "risks", "version"}
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


def option_from_template(
    template: OptionTemplate, organisation: Organisation, reference: ReferenceData
) -> ServiceOption:
    """A template sized to a place: with a quarter more room than the referrals that our default
    rate gives it, or, for letters, by its adults."""
    # A pattern of ours has what it names, and nothing else until a group adds to it.
    absent = tuple(one for one in Feature if one not in template.features)
    option = ServiceOption(**template.model_dump(), features_absent=absent)
    if option.is_letters:
        return size_to_place(option, _adults(organisation) / 1_000_000)
    residents = organisation.population(Basis.RESIDENT_ALL_AGES).value
    referrals = residents / 1000 * reference.default("referral_rate") * option.takes
    return size_to_place(option, SPARE * referrals / room_of(option, reference))


def room_of(option: ServiceOption, reference: ReferenceData) -> float:
    """Referrals a year that an option's posts have room for by our default steps of care."""
    year = reference.pay_years[0]
    hours = sum(staff_cost(post, year, "provider", reference).hours for post in option.posts)
    programme = option.hours_programme or default_hours(option.kind, reference)
    each = reference.default("hours_referral") + reference.default("assessed_share") * (
        reference.default("hours_assessment") + reference.default("start_share") * programme.central
    )
    return hours * (1 - option.did_not_attend.central) / each


def size_to_place(option: ServiceOption, ratio: float) -> ServiceOption:
    """An option for a place that many times as large: posts to the nearest fifth of a WTE, a
    doctor's to the nearest tenth, costs to the nearest £500."""
    changed = {
        "posts": [
            post.model_dump() | {"wte": _in_steps(post, post.wte * ratio), "headcount": None}
            for post in option.posts
        ],
        "other_costs": [
            cost.model_dump() | {"amount": max(500.0, round(cost.amount * ratio / 500) * 500)}
            for cost in option.other_costs
        ],
        "stated_capacity": option.stated_capacity and option.stated_capacity.scaled(ratio),
    }
    return ServiceOption.model_validate(option.model_dump() | changed)


def _in_steps(post: Post, wte: float) -> float:
    step = STEP_OF_DOCTORS if post.band in ("medical", "gp") else STEP
    return round(max(1, round(wte / step)) * step, 1)


def option_from_quote(
    option_id: str, name: str, price: float, people: Range | None, price_year: str | None = None
) -> ServiceOption:
    """A service offered whole at a price a year, for the people its provider says it can see, if it
    says; what it adds to usual care, and what it offers, are not known until its provider says."""
    return ServiceOption(
        id=option_id,
        name=name,
        description=f"Quoted whole at £{price:,.0f} a year.",
        drawn_from="A provider's quote. Its posts, hours and overheads are not known.",
        other_costs=(
            OtherCost(
                label="The whole service, as quoted",
                heading=CostHeading.VOLUNTARY_SECTOR,
                amount=price,
                price_year=price_year,
            ),
        ),
        overhead=as_range(0.0),
        stated_capacity=people,
    )


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
            overhead=as_range(0.0),
            classes=study.profile.medicine_classes,
            stated_capacity=_own_people(study),
            **_features(study),
        )
        for reading in study.workforces
    )


def _features(study: CaseStudy) -> dict[str, tuple[Feature, ...]]:
    """The features that a case study says its service has, and those it says it has not."""
    return {
        name: tuple(feature for feature in Feature if study.status(feature) is status)
        for name, status in (
            ("features", FeatureStatus.HAS),
            ("features_absent", FeatureStatus.HAS_NOT),
        )
    }


def _own_people(study: CaseStudy) -> Range | None:
    """The people a case study says it saw in a year, as printed or worked out from print."""
    row = next(row for row in study.measures if row.measure is Measure.PEOPLE_SUPPORTED)
    names = [name for name in (row.published, row.recomputed, row.modelled) if name]
    values = [value for name in names if (value := study.figure(name).value) is not None]
    return as_range(values[0]) if values else None


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
    # Each person once; the new ones alone, and those who stayed counted twice, are its ends.
    least = values.get("unique_people_year") or people
    fewest = values.get("new_referrals_year") or least
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
            classes=study.profile.medicine_classes,
            **_features(study),
            stated_capacity=Range(low=fewest * size, central=least * size, high=people * size)
            if people and least and fewest
            else None,
        ),
    )
