"""The tables that screen, documents and command line all draw: from results to text, and no sums.

A cell without a number holds a dash, and `missing` says under its column why. Each reader takes the
columns it has room for with `only`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.completeness.wizard_steps import STEPS
from planner.analysis.economics.benchmark import BENCHMARK_MEASURES, BenchmarkRow, Cell
from planner.analysis.economics.case_study_comparison import CaseStudyComparison
from planner.analysis.economics.case_study_models import StudyHere
from planner.analysis.economics.cash_flow import OptionYears
from planner.analysis.economics.one_way_sensitivity import OneWayResult, Sensitivity, format_value
from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.outcomes import ClassOutcomes
from planner.analysis.economics.probabilistic import OptionDraws, Simulated
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    capital,
    format_range,
    listed,
    people,
    percent,
    pounds,
    rounded,
    staff,
)
from planner.analysis.population.inequality import FIFTHS, ClassGap
from planner.analysis.population.need import Need
from planner.analysis.population.places import Places
from planner.analysis.results.results import Results
from planner.analysis.statistics.group_rates import per_thousand
from planner.analysis.statistics.intervals import Interval
from planner.model.base import Range, grouped
from planner.model.document import DASH, Table
from planner.model.figures import Kind
from planner.model.intake import Level
from planner.model.library import SpecLibrary
from planner.model.missing_input import MissingInput
from planner.model.place import Split
from planner.model.prescribing import Basis, MedicineClass

# The solver is imported when a mix is asked for, and not with the first page.
if TYPE_CHECKING:
    from planner.analysis.economics.option_mix import FrontierPoint, Mix

Cite = Callable[[Kind, str, bool], str]
"""How a table names a source: a document by its number, the screen and the command line in full."""
COST_AND_REACH = ("annual_cost", "cost_per_head", "supported", "cost_per_person")
OUTCOMES = (
    "starting", "stopped", "sustained", "additional", "reduced", "left", "no_change", "medicines",
)  # fmt: skip
COSTS = tuple(one.name for one in MEASURES.values() if one.is_cost_ratio and one.undefined)


def in_full(kind: Kind, source: str, verified: bool = True) -> str:
    """How a number came to be and where from, where there is no list of sources to point into."""
    words = kind.value if verified else f"{kind.value}, unverified"
    return f"{words}: {source}" if source else words


def class_name(medicine_class: MedicineClass) -> str:
    """The class with a capital, for the first column of a table."""
    return capital(medicine_class.label)


def or_dash(values: Range | None, unit: Unit = Unit.PEOPLE) -> str:
    """The values as central (low to high), or a dash."""
    return format_range(values, unit) if values else DASH


def _count_or_dash(value: float | None) -> str:
    return DASH if value is None else people(value)


def _withheld(
    options: Iterable[OptionResult | OptionDraws], measure: str, library: SpecLibrary
) -> tuple[str, ...]:
    """Why a measure has no number, each reason once with the options that it is true of."""
    without = (option for option in options if measure in option.withheld)
    return tuple(
        library.text(
            "tables.options.withheld", options=listed([one.name for one in about]), why=why
        )
        for why, about in grouped(without, lambda option: option.withheld[measure]).items()
    )


def prescribing(need: Need, library: SpecLibrary, cite: Cite = in_full) -> Table:
    """People prescribed each class in a year, the rate beside England's, and how each number came
    to be."""
    return library.table(
        "tables.prescribing.table",
        (
            (
                class_name(row.medicine_class),
                row.display(row.patients),
                row.rung_label,
                per_thousand(row.interval)
                if row.interval and row.rate_shown not in ("not shown", "not given")
                else row.rate_shown,
                f"{rounded(row.england_rate.value, 1)} ({row.england_rate.period})"
                if row.england_rate
                else "not published",
                row.period or DASH,
                cite(row.kind, row.source, True) if row.patients else "not known",
                row.missing_because or row.method,
                " ".join((*row.cautions, *row.long_term_share.cautions)) or "none",
            )
            for row in need.classes
        ),
        basis=need.population.basis.label,
    )


def demand(need: Need, library: SpecLibrary, cite: Cite = in_full) -> Table:
    """Each step from people prescribed to people who may take up support, low, central and high."""

    def counted(name: str, values: Range | None) -> tuple[str, ...]:
        return (
            name,
            *(
                [people(v) for v in (values.low, values.central, values.high)]
                if values
                else [DASH] * 3
            ),
            Kind.MODELLED.value,
        )

    def assumed(key: str) -> list[tuple[str, ...]]:
        return [
            (
                capital(item.name),
                *(
                    percent(value, 1) if item.unit == "share" else rounded(value, 2)
                    for value in (item.values.low, item.values.central, item.values.high)
                ),
                cite(item.kind, item.source, item.verified),
            )
            for item in need.inputs
            if item.key == key
        ]

    return library.table(
        "tables.demand.table",
        (
            *assumed("classes_per_person"),
            counted(library.text("tables.demand.people"), need.people),
            *assumed("classes_per_person_month"),
            counted(library.text("tables.demand.long_term"), need.long_term_people),
            *assumed("appropriate_share"),
            counted(library.text("tables.demand.eligible"), need.eligible),
            *assumed("coverage"),
            *assumed("uptake"),
            counted(library.text("tables.demand.demand"), need.demand),
        ),
    )


def quintile_counts(results: Results, library: SpecLibrary) -> Table | None:
    """Local counts of each class by deprivation fifth, to the nearest 5; None where there are
    none."""
    rows = [
        (class_name(gap.medicine_class), *gap.counts_shown)
        for gap in results.inequality.classes
        if gap.is_counted
    ]
    if not rows:
        return None
    period = results.plan.inequality.period
    return library.table(
        "tables.quintile_counts.table",
        rows,
        dict.fromkeys(FIFTHS, (library.text("tables.quintile_counts.missing"),)),
        fifths=FIFTHS,
        period=f", {period}" if period else "",
    )


def expected_by_age(results: Results, library: SpecLibrary) -> Table:
    """Adults of each five-year age, and people of each class expected of them at England's
    rates."""
    adults = results.reference.people_of(results.organisation, Split.AGE).people
    withheld = {
        class_name(row.medicine_class): (f"{row.withheld}.",)
        for row in results.expected_by_age
        if row.withheld
    }
    people_of = {
        (row.medicine_class, group.group): _count_or_dash(group.people)
        for row in results.expected_by_age
        for group in row.groups
    }
    classes = results.plan.prescribing.included
    return library.table(
        "tables.expected_by_age.table",
        (
            (band, f"{count:,}", *(people_of.get((c, band), DASH) for c in classes))
            for band, count in adults.items()
        ),
        withheld,
        classes=tuple(map(class_name, classes)),
    )


def quintile_gaps(gaps: Sequence[ClassGap], library: SpecLibrary) -> Table:
    """How far apart the deprivation fifths stand, class by class, each measure with its 95%
    interval."""

    def limits(interval: Interval | None, places: int, times: float = 1) -> str:
        if interval is None:
            return DASH
        value, low, high = (
            rounded(v * times, places) for v in (interval.value, interval.low, interval.high)
        )
        return f"{value} ({low} to {high})"

    return library.table(
        "tables.quintile_gaps.table",
        (
            (
                class_name(gap.medicine_class),
                limits(gap.differences.ratio, 2)
                if gap.differences and gap.differences.ratio
                else gap.withheld or DASH,
                limits(gap.slope.slope if gap.slope else None, 1, 1000),
                limits(gap.slope.relative if gap.slope else None, 2),
                DASH if gap.core20_share is None else percent(gap.core20_share),
            )
            for gap in gaps
        ),
    )


def need_by_place(
    places: Places,
    level: Level,
    basis: Basis,
    library: SpecLibrary,
    need_missing: str | None = None,
) -> Table:
    """Each place of one level with its people, its part of the need, and the demand that part comes
    to."""
    return library.table(
        "tables.need_by_place.table",
        (
            (
                row.name,
                row.code,
                "not known" if row.population is None else f"{row.population:,}",
                "not known" if row.share is None else percent(row.share, 1),
                "not known" if row.demand is None else format_range(row.demand),
            )
            for row in places.at(level)
        ),
        {"Expected demand": (f"{need_missing}.",)} if need_missing else None,
        level=level.label,
        basis=basis.label,
    )


def _money(unit: str, value: float) -> str:
    if not unit.startswith("GBP"):
        return rounded(value, 0 if value >= 100 or value == int(value) else 1)
    return pounds(value, 4 if value < 1 and round(value, 2) != value else 2 if value < 10 else 0)


def cell_shown(cell: Cell | None, unit: str) -> str:
    """A benchmark number with its price year, or a dash where there is none."""
    if cell is None:
        return DASH
    return _money(unit, cell.value) + (f" ({cell.price_year})" if cell.price_year else "")


def benchmark(rows: Iterable[BenchmarkRow], caption: str, library: SpecLibrary) -> Table:
    """Each case study with its published, recomputed, uprated and modelled figure in columns of
    their own."""
    return library.table(
        "tables.benchmark.table",
        (
            (
                f"{row.number}. {row.name}",
                BENCHMARK_MEASURES[row.measure].label
                + (f" ({row.reading})" if row.reading else ""),
                row.unit.replace("GBP", "£"),
                *(
                    cell_shown(cell, row.unit)
                    for cell in (row.published, row.recomputed, row.uprated, row.modelled)
                ),
            )
            for row in rows
        ),
        caption=caption,
    )


def study_models(comparison: CaseStudyComparison, library: SpecLibrary) -> Table:
    """Each case study's model at this place's size, and the option at the hours it gives each
    person."""
    same = {(one.study.case_study, one.study.reading): one.same_hours for one in comparison.beside}
    rows = []
    for study in comparison.models:
        notes = [study.reading]
        if study.supposed_from:
            notes.append(library.text("tables.study_models.supposed", what=study.supposed_from))
        if study.modelled_population:
            notes.append(library.text("tables.study_models.another"))
        ours = same.get((study.case_study, study.reading))
        rows.append(
            (
                f"{study.number}. {study.name}" + "".join(f"; {note}" for note in notes if note),
                _or_dash(study.cost_here, about_pounds),
                _or_dash(study.cost_per_head, lambda value: pounds(value, 2)),
                _or_dash(study.people_here, people),
                _or_dash(study.parts.per_person, about_pounds),
                _hours(study.hours),
                library.text(
                    "tables.study_models.hours",
                    people=people(ours.people),
                    cost=about_pounds(ours.per_person),
                )
                if ours and ours.people and ours.per_person
                else DASH,
            )
        )
    return library.table(
        "tables.study_models.table",
        rows,
        price_year=comparison.plan.pricing.price_year,
        option=comparison.option.name if comparison.option else "an option",
    )


def _or_dash(value: float | None, shown: Callable[[float], str]) -> str:
    return DASH if value is None else shown(value)


def _hours(hours: Range | None) -> str:
    if hours is None:
        return DASH
    low, high = rounded(hours.low, 1), rounded(hours.high, 1)
    return low if low == high else f"{low} to {high}"


def study_features(comparison: CaseStudyComparison, library: SpecLibrary) -> Table:
    """Feature by feature: the option, and the case studies by number."""
    none = library.text("tables.study_features.none")
    return library.table(
        "tables.study_features.table",
        (
            (
                capital(row.feature),
                row.option.value,
                *(
                    ", ".join(numbers) or none
                    for numbers in (row.having, row.lacking, row.silent, row.success_of)
                ),
            )
            for row in comparison.features
        ),
        option=comparison.option.name if comparison.option else "an option",
    )


def study_outcomes(comparison: CaseStudyComparison, library: SpecLibrary) -> Table:
    """Every outcome that case studies report, with its base, beside the option's."""
    return library.table(
        "tables.study_outcomes.table",
        (
            (
                f"{row.number}. {row.name}",
                capital(row.outcome),
                DASH if row.reported is None else f"{rounded(row.reported)}%",
                row.base.value,
                _or_dash(row.assumed, percent),
                row.words if row.reported is None else " ".join(filter(None, (row.words, row.why))),
            )
            for row in comparison.outcomes
        ),
        option=comparison.option.name if comparison.option else "an option",
    )


