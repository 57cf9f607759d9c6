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
from planner.analysis.economics.cash_flow import OptionYears, YearRow
from planner.analysis.economics.compare import IN_SCENARIOS, AtSize, FindOutFirst, Scenario
from planner.analysis.economics.one_way_sensitivity import OneWayResult, Sensitivity, format_value
from planner.analysis.economics.option_costs import OptionResult, full_year_of
from planner.analysis.economics.outcomes import ClassOutcomes
from planner.analysis.economics.probabilistic import OptionDraws, Simulated, draw_years
from planner.analysis.formatting import (
    Unit,
    about_pounds,
    capital,
    format_number,
    format_range,
    listed,
    people,
    percent,
    pounds,
    rounded,
    staff,
)
from planner.analysis.population.assumptions import AssumptionInUse
from planner.analysis.population.inequality import QUINTILES, ClassGap
from planner.analysis.population.need import Need
from planner.analysis.population.places import Places
from planner.analysis.results.results import Results
from planner.analysis.statistics.group_rates import per_thousand
from planner.analysis.statistics.intervals import Interval
from planner.model.base import Range, grouped
from planner.model.document import DASH, Table
from planner.model.figures import FigureKind
from planner.model.intake import Level
from planner.model.library import SpecLibrary
from planner.model.missing_input import MissingInput
from planner.model.place import Split
from planner.model.prescribing import Basis, MedicineClass

# The solver is imported when a mix is asked for, and not with the first page.
if TYPE_CHECKING:
    from planner.analysis.economics.option_mix import FrontierPoint, Mix

Cite = Callable[[FigureKind, str, bool], str]
"""How a table names a source: a document by its number, the screen and the command line in full."""
COST = (
    "annual_cost", "cost_with_practices", "cost_per_head", "cost_per_assessed", "cost_per_start",
)  # fmt: skip
REACH = (
    "capacity", "referrals_taken", "people_assessed", "people_starting", "waiting", "waiting_weeks",
)  # fmt: skip
LETTERS = (
    "register", "written", "annual_cost", "cost_per_written", "practice_hours", "net_stopped",
)  # fmt: skip
NOT_FORECAST = ("reduced", "wellbeing")
"""What is told in words beside the numbers, since nothing lets it be forecast."""
CONSEQUENCES = (
    "annual_cost", "written", "people_assessed", "people_starting", "stopped", "usual_stopped",
    "net_stopped", "still_off", *NOT_FORECAST, "added_relapses", "practice_hours",
    "practice_cost", "medicines",
)  # fmt: skip
"""The rows of the cost-consequence table."""
MOST_OPTIONS = 6
"""As many options as a page has room for beside each other."""
COSTS = ("cost_per_assessed", "cost_per_start", "cost_per_net_stopped")
SAYABLE = 0.01
"""A chance below this is not told more closely."""
NO_MORE_STOP = "Chance that no more stop"


def in_full(kind: FigureKind, source: str, verified: bool = True) -> str:
    """How a number came to be and where from, where there is no list of sources to point into."""
    words = kind.in_words(verified)
    return f"{words}: {source}" if source else words


def class_name(medicine_class: MedicineClass) -> str:
    """The class with a capital, for the first column of a table."""
    return capital(medicine_class.label)


def or_dash(values: Range | None, unit: Unit = Unit.PEOPLE) -> str:
    """One figure and its likely range in brackets, or a dash."""
    return format_range(values, unit) if values else DASH


def marked(words: str, is_median: bool, often_none: float | None = None) -> str:
    """A figure with its range, marked where it is the median of its draws, and saying where it is
    often nought."""
    none = "" if often_none is None else f"; none in {percent(often_none)} of simulations"
    return f"{words}{', median' if is_median else ''}{none}"


def measure_text(option: OptionResult, name: str) -> str:
    """One measure of an option as every table prints it, or a dash."""
    values = option.measures.get(name)
    if values is None:
        return DASH
    words = format_range(values, MEASURES[name].format_unit)
    return marked(words, name in option.medians, option.often_none.get(name))


