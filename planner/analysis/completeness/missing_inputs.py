"""What a plan still lacks before its documents may leave the building, and who would know."""

from collections.abc import Mapping, Sequence
from enum import StrEnum

from planner.analysis.calculation.inputs import BY_KEY, INPUTS
from planner.analysis.completeness.provider_selection import (
    not_involved,
    select,
    unanswered_prompts,
    weigh,
)
from planner.analysis.population.need import Need
from planner.model.decision import EqualityGroup, ScreeningQuestion, SelectionQuestion
from planner.model.missing_input import Consequence, MissingInput
from planner.model.plan import Attachment, Plan, Seat
from planner.model.service import Feature, ServiceOption

Names = Mapping[str, str]
WHO_MAY_SET_A_DOSE = (Feature.PRESCRIBER_IN_TEAM, Feature.PHARMACIST_IN_TEAM)
"""What an option has whose own staff may work out or approve a change of dose."""


# --------------------------------------------------------------------------------------------------
# Inputs that the register of inputs words. Their place among the rest is in
# planner/reference/missing_inputs.yaml.


def _registered(plan: Plan, need: Need) -> dict[str, list[MissingInput]]:
    """What is missing of registered inputs, by the id under which the content gives them a
    place."""
    # Of each class, what the nearest rung above the one it stands on would need.
    patients = [
        MissingInput(
            id=f"patients.{row.medicine_class}",
            where=wanted.step,
            what=wanted.missing.format(of=row.medicine_class.label),
            why=row.missing_because or wanted.why,
            who=wanted.who,
            changes=Consequence.NUMBERS,
        )
        for row in need.classes
        if row.rung_asks
        for wanted in (BY_KEY[row.rung_asks],)
    ]
    # An input of need is called by its path in what `planner check` prints.
    expected = {
        item.path if item.section == "need" else item.key: item
        for item in INPUTS
        if item.missing and item.scope == "plan"
    }
    return {"patients": patients} | {
        id: [
            MissingInput(
                id=id,
                where=item.step,
                what=item.missing,
                why=item.why,
                who=item.who,
                changes=Consequence.NUMBERS,
            )
        ]
        if item.value(plan) is None
        and (item.step != "need" or "opioids" in plan.prescribing.included)
        else []
        for id, item in expected.items()
    }


# --------------------------------------------------------------------------------------------------
# All else: what is missing is worked out here, and what is said of it is content.


def missing_inputs(
    plan: Plan, need: Need, entries: Sequence[MissingInput]
) -> tuple[MissingInput, ...]:
    """Everything the documents will say is missing, in the order of the entries, which say what and
    why and who.

    A plan with gaps still makes both documents; each gap is named in them. Raises KeyError for an
    entry whose condition is not known.
    """
    registered = _registered(plan, need)
    lacking = _of_specification(plan) | _of_plan(plan) | _of_decision(plan)
    return tuple(
        row
        for entry in entries
        for row in (
            registered[entry.id]
            if entry.id in registered
            else [entry.filled(names) for names in lacking[entry.id]]
        )
    )


def in_order_of_change(
    missing: Sequence[MissingInput], moves_most: Sequence[str]
) -> tuple[MissingInput, ...]:
    """What is missing, what would change most first: by what it changes, then by how much its input
    moves the result (the labels of inputs, the widest first), then in its own order."""
    weight, labels = (
        list(Consequence),
        {item.path if item.section == "need" else item.key: item.label for item in INPUTS},
    )

    def place(item: MissingInput) -> tuple[int, int]:
        label = labels.get(item.id, "")
        moved = moves_most.index(label) if label in moves_most else len(moves_most)
        return weight.index(item.changes), moved

    return tuple(sorted(missing, key=place))


def _if(missing: bool, **names: str) -> list[Names]:
    """One entry with those names where something is missing, none where it is not."""
    return [names] if missing else []


