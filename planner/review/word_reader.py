"""A Word document somebody gives us, opened safely and laid out as headings, passages and tables.

No judging.
"""

import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from planner.intake.errors import IntakeError, refuse, refused_as
from planner.intake.files import LARGEST_FILE, UNPRINTABLE, display_name, opened_archive
from planner.model.review import Facts, Heading, Passage, PassageKind, ReadDocument, ReadTable
from planner.review.word_styles import TEXT_BOX, Styles, inside, is_on, text_of, value_of, visible

MOST_PASSAGES = 10_000
LONGEST_PASSAGE = 4_000
LONG_ROW = 1_200
SMALLEST_TEXT = 10.0
DEEPEST = 12

NUMBERED = re.compile(r"^(?:section\s+)?(\d{1,2}(?:\.\d{1,2}){0,3})[.):]?\s+(?=\S)", re.I)
KNOWN_HEADINGS = re.compile(
    r"(?:population needs|(?:key )?(?:service )?outcomes|scope|applicable service standards|"
    r"applicable quality requirements.*|location of provider premises|individual service user "
    r"placement)$",
    re.I,
)
"""The older contract template's main headings, which are often typed as plain text."""
LEADS_ON = (":", ":-", "...", "…")
"""How a line ends that leads into a list."""
BULLET = re.compile(r"^(?:[•●▪◦‣∙·*]|[-–—]\s|o\s(?=[A-Z])|\(?[a-z ivx]{1,4}\)\s)\s*")
LONGEST_HEADING = 110
WITHOUT_WORDS = tuple(map(qn, ("w:drawing", "w:pict", "w:object", "w:br")))
"""What a paragraph without words may show."""
OTHER_PARTS = {
    "header": PassageKind.MARGIN,
    "footer": PassageKind.MARGIN,
    "footnotes": PassageKind.NOTE,
    "endnotes": PassageKind.NOTE,
}
"""What the parts of a file beside its text hold."""


def read_word_document(name: str, data: bytes) -> ReadDocument:
    """The headings, passages, tables and accessibility facts of a .docx, as it reads with tracked
    changes accepted.

    Raises IntakeError, naming the file and what to do, for a file that is not a Word document, is
    empty, damaged, too large, packed to swell, has a password or macros, or holds a construction
    that Word does not write.
    """
    name = display_name(name)
    refuse_unsafe(name, data)
    # python-docx and its parser raise whatever they meet.
    with refused_as(
        f"{name} is damaged or not a whole Word document. Open it in Word and save it again as "
        ".docx"
    ):
        document = Document(io.BytesIO(data))
        body = document.element.body
        if body is None:
            raise IntakeError(
                f"{name} is damaged: it has no text part. Open it in Word and save it again"
            )
        return _Reader(name, document).read(body)


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", UNPRINTABLE.sub(" ", text)).strip()


