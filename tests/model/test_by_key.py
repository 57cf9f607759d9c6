"""Values by class and by deprivation quintile: looked up by key, a list in a plan file."""

from __future__ import annotations

import pytest
from pydantic import TypeAdapter, ValidationError

from planner.model.areas import Area
from planner.model.base import ByQuintile
from planner.model.prescribing import UNKNOWN, ByClass, MedicineClass

COUNTS: TypeAdapter[ByClass[int | None]] = TypeAdapter(ByClass[int | None])


def test_a_value_is_looked_up_by_its_key() -> None:
    counts = ByClass((1, 2, 3, 4, 5))
    assert [counts.of(medicine_class) for medicine_class in MedicineClass] == [1, 2, 3, 4, 5]
    assert counts.updated({MedicineClass.OPIOIDS: 40}) == (1, 2, 3, 40, 5)
    assert ByQuintile.known({5: 7}) == (None, None, None, None, 7)
    assert ByQuintile.known({1: 9}).of(1) == 9


def test_in_a_plan_file_it_is_a_list_and_comes_back_as_it_was() -> None:
    area = Area.model_validate(
        {"code": "A1", "name": "One", "level": "practice", "items": [1, 2, 3, 4, None]}
    )
    assert isinstance(area.items, ByClass) and area.items.of(MedicineClass.Z_DRUGS) is None
    assert area.model_dump(mode="json")["items"] == [1, 2, 3, 4, None]
    assert Area.model_validate_json(area.model_dump_json()) == area
    assert area.patients is UNKNOWN


def test_a_list_from_before_a_class_was_added_is_filled_up_and_one_too_long_is_refused() -> None:
    assert COUNTS.validate_python([1, 2, 3, 4]) == (1, 2, 3, 4, None)
    with pytest.raises(ValidationError, match="at most 5"):
        COUNTS.validate_python([1, 2, 3, 4, 5, 6])
