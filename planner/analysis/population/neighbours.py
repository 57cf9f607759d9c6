"""Boards like this one, by what is held of every board; nobody is ranked."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache, partial
from statistics import fmean

import numpy as np
from numpy.typing import NDArray

from planner.analysis.formatting import percent, rounded
from planner.analysis.population.ladder import region_ratios
from planner.analysis.population.need import need, plan_organisation
from planner.model.place import (
    DeprivationIndex,
    Organisation,
    OrganisationList,
    Place,
    PopulationChoice,
    ResidentGroup,
    Split,
)
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData

HOW_MANY = 5
METHOD = (
    "Distance is the root of the mean squared difference over age, deprivation, ethnic group, "
    "disability and the region's items, each in standard deviations over all boards and all "
    "weighing the same. Density is not held."
)


@dataclass(frozen=True, kw_only=True)
class Neighbour:
    """A board like the plan's: how far from it, in standard deviations, and why in words."""

    code: str
    name: str
    distance: float
    reason: str


SUBJECTS: tuple[tuple[str, Callable[[float], str], tuple[str, ...]], ...] = (
    ("age", percent, ("aged 65 and over", "aged 18 to 34")),
    ("deprivation", percent, ("in the most deprived fifth", "in the least deprived fifth")),
    (
        "ethnic group",
        percent,
        ("of groups other than White", "of Asian groups", "of Black groups"),
    ),
    ("disability", percent, ("disabled",)),
    (
        "the region's items",
        partial(rounded, places=2),
        (
            "times England's over the five classes",
            *(f"times England's of {medicine_class.label}" for medicine_class in MedicineClass),
        ),
    ),
)
"""The ways in which boards differ: what each is called, how its figures are printed, and each
figure in words."""


def _figures_of(
    icb: Organisation, index: DeprivationIndex, reference: ReferenceData
) -> tuple[tuple[float, ...], ...]:
    """A board's figures of each subject, in the order of `SUBJECTS`."""
    ages = reference.people_of(icb, Split.AGE)
    bands, quintiles = [*ages.people], reference.people_of(icb, index).shares
    ethnic = reference.people_of(icb, Split.ETHNIC_GROUP)
    disabled = reference.people_of(icb, Split.DISABILITY).share(ResidentGroup.DISABLED)
    ratios = [
        region_ratios(one, Basis.RESIDENT_ADULTS, reference)[icb.region]
        for one in MedicineClass
        if any(row.items.of(one) for row in reference.region_items)
    ]
    return (
        (sum(ages.shares[bands.index("65-69") :]), sum(ages.shares[: bands.index("35-39")])),
        (quintiles[0], quintiles[-1]),
        (
            1 - ethnic.share(ResidentGroup.WHITE),
            ethnic.share(ResidentGroup.ASIAN),
            ethnic.share(ResidentGroup.BLACK),
        ),
        (disabled,),
        (fmean(ratios), *ratios),
    )


def neighbours(plan: Plan, reference: ReferenceData) -> tuple[Neighbour, ...]:
    """The boards of the plan's list that are most like its own, the nearest first."""
    icb = plan_organisation(plan, reference)
    icbs = reference.icbs(icb.organisation_list)
    own = [one.code for one in icbs].index(icb.code)
    figures = _figures(reference, icb.organisation_list, plan.inequality.deprivation_index)
    in_deviations = (values / values.std(axis=0) for values in figures)
    squared = [(values - values[own]) ** 2 for values in in_deviations]
    by_subject = np.array([squares.mean(axis=1) for squares in squared]).T
    distance = np.sqrt(by_subject.mean(axis=1))
    nearest = [int(place) for place in np.argsort(distance, kind="stable") if place != own]

    def words(place: int, subject: int, figure: int) -> str:
        name, display, meanings = SUBJECTS[subject]
        there, here = (display(float(figures[subject][at, figure])) for at in (place, own))
        return f"{name} ({there} {meanings[figure]}, {here} here)"

    def reason(place: int) -> str:
        # A region's items are the same all over it, so what is alike is told of the people.
        like, unlike = int(by_subject[place][:-1].argmin()), int(by_subject[place].argmax())
        furthest = int(squared[unlike][place].argmax())
        return f"most alike in {words(place, like, 0)}, least in {words(place, unlike, furthest)}"

    return tuple(
        Neighbour(
            code=icbs[place].code,
            name=icbs[place].short_name,
            distance=float(distance[place]),
            reason=reason(place),
        )
        for place in nearest[:HOW_MANY]
    )


def rates_like_here(
    plan: Plan, reference: ReferenceData
) -> dict[MedicineClass, tuple[float, float]]:
    """The lowest and the highest modelled rate per 1,000 of each class over the boards most like
    this one, on the plan's basis; nothing where England's rate is not known on it."""
    of_list, basis = plan.place.organisation_list, plan.population.basis
    rates = [
        _modelled_rates(one.code, of_list, basis, reference) for one in neighbours(plan, reference)
    ]
    return {of: (min(one[of] for one in rates), max(one[of] for one in rates)) for of in rates[0]}


@lru_cache(maxsize=256)
def _modelled_rates(
    code: str, of_list: OrganisationList, basis: Basis, reference: ReferenceData
) -> dict[MedicineClass, float]:
    """The rate per 1,000 of each class at a board nobody has counted anything at."""
    place = Place(icb_code=code, organisation_list=of_list)
    plan = Plan(place=place, population=PopulationChoice(basis=basis))
    rows = need(plan, reference).classes
    return {row.medicine_class: row.rate.central for row in rows if row.rate}


@lru_cache(maxsize=4)
def _figures(
    reference: ReferenceData, which: OrganisationList, index: DeprivationIndex
) -> tuple[NDArray[np.float64], ...]:
    """The figures of each subject, board by board."""
    by_icb = [_figures_of(icb, index, reference) for icb in reference.icbs(which)]
    return tuple(np.array(values) for values in zip(*by_icb, strict=True))


def neighbour_words(rows: tuple[Neighbour, ...]) -> list[str]:
    """Each neighbour with its distance and the reason, in words."""
    return [f"{row.name}: {rounded(row.distance, 2)} apart; {row.reason}." for row in rows]
