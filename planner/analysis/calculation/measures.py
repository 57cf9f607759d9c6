"""The register of measures: each step of the sums once, with everything that is said of it.

From an entry follow the formula in Python, in the draws and in Excel, the row of the workbook, the
receipt, the label and the printed form of its numbers, what it is withheld with, and, for a cost,
its line in every total. No plan is known here.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from itertools import groupby
from typing import Literal

from planner.analysis.calculation.formulas import names_in
from planner.analysis.formatting import Unit, lower_first


@dataclass(frozen=True)
class Calculation:
    """One measure: its name in formulas, its label, its unit, how it is made, and all that is said
    of it.

    `section` is the part of the sums it belongs to, and `each` the classes, roles or years it is
    repeated for, whose key stands for `{at}`. `needs` are what a plan must know, or with "not "
    before it must not, for it to exist; `first` is its formula in the first year. `part_of` is the
    whole that it is added into, and `grows` what moves a cost from year to year. `over` is what it
    divides by, and `undefined` why there may be nothing to divide by. `how` is its sum in words,
    with the names of its formula in braces; `whom` the people it is over; `receipt` the step of the
    wizard that shows both. `heading` is its label at the top of a column and `sentence` within a
    sentence, where they are not the label itself, and `alias` what a result of an option calls it.
    """

    name: str
    label: str
    unit: str
    formula: str
    section: str = ""
    each: Literal["", "classes", "roles", "years"] = ""
    needs: tuple[str, ...] = ()
    first: str = ""
    part_of: str = ""
    grows: Literal["", "pay", "prices", "once"] = ""
    over: str = ""
    undefined: str = ""
    better: Literal["lower", "higher", "neither"] = "neither"
    in_draws: bool = False
    how: str = ""
    whom: str = ""
    receipt: Literal["", "need", "options", "outcomes"] = ""
    heading: str = ""
    sentence: str = ""
    alias: str = ""

    @cached_property
    def uses(self) -> tuple[str, ...]:
        """The names in the formula, each once, in whatever scenario they are read."""
        return names_in(self.formula)

    @property
    def is_link(self) -> bool:
        """Whether it only repeats what is worked out or entered elsewhere."""
        return self.formula == self.name

    @property
    def is_money(self) -> bool:
        """Whether it is in pounds."""
        return self.unit.startswith("GBP")

    @property
    def is_cost_ratio(self) -> bool:
        """Whether it is the cost a year over something."""
        return self.is_money and bool(self.over)

    @property
    def format_unit(self) -> Unit:
        """How its numbers are printed."""
        if self.is_money:
            return Unit.PENCE if "per head" in self.unit else Unit.POUNDS
        by_word = {
            "share": Unit.PERCENT,
            "per 1,000": Unit.RATE,
            "hours": Unit.HOURS,
            "weeks": Unit.COUNT,
        }
        return next((unit for word, unit in by_word.items() if word in self.unit), Unit.PEOPLE)

    @property
    def in_a_sentence(self) -> str:
        """Its label within a sentence."""
        return self.sentence or lower_first(self.label)


def _section(
    section: str, needs: tuple[str, ...], *entries: Calculation
) -> tuple[Calculation, ...]:
    """Entries of one section that all need the same."""
    return tuple(
        replace(one, section=section, needs=(*needs, *one.needs), heading=one.heading or one.label)
        for one in entries
    )


def _cost_per(
    over: str,
    name: str,
    label: str,
    undefined: str,
    needs: tuple[str, ...] = (),
    how: str = "",
    whom: str = "",
    receipt: Literal["", "options", "outcomes"] = "",
    heading: str = "",
) -> Calculation:
    """The cost a year for each of the people of a measure, withheld where in the low case there may
    be none of them.

    The least cost is over the most people.
    """
    return Calculation(
        name,
        label,
        "GBP per person",
        f"IF(low({over}) >= 0.5, annual_cost / opposite({over}), WITHHELD)",
        needs=needs,
        over=over,
        undefined=undefined,
        better="lower",
        in_draws=True,
        how=how,
        whom=whom,
        receipt=receipt,
        heading=heading,
    )


# One line of posts, from its whole-time salary to what it costs an employer.
_POST = _section(
    "post", (),
    Calculation("supplement", "High-cost-area supplement", "GBP a year for a whole-time post",
                "MIN(MAX(salary * zone_share, zone_minimum), zone_maximum)"),
    Calculation("basic_pay", "Salary", "GBP a year", "salary * wte"),
    Calculation("area_pay", "High-cost-area pay", "GBP a year", "supplement * wte"),
    Calculation("paid", "Pay", "GBP a year", "basic_pay + area_pay", part_of="total"),
    Calculation("national_insurance", "Employer's National Insurance", "GBP a year",
                "MAX(0, paid / people - ni_threshold) * people * ni_rate", part_of="total"),
    Calculation("pension", "Employer's pension", "GBP a year", "paid * pension_rate",
                part_of="total"),
    Calculation("levy", "Apprenticeship levy", "GBP a year", "paid * levy_rate", part_of="total"),
    Calculation("total", "Cost of the post", "GBP a year", "{total:+?}"),
    Calculation("hours", "Hours with or for people", "hours a year",
                "wte * hours_a_year * patient_facing"),
)  # fmt: skip

# From people prescribed each class to people who may take up support in a year. What a class's
# people rest on is a rung of the ladder, of which each class has one: "count opioids" is known where
# opioids stand on a count of a year.
_NEED = _section(
    "need", ("need",),
    Calculation("expected_{at}", "Expected of {of} at England's rate", "people",
                "england_rate_{at} * population / 1000", each="classes", needs=("rate {at}",)),
    Calculation("norm_{at}", "Norm of {of}, by which the regions add up to England", "times",
                "1 - norm_bend_{at} * beta * (1 - beta)", each="classes", needs=("items {at}",)),
    Calculation("by_items_{at}", "People on {of} beside England's, as items say", "times",
                "IF(central(item_ratio_{at}) >= 1, POWER(item_ratio_{at}, beta) / norm_{at}, "
                "POWER(item_ratio_{at}, opposite(beta)) / opposite(norm_{at}))",
                each="classes", needs=("items {at}",)),
    *(Calculation("patients_{at}", "Prescribed {of} in a year", "people", formula, each="classes",
                  needs=needs)
      for formula, needs in (
          ("counted_{at} * adult_share_{at}", ("count {at}",)),
          ("part_year_{at} * year_over_{at} * adult_share_{at}", ("quarter {at}",)),
          ("part_year_{at} / opposite(month_share_{at}) * adult_share_{at}", ("month {at}",)),
          ("expected_{at} * by_items_{at} * items_spread", ("items {at}", "not region {at}")),
          ("expected_{at} * MIN(held_high_{at}, MAX(held_low_{at}, "
           "by_items_{at} * items_spread * region_spread))", ("region {at}",)),
          ("expected_{at} * board_spread", ("rate {at}", "not items {at}")))),
    *(Calculation("long_term_{at}", "Prescribed {of} for the long term", "people", formula,
                  each="classes", needs=needs)
      for formula, needs in (
          ("patients_{at} * month_share_{at} * long_term_share_{at}", ("by month {at}",)),
          ("patients_{at} * long_term_share_{at}", ("not by month {at}", "not of part {at}")),
          ("part_year_{at} * adult_share_{at} * long_term_share_{at}", ("of part {at}",)))),
    Calculation("patients_sum", "Sum over classes", "people, some counted more than once",
                "{classes:+patients_?}"),
    Calculation("long_term_sum", "Sum over classes, long term",
                "people, some counted more than once", "{classes:+long_term_?}"),
    Calculation("people", "People prescribed any class", "people",
                "patients_sum / opposite(classes_per_person)", receipt="need",
                how="{patients_sum} added over the classes, divided by {classes_per_person:rate} "
                    "classes for each person in a year"),
    Calculation("long_term_people", "People prescribed for the long term", "people",
                "long_term_sum / opposite(classes_per_person_month)", receipt="need",
                how="{long_term_sum} for a year or more, added over the classes, divided by "
                    "{classes_per_person_month:rate} classes for each person in a month"),
    Calculation("eligible", "For whom an offer is appropriate", "people",
                "long_term_people * appropriate_share", receipt="need",
                how="{long_term_people} for a year or more, times the {appropriate_share:percent} "
                    "for whom an offer is appropriate",
                whom="people prescribed for a year or more"),
    Calculation("offered", "Offered support in a year", "people", "eligible * coverage",
                receipt="need",
                how="{eligible} people, times the {coverage:percent} of the place covered in a "
                    "year", whom="people for whom an offer is appropriate"),
    Calculation("demand", "Taking up an offer in a year", "people", "offered * uptake",
                receipt="need",
                how="{offered} people offered support, times an uptake of {uptake:percent}",
                whom="people offered support"),
)  # fmt: skip

# What becomes of the people who start, over all classes, each class by its share of long-term need.
_SHARES = _section(
    "shares", ("need",),
    Calculation("weight_{at}", "Part of long-term need that is {of}", "share",
                "IF(central(long_term_sum) > 0, central(long_term_{at}) / central(long_term_sum), "
                "0)", each="classes"),
    Calculation("stop_share", "Share who stop, with support", "share of people who start",
                "{classes:+weight_? * stop_?}"),
    Calculation("usual_share", "Share who would stop with usual care", "share of people who start",
                "{classes:+weight_? * usual_?}", needs=("additional",)),
    Calculation("net_share", "Share who stop beyond usual care", "share of people who start",
                "{classes:+weight_? * net_?}", needs=("additional",)),
    Calculation("net_medicine",
                "Medicines of those who stop beyond usual care, for each person who starts",
                "GBP a year per person", "{classes:+weight_? * net_? * medicine_cost_?}",
                needs=("additional",)),
    Calculation("reduce_share", "Share who reduce", "share of people who start",
                "{classes:+weight_? * reduce_?}", needs=("reduced",)),
    Calculation("left_share", "Share who leave or are not known", "share of people who start",
                "{classes:+weight_? * left_?}", needs=("left",)),
    Calculation("relapse_share", "Share of those who stop who relapse or start again later",
                "share of people who stop",
                "IF(central(stop_share) > 0, ({classes:+weight_? * central(stop_?) * relapse_?}) "
                "/ central(stop_share), 0)", needs=("relapse",)),
)  # fmt: skip

# What an option costs. A cost line says that it is part of the cost a year, and how it grows from
# year to year; the total, the cash of each year, the printed finance table, the receipt and the
# workbook's rows follow. A link repeats what the workbook has on another sheet.
_COST = _section(
    "cost", (),
    Calculation("pay", "Pay with on-costs", "GBP a year", "pay", part_of="annual_cost",
                grows="pay"),
    Calculation("hours", "Hours with or for people", "hours a year", "hours"),
    Calculation("overhead", "Overheads", "GBP a year", "pay * overhead_share",
                part_of="annual_cost", grows="pay"),
    Calculation("other_costs", "Other costs", "GBP a year", "other_costs", part_of="annual_cost",
                grows="prices"),
    Calculation("set_up", "Set-up, paid once", "GBP", "set_up"),
    Calculation("demand", "Taking up an offer in a year", "people", "demand", needs=("need",)),
    Calculation("set_up_spread", "Set-up, spread over the years", "GBP a year", "set_up / years",
                part_of="annual_cost", grows="once"),
    Calculation("annual_cost", "Cost a year", "GBP a year", "{annual_cost:+?}", better="lower",
                in_draws=True, receipt="options"),
    Calculation("cost_per_head", "Cost per head of the plan's population", "GBP a year per head",
                "annual_cost / population", over="population", better="lower", in_draws=True,
                heading="Cost per head", receipt="options",
                how="{annual_cost} a year, divided by {population:count} people"),
    Calculation("cost_per_head_all_ages", "Cost per head of residents of all ages",
                "GBP a year per head", "annual_cost / residents", needs=("all_ages",),
                over="residents", better="lower", in_draws=True),
    Calculation("team_capacity", "People the whole team's hours allow", "people a year",
                "hours / opposite(hours_per_person)", needs=("not stated", "roles"),
                better="higher"),
    Calculation("role_capacity_{at}", "People the hours of post {at} allow", "people a year",
                "role_hours_{at} / opposite(role_hours_each_{at})", each="roles",
                needs=("not stated",), better="higher"),
    *(Calculation("capacity", "People the team can support", "people a year", formula, needs=needs,
                  better="higher", in_draws=True, how=how, whom="people in a year",
                  receipt="options")
      for formula, needs, how in (
          ("stated_capacity", ("stated",), "{stated_capacity}, as the provider says"),
          ("hours / opposite(hours_per_person)", ("not stated", "not roles"),
           "{hours:people} hours with people a year, divided by {hours_per_person:rate} hours for "
           "each"),
          ("MIN(team_capacity, {roles:,role_capacity_?})", ("not stated", "roles"),
           "the least that the whole team's hours, or any one post's own hours, allow"))),
)  # fmt: skip
_REACH = _section(
    "cost", ("need",),
    Calculation("supported", "People supported", "people a year", "MIN(demand, capacity)",
                better="higher", in_draws=True,
                how="the lesser of the {demand} who would come and the {capacity} there is room "
                    "for", whom="people in a year", receipt="options", alias="people_supported"),
    Calculation("unmet", "People who cannot be supported", "people a year",
                "MAX(0, demand - opposite(capacity))", better="lower", in_draws=True),
    Calculation("waiting_weeks", "Weeks of work waiting after a year", "weeks",
                "IF(opposite(capacity) > 0, unmet / opposite(capacity) * 52, WITHHELD)",
                over="capacity", better="lower", in_draws=True,
                undefined="in the low case nobody can be supported, so a list would never be "
                          "worked down"),
    _cost_per("supported", "cost_per_person", "Cost per person supported",
              "in the low case nobody is supported, so there may be no one to divide by",
              how="{annual_cost} a year, divided by {supported} people; the low is the least cost "
                  "over the most people", whom="people supported in a year", receipt="options",
              heading="Cost per person"),
    Calculation("reach", "Reach per 1,000 people prescribed", "people per 1,000",
                "IF(central(people) > 0, supported * 1000 / central(people), WITHHELD)",
                over="people", better="higher", in_draws=True,
                undefined="nobody here is prescribed the medicines of this plan"),
    Calculation("starting", "People who start to reduce", "people a year",
                "supported * starting_share", better="higher", in_draws=True,
                how="{supported} people supported, times the {starting_share:percent} who start",
                whom="people supported in a year", receipt="outcomes", heading="Start"),
    _cost_per("starting", "cost_per_start", "Cost per person who starts",
              "in the low case nobody starts, so there may be no one to divide by"),
)  # fmt: skip

# What may come of the people who start with an option.
_OUTCOMES = _section(
    "outcomes", ("need",),
    *(Calculation("stop_own", "Share who stop with this option, before limits",
                  "share of people who start", formula, needs=needs)
      for formula, needs in (("stop_share + (effect - 1) * net_share", ("additional",)),
                             ("stop_share * effect", ("not additional",)))),
    Calculation("stop_rate", "Share who stop with this option", "share of people who start",
                "MIN(1, MAX(0, ordered(stop_own)))"),
    Calculation("stopped", "People who stop (gross)", "people a year", "starting * stop_rate",
                part_of="starting", better="higher", in_draws=True,
                how="{starting} people who start, times the {stop_rate} who stop with support",
                whom="everyone who starts, not those who finish", receipt="outcomes",
                heading="Stop (gross)"),
    _cost_per("stopped", "cost_per_stopped", "Cost per person who stops (gross)",
              "in the low case nobody stops, so there may be no one to divide by"),
    Calculation("sustained", "People who stop and have not relapsed later", "people a year",
                "stopped * (1 - opposite(relapse_share))", needs=("relapse",), better="higher",
                in_draws=True, heading="Stop, no relapse later"),
    Calculation("additional_rate", "Share who stop beyond usual care, with this option",
                "share of people who start",
                "MAX(0 - opposite(usual_share), MIN(net_share * IF(net_share > 0, effect, "
                "opposite(effect)), MIN(stop_rate, 1 - opposite(usual_share))))",
                needs=("additional",)),
    Calculation("additional", "Additional people who stop (net of usual care)", "people a year",
                "IF(additional_rate > 0, starting, opposite(starting)) * additional_rate",
                needs=("additional",), better="higher", in_draws=True,
                how="{starting} people who start, times the {additional_rate} who stop beyond "
                    "usual care", whom="everyone who starts, not those who finish",
                receipt="outcomes", heading="Stop beyond usual care (net)",
                sentence="additional people who stop"),
    _cost_per("additional", "cost_per_additional", "Cost per additional person who stops",
              "no low to high can be given, since with everything at its low nobody more would "
              "stop than with usual care; what the draws say of it stands beside",
              needs=("additional",),
              how="{annual_cost} a year, divided by the {additional} who stop beyond usual care",
              whom="people who stop beyond usual care", receipt="outcomes"),
    Calculation("medicines", "Medicines no longer prescribed (not cash)", "GBP a year",
                "MAX(0, starting * net_medicine * IF(net_medicine > 0, effect, opposite(effect)))",
                needs=("additional",), in_draws=True, heading="Medicines, not cash"),
    Calculation("reduced", "People who reduce", "people a year",
                "starting * MIN(reduce_share, 1 - opposite(stop_rate))", needs=("reduced",),
                part_of="starting", better="higher", in_draws=True, heading="Reduce"),
    Calculation("stopped_or_reduced", "People who stop or reduce", "people a year",
                "MIN(starting, stopped + reduced)", needs=("reduced",), better="higher",
                in_draws=True),
    _cost_per("stopped_or_reduced", "cost_per_stopped_or_reduced",
              "Cost per person who stops or reduces",
              "in the low case nobody stops or reduces, so there may be no one to divide by",
              needs=("reduced",)),
    *(Calculation("left", "People who leave or whose outcome is unknown", "people a year",
                  f"starting * MIN(left_share, {others})", needs=("left", reduced),
                  part_of="starting", in_draws=True, heading="Leave or not known")
      for others, reduced in (
          ("MAX(0, 1 - opposite(stop_rate) - opposite(reduce_share))", "reduced"),
          ("1 - opposite(stop_rate)", "not reduced"))),
    Calculation("no_change", "People with no change, or not known", "people a year",
                "MAX(0, starting - {starting:-opposite(?)})", in_draws=True,
                heading="No change, or not known"),
)  # fmt: skip

# Year by year: staff arriving, pay and prices growing, cash, present value, people and those left
# waiting. Cash is at each year's own prices. Present value is of cash at year 1's prices, since the
# Green Book's rate is a real one. Nobody comes forward twice: all who ever come are at most those
# for whom an offer is appropriate.
_YEARS = _section(
    "years", (),
    *(replace(one, each="years") for one in (
        Calculation("pay_factor_{at}", "Pay, year {at}, over year 1", "times",
                    "pay_factor_{before} * (1 + pay_growth)", first="1"),
        Calculation("price_factor_{at}", "Prices, year {at}, over year 1", "times",
                    "price_factor_{before} * (1 + price_growth)", first="1"),
        Calculation("staff_cash_{at}", "Pay and overheads, year {at}", "GBP",
                    "({pay:+?}) * staffed_{at} * pay_factor_{at}", part_of="cash_{at}"),
        Calculation("other_cash_{at}", "Other costs, year {at}", "GBP",
                    "({prices:+?}) * price_factor_{at}", part_of="cash_{at}"),
        Calculation("set_up_cash_{at}", "Set-up, year {at}", "GBP", "0", first="set_up",
                    part_of="cash_{at}"),
        Calculation("cash_{at}", "Cash, year {at}", "GBP", "{cash:+?}"),
        Calculation("discount_{at}", "Discount factor, year {at}", "times",
                    "discount_{before} / (1 + discount_rate)", first="1"),
        Calculation("present_{at}", "Present value, year {at}, at year 1 prices", "GBP",
                    "cash_{at} / price_factor_{at} * discount_{at}"),
        Calculation("balance_{at}", "Budget less cash, year {at}", "GBP", "budget - cash_{at}",
                    needs=("budget",)),
        Calculation("capacity_{at}", "Capacity, year {at}", "people",
                    "capacity * IF(recruits > 0, staffed_{at}, 1)", needs=("need",)),
        Calculation("new_{at}", "People who come forward, year {at}", "people",
                    "MIN(demand, MAX(0, eligible - come_{before}))", needs=("need",),
                    first="demand"),
        Calculation("come_{at}", "People who have come forward by year {at}", "people",
                    "come_{before} + new_{at}", needs=("need",), first="new_{at}"),
        Calculation("supported_{at}", "People supported, year {at}", "people",
                    "MIN(waiting_{before} + new_{at}, capacity_{at})", needs=("need",),
                    first="MIN(new_{at}, capacity_{at})"),
        Calculation("waiting_{at}", "Waiting at the end of year {at}", "people",
                    "waiting_{before} + new_{at} - supported_{at}", needs=("need",),
                    first="new_{at} - supported_{at}"),
        Calculation("additional_{at}", "Additional people who stop, year {at}", "people",
                    "supported_{at} * starting_share * additional_rate",
                    needs=("need", "additional")))),
    Calculation("cash_total", "Cash over all years", "GBP", "{years:+cash_?}"),
    Calculation("present_total", "Present value of all years", "GBP", "{years:+present_?}"),
)  # fmt: skip

REGISTER = (*_POST, *_NEED, *_SHARES, *_COST, *_REACH, *_OUTCOMES, *_YEARS)
MEASURES = {one.name: one for one in sorted(REGISTER, key=lambda one: not one.is_link)} | {
    one.alias: one for one in REGISTER if one.alias
}
"""Each measure by its name, and by what a result of an option calls it; of two that exclude each
other, the last."""

IN_DRAWS = tuple(dict.fromkeys(one.name for one in REGISTER if one.in_draws))
"""The measures of which draws are summed up, in order."""


@dataclass(frozen=True)
class Known:
    """What a plan and an option know, on which it depends which measures there are.

    `has` are words such as "need" or "stated", or "count opioids" of one class. `roles` are the places, from 1, of the posts that
    say how many of their own hours each person needs.
    """

    has: frozenset[str] = frozenset()
    classes: tuple[str, ...] = ()
    roles: tuple[int, ...] = ()
    years: int = 0

    def meets(self, one: Calculation, at: object = "") -> bool:
        """Whether a measure exists here, for one class where it is repeated for each."""
        has = self.has | {"roles"} if self.roles else self.has
        return all(
            (need.removeprefix("not ").format(at=at) in has) is not need.startswith("not ")
            for need in one.needs
        )


@lru_cache
def resting_on(part: str) -> tuple[str, ...]:
    """The drawn measures that cannot be had without a part of what a plan may know."""
    return tuple(
        name for name in IN_DRAWS if all(part in one.needs for one in REGISTER if one.name == name)
    )


def cost_lines(known: Known) -> list[Calculation]:
    """What the cost of a year is made of, in order."""
    return [one for one in REGISTER if one.part_of == "annual_cost" and known.meets(one)]


class _Joined(tuple[object, ...]):
    """Names put into a formula: `{years:+cash_?}` is `cash_1 + cash_2`, the sign or the comma
    standing between."""

    def __format__(self, spec: str) -> str:
        between = ", " if spec[0] == "," else f" {spec[0]} "
        return between.join(spec[1:].replace("?", str(key)) for key in self)


@lru_cache(maxsize=1024)
def measures_of(known: Known, *sections: str) -> tuple[Calculation, ...]:
    """The measures of some sections that a plan has, in the register's order, but none before what
    its formula uses."""
    current = [one for one in REGISTER if one.section in sections]
    keys: dict[str, Sequence[object]] = {
        "": ("",),
        "classes": known.classes,
        "roles": known.roles,
        "years": range(1, known.years + 1),
    }
    rows: list[Calculation] = []
    for each, group in groupby(current, key=lambda one: one.each):
        entries = list(group)
        rows += [
            _filled(one, key, known)
            for key in keys[each]
            for one in entries
            if known.meets(one, key)
        ]
    ordered: list[Calculation] = []
    while rows:
        names = {one.name for one in rows}
        ready = (one for one in rows if not names.intersection(one.uses) - {one.name})
        ordered.append(next(ready, rows[0]))
        rows.remove(ordered[-1])
    return tuple(ordered)


def _filled(one: Calculation, key: object, known: Known) -> Calculation:
    """An entry of the register with its formula and names made out for one class, role or year."""
    lines = cost_lines(known)
    places: dict[str, object] = {
        "at": key,
        "of": str(key).replace("z_drugs", "Z-drugs"),
        "before": key - 1 if isinstance(key, int) else "",
        "classes": _Joined(known.classes),
        "roles": _Joined(known.roles),
        "years": _Joined(range(1, known.years + 1)),
        "pay": _Joined(line.name for line in lines if line.grows == "pay"),
        "prices": _Joined(line.name for line in lines if line.grows == "prices"),
    }
    for whole in {part.part_of for part in REGISTER if part.part_of}:
        places[whole.removesuffix("_{at}")] = _Joined(
            part.name.format(at=key)
            for part in REGISTER
            if part.part_of == whole and known.meets(part)
        )
    added = ", ".join(f"{{{line.name}}} of {lower_first(line.label)}" for line in lines)
    return replace(
        one,
        name=one.name.format_map(places),
        label=one.label.format_map(places),
        formula=(one.first if key == 1 and one.first else one.formula).format_map(places),
        part_of=one.part_of.format_map(places),
        how=one.how or (added if one.receipt else ""),
    )


POST_STEPS = measures_of(Known(), "post")
"""One line of posts, from its whole-time salary to what it costs an employer."""
