"""The mix of service options, and how much of each, that does most for a budget.

No option is costed here.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Literal, NamedTuple

import numpy as np
from pydantic import Field

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.formatting import about_pounds, listed, people, percent, pounds, staff
from planner.model.base import Frozen, Share
from planner.model.outcomes import MixChoice

# Worked out, so it may be more than a plan may be told.
Amount = Annotated[float, Field(ge=0)]
# Mixes whose results differ by a smaller share than this are taken as equal.
TIE = 1e-6
# The solver may pass a limit by about a millionth of it; further than this is an error.
SLIP = 5e-6
# Times full size: as far as an option may go when the limit on size is lifted.
ANY_SIZE = 100.0


class Candidate(Frozen):
    """An option that may be part of a mix, as it would be at its full size; None means not known.

    `yearly_cost` is pounds a year without set-up; `set_up` is set-up spread over years, paid whole
    if it is used at all. `capacity` is referrals a year, or with `writes` people written to, and
    `most_people` the most of them that are meant for it, whatever its size. `assessed`, `starting`
    and `still_off` are what comes of each of them. `wte` is whole-time equivalents by Agenda for
    Change band; `most_deprived_share` is the part of its people in the most deprived fifth;
    `smallest`, rounded up to a tenth, is its least size.
    """

    id: str
    name: str
    yearly_cost: Amount
    set_up: Amount = 0.0
    capacity: Amount
    most_people: Amount | None = None
    writes: bool = False
    assessed: Amount = 0.0
    starting: Amount = 0.0
    still_off: Annotated[float, Field(ge=-1, le=1)] | None = None
    wte: dict[str, Amount] = {}
    most_deprived_share: Share | None = None
    smallest: Annotated[float, Field(ge=0, le=10)] = 0.1


class MixQuestion(MixChoice):
    """What is asked: the most people assessed, who start, or who stay off beyond usual care, within
    limits.

    It is the plan's choice with its `budget`, pounds a year, made out, and `demand`, referrals a
    year. `most_deprived_at_least` is the least share of those referred who must live in the most
    deprived fifth; None or 0 asks nothing. `largest` is rounded down to a tenth.
    """

    budget: Amount
    demand: Amount


@dataclass(frozen=True, kw_only=True)
class MixPart:
    """An option in a mix: its size (1 is full size), pounds a year with set-up, people referred to
    it in a year, or written to where it `writes`, and its part of the mix's `value`."""

    id: str
    name: str
    size: float
    cost: float
    people: float
    writes: bool
    value: float


@dataclass(frozen=True, kw_only=True)
class ConstraintCost:
    """What a limit costs: how many more of what was asked for, a year, there would be without it
    alone."""

    constraint: str
    gain: float
    binding: bool
    words: str


@dataclass(frozen=True, kw_only=True)
class Mix:
    """The best mix within the limits, what it does, and what each limit costs.

    `cost` is pounds a year with set-up. `value` is what was asked for, in people a year, and
    `objective` which of the measures that is. `assessed`, `starting` and `written` are people a
    year; `still_off` and `most_deprived_share` are None where an option in the mix lacks the figure
    they need. `left_out` says, by id, why an option was not considered, and `missing_because` why
    there are no parts if there are none.
    """

    parts: tuple[MixPart, ...]
    cost: float
    assessed: float
    starting: float
    written: float
    still_off: float | None
    most_deprived_share: float | None
    objective: str
    value: float
    constraints: tuple[ConstraintCost, ...]
    words: str
    assumes: tuple[str, ...]
    left_out: dict[str, str]
    missing_because: str | None


@dataclass(frozen=True, kw_only=True)
class FrontierPoint:
    """The best a budget can do: `value` as in Mix, people assessed, cost a year and the mix in
    words."""

    budget: float
    value: float
    assessed: float
    cost: float
    words: str


