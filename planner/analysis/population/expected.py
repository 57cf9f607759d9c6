"""People expected in each deprivation fifth and age at England's rates; no local count is used."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.analysis.formatting import capital, first_reason, listed, rounded
from planner.analysis.population.inequality import QUINTILES
from planner.analysis.population.need import plan_organisation
from planner.analysis.statistics.group_rates import both_sexes
from planner.model.base import grouped
from planner.model.inequality import Inequality
from planner.model.place import DeprivationIndex, Split
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData

ENDS = {"1": "Q1 most deprived", "5": "Q5 least deprived"}
"""The fifths whose rate of England is published, and what the national figures call them."""
QUINTILE_RATE = "identified patients per 1,000 all-age pop"
OTHER_PEOPLE = (
    "people by fifth and age are known for all of the board's resident adults only, and this plan "
    "counts others"
)


@dataclass(frozen=True, kw_only=True)
class ExpectedGroup:
    """Adults of one fifth or age here, and the people expected of them to be prescribed a class.

    `people` is empty where England's rate for the group is not published.
    """

    group: str
    adults: int
    people: float | None


@dataclass(frozen=True, kw_only=True)
class Expected:
    """People of one class expected here at England's rates, group by group; or why not."""

    medicine_class: MedicineClass
    groups: tuple[ExpectedGroup, ...] = ()
    source: str = ""
    withheld: str | None = None

    @property
    def total(self) -> float | None:
        """The people expected of all groups, where each has a number."""
        people = [group.people for group in self.groups]
        known = [count for count in people if count is not None]
        return sum(known) if known and len(known) == len(people) else None


def expected_findings(rows: Sequence[Expected]) -> list[str]:
    """What is expected of each class in words, and each reason once where it is withheld."""
    findings = [_finding(row) for row in rows if not row.withheld]
    withheld = grouped((row for row in rows if row.withheld), lambda row: row.withheld)
    return findings + [
        f"Not given for {listed([row.medicine_class.label for row in of_reason])}: {why}."
        for why, of_reason in withheld.items()
    ]


def _finding(row: Expected) -> str:
    name = capital(row.medicine_class.label)
    if row.total is not None:
        most = sorted(row.groups, key=lambda group: -(group.people or 0))[:3]
        ages = listed([group.group for group in sorted(most, key=lambda group: group.group)])
        return (
            f"{name}: about {rounded(row.total, -2)} people expected here at England's rates by "
            f"age, most of them aged {ages} (modelled)."
        )
    parts = [
        f"about {rounded(group.people, -2)} of the {group.adults:,} adults in fifth {quintile}"
        for quintile, group in zip(QUINTILES, row.groups, strict=True)
        if group.people is not None
    ]
    return f"{name}: at England's rates, {listed(parts)} would be prescribed them (modelled)."


def expected_by_quintile(plan: Plan, reference: ReferenceData) -> tuple[Expected, ...]:
    """People expected in the most and the least deprived fifth, of adults and a year (modelled).

    The adults of the fifth, times England's newest rate of adults, times how far the fifth's rate
    of people of all ages stood from England's (NHSBSA, over mid-2020 populations). Those rates are
    by IMD 2019 and are never joined to fifths of IMD 2025.
    """
    index = plan.inequality.deprivation_index
    icb = plan_organisation(plan, reference)
    adults = reference.people_of(icb, index).people
    everyone = reference.england.population(Basis.RESIDENT_ALL_AGES).value
    rows = []
    for medicine_class in plan.prescribing.included:
        rate = reference.newest_rate(medicine_class, Basis.RESIDENT_ADULTS)
        of_class = [row for row in reference.national if row.medicine_class is medicine_class]
        quintiles = {row.stratum: row for row in of_class if row.measure == QUINTILE_RATE}
        patients = {
            row.period: row.value
            for row in of_class
            if row.measure == "identified patients" and row.stratum_type == "total"
        }
        withheld = _withheld(
            plan,
            (
                index is not DeprivationIndex.IMD_2019,
                f"England's rates by deprivation are by IMD 2019, and this plan uses {index}",
            ),
            (
                rate is None or not quintiles,
                "England's rates by fifth are published for the four classes other than "
                "antidepressants together, and not for each",
            ),
        )
        if withheld or rate is None:
            rows.append(Expected(medicine_class=medicine_class, withheld=withheld))
            continue
        relative = {
            quintile: quintiles[name].value / (patients[quintiles[name].period] * 1000 / everyone)
            for quintile, name in ENDS.items()
        }
        rows.append(
            Expected(
                medicine_class=medicine_class,
                groups=tuple(
                    ExpectedGroup(
                        group=quintile,
                        adults=count,
                        people=count * rate.value / 1000 * relative[quintile]
                        if quintile in relative
                        else None,
                    )
                    for quintile, count in adults.items()
                ),
                source=f"{rate.source}, {rate.period}; {quintiles[ENDS['1']].source}",
            )
        )
    return tuple(rows)


def expected_by_age(plan: Plan, reference: ReferenceData) -> tuple[Expected, ...]:
    """People expected in each five-year age, of adults and a year, at England's rates (modelled).

    England's counts by age are those of a workbook the user brought, over England's adults of
    mid-2020; both sexes together.
    """
    icb = plan_organisation(plan, reference)
    here = reference.people_of(icb, Split.AGE).people
    england = reference.people_of(reference.england, Split.AGE).people
    current = plan.inequality
    rows = []
    for medicine_class in plan.prescribing.included:
        counts = _england_by_age(current, medicine_class)
        withheld = _withheld(
            plan,
            (
                not counts,
                "England's counts by age are not in this plan; bring NHSBSA's workbook of people "
                "by sex and age as a local file",
            ),
            (
                any(band not in counts for band in here),
                "England's counts are there for some ages only",
            ),
        )
        if withheld:
            rows.append(Expected(medicine_class=medicine_class, withheld=withheld))
            continue
        rows.append(
            Expected(
                medicine_class=medicine_class,
                groups=tuple(
                    ExpectedGroup(
                        group=band, adults=adults, people=adults * counts[band] / england[band]
                    )
                    for band, adults in here.items()
                ),
                source=", ".join(filter(None, (current.england_source, current.england_period))),
            )
        )
    return tuple(rows)


def _england_by_age(current: Inequality, medicine_class: MedicineClass) -> dict[str, int]:
    """England's people of each age, of both sexes, where both are counted."""
    by_age = grouped(current.england_age_sex, key=lambda row: row.age)
    counts = {
        age: both_sexes([row.patients.of(medicine_class) for row in rows])
        for age, rows in by_age.items()
    }
    return {age: count for age, count in counts.items() if count is not None}


def _withheld(plan: Plan, *reasons: tuple[bool, str]) -> str | None:
    """The first reason that holds against giving what is expected, or None where none does."""
    choice = plan.population
    others = choice.entered is not None or choice.basis is not Basis.RESIDENT_ADULTS
    return first_reason((others, OTHER_PEOPLE), *reasons)
