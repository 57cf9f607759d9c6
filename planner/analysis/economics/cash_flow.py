"""Year by year: cash first, present value second, and people seen, beside a budget."""

from dataclasses import dataclass

from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.probabilistic import OptionDraws, draw_years
from planner.analysis.formatting import about_pounds, listed
from planner.model.base import Range
from planner.model.plan import Plan


@dataclass(frozen=True, kw_only=True)
class YearRow:
    """One financial year of an option: one figure of each and the 95% of its draws.

    `waiting` is the people left without support at the end of the year, once those who leave a list
    have left it. `balance` is the budget less cash; `price` is a contract's price, where its uplift
    or efficiency has been entered. `long_term` is everyone prescribed for the long term at the end
    of the year.
    """

    year: int
    financial_year: str
    staffed: float
    cash: Range
    present: float
    price: float | None
    referred: Range | None
    written: Range | None
    assessed: Range | None
    starting: Range | None
    waiting: Range | None
    net_stopped: Range | None
    long_term: float | None
    balance: float | None

    @property
    def in_words(self) -> str:
        """The year as it is printed: a planning year of twelve months from the start, whatever the
        day on which a service starts."""
        return f"year {self.year}"

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
    year's prices, letters sent, and set-up in the first year. An offer of letters ends with the
    year in which the last of its people are written to. Present value discounts from the first
    year. Referrals build up by the plan's profile; who waits may be seen the year after, or leave.
    """
    option, horizon, demand = case.option(option_id), case.plan.horizon, case.plan.demand
    sums, draws = case.sums_of(option), draw_years(option_id, case)
    rows = tuple(_row(sums, draws, year, case.plan) for year in range(1, horizon.years + 1))
    central = sums.central
    return OptionYears(
        id=option.id,
        name=option.name,
        rows=rows,
        cash_total=draws.estimates["cash_total"].range(),
        present_total=sums.values["present_total"] or 0.0,
        finding=_finding(option.name, rows, case.plan),
        assumes=(
            f"Pay grows {central['pay_growth']:.1%} a year and other prices "
            f"{central['price_growth']:.1%} a year after "
            "year 1.",
            f"Nobody is in post for the first {horizon.recruitment_months:g} months; then "
            + ", ".join(f"{share:.0%} of staff" for share in horizon.staffing_profile)
            + (", year by year." if len(horizon.staffing_profile) > 1 else " throughout."),
            "Present values are of cash at year 1's prices, discounted at "
            f"{central['discount_rate']:.1%} a year in real "
            "terms. They stand second to cash: a budget is kept in cash.",
            "Referrals build up: "
            + ", ".join(f"{share:.0%}" for share in demand.referral_profile)
            + " of a full year's, year by year. Of those waiting at the end of a year "
            f"{central['leave_list']:.0%} leave the list within the next. Nobody is written to "
            f"twice{_of_letters(sums)}. As many people become long-term users each year as cease "
            "to be for other reasons.",
        ),
    )


def _of_letters(sums: OptionSums) -> str:
    """In which years letters are paid for, and what ends with them, as an end of a sentence."""
    if not sums.known.has & {"letters offer", "invites"}:
        return ""
    return ", and letters are paid for in the years in which they are sent" + (
        "; an option that only writes letters ends with the last of them"
        if sums.option.is_letters
        else ""
    )


def _row(sums: OptionSums, draws: OptionDraws, year: int, plan: Plan) -> YearRow:
    def given(name: str) -> Range | None:
        estimate = draws.estimates.get(f"{name}_{year}")
        return None if estimate is None else estimate.range()

    central = sums.values
    return YearRow(
        year=year,
        financial_year=year_after(plan.pricing.price_year, year - 1),
        staffed=(sums.central[f"staffed_{year}"] if sums.option.posts else 1.0)
        * (central.get(f"runs_{year}", 1.0) or 0.0),
        cash=draws.estimates[f"cash_{year}"].range(),
        present=central[f"present_{year}"] or 0.0,
        price=central.get(f"price_{year}"),
        referred=given("referred"),
        written=given("letters"),
        assessed=given("assessed"),
        starting=given("starting"),
        waiting=given("waiting"),
        net_stopped=given("net_stopped"),
        long_term=central.get(f"long_term_at_end_{year}") if given("net_stopped") else None,
        balance=central.get(f"balance_{year}"),
    )


def year_after(financial_year: str, years: int) -> str:
    """The financial year that many years later, such as 2027/28 one after 2026/27."""
    first = int(financial_year[:4]) + years
    return f"{first}/{(first + 1) % 100:02}"


def budget_named(plan: Plan) -> str:
    """What to call a plan's budget: a ceiling to plan by where less than it has been found."""
    return "budget" if plan.has_budget else "planning ceiling"


def _finding(name: str, rows: tuple[YearRow, ...], plan: Plan) -> str:
    budget = plan.pricing.budget
    first, last = rows[0], rows[-1]
    spends = [row for row in rows if row.cash.central]
    to_end = spends[-1] if spends else first
    words = f"{name} needs about {about_pounds(first.cash.central)} in its first year" + (
        f" and {about_pounds(to_end.cash.central)} in year {to_end.year}" if to_end != first else ""
    )
    if len(rows) == 1:
        words = words.removesuffix("first year") + "one year"
    elif to_end != last:
        # Only letters run out.
        words += ", by whose end everyone whom its letters are meant for has been written to"
    words += "."
    if budget is None:
        return words + " No budget has been entered, so whether it can be afforded is not said."
    named = f"{budget_named(plan)} of {about_pounds(budget)}"
    shortfall = "" if plan.has_budget else " Less than the ceiling has been found so far."
    over = {row.year: row.cash.central - budget for row in rows if row.cash.central > budget}
    if over:
        to_the_end = list(over) == list(range(min(over), last.year + 1))
        when = f"from year {min(over)}" if to_the_end else f"in year {listed([*map(str, over)])}"
        most = about_pounds(max(over.values()))
        by = f"by {most}" if len(over) == 1 else f"by as much as {most} a year"
        return f"{words} That is above the {named} {when}, {by}.{shortfall}"
    maybe = next((row.year for row in rows if row.cash.high > budget), None)
    likely = (
        f"but not at the upper end of what is likely (year {maybe} first)"
        if maybe
        else "even at the upper end of what is likely"
    )
    return f"{words} That is within the {named} in every year, {likely}.{shortfall}"
