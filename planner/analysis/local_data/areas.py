"""What files say of a board's smaller places, of months and of every board, put into a plan."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from planner.analysis.formatting import listed, several
from planner.analysis.local_data.rows import (
    SMALLER,
    Dated,
    Ledger,
    SourcedRecord,
    fullest,
    gives_items,
    goes_back,
    items_of_a_year,
    whole_periods,
)
from planner.analysis.organisations import list_of_icbs
from planner.analysis.periods import is_month, is_year, last_run, newest_period, run_in_words
from planner.model.areas import MOST_AREAS, BoardMeasure, BoardTotals
from planner.model.base import ByQuintile, grouped
from planner.model.inequality import UNKNOWN_QUINTILES, QuintileCounts
from planner.model.intake import MEASURES, Level
from planner.model.prescribing import UNKNOWN, Basis, ByClass, ClassCounts, MedicineClass

MOST_MONTHS = 240
"""The months that a plan has room for."""
MEASURES_OF_PLACES = {
    "patients": "people prescribed",
    "items": "items",
    "population": "people registered or resident",
}
NAMES = ("name", "pcn", "sub_icb", "area")
"""What a place is called and what it belongs to."""
Places = dict[tuple[Level, str], dict[str, Any]]
"""The values of places as a plan holds them, by their kind and code."""


def take_areas(ledger: Ledger, smaller: Sequence[SourcedRecord]) -> None:
    """Put what is said of practices, PCNs, sub-ICB locations and local areas into the plan's
    values.

    All places of a plan have one period for items, one for people prescribed and one for lists.
    Where a file brings an older one, or another and not for every place, what was held for the
    period before stays, unless the user lets it go. A year's items stay where a file brings less
    than a year, and lists of other people than the places' are left.
    """
    totals = [r for r in smaller if r.record.is_total]
    if not totals and not any(map(_is_of_a_quintile, smaller)):
        return
    values = ledger.values["areas"]
    current = {(a["level"], a["code"]): dict(a) for a in values["areas"]}
    parts = grouped(
        (row for row in smaller if row.record.code),
        key=lambda row: (row.record.level, row.record.code),
    )
    if len(set(current) | set(parts)) > MOST_AREAS:
        ledger.say(f"More than {MOST_AREAS:,} places in the files; keep your own board's rows.")
        return
    unknown = {key for key, rows in parts.items() if not any(map(_counts, rows))} - set(current)
    for key in unknown:
        del parts[key]
    ledger.say(
        f"{several(len(unknown), 'place')} left out that only a list of localities names: nothing "
        "else is known there.",
        unknown,
    )
    when = _Periods(ledger, totals, smaller)
    before = {key: dict(area) for key, area in current.items()}
    for area in current.values():
        area.update(when.emptied)
    partial = 0
    for (level, code), rows in parts.items():
        area = current.setdefault((level, code), {"code": code, "level": level, "name": code})
        for field in NAMES:
            given = (getattr(r.record, field) for r in rows if getattr(r.record, field))
            area[field] = next(given, area.get(field, ""))
        partial += _take_area(area, rows, when)
    ledger.say(
        f"{several(partial, 'place')} with items that are hidden or missing in part: no items of a "
        "year are given there.",
        partial,
    )
    # People prescribed are over the same people as the lists, so they go or stay together.
    together = [("population", "patients"), ("items",)]
    for measures in together if when.moved else [(one,) for one in MEASURES_OF_PLACES]:
        if not _may_take(ledger, measures, before, current, when):
            when.leave(measures, before, current)
    values.update(when.about, population_basis=when.basis, areas=list(current.values()))
    _say_new(ledger, before, current, when, parts)


def _say_new(
    ledger: Ledger,
    before: Places,
    after: Places,
    when: "_Periods",
    parts: Mapping[tuple[Level, str], Sequence[SourcedRecord]],
) -> None:
    """Note how many figures of each kind of place are other than they were, or of another period,
    of how many places; and of how many only the name, or where they belong, is another."""
    anew, used = when.anew(), when.given_rows()
    for level in SMALLER:
        places, renamed, figures = 0, 0, 0
        for key, area in after.items():
            if key[0] is not level:
                continue
            former = before.get(key, {})
            new = sum(
                _number_new(_values(former, measure), _values(area, measure), measure in anew)
                for measure in (*MEASURES_OF_PLACES, "people_by_fifth")
            )
            is_another = any(former.get(name, "") != area.get(name, "") for name in NAMES)
            if is_another:
                used += parts.get(key, ())
            figures += new
            places += bool(new)
            renamed += is_another and not new
        words = [f"{level.counted(places)}, {several(figures, 'figure')}"] if places else []
        words += [f"names or groups of {level.counted(renamed)}"] if renamed else []
        sources = (row.receipt for row in used if row.record.level is level)
        what, source = f"Places: {level.several}", next(sources, "")
        ledger.changed(what, "", "; ".join(words), source, figures)
    ledger.used(used)


def _number_new(was: Sequence[int | None], now: Sequence[int | None], is_anew: bool) -> int:
    """How many numbers are given that are other than they were, or all of them."""
    pairs = zip(was, now, strict=True)
    return sum(count is not None and (is_anew or count != former) for former, count in pairs)


def _counts(row: SourcedRecord) -> bool:
    """Whether a row counts anything, or says that a number is hidden."""
    return bool(row.record.suppressed) or any(
        getattr(row.record, measure) is not None for measure in MEASURES
    )


def _may_take(
    ledger: Ledger,
    measures: tuple[str, ...],
    before: Places,
    after: Places,
    when: "_Periods",
) -> bool:
    """Whether measures of the places may be taken from the files: not unasked where places lose
    theirs, or all go back to an older period."""
    removed, thens = [], []
    for measure in measures:
        now, what = ledger.values["areas"][f"{measure}_period"], MEASURES_OF_PLACES[measure]
        then = when.about.get(f"{measure}_period", now)
        thens.append(f"{what} by place, of {then or 'no period'}")
        back = goes_back(now, then)
        lost = sum(
            any(
                former is not None and (back or given is None)
                for former, given in zip(
                    _values(area, measure), _values(after[key], measure), strict=True
                )
            )
            for key, area in before.items()
        )
        if lost:
            removed.append(f"{what} of {several(lost, 'place')} ({now or 'no period'})")
    return ledger.may_take(f"places-{measures[0]}", f"Use the files' {listed(thens)}", removed)


def _values(area: dict[str, Any], measure: str) -> tuple[int | None, ...]:
    """A place's numbers of one measure, class by class where it has classes."""
    if measure == "population":
        return (area.get(measure),)
    nothing = UNKNOWN_QUINTILES if measure == "people_by_fifth" else UNKNOWN
    return tuple(area.get(measure) or nothing)


