"""Rates of any groups of people, set side by side: sex, age, and whatever kind the user named."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from planner.analysis.formatting import (
    capital,
    is_shown,
    listed,
    local_counts,
    percent,
    rounded,
    to_five,
)
from planner.analysis.statistics.intervals import (
    Differences,
    Group,
    Interval,
    SlopeIndices,
    gap_and_ratio,
    proportion,
    slope_index,
)
from planner.model.base import Count, grouped
from planner.model.inequality import AgeSexCounts, Inequality
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass

# A census' own "Any other ethnic group" and "All other Asian" are groups; these are none.
TOTAL = re.compile(
    r".*\b(?:sub-?)?totals?\b.*|overall|everyone|everybody|all"
    r"|all (?:people|persons|patients|adults|residents|groups|categories|ages|sexes|genders"
    r"|ethnicities|ethnic groups|fifths|quintiles|tenths|deciles|areas)(?: combined)?"
)
UNKNOWN = re.compile(
    r".*\b(?:unknown|not[ -](?:known|stated|specified|recorded|given|available|provided|disclosed"
    r"|coded|collected|answered|obtained|applicable|assigned|matched)"
    r"|un(?:specified|stated|recorded|classified|coded|disclosed|assigned|matched)|undisclosed"
    r"|(?:prefer(?:red|s)?|wish|did|does) not (?:to )?(?:say|answer|state|disclose)"
    r"|no (?:record|data|information|code|postcode|response|answer))\b.*"
    r"|missing(?: .*)?|(?:.* )?missing|blank|null|none|declined|refused|n/a|na|\?+"
)


def is_compared(name: str) -> bool:
    """Whether a group stands for people of its own kind, and neither for everybody nor for those
    of whom the group is not known."""
    return not _is_total(name) and not _is_unknown(name)


def _is_total(name: str) -> bool:
    return TOTAL.fullmatch(_bare(name)) is not None


def _is_unknown(name: str) -> bool:
    return UNKNOWN.fullmatch(_bare(name)) is not None


def _bare(name: str) -> str:
    """A group's name in lower case without the code before it, such as "Z - " or "99: "."""
    return re.sub(r"^(?:[a-z]?\d{1,3}|[a-z])\s*[-:.)]\s*(?=\w)", "", " ".join(name.lower().split()))


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
    def rate_in_words(self) -> str:
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
        return f"{words}; no relative index, because an end of the line is not clearly above 0"
    return (
        f"{words}; relative index {rounded(relative.value, 2)} "
        f"({rounded(relative.low, 2)} to {rounded(relative.high, 2)})"
    )


@dataclass(frozen=True, kw_only=True)
class _GroupKind:
    """Groups of one kind with their counts of one class and their people.

    `is_ordered` says that they run from the most to the least deprived; `impossible` names those
    of which a part has more people prescribed than people.
    """

    name: str
    groups: list[str]
    counts: list[int | None]
    people: list[int | None]
    is_ordered: bool = False
    impossible: frozenset[str] = frozenset()


def group_findings(plan: Plan) -> list[GroupFinding]:
    """Each kind of group the plan holds, class by class: sex, age, and any that the user named.

    Totals, and people whose group is not known, are no groups: they are left out of the
    comparison, and the share not known is told.
    """
    return [
        _group_finding(medicine_class, kind)
        for medicine_class in plan.prescribing.included
        for kind in _kinds(plan.inequality, medicine_class)
        if sum(
            count is not None and is_compared(group)
            for group, count in zip(kind.groups, kind.counts, strict=True)
        )
        >= 2
    ]


