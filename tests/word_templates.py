"""Builds the Word templates, style by style.

They hold layout and tags, and no words of a specification.

Run: python -m tests.word_templates (writes every template of spec_templates/ anew;
tests/outputs/test_word.py fails where one is not as built)
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_TAB_ALIGNMENT, WD_TAB_LEADER
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Cm, Pt, RGBColor, Twips

from planner.outputs.word.template import (
    OF_A_LINK,
    PAPERS,
    Paper,
    save_bytes,
    set_properties,
)

DARK_BLUE, TEXT, RED = (
    RGBColor(0x00, 0x30, 0x87),
    RGBColor(0x23, 0x1F, 0x20),
    RGBColor(0x8A, 0x15, 0x38),
)
FONT = "Arial"
WIDEST_TABLE = 7
SECTIONS = {"Front Heading": "front", "Heading 1": "1", "Heading 2": "2"}
SUBHEADINGS = {2: "Part Heading", 3: "Heading 3"}
"""The style of a heading without a number, by its level."""
LISTS = {"points": "List Bullet", "requests": "Request"}
PARAGRAPHS = {"plain": "Normal", "lead": "Lead In", "note": "Note", "missing": "Still Missing"}


LARGEST_TEXT = 12
"""In points: what is larger is a heading."""


class Look(NamedTuple):
    """How a style of paragraph looks: its type, what it says of the paragraph, and the colour of a
    bar at its left.

    A style that is based on another is added; the others are the library's own.
    """

    size: float
    colour: RGBColor = TEXT
    bold: bool = False
    based_on: str = ""
    bar: str = ""
    paragraph: Mapping[str, Any] = {}


LOOKS = {
    "Normal": Look(
        11, paragraph={"line_spacing": 1.08, "space_after": Pt(5), "widow_control": True}
    ),
    "Heading 1": Look(
        15,
        DARK_BLUE,
        True,
        paragraph={"space_before": Pt(14), "space_after": Pt(4), "keep_with_next": True},
    ),
    "Heading 2": Look(
        12.5,
        DARK_BLUE,
        True,
        paragraph={"space_before": Pt(10), "space_after": Pt(4), "keep_with_next": True},
    ),
    "Heading 3": Look(
        11,
        DARK_BLUE,
        True,
        paragraph={"space_before": Pt(8), "space_after": Pt(3), "keep_with_next": True},
    ),
    "Title": Look(21, DARK_BLUE, True, paragraph={"space_after": Pt(4)}),
    "Subtitle": Look(12, paragraph={"space_after": Pt(6)}),
    "Caption": Look(
        11,
        DARK_BLUE,
        True,
        paragraph={"keep_with_next": True, "space_before": Pt(8), "space_after": Pt(3)},
    ),
    "Footer": Look(9),
    "List Bullet": Look(11, paragraph={"space_after": Pt(3)}),
    "Front Heading": Look(15, DARK_BLUE, True, "Heading 1", paragraph={"space_before": Pt(8)}),
    "Part Heading": Look(12, DARK_BLUE, True, "Heading 2"),
    "Lead In": Look(11, based_on="Normal", paragraph={"keep_with_next": True}),
    "Numbered": Look(11, based_on="Normal"),
    "Lettered": Look(
        11, based_on="Normal", paragraph={"left_indent": Cm(0.6), "space_after": Pt(3)}
    ),
    "Request": Look(11, based_on="Normal", paragraph={"space_after": Pt(3)}),
    "Source": Look(11, based_on="Normal", paragraph={"space_after": Pt(3)}),
    "Drawing": Look(11, based_on="Normal", paragraph={"line_spacing": 1.0, "keep_with_next": True}),
    "Note": Look(11, based_on="Normal", bar="425563", paragraph={"left_indent": Cm(0.4)}),
    "Still Missing": Look(
        11, RED, True, "Normal", bar="8A1538", paragraph={"left_indent": Cm(0.4)}
    ),
    "Table Text": Look(
        10, based_on="Normal", paragraph={"space_after": Pt(0), "line_spacing": 1.0}
    ),
    "Row Heading": Look(10, DARK_BLUE, True, based_on="Table Text"),
    "Table Heading": Look(10, DARK_BLUE, True, "Table Text", paragraph={"keep_with_next": True}),
    "Contents 1": Look(
        11, based_on="Normal", paragraph={"space_after": Pt(0), "line_spacing": 1.0}
    ),
    "Contents 2": Look(11, based_on="Contents 1", paragraph={"left_indent": Cm(0.8)}),
}
"""The styles of paragraphs, each after the one it is based on. Sizes are in points, before the
paper's scale."""