def measure_in_sentence(option: OptionResult, name: str) -> str:
    """The same within a sentence, in which nothing says what a median is."""
    values = option.measures.get(name)
    if values is None:
        return DASH
    words = format_range(values, MEASURES[name].format_unit)
    return marked(words, False, option.often_none.get(name))


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


def _why_not(
    options: Sequence[OptionResult], measure: str, library: SpecLibrary
) -> tuple[str, ...]:
    """Why options have no number of a measure: withheld, or of another kind of offer."""
    other = [
        option.name
        for option in options
        if measure not in option.measures and measure not in option.withheld
    ]
    words = library.text("tables.options.other_offer", options=listed(other)) if other else ""
    return (*_withheld(options, measure, library), *((words,) if words else ()))


def _by_option(
    key: str,
    options: Sequence[OptionResult],
    names: Sequence[str],
    library: SpecLibrary,
    first: Callable[[OptionResult], tuple[str, ...]] = lambda option: (option.name,),
    **values: str,
) -> Table:
    """Options with these measures in columns of their own, and why one has none."""
    return library.table(
        key,
        ((*first(option), *(measure_text(option, name) for name in names)) for option in options),
        {MEASURES[name].heading: _why_not(options, name, library) for name in names},
        measures=tuple(MEASURES[name].heading for name in names),
        **values,
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
                if row.interval and row.rate_in_words not in ("not shown", "not given")
                else row.rate_in_words,
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
    """Each step from people prescribed to referrals in a full year: one figure and its likely
    range."""

    def counted(name: str) -> tuple[str, ...]:
        values = getattr(need, name)
        step = MEASURES[name]
        figure = people(values.central) if values else DASH
        return (
            step.label,
            marked(figure, name in need.medians),
            f"{people(values.low)} to {people(values.high)}"
            if values and values.low < values.high
            else DASH,
            FigureKind.MODELLED.value,
        )

    def assumed(*keys: str) -> list[tuple[str, ...]]:
        def form(item: AssumptionInUse, value: float) -> str:
            return percent(value, 1) if item.unit.startswith("share") else rounded(value, 2)

        return [
            (
                capital(item.name),
                form(item, item.values.central),
                f"{form(item, item.values.low)} to {form(item, item.values.high)}"
                if item.values.low < item.values.high
                else DASH,
                cite(item.kind, item.source, item.verified),
            )
            for item in need.inputs
            if item.key in keys
        ]

    writes = bool(need.in_tiers and need.referrals and need.demand != need.referrals)
    return library.table(
        "tables.demand.table",
        (
            *assumed("classes_per_person"),
            counted("people"),
            *assumed("classes_per_person_month"),
            counted("long_term_people"),
            *([counted("new_long_term_opioids")] if need.new_long_term_opioids else []),
            *assumed("referral_rate"),
            counted("referrals"),
            *([counted("in_tiers"), *assumed("response")] if writes else []),
            counted("demand"),
            *assumed("assessed_share", "start_share"),
        ),
    )


def quintile_counts(results: Results, library: SpecLibrary) -> Table | None:
    """Local counts of each class by deprivation fifth, to the nearest 5; None where there are
    none."""
    rows = [
        (class_name(gap.medicine_class), *gap.counts_in_words)
        for gap in results.inequality.classes
        if gap.is_counted
    ]
    if not rows:
        return None
    period = results.plan.inequality.period
    return library.table(
        "tables.quintile_counts.table",
        rows,
        dict.fromkeys(QUINTILES, (library.text("tables.quintile_counts.missing"),)),
        fifths=QUINTILES,
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
        (row.medicine_class, group.group): _or_dash(group.people, people)
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
                _or_dash(gap.core20_share, percent),
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
        {"Expected referrals": (f"{need_missing}.",)} if need_missing else None,
        level=level.label,
        basis=basis.label,
    )


def _money(unit: str, value: float) -> str:
    if not unit.startswith("GBP"):
        return rounded(value, 0 if value >= 100 or value == int(value) else 1)
    return pounds(value, 4 if value < 1 and round(value, 2) != value else 2 if value < 10 else 0)


def cell_text(cell: Cell | None, unit: str) -> str:
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
                    cell_text(cell, row.unit)
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
    same = {
        (one.study.case_study, one.study.reading): one.same_hours for one in comparison.readings
    }
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


def _or_dash(value: float | None, form: Callable[[float], str]) -> str:
    return DASH if value is None else form(value)


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
    models = grouped(comparison.models, lambda model: model.case_study)
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


def options(results: Results, library: SpecLibrary) -> Table:
    """What each option costs in a full year, in all and for each person; in one year where one of
    them ends with it."""
    preferred = results.plan.preferred_option
    return _by_option(
        "tables.options.table",
        results.options,
        COST,
        library,
        lambda option: (
            option.name + (" (preferred)" if option.id == preferred else ""),
            staff(option.wte),
        ),
        price_year=results.plan.pricing.price_year,
        basis=results.need.population.basis.label,
        full_year=full_year_of(results.options),
    )


def option_reach(results: Results, library: SpecLibrary) -> Table:
    """Whom each option could take, see and start in a full year, and who would wait."""
    return _by_option("tables.option_demand.table", results.options, REACH, library)


def letters(results: Results, library: SpecLibrary) -> Table | None:
    """What each offer to everyone costs and adds, over the people written to; None where the plan
    has no such offer."""
    offers = {option.id for option in results.plan.options if option.is_letters}
    rows = [option for option in results.options if option.id in offers]
    return _by_option("tables.letters.table", rows, LETTERS, library) if rows else None


def reach_by_quintile(options: Sequence[OptionResult], library: SpecLibrary) -> Table:
    """People assessed by each option per 1,000 prescribed, everywhere and by deprivation fifth."""
    why = _why_not(options, "reach", library)
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
        {"Everywhere": why} | dict.fromkeys((*QUINTILES, "Outside the most deprived"), by_quintile),
        fifths=QUINTILES,
    )


