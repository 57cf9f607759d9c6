"""The numbers that the sums of need start from, each the user's own or our default, with its receipt. No sums here."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from planner.model.base import Frozen, Range, ShareRange
from planner.model.figures import Figure, Kind
from planner.model.plan import Demand
from planner.model.prescribing import ClassPrescribing
from planner.model.reference import ReferenceData


class Input(Frozen):
    """A number that the sums used, with where it came from. `key` is its name in the plan or our defaults.

    `kind` is that of the central value; where its range came about otherwise, `source` or `cautions` say so.
    """

    key: str
    name: str
    values: Range
    unit: str
    kind: Kind
    verified: bool
    source: str
    cautions: tuple[str, ...] = ()


def long_term_share(row: ClassPrescribing, reference: ReferenceData) -> Input:
    """The part of a class's people who are on it for a year or more: the plan's own, or the national one."""
    key = f"long_term_{row.medicine_class.value}"
    name = f"long-term share, {row.medicine_class.label}"
    if row.long_term_share is not None:
        return entered_input(key, name, row.long_term_share, "share", row.source)
    return default_input(key, name, "share", reference, f"{key}_low", key, f"{key}_high")


DEMAND_INPUTS = (
    ("appropriate_share", "share for whom an offer is appropriate", "share", ("appropriate_share",)),
    ("coverage", "share of the place covered in a year", "share", ("coverage",)),
    ("uptake", "uptake of an offer", "share", ("uptake_low", "uptake_central", "uptake_high")),
    (
        "classes_per_person",
        "classes of medicine for each person",
        "classes",
        ("classes_per_person", "classes_per_person", "classes_per_person_high"),
    ),
)


def demand_inputs(demand: Demand, reference: ReferenceData) -> dict[str, Input]:
    """The demand assumptions in use, each the user's own or our default with its receipt."""
    month = "share of a year's people prescribed in any one month"
    inputs = {"month_of_year": default_input("month_of_year", month, "share", reference, "month_of_year")}
    for key, name, unit, defaults in DEMAND_INPUTS:
        entered = getattr(demand, key)
        inputs[key] = (
            default_input(key, name, unit, reference, *defaults)
            if entered is None
            else entered_input(key, name, entered, unit, demand.evidence)
        )
    return inputs


def default_uptake(reference: ReferenceData) -> ShareRange:
    """Our low, central and high uptake, which spans tenfold because the evidence does."""
    values = [reference.default(f"uptake_{which}") for which in ("low", "central", "high")]
    return ShareRange(low=values[0], central=values[1], high=values[2])


@lru_cache(maxsize=256)
def default_input(key: str, name: str, unit: str, reference: ReferenceData, *figure_ids: str) -> Input:
    """Our default, of one figure or of a low, a central and a high, with their receipts."""
    figures = [reference.assumption(figure_id) for figure_id in figure_ids]
    values = [reference.default(figure_id) for figure_id in figure_ids]
    middle = figures[len(figures) // 2]
    cautions = dict.fromkeys(caution for figure in figures for caution in figure.cautions)
    if Kind.ASSUMED in {figure.kind for figure in figures} and middle.kind is not Kind.ASSUMED:
        cautions["Its low or high is our assumption."] = None
    return Input(
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
    """Where the central figure is from, and where the low and the high are, if that is elsewhere."""
    lines = [f"{reference.source_title(figure.source)}, {figure.section}" for figure in figures]
    middle = lines[len(lines) // 2]
    ends = [words for words in dict.fromkeys(lines) if words != middle]
    return f"{middle}; its range: {'; '.join(ends)}" if ends else middle


def entered_input(key: str, name: str, value: float | Range, unit: str, source: str) -> Input:
    """A value of the plan's own: one for all three cases, or a range."""
    values = value if isinstance(value, Range) else Range(low=value, central=value, high=value)
    return Input(
        key=key,
        name=name,
        values=Range(**values.model_dump()),
        unit=unit,
        kind=Kind.ENTERED,
        verified=True,
        source=source or "entered in this plan, source not given",
    )