class _Periods:
    """Which period and basis the places' items, people and lists are taken for, and what that
    replaces."""

    def __init__(
        self, ledger: Ledger, totals: Sequence[SourcedRecord], smaller: Sequence[SourcedRecord]
    ) -> None:
        current = ledger.values["areas"]
        items = [r for r in totals if gives_items(r.record)]
        years = {r.record.period for r in items if not is_month(r.record.period)}
        self.months = [] if years else last_run({r.record.period for r in items})
        self.items = run_in_words(self.months) or newest_period(years)
        if is_year(current["items_period"]) and self.items and not is_year(self.items):
            ledger.say(
                f"The places keep their items of {current['items_period']}; {self.items} is left."
            )
            self.items, self.months = "", []
        self.former_basis = Basis(current["population_basis"])
        self.basis = _basis(ledger, totals)
        ours = [r for r in totals if r.record.basis in (None, self.basis)]
        people = [r for r in ours if r.record.patients is not None]
        lists = [r for r in ours if r.record.population is not None]
        self.patients = newest_period({r.record.period for r in people})
        self.lists = newest_period({r.record.period for r in lists})
        counted = {r.record.basis for r in totals if r.record.patients is not None}
        others = sorted(b.label for b in counted - {self.basis} if b)
        ledger.say(
            f"People prescribed by place are counted for {listed(others)}, and the places' lists "
            f"are of {self.basis.label}, so they were left.",
            others,
        )
        self.about: dict[str, str] = {}
        self.given: dict[str, list[SourcedRecord]] = {
            "people_by_fifth": [row for row in smaller if _is_of_a_quintile(row)]
        }
        self._former = {name: current[f"{name}_period"] for name in MEASURES_OF_PLACES}
        self.emptied: dict[str, Any] = {}
        self.moved = self.basis is not self.former_basis
        for name, period, rows, nothing in (
            ("items", self.items, items, UNKNOWN),
            ("patients", self.patients, people, UNKNOWN),
            ("population", self.lists, lists, None),
        ):
            there = [r for r in rows if r.record.period == period or r.record.period in self.months]
            if period and there:
                self.about |= {f"{name}_period": period, f"{name}_source": there[-1].receipt}
                self.given[name] = there
            other_people = self.moved and name != "items"
            if other_people or period and period != current[f"{name}_period"]:
                self.emptied[name] = nothing

    def leave(self, measures: Sequence[str], before: Places, after: Places) -> None:
        """Put back what the places held of some measures, and leave what the files say of them."""
        for measure in measures:
            for key, area in after.items():
                former = before.get(key, {}).get(measure)
                area[measure] = UNKNOWN if former is None and measure != "population" else former
            for field in (f"{measure}_period", f"{measure}_source"):
                self.about.pop(field, None)
            self.given.pop(measure, None)
        if "population" in measures:
            self.basis = self.former_basis

    def given_rows(self) -> list[SourcedRecord]:
        """The rows that what is taken of the places rests on."""
        return [row for rows in self.given.values() for row in rows]

    def anew(self) -> set[str]:
        """The measures of which every number taken is of another period, or of other people."""
        return {
            name
            for name, period in self._former.items()
            if self.about.get(f"{name}_period", period) != period
            or name != "items"
            and self.basis is not self.former_basis
        }


