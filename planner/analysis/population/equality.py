"""What a plan's own numbers say of each group that an equality assessment asks about, by class."""

import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from planner.analysis.formatting import listed, percent, rounded
from planner.analysis.population.inequality import ClassGap, InequalityResult
from planner.analysis.statistics.group_rates import GroupFinding
from planner.model.decision import EqualityAsked, EqualityGroup
from planner.model.place import Split
from planner.model.plan import Plan
from planner.model.reference import NationalPattern

RESIDENTS = {
    EqualityGroup.AGE: Split.AGE,
    EqualityGroup.DISABILITY: Split.DISABILITY,
    EqualityGroup.RACE: Split.ETHNIC_GROUP,
}
"""How residents are told apart by what a prompt asks about."""


@dataclass(frozen=True, kw_only=True)
class Prompted:
    """One prompt, what the plan's numbers say of it (nothing, where it is empty), and the user's
    own words."""

    prompt: EqualityAsked
    numbers: tuple[str, ...]
    answer: str
    mitigation: str


def prompted(
    plan: Plan,
    result: InequalityResult,
    questions: Sequence[EqualityAsked],
    patterns: Sequence[NationalPattern],
) -> tuple[Prompted, ...]:
    """Each prompt with what the plan's numbers already say, told by class since direction differs
    by class."""
    record = plan.specification.decision.equality
    return tuple(
        Prompted(
            prompt=entry,
            numbers=tuple(_numbers(entry, plan, result, patterns)),
            answer=record.answers.get(entry.id, ""),
            mitigation=record.mitigations.get(entry.id, ""),
        )
        for entry in questions
    )


def _numbers(
    entry: EqualityAsked, plan: Plan, result: InequalityResult, patterns: Sequence[NationalPattern]
) -> list[str]:
    speaks = re.compile(rf"\b(?:{'|'.join(map(re.escape, entry.words))})\b", re.IGNORECASE)
    kinds = {
        kind: [finding for finding in result.groups if finding.kind == kind]
        for kind in dict.fromkeys(finding.kind for finding in result.groups)
        if speaks.search(kind)
    }
    named = "; ".join(group for group in plan.inequality.groups if speaks.search(group))
    split = RESIDENTS.get(entry.id)
    deprived, sex = entry.id is EqualityGroup.DEPRIVATION, entry.id is EqualityGroup.SEX
    says = [
        result.residents[split] if split else "",
        *(_by_deprivation(result.classes, patterns) if deprived else []),
        *(words for rows in kinds.values() for words in _by_group(rows)),
        _women(result.classes) if sex and not kinds else "",
        f"Among the groups that this service must reach: {named}." if named else "",
    ]
    return [words for words in says if words]


def _sentence(what: str, classes: list[str]) -> str:
    return f"{what}: {listed(classes)}." if classes else ""


def _by_deprivation(gaps: Sequence[ClassGap], patterns: Sequence[NationalPattern]) -> list[str]:
    """Classes that rise with deprivation, that fall and that do neither, by the local numbers or
    else England's."""
    more, less, unclear, counted = (
        "Prescribed more in the most deprived fifth than in the least",
        "Prescribed less there",
        "No clear difference",
        "Counted, with no ratio",
    )
    local: dict[str, list[str]] = defaultdict(list)
    national: dict[str, list[str]] = defaultdict(list)
    direction = {pattern.medicine_class: pattern.direction for pattern in patterns}
    for gap in gaps:
        name = gap.medicine_class.label
        ratio = gap.differences.ratio if gap.differences else None
        if not gap.is_local:
            national[direction[gap.medicine_class]].append(name)
        elif ratio is None:
            local[counted].append(name)
        elif ratio.low <= 1 <= ratio.high:
            local[unclear].append(name)
        else:
            local[more if ratio.value > 1 else less].append(
                f"{name} ({rounded(ratio.value, 2)} times)"
            )
    says = [_sentence(what, local[what]) for what in (more, less, unclear, counted)]
    message = "; ".join(f"{words} for {listed(names)}" for words, names in national.items())
    return [*says, f"No local rates; in England, {message}." if national else ""]


def _by_group(rows: Sequence[GroupFinding]) -> list[str]:
    """Classes with a clear gap between the highest group and the lowest, and those without."""
    clear, unclear, counts = [], [], []
    for finding in rows:
        name = finding.medicine_class.label
        rates = sorted(
            (group for group in finding.groups if group.rate),
            key=lambda g: g.rate.value if g.rate else 0,
        )
        ratio = finding.differences.ratio if finding.differences else None
        if len(rates) < 2:
            counts.append(name)
        elif finding.differences and ratio is None and finding.differences.gap.low > 0:
            clear.append(f"{name} highest for {rates[-1].group}, none counted for {rates[0].group}")
        elif ratio is None or ratio.low <= 1:
            unclear.append(name)
        else:
            clear.append(
                f"{name} highest for {rates[-1].group}, lowest for {rates[0].group}, "
                f"{rounded(ratio.value, 2)} times"
            )
    by = rows[0].kind.lower()
    return [
        f"By {by}: {'; '.join(clear)}." if clear else "",
        _sentence(f"No clear difference by {by}", unclear),
        _sentence(f"Counts by {by} but no rates", counts),
    ]


def _women(gaps: Sequence[ClassGap]) -> str:
    shares = [
        f"{gap.medicine_class.label} {percent(gap.women_share)}"
        for gap in gaps
        if gap.women_share is not None
    ]
    return _sentence("Women among people prescribed", shares)
