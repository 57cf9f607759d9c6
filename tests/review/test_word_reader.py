"""Word documents read safely: what stands where, and files that are no such thing."""

from __future__ import annotations

import io
import random
import zipfile

import pytest
from docx import Document

from planner.intake.errors import IntakeError
from planner.intake.files import LARGEST_FILE
from planner.model.review import PassageKind, ReadDocument
from planner.review import word_reader as word_document
from planner.review import word_reader as word_file
from planner.review.word_reader import read_word_document
from tests.intake import word_samples as samples
from tests.intake.word_samples import in_text, repacked, saved

LONGEST_MESSAGE = 300


def read(data: bytes, name: str = "old spec.docx") -> ReadDocument:
    return read_word_document(name, data)


def words(document: ReadDocument, kind: PassageKind) -> list[str]:
    return [p.text for p in document.passages if p.kind is kind]


def test_bold_paragraphs_are_read_as_headings_and_said_not_to_be() -> None:
    result = read(samples.old_specification())
    assert [h.text for h in result.headings][:4] == [
        "1. Population Needs",
        "1.1 National/local context and evidence base",
        "2. Outcomes",
        "2.2 Local defined outcomes",
    ]
    assert not any(h.styled for h in result.headings)
    under = next(p for p in result.passages if p.text.startswith("offer safe reduction"))
    assert result.under(under.section) == "3. Scope > 3.1 Aims and objectives of service"
    assert under.kind is PassageKind.POINT and under.lead == "The provider shall:"


def test_a_specification_inside_a_one_column_table_is_read_as_text() -> None:
    result = read(samples.boxed_specification())
    assert [h.text for h in result.headings] == [
        "1. Population Needs",
        "2. Key Service Outcomes",
        "3. Scope",
    ]
    assert result.facts.layout_tables == 1 and not result.tables
    assert "People feel listened to." in words(result, PassageKind.PARAGRAPH)


def test_tables_keep_their_rows_and_their_faults() -> None:
    (quality,) = [t for t in read(samples.old_specification()).tables if "Threshold" in t.columns]
    assert quality.columns[0] == "Quality requirement" and not quality.header_marked
    assert quality.rows[1] == (
        "Patients who have stopped by discharge",
        "40% target",
        "Quarterly report",
        "Payment withheld",
    )
    nested = read(samples.with_nested_and_merged_tables())
    assert nested.tables[0].merged and nested.tables[0].nested
    assert any("Inner left" in row for row in words(nested, PassageKind.ROW))


def test_the_names_of_columns_are_no_row_where_they_are_marked_as_such() -> None:
    marked, unmarked = (
        read(samples.with_marked_header()),
        read(samples.with_marked_header(marked=False)),
    )
    assert words(marked, PassageKind.ROW) == ["Reviews | Offered each year"]
    assert words(marked, PassageKind.TITLE) == ["Requirement | What it does"]
    assert words(unmarked, PassageKind.ROW) == [
        "Requirement | What it does",
        "Reviews | Offered each year",
    ]


def test_tracked_changes_are_read_as_if_accepted_and_said() -> None:
    result = read(samples.with_tracked_changes())
    assert words(result, PassageKind.PARAGRAPH) == ["Referrals come from general practice"]
    assert any("2 tracked changes" in note for note in result.notes)


HIDDEN_WAYS = (
    "run", "web", "heading", "paragraph style", "character style", "table style", "row", "header",
    "footer",
)  # fmt: skip


@pytest.mark.parametrize("way", HIDDEN_WAYS)
def test_hidden_text_is_not_read_and_that_is_said(way: str) -> None:
    result = read(samples.with_hidden(way))
    assert [p.text for p in result.passages] == ["The service will be described here."]
    assert [h.text for h in result.headings] == ["Service"]
    assert not any("".join(table.columns) for table in result.tables)
    (note,) = result.notes
    count = "2 paragraphs" if way in ("row", "table style") else "1 paragraph"
    assert note.startswith(f"Hidden text was not read, in {count}. In Word, ")


@pytest.mark.parametrize(
    "way", ["nothing", "off again", "shown in a style that hides", "two styles that hide"]
)
def test_text_that_word_shows_is_read_whatever_its_styles_say(way: str) -> None:
    result = read(samples.with_hidden(way))
    assert words(result, PassageKind.PARAGRAPH)[1:] == [samples.PROMISED] and not result.notes


