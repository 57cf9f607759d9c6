"""What a page shows: tables, lists, charts, receipts, findings, and panels closed at first."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import streamlit as st

from planner.analysis.formatting import SUPPRESSED, listed
from planner.analysis.results.provenance import Provenance
from planner.analysis.results.results import Results
from planner.model.document import NO_NUMBER, Table
from planner.model.plan import Plan
from planner.model.reference import ReferenceData, ReferenceMissing
from planner.screens.ui.markup import plain
from planner.screens.ui.plan_state import PLAN
from planner.screens.ui.session import chart_for, panel, results_for, store_plan
from planner.screens.ui.sought import is_sought, tab_sought
from planner.screens.ui.streamlit_compat import TO_SHOW, DeltaGenerator

if TYPE_CHECKING:
    import pyarrow as pa

T = TypeVar("T")
WHY = "Why is this missing?"
PROVENANCE_TITLE = "Where each number comes from"
HIDDEN = {
    SUPPRESSED: "one to four people are never shown, since someone might be told by them.",
    "not shown, to protect another cell": "with it, a count of one to four could be worked back.",
}
OPENED = "opened-panels"
PROGRESS = " · "
"""What stands between a tab's title and how far it is."""
FINDING_OF = "found-for"
"""The plan that a finding was last drawn for."""


def lazy_panel(title: str, name: str, draw: Callable[[], T]) -> T | None:
    """A panel, closed at first, in which `draw` is called from when it is first opened until the
    step is left. Gives what `draw` does, or None while it is not called.

    A page whose panels are closed is soon drawn and soon sent. What was opened once goes on being
    drawn, so that closing a panel loses nothing half typed in it. Names are each used once on a
    page.
    """
    key = panel(name)
    if is_sought(name) and key not in st.session_state.get(OPENED, ()):
        st.session_state[key] = True
    return _once_open(st.expander(title, key=key, on_change="rerun"), key, draw)


def fold(title: str, name: str, is_open: bool = False) -> DeltaGenerator:
    """A panel that is always drawn, closed at first unless it `is_open` or the page was reached for
    what is in it."""
    return st.expander(title, key=panel(name), expanded=is_open or is_sought(name))


def _once_open(place: Any, key: str, draw: Callable[[], T]) -> T | None:
    """What `draw` does in a place that is open, or has been since the step was reached."""
    opened: set[str] = st.session_state.setdefault(OPENED, set())
    if place.open:
        opened.add(key)
    if key not in opened:
        return None
    with place:
        return draw()


def tabs(name: str, draws: Mapping[str, Callable[[], object]]) -> None:
    """Tabs by title, of which those that were opened since the step was reached are drawn.

    A tab that is left goes on being drawn, as a panel is, so that nothing half typed in it is lost.
    The one that is open stays so when rows are added or removed, and when what its title says
    behind " · ", such as how much is to do, changes. Names are each used once on a page.
    """
    key = f"tabs-{name}"
    titles = {title.partition(PROGRESS)[0]: title for title in draws}
    left_at = str(st.session_state.get(key)).partition(PROGRESS)[0]
    left_at = tab_sought(titles) or left_at
    if left_at in titles:
        st.session_state[key] = titles[left_at]
    places = st.tabs(list(draws), key=key, on_change="rerun")
    for place, title, draw in zip(places, titles, draws.values(), strict=True):
        _once_open(place, f"{key}-{title}", draw)


def sections(
    name: str,
    shows: Mapping[str, Callable[[Plan, ReferenceData], Plan]],
    plan: Plan,
    reference: ReferenceData,
) -> Plan:
    """Tabs that each change the plan; gives the plan with what all of them made of it."""

    def draw(show: Callable[[Plan, ReferenceData], Plan]) -> None:
        store_plan(show(st.session_state[PLAN], reference))

    store_plan(plan)
    tabs(name, {title: partial(draw, show) for title, show in shows.items()})
    now: Plan = st.session_state[PLAN]
    return now


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
        st.expander(WHY).markdown(text)
    else:
        st.markdown(f"**{WHY}**\n\n{text}")


def provenance_panel(
    output: Callable[[], Sequence[Provenance]], words: str, title: str = PROVENANCE_TITLE
) -> None:
    """A panel with the receipt of each number, made once it is opened."""
    lazy_panel(title, "receipts", lambda: provenance_table(output(), words))


def provenance_table(current: Sequence[Provenance], words: str) -> None:
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
    """A line for each reason for which something is missing in some columns, and for each way of
    hiding a small count."""
    columns: dict[str, list[str]] = {}
    for column, reasons in why.items():
        if any(row.get(column) in NO_NUMBER for row in rows):
            for reason in [reasons] if isinstance(reasons, str) else dict.fromkeys(reasons):
                columns.setdefault(reason, []).append(column)
    entries = [f"{plain(listed(of))}: {plain(reason)}" for reason, of in columns.items()]
    return entries + [
        f"{words.capitalize()}: {reason}"
        for words, reason in HIDDEN.items()
        if any(words in cell for row in rows for cell in row.values())
    ]


def arrow(rows: Sequence[dict[str, Any]]) -> "pa.Table":
    """Rows as Streamlit sends them; made here, since by way of a data frame it takes ten times as
    long."""
    # A third of a second, which the first screen does not wait for.
    import pyarrow as pa

    columns = dict.fromkeys(name for row in rows for name in row)
    return pa.table({name: [row.get(name) for row in rows] for name in columns})


def small(words: str) -> None:
    """A line in small type, as dark as any other."""
    st.markdown(f":small[{plain(words)}]")


def bullets(lines: Iterable[str]) -> None:
    """One list, so that it stands close together and is announced with its length; nothing where
    there are no lines."""
    items = [f"- {plain(line)}" for line in lines]
    if items:
        st.markdown("\n".join(items))


def draw_finding_first(draw: Callable[[Results], None], plan: Plan) -> Callable[[Plan], None]:
    """Draw what a step has found before its fields are, so that after a change it is the first
    thing sent.

    Gives a function to call with the plan once the fields are drawn: it keeps that plan in the
    session, and draws again only if the fields made another one of it. After a change the rest of
    the page waits a moment, in which the browser shows the finding: a browser that has the whole
    page to take in shows nothing until it has.
    """
    place, plans = st.empty(), []
    changed = st.session_state.get(FINDING_OF) != plan

    def redraw(now: Plan) -> None:
        # Even where nothing can be worked out from it, which is said once the fields are there
        # that can mend it.
        store_plan(now)
        if now not in plans:
            with suppress(ReferenceMissing), place.container():
                draw(results_for(now))
                plans.append(now)

    redraw(plan)
    if changed and plans:
        time.sleep(TO_SHOW)
    st.session_state[FINDING_OF] = plan
    return redraw


def chart(name: str, plan: Plan, heading: str | None = None) -> None:
    """A chart with its words and a table of its numbers; nothing where nothing can be drawn."""
    picture = chart_for(name, plan)
    if picture is None:
        return
    st.header(plain(heading or picture.title), anchor=False)
    datasets = {name: arrow(rows) for name, rows in picture.spec["datasets"].items()}
    st.vega_lite_chart(
        spec=picture.spec | {"datasets": datasets},
        theme=None,
        width="stretch",
        alt=picture.alternative,
    )
    if picture.reading:
        st.markdown(f":small[{picture.reading}]")
    lazy_panel(
        "The numbers in this chart",
        f"numbers-{name}",
        lambda: table(
            [{str(k): v for k, v in row.items()} for row in picture.table.to_dict("records")],
            picture.alternative,
            in_panel=False,
        ),
    )
