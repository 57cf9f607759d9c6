"""The mix of service options, and how much of each, that does most for a budget.

No option is costed here.
"""

import math
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
ASSUMES = (
    "Cost, staff and capacity grow in step with an option's size, in tenths of its full size.",
    "Set-up is paid once, whatever the size, and is spread over years.",
    "No person is supported by two options, and options work as well side by side as alone.",
    "Central values are used, with no uncertainty: other values, as likely, may give another mix.",
    "Nobody is turned away to make a number. Where fewer people are shown than an option has room "
    "for, demand or the share asked of the most deprived fifth is why; to raise that share, reach "
    "more of them.",
    "A letter and a year of support each count as one person supported; numbers who stop are no "
    "target for anyone.",
    "This is an aid to planning and not a decision.",
)


class Candidate(Frozen):
    """An option that may be part of a mix, as it would be at its full size; None means not known.

    `yearly_cost` is pounds a year without set-up; `set_up` is set-up spread over years, paid whole
    if it is used at all. `capacity` is people a year; `net_share` is how many more stop, beyond
    usual care, for each one supported. `wte` is whole-time equivalents by Agenda for Change band;
    `most_deprived_share` is the part of its people in the most deprived fifth; `smallest`, rounded
    up to a tenth, is its least size.
    """

    id: str
    name: str
    yearly_cost: Amount
    set_up: Amount = 0.0
    capacity: Amount
    net_share: Annotated[float, Field(ge=-1, le=1)] | None = None
    wte: dict[str, Amount] = {}
    most_deprived_share: Share | None = None
    smallest: Annotated[float, Field(ge=0, le=10)] = 0.1


class MixQuestion(MixChoice):
    """What is asked: the most people supported, or the most who stop beyond usual care, within
    limits.

    It is the plan's choice with its `budget`, pounds a year, made out, and `demand`, people a year.
    `most_deprived_at_least` is the least share of those supported who must live in the most
    deprived fifth; None or 0 asks nothing. `largest` is rounded down to a tenth.
    """

    budget: Amount
    demand: Amount


@dataclass(frozen=True, kw_only=True)
class MixPart:
    """An option in a mix: its size (1 is full size), pounds a year with set-up, and people a
    year."""

    id: str
    name: str
    size: float
    cost: float
    supported: float


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

    `cost` is pounds a year with set-up. `value` is what was asked for, people a year supported or
    who stop beyond usual care. `additional_stopped` and `most_deprived_share` are None where an
    option in the mix lacks the figure they need. `left_out` says, by id, why an option was not
    considered, and `missing_because` why there are no parts if there are none.
    """

    parts: tuple[MixPart, ...]
    cost: float
    supported: float
    additional_stopped: float | None
    most_deprived_share: float | None
    value: float
    constraints: tuple[ConstraintCost, ...]
    words: str
    assumes: tuple[str, ...]
    left_out: dict[str, str]
    missing_because: str | None


@dataclass(frozen=True, kw_only=True)
class FrontierPoint:
    """The best a budget can do: `value` as in Mix, people supported, cost a year and the mix in
    words."""

    budget: float
    value: float
    supported: float
    cost: float
    words: str


def best_mix(candidates: Sequence[Candidate], question: MixQuestion) -> Mix:
    """The combination of options that supports most people, or brings most to stop, within the
    limits.

    Sizes are whole tenths of full size. It is a mixed-integer linear programme, solved to
    optimality by HiGHS (Huangfu and Hall 2018) and checked against every limit. Of mixes that do
    equally well it gives the cheapest, then the one with fewest options, then with the first ids,
    and shares spare room evenly where it can. An option is left out if it lacks a figure the
    question needs, or brings no more to stop where that is asked for. What a limit costs is found
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
    supported = sum(use.supported for use in result)
    deprived = _total(result, "most_deprived_share")
    return Mix(
        parts=tuple(
            MixPart(
                id=use.option.id,
                name=use.option.name,
                size=use.tenths / 10,
                cost=use.cost,
                supported=use.supported,
            )
            for use in result
        ),
        cost=sum(use.cost for use in result),
        supported=supported,
        additional_stopped=_total(result, "net_share"),
        most_deprived_share=None if deprived is None or not supported else deprived / supported,
        value=_value(result, question),
        constraints=costs,
        words=f"Nothing can be run: {missing}." if missing else _finding(result, question, costs),
        assumes=(*ASSUMES, *(f"{names[key]} is left out: {why}." for key, why in left_out.items())),
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
            supported=sum(use.supported for use in result),
            cost=sum(use.cost for use in result),
            words=_in_words(result) or "nothing",
        )
        for each in map(MixQuestion.model_validate, questions)
        for result in [_best(options, each)]
    )