def build_template(paper: Paper, path: Path) -> None:
    """Write the template of one kind of print. The same code always writes the same bytes."""
    document = Document()
    _drop_leftovers(document)
    _page(document, paper)
    _styles(document, paper)
    _body(document, paper.table, _numbering(document))
    set_properties(document, author="planner", title="Template of a document")
    path.write_bytes(save_bytes(document))


def _drop_leftovers(document: Any) -> None:
    """Parts of the library's own base document that nothing here uses."""
    for part_of in (document.part, document.part.package):
        for key, rel in list(part_of.rels.items()):
            if rel.reltype.endswith(("/stylesWithEffects", "/thumbnail", "/customXml")):
                del part_of.rels[key]
    body = document.element.body
    for child in body.xpath("./*[not(self::w:sectPr)]"):
        body.remove(child)


def _page(document: Any, paper: Paper) -> None:
    section = document.sections[0]
    section.orientation = WD_ORIENT.LANDSCAPE if paper.landscape else WD_ORIENT.PORTRAIT
    sides = Cm(21), Cm(29.7)
    section.page_width, section.page_height = sides[::-1] if paper.landscape else sides
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.5)
    footer = section.footer.paragraphs[0]
    footer.style = document.styles["Footer"]
    footer.add_run("{{ content.title }} · {{ content.footer }} · Page ")
    _field(footer, "PAGE")
    footer.add_run(" of ")
    _field(footer, "NUMPAGES")


def _field(paragraph: Any, code: str) -> None:
    """A field that Word works out, such as the number of the page; until then it shows 1."""
    for part in (
        '<w:fldChar w:fldCharType="begin"/>',
        f'<w:instrText xml:space="preserve"> {code} </w:instrText>',
        '<w:fldChar w:fldCharType="separate"/>',
        "<w:t>1</w:t>",
        '<w:fldChar w:fldCharType="end"/>',
    ):
        paragraph._p.append(parse_xml(f"<w:r {nsdecls('w')}>{part}</w:r>"))


def _styles(document: Any, paper: Paper) -> None:
    styles = document.styles
    defaults = styles.element.find(qn("w:docDefaults"))
    for script, code in (("w:val", "en-GB"), ("w:eastAsia", "en-GB"), ("w:bidi", "ar-SA")):
        defaults.find(f".//{qn('w:lang')}").set(qn(script), code)
    _only_our_font(defaults.find(f".//{qn('w:rFonts')}"))
    for name, look in LOOKS.items():
        style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) if look.based_on else styles[name]
        if look.based_on:
            style.base_style, style.quick_style = styles[look.based_on], True
        scale = paper.headings if look.size > LARGEST_TEXT else paper.scale
        font = {
            "name": FONT,
            "size": Pt(round(look.size * scale, 1)),
            "bold": look.bold,
            "italic": False,
        }
        for of, settings in ((style.font, font), (style.paragraph_format, look.paragraph)):
            for setting, value in settings.items():
                setattr(of, setting, value)
        style.font.color.rgb = look.colour
        _only_our_font(style.element.get_or_add_rPr().get_or_add_rFonts())
        if look.bar:
            _bar(style, look.bar)
    for name in ("Front Heading", "Part Heading"):
        styles[name].next_paragraph_style = styles["Normal"]
    styles["Contents 1"].paragraph_format.tab_stops.add_tab_stop(
        Twips(paper.table), WD_TAB_ALIGNMENT.RIGHT, WD_TAB_LEADER.DOTS
    )
    for name, part, unwanted in (("Title", "pPr", "w:pBdr"), ("Subtitle", "rPr", "w:spacing")):
        properties = getattr(styles[name].element, part)
        for element in properties.findall(qn(unwanted)):
            properties.remove(element)
    _table_style(styles)


def _only_our_font(fonts: Any) -> None:
    fonts.attrib.clear()
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        fonts.set(qn(script), FONT)


def _bar(style: Any, colour: str) -> None:
    """A bar at the left, so that the tone does not rest on colour of text alone."""
    properties = style.element.get_or_add_pPr()
    properties.insert_element_before(
        parse_xml(
            f'<w:pBdr {nsdecls("w")}><w:left w:val="single" w:sz="24" w:space="8" '
            f'w:color="{colour}"/></w:pBdr>'
        ),
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
            '<w:name w:val="Planner Table"/><w:basedOn w:val="TableNormal"/><w:uiPriority '
            'w:val="59"/>'
            "<w:tblPr><w:tblBorders>"
            + "".join(
                f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="768692"/>'
                for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
            )
            + '</w:tblBorders><w:tblCellMar><w:top w:w="15" w:type="dxa"/><w:left w:w="85" '
            'w:type="dxa"/>'
            '<w:bottom w:w="15" w:type="dxa"/><w:right w:w="85" '
            'w:type="dxa"/></w:tblCellMar></w:tblPr>'
            '<w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:color="auto" '
            'w:fill="E8EDEE"/>'
            "</w:tcPr></w:tblStylePr></w:style>"
        )
    )