@dataclass
class _Reader:
    """One pass over a document."""

    name: str
    document: Any
    headings: list[Heading] = field(default_factory=list)
    passages: list[Passage] = field(default_factory=list)
    tables: list[ReadTable] = field(default_factory=list)
    small: dict[float, str] = field(default_factory=dict)
    languages: dict[str, int] = field(default_factory=dict)
    layout: int = 0
    boxes: int = 0
    _above: list[tuple[int, str]] = field(default_factory=list)
    _blank: list[bool] = field(default_factory=list)
    _block: int = 0
    _lead: str = ""
    _inner: tuple[str, str] = ("", "")
    _in_list: bool = False
    _cut: bool = False

    def read(self, body: Any) -> ReadDocument:
        self.styles = Styles.of(self.document)
        hidden = self.styles.take_out_hidden(body)
        self._flow(body, 0)
        for rel in self.document.part.rels.values():
            kind = OTHER_PARTS.get(rel.reltype.rsplit("/", 1)[-1])
            if kind and not rel.is_external:
                part = parse_xml(rel.target_part.blob)
                hidden += self.styles.take_out_hidden(part)
                for paragraph in part.iter(qn("w:p")):
                    if words := _clean(text_of(paragraph)):
                        prompts = _prompts(paragraph)
                        self._add(kind, words, section=-1, block=self._next(), prompts=prompts)
        pictures = list(_pictures(body))
        if not self.passages and not self.headings and not hidden:
            words = (
                "It holds pictures only, perhaps scanned pages, which cannot be read"
                if pictures
                else "It has no text"
            )
            raise IntakeError(
                f"{self.name}: nothing to read. {words}. Choose the typed Word document"
            )
        changes = sum(
            1 for tag in ("w:ins", "w:del", "w:moveFrom", "w:moveTo") for _ in body.iter(qn(tag))
        )
        comments = sum(1 for _ in body.iter(qn("w:commentReference")))
        title, language = self._properties()
        # A single blank paragraph parts two others; more are there for the space.
        near = [False, *self._blank, False]
        notes = (
            (
                changes,
                f"The file has {changes:,} tracked changes. It was read as if all were accepted; "
                "accept or reject them in Word before it is used.",
            ),
            (
                hidden,
                f"Hidden text was not read, in {hidden:,} paragraph{'' if hidden == 1 else 's'}. "
                "In Word, Home, Show/Hide ¶ shows it: delete it, or take the mark Hidden off it "
                "(Home, Font).",
            ),
            (comments, f"The file has {comments:,} comments, which were not read."),
            (
                self.boxes,
                f"Text boxes: {self.boxes:,}, each read after the paragraph it is fixed to.",
            ),
            (self._cut, f"Only the first {MOST_PASSAGES:,} passages were read."),
        )
        return ReadDocument(
            file=self.name,
            headings=tuple(self.headings),
            passages=tuple(self.passages),
            tables=tuple(self.tables),
            facts=Facts(
                title=title,
                language=self.styles.language or language,
                other_languages=tuple(
                    code for code, length in sorted(self.languages.items()) if length > 200
                ),
                pictures=len(pictures),
                pictures_without_words=tuple(
                    f"picture {number}" + (f" ({name})" if name else "")
                    for number, (has_words, name) in enumerate(pictures, start=1)
                    if not has_words
                )[:50],
                small_text=tuple(sorted(self.small.items()))[:20],
                spacing_paragraphs=sum(
                    here and (before or after)
                    for before, here, after in zip(near, near[1:], near[2:], strict=False)
                ),
                layout_tables=self.layout,
                text_boxes=self.boxes,
            ),
            notes=tuple(words for is_so, words in notes if is_so),
        )

    def _next(self) -> int:
        self._block += 1
        return self._block

    def _add(
        self,
        kind: PassageKind,
        words: str,
        section: int,
        block: int,
        lead: str = "",
        prompts: tuple[str, ...] = (),
    ) -> None:
        if len(self.passages) >= MOST_PASSAGES:
            self._cut = True
            return
        self.passages.append(
            Passage(
                kind=kind,
                text=words[:LONGEST_PASSAGE],
                section=section,
                block=block,
                lead=lead[:LONG_ROW],
                prompts=prompts,
            )
        )

    @property
    def _section(self) -> int:
        return len(self.headings) - 1

    def _flow(self, container: Any, depth: int, contents: bool = False) -> None:
        """Paragraphs and tables one after the other, whatever they are wrapped in."""
        for child in container:
            if self._cut:
                return
            if child.tag == qn("w:p"):
                self._paragraph(child, contents)
            elif child.tag == qn("w:tbl"):
                self._blank.append(False)
                self._table(child, depth)
            elif child.tag == qn("w:sdt"):
                gallery = value_of(inside(child, "w:sdtPr", "w:docPartObj", "w:docPartGallery"))
                inner = inside(child, "w:sdtContent")
                if inner is not None:
                    self._flow(inner, depth, contents or "contents" in gallery.lower())
            elif child.tag in (qn("w:ins"), qn("w:moveTo"), qn("w:customXml"), qn("w:smartTag")):
                self._flow(child, depth, contents)

    def _paragraph(self, paragraph: Any, contents: bool) -> None:
        words = _clean(text_of(paragraph))
        boxes = list(visible(paragraph, TEXT_BOX))
        self._blank.append(
            not words and not boxes and next(paragraph.iter(*WITHOUT_WORDS), None) is None
        )
        if words:
            self._runs(paragraph)
            self._say(paragraph, words, contents)
        for box in boxes:
            self.boxes += 1
            block = self._next()
            for inner in box.iter(qn("w:p")):
                if text := _clean(text_of(inner)):
                    self._add(PassageKind.BOX, text, self._section, block, prompts=_prompts(inner))

    def _say(self, paragraph: Any, words: str, contents: bool) -> None:
        style = self.styles.name(paragraph)
        if contents or self.styles.in_contents(paragraph):
            self._add(PassageKind.CONTENTS, words, self._section, self._next())
            return
        styled = self.styles.heading_level(paragraph)
        level = styled or self._looks_like_heading(paragraph, words, style)
        marked = BULLET.match(words)
        prompts = _prompts(paragraph)
        if level:
            self._heading(words, level, styled=styled is not None)
        elif style in ("title", "subtitle", "caption"):
            self._add(PassageKind.TITLE, words, self._section, self._next(), prompts=prompts)
        elif self.styles.in_list(paragraph) or marked:
            if not self._in_list:
                self._next()
            self._in_list = True
            point = words[marked.end() :] if marked else words
            # A numbered paragraph leads into its own points, which are of another style.
            within = self._inner[1] if self._inner[0] != style else ""
            lead = within or self._lead
            self._add(PassageKind.POINT, point or words, self._section, self._block, lead, prompts)
            if not within:
                self._inner = (style, words if words.endswith(LEADS_ON) else "")
        else:
            self._in_list, self._inner = False, ("", "")
            self._lead = words if words.endswith(LEADS_ON) else ""
            self._add(PassageKind.PARAGRAPH, words, self._section, self._next(), prompts=prompts)

    def _heading(self, words: str, level: int, styled: bool) -> None:
        self._in_list, self._lead, self._inner = False, "", ("", "")
        short = words[:300]
        self._above = [(current, text) for current, text in self._above if current < level] + [
            (level, short)
        ]
        self.headings.append(
            Heading(
                text=short,
                level=level,
                path=tuple(text for _, text in self._above),
                styled=styled,
            )
        )

    def _looks_like_heading(self, paragraph: Any, words: str, style: str) -> int | None:
        """The level of a paragraph that is meant as a heading but is not one in the file's
        structure."""
        number = NUMBERED.match(words)
        if (
            len(words) > LONGEST_HEADING
            or words.endswith((".", ";", ","))
            or (words.endswith(":") and not number)
            or "[" in words
            or style in ("title", "subtitle", "caption", "list bullet")
            or not re.search(r"[A-Za-z]{3}", words)
        ):
            return None
        rest = words[number.end() if number else 0 :].rstrip(": ")
        stands_out = self.styles.stands_out(paragraph) or (rest.isupper() and len(rest) > 5)
        known = KNOWN_HEADINGS.match(rest)
        if number and (stands_out or "." in number[1] or known):
            return number[1].count(".") + 1
        if self.styles.in_list(paragraph) and not number:
            return 1 if stands_out and known else None
        if stands_out and not known:
            return 2 if any(NUMBERED.match(h.text) for h in self.headings) else 1
        return 1 if known else None

    def _runs(self, paragraph: Any) -> None:
        """Note small text and languages other than the document's own."""
        for run in visible(paragraph, qn("w:r")):
            text = text_of(run).strip()
            if not text:
                continue
            size = self.styles.size(paragraph, run)
            if size is not None and size < SMALLEST_TEXT and size not in self.small:
                self.small[size] = _clean(text)[:80]
            language = self.styles.run_language(run)
            if language and language != "en-GB":
                self.languages[language] = self.languages.get(language, 0) + len(text)

    def _table(self, table: Any, depth: int) -> None:
        rows = [row for row in _children(table, "w:tr") if inside(row, "w:trPr", "w:del") is None]
        cells = [_children(row, "w:tc") for row in rows]
        self._in_list, self._lead, self._inner = False, "", ("", "")
        if cells and all(len(row) == 1 for row in cells) and depth < DEEPEST:
            self.layout += 1
            for (cell,) in cells:
                self._flow(cell, depth + 1)
            return
        block, section = self._next(), self._section
        marked = bool(rows) and is_on(inside(rows[0], "w:trPr", "w:tblHeader"))
        texts = []
        for row in cells:
            words = [_clean(" ".join(_cell_lines(cell))) for cell in row]
            if len(row) == 1 and len(words[0]) > 200 and depth < DEEPEST:
                self._flow(row[0], depth + 1)
                section = self._section
                continue
            texts.append(words)
            self._row(row, section, block, head=marked and len(texts) == 1 and len(rows) > 1)
            for cell in row:
                for paragraph in cell.iter(qn("w:p")):
                    self._runs(paragraph)
        if texts:
            self.tables.append(
                ReadTable(
                    section=section,
                    columns=tuple(texts[0]),
                    rows=tuple(tuple(row) for row in texts[1:]),
                    header_marked=marked,
                    merged=any(
                        value_of(inside(cell, "w:tcPr", "w:gridSpan"), "1") not in ("0", "1")
                        or inside(cell, "w:tcPr", "w:vMerge") is not None
                        for row in cells
                        for cell in row
                    ),
                    nested=any(True for _ in table.iterdescendants(qn("w:tbl"))),
                )
            )

    def _row(self, cells: list[Any], section: int, block: int, head: bool) -> None:
        lines = [_cell_lines(cell) for cell in cells]
        whole = " | ".join(_clean(" ".join(cell)) for cell in lines)
        if not whole.strip(" |"):
            return
        if len(whole) <= LONG_ROW:
            # the names of columns promise nothing
            kind = PassageKind.TITLE if head else PassageKind.ROW
            prompts = tuple(p for cell in cells for p in _prompts(cell))
            self._add(kind, whole, section, block, prompts=prompts)
            return
        label = _clean(" ".join(lines[0]))
        label = label if len(label) <= 120 else ""
        for cell, words in zip(cells, lines, strict=True):
            prompts = _prompts(cell)
            for clean in map(_clean, words):
                if clean and not (label and cell is cells[0]):
                    there = tuple(p for p in prompts if p in clean)
                    self._add(PassageKind.ROW, clean, section, block, label, there)

    def _properties(self) -> tuple[str, str]:
        """The title and language that the file declares; both empty where it declares none."""
        declared = next(
            (
                parse_xml(rel.target_part.blob)
                for rel in self.document.part.package.rels.values()
                if rel.reltype.endswith("/core-properties") and not rel.is_external
            ),
            (),
        )
        values = {str(e.tag).rsplit("}", 1)[-1]: e.text or "" for e in declared}
        return _clean(values.get("title", ""))[:300], _clean(values.get("language", ""))[:20]


