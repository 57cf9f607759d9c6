"""The receipts of the numbers each step opens with: how, over whom, and from what source.

No new sums. The words of a sum are its measure's in the register, and name what its formula uses,
no more and no less.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from planner.analysis.calculation.formulas import work_out
from planner.analysis.calculation.measures import MEASURES, Calculation, measures_of
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import OptionSums
from planner.analysis.formatting import Unit, format_number, format_range, percent
from planner.analysis.population.need import known_of
from planner.analysis.results.results import Results
from planner.model.base import Range
from planner.model.figures import FigureKind
from planner.model.place import Population
from planner.model.prescribing import Basis
from planner.model.reference import ReferenceData


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """One number with its receipt, in words: what it is, its kind, its sum, whom it is over, and
    its source."""

    figure: str
    value: str
    kind: str
    how: str
    over: str
    source: str


class _PrintedNumber:
    """A number of the sums, printed as the unit after its name in a sum in words has it, or else as
    its measure's."""

    def __init__(self, name: str, value: float | None):
        self.value = value
        self.unit = MEASURES[name].format_unit if name in MEASURES else Unit.PEOPLE

    def __format__(self, unit: str) -> str:
        return (
            "nobody" if self.value is None else format_number(self.value, Unit(unit or self.unit))
        )


def place_provenance(results: Results) -> tuple[Provenance, ...]:
    """The populations of a plan's board, and its adults in the most deprived fifth."""
    organisation = results.organisation
    adults = results.reference.people_of(organisation, results.plan.inequality.deprivation_index)
    residents = organisation.population(Basis.RESIDENT_ADULTS)
    registered = organisation.population(Basis.REGISTERED_ALL_AGES)
    return (
        _people_provenance("Resident adults", residents.value, residents, residents.basis.label),
        _people_provenance(
            "Aged 65 and over", organisation.residents_65plus, residents, "residents"
        ),
        _people_provenance(
            "Registered with a practice", registered.value, registered, registered.basis.label
        ),
        Provenance(
            figure=f"Adults in the most deprived fifth, {adults.split.value}",
            value=percent(adults.shares[0]),
            kind=adults.kind.value,
            how=f"{adults.counts[0]:,} adults in the most deprived fifth, divided by "
            f"{adults.total:,}. {adults.caution}".strip(),
            over=residents.basis.label,
            source=adults.source,
        ),
    )


def _people_provenance(figure: str, value: int, population: Population, over: str) -> Provenance:
    kind = population.kind
    return Provenance(
        figure=figure,
        value=f"{value:,}",
        kind=kind.value if population.verified else f"{kind.value}, unverified",
        how="as published"
        if kind is FigureKind.PUBLISHED
        else population.caution or "see its source",
        over=over,
        source=f"{population.source}, {population.period}",
    )


def need_provenance(results: Results) -> tuple[Provenance, ...]:
    """People prescribed, for the long term, and likely to take up support; nothing where need is
    not known."""
    need = results.need
    if need.people is None:
        return ()
    steps = measures_of(known_of(need.classes), "need", "referrals")
    inputs = {row.key: row for row in need.inputs}
    values = work_out(steps, {name: given.central for name, given in need.given.items()})
    classes = _once(f"{row.source}, {row.period}" for row in need.classes)
    overlap = inputs["classes_per_person"].source if len(need.classes) > 1 else "one class only"
    in_month = inputs["classes_per_person_month"].source if len(need.classes) > 1 else overlap
    sources = {
        "people": f"{classes}. Classes for each person: {overlap}",
        "long_term_people": _once(row.long_term_share.source for row in need.classes)
        + f". Classes for each person in a month: {in_month}",
        "in_tiers": "the tiers chosen in this plan",
    }
    rate, response = inputs["referral_rate"], inputs["response"]
    sources["referrals"] = f"{rate.kind.value}: {rate.source}"
    sources["demand"] = f"{sources['referrals']}; {response.kind.value}: {response.source}"
    population = need.population
    whole = f"{population.value:,} {population.basis.label}, {population.period}"
    return tuple(
        _provenance(step, getattr(need, step.name), values, step.whom or whole, sources[step.name])
        for step in steps
        if step.receipt
    )


def option_provenance(
    results: Results, option: OptionResult, reference: ReferenceData, step: str = "options"
) -> tuple[Provenance, ...]:
    """What an option costs and whom it would support, or at the step "outcomes" what may come of
    it."""
    sums = results.case.sums_of(results.case.option(option.id))
    return tuple(
        _of_option(one, sums, option, results, reference)
        for one in sums.steps
        if one.receipt == step
    )


def _of_option(
    step: Calculation,
    sums: OptionSums,
    option: OptionResult,
    results: Results,
    reference: ReferenceData,
) -> Provenance:
    population, hours = results.need.population, reference.assumption("hours_a_year")
    evidence = _once(f"{row.medicine_class.label}: {row.title}" for row in sums.evidence)
    year = option.price_year
    sources = {
        "annual_cost": _once(
            source.split(f", {year}")[0] for post in option.posts for source in post.sources
        ),
        "cost_per_head": f"{population.source}, {population.period}",
        "capacity": "the option's posts; "
        f"{hours.value:,.0f} hours a year for each WTE, {hours.kind_in_words}",
        "stopped": evidence,
        "net_stopped": evidence,
    }
    over = {
        "annual_cost": f"one year, {year} prices",
        "cost_per_head": f"{population.basis.label}, {population.period}",
    }
    return _provenance(
        step,
        option.measures.get(step.name),
        sums.values,
        over.get(step.name, step.whom),
        sources.get(step.name) or "the lines above, and what is entered in this plan",
        option.withheld.get(step.name),
    )


def _provenance(
    step: Calculation,
    values: Range | None,
    central: Mapping[str, float | None],
    over: str,
    source: str,
    withheld: str | None = None,
) -> Provenance:
    display = (
        format_range(values, step.format_unit)
        if values
        else format(_PrintedNumber(step.name, central[step.name]))
    )
    return Provenance(
        figure=step.label,
        value=f"withheld: {withheld}" if withheld else display,
        kind=FigureKind.MODELLED.value,
        how=step.how.format_map(
            {name: _PrintedNumber(name, value) for name, value in central.items()}
        ),
        over=over,
        source=source,
    )


def _once(words: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(part for word in words for part in word.split("; ") if part))
