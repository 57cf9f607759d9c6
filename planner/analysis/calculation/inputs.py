"""The register of inputs: one entry for each number that the sums start from.

All that is said of it is here: the widget, the comparison of two plans, the draws, the tornado, the
register of assumptions, the list of what is missing, the workbook and docs/reference/inputs.md are
made from it. No sum, file or document is known here.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import Any, Literal, get_args

from pydantic import BaseModel

from planner.analysis.formatting import Unit, lower_first
from planner.model.base import Range
from planner.model.edit import value_at
from planner.model.labels.plan import DEFAULT
from planner.model.plan import LetterTier, Plan
from planner.model.prescribing import MedicineClass

Scope = Literal["plan", "class", "year", "option", "role", "post", "cost"]
Shape = Literal["log", "share", "plain", "chance"]
SHAPES_IN_WORDS: dict[Shape, str] = {
    "log": "a split normal on the log, with the central value as its median and low and high as "
    "its 95% limits",
    "share": "a split normal cut at 0 and 1, with the central value as its median and low and high "
    "as its 95% limits",
    "plain": "a split normal, with the central value as its median and low and high as its 95% "
    "limits",
    "chance": "Jeffreys' beta where it was counted, a log-normal ratio where that was published, "
    "a split normal where entered",
}


@dataclass(frozen=True)
class Input:
    """One number that the sums start from.

    `key` is its name in formulas; one of each class, year or post has that after it, as
    `patients_opioids`. A number whose key is in no formula says in `feeds` which input it decides.
    `path` is where a plan holds it, empty for one that is only ours or is worked out. `{of}` in a
    label stands for the class, year or post.

    `lowest` and `highest` are what a plan may hold. `default` are the figures of assumptions.yaml
    behind our low, central and high, and `empty` says what an empty one means where that is more
    than the default, or than nothing. `section` is where the workbook has it, of the whole plan's.

    An input is drawn as `shape` says, low and high being its 95% limits, under the name `stream`,
    or `not_drawn` says why it is not. In the tornado those with one `row` move together; a drawn
    one without is a row of its own, unless `not_moved` says why not. `crossing` is what a sentence
    calls it where one option overtakes another, and `plausible` how far it is then moved. `listed`
    is where the documents print it. `missing`, `why` and `who` are what is said where a plan lacks
    it.
    """

    key: str
    label: str
    unit: str
    scope: Scope
    step: str
    path: str = ""
    feeds: str = ""
    section: Literal["", "need", "outcomes", "plan"] = ""
    lowest: float = 0.0
    highest: float | None = None
    default: tuple[str, ...] = ()
    empty: str = ""
    is_local: bool = False
    source: str = ""
    shape: Shape | None = None
    not_drawn: str = ""
    stream: str = ""
    spread: str = ""
    row: str = ""
    row_label: str = ""
    not_moved: str = ""
    crossing: str = ""
    plausible: tuple[float, float] | None = None
    listed: Literal["", "in use", "default", "option", "evidence", "costs"] = ""
    missing: str = ""
    why: str = ""
    who: str = ""

    @property
    def measure(self) -> str:
        """What is counted, in one word: share, people, hours, GBP, times and so on."""
        return self.unit.split()[0]

    @property
    def format(self) -> Unit:
        """How a value is printed."""
        return {
            "share": Unit.PERCENT,
            "GBP": Unit.POUNDS,
            "hours": Unit.HOURS,
            "people": Unit.PEOPLE,
        }.get(self.measure, Unit.RATE)

    @property
    def means_if_empty(self) -> str:
        """What an empty one means, in words."""
        return self.empty or (DEFAULT if self.default else "not given")

    @property
    def field(self) -> str:
        """The name of the field in the part of the plan that holds it."""
        return self.path.rpartition(".")[2]

    @property
    def figures(self) -> tuple[str, ...]:
        """Every figure of ours that it rests on, each once."""
        return tuple(dict.fromkeys((*self.default, *filter(None, [self.spread]))))

    def name(self, of: object = "") -> str:
        """Its name in formulas, for one class, year or post where it has one of each."""
        return f"{self.key}_{of}" if of else self.key

    def label_of(self, of: object = "") -> str:
        """Its label, naming the class, year or post where there is one."""
        if "{of}" in self.label:
            return " ".join(self.label.format(of=of).split())
        return f"{self.label}, {of}" if of else self.label

    def row_of(self, of: str = "") -> str:
        """The row of the tornado it moves in, empty where it moves in none."""
        if self.row:
            return self.row.format(of=of)
        return self.name(of) if self.shape and not self.not_moved else ""

    def stream_of(self, of: str = "") -> str:
        """The name under which it is drawn: the same name and seed give the same draws."""
        return self.stream.format(of=of) or self.name(of)

    def value(self, plan: Plan) -> Any:
        """What a plan holds at a path without a star; None where that is our default, or has no
        path."""
        return value_at(plan, self.path) if self.path and "*" not in self.path else None


ANALYST = "medicines optimisation analyst (NHSBSA workbook or ePACT2)"
GROWTH = "what a full year costs is drawn; how it grows is a rate for all options alike"
PROFILE = "what a full year brings is drawn; how fast it comes is a decision to review"
RATE = "a rate that is published or set by law"
NO_MEASURE = "no measure that options are compared on rests on it"

INPUTS: tuple[Input, ...] = (
    # People prescribed, class by class.
    Input("counted", "People prescribed {of} in a year", "people", "class", "need",
          "prescribing.classes.*.patients", section="need", highest=1e8, is_local=True,
          empty="not known; worked out from the next rung that can be reached",
          not_drawn="a count of everyone prescribed, not of a sample",
          missing="a local count of people prescribed {of} in a year",
          why="items tell less of people than a count does, so the range is wider", who=ANALYST),
    Input("part_year", "People prescribed {of} in part of a year", "people", "class",
          "need", section="need", highest=1e8, is_local=True,
          not_drawn="a count of everyone prescribed, not of a sample"),
    Input("counted_long", "People counted who are on {of} for a year or more", "people", "class",
          "need", section="need", highest=1e8, is_local=True,
          not_drawn="a count of everyone prescribed, not of a sample"),
    Input("year_over", "People on {of} in a year for each one in a quarter", "times", "class",
          "need", section="need", lowest=1.0, highest=100.0,
          default=("year_over_quarter_{of}_low", "year_over_quarter_{of}",
                   "year_over_quarter_{of}_high"),
          shape="log", listed="in use"),
    Input("adult_share", "Share of people on {of} who are 18 and over", "share", "class",
          "need", section="need", highest=1.0, default=("adult_share_antidepressants",),
          not_drawn="a national count of nearly everyone prescribed"),
    # People prescribed where nobody has counted them here: from items, or as in England.
    Input("england_rate", "Rate of people prescribed {of} in England", "people per 1,000", "class",
          "need", section="need", highest=1000.0, shape="log", row="england_rate_{of}",
          listed="in use"),
    Input("item_ratio", "Items of {of} for each resident, times England's", "times", "class",
          "need", section="need", highest=1e6,
          not_drawn="items are counted whole; how people follow them is drawn"),
    Input("norm_bend", "How far people after items of {of} would exceed England", "times", "class",
          "need", section="need", lowest=-10.0, highest=10.0,
          not_drawn="it follows from the regions' items, so that the regions add up to England"),
    Input("held_low", "The least that {of} are held to, times England's", "times", "class",
          "need", section="need", highest=1e6,
          not_drawn="a limit, not an estimate"),
    Input("held_high", "The most that {of} are held to, times England's", "times", "class",
          "need", section="need", highest=1e6,
          not_drawn="a limit, not an estimate"),
    Input("beta", "How far people follow items (β)", "power", "plan", "need",
          section="need", highest=2.0, default=("beta_low", "beta", "beta_high"), shape="log",
          listed="in use"),
    Input("items_spread", "What items do not say of people", "times", "plan", "need",
          section="need", highest=10.0,
          default=("items_spread_low", "items_spread", "items_spread_high"), shape="log",
          listed="in use"),
    Input("region_spread", "How boards differ within a region", "times", "plan", "need",
          section="need", highest=10.0,
          default=("region_spread_low", "region_spread", "region_spread_high"), shape="log",
          listed="in use"),
    Input("board_spread", "How boards stand from England's rate", "times", "plan", "need",
          section="need", highest=10.0,
          default=("local_variation_low", "local_variation", "local_variation_high"),
          shape="log", stream="patients", listed="in use"),
    Input("month_share", "Share of a year's people on {of} prescribed in any one month", "share",
          "class", "need", section="need", highest=1.0,
          default=("month_share_{of}_low", "month_share_{of}", "month_share_{of}_high"),
          shape="share", listed="in use"),
    Input("long_term_share", "Share on it for a year or more", "share", "class", "need",
          "prescribing.classes.*.long_term_share", section="need", highest=1.0,
          default=("long_term_{of}_low", "long_term_{of}", "long_term_{of}_high"),
          empty="England's share", shape="share", listed="in use"),
    # How people come to a service.
    Input("residents", "Residents of all ages", "people", "plan", "need", section="plan",
          not_drawn="a count that every rate is over"),
    Input("referral_rate", "Referrals for each 1,000 residents in a full year",
          "people per 1,000 residents", "plan", "options", "demand.referral_rate", section="need",
          highest=1000.0, default=("referral_rate_low", "referral_rate", "referral_rate_high"),
          empty=f"{DEFAULT} for the door chosen", shape="log", listed="in use",
          crossing="rate of referrals", plausible=(0.02, 5.0),
          missing="a local judgement of referrals",
          why="few services have counted them, and people seen and the wait follow from them",
          who="task and finish group, with a local pilot or the services there are"),
    Input("letters_planned", "Letters a year that invite people to the service", "people a year",
          "plan", "options", "demand.letters_a_year", section="need", highest=1e7,
          empty="none", not_drawn="a decision of the plan"),
    Input("response", "Share of people written to who come", "share", "plan", "options",
          "demand.response", section="need", highest=1.0,
          default=("response_low", "response", "response_high"),
          shape="share", listed="in use"),
    *(Input(f"writes_to_{number}", f"Whether people {tier.value} are written to (1) or not (0)",
            "times", "plan", "options", section="need", highest=1.0,
            not_drawn="a decision of the plan")
      for number, tier in enumerate(LetterTier, 1)),
    Input("share_on_several", "Share of long-term people on two or more classes", "share", "plan",
          "options", section="need", highest=1.0, default=("share_on_several_classes",),
          not_drawn="a national count of everyone prescribed"),
    Input("share_two_years", "Share of long-term people on an antidepressant who are on it for two "
          "years", "share", "plan", "options", section="need", highest=1.0,
          default=("share_two_years",), not_drawn="a national count of everyone prescribed"),
    Input("high_dose", "People on high-dose opioids, counted or modelled", "people", "plan",
          "need", section="need", highest=1e8, shape="log", listed="evidence"),
    Input("adults", "Resident adults", "people", "plan", "need", section="need",
          not_drawn="a count that every rate is over"),
    Input("new_long_term_opioid_rate", "People who become long-term opioid users in a year",
          "people per 1,000 adults", "plan", "need", section="need", highest=1000.0,
          default=("new_long_term_opioid_rate",),
          not_drawn="a national count of everyone prescribed"),
    Input("classes_per_person", "Classes of medicine for each person in a year", "classes", "plan",
          "options", "demand.classes_per_person", section="need", lowest=1.0, highest=5.0,
          default=("classes_per_person_low", "classes_per_person", "classes_per_person_high"),
          shape="log", listed="in use"),
    Input("classes_per_person_month", "Classes of medicine for each person in a month", "classes",
          "plan", "options", "demand.classes_per_person_month", section="need", lowest=1.0,
          highest=5.0, default=("classes_per_person_month_low", "classes_per_person_month",
                   "classes_per_person_month_high"),
          empty=f"{DEFAULT}, or the year's where that is lower", shape="log", listed="in use"),
    # What becomes of a referral, and how long each step of care takes.
    Input("assessed_share", "Share of people referred who are assessed", "share", "plan",
          "options", "demand.assessed_share", section="plan", highest=1.0,
          default=("assessed_share_low", "assessed_share", "assessed_share_high"),
          shape="share", listed="in use"),
    Input("start_share", "Share of people assessed who start to reduce", "share", "plan",
          "options", "demand.start_share", section="plan", highest=1.0,
          default=("start_share_low", "start_share", "start_share_high"),
          shape="share", listed="in use"),
    Input("hours_referral", "Hours for each referral", "hours", "plan", "options",
          "demand.hours_referral", section="plan", highest=100.0,
          default=("hours_referral_low", "hours_referral", "hours_referral_high"),
          shape="log", listed="in use"),
    Input("hours_assessment", "Hours for each assessment", "hours", "plan", "options",
          "demand.hours_assessment", section="plan", highest=100.0,
          default=("hours_assessment_low", "hours_assessment", "hours_assessment_high"),
          shape="log", listed="in use"),
    Input("leave_list", "Share of those waiting who leave within a year", "share", "plan",
          "options", "demand.leave_list", section="plan", highest=1.0,
          default=("leave_list_low", "leave_list", "leave_list_high"),
          shape="share", listed="in use"),
    Input("letter_cost", "A letter and its handling", "GBP", "plan", "options", section="plan",
          highest=1000.0, default=("letter_cost_low", "letter_cost", "letter_cost_high"),
          shape="log", listed="default"),
    Input("gp_hour", "An hour of a GP with people", "GBP", "plan", "options", section="plan",
          highest=1000.0, default=("gp_hour",), listed="default",
          not_drawn="how long practices spend is drawn, and moves their cost as it would"),
    Input("search_hours", "Hours of practices for searches and lists", "hours a year", "plan",
          "options", "demand.search_hours", section="plan", highest=1e6,
          empty="not known, and none are counted",
          not_drawn="entered as practices count it",
          missing="the hours that practices spend in a year on searches and lists",
          why="no study found says how many, so practices' time leaves them out",
          who="primary care networks or practice managers"),
    Input("admin_hour", "An hour of an administrator in a practice", "GBP", "plan", "options",
          section="plan", highest=1000.0, default=("admin_hour",), listed="default",
          not_drawn="pay by its band, for hours that are entered"),
    # Posts: what one line of them starts from, in the order of the workbook's sheet.
    Input("salary", "Whole-time salary", "GBP", "post", "options", "options.*.posts.*.salary",
          highest=1e9, empty="by its band", shape="log",
          stream="pay of {of}", row="pay", listed="costs"),
    Input("wte", "Whole-time equivalents", "WTE", "post", "options", "options.*.posts.*.wte",
          lowest=0.001, highest=1000.0, not_drawn="a decision of the plan"),
    Input("people", "People in post", "people", "post", "options",
          not_drawn="a decision of the plan"),
    Input("headcount", "Number of people", "people", "post", "options",
          "options.*.posts.*.headcount", feeds="people", lowest=1, highest=2000,
          empty="whole-time equivalents rounded up", not_drawn="a decision of the plan"),
    Input("zone_share", "High-cost area, part of salary", "share", "post", "options", highest=1.0,
          not_drawn=RATE),
    Input("zone_minimum", "High-cost area, at least", "GBP", "post", "options", not_drawn=RATE),
    Input("zone_maximum", "High-cost area, at most", "GBP", "post", "options", not_drawn=RATE),
    Input("ni_rate", "National Insurance rate", "share of pay", "post", "options", highest=1.0,
          not_drawn=RATE),
    Input("ni_threshold", "Pay of one person free of it", "GBP", "post", "options", not_drawn=RATE),
    Input("pension_rate", "Pension rate", "share of pay", "post", "options", highest=1.0,
          not_drawn=RATE),
    Input("levy_rate", "Levy rate", "share of pay", "post", "options", highest=1.0, not_drawn=RATE),
    Input("hours_a_year", "Hours a year, whole time", "hours", "post", "options", highest=8784.0,
          default=("hours_a_year", "hours_a_year_medical"), listed="default",
          not_drawn="it follows from contracts; how long each person takes is drawn, and moves "
                    "capacity as it would"),
    Input("patient_facing", "Time with people", "share", "post", "options",
          "options.*.posts.*.patient_facing", highest=1.0,
          not_drawn="a decision of the plan; how long each person takes is drawn"),
    # One option. Its pay and hours come from its posts.
    Input("pay", "Pay, from bottom to top of each band", "GBP a year", "option", "options",
          not_drawn="made of the draws of each post's salary", row="pay", listed="costs"),
    Input("hours", "Hours with or for people", "hours a year", "option", "options",
          not_drawn="made of posts and their time with people, which are decisions"),
    Input("overhead_share", "Overheads as part of pay", "share of pay", "option", "options",
          "options.*.overhead", highest=2.0, shape="log", stream="overhead {of}",
          crossing="overhead of {option}", listed="option"),
    Input("hours_programme", "Staff hours for each person who starts", "hours", "option",
          "options", "options.*.hours_programme", lowest=0.1, highest=10_000.0,
          empty=f"{DEFAULT} for the kind of service", shape="log", stream="hours {of}",
          crossing="number of hours for each person who starts with {option}", listed="option"),
    Input("did_not_attend", "Contacts lost since people do not attend", "share", "option",
          "options", "options.*.did_not_attend", highest=0.9, shape="share",
          stream="contacts lost {of}", listed="option"),
    Input("takes", "Share of referrals it is meant for", "share", "option", "options",
          "options.*.takes", highest=1.0, not_drawn="a decision of the plan"),
    Input("letters_own", "Letters a year, of a letters offer", "people a year", "option",
          "options", "options.*.letters_a_year", highest=1e8,
          empty="everyone it is meant for, in the first year", not_drawn="a decision of the plan"),
    Input("facing_wte", "Whole-time equivalents with or for people", "WTE", "option", "options",
          not_drawn="made of the posts, which are decisions"),
    Input("practice_hours_each", "Hours of a prescriber in the practice for each person",
          "hours", "option", "options", highest=100.0, shape="log", stream="practice hours {of}",
          listed="option"),
    Input("recruits", "Whether anyone is recruited (1) or all is there from the start (0)", "times",
          "option", "options", highest=1.0, not_drawn="it follows from whether there are posts"),
    Input("effect", "Effect compared with the trials (1 = the same)", "times", "option", "options",
          "options.*.effect", highest=2.0, empty="not known",
          shape="plain", stream="effect {of}", crossing="effect of {option}", plausible=(0.5, 1.5),
          listed="option"),
    Input("stated_capacity", "Provider's stated capacity, people a year", "people a year", "option",
          "options", "options.*.stated_capacity", highest=1e7,
          empty="none stated; worked out from hours", shape="log", stream="stated capacity {of}",
          listed="option"),
    Input("role_hours", "Hours of one post with or for people", "hours a year", "role", "options",
          not_drawn="made of the post's time with people, which is a decision"),
    Input("role_hours_each", "Its hours for each person who starts", "hours", "role", "options",
          "options.*.posts.*.hours_each", lowest=0.01, highest=10_000.0,
          empty="any post's time will do", shape="log", stream="hours of post {of}",
          listed="option"),
    Input("amount", "Amount", "GBP", "cost", "options", "options.*.other_costs.*.amount",
          feeds="other_costs", highest=1e9, not_drawn="the costs of an option are drawn together"),
    Input("other_costs", "Costs other than pay", "GBP a year", "option", "options", shape="log",
          stream="other costs {of}", spread="other_cost_spread", listed="default"),
    Input("set_up", "Set-up, paid once", "GBP", "option", "options",
          not_drawn="paid once, at a price that is agreed before the service starts"),
    # What becomes of the people who start.
    Input("carry_over", "Part of what a trial adds that carries over to a service", "share",
          "plan", "outcomes", "outcomes.carry_over", section="outcomes", highest=1.0,
          default=("carry_over_low", "carry_over", "carry_over_high"),
          shape="share", listed="default"),
    Input("between_studies", "How far services differ from one another beyond chance",
          "log odds squared", "plan", "outcomes", feeds="stop", highest=100.0,
          default=("between_studies_low", "between_studies", "between_studies_high"), shape="log",
          not_moved="it widens the draws and moves no central value", listed="default"),
    Input("stop", "Share who stop with support", "share of people who start", "class", "outcomes",
          "outcomes.classes.*.stopped", section="outcomes", highest=1.0, empty="from the evidence",
          shape="chance", listed="evidence"),
    Input("usual", "Share who stop with usual care", "share of people who start", "class",
          "outcomes", "outcomes.classes.*.usual", section="outcomes", highest=1.0,
          empty="from the evidence", shape="chance",
          not_moved="what support adds to it is moved, with the share who stop", listed="evidence"),
    Input("net", "What support adds to usual care", "share of people who start", "class",
          "outcomes", section="outcomes", lowest=-1.0, highest=1.0,
          not_drawn="made of the draws of the two shares", row="stop_{of}", listed="evidence"),
    Input("comes", "Part of the people a specialist service sees", "share", "class", "outcomes",
          section="outcomes", highest=1.0, default=("who_comes_{of}",),
          not_drawn="a count of everyone seen"),
    Input("stay_off", "Of those who stopped, the part still off after 2 to 3 years", "share",
          "class", "outcomes", section="outcomes", highest=1.0, shape="share", listed="evidence",
          not_moved=NO_MEASURE),
    Input("added_relapse", "Relapses beyond those of carrying on, of people who stopped", "share",
          "class", "outcomes", section="outcomes", highest=1.0, shape="share", listed="evidence",
          not_moved=NO_MEASURE),
    Input("medicine_cost", "Medicines for one person for a year", "GBP per person", "class",
          "outcomes", section="outcomes", default=("medicine_cost_{of}",),
          not_drawn="an average over everyone prescribed; how far it may be out has not been "
                    "published"),
    # The whole plan: people, money and years.
    Input("population", "The plan's population", "people", "plan", "need", section="plan",
          not_drawn="a count that every rate is over"),
    Input("population_entered", "People, in place of the planner's", "people", "plan", "need",
          "population.entered", feeds="population", lowest=1, highest=1e8,
          empty="the planner's figure", not_drawn="a count that every rate is over"),
    Input("value_of_a_stop", "What one more person who stops is taken to be worth", "GBP", "plan",
          "outcomes", "simulation.value_of_a_stop", section="plan", highest=1e7,
          default=("value_of_a_stop",),
          not_drawn="a judgement, used only to tell what is worth finding out first"),
    Input("budget", "Budget a year", "GBP", "plan", "options", "pricing.budget", section="plan",
          highest=1e9, empty="none",
          not_drawn="a limit, not an estimate", missing="the budget a year",
          why="without it nothing can be said of what can be afforded, nor a mix worked out",
          who="finance"),
    Input("years", "Years looked ahead", "years", "plan", "outcomes", "horizon.years",
          section="plan", lowest=1, highest=10, not_drawn="a choice of the plan"),
    Input("discount_rate", "Discount rate, for present values only", "share a year", "plan",
          "outcomes", "horizon.discount_rate", section="plan", highest=0.2,
          default=("discount_rate",), not_drawn=GROWTH, listed="default"),
    Input("pay_growth", "Growth of pay a year", "share a year", "plan", "outcomes",
          "horizon.pay_growth", section="plan", lowest=-0.1, highest=0.25, default=("pay_growth",),
          not_drawn=GROWTH, listed="default"),
    Input("price_growth", "Growth of other prices a year", "share a year", "plan", "outcomes",
          "horizon.price_growth", section="plan", lowest=-0.1, highest=0.25,
          default=("price_growth",), not_drawn=GROWTH, listed="default"),
    Input("staffed", "Staff in post, year {of}", "share", "year", "outcomes", section="plan",
          highest=1.0, not_drawn="a decision of the plan"),
    Input("staffing_profile", "Staff in post, year by year", "share", "plan", "outcomes",
          "horizon.staffing_profile", feeds="staffed", highest=1.0,
          not_drawn="a decision of the plan"),
    Input("recruitment_months", "Months before anyone is in post", "months", "plan", "outcomes",
          "horizon.recruitment_months", feeds="staffed", highest=12.0,
          not_drawn="a decision of the plan"),
    Input("referral_profile", "Share of a full year's referrals, year {of}", "share", "year",
          "outcomes", section="plan", highest=1.0, not_drawn=PROFILE),
    Input("referrals_by_year", "Share of a full year's referrals, year by year", "share", "plan",
          "outcomes", "demand.referral_profile", feeds="referral_profile", highest=1.0,
          not_drawn=PROFILE),
    Input("price_uplift", "What a contract's price goes up by each year", "share a year", "plan",
          "outcomes", "horizon.price_uplift", section="plan", lowest=-0.1, highest=0.25,
          empty="not agreed", not_drawn="it is agreed in the contract"),
    Input("efficiency", "What a contract's price is held back by each year", "share a year",
          "plan", "outcomes", "horizon.efficiency", section="plan", highest=0.25,
          empty="not agreed", not_drawn="it is agreed in the contract"),
    # Counted and printed, but in no cost.
    Input("high_dose_opioids", "People on high-dose opioids", "people", "plan", "need",
          "prescribing.high_dose_opioid_patients", highest=1e8, is_local=True, empty="not known",
          default=("low_dose_share",),
          not_drawn="it stands beside the sums, and nothing rests on it",
          missing="a local count of people on high-dose opioids",
          why="they are first in the order for review",
          who="medicines optimisation analyst (opioid prescribing comparators)"),
    Input("items", "Items", "items", "class", "need", "prescribing.classes.*.items",
          feeds="item_ratio", highest=1e8, empty="not known",
          not_drawn="items are counted whole; how people follow them is drawn",
          missing="twelve months of local items of {of}",
          why="the region's items stand in for them, so this place looks like its region",
          who="medicines optimisation analyst (OpenPrescribing, ePACT2 or the English Prescribing "
              "Dataset)"),
)  # fmt: skip
"""Every input, in the order of the wizard's steps and of the workbook's rows."""

BY_KEY = {item.key: item for item in INPUTS}
BY_PATH = {item.path: item for item in INPUTS if item.path}


@lru_cache(maxsize=1024)
def input_named(name: str) -> tuple[Input, str]:
    """The input of that name in a formula, and the class, year or post in it.

    Raises ValueError where there is none.
    """
    item = max(
        (item for item in INPUTS if f"{name}_".startswith(f"{item.key}_")),
        key=lambda item: len(item.key),
    )
    return item, name[len(item.key) + 1 :]


def label_named(name: str) -> str:
    """What the input of that name in a formula is called, naming its class, year or post."""
    item, of = input_named(name)
    return item.label_of(MedicineClass(of).label if item.scope == "class" else of)


@lru_cache(maxsize=1024)
def input_at(path: str) -> Input:
    """The input at a path of a plan, such as options.0.posts.2.wte. Raises KeyError for no
    input's."""
    return BY_PATH[re.sub(r"\.\d+(?=\.|$)", ".*", path)]