def best_mix(candidates: Sequence[Candidate], question: MixQuestion) -> Mix:
    """The combination of options that does most of what is asked for within the limits.

    Sizes are whole tenths of full size. It is a mixed-integer linear programme, solved to
    optimality by HiGHS (Huangfu and Hall 2018) and checked against every limit. Of mixes that do
    equally well it gives the cheapest, then the one with fewest options, then with the first ids,
    and shares spare room evenly where it can. An option is left out if it lacks a figure the
    question needs, or adds nothing to what is asked for. What a limit costs is found
    by solving again without it. Raises ValueError where two options share an id, and RuntimeError
    if the solver fails.
    """
    options = _in_order(candidates)
    left_out = {option.id: why for option in options if (why := _why_out(option, question))}
    result, names = _best(options, question), {option.id: option.name for option in options}
    costs = tuple(_constraint_cost(limit, options, result, question) for limit in _limits(question))
    missing = (
        None if result else _why_none([o for o in options if o.id not in left_out], question, costs)
    )
    referred = [use for use in result if not use.option.writes]
    deprived = _total(referred, "most_deprived_share")
    seen = sum(use.people for use in referred)
    return Mix(
        parts=tuple(
            MixPart(
                id=use.option.id,
                name=use.option.name,
                size=use.tenths / 10,
                cost=use.cost,
                people=use.people,
                writes=use.option.writes,
                value=_value((use,), question),
            )
            for use in result
        ),
        cost=sum(use.cost for use in result),
        assessed=_total(result, "assessed") or 0.0,
        starting=_total(result, "starting") or 0.0,
        written=sum(use.people for use in result if use.option.writes),
        still_off=_total(result, "still_off"),
        most_deprived_share=None if deprived is None or not seen else deprived / seen,
        objective=question.objective,
        value=_value(result, question),
        constraints=costs,
        words=f"Nothing can be run: {missing}." if missing else _finding(result, question, costs),
        assumes=tuple(f"{names[key]} is left out: {why}." for key, why in left_out.items()),
        left_out=left_out,
        missing_because=missing,
    )


def frontier(
    candidates: Sequence[Candidate], question: MixQuestion, budgets: Sequence[float]
) -> tuple[FrontierPoint, ...]:
    """The best mix at each of those budgets, in pounds a year and in their order; the question's is
    not used.

    Method and errors are those of `best_mix`, with ValueError also for a budget that cannot be.
    """
    options = _in_order(candidates)
    questions = [question.model_dump() | {"budget": budget} for budget in budgets]
    return tuple(
        FrontierPoint(
            budget=each.budget,
            value=_value(result, each),
            assessed=_total(result, "assessed") or 0.0,
            cost=sum(use.cost for use in result),
            words=_in_words(result) or "nothing",
        )
        for each in map(MixQuestion.model_validate, questions)
        for result in [_best(options, each)]
    )


@dataclass(frozen=True, kw_only=True)
class OftenBest:
    """Options that together are the best mix, in whatever sizes, and in what part of simulations
    they are."""

    names: tuple[str, ...]
    share: float


def how_often(
    simulated: Sequence[tuple[Sequence[Candidate], float]], question: MixQuestion
) -> tuple[OftenBest, ...]:
    """How often each set of options is the best mix, the most often first.

    Of each simulation, the options as they then are and the referrals that then come. Raises
    RuntimeError where the solver fails.
    """
    times_best = Counter(
        tuple(
            use.option.name
            for use in _best(_in_order(candidates), question.model_copy(update={"demand": demand}))
        )
        for candidates, demand in simulated
    )
    return tuple(
        OftenBest(names=names, share=times / len(simulated))
        for names, times in sorted(times_best.items(), key=lambda row: (-row[1], row[0]))
    )


class _Use(NamedTuple):
    """An option in a mix, its size in tenths of its full size, and the people referred to it, or
    written to."""

    option: Candidate
    tenths: int
    people: float

    @property
    def room(self) -> float:
        return min(self.option.capacity * self.tenths / 10, _most_people(self.option))

    @property
    def cost(self) -> float:
        return self.option.yearly_cost * self.tenths / 10 + self.option.set_up


def _most_people(option: Candidate) -> float:
    return math.inf if option.most_people is None else option.most_people


class _Limit(NamedTuple):
    """What an option needs for each tenth, if used at all and for each person; the most of it;
    without it."""

    words: str
    needs: Callable[[Candidate], tuple[float, float, float]]
    most: float
    without: MixQuestion


