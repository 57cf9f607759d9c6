"""The parts of a document that say who is looked for, in what order, and what is audited. Words and tables only."""

from collections.abc import Callable, Iterable

from planner.analysis.formatting import capital, listed
from planner.documents.case_finding import (
    AuditRow,
    Criteria,
    audit_rows,
    criteria,
    filled,
    said_of,
    tiers,
)
from planner.documents.context import Context
from planner.model.case_finding import CaseFinding, Point
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.framework import RequirementId
from planner.model.prescribing import MedicineClass

TO_FILL = "to fill in"
NO_EXCEPTIONS = "none"
ROUND = (
    "Practice or network",
    "Months covered",
    "Date of the searches",
    "Led by (role)",
    "Learned, and to be tried next",
)


def _content(context: Context) -> CaseFinding:
    return context.library.case_finding


def _criteria(context: Context) -> Criteria:
    return criteria(context.plan, context.reference, _content(context))


def _credit(
    context: Context, maker: Callable[[Context], list[Block]], meets: tuple[RequirementId, ...]
) -> None:
    """Say that a part answers these requirements, under the heading where the outline puts it."""
    sections = context.outline.all_sections()
    heading = next((s.heading for s in sections if maker.__name__ in s.blocks), "")
    context.credit(meets, heading)


def _classes(classes: Iterable[MedicineClass], context: Context) -> str:
    chosen = list(classes)
    left_out = [c for c in context.plan.prescribing.included if c not in chosen]
    if len(chosen) > 1 and not left_out:
        return "All covered"
    if len(left_out) == 1 and len(chosen) > 2:
        return f"All but {left_out[0].label}"
    return capital(listed([c.label for c in chosen]))


def _points(points: Iterable[Point], context: Context) -> Bullets:
    return Bullets(
        points=tuple(filled(point.text, context.plan) for point in said_of(points, context.plan))
    )


def search_table(context: Context) -> list[Block]:
    _credit(context, search_table, _content(context).meets.searches)
    rows = (
        (
            capital(s.medicine_class.label),
            f"{s.months_back} months",
            s.now,
            s.long_use,
            s.new_start,
            s.basis,
        )
        for s in _criteria(context).searches
    )
    return [
        context.table("case_finding.searches.table", rows),
        Paragraph(text="How to read the searches:"),
        _points(_content(context).how_to_read, context),
    ]


def dose_thresholds(context: Context) -> list[Block]:
    chosen = _criteria(context).threshold
    if chosen is None:
        return []
    rows = (
        (
            f"{t.milligrams} mg",
            "CHOSEN" if t.milligrams == chosen else "not chosen",
            t.used_by,
            t.means,
        )
        for t in _content(context).thresholds
    )
    return [
        context.table("case_finding.thresholds.table", rows),
        *context.say("case_finding.thresholds.note", "note", chosen=str(chosen)),
    ]


def risk_searches(context: Context) -> list[Block]:
    rows = (
        (risk.name, _classes(risk.classes, context), risk.rule, risk.why, str(risk.tier))
        for risk in _criteria(context).risks
    )
    return [context.table("case_finding.risks.table", rows)]


def handling_table(context: Context) -> list[Block]:
    included = context.plan.prescribing.included
    rows = (
        (entry.who, _classes(entry.about(included), context), entry.marked_by, entry.then)
        for entry in said_of(_content(context).handling, context.plan)
    )
    return [context.table("case_finding.handling.table", rows)]


def not_seen_table(context: Context) -> list[Block]:
    rows = ((e.what, e.so) for e in said_of(_content(context).not_seen, context.plan))
    return [context.table("case_finding.not_seen.table", rows)]


def priority_table(context: Context) -> list[Block]:
    _credit(context, priority_table, _content(context).meets.priority)
    result = tiers(context.plan, context.results.need, context.reference, _content(context))
    order = (
        (
            f"{t.tier.number}. {t.tier.name}",
            capital("; ".join(r.name[0].lower() + r.name[1:] for r in t.risks)),
            t.tier.reason,
            t.tier.offer_within,
            t.tier.by_whom,
        )
        for t in result
    )
    return [
        context.table("case_finding.priority.table", order),
        context.table(
            "case_finding.priority.people", ((str(t.tier.number), t.people) for t in result)
        ),
        Paragraph(text="How the order is used:"),
        _points(_content(context).how_to_offer, context),
    ]


def review_record(context: Context) -> list[Block]:
    _credit(context, review_record, _content(context).meets.review)
    return [
        *context.say("case_finding.review.standard"),
        Paragraph(text="What is recorded at each review:"),
        _points(_content(context).review_record, context),
    ]


def audit_sheet(context: Context) -> list[Block]:
    _credit(context, audit_sheet, _content(context).meets.audit)
    result = audit_rows(context.plan, context.library)
    return [
        _points(_content(context).audit_rules, context),
        context.table("case_finding.audit.round", ((item, TO_FILL) for item in ROUND)),
        _audit_table(
            context,
            context.text("case_finding.audit.counts"),
            [r for r in result if not r.balancing],
        ),
        _audit_table(
            context,
            context.text("case_finding.audit.balancing"),
            [r for r in result if r.balancing],
        ),
    ]


def _audit_table(context: Context, caption: str, rows: list[AuditRow]) -> Table:
    """Lines to fill in; a column of exceptions stands only where there are any."""
    excepted = any(row.exceptions != NO_EXCEPTIONS for row in rows)
    return context.table(
        "case_finding.audit.sheet",
        (
            (
                row.criterion,
                row.denominator,
                row.numerator,
                row.standard,
                *((row.exceptions,) if excepted else ()),
                TO_FILL,
                TO_FILL,
            )
            for row in rows
        ),
        caption=caption,
        exceptions=("Exceptions",) if excepted else (),
    )
