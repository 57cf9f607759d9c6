"""How sure each option's numbers are: draws of every option, by the plan's seed.

Only the register of measures is worked out here; nothing is read, and nothing worded for a
document.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from planner.analysis.calculation.distributions import Stream, by_range
from planner.analysis.calculation.draws import (
    CHUNK,
    Estimate,
    EveryDraw,
    chunks,
    draw_inputs,
    estimate,
    every_draw,
    limits,
)
from planner.analysis.calculation.formulas import Draws, Value, draw_out, steps_for
from planner.analysis.calculation.inputs import BY_KEY, input_named
from planner.analysis.calculation.measures import MEASURES, POST_STEPS, Calculation, resting_on
from planner.analysis.economics.option_model import POINTS_OF_BAND, Case, OptionSums, default_range
from planner.analysis.economics.outcomes import ClassOutcomes
from planner.analysis.formatting import listed
from planner.model.base import Range

SURE = 0.025
"""A ratio is withheld where more of the draws than this leave nobody that it is for: its upper
limit would be endless."""
OFTEN = 0.1
"""A measure that is nought in more of its draws than this is told in words."""
ENOUGH = 0.5
NOBODY = "nobody is seen beyond usual care, so there is no cost for each"


@dataclass(frozen=True, kw_only=True)
class OptionDraws:
    """What the draws say of one option. A measure that cannot be given is absent, with its reason
    in `withheld`.

    `often_none` is the share of draws in which a measure is nought, where that is more than a
    tenth. `chance_of_no_gain` is the share of draws in which nobody more stops than with usual
    care, over all classes and class by class.
    """

    id: str
    name: str
    estimates: dict[str, Estimate]
    often_none: dict[str, float]
    chance_of_no_gain: float | None
    chance_of_no_gain_by_class: dict[str, float]
    withheld: dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Simulated:
    """Every option drawn together."""

    options: tuple[OptionDraws, ...]
    seed: int
    draws: int
    distributions: tuple[tuple[str, str], ...]
    method: str

    def of(self, option_id: str) -> OptionDraws | None:
        """The draws of one option."""
        return next((option for option in self.options if option.id == option_id), None)


def simulate(case: Case) -> Simulated:
    """Draws of every option, with the plan's seed; kept with the case.

    Shares that were counted are drawn from Jeffreys' beta, ratios from a log-normal, and all else
    from a split normal whose median is the central value and whose 95% runs from low to high. What
    a study found of people who stop is widened by how far services differ from one another. Numbers
    are the same on every machine with the same release of numpy.
    """
    chosen = case.plan.simulation
    # What all options share is drawn once where one chunk holds every draw; more chunks would not
    # fit in memory.
    streams = list(chunks(chosen)) if chosen.simulations <= CHUNK else None
    return Simulated(
        options=tuple(draw_option(one.option.id, case, streams) for one in case.sums),
        seed=chosen.seed,
        draws=chosen.simulations,
        distributions=tuple(_in_words(case)),
        method=f"{chosen.simulations:,} simulations, seed {chosen.seed}",
    )


Streams = list[tuple[int, Stream]]


def draw_option(option_id: str, case: Case, streams: Streams | None = None) -> OptionDraws:
    """The draws of one option by the plan's seed, kept with the case; options share the draws of
    what they share. Raises KeyError where the plan has none of that id."""
    one = case.sums_of(case.option(option_id))
    every = (*one.steps, MEASURES["pay"])
    return case.once(f"draws of {option_id}", lambda: _sum_up(one, every, case, streams))


def draw_years(option_id: str, case: Case) -> OptionDraws:
    """The same for the years of one option, which few ask for."""
    one = case.sums_of(case.option(option_id))
    return case.once(f"years of {option_id}", lambda: _sum_up(one, one.years, case, None))


def _sum_up(
    one: OptionSums, every: Sequence[Calculation], case: Case, streams: Streams | None
) -> OptionDraws:
    absent = _absent(not_known(one, case), every)
    steps = [step for step in every if step.in_draws or step.part_of]
    # A cost for each person may be had of the draws though the central case has nobody.
    rests_on = {step.over: step.over for step in steps if step.over} | {
        step.name: step.over if step.is_cost_ratio else step.name for step in steps
    }
    names = [
        name
        for name, known in rests_on.items()
        if name not in absent
        and (name == "pay" or name not in one.given)
        and one.values.get(known) is not None
    ]
    by_class = [
        f"net_{row.medicine_class.value}"
        for row in one.evidence
        if "need" in one.known.has and row.net is not None and not row.no_evidence
    ]
    names = [*dict.fromkeys([*names, *by_class])]
    saved = every_draw(
        names,
        case.plan.simulation,
        lambda stream: draws_of(one, stream, case, names),
        streams,
    )
    estimates: dict[str, Estimate] = {}
    withheld = dict(absent)
    for step in steps:
        if step.name in absent:
            continue
        given = _estimate(step, one, saved, estimates)
        if isinstance(given, Estimate):
            estimates[step.name] = given
        else:
            withheld[step.name] = given
    judged = "net_stopped" in estimates and not one.option.is_do_nothing
    nought = {
        name: share
        for name in estimates
        if name in saved
        and (estimates[name].value or estimates[name].high)
        and estimates[name].low <= 0 <= estimates[name].high
        and (share := _share(saved[name] == 0)) > OFTEN
    }
    return OptionDraws(
        id=one.option.id,
        name=one.option.name,
        estimates=estimates,
        often_none=nought,
        chance_of_no_gain=_share(saved["net_stopped"] <= 0) if judged else None,
        chance_of_no_gain_by_class=(
            {name.removeprefix("net_"): _share(saved[name] <= 0) for name in by_class}
            if judged
            else {}
        ),
        withheld=withheld,
    )


def _share(holds: NDArray[np.bool_]) -> float:
    """The share of the draws in which something holds."""
    return int(np.count_nonzero(holds)) / len(holds)


def draws_of(
    one: OptionSums, stream: Stream, case: Case, names: Sequence[str] | None = None
) -> dict[str, Value]:
    """Every input and step of one option for the draws of one stream; or no more steps than those
    names rest on.

    What all options of a plan share, by the same names, is drawn once in each stream, need worked
    out once, and the shares who stop once for all options of one kind of offer.
    """
    values: dict[str, Value] = {}
    if one.need:
        # The case, which holds these, outlives its streams.
        values |= stream.once(
            id(case.need), lambda: draw_out(one.need, draw_inputs(stream, case.need.given))
        )
    evidence = one.evidence if "need" in one.known.has else ()
    for row in evidence:
        values |= stream.once(id(row), partial(_of_class, row, stream, case))
    rest = {name: given for name, given in one.given.items() if name not in values}
    own = {name: given for name, given in rest.items() if name in one.own}
    shared = {name: given for name, given in rest.items() if name not in one.own}
    values |= stream.once(tuple(shared), lambda: draw_inputs(stream, shared))
    shares = [step for step in one.steps if step.section == "shares"]
    if evidence:
        values |= stream.once(
            (*map(id, evidence), *(step.formula for step in shares)),
            lambda: draw_out(shares, values),
        )
    values |= draw_inputs(stream, own, one.option.id) | {"pay": _pay(one, stream)}
    every = (*one.steps, *one.years)
    steps = every if names is None else steps_for(every, names)
    return draw_out([step for step in steps if step.section != "shares"], values)


def _pay(one: OptionSums, stream: Stream) -> Value:
    """Pay with on-costs, each line of posts between the ends of its band; posts on one band move
    together."""
    pay: Value = 0.0
    for post in one.posts:
        ends = tuple(post[point].inputs["salary"] for point in POINTS_OF_BAND)
        inputs = post["central"].inputs
        pay = pay + stream.once((ends, *inputs.values()), partial(_of_posts, ends, inputs, stream))
    return pay


def _of_posts(ends: tuple[float, ...], inputs: Mapping[str, float], stream: Stream) -> Value:
    """What one line of posts costs, whose band runs from the first to the last of these ends."""
    low, middle, high = ends
    of_band = by_range(Range(low=low, central=min(max(middle, low), high), high=high), "log")
    salary = stream.shared(BY_KEY["salary"].stream_of(str([*ends])), of_band)
    return draw_out(POST_STEPS, {**inputs, "salary": salary})["total"]


def _of_class(row: ClassOutcomes, stream: Stream, case: Case) -> dict[str, Value]:
    """Shares who stop in one class, each as its evidence says, and what support adds.

    The share with support is moved on the log-odds by a normal whose variance is itself drawn: how
    far one service may differ from the next.
    """
    name, offer = row.medicine_class.value, row.offer.name.lower()
    draws = {
        f"{key}_{name}": stream.of(f"{key}_{name} {offer} {row.title}", share.drawn_from)
        for key, share in row.shares().items()
    }
    stop, usual = draws[f"stop_{name}"], draws.get(f"usual_{name}")
    if usual is not None and row.stop.drawn_from.shape == "lognormal":
        # Drawn as a ratio; made a share here.
        stop = np.minimum(1.0, usual * stop)
    if not row.no_evidence:
        widening = default_range(BY_KEY["between_studies"].default, case)
        variance = stream.shared("between_studies", by_range(widening, "log"))
        stop = _shift(stop, np.sqrt(variance) * stream.normal(f"service beside study {name}"))
    draws[f"stop_{name}"] = stop
    if usual is not None:
        draws[f"net_{name}"] = stop - usual
    for key, of_stopped in (("stay_off", row.stay_off), ("added_relapse", row.added_relapse)):
        if of_stopped is not None:
            draws[f"{key}_{name}"] = stream.shared(f"{key}_{name}", of_stopped.drawn_from)
    return draws


def _shift(share: Value, by: Draws) -> Value:
    """A share moved on the log-odds; nought and one stay."""
    share = np.asarray(share)
    return share / (share + (1 - share) * np.exp(-by))


def _in_words(case: Case) -> list[tuple[str, str]]:
    """What each input that all options share is drawn from, by its name, in words."""
    if not case.sums:
        return []
    one = case.sums[0]
    rows = []
    for name, values in one.given.items():
        item, _ = input_named(name)
        if item.scope in ("plan", "class") and item.shape in ("log", "share", "plain"):
            distribution = by_range(values, item.shape)
            if distribution.shape != "fixed":
                rows.append((name, distribution.words))
    for row in one.evidence:
        rows += [
            (f"{key}_{row.medicine_class.value}", share.drawn_from.words)
            for key, share in row.shares().items()
        ]
    return rows


def not_known(sums: OptionSums, case: Case) -> dict[str, str]:
    """The parts that an option's sums lack, whatever is drawn, each with the reason."""
    option, central = sums.option, sums.central
    works_from_hours = not (
        option.is_do_nothing or option.is_letters or option.stated_capacity is not None
    )
    # The first of these says it all.
    for lacks, part, why in (
        (case.need.demand is None, "need", case.need.missing_because or "need is not known"),
        (not sums.evidence, "need", "it covers none of the classes of this plan"),
        (
            option.is_price_alone,
            "need",
            "its provider has not said how many people a year it can see",
        ),
        (
            works_from_hours and not option.posts,
            "need",
            "it has no posts; give it posts, or add it as a quote with its people",
        ),
        (
            works_from_hours and central["hours"] <= 0,
            "need",
            "no post spends time with people, so how many it can see cannot be worked out from "
            "staff; give at least one post a share of its time with people",
        ),
        (
            "effect" not in sums.known.has,
            "effect",
            "what it adds to usual care has not been said; ask its provider, or take it to be as "
            "in the studies of its kind of offer",
        ),
    ):
        if lacks:
            return {part: why}
    uncompared = [row.medicine_class.label for row in sums.evidence if row.net is None]
    unseen = "specialist" in sums.known.has and not any(
        central[f"comes_{name}"] for name in sums.known.covered
    )
    lacking: dict[str, str] = {}
    if uncompared:
        lacking["net"] = f"the evidence for {listed(uncompared)} has no comparison with usual care"
    if unseen:
        lacking["effect"] = "whom a specialist service sees is not known of these classes"
    return lacking


