"""What the number of people on each class rests on: the highest rung of the ladder that it reaches.

The rungs run from a local count down to England's rate; a user may step down, never up. People
follow items by a power, so that a place's items say how its people stand beside England's, and a
norm sees to it that the regions add up to England.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from planner.analysis.calculation.inputs import BY_KEY
from planner.analysis.formatting import lower_first, month, rounded
from planner.analysis.periods import months_between, twelve_months
from planner.analysis.population.assumptions import AssumptionInUse, in_use
from planner.model.base import Range, as_range, grouped
from planner.model.figures import FigureKind
from planner.model.place import Organisation, OrganisationList, Population
from planner.model.prescribing import (
    Basis,
    ClassPrescribing,
    CountedOver,
    CountOf,
    MedicineClass,
    NationalFigure,
    Rung,
)
from planner.model.reference import ReferenceData

REGION_MONTHS = twelve_months("2023/24")
"""The months whose items say how a region stands: of the newest year in which people on all five
classes were counted."""
MOST_MONTHS_LATER = 24
"""How far beyond the last of England's months local items may end."""
ALL_AGES = {
    Basis.RESIDENT_ADULTS: Basis.RESIDENT_ALL_AGES,
    Basis.REGISTERED_ADULTS: Basis.REGISTERED_ALL_AGES,
}
SPREAD_KNOWN = {
    (MedicineClass.ANTIDEPRESSANTS, Basis.RESIDENT_ADULTS),
    (MedicineClass.ANTIDEPRESSANTS, Basis.RESIDENT_ALL_AGES),
}
"""Where it has been published how boards are spread about England: of residents. By practice lists
they are spread otherwise, London's being longer than its people are many."""
NOT_USED = "The local count is not used: "
"""How it is said that a count is of other people than the plan counts."""
ADULT_SHARE_KNOWN = (MedicineClass.ANTIDEPRESSANTS,)
"""The classes of which it has been published how many of the people are adults."""


@dataclass(frozen=True, kw_only=True)
class EnglandRate:
    """England's people on a class per 1,000, in the newest year held; `values` span the rounding.

    `published` is the newest rate that has been published on the same basis, and `how` says in
    words how the one became the other, empty where they are the same.
    """

    values: Range
    period: str
    kind: FigureKind
    source: str
    published: NationalFigure
    how: str = ""


@dataclass(frozen=True, kw_only=True)
class Ladder:
    """The rung that a class stands on, with the numbers its sums start from, by their keys.

    `rung` is the rung of the ladder that the number stands on, empty where none is reached, and
    `missing_because` then says why; `rung_above` is the one above it. `rung_asks` is the input that
    the nearest one not reached would need, empty at the top. `words` are what the register of
    measures asks for, and `given` the numbers that the sums start from. Inputs are named by their
    keys in the register.
    """

    rung: Rung | None
    rung_above: Rung | None = None
    rung_asks: str = ""
    missing_because: str | None = None
    words: frozenset[str] = frozenset()
    given: Mapping[str, AssumptionInUse] = field(default_factory=dict)
    kind: FigureKind = FigureKind.MODELLED
    period: str = ""
    method: str = "none"
    source: str = ""
    cautions: tuple[str, ...] = ()


