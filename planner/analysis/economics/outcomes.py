"""How many who start may stop, reduce or leave, class by class, with and without support."""

import math
from dataclasses import dataclass, replace

from planner.analysis.calculation.distributions import Distribution, by_range
from planner.analysis.calculation.inputs import INPUTS
from planner.analysis.formatting import listed
from planner.analysis.statistics.intervals import wilson_limits
from planner.model.base import Range
from planner.model.figures import Kind
from planner.model.outcomes import Arm, OutcomeEvidence
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData, ReferenceMissing


@dataclass(frozen=True, kw_only=True)
class Chance:
    """One share, low, central and high, and what it is drawn from when draws are made.

    That is Jeffreys' beta for a share counted in a study, a log-normal for a ratio applied to usual
    care, and a split normal for shares that were entered; `words` say so.
    """

    values: Range
    drawn_from: Distribution
    words: str


@dataclass(frozen=True, kw_only=True)
class ClassOutcomes:
    """What the plan expects of people on one class who start, each share of everyone who starts.

    `usual` and `net` are absent where the evidence has no comparison group; `net_missing_because`
    then says so. `net` is stopped less usual care: by Newcombe's method where both were counted.
    `relapse` is of those who stopped.
    """

    medicine_class: MedicineClass
    title: str
    design: str
    quality: str
    follow_up: str
    harm: str
    because: str
    kind: Kind
    verified: bool
    source: str
    cautions: tuple[str, ...]
    stop: Chance
    usual: Chance | None
    net: Range | None
    net_method: str
    reduce: Chance | None
    left: Chance | None
    relapse: Chance | None
    relapse_words: str
    net_missing_because: str | None = None

    def chances(self) -> dict[str, Chance]:
        """The shares that are drawn, by their keys in the register of inputs, as far as they are
        known."""
        rows = {item.key: getattr(self, item.key) for item in INPUTS if item.shape == "chance"}
        return {key: chance for key, chance in rows.items() if chance is not None}


PARTS_OF_EVIDENCE = {
    "additional": ("net", "has no comparison with usual care"),
    "reduced": ("reduce", "does not say how many reduced"),
    "left": ("left", "does not say how many left early"),
    "relapse": (
        "relapse",
        "does not say how many relapse or start again later, and no share of our own has been "
        "entered",
    ),
}
"""The parts of the evidence that a class may lack: the share that says it, and what is missing."""


@dataclass(frozen=True, kw_only=True)
class OutcomeResult:
    """Outcomes of each class the plan covers, and what cannot be said over all of them, with the
    reason."""

    classes: tuple[ClassOutcomes, ...]
    withheld: dict[str, str]


def outcomes(plan: Plan, reference: ReferenceData) -> OutcomeResult:
    """The shares who stop, reduce and leave that the plan takes for each class it covers.

    From the evidence chosen for the class, or the shares entered, or our default for it. Raises
    ReferenceMissing where the plan names evidence that we do not hold or that is about another
    class.
    """
    classes = tuple(
        _of(medicine_class, plan, reference) for medicine_class in plan.prescribing.included
    )
    withheld = {}
    for part, (share, why) in PARTS_OF_EVIDENCE.items():
        missing = [row.medicine_class.label for row in classes if getattr(row, share) is None]
        if missing:
            names = "every class" if len(missing) == len(classes) > 1 else listed(missing)
            withheld[part] = f"the evidence for {names} {why}"
    return OutcomeResult(classes=classes, withheld=withheld)


def found_in_words(evidence: OutcomeEvidence) -> str:
    """What a result found, in a sentence or two: who stopped, beside usual care where that was
    counted, and relapse."""
    ratio = evidence.ratio
    supported, usual, reduced = (
        arm and _part(arm) for arm in (evidence.supported, evidence.usual, evidence.reduced)
    )
    result = (
        f"{ratio.value:g} times as many stopped as with usual care "
        f"({ratio.low:g} to {ratio.high:g})"
        if ratio
        else f"{supported} stopped" + (f", against {usual} with usual care" if usual else "")
    )
    result += f"; {reduced} reduced" if reduced else ""
    result += "" if usual else "; no comparison group"
    relapse = evidence.relapse
    return f"{evidence.title}: {result}." + (
        f" Of people who stopped, {relapse.events / relapse.people:.0%} had a relapse of "
        f"{relapse.of}, {relapse.follow_up} ({relapse.source})."
        if relapse
        else ""
    )


def _part(arm: Arm) -> str:
    """A share, with the counts where they were seen and are not effective numbers."""
    whole = arm.events == int(arm.events) and arm.people == int(arm.people)
    counts = f" ({arm.events:.0f} of {arm.people:.0f})" if whole else ""
    return f"{arm.events / arm.people:.{0 if whole else 1}%}{counts}"


