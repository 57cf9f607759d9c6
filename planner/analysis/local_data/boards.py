"""Every board's total of a class, kept from a file of all boards, to say where one stands."""

from collections import Counter
from collections.abc import Iterator, Sequence

from planner.analysis.formatting import several
from planner.analysis.local_data.rows import Dated, Ledger, Row, items_of_a_year
from planner.analysis.organisations import list_of_boards
from planner.analysis.periods import newest_period
from planner.model.areas import BoardMeasure, BoardTotals
from planner.model.base import grouped
from planner.model.intake import Level
from planner.model.prescribing import MedicineClass


def take_boards(ledger: Ledger, rows: Sequence[Row]) -> None:
    """Put every board's people and items of each class into the plan, where a file has nearly all
    boards; newer ones in the place of those it holds."""
    current = {(row.medicine_class, row.measure): row for row in ledger.plan.boards}
    totals = [
        row
        for row in rows
        if row.record.level is Level.ICB
        and row.record.is_total
        and row.record.medicine_class is not None
        and row.record.code
    ]
    by_class = grouped(totals, key=lambda row: row.record.medicine_class)
    for medicine_class, of_class in by_class.items():
        if medicine_class is None:
            continue
        for new in (*_people(medicine_class, of_class), *_items(medicine_class, of_class)):
            if list_of_boards(new.counts, ledger.reference) is None:
                continue
            key, old = (medicine_class, new.measure), current.get((medicine_class, new.measure))
            now = Dated(several(len(old.counts), "board"), old.period) if old else Dated("none", "")
            taken = ledger.takes(
                f"boards-{new.measure}-{medicine_class.value}",
                f"Every board's {new.measure} of {medicine_class.label}",
                now,
                Dated(several(len(new.counts), "board"), new.period),
                new.source,
            )
            if taken:
                current[key] = new
    in_order = ((c, measure) for c in MedicineClass for measure in BoardMeasure)
    ledger.values["boards"] = [current[key] for key in in_order if key in current]


def _people(medicine_class: MedicineClass, rows: Sequence[Row]) -> Iterator[BoardTotals]:
    """The people of each board in the newest period, of the people whom most rows count."""
    counted = [row for row in rows if row.record.patients is not None]
    bases = Counter(row.record.basis for row in counted)
    if not bases:
        return
    basis = bases.most_common(1)[0][0]
    period = newest_period({row.record.period for row in counted})
    of_period = [r for r in counted if (r.record.period, r.record.basis) == (period, basis)]
    if of_period:
        yield BoardTotals(
            medicine_class=medicine_class,
            measure=BoardMeasure.PEOPLE,
            counted=basis,
            period=period,
            source=of_period[0].receipt,
            counts={row.record.code: row.record.patients or 0 for row in of_period},
        )


def _items(medicine_class: MedicineClass, rows: Sequence[Row]) -> Iterator[BoardTotals]:
    """The items of each board in the newest year, of the period in which most boards stand."""
    by_board = grouped(rows, key=lambda row: row.record.code)
    of_a_year = {code: items_of_a_year(own) for code, own in by_board.items()}
    known = {code: totals for code, totals in of_a_year.items() if totals is not None}
    periods = Counter(totals.period for totals in known.values())
    if not periods:
        return
    most = periods.most_common(1)[0][0]
    of_period = {code: totals for code, totals in known.items() if totals.period == most}
    yield BoardTotals(
        medicine_class=medicine_class,
        measure=BoardMeasure.ITEMS,
        period=most,
        source=next(iter(of_period.values())).receipt,
        counts={code: totals.items for code, totals in of_period.items()},
    )
