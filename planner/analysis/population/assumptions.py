"""The numbers that the sums of need start from, the user's own or our defaults, with receipts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from planner.analysis.calculation.inputs import INPUTS, Input
from planner.analysis.formatting import lower_first
from planner.model.base import Range, as_range
from planner.model.figures import Figure, FigureKind
from planner.model.plan import Demand, Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import ReferenceData

ENDS = ("_low", "", "_high")
"""What stands at the end of the name of a figure's low, central and high."""


RANGE_OF = "; its range: "
"""What parts the source of a central value from those of its low and high."""


@dataclass(frozen=True, kw_only=True)
class AssumptionInUse:
    """A number that the sums used, with where it came from. `key` is its name in the plan or our
    defaults.

    `kind` is that of the central value; where its range came about otherwise, `source` or
    `cautions` say so.
    """

    key: str
    name: str
    values: Range
    unit: str
    kind: FigureKind
    verified: bool
    source: str
    cautions: tuple[str, ...] = ()


def demand_inputs(plan: Plan, reference: ReferenceData) -> dict[str, AssumptionInUse]:
    """What the sums of need and referrals share, each the user's own or our default with its
    receipt. The rate of referrals is by the door that the plan has chosen, and without case
    finding where letters are written, unless the plan says that both are meant.

    Overlap is counted over all five classes, or over four where antidepressants are left out. A
    month's overlap is no more than a year's, so a year's that the user entered also bounds it.
    """
    rows = {
        item.key: in_use(
            item.key,
            _with_defaults_of(plan, item),
            item.value(plan),
            plan.demand.evidence,
            reference,
        )
        for item in INPUTS
        if item.section == "need" and item.scope == "plan" and (item.path or item.default)
    }
    if plan.demand.invites:
        rate = rows["referral_rate"]
        rows["referral_rate"] = replace(rate, cautions=(*rate.cautions, _of_letters(plan.demand)))
    year, month = rows["classes_per_person"], rows["classes_per_person_month"]
    if year.kind is FigureKind.ENTERED and month.kind is not FigureKind.ENTERED:
        ours, most = month.values, year.values
        bounded = Range(
            low=min(ours.low, most.low),
            central=min(ours.central, most.central),
            high=min(ours.high, most.high),
        )
        rows["classes_per_person_month"] = replace(month, values=bounded)
    return rows


def _of_letters(demand: Demand) -> str:
    """What the rate of referral takes of the people to whom letters go."""
    if demand.referral_rate is not None:
        return (
            "Letters are counted beside the rate that was entered. If that rate is of a service "
            "that searches for people, some are counted twice."
        )
    if demand.has_rate_of_case_finding:
        return (
            "Letters are counted beside case finding, as this plan says. The rate with case "
            "finding is of services that had searched already, so some people are counted twice "
            "and fewer may come."
        )
    return (
        "Letters bring people beside the referrals, so those are counted at the rate without case "
        "finding: the rate with it is of services that had searched already."
    )


def _with_defaults_of(plan: Plan, item: Input) -> Input:
    """An input with the defaults that a plan with its classes and its door has."""
    four = MedicineClass.ANTIDEPRESSANTS not in plan.prescribing.included
    others = {
        "referral_rate": ("referral_rate_reactive", not plan.demand.has_rate_of_case_finding),
        "classes_per_person": ("classes_of_four", four),
        "classes_per_person_month": ("classes_of_four_month", four),
    }
    figure, applies = others.get(item.key, ("", False))
    return replace(item, default=tuple(f"{figure}{end}" for end in ENDS)) if applies else item


def in_use(
    key: str,
    item: Input,
    entered: float | Range | None,
    source: str,
    reference: ReferenceData,
    of: MedicineClass | None = None,
) -> AssumptionInUse:
    """What is entered of an input, one value for all three cases or a range; or our default."""
    name = lower_first(item.label_of(of.label if of else ""))
    if entered is None:
        return default_input(
            key, name, item.unit, reference, *(figure.format(of=of) for figure in item.default)
        )
    return AssumptionInUse(
        key=key,
        name=name,
        values=Range(**as_range(entered).model_dump()),
        unit=item.unit,
        kind=FigureKind.ENTERED,
        verified=True,
        source=source or "entered in this plan, source not given",
    )


@lru_cache(maxsize=256)
def default_input(
    key: str, name: str, unit: str, reference: ReferenceData, *figure_ids: str
) -> AssumptionInUse:
    """Our default, of one figure or of a low, a central and a high, with their receipts."""
    figures = [reference.assumption(figure_id) for figure_id in figure_ids]
    values = [reference.default(figure_id) for figure_id in figure_ids]
    middle = figures[len(figures) // 2]
    cautions = dict.fromkeys(caution for figure in figures for caution in figure.cautions)
    if (
        FigureKind.ASSUMED in {figure.kind for figure in figures}
        and middle.kind is not FigureKind.ASSUMED
    ):
        cautions["Its low or high is an assumption."] = None
    return AssumptionInUse(
        key=key,
        name=name,
        values=Range(low=values[0], central=values[len(values) // 2], high=values[-1]),
        unit=unit,
        kind=middle.kind,
        verified=all(figure.verified for figure in figures),
        source=_sources(figures, reference),
        cautions=tuple(cautions),
    )


def _sources(figures: Sequence[Figure], reference: ReferenceData) -> str:
    """Where the central figure is from, and where the low and the high are, if that is
    elsewhere."""
    lines = [f"{reference.source_title(figure.source)}, {figure.section}" for figure in figures]
    middle = lines[len(lines) // 2]
    ends = [words for words in dict.fromkeys(lines) if words != middle]
    return f"{middle}{RANGE_OF}{'; '.join(ends)}" if ends else middle
