"""Whom an option would reach in each deprivation fifth, beside who is prescribed the medicines
there."""

from __future__ import annotations

from typing import Any

import pytest

from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.results.results import results
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

BY_QUINTILE = (4_000, 2_000, 2_000, 1_000, 1_000)
CONTRACT = {
    "id": "contract",
    "name": "Contract",
    "stated_capacity": {"low": 100, "central": 100, "high": 100},
    "other_costs": [{"label": "Contract", "heading": "non-pay", "amount": 50_000}],
}


def reached(
    reference: ReferenceData, minimal: Plan, shares: Any, quintiles: Any = BY_QUINTILE
) -> OptionResult:
    """A contract that supports 100 of the 10,000 people prescribed opioids, in those shares by
    fifth."""
    values = minimal.model_dump()
    for row in values["prescribing"]["classes"]:
        row.update(
            included=row["medicine_class"] == "opioids", patients=10_000, long_term_share=0.5
        )
    place = list(MedicineClass).index(MedicineClass.OPIOIDS)
    values["inequality"]["classes"][place]["by_quintile"] = quintiles
    option = CONTRACT | ({} if shares is None else {"shares_by_quintile": shares})
    return results(Plan.model_validate(values | {"options": [option]}), reference).options[0]


def test_reach_in_each_fifth_by_hand(reference: ReferenceData, minimal: Plan) -> None:
    result = reached(reference, minimal, (0.3, 0.3, 0.2, 0.1, 0.1))
    # 100 of 10,000 are 10 per 1,000; the most deprived fifth has 40% of those prescribed and 30% of
    # those supported
    central = [values.central if values else None for values in result.reach_by_quintile]
    assert central == pytest.approx([7.5, 15, 10, 10, 10])
    assert result.reach_elsewhere is not None
    assert result.reach_elsewhere.central == pytest.approx(70 / 6_000 * 1_000)


def test_reach_in_proportion_to_need_is_the_same_everywhere(
    reference: ReferenceData, minimal: Plan
) -> None:
    result = reached(reference, minimal, (0.4, 0.2, 0.2, 0.1, 0.1))
    assert [v.central for v in result.reach_by_quintile if v] == pytest.approx([10] * 5)


def test_where_only_the_most_deprived_fifth_is_known_it_stands_beside_all_the_others(
    reference: ReferenceData, minimal: Plan
) -> None:
    result = reached(reference, minimal, (0.5, None, None, None, None))
    assert result.reach_by_quintile[0] is not None and result.reach_by_quintile[1:] == (None,) * 4
    assert result.reach_elsewhere is not None
    assert result.reach_elsewhere.central == pytest.approx(50 / 6_000 * 1_000)


@pytest.mark.parametrize(
    ("shares", "quintiles", "why"),
    [
        (None, BY_QUINTILE, "have not been entered"),
        ((0.2,) * 5, (None,) * 5, "under Who and where"),
    ],
)
def test_what_is_not_known_is_said(
    reference: ReferenceData,
    minimal: Plan,
    shares: tuple[float | None, ...] | None,
    quintiles: tuple[int | None, ...],
    why: str,
) -> None:
    result = reached(reference, minimal, shares, quintiles)
    assert not any(result.reach_by_quintile) and why in result.withheld["reach_by_quintile"]


@pytest.mark.parametrize("shares", [(0.5, 0.6, None, None, None), (0.1, 0.1, 0.1, 0.1, 0.1)])
def test_shares_that_do_not_come_to_everyone_are_refused(
    reference: ReferenceData, minimal: Plan, shares: tuple[float | None, ...] | None
) -> None:
    with pytest.raises(ValueError, match="must add up to 100%"):
        reached(reference, minimal, shares)