def _basis(ledger: Ledger, totals: Sequence[SourcedRecord]) -> Basis:
    """Whom the places' lists count: as held, unless the files bring others for as many places."""
    current = Basis(ledger.values["areas"]["population_basis"])
    now = sum(area["population"] is not None for area in ledger.values["areas"]["areas"])
    lists = [r.record for r in totals if r.record.population is not None]
    places = {
        basis: len({(r.level, r.code) for r in lists if r.basis is basis})
        for basis in dict.fromkeys(r.basis for r in lists)
        if basis is not None
    }
    if not places or current in places:
        return current
    best = max(places, key=lambda basis: (places[basis], basis is Basis.REGISTERED_ALL_AGES))
    fewer = places[best] < now
    ledger.say(
        f"Lists of {best.label} for {several(places[best], 'place')} were left: the others are of "
        f"{current.label}.",
        fewer,
    )
    return current if fewer else best


def _take_area(area: dict[str, Any], rows: Sequence[SourcedRecord], when: _Periods) -> bool:
    """Put one place's numbers into its area; whether items were left out for want of whole
    months."""
    totals = [r for r in rows if r.record.is_total]
    ours = [r.record for r in totals if r.record.basis in (None, when.basis)]
    for record in ours:
        if record.population is not None and record.period == when.lists:
            area["population"] = record.population
    people = {
        record.medicine_class: record.patients
        for record in ours
        if record.medicine_class and record.patients is not None and record.period == when.patients
    }
    given = {r.record.medicine_class for r in totals if when.items and gives_items(r.record)}
    counts = {c: _items_of_place(c, totals, when) for c in MedicineClass if c in given}
    patients: ClassCounts = ByClass(area.get("patients") or UNKNOWN)
    items: ClassCounts = ByClass(area.get("items") or UNKNOWN)
    visible = {c: count for c, count in counts.items() if count is not None}
    area.update(patients=patients.updated(people), items=items.updated(visible))
    quintiles = {r.record.quintile: r.record.population for r in rows if _is_of_a_quintile(r)}
    if quintiles:
        known: QuintileCounts = ByQuintile(area.get("people_by_fifth") or UNKNOWN_QUINTILES)
        area["people_by_fifth"] = known.updated(quintiles)
    return None in counts.values()


