"""What a file would change in a plan, and the changed plan. People are never added; items are."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from planner.analysis.calculation.inputs import BY_KEY
from planner.analysis.formatting import listed, local_count, part_of
from planner.analysis.local_data.areas import take_areas, take_icbs, take_trend
from planner.analysis.local_data.groups import (
    clear_groups,
    groups_in_plan,
    take_england,
    take_groups,
)
from planner.analysis.local_data.rows import (
    AdoptedFigure,
    Choice,
    ChosenRows,
    Dated,
    Ledger,
    SourcedRecord,
    YearOfItems,
    add_up_classes,
    each_once,
    fullest,
    goes_back,
    items_of_a_year,
    newest,
    of_icb,
    placed,
)
from planner.analysis.periods import counted_over, ends, is_year
from planner.analysis.population.plausibility import count_questions
from planner.model.intake import Level, Reading, Record
from planner.model.plan import Plan
from planner.model.prescribing import Basis, CountedOver, CountOf, MedicineClass
from planner.model.reference import ReferenceData

MOST_REPORTS = 60
"""How many reports on files a plan keeps."""
OTHER_BASIS = "other-basis"
"""The choice to count the people whom the files count."""


class CannotAdopt(ValueError):
    """The plan's own rules refuse what the files say. The message says which."""


@dataclass(frozen=True, slots=True)
class Adoption:
    """The plan as it would be, what would change, and what of the files cannot be used and why.

    `choices` are what the files could only give in the place of something that the plan holds: none
    of it is in `plan` unless it was chosen. `gave` names the files that give the plan something.
    """

    plan: Plan
    changes: tuple[AdoptedFigure, ...]
    not_used: tuple[str, ...]
    choices: tuple[Choice, ...]
    gave: tuple[str, ...]

    @property
    def figures(self) -> int:
        """How many figures are taken: numbers that the plan did not hold, or held otherwise or for
        another period."""
        return sum(change.figures for change in self.changes)

    @property
    def removed(self) -> tuple[str, ...]:
        """What is taken out of the plan, since the user chose it."""
        return tuple(what for one in self.choices if one.is_chosen for what in one.removed)


def adopt(
    plan: Plan, readings: Sequence[Reading], reference: ReferenceData, chosen: Iterable[str] = ()
) -> Adoption:
    """The plan with the files' figures of its own board, each with the file as its source.

    The newest period is taken for people; items of the newest twelve months are added where they
    come by month. Figures of a board that was split in April 2026 are not carried over. What would
    take something out of the plan is left, and offered, unless `chosen` names it. Raises
    CannotAdopt.
    """
    ledger = Ledger(plan, reference, plan.model_dump(), frozenset(chosen))
    readings, again_brought = each_once(readings)
    rows, repeated = placed(readings, plan.place.icb_code)
    rows, left = add_up_classes(rows, ledger)
    in_icb = of_icb(rows, plan.place, reference)
    ledger.not_used += again_brought + repeated + left + in_icb.not_used
    _offer_basis(ledger, in_icb.whole)
    _take_classes(ledger, in_icb)
    _take_population(ledger, in_icb.whole)
    take_groups(ledger, in_icb.whole)
    take_england(ledger, [row for row in rows if row.record.level is Level.ENGLAND])
    take_areas(ledger, in_icb.smaller)
    take_trend(ledger, in_icb.whole, in_icb.smaller)
    take_icbs(ledger, rows)
    # A file of which nothing is in the plan is not kept as the source of it.
    gave = {one.report.digest: one for one in readings if one.report.digest in ledger.gave}
    again = {digest for key, one in gave.items() for digest in (key, one.earlier_digest)}
    reports = [
        *(report for report in plan.imports if report.digest not in again),
        *(reading.report for reading in gave.values()),
    ]
    forgotten = [report.file for report in reports[:-MOST_REPORTS]]
    ledger.say(
        f"A plan keeps {MOST_REPORTS} reports on files; no longer kept: {listed(forgotten)}.",
        forgotten,
    )
    ledger.values["imports"] = tuple(reports[-MOST_REPORTS:])
    try:
        changed = Plan.model_validate(ledger.values)
    except ValidationError as error:
        text = "; ".join(
            str(fault["msg"]).removeprefix("Value error, ") for fault in error.errors()
        )
        raise CannotAdopt(
            f"The figures cannot be used together with the plan's own: {text}."
        ) from error
    before = {row.medicine_class: row.patients for row in plan.prescribing.classes}
    ledger.not_used += [
        f"Take care. {question.words}"
        for question in count_questions(changed, reference)
        if not question.is_answered and question.count != before[question.medicine_class]
    ]
    return Adoption(
        changed,
        tuple(ledger.changes),
        tuple(dict.fromkeys(ledger.not_used)),
        tuple(ledger.choices),
        tuple(reading.report.file for reading in gave.values()),
    )


