"""A specification put together from a plan: outline, clauses and worked-out parts. No Word here."""

from __future__ import annotations

import hashlib

from planner.analysis.formatting import Unit, day, format_range, listed, pounds, things_are
from planner.analysis.results.projections import Projections
from planner.analysis.results.results import Results
from planner.documents.context import PARTS, Citations, Context
from planner.documents.sections import annexes as registers
from planner.documents.sections import case_finding, comparison, contract, coverage, need
from planner.documents.sections import decision_record as decision
from planner.documents.sections import governance as group
from planner.documents.sections import local_data as local
from planner.documents.sections import projections as ahead_parts
from planner.documents.sections import provider_selection as selection
from planner.documents.sections.clauses import clauses_of
from planner.model.case_study import Measure
from planner.model.document import Block, HeaderLine, Paragraph, Section, SpecContent, Table
from planner.model.library import OutlineSection, SpecLibrary
from planner.model.plan import Plan
from planner.model.reference import ReferenceData

__all__ = [
    "PARTS",
    "ahead_parts",
    "case_finding",
    "comparison",
    "contract",
    "coverage",
    "decision",
    "group",
    "local",
    "need",
    "plan_hash",
    "registers",
    "selection",
    "specification",
]
CLAUSES = "clauses"


def specification(
    results: Results,
    action: int,
    reference: ReferenceData,
    library: SpecLibrary,
    projections: Projections | None = None,
) -> SpecContent:
    """Everything the Action 3 or the Action 4 document says, in order, for one plan.

    `ahead` is the outlook of the same results, worked out here where it is not at hand. The same plan always gives
    the same content. What the plan lacks is said in its place, with who would
    know. Raises KeyError if an outline names a part that does not exist, or a clause an unknown $name.
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
    outline = library.outline(action, plan.specification.contract_family)
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
        header=_header(plan, action),
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
    if not blocks:
        blocks.append(
            Paragraph(text="Nothing in this plan calls for an entry here; see the sections around it.")
        )
    return Section(
        id=outline.id,
        heading=outline.heading,
        level=1 if level == 1 else 2,
        number=number,
        annex=outline.annex,
        blocks=tuple(blocks),
    )


def _header(plan: Plan, action: int) -> tuple[HeaderLine, ...]:
    spec = plan.specification
    start, end = spec.service_start, spec.service_end
    period = f"{day(start)} to {day(end)}" if start and end else "to be supplied"

    def or_open(value: str) -> str:
        return value or "to be supplied"

    lines = [
        ("Service", or_open(spec.service_name)),
        ("Commissioner lead", or_open(spec.commissioner_lead)),
        ("Date of review", day(spec.review_date) if spec.review_date else "to be supplied"),
        ("Version", or_open(spec.version)),
    ]
    if action == 4:
        lines[1:1] = [("Service specification number", or_open(spec.specification_number))]
        lines[3:3] = [
            ("Provider", or_open(spec.provider)),
            ("Provider lead", or_open(spec.provider_lead)),
            ("Period", period),
            ("Kind of agreement", spec.contract_family.value),
        ]
    else:
        lines[2:2] = [
            ("Executive sponsor", or_open(spec.sponsor)),
            ("Committee", or_open(spec.committee)),
            ("Decision date", day(spec.decision_date) if spec.decision_date else "to be supplied"),
        ]
    if plan.author:
        lines.append(("Author", plan.author))
    if plan.plan_date:
        lines.append(("Date", day(plan.plan_date)))
    return tuple(HeaderLine(label=label, value=value) for label, value in lines)


def _summary(context: Context) -> tuple[Block, ...]:
    results, plan = context.results, context.plan
    need, costed = results.need, results.preferred
    rows = [
        ("Place", f"{results.place_name} ({results.organisation.name})"),
        (
            "Population",
            f"{need.population.value:,} {need.population.basis.label}, {need.population.period} "
            f"({need.population.kind.value})",
        ),
        ("Classes covered", listed([c.label for c in plan.prescribing.included])),
        (
            "People prescribed them",
            f"about {format_range(need.people)} a year (modelled)" if need.people else "not known",
        ),
        (
            "May take up support",
            f"{format_range(need.demand)} a year (modelled)" if need.demand else "not known",
        ),
    ]
    if costed is None:
        rows.append(("Preferred option", "not yet chosen"))
    else:
        rows.append(("Preferred option", costed.name))
        rows.append(
            (
                "Cost a year",
                f"{format_range(costed.annual_cost, Unit.POUNDS)}, {costed.price_year} prices (modelled)",
            )
        )
        rows.append(
            (
                "Cost per head",
                f"{format_range(costed.cost_per_head, Unit.PENCE)} per head of {costed.population_basis} (modelled)",
            )
        )
        if costed.people_supported and costed.cost_per_person:
            rows.append(("People supported", f"{format_range(costed.people_supported)} a year (modelled)"))
            rows.append(
                ("Cost per person", f"{format_range(costed.cost_per_person, Unit.POUNDS)} (modelled)")
            )
    heads = [row for row in results.benchmark.of(Measure.COST_PER_HEAD) if row.published and row.uprated]
    for row in heads:
        if row.published and row.uprated:
            own = costed.cost_per_head_all_ages if costed else None
            rows.append(
                (
                    "Benchmark",
                    f"case study {row.case_study.removeprefix('cs')} ({row.name}): "
                    f"{pounds(row.published.value, 2)} per head published, {pounds(row.uprated.value, 2)} uprated to "
                    f"{results.benchmark.price_year}, over people of all ages"
                    + ("; the only published cost per head" if len(heads) == 1 else "")
                    + (
                        f". On that basis the preferred option is {format_range(own, Unit.PENCE)} (modelled)"
                        if own
                        else ""
                    ),
                )
            )
    purpose = (
        "This paper asks for a decision, and sets out need, options, cost and how change will be led."
        if context.action == 3
        else "This specification says what is to be provided, for whom, to what standard and how it is checked."
    )
    blocks: list[Block] = [
        Paragraph(text=purpose),
        Table(
            caption="At a glance",
            description="The place, its need, the preferred option, its cost and the benchmark.",
            columns=("What", "Figure"),
            rows=tuple(rows),
        ),
        Paragraph(
            text=(
                "Numbers are given as central (low to high). Low and high are scenarios in which everything is "
                "low or everything is high together. A word beside each number says how it came to be. No "
                "payment is linked to anyone stopping a medicine or reducing a dose."
            ),
            tone="note",
        ),
    ]
    if results.missing_inputs:
        first_of_each_step = {gap.where: gap.what for gap in reversed(results.missing_inputs)}
        first = "; ".join(reversed(first_of_each_step.values()))
        led = "It is" if len(results.missing_inputs) == 1 else "First among them"
        blocks.append(
            Paragraph(
                text=(
                    f"Before this is used: {things_are(len(results.missing_inputs))} still missing or left at our default. "
                    f"{led}: {first}. The full list, with who would know, is in an annex."
                ),
                tone="missing",
            )
        )
    return tuple(blocks)
