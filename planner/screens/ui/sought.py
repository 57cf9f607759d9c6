"""The field that a link of the summary leads to: it has the focus, its tab and folds open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from planner.screens.ui.session import visit

SOUGHT, TAB_OPENED = "sought", "sought-tab-opened"
"""What a visit to a page remembers: the field that it was reached for, and whether its tab was
opened."""


@dataclass(frozen=True)
class FieldPlace:
    """Where on its page something is given.

    `at` is what of the page gets the focus: the path of a field of the plan, or the key of a button
    or list that is none. `tab` and `folds` are what must be open for that to be seen, and `state`
    and `visit` what the session and the visit then hold, such as the option whose fields are open.
    """

    at: str
    tab: str = ""
    folds: tuple[str, ...] = ()
    state: Mapping[str, Any] = field(default_factory=dict)
    visit: Mapping[str, Any] = field(default_factory=dict)


def seek(place: FieldPlace) -> None:
    """Have the page that is about to be drawn open at that place."""
    visit().update({**place.visit, SOUGHT: place})
    st.session_state.update(place.state)


def sought() -> FieldPlace | None:
    """The place that the open page was reached for, if it was for one."""
    place: FieldPlace | None = visit().get(SOUGHT)
    return place


def is_sought(fold: str) -> bool:
    """Whether the page was reached for a field in the fold of that name."""
    place = sought()
    return place is not None and fold in place.folds


def tab_sought(titles: Iterable[str]) -> str | None:
    """The one of some tabs that the page was reached for, told once, so that whoever goes to
    another stays there."""
    place = sought()
    if place is None or place.tab not in titles or visit().get(TAB_OPENED):
        return None
    visit()[TAB_OPENED] = True
    return place.tab