def label_at(path: str) -> str:
    """What the input at a path is called on its own: a class, post or cost in the path is named."""
    item, places = input_at(path), [int(part) for part in path.split(".") if part.isdigit()]
    if item.scope == "class" and places:
        return item.label_of(list(MedicineClass)[places[0]].label)
    if item.scope in ("post", "role", "cost"):
        return (
            f"{'Cost' if item.scope == 'cost' else 'Post'} {places[-1] + 1}, "
            f"{lower_first(item.label)}"
        )
    return item.label_of()


def named_inputs(
    section: str, classes: Sequence[str], years: int = 0
) -> Iterator[tuple[str, Input, str]]:
    """Every input of a section by its name in formulas, with the class or year in it, class by
    class."""
    runs: dict[Scope, Sequence[object]] = {"class": classes, "year": range(1, years + 1)}
    rows = (item for item in INPUTS if item.section == section)
    for scope, run in groupby(rows, key=lambda item: item.scope):
        items = tuple(run)
        yield from (
            (item.name(of), item, str(of)) for of in runs.get(scope, ("",)) for item in items
        )


@lru_cache(maxsize=256)
def model_field(path: str) -> tuple[type[BaseModel], str]:
    """The model that holds the field at a path of the register, and the name of the field."""
    here: type[BaseModel] = Plan
    *way, name = [part for part in path.split(".") if part != "*"]
    for part in way:
        here = next(
            kind
            for kind in _kinds(here.model_fields[part].annotation)
            if issubclass(kind, BaseModel)
        )
    return here, name


@lru_cache(maxsize=256)
def field_kinds(path: str) -> tuple[type[Any], ...]:
    """What the field at a path of the register may hold, such as int and NoneType, or Range."""
    model, name = model_field(path)
    return tuple(_kinds(model.model_fields[name].annotation))


def is_range(path: str) -> bool:
    """Whether the field at a path of the register holds a low, a central and a high."""
    return any(issubclass(kind, Range) for kind in field_kinds(path))


def _kinds(annotation: Any) -> Iterator[type[Any]]:
    if isinstance(annotation, type):
        yield annotation
    for part in get_args(annotation):
        yield from _kinds(part)
