"""How many who start may stop, reduce or leave, class by class, with and without support.

And how much good a price would have to do, beside the good that studies have found.
"""

import math
from dataclasses import dataclass, replace

from planner.analysis.calculation.distributions import Distribution, by_range
from planner.analysis.calculation.inputs import INPUTS
from planner.analysis.formatting import listed
from planner.analysis.statistics.intervals import wilson_limits
from planner.model.base import Range, ShareRange, as_range
from planner.model.case_study import Base
from planner.model.figures import FigureKind
from planner.model.outcomes import (
    AfterStopping,
    Arm,
    ClassOutcome,
    Design,
    Offer,
    OutcomeEvidence,
    QalyEvidence,
    QalyGain,
    RiskDifference,
    RiskRatio,
)
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData, ReferenceMissing

FLATTERING_BASES = (Base.MEDICINES, Base.REVIEWED, Base.COMPLETERS)
"""Whom a share of people helped is not to be read as one of."""


@dataclass(frozen=True, kw_only=True)
class OutcomeShare:
    """One share, low, central and high, and what it is drawn from when draws are made.

    That is Jeffreys' beta for a share counted in a study, a log-normal for a ratio applied to usual
    care, and PERT for shares that were entered; `words` say so.
    """

    values: Range
    drawn_from: Distribution
    words: str


@dataclass(frozen=True, kw_only=True)
class ClassOutcomes:
    """What the plan expects of people on one class whom one kind of offer reaches, each share of
    them.

    `usual` and `net` are absent where the evidence has no comparison group; `net_missing_because`
    then says so. `net` is stopped less usual care: by Newcombe's method where both were counted.
    With `no_evidence` there is no trial: nobody is counted beyond usual care. `denominator` is whom
    the evidence counted. `stay_off`, `back_on` and `added_relapse` are of those who
    stopped, and None where nothing is known.
    """

    medicine_class: MedicineClass
    offer: Offer
    denominator: str
    title: str
    design: str
    quality: str
    follow_up: str
    harm: str
    because: str
    kind: FigureKind
    verified: bool
    source: str
    cautions: tuple[str, ...]
    stop: OutcomeShare
    usual: OutcomeShare | None
    net: Range | None
    net_method: str
    stay_off: OutcomeShare | None = None
    back_on: OutcomeShare | None = None
    added_relapse: OutcomeShare | None = None
    hours: Range | None = None
    hours_kind: FigureKind = FigureKind.ASSUMED
    no_evidence: bool = False
    net_missing_because: str | None = None

    def shares(self) -> dict[str, OutcomeShare]:
        """The shares that are drawn, by their keys in the register of inputs, as far as they are
        known."""
        rows = {item.key: getattr(self, item.key) for item in INPUTS if item.shape == "chance"}
        return {key: share for key, share in rows.items() if share is not None}


@dataclass(frozen=True, kw_only=True)
class OutcomeResult:
    """Outcomes of each class the plan covers.

    `classes` are of a review and support to reduce; `everyone` is of an offer to everyone.
    """

    classes: tuple[ClassOutcomes, ...]
    everyone: tuple[ClassOutcomes, ...]

    def for_offer(self, offer: Offer) -> tuple[ClassOutcomes, ...]:
        """The outcomes of each class the plan covers, of one kind of offer."""
        return self.classes if offer is Offer.PROGRAMME else self.everyone

    def without_evidence(self, offer: Offer) -> tuple[MedicineClass, ...]:
        """The classes of the plan for which there is no trial of that kind of offer, to be named
        wherever its outcomes stand."""
        return tuple(row.medicine_class for row in self.for_offer(offer) if row.no_evidence)


def outcomes(plan: Plan, reference: ReferenceData) -> OutcomeResult:
    """The shares who stop, reduce and leave that the plan takes for each class it covers.

    From the evidence chosen for the class, or the shares entered, or our default for it and the
    kind of offer; where there is none, nobody is counted beyond usual care. Raises ReferenceMissing
    where the plan names evidence that we do not hold or that is about another class.
    """
    classes, everyone = (
        tuple(
            _of(medicine_class, offer, plan, reference)
            for medicine_class in plan.prescribing.included
        )
        for offer in (Offer.PROGRAMME, Offer.EVERYONE)
    )
    return OutcomeResult(classes=classes, everyone=everyone)


