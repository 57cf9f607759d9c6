"""Who is looked for, in what order, and what is audited: for a plan, and in its documents."""

from collections.abc import Iterable
from dataclasses import dataclass
from string import Template
from typing import TypeVar

from planner.analysis.formatting import (
    capital,
    day,
    format_range,
    listed,
    local_count,
    lower_first,
    percent,
)
from planner.analysis.population.need import Need
from planner.documents.context import Context, points
from planner.documents.indicators import chosen_indicators
from planner.model.base import grouped
from planner.model.case_finding import (
    About,
    AuditLine,
    CaseFinding,
    ClassSearch,
    KnownHere,
    Point,
    RiskSearch,
    Tier,
)
from planner.model.document import Block, Bullets, Paragraph, Table
from planner.model.figures import FigureKind
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import Chemical, NearMiss, ReferenceData

Entry = TypeVar("Entry", bound=About)
SECTION = 4
"""How many characters of a BNF code name its section, such as 0401."""


@dataclass(frozen=True, kw_only=True)
class TierHere:
    """A tier with the searches that lead into it here, and what is known of the number of
    people."""

    tier: Tier
    risks: tuple[RiskSearch, ...]
    people: str


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Everything that an analyst needs to build the searches of one plan."""

    threshold: int | None
    searches: tuple[ClassSearch, ...]
    chemicals: tuple[Chemical, ...]
    near_misses: tuple[NearMiss, ...]
    risks: tuple[RiskSearch, ...]
    content: CaseFinding


def criteria(plan: Plan, reference: ReferenceData, content: CaseFinding) -> Criteria:
    """The searches of the classes a plan covers. `threshold` is in mg of oral morphine equivalent a
    day, and None where opioids are not covered.

    Near misses of no one class are given where a covered class lies in their section of the BNF.
    """
    included = plan.prescribing.included
    chemicals = tuple(c for k in included for c in reference.chemicals if c.medicine_class is k)
    sections = {chemical.bnf_code[:SECTION] for chemical in chemicals}
    return Criteria(
        threshold=plan.prescribing.high_dose_threshold_mg
        if MedicineClass.OPIOIDS in included
        else None,
        searches=tuple(search for search in content.searches if search.medicine_class in included),
        chemicals=chemicals,
        near_misses=(
            *(m for k in included for m in reference.near_misses if m.nearest_class is k),
            *(
                m
                for m in reference.near_misses
                if m.nearest_class is None and m.bnf_code[:SECTION] in sections
            ),
        ),
        risks=tuple(_risk(risk, plan) for risk in content.risks if risk.applies(included)),
        content=content,
    )


def fill_in(text: str, plan: Plan, comparisons: Iterable[MedicineClass] = ()) -> str:
    """A rule with its $names filled from the plan. Raises KeyError where it uses one that does not
    exist."""
    return Template(text).substitute(
        threshold=plan.prescribing.high_dose_threshold_mg,
        prescribed_with=listed([c.label for c in comparisons], "or"),
    )


def _risk(risk: RiskSearch, plan: Plan) -> RiskSearch:
    """A search for people at more risk, with the plan's classes and threshold filled in."""
    included = plan.prescribing.included
    comparisons = [c for c in included if c in risk.prescribed_with]
    return risk.model_copy(
        update={
            "classes": (*risk.about(included), *comparisons),
            "rule": fill_in(risk.rule, plan, comparisons),
        }
    )


def tiers(
    plan: Plan, need: Need, reference: ReferenceData, content: CaseFinding
) -> tuple[TierHere, ...]:
    """The four tiers in order, each with its searches here and what is known of how many people
    they may find."""
    rows = []
    for tier in content.tiers:
        risks = tuple(
            _risk(risk, plan)
            for risk in content.risks
            if risk.tier == tier.number and risk.applies(plan.prescribing.included)
        )
        known = (
            f"{risk.name}: {number}."
            for risk in risks
            if risk.known and (number := _known_in_words(risk.known, plan, need, reference))
        )
        rows.append(TierHere(tier=tier, risks=risks, people=" ".join(known)))
    return tuple(rows)


_UNKNOWN = "; how many are at {} mg or more is not known before the search"
"""Where the number that was published is of another line than the plan's."""


