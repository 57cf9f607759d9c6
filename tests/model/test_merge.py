"""Two people's changes of one plan are put together: nothing is lost, and what both changed is
told."""

from __future__ import annotations

from contextlib import suppress
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from planner.model.edit import value_at, with_value, with_values
from planner.model.merge import GONE, changed_paths, merge, path_in, with_mine
from planner.model.plan import Plan

ROUNDS = settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


WHOLE_FIELDS = (
    "schema_version",
    "areas",
    "boards",
    "imports",
    "column_mappings",
    "trend",
    "inequality.age_sex",
    "inequality.england_age_sex",
    "inequality.breakdowns",
    "specification.agreed",
)
"""What is no field that a person types, or stands or falls as a whole."""


def fields(value: Any, path: str = "") -> list[str]:
    """The path of every text, count and share that a plan holds; a range's ends are one field."""
    if path.startswith(WHOLE_FIELDS) or path.endswith((".id", ".low", ".high")):
        return []
    if isinstance(value, str | int | float):
        return [path]
    named = (
        value.items() if isinstance(value, dict) else enumerate(value) if value is not None else ()
    )
    return [one for name, part in named for one in fields(part, f"{path}.{name}".lstrip("."))]


def another(plan: Plan, path: str) -> Plan | None:
    """The plan with another value at a path, or None where it takes none of these."""
    value = value_at(plan, path)
    tried: list[object] = [f"{value} x"]
    if isinstance(value, bool):
        tried = [not value]
    elif isinstance(value, int | float):
        tried = [value * 0.999, value + 1, value - 1]
    for one in tried:
        with suppress(ValidationError, TypeError):
            return with_value(plan, path, one)
    return None


@pytest.mark.slow
@ROUNDS
@given(data=st.data())
def test_what_two_people_change_in_different_fields_is_all_there(
    data: st.DataObject, maximal: Plan
) -> None:
    everywhere = fields(maximal.model_dump(mode="json"))
    paths = data.draw(st.lists(st.sampled_from(everywhere), min_size=2, max_size=8, unique=True))
    owners = data.draw(st.lists(st.booleans(), min_size=len(paths), max_size=len(paths)))
    both, people = maximal, {True: maximal, False: maximal}
    for path, owner in zip(paths, owners, strict=True):
        whole, one = another(both, path), another(people[owner], path)
        if whole is not None and one is not None:
            both, people[owner] = whole, one
    for mine, theirs in (people[True], people[False]), (people[False], people[True]):
        plan, conflicts = merge(maximal, mine, theirs)
        assert (changed_paths(plan, both), conflicts) == ([], ())


@ROUNDS
@given(data=st.data())
def test_where_two_change_the_same_field_both_values_are_there(
    data: st.DataObject, maximal: Plan
) -> None:
    path = data.draw(
        st.sampled_from(
            [
                "title",
                "pricing.budget",
                "specification.chair",
                "specification.risks.0.mitigation",
                "options.0.description",
                "options.0.overhead",
                "options.1.posts.0.wte",
                "demand.letters_a_year",
            ]
        )
    )
    value = value_at(maximal, path)
    edits = {
        str: (f"{value} mine", f"{value} theirs"),
        float: (11.0, 12.0),
    }.get(type(value), tuple({"low": 0, "central": 0.1, "high": top} for top in (0.2, 0.3)))
    mine, theirs = (with_value(maximal, path, one) for one in edits)
    plan, [conflict] = merge(maximal, mine, theirs)
    assert plan == theirs
    assert conflict.mine == value_at(mine, path) and conflict.theirs == value_at(theirs, path)
    assert path_in(plan, conflict.place) == path
    assert with_mine(plan, conflict) == mine


def rows(plan: Plan) -> list[str]:
    return [row.risk for row in plan.specification.risks]


RISKS = "specification.risks"


@pytest.fixture
def listed(minimal: Plan) -> Plan:
    return with_value(minimal, RISKS, [{"risk": name, "mitigation": "none"} for name in "abc"])


def without(plan: Plan, place: int) -> Plan:
    others = [row for at, row in enumerate(value_at(plan, RISKS)) if at != place]
    return with_value(plan, RISKS, others)


def test_rows_are_the_same_rows_wherever_they_stand(listed: Plan) -> None:
    mine = with_value(without(listed, 0), f"{RISKS}.1.mitigation", "mine")
    theirs = with_value(listed, RISKS, [*value_at(listed, RISKS), {"risk": "d"}])
    theirs = with_value(theirs, f"{RISKS}.1.risk", "b as they call it")
    for pair in (mine, theirs), (theirs, mine):
        plan, conflicts = merge(listed, *pair)
        assert not conflicts and rows(plan) == ["b as they call it", "c", "d"]
        assert plan.specification.risks[1].mitigation == "mine"


