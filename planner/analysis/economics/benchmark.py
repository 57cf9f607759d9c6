"""The case studies, and the plan's options beside them, in four columns that are never merged."""

from dataclasses import dataclass
from typing import NamedTuple

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.price_index import uprate
from planner.analysis.economics.staff_costs import staff_cost
from planner.model.base import Range
from planner.model.case_study import CaseStudy, Check, Measure, MeasureFigures, number_of
from planner.model.figures import Figure, Kind, evaluate
from planner.model.reference import PriceIndex, ReferenceData, ReferenceMissing


class BenchmarkMeasure(NamedTuple):
    """What a measure of the case studies is called, and what it is in the plan's own sums if an
    option has it too.

    `compared_as` is what it is called where an option may be set beside a case study on it.
    """

    label: str
    name: str = ""
    unit: str = ""
    compared_as: str = ""


# What the case studies report. Only some of it is a measure of our own sums, and of those a cost
# per head, reach and outcomes are over other people. The cost per head is on the basis of case
# study 1, whose population has no age limit.
BENCHMARK_MEASURES = {
    Measure.COST_PER_HEAD: BenchmarkMeasure(
        "Cost per head of population",
        "cost_per_head_all_ages",
        "GBP per year per head of residents of all ages",
        "cost per head of all ages",
    ),
    Measure.COST_PER_PERSON: BenchmarkMeasure(
        MEASURES["cost_per_person"].label,
        "cost_per_person",
        "GBP per person supported",
        MEASURES["cost_per_person"].in_a_sentence,
    ),
    Measure.ANNUAL_COST: BenchmarkMeasure(
        MEASURES["annual_cost"].label, "annual_cost", "GBP per year"
    ),
    Measure.PEOPLE_SUPPORTED: BenchmarkMeasure(
        MEASURES["supported"].label,
        "people_supported",
        "people per year",
        MEASURES["supported"].in_a_sentence,
    ),
    Measure.REACH: BenchmarkMeasure("Reach per 1,000 population"),
    Measure.STOPPED: BenchmarkMeasure("Stopped"),
    Measure.REDUCED: BenchmarkMeasure("Reduced"),
    Measure.WORKFORCE: BenchmarkMeasure("Workforce"),
}


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A number in one column of the benchmark, at the prices of `price_year` if it is money."""

    value: float
    kind: Kind
    price_year: str | None
    receipt: str


@dataclass(frozen=True, kw_only=True)
class BenchmarkRow:
    """One measure of one case study. An empty column means that there is no such number."""

    case_study: str
    name: str
    measure: Measure
    reading: str
    unit: str
    counted: str
    denominator: str
    published: Cell | None
    recomputed: Cell | None
    uprated: Cell | None
    modelled: Cell | None
    missing_because: str | None
    cautions: tuple[str, ...]

    @property
    def number(self) -> str:
        """The number by which texts name the case study."""
        return number_of(self.case_study)


@dataclass(frozen=True, kw_only=True)
class OptionRow:
    """One measure of one of the plan's own options, always modelled."""

    option: str
    name: str
    measure: Measure
    unit: str
    modelled: Range | None
    missing_because: str | None


@dataclass(frozen=True, kw_only=True)
class Benchmark:
    """All case studies on all measures, and the plan's options on those they share.

    The case studies are reference points, not targets, and are not ranked.
    """

    rows: tuple[BenchmarkRow, ...]
    options: tuple[OptionRow, ...]
    price_year: str
    method: str

    def of(self, measure: Measure) -> tuple[BenchmarkRow, ...]:
        """The rows of one measure, in the order of the case studies."""
        return tuple(row for row in self.rows if row.measure is measure)


@dataclass(frozen=True, kw_only=True)
class CheckResult:
    """A headline of a case study, worked out again from its own parts."""

    check: Check
    printed: float
    recomputed: float
    rebuilds: bool