def _absent(lacking: Mapping[str, str], every: Sequence[Calculation]) -> dict[str, str]:
    """The measures that rest on a part that is lacking, and their years, each with the reason."""
    absent: dict[str, str] = {}
    for part, why in lacking.items():
        # Letters are sent whether or not anyone can be seen.
        rests_on = "not letters offer" if part == "need" else part
        of_years = (
            step.name
            for step in every
            if step.each == "years" and not step.is_money and rests_on in step.needs
        )
        absent |= dict.fromkeys((*resting_on(part), *of_years), why)
    return absent


def _estimate(
    step: Calculation,
    one: OptionSums,
    saved: Mapping[str, EveryDraw],
    estimates: Mapping[str, Estimate],
) -> Estimate | str:
    """What is printed of a measure, or why nothing is. `estimates` has those of its parts."""
    central = one.values.get(step.name)
    over = step.over if step.is_cost_ratio else ""
    if over in one.central:
        cost, heads = estimates["annual_cost"], one.central[over]
        return Estimate(
            value=cost.value / heads, low=cost.low / heads, high=cost.high / heads,
            is_median=cost.is_median,
        )  # fmt: skip
    if over:
        nobody = _share(~(saved[over] >= ENOUGH)) if over in saved else 1.0
        if one.option.is_do_nothing:
            return NOBODY
        if nobody > SURE or over not in estimates or estimates[over].value < ENOUGH:
            return (
                f"too uncertain to give: in {nobody:.0%} of simulations {NO_ONE[over]}"
                if nobody > SURE
                else step.undefined
            )
        low, high = limits(saved[step.name])
        # A cost per person is the printed cost over the printed people.
        value = estimates["annual_cost"].value / estimates[over].value
        return Estimate(
            value=value, low=low, high=high,
            is_median=estimates[over].is_median or estimates["annual_cost"].is_median,
        )  # fmt: skip
    if central is None:
        return NOBODY if one.option.is_do_nothing else step.undefined or NOBODY
    return estimate(central, saved[step.name]) or (
        "too uncertain to give: in some simulations there is no such figure"
    )


NO_ONE = {
    "net_stopped": "nobody more stopped",
    "people_assessed": "nobody was assessed",
    "people_starting": "nobody started",
    "stopped": "nobody stopped",
    "written": "nobody was written to",
    "capacity": "nobody could be seen",
}
"""What happened in the simulations in which a cost for each has nobody to be for."""
