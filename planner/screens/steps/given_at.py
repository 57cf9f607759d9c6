"""Where on its page each thing that a plan lacks is given: tab, folds and field."""

from collections.abc import Callable, Mapping

from planner.analysis.completeness.provider_selection import CONTRADICTIONS, select
from planner.model.decision import Criterion, ScreeningQuestion, SelectionQuestion
from planner.model.plan import Attachment, Plan, Seat
from planner.model.prescribing import MedicineClass
from planner.screens.steps import decision_record, specification
from planner.screens.steps.need import CLASS_VIEW
from planner.screens.steps.option_table import EDITING
from planner.screens.ui.form import DISPLAY_SUFFIX
from planner.screens.ui.session import results_for
from planner.screens.ui.sought import FieldPlace

SPEC = "specification."
IN_DEMAND = ("demand", "demand-rest")
IN_ROW = {"directory": "offer", "engagement": "who", "decision.involved": "groups"}
"""What is asked of a row of a list, by the id of the gap."""
LIVED = "seat.lived_experience"


def given_at(gap_id: str, plan: Plan) -> FieldPlace | None:
    """The place of what is missing under that id, or None where it is no such thing of this plan.

    Of several alike, such as options whose effect is not said, it is the first.
    """
    gap = next((one for one in results_for(plan).missing_inputs if one.id == gap_id), None)
    if gap is None:
        return None
    if gap.where == "specification":
        return _of_specification(gap_id, plan)
    if gap_id.startswith("patients."):
        return _of_class(gap_id.removeprefix("patients."), plan)
    return _ELSEWHERE[gap_id](plan)


def _of_class(name: str, plan: Plan) -> FieldPlace:
    """The count of a class, or its items where those are what is asked for."""
    at = list(MedicineClass).index(MedicineClass(name))
    row = results_for(plan).need.of(MedicineClass(name))
    path = f"prescribing.classes.{at}"
    if row is not None and row.rung_asks == "items":
        state = dict.fromkeys((CLASS_VIEW, CLASS_VIEW + DISPLAY_SUFFIX), at)
        return FieldPlace(f"{path}.items", folds=("class-details",), state=state)
    return FieldPlace(f"{path}.patients")


def _first_class(plan: Plan) -> str:
    return f"classes.{list(MedicineClass).index(plan.prescribing.included[0])}"


def _option(plan: Plan, at: int, part: str, *folds: str) -> FieldPlace:
    """A field of one option, whose fields stand in place of the table."""
    path = f"options.{at}"
    return FieldPlace(
        f"{path}.{part}",
        folds=tuple(f"{path}.{fold}" for fold in folds),
        visit={EDITING: plan.options[at].id},
    )


def _effect(plan: Plan) -> FieldPlace:
    options = enumerate(plan.options)
    at = next(at for at, one in options if one.effect is None and not one.is_do_nothing)
    return _option(plan, at, "effect.central")


def _stated_capacity(plan: Plan) -> FieldPlace:
    at = next(at for at, one in enumerate(plan.options) if one.is_price_alone)
    return _option(plan, at, "stated_capacity")


def _dose_author(plan: Plan) -> FieldPlace:
    at = [one.id for one in plan.options].index(plan.preferred_option or "")
    return _option(plan, at, "features", "offers")


_ELSEWHERE: Mapping[str, Callable[[Plan], FieldPlace]] = {
    "high_dose_opioids": lambda plan: FieldPlace(
        "prescribing.high_dose_opioid_patients", folds=("classes",)
    ),
    "inequality.deprivation": lambda plan: FieldPlace(
        f"inequality.{_first_class(plan)}.by_quintile.0", "Deprivation", ("fifths",)
    ),
    "inequality.sex": lambda plan: FieldPlace(
        f"inequality.{_first_class(plan)}.women", "Sex and age", ("sexes",)
    ),
    "inequality.groups": lambda plan: FieldPlace("inequality.groups"),
    # Numbers by place come in files alone.
    "areas": lambda plan: FieldPlace("bring-a-file"),
    "demand.referral_rate": lambda plan: FieldPlace(
        "demand.referral_rate.central", folds=IN_DEMAND
    ),
    "search_hours": lambda plan: FieldPlace("demand.search_hours", folds=IN_DEMAND),
    "options": lambda plan: FieldPlace("open:Add a starter"),
    "do_nothing": lambda plan: FieldPlace("open:Add a starter"),
    "stated_capacity": _stated_capacity,
    "effects": _effect,
    "outcomes": lambda plan: FieldPlace(
        f"outcomes.{_first_class(plan)}.choice", "People", ("evidence",)
    ),
    "budget": lambda plan: FieldPlace("pricing.budget"),
    "preferred_option": lambda plan: FieldPlace("option-table"),
    "preferred_because": lambda plan: FieldPlace("preferred_because"),
    "dose_author": _dose_author,
}
"""Of what is given on the first four steps, by the id of the gap."""


