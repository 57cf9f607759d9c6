"""The parts of a document about what lies ahead: outcomes, how sure they are, years and the mix. Words and tables only."""

from __future__ import annotations

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.economics.outcomes import ClassOutcomes
from planner.analysis.formatting import Unit, about_pounds, format_range, people, percent
from planner.documents.context import NONE_HELD, Context, part, to_be_supplied
from planner.model.document import Block, Bullets, Paragraph, Picture, Table


def _name(row: ClassOutcomes) -> str:
    words = row.medicine_class.label
    return words[0].upper() + words[1:]


def _relapse(row: ClassOutcomes) -> str:
    """What is taken of those who stop and relapse or start again later, or that nothing is known of it."""
    if row.relapse is None:
        return " Relapse or starting again later: not in the evidence that we hold."
    return (
        f" Later, of those who stop: {format_range(row.relapse.values, Unit.PERCENT)}; {row.relapse_words}."
    )


@part
def outcomes_evidence(context: Context) -> list[Block]:
    rows = context.results.outcomes.classes
    return [
        Table(
            caption="What the plan takes from the evidence, as shares of everyone who starts",
            description="For each class the share who stop with support and with usual care, what is added, and the source.",
            columns=("Class", "Stop with support", "With usual care", "Added", "Evidence and its quality"),
            rows=tuple(
                (
                    _name(row),
                    format_range(row.stop.values, Unit.PERCENT),
                    format_range(row.usual.values, Unit.PERCENT) if row.usual else NONE_HELD,
                    format_range(row.net, Unit.PERCENT) if row.net else NONE_HELD,
                    f"{row.title}; {row.design}; {row.quality}; "
                    + context.citations.kind(row.kind, row.source, row.verified),
                )
                for row in rows
            ),
        ),
        Bullets(points=tuple(f"{_name(row)}. {row.because} Harm: {row.harm}{_relapse(row)}" for row in rows)),
    ]


EXPECTED = ("starting", "stopped", "sustained", "additional", "reduced", "medicines")


@part
def outcomes_expected(context: Context) -> list[Block]:
    results = context.results
    rows = []
    for option in results.options:
        cells = [
            format_range(option.measures[name], MEASURES[name].format_unit)
            if name in option.measures
            else NONE_HELD
            for name in EXPECTED
        ]
        rows.append((option.name, *cells))
    if not rows:
        return []
    reasons = dict.fromkeys(results.outcomes.withheld.values())
    return [
        Table(
            caption="What may become of the people who start, in a full year",
            description="For each option people who start, stop, stop without relapse, stop beyond usual care, and reduce; central with low to high.",
            columns=("Option", *(MEASURES[name].heading for name in EXPECTED)),
            rows=tuple(rows),
        ),
        Paragraph(
            text=(
                "All modelled, and of everyone who starts, not of those who finish. Everyone else shows no change or is "
                "not known. Medicines no longer prescribed are not cash and pay for no service."
                + (f" A dash means that it cannot be said: {'; '.join(reasons)}." if reasons else "")
            ),
            tone="note",
        ),
    ]


@part
def outcomes_sure(context: Context) -> list[Block]:
    rendering = context.projections.simulated
    rows = []
    for option in rendering.options:
        per_person, net = option.estimates.get("cost_per_person"), option.estimates.get("cost_per_additional")
        rows.append(
            (
                option.name,
                format_range(per_person.range(), Unit.POUNDS) if per_person else NONE_HELD,
                format_range(net.range(), Unit.POUNDS) if net else NONE_HELD,
                percent(option.chance_of_no_gain, 1) if option.chance_of_no_gain is not None else NONE_HELD,
            )
        )
    if not rows:
        return []
    withheld = [
        f"{option.name}: {option.withheld['cost_per_additional']}"
        for option in rendering.options
        if "cost_per_additional" in option.withheld and option.chance_of_no_gain is not None
    ]
    return [
        Table(
            caption="How sure the cost of outcomes is: mean and 95% interval",
            description="For each option the cost per person supported and per additional person who stops, with intervals.",
            columns=(
                "Option",
                MEASURES["cost_per_person"].label,
                MEASURES["cost_per_additional"].label,
                "Chance that nobody more stops",
            ),
            rows=tuple(rows),
        ),
        Paragraph(
            text=(
                f"{rendering.method}. The mean of a ratio is that of its parts. No measure alone is a reason to choose an option."
                + (f" A cost is withheld for {'; '.join(withheld)}." if withheld else "")
            ),
            tone="note",
        ),
        Picture(chart="draws", caption=f"Options on {rendering.measure_in_words}, with 95% intervals"),
        *_what_matters(context),
    ]


