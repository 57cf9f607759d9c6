"""The receipts of the numbers each step opens with: how each is worked out, over whom, and from what source. No new sums.

The words of a sum name what its step in the planner's table of steps uses, no more and no less; a test holds them to it.
"""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping, Sequence

from planner.analysis.calculation.formulas import Calculation, work_out
from planner.analysis.calculation.measures import need_steps
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import OptionSums
from planner.analysis.formatting import Unit, about_pounds, format_range, people, percent, rounded
from planner.analysis.population.need import need_inputs
from planner.analysis.results.results import Results
from planner.model.base import Frozen, Range
from planner.model.figures import Kind
from planner.model.place import Organisation, Population
from planner.model.prescribing import Basis
from planner.model.reference import ReferenceData


class Provenance(Frozen):
    """One number with its receipt, in words: what it is, its kind, its sum, whom it is over, and its source."""

    figure: str
    value: str
    kind: str
    how: str
    over: str
    source: str


HOW = {
    "people": "{patients_sum} added over the classes, divided by {classes_per_person} classes for each person",
    "long_term_people": "{long_term_sum} for a year or more, added over the classes, divided by {classes_per_person} classes "
    "for each person",
    "eligible": "{long_term_people} for a year or more, times the {appropriate_share} for whom an offer is appropriate",
    "offered": "{eligible} people, times the {coverage} of the place covered in a year",
    "demand": "{offered} people offered support, times an uptake of {uptake}",
    "annual_cost": "{pay} of pay with on-costs, {overhead} of overheads, {other_costs} of other costs, {set_up_spread} of "
    "set-up",
    "cost_per_head": "{annual_cost} a year, divided by {population} people",
    "supported": "the lesser of the {demand} who would come and the {capacity} there is room for",
    "cost_per_person": "{annual_cost} a year, divided by {supported} people; the low is the least cost over the most people",
    "starting": "{supported} people supported, times the {starting_share} who start",
    "stopped": "{starting} people who start, times the {stop_rate} who stop with support",
    "additional": "{starting} people who start, times the {additional_rate} who stop beyond usual care",
    "cost_per_additional": "{annual_cost} a year, divided by the {additional} who stop beyond usual care",
}
"""The central sum of each step, with the names its formula uses."""
CAPACITY = {
    (
        "hours",
        "hours_per_person",
    ): "{hours} hours with people a year, divided by {hours_per_person} hours for each",
    ("stated_capacity",): "{stated_capacity}, as the provider says",
}
ROLES = "the least that the whole team's hours, or any one post's own hours, allow"

POUNDS = ("pay", "overhead", "other_costs", "set_up_spread", "annual_cost", "cost_per_person", "cost_per_additional")  # fmt: skip
SHARES = (
    "appropriate_share", "coverage", "uptake", "starting_share", "stop_rate", "additional_rate",
)  # fmt: skip
COST, OUTCOME = (
    ("annual_cost", "cost_per_head", "capacity", "supported", "cost_per_person"),
    ("starting", "stopped", "additional", "cost_per_additional"),
)


def uses(step: Calculation) -> tuple[str, ...]:
    """The names a step's formula uses, without the marks for another case."""
    return tuple(dict.fromkeys(re.sub("__(opposite|low|central|ordered)$", "", name) for name in step.uses))


def how_of(step: Calculation) -> str:
    """The sum of a step in words, with a place in braces for each name its formula uses."""
    if step.name == "capacity":
        return CAPACITY.get(uses(step), ROLES)
    return HOW[step.name]


def _fill_values(words: str, values: Mapping[str, float | None]) -> str:
    names = [name for _, name, _, _ in string.Formatter().parse(words) if name]
    return words.format(**{name: _form(name, values[name]) for name in names})


def _form(name: str, value: float | None) -> str:
    if value is None:
        return "nobody"
    if name in POUNDS:
        return about_pounds(value)
    if name in SHARES:
        return percent(value, 1)
    if name == "population":
        return rounded(value)
    return rounded(value, 2) if name in ("classes_per_person", "hours_per_person") else people(value)


def place_receipts(organisation: Organisation) -> tuple[Provenance, ...]:
    """The populations of a board, and the adults of each deprivation fifth."""
    residents = organisation.population(Basis.RESIDENT_ADULTS)
    quintiles = organisation.adults_by_quintile
    rows = [
        ("Resident adults", f"{residents.value:,}", residents, residents.basis.label),
        ("Aged 65 and over", f"{organisation.residents_65plus:,}", residents, "residents"),
    ]
    registered = organisation.population(Basis.REGISTERED_ALL_AGES)
    rows.append(("Registered with a practice", f"{registered.value:,}", registered, registered.basis.label))
    entries = [_counted(*row) for row in rows]
    if quintiles is not None:
        share = f"{quintiles[0]:,} adults in the most deprived fifth, divided by {sum(quintiles):,}"
        most = percent(quintiles[0] / sum(quintiles))
        entries.append(
            Provenance(
                figure="Adults in the most deprived fifth",
                value=most,
                kind=Kind.DERIVED.value,
                how=share,
                over=residents.basis.label,
                source=f"{residents.source}, {residents.period}; Index of Multiple Deprivation 2019",
            )
        )
    return tuple(entries)


