"""What every field of a plan is called and how it is shown, where two plans are compared."""

from typing import Literal, NamedTuple

from planner.model.areas import Area, Areas, BoardTotals, MonthlyItems, Trend
from planner.model.base import Frozen
from planner.model.clause_choices import (
    ClauseChoice,
    IndicatorChoice,
    OwnClause,
    OwnIndicator,
    Wording,
)
from planner.model.decision import DecisionRecord, EqualityRecord, ProviderSelection, Screening
from planner.model.inequality import (
    AgeSexCounts,
    Breakdown,
    ClassInequality,
    GroupCounts,
    Inequality,
)
from planner.model.intake import ColumnMapping, ImportReport
from planner.model.outcomes import (
    ClassOutcome,
    Horizon,
    MixChoice,
    Outcomes,
    Simulation,
    StaffCap,
)
from planner.model.place import Place, PopulationChoice
from planner.model.plan import (
    Agreement,
    Demand,
    DirectoryEntry,
    Engagement,
    Member,
    OwnIndex,
    Plan,
    Pricing,
    Risk,
    Specification,
)
from planner.model.prescribing import ClassPrescribing, Prescribing
from planner.model.service import OtherCost, Post, ServiceOption

Form = Literal[
    "plain",
    "percent",
    "shares",
    "pounds",
    "local",
    "fifths",
    "long text",
    "whole",
    "sums",
    "codes",
    "option",
    "mark",
]
"""How a value is shown.

A "local" count is rounded to 5 and hidden where small; "fifths" are five of them; "shares" are
percentages, one for each fifth; a "whole" list is only counted; rows told as "sums" are never
listed one by one; "codes" stand for words in CODES; of a "mark" no more is told than that it is
another one.
"""


class FieldLabel(NamedTuple):
    """A field in words: its name, how its value is shown, and what an empty one means.

    Its box on the screen says its name, or what it `asks`; `example` stands in the empty box.
    """

    label: str
    form: Form = "plain"
    empty: str = "not given"
    asks: str = ""
    example: str = ""


BASELINE = {
    "baseline": FieldLabel("baseline", asks="Baseline, if known", example="such as 41%"),
    "baseline_of": FieldLabel("period of the baseline", example="2025/26"),
    "baseline_by": FieldLabel(
        "day by which the baseline is set",
        empty="eight months after the service starts",
        asks="Else, the day by which it is set",
    ),
}

DEFAULT = "the planner's default"
UNKNOWN = "not known"