def _numbering(document: Any) -> int:
    """Headings number themselves: 1, then 1.1; so do paragraphs that follow them, and points by
    letter."""
    numbering = document.part.numbering_part.element
    used = [int(n.get(qn("w:abstractNumId"))) for n in numbering.findall(qn("w:abstractNum"))]
    first = max(used, default=0) + 1
    number = max([int(n.get(qn("w:numId"))) for n in numbering.findall(qn("w:num"))], default=0) + 1
    numbering.insert(
        len(used),
        parse_xml(
            f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{first}">'
            '<w:multiLevelType w:val="multilevel"/>'
            + "".join(
                f'<w:lvl w:ilvl="{level}"><w:start w:val="1"/><w:numFmt w:val="{form}"/>'
                + (f'<w:pStyle w:val="{style}"/>' if style else "")
                + f'<w:suff w:val="{"tab" if hanging else "space"}"/><w:lvlText w:val="{text}"/>'
                f'<w:lvlJc w:val="left"/><w:pPr><w:ind w:left="{indent}" w:hanging="{hanging}"/>'
                "</w:pPr></w:lvl>"
                for level, (form, text, style, indent, hanging) in enumerate(LEVELS)
            )
            + "</w:abstractNum>"
        ),
    )
    numbering.append(
        parse_xml(
            f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{first}"/></w:num>'
        )
    )
    for level, (_, _, style, *_) in enumerate(LEVELS):
        if style:
            _number_style(document, style, number, level)
    for style in ("FrontHeading", "PartHeading"):
        _number_style(document, style, 0, 0)
    return number


LEVELS = (
    ("decimal", "%1", "Heading1", 0, 0),
    ("decimal", "%1.%2", "Heading2", 0, 0),
    ("decimal", "%1.%2.%3", "", 0, 0),
    ("lowerLetter", "(%4)", "", 340, 0),
    ("decimal", "(%5)", "Request", 567, 567),
    ("decimal", "[%6]", "Source", 567, 567),
)
"""How each level of the numbering is written, the style that has it, how far it is set in and by
how much its first line is not (twentieths of a point). A level begins anew after each heading."""
LETTER = 3


def _number_style(document: Any, style_id: str, number: int, level: int) -> None:
    properties = document.styles.element.get_by_id(style_id).get_or_add_pPr()
    properties._remove_numPr()
    properties._insert_numPr(
        parse_xml(
            f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/><w:numId '
            f'w:val="{number}"/></w:numPr>'
        )
    )


def _body(document: Any, width: int, number: int) -> None:
    def line(text: str, style: str = "Normal") -> Any:
        return document.add_paragraph(text, style=style)

    line("{{ content.organisation }} · {{ content.status }}")
    line("{{ content.title }}", "Title")
    line("{{ content.subtitle }}", "Subtitle")

    @contextmanager
    def tag(opening: str) -> Iterator[None]:
        """What is written meanwhile stands between a tag of the template language and its end."""
        line(f"{{%p {opening} %}}")
        yield
        line(f"{{%p end{opening.split()[0]} %}}")

    with tag("if content.header_table.rows"):
        _table(document, 2, "content.header_table", width, caption=False)
    with tag("for section in content.sections"):
        for style, word in SECTIONS.items():
            with tag(f"if section.style == '{word}'"):
                _anchored(document, style, "section.heading", "section.anchor", "section.mark")
        with tag("for block in section.blocks"):
            for kind, style in PARAGRAPHS.items():
                with tag(f"if block.kind == '{kind}'"):
                    line("{{ block.text }}", style)
            with tag("if block.kind == 'numbered'"):
                _numbered(line("{{ block.text }}", "Numbered"), number, "{{ block.level }}")
            for level, style in SUBHEADINGS.items():
                with tag(f"if block.kind == 'heading{level}'"):
                    line("{{ block.text }}", style)
            for kind, style in LISTS.items():
                with tag(f"if block.kind == '{kind}'"), tag("for point in block.points"):
                    line("{{ point }}", style)
            with tag("if block.kind == 'sources'"), tag("for point in block.points"):
                _anchored(document, "Source", "point.text", "point.anchor", "point.mark")
            with tag("if block.kind == 'lettered'"), tag("for point in block.points"):
                _numbered(line("{{ point }}", "Lettered"), number, str(LETTER))
            for columns in range(2, WIDEST_TABLE + 1):
                with tag(f"if block.kind == 'table{columns}'"):
                    _table(document, columns, "block", width, caption=True)
            with tag("if block.kind == 'picture'"):
                line("{{ block.caption }}", "Caption")
                line("{{ block.picture }}", "Drawing")
        with tag("if section.contents"):
            line("Contents", "Front Heading")
            with tag("for entry in section.contents"):
                for level in (1, 2):
                    with tag(f"if entry.level == {level}"):
                        _contents_line(document, f"Contents {level}")


