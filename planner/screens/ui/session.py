"""The open plan and what it comes to, held for one session.

Widgets never own a value: the plan does.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import streamlit as st
from pydantic import ValidationError

from planner.analysis.results.results import Results, results_on_demand
from planner.documents.changes.inputs import InputChange, input_changes, names_of
from planner.model.merge import changed_paths
from planner.model.plan import Plan
from planner.outputs.charts import catalogue as charts
from planner.reference import load_reference
from planner.reference.library import load_library
from planner.screens.ui.plan_state import PLAN
from planner.screens.ui.streamlit_compat import named_by_browser
from planner.store.plan_file import in_words

if TYPE_CHECKING:
    from planner.analysis.results.projections import Projections
    from planner.documents.changes.compare import PlanChanges

FIELD = "field:"
REFUSED = "refused"
WAITING = "waiting"
PAUSED_STEP = "held-back"
TOASTED = "toasted"
NOTICE = "notice"
ICB_MOVED = "moved"
"""An IcbMoved, until the user clears those numbers or says that they stay."""
FORMER_ICBS = "board-left"
"""The board that the plan was last for on each list of boards, until another plan is opened."""
LEFT_OUT = "left-out"
GENERATION = "generation"
SEEDED = "fields-filled"
UNHEARD = "fields-unheard"
"""The keys of fields that the browser may not have heard of."""
TAKEN_OVER = "taken-over"
"""How often the field at a path was filled with what another person had changed."""
WRITINGS = "field-writings"
"""What writes each field, by its key, since the fields were last filled afresh."""
BEFORE = "before-taken-over"
"""The plan as kept that the fields showed until what another person had changed was taken over."""
EARLIER = "earlier-plan"
VISIT = "visit"
COMES_FIRST = "comes-first"
"""Whether the page has a button of its own that comes before going on to the next."""


class IcbMoved(NamedTuple):
    """The plan as it was for the board that numbers were typed for, and that board and what they
    are, in words."""

    before: Plan
    words: str


def store_plan(plan: Plan) -> None:
    """Make this the session's plan."""
    st.session_state[PLAN] = plan


def replace(plan: Plan) -> None:
    """Make this the session's plan and let every field and panel be made from it afresh."""
    forget_fields()
    store_plan(plan)
    st.session_state.pop(BEFORE, None)
    st.session_state[GENERATION] = st.session_state.get(GENERATION, 0) + 1


def take_over(plan: Plan) -> None:
    """Make a plan in which another person changed something the session's. Only what differs is
    filled afresh, so that nothing half typed elsewhere is lost."""
    before: Plan = st.session_state[PLAN]
    # Fields first: a run cut short between the two would else write what they held over the plan.
    fill_afresh(*changed_paths(before, plan), *_clauses_changed(before, plan))
    store_plan(plan)


def _clauses_changed(before: Plan, after: Plan) -> list[str]:
    """The place of each clause whose wording differs, as its fields are named: by the clause, since
    its row comes and goes with the plan's own words."""
    ours, theirs = (
        {choice.clause: choice for choice in plan.specification.wording.clauses}
        for plan in (before, after)
    )
    return [wording_of(one) for one in ours | theirs if ours.get(one) != theirs.get(one)]


def wording_of(clause: str) -> str:
    """The place of a clause's wording, for the keys of its fields."""
    return f"specification.wording.{clause}"


def fill_afresh(*paths: str) -> None:
    """Let the fields at and below some paths of the plan be filled from it again."""
    taken = Counter(st.session_state.get(TAKEN_OVER, {}))
    taken.update(paths)
    st.session_state[TAKEN_OVER] = dict(taken)


def replace_rows(plan: Plan, changed: Callable[[], Plan]) -> bool:
    """Make the plan with rows added or removed the session's; where it is refused, as a list that
    is full refuses, say why and keep the plan as it was. Returns whether it was taken."""
    try:
        replace(changed())
    except ValidationError as error:
        store_plan(plan)
        give_notice(f"Not done: {in_words(error)}")
        return False
    return True


def panel(name: str) -> str:
    """A key for a panel, so that it stays as the user left it until rows are added or removed."""
    return f"panel-{st.session_state.get(GENERATION, 0)}-{name}"


def field_key(path: str, of: str = "") -> str:
    """The key of the field for that path of the plan, or of a field of another name that stands for
    the part `of` it: another one each time the fields are filled afresh, or what another person
    changed is taken over there.

    A request that was on its way from the browser meanwhile still says what the fields held before.
    Under the same keys it would be taken for something typed, and would write values of one plan
    over another. So would what a browser still holds of a session that is gone, were keys the same
    in two sessions. What is typed under a key of before is put together with what was taken over.
    """
    taken = st.session_state.get(TAKEN_OVER, {})
    part = f"{of or path}."
    times = sum(
        taken[at] for at in taken if part.startswith(f"{at}.") or of and at.startswith(part)
    )
    return f"{FIELD}{_generation()}:{path}" + (f"~{times}" if times else "")


