"""The parts of a document that compare: case studies, options and evidence. Words and tables only."""

from __future__ import annotations

from planner.analysis.economics.benchmark import BENCHMARK_MEASURE_LABELS, BenchmarkRow, Cell
from planner.analysis.economics.outcomes import found_in_words
from planner.analysis.formatting import Unit, format_range, listed, pounds, rounded, staff
from planner.analysis.population.inequality import FIFTHS
from planner.documents.context import NONE_HELD, Context, part, to_be_supplied
from planner.model.case_study import Measure
from planner.model.document import Block, Bullets, Paragraph, Picture, Table
from planner.model.outcomes import Design, OutcomeEvidence
from planner.model.reference import Evidence


def _money(row_unit: str, value: float) -> str:
    if not row_unit.startswith("GBP"):
        return rounded(value, 0 if value >= 100 or value == int(value) else 1)
    return pounds(value, 4 if value < 1 and round(value, 2) != value else 2 if value < 10 else 0)


def cell_shown(cell: Cell | None, unit: str) -> str:
    """A benchmark number with its price year, or a dash where there is none."""
    if cell is None:
        return NONE_HELD
    year = f" ({cell.price_year})" if cell.price_year else ""
    return f"{_money(unit, cell.value)}{year}"


def number(study_id: str) -> str:
    """The study as the text names it: Case study 4."""
    return f"Case study {study_id.removeprefix('cs')}"


def _benchmark_table(context: Context, caption: str, rows: list[BenchmarkRow]) -> Table:
    return Table(
        caption=caption,
        description=(
            "Each case study with its published, recomputed, uprated and modelled figure in separate "
            "columns. A dash means that there is no such figure."
        ),
        columns=(
            "Case study",
            "Measure",
            "Published",
            "Recomputed",
            "Uprated",
            "Modelled",
        ),
        rows=tuple(
            (
                f"{row.case_study.removeprefix('cs')}. {row.name}",
                BENCHMARK_MEASURE_LABELS[row.measure] + (f" ({row.reading})" if row.reading else ""),
                cell_shown(row.published, row.unit),
                cell_shown(row.recomputed, row.unit),
                cell_shown(row.uprated, row.unit),
                cell_shown(row.modelled, row.unit),
            )
            for row in rows
        ),
    )


@part
def benchmark_costs(context: Context) -> list[Block]:
    benchmark = context.results.benchmark
    source = context.citations.number(context.reference.framework.source.title)
    index = context.citations.number(context.reference.deflator.source)
    blocks: list[Block] = [
        _benchmark_table(
            context,
            "Cost per head of population a year",
            list(benchmark.of(Measure.COST_PER_HEAD)),
        ),
        _benchmark_table(
            context,
            "Cost per person supported, and cost a year",
            [
                row
                for measure in (Measure.COST_PER_PERSON, Measure.ANNUAL_COST)
                for row in benchmark.of(measure)
                if row.missing_because is None
            ],
        ),
        Paragraph(
            text=(
                f"Sources: {source}; uprating {index} to {benchmark.price_year}. Where a study states no price year, "
                "the year beside its cost is assumed. Modelled costs price our reading of a study's staffing, "
                "without overheads, or change how its people are counted; they were published by nobody."
            ),
            tone="note",
        ),
        *(
            Paragraph(
                text=(
                    f"{number(study.id)} ({study.short_name}) is priced on {len(study.workforces)} readings of its "
                    f"staffing: {'; '.join(w.label for w in study.workforces)}. What is printed is never corrected. "
                    "Which reading is right must be asked of its authors."
                ),
                tone="note",
            )
            for study in context.reference.case_studies
            if len(study.workforces) > 1
        ),
    ]
    return blocks


@part
def benchmark_chart(context: Context) -> list[Block]:
    return [
        Picture(chart="cost_per_head", caption="Cost per head of all ages: our options beside case study 1"),
        Picture(
            chart="cost_per_person", caption="Cost per person supported: our options beside case studies"
        ),
    ]


