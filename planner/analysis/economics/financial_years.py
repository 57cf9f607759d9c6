"""What an option costs in each financial year of its service, beside the funding found for it.

Cash in each year's own prices, from the day the service starts to the day it ends, by whole months.
"""

from dataclasses import dataclass
from datetime import date
from itertools import count, groupby, takewhile

from planner.analysis.completeness.readiness import months_after
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import Case
from planner.analysis.economics.probabilistic import drawn_years
from planner.model.base import Range

MONTHS = 12
APRIL = 4
LARGE = 100_000


@dataclass(frozen=True, kw_only=True)
class FinancialYearCost:
    """One financial year of a service: the months of it, people, its cost, and what is found.

    `people` are assessed, or written to, and None where they are not known; `funded` is None where
    nothing has been said of funding, and `left` is what is found and more than the year costs.
    """

    financial_year: str
    months: int
    cost: float
    funded: float | None
    people: int | None = None
    left: float = 0.0

    @property
    def gap(self) -> float | None:
        """What is still to be found."""
        return None if self.funded is None else self.cost - self.funded


@dataclass(frozen=True, kw_only=True)
class ServiceCost:
    """A service over its term, year by year. `total` has the likely range of the years' cash, in
    the same proportion."""

    years: tuple[FinancialYearCost, ...]
    total: Range

    @property
    def funded(self) -> float | None:
        """What is found over the term."""
        funds = [year.funded for year in self.years]
        return None if None in funds else sum(one for one in funds if one is not None)

    @property
    def people(self) -> int | None:
        """People assessed, or written to, over the term."""
        each = [year.people for year in self.years]
        return None if None in each else sum(one for one in each if one is not None)

    @property
    def gap(self) -> float | None:
        """What is still to be found over the term."""
        return None if self.funded is None else self.total.central - self.funded


def service_cost(costed: OptionResult, case: Case) -> ServiceCost | None:
    """The cost of one option in each financial year of its service; None without both of its
    dates.

    Staff are paid from the month in which they are in post, by the plan's recruitment and build-up
    of staff. Pay and other prices grow each April after the year of prices. Set-up is paid in the
    first month.
    """
    spec, horizon = case.plan.specification, case.plan.horizon
    start, end = spec.service_start, spec.service_end
    if start is None or end is None:
        return None
    central = case.sums_of(case.option(costed.id)).central
    staff = costed.pay.central + costed.overhead.central
    other = costed.running_cost.central - staff
    profile, first = horizon.staffing_profile, int(case.plan.pricing.price_year[:4])

    def cost(number: int, on: date) -> float:
        years = _year_of(on) - first
        in_post = profile[min(number // MONTHS, len(profile) - 1)]
        if number < MONTHS:
            in_post *= min(1.0, max(0.0, number + 1 - horizon.recruitment_months))
        return (
            staff * in_post / MONTHS * (1 + central["pay_growth"]) ** years
            + (other / MONTHS + (costed.set_up if number == 0 else 0.0))
            * (1 + central["price_growth"]) ** years
        )

    estimates = drawn_years(costed.id, case).estimates
    kind = "letters" if "written" in costed.measures else "assessed"

    def seen(number: int) -> float | None:
        """People of one month: a year's, in step with the staff in post in its months."""
        of_year = estimates.get(f"{kind}_{min(number // MONTHS + 1, horizon.years)}")
        if of_year is None:
            return None
        recruiting = horizon.recruitment_months if number < MONTHS and kind == "assessed" else 0.0
        here = min(1.0, max(0.0, number % MONTHS + 1 - recruiting))
        whole_year = max(MONTHS - recruiting, 0.0)
        return of_year.range().central * here / whole_year if whole_year else 0.0

    # To the thousand pounds, or the hundred for a small service, so that what is printed adds up.
    digits = -3 if costed.running_cost.central >= LARGE else -2
    dates = takewhile(lambda on: on <= end, (months_after(start, n) for n in count()))
    years = []
    for year, group in groupby(enumerate(dates), key=lambda month: _year_of(month[1])):
        each = list(group)
        people = [seen(number) for number, _ in each]
        total = round(sum(cost(number, on) for number, on in each), digits)
        there = _share_there(each, case)
        # A year's funding is there in full for a part year too.
        funding = None if spec.funding_found is None else spec.funding_found * (there > 0)
        funded = None if funding is None else min(total * there, funding)
        years.append(
            FinancialYearCost(
                financial_year=f"{year}/{(year + 1) % 100:02}",
                months=len(each),
                cost=total,
                funded=funded,
                people=None if None in people else round(sum(one or 0.0 for one in people)),
                left=max(0.0, (funding or 0.0) - total) if funding else 0.0,
            )
        )
    whole = sum(year.cost for year in years)
    cash = estimates["cash_total"].range()
    low, high = (cash.low / cash.central, cash.high / cash.central) if cash.central else (1.0, 1.0)
    return ServiceCost(
        years=tuple(years), total=Range(low=whole * low, central=whole, high=whole * high)
    )


def _year_of(on: date) -> int:
    """The year in which a day's financial year begins."""
    return on.year - (on.month < APRIL)


def _share_there(months: list[tuple[int, date]], case: Case) -> float:
    """The share of a year's months in which funding is there: funding that does not recur is there
    up to its end."""
    spec = case.plan.specification
    ends = None if spec.funding_recurrent else spec.funding_ends
    return sum(ends is None or on <= ends for _, on in months) / len(months)