def _generation() -> int:
    """How often the fields were filled afresh, from a number that no other session begins with."""
    if SEEDED not in st.session_state:
        st.session_state[SEEDED] = secrets.randbelow(10**9)
    number: int = st.session_state[SEEDED]
    return number


def seed_widget(key: str, start: object) -> None:
    """Let a field about to be drawn begin with `start`, unless it holds something already.

    Streamlit tells the browser once what a field was filled with. A request on its way meanwhile
    takes this away, and the field would be drawn empty and then be taken for emptied; so it is told
    again until the browser has named it.
    """
    unheard: set[str] = st.session_state.setdefault(UNHEARD, set())
    if key not in st.session_state:
        unheard.add(key)
        st.session_state[key] = start
    elif key in unheard:
        st.session_state[key] = st.session_state[key]


def start_run(drawing: bool = False) -> None:
    """Call before a run's first field, and as a part of a page is drawn that is also drawn anew by
    itself; the page is then perhaps still `drawing`."""
    unheard: set[str] = st.session_state.setdefault(UNHEARD, set())
    unheard -= named_by_browser(unheard, drawing)


def visit() -> dict[str, Any]:
    """What a page remembers from when it is reached until it is left."""
    remembered: dict[str, Any] = st.session_state.setdefault(VISIT, {})
    return remembered


def forget_fields() -> None:
    """Drop what the fields hold, so that they are filled from the plan again."""
    st.session_state[SEEDED] = _generation() + 1
    st.session_state.pop(WRITINGS, None)
    for key in [key for key in st.session_state if str(key).startswith(FIELD)]:
        del st.session_state[key]


def give_notice(text: str) -> None:
    """Say something once, at the top of the next run."""
    st.session_state[NOTICE] = text


def nothing_is_lost(not_done: str = "Not done, so that nothing typed is lost.") -> bool:
    """Whether rows may be changed or the step left now; not while something typed was refused or is
    half done, which is then said."""
    current = [*st.session_state.get(REFUSED, []), *st.session_state.get(WAITING, [])]
    for message in current:
        st.error(f"{not_done} {message}")
    return not current


def results_for(plan: Plan) -> Results:
    """What the plan comes to, on demand; the same plan is worked out once."""
    return _results_for(_Key(plan))


class _Key:
    """A plan that can be looked up by what it holds, so that the same plan is worked out once.

    A plan itself cannot be hashed: some of its parts are tables. Those that differ most from plan
    to plan are hashed, and the plans are then held against each other, which is quick, as one plan
    made from another shares most of its parts. The same is what is saved the same: equal tables in
    another order are not, as documents print a mark of what is saved.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._hash = hash(
            (
                plan.place,
                plan.population,
                plan.prescribing,
                plan.demand,
                plan.outcomes,
                plan.options,
            )
        )

    def __hash__(self) -> int:
        return self._hash

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Key):
            return False
        mine, theirs = self.plan, other.plan
        return (
            mine is theirs or mine == theirs and mine.model_dump_json() == theirs.model_dump_json()
        )


@lru_cache(maxsize=64)
def _results_for(of: _Key) -> Results:
    return results_on_demand(of.plan, load_reference())


def differing(before: Plan, after: Plan) -> tuple[InputChange, ...]:
    """Every input and decision that differs, each named as a reader knows it."""
    return input_changes(before, after, _names())


@cache
def _names() -> dict[str, str]:
    return names_of(load_reference(), load_library())


def changes_between(before: Plan, after: Plan) -> PlanChanges:
    """What changed from one plan to another; the same two are compared once."""
    return _changes_between(_Key(before), _Key(after))


@lru_cache(maxsize=16)
def _changes_between(before: _Key, after: _Key) -> PlanChanges:
    # Only one page needs it, and the whole of what writes documents with it.
    from planner.documents.changes.compare import changes

    return changes(_results_for(before), _results_for(after), load_reference(), load_library())


def projections_for(plan: Plan) -> Projections:
    """What lies ahead of the plan; the same plan is looked at once."""
    return _projections_for(_Key(plan))


@lru_cache(maxsize=32)
def _projections_for(of: _Key) -> Projections:
    # The first pages do without simulation and optimisation.
    from planner.analysis.results.projections import Projections

    return Projections(_results_for(of), load_reference())


def chart_for(name: str, plan: Plan) -> charts.Chart | None:
    """The chart of that name for the plan; the same plan is drawn once."""
    return _chart_for(name, _Key(plan))


@lru_cache(maxsize=256)
def _chart_for(name: str, of: _Key) -> charts.Chart | None:
    kind = name.partition(":")[0]
    return charts.chart(
        name, _results_for(of), _projections_for(of) if kind in charts.PROJECTION_CHARTS else None
    )