def _of_specification(gap_id: str, plan: Plan) -> FieldPlace:
    """Of step 5: a field of its own name on the tab that asks for it, unless it is told below."""
    tab = specification.tab_of(gap_id)
    spec = plan.specification
    if gap_id.startswith("seat."):
        both = (Seat.LIVED_EXPERIENCE, Seat.SECOND_LIVED_EXPERIENCE)
        wanted = both if gap_id == LIVED else (Seat[gap_id.removeprefix("seat.").upper()],)
        at = next(
            at
            for at, member in enumerate(spec.members)
            if member.seat in wanted and not member.name
        )
        return FieldPlace(f"{SPEC}members.{at}.name", tab, ("seats",))
    if gap_id in IN_ROW:
        part = "directory" if gap_id == "directory" else "engagement"
        rows = getattr(spec, part)
        last = len(rows) - 1
        if not rows:
            return FieldPlace(f"add-{part}", tab)
        return FieldPlace(f"{SPEC}{part}.{last}.{IN_ROW[gap_id]}", tab, (f"{part}-{last}",))
    if gap_id in _IN_RECORD:
        title, of = _IN_RECORD[gap_id]
        return FieldPlace(of(plan), tab, (f"record-{title}",))
    if gap_id == "contact":
        return FieldPlace(f"{SPEC}contact_telephone", tab, ("public",))
    return FieldPlace(f"{SPEC}{gap_id}", tab, ("paper",) if gap_id == "funding_found" else ())


def _attachment(plan: Plan) -> str:
    spec = plan.specification
    missing = [one for one in Attachment if spec.attachments.get(one, "missing") == "missing"]
    return f"{SPEC}attachments.{missing[0].value}"


def _selection(plan: Plan) -> str:
    answers = plan.specification.decision.selection.answers
    first = next(one for one in SelectionQuestion if answers.get(one) is None)
    return f"{SPEC}decision.selection.answers.{first.value}"


def _contradicted(plan: Plan) -> str:
    name = select(plan.specification.decision.selection.answers).contradictions[0]
    first = next(iter(CONTRADICTIONS[name]))
    return f"{SPEC}decision.selection.answers.{first.value}"


def _screening(plan: Plan) -> str:
    answers = plan.specification.decision.screening.answers
    first = next(one for one in ScreeningQuestion if answers.get(one) is None)
    return f"{SPEC}decision.screening.answers.{first.value}"


_WEIGHT = f"{SPEC}decision.selection.weightings.{next(iter(Criterion)).value}"
_IN_RECORD: Mapping[str, tuple[str, Callable[[Plan], str]]] = {
    "attachments": (decision_record.ATTACHMENTS, _attachment),
    "attachments.before_decision": (decision_record.ATTACHMENTS, _attachment),
    "decision.selection.contradicted": (decision_record.SELECTION, _contradicted),
    "decision.selection": (decision_record.SELECTION, _selection),
    "decision.weightings": (decision_record.SELECTION, lambda plan: _WEIGHT),
    "decision.equality": (decision_record.EQUALITY, lambda plan: "equality-group"),
    "decision.screening": (decision_record.SCREENING, _screening),
    "decision.involvement": (
        decision_record.INVOLVEMENT,
        lambda plan: f"{SPEC}decision.involvement_assessed",
    ),
}
"""Of the decision record: its fold, and which of its fields."""
