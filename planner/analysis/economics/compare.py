"""The plan's options beside one another: which is better on what, and at equal budget and reach.

No option is costed here, and none is ranked over all measures at once.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from planner.analysis.calculation.distributions import Stream
from planner.analysis.calculation.draws import CHUNK
from planner.analysis.calculation.formulas import Draws, work_out
from planner.analysis.calculation.inputs import BY_KEY, input_named, label_named
from planner.analysis.calculation.measures import IN_DRAWS, MEASURES
from planner.analysis.calculation.value_of_information import evpi, evppi
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.option_model import Case, OptionSums
from planner.analysis.economics.probabilistic import draw_option, draws_of
from planner.analysis.formatting import (
    about_pounds,
    format_number,
    listed,
    lower_first,
    people,
    pounds,
    two_figures,
)
from planner.model.base import grouped

SAME_SIZE = 0.01
"""Two sizes within this part of one another are the same."""
LEAST_WORTH = 0.03
"""The part of the worth of knowing everything below which one input is not told: drawing alone may
make so much."""
IMPLIED_BY = {
    "cost_per_head": "annual_cost", "cost_per_head_all_ages": "annual_cost",
    "capacity": "people_assessed", "referrals_taken": "people_assessed", "reach": "people_assessed",
    "not_taken": "waiting_weeks", "waiting": "waiting_weeks", "practice_cost": "practice_hours",
    "stopped": "net_stopped", "cost_per_stopped": "net_stopped",
    "cost_per_net_stopped": "net_stopped",
}  # fmt: skip
"""Measures that would say over again what another one judged says: over one number of people in a
place, as room without the people who come, or with those who would stop anyway."""
_IN_ORDER = (
    "annual_cost", "cost_with_practices", "people_assessed", "people_starting",
    "cost_per_assessed", "cost_per_start", "waiting_weeks", "practice_hours", "net_stopped",
    "still_off", "added_relapses",
)  # fmt: skip
JUDGED = tuple(
    dict.fromkeys(
        (
            *_IN_ORDER,
            *(
                name
                for name in IN_DRAWS
                if MEASURES[name].better != "neither" and name not in IMPLIED_BY
            ),
        )
    )
)
"""The measures on which two options are set beside one another, in the order in which they are
told: every one that is better high or low."""


@dataclass(frozen=True, kw_only=True)
class Pair:
    """Two options measure by measure: on which the first is better, on which the second is, on
    which they print the same, and which only one of them or neither has."""

    first: str
    second: str
    first_better: tuple[str, ...]
    second_better: tuple[str, ...]
    same: tuple[str, ...]
    not_compared: tuple[str, ...]
    words: str


def pairs(options: Sequence[OptionResult]) -> tuple[Pair, ...]:
    """Every two options beside one another, each pair once, in the plan's order."""
    return tuple(
        pair(first, second)
        for place, first in enumerate(options)
        for second in options[place + 1 :]
    )


def pair(first: OptionResult, second: OptionResult) -> Pair:
    """Two options measure by measure, by the figures as they are printed.

    Where one of the two is a median, their central cases are compared: a median beside a central
    case would differ though the options did not.
    """
    names = grouped(JUDGED, lambda name: _verdict(first, second, name))
    first_better, second_better, same, unlike = (
        tuple(names.get(verdict, ())) for verdict in ("first", "second", "same", "unlike")
    )
    return Pair(
        first=first.id,
        second=second.id,
        first_better=first_better,
        second_better=second_better,
        same=same,
        not_compared=unlike,
        words=_in_words(first.name, second.name, first_better, second_better, same),
    )


def _verdict(first: OptionResult, second: OptionResult, name: str) -> str:
    """Which of two options is better on a measure, "same" or "unlike"."""
    values = compared(first, second, name)
    if values is None:
        return "unlike"
    ours, theirs = map(two_figures, values)
    if ours == theirs:
        return "same"
    return "first" if (ours < theirs) is (MEASURES[name].better == "lower") else "second"


def compared(first: OptionResult, second: OptionResult, name: str) -> tuple[float, float] | None:
    """The figures of two options on a measure that are like with like: as printed, or both central
    cases where one prints its median; None where either has none."""
    ours, theirs = first.measures.get(name), second.measures.get(name)
    if ours is None or theirs is None:
        return None
    if (name in first.medians) is (name in second.medians):
        return ours.central, theirs.central
    return first.central_case[name], second.central_case[name]


def _in_words(
    first: str,
    second: str,
    first_better: tuple[str, ...],
    second_better: tuple[str, ...],
    same: tuple[str, ...],
) -> str:
    parts = [
        f"{name} is better on {_measures(measures)}"
        for name, measures in ((first, first_better), (second, second_better))
        if measures
    ]
    if same:
        parts.append(f"both print the same on {_measures(same)}")
    if not parts:
        return f"{first} and {second} have no measure in common."
    return f"{'; '.join(parts)}."


