"""The case studies, and the plan's options beside them, in four columns that are never merged.

And how far an option may be set beside each case study, in words. Nothing is ranked or adjusted.
"""

from dataclasses import dataclass
from typing import NamedTuple

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.price_index import uprate
from planner.analysis.economics.staff_costs import staff_cost
from planner.analysis.formatting import capital, listed
from planner.model.base import Range
from planner.model.case_study import (
    Base,
    CaseStudy,
    Check,
    Measure,
    MeasureFigures,
    ModelledWorkforce,
    number_of,
)
from planner.model.figures import Figure, FigureKind, evaluate
from planner.model.plan import Plan
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
        "Cost per person, each over its own count",
        "cost_per_assessed",
        "GBP per person assessed",
        "cost per person, ours over people assessed",
    ),
    Measure.ANNUAL_COST: BenchmarkMeasure(
        MEASURES["annual_cost"].label, "annual_cost", "GBP per year"
    ),
    Measure.PEOPLE_SUPPORTED: BenchmarkMeasure(
        "People, each by its own count",
        "people_assessed",
        "people per year",
        "people, ours assessed",
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
    kind: FigureKind
    price_year: str | None
    receipt: str


@dataclass(frozen=True, kw_only=True)
class OfCaseStudy:
    """Something said of one case study, by its id and its short name."""

    case_study: str
    name: str

    @property
    def number(self) -> str:
        """The number by which texts name the case study."""
        return number_of(self.case_study)


@dataclass(frozen=True, kw_only=True)
class BenchmarkRow(OfCaseStudy):
    """One measure of one case study. An empty column means that there is no such number.

    `denominator` is the base of this measure.
    """

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


IN_A_SENTENCE = 4
"""How many differences from a case study are told in one sentence."""


@dataclass(frozen=True, kw_only=True)
class CaseStudyComparability(OfCaseStudy):
    """What differs between one option and one case study, and which measures can be set side by
    side at all."""

    can_compare: tuple[str, ...]
    differs: tuple[str, ...]

    @property
    def sentences(self) -> tuple[str, ...]:
        """What can be compared, and the differences, a few to a sentence."""
        measures = (
            f"Can be set beside it on {listed(self.can_compare)}."
            if self.can_compare
            else "Prints no cost that an option can be set beside."
        )
        return (
            measures,
            *(
                f"{capital('; '.join(self.differs[at : at + IN_A_SENTENCE]).rstrip('.'))}."
                for at in range(0, len(self.differs), IN_A_SENTENCE)
            ),
        )


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
        options=tuple(
            OptionRow(
                option=option.id,
                name=option.name,
                measure=measure,
                unit=own.unit,
                modelled=getattr(option, own.name),
                missing_because=option.withheld.get(own.name),
            )
            for option in options
            for measure, own in BENCHMARK_MEASURES.items()
            if own.name
        ),
        price_year=price_year,
        method=f"uprated by {index.name}",
    )


def check_headlines(study: CaseStudy) -> tuple[CheckResult, ...]:
    """Each headline of a case study rebuilt from its parts, whether or not it comes out as
    printed."""
    values = {figure.id: figure.value for figure in study.figures}
    results = (
        (check, evaluate(check.printed, values), evaluate(check.formula, values))
        for check in study.checks
    )
    return tuple(
        CheckResult(
            check=check,
            printed=printed,
            recomputed=recomputed,
            rebuilds=round(recomputed, check.places) == printed,
        )
        for check, printed, recomputed in results
    )


