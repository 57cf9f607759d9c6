"""One way to change a plan: by a field's path, checked as a whole, all else left as it was."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner.model.edit import value_at, with_value, with_values
from planner.model.plan import Plan


def test_a_value_is_written_at_its_path_and_nothing_else_changes(example: Plan) -> None:
    changed = with_value(example, "options.1.posts.0.wte", 2.0)
    assert value_at(changed, "options.1.posts.0.wte") == 2.0
    assert (
        with_value(changed, "options.1.posts.0.wte", value_at(example, "options.1.posts.0.wte"))
        == example
    )
    assert (
        changed.options[0] is example.options[0] and changed.specification is example.specification
    )


def test_values_that_need_each_other_are_checked_together(example: Plan) -> None:
    first = next(
        place for place, row in enumerate(example.options) if row.id == example.preferred_option
    )
    others = [option for place, option in enumerate(example.options) if place != first]
    with pytest.raises(ValidationError, match="preferred"):
        with_value(example, "options", others)
    changed = with_values(example, {"options": others, "preferred_option": None})
    assert len(changed.options) == len(example.options) - 1 and changed.preferred_option is None


def test_what_the_plan_refuses_is_refused_with_its_place(example: Plan) -> None:
    with pytest.raises(ValidationError) as refused:
        with_value(example, "demand.coverage", 1.5)
    assert refused.value.errors()[0]["loc"][:2] == ("demand", "coverage")


def test_a_key_that_a_mapping_lacks_is_none(minimal: Plan) -> None:
    assert value_at(minimal, "specification.attachments.nothing") is None
