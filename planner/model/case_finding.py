"""Who is looked for, in what order they are offered review, and what is audited. No counts here."""

from collections.abc import Iterable
from datetime import date
from string import Template
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from planner.model.base import Frozen, Name, repeated, without_fault
from planner.model.decision import SourcedFact
from planner.model.figures import Identifier
from planner.model.framework import RequirementId
from planner.model.prescribing import MedicineClass

TierNumber = Literal[1, 2, 3, 4]
KnownHere = Literal["high_dose", "several_classes", "long_term"]
"""A number that a plan may already hold, or that can be modelled from it."""

FILLED_BY = {"threshold", "prescribed_with"}
"""The $names a rule may use: the plan's dose threshold, and the covered classes one of which is
taken as well."""


def _names_known(text: str) -> str:
    unknown = set(Template(text).get_identifiers()) - FILLED_BY
    names = ", $".join(sorted(FILLED_BY))
    return without_fault(text, (unknown, f"${min(unknown, default='')} is not one of ${names}"))


Rule = Annotated[str, Field(min_length=1), AfterValidator(_names_known)]
"""A rule in words, in which $names are filled from the plan."""


class About(Frozen):
    """Something that is said only where the plan covers one of `classes`; of all classes where none
    is named."""

    classes: tuple[MedicineClass, ...] = ()

    def about(self, included: Iterable[MedicineClass]) -> tuple[MedicineClass, ...]:
        """The covered classes it is about."""
        return tuple(c for c in included if not self.classes or c in self.classes)


class ClassSearch(Frozen):
    """How people on one class are found: prescribed it now, for longer than expected, or newly
    started."""

    medicine_class: MedicineClass
    months_back: int = Field(ge=1, le=60)
    now: Rule
    long_use: Rule
    new_start: Rule
    basis: Name


class DoseThreshold(Frozen):
    """One of the daily doses of oral morphine equivalent that are called high, and who uses it."""

    milligrams: Literal[90, 120]
    used_by: Name
    means: Name


class RiskSearch(About):
    """A search for people at more risk, the tier it puts them in and why.

    `prescribed_with` names classes of which one must be taken as well; `at_least` is how many
    classes at once.
    """

    id: Identifier
    name: Name
    rule: Rule
    why: Name
    tier: TierNumber
    prescribed_with: tuple[MedicineClass, ...] = ()
    at_least: int = Field(default=1, ge=1, le=5)
    known: KnownHere | None = None

    def applies(self, included: tuple[MedicineClass, ...]) -> bool:
        """Whether the covered classes are enough for this search."""
        with_another = not self.prescribed_with or set(self.prescribed_with) & set(included)
        return len(self.about(included)) >= self.at_least and bool(with_another)


class Handling(About):
    """People whom a search finds and another pathway may suit; a clinician checks, nothing is
    closed to them."""

    who: Name
    marked_by: Name
    then: Name


class NotSeen(About):
    """What a search of prescriptions cannot see, and what is done about it."""

    what: Name
    so: Name


class Tier(Frozen):
    """One step in the order in which review is offered."""

    number: TierNumber
    name: Name
    reason: Name
    offer_within: Name
    by_whom: Name


class Point(About):
    """A line of a list."""

    text: Rule


class AuditLine(About):
    """A line of the audit sheet: an indicator of the specification by its reference, counted over
    a denominator of the sheet's where one is named; or one of its own."""

    indicator: str = ""
    criterion: str = ""
    denominator: str = ""
    numerator: str = ""
    standard: str = ""
    exceptions: Name
    balancing: bool = False

    @model_validator(mode="after")
    def _one_or_the_other(self) -> Self:
        own = (self.criterion, self.numerator, self.standard)
        return without_fault(
            self,
            (
                self.indicator and any(own),
                f"the audit line of {self.indicator} takes its words from the indicator",
            ),
            (
                not self.indicator and not all(text.strip() for text in (*own, self.denominator)),
                "an audit line needs a criterion, a denominator, a numerator and a standard",
            ),
        )


class Warned(About, SourcedFact):
    """A warning of the medicines regulator, on its day, in our words."""

    on: date
    says: str


class Resource(About):
    """Something the framework names for use: its name, who publishes it, and what it is for."""

    name: str
    by: str
    for_use: str


class Meets(Frozen):
    """What the framework asks for that each part answers."""

    searches: tuple[RequirementId, ...]
    priority: tuple[RequirementId, ...]
    review: tuple[RequirementId, ...]
    audit: tuple[RequirementId, ...]
    resources: tuple[RequirementId, ...]

    @property
    def all(self) -> tuple[RequirementId, ...]:
        """Every requirement that some part answers."""
        return (*self.searches, *self.priority, *self.review, *self.audit, *self.resources)


class CaseFinding(Frozen):
    """Searches, order of priority, review standard and audit sheet."""

    meets: Meets
    how_to_read: tuple[Point, ...] = Field(min_length=1)
    searches: tuple[ClassSearch, ...]
    thresholds: tuple[DoseThreshold, ...]
    risks: tuple[RiskSearch, ...]
    handling: tuple[Handling, ...] = Field(min_length=1)
    not_seen: tuple[NotSeen, ...] = Field(min_length=1)
    tiers: tuple[Tier, ...]
    how_to_offer: tuple[Point, ...] = Field(min_length=1)
    review_record: tuple[Point, ...] = Field(min_length=1)
    audit: tuple[AuditLine, ...] = Field(min_length=1)
    audit_rules: tuple[Point, ...] = Field(min_length=1)
    warnings: tuple[Warned, ...]
    borne_in_mind: tuple[Point, ...]
    resources: tuple[Resource, ...]

    @model_validator(mode="after")
    def _all_there(self) -> Self:
        return without_fault(
            self,
            (
                [search.medicine_class for search in self.searches] != list(MedicineClass),
                "each of the five classes needs one search, in the framework's order",
            ),
            (
                [threshold.milligrams for threshold in self.thresholds] != [90, 120],
                "both dose thresholds must stand, 90 and then 120",
            ),
            (
                [tier.number for tier in self.tiers] != [1, 2, 3, 4],
                "the tiers must run from 1 to 4",
            ),
            (
                repeated(risk.id for risk in self.risks),
                "the id of a risk search stands twice",
            ),
            *(
                (
                    not any(r.applies((c,)) for r in self.risks if r.tier == tier.number),
                    f"nobody on {c.label} alone could come into tier {tier.number}",
                )
                for tier in self.tiers
                for c in MedicineClass
            ),
            (
                not any(line.balancing for line in self.audit),
                "the audit sheet needs a balancing measure",
            ),
        )
