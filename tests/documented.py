"""The settings that docs/how-to/hosting.md shows, taken out of the page, so that what is tested is
what people copy."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
HOSTING = ROOT / "docs" / "how-to" / "hosting.md"
NAME = "planner.example.org"


def code_block(language: str, holding: str) -> str:
    """The one block in a language that holds certain words."""
    blocks = re.findall(
        rf"^```{language}\n(.*?)^```$", HOSTING.read_text(encoding="utf-8"), re.M | re.S
    )
    rows: list[str] = [block for block in blocks if holding in block]
    assert len(rows) == 1, f"{len(rows)} blocks of {language} with {holding!r}"
    return rows[0]


def changed(text: str, changes: dict[str, str]) -> str:
    """The text with each thing in it replaced; every one of them must be there."""
    for before, after in changes.items():
        assert before in text, f"not in docs/how-to/hosting.md: {before}"
        text = text.replace(before, after)
    return text


def unit_setting(name: str) -> str:
    """What the documented unit says of a setting."""
    line = re.search(rf"^{name}=(.*)$", code_block("ini", "[Service]"), re.M)
    assert line, f"the unit in docs/how-to/hosting.md says nothing of {name}"
    return line[1]
