"""The framework's requirements as data, so that a document can be held against them. No wording of ours."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from planner.model.base import Frozen, repeated
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
        if [action.number for action in self.actions] != [1, 2, 3, 4, 5]:
            raise ValueError("the five actions must stand in order")
        if repeated(requirement.id for requirement in self.requirements):
            raise ValueError("a requirement's id appears twice")
        for action in self.actions:
            for requirement in action.requirements:
                if not requirement.id.startswith(f"A{action.number}."):
                    raise ValueError(
                        f"requirement {requirement.id} stands under action {action.number}"
                    )
        return self

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Every requirement, in order."""
        return tuple(requirement for action in self.actions for requirement in action.requirements)
