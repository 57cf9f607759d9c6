"""What a plan still lacks before its documents are fit to leave the building, and who would know."""

from __future__ import annotations

from planner.analysis.calculation.inputs import BY_KEY, INPUTS
from planner.analysis.completeness.provider_selection import not_involved, select, unanswered_prompts, weigh
from planner.analysis.population.need import Need
from planner.model.base import Frozen
from planner.model.decision import EqualityGroup, ScreeningQuestion, SelectionQuestion
from planner.model.plan import Attachment, Plan, Seat


class MissingInput(Frozen):
    """One thing missing: where it is entered, why it matters, and who is likely to know it."""

    id: str
    where: str
    what: str
    why: str
    who: str


def missing_inputs(plan: Plan, need: Need) -> tuple[MissingInput, ...]:
    """Everything the documents will say is missing, in the order of the steps.

    A plan with gaps still makes both documents; each gap is named in them.
    """
    rows: list[MissingInput] = []

    def lacks(missing: bool, id: str, where: str, what: str, why: str, who: str) -> None:
        if missing:
            rows.append(MissingInput(id=id, where=where, what=what, why=why, who=who))

    def lacks_inputs(step: str) -> None:
        """Every input of the whole plan that the register asks for on a step, and the plan leaves to us."""
        for item in INPUTS:
            if item.missing and item.scope == "plan" and item.step == step:
                # one of need is called by its path in what `planner check` prints
                id = item.path if item.section == "need" else item.key
                lacks(item.value(plan) is None, id, step, item.missing, item.why, item.who)

    spec, counts = plan.specification, BY_KEY["patients"]
    for row in need.classes:
        what = counts.missing.format(of=row.medicine_class.label)
        lacks(
            plan.prescribing.of(row.medicine_class).patients is None,
            f"patients.{row.medicine_class}",
            "prescribing",
            what if row.patients else what.replace("local count", "number"),
            counts.why if row.patients else row.missing_because or "",
            counts.who,
        )
    if "opioids" in plan.prescribing.included:
        lacks_inputs("prescribing")
    lacks(
        all(count is None for row in plan.inequality.classes for count in row.by_quintile),
        "inequality.deprivation",
        "inequality",
        "local counts by deprivation fifth",
        "without them the documents can only tell the national pattern",
        "public health or business intelligence team",
    )
    lacks(
        all(row.women is None or row.men is None for row in plan.inequality.classes),
        "inequality.sex",
        "inequality",
        "local counts by sex",
        "the equality assessment needs them",
        "medicines optimisation analyst",
    )
    lacks(
        not plan.inequality.groups,
        "inequality.groups",
        "inequality",
        "the groups this service must reach",
        "Actions 1 and 5 ask for services that reach communities with poor access",
        "health inequalities lead",
    )
    lacks(
        not plan.areas.areas,
        "areas",
        "places",
        "numbers by practice, PCN or local place",
        "Action 5 asks for priorities and lines of enquiry, which need places",
        "medicines optimisation analyst (English Prescribing Dataset and practice lists)",
    )
    lacks_inputs("options")
    lacks(
        not [option for option in plan.options if not option.is_do_nothing],
        "options",
        "options",
        "at least one costed option",
        "there is nothing to specify or to cost",
        "commissioner",
    )
    lacks(
        not any(option.is_do_nothing for option in plan.options),
        "do_nothing",
        "options",
        "an option of doing nothing",
        "a board needs to see what acting adds",
        "commissioner",
    )
    ours = [row for row in plan.outcomes.classes if row.evidence is None and row.stopped is None]
    lacks(
        len(ours) == len(plan.outcomes.classes),
        "outcomes",
        "outcomes",
        "a local choice of evidence on outcomes",
        "our default is used for every class, and it decides what support is said to add",
        "clinical lead, with public health",
    )
    lacks_inputs("years")
    lacks(
        plan.preferred is None,
        "preferred_option",
        "options",
        "a preferred option",
        "the Action 4 specification describes the preferred option",
        "task and finish group",
    )
    lacks(
        plan.preferred is not None and not plan.preferred_because,
        "preferred_because",
        "options",
        "the reason for the preferred option",
        "a board will ask why",
        "task and finish group",
    )
    for field, what, why, who in (
        ("service_name", "the name of the service", "it heads the specification", "commissioner"),
        (
            "commissioner_lead",
            "the commissioner's lead",
            "every specification needs an owner",
            "commissioner",
        ),
        ("provider_lead", "the provider's lead", "it heads the specification", "provider, once chosen"),
        ("clinical_lead", "the clinical lead", "safety and supervision need a name", "ICB chief pharmacist"),
        ("sponsor", "the executive sponsor", "the group reports to them", "ICB executive team"),
        (
            "committee",
            "the committee that decides",
            "the paper asks it for a decision",
            "ICB governance team",
        ),
        ("decision_date", "the date of the decision", "the workplan runs up to it", "ICB governance team"),
        (
            "group_start",
            "the start date of the group",
            "the workplan's dates follow from it",
            "programme lead",
        ),
        ("service_start", "the start date of the service", "the contract needs it", "commissioner"),
        ("service_end", "the end date of the service", "the contract needs it", "commissioner"),
        ("review_date", "the review date", "specifications go stale unread", "commissioner"),
        ("chair", "the chair of the group", "the framework asks for leadership", "executive sponsor"),
        ("clinical_champions", "the clinical champions", "Action 3 asks for them", "clinical directors"),
        ("meeting_frequency", "how often the group meets", "terms of reference need it", "chair"),
        (
            "directory",
            "the directory of alternatives",
            "Actions 2 and 4 ask for alternatives prescribers know",
            "social prescribing and pain leads",
        ),
        (
            "engagement",
            "a record of who was involved",
            "Action 4 asks for work with partners, and involvement is a legal duty",
            "engagement team and people with lived experience",
        ),
        (
            "hours_and_venues",
            "hours and venues",
            "access depends on them",
            "provider and people with lived experience",
        ),
        (
            "data_sources",
            "the local data sources",
            "Action 4 asks for use of data",
            "business intelligence team",
        ),
        (
            "evaluation",
            "how the service will be evaluated",
            "NICE recommends no service model, so local evaluation is the evidence",
            "public health or research partner",
        ),
        ("funding_source", "the source of funding", "the decision needs it", "finance lead"),
    ):
        lacks(not _filled(getattr(spec, field)), field, "specification", what, why, who)
    lacks(
        spec.at_ceiling is None,
        "at_ceiling",
        "specification",
        "what happens when demand is above capacity",
        "demand is expected to exceed capacity, and the contract must say what follows",
        "commissioner and provider",
    )
    lacks(
        spec.existing_service_ends is None,
        "existing_service_ends",
        "specification",
        "whether an existing service ends",
        "staff may have a right to transfer",
        "contracts team",
    )
    for member in spec.members:
        lacks(
            not member.name and (member.seat.asked_for or member.seat is Seat.LIVED_EXPERIENCE),
            f"seat.{member.seat.name.lower()}",
            "specification",
            f"a member for the seat: {member.seat.value}",
            "Action 3 names this seat"
            if member.seat.asked_for
            else "plans are made with people, not for them",
            "chair of the group",
        )
    absent = [a.value for a in _attachments_missing(plan)]
    lacks(
        bool(absent),
        "attachments",
        "specification",
        f"attachments: {'; '.join(absent)}",
        "boards turn back papers without them",
        "programme lead",
    )
    return (*rows, *_decision_gaps(plan))