def ladder(
    row: ClassPrescribing,
    population: Population,
    organisation: Organisation,
    reference: ReferenceData,
) -> Ladder:
    """The highest rung that a class reaches, and no higher than its user lets it stand."""
    of, basis = row.medicine_class.label, population.basis
    # The plan's own, or the national one.
    share = in_use(
        f"long_term_{row.medicine_class.value}",
        BY_KEY["long_term_share"],
        row.long_term_share,
        row.source,
        reference,
        row.medicine_class,
    )
    rate = england_rate(row.medicine_class, basis, reference)
    adults = _adult_share(row, basis, reference)
    whole = row.count_of is CountOf.CLASS
    counted = whole and row.patients is not None and adults is not None
    months = _england_months(row, reference)
    has_items = any(region_items(row.medicine_class, tuple(REGION_MONTHS), reference).values())
    reached = {
        Rung.COUNT: counted and row.counted_over is CountedOver.YEAR,
        Rung.PART_OF_YEAR: counted and row.counted_over is not CountedOver.YEAR,
        Rung.ITEMS: rate is not None and has_items and bool(months),
        Rung.REGION: rate is not None and has_items,
        Rung.ENGLAND: rate is not None,
    }
    highest = row.step_down_to or Rung.COUNT
    rung = next((one for one in Rung if one >= highest and reached[one]), None)
    if rung is None:
        return Ladder(
            rung=None,
            rung_above=Rung.ENGLAND,
            rung_asks="counted",
            given={"long_term_share": share},
            missing_because=f"England's rate of people prescribed {of} has not been published for "
            f"{basis.label}; enter a local count, or choose another population",
        )
    unreached = (one for one in reversed(Rung) if one < rung and not reached[one])
    nearest = next(unreached, None)
    asks = "" if nearest is None else "items" if nearest is Rung.ITEMS else "counted"
    if adults is not None and rung <= Rung.PART_OF_YEAR:
        standing = _on_a_count(row, adults, basis, rung, reference)
    else:
        assert rate is not None
        standing = (
            _on_england(row.medicine_class, rate, reference)
            if rung is Rung.ENGLAND
            else _on_items(row, rate, population, organisation, reference, months, rung)
        )
        if row.patients is not None and row.counted and adults is None:
            other = (
                f"{NOT_USED}it is of {row.counted.label}, and this plan counts "
                f"{basis.label}. How many of the people on {of} are adults has not been published."
            )
            standing = replace(standing, cautions=(*standing.cautions, other))
        elif row.patients is not None and not whole:
            standing = _compare_with_a_part(standing, row, adults)
    return replace(
        _with_long_term(standing, row, share, reference),
        rung_above=None if rung is Rung.COUNT else Rung(rung - 1),
        rung_asks=asks,
        cautions=tuple(dict.fromkeys(standing.cautions)),
    )


def _compare_with_a_part(
    standing: Ladder, row: ClassPrescribing, adults: AssumptionInUse | None
) -> Ladder:
    """The class where only a part of its people were counted: those of the long term are used as
    such, those on one medicine for nothing, which is said."""
    of = row.medicine_class
    if row.count_of is CountOf.LONG_TERM and adults is not None:
        source = row.source or "entered in this plan, source not given"
        count = _number("counted_long", of, float(row.patients or 0), FigureKind.ENTERED, source)
        return replace(
            standing, given={**standing.given, "counted_long": count, "adult_share": adults}
        )
    caution = f"The local count is not used for the class: it is of {row.count_of.label}."
    return replace(standing, cautions=(*standing.cautions, caution))


def _with_long_term(
    standing: Ladder, row: ClassPrescribing, share: AssumptionInUse, reference: ReferenceData
) -> Ladder:
    """The class with what its people for the long term are worked out from.

    National shares are of a month's people, so a year's are first brought down to a month's; a
    share of the place's own is of the people counted, whatever the time.
    """
    words, inputs = set(standing.words), dict(standing.given)
    if "counted_long" in inputs:
        words.add("long count")
    elif "month" in words or ("quarter" in words and share.kind is FigureKind.ENTERED):
        words.add("of part")
    elif share.kind is not FigureKind.ENTERED:
        words.add("by month")
    if words & {"month", "by month"}:
        inputs["month_share"] = _default("month_share", row.medicine_class, reference)
    return replace(
        standing,
        words=frozenset(f"{word} {row.medicine_class.value}" for word in words),
        given=inputs | {"long_term_share": share},
    )


def _default(key: str, medicine_class: MedicineClass, reference: ReferenceData) -> AssumptionInUse:
    """Our default of one class's input."""
    return in_use(key, BY_KEY[key], None, "", reference, medicine_class)


def _number(
    key: str,
    medicine_class: MedicineClass,
    values: float | Range,
    kind: FigureKind,
    source: str,
    cautions: tuple[str, ...] = (),
) -> AssumptionInUse:
    """A number of one class that was entered or worked out, with its receipt."""
    item = BY_KEY[key]
    return AssumptionInUse(
        key=f"{key}_{medicine_class.value}",
        name=lower_first(item.label_of(medicine_class.label)),
        values=as_range(values) if isinstance(values, float) else values,
        unit=item.unit,
        kind=kind,
        verified=True,
        source=source,
        cautions=cautions,
    )


# --------------------------------------------------------------------------------------------------
# Rungs 1 and 2: people were counted here, over a year, or over a quarter or a month of it.


