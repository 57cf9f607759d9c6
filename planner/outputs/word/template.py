"""The kinds of print and their templates, and how a file is written: no clock in it, and no words.

The templates are built by tests/word_templates.py.
"""

import io
import zipfile
from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

EPOCH = (1980, 1, 1, 0, 0, 0)


def pack(files: Iterable[tuple[str, bytes]]) -> bytes:
    """Files by name as one archive with no clock in it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as output:
        for name, data in files:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            output.writestr(info, data, compresslevel=6)
    return out.getvalue()


def save_bytes(document: Any) -> bytes:
    """The bytes of a document, its parts in order of name and no clock in it, content types first:
    the same content gives the same bytes."""
    out = io.BytesIO()
    document.save(out)
    with zipfile.ZipFile(out) as given:
        names = sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        return pack((name, given.read(name)) for name in names)


class Paper(NamedTuple):
    """How large everything is: the scale of the type and of headings, and the width of a table
    (twentieths of a point) and a picture (cm); and the file of its template."""

    template: str
    landscape: bool
    scale: float
    headings: float
    table: int
    picture: float


ORDINARY = Paper("ordinary.docx", landscape=False, scale=1.0, headings=1.0, table=9638, picture=17)
PAPERS = {
    "ordinary": ORDINARY,
    "plain": Paper(
        "plain.docx", landscape=False, scale=14 / 11, headings=1.1, table=9638, picture=17
    ),
    "large": Paper(
        "large-print.docx", landscape=True, scale=1.55, headings=1.4, table=14570, picture=24
    ),
}
"""Body text of 11, 14 and 17 points. Large print is on paper turned on its side, so that a table of
several columns has room."""
FIXED_DATE = datetime(2026, 1, 1)
OF_A_LINK = '<w:rPr><w:color w:val="005EB8"/><w:u w:val="single"/></w:rPr>'
"""How a run of text that leads elsewhere looks."""


def set_properties(document: Any, author: str, **more: str | int) -> None:
    """Write the properties of a file, its language and dates among them; nothing of the machine or
    the clock."""
    for name, value in {
        "author": author,
        "last_modified_by": author,
        "comments": "",
        "language": "en-GB",
        "created": FIXED_DATE,
        "modified": FIXED_DATE,
        **more,
    }.items():
        setattr(document.core_properties, name, value)
