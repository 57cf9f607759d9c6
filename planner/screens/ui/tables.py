"""Tables and lists read without a mouse, none of their text as markup, with why a number is missing. No sums."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import streamlit as st

from planner.analysis.formatting import SUPPRESSED
from planner.analysis.results.provenance import Provenance
from planner.model.document import NO_NUMBER, Table
from planner.screens.ui.form import plain_text as plain
from planner.screens.ui.panels import lazy_panel

WHY = "Why is this missing?"
RECEIPTS = "Where each number comes from"
HIDDEN = {
    SUPPRESSED: "one to four people are never shown, since someone might be told by them.",
    "not shown, to protect another cell": "with it, a count of one to four could be worked back.",
}


def table(
    rows: Table | list[dict[str, str]],
    words: str = "",
    why: Mapping[str, str | Iterable[str]] | None = None,
    *,
    in_panel: bool = True,
) -> None:
    """Draw a plain table, readable without a mouse, with words that say what it holds. No cell is
    read as markup.

    A Table brings its own words, and its own reasons where none are given here. `why` says by
    column what a bare "not known" or the like in it comes from. It stands in a fold under the
    table, or openly under it where the table is itself in a fold.
    """
    if isinstance(rows, Table):
        words, why, rows = rows.description, why or rows.missing, rows.records
    cells = [{plain(column): plain(cell) for column, cell in row.items()} for row in rows]
    st.table(arrow(cells), hide_index=True, alt=words)
    reasons = _reasons(rows, why or {})
    if not reasons:
        return
    text = "\n".join(f"- {line}" for line in reasons)
    if in_panel:
        with st.expander(WHY):
            st.markdown(text)
    else:
        st.markdown(f"**{WHY}**\n\n{text}")


def receipts(output: Callable[[], Sequence[Provenance]], words: str) -> None:
    """A fold with the receipt of each number, made once it is opened."""
    with lazy_panel(RECEIPTS, "receipts") as is_open:
        if is_open:
            receipts_table(output(), words)


def receipts_table(current: Sequence[Provenance], words: str) -> None:
    """Each number with its value, kind, sum, whom it is over and its source."""
    table(
        [
            {
                "Number": one.figure,
                "Value": one.value,
                "Kind": one.kind,
                "How": one.how,
                "Over whom": one.over,
                "Source": one.source,
            }
            for one in current
        ],
        words,
        in_panel=False,
    )


def _reasons(rows: list[dict[str, str]], why: Mapping[str, str | Iterable[str]]) -> list[str]:
    """A line for each column in which something is missing, and for each way of hiding a small
    count."""
    entries: list[str] = []
    for column, reasons in why.items():
        if any(row.get(column) in NO_NUMBER for row in rows):
            several = [reasons] if isinstance(reasons, str) else list(dict.fromkeys(reasons))
            entries += [f"{plain(column)}: {plain(reason)}" for reason in several]
    cells = {cell for row in rows for cell in row.values()}
    entries += [
        f"{words.capitalize()}: {reason}"
        for words, reason in HIDDEN.items()
        if any(words in cell for cell in cells)
    ]
    return entries


def arrow(rows: Sequence[dict[str, Any]]) -> pa.Table:
    """Rows as Streamlit sends them; made here, since by way of a data frame it takes ten times as
    long."""
    columns = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: [row.get(name) for row in rows] for name in columns})


def bullets(lines: Iterable[str]) -> None:
    """One list, so that it stands close together and is announced with its length; nothing where
    there are no lines."""
    items = [f"- {plain(line)}" for line in lines]
    if items:
        st.markdown("\n".join(items))