def _decision_gaps(plan: Plan) -> list[MissingInput]:
    """What the decision record lacks: one gap for each of its parts, however many of its questions are open."""
    record = plan.specification.decision
    chosen, weighed = select(record.selection.answers), weigh(record.selection.weightings)
    unassessed, uninvolved = unanswered_prompts(plan), not_involved(plan)
    unscreened = len(ScreeningQuestion) - len(record.screening.answers)
    parts = (
        (
            bool(chosen.contradictions),
            "selection.contradicted",
            "answers on provider selection that do not contradict each other",
            "no route can be indicated",
            "procurement",
        ),
        (
            bool(chosen.open_questions),
            "selection",
            f"answers to {len(chosen.open_questions)} of {len(SelectionQuestion)} questions on provider selection",
            "they decide by which route a provider may be found",
            "procurement and contracts teams",
        ),
        (
            chosen.weighs_criteria and (not weighed.given or bool(weighed.faults)),
            "weightings",
            "weightings of the five key criteria that add to 100",
            "providers must know beforehand what counts",
            "procurement, with the clinical lead and finance",
        ),
        (
            bool(unassessed),
            "equality",
            f"answers to {len(unassessed)} of {len(EqualityGroup)} equality and health inequality prompts",
            "the duty is to think before deciding, and papers are turned back without it",
            "equality lead and health inequalities lead, with the communities themselves",
        ),
        (
            unscreened > 0,
            "screening",
            f"answers to {unscreened} of {len(ScreeningQuestion)} questions on data protection",
            "searching records and working in them may not begin before it is known what they need",
            "data protection officer",
        ),
        (
            bool(uninvolved),
            "involved",
            f"involvement of: {'; '.join(group.value for group in uninvolved)}",
            "the framework asks for work with them",
            "engagement team",
        ),
        (
            record.involvement_assessed is not True,
            "involvement",
            "an assessment of whether the duty to involve people applies",
            "a board must be able to show that it asked",
            "engagement team, with legal advice",
        ),
    )
    return [
        MissingInput(id=f"decision.{id}", where="specification", what=what, why=why, who=who)
        for missing, id, what, why, who in parts
        if missing
    ]


def _filled(value: object) -> bool:
    """Whether there is anything in it; rows that were added and left empty do not count."""
    if isinstance(value, tuple):
        return any(
            getattr(row, "offer", None) or getattr(row, "who", None) or isinstance(row, str) for row in value
        )
    return bool(value)


def _attachments_missing(plan: Plan) -> list[Attachment]:
    current = plan.specification.attachments
    return [attachment for attachment in Attachment if current.get(attachment, "missing") == "missing"]
