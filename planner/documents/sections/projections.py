"""The parts of a document about what lies ahead: outcomes, how sure they are, years and the mix.

Words and tables only.
"""

from collections.abc import Iterable

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.benchmark import CaseStudyComparability
from planner.analysis.economics.outcomes import ClassOutcomes
from planner.analysis.formatting import Unit, format_range
from planner.documents import tables
from planner.documents.context import Context, points, to_be_supplied
from planner.model.document import Block, Bullets, Paragraph, Picture


def _relapse(row: ClassOutcomes, context: Context) -> str:
    """What is taken of those who stop and relapse or start again later, or that nothing is known of
    it."""
    if row.relapse is None:
        return context.text("projections.evidence.no_relapse")
    shares = format_range(row.relapse.values, Unit.PERCENT)
    return f"Later, of those who stop: {shares}; {row.relapse_words}."


def outcomes_evidence(context: Context) -> list[Block]:
    rows = context.results.outcomes.classes
    return [
        tables.evidence(rows, context.library, context.citations.kind).without("Harm and restarts"),
        Bullets(
            points=tuple(
                f"{tables.class_name(row.medicine_class)}. {row.because} Harm: {row.harm} "
                f"{_relapse(row, context)}"
                for row in rows
            )
        ),
    ]


def outcomes_expected(context: Context) -> list[Block]:
    results = context.results
    if not results.options:
        return []
    reasons = "; ".join(dict.fromkeys(results.outcomes.withheld.values()))
    note = context.text("projections.expected.note")
    return [
        tables.outcomes(results, context.library).without(
            MEASURES["left"].heading, MEASURES["no_change"].heading
        ),
        Paragraph(
            text=f"{note} A dash means that it cannot be said: {reasons}." if reasons else note,
            tone="note",
        ),
    ]


def outcomes_sure(context: Context) -> list[Block]:
    simulated = context.projections.simulated
    if not simulated.options:
        return []
    table = tables.how_sure(simulated, context.library).only(
        "Option",
        MEASURES["cost_per_person"].label,
        MEASURES["cost_per_additional"].label,
        "Chance that nobody more stops",
    )
    return [
        table,
        Paragraph(
            text=" ".join(
                (context.text("projections.how_sure.note", method=simulated.method), *table.reasons)
            ),
            tone="note",
        ),
        Picture(
            chart="draws", caption=f"Options on {simulated.measure_in_words}, with 95% intervals"
        ),
        *_what_matters(context),
    ]


def _what_matters(context: Context) -> list[Block]:
    result = context.projections.sensitivity
    if result is None:
        return []
    return [
        Paragraph(text=result.finding),
        Picture(
            chart="tornado",
            caption=context.text("projections.how_sure.tornado", measure=result.measure_in_words),
        ),
        *points(
            "Where one option overtakes another:",
            (t.words for t in context.projections.thresholds if t.crossings),
        ),
    ]


def years_table(context: Context) -> list[Block]:
    years = context.projections.years_of(context.plan.preferred_option)
    if years is None:
        return []
    return [
        Paragraph(text=years.finding),
        tables.years(years, context.results, context.library),
        Paragraph(text=" ".join(years.assumes), tone="note"),
        Picture(chart="years", caption="Cash in each year, central with low to high"),
    ]


def best_mix(context: Context) -> list[Block]:
    mix = context.projections.mix
    if mix is None:
        return [
            to_be_supplied(
                f"the best mix: {context.projections.mix_missing_because}",
                "finance, with the commissioner",
            )
        ]
    parts: list[Block] = [
        tables.mix(mix, context.library),
        Picture(chart="frontier", caption="The most that each budget can do"),
    ] if mix.parts else []  # fmt: skip
    return [
        Paragraph(text=mix.words),
        *parts,
        Bullets(points=tuple(cost.words for cost in mix.constraints)),
        Paragraph(text=f"What this assumes: {' '.join(mix.assumes)}", tone="note"),
    ]


def comparability(context: Context) -> list[Block]:
    rows = context.projections.comparability
    if not rows or context.projections.focus is None:
        return []
    name = next(
        option.name for option in context.plan.options if option.id == context.projections.focus
    )
    return points(f"How far {name} can be set beside each case study:", comparability_lines(rows))


def comparability_lines(rows: Iterable[CaseStudyComparability]) -> list[str]:
    """How far an option can be set beside each case study, in a sentence each."""
    return [f"Case study {row.number} ({row.name}). {row.words}" for row in rows]
