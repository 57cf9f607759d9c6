"""What the first page of the paper says in one table."""

from collections.abc import Iterator

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.formatting import Unit, format_range, listed, pounds, things_are
from planner.documents.context import Context
from planner.documents.tables import marked, measure_shown
from planner.model.case_study import Measure
from planner.model.document import Block

AT_A_GLANCE = (
    "annual_cost", "cost_with_practices", "cost_per_head", "written", "cost_per_written",
    "people_assessed", "cost_per_assessed", "people_starting", "cost_per_start", "waiting",
)  # fmt: skip
"""What the first page says of the preferred option, as far as its kind of offer has it."""


def at_a_glance(context: Context) -> list[Block]:
    """Need, the preferred option and the benchmark in one table, and what is missing."""
    missing = context.results.missing_inputs
    first_of_each_step = {gap.where: gap.what for gap in reversed(missing)}
    return [
        context.table(
            "summary.glance.table",
            (*_of_need(context), *_of_preferred(context), *_of_benchmark(context)),
        ),
        *context.say("summary.note.ranges", "note"),
        *context.say(
            "summary.note.missing",
            "missing",
            missing,
            things=things_are(len(missing)),
            led="It is" if len(missing) == 1 else "First among them",
            first="; ".join(reversed(first_of_each_step.values())),
        ),
    ]


def _of_need(context: Context) -> tuple[tuple[str, str], ...]:
    results, need = context.results, context.results.need
    population = need.population
    return (
        ("Place", f"{results.place_name} ({results.organisation.name})"),
        (
            "Population",
            f"{population.value:,} {population.basis.label}, {population.period} "
            f"({population.kind.value})",
        ),
        ("Classes covered", listed([c.label for c in context.plan.prescribing.included])),
        (
            "People prescribed them",
            f"about {marked(format_range(need.people), 'people' in need.medians)} a year (modelled)"
            if need.people
            else "not known",
        ),
        (
            context.text("summary.glance.demand"),
            context.text(
                "summary.glance.referred",
                people=marked(format_range(need.demand), "demand" in need.medians),
            )
            if need.demand
            else "not known",
        ),
    )


def _of_preferred(context: Context) -> Iterator[tuple[str, str]]:
    costed = context.results.preferred
    yield "Preferred option", costed.name if costed else "not yet chosen"
    if costed is None:
        return
    ends = {
        "annual_cost": f", {costed.price_year} prices (modelled)",
        "cost_per_head": f" over {costed.population_basis} (modelled)",
    }
    yield from (
        (MEASURES[name].label, measure_shown(costed, name) + ends.get(name, " (modelled)"))
        for name in AT_A_GLANCE
        if name in costed.measures
    )


def _of_benchmark(context: Context) -> Iterator[tuple[str, str]]:
    """Each published cost per head beside the preferred option's on the same basis."""
    benchmark, costed = context.results.benchmark, context.results.preferred
    own = costed.cost_per_head_all_ages if costed else None
    heads = [row for row in benchmark.of(Measure.COST_PER_HEAD) if row.published]
    for row in heads:
        if row.published and row.uprated:
            yield (
                "Benchmark",
                context.text(
                    "summary.glance.benchmark",
                    number=row.number,
                    name=row.name,
                    published=pounds(row.published.value, 2),
                    uprated=pounds(row.uprated.value, 2),
                    year=benchmark.price_year,
                    only=context.text("summary.glance.only") if len(heads) == 1 else "",
                    own=context.text("summary.glance.own", cost=format_range(own, Unit.PENCE))
                    if own
                    else "",
                ),
            )
