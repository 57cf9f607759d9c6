"""Content as a Word document. With its template, the only code that knows docxtpl."""

import io
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, Template, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from planner.model.document import Block, Bullets, DocumentContent, Paragraph, Section, Table
from planner.outputs.word.template import FIXED_DATE, ORDINARY, Paper, reproducible, set_properties

# Characters; a longer table may run over a page.
LONGEST_KEPT_TABLE = 900


@dataclass(frozen=True)
class Drawing:
    """A chart as a picture, with the words that stand for it."""

    png: bytes
    alternative: str


@dataclass(frozen=True)
class _Block:
    """A block as the template reads it; a table's kind names its number of columns."""

    kind: str
    text: str = ""
    points: tuple[str, ...] = ()
    caption: str = ""
    description: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    widths: tuple[int, ...] = ()
    keep: int = 0
    picture: Any = None


@dataclass(frozen=True)
class _Entry:
    text: str
    level: int
    anchor: str


@dataclass(frozen=True)
class _Section:
    style: str
    heading: str
    mark: int
    anchor: str
    blocks: tuple[_Block, ...]
    contents: tuple[_Entry, ...] = ()


@dataclass(frozen=True)
class _Content:
    organisation: str
    title: str
    subtitle: str
    status: str
    footer: str
    header_table: _Block
    sections: tuple[_Section, ...] = field(default=())


class _Environment(ImmutableSandboxedEnvironment):
    """Jinja that runs nothing unsafe, escapes every value, refuses unknown names, and compiles
    once."""

    def __init__(self) -> None:
        super().__init__(undefined=StrictUndefined, autoescape=True)
        self._compiled: dict[str, Template] = {}

    def from_string(
        self,
        source: str | nodes.Template,
        globals: MutableMapping[str, Any] | None = None,
        template_class: type[Template] | None = None,
    ) -> Template:
        if not isinstance(source, str):
            return super().from_string(source, globals, template_class)
        if source not in self._compiled:
            self._compiled[source] = super().from_string(source, globals, template_class)
        return self._compiled[source]


@cache
def _environment() -> _Environment:
    return _Environment()


@lru_cache(maxsize=16)
def _patched(source: str) -> str:
    patched: str = _PLAIN.patch_xml(source)
    return patched


class _Template(DocxTemplate):  # type: ignore[misc]
    def patch_xml(self, src_xml: str) -> str:
        return _patched(src_xml)


_PLAIN = DocxTemplate.__new__(DocxTemplate)


class _DescribedImage(InlineImage):  # type: ignore[misc]
    """An inline picture with alternative text, which docxtpl 0.20 cannot give."""

    def __init__(self, tpl: DocxTemplate, png: bytes, alternative: str, width: Any) -> None:
        super().__init__(tpl, io.BytesIO(png), width=width)
        self.alternative = alternative

    def _insert_image(self) -> str:
        inline = self.tpl.current_rendering_part.new_pic_inline(
            self.image_descriptor, self.width, self.height
        )
        inline.docPr.set("descr", self.alternative)
        inline.docPr.set("name", "Chart")
        xml: str = inline.xml
        return (
            "</w:t></w:r><w:r><w:drawing>"
            + xml
            + '</w:drawing></w:r><w:r><w:t xml:space="preserve">'
        )


def render(
    content: DocumentContent,
    template: Path,
    drawings: Mapping[str, Drawing],
    paper: Paper = ORDINARY,
    made_with: str = "",
    output: datetime = FIXED_DATE,
) -> bytes:
    """The document as the bytes of a .docx file; the same content and pictures always give the same
    bytes.

    `drawings` holds each chart the content names. Raises KeyError naming a chart that was not
    given. `paper` is that of the template, and `made_with` the versions that its properties give.
    Text arrives exactly as it was typed: it is escaped, never run, and template tags in it stay
    text.
    """
    document = _Template(str(template))
    document.init_docx()
    document.render(
        {"content": _context(content, document, drawings, paper)}, _environment(), autoescape=True
    )
    set_properties(
        document.docx,
        output,
        author=content.author[:255],
        title=content.title[:255],
        subject=content.subtitle[:255],
        keywords=content.keywords,
        revision=1,
        comments=made_with,
    )
    out = io.BytesIO()
    document.save(out)
    return reproducible(out.getvalue())


