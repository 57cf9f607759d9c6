"""The one table of named steps behind every cost: worked out in Python and written as formulas into the workbook.

No file, plan or wording is known here.
"""

from __future__ import annotations

from collections.abc import Sequence

from planner.analysis.calculation.formulas import Calculation

POST_STEPS = (
    Calculation("supplement", "High-cost-area supplement", "GBP a year for a whole-time post",
         "MIN(MAX(salary * zone_share, zone_minimum), zone_maximum)"),
    Calculation("basic_pay", "Salary", "GBP a year", "salary * wte"),
    Calculation("area_pay", "High-cost-area pay", "GBP a year", "supplement * wte"),
    Calculation("paid", "Pay", "GBP a year", "basic_pay + area_pay"),
    Calculation("national_insurance", "Employer's National Insurance", "GBP a year",
         "MAX(0, paid / people - ni_threshold) * people * ni_rate"),
    Calculation("pension", "Employer's pension", "GBP a year", "paid * pension_rate"),
    Calculation("levy", "Apprenticeship levy", "GBP a year", "paid * levy_rate"),
    Calculation("total", "Cost of the post", "GBP a year", "paid + national_insurance + pension + levy"),
    Calculation("hours", "Hours with or for people", "hours a year", "wte * hours_a_year * patient_facing"),
)  # fmt: skip
"""One line of posts, from its whole-time salary to what it costs an employer."""


def _named(medicine_class: str) -> str:
    return medicine_class.replace("z_drugs", "Z-drugs")


def need_steps(classes: Sequence[str]) -> tuple[Calculation, ...]:
    """From people prescribed each class to people who may take up support in a year."""
    long_term = [
        Calculation(f"long_term_{c}", f"Prescribed {_named(c)} for the long term", "people",
             f"patients_{c} * month_share_{c} * long_term_share_{c}")
        for c in classes
    ]  # fmt: skip
    return (
        *long_term,
        Calculation("patients_sum", "Sum over classes", "people, some counted more than once",
             " + ".join(f"patients_{c}" for c in classes)),
        Calculation("long_term_sum", "Sum over classes, long term", "people, some counted more than once",
             " + ".join(f"long_term_{c}" for c in classes)),
        Calculation("people", "People prescribed any class", "people", "patients_sum / classes_per_person__opposite"),
        Calculation("long_term_people", "People prescribed for the long term", "people", "long_term_sum / classes_per_person__opposite"),
        Calculation("eligible", "For whom an offer is appropriate", "people", "long_term_people * appropriate_share"),
        Calculation("offered", "Offered support in a year", "people", "eligible * coverage"),
        Calculation("demand", "Taking up an offer in a year", "people", "offered * uptake"),
    )  # fmt: skip


def outcome_steps(
    classes: Sequence[str], net: bool, reduced: bool, left: bool, relapse: bool
) -> tuple[Calculation, ...]:
    """What becomes of the people who start, over all classes, each class by its share of long-term need."""

    def blend(what: str) -> str:
        return " + ".join(f"weight_{c} * {what}_{c}" for c in classes)

    steps = [
        Calculation(f"weight_{c}", f"Part of long-term need that is {_named(c)}", "share",
             f"IF(long_term_sum__central > 0, long_term_{c}__central / long_term_sum__central, 0)")
        for c in classes
    ]  # fmt: skip
    steps += [
        Calculation("stop_share", "Share who stop, with support", "share of people who start", blend("stop"))
    ]
    if net:
        steps += [
            Calculation("usual_share", "Share who would stop with usual care", "share of people who start", blend("usual")),
            Calculation("net_share", "Share who stop beyond usual care", "share of people who start", blend("net")),
            Calculation("net_medicine", "Medicines of those who stop beyond usual care, for each person who starts",
                 "GBP a year per person", " + ".join(f"weight_{c} * net_{c} * medicine_cost_{c}" for c in classes)),
        ]  # fmt: skip
    if reduced:
        steps.append(
            Calculation("reduce_share", "Share who reduce", "share of people who start", blend("reduce"))
        )
    if left:
        steps.append(
            Calculation(
                "left_share", "Share who leave or are not known", "share of people who start", blend("left")
            )
        )
    if relapse:
        of_stops = " + ".join(f"weight_{c} * stop_{c}__central * relapse_{c}" for c in classes)
        steps.append(Calculation("relapse_share", "Share of those who stop who relapse or start again later",
                          "share of people who stop", f"IF(stop_share__central > 0, ({of_stops}) / stop_share__central, 0)"))  # fmt: skip
    return tuple(steps)


