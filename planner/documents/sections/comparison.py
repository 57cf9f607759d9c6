"""The parts of a document that compare: case studies, options and evidence.

Words and tables only.
"""

import re
from collections.abc import Iterator

from planner.analysis.economics.option_costs import OptionResult
from planner.analysis.economics.outcomes import after_in_words, result_in_words
from planner.analysis.formatting import (
    about_pounds,
    capital,
    format_range,
    listed,
    lower_first,
    people,
    percent,
    pounds,
    staff,
)
from planner.analysis.population.inequality import QUINTILES
from planner.documents import tables
from planner.documents.context import Context, headed, notes, points, to_be_supplied
from planner.documents.sections.contract import grade
from planner.documents.sections.paper import cheaper_rival
from planner.model.base import grouped
from planner.model.case_study import CaseStudy, Measure
from planner.model.case_study_names import numbered
from planner.model.document import DASH, Block, Bullets, Paragraph, Picture, Table
from planner.model.outcomes import Design, Offer, OutcomeEvidence
from planner.model.reference import Evidence
from planner.model.service import Feature


def main_findings(context: Context) -> list[Block]:
    """What the pack comes to, in front of it: a point a subject, of those that the plan has numbers
    for."""
    return [Bullets(points=tuple(_findings(context)))]


def _findings(context: Context) -> Iterator[str]:
    need, costed = context.need, context.costed
    if need.people and need.long_term_people:
        yield context.text(
            "comparison.findings.need",
            people=format_range(need.people),
            long_term=format_range(need.long_term_people),
        )
    yield context.results.inequality.profile.finding
    acting = tables.acting(context.results)
    if acting:
        costs = sorted(option.annual_cost.central for option in acting)
        yield context.text(
            "comparison.findings.options",
            count=str(len(acting)),
            low=about_pounds(costs[0]),
            high=about_pounds(costs[-1]),
        )
    if costed and costed.annual_cost.central:
        yield context.text(
            "comparison.findings.preferred",
            option=costed.name,
            cost=next(_what_it_comes_to(costed, context)),
        )
        if costed.demand and costed.people_assessed and costed.cost_per_assessed:
            yield context.text(
                "comparison.findings.reach",
                referred=format_range(costed.demand),
                assessed=format_range(costed.people_assessed),
                each=tables.measure_text(costed, "cost_per_assessed"),
            )
        yield from _stops(costed, context)
    yield context.case_studies.finding
    if context.projections.sensitivity:
        yield context.projections.sensitivity.finding


def _stops(costed: OptionResult, context: Context) -> Iterator[str]:
    """How many more people would stop than with usual care, and how sure that is; where the pack
    divides no cost by it, why not."""
    stops, draws = costed.measures.get("net_stopped"), context.projections.simulated.of(costed.id)
    if stops is None or draws is None or draws.chance_of_no_gain is None:
        return
    yield context.text(
        "comparison.findings.stops",
        stops=format_range(stops),
        chance=percent(draws.chance_of_no_gain),
    )
    if stops.central >= FEWEST_DIVIDED and "cost_per_net_stopped" not in costed.measures:
        yield context.text(
            "comparison.findings.division",
            cost=about_pounds(costed.annual_cost.central),
            central=people(stops.central),
            each=each_as_printed(costed.annual_cost.central, stops.central),
        )


FEWEST_DIVIDED = 4.5
"""A number of people below this is told as fewer than five, and nothing is divided by it."""


def each_as_printed(cost: float, count: float) -> str:
    """A cost over a number of people, both as they are printed, so that whoever divides the two
    finds the same."""
    return about_pounds(printed(about_pounds(cost)) / printed(people(count)))


def printed(words: str) -> float:
    """The number that a printed figure shows."""
    return float(words.strip("£").replace(",", ""))


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
                headed(tables.benchmark(rows, caption, context.library).without("Unit")), context
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
    comparison = context.case_studies
    people_seen = tables.study_people(context.case_studies, context.library)
    known = tuple(row for row in people_seen.rows if set(row[1:]) != {DASH})
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
        people_seen.model_copy(update={"rows": known}),
        *points("Prescribing there and here:", comparison.prescribing_in_words),
        *points("Inequality:", comparison.inequality),
    ]


def _short_readings(table: Table, context: Context) -> Table:
    """A table in which each reading of a study's staffing is said in a word; a note tells them."""
    note = "tables.study_models.supposed"
    short = {
        long: " (as supposed)" if one.supposed_from else " (as printed)"
        for study in context.reference.case_studies
        for one in study.workforces
        for long in (
            f"; {one.label}; {context.text(note, what=one.supposed_from)}",
            f"; {one.label}",
            f" ({one.label})",
        )
    }
    reading = re.compile("|".join(map(re.escape, short)))
    rows = tuple(
        tuple(reading.sub(lambda long: short[long[0]], cell) for cell in row) for row in table.rows
    )
    return table.model_copy(update={"rows": rows})


