"""The registers at the end of a document: assumptions, requirements, what is missing, sources."""

from __future__ import annotations

from typing import Any

from planner.analysis.calculation.inputs import INPUTS, Input, value_at_path
from planner.analysis.formatting import Unit, format_range, listed, lower_first, percent, rounded
from planner.documents.context import NONE_HELD, Context, first_year, part
from planner.model.base import as_range
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.figures import Kind
from planner.model.outcomes import Horizon
from planner.model.reference import ReferenceData
from planner.model.service import ServiceOption

Row = tuple[str, str, str, str]


def _default_or_entered(item: Input, context: Context) -> list[Row]:
    """An input as the plan has it, or each figure of ours that it rests on."""
    plan, reference = context.plan, context.reference
    entered = item.value(plan)
    if entered is not None:
        source = str(value_at_path(plan, item.source)) if item.source else ""
        given = context.citations.kind(Kind.ENTERED, source or "entered in this plan, source not given")
        return [(item.label, format_range(as_range(entered), item.format), given, NONE_HELD)]
    rows = []
    for figure in map(reference.assumption, item.figures):
        title, value = reference.source_title(figure.source), figure.value or 0.0
        rows.append(
            (
                item.label if item.default == (figure.id,) else figure.label,
                f"{rounded(value, 3 if abs(value) < 0.1 else 2 if value < 10 else 0)} {figure.unit}",
                context.citations.kind(figure.kind, f"{title}, {figure.section}", figure.verified),
                " ".join(figure.cautions) or NONE_HELD,
            )
        )
    return rows


def _of_option(option: ServiceOption, reference: ReferenceData) -> list[Row]:
    """What is drawn of the preferred option, as it stands in the plan."""
    rows = []
    for item in (item for item in INPUTS if item.listed == "option"):
        owners: list[tuple[str, Any]] = [(item.label, option)]
        if item.scope == "role":
            owners = [(f"{post.title}, {lower_first(item.label)}", post) for post in option.posts]
        for label, owner in owners:
            values = getattr(owner, item.field)
            ours = values == type(owner).model_fields[item.field].default
            kind, caution = (Kind.ASSUMED if ours else Kind.ENTERED).value, NONE_HELD
            if item.field == "overhead":
                kind, caution = "assumed or entered", f"Mode: {option.overhead_mode}."
            elif ours and item.default:
                caution = reference.assumption(item.default[0]).cautions[0]
            if values is not None:
                rows.append((label, format_range(values, item.format), kind, caution))
    return rows


@part
def assumptions_table(context: Context) -> list[Block]:
    """Everything in use that is assumed or modelled, or is our default, in one register."""
    results, reference = context.results, context.reference
    rows = [
        (
            item.name[0].upper() + item.name[1:],
            format_range(item.values, Unit.PERCENT if item.unit == "share" else Unit.RATE),
            context.citations.kind(item.kind, item.source, item.verified),
            " ".join(item.cautions) or NONE_HELD,
        )
        for item in (*results.need.inputs, *(row.long_term_share for row in results.need.classes))
    ]
    rows += [row for item in INPUTS if item.listed == "default" for row in _default_or_entered(item, context)]
    if context.plan.preferred is not None:
        rows += _of_option(context.plan.preferred, reference)
    rows.append(
        (
            "Build-up of activity in year 1",
            listed([percent(q) for q in first_year(context.plan)]) + " of a full year by quarter",
            "entered" if context.plan.horizon != Horizon() else "assumed",
            "From the recruitment and staff in post of the Years step; to be agreed with the provider.",
        )
    )
    blocks: list[Block] = [
        Table(
            caption="Assumptions in use",
            description="Each assumption with its value, kind and source, and caution.",
            columns=("Assumption", "Value", "Kind and source", "Caution"),
            rows=tuple(rows),
        )
    ]
    if results.alerts:
        blocks.append(Paragraph(text="Take care:"))
        blocks.append(Bullets(points=tuple(alert.text for alert in results.alerts)))
    return blocks


@part
def requirements_table(context: Context) -> list[Block]:
    """Requirements of the framework that the clauses in this document meet, and where."""
    requirements = {r.id: r for r in context.reference.framework.requirements}
    rows = tuple(
        (requirement_id, requirements[requirement_id].asks, listed(list(dict.fromkeys(where))))
        for requirement_id, where in sorted(
            context.where_met.items(), key=lambda item: list(requirements).index(item[0])
        )
    )
    return [
        Paragraph(text="What the five actions ask, in short:"),
        Bullets(
            points=tuple(
                f"Action {action.number}, {action.title}: {action.in_short}"
                for action in context.reference.framework.actions
            )
        ),
        Table(
            caption=f"What the framework asks and where this document answers ({len(rows)} of {len(requirements)})",
            description="Each requirement met by a passage of this document, in our words, and its section.",
            columns=("Requirement", "What it asks, in our words", "Where"),
            rows=rows,
        ),
        Paragraph(
            text="Requirements not listed are for the companion document, or for other work of the board.",
            tone="note",
        ),
    ]


@part
def definitions_table(context: Context) -> list[Block]:
    """The five classes by chemical substance, and what looks like them and is left out."""
    reference = context.reference
    rows = tuple(
        (
            c.label[0].upper() + c.label[1:],
            listed([f"{x.name} ({x.bnf_code})" for x in reference.chemicals if x.medicine_class is c]),
            listed([f"{x.name} ({x.bnf_code})" for x in reference.near_misses if x.nearest_class is c])
            or NONE_HELD,
        )
        for c in context.plan.prescribing.included
    )
    return [
        Table(
            caption=f"What is counted in each class {context.citations.number(reference.chemicals[0].source)}",
            description="Each class with the chemical substances in it and those near it that are left out, by BNF code.",
            columns=("Class", "In, with BNF code", "Near it and left out"),
            rows=rows,
        )
    ]


@part
def template_map(context: Context) -> list[Block]:
    outline = context.library.outline(4)
    return [
        Table(
            caption="Where each part goes in the older template",
            description="Each section of this document and the heading of the older template it belongs under.",
            columns=("Section here", "Older template"),
            rows=tuple((s.heading, s.older) for s in outline.all_sections() if s.older),
        )
    ]


@part
def gaps_table(context: Context) -> list[Block]:
    result = context.results.missing_inputs
    if not result:
        return [Paragraph(text="Nothing that the planner asks for is missing.")]
    return [
        Table(
            caption=f"Still missing: {len(result)}",
            description="Each thing still missing, why it matters and who would know.",
            columns=("What", "Why it matters", "Who would know"),
            rows=tuple((gap.what[0].upper() + gap.what[1:], gap.why, gap.who) for gap in result),
        )
    ]


@part
def sources(context: Context) -> list[Block]:
    framework = context.reference.framework.source
    context.citations.number(framework.title)
    return [
        Table(
            caption="Sources",
            description="Each source by its number in the text.",
            columns=("Number", "Source"),
            rows=tuple((f"[{n}]", title) for n, title in enumerate(context.citations.titles, start=1)),
        )
    ]
