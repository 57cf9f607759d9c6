"""The receipt of each headline number: its words follow the step's formula, and its numbers are
those of the plan."""

from __future__ import annotations

import re
from dataclasses import asdict

import pytest

from planner.analysis.economics.example import starter_plan
from planner.analysis.formatting import Unit, format_range
from planner.analysis.results.provenance import (
    need_provenance,
    option_provenance,
    place_provenance,
)
from planner.analysis.results.results import Results, results
from planner.model.plan import Plan
from planner.model.reference import ReferenceData


def test_the_example_by_hand(worked: Results, reference: ReferenceData) -> None:
    preferred = worked.preferred
    assert preferred is not None
    cost = {one.figure: one for one in option_provenance(worked, preferred, reference)}
    per_head = cost["Cost per head of the plan's population"]
    assert per_head.value == format_range(preferred.cost_per_head, Unit.PENCE)
    [pounds, people] = [
        float(number.replace(",", ""))
        for number in re.findall(r"([\d,]+)(?= a year| people)", per_head.how)
    ]
    assert people == worked.need.population.value
    assert pounds / people == pytest.approx(preferred.cost_per_head.central, rel=0.01)
    assert "resident adults" in per_head.over and "ONS" in per_head.source
    parts = [float(n.replace(",", "")) for n in re.findall(r"£([\d,]+)", cost["Cost a year"].how)]
    assert len(parts) >= 4 and sum(parts) == pytest.approx(preferred.annual_cost.central, rel=0.01)
    need = {one.figure: one for one in need_provenance(worked)}
    referrals = need["Referrals in a full year, without letters"]
    # 1,415,054 residents at 0.742 of each 1,000
    assert referrals.value == format_range(worked.need.demand)
    assert referrals.over == "residents of all ages"
    assert referrals.how.startswith("1,420,000 residents of all ages, at 0.74 referrals")
    gross = next(
        one
        for one in option_provenance(worked, preferred, reference, "outcomes")
        if "gross" in one.figure
    )
    assert gross.over == "everyone who starts or is written to" and "REDUCE" in gross.source


def test_every_receipt_has_all_its_parts_and_what_is_withheld_says_why(
    worked: Results, maximal: Plan, reference: ReferenceData
) -> None:
    for item in (worked, results(maximal, reference)):
        rows = [*place_provenance(item), *need_provenance(item)]
        for option in item.options:
            for step in ("options", "outcomes"):
                rows += option_provenance(item, option, reference, step)
        assert len(rows) > 40
        for row in rows:
            assert all(asdict(row).values()), row
            assert not row.value.endswith("withheld"), row


def test_where_need_is_not_known_only_cost_has_receipts(reference: ReferenceData) -> None:
    plan = starter_plan(reference.find_organisation("S0E4D"), reference)
    values = plan.model_dump() | {"population": {"basis": "registered_adults"}}
    plan_results = results(Plan.model_validate(values), reference)
    assert need_provenance(plan_results) == ()
    team = next(option for option in plan_results.options if option.id == "therapist-peer")
    figures = [
        one.figure
        for step in ("options", "outcomes")
        for one in option_provenance(plan_results, team, reference, step)
    ]
    assert figures == [
        "Cost a year",
        "Cost per head of the plan's population",
        "Hours for each referral, with what follows from it",
        "Referrals there is room for",
    ]
    most_deprived = place_provenance(plan_results)[-1]
    assert "Slough" in most_deprived.how and most_deprived.kind == "modelled"
