"""The worked examples beside this folder: plain numbers in, hand arithmetic out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from planner.analysis.economics.staff_costs import staff_cost
from planner.analysis.population.need import need
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.model.service import Post

HERE = Path(__file__).parents[1] / "worked_examples"


def cases(name: str) -> list[Any]:
    loaded = YAML(typ="safe", pure=True).load((HERE / name).read_text(encoding="utf-8"))
    return [pytest.param(case, id=case["name"]) for case in loaded]


@pytest.mark.parametrize("case", cases("need.yaml"))
def test_need(case: dict[str, Any], reference: ReferenceData) -> None:
    rows = []
    for medicine_class in MedicineClass:
        row: dict[str, Any] = {"medicine_class": medicine_class}
        if case.get("class") == medicine_class:
            row |= {k: case[k] for k in ("patients", "long_term_share") if k in case}
        if "only" in case:
            row |= {"included": medicine_class in case["only"], "long_term_share": case["long_term_all"]}
            row["patients"] = case["counts"].get(medicine_class.value)
        rows.append(row)
    demand = dict(case.get("demand", {}))
    if "uptake" in demand:
        demand["uptake"] = dict(zip(("low", "central", "high"), demand["uptake"], strict=True))
    plan = Plan.model_validate(
        {"place": {"icb_code": "QF7"}, "prescribing": {"classes": rows}, "demand": demand}
    )
    found, expect = need(plan, reference), case["expect"]
    if "class" in case:
        row_found = found.of(MedicineClass(case["class"]))
        assert row_found is not None and row_found.patients and row_found.long_term
        assert row_found.kind == expect["kind"]
        assert round(row_found.patients.central) == expect["patients"]
        assert round(row_found.patients.low) == expect["patients_low"]
        assert round(row_found.patients.high) == expect["patients_high"]
        assert round(row_found.long_term.central) == expect["long_term"]
    else:
        assert found.people and found.eligible and found.demand
        assert round(found.people.central) == expect["people"]
        assert round(found.eligible.central) == expect["eligible"]
        assert [round(v) for v in (found.demand.low, found.demand.central, found.demand.high)] == [
            expect["demand_low"],
            expect["demand"],
            expect["demand_high"],
        ]


@pytest.mark.parametrize("case", cases("costs.yaml"))
def test_staff_cost(case: dict[str, Any], reference: ReferenceData) -> None:
    cost = staff_cost(Post(**case["post"]), "2026/27", case["perspective"], reference)
    assert round(cost.total, 2) == pytest.approx(case["expect"], abs=0.02)
