"""The framework's requirements as data, to hold a document against. No wording of ours."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from planner.model.base import Frozen, repeated, without_fault
from planner.model.figures import Source

RequirementId = Annotated[str, Field(pattern=r"^A[1-5]\.[1-9][0-9]*[a-z]?$")]


class Requirement(Frozen):
    """One thing an action asks for, paraphrased."""

    id: RequirementId
    asks: str
    section: str


class Action(Frozen):
    """One of the five actions and all it asks for."""

    number: int = Field(ge=1, le=5)
    title: str
    in_short: str
    requirements: tuple[Requirement, ...] = Field(min_length=1)


class Framework(Frozen):
    """The five actions of PR1103."""

    source: Source
    actions: tuple[Action, ...]

    @model_validator(mode="after")
    def _numbered(self) -> Self:
        return without_fault(
            self,
            (
                [action.number for action in self.actions] != [1, 2, 3, 4, 5],
                "the five actions must stand in order",
            ),
            (
                repeated(requirement.id for requirement in self.requirements),
                "a requirement's id appears twice",
            ),
            *(
                (
                    not requirement.id.startswith(f"A{action.number}."),
                    f"requirement {requirement.id} stands under action {action.number}",
                )
                for action in self.actions
                for requirement in action.requirements
            ),
        )

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Every requirement, in order."""
        return tuple(requirement for action in self.actions for requirement in action.requirements)