LABELS: dict[type[Frozen], dict[str, FieldLabel]] = {
    Plan: {
        "schema_version": FieldLabel("Version of the plan file"),
        "title": FieldLabel("Title of the plan"),
        "author": FieldLabel("Author", asks="Your name, for the documents"),
        "plan_date": FieldLabel("Date of the plan"),
        "place": FieldLabel(""),
        "population": FieldLabel("Population"),
        "prescribing": FieldLabel(""),
        "inequality": FieldLabel(""),
        "areas": FieldLabel("Smaller places"),
        "trend": FieldLabel("Items by month"),
        "boards": FieldLabel("Totals of every board", "sums"),
        "imports": FieldLabel("Files read"),
        "column_mappings": FieldLabel("Tables whose columns were named", "sums"),
        "demand": FieldLabel(""),
        "pricing": FieldLabel(""),
        "outcomes": FieldLabel(""),
        "horizon": FieldLabel(""),
        "simulation": FieldLabel("Simulations"),
        "mix": FieldLabel("Best mix"),
        "options": FieldLabel("Options"),
        "preferred_option": FieldLabel(
            "Preferred option", "option", "not yet chosen", asks="Which option do you recommend?"
        ),
        "preferred_because": FieldLabel(
            "Why it is preferred",
            "long text",
            asks="Why you recommend it",
            example="up to 150 words stand in the paper; more go to the evidence pack",
        ),
        "carried_over": FieldLabel(
            "Kept from an older version of the plan", "long text", "nothing"
        ),
        "specification": FieldLabel(""),
    },
    Place: {
        "icb_code": FieldLabel("Integrated care board"),
        "organisation_list": FieldLabel("List of boards"),
        "area": FieldLabel(
            "Name of the area in the documents",
            empty="the whole board",
            asks="Name of the area in the documents, if not the whole board",
        ),
    },
    PopulationChoice: {
        "basis": FieldLabel(
            "population to use for rates",
        ),
        "period": FieldLabel("date of the figure", example="mid-2024"),
        "source": FieldLabel("source of the figure", asks="Source"),
    },
    Prescribing: {
        "classes": FieldLabel("Classes of medicine"),
        "high_dose_threshold_mg": FieldLabel(
            "Threshold of a high dose, mg of oral morphine equivalent a day",
            asks="Threshold, mg of oral morphine equivalent a day",
        ),
        "high_dose_period": FieldLabel(
            "Period of the high-dose count", asks="Period of the count", example="March 2026"
        ),
    },
    ClassPrescribing: {
        "medicine_class": FieldLabel("class of medicine"),
        "included": FieldLabel("in the plan"),
        "counted": FieldLabel("whom the count is of", empty=UNKNOWN),
        "counted_over": FieldLabel("time over which people were counted"),
        "count_of": FieldLabel("which people of the class the count is of"),
        "confirmed": FieldLabel("count you said is right", empty="not asked or not answered"),
        "step_down_to": FieldLabel("what it rests on", empty="the best that is known"),
        "period": FieldLabel("period of the count", example="2024/25"),
        "source": FieldLabel("source of the count", asks="Source"),
        "quantity": FieldLabel(
            "quantity of the items", asks="Quantity of the items, in tablets and other units"
        ),
        "items_period": FieldLabel("period of the items", example="2024/25"),
        "items_source": FieldLabel("source of the items"),
    },
    Inequality: {
        "deprivation_index": FieldLabel(
            "Index of Multiple Deprivation of the plan",
            asks="Which Index of Multiple Deprivation does the whole plan use?",
        ),
        "counts_index": FieldLabel(
            "index that the local counts by fifth are by",
            empty="not said",
            asks="Which index are your counts by fifth by?",
        ),
        "classes": FieldLabel("counts by class"),
        "period": FieldLabel(
            "period of the local counts", asks="Period of these counts", example="2024/25"
        ),
        "source": FieldLabel("source of the local counts", asks="Source of these counts"),
        "counted": FieldLabel("whom the local counts are of", empty=UNKNOWN),
        "population_by_quintile": FieldLabel("population", "fifths", "our figure"),
        "population_women": FieldLabel("women living here", empty="our figure"),
        "population_men": FieldLabel("men living here", empty="our figure"),
        "population_source": FieldLabel("source of these populations"),
        "reached_by_quintile": FieldLabel("people a service has reached", "fifths", UNKNOWN),
        "reached_by_group": FieldLabel("people a service has reached", "local", UNKNOWN),
        "reached_source": FieldLabel("source of the people reached"),
        "age_sex": FieldLabel("counts by sex and age", "sums"),
        "england_age_sex": FieldLabel("England's counts by sex and age", "sums"),
        "england_source": FieldLabel("source of England's counts"),
        "england_period": FieldLabel("period of England's counts"),
        "breakdowns": FieldLabel("ways of telling groups apart"),
        "groups": FieldLabel(
            "whom the service must reach", empty="nobody named", asks="Groups it must reach"
        ),
        "actions": FieldLabel("what will be done to reach them", "long text"),
    },
    ClassInequality: {
        "medicine_class": FieldLabel("class of medicine"),
        "by_quintile": FieldLabel("people prescribed", "fifths", UNKNOWN),
        "women": FieldLabel("women prescribed", "local", UNKNOWN, asks="Women"),
        "men": FieldLabel("men prescribed", "local", UNKNOWN, asks="Men"),
    },
    AgeSexCounts: {
        "sex": FieldLabel("sex"),
        "age": FieldLabel("age"),
        "population": FieldLabel("population"),
        "patients": FieldLabel("people prescribed"),
    },
    Breakdown: {
        "kind": FieldLabel("kind of group"),
        "groups": FieldLabel("", "sums"),
        "ordered": FieldLabel("runs from the most to the least deprived"),
    },
    GroupCounts: {
        "group": FieldLabel("group"),
        "population": FieldLabel("population"),
        "patients": FieldLabel("people prescribed"),
    },
    Areas: {
        "areas": FieldLabel("", "sums"),
        "population_basis": FieldLabel("whom their populations count"),
        "population_period": FieldLabel("period of their populations"),
        "population_source": FieldLabel("source of their populations"),
        "patients_period": FieldLabel("period of their people prescribed"),
        "patients_source": FieldLabel("source of their people prescribed"),
        "items_period": FieldLabel("period of their items"),
        "items_source": FieldLabel("source of their items"),
    },
    Area: {
        "code": FieldLabel("code"),
        "name": FieldLabel("name"),
        "level": FieldLabel("kind of place"),
        "pcn": FieldLabel("PCN"),
        "sub_icb": FieldLabel("sub-ICB location"),
        "area": FieldLabel("locality"),
        "population": FieldLabel("population"),
        "patients": FieldLabel("people prescribed"),
        "items": FieldLabel("items"),
        "people_by_fifth": FieldLabel("people by deprivation fifth"),
    },
    BoardTotals: {
        "medicine_class": FieldLabel("class of medicine"),
        "measure": FieldLabel("what is counted"),
        "counted": FieldLabel("whom they are of", empty=UNKNOWN),
        "period": FieldLabel("period"),
        "source": FieldLabel("source"),
        "counts": FieldLabel("boards"),
    },
    Trend: {"months": FieldLabel("", "sums"), "source": FieldLabel("source")},
    MonthlyItems: {
        "month": FieldLabel("month"),
        "items": FieldLabel("items"),
        "registered": FieldLabel("people registered"),
    },
    ImportReport: {
        "file": FieldLabel("name of the file"),
        "digest": FieldLabel("its digest"),
        "format": FieldLabel("format"),
        "format_name": FieldLabel("name of the format"),
        "why": FieldLabel("why it was recognised"),
        "rows_read": FieldLabel("rows read"),
        "rows_used": FieldLabel("rows understood"),
        "skipped": FieldLabel("reasons for rows not used", "whole"),
        "periods": FieldLabel("periods", "whole"),
        "organisations": FieldLabel("organisations named", "whole"),
        "organisations_in_all": FieldLabel("organisations in all"),
        "suppressed": FieldLabel("hidden or blank numbers"),
        "near_misses": FieldLabel("medicines near our classes, left out", "whole"),
        "refused": FieldLabel("what was refused", "whole"),
        "warnings": FieldLabel("warnings", "whole"),
        "classes": FieldLabel("classes of medicine in it", "whole"),
    },
    ColumnMapping: {
        "columns": FieldLabel("columns"),
        "meaning": FieldLabel("what the columns hold"),
        "fixed": FieldLabel("what no column says"),
        "basis": FieldLabel("whom it counts"),
    },
    Demand: {
        "case_finding": FieldLabel(
            "Practices look for people and ask them",
            asks="Will practices look for people and ask them?",
        ),
        "letter_tiers": FieldLabel(
            "Whom the letters go to", empty="nobody", asks="Whom do the letters go to?"
        ),
        "letters_beside_case_finding": FieldLabel(
            "Letters are counted beside case finding",
            asks="Count letters and case finding, both in full",
        ),
        "evidence": FieldLabel(
            "Where the assumptions on demand come from", asks="Where your assumptions come from"
        ),
    },
    Pricing: {
        "price_year": FieldLabel("Year of prices and pay", asks="Prices and pay of"),
        "perspective": FieldLabel(
            "Whose pension cost is counted", "codes", asks="Whose pension cost?"
        ),
        "own_index": FieldLabel("Your own price index", empty="none"),
    },
    OwnIndex: {"name": FieldLabel("name"), "values": FieldLabel("value")},
    Outcomes: {
        "classes": FieldLabel("Outcomes by class"),
        "qaly_ceiling": FieldLabel(
            "how much good the price would have to do, in the evidence pack",
            asks="Tell in the evidence pack how much good the price would have to do",
        ),
    },
    ClassOutcome: {
        "medicine_class": FieldLabel("class of medicine"),
        "evidence": FieldLabel("evidence chosen", empty=DEFAULT),
        "source": FieldLabel(
            "where these shares come from",
            asks="Where these figures on {row.medicine_class.label} come from",
        ),
    },
    Horizon: {},
    Simulation: {
        "seed": FieldLabel("seed"),
        "simulations": FieldLabel("number of simulations", asks="Simulations"),
        "measure": FieldLabel(
            "measure on which what matters most is told", "codes", asks="Tell what matters most to"
        ),
    },
    MixChoice: {
        "objective": FieldLabel("what it does most of", "codes", asks="What the mix should do"),
        "budget": FieldLabel(
            "budget",
            "pounds",
            "the plan's own",
            asks="Budget for the mix a year, £, if not the plan's",
        ),
        "largest": FieldLabel(
            "largest size allowed of an option (1 = as planned)",
            asks="Largest size allowed (1 = as planned)",
        ),
        "staff": FieldLabel("staff limits"),
        "most_deprived_at_least": FieldLabel(
            "least share from the most deprived fifth",
            "percent",
            "no limit",
            asks="At least this share from the most deprived fifth, %",
        ),
        "in_documents": FieldLabel("printed in the papers", asks="Print the mix in the papers"),
    },
    StaffCap: {"band": FieldLabel("band"), "wte": FieldLabel("most whole-time equivalents")},
    ServiceOption: {
        "id": FieldLabel("short name"),
        "name": FieldLabel("name", asks="Name of the option"),
        "kind": FieldLabel("kind of service", asks="What kind of service is it?"),
        "description": FieldLabel("what it does", "long text"),
        "drawn_from": FieldLabel("what it is drawn from", "long text"),
        "posts": FieldLabel("posts"),
        "other_costs": FieldLabel("other costs"),
        "overhead_mode": FieldLabel("overheads are", asks="What overheads cover"),
        "classes": FieldLabel(
            "classes it covers",
            empty="every class of the plan",
            asks="Which classes does it cover?",
        ),
        "who_comes": FieldLabel(
            "whose medicines its people have", asks="Medicines of the people who come"
        ),
        "shares_by_quintile": FieldLabel(
            "shares of the people it would see from each deprivation fifth", "shares", UNKNOWN
        ),
        "features": FieldLabel("what it offers", empty="none named"),
        "features_absent": FieldLabel("what it is said not to offer", empty="none named"),
    },
    Post: {
        "title": FieldLabel("title"),
        "band": FieldLabel("band"),
        "point": FieldLabel("pay point"),
        "zone": FieldLabel("high-cost area"),
    },
    OtherCost: {
        "label": FieldLabel("what for"),
        "heading": FieldLabel("heading", asks="Kind of cost"),
        "price_year": FieldLabel("prices of", empty="the plan's year", asks="In prices of"),
    },
    Specification: {
        "stage": FieldLabel("What the committee is asked for"),
        "service_name": FieldLabel("Name of the service"),
        "specification_number": FieldLabel("Specification number"),
        "contract_type": FieldLabel("Kind of agreement"),
        "commissioner_lead": FieldLabel("Commissioner's lead"),
        "provider": FieldLabel("Provider", asks="Provider, if known"),
        "provider_lead": FieldLabel("Provider's lead"),
        "clinical_lead": FieldLabel("Clinical lead"),
        "sponsor": FieldLabel("Executive sponsor"),
        "committee": FieldLabel("Committee that decides"),
        "decision_date": FieldLabel("Decision", asks="Decision is made"),
        "group_start": FieldLabel("Group starts"),
        "service_start": FieldLabel("Service starts"),
        "service_end": FieldLabel("Service ends"),
        "review_date": FieldLabel(
            "Review", asks="Service is reviewed, and finance says what funds it"
        ),
        "version": FieldLabel("Version of the documents"),
        "members": FieldLabel("Members of the group"),
        "chair": FieldLabel("Chair of the group", asks="Chair"),
        "clinical_champions": FieldLabel("Clinical champions", empty="nobody named"),
        "meeting_frequency": FieldLabel(
            "How often the group meets", asks="How often it meets", example="every two weeks"
        ),
        "directory": FieldLabel("Directory"),
        "engagement": FieldLabel("Engagement"),
        "risks": FieldLabel("Risks"),
        "attachments": FieldLabel("Attachment"),
        "existing_service_ends": FieldLabel(
            "An existing service ends", asks="Does an existing service end?"
        ),
        "at_ceiling": FieldLabel("When demand is above capacity", empty="not decided"),
        "hours_and_venues": FieldLabel("Hours and venues", "long text"),
        "data_sources": FieldLabel("Local data sources", "long text"),
        "evaluation": FieldLabel("How it will be evaluated", "long text"),
        "funding_source": FieldLabel("Source of funding"),
        "funding_found": FieldLabel(
            "Funding found a year",
            asks="Funding found a year, £ (0 where none is)",
            empty="not said",
        ),
        "funding_recurrent": FieldLabel(
            "Funding recurs", asks="Does the funding recur?", empty="not said"
        ),
        "funding_ends": FieldLabel("Funding ends", asks="Funding ends, where it does not recur"),
        "funding_due": FieldLabel(
            "Rest of the funding is confirmed by", asks="Finance confirms the rest, or none, by"
        ),
        "if_not_found": FieldLabel(
            "If the rest is not found",
            asks="If the rest of the money is not found",
            empty="still to be chosen",
        ),
        "outcome_review": FieldLabel(
            "Review on what was measured", asks="Service is reviewed on what it measured"
        ),
        "own_service_due": FieldLabel(
            "Own service has answered by",
            asks="A service of your own has told its cost, people and outcomes by",
        ),
        "contact_telephone": FieldLabel(
            "Telephone for the public", asks="For the public: telephone, with text relay or BSL"
        ),
        "contact_email": FieldLabel("Email for the public", asks="For the public: email"),
        "contact_address": FieldLabel(
            "Postal address for the public", asks="For the public: postal address"
        ),
        "route_due": FieldLabel("Route", asks="Provider route is settled and reported"),
        "offers_invited": FieldLabel("Invitation", asks="Providers are invited to offer"),
        "offers_close": FieldLabel("Offers close", asks="Offers of providers close"),
        "scored_due": FieldLabel("Scoring", asks="Offers are scored"),
        "award_date": FieldLabel("Award", asks="Intention to award is published"),
        "earlier_committees": FieldLabel(
            "Earlier committees", example="Medicines optimisation group, March 2027: supported"
        ),
        "progress": FieldLabel("Progress of the group", asks="Progress of the group so far"),
        "involvement_due": FieldLabel(
            "People are involved by", asks="Where it is still to come, people are involved by"
        ),
        "assurance_due": FieldLabel("Attachment is complete by"),
        "wording": FieldLabel(""),
        "large_print": FieldLabel(
            "Documents in large print", asks="Make the documents in large print"
        ),
        "agreed": FieldLabel("Agreed"),
        "decision": FieldLabel(""),
    },
    Wording: {
        "clauses": FieldLabel("Clauses"),
        "own_clauses": FieldLabel("Clauses of your own"),
        "indicators": FieldLabel("Indicators"),
        "own_indicators": FieldLabel("Indicators of your own"),
    },
    ClauseChoice: {
        "clause": FieldLabel("clause"),
        "left_out": FieldLabel("left out"),
        "reason": FieldLabel("why it is left out"),
        "text": FieldLabel("wording", "long text", "the planner's"),
        "ours": FieldLabel("the planner's wording when it was written", "long text"),
    },
    OwnClause: {
        "id": FieldLabel("short name"),
        "section": FieldLabel("section", asks="Stands under"),
        "text": FieldLabel("wording", "long text"),
        "meets": FieldLabel("requirements it meets", empty="none named"),
    },
    IndicatorChoice: {
        "indicator": FieldLabel("indicator"),
        "left_out": FieldLabel("left out", asks="Leave this indicator out"),
        "reason": FieldLabel("why it is left out"),
        "source": FieldLabel("source", empty="the planner's"),
        "frequency": FieldLabel("how often", empty="the planner's"),
        "threshold": FieldLabel("threshold", empty="the planner's"),
        "basis": FieldLabel("why this threshold", empty="the planner's"),
        **BASELINE,
    },
    OwnIndicator: {
        "id": FieldLabel("number"),
        "name": FieldLabel("name"),
        "numerator": FieldLabel("what is counted"),
        "denominator": FieldLabel("over whom"),
        "source": FieldLabel("source"),
        "frequency": FieldLabel("how often"),
        "threshold": FieldLabel("threshold"),
        "basis": FieldLabel("why this threshold"),
        "equity": FieldLabel("reported for equity"),
        "meets": FieldLabel("requirements it meets", empty="none named"),
        **BASELINE,
    },
    Agreement: {
        "step": FieldLabel("step"),
        "by": FieldLabel("by whom"),
        "on": FieldLabel("on"),
        "note": FieldLabel("note"),
        "mark": FieldLabel("what was agreed", "mark"),
    },
    Member: {
        "seat": FieldLabel("seat"),
        "name": FieldLabel("name", empty="vacant", example="vacant"),
        "organisation": FieldLabel("organisation"),
    },
    DirectoryEntry: {
        "need": FieldLabel("need", asks="For which need"),
        "offer": FieldLabel("offer", asks="What is offered"),
        "provider": FieldLabel("provider"),
        "access": FieldLabel("how to reach it"),
        "capacity": FieldLabel("capacity"),
        "wait": FieldLabel("wait"),
    },
    Engagement: {
        "who": FieldLabel("who"),
        "when": FieldLabel("when"),
        "what_changed": FieldLabel("what changed because of it"),
        "view_of_draft": FieldLabel("what they say of the draft and of the preferred option"),
        "groups": FieldLabel(
            "whom they speak for", empty="not said", asks="Of those the framework asks for"
        ),
    },
    Risk: {
        "risk": FieldLabel("risk"),
        "likelihood": FieldLabel("likelihood", empty="not judged"),
        "impact": FieldLabel("impact", empty="not judged"),
        "mitigation": FieldLabel("mitigation", asks="What is done about it"),
        "owner": FieldLabel("owner"),
        "likelihood_after": FieldLabel("likelihood after that", empty="not judged"),
        "impact_after": FieldLabel("impact after that", empty="not judged"),
    },
    DecisionRecord: {
        "selection": FieldLabel(""),
        "equality": FieldLabel(""),
        "screening": FieldLabel(""),
        "involvement_assessed": FieldLabel(
            "Whether the duty to involve applies has been assessed", empty="not yet known"
        ),
        "involvement_reasons": FieldLabel(
            "What was decided about involvement, and why",
            "long text",
            asks="What was decided and why",
        ),
    },
    ProviderSelection: {
        "answers": FieldLabel("Provider selection", empty="not yet known"),
        "weightings": FieldLabel("Weighting, %", empty="not given"),
        "route": FieldLabel(
            "Selection process decided",
            empty="not yet decided",
            asks="Route that the board has decided on",
        ),
        "reasons": FieldLabel("Why that selection process", "long text", asks="Reasons for it"),
        "advice": FieldLabel(
            "Whose advice on selection was taken", asks="Whose advice was taken, and when"
        ),
    },
    EqualityRecord: {
        "answers": FieldLabel("Equality assessment", empty="not yet answered"),
        "mitigations": FieldLabel("What is done for", empty="nothing yet"),
        "assessed_by": FieldLabel("Who assessed equality", asks="Who made the assessment"),
    },
    Screening: {
        "answers": FieldLabel("Data protection screening", empty="not yet known"),
        "agreed_with": FieldLabel(
            "With whom the screening was agreed", asks="Agreed with, and when"
        ),
    },
}
"""Every field of a plan that is no input of the sums, in words; those are in the register of
inputs. A test fails where one is missing."""

CODES = {
    "provider": "what the provider pays",
    "public": "the full public cost",
}
"""What the words written with underscores, and others that say too little, stand for."""

IN_ROWS: dict[type[Frozen], str] = {
    ClassPrescribing: "{label}, {row.medicine_class.label}",
    ClassInequality: "{label}, {row.medicine_class.label}",
    Post: "Post {number}, {lower}",
    OtherCost: "Cost {number}, {lower}",
    Member: "{row.seat.value}: {lower}",
    DirectoryEntry: "{label} (service {number})",
    Engagement: "{label} (entry {number})",
    Risk: "{label} (risk {number})",
    OwnClause: "{label} ({number})",
    OwnIndicator: "{row.id}, {lower}",
}
"""What the box of a field says where there are several rows of them, each with boxes of its own."""
