"""What a document says, block by block, before any Word: no styles, no files, no sums."""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from planner.model.base import Frozen, without_fault

Tone = Literal["plain", "note", "missing", "heading"]


class Paragraph(Frozen):
    """A paragraph of text. A note is set apart; "missing" says what must still be supplied and by
    whom; a heading has no number, and stands one level below that of its section."""

    kind: Literal["paragraph"] = "paragraph"
    text: str
    tone: Tone = "plain"


class Bullets(Frozen):
    """A list of points.

    Of requests each has its number, such as (1); of sources [1], and wherever a document with such
    a list prints a source's number it leads there.
    """

    kind: Literal["bullets"] = "bullets"
    points: tuple[str, ...] = Field(min_length=1)
    of: Literal["points", "requests", "sources"] = "points"


DASH = "—"
NO_NUMBER = (DASH, "not known", "not given", "withheld", "not compared", "not shown", "not said")
"""What a cell says where it has neither a number nor the reason for there being none."""


class Table(Frozen):
    """A table of text with one header row and no merged cells, the same on screen, on paper and in
    a terminal.

    `missing` says by column why a cell of it has no number.
    """

    kind: Literal["table"] = "table"
    caption: str
    description: str
    columns: tuple[str, ...] = Field(min_length=2)
    rows: tuple[tuple[str, ...], ...] = Field(min_length=1)
    missing: dict[str, tuple[str, ...]] = {}

    @model_validator(mode="after")
    def _rectangular(self) -> Self:
        return without_fault(
            self,
            (
                any(len(row) != len(self.columns) for row in self.rows),
                f"table '{self.caption}' has a row of the wrong length",
            ),
        )

    @property
    def records(self) -> list[dict[str, str]]:
        """Each row by the heads of its columns."""
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]

    @property
    def reasons(self) -> tuple[str, ...]:
        """Why cells here have no number, each reason once and only where there is such a cell."""
        bare = {column for row in self.records for column, cell in row.items() if cell in NO_NUMBER}
        return tuple(
            dict.fromkeys(
                r for column in self.columns if column in bare for r in self.missing.get(column, ())
            )
        )

    @property
    def filled(self) -> Self:
        """The same table without the columns in which no row holds a number."""
        cells = zip(*self.rows, strict=True)
        return self.only(
            *(c for c, column in zip(self.columns, cells, strict=True) if set(column) != {DASH})
        )

    def only(self, *columns: str) -> Self:
        """The same table with just these columns, in this order. Raises KeyError for one that it
        does not have."""
        rows = tuple(tuple(row[column] for column in columns) for row in self.records)
        return self.model_copy(update={"columns": columns, "rows": rows})

    def without(self, *columns: str) -> Self:
        """The same table without these columns."""
        return self.only(*(column for column in self.columns if column not in columns))


class Picture(Frozen):
    """A chart, by name. The chart itself brings the words that stand for it, and its numbers as a
    table where `with_table` says that they stand nowhere else in the document."""

    kind: Literal["picture"] = "picture"
    chart: str
    caption: str
    with_table: bool = False


Block = Annotated[Paragraph | Bullets | Table | Picture, Field(discriminator="kind")]


class Section(Frozen):
    """A numbered heading and what stands under it."""

    id: str
    heading: str
    level: Literal[1, 2]
    number: str
    blocks: tuple[Block, ...]

    @property
    def numbered(self) -> int:
        """How many paragraphs have a number, where those of the document are numbered."""
        return sum(isinstance(b, Paragraph) and b.tone == "plain" for b in self.blocks)

    @model_validator(mode="after")
    def _fits_a_page(self) -> Self:
        return without_fault(
            self,
            *(
                (
                    len(block.columns) > 7,
                    f"table '{block.caption}' has more columns than a page has room for",
                )
                for block in self.blocks
                if isinstance(block, Table)
            ),
        )


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
    summary: tuple[Block, ...] = ()
    print: Literal["ordinary", "plain"] = "ordinary"
    contents: bool = True
    numbered: bool = False
    sections: tuple[Section, ...]
    footer: str
    identifier: str = ""
    author: str
    keywords: str


class SpecContent(DocumentContent):
    """Everything one document of the set says, and its name."""

    name: str