def _context(
    content: DocumentContent,
    document: DocxTemplate,
    drawings: Mapping[str, Drawing],
    paper: Paper = ORDINARY,
) -> _Content:
    front = _Section(
        style="front",
        heading="Summary",
        mark=1,
        anchor="_summary",
        blocks=_blocks(content.summary, document, drawings, paper),
        contents=tuple(
            _Entry(text=_numbered(section), level=section.level, anchor=_anchor(section))
            for section in content.sections
        ),
    )
    sections = tuple(
        _Section(
            style="annex" if section.annex else str(section.level),
            heading=section.heading,
            mark=mark,
            anchor=_anchor(section),
            blocks=_blocks(section.blocks, document, drawings, paper),
        )
        for mark, section in enumerate(content.sections, start=2)
    )
    lines = tuple((line.label, _exact(line.value)) for line in content.header)
    return _Content(
        organisation=_exact(content.organisation),
        title=_exact(content.title),
        subtitle=content.subtitle,
        status=_exact(content.status),
        footer=_exact(content.footer),
        header_table=_Block(
            kind="table2",
            caption="About this document",
            description="What the document is about, who stands behind it, and its version.",
            columns=("Item", "Entry"),
            rows=lines,
            widths=(paper.table // 3, paper.table - paper.table // 3),
        ),
        sections=(front, *sections),
    )


def _numbered(section: Section) -> str:
    return (
        f"Annex {section.number}. {section.heading}"
        if section.annex
        else f"{section.number} {section.heading}"
    )


def _anchor(section: Section) -> str:
    return "_" + section.id.replace("-", "_")[:38]


def _blocks(
    blocks: tuple[Block, ...], document: DocxTemplate, drawings: Mapping[str, Drawing], paper: Paper
) -> tuple[_Block, ...]:
    """The blocks of one section; what leads into a list, table or picture stays on its page."""
    after = (*blocks[1:], None)
    return tuple(
        _block(block, not isinstance(then, Paragraph | None), document, drawings, paper)
        for block, then in zip(blocks, after, strict=True)
    )


def _block(
    block: Block, leads: bool, document: DocxTemplate, drawings: Mapping[str, Drawing], paper: Paper
) -> _Block:
    if isinstance(block, Paragraph):
        leads = leads and block.tone == "plain" and len(block.text) < 600
        return _Block(kind="lead" if leads else block.tone, text=_exact(block.text))
    if isinstance(block, Bullets):
        return _Block(kind="bullets", points=tuple(_exact(point) for point in block.points))
    if isinstance(block, Table):
        return _Block(
            kind=f"table{len(block.columns)}",
            caption=_exact(block.caption),
            description=_exact(block.description),
            columns=tuple(_exact(column) for column in block.columns),
            rows=tuple(tuple(_exact(cell) for cell in row) for row in block.rows),
            widths=_widths(block, paper),
            keep=int(sum(len(cell) for row in block.rows for cell in row) <= LONGEST_KEPT_TABLE),
        )
    drawing = drawings[block.chart]
    return _Block(
        kind="picture",
        caption=block.caption,
        picture=_DescribedImage(document, drawing.png, drawing.alternative, Cm(paper.picture)),
    )


def _exact(text: str) -> Markup:
    """The text escaped, with its line ends kept and with what docxtpl rewrites after rendering
    written as entities, so that it arrives as typed."""
    safe = str(escape(text))
    for brace in ("{", "%"):
        safe = safe.replace(f"{brace}_", f"{brace}&#95;")
    for brace in ("}", "%"):
        safe = safe.replace(f"_{brace}", f"&#95;{brace}")
    return Markup(safe)


def _widths(table: Table, paper: Paper) -> tuple[int, ...]:
    """Column widths that follow what the columns hold: long text gets room, no word is broken."""
    wanted = []
    for place, heading in enumerate(table.columns):
        cells = [heading, *(row[place] for row in table.rows)]
        longest_word = max(len(word) for cell in cells for word in (cell.split() or [""]))
        mean = sum(len(cell) for cell in cells) / len(cells)
        wanted.append(((min(longest_word, 18) * 125 + 190) * paper.scale, mean**0.75))
    least = sum(minimum for minimum, _ in wanted)
    if least >= paper.table:
        widths = [minimum * paper.table / least for minimum, _ in wanted]
    else:
        share = (paper.table - least) / sum(weight for _, weight in wanted)
        widths = [minimum + weight * share for minimum, weight in wanted]
    whole = [int(width) for width in widths]
    whole[-1] += paper.table - sum(whole)
    return tuple(whole)
