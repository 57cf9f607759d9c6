"""The registers at the end of a document: assumptions, requirements, what is missing, sources."""

from __future__ import annotations

from planner.analysis.formatting import Unit, format_range, listed, percent, rounded
from planner.documents import tables
from planner.documents.context import NONE_HELD, Context, first_year, points
from planner.model.base import Range
from planner.model.document import Block, Paragraph
from planner.model.figures import Kind
from planner.model.outcomes import Horizon
from planner.model.service import ServiceOption

HORIZON = (
    ("pay_growth", "Growth of pay a year"),
    ("price_growth", "Growth of other prices a year"),
    ("discount_rate", "Discount rate"),
)


def _same(value: float | None) -> Range | None:
    return None if value is None else Range(low=value, central=value, high=value)


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
    plan = context.plan
    entered = {
        name
        for name in ("pay_growth", "price_growth", "discount_rate")
        if getattr(plan.horizon, name) is not None
    }
    entered |= {"starting_share"} if plan.outcomes.starting_share else set()
    entered |= {"uptake_success_correlation"} if plan.simulation.correlation is not None else set()
    for figure_id in (
        "local_variation_low",
        "local_variation_high",
        "hours_a_year",
        "hours_a_year_medical",
        "other_cost_spread",
        "uptake_success_correlation",
        "starting_share",
        "discount_rate",
        "pay_growth",
        "price_growth",
    ):
        if figure_id in entered:
            continue
        figure = reference.assumption(figure_id)
        title = reference.source_title(figure.source)
        value = figure.value or 0.0
        rows.append(
            (
                figure.label,
                f"{rounded(value, 3 if abs(value) < 0.1 else 2 if value < 10 else 0)} {figure.unit}",
                context.citations.kind(figure.kind, f"{title}, {figure.section}", figure.verified),
                " ".join(figure.cautions) or NONE_HELD,
            )
        )
    for name, entry, source in (
        ("Share of people supported who start", plan.outcomes.starting_share, ""),
        (
            "Share of people who stopped and relapse or start again later",
            plan.outcomes.relapse,
            plan.outcomes.relapse_source,
        ),
        *((label, _same(getattr(plan.horizon, name)), "") for name, label in HORIZON if name in entered),
        ("How uptake and the share who stop move together", _same(plan.simulation.correlation), ""),
    ):
        if entry is not None:
            unit = Unit.RATE if name.startswith("How") else Unit.PERCENT
            given = context.citations.kind(Kind.ENTERED, source or "entered in this plan, source not given")
            rows.append((name, format_range(entry, unit), given, NONE_HELD))
    option = context.plan.preferred
    if option is not None:
        rows.append(
            (
                "Overheads on pay",
                format_range(option.overhead, Unit.PERCENT),
                "assumed or entered",
                f"Mode: {option.overhead_mode}.",
            )
        )
        ours = ServiceOption.model_fields["hours_per_person"].default
        figure = reference.assumption("hours_per_person")
        changed = option.hours_per_person != ours
        rows.append(
            (
                "Staff hours for each person",
                format_range(option.hours_per_person, Unit.HOURS),
                (Kind.ENTERED if changed else Kind.ASSUMED).value,
                NONE_HELD if changed else figure.cautions[0],
            )
        )
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
    requirements = {r.id: r for r in context.reference.framework.requirements}
    rows = tuple(
        (requirement_id, requirements[requirement_id].asks, listed(list(dict.fromkeys(where))))
        for requirement_id, where in sorted(
            context.where_met.items(), key=lambda item: list(requirements).index(item[0])
        )
    )
    return [
        *points(
            "What the five actions ask, in short:",
            (
                f"Action {action.number}, {action.title}: {action.in_short}"
                for action in context.reference.framework.actions
            ),
        ),
        context.table("annexes.requirements.table", rows, met=str(len(rows)), all=str(len(requirements))),
        Paragraph(text=context.text("annexes.requirements.others"), tone="note"),
    ]


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
    source = context.citations.number(reference.chemicals[0].source)
    return [context.table("annexes.definitions.table", rows, source=source)]


def template_map(context: Context) -> list[Block]:
    rows = ((s.heading, s.older) for s in context.library.outline(4).all_sections() if s.older)
    return [context.table("annexes.older.table", rows)]


def gaps_table(context: Context) -> list[Block]:
    result = context.results.missing_inputs
    if not result:
        return [Paragraph(text=context.text("annexes.missing.none"))]
    return [tables.missing_inputs(result, context.library).without("Step")]


def sources(context: Context) -> list[Block]:
    framework = context.reference.framework.source
    context.citations.number(framework.title)
    rows = ((f"[{n}]", title) for n, title in enumerate(context.citations.titles, start=1))
    return [context.table("annexes.sources.table", rows)]
