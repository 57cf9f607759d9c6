"""The ways between pages: which there are, links and moves to them, and the list at the side.

Nothing that makes or reads a plan is imported; see planner/screens/ui/plan_state.py.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import streamlit as st

from planner.analysis.completeness.wizard_steps import LEADS_ON, SUMMARY
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import GAP, LINK, address

if TYPE_CHECKING:
    from planner.model.plan import Plan
    from planner.model.reference import ReferenceData
    from planner.screens.ui.sought import FieldPlace

BOOK = "book"
CAME_FROM = "came-from"
DRAFTING, LEAVE_FOR = "drafting", "leave-for"


@dataclass(frozen=True)
class WizardStep:
    """One page of the wizard: what it is for, and how to fetch the function that draws it; and
    whether there is something on it while the board of the plan is still to be chosen."""

    id: str
    title: str
    purpose: str
    show: Callable[[], Callable[[Plan, ReferenceData], Plan]]
    needs_icb: bool = True


@dataclass
class PageBook:
    """Every page that Streamlit knows, by id: the front page, the questions of a first draft and
    the steps, each in order, and the tools and the pages off the side, which lead back to where
    they were reached from; and where on its page something is given that a plan lacks, by the id of
    the gap."""

    front: Any
    draft: dict[str, Any]
    steps: dict[str, Any]
    tools: dict[str, Any]
    off_the_side: dict[str, Any]
    place_of: Callable[[str, Plan], FieldPlace | None]

    @property
    def pages(self) -> dict[str, Any]:
        """All but the front page."""
        return {**self.draft, **self.steps, **self.tools, **self.off_the_side}

    def way(self, page_id: str) -> dict[str, Any]:
        """The pages in whose order one goes: those of a first draft up to the summary, else the
        steps. The summary and the pages outside both go on as one came."""
        if page_id in self.draft or (page_id in self.steps and page_id != SUMMARY):
            st.session_state[DRAFTING] = page_id in self.draft
        if st.session_state.get(DRAFTING):
            return {**self.draft, SUMMARY: self.steps[SUMMARY]}
        return self.steps


def draw_step(step: WizardStep, book: PageBook) -> None:
    """Draw a page that shows a plan. What works out and draws one is imported with the first of
    them: the front page shows none, and would wait for it most of its time."""
    from planner.screens.ui.page import run

    run(step, book)


def go_to(page_id: str) -> None:
    """Leave for another page of the wizard, with the open plan in the address."""
    st.switch_page(st.session_state[BOOK].pages[page_id], query_params=address())


def leave_for(page_id: str) -> None:
    """Leave for another page once what was typed on this one is kept."""
    st.session_state[LEAVE_FOR] = page_id


def lead_on(old: str, book: PageBook) -> None:
    """Lead an address of the first edition on to the page that it is part of now, with its plan."""
    given = st.query_params.get(LINK)
    st.switch_page(book.pages[LEADS_ON[old]], query_params={LINK: given} if given else address())


def link_to(page_id: str, words: str, gap: str = "") -> None:
    """A link to another page of the wizard, with the open plan in its address, and what is missing
    that is to be given there."""
    page = st.session_state[BOOK].pages[page_id]
    given = {GAP: gap} if gap else {}
    st.page_link(page, label=plain(words), query_params=address() | given)


def list_at_the_side(
    here: str, move: Callable[[Any], None], book: PageBook, states: Mapping[str, str]
) -> None:
    """List every page, each step with its state: a button that leads there by `move`, or that one
    is `here`."""
    if here and st.button("Front page", key="go:front", type="tertiary"):
        st.switch_page(book.front)
    for name, heading, pages in (
        ("draft", "A first draft", book.draft),
        ("steps", "Work through it", book.steps),
        ("tools", "Tools", book.tools),
    ):
        st.container(key=f"list-of-{name}").markdown(f"**{heading}**")
        for number, (page_id, page) in enumerate(pages.items(), start=1):
            is_step = pages is book.steps
            title = f"{number}. {page.title}" if is_step else page.title
            state = states.get(page_id, "") if is_step else ""
            if page_id == here:
                words = f"here · {state}" if state else "here"
                st.container(key="here").markdown(f"**{title}** :small[{words}]")
            elif st.button(
                title + (f" :small[{state}]" if state else ""), key=f"go:{page_id}", type="tertiary"
            ):
                move(page)
