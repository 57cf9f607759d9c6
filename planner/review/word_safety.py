"""A Word file looked at before any of it is parsed: what is not a plain .docx is refused."""

import zipfile

from planner.intake.errors import IntakeError, refused_as
from planner.intake.files import LARGEST_FILE, opened_archive

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
    _refuse(
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
    _refuse_unsafe_archive(name, opened_archive(name, data))


def _refuse(name: str, *faults: tuple[bool, str]) -> None:
    """Raise IntakeError for the first fault that a file has."""
    for is_so, words in faults:
        if is_so:
            raise IntakeError(f"{name} {words}")


def _refuse_unsafe_archive(name: str, archive: zipfile.ZipFile) -> None:
    """Raise IntakeError for an archive that is no Word document, too large, or holds macros."""
    members = {info.filename: info for info in archive.infolist()}
    has_text = any(member.startswith("word/document") for member in members)
    _refuse(
        name,
        *(
            (not has_text and any(member.startswith(start) for member in members), words)
            for start, words in OTHER_KINDS
        ),
        (
            not has_text,
            "is an archive without a Word document in it. Unpack it and choose the .docx",
        ),
        (
            sum(info.file_size for info in members.values()) > LARGEST_UNPACKED,
            "is too large when unpacked. Take out or compress its pictures",
        ),
        (
            any(member.lower().endswith("vbaproject.bin") for member in members),
            "has macros. Save it as a Word document without macros (.docx)",
        ),
    )
    for member, info in members.items():
        if member.lower().endswith((".xml", ".rels")):
            _refuse_unsafe_part(name, archive, info)


def _refuse_unsafe_part(name: str, archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> None:
    """Raise IntakeError for XML that is too long, damaged, or says what Word never writes."""
    _refuse(
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
    _refuse(
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