def _is_of_a_quintile(row: SourcedRecord) -> bool:
    """Whether a row counts the people of one deprivation fifth of a place."""
    record = row.record
    return bool(record.quintile and record.population is not None and not record.medicine_class)


def _items_of_place(
    medicine_class: MedicineClass, totals: Sequence[SourcedRecord], when: _Periods
) -> int | None:
    """A place's items of one class over the run of months, or as given for the year; None where any
    is missing.

    A month in which the place has rows of other classes but none of this one counts as none
    prescribed. A hidden month, or one without any row, leaves the whole year unknown.
    """
    ours = [r.record for r in totals if r.record.medicine_class is medicine_class]
    if not when.months:
        return next((record.items for record in ours if record.period == when.items), None)
    inside = [record for record in ours if record.period in when.months]
    open_in = {r.record.period for r in totals if r.record.medicine_class}
    hidden = any("items" in record.suppressed for record in inside)
    if hidden or not inside or not open_in >= set(when.months):
        return None
    return sum(record.items or 0 for record in inside)


def take_trend(
    ledger: Ledger, whole: Sequence[SourcedRecord], smaller: Sequence[SourcedRecord]
) -> None:
    """Put items by month into the plan's values, with the people registered then where known.

    A month in which any place's items are hidden, or more than 5% of the places are missing, has no
    total.
    """
    months: dict[str, dict[str, Any]] = {
        m["month"]: dict(m) for m in ledger.values["trend"]["months"]
    }
    before = {month: (*m["items"], m["registered"]) for month, m in months.items()}
    used: list[SourcedRecord] = []
    unsaid: list[str] = []
    for medicine_class in MedicineClass:
        rows = _of_months(whole, medicine_class) or fullest(_of_months(smaller, medicine_class))
        used += rows
        by_month = grouped(rows, key=lambda row: row.record.period)
        hidden = {r.record.period for r in rows if r.record.items is None}
        hidden |= set(by_month) - whole_periods(rows)
        for month, there in by_month.items():
            current = months.setdefault(month, {"month": month, "items": UNKNOWN})
            # What is hidden now may have been open before.
            if month not in hidden:
                count = sum(row.record.items or 0 for row in there)
                current["items"] = ByClass(current["items"]).updated({medicine_class: count})
        if hidden:
            unsaid.append(f"{medicine_class.label} in {len(hidden)}")
    ledger.say(
        f"Months without a total, since items are hidden or places are missing: {listed(unsaid)}.",
        unsaid,
    )
    lists = {
        row.record.period: row
        for row in whole
        if row.record.population is not None
        and row.record.is_total
        and row.record.basis is Basis.REGISTERED_ALL_AGES
    }
    for month, current in months.items():
        current.setdefault("registered", None)
        if month in lists:
            current["registered"] = lists[month].record.population
    if used:
        source = used[-1].receipt
        ledger.used([*used, *(lists[month] for month in months if month in lists)])
        new = sorted(set(months) - set(before), reverse=True)[: MOST_MONTHS - len(before)]
        selection = sorted([*before, *new])
        ledger.values["trend"] = {"months": [months[m] for m in selection], "source": source}
        number_new = {
            month: _number_new(before.get(month, (None,) * len(counts)), counts, False)
            for month in selection
            for counts in [(*months[month]["items"], months[month]["registered"])]
        }
        figures = sum(number_new[month] for month in new)
        now, then = several(len(before), "month"), several(len(selection), "month")
        if new:
            then += f", {several(figures, 'more figure')}"
        ledger.changed("Months of items", now, then, source, figures)
        others = [number_new[month] for month in before if number_new[month]]
        words = f"{several(len(others), 'month')}, {several(sum(others), 'figure')}"
        ledger.changed(
            "Months of items whose numbers differ", "", words if others else "", source, sum(others)
        )


