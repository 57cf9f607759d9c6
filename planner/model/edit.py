"""Edits of a plan by the path of a field, `options.0.posts.1.wte`: the one way it is changed."""

from collections.abc import Mapping
from typing import Any

from pydantic import BaseModel

from planner.model.plan import Plan


def parts_of(path: str) -> tuple[str | int, ...]:
    """The names and places that a path leads through."""
    return tuple(int(part) if part.isdigit() else part for part in path.split("."))


def value_at(plan: Plan, path: str) -> Any:
    """What a plan holds at a path; None where the last step is a key that a mapping lacks."""
    value: Any = plan
    for part in parts_of(path):
        if isinstance(part, int):
            value = value[part]
        elif isinstance(value, dict):
            value = value.get(part)
        else:
            value = getattr(value, part)
    return value


def with_value(plan: Plan, path: str, value: Any) -> Plan:
    """The plan with another value at one path. Raises ValidationError where the plan refuses it."""
    return with_values(plan, {path: value})


def with_values(plan: Plan, values: Mapping[str, Any]) -> Plan:
    """The plan with other values, each at its path, in the order given; all of them are checked
    together.

    Only what stands on the way to a value is checked again: a plan's other parts were checked when
    they were made, and cannot have changed since. Raises ValidationError where the plan refuses
    them.
    """
    whole: dict[Any, Any] = dict(plan)
    for path, value in values.items():
        *way, last = parts_of(path)
        at: Any = whole
        for part in way:
            at[part] = dict(at[part]) if isinstance(at[part], BaseModel | dict) else list(at[part])
            at = at[part]
        at[last] = value
    return Plan.model_validate(whole)