def evidence(classes: Iterable[ClassOutcomes], library: SpecLibrary, cite: Cite = in_full) -> Table:
    """What the plan takes from the evidence on each class and kind of offer, as shares of whom it
    counted; a class without a trial has a dash, and says that it counts as nobody."""
    rows = tuple(classes)
    none = tuple(
        library.text(
            "tables.evidence.none",
            offer=offer.value,
            classes=listed([row.medicine_class.label for row in about]),
        )
        for offer, about in grouped(
            [row for row in rows if row.no_evidence], lambda row: row.offer
        ).items()
    )
    alone = tuple(dict.fromkeys(f"{row.net_missing_because}." for row in rows if row.net is None))
    return library.table(
        "tables.evidence.table",
        (
            (
                class_name(row.medicine_class),
                f"{row.offer.value}, counted over {row.denominator}",
                or_dash(None if row.no_evidence else row.stop.values, Unit.PERCENT),
                or_dash(
                    row.usual.values if row.usual and not row.no_evidence else None, Unit.PERCENT
                ),
                or_dash(None if row.no_evidence else row.net, Unit.PERCENT),
                f"{row.title}; {row.design}; {row.quality}; "
                f"{cite(row.kind, row.source, row.verified)}",
                row.harm,
            )
            for row in rows
        ),
        {"Stop with support": none} | dict.fromkeys(("With usual care", "Added"), (*none, *alone)),
    )


def outcomes(
    results: Results, library: SpecLibrary, options: Sequence[OptionResult] | None = None
) -> Table:
    """What each option costs and what may come of it: a consequence a row, an option a column.

    `options` are those to set beside each other, every one that does something where none are
    named. What does not belong to an option's kind of offer says so.
    """
    columns = acting(results) if options is None else options
    other = library.text("tables.outcomes.other_offer")

    def cell(option: OptionResult, name: str) -> str:
        if name in NOT_FORECAST:
            return library.text("tables.outcomes.not_forecast")
        there = name in option.measures or name in option.withheld
        return measure_text(option, name) if there else other

    labels = {
        "people_assessed": library.text("tables.outcomes.assessed"),
        "reduced": library.text("tables.outcomes.reduced"),
        "wellbeing": library.text("tables.outcomes.wellbeing"),
    }
    known = {*NOT_FORECAST}.union(*(option.measures.keys() | option.withheld for option in columns))
    names = [name for name in CONSEQUENCES if name in known]
    return library.table(
        "tables.outcomes.table",
        (
            (
                labels[name] if name in labels else MEASURES[name].label,
                *(cell(option, name) for option in columns),
            )
            for name in names
        ),
        _why_by_option(columns, names, library),
        options=tuple(option.name for option in columns),
        full_year=full_year_of(columns),
    )