def _of_months(rows: Sequence[SourcedRecord], medicine_class: MedicineClass) -> list[SourcedRecord]:
    """The rows about all items of the class in one month, given or hidden."""
    return [
        row
        for row in rows
        if row.record.medicine_class is medicine_class
        and row.record.is_total
        and gives_items(row.record)
        and is_month(row.record.period)
    ]


def take_icbs(ledger: Ledger, rows: Sequence[SourcedRecord]) -> None:
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
        measured = (*_people(medicine_class, of_class), *_items(medicine_class, of_class))
        for new, used in measured:
            if list_of_icbs(new.counts, ledger.reference) is None:
                continue
            key, old = (medicine_class, new.measure), current.get((medicine_class, new.measure))
            now = Dated(several(len(old.counts), "board"), old.period) if old else Dated("none", "")
            former = old.counts if old and old.period == new.period else {}
            figures = sum(former.get(code) != count for code, count in new.counts.items())
            then = several(len(new.counts), "board")
            if figures:
                then += f", {several(figures, 'figure')}"
            taken = ledger.takes(
                f"boards-{new.measure}-{medicine_class.value}",
                f"Every board's {new.measure} of {medicine_class.label}",
                now,
                Dated(then, new.period),
                new.source,
                figures=figures,
            )
            if taken:
                ledger.used(used)
                current[key] = new
    in_order = ((c, measure) for c in MedicineClass for measure in BoardMeasure)
    ledger.values["boards"] = [current[key] for key in in_order if key in current]


def _people(
    medicine_class: MedicineClass, rows: Sequence[SourcedRecord]
) -> Iterator[tuple[BoardTotals, Sequence[SourcedRecord]]]:
    """The people of each board in the newest period, of the people whom most rows count, and the
    rows that say so."""
    counted = [row for row in rows if row.record.patients is not None]
    bases = Counter(row.record.basis for row in counted)
    if not bases:
        return
    basis = bases.most_common(1)[0][0]
    period = newest_period({row.record.period for row in counted})
    of_period = [r for r in counted if (r.record.period, r.record.basis) == (period, basis)]
    if of_period:
        totals = BoardTotals(
            medicine_class=medicine_class,
            measure=BoardMeasure.PEOPLE,
            counted=basis,
            period=period,
            source=of_period[0].receipt,
            counts={row.record.code: row.record.patients or 0 for row in of_period},
        )
        yield totals, of_period


def _items(
    medicine_class: MedicineClass, rows: Sequence[SourcedRecord]
) -> Iterator[tuple[BoardTotals, Sequence[SourcedRecord]]]:
    """The items of each board in the newest year, of the period in which most boards stand, and the
    rows that say so."""
    by_icb = grouped(rows, key=lambda row: row.record.code)
    of_a_year = {code: items_of_a_year(own) for code, own in by_icb.items()}
    known = {code: totals for code, totals in of_a_year.items() if totals is not None}
    periods = Counter(totals.period for totals in known.values())
    if not periods:
        return
    most = periods.most_common(1)[0][0]
    of_period = {code: totals for code, totals in known.items() if totals.period == most}
    of_icbs = BoardTotals(
        medicine_class=medicine_class,
        measure=BoardMeasure.ITEMS,
        period=most,
        source=next(iter(of_period.values())).receipt,
        counts={code: totals.items for code, totals in of_period.items()},
    )
    yield of_icbs, [row for totals in of_period.values() for row in totals.rows]
