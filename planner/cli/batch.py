"""The command that makes the documents of many boards, and goes on where it was stopped.

Boards are made side by side, one process each. Measured on two cores that other work shared: all 36
boards take 40 s of processor time in one process and 45 s in two; 12 boards took 17.6 s at best in
one and 15.2 s in two, and pairs of whole runs went either way. The gain on idle cores was not
settled; `--jobs 1` is the plain way, and `python -m tests.benchmarks.batch` measures both.
"""

import argparse
import hashlib
import json
import os
import re
import signal
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from planner.analysis.economics.example import carried_to, starter_plan
from planner.cli.commands import (
    LISTS,
    PART,
    PROGRESS,
    Command,
    Mistake,
    Progress,
    StoppedByUser,
    ctrl_c_noted,
    deaf_to_ctrl_c,
    icb_of,
    kind_of,
    reads,
    refuse_to_replace,
    takes,
    write_whole,
    writes,
)
from planner.documents.context import plan_hash
from planner.documents.set_of_documents import names, path_in_set
from planner.model.library import MAIN
from planner.model.place import Organisation
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference import content_folder, load_reference
from planner.reference.cache import PACKAGE, sum_up
from planner.reference.library import load_library
from planner.store.plan_file import in_words, plan_from_json, plan_to_json, read_plan

JOBS = max(1, min(4, os.cpu_count() or 1))
SECONDS_TO_LOOK = 0.2
"""How often it is looked whether Ctrl+C was pressed, while boards are made."""
MANIFEST = "manifest.json"
_OWN_PART = re.compile(
    rf"\.([\w-]+\.(docx|xlsx)|{re.escape(MANIFEST)})\.[0-9a-f]+{re.escape(PART)}"
)


@dataclass(frozen=True)
class Work:
    """One board and what is still to be made for it."""

    icb: str
    plan: str
    plan_hash: str
    documents: tuple[str, ...]
    in_folder: bool = False

    def name(self, document: str) -> str:
        """The file that holds one document: in a folder of the board's own where the set is
        made."""
        if self.in_folder:
            return f"{self.icb}/{path_in_set(document, load_library())}"
        return f"{self.icb}-{document}.docx"


@dataclass(frozen=True)
class DocumentMade:
    """One document as bytes, or the reason why it could not be made."""

    name: str
    data: bytes
    reason: str = ""


def make_all(options: argparse.Namespace) -> None:
    """The documents of every board asked for, each file whole or not there, and the rest made if
    one fails."""
    if options.jobs < 1:
        raise Mistake("--jobs: give a whole number of 1 or more")
    reference = load_reference()
    plan = read_plan(options.plan) if options.plan else None
    if options.icb:
        codes = dict.fromkeys(code.strip().upper() for code in options.icb)
        icbs = tuple(icb_of(code, options.list) for code in codes)
    else:
        icbs = reference.icbs(LISTS[options.list or "36"])
    wanted = names(load_library()) if options.set else tuple(MAIN.values())
    every = [_work(icb, plan, reference, wanted, options.set) for icb in icbs]
    refuse_to_replace(options.out / MANIFEST, "a list of documents", options.force)
    for work in every:
        for name in work.documents:
            path = options.out / work.name(name)
            refuse_to_replace(path, kind_of(path), options.force)
    options.out.mkdir(parents=True, exist_ok=True)
    folder = Folder(options.out, {} if options.again else None)
    todo = [work for work in (folder.left_of(work) for work in every) if work.documents]
    total = len(every) * len(wanted)
    left = {work.icb: work for work in todo}
    saved, new, began = total - sum(len(work.documents) for work in todo), 0, time.monotonic()
    progress = Progress(options.progress)
    if saved:
        progress.say(f"{saved} of {total} documents are there already and unchanged")
    failed: list[str] = []
    try:
        for work, output in _make_documents(todo, options.jobs):
            for document in output:
                if document.reason:
                    failed.append(f"{work.icb} {document.name}: {document.reason}")
                    progress.announce(f"not made: {failed[-1]}")
                else:
                    folder.keep(work, document)
                    new += 1
            left.pop(work.icb)
            seconds = time.monotonic() - began
            progress.say(f"{saved + new} of {total} documents after {seconds:.0f} s: {work.icb}")
    except KeyboardInterrupt:
        raise StoppedByUser(
            f"stopped. {saved + new} of {total} documents are in {options.out}, each of them "
            f"whole; not finished: {', '.join(list(left)[:12])}"
            + (f" and {len(left) - 12} more" if len(left) > 12 else "")
            + ". Run the same command again to go on from there"
        ) from None
    finally:
        progress.close()
    if failed:
        raise Mistake(
            f"{len(failed)} of {total} documents could not be made ({'; '.join(failed)}). The "
            f"others are in {options.out}; run the same command again to try only these"
        )
    print(f"{total} documents in {options.out}: {new} made, {saved} there already and unchanged")


def _work(
    icb: Organisation,
    plan: Plan | None,
    reference: ReferenceData,
    wanted: tuple[str, ...],
    in_folder: bool,
) -> Work:
    own = starter_plan(icb, reference) if plan is None else carried_to(icb, plan, reference)
    return Work(icb.code, plan_to_json(own), plan_hash(own), wanted, in_folder)