def _known_in_words(what: KnownHere, plan: Plan, need: Need, reference: ReferenceData) -> str:
    """A number of people with its kind in words, or nothing where it is not known."""
    modelled = FigureKind.MODELLED.value
    match what:
        case "high_dose":
            at = f"people at {need.high_dose_mg} mg a day or more"
            entered = plan.prescribing.high_dose_opioid_patients
            if entered is not None:
                return f"{local_count(entered)} {at} ({FigureKind.ENTERED.value})"
            if not need.high_dose:
                return ""
            chosen = plan.prescribing.high_dose_threshold_mg
            not_known = "" if chosen == need.high_dose_mg else _UNKNOWN.format(chosen)
            return f"about {format_range(need.high_dose)} {at} ({modelled}){not_known}"
        case "long_term":
            people = need.long_term_people
            about = f"about {format_range(people)} people for a year or more ({modelled})"
            return about if people else ""
    if need.people is None or len(plan.prescribing.included) < len(MedicineClass):
        # The national share is of people on any of the five, so it says nothing of fewer.
        return ""
    share = reference.default("share_on_several_classes")
    several = need.people.scaled(reference.default("month_of_year") * share)
    return (
        f"about {format_range(several)} people in a month, those with three or more among them "
        f"({modelled}: {percent(share)} of people prescribed any, as in England)"
    )


def audit_rows(plan: Plan, library: SpecLibrary) -> tuple[AuditLine, ...]:
    """The lines of the audit sheet for a plan; those that are indicators take their words from
    those it has chosen."""
    indicators = {indicator.id: indicator for indicator in chosen_indicators(plan, library)}
    return tuple(
        line.model_copy(
            update={
                "criterion": f"{indicator.name} ({indicator.id})",
                "denominator": indicator.denominator,
                "numerator": indicator.numerator,
                "standard": indicator.threshold,
            }
        )
        if (indicator := indicators.get(line.indicator))
        else line
        for line in for_plan(library.case_finding.audit, plan)
        if not line.indicator or line.indicator in indicators
    )


def for_plan(entries: Iterable[Entry], plan: Plan) -> list[Entry]:
    """Those entries that are about a class the plan covers."""
    return [entry for entry in entries if entry.about(plan.prescribing.included)]


TO_FILL = "to fill in"
NO_EXCEPTIONS = "none"


def _criteria(context: Context) -> Criteria:
    return criteria(context.plan, context.reference, context.library.case_finding)


def _of(name: str, classes: Iterable[MedicineClass], context: Context) -> str:
    """A name, with the covered classes that it is about where these are not all."""
    chosen = list(classes)
    left_out = [c for c in context.included if c not in chosen]
    if not left_out:
        return name
    about = listed([c.label for c in chosen])
    if len(left_out) == 1 and len(chosen) > 2:
        about = f"all but {left_out[0].label}"
    return f"{name} ({about})"


def _points(points: Iterable[Point], context: Context) -> Bullets:
    return Bullets(
        points=tuple(fill_in(point.text, context.plan) for point in for_plan(points, context.plan))
    )


def search_table(context: Context) -> list[Block]:
    """The searches class by class; who counts as prescribed now is said once where it is the same
    in every class."""
    searches = _criteria(context).searches
    now = dict.fromkeys(search.now for search in searches)
    return [
        *context.say(
            "case_finding.searches.now", when=len(now) == 1, rule=lower_first(next(iter(now)))
        ),
        context.table(
            "case_finding.searches.table",
            (
                (
                    capital(s.medicine_class.label),
                    *(() if len(now) == 1 else (s.now,)),
                    f"{s.months_back} months",
                    s.long_use,
                    s.new_start,
                )
                for s in searches
            ),
            now=() if len(now) == 1 else ("Prescribed now",),
        ),
        *points(
            context.text("case_finding.searches.basis"),
            (
                f"{capital(listed([s.medicine_class.label for s in alike]))}: {basis}."
                for basis, alike in grouped(searches, lambda search: search.basis).items()
            ),
        ),
        Paragraph(text="How to read the searches:"),
        _points(context.library.case_finding.how_to_read, context),
    ]


