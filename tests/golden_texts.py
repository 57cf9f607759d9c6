"""The agreed texts of the documents, each line kept once: a plan's text is what it adds to
another's.

Run: python -m tests.golden_texts action-3-paper_minimal (prints a whole text, put together again)

The example's text of a document is kept whole. The text of every other plan is kept as its own
lines between two kinds of mark: `=== 12 lines of action3_example` stands for lines that are the
same there, `=== not its next 3` for lines that this plan's text does not have. `pytest
--update-golden tests/outputs/test_word.py` writes every file anew.
"""

from __future__ import annotations

import difflib
import re
import sys
from pathlib import Path

GOLDEN = Path(__file__).parent / "golden"

# Each of these plans is nearest to the one named after it; the example stands on its own.
NEAREST = {"minimal": "example"}

SAME = re.compile(r"=== (\d+) lines? of [\w-]+")
LEFT_OUT = re.compile(r"=== not its next (\d+)")


def base_of(name: str) -> str | None:
    """The text that this one is kept as a difference from, where there is one."""
    document, _, plan = name.partition("_")
    return f"{document}_{NEAREST[plan]}" if plan in NEAREST else None


def path_of(name: str) -> Path:
    """The file of a text; its name says whether the text is whole or a difference."""
    base = base_of(name)
    return GOLDEN / (f"{name}.txt" if base is None else f"{name}_from_{base.partition('_')[2]}.txt")


def difference(base: str, text: str, base_name: str) -> str:
    """What a text adds to its base, with marks for what they share and what it leaves out."""
    before, after = base.splitlines(), text.splitlines()
    lines: list[str] = []
    for tag, start, end, first, last in difflib.SequenceMatcher(
        None, before, after, autojunk=False
    ).get_opcodes():
        if tag == "equal":
            lines.append(f"=== {end - start} line{'s' * (end - start > 1)} of {base_name}")
            continue
        if end > start:
            lines.append(f"=== not its next {end - start}")
        lines += after[first:last]
    return "\n".join(lines) + "\n"


def whole(base: str, stored: str) -> str:
    """The text that a difference was made of; one made of another base is refused where it does not
    fit."""
    before = base.splitlines()
    lines: list[str] = []
    at = 0
    for line in stored.splitlines():
        if match := SAME.fullmatch(line):
            lines += before[at : at + int(match[1])]
            at += int(match[1])
        elif match := LEFT_OUT.fullmatch(line):
            at += int(match[1])
        else:
            lines.append(line)
    if at != len(before):
        raise ValueError(
            f"made of a base of {at} lines, not {len(before)}: run pytest --update-golden"
        )
    return "\n".join(lines) + "\n"


def agreed_text(name: str) -> str:
    """A document's whole text as agreed."""
    stored, base = path_of(name).read_text(encoding="utf-8"), base_of(name)
    return stored if base is None else whole(agreed_text(base), stored)


def document_names() -> list[str]:
    """Every plan's text of each document of the set, by name."""
    return sorted(
        path.stem.partition("_from_")[0]
        for path in GOLDEN.glob("*.txt")
        if not path.name.startswith(("changes", "contract_types"))
    )


if __name__ == "__main__":
    print(agreed_text(sys.argv[1]), end="")
