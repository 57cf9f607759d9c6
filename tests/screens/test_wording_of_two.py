"""Two people at the wording of one specification."""

from __future__ import annotations

from streamlit.testing.v1 import AppTest

from planner.model.edit import with_value
from planner.model.plan import Plan
from planner.screens.ui.plan_state import PLAN

CLAUSES = "specification.wording.clauses"


def fields() -> None:
    """Take over what another person changed, and say the key of one clause's fields."""
    import streamlit as st

    from planner.screens.ui.session import field_key, take_over, wording_of

    if "theirs" in st.session_state:
        take_over(st.session_state.theirs)
    st.text(field_key(wording_of("c4-exit")))


def test_what_is_typed_in_a_clause_stays_while_another_words_a_different_one(
    example: Plan,
) -> None:
    """A field keeps what is typed in it for as long as it keeps its key."""

    def worded(*clauses: str) -> Plan:
        return with_value(example, CLAUSES, [{"clause": one, "text": "Ours."} for one in clauses])

    app = AppTest.from_function(fields)
    app.session_state[PLAN] = example
    keys = [app.run().text[0].value]
    for theirs in (worded("c4-tupe"), worded("c4-tupe", "c4-exit"), worded("c4-exit")):
        app.session_state["theirs"] = theirs
        keys.append(app.run().text[0].value)
    assert keys[0] == keys[1], "another clause was worded"
    assert keys[1] != keys[2], "this clause was worded"
    assert keys[2] == keys[3], "another clause's wording was taken out"