@part
def benchmark_outcomes(context: Context) -> list[Block]:
    benchmark = context.results.benchmark
    rows = [
        row
        for measure in (Measure.STOPPED, Measure.REDUCED)
        for row in benchmark.of(measure)
        if row.missing_because is None
    ]
    message = {row.case_study for row in rows}
    untold = [number(study.id) for study in context.reference.case_studies if study.id not in message]
    silent = (
        f"Nothing about medicines stopped or reduced is reported by {listed(untold).lower()}. "
        if untold
        else ""
    )
    return [
        Table(
            caption="What the case studies report of medicines stopped and reduced",
            description="Each case study's share stopped or reduced, of what, whom it counts, and the caution.",
            columns=("Case study", "Measure", "Published", "Recomputed", "Of what", "Whose outcomes"),
            rows=tuple(
                (
                    f"{row.case_study.removeprefix('cs')}. {row.name}",
                    BENCHMARK_MEASURE_LABELS[row.measure],
                    f"{rounded(row.published.value)}%" if row.published else NONE_HELD,
                    f"{rounded(row.recomputed.value, 1)}%" if row.recomputed else NONE_HELD,
                    row.unit.removeprefix("% of "),
                    f"counts {row.counted}; base: {row.denominator}",
                )
                for row in rows
            ),
        ),
        Paragraph(
            text=(
                f"{silent}No share here has a comparison group, so none of them shows what the service added. They "
                "do not transfer to another place and are not used to forecast."
            ),
            tone="note",
        ),
    ]


@part
def benchmark_cautions(context: Context) -> list[Block]:
    profile_rows = tuple(
        (
            f"{study.id.removeprefix('cs')}. {study.short_name}",
            study.profile.jurisdiction,
            study.profile.medicines_in_words,
            f"{study.profile.counted.value}; base: {study.profile.denominator.value}",
            study.profile.follow_up,
            study.profile.cost_includes,
        )
        for study in context.reference.case_studies
    )
    blocks: list[Block] = [
        Table(
            caption="How far each case study can be compared",
            description="Each case study's jurisdiction, medicines, unit counted, follow-up and cost coverage.",
            columns=("Case study", "Where", "Medicines", "What is counted", "Follow-up", "Cost includes"),
            rows=profile_rows,
        )
    ]
    for study in context.reference.case_studies:
        blocks.append(
            Paragraph(text=f"Case study {study.id.removeprefix('cs')}, {study.name}. {study.summary}")
        )
        blocks.append(Bullets(points=study.cautions))
    return blocks


@part
def options_table(context: Context) -> list[Block]:
    results = context.results
    if not results.options:
        return [to_be_supplied("at least one service option", "commissioner")]
    basis = results.need.population.basis.label
    return [
        Table(
            caption=f"Options: cost and reach in a full year, {context.plan.pricing.price_year} prices",
            description=(
                f"For each option, staff, yearly cost, cost per head of {basis}, people supported and cost per "
                "person; central value with low to high in brackets. All modelled."
            ),
            columns=("Option", "WTE", "Cost a year", "Cost per head", "People supported", "Cost per person"),
            rows=tuple(
                (
                    option.name + (" (preferred)" if option.id == context.plan.preferred_option else ""),
                    staff(option.wte),
                    format_range(option.annual_cost, Unit.POUNDS),
                    format_range(option.cost_per_head, Unit.PENCE),
                    format_range(option.people_supported) if option.people_supported else NONE_HELD,
                    format_range(option.cost_per_person, Unit.POUNDS)
                    if option.cost_per_person
                    else NONE_HELD,
                )
                for option in results.options
            ),
        ),
        Table(
            caption="Options: demand, capacity and unmet demand in a year",
            description="For each option, expected demand, capacity, and people who could not be supported.",
            columns=("Option", "Expected demand", "Capacity", "Unmet demand", "Set-up cost"),
            rows=tuple(
                (
                    option.name,
                    format_range(option.demand) if option.demand else NONE_HELD,
                    format_range(option.capacity),
                    format_range(option.unmet) if option.unmet else NONE_HELD,
                    pounds(option.set_up),
                )
                for option in results.options
            ),
        ),
        Paragraph(
            text=(
                f"Cost per head is over {results.need.population.value:,} {basis}. Low and high cost put every "
                "post at the bottom or top of its band and overheads at their least or most; set-up is spread over "
                f"{context.plan.horizon.years} years. Low capacity "
                "gives each person the most hours. All figures are modelled."
            ),
            tone="note",
        ),
        *(
            Paragraph(
                text=(
                    f"The limit of {option.name} is the time of {option.bottleneck}: the whole team's hours would allow "
                    f"{format_range(option.measures['team_capacity'])} people a year."
                ),
                tone="note",
            )
            for option in results.options
            if option.bottleneck
        ),
        *(
            Paragraph(text=f"Withheld for {listed(names)}: {why}.", tone="note")
            for why, names in _withheld(context).items()
        ),
        *_reach_by_quintile(context),
    ]