def test_rows_that_both_add_are_both_kept_even_where_they_are_alike(listed: Plan) -> None:
    rows_now = value_at(listed, RISKS)
    mine, theirs = (with_value(listed, RISKS, [*rows_now, {"risk": one}]) for one in ("d", "e"))
    assert rows(merge(listed, mine, theirs).plan) == ["a", "b", "c", "e", "d"]
    blank = with_value(listed, RISKS, [*rows_now, {}])
    again = with_value(blank, "author", "another")
    assert len(rows(merge(listed, blank, again).plan)) == 5


def test_options_that_both_add_under_one_id_are_two_options(example: Plan) -> None:
    def adding(name: str) -> Plan:
        new = {**example.options[0].model_dump(), "id": "new", "name": name}
        return with_values(example, {"options": [*example.options, new], "preferred_option": "new"})

    mine, theirs = adding("Mine"), adding("Theirs")
    plan, [conflict] = merge(example, mine, theirs)
    assert [(one.id, one.name) for one in plan.options[-2:]] == [
        ("new", "Theirs"),
        ("new-2", "Mine"),
    ]
    assert conflict.place == ("preferred_option",) and conflict.mine == "new-2"
    assert with_mine(plan, conflict).preferred_option == "new-2"


def test_a_row_that_one_removes_and_another_edits_is_a_conflict(listed: Plan) -> None:
    removed, edited = without(listed, 1), with_value(listed, f"{RISKS}.1.mitigation", "new")
    plan, [conflict] = merge(listed, removed, edited)
    assert plan == edited and conflict.mine is GONE and conflict.theirs.mitigation == "new"
    assert with_mine(plan, conflict) == removed
    plan, [conflict] = merge(listed, edited, removed)
    assert plan == removed and conflict.theirs is GONE and conflict.mine.mitigation == "new"
    assert with_mine(plan, conflict) == edited
    later = without(without(plan, 0), 0)
    assert rows(with_mine(later, conflict)) == ["b"], "even when the others are gone since"


def test_a_field_of_a_row_removed_since_is_not_found(listed: Plan) -> None:
    mine, theirs = (with_value(listed, f"{RISKS}.1.mitigation", one) for one in ("x", "y"))
    plan, [conflict] = merge(listed, mine, theirs)
    later = without(plan, 0)
    assert path_in(later, conflict.place) == f"{RISKS}.0.mitigation"
    assert path_in(without(plan, 1), conflict.place) is None
    with pytest.raises(LookupError, match="removed"):
        with_mine(without(plan, 1), conflict)


def test_what_the_plans_rules_refuse_together_is_a_conflict(minimal: Plan) -> None:
    start, end = "specification.service_start", "specification.service_end"
    base = with_values(minimal, {start: date(2027, 4, 1), end: date(2029, 3, 31)})
    mine = with_values(base, {end: date(2027, 9, 30), "author": "me"})
    theirs = with_value(base, start, date(2028, 4, 1))
    plan, [conflict] = merge(base, mine, theirs)
    assert plan == with_value(theirs, "author", "me")
    assert conflict.place == ("specification", "service_end")
    assert (conflict.mine, conflict.theirs) == (date(2027, 9, 30), date(2029, 3, 31))
    with pytest.raises(ValidationError, match="must end after it starts"):
        with_mine(plan, conflict)


def test_an_option_preferred_by_one_and_removed_by_another_is_a_conflict(example: Plan) -> None:
    last = example.options[-1].id
    example = with_value(example, "preferred_option", None)
    prefers = with_value(example, "preferred_option", last)
    removes = with_value(example, "options", example.options[:-1])
    plan, [conflict] = merge(example, prefers, removes)
    assert plan == removes and (conflict.mine, conflict.theirs) == (last, None)
    plan, [conflict] = merge(example, removes, prefers)
    assert plan == prefers and conflict.mine is GONE and conflict.theirs == example.options[-1]


def test_the_paths_that_differ_are_as_long_as_they_can_be(example: Plan, listed: Plan) -> None:
    after = with_values(
        example, {"pricing.budget": 1.0, "options.1.posts.0.wte": 9.0, "demand.evidence": "x"}
    )
    assert changed_paths(example, after) == [
        "demand.evidence",
        "pricing.budget",
        "options.1.posts.0.wte",
    ]
    assert changed_paths(listed, without(listed, 0)) == [RISKS]
    assert changed_paths(listed, listed) == []
