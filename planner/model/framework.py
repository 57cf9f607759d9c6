"""The framework's requirements as data, to hold a document against. No wording of ours."""

from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.model.base import Frozen, repeated, without_fault
from planner.model.figures import Source

RequirementId = Annotated[str, Field(pattern=r"^A[0-5]\.[1-9][0-9]*[a-z]?$")]


class Strength(StrEnum):
    """How strongly the framework asks for something, strongest first."""

    MUST = "must"
    SHOULD = "should"
    CONSIDER = "consider"
    MAY = "may"
    EXAMPLE = "example"


STRONG = (Strength.MUST, Strength.SHOULD)


Actor = Literal[
    "ICB", "system", "provider", "group", "clinicians", "prescribers", "pharmacists",
    "accountable officers", "primary care", "PCNs", "trusts", "all",
]  # fmt: skip
"""Of whom the framework asks something."""


class Requirement(Frozen):
    """One thing the framework asks for, paraphrased, with who is asked and how strongly."""

    id: RequirementId
    asks: str
    section: str
    who: tuple[Actor, ...] = Field(min_length=1)
    strength: Strength

    @property
    def asked_of(self) -> str:
        """Who is asked, and how strongly: "prescribers: should"."""
        return f"{', '.join(self.who)}: {self.strength}"


class Action(Frozen):
    """One of the five actions and all it asks for; number 0 is what stands around the five."""

    number: int = Field(ge=0, le=5)
    title: str
    in_short: str
    requirements: tuple[Requirement, ...] = Field(min_length=1)

    @property
    def name(self) -> str:
        """The action by its number and title, or the title alone of what stands around them."""
        return f"Action {self.number}: {self.title}" if self.number else self.title


class Framework(Frozen):
    """The five actions of PR1103, and what its other parts ask (`whole`)."""

    source: Source
    whole: Action
    actions: tuple[Action, ...]

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        return without_fault(
            self,
            (
                [part.number for part in self.parts] != [0, 1, 2, 3, 4, 5],
                "the framework as a whole must be number 0, and the five actions stand in order",
            ),
            (
                repeated(requirement.id for requirement in self.requirements),
                "a requirement's id appears twice",
            ),
            *(
                (
                    not requirement.id.startswith(f"A{part.number}."),
                    f"requirement {requirement.id} stands under number {part.number}",
                )
                for part in self.parts
                for requirement in part.requirements
            ),
        )

    @property
    def parts(self) -> tuple[Action, ...]:
        """The framework as a whole, then the five actions."""
        return (self.whole, *self.actions)

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Every requirement, in order."""
        return tuple(requirement for part in self.parts for requirement in part.requirements)