def _of(medicine_class: MedicineClass, plan: Plan, reference: ReferenceData) -> ClassOutcomes:
    chosen, own_relapse = plan.outcomes.of(medicine_class), plan.outcomes.relapse
    relapse_source = plan.outcomes.relapse_source or "entered in this plan, source not given"
    if chosen.stopped is not None and chosen.usual is not None:
        return ClassOutcomes(
            medicine_class=medicine_class,
            title="Entered in this plan",
            design="entered",
            quality="as its source",
            follow_up="as its source",
            harm="not entered",
            because="Entered shares are used as they stand.",
            kind=Kind.ENTERED,
            verified=True,
            source=chosen.source or "entered in this plan, source not given",
            cautions=(),
            stop=_entered(chosen.stopped),
            usual=_entered(chosen.usual),
            net=Range(
                low=chosen.stopped.low - chosen.usual.high,
                central=chosen.stopped.central - chosen.usual.central,
                high=chosen.stopped.high - chosen.usual.low,
            ),
            net_method="entered shares, the widest apart they can be",
            reduce=_entered(chosen.reduced) if chosen.reduced else None,
            left=_entered(chosen.left) if chosen.left else None,
            relapse=_entered(own_relapse) if own_relapse else None,
            relapse_words=relapse_source if own_relapse else "",
        )
    current = reference.outcomes_for(medicine_class)
    evidence = next((row for row in current if chosen.evidence in (None, row.id)), None)
    if evidence is None:
        raise ReferenceMissing(
            f"no evidence on {medicine_class.label} is called '{chosen.evidence}'; there is "
            f"{', '.join(row.id for row in current)}"
        )
    result = _from_evidence(medicine_class, evidence)
    if own_relapse is None:
        return result
    return replace(result, relapse=_entered(own_relapse), relapse_words=relapse_source)


def _from_evidence(medicine_class: MedicineClass, evidence: OutcomeEvidence) -> ClassOutcomes:
    usual = _counted(evidence.usual, evidence.weight) if evidence.usual else None
    if evidence.ratio is not None and usual is not None:
        ratio, base = evidence.ratio, usual.values.central
        low, central, high = (min(1.0, base * r) for r in (ratio.low, ratio.value, ratio.high))
        stop = Chance(
            values=Range(low=low, central=central, high=high),
            drawn_from=Distribution("lognormal", ratio.value, ratio.low, ratio.high),
            words=f"usual care times a ratio of {ratio.value:g} ({ratio.low:g} to {ratio.high:g}), "
            "log-normal",
        )
        net: Range | None = Range(low=low - base, central=central - base, high=high - base)
        method = (
            "usual care, held at its central value, times the ratio less 1, with the limits of the "
            "ratio"
        )
    else:
        # The model has seen to it.
        assert evidence.supported is not None
        stop = _counted(evidence.supported, evidence.weight)
        net = difference(stop.values, usual.values) if usual else None
        method = "difference of two shares, Newcombe 95%" if usual else ""
    return ClassOutcomes(
        medicine_class=medicine_class,
        title=evidence.title,
        design=evidence.design.value,
        quality=evidence.quality,
        follow_up=evidence.follow_up,
        harm=evidence.harm,
        because=" ".join(evidence.because.split()),
        kind=evidence.kind,
        verified=evidence.verified,
        source=evidence.source,
        cautions=(
            *evidence.cautions,
            *(
                [
                    f"Given {evidence.weight:.0%} of the weight of its people, because of how they "
                    "were picked."
                ]
                if evidence.weight < 1
                else []
            ),
        ),
        stop=stop,
        usual=usual,
        net=net,
        net_method=method,
        net_missing_because=None if usual else "it has no comparison with usual care",
        reduce=_counted(evidence.reduced, evidence.weight) if evidence.reduced else None,
        left=_counted(evidence.left, evidence.weight) if evidence.left else None,
        relapse=_counted(evidence.relapse, 1) if evidence.relapse else None,
        relapse_words=(
            f"relapse of {evidence.relapse.of}, {evidence.relapse.follow_up} "
            f"({evidence.relapse.source})"
            if evidence.relapse
            else ""
        ),
    )


def difference(first: Range, second: Range) -> Range:
    """One share less another, with Newcombe's limits (method 10) from the Wilson limits of each.

    Source: Newcombe, Statistics in Medicine 1998, 17, 873-890.
    """
    central = first.central - second.central
    return Range(
        low=central - math.hypot(first.central - first.low, second.high - second.central),
        central=central,
        high=central + math.hypot(first.high - first.central, second.central - second.low),
    )


def _counted(counted: Arm, weight: float) -> Chance:
    """A share with its Wilson 95% limits, from the part of its people that it is given; parts need
    not be whole."""
    events, people = counted.events * weight, counted.people * weight
    low, high = wilson_limits(events / people, people)
    return Chance(
        values=Range(low=low, central=events / people, high=high),
        drawn_from=Distribution("beta", events + 0.5, people - events + 0.5),
        words=f"Beta from {events:g} of {people:g} (Jeffreys)",
    )


def _entered(values: Range) -> Chance:
    drawn_from = by_range(values, "share")
    return Chance(values=values, drawn_from=drawn_from, words=drawn_from.words)
