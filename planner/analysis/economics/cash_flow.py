"""Year by year: cash first, present value second, people supported and those left waiting, beside a budget."""

from dataclasses import dataclass

from planner.analysis.calculation.formulas import SCENARIOS
from planner.analysis.economics.option_costs import not_known
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.formatting import about_pounds, listed
from planner.model.base import Range
from planner.model.plan import Plan


@dataclass(frozen=True, kw_only=True)
class YearRow:
    """One year of an option. Cash is low, central and high; people are central values; those
    supported also in the low, central and high scenario, which need not run upwards: where more are
    supported early, fewer are left later.

    `waiting` is the people left without support at the end of the year if nobody leaves the list.
    `balance` is the budget less central cash.
    """

    year: int
    in_words: str
    staffed: float
    cash: Range
    present: float
    supported: float | None
    supported_in_each: tuple[float, float, float] | None
    waiting: float | None
    additional: float | None
    balance: float | None

    @property
    def balance_in_words(self) -> str:
        """What the budget leaves, or by how much it is passed."""
        if self.balance is None:
            return "no budget"
        return (
            about_pounds(self.balance)
            if self.balance >= 0
            else f"over by {about_pounds(-self.balance)}"
        )


@dataclass(frozen=True, kw_only=True)
class OptionYears:
    """An option over the plan's years, and what the years come to."""

    id: str
    name: str
    rows: tuple[YearRow, ...]
    cash_total: Range
    present_total: float
    finding: str
    assumes: tuple[str, ...]


def option_years(
    option_id: str,
    case: Case,
) -> OptionYears:
    """The years of one option, in the plan's price year for year 1 and at grown prices after it.

    Cash of a year is pay and overheads of the staff in post at that year's pay, other costs at that
    year's prices, and set-up in the first year. Present value discounts from the first year.
    """
    option = case.option(option_id)
    sums = case.sums_of(option)
    peopled = "supported" not in not_known(sums, case)
    rows = tuple(
        _row(sums, year, case.plan, peopled) for year in range(1, case.plan.horizon.years + 1)
    )
    total = sums.range("cash_total") or Range(low=0, central=0, high=0)
    present = sums.values["central"].get("present_total") or 0.0
    central = sums.inputs["central"]
    return OptionYears(
        id=option.id,
        name=option.name,
        rows=rows,
        cash_total=total,
        present_total=present,
        finding=_finding(option.name, rows, case.plan),
        assumes=(
            f"Pay grows {central['pay_growth']:.1%} a year and other prices {central['price_growth']:.1%} a year after "
            "year 1.",
            f"Nobody is in post for the first {case.plan.horizon.recruitment_months:g} months; then "
            + ", ".join(f"{share:.0%} of staff" for share in case.plan.horizon.ramp)
            + (", year by year." if len(case.plan.horizon.ramp) > 1 else " throughout."),
            f"Present values are of cash at year 1's prices, discounted at {central['discount_rate']:.1%} a year in real "
            "terms. They stand second to cash: a budget is kept in cash.",
            "As many people come forward each year as in the first until everyone for whom an offer is appropriate has "
            "come once; nobody leaves the list, and people who become long-term users later are not counted.",
        ),
    )


def _row(sums: OptionSums, year: int, plan: Plan, peopled: bool) -> YearRow:
    central = sums.values["central"]

    def of(name: str) -> float | None:
        return central.get(f"{name}_{year}")

    def people_of(name: str) -> float | None:
        return of(name) if peopled else None

    return YearRow(
        year=year,
        in_words=f"Year {year}" + (f" ({plan.pricing.price_year} prices)" if year == 1 else ""),
        staffed=(of("staffed") or 0.0) if sums.option.posts else 1.0,
        cash=sums.range(f"cash_{year}") or Range(low=0, central=0, high=0),
        present=of("present") or 0.0,
        supported=people_of("supported"),
        supported_in_each=_in_each(sums, f"supported_{year}") if peopled else None,
        waiting=people_of("waiting"),
        additional=people_of("additional"),
        balance=of("balance"),
    )


def _in_each(sums: OptionSums, name: str) -> tuple[float, float, float] | None:
    low, central, high = (sums.values[scenario].get(name) for scenario in SCENARIOS)
    return None if low is None or central is None or high is None else (low, central, high)


def _finding(name: str, rows: tuple[YearRow, ...], plan: Plan) -> str:
    budget = plan.pricing.budget
    first, last = rows[0], rows[-1]
    words = (
        f"{name} needs about £{_thousands(first.cash.central)} in its first year and £{_thousands(last.cash.central)} in "
        f"year {last.year}."
        if len(rows) > 1
        else f"{name} needs about £{_thousands(first.cash.central)} in its one year."
    )
    if budget is None:
        return words + " No budget has been entered, so whether it can be afforded is not said."
    over = [row for row in rows if row.cash.central > budget]
    maybe = [row for row in rows if row.cash.high > budget]
    if over:
        numbers = [row.year for row in over]
        to_the_end = numbers == list(range(numbers[0], last.year + 1))
        when = (
            f"from year {numbers[0]}"
            if to_the_end
            else f"in year {listed([str(n) for n in numbers])}"
        )
        most = f"£{_thousands(max(row.cash.central - budget for row in over))}"
        by = f"by {most}" if len(over) == 1 else f"by as much as {most} a year"
        return f"{words} That is above the budget of £{_thousands(budget)} {when}, {by}."
    if maybe:
        return words + (
            f" The budget of £{_thousands(budget)} covers it in every year, but not if costs are at their high "
            f"(year {maybe[0].year} first)."
        )
    return (
        words
        + f" The budget of £{_thousands(budget)} covers it in every year, even with costs at their high."
    )


def _thousands(value: float) -> str:
    return about_pounds(value).removeprefix("£")
