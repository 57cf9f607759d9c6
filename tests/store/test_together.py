"""Two people work on one plan in a database: nothing that either typed is lost, whoever saves
when."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.model.edit import value_at, with_value
from planner.model.merge import GONE
from planner.model.plan import Plan
from planner.store.drafts import SavedPlan, SavedPlans
from planner.store.presence import Presence

ROUNDS = settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
"""Of the rounds in each of the two databases."""
RISKS = "specification.risks"
FIELDS = {
    "Ada": ("title", "specification.chair", "specification.provider", "demand.evidence"),
    "Grace": ("author", "specification.sponsor", "preferred_because", f"{RISKS}.0.owner"),
}


def note(before: Plan, after: Plan) -> str:
    return "something" if before != after else "nothing"


class Person:
    """Someone with the plan open, as they last saw it, and what they have typed since."""

    def __init__(self, store: SavedPlans, link: str, name: str) -> None:
        self.store, self.name = store, name
        self.seen = store.open(link)
        self.plan = self.seen.plan

    def type(self, path: str, value: object) -> None:
        self.plan = with_value(self.plan, path, value)

    def add_risk(self, words: str) -> None:
        self.type(RISKS, [*value_at(self.plan, RISKS), {"risk": words}])

    def remove_risk(self, words: str) -> None:
        other_rows = [row for row in value_at(self.plan, RISKS) if row.risk != words]
        self.type(RISKS, other_rows)

    def save(self) -> tuple[SavedPlan, list[tuple[object, object]]]:
        saved, conflicts = self.store.save_together(self.seen, self.plan, note, self.name)
        self.seen, self.plan = saved, saved.plan
        return saved, [(one.mine, one.theirs) for one in conflicts]


@pytest.mark.slow
@ROUNDS
@given(data=st.data())
def test_whoever_types_and_saves_when_nothing_of_different_fields_is_lost(
    data: st.DataObject, store: SavedPlans, minimal: Plan
) -> None:
    first = store.create(with_value(minimal, RISKS, [{"risk": "first"}]))
    people = {name: Person(store, first.link, name) for name in FIELDS}
    turns = data.draw(
        st.lists(
            st.tuples(st.sampled_from(list(FIELDS)), st.sampled_from(["type", "add", "save"])),
            min_size=4,
            max_size=12,
        )
    )
    typed: dict[str, str] = {}
    added = []
    for number, (name, what) in enumerate(turns):
        if what == "type":
            path = data.draw(st.sampled_from(FIELDS[name]))
            typed[path] = f"{name} {number}"
            people[name].type(path, typed[path])
        elif what == "add":
            added.append(f"{name} {number}")
            people[name].add_risk(added[-1])
        else:
            assert people[name].save()[1] == []
    assert [person.save()[1] for person in people.values()] == [[], []]
    plan = store.open(first.link).plan
    assert {path: value_at(plan, path) for path in typed} == typed
    assert sorted(row.risk for row in plan.specification.risks) == sorted(["first", *added])
    assert people["Ada"].save()[0].plan == people["Grace"].save()[0].plan == plan


def test_of_the_same_field_the_first_stands_and_the_second_is_handed_back_and_kept(
    store: SavedPlans, minimal: Plan
) -> None:
    link = store.create(minimal).link
    ada, grace = (Person(store, link, name) for name in FIELDS)
    ada.type("title", "by Ada")
    grace.type("title", "by Grace")
    grace.type("author", "Grace")
    ada.save()
    saved, conflicts = grace.save()
    assert conflicts == [("by Grace", "by Ada")]
    assert (saved.plan.title, saved.plan.author, saved.version.number) == ("by Ada", "Grace", 4)
    newest, aside, *_ = store.versions(link)
    assert aside.aside and aside.by == "Grace" and not newest.aside
    assert store.version(link, aside.number).title == "by Grace"
    assert store.newest(link) == newest == store.open(link).version
    assert "Both changed" in newest.note and "Both changed" not in aside.note, "told once"
    assert grace.save()[0] == saved, "and what is saved again adds no version"


def test_a_row_removed_by_one_and_edited_by_another_is_handed_back(
    store: SavedPlans, minimal: Plan
) -> None:
    link = store.create(with_value(minimal, RISKS, [{"risk": "one"}, {"risk": "two"}])).link
    ada, grace = (Person(store, link, name) for name in FIELDS)
    ada.remove_risk("one")
    grace.type(f"{RISKS}.0.owner", "Grace")
    ada.save()
    saved, [(mine, theirs)] = grace.save()
    assert theirs is GONE and value_at(with_value(minimal, RISKS, [mine]), f"{RISKS}.0.owner")
    assert [row.risk for row in saved.plan.specification.risks] == ["two"]


def test_who_else_has_a_plan_open_is_counted_until_their_page_is_gone() -> None:
    there = {"one", "two", "three"}
    presence = Presence(there.__contains__)
    assert presence.others("a plan", "one") == 0
    assert presence.others("a plan", "two") == 1 and presence.others("another", "three") == 0
    assert presence.others("a plan", "one") == 1
    # Two loads the page anew, and is another session from then on.
    there ^= {"two", "four"}
    assert presence.others("a plan", "four") == 1
    there.remove("four")
    assert presence.others("a plan", "one") == 0
    assert presence.others("another", "one") == 1, "one left the plan for the other"
    assert presence.others("a plan", "four") == 0
