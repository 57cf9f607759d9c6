"""What must hold of every option whatever is typed, and of the register of measures that works
it out."""

from __future__ import annotations

import math
import string
from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from planner.analysis.calculation.distributions import Stream
from planner.analysis.calculation.draws import MIDDLE, ROUNDING
from planner.analysis.calculation.formulas import FormulaError, draw_out, work_out
from planner.analysis.calculation.measures import MEASURES, Calculation
from planner.analysis.economics.cash_flow import option_years
from planner.analysis.economics.compare import scenarios
from planner.analysis.economics.example import starter_plan
from planner.analysis.economics.one_way_sensitivity import sensitivity, thresholds
from planner.analysis.economics.option_costs import OptionResult, cost_option
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.probabilistic import draw_option, draws_of, simulate
from planner.analysis.formatting import to_five
from planner.analysis.population.need import Need, need
from planner.analysis.results.results import results
from planner.model.outcomes import Simulation
from planner.model.plan import LetterTier, Plan
from planner.model.prescribing import MedicineClass
from planner.model.service import (
    AGENDA_FOR_CHANGE,
    POINTS,
    ZONES,
    CostHeading,
    ServiceKind,
    ServiceOption,
    WhoComes,
)
from planner.reference import load_reference

# Many examples of each property: left out of the quick loop.
pytestmark = pytest.mark.slow

REFERENCE = load_reference()
CLASSES = [medicine_class.value for medicine_class in MedicineClass]


def parts(plan: Plan) -> Case:
    return Case.of(plan, REFERENCE)


def costed(plan: Plan) -> OptionResult:
    return cost_option(plan.options[0], parts(plan))


def summed(plan: Plan) -> OptionSums:
    return parts(plan).sums[0]


# --- any plan, with any option --------------------------------------------------------------------


def between(least: float, most: float) -> st.SearchStrategy[float]:
    """Any of a thousand numbers from one value to another, both among them."""
    return st.integers(0, 1000).map(lambda part: least + (most - least) * part / 1000)


def ordered(least: float, most: float) -> st.SearchStrategy[dict[str, float]]:
    """Any low, central and high between two values, often all the same."""
    separate = st.lists(between(least, most), min_size=3, max_size=3).map(sorted)
    one = between(least, most).map(lambda value: [value] * 3)
    return (separate | one).map(
        lambda result: dict(zip(("low", "central", "high"), result, strict=True))
    )