def benchmark_outcomes(context: Context) -> list[Block]:
    reported = {row.case_study for row in context.case_studies.outcomes}
    untold = [
        f"case study {study.number}"
        for study in context.reference.case_studies
        if study.id not in reported
    ]
    silent = context.text("comparison.reported.silent", studies=listed(untold)) if untold else ""
    compared = [
        s for s in context.reference.case_studies if s.id in reported and s.comparison_group
    ]
    alone = context.text(
        "comparison.reported.some_compared" if compared else "comparison.reported.no_comparison",
        studies=numbered(compared),
    )
    return [
        *notes(filter(None, [context.case_studies.assumed_in_words]), "plain"),
        _by_base(tables.study_outcomes(context.case_studies, context.library), context),
        Paragraph(text=" ".join(filter(None, (silent, alone))), tone="note"),
    ]


def _by_base(outcomes: Table, context: Context) -> Table:
    """A table of outcomes with those of one study over the same people in one row."""
    rows = [
        (
            context.text("comparison.reported.of", study=study, base=base),
            "; ".join(_with_share(row[1], row[2]) for row in of_base),
            "; ".join(_with_share(row[1], row[4]) for row in of_base if row[4] != DASH) or DASH,
            " ".join(
                dict.fromkeys(
                    f"{words.rstrip('.')}."
                    for row in of_base
                    for words in filter(None, row[5].split(". "))
                )
            ),
        )
        for (study, base), of_base in grouped(outcomes.rows, lambda row: (row[0], row[3])).items()
    ]
    columns = (outcomes.columns[0], outcomes.columns[2], *outcomes.columns[4:])
    return outcomes.model_copy(update={"columns": columns, "rows": tuple(rows)})


def _with_share(outcome: str, share: str) -> str:
    return f"{lower_first(outcome)} {share}" if share != DASH else lower_first(outcome)


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
            for block in (
                Paragraph(text=f"Case study {study.number}: {study.name}", tone="heading"),
                Paragraph(text=study.summary),
                *_differences(study, context),
                *points(context.text("comparison.cautions.lead"), study.cautions),
            )
        ),
    ]


def _differences(study: CaseStudy, context: Context) -> list[Block]:
    """How far the option in focus can be set beside a case study, a difference a point."""
    return [
        block
        for row in context.projections.comparability
        if context.case_studies.option is not None and row.case_study == study.id
        for block in points(
            context.text("comparison.cautions.beside", option=context.case_studies.option.name),
            row.sentences,
        )
    ]


def _counts(study: CaseStudy) -> str:
    """What a case study counts, and the bases of its outcomes."""
    bases = "; ".join(base.value for base in study.outcome_bases)
    return study.profile.counted + (f"; outcomes of: {bases}" if bases else "")


def options_table(context: Context) -> list[Block]:
    if not context.results.options:
        return [to_be_supplied("at least one service option", "commissioner")]
    costs, reach = (
        table(context.results, context.library) for table in (tables.options, tables.option_reach)
    )
    letters = tables.letters(context.results, context.library)
    return [
        costs,
        reach,
        *([letters] if letters else []),
        *context.say(
            "comparison.options.method",
            "note",
            people=f"{context.need.population.value:,} {context.need.population.basis.label}",
            years=str(context.plan.horizon.years),
        ),
        *(
            block
            for option in context.results.options
            if option.bottleneck
            # What the whole team's hours would allow.
            for values in [context.case.sums_of(context.case.option(option.id)).values]
            for block in context.say(
                "comparison.options.bottleneck",
                "note",
                option=option.name,
                post=option.bottleneck,
                people=people(values["team_capacity"] or 0.0),
            )
        ),
        *notes(f"{one.name}: {one.too_thin}." for one in context.results.options if one.too_thin),
        *notes(
            dict.fromkeys(
                why for table in (costs, reach, letters) if table for why in table.reasons
            )
        ),
        *_reach_by_quintile(context),
    ]


def _reach_by_quintile(context: Context) -> list[Block]:
    """Whom each option would reach in each deprivation fifth, of the options that say so."""
    known = [option for option in context.results.options if any(option.reach_by_quintile)]
    return (
        [tables.reach_by_quintile(known, context.library).only("Option", *QUINTILES)]
        if known
        else []
    )


def options_described(context: Context) -> list[Block]:
    return [
        block
        for option in context.plan.options
        for block in (
            Paragraph(text=option.name, tone="heading"),
            *notes(filter(None, (option.description, option.drawn_from)), "plain"),
        )
    ]