def _adult_share(
    row: ClassPrescribing, basis: Basis, reference: ReferenceData
) -> AssumptionInUse | None:
    """What brings a local count to the plan's basis: 1 where it is of it, the class's own share of
    adults where that has been published, or nothing."""
    if row.counted in (None, basis):
        source = "1, because the count is of the population that this plan counts"
        return _number("adult_share", row.medicine_class, 1.0, FigureKind.DERIVED, source)
    if row.counted is ALL_AGES.get(basis) and row.medicine_class in ADULT_SHARE_KNOWN:
        return _default("adult_share", row.medicine_class, reference)
    return None


def _on_a_count(
    row: ClassPrescribing,
    adults: AssumptionInUse,
    basis: Basis,
    rung: Rung,
    reference: ReferenceData,
) -> Ladder:
    of, key = row.medicine_class, "counted" if rung is Rung.COUNT else "part_year"
    source = row.source or "entered in this plan, source not given"
    number = _number(key, of, float(row.patients or 0), FigureKind.ENTERED, source)
    inputs = {key: number, "adult_share": adults}
    cautions = []
    if row.counted is None:
        cautions.append(f"The rate is right only if the count is of {basis.label}.")
    elif row.counted is not basis:
        cautions.append(
            f"The count is of {row.counted.label}; {adults.values.central:.1%} of them are taken "
            "to be adults, as in England."
        )
    method = "local count"
    if row.counted_over is CountedOver.QUARTER:
        inputs["year_over"] = year_over = _default("year_over", of, reference)
        times = year_over.values.central
        method = f"local count of people in a quarter, times {times:.2f} for those of a year"
    elif row.counted_over is CountedOver.MONTH:
        share = reference.default(f"month_share_{of.value}")
        method = f"local count of people in a month, who are {share:.0%} of a year's"
    return Ladder(
        rung=rung,
        words=frozenset({"count" if rung is Rung.COUNT else row.counted_over.value}),
        given=inputs,
        kind=FigureKind.ENTERED if rung is Rung.COUNT else FigureKind.MODELLED,
        period=row.period or "period not given",
        method=method,
        source=source,
        cautions=tuple(cautions),
    )


# --------------------------------------------------------------------------------------------------
# Rungs 3 and 4: items say how people here, or in the region, stand beside England's.


def _england_months(row: ClassPrescribing, reference: ReferenceData) -> list[str]:
    """England's twelve months that local items are set beside: the same, or the newest we hold
    where those are later; none where the items are not of twelve months or are too far off."""
    months = twelve_months(row.items_period or row.period)
    months_shipped = sorted({one.month for one in reference.region_items})
    if not row.items or not months or months[0] < months_shipped[0]:
        return []
    if months[-1] <= months_shipped[-1]:
        return months
    later = months_between(months_shipped[-1], months[-1])
    return months_shipped[-12:] if later <= MOST_MONTHS_LATER else []


@lru_cache(maxsize=512)
def region_items(
    medicine_class: MedicineClass, months: tuple[str, ...], reference: ReferenceData
) -> dict[str, int]:
    """The items of one class in each region over some months."""
    rows = (row for row in reference.region_items if row.month in months)
    return {
        region: sum(row.items.of(medicine_class) or 0 for row in of_region)
        for region, of_region in grouped(rows, key=lambda row: row.region).items()
    }


@lru_cache(maxsize=16)
def region_people(basis: Basis, reference: ReferenceData) -> dict[str, int]:
    """The people of each region, on one basis: those of its boards added up."""
    icbs = grouped(reference.icbs(OrganisationList.FROM_APRIL_2026), key=lambda icb: icb.region)
    return {
        region: sum(icb.population(basis).value for icb in of_region)
        for region, of_region in icbs.items()
    }


@lru_cache(maxsize=128)
def region_ratios(
    medicine_class: MedicineClass, basis: Basis, reference: ReferenceData
) -> dict[str, float]:
    """Items for each person in each region, over England's."""
    items = region_items(medicine_class, tuple(REGION_MONTHS), reference)
    people = region_people(basis, reference)
    england = sum(items.values()) / sum(people.values())
    return {region: items[region] / people[region] / england for region in people}


def norm(
    medicine_class: MedicineClass, basis: Basis, beta: float, reference: ReferenceData
) -> float:
    """The mean of the regions' ratios to the power of β, each by its people.

    Over it, what items say of the regions' people adds up to England.
    """
    ratios = region_ratios(medicine_class, basis, reference)
    people = region_people(basis, reference)
    powers = (people[region] * ratio**beta for region, ratio in ratios.items())
    return float(sum(powers)) / sum(people.values())


