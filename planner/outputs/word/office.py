"""What LibreOffice adds to Word documents where it is installed: page numbers, and tagged PDFs.

The only code that starts it.
"""

import io
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from planner.outputs.word.template import save_bytes

TAGGED_PDF = (
    'pdf:writer_pdf_Export:{"UseTaggedPDF":{"type":"boolean","value":"true"},'
    '"PDFUACompliance":{"type":"boolean","value":"true"}}'
)
MOST_SECONDS = 600
REFERENCE = "PAGEREF"


def office() -> str:
    """The command that starts LibreOffice, or nothing where it is not installed."""
    return shutil.which("soffice") or shutil.which("libreoffice") or ""


def converted(files: Mapping[str, bytes], to: str) -> dict[str, bytes]:
    """Word documents as LibreOffice makes of them what `to` names, such as "docx", all in one go,
    each under the name it was given. Raises RuntimeError where it is not installed, took too long
    or made nothing of one of them."""
    if not office():
        raise RuntimeError("LibreOffice is not installed here")
    ending = to.partition(":")[0]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        inputs = {file: folder / f"{number}.docx" for number, file in enumerate(files)}
        for file, path in inputs.items():
            path.write_bytes(files[file])
        try:
            subprocess.run(
                [
                    office(),
                    f"-env:UserInstallation=file://{folder}/profile",
                    "--headless",
                    "--convert-to",
                    to,
                    "--outdir",
                    str(folder / "made"),
                    *map(str, inputs.values()),
                ],
                check=False,
                capture_output=True,
                timeout=MOST_SECONDS,
            )
        except subprocess.TimeoutExpired as fault:
            raise RuntimeError("LibreOffice took too long") from fault
        outputs = {file: folder / "made" / f"{path.stem}.{ending}" for file, path in inputs.items()}
        lacking = [file for file, path in outputs.items() if not path.exists()]
        if lacking:
            raise RuntimeError(f"LibreOffice could not read {lacking[0]}")
        return {file: path.read_bytes() for file, path in outputs.items()}


def tagged_pdfs(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Each Word document as a PDF that keeps its headings, lists, tables and words for pictures."""
    return converted(files, TAGGED_PDF)


def with_page_numbers(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The documents that have a list of contents with the number of its page after each entry, as
    LibreOffice lays them out.

    A number is a field, so that Word puts its own there when it works fields out. A document stays
    as it was where one of its numbers was not found.
    """
    fielded = {name: _with_fields(data) for name, data in files.items()}
    listed = {name: data for name, data in fielded.items() if data}
    layouts = converted(listed, "docx") if listed else {}
    return {
        name: _numbered(listed[name], _pages(layouts[name]), data) if name in listed else data
        for name, data in files.items()
    }


def _with_fields(data: bytes) -> bytes:
    """The document with a field for the page after each line of its contents; nothing where it has
    no contents."""
    document = Document(io.BytesIO(data))
    links = [
        link
        for paragraph in document.paragraphs
        if paragraph.style is not None and str(paragraph.style.name).startswith("Contents")
        for link in paragraph._p.findall(qn("w:hyperlink"))
    ]
    for link in links:
        for part in reversed(
            (
                "<w:tab/>",
                '<w:fldChar w:fldCharType="begin"/>',
                f'<w:instrText xml:space="preserve"> {REFERENCE} {link.get(qn("w:anchor"))} '
                "\\h </w:instrText>",
                '<w:fldChar w:fldCharType="separate"/>',
                "<w:t>00</w:t>",
                '<w:fldChar w:fldCharType="end"/>',
            )
        ):
            link.addnext(parse_xml(f"<w:r {nsdecls('w')}>{part}</w:r>"))
    return save_bytes(document) if links else b""


def _pages(data: bytes) -> dict[str, str]:
    """The page of each bookmark that a field of the document points to, as it was last laid out."""
    pages: dict[str, str] = {}
    anchor = ""
    for part in Document(io.BytesIO(data)).element.body.iter(qn("w:instrText"), qn("w:t")):
        words = (part.text or "").split()
        if part.tag == qn("w:instrText"):
            anchor = words[1] if words[:1] == [REFERENCE] else ""
        elif anchor and words:
            pages[anchor], anchor = words[0], ""
    return pages


def _numbered(fielded: bytes, pages: Mapping[str, str], unnumbered: bytes) -> bytes:
    """The document with its fields filled; as it was before where a page is not known."""
    document = Document(io.BytesIO(fielded))
    for code in list(document.element.body.iter(qn("w:instrText"))):
        page = pages.get(code.text.split()[1], "")
        if not page.isdigit():
            return unnumbered
        result = code.getparent().getnext().getnext()
        result.find(qn("w:t")).text = page
    return save_bytes(document)