def study_people(comparison: CaseStudyComparison, library: SpecLibrary) -> Table:
    """How far people came in each case study, their medicines, its reach and people for each
    clinician."""
    models: dict[str, list[StudyHere]] = {}
    for model in comparison.models:
        models.setdefault(model.case_study, []).append(model)
    rows = []
    for study in comparison.reference.case_studies:
        own = models.get(study.id, [])
        reach = {rounded(model.reach, 2) for model in own if model.reach}
        each = [rounded(m.parts.people_per_wte) for m in own if m.parts.people_per_wte]
        funnel = "; ".join(
            f"{rounded(study.value(step.figure))} {step.stage}" for step in study.funnel
        )
        mix = [
            f"{percent(study.value(part.figure) / 100)} {part.medicine_class.label}"
            for part in study.case_mix
        ]
        rows.append(
            (
                f"{study.number}. {study.short_name}",
                funnel or DASH,
                ", ".join(mix) or DASH,
                ", ".join(reach) or DASH,
                " or ".join(each) or DASH,
            )
        )
    return library.table("tables.study_people.table", rows)


def _measure_cells(option: OptionResult, names: Iterable[str]) -> Iterable[str]:
    return (or_dash(option.measures.get(name), MEASURES[name].format_unit) for name in names)


def options(results: Results, library: SpecLibrary) -> Table:
    """What each option costs and whom it supports in a full year."""
    return library.table(
        "tables.options.table",
        (
            (
                option.name
                + (" (preferred)" if option.id == results.plan.preferred_option else ""),
                staff(option.wte),
                *_measure_cells(option, COST_AND_REACH),
            )
            for option in results.options
        ),
        {
            MEASURES[name].heading: _withheld(results.options, name, library)
            for name in COST_AND_REACH
        },
        measures=tuple(MEASURES[name].heading for name in COST_AND_REACH),
        price_year=results.plan.pricing.price_year,
        basis=results.need.population.basis.label,
    )


