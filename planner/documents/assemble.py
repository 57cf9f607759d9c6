"""A specification put together from a plan: outline, clauses and worked-out parts. No Word here."""

import hashlib
from collections.abc import Callable, Iterator
from datetime import date

from planner.analysis.calculation.measures import MEASURES
from planner.analysis.formatting import Unit, day, format_range, listed, pounds, things_are
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.context import Citations, Context
from planner.documents.sections import (
    annexes,
    case_finding,
    comparison,
    contract,
    decision_record,
    governance,
    need,
)
from planner.documents.sections import clauses as clause_parts
from planner.documents.sections import projections as projection_parts
from planner.documents.sections.clauses import clauses_of
from planner.documents.tables import marked, measure_shown
from planner.model.case_study import Measure
from planner.model.document import Block, HeaderLine, Paragraph, Section, SpecContent
from planner.model.library import Outline, OutlineSection, SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData

CLAUSES = "clauses"
AT_A_GLANCE = (
    "annual_cost", "cost_with_practices", "cost_per_head", "written", "cost_per_written",
    "people_assessed", "cost_per_assessed", "people_starting", "cost_per_start", "waiting",
)  # fmt: skip
"""What the first page says of the preferred option, as far as its kind of offer has it."""
PARTS: dict[str, Callable[[Context], list[Block]]] = {
    part.__name__: part
    for part in (
        need.population_table,
        need.prescribing_table,
        need.need_chart,
        need.long_term_table,
        need.high_dose,
        need.combined_use,
        need.deprivation_chart,
        need.inequality_findings,
        need.inequality_table,
        need.groups,
        need.demand_table,
        need.inequality_rates,
        need.standardised_table,
        need.group_findings,
        need.trend_findings,
        need.places_findings,
        need.imports_table,
        comparison.benchmark_here,
        comparison.benchmark_costs,
        comparison.benchmark_chart,
        comparison.benchmark_outcomes,
        comparison.benchmark_cautions,
        comparison.options_table,
        comparison.options_chart,
        comparison.options_described,
        comparison.preferred_option,
        comparison.where_it_loses,
        comparison.evidence_table,
        projection_parts.outcomes_evidence,
        projection_parts.outcomes_expected,
        projection_parts.outcomes_sure,
        projection_parts.years_table,
        projection_parts.named_scenarios,
        projection_parts.worth_finding_out,
        projection_parts.equal_sizes,
        projection_parts.best_mix,
        projection_parts.comparability,
        governance.decision,
        governance.engagement_table,
        governance.members_table,
        governance.workplan_table,
        governance.raci_table,
        governance.finance_table,
        governance.risks_table,
        governance.attachments_table,
        governance.decision_log,
        contract.directory_table,
        contract.indicators_table,
        contract.staffing_table,
        contract.activity_table,
        contract.price_table,
        contract.quality_requirements,
        contract.inequality_plan,
        decision_record.equality_numbers,
        decision_record.equality_prompts,
        decision_record.equality_actions,
        decision_record.screening_record,
        decision_record.screening_outcome,
        decision_record.involvement_record,
        decision_record.decision_state,
        decision_record.selection_record,
        decision_record.key_criteria,
        decision_record.selection_duties,
        case_finding.search_table,
        case_finding.dose_thresholds,
        case_finding.risk_searches,
        case_finding.handling_table,
        case_finding.not_seen_table,
        case_finding.priority_table,
        case_finding.review_record,
        case_finding.audit_sheet,
        clause_parts.coverage_matrix,
        clause_parts.local_wording,
        annexes.assumptions_table,
        annexes.requirements_table,
        annexes.definitions_table,
        annexes.template_map,
        annexes.gaps_table,
        annexes.sources,
    )
}
"""Every worked-out part that an outline may name."""


def specification(
    results: Results,
    action: int,
    reference: ReferenceData,
    library: SpecLibrary,
    projections: Projections | None = None,
) -> SpecContent:
    """Everything the Action 3 or the Action 4 document says, in order, for one plan.

    `ahead` is the outlook of the same results, worked out here where it is not at hand. The same
    plan always gives the same content. What the plan lacks is said in its place, with who would
    know. Raises KeyError if an outline names a part that does not exist, or a clause an unknown
    $name.
    """
    context = Context(
        action=action,
        results=results,
        reference=reference,
        library=library,
        citations=Citations(),
        projections=projections or Projections(results, reference),
    )
    plan = results.plan
    outline = library.outline(action, plan.specification.contract_type)
    sections: list[Section] = []
    number, letter = 0, 0
    for upper in outline.sections:
        if upper.annex:
            label, letter = chr(ord("A") + letter), letter + 1
        else:
            number += 1
            label = str(number)
        sections.append(_section(upper, 1, label, context))
        for place, lower in enumerate(upper.sections, start=1):
            sections.append(_section(lower, 2, f"{label}.{place}", context))
    service = plan.specification.service_name
    return SpecContent(
        action=outline.action,
        title=f"{outline.title}: {service}" if service else outline.title,
        subtitle=outline.subtitle,
        organisation=results.organisation.name,
        status=f"DRAFT, version {plan.specification.version or 'not numbered'}",
        header=_header(plan, outline),
        summary=_summary(context),
        sections=tuple(sections),
        footer=f"Draft {plan.specification.version} · plan {plan_hash(plan)}",
        author=plan.author or results.organisation.name,
        keywords="prescribed medicines; dependence; withdrawal; service specification; PR1103",
        meets=tuple(sorted(context.where_met)),
    )


def plan_hash(plan: Plan) -> str:
    """Twelve characters that change whenever anything in the plan does."""
    return hashlib.sha256(plan.model_dump_json().encode()).hexdigest()[:12]


def _section(outline: OutlineSection, level: int, number: str, context: Context) -> Section:
    blocks: list[Block] = []
    for name in outline.blocks:
        blocks += clauses_of(outline, context) if name == CLAUSES else PARTS[name](context)
    return Section(
        id=outline.id,
        heading=outline.heading,
        level=1 if level == 1 else 2,
        number=number,
        annex=outline.annex,
        blocks=tuple(blocks or context.say("summary.empty.section")),
    )


def _header(plan: Plan, outline: Outline) -> tuple[HeaderLine, ...]:
    """The lines of the header, each saying what is still to be supplied; author and date only where
    they are given."""

    def entry(field: str) -> str:
        value = getattr(plan.specification, field)
        return day(value) if isinstance(value, date) else str(value or "")

    values = {label: [entry(field) for field in fields] for label, fields in outline.header.items()}
    lines = {label: " to ".join(v) if all(v) else "to be supplied" for label, v in values.items()}
    if plan.author:
        lines["Author"] = plan.author
    if plan.plan_date:
        lines["Date"] = day(plan.plan_date)
    return tuple(HeaderLine(label=label, value=value) for label, value in lines.items())


def _summary(context: Context) -> tuple[Block, ...]:
    missing = context.results.missing_inputs
    first_of_each_step = {gap.where: gap.what for gap in reversed(missing)}
    return (
        Paragraph(text=context.outline.purpose),
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
    )


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
