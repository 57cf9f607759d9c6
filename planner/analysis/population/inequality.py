"""How prescribing differs by deprivation and group here, in words that follow the local numbers."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from planner.analysis.formatting import (
    capital,
    first_reason,
    is_shown,
    listed,
    percent,
    rounded,
    to_five,
)
from planner.analysis.population.need import plan_organisation, plan_population
from planner.analysis.statistics.group_rates import (
    GroupFinding,
    GroupRate,
    as_groups,
    group_findings,
    group_rates,
    side_by_side,
)
from planner.analysis.statistics.intervals import (
    Differences,
    Group,
    SlopeIndices,
    gap_and_ratio,
    slope_index,
)
from planner.model.inequality import UNKNOWN_QUINTILES, ClassInequality
from planner.model.place import DeprivationIndex, Organisation, ResidentGroup, Split
from planner.model.plan import Plan
from planner.model.prescribing import Basis, MedicineClass
from planner.model.reference import NationalPattern, ReferenceData

INDEX_UNKNOWN = (
    "Which Index of Multiple Deprivation the local counts by fifth are by is not said; they are "
    "taken to be by IMD 2019."
)
QUINTILES = ("1, most deprived", "2", "3", "4", "5, least deprived")


@dataclass(frozen=True, kw_only=True)
class ClassGap:
    """What is known of one class by deprivation fifth. Rates are crude, people per 1,000 of each
    fifth.

    `differences` sets the most deprived fifth against the least; `slope` uses every fifth, and is
    there only where each can be used. `fifth_shares` are the parts of the people prescribed who
    live in each fifth, of counts to the nearest 5. `withheld` says why there is no rate.
    """

    medicine_class: MedicineClass
    groups: tuple[GroupRate, ...]
    differences: Differences | None
    slope: SlopeIndices | None
    quintile_shares: tuple[float, ...] | None
    women_share: float | None
    finding: str
    is_local: bool
    source: str
    withheld: str | None

    @property
    def counts_in_words(self) -> tuple[str, ...]:
        """The people prescribed in each fifth, as a reader may see them."""
        return tuple(group.display for group in self.groups)

    @property
    def is_counted(self) -> bool:
        """Whether any fifth has a local count, be it shown or hidden."""
        return any(count != "not known" for count in self.counts_in_words)

    @property
    def core20_share(self) -> float | None:
        """The part of the people prescribed who live in the most deprived fifth."""
        return self.quintile_shares[0] if self.quintile_shares else None

    @property
    def ratio(self) -> float | None:
        """The rate in the most deprived fifth over that in the least."""
        return self.differences.ratio.value if self.differences and self.differences.ratio else None


@dataclass(frozen=True, kw_only=True)
class DeprivationProfile:
    """The share of adults here, and in England, living in each deprivation fifth of England.

    `finding` also gives the most deprived fifth by the other edition of the index; `caution` says
    what of the shares is our inference.
    """

    index: DeprivationIndex
    local: tuple[float, ...]
    england: tuple[float, ...]
    finding: str
    caution: str


@dataclass(frozen=True, kw_only=True)
class Reach:
    """People whom a service has reached, by deprivation fifth, per 1,000 people of each."""

    groups: tuple[GroupRate, ...]
    finding: str


@dataclass(frozen=True, kw_only=True)
class InequalityResult:
    """The place's deprivation profile and, class by class and group by group, who is prescribed
    more.

    `residents` says of each way the residents are told apart how they are here and in England, and
    `reach_by_group` how evenly a service reaches them. `index_note` says what is taken for granted
    of the index that local counts are by.
    """

    profile: DeprivationProfile
    classes: tuple[ClassGap, ...]
    groups: tuple[GroupFinding, ...]
    reach: Reach | None
    reach_by_group: tuple[Reach, ...]
    residents: Mapping[Split, str]
    index_note: str


def inequality(plan: Plan, reference: ReferenceData) -> InequalityResult:
    """How the place's adults spread over deprivation fifths, and how each class runs with
    deprivation.

    Local counts over the people of each fifth: those entered, else resident adults by the plan's
    own index, against which only counts by the same index are set. Rates are crude, with Wilson
    intervals; the most deprived fifth is judged against the least by the interval of their ratio,
    and all five by the slope and relative indices of inequality. Where there are no counts the
    national pattern is told as such. A count of one to four people is not used.
    """
    organisation = plan_organisation(plan, reference)
    patterns = {pattern.medicine_class: pattern for pattern in reference.patterns}
    people, why_not = _people_by_quintile(plan, organisation, reference)
    classes = tuple(
        _class_gap(plan, plan.inequality.of(c), people, why_not, patterns[c])
        for c in plan.prescribing.included
    )
    unsaid = plan.inequality.counts_index is None and any(gap.is_counted for gap in classes)
    return InequalityResult(
        profile=_profile(organisation, reference, plan.inequality.deprivation_index),
        classes=classes,
        groups=tuple(group_findings(plan)),
        reach=_reach(plan, people),
        reach_by_group=tuple(_reach_by_group(plan, organisation, reference)),
        residents=_residents(organisation, reference),
        index_note=INDEX_UNKNOWN if unsaid and people is not None else "",
    )


def _profile(
    organisation: Organisation, reference: ReferenceData, index: DeprivationIndex
) -> DeprivationProfile:
    adults = reference.people_of(organisation, index)
    local, national = adults.shares, reference.people_of(reference.england, index).shares
    here, there = percent(local[0]), percent(national[0])
    differs = "more than" if local[0] > national[0] else "less than"
    other = next(one for one in DeprivationIndex if one is not index)
    by_other = percent(reference.people_of(organisation, other).shares[0])
    return DeprivationProfile(
        index=index,
        local=local,
        england=national,
        finding=(
            f"{here} of adults in {organisation.short_name} live in the most deprived fifth of "
            f"England's areas, {'about the same as' if here == there else differs} the {there} of "
            f"all adults in England who do. This is by {index}; by {other} it is {by_other}."
        ),
        caution=adults.caution,
    )


def _people_by_quintile(
    plan: Plan, organisation: Organisation, reference: ReferenceData
) -> tuple[tuple[int, ...] | None, str | None]:
    """People of each fifth on the plan's basis: entered, else ours; or why there are none."""
    current, basis = plan.inequality, plan_population(plan, reference).basis
    index = current.deprivation_index
    entered = [count for count in current.population_by_quintile if count is not None]
    why_not = first_reason(
        (
            current.counts_index not in (None, index),
            f"the counts are by {current.counts_index}, and this plan uses {index}",
        ),
        (
            current.counts_index is None and index is not DeprivationIndex.IMD_2019,
            f"it is not said which index the counts are by, and this plan uses {index}",
        ),
        (
            current.counted not in (None, basis),
            f"the counts are of {current.counted.label if current.counted else ''}, and this plan "
            f"counts {basis.label}",
        ),
        (
            entered and not (len(entered) == 5 and all(entered)),
            "people living there are entered for some fifths only; enter all five, none of them 0",
        ),
        (
            not entered and plan.population.entered is not None,
            "this plan has a population of its own; enter the people of each fifth too",
        ),
        (
            not entered and basis is not Basis.RESIDENT_ADULTS,
            "people by deprivation fifth are known here for resident adults only, and this plan "
            f"counts {basis.label}",
        ),
    )
    if why_not:
        return None, why_not
    return tuple(entered) or reference.people_of(organisation, index).counts, None


