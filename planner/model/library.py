"""The words of the documents: outlines, clauses, indicators, workplan, coverage and paper, as data.

No sums.
"""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from functools import cached_property
from string import Template
from typing import Literal, Self, get_args

from pydantic import Field, model_validator

from planner.model.base import FinancialYear, Frozen, repeated, without_fault
from planner.model.case_finding import CaseFinding
from planner.model.clause_choices import IndicatorId
from planner.model.decision import DecisionContent, Involved
from planner.model.document import Table
from planner.model.figures import Identifier
from planner.model.framework import RequirementId
from planner.model.plan import Attachment, ContractType, Plan, Risk, Seat, Stage
from planner.model.prescribing import MedicineClass
from planner.model.service import Feature

Given = Literal[
    "clinical_lead",
    "data_sources",
    "evaluation",
    "funding_found",
    "hours_and_venues",
    "outcome_review",
    "review_date",
    "service_start",
    "service_end",
]
"""A field of the specification on which it may turn whether a clause stands."""


class When(Frozen):
    """When a clause applies. Every condition that is given must hold.

    `classes` hold when the plan covers any of them. `features` hold when the preferred option says
    that it has any of them, and `without_features` when it says that it has none of them: what it
    does not state makes neither hold. `given` are the fields of the specification that must all be
    filled, and `not_given` those that must all be empty.
    """

    classes: tuple[MedicineClass, ...] = ()
    features: tuple[Feature, ...] = ()
    without_features: tuple[Feature, ...] = ()
    contract_types: tuple[ContractType, ...] = ()
    existing_service_ends: bool | None = None
    given: tuple[Given, ...] = ()
    not_given: tuple[Given, ...] = ()

    def holds(self, plan: Plan) -> bool:
        """Whether the clause belongs in this plan's specification."""
        has = [self._has(feature, plan) for feature in self.features]
        has_not = [self._has(feature, plan) is False for feature in self.without_features]
        return self._else_holds(plan) and (not has or any(has)) and all(has_not)

    def unstated(self, plan: Plan) -> tuple[Feature, ...]:
        """The features on which it turns whether the clause belongs here, and of which the
        preferred option says neither that it has nor that it lacks them."""
        if plan.preferred is None or self.holds(plan) or not self._else_holds(plan):
            return ()
        has = [self._has(feature, plan) for feature in self.without_features]
        if any(has):
            return ()
        named = (*self.features, *self.without_features)
        return tuple(feature for feature in named if self._has(feature, plan) is None)

    def _has(self, feature: Feature, plan: Plan) -> bool | None:
        """Whether the preferred option has a feature; None where that is not stated."""
        return plan.preferred.feature(feature) if plan.preferred else None

    def _else_holds(self, plan: Plan) -> bool:
        """Whether every condition but that on features holds."""
        return (
            (not self.classes or bool(set(self.classes) & set(plan.prescribing.included)))
            and (not self.contract_types or plan.specification.contract_type in self.contract_types)
            and self.existing_service_ends in (None, plan.specification.existing_service_ends)
            and all(getattr(plan.specification, field) not in (None, "") for field in self.given)
            and not any(getattr(plan.specification, field) for field in self.not_given)
        )


class Clause(Frozen):
    """A passage of our own wording, the requirements it meets, where it stands and when it applies.

    In `text` a blank line parts paragraphs, a line that begins "- " is a point, and a $name is
    filled from the plan.
    """

    id: Identifier
    section: Identifier
    text: str = ""
    table: Table | None = None
    meets: tuple[RequirementId, ...] = ()
    when: When = When()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        return without_fault(
            self,
            (not self.text.strip() and self.table is None, f"clause '{self.id}' is empty"),
        )

    @property
    def names(self) -> set[str]:
        """The $names that the text and the table use."""
        cells = "\n".join(cell for row in self.table.rows for cell in row) if self.table else ""
        return set(Template(f"{self.text}\n{cells}").get_identifiers())


class OutlineSection(Frozen):
    """A heading, what stands under it in order, and the headings below it.

    `was` are the ids of sections of earlier sets that it has taken in: a plan's own clauses of
    these stand here. With `stages` it stands in a paper of these stages alone, and
    one that `commissions` not where the plan prefers usual care.
    """

    id: Identifier
    heading: str
    older: str = ""
    was: tuple[Identifier, ...] = ()
    stages: tuple[Stage, ...] = ()
    commissions: bool = False
    blocks: tuple[str, ...] = Field(min_length=1)
    sections: tuple["OutlineSection", ...] = ()