def _of_specification(plan: Plan) -> dict[str, list[Names]]:
    spec = plan.specification
    fields = {name: _if(not _is_filled(getattr(spec, name))) for name in type(spec).model_fields}
    vacant = [member.seat for member in spec.members if not member.name]
    seats: list[Names] = [
        {"seat_id": seat.name.lower(), "seat": seat.value}
        for seat in vacant
        if seat.is_in_framework
    ]
    absent = [a for a in Attachment if spec.attachments.get(a, "missing") == "missing"]
    decision = spec.decision_date
    due = [a for a in absent if decision and (on := spec.assurance_due.get(a)) and on <= decision]
    later = [a for a in absent if a not in due]
    both = (Seat.LIVED_EXPERIENCE, Seat.SECOND_LIVED_EXPERIENCE)
    lived = [seat.value for seat in both if seat in vacant]
    return fields | {
        "existing_service_ends": _if(spec.existing_service_ends is None),
        "seat.$seat_id": seats,
        "seat.lived_experience": _if(bool(lived), seat=lived[0] if lived else ""),
        "attachments.before_decision": _if(bool(due), attachments="; ".join(due)),
        "attachments": _if(bool(later), attachments="; ".join(later)),
        "contact": _if(not (spec.contact_telephone or spec.contact_email or spec.contact_address)),
    }


def _of_plan(plan: Plan) -> dict[str, list[Names]]:
    classes, preferred = plan.inequality.classes, plan.preferred
    ours = [row for row in plan.outcomes.classes if row.evidence is None and row.stopped is None]
    unsaid = [one.name for one in plan.options if one.effect is None and not one.is_do_nothing]
    unstated = [one.name for one in plan.options if one.is_price_alone]
    return {
        "inequality.deprivation": _if(
            all(count is None for row in classes for count in row.by_quintile)
        ),
        "inequality.sex": _if(all(row.women is None or row.men is None for row in classes)),
        "inequality.groups": _if(not plan.inequality.groups),
        "areas": _if(not plan.areas.areas),
        "options": _if(all(option.is_do_nothing for option in plan.options)),
        "do_nothing": _if(not any(option.is_do_nothing for option in plan.options)),
        "stated_capacity": _if(bool(unstated), options="; ".join(unstated)),
        "effects": _if(bool(unsaid), options="; ".join(unsaid)),
        "outcomes": _if(len(ours) == len(plan.outcomes.classes)),
        "preferred_option": _if(preferred is None),
        "preferred_because": _if(preferred is not None and not plan.preferred_because),
        "dose_author": _if(
            preferred is not None and bool(preferred.posts) and not has_dose_author(preferred)
        ),
    }


def has_dose_author(option: ServiceOption) -> bool:
    """Whether an option says that it has staff who may work out or approve a change of dose."""
    return any(option.feature(one) for one in WHO_MAY_SET_A_DOSE)


def _of_decision(plan: Plan) -> dict[str, list[Names]]:
    """What the decision record lacks: one gap for each of its parts, however many of its questions
    are open."""
    record = plan.specification.decision
    chosen, weighed = select(record.selection.answers), weigh(record.selection.weightings)
    uninvolved = [group.value for group in not_involved(plan)]
    unscreened = len(ScreeningQuestion) - len(record.screening.answers)

    def of(open_ones: int, all_of_them: type[StrEnum]) -> list[Names]:
        return _if(open_ones > 0, open=str(open_ones), all=str(len(all_of_them)))

    return {
        "decision.selection.contradicted": _if(bool(chosen.contradictions)),
        "decision.selection": of(len(chosen.open_questions), SelectionQuestion),
        "decision.weightings": _if(
            chosen.weighs_criteria and (not weighed.given or bool(weighed.faults))
        ),
        "decision.equality": of(len(unanswered_prompts(plan)), EqualityGroup),
        "decision.screening": of(unscreened, ScreeningQuestion),
        "decision.involved": _if(bool(uninvolved), uninvolved="; ".join(uninvolved)),
        "decision.involvement": _if(record.involvement_assessed is not True),
    }


def _is_filled(value: object) -> bool:
    """Whether there is anything in it, be it nought; rows added and left empty do not count."""
    if isinstance(value, tuple):
        return any(
            getattr(row, "offer", None) or getattr(row, "who", None) or isinstance(row, str)
            for row in value
        )
    return value is not None if isinstance(value, float) else bool(value)