def _class_gap(
    plan: Plan,
    counts: ClassInequality,
    people: tuple[int, ...] | None,
    why_not: str | None,
    pattern: NationalPattern,
) -> ClassGap:
    """One class by the local counts where they can be used, else by what is known of England."""
    groups = group_rates(QUINTILES, counts.by_quintile, people or UNKNOWN_QUINTILES)
    more = [
        quintile
        for quintile, count, there in zip(QUINTILES, counts.by_quintile, people or (), strict=False)
        if (count or 0) > there
    ]
    withheld = first_reason(
        (
            not (is_shown(groups[0].display) and is_shown(groups[4].display)),
            "counts that can be shown are needed for the most and for the least deprived fifth",
        ),
        (people is None, why_not or ""),
        (
            groups[0].rate is None or groups[4].rate is None,
            f"more people are counted in {_quintiles_in_words(more)} than live there",
        ),
    )
    national = ClassGap(
        medicine_class=counts.medicine_class,
        groups=groups,
        differences=None,
        slope=None,
        quintile_shares=None,
        women_share=_women(counts),
        finding=pattern.statement,
        is_local=False,
        source=f"Framework PR1103, {pattern.section}",
        withheld=withheld,
    )
    if withheld:
        return national
    usable = as_groups(groups, counts.by_quintile)
    differences = gap_and_ratio(usable[-1], usable[0])
    whole = all(group.rate is not None for group in groups)
    fives = [to_five(count or 0) for count in counts.by_quintile]
    total = sum(fives)
    return replace(
        national,
        differences=differences,
        slope=slope_index(usable[::-1]) if whole else None,
        quintile_shares=tuple(count / total for count in fives) if whole and total else None,
        finding=_finding(counts.medicine_class.label, groups, differences, plan.population.basis)
        + (
            f" No rate for {_quintiles_in_words(more)}: more people are counted than live there."
            if more
            else ""
        ),
        is_local=True,
        source=plan.inequality.source or "entered in this plan, source not given",
        withheld=None
        if differences.ratio
        else "nobody in the least or most deprived fifth, so no ratio",
    )


def _quintiles_in_words(quintiles: Sequence[str]) -> str:
    numbers = listed([quintile.split(",")[0] for quintile in quintiles])
    return f"{'fifth' if len(quintiles) == 1 else 'fifths'} {numbers}"


