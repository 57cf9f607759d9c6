"""What a document says, block by block, before any Word: no styles, no files, no sums."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.model.base import Frozen
from planner.model.framework import RequirementId


class Paragraph(Frozen):
    """A paragraph of text. A note is set apart; "missing" says what must still be supplied and by whom."""

    kind: Literal["paragraph"] = "paragraph"
    text: str
    tone: Literal["plain", "note", "missing"] = "plain"


class Bullets(Frozen):
    """A list of points."""

    kind: Literal["bullets"] = "bullets"
    points: tuple[str, ...] = Field(min_length=1)


class Table(Frozen):
    """A table of text with one header row and no merged cells."""

    kind: Literal["table"] = "table"
    caption: str
    description: str
    columns: tuple[str, ...] = Field(min_length=2, max_length=7)
    rows: tuple[tuple[str, ...], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"table '{self.caption}' has a row of the wrong length")
        return self


class Picture(Frozen):
    """A chart, by name. The chart itself brings the words that stand for it."""

    kind: Literal["picture"] = "picture"
    chart: str
    caption: str


Block = Annotated[Paragraph | Bullets | Table | Picture, Field(discriminator="kind")]


class Section(Frozen):
    """A heading and what stands under it. Annexes are lettered, all else numbered."""

    id: str
    heading: str
    level: Literal[1, 2]
    number: str
    annex: bool = False
    blocks: tuple[Block, ...]


class HeaderLine(Frozen):
    """A labelled line of the header block."""

    label: str
    value: str


class DocumentContent(Frozen):
    """Everything one document says, whatever it is about: the Word layout asks for nothing else."""

    title: str
    subtitle: str
    organisation: str
    status: str
    header: tuple[HeaderLine, ...]
    summary: tuple[Block, ...]
    sections: tuple[Section, ...]
    footer: str
    author: str
    keywords: str


class SpecContent(DocumentContent):
    """Everything one specification says, the action it answers, and the requirements it meets."""

    action: Literal[3, 4]
    meets: tuple[RequirementId, ...]