def _offer_basis(ledger: Ledger, whole: list[SourcedRecord]) -> None:
    """Offer to count the people that every count in the files is of, where they agree on that.

    What the plan holds over the people it counted before has no meaning over others, so it would
    go. Counts of a class stay, with whom they are of.
    """
    counted = {
        r.record.basis
        for r in whole
        if r.record.medicine_class is not None and r.record.patients is not None
    }
    basis, before = counted.pop() if len(counted) == 1 else None, ledger.basis
    if basis is None or basis is before:
        return
    entered = ledger.values["population"]["entered"]
    removed = groups_in_plan(ledger)
    if entered is not None:
        removed.append(f"your population of {entered:,} {before.label}")
    if not ledger.offer(
        OTHER_BASIS, f"Count {basis.label} from now on, as these files do", tuple(removed)
    ):
        return
    ledger.changed("Population to use for rates", before.label, basis.label)
    ledger.values["population"] = {"basis": basis, "entered": None}
    clear_groups(ledger)
    for current in ledger.values["prescribing"]["classes"]:
        if current["patients"] is not None and current["counted"] is None:
            current["counted"] = before
            ledger.changed(
                f"Whom the count of {current['medicine_class'].label} is of",
                "not said",
                before.label,
            )


def _take_people(ledger: Ledger, current: dict[str, Any], people: SourcedRecord, name: str) -> bool:
    """Put the people of one class, and the share on it for the long term, into the plan; whether
    they were taken."""
    record, before = people.record, dict(current)
    assert record.patients is not None
    if not _may_replace(ledger, before, record, name):
        return False
    ledger.replaced(
        f"People prescribed {name}",
        Dated(_count(before["patients"]), before["period"]),
        Dated(_count(record.patients), record.period),
        people.receipt,
    )
    if before["patients"] == record.patients:
        # It is all there is to see of a number that stays.
        ledger.changed(
            f"Whom the count of {name} is of", _whom(before["counted"]), _whom(record.basis)
        )
    ledger.used([people])
    current.update(
        patients=record.patients,
        period=record.period,
        source=people.receipt,
        counted=record.basis,
        counted_over=counted_over(record.period),
        count_of=CountOf.CLASS,
    )
    ledger.say(
        f"Not used: {record.long_term or 0:,} people on {name} for a year or more, since the file "
        f"gives only {record.patients:,} people on them at all.",
        record.long_term is not None and record.long_term > record.patients,
    )
    if record.long_term is not None and 0 < record.patients >= record.long_term:
        share, count = before["long_term_share"], before["patients"] or 0
        ledger.changed(
            f"Share on {name} for a year or more",
            "not known" if share is None else part_of(round(share["central"] * count), count, 1),
            part_of(record.long_term, record.patients, 1),
            figures=1,
        )
        known = round(record.long_term / record.patients, 6)
        current["long_term_share"] = dict.fromkeys(("low", "central", "high"), known)
    return True


def _may_replace(ledger: Ledger, current: dict[str, Any], record: Record, name: str) -> bool:
    """Whether a count may stand in the place of the plan's: unasked where it is no worse.

    A count of other people than the plan counts, of a shorter time or of an older period is worse.
    """
    if current["patients"] is None:
        return True
    ours, over = (None, ledger.basis), counted_over(record.period)
    lengths = list(CountedOver)
    why = (
        f"of {record.basis.label}"
        if record.basis is not None and current["counted"] in ours and record.basis not in ours
        else f"of {over.label} only"
        if lengths.index(over) > lengths.index(current["counted_over"])
        else f"of {record.period}, which is older"
        if over is current["counted_over"] and goes_back(current["period"], record.period)
        else ""
    )
    when, of_whom = current["period"] or "no period", current["counted"]
    current_count = f"people prescribed {name}, {_count(current['patients'])} ({when}"
    current_count += f", {Basis(of_whom).label})" if of_whom else ")"
    return not why or ledger.offer(
        f"count-{current['medicine_class'].value}",
        f"Use {_count(record.patients)} people prescribed {name}, {why}",
        (current_count,),
    )


