"""Which sections of the two documents read differently, with the passages taken out and put in. No Word here."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

from planner.documents.changes.inputs import where_they_part
from planner.model.document import Block, Bullets, Paragraph, SpecContent, Table

Pair = tuple[str, str]
CITED = re.compile(r"(?<=\S) ?\[\d+\]|^\[\d+\]; ")
"""The number of a source, which moves when any source is added and then says nothing."""


@dataclass(frozen=True, kw_only=True)
class TextChange:
    """One section that reads differently: each passage as it was and as it is, either of them empty
    where there is none.

    A table's row is one passage, its cells parted by semicolons.
    """

    action: Literal[3, 4]
    heading: str
    kind: Literal["changed", "added", "removed"]
    passages: tuple[Pair, ...]


def text_changes(before: SpecContent, after: SpecContent) -> tuple[TextChange, ...]:
    """The sections of one document that read differently, in its order. Sections are matched by
    what they are."""
    old, new = _sections(before), _sections(after)
    rows = []
    for key in (*new, *(key for key in old if key not in new)):
        (_, was), (heading, now) = (
            old.get(key, ("", ())),
            new.get(key, (old.get(key, ("",))[0], ())),
        )
        if was == now and key in old and key in new:
            continue
        rows.append(
            TextChange(
                action=after.action,
                heading=heading,
                kind="added" if key not in old else "removed" if key not in new else "changed",
                passages=_passages(was, now),
            )
        )
    return tuple(rows)


def _sections(content: SpecContent) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Every section by its id: its heading, and its passages in order. Front matter counts as two
    more."""
    front = (
        content.organisation,
        content.title,
        content.status,
        *(f"{line.label}; {line.value}" for line in content.header),
    )
    front = tuple(line.replace("\n", " ") for line in front)
    lookup = {"": ("Title and header", front), " ": ("Summary", tuple(_lines(content.summary)))}
    for section in content.sections:
        name = f"annex {section.number}" if section.annex else f"section {section.number}"
        lookup[section.id] = (f"{section.heading} ({name})", tuple(_lines(section.blocks)))
    return lookup


def _lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for line in _all_lines(blocks):
        yield CITED.sub("", line)


def _all_lines(blocks: tuple[Block, ...]) -> Iterator[str]:
    for block in blocks:
        if isinstance(block, Paragraph):
            yield from (line for line in block.text.split("\n") if line.strip())
        elif isinstance(block, Bullets):
            yield from block.points
        elif isinstance(block, Table):
            yield f"Table '{block.caption}': {', '.join(block.columns)}"
            yield from ("; ".join(row) for row in block.rows)
        else:
            yield f"Chart '{block.caption}'"


def _passages(before: tuple[str, ...], after: tuple[str, ...]) -> tuple[Pair, ...]:
    """What was beside what is; the same pairs, turned round, whichever of the two comes first."""
    if before > after:
        return tuple((was, now) for now, was in _passages(after, before))
    pairs: list[Pair] = []
    for old, new in _separate_runs(before, after, before, after):
        heads = [tuple(_head(line) for line in lines) for lines in (old, new)]
        for was, now in _separate_runs(heads[0], heads[1], old, new, keep_equal=True):
            if len(was) == len(now):
                pairs += list(zip(was, now, strict=True))
            else:
                pairs += [(line, "") for line in was] + [("", line) for line in now]
    return tuple(where_they_part(was, now, "") for was, now in _without_moves(pairs) if was != now)


def _without_moves(pairs: list[Pair]) -> list[Pair]:
    """The pairs without passages that only moved, and with a passage taken out beside the one put
    in that begins alike."""
    gone = [was for was, now in pairs if not now]
    come = [now for was, now in pairs if not was]
    moved = Counter(gone) & Counter(come)
    fellows: dict[str, str] = {}
    for line in gone:
        alike = [other for other in come if _head(other) == _head(line) and other not in moved]
        if line not in moved and len(alike) == 1 and alike[0] not in fellows.values():
            fellows[line] = alike[0]
    selection: list[Pair] = []
    for was, now in pairs:
        if (not now and was in moved) or (not was and (now in moved or now in fellows.values())):
            continue
        selection.append((was, now or fellows.get(was, "")))
    return selection


def _separate_runs(
    old_keys: tuple[str, ...], new_keys: tuple[str, ...], old: tuple[str, ...], new: tuple[str, ...], keep_equal: bool = False
) -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:  # fmt: skip
    """The runs of lines that differ by their keys, and on request those that do not, each beside
    its fellow."""
    for tag, old_from, old_to, new_from, new_to in SequenceMatcher(
        None, old_keys, new_keys, autojunk=False
    ).get_opcodes():
        if tag != "equal" or keep_equal:
            yield old[old_from:old_to], new[new_from:new_to]


def _head(line: str) -> str:
    """How a passage begins: a row's first cell, or three words; by this a passage finds its fellow."""
    cell, more, _ = line.partition(";")
    return cell if more else " ".join(line.split()[:3])
