"""How sure the numbers are: draws against closed forms, kept seeds, and where options cross.

A draw is checked against the mean and limits that its distribution has by formula (scipy), within
four and a half standard errors of drawing; the seeds are kept, so nothing here passes or fails by
chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from planner.analysis.calculation.distributions import LIMIT
from planner.analysis.calculation.formulas import draw_out
from planner.analysis.calculation.measures import IN_DRAWS, Calculation
from planner.analysis.economics import probabilistic as uncertainty
from planner.analysis.economics.one_way_sensitivity import (
    Threshold,
    sensitivity,
    thresholds,
    value_at,
)
from planner.analysis.economics.option_model import Case
from planner.analysis.economics.probabilistic import Estimate, OptionDraws, simulate
from planner.analysis.population.need import need
from planner.model.outcomes import Offer, Simulation
from planner.model.place import PopulationChoice
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.reference import load_reference

REFERENCE = load_reference()
DRAWS = 20_000
ERRORS = 4.5


def three(low: float, central: float, high: float) -> dict[str, float]:
    return {"low": low, "central": central, "high": high}


def contract(
    name: str, amount: float, people: float | dict[str, float], **more: Any
) -> dict[str, Any]:
    """An option that is one cost, paid once so that it is not drawn, and the people its provider
    can support."""
    # Spread over five years.
    cost = {"label": "Contract", "heading": "set-up", "amount": 5 * amount}
    capacity = people if isinstance(people, dict) else three(people, people, people)
    return {
        "id": name.lower(),
        "name": name,
        "other_costs": [cost],
        "stated_capacity": capacity,
    } | more


def plan_of(*options: dict[str, Any], **more: Any) -> Plan:
    """Opioids alone: 1,000,000 people, half for the long term, of whom 5%, 10% or 20% come."""
    saved, counts = more.pop("classes", {"opioids": {}}), more.pop("counts", {"opioids": 1_000_000})
    rows = [
        {
            "medicine_class": c,
            "included": c in saved,
            "patients": counts.get(c),
            "long_term_share": 0.5,
            "step_down_to": None if c in counts else 5,
        }
        for c in MedicineClass
    ]
    taken = [{"medicine_class": c} | saved.get(c, {}) for c in MedicineClass]
    return Plan.model_validate(
        {
            "place": {"icb_code": "QF7"},
            "population": {"entered": 1_000_000},
            "prescribing": {"classes": rows},
            "outcomes": {"classes": taken, "starting_share": more.pop("starting_share", None)},
            "demand": {"uptake": more.pop("uptake", three(0.05, 0.1, 0.2))},
            "simulation": {"draws": DRAWS} | more,
            "options": options,
        }
    )


def parts(plan: Plan) -> Case:
    return Case.of(plan, REFERENCE)


def drawn(*options: dict[str, Any], **more: Any) -> OptionDraws:
    return simulate(parts(plan_of(*options, **more))).options[0]


def watched(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Every draw of the plan's only option: what the steps started from, and what they came to."""
    seen: list[dict[str, Any]] = []

    def noted(steps: Sequence[Calculation], inputs: Mapping[str, Any]) -> dict[str, Any]:
        seen.append(draw_out(steps, inputs))
        return seen[-1]

    with monkeypatch.context() as patch:
        patch.setattr(uncertainty, "draw_out", noted)
        simulate(parts(plan))
    return {name: values for item in seen for name, values in item.items()}


class Split:
    """A split normal by its formula: on the log, or plain and cut at 0."""

    def __init__(self, low: float, median: float, high: float, *, log: bool = True) -> None:
        self.low, self.median, self.high, self.log = low, median, high, log

    def value(self, z: float) -> float:
        end, far = (self.high, z / LIMIT) if z > 0 else (self.low, -z / LIMIT)
        if self.log:
            return float(self.median * (end / self.median) ** far)
        return max(0.0, self.median + (end - self.median) * far)

    def ppf(self, q: float) -> float:
        return self.value(stats.norm.ppf(q))

    def expect(self, output: Callable[[Any], Any] = float) -> float:
        """The mean of a function, by integrals on either side of the middle."""

        def weighed(z: float) -> float:
            return float(output(self.value(z)) * stats.norm.pdf(z))

        return sum(integrate.quad(weighed, *ends, limit=200)[0] for ends in ((-8, 0), (0, 8)))