MAIN = {3: "action-3-paper", 4: "action-4-specification"}
"""The document that answers each action; the others of the set go with these two."""


SPARE_NAMES = ("equal_by", "funding_source", "medicine_cost", "year_one_ends")
"""Each $name that a plan's own clause may use although none of ours does."""


def section_name(section: str) -> str:
    """The $name by which a clause gives the number of a section of the specification."""
    return section.replace("a4-", "no_").replace("-", "_")


class Outline(Frozen):
    """The order of one document of the set.

    `name` is that of its file, in `folder`; `pages` the most its reader reads; `print`
    its type, of which plain is larger;
    `header` the fields of the specification that each line of its header prints. `contents` says
    whether a linked list of its sections stands first, `numbered` whether its paragraphs are
    numbered.
    """

    name: Identifier
    folder: str = ""
    action: Literal[3, 4]
    title: str
    subtitle: str
    pages: int = Field(ge=1)
    print: Literal["ordinary", "plain"] = "ordinary"
    contents: bool = False
    numbered: bool = False
    header: dict[str, tuple[str, ...]] = {}
    sections: tuple[OutlineSection, ...]

    @property
    def label(self) -> str:
        """What the document is called in a sentence or on a button, such as "Group pack"."""
        return self.name.replace("-", " ").capitalize()

    @property
    def path(self) -> str:
        """Where the document stands in the set, without an ending."""
        return f"{self.folder}/{self.name}" if self.folder else self.name

    def all_sections(self) -> tuple[OutlineSection, ...]:
        """Every section, upper and lower, in order."""
        return tuple(s for upper in self.sections for s in (upper, *upper.sections))


class Indicator(Frozen):
    """Something a service reports, with its denominator and where its threshold comes from.

    `enforceable` is what the provider controls; only this is a requirement that it is held to, and
    `instrument` says with what it is measured.
    """

    id: IndicatorId
    name: str
    numerator: str
    denominator: str
    source: str
    frequency: str
    threshold: str
    basis: str
    equity: bool = False
    balancing: bool = False
    instrument: str = ""
    enforceable: bool = False
    meets: tuple[RequirementId, ...] = ()
    classes: tuple[MedicineClass, ...] = ()
    features: tuple[Feature, ...] = ()

    def applies(self, plan: Plan) -> bool:
        """Whether the plan's classes and preferred option call for it; balancing measures always
        apply."""
        return self.balancing or When(classes=self.classes, features=self.features).holds(plan)


class DataField(Frozen):
    """A field of the minimum data set: what it is, in which code set where one is known, when it is
    recorded and what it is for."""

    name: str
    definition: str
    code: str = ""
    when: str
    use: str
    classes: tuple[MedicineClass, ...] = ()


class Deliverable(Frozen):
    """A line of the workplan, in weeks from the group's start, with exactly one accountable role;
    and which day of the paper for the board it ends on, where that gives one."""

    ref: str
    task: str
    meets: tuple[RequirementId, ...]
    start: int = Field(ge=0)
    end: int
    dated: Literal["", "involvement", "assessments", "decision", "route"] = ""
    deliverable: str
    accountable: str
    responsible: tuple[str, ...] = Field(min_length=1)
    consulted: tuple[str, ...]
    informed: tuple[str, ...]


class StandingRisk(Risk):
    """A risk that every service has, or each of which `only` holds. Where what is done about it
    rests on something that a plan records, its score does not fall before that is recorded."""

    rests_on: Literal[
        "",
        "funding",
        "route",
        "equality",
        "provider",
        "practices",
        "rule",
        "evaluation",
        "specialist",
    ] = ""
    only: Literal["", "unpaid", "several medicines", "clinicians"] = ""


class Workplan(Frozen):
    """The task and finish group's standing workplan, its roles and its standing risks.

    `seats` says in which seat of the group a role sits; the others are not among the seats.
    """

    deliverables: tuple[Deliverable, ...]
    roles: dict[str, str]
    seats: dict[str, Seat]
    risks: tuple[StandingRisk, ...]

    @model_validator(mode="after")
    def _roles_are_known(self) -> Self:
        return without_fault(
            self,
            *(
                (role not in self.roles, f"'{role}' has a seat and is not listed")
                for role in self.seats
            ),
            *(
                (
                    role not in self.roles,
                    f"deliverable {line.ref} names the role '{role}', not listed",
                )
                for line in self.deliverables
                for role in (line.accountable, *line.responsible, *line.consulted, *line.informed)
            ),
            *(
                (line.end <= line.start, f"deliverable {line.ref} ends before it starts")
                for line in self.deliverables
            ),
        )