def _on_items(
    row: ClassPrescribing,
    rate: EnglandRate,
    population: Population,
    organisation: Organisation,
    reference: ReferenceData,
    england_months: Sequence[str],
    rung: Rung,
) -> Ladder:
    of, basis = row.medicine_class, population.basis
    beta, cautions = reference.default("beta"), []
    if rung is Rung.ITEMS:
        months = twelve_months(row.items_period or row.period)
        items, people = float(row.items or 0), population.value
        england = region_items(of, tuple(england_months), reference)
        ratio = items / people * sum(region_people(basis, reference).values())
        ratio = ratio / sum(england.values())
        whose, counted = "local", float(people)
        source = row.items_source or row.source or "entered in this plan, source not given"
        if list(england_months) != months:
            cautions.append(
                f"The local items are of {_span(months)}; England's beside them are of "
                f"{_span(england_months)}, the newest we hold."
            )
    else:
        months, whose = REGION_MONTHS, "the region's"
        england = region_items(of, tuple(months), reference)
        items = float(england[organisation.region])
        ratio = region_ratios(of, basis, reference)[organisation.region]
        counted = float(region_people(basis, reference)[organisation.region])
        source = f"{reference.region_items[0].source}: {organisation.region}"
    # On the ratio's own people, so that the two divide to it.
    all_counted = sum(region_people(basis, reference).values())
    here, there = (
        f"{count / 12 / whom * 1000:.1f}"
        for count, whom in ((items, counted), (sum(england.values()), all_counted))
    )
    regions = norm(of, basis, beta, reference)
    inputs = {
        "england_rate": _number("england_rate", of, rate.values, rate.kind, rate.source),
        "item_ratio": _number("item_ratio", of, ratio, FigureKind.DERIVED, source),
        "norm_bend": _number(
            "norm_bend",
            of,
            (1 - regions) / (beta * (1 - beta)),
            FigureKind.DERIVED,
            f"{reference.region_items[0].source}: the regions add up to England at a norm of "
            f"{regions:.4f}",
        ),
    }
    if rung is Rung.REGION:
        inputs |= _limits_of(of, basis, ratio, reference)
        if (of, basis) in SPREAD_KNOWN:
            within = "is published for antidepressants, and holds this one"
        else:
            within = "has not been published for these people, so it is held between "
            within += lower_first(inputs["held_low"].source)
        cautions.append(f"Boards differ within a region. The spread over boards {within}.")
    cautions += filter(None, (rate.how, rate.published.caution))
    published = rate.published
    as_published = (
        f" (published: {published.value:g} in {published.period})" if rate.how else " (published)"
    )
    return Ladder(
        rung=rung,
        words=frozenset({"rate", "items"} | ({"region"} if rung is Rung.REGION else set())),
        given=inputs,
        period=rate.period,
        method=(
            f"England's {rounded(rate.values.central, 1)} per 1,000 in {rate.period}"
            f"{as_published}, times {ratio**beta / regions:.2f}, since {whose} items for each "
            f"person are {ratio:.2f} of England's (to the power of {beta:g}, over a norm of "
            f"{regions:.3f}): {here} items a month for 1,000 {basis.label}{_supply(row, rung)}, "
            f"{there} in England, {_span(months)}"
        ),
        source=f"{rate.source}; items: {source}",
        cautions=tuple(cautions),
    )


def _supply(row: ClassPrescribing, rung: Rung) -> str:
    """How much one of the local items supplies, where the file has it."""
    if rung is not Rung.ITEMS or not row.quantity or not row.items:
        return ""
    return f" (each of {rounded(row.quantity / row.items, 1)} tablets or other units)"


def _span(months: Sequence[str]) -> str:
    """Some months in words, by the first and the last of them."""
    return f"{month(months[0])} to {month(months[-1])}"