wte = between(0.05, 40)
a_post = st.fixed_dictionaries(
    {
        "title": st.just("Post"),
        "band": st.sampled_from(AGENDA_FOR_CHANGE),
        "point": st.sampled_from(POINTS),
        "zone": st.sampled_from(ZONES),
        "wte": wte,
        "patient_facing": between(0, 1),
    }
) | st.fixed_dictionaries(
    {
        "title": st.just("Doctor"),
        "band": st.sampled_from(["medical", "gp", "other"]),
        "salary": between(1, 200_000),
        "wte": wte,
    }
)
a_volunteer = st.fixed_dictionaries(
    {"title": st.just("Peer"), "band": st.just("voluntary"), "wte": wte}
)
a_cost = st.fixed_dictionaries(
    {
        "label": st.just("Cost"),
        "heading": st.sampled_from(list(CostHeading)),
        "amount": between(0, 2_000_000),
    }
)
an_option = st.fixed_dictionaries(
    {
        "id": st.just("option"),
        "name": st.just("Option"),
        "kind": st.sampled_from(ServiceKind),
        "posts": st.lists(a_post | a_volunteer, max_size=3),
        "other_costs": st.lists(a_cost, max_size=3),
        "overhead": ordered(0, 2),
        "effect": st.none() | ordered(0, 2) | ordered(0, 2),
        "takes": between(0, 1),
        "who_comes": st.sampled_from(WhoComes),
        "classes": st.sampled_from(((), ("z_drugs", "benzodiazepines"), ("opioids",))),
    },
    optional={
        "stated_capacity": ordered(0, 100_000),
        "hours_programme": ordered(0.1, 500),
        "did_not_attend": ordered(0, 0.9),
        "letters_a_year": between(0, 100_000),
    },
)
entered_shares = st.fixed_dictionaries({"stopped": ordered(0, 1), "usual": ordered(0, 1)})
SIMULATIONS = 200


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan of one option: classes, counts, evidence or entered shares, doors, years and
    budget."""
    saved = draw(st.sets(st.sampled_from(CLASSES), min_size=1))
    taken = []
    for name in CLASSES:
        ids = [{"evidence": row.id} for row in REFERENCE.outcomes_for(MedicineClass(name))]
        taken.append({"medicine_class": name} | draw(st.sampled_from([{}, *ids]) | entered_shares))
    share = st.none() | ordered(0, 1)
    return Plan.model_validate(
        {
            "place": {"icb_code": "QF7"},
            "population": {"entered": draw(st.none() | st.integers(100, 5_000_000))},
            "prescribing": {
                "classes": [
                    {
                        "medicine_class": name,
                        "included": name in saved,
                        "patients": draw(st.none() | st.integers(0, 300_000)),
                    }
                    for name in CLASSES
                ]
            },
            "demand": {
                "case_finding": draw(st.booleans()),
                "referral_rate": draw(st.none() | ordered(0, 5)),
                "referral_profile": draw(st.lists(between(0, 1), min_size=1, max_size=3)),
                "letters_a_year": draw(st.just(0) | between(0, 200_000)),
                "letter_tiers": draw(st.lists(st.sampled_from(LetterTier), unique=True)),
                "response": draw(share),
                "assessed_share": draw(share),
                "start_share": draw(share),
                "leave_list": draw(share),
            },
            "outcomes": {"classes": taken, "carry_over": draw(share)},
            "horizon": {"years": draw(st.integers(1, 10))},
            "pricing": {"budget": draw(st.none() | between(0, 1_000_000))},
            "simulation": {"simulations": SIMULATIONS},
            "options": [draw(an_option)],
        }
    )


@settings(max_examples=80, deadline=None)
@given(plans())
def test_low_is_never_above_central_nor_central_above_high_in_any_measure(plan: Plan) -> None:
    result = costed(plan)
    assert result.measures
    for name, values in result.measures.items():
        assert values.low <= values.central <= values.high, name
        assert all(math.isfinite(value) for value in (values.low, values.central, values.high)), (
            name
        )


@settings(max_examples=60, deadline=None)
@given(plans())
def test_every_measure_is_given_or_says_why_it_is_not_and_never_both(plan: Plan) -> None:
    result = costed(plan)
    for step in summed(plan).steps:
        if step.in_draws:
            given_it = step.name in result.measures
            assert given_it != bool(result.withheld.get(step.name)), step.name


@settings(max_examples=60, deadline=None)
@given(plans())
def test_a_figure_is_the_central_case_in_the_middle_of_its_draws_or_is_marked(plan: Plan) -> None:
    case = parts(plan)
    (one,) = case.sums
    result, option_draws = cost_option(one.option, case), draws_of(one, stream_of(plan), case)
    for name, values in result.measures.items():
        step = MEASURES[name]
        if step.is_cost_ratio and step.over in result.measures:
            # A cost per person is the printed cost over the printed people, whatever its draws.
            each = result.annual_cost.central / result.measures[step.over].central
            assert values.central == pytest.approx(each), name
            parts_marked = {step.over, "annual_cost"}.intersection(result.medians)
            assert (name in result.medians) == bool(parts_marked), name
            continue
        if name not in option_draws or name in one.given:
            continue
        draws = np.broadcast_to(np.asarray(option_draws[name]), SIMULATIONS)
        slack = ROUNDING * abs(values.central)
        if name in result.medians:
            assert values.central == pytest.approx(float(np.median(draws))), name
        else:
            assert values.central == pytest.approx(one.values[name]), name
            assert max(np.mean(draws < values.central - slack),
                       np.mean(draws > values.central + slack)) <= 1 - MIDDLE, name  # fmt: skip


@settings(max_examples=30, deadline=None)
@given(plans())
def test_what_is_withheld_is_withheld_in_every_face(plan: Plan) -> None:
    case = parts(plan)
    result = cost_option(plan.options[0], case)
    option_draws, years = draw_option("option", case), option_years("option", case)
    swings = sensitivity("option", case)
    for name in result.withheld:
        assert name not in result.measures and name not in option_draws.estimates, name
        assert name == "reach_by_quintile" or getattr(result, name, None) is None, name
        assert all(row.values["option"].get(name) is None for row in scenarios(case)), name
    if "net_stopped" in result.withheld:
        assert {row.net_stopped for row in years.rows} == {None}
        assert (
            option_draws.chance_of_no_gain is None and not option_draws.chance_of_no_gain_by_class
        )
    assert swings is None or swings.middle is None or swings.measure in result.measures
    for chance in (
        option_draws.chance_of_no_gain,
        *option_draws.chance_of_no_gain_by_class.values(),
    ):
        assert chance is None or 0 <= chance <= 1
    assert all(0.1 < share <= 1 for share in result.often_none.values())
    assert set(result.often_none) <= set(result.measures)


PARTS_AND_WHOLES = (
    ("referrals_taken", "referred"),
    ("referrals_taken", "capacity"),
    ("people_assessed", "referrals_taken"),
    ("people_starting", "people_assessed"),
    ("not_taken", "referred"),
    ("waiting", "not_taken"),
    ("written", "register"),
    ("in_tiers", "long_term_people"),
    ("letters", "in_tiers"),
    ("stopped", "counted"),
    # Net of usual care is never more than gross.
    ("net_stopped", "stopped"),
)
EACH_YEAR = (
    ("taken_{}", "capacity_{}"),
    ("assessed_{}", "taken_{}"),
    ("starting_{}", "assessed_{}"),
    ("staff_cash_{}", "cash_{}"),
)


def test_people_are_never_more_than_those_they_are_part_of_in_any_draw() -> None:
    """Nor is anybody written to twice over any years, nor a list shorter than nobody."""
    compared: Counter[str] = Counter()

    def check(plan: Plan) -> None:
        case = parts(plan)
        (one,) = case.sums
        central = {name: np.asarray(value or 0.0) for name, value in one.values.items()}
        for values in (central, draws_of(one, stream_of(plan), case)):
            whose = "register" if one.option.is_letters else "in_tiers"
            for part, whole in pairs_of(plan.horizon.years, whose):
                if part in values and whole in values:
                    compared[part.rstrip("0123456789")] += 1
                    most = np.asarray(values[whole]) * (1 + 1e-9) + 1e-6
                    assert np.all(np.asarray(values[part]) <= most), (part, whole)
            for name, value in values.items():
                if name.startswith(("waiting", "letters", "not_taken", "taken")):
                    # A list that nobody works down has no weeks.
                    assert not np.any(np.asarray(value) < 0), name

    settings(max_examples=60, deadline=None)(given(plans())(check))()
    # Few plans that are drawn write letters of their own; these do.
    starter = starter_plan(REFERENCE.find_organisation("QF7"), REFERENCE)
    for letters in (None, 500.0):
        option = starter.options[1].model_copy(update={"letters_a_year": letters})
        check(starter.model_copy(update={"options": (option,)}))
    assert all(compared[part.rstrip("0123456789")] >= 3 for part, _ in pairs_of(1, "")), compared


def pairs_of(years: int, whose: str) -> Iterator[tuple[str, str]]:
    """Each part with its whole: of a full year, of each year, and of all who are written to."""
    yield from PARTS_AND_WHOLES
    for year in range(1, years + 1):
        yield from ((part.format(year), whole.format(year)) for part, whole in EACH_YEAR)
        yield f"letters_to_{year}", whose


def stream_of(plan: Plan) -> Stream:
    """The draws of a plan of few simulations."""
    return Stream(plan.simulation.seed, 0, plan.simulation.simulations)


@settings(max_examples=40, deadline=None)
@given(plans(), between(0, 20), st.integers(0, 2))
def test_more_staff_never_lowers_room_nor_the_people_seen_nor_the_cost(
    plan: Plan, more: float, which: int
) -> None:
    option = plan.options[0]
    assume(option.posts)
    posts = list(option.posts)
    at = which % len(posts)
    posts[at] = posts[at].model_copy(update={"wte": posts[at].wte + more})
    larger = plan.model_copy(
        update={"options": (option.model_copy(update={"posts": tuple(posts)}),)}
    )
    before, after = summed(plan).values, summed(larger).values

    def of(values: dict[str, float | None], name: str) -> float:
        return values.get(name) or 0.0

    for name in ("capacity", "referrals_taken", "people_assessed", "people_starting"):
        assert of(after, name) >= of(before, name) - 1e-9
    assert of(after, "not_taken") <= of(before, "not_taken") + 1e-9
    # one person more may cost £750 less in National Insurance, and never less than that
    assert of(after, "pay") >= of(before, "pay") - 750 * (math.ceil(more) + 1)


@settings(max_examples=30, deadline=None)
@given(plans())
def test_carry_over_and_the_spread_between_services_leave_the_middle_where_it_is(
    plan: Plan,
) -> None:
    case = parts(plan)
    (one,) = case.sums
    option_draws = draws_of(one, Stream(plan.simulation.seed, 0, 20_000), case)
    for row in one.evidence:
        name = f"net_{row.medicine_class.value}"
        if row.net is None or row.kind.value == "entered":
            # The median of a difference of two entered shares that are cut at 0 and 1 may lie
            # elsewhere than the difference of their medians.
            continue
        # Within two points.
        assert float(np.median(option_draws[name])) == pytest.approx(row.net.central, abs=0.02), (
            name
        )


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 5_000_000), plans())
def test_doubling_the_population_or_the_counts_doubles_need_and_referrals(
    people: int, plan: Plan
) -> None:
    def at(times: int) -> Need:
        rows = tuple(
            # Local counts go to the nearest 5 before anything is worked out from them.
            row.model_copy(
                update={"patients": None if row.patients is None else to_five(row.patients) * times}
            )
            for row in plan.prescribing.classes
        )
        return need(
            plan.model_copy(
                update={
                    "population": plan.population.model_copy(update={"entered": people * times}),
                    "prescribing": plan.prescribing.model_copy(update={"classes": rows}),
                }
            ),
            REFERENCE,
        )

    once, twice = at(1), at(2)
    for name in ("people", "long_term_people", "referrals", "new_long_term_opioids"):
        one, two = getattr(once, name), getattr(twice, name)
        assert (one is None) == (two is None), name
        if one is not None:
            for end in ("low", "central", "high"):
                assert getattr(two, end) == pytest.approx(2 * getattr(one, end)), name


@settings(max_examples=40, deadline=None)
@given(plans())
def test_set_up_spread_over_the_years_comes_to_set_up_and_is_paid_once(plan: Plan) -> None:
    values = {name: value or 0.0 for name, value in summed(plan).values.items()}
    years = plan.horizon.years
    assert values["set_up_spread"] * years == pytest.approx(values["set_up"])
    paid = [values[f"set_up_cash_{year}"] for year in range(1, years + 1)]
    assert paid == [values["set_up"]] + [0] * (years - 1)
    total = values["pay"] * (1 + values["overhead_share"]) + values["other_costs"]
    total += values.get("letters_cost", 0.0)
    assert values["annual_cost"] == pytest.approx(total + values["set_up"] / years)


def test_the_order_of_options_changes_no_result_draw_or_finding(example: Plan) -> None:
    def everything(options: tuple[ServiceOption, ...]) -> dict[str, tuple[Any, ...]]:
        plan = example.model_copy(
            update={"options": options, "simulation": Simulation(simulations=2_000)}
        )
        costs, rendering = (
            {row.id: row for row in results(plan, REFERENCE).options},
            simulate(parts(plan)),
        )
        return {
            option.id: (
                costs[option.id],
                rendering.of(option.id),
                sensitivity(option.id, parts(plan)),
                {row.second + row.assumption: row for row in thresholds(option.id, parts(plan))},
            )
            for option in options
        }

    assert everything(example.options) == everything(example.options[::-1])


# --- the register of measures ---------------------------------------------------------------------


FUNCTIONS = {
    "__builtins__": {},
    "MIN": lambda *values: math.nan if any(value != value for value in values) else min(values),
    "MAX": lambda *values: math.nan if any(value != value for value in values) else max(values),
    "IF": lambda test, yes, no: yes if test else no,
    "POWER": lambda base, exponent: base**exponent,
    "WITHHELD": math.nan,
}


def test_every_step_is_what_python_itself_makes_of_its_formula() -> None:
    compared: Counter[str] = Counter()

    def check(plan: Plan) -> None:
        one = summed(plan)
        known = {name: np.float64(value) for name, value in one.central.items()}
        for step in (*one.need, *one.steps, *one.years):
            # Nobody to divide by.
            with np.errstate(divide="ignore", invalid="ignore"):
                by_python = np.float64(eval(step.formula, FUNCTIONS | known))
            # Some hours over none for each person are no number of people either.
            by_python = by_python if np.isfinite(by_python) else np.float64(math.nan)
            known[step.name] = by_python
            result = one.values[step.name]
            if math.isnan(by_python):
                compared["of nobody"] += 1
                assert result is None, step.name
            else:
                compared["numbers"] += 1
                assert result == pytest.approx(by_python, rel=1e-12, abs=1e-12), step.name

    settings(max_examples=60, deadline=None)(given(plans())(check))()
    assert compared["of nobody"] > 20 and compared["numbers"] > 1_000, compared


def test_a_single_draw_at_the_central_values_is_the_central_case() -> None:
    compared: Counter[str] = Counter()

    def check(plan: Plan) -> None:
        one = summed(plan)
        rendering = draw_out((*one.need, *one.steps, *one.years), dict(one.central))
        for name, value in one.values.items():
            compared["withheld" if value is None else "numbers"] += 1
            option_draws = float(rendering[name])
            assert (
                math.isnan(option_draws)
                if value is None
                else option_draws == pytest.approx(value, rel=1e-12, abs=1e-12)
            ), name

    settings(max_examples=25, deadline=None)(given(plans())(check))()
    assert compared["withheld"] > 5 and compared["numbers"] > 500, compared


# --- the language of formulas ---------------------------------------------------------------------


HOSTILE = (
    "a.real", "a.conjugate()", "(lambda: 1)()", "__import__('os')", "ABS(a)", "MIN(a)", "low()",
    "low(a, b)", "opposite(a + b)", "ordered(1)", "low(low(a))", "central(x=a)", "low",
    "IF(a > b, a)", "MIN(a, b, key=a)", "MIN(*a)", "a ** b", "a // b", "a % b", "-a", "not a",
    "a and b", "a < b", "a == b", "b > a > b", "a if a else b", "[a]", "a[0]", "{a: b}", "'text'",
    "True", "None", "a +", "", "a b", "a = b", "a; b", "MIN(a, b)(a)", "unknown", "MIN", "f'{a}'",
    "(a := b)",
)  # fmt: skip


@pytest.mark.parametrize("formula", HOSTILE)
def test_a_formula_that_is_more_than_arithmetic_over_known_names_is_refused(formula: str) -> None:
    with pytest.raises(FormulaError):
        work_out(
            [Calculation("found", "Found", "people", formula)],
            {"a": 1.0, "b": 2.0},
        )


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet=string.printable, max_size=12))
def test_whatever_is_typed_as_a_formula_is_worked_out_or_refused_and_never_anything_else(
    formula: str,
) -> None:
    try:
        output = work_out(
            [Calculation("found", "Found", "people", formula)],
            {"a": 1.0, "b": 2.0},
        )
    except FormulaError:
        return
    value = output["found"]
    assert value is None or isinstance(value, float)