def option_reach(results: Results, library: SpecLibrary) -> Table:
    """Demand, capacity and whom each option could not support in a year, with what setting it up
    costs."""
    return library.table(
        "tables.option_demand.table",
        (
            (
                option.name,
                or_dash(option.demand),
                format_range(option.capacity),
                or_dash(option.unmet),
                pounds(option.set_up),
            )
            for option in results.options
        ),
        {
            "Expected demand": tuple(f"{why}." for why in (results.need.missing_because,) if why),
            "Unmet demand": _withheld(results.options, "unmet", library),
        },
    )


def reach_by_quintile(options: Sequence[OptionResult], library: SpecLibrary) -> Table:
    """People whom each option supports per 1,000 prescribed, everywhere and by deprivation
    fifth."""
    why = _withheld(options, "reach", library)
    by_quintile = (
        why
        or _withheld(options, "reach_by_quintile", library)
        or (library.text("tables.reach.not_entered"),)
    )
    return library.table(
        "tables.reach.table",
        (
            (
                option.name,
                or_dash(option.reach_per_1000, Unit.RATE),
                *(or_dash(values, Unit.RATE) for values in option.reach_by_quintile),
                or_dash(option.reach_elsewhere, Unit.RATE),
            )
            for option in options
        ),
        {"Everywhere": why} | dict.fromkeys((*FIFTHS, "Outside the most deprived"), by_quintile),
        fifths=FIFTHS,
    )