def _reach_by_quintile(context: Context) -> list[Block]:
    """Whom each option would reach in each deprivation fifth, of the options that say so."""
    known = [option for option in context.results.options if any(option.reach_by_fifth)]
    if not known:
        return []
    return [
        Table(
            caption="Reach by deprivation: people supported in a year per 1,000 prescribed",
            description="For each option, people supported per 1,000 people prescribed in each deprivation fifth of areas.",
            columns=("Option", *FIFTHS),
            rows=tuple(
                (
                    option.name,
                    *(
                        format_range(values, Unit.RATE) if values else NONE_HELD
                        for values in option.reach_by_fifth
                    ),
                )
                for option in known
            ),
        )
    ]


def _withheld(context: Context) -> dict[str, list[str]]:
    """Why a cell of the options' tables is empty, with the options it is empty for."""
    lookup: dict[str, list[str]] = {}
    for option in context.results.options:
        for name in ("people_supported", "cost_per_person"):
            if name in option.withheld and option.name not in lookup.setdefault(option.withheld[name], []):
                lookup[option.withheld[name]].append(option.name)
    return lookup


@part
def options_chart(context: Context) -> list[Block]:
    return [Picture(chart="options", caption="Cost a year of each option")]


@part
def options_described(context: Context) -> list[Block]:
    return [
        Paragraph(text=" ".join(filter(None, (f"{option.name}.", option.description, option.drawn_from))))
        for option in context.plan.options
    ]


@part
def preferred_option(context: Context) -> list[Block]:
    plan, results = context.plan, context.results
    option, costed = plan.preferred, results.preferred
    if option is None or costed is None:
        return [to_be_supplied("the preferred option", "task and finish group")]
    reach = (
        f" It would support {format_range(costed.people_supported)} people a year"
        f" at {format_range(costed.cost_per_person, Unit.POUNDS)} each."
        if costed.people_supported and costed.cost_per_person
        else ""
    )
    blocks: list[Block] = [
        Paragraph(
            text=f"Preferred option: {option.name}."
            + (f" {option.description}" if context.action == 4 and option.description else "")
        ),
        Paragraph(
            text=(
                f"In a full year it would cost {format_range(costed.annual_cost, Unit.POUNDS)}, or "
                f"{format_range(costed.cost_per_head, Unit.PENCE)} per head of {costed.population_basis}, at "
                f"{costed.price_year} prices (modelled).{reach} Setting it up would cost "
                f"{pounds(costed.set_up)} once, which is spread over {plan.horizon.years} years in that yearly cost."
            )
        ),
    ]
    if option.features:
        blocks.append(Paragraph(text=f"What it has: {listed([f.value for f in option.features])}."))
    blocks.append(
        Paragraph(text=f"Why it is preferred: {plan.preferred_because}")
        if plan.preferred_because
        else to_be_supplied("the reason for preferring it", "task and finish group")
    )
    return blocks


@part
def evidence_table(context: Context) -> list[Block]:
    reference, included = context.reference, set(context.plan.prescribing.included)
    entries: list[tuple[OutcomeEvidence | Evidence, str]] = [
        (row, found_in_words(row)) for row in reference.outcomes if row.design is not Design.CASE_STUDY
    ]
    entries += [(row, row.in_words) for row in reference.evidence]
    rows = [
        (
            listed([c.label for c in row.medicine_classes]).capitalize().replace("z-drugs", "Z-drugs"),
            words,
            context.citations.kind(row.kind, row.source, row.verified),
        )
        for row, words in entries
        if words and set(row.medicine_classes) & included
    ]
    if not rows:
        return []
    return [
        Table(
            caption="Results from trials and services, beside usual care where there is a comparison",
            description="For each class, what a trial, review or service found, in words, and its source.",
            columns=("Class", "What was found", "Kind and source"),
            rows=tuple(rows),
        )
    ]