def test_page_numbers_of_a_contents_list_are_no_hidden_text() -> None:
    result = read(samples.with_contents_hidden_on_the_web())
    assert words(result, PassageKind.CONTENTS) == ["Scope 12"] and not result.notes


def test_a_file_whose_every_word_is_hidden_holds_nothing_and_says_so() -> None:
    document = Document()
    document.add_paragraph().add_run(samples.PROMISED).font.hidden = True
    result = read(saved(document))
    assert not result.passages and "Hidden text was not read" in result.notes[0]


def test_a_text_box_is_read_once() -> None:
    result = read(samples.with_text_box())
    assert words(result, PassageKind.BOX) == ["The advice line is open each weekday."]
    assert result.facts.text_boxes == 1 and result.facts.pictures == 0


def test_headers_and_footers_are_kept_apart() -> None:
    result = read(samples.with_margins())
    assert words(result, PassageKind.MARGIN) == [
        "Addiction services directorate",
        "Task and finish group workplan approved",
    ]
    assert words(result, PassageKind.PARAGRAPH) == ["Support for adults."]


def test_pictures_with_and_without_words() -> None:
    document = Document()
    document.add_heading("Map", 1)
    samples.picture(document)
    samples.picture(document, "A map of the district with its two clinics")
    facts = read(saved(document)).facts
    assert facts.pictures == 2 and facts.pictures_without_words == ("picture 1 (Picture 1)",)


def test_language_title_small_text_and_spacing() -> None:
    document = Document()
    document.core_properties.title = "A title"
    document.add_heading("Access", 1)
    from docx.shared import Pt

    document.add_paragraph().add_run("The small print").font.size = Pt(7)
    for _ in range(3):
        document.add_paragraph("")
    document.add_paragraph("After the gap")
    facts = read(saved(document)).facts
    assert (facts.title, facts.language, facts.spacing_paragraphs) == ("A title", "en-US", 3)
    assert facts.small_text == ((7.0, "The small print"),)
    assert read(samples.without_language(saved(document))).facts.language == ""


def test_a_list_that_is_typed_is_still_a_list() -> None:
    document = Document()
    document.add_heading("Offer", 1)
    for line in (
        "The team will:",
        "• see people at home",
        "- write to the practice",
        "Then the text goes on.",
    ):
        document.add_paragraph(line)
    result = read(saved(document))
    assert words(result, PassageKind.POINT) == ["see people at home", "write to the practice"]
    assert {p.lead for p in result.passages if p.kind is PassageKind.POINT} == {"The team will:"}


def _encrypted() -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 900 + "EncryptedPackage".encode("utf-16-le")
    )