def result_in_words(evidence: OutcomeEvidence) -> str:
    """What a result found, in a sentence or two: who stopped, beside usual care where that was
    counted, and what became of those who stopped."""
    ratio, added = evidence.ratio, evidence.difference
    supported, usual, reduced = (
        arm and _part(arm) for arm in (evidence.supported, evidence.usual, evidence.reduced)
    )
    if ratio:
        result = (
            f"{ratio.value:g} times as many stopped as with usual care "
            f"({ratio.low:g} to {ratio.high:g})"
        )
    elif added:
        result = (
            f"{added.value * 100:.1f} more of each 100 stopped than with usual care "
            f"({added.low * 100:.1f} to {added.high * 100:.1f})"
        )
    else:
        result = f"{supported} stopped" + (f", against {usual} with usual care" if usual else "")
    result += f"; {reduced} reduced" if reduced else ""
    result += "" if usual else "; no comparison group"
    after = after_in_words(evidence.after_stopping) if evidence.after_stopping else ""
    return f"{evidence.title}: {result}. {after}".rstrip()


def after_in_words(after: AfterStopping) -> str:
    """What became of people who stopped, in a sentence; empty where the result is itself of
    years."""
    back_on, stay_off, added = after.back_on, after.stay_off, after.added_relapse
    shares = [
        *([f"{back_on.events / back_on.people:.0%} were back on it"] if back_on else []),
        *(
            [f"{_range_in_words(stay_off)} were still off it"]
            if stay_off and stay_off.low < 1
            else []
        ),
        *(
            [f"{_range_in_words(added)} relapsed beyond those who do while they carry on"]
            if added
            else []
        ),
    ]
    if not shares:
        return ""
    source = " ".join(after.source.split())
    return f"Of people who stopped, {listed(shares)}, {after.follow_up} ({source})."


def _range_in_words(share: ShareRange) -> str:
    return f"{share.central:.0%} ({share.low:.0%} to {share.high:.0%})"


@dataclass(frozen=True, kw_only=True)
class ReportedShare:
    """A share that a service reports, gross, and whom it is of."""

    name: str
    share: float
    base: str


def reported_reductions(reference: ReferenceData) -> tuple[ReportedShare, ...]:
    """The shares who reduced that services and case studies report, the least first.

    They stand beside an option and are never carried over. Shares of medicines, of people who
    finished and of people picked because they did well are left out.
    """
    rows = [
        ReportedShare(
            name=row.title, share=row.reduced.events / row.reduced.people, base=row.denominator
        )
        for row in reference.outcomes
        if row.reduced is not None and row.design is Design.SERVICE
    ]
    for study in reference.case_studies:
        shares = [
            ReportedShare(name=study.name, share=study.value(row.figure) / 100, base=row.base.value)
            for row in study.reported
            if row.outcome == "reduced" and row.figure and row.base not in FLATTERING_BASES
        ]
        rows += shares[:1]
    return tuple(sorted(rows, key=lambda row: row.share))


def hours_unlike(row: ClassOutcomes, hours: float) -> str | None:
    """What to say where an option gives a person more than three times the hours of the trial, or
    less than a third of them; None where it does not, or the trial's hours are not known."""
    if row.no_evidence or row.hours is None or 1 / 3 <= hours / row.hours.central <= 3:
        return None
    whose = " (an estimate)" if row.hours_kind is FigureKind.ASSUMED else ""
    return (
        f"{row.medicine_class.label}: the evidence is of about {row.hours.central:g} hours of "
        f"staff for each person{whose}, and this option gives {hours:g}"
    )


def _part(arm: Arm) -> str:
    """A share, with the counts where they were seen and are not effective numbers."""
    whole = arm.events == int(arm.events) and arm.people == int(arm.people)
    counts = f" ({arm.events:.0f} of {arm.people:.0f})" if whole else ""
    return f"{arm.events / arm.people:.{0 if whole else 1}%}{counts}"


def _of(
    medicine_class: MedicineClass, offer: Offer, plan: Plan, reference: ReferenceData
) -> ClassOutcomes:
    chosen = plan.outcomes.of(medicine_class)
    current = reference.outcomes_for(medicine_class)
    evidence = reference.default_outcome(medicine_class, offer)
    entered = chosen.stopped is not None and offer is Offer.PROGRAMME
    if chosen.evidence is not None and not entered:
        named = next((row for row in current if row.id == chosen.evidence), None)
        if named is None:
            raise ReferenceMissing(
                f"no evidence on {medicine_class.label} is called '{chosen.evidence}'; there is "
                f"{', '.join(row.id for row in current)}"
            )
        evidence = named if named.offer is offer else evidence
    if entered:
        result = _from_entered(medicine_class, chosen)
    elif evidence is None:
        result = _without_evidence(medicine_class, offer)
    else:
        result = _from_evidence(medicine_class, evidence)
    if evidence is not None and evidence.after_stopping is not None:
        # Of entered shares too: they are of the class, and of those who stopped.
        return _with_after_stopping(result, evidence.after_stopping)
    return result


