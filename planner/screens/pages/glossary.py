"""A tool: what words mean, as both documents print them, and the wizard's own."""

from collections.abc import Mapping
from functools import partial

import streamlit as st

from planner.analysis.formatting import several
from planner.documents.glossary import glossary
from planner.model.base import LONGEST_LINE
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.reference.field_help import load_glossary
from planner.reference.library import load_library
from planner.screens.ui.display import table, tabs
from planner.screens.ui.markup import plain

LETTERS = (("A", "C"), ("D", "I"), ("J", "P"), ("Q", "Z"))
"""The first and the last letter of each tab. What begins with a figure stands before A."""
ALL = "All terms, to print"


def show(plan: Plan, reference: ReferenceData) -> Plan:
    """Draw a box to look a word up in, and the terms by letter; the plan stays as it is."""
    meanings = glossary(load_library(), load_glossary(), plan)
    wanted = st.text_input(
        "Find a word",
        key="view:glossary",
        type="search",
        max_chars=LONGEST_LINE,
        placeholder="Part of a word, such as items or PCN",
        live=True,
    )
    if wanted and wanted.strip():
        _matching(meanings, wanted.strip())
        return plan
    by_letter = {f"{first} to {last}": _between(meanings, first, last) for first, last in LETTERS}
    tabs(
        "glossary",
        {title: partial(_terms, terms) for title, terms in (by_letter | {ALL: meanings}).items()},
    )
    return plan


def _between(meanings: Mapping[str, str], first: str, last: str) -> dict[str, str]:
    """The terms that begin with one of some letters."""
    return {
        term: meaning
        for term, meaning in meanings.items()
        if first <= max(term[0].upper(), LETTERS[0][0]) <= last
    }


def _matching(meanings: Mapping[str, str], wanted: str) -> None:
    """The terms that hold what is looked for, and after them those whose meaning does."""
    sought = wanted.casefold()
    named = {term: words for term, words in meanings.items() if sought in term.casefold()}
    explained = {term: words for term, words in meanings.items() if sought in words.casefold()}
    matching = named | explained
    if not matching:
        st.info(f"No term has '{plain(wanted)}' in its name or its meaning. Try a shorter part.")
        return
    st.markdown(f"{several(len(matching), 'term')} with '{plain(wanted)}'.")
    _terms(matching)


def _terms(meanings: Mapping[str, str]) -> None:
    table(
        [{"Term": term, "Meaning": meaning} for term, meaning in meanings.items()],
        "Terms that the wizard and the documents use, with what each means",
    )
