"""Builds the Word templates, style by style. They hold layout and tags, and no words of a specification."""

from __future__ import annotations

from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor

from planner.outputs.word.package import write_reproducibly

DARK_BLUE, TEXT, RED = (
    RGBColor(0x00, 0x30, 0x87),
    RGBColor(0x23, 0x1F, 0x20),
    RGBColor(0x8A, 0x15, 0x38),
)
FONT = "Arial"
WIDEST_TABLE = 7
PARAGRAPHS = {"plain": "Normal", "lead": "Lead In", "note": "Note", "missing": "Still Missing"}
CHANGES, LARGE = "changes", "large print"
TEMPLATES: dict[int | str, str] = {
    3: "action3.docx",
    4: "action4.docx",
    CHANGES: "changes.docx",
    LARGE: "large-print.docx",
}
"""The template of each document: of the two actions by number, of what changed between two plans,
of any in large print."""


class Paper(NamedTuple):
    """How large everything is: the scale of the type, and the width of a table (twentieths of a
    point) and a picture (cm)."""

    landscape: bool
    scale: float
    table: int
    picture: float


ORDINARY = Paper(landscape=False, scale=1.0, table=9638, picture=17)
LARGE_PRINT = Paper(landscape=True, scale=1.4, table=14570, picture=24)
"""Body text of nearly 17 points and tables of 14, on paper turned on its side so that a table of
seven columns has room."""
FIXED_DATE = datetime(2026, 1, 1)


def build_template(document_of: int | str, path: Path) -> None:
    """Write the template of one document. The same code always writes the same bytes."""
    document, paper = Document(), LARGE_PRINT if document_of == LARGE else ORDINARY
    _drop_leftovers(document)
    _page(document, paper)
    _styles(document, paper.scale)
    _numbering(document)
    _body(document, paper.table)
    about = f"Action {document_of}" if isinstance(document_of, int) else document_of
    properties = document.core_properties
    properties.author, properties.last_modified_by, properties.comments = "planner", "planner", ""
    properties.title, properties.language = f"Template for {about}", "en-GB"
    properties.created = properties.modified = FIXED_DATE
    document.save(str(path))
    write_reproducibly(path)


def _drop_leftovers(document: Any) -> None:
    """Parts of the library's own base document that nothing here uses."""
    for part_of in (document.part, document.part.package):
        for key, rel in list(part_of.rels.items()):
            if rel.reltype.endswith(("/stylesWithEffects", "/thumbnail", "/customXml")):
                del part_of.rels[key]
    body = document.element.body
    for child in list(body):
        if child.tag != qn("w:sectPr"):
            body.remove(child)


def _page(document: Any, paper: Paper) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if paper.landscape else WD_ORIENT.PORTRAIT
    sides = Cm(21), Cm(29.7)
    section.page_width, section.page_height = sides[::-1] if paper.landscape else sides
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(2)
    footer = section.footer.paragraphs[0]
    footer.style = document.styles["Footer"]
    footer.add_run("{{ content.footer }}    Page ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    for kind, text in (
        ("begin", None),
        (None, code),
        ("separate", None),
        ("text", "1"),
        ("end", None),
    ):
        run = paragraph.add_run()
        if kind == "text":
            run.text = text
        elif kind is None:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)
        else:
            char = OxmlElement("w:fldChar")
            char.set(qn("w:fldCharType"), kind)
            run._r.append(char)


def _font(style: Any, size: float, colour: RGBColor = TEXT, bold: bool = False) -> None:
    style.font.name, style.font.size, style.font.bold, style.font.italic = (
        FONT,
        Pt(size),
        bold,
        False,
    )
    style.font.color.rgb = colour
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        if "Theme" in name or "theme" in name:
            del fonts.attrib[name]
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)


