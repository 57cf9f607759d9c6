"""People by deprivation fifth, age, ethnic group and disability add up, board by board and over
England."""

from __future__ import annotations

from collections import Counter

import pytest

from planner.model.place import OrganisationList, Split
from planner.model.prescribing import Basis
from planner.model.reference import ReferenceData

ENGLAND = {
    Split.IMD_2019: (8_416_780, 9_129_081, 9_196_807, 8_989_415, 8_724_767),
    Split.ETHNIC_GROUP: (5_426_498, 2_381_670, 1_669_304, 1_229_014, 45_783_622),
    Split.DISABILITY: (9_774_486, 46_715_560),
}
"""As England has them: IMD 2019 by decile as ONS prints it, Census 2021 as summed by board."""
FRIMLEY = {"QRL", "S0E4D", "S9B9J"}


@pytest.mark.parametrize("split", Split)
@pytest.mark.parametrize("of", OrganisationList)
def test_boards_add_up_to_england(
    reference: ReferenceData, split: Split, of: OrganisationList
) -> None:
    england = reference.people_of(reference.england, split)
    boards = [reference.people_of(board, split) for board in reference.icbs(of)]
    summed = [sum(counts) for counts in zip(*(board.counts for board in boards), strict=True)]
    # Adults by IMD 2025 are estimated, each board's rounded to a whole person.
    assert summed == pytest.approx(england.counts, abs=3 if split is Split.IMD_2025 else 0)
    if split in ENGLAND:
        assert england.counts == ENGLAND[split]


def test_adults_of_mid_2020_are_the_boards_own(reference: ReferenceData) -> None:
    for of in OrganisationList:
        for board in reference.icbs(of):
            adults = board.population(Basis.RESIDENT_ADULTS).value
            by_age = reference.people_of(board, Split.AGE)
            assert reference.people_of(board, Split.IMD_2019).total == by_age.total == adults
            old = sum(n for age, n in by_age.people.items() if int(age[:2]) >= 65)
            assert old == board.residents_65plus


def test_six_boards_of_april_2026_have_fifths(reference: ReferenceData) -> None:
    """Three are sums of whole sub-ICB locations; three share Frimley by district, and say so."""
    quintiles = {
        code: reference.people_of(reference.find_organisation(code), Split.IMD_2019)
        for code in ("D7T5G", "S1Y5D", "T6Y0W", "QRL", "S0E4D", "S9B9J")
    }
    assert quintiles["T6Y0W"].counts == (165_136, 265_172, 428_683, 281_428, 209_821)
    assert {code for code, row in quintiles.items() if "our inference" in row.caution} == FRIMLEY
    assert {code for code, row in quintiles.items() if row.kind == "modelled"} == FRIMLEY
    for code in ("D7T5G", "S1Y5D", "T6Y0W"):
        parts: Counter[str] = Counter()
        for part in reference.sub_icbs:
            if part.icb_after == code:
                parts.update(reference.people_of(part, Split.IMD_2019).people)
        assert dict(parts) == quintiles[code].people


def test_frimley_is_shared_out_whole(reference: ReferenceData) -> None:
    older, newer = OrganisationList.TO_MARCH_2026, OrganisationList.FROM_APRIL_2026
    after = sum(
        reference.people_of(reference.organisation(code, newer), Split.IMD_2019).total
        for code in FRIMLEY
    )
    before = sum(
        reference.people_of(reference.organisation(code, older), Split.IMD_2019).total
        for code in ("QRL", "QNQ", "QU9", "QXU", "QNX")
    )
    assert after == before


def test_every_sub_icb_location_has_fifths_by_both_indices(reference: ReferenceData) -> None:
    for part in reference.sub_icbs:
        assert reference.people_of(part, Split.IMD_2019).total == part.resident_adults
        assert len(reference.people_of(part, Split.IMD_2025).counts) == 5
