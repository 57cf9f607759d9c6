"""How sure the numbers are: draws against closed forms, kept seeds, and where options cross.

A draw is checked against the limits that its distribution has by formula (scipy), within four and
a half standard errors of drawing, and its figure against the central case; the seeds are kept, so
nothing here passes or fails by chance.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from scipy import integrate, stats

from planner.analysis.calculation.distributions import LIMIT
from planner.analysis.calculation.draws import Estimate
from planner.analysis.calculation.formulas import draw_out
from planner.analysis.calculation.inputs import BY_KEY
from planner.analysis.calculation.measures import Calculation
from planner.analysis.economics import probabilistic
from planner.analysis.economics.one_way_sensitivity import (
    Threshold,
    measure_at,
    sensitivity,
    thresholds,
)
from planner.analysis.economics.option_model import Case
from planner.analysis.economics.probabilistic import OptionDraws, simulate
from planner.analysis.population.assumptions import ENDS
from planner.model.outcomes import Offer, Simulation
from planner.model.place import PopulationChoice
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData
from planner.reference import load_reference

REFERENCE = load_reference()


def changed(reference: ReferenceData, **fields: object) -> ReferenceData:
    """Reference data with other rows, and nothing kept of the rows they replace."""
    rows = {name: getattr(reference, name) for name in ReferenceData.model_fields}
    return ReferenceData.model_construct(**rows | fields)


def calm() -> ReferenceData:
    """Our reference data with services that do not differ from one another beyond chance."""
    rows = tuple(
        row.model_copy(update={"value": 1e-12}) if row.id.startswith("between_studies") else row
        for row in REFERENCE.assumptions
    )
    return changed(REFERENCE, assumptions=rows)


CALM = calm()
DRAWS = 20_000
ERRORS = 4.5


def range_of(low: float, central: float, high: float) -> dict[str, float]:
    return {"low": low, "central": central, "high": high}


def contract(
    name: str, amount: float, people: float | dict[str, float], **more: Any
) -> dict[str, Any]:
    """An option that is one cost, paid once so that it is not drawn, and the people its provider
    can support."""
    # Spread over five years.
    cost = {"label": "Contract", "heading": "set-up", "amount": 5 * amount}
    capacity = people if isinstance(people, dict) else range_of(people, people, people)
    return {
        "id": name.lower(),
        "name": name,
        "other_costs": [cost],
        "stated_capacity": capacity,
    } | more


def plan_of(*options: dict[str, Any], **more: Any) -> Plan:
    """Opioids alone: 1,000,000 people, half for the long term; of a million residents 100,000 are
    referred, all of whom are assessed and start, and only the programme takes time."""
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
    one, none = range_of(1, 1, 1), range_of(0, 0, 0)
    demand = {
        "referral_rate": range_of(100, 100, 100),
        "assessed_share": one,
        "start_share": one,
        "hours_referral": none,
        "hours_assessment": none,
        "leave_list": none,
    }
    demand |= {name: more.pop(name) for name in (*demand,) if name in more}
    return Plan.model_validate(
        {
            "place": {"icb_code": "QF7"},
            "population": {"basis": "resident_all_ages", "entered": 1_000_000},
            "prescribing": {"classes": rows},
            "outcomes": {"classes": taken, "carry_over": more.pop("carry_over", one)},
            "demand": demand,
            "simulation": {"simulations": DRAWS} | more,
            "options": [{"effect": one} | option for option in options],
        }
    )


def parts(plan: Plan, reference: ReferenceData = CALM) -> Case:
    return Case.of(plan, reference)


def draw_plan(*options: dict[str, Any], **more: Any) -> OptionDraws:
    return simulate(parts(plan_of(*options, **more))).options[0]


def watched(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Every draw of the plan's only option: what the steps started from, and what they came to."""
    seen: list[dict[str, Any]] = []

    def noted(steps: Sequence[Calculation], inputs: Mapping[str, Any]) -> dict[str, Any]:
        seen.append(draw_out(steps, inputs))
        return seen[-1]

    with monkeypatch.context() as patch:
        patch.setattr(probabilistic, "draw_out", noted)
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


