"""The same plan is worked out once; two that would be saved differently share no results."""

from __future__ import annotations

from planner.documents.context import plan_hash
from planner.model.plan import Attachment, Plan
from planner.screens.ui.session import results_for


def with_attachments(plan: Plan, *order: Attachment) -> Plan:
    values = plan.model_dump()
    values["specification"]["attachments"] = dict.fromkeys(order, "draft")
    return Plan.model_validate(values)


def test_plans_that_are_saved_alike_share_their_results(example: Plan) -> None:
    again = Plan.model_validate(example.model_dump())
    assert again is not example and results_for(again) is results_for(example)


def test_what_is_saved_differently_is_worked_out_by_itself(example: Plan) -> None:
    one = with_attachments(example, Attachment.EQUALITY, Attachment.QUALITY)
    two = with_attachments(example, Attachment.QUALITY, Attachment.EQUALITY)
    assert one == two and plan_hash(one) != plan_hash(two)
    for plan in (one, two):
        assert plan_hash(results_for(plan).plan) == plan_hash(plan)
