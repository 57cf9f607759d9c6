"""How much good a price would have to do, beside the good that studies have found."""

from dataclasses import dataclass

from planner.model.outcomes import QalyEvidence, QalyGain
from planner.model.prescribing import MedicineClass


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
    needed: dict[float, float]
    published: tuple[PublishedGain, ...]
    without: tuple[MedicineClass, ...]


def qaly_ceiling(cost_per_start: float, evidence: QalyEvidence) -> QalyCeiling:
    """The gain that each person who starts would need at each threshold, beside every published
    one; `without` are the classes for which none was found."""
    values = [threshold.value for threshold in evidence.thresholds]
    covered = {name for gain in evidence.gains for name in gain.medicine_classes}
    return QalyCeiling(
        cost_per_start=cost_per_start,
        needed={value: cost_per_start / value for value in values},
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
