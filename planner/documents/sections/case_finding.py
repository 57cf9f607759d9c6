"""The parts of a document that say who is looked for, in what order, and what is audited. Words and tables only."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from planner.analysis.formatting import listed
from planner.analysis.statistics.group_rates import capital
from planner.documents.case_finding import AuditRow, Criteria, audit_rows, criteria, filled, said_of, tiers
from planner.documents.context import Context, part
from planner.model.case_finding import CaseFinding, Point
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.framework import RequirementId
from planner.model.prescribing import MedicineClass

TO_FILL = "to fill in"
NO_EXCEPTIONS = "none"


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
    for requirement in meets:
        context.where_met.setdefault(requirement, []).append(heading)


def _classes(classes: Iterable[MedicineClass], context: Context) -> str:
    chosen = list(classes)
    left_out = [c for c in context.plan.prescribing.included if c not in chosen]
    if len(chosen) > 1 and not left_out:
        return "All covered"
    if len(left_out) == 1 and len(chosen) > 2:
        return f"All but {left_out[0].label}"
    return capital(listed([c.label for c in chosen]))


def _points(points: Iterable[Point], context: Context) -> Bullets:
    return Bullets(points=tuple(filled(point.text, context.plan) for point in said_of(points, context.plan)))


@part
def search_table(context: Context) -> list[Block]:
    _credit(context, search_table, _content(context).meets.searches)
    return [
        Table(
            caption="Searches by class",
            description="For each class, how far back to look, who is prescribed it now, long use, new start, and why so.",
            columns=("Class", "Look back", "Prescribed now", "Long use", "New start", "Basis"),
            rows=tuple(
                (
                    capital(s.medicine_class.label),
                    f"{s.months_back} months",
                    s.now,
                    s.long_use,
                    s.new_start,
                    s.basis,
                )
                for s in _criteria(context).searches
            ),
        ),
        Paragraph(text="How to read the searches:"),
        _points(_content(context).how_to_read, context),
    ]


@part
def dose_thresholds(context: Context) -> list[Block]:
    chosen = _criteria(context).threshold
    if chosen is None:
        return []
    return [
        Table(
            caption="Which dose of an opioid is called high",
            description="The two thresholds in mg of oral morphine equivalent a day, which is chosen, who uses each and what follows.",
            columns=("Threshold a day", "In this plan", "Used by", "What follows"),
            rows=tuple(
                (
                    f"{t.milligrams} mg",
                    "CHOSEN" if t.milligrams == chosen else "not chosen",
                    t.used_by,
                    t.means,
                )
                for t in _content(context).thresholds
            ),
        ),
        Paragraph(
            text=(
                f"Searches, tiers and audit here use {chosen} mg. Never put counts at 90 mg and at 120 mg in one trend or "
                "one comparison: the number of people changes because the line has moved."
            ),
            tone="note",
        ),
    ]


@part
def risk_searches(context: Context) -> list[Block]:
    return [
        Table(
            caption="Searches for people at more risk",
            description="Each search, the classes it is about, its rule, the reason and the tier it leads to.",
            columns=("Search", "Classes", "Rule", "Why", "Tier"),
            rows=tuple(
                (risk.name, _classes(risk.classes, context), risk.rule, risk.why, str(risk.tier))
                for risk in _criteria(context).risks
            ),
        )
    ]


@part
def handling_table(context: Context) -> list[Block]:
    return [
        Table(
            caption="Handled differently, after a clinician has looked",
            description="People whom a search marks and keeps in the list, how they are marked, and what is done.",
            columns=("Who", "Classes", "Marked by", "What the clinician does"),
            rows=tuple(
                (
                    entry.who,
                    _classes(entry.about(context.plan.prescribing.included), context),
                    entry.marked_by,
                    entry.then,
                )
                for entry in said_of(_content(context).handling, context.plan)
            ),
        )
    ]


@part
def not_seen_table(context: Context) -> list[Block]:
    return [
        Table(
            caption="What a search cannot see",
            description="Each thing that prescription records do not show, and what is done about it.",
            columns=("Not seen", "So"),
            rows=tuple((e.what, e.so) for e in said_of(_content(context).not_seen, context.plan)),
        )
    ]


@part
def priority_table(context: Context) -> list[Block]:
    _credit(context, priority_table, _content(context).meets.priority)
    result = tiers(context.plan, context.results.need, context.reference, _content(context))
    return [
        Table(
            caption="Order of priority",
            description="The four tiers with who is in each, the reason, how soon review is offered and by whom.",
            columns=("Tier", "Who", "Why in this place", "Offered within", "By whom"),
            rows=tuple(
                (
                    f"{t.tier.number}. {t.tier.name}",
                    capital("; ".join(r.name[0].lower() + r.name[1:] for r in t.risks)),
                    t.tier.reason,
                    t.tier.offer_within,
                    t.tier.by_whom,
                )
                for t in result
            ),
        ),
        Table(
            caption="How many people each tier may hold",
            description="What is known of the number of people in each tier, entered or modelled.",
            columns=("Tier", "People here"),
            rows=tuple((str(t.tier.number), t.people) for t in result),
        ),
        Paragraph(text="How the order is used:"),
        _points(_content(context).how_to_offer, context),
    ]


@part
def review_record(context: Context) -> list[Block]:
    _credit(context, review_record, _content(context).meets.review)
    return [
        Paragraph(
            text="A review is a structured medication review or one of equal standard, with consent and shared decisions."
        ),
        Paragraph(text="What is recorded at each review:"),
        _points(_content(context).review_record, context),
    ]


@part
def audit_sheet(context: Context) -> list[Block]:
    _credit(context, audit_sheet, _content(context).meets.audit)
    result = audit_rows(context.plan, context.library)
    return [
        _points(_content(context).audit_rules, context),
        Table(
            caption="This round",
            description="Who fills in the sheet, for which practice or network and for which months.",
            columns=("Item", "Entry"),
            rows=tuple(
                (item, TO_FILL)
                for item in (
                    "Practice or network",
                    "Months covered",
                    "Date of the searches",
                    "Led by (role)",
                    "Learned, and to be tried next",
                )
            ),
        ),
        _audit_table("Audit sheet: counts only", [row for row in result if not row.balancing]),
        _audit_table(
            "Balancing measures, without exceptions: counts only", [row for row in result if row.balancing]
        ),
    ]


def _audit_table(caption: str, rows: list[AuditRow]) -> Table:
    """Lines to fill in; a column of exceptions stands only where there are any."""
    excepted = any(row.exceptions != NO_EXCEPTIONS for row in rows)
    return Table(
        caption=caption,
        description="Each criterion with denominator, numerator, standard and space for two rounds.",
        columns=(
            "Criterion",
            "Denominator",
            "Numerator",
            "Standard",
            *(("Exceptions",) if excepted else ()),
            "This round",
            "Last round",
        ),
        rows=tuple(
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
    )
