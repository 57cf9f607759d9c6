"""What was read of the shipped files is kept for the next start, and never instead of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel

from planner.model.field_help import FieldHelps
from planner.model.library import SpecLibrary
from planner.model.reference import ReferenceData
from planner.reference import cache, field_help, library, load
from planner.reference.cache import FOLDER_SETTING, cached

ROOT = Path(__file__).parents[2]
READERS = [
    (ReferenceData, load._reference),
    (SpecLibrary, library._library),
    (FieldHelps, field_help._field_helps),
]


class Reading:
    """A reader that counts how often it was asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> FieldHelps:
        self.times += 1
        return field_help._field_helps()

    def reads(self) -> bool:
        """Ask for the value, and say whether the shipped files were read for it."""
        before = self.times
        assert cached(FieldHelps, self) == field_help._field_helps()
        return self.times > before


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_SETTING, str(tmp_path / "cache"))
    return tmp_path / "cache" / "reference"


@pytest.mark.parametrize(("model", "read"), READERS, ids=[model.__name__ for model, _ in READERS])
def test_what_is_kept_is_what_was_read(
    model: type[BaseModel], read: Callable[[], BaseModel], folder: Path
) -> None:
    def unread() -> BaseModel:
        raise AssertionError("read again though nothing changed")

    first = cached(model, read)
    again = cached(model, unread)
    assert again is not first
    assert again.model_dump() == first.model_dump()
    assert again.model_dump_json() == first.model_dump_json()


@pytest.mark.parametrize(
    "changed",
    [
        "planner/reference/oncosts.csv",
        "planner/reference/field_help.yaml",
        "planner/reference/load.py",
        "planner/model/figures.py",
        "case_studies/cs1-*.yaml",
        "spec_templates/indicators.yaml",
    ],
)
def test_one_changed_byte_of_a_source_is_read(
    changed: str, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copy = tmp_path / "copy"
    for part in ("planner/reference", "planner/model", "case_studies", "spec_templates"):
        shutil.copytree(ROOT / part, copy / part)
    monkeypatch.setattr(cache, "PACKAGE", copy / "planner")
    reading = Reading()
    assert reading.reads() and not reading.reads()
    source = next(copy.glob(changed))
    content, stat = bytearray(source.read_bytes()), source.stat()
    content[-1] ^= 1
    source.write_bytes(content)
    # The same size and time do not hide it.
    os.utime(source, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert reading.reads() and not reading.reads()


@pytest.mark.parametrize("at", [0, 70, 5000, -1])
def test_one_changed_byte_of_the_cache_is_not_believed(at: int, folder: Path) -> None:
    reading = Reading()
    assert reading.reads()
    saved = folder / "FieldHelps.json"
    content = bytearray(saved.read_bytes())
    content[at] ^= 1
    saved.write_bytes(content)
    assert reading.reads() and not reading.reads()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[" * 100_000,
        b'{"entries": [{"fields": ["a"]}]}',
        b'{"entries": [], "more": 1}',
        b"\xff",
    ],
    ids=["empty", "null", "deep", "half", "more", "not text"],
)
def test_a_cache_with_a_right_mark_is_still_checked(body: bytes, folder: Path) -> None:
    reading = Reading()
    folder.mkdir(parents=True)
    (folder / "FieldHelps.json").write_bytes(cache._mark(cache._key(), body) + b"\n" + body)
    assert reading.reads() and not reading.reads()


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="files have no such owner here")
def test_a_cache_of_another_user_is_not_believed(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reading = Reading()
    assert reading.reads()
    other = os.getuid() + 1
    monkeypatch.setattr(os, "getuid", lambda: other)
    assert reading.reads()


def test_a_folder_that_cannot_be_written_is_done_without(folder: Path) -> None:
    reading = Reading()
    folder.parent.mkdir()
    folder.write_text("a file where the folder should be")
    assert reading.reads() and reading.reads()


def test_a_full_disk_leaves_nothing_half_written(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "replace", full)
    reading = Reading()
    assert reading.reads() and reading.reads()
    assert not list(folder.iterdir())


@pytest.mark.slow
def test_several_processes_at_once(folder: Path) -> None:
    code = (
        "from planner.reference import load_reference\n"
        "from planner.reference.field_help import load_field_helps\n"
        "print(len(load_reference().model_dump_json()), load_field_helps().model_dump_json())"
    )
    running = [
        subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
        for _ in range(3)
    ]
    answers = [process.communicate() for process in running]
    assert not any(error for _, error in answers)
    assert len({answer for answer, _ in answers}) == 1
    assert sorted(path.name for path in folder.iterdir()) == [
        "FieldHelps.json",
        "ReferenceData.json",
    ]
