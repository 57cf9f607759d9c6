"""Reads what each field that holds a figure says of its unit, its basis and where the number is found. No layout."""

from __future__ import annotations

from functools import cache, lru_cache

from planner.model.field_help import FieldHelp, FieldHelps
from planner.reference import HERE, checked, read_yaml

HELP = "field_help.yaml"


@cache
def load_field_helps() -> FieldHelps:
    """The help of every field that holds a figure, read and checked once. Raises ContentError naming the fault."""
    return checked(FieldHelps, {"entries": read_yaml(HERE / HELP)}, HELP)


@lru_cache(maxsize=4096)
def field_help(path: str) -> FieldHelp | None:
    """The help of the field of that path in a plan, or None where it holds no figure."""
    return load_field_helps().of(path)
