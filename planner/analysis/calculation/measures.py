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
from planner.analysis.formatting import Unit, listed, lower_first


@dataclass(frozen=True)
class Calculation:
    """One measure: its name in formulas, its label, its unit, how it is made, and all that is said
    of it.

    `section` is the part of the sums it belongs to, and `each` the classes, roles or years it is
    repeated for, whose key stands for `{at}`. `needs` are what a plan must know, or with "not "
    before it must not, for it to exist; `first` is its formula in the first year. `part_of` is the
    whole that it is added into, and `grows` what moves a cost from year to year. `over` is what it
    divides by, and `undefined` why there may be nothing to divide by. `how` is its sum in words,
    with the names of its formula in braces, where `{covered}` and `{roles}` stand for those of each
    class or post; `whom` the people it is over; `receipt` the step of the
    wizard that shows both. `heading` is its label at the top of a column and `sentence` within a
    sentence, where they are not the label itself.
    """

    name: str
    label: str
    unit: str
    formula: str
    section: str = ""
    each: Literal["", "classes", "covered", "roles", "years"] = ""
    needs: tuple[str, ...] = ()
    first: str = ""
    part_of: str = ""
    grows: Literal["", "pay", "prices", "letters", "once"] = ""
    over: str = ""
    undefined: str = ""
    better: Literal["lower", "higher", "neither"] = "neither"
    in_draws: bool = False
    how: str = ""
    whom: str = ""
    receipt: Literal["", "need", "options", "outcomes"] = ""
    heading: str = ""
    sentence: str = ""

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

    @cached_property
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
) -> Calculation:
    """The cost a year for each of the people of a measure, withheld where there are none."""
    return Calculation(
        name,
        label,
        "GBP per person",
        f"IF({over} >= 0.5, annual_cost / {over}, WITHHELD)",
        needs=needs,
        over=over,
        undefined=undefined,
        better="lower",
        in_draws=True,
        how=how,
        whom=whom,
        receipt=receipt,
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

# From people prescribed each class to people on any of them. What a class's people rest on is a
# rung of the ladder, of which each class has one: "count opioids" is known where opioids stand on a
# count of a year.
_NEED = _section(
    "need", ("need",),
    Calculation("expected_{at}", "Expected of {of} at England's rate", "people",
                "england_rate_{at} * population / 1000", each="classes", needs=("rate {at}",)),
    Calculation("norm_{at}", "Norm of {of}, by which the regions add up to England", "times",
                "1 - norm_bend_{at} * beta * (1 - beta)", each="classes", needs=("items {at}",)),
    Calculation("by_items_{at}", "People on {of} beside England's, as items say", "times",
                "POWER(item_ratio_{at}, beta) / norm_{at}", each="classes", needs=("items {at}",)),
    *(Calculation("patients_{at}", "Prescribed {of} in a year", "people", formula, each="classes",
                  needs=needs, in_draws=True)
      for formula, needs in (
          ("counted_{at} * adult_share_{at}", ("count {at}",)),
          ("part_year_{at} * year_over_{at} * adult_share_{at}", ("quarter {at}",)),
          ("part_year_{at} / month_share_{at} * adult_share_{at}", ("month {at}",)),
          ("expected_{at} * by_items_{at} * items_spread", ("items {at}", "not region {at}")),
          ("expected_{at} * MIN(held_high_{at}, MAX(held_low_{at}, "
           "by_items_{at} * items_spread * region_spread))", ("region {at}",)),
          ("expected_{at} * board_spread", ("rate {at}", "not items {at}")))),
    *(Calculation("long_term_{at}", "Prescribed {of} for the long term", "people", formula,
                  each="classes", needs=needs, in_draws=True)
      for formula, needs in (
          ("patients_{at} * month_share_{at} * long_term_share_{at}", ("by month {at}",)),
          ("patients_{at} * long_term_share_{at}",
           ("not by month {at}", "not of part {at}", "not long count {at}")),
          ("MIN(patients_{at}, counted_long_{at} * adult_share_{at})", ("long count {at}",)),
          ("part_year_{at} * adult_share_{at} * long_term_share_{at}", ("of part {at}",)))),
    Calculation("patients_sum", "Sum over classes", "people, some counted more than once",
                "{classes:+patients_?}"),
    Calculation("long_term_sum", "Sum over classes, long term",
                "people, some counted more than once", "{classes:+long_term_?}"),
    Calculation("people", "People prescribed any class", "people",
                "patients_sum / classes_per_person", receipt="need", in_draws=True,
                how="{patients_sum} added over the classes, divided by {classes_per_person:rate} "
                    "classes for each person in a year"),
    Calculation("long_term_people", "People prescribed for the long term", "people",
                "long_term_sum / classes_per_person_month", receipt="need", in_draws=True,
                how="{long_term_sum} for a year or more, added over the classes, divided by "
                    "{classes_per_person_month:rate} classes for each person in a month"),
    Calculation("new_long_term_opioids", "People who become long-term opioid users in a year",
                "people a year", "new_long_term_opioid_rate * adults / 1000",
                needs=("opioids",), in_draws=True),
)  # fmt: skip

# How people come to a service: referred, by a practice or by themselves, or after a letter. Each
# person is in the first tier that fits, and a later tier leaves out the part that is in those
# before it.
_REFERRALS = _section(
    "referrals", ("need",),
    Calculation("referrals", "Referrals in a full year, without letters", "people a year",
                "MIN(residents / 1000 * referral_rate, long_term_people)", receipt="need",
                in_draws=True, whom="residents of all ages",
                how="{residents} residents of all ages, at {referral_rate:rate} referrals for each "
                    "1,000 in a year, and no more than the {long_term_people} long-term people"),
    Calculation("tier_1", "Long-term people on benzodiazepines or Z-drugs", "people",
                "MIN(long_term_people, ({sleep:+long_term_?}) / classes_per_person_month)"),
    Calculation("tier_2", "Long-term people on two or more classes, not written to before",
                "people", "share_on_several * MAX(0, long_term_people - tier_1)"),
    Calculation("tier_3", "People on high-dose opioids, not written to before", "people",
                "IF(long_term_people > 0, high_dose * "
                "MAX(0, 1 - (tier_1 + tier_2) / long_term_people), 0)"),
    Calculation("tier_4", "People on an antidepressant for two years, not written to before",
                "people",
                "IF(long_term_people > 0, ({antidepressant:+long_term_?}) / "
                "classes_per_person_month * share_two_years * "
                "MAX(0, 1 - (tier_1 + tier_2 + tier_3) / long_term_people), 0)"),
    Calculation("in_tiers", "People who may be written to", "people",
                "MIN(long_term_people, writes_to_1 * tier_1 + writes_to_2 * tier_2 + "
                "writes_to_3 * tier_3 + writes_to_4 * tier_4)", receipt="need", in_draws=True,
                how="of {tier_1} on benzodiazepines or Z-drugs, {tier_2} more on two or more "
                    "classes, {tier_3} more on high-dose opioids and {tier_4} more on an "
                    "antidepressant for two years, those in the tiers chosen, and no more than "
                    "the {long_term_people} long-term people"),
    Calculation("letters", "People written to in a full year", "people a year",
                "MIN(letters_planned, in_tiers)"),
    Calculation("responses", "People who come after a letter", "people a year",
                "letters * response", in_draws=True),
    Calculation("demand", "Referred in a full year", "people a year",
                "MIN(referrals + responses, long_term_people)", receipt="need", in_draws=True,
                how="{referrals} referrals and {responses} who come after a letter, and no more "
                    "than the {long_term_people} long-term people"),
)  # fmt: skip

# What becomes of the people an option sees, over the classes it covers: each class by its part of
# long-term need, or as a specialist service has seen.
_SHARES = _section(
    "shares", ("need", "effect"),
    *(Calculation("weight_{at}", "Part of those who come that is on {of}", "share",
                  formula, each="covered", needs=needs)
      for formula, needs in (
          ("IF({covered:+long_term_?} > 0, long_term_{at} / ({covered:+long_term_?}), 0)",
           ("not specialist",)),
          ("IF({covered:+comes_?} > 0, comes_{at} / ({covered:+comes_?}), 0)",
           ("specialist",)))),
    Calculation("stop_share", "Share who stop, with support, in the studies",
                "share of those counted", "{covered:+weight_? * stop_?}"),
    Calculation("usual_share", "Share who would stop with usual care", "share of those counted",
                "{covered:+weight_? * usual_?}", needs=("net",)),
    Calculation("net_share", "Share who stop beyond usual care, in the studies",
                "share of those counted", "{covered:+weight_? * net_?}", needs=("net",)),
    Calculation("net_medicine",
                "Medicines of those who stop beyond usual care, for each person counted",
                "GBP a year per person", "{covered:+weight_? * net_? * medicine_cost_?}",
                needs=("net",)),
    Calculation("net_stay_off", "Share who stop beyond usual care and stay off, in the studies",
                "share of those counted", "{covered:+weight_? * net_? * stay_off_?}",
                needs=("net",)),
    Calculation("net_relapse", "Share with a relapse beyond those of carrying on, in the studies",
                "share of those counted", "{covered:+weight_? * net_? * added_relapse_?}",
                needs=("net",)),
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
    Calculation("demand", "Referred in a full year", "people a year", "demand", needs=("need",)),
    Calculation("register", "People the letters are meant for", "people",
                "({covered:+long_term_?}) / classes_per_person_month",
                needs=("need", "letters offer"), in_draws=True, receipt="options",
                how="{covered} long-term people on the classes it covers, divided by "
                    "{classes_per_person_month:rate} classes for each person in a month",
                whom="long-term people on the classes it covers"),
    Calculation("written", "People written to", "people a year", "MIN(letters_own, register)",
                needs=("need", "letters offer"), better="higher", in_draws=True,
                receipt="options",
                how="the lesser of the {letters_own} letters planned and the {register} people "
                    "they are meant for", whom="people written to in a year"),
    *(Calculation("letters_cost", "Letters", "GBP a year", formula, needs=("need", word),
                  part_of="annual_cost", grows="letters")
      for formula, word in (("written * letter_cost", "letters offer"),
                            ("letters * takes * letter_cost", "invites"))),
    Calculation("set_up_spread", "Set-up, spread over the years", "GBP a year", "set_up / years",
                part_of="annual_cost", grows="once"),
    Calculation("annual_cost", "Cost a year", "GBP a year", "{annual_cost:+?}", better="lower",
                in_draws=True, receipt="options"),
    Calculation("cost_per_head", "Cost per head of the plan's population", "GBP a year per head",
                "annual_cost / population", over="population", better="lower", in_draws=True,
                heading="Cost per head", receipt="options",
                how="{annual_cost} a year, divided by {population:count} people"),
    Calculation("cost_per_head_all_ages", "Cost per head of residents of all ages",
                "GBP a year per head", "annual_cost / residents",
                over="residents", better="lower", in_draws=True),
    Calculation("hours_per_referral", "Hours for each referral, with what follows from it",
                "hours", "hours_referral + assessed_share * "
                "(hours_assessment + start_share * hours_programme)",
                needs=("not stated", "not letters offer"), receipt="options", in_draws=True,
                how="{hours_referral:rate} hours for a referral, and for the "
                    "{assessed_share:percent} assessed {hours_assessment:rate} more, and for the "
                    "{start_share:percent} of those who start {hours_programme:rate} more",
                whom="people referred in a year"),
    Calculation("team_capacity", "Referrals the whole team's hours allow", "people a year",
                "hours * (1 - did_not_attend) / hours_per_referral",
                needs=("not stated", "roles", "not letters offer"), better="higher"),
    Calculation("role_capacity_{at}", "Referrals the hours of post {at} allow", "people a year",
                "role_hours_{at} * (1 - did_not_attend) / "
                "(role_hours_each_{at} * assessed_share * start_share)", each="roles",
                needs=("not stated", "not letters offer"), better="higher"),
    *(Calculation("capacity", "Referrals there is room for", "people a year", formula,
                  needs=(*needs, "not letters offer"), better="higher", in_draws=True, how=how,
                  whom="people referred in a year", receipt="options")
      for formula, needs, how in (
          ("stated_capacity / assessed_share", ("stated",),
           "{stated_capacity} people seen, as the provider says, of whom {assessed_share:percent} "
           "of those referred are"),
          ("hours * (1 - did_not_attend) / hours_per_referral", ("not stated", "not roles"),
           "{hours:people} hours with people a year, less the {did_not_attend:percent} lost where "
           "people do not attend, divided by {hours_per_referral:rate} hours for each referral"),
          ("MIN(team_capacity, {roles:,role_capacity_?})", ("not stated", "roles"),
           "the least of the {team_capacity} that the whole team's hours allow and the {roles} "
           "that a post's own hours allow"))),
)  # fmt: skip
_SERVICE = ("not letters offer",)
_REACH = _section(
    "cost", ("need",),
    Calculation("referred", "Referred to this option in a full year", "people a year",
                "demand * takes", needs=_SERVICE),
    Calculation("referrals_taken", "Referrals taken", "people a year", "MIN(referred, capacity)",
                needs=_SERVICE, better="higher", in_draws=True,
                how="the lesser of the {referred} who would be referred and the {capacity} there "
                    "is room for", whom="people referred in a year", receipt="options"),
    Calculation("people_assessed", "People assessed", "people a year",
                "referrals_taken * assessed_share", needs=_SERVICE, better="higher", in_draws=True,
                how="{referrals_taken} referrals taken, of whom {assessed_share:percent} are "
                    "assessed", whom="people assessed in a year", receipt="options"),
    Calculation("people_starting", "People who start to reduce", "people a year",
                "people_assessed * start_share", needs=_SERVICE, better="higher", in_draws=True,
                how="{people_assessed} people assessed, of whom {start_share:percent} start",
                whom="people who start in a year", receipt="options", heading="Start"),
    Calculation("not_taken", "Referrals that cannot be taken", "people a year",
                "MAX(0, referred - capacity)", needs=_SERVICE, better="lower", in_draws=True),
    Calculation("waiting", "Waiting after a full year", "people",
                "not_taken * (1 - leave_list)", needs=_SERVICE, better="lower", in_draws=True),
    Calculation("waiting_weeks", "Weeks to work down the list after a full year", "weeks",
                "IF(capacity > 0, waiting / capacity * 52, WITHHELD)", needs=_SERVICE,
                over="capacity", better="lower", in_draws=True,
                undefined="nobody can be seen, so a list would never be worked down"),
    Calculation("wte_for_18_weeks", "Facing posts for a wait of 18 weeks after a year", "WTE",
                "IF(capacity > 0, facing_wte * referred / (capacity * (1 + 18 / 52)), WITHHELD)",
                needs=(*_SERVICE, "not stated"), over="capacity", in_draws=True,
                undefined="nobody can be seen"),
    Calculation("reach", "People assessed per 1,000 people prescribed", "people per 1,000",
                "IF(people > 0, people_assessed * 1000 / people, WITHHELD)", needs=_SERVICE,
                over="people", better="higher", in_draws=True,
                undefined="nobody here is prescribed the medicines of this plan"),
    replace(_cost_per("people_assessed", "cost_per_assessed", "Cost per person assessed",
                      "nobody is assessed, so there is no cost for each",
                      how="{annual_cost} a year, divided by {people_assessed} people",
                      whom="people assessed in a year", receipt="options"), needs=_SERVICE),
    replace(_cost_per("people_starting", "cost_per_start", "Cost per person who starts",
                      "nobody starts, so there is no cost for each",
                      how="{annual_cost} a year, divided by {people_starting} people",
                      whom="people who start in a year", receipt="options"), needs=_SERVICE),
    replace(_cost_per("written", "cost_per_written", "Cost per person written to",
                      "nobody is written to, so there is no cost for each"),
            needs=("letters offer",)),
    *(Calculation("practice_hours", "Prescribers' hours in practices", "hours a year", formula,
                  needs=needs, better="lower", in_draws=True)
      for formula, needs in (
          ("people_starting * practice_hours_each", _SERVICE),
          ("written * response * practice_hours_each", ("letters offer",)))),
    *(Calculation("practice_cost", "Practices' time", "GBP a year", formula, needs=needs,
                  better="lower", in_draws=True, receipt="options",
                  how="{practice_hours:people} hours of prescribers in practices, at "
                      f"{{gp_hour:pounds}} an hour{searches}",
                  whom="practices in a year, beside what the option costs")
      for formula, needs, searches in (
          ("practice_hours * gp_hour", ("not searches",), ""),
          ("practice_hours * gp_hour + search_hours * takes * admin_hour", ("searches",),
           ", and its part of {search_hours:people} hours of searches and lists, at "
           "{admin_hour:pounds} an hour"))),
    Calculation("cost_with_practices", "Cost a year with practices' time", "GBP a year",
                "annual_cost + practice_cost", better="lower", in_draws=True),
)  # fmt: skip

# What may come of the people whom the evidence counts: those who start a programme, or those
# written to.
_OUTCOMES = _section(
    "outcomes", ("need", "effect"),
    *(Calculation("counted", "People whose outcome is counted", "people a year", formula,
                  needs=needs)
      for formula, needs in (("people_starting", _SERVICE), ("written", ("letters offer",)))),
    Calculation("net_rate", "Share who stop beyond usual care, with this option",
                "share of those counted",
                "MAX(0 - usual_share, MIN(1 - usual_share, net_share * carry_over * effect))",
                needs=("net",)),
    *(Calculation("stop_rate", "Share who stop with this option", "share of those counted",
                  formula, needs=(net,))
      for formula, net in (("usual_share + net_rate", "net"),
                           ("stop_share", "not net"))),
    Calculation("stopped", "People who stop (gross)", "people a year", "counted * stop_rate",
                better="higher", in_draws=True,
                how="{counted} people, times the {stop_rate} who stop with support",
                whom="everyone who starts or is written to", receipt="outcomes",
                heading="Stop (gross)"),
    Calculation("usual_stopped", "People who would stop with usual care", "people a year",
                "counted * usual_share", needs=("net",), in_draws=True,
                heading="Stop with usual care"),
    _cost_per("stopped", "cost_per_stopped", "Cost per person who stops (gross)",
              "nobody stops, so there is no cost for each"),
    Calculation("net_stopped", "Additional people who stop (net of usual care)", "people a year",
                "counted * net_rate", needs=("net",), better="higher", in_draws=True,
                how="{counted} people, times the {net_rate} who stop beyond usual care",
                whom="everyone who starts or is written to", receipt="outcomes",
                heading="Stop beyond usual care (net)", sentence="additional people who stop"),
    _cost_per("net_stopped", "cost_per_net_stopped", "Cost per additional person who stops",
              "nobody more stops than with usual care, so there is no cost for each",
              needs=("net",),
              how="{annual_cost} a year, divided by the {net_stopped} who stop beyond usual care",
              whom="people who stop beyond usual care", receipt="outcomes"),
    Calculation("still_off", "Of these, still off after 2 to 3 years, where that is known",
                "people a year", "counted * net_stay_off * carry_over * effect", needs=("net",),
                better="higher", in_draws=True, heading="Still off after 2 to 3 years",
                sentence="additional people still off after 2 to 3 years"),
    Calculation("added_relapses", "Relapses of depression beyond those of carrying on",
                "people a year", "counted * net_relapse * carry_over * effect", needs=("net",),
                better="lower", in_draws=True, heading="Added relapses"),
    Calculation("medicines", "Medicines no longer prescribed (not cash)", "GBP a year",
                "counted * net_medicine * carry_over * effect", needs=("net",), in_draws=True,
                heading="Medicines, not cash"),
    Calculation("net_benefit", "Value of additional people who stop, less cost", "GBP a year",
                "net_stopped * value_of_a_stop - annual_cost", needs=("net",)),
)  # fmt: skip

# Year by year: staff arriving, referrals building up, pay and prices growing, cash, present value,
# people seen and those left waiting. Cash is at each year's own prices. Present value is of cash at
# year 1's prices, since the Green Book's rate is a real one. Nobody is written to twice, so letters
# cost money only in the years in which they are sent, and an offer of letters alone ends, with its
# staff and all else that it pays for, with the year in which the last of its people are written to.
# As many become long-term users as cease to be for other reasons.
_LETTERS = ("need", "letters offer")
_YEARLY = ("need", *_SERVICE)
_GOING_ON = (("", _SERVICE), (" * runs_{at}", ("letters offer",)))
"""What costs that go on from year to year are multiplied by, and of which options."""
_YEARS = _section(
    "years", (),
    *(replace(one, each="years") for one in (
        Calculation("pay_factor_{at}", "Pay, year {at}, over year 1", "times",
                    "pay_factor_{before} * (1 + pay_growth)", first="1"),
        Calculation("price_factor_{at}", "Prices, year {at}, over year 1", "times",
                    "price_factor_{before} * (1 + price_growth)", first="1"),
        *(Calculation("letters_{at}", "People written to, year {at}", "people", formula,
                      needs=("need", word), first=first, in_draws=True)
          for formula, first, word in (
              ("MIN(letters_own, MAX(0, register - letters_to_{before}))",
               "MIN(letters_own, register)", "letters offer"),
              ("MIN(letters_planned, MAX(0, in_tiers - letters_to_{before}))",
               "MIN(letters_planned, in_tiers)", "invites"))),
        *(Calculation("letters_to_{at}", "People written to by the end of year {at}", "people",
                      "letters_to_{before} + letters_{at}", needs=("need", word),
                      first="letters_{at}")
          for word in ("letters offer", "invites")),
        *(Calculation("runs_{at}", "Part of year {at} in which an offer of letters runs",
                      "share of the year", formula, needs=(need, "letters offer"))
          # Half a person is nobody. How many there are to write to may not be known.
          for formula, need in (("IF(letters_{at} >= 0.5, 1, 0)", "need"), ("1", "not need"))),
        *(Calculation("staff_cash_{at}", "Pay and overheads, year {at}", "GBP",
                      f"({{pay:+?}}) * staffed_{{at}} * pay_factor_{{at}}{runs}", needs=needs,
                      part_of="cash_{at}")
          for runs, needs in _GOING_ON),
        *(Calculation("other_cash_{at}", "Other costs, year {at}", "GBP",
                      f"({{prices:+?}}) * price_factor_{{at}}{runs}", needs=needs,
                      part_of="cash_{at}")
          for runs, needs in _GOING_ON),
        *(Calculation("letters_cost_{at}", "Letters, year {at}, at year 1 prices", "GBP", formula,
                      needs=("need", word))
          for formula, word in (("letters_{at} * letter_cost", "letters offer"),
                                ("letters_{at} * takes * letter_cost", "invites"))),
        *(Calculation("letters_cash_{at}", "Letters, year {at}", "GBP",
                      "letters_cost_{at} * price_factor_{at}", needs=("need", word),
                      part_of="cash_{at}")
          for word in ("letters offer", "invites")),
        Calculation("set_up_cash_{at}", "Set-up, year {at}", "GBP", "0", first="set_up",
                    part_of="cash_{at}"),
        Calculation("cash_{at}", "Cash, year {at}", "GBP", "{cash:+?}", in_draws=True),
        Calculation("discount_{at}", "Discount factor, year {at}", "times",
                    "discount_{before} / (1 + discount_rate)", first="1"),
        Calculation("present_{at}", "Present value, year {at}, at year 1 prices", "GBP",
                    "cash_{at} / price_factor_{at} * discount_{at}"),
        Calculation("balance_{at}", "Budget less cash, year {at}", "GBP", "budget - cash_{at}",
                    needs=("budget",)),
        Calculation("price_level_{at}", "Contract price, year {at}, over year 1", "times",
                    "price_level_{before} * (1 + price_uplift - efficiency)", first="1",
                    needs=("contract price",)),
        *(Calculation("price_{at}", "Contract price, year {at}", "GBP",
                      f"((({{pay:+?}}) + ({{prices:+?}})){runs} + ({{letters:+?_{{at}}}})) * "
                      "price_level_{at}", needs=("contract price", *needs))
          for runs, needs in _GOING_ON),
        Calculation("capacity_{at}", "Referrals there is room for, year {at}", "people",
                    "capacity * IF(recruits > 0, staffed_{at}, 1)", needs=_YEARLY),
        *(Calculation("referred_{at}", "Referred, year {at}", "people", formula,
                      needs=(*_YEARLY, word), in_draws=True)
          for formula, word in (
              ("(referrals * referral_profile_{at} + letters_{at} * response) * takes", "invites"),
              ("referrals * referral_profile_{at} * takes", "not invites"))),
        Calculation("taken_{at}", "Referrals taken, year {at}", "people",
                    "MIN(waiting_{before} + referred_{at}, capacity_{at})", needs=_YEARLY,
                    first="MIN(referred_{at}, capacity_{at})", in_draws=True),
        Calculation("waiting_{at}", "Waiting at the end of year {at}", "people",
                    "MAX(0, waiting_{before} + referred_{at} - taken_{at}) * (1 - leave_list)",
                    needs=_YEARLY, first="MAX(0, referred_{at} - taken_{at}) * (1 - leave_list)",
                    in_draws=True),
        Calculation("assessed_{at}", "People assessed, year {at}", "people",
                    "taken_{at} * assessed_share", needs=_YEARLY, in_draws=True),
        Calculation("starting_{at}", "People who start, year {at}", "people",
                    "assessed_{at} * start_share", needs=_YEARLY, in_draws=True),
        *(Calculation("net_stopped_{at}", "Additional people who stop, year {at}", "people",
                      formula, needs=(*needs, "net", "effect"), in_draws=True)
          for formula, needs in (("starting_{at} * net_rate", _YEARLY),
                                 ("letters_{at} * net_rate", _LETTERS))),
        Calculation("long_term_at_end_{at}", "Prescribed for the long term, end of year {at}",
                    "people", "long_term_at_end_{before} - net_stopped_{at}",
                    first="long_term_people - net_stopped_{at}",
                    needs=("need", "net", "effect")))),
    Calculation("cash_total", "Cash over all years", "GBP", "{years:+cash_?}", in_draws=True),
    Calculation("present_total", "Present value of all years", "GBP", "{years:+present_?}"),
)  # fmt: skip

REGISTER = (
    *_POST, *_NEED, *_REFERRALS, *_SHARES, *_COST, *_REACH, *_OUTCOMES, *_YEARS
)  # fmt: skip
MEASURES = {one.name: one for one in sorted(REGISTER, key=lambda one: not one.is_link)}
"""Each measure by its name; of two that exclude each other, the last."""

IN_DRAWS = tuple(dict.fromkeys(one.name for one in REGISTER if one.in_draws and not one.each))
"""The measures of a whole option or plan of which draws are summed up, in order."""


@dataclass(frozen=True)
class KnownInputs:
    """What a plan and an option know, on which it depends which measures there are.

    `has` are words such as "need" or "stated", or "count opioids" of one class. `covered` are the
    classes of the plan that the option covers. `roles` are the
    places, from 1, of the posts that say how many of their own hours each person needs.
    """

    has: frozenset[str] = frozenset()
    classes: tuple[str, ...] = ()
    covered: tuple[str, ...] = ()
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
    """The drawn measures of an option that cannot be had without a part of what a plan may know."""
    return tuple(
        name
        for name in IN_DRAWS
        if MEASURES[name].section not in ("need", "referrals")
        and all(part in one.needs for one in REGISTER if one.name == name)
    )


def cost_lines(known: KnownInputs) -> list[Calculation]:
    """What the cost of a year is made of, in order."""
    return [one for one in REGISTER if one.part_of == "annual_cost" and known.meets(one)]


def names_of_cost_lines() -> list[str]:
    """What the cost of a year of any option may be made of, by name, in order."""
    return list(dict.fromkeys(one.name for one in REGISTER if one.part_of == "annual_cost"))


SLEEP_AND_ANXIETY = ("benzodiazepines", "z_drugs")
"""The classes whose people are written to first."""


class _Joined(tuple[object, ...]):
    """Names put into a formula: `{years:+cash_?}` is `cash_1 + cash_2`, the sign or the comma
    standing between."""

    def __format__(self, spec: str) -> str:
        between = ", " if spec[0] == "," else f" {spec[0]} "
        # Of no names at all the sum is nought.
        return between.join(spec[1:].replace("?", str(key)) for key in self) or "0"


@lru_cache(maxsize=1024)
def measures_of(known: KnownInputs, *sections: str) -> tuple[Calculation, ...]:
    """The measures of some sections that a plan has, in the register's order, but none before what
    its formula uses."""
    current = [one for one in REGISTER if one.section in sections]
    keys: dict[str, Sequence[object]] = {
        "": ("",),
        "classes": known.classes,
        "covered": known.covered,
        "roles": known.roles,
        "years": range(1, known.years + 1),
    }
    rows: list[Calculation] = []
    for each, group in groupby(current, key=lambda one: one.each):
        entries = list(group)
        rows += [
            _fill(one, key, known) for key in keys[each] for one in entries if known.meets(one, key)
        ]
    ordered: list[Calculation] = []
    while rows:
        names = {one.name for one in rows}
        ready = (one for one in rows if not names.intersection(one.uses) - {one.name})
        ordered.append(next(ready, rows[0]))
        rows.remove(ordered[-1])
    return tuple(ordered)


def _fill(one: Calculation, key: object, known: KnownInputs) -> Calculation:
    """An entry of the register with its formula and names made out for one class, role or year."""
    lines = cost_lines(known)
    places: dict[str, object] = {
        "at": key,
        "of": str(key).replace("z_drugs", "Z-drugs"),
        "before": key - 1 if isinstance(key, int) else "",
        "classes": _Joined(known.classes),
        "covered": _Joined(known.covered),
        "sleep": _Joined(name for name in known.classes if name in SLEEP_AND_ANXIETY),
        "antidepressant": _Joined(name for name in known.classes if name == "antidepressants"),
        "roles": _Joined(known.roles),
        "years": _Joined(range(1, known.years + 1)),
        "pay": _Joined(line.name for line in lines if line.grows == "pay"),
        "prices": _Joined(line.name for line in lines if line.grows == "prices"),
        "letters": _Joined(line.name for line in lines if line.grows == "letters"),
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
        how=(one.how or (added if one.receipt else ""))
        .replace("{covered}", listed([f"{{long_term_{name}}}" for name in known.covered]))
        .replace("{roles}", listed([f"{{role_capacity_{place}}}" for place in known.roles])),
    )


POST_STEPS = measures_of(KnownInputs(), "post")
"""One line of posts, from its whole-time salary to what it costs an employer."""
