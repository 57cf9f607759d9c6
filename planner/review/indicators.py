"""Indicators in an existing specification, and whether each says over whom, from where and how far. No files."""

import re
from collections.abc import Sequence

from planner.analysis.passages import first_of, plain
from planner.model.review import (
    IndicatorFinding,
    IndicatorWords,
    PassageKind,
    ReadDocument,
    ReadTable,
    ReviewTerms,
)

NOTHING = ("", "-", "–", "—", "?")
LACKS = ("denominator", "baseline", "threshold")
REFERENCE = re.compile(r"^[a-z]{1,4}\d{1,3}[a-z]? (?=\S)")
"""The number some indicators have before their name."""


def indicators(
    document: ReadDocument, terms: ReviewTerms
) -> tuple[tuple[IndicatorFinding, ...], int]:
    """Each indicator that lacks a denominator, a baseline or a threshold; and how many indicators
    were seen.

    A table counts where one column is headed like an indicator and another like one of the three; a
    list where it stands under a heading about indicators. An indicator that stands in several
    tables is seen once, and lacks only what none of them says. How complete the data are is no
    indicator: the contract's schedule for it asks no baseline.
    """
    words = terms.indicators
    rows: list[IndicatorFinding] = []
    seen = 0
    texts: dict[str, IndicatorFinding] = {}
    for table in document.tables:
        for name, lacks in _in_table(table, words):
            key = REFERENCE.sub("", plain(name))
            if key in texts:
                lacks = tuple(what for what in texts[key].lacks if what in lacks)
                texts[key] = texts[key].model_copy(update={"lacks": lacks})
            else:
                texts[key] = _finding(name, document.under(table.section), lacks)
    seen += len(texts)
    rows += [one for one in texts.values() if one.lacks]
    for passage in document.passages:
        if passage.kind is not PassageKind.POINT or passage.section < 0:
            continue
        heading = plain(document.headings[passage.section].text)
        if first_of([word for word in words.indicator if word != "measure"], heading) is None:
            continue
        text = plain(passage.text)
        lacks = tuple(
            what
            for what, there in (
                ("denominator", first_of(words.over, text) is not None),
                ("baseline", first_of(words.baseline, text) is not None),
                (
                    "threshold",
                    any(c.isdigit() for c in text) or first_of(words.threshold, text) is not None,
                ),
            )
            if not there
        )
        seen += 1
        if lacks:
            rows.append(_finding(passage.text, document.under(passage.section), lacks))
    return tuple(rows), seen


def _finding(name: str, under: str, lacks: Sequence[str]) -> IndicatorFinding:
    return IndicatorFinding(indicator=name[:160], under=under, lacks=tuple(lacks))


def _in_table(table: ReadTable, words: IndicatorWords) -> list[tuple[str, tuple[str, ...]]]:
    """Each indicator of a table with what it lacks; none where the table is not about indicators."""
    for columns, rows in ((table.columns, table.rows), _second(table)):
        heads = [plain(column) for column in columns]
        name = _column(heads, words.indicator)
        places = {what: _column(heads, getattr(words, what)) for what in LACKS}
        if (
            name is None
            or first_of(words.not_indicator, heads[name])
            or not any(at is not None and at != name for at in places.values())
        ):
            continue
        return [
            (row[name], tuple(what for what in LACKS if not _has(what, row, places[what], words)))
            for row in rows
            if name < len(row) and row[name].strip() not in NOTHING
        ]
    return []


def _second(table: ReadTable) -> tuple[tuple[str, ...], tuple[tuple[str, ...], ...]]:
    """The table as if its second row were its header, for tables that open with a title."""
    return (table.rows[0], table.rows[1:]) if table.rows else ((), ())


def _column(heads: Sequence[str], words: Sequence[str]) -> int | None:
    return next((place for place, head in enumerate(heads) if first_of(words, head)), None)


def _has(what: str, row: Sequence[str], place: int | None, words: IndicatorWords) -> bool:
    cell = row[place].strip() if place is not None and place < len(row) else ""
    text = plain(cell)
    filled = (
        cell not in NOTHING and text not in words.blank and first_of(words.blank[:7], text) is None
    )
    if what == "denominator":
        return filled or first_of(words.over, plain(" ".join(row))) is not None
    # A day for it will do.
    if what == "baseline" and first_of(words.to_be_set, text):
        return filled and any(c.isdigit() for c in cell)
    return filled
