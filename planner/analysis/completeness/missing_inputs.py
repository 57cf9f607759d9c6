"""What a plan still lacks before its documents are fit to leave the building, and who would know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum

from planner.analysis.completeness.provider_selection import not_involved, select, unanswered_prompts, weigh
from planner.analysis.population.need import Need
from planner.model.decision import EqualityGroup, ScreeningQuestion, SelectionQuestion
from planner.model.missing_input import MissingInput
from planner.model.plan import Attachment, Plan, Seat

Names = Mapping[str, str]


# ----------------------------------------------------------------------------------------------------------------------
# Inputs that the table of inputs words. Their place among the rest is in planner/reference/missing_inputs.yaml.


def _registered(plan: Plan, need: Need) -> dict[str, list[MissingInput]]:
    """What is missing of registered inputs, by the id under which the content gives them a place."""
    patients: list[MissingInput] = []
    for row in need.classes:
        name, entered = row.medicine_class.label, plan.prescribing.of(row.medicine_class).patients is not None
        if row.patients is not None and entered:
            continue
        unknown = row.patients is None
        patients.append(
            MissingInput(
                id=f"patients.{row.medicine_class}",
                where="prescribing",
                what=f"a number of people prescribed {name}"
                if unknown
                else f"a local count of people prescribed {name}",
                why=row.missing_because or ""
                if unknown
                else "England's rate is used instead, so this place looks exactly like England",
                who="medicines optimisation analyst (NHSBSA workbook or ePACT2)",
            )
        )
    high_dose = MissingInput(
        id="high_dose_opioids",
        where="prescribing",
        what="a local count of people on high-dose opioids",
        why="they are first in the order for review",
        who="medicines optimisation analyst (opioid prescribing comparators)",
    )
    uptake = MissingInput(
        id="demand.uptake",
        where="options",
        what="a local judgement of uptake",
        why="evidence on uptake spans more than tenfold, and demand with it",
        who="task and finish group, with a local pilot or audit",
    )
    budget = MissingInput(
        id="budget",
        where="years",
        what="the budget a year",
        why="without it nothing can be said of what can be afforded, nor a mix worked out",
        who="finance",
    )
    prescribing = plan.prescribing
    no_high_dose = prescribing.high_dose_opioid_patients is None and "opioids" in prescribing.included
    return {
        "patients": patients,
        high_dose.id: [high_dose] if no_high_dose else [],
        uptake.id: [uptake] if plan.demand.uptake is None else [],
        budget.id: [budget] if plan.pricing.budget is None else [],
    }


# ----------------------------------------------------------------------------------------------------------------------
# All else: what is missing is worked out here, and what is said of it is content.


def missing_inputs(plan: Plan, need: Need, entries: Sequence[MissingInput]) -> tuple[MissingInput, ...]:
    """Everything the documents will say is missing, in the order of the entries, which say what and why and who.

    A plan with gaps still makes both documents; each gap is named in them. Raises KeyError for an entry whose
    condition is not known.
    """
    registered, lacking = (
        _registered(plan, need),
        _of_specification(plan) | _of_plan(plan) | _of_decision(plan),
    )
    return tuple(
        row
        for entry in entries
        for row in (
            registered[entry.id]
            if entry.id in registered
            else [entry.filled(names) for names in lacking[entry.id]]
        )
    )


def _if(missing: bool, **names: str) -> list[Names]:
    """One entry with those names where something is missing, none where it is not."""
    return [names] if missing else []


def _of_specification(plan: Plan) -> dict[str, list[Names]]:
    spec = plan.specification
    fields = {name: _if(not _filled(getattr(spec, name))) for name in type(spec).model_fields}
    vacant = [member.seat for member in spec.members if not member.name]
    seats = [{"seat_id": seat.name.lower(), "seat": seat.value} for seat in vacant if seat.asked_for]
    absent = [a.value for a in Attachment if spec.attachments.get(a, "missing") == "missing"]
    lived = Seat.LIVED_EXPERIENCE
    return fields | {
        "existing_service_ends": _if(spec.existing_service_ends is None),
        "seat.$seat_id": [*seats],
        "seat.lived_experience": _if(lived in vacant, seat=lived.value),
        "attachments": _if(bool(absent), attachments="; ".join(absent)),
    }


def _of_plan(plan: Plan) -> dict[str, list[Names]]:
    classes, preferred = plan.inequality.classes, plan.preferred
    ours = [row for row in plan.outcomes.classes if row.evidence is None and row.stopped is None]
    return {
        "inequality.deprivation": _if(all(count is None for row in classes for count in row.by_quintile)),
        "inequality.sex": _if(all(row.women is None or row.men is None for row in classes)),
        "inequality.groups": _if(not plan.inequality.groups),
        "areas": _if(not plan.areas.areas),
        "options": _if(all(option.is_do_nothing for option in plan.options)),
        "do_nothing": _if(not any(option.is_do_nothing for option in plan.options)),
        "outcomes": _if(len(ours) == len(plan.outcomes.classes)),
        "preferred_option": _if(preferred is None),
        "preferred_because": _if(preferred is not None and not plan.preferred_because),
    }


def _of_decision(plan: Plan) -> dict[str, list[Names]]:
    """What the decision record lacks: one gap for each of its parts, however many of its questions are open."""
    record = plan.specification.decision
    chosen, weighed = select(record.selection.answers), weigh(record.selection.weightings)
    uninvolved = [group.value for group in not_involved(plan)]
    unscreened = len(ScreeningQuestion) - len(record.screening.answers)

    def of(open_ones: int, all_of_them: type[StrEnum]) -> list[Names]:
        return _if(open_ones > 0, open=str(open_ones), all=str(len(all_of_them)))

    return {
        "decision.selection.contradicted": _if(bool(chosen.contradictions)),
        "decision.selection": of(len(chosen.open_questions), SelectionQuestion),
        "decision.weightings": _if(chosen.weighs_criteria and (not weighed.given or bool(weighed.faults))),
        "decision.equality": of(len(unanswered_prompts(plan)), EqualityGroup),
        "decision.screening": of(unscreened, ScreeningQuestion),
        "decision.involved": _if(bool(uninvolved), uninvolved="; ".join(uninvolved)),
        "decision.involvement": _if(record.involvement_assessed is not True),
    }


def _filled(value: object) -> bool:
    """Whether there is anything in it; rows that were added and left empty do not count."""
    if isinstance(value, tuple):
        return any(
            getattr(row, "offer", None) or getattr(row, "who", None) or isinstance(row, str) for row in value
        )
    return bool(value)
