"""Rates that allow for age and sex, beside England, where strata are known. No crude rates here."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.analysis.formatting import capital, listed_in_part, rounded
from planner.analysis.periods import near
from planner.analysis.population.need import Need
from planner.analysis.statistics.group_rates import impossible
from planner.analysis.statistics.intervals import (
    Interval,
    Stratum,
    TooFew,
    differs,
    directly_standardised,
    indirectly_standardised,
)
from planner.model.inequality import AgeSexCounts, Inequality
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass, NationalFigure
from planner.model.reference import ReferenceData


@dataclass(frozen=True, kw_only=True)
class ClassStandardised:
    """One class with age and sex allowed for.

    `rate` is people per 1,000 as they would be if the place had England's ages and sexes; `ratio`
    is people prescribed over those expected at England's own rates. Either may be missing.
    """

    medicine_class: MedicineClass
    rate: Interval | None
    england: NationalFigure | None
    ratio: Interval | None
    finding: str


def standardised(plan: Plan, need: Need, reference: ReferenceData) -> tuple[ClassStandardised, ...]:
    """Each class directly standardised to England's adults of mid-2020 (Dobson), and against
    England's rates.

    Direct: local counts and people by sex and age band, weighted as England's adults are. Indirect:
    people expected at England's rates by sex and age, from a workbook the user brought, against
    people counted. Empty where the plan has no counts by sex and age.
    """
    if not plan.inequality.age_sex:
        return ()
    return tuple(_one(plan, c, need, reference) for c in plan.prescribing.included)


def _one(
    plan: Plan, medicine_class: MedicineClass, need: Need, reference: ReferenceData
) -> ClassStandardised:
    current = plan.inequality
    strata = [
        row
        for row in current.age_sex
        if row.patients.of(medicine_class) is not None and row.population
    ]
    ages, why_not = _ages(strata)
    if current.counted not in (None, plan.population.basis):
        ages, why_not = "", "the counts are of other people than this plan counts"
    elif impossible(current.age_sex, medicine_class):
        ages, why_not = "", _more_than_people(current.age_sex, medicine_class)
    elif len(strata) < len(current.age_sex):
        why_not = "not every sex and age band has both a count and its people"
    rate, why_no_rate = (None, why_not) if why_not else _direct(strata, medicine_class, reference)
    ratio, ratio_ages = _indirect(current.england_age_sex, strata if ages else [], medicine_class)
    row = need.of(medicine_class)
    whole = plan.population.basis is Basis.RESIDENT_ADULTS and ages == "18 and over"
    england = row.england_rate if row is not None and whole and rate is not None else None
    return ClassStandardised(
        medicine_class=medicine_class,
        rate=rate,
        england=england,
        ratio=ratio,
        finding=_finding(
            medicine_class, current, rate, why_no_rate, england, ratio, ages, ratio_ages
        ),
    )


def _more_than_people(rows: Sequence[AgeSexCounts], medicine_class: MedicineClass) -> str:
    """Why there is no rate where in some bands more people are prescribed than there are."""
    bands = [
        f"{'women' if row.sex == 'Female' else 'men'} aged {row.age}"
        for row in impossible(rows, medicine_class)
    ]
    return f"more people are prescribed than there are among {listed_in_part(bands, 4, 3)}"


def _name(row: AgeSexCounts) -> str:
    return f"{row.sex} {row.age}"


def _ends(age: str) -> tuple[int, int]:
    if age.endswith("+"):
        return int(age[:-1]), 200
    low, high = age.split("-")
    return int(low), int(high)


def _ages(strata: Sequence[AgeSexCounts]) -> tuple[str, str | None]:
    """The ages that both sexes cover without a gap, in words; or why there are none."""
    bands = {
        sex: sorted(_ends(row.age) for row in strata if row.sex == sex)
        for sex in ("Female", "Male")
    }
    women, men = bands.values()
    if not women or women != men:
        return "", "the same age bands are not there for both sexes"
    if any(later[0] != earlier[1] + 1 for earlier, later in zip(women, women[1:], strict=False)):
        return "", "age bands overlap, or leave a gap between them"
    top = "and over" if women[-1][1] == 200 else f"to {women[-1][1]}"
    return f"{women[0][0]} {top}", None


def _standard(strata: Sequence[AgeSexCounts], reference: ReferenceData) -> dict[str, int] | str:
    """England's adults in the same strata, bands joined where a local one is wider; or why that
    cannot be."""
    current = {
        (row.sex, *_ends(row.age_band)): row.population
        for row in reference.standard_population
        if row.sex in ("Female", "Male") and row.age_band != "Total"
    }
    standard = {}
    for row in strata:
        low, high = _ends(row.age)
        inside = [band for band in current if band[0] == row.sex and low <= band[1] <= high]
        ends = (
            min((b[1] for b in inside), default=None),
            max((b[2] for b in inside), default=None),
        )
        if ends != (low, high):
            return (
                f"the age band {row.age} is not made of whole bands of England's adults "
                "(18-24, 25-29 and so on)"
            )
        standard[_name(row)] = sum(current[band] for band in inside)
    return standard


def _direct(
    strata: Sequence[AgeSexCounts], medicine_class: MedicineClass, reference: ReferenceData
) -> tuple[Interval | None, str | None]:
    standard = _standard(strata, reference)
    if isinstance(standard, str):
        return None, standard
    try:
        parts = [
            Stratum(
                name=_name(r),
                count=r.patients.of(medicine_class) or 0,
                population=r.population or 1,
            )
            for r in strata
        ]
        return directly_standardised(parts, standard, per=1000), None
    except TooFew as error:
        return None, str(error)


def _indirect(
    england_strata: Sequence[AgeSexCounts],
    strata: Sequence[AgeSexCounts],
    medicine_class: MedicineClass,
) -> tuple[Interval | None, str]:
    """People counted over those expected at England's rates, and at which ages; none where
    England's counts have not been brought, cannot be, or are of other bands."""
    england = {
        (row.sex, row.age): count / row.population
        for row in england_strata
        for count in (row.patients.of(medicine_class),)
        if row.population and count is not None
    }
    shared = [row for row in strata if (row.sex, row.age) in england]
    rates = {_name(row): england[(row.sex, row.age)] for row in shared}
    ages, why_not = _ages(shared)
    if why_not or impossible(england_strata, medicine_class) or not any(rates.values()):
        return None, ""
    observed = sum(row.patients.of(medicine_class) or 0 for row in shared)
    people = {_name(row): row.population or 1 for row in shared}
    return indirectly_standardised(people, rates, observed), ages