OTHER_COSTS = Split(1 - 0.1 * LIMIT, 1, 1 + 0.1 * LIMIT)
PAY = Split(49_387, 51_932, 56_515)


def agrees(result: Estimate, of: Any, output: Callable[[Any], Any]) -> None:
    """The mean and limits are those of the distribution, put through a rising or falling
    function."""
    mean = of.expect(output)
    spread = math.sqrt(of.expect(lambda x: (output(x) - mean) ** 2))
    assert result.mean == pytest.approx(mean, abs=ERRORS * spread / math.sqrt(DRAWS))
    ends = sorted((float(output(of.ppf(q))), q) for q in (0.025, 0.975))
    for value, (limit, q) in zip((result.low, result.high), ends, strict=True):
        slope = abs(output(of.ppf(q + 0.001)) - output(of.ppf(q - 0.001))) / 0.002
        assert value == pytest.approx(limit, abs=ERRORS * slope * math.sqrt(0.025 * 0.975 / DRAWS))


# --- each number that follows from one unsure number alone ---------------------------------------


NURSE = {"title": "Nurse", "band": "7", "wte": 2, "patient_facing": 0.6}
CLERK = {"title": "Clerk", "band": "2", "wte": 1, "patient_facing": 0}
TEAM = {"id": "team", "name": "Team", "posts": [NURSE]}
ROOMS = {"label": "Rooms", "heading": "premises", "amount": 50_000}
K = 1_000
ALONE = [
    # 2 x 1,575 x 0.6 = 1,890 hours over the hours each person takes
    ("supported", TEAM, {}, Split(10, 16, 24), lambda hours: 1_890 / hours),
    # two people: pay x 1.2988 - £750 each, pay between the ends of the band
    ("annual_cost", TEAM | {"overhead": three(0, 0, 0)}, {}, PAY,
     lambda pay: 2 * (pay * 1.2988 - 750)),
    # band 2 has one point, 25,272 x 1.2988 - 750 = 32,073.27; overheads plain and cut at 0
    ("annual_cost",
     {"id": "team", "name": "Team", "posts": [CLERK], "overhead": three(0.15, 0.2, 0.3)}, {},
     Split(0.15, 0.2, 0.3, log=False), lambda share: 32_073.2736 * (1 + share)),
    ("annual_cost", {"id": "team", "name": "Team", "other_costs": [ROOMS]}, {},
     OTHER_COSTS, lambda c: 50_000 * c),
    ("cost_per_head", {"id": "team", "name": "Team", "other_costs": [ROOMS]}, {},
     OTHER_COSTS, lambda c: 0.05 * c),
    ("supported", contract("Team", 1, three(200, 300, 600)), {}, Split(200, 300, 600),
     lambda people: people),
    ("supported", contract("Team", 1, 9e6), {}, Split(0.05, 0.1, 0.2, log=False),
     lambda uptake: 500_000 * uptake),
    ("unmet", contract("Team", 1, 10_000), {}, Split(0.05, 0.1, 0.2, log=False),
     lambda uptake: 500_000 * uptake - 10_000),
    ("starting", contract("Team", 1, K), {"starting_share": three(0.2, 0.5, 0.9)},
     Split(0.2, 0.5, 0.9, log=False), lambda share: K * share),
    # I-WOTCH.
    ("stopped", contract("Team", 1, K), {}, stats.beta(65.5, 239.5), lambda share: K * share),
    ("stopped", contract("Team", 1, K, effect=three(0.5, 1, 1.4)),
     {"classes": {"opioids": {"stopped": three(0.3, 0.3, 0.3), "usual": three(0, 0, 0)}}},
     Split(0.5, 1, 1.4), lambda effect: K * 0.3 * effect),
    ("additional", contract("Team", 1, K),
     {"classes": {"opioids": {"stopped": three(0.1, 0.2, 0.4), "usual": three(0.15, 0.15, 0.15)}}},
     Split(0.1, 0.2, 0.4, log=False), lambda share: K * (share - 0.15)),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "option", "more", "of", "output"), ALONE)
