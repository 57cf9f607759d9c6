"""How a field is said on its box and in comparisons, and the words of the specification's."""

from typing import Literal, NamedTuple

from planner.model.base import Frozen
from planner.model.clause_choices import (
    ClauseChoice,
    IndicatorChoice,
    OwnClause,
    OwnIndicator,
    Wording,
)
from planner.model.decision import DecisionRecord, EqualityRecord, ProviderSelection, Screening
from planner.model.plan import Agreement, DirectoryEntry, Engagement, Member, Risk, Specification

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
]
"""How a value is shown.

A "local" count is rounded to 5 and hidden where small; "fifths" are five of them; "shares" are
percentages, one for each fifth; a "whole" list is only counted; rows told as "sums" are never
listed one by one; "codes" stand for words in CODES.
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
        empty="two quarters after the service starts",
        asks="Else, the day by which it is set",
    ),
}

SPECIFICATION_LABELS: dict[type[Frozen], dict[str, FieldLabel]] = {
    Specification: {
        "service_name": FieldLabel("Name of the service"),
        "specification_number": FieldLabel("Specification number"),
        "contract_family": FieldLabel("Kind of agreement"),
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
        "review_date": FieldLabel("Review", asks="Service is reviewed"),
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
        "mark": FieldLabel("mark of what was agreed"),
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
        "groups": FieldLabel(
            "whom they speak for", empty="not said", asks="Of those the framework asks for"
        ),
    },
    Risk: {
        "risk": FieldLabel("risk"),
        "likelihood": FieldLabel("likelihood"),
        "impact": FieldLabel("impact"),
        "mitigation": FieldLabel("mitigation", asks="What is done about it"),
        "owner": FieldLabel("owner"),
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

SPECIFICATION_IN_ROWS: dict[type[Frozen], str] = {
    Member: "{row.seat.value}: {lower}",
    DirectoryEntry: "{label} (service {number})",
    Engagement: "{label} (entry {number})",
    Risk: "{label} (risk {number})",
    OwnClause: "{label} ({number})",
    OwnIndicator: "{row.id}, {lower}",
}
"""What the box of a field says where there are several rows of them, each with boxes of its own."""
