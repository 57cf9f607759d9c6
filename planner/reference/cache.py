"""Keep what was read of the shipped files, so that the next start need not read them all again."""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import tomllib
from collections.abc import Callable
from contextlib import suppress
from importlib import metadata
from pathlib import Path
from typing import TypeVar

import pydantic
from platformdirs import user_cache_path

PACKAGE = Path(__file__).resolve().parents[1]
FOLDER_SETTING = "PLANNER_CACHE_DIR"

Model = TypeVar("Model", bound=pydantic.BaseModel)


def content_folder(name: str) -> Path:
    """Find `case_studies`, `spec_templates` or the wizard's script: in the package when installed,
    else beside it."""
    inside = PACKAGE / name
    return inside if inside.exists() else PACKAGE.parent / name


def cached(model: type[Model], read: Callable[[], Model]) -> Model:
    """Give what `read` gives, from the cache where nothing it is made from has changed.

    The shipped files are the truth: a cache that is damaged, of other files or of another release
    is made anew, and one that cannot be written is done without.
    """
    key, path = _key(), cache_folder("reference") / f"{model.__name__}.json"
    with suppress(OSError, ValueError):
        # Nobody but this user may say what our figures are.
        if not hasattr(os, "getuid") or path.stat().st_uid == os.getuid():
            mark, _, body = path.read_bytes().partition(b"\n")
            # One mark over the sources and the body shows a change in either.
            if mark == _mark(key, body):
                return model.model_validate_json(body, strict=True)
    value = read()
    with suppress(OSError):
        _write(path, key, value)
    return value


def cache_folder(name: str) -> Path:
    """Find the folder of that name among what is kept for this user and can be made anew."""
    given = os.environ.get(FOLDER_SETTING)
    whole = (
        Path(given) if given else user_cache_path("prescribed-medicines-planner", appauthor=False)
    )
    return whole / name


def software_version() -> str:
    """The version of the planner that runs here."""
    project = PACKAGE.parent / "pyproject.toml"
    if project.is_file():
        # What was installed may be older than the checkout that runs.
        return str(tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"])
    return metadata.version("prescribed-medicines-planner")


def content_digest() -> str:
    """Sum up every shipped figure and word: the same files give the same digest everywhere."""
    return sum_up(
        (PACKAGE / "reference", "*.csv"),
        (PACKAGE / "reference", "*.yaml"),
        (content_folder("case_studies"), "*.yaml"),
        (content_folder("spec_templates"), "**/*.yaml"),
    ).hexdigest()


def _key() -> bytes:
    """Sum up all that a cached value is made from: the shipped files, the code that reads them, and
    the versions."""
    versions = f"{pydantic.VERSION} {sys.version} {software_version()} {content_digest()}"
    code = sum_up((PACKAGE / "reference", "*.py"), (PACKAGE / "model", "**/*.py"))
    return versions.encode() + code.digest()


def sum_up(*files: tuple[Path, str]) -> hashlib._Hash:
    """Sum up the places and bytes of all files of these patterns, each below its folder."""
    key = hashlib.sha256()
    for folder, pattern in files:
        for path in sorted(folder.glob(pattern)):
            content = path.read_bytes()
            key.update(f"{path.relative_to(folder).as_posix()} {len(content)}\n".encode())
            key.update(content)
    return key


def _mark(key: bytes, body: bytes) -> bytes:
    return hashlib.sha256(key + body).hexdigest().encode()


def _write(path: Path, key: bytes, value: pydantic.BaseModel) -> None:
    body = value.model_dump_json().encode()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # Another process may read or write it at this moment, so it is put in place whole.
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".") as comparison:
        whole = Path(comparison) / path.name
        whole.write_bytes(_mark(key, body) + b"\n" + body)
        whole.replace(path)