def _row(
    study: CaseStudy,
    names: MeasureFigures,
    reference: ReferenceData,
    price_year: str,
    index: PriceIndex,
) -> BenchmarkRow:
    published, recomputed, modelled = (
        study.figure(name) if name else None
        for name in (names.published, names.recomputed, names.modelled)
    )
    cautions = [
        *names.cautions,
        *(c for figure in (published, recomputed, modelled) if figure for c in figure.cautions),
    ]
    modelled_cell, missing = _cell(modelled), names.missing_because
    workforce = next((one for one in study.workforces if one.id == names.workforce), None)
    if workforce:
        try:
            over = study.figure(names.per) if names.per else None
            modelled_cell, assumes = _workforce_cost(workforce, over, reference, price_year)
            cautions += assumes
        except ReferenceMissing as error:
            missing = f"its staffing cannot be priced at {price_year}: {error}"
    return BenchmarkRow(
        case_study=study.id,
        name=study.short_name,
        measure=names.measure,
        reading=workforce.label if workforce else "",
        unit=names.unit,
        counted=study.profile.counted,
        denominator=names.base.value if names.base else "",
        published=_cell(published),
        recomputed=_cell(recomputed),
        uprated=_uprated(recomputed or published, index, price_year),
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
    return Cell(
        value=moved.value, kind=FigureKind.MODELLED, price_year=price_year, receipt=moved.method
    )


def _workforce_cost(
    workforce: ModelledWorkforce, over: Figure | None, reference: ReferenceData, year: str
) -> tuple[Cell, tuple[str, ...]]:
    """What a reading of a printed workforce costs, whole or over a figure, and what to take care of
    in it."""
    costs = [staff_cost(post, year, "provider", reference) for post in workforce.posts]
    cell = Cell(
        value=sum(cost.total for cost in costs) / ((over.value if over else None) or 1),
        kind=FigureKind.MODELLED,
        price_year=year,
        receipt=(
            f"staff cost of the workforce, {workforce.label}, at {year} pay, employer's pension "
            f"cost{f', over {over.label} ({over.value:,.0f})' if over and over.value else ''}"
        ),
    )
    of_posts = (caution for cost in costs for caution in cost.cautions)
    rests = (
        (f"This reading rests on {workforce.supposed_from}.",) if workforce.supposed_from else ()
    )
    return cell, (f"{workforce.label}.", *rests, *workforce.assumes, *of_posts)


def compare_with_case_study(
    option: OptionResult, study: CaseStudy, plan: Plan
) -> CaseStudyComparability:
    """How far the option may be set beside a case study, and what differs."""
    profile = study.profile
    supposed = [w for w in study.workforces if w.supposed_from]
    bases = [base.value for base in study.outcome_bases if base is not Base.STARTERS]
    rows = {row.measure: row for row in study.measures}
    can = tuple(
        known.compared_as
        for measure, known in BENCHMARK_MEASURES.items()
        if known.compared_as
        and (rows[measure].published or rows[measure].recomputed)
        and (profile.counted == "people" or measure is Measure.COST_PER_HEAD)
    )
    cautions = (caution for figure in study.figures for caution in figure.cautions)
    twice = any(
        "twice" in caution and "half-year" in caution
        for caution in (*rows[Measure.COST_PER_PERSON].cautions, *cautions)
    )
    pay, overheads = option.pay.central, option.overhead.central
    missing = [c.label for c in plan.prescribing.included if c not in profile.medicine_classes]
    # What may differ, in words, and whether it does.
    points = (
        (f"it counts {profile.counted}, not people", profile.counted != "people"),
        (f"the base of its outcomes: {listed(bases)}", bases),
        (
            "its cost per person counts people who stayed from one half-year to the next twice",
            twice,
        ),
        (f"its cost covers: {profile.cost_includes}".rstrip("."), can),
        (f"its period: {profile.period}".rstrip("."), can),
        (
            f"it includes no overheads that are stated, and this option adds "
            f"{overheads / pay if pay else 0:.0%} of pay ({option.overhead_mode})",
            can and overheads > 0 and not study.overheads_stated,
        ),
        (f"its medicines: {profile.medicines_in_words}", not profile.medicine_classes),
        (f"it did not cover {listed(missing)}", missing and profile.medicine_classes),
        (f"it ran in {study.place} ({profile.jurisdiction})", True),
        (f"its follow-up: {profile.follow_up}".rstrip("."), True),
        (f"compared with: {profile.counterfactual}".rstrip("."), True),
        *(
            (f"beside its staffing as printed: {w.label}, resting on {w.supposed_from}", True)
            for w in supposed
        ),
    )
    return CaseStudyComparability(
        case_study=study.id,
        name=study.short_name,
        can_compare=can,
        differs=tuple(words for words, differs in points if differs),
    )