def _zip(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as output:
        for name, body in members.items():
            output.writestr(name.replace("__", "/"), body)
    return out.getvalue()


def _with_entity() -> bytes:
    bomb = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
    return repacked(
        samples.council_specification(),
        lambda name, body: bomb + body.split(b"?>", 1)[1] if name == "word/document.xml" else body,
    )


def _with_outside_entity() -> bytes:
    outside = '<?xml version="1.0"?><!DOCTYPE x SYSTEM "file:///etc/hostname"><x/>'.encode("utf-16")
    return repacked(samples.council_specification(), extra={"word/extra.xml": outside})


def _no_text_in_it() -> bytes:
    document = Document()
    samples.picture(document)
    return saved(document)


GOOD = samples.council_specification()
HOSTILE = {
    "nothing at all": (b"", "is empty"),
    "only zeros": (b"\x00" * 5_000, "is empty"),
    "not a zip": (b"Once upon a time there was a service.", "is not a Word document"),
    "a PDF": (b"%PDF-1.7 ...", "is a PDF"),
    "rich text": (b"{\\rtf1 hello}", "rich text"),
    "a web page": (b"\n<html><body>sign in</body></html>", "web page"),
    "an old .doc": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2_000,
        "old Word document (.doc)",
    ),
    "a password": (_encrypted(), "has a password"),
    "cut short": (GOOD[: len(GOOD) // 2], "damaged"),
    "a workbook": (_zip(**{"xl/workbook.xml": b"<w/>"}), "Excel workbook"),
    "a presentation": (_zip(**{"ppt/presentation.xml": b"<w/>"}), "PowerPoint"),
    "OpenDocument": (_zip(**{"content.xml": b"<w/>"}), "OpenDocument"),
    "another archive": (_zip(**{"notes.txt": b"hello"}), "archive without a Word document"),
    "macros": (repacked(GOOD, extra={"word/vbaProject.bin": b"\x00"}), "has macros"),
    "macros by declaration": (
        repacked(
            GOOD,
            lambda n, b: b.replace(b"wordprocessingml.document.main+xml", b"macroEnabled.main+xml"),
        ),
        "has macros",
    ),
    "a zip bomb": (_zip(**{"word/document.xml": b"a" * 60_000_000}), "would swell"),
    "an entity bomb": (_with_entity(), "never writes"),
    "an outside entity in UTF-16": (_with_outside_entity(), "never writes"),
    "broken XML": (in_text(GOOD, b"<w:body>", b"<w:body><w:p>"), "damaged"),
    "no text part": (
        repacked(GOOD, lambda n, b: None if n == "word/document.xml" else b),
        "archive without",
    ),
    "no relations": (repacked(GOOD, lambda n, b: None if n.endswith(".rels") else b), "damaged"),
    "Strict Open XML": (
        in_text(
            GOOD,
            b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
            b"http://purl.oclc.org/ooxml/wordprocessingml/main",
        ),
        "Strict Open XML",
    ),
    "pictures only": (_no_text_in_it(), "nothing to read. It holds pictures only"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_cannot_be_read_is_refused_in_words_that_help(name: str) -> None:
    data, text = HOSTILE[name]
    with pytest.raises(IntakeError) as refused:
        read(data, "../folder/Spec 2015.docx")
    message = str(refused.value)
    assert message.startswith("Spec 2015.docx") and text in message, message
    assert len(message) <= LONGEST_MESSAGE and "\n" not in message
    assert "Traceback" not in message and "folder" not in message


def test_a_file_that_is_too_large_is_refused_before_it_is_opened() -> None:
    with pytest.raises(IntakeError, match="most that can be read here is 50 MB"):
        read(b"PK" + b"\x00" * LARGEST_FILE)


def test_more_text_than_any_specification_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_file, "LARGEST_PART", 1_000)
    with pytest.raises(IntakeError, match="more text than any specification"):
        read(GOOD)


def test_only_so_many_passages_are_read_and_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(word_document, "MOST_PASSAGES", 3)
    result = read(samples.old_specification())
    assert len(result.passages) == 3 and any("first 3 passages" in note for note in result.notes)


@pytest.mark.parametrize("levels", [1, 5, 30])
def test_tables_inside_tables_end_somewhere(levels: int) -> None:
    result = read(samples.deeply_nested(levels))
    assert any("innermost words" in p.text for p in result.passages)


def test_styles_that_run_in_a_circle_end_somewhere() -> None:
    circle = (
        b'<w:style w:type="paragraph" w:styleId="A"><w:name w:val="a"/><w:basedOn '
        b'w:val="B"/></w:style>'
        b'<w:style w:type="paragraph" w:styleId="B"><w:name w:val="b"/><w:basedOn '
        b'w:val="A"/></w:style></w:styles>'
    )
    data = repacked(
        GOOD, lambda n, b: b.replace(b"</w:styles>", circle) if n == "word/styles.xml" else b
    )
    data = in_text(data, b'<w:pStyle w:val="Heading3"/>', b'<w:pStyle w:val="A"/>')
    assert "Opening hours" in [p.text for p in read(data).passages]


@pytest.mark.slow
def test_a_file_damaged_anywhere_is_read_or_refused_and_never_worse() -> None:
    chance = random.Random(7)
    for _ in range(150):
        data = bytearray(samples.with_text_box() if chance.random() < 0.3 else GOOD)
        for _ in range(chance.randint(1, 12)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        try:
            read(bytes(data))
        except IntakeError as error:
            assert str(error).startswith("old spec.docx")


@pytest.mark.slow
def test_parts_damaged_inside_a_sound_archive_are_read_or_refused() -> None:
    chance = random.Random(11)
    for _ in range(150):

        def spoil(name: str, body: bytes) -> bytes:
            if not name.endswith((".xml", ".rels")) or chance.random() < 0.7 or not body:
                return body
            at = chance.randrange(len(body))
            return (
                body[:at]
                + bytes([chance.randrange(32, 127)]) * chance.randint(0, 3)
                + body[at + 2 :]
            )

        try:
            read(repacked(GOOD, spoil))
        except IntakeError as error:
            assert str(error).startswith("old spec.docx")