def test_a_number_that_rests_on_one_unsure_assumption_has_its_mean_and_limits(
    measure: str,
    option: dict[str, Any],
    more: dict[str, Any],
    of: Any,
    output: Callable[[Any], Any],
) -> None:
    agrees(drawn(option, **more).estimates[measure], of, output)


def test_a_team_costs_what_its_parts_do_and_a_cost_per_person_is_a_ratio_of_means() -> None:
    costs = [ROOMS, {"label": "Start", "heading": "set-up", "amount": 25_000}]
    result = drawn(TEAM | {"posts": [NURSE, CLERK], "other_costs": costs}).estimates
    # pay: 2 x (1.2988 x the mean salary - 750) + 32,073.27; overheads on it; rooms; the start over
    # five years
    overheads = Split(0.15, 0.2, 0.3, log=False).expect()
    cost = (2 * (1.2988 * PAY.expect() - 750) + 32_073.2736) * (1 + overheads)
    cost += 50_000 * OTHER_COSTS.expect() + 5_000
    assert result["annual_cost"].mean == pytest.approx(cost, rel=0.001)
    people = Split(10, 16, 24).expect(lambda hours: 1_890 / hours)
    assert result["cost_per_person"].mean == pytest.approx(cost / people, rel=0.005)
    assert result["cost_per_person"].mean == result["annual_cost"].mean / result["supported"].mean


def test_where_counts_are_modelled_the_people_who_come_vary_with_them_and_with_uptake() -> None:
    option = contract("Team", 1, 9e6)
    more: dict[str, Any] = {"counts": {}, "classes": {c: {} for c in MedicineClass}}
    needs = need(plan_of(option, **more), REFERENCE)
    assert needs.demand and needs.demand.central
    low, high = (REFERENCE.default(f"local_variation_{end}") for end in ("low", "high"))
    # People over several classes in a month, since those on them for long are there in any month.
    least, classes, most = (
        REFERENCE.default(f"classes_per_person_month{end}") for end in ("_low", "", "_high")
    )
    fewer = Split(least, classes, most).expect(lambda each: classes / each)
    uptake, near = Split(0.05, 0.1, 0.2, log=False), Split(low, 1, high)
    first = uptake.expect() * near.expect()
    by_hand = needs.demand.central / 0.1 * first * fewer
    # the classes share one draw, so the spread is that of one product of two, not of five
    second = uptake.expect(lambda x: x**2) * near.expect(lambda x: x**2)
    error = math.sqrt(second / first**2 - 1) / math.sqrt(DRAWS)
    assert drawn(option, **more).estimates["supported"].mean == pytest.approx(
        by_hand, rel=ERRORS * error
    )


@pytest.mark.parametrize(
    ("medicine_class", "evidence", "arms"),
    [
        ("antidepressants", "reduce", (62.8, 138, 57.8, 138)),
        ("benzodiazepines", "oude-voshaar", (25, 69, 5, 33)),
    ],
)
def test_the_chance_that_support_adds_nothing_is_that_of_two_jeffreys_betas(
    medicine_class: str, evidence: str, arms: tuple[float, ...]
) -> None:
    first, second = (stats.beta(x + 0.5, n - x + 0.5) for x, n in (arms[:2], arms[2:]))
    chance, _ = integrate.quad(lambda share: first.pdf(share) * second.sf(share), 0, 1)
    many, chosen = {medicine_class: 1_000_000}, {medicine_class: {"evidence": evidence}}
    result = drawn(contract("Team", 1, K), classes=chosen, counts=many)
    assert result.chance_of_no_gain == pytest.approx(chance, abs=ERRORS * math.sqrt(0.25 / DRAWS))
    assert result.estimates["additional"].mean == pytest.approx(
        K * (first.mean() - second.mean()), abs=2.5
    )