def _limits_of(
    medicine_class: MedicineClass, basis: Basis, ratio: float, reference: ReferenceData
) -> dict[str, AssumptionInUse]:
    """The least and the most, times England's, that a board is held to on its region's items."""
    if (medicine_class, basis) in SPREAD_KNOWN:
        ends = [reference.assumption(f"local_variation_{end}") for end in ("low", "high")]
        least, most = (reference.default(figure.id) for figure in ends)
        source = f"{reference.source_title(ends[0].source)}, {ends[0].section}: lowest and highest"
    else:
        low, high = (reference.default(f"beta_{end}") for end in ("low", "high"))
        spread = reference.default("region_spread_high")
        least, most = min(ratio**low, ratio**high) / spread, max(ratio**low, ratio**high) * spread
        source = (
            f"The region's items to the power of {low:g} and {high:g}, times or divided by "
            f"{spread:g}"
        )
    return {
        key: _number(key, medicine_class, value, FigureKind.MODELLED, source)
        for key, value in (("held_low", least), ("held_high", most))
    }


# --------------------------------------------------------------------------------------------------
# Rung 5, and what the two above it multiply: England's rate, as published and in the newest year.


def _on_england(
    medicine_class: MedicineClass, rate: EnglandRate, reference: ReferenceData
) -> Ladder:
    published, later = rate.published, ""
    if rate.how:
        later = (
            f"In {rate.period} it would be about {rounded(rate.values.central, 1)}; the rate is as "
            "it was published."
        )
    low, high = (reference.default(f"local_variation_{end}") for end in ("low", "high"))
    number = _number(
        "england_rate", medicine_class, published.value, published.kind, published.source
    )
    return Ladder(
        rung=Rung.ENGLAND,
        words=frozenset({"rate"}),
        given={"england_rate": number},
        period=published.period,
        method=(
            f"England's {published.period} rate of {published.value:g} {published.unit}, times the "
            f"population; low and high are {low:.2f} and {high:.2f} times that, the spread over "
            "ICBs"
        ),
        source=published.source,
        cautions=tuple(filter(None, (published.caution, later))),
    )


@lru_cache(maxsize=64)
def england_rate(
    medicine_class: MedicineClass, basis: Basis, reference: ReferenceData
) -> EnglandRate | None:
    """England's rate of a class in the newest year that is held of it, or None where none has been
    published on that basis.

    Adults have not been counted since 2020/21. Where the class's share of adults is known, the
    newest count of all ages gives theirs; where it is not, their rate moves as that of all ages.
    """
    published = reference.newest_rate(medicine_class, basis)
    newest = reference.newest_rate(medicine_class, Basis.RESIDENT_ALL_AGES)
    if published is None:
        return None
    # A class that was never counted at all ages stands on what was published.
    newest = newest or published
    # Whole numbers are good to a half, others to half of their last digit.
    half = 0.5 if newest.precision == "whole number" else 0.05
    ends = [newest.value - half, newest.value, newest.value + half]
    if basis is not Basis.RESIDENT_ADULTS or newest.period <= published.period:
        factors, kind, how = [end / newest.value for end in ends], published.kind, ""
    elif medicine_class in ADULT_SHARE_KNOWN:
        share = reference.default(f"adult_share_{medicine_class.value}")
        people = [
            reference.england.population(one).value
            for one in (Basis.RESIDENT_ADULTS, Basis.RESIDENT_ALL_AGES)
        ]
        adults = people[0] / people[1]
        factors = [end * share / adults / published.value for end in ends]
        kind = FigureKind.MODELLED
        how = (
            f"England's rate is carried to {newest.period}: {newest.value:g} per 1,000 of all "
            f"ages, of whom {share:.1%} are adults, over the {adults:.1%} of residents who are "
            "(mid-2020)."
        )
    else:
        first = next(
            row
            for row in reference.yearly_rates(medicine_class, Basis.RESIDENT_ALL_AGES)
            if row.period >= published.period
        )
        bottoms = (first.value + half, first.value, first.value - half)
        factors = [end / bottom for end, bottom in zip(ends, bottoms, strict=True)]
        kind = FigureKind.MODELLED
        how = (
            f"England's rate is carried to {newest.period} as that of all ages moved, from "
            f"{first.value:g} per 1,000 in {first.period} to {newest.value:g}, both whole numbers; "
            f"the share of people on {medicine_class.label} who are adults has not been published."
        )
    return EnglandRate(
        values=Range(
            **dict(
                zip(
                    ("low", "central", "high"),
                    (published.value * one for one in factors),
                    strict=True,
                )
            )
        ),
        period=max(published.period, newest.period) if how else published.period,
        kind=kind,
        source=published.source if not how else f"{published.source}; {newest.source}",
        published=published,
        how=how,
    )