def dose_thresholds(context: Context) -> list[Block]:
    chosen = _criteria(context).threshold
    if chosen is None:
        return []
    return [
        context.table(
            "case_finding.thresholds.table",
            (
                (
                    f"{t.milligrams} mg",
                    context.text(
                        "case_finding.thresholds.here"
                        if t.milligrams == chosen
                        else "case_finding.thresholds.not_here"
                    ),
                    t.used_by,
                    t.means,
                )
                for t in context.library.case_finding.thresholds
            ),
        ),
        *context.say("case_finding.thresholds.note", "note", chosen=str(chosen)),
    ]


def risk_searches(context: Context) -> list[Block]:
    return [
        context.table(
            "case_finding.risks.table",
            (
                (_of(risk.name, risk.classes, context), risk.rule, risk.why, str(risk.tier))
                for risk in _criteria(context).risks
            ),
        )
    ]


def handling_table(context: Context) -> list[Block]:
    return [
        context.table(
            "case_finding.handling.table",
            (
                (
                    _of(entry.who, entry.about(context.included), context),
                    entry.marked_by,
                    entry.then,
                )
                for entry in for_plan(context.library.case_finding.handling, context.plan)
            ),
        )
    ]


def not_seen_table(context: Context) -> list[Block]:
    return [
        context.table(
            "case_finding.not_seen.table",
            ((e.what, e.so) for e in for_plan(context.library.case_finding.not_seen, context.plan)),
        )
    ]


def priority_table(context: Context) -> list[Block]:
    result = tiers(context.plan, context.need, context.reference, context.library.case_finding)
    return [
        context.table(
            "case_finding.priority.table",
            (
                (
                    f"{t.tier.number}. {t.tier.name}",
                    capital("; ".join(r.name[0].lower() + r.name[1:] for r in t.risks)),
                    t.tier.reason,
                    f"{t.tier.offer_within}. {t.tier.by_whom}",
                )
                for t in result
            ),
        ),
        *points(
            context.text("case_finding.priority.people"),
            (
                *(f"Tier {t.tier.number}. {t.people}" for t in result if t.people),
                context.text(
                    "case_finding.priority.unknown",
                    tiers=listed([f"Tier {t.tier.number}" for t in result if not t.people]),
                ),
            ),
        ),
        Paragraph(text="How the order is used:"),
        _points(context.library.case_finding.how_to_offer, context),
    ]


def review_record(context: Context) -> list[Block]:
    return [
        *context.say("case_finding.review.standard"),
        Paragraph(text="What is recorded at each review:"),
        _points(context.library.case_finding.review_record, context),
    ]


def audit_sheet(context: Context) -> list[Block]:
    result = audit_rows(context.plan, context.library)
    return [
        _points(context.library.case_finding.audit_rules, context),
        *context.say("case_finding.audit.round"),
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


def safety_warnings(context: Context) -> list[Block]:
    """The regulator's warnings on the classes of the plan, newest first, each on its day."""
    return [
        *points(
            context.text("case_finding.warnings.lead"),
            (
                f"{day(one.on)}, {listed([c.label for c in one.about(context.included)])}. "
                f"{one.says} "
                f"({capital(one.status('the clinical lead'))}: {one.source}.)"
                for one in for_plan(context.library.case_finding.warnings, context.plan)
            ),
        ),
        *points(
            context.text("case_finding.warnings.borne_in_mind"),
            (
                f"{one.text}."
                for one in for_plan(context.library.case_finding.borne_in_mind, context.plan)
            ),
        ),
    ]


def resources_named(context: Context) -> list[Block]:
    """What the framework names for use, for the classes of the plan, by what it is for."""
    by_use = grouped(
        for_plan(context.library.case_finding.resources, context.plan), lambda one: one.for_use
    )
    return [
        *context.say("case_finding.resources.lead"),
        *(
            block
            for use, entries in by_use.items()
            for block in points(f"{use}:", (f"{capital(one.name)} ({one.by})." for one in entries))
        ),
    ]


def _audit_table(context: Context, caption: str, rows: list[AuditLine]) -> Table:
    """Lines to fill in, with whom each leaves out after its standard."""
    return context.table(
        "case_finding.audit.sheet",
        (
            (
                row.criterion,
                row.denominator,
                row.numerator,
                row.standard
                if row.exceptions == NO_EXCEPTIONS
                else context.text(
                    "case_finding.audit.but", standard=row.standard, but=lower_first(row.exceptions)
                ),
                TO_FILL,
            )
            for row in rows
        ),
        caption=caption,
    )
