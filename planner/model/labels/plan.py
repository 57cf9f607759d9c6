"""What every field of a plan is called where two plans are compared. Nothing is compared here."""

from __future__ import annotations

from planner.model.areas import Area, Areas, MonthlyItems, Trend
from planner.model.base import Frozen
from planner.model.inequality import AgeSexCounts, Breakdown, ClassInequality, GroupCounts, Inequality
from planner.model.intake import ColumnMapping, ImportReport
from planner.model.labels.specification import SPECIFICATION_WORDS, Said
from planner.model.outcomes import (
    MEASURE_LABELS,
    ClassOutcome,
    Horizon,
    MixChoice,
    Outcomes,
    Simulation,
    StaffCap,
)
from planner.model.place import Place, PopulationChoice
from planner.model.plan import (
    Demand,
    OwnIndex,
    Plan,
    Pricing,
)
from planner.model.prescribing import ClassPrescribing, Prescribing
from planner.model.service import OtherCost, Post, ServiceOption

DEFAULT = "our default"
UNKNOWN = "not known"
NATIONAL = "not known; modelled from England's rate"

WORDS: dict[type[Frozen], dict[str, Said]] = {
    Plan: {
        "schema_version": Said("Version of the plan file"),
        "title": Said("Title of the plan"),
        "author": Said("Author"),
        "plan_date": Said("Date of the plan"),
        "place": Said(""),
        "population": Said("Population"),
        "prescribing": Said(""),
        "inequality": Said(""),
        "areas": Said("Smaller places"),
        "trend": Said("Items by month"),
        "imports": Said("Files read"),
        "column_mappings": Said("Tables whose columns were named", "sums"),
        "demand": Said(""),
        "pricing": Said(""),
        "outcomes": Said(""),
        "horizon": Said(""),
        "simulation": Said("Draws"),
        "mix": Said("Best mix"),
        "options": Said("Options"),
        "preferred_option": Said("Preferred option", "option", "not yet chosen"),
        "preferred_because": Said("Why it is preferred", "long text"),
        "specification": Said(""),
    },
    Place: {
        "icb_code": Said("Integrated care board"),
        "organisation_list": Said("List of boards"),
        "area": Said("Name of the area in the documents", empty="the whole board"),
    },
    PopulationChoice: {
        "basis": Said("whom rates and costs per head count"),
        "entered": Said("people, entered in place of ours", empty="our figure"),
        "period": Said("date of the figure"),
        "source": Said("source of the figure"),
    },
    Prescribing: {
        "classes": Said("Classes of medicine"),
        "high_dose_opioid_patients": Said("People on high-dose opioids", "local", UNKNOWN),
        "high_dose_threshold_mg": Said("Threshold of a high dose, mg of oral morphine equivalent a day"),
        "high_dose_period": Said("Period of the high-dose count"),
    },
    ClassPrescribing: {
        "medicine_class": Said("class of medicine"),
        "included": Said("in the plan"),
        "patients": Said("people prescribed in a year", "local", NATIONAL),
        "counted": Said("whom the count is of", empty=UNKNOWN),
        "items": Said("items", empty=UNKNOWN),
        "period": Said("period of the count"),
        "source": Said("source of the count"),
        "items_period": Said("period of the items"),
        "items_source": Said("source of the items"),
        "long_term_share": Said("share on it for a year or more", "percent", "England's share"),
    },
    Inequality: {
        "classes": Said("counts by class"),
        "period": Said("period of the local counts"),
        "source": Said("source of the local counts"),
        "counted": Said("whom the local counts are of", empty=UNKNOWN),
        "population_by_quintile": Said("population", "fifths", "our figure"),
        "population_women": Said("women living here", empty="our figure"),
        "population_men": Said("men living here", empty="our figure"),
        "population_source": Said("source of these populations"),
        "reached_by_quintile": Said("people a service has reached", "fifths", UNKNOWN),
        "reached_source": Said("source of the people reached"),
        "age_sex": Said("counts by sex and age", "sums"),
        "england_age_sex": Said("England's counts by sex and age", "sums"),
        "england_source": Said("source of England's counts"),
        "england_period": Said("period of England's counts"),
        "breakdowns": Said("ways of telling groups apart"),
        "groups": Said("whom the service must reach", empty="nobody named"),
        "actions": Said("what will be done to reach them", "long text"),
    },
    ClassInequality: {
        "medicine_class": Said("class of medicine"),
        "by_quintile": Said("people prescribed", "fifths", UNKNOWN),
        "women": Said("women prescribed", "local", UNKNOWN),
        "men": Said("men prescribed", "local", UNKNOWN),
    },
    AgeSexCounts: {
        "sex": Said("sex"),
        "age": Said("age"),
        "population": Said("population"),
        "patients": Said("people prescribed"),
    },
    Breakdown: {
        "kind": Said("kind of group"),
        "groups": Said("", "sums"),
        "ordered": Said("runs from the most to the least deprived"),
    },
    GroupCounts: {
        "group": Said("group"),
        "population": Said("population"),
        "patients": Said("people prescribed"),
    },
    Areas: {
        "areas": Said("", "sums"),
        "population_basis": Said("whom their populations count"),
        "population_period": Said("period of their populations"),
        "population_source": Said("source of their populations"),
        "patients_period": Said("period of their people prescribed"),
        "patients_source": Said("source of their people prescribed"),
        "items_period": Said("period of their items"),
        "items_source": Said("source of their items"),
    },
    Area: {
        "code": Said("code"),
        "name": Said("name"),
        "level": Said("kind of place"),
        "pcn": Said("PCN"),
        "sub_icb": Said("sub-ICB location"),
        "population": Said("population"),
        "patients": Said("people prescribed"),
        "items": Said("items"),
        "people_by_fifth": Said("people by deprivation fifth"),
    },
    Trend: {"months": Said("", "sums"), "source": Said("source")},
    MonthlyItems: {
        "month": Said("month"),
        "items": Said("items"),
        "registered": Said("people registered"),
    },
    ImportReport: {
        "file": Said("name of the file"),
        "digest": Said("its digest"),
        "format": Said("format"),
        "format_name": Said("name of the format"),
        "why": Said("why it was recognised"),
        "rows_read": Said("rows read"),
        "rows_used": Said("rows used"),
        "skipped": Said("reasons for rows not used", "whole"),
        "periods": Said("periods", "whole"),
        "organisations": Said("organisations named", "whole"),
        "organisations_in_all": Said("organisations in all"),
        "suppressed": Said("hidden or blank numbers"),
        "near_misses": Said("medicines near our classes, left out", "whole"),
        "refused": Said("what was refused", "whole"),
        "warnings": Said("warnings", "whole"),
        "classes": Said("classes of medicine in it", "whole"),
    },
    ColumnMapping: {
        "columns": Said("columns"),
        "meaning": Said("what the columns hold"),
        "fixed": Said("what no column says"),
        "basis": Said("whom it counts"),
    },
    Demand: {
        "appropriate_share": Said("Share for whom an offer is appropriate", "percent", DEFAULT),
        "coverage": Said("Share of the place covered in a year", "percent", DEFAULT),
        "uptake": Said("Uptake of an offer", "percent", DEFAULT),
        "classes_per_person": Said("Classes of medicine for each person", empty=DEFAULT),
        "evidence": Said("Where the assumptions on demand come from"),
    },
    Pricing: {
        "price_year": Said("Year of prices and pay"),
        "perspective": Said("Whose pension cost is counted", "codes"),
        "budget": Said("Budget a year", "pounds", "none"),
        "own_index": Said("Your own price index", empty="none"),
    },
    OwnIndex: {"name": Said("name"), "values": Said("value")},
    Outcomes: {
        "classes": Said("Outcomes by class"),
        "starting_share": Said("People supported who start to reduce", "percent", "everyone"),
        "relapse": Said("People who stopped and start again later", "percent"),
        "relapse_source": Said("Where the share who start again comes from"),
    },
    ClassOutcome: {
        "medicine_class": Said("class of medicine"),
        "evidence": Said("evidence chosen", empty=DEFAULT),
        "stopped": Said("share who stop with support", "percent", "from the evidence"),
        "usual": Said("share who stop with usual care", "percent", "from the evidence"),
        "reduced": Said("share who reduce", "percent", "from the evidence"),
        "left": Said("share who leave", "percent", "from the evidence"),
        "source": Said("where these shares come from"),
    },
    Horizon: {
        "years": Said("Years looked ahead"),
        "ramp": Said("Staff in post, year by year", "percent"),
        "recruitment_months": Said("Months before anyone is in post"),
        "pay_growth": Said("Growth of pay a year", "percent", DEFAULT),
        "price_growth": Said("Growth of other prices a year", "percent", DEFAULT),
        "discount_rate": Said("Discount rate, for present values only", "percent", DEFAULT),
    },
    Simulation: {
        "seed": Said("seed"),
        "draws": Said("number of draws"),
        "correlation": Said("how uptake and the share who stop move together", empty=DEFAULT),
        "measure": Said("what the options are compared on", "codes"),
    },
    MixChoice: {
        "objective": Said("what it does most of", "codes"),
        "budget": Said("budget", "pounds", "the plan's own"),
        "largest": Said("most times its full size an option may be run"),
        "staff": Said("staff limits"),
        "most_deprived_at_least": Said("least share from the most deprived fifth", "percent", "no limit"),
    },
    StaffCap: {"band": Said("band"), "wte": Said("most whole-time equivalents")},
    ServiceOption: {
        "id": Said("short name"),
        "name": Said("name"),
        "description": Said("what it does", "long text"),
        "drawn_from": Said("what it is drawn from", "long text"),
        "posts": Said("posts"),
        "other_costs": Said("other costs"),
        "overhead": Said("overheads as part of pay", "percent"),
        "overhead_mode": Said("overheads are"),
        "hours_per_person": Said("staff hours for each person"),
        "stated_capacity": Said(
            "people it says it can support a year", empty="none stated; worked out from hours"
        ),
        "effect": Said("what it adds beside the evidence, times"),
        "shares_by_fifth": Said(
            "shares of the people it would support from each deprivation fifth", "shares", UNKNOWN
        ),
        "features": Said("what it offers", empty="none named"),
    },
    Post: {
        "title": Said("title"),
        "band": Said("band"),
        "point": Said("pay point"),
        "zone": Said("high-cost area"),
        "wte": Said("whole-time equivalents"),
        "headcount": Said("number of people", empty="whole-time equivalents rounded up"),
        "salary": Said("whole-time salary", "pounds", "by its band"),
        "patient_facing": Said("time with or for people", "percent"),
        "hours_each": Said("its hours for each person", empty="any post's time will do"),
    },
    OtherCost: {
        "label": Said("what for"),
        "heading": Said("heading"),
        "amount": Said("amount", "pounds"),
        "price_year": Said("prices of", empty="the plan's year"),
    },
    **SPECIFICATION_WORDS,
}
"""Every field of a plan, in words. A test fails where one is missing."""

CODES = MEASURE_LABELS | {
    "provider": "what the provider pays",
    "public": "the full public cost",
    "additional_stopped": "additional people who stop",
}
"""What the words written with underscores, and others that say too little, stand for."""
