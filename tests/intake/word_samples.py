"""Word documents to read: old-style specifications in our own words, odd ones, and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn


def saved(document: Any) -> bytes:
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def bold(document: Any, words: str) -> None:
    document.add_paragraph().add_run(words).bold = True


def old_specification() -> bytes:
    """A specification as a commissioner typed it in 2015: sections 1 to 7 as bold paragraphs, in a
    few pages."""
    document = Document()
    table = document.add_table(rows=0, cols=2)
    for label, entry in (
        ("Service Specification No.", "CS 14"),
        ("Service", "Prescribed medication dependency clinic"),
        ("Commissioner Lead", "Head of long-term conditions"),
        ("Provider Lead", "To be confirmed"),
        ("Period", "1 April 2015 to 31 March 2018"),
        ("Date of Review", "October 2017"),
    ):
        cells = table.add_row().cells
        cells[0].text, cells[1].text = label, entry
    document.add_paragraph("")
    document.add_paragraph("")
    bold(document, "1. Population Needs")
    bold(document, "1.1 National/local context and evidence base")
    document.add_paragraph(
        "A number of patients in the district suffer from addiction to painkillers and "
        "tranquillisers. Practices "
        "report that they do not know where to send them. The public health team estimates the "
        "number of people "
        "prescribed benzodiazepines for longer than three months at about two thousand."
    )
    bold(document, "2. Outcomes")
    bold(document, "2.2 Local defined outcomes")
    document.add_paragraph("Patients are drug free at discharge wherever possible.")
    bold(document, "3. Scope")
    bold(document, "3.1 Aims and objectives of service")
    document.add_paragraph("The provider shall:")
    for point in (
        "offer safe reduction of benzodiazepines and opioids at a pace agreed with the patient;",
        "give specialist advice to GPs about complex patients who take several medicines;",
        "work with the voluntary sector and the local authority drug and alcohol service in "
        "partnership.",
    ):
        document.add_paragraph(point, style="List Bullet")
    bold(document, "3.2 Service description/care pathway")
    document.add_paragraph(
        "Referrals are accepted from GPs and from hospital consultants in secondary care on the "
        "referral form. A "
        "nurse prescriber assesses each patient and agrees a tapering plan with their goals. No "
        "medicine is stopped "
        "suddenly. Non-compliant patients will be discharged."
    )
    bold(document, "3.4 Any acceptance and exclusion criteria and thresholds")
    document.add_paragraph("Patients under 18 and drug-seeking patients are excluded.")
    bold(document, "3.5 Interdependence with other services/providers")
    document.add_paragraph(
        "The provider works with community pharmacies, talking therapies and pain clinics."
    )
    bold(document, "4. Applicable Service Standards")
    document.add_paragraph("The provider follows national guidance as it is published.")
    bold(document, "5. Applicable quality requirements and CQUIN goals")
    quality = document.add_table(rows=1, cols=4)
    for cell, head in zip(
        quality.rows[0].cells,
        ("Quality requirement", "Threshold", "Method of measurement", "Consequence of breach"),
        strict=True,
    ):
        cell.text = head
    for row in (
        (
            "First appointment within six weeks, out of all referrals",
            "90%",
            "Monthly report",
            "Exception report",
        ),
        (
            "Patients who have stopped by discharge",
            "40% target",
            "Quarterly report",
            "Payment withheld",
        ),
        ("Patient satisfaction", "TBC", "Survey", "None"),
    ):
        for cell, words in zip(quality.add_row().cells, row, strict=True):
            cell.text = words
    bold(document, "6. Location of Provider Premises")
    document.add_paragraph("The clinic is held in the health centre on two days a week.")
    bold(document, "7. Individual Service User Placement")
    document.add_paragraph("Not applicable.")
    return saved(document)


def boxed_specification() -> bytes:
    """The same kind of thing in the contract's one-column table, headings and text in cells, as
    many were let."""
    document = Document()
    table = document.add_table(rows=0, cols=1)

    def cell(*lines: str) -> None:
        current = table.add_row().cells[0]
        for place, line in enumerate(lines):
            paragraph = current.paragraphs[0] if place == 0 else current.add_paragraph()
            run = paragraph.add_run(line)
            run.bold = place == 0

    cell("1. Population Needs", "About one adult in eight here has had an opioid this year.")
    cell("2. Key Service Outcomes", "People feel listened to.")
    cell(
        "3. Scope",
        "People can refer themselves by telephone or in person.",
        "A multidisciplinary team provides care locally, with a clinical pharmacist, a social "
        "prescribing link "
        "worker and a physiotherapist among its members.",
    )
    return saved(document)


def council_specification() -> bytes:
    """A council's specification: real headings, one level left out, and a picture without words."""
    document = Document()
    document.core_properties.title = "Community support for people who take prescribed medicines"
    document.add_heading("Purpose of the service", 1)
    document.add_paragraph(
        "The council and its voluntary sector partners wrote this specification together with "
        "people who have lived "
        "experience, and review it with them each year."
    )
    document.add_heading("Opening hours", 3)
    document.add_paragraph(
        "Weekdays, with interpreters on request for people whose first language is not English."
    )
    document.add_heading("Peer support", 2)
    document.add_paragraph("Peer groups are led by supervised people with lived experience.")
    picture(document)
    return saved(document)


