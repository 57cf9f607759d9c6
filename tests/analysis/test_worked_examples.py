"""The worked examples beside this folder: plain numbers in, hand arithmetic out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from planner.analysis.calculation.formulas import draw_out
from planner.analysis.calculation.measures import POST_STEPS
from planner.analysis.economics.staff_costs import staff_cost
from planner.analysis.population.need import need
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData
from planner.model.service import Post

OF_A_CLASS = (
    "patients", "counted_over", "count_of", "items", "items_period", "long_term_share",
    "step_down_to",
)  # fmt: skip
HERE = Path(__file__).parents[1] / "worked_examples"


def scenarios(name: str) -> list[Any]:
    loaded = YAML(typ="safe", pure=True).load((HERE / name).read_text(encoding="utf-8"))
    return [pytest.param(scenario, id=scenario["name"]) for scenario in loaded]


@pytest.mark.parametrize("scenario", scenarios("need.yaml"))
def test_need(scenario: dict[str, Any], reference: ReferenceData) -> None:
    rows = []
    for medicine_class in MedicineClass:
        row: dict[str, Any] = {"medicine_class": medicine_class}
        if scenario.get("class") == medicine_class:
            row |= {key: scenario[key] for key in OF_A_CLASS if key in scenario}
        if "step_down_all" in scenario:
            row["step_down_to"] = scenario["step_down_all"]
        if "only" in scenario:
            row |= {
                "included": medicine_class in scenario["only"],
                "long_term_share": scenario["long_term_all"],
            }
            row["patients"] = scenario["counts"].get(medicine_class.value)
        rows.append(row)
    plan = Plan.model_validate(
        {
            "place": {"icb_code": "QF7"},
            "prescribing": {"classes": rows},
            "demand": scenario.get("demand", {}),
        }
    )
    result, expect = need(plan, reference), scenario["expect"]
    if "class" in scenario:
        row_found = result.of(MedicineClass(scenario["class"]))
        assert row_found is not None and row_found.patients and row_found.long_term
        assert row_found.kind == expect["kind"] and row_found.rung == expect["rung"]
        assert round(row_found.patients.central) == expect["patients"]
        assert row_found.patients.low == pytest.approx(expect["patients_low"], rel=0.01)
        assert row_found.patients.high == pytest.approx(expect["patients_high"], rel=0.01)
        assert round(row_found.long_term.central) == expect["long_term"]
        return
    if "share" in expect:
        assert result.people is not None
        assert round(result.people.central / result.population.value, 3) == expect["share"]
    for name, by_hand in expect.items():
        if name == "share":
            continue
        what, _, end = name.rpartition("_")
        if end in ("low", "high"):
            assert getattr(getattr(result, what), end) == pytest.approx(by_hand, rel=0.01), name
        else:
            assert round(getattr(result, name).central) == by_hand, name


@pytest.mark.parametrize("scenario", scenarios("costs.yaml"))
def test_staff_cost(scenario: dict[str, Any], reference: ReferenceData) -> None:
    cost = staff_cost(Post(**scenario["post"]), "2026/27", scenario["perspective"], reference)
    assert round(cost.total, 2) == pytest.approx(scenario["expect"], abs=0.02)
    parts = draw_out(POST_STEPS, cost.inputs)
    for name, by_hand in scenario.get("parts", {}).items():
        assert parts[name] == pytest.approx(by_hand, abs=0.006), name
