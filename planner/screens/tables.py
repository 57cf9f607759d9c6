"""Tables and lists that can be read without a mouse, none of their text read as markup. No numbers are worked out here."""

from __future__ import annotations

from collections.abc import Iterable

import streamlit as st

from planner.screens.fields import plain_text as plain


def table(rows: list[dict[str, str]], words: str) -> None:
    """A plain table, readable without a mouse, with words that say what it holds. No cell is read as markup."""
    shown = [{plain(column): plain(cell) for column, cell in row.items()} for row in rows]
    st.table(shown, hide_index=True, alt=words)


def bullets(lines: Iterable[str]) -> None:
    """One list, so that it stands close together and is announced with its length; nothing where there are no lines."""
    items = [f"- {plain(line)}" for line in lines]
    if items:
        st.markdown("\n".join(items))
