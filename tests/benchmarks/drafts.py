"""How long keeping and opening a plan take beside a bare sqlite3 insert and select of the same
bytes, set alike.

Run: python -m tests.benchmarks.drafts
"""

from __future__ import annotations

import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from planner.analysis.economics.example import example_plan
from planner.model.plan import Plan
from planner.reference import load_reference
from planner.store.drafts import SavedPlans, _pack
from planner.store.plan_file import plan_from_json, plan_to_json
from tests.conftest import maximal_plan

TURNS = 150


def timed(work: Callable[[], Any]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def bare_database(path: Path) -> sqlite3.Connection:
    bare = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        bare.execute(f"PRAGMA {pragma}")
    bare.execute("CREATE TABLE versions (number INTEGER PRIMARY KEY, plan BLOB NOT NULL)")
    return bare


def measure(name: str, plan: Plan, folder: Path) -> None:
    """Interleaved turns: ours, then the bare one, so that both meet the same disk."""
    store = SavedPlans(f"sqlite:///{folder / name}.sqlite")
    bare = bare_database(folder / f"{name}-bare.sqlite")
    current = [store.create(plan)]
    rounds = []
    for turn in range(1, TURNS + 1):
        changed = plan.model_copy(update={"preferred_because": f"Turn {turn}"})
        packed, text = _pack(changed), plan_to_json(changed).encode()

        def ours() -> None:
            current[0] = store.save(current[0].link, changed, current[0].version.number)

        def insert() -> None:
            bare.execute("BEGIN IMMEDIATE")
            bare.execute("INSERT INTO versions VALUES (?, ?)", (turn, packed))
            bare.execute("COMMIT")

        def select() -> None:
            bare.execute("SELECT plan FROM versions ORDER BY number DESC LIMIT 1").fetchone()

        rounds.append(
            (
                timed(ours),
                timed(insert),
                timed(lambda: store.open(current[0].link)),
                timed(select),
                timed(lambda: _pack(changed)),
                timed(lambda: plan_from_json(text)),
            )
        )
    store.close()
    size = (folder / f"{name}.sqlite").stat().st_size
    save, inserted, opened, selected, packing, reading = (
        statistics.median(column) * 1000 for column in zip(*rounds, strict=True)
    )
    ratios = sorted(one[0] / one[1] for one in rounds)
    tenth, nine_tenths = ratios[len(ratios) // 10], ratios[-len(ratios) // 10]
    print(
        f"{name} plan, {len(text) / 1000:.0f} kB as text, {len(packed) / 1000:.1f} kB packed: "
        f"save {save:.1f} ms, bare insert {inserted:.2f} ms, ratio "
        f"{statistics.median(ratios):.1f} (middle eight tenths {tenth:.1f} to {nine_tenths:.1f}); "
        f"of a save, writing the plan as text and packing it takes {packing:.1f} ms and reading "
        f"the newest {reading:.1f} ms. Open {opened:.1f} ms, bare select {selected:.2f} ms, ratio "
        f"{opened / selected:.0f}. 1,000 versions: {size / (TURNS + 1) / 1000:.1f} MB on disk, "
        f"{len(text) / 1000:.0f} MB unpacked"
    )


def main() -> None:
    """Measure the worked example, and the fullest plan of the tests."""
    reference = load_reference()
    example = example_plan(reference.find_organisation("QF7"), reference)
    with tempfile.TemporaryDirectory() as folder:
        for name, plan in (("example", example), ("fullest", maximal_plan(example))):
            measure(name, plan, Path(folder))


if __name__ == "__main__":
    main()
