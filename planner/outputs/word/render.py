"""Content as a Word document. With its template, the only code that knows docxtpl."""

import io
import re
from collections.abc import Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from docx.oxml.ns import qn
from docx.shared import Cm, Length, Pt
from docx.text.paragraph import Paragraph as WordParagraph
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, Template, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from planner.model.document import DASH, Block, Bullets, DocumentContent, Paragraph, Section, Table
from planner.outputs.word.template import (
    OF_A_LINK,
    ORDINARY,
    Paper,
    save_bytes,
    set_properties,
)

MOST_ROWS_TOGETHER, MOST_LINES_TOGETHER = 5, (10, 26)
"""How many lines of text a table may have that is kept on one page; and one of few rows, of which
none should stand alone."""
MOST_COLUMNS_UPRIGHT = 5
LETTER, PADDING, LONGEST_WORD = 105, 190, 18
"""How wide a letter of a table is and what stands beside the text of a cell (twentieths of a
point); and how many letters of a word a column makes room for at least."""
SHARES = 16
"""In how many shares the room that columns do not need for their longest words is given out."""
NO_FIGURE = "no figure"
"""What a cell with nothing in it says, since a dash is not read aloud."""
NEGATIVE = re.compile(r"(?<![\w-])-(?=£?\d)")
CITED = re.compile(r"\[(\d+)\]")


