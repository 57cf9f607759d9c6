"""What a person needs to fill in a field: unit, whom it counts, where to find it. No layout."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from planner.model.base import Frozen, Line, Name, repeated, without_fault

Pattern = Annotated[str, Field(pattern=r"^[a-z_]+(\.([a-z_]+|\d+|\*))*$")]
"""The path of a field in a plan; `*` stands for any one part of it, such as the place of a post in
its list."""


class FieldHelp(Frozen):
    """The help of one field, or of several that are alike.

    `unit`, empty where it is that of the register of inputs, and `of` say what is counted and whom
    or what it is of; `where` names the official file,
    the dashboard or the people who hold the number; `empty` says what is used without it. Where
    `above` is true the words stand once above the fields, else each field (of three that belong
    together, the first) has them behind its question mark.
    """

    fields: Annotated[tuple[Pattern, ...], Field(min_length=1)]
    unit: Line = ""
    of: Line = ""
    note: Line = ""
    where: Name
    empty: Line = ""
    above: bool = False

    def is_of(self, path: str) -> bool:
        """Whether these words are for the field of that path."""
        parts = path.split(".")
        return any(_matches(pattern.split("."), parts) for pattern in self.fields)

    def words(self, unit: str) -> str:
        """The help as a reader sees it, with its unit and its three other parts named."""
        parts = {
            "**Unit:** ": f"{unit}{', ' if self.of else ''}{self.of}",
            "": self.note,
            "**Where to find it:** ": self.where,
            "**If empty:** ": self.empty,
        }
        return " ".join(f"{head}{words}." for head, words in parts.items() if words)


def _matches(pattern: list[str], parts: list[str]) -> bool:
    return len(pattern) == len(parts) and all(
        want in ("*", part) for want, part in zip(pattern, parts, strict=True)
    )


class FieldHelps(Frozen):
    """The help of every field that holds a figure; no pattern stands twice."""

    entries: tuple[FieldHelp, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        twice = repeated(pattern for entry in self.entries for pattern in entry.fields)
        return without_fault(self, (twice, f"two entries for {', '.join(sorted(twice))}"))

    def of(self, path: str) -> FieldHelp | None:
        """The help of the field of that path, or None where it holds no figure."""
        return next((entry for entry in self.entries if entry.is_of(path)), None)