def benchmark(
    reference: ReferenceData,
    price_year: str,
    options: tuple[OptionResult, ...] = (),
    index: PriceIndex | None = None,
) -> Benchmark:
    """The benchmark in its four columns.

    Published is as printed; recomputed is arithmetic on printed numbers alone; uprated is the
    recomputed or else the published money at `price_year` prices by the index we ship; modelled
    needs a guess and was published by nobody. Raises ReferenceMissing for a year the index does not
    hold.
    """
    index = index or reference.deflator
    return Benchmark(
        rows=tuple(
            _row(study, figures, reference, price_year, index)
            for study in reference.case_studies
            for figures in study.measures
        ),
        options=tuple(row for option in options for row in _option_rows(option)),
        price_year=price_year,
        method=f"uprated by {index.name}",
    )


def check_headlines(study: CaseStudy) -> tuple[CheckResult, ...]:
    """Each headline of a case study rebuilt from its parts, whether or not it comes out as printed."""
    values = {figure.id: figure.value for figure in study.figures}
    results = []
    for check in study.checks:
        printed = values[check.printed]
        if printed is None:
            raise ValueError(f"{study.id}: check '{check.id}' needs a printed value")
        recomputed = evaluate(check.formula, values)
        results.append(
            CheckResult(
                check=check,
                printed=printed,
                recomputed=recomputed,
                rebuilds=round(recomputed, check.places) == printed,
            )
        )
    return tuple(results)


def _row(
    study: CaseStudy,
    names: MeasureFigures,
    reference: ReferenceData,
    price_year: str,
    index: PriceIndex,
) -> BenchmarkRow:
    published = study.figure(names.published) if names.published else None
    recomputed = study.figure(names.recomputed) if names.recomputed else None
    modelled = study.figure(names.modelled) if names.modelled else None
    money = recomputed or published
    cautions = [*names.cautions]
    for figure in (published, recomputed, modelled):
        cautions += figure.cautions if figure else ()
    modelled_cell, missing = _cell(modelled), names.missing_because
    if names.workforce:
        try:
            modelled_cell, assumes = _workforce_cost(study, names.workforce, reference, price_year)
            cautions += assumes
        except ReferenceMissing as error:
            missing = f"its staffing cannot be priced at {price_year}: {error}"
    return BenchmarkRow(
        case_study=study.id,
        name=study.short_name,
        measure=names.measure,
        reading=next((w.label for w in study.workforces if w.id == names.workforce), ""),
        unit=names.unit,
        counted=study.profile.counted.value,
        denominator=study.profile.denominator.value,
        published=_cell(published),
        recomputed=_cell(recomputed),
        uprated=_uprated(money, index, price_year),
        modelled=modelled_cell,
        missing_because=missing,
        cautions=tuple(dict.fromkeys(cautions)),
    )


def _cell(figure: Figure | None) -> Cell | None:
    if figure is None or figure.value is None:
        return None
    receipt = figure.section if figure.formula is None else f"{figure.formula} ({figure.section})"
    return Cell(value=figure.value, kind=figure.kind, price_year=figure.price_year, receipt=receipt)


def _uprated(figure: Figure | None, index: PriceIndex, price_year: str) -> Cell | None:
    if figure is None or figure.value is None or figure.price_year is None:
        return None
    moved = uprate(figure.value, figure.price_year, price_year, index)
    return Cell(value=moved.value, kind=Kind.MODELLED, price_year=price_year, receipt=moved.method)


def _workforce_cost(
    study: CaseStudy, workforce_id: str, reference: ReferenceData, year: str
) -> tuple[Cell, tuple[str, ...]]:
    workforce = next(w for w in study.workforces if w.id == workforce_id)
    costs = [staff_cost(post, year, "provider", reference) for post in workforce.posts]
    cautions = (
        f"{workforce.label}.",
        *workforce.assumes,
        *(c for cost in costs for c in cost.cautions),
    )
    cell = Cell(
        value=sum(cost.total for cost in costs),
        kind=Kind.MODELLED,
        price_year=year,
        receipt=f"staff cost of the workforce, {workforce.label}, at {year} pay, employer's pension cost",
    )
    return cell, cautions


def _option_rows(option: OptionResult) -> tuple[OptionRow, ...]:
    return tuple(
        OptionRow(
            option=option.id,
            name=option.name,
            measure=measure,
            unit=own.unit,
            modelled=getattr(option, own.name),
            missing_because=option.withheld.get(own.name),
        )
        for measure, own in BENCHMARK_MEASURES.items()
        if own.name
    )