def _children(element: Any, tag: str) -> list[Any]:
    """Rows of a table or cells of a row, also those inside content controls and accepted
    insertions."""
    rows = []
    for child in element:
        if child.tag == qn(tag):
            rows.append(child)
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:ins"), qn("w:customXml")):
            rows += _children(child, tag)
    return rows


def _prompts(element: Any) -> tuple[str, ...]:
    """What a paragraph or cell shows only because nobody has filled in a box of it, or that it
    stands in."""
    if any(map(_shows_prompt, element.iterancestors(qn("w:sdt")))):
        return (_clean(text_of(element)),)
    boxes = (box for box in visible(element, qn("w:sdt")) if _shows_prompt(box))
    return tuple(filter(None, (_clean(text_of(box)) for box in boxes)))


def _shows_prompt(box: Any) -> bool:
    """Whether Word shows a box's own prompt in it, for want of anything typed."""
    return is_on(inside(box, "w:sdtPr", "w:showingPlcHdr"))


def _pictures(body: Any) -> Iterator[tuple[bool, str]]:
    """Each picture that is shown: whether words stand for it or it is marked as decorative, and its
    name."""
    for drawing in visible(body, qn("w:drawing")):
        if next(drawing.iter(TEXT_BOX), None) is not None or "wordprocessing" in _attribute(
            drawing, "graphicData", "uri"
        ):
            # A text box or a line that is drawn, not a picture.
            continue
        words = _attribute(drawing, "docPr", "descr") + _attribute(drawing, "docPr", "title")
        decorative = any(
            str(e.tag).endswith("}decorative") and e.get("val") == "1" for e in drawing.iter()
        )
        yield decorative or bool(words.strip()), _clean(_attribute(drawing, "docPr", "name"))[:60]
    for element in visible(body, "{urn:schemas-microsoft-com:vml}imagedata"):
        shape = element.getparent()
        yield shape is not None and bool(str(shape.get("alt") or "").strip()), ""


