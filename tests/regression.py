"""What a release changes in what the planner says: every JSON output and document beside an earlier
revision's.

    python -m tests.regression ad987b3

The earlier revision is checked out into a temporary folder and asked for the same plans by the same
commands, so no baseline is kept. Numbers may differ by 1e-8 of themselves. What else differs must
be in tests/regression.yaml with its reason, as the words before and after; whatever is left is
printed, and the exit code is 1.
"""

import json
import math
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from docx import Document
from docx.oxml.ns import qn
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[1]
COMMANDS = ("check", "need", "benchmark", "options", "sensitivity", "mix", "case-finding")
RUN = """
import contextlib, importlib, io, sys
try:
    main = importlib.import_module("planner.cli.main").main
except ImportError:  # the first edition's
    main = importlib.import_module("planner.cli").main
for line in sys.stdin.read().splitlines():
    name, *arguments = line.split("\\t")
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(out):
        main(arguments)
    open(name, "w", encoding="utf-8").write(out.getvalue())
"""


def outputs(tree: Path, plans: list[Path], folder: Path) -> dict[str, Any]:
    """Everything that one tree says of the plans: JSON as it is read, documents as lines."""
    folder.mkdir()
    lines = []
    for plan in plans:
        for command in COMMANDS:
            lines.append(f"{folder}/{plan.stem}.{command}.json\t{command}\t{plan}\t--json")
        for action in (3, 4):
            name = f"{folder}/{plan.stem}.action{action}"
            lines.append(f"{name}.log\tspec\t{plan}\t--action\t{action}\t--out\t{name}.docx")
    lines.append(f"{folder}/case-studies.json\tcase-studies\t--json")
    lines.append(f"{folder}/compare.json\tcompare\t{plans[0]}\t{plans[-1]}\t--json")
    lines.append(f"{folder}/staff-cost.json\tstaff-cost\t--band\t7\t--json")
    subprocess.run(
        [sys.executable, "-c", RUN],
        input="\n".join(lines),
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        text=True,
        check=True,
    )
    said: dict[str, Any] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix == ".json":
            text = path.read_text(encoding="utf-8")
            said[path.name] = json.loads(text) if text.startswith(("{", "[")) else text
        elif path.suffix == ".docx":
            said[path.name] = list(lines_of(path))
    return said


def lines_of(path: Path) -> Iterator[str]:
    """Each paragraph, row and picture of a document, as a line of text."""
    for child in Document(str(path)).element.body:
        if child.tag == qn("w:tbl"):
            for row in child.iter(qn("w:tr")):
                cells = [
                    "".join(t.text or "" for t in c.iter(qn("w:t"))) for c in row.iter(qn("w:tc"))
                ]
                yield " | ".join(cells)
        else:
            yield "".join(t.text or "" for t in child.iter(qn("w:t")))
            yield from (picture.get("descr") or "" for picture in child.iter(qn("wp:docPr")))


def differences(before: Any, after: Any, at: str = "") -> Iterator[tuple[str, Any, Any]]:
    """Each place where two outputs differ by more than the last digits of a number."""
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            yield from differences(before.get(key), after.get(key), f"{at}/{key}")
    elif _is_text(before) and _is_text(after):
        for kind, start, end, first, last in SequenceMatcher(
            None, before, after, False
        ).get_opcodes():
            if kind != "equal":
                yield at, "\n    ".join(before[start:end]), "\n    ".join(after[first:last])
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for place, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from differences(one, other, f"{at}[{place}]")
    elif isinstance(before, int | float) and isinstance(after, int | float):
        if not math.isclose(before, after, rel_tol=1e-8, abs_tol=1e-12):
            yield at, before, after
    elif before != after:
        yield at, before, after


def texts_of(value: Any) -> Iterator[str]:
    """Every text within an output."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for one in value.values() if isinstance(value, dict) else value:
            yield from texts_of(one)


def _is_text(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def as_intended(value: Any, changes: list[dict[str, str]]) -> Any:
    """An earlier output with every intended change made in its words."""
    if isinstance(value, dict):
        return {key: as_intended(one, changes) for key, one in value.items()}
    if isinstance(value, list):
        return [as_intended(one, changes) for one in value if not _is_dropped(one, changes)]
    if isinstance(value, str):
        for change in changes:
            if "before" in change:
                value = re.sub(change["before"], change["after"], value)
    return value


def _is_dropped(value: Any, changes: list[dict[str, str]]) -> bool:
    return isinstance(value, str) and any(
        re.search(change["added"], value) for change in changes if "added" in change
    )


def main(revision: str) -> int:
    """Print what this tree says otherwise than the revision, beside what is intended."""
    changes = YAML(typ="safe").load((ROOT / "tests/regression.yaml").read_text(encoding="utf-8"))
    added = [change for change in changes if "added" in change]
    with tempfile.TemporaryDirectory() as temporary:
        tree = Path(temporary, "tree")
        subprocess.run(
            ["git", "worktree", "add", "-q", "--detach", str(tree), revision], cwd=ROOT, check=True
        )
        try:
            plans = sorted((ROOT / "tests/store/plans").glob("version-*.json"))
            before = outputs(tree, plans, Path(temporary, "before"))
            after = outputs(ROOT, plans, Path(temporary, "after"))
        finally:
            subprocess.run(
                ["git", "worktree", "remove", "--force", str(tree)], cwd=ROOT, check=True
            )
    expected = {
        name: as_intended(value, [change for change in changes if change.get("of", "") in name])
        for name, value in before.items()
    }
    left = list(differences(expected, as_intended(after, added)))
    left = [
        one for one in left if not any(re.search(c["key"], one[0]) for c in changes if "key" in c)
    ]
    for place, one, other in left:
        print(f"{place}\n  - {str(one)[:900]}\n  + {str(other)[:900]}")
    for change in changes:
        side, pattern = (
            (after, change["added"]) if "added" in change else (before, change.get("before"))
        )
        if pattern and not any(re.search(pattern, text) for text in texts_of(side)):
            print(f"no longer seen: {pattern}")
    print(f"{len(before)} outputs, {len(changes)} intended changes, {len(left)} others")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
