"""The registers at the end of a document: assumptions, requirements, what is missing, sources."""

from typing import Any

from planner.analysis.calculation.inputs import BY_KEY, INPUTS, Input
from planner.analysis.formatting import (
    Unit,
    by_strength,
    format_range,
    listed,
    lower_first,
    percent,
    rounded,
)
from planner.documents import tables
from planner.documents.context import Context, first_year, points
from planner.model.base import as_range
from planner.model.document import DASH, Block, Paragraph
from planner.model.edit import value_at
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
        source = str(value_at(plan, item.source)) if item.source else ""
        given = context.citations.kind(
            Kind.ENTERED, source or "entered in this plan, source not given"
        )
        return [(item.label, format_range(as_range(entered), item.format), given, DASH)]
    rows = []
    for figure in map(reference.assumption, item.figures):
        title, value = reference.source_title(figure.source), figure.value or 0.0
        rows.append(
            (
                item.label if item.default == (figure.id,) else figure.label,
                f"{rounded(value, 3 if abs(value) < 0.1 else 2 if value < 10 else 0)} "
                f"{figure.unit}",
                context.citations.kind(figure.kind, f"{title}, {figure.section}", figure.verified),
                " ".join(figure.cautions) or DASH,
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
            kind, caution = (Kind.ASSUMED if ours else Kind.ENTERED).value, DASH
            if item.field == "overhead":
                kind, caution = "assumed or entered", f"Mode: {option.overhead_mode}."
            elif ours and item.default:
                caution = reference.assumption(item.default[0]).cautions[0]
            if values is not None:
                rows.append((label, format_range(values, item.format), kind, caution))
    return rows


def assumptions_table(context: Context) -> list[Block]:
    """Everything in use that is assumed or modelled, or is our default, in one register."""
    results, reference = context.results, context.reference
    rows = [
        (
            item.name[0].upper() + item.name[1:],
            format_range(item.values, Unit.PERCENT if item.unit == "share" else Unit.RATE),
            context.citations.kind(item.kind, item.source, item.verified),
            " ".join(item.cautions) or DASH,
        )
        for item in (
            *results.need.inputs,
            *(
                given
                for row in results.need.classes
                for key, given in row.given.items()
                if BY_KEY[key].listed == "in use"
            ),
        )
    ]
    rows += [
        row
        for item in INPUTS
        if item.listed == "default"
        for row in _default_or_entered(item, context)
    ]
    if context.plan.preferred is not None:
        rows += _of_option(context.plan.preferred, reference)
    rows.append(
        (
            "Build-up of activity in year 1",
            listed([percent(q) for q in first_year(context.plan)]) + " of a full year by quarter",
            "entered" if context.plan.horizon != Horizon() else "assumed",
            context.text("annexes.assumptions.build_up"),
        )
    )
    return [
        context.table("annexes.assumptions.table", rows),
        *points("Take care:", (alert.text for alert in results.alerts)),
    ]


def requirements_table(context: Context) -> list[Block]:
    """Requirements of the framework that the clauses in this document meet, and where."""
    framework = context.reference.framework
    met = [one for one in framework.requirements if one.id in context.where_met]
    rows = tuple(
        (one.id, one.asked_of, one.asks, listed(list(dict.fromkeys(context.where_met[one.id]))))
        for one in met
    )
    return [
        *points(
            "What the framework asks, in short:",
            (f"{part.name}. {part.in_short}" for part in framework.parts),
        ),
        context.table(
            "annexes.requirements.table",
            rows,
            met=by_strength(
                (r.strength for r in framework.requirements), (r.strength for r in met)
            ),
        ),
        Paragraph(text=context.text("annexes.requirements.others"), tone="note"),
    ]


def definitions_table(context: Context) -> list[Block]:
    """The five classes by chemical substance, and what looks like them and is left out."""
    reference = context.reference
    return [
        context.table(
            "annexes.definitions.table",
            tuple(
                (
                    c.label[0].upper() + c.label[1:],
                    listed(
                        [
                            f"{x.name} ({x.bnf_code})"
                            for x in reference.chemicals
                            if x.medicine_class is c
                        ]
                    ),
                    listed(
                        [
                            f"{x.name} ({x.bnf_code})"
                            for x in reference.near_misses
                            if x.nearest_class is c
                        ]
                    )
                    or DASH,
                )
                for c in context.plan.prescribing.included
            ),
            source=context.citations.number(reference.chemicals[0].source),
        )
    ]


def template_map(context: Context) -> list[Block]:
    return [
        context.table(
            "annexes.older.table",
            ((s.heading, s.older) for s in context.library.outline(4).all_sections() if s.older),
        )
    ]


def gaps_table(context: Context) -> list[Block]:
    result = context.results.missing_inputs
    if not result:
        return [Paragraph(text=context.text("annexes.missing.none"))]
    return [tables.missing_inputs(result, context.library).without("Step")]


def sources(context: Context) -> list[Block]:
    context.citations.number(context.reference.framework.source.title)
    return [
        context.table(
            "annexes.sources.table",
            ((f"[{n}]", title) for n, title in enumerate(context.citations.titles, start=1)),
        ),
        Paragraph(
            text=context.text(
                "annexes.sources.made_with", versions=context.reference.versions.label
            ),
            tone="note",
        ),
    ]