def _styles(document: Any, scale: float) -> None:
    styles = document.styles
    defaults = styles.element.find(qn("w:docDefaults"))
    language = defaults.find(f".//{qn('w:lang')}")
    for script in ("w:val", "w:eastAsia", "w:bidi"):
        language.set(
            qn(script), "en-GB" if script == "w:val" else "ar-SA" if script == "w:bidi" else "en-GB"
        )
    default_fonts = defaults.find(f".//{qn('w:rFonts')}")
    for name in list(default_fonts.attrib):
        del default_fonts.attrib[name]
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        default_fonts.set(qn(script), FONT)

    normal = styles["Normal"]
    _font(normal, 12 * scale)
    normal.paragraph_format.line_spacing, normal.paragraph_format.space_after = 1.15, Pt(8)
    normal.paragraph_format.widow_control = True
    for name, size, before in (("Heading 1", 18, 18), ("Heading 2", 14, 14)):
        _font(styles[name], size * scale, DARK_BLUE, bold=True)
        form = styles[name].paragraph_format
        form.space_before, form.space_after, form.keep_with_next = Pt(before), Pt(6), True
    _font(styles["Title"], 26 * scale, DARK_BLUE, bold=True)
    borders = styles["Title"].element.pPr.find(qn("w:pBdr"))
    if borders is not None:
        styles["Title"].element.pPr.remove(borders)
    _font(styles["Subtitle"], 14 * scale, TEXT)
    for spacing in styles["Subtitle"].element.rPr.findall(qn("w:spacing")):
        styles["Subtitle"].element.rPr.remove(spacing)
    styles["Subtitle"].paragraph_format.space_after = Pt(12)
    _font(styles["Caption"], 11 * scale, DARK_BLUE, bold=True)
    styles["Caption"].paragraph_format.keep_with_next = True
    styles["Caption"].paragraph_format.space_before = Pt(10)
    styles["Caption"].paragraph_format.space_after = Pt(4)
    _font(styles["Footer"], 9 * scale, TEXT)
    _font(styles["List Bullet"], 12 * scale)
    styles["List Bullet"].paragraph_format.space_after = Pt(4)

    def add(
        name: str, based_on: str, size: float, colour: RGBColor = TEXT, bold: bool = False
    ) -> Any:
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
        style.base_style, style.quick_style = styles[based_on], True
        _font(style, size * scale, colour, bold)
        return style

    add("Front Heading", "Heading 1", 18, DARK_BLUE, True).next_paragraph_style = normal
    add("Annex Heading", "Heading 1", 18, DARK_BLUE, True).next_paragraph_style = normal
    for name in ("Front Heading", "Annex Heading"):
        styles[name].paragraph_format.page_break_before = True
    add("Lead In", "Normal", 12).paragraph_format.keep_with_next = True
    note = add("Note", "Normal", 11)
    note.paragraph_format.left_indent = Cm(0.4)
    _edge(note, "425563")
    missing = add("Still Missing", "Normal", 12, RED, True)
    missing.paragraph_format.left_indent = Cm(0.4)
    _edge(missing, "8A1538")
    cell = add("Table Text", "Normal", 10)
    cell.paragraph_format.space_after, cell.paragraph_format.line_spacing = Pt(2), 1.05
    head = add("Table Heading", "Table Text", 10, DARK_BLUE, True)
    head.paragraph_format.keep_with_next = True
    # So thin that it never falls onto a page of its own.
    after = add("After Table", "Normal", 2)
    after.paragraph_format.space_after, after.paragraph_format.line_spacing = Pt(8), Pt(2)
    logo = add("Logo Place", "Normal", 10)
    logo.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    contents = add("Contents 1", "Normal", 11)
    contents.paragraph_format.space_after, contents.paragraph_format.line_spacing = Pt(0), 1.0
    lower = add("Contents 2", "Contents 1", 10)
    lower.paragraph_format.left_indent = Cm(0.8)
    _table_style(styles)


def _edge(style: Any, colour: str) -> None:
    """A bar at the left, so that the tone does not rest on colour of text alone."""
    properties = style.element.get_or_add_pPr()
    border = parse_xml(
        f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="24" w:space="8" w:color="{colour}"/></w:pBdr>'
    )
    properties.insert_element_before(
        border,
        "w:shd",
        "w:tabs",
        "w:suppressAutoHyphens",
        "w:spacing",
        "w:ind",
        "w:jc",
        "w:outlineLvl",
    )