class CoverageState(StrEnum):
    """How far a requirement of the framework has come."""

    DONE = "done"
    IN_TEXT = "in the text only"
    NOT_YET = "not yet"


Check = Literal[
    "filled", "local_counts", "long_term_counts", "high_dose_count", "counts_by_fifth", "reach",
    "trend", "places", "groups_with_actions", "directory", "ways_compared", "equality_answered",
]  # fmt: skip
"""What a plan can be asked beside its seats, groups, attachments and agreements; "filled" asks that
every one of `fields` is."""


class CoverageRecord(Frozen):
    """What shows that requirements are done, where in the set it stands, and what is missing where
    the plan does not hold it.

    Everything named must be there. `agreed` are steps of the plan that somebody agreed on a day,
    nothing on them having changed since.
    """

    shows: tuple[RequirementId, ...] = Field(min_length=1)
    section: Identifier
    missing: str = ""
    check: Check | None = None
    fields: tuple[str, ...] = ()
    seats: tuple[Seat, ...] = ()
    involved: tuple[Involved, ...] = ()
    attached: tuple[Attachment, ...] = ()
    agreed: tuple[Identifier, ...] = ()


class GateItem(Frozen):
    """Something a paper cannot ask without, and who would know it."""

    what: str
    who: str


class Reason(Frozen):
    """A line of the case for change with its source.

    It stands where the plan covers any of its classes, all where none is named, and where each
    $name in it has a value.
    """

    id: Identifier
    says: str
    source: str
    classes: tuple[MedicineClass, ...] = ()

    @property
    def names(self) -> set[str]:
        """The $names that it needs a value for."""
        return set(Template(self.says).get_identifiers())


class PaperContent(Frozen):
    """The words of the paper that are chosen by the plan's record, by name."""

    purpose: dict[Stage, str]
    gate: dict[Identifier, GateItem]
    milestones: dict[Identifier, str]
    case_for_change: tuple[Reason, ...] = Field(max_length=10)


class AnnexPlace(Frozen):
    """Where one annex goes: a name, and what the schedule was called in the year `as_of`."""

    place: str
    letter: str = ""
    as_of: str = ""
    verified: bool = False


Annex = Literal[
    "activity",
    "assumptions",
    "price",
    "quality",
    "reporting",
    "data_quality",
    "improvement",
    "personalised_care",
    "inequalities",
    "processing",
]
"""A page meant for pasting into an agreement."""


class ContractTypeLabels(Frozen):
    """One kind of agreement: where each annex goes, what the commissioner has where a breach is not
    put right, and what it calls a section of ours, by the section's id."""

    remedy: str
    places: dict[Annex, AnnexPlace]
    headings: dict[Identifier, str] = {}


class ContractTypes(Frozen):
    """What each kind of agreement calls things, for agreements of one contract year."""

    dated: FinancialYear
    contract_types: dict[ContractType, ContractTypeLabels]

    @model_validator(mode="after")
    def _all_there(self) -> Self:
        return without_fault(
            self,
            (
                set(self.contract_types) != set(ContractType),
                "each kind of agreement must stand in the table once",
            ),
            *(
                (
                    set(labels.places) != set(get_args(Annex)),
                    f"'{contract_type.value}' must give each annex a place",
                )
                for contract_type, labels in self.contract_types.items()
            ),
        )

    def goes(self, contract_type: ContractType, annex: Annex) -> str:
        """Where an annex goes in that kind of agreement, with the year its letter is of."""
        where = self.contract_types[contract_type].places[annex]
        if not where.letter:
            return where.place
        sure = "" if where.verified else ", unconfirmed"
        return f"{where.place} ({where.letter}, {where.as_of}{sure})"


class TableText(Frozen):
    """The words of one table: its caption, its description, the heads of its columns, and why a
    cell is empty.

    A head that is a $name alone may stand for several columns.
    """

    caption: str
    description: str
    columns: tuple[str, ...]
    missing: dict[str, str] = {}


