"""Where a board stands among all, in words, from every board's totals that a file gave."""

from dataclasses import dataclass
from statistics import quantiles

from planner.analysis.formatting import capital, is_shown, local_count, rounded, to_five
from planner.analysis.organisations import list_of_icbs
from planner.analysis.population.need import plan_organisation
from planner.analysis.population.neighbours import neighbours
from planner.model.areas import BoardMeasure, BoardTotals
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import ReferenceData


@dataclass(frozen=True, kw_only=True)
class PlaceAmongBoards:
    """One class here among all boards: the rate per 1,000, its rank from the lowest, and the middle
    half of boards.

    `like_here` are the lowest and the highest rate of the boards most like it. Empty numbers have a
    reason in `withheld`.
    """

    medicine_class: MedicineClass
    measure: BoardMeasure
    boards: int
    rate: float | None
    rank: int | None
    middle_half: tuple[float, float] | None
    like_here: tuple[float, float] | None
    finding: str
    withheld: str | None


def standings(plan: Plan, reference: ReferenceData) -> tuple[PlaceAmongBoards, ...]:
    """Each class of the plan that every board's totals are held of, over our own populations.

    People are over the people whom the file counts (residents of all ages where it does not say),
    items over everyone registered. Rates are crude.
    """
    rows = [row for row in plan.boards if row.medicine_class in plan.prescribing.included]
    return tuple(_standing(row, plan, reference) for row in rows)


def _standing(row: BoardTotals, plan: Plan, reference: ReferenceData) -> PlaceAmongBoards:
    own_icb = plan_organisation(plan, reference)
    of_list = list_of_icbs(row.counts, reference)
    basis = (
        Basis.REGISTERED_ALL_AGES
        if row.measure is BoardMeasure.ITEMS
        else row.counted or Basis.RESIDENT_ALL_AGES
    )
    of_code = {icb.code: icb for icb in reference.icbs(of_list)} if of_list else {}
    rates = {
        code: to_five(count) * 1000 / of_code[code].population(basis).value
        for code, count in row.counts.items()
        if code in of_code
    }
    own = of_code.get(own_icb.code)
    rate = rates.get(own_icb.code)
    what = f"{capital(row.medicine_class.label)}, {row.measure} per 1,000 {basis.label}"
    withheld = (
        f"the file is by the {of_list.value if of_list else 'boards'}, and "
        f"{own_icb.short_name} is not among them as it is now"
        if own is None or own.population(basis).value != own_icb.population(basis).value
        else "its own number is missing or too small"
        if rate is None or not is_shown(local_count(row.counts[own_icb.code]))
        else None
    )
    if withheld or rate is None:
        return PlaceAmongBoards(
            medicine_class=row.medicine_class,
            measure=row.measure,
            boards=len(rates),
            rate=None,
            rank=None,
            middle_half=None,
            like_here=None,
            finding=f"{what}: where this board stands cannot be said, because {withheld}.",
            withheld=withheld,
        )
    low, _, high = quantiles(rates.values(), n=4, method="inclusive")
    rank = 1 + sum(other < rate for other in rates.values())
    where = (
        "below the middle half of boards"
        if rate < low
        else "above the middle half of boards"
        if rate > high
        else "within the middle half of boards"
    )
    like = [rates[one.code] for one in neighbours(plan, reference) if one.code in rates]
    similar = (
        f" Boards like this one that it has: {rounded(min(like), 1)} to {rounded(max(like), 1)}."
        if like
        else ""
    )
    return PlaceAmongBoards(
        medicine_class=row.medicine_class,
        measure=row.measure,
        boards=len(rates),
        rate=rate,
        rank=rank,
        middle_half=(low, high),
        like_here=(min(like), max(like)) if like else None,
        finding=(
            f"{what}, {row.period}: {rounded(rate, 1)} here, {where} ({rounded(low, 1)} to "
            f"{rounded(high, 1)}); number {rank} of {len(rates)} from the lowest.{similar}"
        ),
        withheld=None,
    )