def _counted(figure: str, value: str, population: Population, over: str) -> Provenance:
    kind = population.kind.value if population.verified else f"{population.kind.value}, unverified"
    how = "as published" if population.kind is Kind.PUBLISHED else population.caution or "see its source"
    return Provenance(
        figure=figure,
        value=value,
        kind=kind,
        how=how,
        over=over,
        source=f"{population.source}, {population.period}",
    )


def need_receipts(results: Results) -> tuple[Provenance, ...]:
    """People prescribed, for the long term, and likely to take up support; nothing where need is not known."""
    need = results.need
    if need.people is None:
        return ()
    steps = need_steps([row.medicine_class.value for row in need.classes])
    inputs = {row.key: row for row in need.inputs}
    values = work_out(steps, need_inputs(need.classes, inputs))["central"]
    ranges = {"people": need.people, "long_term_people": need.long_term_people, "demand": need.demand}
    classes = _once(f"{row.source}, {row.period}" for row in need.classes)
    overlap = _once(inputs[key].source for key in ("classes_per_person",) if len(need.classes) > 1)
    sources = {
        "people": f"{classes}. Classes for each person: {overlap or 'one class only'}",
        "long_term_people": _once(row.long_term_share.source for row in need.classes),
        "eligible": f"{inputs['appropriate_share'].kind.value}: {inputs['appropriate_share'].source}",
        "offered": f"{inputs['coverage'].kind.value}: {inputs['coverage'].source}",
        "demand": f"{inputs['uptake'].kind.value}: {inputs['uptake'].source}",
    }
    population = need.population
    over = {
        "demand": "people offered support",
        "offered": "people for whom an offer is appropriate",
        "eligible": "people prescribed for a year or more",
    }
    whole = f"{population.value:,} {population.basis.label}, {population.period}"
    return tuple(
        _receipt(step, ranges.get(step.name), values, over.get(step.name, whole), sources[step.name])
        for step in steps
        if step.name in sources
    )


def option_receipts(
    results: Results, option: OptionResult, reference: ReferenceData, names: Sequence[str] = COST
) -> tuple[Provenance, ...]:
    """What an option costs and whom it would support, or with OUTCOME what may come of it."""
    of_plan = next(one for one in results.plan.options if one.id == option.id)
    sums = results.case.sums_of(of_plan)
    return tuple(
        _of_option(step, sums, option, results, reference) for step in sums.steps if step.name in names
    )


def _of_option(
    step: Calculation, sums: OptionSums, option: OptionResult, results: Results, reference: ReferenceData
) -> Provenance:
    population, hours = results.need.population, reference.assumption("hours_a_year")
    evidence = _once(f"{row.medicine_class.label}: {row.title}" for row in results.outcomes.classes)
    starting = results.plan.outcomes.starting_share
    start = reference.assumption("starting_share")
    year = option.price_year
    sources = {
        "annual_cost": _once(
            source.split(f", {year}")[0] for post in option.posts for source in post.sources
        ),
        "cost_per_head": f"{population.source}, {population.period}",
        "capacity": "the option's posts; "
        f"{hours.value:,.0f} hours a year for each WTE, {hours.kind_in_words}",
        "starting": "entered in this plan" if starting else f"our default, {start.kind_in_words}",
        "stopped": evidence,
        "additional": evidence,
    }
    over = {
        "annual_cost": f"one year, {year} prices",
        "cost_per_head": f"{population.basis.label}, {population.period}",
        "cost_per_person": "people supported in a year",
        "starting": "people supported in a year",
        "stopped": "everyone who starts, not those who finish",
        "additional": "everyone who starts, not those who finish",
        "cost_per_additional": "people who stop beyond usual care",
    }
    return _receipt(
        step,
        option.measures.get(step.name),
        sums.values["central"],
        over.get(step.name, "people in a year"),
        sources.get(step.name) or "the lines above, and what is entered in this plan",
        option.withheld.get(step.name),
    )


def _receipt(
    step: Calculation,
    values: Range | None,
    central: Mapping[str, float | None],
    over: str,
    source: str,
    withheld: str | None = None,
) -> Provenance:
    unit = Unit.PENCE if step.name == "cost_per_head" else Unit.POUNDS if step.name in POUNDS else Unit.PEOPLE
    output = central.get(step.name)
    display = format_range(values, unit) if values else _form(step.name, output)
    return Provenance(
        figure=step.label,
        value=f"withheld: {withheld}" if withheld else display,
        kind=Kind.MODELLED.value,
        how=_fill_values(how_of(step), central),
        over=over,
        source=source,
    )


def _once(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(word for word in words if word))