def _take_classes(ledger: Ledger, in_icb: ChosenRows) -> None:
    """Put people and items of each class into the plan."""
    whole, smaller = in_icb.whole, in_icb.smaller
    summed: dict[str, list[str]] = defaultdict(list)
    older: list[str] = []
    short: list[str] = []
    counted: dict[CountedOver, list[str]] = {over: [] for over in CountedOver}
    for current in ledger.values["prescribing"]["classes"]:
        medicine_class: MedicineClass = current["medicine_class"]
        name = medicine_class.label
        totals = _totals(whole, medicine_class)
        counts = [r for r in totals if r.record.patients is not None]
        ours = [r for r in counts if r.record.basis in (None, ledger.basis)]
        people = newest(ours or counts)
        if people is not None and _take_people(ledger, current, people, name):
            counted[current["counted_over"]].append(name)
        items, parts = items_of_a_year(totals), fullest(_totals(smaller, medicine_class))
        added = items_of_a_year(parts)
        if added is not None and (
            items is None or is_year(added.period) and ends(added.period) > ends(items.period)
        ):
            summed[parts[0].record.level.counted(len({r.record.code for r in parts}))].append(name)
            if items is not None:
                older.append(f"{items.items:,} of {name} for {items.period}")
            items = added
        if items is not None and is_year(current["items_period"]) and not is_year(items.period):
            short.append(f"{items.items:,} of {name} for {items.period}")
        elif items is not None:
            _take_items(ledger, current, name, items)
        if medicine_class is MedicineClass.OPIOIDS:
            _take_high_dose(ledger, totals)
    for over in (CountedOver.QUARTER, CountedOver.MONTH):
        ledger.say(
            f"People prescribed {listed(counted[over])} were counted over {over.label}. They are "
            "kept as that: more are prescribed in a year.",
            counted[over],
        )
    for places, names in summed.items():
        ledger.say(
            f"The board's items of {listed(names)} are those of the {places} in the files, added "
            "up. If the files lack some, so does the sum."
        )
    ledger.say(f"The plan keeps its items of a whole year; not used: {listed(short)}.", short)
    ledger.say(
        f"The files also give older items for the whole board, not used: {listed(older)}.", older
    )


def _take_items(ledger: Ledger, current: dict[str, Any], name: str, items: YearOfItems) -> None:
    """Put the items of one class into the plan; a whole year's before a newer part of one. What
    quantity they were of stays with them."""
    now = _dated(current["items"], current["items_period"])
    fuller = is_year(items.period) and not is_year(now.period)
    choice, then = f"items-{current['medicine_class'].value}", _dated(items.items, items.period)
    before, what = current["quantity"], f"Quantity of the items of {name}"
    gone = () if before is None or items.quantity is not None else (f"{what.lower()}, {before:,}",)
    if ledger.takes(choice, f"Items of {name}", now, then, items.receipt, fuller, gone):
        ledger.used(items.rows)
        current.update(items=items.items, items_period=items.period, items_source=items.receipt)
        current["quantity"] = items.quantity
        was, then_is = (
            "not known" if one is None else f"{one:,}" for one in (before, items.quantity)
        )
        ledger.changed(what, was, then_is, items.receipt, figures=int(items.quantity is not None))


def _take_high_dose(ledger: Ledger, opioids: list[SourcedRecord]) -> None:
    """Put the people on a high dose of opioids into the plan."""
    dose = newest([r for r in opioids if r.record.high_dose is not None])
    if dose is None:
        return
    current, label = ledger.values["prescribing"], BY_KEY["high_dose_opioids"].label
    count, period, former = (
        dose.record.high_dose,
        dose.record.period,
        current["high_dose_opioid_patients"],
    )
    now = Dated(_count(former), "" if former is None else current["high_dose_period"])
    if ledger.takes("high-dose", label, now, Dated(_count(count), period), dose.receipt):
        ledger.used([dose])
        current.update(high_dose_opioid_patients=count, high_dose_period=period)


def _take_population(ledger: Ledger, whole: list[SourcedRecord]) -> None:
    basis = ledger.basis
    rows = [r for r in _totals(whole, None) if r.record.population is not None]
    result = newest([r for r in rows if r.record.basis in (None, basis)])
    if result is not None:
        current = {"period": ""} | ledger.values["population"]
        count, period = result.record.population, result.record.period
        place = ledger.plan.place
        icb = ledger.reference.organisation(place.icb_code, place.organisation_list)
        if current["entered"] is None and count == icb.population(basis).value:
            return
        now = (
            Dated("the planner's figure", "")
            if current["entered"] is None
            else _dated(current["entered"], current["period"])
        )
        if ledger.takes("population", "Population", now, _dated(count, period), result.receipt):
            ledger.used([result])
            ledger.values["population"] = {
                "basis": basis,
                "entered": count,
                "period": period,
                "source": result.receipt,
            }
    elif rows:
        others = listed(sorted({r.record.basis.label for r in rows if r.record.basis}))
        ledger.say(
            f"The whole board's population is given for {others}; the plan counts {basis.label}. "
            "It is kept for the smaller places only."
        )


def _totals(
    rows: Sequence[SourcedRecord], medicine_class: MedicineClass | None
) -> list[SourcedRecord]:
    """The rows about everybody on one class, or about everybody where no class is named."""
    return [r for r in rows if r.record.medicine_class is medicine_class and r.record.is_total]


def _whom(basis: Basis | None) -> str:
    return "not said" if basis is None else Basis(basis).label


def _count(value: int | None) -> str:
    return "not known" if value is None else local_count(value)


def _dated(value: int | None, period: str) -> Dated:
    """A figure with its period, as it stands; one that is not known has none."""
    return Dated("not known", "") if value is None else Dated(f"{value:,}", period)
