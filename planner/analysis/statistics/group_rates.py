"""Rates of any groups of people, set side by side: sex, age, and whatever kind the user named."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.analysis.formatting import capital, is_shown, local_counts, rounded, to_five
from planner.analysis.statistics.intervals import (
    Differences,
    Group,
    Interval,
    SlopeIndices,
    gap_and_ratio,
    proportion,
    slope_index,
)
from planner.model.base import Count
from planner.model.inequality import AgeSexCounts, Inequality
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass


@dataclass(frozen=True, kw_only=True)
class GroupRate:
    """One group: its people prescribed as a reader may see them, and their rate per 1,000 with its
    interval.

    `rate` is of the count as shown, rounded to 5, so that it cannot be worked back; it is empty
    where a count is hidden or unknown, or the group's own number of people is not known.
    """

    group: str
    display: str
    population: Count | None
    rate: Interval | None

    @property
    def rate_shown(self) -> str:
        """The rate with its 95% interval, or a statement that there is none."""
        return per_thousand(self.rate) if self.rate else "not shown"


@dataclass(frozen=True, kw_only=True)
class GroupFinding:
    """One class over the groups of one kind, such as sex, age or ethnicity, with what it shows in
    words."""

    kind: str
    medicine_class: MedicineClass
    groups: tuple[GroupRate, ...]
    differences: Differences | None
    slope: SlopeIndices | None
    finding: str


def per_thousand(rate: Interval) -> str:
    """A rate per 1,000 with its interval, such as "170.2 (169.0 to 171.4)"."""
    return f"{rounded(rate.value, 1)} ({rounded(rate.low, 1)} to {rounded(rate.high, 1)})"


def group_rates(
    names: Sequence[str], counts: Sequence[int | None], people: Sequence[int | None]
) -> tuple[GroupRate, ...]:
    """Each group with its count as it may be shown, and its rate per 1,000 where that gives nothing
    away."""
    rates = []
    for name, count, display, population in zip(
        names, counts, local_counts(list(counts)), people, strict=True
    ):
        usable = is_shown(display) and count is not None and population and count <= population
        rates.append(
            GroupRate(
                group=name,
                display=display,
                population=population,
                rate=per_thousand_of(
                    proportion(min(to_five(count or 0), population or 1), population or 1)
                )
                if usable
                else None,
            )
        )
    return tuple(rates)


def per_thousand_of(interval: Interval) -> Interval:
    """A share and its interval, per 1,000."""
    return interval.model_copy(
        update={name: getattr(interval, name) * 1000 for name in ("value", "low", "high")}
    )


def as_groups(rates: Sequence[GroupRate], counts: Sequence[int | None]) -> list[Group]:
    """The groups that may be used, as the sums need them."""
    return [
        Group(name=rate.group, count=count or 0, population=rate.population or 1)
        for rate, count in zip(rates, counts, strict=True)
        if rate.rate is not None
    ]


def slope_words(slope: SlopeIndices) -> str:
    """The slope and relative indices as a reader meets them."""
    gap, relative = slope.slope, slope.relative
    words = (
        f"slope index {rounded(gap.value * 1000, 1)} per 1,000 from the least to the most deprived "
        f"end ({rounded(gap.low * 1000, 1)} to {rounded(gap.high * 1000, 1)})"
    )
    if relative is None:
        return f"{words}; no relative index, because {slope.relative_missing_because}"
    return (
        f"{words}; relative index {rounded(relative.value, 2)} "
        f"({rounded(relative.low, 2)} to {rounded(relative.high, 2)})"
    )


_Kind = tuple[str, list[str], list[int | None], list[int | None], bool]
"""Groups of one kind: its name, theirs, their counts of one class, their people, and whether they
run from the least to the most deprived."""


def group_findings(plan: Plan) -> list[GroupFinding]:
    """Each kind of group the plan holds, class by class: sex, age, and any that the user named."""
    return [
        _group_finding(medicine_class, kind, names, counts, people, ordered)
        for medicine_class in plan.prescribing.included
        for kind, names, counts, people, ordered in _kinds(plan.inequality, medicine_class)
        if sum(count is not None for count in counts) >= 2
    ]


def _kinds(current: Inequality, medicine_class: MedicineClass) -> Iterator[_Kind]:
    row = current.of(medicine_class)
    both = [current.population_women, current.population_men]
    # Shares of women are told elsewhere; a rate needs women and men living here.
    if all(both):
        yield "Sex", ["Women", "Men"], [row.women, row.men], both, False
    # Bands of age with both sexes together; a person has one sex, so here people may be added.
    bands: dict[str, list[AgeSexCounts]] = {}
    for counts in current.age_sex:
        bands.setdefault(counts.age, []).append(counts)
    ages = sorted(bands, key=lambda band: int(band.rstrip("+").split("-")[0]))
    patients = [_both([one.patients.of(medicine_class) for one in bands[age]]) for age in ages]
    yield "Age", ages, patients, [_both([o.population for o in bands[age]]) for age in ages], False
    for breakdown in current.breakdowns:
        yield (
            breakdown.kind,
            [group.group for group in breakdown.groups],
            [group.patients.of(medicine_class) for group in breakdown.groups],
            [group.population for group in breakdown.groups],
            breakdown.ordered,
        )


def _both(values: list[int | None]) -> int | None:
    """Women and men together, where both are known."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) == 2 else None