def _attribute(drawing: Any, kind: str, name: str) -> str:
    """What the first element of a kind inside a drawing says under a name, whatever its
    namespace."""
    elements = (e for e in drawing.iter() if str(e.tag).endswith(f"}}{kind}"))
    return next((str(e.get(name) or "") for e in elements), "")


def _cell_lines(cell: Any) -> list[str]:
    """The paragraphs of a cell, those of tables inside it among them."""
    return [words for p in cell.iter(qn("w:p")) if (words := text_of(p, boxes=True).strip())]


# --- a file looked at before any of it is parsed: what is not a plain .docx is refused -----------

LARGEST_PART = 40_000_000
"""The most XML one part may hold once unpacked: over ten thousand pages."""
LARGEST_UNPACKED = 200_000_000

MARKS = (
    (b"%PDF", "is a PDF. Open the Word file it was made from, and choose that"),
    (b"{\\rtf", "is a rich text file (.rtf). Open it in Word and save it as a Word document "
                "(.docx)"),
    (b"<", "is a web page or plain XML. Open it in Word and save it as a Word document (.docx)"),
    (b"\x89PNG", "is a picture. Choose the Word document itself"),
    (b"\xff\xd8\xff", "is a picture. Choose the Word document itself"),
)  # fmt: skip
OTHER_KINDS = (
    ("xl/", "is an Excel workbook. Choose the specification itself, a Word document (.docx)"),
    (
        "ppt/",
        "is a PowerPoint presentation. Choose the specification itself, a Word document (.docx)",
    ),
    (
        "content.xml",
        "is an OpenDocument file (.odt). Open it in Word and save it as a Word document (.docx)",
    ),
)


