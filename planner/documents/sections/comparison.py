"""The parts of a document that compare: case studies, options and evidence.

Words and tables only.
"""

from collections.abc import Iterator

from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.outcomes import found_in_words
from planner.analysis.formatting import listed, lower_first, people, pounds
from planner.analysis.population.inequality import FIFTHS
from planner.documents import tables
from planner.documents.context import Context, notes, points, to_be_supplied
from planner.documents.sections.paper_options import is_long
from planner.model.base import grouped
from planner.model.case_study import CaseStudy, Measure
from planner.model.case_study_names import numbered
from planner.model.document import DASH, Block, Paragraph, Picture, Table
from planner.model.outcomes import Design, Offer, OutcomeEvidence
from planner.model.reference import Evidence
from planner.model.service import Feature


def benchmark_costs(context: Context) -> list[Block]:
    benchmark = context.results.benchmark
    per_head = [r for r in benchmark.of(Measure.COST_PER_HEAD) if r.missing_because is None]
    per_person = [
        row
        for measure in (Measure.COST_PER_PERSON, Measure.ANNUAL_COST)
        for row in benchmark.of(measure)
        if row.missing_because is None
    ]
    without = {s.number for s in context.reference.case_studies} - {r.number for r in per_head}
    return [
        *(
            _short_readings(
                tables.benchmark(rows, caption, context.library).without("Unit"), context
            )
            for rows, caption in (
                (per_head, context.text("comparison.costs.per_head")),
                (per_person, context.text("comparison.costs.per_person")),
            )
        ),
        *context.say(
            "comparison.costs.without",
            when=without,
            studies=listed([f"case study {number}" for number in sorted(without)]),
        ),
        *context.say(
            "comparison.costs.sources",
            "note",
            source=context.citations.number(context.reference.framework.source.title),
            index=context.citations.number(context.reference.deflator.source),
            year=benchmark.price_year,
        ),
        *(
            block
            for study in context.reference.case_studies
            for block in context.say(
                "comparison.costs.readings",
                "note",
                when=len(study.workforces) > 1,
                study=f"Case study {study.number} ({study.short_name})",
                printed="; ".join(w.label for w in study.workforces if not w.supposed_from),
                supposed="; ".join(
                    f"{w.label}, resting on {w.supposed_from}"
                    for w in study.workforces
                    if w.supposed_from
                ),
            )
        ),
    ]


def benchmark_here(context: Context) -> list[Block]:
    """Each case study at this place's size beside the option in focus, and what sets them apart."""
    comparison = context.projections.case_studies
    return [
        *notes(filter(None, (comparison.finding, comparison.own_in_words)), "plain"),
        _short_readings(tables.study_models(comparison, context.library), context),
        *notes(
            [context.text("tables.study_models.rest", studies=numbered(comparison.without_model))]
            if comparison.without_model
            else []
        ),
        Picture(chart="cost_gap", caption=context.text("comparison.costs.chart_gap")),
        *(
            block
            for one in comparison.readings
            if one is comparison.lead
            for block in points(f"Beside {one.study.name}:", (gap.words for gap in one.gaps))
        ),
        tables.study_features(comparison, context.library),
        *notes(filter(None, [comparison.features_in_words]), "plain"),
        _with_something(tables.study_people(comparison, context.library)),
        *points("Prescribing there and here:", comparison.prescribing_in_words),
        *points("Inequality:", comparison.inequality),
    ]


def _short_readings(table: Table, context: Context) -> Table:
    """A table in which each reading of a study's staffing is said in a word; a note tells them."""
    short: dict[str, str] = {}
    for study in context.reference.case_studies:
        for one in study.workforces:
            words = " (as supposed)" if one.supposed_from else " (as printed)"
            supposed = context.text("tables.study_models.supposed", what=one.supposed_from)
            short[f"; {one.label}; {supposed}"] = words
            short[f"; {one.label}"] = short[f" ({one.label})"] = words

    def shortened(cell: str) -> str:
        for long, words in short.items():
            cell = cell.replace(long, words)
        return cell

    rows = tuple(tuple(map(shortened, row)) for row in table.rows)
    return table.model_copy(update={"rows": rows})


def _with_something(table: Table) -> Table:
    """A table without the rows in which nothing is known."""
    rows = tuple(row for row in table.rows if set(row[1:]) != {DASH})
    return table.model_copy(update={"rows": rows})