def _numbered(paragraph: Any, number: int, level: str) -> None:
    """A paragraph that counts on at a level of the numbering; one that leads into what follows
    stays with it."""
    properties = paragraph._p.get_or_add_pPr()
    if level != str(LETTER):
        properties.append(parse_xml(f'<w:keepNext {nsdecls("w")} w:val="{{{{ block.keep }}}}"/>'))
    properties.append(
        parse_xml(
            f'<w:numPr {nsdecls("w")}><w:ilvl w:val="{level}"/>'
            f'<w:numId w:val="{number}"/></w:numPr>'
        )
    )


def _anchored(document: Any, style: str, text: str, anchor: str, mark: str) -> None:
    """A paragraph that a link of the same document may lead to, each part a tag's name."""
    paragraph = document.add_paragraph(style=style)
    of = f'{nsdecls("w")} w:id="{{{{ {mark} }}}}"'
    paragraph._p.append(parse_xml(f'<w:bookmarkStart {of} w:name="{{{{ {anchor} }}}}"/>'))
    paragraph.add_run(f"{{{{ {text} }}}}")
    paragraph._p.append(parse_xml(f"<w:bookmarkEnd {of}/>"))


def _contents_line(document: Any, style: str) -> None:
    document.add_paragraph(style=style)._p.append(
        parse_xml(
            f'<w:hyperlink {nsdecls("w")} w:anchor="{{{{ entry.anchor }}}}" w:history="1">'
            f"<w:r>{OF_A_LINK}<w:t>{{{{ entry.text }}}}</w:t></w:r></w:hyperlink>"
        )
    )


def _table(document: Any, columns: int, of: str, width: int, caption: bool) -> None:
    """A table whose header row stands outside the loop, is marked as such, and repeats on each
    page."""
    if caption:
        document.add_paragraph(f"{{{{ {of}.caption }}}}", style="Caption")

    def cells(texts: list[str], style: str, header: bool) -> str:
        keep = "1" if header else "{{ row.keep }}"
        styles = ["RowHeading" if style == "TableText" else style, *[style] * (columns - 1)]
        return "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{{{{ {of}.widths[{n}] }}}}" w:type="dxa"/></w:tcPr>'
            f'<w:p><w:pPr><w:pStyle w:val="{styles[n]}"/><w:keepNext '
            f'w:val="{keep}"/></w:pPr><w:r><w:t>{text}</w:t></w:r></w:p></w:tc>'
            for n, text in enumerate(texts)
        )

    def row(texts: list[str], style: str, header: bool = False) -> str:
        marks = "<w:cantSplit/>" + ("<w:tblHeader/>" if header else "")
        return f"<w:tr><w:trPr>{marks}</w:trPr>{cells(texts, style, header)}</w:tr>"

    blank = [""] * (columns - 1)
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblStyle w:val="PlannerTable"/><w:tblW w:w="'
        f'{width}" w:type="dxa"/>'
        '<w:tblLayout w:type="fixed"/><w:tblLook w:val="00A0" w:firstRow="1" w:lastRow="0" '
        'w:firstColumn="1" '
        'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/>'
        f'<w:tblCaption w:val="{{{{ {of}.caption }}}}"/><w:tblDescription w:val="{{{{ '
        f'{of}.description }}}}"/>'
        "</w:tblPr><w:tblGrid>"
        + "".join(f'<w:gridCol w:w="{{{{ {of}.widths[{n}] }}}}"/>' for n in range(columns))
        + "</w:tblGrid>"
        + row([f"{{{{ {of}.columns[{n}] }}}}" for n in range(columns)], "TableHeading", header=True)
        + row([f"{{%tr for row in {of}.rows %}}", *blank], "TableText")
        + row([f"{{{{ row.cells[{n}] }}}}" for n in range(columns)], "TableText")
        + row(["{%tr endfor %}", *blank], "TableText")
        + "</w:tbl>"
    )
    document.element.body.find(qn("w:sectPr")).addprevious(table)


def main() -> None:
    """Write every template into spec_templates of this checkout."""
    folder = Path(__file__).parents[1] / "spec_templates"
    for paper in PAPERS.values():
        build_template(paper, folder / paper.template)
        print(f"wrote {folder / paper.template}")


if __name__ == "__main__":
    main()
