"""Content as a Word document. With its template, the only code that knows docxtpl."""

import io
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from docx.shared import Cm
from docxtpl import DocxTemplate, InlineImage
from jinja2 import StrictUndefined, Template, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from planner.model.document import Block, Bullets, DocumentContent, Paragraph, Section, Table
from planner.outputs.word.template import FIXED_DATE, ORDINARY, Paper, reproducible, set_properties

# Characters; a longer table may run over a page.
LONGEST_KEPT_TABLE = 600


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
        return (
            f"</w:t></w:r><w:r><w:drawing>{inline.xml}</w:drawing></w:r><w:r>"
            '<w:t xml:space="preserve">'
        )


def render(
    content: DocumentContent,
    template: Path,
    drawings: Mapping[str, Drawing],
    paper: Paper = ORDINARY,
    made_with: str = "",
) -> bytes:
    """The document as the bytes of a .docx file; the same content and pictures always give the
    same bytes.

    `drawings` holds each chart the content names. Raises KeyError naming a chart that was not
    given. `paper` is that of the template, and `made_with` the versions that its properties give.
    Text arrives exactly as it was typed: it is escaped, never run, and template tags in it stay
    text.
    """
    document = _Template(str(template))
    document.init_docx()
    document.render(
        {"content": _context(content, document, drawings, paper)}, _ENVIRONMENT, autoescape=True
    )
    set_properties(
        document.docx,
        FIXED_DATE,
        author=content.author[:255],
        title=content.title[:255],
        subject=content.subtitle[:255],
        keywords=content.keywords,
        revision=1,
        comments=made_with,
        identifier=content.identifier,
    )
    out = io.BytesIO()
    document.save(out)
    return reproducible(out.getvalue())


def _context(
    content: DocumentContent,
    document: DocxTemplate,
    drawings: Mapping[str, Drawing],
    paper: Paper = ORDINARY,
) -> SimpleNamespace:
    """The content as the template reads it, name by name."""
    front = SimpleNamespace(
        style="front" if content.summary else "bare",
        heading="Summary",
        mark=1,
        anchor="_summary",
        blocks=_blocks(content.summary, None, document, drawings, paper),
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
            blocks=_blocks(
                section.blocks,
                section.level if content.numbered else None,
                document,
                drawings,
                paper,
            ),
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
            rows=[(line.label, _exact(line.value)) for line in content.header],
            widths=(paper.table // 3, paper.table - paper.table // 3),
            keep=0,
        ),
        sections=(*((front,) if content.summary or content.contents else ()), *sections),
    )


def _anchor(section: Section) -> str:
    return "_" + section.id.replace("-", "_")[:38]


def _blocks(
    blocks: tuple[Block, ...],
    level: int | None,
    document: DocxTemplate,
    drawings: Mapping[str, Drawing],
    paper: Paper,
) -> list[SimpleNamespace]:
    """The blocks of one section; what leads into a list, table or picture stays on its page.
    `level` is that of its numbered paragraphs."""
    return [
        _block(block, level, not isinstance(then, Paragraph | None), document, drawings, paper)
        for block, then in pairwise((*blocks, None))
        if block is not None
    ]


def _block(
    block: Block,
    level: int | None,
    leads: bool,
    document: DocxTemplate,
    drawings: Mapping[str, Drawing],
    paper: Paper,
) -> SimpleNamespace:
    """A block as the template reads it; a table's kind names its number of columns."""
    match block:
        case Paragraph():
            leads = leads and block.tone == "plain" and len(block.text) < 600
            if level is not None and block.tone == "plain":
                return SimpleNamespace(
                    kind="numbered", level=level, keep=int(leads), text=_exact(block.text)
                )
            return SimpleNamespace(kind="lead" if leads else block.tone, text=_exact(block.text))
        case Bullets():
            return SimpleNamespace(
                kind="bullets" if level is None and not block.ordered else "lettered",
                points=[_exact(point) for point in block.points],
            )
        case Table():
            letters = sum(len(cell) for row in block.rows for cell in row)
            return SimpleNamespace(
                kind=f"table{len(block.columns)}",
                caption=_exact(block.caption),
                description=_exact(block.description),
                columns=[_exact(column) for column in block.columns],
                rows=[[_exact(cell) for cell in row] for row in block.rows],
                widths=_widths(block, paper),
                keep=int(letters <= LONGEST_KEPT_TABLE),
            )
    drawing = drawings[block.chart]
    return SimpleNamespace(
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
    for cells in zip(table.columns, *table.rows, strict=True):
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