OTHER_COSTS = Split(1 - 0.196, 1, 1 + 0.196)
PAY = Split(49_387, 51_932, 56_515)


def agrees(result: Estimate, of: Any, output: Callable[[Any], Any]) -> None:
    """The figure is the central case and its limits are those of the distribution, put through a
    rising or falling function."""
    assert not result.is_median
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
    ("people_assessed", TEAM | {"hours_programme": range_of(10, 16, 24)}, {}, Split(10, 16, 24),
     lambda hours: 1_890 / hours),
    # two people: pay x 1.2988 - £750 each, pay between the ends of the band
    ("annual_cost", TEAM | {"overhead": range_of(0, 0, 0)}, {}, PAY,
     lambda pay: 2 * (pay * 1.2988 - 750)),
    # band 2 has one point, 25,272 x 1.2988 - 750 = 32,073.27
    ("annual_cost",
     {"id": "team", "name": "Team", "posts": [CLERK], "overhead": range_of(0.15, 0.2, 0.3)}, {},
     Split(0.15, 0.2, 0.3), lambda share: 32_073.2736 * (1 + share)),
    ("annual_cost", {"id": "team", "name": "Team", "other_costs": [ROOMS]}, {},
     OTHER_COSTS, lambda c: 50_000 * c),
    ("cost_per_head", {"id": "team", "name": "Team", "other_costs": [ROOMS]}, {},
     OTHER_COSTS, lambda c: 0.05 * c),
    ("people_assessed", contract("Team", 1, range_of(200, 300, 600)), {}, Split(200, 300, 600),
     lambda people: people),
    ("people_assessed", contract("Team", 1, 9e6), {"referral_rate": range_of(5, 10, 20)},
     Split(5, 10, 20), lambda rate: 1_000 * rate),
    ("not_taken", contract("Team", 1, K), {"referral_rate": range_of(5, 10, 20)},
     Split(5, 10, 20), lambda rate: 1_000 * rate - K),
    ("waiting", contract("Team", 1, K), {"leave_list": range_of(0.1, 0.2, 0.4)},
     Split(0.1, 0.2, 0.4, log=False), lambda share: 99_000 * (1 - share)),
    ("people_starting", contract("Team", 1, K), {"start_share": range_of(0.2, 0.5, 0.8)},
     Split(0.2, 0.5, 0.8, log=False), lambda share: K * share),
    # 100,000 are referred, and there is room for 1,000 however many of them are assessed.
    ("referrals_taken", contract("Team", 1, K), {"assessed_share": range_of(0.4, 0.5, 0.8)},
     Split(0.4, 0.5, 0.8, log=False), lambda share: K / share),
    # I-WOTCH.
    ("stopped", contract("Team", 1, K), {}, stats.beta(65.5, 239.5), lambda share: K * share),
    ("stopped", contract("Team", 1, K, effect=range_of(0.5, 1, 1.4)),
     {"classes": {"opioids": {"stopped": range_of(0.3, 0.3, 0.3), "usual": range_of(0, 0, 0)}}},
     Split(0.5, 1, 1.4, log=False), lambda effect: K * 0.3 * effect),
    ("net_stopped", contract("Team", 1, K),
     {"classes": {"opioids": {"stopped": range_of(0.1, 0.2, 0.4),
                              "usual": range_of(0.15, 0.15, 0.15)}}},
     Split(0.1, 0.2, 0.4, log=False), lambda share: K * (share - 0.15)),
    ("net_stopped", contract("Team", 1, K),
     {"carry_over": range_of(0.3, 0.6, 0.9),
      "classes": {"opioids": {"stopped": range_of(0.3, 0.3, 0.3),
                              "usual": range_of(0.1, 0.1, 0.1)}}},
     Split(0.3, 0.6, 0.9, log=False), lambda share: K * share * 0.2),
]  # fmt: skip