def benchmark_chart(context: Context) -> list[Block]:
    return [Picture(chart="cost_per_head", caption=context.text("comparison.costs.chart_per_head"))]


def benchmark_outcomes(context: Context) -> list[Block]:
    comparison = context.projections.case_studies
    reported = {row.case_study for row in comparison.outcomes}
    studies = context.reference.case_studies
    untold = [f"case study {study.number}" for study in studies if study.id not in reported]
    silent = context.text("comparison.reported.silent", studies=listed(untold)) if untold else ""
    compared = [s for s in studies if s.id in reported and s.comparison_group]
    alone = context.text(
        "comparison.reported.some_compared" if compared else "comparison.reported.no_comparison",
        studies=numbered(compared),
    )
    return [
        *notes(filter(None, [comparison.assumed_in_words]), "plain"),
        _by_base(tables.study_outcomes(comparison, context.library)),
        Paragraph(text=" ".join(filter(None, (silent, alone))), tone="note"),
    ]


def _by_base(outcomes: Table) -> Table:
    """A table of outcomes with those of one study over the same people in one row."""
    rows = [
        (
            study,
            "; ".join(_with_share(row[1], row[2]) for row in of_base),
            base,
            "; ".join(_with_share(row[1], row[4]) for row in of_base if row[4] != DASH) or DASH,
            " ".join(dict.fromkeys(f"{words}." for row in of_base for words in _sentences(row[5]))),
        )
        for (study, base), of_base in grouped(outcomes.rows, lambda row: (row[0], row[3])).items()
    ]
    columns = (outcomes.columns[0], *outcomes.columns[2:])
    return outcomes.model_copy(update={"columns": columns, "rows": tuple(rows)})


def _with_share(outcome: str, share: str) -> str:
    return f"{lower_first(outcome)} {share}" if share != DASH else lower_first(outcome)


def _sentences(words: str) -> list[str]:
    return [one.rstrip(".") for one in words.split(". ") if one]


def _profiles(context: Context) -> list[Block]:
    """What each case study is like; not where the plan has an option that each is set beside, which
    tells it."""
    if context.projections.comparability:
        return []
    return [
        context.table(
            "comparison.profiles.table",
            (
                (
                    f"{study.number}. {study.short_name}",
                    study.profile.jurisdiction,
                    study.profile.medicines_in_words,
                    _counts(study),
                    study.profile.follow_up,
                    study.profile.cost_includes,
                )
                for study in context.reference.case_studies
            ),
        )
    ]


def benchmark_cautions(context: Context) -> list[Block]:
    return [
        *_profiles(context),
        *(
            block
            for study in context.reference.case_studies
            for block in points(
                f"Case study {study.number}, {study.name}. {study.summary}", study.cautions
            )
        ),
    ]


def _counts(study: CaseStudy) -> str:
    """What a case study counts, and the bases of its outcomes."""
    bases = "; ".join(base.value for base in study.outcome_bases)
    return study.profile.counted.value + (f"; outcomes of: {bases}" if bases else "")


def options_table(context: Context) -> list[Block]:
    results = context.results
    if not results.options:
        return [to_be_supplied("at least one service option", "commissioner")]
    costs, reach = (
        table(results, context.library) for table in (tables.options, tables.option_reach)
    )
    letters = tables.letters(results, context.library)
    return [
        costs,
        reach,
        *([letters] if letters else []),
        *context.say(
            "comparison.options.method",
            "note",
            people=f"{results.need.population.value:,} {results.need.population.basis.label}",
            years=str(context.plan.horizon.years),
        ),
        *(
            block
            for option in results.options
            if option.bottleneck
            for block in context.say(
                "comparison.options.bottleneck",
                "note",
                option=option.name,
                post=option.bottleneck,
                people=people(_team_capacity(option, context)),
            )
        ),
        *notes(f"{one.name}: {one.too_thin}." for one in results.options if one.too_thin),
        *notes(
            dict.fromkeys(
                why for table in (costs, reach, letters) if table for why in table.reasons
            )
        ),
        *_reach_by_quintile(context),
    ]


def _team_capacity(option: OptionResult, context: Context) -> float:
    """Referrals that the whole team's hours would allow, in the central case."""
    case = context.results.case
    return case.sums_of(case.option(option.id)).values["team_capacity"] or 0.0


