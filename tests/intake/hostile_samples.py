"""Uploads made to use up whatever reads them, each small enough to be let through the door."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping

from openpyxl import Workbook

from planner.model.place import Place
from planner.model.plan import Plan
from planner.store.plan_file import plan_to_json
from tests.intake.word_samples import old_specification
from tests.present import present


def zipped(parts: Mapping[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return packed.getvalue()


def changed(archive: bytes, name: str, data: bytes) -> bytes:
    """An archive with one part in place of another."""
    with zipfile.ZipFile(io.BytesIO(archive)) as current:
        return zipped({part: current.read(part) for part in current.namelist()} | {name: data})


def workbook() -> bytes:
    book, output = Workbook(), io.BytesIO()
    present(book.active).append(["class", "period", "patients"])
    book.save(output)
    return output.getvalue()


def bomb(archive: bytes, name: str, megabytes: int) -> bytes:
    """An archive with one part that swells to so much."""
    return changed(archive, name, b" " * (megabytes * 1_000_000))


def dense_workbook() -> bytes:
    """A sheet packed just loosely enough to pass for a real one, of six million cells."""
    row = (
        b"<row>"
        + b"".join(b"<c><v>%d</v></c>" % (7919**n % 9_999_991) for n in range(40))
        + b"</row>"
    )
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
    )
    sheet += row * 150_000 + b"</sheetData></worksheet>"
    return changed(workbook(), "xl/worksheets/sheet1.xml", sheet)


def many_nodes() -> bytes:
    """A Word document of nine million empty elements, none of them a paragraph."""
    start = (
        b"<w:document "
        b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>'
    )
    # So that it is not packed too well.
    noise = bytes(97 + n % 23 for n in range(200_000))
    body = start + b"<a/>" * 9_000_000 + b"<!--" + noise + b"--></w:body></w:document>"
    return changed(old_specification(), "word/document.xml", body)


def entities(archive: bytes, name: str) -> bytes:
    """XML that names itself ten times over, nine times."""
    doubled = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    return changed(archive, name, f'<!DOCTYPE l [<!ENTITY l0 "lol">{doubled}]><w>&l9;</w>'.encode())


def rows(millions: int) -> bytes:
    return b"class,period,patients\n" + b"a,b\n" * (millions * 1_000_000)


def wide(megabytes: int) -> bytes:
    """A table of cells that differ, so that each takes memory of its own."""
    lines = b"".join(b"%07d,%07d,%07d,%07d\n" % (n, n + 1, n + 2, n + 3) for n in range(100_000))
    return b"one,two,three,four\n" + lines * (megabytes * 1_000_000 // len(lines))


def enormous_cell() -> bytes:
    return b"class,period\n" + b"x" * 45_000_000 + b",1\n"


def digits() -> bytes:
    """Numbers that might be NHS numbers from wherever one begins to look."""
    return b"class,period,patients\n" + b"opioids,2024/25," + b"9 9-9 " * 150_000 + b"\n"


def deep_plan() -> bytes:
    return b'{"schema_version": 3, "place": ' + b"[" * 9_000_000


def faulty_plan() -> bytes:
    """A plan file of ten megabytes in which hundreds of thousands of things are wrong."""
    plan = json.loads(plan_to_json(Plan(place=Place(icb_code="QF7"))))
    plan["options"] = [{"id": n} for n in range(450_000)]
    return json.dumps(plan).encode()


def crowded_plan() -> bytes:
    """One object of a million names, to be searched for a name that stands twice."""
    names = ",".join(f'"{n}":0' for n in range(900_000))
    return f'{{"schema_version": 3, {names}}}'.encode()