@pytest.mark.parametrize(("measure", "option", "more", "of", "output"), ALONE)
def test_a_number_that_rests_on_one_unsure_assumption_has_its_limits(
    measure: str,
    option: dict[str, Any],
    more: dict[str, Any],
    of: Any,
    output: Callable[[Any], Any],
) -> None:
    plan = plan_of(option, **more)
    agrees(simulate(parts(plan)).options[0].estimates[measure], of, output)


def test_a_team_costs_what_its_parts_do_and_a_cost_per_person_is_printed_over_printed() -> None:
    costs = [ROOMS, {"label": "Start", "heading": "set-up", "amount": 25_000}]
    team = TEAM | {"posts": [NURSE, CLERK], "other_costs": costs}
    result = draw_plan(
        team | {"overhead": range_of(0.15, 0.2, 0.3), "hours_programme": range_of(10, 16, 24)}
    )
    given = result.estimates
    # 2 x (1.2988 x 51,932 - 750) + 32,073.27; a fifth of it; rooms; the start over five years
    cost = (2 * (1.2988 * 51_932 - 750) + 32_073.2736) * 1.2 + 50_000 + 5_000
    assert given["annual_cost"].value == pytest.approx(cost)
    # 1,890 hours over 16
    assert given["people_assessed"].value == pytest.approx(118.125)
    assert given["cost_per_assessed"].value == pytest.approx(cost / 118.125)
    # Its range is of the draws of the ratio, wider than that of either part.
    assert given["cost_per_assessed"].low < cost * 10 / 1_890 * 1.1
    assert given["cost_per_assessed"].high > cost * 24 / 1_890 * 0.9


def test_services_differ_from_one_another_beyond_chance_about_the_same_middle() -> None:
    # A share of 0.3 is moved on the log-odds by a normal whose variance is log-normal about our
    # default. The same by another generator:
    generator = np.random.default_rng(11)
    low, middle, high = (REFERENCE.default(f"between_studies{end}") for end in ENDS)
    z = generator.standard_normal(400_000)
    ends = np.where(z > 0, high / middle, middle / low)
    by = np.sqrt(middle * ends ** (z / LIMIT)) * generator.standard_normal(400_000)
    share = 0.3 / (0.3 + 0.7 * np.exp(-by))
    option = contract("Team", 1, K)
    sure = {"stopped": range_of(0.3, 0.3, 0.3), "usual": range_of(0, 0, 0)}
    plan = plan_of(option, classes={"opioids": sure})
    wide, narrow = (
        simulate(parts(plan, reference)).options[0].estimates["stopped"]
        for reference in (REFERENCE, CALM)
    )
    assert wide.value == narrow.value == pytest.approx(300) and not wide.is_median
    assert (narrow.low, narrow.high) == pytest.approx((300, 300), rel=1e-4)
    assert (wide.low, wide.high) == pytest.approx(K * np.quantile(share, [0.025, 0.975]), rel=0.03)


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
    result = draw_plan(contract("Team", 1, K), classes=chosen, counts=many)
    near = pytest.approx(chance, abs=ERRORS * math.sqrt(0.25 / DRAWS))
    assert result.chance_of_no_gain == near
    assert result.chance_of_no_gain_by_class == {medicine_class: near}


def test_where_only_a_ratio_is_known_support_adds_nothing_only_when_the_ratio_is_below_one() -> (
    None
):
    # 2.4 (1.3 to 4.3) lies below 1 with a chance of 0.2%: (0 - log 2.4) / (log(4.3 / 1.3) / 3.92)
    # is -2.87
    ratio = next(row for row in REFERENCE.outcomes if row.ratio)
    only = changed(CALM, outcomes=(ratio.model_copy(update={"offer": Offer.PROGRAMME}),))
    plan = plan_of(contract("Team", 1, K), classes={"z_drugs": {}}, counts={"z_drugs": 1_000_000})
    (result,) = simulate(Case.of(plan, only)).options
    chance = stats.norm.cdf(-math.log(2.4) / (math.log(4.3 / 1.3) / 3.92))
    assert result.chance_of_no_gain == pytest.approx(chance, abs=ERRORS * math.sqrt(chance / DRAWS))


