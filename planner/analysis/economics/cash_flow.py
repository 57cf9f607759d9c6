"""Year by year: cash first, present value second, and people supported, beside a budget."""

from dataclasses import dataclass

from planner.analysis.calculation.formulas import SCENARIOS
from planner.analysis.economics.option_costs import NOTHING, not_known
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
    option, horizon = case.option(option_id), case.plan.horizon
    sums = case.sums_of(option)
    peopled = "supported" not in not_known(sums, case)
    rows = tuple(_row(sums, year, case.plan, peopled) for year in range(1, horizon.years + 1))
    central = sums.inputs["central"]
    return OptionYears(
        id=option.id,
        name=option.name,
        rows=rows,
        cash_total=sums.range("cash_total") or NOTHING,
        present_total=sums.values["central"].get("present_total") or 0.0,
        finding=_finding(option.name, rows, case.plan),
        assumes=(
            f"Pay grows {central['pay_growth']:.1%} a year and other prices "
            f"{central['price_growth']:.1%} a year after "
            "year 1.",
            f"Nobody is in post for the first {horizon.recruitment_months:g} months; then "
            + ", ".join(f"{share:.0%} of staff" for share in horizon.ramp)
            + (", year by year." if len(horizon.ramp) > 1 else " throughout."),
            "Present values are of cash at year 1's prices, discounted at "
            f"{central['discount_rate']:.1%} a year in real "
            "terms. They stand second to cash: a budget is kept in cash.",
            "As many people come forward each year as in the first until everyone for whom an "
            "offer is appropriate has "
            "come once; nobody leaves the list, and people who become long-term users later are "
            "not counted.",
        ),
    )


def _row(sums: OptionSums, year: int, plan: Plan, peopled: bool) -> YearRow:
    of = {
        name: sums.values["central"].get(f"{name}_{year}")
        for name in ("staffed", "present", "supported", "waiting", "additional", "balance")
    }
    if not peopled:
        of |= dict.fromkeys(("supported", "waiting", "additional"))
    return YearRow(
        year=year,
        in_words=f"Year {year}" + (f" ({plan.pricing.price_year} prices)" if year == 1 else ""),
        staffed=(of["staffed"] or 0.0) if sums.option.posts else 1.0,
        cash=sums.range(f"cash_{year}") or NOTHING,
        present=of["present"] or 0.0,
        supported=of["supported"],
        supported_in_each=_in_each(sums, f"supported_{year}") if peopled else None,
        waiting=of["waiting"],
        additional=of["additional"],
        balance=of["balance"],
    )


def _in_each(sums: OptionSums, name: str) -> tuple[float, float, float] | None:
    low, central, high = (sums.values[scenario].get(name) for scenario in SCENARIOS)
    return None if low is None or central is None or high is None else (low, central, high)


def _finding(name: str, rows: tuple[YearRow, ...], plan: Plan) -> str:
    budget = plan.pricing.budget
    first, last = rows[0], rows[-1]
    words = f"{name} needs about {about_pounds(first.cash.central)} in its " + (
        f"first year and {about_pounds(last.cash.central)} in year {last.year}."
        if len(rows) > 1
        else "one year."
    )
    if budget is None:
        return words + " No budget has been entered, so whether it can be afforded is not said."
    over = {row.year: row.cash.central - budget for row in rows if row.cash.central > budget}
    if over:
        to_the_end = list(over) == list(range(min(over), last.year + 1))
        when = f"from year {min(over)}" if to_the_end else f"in year {listed([*map(str, over)])}"
        most = about_pounds(max(over.values()))
        by = f"by {most}" if len(over) == 1 else f"by as much as {most} a year"
        return f"{words} That is above the budget of {about_pounds(budget)} {when}, {by}."
    maybe = next((row.year for row in rows if row.cash.high > budget), None)
    return f"{words} The budget of {about_pounds(budget)} covers it in every year, " + (
        f"but not if costs are at their high (year {maybe} first)."
        if maybe
        else "even with costs at their high."
    )
