"""How a field is said where two plans are compared, and the words for every field of the specification. No comparing."""

from __future__ import annotations

from typing import Literal, NamedTuple

from planner.model.base import Frozen
from planner.model.clause_choices import ClauseChoice, IndicatorChoice, OwnClause, OwnIndicator, Wording
from planner.model.decision import DecisionRecord, EqualityRecord, ProviderSelection, Screening
from planner.model.plan import Agreement, DirectoryEntry, Engagement, Member, Risk, Specification

Form = Literal[
    "plain", "percent", "shares", "pounds", "local", "fifths", "long text", "whole", "sums", "codes", "option"
]
"""How a value is shown.

A "local" count is rounded to 5 and hidden where small; "fifths" are five of them; "shares" are percentages, one for each fifth; a "whole" list is only
counted; rows told as "sums" are never listed one by one; "codes" stand for words in CODES.
"""


class Said(NamedTuple):
    """A field in words: its name, how its value is shown, and what an empty one means."""

    label: str
    form: Form = "plain"
    empty: str = "not given"


BASELINE = {
    "baseline": Said("baseline"),
    "baseline_of": Said("period of the baseline"),
    "baseline_by": Said("day by which the baseline is set", empty="two quarters after the service starts"),
}

SPECIFICATION_WORDS: dict[type[Frozen], dict[str, Said]] = {
    Specification: {
        "service_name": Said("Name of the service"),
        "specification_number": Said("Specification number"),
        "contract_family": Said("Kind of agreement"),
        "commissioner_lead": Said("Commissioner's lead"),
        "provider": Said("Provider"),
        "provider_lead": Said("Provider's lead"),
        "clinical_lead": Said("Clinical lead"),
        "sponsor": Said("Executive sponsor"),
        "committee": Said("Committee that decides"),
        "decision_date": Said("Decision"),
        "group_start": Said("Group starts"),
        "service_start": Said("Service starts"),
        "service_end": Said("Service ends"),
        "review_date": Said("Review"),
        "version": Said("Version of the documents"),
        "members": Said("Members of the group"),
        "chair": Said("Chair of the group"),
        "clinical_champions": Said("Clinical champions", empty="nobody named"),
        "meeting_frequency": Said("How often the group meets"),
        "directory": Said("Directory"),
        "engagement": Said("Engagement"),
        "risks": Said("Risks"),
        "attachments": Said("Attachment"),
        "existing_service_ends": Said("An existing service ends"),
        "at_ceiling": Said("When demand is above capacity", empty="not decided"),
        "hours_and_venues": Said("Hours and venues", "long text"),
        "data_sources": Said("Local data sources", "long text"),
        "evaluation": Said("How it will be evaluated", "long text"),
        "funding_source": Said("Source of funding"),
        "wording": Said(""),
        "large_print": Said("Documents in large print"),
        "agreed": Said("Agreed"),
        "decision": Said(""),
    },
    Wording: {
        "clauses": Said("Clauses"),
        "own_clauses": Said("Clauses of your own"),
        "indicators": Said("Indicators"),
        "own_indicators": Said("Indicators of your own"),
    },
    ClauseChoice: {
        "clause": Said("clause"),
        "left_out": Said("left out"),
        "reason": Said("why it is left out"),
        "text": Said("wording", "long text", "the planner's"),
        "ours": Said("the planner's wording when it was written", "long text"),
    },
    OwnClause: {
        "id": Said("short name"),
        "section": Said("section"),
        "text": Said("wording", "long text"),
        "meets": Said("requirements it meets", empty="none named"),
    },
    IndicatorChoice: {
        "indicator": Said("indicator"),
        "left_out": Said("left out"),
        "reason": Said("why it is left out"),
        "source": Said("source", empty="the planner's"),
        "frequency": Said("how often", empty="the planner's"),
        "threshold": Said("threshold", empty="the planner's"),
        "basis": Said("why this threshold", empty="the planner's"),
        **BASELINE,
    },
    OwnIndicator: {
        "id": Said("number"),
        "name": Said("name"),
        "numerator": Said("what is counted"),
        "denominator": Said("over whom"),
        "source": Said("source"),
        "frequency": Said("how often"),
        "threshold": Said("threshold"),
        "basis": Said("why this threshold"),
        "equity": Said("reported for equity"),
        "meets": Said("requirements it meets", empty="none named"),
        **BASELINE,
    },
    Agreement: {
        "step": Said("step"),
        "by": Said("by whom"),
        "on": Said("on"),
        "note": Said("note"),
        "mark": Said("mark of what was agreed"),
    },
    Member: {
        "seat": Said("seat"),
        "name": Said("name", empty="vacant"),
        "organisation": Said("organisation"),
    },
    DirectoryEntry: {
        "need": Said("need"),
        "offer": Said("offer"),
        "provider": Said("provider"),
        "access": Said("how to reach it"),
        "capacity": Said("capacity"),
        "wait": Said("wait"),
    },
    Engagement: {
        "who": Said("who"),
        "when": Said("when"),
        "what_changed": Said("what changed because of it"),
        "groups": Said("whom they speak for", empty="not said"),
    },
    Risk: {
        "risk": Said("risk"),
        "likelihood": Said("likelihood"),
        "impact": Said("impact"),
        "mitigation": Said("mitigation"),
        "owner": Said("owner"),
    },
    DecisionRecord: {
        "selection": Said(""),
        "equality": Said(""),
        "screening": Said(""),
        "involvement_assessed": Said(
            "Whether the duty to involve applies has been assessed", empty="not yet known"
        ),
        "involvement_reasons": Said("What was decided about involvement, and why", "long text"),
    },
    ProviderSelection: {
        "answers": Said("Provider selection", empty="not yet known"),
        "weightings": Said("Weighting, %", empty="not given"),
        "route": Said("Selection process decided", empty="not yet decided"),
        "reasons": Said("Why that selection process", "long text"),
        "advice": Said("Whose advice on selection was taken"),
    },
    EqualityRecord: {
        "answers": Said("Equality assessment", empty="not yet answered"),
        "mitigations": Said("What is done for", empty="nothing yet"),
        "assessed_by": Said("Who assessed equality"),
    },
    Screening: {
        "answers": Said("Data protection screening", empty="not yet known"),
        "agreed_with": Said("With whom the screening was agreed"),
    },
}