def evidence(classes: Iterable[ClassOutcomes], library: SpecLibrary, cite: Cite = in_full) -> Table:
    """What the plan takes from the evidence on each class, as shares of everyone who starts; a
    class without a trial has a dash, and says that it counts as nobody."""
    rows = tuple(classes)
    return library.table(
        "tables.evidence.table",
        (
            (
                class_name(row.medicine_class),
                or_dash(None if row.no_evidence else row.stop.values, Unit.PERCENT),
                or_dash(
                    row.usual.values if row.usual and not row.no_evidence else None, Unit.PERCENT
                ),
                or_dash(row.net, Unit.PERCENT),
                f"{row.title}; {row.design}; {row.quality}; "
                f"{cite(row.kind, row.source, row.verified)}",
                row.harm,
            )
            for row in rows
        ),
        dict.fromkeys(
            ("With usual care", "Added"),
            tuple(dict.fromkeys(f"{row.net_missing_because}." for row in rows if row.net is None)),
        ),
    )


def outcomes(results: Results, library: SpecLibrary) -> Table:
    """What may become of the people who start with each option, as far as the evidence says."""
    not_said = library.text("tables.outcomes.not_said")
    return library.table(
        "tables.outcomes.table",
        (
            (
                option.name,
                *_measure_cells(option, OUTCOMES),
            )
            for option in results.options
        ),
        {
            MEASURES[name].heading: tuple(
                dict.fromkeys(
                    f"{option.withheld.get(name, not_said)}."
                    for option in results.options
                    if name not in option.measures
                )
            )
            for name in OUTCOMES
        },
        measures=tuple(MEASURES[name].heading for name in OUTCOMES),
    )


