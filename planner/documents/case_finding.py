"""What case finding says for one plan: its classes, its threshold, its numbers. No tables, no files."""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from string import Template
from typing import TypeVar

from planner.analysis.formatting import format_range, listed, local_count, percent
from planner.analysis.population.need import Need
from planner.documents.indicators import chosen_indicators
from planner.model.case_finding import (
    About,
    AuditLine,
    CaseFinding,
    ClassSearch,
    Known,
    RiskSearch,
    Tier,
)
from planner.model.figures import Kind
from planner.model.library import SpecLibrary
from planner.model.plan import Plan
from planner.model.prescribing import MedicineClass
from planner.model.reference import Chemical, NearMiss, ReferenceData

Entry = TypeVar("Entry", bound=About)
SECTION = 4
"""How many characters of a BNF code name its section, such as 0401."""


@dataclass(frozen=True, kw_only=True)
class RiskSearchRow:
    """A search for people at more risk, with the plan's classes and threshold filled in."""

    id: str
    name: str
    classes: tuple[MedicineClass, ...]
    rule: str
    why: str
    tier: int


@dataclass(frozen=True, kw_only=True)
class TierHere:
    """A tier with the searches that lead into it here, and what is known of the number of people."""

    tier: Tier
    risks: tuple[RiskSearchRow, ...]
    people: str


@dataclass(frozen=True, kw_only=True)
class AuditRow:
    """A line of the audit sheet in full."""

    criterion: str
    denominator: str
    numerator: str
    standard: str
    exceptions: str
    balancing: bool


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Everything that an analyst needs to build the searches of one plan."""

    threshold: int | None
    searches: tuple[ClassSearch, ...]
    chemicals: tuple[Chemical, ...]
    near_misses: tuple[NearMiss, ...]
    risks: tuple[RiskSearchRow, ...]
    content: CaseFinding


def criteria(plan: Plan, reference: ReferenceData, content: CaseFinding) -> Criteria:
    """The searches of the classes a plan covers. `threshold` is in mg of oral morphine equivalent a
    day, and None where opioids are not covered.

    Near misses of no one class are given where a covered class lies in their section of the BNF.
    """
    included = plan.prescribing.included
    chemicals = tuple(c for k in included for c in reference.chemicals if c.medicine_class is k)
    sections = {chemical.bnf_code[:SECTION] for chemical in chemicals}
    near = tuple(m for k in included for m in reference.near_misses if m.nearest_class is k)
    of_none = tuple(
        m
        for m in reference.near_misses
        if m.nearest_class is None and m.bnf_code[:SECTION] in sections
    )
    return Criteria(
        threshold=plan.prescribing.high_dose_threshold_mg
        if MedicineClass.OPIOIDS in included
        else None,
        searches=tuple(search for search in content.searches if search.medicine_class in included),
        chemicals=chemicals,
        near_misses=(*near, *of_none),
        risks=tuple(_risk(risk, plan) for risk in content.risks if risk.applies(included)),
        content=content,
    )


def filled(text: str, plan: Plan, comparisons: Iterable[MedicineClass] = ()) -> str:
    """A rule with its $names filled from the plan. Raises KeyError where it uses one that does not
    exist."""
    return Template(text).substitute(
        threshold=plan.prescribing.high_dose_threshold_mg,
        prescribed_with=listed([c.label for c in comparisons], "or"),
    )


def _risk(risk: RiskSearch, plan: Plan) -> RiskSearchRow:
    included = plan.prescribing.included
    about = risk.about(included)
    comparisons = [c for c in included if c in risk.prescribed_with]
    return RiskSearchRow(
        id=risk.id,
        name=risk.name,
        classes=(*about, *comparisons),
        rule=filled(risk.rule, plan, comparisons),
        why=risk.why,
        tier=risk.tier,
    )


def tiers(
    plan: Plan, need: Need, reference: ReferenceData, content: CaseFinding
) -> tuple[TierHere, ...]:
    """The four tiers in order, each with its searches here and what is known of how many people
    they may find."""
    included = plan.prescribing.included
    rows = []
    for tier in content.tiers:
        risks = [
            risk for risk in content.risks if risk.tier == tier.number and risk.applies(included)
        ]
        known = [
            f"{risk.name}: {number}"
            for risk in risks
            if risk.known and (number := _known(risk.known, plan, need, reference))
        ]
        rest = "The search will tell the rest." if known else "Not known yet; the search will tell."
        rows.append(
            TierHere(
                tier=tier,
                risks=tuple(_risk(risk, plan) for risk in risks),
                people=" ".join([*(f"{line}." for line in known), rest]),
            )
        )
    return tuple(rows)


def _known(what: Known, plan: Plan, need: Need, reference: ReferenceData) -> str:
    """A number of people with its kind in words, or nothing where it is not known."""
    if what == "high_dose":
        at = f"people at {plan.prescribing.high_dose_threshold_mg} mg a day or more"
        entered = plan.prescribing.high_dose_opioid_patients
        if entered is not None:
            return f"{local_count(entered)} {at} ({Kind.ENTERED.value})"
        return (
            f"about {format_range(need.high_dose)} {at} ({Kind.MODELLED.value})"
            if need.high_dose
            else ""
        )
    if what == "long_term":
        people = need.long_term_people
        return (
            f"about {format_range(people)} people for a year or more ({Kind.MODELLED.value})"
            if people
            else ""
        )
    if need.people is None or len(plan.prescribing.included) < len(MedicineClass):
        # The national share is of people on any of the five, so it says nothing of fewer.
        return ""
    share = reference.default("share_on_several_classes")
    several = need.people.scaled(reference.default("month_of_year") * share)
    return (
        f"about {format_range(several)} people in a month, those with three or more among them ({Kind.MODELLED.value}: "
        f"{percent(share)} of people prescribed any, as in England)"
    )


def audit_rows(plan: Plan, library: SpecLibrary) -> tuple[AuditRow, ...]:
    """The lines of the audit sheet for a plan; those that are indicators take their words from
    those it has chosen."""
    indicators = {indicator.id: indicator for indicator in chosen_indicators(plan, library)}

    def row(line: AuditLine) -> AuditRow | None:
        about = line.about(plan.prescribing.included)
        if not line.indicator:
            values = line.model_dump(include={field.name for field in fields(AuditRow)})
            return AuditRow(**values) if about else None
        indicator = indicators.get(line.indicator)
        if not about or indicator is None:
            return None
        return AuditRow(
            criterion=f"{indicator.name} ({indicator.id})",
            denominator=indicator.denominator,
            numerator=indicator.numerator,
            standard=indicator.threshold,
            exceptions=line.exceptions,
            balancing=line.balancing,
        )

    return tuple(output for line in library.case_finding.audit if (output := row(line)))


def said_of(entries: Iterable[Entry], plan: Plan) -> list[Entry]:
    """Those entries that are about a class the plan covers."""
    return [entry for entry in entries if entry.about(plan.prescribing.included)]