# --- a kept seed ----------------------------------------------------------------------------------

GOLDEN = {
    "annual_cost": (470223.977808, 447188.99766157195, 512144.86103993846),
    "people_assessed": (157.4955102, 74.56081986389597, 228.65121128727998),
    "cost_per_assessed": (2985.6341759258603, 2065.508137780528, 6396.056510332624),
}
"""The specialist team of the example plan, 10,000 draws with seed 2026, recorded in November 2026
(numpy 2.4): as the program gave them, so that a change of numpy is seen and not that they are
right."""


def test_the_example_s_draws_are_those_recorded_so_that_a_change_of_numpy_is_seen(
    example: Plan,
) -> None:
    simulated = simulate(parts(example, REFERENCE)).of("specialist-mdt")
    assert simulated and (example.simulation.seed, example.simulation.simulations) == (2026, 10_000)
    for name, recorded in GOLDEN.items():
        one = simulated.estimates[name]
        assert (one.value, one.low, one.high) == pytest.approx(recorded, rel=1e-9), name


def test_the_same_seed_gives_the_same_numbers_and_another_seed_others() -> None:
    first, again, other = (draw_plan(TEAM, seed=seed).estimates for seed in (7, 7, 8))
    assert first == again
    # And no further apart than drawing makes them.
    for name, one in first.items():
        assert other[name] != one or one.low == one.high
        assert other[name].high == pytest.approx(one.high, rel=0.05)


def test_an_option_added_or_moved_leaves_the_draws_of_the_others_as_they_were(
    example: Plan,
) -> None:
    def of(*options: Any) -> dict[str, Any]:
        simulations = simulate(parts(example.model_copy(update={"options": options}))).options
        return {row.id: (row.estimates, row.withheld, row.chance_of_no_gain) for row in simulations}

    few, all_of_them = of(*example.options[2:4]), of(*example.options[::-1])
    assert few == {name: all_of_them[name] for name in few}


def test_sixty_thousand_draws_agree_with_ten_thousand_within_the_error_of_drawing() -> None:
    few, many = (draw_plan(TEAM, simulations=size).estimates for size in (10_000, 60_000))
    assert many.keys() == few.keys() and "cost_per_net_stopped" in many
    for name, one in many.items():
        error = (one.high - one.low) / 3.92 / math.sqrt(10_000)
        assert few[name].value == pytest.approx(one.value, abs=ERRORS * 1.3 * error), name
        for end in ("low", "high"):
            assert getattr(few[name], end) == pytest.approx(getattr(one, end), abs=20 * error), name


# --- what is withheld -----------------------------------------------------------------------------


def test_two_copies_of_a_team_differ_by_their_own_draws_and_share_what_they_share() -> None:
    copies = [TEAM | {"id": name, "name": name} for name in ("one", "two")]
    first, second = simulate(parts(plan_of(*copies))).options
    assert first.estimates["people_assessed"] != second.estimates["people_assessed"]
    assert first.estimates["pay"] == second.estimates["pay"]
    assert first.chance_of_no_gain_by_class == second.chance_of_no_gain_by_class


def test_a_cost_for_each_person_is_withheld_where_one_draw_in_forty_leaves_nobody() -> None:
    # of k people, k x Beta(65.5, 239.5) stop; fewer than half a person in 2.5% of draws where k is
    # 0.5 / 0.1705
    edge = 0.5 / stats.beta(65.5, 239.5).ppf(0.025)
    more, fewer = (draw_plan(contract("Team", 100, edge * size)) for size in (1.03, 0.97))
    assert "cost_per_stopped" in more.estimates and "cost_per_stopped" not in more.withheld
    assert "cost_per_stopped" not in fewer.estimates
    assert re.fullmatch(
        r"too uncertain to give: in [34]% of simulations nobody stopped",
        fewer.withheld["cost_per_stopped"],
    )


