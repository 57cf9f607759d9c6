"""How sure the numbers are: draws against closed forms, kept seeds, what matters most, and where options cross.

A draw is checked against the mean and limits that its distribution has by formula (scipy), within four and a half
standard errors of drawing; the seeds are kept, so nothing here passes or fails by chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from planner.analysis import uncertainty
from planner.analysis.distributions import Distribution, Stream, in_order_of
from planner.analysis.need import Need, need
from planner.analysis.option_sums import option_sums
from planner.analysis.options import cost_option
from planner.analysis.outcomes import OutcomeResult, outcomes
from planner.analysis.sensitivity import sensitivity, thresholds, value_at
from planner.analysis.uncertainty import Estimate, OptionDraws, simulate
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.reference import load_reference

REFERENCE = load_reference()
DRAWS = 20_000
ERRORS = 4.5


def three(low: float, central: float, high: float) -> dict[str, float]:
    return {"low": low, "central": central, "high": high}


def contract(name: str, amount: float, people: float | dict[str, float], **more: Any) -> dict[str, Any]:
    """An option that is one cost, paid once so that it is not drawn, and the people its provider can support."""
    cost = {"label": "Contract", "heading": "set-up", "amount": 5 * amount}  # spread over five years
    capacity = people if isinstance(people, dict) else three(people, people, people)
    return {"id": name.lower(), "name": name, "other_costs": [cost], "stated_capacity": capacity} | more


def plan_of(*options: dict[str, Any], **more: Any) -> Plan:
    """Opioids alone: 1,000,000 people, half for the long term, of whom 5%, 10% or 20% come."""
    kept = more.pop("classes", {"opioids": {}})
    counts = more.pop("counts", {"opioids": 1_000_000})
    chosen = {"draws": DRAWS} | more.pop("simulation", {})
    rows = [
        {"medicine_class": c, "included": c in kept, "patients": counts.get(c), "long_term_share": 0.5}
        for c in MedicineClass
    ]
    taken = [{"medicine_class": c} | kept.get(c, {}) for c in MedicineClass]
    demand = {"uptake": three(0.05, 0.1, 0.2)} | more.pop("demand", {})
    return Plan.model_validate(
        {
            "place": {"icb_code": "QF7"},
            "population": {"entered": 1_000_000},
            "prescribing": {"classes": rows},
            "outcomes": {"classes": taken} | more.pop("outcomes", {}),
            "demand": demand,
            "simulation": chosen,
            "options": options,
        }
        | more
    )


def parts(plan: Plan) -> tuple[Plan, Need, OutcomeResult, Any]:
    return plan, need(plan, REFERENCE), outcomes(plan, REFERENCE), REFERENCE


def drawn(plan: Plan) -> OptionDraws:
    return simulate(*parts(plan)).options[0]


def watched(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Every draw that the steps of the plan's only option were worked out from, and what they came to."""
    seen: list[dict[str, Any]] = []
    real = uncertainty.draw_out

    def keep(steps: Any, inputs: Any) -> dict[str, Any]:
        seen.append(real(steps, inputs))
        return seen[-1]

    monkeypatch.setattr(uncertainty, "draw_out", keep)
    simulate(*parts(plan))
    monkeypatch.undo()
    return next(made for made in seen if "annual_cost" in made)


def pert(low: float, mode: float, high: float) -> Any:
    """PERT as the scaled beta it is: its shape numbers add up to 6."""
    first = 1 + 4 * (mode - low) / (high - low)
    return stats.beta(first, 6 - first, loc=low, scale=high - low)


def gamma(mean: float, deviation: float) -> Any:
    return stats.gamma((mean / deviation) ** 2, scale=deviation**2 / mean)


def agrees(found: Estimate, of: Any, made: Callable[[Any], Any] = lambda x: x, draws: int = DRAWS) -> None:
    """The mean and limits are those of the distribution, put through a rising or falling function."""
    mean = of.expect(made)
    spread = math.sqrt(of.expect(lambda x: (made(x) - mean) ** 2))
    assert found.mean == pytest.approx(mean, abs=ERRORS * spread / math.sqrt(draws))
    ends = sorted((float(made(of.ppf(q))), q) for q in (0.025, 0.975))
    for value, (limit, q) in zip((found.low, found.high), ends, strict=True):
        slope = abs(made(of.ppf(q + 0.001)) - made(of.ppf(q - 0.001))) / 0.002
        assert value == pytest.approx(limit, abs=ERRORS * slope * math.sqrt(0.025 * 0.975 / draws))


