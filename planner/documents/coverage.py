"""How far each requirement of the framework has come: done, in the text only, or not yet."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from planner.analysis.completeness.sign_off import agreements
from planner.analysis.formatting import by_strength, day, listed, lower_first
from planner.documents.clauses_in_force import ClauseInForce, clauses_in_force
from planner.documents.indicators import chosen_indicators
from planner.model.decision import EqualityGroup
from planner.model.edit import value_at
from planner.model.framework import Framework, Requirement, RequirementId
from planner.model.labels.plan import LABELS
from planner.model.library import Check, CoverageRecord, CoverageState, SpecLibrary, When
from planner.model.plan import Plan, Specification

AT_LEAST_COMPARED = 2


@dataclass(frozen=True)
class Met:
    """One thing in the text that answers a requirement: a clause, an indicator or a line of the
    workplan, and where it stands."""

    what: str
    document: str
    heading: str
    local: bool = False

    @property
    def words(self) -> str:
        """Where to look, and whether a reviewer must judge it because it is worded locally."""
        return f"{self.document}, {self.heading} ({self.what})" + (
            ", local wording" if self.local else ""
        )


@dataclass(frozen=True, kw_only=True)
class Covered:
    """A requirement with how far it has come.

    `met_by` is what of the text answers it; `done` says where and when the plan records it;
    `missing` what the plan does not hold that would show it; `reason` why no text answers it.
    """

    requirement: Requirement
    action: int
    met_by: tuple[Met, ...]
    done: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    reason: str = ""

    @property
    def is_met(self) -> bool:
        """Whether anything in the text answers the requirement."""
        return bool(self.met_by)

    @property
    def state(self) -> CoverageState:
        """Done where the plan records all that shows it, not yet where some of that is missing or
        no text answers it; else in the text only."""
        if self.missing or not (self.done or self.met_by):
            return CoverageState.NOT_YET
        return CoverageState.DONE if self.done else CoverageState.IN_TEXT

    @property
    def words(self) -> str:
        """Where it stands in the text, or "not met" with the reason."""
        return "; ".join(met.words for met in self.met_by) or f"Not met: {self.reason}"

    @property
    def why(self) -> str:
        """What puts it in its state: where and when it was done, or what is missing."""
        if self.state is CoverageState.DONE:
            return "; ".join(self.done)
        return "; ".join(self.missing or ([self.reason] if self.reason else []))


def met_by_strength(rows: Iterable[Covered]) -> str:
    """How many of these requirements a text answers, by how strongly the framework asks."""
    wanted = tuple(rows)
    return by_strength(
        (row.requirement.strength for row in wanted),
        (row.requirement.strength for row in wanted if row.is_met),
    )


def strengths_in_words(rows: Iterable[Covered]) -> dict[CoverageState, str]:
    """How many of these requirements are in each state, by how strongly the framework asks, such
    as "0 of 92 musts and shoulds and 0 of 41 to consider"."""
    wanted = tuple(rows)
    return {
        state: by_strength(
            (row.requirement.strength for row in wanted),
            (row.requirement.strength for row in wanted if row.state is state),
        )
        for state in CoverageState
    }


def coverage(plan: Plan, library: SpecLibrary, framework: Framework) -> tuple[Covered, ...]:
    """Every requirement of the framework, in order, with the text that answers it and with what the
    plan records, or lacks, that shows it done."""
    places = {
        section.id: (outline.label, section.heading)
        for one in library.outlines
        for outline in [library.outline(one.name, plan.specification.contract_type)]
        for section in outline.all_sections()
    }
    clauses = clauses_in_force(plan, library)
    of_annex = library.case_finding.meets
    meeting: list[tuple[tuple[RequirementId, ...], Met]] = [
        *(
            (
                one.clause.meets,
                Met(f"clause {one.clause.id}", *places[one.clause.section], one.state != "ours"),
            )
            for one in clauses
            if one.stands and one.clause.section in places
        ),
        *(
            (requirements, Met("table", *places[section]))
            for section, requirements in (
                ("a3-annex-searches", of_annex.searches),
                ("a3-annex-priority", (*of_annex.priority, *of_annex.review)),
                ("a3-annex-audit", of_annex.audit),
                ("a3-resources", of_annex.resources),
            )
        ),
        *(
            (line.meets, Met(f"task {line.ref}", *places["a3-workplan"]))
            for line in library.workplan.deliverables
        ),
        *(
            (one.meets, Met(f"indicator {one.id}", *places["a4-annex-quality"], one.is_local))
            for one in chosen_indicators(plan, library)
        ),
    ]
    records = [(record, tuple(_lacking(record, plan))) for record in library.coverage]
    rows = []
    for action in framework.parts:
        for requirement in action.requirements:
            met_by = tuple(met for requirements, met in meeting if requirement.id in requirements)
            relevant = [one for one in records if requirement.id in one[0].shows]
            missing = tuple(dict.fromkeys(what for _, lacking in relevant for what in lacking))
            rows.append(
                Covered(
                    requirement=requirement,
                    action=action.number,
                    met_by=met_by,
                    done=()
                    if missing
                    else tuple(
                        f"{', '.join(places[record.section])}: {_records_of(record, plan)}"
                        for record, _ in relevant
                    ),
                    missing=missing,
                    reason="" if met_by else _why_not(requirement, clauses, library),
                )
            )
    return tuple(rows)


def _lacking(record: CoverageRecord, plan: Plan) -> Iterator[str]:
    """What a plan does not hold of all that a record asks for."""
    spec = plan.specification
    vacant = {member.seat for member in spec.members if not member.name}
    yield from (f"the seat {seat.value} is vacant" for seat in record.seats if seat in vacant)
    involved = {group for one in spec.engagement if one.who and one.when for group in one.groups}
    yield from (
        f"{lower_first(group.value)}: nobody is recorded as involved on a day"
        for group in record.involved
        if group not in involved
    )
    yield from (
        f"{lower_first(attachment.value)} is not attached"
        for attachment in record.attached
        if spec.attachments.get(attachment) != "attached"
    )
    standing = {one.agreement.step for one in agreements(plan) if not one.changed}
    yield from (
        f"nobody has agreed the step {step.replace('_', ' ')} as it stands"
        for step in record.agreed
        if step not in standing
    )
    if record.check == "filled":
        if not all(value_at(plan, field) for field in record.fields):
            yield record.missing
    elif record.check is not None and not CHECKS[record.check](plan):
        yield record.missing


def _records_of(record: CoverageRecord, plan: Plan) -> str:
    """What a plan holds of all that a record asks for, with its day: that of the entry, or else of
    the plan."""
    spec = plan.specification
    dated = f"as in the plan of {day(plan.plan_date)}" if plan.plan_date else "as in this plan"
    entries = [
        *(
            f"{member.seat.value}, {member.name}"
            for member in spec.members
            if member.seat in record.seats
        ),
        *(
            f"{one.who}, {one.when}"
            for one in spec.engagement
            if one.who and one.when and set(one.groups) & set(record.involved)
        ),
        *(f"{lower_first(one.value)} attached" for one in record.attached),
    ]
    signed = [
        f"agreed by {one.agreement.by} on {day(one.agreement.on)}"
        for one in agreements(plan)
        if one.agreement.step in record.agreed
    ]
    if not signed and not record.involved:
        signed = [dated]
    return "; ".join([*entries, *signed])


def _any_given(values: Iterable[object]) -> bool:
    return any(value is not None for value in values)


def _directory(plan: Plan) -> bool:
    entries = [one for one in plan.specification.directory if one.offer]
    return bool(entries) and all(one.provider and one.access and one.wait for one in entries)


CHECKS: dict[Check, Callable[[Plan], bool]] = {
    "local_counts": lambda plan: _any_given(
        row.patients for row in plan.prescribing.classes if row.included
    ),
    "long_term_counts": lambda plan: _any_given(
        row.long_term_share for row in plan.prescribing.classes if row.included
    ),
    "high_dose_count": lambda plan: (
        plan.prescribing.high_dose_opioid_patients is not None
        and bool(plan.prescribing.high_dose_period)
    ),
    "counts_by_fifth": lambda plan: _any_given(
        count for row in plan.inequality.classes for count in row.by_quintile
    ),
    "reach": lambda plan: bool(
        plan.inequality.reached_by_group or _any_given(plan.inequality.reached_by_quintile)
    ),
    "trend": lambda plan: bool(plan.trend.months),
    "places": lambda plan: bool(plan.areas.areas),
    "groups_with_actions": lambda plan: bool(plan.inequality.groups and plan.inequality.actions),
    "directory": _directory,
    "ways_compared": lambda plan: (
        len([option for option in plan.options if not option.is_do_nothing]) >= AT_LEAST_COMPARED
        and bool(plan.preferred and plan.preferred_because)
    ),
    "equality_answered": lambda plan: (
        len(plan.specification.decision.equality.answers) == len(EqualityGroup)
        and bool(plan.specification.decision.equality.assessed_by)
    ),
}


def _why_not(
    requirement: Requirement, clauses: tuple[ClauseInForce, ...], library: SpecLibrary
) -> str:
    """Why no clause meets a requirement: left out, or not called for by this plan, or none of ours
    answers it."""
    ours = [one for one in clauses if requirement.id in one.clause.meets]
    out = [one for one in ours if one.state == "left out"]
    if out:
        reasons = [one.choice.reason for one in out if one.choice and one.choice.reason]
        ids = listed([one.clause.id for one in out])
        return f"clause {ids} is left out; {'; '.join(reasons) or 'no reason has been given'}"
    unstated = list(dict.fromkeys(feature.value for one in ours for feature in one.unstated))
    if unstated:
        return library.text("coverage.why_not.not_stated", features=listed(unstated))
    if ours:
        conditions = dict.fromkeys(
            _condition(one.clause.when) or library.text("coverage.why_not.elsewhere")
            for one in ours
        )
        return f"it is met only {listed(list(conditions))}"
    return library.text("coverage.why_not.no_clause")


def _condition(when: When) -> str:
    """When a clause would stand, in words; nothing where it has no condition."""
    labels = {field: lower_first(text.label) for field, text in LABELS[Specification].items()}
    ends = {True: ["ends"], False: ["does not end"], None: []}[when.existing_service_ends]
    conditions = (
        ("where the plan covers {}", [c.label for c in when.classes]),
        ("where the preferred option has {}", [f.value for f in when.features]),
        ("where the preferred option has no {}", [f.value for f in when.without_features]),
        ("in a {}", [f.value for f in when.contract_types]),
        ("where an existing service {}", ends),
        ("where the plan gives {}", [labels[field] for field in when.given]),
        ("where the plan does not give {}", [labels[field] for field in when.not_given]),
    )
    return " and ".join(words.format(listed(names)) for words, names in conditions if names)