def _why_by_option(
    options: Iterable[OptionResult], names: Iterable[str], library: SpecLibrary
) -> dict[str, tuple[str, ...]]:
    """Why an option has no number in some of these rows, each reason told once of all that share
    it."""
    about: dict[str, list[str]] = {}
    for option in options:
        for why in dict.fromkeys(
            option.withheld[name] for name in names if name in option.withheld
        ):
            about.setdefault(why, []).append(option.name)
    missing: dict[str, tuple[str, ...]] = {}
    for why, these in about.items():
        words = library.text("tables.options.withheld", options=listed(these), why=why)
        missing |= {name: (*missing.get(name, ()), words) for name in these}
    return missing


def acting(results: Results) -> tuple[OptionResult, ...]:
    """The options that do something; every option where none does."""
    idle = {option.id for option in results.plan.options if option.is_do_nothing}
    return tuple(one for one in results.options if one.id not in idle) or results.options


def how_sure(simulated: Simulated, library: SpecLibrary) -> Table:
    """Each option's costs of an outcome with their likely ranges, and the chance that no more stop
    than with usual care, over all classes and class by class."""

    def cost(option: OptionDraws, measure: str) -> str:
        current = option.estimates.get(measure)
        if current is None:
            return DASH
        return marked(
            format_range(current.range(), MEASURES[measure].format_unit), current.is_median
        )

    def probability_text(value: float) -> str:
        return percent(value) if value >= SAYABLE else f"under {percent(SAYABLE)}"

    classes = [
        one
        for one in MedicineClass
        if any(one.value in option.chance_of_no_gain_by_class for option in simulated.options)
    ]
    no_gain = (
        *_withheld(
            [option for option in simulated.options if option.chance_of_no_gain is None],
            "net_stopped",
            library,
        ),
        library.text("tables.how_sure.not_covered"),
    )
    return library.table(
        "tables.how_sure.table",
        (
            (
                option.name,
                *(cost(option, name) for name in COSTS),
                _or_dash(option.chance_of_no_gain, probability_text),
                *(
                    _or_dash(option.chance_of_no_gain_by_class.get(one.value), probability_text)
                    for one in classes
                ),
            )
            for option in simulated.options
        ),
        {MEASURES[name].heading: _withheld(simulated.options, name, library) for name in COSTS}
        | dict.fromkeys((NO_MORE_STOP, *map(class_name, classes)), no_gain),
        costs=tuple(MEASURES[name].heading for name in COSTS),
        classes=tuple(map(class_name, classes)),
    )


def ends_of(one_way: OneWayResult, measure: str) -> tuple[str, str]:
    """The measure at the low and at the high of an assumption, in words."""
    low, high = (
        "no cost for each"
        if v is None
        else (about_pounds if MEASURES[measure].is_money else people)(v)
        for v in (one_way.at_low, one_way.at_high)
    )
    return low, high


def sensitivity(result: Sensitivity, library: SpecLibrary) -> Table:
    """What each assumption alone does to the measure, the widest first."""
    return library.table(
        "tables.sensitivity.table",
        (
            (
                one_way.label,
                f"{format_value(one_way.name, one_way.low_input)} to "
                f"{format_value(one_way.name, one_way.high_input)}",
                *ends_of(one_way, result.measure),
            )
            for one_way in result.swings
        ),
        option=result.name,
        measure=result.measure_in_words,
    )


