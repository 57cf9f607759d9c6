"""Step 3: one table of options, and one option's fields in its place."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

from streamlit.testing.v1 import AppTest

from planner.analysis.results.projections import Projections
from planner.analysis.results.results import results
from planner.model.base import Range, as_range
from planner.model.edit import with_value, with_values
from planner.model.plan import LetterTier, Plan
from planner.model.reference import ReferenceData
from planner.model.service import WhoComes
from planner.outputs.charts.catalogue import chart
from planner.screens.steps import option_table
from planner.screens.steps.option_table import PEOPLE_NOT_STATED
from planner.screens.ui.session import VISIT
from tests.screens.test_wizard import app as app
from tests.screens.test_wizard import (
    element_of,
    elsewhere,
    field,
    go,
    healthy,
    load_example,
    plan,
    press,
    unfold,
)

CLINICS, THERAPISTS = 2, 3
"""Where two of the options that a plan begins with stand."""


def table_data(app: AppTest) -> dict[str, Any]:
    """What the table of options was drawn from."""
    (element,) = (
        one.proto
        for one in app.main.get("bidi_component")
        if one.proto.component_name == "option_table"
    )
    data: dict[str, Any] = json.loads(element.json)
    return data


def rows(app: AppTest) -> dict[str, dict[str, str]]:
    """The cells of the table by option and column."""
    data = table_data(app)
    return {
        row["name"]: dict(zip(data["columns"], row["cells"], strict=True)) for row in data["rows"]
    }


def choose(app: AppTest, what: str, option_id: str) -> AppTest:
    """Press what the table offers for an option, as the browser would say it."""
    chosen = iter([[what, option_id]])
    with patch.object(
        option_table, "TABLE", lambda **named: SimpleNamespace(act=next(chosen, None))
    ):
        return healthy(app.run())


def change(app: AppTest, at: int) -> AppTest:
    """Open the fields of the option at a place of the plan."""
    return choose(go(app, "Options and cost"), "change", plan(app).options[at].id)


def text_of(app: AppTest) -> str:
    """The finding."""
    return str(app.main.info[0].value).replace("\\", "")


def test_the_table_has_every_option_and_two_case_studies_on_one_population(app: AppTest) -> None:
    go(app, "Options and cost")
    field(app, "text_input", "pricing.budget").set_value("£0.5m").run()
    assert plan(healthy(app)).pricing.budget == 500_000
    table = rows(app)
    assert list(table)[:6] == [option.name for option in plan(app).options]
    assert [name[:12] for name in list(table)[6:]] == ["Case study 1", "Case study 2"]
    assert "1,415,054 residents of all ages here, in every row" in table_data(app)["words"]
    assert table[plan(app).options[THERAPISTS].name]["Within budget"].startswith("no, £")
    first = next(cells for name, cells in table.items() if name.startswith("Case study 1"))
    assert (first["Per head"], first["Within budget"]) == ("£0.34", "yes")
    assert all(row.get("id") or "Case study" in row["name"] for row in table_data(app)["rows"])


def test_one_is_preferred_in_the_table_and_none_again(app: AppTest) -> None:
    go(app, "Options and cost")
    assert "Choose the option you prefer" in text_of(app)
    choose(app, "prefer", "therapist-peer")
    healthy(app.run())
    assert plan(app).preferred_option == "therapist-peer"
    assert "Therapists with peer support would cost" in text_of(app)
    field(app, "text_area", "preferred_because").set_value("It reaches most").run()
    assert plan(app).preferred_because == "It reaches most"
    choose(app, "prefer", "")
    assert plan(healthy(app.run())).preferred_option is None


def test_a_removed_option_is_put_back_where_it_was_and_preferred_as_before(app: AppTest) -> None:
    load_example(app)
    before = plan(go(app, "Options and cost"))
    choose(app, "remove", "therapist-peer")
    assert "therapist-peer" not in [option.id for option in plan(app).options]
    assert plan(app).preferred_option is None
    assert any("It was the preferred one. Undo" in one.value for one in app.warning)
    press(app, "Undo")
    assert plan(app) == before
    keeps = {row["name"]: row["acts"] for row in table_data(app)["rows"] if row.get("id")}
    assert keeps["Do nothing (usual care)"] == [["change", "Change"]]


def test_posts_and_costs_are_added_and_removed_and_the_option_stays_open(app: AppTest) -> None:
    change(app, CLINICS)
    posts = len(plan(app).options[CLINICS].posts)
    press(app, "Add a post")
    assert plan(app).options[CLINICS].posts[-1].title == "New post"
    assert any("Change Pharmacist" in one.value for one in app.header)
    press(app, f"Remove post {posts + 1}")
    assert len(plan(app).options[CLINICS].posts) == posts
    press(app, "Add a cost")
    press(app, "Copy this option")
    assert len(plan(app).options) == 7 and plan(app).options[6].name.endswith("(copy)")
    assert any("(copy)" in one.value.replace("\\", "") for one in app.header)
    press(app, "Back to all options")
    assert len(rows(app)) == 9


def test_what_is_being_added_is_one_press_from_the_table(app: AppTest) -> None:
    go(app, "Options and cost")
    press(app, "Add a starter")
    offered = next(box for box in app.selectbox if box.label == "Start from").options
    assert not [name for name in offered if name.startswith("Do nothing")]
    assert all("£" in name for name in offered)
    press(app, "Add this option")
    assert len({option.id for option in plan(app).options}) == 7
    press(app, "Add a case study")
    app.selectbox(key="add-from").set_value("cs5-as-printed").run()
    press(app, "Add this option")
    added = plan(app).options[-1]
    assert [post.wte for post in added.posts] == [2, 8, 1] and "as printed" in added.name
    press(app, "Add posts")
    element_of(app, "text_input", lambda one: one.label == "Whole-time posts").set_value(
        "2,4"
    ).run()
    press(app, "Continue to")
    assert app.title[0].value == "Options and cost", "what is half added is not lost"
    press(app, "Add these posts")
    post = plan(app).options[-1].posts[0]
    assert (post.wte, post.band, plan(app).options[-1].effect) == (2.4, "7", None)
    label = "Effect compared with the trials (1 = the same), central"
    assert [one.value for one in app.text_input if one.label == label] == [""]
    press(app, "Back to all options")
    press(app, "Add posts")
    press(app, "Back without adding")
    assert len(table_data(app)["rows"]) == 11


def test_the_button_that_comes_next_is_the_one_in_colour(app: AppTest) -> None:
    def leads(app: AppTest) -> list[str]:
        return [one.label for one in app.main.button if one.proto.type == "primary"]

    go(app, "Options and cost")
    assert leads(app) == ["Continue to What to expect"]
    assert leads(press(app, "Add a quote")) == ["Add this quote"]
    element_of(app, "text_input", lambda box: box.label == "Who quoted").set_value(
        "A charity"
    ).run()
    assert leads(healthy(app)) == ["Add this quote"]
    element_of(app, "text_input", lambda box: box.label == "Who quoted").set_value("").run()
    assert leads(press(press(app, "Back without adding"), "Add a starter")) == ["Add this option"]
    assert leads(change(press(app, "Back without adding"), CLINICS)) == ["Back to all options"]


def test_a_quote_is_one_price_whole_or_nothing(app: AppTest) -> None:
    go(app, "Options and cost")
    press(app, "Add a quote")
    field(app, "text_input", "quote.name").set_value("A provider's offer").run()
    field(app, "text_input", "quote.price").set_value("960 thousand").run()
    field(app, "selectbox", "quote.period").set_value("two years").run()
    field(app, "text_input", "quote.people").set_value("600").run()
    field(app, "text_input", "quote.covers").set_value("everything but venues").run()
    press(app, "Add this quote")
    added = plan(app).options[-1]
    assert added.name == "A provider's offer" and added.other_costs[0].amount == 480_000
    assert added.stated_capacity is not None and added.stated_capacity.central == 600
    assert added.effect is None and not added.posts
    assert added.description.endswith("It includes: everything but venues.")
    assert "£960,000 for two years" in added.description
    assert rows(app)["A provider's offer"]["People a year"].startswith("600")
    change(app, 6)
    assert not [button for button in app.button if button.label == "Add a post"]
    box = field(app, "text_input", "options.6.stated_capacity")
    assert (box.label, box.value) == ("Provider's stated capacity, people a year", "600")
    box.set_value("650").run()
    capacity = plan(healthy(app)).options[6].stated_capacity
    assert capacity is not None and (capacity.low, capacity.high) == (650, 650)


def test_a_button_that_adds_is_open_and_says_at_the_boxes_what_is_missing(app: AppTest) -> None:
    def errors(app: AppTest) -> list[str]:
        return [one.value for one in app.main.error]

    go(app, "Options and cost")
    press(app, "Add a quote")
    assert not app.button(key="add-quote").disabled and errors(app) == []
    press(app, "Add this quote")
    assert errors(app) == ["Who quoted: say who quoted.", "Price, £: give the price."]
    field(app, "text_input", "quote.name").set_value("A charity").run()
    assert errors(healthy(app)) == ["Price, £: give the price."], "until it is given"
    field(app, "text_input", "quote.price").set_value("much").run()
    press(app, "Add this quote")
    assert len(plan(app).options) == 6 and errors(app) == [], "what is refused says so itself"
    assert any("is not a number" in one.value for one in app.main.warning)
    field(app, "text_input", "quote.price").set_value("420000").run()
    press(app, "Add this quote")
    assert plan(app).options[-1].name == "A charity"
    press(app, "Add posts")
    press(app, "Add these posts")
    assert errors(app) == ["Whole-time posts: say how many posts."]


def test_a_quote_without_people_has_no_cost_per_person_and_says_why(
    app: AppTest, reference: ReferenceData
) -> None:
    go(app, "Options and cost")
    press(app, "Add a quote")
    field(app, "text_input", "quote.name").set_value("A charity").run()
    field(app, "text_input", "quote.price").set_value("420000").run()
    press(app, "Add this quote")
    row, why = rows(app)["A charity"], "its provider has not said how many people a year it can see"
    assert row["Cost a year"] == "£420,000", "one price, without a spread"
    assert row["Per person"] == row["People a year"] == "not stated"
    assert "not stated" not in rows(app)["Do nothing (usual care)"].values()
    assert any(
        f"whom it would see is not known, because {why}" in one.value for one in app.markdown
    )
    costed = results(plan(app), reference)
    gap = next(one for one in costed.missing_inputs if one.id == "stated_capacity")
    assert gap.what == "the people a year that a quote is for: A charity" and gap.where == "options"
    assert costed.options[-1].withheld["cost_per_assessed"] == why
    choose(app, "prefer", "quote")
    press(healthy(app.run()), "6. Summary and papers")
    assert any(one.value == ":small[Not said by its provider.]" for one in app.main.markdown)
    go(app, "Options and cost")
    change(app, 6)
    assert not [button for button in app.button if button.label == "Add a post"]
    box = field(app, "text_input", "options.6.stated_capacity")
    assert (box.value, box.placeholder) == ("", PEOPLE_NOT_STATED)
    box.set_value("600").run()
    stated = results(plan(healthy(app)), reference)
    assert stated.options[-1].cost_per_assessed is not None
    assert "stated_capacity" not in [one.id for one in stated.missing_inputs]
    field(app, "text_input", "options.6.stated_capacity").set_value("").run()
    assert plan(healthy(app)).options[6].stated_capacity is None


def test_doing_nothing_can_neither_be_removed_nor_has_an_effect(app: AppTest) -> None:
    change(app, 0)
    assert not [one for one in app.text_input if one.label.startswith("Effect compared")]
    assert "it would assess 0, and 0 would start" in text_of(app)


def test_one_figure_is_enough_where_there_is_room_for_three(app: AppTest) -> None:
    def give(path: str, end: str, value: str) -> Plan:
        healthy(field(app, "text_input", f"{path}.{end}").set_value(value).run())
        return plan(app)

    go(app, "Options and cost")
    change(app, CLINICS)
    effect = f"options.{CLINICS}.effect"
    for end in ("low", "high"):
        give(effect, end, "")
    assert (
        give(effect, "central", "0,8").options[CLINICS].effect == as_range(0.8) and not app.warning
    )
    press(press(app, "Continue to"), "Back to")
    change(app, CLINICS)
    boxes = [
        field(app, "text_input", f"{effect}.{end}").value for end in ("low", "central", "high")
    ]
    assert boxes == ["", "0.8", ""]
    assert give(effect, "high", "1.2").options[CLINICS].effect == Range(
        low=0.8, central=0.8, high=1.2
    )


def test_how_people_come_is_said_and_the_finding_follows(app: AppTest) -> None:
    load_example(app)
    go(app, "Options and cost")
    opening = text_of(app)
    assert "Of 1,050 (" in opening and "assess 787 (370 to 1,200)" in opening
    assert "within the budget of £1,000,000" in opening and "none in 73%" in opening
    unfold(app)

    def coming() -> str:
        lines = (one.value.replace("\\", "") for one in healthy(app).info)
        return next(line for line in lines if line.startswith("Referred: "))

    assert "420 (210 to 830) in the first year and 1,050 (" in coming()
    field(app, "selectbox", "demand.case_finding").set_value(False).run()
    assert not plan(app).demand.case_finding and "and 566 (" in coming()
    lists = " ".join(one.value.replace("\\", "") for one in app.markdown)
    assert re.search(r"peer support: \d+ \([\d,]+ to [\d,]+\) assessed in a full year; then", lists)
    field(app, "text_input", "demand.letters_a_year").set_value("3000").run()
    assert "and 812 (" in coming() and "people may be written to, each once" in coming()
    field(app, "selectbox", "demand.case_finding").set_value(True).run()
    assert "and 812 (" in coming() and "at the rate without case finding" in coming()
    field(app, "checkbox", "demand.letters_beside_case_finding").set_value(True).run()
    assert "and 1,300 (" in coming() and "counted twice" in coming()
    field(app, "multiselect", "demand.letter_tiers").set_value([LetterTier.SEVERAL]).run()
    assert plan(app).demand.letter_tiers == (LetterTier.SEVERAL,)


def test_hours_and_who_comes_change_who_waits(app: AppTest) -> None:
    load_example(app)
    change(app, THERAPISTS)
    path = f"options.{THERAPISTS}"
    for scenario, value in (("low", "30"), ("central", "40"), ("high", "50")):
        field(app, "text_input", f"{path}.hours_programme.{scenario}").set_value(value).run()
    assert "weeks of work" in text_of(app) and "none in 73%" not in text_of(app)
    assert any("those who would be waiting" in one.value for one in app.warning)
    field(app, "selectbox", f"{path}.who_comes").set_value(WhoComes.AS_SPECIALIST).run()
    assert plan(healthy(app)).options[THERAPISTS].who_comes is WhoComes.AS_SPECIALIST
    hints = " ".join(element.value for element in app.markdown)
    assert "Hours that case studies' posts come to" in hints and "PMSS, North Wales 5.9" in hints


def test_a_feature_is_had_or_not_or_not_stated(app: AppTest) -> None:
    unfold(change(app, CLINICS))
    option, path = plan(app).options[CLINICS], f"options.{CLINICS}"
    lost = option.features[0]
    field(app, "multiselect", f"{path}.features").set_value(list(option.features[1:])).run()
    assert plan(app).options[CLINICS].feature(lost) is None
    assert any(
        line.value.startswith("Not stated: ") and lost.value in line.value for line in app.markdown
    )
    absent = field(app, "multiselect", f"{path}.features_absent")
    absent.set_value([*option.features_absent, lost]).run()
    assert plan(healthy(app)).options[CLINICS].feature(lost) is False and not app.error


def test_text_that_looks_like_markup_is_shown_as_typed(app: AppTest) -> None:
    change(app, CLINICS)
    field(app, "text_input", f"options.{CLINICS}.name").set_value(
        "**Bold** ![x](http://a.b/c.png) <b>"
    ).run()
    press(app, "Back to all options")
    unfold(app)
    cells = str([table.value for table in app.table])
    assert "![x](http" not in cells and "\\!" in cells


def test_nothing_half_typed_is_lost_by_adding_a_row_or_closing(app: AppTest) -> None:
    unfold(change(app, CLINICS))
    posts = len(plan(app).options[CLINICS].posts)
    half = f"options.{CLINICS}.did_not_attend.low"
    field(app, "text_input", half).set_value("80").run()
    assert any("no low above it" in warning.value for warning in app.warning)
    for words in ("Add a post", "Back to all options"):
        press(app, words)
        assert len(plan(app).options[CLINICS].posts) == posts
        assert field(app, "text_input", half).value == "80"
        assert any("Not done" in error.value for error in app.error)


def test_what_is_typed_as_the_option_is_closed_is_kept(app: AppTest) -> None:
    change(app, CLINICS)
    field(app, "text_input", f"options.{CLINICS}.name").set_value("A team of our own")
    press(app, "Back to all options")
    assert plan(app).options[CLINICS].name == "A team of our own" in rows(app)


def test_options_a_user_has_changed_stay_when_the_board_changes(app: AppTest) -> None:
    change(app, CLINICS)
    field(app, "text_input", f"options.{CLINICS}.posts.1.wte").set_value("9").run()
    press(app, "1. Place and need")
    field(app, "selectbox", "board").set_value("QT6").run()
    assert plan(app).options[CLINICS].posts[1].wte == 9.0


def test_a_box_shows_the_number_meant_and_looking_at_it_changes_no_digit(app: AppTest) -> None:
    path = f"options.{CLINICS}.posts.1"
    wte, share = f"{path}.wte", f"{path}.patient_facing"
    exact = with_values(plan(app), {wte: 1.23456789012345, share: 0.123456789})
    app.session_state["plan"] = exact
    change(app, CLINICS)
    assert field(app, "text_input", wte).value == "1.2345678901"
    assert field(app, "text_input", share).value == "12.3457"
    assert plan(app).options == exact.options
    field(app, "text_input", share).set_value("45 per cent").run()
    assert field(app, "text_input", share).value == "45"
    field(app, "text_input", wte).set_value("-1").run()
    assert field(app, "text_input", wte).value == "-1", "and not another number"
    (refused,) = {one.value.replace("\\", "") for one in app.error}
    assert (
        refused == "Post 2, whole-time equivalents: -1 is less than 0.001, the least there can be."
    )
    post = plan(app).options[CLINICS].posts[1]
    assert (post.wte, post.patient_facing) == (1.23456789012345, 0.45)


def test_a_post_can_go_outside_agenda_for_change_and_back(app: AppTest) -> None:
    path = f"options.{CLINICS}.posts.1"
    change(app, CLINICS)
    field(app, "selectbox", f"{path}.band").set_value("medical").run()
    assert any("Enter the salary" in warning.value for warning in app.warning)
    field(app, "text_input", f"{path}.salary").set_value("70 thousand").run()
    post = plan(app).options[CLINICS].posts[1]
    assert (post.band, post.salary) == ("medical", 70_000)
    field(app, "selectbox", f"{path}.band").set_value("7").run()
    post = plan(app).options[CLINICS].posts[1]
    assert (post.band, post.salary) == ("7", None) and not app.error


def test_one_refused_field_takes_no_other_with_it(app: AppTest) -> None:
    change(app, CLINICS)
    field(app, "text_input", f"options.{CLINICS}.name").set_value("").run()
    refused = ["Name of the option: not kept (must not be empty)."]
    assert [error.value for error in app.error] == refused
    field(app, "selectbox", f"options.{CLINICS}.posts.1.band").set_value("other").run()
    field(app, "text_input", f"options.{CLINICS}.posts.1.salary").set_value("£70,000").run()
    post = plan(healthy(app)).options[CLINICS].posts[1]
    assert (post.band, post.salary) == ("other", 70_000), (
        "each needs the other, and neither is at fault"
    )
    assert [error.value for error in app.error] == refused


def test_unverified_figures_are_named_where_they_are_used(app: AppTest) -> None:
    unfold(go(app, "Options and cost"))
    lines = "\n".join(m.value for m in app.markdown)
    assert "On\\-costs for 2026/27 are unverified" in lines and "1,575 working hours" in lines


def test_an_option_opens_where_its_prices_cannot_be_worked_out() -> None:
    app = go(elsewhere(pricing__price_year="2039/40"), "Options and cost")
    app.session_state[VISIT] = {option_table.EDITING: plan(app).options[CLINICS].id}
    assert field(healthy(app.run()), "text_input", f"options.{CLINICS}.name").value
    press(app, "Back to all options")
    assert any("cannot be worked out" in error.value for error in app.error)
    field(app, "selectbox", "pricing.price_year").set_value("2026/27").run()
    assert not healthy(app).error and rows(app)


def test_a_cost_per_person_that_is_withheld_is_neither_taken_apart_nor_plotted(
    example: Plan, reference: ReferenceData
) -> None:
    at = [option.id for option in example.options].index("therapist-peer")
    assert (
        chart("cost_gap", results(example, reference), projections(example, reference)) is not None
    )
    nobody = with_values(
        with_value(example, "demand.assessed_share", {"low": 0, "central": 0.01, "high": 0.9}),
        {f"options.{at}.takes": 0.0},
    )
    result = results(nobody, reference)
    option = result.options[at]
    assert option.cost_per_assessed is None and "cost_per_assessed" in option.withheld
    comparison = projections(nobody, reference).case_studies
    assert chart("cost_gap", result, projections(nobody, reference)) is None
    assert not comparison.gap_in_words and not any(one.steps for one in comparison.readings)
    assert "each" not in comparison.finding.split("would cost", 2)[-1]


def projections(plan: Plan, reference: ReferenceData) -> Projections:
    return Projections(results(plan, reference), reference)


def test_an_option_without_posts_or_people_asks_for_what_is_missing_there(
    example: Plan, reference: ReferenceData
) -> None:
    at = [option.id for option in example.options].index("therapist-peer")
    bare = with_values(example, {f"options.{at}.posts": (), f"options.{at}.stated_capacity": None})
    option = results(bare, reference).options[at]
    assert option.people_assessed is None
    assert "add it as a quote with its people" in option.withheld["people_assessed"]