def _finding(name: str, groups: Sequence[GroupRate], differences: Differences, basis: Basis) -> str:
    most, least = groups[0].rate, groups[-1].rate
    who = "adults" if basis in (Basis.RESIDENT_ADULTS, Basis.REGISTERED_ADULTS) else "people"
    figures = (
        f"{rounded(most.value if most else 0, 1)} per 1,000 {who} in the most deprived fifth, "
        f"{rounded(least.value if least else 0, 1)} in the least"
    )
    ratio = differences.ratio
    if ratio is None:
        return (
            f"{capital(name)}: nobody is counted in the most or the least deprived fifth "
            f"({figures})."
        )
    times = rounded(ratio.value, 2)
    sure = f"95% interval {rounded(ratio.low, 2)} to {rounded(ratio.high, 2)}; {figures}"
    if ratio.low <= 1 <= ratio.high:
        return (
            f"{capital(name)}: no clear difference between the most and the least deprived fifth, "
            f"a ratio of {times} ({sure})."
        )
    if ratio.value > 1:
        return (
            f"{capital(name)}: prescribed at {times} times the rate in the most deprived fifth "
            f"({sure}). Age and sex are not allowed for."
        )
    return (
        f"{capital(name)}: prescribed less in the most deprived fifth, at {times} times the rate "
        f"of the least deprived ({sure}). Age and sex are not allowed for."
    )


def _women(counts: ClassInequality) -> float | None:
    """Women's share of the people prescribed a class, or None where either count is small or
    unknown."""
    women, men = counts.women, counts.men
    if women is None or men is None or 0 < women < 5 or 0 < men < 5 or women + men == 0:
        return None
    return women / (women + men)


def _residents(organisation: Organisation, reference: ReferenceData) -> dict[Split, str]:
    """How residents here and in England are told apart by ethnic group, disability and age."""
    ethnic, disabled, ages = (
        [reference.people_of(place, split) for place in (organisation, reference.england)]
        for split in (Split.ETHNIC_GROUP, Split.DISABILITY, Split.AGE)
    )
    groups = listed(
        [
            f"{group} {percent(ethnic[0].share(group))} ({percent(ethnic[1].share(group))})"
            for group in ethnic[0].people
        ]
    )
    here, there = (percent(by.share(ResidentGroup.DISABLED)) for by in disabled)
    older, oldest = (
        [percent(sum(by.shares[[*by.people].index(age) :])) for by in ages]
        for age in ("65-69", "85-89")
    )
    return {
        Split.ETHNIC_GROUP: f"Residents of all ages here, and in England in brackets (Census "
        f"2021): {groups}.",
        Split.DISABILITY: f"{here} of residents of all ages here are disabled under the Equality "
        f"Act, and {there} in England (Census 2021).",
        Split.AGE: f"{older[0]} of adults here are aged 65 and over and {oldest[0]} are 85 and "
        f"over; in England {older[1]} and {oldest[1]} (ONS, mid-2020).",
    }


def _reach_by_group(
    plan: Plan, organisation: Organisation, reference: ReferenceData
) -> Iterator[Reach]:
    """How evenly a service reaches ethnic groups and disabled people, over residents of all
    ages."""
    counts = plan.inequality.reached_by_group
    for split in (Split.ETHNIC_GROUP, Split.DISABILITY):
        people = reference.people_of(organisation, split).people
        reached = [counts.get(ResidentGroup(group)) for group in people]
        if any(count is not None for count in reached):
            rates, _, _, words = side_by_side([*people], reached, [*people.values()])
            yield Reach(
                groups=rates,
                finding=f"Reach of the service by {split.value}, over residents of all ages in "
                f"2021{words}",
            )


def _reach(plan: Plan, people: tuple[int, ...] | None) -> Reach | None:
    """How evenly a service reaches deprivation fifths, from people the user says it has reached."""
    counts = plan.inequality.reached_by_quintile
    if counts == UNKNOWN_QUINTILES:
        return None
    rates = group_rates(QUINTILES, counts, people or UNKNOWN_QUINTILES)
    return Reach(groups=rates, finding=_reach_finding(rates, as_groups(rates, counts)))


def _reach_finding(rates: Sequence[GroupRate], usable: Sequence[Group]) -> str:
    most, least = rates[0].rate, rates[4].rate
    if most is None or least is None:
        return "Reach by deprivation: counts only; no rate can be given."
    differences = gap_and_ratio(usable[-1], usable[0])
    ratio = differences.ratio
    figures = listed(
        [
            f"{rounded(end.value, 2)} per 1,000 in fifth {QUINTILES[place]}"
            for place, end in ((0, most), (4, least))
        ]
    )
    if ratio is None:
        clear = differences.gap.high < 0 or differences.gap.low > 0
        judged = "differs between the fifths" if clear else "does not clearly differ"
        return f"Reach of the service {judged} ({figures})."
    way = "lower" if ratio.value < 1 else "higher"
    words = (
        "does not clearly differ between the most and the least deprived fifth"
        if ratio.low <= 1 <= ratio.high
        else f"is {way} in the most deprived fifth than in the least"
    )
    limits = f"95% interval {rounded(ratio.low, 2)} to {rounded(ratio.high, 2)}"
    fair = "" if ratio.low > 1 else " Where need is greater, an even reach is not a fair one."
    return (
        f"Reach of the service {words} ({figures}; {rounded(ratio.value, 2)} times, {limits})."
        + fair
    )
