"""A file of the national dataset on disk: unpacked, checked to be whole, and hashed."""

import csv
import gzip
import lzma
import tempfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from blake3 import blake3

from planner.analysis.formatting import several
from planner.intake.errors import IntakeError, damaged, refused_as
from planner.intake.files import parts_of, shown_name

LARGEST_OPENED = 40_000_000_000

Say = Callable[[str], None]


@contextmanager
def unpacked(path: Path, folder: Path, say: Say) -> Iterator[Path]:
    """The file itself, or, where it is packed, its content in a passing file of its own."""
    if not starts_with(path, b"\x1f\x8b", b"PK\x03\x04"):
        yield path
        return
    folder.mkdir(parents=True, exist_ok=True)
    name = shown_name(path.name)
    say(f"Unpacking {name}")
    swollen = f"{name} swells beyond any real month of prescribing. It was not read further"
    with tempfile.TemporaryDirectory(dir=folder) as passing:
        plain = Path(passing) / "unpacked.csv"
        try:
            with _packed(name, path) as packed, plain.open("wb") as opened:
                opened.writelines(parts_of(packed, path.stat().st_size, LARGEST_OPENED, swollen))
        except OSError as error:
            # Not the disk but the packing.
            if error.errno is None:
                raise IntakeError(damaged(name)) from error
            raise IntakeError(
                f"{name} cannot be unpacked in {folder}: {error.strerror}. Free some room there, "
                "or unpack it yourself and give the file inside"
            ) from error
        except (EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile) as error:
            raise IntakeError(damaged(name)) from error
        except NotImplementedError as error:
            # Whole, and yet packed in a way Python does not know.
            raise IntakeError(
                f"{name} is packed in a way that cannot be read here. Unpack it yourself and give "
                "the file inside"
            ) from error
        yield plain


def _packed(name: str, path: Path) -> IO[bytes] | gzip.GzipFile:
    """The only table in a packed file."""
    if starts_with(path, b"\x1f\x8b"):
        return gzip.open(path)
    archive = zipfile.ZipFile(path)
    tables = [
        info for info in archive.infolist() if info.filename.lower().endswith((".csv", ".txt"))
    ]
    if len(tables) != 1:
        raise IntakeError(
            f"{name} holds {several(len(tables), 'table')}. Unpack it and give each file by its "
            "name"
        )
    if tables[0].flag_bits & 1:
        raise IntakeError(f"{name} has a password. Save it without one")
    return archive.open(tables[0])


def starts_with(path: Path, *marks: bytes) -> bool:
    """Whether a file begins with any of these marks."""
    with path.open("rb") as file:
        return file.read(max(map(len, marks))).startswith(marks)


def csv_header(name: str, path: Path) -> list[str]:
    """The headings of a CSV file. Raises IntakeError where its first line is no header."""
    with path.open("rb") as file:
        first = file.readline(100_000).decode("utf-8-sig", errors="replace")
    if not first.strip():
        raise IntakeError(f"{name} is empty")
    with refused_as(
        f"{name} has a first line that cannot be read as headings. Download it again", csv.Error
    ):
        return [heading.strip() for heading in next(csv.reader([first.strip("\r\n")]))]


def is_whole(name: str, path: Path, columns: int) -> None:
    """Nothing where the last line of a file is whole. Raises IntakeError where it breaks off."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 20_000))
        tail = file.read()
    if tail.endswith((b"\n", b"\r")):
        return
    last = tail.decode("latin-1").splitlines()[-1]
    if len(next(csv.reader([last.replace("\r", " ")]))) != columns:
        raise IntakeError(
            f"{name} ends in the middle of a row, so part of it is missing. Download it again"
        )


class Digest(threading.Thread):
    """The digest and the number of lines of a file, worked out beside the query rather than before
    it."""

    def __init__(self, path: Path) -> None:
        super().__init__(daemon=True)
        self.path, self.value, self.lines = path, "", 0
        self.error: OSError | None = None

    def run(self) -> None:
        """Hash the file; a fault is kept for whoever waits."""
        try:
            self.value, self.lines = hashed(self.path)
        except OSError as error:
            # Told by whoever waits for this thread.
            self.error = error


def hashed(path: Path) -> tuple[str, int]:
    """A file's BLAKE3, which says so, and the number of its lines, of which only a little is in
    memory at a time."""
    digest = blake3()
    lines = _lines(path, digest.update)
    return f"blake3:{digest.hexdigest()}", lines


def lines_of(path: Path) -> int:
    """The number of lines in a file."""
    return _lines(path, lambda part: None)


def _lines(path: Path, see: Callable[[memoryview], object], step: int = 1 << 20) -> int:
    """The number of lines, each part of the file shown to `see` on the way."""
    import numpy as np

    buffer = bytearray(step)
    view, lines, last = np.frombuffer(buffer, dtype=np.uint8), 0, 10
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(buffer):
            part = view[:size]
            see(part.data)
            lines += int(np.count_nonzero(part == 10))
            last = int(part[-1])
    return lines + (last != 10)
