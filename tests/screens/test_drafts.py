"""The open plan is kept as it changes: refresh, restart, two people, trouble, going back."""

from __future__ import annotations

import re
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from planner.analysis.economics.example import starter_plan
from planner.analysis.results.results import results
from planner.documents.assemble import specification
from planner.model.edit import with_value
from planner.model.library import SpecLibrary
from planner.model.merge import merge
from planner.model.plan import Plan
from planner.model.reference import ReferenceData
from planner.screens.navigation import STEPS
from planner.screens.ui import page
from planner.screens.ui.conflicts import conflict_in_words
from planner.screens.ui.plan_state import DRAFT
from planner.screens.ui.saved_plan import LAST_SAVE, note_of, save_plan
from planner.store import drafts
from planner.store.drafts import SavedPlanError, SavedPlans, open_store
from tests.screens.test_local_files import text_of
from tests.screens.test_options import change
from tests.screens.test_options import choose as act
from tests.screens.test_versions_page import choose
from tests.screens.test_wizard import (
    APP,
    field,
    go,
    healthy,
    load_example,
    plan,
    press,
    started,
    unfold,
    widgets,
)

BUDGET = "pricing.budget"


def opened(link: str = "") -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=60)
    if link:
        app.query_params["plan"] = link
        return healthy(app.run())
    return started()


def link_of(app: AppTest) -> str:
    result: Any = app.query_params["plan"]
    return str(result[0] if isinstance(result, list) else result)


def warned(app: AppTest) -> str:
    return " ".join(warning.value for warning in app.warning)


def typed(app: AppTest, budget: float) -> AppTest:
    go(app, "Options and cost")
    return healthy(field(app, "text_input", BUDGET).set_value(f"{budget}").run())


