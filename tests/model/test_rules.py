"""Rules of models stand as tables of faults and words; the first that holds is what is said."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from planner.model.base import grouped, without_fault
from planner.model.library import ContractTypes, SpecLibrary


def test_the_first_fault_that_holds_is_said_and_none_gives_the_value_back() -> None:
    assert without_fault(3, (False, "never"), ((), "empty")) == 3
    with pytest.raises(ValueError, match="^second$"):
        without_fault(3, (None, "first"), ([1], "second"), (True, "third"))


def test_grouped_values_keep_the_order_in_which_they_first_stand() -> None:
    groups = grouped(["pear", "fig", "plum", "apple"], key=len)
    assert list(groups.items()) == [(4, ["pear", "plum"]), (3, ["fig"]), (5, ["apple"])]


def test_each_annex_needs_a_place_in_each_kind_of_agreement(library: SpecLibrary) -> None:
    values = library.contract_types.model_dump(mode="json")
    assert ContractTypes.model_validate(values) == library.contract_types
    first = next(iter(values["contract_types"].values()))
    del first["places"]["price"]
    with pytest.raises(ValidationError, match="must give each annex a place"):
        ContractTypes.model_validate(values)
    first["places"]["prise"] = {"place": "Schedule 3"}
    with pytest.raises(ValidationError, match="prise"):
        ContractTypes.model_validate(values)