def _group_finding(
    medicine_class: MedicineClass,
    kind: str,
    names: list[str],
    counts: list[int | None],
    people: list[int | None],
    ordered: bool,
) -> GroupFinding:
    rates, differences, slope, words = side_by_side(names, counts, people, ordered)
    return GroupFinding(
        kind=kind,
        medicine_class=medicine_class,
        groups=rates,
        differences=differences,
        slope=slope,
        finding=f"{capital(medicine_class.label)} by {kind.lower()}{words}",
    )


def side_by_side(
    names: Sequence[str],
    counts: Sequence[int | None],
    people: Sequence[int | None],
    ordered: bool = False,
) -> tuple[tuple[GroupRate, ...], Differences | None, SlopeIndices | None, str]:
    """The rates of some groups, how far the highest stands from the lowest, their slope where they
    are ordered, and all of that in the words that end a finding."""
    rates = group_rates(names, counts, people)
    usable = as_groups(rates, counts)
    slope = None
    if len(usable) < 2:
        because = (
            "too few groups can be shown"
            if any(people)
            else "the number of people in each group is not known"
        )
        return rates, None, None, f": counts only, no rates, because {because}."
    by_rate = sorted(usable, key=lambda group: group.count / group.population)
    pairs = len(usable) * (len(usable) - 1) // 2
    differences = gap_and_ratio(by_rate[0], by_rate[-1], min(1 - 0.05 / pairs, 0.9999))
    words = _widest_gap(by_rate[0], by_rate[-1], differences)
    if ordered and len(usable) == len(rates):
        slope = slope_index(usable[::-1])
        words += f" Over all of them: {slope_words(slope)}."
    return rates, differences, slope, words


def _widest_gap(lowest: Group, highest: Group, differences: Differences) -> str:
    """The highest and lowest group, named only where the gap is clear after allowing for having
    picked them."""
    high, low = (
        rounded(to_five(group.count) * 1000 / group.population, 1) for group in (highest, lowest)
    )
    ratio = differences.ratio
    if ratio is None and differences.gap.low > 0:
        return (
            f": highest for {highest.name} ({high} per 1,000); none are counted for {lowest.name}."
        )
    if ratio is None or ratio.low <= 1:
        return f": no clear difference between the groups, {low} to {high} per 1,000."
    picked = "95% interval" if ratio.confidence == 0.95 else "adjusted interval"
    return (
        f": highest for {highest.name} ({high} per 1,000), lowest for {lowest.name} ({low}): "
        f"{rounded(ratio.value, 2)} times ({picked} {rounded(ratio.low, 2)} to "
        f"{rounded(ratio.high, 2)})."
    )