def preferred_option(context: Context) -> list[Block]:
    option, costed = context.option, context.costed
    if option is None or costed is None:
        return [to_be_supplied("the preferred option", "task and finish group")]
    unstated = [one.value for one in Feature if option.feature(one) is None]
    return [
        Paragraph(text=f"Preferred option: {option.name}", tone="heading"),
        Bullets(points=tuple(_what_it_comes_to(costed, context))),
        *notes([f"{option.name}: {costed.too_thin}."] if costed.too_thin else []),
        *_pay(costed, context),
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
    ]


def _pay(costed: OptionResult, context: Context) -> list[Block]:
    """What each line of posts costs a year and what they come to, of the preferred option and of
    the cheaper one that the paper sets beside it."""
    rival = cheaper_rival(costed, context)
    return [_pay_of(one, context) for one in (costed, rival) if one is not None and one.posts]


def _pay_of(costed: OptionResult, context: Context) -> Table:
    posts = context.results.case.option(costed.id).posts
    salaries = [paid.salary + paid.high_cost_area for paid in costed.posts]

    def line(title: str, band: str, wte: float, salary: float, total: float) -> tuple[str, ...]:
        return title, band, staff(wte), pounds(salary), pounds(total - salary), pounds(total)

    return context.table(
        "comparison.pay.table",
        (
            *(
                line(post.title, grade(post, context), post.wte, salary, paid.total)
                for post, salary, paid in zip(posts, salaries, costed.posts, strict=True)
            ),
            line(
                context.text("comparison.pay.total"),
                context.text("comparison.pay.bands"),
                costed.wte,
                sum(salaries),
                sum(paid.total for paid in costed.posts),
            ),
        ),
        option=costed.name,
        year=costed.price_year,
        full_year=costed.full_year,
    )


WHERE_KNOWN = {
    "practice_cost": ("comparison.preferred.practices", ("practice_cost", "cost_with_practices")),
    "cost_per_start": (
        "comparison.preferred.reach",
        ("people_assessed", "cost_per_assessed", "people_starting", "cost_per_start"),
    ),
    "waiting_weeks": ("comparison.preferred.waiting", ("waiting", "waiting_weeks")),
    "cost_per_written": ("comparison.preferred.written", ("written", "cost_per_written")),
    "still_off": ("comparison.preferred.net", ("net_stopped", "still_off")),
}
"""Each sentence on the preferred option with the measures it prints, by that which it needs."""


def _what_it_comes_to(costed: OptionResult, context: Context) -> Iterator[str]:
    """What the preferred option costs, whom it sees and what setting it up costs, in sentences; a
    sentence whose numbers are withheld is left out."""

    def words(name: str) -> str:
        return tables.measure_text(costed, name)

    yield context.text(
        "comparison.preferred.cost",
        cost=words("annual_cost"),
        per_head=words("cost_per_head"),
        basis=costed.population_basis,
        year=costed.price_year,
        full_year=costed.full_year,
    )
    if costed.annual_cost.high == 0:
        return
    for measure, (key, names) in WHERE_KNOWN.items():
        if measure in costed.measures:
            yield context.text(
                key, full_year=costed.full_year, **{name: words(name) for name in names}
            )
    if "net_stopped" in costed.withheld and "still_off" not in costed.measures:
        yield context.text("comparison.preferred.unknown", why=costed.withheld["net_stopped"])
    yield context.text(
        "comparison.preferred.set_up",
        set_up=pounds(costed.set_up),
        years=str(context.plan.horizon.years),
    )


def evidence_table(context: Context) -> list[Block]:
    reference, included = context.reference, set(context.included)
    used = {row.title for offer in Offer for row in context.results.outcomes.for_offer(offer)}
    entries: list[tuple[OutcomeEvidence | Evidence, str, str]] = [
        (row, result_in_words(row), row.citation)
        for row in reference.outcomes
        if row.design is not Design.CASE_STUDY and row.title not in used
    ]
    entries += [(row, row.in_words, row.source) for row in reference.evidence]
    entries = [entry for entry in entries if entry[1] and set(entry[0].medicine_classes) & included]
    rows = []
    afterwards: dict[str, list[str]] = {}
    for row, words, source in entries:
        # A trial is known by its title, and another result by whose it is.
        study = re.split(r"[,(]", source)[0].strip()
        if isinstance(row, OutcomeEvidence):
            study, after = row.title, row.after_stopping and after_in_words(row.after_stopping)
            words = words.removeprefix(f"{study}: ")
            if after:
                words = words.removesuffix(after).rstrip()
                afterwards.setdefault(after, []).append(study)
        rows.append(
            (
                study,
                capital(listed([c.label for c in row.medicine_classes])),
                f"{words} ({context.citations.kind(row.kind, source, row.verified)})",
            )
        )
    if not rows:
        return []
    return [
        context.table("comparison.evidence.table", rows),
        *(
            block
            for after, studies in afterwards.items()
            for block in points(
                context.text("comparison.evidence.afterwards", after=after),
                (f"{study}." for study in studies),
            )
        ),
    ]
