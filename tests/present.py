"""What must be there: said once, for the type checker and for whoever reads a failing test."""

from __future__ import annotations

from typing import TypeVar

T = TypeVar("T")


def present(value: T | None) -> T:
    """The value itself, which the test relies on."""
    assert value is not None, "something that the test relies on is not there"
    return value