def _table_style(styles: Any) -> None:
    styles.element.append(
        parse_xml(
            f'<w:style {nsdecls("w")} w:type="table" w:customStyle="1" w:styleId="PlannerTable">'
            '<w:name w:val="Planner Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority w:val="59"/>'
            "<w:tblPr><w:tblBorders>"
            + "".join(
                f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="768692"/>'
                for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
            )
            + '</w:tblBorders><w:tblCellMar><w:top w:w="40" w:type="dxa"/><w:left w:w="85" w:type="dxa"/>'
            '<w:bottom w:w="40" w:type="dxa"/><w:right w:w="85" w:type="dxa"/></w:tblCellMar></w:tblPr>'
            '<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" w:fill="E8EDEE"/>'
            "</w:tcPr></w:tblStylePr></w:style>"
        )
    )


def _numbering(document: Any) -> None:
    """Headings number themselves: 1, 1.1 for sections and A, B for annexes."""
    numbering = document.part.numbering_part.element
    used = [int(n.get(qn("w:abstractNumId"))) for n in numbering.findall(qn("w:abstractNum"))]
    first = max(used, default=0) + 1
    schemes = (
        ((("decimal", "%1", "Heading1"), ("decimal", "%1.%2", "Heading2"))),
        (("upperLetter", "Annex %1.", "AnnexHeading"),),
    )
    numbers = [int(n.get(qn("w:numId"))) for n in numbering.findall(qn("w:num"))]
    next_number = max(numbers, default=0) + 1
    for offset, levels in enumerate(schemes):
        abstract = parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{first + offset}">'
            '<w:multiLevelType w:val="multilevel"/>'
            + "".join(
                f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
                f'<w:pStyle w:val="{style}"/><w:suff w:val="space"/><w:lvlText w:val="{text}"/>'
                '<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="0" w:firstLine="0"/></w:pPr></w:lvl>'
                for level, (form, text, style) in enumerate(levels)
            )
            + "</w:abstractNum>"
        )
        numbering.insert(len(used) + offset, abstract)
        numbering.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{next_number + offset}">'
                f'<w:abstractNumId w:val="{first + offset}"/></w:num>'
            )
        )
        for level, (_, _, style) in enumerate(levels):
            _number_style(document, style, next_number + offset, level)
    _number_style(document, "FrontHeading", 0, 0)


def _number_style(document: Any, style_id: str, number: int, level: int) -> None:
    style = next(s for s in document.styles if s.style_id == style_id)
    properties = style.element.get_or_add_pPr()
    for old in properties.findall(qn("w:numPr")):
        properties.remove(old)
    properties._insert_numPr(
        parse_xml(
            f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
        )
    )


def _body(document: Any, width: int) -> None:
    def line(text: str, style: str = "Normal") -> Any:
        return document.add_paragraph(text, style=style)

    line("[Place your organisation's logo here]", "Logo Place")
    line("{{ content.organisation }}")
    line("{{ content.title }}", "Title")
    line("{{ content.subtitle }}", "Subtitle")
    line("{{ content.status }}")
    _table(document, 2, "content.header_table", width, caption=False)
    line("{%p for section in content.sections %}")
    for style, word in (
        ("Front Heading", "front"),
        ("Annex Heading", "annex"),
        ("Heading 1", "1"),
        ("Heading 2", "2"),
    ):
        line(f"{{%p if section.style == '{word}' %}}")
        _anchored_heading(document, style)
        line("{%p endif %}")
    line("{%p for block in section.blocks %}")
    for kind, style in PARAGRAPHS.items():
        line(f"{{%p if block.kind == '{kind}' %}}")
        line("{{ block.text }}", style)
        line("{%p endif %}")
    line("{%p if block.kind == 'bullets' %}")
    line("{%p for point in block.points %}")
    line("{{ point }}", "List Bullet")
    line("{%p endfor %}")
    line("{%p endif %}")
    for columns in range(2, WIDEST_TABLE + 1):
        line(f"{{%p if block.kind == 'table{columns}' %}}")
        _table(document, columns, "block", width, caption=True)
        line("{%p endif %}")
    line("{%p if block.kind == 'picture' %}")
    line("{{ block.caption }}", "Caption")
    line("{{ block.picture }}")
    line("{%p endif %}")
    line("{%p endfor %}")
    line("{%p if section.contents %}")
    line("Contents", "Front Heading")
    line("{%p for entry in section.contents %}")
    for level in (1, 2):
        line(f"{{%p if entry.level == {level} %}}")
        _contents_line(document, f"Contents {level}")
        line("{%p endif %}")
    line("{%p endfor %}")
    line("{%p endif %}")
    line("{%p endfor %}")