@pytest.mark.parametrize("board", ["QF7", "QKS"])
@pytest.mark.parametrize("door", ["A first draft in three questions", "Work through it"])
def test_a_plan_is_kept_once_its_board_is_chosen_and_not_before(
    door: str, board: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unwanted(*_: object) -> None:
        raise AssertionError("a plan without a board reached the store")

    app = AppTest.from_file(str(APP), default_timeout=60)
    with monkeypatch.context() as patched:
        patched.setattr(SavedPlans, "create", unwanted)
        press(healthy(app.run()), door)
        press(press(app, "Glossary"), "Back to")
        assert "plan" not in app.query_params and "kept once a board is chosen" in text_of(app)
    healthy(field(app, "selectbox", "board").set_value(board).run())
    again = opened(link_of(app))
    assert plan(again) == plan(app) and plan(again).place.icb_code == board
    assert field(again, "selectbox", "board").value == board and "Undo" not in text_of(again)


@pytest.mark.slow
def test_a_refresh_a_closed_tab_or_a_restart_brings_the_plan_back_by_its_link() -> None:
    app = typed(opened(), 640_000)
    assert "Saved " in text_of(app)
    # As after a restart of the server.
    open_store.cache_clear()
    again = opened(f"{link_of(app)}.")
    assert plan(again) == plan(app) and plan(again).pricing.budget == 640_000
    assert link_of(again) == link_of(app), "a full stop behind it is no part of a link"
    go(again, "Options and cost")
    assert field(again, "text_input", BUDGET).value == "640,000"
    field(again, "text_input", BUDGET).set_value("650000").run()
    assert open_store().open(link_of(app)).plan.pricing.budget == 650_000


@pytest.mark.slow
def test_every_version_says_what_changed_and_any_can_be_restored() -> None:
    app = typed(opened(), 640_000)
    field(app, "text_input", BUDGET).set_value("700000").run()
    press(app, "Versions and compare")
    notes = "".join(table.value.to_csv() for table in app.table)
    assert "Budget a year" in notes
    choose(app, "Before", "Version 2,")
    press(app, "Go back to the version before")
    assert plan(app).pricing.budget == 640_000
    versions = open_store().versions(link_of(app))
    assert len(versions) == 4 and versions[0].number == 4, (
        "restoring adds a version and takes none away"
    )


def two_people() -> tuple[AppTest, AppTest]:
    """Two who have one plan open, each on the same step."""
    one = typed(opened(), 640_000)
    two = go(opened(link_of(one)), "Options and cost")
    assert field(two, "text_input", BUDGET).value == "640,000"
    return one, two


@pytest.mark.slow
def test_what_two_people_change_in_different_fields_is_kept_and_both_see_it() -> None:
    one, two = two_people()
    link = link_of(one)
    keys = [{str(box.key) for box in app.text_input} for app in (one, two)]
    assert not keys[0] & keys[1], "what a browser holds of one session is never taken by another"
    healthy(go(one, "What to expect"))
    press(one, "1. Place and need")
    healthy(field(one, "text_input", "author").set_value("Ada").run())
    healthy(field(two, "text_input", BUDGET).set_value("100000").run())
    assert "Someone else changed this, and it is shown here now: Author" in warned(two)
    healthy(one.run())
    assert "Someone else changed this, and it is shown here now: Budget a year" in warned(one)
    for app in (one, two):
        assert (plan(app).author, plan(app).pricing.budget) == ("Ada", 100_000)
        assert link_of(app) == link, "nobody is moved to another address"
        assert "Also open elsewhere, last change" in text_of(app)
    assert open_store().open(link).plan == plan(one) == plan(two)


@pytest.mark.slow
@pytest.mark.parametrize(("choice", "left"), [("Use mine", 100_000), ("Keep theirs", 700_000)])
def test_the_same_field_changed_by_two_is_shown_with_both_values_and_a_choice(
    choice: str, left: int
) -> None:
    one, two = two_people()
    link = link_of(one)
    field(one, "text_input", BUDGET).set_value("700000").run()
    healthy(field(two, "text_input", BUDGET).set_value("100000").run())
    assert link_of(two) == link and field(two, "text_input", BUDGET).value == "700,000"
    words = warned(two).replace("\\", "")
    assert "someone else changed this at the same time" in words
    assert "£700,000" in words and "£100,000" in words
    aside = open_store().versions(link)[1]
    assert aside.aside and open_store().version(link, aside.number).pricing.budget == 100_000
    press(go(two, "What to expect"), f"{choice}: Budget a year")
    assert plan(two).pricing.budget == open_store().open(link).plan.pricing.budget == left
    assert "someone else changed this at the same time" not in warned(two)
    assert plan(healthy(one.run())).pricing.budget == left


@pytest.mark.slow
def test_undo_takes_back_what_the_other_put_where_both_changed_one_thing() -> None:
    one, two = two_people()
    field(one, "text_input", BUDGET).set_value("700000").run()
    healthy(field(two, "text_input", BUDGET).set_value("100000").run())
    press(two, "Undo")
    assert "Undone: Budget a year" in warned(two) and plan(two).pricing.budget == 640_000
    press(two, "Undo")
    assert plan(two).pricing.budget is None


@pytest.mark.slow
def test_what_was_on_its_way_when_the_same_box_was_filled_anew_is_a_conflict_too() -> None:
    one, two = two_people()
    as_it_was = field(two, "text_input", BUDGET)
    field(one, "text_input", BUDGET).set_value("700000").run()
    assert field(healthy(two.run()), "text_input", BUDGET).value == "700,000"
    # The whole page as it was is sent with it: nothing else of it counts as typed.
    as_it_was.set_value("100000").run()
    assert "£700,000" in warned(two) and "£100,000" in warned(two)
    saved = open_store()
    newest, aside, *_ = saved.versions(link_of(one))
    assert saved.version(link_of(one), newest.number).pricing.budget == 700_000
    assert aside.aside and saved.version(link_of(one), aside.number).pricing.budget == 100_000


@pytest.mark.slow
def test_an_option_that_one_removes_and_another_edits_is_a_conflict_with_both_values() -> None:
    one, two = two_people()
    last = len(plan(one).options) - 1
    change(two, last)
    act(one, "remove", plan(one).options[last].id)
    healthy(one.run())
    healthy(field(two, "text_input", f"options.{last}.name").set_value("Worth keeping").run())
    assert len(plan(two).options) == last
    words = warned(two).replace("\\", "")
    assert "The plan no longer has it. You typed" in words and "Worth keeping" in words
    press(two, "Use mine")
    assert plan(two).options[last].name == "Worth keeping"
    assert open_store().open(link_of(one)).plan == plan(two)


def test_of_a_row_with_nothing_but_its_name_a_conflict_tells_that(minimal: Plan) -> None:
    def risks(words: str) -> Plan:
        return with_value(minimal, "specification.risks", [{"risk": words}])

    begun, renamed = risks("Nobody found"), risks("Nobody at all")
    taken_out = with_value(begun, "specification.risks", [])
    both, (conflict,) = merge(begun, renamed, taken_out)
    assert conflict_in_words(both, conflict)[2] == "Risk 'Nobody at all'"


@pytest.mark.slow
def test_a_set_of_three_figures_half_typed_stays_when_another_gives_the_same_set() -> None:
    def give(app: AppTest, end: str, value: str) -> None:
        healthy(field(app, "text_input", f"demand.referral_rate.{end}").set_value(value).run())

    one, two = two_people()
    give(two, "low", "0.2")
    give(two, "high", "0.3")
    for end, value in zip(("low", "central", "high"), ("0.5", "0.6", "0.9"), strict=True):
        give(one, end, value)
    healthy(two.run())
    rate = plan(two).demand.referral_rate
    assert rate is not None and rate.central == 0.6
    sleepers = [
        field(two, "text_input", f"demand.referral_rate.{end}").value
        for end in ("low", "central", "high")
    ]
    assert sleepers == ["0.2", "", "0.3"], "what is half typed is kept"
    assert "give the central figure" in warned(two)
    give(two, "central", "0.25")
    rate = plan(two).demand.referral_rate
    assert rate is not None and (rate.low, rate.central, rate.high) == (0.2, 0.25, 0.3)


@pytest.mark.slow
def test_what_a_first_draft_ticks_follows_what_another_has_taken_out() -> None:
    one, two = two_people()
    press(one, "What you might buy")
    press(two, "What you might buy")
    ticked = plan(one).options[1].id
    healthy(field(one, "checkbox", f"quick.has.{ticked}").uncheck().run())
    healthy(two.run())
    assert not field(two, "checkbox", f"quick.has.{ticked}").value
    assert ticked not in {option.id for option in plan(two).options}


@pytest.mark.slow
def test_what_is_typed_anew_settles_a_conflict() -> None:
    one, two = two_people()
    field(one, "text_input", BUDGET).set_value("700000").run()
    healthy(field(two, "text_input", BUDGET).set_value("100000").run())
    healthy(field(two, "text_input", BUDGET).set_value("500000").run())
    assert "someone else changed this at the same time" not in warned(two)
    assert open_store().open(link_of(one)).plan.pricing.budget == 500_000


def test_undo_takes_back_one_change_after_another_on_any_page() -> None:
    app = typed(opened(), 640_000)
    field(app, "text_input", BUDGET).set_value("700000").run()
    press(app, "Glossary")
    press(app, "Undo")
    assert "Undone: Budget a year" in warned(app) and plan(app).pricing.budget == 640_000
    press(app, "Undo")
    assert plan(app).pricing.budget is None
    press(app, "Undo")
    assert "There is no change before this one" in warned(app)
    assert [one.number for one in open_store().versions(link_of(app))] == [5, 4, 3, 2, 1]


QUICK = ("Where, and what you know", "What you might buy")
FIELDS = (
    "text_input", "text_area", "checkbox", "multiselect", "selectbox", "radio",
    "button", "file_uploader",
)  # fmt: skip
CHANGES_NO_PLAN = re.compile(
    # What says what is drawn, and ways to other pages.
    r"view:|class-details-of$|equality-group$|wording-(clause|indicator|action)$|mix-often$"
    r"|go:|back$|continue$|bring-a-file$"
)


def open_to_change(app: AppTest) -> list[str]:
    """Every field and button of the page that is open and may change the plan, by its key or its
    label."""
    return [
        one.key or one.label
        for kind in FIELDS
        for one in widgets(app, kind)
        if not one.disabled and not CHANGES_NO_PLAN.match(str(one.key))
    ]


@pytest.mark.slow
def test_a_link_that_may_only_read_shuts_every_field_and_can_be_copied() -> None:
    app = typed(opened(), 640_000)
    draft = open_store().open(link_of(app))
    reader = opened(draft.read_link)
    assert reader.title[0].value == "Summary and papers", "which is what a reader came for"
    for title in [*(step.title for step in STEPS), *QUICK, "Local files"]:
        assert any("Read only" in info.value for info in go(reader, title).info), title
        assert open_to_change(unfold(reader)) == [], title
    field(app, "text_input", BUDGET).set_value("650000").run()
    assert plan(healthy(reader.run())).pricing.budget == 650_000, "and follows what is changed"
    press(reader, "Versions and compare")
    press(reader, "Make a copy of my own")
    copy = open_store().open(link_of(reader))
    assert copy.link not in (draft.link, draft.read_link) and copy.plan == plan(app)
    assert field(go(reader, "Options and cost"), "text_input", BUDGET).disabled is False


def test_an_unknown_link_is_said_and_a_new_plan_is_open() -> None:
    app = opened("nobody-has-this-link")
    assert "no plan has this link" in text_of(app) and app.title[0].value == "Place and need"


def test_where_it_cannot_be_kept_the_plan_stays_in_hand_and_is_kept_later(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = typed(opened(), 640_000)
    save = SavedPlans.save

    def full(*_: object, **__: object) -> None:
        raise SavedPlanError("the disk is full")

    monkeypatch.setattr(drafts.SavedPlans, "save", full)
    field(app, "text_input", BUDGET).set_value("700000").run()
    healthy(app)
    assert "Not kept: the disk is full" in text_of(app) and plan(app).pricing.budget == 700_000
    monkeypatch.setattr(drafts.SavedPlans, "save", save)
    healthy(app.run())
    assert open_store().open(link_of(app)).plan.pricing.budget == 700_000
    assert "Not kept" not in text_of(app)


def test_the_example_is_a_plan_of_its_own_and_the_one_before_stays_kept() -> None:
    app = typed(opened(), 640_000)
    before = link_of(app)
    load_example(app)
    assert plan(app).title.startswith("Example") and link_of(app) != before
    assert open_store().open(before).plan.pricing.budget == 640_000


@pytest.mark.slow
def test_a_step_is_agreed_reaches_the_decision_log_and_tells_when_it_changed(
    reference: ReferenceData, library: SpecLibrary
) -> None:
    app = unfold(typed(opened(), 640_000))
    next(b for b in app.text_input if b.label == "Agreed by").set_value("Dr A. Chair")
    next(b for b in app.text_input if b.label == "Note on what was agreed").set_value(
        "Budget of the place"
    )
    press(app, "Continue to What to expect")
    assert app.title[0].value == "Options and cost", (
        "an agreement typed and not marked is not lost by moving on"
    )
    press(app, "Mark as agreed")
    assert not app.error
    [agreement] = plan(app).specification.agreed
    assert (agreement.step, agreement.by) == ("options", "Dr A. Chair")
    content = specification(results(plan(app), reference), "group-pack", reference, library)
    log = str(next(section for section in content.sections if section.id == "a3-log").blocks)
    assert (
        "Step of the plan: Options" in log
        and "agreed by Dr A. Chair" in log
        and "Changed since" not in log
    )
    field(app, "text_input", BUDGET).set_value("700000").run()
    content = specification(
        results(plan(healthy(app)), reference), "group-pack", reference, library
    )
    assert "Changed since" in str(next(s for s in content.sections if s.id == "a3-log").blocks)
    press(app, "Take the agreement back")
    assert plan(app).specification.agreed == ()
    press(app, "Continue to What to expect")
    assert app.title[0].value == "What to expect", "nothing is left over that would be lost"


def test_what_tells_of_a_patient_is_refused_at_the_boxes_of_an_agreement() -> None:
    app = unfold(go(opened(), "Options and cost"))
    boxes = {box.label: box for box in app.text_input}
    boxes["Note on what was agreed"].set_value("see 943 476 5919").run()
    assert "Note on what was agreed: this looks like an NHS number" in text_of(healthy(app))
    assert next(one for one in app.button if one.label == "Mark as agreed").disabled


def test_an_agreement_needs_a_name() -> None:
    app = go(opened(), "Options and cost")
    press(app, "Mark as agreed")
    assert "Say who agreed it" in text_of(app) and plan(app).specification.agreed == ()


def test_the_example_can_be_started_from_for_another_board(reference: ReferenceData) -> None:
    app = opened()
    go(load_example(app), "Place and need")
    field(app, "selectbox", "board").set_value("QKS").run()
    started = plan(healthy(app))
    assert started.title == "Support for people prescribed medicines, Kent and Medway"
    assert started.specification.chair == "Example: deputy chief pharmacist"
    fresh = starter_plan(reference.find_organisation("QKS"), reference)
    assert started.options == fresh.options, "the options are sized to the new board"
    assert not any("Kept as typed" in warning.value for warning in app.warning)


def test_what_is_typed_where_nothing_can_be_worked_out_is_kept_and_said() -> None:
    values = plan(opened()).model_dump()
    values["outcomes"]["classes"][0]["evidence"] = "unknown-evidence"
    # Its cost stands at the side of every step.
    values["preferred_option"] = values["options"][0]["id"]
    app = AppTest.from_file(str(APP), default_timeout=60)
    app.session_state["plan"] = Plan.model_validate(values)
    go(healthy(app.run()), "Place and need")
    assert "cannot be worked out" in "".join(error.value for error in app.error)
    field(app, "text_input", "author").set_value("An analyst").run()
    assert "Saved " in text_of(healthy(app))
    assert open_store().open(link_of(app)).plan.author == "An analyst"


def test_what_an_earlier_run_of_ours_was_still_saving_is_not_taken_for_someone_elses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Streamlit begins a run while one that is told to end may still be saving."""
    app = typed(opened(), 640_000)

    def save_after_an_earlier_run(now: Plan) -> None:
        if now.pricing.budget == 660_000 and earlier:
            draft = st.session_state[DRAFT]
            mine = with_value(draft.plan, BUDGET, earlier.pop())
            st.session_state[LAST_SAVE] = [
                (mine, *open_store().save_together(draft, mine, note_of))
            ]
        save_plan(now)

    earlier = [650_000.0]
    monkeypatch.setattr(page, "save_plan", save_after_an_earlier_run)
    typed(app, 660_000)
    assert not earlier, "no earlier run was saving"
    assert "Someone else" not in warned(app) and "Use mine" not in [one.label for one in app.button]
    assert plan(app).pricing.budget == 660_000
    assert open_store().open(link_of(app)).plan == plan(app)