_Solution = tuple[_Use, ...]
# A factor for each variable, and the least and most of their sum.
_Row = tuple[list[float], float, float]


def _limits(question: MixQuestion) -> list[_Limit]:
    """The limits of a mix. A question without one may hold what no checked question can, such as no
    end."""
    share = question.most_deprived_at_least or 0.0

    def without(**changed: object) -> MixQuestion:
        return question.model_copy(update=changed)

    def wte(band: str, option: Candidate) -> tuple[float, float, float]:
        return option.wte.get(band, 0) / 10, 0, 0

    return [
        _Limit(
            "the budget",
            lambda o: (o.yearly_cost / 10, o.set_up, 0),
            question.budget,
            without(budget=math.inf),
        ),
        _Limit(
            "referrals",
            lambda o: (0, 0, 0 if o.writes else 1),
            question.demand,
            without(demand=math.inf),
        ),
        *(
            _Limit(
                f"at most {staff(cap.wte)} WTE of band {cap.band}",
                partial(wte, cap.band),
                cap.wte,
                without(staff=tuple(other for other in question.staff if other is not cap)),
            )
            for cap in sorted(question.staff, key=lambda cap: cap.band)
        ),
        *(
            [
                _Limit(
                    f"at least {percent(share, 1).replace('.0%', '%')} from the most deprived "
                    "fifth",
                    lambda o: (0, 0, 0 if o.writes else share - (o.most_deprived_share or 0)),
                    0,
                    without(most_deprived_at_least=None),
                )
            ]
            if share
            else []
        ),
        # Kept by the bounds of the variables.
        _Limit(
            "no option above full size"
            if question.largest == 1
            else f"no option above {question.largest:g} times full size",
            lambda o: (0, 0, 0),
            math.inf,
            without(largest=ANY_SIZE),
        ),
    ]