def _anchored_heading(document: Any, style: str) -> None:
    paragraph = document.add_paragraph(style=style)
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    start.set(qn("w:id"), "{{ section.mark }}")
    start.set(qn("w:name"), "{{ section.anchor }}")
    end.set(qn("w:id"), "{{ section.mark }}")
    paragraph._p.append(start)
    paragraph.add_run("{{ section.heading }}")
    paragraph._p.append(end)


def _contents_line(document: Any, style: str) -> None:
    paragraph = document.add_paragraph(style=style)
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), "{{ entry.anchor }}")
    link.set(qn("w:history"), "1")
    run = deepcopy(paragraph.add_run("{{ entry.text }}")._r)
    paragraph._p.remove(paragraph._p.r_lst[0])
    run.get_or_add_rPr().append(parse_xml(f'<w:color {nsdecls("w")} w:val="005EB8"/>'))
    run.rPr.append(parse_xml(f'<w:u {nsdecls("w")} w:val="single"/>'))
    link.append(run)
    paragraph._p.append(link)


def _table(document: Any, columns: int, of: str, width: int, caption: bool) -> None:
    """A table whose header row stands outside the loop, is marked as such, and repeats on each
    page."""
    if caption:
        document.add_paragraph(f"{{{{ {of}.caption }}}}", style="Caption")

    def cells(texts: list[str], style: str, header: bool) -> str:
        keep = "1" if header else f"{{{{ {of}.keep }}}}"
        return "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{{{{ {of}.widths[{n}] }}}}" w:type="dxa"/></w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="{style}"/><w:keepNext w:val="{keep}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>'
            for n, text in enumerate(texts)
        )

    def row(texts: list[str], style: str, header: bool = False) -> str:
        marks = "<w:cantSplit/>" + ("<w:tblHeader/>" if header else "")
        return f"<w:tr><w:trPr>{marks}</w:trPr>{cells(texts, style, header)}</w:tr>"

    blank = [""] * (columns - 1)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="PlannerTable"/><w:tblW w:w="'
        f'{width}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{{{{ {of}.caption }}}}"/><w:tblDescription w:val="{{{{ {of}.description }}}}"/>'
        "</w:tblPr><w:tblGrid>"
        + "".join(f'<w:gridCol w:w="{{{{ {of}.widths[{n}] }}}}"/>' for n in range(columns))
        + "</w:tblGrid>"
        + row([f"{{{{ {of}.columns[{n}] }}}}" for n in range(columns)], "TableHeading", header=True)
        + row([f"{{%tr for row in {of}.rows %}}", *blank], "TableText")
        + row([f"{{{{ row[{n}] }}}}" for n in range(columns)], "TableText")
        + row(["{%tr endfor %}", *blank], "TableText")
        + "</w:tbl>"
    )
    document.element.body.find(qn("w:sectPr")).addprevious(table)
    document.add_paragraph(style="After Table")


def main() -> None:
    """Write every template into spec_templates of this checkout."""
    folder = Path(__file__).resolve().parents[3] / "spec_templates"
    for document_of, name in TEMPLATES.items():
        build_template(document_of, folder / name)
        print(f"wrote {folder / name}")


if __name__ == "__main__":
    main()