def _finding(
    medicine_class: MedicineClass,
    current: Inequality,
    rate: Interval | None,
    why_no_rate: str | None,
    england: NationalFigure | None,
    ratio: Interval | None,
    ages: str,
    ratio_ages: str,
) -> str:
    parts = []
    if rate is not None:
        parts.append(
            f"with England's ages and sexes the rate would be {rounded(rate.value, 1)} per 1,000 "
            f"people aged {ages} ({rounded(rate.low, 1)} to {rounded(rate.high, 1)})"
        )
    if rate is not None and england is not None:
        comparison = f"England's {rounded(england.value, 1)} ({england.period})"
        judged = differs(rate, england.value - 0.5, england.value + 0.5)
        parts.append(
            f"not judged against {comparison}, which is of another year"
            if not near(current.period, england.period)
            else f"not clearly different from {comparison}"
            if judged == "no clear difference"
            else f"{judged} than {comparison}"
        )
    if ratio is not None:
        low, high = ratio.low, ratio.high
        times = f"{rounded(ratio.value, 2)} times ({rounded(low, 2)} to {rounded(high, 2)})"
        when = (
            f"England's rates of {current.england_period or 'a year not given'}, over its people "
            "of mid-2020"
        )
        more = "more than" if low > 1 else "fewer than" if high < 1 else "about as many as"
        parts.append(
            f"at ages {ratio_ages}, {more} expected at {when}: {times}"
            if near(current.period, current.england_period)
            else f"at ages {ratio_ages}, {times} those expected at {when}; the years differ, so "
            "not judged"
        )
    if not parts:
        parts.append(f"age and sex cannot be allowed for, because {why_no_rate}")
    return f"{capital(medicine_class.label)}: {'; '.join(parts)}."