def refuse_unsafe(name: str, data: bytes) -> None:
    """Raise IntakeError, in words that say what to do, for anything but a sound .docx without
    password or macros."""
    is_old = data.startswith(b"\xd0\xcf\x11\xe0")
    text = data.lstrip(b"\xef\xbb\xbf \r\n\t")
    refuse(
        name,
        (
            len(data) > LARGEST_FILE,
            f"is {len(data) / 1e6:,.0f} MB; the most that can be read here is "
            f"{LARGEST_FILE / 1e6:,.0f} MB. Take out or compress its pictures and save it again",
        ),
        (not data.strip(b"\x00 \t\r\n\xef\xbb\xbf"), "is empty. Choose the file again"),
        (
            is_old and "EncryptedPackage".encode("utf-16-le") in data,
            "has a password. Open it in Word, take the password off, and save it",
        ),
        (
            is_old,
            "is an old Word document (.doc), whatever its ending. Open it in Word and save it as "
            ".docx",
        ),
        *((text.startswith(mark), words) for mark, words in MARKS),
        (
            not data.startswith(b"PK"),
            "is not a Word document. Open it in Word and save it as .docx",
        ),
    )
    archive = opened_archive(name, data)
    members = archive.infolist()
    names = [info.filename for info in members]
    has_text = any(member.startswith("word/document") for member in names)
    refuse(
        name,
        *(
            (not has_text and any(member.startswith(start) for member in names), words)
            for start, words in OTHER_KINDS
        ),
        (
            not has_text,
            "is an archive without a Word document in it. Unpack it and choose the .docx",
        ),
        (
            sum(info.file_size for info in members) > LARGEST_UNPACKED,
            "is too large when unpacked. Take out or compress its pictures",
        ),
        (
            any(member.lower().endswith("vbaproject.bin") for member in names),
            "has macros. Save it as a Word document without macros (.docx)",
        ),
    )
    for info in members:
        if info.filename.lower().endswith((".xml", ".rels")):
            _refuse_unsafe_part(name, archive, info)


def _refuse_unsafe_part(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Raise IntakeError for XML that is too long, damaged, or says what Word never writes."""
    refuse(
        name,
        (
            info.file_size > LARGEST_PART,
            f"holds more text than any specification ({info.file_size / 1e6:,.0f} MB). Split it",
        ),
    )
    # Each way of packing fails in its own way.
    with refused_as(
        f"{name} is damaged or only half there. Fetch it again, or open it in Word and save it "
        "again"
    ):
        # Without NULs, so that UTF-16 hides nothing.
        content = archive.read(info).replace(b"\x00", b"")
    refuse(
        name,
        (
            b"<!DOCTYPE" in content or b"<!ENTITY" in content,
            "holds a construction that Word never writes. It was not opened",
        ),
        (
            info.filename == "[Content_Types].xml" and b"macroEnabled" in content,
            "has macros. Save it as a Word document without macros (.docx)",
        ),
        (
            info.filename == "word/document.xml" and b"purl.oclc.org/ooxml" in content[:4_096],
            "was saved as Strict Open XML. In Word choose Save As, Word Document (.docx)",
        ),
    )