def _measures(names: tuple[str, ...]) -> str:
    return listed([MEASURES[name].in_a_sentence for name in names])


def where_it_loses(preferred: OptionResult, options: Sequence[OptionResult]) -> tuple[str, ...]:
    """On which measures the preferred option is not the better one, a sentence for each option that
    beats it on any; nothing where it is beaten on none."""
    sentences = []
    for other in options:
        if other.id == preferred.id:
            continue
        better = pair(preferred, other).second_better
        if better:
            # Each measure stands by itself, since a sentence of them all would be too long to read.
            ours_theirs = "; ".join(
                f"{MEASURES[name].in_a_sentence} ({figures_compared(other, preferred, name)})"
                for name in better
            )
            sentences.append(f"{other.name} is better on {ours_theirs}.")
    return tuple(sentences)


def figures_compared(first: OptionResult, second: OptionResult, name: str) -> str:
    """The figures of two options on a measure that both have, in words, like with like."""
    values = compared(first, second, name)
    # Whoever asks has compared them.
    assert values is not None
    unit = MEASURES[name].format_unit
    ours, theirs = (format_number(two_figures(value), unit) for value in values)
    central = (name in first.medians) is not (name in second.medians)
    return f"{ours} against {theirs}" + (", central cases" if central else "")


@dataclass(frozen=True, kw_only=True)
class AtSize:
    """An option at a size other than its own: that many times as large, for that cost a year, with
    that many people assessed.

    `left` is what remains of the budget once everyone who is referred is seen. Without a size it
    cannot be had so, and `why_not` says why.
    """

    id: str
    name: str
    size: float | None = None
    cost: float | None = None
    assessed: float | None = None
    left: float | None = None
    why_not: str = ""


def at_equal_budget(case: Case, budget: float) -> tuple[AtSize, ...]:
    """Every option that sees people, as large as the budget buys but no larger than referrals
    fill.

    Cost and room grow in step with size; a quote is bought whole or not at all.
    """
    return tuple(_for_budget(one, budget) for one in case.sums if _sees(one))


def at_equal_reach(case: Case, assessed: float) -> tuple[AtSize, ...]:
    """Every option that sees people, as large as it takes to assess that many; beyond referrals
    too, and said so."""
    return tuple(_for_reach(one, assessed) for one in case.sums if _sees(one))


def _sees(one: OptionSums) -> bool:
    return (
        not one.option.is_do_nothing
        and not one.option.is_letters
        and one.values.get("people_assessed") is not None
    )


def _for_budget(one: OptionSums, budget: float) -> AtSize:
    """One option for a budget."""
    cost, room, referred, share = _central(one)
    is_whole = one.option.stated_capacity is not None
    if is_whole and cost > budget:
        return AtSize(
            id=one.option.id,
            name=one.option.name,
            why_not=f"quoted whole at {about_pounds(cost)}, which is above the budget",
        )
    if cost <= 0 or room <= 0:
        return AtSize(id=one.option.id, name=one.option.name, why_not="it has room for nobody")
    affordable = 1.0 if is_whole else budget / cost
    part = min(affordable, 1.0 if is_whole else referred / room)
    return AtSize(
        id=one.option.id,
        name=one.option.name,
        size=part,
        cost=part * cost,
        assessed=min(referred, part * room) * share,
        left=budget - part * cost,
    )


def _for_reach(one: OptionSums, assessed: float) -> AtSize:
    """One option for a number of people assessed."""
    cost, room, referred, share = _central(one)
    if room <= 0 or share <= 0:
        return AtSize(id=one.option.id, name=one.option.name, why_not="it has room for nobody")
    size = assessed / (room * share)
    if one.option.stated_capacity is not None and abs(size - 1) > SAME_SIZE:
        return AtSize(
            id=one.option.id,
            name=one.option.name,
            why_not=f"quoted whole, for {people(room * share)} people",
        )
    beyond = assessed > referred * share * (1 + SAME_SIZE)
    return AtSize(
        id=one.option.id,
        name=one.option.name,
        size=size,
        cost=size * cost,
        assessed=assessed,
        why_not="more than would be referred to it" if beyond else "",
    )


def _central(one: OptionSums) -> tuple[float, float, float, float]:
    """The cost of a year, the referrals there is room for, those that come, and the share
    assessed, each of the central case."""
    cost, room, referred = (
        one.values[name] or 0.0 for name in ("annual_cost", "capacity", "referred")
    )
    return cost, room, referred, one.central["assessed_share"]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """A named case in which a few things are changed together, in words, and the measures of each
    option in it; None where one is withheld."""

    name: str
    changes: tuple[str, ...]
    values: dict[str, dict[str, float | None]]