ENTERED = "a split normal from low, central and high, cut at 0 and 1"


def _from_entered(medicine_class: MedicineClass, chosen: ClassOutcome) -> ClassOutcomes:
    """Entered shares as they stand."""
    # The plan has seen to it.
    assert chosen.stopped is not None and chosen.usual is not None
    return ClassOutcomes(
        medicine_class=medicine_class,
        offer=Offer.PROGRAMME,
        denominator=Offer.PROGRAMME.denominator,
        title="Entered in this plan",
        design="entered",
        quality="as its source",
        follow_up="as its source",
        harm="not entered",
        because="Entered shares are used as they stand.",
        kind=FigureKind.ENTERED,
        verified=True,
        source=chosen.source or "entered in this plan, source not given",
        cautions=(),
        stop=_share_of_range(chosen.stopped, ENTERED),
        usual=_share_of_range(chosen.usual, ENTERED),
        net=Range(
            low=chosen.stopped.low - chosen.usual.high,
            central=chosen.stopped.central - chosen.usual.central,
            high=chosen.stopped.high - chosen.usual.low,
        ),
        net_method="entered shares, the widest apart they can be",
    )


def _without_evidence(medicine_class: MedicineClass, offer: Offer) -> ClassOutcomes:
    """A class without a trial of the kind of offer: nobody is counted beyond usual care."""
    none = OutcomeShare(
        values=Range(low=0, central=0, high=0),
        drawn_from=Distribution("fixed", 0),
        words="counted as nobody, since there is no trial",
    )
    return ClassOutcomes(
        medicine_class=medicine_class,
        offer=offer,
        denominator=offer.denominator,
        title=f"No trial of {offer.value}",
        design="no trial",
        quality="none",
        follow_up="none",
        harm="Not known.",
        because=(
            f"No trial of {offer.value} was found for {medicine_class.label}, so nobody is counted "
            "as stopping, and nobody beyond usual care. It is not known that nobody would."
        ),
        kind=FigureKind.ASSUMED,
        verified=True,
        source="no trial found",
        cautions=(),
        stop=none,
        usual=none,
        net=none.values,
        net_method="no trial, so counted as nobody",
        no_evidence=True,
    )


def _from_evidence(medicine_class: MedicineClass, evidence: OutcomeEvidence) -> ClassOutcomes:
    usual = _share_of_counts(evidence.usual, evidence.weight) if evidence.usual else None
    net: Range | None = None
    method = ""
    if evidence.supported is not None:
        stop = _share_of_counts(evidence.supported, evidence.weight)
        if usual is not None:
            net = difference(stop.values, usual.values)
            method = "difference of two shares, Newcombe 95%"
    elif evidence.ratio is not None:
        # The model has seen to it, here and below.
        assert usual is not None
        stop, net = _times(evidence.ratio, usual.values.central)
        method = (
            "usual care, held at its central value, times the ratio less 1, with the limits of the "
            "ratio"
        )
    else:
        assert usual is not None and evidence.difference is not None
        share = usual.values.central
        # Of another study: it is not drawn, so that what is drawn of the difference is its own.
        usual = OutcomeShare(
            values=as_range(share),
            drawn_from=Distribution("fixed", share),
            words=f"held at {share:.1%}, since the difference is what was pooled",
        )
        stop, net = _plus(evidence.difference, share)
        method = "the difference that the review pooled, with its 95% limits"
    if evidence.usual_of and net is not None:
        method = f"{method}; usual care is that of {evidence.usual_of}"
    return ClassOutcomes(
        medicine_class=medicine_class,
        offer=evidence.offer,
        denominator=evidence.denominator,
        title=evidence.title,
        design=evidence.design.value,
        quality=evidence.quality,
        follow_up=evidence.follow_up,
        harm=evidence.harm,
        because=" ".join(evidence.because.split()),
        kind=evidence.kind,
        verified=evidence.verified,
        source=evidence.citation,
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
        hours=evidence.hours,
        hours_kind=evidence.hours_kind,
    )


