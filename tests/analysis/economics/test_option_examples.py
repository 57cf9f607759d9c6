"""Whole options worked by hand beside this folder: plain numbers in, hand arithmetic out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from ruamel.yaml import YAML

from planner.analysis.calculation.draws import chunks
from planner.analysis.calculation.measures import REGISTER
from planner.analysis.economics.one_way_sensitivity import sensitivity
from planner.analysis.economics.option_costs import OptionResult, cost_option
from planner.analysis.economics.option_model import Case
from planner.analysis.economics.probabilistic import draws_of
from planner.analysis.formatting import rounded
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

FILE = Path(__file__).parents[2] / "worked_examples" / "options.yaml"
SCENARIOS = YAML(typ="safe", pure=True).load(FILE.read_text(encoding="utf-8"))
RANGES = (
    "overhead", "hours_programme", "stated_capacity", "effect", "did_not_attend",
)  # fmt: skip
PLACE = {
    "referral_rate": 0.5,
    "assessed_share": 0.8,
    "start_share": 0.5,
    "hours_referral": 0.5,
    "hours_assessment": 1.5,
    "leave_list": 0.2,
    "response": 0.1,
}
"""How people come to an option and what it takes, unless an example says otherwise."""
each_example = pytest.mark.parametrize(
    "scenario", [pytest.param(scenario, id=scenario["name"]) for scenario in SCENARIOS]
)


def range_of(value: Any) -> Any:
    """Low, central and high; a single number stands for all three, and nothing for nothing."""
    values = value if isinstance(value, list) else [value] * 3
    return None if value is None else dict(zip(("low", "central", "high"), values, strict=True))


def plan_of(scenario: dict[str, Any]) -> Plan:
    """The plan that a worked example describes."""
    prescribed = scenario.get("people_prescribed", {"opioids": 10_000})
    entered = scenario.get("outcomes", {})
    option = {
        key: range_of(value) if key in RANGES else value
        for key, value in ({"effect": 1, "hours_programme": 10} | scenario["option"]).items()
    }
    demand = PLACE | scenario.get("demand", {})
    return Plan.model_validate(
        {
            "place": {"icb_code": "QF7"},
            "population": scenario.get(
                "population", {"basis": "resident_all_ages", "entered": 1_000_000}
            ),
            "prescribing": {
                "classes": [
                    {
                        "medicine_class": name,
                        "included": name in prescribed,
                        "patients": prescribed.get(name),
                        "long_term_share": 0.5,
                    }
                    for name in MedicineClass
                ],
                "high_dose_opioid_patients": scenario.get("high_dose"),
            },
            "demand": demand | {key: range_of(demand[key]) for key in PLACE},
            "outcomes": {
                "carry_over": range_of(0.5),
                "classes": [
                    {"medicine_class": name}
                    | {what: range_of(share) for what, share in entered.get(name, {}).items()}
                    for name in MedicineClass
                ],
            },
            "horizon": scenario.get("horizon", {}),
            "pricing": {"budget": scenario.get("budget")},
            "simulation": {
                "simulations": 400,
                "value_of_a_stop": scenario.get("value_of_a_stop"),
                "measure": scenario.get("measure", "people_assessed"),
            },
            "options": [{"id": "option", "name": "Option"} | option],
        }
    )


def case_of(scenario: dict[str, Any], reference: ReferenceData) -> Case:
    return Case.of(plan_of(scenario), reference)


def worked(scenario: dict[str, Any], reference: ReferenceData) -> OptionResult:
    case = case_of(scenario, reference)
    return cost_option(case.plan.options[0], case)


@each_example
def test_the_option_comes_to_what_it_comes_to_by_hand(
    scenario: dict[str, Any], reference: ReferenceData
) -> None:
    case = case_of(scenario, reference)
    option = case.plan.options[0]
    values, result = case.sums_of(option).values, cost_option(option, case)
    for name, by_hand in scenario["expect"].items():
        close = 0.006 if abs(by_hand) >= 1 else 0.000_006
        assert values[name] == pytest.approx(by_hand, abs=close), name
        # What is printed is the central case, or marked as the median.
        if name in result.measures and name not in result.medians:
            printed = result.measures[name]
            assert printed.central == pytest.approx(by_hand, abs=close), name
            assert printed.low <= printed.central <= printed.high, name
    assert result.bottleneck == scenario.get("bottleneck")


def test_every_measure_has_an_example_by_hand() -> None:
    costs = YAML(typ="safe", pure=True).load(
        FILE.with_name("costs.yaml").read_text(encoding="utf-8")
    )
    names = {name for scenario in SCENARIOS for name in scenario["expect"]}
    names |= {name for scenario in costs for name in scenario.get("parts", {})}
    for one in REGISTER:
        pattern = one.name.replace(
            "{at}",
            f"({'|'.join(MedicineClass)})" if one.each in ("classes", "covered") else r"\d+",
        )
        assert any(re.fullmatch(pattern, name) for name in names), one.name


@each_example
def test_what_cannot_be_given_is_absent_and_says_why(
    scenario: dict[str, Any], reference: ReferenceData
) -> None:
    result = worked(scenario, reference)
    for name, why in scenario.get("withheld", {}).items():
        assert name not in result.measures, name
        assert why in result.withheld[name]
    for name in scenario["expect"]:
        assert name not in result.withheld, name


@each_example
def test_a_caution_that_belongs_to_the_option_is_given(
    scenario: dict[str, Any], reference: ReferenceData
) -> None:
    cautions = " ".join(worked(scenario, reference).cautions)
    for words in scenario.get("cautions", ()):
        assert words in cautions
    marginal = scenario["option"].get("overhead_mode") != "full absorption"
    assert ("full share of everything" in cautions) is not marginal


@pytest.mark.parametrize(
    "scenario",
    [pytest.param(scenario, id=scenario["name"]) for scenario in SCENARIOS if "shown" in scenario],
)
def test_a_case_study_reads_as_it_is_printed(
    scenario: dict[str, Any], reference: ReferenceData
) -> None:
    result = worked(scenario, reference)
    for name, printed in scenario["shown"].items():
        places = len(printed.partition(".")[2])
        assert rounded(result.measures[name].central, places) == printed


def test_the_printed_difference_of_i_wotch_is_that_of_a_normal_curve(
    reference: ReferenceData,
) -> None:
    # Of those followed up, 0.28889 - 0.07212 = 0.21677; its standard error is
    # sqrt(0.28889 x 0.71111 / 225 + 0.07212 x 0.92788 / 208) = 0.03514.
    # 21.7% less and plus 1.96 x 3.514 points is 14.8% to 28.6%, as printed; Newcombe's are 14.6% to
    # 28.5%. Of everyone who joined, 65/304 - 15/304 is 16.4%, 11.2% to 21.8%.
    scenario = next(scenario for scenario in SCENARIOS if scenario["name"].startswith("I-WOTCH"))
    result = case_of(scenario, reference).outcomes.classes[0].net
    assert result is not None
    first, second = 65 / 225, 15 / 208
    error = (first * (1 - first) / 225 + second * (1 - second) / 208) ** 0.5
    assert [round(100 * (first - second + z * error), 1) for z in (-1.96, 0, 1.96)] == [
        14.8,
        21.7,
        28.6,
    ]
    assert [round(100 * value, 1) for value in (result.low, result.central, result.high)] == [
        11.2,
        16.4,
        21.8,
    ]


def draws_by_name(case: Case) -> dict[str, Any]:
    """Every draw of the only option of a case."""
    ((_, stream),) = chunks(case.plan.simulation)
    return draws_of(case.sums[0], stream, case)


def test_what_an_assumption_does_at_its_low_and_high_is_what_a_plan_changed_by_hand_does(
    reference: ReferenceData,
) -> None:
    # 200, 350 or 1,000 people are referred, to 1,890 hours of staff: 331.6 at 5.7 hours each
    option = {
        "posts": [{"title": "Nurse", "band": "7", "wte": 2, "patient_facing": 0.6}],
        "overhead": [0.1, 0.2, 0.3],
        "hours_programme": [6, 10, 15],
        "effect": [0.8, 1, 1.2],
    }
    demand = {"referral_rate": [0.2, 0.35, 1], "start_share": [0.4, 0.5, 0.7]}
    scenario: dict[str, Any] = {
        "outcomes": {"opioids": {"stopped": [0.2, 0.3, 0.5], "usual": 0.1}},
        "demand": demand,
        "option": option,
    }
    changed: dict[str, Callable[[float], dict[str, Any]]] = {
        "referral_rate": lambda at: scenario | {"demand": demand | {"referral_rate": at}},
        "start_share": lambda at: scenario | {"demand": demand | {"start_share": at}},
        "hours_programme": lambda at: scenario | {"option": option | {"hours_programme": at}},
        "overhead_share": lambda at: scenario | {"option": option | {"overhead": at}},
        "effect": lambda at: scenario | {"option": option | {"effect": at}},
    }
    for measure, unmoved in (
        ("net_stopped", {"overhead_share"}),
        ("cost_per_start", {"effect", "stop_opioids"}),
    ):
        case = Case.of(plan_of(scenario | {"measure": measure}), reference)
        result = sensitivity("option", case)
        assert result and result.measure == measure
        simulations = draws_by_name(case)
        assert result.middle == pytest.approx(float(np.median(simulations[measure])))
        swings = {one_way.name: one_way for one_way in result.swings}
        assert {*changed, "stop_opioids", "pay"} <= set(swings)
        for name, one_way in swings.items():
            for outcome, at in (
                (one_way.at_low, one_way.low_input),
                (one_way.at_high, one_way.high_input),
            ):
                if name in changed:
                    by_hand = draws_by_name(case_of(changed[name](at), reference))[measure]
                elif name == "stop_opioids" and measure == "net_stopped":
                    # of those who start, what stays of the share who stop less the 0.1 who would
                    added = (at - 0.1) * simulations["carry_over"] * simulations["effect"]
                    by_hand = simulations["people_starting"] * np.clip(added, -0.1, 0.9)
                else:
                    continue
                assert outcome == pytest.approx(float(np.median(by_hand))), name
            if name in {*changed, "stop_opioids"}:
                assert (one_way.width > 0) is (name not in unmoved), name
        widths = [one_way.width for one_way in result.swings]
        assert widths == sorted(widths, reverse=True) and widths[0] > 0
        assert result.swings[0].label.lower() in result.finding


def test_every_example_says_something_by_hand_and_is_named_once() -> None:
    assert len({scenario["name"] for scenario in SCENARIOS}) == len(SCENARIOS)
    assert all(scenario["expect"] for scenario in SCENARIOS)
