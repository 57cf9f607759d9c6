"""What an option costs in each financial year of its service, beside the funding found for it.

And the smaller service that what is found pays for, over the same months.
Cash in each year's own prices, from the day the service starts to the day it ends, by whole months.
Cost and people are of the central case, so that two services may be set beside one another.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import count, groupby, takewhile
from math import floor

from planner.analysis.calculation.formulas import work_out
from planner.analysis.calculation.measures import cost_lines
from planner.analysis.completeness.readiness import months_after, months_to_first_patient
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import Case, LettersOfYear, OptionSums
from planner.analysis.economics.probabilistic import draw_years
from planner.model.base import Range

MONTHS = 12
APRIL = 4
LARGE = 100_000
NO_LETTERS = LettersOfYear(sent=0.0, cost=0.0, runs=1.0)


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
    the same proportion. `ended` is the last day of an offer of letters that has by then
    written to everyone, on or before the day on which the service's dates end."""

    years: tuple[FinancialYearCost, ...]
    total: Range
    ended: date | None = None

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


@dataclass(frozen=True, kw_only=True)
class SmallerService:
    """The service that what is found pays for: what part of the full one it is, to its last day,
    and beside it the full one over the same months."""

    size: float
    wte: float
    until: date
    cost: ServiceCost
    full: ServiceCost

    @property
    def fewer(self) -> tuple[int, ...]:
        """How many fewer people than by the full service, year by year."""
        return tuple(
            (whole.people or 0) - (part.people or 0)
            for part, whole in zip(self.cost.years, self.full.years, strict=True)
        )


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What a start a year later would leave undone by the same last day: people, and money found
    that would not be used."""

    until: date
    now: int
    later: int
    unused: float


def service_cost(
    costed: OptionResult,
    case: Case,
    *,
    size: float = 1.0,
    starts: date | None = None,
    until: date | None = None,
) -> ServiceCost | None:
    """The cost of one option in each financial year of its service; None without both of its
    dates.

    Staff are paid from the month in which they are in post, by the plan's recruitment and build-up
    of staff. Pay and other prices grow each April after the year of prices. Set-up is paid in the
    first month. Letters are paid for in the contract years in which they are sent, and an option
    that only writes letters ends with the last of them. `size` is of an option that many times as
    large, `starts` another first day than the plan's, and `until` a last day before the plan's.
    """
    spec, horizon = case.plan.specification, case.plan.horizon
    start, end = starts or spec.service_start, spec.service_end
    if start is None or end is None:
        return None
    sums = case.sums_of(case.option(costed.id))
    central, values = sums.central, _at_size(sums, size)
    with_pay = (line.name for line in cost_lines(sums.known) if line.grows == "pay")
    staff = sum(costed.measures[name].central for name in with_pay) * size
    letters_cost = costed.measures.get("letters_cost")
    unlettered = costed.running_cost.central - (letters_cost.central if letters_cost else 0.0)
    other = unlettered * size - staff
    profile, first = horizon.staffing_profile, int(case.plan.pricing.price_year[:4])
    last = min(end, until or end)
    dates = list(takewhile(lambda on: on <= last, (months_after(start, n) for n in count())))
    # One year more than the service has tells whether anyone is left when it ends.
    letters = sums.letters_by_year(values, -(-len(dates) // MONTHS) + 1)
    ended = None
    if sums.option.is_letters and letters:
        # It ends with the year in which the last of its people are written to.
        runs = max(1, round(sum(year.runs for year in letters)))
        if runs < len(letters) and runs * MONTHS <= len(dates):
            dates = dates[: runs * MONTHS]
            ended = months_after(start, runs * MONTHS) - timedelta(days=1)

    def cost(number: int, on: date) -> float:
        years = _year_of(on) - first
        of_year = letters[number // MONTHS] if letters else NO_LETTERS
        in_post = profile[min(number // MONTHS, len(profile) - 1)] * of_year.runs
        if number < MONTHS:
            in_post *= min(1.0, max(0.0, number + 1 - horizon.recruitment_months))
        return (
            staff * in_post / MONTHS * (1 + central["pay_growth"]) ** years
            + (
                (other * of_year.runs + of_year.cost) / MONTHS
                + (costed.set_up * size if number == 0 else 0.0)
            )
            * (1 + central["price_growth"]) ** years
        )

    estimates = draw_years(costed.id, case).estimates

    def seen(number: int) -> float | None:
        """People of one month: a year's, in step with the months in which people are seen; or the
        people written to in it."""
        if sums.option.is_letters:
            return letters[number // MONTHS].sent / MONTHS if letters else None
        name = f"assessed_{min(number // MONTHS + 1, horizon.years)}"
        of_year = values.get(name)
        # What the draws withhold is not told of the central case either.
        if of_year is None or name not in estimates:
            return None
        closed = months_to_first_patient(case.plan) if number < MONTHS else 0.0
        here = min(1.0, max(0.0, number % MONTHS + 1 - closed))
        whole_year = max(MONTHS - closed, 0.0)
        return of_year * here / whole_year if whole_year else 0.0

    # To the thousand pounds, or the hundred for a small service, so that what is printed adds up.
    digits = -3 if costed.running_cost.central >= LARGE else -2
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
        years=tuple(years),
        total=Range(low=whole * low, central=whole, high=whole * high),
        ended=ended,
    )


SCALED = ("pay", "hours", "other_costs", "set_up", "facing_wte")
"""The inputs of an option that grow with its team, beside those of its roles."""


def _at_size(sums: OptionSums, size: float) -> dict[str, float | None]:
    """Every step of an option that many times as large, while as many people are referred to it."""
    if size == 1.0:
        return sums.values
    scaled = {
        name: value * size
        for name, value in sums.central.items()
        if name in SCALED or name in {f"role_hours_{role}" for role in sums.known.roles}
    }
    return work_out((*sums.need, *sums.steps, *sums.years), sums.central | scaled)


def smaller_service(costed: OptionResult, case: Case) -> SmallerService | None:
    """The option as large as what is found for each year pays for, to the whole per cent below and
    for as long as it is there; None where nothing is found, the whole is, or the option cannot be
    had smaller."""
    spec, option = case.plan.specification, case.option(costed.id)
    funding, cost = spec.funding_found, service_cost(costed, case)
    whole = option.stated_capacity is not None or option.is_letters or not option.posts
    if not funding or cost is None or not cost.gap or whole or spec.service_end is None:
        return None
    ends = None if spec.funding_recurrent else spec.funding_ends
    until = min(ends or spec.service_end, spec.service_end)
    full = service_cost(costed, case, until=until)
    if full is None or not full.years or not full.people:
        return None
    size = floor(100 * min(1.0, *(funding / year.cost for year in full.years))) / 100
    part = service_cost(costed, case, size=size, until=until)
    if part is None or not part.people:
        return None
    return SmallerService(size=size, wte=costed.wte * size, until=until, cost=part, full=full)


def waiting(costed: OptionResult, case: Case) -> Waiting | None:
    """What a start a year later would leave undone by the day to which money is found, or else by
    the end of the service; None where people or dates are not known, or nothing would be left of
    the service."""
    spec = case.plan.specification
    if spec.service_start is None or spec.service_end is None:
        return None
    ends = None if spec.funding_recurrent or not spec.funding_found else spec.funding_ends
    until = min(ends or spec.service_end, spec.service_end)
    now = service_cost(costed, case, until=until)
    later = service_cost(costed, case, starts=months_after(spec.service_start, MONTHS), until=until)
    if now is None or later is None or not now.people or later.people is None:
        return None
    unused = (now.funded or 0.0) - (later.funded or 0.0) if ends else 0.0
    return Waiting(until=until, now=now.people, later=later.people, unused=max(0.0, unused))


def _year_of(on: date) -> int:
    """The year in which a day's financial year begins."""
    return on.year - (on.month < APRIL)


def _share_there(months: list[tuple[int, date]], case: Case) -> float:
    """The share of a year's months in which funding is there: funding that does not recur is there
    up to its end."""
    spec = case.plan.specification
    ends = None if spec.funding_recurrent else spec.funding_ends
    return sum(ends is None or on <= ends for _, on in months) / len(months)