# --- each distribution, and each number that follows from one alone ---------------------------------------------


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (Distribution("beta", 65.5, 160.5), stats.beta(65.5, 160.5)),
        (Distribution("beta", 0.5, 20.5), stats.beta(0.5, 20.5)),
        (Distribution("pert", 49_387, 51_932, 56_515), pert(49_387, 51_932, 56_515)),
        (Distribution("pert", 0, 0, 1), stats.beta(1, 5)),
        (Distribution("triangular", 0.15, 0.2, 0.3), stats.triang(1 / 3, loc=0.15, scale=0.15)),
        (Distribution("gamma", 16, 3.5), gamma(16, 3.5)),
        (Distribution("lognormal", 2.4, 1.3, 4.3), stats.lognorm(math.log(4.3 / 1.3) / 3.919928, scale=2.4)),
    ],
    ids=lambda value: value.words if isinstance(value, Distribution) else "",
)
def test_a_distribution_has_the_mean_variance_and_quantiles_of_its_formula(
    ours: Distribution, theirs: Any
) -> None:
    size = 200_000
    found = Stream(2026, 0, size).of("anything", ours)
    mean, variance, kurtosis = theirs.stats("mvk")
    assert found.mean() == pytest.approx(mean, abs=ERRORS * math.sqrt(variance / size))
    assert found.var() == pytest.approx(variance, abs=ERRORS * variance * math.sqrt((kurtosis + 2) / size))
    for q in (0.01, 0.025, 0.25, 0.5, 0.75, 0.975, 0.99):
        inside = np.mean(found <= theirs.ppf(q))
        assert inside == pytest.approx(q, abs=ERRORS * math.sqrt(q * (1 - q) / size))


NURSE = {"title": "Nurse", "band": "7", "wte": 2, "patient_facing": 0.6}
CLERK = {"title": "Clerk", "band": "2", "wte": 1, "patient_facing": 0}
TEAM = {"id": "team", "name": "Team", "posts": [NURSE]}
K = 1_000
ALONE = [
    # 2 x 1,575 x 0.6 = 1,890 hours over a gamma of hours: an inverse gamma
    ("supported", TEAM, {}, gamma(16, 14 / 3.92), lambda hours: 1_890 / hours),
    # two people: pay x 1.2988 - £750 each, pay between the ends of the band
    ("annual_cost", TEAM | {"overhead": three(0, 0, 0)}, {}, pert(49_387, 51_932, 56_515),
     lambda pay: 2 * (pay * 1.2988 - 750)),
    # band 2 has one point, 25,272 x 1.2988 - 750 = 32,073.27; overheads by a triangle
    ("annual_cost", TEAM | {"posts": [CLERK], "overhead": three(0.15, 0.2, 0.3)}, {},
     stats.triang(1 / 3, loc=0.15, scale=0.15), lambda share: 32_073.2736 * (1 + share)),
    ("annual_cost", {"id": "team", "name": "Team",
                     "other_costs": [{"label": "Rooms", "heading": "premises", "amount": 50_000}]}, {},
     gamma(50_000, 5_000), lambda cost: cost),
    ("supported", contract("Team", 1, three(200, 300, 600)), {}, pert(200, 300, 600), lambda people: people),
    ("supported", contract("Team", 1, 9e6), {}, pert(0.05, 0.1, 0.2), lambda uptake: 500_000 * uptake),
    ("unmet", contract("Team", 1, 10_000), {}, pert(0.05, 0.1, 0.2), lambda uptake: 500_000 * uptake - 10_000),
    ("stopped", contract("Team", 1, K), {}, stats.beta(65.5, 160.5), lambda share: K * share),
    ("stopped", contract("Team", 1, K, effect=three(0.5, 1, 1.4)),
     {"classes": {"opioids": {"stopped": three(0.3, 0.3, 0.3), "usual": three(0, 0, 0)}}},
     pert(0.5, 1, 1.4), lambda effect: K * 0.3 * effect),
    ("starting", contract("Team", 1, K), {"outcomes": {"starting_share": three(0.2, 0.5, 0.9)}},
     pert(0.2, 0.5, 0.9), lambda share: K * share),
    ("additional", contract("Team", 1, K),
     {"classes": {"opioids": {"stopped": three(0.1, 0.2, 0.4), "usual": three(0.15, 0.15, 0.15)}}},
     pert(0.1, 0.2, 0.4), lambda share: K * (share - 0.15)),
    ("cost_per_head", TEAM | {"overhead": three(0, 0, 0)}, {}, pert(49_387, 51_932, 56_515),
     lambda pay: 2 * (pay * 1.2988 - 750) / 1_000_000),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "option", "more", "of", "made"), ALONE)
def test_a_number_that_rests_on_one_unsure_assumption_has_its_mean_and_limits(
    measure: str, option: dict[str, Any], more: dict[str, Any], of: Any, made: Callable[[Any], Any]
) -> None:
    agrees(drawn(plan_of(option, **more)).estimates[measure], of, made)


def test_the_mean_cost_of_a_team_is_that_of_its_parts_and_a_cost_per_person_is_a_ratio_of_means() -> None:
    costs = [{"label": "Rooms", "heading": "premises", "amount": 40_000},
             {"label": "Start", "heading": "set-up", "amount": 25_000}]  # fmt: skip
    found = drawn(plan_of(TEAM | {"posts": [NURSE, CLERK], "other_costs": costs})).estimates
    # pay: 2 x (1.2988 x (49,387 + 4 x 51,932 + 56,515) / 6 - 750) + 32,073.27; overheads (0.15 + 0.2 + 0.3) / 3
    salary = (49_387 + 4 * 51_932 + 56_515) / 6
    cost = (2 * (1.2988 * salary - 750) + 32_073.2736) * (1 + 0.65 / 3) + 40_000 + 5_000
    assert found["annual_cost"].mean == pytest.approx(cost, rel=0.001)
    shape = (16 / (14 / 3.92)) ** 2  # the mean of one over a gamma is one over mean x (1 - 1 / shape)
    people = 1_890 / 16 / (1 - 1 / shape)
    assert found["cost_per_person"].mean == pytest.approx(cost / people, rel=0.005)
    assert found["cost_per_person"].mean == found["annual_cost"].mean / found["supported"].mean