@pytest.mark.parametrize("draws", [10_000, 10_001])
def test_with_just_one_draw_in_forty_that_leaves_nobody_there_is_still_an_answer(
    draws: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    shares = (
        np.sort(
            watched(plan_of(contract("Team", 100, K), simulations=draws), monkeypatch)["stopped"]
        )
        / K
    )
    # 250 draws are below half a person.
    people = 0.5 / ((shares[249] + shares[250]) / 2)
    result = draw_plan(contract("Team", 100, people), simulations=draws)
    assert ("cost_per_stopped" in result.estimates) != ("cost_per_stopped" in result.withheld)


@pytest.mark.parametrize("basis", list(Basis))
def test_what_the_draws_cannot_give_is_absent_with_its_reason(basis: Basis, example: Plan) -> None:
    # One basis has no rates.
    plan = example.model_copy(update={"population": PopulationChoice(basis=basis)})
    case = parts(plan)
    for one, option in zip(case.sums, simulate(case).options, strict=True):
        for step in one.steps:
            if step.in_draws:
                assert (step.name in option.estimates) != (step.name in option.withheld), step.name


# --- what matters most, and where one option overtakes another ------------------------------------


def test_a_cost_per_person_crosses_where_hand_arithmetic_says() -> None:
    # A: 66,699.28 x 1.2 = £80,039.14 for 945 hours, £84.698 an hour; B: £1,300 a person, so 15.3487
    # hours
    team = TEAM | {
        "id": "a",
        "name": "A",
        "posts": [NURSE | {"wte": 1}],
        "overhead": range_of(0.2, 0.2, 0.2),
        "hours_programme": range_of(10, 16, 24),
    }
    plan = plan_of(team, contract("B", 130_000, 100), measure="cost_per_assessed")
    (result,) = (row for row in thresholds("a", parts(plan)) if row.assumption == "hours_programme")
    assert result.crossings == pytest.approx((15.3487,), abs=1e-4)
    assert result.words == (
        "B has a lower cost per person assessed than A if the number of hours for each person who "
        "starts with A is above 15.35 hours, and a higher one below."
    )
    # £100,000 for all who come against £40,000 for 300 of them (£133.33): 750 of a million
    pair = contract("Large", 100_000, 1_000), contract("Small", 40_000, 300)
    plan = plan_of(*pair, measure="cost_per_assessed")
    (result,) = (
        row for row in thresholds("large", parts(plan)) if row.assumption == "referral_rate"
    )
    assert result.crossings == pytest.approx((0.75,), abs=1e-6)
    assert result.words == (
        "Large has a lower cost per person assessed than Small if the rate of referrals is above "
        "0.75 per 1,000 residents, and a higher one below."
    )


@pytest.mark.parametrize("measure", ["cost_per_assessed", "cost_per_start"])
def test_at_every_crossing_the_two_are_equal_and_the_words_name_the_winner_on_either_side(
    measure: str, example: Plan
) -> None:
    plan = example.model_copy(update={"simulation": Simulation(measure=measure)})
    sums = {one.option.id: one for one in parts(plan).sums}

    def lead(result: Threshold, at: float) -> float:
        """How far the first is ahead, as a part of the second's cost; below nought where it costs
        less."""
        shared = BY_KEY[result.assumption].scope != "option"
        both = {result.assumption: at} if shared else {}
        mine = measure_at(sums[result.first], {result.assumption: at}, result.measure)
        other = measure_at(sums[result.second], both, result.measure)
        return float((mine - other) / other)

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
        (row,) = (one_way for one_way in result.swings if one_way.name == name)
        ends = [REFERENCE.default(f"{name}{end}") for end in ("_low", "_high")]
        assert [row.low_input, row.high_input] == ends