def how_sure(simulated: Simulated, library: SpecLibrary) -> Table:
    """Each option's mean and 95% interval on the plan's measure and on each cost of an outcome, by
    the draws."""
    columns = {"Mean (95% interval)": simulated.measure} | {
        MEASURES[name].label: name for name in COSTS
    }

    def estimate(option: OptionDraws, measure: str) -> str:
        current = option.estimates.get(measure)
        return or_dash(current.range() if current else None, MEASURES[measure].format_unit)

    no_gain = _withheld(
        [option for option in simulated.options if option.chance_of_no_gain is None],
        "additional",
        library,
    )
    return library.table(
        "tables.how_sure.table",
        (
            (
                option.name,
                *(estimate(option, measure) for measure in columns.values()),
                DASH if option.chance_best is None else percent(option.chance_best),
                DASH if option.chance_of_no_gain is None else percent(option.chance_of_no_gain, 1),
            )
            for option in simulated.options
        ),
        {
            column: _withheld(simulated.options, measure, library)
            for column, measure in columns.items()
        }
        | ({"Chance that nobody more stops": no_gain} if no_gain else {}),
        measure=simulated.measure_in_words,
        costs=tuple(MEASURES[name].label for name in COSTS),
    )


def ends_of(swing: OneWayResult, measure: str) -> tuple[str, str]:
    """The measure at the low and at the high of an assumption, in words."""
    low, high = (
        "no one to divide by"
        if v is None
        else (about_pounds if MEASURES[measure].is_money else people)(v)
        for v in (swing.at_low, swing.at_high)
    )
    return low, high


def sensitivity(result: Sensitivity, library: SpecLibrary) -> Table:
    """What each assumption alone does to the measure, the widest first."""
    return library.table(
        "tables.sensitivity.table",
        (
            (
                swing.label,
                f"{format_value(swing.name, swing.low_input)} to "
                f"{format_value(swing.name, swing.high_input)}",
                *ends_of(swing, result.measure),
            )
            for swing in result.swings
        ),
        option=result.name,
        measure=result.measure_in_words,
    )


def years(result: OptionYears, results: Results, library: SpecLibrary) -> Table:
    """An option's cash year by year, what it is worth today, and the people supported and
    waiting."""
    budget = results.plan.pricing.budget is not None
    option = next(option for option in results.options if option.id == result.id)
    because = (
        option.withheld.get("supported")
        or results.need.missing_because
        or library.text("tables.years.no_capacity")
    )
    return library.table(
        "tables.years.table",
        (
            (
                row.in_words,
                percent(row.staffed),
                format_range(row.cash, Unit.POUNDS),
                about_pounds(row.present),
                _count_or_dash(row.supported),
                _count_or_dash(row.waiting),
                *([row.balance_in_words] if budget else []),
            )
            for row in result.rows
        ),
        dict.fromkeys(("People supported", "Waiting at its end"), (f"{because}.",)),
        option=result.name,
        budget=("Budget less cash",) if budget else (),
    )


def mix(result: Mix, library: SpecLibrary) -> Table:
    """The options in the best mix, how much of each, their cost and the people they support."""
    return library.table(
        "tables.mix.table",
        (
            (part.name, percent(part.size), about_pounds(part.cost), people(part.supported))
            for part in result.parts
        ),
    )


def frontier(points: Iterable[FrontierPoint], library: SpecLibrary) -> Table:
    """The most that each budget can do, and with which mix."""
    return library.table(
        "tables.frontier.table",
        ((pounds(at.budget), people(at.value), about_pounds(at.cost), at.words) for at in points),
    )


def missing_inputs(gaps: Sequence[MissingInput], library: SpecLibrary) -> Table:
    """What a plan still lacks, why it matters and who would know."""
    return library.table(
        "tables.missing_inputs.table",
        ((capital(gap.what), STEPS[gap.where], gap.why, gap.who) for gap in gaps),
        count=str(len(gaps)),
    )
