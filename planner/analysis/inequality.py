"""How prescribing differs by deprivation and by sex here, in words that follow the local numbers."""

from __future__ import annotations

from planner.analysis.need import plan_organisation, plan_population
from planner.analysis.wording import local_counts, percent, rounded
from planner.model.base import Frozen
from planner.model.inequality import ClassInequality
from planner.model.place import Organisation
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import NationalPattern, ReferenceData

FIFTHS = ("1, most deprived", "2", "3", "4", "5, least deprived")


class ClassGap(Frozen):
    """What is known of one class. Rates are crude, people per 1,000 resident adults of each fifth."""

    medicine_class: MedicineClass
    counts_shown: tuple[str, ...]
    rates: tuple[float | None, ...]
    ratio: float | None
    gap: float | None
    women_share: float | None
    finding: str
    is_local: bool
    source: str
    withheld: str | None


class DeprivationProfile(Frozen):
    """The share of adults here, and in England, living in each deprivation fifth of England."""

    local: tuple[float, ...] | None
    england: tuple[float, ...]
    finding: str
    withheld: str | None


class InequalityResult(Frozen):
    """The place's deprivation profile and, class by class, who is prescribed more."""

    profile: DeprivationProfile
    classes: tuple[ClassGap, ...]


def inequality(plan: Plan, reference: ReferenceData) -> InequalityResult:
    """How the place's adults spread over deprivation fifths, and how each class runs with deprivation.

    Local counts over resident adults of each fifth (ONS mid-2020, IMD 2019), crude, not adjusted for age.
    Where there are none, the national pattern is told as such. A count of one to four people is not used.
    """
    organisation = plan_organisation(plan, reference)
    patterns = {pattern.medicine_class: pattern for pattern in reference.patterns}
    return InequalityResult(
        profile=_profile(organisation, reference.england),
        classes=tuple(
            _class_gap(plan, plan.inequality.of(c), organisation, patterns[c], reference)
            for c in plan.prescribing.included
        ),
    )


def _profile(organisation: Organisation, england: Organisation) -> DeprivationProfile:
    national = _shares(england.adults_by_quintile or (0, 0, 0, 0, 0))
    if organisation.adults_by_quintile is None:
        because = organisation.quintiles_missing_because or "not published"
        return DeprivationProfile(
            local=None,
            england=national,
            finding=f"How adults here spread over deprivation fifths is not known. {because}",
            withheld=because,
        )
    local = _shares(organisation.adults_by_quintile)
    shown = percent(local[0]), percent(national[0])
    beside = (
        "about the same as"
        if shown[0] == shown[1]
        else "more than"
        if local[0] > national[0]
        else "less than"
    )
    return DeprivationProfile(
        local=local,
        england=national,
        finding=(
            f"{shown[0]} of adults here live in the most deprived fifth of England's areas, {beside} the "
            f"{shown[1]} of all adults in England who do."
        ),
        withheld=None,
    )


def _shares(counts: tuple[int, ...]) -> tuple[float, ...]:
    return tuple(count / sum(counts) for count in counts)


def _class_gap(
    plan: Plan,
    counts: ClassInequality,
    organisation: Organisation,
    pattern: NationalPattern,
    reference: ReferenceData,
) -> ClassGap:
    adults = organisation.adults_by_quintile
    basis = plan_population(plan, reference).basis
    shown = local_counts(list(counts.by_quintile))
    usable = [
        count if seen.replace(",", "").isdigit() else None
        for count, seen in zip(counts.by_quintile, shown, strict=True)
    ]
    withheld = None
    if usable[0] is None or usable[4] is None:
        withheld = "counts that can be shown are needed for the most and for the least deprived fifth"
    elif adults is None:
        withheld = organisation.quintiles_missing_because
    elif basis is not Basis.RESIDENT_ADULTS:
        withheld = (
            "people by deprivation fifth are known here for resident adults only, and this plan counts "
            f"{basis.words}"
        )
    if withheld or adults is None:
        return _national_only(counts, shown, pattern, withheld)
    rates = tuple(
        None if count is None else count * 1000 / people for count, people in zip(usable, adults, strict=True)
    )
    most, least = rates[0] or 0.0, rates[4] or 0.0
    ratio = most / least if least else None
    return ClassGap(
        medicine_class=counts.medicine_class,
        counts_shown=tuple(shown),
        rates=rates,
        ratio=ratio,
        gap=most - least,
        women_share=_women(counts),
        finding=_finding(counts.medicine_class, most, least, ratio),
        is_local=True,
        source=plan.inequality.source or "entered in this plan, source not given",
        withheld=None if ratio is not None else "nobody in the least deprived fifth, so no ratio",
    )


def _finding(medicine_class: MedicineClass, most: float, least: float, ratio: float | None) -> str:
    figures = (
        f"{rounded(most, 1)} per 1,000 adults in the most deprived fifth, {rounded(least, 1)} in the least"
    )
    name = medicine_class.words[0].upper() + medicine_class.words[1:]
    if ratio is None or f"{ratio:.2f}" == "1.00":
        return f"{name}: about the same rate across deprivation ({figures})."
    if ratio > 1:
        return (
            f"{name}: prescribed at {rounded(ratio, 2)} times the rate in the most deprived fifth ({figures}). "
            "Age and sex are not allowed for."
        )
    return (
        f"{name}: prescribed less in the most deprived fifth, at {rounded(ratio, 2)} times the rate of the "
        f"least deprived ({figures}). Age and sex are not allowed for."
    )


def _national_only(
    counts: ClassInequality, shown: list[str], pattern: NationalPattern, withheld: str | None
) -> ClassGap:
    return ClassGap(
        medicine_class=counts.medicine_class,
        counts_shown=tuple(shown),
        rates=(None,) * 5,
        ratio=None,
        gap=None,
        women_share=_women(counts),
        finding=pattern.statement,
        is_local=False,
        source=f"Framework PR1103, {pattern.section}",
        withheld=withheld,
    )


def _women(counts: ClassInequality) -> float | None:
    """Women's share of the people prescribed a class, or None where either count is small or unknown."""
    women, men = counts.women, counts.men
    if women is None or men is None or 0 < women < 5 or 0 < men < 5 or women + men == 0:
        return None
    return women / (women + men)