IN_SCENARIOS = (
    "people_assessed", "people_starting", "annual_cost", "cost_per_assessed", "waiting_weeks",
    "net_stopped",
)  # fmt: skip
CAUTIOUS: dict[str, Literal["low", "high"]] = {
    "hours_programme": "high",
    "referral_rate": "low",
    "start_share": "low",
    "carry_over": "low",
}
"""What the cautious case changes: programmes take longest, fewest are referred and start, and least
of what trials add carries over."""
OTHER_END: dict[Literal["low", "high"], Literal["low", "high"]] = {"low": "high", "high": "low"}


def scenarios(case: Case) -> tuple[Scenario, ...]:
    """The central case and the two named ones beside it, the same things moved to one end or the
    other."""
    hopeful = {name: OTHER_END[end] for name, end in CAUTIOUS.items()}
    cases: tuple[tuple[str, Mapping[str, Literal["low", "high"]]], ...] = (
        ("Central", {}),
        ("Cautious", CAUTIOUS),
        ("Hopeful", hopeful),
    )
    return tuple(_scenario(name, ends, case) for name, ends in cases)


def _scenario(name: str, ends: Mapping[str, Literal["low", "high"]], case: Case) -> Scenario:
    values: dict[str, dict[str, float | None]] = {}
    changes: dict[str, str] = {}
    for one in case.sums:
        moved = {key: getattr(one.given[key], end) for key, end in ends.items() if key in one.given}
        changes |= {
            key: f"{lower_first(BY_KEY[key].label)} at its {end}" for key, end in ends.items()
        }
        values_then = work_out((*one.need, *one.steps), one.central | moved)
        values[one.option.id] = {
            key: None if key in draw_option(one.option.id, case).withheld else values_then.get(key)
            for key in IN_SCENARIOS
        }
    return Scenario(name=name, changes=tuple(changes.values()), values=values)


@dataclass(frozen=True, kw_only=True)
class WorthKnowing:
    """What it would be worth to know one unsure input before choosing, in pounds a year."""

    label: str
    value: float


@dataclass(frozen=True, kw_only=True)
class FindOutFirst:
    """What is worth finding out first: everything unsure, and each input whose knowledge alone
    would be worth something, the most first. `missing_because` says why nothing can be said."""

    value_of_a_stop: float
    everything: float
    rows: tuple[WorthKnowing, ...]
    words: str
    missing_because: str = ""


MOST_DRAWS = CHUNK
"""As many draws as one chunk holds are enough to rank inputs by."""


def find_out_first(case: Case) -> FindOutFirst:
    """The expected value of knowing each input, at the plan's value of a stop.

    Net benefit is that value times the additional people who stop, less the cost a year; the choice
    is among all options of the plan, doing nothing too, for which it can be worked out. Letters are
    no alternative to a service that sees people, since a place may have both.
    """
    sums = [one for one in case.sums if one.values.get("net_benefit") is not None]
    if any(_sees(one) for one in sums):
        sums = [one for one in sums if not one.option.is_letters]
    worth = sums[0].central["value_of_a_stop"] if sums else 0.0
    if all(one.option.is_do_nothing for one in sums):
        return FindOutFirst(
            value_of_a_stop=worth,
            everything=0,
            rows=(),
            words="",
            missing_because="of no option is it known what it adds to usual care",
        )
    chosen = case.plan.simulation
    stream = Stream(chosen.seed, 0, min(chosen.simulations, MOST_DRAWS))
    benefits, inputs = list[Draws](), dict[str, Draws]()
    for one in sums:
        values = draws_of(one, stream, case)
        benefits.append(np.broadcast_to(np.asarray(values["net_benefit"]), stream.size))
        unsure = {
            label: value
            for name, label in _unsure(one)
            if isinstance(value := values[name], np.ndarray)
        }
        inputs = unsure | inputs
    everything = evpi(benefits)
    rows = sorted(
        (
            WorthKnowing(label=label, value=value)
            for label, draws in inputs.items()
            if (value := evppi(benefits, draws)) >= LEAST_WORTH * everything
        ),
        key=lambda row: (-row.value, row.label),
    )
    first = "; then ".join(
        f"{lower_first(row.label)} ({about_pounds(row.value)})" for row in rows[:3]
    )
    return FindOutFirst(
        value_of_a_stop=worth,
        everything=everything,
        rows=tuple(rows),
        words=(
            f"At {pounds(worth)} for one more person who stops, what is worth finding out first is "
            f"{first}."
            if rows
            else f"At {pounds(worth)} for one more person who stops, no one input alone would "
            "change the choice."
        ),
    )


def _unsure(one: OptionSums) -> Iterator[tuple[str, str]]:
    """The inputs of an option that are drawn and move its result, with what each is called; of the
    two shares of a class, what support adds."""
    if one.option.is_do_nothing:
        return
    for row in one.evidence:
        name = f"net_{row.medicine_class.value}"
        yield name, f"{label_named(name)}, {row.offer.value}"
    for name in one.given:
        item, _ = input_named(name)
        if item.shape not in (None, "chance") and item.row_of():
            own = f", {one.option.name}" if item.scope in ("option", "role") else ""
            yield name, f"{label_named(name)}{own}"