def test_where_only_a_ratio_is_known_support_adds_nothing_only_when_the_ratio_is_below_one() -> (
    None
):
    # 2.4 (1.3 to 4.3) lies below 1 with a chance of 0.2%: (0 - log 2.4) / (log(4.3 / 1.3) / 3.92)
    # is -2.87
    ratio = next(row for row in REFERENCE.outcomes if row.ratio)
    only = REFERENCE.model_copy(
        update={"outcomes": (ratio.model_copy(update={"offer": Offer.PROGRAMME}),)}
    )
    plan = plan_of(contract("Team", 1, K), classes={"z_drugs": {}}, counts={"z_drugs": 1_000_000})
    (result,) = simulate(Case.of(plan, only)).options
    chance = stats.norm.cdf(-math.log(2.4) / (math.log(4.3 / 1.3) / 3.92))
    assert result.chance_of_no_gain == pytest.approx(chance, abs=ERRORS * math.sqrt(chance / DRAWS))


# --- uptake and success move together -------------------------------------------------------------


@pytest.mark.parametrize("question", [-0.8, -0.6, -0.3, 0, 0.6])
def test_the_rank_correlation_asked_for_comes_out_and_no_number_s_own_spread_is_changed(
    question: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved: dict[str, dict[str, Any]] = {"opioids": {}, "benzodiazepines": {}}
    output, alone = (
        watched(plan_of(TEAM, classes=saved, draws=50_000, correlation=rho), monkeypatch)
        for rho in (question, 0.3)
    )
    for name in saved:
        result = stats.spearmanr(output["uptake"], output[f"stop_{name}"]).statistic
        assert result == pytest.approx(question, abs=2 / math.sqrt(50_000))
    for name in ("uptake", "usual_opioids", "stop_opioids", "stop_benzodiazepines"):
        assert np.array_equal(np.sort(output[name]), np.sort(alone[name]))
    for name, other in (("hours_per_person", "uptake"), ("usual_opioids", "stop_opioids")):
        assert abs(stats.spearmanr(output[name], output[other]).statistic) < 4 / math.sqrt(50_000)


# --- a kept seed ----------------------------------------------------------------------------------

KEPT = {
    "annual_cost": (839942.0140417493, 790005.3839288492, 905023.1280570134),
    "supported": (359.95968864467693, 228.6165425213033, 551.9270711400956),
    "cost_per_person": (2333.4335497519337, 1510.5287383419682, 3676.254982822491),
}
"""The specialist team of the example plan, 10,000 draws with seed 2026, recorded in November 2026
(numpy 2.4)."""


def test_the_example_s_draws_are_those_recorded_so_that_a_change_of_numpy_is_seen(
    example: Plan,
) -> None:
    simulations = simulate(parts(example)).of("specialist-mdt")
    assert simulations and (example.simulation.seed, example.simulation.draws) == (2026, 10_000)
    for name, recorded in KEPT.items():
        one = simulations.estimates[name]
        assert (one.mean, one.low, one.high) == pytest.approx(recorded, rel=1e-9), name


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    first, again, other = (drawn(TEAM, seed=seed).estimates for seed in (7, 7, 8))
    assert first == again
    # And no further apart than drawing makes them.
    for name, one in first.items():
        assert other[name] != one or one.low == one.high
        assert other[name].mean == pytest.approx(one.mean, rel=0.05)


def test_an_option_added_or_moved_leaves_the_draws_of_the_others_as_they_were(
    example: Plan,
) -> None:
    def of(*options: Any) -> dict[str, Any]:
        simulations = simulate(parts(example.model_copy(update={"options": options}))).options
        return {row.id: (row.estimates, row.withheld, row.chance_of_no_gain) for row in simulations}

    few, all_of_them = of(*example.options[2:4]), of(*example.options[::-1])
    assert few == {name: all_of_them[name] for name in few}


def test_sixty_thousand_draws_agree_with_ten_thousand_within_the_error_of_drawing() -> None:
    few, many = (drawn(TEAM, draws=size).estimates for size in (10_000, 60_000))
    assert many.keys() == few.keys() and "cost_per_additional" in many
    for name, one in many.items():
        error = (one.high - one.low) / 3.92 / math.sqrt(10_000)
        assert few[name].mean == pytest.approx(one.mean, abs=ERRORS * 1.3 * error), name
        for end in ("low", "high"):
            assert getattr(few[name], end) == pytest.approx(getattr(one, end), abs=20 * error), name


# --- which is best, and what is withheld ----------------------------------------------------------


@pytest.mark.parametrize("measure", ["cost_per_additional", "cost_per_person", "annual_cost"])
def test_the_chance_of_being_best_is_that_of_the_draws_adds_up_to_one_and_a_tie_is_shared(
    measure: str,
) -> None:
    # two copies at £48,000 for certain, and as many people for £50,000, 95% from £40,200 up: on the
    # log that is (50 / 48) over (50 / 40.2) limits below the middle
    copies, nothing = (
        [contract(name, 48_000, K) for name in ("One", "Two")],
        {"id": "none", "name": "None"},
    )
    rival = {
        "id": "rival",
        "name": "Rival",
        "other_costs": [ROOMS],
        "stated_capacity": three(K, K, K),
    }
    simulations = simulate(parts(plan_of(*copies, rival, nothing, measure=measure))).options
    first, second, third, none = (row.chance_best for row in simulations)
    chance = stats.norm.cdf(LIMIT * math.log(50 / 48) / math.log(50 / 40.2))
    assert first == second == pytest.approx(chance / 2, abs=ERRORS / 2 * math.sqrt(0.25 / DRAWS))
    assert first + second + third == pytest.approx(1)
    assert none is None, "doing nothing is always cheapest, so it is not compared"


def test_two_copies_of_a_team_differ_by_their_own_draws_and_have_even_chances() -> None:
    copies = [TEAM | {"id": name, "name": name} for name in ("one", "two")]
    first, second = simulate(parts(plan_of(*copies))).options
    assert first.chance_best == pytest.approx(0.5, abs=ERRORS * math.sqrt(0.25 / DRAWS))
    assert first.estimates["stopped"] != second.estimates["stopped"]


def test_a_cost_for_each_person_is_withheld_where_one_draw_in_forty_leaves_nobody() -> None:
    # of k people, k x Beta(65.5, 239.5) stop; fewer than half a person in 2.5% of draws where k is
    # 0.5 / 0.1705
    edge = 0.5 / stats.beta(65.5, 239.5).ppf(0.025)
    more, fewer = (drawn(contract("Team", 100, edge * size)) for size in (1.03, 0.97))
    assert "cost_per_stopped" in more.estimates and "cost_per_stopped" not in more.withheld
    assert "cost_per_stopped" not in fewer.estimates
    assert "of the draws there is no one to divide by" in fewer.withheld["cost_per_stopped"]


@pytest.mark.parametrize("draws", [10_000, 10_001])
def test_with_just_one_draw_in_forty_that_leaves_nobody_there_is_still_an_answer(
    draws: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = (
        np.sort(watched(plan_of(contract("Team", 100, K), draws=draws), monkeypatch)["stopped"]) / K
    )
    # 250 draws are below half a person.
    people = 0.5 / ((shares[249] + shares[250]) / 2)
    result = drawn(contract("Team", 100, people), draws=draws)
    assert ("cost_per_stopped" in result.estimates) != ("cost_per_stopped" in result.withheld)


@pytest.mark.parametrize("basis", list(Basis))
def test_what_the_draws_cannot_give_is_absent_with_its_reason(basis: Basis, example: Plan) -> None:
    # One basis has no rates.
    plan = example.model_copy(update={"population": PopulationChoice(basis=basis)})
    for option in simulate(parts(plan)).options:
        for name in IN_DRAWS:
            assert (name in option.estimates) != (name in option.withheld), name


# --- what matters most, and where one option overtakes another ------------------------------------


def test_a_cost_per_person_crosses_where_hand_arithmetic_says() -> None:
    # A: 66,699.28 x 1.2 = £80,039.14 for 945 hours, £84.698 an hour; B: £1,300 a person, so 15.3487
    # hours
    team = TEAM | {
        "id": "a",
        "name": "A",
        "posts": [NURSE | {"wte": 1}],
        "overhead": three(0.2, 0.2, 0.2),
    }
    plan = plan_of(team, contract("B", 130_000, 100), measure="cost_per_person")
    (result,) = (
        row for row in thresholds("a", parts(plan)) if row.assumption == "hours_per_person"
    )
    assert result.crossings == pytest.approx((15.3487,), abs=1e-4)
    assert result.words == (
        "B has a lower cost per person supported than A if the number of hours for each person in "
        "A is above "
        "15.3 hours, and a higher one below."
    )
    # £100,000 for all who come against £40,000 for 300 of them (£133.33): 750 of 5,000 people, 15%
    pair = contract("Large", 100_000, 1_000), contract("Small", 40_000, 300)
    plan = plan_of(*pair, counts={"opioids": 10_000}, measure="cost_per_person")
    (result,) = (row for row in thresholds("large", parts(plan)) if row.assumption == "uptake")
    assert result.crossings == pytest.approx((0.15,), abs=1e-6)
    assert result.words.startswith("Large has a lower") and "above 15.0%" in result.words


def test_two_copies_cross_where_the_first_does_as_well_as_the_second() -> None:
    copies = [TEAM | {"id": name.lower(), "name": name} for name in ("One", "Two")]
    (result,) = (
        row for row in thresholds("one", parts(plan_of(*copies))) if row.assumption == "effect"
    )
    assert result.crossings == pytest.approx((1.0,))
    assert result.words.startswith(
        "One has a lower cost per additional person who stops than Two if"
    )


@pytest.mark.parametrize("measure", ["cost_per_additional", "cost_per_person", "cost_per_stopped"])
def test_at_every_crossing_the_two_are_equal_and_the_words_name_the_winner_on_either_side(
    measure: str, example: Plan
) -> None:
    plan = example.model_copy(update={"simulation": Simulation(measure=measure)})
    sums = {one.option.id: one for one in parts(plan).sums}

    def lead(result: Threshold, at: float) -> float:
        """How far the first is ahead, as a part of the second's cost; below nought where it costs
        less."""
        both = {"uptake": at} if result.assumption == "uptake" else {}
        mine = value_at(sums[result.first], {result.assumption: at}, result.measure)
        other = value_at(sums[result.second], both, result.measure)
        assert mine is not None and other is not None
        return (mine - other) / other

    result = [
        row
        for option in plan.options
        for row in thresholds(option.id, parts(plan))
        if row.crossings
    ]
    assert result
    for row in result:
        for at in row.crossings:
            assert lead(row, at) == pytest.approx(0, abs=1e-6)
        assert row.lower_above == (
            row.first if lead(row, row.crossings[-1] * 1.001) < 0 else row.second
        )
        if len(row.crossings) == 1:
            below, above = (lead(row, row.crossings[0] * by) for by in (0.999, 1.001))
            assert below * above < 0
            winner = sums[row.first if above < 0 else row.second].option.name
            assert row.words.startswith(f"{winner} has a lower")


def test_an_assumption_that_every_class_shares_is_one_row(example: Plan) -> None:
    result = sensitivity("whole-system", parts(example))
    assert result
    for name in ("beta", "items_spread", "region_spread"):
        (row,) = (swing for swing in result.swings if swing.name == name)
        ends = [REFERENCE.default(f"{name}{end}") for end in ("_low", "_high")]
        assert [row.low_input, row.high_input] == ends