def years(result: OptionYears, results: Results, library: SpecLibrary) -> Table:
    """An option's financial years: cash, what it is worth today, people referred, assessed,
    starting and waiting, or written to, the contract's price and the budget less cash."""
    plan = results.plan
    option = next(option for option in results.options if option.id == result.id)
    draws = draw_years(result.id, results.case)
    because = (
        option.withheld.get("people_assessed")
        or results.need.missing_because
        or library.text("tables.years.no_capacity")
    )

    def cell(row: YearRow, field: str, unit: Unit = Unit.PEOPLE) -> str:
        values = getattr(row, field)
        if values is None:
            return DASH
        key = f"{'letters' if field == 'written' else field}_{row.year}"
        estimate = draws.estimates.get(key)
        return marked(
            format_range(values, unit),
            estimate is not None and estimate.is_median,
            draws.often_none.get(key),
        )

    is_letters = next(one for one in plan.options if one.id == result.id).is_letters
    of_people = ("written",) if is_letters else ("referred", "assessed", "starting", "waiting")
    heads = tuple(library.text(f"tables.years.{field}") for field in of_people)
    priced = any(row.price is not None for row in result.rows)
    budget = plan.pricing.budget is not None
    return library.table(
        "tables.years.table",
        (
            (
                row.in_words,
                percent(row.staffed),
                cell(row, "cash", Unit.POUNDS),
                about_pounds(row.present),
                *(cell(row, field) for field in of_people),
                *([about_pounds(row.price or 0.0)] if priced else []),
                *([row.balance_in_words] if budget else []),
            )
            for row in result.rows
        ),
        dict.fromkeys(heads, (f"{because}.",)),
        option=result.name,
        people=heads,
        price=(library.text("tables.years.price"),) if priced else (),
        budget=(library.text("tables.years.budget" if plan.has_budget else "tables.years.ceiling"),)
        if budget
        else (),
    )


def mix(result: Mix, library: SpecLibrary) -> Table:
    """The options in the best mix, how much of each, their cost, what each does of what was asked
    for, and of how many people referred or written to."""
    return library.table(
        "tables.mix.table",
        (
            (
                part.name,
                f"{part.size:.1f}",
                about_pounds(part.cost),
                people(part.value),
                f"{people(part.people)} {'written to' if part.writes else 'referred'}",
            )
            for part in result.parts
        ),
        people=capital(MEASURES[result.objective].in_a_sentence),
    )


def scenarios(
    named: Sequence[Scenario], options: Sequence[OptionResult], library: SpecLibrary
) -> Table:
    """Each option in the central case and in each named scenario, without a range."""
    names = [name for name in IN_SCENARIOS if name != "annual_cost"]

    def cell(scenario: Scenario, option: OptionResult, name: str) -> str:
        value = scenario.values[option.id].get(name)
        return DASH if value is None else format_number(value, MEASURES[name].format_unit)

    return library.table(
        "tables.scenarios.table",
        (
            (option.name, one.name, *(cell(one, option, name) for name in names))
            for option in options
            for one in named
        ),
        {MEASURES[name].heading: _why_not(options, name, library) for name in names},
        measures=tuple(MEASURES[name].heading for name in names),
    )


def at_size(
    rows: Iterable[AtSize], library: SpecLibrary, *, budget: str = "", people_assessed: str = ""
) -> Table:
    """Options made as large as a budget, or else a number of people, asks, with why one cannot
    be."""
    return library.table(
        "tables.at_size.budget" if budget else "tables.at_size.reach",
        (
            (
                row.name,
                _or_dash(row.size, lambda size: rounded(size, 2)),
                _or_dash(row.cost, about_pounds),
                _or_dash(row.assessed, people),
                row.why_not
                or (
                    library.text("tables.at_size.left", money=about_pounds(row.left))
                    if row.left and row.left >= 1
                    else ""
                )
                or "none",
            )
            for row in rows
        ),
        None,
        budget=budget,
        people=people_assessed,
    )


def find_out_first(result: FindOutFirst, library: SpecLibrary) -> Table:
    """What it would be worth to know each unsure input before choosing, the most first."""
    return library.table(
        "tables.find_out_first.table",
        ((capital(row.label), about_pounds(row.value)) for row in result.rows),
        value=pounds(result.value_of_a_stop),
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