def _times(ratio: RiskRatio, base: float) -> tuple[OutcomeShare, Range]:
    """Who stops, and who does beyond usual care, where a ratio is laid on a share of usual care."""
    low, central, high = (min(1.0, base * r) for r in (ratio.low, ratio.value, ratio.high))
    stop = OutcomeShare(
        values=Range(low=low, central=central, high=high),
        drawn_from=Distribution("lognormal", ratio.value, ratio.low, ratio.high),
        words=f"usual care times a ratio of {ratio.value:g} ({ratio.low:g} to {ratio.high:g}), "
        "log-normal",
    )
    return stop, Range(low=low - base, central=central - base, high=high - base)


def _plus(added: RiskDifference, base: float) -> tuple[OutcomeShare, Range]:
    """Who stops, and who does beyond usual care, where a difference is laid on a share of usual
    care."""
    low, central, high = (
        min(1.0, max(0.0, base + more)) for more in (added.low, added.value, added.high)
    )
    values = Range(low=low, central=central, high=high)
    stop = OutcomeShare(
        values=values,
        drawn_from=by_range(values, "share"),
        words=f"usual care, held at {base:.1%}, and a difference of {added.value * 100:.1f} points "
        f"({added.low * 100:.1f} to {added.high * 100:.1f})",
    )
    return stop, Range(low=low - base, central=central - base, high=high - base)


def _with_after_stopping(result: ClassOutcomes, after: AfterStopping) -> ClassOutcomes:
    """The same with what becomes of those who stopped, as far as it is known."""
    words = f"of those who stopped, {after.follow_up} ({' '.join(after.source.split())})"
    back_on = replace(_share_of_counts(after.back_on, 1), words=words) if after.back_on else None
    stay_off = _share_of_range(after.stay_off, words) if after.stay_off else None
    if stay_off is None and back_on is not None:
        back, beta = back_on.values, back_on.drawn_from
        stay_off = OutcomeShare(
            values=Range(low=1 - back.high, central=1 - back.central, high=1 - back.low),
            drawn_from=Distribution("beta", beta.b, beta.a),
            words=words,
        )
    added = _share_of_range(after.added_relapse, words) if after.added_relapse else None
    return replace(result, back_on=back_on, stay_off=stay_off, added_relapse=added)


def _share_of_range(share: Range, words: str) -> OutcomeShare:
    return OutcomeShare(values=share, drawn_from=by_range(share, "share"), words=words)


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


def _share_of_counts(counted: Arm, weight: float) -> OutcomeShare:
    """A share with its Wilson 95% limits, from the part of its people that it is given; parts need
    not be whole."""
    events, people = counted.events * weight, counted.people * weight
    low, high = wilson_limits(events / people, people)
    return OutcomeShare(
        values=Range(low=low, central=events / people, high=high),
        drawn_from=Distribution("beta", events + 0.5, people - events + 0.5),
        words=f"Beta from {events:g} of {people:g} (Jeffreys)",
    )


@dataclass(frozen=True, kw_only=True)
class PublishedGain:
    """A published gain beside a price: the most that it would justify for each person who starts,
    by threshold, and what each quality-adjusted life year would cost.

    `ceilings` is empty and `cost_per_qaly` None where the study found no gain.
    """

    gain: QalyGain
    ceilings: dict[float, float]
    cost_per_qaly: float | None


@dataclass(frozen=True, kw_only=True)
class QalyCeiling:
    """What a price for each person who starts asks for: the gain that it needs, by threshold, in
    quality-adjusted life years a person, and the gains that have been published."""

    cost_per_start: float
    gain_by_threshold: dict[float, float]
    published: tuple[PublishedGain, ...]
    without: tuple[MedicineClass, ...]


def qaly_ceiling(cost_per_start: float, evidence: QalyEvidence) -> QalyCeiling:
    """The gain that each person who starts would need at each threshold, beside every published
    one; `without` are the classes for which none was found."""
    values = [threshold.value for threshold in evidence.thresholds]
    covered = {name for gain in evidence.gains for name in gain.medicine_classes}
    return QalyCeiling(
        cost_per_start=cost_per_start,
        gain_by_threshold={value: cost_per_start / value for value in values},
        published=tuple(
            PublishedGain(
                gain=gain,
                ceilings={value: value * gain.gain for value in values if gain.gain > 0},
                cost_per_qaly=cost_per_start / gain.gain if gain.gain > 0 else None,
            )
            for gain in evidence.gains
        ),
        without=tuple(name for name in MedicineClass if name not in covered),
    )