def _in_order(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Options by id, so that the order given changes nothing; one that costs and does nothing is
    dropped."""
    if len({option.id for option in candidates}) < len(candidates):
        raise ValueError("two options have the same id; give each its own")
    return sorted(
        (o for o in candidates if o.capacity or o.yearly_cost or o.set_up), key=lambda o: o.id
    )


def _why_out(option: Candidate, question: MixQuestion) -> str | None:
    """Why an option is not considered, or None where it is."""
    worth = getattr(option, question.objective.removeprefix("people_"))
    reasons = {
        "it has room for nobody, so money spent on it would be wasted": option.capacity == 0,
        "what it adds to usual care is not known": worth is None,
        "it adds nothing to what is asked for": not worth or worth < 0,
        "it is not known how many of its people live in the most deprived fifth": bool(
            question.most_deprived_at_least
        )
        and not option.writes
        and option.most_deprived_share is None,
    }
    return next((why for why, is_so in reasons.items() if is_so), None)


def _best(candidates: list[Candidate], question: MixQuestion) -> _Solution:
    """The best mix, or nothing. Variables are each option's tenths, whether it is used, and its
    people."""
    limits = _limits(question)
    sizes = [
        (option, fewest, most)
        for option in candidates
        for fewest, most in [_tenths(option, question, limits)]
        if most >= fewest and not _why_out(option, question)
    ]
    options = [option for option, _, _ in sizes]
    share = question.most_deprived_at_least or 0.0
    if not options or all(
        not o.writes and (question.demand == 0 or (o.most_deprived_share or 0.0) < share)
        for o in options
    ):
        return ()
    worth = [_worth(option, question) for option in options]
    count, none = len(options), [0.0] * len(options)
    # people are counted in thousandths of all there could be, so that the solver's tolerances are
    # relative
    unit = (
        min(
            question.demand + sum(option.capacity for option in options if option.writes),
            sum(option.capacity * most / 10 for option, _, most in sizes),
        )
        / 1000
    )
    rows = _rows(sizes, limits, unit)
    high = [float(most) for _, _, most in sizes] + [1.0] * count
    high += [_most_people(option) / unit for option in options]
    gain, loss = (none + none + [sign * each / max(worth) for each in worth] for sign in (1, -1))
    money = [option.yearly_cost / 10 for option in options] + [option.set_up for option in options]
    money = [pound / (max(money) or 1.0) for pound in money] + none
    order = [1 + i / 100 for i in range(count)]

    def sizes_for(aim: list[float], more: list[_Row]) -> list[float]:
        solved = _highs(aim, none * 3, high, rows + more, 2 * count)[:count]
        return [float(round(x)) for x in solved] + [float(round(x) > 0) for x in solved]

    def used_at(fixed: list[float]) -> _Solution:
        split = _highs(loss, fixed + none, fixed + high[2 * count :], rows, 0)[2 * count :]
        entries = (
            _Use(option, int(n), min(max(0.0, part * unit), _Use(option, int(n), 0.0).room))
            for option, n, part in zip(options, fixed, split, strict=False)
            if n
        )
        return _evenly(tuple(entries), question)

    best = _value(used_at(sizes_for(loss, [])), question)
    as_good = (gain, best / unit / max(worth) * (1 - TIE), math.inf)
    spent = sum(pound * n for pound, n in zip(money, sizes_for(money, [as_good]), strict=False))
    no_dearer = (money, -math.inf, spent * (1 + TIE))
    entries = used_at(
        sizes_for([each / 10_000 for each in order] + order + none, [as_good, no_dearer])
    )
    _check(entries, question, limits, best)
    return entries


def _tenths(option: Candidate, question: MixQuestion, limits: list[_Limit]) -> tuple[int, int]:
    """The fewest and most tenths at which an option keeps to the limits alone and is of use, if any
    are."""
    fewest = max(1, math.ceil(option.smallest * 10 - 1e-9))
    most = math.floor(question.largest * 10 + 1e-9)
    for limit in limits:
        each, once, _ = limit.needs(option)
        left = (limit.most - once) * (1 + 1e-9)
        if each * most > left:
            most = math.floor(left / each) if each else 0
    return fewest, most


def _rows(sizes: list[tuple[Candidate, int, int]], limits: list[_Limit], unit: float) -> list[_Row]:
    """The limits as the solver takes them, each put as about 1 so that its tolerance is a share of
    it."""
    rows, none = list[_Row](), [0.0] * len(sizes)
    for i, (option, fewest, most) in enumerate(sizes):
        one = [float(j == i) for j in range(len(sizes))]
        # More than all there could be is of no use.
        each_tenth = min(option.capacity / 10 / unit, 1000)
        rows += [
            (one + [-most * x for x in one] + none, -math.inf, 0),
            (one + [-fewest * x for x in one] + none, 0, math.inf),
            ([-each_tenth * x for x in one] + none + one, -math.inf, 0),
        ]
    for limit in limits:
        tenths, used, each = zip(*(limit.needs(option) for option, _, _ in sizes), strict=True)
        # At 0, no option that needs money or staff has come so far.
        scale = limit.most or unit
        factors = [x / scale for x in (*tenths, *used, *(person * unit for person in each))]
        rows.append((factors, -math.inf, limit.most / scale if limit.most < math.inf else math.inf))
    return rows


def _highs(
    aim: list[float], low: list[float], high: list[float], rows: list[_Row], whole: int
) -> list[float]:
    """The values between low and high, the first `whole` of them whole, with the least sum of the
    aim."""
    # Here, since it is slow.
    from scipy.optimize import Bounds, LinearConstraint, milp

    solved = milp(
        aim,
        integrality=np.repeat([1, 0], [whole, len(aim) - whole]),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(*map(list, zip(*rows, strict=True))),
        # Its own gap would stop at one part in ten thousand.
        options={"mip_rel_gap": 0.0},
    )
    if solved.status != 0:
        raise RuntimeError(f"the solver did not settle the best mix: {solved.message}")
    return [float(value) for value in solved.x]


def _evenly(result: _Solution, question: MixQuestion) -> _Solution:
    """The same mix with its options filled to the same share of their room, where that does as
    well."""
    seeing = [use for use in result if not use.option.writes]
    if not seeing:
        return result
    filled = min(1.0, question.demand / sum(use.room for use in seeing))
    even = tuple(
        use if use.option.writes else use._replace(people=use.room * filled) for use in result
    )
    seeing = [use for use in even if not use.option.writes]
    need = (question.most_deprived_at_least or 0.0) * sum(use.people for use in seeing)
    fair = (_total(seeing, "most_deprived_share") or 0.0) >= need * (1 - 1e-9)
    return (
        even if fair and _value(even, question) >= _value(result, question) * (1 - 1e-9) else result
    )


def _check(result: _Solution, question: MixQuestion, limits: list[_Limit], best: float) -> None:
    """Raises RuntimeError where a mix breaks a limit by more than the solver's tolerance or is not
    best."""
    for limit in limits:
        used = sum(
            each * use.tenths + once + person * use.people
            for use in result
            for each, once, person in [limit.needs(use.option)]
        )
        if used > limit.most + SLIP * (limit.most or sum(use.people for use in result)):
            raise RuntimeError(f"the solver's mix breaks a limit: {limit.words}")
    for use in result:
        fewest, most = _tenths(use.option, question, limits)
        if not fewest <= use.tenths <= most or use.people > use.room * (1 + 1e-9):
            raise RuntimeError("the solver's mix runs an option at a size it cannot be")
    if _value(result, question) < best * (1 - SLIP):
        raise RuntimeError(
            "the solver's cheapest mix does less than its best, so the best is not known"
        )


def _worth(option: Candidate, question: MixQuestion) -> float:
    worth: float | None = getattr(option, question.objective.removeprefix("people_"))
    return worth or 0.0


def _value(result: _Solution, question: MixQuestion) -> float:
    return sum(_worth(use.option, question) * use.people for use in result)


def _total(
    result: Sequence[_Use],
    share: Literal["assessed", "starting", "still_off", "most_deprived_share"],
) -> float | None:
    """How many people that share comes to, or None where an option's is not known."""
    shares = [getattr(use.option, share) for use in result]
    return (
        None
        if None in shares
        else sum(s * use.people for s, use in zip(shares, result, strict=True))
    )


def _constraint_cost(
    limit: _Limit, options: list[Candidate], result: _Solution, question: MixQuestion
) -> ConstraintCost:
    """What a limit costs, by solving again without it."""
    value = _value(_best(options, limit.without), question)
    gain = value - _value(result, question)
    is_binding = gain > SLIP * value
    change = (
        f"add {people(gain)} {MEASURES[question.objective].in_a_sentence}, each year"
        if is_binding
        else "change nothing"
    )
    return ConstraintCost(
        constraint=limit.words,
        gain=gain if is_binding else 0.0,
        binding=is_binding,
        words=f"Lifting this limit alone ({limit.words}) would {change}.",
    )


def _in_words(result: _Solution) -> str:
    sizes = [
        "full size"
        if use.tenths == 10
        else f"{use.tenths / 10:g} {'of' if use.tenths < 10 else 'times'} full size"
        for use in result
    ]
    return listed([f"{use.option.name} at {size}" for use, size in zip(result, sizes, strict=True)])


def _finding(result: _Solution, question: MixQuestion, costs: tuple[ConstraintCost, ...]) -> str:
    worst = max(costs, key=lambda cost: cost.gain)
    current = (
        f"What holds it back most: {worst.constraint}"
        if worst.binding
        else "No one limit holds it back"
    )
    return (
        f"On {pounds(question.budget)} a year, what does most is {_in_words(result)}: "
        f"{people(_value(result, question))} {MEASURES[question.objective].in_a_sentence}, for "
        f"{about_pounds(sum(use.cost for use in result))}. {current}."
    )


def _why_none(
    usable: list[Candidate], question: MixQuestion, costs: tuple[ConstraintCost, ...]
) -> str:
    if not usable:
        return "there is no option, or each is left out"
    least = min([_Use(o, _tenths(o, question, [])[0], 0) for o in usable], key=lambda use: use.cost)
    if least.cost > question.budget:
        return (
            f"even {_in_words((least,))}, the least that can be bought, costs "
            f"{pounds(least.cost)} a year, and the budget is {pounds(question.budget)}"
        )
    lifts = listed([cost.constraint for cost in costs if cost.binding], "or") or "none of them"
    return f"no option keeps to all the limits; one could with this alone lifted: {lifts}"