class SpecLibrary(Frozen):
    """Everything a specification is put together from, apart from the plan.

    `texts` are the sentences and tables that worked-out parts say, by file, part and name:
    "need.population.table". A $name in them is filled from what the caller gives.
    """

    outlines: tuple[Outline, ...]
    clauses: tuple[Clause, ...]
    indicators: tuple[Indicator, ...]
    data_set: tuple[DataField, ...]
    workplan: Workplan
    contract_types: ContractTypes
    case_finding: CaseFinding
    decision: DecisionContent
    coverage: tuple[CoverageRecord, ...]
    paper: PaperContent
    texts: dict[str, str | TableText] = {}

    @cached_property
    def names(self) -> frozenset[str]:
        """Every $name that a clause may use: what ours use, the number of each section, and those
        beside."""
        return frozenset().union(
            *(clause.names for clause in self.clauses),
            (section_name(one.id) for one in self.outline(MAIN[4]).all_sections()),
            SPARE_NAMES,
        )

    def text(self, key: str, **values: str) -> str:
        """A sentence of ours, filled in. Raises KeyError for a key or a $name that is not known."""
        return Template(str(self.texts[key])).substitute(values)

    def table(
        self,
        key: str,
        rows: Iterable[tuple[str, ...]],
        missing: Mapping[str, tuple[str, ...]] | None = None,
        **values: str | tuple[str, ...],
    ) -> Table:
        """A table of these rows in our words, filled in; KeyError as in `text`."""
        words = self.texts[key]
        if not isinstance(words, TableText):
            raise KeyError(f"'{key}' is a sentence, not a table")

        def filled(text: str) -> str:
            return Template(text).substitute(values)

        columns: list[str] = []
        for head in words.columns:
            several = values.get(head.removeprefix("$"))
            columns += several if isinstance(several, tuple) else [filled(head)]
        return Table(
            caption=filled(words.caption),
            description=filled(words.description),
            columns=tuple(columns),
            rows=tuple(rows),
            missing={filled(column): (filled(why),) for column, why in words.missing.items()}
            | dict(missing or {}),
        )

    @model_validator(mode="after")
    def _audit_lines_name_indicators(self) -> Self:
        known = {indicator.id: indicator for indicator in self.indicators}
        named = [line for line in self.case_finding.audit if line.indicator]
        return without_fault(
            self,
            *(
                (
                    line.indicator not in known,
                    f"the audit sheet names the indicator '{line.indicator}', which is not listed",
                )
                for line in named
            ),
            *(
                (
                    known[line.indicator].balancing is not line.balancing,
                    f"'{line.indicator}' is a balancing measure in one place and not in another",
                )
                for line in named
                if line.indicator in known
            ),
        )

    @model_validator(mode="after")
    def _clauses_have_a_place(self) -> Self:
        places = {section.id for outline in self.outlines for section in outline.all_sections()}
        return without_fault(
            self,
            *(
                (True, f"section '{twice}' stands in more than one outline")
                for twice in repeated(
                    name
                    for outline in self.outlines
                    for section in outline.all_sections()
                    for name in (section.id, *section.was)
                )
            ),
            *(
                (
                    clause.section not in places,
                    f"clause '{clause.id}' stands in '{clause.section}', which no outline has",
                )
                for clause in self.clauses
            ),
            *(
                (True, f"clause '{twice}' appears twice")
                for twice in repeated(clause.id for clause in self.clauses)
            ),
            *(
                (
                    section not in places,
                    f"'{contract_type.value}' names the section '{section}', which no outline has",
                )
                for contract_type, labels in self.contract_types.contract_types.items()
                for section in labels.headings
            ),
            *(
                (
                    record.section not in places,
                    f"what shows {record.shows[0]} stands in '{record.section}', which no outline "
                    "has",
                )
                for record in self.coverage
            ),
        )

    def section_now(self, section: str) -> str:
        """The section in which stands what once stood in another; itself where it is none of
        ours."""
        return next(
            (
                one.id
                for outline in self.outlines
                for one in outline.all_sections()
                if section in one.was
            ),
            section,
        )

    def outline(self, of: int | str, contract_type: ContractType | None = None) -> Outline:
        """The outline of a document by its name, or of the main one of Action 3 or 4, its sections
        headed as that kind of agreement heads them. Raises KeyError for a name that is not
        known."""
        outlines = {outline.name: outline for outline in self.outlines}
        outline = outlines[MAIN[of] if isinstance(of, int) else of]
        if contract_type is None:
            return outline
        headings = self.contract_types.contract_types[contract_type].headings

        def headed(section: OutlineSection) -> OutlineSection:
            lower = tuple(headed(one) for one in section.sections)
            heading = headings.get(section.id, section.heading)
            return section.model_copy(update={"heading": heading, "sections": lower})

        return outline.model_copy(
            update={"sections": tuple(headed(one) for one in outline.sections)}
        )
