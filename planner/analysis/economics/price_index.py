"""Money moved from one year's prices to another's by a named index. No pay is worked out here."""

from dataclasses import dataclass

from planner.model.plan import Plan
from planner.model.reference import PriceIndex, ReferenceData, ReferenceMissing


@dataclass(frozen=True, kw_only=True)
class Uprated:
    """An amount at another year's prices, and how it was moved."""

    value: float
    factor: float
    from_year: str
    method: str


def uprate(amount: float, from_year: str, to_year: str, index: PriceIndex) -> Uprated:
    """An amount of money moved between the prices of two financial years.

    The amount times the index of the later year over that of the earlier.
    Raises ReferenceMissing naming the years the index holds.
    """
    for year in (from_year, to_year):
        if year not in index.values:
            raise ReferenceMissing(
                f"{index.name} has no {year}; "
                f"it runs from {min(index.values)} to {max(index.values)}"
            )
    factor = index.values[to_year] / index.values[from_year]
    forecast = " (forecast)" if to_year in index.forecast_years else ""
    return Uprated(
        value=amount * factor,
        factor=factor,
        from_year=from_year,
        method=f"{index.name}: {from_year} to {to_year}{forecast}, times {factor:.4f}",
    )


def price_index(plan: Plan, reference: ReferenceData) -> PriceIndex:
    """The index that moves prices in this plan: the user's own where one was entered, else the one
    we ship."""
    own = plan.pricing.own_index
    if own is None:
        return reference.deflator
    return PriceIndex(
        name=f"{own.name} (entered in this plan)",
        values=own.values,
        forecast_years=(),
        source=own.name,
    )


def index_years(price_year: str, plan: Plan, reference: ReferenceData) -> tuple[str, ...]:
    """The years an index must hold for the plan at that price year: its own, and those of every
    price moved to it."""
    printed = (
        study.figure(name)
        for study in reference.case_studies
        for row in study.measures
        for name in (row.published, row.recomputed)
        if name is not None
    )
    costs = (cost.price_year for option in plan.options for cost in option.other_costs)
    figures = (figure.price_year for figure in (*printed, *reference.assumptions))
    return tuple(sorted({year for year in (price_year, *figures, *costs) if year}))
