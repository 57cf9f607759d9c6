"""A document put together from a plan: outline, clauses and worked-out parts. No Word here."""

from collections.abc import Callable
from datetime import date

from planner.analysis.formatting import day
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.context import Context, contact, context_for, plan_hash
from planner.documents.sections import (
    annexes,
    case_finding,
    comparison,
    contract,
    decision_record,
    governance,
    need,
    paper,
    paper_delivery,
    paper_options,
    public_summary,
    working_note,
)
from planner.documents.sections import clauses as clause_parts
from planner.documents.sections import projections as projection_parts
from planner.documents.sections.clauses import clauses_of
from planner.model.document import Block, HeaderLine, Section, SpecContent
from planner.model.library import MAIN, Outline, OutlineSection, SpecLibrary
from planner.model.plan import Plan, Stage
from planner.model.reference import ReferenceData

CLAUSES = "clauses"
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
        comparison.main_findings,
        comparison.benchmark_here,
        comparison.benchmark_costs,
        comparison.benchmark_outcomes,
        comparison.benchmark_cautions,
        comparison.options_table,
        comparison.options_described,
        comparison.preferred_option,
        comparison.evidence_table,
        projection_parts.outcomes_evidence,
        projection_parts.outcomes_expected,
        projection_parts.outcomes_sure,
        projection_parts.years_table,
        projection_parts.named_scenarios,
        projection_parts.worth_finding_out,
        projection_parts.price_ceiling,
        projection_parts.equal_sizes,
        projection_parts.best_mix,
        paper.recommendation,
        paper.still_open,
        paper.paper_summary,
        paper.case_for_change,
        paper.people_involved,
        paper.what_exists,
        paper_options.options_considered,
        paper_options.why_not_others,
        paper_options.benchmark_in_brief,
        paper_options.planning_figure,
        paper_delivery.finance_by_year,
        paper_delivery.delivery,
        paper_delivery.scored_risks,
        paper_delivery.assurance,
        governance.members_table,
        governance.workplan_table,
        governance.raci_table,
        governance.other_risks,
        governance.decision_log,
        contract.acceptance,
        contract.activity_assumptions,
        contract.data_set,
        contract.directory_table,
        contract.hours_that_do_not_fit,
        contract.indicators_table,
        contract.staffing_table,
        contract.reduced_service,
        contract.activity_table,
        contract.price_table,
        contract.quality_requirements,
        contract.inequality_plan,
        decision_record.equality_numbers,
        decision_record.equality_prompts,
        decision_record.screening_record,
        decision_record.involvement_record,
        decision_record.decision_state,
        decision_record.agreement_facts,
        decision_record.recalled_facts,
        decision_record.stages_table,
        decision_record.bodies_table,
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
        case_finding.safety_warnings,
        case_finding.resources_named,
        clause_parts.features_to_ask,
        clause_parts.local_wording,
        annexes.assumptions_table,
        annexes.definitions_table,
        annexes.template_map,
        working_note.what_is_missing,
        working_note.committee_questions,
        working_note.where_schedules_go,
        working_note.before_publishing,
        public_summary.public_why,
        public_summary.public_plan,
        annexes.sources,
        annexes.method_note,
    )
}
"""Every worked-out part that an outline may name."""


def specification(
    results: Results,
    of: int | str,
    reference: ReferenceData,
    library: SpecLibrary,
    projections: Projections | None = None,
) -> SpecContent:
    """Everything one document says, in order, for one plan: by its name, or the main one of an
    action.

    `projections` are those of the same results, worked out here where they are not at hand. The
    same plan always gives the same content. What the plan lacks is said in its place, with who
    would know. Raises KeyError for a document that is not known, or if an outline names a part that
    does not exist, or a clause an unknown $name.
    """
    context = context_for(of, results, reference, library, projections)
    plan, outline = results.plan, context.outline
    sections: list[Section] = []
    number = 0
    for upper in outline.sections:
        first = _section(upper, 1, str(number + 1), context)
        # In a numbered document a heading counts on from the paragraphs that stand before it.
        place = first.numbered if outline.numbered else 0
        below = []
        for lower in upper.sections:
            one = _section(lower, 2, f"{number + 1}.{place + 1}", context)
            if one.blocks:
                below.append(one)
                place += 1
        if first.blocks or below:
            number += 1
            sections += [first, *below]
    is_paper = outline.name == MAIN[3]
    version = plan.specification.version
    dated = f" · {day(plan.plan_date)}" if plan.plan_date else ""
    drafted = is_paper and paper.is_draft(context)
    return SpecContent(
        name=outline.name,
        title=f"{paper.WORKING_DRAFT}: {outline.title}" if drafted else outline.title,
        subtitle=outline.subtitle,
        organisation=results.organisation.name,
        # Its version stands at the foot of every page.
        status="DRAFT",
        header=(
            *(paper.cover(context) if is_paper else _header(plan, outline)),
            _other_formats(context),
        )
        if is_paper or outline.header
        else (),
        print=outline.print,
        contents=outline.contents,
        numbered=outline.numbered,
        sections=tuple(sections),
        footer=f"Draft {version or 'not numbered'}{dated}",
        identifier=plan_hash(plan),
        author=plan.author or results.organisation.name,
        keywords="prescribed medicines; dependence; withdrawal; service specification; PR1103",
    )


def _section(outline: OutlineSection, level: int, number: str, context: Context) -> Section:
    blocks: list[Block] = []
    idle = outline.commissions and context.option is not None and context.option.is_do_nothing
    stands = context.spec.stage in (outline.stages or Stage) and not idle
    for name in outline.blocks if stands else ():
        blocks += clauses_of(outline, context) if name == CLAUSES else PARTS[name](context)
    return Section(
        id=outline.id,
        heading=outline.heading,
        level=1 if level == 1 else 2,
        number=number,
        blocks=tuple(blocks),
    )


def _other_formats(context: Context) -> HeaderLine:
    """In what other formats the document can be had, and whom to ask."""
    return HeaderLine(
        label=context.text("public.formats.label"),
        value=context.text(
            "public.formats.value",
            whom=contact(context) or context.text("public.formats.missing"),
        ),
    )


def _header(plan: Plan, outline: Outline) -> tuple[HeaderLine, ...]:
    """The lines of the header, each saying what is still to be supplied; author and date only where
    they are given, and not in a schedule, which goes with the specification."""

    def entry(field: str) -> str:
        value = getattr(plan.specification, field)
        return day(value) if isinstance(value, date) else str(value or "")

    values = {label: [entry(field) for field in fields] for label, fields in outline.header.items()}
    lines = {label: " to ".join(v) if all(v) else "to be supplied" for label, v in values.items()}
    if plan.author and not outline.folder:
        lines["Author"] = plan.author
    if plan.plan_date and not outline.folder:
        lines["Date"] = day(plan.plan_date)
    return tuple(HeaderLine(label=label, value=value) for label, value in lines.items())
