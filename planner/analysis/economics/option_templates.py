"""Options to start from: ours sized to a place, and those the case studies print. None is a recommendation."""

from planner.analysis.economics.option_model import residents_of_all_ages
from planner.model.base import Range
from planner.model.case_study import CaseStudy
from planner.model.plan import Plan
from planner.model.reference import OptionTemplate, ReferenceData
from planner.model.service import CostHeading, OtherCost, Post, ServiceOption


def option_from_template(template: OptionTemplate, adults: int) -> ServiceOption:
    """A template sized to a place by its number of resident adults, posts to the nearest tenth of a
    WTE."""
    millions = adults / 1_000_000
    return ServiceOption(
        id=template.id,
        name=template.name,
        description=template.description,
        drawn_from=template.drawn_from,
        posts=tuple(
            Post.model_validate(
                post.model_dump() | {"wte": max(0.1, round(post.wte * millions, 1))}
            )
            for post in template.posts_per_million_adults
        ),
        other_costs=tuple(
            OtherCost.model_validate(
                cost.model_dump()
                | {"amount": max(500.0, float(round(cost.amount * millions / 500) * 500))}
            )
            for cost in template.other_costs_per_million_adults
        ),
        hours_per_person=template.hours_per_person,
        effect=template.effect,
        features=template.features,
    )


def sized(option: ServiceOption, ratio: float) -> ServiceOption:
    """An option for a place that many times as large: posts to the nearest tenth of a WTE, costs to
    the nearest £500."""
    posts = [
        post.model_dump() | {"wte": max(0.1, round(post.wte * ratio, 1)), "headcount": None}
        for post in option.posts
    ]
    costs = [
        cost.model_dump() | {"amount": max(500.0, float(round(cost.amount * ratio / 500) * 500))}
        for cost in option.other_costs
    ]
    stated = option.stated_capacity
    changed = {
        "posts": posts,
        "other_costs": costs,
        "stated_capacity": stated and stated.scaled(ratio),
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
    """The options that one case study gives; none where it prints neither a workforce nor a cost."""
    return (*_from_workforces(study), *_from_cost(study, plan, reference))


def _from_workforces(study: CaseStudy) -> tuple[ServiceOption, ...]:
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
    values = {figure.id: figure for figure in study.figures}
    cost, people = (
        values.get("annual_cost"),
        values.get("people_supported") or values.get("people_year"),
    )
    if study.workforces or cost is None or cost.value is None or cost.price_year is None:
        return ()
    population, residents = values.get("population"), residents_of_all_ages(plan, reference)
    size, sized = 1.0, "Not sized to this place, because no population is printed."
    if population is not None and population.value and residents:
        size = residents / population.value
        sized = f"Sized from {population.value:,.0f} people to {residents:,} residents of all ages."
    capacity = None
    if people is not None and people.value:
        fewest = values.get("unique_people_year")
        least = fewest.value if fewest and fewest.value else people.value
        capacity = Range(low=least * size, central=people.value * size, high=people.value * size)
    return (
        ServiceOption(
            id=f"{study.id}-cost",
            name=f"Case study {study.number} ({study.short_name}): its printed cost",
            description=f"{study.summary} {sized}",
            drawn_from=(
                f"Case study {study.number}: £{cost.value:,.0f} a year in {cost.price_year} prices. What the cost covers is not stated; "
                "staff, overheads and hours are not known."
            ),
            other_costs=(
                OtherCost(
                    label=f"Whole service as in case study {study.number}",
                    heading=CostHeading.VOLUNTARY_SECTOR,
                    amount=cost.value * size,
                    price_year=cost.price_year,
                ),
            ),
            stated_capacity=capacity,
        ),
    )