@dataclass(frozen=True)
class Drawing:
    """A chart as a picture, with the words that stand for it."""

    png: bytes
    alternative: str


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja that runs nothing unsafe, and compiles each part of a template once."""

    def from_string(
        self,
        source: str | nodes.Template,
        globals: MutableMapping[str, Any] | None = None,
        template_class: type[Template] | None = None,
    ) -> Template:
        return _compiled(source)


# Every value is escaped, and a name that is not known is refused.
_ENVIRONMENT = _Environment(undefined=StrictUndefined, autoescape=True)


@lru_cache(maxsize=64)
def _compiled(source: str | nodes.Template) -> Template:
    return ImmutableSandboxedEnvironment.from_string(_ENVIRONMENT, source)


@lru_cache(maxsize=16)
def _patched(source: str) -> str:
    return str(_PLAIN.patch_xml(source))


_PLAIN = DocxTemplate.__new__(DocxTemplate)


@dataclass(frozen=True)
class _DescribedImage:
    """An inline picture with alternative text, which docxtpl 0.20's own cannot have: its markup,
    where a template calls for it."""

    document: DocxTemplate
    png: bytes
    alternative: str
    width: Length

    def __html__(self) -> str:
        part = self.document.current_rendering_part
        inline = part.new_pic_inline(io.BytesIO(self.png), self.width, None)
        inline.docPr.set("descr", self.alternative)
        inline.docPr.set("name", "Chart")
        return (
            f"</w:t></w:r><w:r><w:drawing>{inline.xml}</w:drawing></w:r><w:r>"
            '<w:t xml:space="preserve">'
        )


def render(
    content: DocumentContent,
    template: Path,
    drawings: Mapping[str, Drawing],
    paper: Paper = ORDINARY,
    versions: str = "",
) -> bytes:
    """The document as the bytes of a .docx file; the same content and pictures always give the
    same bytes.

    `drawings` holds each chart the content names. Raises KeyError naming a chart that was not
    given. `paper` is that of the template, and `versions` the versions that its properties give.
    Text arrives exactly as it was typed: it is escaped, never run, and template tags in it stay
    text.
    """
    document = DocxTemplate(str(template))
    # A template's parts are made ready for Jinja once and not for each document.
    document.patch_xml = _patched
    document.init_docx()
    page = _Page(document, drawings, paper, _sources(content))
    document.render({"content": page.content(content)}, _ENVIRONMENT, autoescape=True)
    _space_below_tables(document.docx)
    set_properties(
        document.docx,
        author=content.author[:255],
        title=content.title[:255],
        subject=content.subtitle[:255],
        keywords=content.keywords,
        revision=1,
        comments=versions,
        identifier=content.identifier,
    )
    return save_bytes(document)


def _sources(content: DocumentContent) -> int:
    """How many sources the document lists."""
    return sum(
        len(block.points)
        for section in content.sections
        for block in section.blocks
        if isinstance(block, Bullets) and block.of == "sources"
    )


def _space_below_tables(document: Any) -> None:
    """Room between a table and what follows, where its style has none above; and after a table
    that ends the document the line that Word needs, so thin that it never begins a page."""
    for table in document.tables:
        following = table._tbl.getnext()
        if following.tag == qn("w:p"):
            paragraph = WordParagraph(following, document)
            if paragraph.style and paragraph.style.paragraph_format.space_before is None:
                paragraph.paragraph_format.space_before = Pt(6)
        elif following.tag == qn("w:sectPr"):
            last = document.add_paragraph().paragraph_format
            last.line_spacing, last.space_after = Pt(2), Pt(0)


@dataclass(frozen=True)
class _Page:
    """What the blocks of a document are laid out with: the file, its charts and paper, and how many
    sources its list has."""

    document: DocxTemplate
    drawings: Mapping[str, Drawing]
    paper: Paper
    sources: int

    def content(self, content: DocumentContent) -> SimpleNamespace:
        """The content as the template reads it, name by name."""
        front = SimpleNamespace(
            style="front" if content.summary else "bare",
            heading="Summary",
            mark=1,
            anchor="_summary",
            blocks=self._blocks(content.summary, 1, numbered=False),
            contents=[
                SimpleNamespace(
                    text=f"{section.number} {section.heading}",
                    level=section.level,
                    anchor=_anchor(section),
                )
                for section in content.sections
                if content.contents
            ],
        )
        sections = (
            SimpleNamespace(
                # Plain words for the public need no numbers.
                style="front" if content.print == "plain" else str(section.level),
                heading=section.heading,
                mark=mark,
                anchor=_anchor(section),
                blocks=self._blocks(section.blocks, section.level, content.numbered),
                contents=(),
            )
            for mark, section in enumerate(content.sections, start=2)
        )
        return SimpleNamespace(
            organisation=_exact(content.organisation),
            title=_exact(content.title),
            subtitle=content.subtitle,
            status=_exact(content.status),
            footer=_exact(content.footer),
            header_table=SimpleNamespace(
                caption="About this document",
                description="What the document is about, who stands behind it, and its version.",
                columns=("Item", "Entry"),
                rows=[
                    SimpleNamespace(cells=(line.label, _exact(line.value)), keep=0)
                    for line in content.header
                ],
                widths=(self.paper.table // 4, self.paper.table - self.paper.table // 4),
            ),
            sections=(*((front,) if content.summary or content.contents else ()), *sections),
        )

    def _blocks(
        self, blocks: tuple[Block, ...], level: int, numbered: bool
    ) -> list[SimpleNamespace]:
        """The blocks of a section of that level; what leads into a list, table or picture stays on
        its page."""
        return [
            laid_out
            for block, then in pairwise((*blocks, None))
            if block is not None
            for laid_out in self._block(
                block, level, numbered, not isinstance(then, Paragraph | None)
            )
        ]

    def _block(
        self, block: Block, level: int, numbered: bool, leads: bool
    ) -> Iterator[SimpleNamespace]:
        """A block as the template reads it; a table's kind names its number of columns."""
        match block:
            case Paragraph(tone="heading"):
                yield SimpleNamespace(kind=f"heading{level + 1}", text=_exact(block.text))
            case Paragraph():
                leads = leads and block.tone == "plain" and len(block.text) < 600
                text = self._linked(block.text)
                if numbered and block.tone == "plain":
                    yield SimpleNamespace(kind="numbered", level=level, keep=int(leads), text=text)
                else:
                    yield SimpleNamespace(kind="lead" if leads else block.tone, text=text)
            case Bullets(of="sources"):
                yield SimpleNamespace(
                    kind="sources",
                    points=[
                        SimpleNamespace(
                            text=_exact(title), anchor=f"_source_{number}", mark=9000 + number
                        )
                        for number, title in enumerate(block.points, start=1)
                    ],
                )
            case Bullets():
                yield SimpleNamespace(
                    kind="lettered" if numbered else block.of,
                    points=[self._linked(point) for point in block.points],
                )
            case Table():
                for part in _parts(block, self.paper):
                    yield self._table(part)
            case _:
                drawing = self.drawings[block.chart]
                yield SimpleNamespace(
                    kind="picture",
                    caption=block.caption,
                    picture=_DescribedImage(
                        self.document, drawing.png, drawing.alternative, Cm(self.paper.picture)
                    ),
                )

    def _table(self, table: Table) -> SimpleNamespace:
        """A table as the template reads it. A short one stays whole; of a longer one the first rows
        stay with its head and the last with the one before."""
        widths = _widths(table, self.paper)
        room = [(width - PADDING) / self.paper.scale / LETTER for width in widths]
        lines = sum(
            max(1 + int(len(cell) / letters) for cell, letters in zip(row, room, strict=True))
            for row in table.rows
        )
        last = len(table.rows) - 1
        whole = lines <= MOST_LINES_TOGETHER[last < MOST_ROWS_TOGETHER]
        return SimpleNamespace(
            kind=f"table{len(table.columns)}",
            caption=_exact(table.caption),
            description=_exact(table.description),
            columns=[_exact(column) for column in table.columns],
            rows=[
                SimpleNamespace(
                    cells=[
                        NO_FIGURE if cell == DASH else self._linked(NEGATIVE.sub("\u2212", cell))
                        for cell in row
                    ],
                    keep=int(place < last and (whole or place < 2 or place == last - 1)),
                )
                for place, row in enumerate(table.rows)
            ],
            widths=widths,
        )

    def _linked(self, text: str) -> Markup:
        """The text as typed, each source's number in it leading to the list of sources."""
        parts = CITED.split(text)
        if not self.sources or len(parts) == 1:
            return _exact(text)
        return Markup("").join(
            _exact(part)
            if place % 2 == 0
            else _link(int(part))
            if 1 <= int(part) <= self.sources
            else _exact(f"[{part}]")
            for place, part in enumerate(parts)
        )


