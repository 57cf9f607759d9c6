"""Word files as packages: the same parts always in the same order with the same dates. No content."""

import io
import zipfile
from pathlib import Path

EPOCH = (1980, 1, 1, 0, 0, 0)


def reproducible(data: bytes) -> bytes:
    """The same package with its parts in order of name and no clock in it, content types first."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as given, zipfile.ZipFile(out, "w") as output:
        names = sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            info = zipfile.ZipInfo(name, EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            output.writestr(info, given.read(name), compresslevel=6)
    return out.getvalue()


def write_reproducibly(path: Path) -> None:
    """Rewrite a package in place so that the same content gives the same bytes."""
    path.write_bytes(reproducible(path.read_bytes()))