def option_steps(
    *,
    stated: bool,
    need: bool,
    outcomes: bool,
    net: bool,
    reduced: bool,
    left: bool,
    relapse: bool,
    all_ages: bool,
    roles: Sequence[int] = (),
) -> tuple[Calculation, ...]:
    """One option from its posts to every measure. What cannot be known for a plan has no step.

    `roles` are the places, from 1, of the posts that say how many of their own hours each person needs.
    """
    enough = "IF({0}__low >= 0.5, annual_cost / {0}__opposite, WITHHELD)"
    steps = [
        Calculation("overhead", "Overheads", "GBP a year", "pay * overhead_share"),
        Calculation("set_up_spread", "Set-up, spread over the years", "GBP a year", "set_up / years"),
        Calculation("annual_cost", "Cost a year", "GBP a year", "pay + overhead + other_costs + set_up_spread"),
        Calculation("cost_per_head", "Cost per head of the plan's population", "GBP a year per head", "annual_cost / population"),
    ]  # fmt: skip
    if all_ages:
        steps.append(Calculation("cost_per_head_all_ages", "Cost per head of residents of all ages", "GBP a year per head",
                          "annual_cost / residents"))  # fmt: skip
    whole = "stated_capacity" if stated else "hours / hours_per_person__opposite"
    if stated or not roles:
        steps.append(Calculation("capacity", "People the team can support", "people a year", whole))
    else:
        steps.append(
            Calculation("team_capacity", "People the whole team's hours allow", "people a year", whole)
        )
        steps += [
            Calculation(f"role_capacity_{n}", f"People the hours of post {n} allow", "people a year",
                 f"role_hours_{n} / role_hours_each_{n}__opposite")
            for n in roles
        ]  # fmt: skip
        least = "team_capacity"
        for n in roles:
            least = f"MIN({least}, role_capacity_{n})"
        steps.append(Calculation("capacity", "People the team can support", "people a year", least))
    if not need:
        return tuple(steps)
    steps += [
        Calculation("supported", "People supported", "people a year", "MIN(demand, capacity)"),
        Calculation("unmet", "People who cannot be supported", "people a year", "MAX(0, demand - capacity__opposite)"),
        Calculation("waiting_weeks", "Weeks of work waiting after a year", "weeks",
             "IF(capacity__opposite > 0, unmet / capacity__opposite * 52, WITHHELD)"),
        Calculation("cost_per_person", "Cost per person supported", "GBP per person", enough.format("supported")),
        Calculation("reach", "Reach per 1,000 people prescribed", "people per 1,000", "IF(people__central > 0, supported * 1000 / people__central, WITHHELD)"),
        Calculation("starting", "People who start to reduce", "people a year", "supported * starting_share"),
        Calculation("cost_per_start", "Cost per person who starts", "GBP per person", enough.format("starting")),
    ]  # fmt: skip
    if outcomes:
        own = "stop_share + (effect - 1) * net_share" if net else "stop_share * effect"
        steps += [
            Calculation("stop_own", "Share who stop with this option, before limits", "share of people who start", own),
            Calculation("stop_rate", "Share who stop with this option", "share of people who start",
                 "MIN(1, MAX(0, stop_own__ordered))"),
            Calculation("stopped", "People who stop (gross)", "people a year", "starting * stop_rate"),
            Calculation("cost_per_stopped", "Cost per person who stops (gross)", "GBP per person", enough.format("stopped")),
        ]  # fmt: skip
    if outcomes and relapse:
        steps.append(Calculation("sustained", "People who stop and have not relapsed later", "people a year",
                          "stopped * (1 - relapse_share__opposite)"))  # fmt: skip
    if outcomes and net:
        steps += [
            Calculation("additional_rate", "Share who stop beyond usual care", "share of people who start",
                 "MAX(0 - usual_share__opposite, MIN(net_share * IF(net_share > 0, effect, effect__opposite), "
                 "MIN(stop_rate, 1 - usual_share__opposite)))"),
            Calculation("additional", "Additional people who stop (net of usual care)", "people a year",
                 "IF(additional_rate > 0, starting, starting__opposite) * additional_rate"),
            Calculation("cost_per_additional", "Cost per additional person who stops", "GBP per person",
                 enough.format("additional")),
            Calculation("medicines", "Medicines no longer prescribed (not cash)", "GBP a year",
                 "MAX(0, starting * net_medicine * IF(net_medicine > 0, effect, effect__opposite))"),
        ]  # fmt: skip
    if outcomes and reduced:
        steps += [
            Calculation("reduced", "People who reduce", "people a year", "starting * MIN(reduce_share, 1 - stop_rate__opposite)"),
            Calculation("stopped_or_reduced", "People who stop or reduce", "people a year", "MIN(starting, stopped + reduced)"),
            Calculation("cost_per_stopped_or_reduced", "Cost per person who stops or reduces", "GBP per person",
                 enough.format("stopped_or_reduced")),
        ]  # fmt: skip
    if outcomes and left:
        others = (
            "MAX(0, 1 - stop_rate__opposite - reduce_share__opposite)"
            if reduced
            else "1 - stop_rate__opposite"
        )
        steps.append(Calculation("left", "People who leave or whose outcome is unknown", "people a year",
                          f"starting * MIN(left_share, {others})"))  # fmt: skip
    if outcomes:
        known = ["stopped", *(["reduced"] if reduced else []), *(["left"] if left else [])]
        steps.append(Calculation("no_change", "People with no change, or not known", "people a year",
                          f"MAX(0, starting - {' - '.join(f'{name}__opposite' for name in known)})"))  # fmt: skip
    return tuple(steps)


