"""The best mix against sums by hand and against every other, and what must hold whatever the
options."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import product
from random import Random
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from scipy.optimize import linprog

from planner.analysis.economics import option_mix as module
from planner.analysis.economics.example import example_plan, option_from_quote
from planner.analysis.economics.option_mix import (
    Candidate,
    Mix,
    MixQuestion,
    best_mix,
    frontier,
)
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.documents import tables
from planner.model.base import Range
from planner.model.outcomes import StaffCap
from planner.reference import load_reference
from planner.reference.library import load_library
from tests.present import present

# Worked examples, to be followed with a calculator. Three options, each at its full size:
#   the team    £400,000 a year, 500 people, 2 WTE of band 8a, 20% from the most deprived fifth:
#               £800 a person
#   the clinic  £100,000 a year, 200 people, 1 WTE of band 8a, 40% from the most deprived fifth:
#               £500 a person
#   the line    £60,000 a year, 300 people, no band 8a, 10% from the most deprived fifth: £200 a
#               person
# Everyone referred is assessed. Beyond usual care, of each 100 people referred, 10 more are still
# off with the team and 4 more with the clinic. For the line nobody knows.

TEAM = Candidate(
    id="team",
    name="Team",
    yearly_cost=400_000,
    capacity=500,
    assessed=1,
    still_off=0.10,
    wte={"8a": 2, "7": 4},
    most_deprived_share=0.2,
)
CLINIC = Candidate(
    id="clinic",
    name="Clinic",
    yearly_cost=100_000,
    capacity=200,
    assessed=1,
    still_off=0.04,
    wte={"8a": 1},
    most_deprived_share=0.4,
)
LINE = Candidate(
    id="line", name="Line", yearly_cost=60_000, capacity=300, assessed=1, most_deprived_share=0.1
)
NOTHING = Candidate(id="nothing", name="Do nothing", yearly_cost=0, capacity=0)
ALL = (TEAM, CLINIC, LINE, NOTHING)


def question(budget: float = 360_000, demand: float = 5000, **more: Any) -> MixQuestion:
    return MixQuestion(**{"budget": budget, "demand": demand, "largest": 2} | more)


def sizes(mix: Mix) -> dict[str, float]:
    return {part.id: part.size for part in mix.parts}


def gains(mix: Mix) -> dict[str, float]:
    return {cost.constraint: cost.gain for cost in mix.constraints}


def test_money_goes_first_to_whoever_supports_most_for_it() -> None:
    # The line first, to twice its size: £120,000 and 600 people. Then the clinic, to twice its
    # size: £200,000 and 400 people. £40,000 is left, which buys a tenth of the team: 50 people.
    result = best_mix(ALL, question())
    assert sizes(result) == {"line": 2.0, "clinic": 2.0, "team": 0.1}
    assert result.cost == 360_000 and result.assessed == result.value == 600 + 400 + 50
    # 50 at 20%, 400 at 40% and 600 at 10%: 10 + 160 + 60 = 230 of 1,050
    assert result.most_deprived_share == pytest.approx(230 / 1050)
    # Nobody knows it of the line.
    assert result.still_off is None
    assert result.missing_because is None and result.left_out == {}
    assert result.words == (
        "On £360,000 a year, what does most is Clinic at 2 times full size, Line at 2 times "
        "full size and Team at 0.1 of full size: 1,050 people assessed, for £360,000. "
        "What holds it back most: the budget."
    )


def test_what_each_limit_costs() -> None:
    result = best_mix(ALL, question())
    assert gains(result) == {
        # with no end of money the team would be at twice its size as well: 1,000 people, not 50
        "the budget": pytest.approx(950),
        # 5,000 want support and 1,050 get it, so more of them would change nothing
        "referrals": 0,
        # the line at 6 times its size would take all £360,000 and support 1,800 people, which is
        # 750 more
        "no option above 2 times full size": pytest.approx(750),
    }
    by_name = {cost.constraint: cost for cost in result.constraints}
    assert by_name["the budget"].binding and not by_name["referrals"].binding
    assert by_name["the budget"].words == (
        "Lifting this limit alone (the budget) would add 950 people assessed, each year."
    )
    assert (
        by_name["referrals"].words == "Lifting this limit alone (referrals) would change nothing."
    )


def test_too_few_staff() -> None:
    # Of band 8a there is one: the clinic gives 200 people for it, the team 250. The line needs
    # none. With money enough, the line is at twice its size, 600 people, and the team at half of
    # its own, 250 people.
    result = best_mix(ALL, question(2_000_000, staff=(StaffCap(band="8a", wte=1),)))
    assert sizes(result) == {"line": 2.0, "team": 0.5} and result.assessed == 850
    # Without the limit all three would be at twice their size: 1,000 + 400 + 600, which is 1,150
    # more.
    assert gains(result)["at most 1 WTE of band 8a"] == pytest.approx(1150)
    # With £240,000 the line leaves £120,000, which is 0.3 of the team; the limit on staff is not
    # reached.
    assert (
        gains(best_mix(ALL, question(240_000, staff=(StaffCap(band="8a", wte=5),))))[
            "at most 5 WTE of band 8a"
        ]
        == 0
    )
    # A limit on a band that no option needs changes nothing.
    none = best_mix((CLINIC,), question(staff=(StaffCap(band="9", wte=0),)))
    assert sizes(none) == {"clinic": 2.0} and gains(none)["at most 0 WTE of band 9"] == 0


def test_a_quarter_from_the_most_deprived_fifth() -> None:
    # The clinic at its full size supports 200, 80 of them from there. With x people of the line's
    # it is 80 + 0.1 x of 200 + x, which is a quarter when x is 200: 100 of 400. For 200 people the
    # line must be at 0.7 of its size (210), and that costs £42,000 on top of the clinic's £100,000.
    query = question(500_000, largest=1, most_deprived_at_least=0.25)
    result = best_mix((CLINIC, LINE), query)
    assert sizes(result) == {"clinic": 1.0, "line": 0.7} and result.cost == 142_000
    assert [part.people for part in result.parts] == pytest.approx([200, 200])
    assert result.most_deprived_share == pytest.approx(0.25)
    # Without it the line would support its full 300: 100 more.
    assert gains(result)["at least 25% from the most deprived fifth"] == pytest.approx(100)


def test_set_up_is_paid_once_and_only_by_what_is_used() -> None:
    dear = CLINIC.model_copy(update={"set_up": 20_000})
    # £60,000 less £20,000 is £40,000, 0.4 of the clinic: 80 people.
    result = best_mix((dear,), question(60_000))
    assert sizes(result) == {"clinic": 0.4} and result.cost == 60_000 and result.assessed == 80
    # £260,000: the line at twice its size is £120,000, and £140,000 buys 1.2 of the clinic with its
    # set-up.
    assert sizes(best_mix((dear, LINE), question(260_000))) == {"line": 2.0, "clinic": 1.2}
    # £130,000: £10,000 is left, which does not pay for setting up the clinic.
    assert sizes(best_mix((dear, LINE), question(130_000))) == {"line": 2.0}


def test_most_people_stopping() -> None:
    # For £1,000 the team brings 0.125 more to stop (100 of £800 a person, one in ten), the clinic
    # 0.08. So two tenths of the team, £80,000, 100 people, 10 of whom stop; £20,000 is left, two
    # tenths of the clinic: 40 people, 1.6 of whom stop.
    result = best_mix(ALL, question(100_000, objective="still_off"))
    assert sizes(result) == {"team": 0.2, "clinic": 0.2}
    assert result.value == result.still_off == pytest.approx(11.6) and result.assessed == 140
    assert result.left_out == {"line": "what it adds to usual care is not known"}
    assert result.assumes[-1] == ("Line is left out: what it adds to usual care is not known.")
    assert "12 additional people still off after 2 to 3 years, for £100,000" in result.words


def test_an_option_that_brings_no_more_to_stop_is_not_wanted_for_that() -> None:
    worse = CLINIC.model_copy(update={"still_off": -0.02})
    result = best_mix((TEAM, worse), question(1_000_000, objective="still_off"))
    assert sizes(result) == {"team": 2.0}
    assert result.left_out == {"clinic": "it adds nothing to what is asked for"}
    # Asked whom it assesses, it counts, and so do those who would have stopped without it: 1,000 at
    # 10 in 100 and 400 at 2 in 100 the other way.
    both = best_mix((TEAM, worse), question(1_000_000))
    assert both.assessed == 1400 and both.still_off == pytest.approx(100 - 8)


def test_of_equals_the_cheaper_then_the_simpler_then_the_first() -> None:
    # 200 people want support. The clinic at full size would do, for £100,000; 0.7 of the line, for
    # £42,000.
    result = best_mix(ALL, question(demand=200))
    assert sizes(result) == {"line": 0.7} and result.cost == 42_000 and result.assessed == 200
    assert gains(result)["referrals"] > 0 and gains(result)["the budget"] == 0
    twin = CLINIC.model_copy(update={"id": "annexe", "name": "Annexe"})
    assert sizes(best_mix((CLINIC, twin), question(100_000))) == {"annexe": 1.0}


def test_spare_room_is_shared_evenly() -> None:
    # 155 want support: the first has room for 100, and the second at 0.6 of its size for 60. Both
    # are filled to 155 of 160.
    first = Candidate(id="a", name="A", yearly_cost=10_000, capacity=100, assessed=1)
    second = Candidate(id="b", name="B", yearly_cost=20_000, capacity=100, assessed=1)
    result = best_mix((second, first), question(demand=155, largest=1))
    assert [part.people for part in result.parts] == pytest.approx(
        [100 * 155 / 160, 60 * 155 / 160]
    )


def test_an_option_that_cannot_be_small() -> None:
    # £200,000 at least.
    whole = TEAM.model_copy(update={"smallest": 0.5})
    assert sizes(best_mix((whole, CLINIC), question(190_000, largest=1))) == {"clinic": 1.0}
    assert sizes(best_mix((whole,), question(210_000))) == {"team": 0.5}
    assert sizes(best_mix((whole,), question(210_000, demand=3))) == {"team": 0.5}
    assert best_mix((whole,), question(largest=0.4)).parts == ()


@pytest.mark.parametrize(
    ("options", "query", "reason"),
    [
        ((), question(), "there is no option, or each is left out"),
        ((NOTHING,), question(), "there is no option, or each is left out"),
        (
            (LINE,),
            question(objective="still_off"),
            "there is no option, or each is left out",
        ),
        (
            ALL,
            # A tenth of £60,000 is £6,000.
            question(5_999),
            "even Line at 0.1 of full size, the least that can be bought, costs £6,000 a year, "
            "and the "
            "budget is £5,999",
        ),
        (
            ALL,
            question(demand=0),
            "no option keeps to all the limits; one could with this alone lifted: referrals",
        ),
        (
            (TEAM, CLINIC),
            # A tenth of the clinic needs 0.1.
            question(staff=(StaffCap(band="8a", wte=0.05),)),
            "no option keeps to all the limits; one could with this alone lifted: "
            "at most 0.05 WTE of band 8a",
        ),
        (
            (TEAM, LINE),
            question(most_deprived_at_least=0.205),
            "no option keeps to all the limits; one could with this alone lifted: "
            "at least 20.5% from the most deprived fifth",
        ),
        (
            (TEAM,),
            question(most_deprived_at_least=0.3, staff=(StaffCap(band="7", wte=0),)),
            "no option keeps to all the limits; one could with this alone lifted: none of them",
        ),
    ],
)
def test_why_nothing_can_be_run(options: list[Candidate], query: MixQuestion, reason: str) -> None:
    result = best_mix(options, query)
    assert result.missing_because == reason and result.words == f"Nothing can be run: {reason}."
    assert result.parts == () and result.cost == result.assessed == result.value == 0
    assert result.most_deprived_share is None and result.still_off == 0


def test_the_frontier_says_what_each_budget_can_do() -> None:
    # £6,000 buys a tenth of the line: 30 people. £130,000 buys it all twice over and a tenth of the
    # clinic.
    points = frontier(ALL, question(), [130_000, 6_000, 0])
    assert [(point.budget, point.value, point.cost, point.words) for point in points] == [
        (130_000, 620, 130_000, "Clinic at 0.1 of full size and Line at 2 times full size"),
        (6_000, 30, 6_000, "Line at 0.1 of full size"),
        (0, 0, 0, "nothing"),
    ]
    assert frontier(ALL, question(), [360_000])[0].value == best_mix(ALL, question()).value


def test_what_is_unknown_is_left_out_where_it_is_needed_and_not_elsewhere() -> None:
    unknown = LINE.model_copy(update={"most_deprived_share": None})
    assert best_mix((CLINIC, unknown), question()).left_out == {}
    assert best_mix((CLINIC, unknown), question()).most_deprived_share is None
    assert best_mix((CLINIC, unknown), question(most_deprived_at_least=0)).left_out == {}
    result = best_mix((CLINIC, unknown), question(1_000_000, most_deprived_at_least=0.3))
    assert result.left_out == {
        "line": "it is not known how many of its people live in the most deprived fifth"
    }
    # without that wish the line is an option again, with its 600 people
    assert gains(result)["at least 30% from the most deprived fifth"] == pytest.approx(600)
    empty = Candidate(id="empty", name="Empty", yearly_cost=5, capacity=0)
    assert best_mix((CLINIC, empty), question()).left_out == {
        "empty": "it has room for nobody, so money spent on it would be wasted"
    }


def test_what_cannot_be_is_refused() -> None:
    with pytest.raises(ValueError, match="two options have the same id"):
        best_mix((TEAM, TEAM), question())
    with pytest.raises(ValueError, match="two options have the same id"):
        frontier((TEAM, TEAM), question(), [1])
    for budget in (-1, math.inf, math.nan):
        with pytest.raises(ValidationError):
            frontier(ALL, question(), [budget])
    for wrong in (
        {"still_off": 2},
        {"capacity": -1},
        {"wte": {"7": -1}},
        {"most_deprived_share": 1.5},
    ):
        with pytest.raises(ValidationError):
            Candidate(**{**TEAM.model_dump(), **wrong})


def test_a_solver_that_fails_or_errs_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stopped:
        status, message, x = 1, "time limit reached", None

    with monkeypatch.context() as patch:
        patch.setattr("scipy.optimize.milp", lambda *args, **more: Stopped())
        with pytest.raises(RuntimeError, match="did not settle the best mix: time limit reached"):
            best_mix(ALL, question())
    # Everything as large as can be.
    with monkeypatch.context() as patch:
        patch.setattr(
            module, "_highs", lambda aim, low, high, rows, whole: [min(x, 1000) for x in high]
        )
        with pytest.raises(RuntimeError, match="breaks a limit: the budget"):
            best_mix(ALL, question())


# Whatever the options


def options_of(size: int, known: bool = True) -> st.SearchStrategy[list[Candidate]]:
    share = st.integers(0, 60).map(lambda x: x / 100)
    return st.lists(
        st.builds(
            Candidate,
            id=st.sampled_from("abcdefgh"),
            name=st.just("Option"),
            yearly_cost=st.integers(0, 60).map(lambda x: x * 10_000),
            set_up=st.sampled_from([0, 0, 5_000, 30_000]),
            capacity=st.integers(0, 600),
            assessed=st.just(1),
            still_off=st.integers(-10, 30).map(lambda x: x / 100)
            | (st.nothing() if known else st.none()),
            wte=st.dictionaries(
                st.sampled_from(["6", "8a"]), st.integers(0, 40).map(lambda x: x / 10)
            ),
            most_deprived_share=share | (st.nothing() if known else st.none()),
            smallest=st.sampled_from([0.1, 0.1, 0.3]),
        ),
        min_size=1,
        max_size=size,
        unique_by=lambda option: option.id,
    )


def questions(largest: tuple[float, ...] = (0.5, 1.0, 2.0)) -> st.SearchStrategy[MixQuestion]:
    return st.builds(
        MixQuestion,
        budget=st.integers(0, 100).map(lambda x: x * 10_000),
        demand=st.integers(0, 1500),
        objective=st.sampled_from(["people_assessed", "still_off"]),
        staff=st.sampled_from(
            [
                (),
                (StaffCap(band="8a", wte=1.5),),
                (StaffCap(band="6", wte=0), StaffCap(band="8a", wte=3)),
            ]
        ),
        most_deprived_at_least=st.none() | st.sampled_from([0.1, 0.25, 0.4]),
        largest=st.sampled_from(largest),
    )


def limits_broken(result: Mix, options: list[Candidate], query: MixQuestion) -> list[str]:
    """What a mix breaks, worked out from its parts alone."""
    by_id, more = {option.id: option for option in options}, 1 + 1e-5
    broken = []
    for part in result.parts:
        option, tenths = by_id[part.id], part.size * 10
        paid = option.yearly_cost * part.size + option.set_up
        if (
            abs(tenths - round(tenths)) > 1e-9
            or not option.smallest - 1e-9 <= part.size <= query.largest
        ):
            broken.append("size")
        if part.people > option.capacity * part.size * more or part.people < 0:
            broken.append("room")
        if part.cost != pytest.approx(paid):
            broken.append("cost")
    if sum(part.cost for part in result.parts) > query.budget * more:
        broken.append("budget")
    if sum(part.people for part in result.parts) > query.demand * more:
        broken.append("demand")
    for limit in query.staff:
        if (
            sum(by_id[p.id].wte.get(limit.band, 0) * p.size for p in result.parts)
            > limit.wte * more + 1e-9
        ):
            broken.append("staff")
    if query.most_deprived_at_least:
        reached = sum((by_id[p.id].most_deprived_share or 0) * p.people for p in result.parts)
        if reached * more < query.most_deprived_at_least * sum(p.people for p in result.parts):
            broken.append("reach")
    return broken


@settings(max_examples=20, deadline=None)
@given(options_of(5, known=False), questions(), st.randoms(use_true_random=False))
def test_no_limit_is_broken_and_order_changes_nothing(
    options: list[Candidate], query: MixQuestion, chance: Random
) -> None:
    result = best_mix(options, query)
    assert limits_broken(result, options, query) == []
    assert result.cost == pytest.approx(sum(part.cost for part in result.parts))
    assert result.assessed == pytest.approx(sum(part.people for part in result.parts))
    assert (result.missing_because is None) == bool(result.parts) == (result.value > 0)
    assert all(part.people > 0 for part in result.parts)
    turned = list(options)
    chance.shuffle(turned)
    assert best_mix(turned, query) == result


@settings(max_examples=20, deadline=None)
@given(options_of(5), questions(), st.lists(st.integers(0, 1_500_000), min_size=2, max_size=5))
def test_more_money_never_does_less(
    options: list[Candidate], query: MixQuestion, budgets: list[int]
) -> None:
    points = frontier(options, query, sorted(budgets))
    for less, more in zip(points, points[1:], strict=False):
        assert more.value >= less.value * (1 - 1e-5)
    assert all(point.cost <= point.budget * (1 + 1e-5) for point in points)


@pytest.mark.slow
@settings(max_examples=20, deadline=None)
@given(options_of(4, known=False), questions())
def test_what_a_limit_costs_is_what_asking_without_it_gives(
    options: list[Candidate], query: MixQuestion
) -> None:
    result = best_mix(options, query)
    assert all(cost.gain >= 0 and cost.binding == (cost.gain > 0) for cost in result.constraints)
    lifted: dict[str, dict[str, object]] = {
        # More than any of these could cost.
        "the budget": {"budget": 1e9},
        "referrals": {"demand": 1e8},
        "at most 1.5 WTE of band 8a": {"staff": ()},
        "at least 25% from the most deprived fifth": {"most_deprived_at_least": None},
    }
    for name in lifted.keys() & gains(result).keys():
        without = best_mix(options, query.model_copy(update=lifted[name]))
        assert gains(result)[name] == pytest.approx(
            without.value - result.value, rel=1e-4, abs=1e-3
        )


@settings(max_examples=20, deadline=None)
@given(options_of(4, known=False), questions())
def test_what_is_unknown_is_left_out_with_a_reason(
    options: list[Candidate], query: MixQuestion
) -> None:
    result = best_mix(options, query)
    for option in options:
        stopping = query.objective == "still_off"
        unknown = (stopping and option.still_off is None) or (
            query.most_deprived_at_least and option.most_deprived_share is None
        )
        if option.capacity and unknown:
            why = result.left_out[option.id]
            assert "not known" in why or "adds nothing" in why
        if option.id in result.left_out:
            assert option.id not in sizes(result)
            assert any(result.left_out[option.id] in words for words in result.assumes)
    used = [option for option in options if option.id in sizes(result)]
    assert (result.still_off is None) == any(option.still_off is None for option in used)


def every_mix(options: list[Candidate], query: MixQuestion) -> Iterator[tuple[float, float]]:
    """The cost and best value of every mix of sizes that keeps to the limits, by linear
    programme."""
    stopping = query.objective == "still_off"
    options = [o for o in options if o.capacity and not (stopping and (o.still_off or 0) <= 0)]
    choices = []
    for option in options:
        fewest = round(option.smallest * 10)
        choices.append([0, *range(fewest, round(query.largest * 10) + 1)])
    for tenths in product(*choices):
        pairs = [(option, n) for option, n in zip(options, tenths, strict=True) if n]
        cost = sum(option.yearly_cost * n / 10 + option.set_up for option, n in pairs)
        short = any(
            sum(option.wte.get(limit.band, 0) * n / 10 for option, n in pairs) > limit.wte + 1e-9
            for limit in query.staff
        )
        if cost > query.budget + 1e-6 or short:
            continue
        worth = [(option.still_off or 0) if stopping else 1 for option, _ in pairs]
        room = [option.capacity * n / 10 for option, n in pairs]
        share = query.most_deprived_at_least or 0
        value, left = 0.0, float(query.demand)
        if pairs and share:
            reach = [share - (option.most_deprived_share or 0) for option, _ in pairs]
            bounds = [(0, most) for most in room]
            rows, most = [[1] * len(pairs), reach], [query.demand, 0]
            solved = linprog(
                [-each for each in worth],
                A_ub=np.array(rows, dtype=float),
                b_ub=most,
                bounds=bounds,
            )
            value = -present(solved.fun)
        else:
            # The best first, for as many as want support.
            for each, most in sorted(zip(worth, room, strict=True), reverse=True):
                value, left = value + each * min(most, left), left - min(most, left)
        yield cost, value


@settings(max_examples=20, deadline=None)
@given(options_of(3), questions(largest=(0.5,)))
@example([TEAM, CLINIC, LINE], question(100_000, 80, largest=0.5, most_deprived_at_least=0.25))
def test_no_other_mix_does_better_nor_as_well_for_less(
    options: list[Candidate], query: MixQuestion
) -> None:
    result = best_mix(options, query)
    mixes = list(every_mix(options, query))
    best = max(value for _, value in mixes)
    assert result.value == pytest.approx(best, rel=1e-5, abs=1e-6)
    least = min(cost for cost, value in mixes if value >= best * (1 - 1e-7) - 1e-9)
    assert result.cost == pytest.approx(least)


# --- a pathway: letters beside services, and quotes -----------------------------------------------

# £15,000 for letters to 10,000 people, of each 100 of whom 5 more are still off.
LETTERS = Candidate(
    id="letters", name="Letters", yearly_cost=15_000, capacity=10_000, most_people=8_000,
    writes=True, still_off=0.05,
)  # fmt: skip
QUOTE = Candidate(
    id="quote", name="Quote", yearly_cost=90_000, capacity=150, assessed=1, smallest=1
)


def test_people_written_to_and_people_referred_are_never_added() -> None:
    result = best_mix((*ALL, LETTERS), question(objective="still_off"))
    letters = next(part for part in result.parts if part.id == "letters")
    # Letters are cheapest, up to the 8,000 they are meant for: 0.8 of full size, £12,000, 400 off.
    # Of the £348,000 left the team gives 0.125 for £1,000: 0.8 of it is £320,000, 400 people of
    # whom 40 are off; and 0.2 of the clinic is £20,000, 40 people of whom 1.6 are.
    assert sizes(result) == {"letters": 0.8, "team": 0.8, "clinic": 0.2}
    assert letters.writes and letters.people == result.written == 8_000
    assert result.assessed == pytest.approx(440)
    assert result.still_off == result.value == pytest.approx(441.6)
    # The table shows the finding's people, option by option, and of how many.
    assert {part.id: part.value for part in result.parts} == pytest.approx(
        {"letters": 400, "team": 40, "clinic": 1.6}
    )
    content = tables.mix(result, load_library())
    assert content.columns[3:] == (
        "Additional people still off after 2 to 3 years",
        "Of people a year",
    )
    letters_row = next(row for row in content.rows if row[0] == "Letters")
    assert letters_row[3:] == ("400", "8,000 written to")
    # They assess nobody, so they are no part of a mix that is asked for people assessed.
    mix_result = best_mix((*ALL, LETTERS), question())
    assert "letters" not in sizes(mix_result) and "adds nothing" in mix_result.left_out["letters"]


def test_a_quote_is_taken_whole_or_not_at_all() -> None:
    assert sizes(best_mix((QUOTE,), question(90_000, largest=1))) == {"quote": 1.0}
    assert best_mix((QUOTE,), question(89_000, largest=1)).parts == ()


def test_nobody_is_referred_twice_nor_a_plan_s_quote_cut() -> None:
    reference = load_reference()
    plan = example_plan(reference.find_organisation("QF7"), reference)
    quote = option_from_quote("quote", "Charity", 150_000, Range(low=250, central=300, high=350))
    plan = plan.model_copy(update={"options": (*plan.options, quote)})
    projections = Projections(results(plan, reference), reference)
    demand = projections.results.need.demand
    assert projections.mix is not None and demand is not None and projections.mix.parts
    referred = sum(part.people for part in projections.mix.parts if not part.writes)
    assert referred <= demand.central * (1 + 1e-5)
    for part in projections.mix.parts:
        assert part.size <= 1 and (part.id != "quote" or part.size == 1)
        option = projections.results.case.option(part.id)
        assert part.writes or part.people <= demand.central * option.takes * (1 + 1e-5), part.id
    shares = [row.share for row in projections.mixes_over_draws]
    assert sum(shares) == pytest.approx(1) and shares == sorted(shares, reverse=True)


def test_what_every_mix_takes_for_granted_stands_with_it() -> None:
    reference = load_reference()
    plan = example_plan(reference.find_organisation("QF7"), reference)
    mix = present(Projections(results(plan, reference), reference).mix)
    taken = " ".join(mix.assumes)
    assert mix.assumes[: len(reference.notes.mix_assumptions)] == reference.notes.mix_assumptions
    assert "Nobody is turned away to make a number" in taken and "never added" in taken