def test_where_counts_are_modelled_the_people_who_come_vary_with_them_and_with_uptake() -> None:
    plan = plan_of(contract("Team", 1, 9e6), counts={}, classes={c: {} for c in MedicineClass})
    needed = need(plan, REFERENCE)
    assert needed.demand and needed.demand.central
    low, high = (REFERENCE.default(f"local_variation_{end}") for end in ("low", "high"))
    by_hand = needed.demand.central / 0.1 * pert(0.05, 0.1, 0.2).mean() * pert(low, 1, high).mean()
    # the classes share one draw, so the spread is that of one product of two, not of five
    second = pert(0.05, 0.1, 0.2).moment(2) * pert(low, 1, high).moment(2)
    first = pert(0.05, 0.1, 0.2).mean() * pert(low, 1, high).mean()
    error = math.sqrt(second / first**2 - 1) / math.sqrt(DRAWS)
    assert drawn(plan).estimates["supported"].mean == pytest.approx(by_hand, rel=ERRORS * error)


@pytest.mark.parametrize(
    ("evidence", "arms"), [("reduce", (62.8, 138, 57.8, 138)), ("panda", (4, 70, 6, 76))]
)
def test_the_chance_that_support_adds_nothing_is_that_of_two_jeffreys_betas(
    evidence: str, arms: tuple[float, ...]
) -> None:
    first, second = (stats.beta(x + 0.5, n - x + 0.5) for x, n in (arms[:2], arms[2:]))
    chance, _ = integrate.quad(lambda share: first.pdf(share) * second.sf(share), 0, 1)
    plan = plan_of(contract("Team", 1, K), classes={"antidepressants": {"evidence": evidence}},
                   counts={"antidepressants": 1_000_000})  # fmt: skip
    found = drawn(plan)
    assert found.chance_of_no_gain == pytest.approx(chance, abs=ERRORS * math.sqrt(0.25 / DRAWS))
    assert found.estimates["additional"].mean == pytest.approx(K * (first.mean() - second.mean()), abs=2.5)


def test_where_only_a_ratio_is_known_support_adds_nothing_only_when_the_ratio_is_below_one() -> None:
    # 2.4 (1.3 to 4.3) lies below 1 with a chance of 0.2%: (0 - log 2.4) / (log(4.3 / 1.3) / 3.92) is -2.87
    plan = plan_of(contract("Team", 1, K), classes={"z_drugs": {}}, counts={"z_drugs": 1_000_000})
    chance = stats.norm.cdf(-math.log(2.4) / (math.log(4.3 / 1.3) / 3.92))
    assert drawn(plan).chance_of_no_gain == pytest.approx(chance, abs=ERRORS * math.sqrt(chance / DRAWS))


# --- uptake and success move together ---------------------------------------------------------------------------


@pytest.mark.parametrize("asked", [-0.8, -0.6, -0.3, 0, 0.6])
def test_the_rank_correlation_asked_for_is_the_one_that_comes_out(
    asked: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = {"draws": 50_000, "correlation": asked}
    kept = dict.fromkeys(("opioids", "benzodiazepines"), {})
    made = watched(plan_of(contract("Team", 1, K), classes=kept, simulation=chosen), monkeypatch)
    for name in kept:
        found = stats.spearmanr(made["uptake"], made[f"stop_{name}"]).statistic
        assert found == pytest.approx(asked, abs=2 / math.sqrt(50_000))
    for name, other in (("hours_per_person", "uptake"), ("usual_opioids", "stop_opioids")):
        assert abs(stats.spearmanr(made[name], made[other]).statistic) < 4 / math.sqrt(50_000)


def test_moving_together_changes_no_number_s_own_spread(monkeypatch: pytest.MonkeyPatch) -> None:
    apart, close = (
        watched(plan_of(contract("Team", 1, K), simulation={"correlation": rho}), monkeypatch)
        for rho in (0, -0.9)
    )
    for name in ("uptake", "stop_opioids", "usual_opioids"):
        assert np.array_equal(np.sort(apart[name]), np.sort(close[name]))
    assert not np.array_equal(apart["stop_opioids"], close["stop_opioids"])


def test_draws_put_in_the_order_of_others_have_their_ranks_and_keep_their_values() -> None:
    assert list(in_order_of(np.array([30.0, 10.0, 20.0]), np.array([-1.0, 5.0, 2.0]))) == [10, 30, 20]
    assert in_order_of(7.0, np.array([1.0, 2.0])) == 7.0