def year_steps(years: int, need: bool, net: bool, budget: bool) -> tuple[Calculation, ...]:
    """Year by year: staff arriving, pay and prices growing, cash, present value, people and those left waiting.

    Cash is at each year's own prices. Present value is of cash at year 1's prices, since the Green Book's rate is a
    real one. Nobody comes forward twice: all who ever come are at most those for whom an offer is appropriate.
    """
    steps: list[Calculation] = []
    for year in range(1, years + 1):
        before = year - 1
        steps += [
            Calculation(f"pay_factor_{year}", f"Pay, year {year}, over year 1", "times",
                 "1" if year == 1 else f"pay_factor_{before} * (1 + pay_growth)"),
            Calculation(f"price_factor_{year}", f"Prices, year {year}, over year 1", "times",
                 "1" if year == 1 else f"price_factor_{before} * (1 + price_growth)"),
            Calculation(f"staff_cash_{year}", f"Pay and overheads, year {year}", "GBP",
                 f"(pay + overhead) * staffed_{year} * pay_factor_{year}"),
            Calculation(f"other_cash_{year}", f"Other costs, year {year}", "GBP", f"other_costs * price_factor_{year}"),
            Calculation(f"set_up_cash_{year}", f"Set-up, year {year}", "GBP", "set_up" if year == 1 else "0"),
            Calculation(f"cash_{year}", f"Cash, year {year}", "GBP",
                 f"staff_cash_{year} + other_cash_{year} + set_up_cash_{year}"),
            Calculation(f"discount_{year}", f"Discount factor, year {year}", "times",
                 "1" if year == 1 else f"discount_{before} / (1 + discount_rate)"),
            Calculation(f"present_{year}", f"Present value, year {year}, at year 1 prices", "GBP", f"cash_{year} / price_factor_{year} * discount_{year}"),
        ]  # fmt: skip
        if budget:
            steps.append(
                Calculation(
                    f"balance_{year}", f"Budget less cash, year {year}", "GBP", f"budget - cash_{year}"
                )
            )
        if need:
            come = "demand" if year == 1 else f"MIN(demand, MAX(0, eligible - come_{before}))"
            total = f"new_{year}" if year == 1 else f"come_{before} + new_{year}"
            here = f"new_{year}" if year == 1 else f"waiting_{before} + new_{year}"
            steps += [
                Calculation(f"capacity_{year}", f"Capacity, year {year}", "people", f"capacity * IF(recruits > 0, staffed_{year}, 1)"),
                Calculation(f"new_{year}", f"People who come forward, year {year}", "people", come),
                Calculation(f"come_{year}", f"People who have come forward by year {year}", "people", total),
                Calculation(f"supported_{year}", f"People supported, year {year}", "people",
                     f"MIN({here}, capacity_{year})"),
                Calculation(f"waiting_{year}", f"Waiting at the end of year {year}", "people",
                     f"{here} - supported_{year}"),
            ]  # fmt: skip
            if net:
                steps.append(Calculation(f"additional_{year}", f"Additional people who stop, year {year}", "people",
                                  f"supported_{year} * starting_share * additional_rate"))  # fmt: skip
    return (
        *steps,
        Calculation("cash_total", "Cash over all years", "GBP", " + ".join(f"cash_{y}" for y in range(1, years + 1))),
        Calculation("present_total", "Present value of all years", "GBP", " + ".join(f"present_{y}" for y in range(1, years + 1))),
    )  # fmt: skip
