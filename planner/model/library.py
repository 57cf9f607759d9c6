"""The words we bring to a specification: outlines, clauses, indicators and workplan, as data. No sums."""

from __future__ import annotations

from string import Template
from typing import Literal, Self

from pydantic import Field, model_validator

from planner.model.base import FinancialYear, Frozen
from planner.model.decision import DecisionContent
from planner.model.document import Table
from planner.model.figures import Identifier
from planner.model.framework import RequirementId
from planner.model.plan import ContractFamily, Plan, Risk
from planner.model.prescribing import MedicineClass
from planner.model.service import Feature


class When(Frozen):
    """When a clause applies. Every condition that is given must hold.

    `classes` and `features` hold when the plan has any of them; `without_features` when the preferred
    option has none of them.
    """

    classes: tuple[MedicineClass, ...] = ()
    features: tuple[Feature, ...] = ()
    without_features: tuple[Feature, ...] = ()
    families: tuple[ContractFamily, ...] = ()
    existing_service_ends: bool | None = None

    def holds(self, plan: Plan) -> bool:
        """Whether the clause belongs in this plan's specification."""
        has = set(plan.preferred.features) if plan.preferred else set()
        return (
            (not self.classes or bool(set(self.classes) & set(plan.prescribing.included)))
            and (not self.features or bool(set(self.features) & has))
            and not (plan.preferred and set(self.without_features) & has)
            and (not self.without_features or plan.preferred is not None)
            and (not self.families or plan.specification.contract_family in self.families)
            and self.existing_service_ends in (None, plan.specification.existing_service_ends)
        )


class Clause(Frozen):
    """A passage of our own wording, the requirements it meets, where it stands and when it applies.

    In `text` a blank line parts paragraphs, a line that begins "- " is a point, and a $name is filled
    from the plan.
    """

    id: Identifier
    section: Identifier
    text: str = ""
    table: Table | None = None
    meets: tuple[RequirementId, ...] = ()
    when: When = When()

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.text.strip() and self.table is None:
            raise ValueError(f"clause '{self.id}' is empty")
        return self

    @property
    def names(self) -> set[str]:
        """The $names that the text uses."""
        return set(Template(self.text).get_identifiers())


class OutlineSection(Frozen):
    """A heading, what stands under it in order, and the headings below it."""

    id: Identifier
    heading: str
    annex: bool = False
    older: str = ""
    blocks: tuple[str, ...] = Field(min_length=1)
    sections: tuple[OutlineSection, ...] = ()


class Outline(Frozen):
    """The order of one document."""

    action: Literal[3, 4]
    title: str
    subtitle: str
    sections: tuple[OutlineSection, ...]

    def all_sections(self) -> tuple[OutlineSection, ...]:
        """Every section, upper and lower, in order."""
        return tuple(s for upper in self.sections for s in (upper, *upper.sections))


class Indicator(Frozen):
    """Something a service reports, with its denominator and where its threshold comes from."""

    id: str
    name: str
    numerator: str
    denominator: str
    source: str
    frequency: str
    threshold: str
    basis: str
    equity: bool = False
    balancing: bool = False
    enforceable: bool = False
    classes: tuple[MedicineClass, ...] = ()
    features: tuple[Feature, ...] = ()

    def applies(self, plan: Plan) -> bool:
        """Whether the plan's classes and preferred option call for it; balancing measures always apply."""
        when = When(classes=self.classes, features=self.features)
        return self.balancing or when.holds(plan)


class Deliverable(Frozen):
    """A line of the workplan, in weeks from the group's start, with exactly one accountable role."""

    ref: str
    task: str
    meets: tuple[RequirementId, ...]
    start: int = Field(ge=0)
    end: int
    deliverable: str
    accountable: str
    responsible: tuple[str, ...] = Field(min_length=1)
    consulted: tuple[str, ...]
    informed: tuple[str, ...]


class Workplan(Frozen):
    """The task and finish group's standing workplan, its roles and its standing risks."""

    deliverables: tuple[Deliverable, ...]
    roles: dict[str, str]
    risks: tuple[Risk, ...]

    @model_validator(mode="after")
    def _roles_are_known(self) -> Self:
        for line in self.deliverables:
            for role in (line.accountable, *line.responsible, *line.consulted, *line.informed):
                if role not in self.roles:
                    raise ValueError(f"deliverable {line.ref} names the role '{role}', not listed")
            if line.end <= line.start:
                raise ValueError(f"deliverable {line.ref} ends before it starts")
        return self


class AnnexPlaces(Frozen):
    """Where the pages meant for pasting go in one kind of agreement, in words."""

    activity: str
    price: str
    quality: str
    inequalities: str
    development: str


class ContractFamilies(Frozen):
    """Where each annex goes in each kind of agreement, as known for one contract year."""

    dated: FinancialYear
    families: dict[ContractFamily, AnnexPlaces]

    @model_validator(mode="after")
    def _all_there(self) -> Self:
        if set(self.families) != set(ContractFamily):
            raise ValueError("each kind of agreement must stand in the table once")
        return self


class SpecLibrary(Frozen):
    """Everything a specification is put together from, apart from the plan."""

    outlines: tuple[Outline, ...]
    clauses: tuple[Clause, ...]
    indicators: tuple[Indicator, ...]
    workplan: Workplan
    contract_families: ContractFamilies
    decision: DecisionContent

    @model_validator(mode="after")
    def _clauses_have_a_place(self) -> Self:
        places = {section.id for outline in self.outlines for section in outline.all_sections()}
        seen: set[str] = set()
        for clause in self.clauses:
            if clause.section not in places:
                raise ValueError(f"clause '{clause.id}' stands in '{clause.section}', which no outline has")
            if clause.id in seen:
                raise ValueError(f"clause '{clause.id}' appears twice")
            seen.add(clause.id)
        return self

    def outline(self, action: int) -> Outline:
        """The outline for Action 3 or 4."""
        return next(outline for outline in self.outlines if outline.action == action)
