"""Where a board stands among all: kept from a file of all boards, ranked by hand, never a table."""

from __future__ import annotations

from collections.abc import Iterable
from statistics import quantiles

import pytest

from planner.analysis.local_data.adopt import Adoption, adopt
from planner.analysis.population.neighbours import neighbours
from planner.analysis.population.standing import standings
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.intake.registry import read_upload
from planner.model.areas import BoardMeasure
from planner.model.library import SpecLibrary
from planner.model.place import OrganisationList, Place
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData
from tests.intake import samples

OLD, NEW = OrganisationList.TO_MARCH_2026, OrganisationList.FROM_APRIL_2026


def brought(
    plan: Plan,
    reference: ReferenceData,
    boards: Iterable[str],
    counts: dict[str, tuple[int, int, int]] | None = None,
    year: str = "2023/2024",
) -> Adoption:
    """A workbook in which every board has the same counts, adopted."""
    icbs = tuple((f"NHS {code} ICB", code) for code in boards)
    book = samples.dfm(icbs=icbs, year=year, counts=counts or {"Opioids": (100_000, 400_000, 0)})
    return adopt(plan, [read_upload("dfm.xlsx", book, reference)], reference)


def codes(reference: ReferenceData, of: OrganisationList) -> list[str]:
    return [board.code for board in reference.icbs(of)]


def test_a_workbook_of_all_boards_is_kept(reference: ReferenceData, minimal: Plan) -> None:
    result = brought(minimal, reference, codes(reference, OLD))
    people, items = result.plan.boards
    assert (people.measure, items.measure) == (BoardMeasure.PEOPLE, BoardMeasure.ITEMS)
    assert len(people.counts) == len(items.counts) == 42
    assert people.counts["QT6"] == 100_000 and people.period == "2023/24"
    assert people.counted is Basis.RESIDENT_ALL_AGES
    assert "Every board's people of opioids" in [change.what for change in result.changes]


def test_a_file_of_few_boards_is_not_of_all(reference: ReferenceData, minimal: Plan) -> None:
    assert brought(minimal, reference, codes(reference, NEW)[:30]).plan.boards == ()
    assert brought(minimal, reference, ["QF7"]).plan.boards == ()


def test_newer_totals_take_the_place_of_older_ones_and_not_the_other_way(
    reference: ReferenceData, minimal: Plan
) -> None:
    newer = brought(minimal, reference, codes(reference, NEW)).plan
    older = brought(newer, reference, codes(reference, OLD), year="2021/2022")
    assert older.plan.boards == newer.boards
    assert any(choice.id == "boards-people-opioids" for choice in older.choices)
    again = brought(older.plan, reference, codes(reference, OLD), year="2024/2025")
    assert {row.period for row in again.plan.boards} == {"2024/25"}


def test_where_a_board_stands_by_hand(reference: ReferenceData, minimal: Plan) -> None:
    """Every board has 100,000 people, so the smallest board has the highest rate."""
    plan = brought(minimal, reference, codes(reference, NEW)).plan
    row = standings(plan, reference)[0]
    rates = {
        board.code: 100_000_000 / board.population(Basis.RESIDENT_ALL_AGES).value
        for board in reference.icbs(NEW)
    }
    low, _, high = quantiles(rates.values(), n=4, method="inclusive")
    like = [rates[one.code] for one in neighbours(plan, reference)]
    assert row.rate == pytest.approx(100_000_000 / 1_415_054)
    assert row.rank == 1 + sum(rate < rates["QF7"] for rate in rates.values())
    assert row.middle_half == pytest.approx((low, high))
    assert row.like_here == pytest.approx((min(like), max(like)))
    assert f"70.7 here, within the middle half of boards ({low:.1f} to {high:.1f})" in row.finding
    assert f"number {row.rank} of 36 from the lowest" in row.finding
    assert "Boards like this one that it has:" in row.finding


def test_items_are_over_everyone_registered(reference: ReferenceData, minimal: Plan) -> None:
    plan = brought(minimal, reference, codes(reference, NEW)).plan
    row = standings(plan, reference)[1]
    registered = reference.find_organisation("QF7").population(Basis.REGISTERED_ALL_AGES).value
    assert row.rate == pytest.approx(400_000_000 / registered)
    assert "items per 1,000 people of all ages registered with a GP practice" in row.finding


@pytest.mark.parametrize("code", ["S9B9J", "QRL"])
def test_a_board_that_the_file_has_not_as_it_is_now_is_not_placed(
    reference: ReferenceData, minimal: Plan, code: str
) -> None:
    """One was made of others in April 2026, the other grew."""
    plan = minimal.model_copy(update={"place": Place(icb_code=code)})
    plan = brought(plan, reference, codes(reference, OLD)).plan
    row = standings(plan, reference)[0]
    assert row.rate is None and row.rank is None
    assert "by the 42 ICBs to March 2026" in (row.withheld or "")


def test_a_small_own_count_is_not_placed(reference: ReferenceData, minimal: Plan) -> None:
    counts = dict.fromkeys(codes(reference, NEW), 100000) | {"QF7": 3}
    totals = (
        brought(minimal, reference, counts).plan.boards[0].model_copy(update={"counts": counts})
    )
    [row] = standings(minimal.model_copy(update={"boards": (totals,)}), reference)
    assert row.rate is None and "too small" in row.finding


def test_documents_tell_the_rank_and_name_no_other_board_by_it(
    reference: ReferenceData, minimal: Plan, library: SpecLibrary
) -> None:
    plan = brought(minimal, reference, codes(reference, NEW)).plan
    worked = results(plan, reference)
    text = specification(worked, "evidence-pack", reference, library).model_dump_json()
    assert "Where this board stands among all" in text and "from the lowest" in text
    assert text.count("from the lowest") == len(plan.boards)


def test_only_classes_of_the_plan_are_placed(reference: ReferenceData, minimal: Plan) -> None:
    plan = brought(minimal, reference, codes(reference, NEW)).plan
    values = plan.model_dump()
    values["prescribing"]["classes"][list(MedicineClass).index(MedicineClass.OPIOIDS)][
        "included"
    ] = False
    assert standings(Plan.model_validate(values), reference) == ()