def _make_documents(todo: Sequence[Work], jobs: int) -> Iterator[tuple[Work, list[DocumentMade]]]:
    """Each board's documents as they are finished, in any order."""
    if jobs == 1 or len(todo) < 2:
        for work in todo:
            yield work, make_documents(work)
        return
    # A fresh process each, the same on every system, and deaf to Ctrl-C so that this one decides
    # what to keep.
    pool = ProcessPoolExecutor(
        min(jobs, len(todo)),
        get_context("spawn"),
        initializer=signal.signal,
        initargs=(signal.SIGINT, signal.SIG_IGN),
    )
    with ctrl_c_noted() as pressed:
        try:
            # For what is not yet far enough to have been told.
            with deaf_to_ctrl_c():
                waiting: dict[Future[list[DocumentMade]], Work] = {
                    pool.submit(make_documents, work): work for work in todo
                }
            while waiting:
                for future in wait(waiting, SECONDS_TO_LOOK, FIRST_COMPLETED).done:
                    work = waiting.pop(future)
                    failed = future.exception() is not None
                    yield work, _all_failed(work, future) if failed else future.result()
                if pressed:
                    raise KeyboardInterrupt
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _all_failed(work: Work, future: Future[list[DocumentMade]]) -> list[DocumentMade]:
    reason = f"the process that made it ended ({type(future.exception()).__name__})"
    return [DocumentMade(name, b"", reason) for name in work.documents]


def make_documents(work: Work) -> list[DocumentMade]:
    """The documents of one board. What goes wrong with one is its reason, and the others are still
    made."""
    from planner.analysis.results.projections import Projections
    from planner.analysis.results.results import results
    from planner.outputs.documents import document_file

    outputs = []
    reference, library = load_reference(), load_library()
    # Worked out once for all.
    projections: Projections | None = None
    for name in work.documents:
        try:
            if projections is None:
                projections = Projections(
                    results(plan_from_json(work.plan.encode()), reference), reference
                )
            outputs.append(
                DocumentMade(
                    name,
                    document_file(projections.results, name, reference, library, projections),
                )
            )
        except ValidationError as error:
            outputs.append(DocumentMade(name, b"", in_words(error)))
        except Exception as error:
            # Whatever it is, the other boards are still to be made.
            outputs.append(
                DocumentMade(name, b"", f"{type(error).__name__}: {' '.join(str(error).split())}")
            )
    return outputs


class Folder:
    """The folder being filled, with the list of what is in it. Nothing in it is ever half written.

    A document is left as it is where it was made from the same plan by the same planner, and its
    bytes are still those that were written.
    """

    def __init__(self, path: Path, entries: dict[str, Any] | None = None) -> None:
        self.path, self.planner = path, own_hash()
        # Of a run that was ended without warning.
        for left in path.rglob(f".*{PART}"):
            if _OWN_PART.fullmatch(left.name):
                left.unlink()
        self.entries: dict[str, Any] = self._read() if entries is None else entries

    def left_of(self, work: Work) -> Work:
        """The work without the documents that are there and unchanged."""
        left = tuple(name for name in work.documents if not self._is_there(work, name))
        return replace(work, documents=left)

    def keep(self, work: Work, document: DocumentMade) -> None:
        """Write one document and note it in the list."""
        name = work.name(document.name)
        (self.path / name).parent.mkdir(parents=True, exist_ok=True)
        write_whole(self.path / name, document.data)
        self.entries[name] = {
            "board": work.icb,
            "document": document.name,
            "plan": work.plan_hash,
            "planner": self.planner,
            "sha256": hashlib.sha256(document.data).hexdigest(),
        }
        listed = {"documents": dict(sorted(self.entries.items()))}
        write_whole(self.path / MANIFEST, (json.dumps(listed, indent=2) + "\n").encode())

    def _is_there(self, work: Work, document: str) -> bool:
        entry, path = self.entries.get(work.name(document)), self.path / work.name(document)
        if not isinstance(entry, dict) or not path.is_file():
            return False
        same = (entry.get("plan"), entry.get("planner")) == (work.plan_hash, self.planner)
        return same and entry.get("sha256") == hashlib.sha256(path.read_bytes()).hexdigest()

    def _read(self) -> dict[str, Any]:
        """The list as it was left; one that cannot be read counts as none, so that all is made
        afresh."""
        with suppress(OSError, ValueError, KeyError, TypeError):
            return dict(json.loads((self.path / MANIFEST).read_text(encoding="utf-8"))["documents"])
        return {}


def own_hash() -> str:
    """Changes whenever the planner's code, figures, words or templates do, and with them what it
    would write."""
    return sum_up(
        *(
            (folder, f"**/*.{ending}")
            for folder in (
                PACKAGE,
                content_folder("spec_templates"),
                content_folder("case_studies"),
            )
            for ending in ("py", "csv", "yaml", "docx")
        )
    ).hexdigest()[:12]


COMMANDS = (
    Command(
        "batch",
        "Write the two main documents, or the set, for every ICB, to be gone on with if stopped",
        make_all,
        (
            writes("--out", "a folder", required=True, metavar="DIR", help="the folder to fill"),
            takes(
                "--icb",
                action="append",
                default=[],
                metavar="CODE",
                help="one ICB by its ODS or ONS code, such as QF7; may be given again",
            ),
            takes("--list", choices=LISTS, help="which list of ICBs; the newer where left out"),
            reads("--plan", help="a plan whose assumptions and words every board is given"),
            takes(
                "--set",
                action="store_true",
                help="the whole set of documents, a folder for each ICB",
            ),
            takes("--again", action="store_true", help="make every document afresh"),
            takes("--jobs", type=int, default=JOBS, help="boards made at once"),
            PROGRESS,
        ),
    ),
)