def picture(document: Any, words: str = "") -> None:
    """A picture of one dot, with alternative text where there are words for it."""

    def part(name: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        )

    dot = b"\x89PNG\r\n\x1a\n" + part(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    dot += part(b"IDAT", zlib.compress(b"\x00\x00")) + part(b"IEND", b"")
    shape = document.add_picture(io.BytesIO(dot))
    if words:
        shape._inline.docPr.set("descr", words)


def with_tracked_changes() -> bytes:
    document = Document()
    document.add_heading("Referral", 1)
    paragraph = document.add_paragraph("Referrals come from ")
    for xml in (
        f'<w:ins {nsdecls("w")} w:id="1" w:author="A"><w:r><w:t>general '
        "practice</w:t></w:r></w:ins>",
        f'<w:del {nsdecls("w")} w:id="2" '
        'w:author="A"><w:r><w:delText>nowhere</w:delText></w:r></w:del>',
    ):
        paragraph._p.append(parse_xml(xml))
    return saved(document)


def with_text_box() -> bytes:
    document = Document()
    document.add_heading("Helpline", 1)
    box = (
        "<w:txbxContent><w:p><w:r><w:t>The advice line is open each "
        "weekday.</w:t></w:r></w:p></w:txbxContent>"
    )
    document.add_paragraph()._p.append(
        parse_xml(
            f"<w:r {nsdecls('w')} "
            'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
            'xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent><mc:Choice '
            'Requires="wps">'
            f"<w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{box}"
            "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    return saved(document)


def with_nested_and_merged_tables() -> bytes:
    document = Document()
    document.add_heading("Pathway", 1)
    table = document.add_table(rows=2, cols=3)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Stage"
    table.cell(0, 2).text = "What happens"
    table.cell(1, 0).text = "First"
    inner = table.cell(1, 2).add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "Inner left", "Inner right"
    return saved(document)


def with_marked_header(marked: bool = True) -> bytes:
    """A table of two rows, the first marked as its header or not."""
    document = Document()
    table = document.add_table(2, 2)
    for cell, words in zip(table.rows[0].cells, ("Requirement", "What it does"), strict=True):
        cell.text = words
    for cell, words in zip(table.rows[1].cells, ("Reviews", "Offered each year"), strict=True):
        cell.text = words
    if marked:
        table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:tblHeader {nsdecls('w')}/>"))
    return saved(document)


def with_margins() -> bytes:
    document = Document()
    document.add_heading("Service", 1)
    document.add_paragraph("Support for adults.")
    document.sections[0].header.paragraphs[0].text = "Addiction services directorate"
    document.sections[0].footer.paragraphs[0].text = "Task and finish group workplan approved"
    return saved(document)


def deeply_nested(levels: int) -> bytes:
    """One-cell tables inside each other."""
    document = Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    for _ in range(levels):
        cell = cell.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "The innermost words of a deeply nested table"
    return saved(document)


PROMISED = (
    "Community pharmacists are in the multidisciplinary team. No medicine is stopped suddenly; "
    "every reduction is agreed with the person, with written information on benefits and risks."
)
"""Words that meet several requirements where they can be read."""


def with_hidden(way: str) -> bytes:
    """One line that is shown, and a promise hidden in one of the ways Word has for it; with the way
    `nothing`, and the three that undo themselves, it is shown."""
    document = Document()
    styles = document.styles
    for kind, name in ((1, "Guidance"), (2, "Aside"), (3, "Notes table")):
        hides = styles.add_style(name, kind)
        hides.element.get_or_add_rPr().append(parse_xml(f"<w:vanish {nsdecls('w')}/>"))
        styles.add_style(f"{name} based on it", kind).base_style = hides
    document.add_heading("Service", 1)
    document.add_paragraph("The service will be described here.")
    if way in ("row", "table style"):
        table = document.add_table(1, 2)
        table.cell(0, 0).text, table.cell(0, 1).text = "The team", PROMISED
        if way == "row":
            table.rows[0]._tr.get_or_add_trPr().append(parse_xml(f"<w:hidden {nsdecls('w')}/>"))
        else:
            table.style = styles["Notes table based on it"]
        return saved(document)
    if way in ("header", "footer"):
        part = document.sections[0].header if way == "header" else document.sections[0].footer
        part.paragraphs[0].add_run(PROMISED).font.hidden = True
        return saved(document)
    paragraph = document.add_paragraph()
    run = paragraph.add_run(PROMISED)
    if way in ("run", "off again", "heading"):
        run.font.hidden = way != "off again"
    if way == "heading":
        paragraph.style = "Heading 2"
    if way == "web":
        run._r.get_or_add_rPr().append(parse_xml(f"<w:webHidden {nsdecls('w')}/>"))
    if way in ("paragraph style", "shown in a style that hides", "two styles that hide"):
        paragraph.style = "Guidance based on it"
    if way in ("character style", "two styles that hide"):
        run.style = "Aside based on it"
    if way == "shown in a style that hides":
        run.font.hidden = False
    return saved(document)


PROMPT = (
    "Say how the multidisciplinary team will provide care locally, with a clinical pharmacist and "
    "a link worker among its members."
)


def with_placeholders(is_filled: bool = False) -> bytes:
    """A template that nobody has filled in: a heading, a header, a table, and boxes that show their
    prompts, as a paragraph, within one and in a cell; or the same words typed into the boxes."""

    def box(words: str, *, inline: bool) -> Any:
        shows = "" if is_filled else "<w:showingPlcHdr/>"
        run = f"<w:r><w:t>{words}</w:t></w:r>"
        inner = run if inline else f"<w:p>{run}</w:p>"
        return parse_xml(
            f"<w:sdt {nsdecls('w')}><w:sdtPr>{shows}</w:sdtPr>"
            f"<w:sdtContent>{inner}</w:sdtContent></w:sdt>"
        )

    document = Document()
    document.sections[0].header.paragraphs[0].text = "Reference [insert reference]"
    document.add_heading("Scope of [Name of service]", 1)
    line = document.add_paragraph("Clinical lead: ")
    line._p.append(box("Pick the lead", inline=True))
    line._p.addprevious(box(PROMPT, inline=False))
    table = document.add_table(2, 2)
    table.cell(0, 0).text = "Team"
    table.cell(0, 1).paragraphs[0]._p.append(box(PROMPT, inline=True))
    table.cell(1, 0).text, table.cell(1, 1).text = "Price", "£XX"
    return saved(document)


def with_contents_hidden_on_the_web() -> bytes:
    """A list of contents as Word makes it: its page numbers are hidden from readers on the web."""
    document = Document()
    document.styles.add_style("toc 1", 1)
    line = document.add_paragraph("Scope", style="toc 1")
    number = line.add_run("\t12")
    number._r.get_or_add_rPr().append(parse_xml(f"<w:webHidden {nsdecls('w')}/>"))
    document.add_heading("Scope", 1)
    document.add_paragraph("The service will be described here.")
    return saved(document)


def repacked(
    data: bytes,
    change: Callable[[str, bytes], bytes | None] = lambda name, body: body,
    extra: Mapping[str, bytes] = MappingProxyType({}),
) -> bytes:
    """A .docx with its parts changed or left out, and others added."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as current,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as output,
    ):
        for name in current.namelist():
            body = change(name, current.read(name))
            if body is not None:
                output.writestr(name, body)
        for name, body in extra.items():
            output.writestr(name.replace("__", "/"), body)
    return out.getvalue()


def in_text(data: bytes, old: bytes, new: bytes) -> bytes:
    """A .docx with its text part changed."""
    return repacked(
        data, lambda name, body: body.replace(old, new, 1) if name == "word/document.xml" else body
    )


def without_language(data: bytes) -> bytes:
    document = Document(io.BytesIO(data))
    for item in list(document.styles.element.iter(qn("w:lang"))):
        item.getparent().remove(item)
    return saved(document)