def _link(number: int) -> Markup:
    return Markup(
        f'</w:t></w:r><w:hyperlink w:anchor="_source_{number}" w:history="1"><w:r>{OF_A_LINK}'
        f'<w:t>[{number}]</w:t></w:r></w:hyperlink><w:r><w:t xml:space="preserve">'
    )


def _anchor(section: Section) -> str:
    return "_" + section.id.replace("-", "_")[:38]


def _exact(text: str) -> Markup:
    """The text escaped, with its line ends kept and with what docxtpl rewrites after rendering
    written as entities, so that it arrives as typed."""
    safe = str(escape(text))
    for brace in ("{", "%"):
        safe = safe.replace(f"{brace}_", f"{brace}&#95;")
    for brace in ("}", "%"):
        safe = safe.replace(f"_{brace}", f"&#95;{brace}")
    return Markup(safe)


def _parts(table: Table, paper: Paper) -> tuple[Table, ...]:
    """The table, or two with the same first column where it has too many columns for upright
    paper: more than six, or six of which each cannot have what it holds in a line or two."""
    first, *others = table.columns
    wanted = sum(
        min(max(map(len, cells)), 24) * LETTER + PADDING for cells in zip(*table.rows, strict=True)
    )
    columns, most = len(table.columns), MOST_COLUMNS_UPRIGHT
    if paper.landscape or columns <= most or (columns == most + 1 and wanted <= paper.table):
        return (table,)
    half = (len(others) + 1) // 2
    return tuple(
        table.only(first, *some).model_copy(
            update={"caption": f"{table.caption} (part {part} of 2)"}
        )
        for part, some in enumerate((others[:half], others[half:]), start=1)
    )


def _breadth(word: str) -> float:
    """How many letters' room a word takes, a capital as much as one and a third."""
    return len(word) + sum(letter.isupper() for letter in word) / 3


def _widths(table: Table, paper: Paper) -> tuple[int, ...]:
    """Column widths at which the rows have the fewest lines and no word is broken: what room there
    is beyond the longest words goes, a share at a time, to the column that saves most."""
    longest = (
        max(_breadth(word) for cell in cells for word in (cell.split() or [""]))
        for cells in zip(table.columns, *table.rows, strict=True)
    )
    widths = [(min(word, LONGEST_WORD) * 125 + PADDING) * paper.scale for word in longest]
    left = paper.table - sum(widths)
    lengths = [[len(cell) for cell in cells] for cells in zip(*table.rows, strict=True)]

    def height(letters: list[int], width: float) -> float:
        """How much a column of that width adds to the rows: a long cell counts for far more than
        two of half its length, since the longest makes a row high."""
        return sum((length / (width - PADDING)) ** 3 for length in letters)

    for _ in range(SHARES if left > 0 else 0):
        heights_saved = [
            height(letters, width) - height(letters, width + left / SHARES)
            for letters, width in zip(lengths, widths, strict=True)
        ]
        widths[heights_saved.index(max(heights_saved))] += left / SHARES
    whole = [int(width * paper.table / sum(widths)) for width in widths]
    whole[-1] += paper.table - sum(whole)
    return tuple(whole)
