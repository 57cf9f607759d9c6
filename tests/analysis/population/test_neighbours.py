"""Boards like this one: nearest by what is held, the same both ways, and by hand."""

from __future__ import annotations

import math
from statistics import pstdev

import pytest

from planner.analysis.population.ladder import region_ratios
from planner.analysis.population.neighbours import SUBJECTS, neighbour_words, neighbours
from planner.model.place import DeprivationIndex, OrganisationList, Place, ResidentGroup, Split
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData


@pytest.mark.parametrize("of", OrganisationList)
def test_every_board_has_five_others_the_nearest_first(
    reference: ReferenceData, minimal: Plan, of: OrganisationList
) -> None:
    for board in reference.icbs(of):
        place = Place(icb_code=board.code, organisation_list=of)
        rows = neighbours(minimal.model_copy(update={"place": place}), reference)
        assert len({row.code for row in rows} - {board.code}) == 5
        assert [row.distance for row in rows] == sorted(row.distance for row in rows)
        assert rows[0].distance > 0


def test_a_distance_by_hand(reference: ReferenceData, minimal: Plan) -> None:
    """South Yorkshire and its nearest, subject by subject, from the shipped counts."""
    boards = reference.icbs(OrganisationList.FROM_APRIL_2026)
    nearest, *_ = neighbours(minimal, reference)

    def figures(code: str) -> list[tuple[float, ...]]:
        board = reference.find_organisation(code)
        ages = reference.people_of(board, Split.AGE)
        quintiles = reference.people_of(board, Split.IMD_2019)
        ethnic = reference.people_of(board, Split.ETHNIC_GROUP)
        ratios = [
            region_ratios(c, Basis.RESIDENT_ADULTS, reference)[board.region] for c in MedicineClass
        ]
        older = board.residents_65plus / ages.total
        young = sum(ages.people[age] for age in ("18-24", "25-29", "30-34")) / ages.total
        return [
            (older, young),
            (quintiles.share("1"), quintiles.share("5")),
            (
                1 - ethnic.share(ResidentGroup.WHITE),
                ethnic.share(ResidentGroup.ASIAN),
                ethnic.share(ResidentGroup.BLACK),
            ),
            (reference.people_of(board, Split.DISABILITY).share(ResidentGroup.DISABLED),),
            (sum(ratios) / 5, *ratios),
        ]

    every = [figures(board.code) for board in boards]
    here, there = figures("QF7"), figures(nearest.code)
    by_subject = []
    for subject in range(len(SUBJECTS)):
        squares = [
            ((a - b) / pstdev(row[subject][place] for row in every)) ** 2
            for place, (a, b) in enumerate(zip(here[subject], there[subject], strict=True))
        ]
        by_subject.append(sum(squares) / len(squares))
    assert nearest.distance == pytest.approx(math.sqrt(sum(by_subject) / len(by_subject)))


def test_the_reason_is_in_words_with_both_figures(reference: ReferenceData, minimal: Plan) -> None:
    words = neighbour_words(neighbours(minimal, reference))
    assert all("apart; most alike in" in line and "here), least in" in line for line in words)


def test_london_is_like_london(reference: ReferenceData, minimal: Plan) -> None:
    plan = minimal.model_copy(update={"place": Place(icb_code="QKK")})
    regions = [reference.find_organisation(row.code).region for row in neighbours(plan, reference)]
    assert regions[:3] == ["London"] * 3


def test_the_index_of_the_plan_is_used(reference: ReferenceData, minimal: Plan) -> None:
    inequality = minimal.inequality.model_copy(
        update={"deprivation_index": DeprivationIndex.IMD_2025}
    )
    other = minimal.model_copy(update={"inequality": inequality})
    by_2019, by_2025 = (
        [row.distance for row in neighbours(plan, reference)] for plan in (minimal, other)
    )
    assert by_2019 != by_2025