def _what_matters(context: Context) -> list[Block]:
    result = context.projections.sensitivity
    if result is None:
        return []
    crossing = tuple(t.words for t in context.projections.thresholds if t.crossings)
    blocks: list[Block] = [
        Paragraph(text=result.finding),
        Picture(chart="tornado", caption=f"What each assumption alone does to the {result.measure_in_words}"),
    ]
    if crossing:
        blocks += [Paragraph(text="Where one option overtakes another:"), Bullets(points=crossing)]
    return blocks


@part
def years_table(context: Context) -> list[Block]:
    years = context.projections.years_of(context.plan.preferred_option)
    if years is None:
        return []
    budget = context.plan.pricing.budget is not None
    return [
        Paragraph(text=years.finding),
        Table(
            caption=f"{years.name}: cash in each year, then present value",
            description="For each year staff in post, cash, present value, people supported and waiting, and budget less cash.",
            columns=("Year", "Staff in post", "Cash", "Present value", "People supported", "Waiting at its end",
                     *(["Budget less cash"] if budget else [])),
            rows=tuple(
                (
                    row.in_words,
                    percent(row.staffed),
                    format_range(row.cash, Unit.POUNDS),
                    about_pounds(row.present),
                    people(row.supported) if row.supported is not None else NONE_HELD,
                    people(row.waiting) if row.waiting is not None else NONE_HELD,
                    *([row.balance_in_words] if budget else []),
                )
                for row in years.rows
            ),
        ),
        Paragraph(text=" ".join(years.assumes), tone="note"),
        Picture(chart="years", caption="Cash in each year, central with low to high"),
    ]  # fmt: skip


@part
def best_mix(context: Context) -> list[Block]:
    mix = context.projections.mix
    if mix is None:
        return [
            to_be_supplied(
                f"the best mix: {context.projections.mix_missing_because}", "finance, with the commissioner"
            )
        ]
    blocks: list[Block] = [Paragraph(text=mix.words)]
    if mix.parts:
        blocks.append(
            Table(
                caption="The mix of options that does most within the budget",
                description="Each option in the mix, how much of it, its cost a year and the people it supports.",
                columns=("Option", "Of its full size", "Cost a year", "People supported"),
                rows=tuple(
                    (row.name, percent(row.size), about_pounds(row.cost), people(row.supported))
                    for row in mix.parts
                ),
            )
        )
        blocks.append(Picture(chart="frontier", caption="The most that each budget can do"))
    blocks.append(Bullets(points=tuple(cost.words for cost in mix.constraints)))
    blocks.append(Paragraph(text=f"What this assumes: {' '.join(mix.assumes)}", tone="note"))
    return blocks


@part
def comparability(context: Context) -> list[Block]:
    rows = context.projections.comparability
    if not rows or context.projections.focus is None:
        return []
    name = next(option.name for option in context.plan.options if option.id == context.projections.focus)
    return [
        Paragraph(text=f"How far {name} can be set beside each case study:"),
        Bullets(
            points=tuple(
                f"Case study {row.case_study.removeprefix('cs')} ({row.name}). {row.words}" for row in rows
            )
        ),
    ]