def _reach_by_quintile(context: Context) -> list[Block]:
    """Whom each option would reach in each deprivation fifth, of the options that say so."""
    known = [option for option in context.results.options if any(option.reach_by_quintile)]
    return (
        [tables.reach_by_quintile(known, context.library).only("Option", *FIFTHS)] if known else []
    )


def options_described(context: Context) -> list[Block]:
    return [
        Paragraph(
            text=" ".join(filter(None, (f"{option.name}.", option.description, option.drawn_from)))
        )
        for option in context.plan.options
    ]


def preferred_option(context: Context) -> list[Block]:
    plan, results = context.plan, context.results
    option, costed = plan.preferred, results.preferred
    if option is None or costed is None:
        return [to_be_supplied("the preferred option", "task and finish group")]
    unstated = [one.value for one in Feature if option.feature(one) is None]
    return [
        Paragraph(text=f"Preferred option: {option.name}."),
        Paragraph(text=" ".join(_what_it_comes_to(costed, context))),
        *notes([f"{option.name}: {costed.too_thin}."] if costed.too_thin else []),
        *context.say(
            "comparison.preferred.has",
            when=option.features,
            features=listed([one.value for one in option.features]),
        ),
        *context.say(
            "comparison.preferred.has_not",
            when=option.features_absent,
            features=listed([one.value for one in option.features_absent]),
        ),
        *(
            [
                to_be_supplied(
                    context.text("comparison.preferred.not_stated", features=listed(unstated)),
                    context.text("clauses.not_stated.who"),
                )
            ]
            if unstated and not option.is_do_nothing
            else []
        ),
        *(
            [Paragraph(text=f"Why it is preferred: {plan.preferred_because}")]
            if is_long(plan.preferred_because)
            else []
        ),
    ]


def _what_it_comes_to(costed: OptionResult, context: Context) -> Iterator[str]:
    """What the preferred option costs, whom it sees and what setting it up costs, in sentences; a
    sentence whose numbers are withheld is left out."""

    def words(name: str) -> str:
        return tables.measure_shown(costed, name)

    has = costed.measures
    yield context.text(
        "comparison.preferred.cost",
        cost=words("annual_cost"),
        per_head=words("cost_per_head"),
        basis=costed.population_basis,
        year=costed.price_year,
    )
    if costed.annual_cost.high == 0:
        return
    if "practice_cost" in has:
        yield context.text(
            "comparison.preferred.practices",
            practice_cost=words("practice_cost"),
            cost_with_practices=words("cost_with_practices"),
        )
    if "cost_per_start" in has:
        yield context.text(
            "comparison.preferred.reach",
            people_assessed=words("people_assessed"),
            cost_per_assessed=words("cost_per_assessed"),
            people_starting=words("people_starting"),
            cost_per_start=words("cost_per_start"),
        )
    if "waiting_weeks" in has:
        yield context.text(
            "comparison.preferred.waiting",
            waiting=words("waiting"),
            waiting_weeks=words("waiting_weeks"),
        )
    if "cost_per_written" in has:
        yield context.text(
            "comparison.preferred.written",
            written=words("written"),
            cost_per_written=words("cost_per_written"),
        )
    if "still_off" in has:
        yield context.text(
            "comparison.preferred.net",
            net_stopped=words("net_stopped"),
            still_off=words("still_off"),
        )
    elif "net_stopped" in costed.withheld:
        yield context.text("comparison.preferred.unknown", why=costed.withheld["net_stopped"])
    yield context.text(
        "comparison.preferred.set_up",
        set_up=pounds(costed.set_up),
        years=str(context.plan.horizon.years),
    )


def evidence_table(context: Context) -> list[Block]:
    reference, included = context.reference, set(context.plan.prescribing.included)
    used = {row.title for offer in Offer for row in context.results.outcomes.for_offer(offer)}
    entries: list[tuple[OutcomeEvidence | Evidence, str, str]] = [
        (row, found_in_words(row), row.citation)
        for row in reference.outcomes
        if row.design is not Design.CASE_STUDY and row.title not in used
    ]
    entries += [(row, row.in_words, row.source) for row in reference.evidence]
    rows = [
        (
            listed([c.label for c in row.medicine_classes])
            .capitalize()
            .replace("z-drugs", "Z-drugs"),
            f"{words} ({context.citations.kind(row.kind, source, row.verified)})",
        )
        for row, words, source in entries
        if words and set(row.medicine_classes) & included
    ]
    if not rows:
        return []
    return [context.table("comparison.evidence.table", rows)]