class _Use(NamedTuple):
    """An option in a mix, its size in tenths of its full size, and the people it supports."""

    option: Candidate
    tenths: int
    supported: float

    @property
    def room(self) -> float:
        return self.option.capacity * self.tenths / 10

    @property
    def cost(self) -> float:
        return self.option.yearly_cost * self.tenths / 10 + self.option.set_up


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
        _Limit("demand", lambda o: (0, 0, 1), question.demand, without(demand=math.inf)),
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
                    lambda o: (0, 0, share - (o.most_deprived_share or 0)),
                    0,
                    without(most_deprived_at_least=None),
                )
            ]
            if share
            else []
        ),
        # Kept by the bounds of the variables.
        _Limit(
            f"no option above {question.largest:g} times full size",
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
    stopping = question.objective == "additional_stopped"
    reasons = {
        "it has no capacity, so money spent on it would support nobody": option.capacity == 0,
        "it is not known how many more people stop with it than with usual care": stopping
        and option.net_share is None,
        "no more people are expected to stop with it than with usual care": stopping
        and (option.net_share or 0.0) <= 0,
        "it is not known how many of its people live in the most deprived fifth": bool(
            question.most_deprived_at_least
        )
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
    if question.demand == 0 or all((o.most_deprived_share or 0.0) < share for o in options):
        return ()
    worth = [_worth(option, question) for option in options]
    count, none = len(options), [0.0] * len(options)
    # people are counted in thousandths of all there could be, so that the solver's tolerances are
    # relative
    unit = (
        min(question.demand, sum(option.capacity * most / 10 for option, _, most in sizes)) / 1000
    )
    rows = _rows(sizes, limits, unit)
    high = [float(most) for _, _, most in sizes] + [1.0] * count + [math.inf] * count
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
            _Use(option, int(n), min(max(0.0, part * unit), option.capacity * n / 10))
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
    filled = min(1.0, question.demand / sum(use.room for use in result))
    even = tuple(use._replace(supported=use.room * filled) for use in result)
    need = (question.most_deprived_at_least or 0.0) * sum(use.supported for use in even)
    fair = (_total(even, "most_deprived_share") or 0.0) >= need * (1 - 1e-9)
    return (
        even if fair and _value(even, question) >= _value(result, question) * (1 - 1e-9) else result
    )


def _check(result: _Solution, question: MixQuestion, limits: list[_Limit], best: float) -> None:
    """Raises RuntimeError where a mix breaks a limit by more than the solver's tolerance or is not
    best."""
    for limit in limits:
        used = sum(
            each * use.tenths + once + person * use.supported
            for use in result
            for each, once, person in [limit.needs(use.option)]
        )
        if used > limit.most + SLIP * (limit.most or sum(use.supported for use in result)):
            raise RuntimeError(f"the solver's mix breaks a limit: {limit.words}")
    for use in result:
        fewest, most = _tenths(use.option, question, limits)
        if not fewest <= use.tenths <= most or use.supported > use.room:
            raise RuntimeError("the solver's mix runs an option at a size it cannot be")
    if _value(result, question) < best * (1 - SLIP):
        raise RuntimeError(
            "the solver's cheapest mix does less than its best, so the best is not known"
        )


def _worth(option: Candidate, question: MixQuestion) -> float:
    return 1.0 if question.objective == "supported" else option.net_share or 0.0


def _value(result: _Solution, question: MixQuestion) -> float:
    return sum(_worth(use.option, question) * use.supported for use in result)


def _total(result: _Solution, share: Literal["net_share", "most_deprived_share"]) -> float | None:
    """How many of the people supported that share comes to, or None where an option's is not
    known."""
    shares = [getattr(use.option, share) for use in result]
    return (
        None
        if None in shares
        else sum(s * use.supported for s, use in zip(shares, result, strict=True))
    )


def _constraint_cost(
    limit: _Limit, options: list[Candidate], result: _Solution, question: MixQuestion
) -> ConstraintCost:
    """What a limit costs, by solving again without it."""
    value = _value(_best(options, limit.without), question)
    gain = value - _value(result, question)
    is_binding = gain > SLIP * value
    does = "be supported" if question.objective == "supported" else "stop, beyond usual care"
    change = f"let {people(gain)} more people a year {does}" if is_binding else "change nothing"
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
    most, does = (
        ("supports most people", MEASURES["supported"].in_a_sentence)
        if question.objective == "supported"
        else ("goes with most people stopping beyond usual care", "more people stopping")
    )
    current = (
        f"What holds it back most: {worst.constraint}"
        if worst.binding
        else "No one limit holds it back"
    )
    return (
        f"On {pounds(question.budget)} a year, what {most} is {_in_words(result)}: "
        f"{people(_value(result, question))} {does}, for "
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