def _kinds(current: Inequality, medicine_class: MedicineClass) -> Iterator[_GroupKind]:
    row = current.of(medicine_class)
    both = [current.population_women, current.population_men]
    # Shares of women are told elsewhere; a rate needs women and men living here.
    if all(both):
        yield _GroupKind(
            name="Sex", groups=["Women", "Men"], counts=[row.women, row.men], people=both
        )
    # Bands of age with both sexes together; a person has one sex, so here people may be added.
    bands = grouped(current.age_sex, key=lambda row: row.age)
    ages = sorted(bands, key=lambda band: int(band.rstrip("+").split("-")[0]))
    yield _GroupKind(
        name="Age",
        groups=ages,
        counts=[
            both_sexes([one.patients.of(medicine_class) for one in bands[age]]) for age in ages
        ],
        people=[both_sexes([one.population for one in bands[age]]) for age in ages],
        impossible=frozenset(one.age for one in impossible(current.age_sex, medicine_class)),
    )
    for breakdown in current.breakdowns:
        yield _GroupKind(
            name=breakdown.kind,
            groups=[group.group for group in breakdown.groups],
            counts=[group.patients.of(medicine_class) for group in breakdown.groups],
            people=[group.population for group in breakdown.groups],
            is_ordered=breakdown.ordered,
        )


def impossible(rows: Sequence[AgeSexCounts], medicine_class: MedicineClass) -> list[AgeSexCounts]:
    """The sexes and age bands with more people prescribed a class than people."""
    return [
        row
        for row in rows
        if row.population is not None and (row.patients.of(medicine_class) or 0) > row.population
    ]


def both_sexes(values: list[int | None]) -> int | None:
    """Women and men together, where both are known."""
    known = [value for value in values if value is not None]
    return sum(known) if len(known) == len(values) == 2 else None


def _group_finding(medicine_class: MedicineClass, kind: _GroupKind) -> GroupFinding:
    rows = [
        (group, count, None if group in kind.impossible else people)
        for group, count, people in zip(kind.groups, kind.counts, kind.people, strict=True)
        if not _is_total(group)
    ]
    names, counts, people = (list(column) for column in zip(*rows, strict=True))
    # A count that is hidden among those not known must not come out by subtraction either.
    every = list(zip(group_rates(names, counts, people), counts, strict=True))
    compared = [(rate, count) for rate, count in every if is_compared(rate.group)]
    rates = tuple(rate for rate, _ in compared)
    differences, slope, words = _compare(rates, [count for _, count in compared], kind.is_ordered)
    more = [
        rate.group
        for rate, count in compared
        if rate.group in kind.impossible
        or rate.population is not None
        and (count or 0) > rate.population
    ]
    if more:
        words += f" No rate for {listed(more)}: more people are counted there than there are."
    return GroupFinding(
        kind=kind.name,
        medicine_class=medicine_class,
        groups=rates,
        differences=differences,
        slope=slope,
        finding=f"{capital(medicine_class.label)} by {kind.name.lower()}{words}"
        + _share_not_known(kind.name, every),
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
    return rates, *_compare(rates, counts, ordered)


def _compare(
    rates: tuple[GroupRate, ...], counts: Sequence[int | None], ordered: bool
) -> tuple[Differences | None, SlopeIndices | None, str]:
    usable = as_groups(rates, counts)
    if len(usable) < 2:
        because = (
            "too few groups can be shown"
            if any(rate.population for rate in rates)
            else "the number of people in each group is not known"
        )
        return None, None, f": counts only, no rates, because {because}."
    by_rate = sorted(usable, key=lambda group: group.count / group.population)
    pairs = len(usable) * (len(usable) - 1) // 2
    differences = gap_and_ratio(by_rate[0], by_rate[-1], min(1 - 0.05 / pairs, 0.9999))
    words = _widest_gap(by_rate[0], by_rate[-1], differences)
    if not ordered or len(usable) < len(rates):
        return differences, None, words
    slope = slope_index(usable[::-1])
    return differences, slope, f"{words} Over all of them: {slope_words(slope)}."


def _share_not_known(kind: str, every: Sequence[tuple[GroupRate, int | None]]) -> str:
    """Of how many of the people counted the group is not known, in a sentence; empty where that is
    of nobody or would give a small count away."""
    counts = [(rate, to_five(count)) for rate, count in every if count is not None]
    unknown = [(rate, count) for rate, count in counts if _is_unknown(rate.group)]
    if not any(count for _, count in unknown):
        return ""
    if not all(is_shown(rate.display) for rate, _ in unknown):
        return f" The {kind.lower()} of some people counted is not known."
    share = sum(count for _, count in unknown) / sum(count for _, count in counts)
    return (
        f" The {kind.lower()} of {percent(share)} of the people counted is not known, and they are "
        "left out of the comparison."
    )


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
